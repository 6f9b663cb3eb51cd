/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-tool.h"
#include "core/auto/auto-door.h"
#include "core/auto/auto-model.h"
#include "core/base/auto-json.h"
#include "core/checkpoint/auto-checkpoint.h"

static gboolean
set_flags (AutoInputs *inputs, const char *call, gboolean hidden_states, gboolean attentions, GError **error)
{
  g_autoptr(JsonNode) yes = json_node_init_boolean (json_node_alloc (), TRUE);
  g_autoptr(JsonNode) flags = call ? auto_json_parse (call, strlen (call), "--call", AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, error) : NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (call && (!flags || !JSON_NODE_HOLDS_OBJECT (flags)))
    {
      if (flags)
        g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "--call needs a JSON object, not %s", call);
      return FALSE;
    }
  if (hidden_states)
    auto_inputs_set_flag (inputs, "output_hidden_states", yes);
  if (attentions)
    auto_inputs_set_flag (inputs, "output_attentions", yes);
  if (!flags)
    return TRUE;
  json_object_iter_init (&iter, json_node_get_object (flags));
  while (json_object_iter_next (&iter, &name, &value))
    auto_inputs_set_flag (inputs, name, value);
  return TRUE;
}

static gboolean
write_output (AutoModelOutput *output, const char *path, GError **error)
{
  g_auto(GStrv) names = auto_model_output_list (output);
  g_autoptr(GArray) tensors = g_array_new (FALSE, FALSE, sizeof (AutoNamedTensor));

  for (char **name = names; *name; name++)
    {
      AutoNamedTensor named = { *name, auto_model_output_get (output, *name) };
      g_array_append_val (tensors, named);
    }
  return auto_safetensors_write (path, (const AutoNamedTensor *) tensors->data, tensors->len, NULL, NULL, auto_tool_get_cancellable (), error);
}

static int
run (int argc, char **argv)
{
  g_auto(AutoCommonOptions) common = { 0 };
  g_autofree char *task_name = NULL, *inputs_path = NULL, *outputs_path = NULL, *call = NULL;
  gboolean hidden_states = FALSE, attentions = FALSE;
  const GOptionEntry entries[] = {
    { "auto-class", 0, 0, G_OPTION_ARG_STRING, &task_name, "The Auto class that loads the model (AutoModel when not given)", "NAME" },
    { "inputs", 0, 0, G_OPTION_ARG_FILENAME, &inputs_path, "Tensors by the names of the call's arguments", "FILE.safetensors" },
    { "outputs", 0, 0, G_OPTION_ARG_FILENAME, &outputs_path, "Where to write the model's outputs", "FILE.safetensors" },
    { "hidden-states", 0, 0, G_OPTION_ARG_NONE, &hidden_states, "Return the states between layers", NULL },
    { "attentions", 0, 0, G_OPTION_ARG_NONE, &attentions, "Return attention probabilities", NULL },
    { "call", 0, 0, G_OPTION_ARG_STRING, &call, "Arguments of the call that are no tensors, as a JSON object", "JSON" },
    { NULL },
  };
  g_autoptr(GError) error = NULL;

  if (!auto_tool_parse (&auto_command_forward, entries, &common, &argc, &argv, 1))
    return AUTO_EXIT_USAGE;
  if (!inputs_path || !outputs_path)
    return auto_tool_usage (&auto_command_forward, "needs --inputs and --outputs");
  const AutoTask *task = auto_task_find (task_name ? task_name : "AutoModel");
  if (!task)
    return auto_tool_usage (&auto_command_forward, "there is no Auto class %s; auto inspect --tasks lists them", task_name);
  g_autoptr(AutoLoadOptions) options = auto_tool_load_options (&common, TRUE);
  if (!options)
    return AUTO_EXIT_USAGE;
  GCancellable *cancellable = auto_tool_get_cancellable ();
  g_autoptr(AutoModel) model = auto_door_from_pretrained (task, argv[1], options, cancellable, &error);
  g_autoptr(AutoInputs) inputs = model ? auto_tool_read_inputs (inputs_path, &error) : NULL;
  if (!inputs || !set_flags (inputs, call, hidden_states, attentions, &error))
    return auto_tool_fail (&auto_command_forward, g_steal_pointer (&error));
  g_autoptr(AutoModelOutput) output = auto_model_forward (model, inputs, cancellable, &error);
  if (!output || !write_output (output, outputs_path, &error))
    return auto_tool_fail (&auto_command_forward, g_steal_pointer (&error));
  return AUTO_EXIT_DONE;
}

const AutoCommand auto_command_forward = {
  "forward", "MODEL", "Run a model on named tensors",
  "Nested outputs are named hidden_states.0, hidden_states.1, …; an input tensor of no dimensions that is named like a flag of the call sets it.\n\n"
  "Example: auto forward ./bert-base --auto-class AutoModelForMaskedLM --inputs in.safetensors --outputs out.safetensors", run,
};
