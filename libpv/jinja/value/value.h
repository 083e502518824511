/* SPDX-License-Identifier: MIT
 *
 * Python's values as templates see them: 16 bytes, passed by value, tagged by
 * `type`. Strings, containers and big integers are borrowed pointers into the
 * arena of the render (or of the template or context, which outlive it);
 * nothing is counted or freed. A zeroed value is PV_JINJA_MISSING, "no value
 * was given", which no template ever sees.
 *
 * Strings are UTF-8 in which lone surrogates may occur, as in Python; lengths
 * here are bytes, what templates see are code points. What can fail is in
 * ops.h and run.h; this header only builds values and looks into them.
 */
#ifndef PV_JINJA_VALUE_H
#define PV_JINJA_VALUE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum pv_jinja_type {
	PV_JINJA_MISSING,
	PV_JINJA_UNDEFINED,
	PV_JINJA_NONE,
	PV_JINJA_BOOL,
	PV_JINJA_INT, /* an int that fits int64_t */
	PV_JINJA_BIG, /* an int that does not: see bigint.h */
	PV_JINJA_FLOAT,
	PV_JINJA_STR, /* str, or Markup by its flag */
	PV_JINJA_LIST,
	PV_JINJA_TUPLE,
	PV_JINJA_DICT,
	PV_JINJA_VIEW, /* what a dict's keys(), values(), items() give */
	PV_JINJA_RANGE,
	PV_JINJA_ITER, /* a generator or iterator: consumed once */
	PV_JINJA_FUNC, /* a macro, a bound method, a global function */
	PV_JINJA_OBJECT,
	PV_JINJA_TYPES
};

/* Bits of `flags`; what they mean depends on the type. */
enum pv_jinja_flag {
	PV_JINJA_MARKUP = 1, /* STR: Markup, not escaped again */
	PV_JINJA_ASCII = 2,  /* STR: known to be all ASCII */
	PV_JINJA_GROUP = 1   /* TUPLE: groupby's, with .grouper and .list */
};

/* The flags of UNDEFINED: which class of Jinja2's it is. */
enum pv_jinja_undefined_kind {
	PV_JINJA_UNDEFINED_DEFAULT,
	PV_JINJA_UNDEFINED_STRICT,
	PV_JINJA_UNDEFINED_CHAINABLE,
	PV_JINJA_UNDEFINED_DEBUG
};

/* The flags of VIEW. */
enum pv_jinja_view {
	PV_JINJA_VIEW_KEYS,
	PV_JINJA_VIEW_VALUES,
	PV_JINJA_VIEW_ITEMS
};

typedef struct pv_jinja_value {
	uint8_t type;  /* enum pv_jinja_type */
	uint8_t flags; /* enum pv_jinja_flag, ..._kind or ..._view */
	uint16_t unused;
	uint32_t len; /* STR: bytes */
	union {
		int64_t i; /* BOOL (0 or 1), INT */
		double f;
		const char *s; /* not NUL-terminated */
		const struct pv_jinja_big *big;
		const struct pv_jinja_undefined *undefined; /* or NULL */
		struct pv_jinja_list *list;                 /* LIST, TUPLE */
		struct pv_jinja_dict *dict;                 /* DICT, VIEW */
		const struct pv_jinja_range *range;
		struct pv_jinja_iter *iter;
		const struct pv_jinja_func *func;
		struct pv_jinja_object *object;
	} u;
} pv_jinja_value;

/* Why a value is undefined; what its message is made of. */
typedef struct pv_jinja_undefined {
	pv_jinja_value object; /* whose attribute is missing, or MISSING */
	pv_jinja_value name;   /* of the variable or attribute, or MISSING */
	pv_jinja_value hint;   /* STR: a message of its own, or MISSING */
	int error;             /* enum pv_jinja_error */
} pv_jinja_undefined;

/* LIST and TUPLE. A tuple's items are never written after it was made. */
typedef struct pv_jinja_list {
	pv_jinja_value *items;
	size_t count;
	size_t cap;
} pv_jinja_list;

typedef struct pv_jinja_range {
	int64_t start;
	int64_t stop;
	int64_t step;
	int64_t count;
} pv_jinja_range;

/* --- building ------------------------------------------------------------ */

static inline pv_jinja_value pv_jinja_missing(void)
{
	pv_jinja_value value = { 0 };

	return value;
}

static inline pv_jinja_value pv_jinja_none(void)
{
	pv_jinja_value value = { .type = PV_JINJA_NONE };

	return value;
}

static inline pv_jinja_value pv_jinja_bool(int is_true)
{
	pv_jinja_value value = { .type = PV_JINJA_BOOL, .u.i = !!is_true };

	return value;
}

static inline pv_jinja_value pv_jinja_int(int64_t i)
{
	pv_jinja_value value = { .type = PV_JINJA_INT, .u.i = i };

	return value;
}

static inline pv_jinja_value pv_jinja_float(double f)
{
	pv_jinja_value value = { .type = PV_JINJA_FLOAT, .u.f = f };

	return value;
}

/*
 * A str of `len` bytes, borrowed, which must be UTF-8 (surrogates allowed) and
 * shorter than 4 GiB. Give PV_JINJA_ASCII when that is known: lengths and
 * indexes are then free.
 */
static inline pv_jinja_value pv_jinja_str(const char *text, size_t len, int flags)
{
	pv_jinja_value value = { .type = PV_JINJA_STR,
				 .flags = (uint8_t)flags,
				 .len = (uint32_t)len,
				 .u.s = text };

	return value;
}

/* A str of a literal of ours, which is ASCII. */
static inline pv_jinja_value pv_jinja_text(const char *text)
{
	return pv_jinja_str(text, strlen(text), PV_JINJA_ASCII);
}

static inline pv_jinja_value pv_jinja_list_value(pv_jinja_list *list)
{
	pv_jinja_value value = { .type = PV_JINJA_LIST, .u.list = list };

	return value;
}

static inline pv_jinja_value pv_jinja_tuple_value(pv_jinja_list *list)
{
	pv_jinja_value value = { .type = PV_JINJA_TUPLE, .u.list = list };

	return value;
}

static inline pv_jinja_value pv_jinja_dict_value(struct pv_jinja_dict *dict)
{
	pv_jinja_value value = { .type = PV_JINJA_DICT, .u.dict = dict };

	return value;
}

static inline pv_jinja_value pv_jinja_func_value(const struct pv_jinja_func *func)
{
	pv_jinja_value value = { .type = PV_JINJA_FUNC, .u.func = func };

	return value;
}

static inline pv_jinja_value pv_jinja_object_value(struct pv_jinja_object *object)
{
	pv_jinja_value value = { .type = PV_JINJA_OBJECT, .u.object = object };

	return value;
}

/* --- looking ------------------------------------------------------------- */

static inline int pv_jinja_is_missing(pv_jinja_value value)
{
	return value.type == PV_JINJA_MISSING;
}

static inline int pv_jinja_is_undefined(pv_jinja_value value)
{
	return value.type == PV_JINJA_UNDEFINED;
}

static inline int pv_jinja_is_none(pv_jinja_value value)
{
	return value.type == PV_JINJA_NONE;
}

static inline int pv_jinja_is_str(pv_jinja_value value)
{
	return value.type == PV_JINJA_STR;
}

static inline int pv_jinja_is_markup(pv_jinja_value value)
{
	return value.type == PV_JINJA_STR && (value.flags & PV_JINJA_MARKUP);
}

/* bool and int of any size: Python's isinstance(value, int). */
static inline int pv_jinja_is_int(pv_jinja_value value)
{
	return value.type >= PV_JINJA_BOOL && value.type <= PV_JINJA_BIG;
}

/* bool, int or float. */
static inline int pv_jinja_is_number(pv_jinja_value value)
{
	return value.type >= PV_JINJA_BOOL && value.type <= PV_JINJA_FLOAT;
}

/* bool or int within int64_t: `u.i` is its value. */
static inline int pv_jinja_is_small(pv_jinja_value value)
{
	return value.type == PV_JINJA_BOOL || value.type == PV_JINJA_INT;
}

/* Whether a str has exactly this text. */
static inline int pv_jinja_str_is(pv_jinja_value value, const char *text)
{
	size_t len = strlen(text);

	return value.type == PV_JINJA_STR && value.len == len &&
	       !memcmp(value.u.s, text, len);
}

/* Python's name of the type, as in "'str' object": "int", "NoneType". */
const char *pv_jinja_type_name(pv_jinja_value value);
/* How Jinja2's undefined messages name it: "dict object", "None". */
const char *pv_jinja_object_name(pv_jinja_value value);

#endif
