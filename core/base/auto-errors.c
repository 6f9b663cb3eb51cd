/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-errors.h"

G_DEFINE_QUARK (auto-config-error-quark, auto_config_error)
G_DEFINE_QUARK (auto-plugin-error-quark, auto_plugin_error)
G_DEFINE_QUARK (auto-checkpoint-error-quark, auto_checkpoint_error)
G_DEFINE_QUARK (auto-tokenizer-error-quark, auto_tokenizer_error)
G_DEFINE_QUARK (auto-hub-error-quark, auto_hub_error)
G_DEFINE_QUARK (auto-tensor-error-quark, auto_tensor_error)
G_DEFINE_QUARK (auto-model-error-quark, auto_model_error)
