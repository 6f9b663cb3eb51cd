/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-template.h"

G_BEGIN_DECLS

/* Memory that lives as long as a template, or as one rendering. */
typedef struct _TplArena TplArena;
TplArena *tpl_arena_new (void);
void tpl_arena_free (TplArena *arena);
void *tpl_arena_alloc (TplArena *arena, gsize size);
gsize tpl_arena_used (TplArena *arena);

/* Values, as Python has them. */
typedef enum
{
  TPL_ABSENT, /* an argument that was not given */
  TPL_UNDEFINED,
  TPL_NONE,
  TPL_BOOL,
  TPL_INT,
  TPL_FLOAT,
  TPL_STRING,
  TPL_LIST,
  TPL_TUPLE,
  TPL_RANGE,
  TPL_KEYS,
  TPL_VALUES,
  TPL_ITEMS,
  TPL_ITERATOR, /* what a generator would give: it is used up by reading it */
  TPL_DICT,
  TPL_NAMESPACE,
  TPL_LOOP,
  TPL_MACRO,
  TPL_FUNCTION,
  TPL_METHOD,
  TPL_CYCLER,
  TPL_JOINER,
} TplKind;

typedef struct _TplRender TplRender;
typedef struct _TplNode TplNode;
typedef struct _TplDict TplDict;
typedef struct _TplLoop TplLoop;
typedef struct _TplMacro TplMacro;
typedef struct _TplMethod TplMethod;
typedef struct _TplBound TplBound;
typedef struct _TplFunction TplFunction;
typedef struct _TplSequence TplSequence;

/* Valid UTF-8, without a NUL at its end; chars == length says that it is ASCII. */
typedef struct
{
  const char *data;
  gsize length;
  gsize chars;
} TplString;

typedef struct
{
  guint8 kind;
  guint8 safe; /* a string that counts as markup already: concatenation escapes the other side */
  union
  {
    gboolean boolean;
    gint64 integer;
    double number;
    const TplString *string;
    const char *hint; /* what an undefined value says when it is used */
    TplSequence *sequence;
    TplDict *dict;
    TplLoop *loop;
    TplMacro *macro;
    const TplFunction *function;
    TplBound *bound;
  } as;
} TplValue;

struct _TplSequence
{
  TplValue *items;
  gsize n_items;
  gsize allocated;
  gsize cursor; /* of an iterator, a cycler, a joiner */
  gboolean group; /* a pair that groupby made: its members are called grouper and list */
};

typedef struct
{
  TplValue key;
  TplValue value;
} TplPair;

struct _TplDict
{
  TplPair *pairs;
  gsize n_pairs;
  gsize allocated;
  guint32 *buckets; /* place + 1 of a pair, 0 is empty; NULL while the dict is small */
  gsize n_buckets;
};

typedef struct
{
  TplValue *items;
  gsize n_items;
  const char **names; /* of the keyword arguments */
  TplValue *values;
  gsize n_names;
} TplArgs;

/* A function with its parameters' names, divided by spaces; arguments are bound to them in order. @required are those
 * that have no default. Without @parameters the function gets the arguments as they are. */
#define TPL_MAX_PARAMETERS 6

struct _TplFunction
{
  const char *name;
  TplValue (*call) (TplRender *render, TplArgs *args);
  const char *parameters;
  guint required;
  gboolean later; /* the reference has it only in later versions */
};

/* A filter's first argument is the value filtered; a method's is its object. */
struct _TplMethod
{
  guint kinds; /* bits of 1 << TplKind */
  TplFunction function;
};

struct _TplBound
{
  const TplMethod *method;
  TplValue object;
};

typedef struct _TplScope TplScope;

typedef struct
{
  const char *name; /* interned in the template */
  TplValue value;
} TplBinding;

struct _TplScope
{
  TplScope *parent;
  TplBinding *bindings;
  guint n_bindings;
  guint allocated;
};

struct _TplLoop
{
  TplSequence *sequence;
  gsize index;
  guint depth;
  gboolean has_changed;
  TplValue changed;
  const TplNode *node;
  TplScope *scope;
};

struct _TplMacro
{
  const TplNode *node;
  TplScope *scope;
};

typedef enum
{
  TPL_FLOW_NORMAL,
  TPL_FLOW_BREAK,
  TPL_FLOW_CONTINUE,
} TplFlow;

/* A buffer with room behind what is used, for texts and lists that a template puts together step by step. */
#define TPL_N_BUFFERS 4

typedef struct
{
  char *data;
  gsize used;
  gsize room;
} TplBuffer;

/* One rendering. The error is sticky: once it is set, what is computed means nothing and everything returns early. */
struct _TplRender
{
  TplArena *arena;
  const char *name;
  AutoTemplateFlags flags;
  TplDict *globals;
  GString *out;
  GError *error;
  int line;
  guint depth;
  guint64 steps;
  TplFlow flow;
  TplBuffer buffers[TPL_N_BUFFERS];
  guint oldest_buffer;
};

/* Syntax tree. */
typedef enum
{
  TPL_NODE_DATA,
  TPL_NODE_OUTPUT,
  TPL_NODE_FOR,
  TPL_NODE_IF,
  TPL_NODE_SET,
  TPL_NODE_SET_BLOCK,
  TPL_NODE_WITH,
  TPL_NODE_MACRO,
  TPL_NODE_CALL_BLOCK,
  TPL_NODE_FILTER_BLOCK,
  TPL_NODE_BODY, /* a block, a generation tag: the body alone, in a scope of its own */
  TPL_NODE_BREAK,
  TPL_NODE_CONTINUE,
  TPL_NODE_MISSING, /* include, import, extends: there is nowhere to load from */

  TPL_NODE_CONSTANT,
  TPL_NODE_NAME,
  TPL_NODE_NAMESPACE_REFERENCE,
  TPL_NODE_LIST,
  TPL_NODE_TUPLE,
  TPL_NODE_DICT, /* keys and values by turns */
  TPL_NODE_ATTRIBUTE,
  TPL_NODE_ITEM,
  TPL_NODE_SLICE,
  TPL_NODE_CALL,
  TPL_NODE_FILTER,
  TPL_NODE_TEST,
  TPL_NODE_CONDITION, /* first if second else third */
  TPL_NODE_AND,
  TPL_NODE_OR,
  TPL_NODE_NOT,
  TPL_NODE_NEGATIVE,
  TPL_NODE_POSITIVE,
  TPL_NODE_BINARY,
  TPL_NODE_CONCATENATION,
  TPL_NODE_COMPARISON, /* first, then operands with their operators in the nodes' op */
} TplNodeType;

typedef enum
{
  TPL_OP_ADD,
  TPL_OP_SUBTRACT,
  TPL_OP_MULTIPLY,
  TPL_OP_DIVIDE,
  TPL_OP_FLOOR_DIVIDE,
  TPL_OP_MODULO,
  TPL_OP_POWER,
  TPL_OP_EQUAL,
  TPL_OP_UNEQUAL,
  TPL_OP_LESS,
  TPL_OP_LESS_EQUAL,
  TPL_OP_GREATER,
  TPL_OP_GREATER_EQUAL,
  TPL_OP_IN,
  TPL_OP_NOT_IN,
} TplOp;

typedef struct
{
  TplNode **nodes;
  guint n_nodes;
} TplNodes;

struct _TplNode
{
  TplNodeType type;
  int line;
  gboolean recursive; /* of a loop */
  const char *name;   /* interned: variable, attribute, macro, keyword */
  const void *entry;  /* the filter or test that the name means; NULL when there is none */
  const TplOp *ops;   /* of a comparison; of a binary operation the one */
  TplValue value;
  TplNode *first, *second, *third;
  TplNodes items; /* arguments, elements, parameters, statements of a body */
  TplNodes other; /* defaults of parameters, keyword arguments (by name), the else branch */
  TplNode *star, *star_star;
};

/* Tokens. */
typedef enum
{
  TPL_TOKEN_END,
  TPL_TOKEN_DATA,
  TPL_TOKEN_VARIABLE_BEGIN,
  TPL_TOKEN_VARIABLE_END,
  TPL_TOKEN_BLOCK_BEGIN,
  TPL_TOKEN_BLOCK_END,
  TPL_TOKEN_NAME,
  TPL_TOKEN_STRING,
  TPL_TOKEN_INTEGER,
  TPL_TOKEN_FLOAT,
  TPL_TOKEN_OPERATOR,
} TplTokenType;

typedef struct
{
  TplTokenType type;
  int line;
  char op[3];       /* of an operator */
  const char *text; /* a name, or data and strings with their escapes resolved */
  gsize length;
  gint64 integer;
  double number;
} TplToken;

/* NULL with an error. */
GArray *tpl_lex (TplArena *arena, const char *source, const char *name, GError **error);

typedef struct
{
  TplArena *arena;
  const char *name;
  GArray *tokens;
  guint position;
  guint depth;
  guint loops;  /* around the current tag: what break and continue need */
  guint extras; /* bits of which names of tpl_extra_names the current macro reads */
  GHashTable *names;
  GError *error; /* sticky */
} TplParser;

#define TPL_N_EXTRAS 3
extern const char *const tpl_extra_names[TPL_N_EXTRAS]; /* what a macro may be given beyond its parameters */

void tpl_parser_fail (TplParser *self, int line, const char *format, ...) G_GNUC_PRINTF (3, 4);
TplToken *tpl_parser_peek (TplParser *self, guint ahead);
TplToken *tpl_parser_next (TplParser *self);
gboolean tpl_parser_is_name (TplParser *self, const char *name);
gboolean tpl_parser_skip_name (TplParser *self, const char *name);
gboolean tpl_parser_is_op (TplParser *self, const char *op);
gboolean tpl_parser_skip_op (TplParser *self, const char *op);
void tpl_parser_expect_op (TplParser *self, const char *op);
const char *tpl_parser_expect_name (TplParser *self);
const char *tpl_parser_intern (TplParser *self, const char *name);
TplNode *tpl_parser_node (TplParser *self, TplNodeType type, int line);
TplNodes tpl_parser_take_nodes (TplParser *self, GPtrArray *nodes);
TplNode *tpl_parse_primary (TplParser *self, gboolean with_namespace);
TplNode *tpl_parse_postfix (TplParser *self, TplNode *node);
TplNode *tpl_parse_call (TplParser *self, TplNode *callee);
TplNode *tpl_parse_test (TplParser *self, TplNode *subject);
TplNode *tpl_parse_expression (TplParser *self);
/* Expressions with commas between them, or one alone. @parentheses: they are there, and there may be nothing in them. */
TplNode *tpl_parse_tuple (TplParser *self, gboolean with_condition, gboolean parentheses);
TplNode *tpl_parse_target (TplParser *self, gboolean with_namespace);
TplNode *tpl_parse_filters (TplParser *self, TplNode *node, gboolean start_inline);
TplNode *tpl_parse_template (TplParser *self);
void tpl_check_names (TplParser *self, const TplNode *root);

/* Rendering: errors, bounds. */
void tpl_fail (TplRender *render, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean tpl_tick (TplRender *render, gsize steps);
/* Writes to the output, within the rendering's bounds. */
void tpl_emit (TplRender *render, const char *text, gsize length);
gboolean tpl_enter (TplRender *render);
void tpl_leave (TplRender *render);
/* NULL, with the error set, when the rendering has used up its memory. */
void *tpl_alloc (TplRender *render, gsize size);
/* Memory that begins with the @used bytes at @data and has room for @more: the same memory, where nothing follows it. */
void *tpl_extend (TplRender *render, const void *data, gsize used, gsize more);

/* Making values. */
#define TPL_VALUE_UNDEFINED ((TplValue){ .kind = TPL_UNDEFINED })
#define TPL_VALUE_NONE ((TplValue){ .kind = TPL_NONE })
TplValue tpl_bool (gboolean value);
TplValue tpl_int (gint64 value);
TplValue tpl_float (double value);
TplValue tpl_undefined (TplRender *render, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* @data is not copied. */
TplValue tpl_string_static (TplRender *render, const char *data, gsize length);
TplValue tpl_string_copy (TplRender *render, const char *data, gssize length);
TplValue tpl_string_take (TplRender *render, GString *string);
/* Two texts, one after the other. */
TplValue tpl_string_join (TplRender *render, TplValue first, TplValue second);
TplValue tpl_sequence (TplRender *render, TplKind kind);
void tpl_append (TplRender *render, TplSequence *sequence, TplValue value);
TplValue tpl_pair (TplRender *render, TplValue first, TplValue second);
TplValue tpl_dict (TplRender *render);
void tpl_dict_set (TplRender *render, TplDict *dict, TplValue key, TplValue value);
const TplValue *tpl_dict_get (TplRender *render, TplDict *dict, TplValue key);
const TplValue *tpl_dict_get_name (TplRender *render, TplDict *dict, const char *name);

/* Asking values. */
gboolean tpl_is_sequence (TplValue value);
gboolean tpl_is_number (TplValue value);
gboolean tpl_is_integer (TplValue value); /* a boolean is one, as in Python */
gboolean tpl_is_truthy (TplValue value);
double tpl_to_double (TplValue value);
const char *tpl_type_name (TplValue value);
gboolean tpl_equal (TplRender *render, TplValue a, TplValue b);
/* < 0, 0, > 0; values without an order are an error. NaN: 2. */
int tpl_compare (TplRender *render, TplValue a, TplValue b);
gboolean tpl_compare_op (TplRender *render, TplOp op, TplValue a, TplValue b);
gboolean tpl_contains (TplRender *render, TplValue container, TplValue item);
/* -1 when the value has no length. */
gssize tpl_length (TplValue value);
/* The elements of anything that can be looped over; NULL with the error set. */
TplSequence *tpl_iterate (TplRender *render, TplValue value);
/* An error that says what the undefined value was, when it is one. */
gboolean tpl_fail_undefined (TplRender *render, TplValue value);

/* Text. */
#define tpl_max_text ((gsize) 128 << 20)
TplValue tpl_to_string (TplRender *render, TplValue value);
void tpl_append_text (TplRender *render, GString *out, TplValue value);
void tpl_append_repr (TplRender *render, GString *out, TplValue value);
TplValue tpl_escape (TplRender *render, TplValue value);
gsize tpl_char_offset (const TplString *string, gsize index);
TplValue tpl_substring (TplRender *render, TplValue string, gsize begin, gsize end);
gboolean tpl_is_space (gunichar ch);
/* A lone name, the bytes up to NUL: for attribute and filter names given as values. */
char *tpl_to_name (TplRender *render, TplValue value);
void tpl_append_titlecase (GString *out, gunichar ch);
TplValue tpl_change_case (TplRender *render, TplValue string, gboolean upper);
TplValue tpl_capitalize (TplRender *render, TplValue string);
TplValue tpl_strip (TplRender *render, TplValue string, TplValue chars, gboolean left, gboolean right);
TplValue tpl_replace (TplRender *render, TplValue string, TplValue old, TplValue replacement, gint64 count);
TplValue tpl_format_percent (TplRender *render, TplValue format, TplValue args, TplDict *names);
TplValue tpl_format_braces (TplRender *render, TplValue format, TplArgs *args);

/* JSON. */
TplValue tpl_from_json (TplRender *render, JsonNode *node);
TplValue tpl_to_json (TplRender *render, TplArgs *args);

/* Operations. */
TplValue tpl_arithmetic (TplRender *render, TplOp op, TplValue a, TplValue b);
TplValue tpl_get_attribute (TplRender *render, TplValue object, const char *name);
TplValue tpl_get_item (TplRender *render, TplValue object, TplValue key);
TplValue tpl_get_slice (TplRender *render, TplValue object, TplValue start, TplValue stop, TplValue step);
TplValue tpl_call (TplRender *render, TplValue callable, TplArgs *args);
TplValue tpl_call_function (TplRender *render, const TplFunction *function, TplArgs *args);
TplValue tpl_call_macro (TplRender *render, TplMacro *macro, TplArgs *args);
TplValue tpl_call_loop (TplRender *render, TplLoop *loop, TplArgs *args);
TplValue tpl_loop_attribute (TplRender *render, TplLoop *loop, const char *name, gboolean *found);
const TplFunction *tpl_find_filter (const char *name);
const TplFunction *tpl_find_sequence_filter (const char *name);
const TplFunction *tpl_find_test (const char *name);
extern const TplMethod tpl_string_methods[], tpl_text_form_methods[]; /* end with a method without a name */
TplValue tpl_all_characters (TplValue value, gboolean (*is) (gunichar ch));
const TplFunction *tpl_find_global (const char *name);
/* Whether Python's type has an attribute of the name; then @method is what the sandbox allows, or NULL. */
gboolean tpl_find_method (TplValue object, const char *name, const TplMethod **method);

/* The tree. */
TplValue tpl_eval (TplRender *render, TplScope *scope, const TplNode *node);
TplArgs tpl_eval_args (TplRender *render, TplScope *scope, const TplNode *node, TplValue *subject);
void tpl_exec (TplRender *render, TplScope *scope, const TplNodes *body);
const TplValue *tpl_lookup (TplScope *scope, const char *name);
void tpl_bind (TplRender *render, TplScope *scope, const char *name, TplValue value);

G_END_DECLS
