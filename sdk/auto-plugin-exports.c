/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <link.h>
#include <string.h>

#include "auto-plugin-check.h"
#include "core/base/auto-io.h"

/* What a shared object exports. The file was loaded before, so that its headers are known to be sound; offsets are checked all
 * the same. */

static const ElfW(Shdr) *
find_section (const char *data, gsize size, guint type)
{
  const ElfW(Ehdr) *header = (const ElfW(Ehdr) *) data;

  if (size < sizeof *header || header->e_shentsize != sizeof (ElfW(Shdr)) || header->e_shoff > size || header->e_shoff % 8
      || (guint64) header->e_shnum * sizeof (ElfW(Shdr)) > size - header->e_shoff)
    return NULL;
  const ElfW(Shdr) *sections = (const ElfW(Shdr) *) (data + header->e_shoff);
  for (guint i = 0; i < header->e_shnum; i++)
    if (sections[i].sh_type == type && sections[i].sh_offset <= size && sections[i].sh_size <= size - sections[i].sh_offset
        && sections[i].sh_link < header->e_shnum)
      return &sections[i];
  return NULL;
}

/* The names, or NULL when the file has no table of them. */
char **
auto_plugin_list_exports (const char *path)
{
  g_autoptr(GBytes) bytes = auto_io_map (path, NULL);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  gsize size = 0;
  const char *data = bytes ? g_bytes_get_data (bytes, &size) : NULL;
  const ElfW(Shdr) *symbols = data ? find_section (data, size, SHT_DYNSYM) : NULL;

  if (!symbols)
    return NULL;
  const ElfW(Shdr) *sections = (const ElfW(Shdr) *) (data + ((const ElfW(Ehdr) *) data)->e_shoff), *strings = &sections[symbols->sh_link];
  if (strings->sh_offset > size || strings->sh_size > size - strings->sh_offset || strings->sh_size == 0 || data[strings->sh_offset + strings->sh_size - 1])
    return NULL;
  for (gsize i = 0; i + 1 <= symbols->sh_size / sizeof (ElfW(Sym)); i++)
    {
      ElfW(Sym) symbol;
      memcpy (&symbol, data + symbols->sh_offset + i * sizeof symbol, sizeof symbol);
      if (symbol.st_shndx != SHN_UNDEF && (symbol.st_info >> 4) != STB_LOCAL && symbol.st_name < strings->sh_size)
        g_strv_builder_add (builder, data + strings->sh_offset + symbol.st_name);
    }
  return g_strv_builder_end (builder);
}
