/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdk/auto-sdk.h"

/* What DETR and its kin share: a network's feature maps, an encoder over the places of the last one, a decoder of a fixed number of
 * queries. */

#define DETECTOR_MAPS 5

#define DETECTOR_MEMBERS                                                                                                            \
  AutoPretrainedConfig parent;                                                                                                      \
  int num_channels, num_queries, d_model, encoder_layers, encoder_ffn_dim, encoder_attention_heads, decoder_layers;                 \
  int decoder_ffn_dim, decoder_attention_heads;                                                                                     \
  gboolean use_timm_backbone, auxiliary_loss, dilation;                                                                             \
  AutoPretrainedConfig *backbone_config;                                                                                            \
  const char *backbone, *position_embedding_type;                                                                                   \
  AutoActivation activation_function;

typedef struct { DETECTOR_MEMBERS } DetectorConfig;

/* @queries and @cost: defaults of num_queries and class_cost. */
#define DETECTOR_COMMON_FIELDS(queries, cost)                                                                                       \
  AUTO_BOOL (use_timm_backbone, TRUE),                                                                                              \
  AUTO_NESTED_ANY (backbone_config),                                                                                                \
  AUTO_INT (num_channels, 3, .min = 1, .max = G_MAXINT),                                                                            \
  AUTO_INT (num_queries, queries, .min = 1, .max = G_MAXINT),                                                                           \
  AUTO_INT (d_model, 256, .min = 1, .max = G_MAXINT),                                                                               \
  AUTO_INT (encoder_layers, 6, .min = 0, .max = 65536),                                                                             \
  AUTO_INT (encoder_ffn_dim, 2048, .min = 1, .max = G_MAXINT),                                                                      \
  AUTO_INT (encoder_attention_heads, 8, .min = 1, .max = G_MAXINT),                                                                 \
  AUTO_INT (decoder_layers, 6, .min = 0, .max = 65536),                                                                             \
  AUTO_INT (decoder_ffn_dim, 2048, .min = 1, .max = G_MAXINT),                                                                      \
  AUTO_INT (decoder_attention_heads, 8, .min = 1, .max = G_MAXINT),                                                                 \
  AUTO_EXTRA ("encoder_layerdrop", "0.0"),                                                                                          \
  AUTO_ENUM (activation_function, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_RELU),                                                      \
  AUTO_EXTRA ("dropout", "0.1"),                                                                                                    \
  AUTO_EXTRA ("attention_dropout", "0.0"),                                                                                          \
  AUTO_EXTRA ("activation_dropout", "0.0"),                                                                                         \
  AUTO_EXTRA ("init_std", "0.02"),                                                                                                  \
  AUTO_EXTRA ("init_xavier_std", "1.0"),                                                                                            \
  AUTO_BOOL (auxiliary_loss, FALSE),                                                                                                \
  AUTO_STRING (position_embedding_type, "sine"),                                                                                    \
  AUTO_STRING (backbone, "resnet50"),                                                                                               \
  AUTO_EXTRA ("use_pretrained_backbone", "true"),                                                                                   \
  AUTO_BOOL (dilation, FALSE),                                                                                                      \
  AUTO_EXTRA ("class_cost", #cost),                                                                                                 \
  AUTO_EXTRA ("bbox_cost", "5"),                                                                                                    \
  AUTO_EXTRA ("giou_cost", "2"),                                                                                                    \
  AUTO_EXTRA ("mask_loss_coefficient", "1"),                                                                                        \
  AUTO_EXTRA ("dice_loss_coefficient", "1"),                                                                                        \
  AUTO_EXTRA ("bbox_loss_coefficient", "5"),                                                                                        \
  AUTO_EXTRA ("giou_loss_coefficient", "2"),                                                                                        \
  AUTO_DEFAULT ("is_encoder_decoder", "true"),                                                                                      \
  AUTO_ALIAS ("hidden_size", "d_model"),                                                                                            \
  AUTO_ALIAS ("num_attention_heads", "encoder_attention_heads")
/* Those of detectors with an encoder over one map. */
#define DETECTOR_FIELDS(queries, cost)                                                                                              \
  DETECTOR_COMMON_FIELDS (queries, cost),                                                                                           \
  AUTO_EXTRA ("num_hidden_layers", "6", .derived = TRUE),                                                                           \
  AUTO_EXTRA ("decoder_layerdrop", "0.0")

/* For `loaded`: the network; what follows from the sizes as well; and keys of timm dropped where there is another network. */
gboolean detector_network_loaded (AutoPretrainedConfig *config, GError **error);
gboolean detector_parts_loaded (AutoPretrainedConfig *config, GError **error);
gboolean detector_config_loaded (AutoPretrainedConfig *config, GError **error);
void detector_example (const DetectorConfig *c, AutoInputs *in);

/* What a pass has before its decoder. */
typedef struct
{
  AutoTensor *maps[DETECTOR_MAPS]; /* of the network, the finest first */
  guint n_maps;
  AutoTensor *mask;                /* (batch, places) of the last map that are no padding; NULL when none is */
  AutoTensor *positions;           /* (batch, places, width) */
  AutoTensor *projected;           /* the last map (batch, width, rows, columns) */
  AutoTensor *memory;              /* the encoder's states (batch, places, width) */
} DetectorPass;

/* The network over the call's pixel_values, and the encoder over its last map. Fails without a map, or leaves memory. */
DetectorPass detector_encode (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, gboolean pre_norm, AutoModelOutput *out);
/* The parts of that, for detectors with an encoder of their own. The network's maps over the call's pixel_values, below backbone. */
void detector_maps (AutoContext *cx, const DetectorConfig *c, AutoInputs *in, DetectorPass *found);
/* The call's pixel_mask (batch, height, width), or NULL. */
AutoTensor *detector_pixel_mask (AutoContext *cx, AutoInputs *in);
/* Positions, below backbone, of the places where @mask (batch, rows, columns) is 1; sines count from @offset + 1. */
AutoTensor *detector_positions (AutoContext *cx, const DetectorConfig *c, AutoTensor *mask, double offset);
/* The call's encoder_outputs, which must be like the states @x that an encoder would begin with, or NULL. */
AutoTensor *detector_given_memory (AutoContext *cx, AutoInputs *in, AutoTensor *x);

/* The queries' learned positions (1, queries, width). */
AutoTensor *detector_queries (AutoContext *cx, const DetectorConfig *c);
