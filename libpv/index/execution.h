/* SPDX-License-Identifier: MIT
 *
 * The inside of an execution: one value per field, all text in one arena. A
 * value that is not set is null outside. Backends fill and read values; what
 * they may be is decided in read.c alone.
 */
#ifndef PV_INDEX_EXECUTION_H
#define PV_INDEX_EXECUTION_H

#include <pv/index.h>

#include "base/arena.h"
#include "index/field.h"

typedef struct pv_value {
	const char *text; /* with a NUL behind `len`; NULL for numbers */
	size_t len;
	int64_t number;
	const unsigned char *sha256; /* of the text, once it is prepared */
	unsigned char is_set;
	unsigned char is_given; /* also as null */
	unsigned char is_json;  /* PV_KIND_ANY: not a text */
} pv_value;

enum {
	PV_UUID_BYTES = 16,
	PV_UUID_TEXT = 37
};

struct pv_execution {
	pv_arena arena;
	pv_strlist unknown; /* keys that went to metadata */
	pv_value given;     /* metadata before they did */
	/* What follows from the values, until one of them is set. */
	pv_str dim_key; /* once it is prepared, else NULL */
	unsigned char uuid[PV_UUID_BYTES];
	unsigned char is_complete; /* `uuid` is there, too */
	pv_value values[PV_FIELD_COUNT];
};

/* To be said before a value changes. */
void pv_execution_touch(pv_execution *row);
/* Sets a value to a copy of the text. PV_ENOMEM. */
int pv_execution_copy(pv_execution *row, enum pv_field field, pv_str text,
		      pv_error *err);
/* The sha256 of a body's text, in PV_SHA256_BYTES. */
void pv_body_hash(unsigned char *out, const pv_value *value);
/*
 * All values of dims one behind the other, which differ if any does; in `text`,
 * which is written over unless the row is prepared.
 */
int pv_execution_dim_key(pv_str *out, pv_buf *text, const pv_execution *row,
			 pv_error *err);
/*
 * As pv_execution_json, but of the fields that are set only: what it gives does
 * not change when there are more fields.
 */
int pv_execution_put_set(pv_buf *out, const pv_execution *row, pv_error *err);
void pv_execution_put_number(pv_execution *row, enum pv_field field,
			     int64_t number);

/* --- ids ------------------------------------------------------------------ */

/*
 * Reads a UUID of version 7 in any case; -1 for anything else. NULL `out`
 * only looks.
 */
int pv_uuid_parse(unsigned char *out, pv_str text);
void pv_uuid_format(char out[PV_UUID_TEXT],
		    const unsigned char bytes[PV_UUID_BYTES]);
/*
 * Makes one of a time and ten bytes; of those 74 bits are kept. The time's
 * microseconds below a millisecond are not in it.
 */
void pv_uuid_make(unsigned char out[PV_UUID_BYTES], int64_t micros,
		  const unsigned char rest[10]);
/* The time inside, in microseconds. */
int64_t pv_uuid_time(const unsigned char bytes[PV_UUID_BYTES]);

/* --- numbers -------------------------------------------------------------- */

/*
 * A decimal literal times 10 to the `scale`, rounded to the nearest whole,
 * ties away from zero; `*is_exact_out` says whether nothing was lost.
 * PV_EINVALID for what is no number, PV_ELIMIT beyond int64.
 */
int pv_scaled_parse(int64_t *out, int *is_exact_out, pv_str text, int scale);
/* The shortest decimal that reads back to the same. */
void pv_scaled_write(pv_buf *out, int64_t value, int scale);

#endif
