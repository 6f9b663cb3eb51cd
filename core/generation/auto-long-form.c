/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-long-form-private.h"

#include <math.h>
#include <string.h>

#include "../base/auto-errors.h"
#include "../base/auto-json.h"
#include "auto-generation-private.h"
#include "auto-model-decoder.h"

typedef struct
{
  const AutoLongForm *how;
  AutoTensor *features; /* contiguous floats (batch, width, frames) */
  gsize batch;
  gint64 *seek, *frames;  /* of each row: where the next window begins, and where the sound ends */
  gboolean *conditioned;  /* by row; the reference writes it by place among the rows that are left */
  GPtrArray *segments;    /* of a GPtrArray a row */
  gsize *rows, n_rows;    /* that are left */
  AutoAttempt *attempts;  /* by place among them */
  AutoFallback fallback;
  GArray *temperatures;   /* of double */
  gint64 max_length, max_new_tokens; /* of a window; the former grows by the prompts, as the reference has it */
  AutoStreamer *streamer;
} LongForm;

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, message);
  return FALSE;
}

/* One temperature or several. 1 by itself is the default, where nothing is drawn. */
static gboolean
read_temperatures (LongForm *self, GError **error)
{
  g_autoptr(JsonNode) node = auto_generation_config_get_value (self->fallback.config, "temperature");
  JsonArray *several = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  double none = NAN;

  self->temperatures = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint i = 0; several && i < json_array_get_length (several); i++)
    {
      JsonNode *one = json_array_get_element (several, i);
      double value = auto_json_is_number (one) ? json_node_get_double (one) : NAN;
      if (!JSON_NODE_HOLDS_NULL (one) && !(value >= 0))
        return refuse (error, "temperature: needs numbers from 0 on");
      g_array_append_val (self->temperatures, value);
    }
  double value = !several && auto_json_is_number (node) && json_node_get_double (node) != 1 ? json_node_get_double (node) : none;
  if (!several)
    g_array_append_val (self->temperatures, value);
  self->fallback.temperatures = (const double *) self->temperatures->data;
  self->fallback.n_temperatures = self->temperatures->len;
  return self->temperatures->len > 0 || refuse (error, "temperature: needs at least one number");
}

static gboolean
read_settings (LongForm *self, GError **error)
{
  AutoFallback *fallback = &self->fallback;
  AutoGenerationConfig *config = fallback->config;
  AutoGenerationSettings settings = { 0 };

  fallback->compression_ratio = auto_generation_config_get_double (config, "compression_ratio_threshold", NAN);
  fallback->log_probability = auto_generation_config_get_double (config, "logprob_threshold", NAN);
  fallback->no_speech = auto_generation_config_get_double (config, "no_speech_threshold", NAN);
  if (!isnan (fallback->no_speech) && isnan (fallback->log_probability))
    return refuse (error, "no_speech_threshold needs a logprob_threshold: what is said is taken for silence only when it is improbable too");
  if (!read_temperatures (self, error))
    return FALSE;
  g_autoptr(JsonNode) plain = json_node_init_double (json_node_alloc (), 1);
  if (!auto_generation_config_set_value (config, "temperature", plain, error) || !auto_generation_settings_init (&settings, config->values, error))
    {
      auto_generation_settings_clear (&settings);
      return FALSE;
    }
  fallback->num_beams = settings.num_beams;
  fallback->eos_token_id = settings.eos_token_id.n ? settings.eos_token_id.values[0] : -1;
  fallback->pad_token_id = settings.pad_token_id != AUTO_UNSET ? settings.pad_token_id : fallback->eos_token_id;
  self->max_length = settings.max_length;
  self->max_new_tokens = settings.max_new_tokens;
  gboolean one = settings.num_return_sequences == 1;
  auto_generation_settings_clear (&settings);
  return one || refuse (error, "num_return_sequences has to be 1 for an input of several windows");
}

/* How many frames each row has: what its mask says, or, when it is alone, all. */
static gboolean
read_frames (LongForm *self, AutoTensor *mask, GError **error)
{
  gint64 all = self->features->shape[2];

  if (self->batch > 1 && (!mask || mask->n_dims != 2 || mask->shape[0] != (gint64) self->batch || auto_dtype_is_float (mask->dtype)))
    return refuse (error, "attention_mask: a batch of inputs of several windows needs one (batch, frames), of 1 where a row has frames");
  g_autoptr(AutoTensor) ints = self->batch > 1 ? auto_tensor_convert (mask, AUTO_DTYPE_I64) : NULL;
  g_autoptr(AutoTensor) whole = ints ? auto_tensor_make_contiguous (ints) : NULL;
  for (gsize i = 0; i < self->batch; i++)
    {
      self->frames[i] = whole ? 0 : all;
      for (gint64 j = 0; whole && j < whole->shape[1]; j++)
        self->frames[i] += ((const gint64 *) whole->data)[i * whole->shape[1] + j] != 0;
      self->frames[i] = MIN (self->frames[i], all);
    }
  return TRUE;
}

static gboolean
long_form_init (LongForm *self, AutoTensor *features, GError **error)
{
  if (features->n_dims != 3 || features->shape[0] < 1)
    {
      g_autofree char *text = auto_tensor_describe (features);
      g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s: needs the shape (batch, width, frames), not %s", self->how->features, text);
      return FALSE;
    }
  g_autoptr(AutoTensor) floats = auto_tensor_convert (features, AUTO_DTYPE_F32);
  self->features = auto_tensor_make_contiguous (floats);
  self->batch = features->shape[0];
  self->seek = g_new0 (gint64, self->batch);
  self->frames = g_new0 (gint64, self->batch);
  self->conditioned = g_new0 (gboolean, self->batch);
  self->rows = g_new0 (gsize, self->batch);
  self->attempts = g_new0 (AutoAttempt, self->batch);
  self->segments = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  for (gsize i = 0; i < self->batch; i++)
    {
      self->attempts[i].tokens = g_array_new (FALSE, FALSE, sizeof (gint64));
      self->attempts[i].times = g_array_new (FALSE, FALSE, sizeof (float));
      g_ptr_array_add (self->segments, g_ptr_array_new_with_free_func (g_object_unref));
    }
  return TRUE;
}

static void
long_form_clear (LongForm *self)
{
  for (gsize i = 0; self->attempts && i < self->batch; i++)
    {
      g_array_unref (self->attempts[i].tokens);
      g_array_unref (self->attempts[i].times);
    }
  g_clear_pointer (&self->features, auto_tensor_unref);
  g_clear_pointer (&self->segments, g_ptr_array_unref);
  g_clear_pointer (&self->temperatures, g_array_unref);
  g_clear_object (&self->fallback.inputs);
  g_clear_object (&self->fallback.config);
  g_clear_object (&self->fallback.watch);
  g_free (self->attempts);
  g_free (self->rows);
  g_free (self->conditioned);
  g_free (self->frames);
  g_free (self->seek);
}

static gboolean
choose_rows (LongForm *self)
{
  self->n_rows = 0;
  for (gsize i = 0; i < self->batch; i++)
    if (self->seek[i] < self->frames[i])
      self->rows[self->n_rows++] = i;
  return self->n_rows > 0;
}

static gint64
window_frames (const LongForm *self, gsize row)
{
  return MIN (self->frames[row] - self->seek[row], self->how->window);
}

/* The encoder's states of the next window of the rows that are left; what a window lacks is 0. */
static AutoTensor *
encode_windows (LongForm *self, GError **error)
{
  gint64 width = self->features->shape[1], all = self->features->shape[2], window = self->how->window;
  const gint64 shape[3] = { (gint64) self->n_rows, width, window };
  g_autoptr(AutoTensor) part = auto_tensor_new_empty (AUTO_DTYPE_F32, shape, 3);
  g_autoptr(AutoInputs) inputs = auto_inputs_copy (self->fallback.inputs);

  memset (part->data, 0, self->n_rows * width * window * sizeof (float));
  for (gsize i = 0; i < self->n_rows; i++)
    for (gint64 j = 0; j < width; j++)
      memcpy ((float *) part->data + (i * width + j) * window,
              (const float *) self->features->data + (self->rows[i] * width + j) * all + self->seek[self->rows[i]],
              window_frames (self, self->rows[i]) * sizeof (float));
  auto_inputs_set (inputs, self->how->features, part);
  return auto_model_decoder_encode (self->fallback.model, inputs, FALSE, FALSE, NULL, self->fallback.cancellable, error);
}

/* What was said in a row so far, not more than fits, behind the token for it. Without a condition the token alone. */
static GArray *
said_before (const LongForm *self, gsize row)
{
  GArray *said = g_array_new (FALSE, FALSE, sizeof (gint64));
  GPtrArray *segments = self->segments->pdata[row];
  gsize most = MAX (self->how->max_positions / 2 - 1, 0);

  for (guint i = 0; self->conditioned[row] && i < segments->len; i++)
    {
      gsize n;
      const gint64 *ids = auto_tensor_get_int64 (auto_generation_segment_get_tokens (segments->pdata[i]), &n);
      g_array_append_vals (said, ids, (guint) n);
    }
  if (said->len > most)
    g_array_remove_range (said, 0, said->len - (guint) most);
  g_array_prepend_val (said, self->how->previous);
  return said;
}

static gboolean
is_conditioned (const LongForm *self)
{
  for (gsize i = 0; i < self->batch; i++)
    if (self->conditioned[i])
      return ((GPtrArray *) self->segments->pdata[0])->len > 0;
  return FALSE;
}

/* The prompts of the rows that are left, padded on the left; *@mask is NULL when nothing was said before. */
static AutoTensor *
make_prompts (const LongForm *self, AutoTensor **mask)
{
  g_autoptr(GPtrArray) before = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  gboolean conditioned = is_conditioned (self);
  gsize longest = 0, start = self->how->n_start;

  for (gsize i = 0; i < self->n_rows && conditioned; i++)
    {
      GArray *said = said_before (self, self->rows[i]);
      g_ptr_array_add (before, said);
      if (self->conditioned[self->rows[i]] && ((GPtrArray *) self->segments->pdata[self->rows[i]])->len)
        longest = MAX (longest, said->len);
    }
  const gint64 shape[2] = { (gint64) self->n_rows, (gint64) (longest + start) };
  AutoTensor *prompts = auto_tensor_new_empty (AUTO_DTYPE_I64, shape, 2);
  *mask = conditioned ? auto_tensor_new_empty (AUTO_DTYPE_I64, shape, 2) : NULL;
  for (gsize i = 0; i < self->n_rows; i++)
    {
      gint64 *row = (gint64 *) prompts->data + i * shape[1];
      const GArray *said = conditioned ? before->pdata[i] : NULL;
      for (gsize j = 0; j < longest; j++)
        row[j] = j + said->len < longest ? self->fallback.pad_token_id : g_array_index (said, gint64, j + said->len - longest);
      memcpy (row + longest, self->how->start, start * sizeof *row);
      for (gint64 j = 0; j < shape[1] && *mask; j++)
        ((gint64 *) (*mask)->data)[i * shape[1] + j] = row[j] != self->fallback.pad_token_id;
    }
  return prompts;
}

static gboolean
set_length (LongForm *self, gint64 prompt, GError **error)
{
  gint64 most = self->how->max_positions;

  if (self->max_new_tokens != AUTO_UNSET)
    return auto_generation_config_set_int (self->fallback.config, "max_new_tokens", MAX (MIN (self->max_new_tokens, most - prompt), 1), error);
  self->max_length = MIN (self->max_length + MIN (most / 2 - 1, prompt - 1), most);
  return auto_generation_config_set_int (self->fallback.config, "max_length", self->max_length, error);
}

/* Tells of a row's new segments; their tokens too when the row is alone. */
static void
tell (LongForm *self, gsize row, guint from)
{
  GPtrArray *segments = self->segments->pdata[row];

  for (guint i = from; self->streamer && i < segments->len; i++)
    {
      gsize n;
      const gint64 *ids = auto_tensor_get_int64 (auto_generation_segment_get_tokens (segments->pdata[i]), &n);
      if (self->batch == 1 && n)
        auto_streamer_put (self->streamer, ids, 1, n);
      auto_streamer_put_segment (self->streamer, (guint) row, segments->pdata[i]);
    }
}

/* Makes segments of what the window said, and moves on. */
static void
take_window (LongForm *self, gsize place)
{
  const AutoLongForm *how = self->how;
  const AutoAttempt *attempt = &self->attempts[place];
  gsize row = self->rows[place];
  GPtrArray *segments = self->segments->pdata[row];
  gint64 frames = window_frames (self, row), read = frames;
  guint before = segments->len;

  if (!attempt->skip)
    read = auto_long_form_cut (how, attempt, (double) self->seek[row] * how->precision / (double) how->stride, frames, segments);
  self->seek[row] += read > 0 ? read : frames; /* a time of 0 would never end */
  tell (self, row, before);
}

static gboolean
run_window (LongForm *self, GError **error)
{
  g_autofree gboolean *final = g_new0 (gboolean, self->n_rows);
  g_autoptr(AutoTensor) states = encode_windows (self, error), mask = NULL;

  if (!states)
    return FALSE;
  g_autoptr(AutoTensor) prompts = make_prompts (self, &mask);
  for (gsize i = 0; i < self->n_rows; i++)
    final[i] = self->seek[self->rows[i]] + self->how->window >= self->frames[self->rows[i]];
  if (self->how->begin)
    *self->how->begin = prompts->shape[1];
  if (!set_length (self, prompts->shape[1], error) ||
      !auto_fallback_run (&self->fallback, &(AutoFallbackRows) { states, prompts, mask, final }, self->attempts, error))
    return FALSE;
  for (gsize i = 0; i < self->n_rows; i++)
    self->conditioned[i] = self->how->conditioned && self->attempts[i].temperature < 0.5;
  for (gsize i = 0; i < self->n_rows; i++)
    take_window (self, i);
  return TRUE;
}

/* The tokens of all segments of each row, padded on the right. */
static AutoTensor *
join_segments (const LongForm *self)
{
  gint64 shape[2] = { (gint64) self->batch, 0 };
  g_autofree gint64 *lengths = g_new0 (gint64, self->batch);

  for (gsize i = 0; i < self->batch; i++)
    {
      GPtrArray *segments = self->segments->pdata[i];
      for (guint j = 0; j < segments->len; j++)
        lengths[i] += auto_tensor_get_n_elements (auto_generation_segment_get_tokens (segments->pdata[j]));
      shape[1] = MAX (shape[1], lengths[i]);
    }
  AutoTensor *all = auto_tensor_new_empty (AUTO_DTYPE_I64, shape, 2);
  for (gsize i = 0; i < self->batch; i++)
    {
      GPtrArray *segments = self->segments->pdata[i];
      gint64 *row = (gint64 *) all->data + i * shape[1], at = 0;
      for (guint j = 0; j < segments->len; j++)
        {
          gsize n;
          const gint64 *ids = auto_tensor_get_int64 (auto_generation_segment_get_tokens (segments->pdata[j]), &n);
          if (n)
            memcpy (row + at, ids, n * sizeof *ids);
          at += (gint64) n;
        }
      for (; at < shape[1]; at++)
        row[at] = self->fallback.pad_token_id;
    }
  return all;
}

static gboolean
run_windows (LongForm *self, GError **error)
{
  if (self->streamer && self->batch == 1)
    auto_streamer_put (self->streamer, self->how->start, 1, self->how->n_start);
  while (choose_rows (self) && !(self->streamer && auto_streamer_is_stopped (self->streamer)))
    if (!run_window (self, error))
      return FALSE;
  return TRUE;
}

AutoGeneration *
auto_long_form_generate (const AutoLongForm *how, AutoModel *model, AutoInputs *inputs, AutoGenerationConfig *config, GCancellable *cancellable,
                         GError **error)
{
  LongForm self = { .how = how, .streamer = config->streamer };
  AutoGeneration *generation = NULL;

  self.fallback = (AutoFallback) { .model = model, .inputs = auto_inputs_copy (inputs), .config = auto_generation_config_copy (config),
                                   .no_speech_token = how->no_speech_token, .n_start = how->n_start, .alignment = how->alignment,
                                   .cancellable = cancellable };
  auto_generation_config_set_streamer (self.fallback.config, NULL);
  self.fallback.watch = self.streamer ? auto_streamer_new_watching (self.streamer) : NULL;
  auto_inputs_set (self.fallback.inputs, how->features, NULL);
  auto_inputs_set (self.fallback.inputs, "attention_mask", NULL);
  if (long_form_init (&self, auto_inputs_get (inputs, how->features), error) && read_settings (&self, error) &&
      read_frames (&self, auto_inputs_get (inputs, "attention_mask"), error) &&
      (how->previous >= 0 || !how->conditioned || refuse (error, "condition_on_prev_tokens needs a prev_sot_token_id, or the suppress_tokens before it")) &&
      run_windows (&self, error))
    generation = auto_generation_new_segmented (join_segments (&self), g_ptr_array_ref (self.segments));
  if (self.streamer)
    auto_streamer_end (self.streamer);
  long_form_clear (&self);
  return generation;
}
