/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-product.h"
#include "auto-pool.h"

/* Depth of a block: a panel of 14 rows and one of 32 columns together stay in the first-level cache. */
#define BLOCK_DEPTH 384
/* Numbers of the left matrix that are packed at a time: panels of the right one are made once for all of them. */
#define BLOCK_NUMBERS (4 << 20)
/* What a task should cost at least, in multiplications: a few microseconds. */
#define TASK_PRODUCTS 500000
/* Tasks that are enough to keep threads busy; beyond them tasks grow, up to MAX_PANELS, to read the left matrix less often. */
#define ENOUGH_TASKS 32
#define MAX_PANELS 16
/* Left panels of a task: with BLOCK_DEPTH, 400 kB of the second-level cache. */
#define MAX_ROW_PANELS 18
/* Right panels that are worked on together: 200 kB. */
#define MAX_TOGETHER 4

typedef struct
{
  const AutoProduct *p;
  const AutoKernels *kernels;
  gint64 first_row, rows;    /* of this block */
  gint64 row_panels;         /* it is cut into */
  gint64 depth_blocks;       /* k is cut into */
  gint64 row_tasks;           /* the row panels are shared out to */
  gint64 panels, task_panels; /* right panels in all, and in a task */
  gint64 panel_tasks;
  float *a;                  /* the block of rows in panels: depth block by depth block */
} Block;

/* Pieces of @total as even as can be: where piece @i of @n begins. */
static gint64
piece (gint64 total, gint64 n, gint64 i)
{
  return total / n * i + MIN (i, total % n);
}

static void
pack_row_panel (gsize task, gpointer data)
{
  const Block *b = data;
  const AutoProduct *p = b->p;
  gint64 row = piece (b->rows, b->row_panels, task), rows = piece (b->rows, b->row_panels, task + 1) - row;

  for (gint64 d = 0; d < b->depth_blocks; d++)
    {
      gint64 k = piece (p->k, b->depth_blocks, d), depth = piece (p->k, b->depth_blocks, d + 1) - k;
      b->kernels->pack_rows (rows, depth, p->a + (b->first_row + row) * p->a_rs + k * p->a_cs, p->a_rs, p->a_cs,
                             b->a + k * b->rows + row * depth);
    }
}

/* A tile at the right edge is computed whole, in a buffer, and copied in part. */
static void
edge_tile (const Block *b, gint64 rows, gint64 depth, const float *a, const void *panel, float *c, gint64 cols, gboolean accumulate)
{
  gint64 width = b->kernels->width;
  float tile[14 * AUTO_MAX_PANEL_WIDTH];

  if (accumulate)
    for (gint64 i = 0; i < rows; i++)
      memcpy (tile + i * width, c + i * b->p->c_rs, cols * sizeof *c);
  b->kernels->product[b->p->b_dtype](rows, depth, a, panel, tile, width, accumulate);
  for (gint64 i = 0; i < rows; i++)
    memcpy (c + i * b->p->c_rs, tile + i * width, cols * sizeof *c);
}

static gboolean
has_end (const AutoTileEnd *end)
{
  return end->scale != 1.0f || end->bias || end->row_bias || end->residual || end->activation != AUTO_ACTIVATION_NONE;
}

static void
finish_tile (const Block *b, gint64 row, gint64 rows, gint64 col, gint64 cols, float *c)
{
  AutoTileEnd end = b->p->end;

  if (end.bias)
    end.bias += col;
  if (end.row_bias)
    end.row_bias += row;
  if (end.residual)
    end.residual += row * end.residual_stride + col;
  b->kernels->finish (rows, cols, c, b->p->c_rs, &end);
}

static void
multiply_tile (const Block *b, gint64 i, gint64 panel, const void *right, gint64 d)
{
  const AutoProduct *p = b->p;
  gint64 width = b->kernels->width, col = panel * width, cols = MIN (width, p->n - col);
  gint64 k = piece (p->k, b->depth_blocks, d), depth = piece (p->k, b->depth_blocks, d + 1) - k;
  gint64 row = piece (b->rows, b->row_panels, i), rows = piece (b->rows, b->row_panels, i + 1) - row;
  gboolean accumulate = d > 0 || p->accumulate;
  const float *left = b->a + k * b->rows + row * depth;
  float *c = p->c + (b->first_row + row) * p->c_rs + col;

  if (cols == width)
    b->kernels->product[p->b_dtype](rows, depth, left, right, c, p->c_rs, accumulate);
  else
    edge_tile (b, rows, depth, left, right, c, cols, accumulate);
  if (d == b->depth_blocks - 1 && has_end (&p->end))
    finish_tile (b, b->first_row + row, rows, col, cols, c);
}

/* A few right panels together, so that a left panel is read once for all of them. */
static void
multiply_together (const Block *b, gint64 first_row_panel, gint64 end_row_panel, gint64 panel, gint64 together, gint64 d, float *room)
{
  const AutoProduct *p = b->p;
  gint64 k = piece (p->k, b->depth_blocks, d), depth = piece (p->k, b->depth_blocks, d + 1) - k;
  const void *right[MAX_TOGETHER];

  for (gint64 j = 0; j < together; j++)
    right[j] = p->panel (p->panel_data, panel + j, k, depth, room ? room + j * b->kernels->width * (BLOCK_DEPTH + 1) : NULL);
  for (gint64 i = first_row_panel; i < end_row_panel; i++)
    for (gint64 j = 0; j < together; j++)
      multiply_tile (b, i, panel + j, right[j], d);
}

static void
multiply_task (gsize task, gpointer data)
{
  const Block *b = data;
  gint64 row_task = (gint64) task / b->panel_tasks, first = (gint64) task % b->panel_tasks * b->task_panels, end = MIN (first + b->task_panels, b->panels);
  gint64 first_row_panel = piece (b->row_panels, b->row_tasks, row_task), end_row_panel = piece (b->row_panels, b->row_tasks, row_task + 1);
  float *room = b->p->makes_panels ? auto_scratch (AUTO_SCRATCH_PANEL, MAX_TOGETHER * b->kernels->width * (BLOCK_DEPTH + 1)) : NULL;

  for (gint64 d = 0; d < b->depth_blocks; d++)
    for (gint64 panel = first; panel < end; panel += MAX_TOGETHER)
      multiply_together (b, first_row_panel, end_row_panel, panel, MIN (MAX_TOGETHER, end - panel), d, room);
}

static void
run_block (Block *b)
{
  const AutoProduct *p = b->p;
  gint64 max_rows = b->kernels->max_rows, width = b->kernels->width;

  b->row_panels = (b->rows + max_rows - 1) / max_rows;
  b->a = auto_scratch (AUTO_SCRATCH_ROWS, b->rows * p->k);
  if (b->rows * p->k < 32768)
    for (gint64 i = 0; i < b->row_panels; i++)
      pack_row_panel (i, b);
  else
    auto_pool_run (b->row_panels, pack_row_panel, b);

  b->row_tasks = (b->row_panels + MAX_ROW_PANELS - 1) / MAX_ROW_PANELS;
  gint64 cost = MAX (b->rows / b->row_tasks * width * p->k, 1), enough = MIN (b->row_tasks * b->panels / ENOUGH_TASKS, MAX_PANELS);
  b->task_panels = CLAMP (TASK_PRODUCTS / cost, MAX (enough, 1), MAX (b->panels, 1));
  b->panel_tasks = (b->panels + b->task_panels - 1) / b->task_panels;
  auto_pool_run (b->row_tasks * b->panel_tasks, multiply_task, b);
}

/* An empty sum: only what follows the product. */
static void
run_without_depth (const AutoProduct *p, const AutoKernels *kernels)
{
  if (!p->accumulate)
    for (gint64 i = 0; i < p->m; i++)
      memset (p->c + i * p->c_rs, 0, p->n * sizeof *p->c);
  kernels->finish (p->m, p->n, p->c, p->c_rs, &p->end);
}

void
auto_product_run (const AutoProduct *p)
{
  const AutoKernels *kernels = auto_kernels ();
  Block b = { .p = p, .kernels = kernels };

  if (p->m <= 0 || p->n <= 0)
    return;
  if (p->k <= 0)
    {
      run_without_depth (p, kernels);
      return;
    }
  b.panels = (p->n + kernels->width - 1) / kernels->width;
  b.depth_blocks = (p->k + BLOCK_DEPTH - 1) / BLOCK_DEPTH;
  gint64 block_rows = MAX (BLOCK_NUMBERS / p->k, 8 * kernels->max_rows), blocks = (p->m + block_rows - 1) / block_rows;
  for (gint64 i = 0; i < blocks; i++)
    {
      b.first_row = piece (p->m, blocks, i);
      b.rows = piece (p->m, blocks, i + 1) - b.first_row;
      run_block (&b);
    }
}
