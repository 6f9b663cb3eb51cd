/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BERTweet's tokenizer: words and their pieces, of tweets that may be normalized first. */
#include <string.h>

#include "core/text/auto-python-text.h"
#include "sdk/auto-sdk.h"
#include "tweet.h"

/* Pairs of a text and what takes its place, one after another. */
static void
replace_all (GString *text, const char *const (*pairs)[2], guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_replace (text, pairs[i][0], pairs[i][1], 0);
}

static const char *const punctuation[][2] = { { "’", "'" }, { "…", "..." } };

/* Users and links are one word each; an emoji is its name. */
static void
append_normalized (GString *out, const char *word)
{
  g_autofree char *lower = auto_python_lower (word, strlen (word));
  const char *name = *word && !*g_utf8_next_char (word) ? tweet_emoji_name (g_utf8_get_char (word)) : NULL;

  if (out->len)
    g_string_append_c (out, ' ');
  if (*word == '@')
    word = "@USER";
  else if (g_str_has_prefix (lower, "http") || g_str_has_prefix (lower, "www"))
    word = "HTTPURL";
  else if (name)
    word = name;
  for (guint i = 0; i < G_N_ELEMENTS (punctuation); i++) /* that was an entity */
    if (g_str_equal (word, punctuation[i][0]))
      word = punctuation[i][1];
  g_string_append (out, word);
}

/* Short forms are words of their own, as they were when the model was trained. */
static char *
normalize_tweet (const char *text, gsize length)
{
  static const char *const short_forms[][2] = {
    { "cannot ", "can not " }, { "n't ", " n't " }, { "n 't ", " n't " }, { "ca n't", "can't" }, { "ai n't", "ain't" },
    { "'m ", " 'm " }, { "'re ", " 're " }, { "'s ", " 's " }, { "'ll ", " 'll " }, { "'d ", " 'd " }, { "'ve ", " 've " },
    { " p . m .", "  p.m." }, { " p . m ", " p.m " }, { " a . m .", " a.m." }, { " a . m ", " a.m " } };
  g_autoptr(GString) source = g_string_new_len (text, length), joined = g_string_new (NULL), out = g_string_new (NULL);

  replace_all (source, punctuation, G_N_ELEMENTS (punctuation));
  g_autoptr(GPtrArray) words = tweet_split (source->str);
  for (guint i = 0; i < words->len; i++)
    append_normalized (joined, words->pdata[i]);
  replace_all (joined, short_forms, G_N_ELEMENTS (short_forms));
  auto_python_split (joined->str, joined->len, auto_python_append_word, out);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static const AutoSlowWords bertweet_words = {
  .continued = TRUE, .counted = TRUE, .lines = AUTO_MERGES_ALWAYS_COUNTED, .change = normalize_tweet, .change_if = "normalization" };

static const AutoTokenizerSpec bertweet_tokenizer = {
  .class_name = "BertweetTokenizer", .kind = AUTO_TOKENIZER_BPE,
  .defaults = "{" AUTO_FAIRSEQ_MARKS ", \"mask_token\": \"<mask>\", \"normalization\": false}",
  .slow = AUTO_SLOW_WORDS (&bertweet_words, AUTO_SLOW_PAIR_MARKS, .merges_file = "bpe.codes") };

AUTO_PLUGIN (bertweet, "BERTweet",
  AUTO_TOKENIZER ("BertweetTokenizer", NULL, &bertweet_tokenizer, .model_type = "bertweet"));
