/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "core/base/auto-version-macros.h"

G_BEGIN_DECLS

/* A chat template, parsed once and rendered many times: Jinja as the reference sets it up (sandboxed and immutable,
 * trim_blocks and lstrip_blocks on, the default undefined). Rendering changes nothing in the template, so that threads
 * can share one. */
typedef struct _AutoTemplate AutoTemplate;

/* @AUTO_TEMPLATE_LATER: as versions of the reference after 4.37.2 render: `tojson` writes plain JSON in the order of the
 * keys, and strftime_now is defined. Without it Jinja's own tojson answers, which sorts keys and escapes what HTML would
 * read, and strftime_now answers when it is called, but `is defined` denies it. Loop controls and the generation tag
 * are always there. */
typedef enum
{
  AUTO_TEMPLATE_FLAGS_NONE = 0,
  AUTO_TEMPLATE_LATER = 1 << 0,
} AutoTemplateFlags;

/* @name stands in the messages of errors. */
AUTO_INTERNAL AutoTemplate *auto_template_new (const char *source, const char *name, GError **error);
AUTO_INTERNAL void auto_template_free (AutoTemplate *self);
/* @variables: what the template sees: messages, add_generation_prompt, tools, bos_token, … What the template itself
 * raises becomes an error whose message is the template's text alone; other errors name template and line. */
AUTO_INTERNAL char *auto_template_render (AutoTemplate *self, JsonObject *variables, GError **error);
AUTO_INTERNAL char *auto_template_render_full (AutoTemplate *self, JsonObject *variables, AutoTemplateFlags flags, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AutoTemplate, auto_template_free)

G_END_DECLS
