/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define REFRESH (G_USEC_PER_SEC / 10)
#define LINES (5 * G_USEC_PER_SEC)
/* What is over sooner needs no bar. */
#define PATIENCE (G_USEC_PER_SEC / 4)

struct _AutoProgress
{
  gboolean quiet, terminal, drawn;
  gint64 started, shown;
};

AutoProgress *
auto_progress_new (gboolean quiet)
{
  AutoProgress *self = g_new0 (AutoProgress, 1);

  self->quiet = quiet;
  self->terminal = isatty (STDERR_FILENO);
  self->started = g_get_monotonic_time ();
  return self;
}

static guint
terminal_width (void)
{
  struct winsize size;

  return ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

static void
draw_bar (const char *text, double part)
{
  guint width = terminal_width () - 1, room = width - MIN (width, (guint) g_utf8_strlen (text, -1) + 3);
  guint full = (guint) (part * room);

  fprintf (stderr, "\r\033[K%s", text);
  if (part >= 0 && room > 5)
    {
      fputs (" [", stderr);
      for (guint i = 0; i < room; i++)
        fputc (i < full ? '#' : '.', stderr);
      fputc (']', stderr);
    }
  fflush (stderr);
}

void
auto_progress_report (const char *what, guint64 done, guint64 total, gpointer progress)
{
  AutoProgress *self = progress;
  gint64 now = g_get_monotonic_time ();
  gboolean complete = total && done >= total;

  if (self->quiet || now - self->started < PATIENCE || (!complete && now - self->shown < (self->terminal ? REFRESH : LINES)))
    return;
  self->shown = now;
  if (complete && self->terminal)
    {
      fputs (self->drawn ? "\r\033[K" : "", stderr);
      self->drawn = FALSE;
      return;
    }
  g_autofree char *is = g_format_size (done), *all = g_format_size (total);
  g_autofree char *text = total ? g_strdup_printf ("%s  %s of %s", what ? what : "", is, all) : g_strdup_printf ("%s  %s", what ? what : "", is);
  if (self->terminal)
    draw_bar (text, total ? MIN (1.0, (double) done / (double) total) : -1);
  else
    fprintf (stderr, "%s\n", text);
  self->drawn |= self->terminal;
}

void
auto_progress_free (AutoProgress *self)
{
  if (self->drawn)
    fputs ("\r\033[K", stderr);
  g_free (self);
}
