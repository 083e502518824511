/* SPDX-License-Identifier: MIT
 *
 * What comparisons of two samples share.
 */
#ifndef PV_STATS_MEANS_H
#define PV_STATS_MEANS_H

#include <pv/stats.h>

/* PV_EINVALID for what is no sample: a negative n or m2, or no number. */
int pv_sample_check(const pv_stats_moments *sample, pv_error *err);
/* Both, and a confidence between 0 and 1. */
int pv_samples_check(const pv_stats_moments *control,
		     const pv_stats_moments *treatment, double confidence,
		     pv_error *err);
/* Treatment minus control. */
double pv_sample_difference(const pv_stats_moments *control,
			    const pv_stats_moments *treatment);
/*
 * Fills the test of a difference and its error > 0 that are there already: by
 * t with out->df degrees of freedom, by z when they are 0.
 */
void pv_test_fill(pv_stats_test *out, double confidence);

#endif
