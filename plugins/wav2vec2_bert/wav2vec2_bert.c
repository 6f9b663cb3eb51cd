/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wav2Vec2-BERT (Seamless Communication, arXiv:2312.05187); transformers: models/wav2vec2_bert/modeling_wav2vec2_bert.py */
#include "../speech/speech-config.h"

struct _Wav2Vec2BertConfig { SPEECH_MEMBERS };

/* Fewer frames by a gated convolution: once added as they are, once behind attention. */
static AutoTensor *
bert_shorten (AutoContext *cx, const SpeechConfig *c, const char *name, AutoTensor *x)
{
  g_autofree char *norm = g_strconcat (name, "_layer_norm", NULL), *conv = g_strconcat (name, "_conv", NULL);

  x = auto_transpose (cx, auto_layer_norm (cx, norm, x, c->layer_norm_eps), 1, 2);
  x = auto_conv1d (cx, conv, x, 2 * (gint64) c->output_hidden_size, &(AutoConv) { .kernel = { c->adapter_kernel_size },
    .stride = { c->adapter_stride }, .padding = { c->adapter_stride / 2 } });
  return auto_transpose (cx, auto_glu (cx, x, 1), 1, 2);
}

static AutoTensor *
bert_adapter_layer (AutoContext *cx, const SpeechConfig *c, AutoTensor *x, AutoTensor *lengths)
{
  AutoTensor *residual = bert_shorten (cx, c, "residual", x);
  AutoMask mask = { 0 };

  x = bert_shorten (cx, c, "self_attn", x);
  if (lengths)
    {
      AutoTensor *places = auto_unsqueeze (cx, auto_arange (cx, 0, auto_dim (x, 1), 1), 0);
      mask = auto_self_mask (cx, auto_cast (cx, auto_lt (cx, places, auto_unsqueeze (cx, lengths, 1)), AUTO_DTYPE_I64), FALSE);
    }
  const char *collection = auto_context_set_collection (cx, NULL);
  x = auto_attention (cx, x, &mask, &(AutoAttention) { .q = "self_attn.linear_q", .k = "self_attn.linear_k", .v = "self_attn.linear_v",
    .out = "self_attn.linear_out", .heads = c->num_attention_heads, .residual = residual });
  auto_context_set_collection (cx, collection);
  AutoTensor *y = auto_layer_norm (cx, "ffn_layer_norm", x, c->layer_norm_eps);
  return auto_add (cx, auto_conformer_feed_forward (cx, "ffn", y, c->intermediate_size, c->adapter_act), x);
}

static AutoTensor *
bert_adapter (AutoContext *cx, const SpeechConfig *c, AutoTensor *x, AutoTensor *seen)
{
  AutoTensor *lengths = seen ? auto_sum (cx, auto_cast (cx, seen, AUTO_DTYPE_I64), 1, FALSE) : NULL;

  if (c->use_intermediate_ffn_before_adapter)
    x = auto_add (cx, x, auto_scale (cx, auto_conformer_feed_forward (cx, "intermediate_ffn", x, c->intermediate_size, AUTO_ACTIVATION_RELU), 0.5));
  AUTO_SCOPE (cx, "adapter");
  if (c->output_hidden_size != c->hidden_size)
    x = auto_layer_norm (cx, "proj_layer_norm", auto_linear (cx, "proj", x, c->output_hidden_size), c->layer_norm_eps);
  for (int i = 0; i < c->num_adapter_layers; i++)
    {
      AUTO_LAYER (cx, &x, "layers.%d", i);
      AutoTensor *left = lengths ? auto_adapted_lengths (cx, lengths, i + 1, c->adapter_kernel_size, c->adapter_stride) : NULL;
      x = bert_adapter_layer (cx, c, x, left);
    }
  return x;
}

static gboolean
bert_loaded (AutoPretrainedConfig *config, GError **error)
{
  static const SpeechTraits traits = { .prefix = "wav2vec2_bert", .features = TRUE, .adapters = TRUE, .spectra = TRUE, .causal = TRUE,
    .encoder = speech_conformer, .adapter = bert_adapter };
  static const char *const types[] = { "rotary", "relative", "relative_key", NULL };
  const SpeechConfig *c = (const SpeechConfig *) config;

  if (c->position_embeddings_type && !g_strv_contains (types, c->position_embeddings_type))
    g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "position_embeddings_type must be rotary, relative, relative_key or null, and it is %s",
                 c->position_embeddings_type);
  else if (c->use_intermediate_ffn_before_adapter && !c->add_adapter)
    g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "use_intermediate_ffn_before_adapter goes with add_adapter, which is false");
  else
    return speech_config_loaded (config, &traits, error);
  return FALSE;
}

AUTO_DEFINE_CONFIG_WITH (Wav2Vec2BertConfig, wav2vec2_bert_config, "wav2vec2-bert", (.loaded = bert_loaded, .base_first = TRUE),
  SIZE (hidden_size, 1024), AUTO_INT (num_hidden_layers, 24, .min = 0, .max = G_MAXINT), SIZE (num_attention_heads, 16),
  SIZE (intermediate_size, 4096), SIZE (feature_projection_input_dim, 160), SIZE (classifier_proj_size, 768), AUTO_INT_NULL (vocab_size),
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_SWISH), AUTO_ENUM (adapter_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_RELU),
  AUTO_DOUBLE (layer_norm_eps, 1e-5), CONFORMER_FIELDS ("relative_key"), AUTO_INT (left_max_position_embeddings, 64, .min = 0, .max = G_MAXINT),
  AUTO_INT (right_max_position_embeddings, 8, .min = 0, .max = G_MAXINT), AUTO_BOOL (use_intermediate_ffn_before_adapter, FALSE),
  ADAPTER_FIELDS, AUTO_DEFAULT ("num_adapter_layers", "1"), XVECTOR_FIELDS, AUTO_BOOL (use_weighted_layer_sum, FALSE),
  TRAINING_FIELDS ("\"sum\""), DROPOUT_FIELDS ("0.0"), AUTO_BOOL (apply_spec_augment, TRUE), MIN_MASKS_FIELD)

MODELS (Wav2Vec2Bert, wav2vec2_bert)
SPEAKER_MODELS (Wav2Vec2Bert, wav2vec2_bert)

AUTO_PLUGIN (wav2vec2_bert, "Wav2Vec2-BERT",
  AUTO_ARCHITECTURE ("wav2vec2-bert", wav2vec2_bert_config, .prefix = "wav2vec2_bert"),
  AUTO_TASK ("AutoModel", wav2vec2_bert_model),
  AUTO_TASK ("AutoModelForAudioClassification", wav2vec2_bert_for_sequence_classification),
  AUTO_TASK ("AutoModelForCTC", wav2vec2_bert_for_ctc), SPEAKER_TASKS (wav2vec2_bert),
  AUTO_TOKENIZER ("Wav2Vec2CTCTokenizer", NULL, NULL));
