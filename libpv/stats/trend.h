/* SPDX-License-Identifier: MIT
 *
 * Whether a series of numbers goes up or down: Mann-Kendall's test, which
 * asks only for order, and the Theil-Sen slope, which single odd values do not
 * move.
 */
#ifndef PV_STATS_TREND_H
#define PV_STATS_TREND_H

#include <stddef.h>

typedef struct pv_trend {
	double s;        /* Kendall's: pairs that rise less pairs that fall */
	double variance; /* of s, with ties */
	double z;
	double p;         /* two-sided */
	double tau;       /* tau-b */
	double slope;     /* median of all pairs' slopes */
	double intercept; /* median of y less slope times median of x */
} pv_trend;

enum {
	PV_TREND_MAX = 1000 /* points; time and memory are its square */
};

/*
 * `n` points by rising x. `scratch` has room for n * (n - 1) / 2 + n numbers. -1
 * where nothing can be said: fewer than three points.
 */
int pv_trend_test(pv_trend *out, const double *x, const double *y, size_t n,
		  double *scratch);

#endif
