/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* REALM: its tokenizer is BERT's by another name. */
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec realm_tokenizer = { AUTO_WORDPIECE_TOKENIZER ("RealmTokenizer") };

AUTO_PLUGIN (realm, "REALM",
  AUTO_TOKENIZER ("RealmTokenizer", "RealmTokenizerFast", &realm_tokenizer, .model_type = "realm"));
