/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-cache.h"

#include "auto-context-private.h"

#include <string.h>

#define FIRST_CAPACITY 64
#define RESERVED_BYTES (64u << 20) /* a buffer is not made larger than this for positions to come */

typedef enum
{
  GROWING,
  CONSTANT,
  STATE,
} Kind;

typedef struct
{
  Kind kind;
  AutoTensor *k, *v; /* growing: (batch, heads, capacity, width); a state has no v */
  gint64 length;     /* positions in use */
  gint64 dropped;    /* positions before them that a window let go */
  gint64 window;     /* 0: none */
} Entry;

struct _AutoCache
{
  GArray *entries;   /* of Entry */
  GHashTable *index; /* scope and name → place in entries, plus 1 */
  gint64 capacity;
  gsize group;
  GArray *scratch; /* of gsize, for reordering */
};

static void
clear_entry (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->k, auto_tensor_unref);
  g_clear_pointer (&entry->v, auto_tensor_unref);
}

AutoCache *
auto_cache_new (gint64 capacity)
{
  AutoCache *self = g_new0 (AutoCache, 1);

  self->entries = g_array_new (FALSE, TRUE, sizeof (Entry));
  g_array_set_clear_func (self->entries, clear_entry);
  self->index = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->scratch = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->capacity = MAX (capacity, FIRST_CAPACITY);
  self->group = 1;
  return self;
}

void
auto_cache_free (AutoCache *self)
{
  g_array_unref (self->entries);
  g_hash_table_unref (self->index);
  g_array_unref (self->scratch);
  g_free (self);
}

gint64
auto_context_get_past (AutoContext *cx)
{
  return cx->past;
}

gboolean
auto_context_is_generating (AutoContext *cx)
{
  return cx->generating;
}

gint64
auto_context_get_wanted (AutoContext *cx)
{
  return cx->n_wanted;
}

gboolean
auto_cache_is_used (AutoCache *self)
{
  return self->entries->len > 0;
}

gint64
auto_cache_get_length (AutoCache *self)
{
  gint64 length = 0;

  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = &g_array_index (self->entries, Entry, i);
      if (entry->kind == GROWING)
        length = MAX (length, entry->dropped + entry->length);
    }
  return length;
}

static gboolean
can_crop (const Entry *entry, gint64 n)
{
  if (entry->kind == CONSTANT)
    return TRUE;
  return entry->kind == GROWING && entry->length >= n && (!entry->dropped || entry->length - n >= entry->window - 1);
}

gboolean
auto_cache_crop (AutoCache *self, gint64 n)
{
  for (guint i = 0; i < self->entries->len && n; i++)
    if (!can_crop (&g_array_index (self->entries, Entry, i), n))
      return FALSE;
  for (guint i = 0; i < self->entries->len; i++)
    if (g_array_index (self->entries, Entry, i).kind == GROWING)
      g_array_index (self->entries, Entry, i).length -= n;
  return TRUE;
}

void
auto_cache_set_group (AutoCache *self, gsize group)
{
  self->group = MAX (group, 1);
}

static Entry *
find_entry (AutoContext *cx, Kind kind, const char *name, gboolean make)
{
  AutoCache *self = cx->cache;
  guint64 scope = cx->depth ? cx->scopes[cx->depth - 1].id : 1;
  guint64 key = (scope * 4 + kind) ^ (GPOINTER_TO_SIZE (name) * 0x9E3779B97F4A7C15u);
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (self->index, &key));

  if (place)
    return &g_array_index (self->entries, Entry, place - 1);
  if (!make)
    return NULL;
  Entry fresh = { .kind = kind };
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
            memmove (dst, src, width * sizeof *dst);
          else
            for (gint64 i = 0; i < width; i++)
              dst[i] = src[i * x->strides[3]];
        }
}

/* Memory that the system clears when it is first touched; NULL, in a failed context, when there is none. */
static AutoTensor *
new_buffer (AutoContext *cx, AutoTensor *like, gint64 capacity)
{
  gint64 shape[4] = { like->shape[0], like->shape[1], capacity, like->shape[3] };
  gsize n;
  gpointer data = auto_shape_count (shape, 4, AUTO_DTYPE_F32, &n) ? g_try_malloc0 (MAX (n, 1) * sizeof (float)) : NULL;

  if (!data)
    {
      auto_context_fail (cx, AUTO_TENSOR_ERROR, AUTO_TENSOR_ERROR_MEMORY, "no memory to cache %" G_GINT64_FORMAT " positions; make max_length smaller",
                         capacity);
      return NULL;
    }
  g_autoptr(GBytes) bytes = g_bytes_new_take (data, MAX (n, 1) * sizeof (float));
  AutoStorage *storage = auto_storage_new_from_bytes (bytes);
  AutoTensor *buffer = auto_tensor_new_over (AUTO_DTYPE_F32, shape, 4, storage, storage->data);
  auto_storage_unref (storage);
  return buffer;
}

static gint64
choose_capacity (AutoCache *self, AutoTensor *x, gint64 needed, gint64 window)
{
  gsize position = (gsize) MAX (x->shape[0] * x->shape[1] * x->shape[3], 1) * sizeof (float);
  gint64 reserved = MIN (self->capacity, (gint64) (RESERVED_BYTES / position));

  /* a window slides through its buffer, and moves back to the start once in window positions */
  if (window > 0 && reserved > 2 * window)
    reserved = 2 * window;
  return MAX (reserved, needed <= G_MAXINT64 / 2 && needed > reserved ? needed + needed / 2 : needed);
}

/* A buffer that begins with what the old one holds from @from on, and has room for @n more positions. */
static AutoTensor *
make_room (AutoContext *cx, AutoTensor *old, AutoTensor *x, gint64 from, gint64 length, gint64 n, gint64 window)
{
  gint64 needed = length - from + n;

  if (old && needed <= old->shape[2])
    {
      if (from)
        copy_positions (old, 0, old, from, length - from);
      return old;
    }
  AutoTensor *buffer = new_buffer (cx, x, choose_capacity (cx->cache, x, needed, window));
  if (old && buffer)
    copy_positions (buffer, 0, old, from, length - from);
  g_clear_pointer (&old, auto_tensor_unref);
  return buffer;
}

static AutoTensor *
view_positions (AutoContext *cx, AutoTensor *buffer, gint64 first, gint64 n)
{
  gint64 shape[4] = { buffer->shape[0], buffer->shape[1], n, buffer->shape[3] };

  return auto_context_adopt (cx, auto_tensor_new_view (buffer, shape, buffer->strides, 4, first * buffer->strides[2]));
}

static gboolean
fits (AutoTensor *old, AutoTensor *x)
{
  return !old || (old->shape[0] == x->shape[0] && old->shape[1] == x->shape[1] && old->shape[3] == x->shape[3]);
}

void
auto_cache_append (AutoContext *cx, AutoTensor **k, AutoTensor **v, gint64 window)
{
  if (!cx->cache || cx->error || !*k || !*v || cx->declaring)
    return;
  Entry *entry = find_entry (cx, GROWING, NULL, TRUE);
  gint64 n = (*k)->shape[2], from = 0, first = 0;
  if (!fits (entry->k, *k) || !fits (entry->v, *v) || (*v)->shape[2] != n)
    {
      auto_context_fail (cx, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_INPUT, "%s", "keys and values differ in shape from those of the cached passes");
      return;
    }
  if (window > 0 && entry->k && entry->length + n > entry->k->shape[2] && entry->length >= window)
    from = entry->length - (window - 1);
  entry->k = make_room (cx, entry->k, *k, from, entry->length, n, window);
  entry->v = make_room (cx, entry->v, *v, from, entry->length, n, window);
  if (!entry->k || !entry->v)
    return;
  entry->window = MAX (window, 0);
  entry->length -= from;
  entry->dropped += from;
  copy_positions (entry->k, entry->length, *k, 0, n);
  copy_positions (entry->v, entry->length, *v, 0, n);
  entry->length += n;
  /* the first of the new queries sees window - 1 positions before itself */
  if (window > 0 && entry->length > n + window - 1)
    first = entry->length - n - (window - 1);
  *k = view_positions (cx, entry->k, first, entry->length - first);
  *v = view_positions (cx, entry->v, first, entry->length - first);
}

gboolean
auto_cache_get (AutoContext *cx, const char *name, AutoTensor **k, AutoTensor **v)
{
  Entry *entry = cx->cache && !cx->error ? find_entry (cx, CONSTANT, g_intern_string (name), FALSE) : NULL;

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
  Entry *entry = find_entry (cx, CONSTANT, g_intern_string (name), TRUE);
  clear_entry (entry);
  entry->k = auto_tensor_make_contiguous (k);
  entry->v = auto_tensor_make_contiguous (v);
}

AutoTensor *
auto_cache_get_state (AutoContext *cx, const char *name)
{
  Entry *entry = cx->cache && !cx->error ? find_entry (cx, STATE, g_intern_string (name), FALSE) : NULL;

  return entry ? auto_context_adopt (cx, auto_tensor_ref (entry->k)) : NULL;
}

void
auto_cache_set_state (AutoContext *cx, const char *name, AutoTensor *state)
{
  if (!cx->cache || cx->error || cx->declaring || !state)
    return;
  Entry *entry = find_entry (cx, STATE, g_intern_string (name), TRUE);
  AutoTensor *kept = auto_tensor_make_contiguous (state);
  clear_entry (entry);
  entry->k = kept;
}

/* The parts of a row that are in use: @n_parts of @size bytes, @step bytes apart. */
typedef struct
{
  gsize row, n_parts, size, step;
} RowShape;

static RowShape
row_shape (AutoTensor *x, const Entry *entry)
{
  gsize element = auto_dtype_get_size (x->dtype), n = 1;

  for (guint i = 1; i < x->n_dims; i++)
    n *= x->shape[i];
  if (entry->kind != GROWING)
    return (RowShape) { n * element, 1, n * element, n * element };
  return (RowShape) { n * element, x->shape[1], entry->length * x->shape[3] * element, x->shape[2] * x->shape[3] * element };
}

static void
copy_row (const RowShape *shape, char *dst, const char *src)
{
  for (gsize i = 0; i < shape->n_parts; i++)
    memcpy (dst + i * shape->step, src + i * shape->step, shape->size);
}

static AutoTensor *
pick_rows (AutoTensor *old, const Entry *entry, const gint64 *rows, gsize n)
{
  RowShape shape = row_shape (old, entry);
  gint64 dims[AUTO_TENSOR_MAX_DIMS];

  memcpy (dims, old->shape, sizeof dims);
  dims[0] = (gint64) n;
  AutoTensor *fresh = auto_tensor_new_empty (old->dtype, dims, old->n_dims);
  for (gsize i = 0; i < n; i++)
    copy_row (&shape, fresh->data + i * shape.row, old->data + rows[i] * shape.row);
  auto_tensor_unref (old);
  return fresh;
}

/* Whether row @i has to be written: another row's content, and not one that is the same by itself. */
static gboolean
row_moves (AutoCache *self, const Entry *entry, const gint64 *rows, gsize i)
{
  if (rows[i] == (gint64) i)
    return FALSE;
  return entry->kind != CONSTANT || rows[i] / (gint64) self->group != (gint64) (i / self->group);
}

/* In place: first the rows that no other row is made of, then what remains, which are cycles. */
static void
permute_rows (AutoCache *self, AutoTensor *x, const Entry *entry, const gint64 *rows, gsize n)
{
  RowShape shape = row_shape (x, entry);
  g_array_set_size (self->scratch, 2 * n);
  gsize *readers = (gsize *) self->scratch->data, *ready = readers + n, n_ready = 0;

  memset (readers, 0, n * sizeof *readers);
  for (gsize i = 0; i < n; i++)
    readers[rows[i]] += row_moves (self, entry, rows, i);
  for (gsize i = 0; i < n; i++)
    if (!readers[i] && row_moves (self, entry, rows, i))
      ready[n_ready++] = i;
  for (gsize done = 0; done < n_ready; done++)
    {
      gsize source = rows[ready[done]];
      copy_row (&shape, x->data + ready[done] * shape.row, x->data + source * shape.row);
      if (--readers[source] == 0 && row_moves (self, entry, rows, source))
        ready[n_ready++] = source;
    }
  for (gsize i = 0; i < n; i++)
    if (readers[i])
      {
        g_autofree char *kept = g_malloc (shape.row);
        gsize at = i;
        memcpy (kept, x->data + i * shape.row, shape.row);
        for (; rows[at] != (gint64) i; at = rows[at])
          {
            copy_row (&shape, x->data + at * shape.row, x->data + rows[at] * shape.row);
            readers[rows[at]] = 0;
          }
        copy_row (&shape, x->data + at * shape.row, kept);
        readers[i] = 0;
      }
}

static gboolean
any_row_moves (AutoCache *self, const Entry *entry, const gint64 *rows, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (row_moves (self, entry, rows, i))
      return TRUE;
  return FALSE;
}

/* Buffers of growing keys and values are the cache's own; other tensors may be somebody else's too, and are never written to. */
static AutoTensor *
reorder_rows (AutoCache *self, AutoTensor *x, const Entry *entry, const gint64 *rows, gsize n)
{
  gboolean same_size = x->shape[0] == (gint64) n;

  if (same_size && !any_row_moves (self, entry, rows, n))
    return x;
  if (!same_size || entry->kind != GROWING)
    return pick_rows (x, entry, rows, n);
  permute_rows (self, x, entry, rows, n);
  return x;
}

void
auto_cache_reorder (AutoCache *self, const gint64 *rows, gsize n)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = &g_array_index (self->entries, Entry, i);
      entry->k = reorder_rows (self, entry->k, entry, rows, n);
      if (entry->v)
        entry->v = reorder_rows (self, entry->v, entry, rows, n);
    }
}
