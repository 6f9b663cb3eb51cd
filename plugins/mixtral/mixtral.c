/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mixtral (Jiang et al., arXiv:2401.04088); transformers: models/mixtral/modeling_mixtral.py */
#include "sdk/auto-sdk.h"

typedef struct _MixtralConfig
{
  AutoPretrainedConfig parent;
  AUTO_GATED_DECODER_MEMBERS
  int sliding_window, num_experts_per_tok, num_local_experts;
  gboolean output_router_logits;
} MixtralConfig;

AUTO_DEFINE_CONFIG_WITH (MixtralConfig, mixtral_config, "mixtral", (.loaded = auto_gated_decoder_loaded),
  AUTO_GATED_DECODER_FIELDS,
  AUTO_INT_NULL (sliding_window),
  AUTO_INT (num_experts_per_tok, 2, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_local_experts, 8, .min = 1, .max = G_MAXINT),
  AUTO_BOOL (output_router_logits, FALSE),
  AUTO_EXTRA ("router_aux_loss_coef", "0.001"),
  AUTO_DEFAULT ("max_position_embeddings", "131072"),
  AUTO_DEFAULT ("intermediate_size", "14336"),
  AUTO_DEFAULT ("num_key_value_heads", "8"),
  AUTO_DEFAULT ("rms_norm_eps", "1e-05"),
  AUTO_DEFAULT ("rope_theta", "1000000.0"),
  AUTO_DEFAULT ("bos_token_id", "1"),
  AUTO_DEFAULT ("eos_token_id", "2"))

/* The expert's answer for the tokens (n, 2: token, which of its choices) that chose it, added into @sum. */
static AutoTensor *
mixtral_expert (AutoContext *cx, const MixtralConfig *c, AutoTensor *x, AutoTensor *chosen, AutoTensor *weights, AutoTensor *sum)
{
  AutoTensor *tokens = auto_select (cx, chosen, 1, 0), *choices = auto_unsqueeze (cx, auto_select (cx, chosen, 1, 1), 1);
  AutoTensor *factors = auto_gather (cx, auto_index_select (cx, weights, 0, tokens), 1, choices);
  AutoTensor *y = auto_gated_feed_forward (cx, "w1", "w3", "w2", auto_index_select (cx, x, 0, tokens), c->intermediate_size, c->hidden_act, NULL);

  return auto_index_add (cx, sum, 0, tokens, auto_mul (cx, y, factors));
}

static AutoTensor *
mixtral_experts (AutoContext *cx, gconstpointer config, AutoTensor *x)
{
  const MixtralConfig *c = config;
  AUTO_SCOPE (cx, "block_sparse_moe");
  AutoTensor *flat = auto_flatten (cx, x, 0, 1), *ids;
  AutoTensor *logits = auto_linear_no_bias (cx, "gate", flat, c->num_local_experts);
  AutoTensor *weights = auto_topk (cx, auto_softmax (cx, logits, -1), c->num_experts_per_tok, -1, &ids);
  AutoTensor *sum = auto_full_like (cx, flat, 0);

  if (c->output_router_logits)
    auto_context_collect (cx, "router_logits", logits);
  weights = auto_div (cx, weights, auto_sum (cx, weights, -1, TRUE));
  for (int e = 0; e < c->num_local_experts; e++)
    {
      AUTO_LAYER (cx, &sum, "experts.%d", e);
      AutoTensor *chosen = auto_nonzero (cx, auto_eq_scalar (cx, ids, e));
      if (auto_dim (chosen, 0) > 0)
        sum = mixtral_expert (cx, c, flat, chosen, weights, sum);
    }
  return auto_reshape (cx, sum, AUTO_DIMS (auto_dim (x, 0), auto_dim (x, 1), auto_dim (x, 2)));
}

static AutoTensor *
mixtral_base (AutoContext *cx, const MixtralConfig *c, AutoInputs *in)
{
  return auto_gated_decoder (cx, in, &(AutoGatedDecoder) {
    AUTO_GATED_DECODER_SPEC (c), .window = c->sliding_window,
    .feed_forward = mixtral_experts, .config = c });
}

/* How unevenly the tokens of all layers were shared out (Fedus et al., arXiv:2101.03961, equations 4 to 6). */
static AutoTensor *
mixtral_balance (AutoContext *cx, const MixtralConfig *c)
{
  g_autoptr(GPtrArray) all = g_ptr_array_new ();
  AutoTensor *logits, *ids;

  while ((logits = auto_context_get_collected (cx, "router_logits", all->len)))
    g_ptr_array_add (all, logits);
  AutoTensor *weights = auto_softmax (cx, auto_concat (cx, (AutoTensor **) all->pdata, all->len, 0), -1);
  auto_topk (cx, weights, c->num_experts_per_tok, -1, &ids);
  AutoTensor *share = auto_mean (cx, auto_cast (cx, auto_one_hot (cx, ids, c->num_local_experts), AUTO_DTYPE_F32), 0, FALSE);
  AutoTensor *loss = auto_mul (cx, share, auto_mean (cx, weights, 0, TRUE));
  return auto_scale (cx, auto_sum (cx, auto_sum (cx, loss, 0, FALSE), 0, FALSE), c->num_local_experts);
}

static void
mixtral_lm_forward (AutoContext *cx, const MixtralConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x;

  {
    AUTO_SCOPE (cx, "model");
    x = mixtral_base (cx, c, in);
  }
  auto_head_compute (cx, AUTO_CONFIG ((gpointer) c), "model", &auto_head_decoder_lm, x, in, out);
  if (c->output_router_logits && c->num_hidden_layers)
    auto_model_output_set (out, "aux_loss", mixtral_balance (cx, c));
}

AUTO_DEFINE_BASE (MixtralModel, mixtral_model, mixtral_base)
AUTO_DEFINE_MODEL (MixtralForCausalLM, mixtral_for_causal_lm, mixtral_lm_forward)
AUTO_DEFINE_HEAD (MixtralForSequenceClassification, mixtral_for_sequence_classification, &auto_head_decoder_sequence, mixtral_base)

static const AutoTokenizerSpec mixtral_tokenizer = { AUTO_LLAMA_TOKENIZER ("LlamaTokenizer") };

AUTO_PLUGIN (mixtral, "Mixtral",
  AUTO_ARCHITECTURE ("mixtral", mixtral_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", mixtral_model),
  AUTO_TASK ("AutoModelForCausalLM", mixtral_for_causal_lm),
  AUTO_TASK ("AutoModelForSequenceClassification", mixtral_for_sequence_classification),
  AUTO_TOKENIZER ("LlamaTokenizer", "LlamaTokenizerFast", &mixtral_tokenizer));
