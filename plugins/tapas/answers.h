/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which tokens of a table answer a question. */
#pragma once

#include "table.h"

/* 1 for each of the tokens (TapasToken) that answers question number @sample of a call, or else 0 (guint8). The setting
 * update_answer_coordinates says that the answers' texts are looked for, and their places don't count. */
guint8 *tapas_answers_mark (const AutoSlow *slow, const TapasTable *table, GArray *tokens, const AutoTableCall *call, gsize sample, GError **error);
