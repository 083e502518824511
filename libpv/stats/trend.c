/* SPDX-License-Identifier: MIT
 *
 * All pairs of points are looked at; see the header for how many there may be.
 */
#include "stats/trend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/normal.h"

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

static void test_order(pv_trend *out, const double *y, size_t n, double *scratch)
{
	double count = (double)n;
	double pairs = count * (count - 1) / 2;
	double triples;
	double tied;

	out->s = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++)
			out->s += (y[j] > y[i]) - (y[j] < y[i]);
	count_ties(&triples, &tied, y, n, scratch);
	out->variance = (count * (count - 1) * (2 * count + 5) - triples) / 18;
	out->z = 0;
	if (out->variance > 0 && out->s != 0)
		out->z = (out->s - (out->s > 0 ? 1 : -1)) / sqrt(out->variance);
	out->p = 2 * pv_normal_sf(fabs(out->z));
	out->tau = pairs > tied ? out->s / sqrt(pairs * (pairs - tied)) : 0;
}

int pv_trend_test(pv_trend *out, const double *x, const double *y, size_t n,
		  double *scratch)
{
	size_t count = 0;
	double middle_x;

	if (n < 3 || n > PV_TREND_MAX)
		return -1;
	test_order(out, y, n, scratch);
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++)
			if (x[j] > x[i])
				scratch[count++] = (y[j] - y[i]) / (x[j] - x[i]);
	if (!count)
		return -1;
	out->slope = median(scratch, count);
	memcpy(scratch, x, n * sizeof(*x));
	middle_x = median(scratch, n);
	memcpy(scratch, y, n * sizeof(*y));
	out->intercept = median(scratch, n) - out->slope * middle_x;
	return 0;
}
