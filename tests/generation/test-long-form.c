/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sounds longer than what a model takes at once, and times of tokens, against what the reference makes of them (long-form.json). */
#include <math.h>
#include <string.h>

#include "core/auto/auto-door.h"
#include "core/base/auto-json.h"
#include "core/generation/auto-alignment.h"
#include "core/generation/auto-fallback.h"
#include "tests/support/auto-formula.h"

static JsonObject *
data (void)
{
  static JsonNode *node;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "long-form.json", NULL);

  if (!node)
    node = auto_json_read (path, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, NULL);
  g_assert_nonnull (node);
  return json_node_get_object (node);
}

static AutoTensor *
formula (const char *name, JsonArray *dims, guint64 seed, float scale)
{
  gint64 shape[AUTO_TENSOR_MAX_DIMS];
  guint n = json_array_get_length (dims);

  for (guint i = 0; i < n; i++)
    shape[i] = json_array_get_int_element (dims, i);
  AutoTensor *x = auto_formula_tensor (name, shape, n, seed);
  for (gint64 i = 0; i < auto_tensor_get_n_elements (x); i++)
    ((float *) x->data)[i] *= scale;
  return x;
}

static AutoModel *
make_model (gint64 seed)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoConfig) config = auto_config_from_dict (auto_json_object (data (), "config"), NULL, &error);
  AutoModel *model = config ? auto_door_from_config (auto_task_find ("AutoModelForSpeechSeq2Seq"), config, &error) : NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *dims;

  g_assert_no_error (error);
  json_object_iter_init (&iter, auto_json_object (data (), "tensors"));
  while (json_object_iter_next (&iter, &name, &dims))
    {
      JsonArray *shape = json_node_get_array (dims);
      g_autoptr(AutoTensor) values = formula (name, shape, (guint64) seed, json_array_get_length (shape) > 1 ? 4 : 1);
      AutoTensor *weight = auto_model_get_weight (model, name);
      g_assert_nonnull (weight);
      memcpy (weight->data, values->data, auto_tensor_get_n_elements (values) * sizeof (float));
    }
  g_assert_true (auto_generation_config_update (auto_model_get_generation_config (model, NULL), auto_json_object (data (), "generation"), &error));
  g_assert_no_error (error);
  return model;
}

static AutoModel *
get_model (gint64 seed)
{
  static AutoModel *models[8];

  g_assert_true (seed >= 0 && seed < 8);
  if (!models[seed])
    models[seed] = make_model (seed);
  return models[seed];
}

static AutoInputs *
make_inputs (JsonObject *entry)
{
  AutoInputs *inputs = auto_inputs_new ();
  JsonArray *shape = auto_json_array (entry, "shape"), *lengths = auto_json_array (entry, "lengths");
  gint64 rows = json_array_get_int_element (shape, 0), frames = json_array_get_int_element (shape, 2);
  g_autoptr(AutoTensor) sound = formula (auto_json_string (entry, "sound"), shape, 0, 3);
  g_autofree gint64 *mask = g_new (gint64, rows * frames);

  auto_inputs_set (inputs, "input_features", sound);
  for (gint64 i = 0; i < rows * frames; i++)
    mask[i] = i % frames < json_array_get_int_element (lengths, i / frames);
  g_autoptr(AutoTensor) tensor = auto_tensor_new_int64 ((const gint64[]) { rows, frames }, 2, mask, rows * frames, NULL);
  if (rows > 1)
    auto_inputs_set (inputs, "attention_mask", tensor);
  return inputs;
}

static AutoGenerationConfig *
make_config (JsonObject *entry, AutoModel *model)
{
  g_autoptr(GError) error = NULL;
  AutoGenerationConfig *config = auto_generation_config_copy (auto_model_get_generation_config (model, NULL));

  g_assert_true (auto_generation_config_update (config, auto_json_object (entry, "settings"), &error));
  g_assert_no_error (error);
  return config;
}

static void
check_ids (AutoTensor *got, JsonArray *want)
{
  gsize n;
  const gint64 *ids = auto_tensor_get_int64 (got, &n);

  g_assert_cmpuint (n, ==, json_array_get_length (want));
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (ids[i], ==, json_array_get_int_element (want, i));
}

static void
check_segments (AutoGeneration *generation, JsonArray *rows)
{
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonArray *row = json_array_get_array_element (rows, i);
      g_assert_cmpuint (auto_generation_get_n_segments (generation, i), ==, json_array_get_length (row));
      for (guint j = 0; j < json_array_get_length (row); j++)
        {
          JsonArray *want = json_array_get_array_element (row, j);
          AutoGenerationSegment *segment = auto_generation_get_segment (generation, i, j);
          g_assert_cmpfloat_with_epsilon (auto_generation_segment_get_start (segment), json_array_get_double_element (want, 0), 2e-4);
          g_assert_cmpfloat_with_epsilon (auto_generation_segment_get_end (segment), json_array_get_double_element (want, 1), 2e-4);
          check_ids (auto_generation_segment_get_tokens (segment), json_array_get_array_element (want, 2));
        }
    }
}

static void
check_rows (AutoTensor *got, JsonArray *rows, gboolean times)
{
  gint64 length = auto_tensor_get_dim (got, 1);

  g_assert_cmpint (auto_tensor_get_dim (got, 0), ==, json_array_get_length (rows));
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonArray *row = json_array_get_array_element (rows, i);
      g_assert_cmpint (length, ==, json_array_get_length (row));
      for (gint64 j = 0; j < length; j++)
        if (times)
          g_assert_cmpfloat_with_epsilon (auto_tensor_get_float (got, NULL)[i * length + j], json_array_get_double_element (row, j), 2e-4);
        else
          g_assert_cmpint (auto_tensor_get_int64 (got, NULL)[i * length + j], ==, json_array_get_int_element (row, j));
    }
}

static void
test_case (gconstpointer pointer)
{
  JsonObject *entry = (JsonObject *) pointer;
  g_autoptr(GError) error = NULL;
  AutoModel *model = get_model (auto_json_int (entry, "seed", 0));
  g_autoptr(AutoInputs) inputs = make_inputs (entry);
  g_autoptr(AutoGenerationConfig) config = make_config (entry, model);
  g_autofree char *settings = auto_json_print (json_object_get_member (entry, "settings"), -1, FALSE);

  g_test_message ("%s", settings);
  g_autoptr(AutoGeneration) generation = auto_model_generate (model, inputs, config, NULL, &error);
  g_assert_no_error (error);
  check_rows (auto_generation_get_sequences (generation), auto_json_array (entry, "sequences"), FALSE);
  if (auto_json_array (entry, "segments"))
    check_segments (generation, auto_json_array (entry, "segments"));
  if (auto_json_array (entry, "token_timestamps"))
    check_rows (auto_generation_get_token_timestamps (generation), auto_json_array (entry, "token_timestamps"), TRUE);
}

static JsonObject *
find_case (gint64 rows, guint segments)
{
  JsonArray *cases = auto_json_array (data (), "cases");

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *entry = json_array_get_object_element (cases, i);
      if (auto_json_array (entry, "segments") && json_array_get_int_element (auto_json_array (entry, "shape"), 0) == rows &&
          json_array_get_length (json_array_get_array_element (auto_json_array (entry, "segments"), 0)) >= segments)
        return entry;
    }
  g_assert_not_reached ();
}

typedef struct
{
  GArray *ids;
  guint segments, stop_after;
  GCancellable *cancellable;
} Heard;

static void
on_tokens (AutoStreamer *streamer, AutoTensor *ids, gpointer pointer)
{
  gsize n;
  const gint64 *values = auto_tensor_get_int64 (ids, &n);

  g_array_append_vals (((Heard *) pointer)->ids, values, (guint) n);
}

static void
on_segment (AutoStreamer *streamer, guint row, AutoGenerationSegment *segment, gpointer pointer)
{
  Heard *heard = pointer;

  g_assert_cmpuint (row, ==, 0);
  g_assert_cmpfloat (auto_generation_segment_get_start (segment), <=, auto_generation_segment_get_end (segment) + 1);
  if (++heard->segments == heard->stop_after && heard->cancellable)
    g_cancellable_cancel (heard->cancellable);
  else if (heard->segments == heard->stop_after)
    auto_streamer_stop (streamer);
}

static AutoGeneration *
listen (JsonObject *entry, Heard *heard, GError **error)
{
  AutoModel *model = get_model (auto_json_int (entry, "seed", 0));
  g_autoptr(AutoInputs) inputs = make_inputs (entry);
  g_autoptr(AutoGenerationConfig) config = make_config (entry, model);
  g_autoptr(AutoStreamer) streamer = auto_streamer_new ();

  auto_generation_config_set_bool (config, "return_token_timestamps", TRUE, NULL);
  g_signal_connect (streamer, "tokens", G_CALLBACK (on_tokens), heard);
  g_signal_connect (streamer, "segment", G_CALLBACK (on_segment), heard);
  auto_generation_config_set_streamer (config, streamer);
  return auto_model_generate (model, inputs, config, heard->cancellable, error);
}

/* Segments are told as they come, after their tokens; a stop keeps what there is, a cancellable nothing. */
static void
test_stream (void)
{
  JsonObject *entry = find_case (1, 4);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GError) error = NULL;
  Heard heard = { .ids = ids };
  gsize n;

  g_autoptr(AutoGeneration) all = listen (entry, &heard, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (heard.segments, ==, auto_generation_get_n_segments (all, 0));
  const gint64 *sequence = auto_tensor_get_int64 (auto_generation_get_sequences (all), &n);
  g_assert_cmpuint (ids->len, >, n); /* the prompt comes first */
  g_assert_cmpmem ((const gint64 *) ids->data + ids->len - n, n * sizeof (gint64), sequence, n * sizeof (gint64));
  AutoGenerationSegment *last = auto_generation_get_segment (all, 0, heard.segments - 1);
  g_assert_nonnull (auto_generation_segment_get_token_timestamps (last));
  g_assert_cmpint (auto_tensor_get_n_elements (auto_generation_segment_get_token_timestamps (last)), ==,
                   auto_tensor_get_n_elements (auto_generation_segment_get_tokens (last)));
  heard = (Heard) { .ids = ids, .stop_after = 1 };
  g_autoptr(AutoGeneration) some = listen (entry, &heard, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (auto_generation_get_n_segments (some, 0), <, auto_generation_get_n_segments (all, 0));
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  heard = (Heard) { .ids = ids, .stop_after = 1, .cancellable = cancellable };
  g_autoptr(AutoGeneration) none = listen (entry, &heard, &error);
  g_assert_null (none);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
expect_error (JsonObject *entry, gboolean drop_mask, const char *settings, const char *part)
{
  AutoModel *model = get_model (auto_json_int (entry, "seed", 0));
  g_autoptr(AutoInputs) inputs = make_inputs (entry);
  g_autoptr(AutoGenerationConfig) config = make_config (entry, model);
  g_autoptr(JsonNode) node = json_from_string (settings, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_true (auto_generation_config_update (config, json_node_get_object (node), NULL));
  if (drop_mask)
    auto_inputs_set (inputs, "attention_mask", NULL);
  g_autoptr(AutoGeneration) generation = auto_model_generate (model, inputs, config, NULL, &error);
  g_assert_null (generation);
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_errors (void)
{
  JsonObject *one = find_case (1, 1), *two = find_case (2, 1);

  expect_error (two, TRUE, "{}", "attention_mask");
  expect_error (one, FALSE, "{\"return_timestamps\": false}", "return_timestamps");
  expect_error (one, FALSE, "{\"language\": null, \"task\": \"translate\"}", "language");
  expect_error (one, FALSE, "{\"language\": \"klingon\"}", "klingon");
  expect_error (one, FALSE, "{\"is_multilingual\": false}", "English");
  expect_error (one, FALSE, "{\"no_speech_threshold\": 0.5, \"logprob_threshold\": null}", "logprob_threshold");
  expect_error (one, FALSE, "{\"no_timestamps_token_id\": null}", "no_timestamps_token_id");
  expect_error (one, FALSE, "{\"temperature\": []}", "temperature");
  expect_error (one, FALSE, "{\"temperature\": [-1]}", "temperature");
  expect_error (one, FALSE, "{\"return_token_timestamps\": true, \"alignment_heads\": [[7, 0]]}", "alignment_heads");
  expect_error (one, FALSE, "{\"return_token_timestamps\": true, \"alignment_heads\": null}", "alignment_heads");
  expect_error (one, FALSE, "{\"condition_on_prev_tokens\": true, \"prev_sot_token_id\": null, \"suppress_tokens\": null}", "condition_on_prev_tokens");
}

/* zlib's sizes, computed by Python's: of 8 tokens of one byte, of 40 like tokens of two. */
static void
test_compression (void)
{
  gint64 ids[40];

  for (guint i = 0; i < 40; i++)
    ids[i] = i < 8 ? (gint64) i : 300;
  g_assert_cmpfloat_with_epsilon (auto_fallback_compression_ratio (ids, 8, 100), 8.0 / 16, 1e-9);
  for (guint i = 0; i < 40; i++)
    ids[i] = 300;
  g_assert_cmpfloat_with_epsilon (auto_fallback_compression_ratio (ids, 40, 51865), 80.0 / 13, 1e-9);
}

/* The cheapest way goes along the diagonal, waits, and goes on. */
static void
test_warp (void)
{
  static const double cost[3][5] = { { 0, 5, 5, 5, 5 }, { 5, 0, 0, 0, 5 }, { 5, 5, 5, 5, 0 } };
  gint64 begins[3];

  auto_alignment_warp (&cost[0][0], 3, 5, begins);
  g_assert_cmpint (begins[0], ==, 0);
  g_assert_cmpint (begins[1], ==, 1);
  g_assert_cmpint (begins[2], ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  JsonArray *cases = auto_json_array (data (), "cases");
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("/generation/long-form/%u", i);
      g_test_add_data_func (name, json_array_get_object_element (cases, i), test_case);
    }
  g_test_add_func ("/generation/long-form/stream", test_stream);
  g_test_add_func ("/generation/long-form/errors", test_errors);
  g_test_add_func ("/generation/long-form/compression", test_compression);
  g_test_add_func ("/generation/long-form/warp", test_warp);
  return g_test_run ();
}
