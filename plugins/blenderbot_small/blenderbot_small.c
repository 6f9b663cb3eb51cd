/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Blenderbot small's tokenizer: words in lower case, without the punctuation behind them, and their pieces. */
#include <string.h>

#include "core/text/auto-python-text.h"
#include "core/text/auto-unicode.h"
#include "sdk/auto-sdk.h"

#define NEW_LINE "__newln__"

/* Punctuation has a space before it, an apostrophe one behind it as well; of several spaces one is left. */
static void
append_spaced (GString *out, const char *word, gsize length)
{
  g_autoptr(GString) spaced = g_string_sized_new (2 * length);
  guint size;

  for (gsize i = 0; i < length; i++)
    {
      if (strchr (".,!?()'", word[i]))
        g_string_append_c (spaced, ' ');
      g_string_append_c (spaced, word[i]);
      if (word[i] == '\'')
        g_string_append_c (spaced, ' ');
    }
  for (gsize at = 0, n; at < spaced->len; at += n)
    {
      for (n = 0; at + n < spaced->len && auto_python_is_white (auto_utf8_get (spaced->str + at + n, &size));)
        n += size;
      if (n > 1)
        g_string_append_c (out, ' ');
      else if (spaced->str[at] == '\n')
        g_string_append (out, " " NEW_LINE);
      else
        g_string_append_len (out, spaced->str + at, n = auto_utf8_size (spaced->str[at]));
    }
}

/* Each word with the line's end that may be behind it. */
static char *
blenderbot_small_change (const char *text, gsize length)
{
  g_autoptr(GString) out = g_string_sized_new (length);
  guint size;

  for (gsize at = 0, from; at < length;)
    {
      while (at < length && auto_python_is_white (auto_utf8_get (text + at, &size)))
        at += size;
      for (from = at; at < length && !auto_python_is_white (auto_utf8_get (text + at, &size));)
        at += size;
      at += at > from && at < length && text[at] == '\n';
      append_spaced (out, text + from, at - from);
      g_string_append_c (out, ' ');
    }
  return auto_python_lower (out->str, out->len);
}

static const AutoSlowWords blenderbot_small_words = {
  .cut = AUTO_WORDS_WHITE, .continued = TRUE, .lines = AUTO_MERGES_INNER, .any_case = TRUE, .change = blenderbot_small_change };

static const AutoTokenizerSpec blenderbot_small_tokenizer = {
  .class_name = "BlenderbotSmallTokenizer", .kind = AUTO_TOKENIZER_BPE, .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{\"bos_token\": \"__start__\", \"eos_token\": \"__end__\", \"unk_token\": \"__unk__\", \"pad_token\": \"__null__\"}",
  .chat_template = AUTO_DIALOGUE_CHAT, .slow = AUTO_SLOW_WORDS (&blenderbot_small_words) };

AUTO_PLUGIN (blenderbot_small, "Blenderbot small",
  AUTO_TOKENIZER ("BlenderbotSmallTokenizer", NULL, &blenderbot_small_tokenizer, .model_type = "blenderbot-small"));
