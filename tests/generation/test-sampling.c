/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sampling: by its distribution, and by its seed. */
#include <math.h>
#include <string.h>

#include "core/base/auto-json.h"
#include "core/generation/auto-generation.h"
#include "core/generation/auto-random.h"
#include "fixture.h"

/* xoshiro256++ and splitmix64 as their authors publish them, computed once by another program. */
static void
test_generator (void)
{
  static const guint64 want[] = { 0x53175d61490b23dfu, 0x61da6f3dc380d507u, 0x5c0fdf91ec9a7bfcu, 0x2eebf8c3bbe5e1au };
  AutoRandom random;
  double sum = 0;

  auto_random_init (&random, 0);
  for (guint i = 0; i < G_N_ELEMENTS (want); i++)
    g_assert_cmphex (auto_random_next (&random), ==, want[i]);
  for (guint i = 0; i < 100000; i++)
    {
      double x = auto_random_uniform (&random);
      g_assert_true (x >= 0 && x < 1);
      sum += x;
    }
  g_assert_cmpfloat_with_epsilon (sum / 100000, 0.5, 0.005);
}

static AutoGeneration *
sample (const char *settings, guint64 seed)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoInputs) inputs = fixture_inputs ("one");
  g_autoptr(AutoGenerationConfig) config = auto_generation_config_new ();
  g_autoptr(JsonNode) node = json_from_string (settings, NULL);

  g_assert_true (auto_generation_config_update (config, json_node_get_object (node), &error));
  auto_generation_config_set_bool (config, "do_sample", TRUE, NULL);
  auto_generation_config_set_int (config, "seed", (gint64) seed, NULL);
  AutoGeneration *generation = auto_model_generate (fixture_model (), inputs, config, NULL, &error);
  g_assert_no_error (error);
  return generation;
}

/* The chi-squared statistic of drawn tokens against the softmax of the toy's first logits, of which @allowed most likely count. */
static double
chi_squared (const char *settings, double temperature, guint allowed, guint *freedom)
{
  gsize n;
  g_autofree float *table = fixture_numbers (auto_json_array (fixture_get (), "table"), &n), *drift = fixture_numbers (auto_json_array (fixture_get (), "drift"), &n);
  double p[16], total = 0, result = 0;
  guint counts[16] = { 0 }, draws = 4000;

  for (guint i = 0; i < 16; i++)
    p[i] = exp ((table[4 * 16 + i] + drift[i]) / temperature);
  for (guint i = 0; i < 16; i++)
    {
      guint better = 0;
      for (guint j = 0; j < 16; j++)
        better += table[4 * 16 + j] + drift[j] > table[4 * 16 + i] + drift[i];
      p[i] = better < allowed ? p[i] : 0;
      total += p[i];
    }
  g_autoptr(AutoGeneration) generation = sample (settings, 42);
  const gint64 *ids = auto_tensor_get_int64 (auto_generation_get_sequences (generation), NULL);
  for (guint i = 0; i < draws; i++)
    counts[ids[2 * i + 1]]++;
  *freedom = allowed - 1;
  for (guint i = 0; i < 16; i++)
    {
      double expected = p[i] / total * draws;
      if (p[i] == 0)
        g_assert_cmpuint (counts[i], ==, 0);
      else
        result += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
  return result;
}

static void
test_distribution (void)
{
  guint freedom;

  /* beyond these bounds once in a hundred thousand times, if the distribution is right */
  g_assert_cmpfloat (chi_squared ("{\"max_new_tokens\": 1, \"top_k\": 0, \"num_return_sequences\": 4000}", 1, 16, &freedom), <, 52);
  g_assert_cmpfloat (chi_squared ("{\"max_new_tokens\": 1, \"top_k\": 0, \"num_return_sequences\": 4000, \"temperature\": 2.5}", 2.5, 16, &freedom), <, 52);
  g_assert_cmpfloat (chi_squared ("{\"max_new_tokens\": 1, \"top_k\": 5, \"num_return_sequences\": 4000}", 1, 5, &freedom), <, 29);
}

static void
compare_generations (const char *settings, gboolean same, guint64 seed_a, guint64 seed_b)
{
  g_autoptr(AutoGeneration) a = sample (settings, seed_a), b = sample (settings, seed_b);
  gsize n, m;
  const gint64 *x = auto_tensor_get_int64 (auto_generation_get_sequences (a), &n), *y = auto_tensor_get_int64 (auto_generation_get_sequences (b), &m);

  if (same)
    g_assert_cmpmem (x, n * sizeof *x, y, m * sizeof *y);
  else
    g_assert_true (n != m || memcmp (x, y, n * sizeof *x) != 0);
}

static void
test_seed (void)
{
  static const char *const all[] = { "{\"max_new_tokens\": 12, \"num_return_sequences\": 3, \"temperature\": 3.0}",
                                     "{\"max_new_tokens\": 12, \"num_beams\": 3, \"temperature\": 3.0, \"top_k\": 12}" };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      compare_generations (all[i], TRUE, 7, 7);
      compare_generations (all[i], FALSE, 7, 8);
    }
}

/* With a high top_k and few beams, the best beam of many seeds is nearly always the best of beam search. */
static void
test_beams (void)
{
  guint found = 0;
  g_autoptr(GError) error = NULL;
  g_autoptr(AutoInputs) inputs = fixture_inputs ("one");
  g_autoptr(AutoGenerationConfig) config = auto_generation_config_new ();

  auto_generation_config_set_int (config, "num_beams", 8, NULL);
  auto_generation_config_set_int (config, "max_new_tokens", 3, NULL);
  g_autoptr(AutoGeneration) best = auto_model_generate (fixture_model (), inputs, config, NULL, &error);
  g_assert_no_error (error);
  float most = auto_tensor_get_float (auto_generation_get_sequences_scores (best), NULL)[0];
  for (guint seed = 0; seed < 50; seed++)
    {
      g_autoptr(AutoGeneration) drawn = sample ("{\"num_beams\": 8, \"max_new_tokens\": 3, \"top_k\": 0}", seed);
      float score = auto_tensor_get_float (auto_generation_get_sequences_scores (drawn), NULL)[0];
      g_assert_cmpfloat (score, <=, most + 1e-4);
      found += score > most - 1e-4;
    }
  g_assert_cmpuint (found, >, 10);
}

/* Two tokens after another, drawn with candidates: by the toy's own probabilities for both, whoever proposed them. */
static void
check_assisted (AutoModel *assistant, const char *settings)
{
  gsize n;
  g_autofree float *table = fixture_numbers (auto_json_array (fixture_get (), "table"), &n), *drift = fixture_numbers (auto_json_array (fixture_get (), "drift"), &n);
  g_autofree guint *counts = g_new0 (guint, 256);
  double p[2][16][16], statistic = 0; /* after each token; the first is 4 */
  guint draws = 6000, freedom = 0;
  g_autoptr(AutoInputs) inputs = fixture_inputs ("one");
  g_autoptr(AutoGenerationConfig) config = auto_generation_config_new ();
  g_autoptr(JsonNode) node = json_from_string (settings, NULL);

  for (guint step = 0; step < 2; step++)
    for (guint last = 0; last < 16; last++)
      {
        double total = 0;
        for (guint i = 0; i < 16; i++)
          total += p[step][last][i] = exp (table[last * 16 + i] + drift[step * 16 + i]);
        for (guint i = 0; i < 16; i++)
          p[step][last][i] /= total;
      }
  g_assert_true (auto_generation_config_update (config, json_node_get_object (node), NULL));
  auto_generation_config_set_assistant (config, assistant);
  for (guint seed = 0; seed < draws; seed++)
    {
      g_autoptr(GError) error = NULL;
      auto_generation_config_set_int (config, "seed", seed, NULL);
      g_autoptr(AutoGeneration) generation = auto_model_generate (fixture_model (), inputs, config, NULL, &error);
      g_assert_no_error (error);
      const gint64 *ids = auto_tensor_get_int64 (auto_generation_get_sequences (generation), &n);
      counts[ids[1] * 16 + ids[2]]++;
    }
  for (guint i = 0; i < 256; i++)
    {
      double expected = p[0][4][i / 16] * p[1][i / 16][i % 16] * draws;
      if (expected < 5)
        continue;
      statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
      freedom++;
    }
  g_test_message ("chi-squared %g with %u cells", statistic, freedom);
  g_assert_cmpuint (freedom, >, 40);
  g_assert_cmpfloat (statistic, <, freedom + 5 * sqrt (2.0 * freedom)); /* five standard deviations */
}

static void
test_assisted (void)
{
  check_assisted (fixture_assistant (), "{\"max_new_tokens\": 2, \"do_sample\": true, \"top_k\": 0, \"num_assistant_tokens\": 3}");
  check_assisted (fixture_assistant (), "{\"max_new_tokens\": 4, \"do_sample\": true, \"top_k\": 0, \"num_assistant_tokens\": 3}");
  check_assisted (NULL, "{\"max_new_tokens\": 2, \"do_sample\": true, \"top_k\": 0, \"prompt_lookup_num_tokens\": 3}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/generation/sampling/generator", test_generator);
  g_test_add_func ("/generation/sampling/distribution", test_distribution);
  g_test_add_func ("/generation/sampling/seed", test_seed);
  g_test_add_func ("/generation/sampling/beams", test_beams);
  g_test_add_func ("/generation/sampling/assisted", test_assisted);
  return g_test_run ();
}
