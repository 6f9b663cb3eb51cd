/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-json-reader.h"
#include "auto-vocabulary.h"

G_BEGIN_DECLS

/* Reads what may be large in a tokenizer's files of JSON. Errors are the reader's. */

/* {"token": id}. */
AUTO_INTERNAL void auto_json_read_vocabulary (AutoJsonReader *reader, AutoVocabulary *vocabulary);
/* [["token", score]]: the scores (double); ids ascend. */
AUTO_INTERNAL GArray *auto_json_read_scores (AutoJsonReader *reader, AutoVocabulary *vocabulary);
/* ["left right"] or [["left", "right"]], the second token of which may begin with a prefix of @skip bytes that the result doesn't have: AutoMerge. */
AUTO_INTERNAL GArray *auto_json_read_merges (AutoJsonReader *reader, const AutoVocabulary *vocabulary, gsize skip);

G_END_DECLS
