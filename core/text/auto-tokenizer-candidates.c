/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts that a model chooses among: rows of several candidates each. */
#include "../base/auto-object.h"
#include "auto-tokenizer-call.h"
#include "auto-tokenizer.h"

/* (texts, length) becomes (rows, candidates, length). */
static AutoTensor *
fold (AutoTensor *tensor, gint64 candidates, GError **error)
{
  gint64 shape[3] = { auto_tensor_get_dim (tensor, 0) / candidates, candidates, auto_tensor_get_dim (tensor, 1) };

  return auto_tensor_reshape (tensor, shape, 3, error);
}

/**
 * auto_tokenizer_batch_encode_candidates:
 * @self: a tokenizer
 * @texts: (array zero-terminated=1): the candidates of all rows, one row after another
 * @pairs: (nullable) (array zero-terminated=1): as many others, each of which follows the candidate of the same number
 * @n_candidates: how many candidates each row has
 * @options: (nullable): how; candidates are padded to `max-length`, or to what the model allows, unless `padding` says otherwise
 * @cancellable: (nullable): stops the work
 * @error: return location for an error
 *
 * Encodes texts for a model that chooses among several: each input has the dimensions rows, candidates and tokens.
 *
 * Returns: (transfer full): a call of the model
 */
AutoInputs *
auto_tokenizer_batch_encode_candidates (AutoTokenizer *self, const char *const *texts, const char *const *pairs, guint n_candidates,
                                        AutoTokenizerOptions *options, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && texts != NULL, NULL);
  g_return_val_if_fail (options == NULL || AUTO_IS_TOKENIZER_OPTIONS (options), NULL);
  guint n = g_strv_length ((char **) texts);
  g_autoptr(AutoTokenizerOptions) own = options ? auto_object_copy (options) : auto_tokenizer_options_new ();

  if (n_candidates == 0 || n % n_candidates)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "%u texts don't make rows of %u candidates", n, n_candidates);
      return NULL;
    }
  if (auto_tokenizer_options_get_call (own).padding == AUTO_PADDING_UNSET)
    g_object_set (own, "padding", AUTO_PADDING_MAX_LENGTH, NULL);
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode_batch (self, texts, pairs, own, cancellable, error);
  if (!encoding)
    return NULL;
  const char *const *names = auto_encoding_get_names (encoding);
  g_autoptr(AutoInputs) inputs = auto_inputs_new ();
  for (guint i = 0; names[i]; i++)
    {
      g_autoptr(AutoTensor) tensor = auto_encoding_get_tensor (encoding, names[i], error);
      g_autoptr(AutoTensor) folded = NULL;
      if (!tensor)
        return NULL;
      if (auto_tensor_get_n_dims (tensor) != 2)
        continue;
      if (!(folded = fold (tensor, n_candidates, error)))
        return NULL;
      auto_inputs_set (inputs, names[i], folded);
    }
  return g_steal_pointer (&inputs);
}
