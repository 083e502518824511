/* SPDX-License-Identifier: MIT
 *
 * Laying out formatted values: fill, alignment, sign, grouping. Shared by `%`
 * formatting and format specifications.
 */
#ifndef PV_JINJA_LAYOUT_H
#define PV_JINJA_LAYOUT_H

#include "jinja/run/run.h"

typedef struct pv_jinja_layout {
	uint32_t fill;
	char align;        /* '<', '>', '^', or '=': behind the sign */
	char sign;         /* '-', '+' or ' ' */
	char group;        /* 0, ',' or '_' */
	char type;         /* conversion, 0 when none was given */
	uint32_t odd_type; /* one beyond ASCII; `type` is "?" then */
	int is_alternate;
	int drops_minus;   /* 'z': no "-0.0" */
	int64_t width;     /* code points, -1 when none was given */
	int64_t precision; /* -1 when none was given */
} pv_jinja_layout;

/* A number in pieces; they stand in the scratch buffer one after the other. */
typedef struct pv_jinja_pieces {
	int is_negative;
	const char *prefix; /* "0x", or "" */
	size_t digits;      /* bytes of the integral part */
	size_t rest;        /* bytes of point, fraction, exponent, '%' */
	int group_size;     /* 3, or 4 for powers of two */
} pv_jinja_pieces;

/*
 * Lays out what stands in the scratch buffer since `mark`: digits, then rest.
 */
int pv_jinja_lay_number(pv_jinja_run *run, size_t mark,
			const pv_jinja_layout *layout,
			const pv_jinja_pieces *pieces);
/* Appends a text, cut to the precision and padded to the width. */
int pv_jinja_lay_text(pv_jinja_run *run, const char *text, size_t len,
		      const pv_jinja_layout *layout);
/*
 * Appends |value| in decimal, hex, octal or binary as layout->type says, and
 * lays it out.
 */
int pv_jinja_lay_int(pv_jinja_run *run, pv_jinja_value value,
		     const pv_jinja_layout *layout);
/* The same for a double; type is one of efgEFG%n, or 0 for str()'s form. */
int pv_jinja_lay_double(pv_jinja_run *run, double value,
			const pv_jinja_layout *layout);

/* Appends format(value, spec), as Python's built-in function. */
int pv_jinja_put_format(pv_jinja_run *run, pv_jinja_value value,
			const char *spec, size_t len);

#endif
