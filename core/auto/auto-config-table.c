/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-config-private.h"

#include <math.h>

#include "core/base/auto-json.h"

/* The keys of a class: its fields, their defaults as JSON, its parent's keys and defaults. */

#define MEMBER(kind_, member, ...)                                                                                                                  \
  { .key = #member, .kind = AUTO_FIELD_##kind_, .offset = G_STRUCT_OFFSET (AutoPretrainedConfig, member), __VA_ARGS__ }
#define EXTRA(key_, json) { .key = key_, .kind = AUTO_FIELD_EXTRA, .text = json }

/* What every configuration has, in the reference's order. */
static const AutoConfigField base_fields[] = {
  MEMBER (BOOL, return_dict, .number = TRUE),
  MEMBER (BOOL, output_hidden_states, .number = FALSE),
  MEMBER (BOOL, output_attentions, .number = FALSE),
  MEMBER (BOOL, torchscript, .number = FALSE),
  MEMBER (STRING, torch_dtype, .null = TRUE),
  EXTRA ("use_bfloat16", "false"),
  EXTRA ("tf_legacy_loss", "false"),
  EXTRA ("pruned_heads", "{}"),
  MEMBER (BOOL, tie_word_embeddings, .number = TRUE),
  MEMBER (INT, chunk_size_feed_forward, .number = 0),
  MEMBER (BOOL, is_encoder_decoder, .number = FALSE),
  MEMBER (BOOL, is_decoder, .number = FALSE),
  MEMBER (INT, cross_attention_hidden_size, .null = TRUE),
  MEMBER (BOOL, add_cross_attention, .number = FALSE),
  MEMBER (BOOL, tie_encoder_decoder, .number = FALSE),
  EXTRA ("max_length", "20"),
  EXTRA ("min_length", "0"),
  EXTRA ("do_sample", "false"),
  EXTRA ("early_stopping", "false"),
  EXTRA ("num_beams", "1"),
  EXTRA ("num_beam_groups", "1"),
  EXTRA ("diversity_penalty", "0.0"),
  EXTRA ("temperature", "1.0"),
  EXTRA ("top_k", "50"),
  EXTRA ("top_p", "1.0"),
  EXTRA ("typical_p", "1.0"),
  EXTRA ("repetition_penalty", "1.0"),
  EXTRA ("length_penalty", "1.0"),
  EXTRA ("no_repeat_ngram_size", "0"),
  EXTRA ("encoder_no_repeat_ngram_size", "0"),
  EXTRA ("bad_words_ids", "null"),
  EXTRA ("num_return_sequences", "1"),
  EXTRA ("output_scores", "false"),
  EXTRA ("return_dict_in_generate", "false"),
  EXTRA ("forced_bos_token_id", "null"),
  EXTRA ("forced_eos_token_id", "null"),
  EXTRA ("remove_invalid_values", "false"),
  EXTRA ("exponential_decay_length_penalty", "null"),
  EXTRA ("suppress_tokens", "null"),
  EXTRA ("begin_suppress_tokens", "null"),
  EXTRA ("architectures", "null"),
  EXTRA ("finetuning_task", "null"),
  EXTRA ("id2label", "null"),
  EXTRA ("label2id", "null"),
  MEMBER (INT, num_labels, .number = 2),
  EXTRA ("tokenizer_class", "null"),
  EXTRA ("prefix", "null"),
  MEMBER (INT, bos_token_id, .null = TRUE, .null_value = -1, .list = TRUE),
  MEMBER (INT, pad_token_id, .null = TRUE, .null_value = -1, .list = TRUE),
  MEMBER (INT, eos_token_id, .null = TRUE, .null_value = -1, .list = TRUE),
  MEMBER (INT, sep_token_id, .null = TRUE, .null_value = -1, .list = TRUE),
  MEMBER (INT, decoder_start_token_id, .null = TRUE, .null_value = -1, .list = TRUE),
  EXTRA ("task_specific_params", "null"),
  MEMBER (STRING, problem_type, .null = TRUE),
  EXTRA ("_name_or_path", "\"\""),
  EXTRA ("_commit_hash", "null"),
  EXTRA ("_attn_implementation_internal", "null"),
  EXTRA ("transformers_version", "null"),
  { .key = "name_or_path", .kind = AUTO_FIELD_ALIAS, .text = "_name_or_path" },
  { .key = "_attn_implementation", .kind = AUTO_FIELD_ALIAS, .text = "_attn_implementation_internal" },
};

const AutoConfigField *
auto_config_base_fields (guint *n)
{
  *n = G_N_ELEMENTS (base_fields);
  return base_fields;
}

static JsonNode *
enum_nick (const AutoConfigField *field)
{
  GEnumClass *klass = g_type_class_ref (field->type);
  GEnumValue *value = g_enum_get_value (klass, (int) field->number);
  JsonNode *node = json_node_alloc ();

  if (value)
    json_node_init_string (node, value->value_nick);
  else
    json_node_init_null (node);
  g_type_class_unref (klass);
  return node;
}

/* A default's text is the programmer's: what is no JSON counts as null, and the plugin check tells. */
static JsonNode *
parse_default (const char *key, const char *text)
{
  g_autoptr(GError) error = NULL;
  JsonNode *node = text ? auto_json_parse (text, strlen (text), key, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, &error) : json_node_new (JSON_NODE_NULL);

  if (!node)
    {
      g_warning ("The default of a configuration's key: %s", error->message);
      node = json_node_new (JSON_NODE_NULL);
    }
  return node;
}

static JsonNode *
initial_value (const AutoConfigField *field)
{
  if (field->null)
    return json_node_new (JSON_NODE_NULL);
  switch (field->kind)
    {
    case AUTO_FIELD_INT:
      return json_node_init_int (json_node_alloc (), (gint64) field->number);
    case AUTO_FIELD_DOUBLE:
      if (field->whole)
        return json_node_init_int (json_node_alloc (), (gint64) field->number);
      return json_node_init_double (json_node_alloc (), field->number);
    case AUTO_FIELD_BOOL:
      return json_node_init_boolean (json_node_alloc (), field->number != 0);
    case AUTO_FIELD_STRING:
      return json_node_init_string (json_node_alloc (), field->text);
    case AUTO_FIELD_ENUM:
      return enum_nick (field);
    default:
      return parse_default (field->key, field->text);
    }
}

static void
key_free (gpointer data)
{
  AutoConfigKey *key = data;

  json_node_unref (key->initial);
  g_free (key);
}

/* Later fields of the same key replace earlier ones, in their place. */
static void
add_key (AutoConfigTable *self, const AutoConfigField *field, JsonNode *initial)
{
  AutoConfigKey *key = g_hash_table_lookup (self->by_key, field->key);

  if (!key)
    {
      key = g_new0 (AutoConfigKey, 1);
      g_ptr_array_add (self->keys, key);
      g_hash_table_insert (self->by_key, (gpointer) field->key, key);
    }
  g_clear_pointer (&key->initial, json_node_unref);
  key->field = field;
  key->initial = initial;
  json_node_seal (initial);
}

static void
add_default (AutoConfigTable *self, const AutoConfigField *field)
{
  AutoConfigKey *key = g_hash_table_lookup (self->by_key, field->key);

  if (!key)
    {
      g_warning ("A configuration's class gives a default to %s, which its parent class does not have", field->key);
      return;
    }
  json_node_unref (key->initial);
  key->initial = parse_default (field->key, field->text);
  json_node_seal (key->initial);
}

AutoConfigTable *
auto_config_table_new (const AutoConfigTable *parent, const AutoConfigField *fields, guint n_fields)
{
  AutoConfigTable *self = g_new0 (AutoConfigTable, 1);
  GHashTableIter iter;
  gpointer name, key;

  self->parent = parent;
  self->fields = fields;
  self->keys = g_ptr_array_new_with_free_func (key_free);
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  self->aliases = g_hash_table_new (g_str_hash, g_str_equal);
  if (parent)
    {
      for (guint i = 0; i < parent->keys->len; i++)
        {
          const AutoConfigKey *inherited = g_ptr_array_index (parent->keys, i);
          add_key (self, inherited->field, json_node_ref (inherited->initial));
        }
      g_hash_table_iter_init (&iter, parent->aliases);
      while (g_hash_table_iter_next (&iter, &name, &key))
        g_hash_table_insert (self->aliases, name, key);
    }
  for (guint i = 0; i < n_fields; i++)
    if (fields[i].kind == AUTO_FIELD_ALIAS)
      g_hash_table_insert (self->aliases, (gpointer) fields[i].key, (gpointer) fields[i].text);
    else if (fields[i].kind == AUTO_FIELD_DEFAULT)
      add_default (self, &fields[i]);
    else
      add_key (self, &fields[i], initial_value (&fields[i]));
  return self;
}
