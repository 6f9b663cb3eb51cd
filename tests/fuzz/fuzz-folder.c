/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes at all are read as the files of a tokenizer's folder, each behind a line "=== NAME"; what can be loaded, by either class, encodes,
 * decodes, and is saved and loaded again. */
#include <glib/gstdio.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/text/auto-tokenizer.h"

#define MARK "=== "

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
empty_folder (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);

  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_unlink (path);
    }
}

/* Writes what stands behind each mark to the file of that name; names that could lead elsewhere are left out. */
static void
unpack (const char *folder, const char *text, const char *end)
{
  while (text < end)
    {
      const char *line = memchr (text, '\n', end - text), *next = line;
      if (!g_str_has_prefix (text, MARK) || !line)
        return;
      do
        next = memmem (next, end - next, "\n" MARK, strlen ("\n" MARK));
      while (next && next == line && ++next < end);
      g_autofree char *name = g_strndup (text + strlen (MARK), line - text - strlen (MARK));
      g_autofree char *path = g_build_filename (folder, name, NULL);
      const char *stop = next ? next : end;
      if (*name && *name != '.' && !strchr (name, '/') && strlen (name) < 64)
        g_file_set_contents (path, line + 1, MAX (stop - line - 1, 0), NULL);
      text = stop + 1;
    }
}

static void
use (AutoTokenizer *tokenizer)
{
  static const char *const texts[] = { "Hello  wörld 12345's ▁<s>[MASK]\r\n\xe5\x8c\x97", "", "a", NULL };
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode_batch (tokenizer, texts, NULL, NULL, NULL, NULL);
  g_auto(GStrv) tokens = auto_tokenizer_tokenize (tokenizer, texts[0], NULL, TRUE, NULL);
  gsize n;

  for (guint row = 0; encoding && row < auto_encoding_get_n_rows (encoding); row++)
    {
      const gint64 *ids = auto_encoding_get_ids (encoding, row, &n);
      g_autofree char *text = auto_tokenizer_decode (tokenizer, ids, n, row == 0, AUTO_CHOICE_DEFAULT, NULL);
    }
}

static void
load (const char *folder, const char *saved, gboolean fast)
{
  g_autoptr(AutoLoadOptions) options = auto_load_options_new ();
  g_autoptr(GError) error = NULL;

  g_object_set (options, "use-fast", fast, NULL);
  g_autoptr(AutoTokenizer) tokenizer = auto_tokenizer_from_pretrained (folder, options, NULL, &error);
  g_assert_true ((tokenizer == NULL) == (error != NULL));
  if (error)
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  if (!tokenizer)
    return;
  use (tokenizer);
  if (saved && auto_tokenizer_save_pretrained (tokenizer, saved, NULL))
    load (saved, NULL, fast);
  if (saved)
    empty_folder (saved);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static char *folder, *saved;
  g_autofree char *text = g_strndup ((const char *) data, size);

  if (!folder)
    {
      folder = g_dir_make_tmp ("fuzz-folder-XXXXXX", NULL);
      saved = g_build_filename (folder, "saved", NULL);
      g_assert_cmpint (g_mkdir (saved, 0755), ==, 0);
    }
  memcpy (text, data, size); /* with its NULs */
  unpack (folder, text, text + size);
  for (int fast = 0; fast < 2; fast++)
    load (folder, saved, fast);
  empty_folder (folder);
  return 0;
}
