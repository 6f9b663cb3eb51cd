/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-character-map.h"
#include "auto-fast-path.h"
#include "auto-scanner.h"
#include "auto-seams.h"

G_BEGIN_DECLS

typedef enum
{
  AUTO_FAST_BYTES,  /* byte-level BPE after known patterns */
  AUTO_FAST_BERT,   /* BertNormalizer and BertPreTokenizer */
  AUTO_FAST_CHUNKS, /* Metaspace that puts its mark before every word */
  AUTO_FAST_WHOLE,  /* no pre-tokenizer, spaces become marks: BPE that never joins a mark to what is before it */
} AutoFastKind;

struct _AutoFastPath
{
  AutoFastKind kind;
  const AutoNormalizer *normalizer;
  const AutoPreTokenizer *pre_tokenizer;
  const AutoTokenModel *model;
  AutoByteWords words;
  AutoPrefix prefix;
  gboolean prepends; /* whole: the prefix comes before spaces too */
  gboolean ignores_merges;
  gboolean composes, compatible; /* bytes: into normalization form C, or KC */
  gint32 byte_ids[256];  /* -1: no token */
  gboolean lacks_bytes;  /* that a text may have */
  gsize seams_ready;     /* whether the seams are made: when they pay, so that a short text is quick */
  gint seams_wanted;     /* bytes of words that were looked at without; up to AUTO_FAST_SEAMS_PAY for each */
  AutoSeams *seams;
  AutoCharacterMap *map; /* words and chunks: of the normalizer */
  gunichar mark;         /* chunks: what comes before a word */
  gboolean marks_first;  /* chunks: but not before the first one of a part that isn't the first */
  gboolean ends[128];    /* words: ASCII characters that end one */
  AutoWordGaps *gaps;    /* chunks */
  gboolean joins[256];   /* whole: last bytes of characters that tokens have before a mark */
  gsize ascii_ready;     /* whether it is known which ASCII characters are gaps: when words are first looked for */
  gboolean ascii_gaps[128];
};

/* A word, or a part of one, that is to be looked up. */
typedef struct
{
  const char *text;
  gsize length;
  guint64 low, high; /* the key when it is short; or the character */
  AutoWordKind kind;
} AutoFastWord;

#define AUTO_FAST_SEAMS_PAY (1 << 14)
#define AUTO_FAST_MOST_WAITING 32

typedef struct
{
  const AutoFastPath *path;
  AutoFastScratch *scratch;
  const char *end; /* of what can be read */
  AutoFastPlace place; /* in its text */
  GArray *ids;
  guint32 *at, *room; /* the tail of @ids that is not yet counted */
  guint n_waiting;
  AutoFastWord waiting[AUTO_FAST_MOST_WAITING]; /* words whose entries were asked for: they come while the next words are found */
} AutoFastRun;

/* What ends a word of a text for AUTO_FAST_BERT. @data: AutoBertNormalizer. */
gboolean auto_fast_bert_ends (gunichar c, gconstpointer data);
/* Looks up the tokens of single bytes; FALSE when the model isn't byte-level BPE. */
gboolean auto_fast_prepare_bytes (AutoFastPath *self);
/* Add the ids of a text's words. */
gboolean auto_fast_run_cuts (AutoFastRun *run, const char *text, gsize length, GError **error);
gboolean auto_fast_run_bert (AutoFastRun *run, const char *text, gsize length, GError **error);
gboolean auto_fast_run_chunks (AutoFastRun *run, const char *text, gsize length, GError **error);
/* The ids of a word whose characters the normalizer treats one by one; else by way of all parts. In scratch->found.
 * @marked: with the mark before words, if there is one. */
gboolean auto_fast_encode_mapped (const AutoFastPath *self, AutoFastScratch *scratch, const char *word, gsize length, gboolean marked, GError **error);
/* Adds the ids of a word that has no mark. */
gboolean auto_fast_run_add_unmarked (AutoFastRun *run, const char *word, gsize length, GError **error);
/* Adds the ids of a word that the normalizer has been through. */
gboolean auto_fast_run_add_mapped (AutoFastRun *run, const char *word, gsize length, GError **error);
/* Makes room for @n more ids. */
void auto_fast_run_reserve (AutoFastRun *run, gsize n);
/* Adds the ids of the words that wait. */
gboolean auto_fast_run_add_waiting (AutoFastRun *run, GError **error);
/* Adds a word of bytes, cut at its seams. */
gboolean auto_fast_run_add_parts (AutoFastRun *run, const char *word, gsize length, GError **error);

static inline void
auto_fast_word_set (const AutoFastRun *run, AutoFastWord *waiting, const char *text, gsize length, AutoWordKind kind)
{
  waiting->text = text;
  waiting->length = length;
  waiting->kind = kind;
  if (G_UNLIKELY (length > AUTO_WORD_INLINE))
    return;
  auto_word_key (text, length, kind, run->end - text >= 16, &waiting->low, &waiting->high);
  auto_word_cache_prefetch (&run->scratch->cache, waiting->low, waiting->high);
}

/* Adds the ids of a character, which are known. */
static inline void
auto_fast_run_add_character (AutoFastRun *run, const AutoCharacterIds *known)
{
  if (G_UNLIKELY (run->room - run->at < 4))
    auto_fast_run_reserve (run, 4);
  memcpy (run->at, known->ids, sizeof known->ids);
  run->at += known->n;
}

static inline gboolean
auto_fast_run_add_kind (AutoFastRun *run, const char *word, gsize length, AutoWordKind kind, GError **error)
{
  auto_fast_word_set (run, &run->waiting[run->n_waiting++], word, length, kind);
  return G_LIKELY (run->n_waiting < AUTO_FAST_MOST_WAITING) || auto_fast_run_add_waiting (run, error);
}

/* Whether a word is better cut at its seams at once than looked up as a whole: long ones, and those that end in a script of so many
 * characters (from U+3000 on) that few of its words come twice. */
static inline gboolean
auto_fast_word_has_parts (const char *word, gsize length)
{
  return length > AUTO_WORD_INLINE || (length > 3 && (guchar) word[length - 3] >= 0xE3);
}

static inline gboolean
auto_fast_run_add (AutoFastRun *run, const char *word, gsize length, GError **error)
{
  if (run->path->kind == AUTO_FAST_BYTES && auto_fast_word_has_parts (word, length))
    return auto_fast_run_add_parts (run, word, length, error);
  return auto_fast_run_add_kind (run, word, length, AUTO_WORD_WHOLE, error);
}

G_END_DECLS
