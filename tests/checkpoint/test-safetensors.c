/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "checkpoint-testing.h"

static const guint8 data4[8] = { 0, 0, 0x80, 0x3f }; /* 1.0f */

#define A "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}"

static void
test_plain (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  static const guint8 data[] = { 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 7, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f, 0xff, 1 };
  g_autoptr(GByteArray) bytes
      = test_safetensors ("{\"b\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[8,16]},"
                          " \"a\" : {\"shape\":[1,2], \"data_offsets\":[0,8],\"dtype\":\"F32\"},"
                          "\"\\u00e9\\/\\ud83d\\ude00\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[16,18]},"
                          "\"z\":{\"dtype\":\"F64\",\"shape\":[0,5],\"data_offsets\":[18,18]},"
                          "\"i\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[18,19]},"
                          "\"t\":{\"dtype\":\"BOOL\",\"shape\":[1],\"data_offsets\":[19,20],\"x\":[{\"y\":[null,-1.5e3]}]},"
                          "\"__metadata__\":{\"format\":\"pt\"}} \n\t",
                          data, sizeof data);
  g_autofree char *path = test_write_bytes (folder, "x.safetensors", bytes);
  g_autoptr(AutoCheckpoint) checkpoint = test_open (path);
  const gint64 *shape;
  AutoDType dtype;
  guint n_dims;
  gsize n;

  const char *const *names = auto_checkpoint_get_names (checkpoint, &n);
  g_assert_cmpuint (n, ==, 6);
  g_assert_cmpstr (names[0], ==, "b");
  g_assert_cmpstr (names[2], ==, "é/😀");
  g_assert_null (names[6]);
  test_assert_values (checkpoint, "a", "float32 (1, 2)", "1 -2");
  test_assert_values (checkpoint, "b", "int64 ()", "7");
  test_assert_values (checkpoint, "é/😀", "bfloat16 (1)", "1");
  test_assert_values (checkpoint, "z", "float64 (0, 5)", "");
  test_assert_values (checkpoint, "i", "int8 (1)", "-1");
  test_assert_values (checkpoint, "t", "bool (1)", "1");
  g_assert_true (auto_checkpoint_find (checkpoint, "a", &dtype, &shape, &n_dims));
  g_assert_cmpint (dtype, ==, AUTO_DTYPE_F32);
  g_assert_cmpuint (n_dims, ==, 2);
  g_assert_cmpint (shape[1], ==, 2);
  g_assert_false (auto_checkpoint_find (checkpoint, "c", NULL, NULL, NULL));
  g_assert_null (auto_checkpoint_get (checkpoint, "c", NULL));
  g_assert_cmpstr (auto_checkpoint_get_metadata (checkpoint, "format"), ==, "pt");
  g_assert_null (auto_checkpoint_get_metadata (checkpoint, "other"));
  g_assert_cmpstr (auto_checkpoint_get_path (checkpoint), ==, path);
}

/* The tensor outlives the checkpoint that it came from. */
static void
test_lifetime (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autoptr(GByteArray) bytes = test_safetensors ("{" A "}", data4, 4);
  g_autofree char *path = test_write_bytes (folder, "x.safetensors", bytes);
  AutoCheckpoint *checkpoint = test_open (path);
  g_autoptr(AutoTensor) tensor = auto_checkpoint_get (checkpoint, "a", NULL);

  auto_checkpoint_unref (auto_checkpoint_ref (checkpoint));
  auto_checkpoint_unref (checkpoint);
  g_assert_cmpfloat (auto_tensor_get_float (tensor, NULL)[0], ==, 1.0f);
}

/* B20: headers with no metadata, with none in it, with null, with a foreign format. */
static void
test_metadata (void)
{
  static const char *const good[] = { "{" A "}", "{\"__metadata__\":{}," A "}", "{\"__metadata__\":null," A "}",
                                      "{\"__metadata__\":{\"format\":\"mlx\"}," A "}" };
  static const char *const bad[]
      = { "{\"__metadata__\":3," A "}", "{\"__metadata__\":{\"a\":1}," A "}", "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}," A "}",
          "{\"__metadata__\":{}," A ",\"__metadata__\":{}}" };
  g_autoptr(TestFolder) folder = test_folder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr(GByteArray) bytes = test_safetensors (good[i], data4, 4);
      g_autofree char *path = test_write_bytes (folder, "x.safetensors", bytes);
      g_autoptr(AutoCheckpoint) checkpoint = test_open (path);
      g_assert_cmpstr (auto_checkpoint_get_metadata (checkpoint, "format"), ==, i == 3 ? "mlx" : NULL);
      test_assert_values (checkpoint, "a", "float32 (1)", "1");
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GByteArray) bytes = test_safetensors (bad[i], data4, 4);
      g_autofree char *path = test_write_bytes (folder, "x.safetensors", bytes);
      test_assert_refused (path, AUTO_CHECKPOINT_ERROR_FORMAT, "");
    }
}

static void
test_refused (void)
{
#define TENSOR(dtype, shape, offsets) "{\"a\":{\"dtype\":" dtype ",\"shape\":" shape ",\"data_offsets\":" offsets "}}"
  static const struct
  {
    const char *header, *text;
    gsize n_data;
    AutoCheckpointError code;
  } cases[] = {
    { "", "should begin", 0, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "[]", "should begin", 0, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{" A "", "comma", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{" A ",}", "string should begin", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{" A "}x", "follows", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{" A "," A "}", "comes twice", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{" A "}", "1 bytes follow", 5, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{" A "}", "cut short", 3, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{}", "follow", 1, AUTO_CHECKPOINT_ERROR_FORMAT },
    { TENSOR ("\"F99\"", "[1]", "[0,4]"), "F99", 4, AUTO_CHECKPOINT_ERROR_DTYPE },
    { TENSOR ("\"F8_E4M3\"", "[4]", "[0,4]"), "F8_E4M3", 4, AUTO_CHECKPOINT_ERROR_DTYPE },
    { TENSOR ("32", "[1]", "[0,4]"), "string should begin", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { TENSOR ("\"F32\"", "[1.0]", "[0,4]"), "whole number", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { TENSOR ("\"F32\"", "[1e0]", "[0,4]"), "whole number", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { TENSOR ("\"F32\"", "[01]", "[0,4]"), "whole number", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { TENSOR ("\"F32\"", "[-1]", "[0,4]"), "whole number", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { TENSOR ("\"F32\"", "[99999999999999999999]", "[0,4]"), "64 bits", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { TENSOR ("\"F32\"", "[18446744073709551615]", "[0,4]"), "overflows", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { TENSOR ("\"F32\"", "[4294967296,4294967296]", "[0,0]"), "overflows", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { TENSOR ("\"F32\"", "[4611686018427387905]", "[0,4]"), "overflows", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { TENSOR ("\"F32\"", "[9223372036854775807,9223372036854775807,0]", "[0,0]"), "overflows", 0, AUTO_CHECKPOINT_ERROR_FORMAT },
    { TENSOR ("\"F32\"", "[1,1,1,1,1,1,1,1,1]", "[0,4]"), "dimensions", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { TENSOR ("\"F32\"", "[2]", "[0,4]"), "do not fit", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { TENSOR ("\"F32\"", "[1]", "[4,0]"), "do not fit", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { TENSOR ("\"F32\"", "[1]", "[0,4,5]"), "list should end", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { TENSOR ("\"F32\"", "[1]", "[18446744073709551612,0]"), "do not fit", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { TENSOR ("\"F32\"", "[1]", "[18446744073709551611,18446744073709551615]"), "cut short", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { TENSOR ("\"F32\"", "[1]", "[4,8]"), "hole", 8, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{" A ",\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}", "overlap", 8, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{" A ",\"b\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[2,2]}}", "overlap", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "twice", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", "no \"shape\"", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{\"a\":null}", "object should begin", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{\"\\ud800\":1}", "surrogate", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{\"\\ud800\\u0041\":1}", "surrogate", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{\"\\udc00\":1}", "surrogate", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{\"\\u00g0\":1}", "hexadecimal", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{\"\\u0000\":1}", "zero", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{\"\\x\":1}", "escape", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{\"a\x01\":1}", "control", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
    { "{\"a\xff\":1}", "UTF-8", 4, AUTO_CHECKPOINT_ERROR_FORMAT },
  };
  g_autoptr(TestFolder) folder = test_folder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GByteArray) bytes = test_safetensors (cases[i].header, data4, cases[i].n_data);
      g_autofree char *path = test_write_bytes (folder, "x.safetensors", bytes);
      test_assert_refused (path, cases[i].code, cases[i].text);
    }
}

static void
test_deep (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autoptr(GString) header = g_string_new ("{\"a\":{\"x\":");

  for (int i = 0; i < 1000000; i++)
    g_string_append (header, "[");
  g_autoptr(GByteArray) bytes = test_safetensors (header->str, NULL, 0);
  g_autofree char *path = test_write_bytes (folder, "x.safetensors", bytes);
  test_assert_refused (path, AUTO_CHECKPOINT_ERROR_FORMAT, "nested too deeply");
}

static void
test_lengths (void)
{
  static const guint64 lengths[] = { 100000001, G_MAXUINT64, G_MAXUINT64 - 7, G_MAXINT64, 1000 };
  g_autoptr(TestFolder) folder = test_folder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      guint64 file[2] = { GUINT64_TO_LE (lengths[i]), 0 };
      g_autofree char *path = test_write (folder, "x.safetensors", file, sizeof file);
      test_assert_refused (path, AUTO_CHECKPOINT_ERROR_FORMAT, lengths[i] == 1000 ? "cut short" : "more than");
    }
}

/* B22: headers of lengths about a round number, filled up with blanks as the format allows. */
static void
test_round_lengths (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();

  for (gsize length = 99984; length <= 100008; length++)
    {
      g_autofree char *header = g_strdup_printf ("%-*s", (int) length, "{" A "}");
      g_autoptr(GByteArray) bytes = test_safetensors (header, data4, 4);
      g_autofree char *path = test_write_bytes (folder, "x.safetensors", bytes);
      g_assert_cmpuint (bytes->len, ==, 8 + length + 4);
      g_autoptr(AutoCheckpoint) checkpoint = test_open (path);
      test_assert_values (checkpoint, "a", "float32 (1)", "1");
      test_assert_bytes_refused ("x.safetensors", bytes->data, bytes->len - 1, AUTO_CHECKPOINT_ERROR_FORMAT, "");
    }
}

/* Whatever is missing at the end, the file is refused. */
static void
test_cut_everywhere (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autoptr(GByteArray) bytes
      = test_safetensors ("{\"__metadata__\":{\"format\":\"pt\"}," A ",\"b\\u00e9\":{\"dtype\":\"I16\",\"shape\":[1,2],"
                          "\"data_offsets\":[4,8]}}",
                          data4, 8);

  g_autofree char *whole = test_write_bytes (folder, "x.safetensors", bytes);
  auto_checkpoint_unref (test_open (whole));
  for (gsize n = 0; n < bytes->len; n++)
    {
      test_assert_bytes_refused ("x.safetensors", bytes->data, n, AUTO_CHECKPOINT_ERROR_FORMAT, "");
      /* the header alone cut, with a length that agrees */
      if (n < 8 || n - 8 >= GUINT64_FROM_LE (*(guint64 *) bytes->data))
        continue;
      g_autofree char *header = g_strndup ((char *) bytes->data + 8, n - 8);
      g_autoptr(GByteArray) cut = test_safetensors (header, data4, 8);
      test_assert_bytes_refused ("x.safetensors", cut->data, cut->len, AUTO_CHECKPOINT_ERROR_FORMAT, "");
    }
}

/* Thousands of tensors open in about a millisecond. */
static void
test_speed (void)
{
  enum { N = 5000 };
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autoptr(GString) header = g_string_new ("{\"__metadata__\":{\"format\":\"pt\"}");
  double best = G_MAXDOUBLE;

  for (int i = 0; i < N; i++)
    g_string_append_printf (
        header, ",\"model.encoder.layers.%d.self_attn.q_proj.weight\":{\"dtype\":\"BF16\",\"shape\":[1,2],\"data_offsets\":[%d,%d]}", i,
        i * 4, i * 4 + 4);
  g_string_append_c (header, '}');
  g_autofree char *data = g_malloc0 (N * 4);
  g_autoptr(GByteArray) bytes = test_safetensors (header->str, data, N * 4);
  g_autofree char *path = test_write_bytes (folder, "x.safetensors", bytes);
  for (int i = 0; i < 10; i++)
    {
      gint64 start = g_get_monotonic_time ();
      g_autoptr(AutoCheckpoint) checkpoint = test_open (path);
      best = MIN (best, (double) (g_get_monotonic_time () - start) / 1000);
      gsize n;
      auto_checkpoint_get_names (checkpoint, &n);
      g_assert_cmpuint (n, ==, N);
    }
  g_test_message ("%d tensors: %.2f ms", N, best);
  g_assert_cmpfloat (best, <, 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/safetensors/plain", test_plain);
  g_test_add_func ("/safetensors/lifetime", test_lifetime);
  g_test_add_func ("/safetensors/metadata", test_metadata);
  g_test_add_func ("/safetensors/refused", test_refused);
  g_test_add_func ("/safetensors/deep", test_deep);
  g_test_add_func ("/safetensors/lengths", test_lengths);
  g_test_add_func ("/safetensors/b22-round-lengths", test_round_lengths);
  g_test_add_func ("/safetensors/cut-everywhere", test_cut_everywhere);
  g_test_add_func ("/safetensors/speed", test_speed);
  return g_test_run ();
}
