/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-pretrained-tokenizer.h"

G_BEGIN_DECLS

AUTO_AVAILABLE_IN_1_0 gboolean auto_pretrained_tokenizer_set_target_lang (AutoPretrainedTokenizer *self, const char *target_lang, GError **error);
AUTO_AVAILABLE_IN_1_0 char *auto_pretrained_tokenizer_normalize (AutoPretrainedTokenizer *self, const char *text, GError **error);
AUTO_AVAILABLE_IN_1_0 char *auto_pretrained_tokenizer_basic_normalize (AutoPretrainedTokenizer *self, const char *text, gboolean remove_diacritics,
                                                                       GError **error);
AUTO_AVAILABLE_IN_1_0 gint64 *auto_pretrained_tokenizer_get_prompt_ids (AutoPretrainedTokenizer *self, const char *text, gsize *n, GError **error);
AUTO_AVAILABLE_IN_1_0 gint64 *auto_pretrained_tokenizer_get_decoder_prompt_ids (AutoPretrainedTokenizer *self, const char *task, const char *language,
                                                                                gboolean no_timestamps, gsize *n, GError **error);
AUTO_AVAILABLE_IN_1_0 JsonNode *auto_pretrained_tokenizer_decode_asr (AutoPretrainedTokenizer *self, JsonNode *outputs, AutoDecodeOptions *options,
                                                                      GCancellable *cancellable, GError **error);

G_END_DECLS
