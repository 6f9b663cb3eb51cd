/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "../base/auto-huge.h"
#include "auto-json-gap.h"
#include "auto-json-vocabulary.h"
#include "auto-merge-finder.h"

typedef struct
{
  AutoJsonReader *reader;
  AutoMergeFinder finder;
  AutoJsonGap inside, between; /* between two tokens, and between two merges */
  const char *behind;          /* where the text of the merge before ended; NULL: it was none, or of the other kind */
  GString *left;
} MergeReader;

static void
find_waiting (MergeReader *self)
{
  if (!auto_merge_finder_flush (&self->finder))
    auto_json_reader_fail (self->reader, "model: a merge names a token, or makes one, that is not in \"vocab\"");
}

/* Takes a merge of texts that lie in the file. */
static void
take_merge (MergeReader *self, const char *left, gsize left_length, const char *right, gsize right_length)
{
  auto_merge_finder_take (&self->finder, left, left_length, right, right_length, self->reader->end);
}

/* Takes a merge of texts that don't last. */
static void
add_merge (MergeReader *self, const char *left, gsize left_length, const char *right, gsize right_length)
{
  find_waiting (self);
  auto_merge_finder_take (&self->finder, left, left_length, right, right_length, left + left_length);
  find_waiting (self);
}

/* Merges behind one whose second string was just read, as long as they look like it. */
static void
read_like_arrays (MergeReader *self)
{
  AutoJsonReader *reader = self->reader;
  const char *start = reader->at, *left, *right;
  gsize left_length, right_length;

  while (!self->finder.bad && auto_json_has_room (reader) && auto_json_gap_skip (&self->between, reader) && auto_json_quick_string (reader, &left, &left_length)
         && auto_json_gap_skip (&self->inside, reader) && auto_json_quick_string (reader, &right, &right_length))
    {
      take_merge (self, left, left_length, right, right_length);
      start = ++reader->at;
    }
  reader->at = start;
}

/* The right token of a merge whose left one, of the same array, is @left; @stays: that one lies in the file. */
static void
read_right (MergeReader *self, const char *left, gsize left_length, gboolean stays)
{
  AutoJsonReader *reader = self->reader;
  const char *right;
  gsize length;

  if (!auto_json_reader_string (reader, &right, &length))
    return;
  if (stays && auto_json_lasts (reader, right))
    {
      take_merge (self, left, left_length, right, length);
      if (self->behind)
        auto_json_gap_learn (&self->between, self->behind, left);
      auto_json_gap_learn (&self->inside, left + left_length, right);
      read_like_arrays (self);
    }
  else
    add_merge (self, left, left_length, right, length);
  self->behind = reader->at;
}

/* ["left", "right"]. */
static void
read_merge_array (MergeReader *self)
{
  AutoJsonReader *reader = self->reader;
  gboolean good = FALSE;
  const char *left;
  gsize length;

  if (auto_json_reader_enter_array (reader) && auto_json_reader_next (reader) && auto_json_reader_string (reader, &left, &length))
    {
      gboolean stays = auto_json_lasts (reader, left);
      if (!stays)
        {
          g_string_truncate (self->left, 0);
          g_string_append_len (self->left, left, length);
          left = self->left->str;
        }
      good = auto_json_reader_next (reader);
      if (good)
        read_right (self, left, length, stays);
    }
  if (!good || auto_json_reader_next (reader))
    auto_json_reader_fail (reader, "model: a merge is of two tokens");
}

/* Merges behind one that was read, as long as they look like it. */
static void
read_like_strings (MergeReader *self)
{
  AutoJsonReader *reader = self->reader;
  const char *start = reader->at, *text;
  gsize length;

  while (!self->finder.bad && auto_json_has_room (reader) && auto_json_gap_skip (&self->between, reader)
         && auto_json_quick_string (reader, &text, &length) && *text != '#'
         && auto_merge_finder_take_line (&self->finder, text, length, reader->end))
    start = ++reader->at;
  reader->at = start;
}

/* "left right". */
static void
read_merge_string (MergeReader *self)
{
  AutoJsonReader *reader = self->reader;
  const char *text;
  gsize length;

  if (!auto_json_reader_string (reader, &text, &length))
    return;
  if (length >= 8 && memcmp (text, "#version", 8) == 0)
    {
      self->behind = NULL;
      return;
    }
  gboolean stays = auto_json_lasts (reader, text);
  if (!stays)
    find_waiting (self);
  if (!auto_merge_finder_take_line (&self->finder, text, length, stays ? reader->end : text + length))
    auto_json_reader_fail (reader, "model: a merge must be two tokens with a space between them");
  if (!stays)
    find_waiting (self);
  if (stays && self->behind)
    {
      auto_json_gap_learn (&self->between, self->behind, text);
      read_like_strings (self);
    }
  self->behind = reader->at;
}

GArray *
auto_json_read_merges (AutoJsonReader *reader, const AutoVocabulary *vocabulary, gsize skip)
{
  g_autoptr(GString) left = g_string_new (NULL);
  guint room = auto_json_guess_number (reader);
  GArray *merges = g_array_sized_new (FALSE, FALSE, sizeof (AutoMerge), room);
  MergeReader self = { .reader = reader, .left = left };
  gboolean arrays = FALSE;

  auto_huge_advise (merges->data, room * sizeof (AutoMerge));
  auto_merge_finder_init (&self.finder, vocabulary, merges, skip);
  for (auto_json_reader_enter_array (reader); !self.finder.bad && auto_json_reader_next (reader);)
    {
      gboolean array = auto_json_reader_peek (reader) == AUTO_JSON_ARRAY;
      if (array != arrays)
        self.behind = NULL;
      arrays = array;
      (array ? read_merge_array : read_merge_string) (&self);
    }
  find_waiting (&self);
  return merges;
}
