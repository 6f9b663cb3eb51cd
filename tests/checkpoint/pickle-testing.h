/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Pickles and archives, byte by byte. */
void pickle_op (GByteArray *self, const char *text); /* operations and what belongs to them, without zeros */
void pickle_text (GByteArray *self, const char *text);
void pickle_int (GByteArray *self, gint64 value);
void pickle_global (GByteArray *self, const char *module, const char *name);

typedef struct
{
  const char *storage, *key; /* "FloatStorage", "0" */
  gint64 n_elements, offset;
  guint n_dims;
  gint64 shape[10], strides[10];
} PickleTensor;

void pickle_storage (GByteArray *self, const PickleTensor *tensor);
void pickle_tensor (GByteArray *self, const PickleTensor *tensor);
/* { "w": tensor } */
GByteArray *pickle_state_dict (const PickleTensor *tensor);

typedef struct
{
  const char *name;
  gconstpointer data;
  gsize size;
  guint16 method, flags;
} ZipMember;

typedef enum {
  ZIP_PLAIN,
  ZIP_64,      /* sizes and places in 64-bit records only */
  ZIP_COMMENT, /* with a comment after the directory */
} ZipStyle;

GByteArray *zip_new (const ZipMember *members, gsize n, ZipStyle style);
/* An archive of PyTorch: x/data.pkl, x/data/0 with @size bytes of @data (NULL: no such member), x/version. */
GByteArray *zip_torch (const GByteArray *pickle, gconstpointer data, gsize size);
