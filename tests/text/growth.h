/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the time that a word takes grows with its length. */
#pragma once

#include <string.h>
#include <time.h>

#include "core/text/auto-tokenizer.h"

/* The processor time of this thread, in seconds. */
static double
processor_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

/* The time that one of several words of @n of @letters takes, the least of all; each is another word, which no cache knows. With offsets
 * where the tokenizer has them, as that is the longest way. */
static double
time_of_word (AutoTokenizer *tokenizer, const char *letters, guint n, guint times)
{
  gsize n_letters = strlen (letters);
  gboolean fast;
  double least = G_MAXDOUBLE;

  g_object_get (tokenizer, "is-fast", &fast, NULL);
  for (guint k = 0; k < times; k++)
    {
      g_autofree char *word = g_malloc (n + 2);
      for (guint i = 0; i < n; i++)
        word[i] = letters[g_test_rand_int_range (0, n_letters)];
      word[n] = letters[k % n_letters]; /* also where there is one letter, lengths differ */
      word[n + (n_letters == 1 && k % 2)] = '\0';
      g_autoptr(GError) error = NULL;
      double start = processor_time ();
      g_autoptr(AutoEncoding) encoding = auto_tokenizer_encode (tokenizer, word, NULL, &error);
      g_assert_no_error (error);
      if (fast)
        g_assert_nonnull (auto_encoding_get_offsets (encoding, 0, NULL, NULL));
      least = MIN (least, processor_time () - start);
      g_assert_cmpuint (auto_encoding_get_length (encoding, 0), >, 0);
    }
  return least;
}

#define ATTEMPTS 4

/* Four times the letters take less than ten times the time: four where it is linear, and sixteen where it is quadratic. What is too long
 * already isn't made longer. A slip of a hundredth of a second is the machine's, as is one that doesn't come again. */
static void
assert_grows_slowly (AutoTokenizer *tokenizer, const char *letters, guint most)
{
  double before = time_of_word (tokenizer, letters, 1000, 3);

  for (guint n = 4000; n <= most; n *= 4)
    {
      double now = time_of_word (tokenizer, letters, n, 3);
      for (guint attempt = 1; attempt < ATTEMPTS && now >= 10 * before + 0.01; attempt++)
        {
          before = time_of_word (tokenizer, letters, n / 4, 3);
          now = time_of_word (tokenizer, letters, n, 3);
        }
      g_test_message ("%u letters of \"%s\": %.2f ms", n, letters, 1e3 * now);
      g_assert_cmpfloat (now, <, 10 * before + 0.01);
      before = now;
    }
}
