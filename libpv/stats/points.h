/* SPDX-License-Identifier: MIT
 *
 * Points of a series.
 */
#ifndef PV_STATS_POINTS_H
#define PV_STATS_POINTS_H

#include <pv/error.h>

/* PV_EINVALID unless all are finite and x does not fall. */
int pv_points_check(const double *x, const double *y, size_t n, pv_error *err);

#endif
