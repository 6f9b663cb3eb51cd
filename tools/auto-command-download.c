/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "auto-progress.h"
#include "auto-tool.h"
#include "core/hub/auto-hub.h"

static void
on_progress (AutoHub *hub, const char *what, guint64 done, guint64 total, gpointer progress)
{
  auto_progress_report (what, done, total, progress);
}

static int
run (int argc, char **argv)
{
  g_auto(AutoCommonOptions) common = { 0 };
  gboolean again = FALSE, tf = FALSE, flax = FALSE;
  const GOptionEntry entries[] = {
    { "force", 0, 0, G_OPTION_ARG_NONE, &again, "Fetch again what the cache has", NULL },
    { "tf", 0, 0, G_OPTION_ARG_NONE, &tf, "Fetch the TensorFlow checkpoint", NULL },
    { "flax", 0, 0, G_OPTION_ARG_NONE, &flax, "Fetch the Flax checkpoint", NULL },
    { NULL },
  };
  g_autoptr(GError) error = NULL;

  if (!auto_tool_parse (&auto_command_download, entries, &common, &argc, &argv, 1))
    return AUTO_EXIT_USAGE;
  g_autoptr(AutoLoadOptions) options = auto_tool_load_options (&common, FALSE);
  g_autoptr(AutoHub) hub = auto_hub_new ();
  g_autoptr(AutoProgress) progress = auto_progress_new (common.quiet);
  g_object_set (options, "force-download", again, NULL);
  g_object_set (hub, "refresh", TRUE, NULL);
  g_signal_connect (hub, "progress", G_CALLBACK (on_progress), progress);
  AutoHubWant want = AUTO_HUB_WANT_MODEL | (tf ? AUTO_HUB_WANT_TF_WEIGHTS : 0) | (flax ? AUTO_HUB_WANT_FLAX_WEIGHTS : 0);
  g_autofree char *folder = auto_hub_download_model (hub, argv[1], want, options, auto_tool_get_cancellable (), &error);
  g_clear_pointer (&progress, auto_progress_free);
  if (!folder)
    return auto_tool_fail (&auto_command_download, g_steal_pointer (&error));
  puts (folder);
  return AUTO_EXIT_DONE;
}

const AutoCommand auto_command_download = {
  "download", "MODEL", "Fetch a model into the shared cache; prints its folder",
  "A download that was cut is gone on with. The cache is the one that Python's huggingface_hub uses.", run,
};
