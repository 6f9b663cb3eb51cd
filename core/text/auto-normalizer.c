/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-normalizer-private.h"

#include <string.h>

#include "auto-byte-level.h"
#include "auto-compose.h"
#include "auto-parts.h"

static void
step_clear (gpointer data)
{
  AutoNormalizerStep *step = data;

  g_free (step->content);
  auto_pattern_free (step->pattern);
  auto_charsmap_free (step->charsmap);
}

static gboolean
read_bert (AutoNormalizerStep *step, JsonObject *object)
{
  JsonNode *strip = auto_json_member (object, "strip_accents");

  step->bert.clean_text = auto_json_bool (object, "clean_text", TRUE);
  step->bert.handle_chinese = auto_json_bool (object, "handle_chinese_chars", TRUE);
  step->bert.lowercase = auto_json_bool (object, "lowercase", TRUE);
  step->bert.strip_accents = strip && auto_json_is_bool (strip) ? json_node_get_boolean (strip) : step->bert.lowercase;
  return TRUE;
}

static gboolean
read_precompiled (AutoNormalizerStep *step, JsonObject *object, GError **error)
{
  const char *text = auto_json_string (object, "precompiled_charsmap");
  gsize length = 0;
  g_autofree guint8 *data = g_base64_decode (text ? text : "", &length);

  if (length)
    step->charsmap = auto_charsmap_new (data, length, "normalizer", error);
  return length == 0 || step->charsmap;
}

static gboolean
read_replace (AutoNormalizerStep *step, JsonObject *object, GError **error)
{
  const char *content = auto_json_string (object, "content");

  if (!content)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "normalizer: Replace without a \"content\"");
      return FALSE;
    }
  step->content = g_strdup (content);
  return (step->pattern = auto_pattern_new_from_json (object, "normalizer: Replace", error)) != NULL;
}

static gboolean
read_step (AutoNormalizerStep *step, JsonObject *object, GError **error)
{
  switch (step->kind)
    {
    case AUTO_NORMALIZER_BERT:
      return read_bert (step, object);
    case AUTO_NORMALIZER_STRIP:
      step->left = auto_json_bool (object, "strip_left", TRUE);
      step->right = auto_json_bool (object, "strip_right", TRUE);
      return TRUE;
    case AUTO_NORMALIZER_PREPEND:
      step->content = g_strdup (auto_json_string (object, "prepend") ? auto_json_string (object, "prepend") : "");
      return TRUE;
    case AUTO_NORMALIZER_REPLACE:
      return read_replace (step, object, error);
    case AUTO_NORMALIZER_PRECOMPILED:
      return read_precompiled (step, object, error);
    default:
      return TRUE;
    }
}

static const char *const types[] = { "NFD", "NFKD", "NFC", "NFKC", "BertNormalizer", "Lowercase", "Strip", "StripAccents", "Nmt", "Prepend",
                                     "Replace", "Precompiled", "ByteLevel", NULL };

static gboolean
read_part (gpointer self, guint type, JsonObject *object, GError **error)
{
  static const AutoNormalizerStep kinds[] = { { .kind = AUTO_NORMALIZER_FORM },
                                              { .kind = AUTO_NORMALIZER_FORM, .compatible = TRUE },
                                              { .kind = AUTO_NORMALIZER_FORM, .compose = TRUE },
                                              { .kind = AUTO_NORMALIZER_FORM, .compatible = TRUE, .compose = TRUE },
                                              { .kind = AUTO_NORMALIZER_BERT },
                                              { .kind = AUTO_NORMALIZER_LOWERCASE },
                                              { .kind = AUTO_NORMALIZER_STRIP },
                                              { .kind = AUTO_NORMALIZER_STRIP_ACCENTS },
                                              { .kind = AUTO_NORMALIZER_NMT },
                                              { .kind = AUTO_NORMALIZER_PREPEND },
                                              { .kind = AUTO_NORMALIZER_REPLACE },
                                              { .kind = AUTO_NORMALIZER_PRECOMPILED },
                                              { .kind = AUTO_NORMALIZER_BYTE_LEVEL } };
  G_STATIC_ASSERT (G_N_ELEMENTS (kinds) + 1 == G_N_ELEMENTS (types));
  AutoNormalizerStep step = kinds[type];
  gboolean good = read_step (&step, object, error);

  g_array_append_val (((AutoNormalizer *) self)->steps, step);
  return good;
}

AutoNormalizer *
auto_normalizer_new (JsonNode *description, GError **error)
{
  enum { BERT = 4, STRIP = 6, PREPEND = 9, REPLACE = 10, PRECOMPILED = 11 }; /* in types */
  static const AutoPartMembers untyped[] = { { BERT, { "clean_text", "handle_chinese_chars", "lowercase" } },
                                             { STRIP, { "strip_left", "strip_right" } },
                                             { AUTO_PART_SEQUENCE, { "normalizers" } },
                                             { PRECOMPILED, { "precompiled_charsmap" } },
                                             { REPLACE, { "pattern", "content" } },
                                             { PREPEND, { "prepend" } } };
  static const AutoPartReader reader = { "normalizer", "normalizers", types, read_part, untyped, G_N_ELEMENTS (untyped) };
  g_autoptr(AutoNormalizer) self = g_new0 (AutoNormalizer, 1);

  self->steps = g_array_new (FALSE, FALSE, sizeof (AutoNormalizerStep));
  g_array_set_clear_func (self->steps, step_clear);
  return auto_parts_read (&reader, description, self, error) ? g_steal_pointer (&self) : NULL;
}

void
auto_normalizer_free (AutoNormalizer *self)
{
  if (!self)
    return;
  g_array_unref (self->steps);
  g_free (self);
}

gboolean
auto_char_is_chinese (gunichar c)
{
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B73F)
         || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

/* Drops the characters with any of the properties. */
static void
keep_without (AutoRewrite *rewrite, guint32 properties)
{
  const char *text = rewrite->source->text;
  guint size;

  for (gsize at = rewrite->begin; at < rewrite->end; at += size)
    {
      gunichar c = auto_utf8_get (text + at, &size);
      if (auto_char_is (c, properties))
        auto_rewrite_drop (rewrite, 1);
      else
        auto_rewrite_put (rewrite, c, AUTO_REWRITE_REPLACE);
    }
}

static void
clean_text (AutoRewrite *rewrite)
{
  const char *text = rewrite->source->text;
  guint size;

  for (gsize at = rewrite->begin; at < rewrite->end; at += size)
    {
      gunichar c = auto_utf8_get (text + at, &size);
      if (auto_char_is (c, AUTO_CHAR_CONTROL))
        auto_rewrite_drop (rewrite, 1);
      else
        auto_rewrite_put (rewrite, auto_char_is (c, AUTO_CHAR_SPACE) ? ' ' : c, AUTO_REWRITE_REPLACE);
    }
}

static void
separate_chinese (AutoRewrite *rewrite)
{
  const char *text = rewrite->source->text;
  guint size;

  for (gsize at = rewrite->begin; at < rewrite->end; at += size)
    {
      gunichar c = auto_utf8_get (text + at, &size);
      gboolean chinese = auto_char_is_chinese (c);
      if (chinese)
        auto_rewrite_put (rewrite, ' ', AUTO_REWRITE_REPLACE);
      auto_rewrite_put (rewrite, c, chinese ? AUTO_REWRITE_NEW : AUTO_REWRITE_REPLACE);
      if (chinese)
        auto_rewrite_put (rewrite, ' ', AUTO_REWRITE_NEW);
    }
}

static void
lowercase (AutoRewrite *rewrite)
{
  const char *text = rewrite->source->text;
  gunichar lower[3];
  guint size;

  for (gsize at = rewrite->begin; at < rewrite->end; at += size)
    {
      guint n = auto_char_lower (auto_utf8_get (text + at, &size), lower);
      for (guint i = 0; i < n; i++)
        auto_rewrite_put (rewrite, lower[i], i ? AUTO_REWRITE_NEW : AUTO_REWRITE_REPLACE);
    }
}

static void
strip (AutoRewrite *rewrite, gboolean left, gboolean right)
{
  const char *text = rewrite->source->text;
  gsize from = rewrite->begin, to = rewrite->end;
  guint size;

  for (; left && from < to && auto_char_is (auto_utf8_get (text + from, &size), AUTO_CHAR_SPACE); from += size)
    ;
  while (right && from < to)
    {
      const char *last = auto_utf8_previous (text + to);
      if (!auto_char_is (auto_utf8_get (last, &size), AUTO_CHAR_SPACE))
        break;
      to = last - text;
    }
  rewrite->at = from;
  auto_rewrite_copy (rewrite, to - from);
}

static void
nmt (AutoRewrite *rewrite)
{
  const char *text = rewrite->source->text;
  guint size;

  for (gsize at = rewrite->begin; at < rewrite->end; at += size)
    {
      gunichar c = auto_utf8_get (text + at, &size);
      if ((c >= 1 && c <= 8) || c == 0xB || (c >= 0xE && c <= 0x1F) || c == 0x7F || c == 0x8F || c == 0x9F)
        auto_rewrite_drop (rewrite, 1);
      else if (c == 9 || c == 0xA || c == 0xC || c == 0xD || c == 0x1680 || (c >= 0x200B && c <= 0x200F) || c == 0x2028 || c == 0x2029 || c == 0x2581
               || c == 0xFEFF || c == 0xFFFD)
        auto_rewrite_put (rewrite, ' ', AUTO_REWRITE_REPLACE);
      else
        auto_rewrite_put (rewrite, c, AUTO_REWRITE_REPLACE);
    }
}

static void
prepend (AutoRewrite *rewrite, const char *content)
{
  guint size;

  if (rewrite->begin == rewrite->end)
    return;
  /* the new text and the first character share the first character's span */
  guint first = auto_utf8_size (rewrite->source->text[rewrite->begin]);
  const AutoAlignedText *source = rewrite->source;
  for (const char *p = content; *p; p += size)
    {
      size = auto_utf8_size (*p);
      auto_aligned_text_append_bytes (rewrite->target, p, size, source->from[rewrite->begin], source->to[rewrite->begin]);
    }
  auto_rewrite_copy (rewrite, first);
  auto_rewrite_copy (rewrite, rewrite->end - rewrite->at);
}

static gboolean
replace (AutoRewrite *rewrite, const AutoPattern *pattern, const char *content, GError **error)
{
  g_autoptr(GArray) matches = g_array_new (FALSE, FALSE, sizeof (AutoMatch));

  if (!auto_pattern_find (pattern, rewrite->source->text + rewrite->begin, rewrite->end - rewrite->begin, matches, error))
    return FALSE;
  for (guint i = 0; i < matches->len; i++)
    {
      AutoMatch *match = &g_array_index (matches, AutoMatch, i);
      if (match->match)
        auto_rewrite_substitute (rewrite, match->to - match->from, content, strlen (content));
      else
        auto_rewrite_copy (rewrite, match->to - match->from);
    }
  return TRUE;
}

/* A replaced part: characters stand for characters one by one, the surplus on either side goes to the last. */
static void
put_replacement (AutoRewrite *rewrite, glong old, const char *text, GArray *changes)
{
  glong n = g_utf8_strlen (text, -1), surplus = n - old;
  guint size;

  for (glong i = 0; i < n; i++, text += size)
    {
      gint64 item = (gint64) auto_utf8_get (text, &size) << 32 | (guint32) (i >= n - MAX (surplus, 0));
      g_array_append_val (changes, item);
    }
  /* what has no successor of its own is swallowed by the character before, even if that is part of another replacement */
  if (surplus < 0 && changes->len)
    {
      gint64 *last = &g_array_index (changes, gint64, changes->len - 1);
      *last = (*last & ~(gint64) G_MAXUINT32) | (guint32) ((gint32) *last + surplus);
    }
}

static void
precompiled (AutoRewrite *rewrite, const AutoCharsmap *map)
{
  g_autoptr(GArray) changes = g_array_new (FALSE, FALSE, sizeof (gint64)); /* character << 32 | change */
  const char *text = rewrite->source->text;
  gsize matched;
  guint size;

  for (gsize at = rewrite->begin; at < rewrite->end;)
    {
      gsize cluster = auto_grapheme_length (text + at, rewrite->end - at);
      const char *found = cluster < 6 ? auto_charsmap_find (map, text + at, cluster, FALSE, &matched) : NULL;
      if (found)
        put_replacement (rewrite, g_utf8_strlen (text + at, cluster), found, changes);
      for (gsize i = 0; i < cluster && !found; i += size)
        {
          gint64 item = (gint64) auto_utf8_get (text + at + i, &size) << 32;
          const char *single = auto_charsmap_find (map, text + at + i, size, FALSE, &matched);
          if (single)
            put_replacement (rewrite, 1, single, changes);
          else
            g_array_append_val (changes, item);
        }
      at += cluster;
    }
  for (guint i = 0; i < changes->len; i++)
    {
      gint64 item = g_array_index (changes, gint64, i);
      auto_rewrite_put (rewrite, item >> 32, (gint32) item);
    }
}

static gboolean
run_step (const AutoNormalizerStep *step, AutoRewrite *rewrite, GError **error)
{
  switch (step->kind)
    {
    case AUTO_NORMALIZER_FORM:
      auto_rewrite_normalize (rewrite, step->compatible, step->compose);
      break;
    case AUTO_NORMALIZER_LOWERCASE:
      lowercase (rewrite);
      break;
    case AUTO_NORMALIZER_STRIP:
      strip (rewrite, step->left, step->right);
      break;
    case AUTO_NORMALIZER_STRIP_ACCENTS:
      keep_without (rewrite, AUTO_CHAR_MARK);
      break;
    case AUTO_NORMALIZER_NMT:
      nmt (rewrite);
      break;
    case AUTO_NORMALIZER_PREPEND:
      prepend (rewrite, step->content);
      break;
    case AUTO_NORMALIZER_REPLACE:
      return replace (rewrite, step->pattern, step->content, error);
    case AUTO_NORMALIZER_PRECOMPILED:
      precompiled (rewrite, step->charsmap);
      break;
    case AUTO_NORMALIZER_BYTE_LEVEL:
      auto_rewrite_byte_level (rewrite);
      break;
    case AUTO_NORMALIZER_BERT:
      break;
    }
  return TRUE;
}

typedef struct
{
  AutoAlignedText *text, *spare;
  guint32 base;
} Run;

static AutoRewrite
begin (Run *run)
{
  run->spare->length = 0;
  return auto_rewrite_begin (run->spare, run->text, 0, run->text->length, run->base);
}

static void
end (Run *run)
{
  AutoAlignedText swap = *run->text;
  *run->text = *run->spare;
  *run->spare = swap;
}

static void
run_bert (const AutoBertNormalizer *bert, Run *run)
{
  AutoRewrite rewrite;

  if (bert->clean_text)
    {
      rewrite = begin (run);
      clean_text (&rewrite);
      end (run);
    }
  if (bert->handle_chinese)
    {
      rewrite = begin (run);
      separate_chinese (&rewrite);
      end (run);
    }
  if (bert->strip_accents)
    {
      rewrite = begin (run);
      auto_rewrite_normalize (&rewrite, FALSE, FALSE);
      end (run);
      rewrite = begin (run);
      keep_without (&rewrite, AUTO_CHAR_NONSPACING);
      end (run);
    }
  if (bert->lowercase)
    {
      rewrite = begin (run);
      lowercase (&rewrite);
      end (run);
    }
}

gboolean
auto_normalizer_run_step (const AutoNormalizerStep *step, AutoAlignedText *text, AutoAlignedText *spare, guint32 base, GError **error)
{
  Run run = { text, spare, base };

  if (step->kind == AUTO_NORMALIZER_BERT)
    run_bert (&step->bert, &run);
  else if (step->kind != AUTO_NORMALIZER_PRECOMPILED || step->charsmap)
    {
      AutoRewrite rewrite = begin (&run);
      if (!run_step (step, &rewrite, error))
        return FALSE;
      end (&run);
    }
  return TRUE;
}

gboolean
auto_normalizer_run (const AutoNormalizer *self, AutoAlignedText *text, AutoAlignedText *spare, guint32 base, GError **error)
{
  for (guint i = 0; i < self->steps->len; i++)
    if (!auto_normalizer_run_step (&g_array_index (self->steps, AutoNormalizerStep, i), text, spare, base, error))
      return FALSE;
  return TRUE;
}
