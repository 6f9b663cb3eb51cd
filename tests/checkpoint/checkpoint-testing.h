/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "core/checkpoint/auto-checkpoint.h"

/* A folder that goes away with everything in it. */
typedef char TestFolder;
TestFolder *test_folder_new (void);
void test_folder_free (TestFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestFolder, test_folder_free)

/* Writes a file of the folder and returns its path. */
char *test_write (TestFolder *self, const char *name, gconstpointer data, gsize size);
char *test_write_bytes (TestFolder *self, const char *name, const GByteArray *bytes);
/* A safetensors file: length, header, data. */
GByteArray *test_safetensors (const char *header, gconstpointer data, gsize size);

/* Opening @path must fail with @code and a message that has @path's last part and @text in it. */
void test_assert_refused (const char *path, AutoCheckpointError code, const char *text);
/* The same over bytes. */
void test_assert_bytes_refused (const char *name, gconstpointer data, gsize size, AutoCheckpointError code, const char *text);
AutoCheckpoint *test_open (const char *path);
/* The tensor converted to doubles, as text "1 2 3". */
char *test_values (AutoCheckpoint *checkpoint, const char *name);
void test_assert_values (AutoCheckpoint *checkpoint, const char *name, const char *described, const char *values);
/* Opens the files that a table of the data folder names and compares all their tensors with it; the lines are: file,
 * tensor, data type and shape, values. Returns the number of files. */
guint test_compare_with_table (const char *table);
