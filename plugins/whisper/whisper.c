/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whisper (Radford et al., arXiv:2212.04356); transformers: models/whisper/modeling_whisper.py */
#include "generation.h"
#include "../whisper_tokenizer/whisper_tokenizer.h"

struct _WhisperConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, num_mel_bins, d_model, num_hidden_layers, max_source_positions, max_target_positions, classifier_proj_size;
  int encoder_layers, encoder_ffn_dim, encoder_attention_heads, decoder_layers, decoder_ffn_dim, decoder_attention_heads;
  AutoActivation activation_function;
  gboolean use_weighted_layer_sum;
};

static gboolean
whisper_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  return auto_config_set_int (AUTO_CONFIG (config), "num_hidden_layers", auto_config_get_int (AUTO_CONFIG (config), "encoder_layers", 0), error);
}

AUTO_DEFINE_CONFIG_WITH (WhisperConfig, whisper_config, "whisper", (.loaded = whisper_config_loaded),
  AUTO_INT (vocab_size, 51865, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_mel_bins, 80, .min = 1, .max = G_MAXINT),
  AUTO_INT (d_model, 384, .min = 1, .max = G_MAXINT),
  AUTO_INT (encoder_layers, 4, .min = 0, .max = G_MAXINT),
  AUTO_INT (encoder_attention_heads, 6, .min = 1, .max = G_MAXINT),
  AUTO_INT (decoder_layers, 4, .min = 0, .max = G_MAXINT),
  AUTO_INT (decoder_attention_heads, 6, .min = 1, .max = G_MAXINT),
  AUTO_INT (decoder_ffn_dim, 1536, .min = 1, .max = G_MAXINT),
  AUTO_INT (encoder_ffn_dim, 1536, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("dropout", "0.0"), AUTO_EXTRA ("attention_dropout", "0.0"), AUTO_EXTRA ("activation_dropout", "0.0"),
  AUTO_ENUM (activation_function, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),
  AUTO_EXTRA ("init_std", "0.02"), AUTO_EXTRA ("encoder_layerdrop", "0.0"), AUTO_EXTRA ("decoder_layerdrop", "0.0"),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_INT (num_hidden_layers, 4, .derived = TRUE),
  AUTO_EXTRA ("scale_embedding", "false"),
  AUTO_INT (max_source_positions, 1500, .min = 1, .max = G_MAXINT / 2),
  AUTO_INT (max_target_positions, 448, .min = 1, .max = G_MAXINT),
  AUTO_INT (classifier_proj_size, 256, .min = 1, .max = G_MAXINT),
  AUTO_BOOL (use_weighted_layer_sum, FALSE),
  AUTO_EXTRA ("apply_spec_augment", "false"),
  AUTO_EXTRA ("mask_time_prob", "0.05"), AUTO_EXTRA ("mask_time_length", "10"), AUTO_EXTRA ("mask_time_min_masks", "2"),
  AUTO_EXTRA ("mask_feature_prob", "0.0"), AUTO_EXTRA ("mask_feature_length", "10"), AUTO_EXTRA ("mask_feature_min_masks", "0"),
  AUTO_EXTRA ("median_filter_width", "7"),
  AUTO_DEFAULT ("is_encoder_decoder", "true"), AUTO_DEFAULT ("begin_suppress_tokens", "[220, 50256]"),
  AUTO_DEFAULT ("bos_token_id", "50256"), AUTO_DEFAULT ("pad_token_id", "50256"), AUTO_DEFAULT ("eos_token_id", "50256"),
  AUTO_DEFAULT ("decoder_start_token_id", "50257"),
  AUTO_ALIAS ("num_attention_heads", "encoder_attention_heads"),
  AUTO_ALIAS ("hidden_size", "d_model"))

static void
whisper_sound_example (const WhisperConfig *c, AutoInputs *in)
{
  auto_inputs_set_example (in, "input_features", AUTO_DTYPE_F32, AUTO_DIMS (1, c->num_mel_bins, 2 * (gint64) c->max_source_positions));
}

static void
whisper_example (const WhisperConfig *c, AutoInputs *in)
{
  whisper_sound_example (c, in);
  auto_inputs_set_example (in, "decoder_input_ids", AUTO_DTYPE_I64, AUTO_DIMS (1, 4));
}

static AutoTensor *
whisper_features (AutoContext *cx, const WhisperConfig *c, AutoInputs *in)
{
  AutoTensor *x = auto_required_input (cx, in, "input_features");
  gint64 length = 2 * (gint64) c->max_source_positions;

  if (!x || (auto_tensor_get_n_dims (x) == 3 && auto_dim (x, 0) > 0 && auto_dim (x, 1) == c->num_mel_bins && auto_dim (x, 2) == length))
    return x;
  g_autofree char *text = auto_tensor_describe (x);
  auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "input_features: needs the shape (batch, %d, %" G_GINT64_FORMAT "), not %s",
                     c->num_mel_bins, length, text);
  return NULL;
}

/* The states of the sound. @weights and @sum as in AutoTransformer. */
static AutoTensor *
whisper_sound (AutoContext *cx, const WhisperConfig *c, AutoInputs *in, AutoTensor *weights, AutoTensor **sum)
{
  AUTO_SCOPE (cx, "encoder");
  AutoTensor *x = whisper_features (cx, c, in);

  x = auto_conv1d (cx, "conv1", x, c->d_model, &(AutoConv) { .kernel = { 3 }, .padding = { 1 }, .activation = AUTO_ACTIVATION_GELU });
  x = auto_conv1d (cx, "conv2", x, c->d_model, &(AutoConv) { .kernel = { 3 }, .stride = { 2 }, .padding = { 1 }, .activation = AUTO_ACTIVATION_GELU });
  x = auto_add (cx, auto_transpose (cx, x, 1, 2), auto_parameter (cx, "embed_positions.weight", AUTO_DIMS (c->max_source_positions, c->d_model)));
  return auto_transformer (cx, in, x, &(AutoTransformer) {
    .layers = c->encoder_layers, .heads = c->encoder_attention_heads, .intermediate_size = c->encoder_ffn_dim, .activation = c->activation_function,
    .pre_norm = TRUE, .k_no_bias = TRUE, .weights = weights, .sum = sum });
}

static AutoTensor *
whisper_encoder (AutoContext *cx, const WhisperConfig *c, AutoInputs *in)
{
  return whisper_sound (cx, c, in, NULL, NULL);
}

static AutoTensor *
whisper_positions (AutoContext *cx, AutoInputs *in, const char *mask_name, gint64 length)
{
  AutoTensor *given = auto_inputs_get (in, "decoder_position_ids"), *mask = auto_inputs_get (in, mask_name);
  gint64 past = auto_context_get_past (cx);

  if (given)
    return given;
  if (!auto_context_is_generating (cx) || !mask || auto_tensor_get_n_dims (mask) != 2 || !g_str_has_prefix (mask_name, "decoder"))
    return auto_unsqueeze (cx, auto_arange (cx, past, past + length, 1), 0);
  AutoTensor *places = auto_add_scalar (cx, auto_cumsum (cx, auto_cast (cx, mask, AUTO_DTYPE_I64), 1), -1);
  places = auto_maximum (cx, places, auto_full_like (cx, places, 0));
  return auto_slice (cx, places, 1, -length, AUTO_END, 1);
}

/* @mask, @head_mask: names of inputs. */
static AutoTensor *
whisper_decoder (AutoContext *cx, const WhisperConfig *c, AutoInputs *in, AutoTensor *x, const char *mask, const char *head_mask, AutoTensor *source)
{
  AUTO_SCOPE (cx, "decoder");
  AutoTensor *positions = whisper_positions (cx, in, mask, auto_dim (x, 1));

  x = auto_add (cx, x, auto_embedding (cx, "embed_positions", positions, c->max_target_positions, c->d_model));
  return auto_transformer (cx, in, x, &(AutoTransformer) {
    .layers = c->decoder_layers, .heads = c->decoder_attention_heads, .intermediate_size = c->decoder_ffn_dim, .activation = c->activation_function,
    .pre_norm = TRUE, .k_no_bias = TRUE, .mask = auto_self_mask (cx, auto_inputs_get (in, mask), TRUE), .head_mask = head_mask, .source = source,
    .no_head_masks = auto_context_is_generating (cx) });  /* the reference doesn't hand them on */
}

static AutoTensor *
whisper_base (AutoContext *cx, const WhisperConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  auto_context_set_collection (cx, "encoder_");
  AutoTensor *source = auto_encoder_states (cx, in, (AutoBase) whisper_encoder, c);

  auto_model_output_set (out, "encoder_last_hidden_state", source);
  if (auto_encoder_only (in))
    return source;
  auto_context_set_collection (cx, "decoder_");
  AutoTensor *x = auto_decoder_input_embeddings (cx, in, "decoder.embed_tokens", c->vocab_size, c->d_model);
  return whisper_decoder (cx, c, in, x, "decoder_attention_mask", "decoder_head_mask", source);
}

static void
whisper_model_forward (AutoContext *cx, const WhisperConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x = whisper_base (cx, c, in, out);

  if (!auto_encoder_only (in))
    auto_model_output_set (out, "last_hidden_state", x);
}

static const AutoHead whisper_lm = { .kind = AUTO_HEAD_LM, .out = "proj_out", .no_bias = TRUE, .tied = "decoder.embed_tokens.weight" };

static void
whisper_lm_forward (AutoContext *cx, const WhisperConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *x;

  {
    AUTO_SCOPE (cx, "model");
    x = whisper_base (cx, c, in, out);
  }
  if (!auto_encoder_only (in))
    auto_head_compute (cx, AUTO_CONFIG ((gpointer) c), "model", &whisper_lm, x, in, out);
}

/* The decoder alone; encoder_outputs are what it looks at. */
static AutoTensor *
whisper_decoder_alone (AutoContext *cx, const WhisperConfig *c, AutoInputs *in)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "decoder.embed_tokens", c->vocab_size, c->d_model);
  AutoTensor *source = auto_inputs_get (in, "encoder_outputs");

  if (!source && auto_context_is_declaring (cx))
    source = auto_zeros (cx, AUTO_DIMS (auto_dim (x, 0), 4, c->d_model));
  return whisper_decoder (cx, c, in, x, "attention_mask", "head_mask", source);
}

static void
whisper_audio_forward (AutoContext *cx, const WhisperConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *weights = c->use_weighted_layer_sum ? auto_parameter (cx, "layer_weights", AUTO_DIMS (c->num_hidden_layers + 1)) : NULL, *sum = NULL;
  AutoTensor *x = auto_inputs_get (in, "encoder_outputs");

  if (weights && c->num_hidden_layers != c->encoder_layers)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s", "num_hidden_layers and encoder_layers must be equal");
  if (!x || weights)
    x = whisper_sound (cx, c, in, weights ? auto_softmax (cx, weights, -1) : NULL, &sum);
  x = auto_linear (cx, "projector", weights ? sum : x, c->classifier_proj_size);
  auto_model_output_set (out, "logits", auto_linear (cx, "classifier", auto_mean (cx, x, 1, FALSE), c->parent.num_labels));
}

AUTO_DEFINE_MODEL (WhisperModel, whisper_model, whisper_model_forward, .example = (AutoExample) whisper_example)
AUTO_DEFINE_MODEL (WhisperForConditionalGeneration, whisper_for_conditional_generation, whisper_lm_forward, .example = (AutoExample) whisper_example,
                   .generate = whisper_generate)
AUTO_DEFINE_MODEL (WhisperForAudioClassification, whisper_for_audio_classification, whisper_audio_forward, .example = (AutoExample) whisper_sound_example)
AUTO_DEFINE_HEAD (WhisperForCausalLM, whisper_for_causal_lm, &whisper_lm, whisper_decoder_alone)

AUTO_PLUGIN (whisper, "Whisper",
  AUTO_ARCHITECTURE ("whisper", whisper_config, .prefix = "model"),
  AUTO_TASK ("AutoModel", whisper_model, .tf = TRUE, .flax = TRUE),
  AUTO_TASK ("AutoModelForCausalLM", whisper_for_causal_lm),
  AUTO_TASK ("AutoModelForSpeechSeq2Seq", whisper_for_conditional_generation, .tf = TRUE, .flax = TRUE),
  AUTO_TASK ("FlaxAutoModelForPreTraining", whisper_for_conditional_generation),
  AUTO_TASK ("AutoModelForAudioClassification", whisper_for_audio_classification),
  AUTO_TOKENIZER ("WhisperTokenizer", "WhisperTokenizerFast", &whisper_tokenizer));
