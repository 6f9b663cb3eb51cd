/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes at all are read as a chat template and rendered with a short conversation. */
#include <stddef.h>
#include <stdint.h>

#include "core/base/auto-errors.h"
#include "core/base/auto-json.h"
#include "core/text/auto-template.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char variables[] = "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\": \"Yes?\"}],"
                                  " \"add_generation_prompt\": true, \"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"tools\": null}";
  g_autofree char *source = g_utf8_make_valid ((const char *) data, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = auto_json_parse (variables, sizeof variables - 1, "variables", AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, &error);
  g_autoptr(AutoTemplate) template = auto_template_new (source, "fuzz", &error);
  g_autofree char *text = template ? auto_template_render (template, json_node_get_object (node), &error) : NULL;

  g_assert_true ((text == NULL) == (error != NULL));
  if (error)
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  return 0;
}
