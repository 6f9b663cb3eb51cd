/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-pipeline.h"

#include "auto-fast-path.h"
#include "auto-slow.h"

#include <string.h>

struct _AutoPipeline
{
  int ref_count; /* atomic */
  AutoPipeline *core; /* who owns the parts: this one or another */
  AutoTokenizerParts *parts;
  AutoNormalizer *normalizer; /* NULL: the core's, if that has one */
  AutoPreTokenizer *pre_tokenizer;
  AutoPostProcessor *post_processor, *target; /* of texts and, where they differ, of texts that the model is to make */
  AutoDecoder *decoder;
  AutoAddedVocabulary *added;
  AutoFastPath *fast; /* or NULL */
  AutoSlow *slow;     /* NULL, or what does everything in place of the parts */
  GMutex lock;
  GPtrArray *idle; /* AutoFastScratch that no thread works with */
};

#define MOST_IDLE 8

AutoTokens *
auto_tokens_new (gboolean detailed)
{
  AutoTokens *self = g_new0 (AutoTokens, 1);

  self->ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (detailed)
    {
      self->details = g_array_new (FALSE, FALSE, sizeof (AutoTokenDetail));
      self->texts = g_string_chunk_new (256);
    }
  return self;
}

void
auto_tokens_free (AutoTokens *self)
{
  if (!self)
    return;
  g_array_unref (self->ids);
  g_clear_pointer (&self->details, g_array_unref);
  g_clear_pointer (&self->columns, g_ptr_array_unref);
  g_clear_pointer (&self->texts, g_string_chunk_free);
  g_free (self);
}

static gboolean
compile (AutoPipeline *self, GError **error)
{
  AutoTokenizerParts *parts = self->parts;

  if (parts->normalizer && !(self->normalizer = auto_normalizer_new (parts->normalizer, error)))
    return FALSE;
  if (self->normalizer && auto_normalizer_is_empty (self->normalizer))
    g_clear_pointer (&self->normalizer, auto_normalizer_free);
  if (parts->pre_tokenizer && !(self->pre_tokenizer = auto_pre_tokenizer_new (parts->pre_tokenizer, parts->model->vocabulary, error)))
    return FALSE;
  if (parts->decoder && !(self->decoder = auto_decoder_new (parts->decoder, error)))
    return FALSE;
  if (!(self->post_processor = auto_post_processor_new (parts->post_processor, error)))
    return FALSE;
  for (guint i = 0; i < parts->added_tokens->len; i++)
    auto_added_vocabulary_add (self->added, &g_array_index (parts->added_tokens, AutoAddedToken, i), parts->model);
  self->fast = auto_fast_path_new (self->normalizer, self->pre_tokenizer, parts->model);
  return auto_added_vocabulary_refresh (self->added, self->normalizer, error);
}

AutoPipeline *
auto_pipeline_new (AutoTokenizerParts *parts, GError **error)
{
  g_autoptr(AutoPipeline) self = g_new0 (AutoPipeline, 1);

  auto_unicode_prepare ();
  self->ref_count = 1;
  self->core = self;
  self->parts = parts;
  g_mutex_init (&self->lock);
  self->idle = g_ptr_array_new_with_free_func ((GDestroyNotify) auto_fast_scratch_free);
  self->added = auto_added_vocabulary_new ();
  return compile (self, error) ? g_steal_pointer (&self) : NULL;
}

AutoPipeline *
auto_pipeline_new_slow (AutoSlow *slow)
{
  AutoPipeline *self = g_new0 (AutoPipeline, 1);

  self->ref_count = 1;
  self->core = self;
  self->slow = slow;
  return self;
}

AutoSlow *
auto_pipeline_get_slow (AutoPipeline *self)
{
  return self->slow;
}

/* Shares the parts with another; takes the rest. */
static AutoPipeline *
variant_new (AutoPipeline *self, AutoAddedVocabulary *added, AutoPostProcessor *post_processor, AutoPostProcessor *target)
{
  AutoPipeline *other = g_new0 (AutoPipeline, 1);

  other->ref_count = 1;
  other->core = auto_pipeline_ref (self->core);
  other->added = added;
  other->post_processor = post_processor;
  other->target = target;
  return other;
}

AutoPipeline *
auto_pipeline_with_added (AutoPipeline *self, AutoAddedVocabulary *added, GError **error)
{
  if (!auto_added_vocabulary_refresh (added, self->core->normalizer, error))
    {
      auto_added_vocabulary_unref (added);
      return NULL;
    }
  return variant_new (self, added, auto_post_processor_ref (self->post_processor), self->target ? auto_post_processor_ref (self->target) : NULL);
}

AutoPipeline *
auto_pipeline_with_templates (AutoPipeline *self, JsonNode *source, JsonNode *target, GError **error)
{
  g_autoptr(AutoPostProcessor) first = auto_post_processor_new (source, error);
  g_autoptr(AutoPostProcessor) second = first && target ? auto_post_processor_new (target, error) : NULL;

  if (!first || (target && !second))
    return NULL;
  return variant_new (self, auto_added_vocabulary_ref (self->added), g_steal_pointer (&first), g_steal_pointer (&second));
}

AutoPipeline *
auto_pipeline_with_normalizer (AutoPipeline *self, AutoNormalizer *normalizer, JsonNode *post_processor, GError **error)
{
  AutoPostProcessor *post = auto_post_processor_new (post_processor, error);

  if (!post)
    {
      auto_normalizer_free (normalizer);
      return NULL;
    }
  AutoPipeline *other = variant_new (self, auto_added_vocabulary_ref (self->added), post, NULL);
  other->normalizer = normalizer;
  return other;
}

AutoPipeline *
auto_pipeline_ref (AutoPipeline *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
auto_pipeline_unref (AutoPipeline *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  if (self->core != self)
    auto_pipeline_unref (self->core);
  g_clear_pointer (&self->parts, auto_tokenizer_parts_free);
  g_clear_pointer (&self->normalizer, auto_normalizer_free);
  g_clear_pointer (&self->pre_tokenizer, auto_pre_tokenizer_free);
  g_clear_pointer (&self->post_processor, auto_post_processor_unref);
  g_clear_pointer (&self->target, auto_post_processor_unref);
  g_clear_pointer (&self->decoder, auto_decoder_free);
  g_clear_pointer (&self->added, auto_added_vocabulary_unref);
  g_clear_pointer (&self->fast, auto_fast_path_free);
  g_clear_pointer (&self->slow, auto_slow_unref);
  if (self->idle)
    {
      g_ptr_array_unref (self->idle);
      g_mutex_clear (&self->lock);
    }
  g_free (self);
}

/* Bytes of the original to code points. */
typedef struct
{
  guint32 *points; /* by byte: the code point that it belongs to; NULL: all text is ASCII */
  gsize length;
} PointMap;

static void
point_map_init (PointMap *self, const char *text, gsize length)
{
  gsize i = 0;

  self->length = length;
  self->points = NULL;
  while (i < length && (guchar) text[i] < 0x80)
    i++;
  if (i == length)
    return;
  self->points = g_new (guint32, length);
  guint32 point = G_MAXUINT32;
  for (i = 0; i < length; i++)
    {
      point += (text[i] & 0xC0) != 0x80;
      self->points[i] = point;
    }
}

static void
set_offsets (const PointMap *map, gsize from, gsize to, AutoTokenDetail *detail)
{
  detail->byte_from = detail->from = from;
  detail->byte_to = detail->to = to;
  if (from >= map->length)
    return;
  if (!map->points)
    {
      detail->to = to <= map->length ? to : from + 2; /* beyond the text: see below */
      return;
    }
  detail->from = map->points[from];
  detail->to = to < map->length ? map->points[to] : to > 0 && to - 1 < map->length ? map->points[to - 1] + 1 : map->points[from] + 2;
}

/* The span that a token has in the original text. */
static void
locate (const AutoPreText *pre, const AutoSplit *split, const AutoToken *token, const PointMap *map, AutoTokenDetail *detail)
{
  if (token->to > split->to - split->from) /* beyond the piece: the reference takes the numbers as they are */
    set_offsets (map, token->from, token->to, detail);
  else if (token->from == token->to)
    set_offsets (map, split->base + token->from, split->base + token->to, detail);
  else
    set_offsets (map, pre->text.from[split->from + token->from], pre->text.to[split->from + token->to - 1], detail);
}

/* An added token, or an unknown one of some models, has the text that stood there; one whose id is an added token's as well has the model's. */
static const char *
own_text (AutoPipeline *self, const AutoPreText *pre, const AutoSplit *split, const AutoToken *token, AutoTokens *tokens)
{
  const AutoTokenModel *model = self->core->parts->model;

  if (split->id < 0 && !(model->unk_keeps_text && token->id == model->unk_id))
    {
      gsize length = 0;
      const char *text = auto_added_vocabulary_shadows (self->added, token->id) ? auto_token_model_token (model, token->id, &length) : NULL;
      return text ? g_string_chunk_insert_len (tokens->texts, text, length) : NULL;
    }
  return g_string_chunk_insert_len (tokens->texts, pre->text.text + split->from + token->from, token->to - token->from);
}

static gboolean
tokenize_splits (AutoPipeline *self, AutoPreText *pre, gint32 word, AutoTokens *tokens, GError **error)
{
  const AutoTokenModel *model = self->core->parts->model;
  g_autoptr(GArray) found = g_array_new (FALSE, FALSE, sizeof (AutoToken));
  PointMap map = { NULL, 0 };
  gboolean good = TRUE;

  if (tokens->details)
    point_map_init (&map, pre->original, pre->original_length);
  for (guint i = 0; i < pre->splits->len && good; i++)
    {
      const AutoSplit *split = &g_array_index (pre->splits, AutoSplit, i);
      guint32 length = split->to - split->from;
      g_array_set_size (found, 0);
      if (split->id >= 0)
        g_array_append_val (found, ((AutoToken){ split->id, 0, length }));
      else if (length)
        good = model->class->tokenize (model, pre->text.text + split->from, length, found, error);
      for (guint k = 0; k < found->len && good; k++)
        {
          const AutoToken *token = &g_array_index (found, AutoToken, k);
          g_array_append_val (tokens->ids, token->id);
          if (!tokens->details)
            continue;
          AutoTokenDetail detail = { .word = word >= 0 ? word : (gint32) i };
          locate (pre, split, token, &map, &detail);
          detail.text = own_text (self, pre, split, token, tokens);
          g_array_append_val (tokens->details, detail);
        }
    }
  g_free (map.points);
  return good;
}

static AutoFastScratch *
take_scratch (AutoPipeline *core)
{
  g_mutex_lock (&core->lock);
  AutoFastScratch *scratch = core->idle->len ? g_ptr_array_steal_index_fast (core->idle, core->idle->len - 1) : NULL;
  g_mutex_unlock (&core->lock);
  return scratch ? scratch : auto_fast_scratch_new ();
}

static void
give_scratch (AutoPipeline *core, AutoFastScratch *scratch)
{
  g_mutex_lock (&core->lock);
  gboolean keep = core->idle->len < MOST_IDLE;
  if (keep)
    g_ptr_array_add (core->idle, scratch);
  g_mutex_unlock (&core->lock);
  if (!keep)
    auto_fast_scratch_free (scratch);
}

static gboolean encode_fast (AutoPipeline *self, AutoFastScratch *scratch, const char *text, gsize length, gboolean normalized, GArray *ids,
                             GError **error);

/* The ids of a part of a text between the added tokens that are looked for as they are. */
static gboolean
encode_part (AutoPipeline *self, AutoFastScratch *scratch, const char *text, gsize length, AutoFastPlace place, GArray *ids, GError **error)
{
  const AutoFastPath *fast = self->core->fast;
  g_autofree char *normalized = NULL;

  if (!auto_fast_path_takes_normalized (fast)) /* it has no added tokens, see may_have_added () */
    return auto_fast_path_encode (fast, scratch, text, length, place, ids, error);
  return auto_fast_path_normalize (fast, scratch, text, &length, &normalized, error)
         && encode_fast (self, scratch, normalized ? normalized : text, length, TRUE, ids, error);
}

/* The ids of a text: first without the added tokens that are looked for as they are, then without those of normalized text. */
static gboolean
encode_fast (AutoPipeline *self, AutoFastScratch *scratch, const char *text, gsize length, gboolean normalized, GArray *ids, GError **error)
{
  gsize taken = 0, at = 0, from, to;
  gboolean more, first = TRUE;
  guint32 id;

  do
    {
      more = auto_added_vocabulary_next (self->added, normalized, text, length, taken, &at, &from, &to, &id);
      gsize end = MAX (more ? from : length, taken); /* tokens may share spaces */
      AutoFastPlace place = taken == 0 ? AUTO_FAST_START : first ? AUTO_FAST_FIRST : AUTO_FAST_LATER;
      guint before = ids->len;
      if (!(normalized ? auto_fast_path_encode (self->core->fast, scratch, text + taken, end - taken, place, ids, error)
                       : encode_part (self, scratch, text + taken, end - taken, place, ids, error)))
        return FALSE;
      first &= ids->len == before; /* a part that becomes nothing is none */
      if (more && from < to)
        g_array_append_val (ids, id);
      taken = to;
    }
  while (more);
  return TRUE;
}

/* Whether a text may have added tokens that show only once it is normalized. */
static gboolean
may_have_added (AutoPipeline *self, AutoFastScratch *scratch, const char *text, gsize length)
{
  const AutoFastPath *fast = self->core->fast;

  if (auto_fast_path_takes_normalized (fast) || !auto_added_vocabulary_has (self->added, TRUE))
    return FALSE;
  const char *sketch = auto_fast_path_sketch (fast, scratch, text, &length);
  return !sketch || auto_added_vocabulary_may_have (self->added, sketch, length);
}

/* Goes the short way and sets @encoded; FALSE when there is none. */
static gboolean
try_fast (AutoPipeline *self, const char *text, gsize length, GArray *ids, gboolean *encoded, GError **error)
{
  AutoPipeline *core = self->core;
  gboolean own = core != self && self->normalizer; /* the short way is for the core's normalizer */

  if (own || !core->fast || !auto_fast_path_takes (core->fast, text, length))
    return FALSE;
  AutoFastScratch *scratch = take_scratch (core);
  gboolean fast = !may_have_added (self, scratch, text, length);
  if (fast)
    *encoded = encode_fast (self, scratch, text, length, FALSE, ids, error);
  give_scratch (core, scratch);
  return fast;
}

gboolean
auto_pipeline_encode (AutoPipeline *self, const char *text, gsize length, gint32 word, AutoTokens *tokens, GError **error)
{
  AutoPipeline *core = self->core;
  gboolean encoded;
  AutoPreText pre;

  if (length >= G_MAXINT32)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                   "a text of %" G_GSIZE_FORMAT " bytes is too long; cut it into parts", length);
      return FALSE;
    }
  if (self->slow)
    return auto_slow_encode (self->slow, text, length, word, tokens, error);
  if (!tokens->details && try_fast (self, text, length, tokens->ids, &encoded, error))
    return encoded;
  AutoNormalizer *normalizer = self->normalizer ? self->normalizer : core->normalizer;
  auto_pre_text_init (&pre);
  auto_pre_text_start (&pre, text, length);
  auto_added_vocabulary_extract (self->added, &pre, FALSE);
  gboolean good = !normalizer || auto_pre_text_normalize (&pre, normalizer, error);
  if (good)
    auto_added_vocabulary_extract (self->added, &pre, TRUE);
  good = good && (!core->pre_tokenizer || auto_pre_tokenizer_run (core->pre_tokenizer, &pre, error))
         && tokenize_splits (self, &pre, word, tokens, error);
  auto_pre_text_clear (&pre);
  return good;
}

gint64
auto_pipeline_find (AutoPipeline *self, const char *token)
{
  if (self->slow)
    return auto_slow_find (self->slow, token);
  const AutoAddedToken *added = auto_added_vocabulary_find (self->added, token);

  return added ? (gint64) added->id : auto_vocabulary_find (self->core->parts->model->vocabulary, token, strlen (token));
}

const char *
auto_pipeline_token (AutoPipeline *self, gint64 id, gsize *length)
{
  if (self->slow)
    return auto_slow_token (self->slow, id, length);
  const AutoAddedToken *added = auto_added_vocabulary_by_id (self->added, id);

  if (!added)
    return auto_token_model_token (self->core->parts->model, id, length);
  *length = strlen (added->content);
  return added->content;
}

GString *
auto_pipeline_join (AutoPipeline *self, GPtrArray *tokens, GError **error)
{
  if (self->core->decoder)
    return auto_decoder_run (self->core->decoder, tokens, error);
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < tokens->len; i++)
    {
      GString *token = g_ptr_array_index (tokens, i);
      if (i)
        g_string_append_c (text, ' ');
      g_string_append_len (text, token->str, token->len);
    }
  return text;
}

GString *
auto_pipeline_decode (AutoPipeline *self, const gint64 *ids, gsize n, gboolean skip_special_tokens, GError **error)
{
  g_autoptr(GPtrArray) tokens = g_ptr_array_new ();

  for (gsize i = 0; i < n; i++)
    {
      gsize length;
      const char *token = auto_pipeline_token (self, ids[i], &length);
      if (!token)
        continue;
      g_autofree char *copy = skip_special_tokens ? g_strndup (token, length) : NULL;
      if (!copy || !auto_added_vocabulary_is_special (self->added, copy))
        g_ptr_array_add (tokens, g_string_new_len (token, length));
    }
  GString *text = auto_pipeline_join (self, tokens, error);
  for (guint i = 0; i < tokens->len; i++)
    g_string_free (g_ptr_array_index (tokens, i), TRUE);
  return text;
}

const AutoPostProcessor *
auto_pipeline_get_post_processor (AutoPipeline *self, gboolean target)
{
  AutoPostProcessor *usual = self->slow ? self->slow->post_processor : self->post_processor, *other = self->slow ? self->slow->target : self->target;

  return target && other ? other : usual;
}

AutoAddedVocabulary *
auto_pipeline_get_added (AutoPipeline *self)
{
  return self->slow ? self->slow->added : self->added;
}

const AutoTokenModel *
auto_pipeline_get_model (AutoPipeline *self)
{
  return self->slow ? self->slow->model : self->core->parts->model;
}

const AutoTokenizerParts *
auto_pipeline_get_parts (AutoPipeline *self)
{
  return self->core->parts;
}
