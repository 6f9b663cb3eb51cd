/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-model.h"
#include "core/math/auto-ops.h"

G_BEGIN_DECLS

/* The mask of self-attention from the call's attention_mask (batch, keys) or (batch, queries, keys); NULL sees all. A
 * causal one counts the positions that the cache holds; with three dimensions the caller's mask says all. */
AUTO_AVAILABLE_IN_1_0 AutoMask auto_self_mask (AutoContext *cx, AutoTensor *attention_mask, gboolean causal);
/* The mask of cross-attention. */
AUTO_AVAILABLE_IN_1_0 AutoMask auto_cross_mask (AutoContext *cx, AutoTensor *encoder_attention_mask);
/* A mask with one more bias (broadcasting to batch, heads, queries, keys). */
AUTO_AVAILABLE_IN_1_0 AutoMask auto_mask_with_bias (AutoContext *cx, AutoMask mask, AutoTensor *bias);

/* Fits a mask to keys of which a cache may have let the first go: @n_keys that end with those of @n_queries. */
AUTO_AVAILABLE_IN_1_0 void auto_mask_fit (AutoContext *cx, AutoMask *mask, gint64 n_queries, gint64 n_keys);

/* encoder_hidden_states, which a decoder's cross-attention looks at; NULL when the call has none. An
 * example has as many as the decoder's own states @x. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_source_states (AutoContext *cx, AutoInputs *in, AutoTensor *x);

/* The call's position_ids, or 0, 1, … after what the cache holds: (1, length). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_positions (AutoContext *cx, AutoInputs *in, gint64 length);
/* The same for decoders whose reference takes the positions from the attention mask when it generates: its cumulative sum - 1,
 * and 1 for padding. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_decoder_positions (AutoContext *cx, AutoInputs *in, gint64 length);
/* The same from the mask in every pass. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_masked_positions (AutoContext *cx, AutoInputs *in, gint64 length);
/* The places of tokens among those that the call's attention_mask shows, from @offset on; @offset - 1 for padding. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_counted_positions (AutoContext *cx, AutoInputs *in, gint64 length, gint64 offset);
/* A bias (queries, keys) of self-attention: @value for keys after the query, and for keys by @window or more before it. For
 * masks that a causal AutoMask can't say; see .cached of AutoAttention. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_later_bias (AutoContext *cx, gint64 length, double value);
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_earlier_bias (AutoContext *cx, gint64 length, gint64 window, double value);
/* Fails when this pass's @length tokens and those of the passes before are more than @most, the configuration's @key: for models
 * without a table of positions that would say so. */
AUTO_AVAILABLE_IN_1_0 void auto_check_length (AutoContext *cx, gint64 length, gint64 most, const char *key);
/* The states of the last positions, mostly one, when no others' logits are wanted, otherwise @x itself. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_last_position (AutoContext *cx, AutoTensor *x);
/* Tokens of @x (batch, n, width) in the order of @ids (batch, m). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_pick_tokens (AutoContext *cx, AutoTensor *x, AutoTensor *ids);
/* The token of each row of @x (batch, n, width) at @places, of which there are as many as rows: (batch, width). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_token_at (AutoContext *cx, AutoTensor *x, AutoTensor *places);
/* An input, or zeros of 64-bit integers in the shape of @like. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_input_or_zeros (AutoContext *cx, AutoInputs *in, const char *name, AutoTensor *like);
/* An input that the reference leaves out when it generates (its prepare_inputs_for_generation doesn't hand it on): NULL then. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_input_unless_generating (AutoContext *cx, AutoInputs *in, const char *name);
/* An input of the shape (batch, length), which must be that of the states @x; NULL when the call has none. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_token_input (AutoContext *cx, AutoInputs *in, const char *name, AutoTensor *x);
/* An input that the model can't do without. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_required_input (AutoContext *cx, AutoInputs *in, const char *name);
/* inputs_embeds, or the rows of a table that input_ids names: (batch, length, width). Not both, not neither. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_input_embeddings (AutoContext *cx, AutoInputs *in, const char *name, gint64 n_rows, gint64 width);

/* The same for the decoder's inputs: decoder_inputs_embeds or decoder_input_ids. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_decoder_input_embeddings (AutoContext *cx, AutoInputs *in, const char *name, gint64 n_rows, gint64 width);

G_END_DECLS
