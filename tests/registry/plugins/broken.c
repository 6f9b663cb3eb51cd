/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "sdk/auto-sdk.h"

/* Plugins with one thing wrong, which -DBROKEN_… names. */

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_ (a, b)

#if defined BROKEN_SYMBOL
int auto_plugin_misspelt;
int auto_plugin_misspelt = 1;
#elif defined BROKEN_CRASH
__attribute__ ((constructor)) static void
crash (void)
{
  abort ();
}
#elif defined BROKEN_ABI_MAJOR || defined BROKEN_ABI_MINOR || defined BROKEN_SIZE || defined BROKEN_ENTRY || defined BROKEN_NAME || defined BROKEN_END
static const AutoPluginEntry entries[] = {
#ifdef BROKEN_ENTRY
  { .kind = AUTO_PLUGIN_ARCHITECTURE, .model_type = "test-broken" },
#endif
#ifdef BROKEN_END
  { .kind = (AutoPluginEntryKind) 77, .model_type = "test-broken" },
#endif
  { AUTO_PLUGIN_END },
};
__attribute__ ((visibility ("default"))) extern const AutoPlugin auto_plugin_descriptor;
const AutoPlugin auto_plugin_descriptor = {
#ifdef BROKEN_SIZE
  .size = 40,
#else
  .size = sizeof (AutoPlugin),
#endif
  .entry_size = sizeof (AutoPluginEntry),
#ifdef BROKEN_ABI_MAJOR
  .abi_major = 99,
#else
  .abi_major = AUTO_PLUGIN_ABI_MAJOR,
#endif
#ifdef BROKEN_ABI_MINOR
  .abi_minor = AUTO_PLUGIN_ABI_MINOR + 1,
#endif
#ifndef BROKEN_NAME
  .name = "broken",
#endif
  .title = "Broken",
  .version = "1",
  .licence = "LGPL-2.1-or-later",
  .entries = entries,
};
#else

#if defined BROKEN_CLASH_TYPE
#define CLASS TestGoodConfig
#define TYPE "test-clash-type"
#elif defined BROKEN_CLASH_FOLDED
#define CLASS TestClashConfig
#define TYPE "test_good"
#elif defined BROKEN_CLASS_NAME
#define CLASS TestNamedConfig
#define TYPE "test-class-name"
#elif defined BROKEN_BASE
#define TYPE "test-base"
#elif defined BROKEN_INIT
#define CLASS TestInitConfig
#define TYPE "test-init"
#elif defined BROKEN_EXPORTS
#define CLASS TestExportsConfig
#define TYPE "test-exports"
__attribute__ ((visibility ("default"))) extern int surplus;
int surplus = 1;
#endif

#ifdef CLASS
struct PASTE (_, CLASS)
{
  AutoPretrainedConfig parent;
};
#define DEFINE(Class) AUTO_DEFINE_CONFIG (Class, test_config, TYPE, AUTO_EXTRA ("x", "1"))
DEFINE (CLASS)
#else
/* No configuration at all. */
typedef struct
{
  GObject parent;
} TestBaseConfig;
typedef GObjectClass TestBaseConfigClass;
GType test_config_get_type (void);
AUTO_CLASS_NAME (TestBaseConfig, test_config);
G_DEFINE_TYPE (TestBaseConfig, test_config, G_TYPE_OBJECT)
static void
test_config_class_init (TestBaseConfigClass *klass)
{
}
static void
test_config_init (TestBaseConfig *self)
{
}
#endif

#ifdef BROKEN_CLASS_NAME
#define OPTIONS , .class_name = "AnotherName"
#pragma GCC diagnostic ignored "-Woverride-init"
#else
#define OPTIONS
#endif

#ifdef BROKEN_INIT
static gboolean
refuse (GError **error)
{
  g_set_error_literal (error, AUTO_MODEL_ERROR, AUTO_MODEL_ERROR_UNSUPPORTED, "not on a Sunday");
  return FALSE;
}
#define INIT .init = refuse
#else
#define INIT .init = NULL
#endif

AUTO_PLUGIN_WITH (broken, "Broken", (.version = "1", INIT), { .kind = AUTO_PLUGIN_ARCHITECTURE, .model_type = TYPE, .class_name = test_config_class_name,
  .get_type = test_config_get_type OPTIONS });
#endif
