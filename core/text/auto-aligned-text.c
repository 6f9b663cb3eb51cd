/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-aligned-text.h"

#include <string.h>

void
auto_aligned_text_clear (AutoAlignedText *self)
{
  g_free (self->text);
  g_free (self->from);
  g_free (self->to);
  memset (self, 0, sizeof *self);
}

void
auto_aligned_text_reserve (AutoAlignedText *self, gsize more)
{
  if (self->room - self->length >= more)
    return;
  self->room = MAX (self->length + more, self->room * 2);
  self->text = g_realloc (self->text, self->room);
  self->from = g_realloc_n (self->from, self->room, sizeof (guint32));
  self->to = g_realloc_n (self->to, self->room, sizeof (guint32));
}

void
auto_aligned_text_append_original (AutoAlignedText *self, const char *text, gsize length, guint32 offset)
{
  if (length == 0)
    return;
  auto_aligned_text_reserve (self, length);
  memcpy (self->text + self->length, text, length);
  for (gsize i = 0; i < length;)
    {
      guint size = auto_utf8_size (text[i]);
      for (guint k = 0; k < size; k++)
        {
          self->from[self->length + i + k] = offset + i;
          self->to[self->length + i + k] = offset + i + size;
        }
      i += size;
    }
  self->length += length;
}

void
auto_aligned_text_append_slice (AutoAlignedText *self, const AutoAlignedText *source, gsize from, gsize to)
{
  gsize n = to - from;

  if (n == 0)
    return;
  auto_aligned_text_reserve (self, n);
  memcpy (self->text + self->length, source->text + from, n);
  memcpy (self->from + self->length, source->from + from, n * sizeof (guint32));
  memcpy (self->to + self->length, source->to + from, n * sizeof (guint32));
  self->length += n;
}

void
auto_aligned_text_append_bytes (AutoAlignedText *self, const char *bytes, gsize length, guint32 from, guint32 to)
{
  auto_aligned_text_reserve (self, length);
  for (gsize i = 0; i < length; i++, self->length++)
    {
      self->text[self->length] = bytes[i];
      self->from[self->length] = from;
      self->to[self->length] = to;
    }
}

AutoRewrite
auto_rewrite_begin (AutoAlignedText *target, const AutoAlignedText *source, gsize begin, gsize end, guint32 base)
{
  auto_aligned_text_reserve (target, end - begin + 16);
  return (AutoRewrite){ target, source, begin, end, begin, base };
}

/* The span of the byte at @at, or an empty one at the slice's start when there is none. */
static void
append_aligned_to (AutoRewrite *self, const char *bytes, gsize length, gboolean exists, gsize at)
{
  guint32 from = exists ? self->source->from[at] : self->base, to = exists ? self->source->to[at] : self->base;

  auto_aligned_text_append_bytes (self->target, bytes, length, from, to);
}

void
auto_rewrite_drop (AutoRewrite *self, gsize n)
{
  while (n-- && self->at < self->end)
    self->at += auto_utf8_size (self->source->text[self->at]);
}

void
auto_rewrite_put (AutoRewrite *self, gunichar c, int change)
{
  char bytes[6];
  int length = g_unichar_to_utf8 (c, bytes);

  if (change > 0 || self->at >= self->end) /* shares the span of what stands before */
    append_aligned_to (self, bytes, length, self->at > self->begin, self->at - 1);
  else
    append_aligned_to (self, bytes, length, TRUE, self->at);
  if (change <= 0)
    auto_rewrite_drop (self, 1 - change);
}

void
auto_rewrite_substitute (AutoRewrite *self, gsize bytes, const char *text, gsize length)
{
  self->at += bytes;
  append_aligned_to (self, text, length, self->at > self->begin, self->at - 1);
}

void
auto_rewrite_copy (AutoRewrite *self, gsize bytes)
{
  auto_aligned_text_append_slice (self->target, self->source, self->at, self->at + bytes);
  self->at += bytes;
}
