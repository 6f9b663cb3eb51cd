/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-scanner.h"

#include <string.h>

#include "auto-unicode.h"

/* What the word patterns ask of a character; one class for each. */
typedef enum
{
  LETTER,
  NUMBER,
  SPACE, /* \s */
  OTHER,
} Class;

static const guint8 ascii_class[128] = {
  [0 ... 8] = OTHER,    ['\t' ... '\r'] = SPACE, [14 ... 31] = OTHER,   [' '] = SPACE,          ['!' ... '/'] = OTHER,   ['0' ... '9'] = NUMBER,
  [':' ... '@'] = OTHER, ['A' ... 'Z'] = LETTER, ['[' ... '`'] = OTHER, ['a' ... 'z'] = LETTER, ['{' ... 127] = OTHER,
};

/* @marked: marks are letters. */
static inline Class
class_with (const char *text, guint *size, gboolean marked)
{
  if ((guchar) *text < 0x80)
    return *size = 1, ascii_class[(guchar) *text];
  guint32 flags = auto_char_flags (auto_utf8_get (text, size));
  guint category = flags >> 9 & 31;
  if (category <= (guint) (marked ? AUTO_CATEGORY_ME : AUTO_CATEGORY_LO))
    return LETTER;
  if (category >= AUTO_CATEGORY_ND && category <= AUTO_CATEGORY_NO)
    return NUMBER;
  return flags & AUTO_CHAR_REGEX_SPACE ? SPACE : OTHER;
}

static inline Class
class_at (const char *text, guint *size)
{
  return class_with (text, size, FALSE);
}

/* End of the run of @class from @at on, of at most @most characters. */
static inline gsize
run_end_with (const char *text, gsize length, gsize at, Class class, guint most, gboolean marked)
{
  guint size;

  for (; at < length && most && class_with (text + at, &size, marked) == class; most--)
    at += size;
  return at;
}

static inline gsize
run_end (const char *text, gsize length, gsize at, Class class, guint most)
{
  return run_end_with (text, length, at, class, most, FALSE);
}

gsize
auto_scan_contraction (const char *text, gsize length, gboolean folded)
{
  if (length < 2 || text[0] != '\'')
    return 0;
  char first = folded ? g_ascii_tolower (text[1]) : text[1];
  if (first == 's' || first == 't' || first == 'm' || first == 'd')
    return 2;
  if (folded && length >= 3 && text[1] == '\xc5' && text[2] == '\xbf') /* U+017F folds to s */
    return 3;
  if (length < 3)
    return 0;
  char second = folded ? g_ascii_tolower (text[2]) : text[2];
  return (first == 'r' && second == 'e') || (first == 'v' && second == 'e') || (first == 'l' && second == 'l') ? 3 : 0;
}

/* \s+(?!\S)|\s+: the run of spaces, without its last character when something follows it. */
static gsize
spaces (const char *text, gsize length)
{
  gsize end = run_end (text, length, 0, SPACE, G_MAXUINT);

  if (end == length)
    return end;
  gsize shorter = auto_utf8_previous (text + end) - text;
  return shorter ? shorter : end;
}

/* \s*[\r\n]+|\s+(?!\S)|\s+ */
static gsize
lines_or_spaces (const char *text, gsize length)
{
  gsize end = run_end (text, length, 0, SPACE, G_MAXUINT), line = end;

  while (line > 0 && text[line - 1] != '\n' && text[line - 1] != '\r')
    line = auto_utf8_previous (text + line) - text;
  return line ? line : spaces (text, length);
}

gsize
auto_scan_gpt2 (const char *text, gsize length)
{
  guint size;
  gsize n = auto_scan_contraction (text, length, FALSE);

  if (n)
    return n;
  gsize start = text[0] == ' ' && length > 1;
  Class class = class_at (text + start, &size);
  if (class != SPACE)
    return run_end (text, length, start + size, class, G_MAXUINT);
  return spaces (text, length);
}

static inline gboolean
is_newline (char c)
{
  return c == '\r' || c == '\n';
}

/* The family of cl100k_base, whose members differ in how many digits go together and in whether marks are letters. */
static inline gsize
scan_cl100k (const char *text, gsize length, guint most_digits, gboolean marked)
{
  guint size, next;
  gsize n = auto_scan_contraction (text, length, TRUE);

  if (n)
    return n;
  Class class = class_with (text, &size, marked);
  if (class == LETTER)
    return run_end_with (text, length, size, LETTER, G_MAXUINT, marked);
  if (class == NUMBER)
    return run_end (text, length, 0, NUMBER, most_digits);
  if (!is_newline (text[0]) && size < length && class_with (text + size, &next, marked) == LETTER)
    return run_end_with (text, length, size + next, LETTER, G_MAXUINT, marked);
  gsize start = text[0] == ' ' && length > 1;
  if (class_with (text + start, &size, marked) == OTHER)
    {
      for (n = run_end_with (text, length, start + size, OTHER, G_MAXUINT, marked); n < length && is_newline (text[n]);)
        n++;
      return n;
    }
  return lines_or_spaces (text, length);
}

static gsize
scan_llama3 (const char *text, gsize length)
{
  return scan_cl100k (text, length, 3, FALSE);
}

static gsize
scan_qwen2 (const char *text, gsize length)
{
  return scan_cl100k (text, length, 1, FALSE);
}

static gsize
scan_qwen35 (const char *text, gsize length)
{
  return scan_cl100k (text, length, 1, TRUE);
}

static gsize
scan_clip (const char *text, gsize length)
{
  guint size;
  gsize n = auto_scan_contraction (text, length, FALSE);

  if (n)
    return n;
  Class class = class_at (text, &size);
  return class == SPACE ? 0 : run_end (text, length, size, class, class == NUMBER ? 0 : G_MAXUINT);
}

/* Upper and lower in the sense of o200k_base, where modifiers, uncased letters and marks are both. */
static inline void
case_at (const char *text, guint *size, gboolean *upper, gboolean *lower)
{
  guint category = auto_char_category (auto_utf8_get (text, size));
  gboolean both = category >= AUTO_CATEGORY_LM && category <= AUTO_CATEGORY_ME;

  *upper = both || category == AUTO_CATEGORY_LU || category == AUTO_CATEGORY_LT;
  *lower = both || category == AUTO_CATEGORY_LL;
}

/* U*L+ from @at on, in bytes; 0 when there is none. */
static gsize
word_with_lower (const char *text, gsize length, gsize at)
{
  guint size;
  gboolean upper, lower;
  gsize uppers = at, end, both_end = 0;

  for (; uppers < length; uppers += size)
    {
      case_at (text + uppers, &size, &upper, &lower);
      if (!upper)
        break;
      if (lower)
        both_end = uppers + size;
    }
  for (end = uppers; end < length; end += size)
    {
      case_at (text + end, &size, &upper, &lower);
      if (!lower)
        break;
    }
  return end > uppers ? end : both_end; /* a character that is both can serve as the lower-case part */
}

/* U+L* likewise, where U*L+ has failed: no character of the upper-case run is lower as well. */
static gsize
word_of_upper (const char *text, gsize length, gsize at)
{
  guint size;
  gboolean upper, lower;
  gsize end = at;

  for (; end < length; end += size)
    {
      case_at (text + end, &size, &upper, &lower);
      if (!upper)
        break;
    }
  return end > at ? end : 0;
}

/* The family of o200k_base, whose members differ in whether contractions belong to their words and in how many digits go together. */
static inline gsize
scan_cased (const char *text, gsize length, gboolean contracted, guint most_digits)
{
  guint size, next;
  Class class = class_at (text, &size);
  gsize n = 0;

  if (class != NUMBER && !is_newline (text[0]))
    {
      gboolean prefix = class != LETTER && size < length;
      if (prefix)
        n = word_with_lower (text, length, size);
      if (!n)
        n = word_with_lower (text, length, 0);
      if (!n && prefix)
        n = word_of_upper (text, length, size);
      if (!n)
        n = word_of_upper (text, length, 0);
      if (n)
        return n + (contracted ? auto_scan_contraction (text + n, length - n, TRUE) : 0);
    }
  if (class == NUMBER)
    return run_end (text, length, 0, NUMBER, most_digits);
  gsize start = text[0] == ' ' && length > 1;
  if (class_at (text + start, &next) == OTHER)
    {
      for (n = run_end (text, length, start + next, OTHER, G_MAXUINT); n < length && (is_newline (text[n]) || text[n] == '/');)
        n++;
      return n;
    }
  return lines_or_spaces (text, length);
}

static gsize
scan_o200k (const char *text, gsize length)
{
  return scan_cased (text, length, TRUE, 3);
}

static gsize
scan_tekken (const char *text, gsize length)
{
  return scan_cased (text, length, FALSE, 1);
}

/* What DeepSeek's pattern asks of a character. */
typedef enum
{
  WORD, /* letters and marks */
  SIGN, /* punctuation and symbols */
  REST,
} SignClass;

static inline SignClass
sign_class_at (const char *text, guint *size)
{
  guint category = auto_char_category (auto_utf8_get (text, size));

  return category <= AUTO_CATEGORY_ME ? WORD : category >= AUTO_CATEGORY_PC && category <= AUTO_CATEGORY_SO ? SIGN : REST;
}

static inline gsize
sign_run_end (const char *text, gsize length, gsize at, SignClass class)
{
  guint size;

  while (at < length && sign_class_at (text + at, &size) == class)
    at += size;
  return at;
}

/* 0 at a number or a control that no letter follows. */
static gsize
scan_deepseek_v3 (const char *text, gsize length)
{
  guint size, next;
  SignClass class = sign_class_at (text, &size);

  if (class == SIGN && (guchar) text[0] < 0x80 && length > 1 && g_ascii_isalpha (text[1]))
    {
      gsize n = 2;
      while (n < length && g_ascii_isalpha (text[n]))
        n++;
      return n;
    }
  if (class == WORD)
    return sign_run_end (text, length, size, WORD);
  if (class == REST && !is_newline (text[0]) && size < length && sign_class_at (text + size, &next) == WORD)
    return sign_run_end (text, length, size + next, WORD);
  gsize start = text[0] == ' ' && length > 1;
  if (sign_class_at (text + start, &next) == SIGN)
    {
      gsize n = sign_run_end (text, length, start + next, SIGN);
      while (n < length && is_newline (text[n]))
        n++;
      return n;
    }
  return class_at (text, &size) == SPACE ? lines_or_spaces (text, length) : 0;
}

AutoScanBlock
auto_scanner_get_block (AutoScanner scanner)
{
  return scanner == auto_scan_gpt2  ? AUTO_SCAN_BLOCK_GPT2
         : scanner == scan_llama3 ? AUTO_SCAN_BLOCK_CL100K
         : scanner == scan_qwen2 || scanner == scan_qwen35 ? AUTO_SCAN_BLOCK_QWEN2
         : scanner == scan_o200k  ? AUTO_SCAN_BLOCK_O200K
                                  : AUTO_SCAN_BLOCK_NONE;
}

gboolean
auto_scanner_ignores_case (AutoScanner scanner)
{
  return scanner == auto_scan_gpt2 || scanner == scan_llama3 || scanner == scan_qwen2 || scanner == scan_qwen35
         || scanner == scan_deepseek_v3;
}

gboolean
auto_scanner_minds_case (AutoScanner scanner)
{
  return scanner == scan_o200k || scanner == scan_tekken;
}

gboolean
auto_scanner_leaves_out (AutoScanner scanner)
{
  return scanner == scan_clip || scanner == scan_deepseek_v3;
}

AutoScanner
auto_scanner_recognize (const char *expression)
{
#define WORDS "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
#define UPPER "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]"
#define LOWER "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]"
#define CL100K(digits) WORDS "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" digits "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
#define CASED(words, digits) \
  "[^\\r\\n\\p{L}\\p{N}]?" UPPER "*" LOWER "+" words "|[^\\r\\n\\p{L}\\p{N}]?" UPPER "+" LOWER "*" words "|" digits \
  "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
  static const struct
  {
    const char *expression;
    AutoScanner scanner;
  } known[] = {
    { "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", auto_scan_gpt2 },
    { CL100K ("\\p{N}{1,3}"), scan_llama3 },
    { CL100K ("\\p{N}"), scan_qwen2 },
    { WORDS "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+", scan_qwen35 },
    { "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+", scan_clip },
    { CASED (WORDS "?", "\\p{N}{1,3}"), scan_o200k },
    { CASED ("", "\\p{N}"), scan_tekken },
    { "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*"
      "|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
      scan_deepseek_v3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (expression, known[i].expression))
      return known[i].scanner;
  return NULL;
}
