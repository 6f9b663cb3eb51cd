/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-zip.h"

#include <string.h>

#include "auto-checkpoint-private.h"

#define END_SIZE 22
#define LOCATOR_SIZE 20
#define END64_SIZE 56
#define ENTRY_SIZE 46
#define LOCAL_SIZE 30
#define MAX_COMMENT 65535

#define END_SIGNATURE 0x06054b50
#define LOCATOR_SIGNATURE 0x07064b50
#define END64_SIGNATURE 0x06064b50
#define ENTRY_SIGNATURE 0x02014b50
#define LOCAL_SIGNATURE 0x04034b50

typedef struct
{
  guint64 offset; /* of the local header */
  guint64 size, stored_size;
  guint flags, method;
} Member;

struct _AutoZip
{
  const char *path, *data;
  gsize size;
  char *first;
  GHashTable *members; /* name → Member */
};

static guint64
get_le (const char *p, guint n)
{
  guint64 v = 0;

  while (n-- > 0)
    v = v << 8 | (guchar) p[n];
  return v;
}

static gboolean
malformed (AutoZip *self, const char *what, GError **error)
{
  return auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, self->path, "the archive is not valid: %s; download the file again",
                               what);
}

static gboolean
is_inside (AutoZip *self, guint64 offset, guint64 size)
{
  return offset <= self->size && size <= self->size - offset;
}

/* The record at the end of the file, before a comment of any length that ends with the file. */
static const char *
find_end (AutoZip *self)
{
  if (self->size < END_SIZE)
    return NULL;
  for (gsize back = 0; back <= MAX_COMMENT && back <= self->size - END_SIZE; back++)
    {
      const char *p = self->data + self->size - END_SIZE - back;
      if (get_le (p, 4) == END_SIGNATURE && get_le (p + 20, 2) == back)
        return p;
    }
  return NULL;
}

/* Where the directory lies. The 64-bit record, where there is one, has the numbers that do not fit the short one. */
static gboolean
find_directory (AutoZip *self, guint64 *offset, guint64 *size, guint64 *n, GError **error)
{
  const char *end = find_end (self);

  if (!end)
    return malformed (self, "its directory is missing, it is cut short", error);
  *n = get_le (end + 10, 2);
  *size = get_le (end + 12, 4);
  *offset = get_le (end + 16, 4);
  if (end - self->data >= LOCATOR_SIZE && get_le (end - LOCATOR_SIZE, 4) == LOCATOR_SIGNATURE)
    {
      guint64 at = get_le (end - LOCATOR_SIZE + 8, 8);
      if (!is_inside (self, at, END64_SIZE) || get_le (self->data + at, 4) != END64_SIGNATURE)
        return malformed (self, "its 64-bit directory record is missing", error);
      *n = get_le (self->data + at + 32, 8);
      *size = get_le (self->data + at + 40, 8);
      *offset = get_le (self->data + at + 48, 8);
    }
  return is_inside (self, *offset, *size) || malformed (self, "its directory does not lie inside the file, it is cut short", error);
}

/* Numbers of the entry that are all ones stand in an extra field, in this order. */
static gboolean
read_extra (Member *member, const char *extra, gsize size)
{
  guint64 *const numbers[] = { &member->size, &member->stored_size, &member->offset };
  gboolean wanted = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    wanted |= *numbers[i] == G_MAXUINT32;
  while (wanted && size >= 4)
    {
      gsize id = get_le (extra, 2), length = get_le (extra + 2, 2);
      extra += 4, size -= 4;
      if (length > size)
        return FALSE;
      if (id == 1)
        {
          for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
            if (*numbers[i] == G_MAXUINT32)
              {
                if (length < 8)
                  return FALSE;
                *numbers[i] = get_le (extra, 8);
                extra += 8, length -= 8;
              }
          return TRUE;
        }
      extra += length, size -= length;
    }
  return !wanted;
}

static gboolean
read_directory (AutoZip *self, GError **error)
{
  guint64 offset = 0, left = 0, n = 0;

  if (!find_directory (self, &offset, &left, &n, error))
    return FALSE;
  for (const char *p = self->data + offset; n > 0; n--)
    {
      if (left < ENTRY_SIZE || get_le (p, 4) != ENTRY_SIGNATURE)
        return malformed (self, "its directory is cut short", error);
      gsize name = get_le (p + 28, 2), extra = get_le (p + 30, 2), whole = ENTRY_SIZE + name + extra + get_le (p + 32, 2);
      if (whole > left)
        return malformed (self, "its directory is cut short", error);
      g_autofree Member *member = g_new0 (Member, 1);
      member->flags = get_le (p + 8, 2);
      member->method = get_le (p + 10, 2);
      member->stored_size = get_le (p + 20, 4);
      member->size = get_le (p + 24, 4);
      member->offset = get_le (p + 42, 4);
      if (!read_extra (member, p + ENTRY_SIZE + name, extra))
        return malformed (self, "a 64-bit size is missing", error);
      if (memchr (p + ENTRY_SIZE, 0, name))
        return malformed (self, "a name has a zero character", error);
      char *key = g_strndup (p + ENTRY_SIZE, name);
      if (!self->first)
        self->first = g_strdup (key);
      if (!g_hash_table_insert (self->members, key, g_steal_pointer (&member)))
        return malformed (self, "a name comes twice", error);
      p += whole, left -= whole;
    }
  return self->first != NULL || malformed (self, "it is empty", error);
}

AutoZip *
auto_zip_new (const char *path, const char *data, gsize size, GError **error)
{
  g_autoptr(AutoZip) self = g_new0 (AutoZip, 1);

  self->path = path;
  self->data = data;
  self->size = size;
  self->members = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return read_directory (self, error) ? g_steal_pointer (&self) : NULL;
}

void
auto_zip_free (AutoZip *self)
{
  g_hash_table_unref (self->members);
  g_free (self->first);
  g_free (self);
}

const char *
auto_zip_get_first (AutoZip *self)
{
  return self->first;
}

gboolean
auto_zip_contains (AutoZip *self, const char *name)
{
  return g_hash_table_contains (self->members, name);
}

const char *
auto_zip_get (AutoZip *self, const char *name, gsize *size, GError **error)
{
  const Member *member = g_hash_table_lookup (self->members, name);

  if (!member)
    {
      auto_checkpoint_fail (error, AUTO_CHECKPOINT_ERROR_FORMAT, self->path,
                            "the archive has no member \"%s\"; it is damaged or of another kind", name);
      return NULL;
    }
  if ((member->flags & 1) || member->method != 0 || member->size != member->stored_size)
    {
      auto_checkpoint_fail (
          error, AUTO_CHECKPOINT_ERROR_FORMAT, self->path,
          "the member \"%s\" of the archive is compressed or encrypted, which PyTorch's files never are; unpack and save it again", name);
      return NULL;
    }
  if (!is_inside (self, member->offset, LOCAL_SIZE) || get_le (self->data + member->offset, 4) != LOCAL_SIGNATURE)
    {
      malformed (self, "a member has no header, the file is cut short", error);
      return NULL;
    }
  const char *local = self->data + member->offset;
  guint64 data = member->offset + LOCAL_SIZE + get_le (local + 26, 2) + get_le (local + 28, 2);
  if (!is_inside (self, data, member->size))
    {
      malformed (self, "a member does not lie inside the file, which is cut short", error);
      return NULL;
    }
  *size = member->size;
  return self->data + data;
}
