/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One transcript of what the model made of the pieces of a recording, which overlap: marks of time in what two pieces share are left out,
 * and the tokens of both are laid over each other where most of them are the same. */
#include "transcript.h"

#include <math.h>

#include "core/base/auto-json.h"
#include "words.h"

/* What the model made of a piece. */
typedef struct
{
  GArray *ids;   /* gint64 */
  GArray *times; /* double: when each token was said; NULL: not known */
  gboolean has_stride;
  double length, left, right; /* seconds: of the piece, and of what it shares with those beside */
} Output;

typedef struct
{
  AutoTokenizer *tokenizer;
  const AutoDecodeCall *call;
  GCancellable *cancellable;
  GArray *specials; /* gint64 */
  gint64 first_mark;
  JsonArray *chunks, *words;
  GString *text;

  const char *language, *chunk_language; /* NULL: none was heard yet */
  gboolean has_start;
  double start;
  GPtrArray *before; /* GArray of WhisperToken: of pieces before that belong to the chunk */
  GArray *now;
  gboolean skip; /* the next mark of time goes: marks come in pairs */
  double offset; /* when the piece begins */
} Transcript;

static GArray *
tokens_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (WhisperToken));
}

static double
round_time (double time)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE + 320];

  return isfinite (time) ? g_ascii_strtod (g_ascii_formatd (digits, sizeof digits, "%.2f", time), NULL) : time;
}

static void
start_chunk (Transcript *self)
{
  self->chunk_language = self->language;
  self->has_start = FALSE;
}

static void
forget_tokens (Transcript *self)
{
  g_ptr_array_set_size (self->before, 0);
  g_array_set_size (self->now, 0);
}

/* How much of two rows of tokens is laid over each other. */
typedef struct
{
  guint left_from, left_to, right_from, right_to;
} Overlap;

static guint
count_same (const WhisperToken *left, const WhisperToken *right, guint n)
{
  guint same = 0;

  for (guint i = 0; i < n; i++)
    same += left[i].id == right[i].id;
  return same;
}

/* Where most of the tokens that are laid over each other are the same; none where at most one is. */
static gboolean
find_overlap (const Transcript *self, const WhisperToken *left, guint n_left, const GArray *right, Overlap *best, GError **error)
{
  const WhisperToken *tokens = (const WhisperToken *) (gconstpointer) right->data;
  double most = 0;

  *best = (Overlap){ n_left, n_left, 0, 0 };
  for (guint i = 1; i < n_left + right->len; i++)
    {
      Overlap at = { n_left > i ? n_left - i : 0, MIN (n_left, n_left + right->len - i), i > n_left ? i - n_left : 0, MIN (right->len, i) };
      guint same = count_same (left + at.left_from, tokens + at.right_from, at.left_to - at.left_from);
      double much = same / (double) i + i / 10000.0;
      if (same > 1 && much > most)
        {
          most = much;
          *best = at;
        }
      if (i % 64 == 0 && g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/* The tokens of all pieces as one row: up to the middle of what two share the left one's, then the right one's. */
static GArray *
join_pieces (const Transcript *self, GError **error)
{
  g_autoptr(GArray) all = tokens_new ();
  const GArray *left = g_ptr_array_index (self->before, 0);
  guint from = 0;

  for (guint i = 1; i < self->before->len; i++)
    {
      const GArray *right = g_ptr_array_index (self->before, i);
      const WhisperToken *tokens = (const WhisperToken *) (gconstpointer) left->data + from;
      Overlap overlap;
      if (!find_overlap (self, tokens, left->len - from, right, &overlap, error))
        return NULL;
      g_array_append_vals (all, tokens, (overlap.left_from + overlap.left_to) / 2);
      from = (overlap.right_from + overlap.right_to) / 2;
      left = right;
    }
  g_array_append_vals (all, (const WhisperToken *) (gconstpointer) left->data + from, left->len - from);
  return g_steal_pointer (&all);
}

static GString *
decode_tokens (const Transcript *self, const GArray *tokens, GError **error)
{
  AutoDecodeCall call = auto_decode_options_get_call (NULL);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < tokens->len; i++)
    g_array_append_val (ids, g_array_index (tokens, WhisperToken, i).id);
  return auto_pretrained_decode_call (self->tokenizer, (gint64 *) (gpointer) ids->data, ids->len, &call, NULL, error);
}

/* Ends the chunk with the tokens so far, and begins another. */
static gboolean
end_chunk (Transcript *self, gboolean has_end, double end, GError **error)
{
  gboolean words = self->call->return_timestamps == AUTO_TIMESTAMPS_WORD;
  g_autoptr(GArray) tokens = join_pieces (self, error);
  GString *text = tokens ? decode_tokens (self, tokens, error) : NULL;

  if (!text)
    return FALSE;
  g_string_append_len (self->text, text->str, text->len);
  JsonObject *chunk = json_object_new ();
  json_object_set_string_member (chunk, "text", text->str);
  g_string_free (text, TRUE);
  if (self->call->return_timestamps)
    json_object_set_array_member (chunk, "timestamp", whisper_times (self->has_start, self->start, has_end, end));
  if (self->call->return_language && self->chunk_language)
    json_object_set_string_member (chunk, "language", self->chunk_language);
  else if (self->call->return_language)
    json_object_set_null_member (chunk, "language");
  json_array_add_object_element (self->chunks, chunk);
  if (words && !whisper_add_words (self->tokenizer, tokens, self->language, self->words, error))
    return FALSE;
  forget_tokens (self);
  start_chunk (self);
  return TRUE;
}

/* What the model made of the piece so far goes to what was before. */
static void
keep_tokens (Transcript *self)
{
  g_ptr_array_add (self->before, self->now);
  self->now = tokens_new ();
}

/* A special token, which may be the mark of a language. */
static gboolean
take_special (Transcript *self, gint64 id, GError **error)
{
  AutoDecodeCall call = auto_decode_options_get_call (NULL);
  GString *text = auto_pretrained_decode_call (self->tokenizer, &id, 1, &call, NULL, error);
  glong length = text ? g_utf8_strlen (text->str, -1) : 0;
  g_autofree char *code = length > 4 ? g_utf8_substring (text->str, 2, length - 2) : NULL;
  const char *language = code ? whisper_language_name (code) : NULL;

  if (!text)
    return FALSE;
  g_string_free (text, TRUE);
  if (!language)
    return TRUE;
  if (self->language && !g_str_equal (language, self->language) && !self->call->return_timestamps)
    {
      keep_tokens (self);
      if (!end_chunk (self, FALSE, 0, error))
        return FALSE;
    }
  self->chunk_language = self->language = language;
  return TRUE;
}

/* The first mark of time in what the piece shares with the one behind it, or in front of that; -1: there is none. */
static gint64
find_last_mark (const Transcript *self, const Output *output)
{
  gint64 last = -1;

  for (guint i = output->right != 0 ? output->ids->len : 0; i-- > 0;)
    {
      gint64 id = g_array_index (output->ids, gint64, i);
      if (id < self->first_mark)
        continue;
      if (last >= 0 && (double) (id - self->first_mark) * self->call->time_precision < output->length - output->right)
        break;
      last = id;
    }
  return last;
}

/* A mark of time, which begins or ends a chunk. */
static gboolean
take_mark (Transcript *self, gint64 id, GError **error)
{
  double time = round_time ((double) (id - self->first_mark) * self->call->time_precision + self->offset);

  if (!self->has_start)
    {
      self->has_start = TRUE;
      self->start = time;
      return TRUE;
    }
  if (time == self->start) /* the model says twice that it begins */
    return TRUE;
  keep_tokens (self);
  return end_chunk (self, TRUE, time, error);
}

static void
take_token (Transcript *self, const Output *output, guint i)
{
  WhisperToken token = { .id = g_array_index (output->ids, gint64, i) };

  if (output->times)
    {
      token.start = round_time (g_array_index (output->times, double, i) + self->offset);
      token.has_end = i + 1 < output->times->len;
      token.end = token.has_end ? round_time (g_array_index (output->times, double, i + 1) + self->offset) : 0;
    }
  g_array_append_val (self->now, token);
}

static gboolean
is_special (const Transcript *self, gint64 id)
{
  for (guint i = 0; i < self->specials->len; i++)
    if (g_array_index (self->specials, gint64, i) == id)
      return TRUE;
  return FALSE;
}

static gboolean
take_ids (Transcript *self, const Output *output, GError **error)
{
  gint64 last = output->has_stride ? find_last_mark (self, output) : -1;
  double first = output->has_stride && output->left != 0 ? output->left / self->call->time_precision + self->first_mark : self->first_mark;
  gboolean good = TRUE;

  for (guint i = 0; i < output->ids->len && good; i++)
    {
      gint64 id = g_array_index (output->ids, gint64, i);
      if (is_special (self, id))
        good = take_special (self, id, error);
      else if (id < self->first_mark)
        take_token (self, output, i);
      else if (last > 0 && id >= last)
        self->skip = TRUE;
      else if (self->skip || (self->before->len && (double) id < first))
        self->skip = FALSE;
      else
        good = take_mark (self, id, error);
    }
  return good;
}

static gboolean
take_output (Transcript *self, const Output *output, GError **error)
{
  gboolean any = FALSE;

  if (output->has_stride)
    self->offset -= output->left;
  if (!take_ids (self, output, error))
    return FALSE;
  if (output->has_stride)
    self->offset += output->length - output->right;
  for (guint i = 0; i < self->before->len; i++)
    any |= ((GArray *) g_ptr_array_index (self->before, i))->len > 0;
  if (self->now->len)
    keep_tokens (self);
  else if (!any)
    {
      forget_tokens (self);
      start_chunk (self);
    }
  return TRUE;
}

static gboolean
fail (guint index, const char *reason, GError **error)
{
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "output %u: %s", index, reason);
  return FALSE;
}

/* A list of numbers, or a batch of one. */
static JsonArray *
get_row (JsonObject *object, const char *key)
{
  JsonArray *array = auto_json_array (object, key);
  JsonNode *inner = array && json_array_get_length (array) == 1 ? json_array_get_element (array, 0) : NULL;

  return inner && JSON_NODE_HOLDS_ARRAY (inner) ? json_node_get_array (inner) : array;
}

static gboolean
read_numbers (JsonArray *array, gboolean whole, GArray *numbers)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      if (whole ? !auto_json_is_int (node) : !auto_json_is_number (node))
        return FALSE;
      if (whole)
        g_array_append_val (numbers, ((gint64[]){ json_node_get_int (node) }));
      else
        g_array_append_val (numbers, ((double[]){ json_node_get_double (node) }));
    }
  return TRUE;
}

static gboolean
read_output (const AutoDecodeCall *call, JsonArray *outputs, guint index, Output *output, GError **error)
{
  JsonNode *node = json_array_get_element (outputs, index);
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonArray *tokens = object ? get_row (object, "tokens") : NULL, *stride = object ? auto_json_array (object, "stride") : NULL;
  JsonArray *times = object && call->return_timestamps == AUTO_TIMESTAMPS_WORD ? get_row (object, "token_timestamps") : NULL;
  g_autoptr(GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double));

  output->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  output->times = times ? g_array_new (FALSE, FALSE, sizeof (double)) : NULL;
  if (!tokens || !read_numbers (tokens, TRUE, output->ids))
    return fail (index, "needs tokens, a list of ids", error);
  if (call->return_timestamps == AUTO_TIMESTAMPS_WORD
      && (!times || !read_numbers (times, FALSE, output->times) || output->times->len < output->ids->len))
    return fail (index, "the times of words need token_timestamps, as many as there are tokens", error);
  if (stride && (!read_numbers (stride, FALSE, numbers) || numbers->len != 3))
    return fail (index, "stride must be three numbers: the seconds of the piece, and of what it shares with those before and behind it",
                 error);
  output->has_stride = stride != NULL;
  if (stride)
    {
      output->length = g_array_index (numbers, double, 0);
      output->left = g_array_index (numbers, double, 1);
      output->right = g_array_index (numbers, double, 2);
    }
  return TRUE;
}

static gboolean
take_outputs (Transcript *self, JsonArray *outputs, GError **error)
{
  gboolean good = TRUE;

  for (guint i = 0; i < json_array_get_length (outputs) && good; i++)
    {
      Output output = { 0 };
      good = !g_cancellable_set_error_if_cancelled (self->cancellable, error) && read_output (self->call, outputs, i, &output, error)
             && take_output (self, &output, error);
      g_clear_pointer (&output.ids, g_array_unref);
      g_clear_pointer (&output.times, g_array_unref);
    }
  return good && (!self->before->len || end_chunk (self, FALSE, 0, error));
}

JsonNode *
whisper_decode_asr (AutoTokenizer *self, JsonArray *outputs, const AutoDecodeCall *call, GCancellable *cancellable, GError **error)
{
  g_autoptr(GArray) specials = auto_pretrained_list_special_ids (self);
  g_autoptr(GPtrArray) before = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autoptr(JsonArray) chunks = json_array_new (), words = json_array_new ();
  g_autoptr(GString) text = g_string_new (NULL);
  gint64 first_mark = auto_tokenizer_convert_token_to_id (self, "<|notimestamps|>") + 1;
  Transcript transcript = { self, call, cancellable, specials, first_mark, chunks, words, text, .before = before, .now = tokens_new () };
  gboolean good = take_outputs (&transcript, outputs, error);

  g_array_unref (transcript.now);
  if (!good)
    return NULL;
  JsonObject *answer = json_object_new ();
  json_object_set_string_member (answer, "text", text->str);
  if (call->return_timestamps || call->return_language)
    json_object_set_array_member (answer, "chunks", json_array_ref (call->return_timestamps == AUTO_TIMESTAMPS_WORD ? words : chunks));
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, answer);
  return node;
}
