/* SPDX-License-Identifier: MIT
 *
 * Student's t, and Welch's comparison of two means.
 */
#ifndef PV_STATS_STUDENT_H
#define PV_STATS_STUDENT_H

#include <stdint.h>

#include "stats/proportion.h"

/* The chance of more than `t` with `df` > 0 degrees of freedom. */
double pv_student_sf(double t, double df);
/* The t that is exceeded with a chance of `p`, 0 < p < 1. */
double pv_student_isf(double p, double df);

/* What is known of a sample: `n` values, their mean and their variance. */
typedef struct pv_sample {
	int64_t n;
	double mean;
	double variance;
} pv_sample;

/* Treatment minus control. */
typedef struct pv_welch {
	double difference;
	double error; /* its standard error */
	double t;
	double df;
	double p; /* two-sided */
	pv_interval interval;
} pv_welch;

/*
 * Compares two means whose variances may differ (Welch 1947). -1 where nothing
 * can be said: fewer than two values on a side, or no variance at all.
 */
int pv_welch_test(pv_welch *out, const pv_sample *control,
		  const pv_sample *treatment, double confidence);

#endif
