/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-compose.h"

#include <string.h>

/* Normalization forms with an account of which character replaced which: every character carries the change that AutoRewrite wants.
 * The first part of a decomposition replaces, the others are new; a composition adds up the changes of what it joins. */
typedef struct
{
  gunichar c;
  int change;
  int class;
} Item;

typedef struct
{
  AutoRewrite *rewrite;
  GArray *out; /* gunichar, in place of @rewrite; or NULL */
  gboolean compose;
  GArray *pending; /* Item: a starter, perhaps, and marks after it, in canonical order */
} Composer;

static int
compare_classes (gconstpointer a, gconstpointer b)
{
  return ((const Item *) a)->class - ((const Item *) b)->class;
}

static void
put_pending (Composer *self)
{
  for (guint i = 0; i < self->pending->len; i++)
    {
      Item *item = &g_array_index (self->pending, Item, i);
      if (self->out)
        g_array_append_val (self->out, item->c);
      else
        auto_rewrite_put (self->rewrite, item->c, item->change);
    }
  g_array_set_size (self->pending, 0);
}

/* All marks after a starter are here: orders them, and composes the starter with those that nothing blocks. */
static void
finish_marks (Composer *self)
{
  GArray *pending = self->pending;
  Item *items = (Item *) pending->data;
  guint first = pending->len > 0 && items[0].class == 0, kept = first;
  gunichar composed;

  if (pending->len - first > 1)
    {
      g_autoptr(GArray) marks = g_array_new (FALSE, FALSE, sizeof (Item));
      g_array_append_vals (marks, items + first, pending->len - first);
      g_array_sort (marks, compare_classes); /* stable */
      memcpy (items + first, marks->data, marks->len * sizeof (Item));
    }
  if (!self->compose || !first)
    return;
  for (guint i = 1; i < pending->len; i++)
    if (!(kept > 1 && items[kept - 1].class >= items[i].class) && g_unichar_compose (items[0].c, items[i].c, &composed))
      {
        items[0].c = composed;
        items[0].change += items[i].change - 1;
      }
    else
      items[kept++] = items[i];
  g_array_set_size (pending, kept);
}

/* A starter arrives: what is pending is complete, unless the starter composes with the one before it. */
static void
take_starter (Composer *self, Item item)
{
  GArray *pending = self->pending;
  gunichar composed;

  if (self->compose && pending->len == 1)
    {
      Item *before = &g_array_index (pending, Item, 0);
      if (before->class == 0 && g_unichar_compose (before->c, item.c, &composed))
        {
          before->c = composed;
          before->change += item.change - 1;
          return;
        }
    }
  put_pending (self);
  g_array_append_val (pending, item);
}

/* The parts of a decomposed character. */
static void
take_parts (Composer *self, const gunichar *parts, gsize n, int (*class_of) (gunichar c))
{
  for (gsize i = 0; i < n; i++)
    {
      Item item = { parts[i], i > 0, class_of (parts[i]) };
      if (item.class)
        g_array_append_val (self->pending, item);
      else
        {
          finish_marks (self);
          take_starter (self, item);
        }
    }
}

void
auto_rewrite_normalize (AutoRewrite *rewrite, gboolean compatible, gboolean compose)
{
  g_autoptr(GArray) pending = g_array_new (FALSE, FALSE, sizeof (Item));
  Composer self = { rewrite, NULL, compose, pending };
  const char *text = rewrite->source->text;
  gunichar parts[18];
  guint size;

  for (gsize at = rewrite->begin; at < rewrite->end; at += size)
    take_parts (&self, parts, auto_char_decompose (auto_utf8_get (text + at, &size), compatible, parts), auto_char_combining_class);
  finish_marks (&self);
  put_pending (&self);
}

void
auto_compose (const gunichar *text, gsize n, GArray *out)
{
  g_autoptr(GArray) pending = g_array_new (FALSE, FALSE, sizeof (Item));
  Composer self = { NULL, out, TRUE, pending };
  gunichar parts[18];

  for (gsize i = 0; i < n; i++)
    take_parts (&self, parts, g_unichar_fully_decompose (text[i], FALSE, parts, G_N_ELEMENTS (parts)), g_unichar_combining_class);
  finish_marks (&self);
  put_pending (&self);
}
