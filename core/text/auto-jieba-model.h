/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-python-text.h"

G_BEGIN_DECLS

/* The hidden Markov model of Jieba: each character begins, goes on with or ends a word, or is one. */
typedef struct _AutoJiebaModel AutoJiebaModel;

/* Characters that the model knows: those that Jieba takes for Chinese in Python. */
#define AUTO_JIEBA_FIRST 0x4E00
#define AUTO_JIEBA_LAST 0x9FD5

/* Reads what there is in a dictionary's folder: hmm_model.utf8, or Python's tables in the folder finalseg. */
AUTO_INTERNAL AutoJiebaModel *auto_jieba_model_read (const char *folder, GError **error);
AUTO_INTERNAL void auto_jieba_model_free (AutoJiebaModel *self);
/* Calls @each for the words of a text of characters of Jieba's blocks. */
AUTO_INTERNAL void auto_jieba_model_cut (const AutoJiebaModel *self, const char *text, gsize length, AutoPythonWord each, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoJiebaModel, auto_jieba_model_free)

G_END_DECLS
