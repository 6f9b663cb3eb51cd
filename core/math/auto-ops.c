/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-private.h"

gboolean
auto_op_begin (AutoContext *cx, const char *op, AutoTensor *a)
{
  if (cx->error)
    return FALSE;
  if (!a)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s: a tensor that it needs is absent", op);
  return a != NULL;
}

static AutoTensor *
converted (AutoContext *cx, AutoTensor *x, AutoDType dtype)
{
  if (x->dtype == dtype && (cx->declaring || auto_tensor_is_contiguous (x)))
    return x;

  AutoTensor *out = auto_context_tensor (cx, dtype, x->shape, x->n_dims);
  if (!out || cx->declaring)
    return out;
  g_autoptr(AutoTensor) whole = auto_tensor_make_contiguous (x);
  auto_convert_elements (dtype, out->data, whole->dtype, whole->data, auto_tensor_get_n_elements (whole));
  return out;
}

AutoTensor *
auto_op_floats (AutoContext *cx, const char *op, AutoTensor *x)
{
  if (!auto_op_begin (cx, op, x))
    return NULL;
  if (!auto_dtype_is_float (x->dtype))
    {
      g_autofree char *text = auto_tensor_describe (x);
      auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_DTYPE, "%s: needs floating-point numbers, not %s", op, text);
      return NULL;
    }
  return converted (cx, x, AUTO_DTYPE_F32);
}

AutoTensor *
auto_op_ints (AutoContext *cx, const char *op, AutoTensor *x)
{
  if (!auto_op_begin (cx, op, x))
    return NULL;
  if (auto_dtype_is_float (x->dtype))
    {
      g_autofree char *text = auto_tensor_describe (x);
      auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_DTYPE, "%s: needs integers, not %s", op, text);
      return NULL;
    }
  return converted (cx, x, AUTO_DTYPE_I64);
}

AutoTensor *
auto_op_contiguous (AutoContext *cx, AutoTensor *x)
{
  return converted (cx, x, x->dtype);
}
