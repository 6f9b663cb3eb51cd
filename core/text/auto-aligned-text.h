/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-unicode.h"

G_BEGIN_DECLS

/* Text on its way through normalizers, every byte with the span (in bytes) of the original text that it comes from. */
typedef struct
{
  char *text;
  guint32 *from, *to;
  gsize length, room;
} AutoAlignedText;

AUTO_INTERNAL void auto_aligned_text_clear (AutoAlignedText *self);
AUTO_INTERNAL void auto_aligned_text_reserve (AutoAlignedText *self, gsize more);
/* Appends the @length bytes of @text, which begin at @offset of the original. */
AUTO_INTERNAL void auto_aligned_text_append_original (AutoAlignedText *self, const char *text, gsize length, guint32 offset);
/* Appends a piece of another aligned text. */
AUTO_INTERNAL void auto_aligned_text_append_slice (AutoAlignedText *self, const AutoAlignedText *source, gsize from, gsize to);
/* Appends bytes that all come from one span. */
AUTO_INTERNAL void auto_aligned_text_append_bytes (AutoAlignedText *self, const char *bytes, gsize length, guint32 from, guint32 to);

/* Rewrites a slice of an aligned text, character by character, into another one. */
typedef struct
{
  AutoAlignedText *target;
  const AutoAlignedText *source;
  gsize begin, end, at; /* of the source */
  guint32 base;         /* where the slice begins in the original */
} AutoRewrite;

/* What a character that is put stands for: a new one, one that replaces the next, or one that replaces the next and swallows more. */
#define AUTO_REWRITE_NEW 1
#define AUTO_REWRITE_REPLACE 0

AUTO_INTERNAL AutoRewrite auto_rewrite_begin (AutoAlignedText *target, const AutoAlignedText *source, gsize begin, gsize end, guint32 base);
AUTO_INTERNAL void auto_rewrite_put (AutoRewrite *self, gunichar c, int change);
/* Passes over characters without a trace. */
AUTO_INTERNAL void auto_rewrite_drop (AutoRewrite *self, gsize n);
/* Puts a text in place of the next @bytes bytes. */
AUTO_INTERNAL void auto_rewrite_substitute (AutoRewrite *self, gsize bytes, const char *text, gsize length);
/* Copies the next @bytes bytes. */
AUTO_INTERNAL void auto_rewrite_copy (AutoRewrite *self, gsize bytes);

G_END_DECLS
