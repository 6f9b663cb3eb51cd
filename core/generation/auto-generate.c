/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "../auto/auto-model-private.h"
#include "../base/auto-errors.h"
#include "auto-generation-private.h"
#include "auto-model-decoder.h"

/* One call of generate: from inputs and settings to a search, and back. */

typedef struct
{
  AutoModel *model;
  AutoInputs *inputs;
  AutoGenerationConfig *config;
  AutoGenerationSettings settings;
  gboolean encoder_decoder;
  AutoTensor *prompt;     /* (batch, length) of 64-bit integers: what the decoder begins with */
  AutoTensor *source_ids; /* the call's input_ids, or NULL */
  AutoProcessors processors;
  AutoConstraints constraints;
  AutoModelDecoder *decoder, *unguided;
  AutoSearch search;
} Call;

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, message);
  return FALSE;
}

static void
warn (Call *call, const char *message)
{
  g_ptr_array_add (call->search.warnings, g_strdup (message));
}

static gboolean
can_generate (AutoModel *model, GError **error)
{
  static const char *const tasks[] = { "AutoModelForCausalLM", "AutoModelForSeq2SeqLM", "AutoModelForVision2Seq", "AutoModelForSpeechSeq2Seq",
                                       "AutoModelForPreTraining", "AutoModelForMaskedLM", "AutoModelWithLMHead" };

  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    {
      GType type = g_type_from_name (tasks[i]);
      if (type && g_type_is_a (G_OBJECT_TYPE (model), type))
        return TRUE;
    }
  g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED,
               "%s can't generate, for it has no language model head; load the model with AutoModelForCausalLM or AutoModelForSeq2SeqLM",
               G_OBJECT_TYPE_NAME (model));
  return FALSE;
}

static gboolean
takes_input (AutoModel *model, const char *name)
{
  g_auto(GStrv) names = auto_model_list_inputs (model);

  return g_strv_contains ((const char *const *) names, name);
}

/* A tensor of ids as contiguous 64-bit integers; NULL with an error when it is none, or is empty. */
static AutoTensor *
read_ids (AutoTensor *x, const char *name, GError **error)
{
  if (x->n_dims != 2 || auto_dtype_is_float (x->dtype) || x->shape[0] < 1 || x->shape[1] < 1)
    {
      g_autofree char *text = auto_tensor_describe (x);
      g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s: generation needs integers of the shape (batch, length), not %s", name, text);
      return NULL;
    }
  g_autoptr(AutoTensor) ints = auto_tensor_convert (x, AUTO_DTYPE_I64);
  return auto_tensor_make_contiguous (ints);
}

static AutoTensor *
repeat_token (gint64 rows, gint64 token)
{
  AutoTensor *x = auto_tensor_new_empty (AUTO_DTYPE_I64, (const gint64[]) { rows, 1 }, 2);

  for (gint64 i = 0; i < rows; i++)
    ((gint64 *) x->data)[i] = token;
  return x;
}

/* The batch of inputs that have no ids: that of the first tensor there is. */
static gint64
find_batch (AutoInputs *inputs)
{
  g_auto(GStrv) names = auto_inputs_list (inputs);

  for (char **name = names; *name; name++)
    {
      AutoTensor *x = auto_inputs_get (inputs, *name);
      if (x->n_dims)
        return x->shape[0];
    }
  return 1;
}

/* 0 where a row has padding; NULL when there is none, or when the padding can't be told from an end. */
static AutoTensor *
mask_of_padding (Call *call, AutoTensor *ids)
{
  const AutoGenerationSettings *s = &call->settings;
  gboolean found = FALSE;

  if (s->pad_token_id == AUTO_UNSET || auto_ids_contain (&s->eos_token_id, s->pad_token_id))
    return NULL;
  AutoTensor *mask = auto_tensor_new_empty (AUTO_DTYPE_I64, ids->shape, 2);
  for (gint64 i = 0; i < auto_tensor_get_n_elements (ids); i++)
    {
      ((gint64 *) mask->data)[i] = ((gint64 *) ids->data)[i] != s->pad_token_id;
      found |= !((gint64 *) mask->data)[i];
    }
  if (!found)
    g_clear_pointer (&mask, auto_tensor_unref);
  return mask;
}

static gboolean
is_all_ones (AutoTensor *mask)
{
  g_autoptr(AutoTensor) ints = auto_tensor_convert (mask, AUTO_DTYPE_I64);
  g_autoptr(AutoTensor) whole = auto_tensor_make_contiguous (ints);

  for (gint64 i = 0; i < auto_tensor_get_n_elements (whole); i++)
    if (((const gint64 *) whole->data)[i] != 1)
      return FALSE;
  return TRUE;
}

/* The attention mask: the caller's, or what follows from padding. One that hides nothing is not worth its additions. */
static void
prepare_mask (Call *call)
{
  AutoTensor *given = auto_inputs_get (call->inputs, "attention_mask");

  if (given)
    {
      if (!call->encoder_decoder && given->n_dims == 2 && !auto_dtype_is_float (given->dtype) && is_all_ones (given))
        auto_inputs_set (call->inputs, "attention_mask", NULL);
      return;
    }
  g_autoptr(AutoTensor) mask = call->source_ids ? mask_of_padding (call, call->source_ids) : NULL;
  if (mask && takes_input (call->model, "attention_mask"))
    auto_inputs_set (call->inputs, "attention_mask", mask);
}

static gboolean
prepare_decoder_only (Call *call, GError **error)
{
  const AutoGenerationSettings *s = &call->settings;

  if (call->source_ids)
    call->prompt = auto_tensor_ref (call->source_ids);
  else if (s->bos_token_id == AUTO_UNSET)
    return refuse (error, "input_ids are missing, and without a bos_token_id there is nothing to begin with");
  else
    call->prompt = repeat_token (find_batch (call->inputs), s->bos_token_id);
  gint64 length = call->prompt->shape[1];
  for (gint64 i = 0; i < call->prompt->shape[0] && s->pad_token_id != AUTO_UNSET && call->source_ids; i++)
    if (((const gint64 *) call->prompt->data)[(i + 1) * length - 1] == s->pad_token_id)
      {
        warn (call, "the prompt is padded on the right; a decoder-only model needs padding on the left");
        break;
      }
  return TRUE;
}

/* The start token before the caller's ids, unless they begin with it. */
static AutoTensor *
with_start (AutoTensor *ids, gint64 start)
{
  gint64 rows = ids->shape[0], length = ids->shape[1];
  const gint64 *from = (const gint64 *) ids->data;

  for (gint64 i = 0; i < rows; i++)
    if (from[i * length] == start)
      return auto_tensor_ref (ids);
  AutoTensor *y = auto_tensor_new_empty (AUTO_DTYPE_I64, (const gint64[]) { rows, length + 1 }, 2);
  for (gint64 i = 0; i < rows; i++)
    {
      ((gint64 *) y->data)[i * (length + 1)] = start;
      memcpy ((gint64 *) y->data + i * (length + 1) + 1, from + i * length, length * sizeof *from);
    }
  return y;
}

/* A mask that the caller gave for ids that have got a start token gets a column for it. */
static void
extend_decoder_mask (Call *call)
{
  AutoTensor *mask = auto_inputs_get (call->inputs, "decoder_attention_mask");

  if (!mask || mask->n_dims != 2 || mask->shape[1] != call->prompt->shape[1] - 1)
    return;
  g_autoptr(AutoTensor) ints = read_ids (mask, "decoder_attention_mask", NULL);
  g_autoptr(AutoTensor) longer = auto_tensor_new_empty (AUTO_DTYPE_I64, call->prompt->shape, 2);
  for (gint64 i = 0; ints && i < mask->shape[0]; i++)
    {
      gint64 *row = (gint64 *) longer->data + i * longer->shape[1];
      row[0] = 1;
      memcpy (row + 1, (const gint64 *) ints->data + i * ints->shape[1], ints->shape[1] * sizeof *row);
    }
  if (ints)
    auto_inputs_set (call->inputs, "decoder_attention_mask", longer);
}

/* Where the encoder takes something else, input_ids are the decoder's. */
static const char *
decoder_ids_name (Call *call)
{
  static const char *const sources[] = { "pixel_values", "input_features", "input_values", "inputs_embeds", "encoder_outputs" };

  if (auto_inputs_get (call->inputs, "decoder_input_ids"))
    return "decoder_input_ids";
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    if (call->source_ids && auto_inputs_get (call->inputs, sources[i]))
      return "input_ids";
  return NULL;
}

static gboolean
prepare_encoder_decoder (Call *call, GError **error)
{
  const AutoGenerationSettings *s = &call->settings;
  gint64 start = s->decoder_start_token_id != AUTO_UNSET ? s->decoder_start_token_id : s->bos_token_id;
  const char *name = decoder_ids_name (call);
  AutoTensor *given = name ? auto_inputs_get (call->inputs, name) : NULL;
  g_autoptr(AutoTensor) ids = given ? read_ids (given, name, error) : NULL;

  if (given && !ids)
    return FALSE;
  if (start == AUTO_UNSET)
    return refuse (error, "an encoder-decoder model needs a decoder_start_token_id, or a bos_token_id, to begin with");
  if (name)
    auto_inputs_set (call->inputs, name, NULL);
  if (!auto_inputs_get (call->inputs, "encoder_outputs"))
    {
      g_autoptr(AutoTensor) states = auto_model_decoder_encode (call->model, call->inputs, call->search.cancellable, error);
      if (!states)
        return FALSE;
      auto_inputs_set (call->inputs, "encoder_outputs", states);
    }
  if (!ids)
    call->prompt = repeat_token (auto_inputs_get (call->inputs, "encoder_outputs")->shape[0], start);
  else
    call->prompt = auto_inputs_get_flag (call->inputs, "keep_decoder_start", FALSE) ? auto_tensor_ref (ids) : with_start (ids, start);
  extend_decoder_mask (call);
  return TRUE;
}

/* Inputs that only the encoder takes are not the decoder's business. */
static void
drop_encoder_inputs (Call *call)
{
  static const char *const names[] = { "input_ids", "inputs_embeds", "input_features", "input_values", "pixel_values", "token_type_ids", "head_mask" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    auto_inputs_set (call->inputs, names[i], NULL);
}

static void
choose_length (Call *call)
{
  AutoGenerationSettings *s = &call->settings;
  gint64 length = call->prompt->shape[1];
  GPtrArray *warnings = call->search.warnings;

  if (s->max_new_tokens != AUTO_UNSET)
    {
      if (call->config->max_length_given && s->max_length != AUTO_UNSET)
        warn (call, "both max_new_tokens and max_length are set; max_new_tokens counts");
      s->max_length = s->max_new_tokens > G_MAXINT32 ? G_MAXINT32 : length + s->max_new_tokens;
    }
  else if (!call->config->max_length_given && s->max_length == 20)
    warn (call, "neither max_new_tokens nor max_length is set; the sequence ends at 20 tokens, the prompt's included");
  if (length >= s->max_length)
    g_ptr_array_add (warnings, g_strdup_printf ("the prompt of %" G_GINT64_FORMAT " tokens is as long as max_length, %" G_GINT64_FORMAT
                                                "; one more token is made", length, s->max_length));
  if (s->min_length > s->max_length)
    warn (call, "min_length is beyond max_length, where generation ends");
  if (s->min_new_tokens != AUTO_UNSET && s->min_new_tokens + length > s->max_length)
    warn (call, "min_new_tokens reaches beyond max_length, where generation ends");
}

static gboolean
check_mode (Call *call, GError **error)
{
  const AutoGenerationSettings *s = &call->settings;

  if (s->max_length == AUTO_UNSET)
    return refuse (error, "max_length is null: set it or max_new_tokens, since generation might never end");
  if (s->constraints)
    return refuse (error, "constraints are objects of the reference; give their tokens as force_words_ids");
  if (s->max_length > G_MAXINT32)
    return refuse (error, "max_length is beyond 2147483647 tokens");
  if (call->config->streamer && s->num_beams > 1)
    return refuse (error, "a streamer can't follow beams: set num_beams to 1");
  if (s->prompt_lookup_num_tokens != AUTO_UNSET && s->num_beams > 1)
    return refuse (error, "prompt_lookup_num_tokens works with greedy search and sampling alone");
  if (s->guidance_scale != 1 && !isnan (s->guidance_scale) && call->encoder_decoder)
    return refuse (error, "guidance_scale works with decoder-only models alone");
  return TRUE;
}

static gboolean
is_contrastive (const AutoGenerationSettings *s)
{
  return s->num_beams == 1 && !s->do_sample && s->top_k > 1 && s->penalty_alpha > 0;
}

/* How many rows of the decoder an item of the batch has. */
static gsize
choose_repeat (const AutoGenerationSettings *s)
{
  return s->num_beams > 1 ? s->num_beams : s->do_sample ? s->num_return_sequences : 1;
}

static gboolean
prepare_processors (Call *call, GError **error)
{
  AutoTensor *source = call->encoder_decoder ? call->source_ids : call->prompt;

  call->processors = (AutoProcessors) {
    .settings = &call->settings, .config = call->config, .prompt_length = call->prompt->shape[1], .batch = call->prompt->shape[0],
    .encoder_ids = source ? (const gint64 *) source->data : NULL, .n_encoder_rows = source ? source->shape[0] : 0,
    .encoder_length = source ? source->shape[1] : 0,
  };
  return auto_processors_init (&call->processors, error);
}

/* What the model says without the prompt, or after negative_prompt_ids. */
static gboolean
prepare_guidance (Call *call, gsize rows, gsize repeat, GError **error)
{
  const AutoGenerationSettings *s = &call->settings;
  AutoTensor *ids = auto_inputs_get (call->inputs, "negative_prompt_ids");
  AutoTensor *mask = auto_inputs_get (call->inputs, "negative_prompt_attention_mask");
  g_autoptr(AutoInputs) inputs = auto_inputs_new ();
  g_autoptr(AutoTensor) negative = ids ? read_ids (ids, "negative_prompt_ids", error) : NULL;

  if (ids && !negative)
    return FALSE;
  if (mask)
    auto_inputs_set (inputs, "attention_mask", mask);
  auto_inputs_set (call->inputs, "negative_prompt_ids", NULL);
  auto_inputs_set (call->inputs, "negative_prompt_attention_mask", NULL);
  if (isnan (s->guidance_scale) || s->guidance_scale == 1)
    return TRUE;
  call->unguided = auto_model_decoder_new (call->model, inputs, rows, repeat, s->max_length, s->use_cache, error);
  if (!call->unguided)
    return FALSE;
  auto_model_decoder_begin_with (call->unguided, negative, call->prompt->shape[1], repeat);
  call->search.unguided = auto_model_decoder_get (call->unguided);
  return TRUE;
}

static gboolean
prepare_constraints (Call *call, GError **error)
{
  AutoGenerationSettings *s = &call->settings;

  if (!s->force_words_ids)
    return TRUE;
  s->do_sample = FALSE; /* as the reference takes it */
  call->search.constraints = &call->constraints;
  return auto_constraints_init (&call->constraints, s->force_words_ids, error);
}

static void
seed_random (Call *call)
{
  guint64 seed = call->settings.seed;

  if (call->settings.seed == AUTO_UNSET)
    seed = (guint64) g_random_int () << 32 | g_random_int ();
  auto_random_init (&call->search.random, seed);
}

static gboolean
prepare_search (Call *call, GError **error)
{
  AutoGenerationSettings *s = &call->settings;
  gsize repeat = choose_repeat (s), rows = call->prompt->shape[0] * repeat, length = call->prompt->shape[1];
  gsize capacity = MAX ((gsize) MAX (s->max_length, 0), length + 1);
  gsize reserved = MIN (capacity, MAX (4096, 2 * length)); /* sequences grow beyond what is likely when they come to it */

  if (!prepare_guidance (call, rows, repeat, error) || !prepare_constraints (call, error))
    return FALSE;
  call->decoder = auto_model_decoder_new (call->model, call->inputs, rows, repeat, capacity, s->use_cache, error);
  if (!call->decoder)
    return FALSE;
  auto_model_decoder_set_group (call->decoder, repeat);
  call->search.settings = s;
  call->search.processors = &call->processors;
  call->search.decoder = auto_model_decoder_get (call->decoder);
  call->search.batch = call->prompt->shape[0];
  call->search.streamer = call->config->streamer;
  call->search.max_positions = auto_config_get_int (auto_model_get_config (call->model), "max_position_embeddings", 0);
  if (s->max_time > 0)
    call->search.deadline = g_get_monotonic_time () + (gint64) MIN (s->max_time * 1e6, 1e15);
  if (s->output_scores)
    call->search.scores = g_ptr_array_new_with_free_func ((GDestroyNotify) auto_tensor_unref);
  auto_sequences_init (&call->search.sequences, rows, reserved);
  auto_sequences_fill (&call->search.sequences, (const gint64 *) call->prompt->data, length, repeat);
  seed_random (call);
  return prepare_processors (call, error);
}

static gboolean
run_search (Call *call, GError **error)
{
  const AutoGenerationSettings *s = &call->settings;

  if (call->search.streamer)
    auto_streamer_put (call->search.streamer, (const gint64 *) call->prompt->data, call->prompt->shape[0], call->prompt->shape[1]);
  if (s->num_beams > 1)
    return auto_search_beams (&call->search, error);
  if (!is_contrastive (s))
    return auto_search_tokens (&call->search, error);
  if (!s->use_cache)
    return refuse (error, "contrastive search needs use_cache: true");
  return auto_search_contrastive (&call->search, error);
}

static gboolean
prepare_call (Call *call, GError **error)
{
  AutoGenerationSettings *s = &call->settings;
  AutoPretrainedModelClass *klass = AUTO_PRETRAINED_MODEL_GET_CLASS (call->model);

  if (klass->prepare_generation && !klass->prepare_generation (AUTO_PRETRAINED_MODEL (call->model), call->config, call->inputs, error))
    return FALSE;
  if (!auto_generation_settings_init (s, call->config->values, error) || !auto_generation_settings_validate (s, call->search.warnings, error))
    return FALSE;
  if (s->pad_token_id == AUTO_UNSET && s->eos_token_id.n)
    s->pad_token_id = s->eos_token_id.values[0];
  AutoTensor *ids = auto_inputs_get (call->inputs, "input_ids");
  call->source_ids = ids ? read_ids (ids, "input_ids", error) : NULL;
  if (ids && !call->source_ids)
    return FALSE;
  prepare_mask (call);
  if (!(call->encoder_decoder ? prepare_encoder_decoder (call, error) : prepare_decoder_only (call, error)))
    return FALSE;
  if (call->encoder_decoder)
    drop_encoder_inputs (call);
  choose_length (call);
  return check_mode (call, error) && prepare_search (call, error);
}

static void
call_clear (Call *call)
{
  auto_search_clear (&call->search);
  auto_processors_clear (&call->processors);
  auto_constraints_clear (&call->constraints);
  auto_generation_settings_clear (&call->settings);
  g_clear_pointer (&call->decoder, auto_model_decoder_free);
  g_clear_pointer (&call->unguided, auto_model_decoder_free);
  g_clear_pointer (&call->prompt, auto_tensor_unref);
  g_clear_pointer (&call->source_ids, auto_tensor_unref);
  g_ptr_array_unref (call->search.warnings);
  g_object_unref (call->inputs);
  g_object_unref (call->config);
}

/**
 * auto_model_get_generation_config:
 * @self: a model
 * @error: return location for an error
 *
 * The settings that a model generates with when nothing else is said: those of its `generation_config.json`, or else those that its
 * configuration has.
 *
 * Returns: (transfer none): the settings, which may be changed, or %NULL with an error
 */
AutoGenerationConfig *
auto_model_get_generation_config (AutoModel *self, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_MODEL (self), NULL);
  AutoModelPrivate *priv = auto_model_get_private (AUTO_PRETRAINED_MODEL (self));
  g_autofree char *path = priv->folder ? g_build_filename (priv->folder, "generation_config.json", NULL) : NULL;

  g_mutex_lock (&priv->lock);
  if (!priv->generation && path && g_file_test (path, G_FILE_TEST_IS_REGULAR))
    priv->generation = auto_generation_config_from_pretrained (priv->folder, NULL, NULL, error);
  else if (!priv->generation)
    priv->generation = auto_generation_config_from_model_config (priv->config, error);
  g_mutex_unlock (&priv->lock);
  return priv->generation;
}

/**
 * auto_model_generate:
 * @self: a model with a language model head
 * @inputs: the call's arguments: `input_ids` with `attention_mask`, or what the model's encoder takes
 * @config: (nullable): how to generate; %NULL for the model's own settings
 * @cancellable: (nullable): stops it, between and inside steps
 * @error: return location for an error
 *
 * Generates token after token. Several threads may do so with one model at a time.
 *
 * Returns: (transfer full): what was generated, or %NULL with an error
 */
AutoGeneration *
auto_model_generate (AutoModel *self, AutoInputs *inputs, AutoGenerationConfig *config, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_MODEL (self), NULL);
  g_return_val_if_fail (AUTO_IS_INPUTS (inputs), NULL);
  g_return_val_if_fail (!config || AUTO_IS_GENERATION_CONFIG (config), NULL);
  AutoGeneration *generation = NULL;

  if (!can_generate (self, error))
    return NULL;
  if (!config && !(config = auto_model_get_generation_config (self, error)))
    return NULL;
  Call call = {
    .model = self, .inputs = auto_inputs_copy (inputs), .config = auto_generation_config_copy (config),
    .encoder_decoder = auto_config_get_bool (auto_model_get_config (self), "is_encoder_decoder", FALSE),
    .search = { .warnings = g_ptr_array_new_with_free_func (g_free), .cancellable = cancellable },
  };
  if (prepare_call (&call, error) && run_search (&call, error))
    generation = auto_generation_new (&call.search, call.prompt->shape[1]);
  if (call.search.streamer)
    auto_streamer_end (call.search.streamer);
  call_clear (&call);
  return generation;
}

typedef struct
{
  AutoInputs *inputs;
  AutoGenerationConfig *config;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->inputs);
  g_clear_object (&job->config);
  g_free (job);
}

static void
generate_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Job *job = data;
  GError *error = NULL;
  AutoGeneration *generation = auto_model_generate (source, job->inputs, job->config, cancellable, &error);

  if (generation)
    g_task_return_pointer (task, generation, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * auto_model_generate_async:
 * @self: a model with a language model head
 * @inputs: the call's arguments; not to be changed before the answer
 * @config: (nullable): how to generate; not to be changed before the answer
 * @io_priority: the priority of the answer in the main loop
 * @cancellable: (nullable): stops it
 * @callback: (scope async) (closure user_data): called in the thread-default main context when it is done
 * @user_data: data for @callback
 *
 * Generates in a thread, in which a streamer's signals are emitted too.
 */
void
auto_model_generate_async (AutoModel *self, AutoInputs *inputs, AutoGenerationConfig *config, int io_priority, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (AUTO_IS_PRETRAINED_MODEL (self));
  g_return_if_fail (AUTO_IS_INPUTS (inputs));
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->inputs = g_object_ref (inputs);
  g_set_object (&job->config, config);
  g_task_set_source_tag (task, auto_model_generate_async);
  g_task_set_priority (task, io_priority);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, generate_in_thread);
}

/**
 * auto_model_generate_finish:
 * @self: a model
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full): what was generated, or %NULL with an error
 */
AutoGeneration *
auto_model_generate_finish (AutoModel *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
