/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "auto-tool.h"

static const AutoCommand *const commands[] = {
  &auto_command_config,
  &auto_command_inspect,
  &auto_command_forward,
  &auto_command_tokenize,
  &auto_command_generate,
  &auto_command_embed,
  &auto_command_run,
  &auto_command_convert,
  &auto_command_download,
  &auto_command_cache,
};

static void
print_help (FILE *stream)
{
  fputs ("Usage: auto COMMAND …\n\nRuns models of the Hugging Face hub on this computer. MODEL is a folder, a file or the name of a model on the hub.\n\n"
         "Commands:\n", stream);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (stream, "  %-11s %s\n", commands[i]->name, commands[i]->summary);
  fputs ("\nauto COMMAND --help tells more.\n", stream);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  if (argc < 2)
    {
      print_help (stderr);
      return AUTO_EXIT_USAGE;
    }
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h") || g_str_equal (argv[1], "help"))
    {
      print_help (stdout);
      return AUTO_EXIT_DONE;
    }
  if (g_str_equal (argv[1], "--version"))
    {
      puts ("auto " AUTO_TOOL_VERSION);
      return AUTO_EXIT_DONE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (argv[1], commands[i]->name))
      return commands[i]->run (argc - 1, argv + 1);
  fprintf (stderr, "auto: there is no command %s\nTry auto --help\n", argv[1]);
  return AUTO_EXIT_USAGE;
}
