/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-fast-path-private.h"

#include "auto-bpe.h"

AutoFastScratch *
auto_fast_scratch_new (void)
{
  AutoFastScratch *self = g_new0 (AutoFastScratch, 1);

  auto_word_cache_init (&self->cache);
  auto_pre_text_init (&self->pre);
  self->tokens = g_array_new (FALSE, FALSE, sizeof (AutoToken));
  self->found = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->characters = g_new0 (AutoCharacterIds, AUTO_CHARACTERS);
  self->bytes = g_string_new (NULL);
  self->mapped = g_string_new (NULL);
  return self;
}

void
auto_fast_scratch_free (AutoFastScratch *self)
{
  auto_word_cache_clear (&self->cache);
  auto_pre_text_clear (&self->pre);
  g_array_unref (self->tokens);
  g_array_unref (self->found);
  g_string_free (self->bytes, TRUE);
  g_string_free (self->mapped, TRUE);
  g_free (self->characters);
  g_free (self);
}

/* Notes which characters tokens have before a mark: elsewhere a word that begins with marks stands for itself. FALSE when the mark is no token. */
static gboolean
find_joins (AutoFastPath *self, const char *mark)
{
  const AutoVocabulary *vocabulary = self->model->vocabulary;
  gsize n = strlen (mark), length;

  if (!self->model->merges || auto_vocabulary_find (vocabulary, mark, n) < 0)
    return FALSE;
  for (guint i = 0; i < auto_vocabulary_size (vocabulary); i++)
    {
      const char *token = auto_vocabulary_nth (vocabulary, i, &length, NULL), *end = token + length;
      for (const char *at = token + 1; at < end && (at = memchr (at, mark[0], end - at)); at++)
        if (end - at >= (gssize) n && memcmp (at, mark, n) == 0 && !(at - token >= (gssize) n && memcmp (at - n, mark, n) == 0))
          self->joins[(guchar) at[-1]] = TRUE;
    }
  return TRUE;
}

/* Whether every word with the mark becomes a token at least. */
static gboolean
has_mark (const AutoFastPath *self)
{
  char utf8[8];

  return auto_vocabulary_find (self->model->vocabulary, utf8, g_unichar_to_utf8 (self->mark, utf8)) >= 0;
}

/* Whether nothing is done to a text but that its spaces become marks, and perhaps one is put before. */
static gboolean
marks_spaces (AutoFastPath *self)
{
  const AutoPreTokenizer *pre_tokenizer = self->pre_tokenizer;

  if (!self->normalizer)
    return pre_tokenizer && auto_pre_tokenizer_marks_spaces (pre_tokenizer, &self->prefix);
  if ((pre_tokenizer && !auto_pre_tokenizer_only_cuts_at_spaces (pre_tokenizer)) || !auto_normalizer_marks_spaces (self->normalizer, &self->prepends))
    return FALSE;
  self->prefix = self->prepends ? AUTO_PREFIX_PARTS : AUTO_PREFIX_NONE;
  return TRUE;
}

AutoFastPath *
auto_fast_path_new (const AutoNormalizer *normalizer, const AutoPreTokenizer *pre_tokenizer, const AutoTokenModel *model)
{
  AutoFastPath self = { .normalizer = normalizer, .pre_tokenizer = pre_tokenizer, .model = model };
  const AutoBertNormalizer *bert = normalizer ? auto_normalizer_get_bert (normalizer) : NULL;
  gboolean drops_spaces = FALSE;

  if (normalizer && auto_normalizer_is_empty (normalizer))
    self.normalizer = normalizer = NULL;
  self.composes = normalizer && auto_normalizer_only_composes (normalizer, &self.compatible);
  if (pre_tokenizer && auto_pre_tokenizer_get_byte_words (pre_tokenizer, &self.words) && (!normalizer || self.composes) && auto_fast_prepare_bytes (&self))
    {
      self.kind = AUTO_FAST_BYTES;
      self.prefix = self.words.add_prefix_space ? AUTO_PREFIX_PARTS : AUTO_PREFIX_NONE;
    }
  else if (bert && pre_tokenizer && auto_pre_tokenizer_is_bert (pre_tokenizer))
    {
      self.kind = AUTO_FAST_BERT;
      self.map = auto_character_map_new (normalizer, AUTO_CHAR_SPACE | AUTO_CHAR_PUNCTUATION, 0, NULL);
      auto_character_map_set_ends (self.map, auto_fast_bert_ends, bert);
      for (gunichar c = 0; c < G_N_ELEMENTS (self.ends); c++)
        self.ends[c] = auto_fast_bert_ends (c, bert);
    }
  else if (pre_tokenizer && (self.mark = auto_pre_tokenizer_get_mark (pre_tokenizer, &drops_spaces, &self.marks_first))
           && (!normalizer || auto_normalizer_is_local (normalizer)) && (!self.marks_first || has_mark (&self)))
    {
      self.kind = AUTO_FAST_CHUNKS;
      self.gaps = auto_word_gaps_new (normalizer, pre_tokenizer, drops_spaces);
      self.map = auto_character_map_new (normalizer, drops_spaces ? AUTO_CHAR_SPACE : 0, self.mark, self.gaps);
    }
  else if (marks_spaces (&self) && model->class == &auto_bpe_class && auto_bpe_is_plain (model) && find_joins (&self, "▁"))
    self.kind = AUTO_FAST_WHOLE;
  else
    return NULL;
  return g_memdup2 (&self, sizeof self);
}

void
auto_fast_path_free (AutoFastPath *self)
{
  if (!self)
    return;
  auto_seams_free (self->seams);
  auto_character_map_free (self->map);
  g_free (self->gaps);
  g_free (self);
}

gboolean
auto_fast_path_takes_normalized (const AutoFastPath *self)
{
  return self->kind == AUTO_FAST_BYTES;
}

const char *
auto_fast_path_sketch (const AutoFastPath *self, AutoFastScratch *scratch, const char *text, gsize *length)
{
  if (self->kind == AUTO_FAST_WHOLE)
    return text;
  if (!auto_character_map_sketch (self->map, text, *length, scratch->mapped))
    return NULL;
  *length = scratch->mapped->len;
  return scratch->mapped->str;
}

/* Cuts before spaces that follow neither spaces nor marks, nor what tokens may join to them. */
static gboolean
run_whole (AutoFastRun *run, const char *text, gsize length, GError **error)
{
  const char *end = text + length, *from = text;

  for (const char *at = text; (at = memchr (at, ' ', end - at)); at++)
    if (at > from && at[-1] != ' ' && !run->path->joins[(guchar) at[-1]] && !(at - from >= 3 && memcmp (at - 3, "▁", 3) == 0))
      {
        if (!auto_fast_run_add (run, from, at - from, error))
          return FALSE;
        from = at;
      }
  return from == end || auto_fast_run_add (run, from, end - from, error);
}

static gboolean
wants_prefix (const AutoFastPath *self, const char *text, gsize length, AutoFastPlace place)
{
  if (self->prefix == AUTO_PREFIX_NONE || (self->prefix == AUTO_PREFIX_START && place != AUTO_FAST_START))
    return FALSE;
  gboolean marked = self->kind == AUTO_FAST_WHOLE && length >= 3 && memcmp (text, "▁", 3) == 0;
  return self->prepends || !(text[0] == ' ' || marked);
}

gboolean
auto_fast_path_encode (const AutoFastPath *self, AutoFastScratch *scratch, const char *text, gsize length, AutoFastPlace place, GArray *ids,
                       GError **error)
{
  gboolean (*const runs[]) (AutoFastRun *, const char *, gsize, GError **) = { auto_fast_run_cuts, auto_fast_run_bert, auto_fast_run_chunks, run_whole };
  g_autofree char *prefixed = NULL;
  guint before = ids->len;

  if (length == 0)
    return TRUE;
  if (wants_prefix (self, text, length, place))
    {
      prefixed = g_malloc (length + 1);
      prefixed[0] = ' ';
      memcpy (prefixed + 1, text, length++);
      text = prefixed;
    }
  AutoFastRun run;
  run.path = self;
  run.scratch = scratch;
  run.end = text + length;
  run.place = place;
  run.ids = ids;
  run.at = NULL;
  run.n_waiting = 0;
  auto_fast_run_reserve (&run, length / 3 + 16);
  if (runs[self->kind](&run, text, length, error) && auto_fast_run_add_waiting (&run, error))
    {
      ids->len = run.at - (guint32 *) ids->data; /* the array was made large enough before */
      return TRUE;
    }
  ids->len = before;
  return FALSE;
}
