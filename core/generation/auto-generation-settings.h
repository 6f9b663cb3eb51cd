/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "../base/auto-version-macros.h"

G_BEGIN_DECLS

/* An integer setting that is null. */
#define AUTO_UNSET G_MININT64

typedef struct
{
  gsize n;
  gint64 *values;
  gboolean set; /* FALSE for null */
} AutoIds;

typedef struct
{
  gsize n;
  AutoIds *lists;
  gboolean set;
} AutoIdLists;

/* Sequences of tokens and what is added to the score of their last one. */
typedef struct
{
  gsize n;
  AutoIds *sequences;
  double *biases;
  gboolean set;
} AutoBiases;

typedef enum
{
  AUTO_STOP_LATE, /* false */
  AUTO_STOP_EARLY,
  AUTO_STOP_NEVER,
} AutoEarlyStopping;

/* A generation's settings as C members; what each means is said in the reference's GenerationConfig. */
typedef struct
{
  gint64 max_length, max_new_tokens, min_length, min_new_tokens;
  AutoEarlyStopping early_stopping;
  double max_time; /* NAN: unset */
  gboolean do_sample, use_cache;
  gint64 num_beams, num_beam_groups;
  double penalty_alpha;
  double temperature, top_p, typical_p, epsilon_cutoff, eta_cutoff;
  gboolean several_temperatures;
  gint64 top_k;
  double diversity_penalty, repetition_penalty, encoder_repetition_penalty, length_penalty;
  gint64 no_repeat_ngram_size, encoder_no_repeat_ngram_size;
  AutoIdLists bad_words_ids, forced_decoder_ids;
  JsonNode *force_words_ids; /* not owned */
  JsonNode *constraints;     /* not owned; only whether it is there */
  gboolean renormalize_logits, remove_invalid_values;
  gint64 forced_bos_token_id;
  AutoIds forced_eos_token_id;
  AutoBiases sequence_bias;
  AutoIds suppress_tokens, begin_suppress_tokens;
  AutoIds decay; /* start of exponential_decay_length_penalty; unset without one */
  double decay_factor;
  double guidance_scale;
  gint64 num_return_sequences;
  gboolean output_scores, output_attentions, output_hidden_states;
  gint64 pad_token_id, bos_token_id, decoder_start_token_id;
  AutoIds eos_token_id;
  gint64 num_assistant_tokens, prompt_lookup_num_tokens;
  gboolean constant_assistant_tokens;
  gint64 seed;
} AutoGenerationSettings;

/* Whether a setting of this name has a meaning here, and its default (NULL: null). */
AUTO_INTERNAL gboolean auto_generation_settings_knows (const char *key, const char **json);
/* The names with a meaning in the reference's order. */
AUTO_INTERNAL const char *const *auto_generation_settings_list (void);
/* Whether @value can be the setting @key's; names without a meaning may have any value. */
AUTO_INTERNAL gboolean auto_generation_settings_check (const char *key, JsonNode *value, GError **error);
/* Fills a zeroed struct from an object of settings, which it needs for as long as itself. */
AUTO_INTERNAL gboolean auto_generation_settings_init (AutoGenerationSettings *self, JsonObject *values, GError **error);
AUTO_INTERNAL void auto_generation_settings_clear (AutoGenerationSettings *self);
/* What the reference refuses is an error; what it warns of is added to @warnings. */
AUTO_INTERNAL gboolean auto_generation_settings_validate (const AutoGenerationSettings *self, GPtrArray *warnings, GError **error);

/* A token id or a list of them, of which null leaves nothing; FALSE with an error that names @key. */
AUTO_INTERNAL gboolean auto_ids_init (AutoIds *self, const char *key, JsonNode *node, GError **error);
AUTO_INTERNAL gboolean auto_ids_contain (const AutoIds *self, gint64 id);
/* A list of lists of ids; FALSE with an error that names @key. */
AUTO_INTERNAL gboolean auto_id_lists_init (AutoIdLists *self, const char *key, JsonNode *node, GError **error);
AUTO_INTERNAL void auto_id_lists_clear (AutoIdLists *self);

G_END_DECLS
