/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-walk.h"

#include "auto-pool.h"

#define ELEMENTS_A_TASK 16384

void
auto_walk_init (AutoWalk *self, const gint64 *shape, guint n_dims)
{
  self->n_operands = 0;
  self->n_dims = n_dims;
  if (n_dims)
    memcpy (self->shape, shape, n_dims * sizeof *shape);
}

void
auto_walk_add (AutoWalk *self, AutoTensor *tensor)
{
  guint o = self->n_operands++, lead = self->n_dims - tensor->n_dims;

  self->size[o] = auto_dtype_get_size (tensor->dtype);
  self->data[o] = tensor->data;
  for (guint d = 0; d < self->n_dims; d++)
    self->strides[o][d] = d < lead || tensor->shape[d - lead] == 1 ? 0 : tensor->strides[d - lead];
}

static gboolean
is_empty (const AutoWalk *walk)
{
  for (guint d = 0; d < walk->n_dims; d++)
    if (walk->shape[d] == 0)
      return TRUE;
  return FALSE;
}

static gboolean
follows (const AutoWalk *self, guint outer, guint inner)
{
  for (guint o = 0; o < self->n_operands; o++)
    if (self->strides[o][outer] != self->strides[o][inner] * self->shape[inner])
      return FALSE;
  return TRUE;
}

static void
move_dim (AutoWalk *self, guint to, guint from)
{
  self->shape[to] = self->shape[from];
  for (guint o = 0; o < self->n_operands; o++)
    self->strides[o][to] = self->strides[o][from];
}

/* From the innermost dimension outwards, into the end of the arrays; then to their beginning. */
static void
merge (AutoWalk *self)
{
  int at = (int) self->n_dims;

  for (int d = (int) self->n_dims - 1; d >= 0; d--)
    {
      if (self->shape[d] == 1)
        continue;
      if (at < (int) self->n_dims && follows (self, d, at))
        self->shape[at] *= self->shape[d];
      else
        move_dim (self, --at, d);
    }
  for (guint d = at; d < self->n_dims; d++)
    move_dim (self, d - at, d);
  self->n_dims -= at;
  if (self->n_dims)
    return;
  self->n_dims = self->shape[0] = 1; /* a single element */
  for (guint o = 0; o < self->n_operands; o++)
    self->strides[o][0] = 0;
}

typedef struct
{
  const AutoWalk *walk;
  AutoWalkFunc func;
  gconstpointer arg;
  gint64 n_rows, row;  /* rows of the innermost dimension, and its length */
  gint64 piece;        /* how much of a row is handled at once */
  gint64 pieces;       /* how many of them a row has */
  gint64 rows_a_task;  /* with one piece a row */
  gint64 strides[AUTO_WALK_OPERANDS];
} Run;

static void
row_start (const AutoWalk *walk, gint64 row, gint64 *index, char **data)
{
  for (guint o = 0; o < walk->n_operands; o++)
    data[o] = walk->data[o];
  for (int d = (int) walk->n_dims - 2; d >= 0; d--)
    {
      index[d] = row % walk->shape[d];
      row /= walk->shape[d];
      for (guint o = 0; o < walk->n_operands; o++)
        data[o] += index[d] * walk->strides[o][d] * (gint64) walk->size[o];
    }
}

static void
next_row (const AutoWalk *walk, gint64 *index, char **data)
{
  for (int d = (int) walk->n_dims - 2; d >= 0; d--)
    {
      gint64 steps = ++index[d] < walk->shape[d] ? 1 : 1 - walk->shape[d];
      for (guint o = 0; o < walk->n_operands; o++)
        data[o] += steps * walk->strides[o][d] * (gint64) walk->size[o];
      if (steps == 1)
        return;
      index[d] = 0;
    }
}

static void
run_rows (gsize task, gpointer user)
{
  const Run *run = user;
  gint64 index[AUTO_TENSOR_MAX_DIMS], first = (gint64) task * run->rows_a_task, end = MIN (first + run->rows_a_task, run->n_rows);
  char *data[AUTO_WALK_OPERANDS];

  row_start (run->walk, first, index, data);
  for (gint64 row = first; row < end; row++)
    {
      run->func (run->row, data, run->strides, run->arg);
      if (row + 1 < end)
        next_row (run->walk, index, data);
    }
}

static void
run_piece (gsize task, gpointer user)
{
  const Run *run = user;
  gint64 index[AUTO_TENSOR_MAX_DIMS], start = (gint64) task % run->pieces * run->piece;
  char *data[AUTO_WALK_OPERANDS];

  row_start (run->walk, (gint64) task / run->pieces, index, data);
  for (guint o = 0; o < run->walk->n_operands; o++)
    data[o] += start * run->strides[o] * (gint64) run->walk->size[o];
  run->func (MIN (run->piece, run->row - start), data, run->strides, run->arg);
}

void
auto_walk_run (AutoWalk *self, AutoWalkFunc func, gconstpointer arg)
{
  if (is_empty (self))
    return;
  merge (self);

  Run run = { .walk = self, .func = func, .arg = arg, .n_rows = 1, .row = self->shape[self->n_dims - 1] };
  for (guint d = 0; d + 1 < self->n_dims; d++)
    run.n_rows *= self->shape[d];
  for (guint o = 0; o < self->n_operands; o++)
    run.strides[o] = self->strides[o][self->n_dims - 1];
  if (run.row > ELEMENTS_A_TASK)
    {
      run.piece = ELEMENTS_A_TASK;
      run.pieces = (run.row + run.piece - 1) / run.piece;
      auto_pool_run (run.n_rows * run.pieces, run_piece, &run);
      return;
    }
  run.rows_a_task = ELEMENTS_A_TASK / run.row;
  auto_pool_run ((run.n_rows + run.rows_a_task - 1) / run.rows_a_task, run_rows, &run);
}

#define COPY(TYPE)                                                                                                                                   \
  static void copy_##TYPE (gint64 n, char *const *data, const gint64 *strides, gconstpointer arg)                                                    \
  {                                                                                                                                                  \
    TYPE *dst = (TYPE *) data[0];                                                                                                                    \
    const TYPE *src = (const TYPE *) data[1];                                                                                                        \
    if (strides[0] == 1 && strides[1] == 1)                                                                                                          \
      memcpy (dst, src, n * sizeof *dst);                                                                                                            \
    else                                                                                                                                             \
      for (gint64 i = 0; i < n; i++)                                                                                                                 \
        dst[i * strides[0]] = src[i * strides[1]];                                                                                                   \
  }
COPY (guint8)
COPY (guint16)
COPY (guint32)
COPY (guint64)

/* Copies of 32-bit elements whose rows in @src lie across those in @dst, in tiles that stay in the cache. */
#define TILE 16

typedef struct
{
  const AutoWalk *walk;
  gint64 rows, columns, bands; /* of the last two dimensions; bands of TILE rows in one of these matrices */
} Transposition;

static void
transpose_band (gsize task, gpointer data)
{
  const Transposition *self = data;
  const AutoWalk *walk = self->walk;
  guint r = walk->n_dims - 2;
  gint64 index[AUTO_TENSOR_MAX_DIMS], first = (gint64) task % self->bands * TILE, end = MIN (first + TILE, self->rows);
  gint64 dst_step = walk->strides[0][r], src_step = walk->strides[1][r + 1];
  char *places[AUTO_WALK_OPERANDS];

  row_start (walk, (gint64) task / self->bands * self->rows, index, places);
  guint32 *restrict dst = (guint32 *) places[0];
  const guint32 *restrict src = (const guint32 *) places[1];
  for (gint64 column = 0; column < self->columns; column += TILE)
    for (gint64 i = first; i < end; i++)
      for (gint64 j = column; j < MIN (column + TILE, self->columns); j++)
        dst[i * dst_step + j] = src[i + j * src_step];
}

static gboolean
lies_across (const AutoWalk *walk)
{
  guint n = walk->n_dims;

  return n >= 2 && walk->size[0] == 4 && walk->strides[0][n - 1] == 1 && walk->strides[1][n - 2] == 1 && walk->strides[1][n - 1] != 1 &&
         walk->shape[n - 2] >= TILE && walk->shape[n - 1] >= TILE;
}

static void
transpose (const AutoWalk *walk)
{
  Transposition self = { walk, walk->shape[walk->n_dims - 2], walk->shape[walk->n_dims - 1] };
  gint64 matrices = 1;

  self.bands = (self.rows + TILE - 1) / TILE;
  for (guint d = 0; d + 2 < walk->n_dims; d++)
    matrices *= walk->shape[d];
  auto_pool_run (matrices * self.bands, transpose_band, &self);
}

void
auto_walk_copy (AutoTensor *dst, AutoTensor *src)
{
  static const AutoWalkFunc by_size[] = { [1] = copy_guint8, [2] = copy_guint16, [4] = copy_guint32, [8] = copy_guint64 };
  AutoWalk walk;

  auto_walk_init (&walk, dst->shape, dst->n_dims);
  auto_walk_add (&walk, dst);
  auto_walk_add (&walk, src);
  if (is_empty (&walk))
    return;
  merge (&walk);
  if (lies_across (&walk))
    transpose (&walk);
  else
    auto_walk_run (&walk, by_size[auto_dtype_get_size (dst->dtype)], NULL);
}
