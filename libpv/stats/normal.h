/* SPDX-License-Identifier: MIT
 *
 * The normal distribution. No state, no memory: numbers in, numbers out.
 */
#ifndef PV_STATS_NORMAL_H
#define PV_STATS_NORMAL_H

/* The chance of more than `z`. */
double pv_normal_sf(double z);
/* The z that is exceeded with a chance of `p`, 0 < p < 1. */
double pv_normal_isf(double p);

#endif
