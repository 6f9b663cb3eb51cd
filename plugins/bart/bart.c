/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BART (Lewis et al., arXiv:1910.13461), mBART (Liu et al., arXiv:2001.08210), Marian (Junczys-Dowmunt et al., arXiv:1804.00344);
 * transformers: models/bart/modeling_bart.py, models/mbart/modeling_mbart.py, models/marian/modeling_marian.py */
#include "mbart-tokenizers.h"

#define BART_MEMBERS                                                                                                           \
  AutoPretrainedConfig parent;                                                                                                 \
  int vocab_size, decoder_vocab_size, max_position_embeddings, d_model, num_hidden_layers;                                     \
  int encoder_layers, encoder_ffn_dim, encoder_attention_heads, decoder_layers, decoder_ffn_dim, decoder_attention_heads;      \
  AutoActivation activation_function;                                                                                          \
  gboolean scale_embedding, share_encoder_decoder_embeddings, sinusoids, pre_norm;

/* One layout: the code below takes any. */
struct _BartConfig { BART_MEMBERS };
struct _MBartConfig { BART_MEMBERS };
struct _MarianConfig { BART_MEMBERS };
typedef struct _BartConfig BartConfig;

static gboolean
bart_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  BartConfig *c = (BartConfig *) config;

  c->decoder_vocab_size = c->vocab_size;
  c->share_encoder_decoder_embeddings = TRUE;
  return auto_config_set_int (AUTO_CONFIG (config), "num_hidden_layers", c->encoder_layers, error);
}

static gboolean
mbart_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  ((BartConfig *) config)->pre_norm = TRUE;
  return bart_config_loaded (config, error);
}

static gboolean
marian_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  BartConfig *c = (BartConfig *) config;

  c->sinusoids = TRUE;
  return (!auto_config_is_null (AUTO_CONFIG (config), "decoder_vocab_size") ||
          auto_config_set_int (AUTO_CONFIG (config), "decoder_vocab_size", c->vocab_size, error)) &&
         auto_config_set_int (AUTO_CONFIG (config), "num_hidden_layers", c->encoder_layers, error);
}

#define BART_FIELDS                                                                                                            \
  AUTO_INT (max_position_embeddings, 1024, .min = 1, .max = G_MAXINT / 2),                                                     \
  AUTO_INT (d_model, 1024, .min = 1, .max = G_MAXINT),                                                                         \
  AUTO_INT (encoder_ffn_dim, 4096, .min = 1, .max = G_MAXINT),                                                                 \
  AUTO_INT (encoder_layers, 12, .min = 0, .max = G_MAXINT),                                                                    \
  AUTO_INT (encoder_attention_heads, 16, .min = 1, .max = G_MAXINT),                                                           \
  AUTO_INT (decoder_ffn_dim, 4096, .min = 1, .max = G_MAXINT),                                                                 \
  AUTO_INT (decoder_layers, 12, .min = 0, .max = G_MAXINT),                                                                    \
  AUTO_INT (decoder_attention_heads, 16, .min = 1, .max = G_MAXINT),                                                           \
  AUTO_EXTRA ("dropout", "0.1"), AUTO_EXTRA ("attention_dropout", "0.0"), AUTO_EXTRA ("activation_dropout", "0.0"),            \
  AUTO_ENUM (activation_function, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),                                                 \
  AUTO_EXTRA ("init_std", "0.02"), AUTO_EXTRA ("encoder_layerdrop", "0.0"), AUTO_EXTRA ("decoder_layerdrop", "0.0"),           \
  AUTO_EXTRA ("use_cache", "true"),                                                                                            \
  AUTO_INT (num_hidden_layers, 12, .derived = TRUE),                                                                           \
  AUTO_BOOL (scale_embedding, FALSE),                                                                                          \
  AUTO_DEFAULT ("is_encoder_decoder", "true"),                                                                                 \
  AUTO_ALIAS ("num_attention_heads", "encoder_attention_heads"),                                                               \
  AUTO_ALIAS ("hidden_size", "d_model")

AUTO_DEFINE_CONFIG_WITH (BartConfig, bart_config, "bart", (.loaded = bart_config_loaded),
  AUTO_INT (vocab_size, 50265, .min = 1, .max = G_MAXINT), BART_FIELDS,
  AUTO_EXTRA ("classifier_dropout", "0.0"),
  AUTO_DEFAULT ("num_labels", "3"), AUTO_DEFAULT ("bos_token_id", "0"), AUTO_DEFAULT ("pad_token_id", "1"), AUTO_DEFAULT ("eos_token_id", "2"),
  AUTO_DEFAULT ("decoder_start_token_id", "2"), AUTO_DEFAULT ("forced_eos_token_id", "2"))
AUTO_DEFINE_CONFIG_WITH (MBartConfig, mbart_config, "mbart", (.loaded = mbart_config_loaded),
  AUTO_INT (vocab_size, 50265, .min = 1, .max = G_MAXINT), BART_FIELDS,
  AUTO_EXTRA ("classifier_dropout", "0.0"),
  AUTO_DEFAULT ("bos_token_id", "0"), AUTO_DEFAULT ("pad_token_id", "1"), AUTO_DEFAULT ("eos_token_id", "2"), AUTO_DEFAULT ("forced_eos_token_id", "2"))
AUTO_DEFINE_CONFIG_WITH (MarianConfig, marian_config, "marian", (.loaded = marian_config_loaded),
  AUTO_INT (vocab_size, 58101, .min = 1, .max = G_MAXINT), BART_FIELDS,
  AUTO_INT (decoder_vocab_size, 58101, .null = TRUE, .min = 1, .max = G_MAXINT),
  AUTO_BOOL (share_encoder_decoder_embeddings, TRUE),
  AUTO_DEFAULT ("pad_token_id", "58100"), AUTO_DEFAULT ("eos_token_id", "0"), AUTO_DEFAULT ("decoder_start_token_id", "58100"),
  AUTO_DEFAULT ("forced_eos_token_id", "0"))

/* Positions joined to the embeddings of tokens, @ids saying whether they come from a table. */
static AutoTensor *
bart_embeddings (AutoContext *cx, const BartConfig *c, AutoTensor *x, AutoTensor *ids)
{
  gint64 past = auto_context_get_past (cx), length = auto_dim (x, 1), rows = c->max_position_embeddings;

  auto_check_length (cx, length, rows, "max_position_embeddings");
  if (ids && c->scale_embedding)
    x = auto_scale (cx, x, sqrt ((double) c->d_model));
  if (c->sinusoids)
    {
      auto_ignore_weight (cx, "embed_positions.weight");
      return auto_add (cx, x, auto_sinusoids (cx, past, length, c->d_model));
    }
  /* The table begins with two rows that nothing uses. */
  x = auto_add (cx, x, auto_embedding (cx, "embed_positions", auto_arange (cx, past + 2, past + 2 + length, 1), rows + 2, c->d_model));
  return auto_layer_norm (cx, "layernorm_embedding", x, 1e-5);
}

static AutoTensor *
bart_encoder (AutoContext *cx, const BartConfig *c, AutoInputs *in)
{
  const char *table = c->share_encoder_decoder_embeddings ? "shared" : "encoder.embed_tokens";
  AutoTensor *x = auto_input_embeddings (cx, in, table, c->vocab_size, c->d_model);

  if (c->share_encoder_decoder_embeddings)
    auto_second_name (cx, "encoder.embed_tokens.weight", "shared.weight", AUTO_DIMS (c->vocab_size, c->d_model));
  AUTO_SCOPE (cx, "encoder");
  return auto_transformer (cx, in, bart_embeddings (cx, c, x, auto_inputs_get (in, "input_ids")), &(AutoTransformer) {
    .layers = c->encoder_layers, .heads = c->encoder_attention_heads, .intermediate_size = c->encoder_ffn_dim, .activation = c->activation_function,
    .pre_norm = c->pre_norm, .mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), FALSE) });
}

/* @x: embedded tokens. @mask, @head_mask: names of inputs. */
static AutoTensor *
bart_decoder (AutoContext *cx, const BartConfig *c, AutoInputs *in, AutoTensor *x, AutoTensor *ids, const char *mask, const char *head_mask,
              AutoTensor *source, const char *source_mask)
{
  AUTO_SCOPE (cx, "decoder");

  return auto_transformer (cx, in, bart_embeddings (cx, c, x, ids), &(AutoTransformer) {
    .layers = c->decoder_layers, .heads = c->decoder_attention_heads, .intermediate_size = c->decoder_ffn_dim, .activation = c->activation_function,
    .pre_norm = c->pre_norm, .mask = auto_self_mask (cx, auto_inputs_get (in, mask), TRUE), .head_mask = head_mask, .source = source,
    .source_mask = auto_cross_mask (cx, auto_inputs_get (in, source_mask)) });
}

/* Inputs whose decoder is fed the encoder's ids, when the call says no others. mBART's texts end with their language, which begins them. */
static AutoInputs *
bart_shifted (AutoContext *cx, const BartConfig *c, AutoInputs *in)
{
  AutoInputs *own = auto_inputs_derive (in);
  AutoTensor *ids = auto_inputs_get (in, "input_ids");
  gint64 pad = c->parent.pad_token_id, start = c->parent.decoder_start_token_id;

  if (c->sinusoids || !ids || auto_inputs_get (in, "decoder_input_ids") || auto_inputs_get (in, "decoder_inputs_embeds"))
    return own;
  if (pad < 0 || (start < 0 && !c->pre_norm))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s", "pad_token_id and decoder_start_token_id are needed without decoder_input_ids");
  auto_inputs_set (own, "decoder_input_ids", c->pre_norm ? auto_shift_around (cx, ids, pad) : auto_shift_right (cx, ids, start, pad));
  return own;
}

static AutoTensor *
bart_base (AutoContext *cx, const BartConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  const char *table = c->share_encoder_decoder_embeddings ? "shared" : "decoder.embed_tokens";

  auto_context_set_collection (cx, "encoder_");
  AutoTensor *source = auto_encoder_states (cx, in, (AutoBase) bart_encoder, c);
  auto_model_output_set (out, "encoder_last_hidden_state", source);
  if (auto_encoder_only (in))
    return source;
  auto_context_set_collection (cx, "decoder_");
  g_autoptr(AutoInputs) own = bart_shifted (cx, c, in);
  AutoTensor *x = auto_decoder_input_embeddings (cx, own, table, c->vocab_size, c->d_model);
  if (c->share_encoder_decoder_embeddings)
    auto_second_name (cx, "decoder.embed_tokens.weight", "shared.weight", AUTO_DIMS (c->vocab_size, c->d_model));
  return bart_decoder (cx, c, own, x, auto_inputs_get (own, "decoder_input_ids"), "decoder_attention_mask", "decoder_head_mask", source, "attention_mask");
}

static AutoTensor *
bart_below_head (AutoContext *cx, const BartConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AUTO_SCOPE (cx, "model");
  return bart_base (cx, c, in, out);
}

static void
bart_model_forward (AutoContext *cx, const BartConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = bart_base (cx, c, in, out);

  if (!auto_encoder_only (in))
    auto_model_output_set (out, "last_hidden_state", x);
}

static AutoTensor *
bart_logits (AutoContext *cx, const BartConfig *c, AutoTensor *x, const char *table, gint64 n_rows)
{
  if (auto_context_is_declaring (cx) && c->parent.tie_word_embeddings)
    auto_tie (cx, "lm_head.weight", table);
  return auto_linear_no_bias (cx, "lm_head", auto_last_position (cx, x), n_rows);
}

static void
bart_lm_forward (AutoContext *cx, const BartConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  gboolean shared = c->share_encoder_decoder_embeddings;
  gint64 rows = shared ? c->vocab_size : c->decoder_vocab_size;
  AutoTensor *x = bart_below_head (cx, c, in, out);

  if (auto_encoder_only (in))
    return;
  x = bart_logits (cx, c, x, shared ? "model.shared.weight" : "model.decoder.embed_tokens.weight", rows);
  auto_model_output_set (out, "logits", auto_add (cx, x, auto_buffer (cx, "final_logits_bias", AUTO_DIMS (1, rows))));
}

static const AutoHead bart_sequence = { .kind = AUTO_HEAD_TOKENS, .dense = "classification_head.dense", .activation = AUTO_ACTIVATION_TANH,
                                        .out = "classification_head.out_proj" };

static void
bart_sequence_forward (AutoContext *cx, const BartConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *ids = auto_required_input (cx, in, "input_ids"), *x = bart_below_head (cx, c, in, out);

  auto_head_compute (cx, AUTO_CONFIG ((gpointer) c), NULL, &bart_sequence, auto_pool_eos (cx, x, ids, c->parent.eos_token_id), in, out);
}

static void
bart_answers_forward (AutoContext *cx, const BartConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  auto_head_compute (cx, AUTO_CONFIG ((gpointer) c), NULL, &auto_head_question_answering, bart_below_head (cx, c, in, out), in, out);
}

/* The decoder alone. */
static void
bart_causal_lm_forward (AutoContext *cx, const BartConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x;

  {
    AUTO_SCOPE (cx, "model");
    x = auto_input_embeddings (cx, in, "decoder.embed_tokens", c->decoder_vocab_size, c->d_model);
    x = bart_decoder (cx, c, in, x, auto_inputs_get (in, "input_ids"), "attention_mask", "head_mask", auto_source_states (cx, in, x),
                      "encoder_attention_mask");
  }
  gint64 rows = c->parent.tie_word_embeddings ? c->decoder_vocab_size : c->vocab_size;
  auto_model_output_set (out, "logits", bart_logits (cx, c, x, "model.decoder.embed_tokens.weight", rows));
}

AUTO_DEFINE_MODEL (BartModel, bart_model, bart_model_forward, .example = auto_example_seq2seq)
AUTO_DEFINE_MODEL (BartForConditionalGeneration, bart_lm, bart_lm_forward, .example = auto_example_seq2seq)
AUTO_DEFINE_MODEL (BartForSequenceClassification, bart_for_sequence_classification, bart_sequence_forward, .example = auto_example_seq2seq)
AUTO_DEFINE_MODEL (BartForQuestionAnswering, bart_for_question_answering, bart_answers_forward, .example = auto_example_seq2seq)
AUTO_DEFINE_MODEL (BartForCausalLM, bart_for_causal_lm, bart_causal_lm_forward)
AUTO_DEFINE_MODEL (MBartModel, mbart_model, bart_model_forward, .example = auto_example_seq2seq)
AUTO_DEFINE_MODEL (MBartForConditionalGeneration, mbart_lm, bart_lm_forward, .example = auto_example_seq2seq)
AUTO_DEFINE_MODEL (MBartForSequenceClassification, mbart_for_sequence_classification, bart_sequence_forward, .example = auto_example_seq2seq)
AUTO_DEFINE_MODEL (MBartForQuestionAnswering, mbart_for_question_answering, bart_answers_forward, .example = auto_example_seq2seq)
AUTO_DEFINE_MODEL (MBartForCausalLM, mbart_for_causal_lm, bart_causal_lm_forward)
AUTO_DEFINE_MODEL (MarianModel, marian_model, bart_model_forward, .example = auto_example_seq2seq)
AUTO_DEFINE_MODEL (MarianMTModel, marian_lm, bart_lm_forward, .example = auto_example_seq2seq)
AUTO_DEFINE_MODEL (MarianForCausalLM, marian_for_causal_lm, bart_causal_lm_forward)

#define ALL .tf = TRUE, .flax = TRUE

static const AutoTokenizerSpec bart_tokenizer = { AUTO_BYTE_BPE_PAIR_TOKENIZER ("BartTokenizer", "true") };

AUTO_PLUGIN (bart, "BART",
  AUTO_ARCHITECTURE ("bart", bart_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", bart_model, ALL),
  AUTO_TASK ("AutoModelForPreTraining", bart_lm, ALL),
  AUTO_TASK ("AutoModelForCausalLM", bart_for_causal_lm, .flax = TRUE),
  AUTO_TASK ("AutoModelForMaskedLM", bart_lm, .flax = TRUE),
  AUTO_TASK ("AutoModelForSeq2SeqLM", bart_lm, ALL),
  AUTO_TASK ("AutoModelForSequenceClassification", bart_for_sequence_classification, ALL),
  AUTO_TASK ("AutoModelForQuestionAnswering", bart_for_question_answering, .flax = TRUE),
  AUTO_TOKENIZER ("BartTokenizer", "BartTokenizerFast", &bart_tokenizer),
  AUTO_ARCHITECTURE ("mbart", mbart_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", mbart_model, ALL),
  AUTO_TASK ("FlaxAutoModelForPreTraining", mbart_lm),
  AUTO_TASK ("AutoModelForCausalLM", mbart_for_causal_lm),
  AUTO_TASK ("AutoModelForMaskedLM", mbart_lm, .flax = TRUE),
  AUTO_TASK ("AutoModelForSeq2SeqLM", mbart_lm, ALL),
  AUTO_TASK ("AutoModelForSequenceClassification", mbart_for_sequence_classification, .flax = TRUE),
  AUTO_TASK ("AutoModelForQuestionAnswering", mbart_for_question_answering, .flax = TRUE),
  AUTO_TOKENIZER ("MBartTokenizer", "MBartTokenizerFast", &mbart_tokenizer),
  AUTO_TOKENIZER ("MBart50Tokenizer", "MBart50TokenizerFast", &mbart50_tokenizer, .model_type = "mbart50"),
  AUTO_TOKENIZER ("BarthezTokenizer", "BarthezTokenizerFast", &barthez_tokenizer, .model_type = "barthez"),
  AUTO_ARCHITECTURE ("marian", marian_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", marian_model, ALL),
  AUTO_TASK ("AutoModelForCausalLM", marian_for_causal_lm),
  AUTO_TASK ("AutoModelForSeq2SeqLM", marian_lm, ALL),
  AUTO_TOKENIZER ("MarianTokenizer", NULL, &marian_tokenizer),
  AUTO_TOKENIZER ("PLBartTokenizer", NULL, &plbart_tokenizer, .model_type = "plbart"));
