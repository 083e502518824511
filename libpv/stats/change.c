/* SPDX-License-Identifier: MIT
 *
 * Charts that are given one value after the other and say when the series has
 * changed. After an alarm they go on; who wants to begin anew clears them.
 */
#include <float.h>
#include <math.h>

#include <pv/stats.h>

static int alarm_of(double up, double down, double limit)
{
	return (up > limit ? PV_STATS_UP : PV_STATS_QUIET) |
	       (down > limit ? PV_STATS_DOWN : PV_STATS_QUIET);
}

static double bounded(double value)
{
	return fmax(-DBL_MAX / 2, fmin(value, DBL_MAX / 2));
}

int pv_stats_cusum_add(pv_stats_cusum *chart, double x)
{
	double u = (x - chart->mean) / chart->sd;

	if (!isfinite(u - chart->slack))
		return PV_STATS_QUIET;
	chart->up = bounded(fmax(0, chart->up + u - chart->slack));
	chart->down = bounded(fmax(0, chart->down - u - chart->slack));
	return alarm_of(chart->up, chart->down, chart->limit);
}

int pv_stats_ewma_add(pv_stats_ewma *chart, double x)
{
	double l = chart->weight;
	double off = x - chart->mean;

	if (!isfinite(off) || !(l > 0) || l > 1 ||
	    !isfinite(chart->width * chart->sd))
		return PV_STATS_QUIET;
	chart->n++;
	chart->off = l * off + (1 - l) * chart->off;
	chart->limit =
		chart->width * chart->sd *
		sqrt(l / (2 - l) * -expm1(2 * (double)chart->n * log1p(-l)));
	return alarm_of(chart->off, -chart->off, chart->limit);
}

int pv_stats_page_hinkley_add(pv_stats_page_hinkley *test, double x)
{
	double off;

	if (!isfinite(test->delta) ||
	    pv_stats_moments_add(&test->seen, x, NULL) < 0)
		return PV_STATS_QUIET;
	off = x - test->seen.origin - test->seen.mean;
	test->rise = bounded(test->rise + off - test->delta);
	test->fall = bounded(test->fall - off - test->delta);
	test->rise_least = fmin(test->rise_least, test->rise);
	test->fall_least = fmin(test->fall_least, test->fall);
	test->up = test->rise - test->rise_least;
	test->down = test->fall - test->fall_least;
	return alarm_of(test->up, test->down, test->limit);
}
