/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entities of rows: what truncation leaves of them, their padding, and the inputs that they make. */
#include "auto-slow-entities-private.h"

#include "auto-rows.h"

AutoEntityRows *
auto_entity_rows_new (const AutoEntities *entities, gboolean padding_left)
{
  AutoEntityRows *self = g_new0 (AutoEntityRows, 1);

  self->entities = entities;
  self->padding_left = padding_left;
  self->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->spans = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_array_append_val (self->starts, ((gsize){ 0 }));
  return self;
}

void
auto_entity_rows_free (AutoEntityRows *self)
{
  if (!self)
    return;
  g_array_unref (self->ids);
  g_array_unref (self->spans);
  g_array_unref (self->starts);
  g_free (self);
}

/* Takes out the entities that truncation cut off. */
static void
drop_cut (AutoEntityList *list, gsize kept)
{
  guint n = 0;

  for (guint i = 0; list->ids && i < list->ids->len; i++)
    {
      const gint64 *span = &g_array_index (list->spans, gint64, 2 * i);
      if (span[1] > (gint64) kept)
        continue;
      gint64 from = span[0], to = span[1];
      g_array_index (list->ids, gint64, n) = g_array_index (list->ids, gint64, i);
      g_array_index (list->spans, gint64, 2 * n) = from;
      g_array_index (list->spans, gint64, 2 * n++ + 1) = to;
    }
  if (list->ids)
    {
      g_array_set_size (list->ids, n);
      g_array_set_size (list->spans, 2 * n);
    }
}

gint64
auto_entities_most (const AutoEntities *self, const AutoEntityCall *call)
{
  return call->most > 0 ? call->most : self->most;
}

void
auto_entity_rows_add (AutoEntityRows *self, const AutoEncodeSettings *settings, AutoEntityList lists[2], const gsize kept[2])
{
  const AutoTokenizerCall *call = &settings->call;
  gboolean pair = lists[1].ids != NULL, special = call->add_special_tokens;
  gint64 offsets[2] = { special, kept[0] + (special ? 3 : 0) };

  for (int k = 0; k < 2; k++)
    drop_cut (&lists[k], kept[k]);
  gsize n[2] = { lists[0].ids ? lists[0].ids->len : 0, pair ? lists[1].ids->len : 0 };
  gint64 excess = (gint64) (n[0] + n[1]) - auto_entities_most (self->entities, &call->entities);
  AutoWindow windows[2] = { { 0, n[0] }, { 0, n[1] } };
  if (call->truncation > AUTO_TRUNCATION_NO && excess > 0)
    auto_rows_cut (call, settings->truncation_left, pair, n, excess, windows);
  for (int k = 0; k < 2 && lists[0].ids; k++)
    for (gsize i = windows[k].from; i < windows[k].to; i++)
      {
        /* the reference keeps the first spans on whichever side the ids are cut */
        const gint64 *span = &g_array_index (lists[k].spans, gint64, 2 * (i - windows[k].from));
        g_array_append_val (self->ids, g_array_index (lists[k].ids, gint64, i));
        g_array_append_val (self->spans, ((gint64){ span[0] + offsets[k] }));
        g_array_append_val (self->spans, ((gint64){ span[1] + offsets[k] }));
      }
  g_array_append_val (self->starts, ((gsize){ self->ids->len }));
}

static gsize
length_of (const AutoEntityRows *self, guint row)
{
  return g_array_index (self->starts, gsize, row + 1) - g_array_index (self->starts, gsize, row);
}

static gsize
padded_length_of (const AutoEntityRows *self, guint row)
{
  return MAX (length_of (self, row), self->padded);
}

void
auto_entity_rows_pad (AutoEntityRows *self, const AutoTokenizerCall *call)
{
  guint n = self->starts->len - 1;
  gsize multiple = MAX (call->pad_to_multiple_of, 0);

  for (guint i = 0; i < n; i++)
    self->length = MAX (self->length, length_of (self, i));
  if (call->padding != AUTO_PADDING_NO)
    {
      /* a batch is padded to the tokenizer's own number */
      self->padded = call->padding == AUTO_PADDING_LONGEST
                         ? self->length
                         : (gsize) (n == 1 ? auto_entities_most (self->entities, &call->entities) : self->entities->most);
      if (multiple > 0 && self->padded % multiple > 0)
        self->padded += multiple - self->padded % multiple;
    }
  self->length = MAX (self->length, self->padded);
  for (guint i = 0; i < n; i++)
    self->ragged |= padded_length_of (self, i) != self->length;
}

void
auto_entity_rows_add_names (const AutoEntityRows *self, gboolean attention, gboolean types, GStrvBuilder *names)
{
  g_strv_builder_add_many (names, "entity_ids", "entity_position_ids", NULL);
  if (self->entities->task == AUTO_ENTITY_TASK_SPANS)
    g_strv_builder_add_many (names, "entity_start_positions", "entity_end_positions", NULL);
  if (types)
    g_strv_builder_add (names, "entity_token_type_ids");
  if (attention)
    g_strv_builder_add (names, "entity_attention_mask");
}

typedef enum
{
  PART_IDS,
  PART_ATTENTION,
  PART_TYPES,
  PART_STARTS,
  PART_ENDS,
  PART_POSITIONS,
  N_PARTS,
} Part;

static const char *const part_names[] = { "entity_ids",           "entity_attention_mask", "entity_token_type_ids", "entity_start_positions",
                                          "entity_end_positions", "entity_position_ids" };

/* One entity's numbers, or those of padding (@entity NULL). */
static void
fill_part (const AutoEntities *self, Part part, const gint64 *id, const gint64 *span, gint64 *values)
{
  gint64 n = span ? MIN (span[1] - span[0], self->mention) : 0;

  switch (part)
    {
    case PART_IDS:
      *values = id ? *id : self->pad;
      break;
    case PART_ATTENTION:
      *values = id != NULL;
      break;
    case PART_STARTS:
      *values = span ? span[0] : 0;
      break;
    case PART_ENDS:
      *values = span ? span[1] - 1 : 0;
      break;
    case PART_POSITIONS:
      for (gint64 i = 0; i < self->mention; i++)
        values[i] = i < n ? span[0] + i : -1;
      break;
    default:
      *values = 0;
      break;
    }
}

static gsize
width_of (const AutoEntities *self, Part part)
{
  return part == PART_POSITIONS ? self->mention : 1;
}

void
auto_entities_add_fills (const AutoEntities *self, JsonObject *fills)
{
  gint64 value;

  for (guint part = 0; part < N_PARTS; part++)
    {
      if (part != PART_POSITIONS)
        fill_part (self, part, NULL, NULL, &value);
      json_object_set_int_member (fills, part_names[part], part == PART_POSITIONS ? -1 : value);
    }
}

/* A row of so many entities with padding. */
static void
fill_row (const AutoEntityRows *self, Part part, guint row, gsize length, gint64 *values)
{
  gsize n = length_of (self, row), width = width_of (self->entities, part);

  for (gsize k = 0; k < length; k++)
    {
      gsize at = self->padding_left ? k - (length - n) : k; /* wraps for padding */
      gsize which = g_array_index (self->starts, gsize, row) + at;
      fill_part (self->entities, part, at < n ? &g_array_index (self->ids, gint64, which) : NULL,
                 at < n ? &g_array_index (self->spans, gint64, 2 * which) : NULL, values + k * width);
    }
}

AutoTensor *
auto_entity_rows_get_tensor (const AutoEntityRows *self, const char *name, gssize row, GError **error)
{
  guint part = 0;

  while (part < N_PARTS && !g_str_equal (part_names[part], name))
    part++;
  if (part == N_PARTS)
    return NULL;
  if (row < 0 && self->ragged)
    return auto_call_fail (error, "the rows have different numbers of entities, so they make no tensor; set padding to longest"), NULL;
  gsize rows = row < 0 ? self->starts->len - 1 : 1, width = width_of (self->entities, part);
  gsize length = row < 0 ? self->length : padded_length_of (self, row);
  gint64 shape[3] = { rows, length, width };
  g_autofree gint64 *values = g_new (gint64, rows * length * width + 1);
  for (gsize i = 0; i < rows; i++)
    fill_row (self, part, row < 0 ? i : (gsize) row, length, values + i * length * width);
  return auto_tensor_new_int64 (shape + (row >= 0), 2 + (part == PART_POSITIONS) - (row >= 0), values, rows * length * width, error);
}
