/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-merge-finder.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

void
auto_merge_finder_init (AutoMergeFinder *self, const AutoVocabulary *vocabulary, GArray *merges, gsize skip)
{
  self->vocabulary = vocabulary;
  self->merges = merges;
  self->skip = skip;
  self->bad = NULL;
  self->last = self->n = 0;
}

/* What the second token without its prefix after the first makes. */
static gint64
find_merged (AutoMergeFinder *self, const AutoKey *left, const AutoKey *right)
{
  AutoKey rest;

  if (self->skip > right->length)
    return -1;
  if (self->skip)
    {
      rest = auto_key (right->text + self->skip, right->length - self->skip);
      right = &rest;
    }
  return auto_vocabulary_find_joined (self->vocabulary, left, right, &self->last);
}

gboolean
auto_merge_finder_flush (AutoMergeFinder *self)
{
  gint64 ids[AUTO_VOCABULARY_MANY];
  guint n = self->merges->len;

  auto_vocabulary_find_many (self->vocabulary, self->keys, self->n, ids);
  g_array_set_size (self->merges, n + self->n / 2);
  for (guint i = 0; i < self->n; i += 2)
    {
      gint64 merged = find_merged (self, &self->keys[i], &self->keys[i + 1]);
      if (!self->bad && (ids[i] < 0 || ids[i + 1] < 0 || merged < 0))
        self->bad = self->keys[i].text;
      g_array_index (self->merges, AutoMerge, n++) = (AutoMerge){ ids[i], ids[i + 1], merged };
    }
  self->n = 0;
  return !self->bad;
}

/* The one space of a line; NULL when there is none, or more. */
static inline const char *
find_space (const char *line, gsize length, const char *end)
{
#ifdef __SSE2__
  if (length <= 32 && end - line >= 32)
    {
      const __m128i *at = (const __m128i *) line;
      guint32 low = _mm_movemask_epi8 (_mm_cmpeq_epi8 (_mm_loadu_si128 (at), _mm_set1_epi8 (' ')));
      guint32 high = _mm_movemask_epi8 (_mm_cmpeq_epi8 (_mm_loadu_si128 (at + 1), _mm_set1_epi8 (' ')));
      guint32 spaces = (high << 16 | low) & ((G_GUINT64_CONSTANT (1) << length) - 1);
      return spaces && !(spaces & (spaces - 1)) ? line + __builtin_ctz (spaces) : NULL;
    }
#endif
  const char *space = memchr (line, ' ', length);
  return space && !memchr (space + 1, ' ', line + length - space - 1) ? space : NULL;
}

gboolean
auto_merge_finder_take_line (AutoMergeFinder *self, const char *line, gsize length, const char *end)
{
  const char *space = find_space (line, length, end);

  if (space)
    auto_merge_finder_take (self, line, space - line, space + 1, line + length - space - 1, end);
  return space != NULL;
}
