/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../auto/auto-inputs.h"

G_BEGIN_DECLS

#define AUTO_TYPE_ENCODING (auto_encoding_get_type ())

/**
 * AutoEncoding:
 *
 * What a tokenizer made of one text or of many: rows of tokens, and where they come from.
 *
 * Positions in the text are given in code points and in bytes. They are worked out when they are first asked for.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (AutoEncoding, auto_encoding, AUTO, ENCODING, GObject)

AUTO_AVAILABLE_IN_1_0 guint auto_encoding_get_n_rows (AutoEncoding *self);
AUTO_AVAILABLE_IN_1_0 guint auto_encoding_get_length (AutoEncoding *self, guint row);
AUTO_AVAILABLE_IN_1_0 guint auto_encoding_get_sample (AutoEncoding *self, guint row);
AUTO_AVAILABLE_IN_1_0 const gint64 *auto_encoding_get_ids (AutoEncoding *self, guint row, gsize *n);
AUTO_AVAILABLE_IN_1_0 const gint64 *auto_encoding_get_type_ids (AutoEncoding *self, guint row, gsize *n);
AUTO_AVAILABLE_IN_1_0 const gint64 *auto_encoding_get_attention_mask (AutoEncoding *self, guint row, gsize *n);
AUTO_AVAILABLE_IN_1_0 const gint64 *auto_encoding_get_special_tokens_mask (AutoEncoding *self, guint row, gsize *n);
AUTO_AVAILABLE_IN_1_0 const gint64 *auto_encoding_get_sequence_ids (AutoEncoding *self, guint row, gsize *n);
AUTO_AVAILABLE_IN_1_0 const gint64 *auto_encoding_get_word_ids (AutoEncoding *self, guint row, gsize *n, GError **error);
AUTO_AVAILABLE_IN_1_0 const gint64 *auto_encoding_get_offsets (AutoEncoding *self, guint row, gsize *n, GError **error);
AUTO_AVAILABLE_IN_1_0 const gint64 *auto_encoding_get_byte_offsets (AutoEncoding *self, guint row, gsize *n, GError **error);
AUTO_AVAILABLE_IN_1_0 const gint64 *auto_encoding_get_overflowing_tokens (AutoEncoding *self, guint row, gsize *n);
AUTO_AVAILABLE_IN_1_0 gint64 auto_encoding_get_num_truncated_tokens (AutoEncoding *self, guint row);
AUTO_AVAILABLE_IN_1_0 const gint64 *auto_encoding_get_column (AutoEncoding *self, const char *name, guint row, gsize *n, GError **error);
AUTO_AVAILABLE_IN_1_0 char **auto_encoding_get_tokens (AutoEncoding *self, guint row, GError **error);
AUTO_AVAILABLE_IN_1_0 const char *const *auto_encoding_get_names (AutoEncoding *self);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_encoding_get_tensor (AutoEncoding *self, const char *name, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_encoding_get_row_tensor (AutoEncoding *self, const char *name, guint row, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoInputs *auto_encoding_get_inputs (AutoEncoding *self);
AUTO_AVAILABLE_IN_1_0 AutoInputs *auto_encoding_get_row (AutoEncoding *self, guint row, GError **error);

G_END_DECLS
