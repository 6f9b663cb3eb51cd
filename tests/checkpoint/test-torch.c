/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "checkpoint-testing.h"
#include "pickle-testing.h"

static const float six[] = { 0, 1, 2, 3, 4, 5 };
static const PickleTensor good = { "FloatStorage", "0", 6, 0, 2, { 2, 3 }, { 3, 1 } };

static char *
fixture (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "data", name, NULL);
}

/* Every tensor of the files that PyTorch wrote, against what PyTorch read from them: views, offsets, strides, data types,
 * both containers, every protocol. */
static void
test_values_of_reference (void)
{
  g_assert_cmpuint (test_compare_with_table ("values.txt"), ==, 12);
}

/* In an archive tensors are views of the map, and views of one storage share memory. */
static void
test_no_copy (void)
{
  g_autofree char *path = fixture ("views.bin");
  g_autoptr(AutoCheckpoint) checkpoint = test_open (path);
  g_autoptr(AutoTensor) base = auto_checkpoint_get (checkpoint, "base", NULL), row = auto_checkpoint_get (checkpoint, "row", NULL);
  g_autoptr(AutoTensor) transposed = auto_checkpoint_get (checkpoint, "transposed", NULL);

  g_assert_true (auto_tensor_get_float (base, NULL) + 4 == auto_tensor_get_float (row, NULL));
  g_assert_false (auto_tensor_is_contiguous (transposed));
}

static void
test_refused_fixtures (void)
{
  static const struct
  {
    const char *name, *text;
    AutoCheckpointError code;
  } cases[] = {
    { "foreign.bin", "posix.mkdir", AUTO_CHECKPOINT_ERROR_UNSAFE },
    { "foreign-legacy.bin", "posix.mkdir", AUTO_CHECKPOINT_ERROR_UNSAFE },
    { "object.bin", "__main__.Config", AUTO_CHECKPOINT_ERROR_UNSAFE },
    { "complex.bin", "ComplexFloatStorage", AUTO_CHECKPOINT_ERROR_DTYPE },
    { "no-tensors.bin", "tensor", AUTO_CHECKPOINT_ERROR_NO_WEIGHTS },
    { "list.bin", "state_dict", AUTO_CHECKPOINT_ERROR_FORMAT },
    { "no-torch.bin", "not one of PyTorch", AUTO_CHECKPOINT_ERROR_FORMAT },
    { "script.bin", "TorchScript", AUTO_CHECKPOINT_ERROR_FORMAT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = fixture (cases[i].name);
      test_assert_refused (path, cases[i].code, cases[i].text);
    }
}

/* Whatever is missing at the end of a file, it is refused. */
static void
test_cut_everywhere (void)
{
  static const char *const names[] = { "plain.bin", "plain-legacy.bin", "protocol4.bin", "protocol4-legacy.bin" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = fixture (names[i]), *data = NULL;
      gsize size;
      g_assert_true (g_file_get_contents (path, &data, &size, NULL));
      for (gsize n = 0; n < size; n++)
        test_assert_bytes_refused (names[i], data, n, AUTO_CHECKPOINT_ERROR_FORMAT, "");
      g_autofree char *longer = g_malloc (size + 1);
      memcpy (longer, data, size);
      longer[size] = 0;
      test_assert_bytes_refused (names[i], longer, size + 1, AUTO_CHECKPOINT_ERROR_FORMAT, "");
    }
}

/* The pickle alone is cut, in an archive that is whole. */
static void
test_cut_pickle (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autoptr(GByteArray) pickle = pickle_state_dict (&good);
  guint whole = pickle->len;

  for (; pickle->len > 0; g_byte_array_set_size (pickle, pickle->len - 1))
    {
      g_autoptr(GByteArray) zip = zip_torch (pickle, six, sizeof six);
      if (pickle->len < whole)
        {
          test_assert_bytes_refused ("pytorch_model.bin", zip->data, zip->len, AUTO_CHECKPOINT_ERROR_FORMAT, "cut short");
          continue;
        }
      g_autofree char *path = test_write_bytes (folder, "pytorch_model.bin", zip);
      g_autoptr(AutoCheckpoint) checkpoint = test_open (path);
      test_assert_values (checkpoint, "w", "float32 (2, 3)", "0 1 2 3 4 5");
    }
}

/* B25: sizes, strides and offsets that leave the storage, also by way of overflow. */
static void
test_bounds (void)
{
#define BIG (G_MAXINT64 / 2)
  static const struct
  {
    PickleTensor tensor;
    const char *text;
  } cases[] = {
    { { "FloatStorage", "0", 6, 1, 2, { 2, 3 }, { 3, 1 } }, "inside its storage" },
    { { "FloatStorage", "0", 6, 0, 2, { 2, 3 }, { 4, 1 } }, "inside its storage" },
    { { "FloatStorage", "0", 6, 0, 1, { 7 }, { 1 } }, "inside its storage" },
    { { "FloatStorage", "0", 6, 0, 1, { 2 }, { 6 } }, "inside its storage" },
    { { "FloatStorage", "0", 6, 7, 1, { 0 }, { 1 } }, "inside its storage" },
    { { "FloatStorage", "0", 6, G_MAXINT64, 1, { 1 }, { 1 } }, "inside its storage" },
    { { "FloatStorage", "0", 6, 0, 1, { 2 }, { G_MAXINT64 } }, "inside its storage" },
    { { "FloatStorage", "0", 6, 0, 2, { 3, 3 }, { G_MAXINT64, G_MAXINT64 } }, "inside its storage" },
    { { "FloatStorage", "0", 6, 0, 3, { 3, 2, 2 }, { G_MAXINT64, 1, 1 } }, "inside its storage" },
    { { "FloatStorage", "0", 6, 0, 2, { BIG, 5 }, { 0, 1 } }, "inside its storage" },
    { { "FloatStorage", "0", 6, 0, 2, { 1 << 30, 1 << 30 }, { 0, 0 } }, "too often" },
    { { "FloatStorage", "0", 6, -1, 1, { 1 }, { 1 } }, "whole numbers" },
    { { "FloatStorage", "0", 6, 0, 1, { -1 }, { 1 } }, "whole numbers" },
    { { "FloatStorage", "0", 6, 5, 1, { 2 }, { -1 } }, "whole numbers" },
    { { "FloatStorage", "0", 6, 0, 9, { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, { 1, 1, 1, 1, 1, 1, 1, 1, 1 } }, "too many" },
    { { "FloatStorage", "0", 5, 0, 1, { 1 }, { 1 } }, "has 24 bytes" },
    { { "FloatStorage", "0", 7, 0, 1, { 1 }, { 1 } }, "has 24 bytes" },
    { { "FloatStorage", "0", G_MAXINT64, 0, 1, { 1 }, { 1 } }, "has 24 bytes" },
    { { "FloatStorage", "0", ((gint64) 1 << 62) + 6, 0, 1, { 1 }, { 1 } }, "has 24 bytes" },
    { { "FloatStorage", "0", -6, 0, 1, { 1 }, { 1 } }, "size" },
    { { "FloatStorage", "1", 6, 0, 1, { 1 }, { 1 } }, "no member \"x/data/1\"" },
    { { "FloatStorage", "../data.pkl", 6, 0, 1, { 1 }, { 1 } }, "no member" },
    { { "OrderedDict", "0", 6, 0, 1, { 1 }, { 1 } }, "torch.OrderedDict" },
  };
  g_autoptr(TestFolder) folder = test_folder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GByteArray) pickle = pickle_state_dict (&cases[i].tensor);
      g_autoptr(GByteArray) zip = zip_torch (pickle, six, sizeof six);
      g_autofree char *path = test_write_bytes (folder, "pytorch_model.bin", zip);
      test_assert_refused (path, i + 1 == G_N_ELEMENTS (cases) ? AUTO_CHECKPOINT_ERROR_UNSAFE : AUTO_CHECKPOINT_ERROR_FORMAT,
                           cases[i].text);
    }
}

static void
test_inside (void)
{
  static const struct
  {
    PickleTensor tensor;
    const char *described, *values;
  } cases[] = {
    { { "FloatStorage", "0", 6, 0, 2, { 3, 2 }, { 1, 3 } }, "float32 (3, 2)", "0 3 1 4 2 5" },
    { { "FloatStorage", "0", 6, 5, 0 }, "float32 ()", "5" },
    { { "FloatStorage", "0", 6, 1, 1, { 3 }, { 2 } }, "float32 (3)", "1 3 5" },
    { { "FloatStorage", "0", 6, 4, 2, { 2, 2 }, { 0, 1 } }, "float32 (2, 2)", "4 5 4 5" },
    { { "FloatStorage", "0", 6, 6, 2, { 0, 9 }, { G_MAXINT64, G_MAXINT64 } }, "float32 (0, 9)", "" },
    { { "FloatStorage", "0", 6, 5, 2, { 1, 1 }, { G_MAXINT64, G_MAXINT64 } }, "float32 (1, 1)", "5" },
  };
  g_autoptr(TestFolder) folder = test_folder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GByteArray) pickle = pickle_state_dict (&cases[i].tensor);
      g_autoptr(GByteArray) zip = zip_torch (pickle, six, sizeof six);
      g_autofree char *path = test_write_bytes (folder, "pytorch_model.bin", zip);
      g_autoptr(AutoCheckpoint) checkpoint = test_open (path);
      test_assert_values (checkpoint, "w", cases[i].described, cases[i].values);
    }
}

static void
assert_pickle_refused (const GByteArray *pickle, AutoCheckpointError code, const char *text)
{
  g_autoptr(GByteArray) zip = zip_torch (pickle, six, sizeof six);

  test_assert_bytes_refused ("pytorch_model.bin", zip->data, zip->len, code, text);
}

/* No name that is not on the list comes through, by whatever operation it is asked for. */
static void
test_foreign_globals (void)
{
  static const char *const names[][2] = {
    { "os", "system" }, { "builtins", "eval" }, { "__builtin__", "eval" }, { "torch.storage", "_load_from_bytes" },
    { "numpy.core.multiarray", "scalar" }, { "numpy.core.multiarray", "_reconstruct" }, { "torch", "load" }, { "torch", "hub.load" },
    { "torch._utils", "_rebuild_qtensor" }, { "collections", "deque" }, { "torch.cuda", "init" }, { "", "" }, { "torch", "float32.x" },
    { "collections.OrderedDict", "" }, { "torch.serialization", "_get_layout" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(GByteArray) global = g_byte_array_new (), stack = g_byte_array_new (), inst = g_byte_array_new ();
      g_autofree char *shown = g_strdup_printf ("\"%s.%s\"", names[i][0], names[i][1]),
                      *text = g_strdup_printf ("(i%s\n%s\n.", names[i][0], names[i][1]);

      pickle_global (global, names[i][0], names[i][1]);
      pickle_op (global, ".");
      assert_pickle_refused (global, AUTO_CHECKPOINT_ERROR_UNSAFE, shown);
      pickle_text (stack, names[i][0]);
      pickle_text (stack, names[i][1]);
      pickle_op (stack, "\x93.");
      assert_pickle_refused (stack, AUTO_CHECKPOINT_ERROR_UNSAFE, shown);
      pickle_op (inst, text);
      assert_pickle_refused (inst, AUTO_CHECKPOINT_ERROR_UNSAFE, shown);
    }
  g_autoptr(GByteArray) extension = g_byte_array_new ();
  pickle_op (extension, "\x82\x01)R.");
  assert_pickle_refused (extension, AUTO_CHECKPOINT_ERROR_UNSAFE, "registry");
}

/* Programs for the stack machine that make no sense, or too much. */
static void
test_odd_programs (void)
{
  static const struct
  {
    const char *program, *text;
  } cases[] = {
    { ".", "stack is empty" },
    { "(.", "stack is empty" },
    { "N(.", "stack is empty" },
    { "0", "stack is empty" },
    { "2", "stack is empty" },
    { "t", "mark is missing" },
    { "1", "mark is missing" },
    { "u", "mark is missing" },
    { "(e", "a list or dictionary is needed" },
    { "]((e", "a list or dictionary is needed" },
    { "}Na.", "no list" },
    { "]NNs.", "no dictionary" },
    { "}(Nu.", "key without a value" },
    { "(Nd.", "key without a value" },
    { "N(\x85.", "stack is empty" },
    { "N\x87.", "stack is empty" },
    { "h\x05.", "not kept" },
    { "R", "stack is empty" },
    { "N)R", "not one of a global" },
    { "ccollections\nOrderedDict\nNR", "not one of a global" },
    { "]]b", "attributes" },
    { "ccollections\nOrderedDict\nN\x85R", "no list" },
    { "ccollections\nOrderedDict\n]]a\x85R", "no pair" },
    { "ctorch._utils\n_rebuild_tensor_v2\n)R", "called in a way" },
    { "ctorch._utils\n_rebuild_tensor_v2\n(NNNNNNtR", "no storage" },
    { "ctorch\nFloatStorage\n)R", "called in a way" },
    { "ctorch\nfloat32\n)R", "called in a way" },
    { "ctorch\nSize\nN\x85R", "called in a way" },
    { "NQ", "no storage" },
    { ")Q", "no storage" },
    { "NN\x93.", "no text" },
    { "Pabc\n.", "0x50" },
    { "F1.0\n.", "0x46" },
    { "\xff", "0xff" },
    { "\x80\x09N.", "protocol" },
    { "ccollections", "cut short" },
    { "N.", "no dictionary" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GByteArray) pickle = g_byte_array_new ();
      pickle_op (pickle, cases[i].program);
      assert_pickle_refused (pickle, AUTO_CHECKPOINT_ERROR_FORMAT, cases[i].text);
    }
}

/* Depth, cycles and floods: all end, soon and without harm. */
static void
test_bombs (void)
{
  g_autoptr(GByteArray) deep = g_byte_array_new (), flood = g_byte_array_new (), cycle = g_byte_array_new (), laughs = g_byte_array_new ();

  for (int i = 0; i < 1000000; i++)
    pickle_op (deep, "]");
  for (int i = 0; i < 1000000; i++)
    pickle_op (deep, "a");
  pickle_op (deep, ".");
  assert_pickle_refused (deep, AUTO_CHECKPOINT_ERROR_FORMAT, "");

  for (int i = 0; i < 5000000; i++)
    pickle_op (flood, "N");
  assert_pickle_refused (flood, AUTO_CHECKPOINT_ERROR_FORMAT, "more values");

  pickle_op (cycle, "]q\x01h\x01" "a}q\x02h\x01h\x02sh\x02(h\x02h\x02u.");
  assert_pickle_refused (cycle, AUTO_CHECKPOINT_ERROR_NO_WEIGHTS, "");

  pickle_op (laughs, "}q\x01");
  for (int i = 0; i < 10000; i++)
    pickle_op (laughs, "0]q\x02(h\x01h\x01h\x01h\x01h\x01h\x01h\x01h\x01" "eq\x01");
  pickle_op (laughs, ".");
  assert_pickle_refused (laughs, AUTO_CHECKPOINT_ERROR_FORMAT, "no dictionary");
}

static void
test_names (void)
{
  g_autoptr(GByteArray) twice = g_byte_array_new (), bad = g_byte_array_new ();

  pickle_op (twice, "}(");
  for (int i = 0; i < 2; i++)
    {
      pickle_text (twice, "w");
      pickle_tensor (twice, &good);
    }
  pickle_op (twice, "u.");
  assert_pickle_refused (twice, AUTO_CHECKPOINT_ERROR_FORMAT, "\"w\" comes twice");
  pickle_op (bad, "}");
  pickle_text (bad, "w\xff");
  pickle_tensor (bad, &good);
  pickle_op (bad, "s.");
  assert_pickle_refused (bad, AUTO_CHECKPOINT_ERROR_FORMAT, "UTF-8");
}

/* The same storage cannot be of two types or sizes. */
static void
test_two_faces (void)
{
  static const PickleTensor other[] = { { "IntStorage", "0", 6, 0, 1, { 1 }, { 1 } }, { "ByteStorage", "0", 24, 0, 1, { 1 }, { 1 } } };

  for (guint i = 0; i < G_N_ELEMENTS (other); i++)
    {
      g_autoptr(GByteArray) pickle = g_byte_array_new ();
      pickle_op (pickle, "}(");
      pickle_text (pickle, "a");
      pickle_tensor (pickle, &good);
      pickle_text (pickle, "b");
      pickle_tensor (pickle, &other[i]);
      pickle_op (pickle, "u.");
      assert_pickle_refused (pickle, AUTO_CHECKPOINT_ERROR_FORMAT, "two data types or sizes");
    }
}

static void
test_archives (void)
{
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autoptr(GByteArray) pickle = pickle_state_dict (&good);

  for (ZipStyle style = ZIP_PLAIN; style <= ZIP_COMMENT; style++)
    {
      const ZipMember members[]
          = { { "x/data.pkl", pickle->data, pickle->len }, { "x/data/0", six, sizeof six }, { "x/byteorder", "little", 6 } };
      g_autoptr(GByteArray) zip = zip_new (members, 3, style);
      g_autofree char *path = test_write_bytes (folder, "pytorch_model.bin", zip);
      g_autoptr(AutoCheckpoint) checkpoint = test_open (path);
      test_assert_values (checkpoint, "w", "float32 (2, 3)", "0 1 2 3 4 5");
    }

  const struct
  {
    ZipMember members[3];
    gsize n;
    const char *text;
  } cases[] = {
    { { { "x/data.pkl", pickle->data, pickle->len }, { "x/data/0", six, sizeof six }, { "x/byteorder", "big", 3 } }, 3, "little-endian" },
    { { { "x/data.pkl", pickle->data, pickle->len, 8 }, { "x/data/0", six, sizeof six } }, 2, "compressed" },
    { { { "x/data.pkl", pickle->data, pickle->len }, { "x/data/0", six, sizeof six, 0, 1 } }, 2, "encrypted" },
    { { { "x/data.pkl", pickle->data, pickle->len }, { "x/data/0", six, sizeof six }, { "x/data/0", six, sizeof six } }, 3, "comes twice" },
    { { { "x/other", pickle->data, pickle->len } }, 1, "no member \"x/data.pkl\"" },
    { { { "data.pkl", pickle->data, pickle->len } }, 1, "in no folder" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GByteArray) zip = zip_new (cases[i].members, cases[i].n, ZIP_PLAIN);
      g_autofree char *path = test_write_bytes (folder, "pytorch_model.bin", zip);
      test_assert_refused (path, AUTO_CHECKPOINT_ERROR_FORMAT, cases[i].text);
    }
}

static const char legacy_head[] = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}.";

/* A file of the format before 1.6 with one storage, a part of it as a storage of its own and a tensor in that. */
static GByteArray *
legacy_with_view (gint64 view_offset, gint64 view_size, gint64 offset, gint64 length, gint64 stored)
{
  GByteArray *bytes = g_byte_array_new ();

  pickle_op (bytes, legacy_head);
  pickle_op (bytes, "\x80\x02}");
  pickle_text (bytes, "w");
  pickle_global (bytes, "torch._utils", "_rebuild_tensor");
  pickle_op (bytes, "((");
  pickle_text (bytes, "storage");
  pickle_global (bytes, "torch.cuda", "FloatStorage");
  pickle_text (bytes, "1234");
  pickle_text (bytes, "cuda:0");
  pickle_int (bytes, 6);
  pickle_op (bytes, "(");
  pickle_text (bytes, "5678");
  pickle_int (bytes, view_offset);
  pickle_int (bytes, view_size);
  pickle_op (bytes, "ttQ");
  pickle_int (bytes, offset);
  pickle_int (bytes, length);
  pickle_op (bytes, "\x85K\x01\x85tRs.\x80\x02]");
  pickle_text (bytes, "1234");
  pickle_op (bytes, "a.");
  g_byte_array_append (bytes, (const guint8 *) &stored, 8);
  g_byte_array_append (bytes, (const guint8 *) six, sizeof six);
  return bytes;
}

static void
test_legacy_views (void)
{
  static const struct
  {
    gint64 view_offset, view_size, offset, length, stored;
    const char *text;
  } cases[] = {
    { 2, 5, 0, 1, 6, "part of a storage" }, { 7, 0, 0, 0, 6, "part of a storage" }, { -1, 2, 0, 1, 6, "part of a storage" },
    { 2, 3, 1, 3, 6, "inside its storage" }, { 2, 3, 0, 1, 5, "another size" },       { 2, 3, 0, 1, G_MAXINT64, "another size" },
  };
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autoptr(GByteArray) bytes = legacy_with_view (2, 3, 1, 2, 6);
  g_autofree char *path = test_write_bytes (folder, "pytorch_model.bin", bytes);
  g_autoptr(AutoCheckpoint) checkpoint = test_open (path);

  test_assert_values (checkpoint, "w", "float32 (2)", "3 4");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GByteArray) bad = legacy_with_view (cases[i].view_offset, cases[i].view_size, cases[i].offset, cases[i].length, cases[i].stored);
      test_assert_bytes_refused ("pytorch_model.bin", bad->data, bad->len, AUTO_CHECKPOINT_ERROR_FORMAT, cases[i].text);
    }
}

static void
test_sharded (void)
{
  static const char index[]
      = "{\"metadata\":{},\"weight_map\":{\"w\":\"pytorch_model-00001-of-00002.bin\",\"0.bias\":\"pytorch_model-00002-of-00002.bin\"}}";
  g_autoptr(TestFolder) folder = test_folder_new ();
  g_autoptr(GByteArray) pickle = pickle_state_dict (&good);
  g_autoptr(GByteArray) zip = zip_torch (pickle, six, sizeof six);
  g_autofree char *plain = fixture ("plain-legacy.bin"), *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (plain, &data, &size, NULL));
  g_free (test_write_bytes (folder, "pytorch_model-00001-of-00002.bin", zip));
  g_free (test_write (folder, "pytorch_model-00002-of-00002.bin", data, size));
  g_free (test_write (folder, "pytorch_model.bin.index.json", index, strlen (index)));
  g_autoptr(AutoCheckpoint) checkpoint = test_open (folder);
  test_assert_values (checkpoint, "w", "float32 (2, 3)", "0 1 2 3 4 5");
  test_assert_values (checkpoint, "0.bias", "float32 (2)", "-1 -0.5");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/torch/values-of-reference", test_values_of_reference);
  g_test_add_func ("/torch/no-copy", test_no_copy);
  g_test_add_func ("/torch/refused-fixtures", test_refused_fixtures);
  g_test_add_func ("/torch/cut-everywhere", test_cut_everywhere);
  g_test_add_func ("/torch/cut-pickle", test_cut_pickle);
  g_test_add_func ("/torch/bounds", test_bounds);
  g_test_add_func ("/torch/inside", test_inside);
  g_test_add_func ("/torch/foreign-globals", test_foreign_globals);
  g_test_add_func ("/torch/odd-programs", test_odd_programs);
  g_test_add_func ("/torch/bombs", test_bombs);
  g_test_add_func ("/torch/names", test_names);
  g_test_add_func ("/torch/two-faces", test_two_faces);
  g_test_add_func ("/torch/archives", test_archives);
  g_test_add_func ("/torch/legacy-views", test_legacy_views);
  g_test_add_func ("/torch/sharded", test_sharded);
  return g_test_run ();
}
