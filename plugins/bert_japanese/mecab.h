/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/text/auto-python-text.h"

/* MeCab, the library that cuts Japanese texts into words, with one of its dictionaries. */
typedef struct _Mecab Mecab;

/* @dictionary: "ipadic", "unidic_lite", "unidic", or NULL for what @options say, which are those of the program mecab, or NULL. */
Mecab *bert_japanese_mecab_new (const char *dictionary, const char *options, GError **error);
void bert_japanese_mecab_free (Mecab *self);
/* Calls @each for the words of a text (valid UTF-8). Any thread may. */
void bert_japanese_mecab_cut (Mecab *self, const char *text, gsize length, AutoPythonWord each, gpointer data);
