/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdlib.h>
#include <sys/mman.h>

G_BEGIN_DECLS

#define AUTO_HUGE_PAGE (2u << 20)

/* Asks for huge pages where whole ones lie in memory that is about to be written for the first time. */
static inline void
auto_huge_advise (gpointer memory, gsize size)
{
#ifdef MADV_HUGEPAGE
  gsize from = ((gsize) memory + AUTO_HUGE_PAGE - 1) & ~(gsize) (AUTO_HUGE_PAGE - 1), to = ((gsize) memory + size) & ~(gsize) (AUTO_HUGE_PAGE - 1);
  if (from < to)
    madvise ((gpointer) from, to - from, MADV_HUGEPAGE);
#endif
}

/* Memory for a table that is read here and there: in huge pages, where the system has them, so that every look is not a miss of the
 * translation of addresses as well. Freed with free (). Not cleared. */
static inline gpointer
auto_huge_alloc (gsize size)
{
  gpointer memory = NULL;

  if (size < AUTO_HUGE_PAGE)
    memory = malloc (size);
  else if (posix_memalign (&memory, AUTO_HUGE_PAGE, size) == 0)
    auto_huge_advise (memory, size);
  else
    memory = NULL;
  if (!memory)
    g_error ("out of memory: %" G_GSIZE_FORMAT " bytes", size);
  return memory;
}

G_END_DECLS
