/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../base/auto-errors.h"
#include "auto-generation-call.h"

/* What a call with candidates needs beside: an assistant with inputs of its own, or a lookup. */

/* Of the call's inputs those that the assistant takes. */
static AutoInputs *
inputs_for (AutoModel *assistant, AutoInputs *inputs)
{
  AutoInputs *own = auto_inputs_copy (inputs);
  g_auto(GStrv) names = auto_inputs_list (own), taken = auto_model_list_inputs (assistant);

  for (char **name = names; *name; name++)
    if (!g_strv_contains ((const char *const *) taken, *name) || g_str_equal (*name, "encoder_outputs"))
      auto_inputs_set (own, *name, NULL);
  return own;
}

gboolean
auto_generation_call_prepare_assistant (AutoGenerationCall *call, GError **error)
{
  AutoModel *assistant = call->config->assistant;
  AutoTensor *given = assistant ? auto_inputs_get (call->inputs, "assistant_encoder_outputs") : NULL;
  g_autoptr(AutoTensor) states = given ? auto_tensor_ref (given) : NULL;

  if (!assistant)
    return TRUE;
  if (!AUTO_IS_PRETRAINED_MODEL (assistant))
    return auto_generation_call_refuse (error, "the assistant model is no AutoPretrainedModel");
  auto_inputs_set (call->inputs, "assistant_encoder_outputs", NULL);
  call->assistant_inputs = inputs_for (assistant, call->inputs);
  if (!states && auto_model_decoder_has_encoder (assistant))
    {
      states = auto_model_decoder_encode (assistant, call->assistant_inputs, FALSE, FALSE, NULL, call->search.cancellable, error);
      if (!states)
        g_prefix_error (error, "assistant model: ");
    }
  if (!states && auto_model_decoder_has_encoder (assistant))
    return FALSE;
  if (auto_model_decoder_has_encoder (assistant))
    auto_generation_drop_encoder_inputs (call->assistant_inputs);
  if (states)
    auto_inputs_set (call->assistant_inputs, "encoder_outputs", states);
  return TRUE;
}

/* A decoder alone, beside a model with an encoder, looks at the model's states; its mask is that of the decoder's tokens. */
static void
share_encoder (AutoGenerationCall *call)
{
  AutoInputs *inputs = call->assistant_inputs;

  if (!call->encoder_decoder || auto_model_decoder_has_encoder (call->config->assistant))
    return;
  if (!auto_inputs_get (inputs, "encoder_outputs"))
    auto_inputs_set (inputs, "encoder_outputs", auto_inputs_get (call->inputs, "encoder_outputs"));
  auto_inputs_set (inputs, "attention_mask", auto_inputs_get (call->inputs, "decoder_attention_mask"));
}

/* The call's own settings count when they were set, otherwise the assistant's. */
static gboolean
read_schedule (AutoGenerationCall *call, gint64 *n_tokens, gboolean *constant, GError **error)
{
  AutoGenerationConfig *own = auto_model_get_generation_config (call->config->assistant, error);
  JsonObject *values = call->config->values;
  AutoGenerationSettings settings = { 0 };

  if (!own || !auto_generation_settings_init (&settings, own->values, error))
    {
      auto_generation_settings_clear (&settings);
      return FALSE;
    }
  *n_tokens = json_object_has_member (values, "num_assistant_tokens") ? call->settings.num_assistant_tokens : settings.num_assistant_tokens;
  *constant = json_object_has_member (values, "num_assistant_tokens_schedule") ? call->settings.constant_assistant_tokens
                                                                               : settings.constant_assistant_tokens;
  auto_generation_settings_clear (&settings);
  return *n_tokens >= 1 || auto_generation_call_refuse (error, "num_assistant_tokens has to be at least 1");
}

static gboolean
check_vocabularies (AutoGenerationCall *call, GError **error)
{
  gint64 own = auto_config_get_int (auto_model_get_config (call->config->assistant), "vocab_size", 0);

  if (!call->settings.do_sample || !own || !call->search.known_tokens || own == call->search.known_tokens)
    return TRUE;
  g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "assistant model: its vocabulary of %" G_GINT64_FORMAT
               " tokens isn't the model's of %" G_GINT64_FORMAT "; load one with the same tokenizer", own, call->search.known_tokens);
  return FALSE;
}

gboolean
auto_generation_call_prepare_candidates (AutoGenerationCall *call, const AutoProcessors *like, GError **error)
{
  const AutoGenerationSettings *s = &call->settings;
  gboolean constant;
  gint64 n_tokens;

  call->search.known_tokens = auto_config_get_int (auto_model_get_config (call->model), "vocab_size", 0);
  if (s->prompt_lookup_num_tokens != AUTO_UNSET)
    {
      call->search.candidates = auto_candidates_new_lookup ((gsize) s->prompt_lookup_num_tokens);
      return TRUE;
    }
  if (!call->config->assistant)
    return TRUE;
  if (!read_schedule (call, &n_tokens, &constant, error) || !check_vocabularies (call, error))
    return FALSE;
  share_encoder (call);
  AutoModelDecoder *decoder = auto_model_decoder_new (call->config->assistant, call->assistant_inputs, 1, 1, call->search.sequences.capacity,
                                                      TRUE, error);
  if (!decoder)
    return FALSE;
  call->search.candidates = auto_candidates_new_assistant (decoder, like, call->search.ends, &call->search.random, (gsize) n_tokens, constant, error);
  return call->search.candidates != NULL;
}
