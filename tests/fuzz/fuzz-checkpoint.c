/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes at all are read as a file of weights, and every element of what comes out is looked at. Built with
 * -fsanitize=fuzzer this is a fuzz target; the test of mutations links it as a function. */
#include <stddef.h>
#include <stdint.h>

#include "core/checkpoint/auto-checkpoint-private.h"

/* Tensors that repeat elements may be larger than the input; beyond this they only cost time. */
#define MAX_BYTES (1 << 20)

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
touch (AutoCheckpoint *checkpoint, const char *name)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoTensor) tensor = auto_checkpoint_get (checkpoint, name, &error);
  gsize n_bytes;
  guint sum = 0;

  g_assert_no_error (error);
  if (auto_tensor_get_n_elements (tensor) * (gint64) auto_dtype_get_size (auto_tensor_get_dtype (tensor)) > MAX_BYTES)
    return;
  g_autoptr(GBytes) bytes = auto_tensor_get_bytes (tensor);
  const guchar *p = g_bytes_get_data (bytes, &n_bytes);
  for (gsize i = 0; i < n_bytes; i++)
    sum += p[i];
  *(volatile guint *) &sum = sum;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoCheckpoint) checkpoint = auto_checkpoint_open_bytes ("fuzz", bytes, NULL, &error);

  if (!checkpoint)
    {
      g_assert_nonnull (error);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  g_assert_no_error (error);
  for (const char *const *name = auto_checkpoint_get_names (checkpoint, NULL); *name; name++)
    touch (checkpoint, *name);
  return 0;
}
