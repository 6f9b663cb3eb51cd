/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mBART's tokenizers: XLM-RoBERTa's vocabulary with a mark for each language, which stands behind the text, or in mBART-50 before it. */
#include "mbart-tokenizers.h"

static const char mbart_codes[] =
  "ar_AR cs_CZ de_DE en_XX es_XX et_EE fi_FI fr_XX gu_IN hi_IN it_IT ja_XX kk_KZ ko_KR lt_LT lv_LV my_MM ne_NP nl_XX ro_RO ru_RU "
  "si_LK tr_TR vi_VN zh_CN";
static const char mbart50_codes[] =
  "ar_AR cs_CZ de_DE en_XX es_XX et_EE fi_FI fr_XX gu_IN hi_IN it_IT ja_XX kk_KZ ko_KR lt_LT lv_LV my_MM ne_NP nl_XX ro_RO ru_RU "
  "si_LK tr_TR vi_VN zh_CN af_ZA az_AZ bn_IN fa_IR he_IL hr_HR id_ID ka_GE km_KH mk_MK ml_IN mn_MN mr_IN pl_PL ps_AF pt_XX sv_SE "
  "sw_KE ta_IN te_IN th_TH tl_XX uk_UA ur_PK xh_ZA gl_ES sl_SI";

static char **
mbart_languages (const AutoTokenizerSpec *self, JsonObject *settings)
{
  return g_strsplit (mbart_codes, " ", -1);
}

static char **
mbart50_languages (const AutoTokenizerSpec *self, JsonObject *settings)
{
  return g_strsplit (mbart50_codes, " ", -1);
}

static void
mbart_settle (const AutoTokenizerSpec *self, JsonObject *settings)
{
  auto_tokenizer_default_text (settings, "src_lang", "en_XX");
}

#define MBART_PIECES .skip = 3, .head = AUTO_FAIRSEQ_HEAD, .more = TRUE, .tail = "[\"<mask>\"]"
static const AutoSlowPieces mbart_pieces = { MBART_PIECES, .join = AUTO_JOIN_REPLACED };
static const AutoSlowPieces mbart50_pieces = { MBART_PIECES };

const AutoTokenizerSpec mbart_tokenizer = {
  AUTO_FAIRSEQ_PARTS ("MBartTokenizer"), .more_tokens = mbart_languages, .languages = mbart_languages,
  .tail = "[\"<mask>\"]", .settle = mbart_settle, .templates_win = TRUE,
  .defaults = "{" AUTO_FAIRSEQ_MARKS ", " AUTO_FAIRSEQ_MASK "}",
  .single = "$A:0 ${eos_token}:0 ${src_lang}:0", .pair = "$A:0 $B:0 ${eos_token}:0 ${src_lang}:0",
  .target_single = "$A:0 ${eos_token}:0 ${tgt_lang}:0", .target_pair = "$A:0 $B:0 ${eos_token}:0 ${tgt_lang}:0",
  .slow = AUTO_SLOW_SENTENCEPIECE (&mbart_pieces) };

const AutoTokenizerSpec mbart50_tokenizer = {
  AUTO_FAIRSEQ_PARTS ("MBart50Tokenizer"), .more_tokens = mbart50_languages, .languages = mbart50_languages, .languages_first = TRUE,
  .tail = "[\"<mask>\"]", .settle = mbart_settle, .templates_win = TRUE,
  .defaults = "{\"eos_token\": \"</s>\", \"sep_token\": \"</s>\", \"cls_token\": \"<s>\", \"unk_token\": \"<unk>\", \"pad_token\": \"<pad>\","
              " \"mask_token\": {\"content\": \"<mask>\", \"lstrip\": true, \"normalized\": true}}",
  .json_defaults = "{" AUTO_FAIRSEQ_MASK "}",
  AUTO_TRANSLATION_TEMPLATES, .slow = AUTO_SLOW_SENTENCEPIECE (&mbart50_pieces) };

/* BARThez takes the file's pieces as they are. */
const AutoTokenizerSpec barthez_tokenizer = {
  .class_name = "BarthezTokenizer", .kind = AUTO_TOKENIZER_SENTENCEPIECE, .vocab_file = "sentencepiece.bpe.model",
  .defaults = "{" AUTO_FAIRSEQ_MARKS ", " AUTO_FAIRSEQ_MASK "}", AUTO_FAIRSEQ_TEMPLATES, .model_input_names = auto_tokenizer_plain_inputs,
  .slow = AUTO_SLOW_FAIRSEQ (NULL) };
