/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../checkpoint/auto-checkpoint.h"
#include "core/auto/auto-tasks.h"

G_BEGIN_DECLS

/* One Auto class of models. */
typedef struct
{
  const char *name; /* in the reference: AutoModelForCausalLM, TFAutoModel, … */
  GType (*get_type) (void);
  AutoFramework framework;
  gboolean generates; /* its models may have a generation_config.json */
} AutoTask;

AUTO_INTERNAL const AutoTask auto_tasks[];
AUTO_INTERNAL const guint auto_n_tasks;

AUTO_INTERNAL const AutoTask *auto_task_find (const char *name);
/* Has a model class implement the interface of a task; TF and Flax say whether those frameworks' doors lead to it too. */
AUTO_INTERNAL void auto_task_add_interface (const char *task, GType type, gboolean tf, gboolean flax);

AUTO_INTERNAL AutoModel *auto_door_from_pretrained (const AutoTask *task, const char *name_or_path, AutoLoadOptions *options, GCancellable *cancellable,
                                                    GError **error);
void auto_door_from_pretrained_async (const AutoTask *task, const char *name_or_path, AutoLoadOptions *options, int io_priority,
                                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
AutoModel *auto_door_from_pretrained_finish (GAsyncResult *result, GError **error);
AUTO_INTERNAL AutoModel *auto_door_from_config (const AutoTask *task, AutoConfig *config, GError **error);
gboolean auto_door_register (const AutoTask *task, GType config_type, GType model_type, gboolean exist_ok, GError **error);

G_END_DECLS
