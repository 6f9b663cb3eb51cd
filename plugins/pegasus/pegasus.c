/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pegasus: a sentencepiece model whose first two pieces gave way to marks, of which as many as the offset says serve training alone. */
#include "sdk/auto-sdk.h"

#define PEGASUS_MOST 100000

static gint64
pegasus_offset (JsonObject *settings)
{
  return CLAMP (json_object_get_int_member_with_default (settings, "offset", 103), 0, PEGASUS_MOST);
}

static const char *
pegasus_text (JsonObject *settings, const char *name)
{
  JsonNode *node = json_object_get_member (settings, name);
  return node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

/* The mark of a missing sentence, then the marks that nobody uses. */
static char **
pegasus_marks (const AutoTokenizerSpec *self, JsonObject *settings)
{
  const char *sentence = pegasus_text (settings, "mask_token_sent");
  g_autoptr(GStrvBuilder) tokens = g_strv_builder_new ();

  if (sentence)
    g_strv_builder_add (tokens, sentence);
  for (gint64 i = 2; i < pegasus_offset (settings); i++)
    {
      g_autofree char *token = g_strdup_printf ("<unk_%" G_GINT64_FORMAT ">", i);
      g_strv_builder_add (tokens, token);
    }
  return g_strv_builder_end (tokens);
}

static void
pegasus_add (JsonArray *head, const char *token, double score)
{
  JsonArray *scored = json_array_new ();

  json_array_add_string_element (scored, token);
  json_array_add_double_element (scored, score);
  json_array_add_array_element (head, scored);
}

static char *
pegasus_head (const AutoTokenizerSpec *self, JsonObject *settings)
{
  static const char *const names[] = { "pad_token", "eos_token", "mask_token_sent", "mask_token" };
  g_auto(GStrv) marks = pegasus_marks (self, settings);
  JsonArray *head = json_array_new ();
  g_autoptr(JsonNode) node = json_node_init_array (json_node_alloc (), head);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (pegasus_text (settings, names[i]) && (i < 2 || pegasus_offset (settings) > 0))
      pegasus_add (head, pegasus_text (settings, names[i]), 0);
  for (guint i = pegasus_text (settings, "mask_token_sent") ? 1 : 0; marks[i]; i++)
    pegasus_add (head, marks[i], -100);
  json_array_unref (head);
  return json_to_string (node, FALSE);
}

static const AutoSlowPieces pegasus_pieces = { .shift = "offset", .join = AUTO_JOIN_TIGHT };

static const AutoTokenizerSpec pegasus_tokenizer = {
  .class_name = "PegasusTokenizer", .kind = AUTO_TOKENIZER_SENTENCEPIECE, .vocab_file = "spiece.model", .skip = 2,
  .make_head = pegasus_head, .more_tokens = pegasus_marks,
  .defaults = "{\"pad_token\": \"<pad>\", \"eos_token\": \"</s>\", \"unk_token\": \"<unk>\", \"mask_token\": \"<mask_2>\","
              " \"mask_token_sent\": \"<mask_1>\", \"offset\": 103}",
  .pre_tokenizer = "{\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"WhitespaceSplit\"},"
                   " {\"type\": \"Metaspace\", \"replacement\": \"▁\", \"add_prefix_space\": true, \"prepend_scheme\": \"always\"}]}",
  .single = "$A:0 ${eos_token}:0", .pair = "$A:0 $B:0 ${eos_token}:0", .model_input_names = auto_tokenizer_plain_inputs,
  .slow = AUTO_SLOW_SENTENCEPIECE (&pegasus_pieces, .lists_head = TRUE, .masks_text = TRUE) };

AUTO_PLUGIN (pegasus, "Pegasus",
  AUTO_TOKENIZER ("PegasusTokenizer", "PegasusTokenizerFast", &pegasus_tokenizer, .model_type = "pegasus"),
  AUTO_TOKENIZER ("PegasusTokenizer", "PegasusTokenizerFast", &pegasus_tokenizer, .model_type = "pegasus_x"),
  AUTO_TOKENIZER ("PegasusTokenizer", "PegasusTokenizerFast", &pegasus_tokenizer, .model_type = "bigbird_pegasus"));
