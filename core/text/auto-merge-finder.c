/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-merge-finder.h"

#include <string.h>

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

gboolean
auto_merge_finder_take_line (AutoMergeFinder *self, const char *line, gsize length, const char *end)
{
  const char *space = memchr (line, ' ', length), *right = space + 1;

  if (!space || memchr (right, ' ', line + length - right))
    return FALSE;
  auto_merge_finder_take (self, line, space - line, right, line + length - right, end);
  return TRUE;
}
