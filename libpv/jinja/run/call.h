/* SPDX-License-Identifier: MIT
 *
 * Calling. Everything callable has one C type, pv_jinja_fn: macros of the
 * engine, methods, global functions, filters and tests. The last four are
 * rows of tables (pv_jinja_native) that also say which arguments there are:
 * their function gets exactly one value per parameter, MISSING for those not
 * given, after pv_jinja_native_call has checked and ordered them.
 *
 * A filter's or test's first argument is what it is applied to; a method finds
 * its object in `call->self`.
 */
#ifndef PV_JINJA_CALL_H
#define PV_JINJA_CALL_H

#include "jinja/value/ops.h"

typedef struct pv_jinja_keyword {
	pv_jinja_value name; /* STR */
	pv_jinja_value value;
} pv_jinja_keyword;

/* One call: borrowed arguments, valid while it runs. */
typedef struct pv_jinja_call {
	pv_jinja_run *run;
	pv_jinja_value self;
	const pv_jinja_value *args;
	size_t count;
	const pv_jinja_keyword *keywords;
	size_t keyword_count;
	const void *data; /* of the function: its native row, its macro, ... */
} pv_jinja_call;

typedef int pv_jinja_fn(pv_jinja_value *out, pv_jinja_call *call);

/* How CPython words a wrong number of arguments. */
enum pv_jinja_wording {
	PV_JINJA_PYTHON, /* f() takes from 1 to 2 positional arguments ... */
	PV_JINJA_NOARGS, /* str.upper() takes no arguments (1 given) */
	PV_JINJA_ONE, /* list.append() takes exactly one argument (0 given) */
	PV_JINJA_EXPECTED, /* pop expected at most 1 argument, got 2 */
	PV_JINJA_CLINIC    /* split() takes at most 2 arguments (3 given) */
};

enum {
	PV_JINJA_MAX_PARAMS = 8,
	/* Bits of pv_jinja_native.flags. */
	PV_JINJA_REST = 1,       /* takes *args beyond `most` as they are */
	PV_JINJA_KEYWORDS = 2,   /* takes **kwargs as they are */
	PV_JINJA_POSITIONAL = 4, /* takes no keyword arguments */
	PV_JINJA_CHANGES = 8,    /* changes its object: not in the sandbox */
	PV_JINJA_VOLATILE = 16, /* depends on more than its arguments: autoescape
				 * or settings; not folded at compile time */
	PV_JINJA_HIDDEN = 32    /* Python's has an argument more, in front */
};

/* A row of the tables of filters, tests, methods and globals. */
typedef struct pv_jinja_native {
	const char *name;   /* in templates */
	const char *python; /* in messages: "do_center", "str.upper" */
	const char *params; /* "value width", separated by one space */
	uint8_t least;      /* required ones */
	uint8_t most;       /* all, without *args */
	uint8_t flags;
	uint8_t wording; /* enum pv_jinja_wording */
	pv_jinja_fn *fn;
} pv_jinja_native;

/* A callable value. */
typedef struct pv_jinja_func {
	pv_jinja_fn *fn; /* gets its arguments as they were given */
	pv_jinja_value self;
	const void *data;
	const char *name; /* of a type, with its module */
	const char *type; /* in messages: "builtin_function_or_method" */
} pv_jinja_func;

/* --- objects of the engine and of ours ------------------------------------ */

/*
 * What a kind of object can do; members may be NULL, which is what an object
 * of a plain Python class would do. get answers 1, 0 or a failure.
 */
typedef struct pv_jinja_class {
	const char *name;        /* "Namespace" */
	const char *object_name; /* "jinja2.utils.Namespace object" */
	int (*get)(pv_jinja_value *out, pv_jinja_run *run,
		   struct pv_jinja_object *object, const pv_jinja_name *name);
	int (*item)(pv_jinja_value *out, pv_jinja_run *run,
		    struct pv_jinja_object *object, pv_jinja_value key);
	int (*put_repr)(pv_buf *out, pv_jinja_run *run,
			struct pv_jinja_object *object);
	int (*put_str)(pv_buf *out, pv_jinja_run *run,
		       struct pv_jinja_object *object);
	int (*len)(int64_t *out, pv_jinja_run *run,
		   struct pv_jinja_object *object);
	int (*next)(pv_jinja_value *out, pv_jinja_run *run,
		    struct pv_jinja_object *object); /* also: is iterable */
	pv_jinja_fn *call; /* `call->self` is the object */
	int is_html;       /* str() is Markup: has __html__ */
} pv_jinja_class;

/* The head of every object. */
typedef struct pv_jinja_object {
	const pv_jinja_class *kind;
} pv_jinja_object;

/* --- calling --------------------------------------------------------------- */

/*
 * Calls a value: call->args and keywords are set, self and data are filled
 * in. Raises TypeError "'int' object is not callable".
 */
int pv_jinja_call_value(pv_jinja_value *out, pv_jinja_value callable,
			pv_jinja_call *call);
/* Texts given to native code are paid for as if it read them once. */
void pv_jinja_owe_call(const pv_jinja_call *call);
/* Calls a row: orders and checks the arguments first. */
int pv_jinja_native_call(pv_jinja_value *out, const pv_jinja_native *native,
			 pv_jinja_call *call);
/*
 * object.name(...) without making the bound method. `*is_method_out` is 0, and
 * nothing was done, unless the object's type has such a method and may use it.
 */
int pv_jinja_call_method(pv_jinja_value *out, int *is_method_out,
			 pv_jinja_value object, const pv_jinja_name *name,
			 pv_jinja_call *call);

/* --- tables ---------------------------------------------------------------- */

/* The built-in filter or test, or NULL. */
const pv_jinja_native *pv_jinja_filter_find(const char *name, size_t len);
const pv_jinja_native *pv_jinja_test_find(const char *name, size_t len);
/* The method of a type (enum pv_jinja_type), or NULL. */
const pv_jinja_native *pv_jinja_method_find(int type, const char *name,
					    size_t len);
/* A global: range, dict, cycler, joiner, namespace, lipsum; or NULL. */
const pv_jinja_value *pv_jinja_global_find(const char *name, size_t len);

/* --- namespace -------------------------------------------------------------- */

/* Whether `{% set x.y = ... %}` may write to the value. */
int pv_jinja_is_namespace(pv_jinja_value value);
int pv_jinja_namespace_set(pv_jinja_run *run, pv_jinja_value namespace_value,
			   pv_jinja_value name, pv_jinja_value value);

#endif
