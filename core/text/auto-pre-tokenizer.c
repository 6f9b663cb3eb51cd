/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-pre-tokenizer-private.h"

#include <string.h>

#include "auto-byte-level.h"
#include "auto-parts.h"

static const char *const types[] = { "BertPreTokenizer", "ByteLevel", "CharDelimiterSplit", "Metaspace", "Whitespace", "Split", "Punctuation",
                                     "WhitespaceSplit", "Digits", "UnicodeScripts", "Jieba", NULL };

static void
step_clear (gpointer data)
{
  AutoPreTokenizerStep *step = data;

  g_free (step->text);
  auto_pattern_free (step->pattern);
}

static gboolean
fail (const AutoPreTokenizerStep *step, const char *what, GError **error)
{
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "pre_tokenizer: %s: %s", types[step->kind], what);
  return FALSE;
}

static gboolean
read_behavior (AutoPreTokenizerStep *step, JsonObject *object, GError **error)
{
  static const char *const names[] = { "Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous", NULL };
  const char *name = auto_json_string (object, "behavior");

  if (!name)
    {
      step->behavior = AUTO_SPLIT_ISOLATED;
      return TRUE;
    }
  for (int i = 0; names[i]; i++)
    if (g_str_equal (name, names[i]))
      {
        step->behavior = i;
        return TRUE;
      }
  return fail (step, "unknown \"behavior\"", error);
}

static gboolean
read_character (AutoPreTokenizerStep *step, JsonObject *object, const char *key, GError **error)
{
  const char *text = auto_json_string (object, key);

  if (!text || g_utf8_strlen (text, -1) != 1)
    return fail (step, "wants one character to look for", error);
  step->text = g_strdup (text);
  return TRUE;
}

static gboolean
read_metaspace (AutoPreTokenizerStep *step, JsonObject *object, GError **error)
{
  const char *scheme = auto_json_string (object, "prepend_scheme");

  step->add_prefix_space = auto_json_bool (object, "add_prefix_space", TRUE);
  step->whole = !auto_json_bool (object, "split", TRUE);
  step->at_start = json_object_has_member (object, "split");
  step->scheme = g_strcmp0 (scheme, "first") == 0   ? AUTO_PREPEND_FIRST
                 : g_strcmp0 (scheme, "never") == 0 ? AUTO_PREPEND_NEVER
                                                    : AUTO_PREPEND_ALWAYS;
  return read_character (step, object, "replacement", error);
}

static gboolean
read_step (AutoPreTokenizerStep *step, JsonObject *object, GError **error)
{
  switch (step->kind)
    {
    case AUTO_PRE_TOKENIZER_BYTE_LEVEL:
      step->add_prefix_space = auto_json_bool (object, "add_prefix_space", TRUE);
      step->use_regex = auto_json_bool (object, "use_regex", TRUE);
      return TRUE;
    case AUTO_PRE_TOKENIZER_DELIMITER:
      step->behavior = AUTO_SPLIT_REMOVED;
      return read_character (step, object, "delimiter", error);
    case AUTO_PRE_TOKENIZER_METASPACE:
      return read_metaspace (step, object, error);
    case AUTO_PRE_TOKENIZER_SPLIT:
      step->invert = auto_json_bool (object, "invert", FALSE);
      step->pattern = auto_pattern_new_from_json (object, "pre_tokenizer: Split", error);
      return step->pattern && read_behavior (step, object, error);
    case AUTO_PRE_TOKENIZER_PUNCTUATION:
      return read_behavior (step, object, error);
    case AUTO_PRE_TOKENIZER_DIGITS:
      step->behavior = auto_json_bool (object, "individual_digits", FALSE) ? AUTO_SPLIT_ISOLATED : AUTO_SPLIT_CONTIGUOUS;
      return TRUE;
    case AUTO_PRE_TOKENIZER_JIEBA:
      return (step->jieba = auto_jieba_get (auto_json_string (object, "folder"), FALSE, error)) != NULL;
    default:
      return TRUE;
    }
}

static gboolean
read_part (gpointer self, guint type, JsonObject *object, GError **error)
{
  AutoPreTokenizerStep step = { .kind = type, .vocabulary = ((AutoPreTokenizer *) self)->vocabulary };
  gboolean good = read_step (&step, object, error);

  g_array_append_val (((AutoPreTokenizer *) self)->steps, step);
  return good;
}

AutoPreTokenizer *
auto_pre_tokenizer_new (JsonNode *description, const AutoVocabulary *vocabulary, GError **error)
{
  static const AutoPartReader reader = { "pre_tokenizer", "pretokenizers", types, read_part };
  g_autoptr(AutoPreTokenizer) self = g_new0 (AutoPreTokenizer, 1);

  self->steps = g_array_new (FALSE, FALSE, sizeof (AutoPreTokenizerStep));
  g_array_set_clear_func (self->steps, step_clear);
  self->vocabulary = vocabulary;
  return auto_parts_read (&reader, description, self, error) ? g_steal_pointer (&self) : NULL;
}

void
auto_pre_tokenizer_free (AutoPreTokenizer *self)
{
  if (!self)
    return;
  g_array_unref (self->steps);
  g_free (self);
}

/* Finds the characters with any of the properties. */
static void
match_properties (AutoPreText *text, const char *piece, gsize length, guint32 properties)
{
  gsize done = 0;
  guint size;

  for (gsize at = 0; at < length; at += size)
    if (auto_char_is (auto_utf8_get (piece + at, &size), properties))
      {
        if (done < at)
          g_array_append_val (text->matches, ((AutoMatch){ done, at, FALSE }));
        done = at + size;
        g_array_append_val (text->matches, ((AutoMatch){ at, done, TRUE }));
      }
  if (done < length)
    g_array_append_val (text->matches, ((AutoMatch){ done, length, FALSE }));
}

/* \w+|[^\w\s]+, whose matches are kept; what is between them goes. */
static void
match_words (AutoPreText *text, const char *piece, gsize length)
{
  guint size;

  for (gsize at = 0; at < length;)
    {
      gsize from = at;
      guint32 class = auto_char_flags (auto_utf8_get (piece + at, &size)) & (AUTO_CHAR_WORD | AUTO_CHAR_SPACE);
      for (at += size; at < length; at += size)
        if ((auto_char_flags (auto_utf8_get (piece + at, &size)) & (AUTO_CHAR_WORD | AUTO_CHAR_SPACE)) != class)
          break;
      g_array_append_val (text->matches, ((AutoMatch){ from, at, (class & AUTO_CHAR_SPACE) != 0 }));
    }
}

static void
match_text (AutoPreText *text, const char *piece, gsize length, const char *wanted)
{
  gsize n = strlen (wanted), done = 0;

  for (const char *found; (found = memmem (piece + done, length - done, wanted, n));)
    {
      gsize at = found - piece;
      if (done < at)
        g_array_append_val (text->matches, ((AutoMatch){ done, at, FALSE }));
      done = at + n;
      g_array_append_val (text->matches, ((AutoMatch){ at, done, TRUE }));
    }
  if (done < length)
    g_array_append_val (text->matches, ((AutoMatch){ done, length, FALSE }));
}

static void
match_gpt2 (AutoPreText *text, const char *piece, gsize length)
{
  for (gsize at = 0; at < length;)
    {
      gsize n = auto_scan_gpt2 (piece + at, length - at);
      g_array_append_val (text->matches, ((AutoMatch){ at, at + n, TRUE }));
      at += n;
    }
}

/* Runs of scripts. A space or an unknown character goes with what is before it, and goes away at the start. */
static void
match_scripts (AutoPreText *text, const char *piece, gsize length)
{
  guint size, before = 0;
  gsize from = 0;

  for (gsize at = 0; at < length; at += size)
    {
      guint script = auto_char_script (auto_utf8_get (piece + at, &size));
      if (!script || script == before)
        continue;
      if (before)
        g_array_append_val (text->matches, ((AutoMatch){ from, at, TRUE }));
      from = at;
      before = script;
    }
  if (before)
    g_array_append_val (text->matches, ((AutoMatch){ from, length, TRUE }));
}

typedef struct
{
  const AutoPreTokenizerStep *step;
  AutoPreText *text;
  const char *piece;
} JiebaPass;

/* A word of the vocabulary; of others each Chinese character, and what is between those. */
static void
match_jieba_word (const char *word, gsize length, gpointer data)
{
  JiebaPass *pass = data;
  GArray *matches = pass->text->matches;
  gsize base = word - pass->piece;
  gboolean known = auto_vocabulary_find (pass->step->vocabulary, word, length) >= 0, joins = FALSE;
  guint size;

  if (known)
    g_array_append_val (matches, ((AutoMatch){ base, base + length, FALSE }));
  for (gsize at = 0; at < length && !known; at += size)
    {
      gunichar c = auto_utf8_get (word + at, &size);
      gboolean chinese = auto_char_is_chinese (c), space = auto_python_is_space (c);
      if (joins && !chinese && !space)
        g_array_index (matches, AutoMatch, matches->len - 1).to += size;
      else
        g_array_append_val (matches, ((AutoMatch){ base + at, base + at + size, space }));
      joins = !chinese && !space;
    }
}

static void
match_jieba (const AutoPreTokenizerStep *step, AutoPreText *text, const char *piece, gsize length)
{
  JiebaPass pass = { step, text, piece };

  auto_jieba_cut (step->jieba, AUTO_JIEBA_RUST, FALSE, piece, length, match_jieba_word, &pass);
}

static gboolean
find_matches (const AutoPreTokenizerStep *step, AutoPreText *text, const char *piece, gsize length, GError **error)
{
  switch (step->kind)
    {
    case AUTO_PRE_TOKENIZER_SPLIT:
      if (!auto_pattern_find (step->pattern, piece, length, text->matches, error))
        return FALSE;
      for (guint i = 0; step->invert && i < text->matches->len; i++)
        g_array_index (text->matches, AutoMatch, i).match ^= TRUE;
      break;
    case AUTO_PRE_TOKENIZER_DELIMITER:
    case AUTO_PRE_TOKENIZER_METASPACE:
      match_text (text, piece, length, step->text);
      break;
    case AUTO_PRE_TOKENIZER_WHITESPACE:
      match_words (text, piece, length);
      break;
    case AUTO_PRE_TOKENIZER_PUNCTUATION:
      match_properties (text, piece, length, AUTO_CHAR_PUNCTUATION);
      break;
    case AUTO_PRE_TOKENIZER_DIGITS:
      match_properties (text, piece, length, AUTO_CHAR_NUMERIC);
      break;
    case AUTO_PRE_TOKENIZER_SCRIPTS:
      match_scripts (text, piece, length);
      break;
    case AUTO_PRE_TOKENIZER_BYTE_LEVEL:
      match_gpt2 (text, piece, length);
      break;
    case AUTO_PRE_TOKENIZER_JIEBA:
      match_jieba (step, text, piece, length);
      break;
    default:
      match_properties (text, piece, length, AUTO_CHAR_SPACE);
    }
  return TRUE;
}

static gboolean
split_pass (const AutoPreTokenizerStep *step, AutoPreText *text, AutoSplitBehavior behavior, GError **error)
{
  auto_pre_text_begin_pass (text);
  for (guint i = 0; i < text->splits->len; i++)
    {
      const AutoSplit *split = &g_array_index (text->splits, AutoSplit, i);
      if (split->id >= 0)
        {
          auto_pre_text_keep (text, split);
          continue;
        }
      g_array_set_size (text->matches, 0);
      if (split->from < split->to && !find_matches (step, text, text->text.text + split->from, split->to - split->from, error))
        return FALSE;
      auto_pre_text_split (text, split, behavior);
    }
  auto_pre_text_end_pass (text);
  return TRUE;
}

/* The first character, which gets company before it: both share its span. */
static void
put_prefix (AutoRewrite *rewrite, const char *prefix)
{
  const AutoAlignedText *source = rewrite->source;

  if (rewrite->begin < rewrite->end)
    auto_aligned_text_append_bytes (rewrite->target, prefix, strlen (prefix), source->from[rewrite->begin], source->to[rewrite->begin]);
}

static void
add_space (AutoRewrite *rewrite, gpointer data)
{
  if (rewrite->begin < rewrite->end && rewrite->source->text[rewrite->begin] != ' ')
    put_prefix (rewrite, " ");
  auto_rewrite_copy (rewrite, rewrite->end - rewrite->begin);
}

static void
write_bytes (AutoRewrite *rewrite, gpointer data)
{
  auto_rewrite_byte_level (rewrite);
}

typedef struct
{
  const AutoPreTokenizerStep *step;
  gboolean first;
} Metaspace;

static void
write_metaspace (AutoRewrite *rewrite, gpointer data)
{
  Metaspace *self = data;
  const AutoPreTokenizerStep *step = self->step;
  const char *text = rewrite->source->text;
  gsize n = strlen (step->text), length = rewrite->end - rewrite->begin;
  gboolean starts = length > 0 && (text[rewrite->begin] == ' ' || (length >= n && memcmp (text + rewrite->begin, step->text, n) == 0));

  if (step->add_prefix_space && !starts)
    {
      if (step->scheme == AUTO_PREPEND_ALWAYS || (step->scheme == AUTO_PREPEND_FIRST && (step->at_start ? rewrite->base == 0 : self->first)))
        put_prefix (rewrite, step->text);
      if (step->scheme == AUTO_PREPEND_FIRST)
        self->first = FALSE;
    }
  else
    self->first = FALSE;
  for (gsize run; rewrite->at < rewrite->end;)
    {
      const char *space = memchr (text + rewrite->at, ' ', rewrite->end - rewrite->at);
      run = (space ? (gsize) (space - text) : rewrite->end) - rewrite->at;
      auto_rewrite_copy (rewrite, run);
      if (space)
        auto_rewrite_substitute (rewrite, 1, step->text, n);
    }
}

gboolean
auto_pre_tokenizer_run (const AutoPreTokenizer *self, AutoPreText *text, GError **error)
{
  for (guint i = 0; i < self->steps->len; i++)
    {
      const AutoPreTokenizerStep *step = &g_array_index (self->steps, AutoPreTokenizerStep, i);
      AutoPreTokenizerStep punctuation = { .kind = AUTO_PRE_TOKENIZER_PUNCTUATION };
      Metaspace metaspace = { step, !text->later };
      gboolean good = TRUE;
      switch (step->kind)
        {
        case AUTO_PRE_TOKENIZER_BERT:
          good = split_pass (step, text, AUTO_SPLIT_REMOVED, error) && split_pass (&punctuation, text, AUTO_SPLIT_ISOLATED, error);
          break;
        case AUTO_PRE_TOKENIZER_BYTE_LEVEL:
          if (step->add_prefix_space)
            auto_pre_text_rewrite (text, add_space, NULL);
          if (step->use_regex)
            good = split_pass (step, text, AUTO_SPLIT_ISOLATED, error);
          auto_pre_text_rewrite (text, write_bytes, NULL);
          break;
        case AUTO_PRE_TOKENIZER_METASPACE:
          auto_pre_text_rewrite (text, write_metaspace, &metaspace);
          good = step->whole || split_pass (step, text, AUTO_SPLIT_MERGED_WITH_NEXT, error);
          break;
        case AUTO_PRE_TOKENIZER_WHITESPACE:
        case AUTO_PRE_TOKENIZER_WHITESPACE_SPLIT:
        case AUTO_PRE_TOKENIZER_JIEBA:
          good = split_pass (step, text, AUTO_SPLIT_REMOVED, error);
          break;
        case AUTO_PRE_TOKENIZER_SCRIPTS:
          good = split_pass (step, text, AUTO_SPLIT_ISOLATED, error);
          break;
        default:
          good = split_pass (step, text, step->behavior, error);
        }
      if (!good)
        return FALSE;
    }
  return TRUE;
}
