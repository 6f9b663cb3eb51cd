/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Marian's tokenizer: a sentencepiece model for each side, and a language written >>fra<< at the start of a text. */
#include <string.h>

#include "mbart-tokenizers.h"

/* The length of what lies between the first >> of a line and the last << behind it, with both; 0 when there are none. @from is where. */
static gsize
find_language (const char *line, gsize length, gsize *from)
{
  const char *open = g_strstr_len (line, length, ">>");

  if (!open)
    return 0;
  *from = open - line;
  for (gsize to = length; to >= *from + 5; to--)
    if (line[to - 1] == '<' && line[to - 2] == '<')
      return to - *from;
  return 0;
}

/* Languages are no text: the one at the start is a token, the others are taken out. */
static char *
take_language (const char *text, gsize length, GPtrArray *tokens)
{
  g_autoptr(GString) rest = g_string_sized_new (length);

  for (gsize at = 0; at < length;)
    {
      const char *end = memchr (text + at, '\n', length - at);
      gsize n = (end ? (gsize) (end + 1 - text) : length) - at, from = n, size = find_language (text + at, n, &from);
      if (size && at + from == 0)
        g_ptr_array_add (tokens, g_strndup (text, size));
      g_string_append_len (rest, text + at, size ? from : n);
      if (size)
        g_string_append_len (rest, text + at + from + size, n - from - size);
      at += n;
    }
  return g_string_free (g_steal_pointer (&rest), FALSE);
}

static const AutoSlowPieces marian_pieces = {
  .ids_file = "vocab.json", .target_file = "target.spm", .target_ids_file = "target_vocab.json", .target_has_ids = "separate_vocabs",
  .change = take_language, .join = AUTO_JOIN_SPACED };

const AutoTokenizerSpec marian_tokenizer = {
  .class_name = "MarianTokenizer", .vocab_file = "source.spm", .model_max_length = 512, .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{\"unk_token\": \"<unk>\", \"eos_token\": \"</s>\", \"pad_token\": \"<pad>\", \"separate_vocabs\": false}",
  .single = "$A:0 ${eos_token}:0", .pair = "$A:0 $B:0 ${eos_token}:0",
  .slow = AUTO_SLOW_SENTENCEPIECE (&marian_pieces, .ids_fall_back = TRUE, .masks_text = TRUE) };
