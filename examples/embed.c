/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How alike are two sentences?
 *
 * cc embed.c -o embed $(pkg-config --cflags --libs auto-1) -lm && ./embed MODEL "A cat." "A kitten."
 */
#include <auto.h>
#include <stdio.h>

int
main (int argc, char **argv)
{
  g_autoptr(GError) error = NULL;

  if (argc != 4)
    {
      fprintf (stderr, "usage: %s MODEL TEXT TEXT\n", argv[0]);
      return 2;
    }
  g_autoptr(AutoSentenceEncoder) encoder = auto_sentence_encoder_from_pretrained (argv[1], NULL, NULL, &error);
  g_autoptr(AutoTensor) vectors = encoder ? auto_sentence_encoder_encode (encoder, (const char *const *) argv + 2, NULL, &error) : NULL;
  if (!vectors)
    {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  gsize n;
  const float *v = auto_tensor_get_float (vectors, &n);
  float product = 0;
  for (gsize i = 0; i < n / 2; i++)
    product += v[i] * v[n / 2 + i];
  printf ("%.4f\n", product);
  return 0;
}
