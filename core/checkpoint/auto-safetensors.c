/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-safetensors.h"

#include <string.h>

#include "auto-checkpoint-private.h"
#include "auto-header-scan.h"
#include "../base/auto-message.h"

#define HEADER_LIMIT (100 * 1000 * 1000)

/* In the order in which the reference implementation of the format sorts tensors when it writes. */
static const struct
{
  const char *name;
  AutoDType dtype;
} dtypes[] = {
  { "BOOL", AUTO_DTYPE_BOOL }, { "U8", AUTO_DTYPE_U8 },     { "I8", AUTO_DTYPE_I8 },   { "I16", AUTO_DTYPE_I16 }, { "F16", AUTO_DTYPE_F16 },
  { "BF16", AUTO_DTYPE_BF16 }, { "I32", AUTO_DTYPE_I32 },   { "F32", AUTO_DTYPE_F32 }, { "F64", AUTO_DTYPE_F64 }, { "I64", AUTO_DTYPE_I64 },
};

int
auto_safetensors_dtype_rank (AutoDType dtype)
{
  for (int i = 0; i < (int) G_N_ELEMENTS (dtypes); i++)
    if (dtypes[i].dtype == dtype)
      return i;
  g_assert_not_reached ();
}

const char *
auto_safetensors_dtype_name (AutoDType dtype)
{
  return dtypes[auto_safetensors_dtype_rank (dtype)].name;
}

/* Where a tensor says that it lies in the data that follow the header. */
typedef struct
{
  guint64 begin, end;
  guint index; /* in the entries */
} Span;

typedef struct
{
  AutoCheckpoint *checkpoint;
  AutoHeaderScan scan;
  AutoStorage *storage;
  char *data; /* what follows the header */
  GArray *spans;
  GError **error;
} Reader;

static gboolean
parse_error (Reader *self)
{
  return auto_checkpoint_fail (self->error, AUTO_CHECKPOINT_ERROR_FORMAT, self->checkpoint->path,
                               "the header is not valid at byte %" G_GSIZE_FORMAT ": %s; download the file again",
                               (gsize) (self->scan.at - self->scan.start) + 8, self->scan.problem);
}

static gboolean G_GNUC_PRINTF (4, 5)
tensor_error (Reader *self, AutoCheckpointError code, const AutoHeaderString *name, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *message = auto_message_valist (format, args);
  va_end (args);
  return auto_checkpoint_fail (self->error, code, self->checkpoint->path, "the tensor \"%.*s\" %s", (int) MIN (name->length, 1000),
                               name->text, message);
}

static gboolean
read_metadata (Reader *self)
{
  AutoHeaderString key, value;
  gboolean first = TRUE;

  if (auto_header_scan_null (&self->scan))
    return TRUE;
  if (!auto_header_scan_expect (&self->scan, '{'))
    return parse_error (self);
  while (auto_header_scan_next (&self->scan, '}', &first))
    {
      if (!auto_header_scan_key (&self->scan, &key))
        return parse_error (self);
      g_autofree char *kept = g_strndup (key.text, key.length);
      if (!auto_header_scan_string (&self->scan, &value))
        return parse_error (self);
      if (!g_hash_table_insert (self->checkpoint->metadata, g_steal_pointer (&kept), g_strndup (value.text, value.length)))
        return auto_checkpoint_fail (self->error, AUTO_CHECKPOINT_ERROR_FORMAT, self->checkpoint->path,
                                     "a key of __metadata__ comes twice");
    }
  return !self->scan.problem || parse_error (self);
}

static gboolean
read_dtype (Reader *self, const AutoHeaderString *name, AutoDType *dtype)
{
  AutoHeaderString value;

  if (!auto_header_scan_string (&self->scan, &value))
    return parse_error (self);
  for (guint i = 0; i < G_N_ELEMENTS (dtypes); i++)
    if (auto_header_string_equal (&value, dtypes[i].name))
      {
        *dtype = dtypes[i].dtype;
        return TRUE;
      }
  return tensor_error (self, AUTO_CHECKPOINT_ERROR_DTYPE, name, "has the data type %.*s, which can't be read",
                       (int) MIN (value.length, 100), value.text);
}

static gboolean
read_shape (Reader *self, const AutoHeaderString *name, AutoCheckpointEntry *entry)
{
  gboolean first = TRUE;
  guint64 dim;

  if (!auto_header_scan_expect (&self->scan, '['))
    return parse_error (self);
  for (entry->n_dims = 0; auto_header_scan_next (&self->scan, ']', &first); entry->n_dims++)
    {
      if (!auto_header_scan_unsigned (&self->scan, &dim))
        return parse_error (self);
      if (entry->n_dims == AUTO_TENSOR_MAX_DIMS)
        return tensor_error (self, AUTO_CHECKPOINT_ERROR_FORMAT, name, "has more than %d dimensions", AUTO_TENSOR_MAX_DIMS);
      if (dim > G_MAXINT64)
        return tensor_error (self, AUTO_CHECKPOINT_ERROR_FORMAT, name, "has a shape that overflows");
      entry->shape[entry->n_dims] = (gint64) dim;
    }
  return !self->scan.problem || parse_error (self);
}

static gboolean
read_offsets (Reader *self, Span *span)
{
  AutoHeaderScan *scan = &self->scan;

  if (!auto_header_scan_expect (scan, '[') || !auto_header_scan_unsigned (scan, &span->begin) || !auto_header_scan_expect (scan, ',')
      || !auto_header_scan_unsigned (scan, &span->end) || !auto_header_scan_expect (scan, ']'))
    return parse_error (self);
  return TRUE;
}

/* The members of a tensor's object; further ones are passed over, as the reference implementation does. */
static gboolean
read_members (Reader *self, const AutoHeaderString *name, AutoCheckpointEntry *entry, Span *span)
{
  static const char *const required[] = { "dtype", "shape", "data_offsets" };
  gboolean first = TRUE, ok;
  AutoHeaderString key;
  guint seen = 0, which;

  if (!auto_header_scan_expect (&self->scan, '{'))
    return parse_error (self);
  while (auto_header_scan_next (&self->scan, '}', &first))
    {
      if (!auto_header_scan_key (&self->scan, &key))
        return parse_error (self);
      for (which = 0; which < G_N_ELEMENTS (required) && !auto_header_string_equal (&key, required[which]); which++)
        ;
      if (which < G_N_ELEMENTS (required) && (seen & (1u << which)))
        return tensor_error (self, AUTO_CHECKPOINT_ERROR_FORMAT, name, "has \"%s\" twice", required[which]);
      seen |= 1u << which;
      if (which == 0)
        ok = read_dtype (self, name, &entry->dtype);
      else if (which == 1)
        ok = read_shape (self, name, entry);
      else if (which == 2)
        ok = read_offsets (self, span);
      else
        ok = auto_header_scan_skip (&self->scan) || parse_error (self);
      if (!ok)
        return FALSE;
    }
  if (self->scan.problem)
    return parse_error (self);
  for (which = 0; which < G_N_ELEMENTS (required); which++)
    if (!(seen & (1u << which)))
      return tensor_error (self, AUTO_CHECKPOINT_ERROR_FORMAT, name, "has no \"%s\"", required[which]);
  return TRUE;
}

static gboolean
read_tensor (Reader *self, const AutoHeaderString *name, gsize data_size)
{
  AutoCheckpointEntry entry = { .storage = self->storage };
  Span span = { .index = self->checkpoint->entries->len };
  gsize count;

  if (!read_members (self, name, &entry, &span))
    return FALSE;
  if (!auto_shape_count (entry.shape, entry.n_dims, entry.dtype, &count))
    return tensor_error (self, AUTO_CHECKPOINT_ERROR_FORMAT, name, "has a shape that overflows");
  if (span.end < span.begin || span.end - span.begin != count * auto_dtype_get_size (entry.dtype))
    {
      g_autofree char *shape = auto_shape_to_string (entry.shape, entry.n_dims);
      return tensor_error (self, AUTO_CHECKPOINT_ERROR_FORMAT, name,
                           "has the offsets %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT ", which do not fit %s %s", span.begin, span.end,
                           auto_dtype_get_name (entry.dtype), shape);
    }
  if (span.end > data_size)
    return tensor_error (self, AUTO_CHECKPOINT_ERROR_FORMAT, name,
                         "ends at byte %" G_GUINT64_FORMAT " of the data, but the file has only %" G_GSIZE_FORMAT
                         "; it is cut short, download it again",
                         span.end, data_size);
  entry.data = self->data + span.begin;
  auto_contiguous_strides (entry.shape, entry.n_dims, entry.strides);
  if (!auto_checkpoint_add (self->checkpoint, name->text, name->length, &entry))
    return tensor_error (self, AUTO_CHECKPOINT_ERROR_FORMAT, name, "comes twice");
  g_array_append_val (self->spans, span);
  return TRUE;
}

static gboolean
read_header (Reader *self, gsize data_size)
{
  gboolean first = TRUE, metadata_seen = FALSE, ok;
  g_autofree char *kept = NULL;
  AutoHeaderString name;

  if (!auto_header_scan_expect (&self->scan, '{'))
    return parse_error (self);
  while (auto_header_scan_next (&self->scan, '}', &first))
    {
      if (!auto_header_scan_key (&self->scan, &name))
        return parse_error (self);
      if (name.text == self->scan.unescaped->str) /* the next string with escapes would overwrite it */
        {
          g_free (kept);
          name.text = kept = g_strndup (name.text, name.length);
        }
      if (!auto_header_string_equal (&name, "__metadata__"))
        ok = read_tensor (self, &name, data_size);
      else if (metadata_seen)
        ok = auto_checkpoint_fail (self->error, AUTO_CHECKPOINT_ERROR_FORMAT, self->checkpoint->path, "\"__metadata__\" comes twice");
      else
        ok = metadata_seen = read_metadata (self);
      if (!ok)
        return FALSE;
    }
  return (!self->scan.problem && auto_header_scan_end (&self->scan)) || parse_error (self);
}

static int
compare_spans (gconstpointer a, gconstpointer b)
{
  const Span *x = a, *y = b;

  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  return (x->end > y->end) - (x->end < y->end);
}

/* The tensors must cover the data one after the other: no overlap, no hole, nothing left over. */
static gboolean
check_cover (Reader *self, gsize data_size)
{
  const Span *spans = (const Span *) self->spans->data;
  guint64 at = 0;

  for (guint i = 1; i < self->spans->len; i++)
    if (compare_spans (&spans[i - 1], &spans[i]) > 0)
      {
        g_array_sort (self->spans, compare_spans);
        break;
      }
  for (guint i = 0; i < self->spans->len; i++)
    {
      if (spans[i].begin != at)
        {
          const char *name = g_array_index (self->checkpoint->entries, AutoCheckpointEntry, spans[i].index).name;
          return tensor_error (self, AUTO_CHECKPOINT_ERROR_FORMAT, &(AutoHeaderString) { name, strlen (name) },
                               "begins at byte %" G_GUINT64_FORMAT " of the data where byte %" G_GUINT64_FORMAT " is due: tensors %s",
                               spans[i].begin, at, spans[i].begin < at ? "overlap" : "leave a hole");
        }
      at = spans[i].end;
    }
  if (at != data_size)
    return auto_checkpoint_fail (self->error, AUTO_CHECKPOINT_ERROR_FORMAT, self->checkpoint->path,
                                 "%" G_GSIZE_FORMAT " bytes follow the last tensor, the file is damaged; download it again",
                                 data_size - (gsize) at);
  return TRUE;
}

static gboolean
find_header (const char *path, const char *bytes, gsize size, gsize *header_size, GError **error)
{
  guint64 n;
  const char *bad;

  if (size < 8)
    return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, path,
                                 "%" G_GSIZE_FORMAT " bytes are no safetensors file; it is cut short, download it again", size);
  memcpy (&n, bytes, sizeof n);
  n = GUINT64_FROM_LE (n);
  if (n > HEADER_LIMIT)
    return auto_checkpoint_fail (
        error, AUTO_CHECKPOINT_ERROR_FORMAT, path,
        "the header's length is %" G_GUINT64_FORMAT " bytes, more than the %d allowed; this is no safetensors file", n, HEADER_LIMIT);
  if (n > size - 8)
    return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, path,
                                 "the header has %" G_GUINT64_FORMAT " bytes, but only %" G_GSIZE_FORMAT
                                 " follow; the file is cut short, download it again",
                                 n, size - 8);
  if (n && !g_utf8_validate_len (bytes + 8, n, &bad))
    return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, path,
                                 "the header is not UTF-8 at byte %" G_GSIZE_FORMAT "; this is no safetensors file", (gsize) (bad - bytes));
  *header_size = n;
  return TRUE;
}

gboolean
auto_safetensors_read (AutoCheckpoint *checkpoint, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  gsize size, header_size = 0;
  const char *data = g_bytes_get_data (bytes, &size);
  Reader self = { .checkpoint = checkpoint, .error = error };

  if (!find_header (checkpoint->path, data, size, &header_size, error))
    return FALSE;
  self.storage = auto_checkpoint_add_storage (checkpoint, auto_storage_new_from_bytes (bytes));
  self.data = self.storage->data + 8 + header_size;
  self.spans = g_array_new (FALSE, FALSE, sizeof (Span));
  auto_header_scan_init (&self.scan, data + 8, header_size);
  size -= 8 + header_size;
  gboolean ok = read_header (&self, size) && check_cover (&self, size);
  auto_header_scan_clear (&self.scan);
  g_array_unref (self.spans);
  return ok && !g_cancellable_set_error_if_cancelled (cancellable, error);
}
