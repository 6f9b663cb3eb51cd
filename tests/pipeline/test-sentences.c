/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 200 sentences through all-MiniLM-L6-v2 against the reference's ids and embeddings (tests/reference/sentences.py). */
#include <math.h>

#include "core/base/auto-json.h"
#include "core/checkpoint/auto-checkpoint.h"
#include "core/pipeline/auto-sentence-encoder.h"

static const char *data_folder;
static char *model_folder;

static JsonNode *
read_sentences (char ***texts)
{
  g_autofree char *path = g_build_filename (data_folder, "sentences.json", NULL);
  g_autoptr(GError) error = NULL;
  JsonNode *root = auto_json_read (path, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, &error);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  g_assert_no_error (error);
  JsonArray *rows = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    g_strv_builder_add (builder, json_object_get_string_member (json_array_get_object_element (rows, i), "text"));
  *texts = g_strv_builder_end (builder);
  return root;
}

static gboolean
skip_without_model (void)
{
  g_autofree char *path = g_build_filename (model_folder, "model.safetensors", NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return FALSE;
  g_autofree char *why = g_strdup_printf ("%s is not there; examples/get-minilm.sh gets it", path);
  g_test_skip (why);
  return TRUE;
}

static void
test_ids (void)
{
  g_auto(GStrv) texts = NULL;
  g_autoptr(JsonNode) root = read_sentences (&texts);
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();

  if (skip_without_model ())
    return;
  g_autoptr(AutoTokenizer) tokenizer = auto_tokenizer_from_pretrained (model_folder, NULL, NULL, &error);
  g_assert_no_error (error);
  g_object_set (options, "truncation", AUTO_TRUNCATION_LONGEST_FIRST, "max-length", (gint64) 256, NULL);
  for (guint i = 0; texts[i]; i++)
    {
      gsize n;
      g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, texts[i], options, &error);
      g_assert_no_error (error);
      const gint64 *ids = auto_encoding_get_ids (encoding, 0, &n);
      JsonArray *want = json_object_get_array_member (json_array_get_object_element (json_node_get_array (root), i), "ids");
      g_assert_cmpuint (n, ==, json_array_get_length (want));
      for (gsize j = 0; j < n; j++)
        g_assert_cmpint (ids[j], ==, json_array_get_int_element (want, j));
    }
}

static void
test_embeddings (void)
{
  g_auto(GStrv) texts = NULL;
  g_autoptr(JsonNode) root = read_sentences (&texts);
  g_autofree char *path = g_build_filename (data_folder, "sentences.safetensors", NULL);
  g_autoptr(GError) error = NULL;
  double worst = 1;

  if (skip_without_model ())
    return;
  g_autoptr(AutoCheckpoint) file = auto_checkpoint_open (path, AUTO_FRAMEWORK_PYTORCH, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr(AutoTensor) halves = auto_checkpoint_get (file, "embeddings", &error), want = auto_tensor_convert (halves, AUTO_DTYPE_F32);
  g_autoptr(AutoSentenceEncoder) encoder = auto_sentence_encoder_from_pretrained (model_folder, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr(AutoTensor) got = auto_sentence_encoder_encode (encoder, (const char *const *) texts, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (auto_tensor_get_n_elements (got), ==, auto_tensor_get_n_elements (want));
  gint64 width = auto_tensor_get_dim (got, 1);
  for (gint64 i = 0; i < auto_tensor_get_dim (got, 0); i++)
    {
      const float *a = auto_tensor_get_float (got, NULL) + i * width, *b = auto_tensor_get_float (want, NULL) + i * width;
      double ab = 0, aa = 0, bb = 0;
      for (gint64 j = 0; j < width; j++)
        {
          ab += (double) a[j] * b[j];
          aa += (double) a[j] * a[j];
          bb += (double) b[j] * b[j];
        }
      worst = MIN (worst, ab / sqrt (aa * bb));
    }
  g_test_message ("the smallest cosine is %.8f", worst);
  g_assert_cmpfloat (worst, >=, 0.99999);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  data_folder = argv[1];
  model_folder = g_build_filename (g_getenv ("AUTO_MODELS_DIR"), "all-MiniLM-L6-v2", NULL);
  g_test_add_func ("/sentences/ids", test_ids);
  g_test_add_func ("/sentences/embeddings", test_embeddings);
  return g_test_run ();
}
