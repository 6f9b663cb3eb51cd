/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a model of tables says of each token, as cells. */
#include "auto-pretrained-tokenizer.h"

#include <math.h>

#include "auto-encoding.h"

/* Below this, exp () of a 32-bit float is infinite. */
#define LEAST_LOGIT -88.7f

/* The numbers of a tensor with @n_rows rows, which are as long as @length unless that is -1; NULL with an error for others. */
static AutoTensor *
read_logits (AutoTensor *tensor, const char *name, gint64 n_rows, gint64 length, GError **error)
{
  gsize n_dims;
  const gint64 *shape = auto_tensor_get_shape (tensor, &n_dims);

  if (n_dims == 2 && shape[0] == n_rows && (length < 0 || shape[1] == length))
    return auto_tensor_convert (tensor, AUTO_DTYPE_F32);
  g_autofree char *wanted = length < 0 ? g_strdup ("some numbers each") : g_strdup_printf ("%" G_GINT64_FORMAT " tokens", length);
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "%s doesn't have the encoding's %" G_GINT64_FORMAT " rows of %s",
               name, n_rows, wanted);
  return NULL;
}

static double
probability (float logit)
{
  return 1 / (1 + expf (-MAX (logit, LEAST_LOGIT)));
}

/* The cells of a row whose tokens' mean probability is more than the threshold. A cell's tokens follow one another, row by row. */
static GVariant *
choose_cells (const float *logits, const gint64 *cells, gsize n, double threshold)
{
  g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(xx)"));

  for (gsize i = 0, from; i < n;)
    {
      double sum = 0;
      for (from = i; i < n && cells[2 * i] == cells[2 * from] && cells[2 * i + 1] == cells[2 * from + 1]; i++)
        sum += probability (logits[i]);
      if (cells[2 * from] >= 0 && sum / (i - from) > threshold)
        g_variant_builder_add (&builder, "(xx)", cells[2 * from], cells[2 * from + 1]);
    }
  return g_variant_builder_end (&builder);
}

static AutoTensor *
choose_aggregations (AutoTensor *logits, gint64 n_rows, GError **error)
{
  g_autoptr(AutoTensor) numbers = read_logits (logits, "logits_agg", n_rows, -1, error);
  g_autofree gint64 *best = g_new0 (gint64, n_rows + 1);
  gsize n = 0;
  const float *values = numbers ? auto_tensor_get_float (numbers, &n) : NULL;

  if (!numbers)
    return NULL;
  gint64 width = n_rows ? (gint64) n / n_rows : 0;
  for (gint64 row = 0; row < n_rows; row++)
    for (gint64 i = 1; i < width; i++)
      if (values[row * width + i] > values[row * width + best[row]])
        best[row] = i;
  return auto_tensor_new_int64 (&n_rows, 1, best, n_rows, error);
}

/**
 * auto_pretrained_tokenizer_convert_logits_to_predictions:
 * @self: a tokenizer of tables
 * @encoding: what it made of questions
 * @logits: what the model says of every token
 * @logits_agg: (nullable): what it says, for every question, of each way to put cells together
 * @cell_classification_threshold: how probable a cell must be to be an answer, such as 0.5
 * @predicted_aggregation_indices: (out) (optional) (nullable) (transfer full): the most probable way for every question, or %NULL without
 *   @logits_agg
 * @error: return location for an error
 *
 * Finds the cells that answer questions.
 *
 * Returns: (transfer full): for every question a list of the rows and the columns of cells, of the type `aa(xx)`
 */
GVariant *
auto_pretrained_tokenizer_convert_logits_to_predictions (AutoPretrainedTokenizer *self, AutoEncoding *encoding, AutoTensor *logits,
                                                         AutoTensor *logits_agg, double cell_classification_threshold,
                                                         AutoTensor **predicted_aggregation_indices, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_TOKENIZER (self) && AUTO_IS_ENCODING (encoding) && logits != NULL, NULL);
  g_autoptr(AutoTensor) cells = auto_encoding_get_tensor (encoding, "cells", error);
  gint64 n_rows = auto_encoding_get_n_rows (encoding), length = n_rows ? auto_encoding_get_length (encoding, 0) : 0;
  g_autoptr(AutoTensor) numbers = cells ? read_logits (logits, "logits", n_rows, length, error) : NULL;
  g_autoptr(AutoTensor) best = numbers && logits_agg ? choose_aggregations (logits_agg, n_rows, error) : NULL;
  g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa(xx)"));

  if (predicted_aggregation_indices)
    *predicted_aggregation_indices = NULL;
  if (!numbers || (logits_agg && !best))
    return NULL;
  const float *values = auto_tensor_get_float (numbers, NULL);
  const gint64 *places = auto_tensor_get_int64 (cells, NULL);
  for (gint64 row = 0; row < n_rows; row++)
    g_variant_builder_add_value (&builder, choose_cells (values + row * length, places + 2 * row * length, length, cell_classification_threshold));
  if (predicted_aggregation_indices)
    *predicted_aggregation_indices = g_steal_pointer (&best);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
