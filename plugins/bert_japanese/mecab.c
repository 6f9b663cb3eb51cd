/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mecab.h"

#include <string.h>

#include "core/base/auto-library.h"
#include "core/text/auto-data-files.h"

#define LIBRARY "libmecab.so.2"

/* What mecab.h of MeCab 0.996 declares. */
typedef struct _MecabTagger MecabTagger;
typedef struct _MecabNode MecabNode;
struct _MecabNode
{
  MecabNode *prev, *next, *end_next, *begin_next;
  gpointer right_path, left_path;
  const char *surface, *feature;
  unsigned int id;
  unsigned short length;
  /* more follows */
};
typedef struct
{
  const char *filename, *charset;
  /* more follows */
} MecabDictionary;

static struct
{
  MecabTagger *(*new_tagger) (int argc, char **argv);
  void (*destroy) (MecabTagger *tagger);
  const char *(*strerror) (MecabTagger *tagger);
  const MecabNode *(*parse) (MecabTagger *tagger, const char *text, size_t length);
  const MecabDictionary *(*dictionary) (MecabTagger *tagger);
} mecab;

static const AutoLibraryFunction functions[] = {
  { "mecab_new", offsetof (__typeof__ (mecab), new_tagger) },
  { "mecab_destroy", offsetof (__typeof__ (mecab), destroy) },
  { "mecab_strerror", offsetof (__typeof__ (mecab), strerror) },
  { "mecab_sparse_tonode2", offsetof (__typeof__ (mecab), parse) },
  { "mecab_dictionary_info", offsetof (__typeof__ (mecab), dictionary) },
};

struct _Mecab
{
  MecabTagger *tagger;
  GMutex lock; /* a tagger holds the text that it is at work on */
};

static gboolean
open_library (GError **error)
{
  static gsize opened;
  static char *reason;

  if (g_once_init_enter (&opened))
    {
      reason = auto_library_open (LIBRARY, functions, G_N_ELEMENTS (functions), &mecab);
      g_once_init_leave (&opened, 1);
    }
  if (reason)
    g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_INSTALLED,
                 "words are cut by MeCab, whose library " LIBRARY " can't be opened: %s; install Debian's libmecab2 and mecab-ipadic-utf8",
                 reason);
  return !reason;
}

/* The compiled dictionaries, as Debian's packages and as those of Python lay them out. */
static const struct
{
  const char *name, *files[4], *remedy;
} dictionaries[] = {
  { "ipadic", { "ipadic-utf8/sys.dic", "ipadic/dicdir/sys.dic", "ipadic/sys.dic", NULL }, "install Debian's mecab-ipadic-utf8" },
  { "unidic_lite", { "unidic_lite/dicdir/sys.dic", "unidic_lite/sys.dic", "unidic-lite/sys.dic", NULL },
    "unpack the Python package unidic-lite, whose dictionary is its folder dicdir" },
  { "unidic", { "unidic/dicdir/sys.dic", "unidic/sys.dic", NULL }, "install Debian's unidic-mecab" },
};

static char *
find_dictionary (const char *name, GError **error)
{
  static const char *const usual[] = { "/var/lib/mecab/dic", "/usr/share/mecab/dic", "/usr/lib/mecab/dic", "/usr/local/lib/mecab/dic",
                                       NULL };

  for (guint i = 0; i < G_N_ELEMENTS (dictionaries); i++)
    {
      if (!g_str_equal (name, dictionaries[i].name))
        continue;
      /* not beside the model's files: the library believes what a dictionary says */
      g_autofree char *file = auto_data_find ("mecab", NULL, usual, dictionaries[i].files);
      if (file)
        return g_path_get_dirname (file);
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_INSTALLED,
                   "MeCab's dictionary %s is not there: %s, or let the environment variable AUTO_MECAB_DIR name a folder that has it as %s",
                   name, dictionaries[i].remedy, dictionaries[i].files[0]);
      return NULL;
    }
  g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "mecab_dic \"%s\" is none of ipadic, unidic_lite, unidic", name);
  return NULL;
}

/* The program's arguments; NULL with an error. */
static char **
make_arguments (const char *dictionary, const char *options, GError **error)
{
  g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);
  g_auto(GStrv) more = NULL;

  g_ptr_array_add (arguments, g_strdup ("mecab"));
  if (dictionary)
    {
      char *folder = find_dictionary (dictionary, error);
      if (!folder)
        return NULL;
      g_autofree char *settings = g_build_filename (folder, "mecabrc", NULL);
      g_ptr_array_add (arguments, g_strdup ("-d"));
      g_ptr_array_add (arguments, folder);
      g_ptr_array_add (arguments, g_strdup ("-r"));
      g_ptr_array_add (arguments, g_strdup (g_file_test (settings, G_FILE_TEST_EXISTS) ? settings : "/dev/null"));
    }
  g_autoptr(GError) why = NULL;
  if (options && strspn (options, " \t\n") < strlen (options) && !g_shell_parse_argv (options, NULL, &more, &why))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "mecab_option: %s", why->message);
      return NULL;
    }
  for (guint i = 0; more && more[i]; i++)
    g_ptr_array_add (arguments, g_strdup (more[i]));
  g_ptr_array_add (arguments, NULL);
  return (char **) g_ptr_array_steal (arguments, NULL);
}

Mecab *
bert_japanese_mecab_new (const char *dictionary, const char *options, GError **error)
{
  g_auto(GStrv) arguments = open_library (error) ? make_arguments (dictionary, options, error) : NULL;
  MecabTagger *tagger = arguments ? mecab.new_tagger (g_strv_length (arguments), arguments) : NULL;

  if (!arguments)
    return NULL;
  if (!tagger)
    {
      const char *reason = mecab.strerror (NULL);
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_NOT_INSTALLED,
                   "MeCab doesn't start with its dictionary %s and the options \"%s\": %s", dictionary ? dictionary : "of the system",
                   options ? options : "", reason && *reason ? reason : "it doesn't say why");
      return NULL;
    }
  const MecabDictionary *used = mecab.dictionary (tagger);
  g_autofree char *charset = g_ascii_strdown (used && used->charset ? used->charset : "none", -1);
  if (!g_str_equal (charset, "utf-8") && !g_str_equal (charset, "utf8"))
    {
      g_set_error (error, AUTO_TOKENIZER_ERROR, AUTO_TOKENIZER_ERROR_PARSE, "%s: the dictionary is in the character set %s, not in UTF-8",
                   used ? used->filename : "MeCab", charset);
      mecab.destroy (tagger);
      return NULL;
    }
  Mecab *self = g_new0 (Mecab, 1);
  self->tagger = tagger;
  g_mutex_init (&self->lock);
  return self;
}

void
bert_japanese_mecab_free (Mecab *self)
{
  if (!self)
    return;
  mecab.destroy (self->tagger);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* The library takes no text whose costs add up to more than an int; its halves are cut then. */
static void
cut_part (Mecab *self, const char *text, gsize length, AutoPythonWord each, gpointer data)
{
  const MecabNode *node = mecab.parse (self->tagger, text, length);
  gsize half = length / 2;

  while (half > 0 && (text[half] & 0xC0) == 0x80)
    half--;
  if (node) /* the first one and the last one stand for the text's ends */
    for (node = node->next; node && node->next; node = node->next)
      each (node->surface, node->length, data);
  else if (half > 0)
    {
      cut_part (self, text, half, each, data);
      cut_part (self, text + half, length - half, each, data);
    }
  else if (length)
    each (text, length, data);
}

void
bert_japanese_mecab_cut (Mecab *self, const char *text, gsize length, AutoPythonWord each, gpointer data)
{
  g_mutex_lock (&self->lock);
  cut_part (self, text, length, each, data);
  g_mutex_unlock (&self->lock);
}
