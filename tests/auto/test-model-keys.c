/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a checkpoint's names and a model's come together: what users of such libraries stumbled over, by the numbers of the
 * reports. The models are tiny BERTs and GPT-2s; their weights are a function of their names. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/auto/auto-model.h"
#include "core/base/auto-io.h"
#include "core/checkpoint/auto-checkpoint.h"
#include "tests/support/auto-formula.h"

#define BERT "{\"model_type\": \"bert\", \"vocab_size\": 20, \"hidden_size\": 8, \"num_hidden_layers\": 1, \"num_attention_heads\": 2, " \
             "\"intermediate_size\": 12, \"max_position_embeddings\": 16, \"type_vocab_size\": %d}"
#define GPT2 "{\"model_type\": \"gpt2\", \"vocab_size\": 20, \"n_embd\": 8, \"n_layer\": 1, \"n_head\": 2, \"n_positions\": 16, " \
             "\"tie_word_embeddings\": %s}"

typedef AutoModel *(*Load) (const char *, AutoLoadOptions *, GCancellable *, GError **);

typedef struct
{
  char *folder;
  GPtrArray *names;
  GArray *tensors; /* of AutoNamedTensor */
  gint64 num_labels; /* asked for when loading; 0: the configuration's */
} Folder;

static void
set_up (Folder *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("auto-keys-XXXXXX", NULL);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->tensors = g_array_new (FALSE, FALSE, sizeof (AutoNamedTensor));
}

static void
forget_weights (Folder *self)
{
  for (guint i = 0; i < self->tensors->len; i++)
    auto_tensor_unref (g_array_index (self->tensors, AutoNamedTensor, i).tensor);
  g_array_set_size (self->tensors, 0);
}

static void
tear_down (Folder *self, gconstpointer data)
{
  static const char *const files[] = { "config.json", "model.safetensors" };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (self->folder, files[i], NULL);
      g_remove (path);
    }
  g_rmdir (self->folder);
  forget_weights (self);
  g_array_unref (self->tensors);
  g_ptr_array_unref (self->names);
  g_free (self->folder);
}

static void G_GNUC_PRINTF (2, 3)
write_config (Folder *self, const char *format, ...)
{
  va_list args;
  g_autofree char *path = g_build_filename (self->folder, "config.json", NULL);

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_assert_true (auto_io_write (path, text, -1, NULL));
}

static void
add (Folder *self, const char *name, AutoTensor *tensor)
{
  char *own = g_strdup (name);
  AutoNamedTensor named = { own, auto_tensor_ref (tensor) };

  g_ptr_array_add (self->names, own);
  g_array_append_val (self->tensors, named);
}

/* Adds all weights of the model that @load makes of the folder's configuration, renamed by @rename (NULL leaves one out). */
static void
add_weights (Folder *self, AutoModel *(*make) (AutoConfig *, GError **), char *(*rename) (const char *))
{
  g_autoptr(AutoConfig) config = auto_config_from_pretrained (self->folder, NULL, NULL, NULL);
  g_autoptr(AutoModel) model = make (config, NULL);
  g_auto(GStrv) names = auto_model_list_weights (model);

  for (char **name = names; *name; name++)
    {
      g_autofree char *renamed = rename (*name);
      AutoTensor *weight = auto_model_get_weight (model, *name);
      g_autoptr(AutoTensor) value = auto_formula_tensor (*name, weight->shape, weight->n_dims, 0);
      if (renamed)
        add (self, renamed, value);
    }
}

static AutoModel *
load (Folder *self, Load door, gboolean ignore_mismatched, GError **error)
{
  g_autofree char *path = g_build_filename (self->folder, "model.safetensors", NULL);
  g_autoptr(AutoLoadOptions) options = auto_load_options_new ();

  g_object_set (options, "ignore-mismatched-sizes", ignore_mismatched, NULL);
  if (self->num_labels)
    {
      g_autoptr(JsonNode) n = json_node_init_int (json_node_alloc (), self->num_labels);
      auto_load_options_set_json (options, "num_labels", n);
    }
  g_assert_true (auto_safetensors_write (path, (const AutoNamedTensor *) self->tensors->data, self->tensors->len, NULL, NULL, NULL, NULL));
  return door (self->folder, options, NULL, error);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* In the order of the alphabet: a file has an order of its own. */
static char *
joined (char **list)
{
  qsort (list, g_strv_length (list), sizeof *list, compare_names);
  char *text = g_strjoinv (" ", list);

  g_strfreev (list);
  return text;
}

#define assert_list(list, text)                    \
  G_STMT_START                                     \
  {                                                \
    g_autofree char *joined_ = joined (list);      \
    g_assert_cmpstr (joined_, ==, text);           \
  }                                                \
  G_STMT_END

/* The model's weight holds the formula of @source. */
static void
assert_weight (AutoModel *model, const char *name, const char *source)
{
  AutoTensor *weight = auto_model_get_weight (model, name);

  g_assert_nonnull (weight);
  g_autoptr(AutoTensor) want = auto_formula_tensor (source, weight->shape, weight->n_dims, 0);
  g_assert_cmpmem (weight->data, auto_tensor_get_n_elements (weight) * 4, want->data, auto_tensor_get_n_elements (want) * 4);
}

static char *
same (const char *name)
{
  return g_strdup (name);
}

static char *
with_prefix (const char *name)
{
  return g_strconcat ("bert.", name, NULL);
}

static char *
without_classifier (const char *name)
{
  return g_str_has_prefix (name, "bert.") ? g_strdup (name + strlen ("bert.")) : NULL;
}

/* B10: a checkpoint with a head, opened as the base model: the prefix goes, the head is unexpected. */
static void
b10_head_into_base (Folder *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  write_config (self, BERT, 2);
  add_weights (self, auto_model_for_sequence_classification_from_config, same);
  g_autoptr(AutoModel) model = load (self, auto_model_from_pretrained, FALSE, &error);
  g_assert_no_error (error);
  assert_list (auto_model_list_missing_keys (model), "");
  assert_list (auto_model_list_unexpected_keys (model), "classifier.bias classifier.weight");
  assert_weight (model, "embeddings.word_embeddings.weight", "bert.embeddings.word_embeddings.weight");
}

/* B11: a base checkpoint, opened with a head: the head is missing, and says so. */
static void
b11_base_into_head (Folder *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  write_config (self, BERT, 2);
  add_weights (self, auto_model_for_sequence_classification_from_config, without_classifier);
  g_autoptr(AutoModel) model = load (self, auto_model_for_sequence_classification_from_pretrained, FALSE, &error);
  g_assert_no_error (error);
  assert_list (auto_model_list_missing_keys (model), "classifier.bias classifier.weight");
  assert_list (auto_model_list_unexpected_keys (model), "");
  assert_weight (model, "bert.pooler.dense.weight", "bert.pooler.dense.weight");
  const float *fresh = auto_tensor_get_float (auto_model_get_weight (model, "classifier.weight"), NULL);
  g_assert_true (fresh[0] != 0 && fresh[1] != 0 && fresh[0] != fresh[1]); /* drawn, not zeros */
}

static char *
of_another_model (const char *name)
{
  return g_strconcat ("nothing.", name, NULL);
}

/* B13: none of the file's names is the model's: an error, not a model of random numbers. */
static void
b13_nothing_found (Folder *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  write_config (self, BERT, 2);
  add_weights (self, auto_model_from_config, of_another_model);
  g_autoptr(AutoModel) model = load (self, auto_model_from_pretrained, FALSE, &error);
  g_assert_null (model);
  g_assert_error (error, AUTO_CHECKPOINT_ERROR, AUTO_CHECKPOINT_ERROR_NO_WEIGHTS);
  g_assert_nonnull (strstr (error->message, self->folder));
}

static char *
only_lm_head (const char *name)
{
  return g_str_equal (name, "transformer.wte.weight") ? NULL : g_strdup (name);
}

static char *
only_embedding (const char *name)
{
  return g_str_equal (name, "lm_head.weight") ? NULL : g_strdup (name);
}

/* B14: of a tied pair the file has one name or the other: either fills both. */
static void
b14_tied_pair (Folder *self, gconstpointer data)
{
  gboolean head = GPOINTER_TO_INT (data);
  const char *source = head ? "lm_head.weight" : "transformer.wte.weight";
  g_autoptr(GError) error = NULL;

  write_config (self, GPT2, "true");
  add_weights (self, auto_model_for_causal_lm_from_config, head ? only_lm_head : only_embedding);
  g_autoptr(AutoModel) model = load (self, auto_model_for_causal_lm_from_pretrained, FALSE, &error);
  g_assert_no_error (error);
  assert_list (auto_model_list_missing_keys (model), "");
  assert_list (auto_model_list_unexpected_keys (model), "");
  assert_weight (model, "lm_head.weight", source);
  assert_weight (model, "transformer.wte.weight", source);
}

/* B16: not tied, and no lm_head stored: missing, never quietly tied. Tied, and both stored: loads. */
static void
b16_flag_and_file (Folder *self, gconstpointer data)
{
  gboolean tied = GPOINTER_TO_INT (data);
  g_autoptr(GError) error = NULL;

  write_config (self, GPT2, tied ? "true" : "false");
  add_weights (self, auto_model_for_causal_lm_from_config, tied ? same : only_embedding);
  g_autoptr(AutoModel) model = load (self, auto_model_for_causal_lm_from_pretrained, FALSE, &error);
  g_assert_no_error (error);
  assert_list (auto_model_list_missing_keys (model), tied ? "" : "lm_head.weight");
  assert_list (auto_model_list_unexpected_keys (model), "");
  if (!tied)
    g_assert_true (auto_model_get_weight (model, "lm_head.weight")->data != auto_model_get_weight (model, "transformer.wte.weight")->data);
}

static char *
old_spelling (const char *name)
{
  if (g_str_has_suffix (name, "LayerNorm.weight"))
    return g_strdup_printf ("%.*sgamma", (int) (strlen (name) - strlen ("weight")), name);
  if (g_str_has_suffix (name, "LayerNorm.bias"))
    return g_strdup_printf ("%.*sbeta", (int) (strlen (name) - strlen ("bias")), name);
  return g_strdup (name);
}

/* B17: old files have LayerNorm.gamma and LayerNorm.beta; other names that hold these words are left alone. */
static void
b17_gamma_and_beta (Folder *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoTensor) stray = auto_formula_tensor ("x", (gint64[]) { 2 }, 1, 0);

  write_config (self, BERT, 2);
  add_weights (self, auto_model_from_config, old_spelling);
  add (self, "b.gamma", stray);
  add (self, "alphabeta.weight", stray);
  g_autoptr(AutoModel) model = load (self, auto_model_from_pretrained, FALSE, &error);
  g_assert_no_error (error);
  assert_list (auto_model_list_missing_keys (model), "");
  assert_list (auto_model_list_unexpected_keys (model), "alphabeta.weight b.gamma");
  assert_weight (model, "embeddings.LayerNorm.weight", "embeddings.LayerNorm.weight");
  assert_weight (model, "embeddings.LayerNorm.bias", "embeddings.LayerNorm.bias");
}

/* B26: other shapes under the base's prefix: an error with both shapes, or with the flag a fresh weight that is listed. */
static void
b26_mismatched_sizes (Folder *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  write_config (self, BERT, 2);
  add_weights (self, auto_model_from_config, with_prefix);
  write_config (self, BERT, 5);
  g_autoptr(AutoModel) strict = load (self, auto_model_from_pretrained, FALSE, &error);
  g_assert_null (strict);
  g_assert_error (error, AUTO_CHECKPOINT_ERROR, AUTO_CHECKPOINT_ERROR_MISMATCH);
  g_assert_nonnull (strstr (error->message, "(2, 8)"));
  g_assert_nonnull (strstr (error->message, "(5, 8)"));
  g_assert_nonnull (strstr (error->message, "ignore_mismatched_sizes"));
  g_clear_error (&error);
  g_autoptr(AutoModel) model = load (self, auto_model_from_pretrained, TRUE, &error);
  g_assert_no_error (error);
  assert_list (auto_model_list_missing_keys (model), "");
  assert_list (auto_model_list_mismatched_keys (model), "embeddings.token_type_embeddings.weight: (2, 8) in the checkpoint, (5, 8) in the model");
  assert_weight (model, "pooler.dense.weight", "pooler.dense.weight");
}

/* B08: a classifier of three labels, asked for two: an error with both shapes and the remedy, or with the flag a fresh head. */
static void
b08_other_labels (Folder *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *config = g_strdup_printf (BERT, 2), *labels = g_strdup_printf ("%.*s, \"id2label\": {\"0\": \"a\", \"1\": \"b\", \"2\": \"c\"}}",
                                                                                (int) strlen (config) - 1, config);

  write_config (self, "%s", labels);
  add_weights (self, auto_model_for_sequence_classification_from_config, same);
  self->num_labels = 2;
  g_autoptr(AutoModel) strict = load (self, auto_model_for_sequence_classification_from_pretrained, FALSE, &error);
  g_assert_null (strict);
  g_assert_error (error, AUTO_CHECKPOINT_ERROR, AUTO_CHECKPOINT_ERROR_MISMATCH);
  g_assert_nonnull (strstr (error->message, "(3, 8)"));
  g_assert_nonnull (strstr (error->message, "(2, 8)"));
  g_assert_nonnull (strstr (error->message, "ignore_mismatched_sizes"));
  g_clear_error (&error);
  g_autoptr(AutoModel) model = load (self, auto_model_for_sequence_classification_from_pretrained, TRUE, &error);
  g_assert_no_error (error);
  assert_list (auto_model_list_mismatched_keys (model), "classifier.bias: (3) in the checkpoint, (2) in the model "
                                                        "classifier.weight: (3, 8) in the checkpoint, (2, 8) in the model");
  g_autofree char *label = auto_config_get_label (auto_model_get_config (model), 1);
  g_assert_cmpstr (label, ==, "LABEL_1");
}

#define WAV2VEC2 "{\"model_type\": \"wav2vec2\", \"hidden_size\": 8, \"num_hidden_layers\": 1, \"num_attention_heads\": 2, "  \
                 "\"intermediate_size\": 12, \"conv_dim\": [6, 6], \"conv_kernel\": [5, 3], \"conv_stride\": [3, 2], "        \
                 "\"num_feat_extract_layers\": 2, \"num_conv_pos_embeddings\": 4, \"num_conv_pos_embedding_groups\": 2}"

static char *
new_spelling (const char *name)
{
  if (g_str_has_suffix (name, ".weight_g"))
    return g_strdup_printf ("%.*sparametrizations.weight.original0", (int) (strlen (name) - strlen ("weight_g")), name);
  if (g_str_has_suffix (name, ".weight_v"))
    return g_strdup_printf ("%.*sparametrizations.weight.original1", (int) (strlen (name) - strlen ("weight_v")), name);
  return g_strdup (name);
}

static AutoTensor *
hear (AutoModel *model)
{
  g_autoptr(AutoInputs) inputs = auto_inputs_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoTensor) sound = auto_formula_tensor ("sound", (gint64[]) { 1, 200 }, 2, 0);

  auto_inputs_set (inputs, "input_values", sound);
  g_autoptr(AutoModelOutput) output = auto_model_forward (model, inputs, NULL, &error);
  g_assert_no_error (error);
  return auto_tensor_ref (auto_model_output_get (output, "last_hidden_state"));
}

/* B19: the two spellings of a weight's norm and direction. */
static void
b19_weight_norm (Folder *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  write_config (self, WAV2VEC2);
  add_weights (self, auto_model_from_config, same);
  g_autoptr(AutoModel) old = load (self, auto_model_from_pretrained, FALSE, &error);
  g_assert_no_error (error);
  forget_weights (self);
  add_weights (self, auto_model_from_config, new_spelling);
  g_autoptr(AutoModel) new = load (self, auto_model_from_pretrained, FALSE, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      assert_list (auto_model_list_missing_keys (i ? new : old), "");
      assert_list (auto_model_list_unexpected_keys (i ? new : old), "");
    }
  g_autoptr(AutoTensor) a = hear (old), b = hear (new);
  g_assert_cmpmem (a->data, auto_tensor_get_n_elements (a) * 4, b->data, auto_tensor_get_n_elements (b) * 4);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    gconstpointer data;
    void (*test) (Folder *, gconstpointer);
  } tests[] = {
    { "b08-other-labels", NULL, b08_other_labels },
    { "b10-head-into-base", NULL, b10_head_into_base },
    { "b11-base-into-head", NULL, b11_base_into_head },
    { "b13-nothing-found", NULL, b13_nothing_found },
    { "b14-only-lm-head", GINT_TO_POINTER (TRUE), b14_tied_pair },
    { "b14-only-embedding", GINT_TO_POINTER (FALSE), b14_tied_pair },
    { "b16-not-tied", GINT_TO_POINTER (FALSE), b16_flag_and_file },
    { "b16-both-stored", GINT_TO_POINTER (TRUE), b16_flag_and_file },
    { "b17-gamma-and-beta", NULL, b17_gamma_and_beta },
    { "b19-weight-norm", NULL, b19_weight_norm },
    { "b26-mismatched-sizes", NULL, b26_mismatched_sizes },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/model-keys/", tests[i].name, NULL);
      g_test_add (path, Folder, tests[i].data, set_up, tests[i].test, tear_down);
    }
  return g_test_run ();
}
