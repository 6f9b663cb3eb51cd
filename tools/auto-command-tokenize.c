/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auto-tool.h"
#include "core/base/auto-io.h"
#include "core/base/auto-json.h"
#include "core/text/auto-tokenizer.h"

static void
add_ints (JsonBuilder *builder, const char *name, const gint64 *values, gsize n, guint width)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (gsize i = 0; i < n; i++)
    {
      if (width > 1)
        json_builder_begin_array (builder);
      for (guint j = 0; j < width; j++)
        json_builder_add_int_value (builder, values[i * width + j]);
      if (width > 1)
        json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
}

/* Ids, tokens, offsets in code points; offsets are left out where the tokenizer has none. */
static JsonNode *
to_json (AutoEncoding *encoding, GError **error)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  gsize n;
  g_auto(GStrv) tokens = auto_encoding_get_tokens (encoding, 0, error);

  if (!tokens)
    return NULL;
  json_builder_begin_object (builder);
  const gint64 *values = auto_encoding_get_ids (encoding, 0, &n);
  add_ints (builder, "input_ids", values, n, 1);
  values = auto_encoding_get_type_ids (encoding, 0, &n);
  add_ints (builder, "token_type_ids", values, n, 1);
  values = auto_encoding_get_attention_mask (encoding, 0, &n);
  add_ints (builder, "attention_mask", values, n, 1);
  values = auto_encoding_get_special_tokens_mask (encoding, 0, &n);
  add_ints (builder, "special_tokens_mask", values, n, 1);
  values = auto_encoding_get_offsets (encoding, 0, &n, NULL);
  if (values)
    add_ints (builder, "offset_mapping", values, g_strv_length (tokens), 2);
  json_builder_set_member_name (builder, "tokens");
  json_builder_begin_array (builder);
  for (char **token = tokens; *token; token++)
    json_builder_add_string_value (builder, *token);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static gboolean
print_encoding (AutoEncoding *encoding, gboolean json, GError **error)
{
  gsize n, n_offsets;
  g_auto(GStrv) tokens = auto_encoding_get_tokens (encoding, 0, error);
  const gint64 *ids = auto_encoding_get_ids (encoding, 0, &n), *offsets = auto_encoding_get_offsets (encoding, 0, &n_offsets, NULL);

  if (!tokens)
    return FALSE;
  if (json)
    {
      g_autoptr(JsonNode) node = to_json (encoding, error);
      g_autofree char *text = node ? auto_json_print (node, -1, FALSE) : NULL;
      if (text)
        puts (text);
      return text != NULL;
    }
  for (gsize i = 0; i < n; i++)
    if (offsets)
      printf ("%8" G_GINT64_FORMAT "  %-24s %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "\n", ids[i], tokens[i], offsets[2 * i], offsets[2 * i + 1]);
    else
      printf ("%8" G_GINT64_FORMAT "  %s\n", ids[i], tokens[i]);
  return TRUE;
}

static gboolean
decode (AutoTokenizer *tokenizer, char **words, GError **error)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (char **word = words; *word; word++)
    {
      gint64 id;
      if (!g_ascii_string_to_signed (*word, 10, G_MININT64, G_MAXINT64, &id, error))
        return FALSE;
      g_array_append_val (ids, id);
    }
  g_autofree char *text = auto_tokenizer_decode (tokenizer, (const gint64 *) ids->data, ids->len, FALSE, AUTO_CHOICE_DEFAULT, error);
  if (text)
    puts (text);
  return text != NULL;
}

/* One text, or each line of a file. */
static gboolean
encode (AutoTokenizer *tokenizer, const char *text, const char *pair, const char *file, gboolean json, GError **error)
{
  g_autofree char *content = file ? auto_io_read_text (file, (gsize) 1 << 30, NULL, error) : g_strdup (text);

  if (!content)
    return FALSE;
  if (file && g_str_has_suffix (content, "\n"))
    content[strlen (content) - 1] = 0;
  const char *whole[] = { content, NULL };
  g_auto(GStrv) lines = file ? g_strsplit (content, "\n", -1) : g_strdupv ((char **) whole);
  for (char **line = lines; *line; line++)
    {
      g_autoptr(AutoEncoding) encoding = pair ? auto_tokenizer_encode_pair (tokenizer, *line, pair, NULL, error)
                                              : auto_tokenizer_encode (tokenizer, *line, NULL, error);
      if (!encoding || !print_encoding (encoding, json, error))
        return FALSE;
      if (file && !json)
        puts ("");
    }
  return TRUE;
}

static int
run (int argc, char **argv)
{
  g_auto(AutoCommonOptions) common = { 0 };
  g_autofree char *pair = NULL, *file = NULL;
  gboolean back = FALSE, slow = FALSE;
  const GOptionEntry entries[] = {
    { "pair", 0, 0, G_OPTION_ARG_STRING, &pair, "A second text, for models that take two", "TEXT" },
    { "file", 0, 0, G_OPTION_ARG_FILENAME, &file, "Take each line of a file as a text", "FILE" },
    { "decode", 0, 0, G_OPTION_ARG_NONE, &back, "The way back: the arguments are ids", NULL },
    { "slow", 0, 0, G_OPTION_ARG_NONE, &slow, "Answer as the slow class of the reference", NULL },
    { NULL },
  };
  g_autoptr(GError) error = NULL;

  if (!auto_tool_parse (&auto_command_tokenize, entries, &common, &argc, &argv, 1))
    return AUTO_EXIT_USAGE;
  if (!back && !file == (argc < 3))
    return auto_tool_usage (&auto_command_tokenize, "needs a text, or --file");
  g_autoptr(AutoLoadOptions) options = auto_tool_load_options (&common, TRUE);
  if (!options)
    return AUTO_EXIT_USAGE;
  g_object_set (options, "use-fast", !slow, NULL);
  g_autoptr(AutoTokenizer) tokenizer = auto_tokenizer_from_pretrained (argv[1], options, auto_tool_get_cancellable (), &error);
  gboolean done = tokenizer && (back ? decode (tokenizer, argv + 2, &error) : encode (tokenizer, argv[2], pair, file, common.json, &error));
  return done ? AUTO_EXIT_DONE : auto_tool_fail (&auto_command_tokenize, g_steal_pointer (&error));
}

const AutoCommand auto_command_tokenize = {
  "tokenize", "MODEL [TEXT]", "Turn text into tokens, or ids back into text",
  "Examples:\n  auto tokenize ./bert-base \"Hello, world\" --json\n  auto tokenize ./bert-base --decode 101 7592 102", run,
};
