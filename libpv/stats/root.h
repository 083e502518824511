/* SPDX-License-Identifier: MIT
 *
 * Where an increasing function passes 0.
 */
#ifndef PV_STATS_ROOT_H
#define PV_STATS_ROOT_H

typedef double pv_root_fn(double x, const void *payload);

/*
 * The root of `fn`, which does not decrease, between `low` and `high`, to the
 * last digits; an end where the function does not pass 0 between them.
 */
double pv_root(pv_root_fn *fn, const void *payload, double low, double high);

#endif
