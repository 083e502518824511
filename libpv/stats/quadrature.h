/* SPDX-License-Identifier: MIT
 *
 * Integrals by Gauss and Legendre, and those of functions with one peak whose
 * logarithm is concave, as products of chances are.
 */
#ifndef PV_STATS_QUADRATURE_H
#define PV_STATS_QUADRATURE_H

enum {
	PV_GAUSS_MAX = 64
};

/* Points and weights of a rule, on -1 to 1. */
typedef struct pv_gauss {
	int n;
	double x[PV_GAUSS_MAX];
	double weight[PV_GAUSS_MAX];
} pv_gauss;

/* Makes the rule of `n` <= PV_GAUSS_MAX points (Newton on the polynomial). */
void pv_gauss_make(pv_gauss *rule, int n);

typedef double pv_curve_fn(double x, const void *payload);

/*
 * ln of the integral of exp(fn) between `low` and `high`; `fn` is concave
 * there, -INFINITY is fine. -INFINITY where it is that everywhere.
 */
double pv_integrate_peak(pv_curve_fn *fn, const void *payload, double low,
			 double high);

#endif
