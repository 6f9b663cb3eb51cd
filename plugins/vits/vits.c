/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VITS's tokenizer: letters, with blanks between them. */
#include <string.h>

#include "core/text/auto-espeak.h"
#include "core/text/auto-python-text.h"
#include "core/text/auto-slow.h"
#include "core/text/auto-unicode.h"
#include "sdk/auto-sdk.h"

/* The language is not the tokenizer's own but always this. */
static const AutoPhonemes english = { .language = "en-us", .phone = "", .word = " ",
                                      .strip = TRUE, .stress = TRUE, .punctuation = TRUE, .flags = TRUE };

static gboolean
is_phonemized (const AutoSlow *self)
{
  return auto_json_bool (self->settings, "phonemize", TRUE);
}

static gboolean
vits_load (AutoSlow *self, const char *folder, GError **error)
{
  return auto_slow_load_ids (self, folder, "vocab.json", error);
}

static gboolean
vits_encodes (const AutoSlow *self, GError **error)
{
  return !is_phonemized (self) || auto_espeak_speaks (english.language, error);
}

static char *
phonemize (const char *text)
{
  g_autofree char *phonemes = auto_espeak_phonemize (text, &english, NULL);
  GString *out = g_string_new (phonemes);

  auto_python_join_spaces (out);
  return g_string_free (out, FALSE);
}

/* How much of @text the first token of the vocabulary, in its order, takes that is there; then an added token. */
static gsize
known_length (const AutoSlow *self, const char *text, gsize length)
{
  g_autoptr(GPtrArray) added = NULL;
  gsize n;
  guint id;

  for (guint i = 0; i < auto_vocabulary_size (self->vocabulary); i++)
    {
      const char *token = auto_vocabulary_nth (self->vocabulary, i, &n, &id);
      if (n && n <= length && memcmp (text, token, n) == 0)
        return n;
    }
  added = auto_added_vocabulary_list (self->added);
  for (guint i = 0; i < added->len; i++)
    {
      const char *token = ((AutoAddedToken *) added->pdata[i])->content;
      if (*token && g_str_has_prefix (text, token))
        return strlen (token);
    }
  return 0;
}

/* What isn't a token is made lower case. */
static GString *
lower_others (const AutoSlow *self, const char *text, gsize length)
{
  GString *out = g_string_sized_new (length);
  gunichar lower[2];
  guint size;

  for (gsize at = 0, n; at < length; at += n)
    {
      n = known_length (self, text + at, length - at);
      g_string_append_len (out, text + at, n);
      if (n)
        continue;
      guint many = auto_python_lower_char (auto_utf8_get (text + at, &size), lower);
      for (guint i = 0; i < many; i++)
        g_string_append_unichar (out, lower[i]);
      n = size;
    }
  return out;
}

static char *
vits_prepare (const AutoSlow *self, const char *text, gsize length)
{
  gboolean normalize = auto_json_bool (self->settings, "normalize", TRUE);
  g_autoptr(GString) changed = normalize ? lower_others (self, text, length) : g_string_new_len (text, length);
  g_autoptr(GString) kept = g_string_new (NULL);

  if (g_strcmp0 (auto_json_string (self->settings, "language"), "ron") == 0)
    g_string_replace (changed, "ț", "ţ", 0);
  if (is_phonemized (self))
    return phonemize (changed->str);
  if (!normalize)
    return g_string_free (g_steal_pointer (&changed), FALSE);
  for (gsize at = 0, n; at < changed->len; at += n)
    {
      n = auto_utf8_size (changed->str[at]);
      if (auto_vocabulary_find (self->vocabulary, changed->str + at, n) >= 0)
        g_string_append_len (kept, changed->str + at, n);
    }
  auto_python_strip (kept);
  return g_string_free (g_steal_pointer (&kept), FALSE);
}

static void
vits_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  gsize blank_length = 0;
  const char *blank = auto_json_bool (self->settings, "add_blank", TRUE) ? auto_vocabulary_token (self->vocabulary, 0, &blank_length) : NULL;

  for (gsize at = 0, n; at < length; at += n)
    {
      n = auto_utf8_size (text[at]);
      if (blank)
        g_ptr_array_add (tokens, g_strndup (blank, blank_length));
      g_ptr_array_add (tokens, g_strndup (text + at, n));
    }
  if (blank)
    g_ptr_array_add (tokens, g_strndup (blank, blank_length));
}

static gboolean
vits_join (const AutoSlow *self, GPtrArray *tokens, GString *text, GError **error)
{
  gboolean blanks = auto_json_bool (self->settings, "add_blank", TRUE) && tokens->len > 1;

  for (guint i = blanks; i < tokens->len; i += 1 + blanks)
    g_string_append (text, tokens->pdata[i]);
  return TRUE;
}

static const AutoSlowEngine vits_letters = {
  .load = vits_load, .encodes = vits_encodes, .prepare = vits_prepare, .tokenize = vits_tokenize, .join = vits_join };

static const AutoTokenizerSpec vits_tokenizer = {
  .class_name = "VitsTokenizer", .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{\"pad_token\": \"<pad>\", \"unk_token\": \"<unk>\", \"language\": null, \"add_blank\": true, \"normalize\": true,"
              " \"phonemize\": true, \"is_uroman\": false}",
  .slow = &(const AutoSlowTokenizer) { .engine = &vits_letters, .single = "$A:0", .pair = "$A:0 $B:0" } };

AUTO_PLUGIN (vits, "VITS", AUTO_TOKENIZER ("VitsTokenizer", NULL, &vits_tokenizer, .model_type = "vits"));
