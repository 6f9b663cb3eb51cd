/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-seq2seq.h"

#include "auto-masks.h"
#include "core/math/auto-ops.h"

AutoTensor *
auto_encoder_states (AutoContext *cx, AutoInputs *in, AutoBase encoder, gconstpointer config)
{
  AutoTensor *given = auto_inputs_get (in, "encoder_outputs");

  if (!given)
    return encoder (cx, config, in);
  if (auto_tensor_get_n_dims (given) == 3)
    return given;
  g_autofree char *text = auto_tensor_describe (given);
  auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "encoder_outputs: needs the shape (batch, source, width), not %s", text);
  return NULL;
}

gboolean
auto_encoder_only (AutoInputs *in)
{
  return auto_inputs_get_flag (in, "encoder_only", FALSE);
}

void
auto_example_seq2seq (gconstpointer config, AutoInputs *in)
{
  auto_inputs_set_example (in, "input_ids", AUTO_DTYPE_I64, AUTO_DIMS (1, 8));
  auto_inputs_set_example (in, "decoder_input_ids", AUTO_DTYPE_I64, AUTO_DIMS (1, 4));
}

/* @first (batch, 1), then all ids but the last. */
static AutoTensor *
shift (AutoContext *cx, AutoTensor *first, AutoTensor *ids, gint64 pad)
{
  AutoTensor *shifted = auto_concat (cx, AUTO_TENSORS (first, auto_slice (cx, ids, 1, 0, -1, 1)), 1);

  return auto_where (cx, auto_lt_scalar (cx, shifted, 0), auto_full_like (cx, shifted, (double) pad), shifted);
}

AutoTensor *
auto_shift_right (AutoContext *cx, AutoTensor *ids, gint64 start, gint64 pad)
{
  return shift (cx, auto_full (cx, AUTO_DIMS (auto_dim (ids, 0), 1), (double) start, AUTO_DTYPE_I64), ids, pad);
}

AutoTensor *
auto_shift_around (AutoContext *cx, AutoTensor *ids, gint64 pad)
{
  AutoTensor *whole = auto_where (cx, auto_lt_scalar (cx, ids, 0), auto_full_like (cx, ids, (double) pad), ids);
  AutoTensor *counts = auto_sum (cx, auto_cast (cx, auto_ne_scalar (cx, whole, (double) pad), AUTO_DTYPE_I64), 1, TRUE);

  return shift (cx, auto_gather (cx, whole, 1, auto_add_scalar (cx, counts, -1)), ids, pad);
}

static void
check_counts (AutoContext *cx, AutoTensor *counts)
{
  gint64 first = 0, count;

  for (gint64 i = 0; i < auto_dim (counts, 0) && !auto_context_is_declaring (cx); i++)
    {
      if (!auto_read_int (cx, counts, i, &count))
        return;
      first = i ? first : count;
      if (count == 0 || count != first)
        auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s", "input_ids: every row needs the same number of eos tokens, at least one");
    }
}

AutoTensor *
auto_pool_eos (AutoContext *cx, AutoTensor *states, AutoTensor *ids, gint64 eos)
{
  AutoTensor *found = auto_cast (cx, auto_eq_scalar (cx, ids, (double) eos), AUTO_DTYPE_I64);

  check_counts (cx, auto_sum (cx, found, -1, FALSE));
  AutoTensor *from_end = auto_argmax (cx, auto_flip (cx, found, -1), -1, FALSE);
  AutoTensor *places = auto_add_scalar (cx, auto_scale (cx, from_end, -1), (double) (auto_dim (states, 1) - 1));
  return auto_token_at (cx, states, auto_cast (cx, places, AUTO_DTYPE_I64));
}

void
auto_second_name (AutoContext *cx, const char *name, const char *source, const gint64 *shape, gsize n_dims)
{
  if (!auto_context_is_declaring (cx))
    return;
  auto_tie (cx, name, source);
  auto_parameter (cx, name, shape, n_dims);
}
