/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-bpe.h"

#include <string.h>

#include "auto-merge-table.h"
#include "auto-unicode.h"

typedef struct
{
  gsize ready; /* whether the table of merges is made: when a word is first looked up, so that loading is quick */
  AutoMergeTable table;
  gboolean byte_fallback, fuse_unk, ignore_merges, has_unk;
  char *prefix, *suffix; /* of a character inside a word, of the last one; NULL: none */
  gint32 ascii[128];     /* ids of single characters, when there is neither prefix nor suffix */
  gint32 bytes[256];     /* ids of <0x00> … <0xFF>, or -1 */
} Bpe;

typedef struct
{
  guint32 id, length;
  gint32 previous, next;
} Symbol;

static char *
take_affix (AutoTokenModel *self, const char *key)
{
  const char *text = auto_json_string (self->fields, key);
  return text && *text ? g_strdup (text) : NULL;
}

#define AHEAD 64

static const AutoMergeTable *
get_table (const AutoTokenModel *self)
{
  Bpe *data = self->data;
  const AutoMerge *merges = self->merges ? (const AutoMerge *) self->merges->data : NULL;
  guint n = self->merges ? self->merges->len : 0;
  guint32 base = G_MAXUINT32;

  if (!g_once_init_enter (&data->ready))
    return &data->table;
  for (guint i = 0; i < n; i++)
    base = MIN (base, MIN (merges[i].left, merges[i].right));
  auto_merge_table_init (&data->table, n, base);
  for (guint i = 0; i < n; i++)
    {
      const AutoMerge *later = &merges[MIN (i + AHEAD, n - 1)];
      auto_merge_table_prefetch (&data->table, later->left, later->right);
      auto_merge_table_add (&data->table, merges[i].left, merges[i].right, (AutoMergeResult){ i, merges[i].merged });
    }
  g_once_init_leave (&data->ready, 1);
  return &data->table;
}

static gboolean
bpe_prepare (AutoTokenModel *self, GError **error)
{
  Bpe *data = self->data = g_new0 (Bpe, 1);
  JsonNode *dropout = auto_json_member (self->fields, "dropout");
  char name[8];

  if (dropout && auto_json_is_number (dropout) && json_node_get_double (dropout) > 0)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED,
                   "model: BPE with dropout is for training, and gives other tokens each time");
      return FALSE;
    }
  data->byte_fallback = auto_json_bool (self->fields, "byte_fallback", FALSE);
  data->fuse_unk = auto_json_bool (self->fields, "fuse_unk", FALSE);
  data->ignore_merges = auto_json_bool (self->fields, "ignore_merges", FALSE);
  data->prefix = take_affix (self, "continuing_subword_prefix");
  data->suffix = take_affix (self, "end_of_word_suffix");
  data->has_unk = auto_json_string (self->fields, "unk_token") != NULL;
  self->unk_id = auto_token_model_named (self, "unk_token");
  for (int c = 0; c < 256; c++)
    {
      char one = c;
      g_snprintf (name, sizeof name, "<0x%02X>", c);
      data->bytes[c] = auto_vocabulary_find (self->vocabulary, name, 6);
      if (c < 128)
        data->ascii[c] = auto_vocabulary_find (self->vocabulary, &one, 1);
    }
  return TRUE;
}

static void
bpe_clear (AutoTokenModel *self)
{
  Bpe *data = self->data;

  if (!data)
    return;
  auto_merge_table_clear (&data->table);
  g_free (data->prefix);
  g_free (data->suffix);
  g_free (data);
}

static void
add_symbol (GArray *symbols, guint32 id, guint32 length)
{
  gint32 n = symbols->len;

  g_array_append_val (symbols, ((Symbol){ id, length, n - 1, n + 1 }));
}

/* The id of a character with its prefix or suffix; the text that was looked for lies in @text. */
static gint64
find_character (const AutoTokenModel *self, const char **text, gsize *length, gboolean first, gboolean last, GString **scratch)
{
  const Bpe *data = self->data;

  if ((first || !data->prefix) && (!last || !data->suffix))
    return *length == 1 && (guchar) **text < 128 ? data->ascii[(guchar) **text] : auto_vocabulary_find (self->vocabulary, *text, *length);
  if (!*scratch)
    *scratch = g_string_new (NULL);
  g_string_assign (*scratch, !first && data->prefix ? data->prefix : "");
  g_string_append_len (*scratch, *text, *length);
  g_string_append (*scratch, last && data->suffix ? data->suffix : "");
  *text = (*scratch)->str;
  *length = (*scratch)->len;
  return auto_vocabulary_find (self->vocabulary, *text, *length);
}

static gboolean
add_bytes (const Bpe *data, const char *text, gsize length, GArray *symbols)
{
  for (gsize i = 0; i < length; i++)
    if (data->bytes[(guchar) text[i]] < 0)
      return FALSE;
  for (gsize i = 0; i < length; i++)
    add_symbol (symbols, data->bytes[(guchar) text[i]], 1);
  return TRUE;
}

/* The word's characters as symbols. */
static gboolean
spell (const AutoTokenModel *self, const char *word, gsize length, GArray *symbols, GString **scratch, GError **error)
{
  const Bpe *data = self->data;
  guint32 unknown = 0; /* bytes of unknown characters that are due */

  for (gsize at = 0, size; at < length; at += size)
    {
      size = MIN (auto_utf8_size (word[at]), length - at);
      const char *text = word + at;
      gsize n = size;
      gint64 id = find_character (self, &text, &n, at == 0, at + size == length, scratch);
      if (id >= 0)
        {
          if (unknown)
            add_symbol (symbols, self->unk_id, unknown);
          unknown = 0;
          add_symbol (symbols, id, size);
        }
      else if (!(data->byte_fallback && add_bytes (data, text, n, symbols)) && data->has_unk)
        {
          if (self->unk_id < 0)
            {
              g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "the unknown token \"%s\" is not in the vocabulary",
                           auto_json_string (self->fields, "unk_token"));
              return FALSE;
            }
          if (unknown && !data->fuse_unk)
            add_symbol (symbols, self->unk_id, unknown);
          unknown = (data->fuse_unk ? unknown : 0) + size;
        }
    }
  if (unknown)
    add_symbol (symbols, self->unk_id, unknown);
  return TRUE;
}

guint
auto_bpe_spell_character (const AutoTokenModel *self, const char *text, guint size, guint32 ids[4])
{
  const Bpe *data = self->data;
  gint64 id = auto_vocabulary_find (self->vocabulary, text, size);

  if (id >= 0)
    {
      ids[0] = id;
      return 1;
    }
  for (guint i = 0; i < size; i++)
    if (!data->byte_fallback || data->bytes[(guchar) text[i]] < 0)
      return 0;
    else
      ids[i] = data->bytes[(guchar) text[i]];
  return size;
}

/* Candidates in a binary heap: rank << 32 | position, the least first. */
static void
heap_push (GArray *heap, guint64 item)
{
  g_array_append_val (heap, item);
  guint64 *items = (guint64 *) heap->data;
  guint at = heap->len - 1;
  for (; at > 0 && items[(at - 1) / 2] > item; at = (at - 1) / 2)
    items[at] = items[(at - 1) / 2];
  items[at] = item;
}

static guint64
heap_pop (GArray *heap)
{
  guint64 *items = (guint64 *) heap->data, least = items[0], item = items[heap->len - 1];
  guint n = heap->len - 1, at = 0;

  g_array_set_size (heap, n);
  for (guint child; (child = at * 2 + 1) < n; at = child)
    {
      if (child + 1 < n && items[child + 1] < items[child])
        child++;
      if (items[child] >= item)
        break;
      items[at] = items[child];
    }
  if (n)
    items[at] = item;
  return least;
}

/* The candidates of a long word, in order: those in @sorted from @at on, those in a heap that come before its end, and those behind its
 * end, which are sorted when it is used up. A word of one letter's repetitions takes linear time that way. */
typedef struct
{
  GArray *sorted, *heap, *later;
  guint at;
} Queue;

/* Radix sort. What all items have alike takes no pass. */
static void
sort_candidates (GArray *items, GArray *spare)
{
  guint counts[8][256] = { 0 };

  g_array_set_size (spare, items->len);
  guint64 *from = (guint64 *) items->data, *to = (guint64 *) spare->data;
  for (guint i = 0; i < items->len; i++)
    for (guint digit = 0; digit < 8; digit++)
      counts[digit][from[i] >> digit * 8 & 0xFF]++;
  for (guint digit = 0; digit < 8; digit++)
    {
      if (counts[digit][from[0] >> digit * 8 & 0xFF] == items->len)
        continue;
      for (guint value = 0, place = 0; value < 256; value++)
        {
          guint count = counts[digit][value];
          counts[digit][value] = place;
          place += count;
        }
      for (guint i = 0; i < items->len; i++)
        to[counts[digit][from[i] >> digit * 8 & 0xFF]++] = from[i];
      guint64 *swap = from;
      from = to;
      to = swap;
    }
  if (from != (guint64 *) items->data)
    memcpy (to, from, items->len * sizeof *from);
}

static void
queue_push (Queue *self, guint64 item)
{
  if (self->at < self->sorted->len && item < g_array_index (self->sorted, guint64, self->sorted->len - 1))
    heap_push (self->heap, item);
  else
    g_array_append_val (self->later, item);
}

/* So few candidates are quicker in a heap. */
#define FEW 1024

static gboolean
queue_pop (Queue *self, guint64 *item)
{
  if (self->at == self->sorted->len && self->later->len >= FEW)
    {
      GArray *used = self->sorted;
      for (guint i = 0; i < self->heap->len; i++)
        g_array_append_val (self->later, g_array_index (self->heap, guint64, i));
      g_array_set_size (self->heap, 0);
      sort_candidates (self->later, used);
      self->sorted = self->later;
      self->later = used;
      self->at = 0;
      g_array_set_size (used, 0);
    }
  for (guint i = 0; self->at == self->sorted->len && i < self->later->len; i++)
    heap_push (self->heap, g_array_index (self->later, guint64, i));
  if (self->at == self->sorted->len)
    g_array_set_size (self->later, 0);
  gboolean left = self->at < self->sorted->len;
  if (left && (!self->heap->len || g_array_index (self->sorted, guint64, self->at) <= g_array_index (self->heap, guint64, 0)))
    *item = g_array_index (self->sorted, guint64, self->at++);
  else if (self->heap->len)
    *item = heap_pop (self->heap);
  else
    return FALSE;
  return TRUE;
}

static void
propose (const AutoMergeTable *merges, const Symbol *symbols, gint32 at, guint n, Queue *queue)
{
  gint32 next = symbols[at].next;

  if (next >= (gint32) n)
    return;
  AutoMergeResult found = auto_merge_table_find (merges, symbols[at].id, symbols[next].id);
  if (found.rank != AUTO_NO_RANK)
    queue_push (queue, (guint64) found.rank << 32 | at);
}

/* Joins a symbol with the next one. */
static void
join (Symbol *symbols, gint32 at, guint32 merged, guint n)
{
  Symbol *symbol = &symbols[at], *next = &symbols[symbol->next];

  symbol->id = merged;
  symbol->length += next->length;
  next->length = 0;
  symbol->next = next->next;
  if (symbol->next < (gint32) n)
    symbols[symbol->next].previous = at;
}

static void
queue_init (Queue *self)
{
  *self = (Queue){ g_array_new (FALSE, FALSE, sizeof (guint64)), g_array_new (FALSE, FALSE, sizeof (guint64)),
                   g_array_new (FALSE, FALSE, sizeof (guint64)), 0 };
}

static void
queue_clear (Queue *self)
{
  g_array_unref (self->sorted);
  g_array_unref (self->heap);
  g_array_unref (self->later);
}

/* @queue is empty, before and after. */
static void
merge_long (const AutoMergeTable *merges, Symbol *symbols, guint n, Queue *queue)
{
  for (guint i = 0; i + 1 < n; i++)
    propose (merges, symbols, i, n, queue);
  for (guint64 top; queue_pop (queue, &top);)
    {
      gint32 at = (gint32) top;
      if (symbols[at].length == 0 || symbols[at].next >= (gint32) n)
        continue;
      AutoMergeResult found = auto_merge_table_find (merges, symbols[at].id, symbols[symbols[at].next].id);
      if (found.rank != top >> 32) /* the pair has changed since */
        continue;
      join (symbols, at, found.merged, n);
      if (symbols[at].previous >= 0)
        propose (merges, symbols, symbols[at].previous, n, queue);
      propose (merges, symbols, at, n, queue);
    }
  g_array_set_size (queue->sorted, 0);
  queue->at = 0;
}

#define SHORT 64
#define MOST_SHORT_RANKS (1 << 25) /* a rank and a position fit into a key */

static inline void
rate (const AutoMergeTable *merges, const Symbol *symbols, gint32 at, guint n, gint32 *keys, guint32 *merged)
{
  gint32 next = symbols[at].next;

  keys[at] = G_MAXINT32;
  if (next >= (gint32) n)
    return;
  AutoMergeResult found = auto_merge_table_find (merges, symbols[at].id, symbols[next].id);
  if (found.rank == AUTO_NO_RANK)
    return;
  keys[at] = (gint32) (found.rank * SHORT) | at;
  merged[at] = found.merged;
}

typedef gint32 Four __attribute__ ((vector_size (16)));

static inline Four
smaller (Four a, Four b)
{
  Four less = a < b;
  return (a & less) | (b & ~less);
}

/* @keys are filled up to a multiple of eight. Few are read one by one, since they have just been written that way. */
static inline gint32
least_key (const gint32 *keys, guint n)
{
  Four least, other, next;

  if (n <= 16)
    {
      gint32 one = keys[0];
      for (guint i = 1; i < n; i++)
        {
          one = MIN (one, keys[i]);
          __asm__ ("" : "+r"(one)); /* so that the compiler doesn't take four at once: that would wait for the writes */
        }
      return one;
    }
  memcpy (&least, keys, sizeof least);
  memcpy (&other, keys + 4, sizeof other);
  for (guint i = 8; i < n; i += 8)
    {
      memcpy (&next, keys + i, sizeof next);
      least = smaller (next, least);
      memcpy (&next, keys + i + 4, sizeof next);
      other = smaller (next, other);
    }
  least = smaller (least, other);
  return MIN (MIN (least[0], least[1]), MIN (least[2], least[3]));
}

/* The same for a few symbols, where looking through all ranks is quicker than a heap. */
static void
merge_short (const AutoMergeTable *merges, Symbol *symbols, guint n)
{
  gint32 keys[SHORT]; /* rank and position */
  guint32 merged[SHORT];

  for (guint i = 0; i < n; i++)
    rate (merges, symbols, i, n, keys, merged);
  for (guint i = n; i % 8; i++)
    keys[i] = G_MAXINT32;
  for (gint32 best; (best = least_key (keys, n)) != G_MAXINT32;)
    {
      gint32 at = best % SHORT;
      keys[symbols[at].next] = G_MAXINT32;
      join (symbols, at, merged[at], n);
      rate (merges, symbols, at, n, keys, merged);
      if (symbols[at].previous >= 0)
        rate (merges, symbols, symbols[at].previous, n, keys, merged);
    }
}

gboolean
auto_bpe_is_plain (const AutoTokenModel *self)
{
  const Bpe *data = self->data;
  return !data->prefix && !data->suffix && !data->ignore_merges;
}

gboolean
auto_bpe_is_plain_apart_from_words (const AutoTokenModel *self, gboolean *ignores_merges)
{
  const Bpe *data = self->data;

  *ignores_merges = data->ignore_merges;
  return !data->prefix && !data->suffix;
}

static void
merge (const AutoMergeTable *merges, Symbol *symbols, guint n)
{
  Queue queue;

  if (n < 2)
    return;
  if (n <= SHORT && merges->mask < MOST_SHORT_RANKS)
    {
      merge_short (merges, symbols, n);
      return;
    }
  queue_init (&queue);
  merge_long (merges, symbols, n, &queue);
  queue_clear (&queue);
}

static void
set_symbols (Symbol *symbols, const guint32 *ids, guint n)
{
  for (guint i = 0; i < n; i++)
    symbols[i] = (Symbol){ ids[i], 1, (gint32) i - 1, i + 1 };
}

/* A very long word, which is merged chunk by chunk: tokens are those of the whole word when each pair of neighbours stays as it is if
 * nothing else is there, and for two of one chunk that is so. So it is enough to see to it where chunks meet. */
typedef struct
{
  const AutoMergeTable *merges;
  const guint32 *ids; /* of its characters */
  guint32 *out;       /* of its tokens */
  guint n, n_out, start; /* of the next chunk */
  GArray *symbols;       /* Symbol: of the chunk that was merged last, which the next one often repeats */
  guint merged, merged_length;
  gboolean repeated;     /* whether the last one did */
  guint last, last_length; /* characters of the last token in @out */
  guint32 next;            /* the token that followed it in its chunk, or NO_TOKEN */
} LongWord;

#define NO_TOKEN G_MAXUINT32
#define CHUNK 32
#define CHUNK_TAIL (CHUNK / 4) /* its last characters, which more text could change, are left to the next chunk */

/* Whether the last token and the next one, of @length characters, stay apart. */
static gboolean
meet (const LongWord *self, guint length)
{
  guint n = self->last_length + length;
  g_autofree Symbol *symbols = g_new (Symbol, n);

  set_symbols (symbols, self->ids + self->last, n);
  merge (self->merges, symbols, n);
  return symbols[0].length == self->last_length && symbols[self->last_length].length == length;
}

/* The next @length characters, merged. */
static const Symbol *
merge_next (LongWord *self, guint length)
{
  const guint32 *ids = self->ids + self->start;

  self->repeated = length == self->merged_length && memcmp (ids, self->ids + self->merged, length * sizeof *ids) == 0;
  if (!self->repeated)
    {
      g_array_set_size (self->symbols, length);
      set_symbols ((Symbol *) self->symbols->data, ids, length);
      merge (self->merges, (Symbol *) self->symbols->data, length);
      self->merged = self->start;
      self->merged_length = length;
    }
  return (const Symbol *) self->symbols->data;
}

/* Merges the next @length characters and takes the tokens before the tail. FALSE when the first of them doesn't fit the last one. */
static gboolean
merge_chunk (LongWord *self, guint length)
{
  const Symbol *symbols = merge_next (self, length);
  guint end = self->start + length == self->n ? length : length - CHUNK_TAIL, at = 0;

  if (self->start > 0 && symbols[0].id != self->next && !meet (self, symbols[0].length))
    return FALSE;
  do
    {
      self->out[self->n_out++] = symbols[at].id;
      self->last = self->start + at;
      self->last_length = symbols[at].length;
      at += symbols[at].length;
    }
  while (at < length && at + symbols[at].length <= end);
  self->next = at < length ? symbols[at].id : NO_TOKEN;
  self->start += at;
  return TRUE;
}

/* When a chunk doesn't meet the one before, that one is taken again and longer, each time more so; when it doesn't meet its own
 * predecessor then, it is the whole word. The next one is tried as long, in case it repeats it. */
static guint
merge_very_long (const AutoMergeTable *merges, guint32 *ids, guint n)
{
  g_autofree guint32 *out = g_new (guint32, n);
  LongWord word = { .merges = merges, .ids = ids, .out = out, .n = n, .symbols = g_array_new (FALSE, FALSE, sizeof (Symbol)) };
  guint length = CHUNK, length_before = CHUNK;
  gboolean again = FALSE;

  for (LongWord before = word; word.start < n;)
    {
      LongWord now = word;
      if (merge_chunk (&word, MIN (length, n - word.start)))
        {
          before = now;
          length_before = length;
          length = again || word.repeated ? length : CHUNK;
          again = FALSE;
          continue;
        }
      length = again ? n : MIN (length_before, n / 8) * 8 + 8;
      word.start = again ? 0 : before.start;
      word.n_out = again ? 0 : before.n_out;
      word.last = before.last;
      word.last_length = before.last_length;
      word.next = before.next;
      again = TRUE;
    }
  g_array_unref (word.symbols);
  memcpy (ids, out, word.n_out * sizeof *ids);
  return word.n_out;
}

guint
auto_bpe_merge_ids (const AutoTokenModel *self, guint32 *ids, guint n)
{
  const AutoMergeTable *table = get_table (self);
  Symbol few[SHORT], *symbols = n <= SHORT ? few : NULL;
  guint kept = 0;

  if (n > CHUNK)
    return merge_very_long (table, ids, n);
  if (!symbols)
    symbols = g_new (Symbol, n);
  set_symbols (symbols, ids, n);
  merge (table, symbols, n);
  for (guint i = 0; i < n; i++)
    if (symbols[i].length)
      ids[kept++] = symbols[i].id;
  if (symbols != few)
    g_free (symbols);
  return kept;
}

static gboolean
bpe_tokenize (const AutoTokenModel *self, const char *word, gsize length, GArray *tokens, GError **error)
{
  const Bpe *data = self->data;
  GString *scratch = NULL;

  if (data->ignore_merges)
    {
      gint64 id = auto_vocabulary_find (self->vocabulary, word, length);
      if (id >= 0)
        {
          g_array_append_val (tokens, ((AutoToken){ id, 0, length }));
          return TRUE;
        }
    }
  g_autoptr(GArray) symbols = g_array_sized_new (FALSE, FALSE, sizeof (Symbol), length);
  gboolean good = spell (self, word, length, symbols, &scratch, error);
  if (scratch)
    g_string_free (scratch, TRUE);
  if (!good)
    return FALSE;
  merge (get_table (self), (Symbol *) symbols->data, symbols->len);
  for (guint i = 0, at = 0; i < symbols->len; i++)
    {
      Symbol *symbol = &g_array_index (symbols, Symbol, i);
      if (symbol->length)
        g_array_append_val (tokens, ((AutoToken){ symbol->id, at, at + symbol->length }));
      at += symbol->length;
    }
  return TRUE;
}

const AutoTokenModelClass auto_bpe_class = { "BPE", bpe_prepare, bpe_tokenize, bpe_clear };
