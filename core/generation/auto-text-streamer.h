/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-streamer.h"

G_BEGIN_DECLS

/**
 * AutoDecodeFunc:
 * @ids: (array length=n_ids): tokens
 * @n_ids: how many
 * @user_data: the data given with the function
 *
 * Turns tokens into text; bytes that are no whole character become U+FFFD.
 *
 * Returns: (transfer full): the text
 */
typedef char *(*AutoDecodeFunc) (const gint64 *ids, gsize n_ids, gpointer user_data);

#define AUTO_TYPE_TEXT_STREAMER (auto_text_streamer_get_type ())

/**
 * AutoTextStreamer:
 *
 * A streamer that tells of text: `text` is emitted with whole characters only, of the first row.
 */
AUTO_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (AutoTextStreamer, auto_text_streamer, AUTO, TEXT_STREAMER, AutoStreamer)

AUTO_AVAILABLE_IN_1_0 AutoTextStreamer *auto_text_streamer_new (AutoDecodeFunc decode_func, gpointer user_data, GDestroyNotify destroy,
                                                                gboolean skip_prompt);

G_END_DECLS
