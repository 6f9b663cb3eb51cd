/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any encoder before any decoder: Rothe et al., arXiv:1907.12461 (text); Li et al., arXiv:2109.10282 (images); Wang et al.,
 * arXiv:2104.06678 (speech); transformers: models/encoder_decoder/modeling_encoder_decoder.py and its kin for vision and speech */
#include "sdk/auto-sdk.h"

#define PAIR_MEMBERS              \
  AutoPretrainedConfig parent;    \
  AutoPretrainedConfig *encoder, *decoder;

/* One layout: the code below takes any. */
struct _EncoderDecoderConfig { PAIR_MEMBERS };
struct _VisionEncoderDecoderConfig { PAIR_MEMBERS };
struct _SpeechEncoderDecoderConfig { PAIR_MEMBERS };
typedef struct _EncoderDecoderConfig PairConfig;

static gboolean
pair_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  const PairConfig *c = (const PairConfig *) config;

  if (c->encoder && c->decoder)
    return TRUE;
  g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE,
               "%s is absent; a pair needs the configurations of an encoder and of a decoder, each with its model_type", c->encoder ? "decoder" : "encoder");
  return FALSE;
}

#define PAIR_CONFIG(Type, prefix, model_type)                                                                             \
  AUTO_DEFINE_CONFIG_WITH (Type, prefix, model_type, (.loaded = pair_config_loaded, .is_composition = TRUE),              \
    AUTO_NESTED_ANY (encoder), AUTO_NESTED_ANY (decoder), AUTO_DEFAULT ("is_encoder_decoder", "true"))

PAIR_CONFIG (EncoderDecoderConfig, encoder_decoder_config, "encoder-decoder")
PAIR_CONFIG (VisionEncoderDecoderConfig, vision_encoder_decoder_config, "vision-encoder-decoder")
PAIR_CONFIG (SpeechEncoderDecoderConfig, speech_encoder_decoder_config, "speech-encoder-decoder")

static void
pair_example (const PairConfig *c, AutoInputs *in)
{
  auto_part_example ("AutoModel", c->encoder, in);
  auto_inputs_set_example (in, "decoder_input_ids", AUTO_DTYPE_I64, AUTO_DIMS (1, 4));
}

/* The encoder gets all that is not the decoder's. */
static AutoTensor *
pair_encoder (AutoContext *cx, const PairConfig *c, AutoInputs *in)
{
  static const char *const others[] = { "decoder_", "encoder_", NULL };
  g_autoptr(AutoInputs) own = auto_inputs_part (in, "", others);
  g_autoptr(AutoModelOutput) out = auto_model_output_new ();
  AUTO_SCOPE (cx, "encoder");

  auto_part_forward (cx, "AutoModel", c->encoder, own, out);
  return auto_model_output_get (out, "last_hidden_state");
}

/* What the decoder looks at, before a projection. */
static AutoTensor *
pair_source (AutoContext *cx, const PairConfig *c, AutoInputs *in)
{
  auto_context_set_collection (cx, "encoder_");
  AutoTensor *source = auto_encoder_states (cx, in, (AutoBase) pair_encoder, c);

  if (source && auto_tensor_get_n_dims (source) == 3)
    return source;
  if (!auto_context_has_failed (cx))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG,
                       "encoder: %s makes no states (batch, length, width) that a decoder could look at; choose another model_type",
                       G_OBJECT_TYPE_NAME (c->encoder));
  return NULL;
}

/* The states in the width that the decoder takes. @given: the width that the encoder's configuration tells. */
static AutoTensor *
pair_bridge (AutoContext *cx, const PairConfig *c, AutoTensor *source, gint64 given)
{
  gint64 hidden = auto_config_get_int (AUTO_CONFIG (c->encoder), "hidden_size", 0), width = auto_config_get_int (AUTO_CONFIG (c->decoder), "hidden_size", 0);
  gint64 crossed = auto_config_get_int (AUTO_CONFIG (c->decoder), "cross_attention_hidden_size", 0);
  gboolean projected = crossed <= 0 && given != width;
  gint64 want = crossed > 0 ? crossed : projected ? hidden : width;

  if (hidden <= 0 || width <= 0)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s has no hidden_size, which a pair needs; choose another model_type",
                       hidden <= 0 ? "encoder" : "decoder");
  if (crossed > 0 && crossed != hidden)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG,
                       "decoder: cross_attention_hidden_size is %" G_GINT64_FORMAT " and must be the encoder's hidden_size, %" G_GINT64_FORMAT
                       "; without it the states are projected", crossed, hidden);
  if (source && auto_dim (source, 2) != want)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG,
                       "encoder: its states are %" G_GINT64_FORMAT " wide where its configuration and the decoder's need %" G_GINT64_FORMAT
                       "; make hidden_size (or output_hidden_size, or the given encoder_outputs) fit", auto_dim (source, 2), want);
  return projected ? auto_linear (cx, "enc_to_dec_proj", source, width) : source;
}

static void
pair_check_rows (AutoContext *cx, AutoInputs *in, AutoTensor *source)
{
  const char *name = auto_inputs_get (in, "decoder_inputs_embeds") ? "decoder_inputs_embeds" : "decoder_input_ids";
  AutoTensor *tokens = auto_inputs_get (in, name);
  gint64 n_rows = tokens && auto_tensor_get_n_dims (tokens) > 1 ? auto_dim (tokens, 0) : 0;

  if (!tokens)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s", "decoder_input_ids (or decoder_inputs_embeds) is missing");
  if (n_rows && source && n_rows != auto_dim (source, 0))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT,
                       "%s: needs as many rows as the encoder was given, %" G_GINT64_FORMAT ", and there are %" G_GINT64_FORMAT, name, auto_dim (source, 0),
                       n_rows);
}

/* The decoder gets the inputs that begin with its name; when it generates, its tokens alone. */
static void
pair_decoder (AutoContext *cx, const PairConfig *c, AutoInputs *in, AutoTensor *source, AutoTensor *mask, AutoModelOutput *out)
{
  g_autoptr(AutoModelOutput) part = auto_model_output_new ();
  g_autoptr(AutoInputs) own = auto_inputs_part (in, "decoder_", NULL);

  pair_check_rows (cx, in, source);
  if (auto_context_is_generating (cx))
    {
      g_clear_object (&own);
      own = auto_inputs_new ();
      auto_inputs_set (own, "input_ids", auto_inputs_get (in, "decoder_input_ids"));
    }
  auto_inputs_set (own, "encoder_hidden_states", source);
  if (mask)
    auto_inputs_set (own, "encoder_attention_mask", mask);
  auto_context_set_collection (cx, "decoder_");
  AUTO_SCOPE (cx, "decoder");
  auto_part_forward (cx, "AutoModelForCausalLM", c->decoder, own, part);
  if (!auto_context_has_failed (cx) && !auto_inputs_was_asked (own, "encoder_hidden_states"))
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG,
                       "decoder: %s doesn't look at an encoder; set add_cross_attention and is_decoder, or choose a model_type with cross-attention",
                       G_OBJECT_TYPE_NAME (c->decoder));
  auto_model_output_set (out, "logits", auto_model_output_get (part, "logits"));
}

static gboolean
pair_is_whole (AutoContext *cx, const PairConfig *c)
{
  if (!c->encoder || !c->decoder)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s: needs a configuration with a model_type", c->encoder ? "decoder" : "encoder");
  return c->encoder && c->decoder;
}

/* Of text and images. */
static void
pair_forward (AutoContext *cx, const PairConfig *c, AutoInputs *in, AutoTensor *mask, AutoModelOutput *out)
{
  if (!pair_is_whole (cx, c))
    return;
  AutoTensor *source = pair_source (cx, c, in);
  auto_model_output_set (out, "encoder_last_hidden_state", source);
  if (!auto_encoder_only (in))
    pair_decoder (cx, c, in, pair_bridge (cx, c, source, auto_config_get_int (AUTO_CONFIG (c->encoder), "hidden_size", 0)), mask, out);
}

static void
text_pair_forward (AutoContext *cx, const PairConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  pair_forward (cx, c, in, auto_inputs_get (in, "attention_mask"), out);
  if (c->parent.tie_encoder_decoder)
    auto_part_tie (cx, c->encoder, c->decoder);
}

static void
image_pair_forward (AutoContext *cx, const PairConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  pair_forward (cx, c, in, NULL, out);
}

/* The reference's name for what the encoder takes, whatever that calls it. */
static AutoInputs *
speech_inputs (const PairConfig *c, AutoInputs *in)
{
  g_autoptr(AutoInputs) example = auto_inputs_new ();
  AutoInputs *own = auto_inputs_derive (in);
  AutoTensor *given = auto_inputs_get (in, "inputs");

  if (!given)
    return own;
  auto_part_example ("AutoModel", c->encoder, example);
  auto_inputs_set (own, auto_inputs_get (example, "input_features") ? "input_features" : "input_values", given);
  auto_inputs_set (own, "inputs", NULL);
  return own;
}

static void
speech_pair_forward (AutoContext *cx, const PairConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  AutoTensor *mask = auto_inputs_get (in, "attention_mask");

  if (!pair_is_whole (cx, c))
    return;
  g_autoptr(AutoInputs) own = speech_inputs (c, in);
  gint64 hidden = auto_config_get_int (AUTO_CONFIG (c->encoder), "hidden_size", 0);
  gint64 given = auto_config_get_int (AUTO_CONFIG (c->encoder), "output_hidden_size", hidden);
  AutoTensor *source = pair_source (cx, c, own);
  auto_model_output_set (out, "encoder_last_hidden_state", source);
  if (auto_encoder_only (in) || !source)
    return;
  source = pair_bridge (cx, c, source, given);
  auto_model_output_set (out, "encoder_last_hidden_state", source);
  pair_decoder (cx, c, in, source, mask ? auto_part_source_mask (cx, "AutoModel", c->encoder, mask, auto_dim (source, 1)) : NULL, out);
}

#define PAIR_MODEL(Type, prefix, forward) AUTO_DEFINE_MODEL (Type, prefix, forward, .example = (AutoExample) pair_example)

PAIR_MODEL (EncoderDecoderModel, encoder_decoder_model, text_pair_forward)
PAIR_MODEL (VisionEncoderDecoderModel, vision_encoder_decoder_model, image_pair_forward)
PAIR_MODEL (SpeechEncoderDecoderModel, speech_encoder_decoder_model, speech_pair_forward)

AUTO_PLUGIN (encoder-decoder, "Encoder-decoder pairs",
  AUTO_ARCHITECTURE ("encoder-decoder", encoder_decoder_config, .prefix = "encoder_decoder"),
  AUTO_TASK ("AutoModelForSeq2SeqLM", encoder_decoder_model, .tf = TRUE, .flax = TRUE),
  AUTO_ARCHITECTURE ("vision-encoder-decoder", vision_encoder_decoder_config, .prefix = "vision_encoder_decoder"),
  AUTO_TASK ("AutoModelForVision2Seq", vision_encoder_decoder_model, .tf = TRUE, .flax = TRUE),
  AUTO_ARCHITECTURE ("speech-encoder-decoder", speech_encoder_decoder_config, .prefix = "speech_encoder_decoder"),
  AUTO_TASK ("AutoModelForSpeechSeq2Seq", speech_encoder_decoder_model, .flax = TRUE));
