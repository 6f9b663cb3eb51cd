/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-fallback.h"

#include <math.h>
#include <string.h>

#include "../math/auto-rows.h"
#include "auto-model-decoder.h"
#include "auto-search.h"

double
auto_fallback_compression_ratio (const gint64 *ids, gsize n, gint64 vocabulary)
{
  gsize width = (gsize) (log2 ((double) MAX (vocabulary, 1)) / 8) + 1, size = n * width, read, written;
  g_autofree guint8 *bytes = g_malloc (MAX (size, 1)), *packed = g_malloc (size + size / 100 + 64);
  g_autoptr(GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, -1);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8) ((guint64) ids[i / width] >> 8 * (i % width));
  GConverterResult result = g_converter_convert (G_CONVERTER (compressor), bytes, size, packed, size + size / 100 + 64, G_CONVERTER_INPUT_AT_END,
                                                 &read, &written, NULL);
  return result == G_CONVERTER_FINISHED && written ? (double) size / (double) written : 0;
}

/* The mean log probability of a row's tokens by the scores of their steps, at the temperature 1; ends don't count, but as one token. */
static double
mean_log_probability (const AutoFallback *self, AutoGeneration *generation, gsize row, const GArray *tokens, double temperature)
{
  gsize steps = auto_generation_get_n_scores (generation), n = MIN (steps, tokens->len), skipped = tokens->len - n, counted = 0;
  float scale = temperature > 0 ? (float) temperature : 1;
  double sum = 0;

  for (gsize i = 0; i < tokens->len; i++)
    counted += i >= skipped && g_array_index (tokens, gint64, i) != self->eos_token_id;
  for (gsize i = 0; i < n; i++)
    {
      AutoTensor *scores = auto_generation_get_scores (generation, (guint) i);
      gint64 width = scores->shape[1], token = g_array_index (tokens, gint64, i + skipped);
      g_autofree float *log_p = g_memdup2 ((const float *) scores->data + row * width, width * sizeof (float));
      if (token == self->eos_token_id || token < 0 || token >= width)
        continue;
      for (gint64 j = 0; j < width; j++)
        log_p[j] *= scale;
      auto_log_softmax_rows (1, width, log_p, log_p);
      sum += log_p[token];
    }
  return sum / (double) (counted + 1);
}

/* For every row the probability that nothing is said in it. */
static gboolean
find_silence (const AutoFallback *self, const AutoFallbackRows *rows, float *silence, GError **error)
{
  gint64 n = rows->prompts->shape[0], length = rows->prompts->shape[1];
  gsize wanted = CLAMP (self->n_start, 1, (gsize) length), vocabulary;
  g_autoptr(AutoInputs) inputs = auto_inputs_copy (self->inputs);
  AutoSequences sequences;

  auto_inputs_set (inputs, "encoder_outputs", rows->states);
  auto_inputs_set (inputs, "decoder_attention_mask", rows->mask);
  AutoModelDecoder *decoder = auto_model_decoder_new (self->model, inputs, (gsize) n, 1, (gsize) length, TRUE, error);
  if (!decoder)
    return FALSE;
  auto_sequences_init (&sequences, (gsize) n, (gsize) length);
  auto_sequences_fill (&sequences, (const gint64 *) rows->prompts->data, (gsize) length, 1);
  AutoDecoder *steps = auto_model_decoder_get (decoder);
  float *logits = steps->step (steps, &sequences, wanted, &vocabulary, self->cancellable, error);
  for (gint64 i = 0; logits && i < n; i++)
    {
      float *first = logits + i * wanted * vocabulary; /* after the prompt's start */
      gboolean known = self->no_speech_token >= 0 && self->no_speech_token < (gint64) vocabulary;
      if (self->num_beams > 1 && self->n_start > 1) /* as the reference has it with beams */
        silence[i] = known ? expf (first[self->no_speech_token]) : 0;
      else
        {
          auto_softmax_rows (1, (gint64) vocabulary, first, first);
          silence[i] = known ? first[self->no_speech_token] : 0;
        }
    }
  auto_sequences_clear (&sequences);
  auto_model_decoder_free (decoder);
  return logits != NULL;
}

/* The tokens of a row after the prompt: without the end where the input goes on, and without padding. */
static void
take_tokens (const AutoFallback *self, AutoGeneration *generation, gsize row, gint64 prompt, gboolean final, AutoAttempt *attempt)
{
  AutoTensor *sequences = auto_generation_get_sequences (generation), *times = auto_generation_get_token_timestamps (generation);
  gint64 length = sequences->shape[1], n = MAX (length - prompt, 0), padding = 0;
  const gint64 *ids = (const gint64 *) sequences->data + row * length + MIN (prompt, length);

  if (n && !final && ids[n - 1] == self->eos_token_id)
    n--;
  if (n && ids[n - 1] == self->pad_token_id)
    {
      for (gint64 i = 0; i < n; i++)
        padding += ids[i] == self->pad_token_id;
      n -= padding;
    }
  g_array_set_size (attempt->tokens, 0);
  g_array_append_vals (attempt->tokens, ids, (guint) n);
  g_array_set_size (attempt->times, 0);
  if (times)
    g_array_append_vals (attempt->times, (const float *) times->data + row * length + MIN (prompt, length), (guint) n);
}

static gboolean
needs_another (const AutoFallback *self, AutoGeneration *generation, gsize row, float silence, AutoAttempt *attempt)
{
  AutoTensor *sums = auto_generation_get_sequences_scores (generation);
  gint64 vocabulary = auto_config_get_int (auto_model_get_config (self->model), "vocab_size", 0);
  gboolean again = FALSE, improbable = FALSE;

  if (!isnan (self->compression_ratio))
    again = auto_fallback_compression_ratio ((const gint64 *) attempt->tokens->data, attempt->tokens->len, vocabulary) > self->compression_ratio;
  if (!isnan (self->log_probability))
    {
      double mean = sums ? ((const float *) sums->data)[row] : mean_log_probability (self, generation, row, attempt->tokens, attempt->temperature);
      improbable = mean < self->log_probability;
    }
  attempt->skip = !isnan (self->no_speech) && improbable && silence > self->no_speech;
  return (again || improbable) && !attempt->skip;
}

static gboolean
set_attempt (AutoFallback *self, double temperature, GError **error)
{
  gboolean drawn = temperature > 0;
  gint64 beams = self->used_beams ? 1 : self->num_beams;
  g_autoptr(JsonNode) value = isnan (temperature) ? json_node_init_null (json_node_alloc ()) : json_node_init_double (json_node_alloc (), drawn ? temperature : 1);

  self->used_beams |= !drawn;
  auto_generation_config_set_streamer (self->config, beams > 1 ? NULL : self->watch);
  return auto_generation_config_set_bool (self->config, "do_sample", drawn, error) &&
         auto_generation_config_set_value (self->config, "temperature", value, error) &&
         auto_generation_config_set_int (self->config, "num_beams", beams, error) &&
         auto_generation_config_set_bool (self->config, "output_scores", self->alignment || !isnan (self->log_probability), error);
}

/* Generates for some of the rows. */
static AutoGeneration *
try_rows (AutoFallback *self, const AutoFallbackRows *rows, const gint64 *map, gsize n, GError **error)
{
  g_autoptr(AutoInputs) inputs = auto_inputs_copy (self->inputs);
  g_autoptr(AutoTensor) states = auto_search_pick_rows (rows->states, map, n), prompts = auto_search_pick_rows (rows->prompts, map, n);
  g_autoptr(AutoTensor) mask = rows->mask ? auto_search_pick_rows (rows->mask, map, n) : NULL;

  auto_inputs_set (inputs, "encoder_outputs", states);
  auto_inputs_set (inputs, "decoder_input_ids", prompts);
  auto_inputs_set (inputs, "decoder_attention_mask", mask);
  return auto_model_generate_plain (self->model, inputs, self->config, self->cancellable, error);
}

/* One attempt for the @n rows of @map; leaves in it those that need another. The reference notes silence and skips by places in the map. */
static gboolean
try_again (AutoFallback *self, const AutoFallbackRows *rows, double temperature, const float *silence, gint64 *map, gsize *n, AutoAttempt *attempts,
           gboolean *skips, GError **error)
{
  g_autoptr(AutoGeneration) generation = set_attempt (self, temperature, error) ? try_rows (self, rows, map, *n, error) : NULL;
  gsize left = 0;

  if (!generation || (self->alignment && !auto_generation_align (generation, self->alignment, error)))
    return FALSE;
  for (gsize i = 0; i < *n; i++)
    {
      AutoAttempt *attempt = &attempts[map[i]];
      attempt->temperature = temperature;
      take_tokens (self, generation, i, rows->prompts->shape[1], rows->final[map[i]], attempt);
      gboolean again = needs_another (self, generation, i, silence[self->n_start > 1 ? (gint64) i : map[i]], attempt);
      skips[i] = attempt->skip;
      if (again)
        map[left++] = map[i];
    }
  *n = left;
  return TRUE;
}

gboolean
auto_fallback_run (AutoFallback *self, const AutoFallbackRows *rows, AutoAttempt *attempts, GError **error)
{
  gsize all = rows->prompts->shape[0], n = all;
  g_autofree gint64 *map = g_new (gint64, n);
  g_autofree float *silence = g_new0 (float, n);
  g_autofree gboolean *skips = g_new0 (gboolean, n);

  for (gsize i = 0; i < n; i++)
    map[i] = (gint64) i;
  if (!isnan (self->no_speech) && !find_silence (self, rows, silence, error))
    return FALSE;
  for (gsize i = 0; i < self->n_temperatures && n && !(i && self->watch && auto_streamer_is_stopped (self->watch)); i++)
    if (!try_again (self, rows, self->temperatures[i], silence, map, &n, attempts, skips, error))
      return FALSE;
  for (gsize i = 0; i < all; i++)
    attempts[i].skip = skips[i];
  return TRUE;
}
