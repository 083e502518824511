/* SPDX-License-Identifier: MIT
 *
 * Shares of successes: intervals that stay within 0 and 1 and hold for few
 * tries. Differences are treatment minus control.
 */
#ifndef PV_STATS_PROPORTION_H
#define PV_STATS_PROPORTION_H

#include <stdint.h>

typedef struct pv_interval {
	double low;
	double high;
} pv_interval;

/* `hits` of `n` > 0. */
typedef struct pv_share {
	int64_t hits;
	int64_t n;
} pv_share;

/* Wilson's interval (1927) at a confidence of 0 < `confidence` < 1. */
pv_interval pv_share_wilson(pv_share share, double confidence);
/* Newcombe's interval of the difference (1998, method 10). */
pv_interval pv_share_newcombe(pv_share control, pv_share treatment,
			      double confidence);
/*
 * The two-sided p of the pooled z test without correction for continuity;
 * -1 where both shares are 0 or both are 1.
 */
double pv_share_test(pv_share control, pv_share treatment);

#endif
