/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-generation-config-private.h"
#include "auto-generation-settings.h"
#include "auto-logits.h"

G_BEGIN_DECLS

/* The scores of one row and what is known of it. */
typedef struct
{
  const gint64 *ids; /* the tokens so far */
  gsize n_ids;
  float *scores;
  gsize row, n_rows;     /* among the rows that are processed together */
  const gint64 *taken;   /* tokens that earlier groups of beams take in this step */
  gsize n_taken;
} AutoLogitsRow;

typedef struct _AutoProcessors AutoProcessors;
typedef void (*AutoProcess) (AutoProcessors *self, const AutoLogitsRow *row);

/* What a generation does to scores, in the reference's order. */
struct _AutoProcessors
{
  const AutoGenerationSettings *settings;
  AutoGenerationConfig *config; /* for its functions; or NULL */
  gsize prompt_length;
  const gint64 *encoder_ids; /* (n_encoder_rows, encoder_length); NULL when the input is no ids */
  gsize n_encoder_rows, encoder_length;
  gsize batch;

  gsize vocabulary; /* 0 until the first scores are there */
  AutoLogitsSpace space;
  AutoIdLists bad_words; /* those that count; the lists belong to the settings */
  gint64 begin_index;
  GArray *allowed; /* of gint64 */
  AutoProcess processors[24], warpers[8];
  guint n_processors, n_warpers;
  gboolean unsatisfiable; /* a function allowed nothing */
};

/* The members up to batch have been set. */
AUTO_INTERNAL gboolean auto_processors_init (AutoProcessors *self, GError **error);
/* Says how many scores a row has; checks ids against it. */
AUTO_INTERNAL gboolean auto_processors_set_vocabulary (AutoProcessors *self, gsize n, GError **error);
AUTO_INTERNAL void auto_processors_clear (AutoProcessors *self);
AUTO_INTERNAL gboolean auto_processors_apply (AutoProcessors *self, const AutoLogitsRow *row, GError **error);
/* What sampling does to scores, after the processors. */
AUTO_INTERNAL void auto_processors_warp (AutoProcessors *self, const AutoLogitsRow *row);

void auto_process_ngrams (AutoProcessors *self, const AutoLogitsRow *row);
void auto_process_encoder_ngrams (AutoProcessors *self, const AutoLogitsRow *row);
void auto_process_bad_words (AutoProcessors *self, const AutoLogitsRow *row);
void auto_process_sequence_bias (AutoProcessors *self, const AutoLogitsRow *row);
void auto_warpers_init (AutoProcessors *self);

/* Negative ids count from the end, as the reference's indexing has it. */
static inline gsize
auto_processors_place (const AutoProcessors *self, gint64 id)
{
  return (gsize) (id < 0 ? id + (gint64) self->vocabulary : id);
}

G_END_DECLS
