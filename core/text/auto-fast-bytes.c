/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The short way of byte-level BPE: the text is composed where its normalizer wants that, cut, and its words are found with known patterns. */
#include "auto-fast-path-private.h"

#include <string.h>

#include "auto-ascii-run.h"
#include "auto-bpe.h"
#include "auto-byte-level.h"

/* Whether a byte is in no UTF-8. */
static gboolean
is_foreign (int byte)
{
  return byte == 0xC0 || byte == 0xC1 || byte >= 0xF5;
}

gboolean
auto_fast_prepare_bytes (AutoFastPath *self)
{
  char utf8[8];

  if (self->model->class != &auto_bpe_class || !auto_bpe_is_plain_apart_from_words (self->model, &self->ignores_merges))
    return FALSE;
  for (int byte = 0; byte < 256; byte++)
    {
      int n = g_unichar_to_utf8 (auto_byte_to_char (byte), utf8);
      self->byte_ids[byte] = auto_vocabulary_find (self->model->vocabulary, utf8, n);
      self->lacks_bytes |= self->byte_ids[byte] < 0 && !is_foreign (byte);
    }
  return TRUE;
}

/* A space, perhaps, and ASCII letters, which are a word by themselves in patterns that don't look at case; 0 when it isn't that plain. */
static inline gsize
plain_word (const char *text, const char *end)
{
  gsize space = *text == ' ', n = text + space < end ? auto_ascii_letters (text + space, end) : 0, all = space + n;

  return n == 0 || (text + all < end && (guchar) text[all] >= 0x80) ? 0 : all;
}

/* The same in a pattern that ends words where capitals follow small letters; an apostrophe may go on with the word. */
static inline gsize
plain_cased_word (const char *text, const char *end)
{
  gsize space = *text == ' ', upper = text + space < end ? auto_ascii_cased (text + space, end, 'A') : 0;
  gsize all = space + upper, lower = text + all < end ? auto_ascii_cased (text + all, end, 'a') : 0;

  all += lower;
  return upper + lower == 0 || (text + all < end && ((guchar) text[all] >= 0x80 || text[all] == '\'')) ? 0 : all;
}

#define LEAST_BLOCK 16

/* Adds the words of a block whose ends are known, and returns their length; -1 with an error. */
static inline gssize
add_block (AutoFastRun *run, AutoScanBlock kind, const char *text, gsize length, GError **error)
{
  char tail[AUTO_SCAN_BLOCK_BYTES];
  const char *block = text;
  guint from = 0;

  if (length < AUTO_SCAN_BLOCK_BYTES)
    {
      memset (tail, 0x80, sizeof tail); /* what isn't ASCII ends a block */
      block = memcpy (tail, text, length);
    }
  for (guint64 starts = auto_scan_block (kind, block, length) & ~G_GUINT64_CONSTANT (1); starts; starts &= starts - 1)
    {
      guint to = __builtin_ctzll (starts);
      if (!auto_fast_run_add_kind (run, text + from, to - from, AUTO_WORD_WHOLE, error))
        return -1;
      from = to;
    }
  return from;
}

static inline gboolean
is_ascii (const char *text)
{
  guint64 bytes;

  memcpy (&bytes, text, sizeof bytes);
  return !(bytes & G_GUINT64_CONSTANT (0x8080808080808080));
}

static gboolean
run_bytes (AutoFastRun *run, const char *text, gsize length, GError **error)
{
  AutoScanner scanner = run->path->words.scanner;
  AutoScanBlock block = auto_scanner_get_block (scanner);
  gboolean caseless = auto_scanner_ignores_case (scanner), cased = auto_scanner_minds_case (scanner);
  const char *end = text + length;

  while (text < end)
    {
      if (block && end - text >= LEAST_BLOCK && is_ascii (text))
        {
          gssize known = add_block (run, block, text, end - text, error);
          if (known < 0)
            return FALSE;
          text += known;
          if (known > 0)
            continue;
        }
      gsize n = caseless ? plain_word (text, end) : cased ? plain_cased_word (text, end) : 0;
      if (n == 0)
        n = scanner (text, end - text);
      if (n == 0) /* what lies between matches is one word */
        do
          n += auto_utf8_size (text[n]);
        while (text + n < end && scanner (text + n, end - text - n) == 0);
      if (!auto_fast_run_add (run, text, n, error))
        return FALSE;
      text += n;
    }
  return TRUE;
}

/* Cuts the text with the patterns from the @cut-th on. */
static gboolean
run_cuts (AutoFastRun *run, guint cut, const char *text, gsize length, GError **error)
{
  const AutoByteWords *words = &run->path->words;

  if (cut == words->n_cuts)
    return words->scanner ? run_bytes (run, text, length, error) : auto_fast_run_add (run, text, length, error);
  for (gsize n; length > 0; text += n, length -= n)
    {
      n = auto_scan_run (&words->cuts[cut], text, length);
      if (!run_cuts (run, cut + 1, text, n, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
auto_fast_run_cuts (AutoFastRun *run, const char *text, gsize length, GError **error)
{
  return run_cuts (run, 0, text, length, error);
}

/* Characters that neither decompose nor combine with what is before them. */
static gboolean
is_surely_composed (gunichar c)
{
  return (c >= 0xA0 && c < 0x300) || (c >= 0x400 && c < 0x483) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3)
         || (c >= 0x3041 && c <= 0x3096) || (c >= 0x30A1 && c <= 0x30FF) || (c >= 0x2010 && c <= 0x2027) || (c >= 0x3000 && c < 0x302A)
         || (c >= 0xFF01 && c <= 0xFFEE) || (c >= 0x1F300 && c <= 0x1FAFF) || c == 0x20AC || (c >= 0x2500 && c <= 0x25FF);
}

/* The same for form KC, in which more characters become others. */
static gboolean
is_surely_compatible (gunichar c)
{
  return (c >= 0xC0 && c <= 0x131) || (c >= 0x400 && c < 0x483) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3)
         || (c >= 0x3041 && c <= 0x3096) || (c >= 0x30A1 && c <= 0x30FE) || (c >= 0x2012 && c <= 0x2016) || (c >= 0x2018 && c <= 0x2023)
         || (c >= 0x3001 && c <= 0x3020) || (c >= 0x1F300 && c <= 0x1FAFF) || c == 0x20AC || (c >= 0x2500 && c <= 0x25FF);
}

/* Bytes of @text up to the first character that the form may change. */
static gsize
composed_length (const AutoFastPath *self, const char *text, gsize length)
{
  guint size;

  for (gsize at = 0;; at += size)
    {
      at += auto_ascii_length (text + at, length - at);
      if (at == length)
        return at;
      gunichar c = auto_utf8_get (text + at, &size);
      if (!(self->compatible ? is_surely_compatible (c) : is_surely_composed (c)))
        return at;
    }
}

gboolean
auto_fast_path_takes (const AutoFastPath *self, const char *text, gsize length)
{
  gint32 all = self->prefix == AUTO_PREFIX_NONE ? 0 : self->byte_ids[' '];

  if (!self->lacks_bytes)
    return TRUE;
  if (self->composes && composed_length (self, text, length) < length) /* into characters of other bytes */
    return FALSE;
  for (gsize i = 0; i < length; i++)
    all |= self->byte_ids[(guchar) text[i]];
  return all >= 0;
}

/* A text in the form, which is worked out only where it may differ: from a character before what may combine to the next ASCII one. */
static char *
compose (const AutoFastPath *self, AutoFastScratch *scratch, const char *text, gsize *length, GError **error)
{
  GString *composed = g_string_sized_new (*length + 16);
  AutoAlignedText *work = &scratch->pre.work;

  for (gsize at = 0; at < *length;)
    {
      gsize from = at + composed_length (self, text + at, *length - at), to = from;
      if (from < *length && from > at)
        from = auto_utf8_previous (text + from) - text;
      g_string_append_len (composed, text + at, from - at);
      if (from < *length)
        for (to += auto_utf8_size (text[to]); to < *length && (guchar) text[to] >= 0x80;)
          to += auto_utf8_size (text[to]);
      work->length = 0;
      auto_aligned_text_append_original (work, text + from, to - from, 0);
      if (!auto_normalizer_run (self->normalizer, work, &scratch->pre.spare, 0, error))
        {
          g_string_free (composed, TRUE);
          return NULL;
        }
      g_string_append_len (composed, work->text, work->length);
      at = to;
    }
  *length = composed->len;
  return g_string_free (composed, FALSE);
}

gboolean
auto_fast_path_normalize (const AutoFastPath *self, AutoFastScratch *scratch, const char *text, gsize *length, char **normalized, GError **error)
{
  if (self->kind != AUTO_FAST_BYTES || !self->composes || composed_length (self, text, *length) == *length)
    return TRUE;
  return (*normalized = compose (self, scratch, text, length, error)) != NULL;
}
