/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auto-tool.h"
#include "core/base/auto-io.h"
#include "core/base/auto-json.h"
#include "core/text/auto-table.h"
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

/* More numbers of each token, which some tokenizers have. */
static void
add_more (JsonBuilder *builder, AutoEncoding *encoding, guint row)
{
  static const char *const usual[] = { "input_ids", "token_type_ids", "attention_mask", "special_tokens_mask", "offset_mapping", NULL };

  for (const char *const *name = auto_encoding_get_names (encoding); *name; name++)
    {
      gsize n;
      const gint64 *values = g_strv_contains (usual, *name) ? NULL : auto_encoding_get_column (encoding, *name, row, &n, NULL);
      if (values)
        add_ints (builder, *name, values, n, 1);
    }
}

/* Ids, tokens, offsets in code points; offsets are left out where the tokenizer has none. */
static JsonNode *
to_json (AutoEncoding *encoding, guint row, GError **error)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  gsize n;
  g_auto(GStrv) tokens = auto_encoding_get_tokens (encoding, row, error);

  if (!tokens)
    return NULL;
  json_builder_begin_object (builder);
  const gint64 *values = auto_encoding_get_ids (encoding, row, &n);
  add_ints (builder, "input_ids", values, n, 1);
  guint length = auto_encoding_get_length (encoding, row);
  values = auto_encoding_get_type_ids (encoding, row, &n);
  add_ints (builder, "token_type_ids", values, length, length ? n / length : 1);
  values = auto_encoding_get_attention_mask (encoding, row, &n);
  add_ints (builder, "attention_mask", values, n, 1);
  values = auto_encoding_get_special_tokens_mask (encoding, row, &n);
  add_ints (builder, "special_tokens_mask", values, n, 1);
  values = auto_encoding_get_offsets (encoding, row, &n, NULL);
  if (values)
    add_ints (builder, "offset_mapping", values, g_strv_length (tokens), 2);
  add_more (builder, encoding, row);
  json_builder_set_member_name (builder, "tokens");
  json_builder_begin_array (builder);
  for (char **token = tokens; *token; token++)
    json_builder_add_string_value (builder, *token);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static gboolean
print_row (AutoEncoding *encoding, guint row, gboolean json, GError **error)
{
  gsize n, n_offsets;
  g_auto(GStrv) tokens = auto_encoding_get_tokens (encoding, row, error);
  const gint64 *ids = auto_encoding_get_ids (encoding, row, &n), *offsets = auto_encoding_get_offsets (encoding, row, &n_offsets, NULL);

  if (!tokens)
    return FALSE;
  if (json)
    {
      g_autoptr(JsonNode) node = to_json (encoding, row, error);
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

/* A text has one row as a rule; what overflows, or a song, makes more. */
static gboolean
print_encoding (AutoEncoding *encoding, gboolean json, GError **error)
{
  for (guint row = 0; row < auto_encoding_get_n_rows (encoding); row++)
    {
      if (row && !json)
        puts ("");
      if (!print_row (encoding, row, json, error))
        return FALSE;
    }
  return TRUE;
}

/* The choice that a value names: by its own name, or by the reference's words for yes and no. */
static GEnumValue *
find_choice (GEnumClass *choices, JsonNode *node)
{
  static const char *const yes[] = { "yes", "longest", "longest-first" }, *const no[] = { "do-not-pad", "do-not-truncate" };
  g_autofree char *name = auto_json_is_string (node) ? g_strdelimit (g_strdup (json_node_get_string (node)), "_", '-') : NULL;
  GEnumValue *found = name ? g_enum_get_value_by_nick (choices, name) : NULL;

  if (auto_json_is_bool (node) && json_node_get_boolean (node))
    for (gsize i = 0; i < G_N_ELEMENTS (yes) && !found; i++)
      found = g_enum_get_value_by_nick (choices, yes[i]);
  else if (auto_json_is_bool (node) || (name && (g_str_equal (name, no[0]) || g_str_equal (name, no[1]))))
    found = g_enum_get_value_by_nick (choices, "no");
  return found;
}

/* A value of JSON as the property's type; FALSE when it is none. */
static gboolean
take_value (JsonNode *node, GParamSpec *spec, GValue *value)
{
  g_value_init (value, spec->value_type);
  if (G_IS_PARAM_SPEC_ENUM (spec))
    {
      GEnumValue *found = find_choice (G_PARAM_SPEC_ENUM (spec)->enum_class, node);
      g_value_set_enum (value, found ? found->value : 0);
      return found != NULL;
    }
  if (G_IS_PARAM_SPEC_DOUBLE (spec) && auto_json_is_number (node))
    g_value_set_double (value, json_node_get_double (node));
  else if (G_IS_PARAM_SPEC_BOOLEAN (spec) && auto_json_is_bool (node))
    g_value_set_boolean (value, json_node_get_boolean (node));
  else if (G_IS_PARAM_SPEC_INT64 (spec) && auto_json_is_int (node))
    g_value_set_int64 (value, json_node_get_int (node));
  else if (G_IS_PARAM_SPEC_STRING (spec))
    {
      g_autofree char *text = auto_json_is_string (node) ? g_strdup (json_node_get_string (node)) : auto_json_print (node, -1, FALSE);
      g_value_set_string (value, text);
    }
  else
    return FALSE;
  return TRUE;
}

/* What a property's values are, in words. */
static char *
describe_values (GParamSpec *spec)
{
  if (G_IS_PARAM_SPEC_INT64 (spec))
    return g_strdup_printf ("a whole number from %" G_GINT64_FORMAT " on", G_PARAM_SPEC_INT64 (spec)->minimum);
  if (!G_IS_PARAM_SPEC_ENUM (spec))
    return g_strdup (G_IS_PARAM_SPEC_BOOLEAN (spec) ? "true or false" : G_IS_PARAM_SPEC_DOUBLE (spec) ? "a number"
                     : "what only programs can give");
  GEnumClass *choices = G_PARAM_SPEC_ENUM (spec)->enum_class;
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  for (guint i = 0; i < choices->n_values; i++)
    g_strv_builder_add (names, choices->values[i].value_nick);
  g_auto(GStrv) all = g_strv_builder_end (names);
  return g_strjoinv (", ", all);
}

/* Sets the properties of @options that settings name: those of a call, of decoding, or of the tokenizer itself. */
static gboolean
take_options (GObject *options, char **settings, GError **error)
{
  for (char **setting = settings; setting && *setting; setting++)
    {
      g_autofree char *key = NULL;
      g_autoptr(JsonNode) node = NULL;
      if (!auto_tool_split_setting (*setting, &key, &node))
        continue;
      g_strdelimit (key, "_", '-');
      GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (options), key);
      g_auto(GValue) value = G_VALUE_INIT;
      if (!spec || !(spec->flags & G_PARAM_WRITABLE))
        continue;
      if (!take_value (node, spec, &value) || g_param_value_validate (spec, &value))
        {
          g_autofree char *values = describe_values (spec);
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "--set %s: %s takes %s", *setting, key, values);
          return FALSE;
        }
      g_object_set_property (options, key, &value);
    }
  return TRUE;
}

/* The ids in arguments, each a number or a list as --json prints it. */
static GArray *
take_ids (char **arguments, GError **error)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (char **argument = arguments; *argument; argument++)
    {
      g_auto(GStrv) words = g_strsplit_set (*argument, "[, \t\n]", -1);
      for (char **word = words; *word; word++)
        {
          gint64 id;
          if (!**word)
            continue;
          if (!g_ascii_string_to_signed (*word, 10, G_MININT64, G_MAXINT64, &id, NULL))
            {
              g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                           "--decode: \"%s\" is no id; give whole numbers, such as 101 7592 102", *word);
              return NULL;
            }
          g_array_append_val (ids, id);
        }
    }
  return g_steal_pointer (&ids);
}

static gboolean
decode (AutoTokenizer *tokenizer, char **words, const AutoCommonOptions *common, GError **error)
{
  g_autoptr(AutoDecodeOptions) options = auto_decode_options_new ();
  g_autoptr(GArray) ids = take_ids (words, error);

  if (!ids || !take_options (G_OBJECT (options), common->set, error))
    return FALSE;
  g_autoptr(JsonNode) answer = auto_tokenizer_decode_with_options (tokenizer, (const gint64 *) ids->data, ids->len, options, error);
  if (!answer)
    return FALSE;
  /* with offsets the text isn't all */
  gboolean plain = !common->json && json_object_get_size (json_node_get_object (answer)) == 1;
  g_autofree char *all = plain ? NULL : auto_json_print (answer, -1, FALSE);
  puts (plain ? json_object_get_string_member (json_node_get_object (answer), "text") : all);
  return TRUE;
}

/* All of a file, or of standard input. */
static char *
read_file (const char *file, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;

  if (!g_str_equal (file, "-"))
    return auto_io_read_text (file, (gsize) 1 << 30, NULL, error);
  g_autoptr(GIOChannel) input = g_io_channel_unix_new (STDIN_FILENO);
  if (g_io_channel_read_to_end (input, &text, &length, NULL) != G_IO_STATUS_NORMAL || strlen (text) != length)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           "standard input can't be read as UTF-8 text; convert it, such as with iconv -t UTF-8");
      return NULL;
    }
  return g_steal_pointer (&text);
}

/* The table that the texts are about. */
static gboolean
take_table (AutoTokenizerOptions *options, const char *file, GError **error)
{
  g_autofree char *text = read_file (file, error);
  g_autoptr(AutoTable) table = text ? auto_table_new_from_csv (text, -1, error) : NULL;

  if (text && !table)
    g_prefix_error (error, "%s: ", file);
  if (table)
    g_object_set (options, "table", table, NULL);
  return table != NULL;
}

/* One text, or each line of a file. */
static gboolean
encode (AutoTokenizer *tokenizer, const char *text, const char *pair, const char *file, const char *table, const AutoCommonOptions *common,
        GError **error)
{
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  g_autofree char *content = file ? read_file (file, error) : g_strdup (text);

  if (!content || !take_options (G_OBJECT (options), common->set, error) || (table && !take_table (options, table, error)))
    return FALSE;
  if (file && g_str_has_suffix (content, "\n"))
    content[strlen (content) - 1] = 0;
  const char *whole[] = { content, NULL };
  g_auto(GStrv) lines = file ? g_strsplit (content, "\n", -1) : g_strdupv ((char **) whole);
  for (char **line = lines; *line; line++)
    {
      g_autoptr(AutoEncoding) encoding = pair ? auto_tokenizer_encode_pair (tokenizer, *line, pair, options, error)
                                              : auto_tokenizer_encode (tokenizer, *line, options, error);
      if (!encoding || !print_encoding (encoding, common->json, error))
        return FALSE;
      if (file && !common->json)
        puts ("");
    }
  return TRUE;
}

static int
run (int argc, char **argv)
{
  g_auto(AutoCommonOptions) common = { 0 };
  g_autofree char *pair = NULL, *file = NULL, *table = NULL;
  gboolean back = FALSE, slow = FALSE;
  const GOptionEntry entries[] = {
    { "pair", 0, 0, G_OPTION_ARG_STRING, &pair, "A second text, for models that take two", "TEXT" },
    { "file", 0, 0, G_OPTION_ARG_FILENAME, &file, "Take each line of a file as a text; - is standard input", "FILE" },
    { "table", 0, 0, G_OPTION_ARG_FILENAME, &table, "The table that the text is about: comma-separated values, their names first", "FILE" },
    { "decode", 0, 0, G_OPTION_ARG_NONE, &back, "The way back: the arguments are ids", NULL },
    { "slow", 0, 0, G_OPTION_ARG_NONE, &slow, "Answer as the slow class of the reference", NULL },
    { NULL },
  };
  g_autoptr(GError) error = NULL;

  if (!auto_tool_parse (&auto_command_tokenize, entries, &common, &argc, &argv, 1))
    return AUTO_EXIT_USAGE;
  if (back && (argc < 3 || file || pair))
    return auto_tool_usage (&auto_command_tokenize, "--decode needs ids, such as 101 7592 102, and takes neither --file nor --pair");
  if (!back && !file == (argc < 3))
    return auto_tool_usage (&auto_command_tokenize, "needs either a text or --file=FILE (- for standard input)");
  if (!back && argc > 3)
    return auto_tool_usage (&auto_command_tokenize, "takes one text, not \"%s\" too; quote a text of several words, give another by --pair",
                            argv[3]);
  g_autoptr(AutoLoadOptions) options = auto_tool_load_options (&common, TRUE);
  if (!options)
    return AUTO_EXIT_USAGE;
  g_object_set (options, "use-fast", !slow, NULL);
  g_autoptr(AutoTokenizer) tokenizer = auto_tokenizer_from_pretrained (argv[1], options, auto_tool_get_cancellable (), &error);
  gboolean done = tokenizer && take_options (G_OBJECT (tokenizer), common.set, &error)
                  && (back ? decode (tokenizer, argv + 2, &common, &error)
                           : encode (tokenizer, argv[2], pair, file, table, &common, &error));
  return done ? AUTO_EXIT_DONE : auto_tool_fail (&auto_command_tokenize, g_steal_pointer (&error));
}

const AutoCommand auto_command_tokenize = {
  "tokenize", "MODEL [TEXT]", "Turn text into tokens, or ids back into text",
  "Examples:\n  auto tokenize ./bert-base \"Hello, world\" --json\n  auto tokenize ./bert-base --decode 101 7592 102\n"
  "  ls | auto tokenize ./bert-base --file=- --json --set truncation=true --set max_length=8\n"
  "  auto tokenize ./jukebox \"la la\" --set artist=\"The Beatles\" --set genres=pop\n"
  "  auto tokenize ./whisper --decode 50258 50259 50364 2425 50400 --set output_offsets=true\n"
  "--set also takes the options of a call, such as max_length=20, padding=max_length, truncation=only_first, those of decoding, such as\n"
  "skip_special_tokens=true, and the tokenizer's own settings, such as language=french.", run,
};
