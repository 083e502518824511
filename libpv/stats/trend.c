/* SPDX-License-Identifier: MIT
 *
 * Whether a series of numbers goes up or down: Mann-Kendall's test, which
 * asks only for order, and the Theil-Sen slope, which single odd values do not
 * move. All pairs of points are looked at.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <pv/stats.h>

#include "base/fail.h"
#include "base/mem.h"
#include "stats/domain.h"
#include "stats/points.h"
#include "stats/tails.h"

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), by_value);
	return n % 2 ? values[n / 2] : values[n / 2 - 1] / 2 + values[n / 2] / 2;
}

/* Sums over groups of equal values what the variance of s and tau lack. */
static void count_ties(double *triples_out, double *pairs_out, const double *y,
		       size_t n, double *scratch)
{
	memcpy(scratch, y, n * sizeof(*y));
	qsort(scratch, n, sizeof(*scratch), by_value);
	*triples_out = 0;
	*pairs_out = 0;
	for (size_t i = 0; i < n;) {
		size_t end = i;
		double t;

		while (end < n && scratch[end] == scratch[i])
			end++;
		t = (double)(end - i);
		*triples_out += t * (t - 1) * (2 * t + 5);
		*pairs_out += t * (t - 1) / 2;
		i = end;
	}
}

static void test_order(pv_stats_trend *out, const double *y, size_t n,
		       double *scratch)
{
	double count = (double)n;
	double pairs = count * (count - 1) / 2;
	double triples;
	double tied;
	double ln_p;

	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++)
			out->s += (y[j] > y[i]) - (y[j] < y[i]);
	count_ties(&triples, &tied, y, n, scratch);
	out->variance = (count * (count - 1) * (2 * count + 5) - triples) / 18;
	out->status = PV_STATS_NO_VARIANCE;
	if (!(pairs > tied))
		return;
	out->status = PV_STATS_KNOWN;
	if (out->s != 0)
		out->z = (out->s - (out->s > 0 ? 1 : -1)) / sqrt(out->variance);
	out->p = pv_normal_outside(&ln_p, out->z);
	out->tau = out->s / sqrt(pairs * (pairs - tied));
}

static void find_slope(pv_stats_trend *out, const double *x, const double *y,
		       size_t n, double *scratch)
{
	size_t count = 0;
	double middle_x;

	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++)
			if (x[j] > x[i])
				scratch[count++] = (y[j] - y[i]) / (x[j] - x[i]);
	if (!count) {
		memset(out, 0, sizeof(*out));
		out->status = PV_STATS_TOO_FEW;
		return;
	}
	out->slope = median(scratch, count);
	memcpy(scratch, x, n * sizeof(*x));
	middle_x = median(scratch, n);
	memcpy(scratch, y, n * sizeof(*y));
	out->intercept = median(scratch, n) - out->slope * middle_x;
}

int pv_stats_trend_of(pv_stats_trend *out, const double *x, const double *y,
		      size_t n, pv_error *err)
{
	double *scratch;
	int rc = pv_points_check(x, y, n, err);

	memset(out, 0, sizeof(*out));
	out->status = PV_STATS_TOO_FEW;
	if (rc == PV_OK && n > PV_STATS_TREND_MAX)
		rc = pv_fail(err, PV_EINVALID, "a trend has at most %d points",
			     PV_STATS_TREND_MAX);
	if (rc < 0 || n < 2)
		return rc;
	scratch = pv_calloc(n * (n - 1) / 2 + n, sizeof(*scratch));
	if (!scratch)
		return pv_fail_nomem(err);
	test_order(out, y, n, scratch);
	find_slope(out, x, y, n, scratch);
	pv_free(scratch);
	rc = pv_domain_finite("the slope", out->slope + out->intercept, err);
	if (rc < 0)
		memset(out, 0, sizeof(*out));
	return rc;
}
