/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-tokenizer-call.h"

struct _AutoTokenizerOptions
{
  GObject parent_instance;

  AutoTokenizerCall call;
};

G_DEFINE_FINAL_TYPE (AutoTokenizerOptions, auto_tokenizer_options, G_TYPE_OBJECT)

static GType
register_enum (gsize *type, const char *name, const GEnumValue *values)
{
  if (g_once_init_enter (type))
    g_once_init_leave (type, g_enum_register_static (name, values));
  return *type;
}

GType
auto_padding_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = { { AUTO_PADDING_NO, "AUTO_PADDING_NO", "no" },
                                       { AUTO_PADDING_LONGEST, "AUTO_PADDING_LONGEST", "longest" },
                                       { AUTO_PADDING_MAX_LENGTH, "AUTO_PADDING_MAX_LENGTH", "max-length" },
                                       { AUTO_PADDING_UNSET, "AUTO_PADDING_UNSET", "unset" },
                                       { 0 } };
  return register_enum (&type, "AutoPadding", values);
}

GType
auto_truncation_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = { { AUTO_TRUNCATION_UNSET, "AUTO_TRUNCATION_UNSET", "unset" },
                                       { AUTO_TRUNCATION_NO, "AUTO_TRUNCATION_NO", "no" },
                                       { AUTO_TRUNCATION_LONGEST_FIRST, "AUTO_TRUNCATION_LONGEST_FIRST", "longest-first" },
                                       { AUTO_TRUNCATION_ONLY_FIRST, "AUTO_TRUNCATION_ONLY_FIRST", "only-first" },
                                       { AUTO_TRUNCATION_ONLY_SECOND, "AUTO_TRUNCATION_ONLY_SECOND", "only-second" },
                                       { AUTO_TRUNCATION_DROP_ROWS_TO_FIT, "AUTO_TRUNCATION_DROP_ROWS_TO_FIT", "drop-rows-to-fit" },
                                       { 0 } };
  return register_enum (&type, "AutoTruncation", values);
}

GType
auto_choice_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = { { AUTO_CHOICE_DEFAULT, "AUTO_CHOICE_DEFAULT", "default" },
                                       { AUTO_CHOICE_NO, "AUTO_CHOICE_NO", "no" },
                                       { AUTO_CHOICE_YES, "AUTO_CHOICE_YES", "yes" },
                                       { 0 } };
  return register_enum (&type, "AutoChoice", values);
}

/* A member of the call: one getter and one setter serve them all. */
static const struct
{
  const char *name, *blurb;
  enum { BOOL, ENUM, INT, TEXT, VARIANT, OBJECT } kind;
  GType (*type) (void);     /* an enumeration's, an object's */
  const char *variant_type;
  gsize offset;
  gint64 initial;
} properties[] = {
#define MEMBER(kind_, name_, member_, blurb_) .name = name_, .blurb = blurb_, .kind = kind_, .offset = G_STRUCT_OFFSET (AutoTokenizerOptions, call.member_)
#define BOOL(name, member, initial_, blurb) { MEMBER (BOOL, name, member, blurb), .initial = initial_ }
#define ENUM(name, member, type_, initial_, blurb) { MEMBER (ENUM, name, member, blurb), .type = type_, .initial = initial_ }
#define INT(name, member, initial_, blurb) { MEMBER (INT, name, member, blurb), .initial = initial_ }
#define TEXT(name, member, blurb) { MEMBER (TEXT, name, member, blurb) }
#define VARIANT(name, member, type_, blurb) { MEMBER (VARIANT, name, member, blurb), .variant_type = type_ }
#define OBJECT(name, member, type_, blurb) { MEMBER (OBJECT, name, member, blurb), .type = type_ }
  { NULL },
  BOOL ("add-special-tokens", add_special_tokens, TRUE, "Add the model's special tokens"),
  ENUM ("padding", padding, auto_padding_get_type, AUTO_PADDING_UNSET, "How rows are filled up"),
  ENUM ("truncation", truncation, auto_truncation_get_type, AUTO_TRUNCATION_UNSET, "How rows that are too long are cut"),
  INT ("max-length", max_length, -1, "Tokens of a row for padding and truncation; -1 for what the model allows"),
  INT ("stride", stride, 0, "Tokens that overflowing rows share with the row before"),
  INT ("pad-to-multiple-of", pad_to_multiple_of, -1, "Fill rows up to a multiple of this, if it is not 0; -1 for what the tokenizer's class does"),
  BOOL ("is-split-into-words", is_split_into_words, FALSE, "The text of a batch's row is a list of words"),
  BOOL ("return-overflowing-tokens", return_overflowing_tokens, FALSE, "Give what truncation cut off as more rows"),
  BOOL ("return-special-tokens-mask", return_special_tokens_mask, FALSE, "Name the mask of special tokens among the encoding's tensors"),
  BOOL ("return-offsets-mapping", return_offsets_mapping, FALSE, "Name the offsets among the encoding's tensors"),
  BOOL ("return-length", return_length, FALSE, "Name the rows' lengths among the encoding's tensors"),
  BOOL ("as-target", as_target, FALSE, "The texts are those that the model is to make, as a translation"),
  ENUM ("return-token-type-ids", return_token_type_ids, auto_choice_get_type, AUTO_CHOICE_DEFAULT, "Name the type ids among the encoding's tensors"),
  ENUM ("return-attention-mask", return_attention_mask, auto_choice_get_type, AUTO_CHOICE_DEFAULT, "Name the attention mask among the encoding's tensors"),
  VARIANT ("entity-spans", entities.spans[0], "aa(xx)", "For each text where its entities begin and end, in code points"),
  VARIANT ("entity-spans-pair", entities.spans[1], "aa(xx)", "The same for second texts"),
  VARIANT ("entities", entities.names[0], "aas", "For each text the names of its entities, which are masked without"),
  VARIANT ("entities-pair", entities.names[1], "aas", "The same for second texts"),
  INT ("max-entity-length", entities.most, -1, "Entities of a row for padding and truncation; -1 for what the tokenizer says"),
  TEXT ("prefix-text", prefix_text, "What stands before the text, for a model that reads it from both sides"),
  OBJECT ("table", tables.table, auto_table_get_type, "The AutoTable that all texts are about"),
  OBJECT ("tables", tables.list, g_list_model_get_type, "For each text the AutoTable that it is about"),
  VARIANT ("answer-coordinates", tables.coordinates, "aa(xx)", "For each text the row and the column of every cell that answers it"),
  VARIANT ("answer-text", tables.texts, "aas", "For each text the answers themselves"),
#undef MEMBER
#undef BOOL
#undef ENUM
#undef INT
#undef TEXT
#undef VARIANT
#undef OBJECT
};

static void
auto_tokenizer_options_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  gpointer member = G_STRUCT_MEMBER_P (object, properties[id].offset);

  switch (properties[id].kind)
    {
    case BOOL:
      g_value_set_boolean (value, *(gboolean *) member);
      break;
    case ENUM:
      g_value_set_enum (value, *(int *) member);
      break;
    case INT:
      g_value_set_int64 (value, *(gint64 *) member);
      break;
    case TEXT:
      g_value_set_string (value, *(char **) member);
      break;
    case VARIANT:
      g_value_set_variant (value, *(GVariant **) member);
      break;
    case OBJECT:
      g_value_set_object (value, *(GObject **) member);
    }
}

static void
auto_tokenizer_options_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  gpointer member = G_STRUCT_MEMBER_P (object, properties[id].offset);

  switch (properties[id].kind)
    {
    case BOOL:
      *(gboolean *) member = g_value_get_boolean (value);
      break;
    case ENUM:
      *(int *) member = g_value_get_enum (value);
      break;
    case INT:
      *(gint64 *) member = g_value_get_int64 (value);
      break;
    case TEXT:
      g_free (*(char **) member);
      *(char **) member = g_value_dup_string (value);
      break;
    case VARIANT:
      g_clear_pointer ((GVariant **) member, g_variant_unref);
      *(GVariant **) member = g_value_dup_variant (value);
      break;
    case OBJECT:
      g_set_object ((GObject **) member, g_value_get_object (value));
    }
}

static void
auto_tokenizer_options_finalize (GObject *object)
{
  for (guint id = 1; id < G_N_ELEMENTS (properties); id++)
    {
      gpointer member = G_STRUCT_MEMBER_P (object, properties[id].offset);
      if (properties[id].kind == TEXT)
        g_clear_pointer ((char **) member, g_free);
      else if (properties[id].kind == VARIANT)
        g_clear_pointer ((GVariant **) member, g_variant_unref);
      else if (properties[id].kind == OBJECT)
        g_clear_object ((GObject **) member);
    }
  G_OBJECT_CLASS (auto_tokenizer_options_parent_class)->finalize (object);
}

static GParamSpec *
make_pspec (guint id)
{
  const char *name = properties[id].name, *blurb = properties[id].blurb;
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  switch (properties[id].kind)
    {
    case ENUM:
      return g_param_spec_enum (name, NULL, blurb, properties[id].type (), properties[id].initial, flags);
    case INT:
      return g_param_spec_int64 (name, NULL, blurb, -1, G_MAXINT64, properties[id].initial, flags);
    case TEXT:
      return g_param_spec_string (name, NULL, blurb, NULL, flags);
    case VARIANT:
      return g_param_spec_variant (name, NULL, blurb, G_VARIANT_TYPE (properties[id].variant_type), NULL, flags);
    case OBJECT:
      return g_param_spec_object (name, NULL, blurb, properties[id].type (), flags);
    default:
      return g_param_spec_boolean (name, NULL, blurb, properties[id].initial, flags);
    }
}

static void
auto_tokenizer_options_class_init (AutoTokenizerOptionsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = auto_tokenizer_options_get_property;
  object_class->set_property = auto_tokenizer_options_set_property;
  object_class->finalize = auto_tokenizer_options_finalize;
  for (guint id = 1; id < G_N_ELEMENTS (properties); id++)
    g_object_class_install_property (object_class, id, make_pspec (id));
}

static void
auto_tokenizer_options_init (AutoTokenizerOptions *self)
{
  self->call = auto_tokenizer_options_get_call (NULL);
}

/**
 * auto_tokenizer_options_new:
 *
 * Returns: (transfer full): the defaults
 */
AutoTokenizerOptions *
auto_tokenizer_options_new (void)
{
  return g_object_new (AUTO_TYPE_TOKENIZER_OPTIONS, NULL);
}

AutoTokenizerOptions *
auto_tokenizer_options_copy (AutoTokenizerOptions *self)
{
  AutoTokenizerOptions *copy = auto_tokenizer_options_new ();

  for (guint id = 1; self && id < G_N_ELEMENTS (properties); id++)
    {
      g_auto(GValue) value = G_VALUE_INIT;
      g_object_get_property (G_OBJECT (self), properties[id].name, &value);
      g_object_set_property (G_OBJECT (copy), properties[id].name, &value);
    }
  return copy;
}

AutoTokenizerCall
auto_tokenizer_options_get_call (AutoTokenizerOptions *self)
{
  static const AutoTokenizerCall defaults = { .add_special_tokens = TRUE,
                                              .return_token_type_ids = AUTO_CHOICE_DEFAULT,
                                              .return_attention_mask = AUTO_CHOICE_DEFAULT,
                                              .padding = AUTO_PADDING_UNSET,
                                              .max_length = -1,
                                              .pad_to_multiple_of = -1,
                                              .entities.most = -1 };
  return self ? self->call : defaults;
}
