/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-pages.h"

#include "auto-encoding-object.h"

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

/* The sequence whose words have boxes; truncation may leave nothing of them. */
static int
boxed_sequence (AutoEncoding *encoding, guint sample)
{
  const AutoEncodeInput *pair = encoding->pairs ? &encoding->pairs[sample] : NULL;

  return pair && (pair->texts || pair->ids);
}

static gboolean
read_row (AutoEncoding *encoding, guint row, Row *self, GError **error)
{
  gsize n;

  if (row >= auto_encoding_get_n_rows (encoding))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "row %u: the encoding has %u", row, auto_encoding_get_n_rows (encoding));
      return FALSE;
    }
  *self = (Row){ .n = auto_encoding_get_length (encoding, row) };
  self->ids = auto_encoding_get_ids (encoding, row, &n);
  self->sequences = auto_encoding_get_sequence_ids (encoding, row, &n);
  self->words = auto_encoding_get_word_ids (encoding, row, &n, error);
  gboolean fast = !auto_pipeline_get_slow (encoding->pipeline);
  if (!self->words || (fast && !(self->offsets = auto_encoding_get_offsets (encoding, row, &n, error))))
    return FALSE;
  self->boxed = boxed_sequence (encoding, auto_encoding_get_sample (encoding, row));
  self->bare = self->boxed == 1 && auto_encoding_is_shortened (encoding, row) ? find_mark (encoding, row, self) : -1;
  return TRUE;
}

static gboolean
check_word (gint64 word, gsize n_words, const char *what, GError **error)
{
  if (word < 0 || (gsize) word < n_words)
    return TRUE;
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
               "there are %s for %" G_GSIZE_FORMAT " words, and a token of word %" G_GINT64_FORMAT "; give as many as there are words", what,
               n_words, word);
  return FALSE;
}

gint64 *
auto_page_place_boxes (const AutoPageMarks *marks, AutoEncoding *encoding, guint row, const gint64 *boxes, gsize n_boxes, GError **error)
{
  Row tokens;

  if (!read_row (encoding, row, &tokens, error))
    return NULL;
  g_autofree gint64 *placed = g_new (gint64, AUTO_BOX_NUMBERS * tokens.n + 1);
  for (gsize i = 0; i < tokens.n; i++)
    {
      const gint64 *box = marks->boxes[2];
      gboolean boxed = tokens.words[i] >= 0 && tokens.sequences[i] == tokens.boxed;
      if (boxed && !check_word (tokens.words[i], n_boxes / AUTO_BOX_NUMBERS, "boxes", error))
        return NULL;
      if (boxed)
        box = boxes + AUTO_BOX_NUMBERS * tokens.words[i];
      for (guint k = 0; k < 2 && tokens.words[i] < 0 && (gssize) i != tokens.bare; k++)
        if (tokens.ids[i] == marks->ids[k])
          {
            box = marks->boxes[k];
            break;
          }
      for (guint k = 0; k < AUTO_BOX_NUMBERS; k++)
        placed[AUTO_BOX_NUMBERS * i + k] = box[k];
    }
  return g_steal_pointer (&placed);
}

gint64 *
auto_page_place_labels (const AutoPageMarks *marks, AutoEncoding *encoding, guint row, const gint64 *labels, gsize n_labels, GError **error)
{
  gboolean after_nothing = FALSE;
  Row tokens;

  if (!read_row (encoding, row, &tokens, error))
    return NULL;
  g_autofree gint64 *placed = g_new (gint64, tokens.n + 1);
  for (gsize i = 0; i < tokens.n; i++)
    {
      const gint64 *span = tokens.offsets ? tokens.offsets + 2 * i : NULL;
      gboolean first = span ? span[0] == 0 && !after_nothing : i == 0 || tokens.words[i] != tokens.words[i - 1];
      gboolean labelled = tokens.words[i] >= 0 && (first || !marks->first_only);
      if (labelled && !check_word (tokens.words[i], n_labels, "labels", error))
        return NULL;
      placed[i] = labelled ? labels[tokens.words[i]] : marks->no_label;
      if (tokens.words[i] >= 0 && span)
        after_nothing = span[0] == 0 && span[1] == 0;
    }
  return g_steal_pointer (&placed);
}

struct _AutoPageRows
{
  GArray *boxes, *labels;         /* labels: NULL: the call has none, or none are given */
  GArray *cut_boxes, *cut_labels; /* of what a Python class cut off; NULL: that isn't asked for */
};

static const struct
{
  const char *name;
  guint width;
  gsize offset;
  gboolean cut;
} parts[] = { { "bbox", AUTO_BOX_NUMBERS, G_STRUCT_OFFSET (AutoPageRows, boxes), FALSE },
              { "labels", 1, G_STRUCT_OFFSET (AutoPageRows, labels), FALSE },
              { "overflowing_token_boxes", AUTO_BOX_NUMBERS, G_STRUCT_OFFSET (AutoPageRows, cut_boxes), TRUE },
              { "overflowing_labels", 1, G_STRUCT_OFFSET (AutoPageRows, cut_labels), TRUE } };

void
auto_page_rows_free (AutoPageRows *self)
{
  if (!self)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_clear_pointer (&G_STRUCT_MEMBER (GArray *, self, parts[i].offset), g_array_unref);
  g_free (self);
}

static void
add_names (const AutoPageRows *self, gboolean cut, GStrvBuilder *names)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i].cut == cut && G_STRUCT_MEMBER (GArray *, self, parts[i].offset))
      g_strv_builder_add (names, parts[i].name);
}

void
auto_page_rows_add_names (const AutoPageRows *self, GStrvBuilder *names)
{
  add_names (self, FALSE, names);
}

void
auto_page_rows_add_cut_names (const AutoPageRows *self, GStrvBuilder *names)
{
  add_names (self, TRUE, names);
}

const GArray *
auto_page_rows_find (const AutoPageRows *self, const char *name, guint *width, gboolean *cut)
{
  for (guint i = 0; self && i < G_N_ELEMENTS (parts); i++)
    if (g_str_equal (name, parts[i].name))
      {
        *width = parts[i].width;
        *cut = parts[i].cut;
        return G_STRUCT_MEMBER (GArray *, self, parts[i].offset);
      }
  return NULL;
}

/* A row's numbers in a list of lists. */
static const gint64 *
numbers_of (GVariant *lists, guint sample, gsize width, gsize *n, GVariant **owner)
{
  *owner = g_variant_get_child_value (lists, sample);
  const gint64 *numbers = g_variant_get_fixed_array (*owner, n, width * sizeof (gint64));
  *n *= width;
  return numbers;
}

/* Of what a row's truncation cut off. The class that cuts a question together with the mark behind it counts that mark's box as the last
 * token's. */
static gboolean
add_cut (AutoPageRows *self, AutoEncoding *encoding, guint row, const gint64 *boxes, gsize n_boxes, const gint64 *labels, gsize n_labels, GError **error)
{
  const AutoPageMarks *marks = encoding->settings.page;
  const AutoRows *rows = encoding->rows;
  int boxed = boxed_sequence (encoding, auto_encoding_get_sample (encoding, row));
  gsize from = g_array_index (rows->overflow_starts, gsize, row), to = g_array_index (rows->overflow_starts, gsize, row + 1);

  for (gsize i = from; i < to; i++)
    {
      const AutoCutWord *token = &g_array_index (rows->cut_words, AutoCutWord, i);
      const gint64 *box = rows->shortened && boxed == 1 && token->last && token->sequence == 0 ? marks->boxes[1] : marks->boxes[2];
      if (token->sequence == boxed && token->word >= 0)
        {
          if (!check_word (token->word, n_boxes / AUTO_BOX_NUMBERS, "boxes", error))
            return FALSE;
          box = boxes + AUTO_BOX_NUMBERS * token->word;
        }
      g_array_append_vals (self->cut_boxes, box, AUTO_BOX_NUMBERS);
      if (!labels)
        continue;
      gboolean labelled = token->word >= 0 && (token->first || !marks->first_only);
      if (labelled && !check_word (token->word, n_labels, "labels", error))
        return FALSE;
      g_array_append_vals (self->cut_labels, labelled ? &labels[token->word] : &marks->no_label, 1);
    }
  return TRUE;
}

static gboolean
add_row (AutoPageRows *self, AutoEncoding *encoding, guint row, GError **error)
{
  const AutoPageCall *call = &encoding->settings.call.page;
  const AutoPageMarks *marks = encoding->settings.page;
  guint sample = auto_encoding_get_sample (encoding, row), length = auto_encoding_get_length (encoding, row);
  g_autoptr(GVariant) box_list = NULL, label_list = NULL;
  gsize n_boxes, n_labels = 0;
  static const gint64 nothing;
  const gint64 *boxes = numbers_of (call->boxes, sample, AUTO_BOX_NUMBERS, &n_boxes, &box_list);
  const gint64 *labels = self->labels ? numbers_of (call->labels, sample, 1, &n_labels, &label_list) : NULL;

  g_autofree gint64 *placed = auto_page_place_boxes (marks, encoding, row, boxes, n_boxes, error);
  if (!placed)
    return FALSE;
  g_array_append_vals (self->boxes, placed, AUTO_BOX_NUMBERS * length);
  if (self->labels)
    {
      g_autofree gint64 *of_words = auto_page_place_labels (marks, encoding, row, labels, n_labels, error);
      if (!of_words)
        return FALSE;
      g_array_append_vals (self->labels, of_words, length);
    }
  return !self->cut_boxes || add_cut (self, encoding, row, boxes, n_boxes, self->labels && !labels ? &nothing : labels, n_labels, error);
}

AutoPageRows *
auto_page_rows_new (AutoEncoding *encoding, GError **error)
{
  AutoPageRows *self = g_new0 (AutoPageRows, 1);
  gboolean python = auto_pipeline_get_slow (encoding->pipeline) != NULL;
  gboolean labels = encoding->settings.call.page.labels && !(python && encoding->pairs); /* behind a question a Python class gives none */

  self->boxes = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->labels = labels ? g_array_new (FALSE, FALSE, sizeof (gint64)) : NULL;
  self->cut_boxes = encoding->rows->overflow ? g_array_new (FALSE, FALSE, sizeof (gint64)) : NULL;
  self->cut_labels = encoding->rows->overflow ? g_array_new (FALSE, FALSE, sizeof (gint64)) : NULL;
  for (guint row = 0; row < auto_encoding_get_n_rows (encoding); row++)
    if (!add_row (self, encoding, row, error))
      {
        auto_page_rows_free (self);
        return NULL;
      }
  return self;
}
