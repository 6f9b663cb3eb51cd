#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the doors of the Auto classes of models (auto-tasks.h or .c) from tasks.txt."""
import sys

FRAMEWORKS = {"": "PYTORCH", "TF": "TF", "Flax": "FLAX"}
MODEL = ["Model", "model"]

DECLARE = """
#define AUTO_TYPE_{upper} (auto_{snake}_get_type ())

/**
 * Auto{name}:
 *
 * The door to models of {reference}{prefers}.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_INTERFACE (Auto{name}, auto_{snake}, AUTO, {upper}, GObject)

struct _Auto{name}Interface
{{
  GTypeInterface parent_iface;
}};
"""

PROTOTYPES = """
AUTO_AVAILABLE_IN_1_0 AutoModel *auto_{snake}_from_pretrained (const char *name_or_path, AutoLoadOptions *options, GCancellable *cancellable, GError **error);
AUTO_AVAILABLE_IN_1_0 void auto_{snake}_from_pretrained_async (const char *name_or_path, AutoLoadOptions *options, int io_priority, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
AUTO_AVAILABLE_IN_1_0 AutoModel *auto_{snake}_from_pretrained_finish (GAsyncResult *result, GError **error);
AUTO_AVAILABLE_IN_1_0 AutoModel *auto_{snake}_from_config (AutoConfig *config, GError **error);
AUTO_AVAILABLE_IN_1_0 gboolean auto_{snake}_register (GType config_type, GType model_type, gboolean exist_ok, GError **error);
"""

DEFINE = """
G_DEFINE_INTERFACE (Auto{name}, auto_{snake}, G_TYPE_OBJECT)

static void
auto_{snake}_default_init (Auto{name}Interface *iface)
{{
}}
"""

DOORS = """
/**
 * auto_{snake}_from_pretrained:
 * @name_or_path: a folder, a file or the name of a model on the hub
 * @options: (nullable): the keywords of the reference, or %NULL for the defaults
 * @cancellable: (nullable): cancels the load
 * @error: return location for an error
 *
 * Loads the model that {reference}.from_pretrained of the reference loads.
 *
 * Returns: (transfer full): the model, or %NULL with an error of the configuration, plugin, checkpoint, hub or model
 */
AutoModel *
auto_{snake}_from_pretrained (const char *name_or_path, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{{
  return auto_door_from_pretrained (&auto_tasks[{index}], name_or_path, options, cancellable, error);
}}

/**
 * auto_{snake}_from_pretrained_async:
 * @name_or_path: a folder, a file or the name of a model on the hub
 * @options: (nullable): the keywords of the reference
 * @io_priority: the priority of the answer in the main loop, usually %G_PRIORITY_DEFAULT
 * @cancellable: (nullable): cancels the load
 * @callback: (scope async) (closure user_data): called in the thread-default main context when it is done
 * @user_data: data for @callback
 *
 * Loads in a thread; see [func@{name}.from_pretrained].
 */
void
auto_{snake}_from_pretrained_async (const char *name_or_path, AutoLoadOptions *options, int io_priority, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data)
{{
  auto_door_from_pretrained_async (&auto_tasks[{index}], name_or_path, options, io_priority, cancellable, callback, user_data);
}}

/**
 * auto_{snake}_from_pretrained_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full): the model, or %NULL with an error
 */
AutoModel *
auto_{snake}_from_pretrained_finish (GAsyncResult *result, GError **error)
{{
  return auto_door_from_pretrained_finish (result, error);
}}

/**
 * auto_{snake}_from_config:
 * @config: a configuration
 * @error: return location for an error
 *
 * Makes a model with fresh weights.
 *
 * Returns: (transfer full): the model, or %NULL with an error
 */
AutoModel *
auto_{snake}_from_config (AutoConfig *config, GError **error)
{{
  return auto_door_from_config (&auto_tasks[{index}], config, error);
}}

/**
 * auto_{snake}_register:
 * @config_type: the type of a configuration class
 * @model_type: the type of the model class for it
 * @exist_ok: whether it may replace a class that is registered
 * @error: return location for an error
 *
 * Has {reference} choose @model_type for configurations of @config_type.
 *
 * Returns: whether it did
 */
gboolean
auto_{snake}_register (GType config_type, GType model_type, gboolean exist_ok, GError **error)
{{
  return auto_door_register (&auto_tasks[{index}], config_type, model_type, exist_ok, error);
}}
"""


def rows(path):
    """[name, snake, reference's name, framework, whether it generates] of every door, plain ones first."""
    tasks = [line.split() for line in open(path) if line.strip() and not line.startswith("#")]
    out = []
    for framework in FRAMEWORKS:
        for name, snake, *others in tasks:
            if not framework or framework in others:
                prefix = framework.lower() + "_" if framework else ""
                out.append((framework + name, prefix + snake, framework + "Auto" + name, framework, "generates" in others))
    return out


def main():
    path, kind = sys.argv[1:]
    print("/* SPDX-License-Identifier: LGPL-2.1-or-later */\n/* Made by make-tasks.py from tasks.txt. */")
    doors = rows(path)
    if kind == "header":
        print('#pragma once\n\n#include <gio/gio.h>\n\n#include "core/auto/auto-config.h"\n#include "core/auto/auto-load-options.h"\n\nG_BEGIN_DECLS')
    else:
        print('#include "core/auto/auto-door.h"\n\n#include "core/auto/auto-model.h"\n\nconst AutoTask auto_tasks[] = {')
        for name, snake, reference, framework, generates in doors:
            print(f'  {{ "{reference}", auto_{snake}_get_type, AUTO_FRAMEWORK_{FRAMEWORKS[framework]}, {str(generates).upper()} }},')
        print("};\n\nconst guint auto_n_tasks = G_N_ELEMENTS (auto_tasks);")
    for index, (name, snake, reference, framework, _) in enumerate(doors):
        prefers = f"; prefers {framework} checkpoints" if framework else ""
        values = dict(name=name, snake=snake, upper=snake.upper(), reference=reference, index=index, prefers=prefers)
        if kind == "header":
            print((DECLARE + PROTOTYPES).format(**values), end="")
        else:
            print((DEFINE + DOORS).format(**values), end="")
    if kind == "header":
        print("\nG_END_DECLS")


main()
