/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entities: spans of texts that a model looks at beside the tokens, each with an id of a vocabulary of their names. */
#pragma once

#include "auto-encoding-private.h"
#include "auto-slow.h"

G_BEGIN_DECLS

/* The entities of one text. */
typedef struct
{
  GArray *ids;   /* gint64 */
  GArray *spans; /* gint64: the first token of each and what follows its last, in turns */
} AutoEntityList;

/* Those of rows, with the rows' own positions. */
typedef struct
{
  const AutoEntities *entities; /* the tokenizer's */
  GArray *ids, *spans;          /* as in AutoEntityList */
  GArray *starts;               /* gsize, one more than there are rows */
  gsize length;                 /* of the longest row */
  gsize padded;                 /* of those that are filled up */
  gboolean ragged, padding_left;
} AutoEntityRows;

/* Reads the names that the class's entity_vocab says, and the settings of entities. */
AUTO_INTERNAL AutoEntities *auto_entities_new (AutoSlow *slow, const char *folder, GError **error);
AUTO_INTERNAL void auto_entities_free (AutoEntities *self);
/* What a call's spans are places in. */
typedef enum
{
  AUTO_ENTITIES_OF_TEXTS,
  AUTO_ENTITIES_OF_WORDS, /* which can't have any */
  AUTO_ENTITIES_OF_IDS,
} AutoEntitiesOf;

/* Whether a call that asks for entities, or for none, can be answered. */
AUTO_INTERNAL gboolean auto_entities_check (const AutoEntities *self, const AutoEntityCall *call, gsize n, gboolean pairs, AutoEntitiesOf of,
                                            GError **error);
/* Whether the tokenizer has a task, which knows no second texts. */
AUTO_INTERNAL gboolean auto_entities_are_of_task (const AutoEntities *self);

/* Encodes a call's text number @sample, the first or @second one; appends its tokens. @list is empty when the call names no spans of it. */
AUTO_INTERNAL gboolean auto_entities_encode (const AutoSlow *slow, const AutoEntityCall *call, gsize sample, gboolean second, const char *text, gsize length,
                                             AutoTokens *tokens, AutoEntityList *list, GError **error);
/* The same of ids. */
AUTO_INTERNAL void auto_entities_take (const AutoEntities *self, const AutoEntityCall *call, gsize sample, gboolean second, AutoEntityList *list);
AUTO_INTERNAL void auto_entity_list_clear (AutoEntityList *self);

AUTO_INTERNAL AutoEntityRows *auto_entity_rows_new (const AutoEntities *entities, gboolean padding_left);
AUTO_INTERNAL void auto_entity_rows_free (AutoEntityRows *self);
/* A row of texts of which @kept tokens are left. */
AUTO_INTERNAL void auto_entity_rows_add (AutoEntityRows *self, const AutoEncodeSettings *settings, AutoEntityList lists[2], const gsize kept[2]);
/* After the last row. */
AUTO_INTERNAL void auto_entity_rows_pad (AutoEntityRows *self, const AutoTokenizerCall *call);
AUTO_INTERNAL void auto_entity_rows_add_names (const AutoEntityRows *self, gboolean attention, gboolean types, GStrvBuilder *names);
/* What all rows have, or row @row alone (-1: all). NULL without an error when there is no such part. */
AUTO_INTERNAL AutoTensor *auto_entity_rows_get_tensor (const AutoEntityRows *self, const char *name, gssize row, GError **error);

/* How many entities a row has that is padded to the most. */
AUTO_INTERNAL gint64 auto_entities_most (const AutoEntities *self, const AutoEntityCall *call);
/* What fills up rows of entities: a number, or a list of them for each entity, by the input's name. */
AUTO_INTERNAL void auto_entities_add_fills (const AutoEntities *self, JsonObject *fills);

G_END_DECLS
