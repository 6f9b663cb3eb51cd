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
  const gsize kept = ~(gsize) (AUTO_HUGE_PAGE - 1);
  gsize from = ((gsize) memory + AUTO_HUGE_PAGE - 1) & kept, to = ((gsize) memory + size) & kept;
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

static inline gsize
auto_huge_round (gsize size)
{
  return (size + AUTO_HUGE_PAGE - 1) / AUTO_HUGE_PAGE * AUTO_HUGE_PAGE;
}

/* Memory of zeros for such a table, which nothing is written to before it is used. Freed with auto_huge_free0 (). */
static inline gpointer
auto_huge_alloc0 (gsize size)
{
#if defined(MADV_HUGEPAGE) && defined(MAP_ANONYMOUS)
  if (size >= AUTO_HUGE_PAGE)
    {
      size = auto_huge_round (size);
      char *memory = mmap (NULL, size + AUTO_HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (memory == MAP_FAILED)
        g_error ("out of memory: %" G_GSIZE_FORMAT " bytes", size);
      gsize before = -(gsize) memory % AUTO_HUGE_PAGE;
      if (before)
        munmap (memory, before);
      munmap (memory + before + size, AUTO_HUGE_PAGE - before);
      madvise (memory + before, size, MADV_HUGEPAGE);
      return memory + before;
    }
#endif
  return g_malloc0 (size);
}

static inline void
auto_huge_free0 (gpointer memory, gsize size)
{
#if defined(MADV_HUGEPAGE) && defined(MAP_ANONYMOUS)
  if (size >= AUTO_HUGE_PAGE)
    {
      munmap (memory, auto_huge_round (size));
      return;
    }
#endif
  g_free (memory);
}

G_END_DECLS
