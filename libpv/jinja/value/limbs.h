/* SPDX-License-Identifier: MIT
 *
 * Magnitudes as limbs: what of big integers and of decimal conversion needs
 * no memory of its own. Only here and in the .c files that include this is
 * GMP seen.
 */
#ifndef PV_JINJA_LIMBS_H
#define PV_JINJA_LIMBS_H

#include <stddef.h>
#include <stdint.h>

#include <gmp.h>

enum {
	PV_JINJA_LIMB_BITS = 64
};

typedef struct pv_jinja_limbs {
	const mp_limb_t *ptr; /* least significant first */
	size_t count;         /* no leading zeros */
	int is_negative;
} pv_jinja_limbs;

/* Copies into `size` limbs, zeros above. */
void pv_jinja_limbs_copy(mp_limb_t *out, pv_jinja_limbs from, size_t size);
size_t pv_jinja_limbs_bits(pv_jinja_limbs limbs);
/* out[a.count + b.count] = a * b; neither is empty, nothing overlaps. */
void pv_jinja_limbs_mul(mp_limb_t *out, pv_jinja_limbs a, pv_jinja_limbs b);
/*
 * Truncating division of magnitudes: `quotient` gets a.count - b.count + 1
 * limbs, `remainder` as many as the shorter has; `room` holds a.count +
 * b.count + 2. `b` is not zero.
 */
void pv_jinja_limbs_divide(mp_limb_t *quotient, mp_limb_t *remainder,
			   mp_limb_t *room, pv_jinja_limbs a, pv_jinja_limbs b);
/* The nearest double, ties to even. */
double pv_jinja_limbs_to_double(pv_jinja_limbs limbs);
/* a / b to the nearest double; `room` has 6 * (a.count + b.count + 4). */
double pv_jinja_limbs_ratio(mp_limb_t *room, pv_jinja_limbs a, pv_jinja_limbs b);
/* Compares a magnitude with a double >= 2^63 that is finite: -1, 0, 1. */
int pv_jinja_limbs_cmp_double(const mp_limb_t *limbs, size_t count, double f);
/*
 * The double nearest to (mantissa + a bit more when `has_more`) x 2^exponent;
 * the mantissa has its highest bit set.
 */
double pv_jinja_round_double(uint64_t mantissa, int has_more, long exponent);

#endif
