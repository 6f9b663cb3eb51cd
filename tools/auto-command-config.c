/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "auto-tool.h"
#include "core/auto/auto-config.h"

static int
run (int argc, char **argv)
{
  g_auto(AutoCommonOptions) common = { 0 };
  gboolean diff = FALSE;
  const GOptionEntry entries[] = {
    { "diff", 0, 0, G_OPTION_ARG_NONE, &diff, "Only what differs from the defaults", NULL },
    { NULL },
  };
  g_autoptr(GError) error = NULL;

  if (!auto_tool_parse (&auto_command_config, entries, &common, &argc, &argv, 1))
    return AUTO_EXIT_USAGE;
  g_autoptr(AutoLoadOptions) options = auto_tool_load_options (&common, TRUE);
  if (!options)
    return AUTO_EXIT_USAGE;
  g_autoptr(AutoConfig) config = auto_config_from_pretrained (argv[1], options, auto_tool_get_cancellable (), &error);
  if (!config)
    return auto_tool_fail (&auto_command_config, g_steal_pointer (&error));
  g_autofree char *text = auto_config_to_json_string (config, diff);
  fputs (text, stdout);
  return AUTO_EXIT_DONE;
}

const AutoCommand auto_command_config = {
  "config", "MODEL", "Print a model's configuration as JSON, defaults filled in",
  "Example: auto config ./bert-base --set num_hidden_layers=2 --diff", run,
};
