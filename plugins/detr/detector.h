/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdk/auto-sdk.h"

/* What DETR and its kin share: a network's feature map, an encoder over its places, a decoder of a fixed number of queries. */

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

#define DETECTOR_FIELDS                                                                                                             \
  AUTO_BOOL (use_timm_backbone, TRUE),                                                                                              \
  AUTO_NESTED_ANY (backbone_config),                                                                                                \
  AUTO_INT (num_channels, 3, .min = 1, .max = G_MAXINT),                                                                            \
  AUTO_INT (num_queries, 100, .min = 1, .max = G_MAXINT),                                                                           \
  AUTO_INT (d_model, 256, .min = 1, .max = G_MAXINT),                                                                               \
  AUTO_INT (encoder_layers, 6, .min = 0, .max = 65536),                                                                             \
  AUTO_INT (encoder_ffn_dim, 2048, .min = 1, .max = G_MAXINT),                                                                      \
  AUTO_INT (encoder_attention_heads, 8, .min = 1, .max = G_MAXINT),                                                                 \
  AUTO_INT (decoder_layers, 6, .min = 0, .max = 65536),                                                                             \
  AUTO_INT (decoder_ffn_dim, 2048, .min = 1, .max = G_MAXINT),                                                                      \
  AUTO_INT (decoder_attention_heads, 8, .min = 1, .max = G_MAXINT),                                                                 \
  AUTO_EXTRA ("num_hidden_layers", "6", .derived = TRUE),                                                                           \
  AUTO_EXTRA ("encoder_layerdrop", "0.0"),                                                                                          \
  AUTO_EXTRA ("decoder_layerdrop", "0.0"),                                                                                          \
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
  AUTO_EXTRA ("class_cost", "1"),                                                                                                   \
  AUTO_EXTRA ("bbox_cost", "5"),                                                                                                    \
  AUTO_EXTRA ("giou_cost", "2"),                                                                                                    \
  AUTO_EXTRA ("mask_loss_coefficient", "1"),                                                                                        \
  AUTO_EXTRA ("dice_loss_coefficient", "1"),                                                                                        \
  AUTO_EXTRA ("bbox_loss_coefficient", "5"),                                                                                        \
  AUTO_EXTRA ("giou_loss_coefficient", "2"),                                                                                        \
  AUTO_DEFAULT ("is_encoder_decoder", "true"),                                                                                      \
  AUTO_ALIAS ("hidden_size", "d_model"),                                                                                            \
  AUTO_ALIAS ("num_attention_heads", "encoder_attention_heads")

gboolean detector_config_loaded (AutoPretrainedConfig *config, GError **error);
void detector_example (const DetectorConfig *c, AutoInputs *in);

/* The network's part of a pass. */
typedef struct
{
  AutoTensor *maps[DETECTOR_MAPS]; /* of the network */
  guint n_maps;
  AutoTensor *mask;                /* (batch, places) of the last map that are no padding; NULL when none is */
  AutoTensor *positions;           /* (batch, places, width) */
} DetectorMaps;

/* Maps of the call's pixel_values, below the scope `backbone`. */
DetectorMaps detector_maps (AutoContext *cx, const DetectorConfig *c, AutoInputs *in);
/* Boxes (centre, size; from 0 to 1) of the queries' states, by three layers. */
AutoTensor *detector_boxes (AutoContext *cx, const char *name, AutoTensor *x);
