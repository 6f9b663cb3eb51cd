/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* A text that is being cut. What is known of the run of characters that was looked at last holds for every place within it. */
typedef struct
{
  gunichar *text;
  gsize n;
  gsize tag_stop;     /* the next > or space */
  gsize address_stop; /* where what may be before an @ ends */
  gsize host_stop, host_dot;                /* where a host's name ends, and the last dot in it that a link may follow; or 0 */
  gsize domain_stop, domain_dot, domain_end; /* the same of a name without a link, and where that ends with its slash */
  struct _TweetBodies *bodies; /* NULL until a link was looked for */
} Tweet;

gboolean tweet_is_word (gunichar c);
/* The end of the link that begins at @from; 0 when there is none. */
gsize tweet_match_link (Tweet *self, gsize from);
void tweet_links_clear (Tweet *self);
