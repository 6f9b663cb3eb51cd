/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-text-streamer.h"

#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD"

struct _AutoTextStreamer
{
  AutoStreamer parent_instance;

  AutoDecodeFunc decode;
  gpointer data;
  GDestroyNotify destroy;
  gboolean skip_prompt, started;
  GArray *ids; /* tokens whose text may still matter */
  gsize told;  /* how many of them have been told, context for the next ones */
};

G_DEFINE_FINAL_TYPE (AutoTextStreamer, auto_text_streamer, AUTO_TYPE_STREAMER)

static guint text_signal;

static char *
decode (AutoTextStreamer *self, gsize n)
{
  char *text = n ? self->decode ((const gint64 *) self->ids->data, n, self->data) : NULL;

  return text ? text : g_strdup ("");
}

/* Up to where @text is whole: without an unfinished character at its end. */
static gsize
whole_length (const char *text)
{
  const char *end;

  g_utf8_validate (text, -1, &end);
  while (end - text >= 3 && memcmp (end - 3, REPLACEMENT, 3) == 0)
    end -= 3;
  return end - text;
}

/* Tokens are decoded with those told before them, since a token's text depends on its neighbours (spaces, parts of
 * characters); what is new is told when it ends with a whole character. */
static void
tell (AutoTextStreamer *self, gboolean all)
{
  g_autofree char *before = decode (self, self->told), *text = decode (self, self->ids->len);
  gsize known = strlen (before), length = all ? strlen (text) : whole_length (text);

  if (length <= known || (!all && text[length] != '\0'))
    return;
  g_autofree char *fresh = g_utf8_make_valid (text + known, length - known);
  g_signal_emit (self, text_signal, 0, fresh);
  if (self->told)
    g_array_remove_range (self->ids, 0, self->told);
  self->told = self->ids->len;
}

static void
auto_text_streamer_put (AutoStreamer *streamer, const gint64 *ids, gsize n_rows, gsize n_new)
{
  AutoTextStreamer *self = AUTO_TEXT_STREAMER (streamer);

  AUTO_STREAMER_CLASS (auto_text_streamer_parent_class)->put (streamer, ids, n_rows, n_new);
  gboolean skipped = self->skip_prompt && !self->started;
  self->started = TRUE;
  if (skipped || n_rows < 1)
    return;
  g_array_append_vals (self->ids, ids, n_new);
  tell (self, FALSE);
}

static void
auto_text_streamer_end (AutoStreamer *streamer)
{
  AutoTextStreamer *self = AUTO_TEXT_STREAMER (streamer);

  tell (self, TRUE);
  g_array_set_size (self->ids, 0);
  self->told = 0;
  self->started = FALSE;
  AUTO_STREAMER_CLASS (auto_text_streamer_parent_class)->end (streamer);
}

static void
auto_text_streamer_finalize (GObject *object)
{
  AutoTextStreamer *self = AUTO_TEXT_STREAMER (object);

  if (self->destroy)
    self->destroy (self->data);
  g_array_unref (self->ids);
  G_OBJECT_CLASS (auto_text_streamer_parent_class)->finalize (object);
}

static void
auto_text_streamer_class_init (AutoTextStreamerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = auto_text_streamer_finalize;
  AUTO_STREAMER_CLASS (klass)->put = auto_text_streamer_put;
  AUTO_STREAMER_CLASS (klass)->end = auto_text_streamer_end;
  /**
   * AutoTextStreamer::text:
   * @self: the streamer
   * @text: whole characters that follow what came before
   *
   * Text has come.
   */
  text_signal = g_signal_new ("text", AUTO_TYPE_TEXT_STREAMER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
auto_text_streamer_init (AutoTextStreamer *self)
{
  self->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
}

/**
 * auto_text_streamer_new:
 * @decode_func: (scope notified) (closure user_data) (destroy destroy): turns tokens into text
 * @user_data: data for @decode_func
 * @destroy: frees @user_data
 * @skip_prompt: whether the prompt's text is left out
 *
 * Returns: (transfer full): a streamer of text
 */
AutoTextStreamer *
auto_text_streamer_new (AutoDecodeFunc decode_func, gpointer user_data, GDestroyNotify destroy, gboolean skip_prompt)
{
  g_return_val_if_fail (decode_func != NULL, NULL);
  AutoTextStreamer *self = g_object_new (AUTO_TYPE_TEXT_STREAMER, NULL);

  self->decode = decode_func;
  self->data = user_data;
  self->destroy = destroy;
  self->skip_prompt = skip_prompt;
  return self;
}
