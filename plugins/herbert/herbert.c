/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HerBERT's tokenizer: XLM's pairs of letters, words cut as BERT's are. */
#include "sdk/auto-sdk.h"

static const AutoSlowWords herbert_words = { .cut = AUTO_WORDS_CASED, .lines = AUTO_MERGES_COUNTED };

static const AutoTokenizerSpec herbert_tokenizer = {
  .class_name = "HerbertTokenizer",
  .kind = AUTO_TOKENIZER_BPE, .merges_lines = AUTO_MERGES_COUNTED,
  .defaults
  = "{\"bos_token\": \"<s>\", \"cls_token\": \"<s>\", \"unk_token\": \"<unk>\", \"pad_token\": \"<pad>\", \"mask_token\": \"<mask>\","
    " \"sep_token\": \"</s>\", \"additional_special_tokens\": [\"<special0>\", \"<special1>\", \"<special2>\", \"<special3>\", "
    "\"<special4>\","
    " \"<special5>\", \"<special6>\", \"<special7>\", \"<special8>\", \"<special9>\"]}",
  .json_defaults = "{\"bos_token\": null, \"additional_special_tokens\": []}",
  .model = "{\"unk_token\": $unk_token, \"continuing_subword_prefix\": null, \"end_of_word_suffix\": \"</w>\", \"fuse_unk\": false}",
  .normalizer
  = "{\"type\": \"BertNormalizer\", \"clean_text\": true, \"handle_chinese_chars\": true, \"strip_accents\": false, \"lowercase\": false}",
  .pre_tokenizer = "{\"type\": \"BertPreTokenizer\"}",
  .decoder = "{\"type\": \"BPEDecoder\", \"suffix\": \"</w>\"}",
  .post_processor = "{\"type\": \"BertProcessing\", \"sep\": [$sep_token, $sep_token_id], \"cls\": [$cls_token, $cls_token_id]}",
  .slow = AUTO_SLOW_WORDS (&herbert_words, .lower = "do_lowercase_and_remove_accent", .single = "${bos_token}:0 $A:0 ${sep_token}:0",
                           .pair = "${bos_token}:0 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1")
};

AUTO_PLUGIN (herbert, "HerBERT",
  AUTO_TOKENIZER ("HerbertTokenizer", "HerbertTokenizerFast", &herbert_tokenizer, .model_type = "herbert"));
