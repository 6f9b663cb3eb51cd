/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XLNet: its marks stand at the end, and it fills up on the left. CPM: the same marks around Jieba's Chinese words, between which others
 * stand for spaces and lines. */
#include <string.h>

#include "core/base/auto-json.h"
#include "core/text/auto-jieba.h"
#include "sdk/auto-sdk.h"

#define XLNET_DEFAULTS                                                                                                           \
  .defaults = "{\"do_lower_case\": false, \"remove_space\": true, \"keep_accents\": false, \"bos_token\": \"<s>\", \"eos_token\": \"</s>\"," \
              " \"unk_token\": \"<unk>\", \"sep_token\": \"<sep>\", \"pad_token\": \"<pad>\", \"cls_token\": \"<cls>\", \"pad_token_type_id\": 3,"   \
              " \"mask_token\": {\"content\": \"<mask>\", \"lstrip\": true}, \"additional_special_tokens\": [\"<eop>\", \"<eod>\"]}"

static const AutoSlowPieces xlnet_pieces = { .clean = TRUE, .commas = TRUE, .join = AUTO_JOIN_REPLACED };

static const AutoTokenizerSpec xlnet_tokenizer = {
  AUTO_ALBERT_PARTS ("XLNetTokenizer"), XLNET_DEFAULTS, .single = "$A:0 <sep>:0 <cls>:2", .pair = "$A:0 <sep>:0 $B:1 <sep>:1 <cls>:2",
  .pad_left = TRUE,
  .slow = AUTO_SLOW_SENTENCEPIECE (&xlnet_pieces, .lower = "do_lower_case", .pad_left = TRUE, .all_apart = TRUE, .no_spaces = TRUE,
                                   .single = "$A:0 ${sep_token}:0 ${cls_token}:2", .pair = "$A:0 ${sep_token}:0 $B:1 ${sep_token}:1 ${cls_token}:2") };

/* What stands for a space and for a line's end of the text, between its words. */
static const char *const cpm_marks[][2] = { { " ", "▂" }, { "\n", "▃" } };

static void
add_word (const char *word, gsize length, gpointer data)
{
  GString *text = data;

  if (text->len)
    g_string_append_c (text, ' ');
  for (gsize i = 0; i < length; i++)
    if (word[i] == ' ' || word[i] == '\n')
      g_string_append (text, cpm_marks[word[i] == '\n'][1]);
    else
      g_string_append_c (text, word[i]);
}

/* The fast class's texts; the Python class has the same in its code but doesn't do it. */
static char *
cpm_change (const AutoTokenizerSpec *self, JsonObject *settings, const char *text, GError **error)
{
  const AutoJieba *jieba = auto_jieba_get (auto_json_string (settings, "_folder"), TRUE, error);
  g_autoptr(GString) words = g_string_new (NULL);

  if (!jieba)
    return NULL;
  auto_jieba_cut (jieba, AUTO_JIEBA_PYTHON, TRUE, text, strlen (text), add_word, words);
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static void
cpm_finish (GString *text)
{
  g_string_replace (text, " ", "", 0);
  for (guint i = 0; i < G_N_ELEMENTS (cpm_marks); i++)
    g_string_replace (text, cpm_marks[i][1], cpm_marks[i][0], 0);
}

static gboolean
cpm_prepare (const AutoTokenizerSpec *self, JsonObject *settings, JsonObject *parts, gboolean from_json, GError **error)
{
  return auto_jieba_get (auto_json_string (settings, "_folder"), TRUE, error) != NULL;
}

static const AutoTokenizerSpec cpm_tokenizer = {
  AUTO_ALBERT_PARTS ("CpmTokenizer"), XLNET_DEFAULTS, .single = "$A:0 <sep>:0 <cls>:2", .pair = "$A:0 <sep>:0 $B:1 <sep>:1 <cls>:2",
  .prepare = cpm_prepare, .change = cpm_change, .finish = cpm_finish,
  .slow = AUTO_SLOW_SENTENCEPIECE (&xlnet_pieces, .lower = "do_lower_case",
                                   .single = "$A:0 ${sep_token}:0 ${cls_token}:2", .pair = "$A:0 ${sep_token}:0 $B:1 ${sep_token}:1 ${cls_token}:2") };

AUTO_PLUGIN (xlnet, "XLNet and CPM",
  AUTO_TOKENIZER ("XLNetTokenizer", "XLNetTokenizerFast", &xlnet_tokenizer, .model_type = "xlnet"),
  AUTO_TOKENIZER ("CpmTokenizer", "CpmTokenizerFast", &cpm_tokenizer, .model_type = "cpm"));
