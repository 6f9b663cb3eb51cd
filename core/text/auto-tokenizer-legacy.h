/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-tokenizer-build.h"

G_BEGIN_DECLS

/* The parts that the older files of a folder and the class make. */
AUTO_INTERNAL AutoTokenizerParts *auto_tokenizer_legacy_read (AutoTokenizerBuild *build, const char *folder, GError **error);
/* A class for a folder whose own class nobody knows, from the names of its files. */
AUTO_INTERNAL const AutoTokenizerSpec *auto_tokenizer_generic_spec (const char *folder);
/* A class without files of its own: texts between the start and the end token, where the settings add_bos_token and add_eos_token are true. */
extern const AutoTokenizerSpec auto_tokenizer_marked_spec;
/* A class for vocabularies of a kind. */
const AutoTokenizerSpec *auto_tokenizer_generic_of_kind (AutoTokenizerKind kind);
/* The text with the JSON of settings for $name. */
char *auto_tokenizer_fill_text (const char *text, JsonObject *settings);
/* The text with the text of settings for ${name}. */
char *auto_tokenizer_fill_bare (const char *text, JsonObject *settings);
/* A part from a text of JSON with $name; NULL and "null" give none. */
gboolean auto_tokenizer_fill_part (const char *text, JsonObject *settings, JsonNode **part, GError **error);
/* The normalizer, pre-tokenizer and decoder of a class. */
gboolean auto_tokenizer_fill_parts (const AutoTokenizerSpec *spec, JsonObject *settings, AutoTokenizerParts *parts, GError **error);
/* The sentencepiece model of a folder, or NULL. */
char *auto_tokenizer_find_spm (const char *folder, const char *wanted);
/* Fills @parts with what a sentencepiece model gives. */
gboolean auto_tokenizer_spm_read (AutoTokenizerBuild *build, const char *path, AutoTokenizerParts *parts, GError **error);
/* The normalizer, pre-tokenizer and decoder of such models; @settings may hold charsmap, and holds prepend_scheme. */
gboolean auto_tokenizer_spm_make_parts (const AutoTokenizerSpec *spec, JsonObject *settings, AutoTokenizerParts *parts, GError **error);
/* Every way to make a piece of two, the best piece first: the merges (AutoMerge) of a vocabulary that has only scores (double by id). */
GArray *auto_tokenizer_find_merges (const AutoVocabulary *vocabulary, const GArray *scores);
/* The post-processor that the class's two templates describe. */
JsonNode *auto_tokenizer_make_templates (const AutoTokenizerBuild *build, const AutoTokenModel *model, gboolean target, GError **error);
/* The same of any two templates. */
JsonNode *auto_tokenizer_make_template_pair (const AutoTokenizerBuild *build, const AutoTokenModel *model, const char *of_one, const char *of_two,
                                             GError **error);
/* Takes the condition off a template's piece; FALSE when it isn't met. */
gboolean auto_tokenizer_take_condition (const char **piece, JsonObject *settings);

G_END_DECLS
