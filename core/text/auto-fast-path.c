/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-fast-path.h"

#include "auto-ascii-run.h"
#include "auto-bpe.h"
#include "auto-byte-level.h"

typedef enum
{
  BYTES, /* byte-level BPE after a known pattern */
  BERT,  /* BertNormalizer and BertPreTokenizer */
  CHUNKS, /* Metaspace that puts its mark before every word */
  WHOLE, /* no pre-tokenizer, spaces become marks: BPE that never joins a mark to what is before it */
} Kind;

struct _AutoFastPath
{
  Kind kind;
  const AutoNormalizer *normalizer;
  const AutoPreTokenizer *pre_tokenizer;
  const AutoTokenModel *model;
  AutoScanner scanner;
  gboolean add_prefix_space, nfc, ignores_merges;
  AutoBertNormalizer bert;
  gint32 byte_ids[256];
};

AutoFastScratch *
auto_fast_scratch_new (void)
{
  AutoFastScratch *self = g_new0 (AutoFastScratch, 1);

  auto_word_cache_init (&self->cache);
  auto_pre_text_init (&self->pre);
  self->tokens = g_array_new (FALSE, FALSE, sizeof (AutoToken));
  self->found = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->bytes = g_string_new (NULL);
  return self;
}

void
auto_fast_scratch_free (AutoFastScratch *self)
{
  auto_word_cache_clear (&self->cache);
  auto_pre_text_clear (&self->pre);
  g_array_unref (self->tokens);
  g_array_unref (self->found);
  g_string_free (self->bytes, TRUE);
  g_free (self);
}

static gboolean
prepare_bytes (AutoFastPath *self)
{
  char utf8[8];

  if (self->model->class != &auto_bpe_class || !auto_bpe_is_plain_apart_from_words (self->model, &self->ignores_merges))
    return FALSE;
  for (int byte = 0; byte < 256; byte++)
    {
      int n = g_unichar_to_utf8 (auto_byte_to_char (byte), utf8);
      self->byte_ids[byte] = auto_vocabulary_find (self->model->vocabulary, utf8, n);
      if (self->byte_ids[byte] < 0)
        return FALSE;
    }
  return TRUE;
}

/* Whether no merge puts a mark behind anything but marks, so that a word that begins with marks stands for itself. */
static gboolean
marks_begin_words (const AutoTokenModel *model, const char *mark)
{
  gsize n = strlen (mark), length;

  if (!model->merges || auto_vocabulary_find (model->vocabulary, mark, n) < 0)
    return FALSE;
  for (guint i = 0; i < model->merges->len; i++)
    {
      const char *token = auto_vocabulary_token (model->vocabulary, g_array_index (model->merges, AutoMerge, i).merged, &length);
      gsize at = 0;
      while (at + n <= length && memcmp (token + at, mark, n) == 0)
        at += n;
      if (memmem (token + at, length - at, mark, n))
        return FALSE;
    }
  return TRUE;
}

AutoFastPath *
auto_fast_path_new (const AutoNormalizer *normalizer, const AutoPreTokenizer *pre_tokenizer, const AutoTokenModel *model)
{
  AutoFastPath self = { .normalizer = normalizer, .pre_tokenizer = pre_tokenizer, .model = model };
  const AutoBertNormalizer *bert = normalizer ? auto_normalizer_get_bert (normalizer) : NULL;

  self.nfc = normalizer && auto_normalizer_is_nfc (normalizer);
  if (pre_tokenizer && (self.scanner = auto_pre_tokenizer_get_byte_level (pre_tokenizer, &self.add_prefix_space)) && (!normalizer || self.nfc)
      && prepare_bytes (&self))
    self.kind = BYTES;
  else if (bert && pre_tokenizer && auto_pre_tokenizer_is_bert (pre_tokenizer))
    {
      self.kind = BERT;
      self.bert = *bert;
    }
  else if (pre_tokenizer && auto_pre_tokenizer_marks_words (pre_tokenizer) && (!normalizer || auto_normalizer_is_local (normalizer)))
    self.kind = CHUNKS;
  else if (!pre_tokenizer && normalizer && model->class == &auto_bpe_class && auto_bpe_is_plain (model)
           && auto_normalizer_marks_spaces (normalizer, &self.add_prefix_space) && marks_begin_words (model, "▁"))
    self.kind = WHOLE;
  else
    return NULL;
  return g_memdup2 (&self, sizeof self);
}

void
auto_fast_path_free (AutoFastPath *self)
{
  g_free (self);
}

gboolean
auto_fast_path_keeps_text (const AutoFastPath *self)
{
  return self->kind == BYTES && !self->normalizer;
}

/* The ids of a word by way of all parts. */
static gboolean
encode_long_way (const AutoFastPath *self, AutoFastScratch *scratch, const char *word, gsize length, GError **error)
{
  AutoPreText *pre = &scratch->pre;

  g_array_set_size (scratch->found, 0);
  auto_pre_text_start (pre, word, length);
  if ((self->normalizer && !auto_pre_text_normalize (pre, self->normalizer, error))
      || (self->pre_tokenizer && !auto_pre_tokenizer_run (self->pre_tokenizer, pre, error)))
    return FALSE;
  for (guint i = 0; i < pre->splits->len; i++)
    {
      const AutoSplit *split = &g_array_index (pre->splits, AutoSplit, i);
      g_array_set_size (scratch->tokens, 0);
      if (split->from < split->to
          && !self->model->class->tokenize (self->model, pre->text.text + split->from, split->to - split->from, scratch->tokens, error))
        return FALSE;
      for (guint k = 0; k < scratch->tokens->len; k++)
        g_array_append_val (scratch->found, g_array_index (scratch->tokens, AutoToken, k).id);
    }
  return TRUE;
}

/* The token that a word is as a whole, or -1. */
static gint64
find_whole (const AutoFastPath *self, AutoFastScratch *scratch, const char *word, gsize length)
{
  g_string_truncate (scratch->bytes, 0);
  for (gsize i = 0; i < length; i++)
    g_string_append_unichar (scratch->bytes, auto_byte_to_char (word[i]));
  return auto_vocabulary_find (self->model->vocabulary, scratch->bytes->str, scratch->bytes->len);
}

/* The ids of a word whose bytes the vocabulary knows one by one. */
static void
encode_bytes (const AutoFastPath *self, AutoFastScratch *scratch, const char *word, gsize length)
{
  gint64 whole = self->ignores_merges ? find_whole (self, scratch, word, length) : -1;

  if (whole >= 0)
    {
      guint32 id = whole;
      g_array_set_size (scratch->found, 0);
      g_array_append_val (scratch->found, id);
      return;
    }
  g_array_set_size (scratch->found, length);
  guint32 *ids = (guint32 *) scratch->found->data;
  for (gsize i = 0; i < length; i++)
    ids[i] = self->byte_ids[(guint8) word[i]];
  g_array_set_size (scratch->found, auto_bpe_merge_ids (self->model, ids, length));
}

/* The same for a word in which spaces stand for marks. */
static gboolean
encode_marked (const AutoFastPath *self, AutoFastScratch *scratch, const char *word, gsize length, GError **error)
{
  g_string_truncate (scratch->bytes, 0);
  for (gsize i = 0; i < length; i++)
    if (word[i] == ' ')
      g_string_append (scratch->bytes, "▁");
    else
      g_string_append_c (scratch->bytes, word[i]);
  g_array_set_size (scratch->tokens, 0);
  g_array_set_size (scratch->found, 0);
  if (!self->model->class->tokenize (self->model, scratch->bytes->str, scratch->bytes->len, scratch->tokens, error))
    return FALSE;
  for (guint k = 0; k < scratch->tokens->len; k++)
    g_array_append_val (scratch->found, g_array_index (scratch->tokens, AutoToken, k).id);
  return TRUE;
}

typedef struct
{
  const AutoFastPath *path;
  AutoFastScratch *scratch;
  const char *end; /* of what can be read */
  GArray *ids;
  guint32 *at, *room; /* the tail of @ids that is not yet counted */
} Run;

static void
flush (Run *run)
{
  run->ids->len = run->at - (guint32 *) run->ids->data; /* the array was made large enough before */
}

/* Makes room for @n more ids. */
static void
reserve (Run *run, gsize n)
{
  gsize used = run->at ? (gsize) (run->at - (guint32 *) run->ids->data) : run->ids->len, size = MAX (used + n, used + used / 2 + 1024);

  g_array_set_size (run->ids, size);
  run->at = (guint32 *) run->ids->data + used;
  run->room = (guint32 *) run->ids->data + size;
}

static gboolean
add_missing (Run *run, const char *word, gsize length, gboolean readable, GError **error)
{
  const AutoFastPath *path = run->path;
  AutoFastScratch *scratch = run->scratch;

  if (path->kind == BYTES)
    encode_bytes (path, scratch, word, length);
  else if (!(path->kind == WHOLE ? encode_marked (path, scratch, word, length, error) : encode_long_way (path, scratch, word, length, error)))
    return FALSE;
  guint n = scratch->found->len;
  const guint32 *ids = (const guint32 *) scratch->found->data;
  auto_word_cache_add (&scratch->cache, word, length, readable, ids, n);
  if ((gsize) (run->room - run->at) < n + 4)
    reserve (run, n + 4);
  if (n)
    memcpy (run->at, ids, n * sizeof (guint32));
  run->at += n;
  return TRUE;
}

static inline gboolean
add_word (Run *run, const char *word, gsize length, GError **error)
{
  gboolean readable = run->end - word >= 16;
  const AutoWordEntry *entry = auto_word_cache_find (&run->scratch->cache, word, length, readable);

  if (G_UNLIKELY (!entry))
    return add_missing (run, word, length, readable, error);
  if (G_UNLIKELY ((gsize) (run->room - run->at) < entry->n + 4))
    reserve (run, entry->n + 4);
  if (G_LIKELY (entry->n <= 3))
    memcpy (run->at, entry->ids, sizeof entry->ids);
  else
    memcpy (run->at, auto_word_entry_ids (&run->scratch->cache, entry), entry->n * sizeof (guint32));
  run->at += entry->n;
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

static gboolean
run_bytes (Run *run, const char *text, gsize length, GError **error)
{
  AutoScanner scanner = run->path->scanner;
  gboolean caseless = auto_scanner_ignores_case (scanner), cased = auto_scanner_minds_case (scanner);
  const char *end = text + length;

  while (text < end)
    {
      gsize n = caseless ? plain_word (text, end) : cased ? plain_cased_word (text, end) : 0;
      if (n == 0)
        n = scanner (text, end - text);
      if (n == 0) /* no pattern of ours leaves a character out, apart from those that drop spaces */
        n = auto_utf8_size (*text);
      if (!add_word (run, text, n, error))
        return FALSE;
      text += n;
    }
  return TRUE;
}

/* What ends a word of a text for BERT. */
static inline gboolean
ends_word (const AutoFastPath *self, gunichar c, guint32 flags)
{
  if (flags & AUTO_CHAR_PUNCTUATION)
    return TRUE;
  if (flags & AUTO_CHAR_SPACE)
    return !(self->bert.clean_text && flags & AUTO_CHAR_CONTROL);
  return self->bert.handle_chinese && auto_char_is_chinese (c);
}

static gboolean
run_bert (Run *run, const char *text, gsize length, GError **error)
{
  const char *end = text + length;
  guint size;

  while (text < end)
    {
      gsize n = *text == ' ' ? 0 : auto_ascii_letters (text, end);
      gunichar c = text + n < end ? auto_utf8_get (text + n, &size) : ' ';
      guint32 flags = auto_char_flags (c);
      if (c != ' ' && !ends_word (run->path, c, flags))
        for (n += size; text + n < end; n += size)
          {
            c = auto_utf8_get (text + n, &size);
            flags = auto_char_flags (c);
            if (ends_word (run->path, c, flags))
              break;
          }
      if (n && !add_word (run, text, n, error))
        return FALSE;
      text += n;
      if (text >= end)
        break;
      if (c == ' ')
        text++;
      else
        {
          if (!(flags & AUTO_CHAR_SPACE) && !add_word (run, text, size, error))
            return FALSE;
          text += size;
        }
    }
  return TRUE;
}

static inline gboolean
is_visible (char c)
{
  return c > ' ' && c < 0x7F;
}

/* Cuts at single spaces between visible ASCII characters. */
static gboolean
run_chunks (Run *run, const char *text, gsize length, GError **error)
{
  const char *end = text + length, *from = text;

  for (const char *at = text; (at = memchr (at, ' ', end - at)); at++)
    if (at > from && at + 1 < end && is_visible (at[-1]) && is_visible (at[1]))
      {
        if (!add_word (run, from, at - from, error))
          return FALSE;
        from = at + 1;
      }
  return from == end || add_word (run, from, end - from, error);
}

/* Cuts before spaces that follow neither spaces nor marks. */
static gboolean
run_whole (Run *run, const char *text, gsize length, GError **error)
{
  const char *end = text + length, *from = text;

  for (const char *at = text; (at = memchr (at, ' ', end - at)); at++)
    if (at > from && at[-1] != ' ' && !(at - from >= 3 && memcmp (at - 3, "▁", 3) == 0))
      {
        if (!add_word (run, from, at - from, error))
          return FALSE;
        from = at;
      }
  return from == end || add_word (run, from, end - from, error);
}

/* Characters that neither decompose nor combine with what is before them. */
static gboolean
is_surely_composed (gunichar c)
{
  return (c >= 0xA0 && c < 0x300) || (c >= 0x400 && c < 0x483) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3)
         || (c >= 0x3041 && c <= 0x3096) || (c >= 0x30A1 && c <= 0x30FF) || (c >= 0x2010 && c <= 0x2027) || (c >= 0x3000 && c < 0x302A)
         || (c >= 0xFF01 && c <= 0xFFEE) || (c >= 0x1F300 && c <= 0x1FAFF) || c == 0x20AC || (c >= 0x2500 && c <= 0x25FF);
}

/* Bytes of @text up to the first character that form C may change. */
static gsize
composed_length (const char *text, gsize length)
{
  guint size;

  for (gsize at = 0;; at += size)
    {
      at += auto_ascii_length (text + at, length - at);
      if (at == length || !is_surely_composed (auto_utf8_get (text + at, &size)))
        return at;
    }
}

/* A text in form C, which is worked out only where it may differ: from a character before what may combine to the next ASCII one. */
static char *
compose (const AutoFastPath *self, AutoFastScratch *scratch, const char *text, gsize *length, GError **error)
{
  GString *composed = g_string_sized_new (*length + 16);
  AutoAlignedText *work = &scratch->pre.work;

  for (gsize at = 0; at < *length;)
    {
      gsize from = at + composed_length (text + at, *length - at), to = from;
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
auto_fast_path_encode (const AutoFastPath *self, AutoFastScratch *scratch, const char *text, gsize length, GArray *ids, GError **error)
{
  gboolean (*const runs[]) (Run *, const char *, gsize, GError **) = { run_bytes, run_bert, run_chunks, run_whole };
  g_autofree char *prefixed = NULL, *composed = NULL;
  guint before = ids->len;

  if (self->nfc && self->kind == BYTES && composed_length (text, length) < length)
    {
      if (!(composed = compose (self, scratch, text, &length, error)))
        return FALSE;
      text = composed;
    }
  if (length == 0)
    return TRUE;
  if (self->add_prefix_space && (self->kind == WHOLE || text[0] != ' '))
    {
      prefixed = g_malloc (length + 1);
      prefixed[0] = ' ';
      memcpy (prefixed + 1, text, length++);
      text = prefixed;
    }
  Run run = { self, scratch, text + length, ids, NULL, NULL };
  reserve (&run, length / 3 + 16);
  if (runs[self->kind](&run, text, length, error))
    {
      flush (&run);
      return TRUE;
    }
  ids->len = before;
  return FALSE;
}
