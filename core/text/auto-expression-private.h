/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-expression.h"

G_BEGIN_DECLS

typedef struct
{
  GString *flat;     /* what stands in a class of PCRE2 */
  GPtrArray *others; /* expressions of one character, each of which will do as well */
} AutoExpressionSet;

/* The set that the escape at *@at names ("\w", "\p{Han}"), and @at goes behind it; FALSE when it names none. */
gboolean auto_expression_set_of_escape (const char **at, AutoExpressionSet *set);
/* The character that *@at stands for in a class, escaped or not; @at goes behind it. */
gunichar auto_expression_character (const char **at);
/* The class whose [ is before *@at; @at goes behind its ]. */
gboolean auto_expression_class (const char **at, guint depth, AutoExpressionSet *set);

void auto_expression_set_init (AutoExpressionSet *self);
void auto_expression_set_clear (AutoExpressionSet *self);
/* Appends it as an expression of one character, or of one that is not in it. */
void auto_expression_set_append (const AutoExpressionSet *self, gboolean negated, GString *out);

G_END_DECLS
