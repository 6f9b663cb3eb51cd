/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-slow.h"

#include <string.h>

#include "auto-python-text.h"
#include "auto-slow-columns.h"
#include "auto-slow-entities.h"
#include "auto-tokenizer-legacy.h"
#include "../base/auto-message.h"

AutoSlow *
auto_slow_ref (AutoSlow *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
auto_slow_unref (AutoSlow *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  if (self->core != self)
    auto_slow_unref (self->core);
  else
    {
      if (self->data && self->class->engine->clear)
        self->class->engine->clear (self);
      auto_token_model_free (self->model);
      g_free (self->refusal);
      auto_entities_free (self->entities);
      auto_slow_columns_free (self->columns);
      json_object_unref (self->settings);
      g_ptr_array_unref (self->files);
    }
  g_clear_pointer (&self->post_processor, auto_post_processor_unref);
  g_clear_pointer (&self->target, auto_post_processor_unref);
  g_clear_pointer (&self->added, auto_added_vocabulary_unref);
  g_clear_pointer (&self->specials, g_ptr_array_unref);
  g_clear_pointer (&self->special_ids, g_hash_table_unref);
  g_clear_pointer (&self->apart, g_hash_table_unref);
  g_clear_pointer (&self->literal, g_ptr_array_unref);
  auto_trie_clear (&self->trie);
  g_free (self->unk);
  g_free (self->pad);
  g_free (self);
}

static gint64
own_id (const AutoSlow *self, const char *token)
{
  return self->class->engine->own ? self->class->engine->own (self, token) : auto_vocabulary_find (self->vocabulary, token, strlen (token));
}

gint64
auto_slow_find (const AutoSlow *self, const char *token)
{
  const AutoAddedToken *added = auto_added_vocabulary_find (self->added, token);

  if (added)
    return added->id;
  if (self->class->engine->find)
    return self->class->engine->find (self, token);
  gint64 id = own_id (self, token);
  return id >= 0 || !self->unk ? id : own_id (self, self->unk);
}

gboolean
auto_slow_has (const AutoSlow *self, const char *token)
{
  return auto_added_vocabulary_find (self->added, token) || own_id (self, token) >= 0;
}

const char *
auto_slow_token (const AutoSlow *self, gint64 id, gsize *length)
{
  const AutoAddedToken *added = auto_added_vocabulary_by_id (self->added, id);
  const char *token = added ? added->content : NULL;

  if (token)
    *length = strlen (token);
  else if (self->class->engine->token)
    token = self->class->engine->token (self, id, length);
  else
    token = auto_vocabulary_token (self->vocabulary, id, length);
  if (!token && self->class->ids_fall_back && (token = self->unk))
    *length = strlen (token);
  return token;
}

gboolean
auto_slow_is_special_id (const AutoSlow *self, gint64 id)
{
  return id >= 0 && id <= G_MAXINT32 && g_hash_table_contains (self->special_ids, GINT_TO_POINTER ((int) id));
}

gboolean
auto_slow_is_special (const AutoSlow *self, const char *content)
{
  for (guint i = 0; i < self->specials->len; i++)
    if (g_str_equal (g_ptr_array_index (self->specials, i), content))
      return TRUE;
  return FALSE;
}

/* Whether a token of the vocabulary has lost its id to an added one: the classes that list tokens by id count by ids. */
static gboolean
is_displaced (const AutoSlow *self, const char *token, gint64 id)
{
  const AutoAddedToken *added = id < 0 || !(self->class->listed || self->class->lists_head) ? NULL : auto_added_vocabulary_by_id (self->added, id);

  return added && !g_str_equal (added->content, token);
}

guint
auto_slow_count (const AutoSlow *self)
{
  g_autoptr(GPtrArray) list = auto_added_vocabulary_list (self->added);
  guint n = self->class->engine->own ? self->vocab_size : auto_vocabulary_size (self->vocabulary);

  if (self->class->counts_own)
    return n;
  for (guint i = 0; i < list->len; i++)
    {
      const AutoAddedToken *token = g_ptr_array_index (list, i);
      gsize length;
      const char *other = auto_vocabulary_token (self->vocabulary, token->id, &length);
      gint64 own = own_id (self, token->content);
      n += (own < 0 || is_displaced (self, token->content, own)) && !(other && is_displaced (self, other, token->id));
    }
  return n;
}

/* Adds a token as the class does; @next is the id for one that is new. Returns whether it was. */
static gboolean
add_token (AutoSlow *self, const AutoAddedToken *token, guint *next)
{
  AutoAddedToken added = *token;
  const AutoAddedToken *known = NULL;
  g_autofree char *lowered = NULL;

  if (!*token->content || g_strcmp0 (token->content, self->spec->nul) == 0)
    return FALSE;
  if (!token->special && token->normalized && self->lower)
    added.content = lowered = auto_python_lower (token->content, strlen (token->content));
  known = auto_added_vocabulary_find (self->added, added.content);
  gint64 id = known && !self->class->counts_own ? (gint64) known->id : own_id (self, added.content);
  if (!known && is_displaced (self, added.content, id))
    id = -1;
  added.id = id >= 0 ? id : *next;
  added.special |= self->class->adds_special;
  *next += id < 0;
  auto_added_vocabulary_put (self->added, &added);
  return id < 0;
}

static void
add_literal (AutoSlow *self, const char *content)
{
  if (!*content)
    return;
  g_ptr_array_add (self->literal, g_strdup (content));
  self->literal_first[(guchar) *content] = TRUE;
}

static gboolean
add_all_to_trie (AutoSlow *self)
{
  for (guint i = 0; i < auto_vocabulary_size (self->vocabulary); i++)
    {
      gsize length;
      guint id;
      const char *token = auto_vocabulary_nth (self->vocabulary, i, &length, &id);
      if (length && !auto_trie_add (&self->trie, token, length, 0))
        return FALSE;
    }
  return TRUE;
}

/* What follows from the added tokens and from those that are special. */
static gboolean
refresh (AutoSlow *self, const AutoTokenizerSettings *settings, GError **error)
{
  g_autoptr(GPtrArray) list = auto_added_vocabulary_list (self->added);

  self->special_ids = g_hash_table_new (NULL, NULL);
  self->apart = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->literal = g_ptr_array_new_with_free_func (g_free);
  auto_trie_init (&self->trie);
  for (guint i = 0; i < self->specials->len; i++)
    {
      gint64 id = auto_slow_find (self, g_ptr_array_index (self->specials, i));
      if (id >= 0)
        g_hash_table_add (self->special_ids, GINT_TO_POINTER ((int) id));
      add_literal (self, g_ptr_array_index (self->specials, i));
    }
  for (guint i = 0; i < list->len; i++)
    {
      const AutoAddedToken *token = g_ptr_array_index (list, i);
      if (!auto_trie_add (&self->trie, token->content, strlen (token->content), i))
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "the texts of the added tokens are too long");
          return FALSE;
        }
      if (self->class->all_apart || !auto_slow_is_special (self, token->content))
        g_hash_table_add (self->apart, g_strdup (token->content));
      if (!token->special && token->normalized)
        add_literal (self, token->content);
    }
  for (guint i = 0; i < G_N_ELEMENTS (self->additional_ids); i++)
    self->additional_ids[i]
        = i < settings->additional->len ? auto_slow_find (self, g_array_index (settings->additional, AutoAddedToken, i).content) : -1;
  if (self->class->cuts_at_all && !add_all_to_trie (self))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "the texts of the vocabulary are too long");
      return FALSE;
    }
  for (guint i = 0; i < settings->additional->len; i++)
    {
      const char *content = g_array_index (settings->additional, AutoAddedToken, i).content;
      if (auto_slow_find (self, content) >= (gint64) self->vocab_size)
        g_hash_table_add (self->apart, g_strdup (content));
    }
  return TRUE;
}

static void
take_specials (AutoSlow *self, const AutoTokenizerSettings *settings)
{
  g_autoptr(GPtrArray) list = auto_tokenizer_settings_list_specials (settings);

  self->specials = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < list->len; i++)
    g_ptr_array_add (self->specials, g_strdup (((AutoAddedToken *) g_ptr_array_index (list, i))->content));
  self->unk = g_strdup (settings->specials[AUTO_SPECIAL_UNK].content);
  self->pad = g_strdup (settings->specials[AUTO_SPECIAL_PAD].content);
}

/* Tokens that the class adds without being told: see AutoSlowTokenizer. */
static gboolean
add_own (AutoSlow *self, const AutoTokenizerSettings *settings, gboolean listed, GError **error)
{
  g_auto(GStrv) more = !listed && self->class->strip_more ? self->spec->more_tokens (self->spec, self->settings) : NULL;
  g_autofree char *text = !listed                   ? NULL
                          : self->class->lists_head ? self->spec->make_head (self->spec, self->settings)
                                                    : g_strdup (self->class->listed);
  g_autoptr(JsonNode) node = text ? auto_tokenizer_fill_json (text, self->settings, error) : NULL;
  JsonArray *array = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; more && more[i]; i++)
    auto_added_vocabulary_put (self->added, &(AutoAddedToken){ .content = more[i], .lstrip = TRUE, .rstrip = TRUE, .special = TRUE,
                                                               .id = auto_vocabulary_size (self->vocabulary) + i });
  for (guint i = 0; array && i < json_array_get_length (array); i++)
    {
      JsonNode *item = json_array_get_element (array, i);
      if (JSON_NODE_HOLDS_ARRAY (item)) /* a token with its score */
        item = json_array_get_element (json_node_get_array (item), 0);
      if (!auto_json_is_string (item))
        continue;
      AutoAddedToken token = { .content = (char *) json_node_get_string (item) };
      for (int k = 0; k < AUTO_N_SPECIALS; k++)
        if (g_strcmp0 (settings->specials[k].content, token.content) == 0)
          token = settings->specials[k];
      token.special = TRUE;
      token.id = i;
      if (self->class->lists_head || !auto_added_vocabulary_by_id (self->added, i))
        auto_added_vocabulary_put (self->added, &token);
    }
  return !text || node;
}

/* One piece of a template: see AutoTokenizerSpec. */
static gboolean
add_template_piece (AutoSlow *self, AutoPostProcessor *post, const char *piece, gboolean pair, GError **error)
{
  const char *colon = strrchr (piece, ':');
  g_autofree char *word = g_strndup (piece, colon ? (gsize) (colon - piece) : strlen (piece));
  const char *name = word;
  guint32 type_id = colon ? (guint32) g_ascii_strtoull (colon + 1, NULL, 10) : 0;

  gboolean wanted = auto_tokenizer_take_condition (&name, self->settings), once = *name == '!';
  name += once;
  if (!wanted || !*name)
    return TRUE;
  if (g_str_equal (name, "$A") || g_str_equal (name, "$B"))
    {
      auto_post_processor_add (post, pair, name[1] - 'A', type_id, NULL, 0);
      return TRUE;
    }
  g_autofree char *token = auto_tokenizer_fill_bare (name, self->settings);
  gint64 id = *token ? auto_slow_find (self, token) : -1;
  if (id < 0)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "the special token %s is not in the vocabulary", *token ? token : name);
      return FALSE;
    }
  auto_post_processor_add (post, pair, -1, type_id, token, id);
  if (once)
    g_array_index (post->pieces[pair], AutoTemplatePiece, post->pieces[pair]->len - 1).once = TRUE;
  return TRUE;
}

static AutoPostProcessor *
make_post_processor (AutoSlow *self, const char *single, const char *pair, GError **error)
{
  const char *templates[] = { single ? single : "$A:0", pair ? pair : "$A:0 $B:1" };
  g_autoptr(AutoPostProcessor) post = auto_post_processor_new_plain ();

  for (int k = 0; k < 2; k++)
    {
      g_auto(GStrv) pieces = g_strsplit (templates[k], " ", -1);
      for (guint i = 0; pieces[i]; i++)
        if (!add_template_piece (self, post, pieces[i], k, error))
          return NULL;
    }
  return g_steal_pointer (&post);
}

static gboolean
make_templates (AutoSlow *self, GError **error)
{
  const AutoSlowTokenizer *class = self->class;
  const AutoTokenizerSpec *spec = self->spec;

  if (!auto_tokenizer_check_language (spec, self->settings, "src_lang", error))
    return FALSE;
  self->post_processor = make_post_processor (self, class->single ? class->single : spec->single, class->pair ? class->pair : spec->pair, error);
  /* the language of texts that the model is to make is often not set; who encodes such a text is told */
  if (self->post_processor && spec->target_single && auto_tokenizer_check_language (spec, self->settings, "tgt_lang", NULL))
    self->target = make_post_processor (self, spec->target_single, spec->target_pair, NULL);
  return self->post_processor != NULL;
}

static gboolean
load (AutoSlow *self, const char *folder, GError **error)
{
  self->vocab_size = G_MAXUINT;
  gboolean good = self->class->engine->load (self, folder, error);
  if (!self->model)
    self->model = auto_token_model_new_bare (self->vocabulary ? self->vocabulary : auto_vocabulary_new ());
  self->vocabulary = self->model->vocabulary;
  if (self->vocab_size == G_MAXUINT)
    self->vocab_size = auto_vocabulary_size (self->vocabulary);
  if (good && self->class->entity_vocab)
    good = (self->entities = auto_entities_new (self, folder, error)) != NULL;
  if (good && self->class->columns)
    good = (self->columns = auto_slow_columns_new (self, folder, error)) != NULL;
  return good;
}

static void
add_long_tokens (AutoSlow *self)
{
  for (guint i = 0; i < auto_vocabulary_size (self->vocabulary); i++)
    {
      gsize length;
      guint id;
      const char *token = auto_vocabulary_nth (self->vocabulary, i, &length, &id);
      g_autofree char *content = g_strndup (token, length);
      const AutoAddedToken *known = auto_added_vocabulary_find (self->added, content);
      if (g_utf8_strlen (content, -1) > 1)
        auto_added_vocabulary_put (self->added,
                                   &(AutoAddedToken){ .content = content, .lstrip = TRUE, .rstrip = TRUE, .id = known ? known->id : id });
    }
}

/* With what the files say; takes @added. */
static AutoSlow *
read_files (const AutoTokenizerSpec *spec, const AutoTokenizerSettings *settings, AutoAddedVocabulary *added, const char *folder, GError **error)
{
  g_autoptr(AutoSlow) self = g_new0 (AutoSlow, 1);

  auto_unicode_prepare ();
  self->ref_count = 1;
  self->core = self;
  self->spec = spec;
  self->class = spec->slow;
  self->settings = json_object_ref (settings->values);
  self->files = auto_slow_files_new ();
  self->added = added;
  self->lower = self->class->always_lower || (self->class->lower && auto_json_bool (self->settings, self->class->lower, FALSE));
  self->split_specials = auto_json_bool (self->settings, "split_special_tokens", FALSE);
  take_specials (self, settings);
  return load (self, folder, error) ? g_steal_pointer (&self) : NULL;
}

AutoSlow *
auto_slow_reload (AutoSlow *self, const AutoTokenizerSettings *settings, const char *folder, GError **error)
{
  g_autoptr(AutoSlow) other = read_files (self->spec, settings, auto_added_vocabulary_copy (self->added), folder, error);

  if (other && other->class->long_tokens)
    add_long_tokens (other);
  return other && refresh (other, settings, error) && make_templates (other, error) ? g_steal_pointer (&other) : NULL;
}

AutoSlow *
auto_slow_new (const AutoTokenizerSpec *spec, const AutoTokenizerSettings *settings, const char *folder, GError **error)
{
  g_autoptr(AutoSlow) self = read_files (spec, settings, auto_added_vocabulary_new (), folder, error);
  g_autoptr(GPtrArray) specials = auto_tokenizer_settings_list_specials (settings);

  if (!self || !add_own (self, settings, FALSE, error))
    return NULL;
  for (guint i = 0; i < settings->added->len; i++)
    if (g_strcmp0 (g_array_index (settings->added, AutoAddedToken, i).content, spec->nul) != 0) /* which no text has */
      auto_added_vocabulary_put (self->added, &g_array_index (settings->added, AutoAddedToken, i));
  if (!add_own (self, settings, TRUE, error))
    return NULL;
  guint next = auto_slow_count (self);
  for (guint i = 0; i < specials->len; i++)
    {
      AutoAddedToken token = *(AutoAddedToken *) g_ptr_array_index (specials, i);
      token.special = TRUE;
      if (!auto_added_vocabulary_find (self->added, token.content))
        add_token (self, &token, &next);
    }
  if (self->class->long_tokens)
    add_long_tokens (self);
  return refresh (self, settings, error) && make_templates (self, error) ? g_steal_pointer (&self) : NULL;
}

AutoSlow *
auto_slow_extend (AutoSlow *self, const AutoTokenizerSettings *settings, const AutoAddedToken *tokens, guint n, guint *n_new, GError **error)
{
  g_autoptr(AutoSlow) other = g_memdup2 (self, sizeof *self);

  other->ref_count = 1;
  other->core = auto_slow_ref (self->core);
  other->special_ids = other->apart = NULL;
  other->literal = other->specials = NULL;
  other->unk = other->pad = NULL;
  other->post_processor = other->target = NULL;
  other->trie = (AutoTrie){ 0 };
  memset (other->literal_first, 0, sizeof other->literal_first);
  other->added = auto_added_vocabulary_copy (self->added);
  take_specials (other, settings);
  guint next = auto_slow_count (other), first = next;
  for (guint i = 0; i < n; i++)
    add_token (other, &tokens[i], &next);
  if (n_new)
    *n_new = next - first;
  return refresh (other, settings, error) && make_templates (other, error) ? g_steal_pointer (&other) : NULL;
}

gboolean
auto_slow_encodes (const AutoSlow *self, GError **error)
{
  if (self->refusal)
    g_set_error_literal (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_UNSUPPORTED, self->refusal);
  return !self->refusal && (!self->class->engine->encodes || self->class->engine->encodes (self, error));
}

gboolean
auto_slow_encode (const AutoSlow *self, const char *text, gsize length, gint32 word, AutoTokens *tokens, GError **error)
{
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  AutoSlow encoder = *self;

  if (!auto_slow_encodes (self, error))
    return FALSE;
  encoder.as_target = tokens->as_target;
  auto_slow_tokenize (&encoder, text, length, word >= 0, found);
  for (guint i = 0; i < found->len; i++)
    {
      gint64 id = auto_slow_find (&encoder, g_ptr_array_index (found, i));
      if (id < 0)
        {
          auto_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                          "\"%.60s\" is not in the vocabulary, and there is no unknown token", (char *) g_ptr_array_index (found, i));
          return FALSE;
        }
      g_array_append_val (tokens->ids, ((guint32){ id }));
      if (tokens->details)
        g_array_append_val (tokens->details, ((AutoTokenDetail){ .word = word }));
    }
  if (self->columns && !tokens->columns)
    tokens->columns = auto_slow_columns_make (self->columns);
  if (self->columns)
    auto_slow_columns_add (self, found, tokens->columns);
  return TRUE;
}

static void
free_text (gpointer text)
{
  g_string_free (text, TRUE);
}

/* Joins the tokens since the last one that stands apart. */
static gboolean
join_run (const AutoSlow *self, GPtrArray *run, gboolean last, const AutoDecodeCall *call, JsonObject *answer, GPtrArray *texts, GError **error)
{
  const AutoSlowEngine *engine = self->class->engine;
  g_autoptr(GString) text = g_string_new (NULL);

  if (!run->len && !(last && engine->join_call))
    return TRUE;
  if (engine->join_call ? !engine->join_call (self, run, call, text, answer, error) : engine->join && !engine->join (self, run, text, error))
    return FALSE;
  if (!engine->join_call && !engine->join)
    for (guint i = 0; i < run->len; i++)
      g_string_append_printf (text, "%s%s", i ? " " : "", (char *) g_ptr_array_index (run, i));
  g_ptr_array_set_size (run, 0);
  if (text->len || last || self->class->all_apart)
    g_ptr_array_add (texts, g_steal_pointer (&text));
  return TRUE;
}

GString *
auto_slow_join (const AutoSlow *self, GPtrArray *tokens, GError **error)
{
  AutoDecodeCall call = auto_decode_options_get_call (NULL);
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (free_text);

  if (!join_run (self, tokens, TRUE, &call, NULL, texts, error))
    return NULL;
  return texts->len ? g_ptr_array_steal_index (texts, 0) : g_string_new (NULL);
}

GString *
auto_slow_decode (const AutoSlow *self, const gint64 *ids, gsize n, const AutoDecodeCall *call, JsonObject *answer, GError **error)
{
  gboolean spaces = call->spaces == AUTO_CHOICE_YES;
  g_autoptr(GPtrArray) run = g_ptr_array_new_with_free_func (g_free), texts = g_ptr_array_new_with_free_func (free_text);
  gsize length;

  for (gsize i = 0; i < n; i++)
    {
      gboolean (*hides) (const AutoSlow *, gint64) = self->class->engine->hides;
      if ((call->skip_special_tokens && auto_slow_is_special_id (self, ids[i])) || (hides && hides (self, ids[i])))
        continue;
      const char *found = auto_slow_token (self, ids[i], &length);
      if (!found && self->class->ids_vanish)
        continue;
      if (!found)
        {
          g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "no token has the id %" G_GINT64_FORMAT, ids[i]);
          return NULL;
        }
      char *token = g_strndup (found, length);
      gboolean apart = !self->class->joins_added && g_hash_table_contains (self->apart, token);
      if (apart && !join_run (self, run, FALSE, call, answer, texts, error))
        {
          g_free (token);
          return NULL;
        }
      if (apart)
        {
          g_ptr_array_add (texts, g_string_new_len (token, length));
          g_free (token);
        }
      else
        g_ptr_array_add (run, token);
    }
  if (!join_run (self, run, TRUE, call, answer, texts, error))
    return NULL;
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < texts->len; i++)
    {
      if (i && spaces)
        g_string_append_c (text, ' ');
      const GString *part = g_ptr_array_index (texts, i);
      g_string_append_len (text, part->str, part->len);
    }
  if (self->class->tidy)
    self->class->tidy (text, spaces);
  return text;
}
