/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Links in texts: http://example.org/a(b), example.org/a and example.org. */
#include "tweet-links.h"

#include <string.h>

#include "core/text/auto-python-text.h"

#define NONE G_MAXUINT32

/* For every place of a run without spaces, from where on a link's body may go on there. */
typedef struct _TweetBodies
{
  gsize from, to;       /* the run; @to is its end */
  guint32 *end;         /* where a link ends whose body goes on; 0: nowhere */
  guint32 *paren;       /* the next parenthesis of either kind */
  guint32 *close;       /* the next closing one */
  guint32 *close_going; /* the next closing one behind which the link goes on */
} TweetBodies;

/* [a-z] in any case, as Unicode folds it. */
static gboolean
is_az (gunichar c)
{
  return (c < 0x80 && g_ascii_isalpha ((char) c)) || c == 0x130 || c == 0x17F || c == 0x212A;
}

static gboolean
is_label (gunichar c)
{
  return is_az (c) || (c < 0x80 && g_ascii_isdigit ((char) c));
}

static gunichar
at_place (const Tweet *self, gsize at)
{
  return at < self->n ? self->text[at] : 0;
}

static gboolean
is_in_body (gunichar c)
{
  return !(c < 0x80 && strchr ("()<>{}[]", (char) c)) && !auto_python_is_white (c);
}

/* Punctuation at a link's end is the sentence's. */
static gboolean
is_end (gunichar c)
{
  static const gunichar quotes[] = { 0xAB, 0xBB, 0x201C, 0x201D, 0x2018, 0x2019 };

  for (guint i = 0; i < G_N_ELEMENTS (quotes); i++)
    if (c == quotes[i])
      return FALSE;
  return !(c < 0x80 && strchr ("`!()[]{};:'\".,<>?", (char) c)) && !auto_python_is_white (c);
}

/* The end of (a(b)c) at @at; 0 when there is no such thing. */
static gsize
match_balanced (const TweetBodies *bodies, const gunichar *text, gsize at)
{
  guint32 open = bodies->paren[at + 1], close = open == NONE || text[open] != '(' ? NONE : bodies->paren[open + 1];

  if (close == NONE || text[close] != ')' || close == open + 1)
    return 0;
  guint32 last = bodies->paren[close + 1];
  return last != NONE && text[last] == ')' ? last + 1 : 0;
}

/* The end of a link whose body takes what is at @at; 0 when there is none. */
static guint32
go_on (const TweetBodies *bodies, const gunichar *text, gsize at)
{
  if (at >= bodies->to)
    return 0;
  if (text[at] != '(')
    return is_in_body (text[at]) ? bodies->end[at + 1] : 0;
  gsize balanced = match_balanced (bodies, text, at);
  if (balanced && bodies->end[balanced])
    return bodies->end[balanced];
  guint32 close = at + 2 <= bodies->to ? bodies->close_going[at + 2] : NONE;
  return close == NONE ? 0 : bodies->end[close + 1];
}

/* The end of a link that ends with what is at @at; 0 when it can't. */
static guint32
finish (const TweetBodies *bodies, const gunichar *text, gsize at)
{
  if (text[at] != '(')
    return is_end (text[at]) ? at + 1 : 0;
  gsize balanced = match_balanced (bodies, text, at);
  guint32 close = at + 2 <= bodies->to ? bodies->close[at + 2] : NONE;
  return balanced ? balanced : close == NONE ? 0 : close + 1;
}

/* From behind, so that what follows is known. */
static void
fill_bodies (TweetBodies *bodies, const gunichar *text)
{
  gsize to = bodies->to;

  bodies->end[to] = 0;
  bodies->paren[to] = bodies->close[to] = bodies->close_going[to] = NONE;
  for (gsize at = to; at-- > bodies->from;)
    {
      gboolean closes = text[at] == ')';
      bodies->paren[at] = closes || text[at] == '(' ? at : bodies->paren[at + 1];
      bodies->close[at] = closes ? at : bodies->close[at + 1];
      bodies->close_going[at] = closes && bodies->end[at + 1] ? at : bodies->close_going[at + 1];
      guint32 end = go_on (bodies, text, at);
      bodies->end[at] = end ? end : finish (bodies, text, at);
    }
}

/* The end of a link whose body begins at @at, which is behind @from without a space between. */
static gsize
match_body (Tweet *self, gsize from, gsize at)
{
  TweetBodies *bodies = self->bodies;

  if (!bodies)
    {
      bodies = self->bodies = g_new0 (TweetBodies, 1);
      bodies->end = g_new (guint32, 4 * (self->n + 1));
      bodies->paren = bodies->end + self->n + 1;
      bodies->close = bodies->paren + self->n + 1;
      bodies->close_going = bodies->close + self->n + 1;
    }
  if (from < bodies->from || at > bodies->to || bodies->to == 0)
    {
      bodies->from = from;
      for (bodies->to = at; bodies->to < self->n && !auto_python_is_white (self->text[bodies->to]);)
        bodies->to++;
      fill_bodies (bodies, self->text);
    }
  return go_on (bodies, self->text, at);
}

void
tweet_links_clear (Tweet *self)
{
  if (self->bodies)
    g_free (self->bodies->end);
  g_free (self->bodies);
}

/* http: or https: with up to three slashes, or a letter, digit or percent sign, behind it. */
static gsize
match_protocol (Tweet *self, gsize from)
{
  gsize at = from, end = 0;
  guint slashes = 0;

  for (const char *p = "http"; *p; p++, at++)
    if (at_place (self, at) > 0x7F || g_ascii_tolower ((char) at_place (self, at)) != *p)
      return 0;
  at += at_place (self, at) == 's' || at_place (self, at) == 'S' || at_place (self, at) == 0x17F;
  if (at_place (self, at) != ':')
    return 0;
  for (at++; slashes < 3 && at_place (self, at + slashes) == '/';)
    slashes++;
  for (; slashes && !end; slashes--)
    end = match_body (self, from, at + slashes);
  return end || !(is_label (at_place (self, at)) || at_place (self, at) == '%') ? end : match_body (self, from, at + 1);
}

/* example.org/ and what follows. */
static gsize
match_host (Tweet *self, gsize from)
{
  if (self->host_stop <= from)
    {
      gsize at = from, letters;
      while (at < self->n && (is_label (self->text[at]) || self->text[at] == '.' || self->text[at] == '-'))
        at++;
      self->host_stop = at;
      for (letters = at; letters > from && is_az (self->text[letters - 1]);)
        letters--;
      gboolean good = at_place (self, at) == '/' && letters > from && self->text[letters - 1] == '.' && at - letters >= 2 && at - letters <= 13;
      self->host_dot = good ? letters - 1 : 0;
    }
  return self->host_dot > from ? match_body (self, from, self->host_stop + 1) : 0;
}

/* Where a domain that ends with the label from @label to @at ends, with a slash; 0 when it can't. */
static gsize
end_of_domain (const Tweet *self, gsize label, gsize at)
{
  for (gsize i = label; i < at; i++)
    if (!is_az (self->text[i]))
      return 0;
  if (at - label < 2 || at - label > 13 || (at < self->n && tweet_is_word (self->text[at])) || at_place (self, at) == '@')
    return 0;
  return at_place (self, at) == '/' && at_place (self, at + 1) != '@' ? at + 1 : at;
}

/* example.org, but no part of an address; the last of its labels that is one of letters alone ends it. */
static gsize
match_domain (Tweet *self, gsize from)
{
  if (!is_label (self->text[from]) || (from && self->text[from - 1] == '@'))
    return 0;
  if (self->domain_stop <= from)
    {
      gsize at = from, label, end;
      self->domain_dot = 0;
      for (label = from;; label = ++at)
        {
          while (is_label (at_place (self, at)))
            at++;
          if (label > from && self->text[label - 1] == '.' && (end = end_of_domain (self, label, at)))
            self->domain_dot = label - 1, self->domain_end = end;
          if ((at_place (self, at) != '.' && at_place (self, at) != '-') || !is_label (at_place (self, at + 1)))
            break;
        }
      self->domain_stop = at;
    }
  return self->domain_dot > from ? self->domain_end : 0;
}

gsize
tweet_match_link (Tweet *self, gsize from)
{
  gsize end = match_protocol (self, from);

  if (!end)
    end = match_host (self, from);
  return end ? end : match_domain (self, from);
}
