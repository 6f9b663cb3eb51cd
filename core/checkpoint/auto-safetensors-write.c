/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-safetensors-write.h"

#include <string.h>

#include "auto-checkpoint-private.h"
#include "auto-safetensors.h"

guint64
auto_safetensors_data_size (AutoTensor *tensor)
{
  return (guint64) auto_tensor_get_n_elements (tensor) * auto_dtype_get_size (tensor->dtype);
}

gboolean
auto_safetensors_check (const char *path, const AutoNamedTensor *tensors, gsize n, GError **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < n; i++)
    {
      const char *name = tensors[i].name;
      if (!g_utf8_validate (name, -1, NULL) || g_str_equal (name, "__metadata__"))
        return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_WRITE, path, "a tensor can't have the name \"%s\"", name);
      if (!g_hash_table_add (seen, (gpointer) name))
        return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_WRITE, path, "two tensors have the name \"%s\"", name);
      if (!tensors[i].tensor->data && auto_tensor_get_n_elements (tensors[i].tensor))
        return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_WRITE, path, "the tensor \"%s\" has a shape but no data", name);
    }
  return TRUE;
}

static void
append_json_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (; *text; text++)
    {
      static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
      const char *found = strchr (from, *text);
      if (found)
        g_string_append_printf (out, "\\%c", to[found - from]);
      else if ((guchar) *text < 0x20)
        g_string_append_printf (out, "\\u%04x", (guchar) *text);
      else
        g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
}

static void
append_metadata (GString *out, GHashTable *metadata)
{
  g_autoptr(GList) keys = g_list_sort (g_hash_table_get_keys (metadata), (GCompareFunc) strcmp);

  g_string_append (out, "\"__metadata__\":{");
  for (GList *l = keys; l; l = l->next)
    {
      append_json_string (out, l->data);
      g_string_append_c (out, ':');
      append_json_string (out, g_hash_table_lookup (metadata, l->data));
      if (l->next)
        g_string_append_c (out, ',');
    }
  g_string_append_c (out, '}');
}

/* Wide types first, so that every tensor is aligned to its type; then by name. */
static int
compare_tensors (gconstpointer a, gconstpointer b)
{
  const AutoNamedTensor *x = *(const AutoNamedTensor *const *) a, *y = *(const AutoNamedTensor *const *) b;
  int ranks = auto_safetensors_dtype_rank (y->tensor->dtype) - auto_safetensors_dtype_rank (x->tensor->dtype);

  return ranks ? ranks : strcmp (x->name, y->name);
}

static GString *
make_header (GPtrArray *sorted, GHashTable *metadata)
{
  GString *out = g_string_new ("{");
  guint64 at = 0;

  if (metadata)
    append_metadata (out, metadata);
  for (guint i = 0; i < sorted->len; i++)
    {
      const AutoNamedTensor *named = g_ptr_array_index (sorted, i);
      guint64 end = at + auto_safetensors_data_size (named->tensor);
      if (out->len > 1)
        g_string_append_c (out, ',');
      append_json_string (out, named->name);
      g_string_append_printf (out, ":{\"dtype\":\"%s\",\"shape\":[", auto_safetensors_dtype_name (named->tensor->dtype));
      for (guint d = 0; d < named->tensor->n_dims; d++)
        g_string_append_printf (out, "%s%" G_GINT64_FORMAT, d ? "," : "", named->tensor->shape[d]);
      g_string_append_printf (out, "],\"data_offsets\":[%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "]}", at, end);
      at = end;
    }
  g_string_append_c (out, '}');
  while (out->len % 8)
    g_string_append_c (out, ' ');
  return out;
}

static gboolean
write_data (AutoStagedFile *file, GPtrArray *sorted, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  g_autofree char *name = g_path_get_basename (file->path);
  guint64 done = 0, total = 0;

  for (guint i = 0; i < sorted->len; i++)
    total += auto_safetensors_data_size (((const AutoNamedTensor *) g_ptr_array_index (sorted, i))->tensor);
  for (guint i = 0; i < sorted->len; i++)
    {
      const AutoNamedTensor *named = g_ptr_array_index (sorted, i);
      g_autoptr(GBytes) bytes = auto_tensor_get_bytes (named->tensor);
      gsize size;
      const char *data = g_bytes_get_data (bytes, &size);
      auto_load_options_report (options, name, done, total);
      if (!auto_staged_file_write (file, data, size, cancellable, error))
        return FALSE;
      done += size;
    }
  auto_load_options_report (options, name, total, total);
  return TRUE;
}

AutoStagedFile *
auto_safetensors_stage (const char *path, const AutoNamedTensor *tensors, gsize n, GHashTable *metadata, AutoLoadOptions *options,
                        GCancellable *cancellable, GError **error)
{
  g_autoptr(GPtrArray) sorted = g_ptr_array_new ();

  if (!auto_safetensors_check (path, tensors, n, error))
    return NULL;
  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (sorted, (gpointer) &tensors[i]);
  g_ptr_array_sort (sorted, compare_tensors);

  GString *header = make_header (sorted, metadata);
  guint64 length = GUINT64_TO_LE ((guint64) header->len);
  g_autoptr(AutoStagedFile) file = auto_staged_file_new (path, error);
  gboolean ok = file && auto_staged_file_write (file, &length, sizeof length, cancellable, error)
                && auto_staged_file_write (file, header->str, header->len, cancellable, error)
                && write_data (file, sorted, options, cancellable, error) && auto_staged_file_finish (file, error);
  g_string_free (header, TRUE);
  return ok ? g_steal_pointer (&file) : NULL;
}

gboolean
auto_safetensors_write (const char *path, const AutoNamedTensor *tensors, gsize n, GHashTable *metadata, AutoLoadOptions *options,
                        GCancellable *cancellable, GError **error)
{
  g_autoptr(AutoStagedFile) file = auto_safetensors_stage (path, tensors, n, metadata, options, cancellable, error);

  return file && auto_staged_file_commit (file, error);
}
