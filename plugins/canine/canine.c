/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CANINE's tokenizer: characters, whose ids are their code points. */
#include <string.h>

#include "core/text/auto-slow.h"
#include "core/text/auto-unicode.h"
#include "sdk/auto-sdk.h"

#define N_CODE_POINTS 0x110000
#define PADDING "[PAD]" /* U+0000 */

/* Characters for private use that are marks: how they are named where they aren't special tokens. */
static const struct
{
  gunichar c;
  const char *name;
} marks[] = { { 0, PADDING }, { 0xE000, "[CLS]" }, { 0xE001, "[SEP]" }, { 0xE002, "[BOS]" }, { 0xE003, "[MASK]" }, { 0xE004, "[RESERVED]" } };

static gboolean
canine_load (AutoSlow *self, const char *folder, GError **error)
{
  self->vocab_size = N_CODE_POINTS;
  return TRUE;
}

static void
canine_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  for (gsize at = 0, n; at < length; at += n)
    {
      n = auto_utf8_size (text[at]);
      g_ptr_array_add (tokens, g_strndup (text + at, n));
    }
}

static gint64
canine_own (const AutoSlow *self, const char *token)
{
  guint size;

  if (g_str_equal (token, PADDING))
    return 0;
  return *token && strlen (token) == auto_utf8_size (*token) ? (gint64) auto_utf8_get (token, &size) : -1;
}

/* Surrogates by themselves are no text. */
static const char *
canine_token (const AutoSlow *self, gint64 id, gsize *length)
{
  static _Thread_local char text[8];

  *length = 0;
  if (id < 0 || id >= N_CODE_POINTS)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (id == marks[i].c)
      {
        *length = strlen (marks[i].name);
        return marks[i].name;
      }
  *length = g_unichar_to_utf8 (id >= 0xD800 && id < 0xE000 ? 0xFFFD : (gunichar) id, text);
  text[*length] = '\0';
  return text;
}

static gboolean
canine_join (const AutoSlow *self, GPtrArray *tokens, GString *text, GError **error)
{
  for (guint i = 0; i < tokens->len; i++)
    if (g_str_equal (tokens->pdata[i], PADDING))
      g_string_append_c (text, '\0');
    else
      g_string_append (text, tokens->pdata[i]);
  return TRUE;
}

static const AutoSlowEngine canine_characters = {
  .load = canine_load, .tokenize = canine_tokenize, .own = canine_own, .token = canine_token, .join = canine_join };

#define MARK(code) "{\"content\": \"\\u" code "\", \"normalized\": true}"
static const AutoTokenizerSpec canine_tokenizer = {
  .class_name = "CanineTokenizer", .nul = PADDING, .model_max_length = 2048,
  .defaults = "{\"bos_token\": " MARK ("e000") ", \"eos_token\": " MARK ("e001") ", \"sep_token\": " MARK ("e001") ", \"cls_token\": " MARK ("e000")
              ", \"pad_token\": " MARK ("0000") ", \"mask_token\": {\"content\": \"\\ue003\", \"lstrip\": true, \"normalized\": true},"
              " \"add_prefix_space\": false}",
  .slow = &(const AutoSlowTokenizer) { .engine = &canine_characters, .single = "${cls_token}:0 $A:0 ${sep_token}:0",
                                       .pair = "${cls_token}:0 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1" } };

AUTO_PLUGIN (canine, "CANINE", AUTO_TOKENIZER ("CanineTokenizer", NULL, &canine_tokenizer, .model_type = "canine"));
