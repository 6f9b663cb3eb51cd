/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* transformers: pipelines/fill_mask.py */
#include <string.h>

#include "auto-task-pipeline-private.h"

#define DEFAULT_TOP_K 5

/* The ids of a row with another id at the mask, padding left out. */
static char *
filled_text (AutoTokenizer *tokenizer, const gint64 *ids, gsize n, gsize place, gint64 id, gboolean skip_special, GError **error)
{
  g_autofree char *pad = NULL;
  g_autoptr(GArray) filled = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_object_get (tokenizer, "pad-token", &pad, NULL);
  gint64 pad_id = pad ? auto_tokenizer_convert_token_to_id (tokenizer, pad) : -1;
  for (gsize i = 0; i < n; i++)
    {
      gint64 value = i == place ? id : ids[i];
      if (value != pad_id)
        g_array_append_val (filled, value);
    }
  return auto_tokenizer_decode (tokenizer, (const gint64 *) filled->data, filled->len, skip_special, AUTO_CHOICE_DEFAULT, error);
}

/* The @top greatest of the probabilities, best first. */
static void
find_best (const double *probabilities, gint64 n, gint64 *best, gint64 top)
{
  gint64 found = 0;

  for (gint64 i = 0; i < n; i++)
    {
      gint64 at = found;
      while (at > 0 && probabilities[i] > probabilities[best[at - 1]])
        at--;
      if (at == top)
        continue;
      found = MIN (found + 1, top);
      memmove (best + at + 1, best + at, (found - 1 - at) * sizeof *best);
      best[at] = i;
    }
}

static gboolean
add_fillings (JsonBuilder *builder, AutoTaskPipeline *self, const float *logits, gint64 n_vocabulary, const gint64 *ids, gsize n, gsize place,
              gboolean single, GError **error)
{
  AutoTokenizer *tokenizer = auto_task_pipeline_get_tokenizer (self);
  gint64 top = CLAMP (auto_task_pipeline_get_int (self, "top_k", DEFAULT_TOP_K), 1, n_vocabulary);
  g_autofree gint64 *best = g_new (gint64, top);
  g_autofree double *probabilities = g_new (double, n_vocabulary);

  for (gint64 i = 0; i < n_vocabulary; i++)
    probabilities[i] = logits[i];
  auto_softmax_in_place (probabilities, n_vocabulary);
  find_best (probabilities, n_vocabulary, best, top);
  json_builder_begin_array (builder);
  for (gint64 i = 0; i < top; i++)
    {
      g_autofree char *token = auto_tokenizer_decode (tokenizer, &best[i], 1, FALSE, AUTO_CHOICE_DEFAULT, error);
      g_autofree char *sequence = token ? filled_text (tokenizer, ids, n, place, best[i], single, error) : NULL;
      if (!sequence)
        return FALSE;
      json_builder_begin_object (builder);
      json_builder_add_double_value (json_builder_set_member_name (builder, "score"), probabilities[best[i]]);
      json_builder_add_int_value (json_builder_set_member_name (builder, "token"), best[i]);
      json_builder_add_string_value (json_builder_set_member_name (builder, "token_str"), token);
      json_builder_add_string_value (json_builder_set_member_name (builder, "sequence"), sequence);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return TRUE;
}

JsonNode *
auto_pipeline_run_fill_mask (AutoTaskPipeline *self, const char *text, const char *pair, GCancellable *cancellable, GError **error)
{
  AutoTokenizer *tokenizer = auto_task_pipeline_get_tokenizer (self);
  g_autofree char *mask = NULL;
  g_autoptr(AutoEncoding) encoding = NULL;
  gsize n, n_masks = 0;

  g_object_get (tokenizer, "mask-token", &mask, NULL);
  gint64 mask_id = mask ? auto_tokenizer_convert_token_to_id (tokenizer, mask) : -1;
  g_autoptr(AutoModelOutput) output = auto_task_pipeline_forward (self, text, pair, &encoding, cancellable, error);
  g_autoptr(AutoTensor) logits = output ? auto_task_pipeline_output (self, output, "logits", error) : NULL;
  if (!logits)
    return NULL;
  const gint64 *ids = auto_encoding_get_ids (encoding, 0, &n);
  for (gsize i = 0; i < n; i++)
    n_masks += ids[i] == mask_id;
  if (mask_id < 0 || n_masks == 0)
    {
      g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "the text has no %s for a word to be found", mask ? mask : "mask token");
      return NULL;
    }
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  gint64 vocabulary = auto_tensor_get_dim (logits, -1);
  if (n_masks > 1)
    json_builder_begin_array (builder);
  for (gsize i = 0; i < n; i++)
    if (ids[i] == mask_id && !add_fillings (builder, self, auto_tensor_get_float (logits, NULL) + i * vocabulary, vocabulary, ids, n, i, n_masks == 1, error))
      return NULL;
  if (n_masks > 1)
    json_builder_end_array (builder);
  return json_builder_get_root (builder);
}
