/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-boxes.h"

#include "auto-ops-private.h"
#include "auto-ops-sort.h"

/* The common area of two boxes (left, top, right, bottom) over the area of both. */
static float
overlap (const float *a, const float *b)
{
  float width = MIN (a[2], b[2]) - MAX (a[0], b[0]), height = MIN (a[3], b[3]) - MAX (a[1], b[1]);
  float common = MAX (width, 0) * MAX (height, 0);
  float both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common;

  return common / both;
}

/* Goes through the boxes in @order and leaves at its start those that none before them hides; returns how many. */
static gint64
suppress (const float *boxes, const gint64 *classes, gint64 n, float threshold, gint64 *order)
{
  gint64 kept = 0;

  for (gint64 i = 0; i < n; i++)
    {
      gint64 box = order[i], j = 0;
      for (; j < kept; j++)
        if ((!classes || classes[box] == classes[order[j]]) && overlap (boxes + 4 * box, boxes + 4 * order[j]) > threshold)
          break;
      if (j == kept)
        order[kept++] = box;
    }
  return kept;
}

/**
 * auto_nms:
 * @cx: a context
 * @boxes: (nullable): a tensor (n, 4) of left, top, right and bottom edges
 * @scores: (nullable): a number for each box
 * @classes: (nullable): an integer for each box, when only boxes of one class hide each other
 * @threshold: the intersection over union above which a box hides one with a lower score
 *
 * Non-maximum suppression. How many boxes stay depends on the data; in a declaring context all do.
 *
 * Returns: (transfer none) (nullable): the places of the boxes that stay as 64-bit integers, the highest score first
 */
AutoTensor *
auto_nms (AutoContext *cx, AutoTensor *boxes, AutoTensor *scores, AutoTensor *classes, double threshold)
{
  if (!(boxes = auto_op_floats (cx, "nms", boxes)) || !(scores = auto_op_floats (cx, "nms", scores)) ||
      (classes && !(classes = auto_op_ints (cx, "nms", classes))))
    return NULL;
  gint64 n = auto_tensor_get_dim (boxes, 0);
  if (boxes->n_dims != 2 || boxes->shape[1] != 4 || scores->n_dims != 1 || scores->shape[0] != n)
    {
      auto_op_fail_shapes (cx, "nms", boxes, scores);
      return NULL;
    }
  if (classes && (classes->n_dims != 1 || classes->shape[0] != n))
    {
      auto_op_fail_shapes (cx, "nms", boxes, classes);
      return NULL;
    }
  AutoTensor *order = auto_argsort (cx, scores, 0, TRUE);
  if (!order || cx->declaring)
    return order;
  gint64 kept = suppress (auto_floats (boxes), classes ? auto_ints (classes) : NULL, n, (float) threshold, auto_ints (order)), stride = 1;
  return auto_op_view (cx, order, &kept, &stride, 1, 0);
}
