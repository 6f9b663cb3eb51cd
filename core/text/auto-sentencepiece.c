/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-sentencepiece.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "auto-sentencepiece-private.h"
#include "core/base/auto-errors.h"
#include "core/base/auto-io.h"
#include "../base/auto-message.h"
#include "../base/auto-utf8.h"

#define MAX_PIECES (1 << 24)
#define MAX_PIECE_LENGTH (1 << 16)

/* Protocol buffers: a message is a run of fields, each a number, a wire type and a value. */
typedef struct
{
  const guint8 *data;
  gsize length;
} Message;

typedef struct
{
  guint64 number;
  guint wire;
  guint64 varint; /* the bits of fixed ones too */
  Message bytes;
} Field;

typedef enum
{
  WIRE_VARINT = 0,
  WIRE_64 = 1,
  WIRE_BYTES = 2,
  WIRE_32 = 5,
} Wire;

typedef struct
{
  AutoSentencePiece *self;
  const char *name;
  GArray *pieces;
  GError *error;
} Reader;

static void G_GNUC_PRINTF (2, 3) fail (Reader *reader, const char *format, ...)
{
  va_list args;

  if (reader->error)
    return;
  va_start (args, format);
  g_autofree char *reason = auto_message_valist (format, args);
  va_end (args);
  g_set_error (&reader->error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: %s; is it a sentencepiece model?", reader->name, reason);
}

static gboolean
read_varint (Message *message, guint64 *value)
{
  *value = 0;
  for (guint shift = 0; shift < 70 && message->length > 0; shift += 7)
    {
      guint8 byte = *message->data++;
      message->length--;
      if (shift < 64)
        *value |= (guint64) (byte & 0x7f) << shift;
      if (byte < 0x80)
        return TRUE;
    }
  return FALSE;
}

static gboolean
read_fixed (Message *message, guint size, guint64 *value)
{
  if (message->length < size)
    return FALSE;
  *value = 0;
  for (guint i = 0; i < size; i++)
    *value |= (guint64) message->data[i] << (8 * i);
  message->data += size;
  message->length -= size;
  return TRUE;
}

/* FALSE at the end, and with the error set when the message is malformed. */
static gboolean
next_field (Reader *reader, Message *message, Field *field)
{
  guint64 key;
  gboolean ok;

  if (message->length == 0 || reader->error)
    return FALSE;
  *field = (Field){ 0 };
  ok = read_varint (message, &key);
  field->number = key >> 3;
  field->wire = key & 7;
  if (ok && field->wire == WIRE_VARINT)
    ok = read_varint (message, &field->varint);
  else if (ok && (field->wire == WIRE_64 || field->wire == WIRE_32))
    ok = read_fixed (message, field->wire == WIRE_64 ? 8 : 4, &field->varint);
  else if (ok && field->wire == WIRE_BYTES)
    {
      ok = read_varint (message, &field->varint) && field->varint <= message->length;
      if (ok)
        {
          field->bytes = (Message){ message->data, field->varint };
          message->data += field->varint;
          message->length -= field->varint;
        }
    }
  else
    ok = FALSE;
  if (!ok || field->number == 0)
    {
      fail (reader, "the file is cut short or malformed");
      return FALSE;
    }
  return TRUE;
}

/* Text of a field; the error is set when it is none. */
static const char *
field_text (Reader *reader, const Field *field, gsize limit)
{
  if (field->wire != WIRE_BYTES)
    fail (reader, "field %" G_GUINT64_FORMAT " should be text", field->number);
  else if (field->bytes.length > limit)
    fail (reader, "a text of %" G_GSIZE_FORMAT " bytes is too long", field->bytes.length);
  else if (auto_utf8_valid ((const char *) field->bytes.data, field->bytes.length) < field->bytes.length
           || memchr (field->bytes.data, 0, field->bytes.length))
    fail (reader, "a text is not UTF-8");
  if (reader->error)
    return "";
  return g_string_chunk_insert_len (reader->self->texts, (const char *) field->bytes.data, field->bytes.length);
}

static void
read_piece (Reader *reader, Message message)
{
  AutoPiece piece = { "", 0, 0, AUTO_PIECE_NORMAL };
  Field field;

  while (next_field (reader, &message, &field))
    {
      guint32 bits = (guint32) field.varint;
      if (field.number == 1)
        {
          piece.text = field_text (reader, &field, MAX_PIECE_LENGTH);
          piece.length = field.bytes.length;
        }
      else if (field.number == 2 && field.wire == WIRE_32)
        memcpy (&piece.score, &bits, sizeof piece.score);
      else if (field.number == 3 && field.wire == WIRE_VARINT)
        piece.type = field.varint >= AUTO_PIECE_NORMAL && field.varint <= AUTO_PIECE_BYTE ? (AutoPieceType) field.varint : 0;
    }
  if (reader->error)
    return;
  if (reader->pieces->len >= MAX_PIECES)
    fail (reader, "there are more than %d pieces", MAX_PIECES);
  else if (piece.length == 0)
    fail (reader, "piece %u is empty", reader->pieces->len);
  else if (piece.type == 0 || isnan (piece.score))
    fail (reader, "piece %u has no %s", reader->pieces->len, piece.type ? "score" : "type that is known");
  g_array_append_val (reader->pieces, piece);
}

static gint32
field_id (Reader *reader, const Field *field)
{
  gint64 id = (gint64) field->varint;

  if (field->wire != WIRE_VARINT || id < -1 || id > MAX_PIECES)
    {
      fail (reader, "an id is out of range");
      return -1;
    }
  return (gint32) id;
}

static void
read_trainer_spec (Reader *reader, Message message)
{
  AutoSentencePieceSpec *spec = &reader->self->spec;
  Field field;

  while (next_field (reader, &message, &field))
    switch (field.number)
      {
      case 3:
        if (field.varint < AUTO_SENTENCEPIECE_UNIGRAM || field.varint > AUTO_SENTENCEPIECE_CHAR)
          fail (reader, "model type %" G_GUINT64_FORMAT " is unknown", field.varint);
        else
          spec->model = (AutoSentencePieceModel) field.varint;
        break;
      case 22:
        spec->split_by_whitespace = field.varint != 0;
        break;
      case 24:
        spec->treat_whitespace_as_suffix = field.varint != 0;
        break;
      case 35:
        spec->byte_fallback = field.varint != 0;
        break;
      case 40:
        spec->unk_id = field_id (reader, &field);
        break;
      case 41:
        spec->bos_id = field_id (reader, &field);
        break;
      case 42:
        spec->eos_id = field_id (reader, &field);
        break;
      case 43:
        spec->pad_id = field_id (reader, &field);
        break;
      case 44:
        spec->unk_surface = field_text (reader, &field, MAX_PIECE_LENGTH);
        break;
      case 45:
        spec->unk_piece = field_text (reader, &field, MAX_PIECE_LENGTH);
        break;
      case 46:
        spec->bos_piece = field_text (reader, &field, MAX_PIECE_LENGTH);
        break;
      case 47:
        spec->eos_piece = field_text (reader, &field, MAX_PIECE_LENGTH);
        break;
      case 48:
        spec->pad_piece = field_text (reader, &field, MAX_PIECE_LENGTH);
        break;
      default:
        break;
      }
}

static void
read_normalizer_spec (Reader *reader, Message message)
{
  AutoSentencePiece *self = reader->self;
  Field field;

  while (next_field (reader, &message, &field))
    switch (field.number)
      {
      case 1:
        self->spec.normalizer = field_text (reader, &field, MAX_PIECE_LENGTH);
        break;
      case 2:
        g_clear_pointer (&self->charsmap_data, g_free);
        if (field.wire == WIRE_BYTES && field.bytes.length > 0)
          self->charsmap_data = g_memdup2 (field.bytes.data, field.bytes.length);
        self->spec.charsmap = self->charsmap_data;
        self->spec.charsmap_length = self->charsmap_data ? field.bytes.length : 0;
        break;
      case 3:
        self->spec.add_dummy_prefix = field.varint != 0;
        break;
      case 4:
        self->spec.remove_extra_whitespaces = field.varint != 0;
        break;
      case 5:
        self->spec.escape_whitespaces = field.varint != 0;
        break;
      default:
        break;
      }
}

static void
read_model (Reader *reader, Message message)
{
  Field field;

  while (next_field (reader, &message, &field))
    {
      if (field.wire != WIRE_BYTES)
        continue;
      if (field.number == 1)
        read_piece (reader, field.bytes);
      else if (field.number == 2)
        read_trainer_spec (reader, field.bytes);
      else if (field.number == 3)
        read_normalizer_spec (reader, field.bytes);
    }
}

static int
byte_of_piece (const AutoPiece *piece)
{
  if (piece->length != 6 || memcmp (piece->text, "<0x", 3) != 0 || piece->text[5] != '>' || !g_ascii_isxdigit (piece->text[3])
      || !g_ascii_isxdigit (piece->text[4]))
    return -1;
  return g_ascii_xdigit_value (piece->text[3]) * 16 + g_ascii_xdigit_value (piece->text[4]);
}

static gboolean
is_known (const AutoPiece *piece)
{
  return piece->type == AUTO_PIECE_NORMAL || piece->type == AUTO_PIECE_USER_DEFINED || piece->type == AUTO_PIECE_UNUSED;
}

static void
check_piece (Reader *reader, const AutoPiece *piece, gint32 id)
{
  AutoSentencePiece *self = reader->self;

  if (piece->type == AUTO_PIECE_UNKNOWN && self->unknown >= 0)
    fail (reader, "there are two unknown pieces");
  if (piece->type == AUTO_PIECE_UNKNOWN)
    self->unknown = id;
  if (piece->type == AUTO_PIECE_BYTE && byte_of_piece (piece) < 0)
    fail (reader, "the byte piece \"%.60s\" names no byte", piece->text);
  if (piece->type == AUTO_PIECE_NORMAL)
    {
      self->lowest = MIN (self->lowest, piece->score);
      self->highest = MAX (self->highest, piece->score);
    }
}

/* Says which piece is there twice: the later one gave the earlier one its id. */
static void
fail_twice (Reader *reader)
{
  const AutoSentencePiece *self = reader->self;

  for (gsize i = 0; i < self->n_pieces; i++)
    {
      const AutoPiece *piece = &self->pieces[i];
      gint64 id = auto_vocabulary_find (is_known (piece) ? self->known : self->reserved, piece->text, piece->length);
      if (id != (gint64) i)
        fail (reader, "the piece \"%.60s\" is there twice, as %d and as %d", piece->text, (int) i, (int) id);
    }
}

static void
index_pieces (Reader *reader)
{
  AutoSentencePiece *self = reader->self;
  gsize bytes = 0;

  self->unknown = -1;
  self->lowest = FLT_MAX;
  self->highest = FLT_MIN; /* the smallest positive number, as sentencepiece has it: scores are negative */
  auto_vocabulary_expect (self->known, self->n_pieces);
  for (gsize i = 0; i < self->n_pieces && !reader->error; i++)
    {
      const AutoPiece *piece = &self->pieces[i];
      AutoKey key = auto_key (piece->text, piece->length);
      bytes += piece->length;
      if (bytes > AUTO_TRIE_MOST_NODES - 1 || !auto_vocabulary_append (is_known (piece) ? self->known : self->reserved, &key, i))
        fail (reader, "the pieces are too many");
      if (piece->type == AUTO_PIECE_USER_DEFINED)
        auto_trie_add (&self->user_defined, piece->text, piece->length, i);
      check_piece (reader, piece, i);
    }
  auto_vocabulary_index (self->known);
  auto_vocabulary_index (self->reserved);
  if (!reader->error && auto_vocabulary_size (self->known) + auto_vocabulary_size (self->reserved) < self->n_pieces)
    fail_twice (reader);
  if (self->unknown < 0)
    fail (reader, "there is no unknown piece");
  for (int byte = 0; byte < 256 && !reader->error; byte++)
    {
      char text[8];
      g_snprintf (text, sizeof text, "<0x%02X>", byte);
      self->bytes[byte] = auto_sentencepiece_find (self, text, 6);
    }
}

const AutoTrie *
auto_sentencepiece_known_trie (const AutoSentencePiece *self)
{
  AutoSentencePiece *mutable = (AutoSentencePiece *) self;
  gsize length;
  guint id;

  if (!g_once_init_enter (&mutable->has_known_trie))
    return &self->known_trie;
  auto_trie_init_sized (&mutable->known_trie, auto_vocabulary_bytes (self->known) / 2);
  for (guint i = 0; i < auto_vocabulary_size (self->known); i++)
    {
      const char *piece = auto_vocabulary_nth (self->known, i, &length, &id);
      auto_trie_add (&mutable->known_trie, piece, length, id); /* never full: there are fewer bytes than it can have nodes */
    }
  g_once_init_leave (&mutable->has_known_trie, 1);
  return &self->known_trie;
}

void
auto_sentencepiece_prepare (const AutoSentencePiece *self)
{
  if (self->spec.model == AUTO_SENTENCEPIECE_UNIGRAM)
    auto_sentencepiece_known_trie (self);
}

static void
set_defaults (AutoSentencePieceSpec *spec)
{
  *spec = (AutoSentencePieceSpec){ .model = AUTO_SENTENCEPIECE_UNIGRAM,
                                   .split_by_whitespace = TRUE,
                                   .add_dummy_prefix = TRUE,
                                   .remove_extra_whitespaces = TRUE,
                                   .escape_whitespaces = TRUE,
                                   .bos_id = 1,
                                   .eos_id = 2,
                                   .pad_id = -1,
                                   .unk_piece = "<unk>",
                                   .bos_piece = "<s>",
                                   .eos_piece = "</s>",
                                   .pad_piece = "<pad>",
                                   .unk_surface = " \xe2\x81\x87 ",
                                   .normalizer = "" };
}

AutoSentencePiece *
auto_sentencepiece_new (GBytes *bytes, const char *name, GError **error)
{
  g_autoptr(AutoSentencePiece) self = g_new0 (AutoSentencePiece, 1);
  Reader reader = { .self = self, .name = name };
  Message message;

  set_defaults (&self->spec);
  self->texts = g_string_chunk_new (4096);
  self->known = auto_vocabulary_new ();
  self->reserved = auto_vocabulary_new ();
  auto_trie_init (&self->user_defined);
  reader.pieces = g_array_new (FALSE, FALSE, sizeof (AutoPiece));
  message.data = g_bytes_get_data (bytes, &message.length);
  read_model (&reader, message);
  self->n_pieces = reader.pieces->len;
  self->pieces = (AutoPiece *) (gpointer) g_array_free (reader.pieces, FALSE);
  if (!reader.error && self->n_pieces == 0)
    fail (&reader, "there are no pieces");
  if (!reader.error)
    index_pieces (&reader);
  if (!reader.error && self->charsmap_data)
    self->charsmap = auto_charsmap_new (self->charsmap_data, self->spec.charsmap_length, name, &reader.error);
  if (reader.error)
    {
      g_propagate_error (error, reader.error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

AutoSentencePiece *
auto_sentencepiece_read (const char *path, GError **error)
{
  g_autoptr(GBytes) bytes = auto_io_map (path, error);

  return bytes ? auto_sentencepiece_new (bytes, path, error) : NULL;
}

void
auto_sentencepiece_free (AutoSentencePiece *self)
{
  if (!self)
    return;
  auto_vocabulary_free (self->known);
  auto_vocabulary_free (self->reserved);
  auto_trie_clear (&self->known_trie);
  auto_trie_clear (&self->user_defined);
  auto_charsmap_free (self->charsmap);
  g_string_chunk_free (self->texts);
  g_free (self->charsmap_data);
  g_free (self->pieces);
  g_free (self);
}

const AutoSentencePieceSpec *
auto_sentencepiece_get_spec (const AutoSentencePiece *self)
{
  return &self->spec;
}

void
auto_sentencepiece_set_dummy_prefix (AutoSentencePiece *self, gboolean add)
{
  self->spec.add_dummy_prefix = add;
}

const AutoPiece *
auto_sentencepiece_get_pieces (const AutoSentencePiece *self, gsize *n_pieces)
{
  *n_pieces = self->n_pieces;
  return self->pieces;
}

gsize
auto_sentencepiece_match (const AutoTrie *trie, const char *text, gsize length, gint32 *value)
{
  gsize matched = 0;
  guint node = 0;

  for (gsize i = 0; i < length; i++)
    {
      node = auto_trie_step (trie, node, text[i]);
      if (node == AUTO_TRIE_NONE)
        break;
      if (trie->values[node] >= 0)
        {
          matched = i + 1;
          *value = trie->values[node];
        }
    }
  return matched;
}

gint32
auto_sentencepiece_find (const AutoSentencePiece *self, const char *piece, gsize length)
{
  gint64 id = auto_vocabulary_find (self->reserved, piece, length);

  if (id < 0)
    id = auto_vocabulary_find (self->known, piece, length);
  return id >= 0 ? (gint32) id : self->unknown;
}
