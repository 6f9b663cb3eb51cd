/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ESM's tokenizer: amino acids. */
#include "core/text/auto-python-text.h"
#include "core/text/auto-slow.h"
#include "sdk/auto-sdk.h"

/* vocab.txt, without spaces around its tokens. */
static gboolean
esm_load (AutoSlow *self, const char *folder, GError **error)
{
  if (!auto_slow_load_lines (self, folder, "vocab.txt", error))
    return FALSE;
  g_autoptr(AutoVocabulary) lines = g_steal_pointer (&self->vocabulary);
  self->vocabulary = auto_vocabulary_new ();
  for (guint i = 0; i < auto_vocabulary_size (lines); i++)
    {
      gsize length;
      guint id;
      const char *token = auto_vocabulary_nth (lines, i, &length, &id);
      auto_python_lstrip (&token, &length);
      auto_python_rstrip (token, &length);
      auto_vocabulary_add (self->vocabulary, token, length, id);
    }
  return TRUE;
}

static void
esm_tokenize (const AutoSlow *self, const char *text, gsize length, GPtrArray *tokens)
{
  auto_python_split (text, length, auto_python_collect_word, tokens);
}

static const AutoSlowEngine esm_words = { .load = esm_load, .tokenize = esm_tokenize };

static const AutoTokenizerSpec esm_tokenizer = {
  .class_name = "EsmTokenizer", .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{\"unk_token\": \"<unk>\", \"cls_token\": \"<cls>\", \"pad_token\": \"<pad>\", \"mask_token\": \"<mask>\", \"eos_token\": \"<eos>\"}",
  .slow = &(const AutoSlowTokenizer) {
    .engine = &esm_words, .cuts_at_all = TRUE, .counts_own = TRUE, .adds_special = TRUE, .ids_fall_back = TRUE,
    .single = "${cls_token}:0 $A:0 ${eos_token}:0", .pair = "${cls_token}:0 $A:0 ${eos_token}:0 $B:0 ${eos_token}:0" } };

AUTO_PLUGIN (esm, "ESM", AUTO_TOKENIZER ("EsmTokenizer", NULL, &esm_tokenizer, .model_type = "esm"));
