/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-masks.h"

#include "auto-relative.h"
#include "core/math/auto-cache.h"
#include "core/math/auto-context-private.h"

AutoMask
auto_self_mask (AutoContext *cx, AutoTensor *attention_mask, gboolean causal)
{
  gboolean flat = !attention_mask || auto_tensor_get_n_dims (attention_mask) == 2;

  return (AutoMask) {
    .bias = attention_mask ? auto_attention_bias (cx, attention_mask) : NULL,
    .causal = causal && flat,
    .offset = auto_context_get_past (cx),
  };
}

AutoMask
auto_cross_mask (AutoContext *cx, AutoTensor *encoder_attention_mask)
{
  return (AutoMask) { .bias = encoder_attention_mask ? auto_attention_bias (cx, encoder_attention_mask) : NULL };
}

AutoMask
auto_mask_with_bias (AutoContext *cx, AutoMask mask, AutoTensor *bias)
{
  const char *argument = mask.bias ? auto_context_find_name (cx, mask.bias) : NULL;

  if (bias)
    mask.bias = mask.bias ? auto_add (cx, mask.bias, bias) : bias;
  if (argument && mask.bias)
    auto_context_name_tensor (cx, mask.bias, argument);
  return mask;
}

void
auto_mask_fit (AutoContext *cx, AutoMask *mask, gint64 n_queries, gint64 n_keys)
{
  if (mask->causal)
    mask->offset = n_keys - n_queries;
  if (mask->bias && auto_dim (mask->bias, -1) > n_keys && auto_dim (mask->bias, -1) == auto_context_get_past (cx) + n_queries)
    mask->bias = auto_slice (cx, mask->bias, -1, -n_keys, G_MAXINT64, 1);
}

AutoTensor *
auto_source_states (AutoContext *cx, AutoInputs *in, AutoTensor *x)
{
  AutoTensor *source = auto_inputs_get (in, "encoder_hidden_states");

  return source || !auto_context_is_declaring (cx) ? source : auto_full_like (cx, x, 0);
}

/* position_ids with a dimension for the batch. */
static AutoTensor *
given_positions (AutoContext *cx, AutoTensor *given, gint64 length)
{
  guint n_dims = auto_tensor_get_n_dims (given);

  if ((n_dims == 1 || n_dims == 2) && auto_dim (given, -1) == length)
    return n_dims == 1 ? auto_unsqueeze (cx, given, 0) : given;
  g_autofree char *text = auto_tensor_describe (given);
  auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "position_ids: needs the shape (batch, %" G_GINT64_FORMAT "), not %s", length, text);
  return NULL;
}

AutoTensor *
auto_positions (AutoContext *cx, AutoInputs *in, gint64 length)
{
  AutoTensor *given = auto_inputs_get (in, "position_ids");
  gint64 past = auto_context_get_past (cx);

  if (given)
    return given_positions (cx, given, length);
  return auto_unsqueeze (cx, auto_arange (cx, past, past + length, 1), 0);
}

AutoTensor *
auto_decoder_positions (AutoContext *cx, AutoInputs *in, gint64 length)
{
  AutoTensor *given = auto_positions (cx, in, length);

  return auto_context_is_generating (cx) ? auto_masked_positions (cx, in, length) : given;
}

AutoTensor *
auto_masked_positions (AutoContext *cx, AutoInputs *in, gint64 length)
{
  AutoTensor *mask = auto_inputs_get (in, "attention_mask");

  if (!mask || auto_tensor_get_n_dims (mask) != 2 || auto_inputs_get (in, "position_ids"))
    return auto_positions (cx, in, length);
  AutoTensor *places = auto_add_scalar (cx, auto_cumsum (cx, auto_cast (cx, mask, AUTO_DTYPE_I64), 1), -1);
  places = auto_masked_fill (cx, places, auto_eq_scalar (cx, mask, 0), 1);
  return auto_slice (cx, places, 1, -length, G_MAXINT64, 1);
}

AutoTensor *
auto_counted_positions (AutoContext *cx, AutoInputs *in, gint64 length, gint64 offset)
{
  AutoTensor *given = auto_inputs_get (in, "attention_mask");
  gint64 past = auto_context_get_past (cx);

  if (!given)
    return auto_unsqueeze (cx, auto_arange (cx, past + offset, past + length + offset, 1), 0);
  AutoTensor *mask = auto_cast (cx, given, AUTO_DTYPE_I64);
  AutoTensor *places = auto_add_scalar (cx, auto_mul (cx, auto_cumsum (cx, mask, 1), mask), (double) (offset - 1));
  return auto_slice (cx, places, 1, -length, G_MAXINT64, 1);
}

static AutoTensor *
distances (AutoContext *cx, gint64 length)
{
  gint64 past = auto_context_get_past (cx);

  return auto_relative_positions (cx, past, length, past + length);
}

static AutoTensor *
bias_where (AutoContext *cx, AutoTensor *hidden, double value)
{
  return auto_masked_fill (cx, auto_scale (cx, auto_cast (cx, hidden, AUTO_DTYPE_F32), 0), hidden, value);
}

AutoTensor *
auto_later_bias (AutoContext *cx, gint64 length, double value)
{
  return bias_where (cx, auto_gt_scalar (cx, distances (cx, length), 0), value);
}

AutoTensor *
auto_earlier_bias (AutoContext *cx, gint64 length, gint64 window, double value)
{
  return bias_where (cx, auto_le_scalar (cx, distances (cx, length), (double) -window), value);
}

void
auto_check_length (AutoContext *cx, gint64 length, gint64 most, const char *key)
{
  gint64 all = auto_context_get_past (cx) + length;

  if (all > most && !auto_context_is_declaring (cx))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "input_ids: %" G_GINT64_FORMAT " tokens are more than %s, which is %" G_GINT64_FORMAT,
                       all, key, most);
}

AutoTensor *
auto_last_position (AutoContext *cx, AutoTensor *x)
{
  gint64 wanted = auto_context_get_wanted (cx);

  return wanted && x && auto_dim (x, 1) > wanted ? auto_slice (cx, x, 1, -wanted, G_MAXINT64, 1) : x;
}

AutoTensor *
auto_pick_tokens (AutoContext *cx, AutoTensor *x, AutoTensor *ids)
{
  AutoTensor *places = auto_unsqueeze (cx, ids, 2);

  return auto_gather (cx, x, 1, auto_expand (cx, places, AUTO_DIMS (auto_dim (ids, 0), auto_dim (ids, 1), auto_dim (x, 2))));
}

AutoTensor *
auto_token_at (AutoContext *cx, AutoTensor *x, AutoTensor *places)
{
  return auto_select (cx, auto_pick_tokens (cx, x, auto_reshape (cx, places, AUTO_DIMS (auto_dim (x, 0), 1))), 1, 0);
}

AutoTensor *
auto_input_or_zeros (AutoContext *cx, AutoInputs *in, const char *name, AutoTensor *like)
{
  AutoTensor *given = auto_inputs_get (in, name);
  gsize n_dims;

  if (given || !like)
    return given;
  const gint64 *shape = auto_tensor_get_shape (like, &n_dims);
  return auto_full (cx, shape, n_dims, 0, AUTO_DTYPE_I64);
}

AutoTensor *
auto_input_unless_generating (AutoContext *cx, AutoInputs *in, const char *name)
{
  return auto_context_is_generating (cx) ? NULL : auto_inputs_get (in, name);
}

AutoTensor *
auto_token_input (AutoContext *cx, AutoInputs *in, const char *name, AutoTensor *x)
{
  AutoTensor *given = auto_inputs_get (in, name);
  gint64 batch = auto_dim (x, 0), length = auto_dim (x, 1);

  if (!given || !x || (auto_tensor_get_n_dims (given) == 2 && auto_dim (given, 0) == batch && auto_dim (given, 1) == length))
    return given;
  g_autofree char *text = auto_tensor_describe (given);
  auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s: needs the shape (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "), not %s", name, batch,
                     length, text);
  return NULL;
}

AutoTensor *
auto_required_input (AutoContext *cx, AutoInputs *in, const char *name)
{
  AutoTensor *given = auto_inputs_get (in, name);

  if (!given)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "the input %s is missing", name);
  return given;
}

static AutoTensor *
embed_inputs (AutoContext *cx, AutoInputs *in, const char *ids_name, const char *embeds_name, const char *name, gint64 n_rows, gint64 width)
{
  AutoTensor *ids = auto_inputs_get (in, ids_name), *embeds = auto_inputs_get (in, embeds_name);

  if (!ids == !embeds)
    {
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, ids ? "%s and %s exclude each other" : "%s (or %s) is missing", ids_name,
                         embeds_name);
      return NULL;
    }
  AutoTensor *given = ids ? ids : embeds;
  if (auto_tensor_get_n_dims (given) != (ids ? 2 : 3) || auto_tensor_get_n_elements (given) == 0)
    {
      g_autofree char *text = auto_tensor_describe (given);
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s (batch, length%s): needs a batch of at least one token, not %s",
                         ids ? ids_name : embeds_name, ids ? "" : ", width", text);
      return NULL;
    }
  return ids ? auto_embedding (cx, name, ids, n_rows, width) : embeds;
}

AutoTensor *
auto_input_embeddings (AutoContext *cx, AutoInputs *in, const char *name, gint64 n_rows, gint64 width)
{
  return embed_inputs (cx, in, "input_ids", "inputs_embeds", name, n_rows, width);
}

AutoTensor *
auto_decoder_input_embeddings (AutoContext *cx, AutoInputs *in, const char *name, gint64 n_rows, gint64 width)
{
  return embed_inputs (cx, in, "decoder_input_ids", "decoder_inputs_embeds", name, n_rows, width);
}
