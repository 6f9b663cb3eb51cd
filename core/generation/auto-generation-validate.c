/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "../base/auto-errors.h"
#include "auto-generation-settings.h"

/* What the reference finds wrong with settings by themselves, before any model is asked. */

static void
warn_if (GPtrArray *warnings, gboolean wrong, const char *key, const char *needed)
{
  if (wrong)
    g_ptr_array_add (warnings, g_strdup_printf ("%s is set, which has a meaning only with %s", key, needed));
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, message);
  return FALSE;
}

static gboolean
refuse_number (GError **error, const char *key, const char *wanted, double value)
{
  g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "generation setting %s: has to be %s, not %g", key, wanted, value);
  return FALSE;
}

/* Whether a number was set to anything but what turns it off. */
static gboolean
differs (double value, double off)
{
  return !isnan (value) && value != off;
}

static void
warn_without_sampling (const AutoGenerationSettings *s, GPtrArray *warnings)
{
  const char *needed = "do_sample: true";

  warn_if (warnings, differs (s->temperature, 1), "temperature", needed);
  warn_if (warnings, differs (s->top_p, 1), "top_p", needed);
  warn_if (warnings, differs (s->typical_p, 1), "typical_p", needed);
  warn_if (warnings, s->top_k != 50 && s->top_k != AUTO_UNSET && isnan (s->penalty_alpha), "top_k", needed);
  warn_if (warnings, differs (s->epsilon_cutoff, 0), "epsilon_cutoff", needed);
  warn_if (warnings, differs (s->eta_cutoff, 0), "eta_cutoff", needed);
}

static void
warn_without_beams (const AutoGenerationSettings *s, GPtrArray *warnings)
{
  const char *needed = "num_beams above 1";

  warn_if (warnings, s->early_stopping != AUTO_STOP_LATE, "early_stopping", needed);
  warn_if (warnings, s->num_beam_groups != 1, "num_beam_groups", needed);
  warn_if (warnings, differs (s->diversity_penalty, 0), "diversity_penalty", needed);
  warn_if (warnings, s->length_penalty != 1, "length_penalty", needed);
  warn_if (warnings, s->constraints != NULL, "constraints", needed);
}

static gboolean
check_groups (const AutoGenerationSettings *s, GError **error)
{
  double diversity = isnan (s->diversity_penalty) ? 0 : s->diversity_penalty;

  if (diversity == 0 && s->num_beam_groups == 1)
    return TRUE;
  if (s->num_beams > 1 && s->do_sample)
    return refuse (error, "num_beam_groups and diversity_penalty ask for group beam search, which needs do_sample: false");
  if (s->num_beams > 1 && s->num_beams % s->num_beam_groups != 0)
    return refuse (error, "num_beams has to be divisible by num_beam_groups");
  if (s->num_beams > 1 && diversity == 0)
    return refuse (error, "diversity_penalty has to be above 0 with several num_beam_groups, otherwise all groups are the same");
  if (diversity > 0 && (s->num_beams < 2 || s->num_beam_groups < 2))
    return refuse (error, "diversity_penalty needs num_beams and num_beam_groups of at least 2");
  return TRUE;
}

static gboolean
check_beams (const AutoGenerationSettings *s, GError **error)
{
  if (s->num_beams < 1)
    return refuse_number (error, "num_beams", "at least 1", (double) s->num_beams);
  if (s->num_beam_groups < 1)
    return refuse_number (error, "num_beam_groups", "at least 1", (double) s->num_beam_groups);
  if (s->num_return_sequences < 1)
    return refuse_number (error, "num_return_sequences", "at least 1", (double) s->num_return_sequences);
  if (s->num_beams == 1 && !s->do_sample && s->num_return_sequences != 1)
    return refuse (error, "num_return_sequences above 1 needs do_sample or several num_beams: greedy search has one result");
  if (s->num_beams > 1 && s->num_return_sequences > s->num_beams)
    return refuse (error, "num_return_sequences has to be at most num_beams");
  if (s->constraints || s->force_words_ids)
    {
      if (s->num_beam_groups != 1)
        return refuse (error, "force_words_ids excludes num_beam_groups");
      if (s->num_beams == 1)
        return refuse (error, "force_words_ids needs num_beams above 1");
    }
  return check_groups (s, error);
}

static gboolean
check_numbers (const AutoGenerationSettings *s, GError **error)
{
  if (differs (s->repetition_penalty, 1) && !(s->repetition_penalty > 0))
    return refuse_number (error, "repetition_penalty", "above 0", s->repetition_penalty);
  if (differs (s->encoder_repetition_penalty, 1) && !(s->encoder_repetition_penalty > 0))
    return refuse_number (error, "encoder_repetition_penalty", "above 0", s->encoder_repetition_penalty);
  if (!s->do_sample)
    return TRUE;
  if (differs (s->temperature, 1) && !(s->temperature > 0))
    return refuse_number (error, "temperature", "above 0 (do_sample: false always takes the best token)", s->temperature);
  if (s->top_k != AUTO_UNSET && s->top_k < 0)
    return refuse_number (error, "top_k", "at least 0", (double) s->top_k);
  if (differs (s->top_p, 1) && s->top_p < 0)
    return refuse_number (error, "top_p", "from 0 to 1", s->top_p);
  if (differs (s->typical_p, 1) && s->typical_p <= 0)
    return refuse_number (error, "typical_p", "above 0 and below 1", s->typical_p);
  return TRUE;
}

gboolean
auto_generation_settings_validate (const AutoGenerationSettings *self, GPtrArray *warnings, GError **error)
{
  if (self->several_temperatures)
    return refuse (error, "temperature: several are for an input that is longer than what a model takes at once; give one number");
  if (!self->do_sample)
    warn_without_sampling (self, warnings);
  if (self->num_beams == 1)
    warn_without_beams (self, warnings);
  return check_beams (self, error) && check_numbers (self, error);
}
