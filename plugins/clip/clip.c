/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CLIP (Radford et al., arXiv:2103.00020); transformers: models/clip/modeling_clip.py */
#include "core/text/auto-python-text.h"
#include "newer-characters.h"
#include "sdk/auto-sdk.h"
#include "text-fixer.h"

typedef struct _CLIPTextConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, hidden_size, intermediate_size, num_hidden_layers, num_attention_heads, max_position_embeddings;
  AutoActivation hidden_act;
  double layer_norm_eps;
} CLIPTextConfig;

typedef struct _CLIPVisionConfig
{
  AutoPretrainedConfig parent;
  int hidden_size, intermediate_size, num_hidden_layers, num_attention_heads, num_channels, image_size, patch_size;
  AutoActivation hidden_act;
  double layer_norm_eps;
} CLIPVisionConfig;

typedef struct _CLIPConfig
{
  AutoPretrainedConfig parent;
  CLIPTextConfig *text_config;
  CLIPVisionConfig *vision_config;
  int projection_dim;
} CLIPConfig;

#define CLIP_TOWER(hidden, intermediate, heads)                                                                                \
  AUTO_INT (hidden_size, hidden, .min = 1, .max = G_MAXINT), AUTO_INT (intermediate_size, intermediate, .min = 1, .max = G_MAXINT), \
  AUTO_EXTRA ("projection_dim", "512"), AUTO_INT (num_hidden_layers, 12, .min = 0, .max = G_MAXINT),                           \
  AUTO_INT (num_attention_heads, heads, .min = 1, .max = G_MAXINT), AUTO_DOUBLE (layer_norm_eps, 1e-05),                       \
  AUTO_ENUM (hidden_act, AUTO_TYPE_ACTIVATION, AUTO_ACTIVATION_QUICK_GELU), AUTO_EXTRA ("initializer_range", "0.02"),          \
  AUTO_EXTRA ("initializer_factor", "1.0"), AUTO_EXTRA ("attention_dropout", "0.0")

AUTO_DEFINE_CONFIG_WITH (CLIPTextConfig, clip_text_config, "clip_text_model", (.base_first = TRUE),
  AUTO_INT (vocab_size, 49408, .min = 1, .max = G_MAXINT),
  CLIP_TOWER (512, 2048, 8),
  AUTO_INT (max_position_embeddings, 77, .min = 1, .max = G_MAXINT),
  AUTO_DEFAULT ("pad_token_id", "1"),
  AUTO_DEFAULT ("bos_token_id", "49406"),
  AUTO_DEFAULT ("eos_token_id", "49407"))

AUTO_DEFINE_CONFIG_WITH (CLIPVisionConfig, clip_vision_config, "clip_vision_model", (.base_first = TRUE),
  CLIP_TOWER (768, 3072, 12),
  AUTO_INT (num_channels, 3, .min = 1, .max = G_MAXINT),
  AUTO_INT (patch_size, 32, .min = 1, .max = G_MAXINT),
  AUTO_INT (image_size, 224, .min = 1, .max = G_MAXINT))

/* Old files have a tower's keys under KEY_dict as well, which win. */
static gboolean
clip_old_key (AutoConfig *self, const char *key, GError **error)
{
  g_autofree char *old = g_strconcat (key, "_dict", NULL);
  g_autoptr(JsonNode) value = auto_config_get_value (self, old);

  auto_config_remove (self, old);
  return !value || !JSON_NODE_HOLDS_OBJECT (value) || auto_config_set_value (self, key, value, error);
}

static gboolean
clip_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  AutoConfig *self = AUTO_CONFIG (config);

  return clip_old_key (self, "text_config", error) && clip_old_key (self, "vision_config", error) &&
         auto_config_set_double (self, "initializer_factor", 1.0, error);
}

AUTO_DEFINE_CONFIG_WITH (CLIPConfig, clip_config, "clip", (.loaded = clip_config_loaded, .base_first = TRUE),
  AUTO_NESTED (text_config, clip_text_config_get_type),
  AUTO_NESTED (vision_config, clip_vision_config_get_type),
  AUTO_INT (projection_dim, 512, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("logit_scale_init_value", "2.6592"))

/* The states of the token that ends each text: the first one, or the greatest id in models whose end token was not set right. */
static AutoTensor *
clip_end_states (AutoContext *cx, const CLIPTextConfig *c, AutoTensor *ids, AutoTensor *x)
{
  AutoTensor *marks = c->parent.eos_token_id == 2 ? ids : auto_cast (cx, auto_eq_scalar (cx, ids, c->parent.eos_token_id), AUTO_DTYPE_I64);

  return auto_token_at (cx, x, auto_argmax (cx, marks, -1, FALSE));
}

static AutoTensor *
clip_text_embeddings (AutoContext *cx, const CLIPTextConfig *c, AutoInputs *in)
{
  AUTO_SCOPE (cx, "embeddings");
  AutoTensor *x = auto_input_embeddings (cx, in, "token_embedding", c->vocab_size, c->hidden_size);
  AutoTensor *positions
      = auto_embedding (cx, "position_embedding", auto_positions (cx, in, auto_dim (x, 1)), c->max_position_embeddings, c->hidden_size);

  auto_ignore_weight (cx, "position_ids");
  return auto_add (cx, x, positions);
}

/* The pooled states; all states go to the outputs below @name. */
static AutoTensor *
clip_text (AutoContext *cx, const CLIPTextConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AUTO_SCOPE (cx, "text_model");
  AutoTensor *ids = auto_required_input (cx, in, "input_ids");
  AutoMask mask = auto_self_mask (cx, auto_inputs_get (in, "attention_mask"), TRUE);
  const char *before = auto_context_set_collection (cx, "text_model_output.");

  mask.causal_first = TRUE;
  AutoTensor *x = auto_image_encoder (cx, clip_text_embeddings (cx, c, in), &(AutoImageEncoder) {
    .name = "encoder.layers", .names = &auto_tower_names, .layers = c->num_hidden_layers, .heads = c->num_attention_heads,
    .intermediate_size = c->intermediate_size, .activation = c->hidden_act, .epsilon = c->layer_norm_eps, .mask = &mask });
  auto_context_set_collection (cx, before);
  x = auto_layer_norm (cx, "final_layer_norm", x, c->layer_norm_eps);
  AutoTensor *pooled = ids ? clip_end_states (cx, c, ids, x) : NULL;
  auto_model_output_set (out, "text_model_output.last_hidden_state", x);
  auto_model_output_set (out, "text_model_output.pooler_output", pooled);
  return pooled;
}

static AutoTensor *
clip_vision_embeddings (AutoContext *cx, const CLIPVisionConfig *c, AutoInputs *in)
{
  AUTO_SCOPE (cx, "embeddings");
  AutoInts size = { 1, (int *) &c->image_size }, patch = { 1, (int *) &c->patch_size };
  AutoTensor *x = auto_embed_patches (cx, "patch_embedding", auto_pixel_values (cx, in, c->num_channels, &size), c->hidden_size, &patch, TRUE);
  AutoTensor *first = auto_expand (cx, auto_parameter (cx, "class_embedding", AUTO_DIMS (c->hidden_size)),
                                   AUTO_DIMS (auto_dim (x, 0), 1, c->hidden_size));
  gint64 n = auto_count_patches (cx, &size, &patch) + 1;

  auto_ignore_weight (cx, "position_ids");
  return auto_add (cx, auto_concat (cx, AUTO_TENSORS (first, x), 1), auto_parameter (cx, "position_embedding.weight", AUTO_DIMS (n, c->hidden_size)));
}

/* The last hidden state; the first token's, behind a norm of its own, is *pooled. */
static AutoTensor *
clip_vision (AutoContext *cx, const CLIPVisionConfig *c, AutoInputs *in, AutoTensor **pooled)
{
  AUTO_SCOPE (cx, "vision_model");
  AutoTensor *x = auto_layer_norm (cx, "pre_layrnorm", clip_vision_embeddings (cx, c, in), c->layer_norm_eps);

  x = auto_image_encoder (cx, x, &(AutoImageEncoder) {
    .name = "encoder.layers", .names = &auto_tower_names, .layers = c->num_hidden_layers, .heads = c->num_attention_heads,
    .intermediate_size = c->intermediate_size, .activation = c->hidden_act, .epsilon = c->layer_norm_eps });
  *pooled = auto_layer_norm (cx, "post_layernorm", auto_select (cx, x, 1, 0), c->layer_norm_eps);
  return x;
}

static void
clip_vision_model_forward (AutoContext *cx, const CLIPVisionConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *pooled;

  auto_model_output_set (out, "last_hidden_state", clip_vision (cx, c, in, &pooled));
  auto_model_output_set (out, "pooler_output", pooled);
}

static void
clip_model_forward (AutoContext *cx, const CLIPConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  const char *before = auto_context_set_collection (cx, "vision_model_output.");
  AutoTensor *pooled, *x = clip_vision (cx, c->vision_config, in, &pooled);

  auto_context_set_collection (cx, before);
  auto_model_output_set (out, "vision_model_output.last_hidden_state", x);
  auto_model_output_set (out, "vision_model_output.pooler_output", pooled);
  AutoTensor *images = auto_linear_no_bias (cx, "visual_projection", pooled, c->projection_dim);
  AutoTensor *texts = auto_linear_no_bias (cx, "text_projection", clip_text (cx, c->text_config, in, out), c->projection_dim);
  auto_contrast (cx, in, texts, images, out);
}

static void
clip_vision_example (const CLIPVisionConfig *c, AutoInputs *in)
{
  auto_image_example (in, c->num_channels, &(AutoInts) { 1, (int *) &c->image_size });
}

static void
clip_example (const CLIPConfig *c, AutoInputs *in)
{
  clip_vision_example (c->vision_config, in);
  auto_inputs_set_example (in, "input_ids", AUTO_DTYPE_I64, (const gint64[]) { 1, 1 }, 2);
}

AUTO_DEFINE_MODEL (CLIPModel, clip_model, clip_model_forward, .example = (AutoExample) clip_example)
AUTO_DEFINE_MODEL (CLIPVisionModel, clip_vision_model, clip_vision_model_forward, .example = (AutoExample) clip_vision_example)

/* The class takes the ends of words out of what it has decoded, and the space around it. */
static gboolean
clip_decode_words (const AutoTokenizerSpec *self, JsonObject *settings, JsonObject *parts, gboolean from_json, GError **error)
{
  static const char words[]
      = "{\"type\": \"Sequence\", \"decoders\": [{\"type\": \"ByteLevel\", \"add_prefix_space\": true, \"trim_offsets\": true,"
        " \"use_regex\": true}, {\"type\": \"Replace\", \"pattern\": {\"String\": \"</w>\"}, \"content\": \" \"},"
        " {\"type\": \"Replace\", \"pattern\": {\"Regex\": \"\\\\A[\\\\s\\\\x1C-\\\\x1F]+|[\\\\s\\\\x1C-\\\\x1F]+\\\\z\"}, \"content\": "
        "\"\"}]}";
  JsonNode *decoder = json_object_get_member (parts, "decoder");
  const char *type = JSON_NODE_HOLDS_OBJECT (decoder) ? json_object_get_string_member_with_default (json_node_get_object (decoder), "type", "") : "";

  if (g_strcmp0 (type, "ByteLevel") == 0)
    json_object_set_member (parts, "decoder", json_from_string (words, NULL));
  return TRUE;
}

/* What the class does to texts where ftfy is installed, in place of BERT's words: it repairs them. */
static char *
clip_repair (const char *text, gsize length)
{
  g_autofree char *fixed = text_fixer_fix (text, length);
  g_autoptr(GString) clean = g_string_new (fixed);

  auto_python_join_spaces (clean);
  auto_python_strip (clean);
  return auto_python_lower (clean->str, clean->len);
}

#define CLIP_END "{\"content\": \"<|endoftext|>\", \"normalized\": true}"

static const char *const clip_marks[] = { "<|startoftext|>", "<|endoftext|>", NULL };

/* U+0345 is lost: without regard to case it is a letter where letters are left out, and none where they are looked for. */
static const AutoSlowBpe clip_words = {
  .pattern = "(?i)<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}" NEWER_LETTERS "]+|[\\p{N}" NEWER_NUMBERS
             "]|[^\\s\\p{L}\\p{N}\\x{345}" NEWER_LETTERS NEWER_NUMBERS "]+",
  .word_end = "</w>", .whole_words = clip_marks, .lines = AUTO_MERGES_STRIPPED, .most_merges = 48894, .basic_words = TRUE,
  .change = clip_repair, .change_if = "do_fix_text" };

static const AutoTokenizerSpec clip_tokenizer = {
  .class_name = "CLIPTokenizer", .kind = AUTO_TOKENIZER_BPE, .merges_lines = AUTO_MERGES_STRIPPED, .most_merges = 48894,
  .defaults = "{\"unk_token\": " CLIP_END ", \"bos_token\": {\"content\": \"<|startoftext|>\", \"normalized\": true}, \"eos_token\": " CLIP_END ","
              " \"pad_token\": " CLIP_END "}",
  .model = "{\"unk_token\": $unk_token, \"continuing_subword_prefix\": \"\", \"end_of_word_suffix\": \"</w>\", \"fuse_unk\": false}",
  .normalizer = "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFC\"}, {\"type\": \"Replace\", \"pattern\": {\"Regex\": \"\\\\s+\"},"
                " \"content\": \" \"}, {\"type\": \"Lowercase\"}]}",
  .pre_tokenizer = "{\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Split\", \"behavior\": \"Removed\", \"invert\": true, \"pattern\":"
                   " {\"Regex\": \"'s|'t|'re|'ve|'m|'ll|'d|[\\\\p{L}]+|[\\\\p{N}]|[^\\\\s\\\\p{L}\\\\p{N}]+\"}},"
                   " {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true, \"use_regex\": true}]}",
  .decoder = "{\"type\": \"ByteLevel\", \"add_prefix_space\": true, \"trim_offsets\": true, \"use_regex\": true}",
  .post_processor = "{\"type\": \"RobertaProcessing\", \"sep\": [$eos_token, $eos_token_id], \"cls\": [$bos_token, $bos_token_id],"
                    " \"trim_offsets\": false, \"add_prefix_space\": false}",
  .prepare = clip_decode_words, .model_input_names = auto_tokenizer_plain_inputs,
  .slow = AUTO_SLOW_BYTE_BPE (NONE, .params = &clip_words, .single = "${bos_token}:0 $A:0 ${eos_token}:0",
                              .pair = "${bos_token}:0 $A:0 ${eos_token}:0 ${eos_token}:0 $B:0 ${eos_token}:0") };

AUTO_PLUGIN (clip, "CLIP",
  AUTO_ARCHITECTURE ("clip", clip_config, .prefix = "clip"),
  AUTO_TASK ("AutoModel", clip_model, .tf = TRUE, .flax = TRUE),
  AUTO_TASK ("AutoModelForZeroShotImageClassification", clip_model, .tf = TRUE),
  AUTO_TOKENIZER ("CLIPTokenizer", "CLIPTokenizerFast", &clip_tokenizer),
  AUTO_ARCHITECTURE ("clip_vision_model", clip_vision_config, .prefix = "clip"),
  AUTO_TASK ("AutoModel", clip_vision_model));
