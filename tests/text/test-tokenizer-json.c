/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Vocabularies and merges in files of many looks, whole and damaged, beside the same read value by value into tables of GLib. */
#include <string.h>

#include "core/text/auto-json-reader.h"
#include "core/text/auto-pipeline.h"

/* How a file is spaced. */
typedef struct
{
  int indent;      /* -1: no line ends */
  gboolean spaced; /* behind commas and colons */
  gboolean uneven; /* now and then otherwise */
  gboolean escapes;
  gboolean arrays; /* of merges */
  gboolean faulty; /* some ids are too large, some merges of no tokens */
} Look;

typedef struct
{
  GString *text;
  Look look;
  GPtrArray *tokens;
} Writer;

static int
draw (int n)
{
  return g_test_rand_int_range (0, n);
}

static void
put_space (Writer *self, int depth)
{
  if (self->look.uneven && draw (6) == 0)
    for (int n = draw (40); n > 0; n--)
      g_string_append_c (self->text, " \n\t\r"[draw (4)]);
  if (self->look.indent < 0)
    return;
  g_string_append_c (self->text, '\n');
  for (int n = depth * self->look.indent; n > 0; n--)
    g_string_append_c (self->text, ' ');
}

static void
put_mark (Writer *self, char mark)
{
  g_string_append_c (self->text, mark);
  if (self->look.spaced || (self->look.uneven && draw (4) == 0))
    g_string_append_c (self->text, ' ');
}

static void
put_string (Writer *self, const char *text)
{
  g_string_append_c (self->text, '"');
  for (; *text; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);
      if (c == '"' || c == '\\')
        g_string_append_printf (self->text, "\\%c", c);
      else if (c < 0x10000 && (c < ' ' || (self->look.escapes && draw (12) == 0)))
        g_string_append_printf (self->text, "\\u%04x", c);
      else if (c >= 0x10000 && self->look.escapes && draw (3) == 0)
        g_string_append_printf (self->text, "\\u%04X\\u%04x", 0xD7C0 + (c >> 10), 0xDC00 + (c & 0x3FF));
      else
        g_string_append_unichar (self->text, c);
    }
  g_string_append_c (self->text, '"');
}

static char *
random_text (void)
{
  static const char *const parts[] = { "a", "b", "the", "\xc4\xa0", "\xe2\x96\x81", "\xe4\xb8\xad", "\xf0\x9f\x98\x80", "#", "\\", "\"", "\n", "0123456789" };
  g_autoptr(GString) text = g_string_new (NULL);

  for (int n = draw (6) ? 1 + draw (4) : draw (30); n > 0; n--)
    g_string_append (text, parts[draw (G_N_ELEMENTS (parts))]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Brackets and separators around @n values, each put by @put. */
static void
put_list (Writer *self, const char *brackets, int depth, guint n, void (*put) (Writer *self, guint i))
{
  g_string_append_c (self->text, brackets[0]);
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        put_mark (self, ',');
      put_space (self, depth);
      put (self, i);
    }
  put_space (self, depth - 1);
  g_string_append_c (self->text, brackets[1]);
}

static void
put_token (Writer *self, guint i)
{
  guint id = draw (20) == 0 ? (guint) draw (300) : i;

  put_string (self, self->tokens->pdata[i]);
  put_mark (self, ':');
  g_string_append_printf (self->text, "%u", self->look.faulty && draw (300) == 0 ? id << draw (32) : id);
}

static void
put_score (Writer *self, guint i)
{
  static const char *const scores[] = { "0", "-1", "-0.0", "1e3", "-9.920930862426758", "-12.25E-1", "3.14159265358979323846", "123456789012345678901234567890",
                                        "-0.00000000000000000012345678", "18446744073709551615", "-18446744073709551616.5" };

  g_string_append_c (self->text, '[');
  put_space (self, 3);
  put_string (self, self->tokens->pdata[i]);
  put_mark (self, ',');
  put_space (self, 3);
  if (draw (3) == 0)
    g_string_append (self->text, scores[draw (G_N_ELEMENTS (scores))]);
  else
    g_string_append_printf (self->text, "-%.*f", draw (17), g_test_rand_double_range (0, 20));
  put_space (self, 2);
  g_string_append_c (self->text, ']');
}

/* Mostly one of a token that is a token's first character and another. */
static void
put_merge (Writer *self, guint i)
{
  const char *token;
  gboolean faulty = self->look.faulty && draw (80) == 0;

  do
    token = self->tokens->pdata[draw (self->tokens->len)];
  while (!faulty && !*g_utf8_next_char (token));
  const char *half = faulty ? g_utf8_offset_to_pointer (token, draw (g_utf8_strlen (token, -1) + 1)) : g_utf8_next_char (token);
  g_autofree char *left = g_strndup (token, half - token), *both = g_strconcat (left, faulty && draw (4) == 0 ? "" : " ", half, NULL);
  gboolean array = self->look.uneven && draw (20) == 0 ? !self->look.arrays : self->look.arrays;

  if (!array)
    {
      put_string (self, i == 0 && draw (3) == 0 ? "#version: 0.2" : both);
      return;
    }
  g_string_append_c (self->text, '[');
  put_space (self, 3);
  put_string (self, left);
  put_mark (self, ',');
  put_space (self, 3);
  put_string (self, half);
  put_space (self, 2);
  g_string_append_c (self->text, ']');
}

static void
add_token (GPtrArray *tokens, GHashTable *seen, char *token)
{
  if (g_hash_table_add (seen, token))
    g_ptr_array_add (tokens, g_strdup (token));
}

/* Tokens, and what they begin with and what is left then, so that there are merges. */
static GPtrArray *
make_tokens (guint n)
{
  GPtrArray *tokens = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 3; i++)
    add_token (tokens, seen, g_strdup (&"a\0b\0ab"[i * 2]));
  while (tokens->len < n)
    {
      char *text = random_text ();
      for (char *rest = text; *rest; rest = g_utf8_next_char (rest))
        {
          add_token (tokens, seen, g_strdup (rest));
          add_token (tokens, seen, g_strndup (rest, g_utf8_next_char (rest) - rest));
        }
      if (draw (30) == 0 && tokens->len)
        g_ptr_array_add (tokens, g_strdup (tokens->pdata[draw (tokens->len)]));
      g_free (text);
    }
  return tokens;
}

#define HEAD "{\"version\": \"1.0\", \"model\": {\"type\": \"BPE\", \""

static GString *
write_file (gboolean scored)
{
  g_autoptr(GPtrArray) tokens = make_tokens (1 + draw (120));
  Writer writer = { g_string_new (NULL), { draw (3) - 1, draw (2), draw (3) == 0, draw (3) == 0, draw (2), draw (4) == 0 }, tokens };
  gboolean early = !scored && draw (4) == 0; /* merges before the vocabulary */

  if (writer.look.indent > 0)
    writer.look.indent = 1 + draw (5);
  g_string_append (writer.text, HEAD);
  if (early)
    {
      g_string_append (writer.text, "merges\":");
      put_list (&writer, "[]", 2, draw (150), put_merge);
      g_string_append (writer.text, ", \"");
    }
  g_string_append (writer.text, "vocab\":");
  put_list (&writer, scored ? "[]" : "{}", 2, tokens->len, scored ? put_score : put_token);
  if (!scored && !early)
    {
      g_string_append (writer.text, ", \"merges\": ");
      put_list (&writer, "[]", 2, draw (150), put_merge);
    }
  g_string_append (writer.text, "}}");
  return writer.text;
}

/* What a file says, value by value. */
typedef struct
{
  GHashTable *ids; /* GBytes, id + 1 */
  GArray *merges;  /* AutoMerge */
  GArray *scores;  /* double */
  gboolean others; /* whether there are more members, which this doesn't look at */
} Plain;

static gint64
plain_find (const Plain *self, const char *text, gsize length)
{
  g_autoptr(GBytes) token = g_bytes_new (text, length);
  return (gint64) GPOINTER_TO_SIZE (g_hash_table_lookup (self->ids, token)) - 1;
}

static void
plain_add (Plain *self, AutoJsonReader *reader, const char *text, gsize length, gint64 id)
{
  if (id < 0 || id > 1 << 24)
    auto_json_reader_fail (reader, "id");
  g_hash_table_insert (self->ids, g_bytes_new (text, length), GSIZE_TO_POINTER (id + 1));
}

static void
plain_merge (Plain *self, AutoJsonReader *reader, const char *left, gsize left_length, const char *right, gsize right_length)
{
  g_autoptr(GString) both = g_string_new_len (left, left_length);

  g_string_append_len (both, right, right_length);
  gint64 a = plain_find (self, left, left_length), b = plain_find (self, right, right_length), c = plain_find (self, both->str, both->len);
  if (a < 0 || b < 0 || c < 0)
    auto_json_reader_fail (reader, "merge");
  g_array_append_val (self->merges, ((AutoMerge){ a, b, c }));
}

static void
plain_merges (Plain *self, AutoJsonReader *reader)
{
  const char *text;
  gsize length;

  g_array_set_size (self->merges, 0);
  for (auto_json_reader_enter_array (reader); auto_json_reader_next (reader);)
    if (auto_json_reader_peek (reader) != AUTO_JSON_ARRAY)
      {
        if (!auto_json_reader_string (reader, &text, &length) || (length >= 8 && memcmp (text, "#version", 8) == 0))
          continue;
        const char *space = memchr (text, ' ', length);
        if (!space || memchr (space + 1, ' ', text + length - space - 1))
          auto_json_reader_fail (reader, "spaces");
        else
          plain_merge (self, reader, text, space - text, space + 1, text + length - space - 1);
      }
    else
      {
        g_autoptr(GString) left = g_string_new (NULL);
        auto_json_reader_enter_array (reader);
        if (auto_json_reader_next (reader) && auto_json_reader_string (reader, &text, &length))
          g_string_append_len (left, text, length);
        if (auto_json_reader_next (reader) && auto_json_reader_string (reader, &text, &length))
          plain_merge (self, reader, left->str, left->len, text, length);
        else
          auto_json_reader_fail (reader, "two tokens");
        if (auto_json_reader_next (reader))
          auto_json_reader_fail (reader, "two tokens");
      }
}

static void
plain_vocabulary (Plain *self, AutoJsonReader *reader)
{
  const char *text;
  gsize length;
  gint64 id;
  double score;

  if (auto_json_reader_peek (reader) == AUTO_JSON_OBJECT)
    {
      for (auto_json_reader_enter_object (reader); auto_json_reader_next_key (reader, &text, &length);)
        {
          g_autofree char *copy = g_memdup2 (text, length);
          if (auto_json_reader_int (reader, &id))
            plain_add (self, reader, copy, length, id);
        }
      return;
    }
  g_array_set_size (self->scores, 0);
  for (auto_json_reader_enter_array (reader); auto_json_reader_next (reader);)
    {
      if (auto_json_reader_enter_array (reader) && auto_json_reader_next (reader) && auto_json_reader_string (reader, &text, &length))
        plain_add (self, reader, text, length, self->scores->len);
      if (auto_json_reader_next (reader) && auto_json_reader_double (reader, &score))
        g_array_append_val (self->scores, score);
      else
        auto_json_reader_fail (reader, "a score");
      if (auto_json_reader_next (reader))
        auto_json_reader_fail (reader, "a score");
    }
}

static void
plain_model (Plain *self, AutoJsonReader *reader)
{
  AutoJsonReader early = { .name = NULL };
  const char *text;
  gsize length;

  for (auto_json_reader_enter_object (reader); auto_json_reader_next_key (reader, &text, &length);)
    if (auto_json_key_is (text, length, "vocab"))
      plain_vocabulary (self, reader);
    else if (auto_json_key_is (text, length, "merges") && g_hash_table_size (self->ids) == 0)
      {
        auto_json_reader_span (reader, &text, &length);
        auto_json_reader_init (&early, text, length, "early");
      }
    else if (auto_json_key_is (text, length, "merges"))
      plain_merges (self, reader);
    else
      {
        self->others |= !auto_json_key_is (text, length, "type");
        auto_json_reader_skip (reader);
      }
  if (early.name && !reader->error)
    {
      plain_merges (self, &early);
      auto_json_reader_finish (&early, &reader->error);
      auto_json_reader_clear (&early);
    }
}

static gboolean
plain_read (Plain *self, const char *text, gsize size)
{
  AutoJsonReader reader;
  const char *key;
  gsize length;
  gboolean has_model = FALSE;

  auto_json_reader_init (&reader, text, size, "plain");
  for (auto_json_reader_enter_object (&reader); auto_json_reader_next_key (&reader, &key, &length);)
    if (auto_json_key_is (key, length, "model"))
      {
        plain_model (self, &reader);
        has_model = TRUE;
      }
    else
      {
        self->others |= !auto_json_key_is (key, length, "version");
        auto_json_reader_skip (&reader);
      }
  gboolean good = auto_json_reader_finish (&reader, NULL);
  auto_json_reader_clear (&reader);
  return good && has_model;
}

static void
compare_parts (const AutoTokenizerParts *parts, const Plain *plain)
{
  const AutoTokenModel *model = parts->model;
  GHashTableIter iter;
  gpointer token, id;

  g_assert_cmpuint (auto_vocabulary_size (model->vocabulary), ==, g_hash_table_size (plain->ids));
  g_hash_table_iter_init (&iter, plain->ids);
  while (g_hash_table_iter_next (&iter, &token, &id))
    {
      gsize length;
      const char *text = g_bytes_get_data (token, &length);
      g_assert_cmpint (auto_vocabulary_find (model->vocabulary, text, length), ==, GPOINTER_TO_SIZE (id) - 1);
    }
  if (model->merges)
    g_assert_cmpmem (model->merges->data, model->merges->len * sizeof (AutoMerge), plain->merges->data, plain->merges->len * sizeof (AutoMerge));
  if (model->scores)
    g_assert_cmpmem (model->scores->data, model->scores->len * sizeof (double), plain->scores->data, plain->scores->len * sizeof (double));
}

/* Whether the file could be read. */
static gboolean
compare (const char *text, gsize length)
{
  g_autofree char *copy = g_memdup2 (text, length); /* nothing can be read behind it */
  Plain plain = { g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL),
                  g_array_new (FALSE, FALSE, sizeof (AutoMerge)), g_array_new (FALSE, FALSE, sizeof (double)) };
  g_autoptr(GError) error = NULL;

  gboolean good = plain_read (&plain, copy, length);
  g_autoptr(AutoTokenizerParts) parts = auto_tokenizer_parts_read (copy, length, "file", &error);
  if (!plain.others && good != (parts != NULL))
    g_error ("%s, but %s: %.*s", good ? "good" : "bad", error ? error->message : "read", (int) length, text);
  if (parts && !plain.others)
    compare_parts (parts, &plain);
  g_assert_true (parts || g_str_has_prefix (error->message, "file: "));
  g_hash_table_unref (plain.ids);
  g_array_unref (plain.merges);
  g_array_unref (plain.scores);
  return parts != NULL;
}

static void
test_files (gconstpointer scored)
{
  int good = 0;

  for (int round = 0; round < 1500; round++)
    {
      GString *text = write_file (GPOINTER_TO_INT (scored));
      good += compare (text->str, text->len);
      g_string_free (text, TRUE);
    }
  g_assert_cmpint (good, >, 900);
}

/* Bytes behind the head changed, lost, doubled; parts cut out or copied elsewhere. */
static void
damage (GString *text)
{
  static const char bytes[] = "\"\\{}[],: \n0-9.eEauN#\x80\xc3\xe2\xf0\xff";
  gsize head = strlen (HEAD), at = head + draw (text->len - head), most = text->len - at, n = 1 + draw (MIN (40, most));

  switch (draw (5))
    {
    case 0:
      text->str[at] = bytes[draw (sizeof bytes)];
      break;
    case 1:
      g_string_erase (text, at, draw (2) ? 1 : n);
      break;
    case 2:
      g_string_insert_c (text, at, bytes[draw (sizeof bytes)]);
      break;
    case 3:
      g_string_truncate (text, at);
      break;
    default:
      {
        g_autofree char *part = g_strndup (text->str + at, n);
        g_string_insert_len (text, head + draw (text->len - head), part, n);
      }
    }
}

static void
test_damaged (gconstpointer scored)
{
  int good = 0;

  for (int round = 0; round < 800; round++)
    {
      GString *whole = write_file (GPOINTER_TO_INT (scored));
      for (int n = 0; n < 10; n++)
        {
          GString *text = g_string_new_len (whole->str, whole->len);
          for (int times = 1 + draw (2); times > 0 && text->len > strlen (HEAD); times--)
            damage (text);
          good += compare (text->str, text->len);
          g_string_free (text, TRUE);
        }
      g_string_free (whole, TRUE);
    }
  g_assert_cmpint (good, >, 100);
}

/* Values of one kind where those of the other were learnt, and files that look as if something was between two values that wasn't. */
static void
test_mixed (void)
{
  static const struct
  {
    const char *vocab, *merges;
    gint merged; /* -1: it is no such file */
  } files[] = {
    { "{\"a\":0,\"b\":1,\"ab\":2}", "[[\"a\",\"b\"],\"a b\"],\"x y\":1,\"z\":[1", 2 },
    { "{\"a\":0,\"b\":1,\"ab\":2}", "[\"a b\",[\"a\",\"b\"],\"a b\",[\"a\",\"b\"],\"a b\",[\"a\",\"b\"]", 6 },
    { "{\"a\":0,\"b\":1,\"ab\":2}", "[[\"a\",\"b\"],\"a b\",[\"a\",\"b\"],\"a b\",[\"a\",\"b\"]", 5 },
    { "{\"a\":0,\"b\":1,\"ab\":2}", "[\"a b\",\"#version\",\"a b\",\"#version\",\"a b\"", 3 },
    { "{\"a\":0,\"b\":1,\"ab\":2}", "[[\"a\",\"b\"],[\"a\",\"b\",\"a\"]", -1 },
    { "{\"a\":0,\"b\":1,\"ab\":2}", "[[\"a\",\"b\"],[\"a\",\"b\"],[\"a\",\"b\"],[\"a\"]", -1 },
    { "{\"a\":0,\"b\":1,\"ab\":2,\"c\":3.5}", "[", -1 },
    { "{\"a\":0,\"b\":1,\"ab\":2,\"c\":3e0}", "[", -1 },
    { "{\"a\":0,\"b\":1,\"ab\":2,\"c\":3,}", "[", -1 },
    { "{\"a\":0,\"b\":1,\"ab\":2,\"c\":-3}", "[", -1 },
    { "{\"a\":0,\"b\":1,\"ab\":2,\"c\":123456789012}", "[", -1 },
    { "{\"a\":0,\"b\":1,\"ab\":2,\"c\":\"3\"}", "[", -1 },
    { "{\"a\":0,\"b\":1,\"ab\":2,\"c\":3],\"d\":4}", "[", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"model\":{\"type\":\"BPE\",\"vocab\":%s,\"merges\":%s],\"filler\":\"%0100d\"}}", files[i].vocab, files[i].merges, 0);
      g_autoptr(GError) error = NULL;
      g_autoptr(AutoTokenizerParts) parts = auto_tokenizer_parts_read (text, strlen (text), "file", &error);
      g_assert_cmpint (parts ? (gint) parts->model->merges->len : -1, ==, files[i].merged);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/tokenizer-json/merges", GINT_TO_POINTER (FALSE), test_files);
  g_test_add_data_func ("/tokenizer-json/scores", GINT_TO_POINTER (TRUE), test_files);
  g_test_add_data_func ("/tokenizer-json/damaged-merges", GINT_TO_POINTER (FALSE), test_damaged);
  g_test_add_data_func ("/tokenizer-json/damaged-scores", GINT_TO_POINTER (TRUE), test_damaged);
  g_test_add_func ("/tokenizer-json/mixed", test_mixed);
  return g_test_run ();
}
