/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a tokenizer does with ids that were made before: special tokens around them, rows for a model, and many texts of them. */
#include <string.h>

#include "auto-tokenizer.h"

static gpointer
fail_unsupported (AutoTokenizer *self, const char *method, GError **error)
{
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED, "%s doesn't have the method %s", G_OBJECT_TYPE_NAME (self), method);
  return NULL;
}

/**
 * auto_tokenizer_num_special_tokens_to_add: (virtual num_special_tokens_to_add)
 * @self: a tokenizer
 * @pair: around two texts in a row, not around a single one
 *
 * Returns: how many special tokens encoding puts around a text
 */
guint
auto_tokenizer_num_special_tokens_to_add (AutoTokenizer *self, gboolean pair)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self), 0);
  AutoTokenizerInterface *iface = AUTO_TOKENIZER_GET_IFACE (self);

  return iface->num_special_tokens_to_add ? iface->num_special_tokens_to_add (self, pair) : 0;
}

/**
 * auto_tokenizer_prepare_for_model: (virtual prepare_for_model)
 * @self: a tokenizer
 * @ids: (array length=n_ids): the ids of a text's tokens
 * @n_ids: how many
 * @pair_ids: (nullable) (array length=n_pair_ids): those of a second text, which follows in the same row
 * @n_pair_ids: how many
 * @options: (nullable): how
 * @error: return location for an error
 *
 * Makes a row for a model of ids: truncated, with special tokens, and padded. As in the reference, this works as Python classes do, whether
 * the tokenizer is fast or not; and the fast classes that have no way of their own to do it put no special tokens around ids.
 *
 * Returns: (transfer full): the encoding, which has one row
 */
AutoEncoding *
auto_tokenizer_prepare_for_model (AutoTokenizer *self, const gint64 *ids, gsize n_ids, const gint64 *pair_ids, gsize n_pair_ids,
                                  AutoTokenizerOptions *options, GError **error)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && (ids != NULL || n_ids == 0) && (pair_ids != NULL || n_pair_ids == 0), NULL);
  g_return_val_if_fail (options == NULL || AUTO_IS_TOKENIZER_OPTIONS (options), NULL);
  AutoTokenizerInterface *iface = AUTO_TOKENIZER_GET_IFACE (self);

  return iface->prepare_for_model ? iface->prepare_for_model (self, ids, n_ids, pair_ids, n_pair_ids, options, error)
                                  : fail_unsupported (self, "prepare_for_model", error);
}

/* A part of the row that ids make. */
static gint64 *
take_part (AutoTokenizer *self, const gint64 *ids, gsize n_ids, const gint64 *pair_ids, gsize n_pair_ids,
           const gint64 *(*part) (AutoEncoding *, guint, gsize *), gsize *n, GError **error)
{
  *n = 0;
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_prepare_for_model (self, ids, n_ids, pair_ids, n_pair_ids, NULL, error);
  if (!encoding)
    return NULL;
  const gint64 *values = part (encoding, 0, n);
  gint64 *copy = g_new (gint64, *n + 1);
  if (*n)
    memcpy (copy, values, *n * sizeof (gint64));
  return copy;
}

/**
 * auto_tokenizer_build_inputs_with_special_tokens:
 * @self: a tokenizer
 * @ids: (array length=n_ids): the ids of a text's tokens
 * @n_ids: how many
 * @pair_ids: (nullable) (array length=n_pair_ids): those of a second text
 * @n_pair_ids: how many
 * @n: (out): how many ids there are in the result
 * @error: return location for an error
 *
 * Puts special tokens around ids, as [method@Tokenizer.prepare_for_model] does.
 *
 * Returns: (transfer full) (array length=n): the ids of a row
 */
gint64 *
auto_tokenizer_build_inputs_with_special_tokens (AutoTokenizer *self, const gint64 *ids, gsize n_ids, const gint64 *pair_ids,
                                                 gsize n_pair_ids, gsize *n, GError **error)
{
  g_return_val_if_fail (n != NULL, NULL);
  return take_part (self, ids, n_ids, pair_ids, n_pair_ids, auto_encoding_get_ids, n, error);
}

/**
 * auto_tokenizer_create_token_type_ids_from_sequences:
 * @self: a tokenizer
 * @ids: (array length=n_ids): the ids of a text's tokens
 * @n_ids: how many
 * @pair_ids: (nullable) (array length=n_pair_ids): those of a second text
 * @n_pair_ids: how many
 * @n: (out): how many types there are in the result
 * @error: return location for an error
 *
 * Gives the token types of the row that ids make, one for each id of [method@Tokenizer.build_inputs_with_special_tokens].
 *
 * Returns: (transfer full) (array length=n): the types
 */
gint64 *
auto_tokenizer_create_token_type_ids_from_sequences (AutoTokenizer *self, const gint64 *ids, gsize n_ids, const gint64 *pair_ids,
                                                     gsize n_pair_ids, gsize *n, GError **error)
{
  g_return_val_if_fail (n != NULL, NULL);
  return take_part (self, ids, n_ids, pair_ids, n_pair_ids, auto_encoding_get_type_ids, n, error);
}

/**
 * auto_tokenizer_get_special_tokens_mask:
 * @self: a tokenizer
 * @ids: (array length=n_ids): ids of tokens
 * @n_ids: how many
 * @pair_ids: (nullable) (array length=n_pair_ids): those of a second text
 * @n_pair_ids: how many
 * @already_has_special_tokens: @ids are a row with its special tokens, and there is no second text; otherwise they are to be put around the texts
 * @n: (out): how many numbers there are in the result
 * @error: return location for an error
 *
 * Tells the special tokens of a row, which exists already or which ids make.
 *
 * Returns: (transfer full) (array length=n): 1 for each special token of the row, 0 for others
 */
gint64 *
auto_tokenizer_get_special_tokens_mask (AutoTokenizer *self, const gint64 *ids, gsize n_ids, const gint64 *pair_ids, gsize n_pair_ids,
                                        gboolean already_has_special_tokens, gsize *n, GError **error)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && (ids != NULL || n_ids == 0) && n != NULL, NULL);
  AutoTokenizerInterface *iface = AUTO_TOKENIZER_GET_IFACE (self);

  *n = 0;
  if (!already_has_special_tokens)
    return take_part (self, ids, n_ids, pair_ids, n_pair_ids, auto_encoding_get_special_tokens_mask, n, error);
  if (pair_ids)
    {
      g_set_error_literal (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                           "a row that has its special tokens already goes without a second text");
      return NULL;
    }
  return iface->find_special_tokens ? iface->find_special_tokens (self, ids, n_ids, n, error)
                                        : fail_unsupported (self, "get_special_tokens_mask", error);
}

/**
 * auto_tokenizer_batch_decode:
 * @self: a tokenizer
 * @ids: (array length=n_ids): the ids of all rows, one row after another
 * @n_ids: how many
 * @lengths: (array length=n_rows): how many ids each row has
 * @n_rows: how many rows there are
 * @skip_special_tokens: leave out special tokens
 * @clean_up: whether to take away spaces before punctuation
 * @error: return location for an error
 *
 * Decodes many rows.
 *
 * Returns: (transfer full) (array zero-terminated=1): a text for each row
 */
char **
auto_tokenizer_batch_decode (AutoTokenizer *self, const gint64 *ids, gsize n_ids, const guint *lengths, gsize n_rows, gboolean skip_special_tokens,
                             AutoChoice clean_up, GError **error)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && (ids != NULL || n_ids == 0) && (lengths != NULL || n_rows == 0), NULL);
  g_auto(GStrv) texts = g_new0 (char *, n_rows + 1);
  gsize used = 0;

  for (gsize i = 0; i < n_rows; i++)
    {
      if (lengths[i] > n_ids - used)
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                       "the rows' lengths add up to more than the %" G_GSIZE_FORMAT " ids", n_ids);
          return NULL;
        }
      texts[i] = auto_tokenizer_decode (self, ids + used, lengths[i], skip_special_tokens, clean_up, error);
      if (!texts[i])
        return NULL;
      used += lengths[i];
    }
  return g_steal_pointer (&texts);
}

/**
 * auto_tokenizer_pad: (virtual pad)
 * @self: a tokenizer
 * @rows: (array length=n_rows): rows, each of which may be several of one length: `input_ids` (or what the model's first input is) and any others
 * @n_rows: how many there are
 * @options: (nullable): `padding`, `max-length`, `pad-to-multiple-of` and `return-attention-mask`; rows are padded to the longest one unless
 *   `padding` says otherwise
 * @error: return location for an error
 *
 * Puts rows of different calls together: [method@Encoding.get_row] gives such rows. The ids, the masks and the token types are filled up to
 * one length, and others that the tokenizer's class fills up; what is left, as a label for each row, is only put together.
 *
 * Returns: (transfer full): a call of the model with all the rows
 */
AutoInputs *
auto_tokenizer_pad (AutoTokenizer *self, AutoInputs *const *rows, gsize n_rows, AutoTokenizerOptions *options, GError **error)
{
  g_return_val_if_fail (AUTO_IS_TOKENIZER (self) && (rows != NULL || n_rows == 0), NULL);
  g_return_val_if_fail (options == NULL || AUTO_IS_TOKENIZER_OPTIONS (options), NULL);
  AutoTokenizerInterface *iface = AUTO_TOKENIZER_GET_IFACE (self);

  return iface->pad ? iface->pad (self, rows, n_rows, options, error) : fail_unsupported (self, "pad", error);
}
