/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-gemm.h"
#include "auto-blis.h"
#include "auto-pool.h"
#include "auto-product.h"

#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE (2 << 20)
/* Rows of x up to which the rows of W are read straight. */
#define MAX_DOT_ROWS 8
/* Rows of W over which a piece of x is used: a multiple of what the kernels take at a time. */
#define DOT_ROWS_TOGETHER 24

struct _AutoPacked
{
  AutoDType dtype;
  gint64 n, k;
  gsize panel_bytes;
  gsize size;
  char *panels;
};

typedef struct
{
  AutoPacked *self;
  const char *w;
  gint64 n_stride, k_stride;
} Packing;

static void
pack_panel (gsize task, gpointer data)
{
  const Packing *p = data;
  AutoPacked *self = p->self;
  const AutoKernels *kernels = auto_kernels ();
  gint64 col = (gint64) task * kernels->width;

  kernels->pack_cols[self->dtype](MIN (kernels->width, self->n - col), self->k, p->w + col * p->n_stride * (gint64) auto_dtype_get_size (self->dtype),
                                  p->n_stride, p->k_stride, self->panels + task * self->panel_bytes);
}

AutoPacked *
auto_packed_new (AutoDType dtype, const void *w, gint64 n, gint64 k, gint64 n_stride, gint64 k_stride)
{
  gint64 width = auto_kernels ()->width;
  gsize n_panels = (n + width - 1) / width, panel_bytes, size;

  g_return_val_if_fail (n >= 0 && k >= 0, NULL);
  if (dtype >= AUTO_N_PRODUCT_DTYPES || !g_size_checked_mul (&panel_bytes, k, width * auto_dtype_get_size (dtype))
      || !g_size_checked_mul (&size, panel_bytes, n_panels) || size > G_MAXSSIZE - HUGE_PAGE)
    return NULL;
  gsize alignment = size >= HUGE_PAGE ? HUGE_PAGE : 64;
  char *panels = aligned_alloc (alignment, (MAX (size, 1) + alignment - 1) / alignment * alignment);
  if (!panels)
    return NULL;
  if (alignment == HUGE_PAGE)
    madvise (panels, size, MADV_HUGEPAGE);

  AutoPacked *self = g_new (AutoPacked, 1);
  *self = (AutoPacked) { .dtype = dtype, .n = n, .k = k, .panel_bytes = panel_bytes, .size = size, .panels = panels };
  Packing packing = { self, w, n_stride, k_stride };
  auto_pool_run (n_panels, pack_panel, &packing);
  return self;
}

void
auto_packed_free (AutoPacked *self)
{
  if (!self)
    return;
  free (self->panels);
  g_free (self);
}

gsize
auto_packed_get_size (const AutoPacked *self)
{
  return self->size;
}

static AutoTileEnd
tile_end (const AutoEpilogue *epilogue)
{
  AutoTileEnd end = { .scale = 1.0f };

  if (!epilogue)
    return end;
  end.scale = epilogue->scale != 0.0f ? epilogue->scale : 1.0f;
  end.bias = epilogue->bias;
  end.activation = epilogue->activation;
  end.residual = epilogue->residual;
  end.residual_stride = epilogue->residual_stride;
  return end;
}

static const void *
packed_panel (gconstpointer data, gint64 panel, gint64 first, gint64 depth, float *room)
{
  const AutoPacked *self = data;

  return self->panels + panel * self->panel_bytes + first * auto_kernels ()->width * auto_dtype_get_size (self->dtype);
}

void
auto_gemm_packed (gint64 m, const float *x, gint64 x_stride, const AutoPacked *w, float *y, gint64 y_stride, const AutoEpilogue *epilogue)
{
  AutoProduct product = { .m = m, .n = w->n, .k = w->k, .a = x, .a_rs = x_stride, .a_cs = 1, .b_dtype = w->dtype, .panel = packed_panel,
                          .panel_data = w, .c = y, .c_rs = y_stride, .end = tile_end (epilogue) };

  auto_product_run (&product);
}

/* The right matrix as the caller has it, packed panel by panel when its turn comes. */
typedef struct
{
  AutoDType dtype;
  const char *b;
  gint64 n, n_stride, k_stride;
} Loose;

static const void *
loose_panel (gconstpointer data, gint64 panel, gint64 first, gint64 depth, float *room)
{
  const Loose *b = data;
  const AutoKernels *kernels = auto_kernels ();
  gint64 col = panel * kernels->width, at = (col * b->n_stride + first * b->k_stride) * (gint64) auto_dtype_get_size (b->dtype);

  kernels->pack_cols[b->dtype](MIN (kernels->width, b->n - col), depth, b->b + at, b->n_stride, b->k_stride, room);
  return room;
}

typedef struct
{
  gint64 m, n, k;
  const float *x;
  gint64 x_stride;
  AutoDType dtype;
  const char *w;
  gint64 w_stride;
  float *y;
  gint64 y_stride;
  AutoTileEnd end;
  gint64 task_rows, piece;
} Dots;

static void
dots_of_rows (const Dots *d, gint64 first, gint64 n)
{
  gint64 bytes = auto_dtype_get_size (d->dtype), k = 0;

  do
    {
      gint64 depth = MIN (d->piece, d->k - k);
      auto_kernels ()->dots[d->dtype](d->m, n, depth, d->x + k * d->m, depth, d->w + (first * d->w_stride + k) * bytes, d->w_stride, d->y + first,
                                      d->y_stride, k > 0);
      k += depth;
    }
  while (k < d->k);
}

static void
dots_task (gsize task, gpointer data)
{
  const Dots *d = data;
  gint64 first = task * d->task_rows, end_row = MIN (first + d->task_rows, d->n);
  AutoTileEnd end = d->end;

  for (gint64 row = first; row < end_row; row += DOT_ROWS_TOGETHER)
    dots_of_rows (d, row, MIN (DOT_ROWS_TOGETHER, end_row - row));
  if (end.bias)
    end.bias += first;
  if (end.residual)
    end.residual += first;
  auto_kernels ()->finish (d->m, end_row - first, d->y + first, d->y_stride, &end);
}

/* At most MAX_DOT_ROWS rows of x. Several are laid out in pieces of the depth, each contiguous and a third of the
 * first-level cache, where rows of W then pass by; as they lie, rows a power of two apart would push each other out. */
static void
run_dots (Dots *d)
{
  /* a task of 64 kB of weights, a multiple of a cache line of results */
  gint64 rows = (65536 / (MAX (d->k, 1) * (gint64) auto_dtype_get_size (d->dtype)) + 15) / 16 * 16;

  d->task_rows = CLAMP (rows, 16, 4096);
  d->piece = d->m == 1 ? MAX (d->k, 1) : 4096 / d->m / 64 * 64;
  if (d->m > 1)
    {
      float *x = auto_scratch (AUTO_SCRATCH_ROWS, d->m * d->k), *to = x;
      for (gint64 k = 0; k < d->k; k += d->piece)
        for (gint64 i = 0; i < d->m; i++, to += MIN (d->piece, d->k - k))
          memcpy (to, d->x + i * d->x_stride + k, MIN (d->piece, d->k - k) * sizeof *to);
      d->x = x;
    }
  auto_pool_run ((d->n + d->task_rows - 1) / d->task_rows, dots_task, d);
}

void
auto_gemm_unpacked (gint64 m, const float *x, gint64 x_stride, AutoDType dtype, const void *w, gint64 n, gint64 k, gint64 w_stride, float *y,
                    gint64 y_stride, const AutoEpilogue *epilogue)
{
  g_return_if_fail (dtype < AUTO_N_PRODUCT_DTYPES);
  if (m <= 0 || n <= 0)
    return;
  if (m <= MAX_DOT_ROWS)
    {
      Dots d = { m, n, k, x, x_stride, dtype, w, w_stride, y, y_stride, tile_end (epilogue) };
      run_dots (&d);
      return;
    }
  Loose loose = { dtype, w, n, w_stride, 1 };
  AutoProduct product = { .m = m, .n = n, .k = k, .a = x, .a_rs = x_stride, .a_cs = 1, .b_dtype = dtype, .panel = loose_panel, .panel_data = &loose,
                          .makes_panels = TRUE, .c = y, .c_rs = y_stride, .end = tile_end (epilogue) };
  auto_product_run (&product);
}

/* Too little for anything else to pay, or strides that nothing else takes. */
static void
small_gemm (gint64 m, gint64 n, gint64 k, float alpha, const float *a, gint64 a_rs, gint64 a_cs, const float *b, gint64 b_rs, gint64 b_cs, float beta,
            float *c, gint64 c_rs, gint64 c_cs)
{
  for (gint64 i = 0; i < m; i++)
    for (gint64 j = 0; j < n; j++)
      {
        float s = 0.0f, *to = c + i * c_rs + j * c_cs;
        for (gint64 p = 0; p < k; p++)
          s += a[i * a_rs + p * a_cs] * b[p * b_rs + j * b_cs];
        *to = beta != 0.0f ? alpha * s + beta * *to : alpha * s;
      }
}

static void
scale_rows (gint64 m, gint64 n, float beta, float *c, gint64 c_rs)
{
  for (gint64 i = 0; i < m; i++)
    auto_kernels ()->scale (n, c + i * c_rs, beta, 0.0f, c + i * c_rs);
}

/* C = alpha A·B + beta C where the columns of C are contiguous. */
typedef struct
{
  gint64 m, n, k;
  float alpha;
  const float *a;
  gint64 a_rs, a_cs;
  const float *b;
  gint64 b_rs, b_cs;
  float beta;
  float *c;
  gint64 c_rs;
} Gemm;

static void
gemm_by_panels (Gemm *g)
{
  Loose loose = { AUTO_DTYPE_F32, (const char *) g->b, g->n, g->b_cs, g->b_rs };
  AutoProduct product = { .m = g->m, .n = g->n, .k = g->k, .a = g->a, .a_rs = g->a_rs, .a_cs = g->a_cs, .b_dtype = AUTO_DTYPE_F32, .panel = loose_panel,
                          .panel_data = &loose, .makes_panels = TRUE, .c = g->c, .c_rs = g->c_rs, .accumulate = g->beta != 0.0f };

  product.end.scale = g->alpha;
  if (g->beta != 0.0f && g->beta != g->alpha)
    scale_rows (g->m, g->n, g->beta / g->alpha, g->c, g->c_rs);
  auto_product_run (&product);
}

/* Where ours are only the compiler's baseline, BLIS has better ones. */
static gboolean
blis_is_better (const Gemm *g)
{
  return auto_kernels ()->width <= 8 && g->m >= 16 && g->n >= 16 && g->k >= 16;
}

#define BLIS_ROWS 192
#define BLIS_COLUMNS 512

static void
blis_task (gsize task, gpointer data)
{
  const Gemm *g = data;
  gint64 column_tasks = (g->n + BLIS_COLUMNS - 1) / BLIS_COLUMNS;
  gint64 row = (gint64) task / column_tasks * BLIS_ROWS, column = (gint64) task % column_tasks * BLIS_COLUMNS;

  auto_blis_gemm (MIN (BLIS_ROWS, g->m - row), MIN (BLIS_COLUMNS, g->n - column), g->k, g->alpha, g->a + row * g->a_rs, g->a_rs, g->a_cs,
                  g->b + column * g->b_cs, g->b_rs, g->b_cs, g->beta, g->c + row * g->c_rs + column, g->c_rs, 1);
}

static void
gemm_by_blis (Gemm *g)
{
  auto_blis_init ();
  auto_pool_run ((g->m + BLIS_ROWS - 1) / BLIS_ROWS * ((g->n + BLIS_COLUMNS - 1) / BLIS_COLUMNS), blis_task, g);
}

#define COMBINE_COLUMNS 256

/* Some columns of few rows: sums of the rows of B. */
static void
combine_task (gsize task, gpointer data)
{
  const Gemm *g = data;
  const AutoKernels *kernels = auto_kernels ();
  gint64 first = (gint64) task * COMBINE_COLUMNS, n = MIN (COMBINE_COLUMNS, g->n - first);

  for (gint64 i = 0; i < g->m; i++)
    memset (g->c + i * g->c_rs + first, 0, n * sizeof *g->c);
  kernels->combine (g->m, g->k, g->a, g->a_rs, g->b + first, g->b_rs, n, g->c + first, g->c_rs);
  for (gint64 i = 0; i < g->m && g->alpha != 1.0f; i++)
    kernels->scale (n, g->c + i * g->c_rs + first, g->alpha, 0.0f, g->c + i * g->c_rs + first);
}

/* With few rows, packing B would cost more than the product. */
static gboolean
gemm_of_few_rows (Gemm *g)
{
  if (g->m > MAX_DOT_ROWS || g->a_cs != 1 || g->beta != 0.0f || (g->b_rs != 1 && g->b_cs != 1))
    return FALSE;
  if (g->b_rs == 1)
    {
      Dots d = { g->m, g->n, g->k, g->a, g->a_rs, AUTO_DTYPE_F32, (const char *) g->b, g->b_cs, g->c, g->c_rs, { .scale = g->alpha } };
      run_dots (&d);
    }
  else
    auto_pool_run ((g->n + COMBINE_COLUMNS - 1) / COMBINE_COLUMNS, combine_task, g);
  return TRUE;
}

void
auto_gemm (gint64 m, gint64 n, gint64 k, float alpha, const float *a, gint64 a_rs, gint64 a_cs, const float *b, gint64 b_rs, gint64 b_cs, float beta,
           float *c, gint64 c_rs, gint64 c_cs)
{
  Gemm g = { m, n, k, alpha, a, a_rs, a_cs, b, b_rs, b_cs, beta, c, c_rs };
  Gemm t = { n, m, k, alpha, b, b_cs, b_rs, a, a_cs, a_rs, beta, c, c_cs }; /* the transposes, the other way round */

  if (m <= 0 || n <= 0)
    return;
  if (alpha == 0.0f || (c_cs != 1 && c_rs != 1 && m != 1 && n != 1) || m * n * MAX (k, 1) < 512)
    small_gemm (m, n, k, alpha, a, a_rs, a_cs, b, b_rs, b_cs, beta, c, c_rs, c_cs);
  else if ((c_cs == 1 || n == 1) && gemm_of_few_rows (&g))
    return;
  else if ((c_rs == 1 || m == 1) && gemm_of_few_rows (&t))
    return;
  else
    (blis_is_better (&g) ? gemm_by_blis : gemm_by_panels) (c_cs == 1 || n == 1 ? &g : &t);
}

typedef struct
{
  gint64 m, n, k;
  float alpha;
  const float *a;
  gint64 a_bs, a_rs, a_cs;
  const float *b;
  gint64 b_bs, b_rs, b_cs;
  float beta;
  float *c;
  gint64 c_bs, c_rs, c_cs;
} Batch;

static void
batch_task (gsize i, gpointer data)
{
  const Batch *t = data;
  gint64 at = i;

  auto_gemm (t->m, t->n, t->k, t->alpha, t->a + at * t->a_bs, t->a_rs, t->a_cs, t->b + at * t->b_bs, t->b_rs, t->b_cs, t->beta, t->c + at * t->c_bs,
             t->c_rs, t->c_cs);
}

void
auto_gemm_batch (gint64 batch, gint64 m, gint64 n, gint64 k, float alpha, const float *a, gint64 a_bs, gint64 a_rs, gint64 a_cs, const float *b,
                 gint64 b_bs, gint64 b_rs, gint64 b_cs, float beta, float *c, gint64 c_bs, gint64 c_rs, gint64 c_cs)
{
  Batch t = { m, n, k, alpha, a, a_bs, a_rs, a_cs, b, b_bs, b_rs, b_cs, beta, c, c_bs, c_rs, c_cs };

  /* few large products are shared out inside, many or small ones whole; nothing in a result depends on which */
  if (batch >= 4 || m * n * k < 4 * 1000000)
    auto_pool_run (MAX (batch, 0), batch_task, &t);
  else
    for (gint64 i = 0; i < batch; i++)
      batch_task (i, &t);
}

