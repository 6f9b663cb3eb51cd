/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From texts to rows: what a call asks for is settled with what the tokenizer is, and refused where they don't fit. */
#include <string.h>

#include "auto-encoding-private.h"
#include "auto-gap.h"
#include "auto-pretrained-tokenizer-private.h"
#include "auto-slow-entities.h"
#include "auto-slow-tables.h"
#include "auto-slow.h"

/* Fills in lengths that the model decides, and says what contradicts what. @python: rows are made as a Python class does. */
static gboolean
settle_call (AutoPretrainedTokenizer *self, AutoTokenizerCall *call, AutoPipeline *pipeline, gboolean python, GError **error)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  gboolean limited = priv->model_max_length < G_MAXINT64;
  guint pads = priv->build.spec ? priv->build.spec->pads : 0;

  if (call->add_special_tokens && priv->unsettled)
    {
      g_propagate_error (error, g_error_copy (priv->unsettled));
      return FALSE;
    }
  if (call->padding == AUTO_PADDING_UNSET)
    call->padding = pads ? AUTO_PADDING_LONGEST : AUTO_PADDING_NO;
  if (call->pad_to_multiple_of < 0)
    call->pad_to_multiple_of = pads;
  if (call->truncation == AUTO_TRUNCATION_UNSET)
    call->truncation = call->max_length >= 0 && call->padding == AUTO_PADDING_NO ? AUTO_TRUNCATION_LONGEST_FIRST : AUTO_TRUNCATION_NO;
  if (call->max_length < 0 && !limited)
    {
      if (call->padding == AUTO_PADDING_MAX_LENGTH || call->truncation > AUTO_TRUNCATION_NO)
        g_debug ("neither max-length nor the model's own limit is known: neither padding to it nor truncation is done");
      if (call->padding == AUTO_PADDING_MAX_LENGTH)
        call->padding = AUTO_PADDING_NO;
      call->truncation = AUTO_TRUNCATION_NO;
    }
  else if (call->max_length < 0)
    call->max_length = priv->model_max_length;
  if (call->padding != AUTO_PADDING_NO
      && (!auto_pretrained_special (priv, AUTO_SPECIAL_PAD)
          || auto_pretrained_find_id (self, auto_pretrained_special (priv, AUTO_SPECIAL_PAD)) < 0))
    return auto_call_fail (error, "padding was asked for, but the tokenizer has no padding token; set its pad-token");
  if (call->padding == AUTO_PADDING_MAX_LENGTH && call->max_length > G_MAXINT32)
    return auto_call_fail (error, "max-length is too large to pad to");
  if (call->truncation <= AUTO_TRUNCATION_NO)
    return TRUE;
  if (call->padding != AUTO_PADDING_NO && call->pad_to_multiple_of > 0 && call->max_length % call->pad_to_multiple_of != 0)
    return auto_call_fail (error, "with both padding and truncation, max-length must be a multiple of pad-to-multiple-of");
  if (python)
    return TRUE;
  gint64 added = auto_post_processor_added (auto_pipeline_get_post_processor (pipeline, call->as_target), FALSE), room = call->max_length - added;
  if (call->stride > 0 && room >= 0 && call->stride >= room)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                   "stride %" G_GINT64_FORMAT " must be less than %" G_GINT64_FORMAT ", which is max-length %" G_GINT64_FORMAT
                   " less %" G_GINT64_FORMAT " special tokens",
                   call->stride, room, call->max_length, added);
      return FALSE;
    }
  return TRUE;
}

/* Some classes take split words only when a setting marks where each begins. */
static gboolean
check_words (AutoPretrainedTokenizerPrivate *priv, GError **error)
{
  const char *setting = priv->build.spec ? priv->build.spec->words_need : NULL;

  if (!setting || !priv->build.fast || auto_json_bool (priv->build.settings->values, setting, FALSE))
    return TRUE;
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
               "%s takes texts that are split into words only with %s; set it to true in tokenizer_config.json, or load with use-fast=false",
               priv->build.class_name, setting);
  return FALSE;
}

/* A text that the model is to make has a language, unless its class has a template without. */
static gboolean
check_target (const AutoTokenizerSpec *spec, JsonObject *settings, const AutoSlow *slow, GError **error)
{
  if (!spec->target_single || (slow ? slow->target != NULL : auto_json_string (settings, "tgt_lang") != NULL))
    return TRUE;
  return auto_tokenizer_check_language (spec, settings, "tgt_lang", error)
         && auto_call_fail (error, "as-target needs a language; set tgt-lang");
}

/* What the reference's Python classes refuse. @slow is NULL where a fast class works as they do. */
static gboolean
check_slow_call (const AutoTokenizerCall *call, const AutoSlow *slow, gboolean pair, GError **error)
{
  if (call->return_offsets_mapping)
    return auto_call_fail (error, "return-offsets-mapping needs a fast tokenizer; load it with use-fast");
  if (call->return_token_type_ids == AUTO_CHOICE_YES && !call->add_special_tokens)
    return auto_call_fail (error, "return-token-type-ids needs add-special-tokens, unless the tokenizer is fast");
  if (call->return_overflowing_tokens && call->truncation == AUTO_TRUNCATION_LONGEST_FIRST && pair
      && !(slow && slow->class->cuts_singly))
    return auto_call_fail (
        error,
        "tokens that overflow can't be returned for pairs that are cut by longest-first; set truncation to only-first or only-second");
  if (call->return_overflowing_tokens && call->max_length < 0)
    return auto_call_fail (error, "return-overflowing-tokens needs a max-length");
  return TRUE;
}

gboolean
auto_pretrained_settle (AutoPretrainedTokenizer *self, AutoPipeline *pipeline, gboolean pair, AutoEncodeSettings *settings, GError **error)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  gboolean python = !priv->build.fast || settings->post;
  const AutoSlow *slow = auto_pipeline_get_slow (pipeline);

  if (!auto_pretrained_check_sides (priv, error) || !settle_call (self, &settings->call, pipeline, python, error)
      || (settings->call.as_target && !check_target (priv->build.spec, priv->build.settings->values, slow, error))
      || (python && !check_slow_call (&settings->call, slow, pair, error)))
    return FALSE;
  settings->truncation_left = g_str_equal (priv->truncation_side, "left") && !(slow && slow->class->cuts_right);
  settings->padding_left = g_str_equal (priv->padding_side, "left");
  settings->pad_token = g_strdup (auto_pretrained_special (priv, AUTO_SPECIAL_PAD));
  settings->pad_id = auto_pretrained_find_id (self, settings->pad_token);
  settings->pad_type_id = priv->pad_token_type_id;
  settings->names = g_strdupv (priv->model_input_names);
  return TRUE;
}

static AutoEncoding *
encode_through (AutoPretrainedTokenizer *self, AutoPipeline *pipeline, const AutoTokenizerCall *call, const AutoEncodeInput *inputs,
                const AutoEncodeInput *pairs, gsize n, GCancellable *cancellable, GError **error)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  AutoEncodeSettings settings = { .call = *call };
  const AutoSlow *slow = auto_pipeline_get_slow (pipeline);
  gboolean words = n > 0 && inputs[0].words;
  g_autofree AutoPageMarks *page = NULL;

  if (call->columns[0] || call->columns[1])
    return auto_call_fail (error, "columns are numbers of ids, and here are texts; unset columns"), NULL;
  if (!auto_tables_settle (slow ? slow->class->tables : NULL, &settings.call, priv->model_max_length, n, pairs != NULL, words, error)
      || (settings.call.is_split_into_words && !check_words (priv, error))
      || !auto_entities_check (slow ? slow->entities : NULL, &settings.call.entities, n, pairs != NULL,
                               words ? AUTO_ENTITIES_OF_WORDS : AUTO_ENTITIES_OF_TEXTS, error)
      || !auto_pretrained_settle_page (self, &call->page, inputs, pairs, n, &page, error)
      || !auto_pretrained_settle (self, pipeline, pairs != NULL, &settings, error))
    return NULL;
  settings.page = g_steal_pointer (&page);
  if (slow && auto_entities_are_of_task (slow->entities))
    pairs = NULL;
  auto_encode_settings_take (&settings);
  settings.call.prefix_text = NULL; /* the texts have it by now */
  return auto_encoding_new (pipeline, &settings, inputs, pairs, n, cancellable, error);
}

/* A copy of inputs with what is to stand before each: the call's prefix, or the first texts of pairs. @lists owns its texts. */
static AutoEncodeInput *
attach (const AutoSlow *slow, const char *prefix, const AutoEncodeInput *firsts, const AutoEncodeInput *inputs, gsize n, GPtrArray *lists)
{
  AutoEncodeInput *joined = g_memdup2 (inputs, n * sizeof *inputs);

  for (gsize i = 0; joined && i < n; i++)
    {
      char **texts = g_new0 (char *, inputs[i].n + 1);
      for (gsize k = 0; k < inputs[i].n; k++)
        texts[k] = slow->class->engine->attach (slow, firsts ? firsts[i].texts[0] : prefix, inputs[i].texts[k], firsts != NULL);
      joined[i].texts = (const char *const *) texts;
      g_ptr_array_add (lists, texts);
    }
  return joined;
}

/* Texts with prefixes, where the class knows such. */
static AutoEncoding *
encode_prefixed (AutoPretrainedTokenizer *self, AutoPipeline *pipeline, const AutoTokenizerCall *call, const AutoEncodeInput *inputs,
                 const AutoEncodeInput *pairs, gsize n, GCancellable *cancellable, GError **error)
{
  const AutoSlow *slow = auto_pipeline_get_slow (pipeline);
  gboolean joins = pairs && n > 1 && !inputs[0].words;
  g_autoptr(GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  if (call->prefix_text && n != 1)
    return auto_call_fail (error, "prefix-text is of one text; give the prefixes of several as the first texts of pairs"), NULL;
  if (!joins && !call->prefix_text)
    return encode_through (self, pipeline, call, inputs, pairs, n, cancellable, error);
  g_autofree AutoEncodeInput *joined = attach (slow, call->prefix_text, joins ? inputs : NULL, joins ? pairs : inputs, n, lists);
  g_autofree AutoEncodeInput *second = pairs && !joins ? attach (slow, call->prefix_text, NULL, pairs, n, lists) : NULL;
  return encode_through (self, pipeline, call, joined, second, n, cancellable, error);
}

/* The inputs with every text changed as the class does; NULL with an error. Their texts are kept in @kept. */
static AutoEncodeInput *
change_inputs (AutoPretrainedTokenizerPrivate *priv, const AutoEncodeInput *inputs, gsize n, GPtrArray *kept, GError **error)
{
  g_autofree AutoEncodeInput *changed = g_new0 (AutoEncodeInput, n + 1);

  for (gsize i = 0; i < n; i++)
    {
      char **texts = g_new0 (char *, inputs[i].n + 1);
      g_ptr_array_add (kept, texts);
      for (gsize k = 0; k < inputs[i].n; k++)
        {
          gsize length = strlen (inputs[i].texts[k]);
          g_autofree char *repaired = auto_utf8_repair (inputs[i].texts[k], length, &length);
          if (!(texts[k] = priv->build.spec->change (priv->build.spec, priv->build.settings->values,
                                                     repaired ? repaired : inputs[i].texts[k], error)))
            return NULL;
        }
      changed[i] = (AutoEncodeInput){ (const char *const *) texts, inputs[i].n, inputs[i].words };
    }
  return g_steal_pointer (&changed);
}

/* A song's rows are ids of their own kinds, with nothing around them. */
static AutoEncoding *
encode_song (AutoPretrainedTokenizer *self, AutoPipeline *pipeline, const AutoTokenizerCall *call, const AutoEncodeInput *inputs,
             const AutoEncodeInput *pairs, gsize n, GCancellable *cancellable, GError **error)
{
  const AutoSlow *slow = auto_pipeline_get_slow (pipeline);
  AutoEncodeSettings settings = { .call = auto_tokenizer_options_get_call (NULL) };

  if (n != 1 || inputs[0].words || pairs || !call->artist || !call->genres)
    return auto_call_fail (error, "this tokenizer takes a song: its lyrics as the only text, and the options artist and genres"), NULL;
  if ((call->padding != AUTO_PADDING_UNSET && call->padding != AUTO_PADDING_NO) || call->truncation > AUTO_TRUNCATION_NO || call->max_length >= 0)
    return auto_call_fail (error, "a song's rows are neither cut nor padded; leave padding, truncation and max-length alone"), NULL;
  gsize length = strlen (inputs[0].texts[0]);
  g_autofree char *repaired = auto_utf8_repair (inputs[0].texts[0], length, &length);
  g_autoptr(GPtrArray) rows = slow->class->engine->rows (slow, call, repaired ? repaired : inputs[0].texts[0], error);
  if (!rows)
    return NULL;
  g_autofree AutoEncodeInput *ids = g_new0 (AutoEncodeInput, rows->len + 1);
  for (guint i = 0; i < rows->len; i++)
    {
      const GArray *row = rows->pdata[i];
      ids[i] = (AutoEncodeInput){ .ids = (const gint64 *) (gpointer) row->data, .n = row->len };
    }
  settings.call.add_special_tokens = FALSE;
  settings.call.padding = AUTO_PADDING_NO;
  settings.call.truncation = AUTO_TRUNCATION_NO;
  settings.call.return_attention_mask = call->return_attention_mask;
  settings.post = auto_post_processor_for_ids (auto_pipeline_get_post_processor (pipeline, FALSE));
  if (!auto_pretrained_settle (self, pipeline, FALSE, &settings, error))
    {
      auto_encode_settings_clear (&settings);
      return NULL;
    }
  return auto_encoding_new (pipeline, &settings, ids, NULL, rows->len, cancellable, error);
}

static AutoEncoding *
encode_inputs (AutoTokenizer *self, const AutoEncodeInput *inputs, const AutoEncodeInput *pairs, gsize n, AutoTokenizerOptions *options,
               GCancellable *cancellable, GError **error)
{
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);
  AutoTokenizerCall call = auto_tokenizer_options_get_call (options);
  const AutoSlow *slow = pipeline ? auto_pipeline_get_slow (pipeline) : NULL;
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autofree AutoEncodeInput *changed = NULL, *changed_pairs = NULL;

  if (!pipeline)
    return NULL;
  if (slow && slow->class->engine->rows)
    return encode_song (AUTO_PRETRAINED_TOKENIZER (self), pipeline, &call, inputs, pairs, n, cancellable, error);
  if (call.artist || call.genres)
    return auto_call_fail (error, "artist or genres were given, but the tokenizer takes no songs"), NULL;
  if (slow && slow->class->engine->attach)
    return encode_prefixed (AUTO_PRETRAINED_TOKENIZER (self), pipeline, &call, inputs, pairs, n, cancellable, error);
  if (call.prefix_text)
    return auto_call_fail (error, "prefix-text was given, but the tokenizer's texts have no prefixes"), NULL;
  if (priv->build.fast && priv->build.spec && priv->build.spec->change)
    {
      if (!(changed = change_inputs (priv, inputs, n, kept, error)) || (pairs && !(changed_pairs = change_inputs (priv, pairs, n, kept, error))))
        return NULL;
      inputs = changed;
      pairs = changed_pairs;
    }
  return encode_through (AUTO_PRETRAINED_TOKENIZER (self), pipeline, &call, inputs, pairs, n, cancellable, error);
}

/* A fast class's text with a gap. */
static AutoEncoding *
encode_gap (AutoTokenizer *self, const char *before, const char *behind, AutoTokenizerOptions *options, GCancellable *cancellable, GError **error)
{
  g_autofree char *spaced = g_strconcat (" ", before, NULL);
  const char *texts[] = { spaced, behind };
  AutoEncodeInput inputs[] = { { &texts[0], 1, FALSE }, { &texts[1], 1, FALSE } };
  AutoTokenizerCall call = auto_tokenizer_options_get_call (options);
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);
  g_autoptr(AutoPipeline) filling
      = pipeline ? auto_gap_pipeline (&auto_pretrained_private (self)->build, pipeline, call.add_special_tokens, error) : NULL;

  call.add_special_tokens = TRUE;
  return filling ? encode_through (AUTO_PRETRAINED_TOKENIZER (self), filling, &call, &inputs[0], &inputs[1], 1, cancellable, error) : NULL;
}

/* The sides of the gap of texts that have one. FALSE for a text with several gaps, which no class takes. */
static gboolean
find_gap (AutoPretrainedTokenizerPrivate *priv, const char *const *texts, const char *const *pairs, gsize n, char *sides[2], GError **error)
{
  const AutoTokenizerSpec *spec = priv->build.spec;
  gboolean alone = priv->build.fast && n == 1;

  for (gsize i = 0; spec && spec->gap_token && (alone || !priv->build.fast) && i < n; i++)
    {
      g_clear_pointer (&sides[0], g_free);
      g_clear_pointer (&sides[1], g_free);
      if (!(alone && pairs) && !auto_gap_split (spec, priv->build.settings->values, texts[i], strlen (texts[i]), sides, error))
        return FALSE;
    }
  if (alone && pairs && spec && spec->gap_token)
    sides[0] = g_strdup (texts[0]), sides[1] = g_strdup (pairs[0]);
  return TRUE;
}

static AutoEncodeInput *
text_inputs (const char *const *texts, gsize n)
{
  AutoEncodeInput *inputs = g_new0 (AutoEncodeInput, n + 1);

  for (gsize i = 0; i < n; i++)
    inputs[i] = (AutoEncodeInput){ &texts[i], 1, FALSE };
  return inputs;
}

/* One text about several tables. */
static AutoEncoding *
encode_tables (AutoTokenizer *self, const char *text, guint n_tables, AutoTokenizerOptions *options, GCancellable *cancellable, GError **error)
{
  g_autofree AutoEncodeInput *inputs = g_new0 (AutoEncodeInput, n_tables);

  for (guint i = 0; i < n_tables; i++)
    inputs[i] = (AutoEncodeInput){ &text, 1, FALSE };
  return encode_inputs (self, inputs, NULL, n_tables, options, cancellable, error);
}

AutoEncoding *
auto_pretrained_encode_batch (AutoTokenizer *self, const char *const *texts, const char *const *pairs, AutoTokenizerOptions *options,
                              GCancellable *cancellable, GError **error)
{
  gsize n = g_strv_length ((char **) texts), n_pairs = pairs ? g_strv_length ((char **) pairs) : n;
  AutoTokenizerCall call = auto_tokenizer_options_get_call (options);
  guint n_tables = call.tables.list ? g_list_model_get_n_items (call.tables.list) : 0;

  if (n == 1 && n_tables > 1 && !pairs && !call.is_split_into_words)
    return encode_tables (self, texts[0], n_tables, options, cancellable, error);
  if (call.is_split_into_words)
    {
      guint words = n, pair_words = n_pairs;
      return auto_tokenizer_encode_words (self, texts, &words, 1, pairs, pairs ? &pair_words : NULL, pairs ? 1 : 0, options, cancellable, error);
    }
  if (n != n_pairs)
    {
      auto_call_fail (error, "there must be as many second texts as first ones");
      return NULL;
    }
  char *sides[2] = { NULL };
  if (!find_gap (auto_pretrained_private (self), texts, pairs, n, sides, error))
    return NULL;
  g_autofree char *before = sides[0], *behind = sides[1];
  if (auto_pretrained_private (self)->build.fast && behind && *behind)
    return encode_gap (self, before, behind, options, cancellable, error);
  const char *left[] = { before, NULL };
  gboolean gap = auto_pretrained_private (self)->build.fast && before;
  g_autofree AutoEncodeInput *inputs = text_inputs (gap ? left : texts, n), *pair_inputs = pairs ? text_inputs (pairs, n) : NULL;
  return encode_inputs (self, inputs, pair_inputs, n, options, cancellable, error);
}

/* One input for each row; NULL when the numbers don't add up. */
static AutoEncodeInput *
word_inputs (const char *const *words, const guint *n_words, gsize n_rows)
{
  gsize all = g_strv_length ((char **) words), used = 0;
  g_autofree AutoEncodeInput *inputs = g_new0 (AutoEncodeInput, n_rows + 1);

  for (gsize i = 0; i < n_rows; i++)
    {
      if (n_words[i] > all - used)
        return NULL;
      inputs[i] = (AutoEncodeInput){ words + used, n_words[i], TRUE };
      used += n_words[i];
    }
  return used == all ? g_steal_pointer (&inputs) : NULL;
}

AutoEncoding *
auto_pretrained_encode_words (AutoTokenizer *self, const char *const *words, const guint *n_words, gsize n_rows, const char *const *pair_words,
                              const guint *n_pair_words, gsize n_pair_rows, AutoTokenizerOptions *options, GCancellable *cancellable, GError **error)
{
  if (pair_words && n_pair_rows != n_rows)
    {
      auto_call_fail (error, "there must be as many second texts as first ones");
      return NULL;
    }
  g_autofree AutoEncodeInput *inputs = word_inputs (words, n_words, n_rows);
  g_autofree AutoEncodeInput *pairs = pair_words ? word_inputs (pair_words, n_pair_words, n_rows) : NULL;

  if (!inputs || (pair_words && !pairs))
    {
      auto_call_fail (error, "the rows' numbers of words don't add up to the number of words");
      return NULL;
    }
  return encode_inputs (self, inputs, pairs, n_rows, options, cancellable, error);
}
