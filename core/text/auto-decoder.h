/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"
#include "../base/auto-json.h"

G_BEGIN_DECLS

/* The steps that a "decoder" of tokenizer.json describes, sequences unfolded. */
typedef struct _AutoDecoder AutoDecoder;

AUTO_INTERNAL AutoDecoder *auto_decoder_new (JsonNode *description, GError **error);
AUTO_INTERNAL void auto_decoder_free (AutoDecoder *self);
/* Turns the tokens (GPtrArray of GString, without a free function; changed on the way, the caller frees what is left) into text. */
AUTO_INTERNAL GString *auto_decoder_run (const AutoDecoder *self, GPtrArray *tokens, GError **error);
/* " ." becomes "." and so on: what decoders call cleaning up. */
AUTO_INTERNAL void auto_decoder_clean_up (GString *text, gboolean do_not);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoDecoder, auto_decoder_free)

G_END_DECLS
