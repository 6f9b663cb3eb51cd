/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "registry/auto-plugin.h"

/*
 * The descriptor, at the end of a plugin's file:
 *
 *   AUTO_PLUGIN (foo, "Foo",
 *     AUTO_ARCHITECTURE ("foo", foo_config, .prefix = "foo"),
 *     AUTO_TASK ("AutoModel", foo_model, .tf = TRUE),
 *     AUTO_TASK ("AutoModelForMaskedLM", foo_for_masked_lm),
 *     AUTO_TOKENIZER ("FooTokenizer", "FooTokenizerFast", &auto_tokenizer_wordpiece),
 *     AUTO_PROCESSOR ("AutoImageProcessor", foo_image_processor))
 *
 * Tasks, tokenizers and processors belong to the architecture above them, unless they say .model_type = "…". Classes are
 * named by the prefix of their functions, as AUTO_DEFINE_CONFIG and AUTO_DEFINE_MODEL know them. Several tasks under one
 * name are the reference's rows of several classes, in its order. A task named TF… or Flax… is a row that the reference has in that
 * framework alone.
 *
 * Options in parentheses before the entries: AUTO_PLUGIN_WITH (foo, "Foo", (.version = "2.0", .init = foo_init), …)
 */
#define AUTO_PLUGIN(name_, title_, ...) AUTO_PLUGIN_WITH (name_, title_, (.version = AUTO_PLUGIN_VERSION), __VA_ARGS__)

#define AUTO_PLUGIN_WITH(name_, title_, options, ...)                                                                                               \
  static const AutoPluginEntry auto_plugin_entries[] = { __VA_ARGS__, { AUTO_PLUGIN_END } };                                                        \
  __attribute__ ((visibility ("default"))) extern const AutoPlugin auto_plugin_descriptor;                                                          \
  const AutoPlugin auto_plugin_descriptor = { .size = sizeof (AutoPlugin), .entry_size = sizeof (AutoPluginEntry),                                  \
    .abi_major = AUTO_PLUGIN_ABI_MAJOR, .abi_minor = AUTO_PLUGIN_ABI_MINOR, .name = #name_, .title = title_,                                        \
    .licence = AUTO_PLUGIN_LICENCE, .entries = auto_plugin_entries, AUTO_PLUGIN_OPTIONS options }

#define AUTO_PLUGIN_OPTIONS(...) __VA_ARGS__
#ifndef AUTO_PLUGIN_VERSION
#define AUTO_PLUGIN_VERSION "1"
#endif
#ifndef AUTO_PLUGIN_LICENCE
#define AUTO_PLUGIN_LICENCE "LGPL-2.1-or-later"
#endif

#define AUTO_ARCHITECTURE(model_type_, config, ...)                                                                                                 \
  { .kind = AUTO_PLUGIN_ARCHITECTURE, .model_type = model_type_, .class_name = config##_class_name, .get_type = config##_get_type, ##__VA_ARGS__ }
#define AUTO_TASK(door_, model, ...)                                                                                                                \
  { .kind = AUTO_PLUGIN_MODEL, .door = door_, .class_name = model##_class_name, .get_type = model##_get_type, ##__VA_ARGS__ }
#define AUTO_TOKENIZER(slow, fast, spec_, ...)                                                                                                      \
  { .kind = AUTO_PLUGIN_TOKENIZER, .door = "AutoTokenizer", .class_name = slow, .fast_class_name = fast, .spec = spec_, ##__VA_ARGS__ }
#define AUTO_PROCESSOR(door_, processor, ...)                                                                                                       \
  { .kind = AUTO_PLUGIN_PROCESSOR, .door = door_, .class_name = processor##_class_name, .get_type = processor##_get_type, ##__VA_ARGS__ }
#define AUTO_PROCESSOR_SPEC(door_, class_name_, spec_, ...)                                                                                         \
  { .kind = AUTO_PLUGIN_PROCESSOR, .door = door_, .class_name = class_name_, .spec = spec_, ##__VA_ARGS__ }
