/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-hub-resolve.h"

#include <string.h>

#include "../base/auto-json.h"
#include "auto-hub-cache.h"
#include "auto-hub-operation.h"

#define SHARD_LIMIT 10000
#define RESTARTS 5

static const char *const config_files[] = { "config.json", NULL };
static const char *const generation_files[] = { "generation_config.json", NULL };
static const char *const processor_files[] = { "preprocessor_config.json", NULL };
static const char *const tokenizer_files[] = {
  "tokenizer_config.json", "tokenizer.json", "special_tokens_map.json", "added_tokens.json", NULL
};
/* What few classes have: other programs that filled the cache may not have asked for these. */
static const char *const minor_processor_files[] = { "processor_config.json", NULL };
static const char *const minor_tokenizer_files[] = { "normalizer.json", "chat_template.jinja", NULL };
/* What tokenizer.json is made from. The names that several tokenizer classes use; the rest are asked for by the class. */
static const char *const vocabulary_files[] = {
  "vocab.json", "merges.txt", "vocab.txt", "spiece.model", "sentencepiece.bpe.model", "tokenizer.model", "spm.model", "sentencepiece.model",
  "source.spm", "target.spm", "bpe.codes", NULL
};

/* Sets of them that are all a tokenizer needs. */
static const char *const vocabularies[][3] = {
  { "vocab.txt" }, { "spiece.model" }, { "sentencepiece.bpe.model" }, { "tokenizer.model" }, { "spm.model" }, { "sentencepiece.model" },
  { "vocab.json", "merges.txt" }, { "source.spm", "target.spm", "vocab.json" },
};

/* In the order of preference. */
static const char *const weights_files[] = {
  "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json", NULL
};
static const char *const tf_files[] = { "tf_model.h5", "tf_model.h5.index.json", NULL };
static const char *const flax_files[] = { "flax_model.msgpack", "flax_model.msgpack.index.json", NULL };

typedef struct
{
  AutoHubOperation *operation;
  const char *subfolder;
  AutoHubWant want;
  gboolean use_fast, trust;
  gboolean all_needed;  /* of files by name */
  GCancellable *cancellable;
} Resolve;

static GPtrArray *
new_items (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) auto_hub_item_free);
}

static void
add_each (GPtrArray *items, const char *subfolder, const char *const *names)
{
  for (; *names; names++)
    g_ptr_array_add (items, auto_hub_item_new_single (subfolder, *names));
}

static void
add_minor (GPtrArray *items, const char *subfolder, const char *const *names)
{
  guint first = items->len;

  add_each (items, subfolder, names);
  for (guint i = first; i < items->len; i++)
    ((AutoHubItem *) g_ptr_array_index (items, i))->minor = TRUE;
}

static void
add_first_of (GPtrArray *names, const char *const *more)
{
  for (; *more; more++)
    g_ptr_array_add (names, (char *) *more);
}

/* The one item that stands for the checkpoint, or NULL. */
static AutoHubItem *
weights_item (const Resolve *r)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new ();

  if (r->want & AUTO_HUB_WANT_TF_WEIGHTS)
    add_first_of (names, tf_files);
  if (r->want & AUTO_HUB_WANT_FLAX_WEIGHTS)
    add_first_of (names, flax_files);
  if (r->want & AUTO_HUB_WANT_WEIGHTS)
    add_first_of (names, weights_files);
  if (names->len == 0)
    return NULL;
  g_ptr_array_add (names, NULL);
  return auto_hub_item_new (r->subfolder, (const char *const *) names->pdata);
}

/* The files that a shard index names, each once; names that lead elsewhere make the index an error. */
static GPtrArray *
read_index (const char *path, const char *subfolder, GError **error)
{
  g_autoptr(JsonNode) root = auto_json_read (path, AUTO_CHECKPOINT_ERROR, AUTO_CHECKPOINT_ERROR_FORMAT, error);
  JsonObject *map = root && JSON_NODE_HOLDS_OBJECT (root) ? auto_json_object (json_node_get_object (root), "weight_map") : NULL;
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) items = new_items ();
  JsonObjectIter iter;
  JsonNode *value;

  if (!root)
    return NULL;
  if (!map || json_object_get_size (map) == 0)
    {
      g_set_error (error, AUTO_CHECKPOINT_ERROR, AUTO_CHECKPOINT_ERROR_FORMAT, "%s: no weight_map with file names; download it again",
                   path);
      return NULL;
    }
  json_object_iter_init (&iter, map);
  while (json_object_iter_next (&iter, NULL, &value))
    {
      const char *name = auto_json_is_string (value) ? json_node_get_string (value) : "";
      if (g_hash_table_contains (seen, name))
        continue;
      if (!auto_hub_check_file (name, error))
        {
          g_prefix_error (error, "%s: weight_map: ", path);
          return NULL;
        }
      if (items->len >= SHARD_LIMIT)
        {
          g_set_error (error, AUTO_CHECKPOINT_ERROR, AUTO_CHECKPOINT_ERROR_FORMAT, "%s: more than %d shards", path, SHARD_LIMIT);
          return NULL;
        }
      g_hash_table_add (seen, (gpointer) name);
      g_ptr_array_add (items, auto_hub_item_new_single (subfolder, name));
    }
  return g_steal_pointer (&items);
}

static gboolean
any_found (GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    if (((AutoHubItem *) g_ptr_array_index (items, i))->found >= 0)
      return TRUE;
  return FALSE;
}

static gboolean
any_unknown (GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    if (((AutoHubItem *) g_ptr_array_index (items, i))->unknown)
      return TRUE;
  return FALSE;
}

static char *
found_path (const Resolve *r, const AutoHubItem *item)
{
  return auto_hub_cache_snapshot (r->operation->folder, r->operation->commit, auto_hub_item_get_name (item));
}

static AutoHubRun
run_all_needed (const Resolve *r, GPtrArray *items, GError **error)
{
  AutoHubRun outcome = auto_hub_operation_run (r->operation, items, r->cancellable, error);

  for (guint i = 0; outcome == AUTO_HUB_RUN_DONE && i < items->len; i++)
    {
      AutoHubItem *item = g_ptr_array_index (items, i);
      if (item->found >= 0)
        continue;
      auto_hub_operation_set_missing (r->operation, item->names[0], item->unknown, error);
      outcome = AUTO_HUB_RUN_FAILED;
    }
  return outcome;
}

/* The shards, when the checkpoint that was found is an index of them. */
static AutoHubRun
run_shards (const Resolve *r, const AutoHubItem *weights, GError **error)
{
  if (!g_str_has_suffix (auto_hub_item_get_name (weights), ".index.json"))
    return AUTO_HUB_RUN_DONE;
  g_autofree char *path = found_path (r, weights);
  g_autoptr(GPtrArray) shards = read_index (path, r->subfolder, error);
  return shards ? run_all_needed (r, shards, error) : AUTO_HUB_RUN_FAILED;
}

/* There is no checkpoint of the wanted kind: says which kinds there are, as people then know what to ask for. */
static AutoHubRun
set_no_weights (const Resolve *r, const AutoHubItem *weights, GError **error)
{
  g_autofree char *names = g_strjoinv (", ", weights->names);
  g_autoptr(GPtrArray) others = new_items ();
  g_autoptr(GError) local = NULL;
  const char *const kinds[][2] = { { "tf_model.h5", "it has TensorFlow weights: set from-tf" },
                                   { "flax_model.msgpack", "it has Flax weights: set from-flax" } };
  GString *hint = g_string_new (NULL);

  if (!weights->unknown)
    for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
      {
        AutoHubItem *item = auto_hub_item_new_single (r->subfolder, kinds[i][0]);
        item->probe = TRUE;
        g_ptr_array_add (others, item);
      }
  if (others->len && auto_hub_operation_run (r->operation, others, r->cancellable, &local) == AUTO_HUB_RUN_DONE)
    for (guint i = 0; i < others->len; i++)
      if (((AutoHubItem *) g_ptr_array_index (others, i))->found >= 0)
        g_string_append_printf (hint, "; %s", kinds[i][1]);
  if (weights->unknown)
    auto_hub_operation_set_missing (r->operation, names, TRUE, error);
  else
    g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_ENTRY_NOT_FOUND, "%s: the repository has none of %s at revision %s%s",
                 r->operation->repo, names, r->operation->revision, hint->len ? hint->str : "; check the name and the revision");
  g_string_free (hint, TRUE);
  return AUTO_HUB_RUN_FAILED;
}

/* tokenizer_config.json may name a tokenizer file for later versions of the library that wrote it. */
static void
add_versioned_tokenizer (const Resolve *r, GPtrArray *items, const AutoHubItem *config)
{
  g_autofree char *path = config->found >= 0 ? found_path (r, config) : NULL;
  g_autoptr(JsonNode) root = path ? auto_json_read (path, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, NULL) : NULL;
  JsonArray *names = root && JSON_NODE_HOLDS_OBJECT (root) ? auto_json_array (json_node_get_object (root), "fast_tokenizer_files") : NULL;

  for (guint i = 0; names && i < MIN (json_array_get_length (names), 16u); i++)
    {
      JsonNode *name = json_array_get_element (names, i);
      if (auto_json_is_string (name) && g_str_has_prefix (json_node_get_string (name), "tokenizer.")
          && auto_hub_check_file (json_node_get_string (name), NULL))
        g_ptr_array_add (items, auto_hub_item_new_single (r->subfolder, json_node_get_string (name)));
    }
}

static gboolean
is_found (GPtrArray *items, const char *subfolder, const char *name)
{
  g_autofree char *full = subfolder && *subfolder ? g_strconcat (subfolder, "/", name, NULL) : g_strdup (name);

  for (guint i = 0; i < items->len; i++)
    if (g_strcmp0 (auto_hub_item_get_name (g_ptr_array_index (items, i)), full) == 0)
      return TRUE;
  return FALSE;
}

/* Whether the cache has all of a vocabulary already. */
static gboolean
has_vocabulary (const Resolve *r)
{
  for (gsize i = 0; r->operation->commit && i < G_N_ELEMENTS (vocabularies); i++)
    {
      gboolean whole = TRUE;
      for (gsize k = 0; whole && k < G_N_ELEMENTS (vocabularies[i]) && vocabularies[i][k]; k++)
        {
          g_autofree char *name = r->subfolder ? g_strconcat (r->subfolder, "/", vocabularies[i][k], NULL) : g_strdup (vocabularies[i][k]);
          whole = auto_hub_cache_lookup (r->operation->folder, r->operation->commit, name) == AUTO_HUB_PRESENT;
        }
      if (whole)
        return TRUE;
    }
  return FALSE;
}

/* What is known to be needed only after the first files are there. */
static AutoHubRun
run_followers (const Resolve *r, GPtrArray *items, gboolean *any, GError **error)
{
  g_autoptr(GPtrArray) more = new_items ();
  AutoHubRun outcome;

  for (guint i = 0; (r->want & AUTO_HUB_WANT_TOKENIZER) && i < items->len; i++)
    if (g_str_has_suffix (((AutoHubItem *) g_ptr_array_index (items, i))->names[0], "tokenizer_config.json"))
      add_versioned_tokenizer (r, more, g_ptr_array_index (items, i));
  if ((r->want & AUTO_HUB_WANT_TOKENIZER) && (!r->use_fast || !is_found (items, r->subfolder, "tokenizer.json")))
    (has_vocabulary (r) ? add_minor : add_each) (more, r->subfolder, vocabulary_files);
  if (more->len == 0)
    return AUTO_HUB_RUN_DONE;
  outcome = auto_hub_operation_run (r->operation, more, r->cancellable, error);
  *any |= outcome == AUTO_HUB_RUN_DONE && any_found (more);
  return outcome;
}

/* The plugin that config.json names, unless the repository is not trusted with that. */
static AutoHubRun
run_plugin (const Resolve *r, const AutoHubItem *config, GError **error)
{
  g_autofree char *path = config->found >= 0 ? found_path (r, config) : NULL;
  g_autoptr(JsonNode) root = path ? auto_json_read (path, AUTO_CONFIG_ERROR, AUTO_CONFIG_ERROR_PARSE, NULL) : NULL;
  const char *name = root && JSON_NODE_HOLDS_OBJECT (root) ? auto_json_string (json_node_get_object (root), AUTO_HUB_PLUGIN_KEY) : NULL;
  g_autoptr(GPtrArray) items = new_items ();

  if (!name)
    return AUTO_HUB_RUN_DONE;
  if (!auto_hub_check_file (name, error))
    {
      g_prefix_error (error, "%s: " AUTO_HUB_PLUGIN_KEY ": ", path);
      return AUTO_HUB_RUN_FAILED;
    }
  g_ptr_array_add (items, auto_hub_item_new_single (r->subfolder, name));
  return run_all_needed (r, items, error);
}

static void
add_wanted (const Resolve *r, GPtrArray *items)
{
  if (r->want & (AUTO_HUB_WANT_CONFIG | AUTO_HUB_WANT_PLUGIN))
    add_each (items, r->subfolder, config_files);
  if (r->want & AUTO_HUB_WANT_TOKENIZER)
    {
      add_each (items, r->subfolder, tokenizer_files);
      add_minor (items, r->subfolder, minor_tokenizer_files);
    }
  if (r->want & AUTO_HUB_WANT_PROCESSOR)
    {
      add_each (items, r->subfolder, processor_files);
      add_minor (items, r->subfolder, minor_processor_files);
    }
  if (r->want & AUTO_HUB_WANT_GENERATION)
    add_each (items, r->subfolder, generation_files);
}

/* One way through all that is wanted, at one commit. */
static AutoHubRun
run (const Resolve *r, GError **error)
{
  g_autoptr(GPtrArray) items = new_items ();
  AutoHubItem *weights = weights_item (r);
  gboolean any = FALSE;
  AutoHubRun outcome;

  add_wanted (r, items);
  AutoHubItem *config = items->len ? g_ptr_array_index (items, 0) : NULL;
  if (weights)
    g_ptr_array_add (items, weights);
  if ((outcome = auto_hub_operation_run (r->operation, items, r->cancellable, error)) != AUTO_HUB_RUN_DONE)
    return outcome;
  any = any_found (items);
  if ((r->want & AUTO_HUB_WANT_CONFIG) && config->unknown && config->found < 0)
    {
      auto_hub_operation_set_missing (r->operation, config->names[0], TRUE, error);
      return AUTO_HUB_RUN_FAILED;
    }
  if (weights && weights->found < 0)
    return set_no_weights (r, weights, error);
  if (weights && (outcome = run_shards (r, weights, error)) != AUTO_HUB_RUN_DONE)
    return outcome;
  if ((outcome = run_followers (r, items, &any, error)) != AUTO_HUB_RUN_DONE)
    return outcome;
  if ((r->want & AUTO_HUB_WANT_PLUGIN) && r->trust && (outcome = run_plugin (r, config, error)) != AUTO_HUB_RUN_DONE)
    return outcome;
  if (any)
    return AUTO_HUB_RUN_DONE;
  auto_hub_operation_set_missing (r->operation, "file of those wanted", any_unknown (items), error);
  return AUTO_HUB_RUN_FAILED;
}

/* Files by name. Those that may be missing may all be missing, as long as it is known which commit is meant. */
static AutoHubRun
run_files (const Resolve *r, const char *const *files, GError **error)
{
  g_autoptr(GPtrArray) items = new_items ();
  AutoHubRun outcome;

  add_each (items, r->subfolder, files);
  if (r->all_needed)
    return run_all_needed (r, items, error);
  outcome = auto_hub_operation_run (r->operation, items, r->cancellable, error);
  if (outcome != AUTO_HUB_RUN_DONE || r->operation->commit)
    return outcome;
  auto_hub_operation_set_missing (r->operation, files[0], any_unknown (items), error);
  return AUTO_HUB_RUN_FAILED;
}

/* Goes through it again as often as the revision moves. */
static char *
run_until_still (const Resolve *r, const char *const *files, GError **error)
{
  for (guint i = 0; i < RESTARTS; i++)
    {
      g_autoptr(GError) local = NULL;
      AutoHubRun outcome = files ? run_files (r, files, &local) : run (r, &local);
      if (outcome == AUTO_HUB_RUN_AGAIN)
        continue;
      if (outcome == AUTO_HUB_RUN_DONE || g_error_matches (local, AUTO_HUB_ERROR, AUTO_HUB_ERROR_ENTRY_NOT_FOUND))
        auto_hub_operation_keep_revision (r->operation);
      if (outcome == AUTO_HUB_RUN_DONE)
        return auto_hub_cache_snapshot (r->operation->folder, r->operation->commit, r->subfolder ? r->subfolder : "");
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_BAD_RESPONSE, "%s: revision %s keeps moving; name a commit, or try again later",
               r->operation->repo, r->operation->revision);
  return NULL;
}

static gboolean
looks_like_path (const char *name)
{
  return g_path_is_absolute (name) || name[0] == '.' || name[0] == '~' || g_str_has_suffix (name, "/");
}

/* A local path: as it is. NULL without an error when it is none. */
static char *
resolve_local (const char *name, const char *subfolder, GError **error)
{
  if (g_file_test (name, G_FILE_TEST_IS_DIR))
    return subfolder && *subfolder ? g_build_filename (name, subfolder, NULL) : g_strdup (name);
  if (g_file_test (name, G_FILE_TEST_EXISTS))
    return g_strdup (name);
  if (looks_like_path (name))
    g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_INVALID_ID,
                 "%s: no such folder or file; give an existing path or a name of the hub (org/name)", name);
  return NULL;
}

static void
report_to_options (const char *what, guint64 done, guint64 total, gpointer options)
{
  auto_load_options_report (options, what, done, total);
}

char *
auto_hub_resolve_with (const AutoHubSettings *settings, const char *repo, AutoHubWant want, const char *const *files,
                       gboolean all_needed, AutoLoadOptions *options, AutoHubReport report, gpointer data,
                       GCancellable *cancellable, GError **error)
{
  const char *revision = auto_load_options_get_string (options, "revision");
  const char *code = auto_load_options_get_string (options, "code-revision");
  Resolve r = { .want = want, .all_needed = all_needed, .cancellable = cancellable };

  r.subfolder = auto_load_options_get_string (options, "subfolder");
  r.use_fast = auto_load_options_get_bool (options, "use-fast", TRUE);
  r.trust = auto_load_options_get_bool (options, "trust-remote-code", FALSE);
  if (auto_load_options_get_bool (options, "from-tf", FALSE) && (want & AUTO_HUB_WANT_WEIGHTS))
    r.want = (want & ~AUTO_HUB_WANT_WEIGHTS) | AUTO_HUB_WANT_TF_WEIGHTS;
  else if (auto_load_options_get_bool (options, "from-flax", FALSE) && (want & AUTO_HUB_WANT_WEIGHTS))
    r.want = (want & ~AUTO_HUB_WANT_WEIGHTS) | AUTO_HUB_WANT_FLAX_WEIGHTS;
  if (want == AUTO_HUB_WANT_PLUGIN && code)
    revision = code;
  if (r.subfolder && !*r.subfolder)
    r.subfolder = NULL;
  if (r.subfolder && !auto_hub_check_file (r.subfolder, error))
    return NULL;
  g_autoptr(AutoHubOperation) operation = auto_hub_operation_new (settings, repo, revision, error);
  if (!operation)
    return NULL;
  if (settings->force && settings->offline)
    {
      g_set_error (error, AUTO_HUB_ERROR, AUTO_HUB_ERROR_OFFLINE, "%s: force-download needs the network, which may not be used; "
                   "unset one of force-download and local-files-only (HF_HUB_OFFLINE)", repo);
      return NULL;
    }
  operation->report = report;
  operation->report_data = data;
  r.operation = operation;
  return run_until_still (&r, files, error);
}

static char *
resolve (const char *name, AutoHubWant want, const char *const *files, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  g_autoptr(GError) local = NULL;
  char *path = resolve_local (name, auto_load_options_get_string (options, "subfolder"), &local);

  if (path)
    return path;
  if (local)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  g_autoptr(AutoHubSettings) settings = auto_hub_settings_new (options);
  return auto_hub_resolve_with (settings, name, want, files, FALSE, options, report_to_options, options, cancellable, error);
}

char *
auto_hub_resolve (const char *name_or_path, AutoHubWant want, AutoLoadOptions *options, GCancellable *cancellable, GError **error)
{
  return resolve (name_or_path, want, NULL, options, cancellable, error);
}

char *
auto_hub_resolve_files (const char *name_or_path, const char *const *files, AutoLoadOptions *options, GCancellable *cancellable,
                        GError **error)
{
  return resolve (name_or_path, 0, files, options, cancellable, error);
}
