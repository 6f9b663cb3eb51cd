/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-decoder.h"

#include <string.h>

#include "auto-byte-level.h"
#include "auto-parts.h"
#include "auto-pattern.h"

typedef enum
{
  BYTE_LEVEL,
  WORDPIECE,
  METASPACE,
  BPE,
  CTC,
  BYTE_FALLBACK,
  FUSE,
  STRIP,
  REPLACE,
} Kind;

static const char *const types[] = { "ByteLevel", "WordPiece", "Metaspace", "BPEDecoder", "CTC", "ByteFallback", "Fuse", "Strip", "Replace", NULL };

typedef struct
{
  Kind kind;
  gboolean cleanup, add_prefix_space;
  char *text, *delimiter; /* prefix, suffix, replacement, pad token, character to strip, content */
  gint64 start, stop;
  AutoPattern *pattern;
} Step;

struct _AutoDecoder
{
  GArray *steps;
};

static void
step_clear (gpointer data)
{
  Step *step = data;

  g_free (step->text);
  g_free (step->delimiter);
  auto_pattern_free (step->pattern);
}

static char *
take_string (JsonObject *object, const char *key, const char *otherwise)
{
  const char *text = auto_json_string (object, key);
  return g_strdup (text ? text : otherwise);
}

static gboolean
read_step (Step *step, JsonObject *object, GError **error)
{
  switch (step->kind)
    {
    case WORDPIECE:
      step->text = take_string (object, "prefix", "##");
      step->cleanup = auto_json_bool (object, "cleanup", TRUE);
      return TRUE;
    case METASPACE:
      step->text = take_string (object, "replacement", "▁");
      step->add_prefix_space = auto_json_bool (object, "add_prefix_space", g_strcmp0 (auto_json_string (object, "prepend_scheme"), "never") != 0);
      return TRUE;
    case BPE:
      step->text = take_string (object, "suffix", "</w>");
      return TRUE;
    case CTC:
      step->text = take_string (object, "pad_token", "<pad>");
      step->delimiter = take_string (object, "word_delimiter_token", "|");
      step->cleanup = auto_json_bool (object, "cleanup", TRUE);
      return TRUE;
    case STRIP:
      step->text = take_string (object, "content", " ");
      step->start = auto_json_int (object, "start", 0);
      step->stop = auto_json_int (object, "stop", 0);
      return TRUE;
    case REPLACE:
      step->text = take_string (object, "content", "");
      return (step->pattern = auto_pattern_new_from_json (object, "decoder: Replace", error)) != NULL;
    default:
      return TRUE;
    }
}

static gboolean
read_part (gpointer self, guint type, JsonObject *object, GError **error)
{
  Step step = { .kind = type };
  gboolean good = read_step (&step, object, error);

  g_array_append_val (((AutoDecoder *) self)->steps, step);
  return good;
}

AutoDecoder *
auto_decoder_new (JsonNode *description, GError **error)
{
  static const AutoPartMembers untyped[] = { { BPE, { "suffix" } },
                                             { WORDPIECE, { "prefix", "cleanup" } },
                                             { CTC, { "pad_token", "word_delimiter_token", "cleanup" } },
                                             { REPLACE, { "pattern", "content" } },
                                             { STRIP, { "content", "start", "stop" } } };
  static const AutoPartReader reader = { "decoder", "decoders", types, read_part, untyped, G_N_ELEMENTS (untyped) };
  g_autoptr(AutoDecoder) self = g_new0 (AutoDecoder, 1);

  self->steps = g_array_new (FALSE, FALSE, sizeof (Step));
  g_array_set_clear_func (self->steps, step_clear);
  return auto_parts_read (&reader, description, self, error) ? g_steal_pointer (&self) : NULL;
}

void
auto_decoder_free (AutoDecoder *self)
{
  if (!self)
    return;
  g_array_unref (self->steps);
  g_free (self);
}

/* All occurrences of @old, which may hold NULs nowhere. No text is found around every character. */
static void
replace_all (GString *text, const char *old, const char *new)
{
  gsize n = strlen (new);

  if (*old && memmem (text->str, text->len, old, strlen (old)))
    g_string_replace (text, old, new, 0);
  for (gsize at = 0; !*old && n && at <= text->len; at += at < text->len ? auto_utf8_size (text->str[at]) : 1)
    {
      g_string_insert_len (text, at, new, n);
      at += n;
    }
}

void
auto_decoder_clean_up (GString *text, gboolean do_not)
{
  static const char *const pairs[][2] = {
    { " .", "." },     { " ?", "?" },     { " !", "!" },        { " ,", "," },     { " ' ", "'" },   { " n't", "n't" },
    { " 'm", "'m" },   { " do not", " don't" }, { " 's", "'s" }, { " 've", "'ve" }, { " 're", "'re" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    if (do_not || i != 7)
      replace_all (text, pairs[i][0], pairs[i][1]);
}

static GString *
token_at (GPtrArray *tokens, guint i)
{
  return g_ptr_array_index (tokens, i);
}

/* One token in place of all. */
static void
replace_by (GPtrArray *tokens, GString *all)
{
  for (guint i = 0; i < tokens->len; i++)
    g_string_free (token_at (tokens, i), TRUE);
  g_ptr_array_set_size (tokens, 0);
  g_ptr_array_add (tokens, all);
}

static void
fuse (GPtrArray *tokens)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < tokens->len; i++)
    g_string_append_len (all, token_at (tokens, i)->str, token_at (tokens, i)->len);
  replace_by (tokens, all);
}

static void
decode_byte_level (GPtrArray *tokens)
{
  GString *bytes = g_string_new (NULL);
  gsize repaired;

  for (guint i = 0; i < tokens->len; i++)
    if (!auto_byte_level_decode (token_at (tokens, i)->str, token_at (tokens, i)->len, bytes))
      g_string_append_len (bytes, token_at (tokens, i)->str, token_at (tokens, i)->len);
  char *fixed = auto_utf8_repair (bytes->str, bytes->len, &repaired);
  if (fixed)
    {
      g_string_truncate (bytes, 0);
      g_string_append_len (bytes, fixed, repaired);
      g_free (fixed);
    }
  replace_by (tokens, bytes);
}

static void
decode_wordpiece (const Step *step, GPtrArray *tokens)
{
  gsize n = strlen (step->text);

  for (guint i = 0; i < tokens->len; i++)
    {
      GString *token = token_at (tokens, i);
      if (i && token->len >= n && memcmp (token->str, step->text, n) == 0)
        g_string_erase (token, 0, n);
      else if (i)
        g_string_prepend_c (token, ' ');
      if (step->cleanup)
        auto_decoder_clean_up (token, TRUE);
    }
}

static void
decode_metaspace (const Step *step, GPtrArray *tokens)
{
  for (guint i = 0; i < tokens->len; i++)
    replace_all (token_at (tokens, i), step->text, i == 0 && step->add_prefix_space ? "" : " ");
}

static void
decode_ctc (const Step *step, GPtrArray *tokens)
{
  guint kept = 0;
  g_autoptr(GString) before = NULL;

  for (guint i = 0; i < tokens->len; i++)
    {
      GString *token = token_at (tokens, i);
      gboolean same = before && g_string_equal (before, token);
      if (before)
        g_string_free (before, TRUE);
      before = g_string_new_len (token->str, token->len);
      if (!same)
        {
          replace_all (token, step->text, "");
          if (step->cleanup)
            {
              auto_decoder_clean_up (token, TRUE);
              replace_all (token, step->delimiter, " ");
            }
        }
      if (same || token->len == 0)
        g_string_free (token, TRUE);
      else
        tokens->pdata[kept++] = token;
    }
  g_ptr_array_set_size (tokens, kept);
}

/* The byte of a token like <0x0A>, or -1. */
static int
byte_of (const GString *token)
{
  if (token->len != 6 || memcmp (token->str, "<0x", 3) != 0 || token->str[5] != '>')
    return -1;
  int high = g_ascii_xdigit_value (token->str[3]), low = g_ascii_xdigit_value (token->str[4]);
  if (token->str[3] == '+' && low >= 0) /* the reference's number parser takes a sign */
    return low;
  return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* Runs of byte tokens become text, or as many U+FFFD when they are no UTF-8. */
static void
decode_byte_fallback (GPtrArray *tokens)
{
  g_autoptr(GPtrArray) old = g_ptr_array_new ();

  g_ptr_array_extend (old, tokens, NULL, NULL);
  g_ptr_array_set_size (tokens, 0);
  for (guint i = 0; i < old->len;)
    {
      guint from = i;
      GString *bytes = g_string_new (NULL);
      for (int byte; i < old->len && (byte = byte_of (token_at (old, i))) >= 0; i++)
        {
          g_string_append_c (bytes, byte);
          g_string_free (token_at (old, i), TRUE);
        }
      gsize repaired;
      g_autofree char *broken = auto_utf8_repair (bytes->str, bytes->len, &repaired);
      gboolean valid = !broken || (repaired == bytes->len && memcmp (broken, bytes->str, repaired) == 0);
      if (i == from)
        {
          g_string_free (bytes, TRUE);
          g_ptr_array_add (tokens, token_at (old, i++));
        }
      else if (valid)
        g_ptr_array_add (tokens, bytes);
      else
        {
          g_string_free (bytes, TRUE);
          for (guint k = from; k < i; k++)
            g_ptr_array_add (tokens, g_string_new ("\xef\xbf\xbd"));
        }
    }
}

static void
decode_strip (const Step *step, GPtrArray *tokens)
{
  gsize n = strlen (step->text);

  for (guint i = 0; i < tokens->len && n; i++)
    {
      GString *token = token_at (tokens, i);
      gsize from = 0, to = token->len;
      for (gint64 k = 0; k < step->start && to - from >= n && memcmp (token->str + from, step->text, n) == 0; k++)
        from += n;
      for (gint64 k = 0; k < step->stop && to - from >= n && memcmp (token->str + to - n, step->text, n) == 0; k++)
        to -= n;
      g_string_truncate (token, to);
      g_string_erase (token, 0, from);
    }
}

static gboolean
decode_replace (const Step *step, GPtrArray *tokens, GError **error)
{
  g_autoptr(GArray) matches = g_array_new (FALSE, FALSE, sizeof (AutoMatch));

  for (guint i = 0; i < tokens->len; i++)
    {
      GString *token = token_at (tokens, i);
      g_autofree char *copy = g_memdup2 (token->str, token->len + 1);
      g_array_set_size (matches, 0);
      if (!auto_pattern_find (step->pattern, copy, token->len, matches, error))
        return FALSE;
      g_string_truncate (token, 0);
      for (guint k = 0; k < matches->len; k++)
        {
          AutoMatch *match = &g_array_index (matches, AutoMatch, k);
          if (match->match)
            g_string_append (token, step->text);
          else
            g_string_append_len (token, copy + match->from, match->to - match->from);
        }
    }
  return TRUE;
}

static gboolean
run_step (const Step *step, GPtrArray *tokens, GError **error)
{
  switch (step->kind)
    {
    case BYTE_LEVEL:
      decode_byte_level (tokens);
      break;
    case WORDPIECE:
      decode_wordpiece (step, tokens);
      break;
    case METASPACE:
      decode_metaspace (step, tokens);
      break;
    case BPE:
      for (guint i = 0; i < tokens->len; i++)
        replace_all (token_at (tokens, i), step->text, i + 1 == tokens->len ? "" : " ");
      break;
    case CTC:
      decode_ctc (step, tokens);
      break;
    case BYTE_FALLBACK:
      decode_byte_fallback (tokens);
      break;
    case FUSE:
      fuse (tokens);
      break;
    case STRIP:
      decode_strip (step, tokens);
      break;
    case REPLACE:
      return decode_replace (step, tokens, error);
    }
  return TRUE;
}

GString *
auto_decoder_run (const AutoDecoder *self, GPtrArray *tokens, GError **error)
{
  for (guint i = 0; i < self->steps->len; i++)
    if (!run_step (&g_array_index (self->steps, Step, i), tokens, error))
      return NULL;
  fuse (tokens);
  GString *text = token_at (tokens, 0);
  return g_string_new_len (text->str, text->len);
}
