/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdk/auto-sdk.h"

G_GNUC_INTERNAL extern const AutoTokenizerSpec mbart_tokenizer, mbart50_tokenizer, barthez_tokenizer, marian_tokenizer, plbart_tokenizer;
