/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-tool.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auto-progress.h"
#include "core/base/auto-json.h"
#include "core/checkpoint/auto-checkpoint.h"

void
auto_common_options_clear (AutoCommonOptions *common)
{
  g_strfreev (common->set);
  g_free (common->revision);
  g_free (common->subfolder);
  g_free (common->cache_dir);
  g_free (common->token);
}

gboolean
auto_tool_parse (const AutoCommand *command, const GOptionEntry *entries, AutoCommonOptions *common, int *argc, char ***argv, int min_arguments)
{
  const GOptionEntry shared[] = {
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &common->set, "Set a key of the configuration, over what the file says", "KEY=VALUE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &common->json, "Print JSON, for programs", NULL },
    { "revision", 0, 0, G_OPTION_ARG_STRING, &common->revision, "Branch, tag or commit on the hub", "NAME" },
    { "subfolder", 0, 0, G_OPTION_ARG_STRING, &common->subfolder, "Folder inside the model", "FOLDER" },
    { "cache-dir", 0, 0, G_OPTION_ARG_FILENAME, &common->cache_dir, "Where downloads are kept", "FOLDER" },
    { "token", 0, 0, G_OPTION_ARG_STRING, &common->token, "Access token for the hub", "TOKEN" },
    { "local-files-only", 0, 0, G_OPTION_ARG_NONE, &common->local_files_only, "Never use the network", NULL },
    { "trust-remote-code", 0, 0, G_OPTION_ARG_NONE, &common->trust_remote_code, "Load the plugin that the model ships", NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &common->quiet, "Show no progress", NULL },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new (command->arguments);
  g_autoptr(GError) error = NULL;
  g_autofree char *name = g_strconcat ("auto ", command->name, NULL);

  g_set_prgname (name);
  g_option_context_set_summary (context, command->summary);
  g_option_context_set_description (context, command->details);
  if (entries)
    g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, shared, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      auto_tool_usage (command, "%s", error->message);
      return FALSE;
    }
  if (*argc > 1 && g_str_equal ((*argv)[1], "--"))
    {
      memmove (*argv + 1, *argv + 2, (*argc - 1) * sizeof **argv);
      (*argc)--;
    }
  if (*argc - 1 < min_arguments)
    {
      auto_tool_usage (command, "needs %s", command->arguments);
      return FALSE;
    }
  return TRUE;
}

gboolean
auto_tool_split_setting (const char *setting, char **key, JsonNode **value)
{
  const char *equals = strchr (setting, '=');

  if (!equals || equals == setting)
    return FALSE;
  *key = g_strndup (setting, equals - setting);
  *value = auto_json_parse (equals + 1, strlen (equals + 1), "value", AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, NULL);
  if (!*value)
    *value = json_node_init_string (json_node_alloc (), equals + 1);
  return TRUE;
}

AutoLoadOptions *
auto_tool_load_options (const AutoCommonOptions *common, gboolean overrides)
{
  g_autoptr(AutoLoadOptions) options = auto_load_options_new ();

  g_object_set (options, "revision", common->revision, "subfolder", common->subfolder, "cache-dir", common->cache_dir, "token", common->token,
                "local-files-only", common->local_files_only, "trust-remote-code", common->trust_remote_code, NULL);
  auto_load_options_set_progress (options, auto_progress_report, auto_progress_new (common->quiet), (GDestroyNotify) auto_progress_free);
  for (char **set = common->set; overrides && set && *set; set++)
    {
      g_autofree char *key = NULL;
      g_autoptr(JsonNode) value = NULL;
      if (!auto_tool_split_setting (*set, &key, &value))
        {
          fprintf (stderr, "%s: --set needs KEY=VALUE, not %s\n", g_get_prgname (), *set);
          return NULL;
        }
      auto_load_options_set_json (options, key, value);
    }
  return g_steal_pointer (&options);
}

AutoInputs *
auto_tool_read_inputs (const char *path, GError **error)
{
  gsize n;
  g_autoptr(AutoCheckpoint) file = auto_checkpoint_open (path, AUTO_FRAMEWORK_PYTORCH, NULL, NULL, error);

  if (!file)
    return NULL;
  const char *const *names = auto_checkpoint_get_names (file, &n);
  g_autoptr(AutoInputs) inputs = auto_inputs_new ();
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr(AutoTensor) tensor = auto_checkpoint_get (file, names[i], error);
      if (!tensor)
        return NULL;
      auto_inputs_set (inputs, names[i], tensor);
    }
  return g_steal_pointer (&inputs);
}

static GCancellable *cancellable;

/* A thread of its own waits for Ctrl-C: what a signal handler may do is too little to cancel. The second one ends the process. */
static gpointer
wait_for_interrupt (gpointer data)
{
  sigset_t *interrupt = data;
  int number;

  sigwait (interrupt, &number);
  g_cancellable_cancel (cancellable);
  signal (SIGINT, SIG_DFL);
  pthread_sigmask (SIG_UNBLOCK, interrupt, NULL);
  for (;;)
    pause ();
  return NULL;
}

GCancellable *
auto_tool_get_cancellable (void)
{
  static sigset_t interrupt;

  if (!cancellable)
    {
      cancellable = g_cancellable_new ();
      sigemptyset (&interrupt);
      sigaddset (&interrupt, SIGINT);
      pthread_sigmask (SIG_BLOCK, &interrupt, NULL);
      g_thread_unref (g_thread_new ("interrupt", wait_for_interrupt, &interrupt));
    }
  return cancellable;
}

int
auto_tool_fail (const AutoCommand *command, GError *error)
{
  g_autoptr(GError) own = error;
  g_autofree char *line = g_strdelimit (g_strdup (own ? own->message : "failed"), "\n", ' ');

  fprintf (stderr, "auto %s: %s\n", command->name, line);
  return AUTO_EXIT_FAILED;
}

int
auto_tool_usage (const AutoCommand *command, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  fprintf (stderr, "auto %s: %s\nTry auto %s --help\n", command->name, text, command->name);
  return AUTO_EXIT_USAGE;
}

void
auto_tool_print_json (JsonNode *node)
{
  g_autofree char *text = auto_json_print (node, 2, FALSE);

  puts (text);
}
