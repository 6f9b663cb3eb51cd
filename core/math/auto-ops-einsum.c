/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-ops-einsum.h"

#include "auto-ops-matmul.h"
#include "auto-ops-private.h"
#include "auto-ops-reduce.h"
#include "auto-ops-view.h"

/* Letters of the operands and of the result. */
typedef struct
{
  char a[AUTO_TENSOR_MAX_DIMS + 1], b[AUTO_TENSOR_MAX_DIMS + 1], y[AUTO_TENSOR_MAX_DIMS + 1];
} Equation;

/* Copies the letters up to one of @ends; NULL when there are too many, other signs, or one twice. */
static const char *
read_letters (const char *text, const char *ends, char *letters, gsize most)
{
  gsize n = 0;

  for (; *text && !strchr (ends, *text); text++)
    {
      if (*text == ' ')
        continue;
      if (!g_ascii_isalpha (*text) || n == most || memchr (letters, *text, n))
        return NULL;
      letters[n++] = *text;
    }
  letters[n] = '\0';
  return text;
}

static gboolean
parse (const char *text, Equation *self)
{
  if (!text || !(text = read_letters (text, ",", self->a, AUTO_TENSOR_MAX_DIMS)) || *text != ',')
    return FALSE;
  if (!(text = read_letters (text + 1, "-", self->b, AUTO_TENSOR_MAX_DIMS)) || !g_str_has_prefix (text, "->"))
    return FALSE;
  if (!read_letters (text + 2, "", self->y, AUTO_TENSOR_MAX_DIMS))
    return FALSE;
  for (const char *letter = self->y; *letter; letter++)
    if (!strchr (self->a, *letter) && !strchr (self->b, *letter))
      return FALSE;
  return TRUE;
}

static gboolean
fits (const Equation *self, AutoTensor *a, AutoTensor *b)
{
  if (strlen (self->a) != a->n_dims || strlen (self->b) != b->n_dims)
    return FALSE;
  for (guint d = 0; d < a->n_dims; d++)
    {
      const char *other = strchr (self->b, self->a[d]);
      if (other && b->shape[other - self->b] != a->shape[d])
        return FALSE;
    }
  return TRUE;
}

/* Sums over dimensions that neither the other operand nor the result has. */
static AutoTensor *
sum_alone (AutoContext *cx, AutoTensor *x, char *letters, const char *other, const char *result)
{
  for (int d = (int) strlen (letters) - 1; d >= 0 && x; d--)
    if (!strchr (other, letters[d]) && !strchr (result, letters[d]))
      {
        x = auto_sum (cx, x, d, FALSE);
        memmove (letters + d, letters + d + 1, strlen (letters + d));
      }
  return x;
}

/* The operand with the dimensions in groups: those of @batch one by one, then its own as one, then the summed ones as one. */
static AutoTensor *
arrange (AutoContext *cx, AutoTensor *x, const char *letters, const char *batch, const char *own, const char *summed)
{
  int order[AUTO_TENSOR_MAX_DIMS];
  gint64 shape[AUTO_TENSOR_MAX_DIMS + 2], sizes[2] = { 1, 1 };
  const char *const groups[3] = { batch, own, summed };
  guint n = 0, n_batch = strlen (batch);

  if (!x)
    return NULL;
  for (guint group = 0; group < 3; group++)
    for (const char *letter = groups[group]; *letter; letter++)
      {
        guint d = strchr (letters, *letter) - letters;
        if (group == 0)
          shape[n] = x->shape[d];
        else
          sizes[group - 1] *= x->shape[d];
        order[n++] = (int) d;
      }
  shape[n_batch] = sizes[0];
  shape[n_batch + 1] = sizes[1];
  return auto_reshape (cx, auto_permute (cx, x, order, n), shape, n_batch + 2);
}

/* The letters of @from that are in @in, but not in @without. */
static void
choose (char *to, const char *from, const char *in, const char *without)
{
  for (; *from; from++)
    if (strchr (in, *from) && !strchr (without, *from))
      *to++ = *from;
  *to = '\0';
}

static AutoTensor *
contract (AutoContext *cx, Equation *self, AutoTensor *a, AutoTensor *b)
{
  char batch[AUTO_TENSOR_MAX_DIMS + 1], a_own[AUTO_TENSOR_MAX_DIMS + 1], b_own[AUTO_TENSOR_MAX_DIMS + 1], summed[AUTO_TENSOR_MAX_DIMS + 1];
  char shared[AUTO_TENSOR_MAX_DIMS + 1];
  gint64 shape[AUTO_TENSOR_MAX_DIMS];
  int order[AUTO_TENSOR_MAX_DIMS];
  guint n = 0;

  a = sum_alone (cx, a, self->a, self->b, self->y);
  b = sum_alone (cx, b, self->b, self->a, self->y);
  if (!a || !b)
    return NULL;
  choose (shared, self->a, self->b, "");
  choose (batch, shared, self->y, "");
  choose (summed, shared, self->a, self->y);
  choose (a_own, self->a, self->y, shared);
  choose (b_own, self->b, self->y, shared);
  AutoTensor *y = auto_matmul_nt (cx, arrange (cx, a, self->a, batch, a_own, summed), arrange (cx, b, self->b, batch, b_own, summed));

  g_autofree char *letters = g_strconcat (batch, a_own, b_own, NULL);
  for (const char *letter = letters; *letter; letter++)
    {
      const char *in_a = strchr (self->a, *letter);
      shape[n++] = in_a ? a->shape[in_a - self->a] : b->shape[strchr (self->b, *letter) - self->b];
    }
  for (guint d = 0; d < n; d++)
    order[d] = (int) (strchr (letters, self->y[d]) - letters);
  return y ? auto_permute (cx, auto_reshape (cx, y, shape, n), order, n) : NULL;
}

/**
 * auto_einsum:
 * @cx: a context
 * @equation: a letter for each dimension of the operands and of the result, such as `bhid,bhjd->bhij`
 * @a: (nullable): a tensor
 * @b: (nullable): a tensor
 *
 * Products of elements, summed over the letters that the result does not have. No letter may occur twice in one operand.
 *
 * Returns: (transfer none) (nullable): the sums as 32-bit floats; an equation that does not describe the operands fails the
 *   context
 */
AutoTensor *
auto_einsum (AutoContext *cx, const char *equation, AutoTensor *a, AutoTensor *b)
{
  Equation self;

  if (!auto_op_begin (cx, "einsum", a) || !auto_op_begin (cx, "einsum", b))
    return NULL;
  if (!parse (equation, &self) || !fits (&self, a, b))
    {
      g_autofree char *first = auto_tensor_describe (a), *second = auto_tensor_describe (b);
      auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_SHAPE, "einsum: \"%s\" does not describe %s and %s", equation ? equation : "", first, second);
      return NULL;
    }
  return contract (cx, &self, a, b);
}
