/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XLM's and FlauBERT's tokenizers: Moses' words, in lower case and without accents or not, and their pieces. */
#include "sdk/auto-sdk.h"

#define XLM_MARKS                                                                                                              \
  "\"unk_token\": \"<unk>\", \"bos_token\": \"<s>\", \"sep_token\": \"</s>\", \"pad_token\": \"<pad>\", \"cls_token\": \"</s>\"," \
  " \"mask_token\": \"<special1>\", \"additional_special_tokens\": [\"<special0>\", \"<special1>\", \"<special2>\", \"<special3>\","  \
  " \"<special4>\", \"<special5>\", \"<special6>\", \"<special7>\", \"<special8>\", \"<special9>\"]"
#define XLM_TEMPLATES                                                                                                          \
  .single = "${bos_token}:0 $A:0 ${sep_token}:0", .pair = "${bos_token}:0 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1"

static const AutoSlowWords xlm_words = {
  .cut = AUTO_WORDS_MOSES, .lines = AUTO_MERGES_COUNTED, .language = "en", .normalize = TRUE, .plain = "do_lowercase_and_remove_accent" };

static const AutoTokenizerSpec xlm_tokenizer = {
  .class_name = "XLMTokenizer", .kind = AUTO_TOKENIZER_BPE, .defaults = "{" XLM_MARKS ", \"do_lowercase_and_remove_accent\": true}",
  .slow = AUTO_SLOW_WORDS (&xlm_words, XLM_TEMPLATES, .lower = "do_lowercase_and_remove_accent") };

/* Quotes of two characters become one, and the text is composed. */
static char *
flaubert_clean (const char *text, gsize length)
{
  g_autoptr(GString) clean = g_string_new_len (text, length);

  g_string_replace (clean, "``", "\"", 0);
  g_string_replace (clean, "''", "\"", 0);
  return g_utf8_normalize (clean->str, clean->len, G_NORMALIZE_NFC);
}

static const AutoSlowWords flaubert_words = {
  .cut = AUTO_WORDS_MOSES, .lines = AUTO_MERGES_COUNTED, .language = "fr", .normalize = TRUE, .change = flaubert_clean, .lower = "do_lowercase" };

static const AutoTokenizerSpec flaubert_tokenizer = {
  .class_name = "FlaubertTokenizer", .kind = AUTO_TOKENIZER_BPE, .defaults = "{" XLM_MARKS ", \"do_lowercase\": false}",
  .slow = AUTO_SLOW_WORDS (&flaubert_words, XLM_TEMPLATES) };

AUTO_PLUGIN (xlm, "XLM",
  AUTO_TOKENIZER ("XLMTokenizer", NULL, &xlm_tokenizer, .model_type = "xlm"),
  AUTO_TOKENIZER ("FlaubertTokenizer", NULL, &flaubert_tokenizer, .model_type = "flaubert"));
