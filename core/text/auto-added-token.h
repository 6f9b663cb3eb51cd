/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-added-vocabulary.h"
#include "auto-json-reader.h"

G_BEGIN_DECLS

/* Reads an added token as an object of a JSON file; its text (owned) is NULL, and the reader has failed, when it has none or one with a NUL. @id: where
 * its member of that name is kept, or NULL. */
AUTO_INTERNAL AutoAddedToken auto_added_token_read (AutoJsonReader *reader, gint64 *id);

G_END_DECLS
