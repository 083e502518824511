/* SPDX-License-Identifier: MIT
 *
 * Doubles as decimal text and back, exactly and without the locale. All
 * printing begins with the exact decimal digits of the double, which are then
 * rounded half to even as text, so any precision is right in all digits.
 */
#ifndef PV_JINJA_NUMBER_H
#define PV_JINJA_NUMBER_H

#include "jinja/run/run.h"

enum {
	/* No double has more significant digits: 767, and some to spare. */
	PV_JINJA_DOUBLE_DIGITS = 800
};

/* |value| = 0.digits x 10^point; zero has one digit, '0', and point 1. */
typedef struct pv_jinja_digits {
	size_t count;
	int point;
	char digits[PV_JINJA_DOUBLE_DIGITS];
} pv_jinja_digits;

/* All digits of a finite double, without trailing zeros. */
void pv_jinja_digits_exact(pv_jinja_digits *out, double value);
/* The fewest digits that read back as the same double. */
void pv_jinja_digits_shortest(pv_jinja_digits *out, double value);
/* Keeps `count` digits (may be 0 or negative), rounding half to even. */
void pv_jinja_digits_round(pv_jinja_digits *digits, long count);
/* The nearest double of 0.digits x 10^point, infinite when too large. */
double pv_jinja_digits_to_double(const char *digits, size_t count, long point);

/* Appends repr(value): "1.0", "1e+16", "inf", "-0.0". */
void pv_jinja_put_float(pv_buf *out, double value);
/*
 * Appends value in %f, %e or %g form (`type` lower case), no width. Type 'r' is
 * %g that always shows a point or an exponent.
 */
int pv_jinja_put_fixed(pv_buf *out, pv_jinja_run *run, double value, char type,
		       int precision, int keeps_zeros);

#endif
