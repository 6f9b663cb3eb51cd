/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages: words with boxes, and labels, that become those of tokens. */
#pragma once

#include "auto-encoding.h"

G_BEGIN_DECLS

#define AUTO_BOX_NUMBERS 4

/* What a tokenizer's settings say of pages. */
typedef struct
{
  /* the first mark of a row, the one behind texts, and padding */
  gint64 ids[3];
  gint64 boxes[3][AUTO_BOX_NUMBERS];
  gint64 no_label;
  gboolean first_only; /* a word's first token alone has its label */
} AutoPageMarks;

/* Four numbers for each token of a row. @boxes: as many for each word; NULL with an error when they are too few. */
gint64 *auto_page_place_boxes (const AutoPageMarks *marks, AutoEncoding *encoding, guint row, const gint64 *boxes, gsize n_boxes, GError **error);
/* A label for each token of a row. @labels: one for each word. */
gint64 *auto_page_place_labels (const AutoPageMarks *marks, AutoEncoding *encoding, guint row, const gint64 *labels, gsize n_labels, GError **error);

/* The numbers of all rows' tokens, one row after another. */
typedef struct _AutoPageRows AutoPageRows;

/* Of an encoding whose call has boxes. */
AutoPageRows *auto_page_rows_new (AutoEncoding *encoding, GError **error);
void auto_page_rows_free (AutoPageRows *self);
void auto_page_rows_add_names (const AutoPageRows *self, GStrvBuilder *names);
/* What names the numbers of what was cut off. */
void auto_page_rows_add_cut_names (const AutoPageRows *self, GStrvBuilder *names);
/* Numbers (gint64) of that name, @width of each token; or NULL. @self may be NULL. @cut: they are of tokens that were cut off. */
const GArray *auto_page_rows_find (const AutoPageRows *self, const char *name, guint *width, gboolean *cut);

G_END_DECLS
