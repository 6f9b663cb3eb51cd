/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words on the short way: known ones from the cache, others by way of the model. */
#include "auto-fast-path-private.h"

#include "../base/auto-huge.h"
#include "auto-ascii-run.h"
#include "auto-bpe.h"
#include "auto-byte-level.h"

static gboolean
tokenize (const AutoFastPath *self, AutoFastScratch *scratch, const char *text, gsize length, GError **error)
{
  scratch->tokens->len = 0;
  if (length && !self->model->class->tokenize (self->model, text, length, scratch->tokens, error))
    return FALSE;
  const AutoToken *tokens = (const AutoToken *) scratch->tokens->data;
  guint before = scratch->found->len, n = scratch->tokens->len;
  g_array_set_size (scratch->found, before + n);
  for (guint k = 0; k < n; k++)
    g_array_index (scratch->found, guint32, before + k) = tokens[k].id;
  return TRUE;
}

/* The ids of a word by way of all parts. */
static gboolean
encode_long_way (const AutoFastPath *self, AutoFastScratch *scratch, const char *word, gsize length, gboolean marked, GError **error)
{
  AutoPreText *pre = &scratch->pre;

  g_array_set_size (scratch->found, 0);
  auto_pre_text_start (pre, word, length);
  pre->later = !marked;
  if ((self->normalizer && !auto_pre_text_normalize (pre, self->normalizer, error))
      || (self->pre_tokenizer && !auto_pre_tokenizer_run (self->pre_tokenizer, pre, error)))
    return FALSE;
  for (guint i = 0; i < pre->splits->len; i++)
    {
      const AutoSplit *split = &g_array_index (pre->splits, AutoSplit, i);
      if (!tokenize (self, scratch, pre->text.text + split->from, split->to - split->from, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
auto_fast_encode_mapped (const AutoFastPath *self, AutoFastScratch *scratch, const char *word, gsize length, gboolean marked, GError **error)
{
  g_string_truncate (scratch->bytes, 0);
  if (self->mark && marked)
    g_string_append_unichar (scratch->bytes, self->mark);
  gsize before = scratch->bytes->len;
  if (!auto_character_map_run (self->map, word, length, scratch->bytes))
    return encode_long_way (self, scratch, word, length, marked, error);
  g_array_set_size (scratch->found, 0);
  return scratch->bytes->len == before || tokenize (self, scratch, scratch->bytes->str, scratch->bytes->len, error);
}

/* The token that a word is as a whole, or -1. */
static gint64
find_whole (const AutoFastPath *self, AutoFastScratch *scratch, const char *word, gsize length)
{
  g_string_truncate (scratch->bytes, 0);
  for (gsize i = 0; i < length; i++)
    g_string_append_unichar (scratch->bytes, auto_byte_to_char (word[i]));
  return auto_vocabulary_find (self->model->vocabulary, scratch->bytes->str, scratch->bytes->len);
}

/* The seams for a word of @length bytes; NULL as long as there were too few of such that making them would pay. */
static const AutoSeams *
get_seams (const AutoFastPath *path, gsize length)
{
  AutoFastPath *self = (AutoFastPath *) path;

  if (G_UNLIKELY (!g_atomic_pointer_get (&self->seams_ready))
      && (guint) g_atomic_int_add (&self->seams_wanted, MIN (length, AUTO_FAST_SEAMS_PAY)) + length < AUTO_FAST_SEAMS_PAY)
    return NULL;
  if (g_once_init_enter (&self->seams_ready))
    {
      self->seams = auto_seams_new (self->model);
      g_once_init_leave (&self->seams_ready, 1);
    }
  return self->seams;
}

static guint
spell_bytes (const AutoFastPath *self, const char *text, gsize length, guint32 *ids)
{
  for (gsize i = 0; i < length; i++)
    ids[i] = self->byte_ids[(guint8) text[i]];
  return length;
}

/* What becomes of the bytes of one character by themselves. */
static const AutoCharacterIds *
find_character (const AutoFastPath *self, AutoFastScratch *scratch, gunichar c, const char *text, guint size)
{
  AutoCharacterIds *found = &scratch->characters[c];
  if (G_UNLIKELY (found->n == 0))
    found->n = auto_bpe_merge_ids (self->model, found->ids, spell_bytes (self, text, size, found->ids));
  return found;
}

/* What merging may begin with. A character whose neighbours are joined only to all of it is merged before they are. */
static guint
spell (const AutoFastPath *self, AutoFastScratch *scratch, const char *word, gsize length, guint32 *ids)
{
  const AutoSeams *seams = length > 4 && auto_ascii_length (word, length) < length ? get_seams (self, length) : NULL;
  guint size, n = 0;
  gboolean whole = TRUE;

  if (!seams)
    return spell_bytes (self, word, length, ids);
  for (gsize at = 0; at < length; at += size)
    {
      gunichar c = auto_utf8_get (word + at, &size);
      gboolean next = at + size == length || auto_seams_whole (seams, c, word + at + size);
      if (size > 1 && c < AUTO_CHARACTERS && whole && next && !auto_seams_late (seams, c))
        {
          const AutoCharacterIds *found = find_character (self, scratch, c, word + at, size);
          memcpy (ids + n, found->ids, found->n * sizeof (guint32));
          n += found->n;
        }
      else
        n += spell_bytes (self, word + at, size, ids + n);
      whole = next;
    }
  return n;
}

/* The ids of a word whose bytes the vocabulary knows one by one. */
static void
encode_bytes (const AutoFastPath *self, AutoFastScratch *scratch, const char *word, gsize length, AutoWordKind kind)
{
  gint64 whole = self->ignores_merges && kind == AUTO_WORD_WHOLE ? find_whole (self, scratch, word, length) : -1;

  if (whole >= 0)
    {
      guint32 id = whole;
      g_array_set_size (scratch->found, 0);
      g_array_append_val (scratch->found, id);
      return;
    }
  g_array_set_size (scratch->found, length);
  guint32 *ids = (guint32 *) scratch->found->data;
  g_array_set_size (scratch->found, auto_bpe_merge_ids (self->model, ids, spell (self, scratch, word, length, ids)));
}

/* What merging may begin with for a word in which spaces stand for marks. Returns the number of ids; 0 when a character is unknown. */
static guint
spell_marked (const AutoFastPath *self, AutoFastScratch *scratch, const char *word, gsize length, guint32 *ids)
{
  guint size, n = 0;

  for (gsize at = 0; at < length; at += size)
    {
      AutoCharacterIds other = { .n = 0 };
      gunichar c = auto_utf8_get (word + at, &size);
      AutoCharacterIds *known = c < AUTO_CHARACTERS ? &scratch->characters[c] : &other;
      if (G_UNLIKELY (known->n == 0))
        {
          guint32 found[4];
          guint n_found = c == ' ' ? auto_bpe_spell_character (self->model, "▁", 3, found) : auto_bpe_spell_character (self->model, word + at, size, found);
          if (n_found == 0)
            return 0;
          if (n_found > G_N_ELEMENTS (known->ids))
            {
              memcpy (ids + n, found, sizeof found);
              n += n_found;
              continue;
            }
          memcpy (known->ids, found, n_found * sizeof (guint32));
          known->n = n_found;
        }
      for (guint i = 0; i < known->n; i++)
        ids[n++] = known->ids[i];
    }
  return n;
}

/* The ids of such a word; by way of the model when it has unknown characters. */
static gboolean
encode_marked (const AutoFastPath *self, AutoFastScratch *scratch, const char *word, gsize length, GError **error)
{
  g_array_set_size (scratch->found, length); /* the mark is one token, other characters are no more than their bytes */
  guint n = spell_marked (self, scratch, word, length, (guint32 *) scratch->found->data);
  if (n)
    {
      g_array_set_size (scratch->found, auto_bpe_merge_ids (self->model, (guint32 *) scratch->found->data, n));
      return TRUE;
    }
  g_string_truncate (scratch->bytes, 0);
  for (gsize i = 0; i < length; i++)
    if (word[i] == ' ')
      g_string_append (scratch->bytes, "▁");
    else
      g_string_append_c (scratch->bytes, word[i]);
  g_array_set_size (scratch->found, 0);
  return tokenize (self, scratch, scratch->bytes->str, scratch->bytes->len, error);
}

/* Makes room for @n more ids. */
void
auto_fast_run_reserve (AutoFastRun *run, gsize n)
{
  gsize used = run->at ? (gsize) (run->at - (guint32 *) run->ids->data) : run->ids->len, size = MAX (used + n, used + used / 2 + 1024);

  g_array_set_size (run->ids, size);
  auto_huge_advise (run->ids->data + used * sizeof (guint32), (size - used) * sizeof (guint32));
  run->at = (guint32 *) run->ids->data + used;
  run->room = (guint32 *) run->ids->data + size;
}

static inline void
add_ids (AutoFastRun *run, const guint32 *ids, guint n)
{
  if (G_UNLIKELY ((gsize) (run->room - run->at) < n + 4))
    auto_fast_run_reserve (run, n + 4);
  if (n)
    memcpy (run->at, ids, n * sizeof (guint32));
  run->at += n;
}

static inline gboolean
add_known (AutoFastRun *run, const AutoFastWord *waiting)
{
  const AutoWordCache *cache = &run->scratch->cache;
  const AutoWordEntry *entry = G_LIKELY (waiting->length <= AUTO_WORD_INLINE)
                                   ? auto_word_cache_look (cache, waiting->low, waiting->high)
                                   : auto_word_cache_find_long (cache, waiting->text, waiting->length, waiting->kind);

  if (G_UNLIKELY (!entry))
    return FALSE;
  if (G_UNLIKELY ((gsize) (run->room - run->at) < entry->n + 4))
    auto_fast_run_reserve (run, entry->n + 4);
  if (G_LIKELY (entry->n <= 3))
    memcpy (run->at, entry->ids, sizeof entry->ids);
  else
    memcpy (run->at, auto_word_entry_ids (cache, entry), entry->n * sizeof (guint32));
  run->at += entry->n;
  return TRUE;
}

/* A word on its way to be cut at its seams. */
typedef struct
{
  const AutoSeams *seams;
  const char *at, *end; /* what is left */
  gunichar c;           /* the character at @at */
  guint size;
} Parts;

/* FALSE when no seams are known. */
static gboolean
parts_init (Parts *self, const AutoFastPath *path, const char *word, gsize length)
{
  *self = (Parts){ get_seams (path, length), word, word + length };
  self->c = auto_utf8_get (word, &self->size);
  return self->seams != NULL;
}

/* Steps over the bytes up to the next seam, or all, and returns their number. @single: the character when it is just one. */
static inline gsize
next_part (Parts *self, gunichar *single)
{
  const char *from = self->at, *at = from + self->size;
  gunichar before = *single = self->c;

  for (; at < self->end; at += self->size)
    {
      self->c = auto_utf8_get (at, &self->size);
      if ((before | self->c) >= 0x80 && auto_seams_here (self->seams, before, self->c, at))
        break;
      before = self->c;
      *single = G_MAXUINT32;
    }
  self->at = at;
  return at - from;
}

static inline void
set_part (const AutoFastRun *run, AutoFastWord *waiting, const char *text, gsize length, gunichar single)
{
  if (single >= AUTO_CHARACTERS)
    {
      auto_fast_word_set (run, waiting, text, length, AUTO_WORD_PART);
      return;
    }
  __builtin_prefetch (&run->scratch->characters[single]);
  waiting->text = text;
  waiting->length = length;
  waiting->low = single;
  waiting->kind = AUTO_WORD_CHARACTER;
}

static inline void
add_character (AutoFastRun *run, const AutoFastWord *part)
{
  const AutoCharacterIds *known = &run->scratch->characters[part->low];

  auto_fast_run_add_character (run, known->n ? known : find_character (run->path, run->scratch, part->low, part->text, part->length));
}

static void
add_part (AutoFastRun *run, const AutoFastWord *part)
{
  GArray *found = run->scratch->found;

  if (part->kind == AUTO_WORD_CHARACTER)
    {
      add_character (run, part);
      return;
    }
  if (add_known (run, part))
    return;
  encode_bytes (run->path, run->scratch, part->text, part->length, AUTO_WORD_PART);
  auto_word_cache_add (&run->scratch->cache, part->text, part->length, AUTO_WORD_PART, run->end - part->text >= 16,
                       (const guint32 *) found->data, found->len);
  add_ids (run, (const guint32 *) found->data, found->len);
}

/* Adds the parts that seams cut a word into; FALSE when there is no seam. A token that is a whole word has none either. */
static gboolean
add_parts (AutoFastRun *run, const char *word, gsize length)
{
  AutoFastWord waiting[AUTO_FAST_MOST_WAITING];
  guint n_waiting = 0;
  gunichar single;
  Parts parts;

  gsize n = parts_init (&parts, run->path, word, length) ? next_part (&parts, &single) : length;
  if (n == length)
    return FALSE;
  for (;; word += n, n = next_part (&parts, &single))
    {
      set_part (run, &waiting[n_waiting++], word, n, single);
      if (parts.at < parts.end && n_waiting < AUTO_FAST_MOST_WAITING)
        continue;
      for (guint i = 0; i < n_waiting; i++)
        add_part (run, &waiting[i]);
      if (parts.at == parts.end)
        return TRUE;
      n_waiting = 0;
    }
}

static gboolean
add_missing (AutoFastRun *run, const char *word, gsize length, GError **error)
{
  const AutoFastPath *path = run->path;
  AutoFastScratch *scratch = run->scratch;

  if (path->kind == AUTO_FAST_BYTES && length <= AUTO_WORD_INLINE && auto_ascii_length (word, length) < length && add_parts (run, word, length))
    return TRUE;
  if (path->kind == AUTO_FAST_BYTES)
    encode_bytes (path, scratch, word, length, AUTO_WORD_WHOLE);
  else if (!(path->kind == AUTO_FAST_WHOLE ? encode_marked (path, scratch, word, length, error)
                                           : auto_fast_encode_mapped (path, scratch, word, length, TRUE, error)))
    return FALSE;
  const guint32 *ids = (const guint32 *) scratch->found->data;
  auto_word_cache_add (&scratch->cache, word, length, AUTO_WORD_WHOLE, run->end - word >= 16, ids, scratch->found->len);
  add_ids (run, ids, scratch->found->len);
  return TRUE;
}

/* Words of large alphabets seldom come twice: their parts are looked up instead. */
gboolean
auto_fast_run_add_parts (AutoFastRun *run, const char *word, gsize length, GError **error)
{
  gunichar single;
  Parts parts;

  if (auto_ascii_length (word, length) == length)
    return auto_fast_run_add_kind (run, word, length, AUTO_WORD_WHOLE, error);
  gsize n = parts_init (&parts, run->path, word, length) ? next_part (&parts, &single) : length;
  if (n == length)
    return auto_fast_run_add_kind (run, word, length, AUTO_WORD_WHOLE, error);
  for (;; word += n, n = next_part (&parts, &single))
    {
      set_part (run, &run->waiting[run->n_waiting++], word, n, single);
      if (run->n_waiting == AUTO_FAST_MOST_WAITING && !auto_fast_run_add_waiting (run, error))
        return FALSE;
      if (parts.at == parts.end)
        return TRUE;
    }
}

static gboolean
add_missing_mapped (AutoFastRun *run, const char *word, gsize length, GError **error)
{
  AutoFastScratch *scratch = run->scratch;

  g_array_set_size (scratch->found, 0);
  if (!tokenize (run->path, scratch, word, length, error))
    return FALSE;
  const guint32 *ids = (const guint32 *) scratch->found->data;
  auto_word_cache_add (&scratch->cache, word, length, AUTO_WORD_MAPPED, FALSE, ids, scratch->found->len);
  add_ids (run, ids, scratch->found->len);
  return TRUE;
}

gboolean
auto_fast_run_add_mapped (AutoFastRun *run, const char *word, gsize length, GError **error)
{
  AutoFastWord *waiting = &run->waiting[run->n_waiting];

  if (G_UNLIKELY (length > AUTO_WORD_INLINE)) /* its memory is for the next word as well */
    return auto_fast_run_add_waiting (run, error)
           && (add_known (run, &(AutoFastWord){ word, length, 0, 0, AUTO_WORD_MAPPED }) || add_missing_mapped (run, word, length, error));
  auto_word_key (word, length, AUTO_WORD_MAPPED, TRUE, &waiting->low, &waiting->high);
  auto_word_cache_prefetch (&run->scratch->cache, waiting->low, waiting->high);
  waiting->length = length;
  waiting->kind = AUTO_WORD_MAPPED;
  return ++run->n_waiting < AUTO_FAST_MOST_WAITING || auto_fast_run_add_waiting (run, error);
}

static gboolean
add_waiting (AutoFastRun *run, const AutoFastWord *word, GError **error)
{
  guint64 text[2] = { GUINT64_TO_LE (word->low), GUINT64_TO_LE (word->high) };

  switch (word->kind)
    {
    case AUTO_WORD_WHOLE:
      return add_known (run, word) || add_missing (run, word->text, word->length, error);
    case AUTO_WORD_MAPPED:
      return add_known (run, word) || add_missing_mapped (run, (const char *) text, word->length, error);
    case AUTO_WORD_CHARACTER:
      add_character (run, word);
      return TRUE;
    default:
      add_part (run, word);
      return TRUE;
    }
}

gboolean
auto_fast_run_add_waiting (AutoFastRun *run, GError **error)
{
  guint n = run->n_waiting;

  run->n_waiting = 0;
  for (guint i = 0; i < n; i++)
    if (!add_waiting (run, &run->waiting[i], error))
      return FALSE;
  return TRUE;
}

gboolean
auto_fast_run_add_unmarked (AutoFastRun *run, const char *word, gsize length, GError **error)
{
  const GArray *found = run->scratch->found;

  if (!auto_fast_run_add_waiting (run, error) || !auto_fast_encode_mapped (run->path, run->scratch, word, length, FALSE, error))
    return FALSE;
  add_ids (run, (const guint32 *) found->data, found->len);
  return TRUE;
}
