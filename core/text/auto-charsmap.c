/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-charsmap.h"

#include <string.h>

#define LONGEST_TEXT 1024

struct _AutoCharsmap
{
  guint32 *units;
  gsize n_units;
  char *texts; /* ends with a NUL */
  gsize texts_length;
};

AutoCharsmap *
auto_charsmap_new (const guint8 *data, gsize length, const char *where, GError **error)
{
  guint32 size = 0;

  if (length >= 4)
    {
      memcpy (&size, data, 4);
      size = GUINT32_FROM_LE (size);
    }
  if (length < 4 || size > length - 4 || size % 4)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: the precompiled character map is cut short", where);
      return NULL;
    }
  AutoCharsmap *self = g_new0 (AutoCharsmap, 1);
  self->n_units = size / 4;
  self->units = g_memdup2 (data + 4, size);
  for (gsize i = 0; i < self->n_units; i++)
    self->units[i] = GUINT32_FROM_LE (self->units[i]);
  self->texts_length = length - 4 - size;
  self->texts = g_malloc (self->texts_length + 1);
  memcpy (self->texts, data + 4 + size, self->texts_length);
  self->texts[self->texts_length] = '\0';
  return self;
}

void
auto_charsmap_free (AutoCharsmap *self)
{
  if (!self)
    return;
  g_free (self->units);
  g_free (self->texts);
  g_free (self);
}

static inline guint32
unit_offset (guint32 unit)
{
  return (unit >> 10) << ((unit & (1u << 9)) >> 6);
}

/* The replacement at @index, if it is well-formed text of a sane length. */
static const char *
text_at (const AutoCharsmap *self, guint32 index)
{
  if (index >= self->texts_length)
    return NULL;
  const char *text = self->texts + index;
  gsize length = strnlen (text, LONGEST_TEXT + 1);
  return length <= LONGEST_TEXT && g_utf8_validate_len (text, length, NULL) ? text : NULL;
}

const char *
auto_charsmap_find (const AutoCharsmap *self, const char *text, gsize length, gboolean longest, gsize *matched)
{
  const char *found = NULL;

  if (self->n_units == 0)
    return NULL;
  gsize node = unit_offset (self->units[0]);
  for (gsize i = 0; i < length && text[i]; i++)
    {
      node ^= (guchar) text[i];
      if (node >= self->n_units)
        break;
      guint32 unit = self->units[node];
      if ((unit & (1u << 31 | 0xFF)) != (guchar) text[i])
        break;
      node ^= unit_offset (unit);
      if (unit >> 8 & 1 && node < self->n_units)
        {
          const char *replacement = text_at (self, self->units[node] & ~(1u << 31));
          if (replacement)
            {
              found = replacement;
              *matched = i + 1;
              if (!longest)
                break;
            }
        }
    }
  return found;
}
