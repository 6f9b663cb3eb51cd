/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-elf.h"

#include <link.h>
#include <string.h>

#include "core/base/auto-io.h"

/* The dynamic linker says "no such file" of a file for another processor, and is killed by a file that was cut short. */

#if defined __x86_64__
#define HOST_MACHINE EM_X86_64
#elif defined __aarch64__
#define HOST_MACHINE EM_AARCH64
#elif defined __i386__
#define HOST_MACHINE EM_386
#elif defined __arm__
#define HOST_MACHINE EM_ARM
#elif defined __riscv
#define HOST_MACHINE EM_RISCV
#elif defined __powerpc64__
#define HOST_MACHINE EM_PPC64
#elif defined __s390__
#define HOST_MACHINE EM_S390
#endif

#define HOST_CLASS (sizeof (void *) == 8 ? ELFCLASS64 : ELFCLASS32)
#define HOST_DATA (G_BYTE_ORDER == G_LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB)

static gboolean G_GNUC_PRINTF (3, 4)
refuse (const char *path, GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, AUTO_PLUGIN_ERROR, AUTO_PLUGIN_ERROR_LOAD, "%s: %s", path, reason);
  return FALSE;
}

static gboolean
fits (guint64 offset, guint64 length, gsize size)
{
  return offset <= size && length <= size - offset;
}

static gboolean
check_segments (const char *path, const char *data, gsize size, const ElfW(Ehdr) *header, GError **error)
{
  if (header->e_phentsize != sizeof (ElfW(Phdr)) || !fits (header->e_phoff, (guint64) header->e_phnum * sizeof (ElfW(Phdr)), size)
      || (header->e_shoff && !fits (header->e_shoff, (guint64) header->e_shnum * header->e_shentsize, size)))
    return refuse (path, error, "the file is cut short or malformed");
  for (guint i = 0; i < header->e_phnum; i++)
    {
      ElfW(Phdr) segment;
      memcpy (&segment, data + header->e_phoff + i * sizeof segment, sizeof segment);
      if (segment.p_type == PT_LOAD && !fits (segment.p_offset, segment.p_filesz, size))
        return refuse (path, error, "the file is cut short: %" G_GSIZE_FORMAT " bytes, and a segment ends at %" G_GUINT64_FORMAT, size,
                       (guint64) segment.p_offset + segment.p_filesz);
    }
  return TRUE;
}

gboolean
auto_elf_check (const char *path, GError **error)
{
  g_autoptr(GError) local = NULL;
  g_autoptr(GBytes) bytes = auto_io_map (path, &local);
  ElfW(Ehdr) header;
  gsize size = 0;
  const char *data = bytes ? g_bytes_get_data (bytes, &size) : NULL;

  if (!bytes)
    return refuse (path, error, "the file can't be read: %s", local->message);
  if (size < sizeof header || memcmp (data, ELFMAG, SELFMAG) != 0)
    return refuse (path, error, "this is no shared object");
  memcpy (&header, data, sizeof header);
  if (header.e_ident[EI_CLASS] != HOST_CLASS)
    return refuse (path, error, "built for a machine of %d bits, and this program is of %d", header.e_ident[EI_CLASS] == ELFCLASS64 ? 64 : 32,
                   (int) sizeof (void *) * 8);
  if (header.e_ident[EI_DATA] != HOST_DATA)
    return refuse (path, error, "built for a machine of another byte order");
#ifdef HOST_MACHINE
  if (header.e_machine != HOST_MACHINE)
    return refuse (path, error, "built for another processor (ELF machine %d, this is %d)", header.e_machine, HOST_MACHINE);
#endif
  if (header.e_type != ET_DYN)
    return refuse (path, error, "this is no shared object but another kind of ELF file");
  return check_segments (path, data, size, &header, error);
}
