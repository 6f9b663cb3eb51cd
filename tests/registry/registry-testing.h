/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "registry/auto-registry-private.h"

/* Each test has a folder of its own as the only one with plugins. */
void registry_testing_init (void);
/* Takes all folders away. */
void registry_testing_end (void);
/* Makes a new folder, the only one on AUTO_PLUGIN_PATH. */
char *registry_testing_folder (void);
/* Copies a fixture there as NAME.so; with a sidecar, and links for its types, when asked. */
void registry_testing_install (const char *folder, const char *fixture, const char *name, gboolean sidecar);
void registry_testing_write (const char *folder, const char *name, const char *text, gssize length);
char *registry_testing_read (const char *folder, const char *name, gsize *length);
/* That the error is as said and names each of the parts, up to NULL. */
void registry_testing_assert_error (GError *error, int code, ...);
/* For g_test_add_data_func(): runs the test PATH/subprocess in a process of its own, as types can't be unregistered. */
void registry_testing_run_alone (gconstpointer path);
