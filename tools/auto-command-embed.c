/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <stdio.h>

#include "auto-tool.h"
#include "core/pipeline/auto-sentence-encoder.h"

static double
cosine (const float *a, const float *b, gint64 n)
{
  double ab = 0, aa = 0, bb = 0;

  for (gint64 i = 0; i < n; i++)
    {
      ab += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
  return ab / MAX (sqrt (aa * bb), 1e-12);
}

static void
print_similarity (AutoTensor *vectors, char **texts)
{
  gint64 n = auto_tensor_get_dim (vectors, 0), width = auto_tensor_get_dim (vectors, 1);
  const float *v = auto_tensor_get_float (vectors, NULL);

  for (gint64 i = 0; i < n; i++)
    for (gint64 j = i + 1; j < n; j++)
      printf ("%7.4f  %s | %s\n", cosine (v + i * width, v + j * width, width), texts[i], texts[j]);
}

static void
print_vectors (AutoTensor *vectors)
{
  gint64 n = auto_tensor_get_dim (vectors, 0), width = auto_tensor_get_dim (vectors, 1);
  const float *v = auto_tensor_get_float (vectors, NULL);

  for (gint64 i = 0; i < n; i++)
    for (gint64 j = 0; j < width; j++)
      printf ("%.9g%c", v[i * width + j], j + 1 < width ? ' ' : '\n');
}

static JsonNode *
to_json (AutoTensor *vectors, char **texts, gboolean similarity)
{
  gint64 n = auto_tensor_get_dim (vectors, 0), width = auto_tensor_get_dim (vectors, 1);
  const float *v = auto_tensor_get_float (vectors, NULL);
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "texts");
  json_builder_begin_array (builder);
  for (gint64 i = 0; i < n; i++)
    json_builder_add_string_value (builder, texts[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, similarity ? "similarity" : "embeddings");
  json_builder_begin_array (builder);
  for (gint64 i = 0; i < n; i++)
    {
      json_builder_begin_array (builder);
      for (gint64 j = 0; j < (similarity ? n : width); j++)
        json_builder_add_double_value (builder, similarity ? cosine (v + i * width, v + j * width, width) : v[i * width + j]);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static int
run (int argc, char **argv)
{
  g_auto(AutoCommonOptions) common = { 0 };
  gboolean similarity = FALSE;
  const GOptionEntry entries[] = {
    { "similarity", 0, 0, G_OPTION_ARG_NONE, &similarity, "Print the cosine of every pair of texts in place of the vectors", NULL },
    { NULL },
  };
  g_autoptr(GError) error = NULL;

  if (!auto_tool_parse (&auto_command_embed, entries, &common, &argc, &argv, 2))
    return AUTO_EXIT_USAGE;
  g_autoptr(AutoLoadOptions) options = auto_tool_load_options (&common, TRUE);
  if (!options)
    return AUTO_EXIT_USAGE;
  GCancellable *cancellable = auto_tool_get_cancellable ();
  char **texts = argv + 2;
  g_autoptr(AutoSentenceEncoder) encoder = auto_sentence_encoder_from_pretrained (argv[1], options, cancellable, &error);
  g_autoptr(AutoTensor) vectors = encoder ? auto_sentence_encoder_encode (encoder, (const char *const *) texts, cancellable, &error) : NULL;
  if (!vectors)
    return auto_tool_fail (&auto_command_embed, g_steal_pointer (&error));
  if (common.json)
    {
      g_autoptr(JsonNode) node = to_json (vectors, texts, similarity);
      auto_tool_print_json (node);
    }
  else if (similarity)
    print_similarity (vectors, texts);
  else
    print_vectors (vectors);
  return AUTO_EXIT_DONE;
}

const AutoCommand auto_command_embed = {
  "embed", "MODEL TEXT…", "Turn sentences into vectors, or compare them", "Example: auto embed ./all-MiniLM-L6-v2 --similarity \"A cat.\" \"A kitten.\"", run,
};
