/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "check.h"

#include <sys/wait.h>
#include <unistd.h>

static void
count_task (gsize task, gpointer data)
{
  g_atomic_int_inc (&((int *) data)[task]);
}

static void
run_counted (gsize n)
{
  int *counts = g_new0 (int, MAX (n, 1));

  auto_pool_run (n, count_task, counts);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpint (counts[i], ==, 1);
  g_free (counts);
}

static void
test_every_task_once (void)
{
  for (guint threads = 1; threads <= 5; threads++)
    {
      auto_set_n_threads (threads);
      g_assert_cmpuint (auto_get_n_threads (), ==, threads);
      for (gsize n = 0; n < 70; n++)
        run_counted (n);
      for (guint i = 0; i < 2000; i++)
        run_counted (3);
    }
}

static void
nested_task (gsize task, gpointer data)
{
  run_counted (task + 5);
}

static void
test_nested (void)
{
  auto_set_n_threads (3);
  auto_pool_run (20, nested_task, NULL);
}

static gpointer
run_many (gpointer data)
{
  for (guint i = 0; i < 3000; i++)
    run_counted (i % 37);
  return NULL;
}

static void
test_several_callers (void)
{
  GThread *threads[4];

  auto_set_n_threads (3);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("caller", run_many, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
test_sleepers_wake (void)
{
  auto_set_n_threads (3);
  for (guint i = 0; i < 20; i++)
    {
      run_counted (100);
      g_usleep (2000);
    }
}

static void
meet_task (gsize task, gpointer data)
{
  int *arrived = data;

  g_atomic_int_inc (arrived);
  for (guint i = 0; i < 2000 && g_atomic_int_get (arrived) < 2; i++)
    g_usleep (1000);
}

/* Two tasks that wait for each other end soon only when they run at the same time. */
static void
test_parallel (void)
{
  int arrived = 0;
  gint64 start = g_get_monotonic_time ();

  auto_set_n_threads (2);
  auto_pool_run (2, meet_task, &arrived);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 1500000);
}

static void
test_after_fork (void)
{
  auto_set_n_threads (3);
  run_counted (50);
  pid_t child = fork ();
  if (child == 0)
    {
      for (guint i = 0; i < 100; i++)
        run_counted (50);
      _exit (0);
    }
  int status = -1;
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
}

static void
test_default (void)
{
  auto_set_n_threads (0);
  g_assert_cmpuint (auto_get_n_threads (), ==, g_get_num_processors ());
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pool/every-task-once", test_every_task_once);
  g_test_add_func ("/pool/nested", test_nested);
  g_test_add_func ("/pool/several-callers", test_several_callers);
  g_test_add_func ("/pool/sleepers-wake", test_sleepers_wake);
  g_test_add_func ("/pool/parallel", test_parallel);
  g_test_add_func ("/pool/after-fork", test_after_fork);
  g_test_add_func ("/pool/default", test_default);
  return g_test_run ();
}
