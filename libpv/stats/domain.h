/* SPDX-License-Identifier: MIT
 *
 * What arguments must be. Each names the argument in the error.
 */
#ifndef PV_STATS_DOMAIN_H
#define PV_STATS_DOMAIN_H

#include <pv/error.h>

/* PV_EINVALID for NaN and infinities. */
int pv_domain_finite(const char *name, double value, pv_error *err);
/* Finite and above 0. */
int pv_domain_positive(const char *name, double value, pv_error *err);
/* A parameter of a distribution, such as degrees of freedom: 1e-12 to 1e15. */
int pv_domain_shape(const char *name, double value, pv_error *err);
/* Finite and not below 0. */
int pv_domain_not_negative(const char *name, double value, pv_error *err);
/* From 1e-300 on, and below 1. */
int pv_domain_chance(const char *name, double value, pv_error *err);
/* A count of at least `least` and at most 2^53. */
int pv_domain_count(const char *name, int64_t value, int64_t least,
		    pv_error *err);

#endif
