/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../base/auto-errors.h"

G_BEGIN_DECLS

/* What Python's str methods and unicodedata say, for the classes that are written in Python. Texts are valid UTF-8. */

/* unicodedata.category () of a character, str.isdecimal (), isalpha () and isalnum (), and whether it has a case: by the tables of Python 3.11,
 * which end with Unicode 14, where GLib's may be newer. */
AUTO_INTERNAL GUnicodeType auto_python_type (gunichar c);
AUTO_INTERNAL gboolean auto_python_is_decimal (gunichar c);
AUTO_INTERNAL gboolean auto_python_is_alpha (gunichar c);
AUTO_INTERNAL gboolean auto_python_is_alnum (gunichar c);
AUTO_INTERNAL gboolean auto_python_is_cased (gunichar c);
/* str.isspace () of a character. */
AUTO_INTERNAL gboolean auto_python_is_space (gunichar c);
/* The same but for four separators (U+001C to U+001F): what \s is to the module regex, and White_Space to Unicode. */
AUTO_INTERNAL gboolean auto_python_is_white (gunichar c);
/* str.isdigit () of a character. */
AUTO_INTERNAL gboolean auto_python_is_digit (gunichar c);
/* Moves @text and @length as strip () does: at the start, at the end. */
AUTO_INTERNAL void auto_python_lstrip (const char **text, gsize *length);
AUTO_INTERNAL void auto_python_rstrip (const char *text, gsize *length);
/* strip (). */
AUTO_INTERNAL void auto_python_strip (GString *text);
/* Puts a single space in place of every run of spaces. */
AUTO_INTERNAL void auto_python_join_spaces (GString *text);
/* The words of split (), which lie in @text: calls @each for every one. */
typedef void (*AutoPythonWord) (const char *word, gsize length, gpointer data);
AUTO_INTERNAL void auto_python_split (const char *text, gsize length, AutoPythonWord each, gpointer data);
/* The first word, or NULL where there is none. */
AUTO_INTERNAL const char *auto_python_first_word (const char *text, gsize length, gsize *word_length);
/* What is often done with a word: a copy is appended to the GPtrArray @words; it is appended to the GString @text, behind a space. */
AUTO_INTERNAL void auto_python_collect_word (const char *word, gsize length, gpointer words);
AUTO_INTERNAL void auto_python_append_word (const char *word, gsize length, gpointer text);
/* lower () of a character alone; at most two; returns how many. */
AUTO_INTERNAL guint auto_python_lower_char (gunichar c, gunichar lower[2]);
/* lower () of a text, where a final sigma has a form of its own. */
AUTO_INTERNAL char *auto_python_lower (const char *text, gsize length);
/* upper () of a text. */
AUTO_INTERNAL char *auto_python_upper (const char *text, gsize length);

/* What the reference's tokenization_utils makes of the categories. */
AUTO_INTERNAL gboolean auto_python_is_blank (gunichar c);
AUTO_INTERNAL gboolean auto_python_is_control (gunichar c);
AUTO_INTERNAL gboolean auto_python_is_punctuation (gunichar c);
/* Characters that BERT takes for Chinese. */
AUTO_INTERNAL gboolean auto_python_is_chinese (gunichar c);

G_END_DECLS
