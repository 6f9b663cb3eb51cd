/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "../base/auto-errors.h"
#include "auto-tokenizer-spec.h"

G_BEGIN_DECLS

struct _AutoSlow;
struct _AutoSentencePiece;

/* vocab.txt, words as BERT cuts them (the settings do_basic_tokenize, do_lower_case, tokenize_chinese_chars, strip_accents, never_split)
 * and their pieces. The class's params: an AutoSlowWordpiece, or NULL. */
AUTO_INTERNAL const AutoSlowEngine auto_slow_wordpiece;
typedef struct
{
  gboolean decomposed; /* characters stay as they are; without, they are composed first (NFC) */
} AutoSlowWordpiece;

/* vocab.json and merges.txt over bytes that are written as characters. The class's params: an AutoSlowBpe, or NULL for GPT-2's. The setting
 * errors says what decoding does with bytes that are no UTF-8. */
AUTO_INTERNAL const AutoSlowEngine auto_slow_byte_bpe;
typedef struct
{
  const char *pattern;            /* of words; NULL: GPT-2's */
  const char *word_end;           /* follows the last character of each word, and is a space when decoded; or NULL */
  const char *const *whole_words; /* words that are tokens as they are; NULL: none */
  AutoMergesLines lines;
  guint most_merges;    /* 0: no limit */
  char *(*change) (const char *text, gsize length); /* what is done to the text between added tokens first */
  const char *change_if; /* a setting that asks for that; NULL: always */
  gboolean basic_words;  /* a text that isn't changed so is cut into lower-case words first, at spaces and around Chinese characters */
  const char *space; /* the token of a space by itself, where the vocabulary has it */
} AutoSlowBpe;

/* How tokens become a text. */
typedef enum
{
  AUTO_JOIN_AROUND_SPECIALS, /* sentencepiece decodes what lies between special tokens, a space before those after text */
  AUTO_JOIN_TIGHT,           /* the same without that space */
  AUTO_JOIN_SPACED,          /* the same with a space behind each special token */
  AUTO_JOIN_DECODED,         /* sentencepiece decodes all */
  AUTO_JOIN_REPLACED,        /* one after another, the mark of a space made a space */
} AutoJoin;

/* Which marks of a space are taken off a text's start before that. */
typedef enum
{
  AUTO_UNMARK_NONE,
  AUTO_UNMARK_ONE, /* and a special token has a space before it only where the setting legacy isn't false, and not at the start */
  AUTO_UNMARK_ALL,
} AutoUnmark;

/* Who marks the start of a text. */
typedef enum
{
  AUTO_MARK_MODEL,    /* sentencepiece */
  AUTO_MARK_SETTING,  /* the class, with the setting legacy false */
  AUTO_MARK_CLASS,    /* the class, as if legacy were false */
  AUTO_MARK_BEHIND,   /* the class, which encodes every text behind the unknown token, an empty one too */
} AutoMark;

/* A sentencepiece model. The class's params: an AutoSlowPieces, or NULL. */
AUTO_INTERNAL const AutoSlowEngine auto_slow_sentencepiece;
typedef struct
{
  guint skip;               /* how many of the file's first pieces are replaced by @head */
  const char *head, *tail;  /* JSON arrays of tokens before and behind the pieces, with $name; NULL: none */
  gboolean more;            /* the tokens of the fast class's more_tokens are before the tail */
  const char *shift;        /* a setting: by how much larger the pieces' ids are than in the file; NULL: not */
  gboolean file_size;       /* the class says that its vocabulary is as large as the file */
  AutoMark mark;
  gboolean clean;           /* texts are cleaned first: the settings remove_space, keep_accents, do_lower_case */
  gboolean commas;          /* a comma behind a digit is a token of its own */
  const char *lower;        /* a setting that makes the text between added tokens lower case */
  const char *punctuation;  /* a setting by which punctuation is encoded by itself */
  /* What is done to the text between added tokens first; @tokens gets those that it begins with. */
  char *(*change) (const char *text, gsize length, GPtrArray *tokens);
  char *(*prepare) (const char *text, gsize length); /* what is done to the whole text first, if the setting that prepare_if names is true */
  const char *prepare_if;
  AutoJoin join;
  AutoUnmark unmark;
  gboolean keep_ends; /* spaces around the joined text stay */
  const char *upper;  /* a setting that makes what sentencepiece decodes upper case */
  void (*cut) (GPtrArray *pieces, GPtrArray *tokens); /* appends the tokens (char *) that pieces (char *) are cut into; NULL: they stay */
  /* Tokens a line, in place of the model's pieces if the folder has the file; with @first_words only what is before a space. Those of
   * the head and the tail that are there already keep their ids. */
  const char *lines_file;
  gboolean first_words;
  const char *ids_file; /* a JSON object of the pieces' ids; NULL: they are as in the model */
  /* The model and the ids of texts that the model is to make, which are also what is decoded; of the ids where the setting @target_has_ids
   * is true. NULL: the same. */
  const char *target_file, *target_ids_file, *target_has_ids;
  /* Called when the files were read: works out of the model what the class's templates need; NULL: nothing. */
  gboolean (*loaded) (struct _AutoSlow *self, const struct _AutoSentencePiece *file, GError **error);
  char **(*beyond) (JsonObject *settings); /* tokens whose ids follow those of @ids_file but aren't counted (transfer full); NULL: none */
} AutoSlowPieces;

/* How a text is cut into words. */
typedef enum
{
  AUTO_WORDS_SPACED, /* at spaces; the end of a line belongs to the word before it */
  AUTO_WORDS_WHITE,  /* the same, but U+001C to U+001F are no spaces */
  AUTO_WORDS_SPLIT,  /* at spaces, of which decoded texts keep those around them */
  AUTO_WORDS_BASIC,  /* as BERT's are, in lower case */
  AUTO_WORDS_CASED,  /* as BERT's are, without a change of letters; Chinese characters are like others, and special tokens stay whole */
  AUTO_WORDS_MOSES,
} AutoWordsCut;

/* Words, and the pieces that merges of their characters make: vocab.json and merges.txt. The class's params: an AutoSlowWords. */
AUTO_INTERNAL const AutoSlowEngine auto_slow_words;
typedef struct
{
  AutoWordsCut cut;
  AutoMergesLines lines;
  gboolean continued;       /* pieces that their word goes on after end in @@; without, a word's last piece ends in </w> */
  gboolean counted;         /* vocab.txt: a token and its count a line, after the tokens of start, padding, end and unknown */
  gboolean decodes_alone;   /* without the file of merges the class still decodes */
  gboolean any_case;        /* tokens are looked up in lower case */
  const char *decoder_file; /* another file with the tokens that ids stand for; NULL: none */
  char *(*change) (const char *text, gsize length); /* what is done to the text between added tokens first */
  const char *change_if;    /* a setting that asks for that; NULL: always */
  const char *lower;        /* a setting that then makes it lower case */
  /* for Moses: */
  const char *language; /* of texts; NULL: the setting langs has theirs and that of what is decoded */
  gboolean normalize;   /* punctuation becomes plain before */
  gboolean escape;      /* words are escaped as in XML, hyphens between letters are words, and Moses puts decoded words together */
  const char *plain;    /* a setting that makes words lower case without accents */
} AutoSlowWords;

/* Characters of a vocab.json: the settings word_delimiter_token, replace_word_delimiter_char, do_lower_case (which makes texts upper case). */
AUTO_INTERNAL const AutoSlowEngine auto_slow_characters;
/* The same, decoded as what a network says letter by letter at each moment (CTC): pad_token is its blank. The setting target_lang says which
 * vocabulary is read where the file has one for each of several languages. */
AUTO_INTERNAL const AutoSlowEngine auto_slow_moments;

/* Bytes, without a file. The class's params: an AutoSlowBytes. */
AUTO_INTERNAL const AutoSlowEngine auto_slow_bytes;
typedef struct
{
  guint offset;     /* the id of the byte 0 */
  gboolean ignores; /* decoding leaves out bytes that are no UTF-8 */
  gboolean unknown; /* tokens that are no character have the unknown token's id */
} AutoSlowBytes;

G_END_DECLS
