/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench-text FOLDER TEXTS IDS: loads a tokenizer, encodes the texts of a file, which NULs end, twice, and prints the seconds of processor
 * time of the three. The ids of all texts are written to the file IDS, to be compared. bench_text.py calls it. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/text/auto-pretrained-tokenizer.h"

static double
seconds (void)
{
  struct timespec now;
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

static char **
read_texts (const char *path)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *all = NULL;
  gsize size;

  if (!g_file_get_contents (path, &all, &size, &error))
    g_error ("%s", error->message);
  for (const char *text = all; text < all + size; text += strlen (text) + 1)
    g_strv_builder_add (builder, text);
  return g_strv_builder_end (builder);
}

static double
encode (AutoTokenizer *tokenizer, char **texts, GByteArray *ids)
{
  g_autoptr(GError) error = NULL;
  double start = seconds (), spent;

  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode_batch (tokenizer, (const char *const *) texts, NULL, NULL, NULL, &error);
  spent = seconds () - start;
  if (!encoding)
    g_error ("%s", error->message);
  for (guint i = 0; ids && i < auto_encoding_get_n_rows (encoding); i++)
    {
      gsize n;
      const gint64 *row = auto_encoding_get_ids (encoding, i, &n);
      g_byte_array_append (ids, (const guint8 *) row, n * sizeof *row);
    }
  return spent;
}

int
main (int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GByteArray) ids = g_byte_array_new ();

  if (argc != 4)
    g_error ("usage: bench-text FOLDER TEXTS IDS");
  g_auto(GStrv) texts = read_texts (argv[2]);
  double start = seconds ();
  g_autoptr(AutoPretrainedTokenizer) tokenizer = auto_pretrained_tokenizer_new_from_folder (argv[1], NULL, &error);
  double loading = seconds () - start;
  if (!tokenizer)
    g_error ("%s", error->message);
  double cold = encode (AUTO_TOKENIZER (tokenizer), texts, ids);
  printf ("%.6f %.6f %.6f\n", loading, cold, encode (AUTO_TOKENIZER (tokenizer), texts, NULL));
  if (!g_file_set_contents (argv[3], (const char *) ids->data, ids->len, &error))
    g_error ("%s", error->message);
  return 0;
}
