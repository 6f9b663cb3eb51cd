/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-fast-path-private.h"

#include "auto-ascii-run.h"
#include "auto-bpe.h"
#include "auto-byte-level.h"

AutoFastScratch *
auto_fast_scratch_new (void)
{
  AutoFastScratch *self = g_new0 (AutoFastScratch, 1);

  auto_word_cache_init (&self->cache);
  auto_pre_text_init (&self->pre);
  self->tokens = g_array_new (FALSE, FALSE, sizeof (AutoToken));
  self->found = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->characters = g_new0 (AutoCharacterIds, AUTO_CHARACTERS);
  self->bytes = g_string_new (NULL);
  self->mapped = g_string_new (NULL);
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
  g_string_free (self->mapped, TRUE);
  g_free (self->characters);
  g_free (self);
}

/* Whether a byte is in no UTF-8. */
static gboolean
is_foreign (int byte)
{
  return byte == 0xC0 || byte == 0xC1 || byte >= 0xF5;
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
      self->lacks_bytes |= self->byte_ids[byte] < 0 && !is_foreign (byte);
    }
  return TRUE;
}

/* Notes which characters tokens have before a mark: elsewhere a word that begins with marks stands for itself. FALSE when the mark is no token. */
static gboolean
find_joins (AutoFastPath *self, const char *mark)
{
  const AutoVocabulary *vocabulary = self->model->vocabulary;
  gsize n = strlen (mark), length;

  if (!self->model->merges || auto_vocabulary_find (vocabulary, mark, n) < 0)
    return FALSE;
  for (guint i = 0; i < auto_vocabulary_size (vocabulary); i++)
    {
      const char *token = auto_vocabulary_nth (vocabulary, i, &length, NULL), *end = token + length;
      for (const char *at = token + 1; at < end && (at = memchr (at, mark[0], end - at)); at++)
        if (end - at >= (gssize) n && memcmp (at, mark, n) == 0 && !(at - token >= (gssize) n && memcmp (at - n, mark, n) == 0))
          self->joins[(guchar) at[-1]] = TRUE;
    }
  return TRUE;
}

/* Whether every word with the mark becomes a token at least. */
static gboolean
has_mark (const AutoFastPath *self)
{
  char utf8[8];

  return auto_vocabulary_find (self->model->vocabulary, utf8, g_unichar_to_utf8 (self->mark, utf8)) >= 0;
}

/* Whether nothing is done to a text but that its spaces become marks, and perhaps one is put before. */
static gboolean
marks_spaces (AutoFastPath *self)
{
  const AutoPreTokenizer *pre_tokenizer = self->pre_tokenizer;

  if (!self->normalizer)
    return pre_tokenizer && auto_pre_tokenizer_marks_spaces (pre_tokenizer, &self->prefix);
  if ((pre_tokenizer && !auto_pre_tokenizer_only_cuts_at_spaces (pre_tokenizer)) || !auto_normalizer_marks_spaces (self->normalizer, &self->prepends))
    return FALSE;
  self->prefix = self->prepends ? AUTO_PREFIX_PARTS : AUTO_PREFIX_NONE;
  return TRUE;
}

AutoFastPath *
auto_fast_path_new (const AutoNormalizer *normalizer, const AutoPreTokenizer *pre_tokenizer, const AutoTokenModel *model)
{
  AutoFastPath self = { .normalizer = normalizer, .pre_tokenizer = pre_tokenizer, .model = model };
  const AutoBertNormalizer *bert = normalizer ? auto_normalizer_get_bert (normalizer) : NULL;
  gboolean drops_spaces = FALSE;

  if (normalizer && auto_normalizer_is_empty (normalizer))
    self.normalizer = normalizer = NULL;
  self.composes = normalizer && auto_normalizer_only_composes (normalizer, &self.compatible);
  if (pre_tokenizer && auto_pre_tokenizer_get_byte_words (pre_tokenizer, &self.words) && (!normalizer || self.composes) && prepare_bytes (&self))
    {
      self.kind = AUTO_FAST_BYTES;
      self.prefix = self.words.add_prefix_space ? AUTO_PREFIX_PARTS : AUTO_PREFIX_NONE;
    }
  else if (bert && pre_tokenizer && auto_pre_tokenizer_is_bert (pre_tokenizer))
    {
      self.kind = AUTO_FAST_BERT;
      self.map = auto_character_map_new (normalizer, AUTO_CHAR_SPACE | AUTO_CHAR_PUNCTUATION, 0, NULL);
      auto_character_map_set_ends (self.map, auto_fast_bert_ends, bert);
      for (gunichar c = 0; c < G_N_ELEMENTS (self.ends); c++)
        self.ends[c] = auto_fast_bert_ends (c, bert);
    }
  else if (pre_tokenizer && (self.mark = auto_pre_tokenizer_get_mark (pre_tokenizer, &drops_spaces, &self.marks_first))
           && (!normalizer || auto_normalizer_is_local (normalizer)) && (!self.marks_first || has_mark (&self)))
    {
      self.kind = AUTO_FAST_CHUNKS;
      self.gaps = auto_word_gaps_new (normalizer, pre_tokenizer, drops_spaces);
      self.map = auto_character_map_new (normalizer, drops_spaces ? AUTO_CHAR_SPACE : 0, self.mark, self.gaps);
    }
  else if (marks_spaces (&self) && model->class == &auto_bpe_class && auto_bpe_is_plain (model) && find_joins (&self, "▁"))
    self.kind = AUTO_FAST_WHOLE;
  else
    return NULL;
  return g_memdup2 (&self, sizeof self);
}

void
auto_fast_path_free (AutoFastPath *self)
{
  if (!self)
    return;
  auto_seams_free (self->seams);
  auto_character_map_free (self->map);
  g_free (self->gaps);
  g_free (self);
}

gboolean
auto_fast_path_takes_normalized (const AutoFastPath *self)
{
  return self->kind == AUTO_FAST_BYTES;
}

const char *
auto_fast_path_sketch (const AutoFastPath *self, AutoFastScratch *scratch, const char *text, gsize *length)
{
  if (self->kind == AUTO_FAST_WHOLE)
    return text;
  if (!auto_character_map_sketch (self->map, text, *length, scratch->mapped))
    return NULL;
  *length = scratch->mapped->len;
  return scratch->mapped->str;
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

static gboolean
run_all_cuts (AutoFastRun *run, const char *text, gsize length, GError **error)
{
  return run_cuts (run, 0, text, length, error);
}

/* Where a run of gaps ends, which begins at @at; what becomes nothing belongs to it. */
static const char *
skip_gaps (const AutoFastPath *self, const char *at, const char *end)
{
  guint size;

  for (; at < end; at += size)
    {
      AutoCharacterKind kind = auto_character_map_kind (self->map, auto_utf8_get (at, &size));
      if (kind != AUTO_CHARACTER_GAP && !(kind == AUTO_CHARACTER_DROPPED && self->gaps->one_gap))
        break;
    }
  return at;
}

/* Whether the word that begins at @from can end at @to, before a gap: not if its last character may change with its neighbours. */
static gboolean
can_end (const AutoFastPath *self, const char *from, const char *to)
{
  AutoCharacterKind kind = AUTO_CHARACTER_DROPPED;
  guint size;

  while (kind == AUTO_CHARACTER_DROPPED && to > from)
    {
      to = auto_utf8_previous (to);
      kind = auto_character_map_kind (self->map, auto_utf8_get (to, &size));
    }
  return kind == AUTO_CHARACTER_KEPT;
}

/* Whether words can be cut between @at and @to, where there is nothing but gaps. */
static gboolean
can_cut (const AutoFastPath *self, const char *from, const char *at, const char *to)
{
  guint size;

  return (to - at == 1 || self->gaps->one_gap || self->gaps->each_gap) && can_end (self, from, at)
         && auto_character_map_kind (self->map, auto_utf8_get (to, &size)) == AUTO_CHARACTER_KEPT;
}

static void
find_ascii_gaps (const AutoFastPath *path)
{
  AutoFastPath *self = (AutoFastPath *) path;

  if (!g_once_init_enter (&self->ascii_ready))
    return;
  for (gunichar c = 0; c < G_N_ELEMENTS (self->ascii_gaps); c++)
    self->ascii_gaps[c] = auto_character_map_kind (self->map, c) == AUTO_CHARACTER_GAP;
  g_once_init_leave (&self->ascii_ready, 1);
}

static inline gboolean
is_gap (const AutoFastPath *self, gunichar c)
{
  return c < G_N_ELEMENTS (self->ascii_gaps) ? self->ascii_gaps[c] : auto_character_map_kind (self->map, c) == AUTO_CHARACTER_GAP;
}

/* Adds the word from @from to @to of @text. */
static gboolean
add_chunk (AutoFastRun *run, const char *text, const char *from, const char *to, GError **error)
{
  if (from == text && run->path->marks_first && run->place == AUTO_FAST_LATER)
    return auto_fast_run_add_unmarked (run, from, to - from, error);
  return auto_fast_run_add (run, from, to - from, error);
}

static gboolean
run_chunks (AutoFastRun *run, const char *text, gsize length, GError **error)
{
  const AutoFastPath *path = run->path;
  const char *end = text + length, *from = text;
  guint size;

  find_ascii_gaps (path);
  for (const char *at = text, *to; at < end; at = to)
    {
      gunichar c = auto_utf8_get (at, &size);
      to = at + size;
      if (!is_gap (path, c))
        continue;
      to = skip_gaps (path, to, end);
      if (at == from || to == end || !can_cut (path, from, at, to))
        continue;
      if (!add_chunk (run, text, from, at, error)
          || (to - at > 1 && !path->gaps->one_gap && !auto_fast_run_add (run, at, to - at - 1, error)))
        return FALSE;
      from = to;
    }
  return from == end || add_chunk (run, text, from, end, error);
}

/* Cuts before spaces that follow neither spaces nor marks, nor what tokens may join to them. */
static gboolean
run_whole (AutoFastRun *run, const char *text, gsize length, GError **error)
{
  const char *end = text + length, *from = text;

  for (const char *at = text; (at = memchr (at, ' ', end - at)); at++)
    if (at > from && at[-1] != ' ' && !run->path->joins[(guchar) at[-1]] && !(at - from >= 3 && memcmp (at - 3, "▁", 3) == 0))
      {
        if (!auto_fast_run_add (run, from, at - from, error))
          return FALSE;
        from = at;
      }
  return from == end || auto_fast_run_add (run, from, end - from, error);
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

static gboolean
wants_prefix (const AutoFastPath *self, const char *text, gsize length, AutoFastPlace place)
{
  if (self->prefix == AUTO_PREFIX_NONE || (self->prefix == AUTO_PREFIX_START && place != AUTO_FAST_START))
    return FALSE;
  gboolean marked = self->kind == AUTO_FAST_WHOLE && length >= 3 && memcmp (text, "▁", 3) == 0;
  return self->prepends || !(text[0] == ' ' || marked);
}

gboolean
auto_fast_path_encode (const AutoFastPath *self, AutoFastScratch *scratch, const char *text, gsize length, AutoFastPlace place, GArray *ids,
                       GError **error)
{
  gboolean (*const runs[]) (AutoFastRun *, const char *, gsize, GError **) = { run_all_cuts, auto_fast_run_bert, run_chunks, run_whole };
  g_autofree char *prefixed = NULL;
  guint before = ids->len;

  if (length == 0)
    return TRUE;
  if (wants_prefix (self, text, length, place))
    {
      prefixed = g_malloc (length + 1);
      prefixed[0] = ' ';
      memcpy (prefixed + 1, text, length++);
      text = prefixed;
    }
  AutoFastRun run;
  run.path = self;
  run.scratch = scratch;
  run.end = text + length;
  run.place = place;
  run.ids = ids;
  run.at = NULL;
  run.n_waiting = 0;
  auto_fast_run_reserve (&run, length / 3 + 16);
  if (runs[self->kind](&run, text, length, error) && auto_fast_run_add_waiting (&run, error))
    {
      ids->len = run.at - (guint32 *) ids->data; /* the array was made large enough before */
      return TRUE;
    }
  ids->len = before;
  return FALSE;
}
