/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Llama (Touvron et al., arXiv:2302.13971); transformers: models/llama/modeling_llama.py */
#include "sdk/auto-sdk.h"

typedef struct _LlamaConfig
{
  AutoPretrainedConfig parent;
  AUTO_GATED_DECODER_MEMBERS
  JsonNode *rope_scaling;
  gboolean attention_bias;
  int pretraining_tp;
} LlamaConfig;

static gboolean
llama_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  return auto_gated_decoder_loaded (config, error) && auto_rope_check (config, error);
}

AUTO_DEFINE_CONFIG_WITH (LlamaConfig, llama_config, "llama", (.loaded = llama_config_loaded),
  AUTO_GATED_DECODER_FIELDS,
  AUTO_INT (pretraining_tp, 1),
  AUTO_OBJECT (rope_scaling, "null"),
  AUTO_BOOL (attention_bias, FALSE),
  AUTO_DEFAULT ("bos_token_id", "1"),
  AUTO_DEFAULT ("eos_token_id", "2"))

static AutoTensor *
llama_base (AutoContext *cx, const LlamaConfig *c, AutoInputs *in)
{
  return auto_gated_decoder (cx, in, &(AutoGatedDecoder) {
    AUTO_GATED_DECODER_SPEC (c), .rope_scaling = c->rope_scaling,
    .qkv_bias = c->attention_bias, .out_bias = c->attention_bias, .slices = c->pretraining_tp });
}

/* What is left over when the vocabulary is cut in equal slices has no logits. */
static void
llama_lm_forward (AutoContext *cx, const LlamaConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x;

  {
    AUTO_SCOPE (cx, "model");
    x = llama_base (cx, c, in);
  }
  auto_head_compute (cx, AUTO_CONFIG ((gpointer) c), "model", &auto_head_decoder_lm, x, in, out);
  AutoTensor *logits = auto_model_output_get (out, "logits");
  if (logits && c->pretraining_tp > 1)
    auto_model_output_set (out, "logits", auto_narrow (cx, logits, -1, 0, c->vocab_size / c->pretraining_tp * c->pretraining_tp));
}

AUTO_DEFINE_BASE (LlamaModel, llama_model, llama_base)
AUTO_DEFINE_MODEL (LlamaForCausalLM, llama_for_causal_lm, llama_lm_forward)
AUTO_DEFINE_HEAD (LlamaForSequenceClassification, llama_for_sequence_classification, &auto_head_decoder_sequence, llama_base)

static const AutoTokenizerSpec llama_tokenizer = { AUTO_LLAMA_TOKENIZER ("LlamaTokenizer") };

/* The marks of a gap that the model is to fill. */
static char **
code_llama_marks (const AutoTokenizerSpec *self, JsonObject *settings)
{
  static const char *const names[] = { "prefix_token", "middle_token", "suffix_token", "eot_token" };
  g_autoptr(GStrvBuilder) marks = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      JsonNode *node = json_object_get_member (settings, names[i]);
      if (node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        g_strv_builder_add (marks, json_node_get_string (node));
    }
  return g_strv_builder_end (marks);
}

static const AutoTokenizerSpec code_llama_tokenizer = {
  AUTO_LLAMA_PARTS ("CodeLlamaTokenizer"), .unnamed = "LlamaTokenizer", .more_tokens = code_llama_marks,
  .defaults = "{" AUTO_LLAMA_DEFAULTS ", \"prefix_token\": \"▁<PRE>\", \"middle_token\": \"▁<MID>\", \"suffix_token\": \"▁<SUF>\","
              " \"eot_token\": \"▁<EOT>\", \"fill_token\": \"<FILL_ME>\"}",
  .gap_token = "fill_token", .gap = "${prefix_token}:0 $A:0 ${suffix_token}:0 $B:0 ${middle_token}:0",
  .gap_normalizer = "{\"type\": \"Replace\", \"pattern\": {\"String\": \" \"}, \"content\": \"▁\"}",
  .slow = AUTO_SLOW_SENTENCEPIECE ((&(const AutoSlowPieces) { .mark = AUTO_MARK_CLASS, .unmark = AUTO_UNMARK_ONE, .keep_ends = TRUE })) };

AUTO_PLUGIN (llama, "Llama",
  AUTO_ARCHITECTURE ("llama", llama_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", llama_model, .flax = TRUE),
  AUTO_TASK ("AutoModelForCausalLM", llama_for_causal_lm, .flax = TRUE),
  AUTO_TASK ("AutoModelForSequenceClassification", llama_for_sequence_classification),
  AUTO_TOKENIZER ("LlamaTokenizer", "LlamaTokenizerFast", &llama_tokenizer),
  AUTO_ARCHITECTURE ("code_llama", llama_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", llama_model),
  AUTO_TASK ("AutoModelForCausalLM", llama_for_causal_lm),
  AUTO_TASK ("AutoModelForSequenceClassification", llama_for_sequence_classification),
  AUTO_TOKENIZER ("CodeLlamaTokenizer", "CodeLlamaTokenizerFast", &code_llama_tokenizer));
