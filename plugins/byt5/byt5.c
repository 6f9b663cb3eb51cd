/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ByT5's tokenizer: bytes, and T5's marks of gaps. */
#include "sdk/auto-sdk.h"

static char **
byt5_gap_tokens (const AutoTokenizerSpec *self, JsonObject *settings)
{
  gint64 n = json_object_get_int_member_with_default (settings, "extra_ids", 125);
  g_autoptr(GStrvBuilder) tokens = g_strv_builder_new ();

  for (gint64 i = 0; i < MIN (n, 100000); i++)
    {
      g_autofree char *token = g_strdup_printf ("<extra_id_%" G_GINT64_FORMAT ">", i);
      g_strv_builder_add (tokens, token);
    }
  return g_strv_builder_end (tokens);
}

#define BYT5_MARK(name, text) "\"" name "\": {\"content\": \"" text "\", \"lstrip\": true, \"rstrip\": true, \"normalized\": true}"

static const AutoTokenizerSpec byt5_tokenizer = {
  .class_name = "ByT5Tokenizer", .more_tokens = byt5_gap_tokens, .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{" BYT5_MARK ("eos_token", "</s>") ", " BYT5_MARK ("unk_token", "<unk>") ", " BYT5_MARK ("pad_token", "<pad>") ", \"extra_ids\": 125}",
  .slow = &(const AutoSlowTokenizer) {
    .engine = &auto_slow_bytes, .params = &(const AutoSlowBytes) { .offset = 3, .ignores = TRUE }, .listed = "[$pad_token, $eos_token, $unk_token]",
    .single = "$A:0 !${eos_token}:0", .pair = "$A:0 !${eos_token}:0 $B:0 !${eos_token}:0" } };

AUTO_PLUGIN (byt5, "ByT5", AUTO_TOKENIZER ("ByT5Tokenizer", NULL, &byt5_tokenizer, .model_type = "byt5"));
