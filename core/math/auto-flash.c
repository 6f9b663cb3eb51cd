/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-flash.h"
#include "auto-kernels.h"
#include "auto-pool.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Keys of a block: its scores, keys and values stay in the second-level cache. A multiple of every panel's width. */
#define BLOCK_KEYS 128
/* Row panels of a block. */
#define BLOCK_ROW_PANELS 10
/* Rows up to which keys and values are used as they lie instead of being packed. */
#define MAX_DOT_ROWS 8

typedef struct
{
  const AutoFlash *f;
  const AutoKernels *kernels;
  gint64 group;     /* query heads of a key head */
  gint64 blocks;    /* of rows, for each key head */
  gint64 out_width; /* v_dim, in whole panels */
} Flash;

/* A block of rows of one key head. A row is a query of one of the group's heads. */
typedef struct
{
  const Flash *flash;
  const AutoFlash *f;
  gint64 batch, kv_head;
  gint64 first, rows;
  const float *k, *v;
  float *q;      /* rows x head_dim, scaled */
  float *q_panels;
  float *scores; /* rows x BLOCK_KEYS */
  float *panels; /* of keys, of values, of probabilities */
  float *p_panels;
  float *out;    /* rows x out_width */
  float *top, *sum; /* of every row so far */
} RowBlock;

static gint64
row_head (const RowBlock *b, gint64 row)
{
  return b->kv_head * b->flash->group + (b->first + row) / b->f->q_len;
}

static gint64
row_query (const RowBlock *b, gint64 row)
{
  return (b->first + row) % b->f->q_len;
}

/* The keys [*first, *end) behind the shared ones that position lets @query see. */
static void
visible_keys (const AutoFlash *f, gint64 query, gint64 *first, gint64 *end)
{
  gint64 last = f->shared + query + f->causal_offset;

  *first = f->window > 0 ? CLAMP (last - f->window + 1, f->shared, f->kv_len) : f->shared;
  *end = f->causal ? CLAMP (last + 1, *first, f->kv_len) : f->kv_len;
}

static const float *
row_bias (const AutoFlash *f, gint64 batch, gint64 head, gint64 query)
{
  return f->bias ? f->bias + batch * f->bias_bs + head * f->bias_hs + query * f->bias_qs : NULL;
}

/* The scores [from, to) of keys that position excludes; the first score is of key @first. */
static void
exclude_scores (const AutoFlash *f, const float *bias, gint64 first, gint64 from, gint64 to, float *scores)
{
  for (gint64 j = from; j < to; j++)
    scores[j] = -FLT_MAX + (bias && f->masked_before_bias ? bias[(first + j) * f->bias_ks] : 0.0f);
}

/* Adds the bias of keys [first, first + n), all of them shared or none, to their scores and sets those that position excludes. */
static void
mask_scores (const AutoFlash *f, const AutoKernels *kernels, const float *bias, gint64 query, gint64 first, gint64 n, float *scores)
{
  gint64 from = 0, to = n;

  if (first >= f->shared)
    {
      visible_keys (f, query, &from, &to);
      from = CLAMP (from - first, 0, n);
      to = CLAMP (to - first, from, n);
    }
  if (bias && f->bias_ks == 1)
    kernels->add (to - from, scores + from, bias + first + from, scores + from);
  else if (bias)
    for (gint64 j = from; j < to; j++)
      scores[j] += bias[(first + j) * f->bias_ks];
  exclude_scores (f, bias, first, 0, from, scores);
  exclude_scores (f, bias, first, to, n, scores);
}

/* Keys that follow each other, and where a row has the score of the first. */
typedef struct
{
  gint64 first, n, place;
} Run;

/* The keys that @query's row of scores is of. */
static void
row_runs (const AutoFlash *f, gint64 query, Run runs[2])
{
  gint64 first = f->shared, end = f->kv_len, start = f->shared;

  if (f->banded)
    {
      visible_keys (f, query, &first, &end);
      start = f->shared + query + f->causal_offset - f->window + 1;
    }
  runs[0] = (Run) { 0, f->shared, 0 };
  runs[1] = (Run) { first, end - first, f->shared + first - start };
}

static gint64
row_length (const AutoFlash *f)
{
  return f->banded ? f->shared + f->window : f->kv_len;
}

static void
score_row (const Flash *flash, gint64 batch, gint64 head, gint64 query, const Run *runs, float *scores)
{
  const AutoFlash *f = flash->f;
  const AutoKernels *kernels = flash->kernels;
  const float *q = f->q + batch * f->q_bs + head * f->q_hs + query * f->q_ss, *k = f->k + batch * f->k_bs + head / flash->group * f->k_hs;

  for (gint64 j = 0, n = f->banded ? row_length (f) : 0; j < n; j++)
    scores[j] = -INFINITY;
  for (const Run *run = runs; run < runs + 2; run++)
    if (run->n > 0)
      {
        float *at = scores + run->place;
        kernels->dots[AUTO_DTYPE_F32](1, run->n, f->head_dim, q, f->head_dim, k + run->first * f->k_ss, f->k_ss, at, run->n, FALSE);
        kernels->scale (run->n, at, f->scale, 0.0f, at);
        mask_scores (f, kernels, row_bias (f, batch, head, query), query, run->first, run->n, at);
      }
}

static void
attend_row (const Flash *flash, gint64 batch, gint64 head, gint64 query, float *scores)
{
  const AutoFlash *f = flash->f;
  const AutoKernels *kernels = flash->kernels;
  const float *v = f->v + batch * f->v_bs + head / flash->group * f->v_hs;
  float *out = f->out + batch * f->o_bs + head * f->o_hs + query * f->o_ss;
  gint64 length = row_length (f);
  Run runs[2];

  row_runs (f, query, runs);
  score_row (flash, batch, head, query, runs, scores);
  float top = kernels->max (length, scores);
  if (f->v_dim > 0)
    memset (out, 0, f->v_dim * sizeof *out);
  if (top == -INFINITY || (f->banded && top <= -FLT_MAX))
    {
      memset (scores, 0, length * sizeof *scores);
      return;
    }
  float sum = kernels->exp_sum (length, scores, top, scores);
  kernels->scale (length, scores, 1.0f / sum, 0.0f, scores);
  for (Run *run = runs; run < runs + 2; run++)
    if (run->n > 0)
      kernels->combine (1, run->n, scores + run->place, run->n, v + run->first * f->v_ss, f->v_ss, f->v_dim, out, f->v_dim);
}

static void
load_queries (const RowBlock *b)
{
  const AutoFlash *f = b->f;

  for (gint64 r = 0; r < b->rows; r++)
    {
      const float *q = f->q + b->batch * f->q_bs + row_head (b, r) * f->q_hs + row_query (b, r) * f->q_ss;
      b->flash->kernels->scale (f->head_dim, q, f->scale, 0.0f, b->q + r * f->head_dim);
      b->top[r] = -INFINITY;
      b->sum[r] = 0.0f;
    }
  memset (b->out, 0, b->rows * b->flash->out_width * sizeof *b->out);
  if (b->rows > MAX_DOT_ROWS)
    for (gint64 r = 0, max = b->flash->kernels->max_rows; r < b->rows; r += max)
      b->flash->kernels->pack_rows (MIN (max, b->rows - r), f->head_dim, b->q + r * f->head_dim, f->head_dim, 1, b->q_panels + r * f->head_dim);
}

static void
score_keys (const RowBlock *b, gint64 first, gint64 n)
{
  const AutoFlash *f = b->f;
  const AutoKernels *kernels = b->flash->kernels;
  const float *k = b->k + first * f->k_ss;

  if (b->rows <= MAX_DOT_ROWS)
    {
      kernels->dots[AUTO_DTYPE_F32](b->rows, n, f->head_dim, b->q, f->head_dim, k, f->k_ss, b->scores, BLOCK_KEYS, FALSE);
      return;
    }
  for (gint64 j = 0; j < n; j += kernels->width)
    {
      kernels->pack_cols[AUTO_DTYPE_F32](MIN (kernels->width, n - j), f->head_dim, k + j * f->k_ss, f->k_ss, 1, b->panels);
      for (gint64 r = 0; r < b->rows; r += kernels->max_rows)
        kernels->product[AUTO_DTYPE_F32](MIN (kernels->max_rows, b->rows - r), f->head_dim, b->q_panels + r * f->head_dim, b->panels,
                                         b->scores + r * BLOCK_KEYS + j, BLOCK_KEYS, FALSE);
    }
}

/* Scores become weights relative to the greatest score so far; sums and outputs are brought to the same measure. */
static void
weigh_keys (const RowBlock *b, gint64 first, gint64 n)
{
  const AutoKernels *kernels = b->flash->kernels;
  gint64 width = b->flash->out_width;

  for (gint64 r = 0; r < b->rows; r++)
    {
      float *scores = b->scores + r * BLOCK_KEYS;
      gint64 query = row_query (b, r);
      mask_scores (b->f, kernels, row_bias (b->f, b->batch, row_head (b, r), query), query, first, n, scores);
      float top = MAX (b->top[r], kernels->max (n, scores));
      if (top == -INFINITY)
        {
          memset (scores, 0, n * sizeof *scores);
          continue;
        }
      if (top > b->top[r])
        {
          float factor = expf (b->top[r] - top);
          b->sum[r] *= factor;
          kernels->scale (width, b->out + r * width, factor, 0.0f, b->out + r * width);
          b->top[r] = top;
        }
      b->sum[r] += kernels->exp_sum (n, scores, top, scores);
    }
}

static void
add_values (const RowBlock *b, gint64 first, gint64 n)
{
  const AutoFlash *f = b->f;
  const AutoKernels *kernels = b->flash->kernels;
  const float *v = b->v + first * f->v_ss;
  gint64 max = kernels->max_rows, width = b->flash->out_width;

  if (b->rows <= MAX_DOT_ROWS)
    {
      kernels->combine (b->rows, n, b->scores, BLOCK_KEYS, v, f->v_ss, f->v_dim, b->out, width);
      return;
    }
  for (gint64 r = 0; r < b->rows; r += max)
    kernels->pack_rows (MIN (max, b->rows - r), n, b->scores + r * BLOCK_KEYS, BLOCK_KEYS, 1, b->p_panels + r * n);
  for (gint64 j = 0; j < f->v_dim; j += kernels->width)
    {
      kernels->pack_cols[AUTO_DTYPE_F32](MIN (kernels->width, f->v_dim - j), n, v + j, 1, f->v_ss, b->panels);
      for (gint64 r = 0; r < b->rows; r += max)
        kernels->product[AUTO_DTYPE_F32](MIN (max, b->rows - r), n, b->p_panels + r * n, b->panels, b->out + r * width + j, width, TRUE);
    }
}

static void
store_rows (const RowBlock *b)
{
  const AutoFlash *f = b->f;
  const AutoKernels *kernels = b->flash->kernels;

  for (gint64 r = 0; r < b->rows; r++)
    {
      gint64 head = row_head (b, r), query = row_query (b, r);
      float *out = f->out + b->batch * f->o_bs + head * f->o_hs + query * f->o_ss;
      if (b->top[r] > -FLT_MAX)
        kernels->scale (f->v_dim, b->out + r * b->flash->out_width, 1.0f / b->sum[r], 0.0f, out);
      else if (f->banded)
        memset (out, 0, f->v_dim * sizeof *out);
      else /* every key that was looked at is masked: the others count as well */
        attend_row (b->flash, b->batch, head, query, auto_scratch (AUTO_SCRATCH_MORE, f->kv_len));
    }
}

/* Whether the bias masks keys [first, first + n) for all rows: they have no share in a row that sees any other key, and rows that
 * see none are done at the end. */
static gboolean
keys_are_masked (const RowBlock *b, gint64 first, gint64 n)
{
  const AutoFlash *f = b->f;

  if (!f->bias || f->bias_qs || (f->bias_hs && b->flash->group > 1))
    return FALSE;
  const float *bias = row_bias (f, b->batch, row_head (b, 0), 0);
  for (gint64 j = first; j < first + n; j++)
    if (!(bias[j * f->bias_ks] <= -FLT_MAX))
      return FALSE;
  return TRUE;
}

static void
attend_keys (const RowBlock *b, gint64 first, gint64 end)
{
  for (gint64 key = first; key < end; key += BLOCK_KEYS)
    {
      gint64 n = MIN (BLOCK_KEYS, end - key);
      if (keys_are_masked (b, key, n))
        continue;
      score_keys (b, key, n);
      weigh_keys (b, key, n);
      add_values (b, key, n);
    }
}

static void
place_buffers (RowBlock *b)
{
  const AutoFlash *f = b->f;
  gint64 width = b->flash->kernels->width, rows = b->rows;
  gint64 sizes[] = { rows * f->head_dim, rows * f->head_dim, rows * BLOCK_KEYS, width * MAX (f->head_dim, BLOCK_KEYS), rows * BLOCK_KEYS,
                     rows * b->flash->out_width, rows, rows };
  float **places[] = { &b->q, &b->q_panels, &b->scores, &b->panels, &b->p_panels, &b->out, &b->top, &b->sum };
  gint64 total = 0;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    total += (sizes[i] + 15) / 16 * 16;
  float *at = auto_scratch (AUTO_SCRATCH_TILE, total);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      *places[i] = at;
      at += (sizes[i] + 15) / 16 * 16;
    }
}

static void
flash_task (gsize task, gpointer data)
{
  const Flash *flash = data;
  const AutoFlash *f = flash->f;
  gint64 rows = flash->group * f->q_len, block = task % flash->blocks, head = task / flash->blocks;
  RowBlock b = { .flash = flash, .f = f, .batch = head / f->kv_heads, .kv_head = head % f->kv_heads };
  gint64 first_key = f->kv_len, end_key = 0;

  b.first = block * rows / flash->blocks;
  b.rows = (block + 1) * rows / flash->blocks - b.first;
  b.k = f->k + b.batch * f->k_bs + b.kv_head * f->k_hs;
  b.v = f->v + b.batch * f->v_bs + b.kv_head * f->v_hs;
  place_buffers (&b);
  load_queries (&b);
  for (gint64 r = 0; r < b.rows; r++)
    {
      gint64 from, to;
      visible_keys (f, row_query (&b, r), &from, &to);
      first_key = MIN (first_key, from);
      end_key = MAX (end_key, to);
    }
  attend_keys (&b, 0, f->shared);
  attend_keys (&b, first_key, end_key);
  store_rows (&b);
}

/* With all probabilities wanted: a task is a row of them. */
static void
probs_task (gsize task, gpointer data)
{
  const Flash *flash = data;
  const AutoFlash *f = flash->f;
  gint64 query = task % f->q_len, head = task / f->q_len % f->heads, batch = task / f->q_len / f->heads;

  attend_row (flash, batch, head, query, f->probs + (gint64) task * row_length (f));
}

void
auto_flash (const AutoFlash *f)
{
  Flash flash = { .f = f, .kernels = auto_kernels () };
  gint64 width = flash.kernels->width;

  if (f->batch <= 0 || f->heads <= 0 || f->kv_heads <= 0 || f->q_len <= 0)
    return;
  flash.group = f->heads / f->kv_heads;
  flash.out_width = (f->v_dim + width - 1) / width * width;
  if (f->probs)
    {
      auto_pool_run (f->batch * f->heads * f->q_len, probs_task, &flash);
      return;
    }
  gint64 rows = flash.group * f->q_len, block_rows = BLOCK_ROW_PANELS * flash.kernels->max_rows;
  flash.blocks = (rows + block_rows - 1) / block_rows;
  auto_pool_run (f->batch * f->kv_heads * flash.blocks, flash_task, &flash);
}
