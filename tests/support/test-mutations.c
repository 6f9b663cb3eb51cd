/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of a folder (the argument, or "data") with random bytes changed, cut out, doubled or set to extreme values, always the same ones for a seed
 * (the second argument, or 1). Nothing may crash, hang or read outside; run under the sanitizers this finds what it should find. */
#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Rounds a file, and the time after which a slow machine may stop. */
#define ROUNDS 4000
#define SECONDS 0.5

static guint32 seed = 1;

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
mutate (GRand *rand, GByteArray *bytes)
{
  static const guint8 extremes[] = { 0, 0xff, 0x7f, 0x80, '.', '(', 'R', 'c', '"', '{', '}', ']', '9' };
  guint at, n;

  if (bytes->len < 2)
    return;
  at = g_rand_int_range (rand, 0, bytes->len);
  n = g_rand_int_range (rand, 1, 9);
  switch (g_rand_int_range (rand, 0, 5))
    {
    case 0:
      bytes->data[at] ^= 1u << g_rand_int_range (rand, 0, 8);
      break;
    case 1:
      bytes->data[at] = extremes[g_rand_int_range (rand, 0, G_N_ELEMENTS (extremes))];
      break;
    case 2:
      memset (bytes->data + at, g_rand_boolean (rand) ? 0xff : 0, MIN (n, bytes->len - at));
      break;
    case 3:
      g_byte_array_remove_range (bytes, at, MIN (n, bytes->len - at));
      break;
    default:
      {
        guint from = g_rand_int_range (rand, 0, bytes->len), length = MIN (n, bytes->len - MAX (from, at));
        memmove (bytes->data + at, bytes->data + from, length);
      }
    }
}

static void
test_file (gconstpointer data)
{
  const char *path = data;
  g_autoptr(GRand) rand = g_rand_new_with_seed (seed);
  g_autofree char *contents = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &contents, &size, NULL));
  LLVMFuzzerTestOneInput ((uint8_t *) contents, size);
  g_test_timer_start ();
  for (gsize n = 0; n < size && g_test_timer_elapsed () < 4 * SECONDS; n += 1 + size / 4096)
    LLVMFuzzerTestOneInput ((uint8_t *) contents, n);
  g_test_timer_start ();
  for (int round = 0; round < ROUNDS && g_test_timer_elapsed () < SECONDS; round++)
    {
      g_autoptr(GByteArray) bytes = g_byte_array_new ();
      g_byte_array_append (bytes, (guint8 *) contents, (guint) size);
      for (int changes = g_rand_int_range (rand, 1, 5); changes > 0; changes--)
        mutate (rand, bytes);
      LLVMFuzzerTestOneInput (bytes->data, bytes->len);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  const char *folder = g_test_get_dir (G_TEST_DIST);
  g_autofree char *data = g_build_filename (folder, argc > 1 ? argv[1] : "data", NULL);
  g_autoptr(GDir) dir = g_dir_open (data, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  if (argc > 2)
    seed = (guint32) g_ascii_strtoull (argv[2], NULL, 10);
  while ((name = g_dir_read_name (dir)))
    if (strchr (name, '.') && !g_str_has_suffix (name, ".txt") && !g_str_equal (name, "cases.json"))
      {
        g_autofree char *test = g_strconcat ("/mutations/", name, NULL);
        g_test_add_data_func_full (test, g_build_filename (data, name, NULL), test_file, g_free);
      }
  return g_test_run ();
}
