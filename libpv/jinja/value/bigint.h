/* SPDX-License-Identifier: MIT
 *
 * Integers beyond int64_t, and the arithmetic of all integers. A result that
 * fits int64_t is always a PV_JINJA_INT, so equal integers are equally
 * represented. Sizes are compared with the limit `int_bits` before limbs are
 * taken from the arena. Operands are bools, ints or bigs.
 */
#ifndef PV_JINJA_BIGINT_H
#define PV_JINJA_BIGINT_H

#include "jinja/run/run.h"

/* sign and magnitude, least significant limb first, no leading zero limbs */
typedef struct pv_jinja_big {
	int is_negative;
	size_t count;
	unsigned long limbs[];
} pv_jinja_big;

int pv_jinja_int_add(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a,
		     pv_jinja_value b);
int pv_jinja_int_sub(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a,
		     pv_jinja_value b);
int pv_jinja_int_mul(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a,
		     pv_jinja_value b);
/* Rounds towards minus infinity; either output may be NULL. ZeroDivision is
 * the caller's: `b` is not 0. */
int pv_jinja_int_divmod(pv_jinja_value *quotient_out,
			pv_jinja_value *remainder_out, pv_jinja_run *run,
			pv_jinja_value a, pv_jinja_value b);
/* `exponent` is not negative. */
int pv_jinja_int_pow(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a,
		     pv_jinja_value exponent);
int pv_jinja_int_neg(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value a);
/* -1, 0 or 1. */
int pv_jinja_int_cmp(pv_jinja_value a, pv_jinja_value b);
int pv_jinja_int_sign(pv_jinja_value a);
/* The nearest double, ties to even; infinite when too large. */
double pv_jinja_int_to_double(pv_jinja_value a);
/* a / b, correctly rounded; `b` is not 0. 0, or -1 when it overflows. */
int pv_jinja_int_ratio(double *out, pv_jinja_run *run, pv_jinja_value a,
		       pv_jinja_value b);
/* The integral part of a finite double. */
int pv_jinja_int_from_double(pv_jinja_value *out, pv_jinja_run *run, double f);
/* Exact comparison of an int with a double that is not NaN: -1, 0, 1. */
int pv_jinja_int_cmp_double(pv_jinja_value a, double f);
uint64_t pv_jinja_int_hash(pv_jinja_value a);
size_t pv_jinja_int_bits(pv_jinja_value a);

/*
 * Appends the digits in base 2, 8, 10 or 16 (lower case, no prefix, a '-' in
 * front of negatives). Beyond 4300 decimal digits ValueError, as CPython's.
 */
int pv_jinja_put_int(pv_buf *out, pv_jinja_run *run, pv_jinja_value a, int base);
/*
 * An int from plain ASCII digits of the base (2 to 36, letters of any case),
 * no sign. ValueError beyond 4300 digits unless the base is a power of two.
 */
int pv_jinja_int_from_digits(pv_jinja_value *out, pv_jinja_run *run,
			     const char *digits, size_t len, int base,
			     int is_negative);

#endif
