/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/math/auto-ops.h"
#include "sdk/auto-model-macros.h"

G_BEGIN_DECLS

/* What a head computes from the base's states. */
typedef enum {
  AUTO_HEAD_TOKENS,   /* logits of every token */
  AUTO_HEAD_SEQUENCE, /* logits of a pooled token */
  AUTO_HEAD_CHOICES,  /* one logit of a pooled token for each choice; inputs are (batch, choices, sequence) */
  AUTO_HEAD_ANSWERS,  /* start_logits and end_logits of every token */
  AUTO_HEAD_LM,       /* logits over the vocabulary of every token */
} AutoHeadKind;

/* Which token stands for a sequence. */
typedef enum {
  AUTO_POOL_FIRST,
  AUTO_POOL_LAST, /* the last one that is not padding, as decoders have it: that before the first padding */
  AUTO_POOL_COUNTED, /* the same, but as many tokens from the start as are no padding */
  AUTO_POOL_SUMMARY, /* auto_sequence_summary under sequence_summary */
} AutoPooling;

/* A standard head as data. Names are of layers outside of the base model; all sizes come from the configuration. */
struct _AutoHead
{
  AutoHeadKind kind;
  AutoPooling pool;
  const char *pooler;          /* a dense layer of the base model over the pooled token, with tanh */
  const char *dense;           /* a dense layer of the head, or NULL */
  AutoActivation activation;   /* after dense; AUTO_HEAD_LM: the configuration's hidden_act when this is NONE */
  const char *norm;            /* a layer norm after it, or NULL */
  const char *out;             /* the last layer */
  gboolean no_bias;            /* of the last layer */
  const char *bias;            /* the name under which the last layer's bias is kept, when it has another one too */
  const char *tied;            /* AUTO_HEAD_LM: weight of the base model that is the last layer's when word embeddings are tied */
  const char *logits;          /* name of the output; "logits" when NULL */
  const char *width;           /* configuration key of the dense layer's width; "hidden_size" when NULL or when the configuration lacks it */
  const char *act;             /* configuration key of the activation, in place of the one above */
  gboolean choices;            /* inputs have a dimension of choices; those of AUTO_HEAD_CHOICES have it anyway */
};

/* Heads as most encoders have them: over the states of every token. */
_AUTO_EXTERN const AutoHead auto_head_token_classification; /* classifier */
_AUTO_EXTERN const AutoHead auto_head_question_answering;   /* qa_outputs */

AUTO_AVAILABLE_IN_1_0 void auto_head_forward (AutoContext *cx, AutoConfig *config, const char *prefix, const AutoModelSpec *spec, AutoInputs *in,
                                              AutoModelOutput *out);
/* The head alone, over states that are there. */
AUTO_AVAILABLE_IN_1_0 void auto_head_compute (AutoContext *cx, AutoConfig *config, const char *prefix, const AutoHead *head, AutoTensor *states,
                                              AutoInputs *in, AutoModelOutput *out);
/* The pooled token: (batch, width). */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_pool_token (AutoContext *cx, AutoConfig *config, AutoPooling pool, AutoTensor *states, AutoInputs *in);
/* A sequence as one vector (batch, width), as the configuration's summary_type, summary_use_proj, summary_proj_to_labels and
 * summary_activation say: the first or last token, their mean, or the one that the input cls_index names; the last one when the
 * configuration has none of these keys. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_sequence_summary (AutoContext *cx, AutoConfig *config, AutoTensor *states, AutoInputs *in);

/* @n linear layers NAME.layers.N with rectifiers between them, as wide as @x but for the last one's @n_out. */
AUTO_AVAILABLE_IN_1_0 AutoTensor *auto_mlp (AutoContext *cx, const char *name, AutoTensor *x, int n, gint64 n_out);

G_END_DECLS
