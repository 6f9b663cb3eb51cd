/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes at all are read as the JSON of a template's variables, and rendered with each template of tests/reference/templates. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/base/auto-errors.h"
#include "core/base/auto-json.h"
#include "core/text/auto-template.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static GPtrArray *
read_templates (void)
{
  const char *top = g_getenv ("G_TEST_SRCDIR");
  g_autofree char *folder = g_build_filename (top ? top : "tests/text", "../reference/templates", NULL);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *templates = g_ptr_array_new ();

  for (const char *name; dir && (name = g_dir_read_name (dir));)
    if (g_str_has_suffix (name, ".jinja"))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL), *source = NULL;
        g_autoptr(GError) error = NULL;
        g_assert_true (g_file_get_contents (path, &source, NULL, NULL));
        g_ptr_array_add (templates, auto_template_new (source, name, &error));
        g_assert_no_error (error);
      }
  g_assert_cmpuint (templates->len, >, 0);
  return templates;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static GPtrArray *templates;
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr(JsonNode) node = auto_json_parse (text, strlen (text), "fuzz", AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, NULL);

  if (!templates)
    templates = read_templates ();
  for (guint i = 0; node && JSON_NODE_HOLDS_OBJECT (node) && i < templates->len; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *out = auto_template_render_full (g_ptr_array_index (templates, i), json_node_get_object (node),
                                                        i % 2 ? AUTO_TEMPLATE_LATER : AUTO_TEMPLATE_FLAGS_NONE, &error);
      g_assert_true ((out == NULL) == (error != NULL));
      g_assert_true (g_utf8_validate (out ? out : error->message, -1, NULL));
    }
  return 0;
}
