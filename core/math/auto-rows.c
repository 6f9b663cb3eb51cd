/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-rows.h"
#include "auto-kernels.h"
#include "auto-pool.h"

#include <math.h>

/* Numbers that a task should handle: some microseconds of work. */
#define TASK_NUMBERS 16384

typedef struct _Job Job;
struct _Job
{
  const AutoKernels *kernels;
  void (*func) (const Job *self, gint64 n, const float *x, const float *y, float *z);
  gint64 rows, n, task_rows;
  gboolean has_rows; /* @func takes one row at a time, else any stretch of numbers */
  const float *x, *y;
  float *z;
  const float *weight, *bias;
  float a, b;
  AutoActivation activation;
};

static void
job_task (gsize task, gpointer data)
{
  const Job *self = data;
  gint64 first = task * self->task_rows, last = MIN (first + self->task_rows, self->rows);
  gint64 step = self->has_rows ? 1 : last - first, at;

  for (gint64 row = first; row < last; row += step)
    {
      at = row * self->n;
      self->func (self, step * self->n, self->x + at, self->y ? self->y + at : NULL, self->z + at);
    }
}

static void
job_run (Job *self)
{
  if (self->rows <= 0 || self->n <= 0)
    return;
  self->kernels = auto_kernels ();
  self->task_rows = MAX (TASK_NUMBERS / self->n, 1);
  auto_pool_run ((self->rows + self->task_rows - 1) / self->task_rows, job_task, self);
}

static void
layer_norm_row (const Job *self, gint64 n, const float *x, const float *y, float *z)
{
  self->kernels->layer_norm (n, x, self->weight, self->bias, self->a, z);
}

static void
rms_norm_row (const Job *self, gint64 n, const float *x, const float *y, float *z)
{
  self->kernels->rms_norm (n, x, self->weight, self->a, z);
}

static void
softmax_row (const Job *self, gint64 n, const float *x, const float *y, float *z)
{
  float sum = self->kernels->exp_sum (n, x, self->kernels->max (n, x), z);

  self->kernels->scale (n, z, 1.0f / sum, 0.0f, z);
}

static void
log_softmax_row (const Job *self, gint64 n, const float *x, const float *y, float *z)
{
  float top = self->kernels->max (n, x), room[512];
  double sum = 0.0;

  for (gint64 i = 0; i < n; i += G_N_ELEMENTS (room))
    sum += self->kernels->exp_sum (MIN (n - i, (gint64) G_N_ELEMENTS (room)), x + i, top, room);
  float log_sum = (float) log (sum);
  for (gint64 i = 0; i < n; i++)
    z[i] = (x[i] - top) - log_sum;
}

static void
l2_normalize_row (const Job *self, gint64 n, const float *x, const float *y, float *z)
{
  self->kernels->scale (n, x, 1.0f / fmaxf (sqrtf (self->kernels->sum_squares (n, x)), self->a), 0.0f, z);
}

void
auto_layer_norm_rows (gint64 rows, gint64 n, const float *x, const float *weight, const float *bias, float eps, float *y)
{
  Job job = { .func = layer_norm_row, .rows = rows, .n = n, .has_rows = TRUE, .x = x, .z = y, .weight = weight, .bias = bias, .a = eps };

  job_run (&job);
}

void
auto_rms_norm_rows (gint64 rows, gint64 n, const float *x, const float *weight, float eps, float *y)
{
  Job job = { .func = rms_norm_row, .rows = rows, .n = n, .has_rows = TRUE, .x = x, .z = y, .weight = weight, .a = eps };

  job_run (&job);
}

void
auto_softmax_rows (gint64 rows, gint64 n, const float *x, float *y)
{
  Job job = { .func = softmax_row, .rows = rows, .n = n, .has_rows = TRUE, .x = x, .z = y };

  job_run (&job);
}

void
auto_log_softmax_rows (gint64 rows, gint64 n, const float *x, float *y)
{
  Job job = { .func = log_softmax_row, .rows = rows, .n = n, .has_rows = TRUE, .x = x, .z = y };

  job_run (&job);
}

void
auto_l2_normalize_rows (gint64 rows, gint64 n, const float *x, float eps, float *y)
{
  Job job = { .func = l2_normalize_row, .rows = rows, .n = n, .has_rows = TRUE, .x = x, .z = y, .a = eps };

  job_run (&job);
}

static void
activate_numbers (const Job *self, gint64 n, const float *x, const float *y, float *z)
{
  self->kernels->activate (self->activation, x, z, n);
}

static void
add_numbers (const Job *self, gint64 n, const float *x, const float *y, float *z)
{
  self->kernels->add (n, x, y, z);
}

static void
multiply_numbers (const Job *self, gint64 n, const float *x, const float *y, float *z)
{
  self->kernels->multiply (n, x, y, z);
}

static void
scale_numbers (const Job *self, gint64 n, const float *x, const float *y, float *z)
{
  self->kernels->scale (n, x, self->a, self->b, z);
}

static void
exp_numbers (const Job *self, gint64 n, const float *x, const float *y, float *z)
{
  self->kernels->exp (n, x, z);
}

static void
gate_numbers (const Job *self, gint64 n, const float *x, const float *y, float *z)
{
  float room[256];

  for (gint64 i = 0; i < n; i += G_N_ELEMENTS (room))
    {
      gint64 count = MIN (n - i, (gint64) G_N_ELEMENTS (room));
      self->kernels->activate (self->activation, x + i, room, count);
      self->kernels->multiply (count, room, y + i, z + i);
    }
}

void
auto_vec_activate (AutoActivation activation, gint64 n, const float *x, float *y)
{
  Job job = { .func = activate_numbers, .rows = n, .n = 1, .x = x, .z = y, .activation = activation };

  job_run (&job);
}

void
auto_vec_add (gint64 n, const float *x, const float *y, float *z)
{
  Job job = { .func = add_numbers, .rows = n, .n = 1, .x = x, .y = y, .z = z };

  job_run (&job);
}

void
auto_vec_multiply (gint64 n, const float *x, const float *y, float *z)
{
  Job job = { .func = multiply_numbers, .rows = n, .n = 1, .x = x, .y = y, .z = z };

  job_run (&job);
}

void
auto_vec_scale (gint64 n, const float *x, float factor, float shift, float *y)
{
  Job job = { .func = scale_numbers, .rows = n, .n = 1, .x = x, .z = y, .a = factor, .b = shift };

  job_run (&job);
}

void
auto_vec_exp (gint64 n, const float *x, float *y)
{
  Job job = { .func = exp_numbers, .rows = n, .n = 1, .x = x, .z = y };

  job_run (&job);
}

void
auto_vec_gate (AutoActivation activation, gint64 n, const float *x, const float *y, float *z)
{
  Job job = { .func = gate_numbers, .rows = n, .n = 1, .x = x, .y = y, .z = z, .activation = activation };

  job_run (&job);
}

typedef struct
{
  AutoDType dtype;
  gint64 n;
  const char *x;
  float *y;
} Widening;

static void
widen_task (gsize task, gpointer data)
{
  const Widening *w = data;
  gint64 first = (gint64) task * TASK_NUMBERS;

  auto_kernels ()->widen[w->dtype](MIN (TASK_NUMBERS, w->n - first), w->x + first * (gint64) auto_dtype_get_size (w->dtype), w->y + first);
}

void
auto_vec_widen (AutoDType dtype, gint64 n, const void *x, float *y)
{
  Widening w = { dtype, n, x, y };

  g_return_if_fail (dtype < AUTO_N_PRODUCT_DTYPES);
  auto_pool_run ((MAX (n, 0) + TASK_NUMBERS - 1) / TASK_NUMBERS, widen_task, &w);
}
