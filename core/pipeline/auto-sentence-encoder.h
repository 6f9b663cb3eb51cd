/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../auto/auto-model.h"
#include "../text/auto-tokenizer.h"

G_BEGIN_DECLS

#define AUTO_TYPE_SENTENCE_ENCODER (auto_sentence_encoder_get_type ())

/**
 * AutoSentenceEncoder:
 *
 * Turns sentences into vectors whose angles say how alike the sentences are: a tokenizer, a model and a pooling of its states,
 * as the sentence-transformers library saves them.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (AutoSentenceEncoder, auto_sentence_encoder, AUTO, SENTENCE_ENCODER, GObject)

AUTO_AVAILABLE_IN_1_0 AutoSentenceEncoder *auto_sentence_encoder_from_pretrained (const char *name_or_path, AutoLoadOptions *options,
                                                                                  GCancellable *cancellable, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_sentence_encoder_encode (AutoSentenceEncoder *self, const char *const *texts, GCancellable *cancellable,
                                                                GError **error);
AUTO_AVAILABLE_IN_1_0 void auto_sentence_encoder_encode_async (AutoSentenceEncoder *self, const char *const *texts, int io_priority,
                                                               GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_sentence_encoder_encode_finish (AutoSentenceEncoder *self, GAsyncResult *result, GError **error);

G_END_DECLS
