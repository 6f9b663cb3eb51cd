/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdk/auto-sdk.h"

/* The convolutional networks of the library timm, by its names and with its names of weights. */

#define TIMM_FEATURES 5

typedef struct
{
  const char *name;   /* resnet50, resnet26d, … */
  int channels;       /* of the images */
  int output_stride;  /* how much smaller than the image the last map is; 0: 32 */
} TimmNetwork;

/* Feature maps 0 (the stem's) to @last, at most TIMM_FEATURES - 1, of the call's pixel_values. Widths are the checkpoint's where it has
 * the layer, which need not be those that timm gives the name. */
void timm_features (AutoContext *cx, AutoInputs *in, const TimmNetwork *network, int last, AutoTensor *maps[TIMM_FEATURES]);
