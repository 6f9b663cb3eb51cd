/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SeamlessM4T's tokenizer: languages are written eng or __eng__; texts that are to be made begin with the end mark. */
#include "sdk/auto-sdk.h"

static void
seamless_settle (const AutoTokenizerSpec *self, JsonObject *settings)
{
  static const char *const names[] = { "src_lang", "tgt_lang" }, *const usual[] = { "eng", "fra" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      auto_tokenizer_default_text (settings, names[i], usual[i]);
      const char *language = json_object_get_string_member (settings, names[i]);
      g_autofree char *mark = strstr (language, "__") ? g_strdup (language) : g_strconcat ("__", language, "__", NULL);
      json_object_set_string_member (settings, names[i], mark);
    }
}

#define SEAMLESS_HEAD "[\"<pad>\", \"<unk>\", \"<s>\", \"</s>\"]"

static const AutoSlowPieces seamless_pieces = {
  .skip = 3, .head = SEAMLESS_HEAD, .file_size = TRUE, .mark = AUTO_MARK_SETTING, .unmark = AUTO_UNMARK_ONE, .join = AUTO_JOIN_REPLACED };

static const AutoTokenizerSpec seamless_m4t_tokenizer = {
  .class_name = "SeamlessM4TTokenizer", .kind = AUTO_TOKENIZER_SENTENCEPIECE, .vocab_file = "sentencepiece.bpe.model", .skip = 3,
  .settle = seamless_settle, .templates_win = TRUE, .pads = 2, .model_input_names = auto_tokenizer_plain_inputs,
  .slow = AUTO_SLOW_SENTENCEPIECE (&seamless_pieces, .listed = "[$pad_token, $unk_token, $bos_token, $eos_token]"), .head = SEAMLESS_HEAD, .defaults = "{" AUTO_FAIRSEQ_MARKS ", \"legacy\": false}",
  .single = "${src_lang}:0 $A:0 ${eos_token}:0", .pair = "${src_lang}:0 $A:0 $B:0 ${eos_token}:0",
  .target_single = "${eos_token}:0 ${tgt_lang}:0 $A:0 ${eos_token}:0", .target_pair = "${eos_token}:0 ${tgt_lang}:0 $A:0 $B:0 ${eos_token}:0" };

AUTO_PLUGIN (seamless_m4t, "SeamlessM4T",
  AUTO_TOKENIZER ("SeamlessM4TTokenizer", "SeamlessM4TTokenizerFast", &seamless_m4t_tokenizer, .model_type = "seamless_m4t"),
  AUTO_TOKENIZER ("SeamlessM4TTokenizer", "SeamlessM4TTokenizerFast", &seamless_m4t_tokenizer, .model_type = "seamless_m4t_v2"));
