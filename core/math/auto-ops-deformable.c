/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-deformable.h"

#include "auto-bilinear.h"
#include "auto-kernels.h"
#include "auto-ops-private.h"
#include "auto-pool.h"

/* Products of one task, about. */
#define TASK_SIZE 65536

typedef struct
{
  const float *values, *locations, *weights;
  float *y;
  const gint64 *sizes;
  gint64 n_places, n_queries, n_heads, n_levels, n_points, width;
  gint64 queries_a_task, tasks_a_row;
} Attention;

/* The elements that one query of one head looks at, as distances of their vectors from the first one's, and how much each counts. */
static gint64
find_taps (const Attention *self, const float *location, const float *weight, gint64 *taps, float *tap_weights)
{
  gint64 n = 0, first = 0, stride = self->n_heads * self->width;

  for (gint64 level = 0; level < self->n_levels; level++)
    {
      gint64 height = self->sizes[2 * level], width = self->sizes[2 * level + 1];
      for (gint64 point = 0; point < self->n_points; point++, location += 2, weight++)
        {
          float column = location[0] * (float) width - 0.5f, row = location[1] * (float) height - 0.5f;
          gint64 end = n + auto_bilinear (column, row, height, width, taps + n, tap_weights + n);
          for (; n < end; n++)
            {
              taps[n] = (first + taps[n]) * stride;
              tap_weights[n] *= *weight;
            }
        }
      first += height * width;
    }
  return n;
}

/* Some queries of one row of the batch. */
static void
attend (gsize task, gpointer data)
{
  const Attention *self = data;
  gint64 row = (gint64) task / self->tasks_a_row, first = (gint64) task % self->tasks_a_row * self->queries_a_task;
  gint64 end = MIN (first + self->queries_a_task, self->n_queries), samples = self->n_levels * self->n_points;
  const float *values = self->values + row * self->n_places * self->n_heads * self->width;
  const AutoKernels *kernels = auto_kernels ();
  g_autofree gint64 *taps = g_new (gint64, 4 * samples);
  g_autofree float *weights = g_new (float, 4 * samples);

  for (gint64 i = (row * self->n_queries + first) * self->n_heads; i < (row * self->n_queries + end) * self->n_heads; i++)
    {
      gint64 n = find_taps (self, self->locations + 2 * i * samples, self->weights + i * samples, taps, weights);
      kernels->weigh_lines (self->width, n, taps, weights, values + i % self->n_heads * self->width, 0, self->y + i * self->width);
    }
}

/* Whether images of the sizes make up @n_places places. */
static gboolean
sizes_fit (const gint64 *sizes, gsize n_sizes, gint64 n_places)
{
  for (gsize i = 0; i + 1 < n_sizes; i += 2)
    {
      gint64 height = sizes[i], width = sizes[i + 1];
      if (height < 0 || width < 0 || (height && width > n_places / height))
        return FALSE;
      n_places -= height * width;
    }
  return n_places == 0;
}

static gboolean
check (AutoContext *cx, AutoTensor *values, const gint64 *sizes, gsize n_sizes, AutoTensor *locations, AutoTensor *weights)
{
  const gint64 *shape = locations->shape;

  if (values->n_dims != 4 || locations->n_dims != 6 || shape[5] != 2 || shape[0] != values->shape[0] || shape[2] != values->shape[2])
    auto_op_fail_shapes (cx, "deformable_attention", values, locations);
  else if (weights->n_dims != 5 || memcmp (weights->shape, shape, 5 * sizeof *shape) != 0)
    auto_op_fail_shapes (cx, "deformable_attention", locations, weights);
  else if (n_sizes % 2 || (gint64) (n_sizes / 2) != shape[3] || !sizes_fit (sizes, n_sizes, values->shape[1]))
    auto_op_fail (cx, "deformable_attention", values, AUTO_TENSOR_ERROR_SHAPE,
                  "its places are not those of %" G_GINT64_FORMAT " images of the given sizes", shape[3]);
  else
    return TRUE;
  return FALSE;
}

/**
 * auto_deformable_attention:
 * @cx: a context
 * @values: (nullable): a tensor (batch, places, heads, width): the elements of one image or several, one after the other, by rows
 * @sizes: (array length=n_sizes): height and width of each image
 * @n_sizes: how many numbers there are: two for each image
 * @locations: (nullable): a tensor (batch, queries, heads, images, points, 2) of where each query looks as (across, down), 0 to 1 from
 *   edge to edge
 * @weights: (nullable): a tensor (batch, queries, heads, images, points) of how much that counts
 *
 * Attention to few places of each image, between whose elements values are found by bilinear interpolation; what lies outside is 0.
 * See Zhu et al., Deformable DETR, arXiv:2010.04159.
 *
 * Returns: (transfer none) (nullable): a tensor (batch, queries, heads · width)
 */
AutoTensor *
auto_deformable_attention (AutoContext *cx, AutoTensor *values, const gint64 *sizes, gsize n_sizes, AutoTensor *locations,
                           AutoTensor *weights)
{
  if (!(values = auto_op_floats (cx, "deformable_attention", values)) ||
      !(locations = auto_op_floats (cx, "deformable_attention", locations)) ||
      !(weights = auto_op_floats (cx, "deformable_attention", weights)) || !check (cx, values, sizes, n_sizes, locations, weights))
    return NULL;
  const gint64 *shape = locations->shape;
  Attention self = { .values = auto_floats (values), .locations = auto_floats (locations), .weights = auto_floats (weights), .sizes = sizes,
    .n_places = values->shape[1], .n_queries = shape[1], .n_heads = shape[2], .n_levels = shape[3], .n_points = shape[4],
    .width = values->shape[3] };
  AutoTensor *y = auto_context_tensor (cx, AUTO_DTYPE_F32, (const gint64[]) { shape[0], shape[1], shape[2] * self.width }, 3);

  if (!y || cx->declaring || auto_tensor_get_n_elements (y) == 0)
    return y;
  self.y = auto_floats (y);
  self.queries_a_task = CLAMP (TASK_SIZE / (4 * self.n_levels * self.n_points * self.n_heads * self.width + 1), 1, self.n_queries);
  self.tasks_a_row = (self.n_queries + self.queries_a_task - 1) / self.queries_a_task;
  auto_pool_run (shape[0] * self.tasks_a_row, attend, &self);
  return y;
}
