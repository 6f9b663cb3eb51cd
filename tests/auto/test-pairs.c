/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Models that are made of two others: which weights a tied pair shares and keeps, and what a caller may get wrong. */
#include <glib/gstdio.h>
#include <string.h>

#include "core/auto/auto-model.h"
#include "core/checkpoint/auto-checkpoint.h"
#include "tests/support/test-folder.h"

#define SIZES "\"model_type\": \"bert\", \"num_attention_heads\": 2, \"intermediate_size\": 12, \"max_position_embeddings\": 8"
#define ENCODER "{" SIZES ", \"vocab_size\": 20, \"hidden_size\": 8, \"num_hidden_layers\": 2}"
#define DECODER(more) "{" SIZES ", \"vocab_size\": 20, \"hidden_size\": 8, \"is_decoder\": true, \"add_cross_attention\": true, " more "}"
#define PAIR(encoder, decoder) "{\"model_type\": \"encoder-decoder\", \"encoder\": " encoder ", \"decoder\": " decoder "}"
#define TIED(decoder) "{\"model_type\": \"encoder-decoder\", \"tie_encoder_decoder\": true, \"encoder\": " ENCODER ", \"decoder\": " decoder "}"

#define VIT "{\"model_type\": \"vit\", \"hidden_size\": 8, \"num_hidden_layers\": 1, \"num_attention_heads\": 2, \"image_size\": 8, \"patch_size\": 4}"
#define DUAL(image, text) "{\"model_type\": \"vision-text-dual-encoder\", \"vision_config\": " image ", \"text_config\": " text "}"

static AutoModel *
make (const char *text, AutoModel *(*door) (AutoConfig *, GError **), GError **error)
{
  g_autoptr(JsonNode) node = json_from_string (text, NULL);
  g_autoptr(AutoConfig) config = auto_config_from_dict (json_node_get_object (node), NULL, error);

  return config ? door (config, error) : NULL;
}

static AutoModel *
make_pair (const char *text, GError **error)
{
  return make (text, auto_model_for_seq2seq_lm_from_config, error);
}

static void
assert_says (GError *error, const char *message)
{
  g_assert_nonnull (error);
  if (!strstr (error->message, message))
    g_error ("the message should say \"%s\", and it is: %s", message, error->message);
}

static void
test_configuration (void)
{
  static const char *const cases[][2] = {
    { "{\"model_type\": \"encoder-decoder\", \"decoder\": " DECODER ("\"num_hidden_layers\": 1") "}", "encoder is absent" },
    { PAIR (ENCODER, "null"), "decoder is absent" },
    { PAIR ("{\"hidden_size\": 8}", ENCODER), "encoder: there is no model_type" },
    { PAIR ("{\"model_type\": \"no-such\"}", ENCODER), "encoder: no plugin offers the model type \"no-such\"" },
    { PAIR (ENCODER, DECODER ("\"cross_attention_hidden_size\": 12")), "cross_attention_hidden_size is 12 and must be the encoder's hidden_size, 8" },
    { PAIR (ENCODER, DECODER ("\"add_cross_attention\": false")), "decoder: add_cross_attention is false" },
    { PAIR (ENCODER, "{\"model_type\": \"llama\", \"hidden_size\": 8, \"num_attention_heads\": 2, \"num_hidden_layers\": 1}"),
      "LlamaConfig doesn't look at an encoder" },
    { PAIR (ENCODER, "{\"model_type\": \"t5\", \"d_model\": 8}"), "decoder: no plugin offers a class for AutoModelForCausalLM" },
    { PAIR ("{\"model_type\": \"resnet\", \"embedding_size\": 4, \"hidden_sizes\": [4], \"depths\": [1]}", DECODER ("\"num_hidden_layers\": 1")),
      "encoder: ResNetConfig makes no states" },
    { PAIR (ENCODER, DECODER ("\"num_attention_heads\": 3")), "decoder: " },
    { TIED (DECODER ("\"num_hidden_layers\": 3")), "decoder has 3 layers in encoder.layer and the encoder 2" },
    { TIED (DECODER ("\"num_hidden_layers\": 2, \"vocab_size\": 21")), "decoder.bert.embeddings.word_embeddings.weight is (21, 8)" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_assert_null (make_pair (cases[i][0], &error));
      assert_says (error, cases[i][1]);
    }
}

static void
test_dual_configuration (void)
{
  static const char *const cases[][2] = {
    { DUAL (VIT, "null"), "text_config is absent" },
    { DUAL ("{\"hidden_size\": 8}", ENCODER), "vision_config: there is no model_type" },
    { DUAL (VIT, "{\"model_type\": \"distilbert\", \"dim\": 8, \"n_heads\": 2}"), "text_config: DistilBertConfig makes no pooler_output" },
    { DUAL ("{\"model_type\": \"resnet\", \"embedding_size\": 4, \"hidden_sizes\": [4], \"depths\": [1]}", ENCODER), "vision_config: ResNetConfig makes no" },
    { DUAL ("{\"model_type\": \"vit\", \"hidden_size\": 8, \"num_attention_heads\": 3}", ENCODER), "vision_model: a width of 8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_assert_null (make (cases[i][0], auto_model_from_config, &error));
      assert_says (error, cases[i][1]);
    }
}

/* Of a CLIP there is the half that sees. */
static void
test_dual_clip (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoModel) model = make (DUAL ("{\"model_type\": \"clip\", \"vision_config\": {\"hidden_size\": 8, \"num_attention_heads\": 2, "
                                           "\"image_size\": 8, \"patch_size\": 4, \"num_hidden_layers\": 1}}", ENCODER), auto_model_from_config, &error);

  g_assert_no_error (error);
  g_assert_nonnull (auto_model_get_weight (model, "vision_model.vision_model.encoder.layers.0.mlp.fc1.weight"));
  g_assert_nonnull (auto_model_get_weight (model, "visual_projection.weight"));
}

static void
assert_refused (AutoModel *model, const char *name, AutoTensor *tensor, const char *message)
{
  static const gint64 ids[] = { 1, 2, 3 };
  g_autoptr(AutoTensor) row = auto_tensor_new_int64 ((gint64[]) { 1, 3 }, 2, ids, 3, NULL);
  g_autoptr(AutoInputs) inputs = auto_inputs_new ();
  g_autoptr(GError) error = NULL;

  auto_inputs_set (inputs, "input_ids", row);
  auto_inputs_set (inputs, "decoder_input_ids", row);
  auto_inputs_set (inputs, name, tensor);
  g_autoptr(AutoModelOutput) output = auto_model_forward (model, inputs, NULL, &error);
  g_assert_null (output);
  assert_says (error, message);
}

static void
test_inputs (void)
{
  static const gint64 values[] = { 1, 1, 20, 1, 1, 1 };
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoModel) model = make_pair (PAIR (ENCODER, DECODER ("\"num_hidden_layers\": 1")), &error);
  g_autoptr(AutoTensor) large = auto_tensor_new_int64 ((gint64[]) { 1, 3 }, 2, values, 3, NULL);
  g_autoptr(AutoTensor) two = auto_tensor_new_int64 ((gint64[]) { 2, 2 }, 2, values, 4, NULL);
  g_autoptr(AutoTensor) longer = auto_tensor_new_int64 ((gint64[]) { 1, 6 }, 2, values, 6, NULL);
  g_autoptr(AutoTensor) narrow = auto_tensor_new_float ((gint64[]) { 1, 1, 4 }, 3, (const float[]) { 1, 2, 3, 4 }, 4, NULL);

  g_assert_no_error (error);
  assert_refused (model, "input_ids", large, "encoder: input_ids: id 20");
  assert_refused (model, "decoder_input_ids", large, "decoder: decoder_input_ids: id 20");
  assert_refused (model, "decoder_input_ids", NULL, "decoder_input_ids");
  assert_refused (model, "decoder_input_ids", two, "decoder_input_ids: needs as many rows");
  assert_refused (model, "attention_mask", longer, "encoder: attention_mask: ");
  assert_refused (model, "decoder_attention_mask", longer, "decoder: decoder_attention_mask: ");
  assert_refused (model, "encoder_outputs", narrow, "encoder_outputs");
  assert_refused (model, "decoder_no_such", large, "decoder_no_such");
}

static guint64
count_parameters (const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoModel) model = make_pair (text, &error);

  g_assert_no_error (error);
  return auto_model_count_parameters (model);
}

/* The decoder's own: cross-attention (4 projections of 8 · 8 + 8, a norm of 2 · 8) in each of 2 layers, and the head (8 · 8 + 8, 2 · 8, 20).
 * The encoder's own: the pooler (8 · 8 + 8). Twice there are the embeddings (20 + 8 + 2 rows of 8, 2 · 8) and 2 layers (4 · (8 · 8 + 8), 2 ·
 * 8, 12 · 8 + 12, 8 · 12 + 8, 2 · 8). */
static void
test_tied_count (void)
{
  guint64 shared = 30 * 8 + 16 + 2 * (4 * 72 + 16 + 108 + 104 + 16), own = 2 * (4 * 72 + 16) + 72 + 16 + 20 + 72;

  g_assert_cmpuint (count_parameters (TIED (DECODER ("\"num_hidden_layers\": 2"))), ==, shared + own);
  g_assert_cmpuint (count_parameters (PAIR (ENCODER, DECODER ("\"num_hidden_layers\": 2"))), ==, 2 * shared + own);
}

/* A file keeps shared weights under the encoder's names, as the reference's does; both names mean one tensor. */
static void
test_tied_file (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("auto-pair-XXXXXX", NULL);
  g_autoptr(AutoModel) model = make_pair (TIED (DECODER ("\"num_hidden_layers\": 2")), &error);

  g_assert_no_error (error);
  auto_model_save_pretrained (model, folder, 0, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *path = g_build_filename (folder, "model.safetensors", NULL);
  g_autoptr(AutoCheckpoint) file = auto_checkpoint_open (path, AUTO_FRAMEWORK_PYTORCH, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (auto_checkpoint_find (file, "encoder.embeddings.word_embeddings.weight", NULL, NULL, NULL));
  g_assert_false (auto_checkpoint_find (file, "decoder.bert.embeddings.word_embeddings.weight", NULL, NULL, NULL));
  g_autoptr(AutoModel) again = auto_model_for_seq2seq_lm_from_pretrained (folder, NULL, NULL, &error);
  g_assert_no_error (error);
  g_auto(GStrv) missing = auto_model_list_missing_keys (again), unexpected = auto_model_list_unexpected_keys (again);
  g_assert_cmpuint (g_strv_length (missing) + g_strv_length (unexpected), ==, 0);
  g_assert_true (auto_model_get_weight (again, "decoder.bert.encoder.layer.1.output.dense.bias")
                 == auto_model_get_weight (again, "encoder.encoder.layer.1.output.dense.bias"));
  g_assert_true (auto_model_get_weight (again, "decoder.cls.predictions.decoder.weight")
                 == auto_model_get_weight (again, "encoder.embeddings.word_embeddings.weight"));
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pairs/configuration", test_configuration);
  g_test_add_func ("/pairs/dual/configuration", test_dual_configuration);
  g_test_add_func ("/pairs/dual/clip", test_dual_clip);
  g_test_add_func ("/pairs/inputs", test_inputs);
  g_test_add_func ("/pairs/tied/count", test_tied_count);
  g_test_add_func ("/pairs/tied/file", test_tied_file);
  return g_test_run ();
}
