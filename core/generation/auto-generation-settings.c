/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-generation-settings.h"

#include <math.h>
#include <string.h>

#include "../base/auto-errors.h"
#include "../base/auto-json.h"

typedef enum
{
  KIND_INT,
  KIND_DOUBLE,
  KIND_BOOL,
  KIND_IDS, /* an integer or a list of them */
  KIND_ID_LISTS,
  KIND_BIASES,
  KIND_DECAY,    /* [start, factor] */
  KIND_STOPPING, /* true, false or "never" */
  KIND_SCHEDULE,
  KIND_TEMPERATURE, /* a number, or several for models that take an input in windows */
  KIND_NODE,
  KIND_OTHER, /* kept, without a meaning here */
} Kind;

typedef struct
{
  const char *key;
  Kind kind;
  const char *json; /* the default; NULL: null */
  gsize offset;
} Setting;

#define SETTING(name, kind, json) { #name, kind, json, G_STRUCT_OFFSET (AutoGenerationSettings, name) }
#define OTHER(name, json) { #name, KIND_OTHER, json, 0 }

static const Setting settings[] = {
  SETTING (max_length, KIND_INT, "20"),
  SETTING (max_new_tokens, KIND_INT, NULL),
  SETTING (min_length, KIND_INT, "0"),
  SETTING (min_new_tokens, KIND_INT, NULL),
  SETTING (early_stopping, KIND_STOPPING, "false"),
  SETTING (max_time, KIND_DOUBLE, NULL),
  SETTING (do_sample, KIND_BOOL, "false"),
  SETTING (num_beams, KIND_INT, "1"),
  SETTING (num_beam_groups, KIND_INT, "1"),
  SETTING (penalty_alpha, KIND_DOUBLE, NULL),
  SETTING (use_cache, KIND_BOOL, "true"),
  SETTING (temperature, KIND_TEMPERATURE, "1.0"),
  SETTING (top_k, KIND_INT, "50"),
  SETTING (top_p, KIND_DOUBLE, "1.0"),
  SETTING (typical_p, KIND_DOUBLE, "1.0"),
  SETTING (epsilon_cutoff, KIND_DOUBLE, "0.0"),
  SETTING (eta_cutoff, KIND_DOUBLE, "0.0"),
  SETTING (diversity_penalty, KIND_DOUBLE, "0.0"),
  SETTING (repetition_penalty, KIND_DOUBLE, "1.0"),
  SETTING (encoder_repetition_penalty, KIND_DOUBLE, "1.0"),
  SETTING (length_penalty, KIND_DOUBLE, "1.0"),
  SETTING (no_repeat_ngram_size, KIND_INT, "0"),
  SETTING (bad_words_ids, KIND_ID_LISTS, NULL),
  SETTING (force_words_ids, KIND_NODE, NULL),
  SETTING (renormalize_logits, KIND_BOOL, "false"),
  SETTING (constraints, KIND_NODE, NULL),
  SETTING (forced_bos_token_id, KIND_INT, NULL),
  SETTING (forced_eos_token_id, KIND_IDS, NULL),
  SETTING (remove_invalid_values, KIND_BOOL, "false"),
  { "exponential_decay_length_penalty", KIND_DECAY, NULL, G_STRUCT_OFFSET (AutoGenerationSettings, decay) },
  SETTING (suppress_tokens, KIND_IDS, NULL),
  SETTING (begin_suppress_tokens, KIND_IDS, NULL),
  SETTING (forced_decoder_ids, KIND_ID_LISTS, NULL),
  SETTING (sequence_bias, KIND_BIASES, NULL),
  SETTING (guidance_scale, KIND_DOUBLE, NULL),
  OTHER (low_memory, NULL), /* memory alone: the tokens are the same */
  SETTING (num_return_sequences, KIND_INT, "1"),
  SETTING (output_attentions, KIND_BOOL, "false"),
  SETTING (output_hidden_states, KIND_BOOL, "false"),
  SETTING (output_scores, KIND_BOOL, "false"),
  OTHER (return_dict_in_generate, "false"),
  SETTING (pad_token_id, KIND_INT, NULL),
  SETTING (bos_token_id, KIND_INT, NULL),
  SETTING (eos_token_id, KIND_IDS, NULL),
  SETTING (encoder_no_repeat_ngram_size, KIND_INT, "0"),
  SETTING (decoder_start_token_id, KIND_INT, NULL),
  SETTING (num_assistant_tokens, KIND_INT, "5"),
  { "num_assistant_tokens_schedule", KIND_SCHEDULE, "\"heuristic\"", G_STRUCT_OFFSET (AutoGenerationSettings, constant_assistant_tokens) },
  SETTING (prompt_lookup_num_tokens, KIND_INT, NULL),
  OTHER (generation_kwargs, "{}"),
  OTHER (_from_model_config, "false"),
  SETTING (seed, KIND_INT, NULL), /* ours */
};

static const Setting *
find (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    if (g_str_equal (settings[i].key, key))
      return &settings[i];
  return NULL;
}

gboolean
auto_generation_settings_knows (const char *key, const char **json)
{
  const Setting *setting = find (key);

  if (setting && json)
    *json = setting->json;
  return setting != NULL;
}

const char *const *
auto_generation_settings_list (void)
{
  static const char *names[G_N_ELEMENTS (settings) + 1];
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
        names[i] = settings[i].key;
      g_once_init_leave (&once, 1);
    }
  return names;
}

gboolean
auto_ids_contain (const AutoIds *self, gint64 id)
{
  for (gsize i = 0; i < self->n; i++)
    if (self->values[i] == id)
      return TRUE;
  return FALSE;
}

static gboolean
bad_value (const char *key, const char *wanted, JsonNode *node, GError **error)
{
  g_autofree char *text = auto_json_print (node, -1, FALSE);

  g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "generation setting %s: needs %s, not %.200s", key, wanted, text);
  return FALSE;
}

/* Python's bools are integers, and 3.0 is as good as 3. */
static gboolean
read_int (JsonNode *node, gint64 *value)
{
  double number = auto_json_is_number (node) ? json_node_get_double (node) : NAN;

  if (auto_json_is_bool (node))
    *value = json_node_get_boolean (node);
  else if (auto_json_is_int (node))
    *value = json_node_get_int (node);
  else if (floor (number) == number && fabs (number) < 1e18)
    *value = (gint64) number;
  else
    return FALSE;
  return TRUE;
}

static gboolean
read_ids (JsonNode *node, AutoIds *ids)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  gsize n = array ? json_array_get_length (array) : 1;

  ids->values = g_new0 (gint64, MAX (n, 1));
  ids->n = n;
  ids->set = TRUE;
  for (gsize i = 0; i < n; i++)
    {
      JsonNode *id = array ? json_array_get_element (array, i) : node;
      ids->values[i] = AUTO_UNSET; /* a place of forced_decoder_ids may be left free by null */
      if (!JSON_NODE_HOLDS_NULL (id) && !read_int (id, &ids->values[i]))
        return FALSE;
    }
  return TRUE;
}

gboolean
auto_ids_init (AutoIds *self, const char *key, JsonNode *node, GError **error)
{
  if (!node || JSON_NODE_HOLDS_NULL (node) || read_ids (node, self))
    return TRUE;
  g_clear_pointer (&self->values, g_free);
  self->n = 0;
  return bad_value (key, "a token id or a list of them", node, error);
}

void
auto_id_lists_clear (AutoIdLists *self)
{
  for (gsize i = 0; i < self->n; i++)
    g_free (self->lists[i].values);
  g_clear_pointer (&self->lists, g_free);
  self->n = 0;
}

gboolean
auto_id_lists_init (AutoIdLists *self, const char *key, JsonNode *node, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  self->n = array ? json_array_get_length (array) : 0;
  self->lists = g_new0 (AutoIds, MAX (self->n, 1));
  self->set = TRUE;
  for (gsize i = 0; i < self->n; i++)
    {
      JsonNode *list = json_array_get_element (array, i);
      if (!JSON_NODE_HOLDS_ARRAY (list) || !read_ids (list, &self->lists[i]))
        array = NULL;
      if (!array)
        break;
    }
  return array || bad_value (key, "a list of lists of token ids", node, error);
}

/* "(1, 2)", "1,2" or "1 2" */
static gboolean
read_id_text (const char *text, AutoIds *ids)
{
  g_autoptr(GArray) values = g_array_new (FALSE, FALSE, sizeof (gint64));
  const char *at = text;

  while (*at)
    {
      char *end;
      gint64 value = g_ascii_strtoll (at, &end, 10);
      if (end == at && !strchr ("(), []", *at))
        return FALSE;
      if (end != at)
        g_array_append_val (values, value);
      at = end == at ? at + 1 : end;
    }
  ids->n = values->len;
  ids->set = TRUE;
  ids->values = (gint64 *) g_array_free (g_steal_pointer (&values), FALSE);
  return ids->n > 0;
}

static gboolean
read_bias_object (AutoBiases *self, JsonObject *object)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      if (!auto_json_is_number (value) || !read_id_text (name, &self->sequences[self->n]))
        return FALSE;
      self->biases[self->n++] = json_node_get_double (value);
    }
  return TRUE;
}

static gboolean
read_bias_pairs (AutoBiases *self, JsonArray *array)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
      if (!pair || json_array_get_length (pair) != 2 || !JSON_NODE_HOLDS_ARRAY (json_array_get_element (pair, 0)) ||
          !auto_json_is_number (json_array_get_element (pair, 1)))
        return FALSE;
      self->n++;
      if (!read_ids (json_array_get_element (pair, 0), &self->sequences[i]))
        return FALSE;
      self->biases[i] = json_node_get_double (json_array_get_element (pair, 1));
    }
  return TRUE;
}

static gboolean
read_biases (AutoBiases *self, JsonNode *node)
{
  gsize n = JSON_NODE_HOLDS_OBJECT (node)  ? json_object_get_size (json_node_get_object (node))
            : JSON_NODE_HOLDS_ARRAY (node) ? json_array_get_length (json_node_get_array (node))
                                           : 0;
  gboolean fine = n > 0;

  self->set = TRUE;
  self->sequences = g_new0 (AutoIds, n + 1);
  self->biases = g_new0 (double, n + 1);
  if (fine && JSON_NODE_HOLDS_OBJECT (node))
    fine = read_bias_object (self, json_node_get_object (node));
  else if (fine)
    fine = read_bias_pairs (self, json_node_get_array (node));
  for (gsize i = 0; i < self->n; i++)
    for (gsize j = 0; j < self->sequences[i].n; j++)
      fine = fine && self->sequences[i].values[j] >= 0;
  for (gsize i = 0; i < self->n; i++)
    fine = fine && self->sequences[i].n > 0;
  return fine;
}

static gboolean
read_decay (AutoGenerationSettings *self, JsonNode *node)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  gint64 start;

  if (!array || json_array_get_length (array) != 2 || !read_int (json_array_get_element (array, 0), &start) ||
      !auto_json_is_number (json_array_get_element (array, 1)))
    return FALSE;
  self->decay = (AutoIds) { 1, g_memdup2 (&start, sizeof start), TRUE };
  self->decay_factor = json_node_get_double (json_array_get_element (array, 1));
  return TRUE;
}

static gboolean
read_stopping (AutoEarlyStopping *value, JsonNode *node)
{
  if (auto_json_is_string (node) && g_str_equal (json_node_get_string (node), "never"))
    *value = AUTO_STOP_NEVER;
  else if (auto_json_is_bool (node))
    *value = json_node_get_boolean (node) ? AUTO_STOP_EARLY : AUTO_STOP_LATE;
  else
    return FALSE;
  return TRUE;
}

static gboolean
read_schedule (gboolean *constant, JsonNode *node)
{
  const char *text = auto_json_is_string (node) ? json_node_get_string (node) : "";

  *constant = g_str_equal (text, "constant");
  return *constant || g_str_equal (text, "heuristic");
}

/* A number or a truth value; a JSON null leaves what is null for the kind. */
static gboolean
read_scalar (gpointer member, const Setting *setting, JsonNode *node, GError **error)
{
  gboolean null = JSON_NODE_HOLDS_NULL (node);
  gint64 value = AUTO_UNSET;

  if (setting->kind == KIND_DOUBLE)
    {
      gboolean number = auto_json_is_number (node);
      *(double *) member = number ? json_node_get_double (node) : NAN;
      return null || number || bad_value (setting->key, "a number", node, error);
    }
  if (setting->kind == KIND_INT)
    {
      gboolean fine = null || read_int (node, &value);
      *(gint64 *) member = value;
      return fine || bad_value (setting->key, "an integer", node, error);
    }
  gboolean truth = auto_json_is_bool (node);
  *(gboolean *) member = truth && json_node_get_boolean (node);
  return null || truth || bad_value (setting->key, "true or false", node, error);
}

static gboolean
read_temperature (AutoGenerationSettings *self, const Setting *setting, JsonNode *node, GError **error)
{
  JsonArray *several = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  Setting one = { setting->key, KIND_DOUBLE, setting->json, setting->offset };

  self->several_temperatures = several != NULL;
  for (guint i = 0; several && i < json_array_get_length (several); i++)
    if (!read_scalar (&self->temperature, &one, json_array_get_element (several, i), error))
      return FALSE;
  return several || read_scalar (&self->temperature, &one, node, error);
}

static gboolean
read_setting (AutoGenerationSettings *self, const Setting *setting, JsonNode *node, GError **error)
{
  gpointer member = (char *) self + setting->offset;
  gboolean null = JSON_NODE_HOLDS_NULL (node);

  switch (setting->kind)
    {
    case KIND_INT:
    case KIND_DOUBLE:
    case KIND_BOOL: return read_scalar (member, setting, node, error);
    case KIND_IDS: return null || read_ids (node, member) || bad_value (setting->key, "a token id or a list of them", node, error);
    case KIND_ID_LISTS: return null || auto_id_lists_init (member, setting->key, node, error);
    case KIND_BIASES: return null || read_biases (member, node) || bad_value (setting->key, "a non-empty list of [[id, …], bias]", node, error);
    case KIND_DECAY: return null || read_decay (self, node) || bad_value (setting->key, "[start, factor]", node, error);
    case KIND_STOPPING: return null || read_stopping (member, node) || bad_value (setting->key, "true, false or \"never\"", node, error);
    case KIND_SCHEDULE: return null || read_schedule (member, node) || bad_value (setting->key, "\"heuristic\" or \"constant\"", node, error);
    case KIND_TEMPERATURE: return read_temperature (self, setting, node, error);
    case KIND_NODE: *(JsonNode **) member = null ? NULL : node; return TRUE;
    default: return TRUE;
    }
}

gboolean
auto_generation_settings_check (const char *key, JsonNode *value, GError **error)
{
  const Setting *setting = find (key);
  AutoGenerationSettings scratch = { 0 };
  gboolean fine = !setting || read_setting (&scratch, setting, value, error);

  auto_generation_settings_clear (&scratch);
  return fine;
}

gboolean
auto_generation_settings_init (AutoGenerationSettings *self, JsonObject *values, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      JsonNode *node = auto_json_member (values, settings[i].key);
      gboolean kept = settings[i].kind == KIND_INT || settings[i].kind == KIND_DOUBLE || settings[i].kind == KIND_TEMPERATURE;
      g_autoptr(JsonNode) initial = NULL;
      if (!node || (JSON_NODE_HOLDS_NULL (node) && !kept)) /* null is the default where it isn't "off" */
        node = initial = settings[i].json ? json_from_string (settings[i].json, NULL) : json_node_init_null (json_node_alloc ());
      if (!read_setting (self, &settings[i], node, error))
        return FALSE;
    }
  if (self->num_beams == AUTO_UNSET)
    self->num_beams = 1;
  if (self->num_beam_groups == AUTO_UNSET)
    self->num_beam_groups = 1;
  if (self->num_return_sequences == AUTO_UNSET)
    self->num_return_sequences = 1;
  if (isnan (self->length_penalty))
    self->length_penalty = 1;
  return TRUE;
}

void
auto_generation_settings_clear (AutoGenerationSettings *self)
{
  AutoIds *ids[] = { &self->forced_eos_token_id, &self->suppress_tokens, &self->begin_suppress_tokens, &self->decay, &self->eos_token_id };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    g_clear_pointer (&ids[i]->values, g_free);
  auto_id_lists_clear (&self->bad_words_ids);
  auto_id_lists_clear (&self->forced_decoder_ids);
  AutoIdLists sequences = { self->sequence_bias.n, self->sequence_bias.sequences, TRUE };
  if (sequences.lists)
    auto_id_lists_clear (&sequences);
  g_clear_pointer (&self->sequence_bias.biases, g_free);
  memset (self, 0, sizeof *self);
}
