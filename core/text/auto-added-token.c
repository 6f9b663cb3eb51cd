/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-added-token.h"

#include <string.h>

static char *
read_content (AutoJsonReader *reader)
{
  const char *text;
  gsize length;

  return auto_json_reader_string (reader, &text, &length) && !memchr (text, 0, length) ? g_strndup (text, length) : NULL;
}

AutoAddedToken
auto_added_token_read (AutoJsonReader *reader, gint64 *id)
{
  AutoAddedToken token = { .content = NULL };
  const struct
  {
    const char *name;
    gboolean *value;
  } flags[] = { { "single_word", &token.single_word }, { "lstrip", &token.lstrip }, { "rstrip", &token.rstrip }, { "special", &token.special } };
  gboolean normalized = FALSE, has_normalized = FALSE;
  const char *key;
  gsize length;

  for (auto_json_reader_enter_object (reader); auto_json_reader_next_key (reader, &key, &length);)
    {
      guint flag = 0;
      while (flag < G_N_ELEMENTS (flags) && !auto_json_key_is (key, length, flags[flag].name))
        flag++;
      if (flag < G_N_ELEMENTS (flags))
        auto_json_reader_bool (reader, flags[flag].value);
      else if (auto_json_key_is (key, length, "normalized"))
        has_normalized = auto_json_reader_bool (reader, &normalized);
      else if (auto_json_key_is (key, length, "content"))
        {
          g_free (token.content);
          token.content = read_content (reader);
        }
      else if (id && auto_json_key_is (key, length, "id"))
        auto_json_reader_int (reader, id);
      else
        auto_json_reader_skip (reader);
    }
  token.normalized = has_normalized ? normalized : !token.special;
  if (!token.content)
    auto_json_reader_fail (reader, "an added token without a \"content\"");
  return token;
}
