/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-added-vocabulary.h"
#include "auto-pretrained-tokenizer.h"

G_BEGIN_DECLS

/* Adds tokens that say how they are matched; returns how many are new, or -1. */
AUTO_INTERNAL gint64 auto_pretrained_tokenizer_add (AutoPretrainedTokenizer *self, const AutoAddedToken *tokens, guint n, GError **error);

/* Its settings, or NULL for an object that was made without files. */
JsonObject *auto_pretrained_tokenizer_get_settings (AutoPretrainedTokenizer *self);

G_END_DECLS
