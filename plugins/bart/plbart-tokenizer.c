/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* PLBART's tokenizer: XLM-RoBERTa's vocabulary with marks of programming languages, of which one stands behind the text. */
#include "mbart-tokenizers.h"

#include "core/base/auto-json.h"

static char **
plbart_languages (const AutoTokenizerSpec *self, JsonObject *settings)
{
  gboolean multi = g_strcmp0 (auto_json_string (settings, "language_codes"), "multi") == 0;

  return g_strsplit (multi ? "__java__ __python__ __en_XX__ __javascript__ __php__ __ruby__ __go__" : "__java__ __python__ __en_XX__", " ", -1);
}

/* Languages are written java or __java__. Only models of the three first languages have a mask. */
static void
plbart_settle (const AutoTokenizerSpec *self, JsonObject *settings)
{
  static const char *const names[][2] = { { "src_lang", "_from" }, { "tgt_lang", "_to" } };
  gboolean multi = g_strcmp0 (auto_json_string (settings, "language_codes"), "multi") == 0;
  JsonArray *tail = json_array_new ();

  if (multi)
    auto_tokenizer_default_text (settings, "src_lang", "__en_XX__");
  else
    json_array_add_string_element (tail, "<mask>");
  json_object_set_array_member (settings, "_tail", tail);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *language = auto_json_string (settings, names[i][0]);
      g_autofree char *mark = !language ? NULL : g_str_has_prefix (language, "__") ? g_strdup (language) : g_strconcat ("__", language, "__", NULL);
      if (mark)
        json_object_set_string_member (settings, names[i][0], mark);
      json_object_set_boolean_member (settings, names[i][1], mark != NULL);
    }
}

static const AutoSlowPieces plbart_pieces = { .skip = 3, .head = AUTO_FAIRSEQ_HEAD, .more = TRUE, .tail = "$_tail", .join = AUTO_JOIN_REPLACED };

const AutoTokenizerSpec plbart_tokenizer = {
  .class_name = "PLBartTokenizer", .vocab_file = "sentencepiece.bpe.model", .more_tokens = plbart_languages, .languages = plbart_languages,
  .settle = plbart_settle,
  .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{" AUTO_FAIRSEQ_MARKS ", " AUTO_FAIRSEQ_MASK ", \"language_codes\": \"base\"}",
  .single = "$A:0 ${eos_token}:0 ?_from${src_lang}:0", .pair = "$A:0 $B:0 ${eos_token}:0 ?_from${src_lang}:0",
  .target_single = "$A:0 ${eos_token}:0 ?_to${tgt_lang}:0", .target_pair = "$A:0 $B:0 ${eos_token}:0 ?_to${tgt_lang}:0",
  .slow = AUTO_SLOW_SENTENCEPIECE (&plbart_pieces) };
