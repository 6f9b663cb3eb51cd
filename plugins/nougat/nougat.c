/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Nougat's tokenizer. */
#include "sdk/auto-sdk.h"

/* Only tokenizer.json holds what this class needs. */
static const AutoTokenizerSpec nougat_tokenizer = {
  .class_name = "NougatTokenizer",
  .defaults = "{\"clean_up_tokenization_spaces\": false, \"unk_token\": \"<unk>\", \"bos_token\": \"<s>\","
              " \"eos_token\": \"</s>\", \"pad_token\": \"<pad>\"}", .model_input_names = auto_tokenizer_plain_inputs };

AUTO_PLUGIN (nougat, "Nougat", AUTO_TOKENIZER (NULL, "NougatTokenizerFast", &nougat_tokenizer, .model_type = "nougat"));
