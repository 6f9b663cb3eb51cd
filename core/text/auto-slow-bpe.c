/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Byte-level BPE as the reference's Python classes do it: GPT-2's, and CLIP's with an end mark for words. */
#include "auto-slow-engines.h"

#include <string.h>

#include "auto-byte-level.h"
#include "auto-pattern.h"
#include "auto-scanner.h"
#include "auto-slow-basic.h"
#include "auto-slow-merges.h"
#include "auto-slow.h"
#include "auto-unicode.h"
#include "../base/auto-message.h"

#define SPACE "\xc4\xa0" /* a space, as bytes are written */

typedef struct
{
  AutoSlowMerges *merges;
  AutoPattern *pattern; /* NULL: GPT-2's */
  char *(*change) (const char *text, gsize length); /* NULL: texts stay as they are */
  const char *space;    /* the token of a space by itself; NULL: it has no other than as a byte */
  enum { REPLACE, IGNORE, STRICT } errors; /* what decoding does with bytes that are no UTF-8 */
} Bpe;

static const AutoSlowBpe gpt2;

static const AutoSlowBpe *
params_of (const AutoSlow *self)
{
  return self->class->params ? self->class->params : &gpt2;
}

static gboolean
bpe_load (AutoSlow *self, const char *folder, GError **error)
{
  const AutoSlowBpe *params = params_of (self);
  const char *vocab = self->class->vocab_file ? self->class->vocab_file : self->spec->vocab_file;
  const char *merges = self->class->merges_file ? self->class->merges_file : self->spec->merges_file;
  const char *errors = auto_json_string (self->settings, "errors");
  Bpe *data = self->data = g_new0 (Bpe, 1);

  if (params->change && (!params->change_if || auto_json_bool (self->settings, params->change_if, FALSE)))
    data->change = params->change;
  data->errors = g_strcmp0 (errors, "ignore") == 0 ? IGNORE : g_strcmp0 (errors, "strict") == 0 ? STRICT : REPLACE;
  if (params->pattern && !(data->pattern = auto_pattern_new_regex (params->pattern, error)))
    return FALSE;
  if (!auto_slow_load_ids (self, folder, vocab ? vocab : "vocab.json", error))
    return FALSE;
  if (params->space && auto_vocabulary_find (self->vocabulary, params->space, strlen (params->space)) >= 0)
    data->space = params->space;
  return (data->merges = auto_slow_load_merges (self, folder, merges ? merges : "merges.txt", params->lines, params->most_merges, error)) != NULL;
}

static void
bpe_clear (AutoSlow *self)
{
  Bpe *data = self->data;

  g_clear_pointer (&data->merges, auto_slow_merges_free);
  g_clear_pointer (&data->pattern, auto_pattern_free);
  g_free (data);
}

/* The tokens of a word: its bytes as characters, the end mark with the last, and what merges make of them. */
static void
add_word (const AutoSlow *self, const char *word, gsize length, GPtrArray *tokens)
{
  const AutoSlowBpe *params = params_of (self);
  const Bpe *data = self->data;
  g_autoptr(GString) text = g_string_sized_new (length * 2 + 8);
  g_autoptr(GArray) ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  gsize from = 0;

  for (gsize i = 0; i < length; i++)
    {
      g_string_append_unichar (text, auto_byte_to_char (word[i]));
      g_array_append_val (ends, text->len);
    }
  for (const char *const *whole = params->whole_words; whole && *whole; whole++)
    if (g_str_equal (*whole, text->str))
      {
        g_ptr_array_add (tokens, g_strdup (text->str));
        return;
      }
  if (params->word_end)
    {
      g_string_append (text, params->word_end);
      g_array_index (ends, gsize, ends->len - 1) = text->len;
    }
  auto_slow_merges_apply (data->merges, text->str, ends);
  for (guint i = 0; i < ends->len; from = g_array_index (ends, gsize, i++))
    {
      gsize n = g_array_index (ends, gsize, i) - from;
      gboolean space = data->space && n == strlen (SPACE) && memcmp (text->str + from, SPACE, n) == 0;
      g_ptr_array_add (tokens, space ? g_strdup (data->space) : g_strndup (text->str + from, n));
    }
}

static void
bpe_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  static const AutoBasicWords basic = { .lower = TRUE, .chinese = TRUE, .strip_accents = FALSE };
  const Bpe *data = self->data;
  g_autoptr(GString) words = NULL;
  g_autoptr(GArray) matches = g_array_new (FALSE, FALSE, sizeof (AutoMatch));
  g_autofree char *changed = data->change ? data->change (text, length) : NULL;

  if (changed)
    text = changed, length = strlen (changed);
  else if (params_of (self)->basic_words)
    {
      words = g_string_new (NULL);
      auto_basic_words_split (&basic, text, length, auto_python_append_word, words);
      text = words->str, length = words->len;
    }
  if (!data->pattern)
    for (gsize at = 0, n; at < length; at += n)
      {
        n = MAX (auto_scan_gpt2 (text + at, length - at), 1);
        add_word (self, text + at, n, tokens);
      }
  else if (auto_pattern_find (data->pattern, text, length, matches, NULL))
    for (guint i = 0; i < matches->len; i++)
      {
        const AutoMatch *match = &g_array_index (matches, AutoMatch, i);
        if (match->match)
          add_word (self, text + match->from, match->to - match->from, tokens);
      }
}

/* Bytes as text. */
static gboolean
decode_bytes (const Bpe *data, GString *bytes, GString *text, GError **error)
{
  gsize length = bytes->len;

  g_autofree char *changed = auto_utf8_replace (bytes->str, bytes->len, data->errors == IGNORE ? "" : "\xef\xbf\xbd", &length);

  if (changed && data->errors == STRICT)
    {
      auto_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "the tokens make bytes that are no UTF-8; set errors to \"replace\"");
      return FALSE;
    }
  g_string_append_len (text, changed ? changed : bytes->str, length);
  return TRUE;
}

static gboolean
bpe_join (const AutoSlow *self, GPtrArray *tokens, GString *text, GError **error)
{
  const AutoSlowBpe *params = params_of (self);
  g_autoptr(GString) bytes = g_string_new (NULL);

  for (guint i = 0; i < tokens->len; i++)
    if (!auto_byte_level_decode (g_ptr_array_index (tokens, i), strlen (g_ptr_array_index (tokens, i)), bytes))
      {
        auto_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "the token \"%.60s\" stands for no bytes",
                        (char *) g_ptr_array_index (tokens, i));
        return FALSE;
      }
  if (!decode_bytes (self->data, bytes, text, error))
    return FALSE;
  if (params->word_end)
    {
      g_string_replace (text, params->word_end, " ", 0);
      auto_python_strip (text);
    }
  return TRUE;
}

const AutoSlowEngine auto_slow_byte_bpe = {
  .load = bpe_load,
  .tokenize = bpe_tokenize,
  .join = bpe_join,
  .clear = bpe_clear,
};
