/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-tokenizer.h"

G_BEGIN_DECLS

#define AUTO_TYPE_PRETRAINED_TOKENIZER (auto_pretrained_tokenizer_get_type ())

/**
 * AutoPretrainedTokenizer:
 *
 * The tokenizer that all classes share: a chain of parts that its files describe. Can be derived from.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (AutoPretrainedTokenizer, auto_pretrained_tokenizer, AUTO, PRETRAINED_TOKENIZER, GObject)

/**
 * AutoPretrainedTokenizerClass:
 * @parent_class: the parent
 */
struct _AutoPretrainedTokenizerClass
{
  GObjectClass parent_class;

  /*< private >*/
  gpointer padding[8];
};

AUTO_AVAILABLE_IN_1_0 AutoPretrainedTokenizer *auto_pretrained_tokenizer_new_from_folder (const char *folder, AutoLoadOptions *options, GError **error);
AUTO_AVAILABLE_IN_1_0 gint64 *auto_pretrained_tokenizer_place_boxes (AutoPretrainedTokenizer *self, AutoEncoding *encoding, guint row, const gint64 *boxes,
                                                                     gsize n_boxes, gsize *n, GError **error);
AUTO_AVAILABLE_IN_1_0 gint64 *auto_pretrained_tokenizer_place_labels (AutoPretrainedTokenizer *self, AutoEncoding *encoding, guint row, const gint64 *labels,
                                                                      gsize n_labels, gsize *n, GError **error);
AUTO_AVAILABLE_IN_1_0 GVariant *auto_pretrained_tokenizer_convert_logits_to_predictions (AutoPretrainedTokenizer *self, AutoEncoding *encoding,
                                                                                         AutoTensor *logits, AutoTensor *logits_agg,
                                                                                         double cell_classification_threshold,
                                                                                         AutoTensor **predicted_aggregation_indices, GError **error);
AUTO_AVAILABLE_IN_1_0 gint64 *auto_pretrained_tokenizer_convert_tokens_to_column (AutoPretrainedTokenizer *self, const char *name,
                                                                                  const char *const *tokens, gsize *n, GError **error);
AUTO_AVAILABLE_IN_1_0 gint64 auto_pretrained_tokenizer_get_lang_id (AutoPretrainedTokenizer *self, const char *language, GError **error);

G_END_DECLS
