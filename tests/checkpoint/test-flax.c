/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "checkpoint-testing.h"

/* Every tensor of the files that Flax wrote, by PyTorch's names and in its layouts. */
static void
test_values_of_reference (void)
{
  g_assert_cmpuint (test_compare_with_table ("flax-values.txt"), ==, 4);
}

static void
test_cut_everywhere (void)
{
  static const char *const names[] = { "flax.msgpack", "flax-batch-norm.msgpack", "flax-chunked.msgpack" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", names[i], NULL), *data = NULL;
      gsize size;
      g_assert_true (g_file_get_contents (path, &data, &size, NULL));
      for (gsize n = 0; n < size; n++)
        test_assert_bytes_refused (names[i], data, n, AUTO_CHECKPOINT_ERROR_FORMAT, "");
      g_autofree char *longer = g_malloc0 (size + 1);
      memcpy (longer, data, size);
      test_assert_bytes_refused (names[i], longer, size + 1, AUTO_CHECKPOINT_ERROR_FORMAT, "follows");
    }
}

static void
assert_refused (gconstpointer data, gsize size, AutoCheckpointError code, const char *text)
{
  test_assert_bytes_refused ("flax_model.msgpack", data, size, code, text);
}

/* An extension of type 1 with @content, a list of shape, data type and bytes, as the only member of the tree. */
static void
assert_array_refused (gconstpointer content, gsize size, AutoCheckpointError code, const char *text)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) "\x81\xa1w\xc7", 4);
  g_byte_array_append (bytes, (const guint8[]) { (guint8) size, 1 }, 2);
  g_byte_array_append (bytes, content, (guint) size);
  assert_refused (bytes->data, bytes->len, code, text);
}

#define REFUSED(bytes, code, text) assert_refused (bytes, sizeof bytes - 1, AUTO_CHECKPOINT_ERROR_##code, text)
#define ARRAY_REFUSED(bytes, code, text) assert_array_refused (bytes, sizeof bytes - 1, AUTO_CHECKPOINT_ERROR_##code, text)

static void
test_refused_arrays (void)
{
  ARRAY_REFUSED ("\x93\x91\x02\xa7" "float32\xc4\x04" "\0\0\0\0", FORMAT, "at \"w\": an array has more or fewer bytes");
  ARRAY_REFUSED ("\x93\x91\x01\xa7" "float32\xc4\x04" "\0\0\0", FORMAT, "no data");
  ARRAY_REFUSED ("\x93\x91\x01\xa7" "float32\xc4\x04" "\0\0\0\0\0", FORMAT, "no data");
  ARRAY_REFUSED ("\x93\x91\xff\xa7" "float32\xc4\x04" "\0\0\0\0", FORMAT, "more or fewer bytes");
  ARRAY_REFUSED ("\x93\x91\x01\xa7" "floaty3\xc4\x04" "\0\0\0\0", DTYPE, "floaty3");
  ARRAY_REFUSED ("\x93\x91\x01\x05\xc4\x04" "\0\0\0\0", DTYPE, "can't be read");
  ARRAY_REFUSED ("\x93\x93\xcf\x40\0\0\0\0\0\0\0\xcf\x40\0\0\0\0\0\0\0\x00\xa7" "float32\xc4\0", FORMAT, "more or fewer bytes");
  ARRAY_REFUSED ("\x93\x99\1\1\1\1\1\1\1\1\1\xa5int32\xc4\x04" "\0\0\0\0", FORMAT, "too many dimensions");
  ARRAY_REFUSED ("\x93\x91\xc0\xa5int32\xc4\x04" "\0\0\0\0", FORMAT, "no whole number");
  ARRAY_REFUSED ("\x92\x91\x01\xa5int32", FORMAT, "no shape");
  ARRAY_REFUSED ("", FORMAT, "no shape");
}

static void
test_refused (void)
{
  g_autoptr(GByteArray) deep = g_byte_array_new ();

  REFUSED ("\x82\xa1w\x01\xa1w\x01\x01", FORMAT, "follows");
  REFUSED ("\x81\x05\x01", FORMAT, "no text");
  REFUSED ("\x81\xa1\xff\x01", FORMAT, "no text");
  REFUSED ("\x81\xa1\0\x01", FORMAT, "no text");
  REFUSED ("\xdf\xff\xff\xff\xff\xa1w\x01", FORMAT, "cut short");
  REFUSED ("\x81\xa1w\xdd\xff\xff\xff\xff\xc0", FORMAT, "cut short");
  REFUSED ("\x81\xa1w\xc6\xff\xff\xff\xff\xc0", FORMAT, "cut short");
  REFUSED ("\x81\xa1w\xc1", FORMAT, "cut short");
  REFUSED ("\x93\x01\x02\x03", FORMAT, "no tree");
  for (int i = 0; i < 100000; i++)
    g_byte_array_append (deep, (const guint8 *) "\x81\xa1w", 3);
  assert_refused (deep->data, deep->len, AUTO_CHECKPOINT_ERROR_FORMAT, "nested too deeply");
}

/* Members that are no tensors, however nested, are passed over. */
static void
test_other_members (void)
{
  static const char bytes[] = "\x8c\xa1w\xc7\x11\x01\x93\x91\x01\xa7" "float32\xc4\x04" "\0\0\x80\x3f"
                              "\xa1l\x93\x01\x92\xc0\x82\xa1x\xc3\xa1y\xcb\0\0\0\0\0\0\0\0\xa2no"
                              "\xa1s\xd9\x02hi"
                              "\xa1z\xd4\x02\x00"
                              "\xa1" "a\xcc\xff\xa1" "b\xcd\xff\xff\xa1" "c\xce\xff\xff\xff\xff"
                              "\xa1" "d\xd0\x80\xa1" "e\xd1\x80\0\xa1" "f\xd2\x80\0\0\0\xa1" "g\xd3\x80\0\0\0\0\0\0\0"
                              "\xa1h\xd8\x02" "0123456789abcdef";
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autofree char *path = test_write (folder, "flax_model.msgpack", bytes, sizeof bytes - 1);
  g_autoptr(AutoCheckpoint) checkpoint = test_open (path);
  gsize n;

  auto_checkpoint_get_names (checkpoint, &n);
  g_assert_cmpuint (n, ==, 1);
  test_assert_values (checkpoint, "w", "float32 (1)", "1");
  g_assert_cmpstr (auto_checkpoint_get_metadata (checkpoint, "format"), ==, "flax");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flax/values-of-reference", test_values_of_reference);
  g_test_add_func ("/flax/cut-everywhere", test_cut_everywhere);
  g_test_add_func ("/flax/refused-arrays", test_refused_arrays);
  g_test_add_func ("/flax/refused", test_refused);
  g_test_add_func ("/flax/other-members", test_other_members);
  return g_test_run ();
}
