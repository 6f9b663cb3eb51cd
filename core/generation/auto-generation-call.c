/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-generation-call.h"

#include <math.h>

#include "../base/auto-errors.h"

gboolean
auto_generation_call_refuse (GError **error, const char *message)
{
  g_set_error_literal (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, message);
  return FALSE;
}

void
auto_generation_call_warn (AutoGenerationCall *call, const char *message)
{
  g_ptr_array_add (call->search.warnings, g_strdup (message));
}

static void
choose_length (AutoGenerationCall *call)
{
  AutoGenerationSettings *s = &call->settings;
  gint64 length = call->prompt->shape[1];
  GPtrArray *warnings = call->search.warnings;

  if (s->max_new_tokens != AUTO_UNSET)
    {
      if (call->config->max_length_given && s->max_length != AUTO_UNSET)
        auto_generation_call_warn (call, "both max_new_tokens and max_length are set; max_new_tokens counts");
      s->max_length = s->max_new_tokens > G_MAXINT32 ? G_MAXINT32 : length + s->max_new_tokens;
    }
  else if (!call->config->max_length_given && s->max_length == 20)
    auto_generation_call_warn (call, "neither max_new_tokens nor max_length is set; the sequence ends at 20 tokens, the prompt's included");
  if (length >= s->max_length)
    g_ptr_array_add (warnings, g_strdup_printf ("the prompt of %" G_GINT64_FORMAT " tokens is as long as max_length, %" G_GINT64_FORMAT
                                                "; one more token is made", length, s->max_length));
  if (s->min_length > s->max_length)
    auto_generation_call_warn (call, "min_length is beyond max_length, where generation ends");
  if (s->min_new_tokens != AUTO_UNSET && s->min_new_tokens + length > s->max_length)
    auto_generation_call_warn (call, "min_new_tokens reaches beyond max_length, where generation ends");
}

static gboolean
is_contrastive (const AutoGenerationSettings *s)
{
  return s->num_beams == 1 && !s->do_sample && s->top_k > 1 && s->penalty_alpha > 0;
}

/* What the reference asks of a call with an assistant, or a lookup, which is one by itself. */
static gboolean
check_assisted (AutoGenerationCall *call, GError **error)
{
  const AutoGenerationSettings *s = &call->settings;

  if (s->prompt_lookup_num_tokens == AUTO_UNSET && !call->config->assistant)
    return TRUE;
  if (s->prompt_lookup_num_tokens != AUTO_UNSET && s->prompt_lookup_num_tokens < 1)
    return auto_generation_call_refuse (error, "prompt_lookup_num_tokens has to be at least 1");
  if (s->num_beams > 1 || s->force_words_ids || is_contrastive (s))
    return auto_generation_call_refuse (error, "assisted generation works with greedy search and sampling alone: set num_beams to 1");
  if (s->num_return_sequences > 1)
    return auto_generation_call_refuse (error, "num_return_sequences has to be 1 in assisted generation");
  if (call->prompt->shape[0] > 1)
    return auto_generation_call_refuse (error, "assisted generation works for one row; generate the rows of a batch one by one");
  if (!s->use_cache)
    return auto_generation_call_refuse (error, "assisted generation needs use_cache: true");
  if (!call->encoder_decoder && auto_inputs_get (call->inputs, "inputs_embeds"))
    return auto_generation_call_refuse (error, "assisted generation needs input_ids; it can't begin with inputs_embeds");
  return TRUE;
}

static gboolean
check_mode (AutoGenerationCall *call, GError **error)
{
  const AutoGenerationSettings *s = &call->settings;

  if (s->max_length == AUTO_UNSET)
    return auto_generation_call_refuse (error, "max_length is null: set it or max_new_tokens, since generation might never end");
  if (s->constraints)
    return auto_generation_call_refuse (error, "constraints are objects of the reference; give their tokens as force_words_ids");
  if (s->max_length > G_MAXINT32)
    return auto_generation_call_refuse (error, "max_length is beyond 2147483647 tokens");
  if (call->config->streamer && s->num_beams > 1)
    return auto_generation_call_refuse (error, "a streamer can't follow beams: set num_beams to 1");
  if (!check_assisted (call, error))
    return FALSE;
  if (s->guidance_scale != 1 && !isnan (s->guidance_scale) && call->encoder_decoder)
    return auto_generation_call_refuse (error, "guidance_scale works with decoder-only models alone");
  return TRUE;
}

/* How many rows of the decoder an item of the batch has. */
static gsize
choose_repeat (const AutoGenerationSettings *s)
{
  return s->num_beams > 1 ? s->num_beams : s->do_sample ? s->num_return_sequences : 1;
}

static gboolean
prepare_processors (AutoGenerationCall *call, GError **error)
{
  AutoTensor *source = call->encoder_decoder ? call->source_ids : call->prompt;

  AutoProcessors like = {
    .settings = &call->settings, .config = call->config, .prompt_length = call->prompt->shape[1], .batch = call->prompt->shape[0],
    .encoder_ids = source ? (const gint64 *) source->data : NULL, .n_encoder_rows = source ? source->shape[0] : 0,
    .encoder_length = source ? source->shape[1] : 0,
  };
  call->processors = like;
  return auto_processors_init (&call->processors, error) && auto_generation_call_prepare_candidates (call, &like, error);
}

/* What the model says without the prompt, or after negative_prompt_ids. */
static gboolean
prepare_guidance (AutoGenerationCall *call, gsize rows, gsize repeat, GError **error)
{
  const AutoGenerationSettings *s = &call->settings;
  AutoTensor *ids = auto_inputs_get (call->inputs, "negative_prompt_ids");
  AutoTensor *mask = auto_inputs_get (call->inputs, "negative_prompt_attention_mask");
  g_autoptr(AutoInputs) inputs = auto_inputs_new ();
  g_autoptr(AutoTensor) negative = ids ? auto_generation_read_ids (ids, "negative_prompt_ids", error) : NULL;

  if (ids && !negative)
    return FALSE;
  if (mask)
    auto_inputs_set (inputs, "attention_mask", mask);
  auto_inputs_set (call->inputs, "negative_prompt_ids", NULL);
  auto_inputs_set (call->inputs, "negative_prompt_attention_mask", NULL);
  if (isnan (s->guidance_scale) || s->guidance_scale == 1)
    return TRUE;
  rows /= s->num_beam_groups; /* groups take turns */
  repeat /= s->num_beam_groups;
  call->unguided = auto_model_decoder_new (call->model, inputs, rows, repeat, s->max_length, s->use_cache, error);
  if (!call->unguided)
    return FALSE;
  auto_model_decoder_begin_with (call->unguided, negative, call->prompt->shape[1], repeat);
  call->search.unguided = auto_model_decoder_get (call->unguided);
  return TRUE;
}

static gboolean
prepare_constraints (AutoGenerationCall *call, GError **error)
{
  AutoGenerationSettings *s = &call->settings;

  if (!s->force_words_ids)
    return TRUE;
  s->do_sample = FALSE; /* as the reference takes it */
  call->search.constraints = &call->constraints;
  return auto_constraints_init (&call->constraints, s->force_words_ids, error);
}

static void
seed_random (AutoGenerationCall *call)
{
  guint64 seed = call->settings.seed;

  if (call->settings.seed == AUTO_UNSET)
    seed = (guint64) g_random_int () << 32 | g_random_int ();
  auto_random_init (&call->search.random, seed);
}

static gboolean
prepare_search (AutoGenerationCall *call, GError **error)
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
  call->search.ends = s->eos_token_id.set ? &s->eos_token_id : &call->own.eos_token_id;
  call->search.processors = &call->processors;
  call->search.decoder = auto_model_decoder_get (call->decoder);
  call->search.batch = call->prompt->shape[0];
  call->search.streamer = call->config->streamer;
  call->search.max_positions = auto_config_get_int (auto_model_get_config (call->model), "max_position_embeddings", 0);
  if (s->max_time > 0)
    call->search.deadline = g_get_monotonic_time () + (gint64) MIN (s->max_time * 1e6, 1e15);
  if (s->output_scores)
    call->search.scores = g_ptr_array_new_with_free_func ((GDestroyNotify) auto_tensor_unref);
  if (s->output_hidden_states || s->output_attentions)
    call->search.outputs = g_ptr_array_new_with_free_func (g_object_unref);
  call->search.decoder->wants_hidden_states = s->output_hidden_states;
  call->search.decoder->wants_attentions = s->output_attentions;
  auto_sequences_init (&call->search.sequences, rows, reserved);
  auto_sequences_fill (&call->search.sequences, (const gint64 *) call->prompt->data, length, repeat);
  seed_random (call);
  return prepare_processors (call, error);
}

gboolean
auto_generation_call_run (AutoGenerationCall *call, GError **error)
{
  const AutoGenerationSettings *s = &call->settings;

  if (call->search.streamer)
    auto_streamer_put (call->search.streamer, (const gint64 *) call->prompt->data, call->prompt->shape[0], call->prompt->shape[1]);
  if (s->num_beams > 1)
    return auto_search_beams (&call->search, error);
  if (call->search.candidates)
    return auto_search_assisted (&call->search, error);
  if (!is_contrastive (s))
    return auto_search_tokens (&call->search, error);
  if (!s->use_cache)
    return auto_generation_call_refuse (error, "contrastive search needs use_cache: true");
  return auto_search_contrastive (&call->search, error);
}

static gboolean
read_own_settings (AutoGenerationCall *call, GError **error)
{
  AutoGenerationConfig *own = auto_model_get_generation_config (call->model, error);

  if (!own || !auto_generation_settings_init (&call->own, own->values, error))
    return FALSE;
  if (call->own.pad_token_id == AUTO_UNSET && call->own.eos_token_id.n)
    call->own.pad_token_id = call->own.eos_token_id.values[0];
  return TRUE;
}

gboolean
auto_generation_call_prepare (AutoGenerationCall *call, GError **error)
{
  AutoGenerationSettings *s = &call->settings;
  AutoPretrainedModelClass *klass = AUTO_PRETRAINED_MODEL_GET_CLASS (call->model);

  if (klass->prepare_generation && !klass->prepare_generation (AUTO_PRETRAINED_MODEL (call->model), call->config, call->inputs, error))
    return FALSE;
  if (!auto_generation_settings_init (s, call->config->values, error) || !auto_generation_settings_validate (s, call->search.warnings, error))
    return FALSE;
  if (s->pad_token_id == AUTO_UNSET && s->eos_token_id.n)
    s->pad_token_id = s->eos_token_id.values[0];
  if (!read_own_settings (call, error))
    return FALSE;
  if (!auto_generation_call_prepare_inputs (call, error))
    return FALSE;
  if (s->pad_token_id == AUTO_UNSET) /* what padding the inputs have was told by the call's own */
    s->pad_token_id = call->own.pad_token_id;
  choose_length (call);
  return check_mode (call, error) && prepare_search (call, error);
}

void
auto_generation_call_clear (AutoGenerationCall *call)
{
  auto_search_clear (&call->search);
  auto_processors_clear (&call->processors);
  auto_constraints_clear (&call->constraints);
  auto_generation_settings_clear (&call->settings);
  auto_generation_settings_clear (&call->own);
  g_clear_pointer (&call->decoder, auto_model_decoder_free);
  g_clear_pointer (&call->unguided, auto_model_decoder_free);
  g_clear_pointer (&call->prompt, auto_tensor_unref);
  g_clear_pointer (&call->source_ids, auto_tensor_unref);
  g_ptr_array_unref (call->search.warnings);
  g_clear_pointer (&call->search.candidates, auto_candidates_free);
  g_clear_object (&call->assistant_inputs);
  g_object_unref (call->inputs);
  g_object_unref (call->config);
}
