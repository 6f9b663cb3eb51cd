/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-decode-call.h"
#include "auto-pretrained-tokenizer.h"
#include "auto-tokenizer-spec.h"

G_BEGIN_DECLS

/* What a class whose texts are of speech does beside: see auto-tokenizer-speech.h. Everything may be NULL. */
struct _AutoTokenizerSpeech
{
  /* Decodes in place of auto_pretrained_decode_plain (), which it calls for pieces. @answer gets what the call asks for beside the text. */
  GString *(*decode) (AutoTokenizer *self, const gint64 *ids, gsize n, const AutoDecodeCall *call, JsonObject *answer, GError **error);
  /* Makes a text plain, by the rules for English or for any language. */
  char *(*normalize) (AutoTokenizer *self, const char *text, gboolean english, gboolean remove_diacritics, GError **error);
  /* The ids of what was said before. */
  gint64 *(*prompt_ids) (AutoTokenizer *self, const char *text, gsize *n, GError **error);
  /* What the model made of the pieces of a recording, as one. */
  JsonNode *(*decode_asr) (AutoTokenizer *self, JsonArray *outputs, const AutoDecodeCall *call, GCancellable *cancellable, GError **error);
};

/* Decoding as all classes do it. */
AUTO_INTERNAL GString *auto_pretrained_decode_plain (AutoTokenizer *self, const gint64 *ids, gsize n, const AutoDecodeCall *call, JsonObject *answer,
                                                     GError **error);
/* Decoding as the tokenizer's class does it. */
AUTO_INTERNAL GString *auto_pretrained_decode_call (AutoTokenizer *self, const gint64 *ids, gsize n, const AutoDecodeCall *call, JsonObject *answer,
                                                    GError **error);
/* What the class keeps beside the usual files, or NULL with an error that names the file. */
AUTO_INTERNAL JsonObject *auto_pretrained_get_beside (AutoTokenizer *self, GError **error);
/* The ids of the special tokens (gint64), each once, in the reference's order. */
AUTO_INTERNAL GArray *auto_pretrained_list_special_ids (AutoTokenizer *self);

G_END_DECLS
