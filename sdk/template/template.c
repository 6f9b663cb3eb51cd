/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small encoder, to start a plugin from: docs/write-a-plugin.md goes with it. Build it with
 *
 *   cc -shared -fPIC -fvisibility=hidden template.c -o template.so $(pkg-config --cflags --libs auto-sdk-1)
 */
#include <sdk/auto-sdk.h>

struct _TemplateConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, hidden_size, num_hidden_layers, num_attention_heads, intermediate_size;
  AutoActivation hidden_act;
  double layer_norm_eps;
};

AUTO_DEFINE_CONFIG (TemplateConfig, template_config, "template",
  AUTO_INT (vocab_size, 1000, .min = 1, .max = G_MAXINT),
  AUTO_INT (hidden_size, 64, .min = 1, .max = G_MAXINT),
  AUTO_INT (num_hidden_layers, 2, .min = 0, .max = G_MAXINT),
  AUTO_INT (num_attention_heads, 4, .min = 1, .max = G_MAXINT),
  AUTO_INT (intermediate_size, 128, .min = 1, .max = G_MAXINT),
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_GELU),
  AUTO_DOUBLE (layer_norm_eps, 1e-12))

static AutoTensor *
template_layer (AutoContext *cx, const TemplateConfig *c, AutoTensor *x, const AutoMask *mask)
{
  AutoTensor *a = auto_attention (cx, x, mask, &(AutoAttention) {
    .q = "attention.query", .k = "attention.key", .v = "attention.value", .out = "attention.output", .heads = c->num_attention_heads, .residual = x });

  x = auto_layer_norm (cx, "attention_norm", a, c->layer_norm_eps);
  a = auto_linear_act (cx, "intermediate", x, c->intermediate_size, c->hidden_act);
  return auto_layer_norm (cx, "output_norm", auto_linear_add (cx, "output", a, c->hidden_size, x), c->layer_norm_eps);
}

static AutoTensor *
template_base (AutoContext *cx, const TemplateConfig *c, AutoInputs *in)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "word_embeddings", c->vocab_size, c->hidden_size);
  AutoMask mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), FALSE);

  for (int i = 0; i < c->num_hidden_layers; i++)
    {
      AUTO_LAYER (cx, &x, "layer.%d", i);
      auto_context_hidden_state (cx, x);
      x = template_layer (cx, c, x, &mask);
    }
  auto_context_hidden_state (cx, x);
  return x;
}

AUTO_DEFINE_BASE (TemplateModel, template_model, template_base)
AUTO_DEFINE_HEAD (TemplateForTokenClassification, template_for_token_classification, &auto_head_token_classification, template_base)

AUTO_PLUGIN (template, "Template",
  AUTO_ARCHITECTURE ("template", template_config, .prefix = "template"),
  AUTO_TASK ("AutoModel", template_model),
  AUTO_TASK ("AutoModelForTokenClassification", template_for_token_classification));
