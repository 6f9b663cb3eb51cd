/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "auto-espeak.h"

#include <string.h>

#include "../base/auto-library.h"
#include "auto-phonemes.h"

#define LIBRARY "libespeak-ng.so.1"

/* The library's own, of version 1. */
typedef struct
{
  const char *name;
  const char *languages; /* a byte, then a language's name */
  const char *identifier;
} Voice;
#define OUTPUT_SYNCHRONOUS 2
#define INITIALIZE_DONT_EXIT 0x8000
#define TEXT_UTF8 1
#define PHONEMES_IPA 2
#define SEPARATED_BY(c) ((c) << 8)

static struct
{
  int (*initialize) (int output, int buffer_length, const char *path, int options);
  const Voice **(*list_voices) (Voice *wanted);
  int (*set_voice) (const char *name);
  const char *(*text_to_phonemes) (const void **text, int text_mode, int phoneme_mode);
} espeak;

static GMutex lock; /* the library has one voice for the whole process */
static char *voice; /* its language */

/* NULL, or why there are no phonemes. */
static const char *
open_library (void)
{
  static const AutoLibraryFunction functions[] = {
#define FUNCTION(name, member) { name, (gsize) ((char *) &espeak.member - (char *) &espeak) }
    FUNCTION ("espeak_Initialize", initialize), FUNCTION ("espeak_ListVoices", list_voices), FUNCTION ("espeak_SetVoiceByName", set_voice),
    FUNCTION ("espeak_TextToPhonemes", text_to_phonemes),
#undef FUNCTION
  };
  static gsize opened;
  static char *reason;

  if (g_once_init_enter (&opened))
    {
      reason = auto_library_open (LIBRARY, functions, G_N_ELEMENTS (functions), &espeak);
      if (!reason && espeak.initialize (OUTPUT_SYNCHRONOUS, 0, NULL, INITIALIZE_DONT_EXIT) <= 0)
        reason = g_strdup ("it finds no data of its own");
      g_once_init_leave (&opened, 1);
    }
  return reason;
}

/* The first voice of a language; those that need another program don't count. */
static const char *
find_voice (const char *language)
{
  const Voice **voices = espeak.list_voices (NULL);

  for (; voices && *voices; voices++)
    {
      const char *spoken = (*voices)->languages;
      if (spoken && *spoken && g_str_equal (spoken + 1, language) && !g_str_has_prefix ((*voices)->identifier, "mb/"))
        return (*voices)->identifier;
    }
  return NULL;
}

/* With the lock. */
static gboolean
take_voice (const char *language, GError **error)
{
  const char *reason = open_library (), *name = NULL;

  if (reason)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_INSTALLED,
                   "texts are made phonemes by espeak-ng, whose library " LIBRARY " can't be used: %s; install Debian's libespeak-ng1, which brings"
                   " espeak-ng-data", reason);
      return FALSE;
    }
  if (g_strcmp0 (voice, language) == 0)
    return TRUE;
  if (!(name = find_voice (language)) || espeak.set_voice (name) != 0)
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_VALUE,
                   "espeak-ng has no voice for the language \"%s\"; \"espeak-ng --voices\" lists those that it has, such as en-us, fr-fr and de",
                   language);
      return FALSE;
    }
  g_free (voice);
  voice = g_strdup (language);
  return TRUE;
}

gboolean
auto_espeak_speaks (const char *language, GError **error)
{
  g_mutex_lock (&lock);
  gboolean speaks = take_voice (language, error);
  g_mutex_unlock (&lock);
  return speaks;
}

/* The library's phonemes of a piece of text, with _ between them. With the lock. */
static GString *
speak (const char *text)
{
  GString *phonemes = g_string_new (NULL);
  const void *rest = text;

  while (rest)
    {
      const char *some = espeak.text_to_phonemes (&rest, TEXT_UTF8, SEPARATED_BY ('_') | PHONEMES_IPA);
      if (some && *some)
        g_string_append_printf (phonemes, "%s%s", phonemes->len ? " " : "", some);
    }
  return phonemes;
}

char *
auto_espeak_phonemize (const char *text, const AutoPhonemes *form, GError **error)
{
  g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) marks = auto_punctuation_cut (text, form->punctuation, pieces);

  g_mutex_lock (&lock);
  gboolean speaks = take_voice (form->language, error);
  for (guint i = 0; i < pieces->len && speaks; i++)
    {
      GString *phonemes = speak (pieces->pdata[i]);
      g_free (pieces->pdata[i]);
      pieces->pdata[i] = auto_phonemes_write (phonemes, form);
      g_string_free (phonemes, TRUE);
    }
  g_mutex_unlock (&lock);
  return speaks ? auto_punctuation_restore (pieces, marks, form) : NULL;
}
