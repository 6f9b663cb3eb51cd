/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-character-map.h"

#include <string.h>

#define N_PAGES (0x110000 >> 8)
#define LONGEST 7
#define LEFT_OUT 0xFF

typedef struct
{
  guint64 same[4]; /* bits: the character stays what it is */
  struct
  {
    guint8 length; /* or LEFT_OUT */
    char text[LONGEST];
  } becomes[256];
} Page;

struct _AutoCharacterMap
{
  const AutoNormalizer *normalizer;
  guint32 apart;
  gunichar mark;
  Page *pages[N_PAGES];
};

AutoCharacterMap *
auto_character_map_new (const AutoNormalizer *normalizer, guint32 apart, gunichar mark)
{
  AutoCharacterMap *self = g_new0 (AutoCharacterMap, 1);

  self->normalizer = normalizer;
  self->apart = apart;
  self->mark = mark;
  return self;
}

void
auto_character_map_free (AutoCharacterMap *self)
{
  if (!self)
    return;
  for (guint i = 0; i < N_PAGES; i++)
    g_free (self->pages[i]);
  g_free (self);
}

static gboolean
is_apart (const AutoCharacterMap *self, const char *text, gsize length)
{
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      gunichar c = auto_utf8_get (text + at, &size);
      if (c == ' ' || (self->mark && c == self->mark) || auto_char_is (c, self->apart))
        return TRUE;
    }
  return FALSE;
}

static Page *
make_page (const AutoCharacterMap *self, guint number)
{
  Page *page = g_new0 (Page, 1);
  AutoAlignedText text = { 0 }, spare = { 0 };
  char utf8[8];

  for (guint i = 0; i < 256; i++)
    {
      gunichar c = number << 8 | i;
      gsize size = g_unichar_to_utf8 (c, utf8), length = size;
      const char *result = utf8;
      gboolean alone = c > 0 && (c & ~0x7FFu) != 0xD800;
      if (self->normalizer && alone)
        {
          alone = auto_normalizer_map_alone (self->normalizer, c, &text, &spare);
          result = text.text;
          length = text.length;
        }
      page->becomes[i].length = LEFT_OUT;
      if (!alone || length > LONGEST || is_apart (self, result, length))
        continue;
      page->becomes[i].length = length;
      memcpy (page->becomes[i].text, result, length);
      if (length == size && memcmp (result, utf8, size) == 0)
        page->same[i / 64] |= G_GUINT64_CONSTANT (1) << i % 64;
    }
  auto_aligned_text_clear (&text);
  auto_aligned_text_clear (&spare);
  return page;
}

static inline const Page *
get_page (AutoCharacterMap *self, guint number)
{
  Page *page = g_atomic_pointer_get (&self->pages[number]);

  if (G_LIKELY (page))
    return page;
  page = make_page (self, number);
  if (g_atomic_pointer_compare_and_exchange (&self->pages[number], NULL, page))
    return page;
  g_free (page);
  return g_atomic_pointer_get (&self->pages[number]);
}

gboolean
auto_character_map_run (AutoCharacterMap *self, const char *text, gsize length, GString *mapped)
{
  gsize kept = 0; /* what stays as it is is copied in runs */
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      gunichar c = auto_utf8_get (text + at, &size);
      const Page *page = get_page (self, c >> 8);
      if (G_LIKELY (page->same[(c & 255) / 64] >> c % 64 & 1))
        continue;
      guint n = page->becomes[c & 255].length;
      if (n == LEFT_OUT)
        return FALSE;
      g_string_append_len (mapped, text + kept, at - kept);
      g_string_append_len (mapped, page->becomes[c & 255].text, n);
      kept = at + size;
    }
  g_string_append_len (mapped, text + kept, length - kept);
  return TRUE;
}

gboolean
auto_character_map_keeps (AutoCharacterMap *self, gunichar c)
{
  guint length = get_page (self, c >> 8)->becomes[c & 255].length;
  return length > 0 && length != LEFT_OUT;
}
