/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-post-processor.h"

#include "auto-parts.h"

static gboolean
fail (GError **error, const char *reason)
{
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "post_processor: %s", reason);
  return FALSE;
}

static void
piece_clear (gpointer data)
{
  AutoTemplatePiece *piece = data;

  g_free (piece->ids);
  g_strfreev (piece->texts);
}

static GArray *
pieces_new (void)
{
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (AutoTemplatePiece));

  g_array_set_clear_func (pieces, piece_clear);
  return pieces;
}

static void
set_pieces (AutoPostProcessor *self, int which, GArray *pieces)
{
  g_clear_pointer (&self->pieces[which], g_array_unref);
  self->pieces[which] = pieces;
}

static gboolean
is_id (JsonNode *node)
{
  return node && auto_json_is_int (node) && json_node_get_int (node) >= 0 && json_node_get_int (node) <= G_MAXINT32;
}

static void
add_sequence (GArray *pieces, int sequence, guint32 type_id)
{
  g_array_append_val (pieces, ((AutoTemplatePiece){ .sequence = sequence, .type_id = type_id }));
}

static void
add_special (GArray *pieces, const char *text, guint32 id, guint32 type_id)
{
  AutoTemplatePiece piece = { -1, type_id, g_new (guint32, 1), g_new0 (char *, 2), 1, FALSE };

  piece.ids[0] = id;
  piece.texts[0] = g_strdup (text);
  g_array_append_val (pieces, piece);
}

/* A member of the form ["[CLS]", 101]. */
static gboolean
read_pair (JsonObject *object, const char *key, const char **text, guint32 *id)
{
  JsonArray *pair = auto_json_array (object, key);

  if (!pair || json_array_get_length (pair) != 2 || !auto_json_is_string (json_array_get_element (pair, 0))
      || !is_id (json_array_get_element (pair, 1)))
    return FALSE;
  *text = json_array_get_string_element (pair, 0);
  *id = json_array_get_int_element (pair, 1);
  return TRUE;
}

static void
add_trim (AutoPostProcessor *self, JsonObject *object)
{
  AutoTrim trim = { auto_json_bool (object, "add_prefix_space", TRUE), { self->marks[0], self->marks[1] } };

  if (auto_json_bool (object, "trim_offsets", TRUE))
    g_array_append_val (self->trims, trim);
}

/* BertProcessing and RobertaProcessing: CLS A SEP, and then B SEP or SEP B SEP. */
static gboolean
read_pairwise (AutoPostProcessor *self, JsonObject *object, gboolean roberta, GError **error)
{
  const char *sep, *cls;
  guint32 sep_id, cls_id;

  if (!read_pair (object, "sep", &sep, &sep_id) || !read_pair (object, "cls", &cls, &cls_id))
    return fail (error, "\"sep\" and \"cls\" must be a token and its id");
  for (int pair = 0; pair < 2; pair++)
    {
      GArray *pieces = pieces_new ();
      add_special (pieces, cls, cls_id, 0);
      add_sequence (pieces, 0, 0);
      add_special (pieces, sep, sep_id, 0);
      if (pair && roberta)
        add_special (pieces, sep, sep_id, 0);
      if (pair)
        {
          add_sequence (pieces, 1, !roberta);
          add_special (pieces, sep, sep_id, !roberta);
        }
      set_pieces (self, pair, pieces);
    }
  self->template_types = FALSE;
  self->zero_types = roberta;
  if (roberta)
    add_trim (self, object);
  self->marks[0] = TRUE;
  self->marks[1] |= roberta;
  return TRUE;
}

static gboolean
read_special (JsonObject *tokens, const char *name, guint32 type_id, GArray *pieces, GError **error)
{
  JsonObject *token = tokens ? auto_json_object (tokens, name) : NULL;
  JsonArray *ids = token ? auto_json_array (token, "ids") : NULL, *texts = token ? auto_json_array (token, "tokens") : NULL;
  guint n = ids ? json_array_get_length (ids) : 0;

  if (!ids || !texts || json_array_get_length (texts) != n)
    return fail (error, "a template names a special token that \"special_tokens\" does not describe");
  AutoTemplatePiece piece = { -1, type_id, g_new0 (guint32, n), g_new0 (char *, n + 1), n, FALSE };
  gboolean good = TRUE;
  for (guint i = 0; i < n && good; i++)
    {
      good = is_id (json_array_get_element (ids, i)) && auto_json_is_string (json_array_get_element (texts, i));
      piece.ids[i] = good ? json_array_get_int_element (ids, i) : 0;
      piece.texts[i] = good ? g_strdup (json_array_get_string_element (texts, i)) : NULL;
    }
  g_array_append_val (pieces, piece);
  return good || fail (error, "\"special_tokens\": ids must be integers from 0 on and tokens strings");
}

static gboolean
read_piece (JsonNode *node, JsonObject *tokens, int which, GArray *pieces, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObject *special = object ? auto_json_object (object, "SpecialToken") : NULL, *sequence = object ? auto_json_object (object, "Sequence") : NULL;
  JsonObject *inner = special ? special : sequence;
  const char *id = inner ? auto_json_string (inner, "id") : NULL;

  if (!id || !is_id (auto_json_member (inner, "type_id")))
    return fail (error, "a piece of a template is neither a \"Sequence\" nor a \"SpecialToken\" with \"id\" and \"type_id\"");
  guint32 type_id = auto_json_int (inner, "type_id", 0);
  if (special)
    return read_special (tokens, id, type_id, pieces, error);
  int number = g_str_equal (id, "B");
  if (number > which || !(number || g_str_equal (id, "A")))
    return fail (error, "a template names a sequence other than A, and B in \"pair\"");
  add_sequence (pieces, number, type_id);
  return TRUE;
}

static gboolean
read_template (AutoPostProcessor *self, JsonObject *object, GError **error)
{
  static const char *const keys[] = { "single", "pair" };

  for (int which = 0; which < 2; which++)
    {
      JsonArray *array = auto_json_array (object, keys[which]);
      GArray *pieces = pieces_new ();
      set_pieces (self, which, pieces);
      if (!array)
        return fail (error, "TemplateProcessing without \"single\" or \"pair\"");
      for (guint i = 0; i < json_array_get_length (array); i++)
        if (!read_piece (json_array_get_element (array, i), auto_json_object (object, "special_tokens"), which, pieces, error))
          return FALSE;
    }
  self->template_types = TRUE;
  self->zero_types = FALSE;
  return TRUE;
}

typedef enum
{
  TEMPLATE,
  BERT,
  ROBERTA,
  BYTE_LEVEL,
} Kind;

static const char *const types[] = { "TemplateProcessing", "BertProcessing", "RobertaProcessing", "ByteLevel", NULL };

static gboolean
read_part (gpointer data, guint type, JsonObject *object, GError **error)
{
  AutoPostProcessor *self = data;

  switch ((Kind) type)
    {
    case TEMPLATE:
      return read_template (self, object, error);
    case BERT:
      return read_pairwise (self, object, FALSE, error);
    case ROBERTA: /* what was written before the two others existed is read as BertProcessing */
      return read_pairwise (self, object,
                            json_object_has_member (object, "trim_offsets") && json_object_has_member (object, "add_prefix_space"), error);
    case BYTE_LEVEL:
      add_trim (self, object);
      break;
    }
  return TRUE;
}

AutoPostProcessor *
auto_post_processor_new (JsonNode *description, GError **error)
{
  static const AutoPartMembers untyped[] = { { ROBERTA, { "sep", "cls" } }, { TEMPLATE, { "single", "pair", "special_tokens" } } };
  static const AutoPartReader reader = { "post_processor", "processors", types, read_part, untyped, G_N_ELEMENTS (untyped) };
  g_autoptr(AutoPostProcessor) self = g_new0 (AutoPostProcessor, 1);

  self->ref_count = 1;
  self->trims = g_array_new (FALSE, FALSE, sizeof (AutoTrim));
  self->absent = !description || JSON_NODE_HOLDS_NULL (description);
  if (!self->absent && !auto_parts_read (&reader, description, self, error))
    return NULL;
  return g_steal_pointer (&self);
}

AutoPostProcessor *
auto_post_processor_new_plain (void)
{
  AutoPostProcessor *self = g_new0 (AutoPostProcessor, 1);

  self->ref_count = 1;
  self->trims = g_array_new (FALSE, FALSE, sizeof (AutoTrim));
  self->zero_types = TRUE;
  set_pieces (self, 0, pieces_new ());
  set_pieces (self, 1, pieces_new ());
  return self;
}

void
auto_post_processor_add (AutoPostProcessor *self, gboolean pair, int sequence, guint32 type_id, const char *text, guint32 id)
{
  if (sequence >= 0)
    add_sequence (self->pieces[pair], sequence, type_id);
  else
    add_special (self->pieces[pair], text, id, type_id);
}

AutoPostProcessor *
auto_post_processor_for_ids (const AutoPostProcessor *self)
{
  AutoPostProcessor *plain = auto_post_processor_new_plain ();

  for (int pair = 0; pair < 2; pair++)
    if (self->pieces[pair])
      set_pieces (plain, pair, g_array_ref (self->pieces[pair]));
    else
      for (int k = 0; k <= pair; k++)
        add_sequence (plain->pieces[pair], k, k);
  return plain;
}

AutoPostProcessor *
auto_post_processor_ref (AutoPostProcessor *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
auto_post_processor_unref (AutoPostProcessor *self)
{
  if (!self || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  for (int which = 0; which < 2; which++)
    g_clear_pointer (&self->pieces[which], g_array_unref);
  g_array_unref (self->trims);
  g_free (self);
}

guint
auto_post_processor_added (const AutoPostProcessor *self, gboolean pair)
{
  GArray *pieces = self->pieces[pair != 0];
  guint n = 0;

  for (guint i = 0; pieces && i < pieces->len; i++)
    if (g_array_index (pieces, AutoTemplatePiece, i).sequence < 0)
      n += g_array_index (pieces, AutoTemplatePiece, i).n_ids;
  return n;
}
