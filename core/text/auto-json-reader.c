/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-json-reader.h"

#include <math.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "../base/auto-utf8.h"

#define MAX_DEPTH 64

void
auto_json_reader_init (AutoJsonReader *self, const char *text, gsize length, const char *name)
{
  *self = (AutoJsonReader){ .name = name, .begin = text, .at = text, .end = text + length, .checked = text, .fresh = TRUE };
}

void
auto_json_reader_clear (AutoJsonReader *self)
{
  if (self->scratch)
    g_string_free (self->scratch, TRUE);
  self->scratch = NULL;
  g_clear_error (&self->error);
}

void
auto_json_reader_fail (AutoJsonReader *self, const char *reason)
{
  guint line = 1;

  if (self->error)
    return;
  for (const char *p = self->begin; p < self->at && p < self->end; p++)
    line += *p == '\n';
  g_set_error (&self->error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: %s (line %u, byte %" G_GSIZE_FORMAT ")", self->name, reason, line,
               (gsize) (self->at - self->begin));
}

static inline gboolean
is_space (char c)
{
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

#ifdef __SSE2__
/* Bits for those of the next 16 bytes that are spaces. */
static inline guint
space_bits (const char *at)
{
  __m128i bytes = _mm_loadu_si128 ((const __m128i *) at);
  __m128i spaces = _mm_or_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 (' ')), _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('\n')));

  spaces = _mm_or_si128 (spaces, _mm_or_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('\t')), _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('\r'))));
  return _mm_movemask_epi8 (spaces);
}
#endif

/* Most gaps are as long as one of the last two lengths that were met. To compare with those lets the processor go on before it has
 * found out. */
static void
skip_spaces (AutoJsonReader *self)
{
#ifdef __SSE2__
  for (; self->end - self->at >= 16; self->at += 16)
    {
      guint bits = space_bits (self->at), first = self->gaps[0], second = self->gaps[1];
      if ((bits & ((2u << first) - 1)) == (1u << first) - 1)
        self->at += first;
      else if ((bits & ((2u << second) - 1)) == (1u << second) - 1)
        self->at += second;
      else if (bits == 0xFFFF)
        continue;
      else
        {
          self->gaps[1] = first;
          self->gaps[0] = __builtin_ctz (~bits);
          self->at += self->gaps[0];
        }
      return;
    }
#endif
  while (self->at < self->end && is_space (*self->at))
    self->at++;
}

static inline void
skip_space (AutoJsonReader *self)
{
  if (self->at < self->end && (guchar) *self->at <= ' ')
    skip_spaces (self);
}

/* Goes to the next quotation mark or backslash, or the end. */
static inline void
skip_plain (AutoJsonReader *self)
{
#ifdef __SSE2__
  for (; self->end - self->at >= 16; self->at += 16)
    {
      __m128i bytes = _mm_loadu_si128 ((const __m128i *) self->at);
      guint stops = _mm_movemask_epi8 (_mm_or_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('"')), _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('\\'))));
      if (stops)
        {
          self->at += __builtin_ctz (stops);
          return;
        }
    }
#endif
  while (self->at < self->end && *self->at != '"' && *self->at != '\\')
    self->at++;
}

#define WINDOW (1 << 14) /* bytes that are checked ahead, and are still in the caches when they are read */

gboolean
auto_json_reader_check (AutoJsonReader *self, const char *start)
{
  if (self->at > self->checked)
    {
      const char *from = MAX (start, self->checked);
      self->checked = from + auto_utf8_valid (from, MIN (self->end - from, self->at - from + WINDOW));
    }
  return self->at <= self->checked;
}

gboolean
auto_json_reader_finish (AutoJsonReader *self, GError **error)
{
  if (!self->error)
    {
      skip_space (self);
      if (self->at < self->end)
        auto_json_reader_fail (self, "text after the end of the JSON value");
    }
  if (!self->error)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

AutoJsonKind
auto_json_reader_peek (AutoJsonReader *self)
{
  if (self->error)
    return AUTO_JSON_INVALID;
  skip_space (self);
  if (self->at == self->end)
    return AUTO_JSON_INVALID;
  switch (*self->at)
    {
    case '{':
      return AUTO_JSON_OBJECT;
    case '[':
      return AUTO_JSON_ARRAY;
    case '"':
      return AUTO_JSON_STRING;
    case 't':
    case 'f':
      return AUTO_JSON_BOOL;
    case 'n':
      return AUTO_JSON_NULL;
    case '-':
    case '0' ... '9':
    case 'N':
    case 'I':
      return AUTO_JSON_NUMBER;
    default:
      return AUTO_JSON_INVALID;
    }
}

static gboolean
enter (AutoJsonReader *self, char bracket, const char *wanted)
{
  if (self->error)
    return FALSE;
  skip_space (self);
  if (self->at == self->end || *self->at != bracket)
    {
      auto_json_reader_fail (self, wanted);
      return FALSE;
    }
  if (++self->depth > MAX_DEPTH)
    {
      auto_json_reader_fail (self, "nested too deeply");
      return FALSE;
    }
  self->at++;
  self->fresh = TRUE;
  return TRUE;
}

gboolean
auto_json_reader_enter_array (AutoJsonReader *self)
{
  return enter (self, '[', "an array was expected");
}

gboolean
auto_json_reader_enter_object (AutoJsonReader *self)
{
  return enter (self, '{', "an object was expected");
}

/* Steps over a comma, or leaves at the closing bracket. */
static gboolean
step (AutoJsonReader *self, char close)
{
  if (self->error)
    return FALSE;
  skip_space (self);
  if (self->at < self->end && *self->at == close)
    {
      self->at++;
      self->depth--;
      self->fresh = FALSE;
      return FALSE;
    }
  if (!self->fresh)
    {
      if (self->at == self->end || *self->at != ',')
        {
          auto_json_reader_fail (self, self->at == self->end ? "the text ends too early" : "a comma or a closing bracket was expected");
          return FALSE;
        }
      self->at++;
      skip_space (self);
    }
  self->fresh = FALSE;
  if (self->at == self->end)
    auto_json_reader_fail (self, "the text ends too early");
  return !self->error;
}

gboolean
auto_json_reader_next (AutoJsonReader *self)
{
  return step (self, ']');
}

gboolean
auto_json_reader_next_key (AutoJsonReader *self, const char **key, gsize *length)
{
  if (!step (self, '}') || !auto_json_reader_string (self, key, length))
    return FALSE;
  skip_space (self);
  if (self->at == self->end || *self->at != ':')
    {
      auto_json_reader_fail (self, "a colon was expected");
      return FALSE;
    }
  self->at++;
  return TRUE;
}

static gboolean
read_hex (AutoJsonReader *self, gunichar *value)
{
  *value = 0;
  if (self->end - self->at < 4)
    return FALSE;
  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (*self->at++);
      if (digit < 0)
        return FALSE;
      *value = *value << 4 | digit;
    }
  return TRUE;
}

/* After a backslash. */
static gboolean
read_escape (AutoJsonReader *self)
{
  static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  gunichar c, low;

  if (self->at == self->end)
    return FALSE;
  char letter = *self->at++;
  if (letter != 'u')
    {
      const char *found = letter ? strchr (plain, letter) : NULL;
      if (found)
        g_string_append_c (self->scratch, meant[found - plain]);
      return found != NULL;
    }
  if (!read_hex (self, &c))
    return FALSE;
  if (c >= 0xD800 && c < 0xDC00 && self->end - self->at >= 6 && self->at[0] == '\\' && self->at[1] == 'u')
    {
      self->at += 2;
      if (!read_hex (self, &low) || low < 0xDC00 || low > 0xDFFF)
        return FALSE;
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
  if (c >= 0xD800 && c < 0xE000)
    return FALSE;
  g_string_append_unichar (self->scratch, c);
  return TRUE;
}

/* From the first backslash at self->at on; what stood before it begins at @start. */
static gboolean
read_escaped (AutoJsonReader *self, const char *start, const char **text, gsize *length)
{
  if (!self->scratch)
    self->scratch = g_string_new (NULL);
  g_string_truncate (self->scratch, 0);
  g_string_append_len (self->scratch, start, self->at - start);
  while (self->at < self->end && *self->at != '"')
    if (*self->at == '\\')
      {
        self->at++;
        if (!read_escape (self))
          {
            auto_json_reader_fail (self, "a string has a malformed escape");
            return FALSE;
          }
      }
    else
      g_string_append_c (self->scratch, *self->at++);
  *text = self->scratch->str;
  *length = self->scratch->len;
  return TRUE;
}

gboolean
auto_json_reader_string (AutoJsonReader *self, const char **text, gsize *length)
{
  if (self->error)
    return FALSE;
  skip_space (self);
  if (self->at == self->end || *self->at != '"')
    {
      auto_json_reader_fail (self, "a string was expected");
      return FALSE;
    }

  const char *start = ++self->at;
  skip_plain (self);
  *text = start;
  *length = self->at - start;
  if (self->at < self->end && *self->at == '\\' && !read_escaped (self, start, text, length))
    return FALSE;
  if (self->at == self->end)
    {
      auto_json_reader_fail (self, "a string has no end");
      return FALSE;
    }
  if (self->at > self->checked && !auto_json_reader_check (self, start))
    {
      auto_json_reader_fail (self, "a string is no UTF-8");
      return FALSE;
    }
  self->at++;
  return TRUE;
}

static gboolean
read_word (AutoJsonReader *self, const char *word)
{
  gsize length = strlen (word);

  if ((gsize) (self->end - self->at) < length || memcmp (self->at, word, length) != 0)
    return FALSE;
  self->at += length;
  return TRUE;
}

/* Eight digits at once, where there are so many. */
static inline gboolean
read_eight_digits (const AutoJsonReader *self, guint64 *value)
{
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  const guint64 highs = G_GUINT64_CONSTANT (0xF0F0F0F0F0F0F0F0), zeros = G_GUINT64_CONSTANT (0x3030303030303030);
  guint64 eight;

  if (self->end - self->at < 8)
    return FALSE;
  memcpy (&eight, self->at, 8);
  if ((eight & highs) != zeros || ((eight + G_GUINT64_CONSTANT (0x0606060606060606)) & highs) != zeros)
    return FALSE;
  eight = (eight - zeros) * (10 << 8 | 1) >> 8 & G_GUINT64_CONSTANT (0x00FF00FF00FF00FF);
  eight = eight * (100 << 16 | 1) >> 16 & G_GUINT64_CONSTANT (0x0000FFFF0000FFFF);
  *value = eight * (G_GUINT64_CONSTANT (10000) << 32 | 1) >> 32;
  return TRUE;
#else
  return FALSE;
#endif
}

/* Digits are added to *@digits while they fit; what no longer fits is dropped. Returns how many there were, sets how many of them fitted. */
static gsize
read_digits (AutoJsonReader *self, guint64 *digits, gsize *fitted)
{
  const guint64 ten_to_8 = 100000000;
  const char *start = self->at;
  gboolean full = FALSE;
  guint64 eight;

  for (; *digits < G_MAXUINT64 / ten_to_8 && read_eight_digits (self, &eight); self->at += 8)
    *digits = *digits * ten_to_8 + eight;
  for (*fitted = self->at - start; self->at < self->end && g_ascii_isdigit (*self->at); self->at++)
    {
      guint digit = *self->at - '0';
      full = full || *digits > (G_MAXUINT64 - digit) / 10;
      if (full)
        continue;
      *digits = *digits * 10 + digit;
      ++*fitted;
    }
  return self->at - start;
}

static gint64
read_exponent (AutoJsonReader *self)
{
  guint64 value = 0;
  gsize fitted;

  if (self->at == self->end || (*self->at != 'e' && *self->at != 'E'))
    return 0;
  self->at++;
  gboolean minus = read_word (self, "-");
  if (!minus)
    read_word (self, "+");
  if (read_digits (self, &value, &fitted) == 0)
    auto_json_reader_fail (self, "a malformed number");
  value = MIN (value, G_MAXINT32);
  return minus ? -(gint64) value : (gint64) value;
}

static double
power_of_ten (guint exponent)
{
  static const double exact[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
  char text[8];

  if (exponent < G_N_ELEMENTS (exact))
    return exact[exponent];
  g_snprintf (text, sizeof text, "1e%u", exponent);
  return g_ascii_strtod (text, NULL);
}

/* Rounded twice, as the reference's reader does it: the last bit of a score can decide which of two ways through a word is the best. */
static double
scale (guint64 digits, gint64 exponent)
{
  double value = digits;

  for (; exponent < -308 && value != 0; exponent += 308)
    value /= 1e308;
  if (value == 0)
    return 0;
  if (exponent > 308)
    return INFINITY;
  return exponent < 0 ? value / power_of_ten (-exponent) : value * power_of_ten (exponent);
}

gboolean
auto_json_reader_double (AutoJsonReader *self, double *value)
{
  guint64 digits = 0;
  gsize whole, kept, fraction = 1, behind = 0;

  if (auto_json_reader_peek (self) != AUTO_JSON_NUMBER)
    {
      auto_json_reader_fail (self, "a number was expected");
      return FALSE;
    }
  gboolean minus = *self->at == '-';
  self->at += minus;
  if (self->at < self->end && !g_ascii_isdigit (*self->at) && (read_word (self, "Infinity") || read_word (self, "NaN")))
    {
      *value = self->at[-1] == 'N' ? NAN : minus ? -INFINITY : INFINITY;
      return TRUE;
    }
  whole = read_digits (self, &digits, &kept);
  if (whole && self->at < self->end && *self->at == '.')
    {
      self->at++;
      fraction = read_digits (self, &digits, &behind);
    }
  if (whole == 0 || fraction == 0)
    auto_json_reader_fail (self, "a malformed number");
  *value = scale (digits, (gint64) (whole - kept) - (gint64) behind + read_exponent (self));
  if (isinf (*value))
    auto_json_reader_fail (self, "a number is out of range");
  if (minus)
    *value = -*value;
  return !self->error;
}

gboolean
auto_json_reader_int (AutoJsonReader *self, gint64 *value)
{
  if (auto_json_reader_peek (self) != AUTO_JSON_NUMBER)
    {
      auto_json_reader_fail (self, "an integer was expected");
      return FALSE;
    }
  gboolean minus = *self->at == '-';
  guint64 n = 0;
  guint digits = 0;
  self->at += minus;
  for (; self->at < self->end && g_ascii_isdigit (*self->at); self->at++, digits++)
    n = digits < 18 ? n * 10 + (*self->at - '0') : G_MAXUINT64;
  if (digits == 0 || n == G_MAXUINT64 || (self->at < self->end && (*self->at == '.' || *self->at == 'e' || *self->at == 'E')))
    {
      auto_json_reader_fail (self, digits ? "an integer is out of range" : "an integer was expected");
      return FALSE;
    }
  *value = minus ? -(gint64) n : (gint64) n;
  return TRUE;
}

gboolean
auto_json_reader_bool (AutoJsonReader *self, gboolean *value)
{
  AutoJsonKind kind = auto_json_reader_peek (self);

  if (kind == AUTO_JSON_BOOL && ((*value = read_word (self, "true")) || read_word (self, "false")))
    return TRUE;
  auto_json_reader_fail (self, "true or false was expected");
  return FALSE;
}

gboolean
auto_json_reader_null (AutoJsonReader *self)
{
  if (auto_json_reader_peek (self) == AUTO_JSON_NULL && read_word (self, "null"))
    return TRUE;
  auto_json_reader_fail (self, "null was expected");
  return FALSE;
}

gboolean
auto_json_reader_skip (AutoJsonReader *self)
{
  const char *text;
  gsize length;
  double number;
  gboolean truth;

  switch (auto_json_reader_peek (self))
    {
    case AUTO_JSON_NULL:
      return auto_json_reader_null (self);
    case AUTO_JSON_BOOL:
      return auto_json_reader_bool (self, &truth);
    case AUTO_JSON_NUMBER:
      return auto_json_reader_double (self, &number);
    case AUTO_JSON_STRING:
      return auto_json_reader_string (self, &text, &length);
    case AUTO_JSON_ARRAY:
      for (auto_json_reader_enter_array (self); auto_json_reader_next (self);)
        auto_json_reader_skip (self);
      return !self->error;
    case AUTO_JSON_OBJECT:
      for (auto_json_reader_enter_object (self); auto_json_reader_next_key (self, &text, &length);)
        auto_json_reader_skip (self);
      return !self->error;
    default:
      auto_json_reader_fail (self, "a value was expected");
      return FALSE;
    }
}

gboolean
auto_json_reader_span (AutoJsonReader *self, const char **text, gsize *length)
{
  auto_json_reader_peek (self);
  *text = self->at;
  if (!auto_json_reader_skip (self))
    return FALSE;
  *length = self->at - *text;
  return TRUE;
}
