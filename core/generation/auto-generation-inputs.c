/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "../base/auto-errors.h"
#include "auto-generation-call.h"

/* From the inputs of a call to what the decoder is given. */

static gboolean
takes_input (AutoModel *model, const char *name)
{
  g_auto(GStrv) names = auto_model_list_inputs (model);

  return g_strv_contains ((const char *const *) names, name);
}

AutoTensor *
auto_generation_read_ids (AutoTensor *x, const char *name, GError **error)
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
mask_of_padding (AutoGenerationCall *call, AutoTensor *ids)
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
prepare_mask (AutoGenerationCall *call)
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
prepare_decoder_only (AutoGenerationCall *call, GError **error)
{
  const AutoGenerationSettings *s = &call->settings;

  if (call->source_ids)
    call->prompt = auto_tensor_ref (call->source_ids);
  else if (s->bos_token_id == AUTO_UNSET)
    return auto_generation_call_refuse (error, "input_ids are missing, and without a bos_token_id there is nothing to begin with");
  else
    call->prompt = repeat_token (find_batch (call->inputs), s->bos_token_id);
  gint64 length = call->prompt->shape[1];
  for (gint64 i = 0; i < call->prompt->shape[0] && s->pad_token_id != AUTO_UNSET && call->source_ids; i++)
    if (((const gint64 *) call->prompt->data)[(i + 1) * length - 1] == s->pad_token_id)
      {
        auto_generation_call_warn (call, "the prompt is padded on the right; a decoder-only model needs padding on the left");
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
extend_decoder_mask (AutoGenerationCall *call)
{
  AutoTensor *mask = auto_inputs_get (call->inputs, "decoder_attention_mask");

  if (!mask || mask->n_dims != 2 || mask->shape[1] != call->prompt->shape[1] - 1)
    return;
  g_autoptr(AutoTensor) ints = auto_generation_read_ids (mask, "decoder_attention_mask", NULL);
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
decoder_ids_name (AutoGenerationCall *call)
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
prepare_encoder_decoder (AutoGenerationCall *call, GError **error)
{
  const AutoGenerationSettings *s = &call->settings;
  gint64 start = s->decoder_start_token_id != AUTO_UNSET ? s->decoder_start_token_id : call->own.decoder_start_token_id;
  const char *name = decoder_ids_name (call);
  AutoTensor *given = name ? auto_inputs_get (call->inputs, name) : NULL;
  g_autoptr(AutoTensor) ids = given ? auto_generation_read_ids (given, name, error) : NULL;

  if (given && !ids)
    return FALSE;
  if (start == AUTO_UNSET)
    start = s->bos_token_id != AUTO_UNSET ? s->bos_token_id : call->own.bos_token_id;
  if (start == AUTO_UNSET)
    return auto_generation_call_refuse (error, "an encoder-decoder model needs a decoder_start_token_id, or a bos_token_id, to begin with");
  if (name)
    auto_inputs_set (call->inputs, name, NULL);
  if (!auto_inputs_get (call->inputs, "encoder_outputs"))
    {
      g_autoptr(AutoTensor) states = auto_model_decoder_encode (call->model, call->inputs, s->output_hidden_states, s->output_attentions,
                                                                &call->search.encoder_output, call->search.cancellable, error);
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

void
auto_generation_drop_encoder_inputs (AutoInputs *inputs)
{
  static const char *const names[] = { "input_ids", "inputs_embeds", "input_features", "input_values", "pixel_values",
                                       "token_type_ids", "head_mask" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    auto_inputs_set (inputs, names[i], NULL);
}

gboolean
auto_generation_call_prepare_inputs (AutoGenerationCall *call, GError **error)
{
  AutoTensor *ids = auto_inputs_get (call->inputs, "input_ids");

  call->source_ids = ids ? auto_generation_read_ids (ids, "input_ids", error) : NULL;
  if (ids && !call->source_ids)
    return FALSE;
  prepare_mask (call);
  if (!auto_generation_call_prepare_assistant (call, error))
    return FALSE;
  if (!call->encoder_decoder)
    return prepare_decoder_only (call, error);
  if (!prepare_encoder_decoder (call, error))
    return FALSE;
  auto_generation_drop_encoder_inputs (call->inputs);
  return TRUE;
}
