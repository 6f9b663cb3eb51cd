/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "auto-tool.h"
#include "core/auto/auto-door.h"
#include "core/checkpoint/auto-checkpoint.h"
#include "core/generation/auto-generation.h"
#include "core/generation/auto-text-streamer.h"
#include "core/text/auto-encoding.h"
#include "core/text/auto-tokenizer.h"

typedef struct
{
  AutoModel *model;
  AutoTokenizer *tokenizer; /* NULL: ids are all there is */
  AutoGenerationConfig *config;
  AutoInputs *inputs;
  gboolean streams;
  GError *decode_error;
} Generate;

/* The class that can generate: by the configuration, unless one is named. */
static AutoModel *
load_model (const char *name, const char *task_name, AutoLoadOptions *options, GError **error)
{
  static const char *const tasks[] = { "AutoModelForCausalLM", "AutoModelForSeq2SeqLM", "AutoModelForVision2Seq", "AutoModelForSpeechSeq2Seq" };

  if (task_name)
    return auto_door_from_pretrained (auto_task_find (task_name), name, options, auto_tool_get_cancellable (), error);
  g_autoptr(AutoConfig) config = auto_config_from_pretrained (name, options, auto_tool_get_cancellable (), error);
  if (!config)
    return NULL;
  for (guint i = auto_config_get_bool (config, "is_encoder_decoder", FALSE) ? 1 : 0; i < G_N_ELEMENTS (tasks); i++)
    {
      g_autoptr(GError) local = NULL;
      AutoModel *model = auto_door_from_pretrained (auto_task_find (tasks[i]), name, options, auto_tool_get_cancellable (), &local);
      if (model)
        return model;
      if (g_error_matches (local, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_TASK))
        continue;
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_TASK, "%s: a model of the type %s has no class that generates", name,
               auto_config_get_model_type (config));
  return NULL;
}

static gboolean
read_settings (Generate *self, char **settings, GError **error)
{
  AutoGenerationConfig *own = auto_model_get_generation_config (self->model, error);
  AutoPretrainedModelClass *klass = AUTO_PRETRAINED_MODEL_GET_CLASS (self->model);
  gboolean has_rules = klass->prepare_generation || klass->generate;

  self->config = own ? auto_generation_config_copy (own) : NULL;
  for (; self->config && settings && *settings; settings++)
    {
      g_autofree char *key = NULL;
      g_autoptr(JsonNode) value = NULL;
      if (!auto_tool_split_setting (*settings, &key, &value))
        {
          g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "--set needs KEY=VALUE, not %s", *settings);
          return FALSE;
        }
      if (!has_rules && !auto_generation_config_knows (self->config, key))
        {
          g_set_error (error, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_VALUE, "there is no generation setting %s", key);
          return FALSE;
        }
      if (!auto_generation_config_set_value (self->config, key, value, error))
        return FALSE;
    }
  return self->config != NULL;
}

static gboolean
read_assistant (Generate *self, const char *name, const char *task, AutoLoadOptions *options, GError **error)
{
  g_autoptr(AutoModel) assistant = name ? load_model (name, task, options, error) : NULL;

  auto_generation_config_set_assistant (self->config, assistant);
  return !name || assistant;
}

static char *
read_standard_input (void)
{
  g_autoptr(GString) text = g_string_new (NULL);
  char buffer[4096];
  gsize n;

  while ((n = fread (buffer, 1, sizeof buffer, stdin)) > 0)
    g_string_append_len (text, buffer, n);
  if (text->len && text->str[text->len - 1] == '\n')
    g_string_truncate (text, text->len - 1);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
read_prompt (Generate *self, const char *prompt, GError **error)
{
  g_autofree char *read = prompt ? NULL : read_standard_input ();
  g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (self->tokenizer, prompt ? prompt : read, NULL, error);

  self->inputs = encoding ? g_object_ref (auto_encoding_get_inputs (encoding)) : NULL;
  return self->inputs != NULL;
}

static char *
decode (const gint64 *ids, gsize n, gpointer data)
{
  Generate *self = data;

  return auto_tokenizer_decode (self->tokenizer, ids, n, TRUE, AUTO_CHOICE_DEFAULT, self->decode_error ? NULL : &self->decode_error);
}

static void
print_text (AutoTextStreamer *streamer, const char *text, gpointer data)
{
  fputs (text, stdout);
  fflush (stdout);
}

/* Ctrl-C ends after the token at work. */
static void
stop_when_interrupted (GCancellable *cancellable, gpointer streamer)
{
  auto_streamer_stop (streamer);
}

static AutoStreamer *
make_streamer (Generate *self)
{
  AutoStreamer *streamer = self->streams ? AUTO_STREAMER (auto_text_streamer_new (decode, self, NULL, TRUE)) : auto_streamer_new ();

  if (self->streams)
    g_signal_connect (streamer, "text", G_CALLBACK (print_text), self);
  g_cancellable_connect (auto_tool_get_cancellable (), G_CALLBACK (stop_when_interrupted), g_object_ref (streamer), g_object_unref);
  return streamer;
}

static AutoGeneration *
generate (Generate *self, gboolean quiet, GError **error)
{
  gboolean beams = auto_generation_config_get_int (self->config, "num_beams", 1) > 1;
  g_autoptr(AutoStreamer) streamer = beams ? NULL : make_streamer (self);

  if (streamer)
    auto_generation_config_set_streamer (self->config, streamer);
  AutoGeneration *generation = auto_model_generate (self->model, self->inputs, self->config, beams ? auto_tool_get_cancellable () : NULL, error);
  auto_generation_config_set_streamer (self->config, NULL);
  if (generation && self->streams && !beams)
    putchar ('\n');
  g_auto(GStrv) warnings = generation ? auto_generation_list_warnings (generation) : NULL;
  for (char **warning = warnings; warning && *warning && !quiet; warning++)
    fprintf (stderr, "auto generate: %s\n", *warning);
  return generation;
}

/* The text of each sequence, without the prompt's where the model goes on with it. */
static char **
decode_all (Generate *self, AutoGeneration *generation)
{
  AutoTensor *sequences = auto_generation_get_sequences (generation);
  gsize rows = auto_tensor_get_dim (sequences, 0), length = auto_tensor_get_dim (sequences, 1);
  gsize prompt = auto_generation_get_prompt_length (generation);
  const gint64 *ids = auto_tensor_get_int64 (sequences, NULL);
  char **texts = g_new0 (char *, rows + 1);

  for (gsize i = 0; i < rows; i++)
    {
      char *text = decode (ids + i * length + prompt, length - prompt, self);
      texts[i] = text ? text : g_strdup ("");
    }
  return texts;
}

static void
add_ids (JsonBuilder *builder, AutoTensor *sequences)
{
  gsize rows = auto_tensor_get_dim (sequences, 0), length = auto_tensor_get_dim (sequences, 1);
  const gint64 *ids = auto_tensor_get_int64 (sequences, NULL);

  json_builder_set_member_name (builder, "sequences");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < rows; i++)
    {
      json_builder_begin_array (builder);
      for (gsize j = 0; j < length; j++)
        json_builder_add_int_value (builder, ids[i * length + j]);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
}

static void
add_numbers (JsonBuilder *builder, const char *name, AutoTensor *numbers)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (gint64 i = 0; i < auto_tensor_get_n_elements (numbers); i++)
    json_builder_add_double_value (builder, auto_tensor_get_float (numbers, NULL)[i]);
  json_builder_end_array (builder);
}

static void
add_segment (Generate *self, JsonBuilder *builder, AutoGenerationSegment *segment)
{
  gsize n;
  const gint64 *ids = auto_tensor_get_int64 (auto_generation_segment_get_tokens (segment), &n);
  g_autofree char *text = self->tokenizer ? decode (ids, n, self) : NULL;
  AutoTensor *times = auto_generation_segment_get_token_timestamps (segment);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "start");
  json_builder_add_double_value (builder, auto_generation_segment_get_start (segment));
  json_builder_set_member_name (builder, "end");
  json_builder_add_double_value (builder, auto_generation_segment_get_end (segment));
  if (text)
    {
      json_builder_set_member_name (builder, "text");
      json_builder_add_string_value (builder, text);
    }
  json_builder_set_member_name (builder, "tokens");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < n; i++)
    json_builder_add_int_value (builder, ids[i]);
  json_builder_end_array (builder);
  if (times)
    add_numbers (builder, "token_timestamps", times);
  json_builder_end_object (builder);
}

/* The segments of each row of a long input. */
static void
add_segments (Generate *self, JsonBuilder *builder, AutoGeneration *generation)
{
  guint rows = (guint) auto_tensor_get_dim (auto_generation_get_sequences (generation), 0), n = 0;

  for (guint i = 0; i < rows; i++)
    n += auto_generation_get_n_segments (generation, i);
  if (!n)
    return;
  json_builder_set_member_name (builder, "segments");
  json_builder_begin_array (builder);
  for (guint i = 0; i < rows; i++)
    {
      json_builder_begin_array (builder);
      for (guint j = 0; j < auto_generation_get_n_segments (generation, i); j++)
        add_segment (self, builder, auto_generation_get_segment (generation, i, j));
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
}

static void
print_json (Generate *self, AutoGeneration *generation)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_auto(GStrv) texts = self->tokenizer ? decode_all (self, generation) : NULL;
  AutoTensor *scores = auto_generation_get_sequences_scores (generation);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "texts");
  json_builder_begin_array (builder);
  for (char **text = texts; text && *text; text++)
    json_builder_add_string_value (builder, *text);
  json_builder_end_array (builder);
  add_ids (builder, auto_generation_get_sequences (generation));
  if (scores)
    add_numbers (builder, "sequences_scores", scores);
  if (auto_generation_get_token_timestamps (generation))
    add_numbers (builder, "token_timestamps", auto_generation_get_token_timestamps (generation));
  add_segments (self, builder, generation);
  json_builder_end_object (builder);
  g_autoptr(JsonNode) node = json_builder_get_root (builder);
  auto_tool_print_json (node);
}

static void
print_plain (Generate *self, AutoGeneration *generation)
{
  if (self->tokenizer)
    {
      g_auto(GStrv) texts = decode_all (self, generation);
      for (char **text = texts; *text; text++)
        puts (*text);
      return;
    }
  AutoTensor *sequences = auto_generation_get_sequences (generation);
  gsize rows = auto_tensor_get_dim (sequences, 0), length = auto_tensor_get_dim (sequences, 1);
  for (gsize i = 0; i < rows; i++)
    for (gsize j = 0; j < length; j++)
      printf ("%" G_GINT64_FORMAT "%c", auto_tensor_get_int64 (sequences, NULL)[i * length + j], j + 1 < length ? ' ' : '\n');
}

/* sequences, and scores.0, scores.1, … and sequences_scores when they were asked for. */
static gboolean
write_outputs (AutoGeneration *generation, const char *path, GError **error)
{
  g_autoptr(GArray) tensors = g_array_new (FALSE, FALSE, sizeof (AutoNamedTensor));
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  AutoNamedTensor sequences = { "sequences", auto_generation_get_sequences (generation) };
  AutoNamedTensor sums = { "sequences_scores", auto_generation_get_sequences_scores (generation) };

  g_array_append_val (tensors, sequences);
  if (sums.tensor && auto_generation_get_n_scores (generation))
    g_array_append_val (tensors, sums);
  for (guint i = 0; i < auto_generation_get_n_scores (generation); i++)
    {
      char *name = g_strdup_printf ("scores.%u", i);
      AutoNamedTensor scores = { name, auto_generation_get_scores (generation, i) };
      g_ptr_array_add (names, name);
      g_array_append_val (tensors, scores);
    }
  return auto_safetensors_write (path, (const AutoNamedTensor *) tensors->data, tensors->len, NULL, NULL, NULL, error);
}

static void
generate_clear (Generate *self)
{
  g_clear_object (&self->model);
  g_clear_object (&self->tokenizer);
  g_clear_object (&self->config);
  g_clear_object (&self->inputs);
  g_clear_error (&self->decode_error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Generate, generate_clear)

static gboolean
prepare (Generate *self, const AutoCommonOptions *common, const char *name, const char *prompt, const char *inputs_path, const char *task,
         const char *assistant, const char *assistant_task, AutoLoadOptions *options, GError **error)
{
  g_autoptr(GError) no_tokenizer = NULL;

  self->model = load_model (name, task, options, error);
  if (!self->model || !read_settings (self, common->set, error) || !read_assistant (self, assistant, assistant_task, options, error))
    return FALSE;
  self->tokenizer = auto_tokenizer_from_pretrained (name, options, auto_tool_get_cancellable (), &no_tokenizer);
  if (inputs_path)
    self->inputs = auto_tool_read_inputs (inputs_path, error);
  else if (!self->tokenizer)
    g_propagate_error (error, g_steal_pointer (&no_tokenizer));
  else
    read_prompt (self, prompt, error);
  return self->inputs != NULL;
}

static int
run (int argc, char **argv)
{
  g_auto(AutoCommonOptions) common = { 0 };
  g_auto(Generate) self = { 0 };
  g_autofree char *task = NULL, *assistant = NULL, *assistant_task = NULL, *inputs_path = NULL, *outputs_path = NULL;
  const GOptionEntry entries[] = {
    { "auto-class", 0, 0, G_OPTION_ARG_STRING, &task, "The Auto class that loads the model, where the configuration leaves a choice", "NAME" },
    { "assistant", 0, 0, G_OPTION_ARG_STRING, &assistant, "A smaller model with the same vocabulary, which proposes tokens: the same text, sooner", "MODEL" },
    { "assistant-class", 0, 0, G_OPTION_ARG_STRING, &assistant_task, "The Auto class that loads it, such as AutoModelForCausalLM for its decoder alone", "NAME" },
    { "inputs", 0, 0, G_OPTION_ARG_FILENAME, &inputs_path, "Tensors by the names of the call's arguments, in place of a prompt", "FILE.safetensors" },
    { "outputs", 0, 0, G_OPTION_ARG_FILENAME, &outputs_path, "Where to write sequences, and scores when --set output_scores=true",
      "FILE.safetensors" },
    { NULL },
  };
  g_autoptr(GError) error = NULL;

  if (!auto_tool_parse (&auto_command_generate, entries, &common, &argc, &argv, 1))
    return AUTO_EXIT_USAGE;
  if (argc > 3 || (argc > 2 && inputs_path))
    return auto_tool_usage (&auto_command_generate, "takes one prompt, or --inputs");
  const char *unknown = task && !auto_task_find (task) ? task : assistant_task && !auto_task_find (assistant_task) ? assistant_task : NULL;
  if (unknown)
    return auto_tool_usage (&auto_command_generate, "there is no Auto class %s; auto inspect --tasks lists them", unknown);
  g_autoptr(AutoLoadOptions) options = auto_tool_load_options (&common, FALSE);
  if (!options)
    return AUTO_EXIT_USAGE;
  if (!prepare (&self, &common, argv[1], argc > 2 ? argv[2] : NULL, inputs_path, task, assistant, assistant_task, options, &error))
    return auto_tool_fail (&auto_command_generate, g_steal_pointer (&error));
  self.streams = self.tokenizer && !common.json && !outputs_path && auto_generation_config_get_int (self.config, "num_return_sequences", 1) == 1 &&
                 auto_generation_config_get_int (self.config, "num_beams", 1) == 1;
  g_autoptr(AutoGeneration) generation = generate (&self, common.quiet, &error);
  if (!generation || (outputs_path && !write_outputs (generation, outputs_path, &error)))
    return auto_tool_fail (&auto_command_generate, g_steal_pointer (&error));
  if (common.json)
    print_json (&self, generation);
  else if (!outputs_path && !self.streams)
    print_plain (&self, generation);
  return self.decode_error ? auto_tool_fail (&auto_command_generate, g_steal_pointer (&self.decode_error)) : AUTO_EXIT_DONE;
}

const AutoCommand auto_command_generate = {
  "generate", "MODEL [PROMPT]", "Let a model write on, as it comes",
  "Without a prompt, standard input is read. --set sets any setting of generation_config.json, and a model's own (language, return_timestamps).\n"
  "Sound that is longer than what a model takes at once is taken window by window, and printed segment by segment. Ctrl-C ends with what there is.\n\n"
  "Example: auto generate ./gpt2 \"Once upon a time\" --set max_new_tokens=40 --set do_sample=true --set top_p=0.9", run,
};
