/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-sequences.h"

#include <string.h>

void
auto_sequences_init (AutoSequences *self, gsize rows, gsize capacity)
{
  gsize n = MAX (rows, 1) * MAX (capacity, 1);

  *self = (AutoSequences) { rows, 0, MAX (capacity, 1), g_new (gint64, n), g_new (gint64, n) };
}

void
auto_sequences_clear (AutoSequences *self)
{
  g_clear_pointer (&self->ids, g_free);
  g_clear_pointer (&self->spare, g_free);
  self->rows = self->length = self->capacity = 0;
}

static void
grow (AutoSequences *self, gsize length)
{
  AutoSequences larger;

  if (length <= self->capacity)
    return;
  auto_sequences_init (&larger, self->rows, MAX (length, 2 * self->capacity));
  for (gsize i = 0; i < self->rows; i++)
    memcpy (auto_sequences_row (&larger, i), auto_sequences_row (self, i), self->length * sizeof *self->ids);
  larger.length = self->length;
  auto_sequences_clear (self);
  *self = larger;
}

void
auto_sequences_fill (AutoSequences *self, const gint64 *ids, gsize length, gsize repeat)
{
  self->length = 0;
  grow (self, length);
  self->length = length;
  for (gsize i = 0; i < self->rows; i++)
    memcpy (auto_sequences_row (self, i), ids + i / repeat * length, length * sizeof *ids);
}

void
auto_sequences_append (AutoSequences *self, const gint64 *tokens)
{
  grow (self, self->length + 1);
  for (gsize i = 0; i < self->rows; i++)
    auto_sequences_row (self, i)[self->length] = tokens[i];
  self->length++;
}

void
auto_sequences_reorder (AutoSequences *self, const gint64 *rows)
{
  gint64 *before = self->ids;

  for (gsize i = 0; i < self->rows; i++)
    memcpy (self->spare + i * self->capacity, before + rows[i] * self->capacity, self->length * sizeof *before);
  self->ids = self->spare;
  self->spare = before;
}
