/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decoding without prompts and marks of time, or with what they tell. */
#include "decoding.h"

#include <string.h>

#include "core/text/auto-python-text.h"
#include "normalizer.h"
#include "transcript.h"

extern const AutoTokenizerSpeech whisper_tokenizer_speech;

gint64
whisper_first_mark (AutoTokenizer *self)
{
  g_autoptr(GArray) ids = auto_pretrained_list_special_ids (self);

  return ids->len ? g_array_index (ids, gint64, ids->len - 1) + 1 : 0;
}

/* Takes away marks of time, such as <|1.08|>. */
static void
erase_marks (GString *text)
{
  static gsize once;
  static GRegex *mark;

  if (g_once_init_enter (&once))
    {
      mark = g_regex_new ("<\\|\\p{Nd}+\\.\\p{Nd}+\\|>", G_REGEX_OPTIMIZE, 0, NULL);
      g_once_init_leave (&once, 1);
    }
  if (!strstr (text->str, "<|"))
    return;
  g_autofree char *timeless = g_regex_replace_literal (mark, text->str, text->len, 0, "", 0, NULL);
  if (timeless)
    g_string_assign (text, timeless);
}

/* How many of the first ids are a prompt. */
static gsize
count_prompt (AutoTokenizer *self, const gint64 *ids, gsize n)
{
  if (!n || ids[0] != auto_tokenizer_convert_token_to_id (self, "<|startofprev|>"))
    return 0;
  gint64 end = auto_tokenizer_convert_token_to_id (self, "<|startoftranscript|>");
  gsize at = 0;
  while (at < n && ids[at] != end)
    at++;
  return at;
}

static char *
whisper_normalize (AutoTokenizer *self, const char *text, gboolean english, gboolean remove_diacritics, GError **error)
{
  JsonObject *spellings = english ? auto_pretrained_get_beside (self, error) : NULL;

  if (english && !spellings)
    return NULL;
  return english ? whisper_normalize_english (text, spellings) : whisper_normalize_basic (text, remove_diacritics);
}

/* The text without marks of time and, without special tokens, without a prompt; made plain if the call says so. */
static GString *
decode_timeless (AutoTokenizer *self, const gint64 *ids, gsize n, const AutoDecodeCall *call, GError **error)
{
  gsize prompt = call->skip_special_tokens ? count_prompt (self, ids, n) : 0;
  GString *text = auto_pretrained_decode_plain (self, ids + prompt, n - prompt, call, NULL, error);

  if (text && (call->normalize || call->basic_normalize))
    {
      g_autofree char *plain = whisper_normalize (self, text->str, call->normalize, call->remove_diacritics, error);
      if (!plain)
        {
          g_string_free (text, TRUE);
          return NULL;
        }
      g_string_assign (text, plain);
    }
  if (text)
    erase_marks (text);
  return text;
}

/* The same as a part of a whole. */
static gboolean
append_timeless (AutoTokenizer *self, const gint64 *ids, gsize n, gboolean skip_special_tokens, GString *whole, GError **error)
{
  AutoDecodeCall call = auto_decode_options_get_call (NULL);

  call.skip_special_tokens = skip_special_tokens;
  GString *text = n ? decode_timeless (self, ids, n, &call, error) : g_string_new (NULL);
  if (!text)
    return FALSE;
  g_string_append_len (whole, text->str, text->len);
  g_string_free (text, TRUE);
  return TRUE;
}

/* The text with marks of time; those that go back begin another piece of a recording. */
static GString *
decode_marked (AutoTokenizer *self, const gint64 *ids, gsize n, const AutoDecodeCall *call, GError **error)
{
  gint64 first = whisper_first_mark (self);
  g_autoptr(GString) text = g_string_new (NULL);
  double latest = 0, before = 0;
  char digits[G_ASCII_DTOSTR_BUF_SIZE + 320];

  for (gsize i = 0, run; i < n; i += run + 1)
    {
      for (run = 0; i + run < n && ids[i + run] < first;)
        run++;
      if (!append_timeless (self, ids + i, run, call->skip_special_tokens, text, error))
        return NULL;
      if (i + run == n)
        break;
      double time = (double) (ids[i + run] - first) * call->time_precision;
      if (time < latest)
        before += latest;
      latest = time;
      g_string_append_printf (text, "<|%s|>", g_ascii_formatd (digits, sizeof digits, "%.2f", time + before));
    }
  return g_steal_pointer (&text);
}

JsonArray *
whisper_times (gboolean has_start, double start, gboolean has_end, double end)
{
  JsonArray *times = json_array_sized_new (2);

  if (has_start)
    json_array_add_double_element (times, start);
  else
    json_array_add_null_element (times);
  if (has_end)
    json_array_add_double_element (times, end);
  else
    json_array_add_null_element (times);
  return times;
}

static gboolean
add_offset (AutoTokenizer *self, const gint64 *ids, gsize n, gint64 first, double precision, JsonArray *offsets, GError **error)
{
  g_autoptr(GString) text = g_string_new (NULL);

  if (n < 2)
    return TRUE;
  if (!append_timeless (self, ids, n, FALSE, text, error))
    return FALSE;
  JsonObject *offset = json_object_new ();
  json_object_set_string_member (offset, "text", text->str);
  json_object_set_array_member (offset, "timestamp",
                                whisper_times (TRUE, (double) (ids[0] - first) * precision, TRUE,
                                               (double) (ids[n - 1] - first) * precision));
  json_array_add_object_element (offsets, offset);
  return TRUE;
}

/* What was said between two marks of time; pieces end where two marks meet, and with the last mark. */
static gboolean
add_offsets (AutoTokenizer *self, const gint64 *ids, gsize n, const AutoDecodeCall *call, JsonArray *offsets, GError **error)
{
  gint64 first = whisper_first_mark (self);
  gsize from = n, last = 0, marks = 0;
  gboolean good = TRUE;

  for (gsize i = 0; i < n; i++)
    if (ids[i] >= first)
      {
        from = MIN (from, i);
        last = i;
        marks++;
      }
  if (marks < 2)
    return TRUE;
  for (gsize i = from + 1; i <= last && good; i++)
    if (ids[i - 1] >= first && ids[i] >= first)
      {
        good = add_offset (self, ids + from, i - from, first, call->time_precision, offsets, error);
        from = i;
      }
  return good && add_offset (self, ids + from, last + 1 - from, first, call->time_precision, offsets, error);
}

static GString *
whisper_decode (AutoTokenizer *self, const gint64 *ids, gsize n, const AutoDecodeCall *call, JsonObject *answer, GError **error)
{
  gsize prompt = call->skip_special_tokens ? count_prompt (self, ids, n) : 0;
  GString *text = call->decode_with_timestamps ? decode_marked (self, ids + prompt, n - prompt, call, error)
                                               : decode_timeless (self, ids, n, call, error);

  if (!text || !call->output_offsets)
    return text;
  g_autoptr(JsonArray) offsets = json_array_new ();
  if (!add_offsets (self, ids, n, call, offsets, error))
    {
      g_string_free (text, TRUE);
      return NULL;
    }
  json_object_set_array_member (answer, "offsets", g_steal_pointer (&offsets));
  return text;
}

static gint64 *
whisper_prompt_ids (AutoTokenizer *self, const char *text, gsize *n, GError **error)
{
  g_autoptr(GString) said = g_string_new (text);
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  g_autoptr(GArray) specials = auto_pretrained_list_special_ids (self);

  auto_python_strip (said);
  g_string_prepend_c (said, ' ');
  g_object_set (options, "add-special-tokens", FALSE, NULL);
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode_pair (self, "<|startofprev|>", said->str, options, error);
  const gint64 *ids = encoding ? auto_encoding_get_ids (encoding, 0, n) : NULL;
  for (gsize i = 1; ids && i < *n; i++)
    if (specials->len && ids[i] >= g_array_index (specials, gint64, 0))
      {
        g_autofree char *token = auto_tokenizer_convert_id_to_token (self, ids[i]);
        g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "the prompt \"%s\" has the special token %s in it; take it out", text,
                     token);
        return NULL;
      }
  return ids ? g_memdup2 (ids, *n * sizeof *ids) : NULL;
}

const AutoTokenizerSpeech whisper_tokenizer_speech = {
  .decode = whisper_decode, .normalize = whisper_normalize, .prompt_ids = whisper_prompt_ids, .decode_asr = whisper_decode_asr };
