/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks of the library timm; transformers: models/timm_backbone/modeling_timm_backbone.py */
#include "networks.h"

typedef struct _TimmBackboneConfig
{
  AutoPretrainedConfig parent;
  const char *backbone;
  int num_channels;
  gboolean features_only;
  AutoInts out_indices;
} TimmBackboneConfig;

static gboolean
timm_backbone_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  if (!auto_config_set_bool (AUTO_CONFIG (config), "use_timm_backbone", TRUE, error))
    return FALSE;
  return ((TimmBackboneConfig *) config)->out_indices.n || auto_config_set_text (AUTO_CONFIG (config), "out_indices", "[-1]", error);
}

AUTO_DEFINE_CONFIG_WITH (TimmBackboneConfig, timm_backbone_config, "timm_backbone",
  (.base_first = TRUE, .loaded = timm_backbone_config_loaded),
  AUTO_STRING_NULL (backbone),
  AUTO_INT (num_channels, 3, .min = 1, .max = G_MAXINT),
  AUTO_BOOL (features_only, TRUE),
  AUTO_EXTRA ("use_pretrained_backbone", "true"),
  AUTO_EXTRA ("use_timm_backbone", "true", .derived = TRUE),
  AUTO_INTS (out_indices, "[-1]"),
  AUTO_EXTRA ("freeze_batch_norm_2d", "false"))

/* Number @i of out_indices, counted from the end when it is negative; behind the one before. */
static int
timm_backbone_index (AutoContext *cx, const TimmBackboneConfig *c, guint i, int before)
{
  int index = c->out_indices.values[i];

  index += index < 0 ? TIMM_FEATURES : 0;
  if (index > before && index < TIMM_FEATURES)
    return index;
  auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG,
                     "out_indices: number %u must be from %d to %d, or count from the end, and it is %d", i, before + 1,
                     TIMM_FEATURES - 1, c->out_indices.values[i]);
  return 0;
}

static void
timm_backbone_forward (AutoContext *cx, const TimmBackboneConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  const TimmNetwork network = { c->backbone, c->num_channels, 0 };
  AutoTensor *maps[TIMM_FEATURES] = { NULL };
  int last = c->out_indices.n ? timm_backbone_index (cx, c, c->out_indices.n - 1, -1) : 0, index = -1;

  if (!c->features_only)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "%s",
                       "features_only: a network with its classifier isn't supported");
  if (auto_context_wants_attentions (cx))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s", "output_attentions: a network without attention has none");
  {
    AUTO_SCOPE (cx, "_backbone");
    timm_features (cx, in, &network, last, maps);
  }
  for (guint i = 0; i < c->out_indices.n && !auto_context_has_failed (cx); i++)
    {
      index = timm_backbone_index (cx, c, i, index);
      auto_backbone_feature (out, maps[index]);
    }
  for (int i = 0; i <= last; i++)
    auto_context_hidden_state (cx, maps[i]);
}

static void
timm_backbone_example (const TimmBackboneConfig *c, AutoInputs *in)
{
  auto_image_example (in, c->num_channels, &(AutoInts) { 1, (int[]) { 64 } });
}

AUTO_DEFINE_MODEL (TimmBackbone, timm_backbone, timm_backbone_forward, .example = (AutoExample) timm_backbone_example)

AUTO_PLUGIN (timm_backbone, "Networks of timm",
  AUTO_ARCHITECTURE ("timm_backbone", timm_backbone_config),
  AUTO_TASK ("AutoModel", timm_backbone),
  AUTO_TASK ("AutoBackbone", timm_backbone));
