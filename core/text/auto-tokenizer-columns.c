/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The numbers that a class's tokens have beside their ids. */
#include "auto-pretrained-tokenizer-private.h"
#include "auto-slow-columns.h"

#include "../base/auto-message.h"

static const AutoSlow *
slow_of (AutoPipeline *pipeline)
{
  return pipeline ? auto_pipeline_get_slow (pipeline) : NULL;
}

char **
auto_pretrained_list_columns (AutoPretrainedTokenizerPrivate *priv)
{
  const AutoSlow *slow = slow_of (priv->build.pipeline);
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < auto_slow_columns_count (slow ? slow->columns : NULL); i++)
    g_strv_builder_add (names, auto_slow_columns_name (slow->columns, i));
  return g_strv_builder_end (names);
}

/**
 * auto_pretrained_tokenizer_convert_tokens_to_column:
 * @self: a tokenizer whose tokens have more numbers than their ids
 * @name: which, such as `input_shape_ids`: one of #AutoPretrainedTokenizer:column-names
 * @tokens: (array zero-terminated=1): tokens
 * @n: (out): how many there are
 * @error: return location for an error
 *
 * Gives one of the numbers that tokens have beside their ids; a token without one has the unknown token's.
 *
 * Returns: (transfer full) (array length=n) (nullable): a number for each token
 */
gint64 *
auto_pretrained_tokenizer_convert_tokens_to_column (AutoPretrainedTokenizer *self, const char *name, const char *const *tokens, gsize *n,
                                                    GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_TOKENIZER (self) && name != NULL && tokens != NULL && n != NULL, NULL);
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);
  const AutoSlow *slow = slow_of (pipeline);
  int column = slow ? auto_slow_columns_find (slow->columns, name) : -1;

  *n = 0;
  if (!pipeline)
    return NULL;
  if (column < 0)
    {
      auto_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_FOUND, "the tokenizer's tokens have no numbers named \"%.60s\"", name);
      return NULL;
    }
  gsize length = g_strv_length ((char **) tokens);
  g_autofree gint64 *numbers = g_new (gint64, length + 1);
  for (gsize i = 0; i < length; i++)
    numbers[i] = auto_slow_columns_convert (slow, column, tokens[i]);
  *n = length;
  return g_steal_pointer (&numbers);
}
