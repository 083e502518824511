/* SPDX-License-Identifier: MIT
 *
 * JSON as a validator needs it: 24 bytes a value, keys hashed once, numbers
 * exact whatever their size. A value lives in an arena and is never changed,
 * so threads may share it; strings without escapes borrow from the text.
 *
 * base/json.h is for reading what we wrote; this is for what may be anything:
 * integers beyond int64 and decimals that no double can hold.
 */
#ifndef PV_SCHEMA_VALUE_H
#define PV_SCHEMA_VALUE_H

#include <pv/buf.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/decimal.h"
#include "base/str.h"

enum pv_value_kind {
	PV_VALUE_NULL,
	PV_VALUE_FALSE,
	PV_VALUE_TRUE,
	PV_VALUE_INTEGER, /* of int64, however it was spelled: 3, 3.0, 30e-1 */
	PV_VALUE_NUMBER,  /* any other number */
	PV_VALUE_STRING,
	PV_VALUE_ARRAY,
	PV_VALUE_OBJECT
};

/* Kinds of values, as bits; an integer is also a number. */
enum pv_types {
	PV_TYPE_NULL = 1,
	PV_TYPE_BOOLEAN = 2,
	PV_TYPE_INTEGER = 4,
	PV_TYPE_FRACTION = 8, /* a number that is no integer */
	PV_TYPE_NUMBER = 12,
	PV_TYPE_STRING = 16,
	PV_TYPE_ARRAY = 32,
	PV_TYPE_OBJECT = 64,
	PV_TYPE_ANY = 127
};

typedef struct pv_value pv_value;
typedef struct pv_member pv_member;

/* A number that is no int64. */
typedef struct pv_number {
	pv_decimal decimal; /* borrows from the text */
	int is_integer;
	/*
	 * Its value but for 1e-14 of it, NaN beyond the range of doubles. Numbers
	 * of at most 15 digits are kept apart and in order by it: `is_short`.
	 */
	double real;
	int is_short;
	/* mantissa x 10^scale, but for the sign; 0: it has too many digits. */
	uint64_t mantissa;
	long scale;
} pv_number;

struct pv_value {
	uint8_t kind; /* enum pv_value_kind */
	uint8_t type; /* the one of enum pv_types that it is; 0: not said */
	uint8_t is_ascii;
	uint32_t hash; /* of a string's bytes, half of it */
	size_t count;  /* bytes, elements or members */
	union {
		int64_t integer;
		const pv_number *number;
		const char *text;
		const pv_value *items;
		const pv_member *members; /* in the order of the text */
	} as;
};

struct pv_member {
	pv_str key;
	uint64_t hash; /* of the key */
	pv_value value;
};

enum {
	PV_VALUE_MAX_DEPTH = 512
};

/*
 * Reads exactly one JSON text (RFC 8259) into `arena`; `text` has to stay as
 * long as the value. PV_ESYNTAX with line and column, for equal keys and lone
 * surrogates as well; PV_ELIMIT for nesting beyond PV_VALUE_MAX_DEPTH and for
 * exponents beyond a million; PV_ENOMEM.
 */
int pv_value_read(const pv_value **out, pv_arena *arena, pv_str text,
		  pv_error *err);

/* Up to 7 bytes that are different and as many have different hashes. */
uint64_t pv_value_hash_bytes(pv_str text);

/* memcmp() without a call where texts are short, as keys and choices are. */
static inline int pv_bytes_are_same(const char *a, const char *b, size_t len)
{
	if (len > 16)
		return !memcmp(a, b, len);
	if (len >= 8)
		return !memcmp(a, b, 8) && !memcmp(a + len - 8, b + len - 8, 8);
	if (len >= 4)
		return !memcmp(a, b, 4) && !memcmp(a + len - 4, b + len - 4, 4);
	for (size_t i = 0; i < len; i++)
		if (a[i] != b[i])
			return 0;
	return 1;
}

/* Whether two keys are the same, which have these hashes. */
static inline int pv_key_is_same(pv_str a, uint64_t a_hash, pv_str b,
				 uint64_t b_hash)
{
	return a_hash == b_hash && a.len == b.len &&
	       (a.len < sizeof(uint64_t) ||
		pv_bytes_are_same(a.ptr, b.ptr, a.len));
}

/* The member of an object with that key; NULL when there is none. */
const pv_value *pv_value_get(const pv_value *object, pv_str key);
const pv_value *pv_value_get_z(const pv_value *object, const char *key);

static inline pv_str pv_value_str(const pv_value *string)
{
	pv_str text = { string->as.text, string->count };

	return text;
}

static inline int pv_value_is_number(const pv_value *value)
{
	return value->kind == PV_VALUE_INTEGER || value->kind == PV_VALUE_NUMBER;
}

/* Whether the number has no fraction. */
static inline int pv_value_is_integer(const pv_value *value)
{
	return value->kind == PV_VALUE_INTEGER ||
	       (value->kind == PV_VALUE_NUMBER && value->as.number->is_integer);
}

/* Whether a number is below 0. */
static inline int pv_value_is_negative(const pv_value *number)
{
	if (number->kind == PV_VALUE_INTEGER)
		return number->as.integer < 0;
	return number->as.number->decimal.is_negative;
}

/* The one of enum pv_types that a value is. */
unsigned pv_value_type(const pv_value *value);

static inline unsigned pv_type_of(const pv_value *value)
{
	return value->type ? value->type : pv_value_type(value);
}

/* The number of code points of a string. */
size_t pv_value_length(const pv_value *string);

/* A double near a number, but for 1e-14 of it; NaN when there is none. */
static inline double pv_value_near(const pv_value *number)
{
	return number->kind == PV_VALUE_INTEGER ? (double)number->as.integer
						: number->as.number->real;
}

/* --- comparing ------------------------------------------------------------ */

/* -1, 0 or 1: two numbers, exactly. */
int pv_value_cmp_numbers(const pv_value *a, const pv_value *b);
/* Whether `value` is a multiple of `unit`, which is above 0; exactly. */
int pv_value_is_multiple(const pv_value *value, const pv_value *unit);
/* As JSON Schema has it: numbers by value, members in any order. */
int pv_value_equal(const pv_value *a, const pv_value *b);
/* Equal values have equal hashes. */
uint64_t pv_value_hash(const pv_value *value);

/*
 * Appends null, a truth value or a number, of its digits at most so many on
 * each side of the point; 0 for the other kinds.
 */
int pv_value_put_plain(pv_buf *out, const pv_value *value, size_t digits);

#endif
