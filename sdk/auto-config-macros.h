/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-config-fields.h"
#include "registry/auto-plugin.h"

/*
 * A configuration class in one table:
 *
 *   struct _FooConfig
 *   {
 *     AutoPretrainedConfig parent;
 *     int hidden_size;
 *     double layer_norm_eps;
 *   };
 *
 *   AUTO_DEFINE_CONFIG (FooConfig, foo_config, "foo",
 *     AUTO_INT (hidden_size, 768, .min = 1),
 *     AUTO_DOUBLE (layer_norm_eps, 1e-12),
 *     AUTO_ALIAS ("d_model", "hidden_size"),
 *     AUTO_DEFAULT ("pad_token_id", "0"),
 *     AUTO_EXTRA ("attention_dropout", "0.1"))
 *
 * Each entry may end with more members of AutoConfigField, as .min above.
 *
 * A class that derives from another one, or has a function that derives values (see AutoConfigClassInfo):
 *
 *   AUTO_DEFINE_CONFIG_WITH (BarConfig, bar_config, "bar", (.parent = foo_config_get_type (), .loaded = bar_config_loaded),
 *     AUTO_DEFAULT ("hidden_size", "1024"))
 */
#define AUTO_DEFINE_CONFIG(Type, prefix, model_type_, ...) AUTO_DEFINE_CONFIG_WITH (Type, prefix, model_type_, (), __VA_ARGS__)

#define AUTO_DEFINE_CONFIG_WITH(Type, prefix, model_type_, options, ...)                                                                            \
  typedef struct _##Type Type;                                                                                                                      \
  AUTO_CLASS_NAME (Type, prefix);                                                                                                                   \
  GType prefix##_get_type (void);                                                                                                                   \
  GType prefix##_get_type (void)                                                                                                                    \
  {                                                                                                                                                 \
    static gsize id = 0;                                                                                                                            \
    if (g_once_init_enter (&id))                                                                                                                    \
      {                                                                                                                                             \
        typedef Type AutoThisConfig;                                                                                                                \
        const AutoConfigField fields[] = { __VA_ARGS__ };                                                                                           \
        const AutoConfigClassInfo info = { .model_type = model_type_, .fields = fields, .n_fields = G_N_ELEMENTS (fields),                          \
          .instance_size = sizeof (AutoThisConfig), AUTO_CONFIG_OPTIONS options };                                                                  \
        g_once_init_leave (&id, auto_config_class_register (#Type, &info));                                                                         \
      }                                                                                                                                             \
    return id;                                                                                                                                      \
  }

#define AUTO_CONFIG_OPTIONS(...) __VA_ARGS__
#define AUTO_CONFIG_MEMBER(member) ((AutoThisConfig *) NULL)->member
/* Zero, or no program when the member is not of the type that the field's kind fills. */
#define AUTO_CONFIG_CHECK(condition) (0 * sizeof (char[(condition) ? 1 : -1]))
#define AUTO_CONFIG_IS(member, type) __builtin_types_compatible_p (__typeof__ (AUTO_CONFIG_MEMBER (member)), type)
#define AUTO_CONFIG_IS_INT(member) AUTO_CONFIG_IS (member, int)
#define AUTO_CONFIG_IS_DOUBLE(member) AUTO_CONFIG_IS (member, double)
#define AUTO_CONFIG_IS_BOOL(member) AUTO_CONFIG_IS (member, gboolean)
#define AUTO_CONFIG_IS_STRING(member) (AUTO_CONFIG_IS (member, char *) || AUTO_CONFIG_IS (member, const char *))
#define AUTO_CONFIG_IS_ENUM(member) (sizeof (AUTO_CONFIG_MEMBER (member)) == sizeof (int))
#define AUTO_CONFIG_IS_INTS(member) AUTO_CONFIG_IS (member, AutoInts)
#define AUTO_CONFIG_IS_DOUBLES(member) AUTO_CONFIG_IS (member, AutoDoubles)
#define AUTO_CONFIG_IS_STRINGS(member) (sizeof (**AUTO_CONFIG_MEMBER (member)) == 1)
#define AUTO_CONFIG_IS_CONFIG(member) (sizeof (*AUTO_CONFIG_MEMBER (member)) >= sizeof (AutoPretrainedConfig))
#define AUTO_CONFIG_IS_OBJECT(member) AUTO_CONFIG_IS (member, JsonNode *)

#define AUTO_CONFIG_FIELD(member, kind_, ...)                                                                                                       \
  { .key = #member, .kind = AUTO_FIELD_##kind_,                                                                                                     \
    .offset = G_STRUCT_OFFSET (AutoThisConfig, member) + AUTO_CONFIG_CHECK (AUTO_CONFIG_IS_##kind_ (member)), __VA_ARGS__ }

/* Numbers: the member (which is also the key), its default. A double's default is written to files as it is written here: 4.0 as
 * 4.0, 4 as 4. */
#define AUTO_INT(member, value, ...) AUTO_CONFIG_FIELD (member, INT, .number = (value), ##__VA_ARGS__)
#define AUTO_INT_NULL(member, ...) AUTO_CONFIG_FIELD (member, INT, .null = TRUE, ##__VA_ARGS__)
#define AUTO_DOUBLE(member, value, ...)                                                                                                             \
  AUTO_CONFIG_FIELD (member, DOUBLE, .number = (value), .whole = _Generic ((value), int: TRUE, default: FALSE), ##__VA_ARGS__)
#define AUTO_DOUBLE_NULL(member, ...) AUTO_CONFIG_FIELD (member, DOUBLE, .null = TRUE, ##__VA_ARGS__)
#define AUTO_BOOL(member, value, ...) AUTO_CONFIG_FIELD (member, BOOL, .number = (value), ##__VA_ARGS__)
#define AUTO_BOOL_NULL(member, ...) AUTO_CONFIG_FIELD (member, BOOL, .null = TRUE, ##__VA_ARGS__)
/* A name from a fixed set: the set's type, the default's value. */
#define AUTO_ENUM(member, type_, value, ...) AUTO_CONFIG_FIELD (member, ENUM, .type = type_, .number = (value), ##__VA_ARGS__)
#define AUTO_ENUM_NULL(member, type_, ...) AUTO_CONFIG_FIELD (member, ENUM, .type = type_, .null = TRUE, ##__VA_ARGS__)
#define AUTO_STRING(member, value, ...) AUTO_CONFIG_FIELD (member, STRING, .text = value, ##__VA_ARGS__)
#define AUTO_STRING_NULL(member, ...) AUTO_CONFIG_FIELD (member, STRING, .null = TRUE, ##__VA_ARGS__)
/* Lists and free values: the default as JSON text, "null" included. */
#define AUTO_INTS(member, json, ...) AUTO_CONFIG_FIELD (member, INTS, .text = json, ##__VA_ARGS__)
#define AUTO_DOUBLES(member, json, ...) AUTO_CONFIG_FIELD (member, DOUBLES, .text = json, ##__VA_ARGS__)
#define AUTO_STRINGS(member, json, ...) AUTO_CONFIG_FIELD (member, STRINGS, .text = json, ##__VA_ARGS__)
#define AUTO_OBJECT(member, json, ...) AUTO_CONFIG_FIELD (member, OBJECT, .text = json, ##__VA_ARGS__)
/* A configuration inside: the function that gives its class. Null and absent are an object of defaults. */
#define AUTO_NESTED(member, get_type, ...) AUTO_CONFIG_FIELD (member, CONFIG, .type = get_type (), ##__VA_ARGS__)
/* The same, where null stays null. */
#define AUTO_NESTED_NULL(member, get_type, ...) AUTO_CONFIG_FIELD (member, CONFIG, .type = get_type (), .null = TRUE, ##__VA_ARGS__)
/* The same, of the class that the object's own model_type names. */
#define AUTO_NESTED_ANY(member, ...) AUTO_CONFIG_FIELD (member, CONFIG, .null = TRUE, ##__VA_ARGS__)
/* The same, where null and absent are the object that the JSON text says. */
#define AUTO_NESTED_OR(member, json, ...) AUTO_CONFIG_FIELD (member, CONFIG, .text = json, ##__VA_ARGS__)
/* A key that model code never reads. */
#define AUTO_EXTRA(key_, json, ...) { .key = key_, .kind = AUTO_FIELD_EXTRA, .text = json, ##__VA_ARGS__ }
/* The reference's attribute_map: another name of a key. */
#define AUTO_ALIAS(name, key_) { .key = name, .kind = AUTO_FIELD_ALIAS, .text = key_ }
/* Another default of a key that the parent class has. */
#define AUTO_DEFAULT(key_, json) { .key = key_, .kind = AUTO_FIELD_DEFAULT, .text = json }

/* Keys that most encoders have, for words and for images, with the sizes of BERT-base; in the struct AUTO_ENCODER_MEMBERS. An
 * AUTO_DEFAULT behind them says another size. */
#define AUTO_ENCODER_MEMBERS                                                                                                   \
  int hidden_size, num_hidden_layers, num_attention_heads, intermediate_size;                                                  \
  AutoActivation hidden_act;                                                                                                   \
  double layer_norm_eps;
#define AUTO_ENCODER_FIELDS(dropout, epsilon)                                                                                  \
  AUTO_INT (hidden_size, 768, .min = 1, .max = G_MAXINT),                                                                      \
  AUTO_INT (num_hidden_layers, 12, .min = 0, .max = G_MAXINT),                                                                 \
  AUTO_INT (num_attention_heads, 12, .min = 1, .max = G_MAXINT),                                                               \
  AUTO_INT (intermediate_size, 3072, .min = 1, .max = G_MAXINT),                                                               \
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),                                                          \
  AUTO_EXTRA ("hidden_dropout_prob", dropout),                                                                                 \
  AUTO_EXTRA ("attention_probs_dropout_prob", dropout),                                                                        \
  AUTO_EXTRA ("initializer_range", "0.02"),                                                                                    \
  AUTO_DOUBLE (layer_norm_eps, epsilon)
