/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-slow-moments.h"

#include "auto-python-text.h"

GArray *
auto_moments_new (GPtrArray *tokens, gboolean group, const char *blank, const char *left_out)
{
  GArray *moments = g_array_new (FALSE, FALSE, sizeof (AutoMoment));

  for (guint i = 0, next; i < tokens->len; i = next)
    {
      const char *token = g_ptr_array_index (tokens, i);
      next = i + 1;
      while (group && next < tokens->len && g_str_equal (g_ptr_array_index (tokens, next), token))
        next++;
      if (g_strcmp0 (token, blank) != 0 && g_strcmp0 (token, left_out) != 0)
        g_array_append_val (moments, ((AutoMoment){ token, i, next }));
    }
  return moments;
}

void
auto_moments_join (const GArray *self, const char *between, GString *text)
{
  for (guint i = 0; i < self->len; i++)
    {
      g_string_append (text, i ? between : "");
      g_string_append (text, g_array_index (self, AutoMoment, i).text);
    }
  auto_python_strip (text);
}

static void
add_offset (JsonArray *offsets, const char *key, const char *text, gint64 start, gint64 end)
{
  JsonObject *offset = json_object_new ();

  json_object_set_string_member (offset, key, text);
  json_object_set_int_member (offset, "start_offset", start);
  json_object_set_int_member (offset, "end_offset", end);
  json_array_add_object_element (offsets, offset);
}

void
auto_moments_add_char_offsets (const GArray *self, JsonObject *answer)
{
  JsonArray *offsets = json_array_sized_new (self->len);

  for (guint i = 0; i < self->len; i++)
    {
      const AutoMoment *moment = &g_array_index (self, AutoMoment, i);
      add_offset (offsets, "char", moment->text, moment->start, moment->end);
    }
  json_object_set_array_member (answer, "char_offsets", offsets);
}

void
auto_moments_add_word_offsets (const GArray *self, const char *space, JsonObject *answer)
{
  JsonArray *offsets = json_array_new ();
  g_autoptr(GString) word = g_string_new (NULL);
  gboolean inside = FALSE;
  gint64 start = 0, end = 0;

  for (guint i = 0; i <= self->len; i++)
    {
      const AutoMoment *moment = i < self->len ? &g_array_index (self, AutoMoment, i) : NULL;
      gboolean of_word = moment && g_strcmp0 (moment->text, space) != 0;
      if (inside && !of_word)
        add_offset (offsets, "word", word->str, start, end);
      if (of_word && !inside)
        {
          g_string_truncate (word, 0);
          start = moment->start;
        }
      if (of_word)
        {
          g_string_append (word, moment->text);
          end = moment->end;
        }
      inside = of_word;
    }
  json_object_set_array_member (answer, "word_offsets", offsets);
}
