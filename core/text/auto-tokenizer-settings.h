/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-added-vocabulary.h"

G_BEGIN_DECLS

typedef enum
{
  AUTO_SPECIAL_BOS,
  AUTO_SPECIAL_EOS,
  AUTO_SPECIAL_UNK,
  AUTO_SPECIAL_SEP,
  AUTO_SPECIAL_PAD,
  AUTO_SPECIAL_CLS,
  AUTO_SPECIAL_MASK,
  AUTO_N_SPECIALS,
} AutoSpecial;

/* What tokenizer_config.json, special_tokens_map.json and added_tokens.json say together. */
typedef struct
{
  JsonObject *values;                      /* settings; special tokens among them as plain text */
  AutoAddedToken specials[AUTO_N_SPECIALS]; /* content NULL: not set */
  GArray *additional;                      /* AutoAddedToken: additional_special_tokens */
  GArray *added;                           /* AutoAddedToken by id: tokens that the files list */
  gboolean has_list;                       /* tokenizer_config.json lists them */
  AutoAddedToken own[AUTO_N_SPECIALS];     /* how the class matches them; the contents are NULL */
  gboolean given[AUTO_N_SPECIALS];         /* by a file or the call that loads, and not only by the class */
} AutoTokenizerSettings;

/* "bos_token" and so on. */
AUTO_INTERNAL const char *auto_special_key (AutoSpecial special);
/* Reads the files of a folder over @defaults (nullable), and lays @overrides (nullable) over these. */
AUTO_INTERNAL AutoTokenizerSettings *auto_tokenizer_settings_read (const char *folder, JsonObject *defaults, JsonObject *overrides, GError **error);
AUTO_INTERNAL void auto_tokenizer_settings_free (AutoTokenizerSettings *self);
AUTO_INTERNAL void auto_tokenizer_settings_set_special (AutoTokenizerSettings *self, AutoSpecial special, const AutoAddedToken *token);
/* Names the token whose text is U+0000, which is empty here. */
AUTO_INTERNAL void auto_tokenizer_settings_name_nul (AutoTokenizerSettings *self, const char *name);
/* All special tokens once, in the reference's order (const AutoAddedToken *). */
AUTO_INTERNAL GPtrArray *auto_tokenizer_settings_list_specials (const AutoTokenizerSettings *self);

/* Lists more added tokens (AutoAddedToken), in place of those of the same ids. */
AUTO_INTERNAL void auto_tokenizer_settings_list (AutoTokenizerSettings *self, const GArray *tokens);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoTokenizerSettings, auto_tokenizer_settings_free)

/* One more additional special token, unless it is one already. */
void auto_tokenizer_settings_add_additional (AutoTokenizerSettings *self, const char *content);

/* Refuses settings with which the reference loads nothing, or can't encode. @overrides: those that were laid over the files'. */
AUTO_INTERNAL gboolean auto_tokenizer_settings_check (const AutoTokenizerSettings *self, JsonObject *overrides, const char *folder, GError **error);
/* Whether a text names a side: right or left. */
AUTO_INTERNAL gboolean auto_tokenizer_is_side (const char *text);

G_END_DECLS
