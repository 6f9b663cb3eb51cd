/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The short way after Metaspace that puts its mark before every word: what is between gaps. */
#include "auto-fast-path-private.h"

/* Where a run of gaps ends, which begins at @at; what becomes nothing belongs to it. */
static const char *
skip_gaps (const AutoFastPath *self, const char *at, const char *end)
{
  guint size;

  for (; at < end; at += size)
    {
      AutoCharacterKind kind = auto_character_map_kind (self->map, auto_utf8_get (at, &size));
      if (kind != AUTO_CHARACTER_GAP && !(kind == AUTO_CHARACTER_DROPPED && self->gaps->one_gap))
        break;
    }
  return at;
}

/* Whether the word that begins at @from can end at @to, before a gap: not if its last character may change with its neighbours. */
static gboolean
can_end (const AutoFastPath *self, const char *from, const char *to)
{
  AutoCharacterKind kind = AUTO_CHARACTER_DROPPED;
  guint size;

  while (kind == AUTO_CHARACTER_DROPPED && to > from)
    {
      to = auto_utf8_previous (to);
      kind = auto_character_map_kind (self->map, auto_utf8_get (to, &size));
    }
  return kind == AUTO_CHARACTER_KEPT;
}

/* Whether words can be cut between @at and @to, where there is nothing but gaps. */
static gboolean
can_cut (const AutoFastPath *self, const char *from, const char *at, const char *to)
{
  guint size;

  return (to - at == 1 || self->gaps->one_gap || self->gaps->each_gap) && can_end (self, from, at)
         && auto_character_map_kind (self->map, auto_utf8_get (to, &size)) == AUTO_CHARACTER_KEPT;
}

static void
find_ascii_gaps (const AutoFastPath *path)
{
  AutoFastPath *self = (AutoFastPath *) path;

  if (!g_once_init_enter (&self->ascii_ready))
    return;
  for (gunichar c = 0; c < G_N_ELEMENTS (self->ascii_gaps); c++)
    self->ascii_gaps[c] = auto_character_map_kind (self->map, c) == AUTO_CHARACTER_GAP;
  g_once_init_leave (&self->ascii_ready, 1);
}

static inline gboolean
is_gap (const AutoFastPath *self, gunichar c)
{
  return c < G_N_ELEMENTS (self->ascii_gaps) ? self->ascii_gaps[c] : auto_character_map_kind (self->map, c) == AUTO_CHARACTER_GAP;
}

/* Adds the word from @from to @to of @text. */
static gboolean
add_chunk (AutoFastRun *run, const char *text, const char *from, const char *to, GError **error)
{
  if (from == text && run->path->marks_first && run->place == AUTO_FAST_LATER)
    return auto_fast_run_add_unmarked (run, from, to - from, error);
  return auto_fast_run_add (run, from, to - from, error);
}

gboolean
auto_fast_run_chunks (AutoFastRun *run, const char *text, gsize length, GError **error)
{
  const AutoFastPath *path = run->path;
  const char *end = text + length, *from = text;
  guint size;

  find_ascii_gaps (path);
  for (const char *at = text, *to; at < end; at = to)
    {
      gunichar c = auto_utf8_get (at, &size);
      to = at + size;
      if (!is_gap (path, c))
        continue;
      to = skip_gaps (path, to, end);
      if (at == from || to == end || !can_cut (path, from, at, to))
        continue;
      if (!add_chunk (run, text, from, at, error)
          || (to - at > 1 && !path->gaps->one_gap && !auto_fast_run_add (run, at, to - at - 1, error)))
        return FALSE;
      from = to;
    }
  return from == end || add_chunk (run, text, from, end, error);
}
