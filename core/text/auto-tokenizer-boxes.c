/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What tokenizers of pages say of words' boxes and labels, and of the calls that give them. */
#include "auto-pretrained-tokenizer-private.h"

#include "../base/auto-json.h"

/* @boxes: they need to be there, all three. */
static gboolean
read_marks (AutoPretrainedTokenizer *self, gboolean boxes, AutoPageMarks *marks, GError **error)
{
  static const char *const names[] = { "cls", "sep", "pad" };
  JsonObject *settings = auto_pretrained_tokenizer_get_settings (self);

  *marks = (AutoPageMarks){ .no_label = settings ? auto_json_int (settings, "pad_token_label", -100) : -100 };
  g_object_get (self, "only-label-first-subword", &marks->first_only, NULL);
  for (guint i = 0; boxes && i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *id = g_strconcat (names[i], "-token-id", NULL), *key = g_strconcat (names[i], "_token_box", NULL);
      JsonArray *box = settings ? auto_json_array (settings, key) : NULL;
      gboolean good = box && json_array_get_length (box) == AUTO_BOX_NUMBERS;
      for (guint k = 0; good && k < AUTO_BOX_NUMBERS; k++)
        good = auto_json_is_int (json_array_get_element (box, k));
      if (!good)
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                       "the tokenizer takes no boxes: its settings have no %s of four whole numbers", key);
          return FALSE;
        }
      g_object_get (self, id, &marks->ids[i], NULL);
      for (guint k = 0; k < AUTO_BOX_NUMBERS; k++)
        marks->boxes[i][k] = json_array_get_int_element (box, k);
    }
  return TRUE;
}

/* @all: there may be no more entries than words. */
static gboolean
check_list (GVariant *list, const AutoEncodeInput *words, gsize n, gboolean all, const char *name, GError **error)
{
  if (!auto_call_fits (list, n))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                   "%s are for %" G_GSIZE_FORMAT " pages, and there are %" G_GSIZE_FORMAT "; give a list for each page", name,
                   g_variant_n_children (list), n);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr(GVariant) row = g_variant_get_child_value (list, i);
      gsize given = g_variant_n_children (row);
      if (given == words[i].n || (given > words[i].n && !all))
        continue;
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                   "%s of page %" G_GSIZE_FORMAT " are %" G_GSIZE_FORMAT ", and its words are %" G_GSIZE_FORMAT "; give one for each word", name, i,
                   given, words[i].n);
      return FALSE;
    }
  return TRUE;
}

gboolean
auto_pretrained_settle_page (AutoPretrainedTokenizer *self, const AutoPageCall *call, const AutoEncodeInput *inputs, const AutoEncodeInput *pairs,
                             gsize n, AutoPageMarks **marks, GError **error)
{
  const AutoEncodeInput *words = pairs ? pairs : inputs;

  *marks = NULL;
  if (!call->boxes)
    return !call->labels || auto_call_fail (error, "word-labels are of words that have boxes; set boxes, or unset word-labels");
  if (n > 0 && !words[0].words)
    return auto_call_fail (error, "boxes are of texts that are split into words; encode words, or unset boxes");
  if (!check_list (call->boxes, words, n, TRUE, "boxes", error)
      || (call->labels && !check_list (call->labels, words, n, FALSE, "word-labels", error)))
    return FALSE;
  *marks = g_new (AutoPageMarks, 1);
  if (read_marks (self, TRUE, *marks, error))
    return TRUE;
  g_clear_pointer (marks, g_free);
  return FALSE;
}

/**
 * auto_pretrained_tokenizer_place_boxes:
 * @self: a tokenizer of pages
 * @encoding: what it made of texts that are split into words
 * @row: a row
 * @boxes: (array length=n_boxes): four numbers for each word of the row's text, of its second one if it has two
 * @n_boxes: how many numbers there are
 * @n: (out): how many numbers there are in the result
 * @error: return location for an error
 *
 * Gives each token its word's box. What stands around the words has the boxes that the tokenizer's settings say. An encoding of a call with
 * #AutoTokenizerOptions:boxes has them already.
 *
 * Returns: (transfer full) (array length=n) (nullable): four numbers for each token
 */
gint64 *
auto_pretrained_tokenizer_place_boxes (AutoPretrainedTokenizer *self, AutoEncoding *encoding, guint row, const gint64 *boxes, gsize n_boxes, gsize *n,
                                       GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_TOKENIZER (self) && AUTO_IS_ENCODING (encoding) && n != NULL, NULL);
  AutoPageMarks marks;
  gint64 *placed = read_marks (self, TRUE, &marks, error) ? auto_page_place_boxes (&marks, encoding, row, boxes, n_boxes, error) : NULL;

  *n = placed ? AUTO_BOX_NUMBERS * (gsize) auto_encoding_get_length (encoding, row) : 0;
  return placed;
}

/**
 * auto_pretrained_tokenizer_place_labels:
 * @self: a tokenizer of pages
 * @encoding: what it made of texts that are split into words
 * @row: a row
 * @labels: (array length=n_labels): one for each word of the row's text
 * @n_labels: how many labels there are
 * @n: (out): how many tokens there are
 * @error: return location for an error
 *
 * Gives each word's first token the word's label; all its tokens, if #AutoPretrainedTokenizer:only-label-first-subword isn't set. An encoding
 * of a call with #AutoTokenizerOptions:word-labels has them already.
 *
 * Returns: (transfer full) (array length=n) (nullable): a label for each token
 */
gint64 *
auto_pretrained_tokenizer_place_labels (AutoPretrainedTokenizer *self, AutoEncoding *encoding, guint row, const gint64 *labels,
                                        gsize n_labels, gsize *n, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_TOKENIZER (self) && AUTO_IS_ENCODING (encoding) && n != NULL, NULL);
  AutoPageMarks marks;
  gint64 *placed = read_marks (self, FALSE, &marks, error) ? auto_page_place_labels (&marks, encoding, row, labels, n_labels, error) : NULL;

  *n = placed ? auto_encoding_get_length (encoding, row) : 0;
  return placed;
}
