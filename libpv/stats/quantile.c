/* SPDX-License-Identifier: MIT
 *
 * Quantiles and intervals between order statistics, which ask nothing of the
 * distribution. A binomial sum is an incomplete beta function.
 */
#include <math.h>
#include <string.h>

#include <pv/stats.h>

#include "base/fail.h"
#include "stats/domain.h"
#include "stats/means.h"
#include "stats/tails.h"

/* P(Bin(n, q) <= k) and its complement. */
static pv_tails binomial(int64_t k, int64_t n, double q)
{
	pv_tails none = { 0, 1, -INFINITY, 0 };
	pv_tails all = { 1, 0, 0, -INFINITY };

	if (k < 0)
		return none;
	if (k >= n)
		return all;
	return pv_beta_tails((double)(n - k), (double)k + 1, 1 - q, q);
}

/* What is looked for: the rank at which a tail crosses p. */
struct crossing {
	int64_t n;
	double q;
	double p;
	int is_upper; /* that of the upper tail */
};

static int is_before(const struct crossing *it, int64_t rank)
{
	pv_tails tails = binomial(rank - 1, it->n, it->q);

	return it->is_upper ? tails.high > it->p : tails.low <= it->p;
}

/*
 * The last rank before the crossing, which is nearly always close to where a
 * normal distribution has it.
 */
static int64_t last_before(const struct crossing *it)
{
	const int64_t near = 4;
	double mean = (double)it->n * it->q;
	double far = pv_normal_isf(it->p) * sqrt(mean * (1 - it->q));
	int64_t guess = (int64_t)(it->is_upper ? mean + far : mean - far);
	const int64_t tries[] = { guess - near, guess + near };
	int64_t low = 0;
	int64_t high = it->n + 1;

	for (size_t i = 0; high - low > 1; i++) {
		int64_t place = i < 2 ? tries[i] : low + (high - low) / 2;

		if (place <= low || place >= high)
			continue;
		if (is_before(it, place))
			low = place;
		else
			high = place;
	}
	return low;
}

int pv_stats_quantile_ranks(pv_stats_quantile *out, int64_t n, double q,
			    double confidence, pv_error *err)
{
	struct crossing crossing = { n, q, (1 - confidence) / 2, 0 };
	int rc = pv_domain_chance("q", q, err);

	memset(out, 0, sizeof(*out));
	if (rc == PV_OK)
		rc = pv_domain_chance("confidence", confidence, err);
	if (rc == PV_OK)
		rc = pv_domain_count("n", n, 0, err);
	if (rc < 0)
		return rc;
	out->status = n ? PV_STATS_KNOWN : PV_STATS_TOO_FEW;
	/* The greatest j with P(Bin <= j - 1) <= p, the least with >= 1 - p. */
	out->rank_low = last_before(&crossing);
	crossing.is_upper = 1;
	out->rank_high = last_before(&crossing) + 1;
	out->coverage = 1 - binomial(out->rank_low - 1, n, q).low -
			binomial(out->rank_high - 1, n, q).high;
	return PV_OK;
}

int pv_stats_quantile_of(pv_stats_quantile *out, const double *x, size_t n,
			 double q, double confidence, pv_error *err)
{
	double place;
	double step;
	size_t at;
	int rc = pv_stats_quantile_ranks(out, (int64_t)n, q, confidence, err);

	for (size_t i = 0; i < n && rc == PV_OK; i++) {
		rc = pv_domain_finite("value", x[i], err);
		if (rc == PV_OK && i && x[i] < x[i - 1])
			rc = pv_fail(err, PV_EINVALID, "values do not rise");
	}
	if (rc < 0 || !n)
		return rc;
	place = (double)(n - 1) * q;
	at = (size_t)floor(place);
	out->value = x[at];
	step = at + 1 < n ? x[at + 1] - x[at] : 0;
	/* Two values of which one is far below 0. */
	if (isinf(step))
		out->value += (place - (double)at) * x[at + 1] -
			      (place - (double)at) * x[at];
	else
		out->value += (place - (double)at) * step;
	out->interval.low =
		out->rank_low > 0 ? x[out->rank_low - 1] : (double)-INFINITY;
	out->interval.high = out->rank_high <= (int64_t)n ? x[out->rank_high - 1]
							  : (double)INFINITY;
	return PV_OK;
}

int pv_stats_quantile_test(pv_stats_test *out, const pv_stats_quantile *control,
			   const pv_stats_quantile *treatment,
			   double confidence, pv_error *err)
{
	double z;
	double a = control->interval.high - control->interval.low;
	double b = treatment->interval.high - treatment->interval.low;
	int rc = pv_domain_chance("confidence", confidence, err);

	memset(out, 0, sizeof(*out));
	if (rc < 0)
		return rc;
	out->status = PV_STATS_TOO_FEW;
	if (control->status || treatment->status || !isfinite(a + b))
		return PV_OK;
	z = pv_normal_isf((1 - confidence) / 2);
	out->status = PV_STATS_UNDEFINED;
	if (!isfinite(treatment->value - control->value) ||
	    !isfinite(hypot(a, b) / z * z))
		return PV_OK;
	out->difference = treatment->value - control->value;
	out->error = hypot(a, b) / (2 * z);
	out->status = PV_STATS_NO_VARIANCE;
	if (!(out->error > 0))
		return PV_OK;
	out->status = PV_STATS_KNOWN;
	pv_test_fill(out, confidence);
	if (isfinite(out->interval.low) && isfinite(out->interval.high))
		return PV_OK;
	memset(out, 0, sizeof(*out));
	out->status = PV_STATS_UNDEFINED;
	return PV_OK;
}
