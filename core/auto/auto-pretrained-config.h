/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-config.h"

G_BEGIN_DECLS

#define AUTO_TYPE_PRETRAINED_CONFIG (auto_pretrained_config_get_type ())

/**
 * AutoPretrainedConfig:
 * @return_dict: kept for the file's sake
 * @output_hidden_states: whether models return all hidden states
 * @output_attentions: whether models return the attention weights
 * @torchscript: kept for the file's sake
 * @tie_word_embeddings: whether the output layer shares the input embeddings' weight
 * @is_encoder_decoder: whether the model has an encoder and a decoder
 * @is_decoder: whether the model is used as a decoder
 * @add_cross_attention: whether a decoder has cross-attention layers
 * @tie_encoder_decoder: whether encoder and decoder share weights
 * @chunk_size_feed_forward: rows that feed-forward layers take at once, 0 for all
 * @cross_attention_hidden_size: width of the encoder's states, 0 when not given
 * @num_labels: how many labels `id2label` has
 * @bos_token_id: first token of a text, or -1
 * @pad_token_id: token that fills a row, or -1
 * @eos_token_id: last token of a text (the first, where several are given), or -1
 * @sep_token_id: token between two texts, or -1
 * @decoder_start_token_id: token that a decoder starts with, or -1
 * @problem_type: (nullable): what kind of classification the model was trained for
 * @torch_dtype: (nullable): data type of the checkpoint
 *
 * The base class of configurations: what every architecture has.
 *
 * A configuration is the JSON object of `config.json` with the class's defaults filled in. The object is kept as it was
 * read, unknown keys and nulls included; keys that a class knows are C members for the model's code and properties for
 * bindings as well.
 */
typedef struct _AutoPretrainedConfig AutoPretrainedConfig;
typedef struct _AutoPretrainedConfigClass AutoPretrainedConfigClass;

struct _AutoPretrainedConfig
{
  GObject parent_instance;

  gboolean return_dict, output_hidden_states, output_attentions, torchscript;
  gboolean tie_word_embeddings, is_encoder_decoder, is_decoder, add_cross_attention, tie_encoder_decoder;
  int chunk_size_feed_forward, cross_attention_hidden_size, num_labels;
  int bos_token_id, pad_token_id, eos_token_id, sep_token_id, decoder_start_token_id;
  const char *problem_type, *torch_dtype;

  /*< private >*/
  gpointer reserved[4];
};

/**
 * AutoPretrainedConfigClass:
 * @parent_class: the parent class
 * @model_type: the class's `model_type`
 * @loaded: called when all keys have their first values: derives values from others and checks them
 *
 * The class of configurations.
 */
struct _AutoPretrainedConfigClass
{
  GObjectClass parent_class;

  const char *model_type;
  gboolean (*loaded) (AutoPretrainedConfig *self, GError **error);

  /*< private >*/
  gconstpointer info; /* AutoConfigClassInfo */
  gpointer table;
  gpointer padding[8];
};

AUTO_AVAILABLE_IN_1_0 GType auto_pretrained_config_get_type (void);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoPretrainedConfig, g_object_unref)

G_GNUC_UNUSED static inline AutoPretrainedConfig *
AUTO_PRETRAINED_CONFIG (gpointer object)
{
  return G_TYPE_CHECK_INSTANCE_CAST (object, auto_pretrained_config_get_type (), AutoPretrainedConfig);
}

G_GNUC_UNUSED static inline gboolean
AUTO_IS_PRETRAINED_CONFIG (gpointer object)
{
  return G_TYPE_CHECK_INSTANCE_TYPE (object, auto_pretrained_config_get_type ());
}

#define AUTO_PRETRAINED_CONFIG_GET_CLASS(object) G_TYPE_INSTANCE_GET_CLASS ((object), AUTO_TYPE_PRETRAINED_CONFIG, AutoPretrainedConfigClass)

G_END_DECLS
