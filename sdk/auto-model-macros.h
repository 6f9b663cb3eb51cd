/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-model.h"
#include "core/math/auto-context.h"
#include "registry/auto-plugin.h"

G_BEGIN_DECLS

typedef struct _AutoHead AutoHead;

/* A model's computation. @config is the model's own configuration struct. */
typedef void (*AutoForward) (AutoContext *cx, gconstpointer config, AutoInputs *in, AutoModelOutput *out);
/* The computation of a base model below a head: the last hidden states (batch, sequence, width). */
typedef AutoTensor *(*AutoBase) (AutoContext *cx, gconstpointer config, AutoInputs *in);
/* Inputs of a valid shape. */
typedef void (*AutoExample) (gconstpointer config, AutoInputs *in);

/* Which of an encoder's @length states the caller's attention_mask shows, (batch, length), for a decoder that looks at them. */
typedef AutoTensor *(*AutoSourceMask) (AutoContext *cx, gconstpointer config, AutoTensor *attention_mask, gint64 length);

/* Changes the settings and inputs of a generation by the model's own rules, before anything else happens; see docs/generation.md. */
typedef gboolean (*AutoPrepareGeneration) (AutoPretrainedModel *self, AutoGenerationConfig *generation, AutoInputs *in, GError **error);

/* Generates in a way of the model's own; see AutoPretrainedModelClass. */
typedef AutoGeneration *(*AutoGenerateFunc) (AutoPretrainedModel *self, AutoInputs *in, AutoGenerationConfig *generation, GCancellable *cancellable,
                                             GError **error);

/* What a model class is made of: a forward of its own, or a base, and a head over it or none. */
typedef struct
{
  AutoForward forward;
  const AutoHead *head;
  AutoBase base;
  AutoExample example; /* NULL: input_ids (1, 8) */
  AutoPrepareGeneration prepare_generation; /* NULL: nothing of its own */
  AutoGenerateFunc generate;                /* NULL: as every model does */
  AutoSourceMask source_mask; /* of an encoder that makes the mask shorter; NULL: it doesn't tell */
} AutoModelSpec;

AUTO_AVAILABLE_IN_1_0 GType auto_model_class_register (const char *type_name, const AutoModelSpec *spec);

#define AUTO_DEFINE_MODEL_WITH(Type, prefix_, ...)                                  \
  AUTO_CLASS_NAME (Type, prefix_);                                                  \
  GType prefix_##_get_type (void);                                                  \
  GType prefix_##_get_type (void)                                                   \
  {                                                                                 \
    static gsize id = 0;                                                            \
    static const AutoModelSpec spec = { __VA_ARGS__ };                              \
    if (g_once_init_enter (&id))                                                    \
      g_once_init_leave (&id, auto_model_class_register (#Type, &spec));            \
    return id;                                                                      \
  }

/* A class with a forward of its own; more members of AutoModelSpec may follow. */
#define AUTO_DEFINE_MODEL(Type, prefix_, forward_, ...) AUTO_DEFINE_MODEL_WITH (Type, prefix_, .forward = (AutoForward) forward_, ##__VA_ARGS__)
/* A class whose output is the base model's last_hidden_state; more members of AutoModelSpec may follow. */
#define AUTO_DEFINE_BASE(Type, prefix_, base_, ...) AUTO_DEFINE_MODEL_WITH (Type, prefix_, .base = (AutoBase) base_, ##__VA_ARGS__)
/* A class that is a standard head over a base model; more members of AutoModelSpec may follow. */
#define AUTO_DEFINE_HEAD(Type, prefix_, head_, base_, ...) \
  AUTO_DEFINE_MODEL_WITH (Type, prefix_, .head = head_, .base = (AutoBase) base_, ##__VA_ARGS__)

/* Scopes of names: AUTO_SCOPE (cx, "encoder"); the rest of the C block is below it. */
typedef AutoContext AutoScopeGuard;

static inline void
auto_scope_guard_end (AutoScopeGuard **cx)
{
  auto_context_end (*cx);
}

#define AUTO_SCOPE_NAME_(line) auto_scope_guard_##line
#define AUTO_SCOPE_NAME(line) AUTO_SCOPE_NAME_ (line)
#define AUTO_SCOPE(cx, ...)                                                                                                    \
  G_GNUC_UNUSED __attribute__ ((cleanup (auto_scope_guard_end))) AutoScopeGuard *AUTO_SCOPE_NAME (__LINE__) = (cx);            \
  auto_context_begin ((cx), FALSE, __VA_ARGS__)

/* The same for a layer: what it makes is freed at its end, but for the tensor that *x points to then. */
#define AUTO_LAYER(cx, x, ...)                                                                                                 \
  G_GNUC_UNUSED __attribute__ ((cleanup (auto_scope_guard_end))) AutoScopeGuard *AUTO_SCOPE_NAME (__LINE__) = (cx);            \
  auto_context_begin ((cx), TRUE, __VA_ARGS__);                                                                                \
  auto_context_carry ((cx), (x))
/* One more tensor that the layer hands on. */
#define AUTO_CARRY(cx, x) auto_context_carry ((cx), (x))

G_END_DECLS
