/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any encoder before any decoder (Rothe et al., arXiv:1907.12461; Li et al., arXiv:2109.10282); transformers:
 * models/encoder_decoder/modeling_encoder_decoder.py, models/vision_encoder_decoder/modeling_vision_encoder_decoder.py */
#include "sdk/auto-sdk.h"

#define PAIR_MEMBERS              \
  AutoPretrainedConfig parent;    \
  AutoPretrainedConfig *encoder, *decoder;

/* One layout: the code below takes either. */
struct _EncoderDecoderConfig { PAIR_MEMBERS };
struct _VisionEncoderDecoderConfig { PAIR_MEMBERS };
typedef struct _EncoderDecoderConfig EncoderDecoderConfig;

#define PAIR_FIELDS AUTO_NESTED_ANY (encoder), AUTO_NESTED_ANY (decoder), AUTO_DEFAULT ("is_encoder_decoder", "true")

static gboolean
pair_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  const EncoderDecoderConfig *c = (const EncoderDecoderConfig *) config;

  if (c->encoder && c->decoder)
    return TRUE;
  g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "%s must be the configuration of a model, and it is absent",
               c->encoder ? "decoder" : "encoder");
  return FALSE;
}

AUTO_DEFINE_CONFIG_WITH (EncoderDecoderConfig, encoder_decoder_config, "encoder-decoder",
  (.loaded = pair_config_loaded, .is_composition = TRUE), PAIR_FIELDS)
AUTO_DEFINE_CONFIG_WITH (VisionEncoderDecoderConfig, vision_encoder_decoder_config, "vision-encoder-decoder",
  (.loaded = pair_config_loaded, .is_composition = TRUE), PAIR_FIELDS)

static void
pair_example (const EncoderDecoderConfig *c, AutoInputs *in)
{
  auto_part_example ("AutoModel", c->encoder, in);
  auto_inputs_set_example (in, "decoder_input_ids", AUTO_DTYPE_I64, AUTO_DIMS (1, 4));
}

/* The inputs of one part: those of @names that the call has, without @prefix. */
static AutoInputs *
part_inputs (AutoInputs *in, const char *const *names, const char *prefix)
{
  AutoInputs *part = auto_inputs_new ();

  for (; *names; names++)
    {
      g_autofree char *name = g_strconcat (prefix, *names, NULL);
      AutoTensor *given = auto_inputs_get (in, name);
      if (given)
        auto_inputs_set (part, *names, given);
    }
  return part;
}

static AutoTensor *
pair_encoder (AutoContext *cx, const EncoderDecoderConfig *c, AutoInputs *in)
{
  static const char *const names[] = { "input_ids", "attention_mask", "inputs_embeds", "token_type_ids", "position_ids", "head_mask", "pixel_values",
                                       "bool_masked_pos", NULL };
  g_autoptr(AutoInputs) own = part_inputs (in, names, "");
  g_autoptr(AutoModelOutput) out = auto_model_output_new ();
  AUTO_SCOPE (cx, "encoder");

  auto_part_forward (cx, "AutoModel", c->encoder, own, out);
  return auto_model_output_get (out, "last_hidden_state");
}

/* The encoder's states in the width that the decoder takes. */
static AutoTensor *
pair_bridge (AutoContext *cx, const EncoderDecoderConfig *c, AutoTensor *source)
{
  gint64 width = auto_config_get_int (AUTO_CONFIG (c->decoder), "hidden_size", 0), given = auto_config_get_int (AUTO_CONFIG (c->encoder), "hidden_size", 0);
  gint64 crossed = auto_config_get_int (AUTO_CONFIG (c->decoder), "cross_attention_hidden_size", 0);

  if (crossed > 0 && crossed != given)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s", "cross_attention_hidden_size of the decoder must be the encoder's hidden_size");
  return width == given || crossed > 0 ? source : auto_linear (cx, "enc_to_dec_proj", source, width);
}

static void
pair_forward (AutoContext *cx, const EncoderDecoderConfig *c, AutoInputs *in, AutoModelOutput *out)
{
  static const char *const names[] = { "input_ids", "attention_mask", "inputs_embeds", "token_type_ids", "position_ids", "head_mask", NULL };
  g_autoptr(AutoModelOutput) part = auto_model_output_new ();

  if (!c->encoder || !c->decoder)
    {
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_CONFIG, "%s: needs a configuration with a model_type", c->encoder ? "decoder" : "encoder");
      return;
    }
  if (c->parent.tie_encoder_decoder)
    auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "%s", "tie_encoder_decoder: an encoder that shares its weights isn't supported");
  auto_context_set_collection (cx, "encoder_");
  AutoTensor *source = auto_encoder_states (cx, in, (AutoBase) pair_encoder, c);
  auto_model_output_set (out, "encoder_last_hidden_state", source);
  if (auto_encoder_only (in))
    return;
  auto_context_set_collection (cx, "decoder_");
  g_autoptr(AutoInputs) own = part_inputs (in, names, "decoder_");
  AutoTensor *mask = auto_inputs_get (in, "attention_mask");
  auto_inputs_set (own, "encoder_hidden_states", pair_bridge (cx, c, source));
  if (mask)
    auto_inputs_set (own, "encoder_attention_mask", mask);
  AUTO_SCOPE (cx, "decoder");
  auto_part_forward (cx, "AutoModelForCausalLM", c->decoder, own, part);
  auto_model_output_set (out, "logits", auto_model_output_get (part, "logits"));
}

AUTO_DEFINE_MODEL (EncoderDecoderModel, encoder_decoder_model, pair_forward, .example = (AutoExample) pair_example)
AUTO_DEFINE_MODEL (VisionEncoderDecoderModel, vision_encoder_decoder_model, pair_forward, .example = (AutoExample) pair_example)

AUTO_PLUGIN (encoder-decoder, "Encoder-decoder pairs",
  AUTO_ARCHITECTURE ("encoder-decoder", encoder_decoder_config, .prefix = "encoder_decoder"),
  AUTO_TASK ("AutoModelForSeq2SeqLM", encoder_decoder_model, .tf = TRUE, .flax = TRUE),
  AUTO_ARCHITECTURE ("vision-encoder-decoder", vision_encoder_decoder_config, .prefix = "vision_encoder_decoder"),
  AUTO_TASK ("AutoModelForVision2Seq", vision_encoder_decoder_model, .tf = TRUE, .flax = TRUE));
