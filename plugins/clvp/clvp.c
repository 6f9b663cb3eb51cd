/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CLVP's tokenizer: GPT-2's pieces of English as it is spoken. */
#include "core/text/auto-slow.h"
#include "english.h"
#include "sdk/auto-sdk.h"

#define SPACE "[SPACE]"
#define STOP "[STOP]"

/* Marks of the text become spaces where they are tokens, and several of those one. */
static void
clvp_clean_up (const AutoSlow *self, GString *text)
{
  static const char *const marks[] = { SPACE, STOP };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (auto_slow_has (self, marks[i]))
      g_string_replace (text, marks[i], " ", 0);
  if (self->unk && *self->unk)
    g_string_replace (text, self->unk, "", 0);
  g_string_replace (text, "   ", " ", 0);
  g_string_replace (text, "  ", " ", 0);
}

static const AutoTokenizerSpec clvp_tokenizer = {
  .class_name = "ClvpTokenizer", .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{\"errors\": \"replace\", \"unk_token\": \"[UNK]\", \"bos_token\": \"<|endoftext|>\", \"eos_token\": \"" STOP "\","
              " \"pad_token\": \"" STOP "\", \"add_prefix_space\": false, \"add_bos_token\": false, \"add_eos_token\": false}",
  .slow = AUTO_SLOW_BYTE_BPE (NONE, .params = &(const AutoSlowBpe) { .change = clvp_speak_english, .space = SPACE }, .clean_up = clvp_clean_up,
                              .single = "?add_bos_token${bos_token}:0 $A:0 ?add_eos_token${eos_token}:0",
                              .pair = "?add_bos_token${bos_token}:0 $A:0 ?add_eos_token${eos_token}:0"
                                      " ?add_bos_token${bos_token}:1 $B:1 ?add_eos_token${eos_token}:1") };

AUTO_PLUGIN (clvp, "CLVP", AUTO_TOKENIZER ("ClvpTokenizer", NULL, &clvp_tokenizer, .model_type = "clvp"));
