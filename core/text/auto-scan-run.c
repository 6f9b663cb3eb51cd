/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-scan-run.h"

#include <string.h>

static gboolean
has_character (const AutoScanRun *self, gunichar c)
{
  gboolean found = (self->categories >> auto_char_category (c) & 1) || auto_char_is (c, self->properties);

  for (guint i = 0; i < self->n_ranges && !found; i++)
    found = c >= self->ranges[i][0] && c <= self->ranges[i][1];
  return found != self->negated;
}

static void
fill_ascii (AutoScanRun *self)
{
  for (gunichar c = 0; c < G_N_ELEMENTS (self->ascii); c++)
    self->ascii[c] = has_character (self, c);
}

/* What is written where @at is, behind which that goes then. */
static gboolean
skip (const char **at, const char *text)
{
  if (!g_str_has_prefix (*at, text))
    return FALSE;
  *at += strlen (text);
  return TRUE;
}

static guint32
category_bits (AutoCategory first, AutoCategory last)
{
  return (2u << last) - (1u << first);
}

/* Letters, numbers, punctuation. */
static gboolean
read_category (AutoScanRun *self, const char **at)
{
  if (skip (at, "\\p{L}"))
    self->categories |= category_bits (AUTO_CATEGORY_LU, AUTO_CATEGORY_LO);
  else if (skip (at, "\\p{N}"))
    self->categories |= category_bits (AUTO_CATEGORY_ND, AUTO_CATEGORY_NO);
  else if (skip (at, "\\p{P}"))
    self->categories |= category_bits (AUTO_CATEGORY_PC, AUTO_CATEGORY_PO);
  else
    return FALSE;
  return TRUE;
}

/* A character of a set: as it is, or \r or \n. */
static gboolean
read_character (const char **at, gunichar *c)
{
  if (skip (at, "\\r"))
    *c = '\r';
  else if (skip (at, "\\n"))
    *c = '\n';
  else if (**at == '\0' || strchr ("\\[]^-&", **at))
    return FALSE;
  else
    {
      *c = g_utf8_get_char (*at);
      *at = g_utf8_next_char (*at);
    }
  return TRUE;
}

/* A character or a range of a set. */
static gboolean
read_range (AutoScanRun *self, const char **at)
{
  if (self->n_ranges == AUTO_SCAN_RUN_MOST_RANGES)
    return FALSE;
  gunichar *range = self->ranges[self->n_ranges++];
  if (!read_character (at, &range[0]))
    return FALSE;
  range[1] = range[0];
  return !skip (at, "-") || (read_character (at, &range[1]) && range[1] >= range[0]);
}

/* [...] of characters, ranges, white space, categories and sets of them. */
static gboolean
read_set (AutoScanRun *self, const char **at)
{
  guint depth = 1;

  if (!skip (at, "["))
    return FALSE;
  self->negated = skip (at, "^");
  for (const char *first = *at; depth > 0;)
    if (skip (at, "["))
      first = *at, depth++;
    else if (skip (at, "]"))
      {
        if (*at == first + 1) /* which would be a character of the set */
          return FALSE;
        depth--;
      }
    else if (skip (at, "\\s"))
      self->properties |= AUTO_CHAR_REGEX_SPACE;
    else if (!read_category (self, at) && !read_range (self, at))
      return FALSE;
  return TRUE;
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
  self->lead = skip (&at, "\\s?") ? AUTO_SCAN_LEAD_WHITE : skip (&at, " ?") ? AUTO_SCAN_LEAD_SPACE : AUTO_SCAN_LEAD_NONE;
  if (!read_category (self, &at) && !read_set (self, &at))
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

/* Bytes of white space at the start of @text that a match may begin with. */
static inline guint
lead_size (const AutoScanRun *self, const char *text)
{
  guint size;
  gunichar c = auto_utf8_get (text, &size);

  return self->lead == AUTO_SCAN_LEAD_NONE ? 0 : c == ' ' || (self->lead == AUTO_SCAN_LEAD_WHITE && auto_char_is (c, AUTO_CHAR_REGEX_SPACE)) ? size : 0;
}

/* Bytes of the match at the start of @text up to the first character of the set, inclusive; 0 when there is none. Sets @size to those of the
 * first character. */
static inline gsize
match_start (const AutoScanRun *self, const char *text, gsize length, guint *size)
{
  guint lead = lead_size (self, text), next;

  if (lead && lead < length && is_in (self, text + lead, &next))
    return *size = lead, lead + next;
  return is_in (self, text, size) ? *size : 0;
}

gsize
auto_scan_run (const AutoScanRun *self, const char *text, gsize length)
{
  guint size;
  gsize at = match_start (self, text, length, &size);

  if (at)
    for (guint left = self->most - 1; at < length && left > 0 && is_in (self, text + at, &size); left--)
      at += size;
  else
    for (at = size; at < length && !match_start (self, text + at, length - at, &size);)
      at += size;
  return at;
}
