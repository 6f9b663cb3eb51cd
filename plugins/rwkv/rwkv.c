/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RWKV-4 (Peng et al., arXiv:2305.13048); transformers: models/rwkv/modeling_rwkv.py */
#include "sdk/auto-sdk.h"

typedef struct _RwkvConfig
{
  AutoPretrainedConfig parent;
  int vocab_size, hidden_size, num_hidden_layers, attention_hidden_size, intermediate_size, rescale_every;
  double layer_norm_epsilon;
} RwkvConfig;

static gboolean
rwkv_config_loaded (AutoPretrainedConfig *config, GError **error)
{
  AutoConfig *c = AUTO_CONFIG (config);

  if (!auto_config_default_to (config, "attention_hidden_size", "hidden_size", error))
    return FALSE;
  return !auto_config_is_null (c, "intermediate_size") || auto_config_is_null (c, "hidden_size")
         || auto_config_set_int (c, "intermediate_size", 4 * auto_config_get_int (c, "hidden_size", 0), error);
}

AUTO_DEFINE_CONFIG_WITH (RwkvConfig, rwkv_config, "rwkv", (.loaded = rwkv_config_loaded),
  AUTO_INT (vocab_size, 50277, .min = 1, .max = G_MAXINT),
  AUTO_EXTRA ("context_length", "1024"),
  AUTO_INT (hidden_size, 4096, .min = 1, .max = G_MAXINT / 4),
  AUTO_INT (num_hidden_layers, 32, .min = 0, .max = G_MAXINT),
  AUTO_INT_NULL (attention_hidden_size, .min = 1, .max = G_MAXINT),
  AUTO_INT_NULL (intermediate_size, .min = 1, .max = G_MAXINT),
  AUTO_DOUBLE (layer_norm_epsilon, 1e-5),
  AUTO_INT (rescale_every, 6),
  AUTO_EXTRA ("use_cache", "true"),
  AUTO_DEFAULT ("bos_token_id", "0"),
  AUTO_DEFAULT ("eos_token_id", "0"),
  AUTO_DEFAULT ("tie_word_embeddings", "false"),
  AUTO_ALIAS ("max_position_embeddings", "context_length"))

/* What a layer knows of the tokens before: in this order along the first dimension of the input `state`. */
enum { STATE_FEED_FORWARD, STATE_ATTENTION, STATE_NUMERATOR, STATE_DENOMINATOR, STATE_MAXIMUM, N_STATES };
static const char *const state_names[N_STATES] = { "feed_forward", "attention", "numerator", "denominator", "maximum" };

/* Steps whose temporary tensors live together. */
#define CHUNK 32

typedef struct
{
  AutoTensor *given; /* (5, batch, hidden_size, layers), or NULL */
  int layer;
  double rescale;    /* of what the layer adds */
} RwkvPass;

static AutoTensor *
rwkv_state (AutoContext *cx, const RwkvPass *pass, int which, gint64 batch, gint64 width)
{
  AutoTensor *kept = auto_cache_get_state (cx, state_names[which]);

  if (kept)
    return kept;
  if (pass->given)
    return auto_reshape (cx, auto_contiguous (cx, auto_select (cx, auto_select (cx, pass->given, 0, which), -1, pass->layer)), AUTO_DIMS (batch, width));
  return auto_full (cx, AUTO_DIMS (batch, width), which == STATE_MAXIMUM ? -1e38 : 0, AUTO_DTYPE_F32);
}

/* Each token's predecessor; what is left of the last pass comes first. */
static AutoTensor *
rwkv_shift (AutoContext *cx, const RwkvPass *pass, int which, AutoTensor *x)
{
  AutoTensor *before = auto_unsqueeze (cx, rwkv_state (cx, pass, which, auto_dim (x, 0), auto_dim (x, 2)), 1);

  auto_cache_set_state (cx, state_names[which], auto_contiguous (cx, auto_select (cx, x, 1, -1)));
  return auto_dim (x, 1) == 1 ? before : auto_concat (cx, AUTO_TENSORS (before, auto_slice (cx, x, 1, 0, -1, 1)), 1);
}

/* A layer over a mixture of the token (time_mix_NAME) and the one before. */
static AutoTensor *
rwkv_mixed (AutoContext *cx, const char *mix, const char *name, AutoTensor *x, AutoTensor *before, gint64 width)
{
  AutoTensor *part = auto_parameter (cx, mix, AUTO_DIMS (1, 1, auto_dim (x, 2)));
  AutoTensor *mixed = auto_add (cx, auto_mul (cx, x, part), auto_mul (cx, before, auto_affine (cx, part, -1, 1)));

  return auto_linear_no_bias (cx, name, mixed, width);
}

/* Sums of values weighted by the exponentials of keys, kept as numerator and denominator below e^maximum. */
typedef struct
{
  AutoTensor *numerator, *denominator, *maximum;
} RwkvSums;

/* The sums, whose weights are e^exponent more by @exponent, and one more value with the weight e^key. */
static RwkvSums
rwkv_sums (AutoContext *cx, const RwkvSums *sums, AutoTensor *exponent, AutoTensor *key, AutoTensor *value)
{
  AutoTensor *old = exponent ? auto_add (cx, sums->maximum, exponent) : sums->maximum, *maximum = auto_maximum (cx, old, key);
  AutoTensor *e1 = auto_exp (cx, auto_sub (cx, old, maximum)), *e2 = auto_exp (cx, auto_sub (cx, key, maximum));

  return (RwkvSums) { auto_add (cx, auto_mul (cx, e1, sums->numerator), auto_mul (cx, e2, value)),
                      auto_add (cx, auto_mul (cx, e1, sums->denominator), e2), maximum };
}

/* The weighted means of the values up to each token, whose own weight has e^first more: (batch, length, width). */
static AutoTensor *
rwkv_means (AutoContext *cx, RwkvSums *sums, AutoTensor *keys, AutoTensor *values)
{
  gint64 width = auto_dim (keys, 2), length = auto_dim (keys, 1);
  AutoTensor *decay = auto_neg (cx, auto_exp (cx, auto_parameter (cx, "time_decay", AUTO_DIMS (width)))), *result = NULL;
  AutoTensor *own = auto_add (cx, keys, auto_parameter (cx, "time_first", AUTO_DIMS (width)));

  for (gint64 start = 0; start < length && !auto_context_check_cancelled (cx); start += CHUNK)
    {
      AutoTensor *steps[CHUNK + 1];
      gsize n = 0;

      AUTO_LAYER (cx, &result, "steps.%d", (int) (start / CHUNK));
      AUTO_CARRY (cx, &sums->numerator);
      AUTO_CARRY (cx, &sums->denominator);
      AUTO_CARRY (cx, &sums->maximum);
      if (result)
        steps[n++] = result;
      for (gint64 t = start; t < MIN (start + CHUNK, length); t++)
        {
          AutoTensor *value = auto_select (cx, values, 1, t);
          RwkvSums seen = rwkv_sums (cx, sums, NULL, auto_select (cx, own, 1, t), value);
          steps[n++] = auto_unsqueeze (cx, auto_div (cx, seen.numerator, seen.denominator), 1);
          *sums = rwkv_sums (cx, sums, decay, auto_select (cx, keys, 1, t), value);
        }
      result = auto_concat (cx, steps, n, 1);
    }
  return result;
}

static AutoTensor *
rwkv_attention (AutoContext *cx, const RwkvConfig *c, const RwkvPass *pass, AutoTensor *x)
{
  AUTO_SCOPE (cx, "attention");
  gint64 width = c->attention_hidden_size, batch = auto_dim (x, 0);
  AutoTensor *before = rwkv_shift (cx, pass, STATE_ATTENTION, x);
  AutoTensor *keys = rwkv_mixed (cx, "time_mix_key", "key", x, before, width), *values = rwkv_mixed (cx, "time_mix_value", "value", x, before, width);
  AutoTensor *gate = auto_sigmoid (cx, rwkv_mixed (cx, "time_mix_receptance", "receptance", x, before, width));
  RwkvSums sums = { rwkv_state (cx, pass, STATE_NUMERATOR, batch, width), rwkv_state (cx, pass, STATE_DENOMINATOR, batch, width),
                    rwkv_state (cx, pass, STATE_MAXIMUM, batch, width) };
  AutoTensor *means = rwkv_means (cx, &sums, keys, values);

  auto_cache_set_state (cx, state_names[STATE_NUMERATOR], sums.numerator);
  auto_cache_set_state (cx, state_names[STATE_DENOMINATOR], sums.denominator);
  auto_cache_set_state (cx, state_names[STATE_MAXIMUM], sums.maximum);
  return auto_linear_full (cx, "output", auto_mul (cx, gate, means), c->hidden_size,
                           &(AutoLinear) { .no_bias = TRUE, .scale = pass->rescale, .activation = AUTO_ACTIVATION_LINEAR });
}

static AutoTensor *
rwkv_feed_forward (AutoContext *cx, const RwkvConfig *c, const RwkvPass *pass, AutoTensor *x)
{
  AUTO_SCOPE (cx, "feed_forward");
  AutoTensor *before = rwkv_shift (cx, pass, STATE_FEED_FORWARD, x);
  AutoTensor *keys = rwkv_mixed (cx, "time_mix_key", "key", x, before, c->intermediate_size);
  AutoTensor *gate = auto_sigmoid (cx, rwkv_mixed (cx, "time_mix_receptance", "receptance", x, before, c->hidden_size));
  AutoTensor *y = auto_linear_full (cx, "value", auto_activation (cx, keys, AUTO_ACTIVATION_RELU2), c->hidden_size,
                                    &(AutoLinear) { .no_bias = TRUE, .scale = pass->rescale, .activation = AUTO_ACTIVATION_LINEAR });

  return auto_mul (cx, gate, y);
}

/* The states are halved after every so many layers, lest they leave the range of 16-bit floats; what later layers add is made as small. */
static AutoTensor *
rwkv_block (AutoContext *cx, const RwkvConfig *c, AutoTensor *given, AutoTensor *x, int i)
{
  gboolean rescales = c->rescale_every > 0;
  RwkvPass pass = { given, i, rescales ? ldexp (1, -(i / c->rescale_every)) : 1 };

  if (i == 0)
    x = auto_layer_norm (cx, "pre_ln", x, c->layer_norm_epsilon);
  AutoTensor *a = rwkv_attention (cx, c, &pass, auto_layer_norm (cx, "ln1", x, c->layer_norm_epsilon));
  if (auto_context_wants_attentions (cx))
    auto_context_collect (cx, "attentions", a);
  x = auto_add (cx, x, a);
  x = auto_add (cx, x, rwkv_feed_forward (cx, c, &pass, auto_layer_norm (cx, "ln2", x, c->layer_norm_epsilon)));
  return rescales && (i + 1) % c->rescale_every == 0 ? auto_scale (cx, x, 0.5) : x;
}

static AutoTensor *
rwkv_given_state (AutoContext *cx, const RwkvConfig *c, AutoInputs *in, gint64 batch)
{
  AutoTensor *given = auto_inputs_get (in, "state");
  gint64 wanted[] = { N_STATES, batch, c->hidden_size, c->num_hidden_layers };

  if (!given)
    return NULL;
  for (int i = 0; i < 4; i++)
    if (auto_tensor_get_n_dims (given) != 4 || auto_dim (given, i) != wanted[i] || c->attention_hidden_size != c->hidden_size)
      {
        g_autofree char *text = auto_tensor_describe (given);
        auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT,
                           "state: needs the shape (5, batch, %d, %d) and an attention_hidden_size of %d, not %s", c->hidden_size, c->num_hidden_layers,
                           c->hidden_size, text);
        return NULL;
      }
  return given;
}

static AutoTensor *
rwkv_base (AutoContext *cx, const RwkvConfig *c, AutoInputs *in)
{
  AutoTensor *x = auto_input_embeddings (cx, in, "embeddings", c->vocab_size, c->hidden_size);
  AutoTensor *given = rwkv_given_state (cx, c, in, auto_dim (x, 0));

  (void) auto_inputs_get (in, "attention_mask"); /* may be given, and padding counts all the same, as in the reference */
  for (int i = 0; i < c->num_hidden_layers; i++)
    {
      AUTO_LAYER (cx, &x, "blocks.%d", i);
      x = rwkv_block (cx, c, given, x, i);
      auto_context_hidden_state (cx, x);
    }
  x = auto_layer_norm (cx, "ln_out", x, 1e-5);
  auto_context_hidden_state (cx, x);
  return x;
}

static const AutoHead rwkv_lm = { .kind = AUTO_HEAD_LM, .out = "head", .no_bias = TRUE, .tied = "embeddings.weight" };

AUTO_DEFINE_BASE (RwkvModel, rwkv_model, rwkv_base)
AUTO_DEFINE_HEAD (RwkvForCausalLM, rwkv_for_causal_lm, &rwkv_lm, rwkv_base)

static const AutoTokenizerSpec rwkv_tokenizer = { AUTO_BYTE_BPE_PARTS ("GPTNeoXTokenizer", "<|endoftext|>"), .chat_template = AUTO_PLAIN_CHAT };

AUTO_PLUGIN (rwkv, "RWKV",
  AUTO_ARCHITECTURE ("rwkv", rwkv_config, .prefix = "rwkv"),
  AUTO_TASK ("AutoModel", rwkv_model),
  AUTO_TASK ("AutoModelForPreTraining", rwkv_for_causal_lm),
  AUTO_TASK ("AutoModelForCausalLM", rwkv_for_causal_lm),
  AUTO_TOKENIZER (NULL, "GPTNeoXTokenizerFast", &rwkv_tokenizer));
