/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CPM-Ant's tokenizer: Jieba's Chinese words, and of each the longest texts that the vocabulary has. */
#include <string.h>

#include "core/base/auto-json.h"
#include "core/text/auto-jieba.h"
#include "core/text/auto-slow.h"
#include "core/text/auto-unicode.h"
#include "sdk/auto-sdk.h"

#define LONGEST_WORD 200 /* characters; those that are longer are unknown */

typedef struct
{
  const AutoJieba *jieba;
  gsize longest; /* token, in bytes */
} CpmAnt;

/* vocab.txt writes a space and a line's end as tokens of other texts, which settings name. */
static gboolean
cpmant_load (AutoSlow *self, const char *folder, GError **error)
{
  static const struct
  {
    const char *setting, *text;
  } marks[] = { { "space_token", " " }, { "line_token", "\n" } };
  CpmAnt *data = self->data = g_new0 (CpmAnt, 1);
  g_autoptr(AutoVocabulary) lines = auto_slow_load_lines (self, folder, "vocab.txt", error) ? g_steal_pointer (&self->vocabulary) : NULL;

  if (!lines || !(data->jieba = auto_jieba_get (folder, TRUE, error)))
    return FALSE;
  self->vocabulary = auto_vocabulary_new ();
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      const char *mark = auto_json_string (self->settings, marks[i].setting);
      gint64 id = mark ? auto_vocabulary_find (lines, mark, strlen (mark)) : -1;
      if (id < 0)
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: vocab.txt has no line \"%s\", the setting %s", folder,
                       mark ? mark : "", marks[i].setting);
          return FALSE;
        }
      auto_vocabulary_add (self->vocabulary, marks[i].text, 1, id);
    }
  for (guint i = 0; i < auto_vocabulary_size (lines); i++)
    {
      gsize length;
      guint id;
      const char *token = auto_vocabulary_nth (lines, i, &length, &id);
      gboolean mark = FALSE;
      for (guint k = 0; k < G_N_ELEMENTS (marks); k++)
        mark |= auto_vocabulary_find (self->vocabulary, marks[k].text, 1) == id;
      if (mark || auto_vocabulary_find (self->vocabulary, token, length) >= 0)
        continue;
      auto_vocabulary_add (self->vocabulary, token, length, id);
      data->longest = MAX (data->longest, length);
    }
  return TRUE;
}

static void
cpmant_clear (AutoSlow *self)
{
  g_free (self->data);
}

typedef struct
{
  const AutoSlow *self;
  GPtrArray *tokens;
} Pass;

static void
add_word (const char *word, gsize length, gpointer data)
{
  Pass *pass = data;
  const AutoSlow *self = pass->self;
  const CpmAnt *cpmant = self->data;
  gsize at = 0, n;

  if (g_utf8_strlen (word, length) > LONGEST_WORD)
    {
      g_ptr_array_add (pass->tokens, g_strdup (self->unk));
      return;
    }
  for (; at < length; at += n)
    {
      for (n = length - at; n > 0 && (n > cpmant->longest || auto_vocabulary_find (self->vocabulary, word + at, n) < 0);)
        n = auto_utf8_previous (word + at + n) - (word + at);
      g_ptr_array_add (pass->tokens, n ? g_strndup (word + at, n) : g_strdup (self->unk));
      if (!n)
        n = auto_utf8_size (word[at]);
    }
}

static void
cpmant_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  const CpmAnt *data = self->data;
  Pass pass = { self, tokens };

  auto_jieba_cut (data->jieba, AUTO_JIEBA_PYTHON, TRUE, text, length, add_word, &pass);
}

static gboolean
cpmant_hides (const AutoSlow *self, gint64 id)
{
  static const char *const names[] = { "pad_token", "eos_token", "bos_token" };
  gboolean hides = id < 0;

  for (guint i = 0; i < G_N_ELEMENTS (names) && !hides; i++)
    {
      const char *token = auto_json_string (self->settings, names[i]);
      hides = token && auto_slow_find (self, token) == id;
    }
  return hides;
}

static gboolean
cpmant_join (const AutoSlow *self, GPtrArray *tokens, GString *text, GError **error)
{
  for (guint i = 0; i < tokens->len; i++)
    g_string_append (text, tokens->pdata[i]);
  return TRUE;
}

static const AutoSlowEngine cpmant_engine = { .load = cpmant_load, .tokenize = cpmant_tokenize, .hides = cpmant_hides, .join = cpmant_join,
                                              .clear = cpmant_clear };

static const AutoTokenizerSpec cpmant_tokenizer = {
  .class_name = "CpmAntTokenizer", .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{\"bod_token\": \"<d>\", \"eod_token\": \"</d>\", \"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"pad_token\": \"<pad>\","
              " \"unk_token\": \"<unk>\", \"line_token\": \"</n>\", \"space_token\": \"</_>\"}",
  .slow = &(const AutoSlowTokenizer) { .engine = &cpmant_engine, .pad_left = TRUE, .ids_fall_back = TRUE, .single = "${bos_token}:0 $A:0",
                                       .pair = "${bos_token}:0 $A:0 ${bos_token}:0 $B:1" } };

AUTO_PLUGIN (cpmant, "CPM-Ant",
  AUTO_TOKENIZER ("CpmAntTokenizer", NULL, &cpmant_tokenizer, .model_type = "cpmant"));
