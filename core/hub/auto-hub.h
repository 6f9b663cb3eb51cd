/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "../auto/auto-load-options.h"

G_BEGIN_DECLS

/**
 * AutoHubWant:
 * @AUTO_HUB_WANT_CONFIG: config.json
 * @AUTO_HUB_WANT_WEIGHTS: the checkpoint: safetensors, or else PyTorch's, whole or in shards
 * @AUTO_HUB_WANT_TF_WEIGHTS: a TensorFlow checkpoint; with @AUTO_HUB_WANT_WEIGHTS, rather than another
 * @AUTO_HUB_WANT_FLAX_WEIGHTS: a Flax checkpoint; with @AUTO_HUB_WANT_WEIGHTS, rather than another
 * @AUTO_HUB_WANT_TOKENIZER: the tokenizer's files
 * @AUTO_HUB_WANT_PROCESSOR: the files of image processors, feature extractors and processors
 * @AUTO_HUB_WANT_GENERATION: generation_config.json
 * @AUTO_HUB_WANT_PLUGIN: the plugin that the repository ships, when trust-remote-code is set
 * @AUTO_HUB_WANT_MODEL: what running a model takes: configuration, weights, tokenizer, processor, generation
 *
 * Which files of a repository are wanted.
 */
typedef enum {
  AUTO_HUB_WANT_CONFIG = 1 << 0,
  AUTO_HUB_WANT_WEIGHTS = 1 << 1,
  AUTO_HUB_WANT_TF_WEIGHTS = 1 << 2,
  AUTO_HUB_WANT_FLAX_WEIGHTS = 1 << 3,
  AUTO_HUB_WANT_TOKENIZER = 1 << 4,
  AUTO_HUB_WANT_PROCESSOR = 1 << 5,
  AUTO_HUB_WANT_GENERATION = 1 << 6,
  AUTO_HUB_WANT_PLUGIN = 1 << 7,
  AUTO_HUB_WANT_MODEL = AUTO_HUB_WANT_CONFIG | AUTO_HUB_WANT_WEIGHTS | AUTO_HUB_WANT_TOKENIZER | AUTO_HUB_WANT_PROCESSOR
                        | AUTO_HUB_WANT_GENERATION,
} AutoHubWant;

#define AUTO_TYPE_HUB_WANT (auto_hub_want_get_type ())
AUTO_AVAILABLE_IN_1_0 GType auto_hub_want_get_type (void);

#define AUTO_TYPE_HUB (auto_hub_get_type ())

/**
 * AutoHub:
 *
 * Downloads files from the hub into the cache that huggingface_hub uses too, and finds them there.
 *
 * What the cache has is used without asking; set [property@Hub:refresh] to have the hub asked whether a branch has moved. The
 * properties start with what the environment says (`HF_HOME`, `HF_ENDPOINT`, `HF_TOKEN`, …; see the documentation of the hub).
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (AutoHub, auto_hub, AUTO, HUB, GObject)

AUTO_AVAILABLE_IN_1_0 AutoHub *auto_hub_new (void);

AUTO_AVAILABLE_IN_1_0 char *auto_hub_lookup (AutoHub *self, const char *repo, const char *revision, const char *file, gboolean *absent,
                                             GError **error);
AUTO_AVAILABLE_IN_1_0 char *auto_hub_download (AutoHub *self, const char *repo, const char *revision, const char *file,
                                               GCancellable *cancellable, GError **error);
AUTO_AVAILABLE_IN_1_0 void auto_hub_download_async (AutoHub *self, const char *repo, const char *revision, const char *file,
                                                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
AUTO_AVAILABLE_IN_1_0 char *auto_hub_download_finish (AutoHub *self, GAsyncResult *result, GError **error);

AUTO_AVAILABLE_IN_1_0 char *auto_hub_download_model (AutoHub *self, const char *repo, AutoHubWant want, AutoLoadOptions *options,
                                                     GCancellable *cancellable, GError **error);
AUTO_AVAILABLE_IN_1_0 void auto_hub_download_model_async (AutoHub *self, const char *repo, AutoHubWant want, AutoLoadOptions *options,
                                                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
AUTO_AVAILABLE_IN_1_0 char *auto_hub_download_model_finish (AutoHub *self, GAsyncResult *result, GError **error);

G_END_DECLS
