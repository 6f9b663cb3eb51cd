/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* transformers: pipelines/text_classification.py, token_classification.py, feature_extraction.py */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "auto-task-pipeline-private.h"

typedef struct
{
  gint64 id;
  double score;
} Score;

static int
compare_scores (gconstpointer a, gconstpointer b)
{
  const Score *x = a, *y = b;

  return x->score > y->score ? -1 : x->score < y->score ? 1 : (x->id < y->id ? -1 : 1);
}

/* What the scores become: as the call says, else as the configuration's problem_type, else by their number. */
static const char *
choose_function (AutoTaskPipeline *self, AutoConfig *config, gint64 n)
{
  const char *function = auto_task_pipeline_get_string (self, "function_to_apply"), *problem = auto_config_get_string (config, "problem_type");

  if (function)
    return function;
  if (g_strcmp0 (problem, "multi_label_classification") == 0 || n == 1)
    return "sigmoid";
  return g_strcmp0 (problem, "single_label_classification") == 0 || n > 1 ? "softmax" : "none";
}

static gboolean
apply_function (const char *function, double *values, gint64 n, GError **error)
{
  if (g_str_equal (function, "softmax"))
    auto_softmax_in_place (values, n);
  else if (g_str_equal (function, "sigmoid"))
    for (gint64 i = 0; i < n; i++)
      values[i] = 1 / (1 + exp (-values[i]));
  else if (!g_str_equal (function, "none"))
    {
      g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "function_to_apply is softmax, sigmoid or none, not %s", function);
      return FALSE;
    }
  return TRUE;
}

JsonNode *
auto_pipeline_run_text_classification (AutoTaskPipeline *self, const char *text, const char *pair, GCancellable *cancellable, GError **error)
{
  AutoConfig *config = auto_model_get_config (auto_task_pipeline_get_model (self));
  g_autoptr(AutoModelOutput) output = auto_task_pipeline_forward (self, text, pair, NULL, cancellable, error);
  g_autoptr(AutoTensor) logits = output ? auto_task_pipeline_output (self, output, "logits", error) : NULL;

  if (!logits)
    return NULL;
  gint64 n = auto_tensor_get_dim (logits, -1), top = auto_task_pipeline_get_int (self, "top_k", 1);
  g_autofree double *values = g_new (double, n);
  g_autofree Score *scores = g_new (Score, n);
  for (gint64 i = 0; i < n; i++)
    values[i] = auto_tensor_get_float (logits, NULL)[i];
  if (!apply_function (choose_function (self, config, n), values, n, error))
    return NULL;
  for (gint64 i = 0; i < n; i++)
    scores[i] = (Score) { i, values[i] };
  qsort (scores, n, sizeof *scores, compare_scores);

  g_autoptr(JsonBuilder) builder = json_builder_new ();
  json_builder_begin_array (builder);
  for (gint64 i = 0; i < (top <= 0 ? n : MIN (top, n)); i++)
    {
      g_autofree char *label = auto_config_get_label (config, scores[i].id);
      json_builder_begin_object (builder);
      json_builder_add_string_value (json_builder_set_member_name (builder, "label"), label);
      json_builder_add_double_value (json_builder_set_member_name (builder, "score"), scores[i].score);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return json_builder_get_root (builder);
}

/* One token's best label; those labelled O are left out, and special tokens. */
static void
add_entity (JsonBuilder *builder, AutoConfig *config, const double *scores, gint64 n, gint64 index, const char *token, const gint64 *offsets)
{
  gint64 best = 0;

  for (gint64 i = 1; i < n; i++)
    if (scores[i] > scores[best])
      best = i;
  g_autofree char *label = auto_config_get_label (config, best);
  if (g_strcmp0 (label, "O") == 0)
    return;
  json_builder_begin_object (builder);
  json_builder_add_string_value (json_builder_set_member_name (builder, "entity"), label);
  json_builder_add_double_value (json_builder_set_member_name (builder, "score"), scores[best]);
  json_builder_add_int_value (json_builder_set_member_name (builder, "index"), index);
  json_builder_add_string_value (json_builder_set_member_name (builder, "word"), token);
  if (offsets)
    {
      json_builder_add_int_value (json_builder_set_member_name (builder, "start"), offsets[2 * index]);
      json_builder_add_int_value (json_builder_set_member_name (builder, "end"), offsets[2 * index + 1]);
    }
  json_builder_end_object (builder);
}

JsonNode *
auto_pipeline_run_token_classification (AutoTaskPipeline *self, const char *text, const char *pair, GCancellable *cancellable, GError **error)
{
  AutoConfig *config = auto_model_get_config (auto_task_pipeline_get_model (self));
  g_autoptr(AutoEncoding) encoding = NULL;
  g_autoptr(AutoModelOutput) output = auto_task_pipeline_forward (self, text, pair, &encoding, cancellable, error);
  g_autoptr(AutoTensor) logits = output ? auto_task_pipeline_output (self, output, "logits", error) : NULL;
  g_auto(GStrv) tokens = logits ? auto_encoding_get_tokens (encoding, 0, error) : NULL;
  gsize n_special;

  if (!tokens)
    return NULL;
  const gint64 *special = auto_encoding_get_special_tokens_mask (encoding, 0, &n_special), *offsets = auto_encoding_get_offsets (encoding, 0, NULL, NULL);
  gint64 n = auto_tensor_get_dim (logits, -1), length = MIN (auto_tensor_get_dim (logits, -2), (gint64) n_special);
  g_autofree double *scores = g_new (double, n);
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  json_builder_begin_array (builder);
  for (gint64 s = 0; s < length; s++)
    {
      if (special[s])
        continue;
      for (gint64 i = 0; i < n; i++)
        scores[i] = auto_tensor_get_float (logits, NULL)[s * n + i];
      auto_softmax_in_place (scores, n);
      add_entity (builder, config, scores, n, s, tokens[s], offsets);
    }
  json_builder_end_array (builder);
  return json_builder_get_root (builder);
}

JsonNode *
auto_pipeline_run_feature_extraction (AutoTaskPipeline *self, const char *text, const char *pair, GCancellable *cancellable, GError **error)
{
  g_autoptr(AutoModelOutput) output = auto_task_pipeline_forward (self, text, pair, NULL, cancellable, error);
  g_autoptr(AutoTensor) states = output ? auto_task_pipeline_output (self, output, "last_hidden_state", error) : NULL;

  if (!states)
    return NULL;
  gint64 width = auto_tensor_get_dim (states, -1), length = auto_tensor_get_dim (states, -2);
  const float *values = auto_tensor_get_float (states, NULL);
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  json_builder_begin_array (builder);
  json_builder_begin_array (builder);
  for (gint64 s = 0; s < length; s++)
    {
      json_builder_begin_array (builder);
      for (gint64 i = 0; i < width; i++)
        json_builder_add_double_value (builder, values[s * width + i]);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_array (builder);
  return json_builder_get_root (builder);
}
