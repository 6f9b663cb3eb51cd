/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "speller.h"

#include <math.h>
#include <string.h>

#include "core/base/auto-io.h"
#include "core/base/auto-errors.h"
#include "core/checkpoint/auto-zip.h"

#define HIDDEN 256
#define EMBEDDING 256
#define MOST_PHONEMES 20

static const char *const phoneme_names[] = {
  "<pad>", "<unk>", "<s>", "</s>", "AA0", "AA1", "AA2", "AE0", "AE1", "AE2", "AH0", "AH1", "AH2", "AO0", "AO1", "AO2", "AW0", "AW1", "AW2",
  "AY0", "AY1", "AY2", "B", "CH", "D", "DH", "EH0", "EH1", "EH2", "ER0", "ER1", "ER2", "EY0", "EY1", "EY2", "F", "G", "HH", "IH0", "IH1",
  "IH2", "IY0", "IY1", "IY2", "JH", "K", "L", "M", "N", "NG", "OW0", "OW1", "OW2", "OY0", "OY1", "OY2", "P", "R", "S", "SH", "T", "TH",
  "UH0", "UH1", "UH2", "UW", "UW0", "UW1", "UW2", "V", "W", "Y", "Z", "ZH" };
enum { START = 2, END = 3 };
enum { UNKNOWN_LETTER = 1, END_OF_WORD = 2, FIRST_LETTER = 3, N_LETTERS = FIRST_LETTER + 26 };

/* A gated recurrent unit and what embeds its inputs; gates in the order reset, update, new. */
typedef struct
{
  const float *embeddings, *input, *hidden, *input_bias, *hidden_bias;
} Unit;

struct _Speller
{
  GBytes *bytes;
  GPtrArray *arrays; /* float *: copies, aligned */
  Unit letters, phonemes;
  const float *output, *output_bias;
};

/* The numbers of a member that is an array of 32-bit floats of this many rows and columns (0: a vector). */
static const float *
read_array (Speller *self, AutoZip *zip, const char *path, const char *name, guint rows, guint columns, GError **error)
{
  g_autofree char *member = g_strconcat (name, ".npy", NULL);
  g_autofree char *shape = columns ? g_strdup_printf ("(%u, %u)", rows, columns) : g_strdup_printf ("(%u,)", rows);
  gsize size = 0, count = (gsize) rows * MAX (columns, 1), header;
  const guint8 *data = (const guint8 *) auto_zip_get (zip, member, &size, error);

  if (!data)
    return NULL;
  gboolean known = size >= 10 && memcmp (data, "\x93NUMPY\x01", 7) == 0;
  header = known ? 10 + data[8] + 256u * data[9] : 0;
  g_autofree char *text = known && header <= size ? g_strndup ((const char *) data + 10, header - 10) : NULL;
  if (!text || !strstr (text, "'descr': '<f4'") || !strstr (text, "'fortran_order': False") || !strstr (text, shape)
      || (size - header) / sizeof (float) < count)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: %s isn't an array of floats of the shape %s", path, member, shape);
      return NULL;
    }
  float *copy = g_new (float, count);
  for (gsize i = 0; i < count; i++)
    {
      guint32 bits;
      memcpy (&bits, data + header + i * sizeof bits, sizeof bits);
      bits = GUINT32_FROM_LE (bits);
      memcpy (copy + i, &bits, sizeof bits);
    }
  g_ptr_array_add (self->arrays, copy);
  return copy;
}

static gboolean
read_unit (Speller *self, Unit *unit, AutoZip *zip, const char *path, const char *prefix, guint n, GError **error)
{
  const struct
  {
    const char *name;
    const float **to;
    guint rows, columns;
  } members[] = {
    { "emb", &unit->embeddings, n, EMBEDDING },
    { "w_ih", &unit->input, 3 * HIDDEN, EMBEDDING },
    { "w_hh", &unit->hidden, 3 * HIDDEN, HIDDEN },
    { "b_ih", &unit->input_bias, 3 * HIDDEN, 0 },
    { "b_hh", &unit->hidden_bias, 3 * HIDDEN, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s_%s", prefix, members[i].name);
      if (!(*members[i].to = read_array (self, zip, path, name, members[i].rows, members[i].columns, error)))
        return FALSE;
    }
  return TRUE;
}

Speller *
speller_new (const char *path, GError **error)
{
  g_autoptr(Speller) self = g_new0 (Speller, 1);
  g_autoptr(GBytes) bytes = auto_io_map (path, error);
  gsize size = 0;
  const char *data = bytes ? g_bytes_get_data (bytes, &size) : NULL;
  g_autoptr(AutoZip) zip = bytes ? auto_zip_new (path, data, size, error) : NULL;
  guint n = G_N_ELEMENTS (phoneme_names);

  self->arrays = g_ptr_array_new_with_free_func (g_free);
  if (!zip || !read_unit (self, &self->letters, zip, path, "enc", N_LETTERS, error) || !read_unit (self, &self->phonemes, zip, path, "dec", n, error)
      || !(self->output = read_array (self, zip, path, "fc_w", n, HIDDEN, error))
      || !(self->output_bias = read_array (self, zip, path, "fc_b", n, 0, error)))
    return NULL;
  return g_steal_pointer (&self);
}

void
speller_free (Speller *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->arrays, g_ptr_array_unref);
  g_free (self);
}

/* y = W x + b, of @rows. */
static void
affine (const float *weights, const float *bias, const float *x, guint rows, guint columns, float *y)
{
  for (guint i = 0; i < rows; i++)
    {
      float sum = 0;
      for (guint j = 0; j < columns; j++)
        sum += weights[i * columns + j] * x[j];
      y[i] = sum + bias[i];
    }
}

static float
sigmoid (float x)
{
  return 1 / (1 + expf (-x));
}

static void
step (const Unit *unit, guint symbol, float *hidden)
{
  float from_input[3 * HIDDEN], from_hidden[3 * HIDDEN];

  affine (unit->input, unit->input_bias, unit->embeddings + symbol * EMBEDDING, 3 * HIDDEN, EMBEDDING, from_input);
  affine (unit->hidden, unit->hidden_bias, hidden, 3 * HIDDEN, HIDDEN, from_hidden);
  for (guint i = 0; i < HIDDEN; i++)
    {
      float reset = sigmoid (from_input[i] + from_hidden[i]), update = sigmoid (from_input[HIDDEN + i] + from_hidden[HIDDEN + i]);
      float new = tanhf (from_input[2 * HIDDEN + i] + reset * from_hidden[2 * HIDDEN + i]);
      hidden[i] = (1 - update) * new + update * hidden[i];
    }
}

void
speller_spell (const Speller *self, const char *word, GPtrArray *phonemes)
{
  float hidden[HIDDEN] = { 0 }, logits[G_N_ELEMENTS (phoneme_names)];

  for (const char *p = word; *p; p++)
    step (&self->letters, g_ascii_islower (*p) ? FIRST_LETTER + (guint) (*p - 'a') : UNKNOWN_LETTER, hidden);
  step (&self->letters, END_OF_WORD, hidden);
  for (guint i = 0, symbol = START; i < MOST_PHONEMES; i++)
    {
      step (&self->phonemes, symbol, hidden);
      affine (self->output, self->output_bias, hidden, G_N_ELEMENTS (logits), HIDDEN, logits);
      symbol = 0;
      for (guint k = 1; k < G_N_ELEMENTS (logits); k++)
        if (logits[k] > logits[symbol])
          symbol = k;
      if (symbol == END)
        break;
      g_ptr_array_add (phonemes, g_strdup (phoneme_names[symbol]));
    }
}
