/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-cache.h"

#include <string.h>

#define FIRST_CAPACITY 64

typedef struct
{
  guint64 scope;
  const char *name; /* interned; NULL for the growing pair */
  AutoTensor *k, *v; /* growing: (batch, heads, capacity, width) */
  gint64 length;     /* positions in use */
} Entry;

struct _AutoCache
{
  GArray *entries; /* of Entry */
  GHashTable *index; /* scope and name → place in entries, plus 1 */
};

static void
clear_entry (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->k, auto_tensor_unref);
  g_clear_pointer (&entry->v, auto_tensor_unref);
}

AutoCache *
auto_cache_new (void)
{
  AutoCache *self = g_new0 (AutoCache, 1);

  self->entries = g_array_new (FALSE, TRUE, sizeof (Entry));
  g_array_set_clear_func (self->entries, clear_entry);
  self->index = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  return self;
}

void
auto_cache_free (AutoCache *self)
{
  g_array_unref (self->entries);
  g_hash_table_unref (self->index);
  g_free (self);
}

gint64
auto_context_get_past (AutoContext *cx)
{
  return cx->past;
}

static Entry *
find_entry (AutoContext *cx, const char *name, gboolean make)
{
  AutoCache *self = cx->cache;
  guint64 scope = cx->depth ? cx->scopes[cx->depth - 1].id : 1;
  guint64 key = scope ^ (GPOINTER_TO_SIZE (name) * 0x9E3779B97F4A7C15u);
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (self->index, &key));

  if (place)
    return &g_array_index (self->entries, Entry, place - 1);
  if (!make)
    return NULL;
  Entry fresh = { .scope = scope, .name = name };
  g_array_append_val (self->entries, fresh);
  g_hash_table_insert (self->index, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (self->entries->len));
  return &g_array_index (self->entries, Entry, self->entries->len - 1);
}

/* Copies (batch, heads, n, width) of any strides to places first… of a buffer (batch, heads, capacity, width). */
static void
copy_positions (AutoTensor *buffer, gint64 first, AutoTensor *x, gint64 from, gint64 n)
{
  gint64 width = x->shape[3];

  for (gint64 b = 0; b < x->shape[0]; b++)
    for (gint64 h = 0; h < x->shape[1]; h++)
      for (gint64 s = 0; s < n; s++)
        {
          const float *src = (const float *) x->data + b * x->strides[0] + h * x->strides[1] + (from + s) * x->strides[2];
          float *dst = (float *) buffer->data + b * buffer->strides[0] + h * buffer->strides[1] + (first + s) * buffer->strides[2];
          if (x->strides[3] == 1)
            memcpy (dst, src, width * sizeof *dst);
          else
            for (gint64 i = 0; i < width; i++)
              dst[i] = src[i * x->strides[3]];
        }
}

/* A buffer that holds what the old one held at @from and has room for @n more positions; grows by doubling. */
static AutoTensor *
make_room (AutoTensor *old, AutoTensor *x, gint64 from, gint64 length, gint64 n)
{
  gint64 capacity = old ? old->shape[2] : FIRST_CAPACITY;

  if (old && from == 0 && length + n <= capacity)
    return old;
  while (capacity < length - from + n)
    capacity *= 2;
  AutoTensor *buffer = auto_tensor_new_empty (AUTO_DTYPE_F32, (gint64[]) { x->shape[0], x->shape[1], capacity, x->shape[3] }, 4);
  if (old)
    {
      copy_positions (buffer, 0, old, from, length - from);
      auto_tensor_unref (old);
    }
  return buffer;
}

static AutoTensor *
view_positions (AutoContext *cx, AutoTensor *buffer, gint64 n)
{
  gint64 shape[4] = { buffer->shape[0], buffer->shape[1], n, buffer->shape[3] };

  return auto_context_adopt (cx, auto_tensor_new_view (buffer, shape, buffer->strides, 4, 0));
}

void
auto_cache_append (AutoContext *cx, AutoTensor **k, AutoTensor **v, gint64 window)
{
  if (!cx->cache || cx->error || !*k || !*v || cx->declaring)
    return;
  Entry *entry = find_entry (cx, NULL, TRUE);
  gint64 n = (*k)->shape[2], from = 0;
  if (entry->k && (entry->k->shape[0] != (*k)->shape[0] || entry->k->shape[1] != (*k)->shape[1] || entry->k->shape[3] != (*k)->shape[3]))
    {
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "the batch differs from that of the cached passes");
      return;
    }
  if (window > 0 && entry->k && entry->length + n > entry->k->shape[2] && entry->length > window)
    from = entry->length - window;
  entry->k = make_room (entry->k, *k, from, entry->length, n);
  entry->v = make_room (entry->v, *v, from, entry->length, n);
  entry->length -= from;
  copy_positions (entry->k, entry->length, *k, 0, n);
  copy_positions (entry->v, entry->length, *v, 0, n);
  entry->length += n;
  *k = view_positions (cx, entry->k, entry->length);
  *v = view_positions (cx, entry->v, entry->length);
}

gboolean
auto_cache_get (AutoContext *cx, const char *name, AutoTensor **k, AutoTensor **v)
{
  Entry *entry = cx->cache && !cx->error ? find_entry (cx, g_intern_string (name), FALSE) : NULL;

  if (!entry)
    return FALSE;
  *k = auto_context_adopt (cx, auto_tensor_ref (entry->k));
  *v = auto_context_adopt (cx, auto_tensor_ref (entry->v));
  return TRUE;
}

void
auto_cache_put (AutoContext *cx, const char *name, AutoTensor *k, AutoTensor *v)
{
  if (!cx->cache || cx->error || cx->declaring || !k || !v)
    return;
  Entry *entry = find_entry (cx, g_intern_string (name), TRUE);
  clear_entry (entry);
  entry->k = auto_tensor_ref (k);
  entry->v = auto_tensor_ref (v);
}

static AutoTensor *
reorder_rows (AutoTensor *old, const gint64 *rows, gsize n)
{
  AutoTensor *whole = auto_tensor_make_contiguous (old);
  gint64 shape[AUTO_TENSOR_MAX_DIMS];

  memcpy (shape, whole->shape, sizeof shape);
  shape[0] = (gint64) n;
  AutoTensor *fresh = auto_tensor_new_empty (whole->dtype, shape, whole->n_dims);
  gsize size = n ? auto_tensor_get_n_elements (fresh) / n * auto_dtype_get_size (fresh->dtype) : 0;
  for (gsize i = 0; i < n; i++)
    memcpy (fresh->data + i * size, whole->data + rows[i] * size, size);
  auto_tensor_unref (whole);
  auto_tensor_unref (old);
  return fresh;
}

void
auto_cache_reorder (AutoCache *self, const gint64 *rows, gsize n)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = &g_array_index (self->entries, Entry, i);
      entry->k = reorder_rows (entry->k, rows, n);
      entry->v = reorder_rows (entry->v, rows, n);
    }
}
