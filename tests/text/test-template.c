/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "core/base/auto-errors.h"
#include "core/base/auto-json.h"
#include "core/text/auto-template.h"

static JsonObject *
read_cases (const char *path, JsonNode **root)
{
  g_autoptr(GError) error = NULL;

  *root = auto_json_read (path, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, &error);
  g_assert_no_error (error);
  return json_node_get_object (*root);
}

/* Whether the template gave what jinja2 gave: the same text, the same text raised, or an error for an error. What
 * jinja2 fails to do and later versions of the reference do is no fault. */
static gboolean
agrees (JsonObject *expected, const char *text, GError *error, gboolean lenient)
{
  const char *wanted = auto_json_string (expected, "text"), *raised = auto_json_string (expected, "raised");

  if (wanted)
    return text && strcmp (text, wanted) == 0;
  if (raised)
    return error && strcmp (error->message, raised) == 0;
  return error ? g_error_matches (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_TEMPLATE) : lenient;
}

static gboolean
check_case (JsonObject *root, JsonArray *row)
{
  const char *name = json_array_get_string_element (row, 0), *conversation = json_array_get_string_element (row, 1);
  gboolean later = json_array_get_boolean_element (row, 2);
  JsonObject *expected = json_array_get_object_element (row, 3);
  JsonObject *variables = auto_json_object (auto_json_object (root, "variables"), conversation);
  const char *source = auto_json_string (auto_json_object (root, "templates"), name);
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;

  g_autoptr(AutoTemplate) template = auto_template_new (source, name, &error);
  if (template)
    text = auto_template_render_full (template, variables, later ? AUTO_TEMPLATE_LATER : AUTO_TEMPLATE_FLAGS_NONE, &error);
  g_assert_true ((text != NULL) == (error == NULL));
  /* the names of what later versions added tell that the reference could not even begin */
  gboolean lenient = !later && (strstr (source, "ensure_ascii") || strstr (source, "strftime_now") || strstr (source, "break")
                                || strstr (source, "continue") || strstr (source, "endgeneration"));
  if (agrees (expected, text, error, lenient))
    return TRUE;
  g_test_message ("%s over %s%s: %s\n--- got\n%s\n--- wanted\n%s%s", name, conversation, later ? " (later)" : "",
                  error ? error->message : "no error", text ? text : "(nothing)",
                  auto_json_string (expected, "text") ? "" : "an error: ",
                  auto_json_string (expected, "text")     ? auto_json_string (expected, "text")
                  : auto_json_string (expected, "raised") ? auto_json_string (expected, "raised")
                                                          : auto_json_string (expected, "error"));
  return FALSE;
}

static void
check_file (const char *path)
{
  g_autoptr(JsonNode) node = NULL;
  JsonObject *root = read_cases (path, &node);
  JsonArray *cases = auto_json_array (root, "cases");
  guint wrong = 0, n = json_array_get_length (cases);

  for (guint i = 0; i < n; i++)
    wrong += !check_case (root, json_array_get_array_element (cases, i));
  g_test_message ("%s: %u cases, %u wrong", path, n, wrong);
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (wrong, ==, 0);
}

static void
test_conversations (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "goldens", "text", "chat-templates.json", NULL);
  check_file (path);
}

static void
test_folder (void)
{
  const char *folder = g_getenv ("AUTO_TEMPLATE_DIR");

  if (!folder)
    {
      g_test_skip ("AUTO_TEMPLATE_DIR names no folder: tests/reference/chat_templates.py FOLDER prepares one");
      return;
    }
  g_autofree char *path = g_build_filename (folder, "cases.json", NULL);
  check_file (path);
}

/* Renders @source without variables; NULL with the message in @message. */
static char *
render (const char *source, char **message)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoTemplate) template = auto_template_new (source, "t.jinja", &error);
  char *text = template ? auto_template_render (template, NULL, &error) : NULL;

  g_assert_true ((text != NULL) == (error == NULL));
  if (error)
    g_assert_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_TEMPLATE);
  *message = error ? g_strdup (error->message) : NULL;
  return text;
}

static void
test_messages (void)
{
  static const struct
  {
    const char *source, *message;
  } rows[] = {
    { "a\n\n{{ x.y }}", "t.jinja:3: 'x' is undefined" },
    { "a\n{% if %}", "t.jinja:2: expected an expression" },
    { "{# \n #}\n{% nothing %}", "t.jinja:3: encountered unknown tag 'nothing'" },
    { "\n{{ 'a'.z.y }}", "t.jinja:2: 'str object' has no attribute 'z'" },
    { "{{ raise_exception('as it is') }}", "as it is" },
    { "{{ raise_exception('100%s %n') }}", "100%s %n" },
    { "{% for x in [1] %}\n{{ 1 / 0 }}{% endfor %}", "t.jinja:2: division by zero" },
    { "{% for x in [1] %}", "t.jinja:1: the template ends before 'endfor'" },
    { "{{ 'a' }}\n{{ \"b }}", "t.jinja:2: unexpected char \": the string does not end" },
    { "{{ '\\x00' }}", "t.jinja:1: the output has a NUL character" },
    { "\xff", "t.jinja: the template is not UTF-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *message = NULL, *text = render (rows[i].source, &message);
      g_assert_cmpstr (message, ==, rows[i].message);
    }
}

/* A message that cuts a name short, within a character, is UTF-8 all the same. */
static void
test_cut_messages (void)
{
  for (guint ahead = 0; ahead < 2; ahead++)
    {
      g_autoptr(GString) source = g_string_new ("{{ [1]|map('");
      g_string_append (source, ahead ? "a" : "");
      for (guint i = 0; i < 100; i++)
        g_string_append (source, "é");
      g_string_append (source, "')|list }}");
      g_autofree char *message = NULL, *text = render (source->str, &message);
      g_assert_null (text);
      g_assert_true (g_utf8_validate (message, -1, NULL));
      g_assert_true (!strstr (message, "\xef\xbf\xbd") == !ahead);
    }
}

/* What would take all memory, all time or all stack is an error. */
static void
test_bounds (void)
{
  static const char *sources[] = {
    "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{% endfor %}{% endfor %}{% endfor %}",
    "{% set ns = namespace(x='0123456789') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "{% set ns = namespace(x=[1, 2]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
    "{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x|tojson }}",
    "{% set ns = namespace(x=[], y=[]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% set ns.y = [ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% macro f(x) %}{{ x }}{{ f(x ~ x) }}{% endmacro %}{{ f('abcdefgh') }}",
    "{% macro f() %}{% call f() %}{% endcall %}{{ caller() }}{% endmacro %}{{ f() }}",
    "{{ 'a' * 999999999999 }}",
    "{{ [1] * 999999999999 }}",
    "{{ ' ' * 100000000 ~ ' ' * 100000000 }}",
    "{{ '%999999999d' % 1 }}",
    "{{ '%.999999999f' % 1 }}",
    "{{ '{:999999999}'.format(1) }}",
    "{{ 'a'|center(999999999) }}",
    "{{ 'a'|indent(999999999, true) }}",
    "{{ [1]|batch(999999999, 1)|list }}",
    "{{ []|slice(999999999)|list }}",
    "{{ 9223372036854775807 + 1 }}",
    "{{ 9223372036854775808 }}",
    "{{ 10 ** 100 }}",
    "{{ range(0, 99999999999) }}",
    "{{ range(-9223372036854775807, 9223372036854775807) }}",
    "{% set ns = namespace(x='ab' * 1000) %}{% for i in range(9999) %}{% set ns.x = ns.x.replace('', 'abc') %}{% endfor %}",
    "{{ {}[[]] }}{{ {[]: 1} }}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_autofree char *message = NULL, *text = render (sources[i], &message);
      if (text)
        g_test_message ("no error: %s gives %.100s", sources[i], text);
      g_assert_null (text);
      g_assert_true (g_str_has_prefix (message, "t.jinja:1: "));
    }
}

/* A long text and a long list, put together step by step. */
static void
test_growth (void)
{
  static const char source[] = "{% set ns = namespace(text='', list=[]) %}{% set piece = 'k' * 10000 %}"
                               "{% for i in range(3000) %}{% set ns.text = ns.text ~ piece %}{% endfor %}"
                               "{% for i in range(50000) %}{% set ns.list = ns.list + [i] %}{% endfor %}{{ ns.text|length }} {{ ns.list[-1] }}";
  g_autofree char *message = NULL, *text = render (source, &message);

  g_assert_cmpstr (message, ==, NULL);
  g_assert_cmpstr (text, ==, "30000000 49999");
}

static void
test_deep_sources (void)
{
  static const struct
  {
    const char *open, *middle, *close;
  } rows[] = {
    { "(", "1", ")" },          { "[", "", "]" },          { "{1:", "1", "}" }, { "-", "1", "" },     { "not ", "1", "" },
    { "1 if 1 else ", "1", "" }, { "x|d(", "1", ")" },      { "x[", "1", "]" },  { "", "1", "+1" },    { "", "1", "|e" },
    { "", "x", ".y" },          { "1 is odd(", "1", ")" }, { "", "1", " if 1" }, { "", "x", " and x" }, { "", "1", "**1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows) + 2; i++)
    {
      g_autoptr(GString) source = g_string_new (NULL);
      gboolean blocks = i >= G_N_ELEMENTS (rows);
      for (guint n = 0; n < 20000; n++)
        g_string_append (source, !blocks ? rows[i].open : i % 2 ? "{% if 1 %}" : "{% for x in [1] %}");
      g_string_append (source, blocks ? "x" : rows[i].middle);
      for (guint n = 0; n < 20000; n++)
        g_string_append (source, !blocks ? rows[i].close : i % 2 ? "{% endif %}" : "{% endfor %}");
      if (!blocks)
        {
          g_string_prepend (source, "{{ ");
          g_string_append (source, " }}");
        }
      /* an error or an answer, as long as the stack holds */
      g_autofree char *message = NULL, *text = render (source->str, &message);
    }
}

/* Python 3.11's characters end with Unicode 14; the reference's answers. */
static void
test_newer_characters (void)
{
  g_autofree char *message = NULL;
  g_autofree char *text = render ("{{ ['\xf0\x9e\x80\xb0', '\u0cf3'] }} {{ '\xf0\x9e\x93\x90'.isalpha() }} {{ '\xf0\x91\xbd\x90'.isdigit() }}"
                                  " {{ '\u00b2'.isdigit() }} {{ 'a\xf0\x9e\x93\x90 b' | wordcount }}", &message);

  g_assert_null (message);
  g_assert_cmpstr (text, ==, "['\\U0001e030', '\\u0cf3'] False False True 2");
}

static void
mutate (GString *source, GRand *rand)
{
  static const char *pieces[] = { "{{", "}}", "{%", "%}", "{#", "#}", "-", "'", "\"", "(", ")", "[", "]", "|", ".", ":", ",", " is ", " in ", " not ",
                                  " if ", " else ", "{% else %}", "{% endif %}", "{% endfor %}", "{% set ", "messages", "loop", "\\", "*", "**", "~",
                                  "0", "-1", "99999999999", "\n", "é", "{% raw %}", "range(3)", "|tojson", "|list", ".items()", "%s" };
  gsize at = g_rand_int_range (rand, 0, (gint32) source->len + 1), n = g_rand_int_range (rand, 1, 40);

  switch (g_rand_int_range (rand, 0, 4))
    {
    case 0:
      g_string_erase (source, at, MIN (source->len - at, n));
      break;
    case 1:
      g_string_insert (source, at, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
      break;
    case 2:
      if (at < source->len)
        source->str[at] = g_rand_int_range (rand, 1, 128);
      break;
    default:;
      g_autofree char *copy = g_strndup (source->str + at, MIN (source->len - at, n));
      g_string_insert (source, g_rand_int_range (rand, 0, (gint32) source->len + 1), copy);
    }
}

/* Broken templates over real conversations: an answer or an error, nothing else. */
static void
test_mutations (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "goldens", "text", "chat-templates.json", NULL);
  g_autoptr(JsonNode) node = NULL;
  JsonObject *root = read_cases (path, &node);
  JsonArray *cases = auto_json_array (root, "cases");
  const char *rounds = g_getenv ("AUTO_FUZZ_ROUNDS");
  g_autoptr(GRand) rand = g_rand_new_with_seed (g_test_rand_int ());
  guint n = rounds ? (guint) g_ascii_strtoull (rounds, NULL, 10) : 1500;

  for (guint i = 0; i < n; i++)
    {
      JsonArray *row = json_array_get_array_element (cases, g_rand_int_range (rand, 0, json_array_get_length (cases)));
      const char *name = json_array_get_string_element (row, 0), *conversation = json_array_get_string_element (row, 1);
      g_autoptr(GString) source = g_string_new (auto_json_string (auto_json_object (root, "templates"), name));
      g_autoptr(GError) error = NULL;
      for (int k = g_rand_int_range (rand, 1, 5); k > 0; k--)
        mutate (source, rand);
      g_autoptr(AutoTemplate) template = auto_template_new (source->str, "fuzz", &error);
      g_autofree char *text = NULL;
      if (template)
        text = auto_template_render (template, auto_json_object (auto_json_object (root, "variables"), conversation), &error);
      g_assert_true ((text != NULL) == (error == NULL));
    }
}

typedef struct
{
  AutoTemplate *template;
  JsonObject *variables;
  const char *wanted;
} Shared;

static gpointer
render_often (gpointer data)
{
  Shared *shared = data;

  for (int i = 0; i < 200; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *text = auto_template_render (shared->template, shared->variables, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, shared->wanted);
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "goldens", "text", "chat-templates.json", NULL);
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(GError) error = NULL;
  JsonObject *root = read_cases (path, &node);
  JsonArray *cases = auto_json_array (root, "cases");

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonArray *row = json_array_get_array_element (cases, i);
      const char *name = json_array_get_string_element (row, 0), *conversation = json_array_get_string_element (row, 1);
      if (strcmp (name, "chatml.jinja") != 0 || strcmp (conversation, "tool-turns-text/tools") != 0)
        continue;
      Shared shared = { auto_template_new (auto_json_string (auto_json_object (root, "templates"), name), name, &error),
                        auto_json_object (auto_json_object (root, "variables"), conversation),
                        auto_json_string (json_array_get_object_element (row, 3), "text") };
      GThread *threads[4];
      g_assert_no_error (error);
      for (guint k = 0; k < G_N_ELEMENTS (threads); k++)
        threads[k] = g_thread_new ("render", render_often, &shared);
      for (guint k = 0; k < G_N_ELEMENTS (threads); k++)
        g_thread_join (threads[k]);
      auto_template_free (shared.template);
      return;
    }
  g_assert_not_reached ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/template/newer-characters", test_newer_characters);
  g_test_add_func ("/template/conversations", test_conversations);
  g_test_add_func ("/template/folder", test_folder);
  g_test_add_func ("/template/messages", test_messages);
  g_test_add_func ("/template/cut-messages", test_cut_messages);
  g_test_add_func ("/template/bounds", test_bounds);
  g_test_add_func ("/template/growth", test_growth);
  g_test_add_func ("/template/deep-sources", test_deep_sources);
  g_test_add_func ("/template/mutations", test_mutations);
  g_test_add_func ("/template/threads", test_threads);
  return g_test_run ();
}
