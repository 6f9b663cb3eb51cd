/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-linear.h"

#include <string.h>

#include "auto-gemm.h"
#include "auto-ops-private.h"
#include "auto-pool.h"
#include "auto-rows.h"

/* With fewer rows a weight is read once as it lies in the file; from here on it pays to pack it. */
#define ROWS_TO_PACK 8

static AutoTensor *
weight_tensor (AutoContext *cx, AutoWeight *weight)
{
  if (!weight)
    return NULL;
  if (cx->declaring)
    return auto_context_tensor (cx, AUTO_DTYPE_F32, weight->shape, weight->n_dims);
  return auto_context_adopt (cx, auto_tensor_ref (auto_weights_get_single (cx->weights, weight)));
}

/**
 * auto_parameter:
 * @cx: a context
 * @name: the weight's name below the scopes in force; after a slash the whole name
 * @shape: (array length=n_dims): its shape
 * @n_dims: how many dimensions it has
 *
 * Returns: (transfer none) (nullable): the weight as 32-bit floats
 */
AutoTensor *
auto_parameter (AutoContext *cx, const char *name, const gint64 *shape, gsize n_dims)
{
  return weight_tensor (cx, auto_context_weight (cx, name, AUTO_WEIGHT_NORMAL, shape, n_dims));
}

/**
 * auto_ones_parameter:
 * @cx: a context
 * @name: the weight's name
 * @shape: (array length=n_dims): its shape
 * @n_dims: how many dimensions it has
 *
 * The same as [func@parameter], but a fresh one holds ones.
 *
 * Returns: (transfer none) (nullable): the weight as 32-bit floats
 */
AutoTensor *
auto_ones_parameter (AutoContext *cx, const char *name, const gint64 *shape, gsize n_dims)
{
  return weight_tensor (cx, auto_context_weight (cx, name, AUTO_WEIGHT_ONES, shape, n_dims));
}

/**
 * auto_zeros_parameter:
 * @cx: a context
 * @name: the weight's name
 * @shape: (array length=n_dims): its shape
 * @n_dims: how many dimensions it has
 *
 * The same as [func@parameter], but a fresh one holds zeros.
 *
 * Returns: (transfer none) (nullable): the weight as 32-bit floats
 */
AutoTensor *
auto_zeros_parameter (AutoContext *cx, const char *name, const gint64 *shape, gsize n_dims)
{
  return weight_tensor (cx, auto_context_weight (cx, name, AUTO_WEIGHT_ZEROS, shape, n_dims));
}

/**
 * auto_buffer:
 * @cx: a context
 * @name: the buffer's name
 * @shape: (array length=n_dims): its shape
 * @n_dims: how many dimensions it has
 *
 * A tensor of the checkpoint that is not trained; zeros when the checkpoint lacks it.
 *
 * Returns: (transfer none) (nullable): the buffer as 32-bit floats
 */
AutoTensor *
auto_buffer (AutoContext *cx, const char *name, const gint64 *shape, gsize n_dims)
{
  return weight_tensor (cx, auto_context_weight (cx, name, AUTO_WEIGHT_BUFFER, shape, n_dims));
}

/**
 * auto_frequencies_buffer:
 * @cx: a context
 * @name: the buffer's name
 * @n: how many there are
 * @base: θ
 *
 * The frequencies of a rotary embedding as the checkpoint has them; θ^(-i / n) when it lacks them.
 *
 * Returns: (transfer none) (nullable): the buffer (n) as 32-bit floats
 */
AutoTensor *
auto_frequencies_buffer (AutoContext *cx, const char *name, gint64 n, double base)
{
  AutoWeight *weight = auto_context_weight (cx, name, AUTO_WEIGHT_FREQUENCIES, &n, 1);

  if (weight && cx->declaring)
    weight->base = base;
  return weight_tensor (cx, weight);
}

/**
 * auto_tie:
 * @cx: a context
 * @name: a weight's name below the scopes in force; after a slash the whole name
 * @source: the name of the weight that it shares its values with, spelt alike
 *
 * Says that two names mean one tensor. To be called before both were used for the first time in a pass.
 */
void
auto_tie (AutoContext *cx, const char *name, const char *source)
{
  if (!cx->declaring || cx->error)
    return;
  g_autofree char *full = auto_context_full_name (cx, name, NULL);
  g_hash_table_replace (cx->weights->ties, g_steal_pointer (&full), auto_context_full_name (cx, source, NULL));
}

/**
 * auto_ignore_weight:
 * @cx: a context
 * @name: a name below the scopes in force; after a slash the whole name
 *
 * Says that checkpoints may have a tensor of this name that the model computes without.
 */
void
auto_ignore_weight (AutoContext *cx, const char *name)
{
  auto_context_ignore (cx, name);
}

/**
 * auto_stored_size:
 * @cx: a context
 * @name: a weight's name below the scopes in force; after a slash the whole name
 * @dim: a dimension of it
 * @otherwise: the answer when the model is made without a checkpoint, or for one that has no such weight
 *
 * The size of a weight's dimension as the checkpoint has it: for networks whose sizes their configuration doesn't say.
 *
 * Returns: the size, at least 1
 */
gint64
auto_stored_size (AutoContext *cx, const char *name, gsize dim, gint64 otherwise)
{
  AutoWeights *weights = cx->weights;
  g_autofree char *full = auto_context_full_name (cx, name, NULL);
  const AutoWeight *weight = auto_weights_find (weights, full);
  const gint64 *shape = weight ? weight->shape : NULL;
  guint n_dims = weight ? weight->n_dims : 0;

  if (!weight && weights->stored && !weights->stored (weights->stored_data, full, &shape, &n_dims))
    return otherwise;
  return dim < n_dims && shape[dim] > 0 ? shape[dim] : otherwise;
}

static gboolean
check_residual (AutoContext *cx, AutoTensor *residual, AutoTensor *y)
{
  if (residual->n_dims == y->n_dims && memcmp (residual->shape, y->shape, y->n_dims * sizeof *y->shape) == 0)
    return TRUE;
  g_autofree char *a = auto_tensor_describe (residual), *b = auto_tensor_describe (y);
  auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_SHAPE, "linear: can't add %s to %s", a, b);
  return FALSE;
}

static void
multiply (AutoContext *cx, AutoWeight *weight, gboolean transposed, AutoTensor *x, AutoTensor *y, const AutoEpilogue *epilogue)
{
  gint64 k = auto_tensor_get_dim (x, -1), n = auto_tensor_get_dim (y, -1), m = k ? auto_tensor_get_n_elements (x) / k : 0;
  AutoTensor *source = weight->tensor;
  gboolean direct = !transposed && m < ROWS_TO_PACK && !(m > 1 && g_atomic_pointer_get (&weight->packed));

  if (direct)
    {
      if (source->dtype != AUTO_DTYPE_F32 && source->dtype != AUTO_DTYPE_F16 && source->dtype != AUTO_DTYPE_BF16)
        source = auto_weights_get_single (cx->weights, weight);
      auto_gemm_unpacked (m, auto_floats (x), k, source->dtype, source->data, n, k, k, auto_floats (y), n, epilogue);
      return;
    }
  const AutoPacked *packed = auto_weights_get_packed (cx->weights, weight, n, k, transposed ? 1 : k, transposed ? n : 1);
  auto_gemm_packed (m, auto_floats (x), k, packed, auto_floats (y), n, epilogue);
}

AutoTensor *
auto_linear_full (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, const AutoLinear *how)
{
  AutoTensor *floats = auto_op_floats (cx, "linear", x), *residual = NULL;
  AutoWeight *weight, *bias = NULL;

  if (!floats)
    return NULL;
  gint64 k = auto_tensor_get_dim (floats, -1), shape[AUTO_TENSOR_MAX_DIMS];
  gint64 dims[2] = { how->transposed ? k : n_out, how->transposed ? n_out : k };
  weight = how->weight ? auto_context_weight (cx, how->weight, AUTO_WEIGHT_NORMAL, dims, 2)
                       : auto_context_layer_weight (cx, name, "weight", AUTO_WEIGHT_NORMAL, dims, 2);
  if (!how->no_bias)
    bias = how->bias ? auto_context_weight (cx, how->bias, AUTO_WEIGHT_ZEROS, &n_out, 1)
                     : auto_context_layer_weight (cx, name, "bias", AUTO_WEIGHT_ZEROS, &n_out, 1);
  if (!weight || cx->error)
    return NULL;

  memcpy (shape, floats->shape, floats->n_dims * sizeof *shape);
  shape[floats->n_dims - 1] = n_out;
  AutoTensor *y = auto_context_tensor (cx, AUTO_DTYPE_F32, shape, floats->n_dims);
  if (!y || (how->residual && (!(residual = auto_op_floats (cx, "linear", how->residual)) || !check_residual (cx, residual, y))))
    return NULL;
  if (cx->declaring)
    return y;

  AutoEpilogue epilogue = { .activation = how->activation, .scale = (float) how->scale };
  if (bias)
    epilogue.bias = auto_floats (auto_weights_get_single (cx->weights, bias));
  if (residual)
    {
      epilogue.residual = auto_floats (residual);
      epilogue.residual_stride = n_out;
    }
  multiply (cx, weight, how->transposed, floats, y, &epilogue);
  return y;
}

/**
 * auto_linear:
 * @cx: a context
 * @name: the layer's name; its weights are `NAME.weight` (@n_out, k) and `NAME.bias` (@n_out)
 * @x: (nullable): a tensor (…, k)
 * @n_out: width of the result
 *
 * x · Wᵀ + b.
 *
 * Returns: (transfer none) (nullable): a tensor (…, @n_out)
 */
AutoTensor *
auto_linear (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out)
{
  return auto_linear_full (cx, name, x, n_out, &(AutoLinear) { .activation = AUTO_ACTIVATION_LINEAR });
}

/**
 * auto_linear_act:
 * @cx: a context
 * @name: the layer's name
 * @x: (nullable): a tensor (…, k)
 * @n_out: width of the result
 * @activation: applied to the result
 *
 * activation (x · Wᵀ + b), in one pass over the result.
 *
 * Returns: (transfer none) (nullable): a tensor (…, @n_out)
 */
AutoTensor *
auto_linear_act (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, AutoActivation activation)
{
  return auto_linear_full (cx, name, x, n_out, &(AutoLinear) { .activation = activation });
}

/**
 * auto_linear_add:
 * @cx: a context
 * @name: the layer's name
 * @x: (nullable): a tensor (…, k)
 * @n_out: width of the result
 * @residual: (nullable): a tensor (…, @n_out)
 *
 * x · Wᵀ + b + residual, in one pass over the result.
 *
 * Returns: (transfer none) (nullable): a tensor (…, @n_out)
 */
AutoTensor *
auto_linear_add (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, AutoTensor *residual)
{
  return auto_linear_full (cx, name, x, n_out, &(AutoLinear) { .activation = AUTO_ACTIVATION_LINEAR, .residual = residual });
}

/**
 * auto_linear_no_bias:
 * @cx: a context
 * @name: the layer's name
 * @x: (nullable): a tensor (…, k)
 * @n_out: width of the result
 *
 * x · Wᵀ.
 *
 * Returns: (transfer none) (nullable): a tensor (…, @n_out)
 */
AutoTensor *
auto_linear_no_bias (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out)
{
  return auto_linear_full (cx, name, x, n_out, &(AutoLinear) { .activation = AUTO_ACTIVATION_LINEAR, .no_bias = TRUE });
}

/**
 * auto_linear_transposed:
 * @cx: a context
 * @name: the layer's name; its weight is (k, @n_out)
 * @x: (nullable): a tensor (…, k)
 * @n_out: width of the result
 * @activation: applied to the result
 *
 * activation (x · W + b), for checkpoints that keep their matrices the other way round.
 *
 * Returns: (transfer none) (nullable): a tensor (…, @n_out)
 */
AutoTensor *
auto_linear_transposed (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, AutoActivation activation)
{
  return auto_linear_full (cx, name, x, n_out, &(AutoLinear) { .activation = activation, .transposed = TRUE });
}

static gboolean
check_ids (AutoContext *cx, AutoWeight *weight, const char *argument, AutoTensor *ids, gint64 n_rows)
{
  gint64 n = auto_tensor_get_n_elements (ids);

  for (gint64 i = 0; i < n; i++)
    if (auto_ints (ids)[i] < 0 || auto_ints (ids)[i] >= n_rows)
      {
        auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT,
                           "%s%sid %" G_GINT64_FORMAT " at place %" G_GINT64_FORMAT " is out of range: %s has rows 0 to %" G_GINT64_FORMAT,
                           argument ? argument : "", argument ? ": " : "", auto_ints (ids)[i], i, weight->name, n_rows - 1);
        return FALSE;
      }
  return TRUE;
}

typedef struct
{
  AutoTensor *table, *ids, *y;
  gint64 width;
} Lookup;

#define ROWS_A_TASK 16

static void
look_up_rows (gsize task, gpointer data)
{
  const Lookup *self = data;
  gint64 n = auto_tensor_get_n_elements (self->ids), end = MIN ((gint64) (task + 1) * ROWS_A_TASK, n);
  gsize row_bytes = self->width * auto_dtype_get_size (self->table->dtype);

  for (gint64 i = task * ROWS_A_TASK; i < end; i++)
    auto_convert_elements (AUTO_DTYPE_F32, auto_floats (self->y) + i * self->width, self->table->dtype,
                           self->table->data + auto_ints (self->ids)[i] * row_bytes, self->width);
}

/**
 * auto_embedding:
 * @cx: a context
 * @name: the table's name; its weight is `NAME.weight` (@n_rows, @width)
 * @ids: (nullable): integers of any shape, 0 to @n_rows - 1
 * @n_rows: rows of the table
 * @width: columns of the table
 *
 * The table's rows that @ids name. An id out of range is an error.
 *
 * Returns: (transfer none) (nullable): a tensor (…, @width)
 */
AutoTensor *
auto_embedding (AutoContext *cx, const char *name, AutoTensor *ids, gint64 n_rows, gint64 width)
{
  const char *argument = auto_context_find_name (cx, ids);
  AutoTensor *whole = auto_op_ints (cx, argument ? argument : "embedding", ids);
  gint64 dims[2] = { n_rows, width }, shape[AUTO_TENSOR_MAX_DIMS];

  if (!whole)
    return NULL;
  AutoWeight *weight = auto_context_layer_weight (cx, name, "weight", AUTO_WEIGHT_NORMAL, dims, 2);
  if (!weight)
    return NULL;
  if (whole->n_dims == AUTO_TENSOR_MAX_DIMS)
    {
      auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_SHAPE, "embedding: too many dimensions");
      return NULL;
    }
  memcpy (shape, whole->shape, whole->n_dims * sizeof *shape);
  shape[whole->n_dims] = width;
  AutoTensor *y = auto_context_tensor (cx, AUTO_DTYPE_F32, shape, whole->n_dims + 1);
  if (!y || cx->declaring || !check_ids (cx, weight, argument, whole, n_rows))
    return y;
  Lookup lookup = { weight->tensor, whole, y, width };
  auto_pool_run ((auto_tensor_get_n_elements (whole) + ROWS_A_TASK - 1) / ROWS_A_TASK, look_up_rows, &lookup);
  return y;
}

/**
 * auto_layer_norm:
 * @cx: a context
 * @name: the layer's name; its weights are `NAME.weight` and `NAME.bias` (k)
 * @x: (nullable): a tensor (…, k)
 * @epsilon: added to the variance
 *
 * Layer normalisation over the last dimension (Ba et al., arXiv:1607.06450).
 *
 * Returns: (transfer none) (nullable): a tensor of the shape of @x
 */
AutoTensor *
auto_layer_norm (AutoContext *cx, const char *name, AutoTensor *x, double epsilon)
{
  AutoTensor *floats = auto_op_floats (cx, "layer_norm", x);

  if (!floats)
    return NULL;
  gint64 n = auto_tensor_get_dim (floats, -1);
  AutoWeight *weight = auto_context_layer_weight (cx, name, "weight", AUTO_WEIGHT_ONES, &n, 1);
  AutoWeight *bias = auto_context_layer_weight (cx, name, "bias", AUTO_WEIGHT_ZEROS, &n, 1);
  AutoTensor *y = auto_context_tensor (cx, AUTO_DTYPE_F32, floats->shape, floats->n_dims);
  if (!y || !weight || !bias || cx->declaring || n == 0)
    return y;
  auto_layer_norm_rows (auto_tensor_get_n_elements (floats) / n, n, auto_floats (floats), auto_floats (auto_weights_get_single (cx->weights, weight)),
                        auto_floats (auto_weights_get_single (cx->weights, bias)), (float) epsilon, auto_floats (y));
  return y;
}

/**
 * auto_rms_norm:
 * @cx: a context
 * @name: the layer's name; its weight is `NAME.weight` (k)
 * @x: (nullable): a tensor (…, k)
 * @epsilon: added to the mean square
 *
 * Root-mean-square normalisation over the last dimension (Zhang and Sennrich, arXiv:1910.07467).
 *
 * Returns: (transfer none) (nullable): a tensor of the shape of @x
 */
AutoTensor *
auto_rms_norm (AutoContext *cx, const char *name, AutoTensor *x, double epsilon)
{
  AutoTensor *floats = auto_op_floats (cx, "rms_norm", x);

  if (!floats)
    return NULL;
  gint64 n = auto_tensor_get_dim (floats, -1);
  AutoWeight *weight = auto_context_layer_weight (cx, name, "weight", AUTO_WEIGHT_ONES, &n, 1);
  AutoTensor *y = auto_context_tensor (cx, AUTO_DTYPE_F32, floats->shape, floats->n_dims);
  if (!y || !weight || cx->declaring || n == 0)
    return y;
  auto_rms_norm_rows (auto_tensor_get_n_elements (floats) / n, n, auto_floats (floats), auto_floats (auto_weights_get_single (cx->weights, weight)),
                      (float) epsilon, auto_floats (y));
  return y;
}
