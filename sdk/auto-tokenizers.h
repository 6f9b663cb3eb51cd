/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/text/auto-slow-engines.h"
#include "core/text/auto-tokenizer-spec.h"

/* The Python class of BERT's kind. */
#define AUTO_SLOW_WORDPIECE(...)                                                                                               \
  &(const AutoSlowTokenizer) { .engine = &auto_slow_wordpiece, .lower = "do_lower_case", .ids_fall_back = TRUE, ##__VA_ARGS__ }

/* Those of GPT-2's and of RoBERTa's kind. */
#define AUTO_SLOW_BYTE_BPE(prefix_, ...)                                                                                       \
  &(const AutoSlowTokenizer) { .engine = &auto_slow_byte_bpe, .prefix = AUTO_SLOW_PREFIX_##prefix_, ##__VA_ARGS__ }
#define AUTO_SLOW_BYTE_BPE_PAIR                                                                                                \
  AUTO_SLOW_BYTE_BPE (SPACE_UNLESS, AUTO_SLOW_PAIR_MARKS)
#define AUTO_SLOW_PAIR_MARKS                                                                                                   \
  .single = "${cls_token}:0 $A:0 ${sep_token}:0", .pair = "${cls_token}:0 $A:0 ${sep_token}:0 ${sep_token}:0 $B:0 ${sep_token}:0"

/* Those of words and their pieces, with an AutoSlowWords. */
#define AUTO_SLOW_WORDS(params_, ...)                                                                                          \
  &(const AutoSlowTokenizer) { .engine = &auto_slow_words, .params = params_, .ids_fall_back = TRUE, ##__VA_ARGS__ }

/* Those around a sentencepiece model, with an AutoSlowPieces. */
#define AUTO_SLOW_SENTENCEPIECE(params_, ...) &(const AutoSlowTokenizer) { .engine = &auto_slow_sentencepiece, .params = params_, ##__VA_ARGS__ }

/* Letters that a network hears. */
#define AUTO_CTC_TOKENIZER(class_name_)                                                                                        \
  .class_name = class_name_, .model_input_names = auto_tokenizer_plain_inputs,                                                 \
  .defaults = "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"unk_token\": \"<unk>\", \"pad_token\": \"<pad>\","              \
              " \"word_delimiter_token\": \"|\", \"replace_word_delimiter_char\": \" \", \"do_lower_case\": false}",               \
  .slow = &(const AutoSlowTokenizer) { .engine = &auto_slow_moments, .lower = "do_lower_case", .prefix = AUTO_SLOW_PREFIX_SPACE_OF_WORDS, \
                                       .long_tokens = TRUE, .joins_added = TRUE, .adds_exact = TRUE,                         \
                                       .ids_fall_back = TRUE, .no_spaces = TRUE }

/* Members of an AutoTokenizerSpec for the classes that cut words as BERT's does: vocab.txt and its normaliser. Their own marks and
 * templates come beside these. */
#define AUTO_WORDPIECE_PARTS(class_name_, ...)                                                                                 \
  .class_name = class_name_, .kind = AUTO_TOKENIZER_WORDPIECE,                                                                 \
  .model = "{\"unk_token\": $unk_token, \"continuing_subword_prefix\": \"##\", \"max_input_chars_per_word\": 100}",            \
  .normalizer = "{\"type\": \"BertNormalizer\", \"clean_text\": true, \"handle_chinese_chars\": $tokenize_chinese_chars,"       \
                " \"strip_accents\": $strip_accents, \"lowercase\": $do_lower_case}",                                          \
  .pre_tokenizer = "{\"type\": \"BertPreTokenizer\"}", .decoder = "{\"type\": \"WordPiece\", \"prefix\": \"##\", \"cleanup\": true}", \
  .adjust = "normalizer.lowercase=do_lower_case normalizer.strip_accents=strip_accents normalizer.handle_chinese_chars=tokenize_chinese_chars", \
  .slow = AUTO_SLOW_WORDPIECE (__VA_ARGS__)
/* The settings of that normaliser, for defaults. */
#define AUTO_WORDPIECE_SETTINGS "\"do_lower_case\": true, \"tokenize_chinese_chars\": true, \"strip_accents\": null"

/* The same with BERT's marks: [CLS] A [SEP] B [SEP]. The Python class does the same in its own way. */
#define AUTO_WORDPIECE_TOKENIZER(class_name_, ...)                                                                             \
  AUTO_WORDPIECE_PARTS (class_name_, ##__VA_ARGS__),                                                                           \
  .defaults = "{" AUTO_WORDPIECE_SETTINGS ", \"unk_token\": \"[UNK]\", \"sep_token\": \"[SEP]\", \"pad_token\": \"[PAD]\","  \
              " \"cls_token\": \"[CLS]\", \"mask_token\": \"[MASK]\"}",                                                      \
  .single = "${cls_token}:0 $A:0 ${sep_token}:0", .pair = "${cls_token}:0 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1"

/* For those that take no token types. */
static const char *const auto_tokenizer_plain_inputs[] G_GNUC_UNUSED = { "input_ids", "attention_mask", NULL };

/* A conversation without any marks but the end of each turn. */
#define AUTO_PLAIN_CHAT "{% for message in messages %}{{ message.content }}{{ eos_token }}{% endfor %}"

/* The same with spaces between the turns, and the end behind the last. */
#define AUTO_DIALOGUE_CHAT                                                                                                     \
  "{% for message in messages %}{{ ' ' if message.role == 'user' else '' }}{{ message.content }}"                              \
  "{{ '' if loop.last else '  ' }}{% endfor %}{{ eos_token }}"

/* The parts of GPT-2's kind: vocab.json and merges.txt over bytes. */
#define AUTO_BYTE_BPE_KIND                                                                                                     \
  .kind = AUTO_TOKENIZER_BPE,                                                                                                  \
  .model = "{\"continuing_subword_prefix\": \"\", \"end_of_word_suffix\": \"\", \"fuse_unk\": false}",                         \
  .pre_tokenizer = "{\"type\": \"ByteLevel\", \"add_prefix_space\": $add_prefix_space, \"trim_offsets\": true, \"use_regex\": true}", \
  .decoder = "{\"type\": \"ByteLevel\", \"add_prefix_space\": true, \"trim_offsets\": true, \"use_regex\": true}"

/* The same with nothing around the text, or the start token if add_bos_token says so. */
#define AUTO_BYTE_BPE_PARTS(class_name_, end) AUTO_BYTE_BPE_MARKED (class_name_, "\"" end "\"")
/* @end: JSON of the mark of the end, which is also that of the start and the unknown token. */
#define AUTO_BYTE_BPE_MARKED(class_name_, end)                                                                                 \
  .class_name = class_name_, AUTO_BYTE_BPE_KIND,                                                                               \
  .defaults = "{\"add_prefix_space\": false, \"add_bos_token\": false, \"unk_token\": " end ", \"bos_token\": " end ","        \
              " \"eos_token\": " end "}",                                                                                      \
  .single = "?add_bos_token${bos_token}:0 $A:0", .pair = "?add_bos_token${bos_token}:0 $A:0 $B:1",                             \
  .ids_single = "$A:0", .ids_pair = "$A:0 $B:1",                                                                               \
  .adjust = "pre_tokenizer.add_prefix_space=add_prefix_space", .model_input_names = auto_tokenizer_plain_inputs

/* A mark that is looked for in normalized text. */
#define AUTO_NORMALIZED_MARK(text) "{\"content\": \"" text "\", \"normalized\": true}"

/* The same with the chat that GPT-2 has, and with its refusal of words without a space in front. */
#define AUTO_BYTE_BPE_TOKENIZER(class_name_, end)                                                                              \
  AUTO_BYTE_BPE_MARKED (class_name_, AUTO_NORMALIZED_MARK (end)),                                                              \
  .json_defaults = "{\"unk_token\": \"" end "\", \"bos_token\": \"" end "\", \"eos_token\": \"" end "\"}", .chat_template = AUTO_PLAIN_CHAT, .words_need = "add_prefix_space",                  \
  .slow = AUTO_SLOW_BYTE_BPE (SPACE, .pair = "?add_bos_token${bos_token}:0 $A:0 ?add_bos_token${bos_token}:1 $B:1")

/* The same with the marks of RoBERTa's kind; what stands around the texts comes beside these. @normalized: whether the mask is looked for in
 * normalized text, "true" or "false". */
#define AUTO_BYTE_BPE_PAIR_PARTS(class_name_, normalized)                                                                      \
  AUTO_BYTE_BPE_PAIR_BARE (class_name_, normalized), .json_defaults = "{" AUTO_FAIRSEQ_MARKS "}"
/* The same without what the fast class by itself has. */
#define AUTO_BYTE_BPE_PAIR_BARE(class_name_, normalized)                                                                       \
  .class_name = class_name_, AUTO_BYTE_BPE_KIND,                                                                               \
  .defaults = "{\"add_prefix_space\": false, " AUTO_BYTE_BPE_PAIR_DEFAULTS (normalized) "}",                                   \
  .adjust = AUTO_BYTE_BPE_PAIR_ADJUST,                                                                                         \
  .words_need = "add_prefix_space", .model_input_names = auto_tokenizer_plain_inputs
#define AUTO_BYTE_BPE_PAIR_ADJUST                                                                                              \
  "pre_tokenizer.add_prefix_space=add_prefix_space post_processor.add_prefix_space=add_prefix_space post_processor.trim_offsets=trim_offsets"
#define AUTO_BYTE_BPE_PAIR_DEFAULTS(normalized)                                                                                \
  "\"trim_offsets\": true, \"bos_token\": " AUTO_NORMALIZED_MARK ("<s>") ", \"eos_token\": " AUTO_NORMALIZED_MARK ("</s>")         \
  ", \"sep_token\": " AUTO_NORMALIZED_MARK ("</s>") ", \"cls_token\": " AUTO_NORMALIZED_MARK ("<s>")                             \
  ", \"unk_token\": " AUTO_NORMALIZED_MARK ("<unk>") ", \"pad_token\": " AUTO_NORMALIZED_MARK ("<pad>")                          \
  ", \"mask_token\": {\"content\": \"<mask>\", \"lstrip\": true, \"normalized\": " normalized "}"

/* <s> A </s></s> B </s> around the texts. */
#define AUTO_BYTE_BPE_PAIR_TOKENIZER(class_name_, normalized) \
  AUTO_BYTE_BPE_PAIR_PARTS (class_name_, normalized), AUTO_BYTE_BPE_PAIR_MARKS, .slow = AUTO_SLOW_BYTE_BPE_PAIR
#define AUTO_BYTE_BPE_PAIR_MARKS                                                                                               \
  .post_processor = "{\"type\": \"RobertaProcessing\", \"sep\": [$sep_token, $sep_token_id], \"cls\": [$cls_token, $cls_token_id]," \
                    " \"trim_offsets\": $trim_offsets, \"add_prefix_space\": $add_prefix_space}"

/* The marks of fairseq's models, and their mask, which takes the space before it. */
#define AUTO_FAIRSEQ_MARKS                                                                                                     \
  "\"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"sep_token\": \"</s>\", \"cls_token\": \"<s>\", \"unk_token\": \"<unk>\","   \
  " \"pad_token\": \"<pad>\""
#define AUTO_FAIRSEQ_MASK "\"mask_token\": {\"content\": \"<mask>\", \"lstrip\": true}"

/* A sentencepiece model whose first three pieces fairseq replaced by four of its own. */
#define AUTO_FAIRSEQ_PARTS(class_name_)                                                                                        \
  .class_name = class_name_, .kind = AUTO_TOKENIZER_SENTENCEPIECE, .vocab_file = "sentencepiece.bpe.model", .skip = 3,         \
  .head = AUTO_FAIRSEQ_HEAD, .model_input_names = auto_tokenizer_plain_inputs
#define AUTO_FAIRSEQ_HEAD "[\"<s>\", \"<pad>\", \"</s>\", \"<unk>\"]"
/* <s> A </s></s> B </s> around its texts. */
#define AUTO_FAIRSEQ_TEMPLATES .single = "<s>:0 $A:0 </s>:0", .pair = "<s>:0 $A:0 </s>:0 </s>:0 $B:0 </s>:0"
/* The same for XLM-RoBERTa's kind. */
#define AUTO_FAIRSEQ_TOKENIZER(class_name_)                                                                                    \
  AUTO_FAIRSEQ_PARTS (class_name_), AUTO_FAIRSEQ_TEMPLATES, .tail = "[\"<mask>\"]",                                            \
  .defaults = "{" AUTO_FAIRSEQ_MARKS ", " AUTO_FAIRSEQ_MASK "}",                                                               \
  .slow = AUTO_SLOW_FAIRSEQ_MASKED ()
#define AUTO_SLOW_FAIRSEQ_MASKED(...)                                                                                          \
  AUTO_SLOW_FAIRSEQ ((&(const AutoSlowPieces) { .skip = 3, .head = AUTO_FAIRSEQ_HEAD, .tail = "[\"<mask>\"]", .join = AUTO_JOIN_REPLACED }), \
                     ##__VA_ARGS__)
#define AUTO_SLOW_FAIRSEQ(pieces, ...)                                                                                         \
  AUTO_SLOW_SENTENCEPIECE (pieces, AUTO_SLOW_PAIR_MARKS, ##__VA_ARGS__)

/* A text's language before it, the end behind it. */
#define AUTO_TRANSLATION_TEMPLATES                                                                                             \
  .single = "${src_lang}:0 $A:0 ${eos_token}:0", .pair = "${src_lang}:0 $A:0 $B:0 ${eos_token}:0",                             \
  .target_single = "${tgt_lang}:0 $A:0 ${eos_token}:0", .target_pair = "${tgt_lang}:0 $A:0 $B:0 ${eos_token}:0"
/* Gives a setting a text where it has none. */
AUTO_AVAILABLE_IN_1_0 void auto_tokenizer_default_text (JsonObject *settings, const char *name, const char *text);

/* How ALBERT's kind cleans a text, which then has one space between words, and scores its pieces. */
#define AUTO_ALBERT_PARTS(class_name_)                                                                                         \
  .class_name = class_name_, .kind = AUTO_TOKENIZER_SENTENCEPIECE, .vocab_file = "spiece.model", .score = auto_tokenizer_score_commas, \
  .normalizer = "{\"type\": \"Sequence\", \"normalizers\": [" AUTO_ALBERT_QUOTES ", " AUTO_ALBERT_LETTERS ", " AUTO_ALBERT_SPACES "]}"
#define AUTO_ALBERT_QUOTES                                                                                                     \
  "{\"type\": \"Replace\", \"pattern\": {\"String\": \"``\"}, \"content\": \"\\\"\"},"                                         \
  " {\"type\": \"Replace\", \"pattern\": {\"String\": \"''\"}, \"content\": \"\\\"\"}"
#define AUTO_ALBERT_LETTERS                                                                                                    \
  "{\"unless\": $keep_accents, \"type\": \"NFKD\"}, {\"unless\": $keep_accents, \"type\": \"StripAccents\"},"                   \
  " {\"when\": $do_lower_case, \"type\": \"Lowercase\"}, {\"when\": $charsmap, \"type\": \"Precompiled\", \"precompiled_charsmap\": $charsmap}"
#define AUTO_ALBERT_SPACES "{\"type\": \"Replace\", \"pattern\": {\"Regex\": \" {2,}\"}, \"content\": \" \"}"
/* Pieces that end with a digit and a comma are to be used only where nothing else fits. */
AUTO_AVAILABLE_IN_1_0 double auto_tokenizer_score_commas (const char *piece, double score);

/* Llama's chat: turns in [INST] and [/INST], what the system says within the first of them. */
#define AUTO_LLAMA_CHAT                                                                                                        \
  "{% set system = false %}{% set turns = messages %}"                                                                         \
  "{% if messages[0]['role'] == 'system' %}{% set turns = messages[1:] %}{% set system = messages[0]['content'] %}"            \
  "{% elif $use_default_system_prompt == true and not '<<SYS>>' in messages[0]['content'] %}{% set system = '"                \
  "You are a helpful, respectful and honest assistant. Always answer as helpfully as possible, while being safe. "             \
  "Your answers should not include any harmful, unethical, racist, sexist, toxic, dangerous, or illegal content. "             \
  "Please ensure that your responses are socially unbiased and positive in nature.\\n\\n"                                    \
  "If a question does not make any sense, or is not factually coherent, explain why instead of answering something not correct. " \
  "If you don\\'t know the answer to a question, please don\\'t share false information.' %}{% endif %}"                     \
  "{% for turn in turns %}"                                                                                                    \
  "{% if (turn['role'] == 'user') == (loop.index0 % 2 == 1) %}"                                                                \
  "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"                    \
  "{% set content = turn['content'] %}"                                                                                        \
  "{% if loop.first and system != false %}{% set content = '<<SYS>>\\n' + system + '\\n<</SYS>>\\n\\n' + content %}{% endif %}" \
  "{% if turn['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}"                                  \
  "{% elif turn['role'] == 'system' %}{{ '<<SYS>>\\n' + content.strip() + '\\n<</SYS>>\\n\\n' }}"                       \
  "{% elif turn['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}"

/* The same for Llama's kind: sentencepiece BPE with bytes for what it does not know; <s> before each text, </s> behind it if
 * add_eos_token says so. */
#define AUTO_LLAMA_PARTS(class_name_)                                                                                          \
  .class_name = class_name_, .kind = AUTO_TOKENIZER_SENTENCEPIECE, .vocab_file = "tokenizer.model", .skip = 3,                 \
  .head = "[\"<unk>\", \"<s>\", \"</s>\"]",                                                                                    \
  .model = "{\"byte_fallback\": true}",                                                                                       \
  .normalizer = "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Prepend\", \"prepend\": \"▁\"},"                         \
                " {\"type\": \"Replace\", \"pattern\": {\"String\": \" \"}, \"content\": \"▁\"}]}",                             \
  .pre_tokenizer = "null",                                                                                                     \
  .decoder = "{\"type\": \"Sequence\", \"decoders\": [{\"type\": \"Replace\", \"pattern\": {\"String\": \"▁\"}, \"content\": \" \"},"  \
             " {\"type\": \"ByteFallback\"}, {\"type\": \"Fuse\"}, {\"type\": \"Strip\", \"content\": \" \", \"start\": 1, \"stop\": 0}]}", \
  .single = "?add_bos_token${bos_token}:0 $A:0 ?add_eos_token${eos_token}:0",                                                  \
  .pair = "?add_bos_token${bos_token}:0 $A:0 ?add_eos_token${eos_token}:0 ?add_bos_token${bos_token}:1 $B:1 ?add_eos_token${eos_token}:1", \
  .templates_win = TRUE, .pad_left = TRUE, .model_input_names = auto_tokenizer_plain_inputs, .chat_template = AUTO_LLAMA_CHAT
#define AUTO_LLAMA_DEFAULTS                                                                                                    \
  "\"add_bos_token\": true, \"add_eos_token\": false, \"clean_up_tokenization_spaces\": false, \"use_default_system_prompt\": false,"\
  " \"unk_token\": \"<unk>\", \"bos_token\": \"<s>\", \"eos_token\": \"</s>\""
#define AUTO_LLAMA_TOKENIZER(class_name_)                                                                                      \
  AUTO_LLAMA_PARTS (class_name_), .defaults = "{" AUTO_LLAMA_DEFAULTS "}",                                                     \
  .slow = AUTO_SLOW_SENTENCEPIECE ((&(const AutoSlowPieces) { .mark = AUTO_MARK_SETTING, .unmark = AUTO_UNMARK_ONE, .keep_ends = TRUE }))
