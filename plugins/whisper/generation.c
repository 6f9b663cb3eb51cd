/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How Whisper is told the language, the task and whether to say times; transformers: models/whisper/generation_whisper.py */
#include "generation.h"

#include <string.h>

#include "core/generation/auto-generation-config.h"

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
  g_set_error (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s: %s%s", setting, given, reason);
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
  return *id >= 0 || refuse (error, "language", given, " is not among lang_to_id of the generation configuration");
}

static gboolean
task_id (AutoGenerationConfig *generation, const char *given, gint64 *id, GError **error)
{
  *id = id_of (generation, "task_to_id", given ? given : "transcribe");
  return *id >= 0 || !given || refuse (error, "task", given, " is not among task_to_id of the generation configuration");
}

/* [[1, language], [2, task], [3, no times]]; what isn't known is left to the model. */
static gboolean
force_tokens (AutoGenerationConfig *generation, gint64 no_timestamps, gboolean timestamps, GError **error)
{
  const char *language = auto_generation_config_get_string (generation, "language"), *task = auto_generation_config_get_string (generation, "task");
  g_autoptr(GString) forced = g_string_new ("[[1, ");
  gint64 of_language = -1, of_task;
  int n = 1;

  if (!language && !task)
    return TRUE;
  if (!auto_generation_config_get_bool (generation, "is_multilingual", TRUE))
    return refuse (error, "language, task", "", "a model for English alone takes neither");
  if (language && !language_id (generation, language, &of_language, error))
    return FALSE;
  if (!task_id (generation, task, &of_task, error))
    return FALSE;
  if (of_language >= 0)
    g_string_append_printf (forced, "%" G_GINT64_FORMAT "]", of_language);
  else
    g_string_append (forced, "null]");
  if (of_task >= 0)
    g_string_append_printf (forced, ", [%d, %" G_GINT64_FORMAT "]", ++n, of_task);
  if (no_timestamps >= 0 && !timestamps)
    g_string_append_printf (forced, ", [%d, %" G_GINT64_FORMAT "]", ++n, no_timestamps);
  g_string_append_c (forced, ']');
  return auto_generation_config_set_text (generation, "forced_decoder_ids", forced->str, error);
}

/* Takes back a forced "no times" that the model's own configuration asks for; gives how many tokens are forced. */
static gboolean
free_timestamps (AutoGenerationConfig *generation, gint64 no_timestamps, gsize *n_forced, GError **error)
{
  g_autoptr(JsonNode) node = auto_generation_config_get_value (generation, "forced_decoder_ids");
  JsonArray *forced = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = forced ? json_array_get_length (forced) : 0;
  JsonNode *last = n ? json_array_get_element (forced, n - 1) : NULL;

  *n_forced = n;
  if (!last || !JSON_NODE_HOLDS_ARRAY (last) || json_array_get_length (json_node_get_array (last)) != 2 ||
      json_array_get_int_element (json_node_get_array (last), 1) != no_timestamps)
    return TRUE;
  *n_forced = n - 1;
  g_autoptr(JsonNode) rest = n > 1 ? json_node_copy (node) : json_node_new (JSON_NODE_NULL);
  if (n > 1)
    {
      g_autoptr(JsonArray) shorter = json_array_new ();
      for (guint i = 0; i + 1 < n; i++)
        json_array_add_element (shorter, json_node_copy (json_array_get_element (forced, i)));
      json_node_set_array (rest, shorter);
    }
  return auto_generation_config_set_value (generation, "forced_decoder_ids", rest, error);
}

typedef struct
{
  gint64 no_timestamps, first, eos, max_initial; /* max_initial: -1 for any */
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

  if (n_ids < t->begin)
    return;
  forbid (scores, n_scores, t->no_timestamps, t->no_timestamps + 1);
  forbid_by_order (t, ids + t->begin, n_ids - t->begin, scores, n_scores);
  if (n_ids == t->begin)
    {
      forbid (scores, n_scores, 0, t->first);
      if (t->max_initial >= 0)
        forbid (scores, n_scores, t->first + t->max_initial + 1, (gint64) n_scores);
    }
  prefer_times (t, scores, n_scores);
}

/* One token, or the first of several. */
static gint64
end_token (AutoGenerationConfig *generation)
{
  g_autoptr(JsonNode) node = auto_generation_config_get_value (generation, "eos_token_id");

  if (node && JSON_NODE_HOLDS_ARRAY (node) && json_array_get_length (json_node_get_array (node)))
    return json_array_get_int_element (json_node_get_array (node), 0);
  return auto_generation_config_get_int (generation, "eos_token_id", auto_generation_config_get_int (generation, "bos_token_id", -1));
}

gboolean
whisper_prepare_generation (AutoPretrainedModel *self, AutoGenerationConfig *generation, AutoInputs *in, GError **error)
{
  gboolean timestamps = auto_generation_config_get_bool (generation, "return_timestamps", FALSE);
  gint64 none = auto_generation_config_get_int (generation, "no_timestamps_token_id", -1), eos = end_token (generation);
  gint64 rows = auto_config_get_int (auto_model_get_config (AUTO_MODEL (self)), "vocab_size", 0);
  gsize n_forced;

  if (!force_tokens (generation, none, timestamps, error))
    return FALSE;
  if (!timestamps)
    return TRUE;
  if (none < 0 || none >= rows || eos < 0)
    return refuse (error, "return_timestamps", "", "needs no_timestamps_token_id and eos_token_id in the generation configuration");
  if (!free_timestamps (generation, none, &n_forced, error))
    return FALSE;
  WhisperTimes *times = g_new (WhisperTimes, 1);
  *times = (WhisperTimes) { .no_timestamps = none, .first = none + 1, .eos = eos, .begin = n_forced + 1,
                            .max_initial = auto_generation_config_get_int (generation, "max_initial_timestamp_index", -1) };
  auto_generation_config_add_processor (generation, whisper_times, times, g_free);
  return TRUE;
}
