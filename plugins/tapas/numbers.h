/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers and dates in texts. */
#pragma once

#include <glib.h>

typedef enum
{
  TAPAS_NOTHING,
  TAPAS_NUMBER,
  TAPAS_DATE,
} TapasKind;

typedef struct
{
  TapasKind kind;
  double number;
  int date[3]; /* year, month, day; -1: not said */
} TapasValue;

/* Every TapasValue of a text, from left to right; those that lie in a longer one are left out. What can be read as a number and as a date is
 * both, one after the other. */
GArray *tapas_read_values (const char *text, gsize length);

/* How values compare: numbers, or dates by what all of them say. */
typedef struct
{
  TapasKind kind; /* TAPAS_NOTHING: no value was added yet */
  gboolean unsaid[3];
} TapasOrder;

void tapas_order_add (TapasOrder *self, const TapasValue *value, gboolean *comparable);
/* Less than 0, 0, or more. */
int tapas_order_compare (const TapasOrder *self, const TapasValue *a, const TapasValue *b);
