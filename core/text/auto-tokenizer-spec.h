/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "../base/auto-errors.h"

G_BEGIN_DECLS

/* The older files that a tokenizer class reads. */
typedef enum
{
  AUTO_TOKENIZER_JSON_ONLY,     /* no older files */
  AUTO_TOKENIZER_WORDPIECE,     /* vocab.txt: a token a line */
  AUTO_TOKENIZER_WORD_LEVEL,    /* a token a line, or a JSON object of ids */
  AUTO_TOKENIZER_BPE,           /* vocab.json and merges.txt */
  AUTO_TOKENIZER_SENTENCEPIECE, /* a sentencepiece model: unigram or BPE, as the file says */
} AutoTokenizerKind;

/* Which lines of a file are merges. */
typedef enum
{
  AUTO_MERGES_INNER,          /* all but the first, and no line without an end */
  AUTO_MERGES_STRIPPED,       /* all but the first, and but blank ones at the end */
  AUTO_MERGES_UNCOMMENTED,    /* all but blank ones and those that begin with # */
  AUTO_MERGES_ALL,            /* all, but no line without an end */
  AUTO_MERGES_COUNTED,        /* the same, and a count may follow */
  AUTO_MERGES_ALWAYS_COUNTED, /* the same, and a count must follow */
} AutoMergesLines;

/* The algorithm of a class that the reference writes in Python: see auto-slow.h. */
typedef struct _AutoSlowEngine AutoSlowEngine;
struct _AutoSlow;
struct _AutoTokenizer;
struct _AutoLoadOptions;
/* How a class takes tables: see auto-slow-tables.h. */
typedef struct _AutoTableForm AutoTableForm;
typedef struct _AutoTokenizerSpeech AutoTokenizerSpeech;

/* How such a class begins a text. */
typedef enum
{
  AUTO_SLOW_PREFIX_NONE,
  AUTO_SLOW_PREFIX_SPACE_OF_WORDS, /* with a space, if the text is a word of one that was split */
  AUTO_SLOW_PREFIX_SPACE,          /* also if the setting add_prefix_space says so */
  AUTO_SLOW_PREFIX_SPACE_UNLESS,   /* the same, but not before a space and not alone */
  AUTO_SLOW_PREFIX_SPACE_OF_TEXT,  /* if the setting says so, to words as to texts, but not before a space or an added token and not alone */
} AutoSlowPrefix;

/* Numbers of tokens beside their ids. */
typedef struct
{
  const char *name;   /* in an encoding */
  const char *file;   /* a JSON object of tokens and their numbers; those that aren't there have the unknown token's */
  const char *around; /* the token whose number special tokens around texts have; padding has its id */
} AutoSlowColumn;

/* The reference's Python class beside a fast one, or alone: what differs from the fast class, as data. */
typedef struct
{
  const AutoSlowEngine *engine;
  gconstpointer params; /* the engine's: see auto-slow-engines.h */
  const char *defaults; /* JSON object: settings over those of the fast class */
  const char *vocab_file, *merges_file; /* NULL: the fast class's, else the engine's usual ones */
  const char *entity_vocab; /* a file with the ids of entities' names; NULL: the class knows none */
  const AutoTableForm *tables; /* NULL: the class takes none */
  const AutoSlowColumn *columns; /* more numbers of each token, up to one without a name; NULL: none */
  const char *single, *pair;            /* templates; NULL: the fast class's */
  const char *lower;     /* a setting that makes texts lower case before anything else */
  gboolean always_lower; /* texts are always made so */
  AutoSlowPrefix prefix;
  gboolean strip_more;    /* the tokens of the fast class's more_tokens are there from the start, and take the spaces around them */
  const char *listed;     /* JSON array of tokens that are added ones from the start, by id, unless the files list others; with $name */
  gboolean lists_head;    /* the same of the fast class's make_head, whatever the files list */
  gboolean cuts_at_all;   /* texts are cut at the vocabulary's tokens as well, not only at added ones */
  gboolean counts_own;    /* only the vocabulary's tokens count, so that tokens of a later call get the ids of those of an earlier one */
  gboolean adds_special;  /* every token that is added is a special one */
  gboolean adds_exact;    /* texts that are added as tokens are looked for as they are, not in lower case */
  gboolean long_tokens;   /* the vocabulary's tokens of several characters are added ones that take the spaces around them */
  gboolean joins_added;   /* added tokens are decoded like others */
  gboolean compose;       /* texts are composed (NFC) before anything else */
  gboolean ids_fall_back; /* an id that there isn't is the unknown token */
  gboolean ids_vanish;    /* an id that there isn't is decoded as nothing */
  gboolean unmasked;      /* its own special tokens aren't in the mask of special tokens */
  gboolean masks_text;    /* special tokens of the text are in it too, but the unknown one */
  gboolean masks_ends;    /* of a row that is given, only cls_token and sep_token count as special */
  gboolean pad_left, truncate_left;
  gboolean cuts_right;    /* truncation cuts on the right, whatever its side is */
  gboolean cuts_singly;   /* longest-first takes one token after another, gives them in this order as overflowing ones, also of pairs, and takes
                             a page's question with the mark behind it, whose box is lost first */
  gboolean all_apart;     /* decoding keeps special tokens apart as well */
  gboolean keeps_spaces;  /* spaces before punctuation are never taken away */
  /* What is done to a decoded text when spaces are to be cleaned up; NULL: what most classes do. */
  void (*clean_up) (const struct _AutoSlow *self, GString *text);
  void (*tidy) (GString *text, gboolean spaces); /* changes a decoded text; @spaces: whether there are spaces around added tokens */
  gboolean no_spaces;     /* unless asked for, nothing between added tokens and the text that is decoded around them */
} AutoSlowTokenizer;

/* A tokenizer class, as data. Texts of JSON may hold $name, which stands for the JSON value of the setting of that name: a member of
 * tokenizer_config.json, or of @defaults, or null. A template is a list of pieces as in "[CLS]:0 $A:0 [SEP]:0", where ${name} stands for
 * the text of a setting, such as ${cls_token}; a piece ?name${…} is there only if the setting name is true, ?!name${…} if not, and in a
 * Python class's templates !${…} only if the text before it doesn't end with it. Everything but the names may
 * be NULL. A part in a list may have "when": $name or "unless": $name, and then is there only if the setting is true or a text, or is not. */
typedef struct _AutoTokenizerSpec AutoTokenizerSpec;
struct _AutoTokenizerSpec
{
  const char *class_name; /* without "Fast" */
  /* Of a class that is a GObject class of its own: opens the tokenizer @name, of which @folder holds the files of the outermost folder. All
   * that follows is NULL then. */
  struct _AutoTokenizer *(*open) (const char *name, const char *folder, struct _AutoLoadOptions *options, GCancellable *cancellable, GError **error);
  const char *unnamed;    /* the class of folders that only their model type leads here; NULL: this one */
  AutoTokenizerKind kind;
  const char *vocab_file, *merges_file; /* NULL: vocab.txt, vocab.json and merges.txt, or any usual name of a sentencepiece model */
  AutoMergesLines merges_lines; /* of the file of merges; a line with a version is none */
  guint most_merges;            /* 0: no limit */

  const char *nul;      /* the name of a special token whose text is U+0000, which texts here can't hold; NULL: there is none */
  const char *const *call_names; /* of a call's parts, of which the last is the text and others are options; NULL: a text and another */
  const char *const *files; /* more files than are usual, which are fetched from the hub; NULL: none */
  const char *defaults; /* JSON object: settings that the class has when no file says otherwise */
  const char *json_defaults; /* JSON object: settings over those, of a fast class with a tokenizer.json: older files are read by its Python class */
  const char *model;    /* JSON object: small members of "model" */
  const char *normalizer, *pre_tokenizer, *decoder; /* JSON of the parts that older files give */
  const char *post_processor;                       /* JSON, with ids as $cls_token_id; or else the two templates */
  const char *single, *pair;
  gboolean templates_win; /* over the post_processor of a tokenizer.json */
  const char *target_single, *target_pair; /* templates of texts that the model is to make, where they differ; the templates win then */

  /* The tokens of the languages that the class knows (transfer full): its Python class refuses others as src_lang and tgt_lang, where a fast
   * one takes the unknown token for them, unless it is made of older files or @languages_first. NULL: any are taken. */
  char **(*languages) (const AutoTokenizerSpec *self, JsonObject *settings);
  gboolean languages_first; /* the fast class, too, refuses another src_lang when it is loaded */

  gboolean templates_follow; /* the fast class's are made anew when a setting that is a property of the tokenizer was changed */

  /* Called when the settings were read, and each time when one that is a property of the tokenizer was changed: puts in what the class
   * works out from others. Members that begin with _ are never saved; _folder is that of the files, and _tgt_mark the token of
   * the language tgt_lang where that isn't its name, and _src_mark that of src_lang. A special token that isn't there is then the unknown one. */
  void (*settle) (const AutoTokenizerSpec *self, JsonObject *settings);

  /* Whether the settings can be: if not, texts can't get their special tokens, and who encodes one is told. */
  gboolean (*check) (const AutoTokenizerSpec *self, JsonObject *settings, GError **error);

  /* Sentencepiece: how many of the file's first pieces are replaced by @head; @head and @tail are JSON arrays of tokens, or of
   * [token, score]; @make_head gives a head that settings change (transfer full). @more_tokens gives additional special tokens (transfer
   * full); those that are no pieces come before @tail. @score changes the scores of pieces. For the texts of JSON there are $charsmap and
   * $prepend_scheme; parts that are NULL are the usual ones, and "null" means none. */
  guint skip;
  const char *head, *tail;
  char *(*make_head) (const AutoTokenizerSpec *self, JsonObject *settings);
  char **(*more_tokens) (const AutoTokenizerSpec *self, JsonObject *settings);
  gboolean more_descend; /* those are the additional special tokens from the last one to the first */
  double (*score) (const char *piece, double score);

  /* What the class changes in a tokenizer.json: "part.member=setting", separated by spaces. The member gets the setting's value if the
   * part has the member. */
  const char *adjust;

  const char *const *model_input_names; /* NULL: input_ids, token_type_ids, attention_mask */
  gboolean pad_left, truncate_left;
  gint64 model_max_length; /* 0: no limit */

  /* Texts with a gap for the model to fill: the setting named @gap_token holds the text that marks it. @gap is the template of what stands
   * before and behind the gap, and takes the place of the text in @single. The fast class takes a single text, no batch, with another
   * that isn't empty for the same, and normalizes both by @gap_normalizer (JSON). */
  const char *gap_token, *gap, *gap_normalizer;

  guint pads;              /* rows are padded to the longest, and to a multiple of this, unless a call says otherwise; 0: they are not */
  const char *pads_more;   /* JSON object: more inputs that padding fills, with their numbers (lists of them for each token), and $name; NULL: none */
  const char *ids_single, *ids_pair; /* templates of what the fast class puts around ids that are given; NULL: the same as around texts */
  gboolean masks_ends;     /* of a row that is given, only the fast class's cls_token and sep_token count as special */
  const char *words_need;  /* a setting without which the fast class refuses texts that are split into words; NULL: none */

  const AutoSlowTokenizer *slow; /* NULL: there is no Python class, or it isn't known */

  void (*finish) (GString *text); /* changes decoded texts; NULL: doesn't */
  const char *beside; /* a JSON file that the class keeps beside the usual ones, if the folder has it; NULL: none */
  const AutoTokenizerSpeech *speech; /* what the class does beside if its texts are of speech: see auto-tokenizer-speech-private.h; NULL: nothing */

  const char *chat_template; /* when the files have none, with $name; NULL: ChatML */

  /* What a fast class makes of each text before anything else (transfer full): offsets are those of the result. NULL: it stays. */
  char *(*change) (const AutoTokenizerSpec *self, JsonObject *settings, const char *text, GError **error);

  /* Called with the settings and the parts' JSON, from older files or from tokenizer.json, before they are compiled. @parts has members
   * normalizer, pre_tokenizer, post_processor, decoder; saved_pre_tokenizer is what saving is to write in place of the second. */
  gboolean (*prepare) (const AutoTokenizerSpec *self, JsonObject *settings, JsonObject *parts, gboolean from_json, GError **error);
};

/* Whether the class knows the language that the setting @key names, which is src_lang or tgt_lang, if it names one. */
AUTO_INTERNAL gboolean auto_tokenizer_check_language (const AutoTokenizerSpec *spec, JsonObject *settings, const char *key, GError **error);

/* Finds the class of a name (with or without Fast; @model_type then says where to look first), or without a name the class of a model
 * type; NULL without an error when there is none. @fast says whether a fast class is preferred, then whether it is one. Set by core/auto. */
typedef const AutoTokenizerSpec *(*AutoTokenizerLookup) (const char *class_name, const char *model_type, gboolean *fast, GError **error);
AUTO_INTERNAL AutoTokenizerLookup auto_tokenizer_lookup;

G_END_DECLS
