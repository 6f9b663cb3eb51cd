/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RoFormer's tokenizer: Jieba's Chinese words where the vocabulary has them, others as BERT cuts them. */
#include "core/base/auto-json.h"
#include "core/text/auto-jieba.h"
#include "core/text/auto-slow.h"
#include "sdk/auto-sdk.h"

typedef struct
{
  const AutoJieba *jieba;
  gpointer words; /* what BERT's engine has as data */
} RoFormer;

/* BERT's engine at work for this one. */
static AutoSlow
as_bert (const AutoSlow *self)
{
  AutoSlow bert = *self;

  bert.data = ((RoFormer *) self->data)->words;
  return bert;
}

static gboolean
roformer_load (AutoSlow *self, const char *folder, GError **error)
{
  RoFormer *data = g_new0 (RoFormer, 1);
  gboolean good = auto_slow_wordpiece.load (self, folder, error);

  data->words = self->data;
  self->data = data;
  return good && (data->jieba = auto_jieba_get (folder, FALSE, error)) != NULL;
}

static void
roformer_clear (AutoSlow *self)
{
  AutoSlow bert = as_bert (self);

  auto_slow_wordpiece.clear (&bert);
  g_free (self->data);
}

typedef struct
{
  const AutoSlow *bert;
  GPtrArray *tokens;
} Pass;

static void
add_word (const char *word, gsize length, gpointer data)
{
  Pass *pass = data;

  if (auto_vocabulary_find (pass->bert->vocabulary, word, length) >= 0)
    g_ptr_array_add (pass->tokens, g_strndup (word, length));
  else
    auto_slow_wordpiece.tokenize (pass->bert, word, length, pass->tokens);
}

static void
roformer_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  const RoFormer *data = self->data;
  AutoSlow bert = as_bert (self);
  Pass pass = { &bert, tokens };

  auto_jieba_cut (data->jieba, AUTO_JIEBA_RUST, FALSE, text, length, add_word, &pass);
}

static gboolean
roformer_join (const AutoSlow *self, GPtrArray *tokens, GString *text, GError **error)
{
  return auto_slow_wordpiece.join (self, tokens, text, error);
}

static const AutoSlowEngine roformer_engine = {
  .load = roformer_load, .tokenize = roformer_tokenize, .join = roformer_join, .clear = roformer_clear };

/* The fast class cuts words the same way, which tokenizer.json can't say: BERT's way is written there. */
static gboolean
roformer_prepare (const AutoTokenizerSpec *self, JsonObject *settings, JsonObject *parts, gboolean from_json, GError **error)
{
  JsonObject *jieba = json_object_new (), *saved = json_object_new ();

  json_object_set_string_member (jieba, "type", "Jieba");
  json_object_set_string_member (jieba, "folder", auto_json_string (settings, "_folder"));
  json_object_set_object_member (parts, "pre_tokenizer", jieba);
  json_object_set_string_member (saved, "type", "BertPreTokenizer");
  json_object_set_object_member (parts, "saved_pre_tokenizer", saved);
  return TRUE;
}

static const AutoTokenizerSpec roformer_tokenizer = {
  .class_name = "RoFormerTokenizer", .kind = AUTO_TOKENIZER_WORDPIECE, .prepare = roformer_prepare,
  .defaults = "{" AUTO_WORDPIECE_SETTINGS ", \"unk_token\": \"[UNK]\", \"sep_token\": \"[SEP]\", \"pad_token\": \"[PAD]\","
              " \"cls_token\": \"[CLS]\", \"mask_token\": \"[MASK]\"}",
  .model = "{\"unk_token\": $unk_token, \"continuing_subword_prefix\": \"##\", \"max_input_chars_per_word\": 100}",
  .normalizer = "{\"type\": \"BertNormalizer\", \"clean_text\": true, \"handle_chinese_chars\": false, \"strip_accents\": $strip_accents,"
                " \"lowercase\": $do_lower_case}",
  .decoder = "{\"type\": \"WordPiece\", \"prefix\": \"##\", \"cleanup\": true}",
  .adjust = "normalizer.lowercase=do_lower_case normalizer.strip_accents=strip_accents",
  .single = "${cls_token}:0 $A:0 ${sep_token}:0", .pair = "${cls_token}:0 $A:0 ${sep_token}:0 $B:1 ${sep_token}:1",
  .slow = &(const AutoSlowTokenizer) { .engine = &roformer_engine, .lower = "do_lower_case", .ids_fall_back = TRUE } };

AUTO_PLUGIN (roformer, "RoFormer",
  AUTO_TOKENIZER ("RoFormerTokenizer", "RoFormerTokenizerFast", &roformer_tokenizer, .model_type = "roformer"));
