/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-character-map.h"

#include <string.h>

#define N_PAGES (0x110000 >> 8)
#define LONGEST 7
#define ROOM 64

/* What a character becomes. All of it is one word of memory, so that threads need no lock: each works out the same. */
typedef union
{
  struct
  {
    guint8 kind; /* 0: not yet known; the length and one, perhaps with SAME; LEFT_OUT, perhaps with ENDS or GAP, and the length once it was asked for */
    char text[LONGEST];
  };
  guint64 all;
} Entry;

#define LENGTH 0x0F
#define NO_LENGTH 0x0F /* what it becomes depends on its neighbours, or is long */
#define GAP 0x10
#define ENDS 0x20
#define SAME 0x40
#define LEFT_OUT 0x80

typedef struct
{
  guint64 entries[256]; /* Entry */
} Page;

struct _AutoCharacterMap
{
  const AutoNormalizer *normalizer;
  guint32 apart;
  gunichar mark;
  const AutoWordGaps *gaps;
  AutoCharacterTest ends;
  gconstpointer ends_data;
  Page *pages[N_PAGES];
};

AutoCharacterMap *
auto_character_map_new (const AutoNormalizer *normalizer, guint32 apart, gunichar mark, const AutoWordGaps *gaps)
{
  AutoCharacterMap *self = g_new0 (AutoCharacterMap, 1);

  self->normalizer = normalizer;
  self->apart = apart;
  self->mark = mark;
  self->gaps = gaps;
  return self;
}

void
auto_character_map_set_ends (AutoCharacterMap *self, AutoCharacterTest ends, gconstpointer data)
{
  self->ends = ends;
  self->ends_data = data;
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

/* What a character becomes by itself, as the length and one and a text; NO_LENGTH when that isn't so. */
static Entry
map_alone (const AutoCharacterMap *self, gunichar c)
{
  AutoAlignedText text = { 0 }, spare = { 0 };
  char utf8[8];
  gsize size = g_unichar_to_utf8 (c, utf8), length = size;
  const char *result = utf8;
  gboolean alone = c > 0 && (c & ~0x7FFu) != 0xD800;
  Entry entry = { .kind = NO_LENGTH };

  if (self->normalizer && alone)
    {
      alone = auto_normalizer_map_alone (self->normalizer, c, &text, &spare);
      result = text.text;
      length = text.length;
    }
  if (alone && length <= LONGEST)
    {
      entry.kind = length + 1;
      if (length)
        memcpy (entry.text, result, length);
      if (length == size && memcmp (result, utf8, size) == 0)
        entry.kind |= SAME;
    }
  auto_aligned_text_clear (&text);
  auto_aligned_text_clear (&spare);
  return entry;
}

static Entry
work_out (const AutoCharacterMap *self, gunichar c)
{
  if (self->ends && self->ends (c, self->ends_data))
    return (Entry){ .kind = LEFT_OUT | ENDS };
  Entry entry = map_alone (self, c);
  gboolean left_out = entry.kind == NO_LENGTH || is_apart (self, entry.text, (entry.kind & LENGTH) - 1);
  if (left_out && self->gaps && auto_word_gaps_has (self->gaps, c))
    return (Entry){ .kind = LEFT_OUT | GAP };
  if (left_out || (entry.kind == 1 && self->gaps && !auto_word_gaps_ignores (self->gaps, c)))
    return (Entry){ .kind = LEFT_OUT };
  return entry;
}

static Page *
make_page (AutoCharacterMap *self, guint number)
{
  Page *page = g_new0 (Page, 1);

  if (g_atomic_pointer_compare_and_exchange (&self->pages[number], NULL, page))
    return page;
  g_free (page);
  return g_atomic_pointer_get (&self->pages[number]);
}

static inline Entry
get_entry (AutoCharacterMap *self, gunichar c)
{
  Page *page = g_atomic_pointer_get (&self->pages[c >> 8]);

  if (G_UNLIKELY (!page))
    page = make_page (self, c >> 8);
  guint64 *place = &page->entries[c & 255];
  Entry entry = { .all = __atomic_load_n (place, __ATOMIC_RELAXED) };
  if (G_UNLIKELY (entry.kind == 0))
    {
      entry = work_out (self, c);
      __atomic_store_n (place, entry.all, __ATOMIC_RELAXED);
    }
  return entry;
}

gboolean
auto_character_map_run (AutoCharacterMap *self, const char *text, gsize length, GString *mapped)
{
  gsize kept = 0; /* what stays as it is is copied in runs */
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      Entry entry = get_entry (self, auto_utf8_get (text + at, &size));
      if (G_LIKELY (entry.kind & SAME))
        continue;
      if (entry.kind & LEFT_OUT)
        return FALSE;
      g_string_append_len (mapped, text + kept, at - kept);
      g_string_append_len (mapped, entry.text, (entry.kind & LENGTH) - 1);
      kept = at + size;
    }
  g_string_append_len (mapped, text + kept, length - kept);
  return TRUE;
}

/* The entry of a character that is left out, with what it becomes by itself. */
static Entry
learn (AutoCharacterMap *self, gunichar c, Entry entry)
{
  Entry alone = map_alone (self, c);

  alone.kind = (alone.kind & LENGTH) | entry.kind;
  __atomic_store_n (&self->pages[c >> 8]->entries[c & 255], alone.all, __ATOMIC_RELAXED);
  return alone;
}

/* Writes what a character has become, and more: all there is room for, since copying as many bytes as are wanted would be slower. */
static inline gsize
write_entry (GString *target, gsize used, Entry entry)
{
  if (G_UNLIKELY (target->allocated_len < used + ROOM))
    g_string_set_size (target, used + used / 2 + ROOM);
  memcpy (target->str + used, entry.text, LONGEST);
  return used + (entry.kind & LENGTH) - 1;
}

gboolean
auto_character_map_sketch (AutoCharacterMap *self, const char *text, gsize length, GString *sketch)
{
  gsize used = 0;
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      gunichar c = auto_utf8_get (text + at, &size);
      Entry entry = get_entry (self, c);
      if (G_UNLIKELY (entry.kind & LEFT_OUT && !(entry.kind & (GAP | LENGTH))))
        entry = learn (self, c, entry);
      if (G_UNLIKELY ((entry.kind & LENGTH) == NO_LENGTH))
        return FALSE;
      if (entry.kind & GAP)
        entry = (Entry){ .kind = 2, .text = " " };
      used = write_entry (sketch, used, entry);
    }
  sketch->len = used;
  return TRUE;
}

AutoCharacterKind
auto_character_map_kind (AutoCharacterMap *self, gunichar c)
{
  guint8 kind = get_entry (self, c).kind;

  if (kind & LEFT_OUT)
    return kind & GAP ? AUTO_CHARACTER_GAP : AUTO_CHARACTER_OTHER;
  return kind == 1 ? AUTO_CHARACTER_DROPPED : AUTO_CHARACTER_KEPT;
}

gsize
auto_character_map_word (AutoCharacterMap *self, const char *text, gsize length, GString *mapped)
{
  gsize used = 0, at = 0;
  guint size;

  for (; at < length; at += size)
    {
      gunichar c = G_LIKELY (length - at >= 4) ? auto_utf8_get_quickly (text + at, &size) : auto_utf8_get (text + at, &size);
      Entry entry = get_entry (self, c);
      if (entry.kind & (ENDS | LEFT_OUT))
        break;
      used = write_entry (mapped, used, entry);
    }
  mapped->len = used;
  return at;
}

gboolean
auto_character_map_ends (AutoCharacterMap *self, gunichar c)
{
  return (get_entry (self, c).kind & ENDS) != 0;
}
