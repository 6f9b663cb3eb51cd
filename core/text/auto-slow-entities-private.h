/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-slow-entities.h"

G_BEGIN_DECLS

/* What the entities are for: marks are put around those that are to be told apart. */
typedef enum
{
  AUTO_ENTITY_TASK_NONE,
  AUTO_ENTITY_TASK_ONE,
  AUTO_ENTITY_TASK_TWO,
  AUTO_ENTITY_TASK_SPANS,
} AutoEntityTask;

struct _AutoEntities
{
  AutoVocabulary *names;
  gint64 unk, pad, mask, mask2;
  AutoEntityTask task;
  gint64 most;    /* entities of a row */
  gint64 mention; /* tokens of an entity that have positions */
};

G_END_DECLS
