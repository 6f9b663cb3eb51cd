/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LUKE's tokenizers: RoBERTa's, and mLUKE's XLM-RoBERTa's, with entities. */
#include "sdk/auto-sdk.h"

#define LUKE_ENTITIES                                                                                                          \
  "\"task\": null, \"max_entity_length\": 32, \"max_mention_length\": 30, \"entity_token_1\": \"<ent>\", \"entity_token_2\": \"<ent2>\"," \
  " \"entity_unk_token\": \"[UNK]\", \"entity_pad_token\": \"[PAD]\", \"entity_mask_token\": \"[MASK]\", \"entity_mask2_token\": \"[MASK2]\""
#define LUKE_VOCABULARY "entity_vocab.json"

/* The marks that some tasks put around entities. */
static char **
luke_marks (const AutoTokenizerSpec *spec, JsonObject *settings)
{
  static const char *const keys[] = { "entity_token_1", "entity_token_2" };
  g_autoptr(GStrvBuilder) marks = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      JsonNode *node = json_object_get_member (settings, keys[i]);
      if (node && JSON_NODE_HOLDS_OBJECT (node)) /* a token with its flags */
        node = json_object_get_member (json_node_get_object (node), "content");
      if (node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        g_strv_builder_add (marks, json_node_get_string (node));
    }
  return g_strv_builder_end (marks);
}

static const char *const luke_files[] = { LUKE_VOCABULARY, NULL };

static const AutoTokenizerSpec luke_tokenizer = {
  .class_name = "LukeTokenizer", .files = luke_files, AUTO_BYTE_BPE_KIND, .more_tokens = luke_marks,
  .defaults = "{\"add_prefix_space\": false, " AUTO_BYTE_BPE_PAIR_DEFAULTS ("true") ", " LUKE_ENTITIES "}",
  .model_input_names = auto_tokenizer_plain_inputs,
  .slow = AUTO_SLOW_BYTE_BPE (SPACE_UNLESS, AUTO_SLOW_PAIR_MARKS, .entity_vocab = LUKE_VOCABULARY) };

static const AutoTokenizerSpec mluke_tokenizer = {
  AUTO_FAIRSEQ_PARTS ("MLukeTokenizer"), .files = luke_files, .tail = "[\"<mask>\"]", .more_tokens = luke_marks,
  .defaults = "{" AUTO_FAIRSEQ_MARKS ", " AUTO_FAIRSEQ_MASK ", " LUKE_ENTITIES "}",
  .slow = AUTO_SLOW_FAIRSEQ ((&(const AutoSlowPieces) { .skip = 3, .head = AUTO_FAIRSEQ_HEAD, .tail = "[\"<mask>\"]", .join = AUTO_JOIN_REPLACED }),
                             .entity_vocab = LUKE_VOCABULARY) };

AUTO_PLUGIN (luke, "LUKE",
  AUTO_TOKENIZER ("LukeTokenizer", NULL, &luke_tokenizer, .model_type = "luke"),
  AUTO_TOKENIZER ("MLukeTokenizer", NULL, &mluke_tokenizer, .model_type = "mluke"));
