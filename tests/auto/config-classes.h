/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-pretrained-config.h"

/* Configurations of the reference, one for each way in which its classes differ, as a plugin would define them. */
typedef struct _CheckBertConfig CheckBertConfig;
typedef struct _CheckSwinConfig CheckSwinConfig;

GType check_bert_config_get_type (void);
GType check_gpt2_config_get_type (void);
GType check_swin_config_get_type (void);
GType check_clip_config_get_type (void);
GType check_clip_text_config_get_type (void);
GType check_encoder_decoder_config_get_type (void);
GType check_ernie_m_config_get_type (void);

const int *check_swin_depths (AutoConfig *config, guint *n);
int check_bert_hidden_size (AutoConfig *config);
int check_bert_act (AutoConfig *config);
double check_bert_eps (AutoConfig *config);

/* Registers them all. */
void check_register_configs (void);
