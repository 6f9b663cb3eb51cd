/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-python-text.h"

G_BEGIN_DECLS

/* Chinese words, as Jieba cuts them: of all ways through the words of a dictionary the most likely one, where each word is as likely as
 * it is frequent. What is left as single characters may then be joined to words that no dictionary has by a hidden Markov model. */
typedef struct _AutoJieba AutoJieba;

/* Which program's rules: those in Python take fewer characters for Chinese than those in Rust. */
typedef enum
{
  AUTO_JIEBA_PYTHON,
  AUTO_JIEBA_RUST,
} AutoJiebaRules;

/* The dictionary that auto_data_find () finds, with the model if it is wanted. Each is read once in a process, and stays. */
AUTO_INTERNAL const AutoJieba *auto_jieba_get (const char *model_folder, gboolean with_model, GError **error);
/* Calls @each for every word, which all lie in @text (valid UTF-8) one after another. Only with the model if @self has it. */
AUTO_INTERNAL void auto_jieba_cut (const AutoJieba *self, AutoJiebaRules rules, gboolean with_model, const char *text, gsize length,
                                   AutoPythonWord each, gpointer data);

G_END_DECLS
