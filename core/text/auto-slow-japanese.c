/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Japanese texts without words: at each place, of the vocabulary's texts of up to three characters the one with the lowest id. */
#include "auto-slow-japanese.h"

#include <string.h>

#include "../base/auto-json.h"
#include "auto-python-text.h"
#include "auto-unicode.h"

/* Kinds of things that the settings' do_clean_text makes one token of, in the order in which they are looked for. */
#define CLOCK "(\\d{1,2}|:|\\d{1,2}時|\\d{1,2}分|\\(日\\)|\\(月\\)|\\(火\\)|\\(水\\)|\\(木\\)|\\(金\\)|\\(土\\)|㈰|㈪|㈫|㈬|㈭|㈮|㈯)*"
#define DIGITS "(0|[1-9]\\d*|[1-9]\\d{0,2}(,\\d{3})+)"
static const struct
{
  const char *pattern, *token;
} kinds[] = {
  { "(https?|ftp)(://[-_.!~*'()a-zA-Z0-9;/?:@&=+$,%#]+)", "<URL>" },
  { "[A-Za-z0-9._+]*@[-_0-9A-Za-z]+(\\.[A-Za-z]+)*", "<EMAIL>" },
  { "[(]{0,1}[0-9]{2,4}[)\\-(]{0,1}[0-9]{2,4}[)\\-]{0,1}[0-9]{3,4}", "<TEL>" },
  { "([12]\\d{3}[/\\-年])*(0?[1-9]|1[0-2])[/\\-月]((0?[1-9]|[12][0-9]|3[01])日?)*" CLOCK, "<DATE>" },
  { "(明治|大正|昭和|平成|令和|㍾|㍽|㍼|㍻|㋿)\\d{1,2}年(0?[1-9]|1[0-2])月(0?[1-9]|[12][0-9]|3[01])日" CLOCK, "<DATE>" },
  { "(" DIGITS "*億)*(" DIGITS "*万)*(" DIGITS "*千)*" DIGITS "*"
    "(千円|万円|千万円|円|千ドル|万ドル|千万ドル|ドル|千ユーロ|万ユーロ|千万ユーロ|ユーロ)+(\\(税込\\)|\\(税抜\\)|\\+tax)*", "<PRICE>" },
  { "[─-▟]+", "<BLOCK>" }, /* lines and blocks; several one after another are one */
};

/* What a text's spaces and line ends are as tokens, and two dashes as others. */
static const char *const plain[][2] = {
  { " ", "<SP>" }, { "　", "<SP>" }, { "\r\n", "<BR>" }, { "\n", "<BR>" }, { "\r", "<BR>" }, { "\t", "<TAB>" }, { "—", "ー" }, { "−", "ー" },
};
/* What tokens are as texts. */
static const char *const shown[][2] = {
  { "<SP>", " " }, { "<BR>", "\n" }, { "<TAB>", "\t" }, { "<BLOCK>", "▀" }, { "<KIGOU>", "ǀ" }, { "<U2000U2BFF>", "‖" },
};

typedef struct
{
  AutoVocabulary *forms; /* every way to write a token, with its id */
  GPtrArray *names;      /* char *: the first form of each id, or NULL */
  guint longest;         /* form, in characters */
  GPtrArray *emoji;      /* char *: two and two, a text and its token */
  GHashTable *faces;     /* of a token's text, the emoji */
  GRegex *kinds[G_N_ELEMENTS (kinds)];
} Japanese;

static gboolean
load_emoji (AutoSlow *self, const char *folder, GError **error)
{
  Japanese *data = self->data;
  g_autoptr(GBytes) bytes = auto_slow_read (self, folder, AUTO_JAPANESE_EMOJI, error);
  gsize length;
  const char *text = bytes ? g_bytes_get_data (bytes, &length) : NULL;
  g_autoptr(JsonNode) node
      = bytes ? auto_json_parse (text, length, AUTO_JAPANESE_EMOJI, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, error) : NULL;
  JsonObject *object = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  static const char *const names[] = { "emoji", "emoji_inv" };

  if (!node)
    return FALSE;
  for (guint k = 0; k < 2; k++)
    {
      JsonObject *map = object ? auto_json_object (object, names[k]) : NULL;
      JsonObjectIter iter;
      const char *key;
      JsonNode *value;
      if (!map)
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: " AUTO_JAPANESE_EMOJI " has no object \"%s\"", folder, names[k]);
          return FALSE;
        }
      json_object_iter_init_ordered (&iter, map);
      while (json_object_iter_next_ordered (&iter, &key, &value))
        if (!*key || !auto_json_is_string (value))
          continue;
        else if (k == 0)
          {
            g_ptr_array_add (data->emoji, g_strdup (key));
            g_ptr_array_add (data->emoji, g_strdup (json_node_get_string (value)));
          }
        else
          g_hash_table_insert (data->faces, g_strdup (key), g_strdup (json_node_get_string (value)));
    }
  return TRUE;
}

gboolean
auto_japanese_is_byte (const char *token, guchar *byte)
{
  if (!g_str_has_prefix (token, "<|byte") || !g_str_has_suffix (token, "|>"))
    return FALSE;
  *byte = (guchar) g_ascii_strtoull (token + strlen ("<|byte"), NULL, 10);
  return TRUE;
}

const char *
auto_japanese_face (const AutoSlow *self, const char *token)
{
  const Japanese *data = self->data;

  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    if (g_str_equal (token, shown[i][0]))
      return shown[i][1];
  return g_str_has_prefix (token, "<|emoji") && g_str_has_suffix (token, "|>") ? g_hash_table_lookup (data->faces, token) : NULL;
}

/* Lines of vocab.txt hold the forms of a token, with commas between them. */
static void
take_forms (AutoSlow *self, gboolean comma)
{
  Japanese *data = self->data;

  for (guint i = 0; i < auto_vocabulary_size (self->vocabulary); i++)
    {
      gsize length;
      guint id;
      const char *line = auto_vocabulary_nth (self->vocabulary, i, &length, &id);
      g_autofree char *text = g_strndup (line, length);
      g_auto(GStrv) forms = comma && g_str_equal (text, ",") ? g_strsplit (text, "\n", -1) : g_strsplit (text, ",", -1);
      for (guint k = 0; forms[k]; k++)
        {
          auto_vocabulary_add (data->forms, forms[k], strlen (forms[k]), id);
          data->longest = MAX (data->longest, (guint) g_utf8_strlen (forms[k], -1));
        }
      if (id >= data->names->len)
        g_ptr_array_set_size (data->names, id + 1);
      g_free (data->names->pdata[id]);
      data->names->pdata[id] = g_strdup (forms[0] ? forms[0] : "");
    }
}

gboolean
auto_japanese_load (AutoSlow *self, const char *folder, gboolean comma, GError **error)
{
  Japanese *data = self->data = g_new0 (Japanese, 1);
  gboolean clean = auto_json_bool (self->settings, "do_clean_text", FALSE);

  data->forms = auto_vocabulary_new ();
  data->names = g_ptr_array_new_with_free_func (g_free);
  data->emoji = g_ptr_array_new_with_free_func (g_free);
  data->faces = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; clean && i < G_N_ELEMENTS (kinds); i++)
    if (!(data->kinds[i] = g_regex_new (kinds[i].pattern, G_REGEX_OPTIMIZE, 0, error)))
      return FALSE;
  if (!auto_slow_load_lines (self, folder, "vocab.txt", error) || !load_emoji (self, folder, error))
    return FALSE;
  take_forms (self, comma);
  return TRUE;
}

void
auto_japanese_clear (AutoSlow *self)
{
  Japanese *data = self->data;

  auto_vocabulary_free (data->forms);
  g_ptr_array_unref (data->names);
  g_ptr_array_unref (data->emoji);
  g_hash_table_unref (data->faces);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_clear_pointer (&data->kinds[i], g_regex_unref);
  g_free (data);
}

/* The text with tokens written out for spaces, emoji and, where it is to be cleaned, things such as dates. */
static GString *
write_out (const Japanese *data, const char *text, gsize length)
{
  GString *out = g_string_new_len (text, length);

  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    g_string_replace (out, plain[i][0], plain[i][1], 0);
  for (guint i = 0; i + 1 < data->emoji->len; i += 2)
    g_string_replace (out, data->emoji->pdata[i], data->emoji->pdata[i + 1], 0);
  for (guint i = 0; i < G_N_ELEMENTS (kinds) && data->kinds[i]; i++)
    {
      g_autofree char *replaced = g_regex_replace_literal (data->kinds[i], out->str, out->len, 0, kinds[i].token, 0, NULL);
      if (replaced)
        g_string_assign (out, replaced);
    }
  for (gboolean again = data->kinds[0] != NULL; again;)
    again = g_string_replace (out, "<BLOCK><BLOCK>", "<BLOCK>", 0) > 0;
  return out;
}

/* How long the token at @text is; 0: there is none. */
static gsize
best_form (const Japanese *data, const char *text, gsize length)
{
  gint64 best = -1;
  gsize best_length = 0, ends[3], n = 0, at = 0;
  guint size;

  if (*text == '<')
    {
      for (guint i = 0; i < data->longest && at < length; i++)
        at += auto_utf8_size (text[at]);
      for (; at > 1; at = auto_utf8_previous (text + at) - text)
        if (g_utf8_pointer_to_offset (text, text + at) > 2 && auto_vocabulary_find (data->forms, text, at) >= 0)
          return at;
    }
  for (at = 0; n < 3 && at < length; ends[n++] = at)
    {
      auto_utf8_get (text + at, &size);
      at += size;
    }
  while (n-- > 0)
    {
      gint64 id = auto_vocabulary_find (data->forms, text, ends[n]);
      if (id >= 0 && (best < 0 || id < best))
        best = id, best_length = ends[n];
    }
  return best_length;
}

/* What stands for a character without a token: its kind, or its bytes. */
static void
add_unknown (const char *text, gsize size, GPtrArray *tokens)
{
  const guchar *bytes = (const guchar *) text;
  guint c = size == 2 ? bytes[0] << 8 | bytes[1] : size == 3 ? bytes[0] << 16 | bytes[1] << 8 | bytes[2] : 0;

  /* ranges of UTF-8 as numbers */
  if (size == 2 && ((c >= 0xC2A1 && c <= 0xC2BF) || (c >= 0xC780 && c <= 0xC783) || (c >= 0xCAB9 && c <= 0xCBBF) || (c >= 0xCC80 && c <= 0xCDA2)))
    g_ptr_array_add (tokens, g_strdup ("<KIGOU>"));
  else if (size == 3 && c >= 0xE28080 && c <= 0xE2B07F)
    g_ptr_array_add (tokens, g_strdup ("<U2000U2BFF>"));
  else
    for (gsize i = 0; i < size; i++)
      g_ptr_array_add (tokens, g_strdup_printf ("<|byte%d|>", bytes[i]));
}

void
auto_japanese_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  const Japanese *data = self->data;
  g_autoptr(GString) ready = write_out (data, text, length);

  for (gsize at = 0, n; at < ready->len; at += n)
    {
      n = best_form (data, ready->str + at, ready->len - at);
      if (n)
        g_ptr_array_add (tokens, g_strndup (ready->str + at, n));
      else
        add_unknown (ready->str + at, n = auto_utf8_size (ready->str[at]), tokens);
    }
}

gint64
auto_japanese_id (const AutoSlow *self, const char *token)
{
  const Japanese *data = self->data;

  return auto_vocabulary_find (data->forms, token, strlen (token));
}

gint64
auto_japanese_find (const AutoSlow *self, const char *token)
{
  gint64 id = auto_japanese_id (self, token);

  return id >= 0 || !self->unk ? id : auto_japanese_id (self, self->unk);
}

const char *
auto_japanese_token (const AutoSlow *self, gint64 id, gsize *length)
{
  const Japanese *data = self->data;
  const char *name = id >= 0 && id < data->names->len ? data->names->pdata[id] : NULL;

  *length = name ? strlen (name) : 0;
  return name;
}
