/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#define MAX_THREADS 256
/* Spins of a worker before it sleeps: about 50 µs, longer than the gap between two operations of a model. */
#define WORKER_SPINS 2000
/* Spins of a caller before it gives its CPU to the worker that it waits for. */
#define CALLER_SPINS 2000

/* One job at a time. A worker enters (inside++) and then looks whether the job is open; the caller closes the job and
 * then waits until nobody is inside. With sequential consistency one of the two always sees the other. */
static struct
{
  atomic_uint open; /* how many workers may join, 0: no job */
  atomic_size_t next;
  atomic_uint inside;
  atomic_uint sleepers;
  atomic_flag busy;
  gsize n_tasks;
  AutoTaskFunc func;
  gpointer data;
  guint n_workers; /* started; owned by who holds busy */
} pool = { .busy = ATOMIC_FLAG_INIT };

static pthread_mutex_t sleep_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake_up = PTHREAD_COND_INITIALIZER;
static atomic_uint n_threads_wanted; /* 0: not yet looked up */
static __thread gboolean in_task;

static void
relax (void)
{
#if defined __x86_64__ || defined __i386__
  __builtin_ia32_pause ();
#elif defined __aarch64__
  __asm__ volatile ("yield");
#endif
}

static void
run_tasks (void)
{
  gsize n_tasks = pool.n_tasks, task;
  AutoTaskFunc func = pool.func;
  gpointer data = pool.data;

  in_task = TRUE;
  while ((task = atomic_fetch_add (&pool.next, 1)) < n_tasks)
    func (task, data);
  in_task = FALSE;
  atomic_store (&pool.open, 0); /* nothing left to join; a new job can't have begun while this thread is inside */
}

static void
sleep_until_open (guint index)
{
  pthread_mutex_lock (&sleep_lock);
  atomic_fetch_add (&pool.sleepers, 1);
  while (atomic_load (&pool.open) <= index)
    pthread_cond_wait (&wake_up, &sleep_lock);
  atomic_fetch_sub (&pool.sleepers, 1);
  pthread_mutex_unlock (&sleep_lock);
}

static void *
worker (void *data)
{
  guint index = GPOINTER_TO_UINT (data);

  for (;;)
    {
      guint spins = 0;
      while (atomic_load (&pool.open) <= index)
        if (++spins < WORKER_SPINS)
          relax ();
        else
          sleep_until_open (index);
      atomic_fetch_add (&pool.inside, 1);
      if (atomic_load (&pool.open) > index)
        run_tasks ();
      atomic_fetch_sub (&pool.inside, 1);
    }
  return NULL;
}

/* Only the thread that forked lives on in the child. */
static void
forget_workers (void)
{
  atomic_store (&pool.open, 0);
  atomic_store (&pool.inside, 0);
  atomic_store (&pool.sleepers, 0);
  pool.n_workers = 0;
  if (!in_task)
    atomic_flag_clear (&pool.busy);
  pthread_mutex_init (&sleep_lock, NULL);
  pthread_cond_init (&wake_up, NULL);
}

static void
start_workers (guint n)
{
  static gsize prepared = 0;

  if (g_once_init_enter (&prepared))
    {
      pthread_atfork (NULL, NULL, forget_workers);
      g_once_init_leave (&prepared, 1);
    }
  while (pool.n_workers < n)
    {
      pthread_t thread;
      if (pthread_create (&thread, NULL, worker, GUINT_TO_POINTER (pool.n_workers)) != 0)
        break; /* the threads that there are do the work */
      pthread_setname_np (thread, "auto-worker");
      pthread_detach (thread);
      pool.n_workers++;
    }
}

static void
run_shared (gsize n_tasks, AutoTaskFunc func, gpointer data, guint n_workers)
{
  start_workers (n_workers);
  pool.n_tasks = n_tasks;
  pool.func = func;
  pool.data = data;
  atomic_store (&pool.next, 0);
  atomic_store (&pool.open, MIN (n_workers, pool.n_workers));
  if (atomic_load (&pool.sleepers) > 0)
    {
      pthread_mutex_lock (&sleep_lock);
      pthread_cond_broadcast (&wake_up);
      pthread_mutex_unlock (&sleep_lock);
    }
  run_tasks ();
  for (guint spins = 0; atomic_load (&pool.inside) > 0;)
    if (++spins < CALLER_SPINS)
      relax ();
    else
      sched_yield ();
}

void
auto_pool_run (gsize n_tasks, AutoTaskFunc func, gpointer data)
{
  guint n_threads;

  if (n_tasks > 1 && !in_task && (n_threads = auto_get_n_threads ()) > 1 && !atomic_flag_test_and_set (&pool.busy))
    {
      run_shared (n_tasks, func, data, MIN (n_threads, n_tasks) - 1);
      atomic_flag_clear (&pool.busy);
      return;
    }
  for (gsize task = 0; task < n_tasks; task++)
    func (task, data);
}

/**
 * auto_set_n_threads:
 * @n_threads: how many threads compute, the calling one included; 0 for as many as there are CPUs
 *
 * Sets the number of threads of all later computations in the process. Results don't depend on it.
 */
void
auto_set_n_threads (guint n_threads)
{
  atomic_store (&n_threads_wanted, n_threads ? MIN (n_threads, MAX_THREADS) : CLAMP (g_get_num_processors (), 1, MAX_THREADS));
}

/**
 * auto_get_n_threads:
 *
 * How many threads compute, the calling one included: what was set with auto_set_n_threads(), else what the environment
 * variable `AUTO_NUM_THREADS` says, else the number of CPUs that the process may use.
 *
 * Returns: the number of threads
 */
guint
auto_get_n_threads (void)
{
  guint n = atomic_load_explicit (&n_threads_wanted, memory_order_relaxed);

  if (n == 0)
    {
      const char *text = g_getenv ("AUTO_NUM_THREADS");
      guint64 wanted = 0;
      guint none = 0;
      if (text && !g_ascii_string_to_unsigned (text, 10, 0, MAX_THREADS, &wanted, NULL))
        {
          g_warning ("AUTO_NUM_THREADS is “%s”, which is no number from 0 to %d: it is ignored", text, MAX_THREADS);
          wanted = 0;
        }
      n = wanted ? (guint) wanted : CLAMP (g_get_num_processors (), 1, MAX_THREADS);
      if (!atomic_compare_exchange_strong (&n_threads_wanted, &none, n))
        n = none;
    }
  return n;
}

typedef struct
{
  float *data[AUTO_SCRATCH_N_SLOTS];
  gsize size[AUTO_SCRATCH_N_SLOTS];
} Scratch;

static void
scratch_free (gpointer data)
{
  Scratch *self = data;

  for (guint i = 0; i < AUTO_SCRATCH_N_SLOTS; i++)
    free (self->data[i]);
  g_free (self);
}

static GPrivate scratch_key = G_PRIVATE_INIT (scratch_free);

float *
auto_scratch (AutoScratchSlot slot, gsize n_floats)
{
  Scratch *self = g_private_get (&scratch_key);

  if (!self)
    {
      self = g_new0 (Scratch, 1);
      g_private_set (&scratch_key, self);
    }
  if (!self->data[slot] || self->size[slot] < n_floats)
    {
      gsize bytes = (MAX (n_floats, 1) * sizeof (float) + 4095) & ~(gsize) 4095;
      free (self->data[slot]);
      self->data[slot] = aligned_alloc (4096, bytes);
      if (!self->data[slot])
        g_error ("no memory for %" G_GSIZE_FORMAT " bytes of scratch", bytes);
      self->size[slot] = bytes / sizeof (float);
    }
  return self->data[slot];
}
