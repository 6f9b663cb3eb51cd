/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tokens that a tokenizer has, and more of them. */
#include <string.h>

#include "auto-pretrained-tokenizer-private.h"
#include "auto-slow.h"

void
auto_pretrained_set_pipeline (AutoPretrainedTokenizerPrivate *priv, AutoPipeline *changed)
{
  g_mutex_lock (&priv->lock);
  auto_pipeline_unref (priv->build.pipeline);
  priv->build.pipeline = changed;
  g_mutex_unlock (&priv->lock);
}

gboolean
auto_pretrained_extend_slow (AutoPretrainedTokenizerPrivate *priv, const AutoAddedToken *tokens, guint n, guint *n_new, GError **error)
{
  AutoSlow *slow = priv->build.pipeline ? auto_pipeline_get_slow (priv->build.pipeline) : NULL;
  AutoSlow *changed = slow ? auto_slow_extend (slow, priv->build.settings, tokens, n, n_new, error) : NULL;

  if (changed)
    auto_pretrained_set_pipeline (priv, auto_pipeline_new_slow (changed));
  return changed != NULL;
}

static guint
count_added (AutoPipeline *pipeline)
{
  const AutoVocabulary *vocabulary = auto_pipeline_get_model (pipeline)->vocabulary;
  g_autoptr(GPtrArray) added = auto_added_vocabulary_list (auto_pipeline_get_added (pipeline));
  guint n = 0;

  for (guint i = 0; i < added->len; i++)
    {
      const AutoAddedToken *token = g_ptr_array_index (added, i);
      n += auto_vocabulary_find (vocabulary, token->content, strlen (token->content)) < 0;
    }
  return n;
}

guint
auto_pretrained_get_vocab_size (AutoTokenizer *self, gboolean with_added_tokens)
{
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, NULL);
  const AutoSlow *slow = pipeline ? auto_pipeline_get_slow (pipeline) : NULL;

  if (slow)
    return with_added_tokens ? auto_slow_count (slow) : slow->vocab_size;
  const AutoTokenModel *model = pipeline ? auto_pipeline_get_model (pipeline) : NULL;
  return !model ? 0 : with_added_tokens ? auto_vocabulary_size (model->vocabulary) + count_added (pipeline) : auto_token_model_size (model);
}

static void
insert_added (AutoPipeline *pipeline, GHashTable *table)
{
  g_autoptr(GPtrArray) added = auto_added_vocabulary_list (auto_pipeline_get_added (pipeline));

  for (guint i = 0; i < added->len; i++)
    {
      const AutoAddedToken *token = g_ptr_array_index (added, i);
      g_hash_table_insert (table, g_strdup (token->content), GUINT_TO_POINTER (token->id));
    }
}

GHashTable *
auto_pretrained_get_added_vocab (AutoTokenizer *self)
{
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, NULL);
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (pipeline)
    insert_added (pipeline, table);
  return table;
}

GHashTable *
auto_pretrained_get_vocab (AutoTokenizer *self)
{
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, NULL);
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (!pipeline)
    return table;
  const AutoVocabulary *vocabulary = auto_pipeline_get_model (pipeline)->vocabulary;
  const AutoSlow *slow = auto_pipeline_get_slow (pipeline);
  gboolean listed = !slow || !slow->class->engine->own; /* or else the ids are those from 0 on */
  guint n = listed ? auto_vocabulary_size (vocabulary) : slow->vocab_size;
  for (guint i = 0; i < n; i++)
    {
      gsize length;
      guint id = i;
      const char *token = listed ? auto_vocabulary_nth (vocabulary, i, &length, &id) : slow->class->engine->token (slow, i, &length);
      g_hash_table_insert (table, g_strndup (token, length), GUINT_TO_POINTER (id));
    }
  insert_added (pipeline, table);
  return table;
}

/* New special tokens of a Python class are among its additional ones from then on. */
static gint64
add_slow (AutoPretrainedTokenizerPrivate *priv, const AutoAddedToken *tokens, guint n, GError **error)
{
  guint n_new = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(GPtrArray) specials = auto_tokenizer_settings_list_specials (priv->build.settings);
      gboolean known = !tokens[i].special && !priv->build.spec->slow->adds_special;
      for (guint k = 0; k < specials->len && !known; k++)
        known = g_str_equal (((AutoAddedToken *) g_ptr_array_index (specials, k))->content, tokens[i].content);
      if (!known)
        auto_tokenizer_settings_add_additional (priv->build.settings, tokens[i].content);
    }
  return auto_pretrained_extend_slow (priv, tokens, n, &n_new, error) ? n_new : -1;
}

gint64
auto_pretrained_tokenizer_add (AutoPretrainedTokenizer *self, const AutoAddedToken *tokens, guint n, GError **error)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);
  gint64 n_new = 0;

  if (!pipeline)
    return -1;
  for (guint i = 0; i < n; i++)
    if (!g_utf8_validate (tokens[i].content, -1, NULL))
      {
        g_set_error_literal (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "a token that is to be added is no UTF-8");
        return -1;
      }
  if (auto_pipeline_get_slow (pipeline))
    return add_slow (priv, tokens, n, error);
  AutoAddedVocabulary *added = auto_added_vocabulary_copy (auto_pipeline_get_added (pipeline));
  for (guint i = 0; i < n; i++)
    n_new += auto_added_vocabulary_add (added, &tokens[i], auto_pipeline_get_model (pipeline));
  AutoPipeline *changed = auto_pipeline_with_added (pipeline, added, error);
  if (!changed)
    return -1;
  auto_pretrained_set_pipeline (priv, changed);
  return n_new;
}

gint64
auto_pretrained_add_tokens (AutoTokenizer *self, const char *const *tokens, gboolean special, GError **error)
{
  gsize n = g_strv_length ((char **) tokens);
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);
  g_autoptr(GArray) added = g_array_new (FALSE, FALSE, sizeof (AutoAddedToken));

  if (!pipeline)
    return -1;
  const AutoSlow *slow = auto_pipeline_get_slow (pipeline);
  gboolean normalized = !special && !(slow && slow->class->adds_exact);
  for (gsize i = 0; i < n; i++)
    /* a Python class leaves a mere text alone that it has added already */
    if (!slow || !auto_added_vocabulary_find (auto_pipeline_get_added (pipeline), tokens[i]))
      g_array_append_val (added, ((AutoAddedToken){ .content = (char *) tokens[i], .normalized = normalized, .special = special }));
  return auto_pretrained_tokenizer_add (AUTO_PRETRAINED_TOKENIZER (self), (AutoAddedToken *) (gpointer) added->data, added->len, error);
}
