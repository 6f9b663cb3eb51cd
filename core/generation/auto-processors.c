/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-processors.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "../base/auto-errors.h"
#include "../math/auto-rows.h"

static void
set_ids (AutoProcessors *self, const AutoLogitsRow *row, const AutoIds *ids, float score)
{
  for (gsize i = 0; i < ids->n; i++)
    row->scores[auto_processors_place (self, ids->values[i])] = score;
}

static void
set_all (AutoProcessors *self, const AutoLogitsRow *row, float score)
{
  for (gsize i = 0; i < self->vocabulary; i++)
    row->scores[i] = score;
}

static void
process_diversity (AutoProcessors *self, const AutoLogitsRow *row)
{
  /* the penalty times the count, as one subtraction a token */
  for (gsize i = 0; i < row->n_taken; i++)
    {
      gsize count = 0, before = 0;
      for (gsize j = 0; j < row->n_taken; j++)
        {
          count += row->taken[j] == row->taken[i];
          before += j < i && row->taken[j] == row->taken[i];
        }
      if (!before && row->taken[i] >= 0 && row->taken[i] < (gint64) self->vocabulary)
        row->scores[row->taken[i]] -= (float) (self->settings->diversity_penalty * (double) count);
    }
}

static void
penalize (AutoProcessors *self, const AutoLogitsRow *row, const gint64 *ids, gsize n, double penalty)
{
  float *done = self->space.b, *scores = row->scores;

  memset (done, 0, self->vocabulary * sizeof *done);
  for (gsize i = 0; i < n; i++)
    {
      if (ids[i] < 0 || ids[i] >= (gint64) self->vocabulary || done[ids[i]])
        continue;
      done[ids[i]] = 1;
      scores[ids[i]] = scores[ids[i]] < 0 ? scores[ids[i]] * (float) penalty : scores[ids[i]] / (float) penalty;
    }
}

static void
process_repetition (AutoProcessors *self, const AutoLogitsRow *row)
{
  penalize (self, row, row->ids, row->n_ids, self->settings->repetition_penalty);
}

/* The reference gathers by the encoder's rows, of which there are fewer than beams: the other beams are left alone. */
static void
process_encoder_repetition (AutoProcessors *self, const AutoLogitsRow *row)
{
  if (row->row < self->n_encoder_rows)
    penalize (self, row, self->encoder_ids + row->row * self->encoder_length, self->encoder_length, 1 / self->settings->encoder_repetition_penalty);
}

static void
process_min_length (AutoProcessors *self, const AutoLogitsRow *row)
{
  if ((gint64) row->n_ids < self->settings->min_length)
    set_ids (self, row, &self->settings->eos_token_id, -INFINITY);
}

static void
process_min_new_tokens (AutoProcessors *self, const AutoLogitsRow *row)
{
  if ((gint64) (row->n_ids - self->prompt_length) < self->settings->min_new_tokens)
    set_ids (self, row, &self->settings->eos_token_id, -INFINITY);
}

static void
process_allowed (AutoProcessors *self, const AutoLogitsRow *row)
{
  AutoHook *hook = self->config->allowed;
  gsize each = MAX (row->n_rows / MAX (self->batch, 1), 1);
  float *kept = self->space.a;

  g_array_set_size (self->allowed, 0);
  ((AutoAllowedTokensFunc) hook->function) (row->row / each, row->ids, row->n_ids, self->allowed, hook->data);
  self->unsatisfiable |= self->allowed->len == 0;
  for (gsize i = 0; i < self->vocabulary; i++)
    {
      kept[i] = row->scores[i];
      row->scores[i] = -INFINITY;
    }
  for (guint i = 0; i < self->allowed->len; i++)
    {
      gint64 id = g_array_index (self->allowed, gint64, i);
      if (id >= 0 && id < (gint64) self->vocabulary)
        row->scores[id] = kept[id];
    }
}

static void
process_forced_bos (AutoProcessors *self, const AutoLogitsRow *row)
{
  if (row->n_ids != 1)
    return;
  set_all (self, row, -INFINITY);
  row->scores[auto_processors_place (self, self->settings->forced_bos_token_id)] = 0;
}

static void
process_forced_eos (AutoProcessors *self, const AutoLogitsRow *row)
{
  if ((gint64) row->n_ids != self->settings->max_length - 1)
    return;
  set_all (self, row, -INFINITY);
  set_ids (self, row, &self->settings->forced_eos_token_id, 0);
}

static void
process_invalid_values (AutoProcessors *self, const AutoLogitsRow *row)
{
  for (gsize i = 0; i < self->vocabulary; i++)
    if (isnan (row->scores[i]))
      row->scores[i] = 0;
    else if (isinf (row->scores[i]))
      row->scores[i] = row->scores[i] > 0 ? FLT_MAX : -FLT_MAX;
}

static void
process_decay (AutoProcessors *self, const AutoLogitsRow *row)
{
  gint64 over = (gint64) row->n_ids - self->settings->decay.values[0] - (gint64) self->prompt_length;

  if (over <= 0)
    return;
  float factor = (float) (pow (self->settings->decay_factor, (double) over) - 1);
  /* what an end that is forbidden by a minimal length becomes is no number, which the reference's greedy search takes for the best */
  gboolean greedy = self->settings->num_beams == 1 && !self->settings->do_sample && factor > 0;
  for (gsize i = 0; i < self->settings->eos_token_id.n; i++)
    {
      float *score = &row->scores[auto_processors_place (self, self->settings->eos_token_id.values[i])];
      *score = greedy && *score == -INFINITY ? INFINITY : *score + fabsf (*score) * factor;
    }
}

static void
process_suppressed (AutoProcessors *self, const AutoLogitsRow *row)
{
  set_ids (self, row, &self->settings->suppress_tokens, -INFINITY);
}

static void
process_begin_suppressed (AutoProcessors *self, const AutoLogitsRow *row)
{
  if ((gint64) row->n_ids == self->begin_index)
    set_ids (self, row, &self->settings->begin_suppress_tokens, -INFINITY);
}

static void
process_forced (AutoProcessors *self, const AutoLogitsRow *row)
{
  const AutoIdLists *forced = &self->settings->forced_decoder_ids;

  for (gsize i = forced->n; i-- > 0;) /* of two for a place the last one counts */
    if (forced->lists[i].values[0] == (gint64) row->n_ids)
      {
        if (forced->lists[i].values[1] == AUTO_UNSET)
          return;
        set_all (self, row, -INFINITY);
        row->scores[auto_processors_place (self, forced->lists[i].values[1])] = 0;
        return;
      }
}

static void
process_functions (AutoProcessors *self, const AutoLogitsRow *row)
{
  for (guint i = 0; i < self->config->processors->len; i++)
    {
      AutoHook *hook = self->config->processors->pdata[i];
      ((AutoLogitsFunc) hook->function) (row->ids, row->n_ids, row->scores, self->vocabulary, row->row, hook->data);
    }
}

static void
process_renormalize (AutoProcessors *self, const AutoLogitsRow *row)
{
  auto_log_softmax_rows (1, (gint64) self->vocabulary, row->scores, row->scores);
}

static void
add (AutoProcessors *self, gboolean wanted, AutoProcess process)
{
  if (wanted)
    self->processors[self->n_processors++] = process;
}

static gboolean
is_on (double value, double off)
{
  return !isnan (value) && value != off;
}

static gboolean
above_zero (gint64 value)
{
  return value != AUTO_UNSET && value > 0;
}

/* The order of the reference's _get_logits_processor; guidance comes before all of them, since it runs the model. */
static void
choose_processors (AutoProcessors *self)
{
  const AutoGenerationSettings *s = self->settings;
  gboolean eos = s->eos_token_id.set;

  add (self, s->sequence_bias.set, auto_process_sequence_bias);
  add (self, !isnan (s->diversity_penalty) && s->diversity_penalty > 0, process_diversity);
  add (self, is_on (s->encoder_repetition_penalty, 1), process_encoder_repetition);
  add (self, is_on (s->repetition_penalty, 1), process_repetition);
  add (self, above_zero (s->no_repeat_ngram_size), auto_process_ngrams);
  add (self, above_zero (s->encoder_no_repeat_ngram_size), auto_process_encoder_ngrams);
  add (self, s->bad_words_ids.set, auto_process_bad_words);
  add (self, eos && above_zero (s->min_length), process_min_length);
  add (self, eos && above_zero (s->min_new_tokens), process_min_new_tokens);
  add (self, self->config && self->config->allowed, process_allowed);
  add (self, s->forced_bos_token_id != AUTO_UNSET, process_forced_bos);
  add (self, s->forced_eos_token_id.set, process_forced_eos);
  add (self, s->remove_invalid_values, process_invalid_values);
  add (self, s->decay.set, process_decay);
  add (self, s->suppress_tokens.set, process_suppressed);
  add (self, s->begin_suppress_tokens.set, process_begin_suppressed);
  add (self, s->forced_decoder_ids.set, process_forced);
  add (self, self->config && self->config->processors->len > 0, process_functions);
  add (self, s->renormalize_logits, process_renormalize);
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, message);
  return FALSE;
}

/* The bad words that aren't an end token alone. */
static gboolean
choose_bad_words (AutoProcessors *self, GError **error)
{
  const AutoIdLists *all = &self->settings->bad_words_ids;

  if (!all->set)
    return TRUE;
  self->bad_words.lists = g_new0 (AutoIds, all->n + 1);
  for (gsize i = 0; i < all->n; i++)
    {
      for (gsize j = 0; j < all->lists[i].n; j++)
        if (all->lists[i].values[j] < 0)
          return refuse (error, "bad_words_ids: token ids can't be negative");
      if (all->lists[i].n == 0)
        return refuse (error, "bad_words_ids: a list without a token");
      if (all->lists[i].n > 1 || !auto_ids_contain (&self->settings->eos_token_id, all->lists[i].values[0]))
        self->bad_words.lists[self->bad_words.n++] = all->lists[i];
    }
  return all->n > 0 || refuse (error, "bad_words_ids: needs at least one list of tokens; null turns it off");
}

static gboolean
check_forced (AutoProcessors *self, GError **error)
{
  const AutoIdLists *forced = &self->settings->forced_decoder_ids;
  gsize input = self->prompt_length;

  for (gsize i = 0; i < forced->n; i++)
    if (forced->lists[i].n != 2)
      return refuse (error, "forced_decoder_ids: needs pairs of a place and a token id");
  self->begin_index = (gint64) (input > 1 || self->settings->forced_bos_token_id == AUTO_UNSET ? input : input + 1);
  if (forced->n)
    self->begin_index += forced->lists[forced->n - 1].values[0];
  return TRUE;
}

gboolean
auto_processors_init (AutoProcessors *self, GError **error)
{
  const AutoGenerationSettings *s = self->settings;

  choose_processors (self);
  auto_warpers_init (self);
  self->allowed = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (!choose_bad_words (self, error) || !check_forced (self, error))
    return FALSE;
  if (!self->encoder_ids && (is_on (s->encoder_repetition_penalty, 1) || above_zero (s->encoder_no_repeat_ngram_size)))
    return refuse (error, "encoder_repetition_penalty and encoder_no_repeat_ngram_size need input_ids");
  if (s->decay.set && !s->eos_token_id.set)
    return refuse (error, "exponential_decay_length_penalty needs an eos_token_id");
  return TRUE;
}

static gboolean
check_ids (AutoProcessors *self, const char *key, const gint64 *ids, gsize n, GError **error)
{
  gint64 size = (gint64) self->vocabulary;

  for (gsize i = 0; i < n; i++)
    if (ids[i] != AUTO_UNSET && (ids[i] >= size || ids[i] < -size))
      {
        g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE,
                     "%s: token %" G_GINT64_FORMAT " is outside of the model's vocabulary of %" G_GINT64_FORMAT, key, ids[i], size);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_lists (AutoProcessors *self, const char *key, const AutoIds *lists, gsize n, GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (!check_ids (self, key, lists[i].values, lists[i].n, error))
      return FALSE;
  return TRUE;
}

static gboolean
check_all_ids (AutoProcessors *self, GError **error)
{
  const AutoGenerationSettings *s = self->settings;
  gboolean ends = above_zero (s->min_length) || above_zero (s->min_new_tokens) || s->decay.set;

  if (is_on (s->encoder_repetition_penalty, 1) &&
      !check_ids (self, "encoder_repetition_penalty over input_ids", self->encoder_ids, self->n_encoder_rows * self->encoder_length, error))
    return FALSE;
  for (gsize i = 0; i < s->forced_decoder_ids.n; i++)
    if (!check_ids (self, "forced_decoder_ids", s->forced_decoder_ids.lists[i].values + 1, 1, error))
      return FALSE;
  return (!ends || check_ids (self, "eos_token_id", s->eos_token_id.values, s->eos_token_id.n, error)) &&
         check_ids (self, "suppress_tokens", s->suppress_tokens.values, s->suppress_tokens.n, error) &&
         check_ids (self, "begin_suppress_tokens", s->begin_suppress_tokens.values, s->begin_suppress_tokens.n, error) &&
         check_ids (self, "forced_bos_token_id", &s->forced_bos_token_id, 1, error) &&
         check_ids (self, "forced_eos_token_id", s->forced_eos_token_id.values, s->forced_eos_token_id.n, error) &&
         check_lists (self, "bad_words_ids", self->bad_words.lists, self->bad_words.n, error) &&
         check_lists (self, "sequence_bias", s->sequence_bias.sequences, s->sequence_bias.n, error);
}

gboolean
auto_processors_set_vocabulary (AutoProcessors *self, gsize n, GError **error)
{
  if (self->vocabulary == n)
    return TRUE;
  auto_logits_space_clear (&self->space);
  auto_logits_space_init (&self->space, n);
  self->vocabulary = n;
  return check_all_ids (self, error);
}

void
auto_processors_clear (AutoProcessors *self)
{
  auto_logits_space_clear (&self->space);
  g_clear_pointer (&self->bad_words.lists, g_free);
  g_clear_pointer (&self->allowed, g_array_unref);
}

gboolean
auto_processors_apply (AutoProcessors *self, const AutoLogitsRow *row, GError **error)
{
  for (guint i = 0; i < self->n_processors; i++)
    self->processors[i](self, row);
  return !self->unsatisfiable || refuse (error, "the function of allowed tokens allows none, so that generation can't go on");
}

void
auto_processors_warp (AutoProcessors *self, const AutoLogitsRow *row)
{
  for (guint i = 0; i < self->n_warpers; i++)
    self->warpers[i](self, row);
}
