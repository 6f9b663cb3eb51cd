/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-version-macros.h"

G_BEGIN_DECLS

/**
 * AutoConfigError:
 * @AUTO_CONFIG_ERROR_NOT_FOUND: there is no config.json where one was looked for
 * @AUTO_CONFIG_ERROR_PARSE: the file is no JSON, or not an object
 * @AUTO_CONFIG_ERROR_MODEL_TYPE: `model_type` is missing and can't be guessed, or no plugin offers it
 * @AUTO_CONFIG_ERROR_VALUE: a key has a value of the wrong type or out of range
 * @AUTO_CONFIG_ERROR_WRITE: the configuration can't be written
 *
 * What can go wrong with a configuration.
 */
typedef enum {
  AUTO_CONFIG_ERROR_NOT_FOUND,
  AUTO_CONFIG_ERROR_PARSE,
  AUTO_CONFIG_ERROR_MODEL_TYPE,
  AUTO_CONFIG_ERROR_VALUE,
  AUTO_CONFIG_ERROR_WRITE,
} AutoConfigError;

/**
 * AutoPluginError:
 * @AUTO_PLUGIN_ERROR_NOT_FOUND: no plugin offers what is wanted
 * @AUTO_PLUGIN_ERROR_ABI: the plugin was built for another version of the interface
 * @AUTO_PLUGIN_ERROR_MISMATCH: the sidecar file and the plugin disagree
 * @AUTO_PLUGIN_ERROR_TYPE_CLASH: two plugins want the same type name or model type
 * @AUTO_PLUGIN_ERROR_LOAD: the file can't be loaded
 * @AUTO_PLUGIN_ERROR_INIT: the plugin refused to start, or its descriptor is malformed
 * @AUTO_PLUGIN_ERROR_NOT_TRUSTED: the model folder ships a plugin and the caller did not trust it
 *
 * What can go wrong with a plugin.
 */
typedef enum {
  AUTO_PLUGIN_ERROR_NOT_FOUND,
  AUTO_PLUGIN_ERROR_ABI,
  AUTO_PLUGIN_ERROR_MISMATCH,
  AUTO_PLUGIN_ERROR_TYPE_CLASH,
  AUTO_PLUGIN_ERROR_LOAD,
  AUTO_PLUGIN_ERROR_INIT,
  AUTO_PLUGIN_ERROR_NOT_TRUSTED,
} AutoPluginError;

/**
 * AutoCheckpointError:
 * @AUTO_CHECKPOINT_ERROR_NOT_FOUND: the folder has no checkpoint file, or a shard is absent
 * @AUTO_CHECKPOINT_ERROR_FORMAT: the file is cut short, malformed or of an unknown format
 * @AUTO_CHECKPOINT_ERROR_UNSAFE: the file wants to run code
 * @AUTO_CHECKPOINT_ERROR_DTYPE: a tensor has a data type that can't be read
 * @AUTO_CHECKPOINT_ERROR_MISMATCH: tensors of the file have other shapes than the model's
 * @AUTO_CHECKPOINT_ERROR_NO_WEIGHTS: no tensor of the file belongs to the model
 * @AUTO_CHECKPOINT_ERROR_WRITE: the checkpoint can't be written
 *
 * What can go wrong with a file of weights.
 */
typedef enum {
  AUTO_CHECKPOINT_ERROR_NOT_FOUND,
  AUTO_CHECKPOINT_ERROR_FORMAT,
  AUTO_CHECKPOINT_ERROR_UNSAFE,
  AUTO_CHECKPOINT_ERROR_DTYPE,
  AUTO_CHECKPOINT_ERROR_MISMATCH,
  AUTO_CHECKPOINT_ERROR_NO_WEIGHTS,
  AUTO_CHECKPOINT_ERROR_WRITE,
} AutoCheckpointError;

/**
 * AutoTokenizerError:
 * @AUTO_TOKENIZER_ERROR_NOT_FOUND: the folder has no tokenizer
 * @AUTO_TOKENIZER_ERROR_PARSE: a tokenizer file is malformed
 * @AUTO_TOKENIZER_ERROR_UNSUPPORTED: a tokenizer file asks for a part that is unknown
 * @AUTO_TOKENIZER_ERROR_VALUE: an argument of the call is out of range or contradicts another
 * @AUTO_TOKENIZER_ERROR_TEMPLATE: a chat template is malformed or raised an exception
 * @AUTO_TOKENIZER_ERROR_WRITE: the tokenizer can't be written
 * @AUTO_TOKENIZER_ERROR_NOT_INSTALLED: a library or a dictionary that the tokenizer works with is not on this machine
 *
 * What can go wrong with a tokenizer.
 */
typedef enum {
  AUTO_TOKENIZER_ERROR_NOT_FOUND,
  AUTO_TOKENIZER_ERROR_PARSE,
  AUTO_TOKENIZER_ERROR_UNSUPPORTED,
  AUTO_TOKENIZER_ERROR_VALUE,
  AUTO_TOKENIZER_ERROR_TEMPLATE,
  AUTO_TOKENIZER_ERROR_WRITE,
  AUTO_TOKENIZER_ERROR_NOT_INSTALLED,
} AutoTokenizerError;

/**
 * AutoHubError:
 * @AUTO_HUB_ERROR_OFFLINE: the file is not in the cache and the network may not be used
 * @AUTO_HUB_ERROR_NETWORK: the connection failed or was cut for good
 * @AUTO_HUB_ERROR_TLS: the certificate is not trusted
 * @AUTO_HUB_ERROR_REPOSITORY_NOT_FOUND: the hub has no such repository, or it is private
 * @AUTO_HUB_ERROR_REVISION_NOT_FOUND: the repository has no such revision
 * @AUTO_HUB_ERROR_ENTRY_NOT_FOUND: the repository has no such file at this revision
 * @AUTO_HUB_ERROR_GATED: the repository asks for an agreement or another token
 * @AUTO_HUB_ERROR_UNAUTHORIZED: the token is absent or not valid
 * @AUTO_HUB_ERROR_RATE_LIMIT: the hub refuses more requests for now
 * @AUTO_HUB_ERROR_SERVER: the hub answered with a server error
 * @AUTO_HUB_ERROR_BAD_RESPONSE: the answer lacks a header or is inconsistent
 * @AUTO_HUB_ERROR_CORRUPT: the bytes received are not those that the hub announced
 * @AUTO_HUB_ERROR_NO_SPACE: the disk is full
 * @AUTO_HUB_ERROR_CACHE: the cache folder can't be read or written
 * @AUTO_HUB_ERROR_INVALID_ID: the text is no valid repository name, revision or file name
 *
 * What can go wrong between the library and the hub.
 */
typedef enum {
  AUTO_HUB_ERROR_OFFLINE,
  AUTO_HUB_ERROR_NETWORK,
  AUTO_HUB_ERROR_TLS,
  AUTO_HUB_ERROR_REPOSITORY_NOT_FOUND,
  AUTO_HUB_ERROR_REVISION_NOT_FOUND,
  AUTO_HUB_ERROR_ENTRY_NOT_FOUND,
  AUTO_HUB_ERROR_GATED,
  AUTO_HUB_ERROR_UNAUTHORIZED,
  AUTO_HUB_ERROR_RATE_LIMIT,
  AUTO_HUB_ERROR_SERVER,
  AUTO_HUB_ERROR_BAD_RESPONSE,
  AUTO_HUB_ERROR_CORRUPT,
  AUTO_HUB_ERROR_NO_SPACE,
  AUTO_HUB_ERROR_CACHE,
  AUTO_HUB_ERROR_INVALID_ID,
} AutoHubError;

/**
 * AutoTensorError:
 * @AUTO_TENSOR_ERROR_SHAPE: shapes don't fit together, are negative or overflow
 * @AUTO_TENSOR_ERROR_DTYPE: the data type is not the one wanted
 * @AUTO_TENSOR_ERROR_RANGE: an index is out of range
 * @AUTO_TENSOR_ERROR_MEMORY: there is not enough memory
 *
 * What can go wrong with a tensor.
 */
typedef enum {
  AUTO_TENSOR_ERROR_SHAPE,
  AUTO_TENSOR_ERROR_DTYPE,
  AUTO_TENSOR_ERROR_RANGE,
  AUTO_TENSOR_ERROR_MEMORY,
} AutoTensorError;

/**
 * AutoModelError:
 * @AUTO_MODEL_ERROR_TASK: the architecture has no class for the Auto class
 * @AUTO_MODEL_ERROR_INPUT: an input is missing, unknown, or of the wrong shape or type
 * @AUTO_MODEL_ERROR_CONFIG: the configuration describes no model that can be computed
 * @AUTO_MODEL_ERROR_WEIGHT: a weight is missing or declared twice in different ways
 * @AUTO_MODEL_ERROR_UNSUPPORTED: the model can't do what is asked of it
 *
 * What can go wrong while a model is made or run.
 */
typedef enum {
  AUTO_MODEL_ERROR_TASK,
  AUTO_MODEL_ERROR_INPUT,
  AUTO_MODEL_ERROR_CONFIG,
  AUTO_MODEL_ERROR_WEIGHT,
  AUTO_MODEL_ERROR_UNSUPPORTED,
} AutoModelError;

#define AUTO_CONFIG_ERROR (auto_config_error_quark ())
#define AUTO_PLUGIN_ERROR (auto_plugin_error_quark ())
#define AUTO_CHECKPOINT_ERROR (auto_checkpoint_error_quark ())
#define AUTO_TOKENIZER_ERROR (auto_tokenizer_error_quark ())
#define AUTO_HUB_ERROR (auto_hub_error_quark ())
#define AUTO_TENSOR_ERROR (auto_tensor_error_quark ())
#define AUTO_MODEL_ERROR (auto_model_error_quark ())

AUTO_AVAILABLE_IN_1_0 GQuark auto_config_error_quark (void);
AUTO_AVAILABLE_IN_1_0 GQuark auto_plugin_error_quark (void);
AUTO_AVAILABLE_IN_1_0 GQuark auto_checkpoint_error_quark (void);
AUTO_AVAILABLE_IN_1_0 GQuark auto_tokenizer_error_quark (void);
AUTO_AVAILABLE_IN_1_0 GQuark auto_hub_error_quark (void);
AUTO_AVAILABLE_IN_1_0 GQuark auto_tensor_error_quark (void);
AUTO_AVAILABLE_IN_1_0 GQuark auto_model_error_quark (void);

G_END_DECLS
