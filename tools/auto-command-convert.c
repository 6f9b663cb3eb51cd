/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "auto-tool.h"
#include "core/auto/auto-config.h"
#include "core/base/auto-io.h"
#include "core/base/auto-json.h"
#include "core/checkpoint/auto-checkpoint.h"
#include "core/hub/auto-hub-resolve.h"

static AutoTensor *
convert_tensor (AutoCheckpoint *checkpoint, const char *name, const AutoDType *dtype, GError **error)
{
  g_autoptr(AutoTensor) tensor = auto_checkpoint_get (checkpoint, name, error);

  if (!tensor || !dtype || !auto_dtype_is_float (auto_tensor_get_dtype (tensor)))
    return g_steal_pointer (&tensor);
  return auto_tensor_convert (tensor, *dtype);
}

/* The tensors of a checkpoint under their own names: nothing is lost that no model class would use. */
static gboolean
convert (const char *model, const char *folder, const AutoDType *dtype, guint64 shard_size, AutoLoadOptions *options, GError **error)
{
  gsize n;
  GCancellable *cancellable = auto_tool_get_cancellable ();
  g_autofree char *source = auto_hub_resolve (model, AUTO_HUB_WANT_CONFIG | AUTO_HUB_WANT_WEIGHTS, options, cancellable, error);
  g_autoptr(AutoCheckpoint) checkpoint = source ? auto_checkpoint_open (source, AUTO_FRAMEWORK_PYTORCH, options, cancellable, error) : NULL;
  g_autoptr(AutoConfig) config = checkpoint ? auto_config_from_pretrained (model, options, cancellable, error) : NULL;

  if (!config)
    return FALSE;
  const char *const *names = auto_checkpoint_get_names (checkpoint, &n);
  g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func ((GDestroyNotify) auto_tensor_unref);
  g_autofree AutoNamedTensor *tensors = g_new (AutoNamedTensor, n);
  for (gsize i = 0; i < n; i++)
    {
      AutoTensor *tensor = convert_tensor (checkpoint, names[i], dtype, error);
      if (!tensor)
        return FALSE;
      g_ptr_array_add (owned, tensor);
      tensors[i] = (AutoNamedTensor) { names[i], tensor };
    }
  if (dtype && !auto_config_set_string (config, "torch_dtype", auto_dtype_get_name (*dtype), error))
    return FALSE;
  return auto_config_save_pretrained (config, folder, error) && auto_checkpoint_save (folder, tensors, n, shard_size, options, cancellable, error);
}

static int
run (int argc, char **argv)
{
  g_auto(AutoCommonOptions) common = { 0 };
  g_autofree char *folder = NULL, *dtype_name = NULL;
  gint64 shard_size = 5000000000;
  const GOptionEntry entries[] = {
    { "outputs", 0, 0, G_OPTION_ARG_FILENAME, &folder, "Where to write", "FOLDER" },
    { "dtype", 0, 0, G_OPTION_ARG_STRING, &dtype_name, "f32, bf16 or f16; as it is when not given", "TYPE" },
    { "max-shard-size", 0, 0, G_OPTION_ARG_INT64, &shard_size, "Bytes of a file before another is begun", "BYTES" },
    { NULL },
  };
  g_autoptr(GError) error = NULL;
  AutoDType dtype;

  if (!auto_tool_parse (&auto_command_convert, entries, &common, &argc, &argv, 1))
    return AUTO_EXIT_USAGE;
  if (!folder)
    return auto_tool_usage (&auto_command_convert, "needs --outputs");
  if (dtype_name && (!auto_dtype_from_name (dtype_name, &dtype) || !auto_dtype_is_float (dtype)))
    return auto_tool_usage (&auto_command_convert, "--dtype is f32, bf16 or f16, not %s", dtype_name);
  if (shard_size <= 0)
    return auto_tool_usage (&auto_command_convert, "--max-shard-size needs a number of bytes");
  g_autoptr(AutoLoadOptions) options = auto_tool_load_options (&common, TRUE);
  if (!options)
    return AUTO_EXIT_USAGE;
  if (!convert (argv[1], folder, dtype_name ? &dtype : NULL, (guint64) shard_size, options, &error))
    return auto_tool_fail (&auto_command_convert, g_steal_pointer (&error));
  return AUTO_EXIT_DONE;
}

const AutoCommand auto_command_convert = {
  "convert", "MODEL", "Write a model's weights as safetensors", "Example: auto convert ./bert-base --outputs ./bert-base-bf16 --dtype bf16", run,
};
