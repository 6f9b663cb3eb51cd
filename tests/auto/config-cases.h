/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/auto/auto-config.h"

/* The cases that tests/reference/random-configs.py writes; the current folder is written to. */
void config_cases_run (JsonObject *data, guint at_least);

void config_cases_write (const char *folder, const char *text);
char *config_cases_sorted (JsonObject *object);
/* Long texts: shows the line in which they part. */
void config_cases_assert_same (const char *ours, const char *theirs);
