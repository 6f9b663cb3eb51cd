/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-template.h"

#include <string.h>

#include "auto-template-private.h"
#include "core/base/auto-errors.h"
#include "../base/auto-message.h"

/* What one rendering may use: enough for the longest conversation, too little to harm the program. */
#define MAX_MEMORY ((gsize) 256 << 20)
#define MAX_STEPS ((guint64) 20000000)
#define MAX_DEPTH 800
#define MAX_SOURCE ((gsize) 16 << 20)
#define CHUNK ((gsize) 32 << 10)

typedef struct _Chunk Chunk;

struct _Chunk
{
  Chunk *next;
  gsize used;
  gsize size;
  _Alignas (16) char data[];
};

struct _TplArena
{
  Chunk *chunks;
  gsize used;
};

struct _AutoTemplate
{
  char *name;
  TplArena *arena;
  TplNode *root;
};

TplArena *
tpl_arena_new (void)
{
  return g_new0 (TplArena, 1);
}

void
tpl_arena_free (TplArena *arena)
{
  for (Chunk *chunk = arena->chunks, *next; chunk; chunk = next)
    {
      next = chunk->next;
      g_free (chunk);
    }
  g_free (arena);
}

void *
tpl_arena_alloc (TplArena *arena, gsize size)
{
  Chunk *chunk = arena->chunks;

  size = (MAX (size, 1) + 15) & ~(gsize) 15;
  if (!chunk || chunk->size - chunk->used < size)
    {
      gsize room = MAX (size, CHUNK);
      chunk = g_malloc (sizeof (Chunk) + room);
      chunk->size = room;
      chunk->used = 0;
      chunk->next = arena->chunks;
      arena->chunks = chunk;
      arena->used += room;
    }
  void *data = chunk->data + chunk->used;
  chunk->used += size;
  return data;
}

gsize
tpl_arena_used (TplArena *arena)
{
  return arena->used;
}

void
tpl_fail (TplRender *render, const char *format, ...)
{
  va_list args;

  if (render->error)
    return;
  va_start (args, format);
  g_autofree char *reason = auto_message_valist (format, args);
  va_end (args);
  g_set_error (&render->error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_TEMPLATE, "%s:%d: %s", render->name, render->line, reason);
}

gboolean
tpl_tick (TplRender *render, gsize steps)
{
  render->steps += MIN (steps, MAX_STEPS) + 1;
  if (render->steps > MAX_STEPS)
    tpl_fail (render, "the template runs too long");
  return render->error == NULL;
}

void
tpl_emit (TplRender *render, const char *text, gsize length)
{
  if (!tpl_tick (render, length / 64))
    return;
  if (length > MAX_MEMORY - render->out->len)
    tpl_fail (render, "the output is longer than %" G_GSIZE_FORMAT " MiB", MAX_MEMORY >> 20);
  else
    g_string_append_len (render->out, text, length);
}

gboolean
tpl_enter (TplRender *render)
{
  if (++render->depth > MAX_DEPTH)
    tpl_fail (render, "the template nests or recurses too deeply");
  return tpl_tick (render, 0);
}

void
tpl_leave (TplRender *render)
{
  render->depth--;
}

void *
tpl_alloc (TplRender *render, gsize size)
{
  if (size > MAX_MEMORY || tpl_arena_used (render->arena) > MAX_MEMORY - size)
    {
      tpl_fail (render, "the template uses more than %" G_GSIZE_FORMAT " MiB", MAX_MEMORY >> 20);
      return NULL;
    }
  return tpl_arena_alloc (render->arena, size);
}

void *
tpl_extend (TplRender *render, const void *data, gsize used, gsize more)
{
  TplBuffer *buffer = &render->buffers[render->oldest_buffer];

  for (guint i = 0; i < TPL_N_BUFFERS; i++)
    if (data && render->buffers[i].data == data && render->buffers[i].used == used && render->buffers[i].room - used >= more)
      {
        render->buffers[i].used += more;
        return render->buffers[i].data;
      }
  gboolean large = used >= 1024;
  gsize room = large ? (used + more) * 2 : used + more;
  char *copy = tpl_alloc (render, room);
  if (!copy)
    return NULL;
  if (used)
    memcpy (copy, data, used);
  if (large)
    {
      *buffer = (TplBuffer){ copy, used + more, room };
      render->oldest_buffer = (render->oldest_buffer + 1) % TPL_N_BUFFERS;
    }
  return copy;
}

AutoTemplate *
auto_template_new (const char *source, const char *name, GError **error)
{
  g_autoptr(AutoTemplate) self = g_new0 (AutoTemplate, 1);

  self->name = g_utf8_make_valid (name ? name : "chat_template", -1);
  self->arena = tpl_arena_new ();
  gsize length = strlen (source);
  if (length > MAX_SOURCE || !g_utf8_validate_len (source, length, NULL))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_TEMPLATE, "%s: the template is %s", self->name,
                   length > MAX_SOURCE ? "too long" : "not UTF-8");
      return NULL;
    }
  TplParser parser = { .arena = self->arena, .name = self->name };
  parser.tokens = tpl_lex (self->arena, source, self->name, error);
  if (!parser.tokens)
    return NULL;
  parser.names = g_hash_table_new (g_str_hash, g_str_equal);
  self->root = tpl_parse_template (&parser);
  g_hash_table_unref (parser.names);
  g_array_unref (parser.tokens);
  if (parser.error)
    {
      g_propagate_error (error, parser.error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
auto_template_free (AutoTemplate *self)
{
  if (!self)
    return;
  tpl_arena_free (self->arena);
  g_free (self->name);
  g_free (self);
}

static char *
take_output (TplRender *render, GError **error)
{
  g_autoptr(GString) out = g_steal_pointer (&render->out);

  if (!render->error && memchr (out->str, 0, out->len))
    tpl_fail (render, "the output has a NUL character");
  if (render->error)
    {
      g_propagate_error (error, g_steal_pointer (&render->error));
      return NULL;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
auto_template_render_full (AutoTemplate *self, JsonObject *variables, AutoTemplateFlags flags, GError **error)
{
  TplRender render = { .name = self->name, .flags = flags, .line = 1 };
  TplScope globals = { 0 };

  render.arena = tpl_arena_new ();
  render.out = g_string_new (NULL);
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr(JsonObject) none = json_object_new ();
  json_node_set_object (node, variables ? variables : none);
  TplValue values = tpl_from_json (&render, node);
  if (!render.error)
    {
      render.globals = values.as.dict;
      tpl_exec (&render, &globals, &self->root->items);
    }
  char *text = take_output (&render, error);
  tpl_arena_free (render.arena);
  return text;
}

char *
auto_template_render (AutoTemplate *self, JsonObject *variables, GError **error)
{
  return auto_template_render_full (self, variables, AUTO_TEMPLATE_FLAGS_NONE, error);
}
