/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What PyTorch puts around a pickle: an archive, or in the old format a head. */
#include <string.h>

#include "auto-torch-private.h"

/* The number that opens a file of the old format. */
static const guchar magic[] = { 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19 };
#define PROTOCOL_VERSION 1001

static gboolean
is_little_endian (const char *path, AutoZip *zip, const char *prefix, GError **error)
{
  g_autofree char *order = g_strconcat (prefix, "byteorder", NULL);
  gsize size;

  if (!auto_zip_contains (zip, order))
    return TRUE;
  const char *text = auto_zip_get (zip, order, &size, error);
  if (!text)
    return FALSE;
  return (size == 6 && memcmp (text, "little", 6) == 0)
         || auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, path,
                                  "its numbers are not little-endian; load it with PyTorch and save it as safetensors");
}

/* PyTorch names all members below one folder, that of the first. */
AutoZip *
auto_torch_open_archive (const char *path, const char *data, gsize size, char **prefix, GError **error)
{
  g_autoptr(AutoZip) zip = auto_zip_new (path, data, size, error);

  if (!zip)
    return NULL;
  const char *first = auto_zip_get_first (zip), *slash = strchr (first, '/');
  if (!slash)
    {
      auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, path, "this archive is not PyTorch's: its members are in no folder");
      return NULL;
    }
  g_autofree char *folder = g_strndup (first, slash - first + 1), *script = g_strconcat (folder, "constants.pkl", NULL);
  if (auto_zip_contains (zip, script))
    {
      auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, path,
                            "this is a TorchScript program, not a state dict; save the model's state_dict ()");
      return NULL;
    }
  if (!is_little_endian (path, zip, folder, error))
    return NULL;
  *prefix = g_steal_pointer (&folder);
  return g_steal_pointer (&zip);
}

gboolean
auto_torch_is_magic (const AutoPickleValue *value)
{
  return value->kind == AUTO_PICKLE_LONG && value->text.length == sizeof magic && memcmp (value->text.data, magic, sizeof magic) == 0;
}

gboolean
auto_torch_read_head (AutoPickle *pickle, const char *path, const char **at, const char *end, GError **error)
{
  const AutoPickleValue *value = auto_pickle_read_next (pickle, at, end, error);

  if (!value)
    return FALSE;
  if (value->kind != AUTO_PICKLE_INT || value->integer != PROTOCOL_VERSION)
    return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, path, "its version is not %d", PROTOCOL_VERSION);
  return auto_pickle_read_next (pickle, at, end, error) != NULL;
}
