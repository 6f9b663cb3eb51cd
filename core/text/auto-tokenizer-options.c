/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../base/auto-option-fields.h"
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

static const AutoOptionField fields[] = {
#define BOOL(name, member, initial, blurb) AUTO_OPTION_FIELD_BOOL (AutoTokenizerOptions, name, call.member, initial, blurb)
#define ENUM(name, member, type, initial, blurb) AUTO_OPTION_FIELD_ENUM (AutoTokenizerOptions, name, call.member, type, initial, blurb)
#define INT(name, member, initial, blurb) AUTO_OPTION_FIELD_INT (AutoTokenizerOptions, name, call.member, initial, blurb)
#define TEXT(name, member, blurb) AUTO_OPTION_FIELD_TEXT (AutoTokenizerOptions, name, call.member, blurb)
#define VARIANT(name, member, type, blurb) AUTO_OPTION_FIELD_VARIANT (AutoTokenizerOptions, name, call.member, type, blurb)
#define OBJECT(name, member, type, blurb) AUTO_OPTION_FIELD_OBJECT (AutoTokenizerOptions, name, call.member, type, blurb)
  { NULL },
  BOOL ("add-special-tokens", add_special_tokens, TRUE, "Add the model's special tokens"),
  ENUM ("padding", padding, auto_padding_get_type, AUTO_PADDING_UNSET, "How rows are filled up"),
  ENUM ("truncation", truncation, auto_truncation_get_type, AUTO_TRUNCATION_UNSET, "How rows that are too long are cut"),
  INT ("max-length", max_length, -1, "Tokens of a row for padding and truncation; -1 for what the model allows"),
  INT ("stride", stride, 0, "Tokens that overflowing rows share with the row before"),
  INT ("pad-to-multiple-of", pad_to_multiple_of, -1,
       "Fill rows up to a multiple of this, if it is not 0; -1 for what the tokenizer's class does"),
  BOOL ("is-split-into-words", is_split_into_words, FALSE, "The text of a batch's row is a list of words"),
  BOOL ("return-overflowing-tokens", return_overflowing_tokens, FALSE, "Give what truncation cut off as more rows"),
  BOOL ("return-special-tokens-mask", return_special_tokens_mask, FALSE, "Name the mask of special tokens among the encoding's tensors"),
  BOOL ("return-offsets-mapping", return_offsets_mapping, FALSE, "Name the offsets among the encoding's tensors"),
  BOOL ("return-length", return_length, FALSE, "Name the rows' lengths among the encoding's tensors"),
  BOOL ("as-target", as_target, FALSE, "The texts are those that the model is to make, as a translation"),
  ENUM ("return-token-type-ids", return_token_type_ids, auto_choice_get_type, AUTO_CHOICE_DEFAULT,
        "Name the type ids among the encoding's tensors"),
  ENUM ("return-attention-mask", return_attention_mask, auto_choice_get_type, AUTO_CHOICE_DEFAULT,
        "Name the attention mask among the encoding's tensors"),
  VARIANT ("entity-spans", entities.spans[0], "aa(xx)",
           "For each text where its entities begin and end, in code points; for a row of ids, in tokens"),
  VARIANT ("entity-spans-pair", entities.spans[1], "aa(xx)", "The same for second texts"),
  VARIANT ("entities", entities.names[0], "aas", "For each text the names of its entities, which are masked without"),
  VARIANT ("entities-pair", entities.names[1], "aas", "The same for second texts"),
  VARIANT ("entity-ids", entities.ids[0], "aax", "For each text the ids of its entities, in place of their names"),
  VARIANT ("entity-ids-pair", entities.ids[1], "aax", "The same for second texts"),
  INT ("max-entity-length", entities.most, -1, "Entities of a row for padding and truncation; -1 for what the tokenizer says"),
  VARIANT ("columns", columns[0], "a{sax}",
           "For a row of ids the numbers that their tokens have beside, by the input's name; those of the tokenizer's files without"),
  VARIANT ("columns-pair", columns[1], "a{sax}", "The same for the second ids"),
  TEXT ("artist", artist, "Who sings the text, for a tokenizer of songs"),
  TEXT ("genres", genres, "The song's genres, with _ between them"),
  TEXT ("prefix-text", prefix_text, "What stands before the text, for a model that reads it from both sides"),
  OBJECT ("table", tables.table, auto_table_get_type, "The AutoTable that all texts are about"),
  OBJECT ("tables", tables.list, g_list_model_get_type, "For each text the AutoTable that it is about"),
  VARIANT ("answer-coordinates", tables.coordinates, "aa(xx)", "For each text the row and the column of every cell that answers it"),
  VARIANT ("answer-text", tables.texts, "aas", "For each text the answers themselves"),
  VARIANT ("boxes", page.boxes, "aa(xxxx)", "For each text of words the four numbers of every word's box on its page; of the second texts, if there are"),
  VARIANT ("word-labels", page.labels, "aax", "For each text of words with boxes a label of every word"),
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
  auto_option_field_get (object, &fields[id], value);
}

static void
auto_tokenizer_options_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  auto_option_field_set (object, &fields[id], value);
}

static void
auto_tokenizer_options_finalize (GObject *object)
{
  auto_option_fields_clear (object, fields, G_N_ELEMENTS (fields));
  G_OBJECT_CLASS (auto_tokenizer_options_parent_class)->finalize (object);
}

static void
auto_tokenizer_options_class_init (AutoTokenizerOptionsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = auto_tokenizer_options_get_property;
  object_class->set_property = auto_tokenizer_options_set_property;
  object_class->finalize = auto_tokenizer_options_finalize;
  auto_option_fields_install (object_class, fields, G_N_ELEMENTS (fields));
}

static void
auto_tokenizer_options_init (AutoTokenizerOptions *self)
{
  auto_option_fields_init (self, fields, G_N_ELEMENTS (fields));
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

AutoTokenizerCall
auto_tokenizer_options_get_call (AutoTokenizerOptions *self)
{
  static AutoTokenizerOptions usual;
  static gsize made;

  if (!self && g_once_init_enter (&made))
    {
      auto_option_fields_init (&usual, fields, G_N_ELEMENTS (fields));
      g_once_init_leave (&made, 1);
    }
  return self ? self->call : usual.call;
}

gboolean
auto_call_fail (GError **error, const char *reason)
{
  g_set_error_literal (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE, reason);
  return FALSE;
}

gboolean
auto_call_fits (GVariant *list, gsize n)
{
  return !list || g_variant_n_children (list) == n;
}
