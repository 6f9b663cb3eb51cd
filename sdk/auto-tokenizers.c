/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-tokenizers.h"

#include <string.h>

double
auto_tokenizer_score_commas (const char *piece, double score)
{
  size_t n = strlen (piece);
  const char *last = n > 1 && piece[n - 1] == ',' ? g_utf8_find_prev_char (piece, piece + n - 1) : NULL;

  return last && g_unichar_isdigit (g_utf8_get_char (last)) ? score - 100 : score;
}

void
auto_tokenizer_default_text (JsonObject *settings, const char *name, const char *text)
{
  JsonNode *node = json_object_get_member (settings, name);

  if (!node || json_node_get_value_type (node) != G_TYPE_STRING)
    json_object_set_string_member (settings, name, text);
}
