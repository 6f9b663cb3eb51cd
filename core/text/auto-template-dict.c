/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "auto-template-private.h"

/* So many pairs are searched one by one; more have a hash table. */
#define SMALL_DICT 8

TplValue
tpl_dict (TplRender *render)
{
  TplDict *dict = tpl_arena_alloc (render->arena, sizeof *dict);

  *dict = (TplDict){ 0 };
  return (TplValue){ .kind = TPL_DICT, .as.dict = dict };
}

static guint32
hash_bytes (const char *data, gsize length)
{
  guint32 hash = 2166136261u;

  for (gsize i = 0; i < length; i++)
    hash = (hash ^ (guint8) data[i]) * 16777619u;
  return hash;
}

/* Equal keys have equal hashes: 1, 1.0 and true are one key. */
static guint32
hash_key (TplRender *render, TplValue key)
{
  double number;
  guint32 hash = 17;

  switch (key.kind)
    {
    case TPL_STRING:
      return hash_bytes (key.as.string->data, key.as.string->length);
    case TPL_BOOL:
    case TPL_INT:
    case TPL_FLOAT:
      number = tpl_to_double (key) + 0.0;
      return hash_bytes ((const char *) &number, sizeof number);
    case TPL_TUPLE:
      if (tpl_enter (render))
        for (gsize i = 0; i < key.as.sequence->n_items; i++)
          hash = hash * 31 + hash_key (render, key.as.sequence->items[i]);
      tpl_leave (render);
      return hash;
    case TPL_LIST:
    case TPL_DICT:
      tpl_fail (render, "a %s can't be a key", tpl_type_name (key));
      return 0;
    default:
      return key.kind;
    }
}

static gsize *
find_pair (TplRender *render, TplDict *dict, TplValue key, guint32 hash, gsize *place)
{
  if (!dict->buckets)
    {
      for (*place = 0; *place < dict->n_pairs; ++*place)
        if (tpl_equal (render, dict->pairs[*place].key, key))
          return place;
      return NULL;
    }
  for (gsize i = hash & (dict->n_buckets - 1); dict->buckets[i]; i = (i + 1) & (dict->n_buckets - 1))
    {
      *place = dict->buckets[i] - 1;
      if (tpl_equal (render, dict->pairs[*place].key, key))
        return place;
      tpl_tick (render, 0);
    }
  return NULL;
}

static void
add_bucket (TplDict *dict, gsize place, guint32 hash)
{
  gsize i = hash & (dict->n_buckets - 1);

  while (dict->buckets[i])
    i = (i + 1) & (dict->n_buckets - 1);
  dict->buckets[i] = place + 1;
}

static gboolean
grow_dict (TplRender *render, TplDict *dict)
{
  gsize allocated = MAX (4, dict->allocated * 2);
  TplPair *pairs = tpl_alloc (render, allocated * sizeof *pairs);

  if (!pairs)
    return FALSE;
  if (dict->n_pairs)
    memcpy (pairs, dict->pairs, dict->n_pairs * sizeof *pairs);
  dict->pairs = pairs;
  dict->allocated = allocated;
  if (allocated <= SMALL_DICT)
    return TRUE;
  guint32 *buckets = tpl_alloc (render, allocated * 2 * sizeof *buckets);
  if (!buckets)
    return FALSE;
  dict->n_buckets = allocated * 2;
  dict->buckets = memset (buckets, 0, dict->n_buckets * sizeof *buckets);
  for (gsize i = 0; i < dict->n_pairs; i++)
    add_bucket (dict, i, hash_key (render, pairs[i].key));
  return TRUE;
}

void
tpl_dict_set (TplRender *render, TplDict *dict, TplValue key, TplValue value)
{
  guint32 hash = hash_key (render, key);
  gsize place;

  if (!tpl_tick (render, 0))
    return;
  if (find_pair (render, dict, key, hash, &place))
    {
      dict->pairs[place].value = value;
      return;
    }
  if (dict->n_pairs == dict->allocated && !grow_dict (render, dict))
    return;
  dict->pairs[dict->n_pairs] = (TplPair){ key, value };
  if (dict->buckets)
    add_bucket (dict, dict->n_pairs, hash);
  dict->n_pairs++;
}

const TplValue *
tpl_dict_get (TplRender *render, TplDict *dict, TplValue key)
{
  guint32 hash = hash_key (render, key);
  gsize place;

  if (render->error || !find_pair (render, dict, key, hash, &place))
    return NULL;
  return &dict->pairs[place].value;
}

const TplValue *
tpl_dict_get_name (TplRender *render, TplDict *dict, const char *name)
{
  TplString string = { name, strlen (name), 0 };

  return tpl_dict_get (render, dict, (TplValue){ .kind = TPL_STRING, .as.string = &string });
}
