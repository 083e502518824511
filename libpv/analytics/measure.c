/* SPDX-License-Identifier: MIT
 *
 * Totals and variances come from exact sums, quantiles from the bins.
 */
#include "analytics/measure.h"

#include <math.h>

#include <pv/stats.h>

static const double base = 4294967296.0;

/* --- quantiles ------------------------------------------------------------ */

typedef double (*point_fn)(int32_t key);

/* The value at a rank, counted from 0. */
static double at_rank(const pv_histogram *histogram, point_fn point, int64_t rank)
{
	int32_t key = 0;
	int64_t seen = 0;

	for (size_t i = 0; i < histogram->count && seen <= rank; i++) {
		key = histogram->bins[i].key;
		seen += histogram->bins[i].count;
	}
	return point(key);
}

/* R's type 7. */
static double quantile(const pv_moments *moments, point_fn point, double q)
{
	const pv_histogram *histogram = &moments->histogram;
	double place = (double)(moments->n - 1) * q;
	double low = floor(place);
	double value = at_rank(histogram, point, (int64_t)low);

	if (place > low)
		value += (place - low) *
			 (at_rank(histogram, point, (int64_t)low + 1) - value);
	return value;
}

pv_measure pv_measure_of(const pv_moments *moments, int scale, point_fn point)
{
	double unit = pow(10, scale);
	pv_measure out = { .n = moments->n };
	pv_stats_moments exact;
	double total;

	if (moments->n <= 0) {
		out.n = 0;
		return out;
	}
	total = (double)moments->sum[1] * base + (double)moments->sum[0];
	out.total = total / unit;
	out.mean = total / (double)moments->n / unit;
	pv_stats_moments_of_sums(&exact, moments->n, moments->sum,
				 moments->square);
	out.variance = pv_stats_variance(&exact) / unit / unit;
	out.p50 = quantile(moments, point, 0.5) / unit;
	out.p95 = quantile(moments, point, 0.95) / unit;
	out.p99 = quantile(moments, point, 0.99) / unit;
	return out;
}
