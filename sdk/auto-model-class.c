/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-model-class-private.h"

#include "auto-heads.h"

static GQuark
spec_quark (void)
{
  return g_quark_from_static_string ("auto-model-spec");
}

const AutoModelSpec *
auto_model_find_spec (AutoPretrainedModel *self)
{
  for (GType type = G_OBJECT_TYPE (self); type; type = g_type_parent (type))
    {
      const AutoModelSpec *spec = g_type_get_qdata (type, spec_quark ());
      if (spec)
        return spec;
    }
  return NULL;
}

static void
spec_forward (AutoPretrainedModel *self, AutoContext *cx, AutoInputs *in, AutoModelOutput *out)
{
  const AutoModelSpec *spec = auto_model_find_spec (self);
  AutoConfig *config = auto_model_get_config (AUTO_MODEL (self));

  if (spec->head)
    auto_head_forward (cx, config, auto_pretrained_model_get_prefix (self), spec, in, out);
  else if (spec->forward)
    spec->forward (cx, config, in, out);
  else
    auto_model_output_set (out, "last_hidden_state", spec->base (cx, config, in));
}

static void
spec_example (AutoPretrainedModel *self, AutoInputs *in)
{
  const AutoModelSpec *spec = auto_model_find_spec (self);
  gboolean choices = spec->head && (spec->head->choices || spec->head->kind == AUTO_HEAD_CHOICES);

  if (spec->example)
    spec->example (auto_model_get_config (AUTO_MODEL (self)), in);
  else
    auto_inputs_set_example (in, "input_ids", AUTO_DTYPE_I64, choices ? (const gint64[]) { 1, 2, 8 } : (const gint64[]) { 1, 8 }, choices ? 3 : 2);
}

static void
class_init (gpointer klass, gpointer data)
{
  AUTO_PRETRAINED_MODEL_CLASS (klass)->forward = spec_forward;
  AUTO_PRETRAINED_MODEL_CLASS (klass)->example = spec_example;
  AUTO_PRETRAINED_MODEL_CLASS (klass)->prepare_generation = ((const AutoModelSpec *) data)->prepare_generation;
  AUTO_PRETRAINED_MODEL_CLASS (klass)->generate = ((const AutoModelSpec *) data)->generate;
}

GType
auto_model_class_register (const char *type_name, const AutoModelSpec *spec)
{
  const GTypeInfo info = { .class_size = sizeof (AutoPretrainedModelClass), .class_init = class_init, .class_data = spec,
                           .instance_size = sizeof (AutoPretrainedModel) };
  GType type = g_type_register_static (AUTO_TYPE_PRETRAINED_MODEL, g_intern_string (type_name), &info, 0);

  g_type_set_qdata (type, spec_quark (), (gpointer) spec);
  return type;
}
