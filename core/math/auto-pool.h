/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-version-macros.h"

G_BEGIN_DECLS

AUTO_AVAILABLE_IN_1_0 void auto_set_n_threads (guint n_threads);
AUTO_AVAILABLE_IN_1_0 guint auto_get_n_threads (void);

#ifndef __GI_SCANNER__
typedef void (*AutoTaskFunc) (gsize task, gpointer data);

/* Runs @func for every task in [0, @n_tasks) and returns when all are done. Which thread runs a task is open, so a task
 * must not depend on another one and its result only on its number. A call from within a task runs in its thread; when
 * another thread is using the pool, the caller does all tasks itself. */
AUTO_INTERNAL void auto_pool_run (gsize n_tasks, AutoTaskFunc func, gpointer data);

/* Memory of the calling thread, 64-byte aligned, that its next call with the same @slot gives out again: for what a
 * task needs while it runs. Never freed by the caller. */
typedef enum {
  AUTO_SCRATCH_ROWS,   /* the left matrix of a product, in panels */
  AUTO_SCRATCH_PANEL,  /* a panel of the right matrix */
  AUTO_SCRATCH_TILE,   /* attention: scores and their like */
  AUTO_SCRATCH_MORE,   /* a second one */
  AUTO_SCRATCH_N_SLOTS
} AutoScratchSlot;
AUTO_INTERNAL float *auto_scratch (AutoScratchSlot slot, gsize n_floats);
#endif

G_END_DECLS
