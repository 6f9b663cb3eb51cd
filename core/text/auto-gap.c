/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-gap.h"

#include <string.h>

#include "auto-tokenizer-legacy.h"

gboolean
auto_gap_split (const AutoTokenizerSpec *spec, JsonObject *settings, const char *text, gsize length, char *sides[2], GError **error)
{
  const char *mark = spec->gap_token ? auto_json_string (settings, spec->gap_token) : NULL;
  const char *at = mark && *mark ? g_strstr_len (text, length, mark) : NULL;

  sides[0] = sides[1] = NULL;
  if (!at)
    return TRUE;
  const char *behind = at + strlen (mark);
  gsize rest = text + length - behind;
  if (g_strstr_len (behind, rest, mark))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "a text can have only one %s", mark);
      return FALSE;
    }
  sides[0] = g_strndup (text, at - text);
  sides[1] = g_strndup (behind, rest);
  return TRUE;
}

AutoPipeline *
auto_gap_pipeline (const AutoTokenizerBuild *build, AutoPipeline *pipeline, gboolean add_special_tokens, GError **error)
{
  const AutoTokenizerSpec *spec = build->spec;
  g_autoptr(GString) template = g_string_new (add_special_tokens ? spec->single : "$A:0");

  g_string_replace (template, "$A:0", spec->gap, 1);
  g_autoptr(JsonNode) post = auto_tokenizer_make_template_pair (build, auto_pipeline_get_model (pipeline), "$A:0", template->str, error);
  g_autoptr(JsonNode) node = post ? auto_tokenizer_fill_json (spec->gap_normalizer, build->settings->values, error) : NULL;
  AutoNormalizer *normalizer = node ? auto_normalizer_new (node, error) : NULL;
  return normalizer ? auto_pipeline_with_normalizer (pipeline, normalizer, post, error) : NULL;
}
