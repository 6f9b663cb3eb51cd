/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* transformers: pipelines/question_answering.py */
#include <math.h>
#include <string.h>

#include "auto-task-pipeline-private.h"

#define MASKED -10000.0

/* The best span of one window of the context. */
typedef struct
{
  double score;
  gint64 start, end; /* code points of the context */
} Answer;

static AutoEncoding *
encode_windows (AutoTaskPipeline *self, const char *question, const char *context, GError **error)
{
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  gint64 longest = 384, stride;

  g_object_get (auto_task_pipeline_get_tokenizer (self), "model-max-length", &longest, NULL);
  longest = auto_task_pipeline_get_int (self, "max_seq_len", longest > 0 ? MIN (longest, 384) : 384);
  stride = auto_task_pipeline_get_int (self, "doc_stride", MIN (longest / 2, 128));
  g_object_set (options, "truncation", AUTO_TRUNCATION_ONLY_SECOND, "max-length", longest, "stride", stride, "return-overflowing-tokens", TRUE,
                "padding", AUTO_PADDING_LONGEST, NULL);
  return auto_tokenizer_encode_pair (auto_task_pipeline_get_tokenizer (self), question, context, options, error);
}

/* Probabilities of the places that may be answers: tokens of the context, and the first token, which stands for no answer. */
static void
window_probabilities (const float *logits, const gint64 *sequences, const gint64 *mask, gsize n, double *probabilities)
{
  for (gsize i = 0; i < n; i++)
    {
      gboolean may = (sequences[i] == 1 && mask[i]) || i == 0;
      probabilities[i] = may ? logits[i] : MASKED;
    }
  auto_softmax_in_place (probabilities, n);
}

/* The span's characters, whole words: from where the first token's word begins to where the last one's ends. */
static void
span_characters (AutoEncoding *encoding, guint row, gsize first, gsize last, Answer *answer)
{
  gsize n;
  const gint64 *offsets = auto_encoding_get_offsets (encoding, row, &n, NULL), *words = auto_encoding_get_word_ids (encoding, row, &n, NULL);
  const gint64 *sequences = auto_encoding_get_sequence_ids (encoding, row, &n);

  if (!offsets)
    return;
  answer->start = offsets[2 * first];
  answer->end = offsets[2 * last + 1];
  for (gsize i = 0; words && i < n; i++)
    {
      if (sequences[i] == 1 && words[i] == words[first])
        answer->start = MIN (answer->start, offsets[2 * i]);
      if (sequences[i] == 1 && words[i] == words[last])
        answer->end = MAX (answer->end, offsets[2 * i + 1]);
    }
}

static void
best_of_window (AutoTaskPipeline *self, AutoEncoding *encoding, guint row, const float *starts, const float *ends, Answer *best, double *impossible)
{
  gsize n;
  const gint64 *sequences = auto_encoding_get_sequence_ids (encoding, row, &n), *mask = auto_encoding_get_attention_mask (encoding, row, &n);
  gsize longest = (gsize) CLAMP (auto_task_pipeline_get_int (self, "max_answer_len", 15), 1, (gint64) n), first = 0, last = 0;
  g_autofree double *start = g_new (double, n), *end = g_new (double, n);
  double score = -1;

  window_probabilities (starts, sequences, mask, n, start);
  window_probabilities (ends, sequences, mask, n, end);
  *impossible = MIN (*impossible, start[0] * end[0]);
  start[0] = end[0] = 0;
  for (gsize i = 0; i < n; i++)
    for (gsize j = i; j < MIN (i + longest, n); j++)
      if (sequences[i] == 1 && sequences[j] == 1 && start[i] * end[j] > score)
        {
          score = start[i] * end[j];
          first = i;
          last = j;
        }
  if (score <= best->score)
    return;
  best->score = score;
  span_characters (encoding, row, first, last, best);
}

static JsonNode *
to_json (const Answer *answer, const char *context)
{
  glong length = g_utf8_strlen (context, -1);
  g_autofree char *text = g_utf8_substring (context, MIN (answer->start, length), MIN (MAX (answer->end, answer->start), length));
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_add_double_value (json_builder_set_member_name (builder, "score"), answer->score);
  json_builder_add_int_value (json_builder_set_member_name (builder, "start"), answer->start);
  json_builder_add_int_value (json_builder_set_member_name (builder, "end"), answer->end);
  json_builder_add_string_value (json_builder_set_member_name (builder, "answer"), text);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

JsonNode *
auto_pipeline_run_question_answering (AutoTaskPipeline *self, const char *question, const char *context, GCancellable *cancellable, GError **error)
{
  if (!context || !*context || !*question)
    {
      g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "question-answering needs a question and a context that are not empty");
      return NULL;
    }
  g_autoptr(AutoEncoding) encoding = encode_windows (self, question, context, error);
  AutoInputs *inputs = encoding ? auto_encoding_get_inputs (encoding) : NULL;
  g_autoptr(AutoModelOutput) output = inputs ? auto_model_forward (auto_task_pipeline_get_model (self), inputs, cancellable, error) : NULL;
  g_autoptr(AutoTensor) starts = output ? auto_task_pipeline_output (self, output, "start_logits", error) : NULL;
  g_autoptr(AutoTensor) ends = starts ? auto_task_pipeline_output (self, output, "end_logits", error) : NULL;
  Answer best = { -1, 0, 0 };
  double impossible = 1;

  if (!ends)
    return NULL;
  gint64 length = auto_tensor_get_dim (starts, -1);
  for (guint row = 0; row < auto_encoding_get_n_rows (encoding); row++)
    best_of_window (self, encoding, row, auto_tensor_get_float (starts, NULL) + row * length, auto_tensor_get_float (ends, NULL) + row * length, &best,
                    &impossible);
  if (auto_task_pipeline_get_bool (self, "handle_impossible_answer", FALSE) && impossible > best.score)
    best = (Answer) { impossible, 0, 0 };
  return to_json (&best, context);
}
