/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdk/auto-sdk.h"

/* A plugin that is in order: two model types, of which one has two classes under one Auto class. */

struct _TestGoodConfig
{
  AutoPretrainedConfig parent;
  int hidden_size;
};

struct _TestOtherConfig
{
  AutoPretrainedConfig parent;
};

AUTO_DEFINE_CONFIG (TestGoodConfig, test_good_config, "test-good", AUTO_INT (hidden_size, 4, .min = 1))
AUTO_DEFINE_CONFIG (TestOtherConfig, test_other_config, "test_other", AUTO_EXTRA ("x", "1"))

static void
test_forward (AutoContext *cx, const TestGoodConfig *config, AutoInputs *in, AutoModelOutput *out)
{
}

AUTO_DEFINE_MODEL (TestGoodModel, test_good_model, test_forward)
AUTO_DEFINE_MODEL (TestGoodForPreTraining, test_good_for_pre_training, test_forward)
AUTO_DEFINE_MODEL (TestGoodForMaskedLM, test_good_for_masked_lm, test_forward)
AUTO_DEFINE_MODEL (TestOtherModel, test_other_model, test_forward)

AUTO_PLUGIN_WITH (good, "A good plugin", (.version = "1.5"),
  AUTO_ARCHITECTURE ("test-good", test_good_config, .prefix = "good"),
  AUTO_TASK ("AutoModel", test_good_model, .tf = TRUE),
  AUTO_TASK ("AutoModelForPreTraining", test_good_for_pre_training),
  AUTO_TASK ("AutoModelForPreTraining", test_good_for_masked_lm),
  AUTO_TOKENIZER ("TestGoodTokenizer", "TestGoodTokenizerFast", "spec"),
  AUTO_PROCESSOR_SPEC ("AutoImageProcessor", "TestGoodImageProcessor", "image"),
  AUTO_TOKENIZER ("TestGoodTokenizer", NULL, NULL, .model_type = "test-lent"),
  AUTO_TOKENIZER ("TestUnknownTokenizer", NULL, NULL, .model_type = "test-named"),
  AUTO_ARCHITECTURE ("test_other", test_other_config),
  AUTO_TASK ("AutoModel", test_other_model));
