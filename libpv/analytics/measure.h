/* SPDX-License-Identifier: MIT
 *
 * From the whole numbers of a rollup to figures.
 */
#ifndef PV_ANALYTICS_MEASURE_H
#define PV_ANALYTICS_MEASURE_H

#include <pv/analytics.h>

#include "index/cell.h"

/*
 * The figures of some moments, whose unit is 10 to the -`scale`. `point` gives
 * the values of its bins: pv_bin_point, or pv_bin_even_point for quality.
 */
pv_measure pv_measure_of(const pv_moments *moments, int scale,
			 double (*point)(int32_t key));

#endif
