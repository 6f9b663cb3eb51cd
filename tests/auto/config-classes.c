/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config-classes.h"

#include "core/math/auto-activation.h"
#include "sdk/auto-config-macros.h"

struct _CheckBertConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, hidden_size, num_hidden_layers, num_attention_heads, intermediate_size, max_position_embeddings, type_vocab_size;
  AutoActivation hidden_act;
  double layer_norm_eps, classifier_dropout;
  gboolean use_cache;
  const char *position_embedding_type;
};

AUTO_DEFINE_CONFIG (CheckBertConfig, check_bert_config, "bert",
  AUTO_DEFAULT ("pad_token_id", "0"),
  AUTO_INT (vocab_size, 30522, .min = 1),
  AUTO_INT (hidden_size, 768, .min = 1),
  AUTO_INT (num_hidden_layers, 12),
  AUTO_INT (num_attention_heads, 12, .min = 1),
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),
  AUTO_INT (intermediate_size, 3072, .min = 1),
  AUTO_EXTRA ("hidden_dropout_prob", "0.1"),
  AUTO_EXTRA ("attention_probs_dropout_prob", "0.1"),
  AUTO_INT (max_position_embeddings, 512, .min = 1),
  AUTO_INT (type_vocab_size, 2, .min = 1),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_DOUBLE (layer_norm_eps, 1e-12),
  AUTO_STRING (position_embedding_type, "absolute"),
  AUTO_BOOL (use_cache, TRUE),
  AUTO_DOUBLE_NULL (classifier_dropout))

typedef struct _CheckGpt2Config CheckGpt2Config;
struct _CheckGpt2Config
{
  AutoPretrainedConfig parent;
  int vocab_size, n_positions, n_embd, n_layer, n_head, n_inner;
  AutoActivation activation_function;
  double layer_norm_epsilon;
  const char *summary_activation;
};

AUTO_DEFINE_CONFIG (CheckGpt2Config, check_gpt2_config, "gpt2",
  AUTO_INT (vocab_size, 50257, .min = 1),
  AUTO_INT (n_positions, 1024, .min = 1),
  AUTO_INT (n_embd, 768, .min = 1),
  AUTO_INT (n_layer, 12),
  AUTO_INT (n_head, 12, .min = 1),
  AUTO_INT_NULL (n_inner),
  AUTO_ENUM (activation_function, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU_NEW),
  AUTO_EXTRA ("resid_pdrop", "0.1"),
  AUTO_EXTRA ("embd_pdrop", "0.1"),
  AUTO_EXTRA ("attn_pdrop", "0.1"),
  AUTO_DOUBLE (layer_norm_epsilon, 1e-5),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_EXTRA ("summary_type", "\"cls_index\""),
  AUTO_EXTRA ("summary_use_proj", "true"),
  AUTO_STRING_NULL (summary_activation),
  AUTO_EXTRA ("summary_first_dropout", "0.1"),
  AUTO_EXTRA ("summary_proj_to_labels", "true"),
  AUTO_EXTRA ("scale_attn_weights", "true"),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_EXTRA ("scale_attn_by_inverse_layer_idx", "false"),
  AUTO_EXTRA ("reorder_and_upcast_attn", "false"),
  AUTO_DEFAULT ("bos_token_id", "50256"),
  AUTO_DEFAULT ("eos_token_id", "50256"),
  AUTO_ALIAS ("hidden_size", "n_embd"),
  AUTO_ALIAS ("max_position_embeddings", "n_positions"),
  AUTO_ALIAS ("num_attention_heads", "n_head"),
  AUTO_ALIAS ("num_hidden_layers", "n_layer"))

/* Values that follow from others; the base class's constructor comes first. */
struct _CheckSwinConfig
{
  AutoPretrainedConfig parent;
  int image_size, patch_size, embed_dim, num_layers, hidden_size;
  AutoInts depths, num_heads;
  double mlp_ratio;
};

static gboolean
check_swin_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  CheckSwinConfig *self = (CheckSwinConfig *) config;
  g_autoptr(GString) names = g_string_new ("[\"stem\"");
  g_autofree char *last = g_strdup_printf ("[\"stage%u\"]", self->depths.n);
  g_autofree char *index = g_strdup_printf ("[%u]", self->depths.n);

  for (guint i = 1; i <= self->depths.n; i++)
    g_string_append_printf (names, ", \"stage%u\"", i);
  g_string_append_c (names, ']');
  return auto_config_set_int (AUTO_CONFIG (config), "num_layers", self->depths.n, error)
         && auto_config_set_int (AUTO_CONFIG (config), "hidden_size", (gint64) self->embed_dim << (MAX (self->depths.n, 1) - 1), error)
         && auto_config_set_text (AUTO_CONFIG (config), "stage_names", names->str, error)
         && auto_config_set_text (AUTO_CONFIG (config), "out_features", last, error)
         && auto_config_set_text (AUTO_CONFIG (config), "out_indices", index, error);
}

AUTO_DEFINE_CONFIG_WITH (CheckSwinConfig, check_swin_config, "swin", (.loaded = check_swin_config_loaded, .base_first = TRUE),
  AUTO_INT (image_size, 224, .min = 1),
  AUTO_INT (patch_size, 4, .min = 1),
  AUTO_EXTRA ("num_channels", "3"),
  AUTO_INT (embed_dim, 96, .min = 1),
  AUTO_INTS (depths, "[2, 2, 6, 2]"),
  AUTO_INT (num_layers, 4),
  AUTO_INTS (num_heads, "[3, 6, 12, 24]"),
  AUTO_EXTRA ("window_size", "7"),
  AUTO_DOUBLE (mlp_ratio, 4.0),
  AUTO_EXTRA ("qkv_bias", "true"),
  AUTO_EXTRA ("hidden_dropout_prob", "0.0"),
  AUTO_EXTRA ("attention_probs_dropout_prob", "0.0"),
  AUTO_EXTRA ("drop_path_rate", "0.1"),
  AUTO_EXTRA ("hidden_act", "\"gelu\""),
  AUTO_EXTRA ("use_absolute_embeddings", "false"),
  AUTO_EXTRA ("layer_norm_eps", "1e-5"),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_EXTRA ("encoder_stride", "32"),
  AUTO_INT (hidden_size, 768),
  AUTO_ALIAS ("num_attention_heads", "num_heads"),
  AUTO_ALIAS ("num_hidden_layers", "num_layers"))

/* Configurations inside a configuration. */
typedef struct _CheckClipTextConfig CheckClipTextConfig;
struct _CheckClipTextConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, hidden_size;
};

AUTO_DEFINE_CONFIG_WITH (CheckClipTextConfig, check_clip_text_config, "clip_text_model", (.base_first = TRUE),
  AUTO_INT (vocab_size, 49408),
  AUTO_INT (hidden_size, 512),
  AUTO_EXTRA ("intermediate_size", "2048"),
  AUTO_EXTRA ("projection_dim", "512"),
  AUTO_EXTRA ("num_hidden_layers", "12"),
  AUTO_EXTRA ("num_attention_heads", "8"),
  AUTO_EXTRA ("max_position_embeddings", "77"),
  AUTO_EXTRA ("layer_norm_eps", "1e-05"),
  AUTO_EXTRA ("hidden_act", "\"quick_gelu\""),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_EXTRA ("initializer_factor", "1.0"),
  AUTO_EXTRA ("attention_dropout", "0.0"),
  AUTO_DEFAULT ("pad_token_id", "1"),
  AUTO_DEFAULT ("bos_token_id", "49406"),
  AUTO_DEFAULT ("eos_token_id", "49407"))

typedef struct _CheckClipVisionConfig CheckClipVisionConfig;
struct _CheckClipVisionConfig
{
  AutoPretrainedConfig parent;
  int hidden_size, image_size, patch_size;
};

AUTO_DEFINE_CONFIG_WITH (CheckClipVisionConfig, check_clip_vision_config, "clip_vision_model", (.base_first = TRUE),
  AUTO_INT (hidden_size, 768),
  AUTO_EXTRA ("intermediate_size", "3072"),
  AUTO_EXTRA ("projection_dim", "512"),
  AUTO_EXTRA ("num_hidden_layers", "12"),
  AUTO_EXTRA ("num_attention_heads", "12"),
  AUTO_EXTRA ("num_channels", "3"),
  AUTO_INT (patch_size, 32),
  AUTO_INT (image_size, 224),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_EXTRA ("initializer_factor", "1.0"),
  AUTO_EXTRA ("attention_dropout", "0.0"),
  AUTO_EXTRA ("layer_norm_eps", "1e-05"),
  AUTO_EXTRA ("hidden_act", "\"quick_gelu\""))

typedef struct _CheckClipConfig CheckClipConfig;
struct _CheckClipConfig
{
  AutoPretrainedConfig parent;
  CheckClipTextConfig *text_config;
  CheckClipVisionConfig *vision_config;
  int projection_dim;
};

static gboolean
check_clip_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  return auto_config_set_double (AUTO_CONFIG (config), "initializer_factor", 1.0, error);
}

AUTO_DEFINE_CONFIG_WITH (CheckClipConfig, check_clip_config, "clip", (.loaded = check_clip_config_loaded, .base_first = TRUE),
  AUTO_NESTED (text_config, check_clip_text_config_get_type),
  AUTO_NESTED (vision_config, check_clip_vision_config_get_type),
  AUTO_INT (projection_dim, 512),
  AUTO_EXTRA ("logit_scale_init_value", "2.6592"))

/* Configurations of any class, and no defaults. */
typedef struct _CheckEncoderDecoderConfig CheckEncoderDecoderConfig;
struct _CheckEncoderDecoderConfig
{
  AutoPretrainedConfig parent;
  AutoPretrainedConfig *encoder, *decoder;
};

static gboolean
check_encoder_decoder_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  CheckEncoderDecoderConfig *self = (CheckEncoderDecoderConfig *) config;

  if (!self->encoder || !self->decoder)
    {
      g_set_error_literal (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "the configuration needs an encoder and a decoder");
      return FALSE;
    }
  return auto_config_set_bool (AUTO_CONFIG (config), "is_encoder_decoder", TRUE, error);
}

AUTO_DEFINE_CONFIG_WITH (CheckEncoderDecoderConfig, check_encoder_decoder_config, "encoder-decoder",
  (.loaded = check_encoder_decoder_config_loaded, .is_composition = TRUE),
  AUTO_NESTED_ANY (encoder),
  AUTO_NESTED_ANY (decoder))

/* Another name for the number of labels. */
typedef struct _CheckErnieMConfig CheckErnieMConfig;
struct _CheckErnieMConfig
{
  AutoPretrainedConfig parent;
  int vocab_size;
};

AUTO_DEFINE_CONFIG_WITH (CheckErnieMConfig, check_ernie_m_config, "ernie_m", (.base_first = TRUE),
  AUTO_INT (vocab_size, 250002),
  AUTO_EXTRA ("hidden_size", "768"),
  AUTO_EXTRA ("num_hidden_layers", "12"),
  AUTO_EXTRA ("num_attention_heads", "12"),
  AUTO_EXTRA ("intermediate_size", "3072"),
  AUTO_EXTRA ("hidden_act", "\"gelu\""),
  AUTO_EXTRA ("hidden_dropout_prob", "0.1"),
  AUTO_EXTRA ("attention_probs_dropout_prob", "0.1"),
  AUTO_EXTRA ("max_position_embeddings", "514"),
  AUTO_EXTRA ("initializer_range", "0.02"),
  AUTO_EXTRA ("layer_norm_eps", "1e-05"),
  AUTO_EXTRA ("classifier_dropout", "null"),
  AUTO_EXTRA ("act_dropout", "0.0"),
  AUTO_DEFAULT ("pad_token_id", "1"),
  AUTO_ALIAS ("dropout", "classifier_dropout"),
  AUTO_ALIAS ("num_classes", "num_labels"))

const int *
check_swin_depths (AutoConfig *config, guint *n)
{
  *n = ((CheckSwinConfig *) config)->depths.n;
  return ((CheckSwinConfig *) config)->depths.values;
}

int
check_bert_hidden_size (AutoConfig *config)
{
  return ((CheckBertConfig *) config)->hidden_size;
}

int
check_bert_act (AutoConfig *config)
{
  return (int) ((CheckBertConfig *) config)->hidden_act;
}

double
check_bert_eps (AutoConfig *config)
{
  return ((CheckBertConfig *) config)->layer_norm_eps;
}

void
check_register_configs (void)
{
  const struct
  {
    const char *model_type;
    GType type;
  } types[] = {
    { "bert", check_bert_config_get_type () },     { "gpt2", check_gpt2_config_get_type () },
    { "swin", check_swin_config_get_type () },     { "clip", check_clip_config_get_type () },
    { "ernie_m", check_ernie_m_config_get_type () }, { "encoder-decoder", check_encoder_decoder_config_get_type () },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr(GError) error = NULL;
      auto_config_register (types[i].model_type, types[i].type, TRUE, &error);
      g_assert_no_error (error);
    }
}
