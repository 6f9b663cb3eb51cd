/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GPTSAN's tokenizer: Japanese texts, of which a first part may be a prefix that the model reads from both sides. */
#include <string.h>

#include "core/text/auto-slow-japanese.h"
#include "core/text/auto-unicode.h"
#include "sdk/auto-sdk.h"

#define REPEATED "<|bagoftoken|>" /* what was before it, three times more */

static gboolean
gptsan_load (AutoSlow *self, const char *folder, GError **error)
{
  return auto_japanese_load (self, folder, TRUE, error);
}

/* A special token that the vocabulary has, or nothing. */
static const char *
mark (const AutoSlow *self, const char *name)
{
  const char *token = auto_json_string (self->settings, name);

  return token && auto_japanese_id (self, token) >= 0 ? token : "";
}

/* A text starts with a mark, and without a prefix it has none: the other mark is at the end of the prefix. */
static char *
gptsan_prepare (const AutoSlow *self, const char *text, gsize length)
{
  const char *end = auto_json_string (self->settings, "sep_token");

  return g_strconcat (mark (self, "bos_token"), end && strstr (text, end) ? "" : mark (self, "sep_token"), text, NULL);
}

static char *
gptsan_attach (const AutoSlow *self, const char *prefix, const char *text, gboolean pair)
{
  const char *end = auto_json_string (self->settings, "sep_token");
  gboolean has_end = end && strstr (text, end);

  return g_strconcat (prefix, pair ? (end ? end : "") : has_end ? "" : mark (self, "sep_token"), text, NULL);
}

static gsize
gptsan_prefix (const AutoSlow *self, const guint32 *ids, gsize n)
{
  const char *end = mark (self, "sep_token");
  gint64 id = *end ? auto_japanese_id (self, end) : -1;

  for (gsize i = 0; i < n; i++)
    if (ids[i] == id)
      return i;
  return 0;
}

/* Appends the text of bytes that stood one after another. */
static void
flush (GString *bytes, GPtrArray *words)
{
  gsize length;
  g_autofree char *changed = auto_utf8_repair (bytes->str, bytes->len, &length);

  if (bytes->len)
    g_ptr_array_add (words, changed ? g_string_new_len (changed, length) : g_string_new_len (bytes->str, bytes->len));
  g_string_truncate (bytes, 0);
}

static void
free_word (gpointer word)
{
  g_string_free (word, TRUE);
}

static void
add_word (const AutoSlow *self, const char *token, GPtrArray *words)
{
  const char *face = auto_japanese_face (self, token);
  gboolean shown = !g_str_has_prefix (token, "<|") || !g_str_has_suffix (token, "|>");

  if (!g_str_equal (token, REPEATED))
    g_ptr_array_add (words, g_string_new (face ? face : shown ? token : ""));
  for (guint i = 0; i < 3 && words->len && g_str_equal (token, REPEATED); i++)
    {
      const GString *last = words->pdata[words->len - 1];
      g_ptr_array_add (words, g_string_new_len (last->str, last->len));
    }
}

static gboolean
gptsan_join (const AutoSlow *self, GPtrArray *tokens, GString *text, GError **error)
{
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func (free_word);
  g_autoptr(GString) bytes = g_string_new (NULL);
  guchar byte;

  for (guint i = 0; i < tokens->len; i++)
    if (auto_japanese_is_byte (tokens->pdata[i], &byte))
      g_string_append_c (bytes, (char) byte);
    else
      {
        flush (bytes, words);
        add_word (self, tokens->pdata[i], words);
      }
  flush (bytes, words);
  for (guint i = 0; i < words->len; i++)
    g_string_append_len (text, ((GString *) words->pdata[i])->str, ((GString *) words->pdata[i])->len);
  return TRUE;
}

static const AutoSlowEngine gptsan_engine = {
  .load = gptsan_load, .prepare = gptsan_prepare, .attach = gptsan_attach, .prefix = gptsan_prefix, .tokenize = auto_japanese_tokenize,
  .find = auto_japanese_find, .token = auto_japanese_token, .join = gptsan_join, .clear = auto_japanese_clear };

static const char *const gptsan_japanese_files[] = { AUTO_JAPANESE_EMOJI, NULL };

static const AutoTokenizerSpec gptsan_japanese_tokenizer = {
  .class_name = "GPTSanJapaneseTokenizer", .files = gptsan_japanese_files,
  .defaults = "{\"unk_token\": \"<|nottoken|>\", \"pad_token\": \"<|separator|>\", \"bos_token\": \"<|startoftext|>\","
              " \"eos_token\": \"<|endoftext|>\", \"sep_token\": \"<|segmenter|>\", \"do_clean_text\": false}",
  .chat_template = "{% for turn in messages %}{{ '' if loop.first else bos_token }}{{ sep_token }}{{ turn['content'] }} {{ eos_token }}{% endfor %}",
  .slow = &(const AutoSlowTokenizer) { .engine = &gptsan_engine, .single = "$A:0", .pair = "$A:0 $B:0" } };

AUTO_PLUGIN (gptsan_japanese, "GPTSAN",
  AUTO_TOKENIZER ("GPTSanJapaneseTokenizer", NULL, &gptsan_japanese_tokenizer, .model_type = "gptsan-japanese"));
