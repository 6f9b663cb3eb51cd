/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a call of generate does beside searching: limits, padding, streams, stops, cancels, errors. */
#include <math.h>
#include <string.h>

#include "core/base/auto-json.h"
#include "core/generation/auto-generation.h"
#include "core/generation/auto-text-streamer.h"
#include "fixture.h"

static AutoGenerationConfig *
new_config (const char *settings)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = json_from_string (settings, NULL);
  AutoGenerationConfig *config = auto_generation_config_new ();

  g_assert_true (auto_generation_config_update (config, json_node_get_object (node), &error));
  g_assert_no_error (error);
  return config;
}

static AutoInputs *
new_inputs (const gint64 *ids, gsize rows, gsize length)
{
  AutoInputs *inputs = auto_inputs_new ();
  const gint64 shape[2] = { (gint64) rows, (gint64) length };
  g_autoptr(AutoTensor) tensor = auto_tensor_new_int64 (shape, 2, ids, rows * length, NULL);

  auto_inputs_set (inputs, "input_ids", tensor);
  return inputs;
}

static AutoGeneration *
generate (AutoInputs *inputs, AutoGenerationConfig *config)
{
  g_autoptr(GError) error = NULL;
  AutoGeneration *generation = auto_model_generate (fixture_model (), inputs, config, NULL, &error);

  g_assert_no_error (error);
  return generation;
}

static gboolean
warns (AutoGeneration *generation, const char *part)
{
  g_auto(GStrv) warnings = auto_generation_list_warnings (generation);

  for (char **warning = warnings; *warning; warning++)
    if (strstr (*warning, part))
      return TRUE;
  return FALSE;
}

/* B55: a row with padding on the left is what it is without. */
static void
test_left_padding (void)
{
  g_autoptr(AutoGenerationConfig) config = new_config ("{\"max_new_tokens\": 5, \"pad_token_id\": 0}");
  g_autoptr(AutoInputs) padded = fixture_inputs ("padded"), alone = new_inputs ((const gint64[]) { 5, 6 }, 1, 2);
  g_autoptr(AutoGeneration) together = generate (padded, config), single = generate (alone, config);
  const gint64 *a = auto_tensor_get_int64 (auto_generation_get_sequences (together), NULL), *b = auto_tensor_get_int64 (auto_generation_get_sequences (single), NULL);

  g_assert_cmpmem (a + 4, 5 * sizeof *a, b + 2, 5 * sizeof *b);
  auto_inputs_set (padded, "attention_mask", NULL); /* which follows from the padding */
  g_autoptr(AutoGeneration) derived = generate (padded, config);
  g_assert_cmpmem (auto_tensor_get_int64 (auto_generation_get_sequences (derived), NULL), 18 * sizeof *a, a, 18 * sizeof *a);
  g_assert_false (warns (derived, "padding on the left"));
  g_autoptr(AutoInputs) right = new_inputs ((const gint64[]) { 5, 6, 0, 3, 4, 5 }, 2, 3);
  g_autoptr(AutoGeneration) warned = generate (right, config);
  g_assert_true (warns (warned, "padding on the left"));
}

/* B56 */
static void
test_limits (void)
{
  static const struct { const char *settings, *warning; gint64 length; } cases[] = {
    { "{\"max_length\": 4}", "one more token is made", 5 }, { "{\"max_length\": 3}", "one more token is made", 5 },
    { "{\"max_length\": 4, \"max_new_tokens\": 2}", "max_new_tokens counts", 6 }, { "{}", "ends at 20 tokens", 20 },
    { "{\"max_new_tokens\": 0}", "one more token is made", 5 }, { "{\"max_new_tokens\": 2, \"min_length\": 9}", "min_length is beyond", 6 },
    { "{\"max_new_tokens\": 20, \"max_time\": 0.0000001}", "", 5 }, { "{\"max_length\": 4, \"num_beams\": 2}", "one more token is made", 5 },
  };
  g_autoptr(AutoInputs) inputs = new_inputs ((const gint64[]) { 3, 4, 5, 6 }, 1, 4);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(AutoGenerationConfig) config = new_config (cases[i].settings);
      g_autoptr(AutoGeneration) generation = generate (inputs, config);
      g_assert_cmpint (auto_tensor_get_dim (auto_generation_get_sequences (generation), 1), ==, cases[i].length);
      g_assert_true (!*cases[i].warning || warns (generation, cases[i].warning));
    }
}

/* B59: lists that are null or empty are as none. */
static void
test_null_lists (void)
{
  static const char *const keys[] = { "suppress_tokens", "begin_suppress_tokens", "forced_decoder_ids" };
  g_autoptr(AutoInputs) inputs = new_inputs ((const gint64[]) { 3, 4, 5 }, 1, 3);
  g_autoptr(AutoGenerationConfig) plain = new_config ("{\"max_new_tokens\": 5}");
  g_autoptr(AutoGeneration) want = generate (inputs, plain);

  for (guint i = 0; i < 2 * G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *settings = g_strdup_printf ("{\"max_new_tokens\": 5, \"%s\": %s}", keys[i / 2], i % 2 ? "null" : "[]");
      g_autoptr(AutoGenerationConfig) config = new_config (settings);
      g_autoptr(AutoGeneration) got = generate (inputs, config);
      g_assert_cmpmem (auto_tensor_get_int64 (auto_generation_get_sequences (got), NULL), 8 * sizeof (gint64),
                       auto_tensor_get_int64 (auto_generation_get_sequences (want), NULL), 8 * sizeof (gint64));
    }
}

static void
expect_error (AutoInputs *inputs, AutoGenerationConfig *config, GQuark domain, int code, const char *part)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoGeneration) generation = auto_model_generate (fixture_model (), inputs, config, NULL, &error);

  g_assert_null (generation);
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, part));
}

static void
spoil (const gint64 *ids, gsize n_ids, float *scores, gsize n, gsize row, gpointer data)
{
  scores[2] = NAN;
}

/* B59: where everything is forbidden, or nothing is a number, there is nothing to choose. */
static void
test_nothing_to_choose (void)
{
  g_autoptr(AutoInputs) inputs = new_inputs ((const gint64[]) { 3 }, 1, 1);
  g_autoptr(AutoGenerationConfig) all = new_config ("{\"do_sample\": true, \"max_new_tokens\": 2}");
  g_autoptr(AutoGenerationConfig) nan = new_config ("{\"max_new_tokens\": 2}");
  g_autoptr(JsonNode) everything = json_from_string ("[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]", NULL);

  auto_generation_config_set_value (all, "suppress_tokens", everything, NULL);
  expect_error (inputs, all, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "all are forbidden");
  /* forced against suppressed: what is forced comes */
  auto_generation_config_set_text (all, "forced_decoder_ids", "[[1, 5], [2, 6]]", NULL);
  g_autoptr(AutoGeneration) forced = generate (inputs, all);
  g_assert_cmpint (auto_tensor_get_int64 (auto_generation_get_sequences (forced), NULL)[1], ==, 5);
  auto_generation_config_add_processor (nan, spoil, NULL, NULL);
  expect_error (inputs, nan, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "not a number");
  auto_generation_config_set_int (nan, "num_beams", 2, NULL);
  expect_error (inputs, nan, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "not a number");
}

static void
test_bad_inputs (void)
{
  g_autoptr(AutoGenerationConfig) config = new_config ("{\"max_new_tokens\": 2}");
  g_autoptr(AutoInputs) none = auto_inputs_new (), empty = new_inputs (NULL, 1, 0), outside = new_inputs ((const gint64[]) { 16 }, 1, 1);
  g_autoptr(AutoInputs) flat = auto_inputs_new (), mask = new_inputs ((const gint64[]) { 3, 4 }, 1, 2);
  g_autoptr(AutoTensor) line = auto_tensor_new_int64 ((const gint64[]) { 2 }, 1, (const gint64[]) { 1, 2 }, 2, NULL);
  g_autoptr(AutoInputs) unknown = new_inputs ((const gint64[]) { 3 }, 1, 1);

  expect_error (none, config, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "input_ids");
  expect_error (empty, config, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "input_ids");
  auto_inputs_set (flat, "input_ids", line);
  expect_error (flat, config, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "input_ids");
  expect_error (outside, config, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "16");
  auto_inputs_set (mask, "attention_mask", line);
  expect_error (mask, config, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "attention_mask");
  auto_inputs_set (unknown, "attention_masc", line);
  expect_error (unknown, config, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "attention_masc");
}

static void
count_tokens (AutoStreamer *streamer, AutoTensor *ids, gpointer data)
{
  GArray *seen = data;
  gsize n;
  const gint64 *values = auto_tensor_get_int64 (ids, &n);

  g_array_append_vals (seen, values, n);
  if (seen->len >= 6)
    auto_streamer_stop (streamer);
}

static void
test_stream (void)
{
  g_autoptr(AutoInputs) inputs = new_inputs ((const gint64[]) { 3, 4, 5 }, 1, 3);
  g_autoptr(AutoGenerationConfig) config = new_config ("{\"max_new_tokens\": 10}"), beams = new_config ("{\"num_beams\": 2, \"max_new_tokens\": 10}");
  g_autoptr(AutoStreamer) streamer = auto_streamer_new ();
  g_autoptr(GArray) seen = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_signal_connect (streamer, "tokens", G_CALLBACK (count_tokens), seen);
  auto_generation_config_set_streamer (config, streamer);
  g_autoptr(AutoGeneration) generation = generate (inputs, config);
  g_assert_cmpuint (seen->len, ==, 6); /* three of the prompt, three more, then it was stopped */
  gsize n;
  const gint64 *ids = auto_tensor_get_int64 (auto_generation_get_sequences (generation), &n);
  g_assert_cmpmem (seen->data, seen->len * sizeof *ids, ids, n * sizeof *ids);
  auto_generation_config_set_streamer (beams, streamer);
  expect_error (inputs, beams, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "streamer");
}

/* Tokens 0 to 255 are bytes; what is no whole character decodes to U+FFFD, as tokenizers of bytes have it. */
static char *
decode_bytes (const gint64 *ids, gsize n, gpointer data)
{
  g_autofree char *bytes = g_malloc (n + 1);

  for (gsize i = 0; i < n; i++)
    bytes[i] = (char) ids[i];
  return g_utf8_make_valid (bytes, n);
}

static void
collect_text (AutoTextStreamer *streamer, const char *text, gpointer data)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_null (strstr (text, "\xEF\xBF\xBD"));
  g_string_append (data, text);
}

static void
test_text (void)
{
  static const char text[] = "a ü €uro 🎉 日本";
  g_autoptr(AutoTextStreamer) streamer = auto_text_streamer_new (decode_bytes, NULL, NULL, TRUE);
  g_autoptr(GString) got = g_string_new (NULL);

  g_signal_connect (streamer, "text", G_CALLBACK (collect_text), got);
  for (guint round = 0; round < 2; round++)
    {
      auto_streamer_put (AUTO_STREAMER (streamer), (const gint64[]) { 'x', 'y' }, 1, 2); /* the prompt */
      for (gsize i = 0; i < strlen (text); i++)
        {
          gint64 byte = (guchar) text[i];
          auto_streamer_put (AUTO_STREAMER (streamer), &byte, 1, 1);
        }
      g_assert_cmpstr (got->str, ==, text); /* nothing is held back that is whole */
      auto_streamer_end (AUTO_STREAMER (streamer));
      g_assert_cmpstr (got->str, ==, text);
      g_string_truncate (got, 0);
    }
}

static void
cancel_later (const gint64 *ids, gsize n_ids, float *scores, gsize n, gsize row, gpointer data)
{
  if (n_ids == 5)
    g_cancellable_cancel (data);
}

static void
on_done (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoGeneration) generation = auto_model_generate_finish (AUTO_MODEL (object), result, &error);

  g_assert_null (generation);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_main_loop_quit (data);
}

static void
test_cancel (void)
{
  g_autoptr(AutoInputs) inputs = new_inputs ((const gint64[]) { 3, 4 }, 1, 2);
  g_autoptr(AutoGenerationConfig) config = new_config ("{\"max_new_tokens\": 15}");
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  auto_generation_config_add_processor (config, cancel_later, g_object_ref (cancellable), g_object_unref);
  auto_model_generate_async (fixture_model (), inputs, config, G_PRIORITY_DEFAULT, cancellable, on_done, loop);
  g_main_loop_run (loop);
}

static void
allow_next (gsize item, const gint64 *ids, gsize n_ids, GArray *allowed, gpointer data)
{
  gint64 next = (ids[n_ids - 1] + 1) % 16;

  g_array_append_val (allowed, next);
  if (data)
    g_array_set_size (allowed, 0);
}

static void
test_allowed (void)
{
  g_autoptr(AutoInputs) inputs = new_inputs ((const gint64[]) { 3, 9 }, 2, 1);
  g_autoptr(AutoGenerationConfig) config = new_config ("{\"max_new_tokens\": 3}");

  auto_generation_config_set_allowed_tokens (config, allow_next, NULL, NULL);
  g_autoptr(AutoGeneration) generation = generate (inputs, config);
  g_assert_cmpmem (auto_tensor_get_int64 (auto_generation_get_sequences (generation), NULL), 8 * sizeof (gint64),
                   ((const gint64[]) { 3, 4, 5, 6, 9, 10, 11, 12 }), 8 * sizeof (gint64));
  auto_generation_config_set_allowed_tokens (config, allow_next, config, NULL);
  expect_error (inputs, config, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "allows none");
}

static void
refuse_assisted (const char *settings, AutoInputs *inputs, const char *part)
{
  g_autoptr(AutoGenerationConfig) config = new_config (settings);

  auto_generation_config_set_assistant (config, fixture_assistant ());
  expect_error (inputs, config, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, part);
}

/* What the reference refuses with an assistant. */
static void
test_assisted (void)
{
  g_autoptr(AutoInputs) one = new_inputs ((const gint64[]) { 3, 4, 5 }, 1, 3), two = new_inputs ((const gint64[]) { 3, 4, 5, 6 }, 2, 2);
  g_autoptr(AutoGenerationConfig) config = new_config ("{\"max_new_tokens\": 12, \"output_scores\": true}"), plain = auto_generation_config_copy (config);
  g_autoptr(AutoStreamer) streamer = auto_streamer_new ();
  g_autoptr(GArray) seen = g_array_new (FALSE, FALSE, sizeof (gint64));

  refuse_assisted ("{\"max_new_tokens\": 3}", two, "one row");
  refuse_assisted ("{\"max_new_tokens\": 3, \"num_beams\": 2}", one, "num_beams");
  refuse_assisted ("{\"max_new_tokens\": 3, \"penalty_alpha\": 0.5, \"top_k\": 4}", one, "greedy");
  refuse_assisted ("{\"max_new_tokens\": 3, \"do_sample\": true, \"num_return_sequences\": 2}", one, "num_return_sequences");
  refuse_assisted ("{\"max_new_tokens\": 3, \"use_cache\": false}", one, "use_cache");
  refuse_assisted ("{\"max_new_tokens\": 3, \"num_assistant_tokens\": 0}", one, "num_assistant_tokens");
  auto_generation_config_set_assistant (config, fixture_assistant ());
  g_assert_true (auto_generation_config_get_assistant (config) == fixture_assistant ());
  g_autoptr(AutoGeneration) assisted = generate (one, config), alone = generate (one, plain);
  g_assert_cmpmem (auto_tensor_get_int64 (auto_generation_get_sequences (assisted), NULL), 15 * sizeof (gint64),
                   auto_tensor_get_int64 (auto_generation_get_sequences (alone), NULL), 15 * sizeof (gint64));
  g_assert_cmpuint (auto_generation_get_n_scores (assisted), ==, 12);
  g_signal_connect (streamer, "tokens", G_CALLBACK (count_tokens), seen);
  auto_generation_config_set_streamer (config, streamer); /* which stops after a few */
  g_autoptr(AutoGeneration) stopped = generate (one, config);
  g_assert_cmpint (auto_tensor_get_dim (auto_generation_get_sequences (stopped), 1), <, 15);
  g_assert_cmpmem (seen->data, seen->len * sizeof (gint64), auto_tensor_get_int64 (auto_generation_get_sequences (alone), NULL), seen->len * sizeof (gint64));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/generation/call/left-padding", test_left_padding);
  g_test_add_func ("/generation/call/limits", test_limits);
  g_test_add_func ("/generation/call/null-lists", test_null_lists);
  g_test_add_func ("/generation/call/nothing-to-choose", test_nothing_to_choose);
  g_test_add_func ("/generation/call/bad-inputs", test_bad_inputs);
  g_test_add_func ("/generation/call/stream", test_stream);
  g_test_add_func ("/generation/call/text", test_text);
  g_test_add_func ("/generation/call/cancel", test_cancel);
  g_test_add_func ("/generation/call/allowed", test_allowed);
  g_test_add_func ("/generation/call/assisted", test_assisted);
  return g_test_run ();
}
