/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ERNIE-M's tokenizer: a sentencepiece model, whose pieces are cut again, and a vocabulary of its own. */
#include <string.h>

#include "core/text/auto-python-text.h"
#include "core/text/auto-unicode.h"
#include "sdk/auto-sdk.h"

#define SPACE "▁"

static gboolean
stands_alone (gunichar c)
{
  static const gunichar marks[]
      = { ',', ';', ':', '.', '?', '!', '~', 0xFF0C, 0xFF1B, 0xFF1A, 0x3002, 0xFF1F, 0xFF01, 0x300A, 0x300B, 0x3010, 0x3011 };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (c == marks[i])
      return TRUE;
  return c >= 0x4E00 && c <= 0x9FFF; /* Chinese */
}

/* A part of a piece, unless it is empty or a space's mark alone. */
static void
add_part (const char *piece, gsize from, gsize to, GPtrArray *parts)
{
  if (to > from && !(to - from == strlen (SPACE) && memcmp (piece + from, SPACE, to - from) == 0))
    g_ptr_array_add (parts, g_strndup (piece + from, to - from));
}

/* Chinese characters and punctuation are by themselves, and so are runs of digits. */
static void
cut_piece (const char *piece, GPtrArray *parts)
{
  gsize length = strlen (piece), from = 0;
  gboolean digit = FALSE, before;
  guint size;

  for (gsize at = 0; at < length; at += size)
    {
      gunichar c = auto_utf8_get (piece + at, &size);
      before = digit;
      digit = auto_python_is_digit (c);
      if (c == 0x2581)
        continue;
      if (stands_alone (c))
        {
          add_part (piece, from, at, parts);
          from = at + size;
          g_ptr_array_add (parts, g_strndup (piece + at, size));
        }
      else if (at && digit != before)
        {
          add_part (piece, from, at, parts);
          from = at;
        }
    }
  if (length > from)
    g_ptr_array_add (parts, g_strdup (piece + from));
}

static void
ernie_m_cut (GPtrArray *pieces, GPtrArray *tokens)
{
  for (guint i = 0; i < pieces->len; i++)
    if (!g_str_equal (pieces->pdata[i], SPACE))
      cut_piece (pieces->pdata[i], tokens);
    else if (i && i + 1 < pieces->len && !g_str_has_prefix (pieces->pdata[i + 1], SPACE))
      g_ptr_array_add (tokens, g_strdup (SPACE));
}

static const char *const ernie_m_inputs[] = { "input_ids", NULL };

static const AutoTokenizerSpec ernie_m_tokenizer = {
  .class_name = "ErnieMTokenizer", .vocab_file = "sentencepiece.bpe.model", .model_input_names = ernie_m_inputs,
  .defaults = "{\"do_lower_case\": false, \"encoding\": \"utf8\", \"unk_token\": \"[UNK]\", \"sep_token\": \"[SEP]\", \"pad_token\": \"[PAD]\","
              " \"cls_token\": \"[CLS]\", \"mask_token\": \"[MASK]\"}",
  .slow = AUTO_SLOW_SENTENCEPIECE (
    (&(const AutoSlowPieces) { .lines_file = "vocab.txt", .cut = ernie_m_cut, .join = AUTO_JOIN_REPLACED }), .lower = "do_lower_case",
    .ids_fall_back = TRUE, .masks_ends = TRUE, .single = "${cls_token}:0 $A:0 ${sep_token}:0",
    .pair = "${cls_token}:0 $A:0 ${sep_token}:1 ${sep_token}:1 $B:1 ${sep_token}:1") };

AUTO_PLUGIN (ernie_m, "ERNIE-M", AUTO_TOKENIZER ("ErnieMTokenizer", NULL, &ernie_m_tokenizer, .model_type = "ernie_m"));
