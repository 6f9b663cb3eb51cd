/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-heads.h"

#include "auto-masks.h"
#include "auto-seq2seq.h"

const AutoHead auto_head_token_classification = { .kind = AUTO_HEAD_TOKENS, .out = "classifier" };
const AutoHead auto_head_question_answering = { .kind = AUTO_HEAD_ANSWERS, .out = "qa_outputs" };

/* The token before the first padding of each row, or the one that is as far from the start as there are tokens; the last one when
 * there is no padding. */
static AutoTensor *
last_tokens (AutoContext *cx, AutoConfig *config, AutoPooling pool, AutoTensor *states, AutoInputs *in)
{
  gint64 pad = auto_config_get_int (config, "pad_token_id", -1);
  AutoTensor *ids = auto_inputs_get (in, "input_ids");

  if (pad < 0 && auto_dim (states, 0) > 1)
    {
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s", "a batch of several rows needs a pad_token_id in the configuration");
      return NULL;
    }
  if (pad < 0 || !ids)
    return auto_select (cx, states, 1, -1);
  AutoTensor *end = pool == AUTO_POOL_COUNTED
                      ? auto_sum (cx, auto_cast (cx, auto_ne_scalar (cx, ids, (double) pad), AUTO_DTYPE_I64), -1, FALSE)
                      : auto_argmax (cx, auto_cast (cx, auto_eq_scalar (cx, ids, (double) pad), AUTO_DTYPE_I64), -1, FALSE);
  return auto_token_at (cx, states, auto_remainder_scalar (cx, auto_add_scalar (cx, end, -1), (double) auto_dim (states, 1)));
}

static AutoTensor *
summarised_token (AutoContext *cx, const char *type, AutoTensor *states, AutoInputs *in)
{
  AutoTensor *places = auto_inputs_get (in, "cls_index");

  if (g_strcmp0 (type, "first") == 0)
    return auto_select (cx, states, 1, 0);
  if (g_strcmp0 (type, "mean") == 0)
    return auto_mean (cx, states, 1, FALSE);
  if (g_strcmp0 (type, "last") && g_strcmp0 (type, "cls_index"))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "summary_type: must be first, last, mean or cls_index, not %s",
                       type ? type : "null");
  return g_strcmp0 (type, "cls_index") || !places ? auto_select (cx, states, 1, -1) : auto_token_at (cx, states, places);
}

AutoTensor *
auto_sequence_summary (AutoContext *cx, AutoConfig *config, AutoTensor *states, AutoInputs *in)
{
  const char *act = auto_config_get_string (config, "summary_activation");
  const char *type = auto_config_has (config, "summary_type") ? auto_config_get_string (config, "summary_type") : "last";
  AutoTensor *x = summarised_token (cx, type, states, in);
  AutoActivation activation = AUTO_ACTIVATION_NONE;

  if (act && *act && !auto_activation_from_name (act, &activation))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "summary_activation: there is no activation %s", act);
  if (!auto_config_get_bool (config, "summary_use_proj", FALSE))
    return auto_activation (cx, x, activation);
  gint64 labels = auto_config_get_bool (config, "summary_proj_to_labels", FALSE) ? auto_config_get_int (config, "num_labels", 2) : 0;
  return auto_linear_act (cx, "sequence_summary.summary", x, labels > 0 ? labels : auto_dim (x, -1), activation);
}

AutoTensor *
auto_pool_token (AutoContext *cx, AutoConfig *config, AutoPooling pool, AutoTensor *states, AutoInputs *in)
{
  if (pool == AUTO_POOL_SUMMARY)
    return auto_sequence_summary (cx, config, states, in);
  return pool == AUTO_POOL_FIRST ? auto_select (cx, states, 1, 0) : last_tokens (cx, config, pool, states, in);
}

static AutoTensor *
dense_layers (AutoContext *cx, AutoConfig *config, const AutoHead *head, AutoTensor *x)
{
  AutoActivation activation = head->activation;
  const char *key = head->act ? head->act : head->kind == AUTO_HEAD_LM && !activation ? "hidden_act" : NULL;
  const char *act = key ? auto_config_get_string (config, key) : NULL;
  gint64 width = auto_config_get_int (config, "hidden_size", 1);

  if (head->dense && act && !auto_activation_from_name (act, &activation))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s: there is no activation %s", key, act);
  if (head->dense)
    x = auto_linear_act (cx, head->dense, x, head->width ? auto_config_get_int (config, head->width, width) : width, activation);
  if (head->norm)
    x = auto_layer_norm (cx, head->norm, x, auto_config_get_double (config, "layer_norm_eps", 1e-12));
  return x;
}

static gint64
n_outputs (AutoConfig *config, const AutoHead *head)
{
  switch (head->kind)
    {
    case AUTO_HEAD_CHOICES: return 1;
    case AUTO_HEAD_ANSWERS: return 2;
    case AUTO_HEAD_LM: return auto_config_get_int (config, "vocab_size", 1);
    default: return auto_config_get_int (config, "num_labels", 2);
    }
}

static void
tie_last_layer (AutoContext *cx, AutoConfig *config, const char *prefix, const AutoHead *head)
{
  g_autofree char *weight = g_strconcat (head->out, ".weight", NULL);
  g_autofree char *bias = g_strconcat (head->out, ".bias", NULL);
  g_autofree char *source = g_strconcat (prefix && *prefix ? prefix : "", prefix && *prefix ? "." : "", head->tied, NULL);

  if (head->tied && auto_config_get_bool (config, "tie_word_embeddings", TRUE))
    auto_tie (cx, weight, source);
  if (head->bias)
    {
      auto_tie (cx, bias, head->bias);
      auto_zeros_parameter (cx, head->bias, AUTO_DIMS (n_outputs (config, head)));
    }
}

void
auto_head_compute (AutoContext *cx, AutoConfig *config, const char *prefix, const AutoHead *head, AutoTensor *states, AutoInputs *in,
                   AutoModelOutput *out)
{
  gboolean pooled = head->kind == AUTO_HEAD_SEQUENCE || head->kind == AUTO_HEAD_CHOICES;
  AutoTensor *x = states;

  if (head->kind == AUTO_HEAD_LM)
    x = auto_last_position (cx, x);
  if (pooled)
    x = auto_pool_token (cx, config, head->pool, x, in);
  if (head->pooler)
    {
      AUTO_SCOPE (cx, "%s", prefix ? prefix : "");
      x = auto_linear_act (cx, head->pooler, x, auto_dim (x, -1), AUTO_ACTIVATION_TANH);
    }
  x = dense_layers (cx, config, head, x);
  if (auto_context_is_declaring (cx))
    tie_last_layer (cx, config, prefix, head);
  x = auto_linear_full (cx, head->out, x, n_outputs (config, head), &(AutoLinear) { .no_bias = head->no_bias, .activation = AUTO_ACTIVATION_LINEAR });
  if (head->kind == AUTO_HEAD_ANSWERS)
    {
      auto_model_output_set (out, "start_logits", auto_contiguous (cx, auto_select (cx, x, -1, 0)));
      auto_model_output_set (out, "end_logits", auto_contiguous (cx, auto_select (cx, x, -1, 1)));
      return;
    }
  if (head->kind == AUTO_HEAD_CHOICES)
    x = auto_reshape (cx, x, AUTO_DIMS (-1, auto_dim (auto_inputs_get (in, "choices"), 0)));
  auto_model_output_set (out, head->logits ? head->logits : "logits", x);
}

/* Inputs of shape (batch, choices, …) as (batch · choices, …); how many choices there are is kept under "choices". */
static AutoInputs *
flatten_choices (AutoContext *cx, AutoInputs *in)
{
  AutoInputs *flat = auto_inputs_derive (in);
  g_auto(GStrv) names = auto_inputs_list (in);
  AutoTensor *lead = auto_inputs_get (in, "input_ids");

  lead = lead ? lead : auto_inputs_get (in, "inputs_embeds");
  if (!lead || auto_tensor_get_n_dims (lead) < 3)
    {
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s", "input_ids: needs the shape (batch, choices, length)");
      return flat;
    }
  for (char **name = names; *name; name++)
    {
      AutoTensor *x = auto_inputs_peek (in, *name);
      if (auto_tensor_get_n_dims (x) >= 3)
        auto_inputs_set (flat, *name, auto_flatten (cx, x, 0, 1));
    }
  auto_inputs_set (flat, "choices", auto_full (cx, AUTO_DIMS (auto_dim (lead, 1)), 0, AUTO_DTYPE_I64));
  return flat;
}

void
auto_head_forward (AutoContext *cx, AutoConfig *config, const char *prefix, const AutoModelSpec *spec, AutoInputs *in, AutoModelOutput *out)
{
  gboolean choices = spec->head->choices || spec->head->kind == AUTO_HEAD_CHOICES;
  g_autoptr(AutoInputs) inputs = choices ? flatten_choices (cx, in) : g_object_ref (in);
  AutoTensor *states;

  {
    AUTO_SCOPE (cx, "%s", prefix ? prefix : "");
    states = spec->base (cx, config, inputs);
  }
  if (auto_encoder_only (inputs))
    auto_model_output_set (out, "encoder_last_hidden_state", states);
  else
    auto_head_compute (cx, config, prefix, spec->head, states, inputs, out);
}

AutoTensor *
auto_mlp (AutoContext *cx, const char *name, AutoTensor *x, int n, gint64 n_out)
{
  AUTO_SCOPE (cx, "%s", name);
  gint64 width = auto_dim (x, -1);

  for (int i = 0; i < n; i++)
    {
      g_autofree char *layer = g_strdup_printf ("layers.%d", i);
      x = auto_linear_act (cx, layer, x, i + 1 < n ? width : n_out, i + 1 < n ? AUTO_ACTIVATION_RELU : AUTO_ACTIVATION_NONE);
    }
  return x;
}
