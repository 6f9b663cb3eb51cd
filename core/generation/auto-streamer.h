/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "../tensor/auto-tensor.h"
#include "auto-generation-segment.h"

G_BEGIN_DECLS

#define AUTO_TYPE_STREAMER (auto_streamer_get_type ())

/**
 * AutoStreamer:
 *
 * Is told of tokens as they are generated, in the thread that generates.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (AutoStreamer, auto_streamer, AUTO, STREAMER, GObject)

/**
 * AutoStreamerClass:
 * @put: takes @n_new tokens of each of @n_rows rows; first those of the prompt
 * @end: nothing more comes
 * @segment: takes a piece of row @row of a long input, after the piece's tokens; it is final
 *
 * The class of streamers.
 */
struct _AutoStreamerClass
{
  GObjectClass parent_class;

  void (*put) (AutoStreamer *self, const gint64 *ids, gsize n_rows, gsize n_new);
  void (*end) (AutoStreamer *self);
  void (*segment) (AutoStreamer *self, guint row, AutoGenerationSegment *segment);

  /*< private >*/
  gpointer padding[5];
};

AUTO_AVAILABLE_IN_1_0 AutoStreamer *auto_streamer_new (void);
AUTO_AVAILABLE_IN_1_0 void auto_streamer_put (AutoStreamer *self, const gint64 *ids, gsize n_rows, gsize n_new);
AUTO_AVAILABLE_IN_1_0 void auto_streamer_put_segment (AutoStreamer *self, guint row, AutoGenerationSegment *segment);
AUTO_AVAILABLE_IN_1_0 void auto_streamer_end (AutoStreamer *self);
AUTO_AVAILABLE_IN_1_0 void auto_streamer_stop (AutoStreamer *self);
AUTO_AVAILABLE_IN_1_0 gboolean auto_streamer_is_stopped (AutoStreamer *self);

G_END_DECLS
