/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-sentence-encoder.h"

#include <math.h>
#include <string.h>

#include "../base/auto-json.h"
#include "../hub/auto-hub-resolve.h"
#include "../tensor/auto-tensor-private.h"

/* Texts of about the same length are computed together, so that little is padded. */
#define TEXTS_AT_A_TIME 32

/* How the states of the tokens become one vector. */
typedef enum {
  POOL_CLS = 1 << 0,
  POOL_MEAN = 1 << 1,
  POOL_MAX = 1 << 2,
  POOL_MEAN_SQRT = 1 << 3,
  POOL_LAST = 1 << 4,
} Pooling;

struct _AutoSentenceEncoder
{
  GObject parent_instance;
  AutoTokenizer *tokenizer;
  AutoModel *model;
  Pooling pooling;
  gboolean normalize;
  int max_length; /* tokens; 0: the tokenizer's own limit */
};

G_DEFINE_FINAL_TYPE (AutoSentenceEncoder, auto_sentence_encoder, G_TYPE_OBJECT)

static void
auto_sentence_encoder_finalize (GObject *object)
{
  AutoSentenceEncoder *self = AUTO_SENTENCE_ENCODER (object);

  g_clear_object (&self->tokenizer);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (auto_sentence_encoder_parent_class)->finalize (object);
}

static void
auto_sentence_encoder_class_init (AutoSentenceEncoderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = auto_sentence_encoder_finalize;
}

static void
auto_sentence_encoder_init (AutoSentenceEncoder *self)
{
  self->pooling = POOL_MEAN;
  self->normalize = TRUE;
}

/* A small JSON file of the folder; NULL without an error when there is none. */
static JsonNode *
read_file (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  return auto_json_read (path, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, error);
}

static void
set_pooling (AutoSentenceEncoder *self, JsonObject *modes)
{
  static const struct
  {
    const char *key;
    Pooling pooling;
  } keys[] = { { "pooling_mode_cls_token", POOL_CLS }, { "pooling_mode_mean_tokens", POOL_MEAN }, { "pooling_mode_max_tokens", POOL_MAX },
               { "pooling_mode_mean_sqrt_len_tokens", POOL_MEAN_SQRT }, { "pooling_mode_lasttoken", POOL_LAST } };

  self->pooling = 0;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (auto_json_bool (modes, keys[i].key, FALSE))
      self->pooling |= keys[i].pooling;
  if (!self->pooling)
    self->pooling = POOL_MEAN;
}

/* modules.json says what is done to the model's states: a pooling, perhaps a normalisation. Without it: the mean, normalised. */
static gboolean
read_modules (AutoSentenceEncoder *self, const char *folder, JsonArray *modules, GError **error)
{
  self->normalize = FALSE;
  for (guint i = 0; i < json_array_get_length (modules); i++)
    {
      JsonNode *node = json_array_get_element (modules, i);
      JsonObject *module = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *type = auto_json_string (module, "type"), *path = auto_json_string (module, "path");
      if (type && g_str_has_suffix (type, ".Normalize"))
        self->normalize = TRUE;
      else if (type && g_str_has_suffix (type, ".Pooling") && path && !strstr (path, ".."))
        {
          g_autofree char *name = g_build_filename (path, "config.json", NULL);
          g_autoptr(GError) local = NULL;
          g_autoptr(JsonNode) modes = read_file (folder, name, &local);
          if (local)
            {
              g_propagate_error (error, g_steal_pointer (&local));
              return FALSE;
            }
          if (modes && JSON_NODE_HOLDS_OBJECT (modes))
            set_pooling (self, json_node_get_object (modes));
        }
      else if (!type || !g_str_has_suffix (type, ".Transformer"))
        {
          g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "%s/modules.json: there is no module %s here; Transformer, Pooling and Normalize are",
                       folder, type ? type : "without a type");
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
read_settings (AutoSentenceEncoder *self, const char *folder, GError **error)
{
  g_autoptr(GError) local = NULL;
  g_autoptr(JsonNode) modules = read_file (folder, "modules.json", &local);
  g_autoptr(JsonNode) sentences = local ? NULL : read_file (folder, "sentence_bert_config.json", &local);

  if (local)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (sentences && JSON_NODE_HOLDS_OBJECT (sentences))
    self->max_length = (int) CLAMP (auto_json_int (json_node_get_object (sentences), "max_seq_length", 0), 0, G_MAXINT);
  return !modules || !JSON_NODE_HOLDS_ARRAY (modules) || read_modules (self, folder, json_node_get_array (modules), error);
}

/**
 * auto_sentence_encoder_from_pretrained: (constructor)
 * @name_or_path: a folder or the name of a model on the hub
 * @options: (nullable): the keywords of the reference
 * @cancellable: (nullable): cancels the load
 * @error: return location for an error
 *
 * Loads a model of sentences: its tokenizer, its weights, and `modules.json` where there is one. Without that file vectors are the
 * mean of the tokens' states, normalised.
 *
 * Returns: (transfer full): the encoder, or %NULL with an error
 */
AutoSentenceEncoder *
auto_sentence_encoder_from_pretrained (const char *name_or_path, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  static const char *const files[] = { "modules.json", "sentence_bert_config.json", "1_Pooling/config.json", NULL };

  g_return_val_if_fail (name_or_path != NULL, NULL);
  g_autofree char *folder = auto_hub_resolve_files (name_or_path, files, options, cancellable, error);
  if (!folder)
    return NULL;
  g_autoptr(AutoSentenceEncoder) self = g_object_new (AUTO_TYPE_SENTENCE_ENCODER, NULL);
  if (!read_settings (self, folder, error))
    return NULL;
  self->tokenizer = auto_tokenizer_from_pretrained (name_or_path, options, cancellable, error);
  self->model = self->tokenizer ? auto_model_from_pretrained (name_or_path, options, cancellable, error) : NULL;
  return self->model ? g_steal_pointer (&self) : NULL;
}

static guint
n_vectors (Pooling pooling)
{
  guint n = 0;

  for (guint bit = 0; bit < 5; bit++)
    n += (pooling >> bit) & 1;
  return n;
}

static void
normalize_vector (float *v, gint64 n)
{
  double sum = 0;

  for (gint64 i = 0; i < n; i++)
    sum += (double) v[i] * v[i];
  float factor = (float) (1 / MAX (sqrt (sum), 1e-12));
  for (gint64 i = 0; i < n; i++)
    v[i] *= factor;
}

/* The sum of the states that the mask shows, and how many they are. */
static double
sum_states (const float *states, const gint64 *mask, gint64 length, gint64 width, float *sum)
{
  double count = 0;

  memset (sum, 0, width * sizeof *sum);
  for (gint64 s = 0; s < length; s++)
    if (mask[s])
      {
        count++;
        for (gint64 i = 0; i < width; i++)
          sum[i] += states[s * width + i];
      }
  return count;
}

static void
max_states (const float *states, const gint64 *mask, gint64 length, gint64 width, float *max)
{
  for (gint64 i = 0; i < width; i++)
    max[i] = -1e9f;
  for (gint64 s = 0; s < length; s++)
    for (gint64 i = 0; mask[s] && i < width; i++)
      max[i] = MAX (max[i], states[s * width + i]);
}

/* One row's vectors, in sentence-transformers' order: first token, maximum, mean, mean by the root of the length, last token. */
static void
pool_row (Pooling pooling, const float *states, const gint64 *mask, gint64 length, gint64 width, float *out)
{
  static const Pooling order[] = { POOL_CLS, POOL_MAX, POOL_MEAN, POOL_MEAN_SQRT, POOL_LAST };
  gint64 first = 0, last = length - 1;

  while (first < last && !mask[first])
    first++;
  while (last > first && !mask[last])
    last--;
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      if (!(pooling & order[i]))
        continue;
      if (order[i] == POOL_CLS || order[i] == POOL_LAST)
        memcpy (out, states + (order[i] == POOL_CLS ? first : last) * width, width * sizeof *out);
      else if (order[i] == POOL_MAX)
        max_states (states, mask, length, width, out);
      else
        {
          double count = MAX (sum_states (states, mask, length, width, out), 1e-9);
          float factor = (float) (1 / (order[i] == POOL_MEAN ? count : sqrt (count)));
          for (gint64 j = 0; j < width; j++)
            out[j] *= factor;
        }
      out += width;
    }
}

static AutoEncoding *
tokenize (AutoSentenceEncoder *self, const char *const *texts, GCancellable *cancellable, GError **error)
{
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();

  g_object_set (options, "padding", AUTO_PADDING_LONGEST, "truncation", AUTO_TRUNCATION_LONGEST_FIRST, NULL);
  if (self->max_length)
    g_object_set (options, "max-length", (gint64) self->max_length, NULL);
  return auto_tokenizer_encode_batch (self->tokenizer, texts, NULL, options, cancellable, error);
}

/* The vectors of a few texts; they are written where @order says. */
static gboolean
encode_some (AutoSentenceEncoder *self, const char *const *texts, const guint *order, guint n, AutoTensor **vectors, guint n_texts,
             GCancellable *cancellable, GError **error)
{
  g_autoptr(AutoEncoding) encoding = tokenize (self, texts, cancellable, error);
  AutoInputs *inputs = encoding ? auto_encoding_get_inputs (encoding) : NULL;
  g_autoptr(AutoModelOutput) output = inputs ? auto_model_forward (self->model, inputs, cancellable, error) : NULL;

  if (!output)
    return FALSE;
  AutoTensor *states = auto_model_output_get (output, "last_hidden_state"), *mask = auto_inputs_get (inputs, "attention_mask");
  if (!states || !mask || auto_tensor_get_n_dims (states) != 3)
    {
      g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "%s returns no states of tokens to make a vector of", G_OBJECT_TYPE_NAME (self->model));
      return FALSE;
    }
  g_autoptr(AutoTensor) whole = auto_tensor_convert (states, AUTO_DTYPE_F32);
  gint64 length = whole->shape[1], width = whole->shape[2], size = width * n_vectors (self->pooling);
  if (!*vectors)
    *vectors = auto_tensor_new_empty (AUTO_DTYPE_F32, (gint64[]) { n_texts, size }, 2);
  for (guint i = 0; i < n; i++)
    {
      float *v = (float *) (*vectors)->data + order[i] * size;
      pool_row (self->pooling, (const float *) whole->data + i * length * width, auto_tensor_get_int64 (mask, NULL) + i * length, length, width, v);
      if (self->normalize)
        normalize_vector (v, size);
    }
  return TRUE;
}

static int
compare_lengths (gconstpointer a, gconstpointer b, gpointer texts)
{
  gsize x = strlen (((const char *const *) texts)[*(const guint *) a]), y = strlen (((const char *const *) texts)[*(const guint *) b]);

  return x != y ? (x < y ? -1 : 1) : (*(const guint *) a < *(const guint *) b ? -1 : 1);
}

/**
 * auto_sentence_encoder_encode:
 * @self: an encoder
 * @texts: (array zero-terminated=1): sentences, at least one
 * @cancellable: (nullable): stops the computation
 * @error: return location for an error
 *
 * Longer texts than the model can take are cut.
 *
 * Returns: (transfer full): 32-bit floats (texts, width), or %NULL with an error
 */
AutoTensor *
auto_sentence_encoder_encode (AutoSentenceEncoder *self, const char *const *texts, GCancellable *cancellable, GError **error)
{
  AutoTensor *vectors = NULL;

  g_return_val_if_fail (AUTO_IS_SENTENCE_ENCODER (self), NULL);
  guint n = texts ? g_strv_length ((char **) texts) : 0;
  if (n == 0)
    {
      g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "there are no texts to encode");
      return NULL;
    }
  g_autofree guint *order = g_new (guint, n);
  for (guint i = 0; i < n; i++)
    order[i] = i;
  g_qsort_with_data (order, (int) n, sizeof *order, compare_lengths, (gpointer) texts);
  for (guint i = 0; i < n; i += TEXTS_AT_A_TIME)
    {
      const char *some[TEXTS_AT_A_TIME + 1] = { NULL };
      guint count = MIN (TEXTS_AT_A_TIME, n - i);
      for (guint j = 0; j < count; j++)
        some[j] = texts[order[i + j]];
      if (!encode_some (self, some, order + i, count, &vectors, n, cancellable, error))
        {
          g_clear_pointer (&vectors, auto_tensor_unref);
          return NULL;
        }
    }
  return vectors;
}

static void
encode_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  AutoTensor *vectors = auto_sentence_encoder_encode (source, data, cancellable, &error);

  if (vectors)
    g_task_return_pointer (task, vectors, (GDestroyNotify) auto_tensor_unref);
  else
    g_task_return_error (task, error);
}

/**
 * auto_sentence_encoder_encode_async:
 * @self: an encoder
 * @texts: (array zero-terminated=1): sentences, at least one
 * @io_priority: the priority of the answer in the main loop
 * @cancellable: (nullable): stops the computation
 * @callback: (scope async) (closure user_data): called in the thread-default main context when it is done
 * @user_data: data for @callback
 *
 * Encodes in a thread.
 */
void
auto_sentence_encoder_encode_async (AutoSentenceEncoder *self, const char *const *texts, int io_priority, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (AUTO_IS_SENTENCE_ENCODER (self));
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, auto_sentence_encoder_encode_async);
  g_task_set_priority (task, io_priority);
  g_task_set_task_data (task, g_strdupv ((char **) texts), (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, encode_in_thread);
}

/**
 * auto_sentence_encoder_encode_finish:
 * @self: an encoder
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full): 32-bit floats (texts, width), or %NULL with an error
 */
AutoTensor *
auto_sentence_encoder_encode_finish (AutoSentenceEncoder *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
