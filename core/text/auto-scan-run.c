/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-scan-run.h"

#include <string.h>

static gboolean
has_character (const AutoScanRun *self, gunichar c)
{
  for (guint i = 0; i < self->n_ranges; i++)
    if (c >= self->ranges[i][0] && c <= self->ranges[i][1])
      return TRUE;
  return (self->numbers && auto_char_is_number (c)) || auto_char_is (c, self->properties);
}

static void
fill_ascii (AutoScanRun *self)
{
  for (gunichar c = 0; c < G_N_ELEMENTS (self->ascii); c++)
    self->ascii[c] = has_character (self, c);
}

/* A character of a set: as it is, or \r or \n. */
static gboolean
read_character (const char **at, gunichar *c)
{
  if (**at == '\\')
    {
      *c = (*at)[1] == 'r' ? '\r' : (*at)[1] == 'n' ? '\n' : 0;
      *at += *c ? 2 : 0;
      return *c != 0;
    }
  if (**at == '\0' || strchr ("[]^-&", **at))
    return FALSE;
  *c = g_utf8_get_char (*at);
  *at = g_utf8_next_char (*at);
  return TRUE;
}

/* [...] of characters and ranges. */
static gboolean
read_set (AutoScanRun *self, const char **at)
{
  if (*(*at)++ != '[')
    return FALSE;
  while (**at != ']')
    {
      if (self->n_ranges == AUTO_SCAN_RUN_MOST_RANGES)
        return FALSE;
      gunichar *range = self->ranges[self->n_ranges++];
      if (!read_character (at, &range[0]))
        return FALSE;
      range[1] = range[0];
      if (**at == '-' && (++*at, !read_character (at, &range[1]) || range[1] < range[0]))
        return FALSE;
    }
  ++*at;
  return self->n_ranges > 0;
}

gboolean
auto_scan_run_init (AutoScanRun *self, const char *expression)
{
  static const struct
  {
    const char *text;
    guint most;
  } quantifiers[] = { { "", 1 }, { "+", G_MAXUINT }, { "{1,3}", 3 } };
  const char *at = expression;

  *self = (AutoScanRun){ 0 };
  self->numbers = g_str_has_prefix (at, "\\p{N}");
  if (self->numbers)
    at += strlen ("\\p{N}");
  else if (!read_set (self, &at))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (quantifiers); i++)
    if (g_str_equal (at, quantifiers[i].text))
      self->most = quantifiers[i].most;
  fill_ascii (self);
  return self->most > 0;
}

void
auto_scan_run_init_properties (AutoScanRun *self, guint32 properties, guint most)
{
  *self = (AutoScanRun){ .properties = properties, .most = most };
  fill_ascii (self);
}

static inline gboolean
is_in (const AutoScanRun *self, const char *text, guint *size)
{
  gunichar c = auto_utf8_get (text, size);
  return c < G_N_ELEMENTS (self->ascii) ? self->ascii[c] : has_character (self, c);
}

gsize
auto_scan_run (const AutoScanRun *self, const char *text, gsize length)
{
  guint size;
  gboolean match = is_in (self, text, &size);
  gsize at = size;

  for (guint left = match ? self->most - 1 : G_MAXUINT; at < length && left > 0 && is_in (self, text + at, &size) == match; left--)
    at += size;
  return at;
}
