/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a tokenizer tells of itself, and what can be changed. */
#include "auto-pretrained-tokenizer-private.h"

#include "../base/auto-message.h"

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
  PROP_PHONEMIZER_LANG,
  PROP_STAMPS,
  PROP_DO_PHONEMIZE,
  PROP_FIRST_LABELS,
  PROP_CALL_NAMES,
  PROP_COLUMN_NAMES,
  PROP_TOKEN, /* the special tokens, in AutoSpecial's order */
  PROP_TOKEN_ID = PROP_TOKEN + AUTO_N_SPECIALS,
  N_PROPS = PROP_TOKEN_ID + AUTO_N_SPECIALS,
};

static char **
list_additional (AutoPretrainedTokenizerPrivate *priv)
{
  GArray *additional = priv->build.settings ? priv->build.settings->additional : NULL;
  char **list = g_new0 (char *, (additional ? additional->len : 0) + 1);

  for (guint i = 0; additional && i < additional->len; i++)
    list[i] = g_strdup (g_array_index (additional, AutoAddedToken, i).content);
  return list;
}

static const char *
setting_name (guint id)
{
  static const char *const names[] = { "src_lang", "tgt_lang", "language", "task", "phonemizer_lang", "predict_timestamps", "do_phonemize" };

  return names[id - PROP_SRC_LANG];
}

static void
auto_pretrained_tokenizer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  static const char *const texts[] = { "text", "text_pair", NULL };
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
    case PROP_PHONEMIZER_LANG:
      g_value_set_string (value, priv->build.settings ? auto_json_string (priv->build.settings->values, setting_name (id)) : NULL);
      break;
    case PROP_STAMPS:
    case PROP_DO_PHONEMIZE:
      g_value_set_boolean (value, priv->build.settings && auto_json_bool (priv->build.settings->values, setting_name (id), FALSE));
      break;
    case PROP_CALL_NAMES:
      g_value_set_boxed (value, priv->build.spec && priv->build.spec->call_names ? priv->build.spec->call_names : texts);
      break;
    case PROP_COLUMN_NAMES:
      g_value_take_boxed (value, auto_pretrained_list_columns (priv));
      break;
    case PROP_FIRST_LABELS:
      g_value_set_boolean (value, !priv->build.settings || auto_json_bool (priv->build.settings->values, "only_label_first_subword", TRUE));
      break;
    default:
      if (id >= PROP_TOKEN_ID)
        {
          const char *token = auto_pretrained_special (priv, id - PROP_TOKEN_ID);
          g_value_set_int64 (value, token ? auto_pretrained_convert_token_to_id (AUTO_TOKENIZER (object), token) : -1);
        }
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
  if (g_value_get_string (value))
    set_string (member, value);
}

gboolean
auto_pretrained_check_sides (const AutoPretrainedTokenizerPrivate *priv, GError **error)
{
  const char *sides[] = { priv->padding_side, priv->truncation_side };

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    if (!auto_tokenizer_is_side (sides[i]))
      {
        auto_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, "%s is set to \"%.60s\"; it may be right or left",
                        i == 0 ? "padding-side" : "truncation-side", sides[i]);
        return FALSE;
      }
  return TRUE;
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
  auto_pretrained_extend_slow (priv, NULL, 0, NULL, NULL);
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
  g_clear_error (&priv->unsettled);
  if (spec->check && !spec->check (spec, priv->build.settings->values, &priv->unsettled))
    return;
  if (auto_pipeline_get_slow (priv->build.pipeline))
    {
      auto_pretrained_extend_slow (priv, NULL, 0, NULL, &priv->unsettled);
      return;
    }
  if (!spec->target_single && !spec->templates_follow)
    return;
  AutoPipeline *changed = auto_tokenizer_build_templates (&priv->build, &error);
  if (changed)
    auto_pretrained_set_pipeline (priv, changed);
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
      /* what stands around texts of a Python class may depend on it */
      if (!priv->build.fast && priv->build.spec && priv->build.spec->settle && auto_tokenizer_is_side (g_value_get_string (value)))
        change_setting (priv, "padding_side", value);
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
    case PROP_PHONEMIZER_LANG:
    case PROP_STAMPS:
    case PROP_DO_PHONEMIZE:
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
          auto_pretrained_extend_slow (priv, NULL, 0, NULL, NULL);
        }
    }
}

void
auto_pretrained_install_properties (GObjectClass *class)
{
  static const char *const names[] = { "bos", "eos", "unk", "sep", "pad", "cls", "mask" };
  const GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS, rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  class->get_property = auto_pretrained_tokenizer_get_property;
  class->set_property = auto_pretrained_tokenizer_set_property;
#define STRING(id, name, blurb, flags) g_object_class_install_property (class, id, g_param_spec_string (name, NULL, blurb, NULL, flags))
  STRING (PROP_NAME_OR_PATH, "name-or-path", "Where the tokenizer was loaded from", ro);
  STRING (PROP_CLASS_NAME, "class-name", "The tokenizer's class", ro);
  STRING (PROP_PADDING_SIDE, "padding-side", "The side where padding goes: left or right", rw);
  STRING (PROP_TRUNCATION_SIDE, "truncation-side", "The side where texts are cut: left or right", rw);
  STRING (PROP_SRC_LANG, "src-lang", "The language of texts", rw);
  STRING (PROP_TGT_LANG, "tgt-lang", "The language of texts that the model is to make", rw);
  STRING (PROP_LANGUAGE, "language", "The language of speech that texts are of", rw);
  STRING (PROP_TASK, "task", "What is made of speech: transcribe or translate", rw);
  STRING (PROP_PHONEMIZER_LANG, "phonemizer-lang", "The language whose phonemes texts become", rw);
  STRING (PROP_CHAT_TEMPLATE, "chat-template", "The template that makes a text of a conversation", rw);
#undef STRING
  g_object_class_install_property (class, PROP_IS_FAST, g_param_spec_boolean ("is-fast", NULL, "Answers as the reference's fast class", TRUE, ro));
  g_object_class_install_property (class, PROP_CLEAN_UP, g_param_spec_boolean ("clean-up-tokenization-spaces", NULL,
                                                                               "Take away spaces before punctuation when decoding", TRUE, rw));
  g_object_class_install_property (class, PROP_SPACES,
                                   g_param_spec_boolean ("spaces-between-special-tokens", NULL,
                                                         "Put spaces around added tokens when decoding, if it isn't fast", TRUE, rw));
  g_object_class_install_property (class, PROP_STAMPS,
                                   g_param_spec_boolean ("predict-timestamps", NULL, "Texts of speech have marks of time", FALSE, rw));
  g_object_class_install_property (class, PROP_DO_PHONEMIZE, g_param_spec_boolean ("do-phonemize", NULL, "Texts become phonemes first", FALSE, rw));
  g_object_class_install_property (class, PROP_FIRST_LABELS, g_param_spec_boolean ("only-label-first-subword", NULL,
                                                                                   "Of a word's tokens only the first gets its label", TRUE, rw));
  g_object_class_install_property (class, PROP_CALL_NAMES,
                                   g_param_spec_boxed ("call-names", NULL,
                                                       "A call's parts: the last is the text and others are options,"
                                                       " or they are a text and another",
                                                       G_TYPE_STRV, ro));
  g_object_class_install_property (class, PROP_COLUMN_NAMES,
                                   g_param_spec_boxed ("column-names", NULL, "The numbers that tokens have beside their ids", G_TYPE_STRV, ro));
  g_object_class_install_property (class, PROP_MODEL_INPUT_NAMES,
                                   g_param_spec_boxed ("model-input-names", NULL, "What the model takes", G_TYPE_STRV, rw));
  g_object_class_install_property (class, PROP_ADDITIONAL,
                                   g_param_spec_boxed ("additional-special-tokens", NULL, "More special tokens", G_TYPE_STRV, rw));
  g_object_class_install_property (
      class, PROP_MODEL_MAX_LENGTH,
      g_param_spec_int64 ("model-max-length", NULL, "Most tokens of a row that the model can take", 0, G_MAXINT64, G_MAXINT64, rw));
  g_object_class_install_property (class, PROP_PAD_TOKEN_TYPE_ID,
                                   g_param_spec_int64 ("pad-token-type-id", NULL, "Token type of padding", 0, G_MAXINT32, 0, rw));
  g_object_class_install_property (class, PROP_VOCAB_SIZE,
                                   g_param_spec_uint ("vocab-size", NULL, "Tokens, without those that were added", 0, G_MAXUINT, 0, ro));
  for (int i = 0; i < AUTO_N_SPECIALS; i++)
    {
      g_autofree char *token = g_strconcat (names[i], "-token", NULL), *token_id = g_strconcat (names[i], "-token-id", NULL);
      g_object_class_install_property (class, PROP_TOKEN + i, g_param_spec_string (token, NULL, "A special token", NULL, G_PARAM_READWRITE));
      g_object_class_install_property (
          class, PROP_TOKEN_ID + i,
          g_param_spec_int64 (token_id, NULL, "Id of a special token, -1 for none", -1, G_MAXINT32, -1, G_PARAM_READABLE));
    }
}
