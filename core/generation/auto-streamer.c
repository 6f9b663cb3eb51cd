/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-generation-private.h"

typedef struct
{
  int stopped;           /* atomic */
  AutoStreamer *watched; /* or NULL */
} AutoStreamerPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (AutoStreamer, auto_streamer, G_TYPE_OBJECT)

enum
{
  TOKENS,
  END,
  SEGMENT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
default_put (AutoStreamer *self, const gint64 *ids, gsize n_rows, gsize n_new)
{
  const gint64 shape[2] = { (gint64) n_rows, (gint64) n_new };

  if (!g_signal_has_handler_pending (self, signals[TOKENS], 0, TRUE))
    return;
  g_autoptr(AutoTensor) tensor = auto_tensor_new_int64 (shape, 2, ids, n_rows * n_new, NULL);
  if (tensor)
    g_signal_emit (self, signals[TOKENS], 0, tensor);
}

static void
default_end (AutoStreamer *self)
{
  g_signal_emit (self, signals[END], 0);
}

static void
default_segment (AutoStreamer *self, guint row, AutoGenerationSegment *segment)
{
  g_signal_emit (self, signals[SEGMENT], 0, row, segment);
}

static void
auto_streamer_finalize (GObject *object)
{
  AutoStreamerPrivate *priv = auto_streamer_get_instance_private (AUTO_STREAMER (object));

  g_clear_object (&priv->watched);
  G_OBJECT_CLASS (auto_streamer_parent_class)->finalize (object);
}

static void
auto_streamer_class_init (AutoStreamerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = auto_streamer_finalize;
  klass->put = default_put;
  klass->end = default_end;
  klass->segment = default_segment;
  /**
   * AutoStreamer::tokens:
   * @self: the streamer
   * @ids: a tensor (rows, new tokens) of 64-bit integers
   *
   * Tokens have come; the first ones are those of the prompt.
   */
  signals[TOKENS] = g_signal_new ("tokens", AUTO_TYPE_STREAMER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, AUTO_TYPE_TENSOR);
  /**
   * AutoStreamer::end:
   * @self: the streamer
   *
   * No more tokens come.
   */
  signals[END] = g_signal_new ("end", AUTO_TYPE_STREAMER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * AutoStreamer::segment:
   * @self: the streamer
   * @row: which row of the batch
   * @segment: what was said, and when
   *
   * A piece of a long input is done; a model that takes it window by window tells of each. Its tokens were told before, when the batch has
   * one row.
   */
  signals[SEGMENT] = g_signal_new ("segment", AUTO_TYPE_STREAMER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT,
                                   AUTO_TYPE_GENERATION_SEGMENT);
}

static void
auto_streamer_init (AutoStreamer *self)
{
}

/**
 * auto_streamer_new:
 *
 * Returns: (transfer full): a streamer whose signals tell of tokens
 */
AutoStreamer *
auto_streamer_new (void)
{
  return g_object_new (AUTO_TYPE_STREAMER, NULL);
}

/**
 * auto_streamer_put:
 * @self: a streamer
 * @ids: (array): tokens, row by row
 * @n_rows: how many rows
 * @n_new: how many tokens each row has
 *
 * Gives tokens to a streamer.
 */
void
auto_streamer_put (AutoStreamer *self, const gint64 *ids, gsize n_rows, gsize n_new)
{
  g_return_if_fail (AUTO_IS_STREAMER (self));
  AUTO_STREAMER_GET_CLASS (self)->put (self, ids, n_rows, n_new);
}

/**
 * auto_streamer_put_segment:
 * @self: a streamer
 * @row: which row of the batch
 * @segment: what was said, and when
 *
 * Gives a piece of a long input to a streamer.
 */
void
auto_streamer_put_segment (AutoStreamer *self, guint row, AutoGenerationSegment *segment)
{
  g_return_if_fail (AUTO_IS_STREAMER (self));
  g_return_if_fail (AUTO_IS_GENERATION_SEGMENT (segment));
  AUTO_STREAMER_GET_CLASS (self)->segment (self, row, segment);
}

/**
 * auto_streamer_end:
 * @self: a streamer
 *
 * Says that no more tokens come.
 */
void
auto_streamer_end (AutoStreamer *self)
{
  g_return_if_fail (AUTO_IS_STREAMER (self));
  AUTO_STREAMER_GET_CLASS (self)->end (self);
}

/**
 * auto_streamer_stop:
 * @self: a streamer
 *
 * Ends the generation after the token at work, with what there is by then: unlike a cancellable, which throws it away.
 * May be called from any thread.
 */
void
auto_streamer_stop (AutoStreamer *self)
{
  g_return_if_fail (AUTO_IS_STREAMER (self));
  AutoStreamerPrivate *priv = auto_streamer_get_instance_private (self);
  g_atomic_int_set (&priv->stopped, TRUE);
}

/**
 * auto_streamer_is_stopped:
 * @self: a streamer
 *
 * Returns: whether generation is to end
 */
gboolean
auto_streamer_is_stopped (AutoStreamer *self)
{
  g_return_val_if_fail (AUTO_IS_STREAMER (self), FALSE);
  AutoStreamerPrivate *priv = auto_streamer_get_instance_private (self);
  return g_atomic_int_get (&priv->stopped) || (priv->watched && auto_streamer_is_stopped (priv->watched));
}

AutoStreamer *
auto_streamer_new_watching (AutoStreamer *watched)
{
  AutoStreamer *self = auto_streamer_new ();
  AutoStreamerPrivate *priv = auto_streamer_get_instance_private (self);

  priv->watched = g_object_ref (watched);
  return self;
}
