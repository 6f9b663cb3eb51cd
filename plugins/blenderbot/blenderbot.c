/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Blenderbot: RoBERTa's tokenizer with one end mark, a dialogue's turns told apart by spaces. */
#include "sdk/auto-sdk.h"

static const AutoTokenizerSpec blenderbot_tokenizer = {
  AUTO_BYTE_BPE_PAIR_PARTS ("BlenderbotTokenizer", "false"), .single = "$A:0 ${eos_token}:0", .pair = "$A:0 $B:1",
  .ids_single = "$A:0 ${eos_token}:0", .ids_pair = "$A:0 ${eos_token}:0",
  /* the Python class leaves the second text out */
  .slow = AUTO_SLOW_BYTE_BPE (SPACE_UNLESS, .single = "$A:0 ${eos_token}:0", .pair = "$A:0 ${eos_token}:0"),
  .chat_template = AUTO_DIALOGUE_CHAT };

AUTO_PLUGIN (blenderbot, "Blenderbot",
  AUTO_TOKENIZER ("BlenderbotTokenizer", "BlenderbotTokenizerFast", &blenderbot_tokenizer, .model_type = "blenderbot"));
