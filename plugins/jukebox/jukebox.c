/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jukebox's tokenizer: who sings, of which genres, and the letters of what is sung, for each of several models that make a song together. */
#include <string.h>

#include "core/text/auto-python-text.h"
#include "core/text/auto-slow.h"
#include "core/text/auto-tokenizer-call.h"
#include "core/text/auto-unicode.h"
#include "sdk/auto-sdk.h"

/* The letters of lyrics; a first model of version 2 has their places here as ids, but no + in its lyrics. */
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:;!?-+'\"()[] \t\n"

/* What other models know by name, with ids of their own. */
typedef struct
{
  AutoVocabulary *artists, *genres;
} Names;

static gboolean
jukebox_load (AutoSlow *self, const char *folder, GError **error)
{
  Names *names = self->data = g_new0 (Names, 1);

  if (!(names->artists = auto_slow_read_ids (self, folder, "artists.json", error))
      || !(names->genres = auto_slow_read_ids (self, folder, "genres.json", error)) || !auto_slow_load_ids (self, folder, "lyrics.json", error))
    return FALSE;
  self->vocab_size = auto_vocabulary_size (names->artists) + auto_vocabulary_size (names->genres) + auto_vocabulary_size (self->vocabulary);
  return TRUE;
}

static void
jukebox_clear (AutoSlow *self)
{
  Names *names = self->data;

  g_clear_pointer (&names->artists, auto_vocabulary_free);
  g_clear_pointer (&names->genres, auto_vocabulary_free);
  g_free (names);
}

static gboolean
is_version (const AutoSlow *self, guint which, const char *version)
{
  JsonArray *versions = auto_json_array (self->settings, "version");
  JsonNode *node = versions && which < json_array_get_length (versions) ? json_array_get_element (versions, which) : NULL;

  return node && auto_json_is_string (node) && g_str_equal (json_node_get_string (node), version);
}

/* Without accents and what no letter of lyrics is; a backslash ends a line. */
static GString *
clean_lyrics (const AutoSlow *self, const char *text)
{
  g_autofree char *decomposed = g_utf8_normalize (text, -1, G_NORMALIZE_NFD);
  GString *out = g_string_new (NULL);

  for (const char *p = decomposed ? decomposed : text; *p; p++)
    if (*p == '\\')
      g_string_append_c (out, '\n');
    else if (strchr (LETTERS, *p) && (*p != '+' || !is_version (self, 0, "v2")))
      g_string_append_c (out, *p);
  return out;
}

static void
jukebox_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  g_autofree char *copy = g_strndup (text, length);
  g_autoptr(GString) lyrics = clean_lyrics (self, copy);

  for (gsize i = 0; i < lyrics->len; i++)
    g_ptr_array_add (tokens, g_strndup (lyrics->str + i, 1));
}

/* Other names are unknown, which is 0. */
static void
add_name (GArray *ids, AutoVocabulary *names, const char *name)
{
  gint64 id = auto_vocabulary_find (names, name, strlen (name));

  g_array_append_val (ids, ((gint64){ MAX (id, 0) }));
}

/* A name as version 2 writes it: "The Beatles" is "the_beatles.v2". */
static char *
plain_name (const char *name)
{
  g_autofree char *lower = auto_python_lower (name, strlen (name));
  g_autoptr(GString) out = g_string_new (NULL);

  for (const char *p = lower; *p; p = g_utf8_next_char (p))
    if (g_ascii_isalnum (*p) || *p == '.')
      g_string_append_c (out, *p);
    else if (out->len && out->str[out->len - 1] != '_')
      g_string_append_c (out, '_');
  if (out->len && out->str[out->len - 1] == '_')
    g_string_truncate (out, out->len - 1);
  return g_strconcat (out->str, ".v2", NULL);
}

static void
add_names (const AutoSlow *self, GArray *ids, gboolean v3, const char *artist, const char *genres)
{
  const Names *names = self->data;
  g_autofree char *singer = v3 ? auto_python_lower (artist, strlen (artist)) : plain_name (artist);
  g_auto(GStrv) list = g_strsplit (genres, v3 ? "\n" : "_", v3 ? 1 : -1);
  gint64 n = auto_json_int (self->settings, "n_genres", 5), listed = 0;

  add_name (ids, names->artists, singer);
  for (; list[listed]; listed++)
    {
      g_autofree char *genre = v3 ? auto_python_lower (list[listed], strlen (list[listed])) : plain_name (list[listed]);
      add_name (ids, names->genres, genre);
    }
  if (!listed) /* an empty text has one empty genre */
    {
      add_name (ids, names->genres, v3 ? "" : ".v2");
      listed = 1;
    }
  for (; listed < n; listed++)
    g_array_append_val (ids, ((gint64){ -1 }));
}

static void
add_lyrics (const AutoSlow *self, GArray *ids, const char *text)
{
  g_autoptr(GString) lyrics = clean_lyrics (self, text);

  for (gsize i = 0; i < lyrics->len; i++)
    if (!is_version (self, 0, "v2"))
      add_name (ids, self->vocabulary, (char[]){ lyrics->str[i], '\0' });
    else
      g_array_append_val (ids, ((gint64){ strchr (LETTERS, lyrics->str[i]) - LETTERS + 1 }));
}

static void
free_row (gpointer row)
{
  g_array_unref (row);
}

/* For each model: three numbers of time that come later, the artist, as many genres as there may be, and for the first one the lyrics. */
static GPtrArray *
jukebox_rows (const AutoSlow *self, const AutoTokenizerCall *call, const char *text, GError **error)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (free_row);
  JsonArray *versions = auto_json_array (self->settings, "version");

  for (guint i = 0; versions && i < json_array_get_length (versions); i++)
    {
      GArray *ids = g_array_new (FALSE, TRUE, sizeof (gint64));
      g_array_set_size (ids, 3);
      add_names (self, ids, is_version (self, i, "v3"), call->artist, call->genres);
      if (i == 0)
        add_lyrics (self, ids, text);
      g_ptr_array_add (rows, ids);
    }
  return rows;
}

/* Ids mean something else at each place. */
static const char *
jukebox_token (const AutoSlow *self, gint64 id, gsize *length)
{
  *length = 0;
  return NULL;
}

static const AutoSlowEngine jukebox_engine = {
  .load = jukebox_load, .tokenize = jukebox_tokenize, .rows = jukebox_rows, .token = jukebox_token, .clear = jukebox_clear };
static const char *const jukebox_names[] = { "artist", "genres", "lyrics", NULL };
static const char *const jukebox_files[] = { "artists.json", "genres.json", "lyrics.json", NULL };

static const AutoTokenizerSpec jukebox_tokenizer
    = { .class_name = "JukeboxTokenizer",
        .call_names = jukebox_names,
        .files = jukebox_files,
        .model_input_names = auto_tokenizer_plain_inputs,
        .defaults = "{\"unk_token\": {\"content\": \"<|endoftext|>\", \"normalized\": true}, \"version\": [\"v3\", \"v2\", \"v2\"], "
                    "\"max_n_lyric_tokens\": 512,"
                    " \"n_genres\": 5}",
        .slow = &(const AutoSlowTokenizer){ .engine = &jukebox_engine, .listed = "[$unk_token]", .single = "$A:0", .pair = "$A:0 $B:0" } };

AUTO_PLUGIN (jukebox, "Jukebox", AUTO_TOKENIZER ("JukeboxTokenizer", NULL, &jukebox_tokenizer, .model_type = "jukebox"));
