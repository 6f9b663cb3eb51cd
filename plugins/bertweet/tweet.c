/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the reference's regular expression matches, without going back: what a match would have to end with is worked out once for every
 * run of characters that it would go through. */
#include "tweet.h"

#include <string.h>

#include "core/text/auto-python-text.h"
#include "core/text/auto-unicode.h"
#include "tweet-links.h"

static gboolean
is_one_of (gunichar c, const char *ascii)
{
  return c && c < 0x80 && strchr (ascii, (char) c) != NULL;
}

gboolean
tweet_is_word (gunichar c)
{
  return auto_char_is (c, AUTO_CHAR_WORD);
}

static gboolean
is_digit (gunichar c)
{
  return auto_char_category (c) == AUTO_CATEGORY_ND;
}

static gboolean
is_letter (gunichar c)
{
  return c != '_' && tweet_is_word (c) && !is_digit (c);
}

/* The character at a place, or 0 behind the end. */
static gunichar
at_place (const Tweet *self, gsize at)
{
  return at < self->n ? self->text[at] : 0;
}

/* How many digits of @wanted there are; those and what may stand between the parts of a number are passed. */
static gboolean
pass_digits (const Tweet *self, gsize *at, guint wanted, const char *behind)
{
  for (guint i = 0; i < wanted; i++)
    if (*at >= self->n || !is_digit (self->text[(*at)++]))
      return FALSE;
  while (is_one_of (at_place (self, *at), behind))
    (*at)++;
  return TRUE;
}

/* +1 (555) 123-4567: the first two parts needn't be there. */
static gsize
match_phone (Tweet *self, gsize from)
{
  static const char between[] = " *-.)";

  for (int parts = 3; parts >= 0; parts--)
    {
      gsize at = from;
      if (parts & 2)
        {
          at += at_place (self, at) == '+';
          if (!is_one_of (at_place (self, at), "01"))
            continue;
          for (at++; is_one_of (at_place (self, at), between);)
            at++;
        }
      if (parts & 1)
        {
          at += at_place (self, at) == '(';
          if (!pass_digits (self, &at, 3, between))
            continue;
        }
      if (pass_digits (self, &at, 3, between) && pass_digits (self, &at, 4, ""))
        return at;
    }
  return 0;
}

static gsize
match_smiley (Tweet *self, gsize from)
{
  static const char eyes[] = ":;=8", nose[] = "-oO*'", mouth[] = ")](dDpP/:}{@|\\[", brow[] = "<>";
  gsize at = from + is_one_of (at_place (self, from), brow);

  if (is_one_of (at_place (self, at), eyes))
    {
      at++;
      at += is_one_of (at_place (self, at), nose);
      if (is_one_of (at_place (self, at), mouth))
        return at + 1;
    }
  if (is_one_of (at_place (self, from), mouth))
    {
      at = from + 1;
      at += is_one_of (at_place (self, at), nose);
      if (is_one_of (at_place (self, at), eyes))
        return at + 1 + is_one_of (at_place (self, at + 1), brow);
    }
  return at_place (self, from) == '<' && at_place (self, from + 1) == '3' ? from + 2 : 0;
}

/* <b> */
static gsize
match_tag (Tweet *self, gsize from)
{
  if (self->text[from] != '<')
    return 0;
  if (self->tag_stop <= from)
    for (self->tag_stop = from + 1; self->tag_stop < self->n && self->text[self->tag_stop] != '>'; self->tag_stop++)
      if (auto_python_is_white (self->text[self->tag_stop]))
        break;
  return self->tag_stop > from + 1 && at_place (self, self->tag_stop) == '>' ? self->tag_stop + 1 : 0;
}

/* --> or <-- */
static gsize
match_arrow (Tweet *self, gsize from)
{
  gsize left = self->text[from] == '<', at = from + left;

  while (at_place (self, at) == '-')
    at++;
  if (at == from + left)
    return 0;
  return left ? at : at_place (self, at) == '>' ? at + 1 : 0;
}

static gsize
pass_word (const Tweet *self, gsize at)
{
  while (at < self->n && tweet_is_word (self->text[at]))
    at++;
  return at;
}

static gsize
match_user (Tweet *self, gsize from)
{
  gsize at = self->text[from] == '@' ? pass_word (self, from + 1) : 0;

  return at > from + 1 ? at : 0;
}

/* Behind @from: the end of the last character that may be the last, of those that are that or one of @others; @from when there is none. */
static gsize
pass_ended (const Tweet *self, gsize from, gboolean (*last) (gunichar), const char *others)
{
  gsize end = from;

  for (gsize at = from; at < self->n && (last (self->text[at]) || is_one_of (self->text[at], others)); at++)
    if (last (self->text[at]))
      end = at + 1;
  return end;
}

/* #tag: of two characters at least. */
static gsize
match_hashtag (Tweet *self, gsize from)
{
  gsize at = from;

  while (at_place (self, at) == '#')
    at++;
  if (at == from || at >= self->n || !tweet_is_word (self->text[at]))
    return 0;
  gsize end = pass_ended (self, at + 1, tweet_is_word, "'_-");
  return end > at + 1 ? end : 0;
}

/* What is behind the @ of an address. */
static gsize
match_host (const Tweet *self, gsize from)
{
  gsize at = from, end = 0;
  guint n = 0;

  while (at < self->n && (tweet_is_word (self->text[at]) || self->text[at] == '-'))
    at++;
  if (at == from || at_place (self, at) != '.')
    return 0;
  for (at++; at < self->n && (tweet_is_word (self->text[at]) || self->text[at] == '-'); n++)
    {
      end = ++at;
      at += at_place (self, at) == '.';
    }
  return n > 1 ? end : 0;
}

static gsize
match_address (Tweet *self, gsize from)
{
  if (self->address_stop <= from)
    for (self->address_stop = from; self->address_stop < self->n; self->address_stop++)
      if (!tweet_is_word (self->text[self->address_stop]) && !is_one_of (self->text[self->address_stop], ".+-"))
        break;
  return self->address_stop > from && at_place (self, self->address_stop) == '@' ? match_host (self, self->address_stop + 1) : 0;
}

/* Words with apostrophes or dashes within, of three characters at least. */
static gsize
match_letters (Tweet *self, gsize from)
{
  if (!is_letter (self->text[from]))
    return 0;
  gsize end = pass_ended (self, from + 1, is_letter, "'-_");
  return end > from + 2 ? end : 0;
}

/* Two numbers with a mark between. */
static gsize
match_number (Tweet *self, gsize from)
{
  gsize at = from + is_one_of (self->text[from], "+-"), start = at;

  for (int i = 0; i < 2; i++, start = at)
    {
      while (at < self->n && is_digit (self->text[at]))
        at++;
      if (at == start || (i == 0 && !is_one_of (at_place (self, at++), ",/.:-")))
        return 0;
    }
  return at + is_one_of (at_place (self, at), "+-");
}

static gsize
match_word (Tweet *self, gsize from)
{
  gsize at = pass_word (self, from);

  return at > from ? at : 0;
}

/* Dots, whatever spaces are between. */
static gsize
match_dots (Tweet *self, gsize from)
{
  gsize end = from + 1, at = end;

  if (self->text[from] != '.')
    return 0;
  for (; at < self->n && (self->text[at] == '.' || auto_python_is_white (self->text[at])); at++)
    if (self->text[at] == '.')
      end = at + 1;
  return end > from + 1 ? end : 0;
}

static gsize
match_any (Tweet *self, gsize from)
{
  return from + 1;
}

/* Of characters that are no ASCII letters or digits, no more than three of the same one after another. */
static void
shorten_runs (Tweet *self)
{
  gsize n = 0, same = 0;

  for (gsize i = 0; i < self->n; i++)
    {
      gunichar c = self->text[i];
      same = i && n && self->text[n - 1] == c && !(c < 0x80 && g_ascii_isalnum ((char) c)) ? same + 1 : 0;
      if (same < 3)
        self->text[n++] = c;
    }
  self->n = n;
}

GPtrArray *
tweet_split (const char *text)
{
  static gsize (*const matches[]) (Tweet *, gsize) = {
    tweet_match_link, match_phone, match_smiley, match_tag, match_arrow, match_user, match_hashtag, match_address, match_letters, match_number,
    match_word, match_dots, match_any };
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GString) plain = tweet_replace_entities (text);
  glong n;
  Tweet self = { .text = g_utf8_to_ucs4_fast (plain->str, plain->len, &n) };

  self.n = n;
  shorten_runs (&self);
  for (gsize at = 0, end; at < self.n; at = end)
    {
      end = at + 1;
      if (auto_python_is_white (self.text[at]))
        continue;
      for (guint i = 0; (end = matches[i](&self, at)) == 0;)
        i++;
      g_ptr_array_add (words, g_ucs4_to_utf8 (self.text + at, end - at, NULL, NULL, NULL));
    }
  tweet_links_clear (&self);
  g_free (self.text);
  return words;
}
