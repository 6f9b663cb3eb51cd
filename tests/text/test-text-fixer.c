/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Damaged texts and what ftfy.fix_text makes of them: test-text-fixer [FILE of such]. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "core/base/auto-json.h"
#include "core/text/auto-unicode.h"
#include "plugins/clip/text-fixer.h"

static char *file;

static void
test_goldens (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = file ? g_strdup (file) : g_test_build_filename (G_TEST_DIST, "text-fixer.json", NULL);
  g_autoptr(JsonNode) root = auto_json_read (path, G_FILE_ERROR, 0, &error);
  guint failed = 0;

  g_assert_no_error (error);
  JsonArray *pairs = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (pairs); i++)
    {
      JsonArray *pair = json_array_get_array_element (pairs, i);
      const char *text = json_array_get_string_element (pair, 0), *expected = json_array_get_string_element (pair, 1);
      g_autofree char *fixed = text_fixer_fix (text, strlen (text));
      if (g_str_equal (fixed, expected))
        continue;
      if (failed++ < 20)
        g_test_message ("%u: %s\n  is %s\n  to be %s", i, json_to_string (json_array_get_element (pair, 0), FALSE), fixed, expected);
    }
  g_test_message ("%u of %u texts differ", failed, json_array_get_length (pairs));
  g_assert_cmpuint (failed, ==, 0);
  g_assert_cmpuint (json_array_get_length (pairs), >, 100);
}

/* Texts that need very many steps take no longer than so many characters may. */
static void
test_hostile (void)
{
  static const struct
  {
    const char *first, *more;
  } texts[] = { { "&amp;", "amp;" }, { "Ã", "ƒ" }, { "Ã", "\xc2\x83" }, { "", "Ãƒ " }, { "", "&" }, { "", "\x1b[1" }, { "a", "\u0301\u0323" }, { "", "вЂ" },
                { "", "&#" }, { "", "Ã\xc2\x83\n" }, { "", "ГўВЂВ." }, { "", "â" }, { "\ufffd", "а" }, { "", "Ã " } };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GString) text = g_string_new (texts[i].first);
      while (text->len < 200000)
        g_string_append (text, texts[i].more);
      g_test_timer_start ();
      g_autofree char *fixed = text_fixer_fix (text->str, text->len);
      g_test_message ("%s%s…: %.2f s", texts[i].first, texts[i].more, g_test_timer_elapsed ());
      g_assert_true (g_utf8_validate (fixed, -1, NULL));
      g_assert_cmpfloat (g_test_timer_elapsed (), <, 10);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  file = argc > 1 ? argv[1] : NULL;
  auto_unicode_prepare ();
  g_test_add_func ("/text/fixer/goldens", test_goldens);
  g_test_add_func ("/text/fixer/hostile", test_hostile);
  return g_test_run ();
}
