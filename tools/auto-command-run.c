/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "auto-tool.h"
#include "core/base/auto-json.h"
#include "core/pipeline/auto-task-pipeline.h"

static void
print_object (JsonObject *object)
{
  JsonObjectIter iter;
  const char *name, *separator = "";
  JsonNode *value;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &value))
    {
      printf ("%s%s ", separator, name);
      if (auto_json_is_string (value))
        fputs (json_node_get_string (value), stdout);
      else if (auto_json_is_number (value) && !auto_json_is_int (value))
        printf ("%.4f", json_node_get_double (value));
      else
        {
          g_autofree char *text = auto_json_print (value, -1, FALSE);
          fputs (text, stdout);
        }
      separator = "  ";
    }
  puts ("");
}

/* Objects a line each, lists one after the other, numbers in a row. */
static void
print_value (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    print_object (json_node_get_object (node));
  else if (JSON_NODE_HOLDS_ARRAY (node) && json_array_get_length (json_node_get_array (node)) &&
           !JSON_NODE_HOLDS_VALUE (json_array_get_element (json_node_get_array (node), 0)))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      print_value (json_array_get_element (json_node_get_array (node), i));
  else
    {
      g_autofree char *text = auto_json_print (node, -1, FALSE);
      puts (text);
    }
}

static gboolean
set_options (AutoTaskPipeline *pipeline, char **settings)
{
  for (char **setting = settings; setting && *setting; setting++)
    {
      g_autofree char *key = NULL;
      g_autoptr(JsonNode) value = NULL;
      if (!auto_tool_split_setting (*setting, &key, &value))
        return FALSE;
      auto_task_pipeline_set_option (pipeline, key, value);
    }
  return TRUE;
}

static int
run (int argc, char **argv)
{
  g_auto(AutoCommonOptions) common = { 0 };
  g_autoptr(GError) error = NULL;

  if (!auto_tool_parse (&auto_command_run, NULL, &common, &argc, &argv, 3))
    return AUTO_EXIT_USAGE;
  if (argc > 5)
    return auto_tool_usage (&auto_command_run, "takes one text, or two");
  g_autoptr(AutoLoadOptions) options = auto_tool_load_options (&common, FALSE);
  GCancellable *cancellable = auto_tool_get_cancellable ();
  g_autoptr(AutoTaskPipeline) pipeline = auto_task_pipeline_new (argv[1], argv[2], options, cancellable, &error);
  if (!pipeline)
    return auto_tool_fail (&auto_command_run, g_steal_pointer (&error));
  if (!set_options (pipeline, common.set))
    return auto_tool_usage (&auto_command_run, "--set needs KEY=VALUE");
  g_autoptr(JsonNode) answer = auto_task_pipeline_run (pipeline, argv[3], argc > 4 ? argv[4] : NULL, cancellable, &error);
  if (!answer)
    return auto_tool_fail (&auto_command_run, g_steal_pointer (&error));
  if (common.json)
    auto_tool_print_json (answer);
  else
    print_value (answer);
  return AUTO_EXIT_DONE;
}

const AutoCommand auto_command_run = {
  "run", "TASK MODEL TEXT [TEXT]", "Answer a text: fill-mask, text-classification, …",
  "Tasks: feature-extraction, fill-mask, question-answering (a question and a context), text-classification, token-classification.\n"
  "--set gives an argument of the reference's pipeline: top_k, function_to_apply, max_answer_len, …\n\n"
  "Example: auto run fill-mask ./bert-base \"Paris is the [MASK] of France.\" --set top_k=3", run,
};
