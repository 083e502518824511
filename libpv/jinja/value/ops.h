/* SPDX-License-Identifier: MIT
 *
 * What Python's operators and built-in functions do with values: arithmetic,
 * comparison, truth, iteration, subscripts, attributes. Outputs come first;
 * every function returns PV_OK or the code of a failure (run.h), predicates 1
 * or 0 or a failure. Exceptions have CPython's class and wording.
 */
#ifndef PV_JINJA_OPS_H
#define PV_JINJA_OPS_H

#include "jinja/run/run.h"
#include "jinja/value/container.h"

/* --- operators ----------------------------------------------------------- */

enum pv_jinja_operator {
	PV_JINJA_ADD,
	PV_JINJA_SUB,
	PV_JINJA_MUL,
	PV_JINJA_DIV,
	PV_JINJA_FLOORDIV,
	PV_JINJA_MOD,
	PV_JINJA_POW
};

enum pv_jinja_comparison {
	PV_JINJA_EQ,
	PV_JINJA_NE,
	PV_JINJA_LT,
	PV_JINJA_LE,
	PV_JINJA_GT,
	PV_JINJA_GE,
	PV_JINJA_IN,
	PV_JINJA_NOT_IN
};

int pv_jinja_arith(pv_jinja_value *out, pv_jinja_run *run,
		   enum pv_jinja_operator which, pv_jinja_value a,
		   pv_jinja_value b);
int pv_jinja_negate(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a);
int pv_jinja_plus(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a);
/* 1 or 0. For IN, `b` is the container. */
int pv_jinja_compare(pv_jinja_run *run, enum pv_jinja_comparison comparison,
		     pv_jinja_value a, pv_jinja_value b);
/* a ~ b ~ ...: str() of each joined; Markup rules when escaping. */
int pv_jinja_concat(pv_jinja_value *out, pv_jinja_run *run,
		    const pv_jinja_value *parts, size_t count);

/* --- built-in functions -------------------------------------------------- */

/* bool(value): 1 or 0; StrictUndefined raises. */
int pv_jinja_truth(pv_jinja_run *run, pv_jinja_value value);
/* a == b as in containers: the same object is equal to itself. 1 or 0. */
int pv_jinja_equal(pv_jinja_run *run, pv_jinja_value a, pv_jinja_value b);
/* a is b. */
int pv_jinja_same(pv_jinja_value a, pv_jinja_value b);
int pv_jinja_hash(uint64_t *out, pv_jinja_run *run, pv_jinja_value value);
/* len(value). */
int pv_jinja_len(int64_t *out, pv_jinja_run *run, pv_jinja_value value);
/* str(value); a str comes back as it is, Markup too. */
int pv_jinja_to_str(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value value);
/* markupsafe.escape(value): Markup. */
int pv_jinja_escape(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value value);
/* list(value): always a new list. */
int pv_jinja_to_list(pv_jinja_list **out, pv_jinja_run *run,
		     pv_jinja_value value);
/* The index of an int for native code; raises TypeError or OverflowError. */
int pv_jinja_to_index(int64_t *out, pv_jinja_run *run, pv_jinja_value value);
/* int(f): raises for infinities and NaN. */
int pv_jinja_float_to_int(pv_jinja_value *out, pv_jinja_run *run, double f);
/* The value of an int literal: any base prefix, underscores, any size. */
int pv_jinja_parse_int(pv_jinja_value *out, pv_jinja_run *run, const char *text,
		       size_t len);
/* The nearest double of a decimal float literal (underscores allowed). */
int pv_jinja_parse_float(double *out, const char *text, size_t len);

/* --- iteration ----------------------------------------------------------- */

/* A place in something that is iterated over; lives on the caller's stack. */
typedef struct pv_jinja_cursor {
	pv_jinja_value over;
	size_t at;    /* item, entry, or byte of a string */
	size_t count; /* of the dict when it began */
} pv_jinja_cursor;

/* iter(value); raises TypeError "'int' object is not iterable". */
int pv_jinja_iterate(pv_jinja_cursor *out, pv_jinja_run *run,
		     pv_jinja_value value);
/* 1 and the next item, 0 at the end, or a failure. Costs a step. */
int pv_jinja_next(pv_jinja_value *out, pv_jinja_run *run,
		  pv_jinja_cursor *cursor);

/*
 * A lazy sequence. `next` answers like pv_jinja_next; what it needs stands
 * behind the struct. `name` is the type's ("generator").
 */
typedef struct pv_jinja_iter {
	int (*next)(pv_jinja_value *out, pv_jinja_run *run,
		    struct pv_jinja_iter *iter);
	const char *name;
	int is_done;
} pv_jinja_iter;

static inline pv_jinja_value pv_jinja_iter_value(pv_jinja_iter *iter)
{
	pv_jinja_value value = { .type = PV_JINJA_ITER, .u.iter = iter };

	return value;
}

/* --- subscripts and attributes ------------------------------------------- */

/* A name known at compile time: its hash, and which types have a method. */
typedef struct pv_jinja_name {
	pv_jinja_value text; /* STR */
	uint64_t hash;
	unsigned owners; /* bit of each enum pv_jinja_type with such a method */
	uint32_t index;  /* among the names of its template */
	int is_guarded;  /* begins with "_", or is empty: ask the sandbox */
	/* methods of the name, or NULL */
	const struct pv_jinja_native *of_str;
	const struct pv_jinja_native *of_dict;
} pv_jinja_name;

/* `text` is borrowed. */
void pv_jinja_name_init(pv_jinja_name *name, const char *text, size_t len,
			int flags);

/* object.name: attribute first, then item; undefined when there is neither. */
int pv_jinja_getattr(pv_jinja_value *out, pv_jinja_run *run,
		     pv_jinja_value object, const pv_jinja_name *name);
/* object[key]: item first, then (for a str key) attribute; else undefined. */
int pv_jinja_getitem(pv_jinja_value *out, pv_jinja_run *run,
		     pv_jinja_value object, pv_jinja_value key);
/* object[start:stop:step]; MISSING bounds are absent ones. */
int pv_jinja_getslice(pv_jinja_value *out, pv_jinja_run *run,
		      pv_jinja_value object, const pv_jinja_value bounds[3]);
/* The attribute alone, as |attr and Python's getattr: 1, 0 or a failure. */
int pv_jinja_find_attr(pv_jinja_value *out, pv_jinja_run *run,
		       pv_jinja_value object, const pv_jinja_name *name);

/* --- undefined ----------------------------------------------------------- */

/* Variable `name` is not there; of the environment's kind. */
int pv_jinja_undefined_name(pv_jinja_value *out, pv_jinja_run *run,
			    pv_jinja_value name);
/* `object` has no attribute or item `name`. */
int pv_jinja_undefined_attr(pv_jinja_value *out, pv_jinja_run *run,
			    pv_jinja_value object, pv_jinja_value name);
/* With a message of its own; `error` is raised when it is used. */
int pv_jinja_undefined_hint(pv_jinja_value *out, pv_jinja_run *run,
			    enum pv_jinja_error error, pv_jinja_value name,
			    const char *hint);
/* Raises what using the undefined value raises. */
int pv_jinja_raise_undefined(pv_jinja_run *run, pv_jinja_value undefined);

#endif
