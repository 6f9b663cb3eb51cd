/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-fast-path.h"

#include "auto-ascii-run.h"
#include "auto-bpe.h"
#include "auto-byte-level.h"
#include "auto-seams.h"

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
  gsize seams_ready; /* whether the seams are made: when they are first looked for, so that loading is quick */
  AutoSeams *seams;
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
  if (self)
    auto_seams_free (self->seams);
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

static const AutoSeams *
get_seams (const AutoFastPath *path)
{
  AutoFastPath *self = (AutoFastPath *) path;

  if (g_once_init_enter (&self->seams_ready))
    {
      self->seams = auto_seams_new (self->model);
      g_once_init_leave (&self->seams_ready, 1);
    }
  return self->seams;
}

static guint
spell_bytes (const AutoFastPath *self, const char *text, gsize length, guint32 *ids)
{
  for (gsize i = 0; i < length; i++)
    ids[i] = self->byte_ids[(guint8) text[i]];
  return length;
}

/* What becomes of the bytes of one character by themselves. */
static guint
spell_character (const AutoFastPath *self, AutoFastScratch *scratch, const char *text, guint size, guint32 *ids)
{
  guint64 low, high;

  auto_word_key (text, size, AUTO_WORD_PART, FALSE, &low, &high);
  const AutoWordEntry *entry = auto_word_cache_look (&scratch->cache, low, high);
  if (entry)
    {
      memcpy (ids, auto_word_entry_ids (&scratch->cache, entry), entry->n * sizeof (guint32));
      return entry->n;
    }
  guint n = auto_bpe_merge_ids (self->model, ids, spell_bytes (self, text, size, ids));
  auto_word_cache_add (&scratch->cache, text, size, AUTO_WORD_PART, FALSE, ids, n);
  return n;
}

/* What merging may begin with. A character whose neighbours are joined only to all of it is merged before they are. */
static guint
spell (const AutoFastPath *self, AutoFastScratch *scratch, const char *word, gsize length, guint32 *ids)
{
  const AutoSeams *seams = length > 4 && auto_ascii_length (word, length) < length ? get_seams (self) : NULL;
  guint size, n = 0;
  gboolean whole = TRUE;

  if (!seams)
    return spell_bytes (self, word, length, ids);
  for (gsize at = 0; at < length; at += size)
    {
      gunichar c = auto_utf8_get (word + at, &size);
      gboolean next = at + size == length || auto_seams_whole (seams, c, word + at + size);
      n += size > 1 && whole && next && !auto_seams_late (seams, c) ? spell_character (self, scratch, word + at, size, ids + n) : spell_bytes (self, word + at, size, ids + n);
      whole = next;
    }
  return n;
}

/* The ids of a word whose bytes the vocabulary knows one by one. */
static void
encode_bytes (const AutoFastPath *self, AutoFastScratch *scratch, const char *word, gsize length, AutoWordKind kind)
{
  gint64 whole = self->ignores_merges && kind == AUTO_WORD_WHOLE ? find_whole (self, scratch, word, length) : -1;

  if (whole >= 0)
    {
      guint32 id = whole;
      g_array_set_size (scratch->found, 0);
      g_array_append_val (scratch->found, id);
      return;
    }
  g_array_set_size (scratch->found, length);
  guint32 *ids = (guint32 *) scratch->found->data;
  g_array_set_size (scratch->found, auto_bpe_merge_ids (self->model, ids, spell (self, scratch, word, length, ids)));
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

/* A word, or a part of one, that is to be looked up. */
typedef struct
{
  const char *text;
  gsize length;
  guint64 low, high; /* the key when it is short */
} Waiting;

#define MOST_WAITING 32

typedef struct
{
  const AutoFastPath *path;
  AutoFastScratch *scratch;
  const char *end; /* of what can be read */
  GArray *ids;
  guint32 *at, *room; /* the tail of @ids that is not yet counted */
  guint n_waiting;
  Waiting waiting[MOST_WAITING]; /* words whose entries were asked for: they come while the next words are found */
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

static inline void
add_ids (Run *run, const guint32 *ids, guint n)
{
  if (G_UNLIKELY ((gsize) (run->room - run->at) < n + 4))
    reserve (run, n + 4);
  if (n)
    memcpy (run->at, ids, n * sizeof (guint32));
  run->at += n;
}

static inline void
set_waiting (const Run *run, Waiting *waiting, const char *text, gsize length, AutoWordKind kind)
{
  waiting->text = text;
  waiting->length = length;
  if (G_UNLIKELY (length > AUTO_WORD_INLINE))
    return;
  auto_word_key (text, length, kind, run->end - text >= 16, &waiting->low, &waiting->high);
  auto_word_cache_prefetch (&run->scratch->cache, waiting->low, waiting->high);
}

static inline gboolean
add_known (Run *run, const Waiting *waiting, AutoWordKind kind)
{
  const AutoWordCache *cache = &run->scratch->cache;
  const AutoWordEntry *entry = G_LIKELY (waiting->length <= AUTO_WORD_INLINE) ? auto_word_cache_look (cache, waiting->low, waiting->high)
                                                                              : auto_word_cache_find_long (cache, waiting->text, waiting->length, kind);

  if (G_UNLIKELY (!entry))
    return FALSE;
  if (G_UNLIKELY ((gsize) (run->room - run->at) < entry->n + 4))
    reserve (run, entry->n + 4);
  if (G_LIKELY (entry->n <= 3))
    memcpy (run->at, entry->ids, sizeof entry->ids);
  else
    memcpy (run->at, auto_word_entry_ids (cache, entry), entry->n * sizeof (guint32));
  run->at += entry->n;
  return TRUE;
}

/* Bytes of @word up to its first seam, or all. */
static gsize
part_length (const AutoSeams *seams, const char *word, gsize length)
{
  guint size;
  gunichar before = auto_utf8_get (word, &size);

  for (gsize at = size; at < length; at += size)
    {
      gunichar after = auto_utf8_get (word + at, &size);
      if ((before | after) >= 0x80 && auto_seams_here (seams, before, after, word + at))
        return at;
      before = after;
    }
  return length;
}

static void
add_part (Run *run, const Waiting *part)
{
  GArray *found = run->scratch->found;

  if (add_known (run, part, AUTO_WORD_PART))
    return;
  encode_bytes (run->path, run->scratch, part->text, part->length, AUTO_WORD_PART);
  auto_word_cache_add (&run->scratch->cache, part->text, part->length, AUTO_WORD_PART, run->end - part->text >= 16, (const guint32 *) found->data, found->len);
  add_ids (run, (const guint32 *) found->data, found->len);
}

/* Adds the parts that seams cut a word into; FALSE when there is no seam. A token that is a whole word has none either. */
static gboolean
add_parts (Run *run, const char *word, gsize length)
{
  const AutoSeams *seams = get_seams (run->path);
  gsize n = part_length (seams, word, length);
  Waiting parts[MOST_WAITING];
  guint n_parts = 0;

  if (n == length)
    return FALSE;
  for (const char *end = word + length; word < end; word += n, n = word < end ? part_length (seams, word, end - word) : 0)
    {
      set_waiting (run, &parts[n_parts++], word, n, AUTO_WORD_PART);
      for (guint i = 0; n_parts == MOST_WAITING && i < MOST_WAITING; i++)
        add_part (run, &parts[i]);
      n_parts %= MOST_WAITING;
    }
  for (guint i = 0; i < n_parts; i++)
    add_part (run, &parts[i]);
  return TRUE;
}

static gboolean
add_missing (Run *run, const char *word, gsize length, GError **error)
{
  const AutoFastPath *path = run->path;
  AutoFastScratch *scratch = run->scratch;

  if (path->kind == BYTES && length <= AUTO_WORD_INLINE && auto_ascii_length (word, length) < length && add_parts (run, word, length))
    return TRUE;
  if (path->kind == BYTES)
    encode_bytes (path, scratch, word, length, AUTO_WORD_WHOLE);
  else if (!(path->kind == WHOLE ? encode_marked (path, scratch, word, length, error) : encode_long_way (path, scratch, word, length, error)))
    return FALSE;
  const guint32 *ids = (const guint32 *) scratch->found->data;
  auto_word_cache_add (&scratch->cache, word, length, AUTO_WORD_WHOLE, run->end - word >= 16, ids, scratch->found->len);
  add_ids (run, ids, scratch->found->len);
  return TRUE;
}

static gboolean
add_waiting (Run *run, const Waiting *word, GError **error)
{
  /* long words of large alphabets seldom come twice */
  if (G_UNLIKELY (word->length > AUTO_WORD_INLINE && run->path->kind == BYTES && auto_ascii_length (word->text, word->length) < word->length)
      && add_parts (run, word->text, word->length))
    return TRUE;
  return add_known (run, word, AUTO_WORD_WHOLE) || add_missing (run, word->text, word->length, error);
}

static gboolean
add_all_waiting (Run *run, GError **error)
{
  guint n = run->n_waiting;

  run->n_waiting = 0;
  for (guint i = 0; i < n; i++)
    if (!add_waiting (run, &run->waiting[i], error))
      return FALSE;
  return TRUE;
}

static inline gboolean
add_word (Run *run, const char *word, gsize length, GError **error)
{
  set_waiting (run, &run->waiting[run->n_waiting++], word, length, AUTO_WORD_WHOLE);
  return G_LIKELY (run->n_waiting < MOST_WAITING) || add_all_waiting (run, error);
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
  guint size = 0;

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
  Run run;
  run.path = self;
  run.scratch = scratch;
  run.end = text + length;
  run.ids = ids;
  run.at = NULL;
  run.n_waiting = 0;
  reserve (&run, length / 3 + 16);
  if (runs[self->kind](&run, text, length, error) && add_all_waiting (&run, error))
    {
      flush (&run);
      return TRUE;
    }
  ids->len = before;
  return FALSE;
}
