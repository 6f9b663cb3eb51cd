/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-pretrained-tokenizer.h"

#include <string.h>

#include "auto-encoding-private.h"
#include "auto-pretrained-tokenizer-private.h"
#include "auto-slow.h"
#include "auto-template.h"
#include "auto-tokenizer-legacy.h"
#include "auto-tokenizer-save.h"

static void tokenizer_iface_init (AutoTokenizerInterface *iface);

G_DEFINE_TYPE_WITH_CODE (AutoPretrainedTokenizer, auto_pretrained_tokenizer, G_TYPE_OBJECT, G_ADD_PRIVATE (AutoPretrainedTokenizer)
                         G_IMPLEMENT_INTERFACE (AUTO_TYPE_TOKENIZER, tokenizer_iface_init))

enum
{
  PROP_0,
  PROP_NAME_OR_PATH,
  PROP_CLASS_NAME,
  PROP_IS_FAST,
  PROP_PADDING_SIDE,
  PROP_TRUNCATION_SIDE,
  PROP_MODEL_INPUT_NAMES,
  PROP_MODEL_MAX_LENGTH,
  PROP_PAD_TOKEN_TYPE_ID,
  PROP_CLEAN_UP,
  PROP_SPACES,
  PROP_CHAT_TEMPLATE,
  PROP_VOCAB_SIZE,
  PROP_ADDITIONAL,
  PROP_SRC_LANG,
  PROP_TGT_LANG,
  PROP_LANGUAGE,
  PROP_TASK,
  PROP_STAMPS,
  PROP_FIRST_LABELS,
  PROP_TOKEN, /* the special tokens, in AutoSpecial's order */
  PROP_TOKEN_ID = PROP_TOKEN + AUTO_N_SPECIALS,
  N_PROPS = PROP_TOKEN_ID + AUTO_N_SPECIALS,
};

AutoPretrainedTokenizerPrivate *
auto_pretrained_private (gpointer self)
{
  return auto_pretrained_tokenizer_get_instance_private (AUTO_PRETRAINED_TOKENIZER (self));
}

AutoPipeline *
auto_pretrained_pipeline (gpointer self, GError **error)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);

  g_mutex_lock (&priv->lock);
  AutoPipeline *pipeline = priv->build.pipeline ? auto_pipeline_ref (priv->build.pipeline) : NULL;
  g_mutex_unlock (&priv->lock);
  if (!pipeline)
    g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_FOUND, "the tokenizer has no vocabulary; make it with auto_tokenizer_from_pretrained");
  return pipeline;
}

const char *
auto_pretrained_special (AutoPretrainedTokenizerPrivate *priv, AutoSpecial special)
{
  return priv->build.settings ? priv->build.settings->specials[special].content : NULL;
}

gint64
auto_pretrained_find_id (gpointer self, const char *token)
{
  g_autoptr(AutoPipeline) pipeline = token ? auto_pretrained_pipeline (self, NULL) : NULL;
  return pipeline ? auto_pipeline_find (pipeline, token) : -1;
}

static gint64
convert_token_to_id (AutoTokenizer *self, const char *token)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  gint64 id = auto_pretrained_find_id (self, token);

  /* a Python class has looked for the unknown token itself */
  return id >= 0 || !priv->build.fast ? id : auto_pretrained_find_id (self, auto_pretrained_special (priv, AUTO_SPECIAL_UNK));
}

static char **
list_additional (AutoPretrainedTokenizerPrivate *priv)
{
  GArray *additional = priv->build.settings ? priv->build.settings->additional : NULL;
  char **list = g_new0 (char *, (additional ? additional->len : 0) + 1);

  for (guint i = 0; additional && i < additional->len; i++)
    list[i] = g_strdup (g_array_index (additional, AutoAddedToken, i).content);
  return list;
}

JsonObject *
auto_pretrained_tokenizer_get_settings (AutoPretrainedTokenizer *self)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);

  return priv->build.settings ? priv->build.settings->values : NULL;
}

static const char *
setting_name (guint id)
{
  static const char *const names[] = { "src_lang", "tgt_lang", "language", "task", "predict_timestamps" };

  return names[id - PROP_SRC_LANG];
}

static void
auto_pretrained_tokenizer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (object);

  switch (id)
    {
    case PROP_NAME_OR_PATH:
      g_value_set_string (value, priv->name_or_path);
      break;
    case PROP_CLASS_NAME:
      g_value_set_string (value, priv->build.class_name);
      break;
    case PROP_IS_FAST:
      g_value_set_boolean (value, priv->build.fast);
      break;
    case PROP_PADDING_SIDE:
      g_value_set_string (value, priv->padding_side);
      break;
    case PROP_TRUNCATION_SIDE:
      g_value_set_string (value, priv->truncation_side);
      break;
    case PROP_MODEL_INPUT_NAMES:
      g_value_set_boxed (value, priv->model_input_names);
      break;
    case PROP_MODEL_MAX_LENGTH:
      g_value_set_int64 (value, priv->model_max_length);
      break;
    case PROP_PAD_TOKEN_TYPE_ID:
      g_value_set_int64 (value, priv->pad_token_type_id);
      break;
    case PROP_CLEAN_UP:
      g_value_set_boolean (value, priv->clean_up);
      break;
    case PROP_SPACES:
      g_value_set_boolean (value, priv->spaces);
      break;
    case PROP_CHAT_TEMPLATE:
      g_value_set_string (value, priv->chat_template);
      break;
    case PROP_VOCAB_SIZE:
      g_value_set_uint (value, auto_tokenizer_get_vocab_size (AUTO_TOKENIZER (object), FALSE));
      break;
    case PROP_ADDITIONAL:
      g_value_take_boxed (value, list_additional (priv));
      break;
    case PROP_SRC_LANG:
    case PROP_TGT_LANG:
    case PROP_LANGUAGE:
    case PROP_TASK:
      g_value_set_string (value, priv->build.settings ? auto_json_string (priv->build.settings->values, setting_name (id)) : NULL);
      break;
    case PROP_STAMPS:
      g_value_set_boolean (value, priv->build.settings && auto_json_bool (priv->build.settings->values, setting_name (id), FALSE));
      break;
    case PROP_FIRST_LABELS:
      g_value_set_boolean (value, !priv->build.settings || auto_json_bool (priv->build.settings->values, "only_label_first_subword", TRUE));
      break;
    default:
      if (id >= PROP_TOKEN_ID)
        g_value_set_int64 (value, auto_pretrained_special (priv, id - PROP_TOKEN_ID)
                                      ? convert_token_to_id (AUTO_TOKENIZER (object), auto_pretrained_special (priv, id - PROP_TOKEN_ID))
                                      : -1);
      else
        g_value_set_string (value, auto_pretrained_special (priv, id - PROP_TOKEN));
    }
}

static void
set_string (char **member, const GValue *value)
{
  g_free (*member);
  *member = g_value_dup_string (value);
}

static void
set_side (char **member, const GValue *value)
{
  const char *side = g_value_get_string (value);

  if (side && (g_str_equal (side, "left") || g_str_equal (side, "right")))
    set_string (member, value);
}

/* Exchanges the pipeline. Takes @changed. */
static void
set_pipeline (AutoPretrainedTokenizerPrivate *priv, AutoPipeline *changed)
{
  g_mutex_lock (&priv->lock);
  auto_pipeline_unref (priv->build.pipeline);
  priv->build.pipeline = changed;
  g_mutex_unlock (&priv->lock);
}

/* Makes a Python class's pipeline anew after a change of the special tokens, with more tokens. */
static gboolean
extend_slow (AutoPretrainedTokenizerPrivate *priv, const AutoAddedToken *tokens, guint n, guint *n_new, GError **error)
{
  AutoSlow *slow = priv->build.pipeline ? auto_pipeline_get_slow (priv->build.pipeline) : NULL;
  AutoSlow *changed = slow ? auto_slow_extend (slow, priv->build.settings, tokens, n, n_new, error) : NULL;

  if (changed)
    set_pipeline (priv, auto_pipeline_new_slow (changed));
  return changed != NULL;
}

/* Others in place of the additional special tokens; they are to be added too, if they are new. */
static void
set_additional (AutoPretrainedTokenizerPrivate *priv, const char *const *tokens)
{
  if (!priv->build.settings)
    return;
  g_array_set_size (priv->build.settings->additional, 0);
  for (gsize i = 0; tokens && tokens[i]; i++)
    auto_tokenizer_settings_add_additional (priv->build.settings, tokens[i]);
  extend_slow (priv, NULL, 0, NULL, NULL);
}

/* A setting that the marks around texts depend on. */
static void
change_setting (AutoPretrainedTokenizerPrivate *priv, const char *name, const GValue *value)
{
  const AutoTokenizerSpec *spec = priv->build.spec;
  g_autoptr(GError) error = NULL;

  if (!priv->build.settings || !priv->build.pipeline)
    return;
  if (G_VALUE_HOLDS_BOOLEAN (value))
    json_object_set_boolean_member (priv->build.settings->values, name, g_value_get_boolean (value));
  else
    json_object_set_string_member (priv->build.settings->values, name, g_value_get_string (value));
  if (spec->settle)
    spec->settle (spec, priv->build.settings->values);
  if (extend_slow (priv, NULL, 0, NULL, NULL) || !(spec->target_single || spec->templates_follow))
    return;
  AutoPipeline *changed = auto_tokenizer_build_templates (&priv->build, &error);
  if (changed)
    set_pipeline (priv, changed);
  else
    g_debug ("%s: %s", name, error->message);
}

static void
auto_pretrained_tokenizer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (object);

  switch (id)
    {
    case PROP_PADDING_SIDE:
      set_side (&priv->padding_side, value);
      break;
    case PROP_TRUNCATION_SIDE:
      set_side (&priv->truncation_side, value);
      break;
    case PROP_MODEL_INPUT_NAMES:
      g_strfreev (priv->model_input_names);
      priv->model_input_names = g_value_dup_boxed (value);
      break;
    case PROP_MODEL_MAX_LENGTH:
      priv->model_max_length = g_value_get_int64 (value);
      break;
    case PROP_PAD_TOKEN_TYPE_ID:
      priv->pad_token_type_id = g_value_get_int64 (value);
      break;
    case PROP_CLEAN_UP:
      priv->clean_up = g_value_get_boolean (value);
      break;
    case PROP_SPACES:
      priv->spaces = g_value_get_boolean (value);
      break;
    case PROP_CHAT_TEMPLATE:
      set_string (&priv->chat_template, value);
      break;
    case PROP_ADDITIONAL:
      set_additional (priv, g_value_get_boxed (value));
      break;
    case PROP_SRC_LANG:
    case PROP_TGT_LANG:
    case PROP_LANGUAGE:
    case PROP_TASK:
    case PROP_STAMPS:
      change_setting (priv, setting_name (id), value);
      break;
    case PROP_FIRST_LABELS:
      if (priv->build.settings)
        json_object_set_boolean_member (priv->build.settings->values, "only_label_first_subword", g_value_get_boolean (value));
      break;
    default:
      if (priv->build.settings)
        {
          const char *text = g_value_get_string (value);
          AutoAddedToken token = { .content = (char *) text, .special = TRUE };
          auto_tokenizer_settings_set_special (priv->build.settings, id - PROP_TOKEN, text ? &token : NULL);
          extend_slow (priv, NULL, 0, NULL, NULL);
        }
    }
}

static void
auto_pretrained_tokenizer_finalize (GObject *object)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (object);

  auto_tokenizer_build_clear (&priv->build);
  g_free (priv->name_or_path);
  g_free (priv->padding_side);
  g_free (priv->truncation_side);
  g_free (priv->chat_template);
  g_strfreev (priv->model_input_names);
  g_mutex_clear (&priv->lock);
  G_OBJECT_CLASS (auto_pretrained_tokenizer_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *class)
{
  static const char *const names[] = { "bos", "eos", "unk", "sep", "pad", "cls", "mask" };
  const GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS, rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

#define STRING(id, name, blurb, flags) g_object_class_install_property (class, id, g_param_spec_string (name, NULL, blurb, NULL, flags))
  STRING (PROP_NAME_OR_PATH, "name-or-path", "Where the tokenizer was loaded from", ro);
  STRING (PROP_CLASS_NAME, "class-name", "The tokenizer's class", ro);
  STRING (PROP_PADDING_SIDE, "padding-side", "The side where padding goes: left or right", rw);
  STRING (PROP_TRUNCATION_SIDE, "truncation-side", "The side where texts are cut: left or right", rw);
  STRING (PROP_SRC_LANG, "src-lang", "The language of texts", rw);
  STRING (PROP_TGT_LANG, "tgt-lang", "The language of texts that the model is to make", rw);
  STRING (PROP_LANGUAGE, "language", "The language of speech that texts are of", rw);
  STRING (PROP_TASK, "task", "What is made of speech: transcribe or translate", rw);
  STRING (PROP_CHAT_TEMPLATE, "chat-template", "The template that makes a text of a conversation", rw);
#undef STRING
  g_object_class_install_property (class, PROP_IS_FAST, g_param_spec_boolean ("is-fast", NULL, "Answers as the reference's fast class", TRUE, ro));
  g_object_class_install_property (class, PROP_CLEAN_UP, g_param_spec_boolean ("clean-up-tokenization-spaces", NULL,
                                                                               "Take away spaces before punctuation when decoding", TRUE, rw));
  g_object_class_install_property (class, PROP_SPACES, g_param_spec_boolean ("spaces-between-special-tokens", NULL,
                                                                             "Put spaces around added tokens when decoding, if it isn't fast", TRUE, rw));
  g_object_class_install_property (class, PROP_STAMPS, g_param_spec_boolean ("predict-timestamps", NULL, "Texts of speech have marks of time", FALSE, rw));
  g_object_class_install_property (class, PROP_FIRST_LABELS, g_param_spec_boolean ("only-label-first-subword", NULL,
                                                                                   "Of a word's tokens only the first gets its label", TRUE, rw));
  g_object_class_install_property (class, PROP_MODEL_INPUT_NAMES, g_param_spec_boxed ("model-input-names", NULL, "What the model takes", G_TYPE_STRV, rw));
  g_object_class_install_property (class, PROP_ADDITIONAL, g_param_spec_boxed ("additional-special-tokens", NULL, "More special tokens", G_TYPE_STRV, rw));
  g_object_class_install_property (class, PROP_MODEL_MAX_LENGTH, g_param_spec_int64 ("model-max-length", NULL, "Most tokens of a row that the model can take",
                                                                                     0, G_MAXINT64, G_MAXINT64, rw));
  g_object_class_install_property (class, PROP_PAD_TOKEN_TYPE_ID, g_param_spec_int64 ("pad-token-type-id", NULL, "Token type of padding", 0, G_MAXINT32, 0, rw));
  g_object_class_install_property (class, PROP_VOCAB_SIZE, g_param_spec_uint ("vocab-size", NULL, "Tokens, without those that were added", 0, G_MAXUINT, 0, ro));
  for (int i = 0; i < AUTO_N_SPECIALS; i++)
    {
      g_autofree char *token = g_strconcat (names[i], "-token", NULL), *token_id = g_strconcat (names[i], "-token-id", NULL);
      g_object_class_install_property (class, PROP_TOKEN + i, g_param_spec_string (token, NULL, "A special token", NULL, G_PARAM_READWRITE));
      g_object_class_install_property (class, PROP_TOKEN_ID + i, g_param_spec_int64 (token_id, NULL, "Id of a special token, -1 for none", -1, G_MAXINT32, -1,
                                                                                     G_PARAM_READABLE));
    }
}

static void
auto_pretrained_tokenizer_class_init (AutoPretrainedTokenizerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = auto_pretrained_tokenizer_get_property;
  object_class->set_property = auto_pretrained_tokenizer_set_property;
  object_class->finalize = auto_pretrained_tokenizer_finalize;
  install_properties (object_class);
}

static void
auto_pretrained_tokenizer_init (AutoPretrainedTokenizer *self)
{
  static const char *const inputs[] = { "input_ids", "token_type_ids", "attention_mask", NULL };
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);

  g_mutex_init (&priv->lock);
  priv->padding_side = g_strdup ("right");
  priv->truncation_side = g_strdup ("right");
  priv->model_input_names = g_strdupv ((char **) inputs);
  priv->model_max_length = G_MAXINT64;
  priv->clean_up = TRUE;
  priv->spaces = TRUE;
  priv->build.fast = TRUE;
}

/* A length of more than 1e20 is the reference's way to say that there is no limit. */
static gint64
read_max_length (JsonObject *values, gint64 otherwise)
{
  JsonNode *node = auto_json_member (values, "model_max_length");

  if (!node || !auto_json_is_number (node))
    return otherwise ? otherwise : G_MAXINT64;
  double length = json_node_get_double (node);
  return length >= 0 && length < 9e18 ? (gint64) length : G_MAXINT64;
}

static void
read_side (JsonObject *values, const char *key, gboolean left, char **side)
{
  const char *text = auto_json_string (values, key);

  g_free (*side);
  *side = g_strdup (text && (g_str_equal (text, "left") || g_str_equal (text, "right")) ? text : left ? "left" : "right");
}

static void
read_input_names (JsonObject *values, const AutoTokenizerSpec *spec, char ***names)
{
  JsonArray *array = auto_json_array (values, "model_input_names");

  if (array)
    {
      g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
      for (guint i = 0; i < json_array_get_length (array); i++)
        if (auto_json_is_string (json_array_get_element (array, i)))
          g_strv_builder_add (builder, json_array_get_string_element (array, i));
      g_strfreev (*names);
      *names = g_strv_builder_end (builder);
    }
  else if (spec->model_input_names)
    {
      g_strfreev (*names);
      *names = g_strdupv ((char **) spec->model_input_names);
    }
}

/**
 * auto_pretrained_tokenizer_new_from_folder: (constructor)
 * @folder: a folder with the files of a tokenizer
 * @options: (nullable): how to load
 * @error: return location for an error
 *
 * Returns: (transfer full): a tokenizer
 */
AutoPretrainedTokenizer *
auto_pretrained_tokenizer_new_from_folder (const char *folder, AutoLoadOptions *options, GError **error)
{
  g_return_val_if_fail (folder != NULL, NULL);
  g_autoptr(AutoPretrainedTokenizer) self = g_object_new (AUTO_TYPE_PRETRAINED_TOKENIZER, NULL);
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  gboolean fast = auto_load_options_get_bool (options, "use-fast", TRUE);

  if (!auto_tokenizer_build (&priv->build, folder, auto_load_options_get_string (options, "tokenizer-type"), fast, error))
    return NULL;
  JsonObject *values = priv->build.settings->values;
  priv->name_or_path = g_strdup (folder);
  priv->model_max_length = read_max_length (values, priv->build.spec->model_max_length);
  priv->pad_token_type_id = CLAMP (auto_json_int (values, "pad_token_type_id", 0), 0, G_MAXINT32);
  priv->clean_up = auto_json_bool (values, "clean_up_tokenization_spaces", TRUE);
  priv->spaces = priv->build.fast || !priv->build.spec->slow->no_spaces;
  priv->chat_template = g_strdup (auto_json_string (values, "chat_template"));
  const AutoSlowTokenizer *slow = priv->build.fast ? NULL : priv->build.spec->slow;
  read_side (values, "padding_side", slow ? slow->pad_left : priv->build.spec->pad_left, &priv->padding_side);
  read_side (values, "truncation_side", slow ? slow->truncate_left : priv->build.spec->truncate_left, &priv->truncation_side);
  read_input_names (values, priv->build.spec, &priv->model_input_names);
  return g_steal_pointer (&self);
}

/* How many of the first ids are a prompt. */
static gsize
count_prompt (AutoTokenizer *self, const AutoTokenizerSpec *spec, const gint64 *ids, gsize n)
{
  if (!n || ids[0] != convert_token_to_id (self, spec->prompt))
    return 0;
  gint64 end = convert_token_to_id (self, spec->prompt_end);
  gsize at = 0;
  while (at < n && ids[at] != end)
    at++;
  return at;
}

static char *
decode (AutoTokenizer *self, const gint64 *ids, gsize n, gboolean skip_special_tokens, AutoChoice clean_up, GError **error)
{
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);
  AutoSlow *slow = pipeline ? auto_pipeline_get_slow (pipeline) : NULL;
  const AutoTokenizerSpec *spec = auto_pretrained_private (self)->build.spec;
  gsize prompt = pipeline && spec && spec->prompt && skip_special_tokens ? count_prompt (self, spec, ids, n) : 0;

  ids += prompt;
  n -= prompt;
  GString *text = slow       ? auto_slow_decode (slow, ids, n, skip_special_tokens, auto_pretrained_private (self)->spaces, error)
                  : pipeline ? auto_pipeline_decode (pipeline, ids, n, skip_special_tokens, error)
                             : NULL;

  if (!text)
    return NULL;
  if (!(slow && slow->class->keeps_spaces) && (clean_up == AUTO_CHOICE_DEFAULT ? auto_pretrained_private (self)->clean_up : clean_up))
    auto_decoder_clean_up (text, FALSE);
  if (spec && spec->finish)
    spec->finish (text);
  /* a NUL, which only a model that knows bytes can make, would hide what follows it */
  for (char *nul; (nul = memchr (text->str, '\0', text->len));)
    {
      gsize at = nul - text->str;
      g_string_erase (text, at, 1);
      g_string_insert (text, at, "\xef\xbf\xbd");
    }
  return g_string_free (text, FALSE);
}

/* What is unknown keeps its text. */
static char **
tokenize_slow (const AutoSlow *slow, const char *text)
{
  g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func (g_free);
  gsize length = strlen (text);
  g_autofree char *repaired = auto_utf8_repair (text, length, &length);

  auto_slow_tokenize (slow, repaired ? repaired : text, length, FALSE, tokens);
  g_ptr_array_add (tokens, NULL);
  return (char **) g_ptr_array_steal (tokens, NULL);
}

static char **
tokenize (AutoTokenizer *self, const char *text, const char *pair, gboolean add_special_tokens, GError **error)
{
  g_autoptr(AutoTokenizerOptions) options = auto_tokenizer_options_new ();
  const char *texts[] = { text, NULL }, *pairs[] = { pair, NULL };
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);

  if (!pipeline)
    return NULL;
  if (auto_pipeline_get_slow (pipeline) && !pair && !add_special_tokens)
    return tokenize_slow (auto_pipeline_get_slow (pipeline), text);
  g_object_set (options, "add-special-tokens", add_special_tokens, "padding", AUTO_PADDING_NO, NULL);
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode_batch (self, texts, pair ? pairs : NULL, options, NULL, error);
  return encoding ? auto_encoding_get_tokens (encoding, 0, error) : NULL;
}

static char *
convert_id_to_token (AutoTokenizer *self, gint64 id)
{
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, NULL);
  gsize length;
  const char *token = pipeline ? auto_pipeline_token (pipeline, id, &length) : NULL;

  return token ? g_strndup (token, length) : NULL;
}

static guint
get_vocab_size (AutoTokenizer *self, gboolean with_added_tokens)
{
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, NULL);

  if (!pipeline)
    return 0;
  const AutoVocabulary *vocabulary = auto_pipeline_get_model (pipeline)->vocabulary;
  const AutoSlow *slow = auto_pipeline_get_slow (pipeline);
  guint size = slow && !with_added_tokens ? slow->vocab_size : auto_vocabulary_size (vocabulary);
  g_autoptr(GPtrArray) added = auto_added_vocabulary_list (auto_pipeline_get_added (pipeline));
  for (guint i = 0; with_added_tokens && i < added->len; i++)
    {
      const AutoAddedToken *token = g_ptr_array_index (added, i);
      size += auto_vocabulary_find (vocabulary, token->content, strlen (token->content)) < 0;
    }
  return size;
}

static GHashTable *
get_vocab (AutoTokenizer *self)
{
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, NULL);
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (!pipeline)
    return table;
  const AutoVocabulary *vocabulary = auto_pipeline_get_model (pipeline)->vocabulary;
  for (guint i = 0; i < auto_vocabulary_size (vocabulary); i++)
    {
      gsize length;
      guint id;
      const char *token = auto_vocabulary_nth (vocabulary, i, &length, &id);
      g_hash_table_insert (table, g_strndup (token, length), GUINT_TO_POINTER (id));
    }
  g_autoptr(GPtrArray) added = auto_added_vocabulary_list (auto_pipeline_get_added (pipeline));
  for (guint i = 0; i < added->len; i++)
    {
      const AutoAddedToken *token = g_ptr_array_index (added, i);
      g_hash_table_insert (table, g_strdup (token->content), GUINT_TO_POINTER (token->id));
    }
  return table;
}

/* New special tokens of a Python class are among its additional ones from then on. */
static gint64
add_slow (AutoPretrainedTokenizerPrivate *priv, const AutoAddedToken *tokens, guint n, GError **error)
{
  guint n_new = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(GPtrArray) specials = auto_tokenizer_settings_list_specials (priv->build.settings);
      gboolean known = !tokens[i].special;
      for (guint k = 0; k < specials->len && !known; k++)
        known = g_str_equal (((AutoAddedToken *) g_ptr_array_index (specials, k))->content, tokens[i].content);
      if (!known)
        auto_tokenizer_settings_add_additional (priv->build.settings, tokens[i].content);
    }
  return extend_slow (priv, tokens, n, &n_new, error) ? n_new : -1;
}

gint64
auto_pretrained_tokenizer_add (AutoPretrainedTokenizer *self, const AutoAddedToken *tokens, guint n, GError **error)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);
  gint64 n_new = 0;

  if (!pipeline)
    return -1;
  for (guint i = 0; i < n; i++)
    if (!g_utf8_validate (tokens[i].content, -1, NULL))
      {
        g_set_error_literal (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "a token that is to be added is no UTF-8");
        return -1;
      }
  if (auto_pipeline_get_slow (pipeline))
    return add_slow (priv, tokens, n, error);
  AutoAddedVocabulary *added = auto_added_vocabulary_copy (auto_pipeline_get_added (pipeline));
  for (guint i = 0; i < n; i++)
    n_new += auto_added_vocabulary_add (added, &tokens[i], auto_pipeline_get_model (pipeline));
  AutoPipeline *changed = auto_pipeline_with_added (pipeline, added, error);
  if (!changed)
    return -1;
  set_pipeline (priv, changed);
  return n_new;
}

static gint64
add_tokens (AutoTokenizer *self, const char *const *tokens, gboolean special, GError **error)
{
  gsize n = g_strv_length ((char **) tokens);
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);
  g_autoptr(GArray) added = g_array_new (FALSE, FALSE, sizeof (AutoAddedToken));

  if (!pipeline)
    return -1;
  for (gsize i = 0; i < n; i++)
    /* a Python class leaves a mere text alone that it has added already */
    if (!auto_pipeline_get_slow (pipeline) || !auto_added_vocabulary_find (auto_pipeline_get_added (pipeline), tokens[i]))
      g_array_append_val (added, ((AutoAddedToken){ .content = (char *) tokens[i], .normalized = !special, .special = special }));
  return auto_pretrained_tokenizer_add (AUTO_PRETRAINED_TOKENIZER (self), (AutoAddedToken *) (gpointer) added->data, added->len, error);
}

static gboolean
save_pretrained (AutoTokenizer *self, const char *folder, GError **error)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  g_autoptr(AutoPipeline) pipeline = auto_pretrained_pipeline (self, error);
  AutoTokenizerSave save = { pipeline, priv->build.settings, priv->build.class_name, priv->chat_template, priv->padding_side, priv->truncation_side,
                             priv->model_max_length, priv->clean_up, priv->build.spec, priv->build.sentencepiece, priv->build.sentencepiece_name };

  return pipeline && auto_tokenizer_save (&save, folder, error);
}

/* What the reference uses for classes without a template of their own. */
static const char chatml[] = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}"
                             "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

static JsonObject *
template_variables (AutoPretrainedTokenizerPrivate *priv, JsonNode *messages, gboolean add_generation_prompt, JsonNode *variables)
{
  JsonObject *all = json_object_new ();
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  for (int i = 0; i < AUTO_N_SPECIALS; i++)
    if (auto_pretrained_special (priv, i))
      json_object_set_string_member (all, auto_special_key (i), auto_pretrained_special (priv, i));
  json_object_set_member (all, "messages", json_node_copy (messages));
  json_object_set_boolean_member (all, "add_generation_prompt", add_generation_prompt);
  if (variables && JSON_NODE_HOLDS_OBJECT (variables))
    {
      json_object_iter_init_ordered (&iter, json_node_get_object (variables));
      while (json_object_iter_next_ordered (&iter, &key, &node))
        json_object_set_member (all, key, json_node_copy (node));
    }
  return all;
}

static char *
apply_chat_template (AutoTokenizer *self, JsonNode *messages, gboolean add_generation_prompt, JsonNode *variables, GError **error)
{
  AutoPretrainedTokenizerPrivate *priv = auto_pretrained_private (self);
  const AutoTokenizerSpec *spec = priv->build.spec;
  gboolean of_class = !priv->chat_template && spec && spec->chat_template;
  g_autofree char *filled = of_class ? auto_tokenizer_fill_text (spec->chat_template, priv->build.settings->values) : NULL;
  const char *source = filled ? filled : priv->chat_template ? priv->chat_template : chatml;
  g_autoptr(AutoTemplate) template = auto_template_new (source, "chat_template", error);

  if (!template)
    return NULL;
  g_autoptr(JsonObject) all = template_variables (priv, messages, add_generation_prompt, variables);
  return auto_template_render (template, all, error);
}

static void
tokenizer_iface_init (AutoTokenizerInterface *iface)
{
  iface->apply_chat_template = apply_chat_template;
  iface->encode_batch = auto_pretrained_encode_batch;
  iface->encode_words = auto_pretrained_encode_words;
  iface->decode = decode;
  iface->tokenize = tokenize;
  iface->convert_token_to_id = convert_token_to_id;
  iface->convert_id_to_token = convert_id_to_token;
  iface->get_vocab_size = get_vocab_size;
  iface->get_vocab = get_vocab;
  iface->add_tokens = add_tokens;
  iface->save_pretrained = save_pretrained;
}
