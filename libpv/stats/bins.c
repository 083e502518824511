/* SPDX-License-Identifier: MIT
 *
 * Bins of exponential histograms. The digits of log2 of a mantissa in [1, 2)
 * are found by squaring it, one binary digit each time: it is 1 when the
 * square reaches 2. Squares are kept in two doubles, so that 20 of them leave
 * some 25 decimal digits: no double is that near to a bound and not on it.
 */
#include <limits.h>
#include <math.h>

#include <pv/stats.h>

#include "base/fail.h"
#include "stats/domain.h"

enum {
	SCALE_LEAST = -10,
	SCALE_MOST = 20
};

static int scale_check(int scale, pv_error *err)
{
	if (scale >= SCALE_LEAST && scale <= SCALE_MOST)
		return PV_OK;
	return pv_fail(err, PV_EINVALID, "scale is not between %d and %d",
		       SCALE_LEAST, SCALE_MOST);
}

/* The first `digits` binary digits of log2 of `m`, 1 <= m < 2. */
static int64_t log2_digits(double m, int digits)
{
	double high = m;
	double low = 0;
	int64_t out = 0;

	for (int i = 0; i < digits; i++) {
		double square = high * high;
		double rest = fma(high, high, -square) + 2 * high * low;

		high = square + rest;
		low = rest - (high - square);
		out *= 2;
		if (high >= 2) {
			high /= 2;
			low /= 2;
			out++;
		}
	}
	return out;
}

/* i / 2^digits, rounded down. */
static int64_t halve(int64_t i, int digits)
{
	int64_t step = (int64_t)1 << digits;

	return i / step - (i % step < 0);
}

int pv_stats_histogram_index(int64_t *out, double value, int scale, pv_error *err)
{
	int exponent;
	double m;
	int rc = pv_domain_positive("value", value, err);

	*out = 0;
	if (rc == PV_OK)
		rc = scale_check(scale, err);
	if (rc < 0)
		return rc;
	m = 2 * frexp(value, &exponent);
	exponent--;
	/* Upper bounds belong to the bin: a power of two to the one below. */
	if (scale <= 0)
		*out = halve(exponent - (m == 1), -scale);
	else
		*out = (int64_t)exponent * ((int64_t)1 << scale) +
		       log2_digits(m, scale) - (m == 1);
	return PV_OK;
}

int pv_stats_histogram_bound(double *out, int64_t index, int scale, pv_error *err)
{
	int64_t whole;
	int64_t part = 0;
	int rc = scale_check(scale, err);

	*out = 0;
	if (rc < 0)
		return rc;
	if (index > INT_MAX || index < -INT_MAX)
		return pv_fail(err, PV_EINVALID, "index is out of range");
	if (scale <= 0) {
		whole = index * ((int64_t)1 << -scale);
	} else {
		whole = halve(index, scale);
		part = index - whole * ((int64_t)1 << scale);
	}
	if (whole > 1023)
		return pv_fail(err, PV_EINVALID, "index is out of range");
	*out = ldexp(exp2(ldexp((double)part, scale > 0 ? -scale : 0)),
		     (int)(whole < -2000 ? -2000 : whole));
	return PV_OK;
}

int pv_stats_histogram_point(double *out, int64_t index, int scale, pv_error *err)
{
	double low = 0;
	double high = 0;
	int rc = pv_stats_histogram_bound(&low, index, scale, err);

	*out = 0;
	if (rc == PV_OK)
		rc = pv_stats_histogram_bound(&high, index + 1, scale, err);
	/* In units of the lower bound: products could leave the range. */
	if (rc == PV_OK)
		*out = low > 0 ? 2 * low / (1 + low / high) : 0;
	return rc;
}
