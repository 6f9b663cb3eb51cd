/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-charsmap.h"
#include "auto-normalizer.h"
#include "auto-pattern.h"

G_BEGIN_DECLS

typedef enum
{
  AUTO_NORMALIZER_BERT,
  AUTO_NORMALIZER_FORM, /* NFD and its like */
  AUTO_NORMALIZER_LOWERCASE,
  AUTO_NORMALIZER_STRIP,
  AUTO_NORMALIZER_STRIP_ACCENTS,
  AUTO_NORMALIZER_NMT,
  AUTO_NORMALIZER_PREPEND,
  AUTO_NORMALIZER_REPLACE,
  AUTO_NORMALIZER_PRECOMPILED,
  AUTO_NORMALIZER_BYTE_LEVEL,
} AutoNormalizerKind;

typedef struct
{
  AutoNormalizerKind kind;
  AutoBertNormalizer bert;
  gboolean compatible, compose; /* form */
  gboolean left, right;         /* strip */
  char *content;                /* prepend, replace */
  AutoPattern *pattern;
  AutoCharsmap *charsmap;
} AutoNormalizerStep;

struct _AutoNormalizer
{
  GArray *steps; /* AutoNormalizerStep */
};

/* Runs one step; @text and @spare change places. */
gboolean auto_normalizer_run_step (const AutoNormalizerStep *step, AutoAlignedText *text, AutoAlignedText *spare, guint32 base, GError **error);

G_END_DECLS
