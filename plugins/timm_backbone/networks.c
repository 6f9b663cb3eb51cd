/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ResNet (He et al., arXiv:1512.03385) and its variants (He et al., arXiv:1812.01187); timm: models/resnet.py */
#include "networks.h"

typedef struct
{
  int layers; /* in the name */
  gboolean bottleneck;
  int depths[4];
} TimmSize;

static const TimmSize sizes[] = {
  { 10, FALSE, { 1, 1, 1, 1 } },
  { 14, TRUE, { 1, 1, 1, 1 } },
  { 18, FALSE, { 2, 2, 2, 2 } },
  { 26, TRUE, { 2, 2, 2, 2 } },
  { 34, FALSE, { 3, 4, 6, 3 } },
  { 50, TRUE, { 3, 4, 6, 3 } },
  { 101, TRUE, { 3, 4, 23, 3 } },
  { 152, TRUE, { 3, 8, 36, 3 } },
  { 200, TRUE, { 3, 24, 36, 3 } },
};

typedef struct
{
  const char *suffix;   /* of the name */
  int stem[3];          /* widths of the stem's convolutions: one of 7×7, or three of 3×3 */
  gboolean average;     /* shortcuts average before they project */
} TimmForm;

static const TimmForm forms[] = {
  { "", { 64 }, FALSE },
  { "c", { 32, 32, 64 }, FALSE },
  { "d", { 32, 32, 64 }, TRUE },
  { "s", { 64, 64, 128 }, FALSE },
  { "t", { 24, 32, 64 }, TRUE },
};

static gboolean
find_network (const char *name, const TimmSize **size, const TimmForm **form)
{
  char *suffix = NULL;
  gboolean named = name && g_str_has_prefix (name, "resnet") && g_ascii_isdigit (name[6]);
  gint64 layers = named ? g_ascii_strtoll (name + 6, &suffix, 10) : 0;

  *size = NULL;
  *form = NULL;
  for (guint i = 0; named && i < G_N_ELEMENTS (sizes); i++)
    if (sizes[i].layers == layers)
      *size = &sizes[i];
  for (guint i = 0; named && i < G_N_ELEMENTS (forms); i++)
    if (g_str_equal (forms[i].suffix, suffix))
      *form = &forms[i];
  return *size && *form;
}

static AutoTensor *
timm_plain_conv (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, gint64 kernel, gint64 stride, gint64 dilation)
{
  return auto_conv2d (cx, name, x, n_out, &(AutoConv) {
    .kernel = { kernel }, .stride = { stride }, .dilation = { dilation }, .padding = { kernel > 1 ? dilation * (kernel / 2) : -1 },
    .no_bias = TRUE });
}

/* @n_out is the width without a checkpoint. */
static AutoTensor *
timm_conv (AutoContext *cx, const char *name, AutoTensor *x, gint64 n_out, gint64 kernel, gint64 stride, gint64 dilation)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);

  return timm_plain_conv (cx, name, x, auto_stored_size (cx, weight, 0, n_out), kernel, stride, dilation);
}

static AutoTensor *
timm_norm (AutoContext *cx, const char *name, AutoTensor *x, gboolean rectified)
{
  x = auto_batch_norm (cx, name, x, 1e-5);
  return rectified ? auto_activation (cx, x, AUTO_ACTIVATION_RELU) : x;
}

static AutoTensor *
timm_stem (AutoContext *cx, const TimmForm *form, AutoTensor *x)
{
  if (!form->stem[1])
    return timm_norm (cx, "bn1", timm_conv (cx, "conv1", x, form->stem[0], 7, 2, 1), TRUE);
  x = timm_norm (cx, "conv1.1", timm_conv (cx, "conv1.0", x, form->stem[0], 3, 2, 1), TRUE);
  x = timm_norm (cx, "conv1.4", timm_conv (cx, "conv1.3", x, form->stem[1], 3, 1, 1), TRUE);
  return timm_norm (cx, "bn1", timm_conv (cx, "conv1.6", x, form->stem[2], 3, 1, 1), TRUE);
}

/* How a stage moves over its input. */
typedef struct
{
  gint64 stride, dilation, first_dilation;
} TimmSteps;

static AutoTensor *
timm_shortcut (AutoContext *cx, const TimmForm *form, AutoTensor *x, gint64 n_out, const TimmSteps *steps)
{
  if (!form->average)
    return timm_norm (cx, "downsample.1", timm_plain_conv (cx, "downsample.0", x, n_out, 1, steps->stride, 1), FALSE);
  if (steps->dilation > 1)
    x = auto_avg_pool2d (cx, auto_pad (cx, x, (const gint64[]) { 0, 1, 0, 1 }, 4, AUTO_PAD_CONSTANT, 0),
                         &(AutoPool) { .kernel = { 2 }, .stride = { 1 } });
  else if (steps->stride > 1)
    x = auto_avg_pool2d (cx, x, &(AutoPool) { .kernel = { 2 }, .stride = { steps->stride }, .ceil_mode = TRUE, .exclude_padding = TRUE });
  return timm_norm (cx, "downsample.2", timm_plain_conv (cx, "downsample.1", x, n_out, 1, 1, 1), FALSE);
}

static AutoTensor *
timm_block (AutoContext *cx, const TimmSize *size, const TimmForm *form, AutoTensor *x, gint64 width, const TimmSteps *steps)
{
  AutoTensor *y, *past = x;

  if (size->bottleneck)
    {
      y = timm_norm (cx, "bn1", timm_conv (cx, "conv1", x, width, 1, 1, 1), TRUE);
      y = timm_norm (cx, "bn2", timm_conv (cx, "conv2", y, width, 3, steps->stride, steps->first_dilation), TRUE);
      y = timm_norm (cx, "bn3", timm_conv (cx, "conv3", y, 4 * width, 1, 1, 1), FALSE);
    }
  else
    {
      y = timm_norm (cx, "bn1", timm_conv (cx, "conv1", x, width, 3, steps->stride, steps->first_dilation), TRUE);
      y = timm_norm (cx, "bn2", timm_conv (cx, "conv2", y, width, 3, 1, steps->dilation), FALSE);
    }
  if (steps->stride > 1 || auto_dim (x, 1) != auto_dim (y, 1))
    past = timm_shortcut (cx, form, x, auto_dim (y, 1), steps);
  return auto_activation (cx, auto_add (cx, y, past), AUTO_ACTIVATION_RELU);
}

void
timm_features (AutoContext *cx, AutoInputs *in, const TimmNetwork *network, int last, AutoTensor *maps[TIMM_FEATURES])
{
  const TimmSize *size;
  const TimmForm *form;
  gint64 reached = 4, dilation = 1;

  if (!find_network (network->name, &size, &form))
    {
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED,
                         "backbone: the networks are resnet10 to resnet200 with c, d, s or t behind, not %s",
                         network->name ? network->name : "null");
      return;
    }
  maps[0] = timm_stem (cx, form, auto_pixel_values (cx, in, network->channels, NULL));
  AutoTensor *x = auto_max_pool2d (cx, maps[0], &(AutoPool) { .kernel = { 3 }, .stride = { 2 }, .padding = { 1 } });
  for (int stage = 0; stage < last; stage++)
    {
      TimmSteps steps = { stage ? 2 : 1, dilation, dilation };
      if (stage && reached >= (network->output_stride ? network->output_stride : 32))
        steps = (TimmSteps) { 1, dilation * 2, dilation };
      reached *= steps.stride;
      dilation = steps.dilation;
      for (int i = 0; i < size->depths[stage]; i++)
        {
          AUTO_LAYER (cx, &x, "layer%d.%d", stage + 1, i);
          x = timm_block (cx, size, form, x, 64 << stage, &steps);
          steps = (TimmSteps) { 1, dilation, dilation };
        }
      maps[stage + 1] = x;
    }
}
