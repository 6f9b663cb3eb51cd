/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages: words with boxes, and labels, that become those of tokens. */
#include "auto-pretrained-tokenizer-private.h"

#include "../base/auto-json.h"
#include "auto-encoding-object.h"

/* What the marks around words get. */
typedef struct
{
  gint64 ids[3];
  gint64 boxes[3][4];
} Marks;

static gboolean
read_marks (AutoPretrainedTokenizer *self, Marks *marks, GError **error)
{
  static const char *const names[] = { "cls", "sep", "pad" };
  JsonObject *settings = auto_pretrained_tokenizer_get_settings (self);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *id = g_strconcat (names[i], "-token-id", NULL), *key = g_strconcat (names[i], "_token_box", NULL);
      JsonArray *box = settings ? auto_json_array (settings, key) : NULL;
      gboolean good = box && json_array_get_length (box) == 4;
      for (guint k = 0; good && k < 4; k++)
        good = auto_json_is_int (json_array_get_element (box, k));
      if (!good)
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                       "the tokenizer takes no boxes: its settings have no %s of four whole numbers", key);
          return FALSE;
        }
      g_object_get (self, id, &marks->ids[i], NULL);
      for (guint k = 0; k < 4; k++)
        marks->boxes[i][k] = json_array_get_int_element (box, k);
    }
  return TRUE;
}

/* The words of a row's tokens, and its sequences; the words that have boxes are those of the second sequence if there is one. */
typedef struct
{
  const gint64 *ids, *words, *sequences;
  const gint64 *offsets; /* NULL: the tokenizer isn't fast */
  gsize n;
  gint64 boxed;
  gssize bare; /* the mark behind a question that was cut, with which a class cuts it; -1: none */
} Row;

/* The first mark behind the first text. */
static gssize
find_mark (AutoEncoding *encoding, guint row, const Row *self)
{
  gsize n, i = 0;
  const gint64 *attention = auto_encoding_get_attention_mask (encoding, row, &n);

  while (i < n && !attention[i])
    i++;
  for (i++; i < n && self->sequences[i] == 0;)
    i++;
  return i < n && attention[i] && self->sequences[i] < 0 ? (gssize) i : -1;
}

static gboolean
read_row (AutoPretrainedTokenizer *tokenizer, AutoEncoding *encoding, guint row, Row *self, GError **error)
{
  gsize n;
  gboolean fast;

  if (row >= auto_encoding_get_n_rows (encoding))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "row %u: the encoding has %u", row, auto_encoding_get_n_rows (encoding));
      return FALSE;
    }
  *self = (Row){ .n = auto_encoding_get_length (encoding, row) };
  self->ids = auto_encoding_get_ids (encoding, row, &n);
  self->sequences = auto_encoding_get_sequence_ids (encoding, row, &n);
  self->words = auto_encoding_get_word_ids (encoding, row, &n, error);
  g_object_get (tokenizer, "is-fast", &fast, NULL);
  if (!self->words || (fast && !(self->offsets = auto_encoding_get_offsets (encoding, row, &n, error))))
    return FALSE;
  const AutoEncodeInput *pair = encoding->pairs ? &encoding->pairs[auto_encoding_get_sample (encoding, row)] : NULL;
  self->boxed = pair && (pair->texts || pair->ids); /* truncation may leave nothing of them */
  self->bare = self->boxed == 1 && auto_encoding_is_shortened (encoding, row) ? find_mark (encoding, row, self) : -1;
  return TRUE;
}

static gboolean
check_word (const Row *row, gsize token, gsize n_words, const char *what, GError **error)
{
  if (row->words[token] < 0 || (gsize) row->words[token] < n_words)
    return TRUE;
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
               "there are %s for %" G_GSIZE_FORMAT " words, and a token of word %" G_GINT64_FORMAT "; give as many as there are words",
               what, n_words, row->words[token]);
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
 * Gives each token its word's box. What stands around the words has the boxes that the tokenizer's settings say.
 *
 * Returns: (transfer full) (array length=n) (nullable): four numbers for each token
 */
gint64 *
auto_pretrained_tokenizer_place_boxes (AutoPretrainedTokenizer *self, AutoEncoding *encoding, guint row, const gint64 *boxes, gsize n_boxes, gsize *n,
                                       GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_TOKENIZER (self) && AUTO_IS_ENCODING (encoding) && n != NULL, NULL);
  Marks marks;
  Row tokens;

  *n = 0;
  if (!read_marks (self, &marks, error) || !read_row (self, encoding, row, &tokens, error))
    return NULL;
  g_autofree gint64 *placed = g_new (gint64, 4 * tokens.n + 1);
  for (gsize i = 0; i < tokens.n; i++)
    {
      const gint64 *box = marks.boxes[2];
      gboolean boxed = tokens.words[i] >= 0 && tokens.sequences[i] == tokens.boxed;
      if (boxed && !check_word (&tokens, i, n_boxes / 4, "boxes", error))
        return NULL;
      if (boxed)
        box = boxes + 4 * tokens.words[i];
      for (guint k = 0; k < 2 && tokens.words[i] < 0 && (gssize) i != tokens.bare; k++)
        if (tokens.ids[i] == marks.ids[k])
          {
            box = marks.boxes[k];
            break;
          }
      for (guint k = 0; k < 4; k++)
        placed[4 * i + k] = box[k];
    }
  *n = 4 * tokens.n;
  return g_steal_pointer (&placed);
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
 * Gives each word's first token the word's label; all its tokens, if #AutoPretrainedTokenizer:only-label-first-subword isn't set.
 *
 * Returns: (transfer full) (array length=n) (nullable): a label for each token
 */
gint64 *
auto_pretrained_tokenizer_place_labels (AutoPretrainedTokenizer *self, AutoEncoding *encoding, guint row, const gint64 *labels,
                                        gsize n_labels, gsize *n, GError **error)
{
  g_return_val_if_fail (AUTO_IS_PRETRAINED_TOKENIZER (self) && AUTO_IS_ENCODING (encoding) && n != NULL, NULL);
  JsonObject *settings = auto_pretrained_tokenizer_get_settings (self);
  gint64 none = settings ? auto_json_int (settings, "pad_token_label", -100) : -100;
  gboolean first_only, after_nothing = FALSE;
  Row tokens;

  *n = 0;
  g_object_get (self, "only-label-first-subword", &first_only, NULL);
  if (!read_row (self, encoding, row, &tokens, error))
    return NULL;
  g_autofree gint64 *placed = g_new (gint64, tokens.n + 1);
  for (gsize i = 0; i < tokens.n; i++)
    {
      const gint64 *span = tokens.offsets ? tokens.offsets + 2 * i : NULL;
      gboolean first = span ? span[0] == 0 && !after_nothing : i == 0 || tokens.words[i] != tokens.words[i - 1];
      gboolean labelled = tokens.words[i] >= 0 && (first || !first_only);
      if (labelled && !check_word (&tokens, i, n_labels, "labels", error))
        return NULL;
      placed[i] = labelled ? labels[tokens.words[i]] : none;
      if (tokens.words[i] >= 0 && span)
        after_nothing = span[0] == 0 && span[1] == 0;
    }
  *n = tokens.n;
  return g_steal_pointer (&placed);
}
