/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of ids that were made before, as the reference's Python methods make them. */
#include "auto-pretrained-tokenizer-private.h"
#include "auto-slow-columns.h"
#include "auto-slow-entities.h"
#include "auto-tokenizer-legacy.h"

static guint
num_special_tokens_to_add (AutoTokenizer *self, gboolean pair)
{
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, NULL);

  return pipeline ? auto_post_processor_added (auto_pipeline_get_post_processor (pipeline, FALSE), pair) : 0;
}

static gboolean
check_ids (const gint64 *ids, gsize n, GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (ids[i] < 0 || ids[i] > G_MAXINT32)
      {
        g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                     "%" G_GINT64_FORMAT " is no id of a token: they go from 0 to %d", ids[i], G_MAXINT32);
        return FALSE;
      }
  return TRUE;
}

/* What the class puts around ids. */
static AutoPostProcessor *
post_of_ids (const AutoTokenizerBuild *build, AutoPipeline *pipeline, gboolean target, GError **error)
{
  const AutoTokenizerSpec *spec = build->spec;

  if (!build->fast || !spec->ids_single)
    return auto_post_processor_for_ids (auto_pipeline_get_post_processor (pipeline, target));
  g_autoptr(JsonNode) node = auto_tokenizer_make_template_pair (build, auto_pipeline_get_model (pipeline), spec->ids_single, spec->ids_pair, error);
  g_autoptr(AutoPostProcessor) post = node ? auto_post_processor_new (node, error) : NULL;
  return post ? auto_post_processor_for_ids (post) : NULL;
}

/* Whether what the call says of the ids beside is of as many, and of a class that has such. */
static gboolean
check_call (const AutoTokenizerCall *call, const AutoSlow *slow, gsize n_ids, gboolean pair, gsize n_pair_ids, GError **error)
{
  const AutoSlowColumns *columns = slow ? slow->columns : NULL;

  if (call->page.boxes || call->page.labels)
    return auto_call_fail (error, "boxes and word-labels are of words, and here are ids; unset them");
  return auto_entities_check (slow ? slow->entities : NULL, &call->entities, 1, pair, AUTO_ENTITIES_OF_IDS, error)
         && auto_slow_columns_check (columns, call->columns[0], n_ids, error)
         && auto_slow_columns_check (columns, call->columns[1], pair ? n_pair_ids : 0, error);
}

static AutoEncoding *
prepare_for_model (AutoTokenizer *self, const gint64 *ids, gsize n_ids, const gint64 *pair_ids, gsize n_pair_ids, AutoTokenizerOptions *options,
                   GError **error)
{
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);
  AutoEncodeSettings settings = { .call = auto_tokenizer_options_get_call (options) };
  AutoEncodeInput input = { .ids = ids, .n = n_ids }, pair = { .ids = pair_ids, .n = n_pair_ids };
  static const gint64 nothing;

  if (!pipeline || !check_ids (ids, n_ids, error) || !check_ids (pair_ids, n_pair_ids, error)
      || !check_call (&settings.call, auto_pipeline_get_slow (pipeline), n_ids, pair_ids != NULL, n_pair_ids, error))
    return NULL;
  if (settings.call.padding == AUTO_PADDING_UNSET)
    settings.call.padding = AUTO_PADDING_NO;
  settings.call.pad_to_multiple_of = MAX (settings.call.pad_to_multiple_of, 0);
  settings.call.prefix_text = NULL;
  settings.call.tables = (AutoTableCall){ 0 };
  auto_encode_settings_take (&settings);
  settings.post = post_of_ids (&auto_pretrained_private (self)->build, pipeline, settings.call.as_target, error);
  if (!settings.post || !auto_pretrained_settle (AUTO_PRETRAINED_TOKENIZER (self), pipeline, pair_ids != NULL, &settings, error))
    {
      auto_encode_settings_clear (&settings);
      return NULL;
    }
  if (!ids)
    input.ids = &nothing;
  return auto_encoding_new (pipeline, &settings, &input, pair_ids ? &pair : NULL, 1, NULL, error);
}

/* Whether the class counts a special token as such in a row that is given. */
static gboolean
counts (AutoPretrainedTokenizerPrivate *priv, const char *content)
{
  const AutoSlowTokenizer *slow = priv->build.spec->slow;
  gboolean ends = priv->build.fast ? priv->build.spec->masks_ends : slow && slow->masks_ends;

  if (ends)
    return g_strcmp0 (content, auto_pretrained_special (priv, AUTO_SPECIAL_CLS)) == 0
           || g_strcmp0 (content, auto_pretrained_special (priv, AUTO_SPECIAL_SEP)) == 0;
  return !(slow && slow->masks_text && g_strcmp0 (content, auto_pretrained_special (priv, AUTO_SPECIAL_UNK)) == 0);
}

/* Special tokens whose text is not in the vocabulary stand for the unknown one. */
static gint64 *
find_special_tokens (AutoTokenizer *self, const gint64 *ids, gsize n_ids, gsize *n, GError **error)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);

  if (!pipeline)
    return NULL;
  g_autoptr(GHashTable) set = g_hash_table_new (NULL, NULL);
  g_autoptr(GPtrArray) specials = auto_tokenizer_settings_list_specials (priv->build.settings);
  for (guint i = 0; i < specials->len; i++)
    {
      const char *content = ((AutoAddedToken *) g_ptr_array_index (specials, i))->content;
      gint64 id = auto_pretrained_convert_token_to_id (self, content);
      if (id >= 0 && counts (priv, content))
        g_hash_table_add (set, GINT_TO_POINTER ((int) id));
    }
  gint64 *mask = g_new (gint64, n_ids + 1);
  for (gsize i = 0; i < n_ids; i++)
    mask[i] = ids[i] >= 0 && ids[i] <= G_MAXINT32 && g_hash_table_contains (set, GINT_TO_POINTER ((int) ids[i]));
  *n = n_ids;
  return mask;
}

void
auto_pretrained_ids_iface_init (AutoTokenizerInterface *iface)
{
  iface->num_special_tokens_to_add = num_special_tokens_to_add;
  iface->prepare_for_model = prepare_for_model;
  iface->find_special_tokens = find_special_tokens;
  iface->pad = auto_pretrained_pad;
}
