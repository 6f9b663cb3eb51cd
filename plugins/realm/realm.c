/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* REALM: its tokenizer is BERT's by another name. */
#include "sdk/auto-sdk.h"

static const AutoSlowWordpiece realm_words = { .decomposed = TRUE };
static const AutoTokenizerSpec realm_tokenizer = { AUTO_WORDPIECE_TOKENIZER ("RealmTokenizer", .params = &realm_words) };

AUTO_PLUGIN (realm, "REALM",
  AUTO_TOKENIZER ("RealmTokenizer", "RealmTokenizerFast", &realm_tokenizer, .model_type = "realm"));
