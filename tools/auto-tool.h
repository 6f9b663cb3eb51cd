/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "core/auto/auto-inputs.h"
#include "core/auto/auto-load-options.h"

/* Exit codes of every command. */
enum
{
  AUTO_EXIT_DONE = 0,
  AUTO_EXIT_FAILED = 1, /* one line on stderr names the file and the reason */
  AUTO_EXIT_USAGE = 2,
};

typedef struct
{
  const char *name, *arguments, *summary, *details;
  int (*run) (int argc, char **argv);
} AutoCommand;

extern const AutoCommand auto_command_cache, auto_command_config, auto_command_convert, auto_command_download, auto_command_embed,
  auto_command_forward, auto_command_generate, auto_command_inspect, auto_command_run, auto_command_tokenize;

/* Options that several commands have; merged into a context by auto_tool_parse. */
typedef struct
{
  char **set;        /* --set KEY=VALUE */
  gboolean json;     /* --json */
  char *revision, *subfolder, *cache_dir, *token;
  gboolean local_files_only, trust_remote_code, quiet;
} AutoCommonOptions;

/* Parses @argv for @command: @entries of its own and the common ones. @argv keeps the positional arguments (from 1). Returns
 * FALSE after a message on wrong usage; --help prints and exits. */
gboolean auto_tool_parse (const AutoCommand *command, const GOptionEntry *entries, AutoCommonOptions *common, int *argc, char ***argv, int min_arguments);
/* The load options that the common ones say; --set goes to the configuration's overrides when @overrides is TRUE. NULL after a
 * message on wrong usage. */
AutoLoadOptions *auto_tool_load_options (const AutoCommonOptions *common, gboolean overrides);
void auto_common_options_clear (AutoCommonOptions *common);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AutoCommonOptions, auto_common_options_clear)

/* KEY=VALUE; the value is JSON where it reads as JSON, otherwise text. */
gboolean auto_tool_split_setting (const char *setting, char **key, JsonNode **value);
/* The tensors of a file under their names. */
AutoInputs *auto_tool_read_inputs (const char *path, GError **error);
/* Cancelled by Ctrl-C; a second Ctrl-C ends the process. */
GCancellable *auto_tool_get_cancellable (void);
/* Prints the error and returns AUTO_EXIT_FAILED. */
int auto_tool_fail (const AutoCommand *command, GError *error);
int auto_tool_usage (const AutoCommand *command, const char *format, ...) G_GNUC_PRINTF (2, 3);
void auto_tool_print_json (JsonNode *node);
