/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an encoding is to the files that it is written in. */
#pragma once

#include "auto-rows.h"

G_BEGIN_DECLS

/* Everything but the ids is worked out when it is asked for. */
typedef enum
{
  AUTO_ENCODING_TYPES,
  AUTO_ENCODING_ATTENTION,
  AUTO_ENCODING_SPECIAL,
  AUTO_ENCODING_SEQUENCES,
  AUTO_ENCODING_WORDS,
  AUTO_ENCODING_OFFSETS,      /* two numbers a token */
  AUTO_ENCODING_BYTE_OFFSETS, /* likewise */
  AUTO_ENCODING_N_COLUMNS,
} AutoEncodingColumn;

struct _AutoEncoding
{
  GObject parent_instance;

  AutoPipeline *pipeline;
  AutoEncodeSettings settings;
  AutoEncodeInput *inputs, *pairs; /* copies, for what is worked out later */
  gsize n_inputs;
  AutoRows *rows;
  gboolean rectangular;
  GMutex lock;
  gint64 *columns[AUTO_ENCODING_N_COLUMNS];
  char **names;
  AutoPageRows *page; /* NULL: the call has no boxes */
  AutoInputs *model_inputs; /* made when it is asked for */
};

/* More numbers of each token, which a class may have; NULL: there are none of this name. */
const GArray *auto_encoding_find_more (AutoEncoding *self, const char *name);
/* Whether the first text of a row was cut, where this changes the boxes of a page. */
gboolean auto_encoding_is_shortened (AutoEncoding *self, guint row);
/* How many numbers of this name each token has. */
guint auto_encoding_width (AutoEncoding *self, const char *name);
/* Whether each token has numbers of this name. */
gboolean auto_encoding_is_column (AutoEncoding *self, const char *name);

G_END_DECLS
