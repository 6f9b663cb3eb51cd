/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-slow-entities-private.h"

#include <string.h>

#include "auto-rows.h"

#define MOST_ENTITIES G_MAXINT16

void
auto_entities_free (AutoEntities *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->names, auto_vocabulary_free);
  g_free (self);
}

static gboolean
read_task (AutoEntities *self, JsonObject *settings, GError **error)
{
  static const char *const tasks[] = { "entity_classification", "entity_pair_classification", "entity_span_classification" };
  const char *task = auto_json_string (settings, "task");

  if (!task)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    if (g_str_equal (task, tasks[i]))
      {
        self->task = AUTO_ENTITY_TASK_ONE + i;
        if (self->task != AUTO_ENTITY_TASK_SPANS)
          self->most = self->task == AUTO_ENTITY_TASK_ONE ? 1 : 2;
        return TRUE;
      }
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED, "the task \"%s\" isn't known; set task to %s, %s or %s", task,
               tasks[0], tasks[1], tasks[2]);
  return FALSE;
}

AutoEntities *
auto_entities_new (AutoSlow *slow, const char *folder, GError **error)
{
  JsonObject *settings = slow->settings;
  AutoEntities *self = g_new0 (AutoEntities, 1);
  const struct
  {
    const char *key;
    gint64 *id;
  } specials[] = { { "entity_unk_token", &self->unk }, { "entity_pad_token", &self->pad }, { "entity_mask_token", &self->mask },
                   { "entity_mask2_token", &self->mask2 } };

  self->most = CLAMP (auto_json_int (settings, "max_entity_length", 32), 1, MOST_ENTITIES);
  self->mention = CLAMP (auto_json_int (settings, "max_mention_length", 30), 0, MOST_ENTITIES);
  gboolean good = read_task (self, settings, error) && (self->names = auto_slow_read_ids (slow, folder, slow->class->entity_vocab, error));
  for (guint i = 0; good && i < G_N_ELEMENTS (specials); i++)
    {
      const char *name = auto_json_string (settings, specials[i].key);
      *specials[i].id = name ? auto_vocabulary_find (self->names, name, strlen (name)) : -1;
      if (*specials[i].id < 0)
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: %s has no entity \"%s\", which is the %s", folder,
                       slow->class->entity_vocab, name ? name : "", specials[i].key);
          good = FALSE;
        }
    }
  if (!good)
    g_clear_pointer (&self, auto_entities_free);
  return self;
}

gboolean
auto_entities_are_of_task (const AutoEntities *self)
{
  return self && self->task != AUTO_ENTITY_TASK_NONE;
}

/* How many entities of text number @sample a call names, or -1. */
static gssize
count_of (GVariant *variant, gsize sample)
{
  if (!variant)
    return -1;
  g_autoptr(GVariant) row = g_variant_get_child_value (variant, sample);
  return g_variant_n_children (row);
}

static gboolean
check_task (const AutoEntities *self, const AutoEntityCall *call, gsize n, GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      gssize spans = count_of (call->spans[0], i);
      if (self->task == AUTO_ENTITY_TASK_ONE && spans != 1)
        return auto_call_fail (error, "the tokenizer's task takes one entity of each text; set entity-spans");
      if (self->task == AUTO_ENTITY_TASK_TWO && spans != 2)
        return auto_call_fail (error, "the tokenizer's task takes two entities of each text; set entity-spans");
      if (self->task == AUTO_ENTITY_TASK_SPANS && spans < 1)
        return auto_call_fail (error, "the tokenizer's task takes one entity or more of each text; set entity-spans");
    }
  return TRUE;
}

/* Names and ids are as many as the spans. */
static gboolean
check_counts (const AutoEntities *self, const AutoEntityCall *call, gsize n, GError **error)
{
  for (int k = 0; k < 2; k++)
    for (gsize i = 0; call->spans[k] && i < n; i++)
      {
        gssize spans = count_of (call->spans[k], i);
        if (call->ids[k] && count_of (call->ids[k], i) != spans)
          return auto_call_fail (error, "there must be as many entity-ids as entity-spans for each text");
        if (self->task == AUTO_ENTITY_TASK_NONE && call->names[k] && count_of (call->names[k], i) != spans)
          return auto_call_fail (error, "there must be as many entities as entity-spans for each text");
      }
  return TRUE;
}

gboolean
auto_entities_check (const AutoEntities *self, const AutoEntityCall *call, gsize n, gboolean pairs, AutoEntitiesOf of, GError **error)
{
  if (!self && (call->spans[0] || call->spans[1]))
    return auto_call_fail (error, "the tokenizer knows no entities; unset entity-spans");
  if (!self)
    return TRUE;
  if (of == AUTO_ENTITIES_OF_WORDS && (call->spans[0] || call->spans[1]))
    return auto_call_fail (error, "entity-spans are places in a text; give one that isn't split into words");
  for (int k = 0; k < 2; k++)
    {
      GVariant *lists[] = { call->spans[k], call->names[k], call->ids[k] };
      for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
        if (!auto_call_fits (lists[i], n))
          return auto_call_fail (error, "entity-spans, entities and entity-ids must have as many rows as there are texts");
    }
  if (call->spans[1] && !pairs)
    return auto_call_fail (error, "entity-spans-pair is set, but there are no second texts");
  if (!check_counts (self, call, n, error))
    return FALSE;
  return self->task == AUTO_ENTITY_TASK_NONE || of == AUTO_ENTITIES_OF_IDS || check_task (self, call, n, error);
}

void
auto_entity_list_clear (AutoEntityList *self)
{
  g_clear_pointer (&self->ids, g_array_unref);
  g_clear_pointer (&self->spans, g_array_unref);
}

/* A place in a text where tokens must end: the code point, and how many tokens are before it. */
typedef struct
{
  gint64 at;
  gint64 token;
} Cut;

static gint
compare_cuts (gconstpointer a, gconstpointer b)
{
  const Cut *one = a, *two = b;

  return one->at < two->at ? -1 : one->at > two->at;
}

static gint64
token_at (GArray *cuts, gint64 at)
{
  for (guint i = 0; i < cuts->len; i++)
    if (g_array_index (cuts, Cut, i).at == at)
      return g_array_index (cuts, Cut, i).token;
  return 0;
}

static gboolean
list_cuts (GVariant *spans, glong length, GArray *cuts, GError **error)
{
  gint64 from, to;

  for (gsize i = 0; i < g_variant_n_children (spans); i++)
    {
      g_variant_get_child (spans, i, "(xx)", &from, &to);
      if (from < 0 || to < from || to > length)
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                       "the entity span from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " isn't in its text of %ld characters", from, to, length);
          return FALSE;
        }
      g_array_append_val (cuts, ((Cut){ .at = from }));
      g_array_append_val (cuts, ((Cut){ .at = to }));
    }
  g_array_sort (cuts, compare_cuts);
  return TRUE;
}

/* Encodes what is between the spans' ends one after another; a space before an end belongs to what follows. */
static gboolean
encode_spans (const AutoSlow *slow, GVariant *spans, const char *text, gsize length, AutoTokens *tokens, GArray *out, GError **error)
{
  g_autoptr(GArray) cuts = g_array_new (FALSE, FALSE, sizeof (Cut));
  const char *done = text, *p = text;
  gint64 at = 0, from, to;

  if (!list_cuts (spans, g_utf8_strlen (text, length), cuts, error))
    return FALSE;
  for (guint i = 0; i < cuts->len; i++)
    {
      Cut *cut = &g_array_index (cuts, Cut, i);
      for (; at < cut->at; at++)
        p = g_utf8_next_char (p);
      const char *end = p > text && p[-1] == ' ' ? p - 1 : p;
      if (end > done && !auto_slow_encode (slow, done, end - done, -1, tokens, error))
        return FALSE;
      done = MAX (done, end);
      cut->token = tokens->ids->len;
    }
  if (!auto_slow_encode (slow, done, text + length - done, -1, tokens, error))
    return FALSE;
  for (gsize i = 0; i < g_variant_n_children (spans); i++)
    {
      g_variant_get_child (spans, i, "(xx)", &from, &to);
      g_array_append_val (out, ((gint64){ token_at (cuts, from) }));
      g_array_append_val (out, ((gint64){ token_at (cuts, to) }));
    }
  return TRUE;
}

static void
insert_mark (AutoTokens *tokens, gsize at, gint64 id)
{
  g_array_insert_val (tokens->ids, at, ((guint32){ id }));
  if (tokens->details)
    g_array_insert_val (tokens->details, at, ((AutoTokenDetail){ .word = -1 }));
}

/* Puts the task's marks around the entities; the later one first, so that the other's place stays what it is. */
static gboolean
add_marks (const AutoSlow *slow, AutoTokens *tokens, gint64 *spans, GError **error)
{
  guint n = slow->entities->task == AUTO_ENTITY_TASK_ONE ? 1 : 2;
  guint later = n == 2 && spans[0] < spans[2];
  gint64 old[4] = { spans[0], spans[1], n == 2 ? spans[2] : 0, n == 2 ? spans[3] : 0 };

  for (guint i = 0; i < n; i++)
    {
      guint which = i == 0 ? later : !later;
      gint64 mark = slow->additional_ids[which];
      if (mark < 0)
        return auto_call_fail (error, "the tokenizer has no marks for entities; add two additional special tokens");
      insert_mark (tokens, MIN ((gsize) old[2 * which + 1], tokens->ids->len), mark);
      insert_mark (tokens, MIN ((gsize) old[2 * which], tokens->ids->len), mark);
      spans[2 * which] = old[2 * which] + (n == 2 && which == later ? 2 : 0);
      spans[2 * which + 1] = old[2 * which + 1] + (n == 2 && which == later ? 4 : 2);
    }
  return TRUE;
}

static void
add_ids (const AutoEntities *self, const AutoEntityCall *call, gsize sample, gboolean second, gsize n, GArray *ids)
{
  GVariant *given = call->ids[second], *names = given || self->task != AUTO_ENTITY_TASK_NONE ? NULL : call->names[second];
  g_autoptr(GVariant) row = given || names ? g_variant_get_child_value (given ? given : names, sample) : NULL;
  const char *name;

  for (gsize i = 0; i < n; i++)
    {
      gint64 id = self->task == AUTO_ENTITY_TASK_TWO && i == 1 ? self->mask2 : self->mask;
      if (given)
        g_variant_get_child (row, i, "x", &id);
      else if (names)
        {
          g_variant_get_child (row, i, "&s", &name);
          id = auto_vocabulary_find (self->names, name, strlen (name));
          id = id < 0 ? self->unk : id;
        }
      g_array_append_val (ids, id);
    }
}

static void
list_init (const AutoEntities *self, const AutoEntityCall *call, gsize sample, gboolean second, gsize n, AutoEntityList *list)
{
  list->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  list->spans = g_array_new (FALSE, FALSE, sizeof (gint64));
  add_ids (self, call, sample, second, n, list->ids);
}

gboolean
auto_entities_encode (const AutoSlow *slow, const AutoEntityCall *call, gsize sample, gboolean second, const char *text, gsize length,
                      AutoTokens *tokens, AutoEntityList *list, GError **error)
{
  const AutoEntities *self = slow->entities;
  GVariant *all = call->spans[second];

  if (!all)
    return auto_slow_encode (slow, text, length, -1, tokens, error);
  g_autoptr(GVariant) spans = g_variant_get_child_value (all, sample);
  list_init (self, call, sample, second, g_variant_n_children (spans), list);
  if (!encode_spans (slow, spans, text, length, tokens, list->spans, error))
    return FALSE;
  return self->task == AUTO_ENTITY_TASK_NONE || self->task == AUTO_ENTITY_TASK_SPANS || add_marks (slow, tokens, (gint64 *) (gpointer) list->spans->data, error);
}

void
auto_entities_take (const AutoEntities *self, const AutoEntityCall *call, gsize sample, gboolean second, AutoEntityList *list)
{
  if (!call->spans[second])
    return;
  g_autoptr(GVariant) spans = g_variant_get_child_value (call->spans[second], sample);
  gsize n = g_variant_n_children (spans);
  list_init (self, call, sample, second, n, list);
  const gint64 *places = g_variant_get_fixed_array (spans, &n, 2 * sizeof (gint64));
  if (n)
    g_array_append_vals (list->spans, places, 2 * n);
}
