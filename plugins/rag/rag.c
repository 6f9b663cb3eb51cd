/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RAG's tokenizer: one that encodes questions and one that decodes answers, each in a folder of its own. */
#include <string.h>

#include "core/auto/auto-load-options.h"
#include "core/base/auto-io.h"
#include "core/base/auto-json.h"
#include "core/base/auto-object.h"
#include "core/hub/auto-hub-resolve.h"
#include "core/text/auto-tokenizer.h"
#include "sdk/auto-sdk.h"

static const struct
{
  const char *folder, *config; /* the tokenizer's, and the member of config.json that tells the model's type */
} sides[] = { { "question_encoder_tokenizer", "question_encoder" }, { "generator_tokenizer", "generator" } };

typedef struct
{
  GObject parent_instance;

  AutoTokenizer *sides[2];
  gboolean target_mode; /* texts are encoded by the second */
} RagTokenizer;

typedef GObjectClass RagTokenizerClass;

static void rag_tokenizer_iface_init (AutoTokenizerInterface *iface);
static GType rag_tokenizer_get_type (void);
G_DEFINE_FINAL_TYPE_WITH_CODE (RagTokenizer, rag_tokenizer, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (AUTO_TYPE_TOKENIZER, rag_tokenizer_iface_init))

enum
{
  PROP_0,
  PROP_QUESTION_ENCODER,
  PROP_GENERATOR,
  PROP_CURRENT,
  PROP_TARGET_MODE,
  PROP_CLASS_NAME,
  PROP_IS_FAST,
  N_PROPS,
};

static AutoTokenizer *
current (gpointer self)
{
  RagTokenizer *rag = self;

  return rag->sides[rag->target_mode != FALSE];
}

static void
rag_tokenizer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  RagTokenizer *self = (RagTokenizer *) object;

  switch (id)
    {
    case PROP_QUESTION_ENCODER:
    case PROP_GENERATOR:
      g_value_set_object (value, self->sides[id == PROP_GENERATOR]);
      break;
    case PROP_CURRENT:
      g_value_set_object (value, current (self));
      break;
    case PROP_TARGET_MODE:
      g_value_set_boolean (value, self->target_mode);
      break;
    case PROP_CLASS_NAME:
      g_value_set_static_string (value, "RagTokenizer");
      break;
    default: /* it is a Python class itself, whatever the two are */
      g_value_set_boolean (value, FALSE);
    }
}

static void
rag_tokenizer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ((RagTokenizer *) object)->target_mode = g_value_get_boolean (value);
}

static void
rag_tokenizer_finalize (GObject *object)
{
  RagTokenizer *self = (RagTokenizer *) object;

  g_clear_object (&self->sides[0]);
  g_clear_object (&self->sides[1]);
  G_OBJECT_CLASS (rag_tokenizer_parent_class)->finalize (object);
}

static void
rag_tokenizer_class_init (RagTokenizerClass *class)
{
  const GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  class->get_property = rag_tokenizer_get_property;
  class->set_property = rag_tokenizer_set_property;
  class->finalize = rag_tokenizer_finalize;
#define OBJECT(id, name, blurb) g_object_class_install_property (class, id, g_param_spec_object (name, NULL, blurb, AUTO_TYPE_TOKENIZER, ro))
  OBJECT (PROP_QUESTION_ENCODER, "question-encoder", "The tokenizer of questions");
  OBJECT (PROP_GENERATOR, "generator", "The tokenizer of answers, which decodes");
  OBJECT (PROP_CURRENT, "current-tokenizer", "The one of the two that encodes");
#undef OBJECT
  g_object_class_install_property (class, PROP_TARGET_MODE, g_param_spec_boolean ("target-mode", NULL, "Texts are answers", FALSE,
                                                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (class, PROP_CLASS_NAME, g_param_spec_string ("class-name", NULL, "The tokenizer's class", NULL, ro));
  g_object_class_install_property (class, PROP_IS_FAST, g_param_spec_boolean ("is-fast", NULL, "Answers as the reference's fast class", FALSE, ro));
}

static void
rag_tokenizer_init (RagTokenizer *self)
{
}

/* All that isn't decoding is the current one's. */

static AutoEncoding *
encode_batch (AutoTokenizer *self, const char *const *texts, const char *const *pairs, AutoTokenizerOptions *options, GCancellable *cancellable,
              GError **error)
{
  gboolean single = pairs && texts[0] && !texts[1] && pairs[0] && !pairs[1];

  return single ? auto_tokenizer_encode_pair (current (self), texts[0], pairs[0], options, error)
                : auto_tokenizer_encode_batch (current (self), texts, pairs, options, cancellable, error);
}

static AutoEncoding *
encode_words (AutoTokenizer *self, const char *const *words, const guint *n_words, gsize n_rows, const char *const *pair_words,
              const guint *n_pair_words, gsize n_pair_rows, AutoTokenizerOptions *options, GCancellable *cancellable, GError **error)
{
  return auto_tokenizer_encode_words (current (self), words, n_words, n_rows, pair_words, n_pair_words, n_pair_rows, options, cancellable, error);
}

static char *
decode (AutoTokenizer *self, const gint64 *ids, gsize n, gboolean skip_special_tokens, AutoChoice clean_up, GError **error)
{
  return auto_tokenizer_decode (((RagTokenizer *) self)->sides[1], ids, n, skip_special_tokens, clean_up, error);
}

static JsonNode *
decode_with_options (AutoTokenizer *self, const gint64 *ids, gsize n, AutoDecodeOptions *options, GError **error)
{
  return auto_tokenizer_decode_with_options (((RagTokenizer *) self)->sides[1], ids, n, options, error);
}

static char **
tokenize (AutoTokenizer *self, const char *text, const char *pair, gboolean add_special_tokens, GError **error)
{
  return auto_tokenizer_tokenize (current (self), text, pair, add_special_tokens, error);
}

static gint64
convert_token_to_id (AutoTokenizer *self, const char *token)
{
  return auto_tokenizer_convert_token_to_id (current (self), token);
}

static char *
convert_id_to_token (AutoTokenizer *self, gint64 id)
{
  return auto_tokenizer_convert_id_to_token (current (self), id);
}

static guint
get_vocab_size (AutoTokenizer *self, gboolean with_added_tokens)
{
  return auto_tokenizer_get_vocab_size (current (self), with_added_tokens);
}

static GHashTable *
get_added_vocab (AutoTokenizer *self)
{
  return auto_tokenizer_get_added_vocab (current (self));
}

static char *
convert_tokens_to_string (AutoTokenizer *self, const char *const *tokens, GError **error)
{
  return auto_tokenizer_convert_tokens_to_string (current (self), tokens, error);
}

static GHashTable *
get_vocab (AutoTokenizer *self)
{
  return auto_tokenizer_get_vocab (current (self));
}

static gint64
add_tokens (AutoTokenizer *self, const char *const *tokens, gboolean special, GError **error)
{
  return auto_tokenizer_add_tokens (current (self), tokens, special, error);
}

static char *
apply_chat_template (AutoTokenizer *self, JsonNode *messages, gboolean add_generation_prompt, JsonNode *variables, GError **error)
{
  return auto_tokenizer_apply_chat_template (current (self), messages, add_generation_prompt, variables, error);
}

static gboolean
save_pretrained (AutoTokenizer *self, const char *folder, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_autofree char *path = g_build_filename (folder, sides[i].folder, NULL);
      if (!auto_tokenizer_save_pretrained (((RagTokenizer *) self)->sides[i], path, error))
        return FALSE;
    }
  /* the reference names the class nowhere, and needs the model's config.json beside */
  static const char class[] = "{\n  \"tokenizer_class\": \"RagTokenizer\"\n}\n";
  g_autofree char *path = g_build_filename (folder, "tokenizer_config.json", NULL);
  return auto_io_write (path, class, strlen (class), error);
}

static guint
num_special_tokens_to_add (AutoTokenizer *self, gboolean pair)
{
  return auto_tokenizer_num_special_tokens_to_add (current (self), pair);
}

static AutoEncoding *
prepare_for_model (AutoTokenizer *self, const gint64 *ids, gsize n_ids, const gint64 *pair_ids, gsize n_pair_ids, AutoTokenizerOptions *options,
                   GError **error)
{
  return auto_tokenizer_prepare_for_model (current (self), ids, n_ids, pair_ids, n_pair_ids, options, error);
}

static gint64 *
find_special_tokens (AutoTokenizer *self, const gint64 *ids, gsize n_ids, gsize *n, GError **error)
{
  return auto_tokenizer_get_special_tokens_mask (current (self), ids, n_ids, NULL, 0, TRUE, n, error);
}

static AutoInputs *
pad (AutoTokenizer *self, AutoInputs *const *rows, gsize n_rows, AutoTokenizerOptions *options, GError **error)
{
  return auto_tokenizer_pad (current (self), rows, n_rows, options, error);
}

static void
rag_tokenizer_iface_init (AutoTokenizerInterface *iface)
{
  iface->encode_batch = encode_batch;
  iface->encode_words = encode_words;
  iface->decode = decode;
  iface->decode_with_options = decode_with_options;
  iface->tokenize = tokenize;
  iface->convert_token_to_id = convert_token_to_id;
  iface->convert_id_to_token = convert_id_to_token;
  iface->get_vocab_size = get_vocab_size;
  iface->get_vocab = get_vocab;
  iface->get_added_vocab = get_added_vocab;
  iface->convert_tokens_to_string = convert_tokens_to_string;
  iface->add_tokens = add_tokens;
  iface->apply_chat_template = apply_chat_template;
  iface->save_pretrained = save_pretrained;
  iface->num_special_tokens_to_add = num_special_tokens_to_add;
  iface->prepare_for_model = prepare_for_model;
  iface->find_special_tokens = find_special_tokens;
  iface->pad = pad;
}

/* A file's object; NULL without an error when there is no such file. */
static JsonNode *
read_object (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(JsonNode) node
      = g_file_test (path, G_FILE_TEST_EXISTS) ? auto_json_read (path, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, error) : NULL;

  return node && JSON_NODE_HOLDS_OBJECT (node) ? g_steal_pointer (&node) : NULL;
}

/* The type of a side's model, which tells the tokenizer's class where no file names it. */
static char *
read_type (const char *folder, guint side, GError **error)
{
  g_autoptr(JsonNode) config = read_object (folder, "config.json", error);
  JsonObject *model = config ? auto_json_object (json_node_get_object (config), sides[side].config) : NULL;

  return model ? g_strdup (auto_json_string (model, "model_type")) : NULL;
}

static AutoTokenizer *
open_side (const char *name, const char *folder, guint side, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  GError *why = NULL;
  g_autoptr(AutoLoadOptions) own = options ? auto_object_copy (options) : auto_load_options_new ();
  const char *outer = auto_load_options_get_string (own, "subfolder");
  g_autofree char *subfolder = outer && *outer ? g_build_filename (outer, sides[side].folder, NULL) : g_strdup (sides[side].folder);
  g_autofree char *type = read_type (folder, side, &why);

  g_object_set (own, "subfolder", subfolder, "tokenizer-type", NULL, "use-fast", TRUE, NULL);
  g_autofree char *path = why ? NULL : auto_hub_resolve (name, AUTO_HUB_WANT_TOKENIZER, own, cancellable, &why);
  if (path && !g_file_test (path, G_FILE_TEST_IS_DIR))
    g_set_error (&why, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_FOUND,
                 "%s: no such folder; RagTokenizer is made of two tokenizers, in the folders"
                 " %s and %s",
                 path, sides[0].folder, sides[1].folder);
  g_autoptr(JsonNode) config = why ? NULL : read_object (path, "tokenizer_config.json", &why);
  if (why)
    {
      g_propagate_error (error, why);
      return NULL;
    }
  if (!config || !auto_json_string (json_node_get_object (config), "tokenizer_class"))
    g_object_set (own, "tokenizer-type", type, NULL);
  g_object_set (own, "subfolder", NULL, NULL);
  return auto_tokenizer_from_pretrained (path, own, cancellable, error);
}

static AutoTokenizer *
rag_tokenizer_open (const char *name, const char *folder, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  g_autoptr(GObject) self = g_object_new (rag_tokenizer_get_type (), NULL);

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    if (!(((RagTokenizer *) self)->sides[i] = open_side (name, folder, i, options, cancellable, error)))
      return NULL;
  return (AutoTokenizer *) g_steal_pointer (&self);
}

static const AutoTokenizerSpec rag_tokenizer = { .class_name = "RagTokenizer", .open = rag_tokenizer_open };

AUTO_PLUGIN (rag, "RAG", AUTO_TOKENIZER ("RagTokenizer", NULL, &rag_tokenizer, .model_type = "rag"));
