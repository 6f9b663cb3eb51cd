/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-decode-call.h"
#include "../base/auto-option-fields.h"

struct _AutoDecodeOptions
{
  GObject parent_instance;

  AutoDecodeCall call;
};

G_DEFINE_FINAL_TYPE (AutoDecodeOptions, auto_decode_options, G_TYPE_OBJECT)

GType
auto_timestamps_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = { { AUTO_TIMESTAMPS_NO, "AUTO_TIMESTAMPS_NO", "no" },
                                       { AUTO_TIMESTAMPS_YES, "AUTO_TIMESTAMPS_YES", "yes" },
                                       { AUTO_TIMESTAMPS_WORD, "AUTO_TIMESTAMPS_WORD", "word" },
                                       { 0 } };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("AutoTimestamps", values));
  return type;
}

static const AutoOptionField fields[] = {
#define BOOL(name, member, initial, blurb) AUTO_OPTION_FIELD_BOOL (AutoDecodeOptions, name, call.member, initial, blurb)
#define ENUM(name, member, type, initial, blurb) AUTO_OPTION_FIELD_ENUM (AutoDecodeOptions, name, call.member, type, initial, blurb)
  { NULL },
  BOOL ("skip-special-tokens", skip_special_tokens, FALSE, "Leave out special tokens"),
  ENUM ("clean-up-tokenization-spaces", clean_up, auto_choice_get_type, AUTO_CHOICE_DEFAULT, "Take away spaces before punctuation"),
  ENUM ("spaces-between-special-tokens", spaces, auto_choice_get_type, AUTO_CHOICE_DEFAULT, "Put spaces around added tokens"),
  BOOL ("group-tokens", group_tokens, TRUE, "Take the same token at moments one after another for one"),
  BOOL ("output-char-offsets", output_char_offsets, FALSE, "Tell at which moments each character begins and ends"),
  BOOL ("output-word-offsets", output_word_offsets, FALSE, "Tell at which moments each word begins and ends"),
  BOOL ("filter-word-delimiter-token", filter_word_delimiter_token, TRUE, "Leave out the token between words"),
  BOOL ("output-offsets", output_offsets, FALSE, "Tell the times between which each piece was said"),
  BOOL ("decode-with-timestamps", decode_with_timestamps, FALSE, "Write marks of time into the text"),
  AUTO_OPTION_FIELD_DOUBLE (AutoDecodeOptions, "time-precision", call.time_precision, 0.02, "Seconds from one mark of time to the next"),
  BOOL ("normalize", normalize, FALSE, "Make the text plain, by the rules for English"),
  BOOL ("basic-normalize", basic_normalize, FALSE, "Make the text plain, by the rules for any language"),
  BOOL ("remove-diacritics", remove_diacritics, FALSE, "Take away accents with basic-normalize"),
  ENUM ("return-timestamps", return_timestamps, auto_timestamps_get_type, AUTO_TIMESTAMPS_NO, "The times that a transcript tells"),
  BOOL ("return-language", return_language, FALSE, "Tell the language of each piece of a transcript"),
#undef BOOL
#undef ENUM
};

static void
auto_decode_options_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  auto_option_field_get (object, &fields[id], value);
}

static void
auto_decode_options_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  auto_option_field_set (object, &fields[id], value);
}

static void
auto_decode_options_class_init (AutoDecodeOptionsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = auto_decode_options_get_property;
  object_class->set_property = auto_decode_options_set_property;
  auto_option_fields_install (object_class, fields, G_N_ELEMENTS (fields));
}

static void
auto_decode_options_init (AutoDecodeOptions *self)
{
  auto_option_fields_init (self, fields, G_N_ELEMENTS (fields));
}

/**
 * auto_decode_options_new:
 *
 * Returns: (transfer full): the defaults
 */
AutoDecodeOptions *
auto_decode_options_new (void)
{
  return g_object_new (AUTO_TYPE_DECODE_OPTIONS, NULL);
}

AutoDecodeCall
auto_decode_options_get_call (AutoDecodeOptions *self)
{
  static AutoDecodeOptions usual;
  static gsize made;

  if (!self && g_once_init_enter (&made))
    {
      auto_option_fields_init (&usual, fields, G_N_ELEMENTS (fields));
      g_once_init_leave (&made, 1);
    }
  return self ? self->call : usual.call;
}
