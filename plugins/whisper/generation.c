/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How Whisper is told the language, the task and whether to say times, and what it takes for a long input;
 * transformers: models/whisper/generation_whisper.py */
#include "generation.h"

#include <string.h>

#include "core/generation/auto-long-form.h"

/* Names of languages and the codes that checkpoints know them by. */
static const char languages[] =
  "afrikaans=af;albanian=sq;amharic=am;arabic=ar;armenian=hy;assamese=as;azerbaijani=az;bashkir=ba;basque=eu;belarusian=be;bengali=bn;"
  "bosnian=bs;breton=br;bulgarian=bg;burmese=my;cantonese=yue;castilian=es;catalan=ca;chinese=zh;croatian=hr;czech=cs;danish=da;"
  "dutch=nl;english=en;estonian=et;faroese=fo;finnish=fi;flemish=nl;french=fr;galician=gl;georgian=ka;german=de;greek=el;gujarati=gu;"
  "haitian=ht;haitian creole=ht;hausa=ha;hawaiian=haw;hebrew=he;hindi=hi;hungarian=hu;icelandic=is;indonesian=id;italian=it;japanese=ja;"
  "javanese=jw;kannada=kn;kazakh=kk;khmer=km;korean=ko;lao=lo;latin=la;latvian=lv;letzeburgesch=lb;lingala=ln;lithuanian=lt;"
  "luxembourgish=lb;macedonian=mk;malagasy=mg;malay=ms;malayalam=ml;maltese=mt;mandarin=zh;maori=mi;marathi=mr;moldavian=ro;moldovan=ro;"
  "mongolian=mn;myanmar=my;nepali=ne;norwegian=no;nynorsk=nn;occitan=oc;panjabi=pa;pashto=ps;persian=fa;polish=pl;portuguese=pt;"
  "punjabi=pa;pushto=ps;romanian=ro;russian=ru;sanskrit=sa;serbian=sr;shona=sn;sindhi=sd;sinhala=si;sinhalese=si;slovak=sk;slovenian=sl;"
  "somali=so;spanish=es;sundanese=su;swahili=sw;swedish=sv;tagalog=tl;tajik=tg;tamil=ta;tatar=tt;telugu=te;thai=th;tibetan=bo;"
  "turkish=tr;turkmen=tk;ukrainian=uk;urdu=ur;uzbek=uz;valencian=ca;vietnamese=vi;welsh=cy;yiddish=yi;yoruba=yo;";

static gboolean
refuse (GError **error, const char *setting, const char *given, const char *reason)
{
  g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s: %s%s%s", setting, given, *given ? " " : "", reason);
  return FALSE;
}

/* The id that an object of the settings has for a name, or -1. */
static gint64
id_of (AutoGenerationConfig *generation, const char *key, const char *name)
{
  g_autoptr(JsonNode) node = auto_generation_config_get_value (generation, key);
  JsonNode *id = node && JSON_NODE_HOLDS_OBJECT (node) ? json_object_get_member (json_node_get_object (node), name) : NULL;

  return id && JSON_NODE_HOLDS_VALUE (id) ? json_node_get_int (id) : -1;
}

/* The token of a language that is named by its token, its name or its code. */
static gboolean
language_id (AutoGenerationConfig *generation, const char *given, gint64 *id, GError **error)
{
  g_autofree char *name = g_utf8_strdown (given, -1), *entry = g_strconcat (";", name, "=", NULL);
  g_autofree char *all = g_strconcat (";", languages, NULL);
  const char *found = strstr (all, entry), *code = found ? found + strlen (entry) : name;
  g_autofree char *token = g_strdup_printf ("<|%.*s|>", (int) strcspn (code, ";"), code);

  *id = id_of (generation, "lang_to_id", name);
  if (*id < 0)
    *id = id_of (generation, "lang_to_id", token);
  return *id >= 0 || refuse (error, "language", given, "is not among lang_to_id of the generation configuration");
}

static gboolean
task_id (AutoGenerationConfig *generation, const char *given, gint64 *id, GError **error)
{
  *id = id_of (generation, "task_to_id", given ? given : "transcribe");
  return *id >= 0 || !given || refuse (error, "task", given, "is not among task_to_id of the generation configuration");
}

/* A token that comes at a place whatever the model says; -1: the model chooses. */
typedef struct
{
  gint64 place, token;
} Forced;

/* What one call is about. */
typedef struct
{
  AutoModel *model;
  AutoGenerationConfig *generation;
  gboolean long_form, timestamps;
  gint64 no_timestamps; /* the token that says so, or -1 */
  GArray *forced;       /* of Forced */
  AutoAlignment alignment; /* without heads when no times of tokens are wanted */
} WhisperCall;

static gint64
config_int (const WhisperCall *call, const char *key)
{
  return auto_config_get_int (auto_model_get_config (call->model), key, 0);
}

static void
add_forced (WhisperCall *call, gint64 place, gint64 token)
{
  Forced forced = { place, token };

  g_array_append_val (call->forced, forced);
}

/* The model's configuration has the first word, as in the reference. */
static gboolean
read_forced (WhisperCall *call, GError **error)
{
  g_autoptr(JsonNode) outer = auto_config_get_value (auto_model_get_config (call->model), "forced_decoder_ids");

  if (outer && !JSON_NODE_HOLDS_NULL (outer) && !auto_generation_config_set_value (call->generation, "forced_decoder_ids", outer, error))
    return FALSE;
  g_autoptr(JsonNode) node = auto_generation_config_get_value (call->generation, "forced_decoder_ids");
  for (guint i = 0; node && JSON_NODE_HOLDS_ARRAY (node) && i < json_array_get_length (json_node_get_array (node)); i++)
    {
      JsonArray *pair = json_array_get_array_element (json_node_get_array (node), i);
      if (json_array_get_length (pair) != 2)
        return refuse (error, "forced_decoder_ids", "", "needs pairs of a place and a token");
      add_forced (call, json_array_get_int_element (pair, 0), json_array_get_null_element (pair, 1) ? -1 : json_array_get_int_element (pair, 1));
    }
  return TRUE;
}

/* Language, task, no times; what isn't known is left to the model. */
static gboolean
force_language (WhisperCall *call, gboolean prompted, GError **error)
{
  const char *language = auto_generation_config_get_string (call->generation, "language");
  const char *task = auto_generation_config_get_string (call->generation, "task");
  gint64 of_language = -1, of_task;

  if (!language && !task && (call->forced->len || !prompted))
    return TRUE;
  if ((language || task) && !auto_generation_config_get_bool (call->generation, "is_multilingual", TRUE))
    return refuse (error, "language, task", "", "a model for English alone takes neither");
  if ((language && !language_id (call->generation, language, &of_language, error)) || !task_id (call->generation, task, &of_task, error))
    return FALSE;
  g_array_set_size (call->forced, 0);
  add_forced (call, 1, of_language);
  if (of_task >= 0)
    add_forced (call, 2, of_task);
  if (call->no_timestamps >= 0 && !call->timestamps)
    add_forced (call, call->forced->len + 1, call->no_timestamps);
  return TRUE;
}

/* What was said before comes first, behind the token for it, as far as it fits. */
static gboolean
force_prompt (WhisperCall *call, const gint64 *prompt, gsize n, GError **error)
{
  gint64 positions = config_int (call, "max_target_positions"), start = auto_generation_config_get_int (call->generation, "decoder_start_token_id", -1);
  gint64 more = auto_generation_config_get_int (call->generation, "max_new_tokens", -1);
  gsize said = MIN (n - 1, (gsize) ((positions + 1) / 2 + 1)), first = n - said;
  g_autoptr(GArray) after = call->forced;

  call->forced = g_array_new (FALSE, FALSE, sizeof (Forced));
  for (gsize i = 0; i < said; i++)
    add_forced (call, (gint64) i + 1, prompt[first + i]);
  add_forced (call, (gint64) said + 1, start);
  for (guint i = 0; i < after->len; i++)
    add_forced (call, (gint64) said + 2 + i, g_array_index (after, Forced, i).token);
  if (more >= 0 && more + (gint64) said >= positions)
    return refuse (error, "prompt_ids", "", "and max_new_tokens are together more than max_target_positions");
  return (more < 0 || auto_generation_config_set_int (call->generation, "max_new_tokens", more + (gint64) said, error)) &&
         auto_generation_config_set_int (call->generation, "decoder_start_token_id", prompt[0], error);
}

static gboolean
force_tokens (WhisperCall *call, GError **error)
{
  gsize n;
  g_autofree gint64 *prompt = auto_generation_config_get_ids (call->generation, "prompt_ids", &n);

  if (auto_generation_config_get_string (call->generation, "prompt_ids"))
    return refuse (error, "prompt_ids", "", "needs a list of token ids");
  if (!read_forced (call, error) || !force_language (call, n > 0, error) || (n && !force_prompt (call, prompt, n, error)))
    return FALSE;
  if (call->timestamps && call->forced->len && g_array_index (call->forced, Forced, call->forced->len - 1).token == call->no_timestamps)
    g_array_set_size (call->forced, call->forced->len - 1);
  return TRUE;
}

/* Forced tokens from @first on become the setting. */
static gboolean
write_forced (WhisperCall *call, guint first, GError **error)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = first; i < call->forced->len; i++)
    {
      const Forced *forced = &g_array_index (call->forced, Forced, i);
      g_autofree char *token = forced->token >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, forced->token) : g_strdup ("null");
      g_string_append_printf (text, "%s[%" G_GINT64_FORMAT ", %s]", text->len ? ", " : "[", forced->place, token);
    }
  g_string_append (text, text->len ? "]" : "null");
  return auto_generation_config_set_text (call->generation, "forced_decoder_ids", text->str, error);
}

typedef struct
{
  gint64 no_timestamps, first, eos, max_initial; /* max_initial: -1 for any */
  gboolean prefer; /* times, when they are probable together */
  gsize begin;
} WhisperTimes;

static void
forbid (float *scores, gsize n_scores, gint64 from, gint64 to)
{
  for (gint64 i = MAX (from, 0); i < MIN (to, (gint64) n_scores); i++)
    scores[i] = -INFINITY;
}

/* Times come in pairs and don't go back. */
static void
forbid_by_order (const WhisperTimes *t, const gint64 *said, gsize n, float *scores, gsize n_scores)
{
  gboolean last = n >= 1 && said[n - 1] >= t->first, before = n < 2 || said[n - 2] >= t->first;
  gint64 latest = -1;

  for (gsize i = 0; i < n; i++)
    latest = said[i] >= t->first ? said[i] : latest;
  if (last && before)
    forbid (scores, n_scores, t->first, (gint64) n_scores);
  else if (last)
    forbid (scores, n_scores, 0, t->eos);
  if (latest >= 0)
    forbid (scores, n_scores, t->first, last && !before ? latest : latest + 1);
}

/* A time it is when times together are more probable than any word. */
static void
prefer_times (const WhisperTimes *t, float *scores, gsize n_scores)
{
  double best = -INFINITY, highest = -INFINITY, sum = 0;

  for (gsize i = 0; i < n_scores; i++)
    {
      double *max = (gint64) i < t->first ? &best : &highest;
      *max = MAX (*max, scores[i]);
    }
  if (highest == -INFINITY)
    return;
  for (gsize i = (gsize) t->first; i < n_scores; i++)
    sum += exp (scores[i] - highest);
  if (highest + log (sum) > best)
    forbid (scores, n_scores, 0, t->first);
}

static void
whisper_times (const gint64 *ids, gsize n_ids, float *scores, gsize n_scores, gsize row, gpointer user_data)
{
  const WhisperTimes *t = user_data;

  forbid (scores, n_scores, t->no_timestamps, t->no_timestamps + 1);
  if (n_ids >= t->begin)
    forbid_by_order (t, ids + t->begin, n_ids - t->begin, scores, n_scores);
  if (n_ids == t->begin)
    {
      forbid (scores, n_scores, 0, t->first);
      if (t->max_initial >= 0)
        forbid (scores, n_scores, t->first + t->max_initial + 1, (gint64) n_scores);
    }
  if (t->prefer)
    prefer_times (t, scores, n_scores);
}

/* A token of a setting that has one or several, by its place from the start, or, negative, from the end; -1: there is none. */
static gint64
listed_id (AutoGenerationConfig *generation, const char *key, int place)
{
  gsize n;
  g_autofree gint64 *ids = auto_generation_config_get_ids (generation, key, &n);
  gsize at = place < 0 ? n + place : (gsize) place;

  return at < n ? ids[at] : -1;
}

/* Times in what is said: asked for, or needed to go on from a window to the next. */
static gboolean
prepare_times (WhisperCall *call, WhisperTimes **times, GError **error)
{
  gint64 listed = listed_id (call->generation, "eos_token_id", 0);
  gint64 eos = listed > 0 ? listed : auto_generation_config_get_int (call->generation, "bos_token_id", -1);

  if (!call->timestamps)
    return TRUE;
  if (call->no_timestamps < 0 || call->no_timestamps >= config_int (call, "vocab_size") || eos < 0)
    return refuse (error, "return_timestamps", "", "needs no_timestamps_token_id and eos_token_id in the generation configuration");
  *times = g_new (WhisperTimes, 1);
  **times = (WhisperTimes) { .no_timestamps = call->no_timestamps, .first = call->no_timestamps + 1, .eos = eos, .begin = call->forced->len + 1,
                             .prefer = auto_generation_config_get_bool (call->generation, "_detect_timestamp_from_logprob", TRUE),
                             .max_initial = auto_generation_config_get_int (call->generation, "max_initial_timestamp_index", -1) };
  auto_generation_config_add_processor (call->generation, whisper_times, *times, g_free);
  return TRUE;
}

static gboolean
prepare_alignment (WhisperCall *call, GError **error)
{
  if (!auto_generation_config_get_bool (call->generation, "return_token_timestamps", FALSE))
    return TRUE;
  call->alignment.heads = auto_generation_config_get_value (call->generation, "alignment_heads");
  if (!call->alignment.heads || JSON_NODE_HOLDS_NULL (call->alignment.heads))
    return refuse (error, "return_token_timestamps", "", "needs alignment_heads in the generation configuration");
  call->alignment.frames = auto_generation_config_get_value (call->generation, "num_frames");
  call->alignment.median_width = auto_config_get_int (auto_model_get_config (call->model), "median_filter_width", 7);
  call->alignment.precision = auto_generation_config_get_double (call->generation, "time_precision", 0.02);
  return auto_generation_config_set_bool (call->generation, "output_attentions", TRUE, error) &&
         auto_generation_config_set_bool (call->generation, "output_scores", TRUE, error); /* with the beams' ways */
}

static AutoGeneration *
generate_short (WhisperCall *call, AutoInputs *in, GCancellable *cancellable, GError **error)
{
  auto_inputs_set (in, "attention_mask", NULL);
  g_autoptr(AutoGeneration) generation = auto_model_generate_plain (call->model, in, call->generation, cancellable, error);

  if (!generation || (call->alignment.heads && !auto_generation_align (generation, &call->alignment, error)))
    return NULL;
  return g_steal_pointer (&generation);
}

/* The token before what was said in earlier windows: named, or the last but one of those that are never said. */
static gint64
previous_token (AutoGenerationConfig *generation)
{
  gint64 named = auto_generation_config_get_int (generation, "prev_sot_token_id", listed_id (generation, "suppress_tokens", -2));

  return auto_generation_config_get_int (generation, "prev_bos_token_id", named);
}

static AutoGeneration *
generate_long (WhisperCall *call, AutoInputs *in, WhisperTimes *times, GCancellable *cancellable, GError **error)
{
  g_autofree gint64 *start = g_new (gint64, call->forced->len + 1);
  gint64 own_start = auto_config_get_int (auto_model_get_config (call->model), "decoder_start_token_id", -1);
  guint n = 0;

  start[0] = auto_generation_config_get_int (call->generation, "decoder_start_token_id", own_start);
  gboolean known = start[0] >= 0;
  for (; n < call->forced->len && g_array_index (call->forced, Forced, n).place == (gint64) n + 1; n++)
    known &= (start[n + 1] = g_array_index (call->forced, Forced, n).token) >= 0;
  if ((!known && !refuse (error, "language", "", "has to be set for an input that is longer than what Whisper takes at once")) ||
      !write_forced (call, n, error))
    return NULL;
  return auto_long_form_generate (&(AutoLongForm) {
    .features = "input_features", .window = 2 * config_int (call, "max_source_positions"), .stride = 2,
    .precision = auto_generation_config_get_double (call->generation, "time_precision", 0.02), .first_time = times->first, .start = start,
    .n_start = n + 1, .previous = previous_token (call->generation), .conditioned = auto_generation_config_get_bool (call->generation, "condition_on_prev_tokens", FALSE),
    .max_positions = config_int (call, "max_target_positions"), .no_speech_token = call->no_timestamps - 1, .begin = &times->begin,
    .alignment = call->alignment.heads ? &call->alignment : NULL }, call->model, in, call->generation, cancellable, error);
}

/* Whether the input is longer than what the encoder takes at once, and whether times are wanted, which a long one needs. */
static gboolean
read_call (WhisperCall *call, AutoInputs *in, GError **error)
{
  AutoTensor *sound = auto_inputs_get (in, "input_features");
  gboolean asked = auto_generation_config_get_bool (call->generation, "return_timestamps", FALSE);

  if (!sound && !auto_inputs_get (in, "encoder_outputs"))
    return refuse (error, "input_features", "", "or encoder_outputs are missing");
  call->long_form = sound && auto_tensor_get_n_dims (sound) == 3 && auto_tensor_get_dim (sound, 2) > 2 * config_int (call, "max_source_positions");
  call->timestamps = call->long_form || asked;
  call->no_timestamps = auto_generation_config_get_int (call->generation, "no_timestamps_token_id", -1);
  AutoGenerationConfig *own = auto_model_get_generation_config (call->model, NULL); /* checkpoints say false without meaning it */
  if (call->long_form && !auto_generation_config_get_bool (call->generation, "return_timestamps", TRUE) &&
      !(own && !auto_generation_config_get_bool (own, "return_timestamps", TRUE)))
    return refuse (error, "return_timestamps", "", "can't be false for an input that is longer than what Whisper takes at once");
  return TRUE;
}

AutoGeneration *
whisper_generate (AutoPretrainedModel *self, AutoInputs *in, AutoGenerationConfig *generation, GCancellable *cancellable, GError **error)
{
  WhisperCall call = { .model = AUTO_MODEL (self), .generation = generation, .forced = g_array_new (FALSE, FALSE, sizeof (Forced)) };
  g_autoptr(JsonNode) yes = json_node_init_boolean (json_node_alloc (), TRUE);
  AutoGeneration *result = NULL;
  WhisperTimes *times = NULL;

  auto_inputs_set_flag (in, "keep_decoder_start", yes);
  if (read_call (&call, in, error) && force_tokens (&call, error) && write_forced (&call, 0, error) && prepare_times (&call, &times, error) &&
      prepare_alignment (&call, error))
    result = call.long_form ? generate_long (&call, in, times, cancellable, error) : generate_short (&call, in, cancellable, error);
  g_clear_pointer (&call.alignment.heads, json_node_unref);
  g_clear_pointer (&call.alignment.frames, json_node_unref);
  g_array_unref (call.forced);
  return result;
}
