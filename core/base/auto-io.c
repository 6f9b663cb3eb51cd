/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-io.h"

#include <glib/gstdio.h>
#include <string.h>

GBytes *
auto_io_map (const char *path, GError **error)
{
  GStatBuf about;
  gsize length;
  char *content;

  if (g_stat (path, &about) == 0 && S_ISDIR (about.st_mode))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, "%s: is a folder; give a file", path);
      return NULL;
    }
  if (g_stat (path, &about) == 0 && S_ISFIFO (about.st_mode))
    return g_file_get_contents (path, &content, &length, error) ? g_bytes_new_take (content, length) : NULL;
  GMappedFile *file = g_mapped_file_new (path, FALSE, error);

  if (!file)
    return NULL;
  GBytes *bytes = g_mapped_file_get_bytes (file);
  g_mapped_file_unref (file);
  return bytes;
}

char *
auto_io_read_text (const char *path, gsize limit, gsize *length, GError **error)
{
  g_autoptr(GBytes) bytes = auto_io_map (path, error);
  const char *bad;
  gsize size;

  if (!bytes)
    return NULL;
  const char *data = g_bytes_get_data (bytes, &size);
  if (size > limit)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %" G_GSIZE_FORMAT " bytes are too many for such a file (limit %" G_GSIZE_FORMAT ")",
                   path, size, limit);
      return NULL;
    }
  if (size >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    data += 3, size -= 3;
  if (size && !g_utf8_validate_len (data, size, &bad))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: not UTF-8 text at byte %" G_GSIZE_FORMAT "; convert it, such as with iconv -t UTF-8",
                   path, (gsize) (bad - data));
      return NULL;
    }
  if (length)
    *length = size;
  return g_strndup (size ? data : "", size); /* an empty file has no data at all */
}

gboolean
auto_io_write (const char *path, const char *data, gssize length, GError **error)
{
  return g_file_set_contents_full (path, data, length, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, error);
}
