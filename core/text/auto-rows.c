/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the tokens of texts to rows: special tokens, padding. */
#include "auto-rows-private.h"

#include <string.h>

#include "../base/auto-huge.h"
#include "auto-byte-level.h"
#include "auto-slow-columns.h"

#define USUAL_BYTES 2 /* of a token, or more: what is not used takes no memory */
#define MOST_RESERVED (1 << 24)

static void
job_clear (gpointer data)
{
  AutoRowJob *job = data;

  for (int k = 0; k < 2; k++)
    {
      auto_tokens_free (job->tokens[k]);
      g_clear_pointer (&job->windows[k], g_array_unref);
      auto_entity_list_clear (&job->entities[k]);
    }
  g_clear_pointer (&job->cut, g_array_unref);
  auto_table_tokens_clear (&job->table);
}

void
auto_rows_free (AutoRows *self)
{
  if (!self)
    return;
  g_array_unref (self->ids);
  g_array_unref (self->starts);
  g_array_unref (self->segment_starts);
  g_array_unref (self->segments);
  g_array_unref (self->samples);
  g_clear_pointer (&self->details, g_array_unref);
  g_clear_pointer (&self->columns, g_ptr_array_unref);
  g_clear_pointer (&self->overflow, g_array_unref);
  g_clear_pointer (&self->overflow_starts, g_array_unref);
  g_clear_pointer (&self->cut_words, g_array_unref);
  g_clear_pointer (&self->truncated, g_array_unref);
  g_clear_pointer (&self->shortened, g_array_unref);
  g_ptr_array_unref (self->tokens);
  auto_entity_rows_free (self->entities);
  auto_table_rows_free (self->tables);
  g_free (self);
}

/* Room for as many ids as texts usually have. */
static GArray *
reserve_ids (const AutoEncodeInput *inputs, gsize n)
{
  gsize bytes = 0;

  for (gsize i = 0; i < n; i++)
    for (gsize k = 0; inputs[i].texts && k < inputs[i].n; k++)
      bytes += strlen (inputs[i].texts[k]);
  guint most = MIN (bytes / USUAL_BYTES, MOST_RESERVED);
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), most);
  auto_huge_advise (ids->data, most * sizeof (gint64));
  return ids;
}

static AutoRows *
rows_new (const AutoEncodeInput *inputs, gsize n, gboolean detailed)
{
  AutoRows *self = g_new0 (AutoRows, 1);

  self->ids = reserve_ids (inputs, n);
  self->starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->segment_starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->segments = g_array_new (FALSE, FALSE, sizeof (AutoSegment));
  self->samples = g_array_new (FALSE, FALSE, sizeof (guint));
  self->details = detailed ? g_array_new (FALSE, FALSE, sizeof (AutoTokenDetail)) : NULL;
  self->tokens = g_ptr_array_new_with_free_func ((GDestroyNotify) auto_tokens_free);
  return self;
}

/* @list gets the entities of text number @sample, the first or @second one. */
static AutoTokens *
encode_entities (const AutoRowMaker *maker, const AutoEncodeInput *input, gsize sample, gboolean second, gboolean detailed,
                 AutoEntityList *list, GError **error)
{
  g_autoptr(AutoTokens) tokens = auto_tokens_new (detailed);
  gsize length = strlen (input->texts[0]);
  g_autofree char *repaired = auto_utf8_repair (input->texts[0], length, &length);

  return auto_entities_encode (auto_pipeline_get_slow (maker->pipeline), &maker->settings->call.entities, sample, second,
                               repaired ? repaired : input->texts[0], length, tokens, list, error)
             ? g_steal_pointer (&tokens)
             : NULL;
}

/* @second: it is the second text's row. */
static AutoTokens *
take_ids (const AutoRowMaker *maker, const AutoEncodeInput *input, gsize sample, gboolean second, gboolean detailed, AutoEntityList *list)
{
  const AutoTokenizerCall *call = &maker->settings->call;
  g_autoptr(AutoTokens) tokens = auto_tokens_new (detailed);

  for (gsize i = 0; i < input->n; i++)
    {
      g_array_append_val (tokens->ids, ((guint32){ input->ids[i] }));
      if (detailed)
        g_array_append_val (tokens->details, ((AutoTokenDetail){ .word = -1 }));
    }
  if (maker->rows->entities)
    auto_entities_take (maker->slow->entities, &call->entities, sample, second, list);
  if (maker->rows->columns)
    {
      tokens->columns = auto_slow_columns_make (maker->slow->columns);
      auto_slow_columns_add_ids (maker->slow, input->ids, input->n, call->columns[second], tokens->columns);
    }
  return g_steal_pointer (&tokens);
}

static AutoTokens *
encode_input (AutoPipeline *pipeline, const AutoEncodeInput *input, gboolean detailed, gboolean as_target, GError **error)
{
  g_autoptr(AutoTokens) tokens = auto_tokens_new (detailed);

  tokens->as_target = as_target;
  for (gsize i = 0; input->texts && i < input->n; i++)
    {
      gsize length = strlen (input->texts[i]);
      g_autofree char *repaired = auto_utf8_repair (input->texts[i], length, &length);
      if (!auto_pipeline_encode (pipeline, repaired ? repaired : input->texts[i], length, input->words ? (gint32) i : -1, tokens, error))
        return NULL;
    }
  return g_steal_pointer (&tokens);
}

static void
add_segment (AutoRows *rows, int sequence, guint32 type_id, gsize n)
{
  if (n)
    g_array_append_val (rows->segments, ((AutoSegment){ sequence, MAX (sequence, -1), type_id, n }));
}

/* Without a post-processor nothing tells one sequence from padding, and of two only the row's own windows are known to be theirs: what
 * overflows of the first counts as a row of one sequence, and what overflows of the second as none. */
static void
show_sequences (AutoRows *rows, guint from, gboolean pair, const guint which[2])
{
  for (guint i = from; i < rows->segments->len; i++)
    {
      AutoSegment *segment = &g_array_index (rows->segments, AutoSegment, i);
      if (!pair || which[0] > 0)
        segment->shown = 0;
      else if (segment->sequence == 1 && which[1] > 0)
        segment->shown = -1;
    }
}

/* A special token, or padding. */
static void
add_bare (const AutoRowMaker *maker, gint64 id, const char *text, gboolean padding)
{
  AutoRows *rows = maker->rows;

  g_array_append_val (rows->ids, id);
  for (guint k = 0; rows->columns && k < rows->columns->len; k++)
    {
      gint64 number = padding ? id : auto_slow_columns_around (maker->slow->columns, k);
      g_array_append_val (rows->columns->pdata[k], number);
    }
  if (rows->details)
    g_array_append_val (rows->details, ((AutoTokenDetail){ 0, 0, 0, 0, -1, text }));
}

static gboolean
is_blank (gunichar c)
{
  return c == 0x120 || auto_char_is (c, AUTO_CHAR_SPACE); /* U+0120 stands for a space in byte-level vocabularies */
}

/* Takes spaces off a token's span. */
static void
trim (AutoTokenDetail *detail, const char *text, gsize length, gboolean first, gboolean add_prefix_space)
{
  guint leading = 0, trailing = 0, size;

  for (gsize at = 0; at < length && is_blank (auto_utf8_get (text + at, &size)); at += size)
    leading++;
  for (const char *p = text + length; p > text && is_blank (auto_utf8_get (p = auto_utf8_previous (p), &size));)
    trailing++;
  if (leading == 1 && add_prefix_space && (first || detail->from == 0))
    leading = 0;
  guint32 *spans[2][2] = { { &detail->from, &detail->to }, { &detail->byte_from, &detail->byte_to } };
  for (int k = 0; k < 2; k++)
    {
      guint32 *from = spans[k][0], *to = spans[k][1];
      *from = MIN (*from + leading, *to);
      if (trailing > 0 && *to >= trailing)
        *to = MAX (*to - trailing, *from);
    }
}

static void
trim_row (const AutoRowMaker *maker, int sequence, gsize start)
{
  gboolean special = maker->settings->call.add_special_tokens;
  GArray *trims = maker->post->trims, *details = maker->rows->details;

  for (guint t = 0; t < trims->len; t++)
    for (gsize i = start; i < details->len; i++)
      {
        AutoTokenDetail *detail = &g_array_index (details, AutoTokenDetail, i);
        gsize length = detail->text ? strlen (detail->text) : 0;
        const char *text = detail->text ? detail->text : auto_pipeline_token (maker->pipeline, g_array_index (maker->rows->ids, gint64, i), &length);
        const AutoTrim *part = &g_array_index (trims, AutoTrim, t);
        if (text)
          trim (detail, text, length, i == start && !(special && part->behind[sequence]), part->add_prefix_space);
      }
}

static void
add_window (const AutoRowMaker *maker, int sequence, const AutoTokens *tokens, const AutoWindow *window)
{
  AutoRows *rows = maker->rows;
  gsize before = rows->ids->len, n = window->to - window->from;

  g_array_set_size (rows->ids, before + n);
  for (gsize i = 0; i < n; i++)
    g_array_index (rows->ids, gint64, before + i) = g_array_index (tokens->ids, gint32, window->from + i); /* less than 0 where a row has no token */
  for (guint k = 0; n && rows->columns && k < rows->columns->len; k++)
    g_array_append_vals (rows->columns->pdata[k], &g_array_index ((GArray *) tokens->columns->pdata[k], gint64, window->from), n);
  if (!rows->details)
    return;
  if (n)
    g_array_append_vals (rows->details, &g_array_index (tokens->details, AutoTokenDetail, window->from), n);
  trim_row (maker, sequence, before);
}

static guint32
type_of (const AutoPostProcessor *post, const AutoTemplatePiece *piece, int sequence, gboolean overflow, gboolean special)
{
  if (piece && (special || post->template_types) && !overflow)
    return piece->type_id;
  /* where nothing is added, the reference forgets the rows that overflow */
  return post->zero_types && (special || !overflow) ? 0 : sequence;
}

/* Whether a special token that is to stand there once is there already, at the end of the sequence before it. */
static gboolean
is_repeated (const AutoRowJob *job, const guint which[2], const GArray *pieces, guint i)
{
  const AutoTemplatePiece *piece = &g_array_index (pieces, AutoTemplatePiece, i), *before = i ? piece - 1 : NULL;

  if (!piece->once || !before || before->sequence < 0)
    return FALSE;
  const AutoWindow *window = &g_array_index (job->windows[before->sequence], AutoWindow, which[before->sequence]);
  return window->to > window->from && g_array_index (job->tokens[before->sequence]->ids, guint32, window->to - 1) == piece->ids[0];
}

/* Some classes leave the second of two texts out. */
static gboolean
shows (const GArray *pieces, int sequence)
{
  for (guint i = 0; i < pieces->len; i++)
    if (g_array_index (pieces, AutoTemplatePiece, i).sequence == sequence)
      return TRUE;
  return FALSE;
}

static gsize
row_length (const AutoRowMaker *maker, const AutoRowJob *job, const guint which[2])
{
  gboolean special = maker->settings->call.add_special_tokens;
  gsize n = special ? auto_post_processor_added (maker->post, job->tokens[1] != NULL) : 0;
  GArray *pieces = maker->post->pieces[job->tokens[1] != NULL];

  for (guint i = 0; special && pieces && i < pieces->len; i++)
    n -= is_repeated (job, which, pieces, i);

  for (int k = 0; k <= (job->tokens[1] != NULL); k++)
    {
      const AutoWindow *window = &g_array_index (job->windows[k], AutoWindow, which[k]);
      if (!pieces || !special || shows (pieces, k))
        n += window->to - window->from;
    }
  return n;
}

static void
add_padding (const AutoRowMaker *maker, gsize n)
{
  add_segment (maker->rows, AUTO_SEGMENT_PADDING, maker->settings->pad_type_id, n);
  for (gsize i = 0; i < n; i++)
    add_bare (maker, maker->settings->pad_id, maker->settings->pad_token, TRUE);
}

static void
add_sequence (const AutoRowMaker *maker, const AutoRowJob *job, const guint which[2], int sequence, const AutoTemplatePiece *piece)
{
  const AutoWindow *window = &g_array_index (job->windows[sequence], AutoWindow, which[sequence]);
  gboolean special = maker->settings->call.add_special_tokens;
  gsize n = window->to - window->from, prefix = 0;

  if (maker->slow && special && sequence == 0 && maker->slow->class->engine->prefix)
    prefix = maker->slow->class->engine->prefix (maker->slow, (const guint32 *) (gpointer) job->tokens[0]->ids->data + window->from, n);
  add_segment (maker->rows, sequence, 1, prefix);
  add_segment (maker->rows, sequence, type_of (maker->post, piece, sequence, which[sequence] > 0, special), n - prefix);
  add_window (maker, sequence, job->tokens[sequence], window);
}

static void
add_row (const AutoRowMaker *maker, const AutoRowJob *job, guint sample, const guint which[2], gsize padded)
{
  gboolean pair = job->tokens[1] != NULL, special = maker->settings->call.add_special_tokens;
  GArray *pieces = maker->python && !special ? NULL : maker->post->pieces[pair];
  gsize n = row_length (maker, job, which), missing = padded > n ? padded - n : 0;
  AutoRows *rows = maker->rows;
  guint first = rows->segments->len;

  if (maker->settings->padding_left)
    add_padding (maker, missing);
  for (guint i = 0; pieces && i < pieces->len; i++)
    {
      const AutoTemplatePiece *piece = &g_array_index (pieces, AutoTemplatePiece, i);
      if (piece->sequence >= 0)
        add_sequence (maker, job, which, piece->sequence, piece);
      else if (special && !is_repeated (job, which, pieces, i))
        {
          add_segment (rows, AUTO_SEGMENT_SPECIAL, piece->type_id, piece->n_ids);
          for (guint k = 0; k < piece->n_ids; k++)
            add_bare (maker, piece->ids[k], piece->texts[k], FALSE);
        }
    }
  for (int k = 0; k <= pair && !pieces; k++)
    add_sequence (maker, job, which, k, NULL);
  if (!maker->settings->padding_left)
    add_padding (maker, missing);
  if (maker->post->absent)
    show_sequences (rows, first, pair, which);
  gsize ids = rows->ids->len, segments = rows->segments->len;
  g_array_append_val (rows->starts, ids);
  g_array_append_val (rows->segment_starts, segments);
  g_array_append_val (rows->samples, sample);
}

static void
add_entities (const AutoRowMaker *maker, AutoRowJob *job)
{
  gsize kept[2] = { 0, 0 };

  for (int k = 0; k < 2 && job->windows[k]; k++)
    {
      const AutoWindow *window = &g_array_index (job->windows[k], AutoWindow, 0);
      kept[k] = window->to - window->from;
    }
  auto_entity_rows_add (maker->rows->entities, maker->settings, job->entities, kept);
}

static void
add_cut_word (AutoRows *rows, const AutoCutToken *token, const GArray *details)
{
  const AutoTokenDetail *detail = &g_array_index (details, AutoTokenDetail, token->at);
  gboolean first = token->at == 0 || detail[-1].word != detail->word, last = token->at + 1 == details->len;

  g_array_append_val (rows->cut_words, ((AutoCutWord){ detail->word, token->sequence, first, last }));
}

static void
add_cut (AutoRows *rows, const AutoRowJob *job)
{
  for (guint i = 0; job->cut && i < job->cut->len; i++)
    {
      const AutoCutToken *token = &g_array_index (job->cut, AutoCutToken, i);
      const AutoTokens *tokens = job->tokens[token->sequence];
      g_array_append_val (rows->overflow, ((gint64){ g_array_index (tokens->ids, guint32, token->at) }));
      if (rows->cut_words)
        add_cut_word (rows, token, tokens->details);
    }
  g_array_append_val (rows->overflow_starts, ((gsize){ rows->overflow->len }));
  g_array_append_val (rows->truncated, job->excess);
}

/* Which of two sequences stands first. */
static int
first_sequence (const AutoPostProcessor *post)
{
  for (guint i = 0; post->pieces[1] && i < post->pieces[1]->len; i++)
    if (g_array_index (post->pieces[1], AutoTemplatePiece, i).sequence >= 0)
      return g_array_index (post->pieces[1], AutoTemplatePiece, i).sequence;
  return 0;
}

/* The row, then what overflows, in the order in which the reference merges the two sequences' windows. */
static void
add_rows (const AutoRowMaker *maker, const AutoRowJob *job, guint sample, gsize padded)
{
  guint n[2] = { job->windows[0]->len, job->windows[1] ? job->windows[1]->len : 1 }, which[2] = { 0, 0 };
  int outer = first_sequence (maker->post), inner = !outer;

  add_row (maker, job, sample, which, padded);
  if (!maker->settings->call.return_overflowing_tokens)
    return;
  if (maker->python)
    {
      add_cut (maker->rows, job);
      return;
    }
  for (which[outer] = 1; which[outer] < n[outer]; which[outer]++)
    for (which[inner] = 0; which[inner] < n[inner]; which[inner]++)
      add_row (maker, job, sample, which, padded);
  which[outer] = 0;
  for (which[inner] = 1; which[inner] < n[inner]; which[inner]++)
    add_row (maker, job, sample, which, padded);
}

static gsize
padded_length (const AutoRowMaker *maker, GArray *jobs)
{
  const AutoTokenizerCall *call = &maker->settings->call;
  gsize n = 0, multiple = MAX (call->pad_to_multiple_of, 0);

  if (call->padding == AUTO_PADDING_NO)
    return 0;
  if (call->padding == AUTO_PADDING_MAX_LENGTH)
    n = call->max_length;
  else
    for (guint i = 0; i < jobs->len; i++)
      n = MAX (n, row_length (maker, &g_array_index (jobs, AutoRowJob, i), (guint[2]){ 0, 0 }));
  if (multiple > 0 && n % multiple > 0)
    n += multiple - n % multiple;
  return n;
}

static AutoTokens *
encode_part (const AutoRowMaker *maker, const AutoEncodeInput *inputs, gsize sample, gboolean second, gboolean detailed,
             AutoEntityList *list, GError **error)
{
  const AutoEncodeInput *input = &inputs[sample];

  if (input->ids)
    return take_ids (maker, input, sample, second, detailed, list);
  return maker->rows->entities && !input->words && input->n == 1
             ? encode_entities (maker, input, sample, second, detailed, list, error)
             : encode_input (maker->pipeline, input, detailed, maker->settings->call.as_target, error);
}

/* A text and its table. */
static gboolean
encode_table (const AutoRowMaker *maker, const AutoEncodeInput *input, gsize sample, gboolean detailed, AutoTableReader *reader,
              AutoRowJob *job, GError **error)
{
  gboolean apart = reader->slow->class->tables->apart;

  for (int k = 0; k <= apart; k++)
    job->table.tokens[k] = auto_tokens_new (detailed);
  if (!auto_table_reader_encode (reader, &maker->settings->call.tables, sample, input->texts[0], &job->table, error))
    return FALSE;
  for (int k = 0; k <= apart; k++)
    job->tokens[k] = g_steal_pointer (&job->table.tokens[k]);
  return TRUE;
}

static gboolean
encode_job (const AutoRowMaker *maker, const AutoEncodeInput *inputs, const AutoEncodeInput *pairs, gsize sample, gboolean detailed,
            AutoTableReader *reader, AutoRowJob *job, GError **error)
{
  if (maker->rows->tables)
    return encode_table (maker, &inputs[sample], sample, detailed, reader, job, error);
  if (!(job->tokens[0] = encode_part (maker, inputs, sample, FALSE, detailed, &job->entities[0], error))
      || (pairs && (pairs[sample].texts || pairs[sample].ids)
          && !(job->tokens[1] = encode_part (maker, pairs, sample, TRUE, detailed, &job->entities[1], error))))
    return FALSE;
  /* to a Python class, a question about a page without words is a text by itself */
  if (maker->slow && maker->settings->page && job->tokens[1] && !job->tokens[1]->ids->len)
    g_clear_pointer (&job->tokens[1], auto_tokens_free);
  return TRUE;
}

/* A class that drops rows can't make all texts short. */
static gboolean
check_length (const AutoRowMaker *maker, const AutoRowJob *job, GError **error)
{
  gint64 most = maker->settings->call.tables.most;
  gsize n = maker->rows->tables && most >= 0 ? row_length (maker, job, (guint[2]){ 0, 0 }) : 0;

  return n <= (gsize) most ? TRUE
                           : auto_row_fail (error, "the text and its table make %" G_GINT64_FORMAT " tokens, more than max-length %" G_GINT64_FORMAT
                                          "; set a larger max-length, or truncation to drop-rows-to-fit", n, most);
}

static void
finish_job (const AutoRowMaker *maker, AutoRowJob *job, guint sample, gsize padded)
{
  AutoRows *rows = maker->rows;

  add_rows (maker, job, sample, padded);
  if (rows->shortened)
    g_array_append_val (rows->shortened, job->shortened);
  if (rows->entities)
    add_entities (maker, job);
  if (rows->tables)
    auto_table_rows_add (rows->tables, &job->table);
  for (int k = 0; k < 2 && rows->details; k++)
    if (job->tokens[k])
      g_ptr_array_add (rows->tokens, g_steal_pointer (&job->tokens[k]));
}

/* Rows are made of an input's tokens at once, unless the longest of all decides about padding: their memory serves the next input. */
static gboolean
encode_jobs (const AutoRowMaker *maker, const AutoEncodeInput *inputs, const AutoEncodeInput *pairs, gsize n, GCancellable *cancellable,
             GError **error)
{
  AutoTableReader reader = { .slow = auto_pipeline_get_slow (maker->pipeline) };
  gboolean all = maker->settings->call.padding == AUTO_PADDING_LONGEST, good = TRUE;
  g_autoptr(GArray) jobs = g_array_new (FALSE, TRUE, sizeof (AutoRowJob));
  gsize padded = all ? 0 : padded_length (maker, jobs);

  g_array_set_clear_func (jobs, job_clear);
  for (gsize i = 0; i < n && good; i++)
    {
      g_array_set_size (jobs, jobs->len + 1);
      AutoRowJob *job = &g_array_index (jobs, AutoRowJob, jobs->len - 1);
      good = !g_cancellable_set_error_if_cancelled (cancellable, error)
             && encode_job (maker, inputs, pairs, i, maker->rows->details != NULL, &reader, job, error)
             && auto_row_job_truncate (job, maker, error) && check_length (maker, job, error);
      if (good && !all)
        {
          finish_job (maker, job, i, padded);
          g_array_set_size (jobs, 0);
        }
    }
  padded = good && all ? padded_length (maker, jobs) : 0;
  for (gsize i = 0; good && i < jobs->len; i++)
    finish_job (maker, &g_array_index (jobs, AutoRowJob, i), i, padded);
  auto_table_reader_clear (&reader);
  return good;
}

AutoRows *
auto_rows_new (AutoPipeline *pipeline, const AutoEncodeSettings *settings, const AutoEncodeInput *inputs, const AutoEncodeInput *pairs, gsize n,
               gboolean detailed, GCancellable *cancellable, GError **error)
{
  g_autoptr(AutoRows) rows = rows_new (inputs, n, detailed);
  AutoSlow *slow = auto_pipeline_get_slow (pipeline);
  const AutoPostProcessor *post = settings->post ? settings->post : auto_pipeline_get_post_processor (pipeline, settings->call.as_target);
  AutoRowMaker maker = { pipeline, settings, post, rows, slow, slow || settings->post };
  gsize zero = 0;

  if (slow && slow->entities && settings->call.entities.spans[0])
    rows->entities = auto_entity_rows_new (slow->entities, settings->padding_left);
  if (slow && slow->class->tables && !settings->post)
    rows->tables = auto_table_rows_new (slow->class->tables, &settings->call.tables);
  if (slow && slow->columns)
    rows->columns = auto_slow_columns_make (slow->columns);
  g_array_append_val (rows->starts, zero);
  g_array_append_val (rows->segment_starts, zero);
  rows->unmasked = slow && slow->class->unmasked;
  if (slow && slow->class->cuts_singly)
    rows->shortened = g_array_new (FALSE, FALSE, sizeof (gboolean));
  if (maker.python && settings->call.return_overflowing_tokens)
    {
      rows->overflow = g_array_new (FALSE, FALSE, sizeof (gint64));
      rows->overflow_starts = g_array_new (FALSE, FALSE, sizeof (gsize));
      rows->cut_words = detailed ? g_array_new (FALSE, FALSE, sizeof (AutoCutWord)) : NULL;
      rows->truncated = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_array_append_val (rows->overflow_starts, zero);
    }
  if (!encode_jobs (&maker, inputs, pairs, n, cancellable, error))
    return NULL;
  if (rows->entities)
    auto_entity_rows_pad (rows->entities, &settings->call);
  return g_steal_pointer (&rows);
}
