/* SPDX-License-Identifier: MIT
 *
 * Shares of successes: intervals that stay within 0 and 1 and hold for few
 * tries. Differences of shares are made of whole products, so that they keep
 * their digits where shares nearly are equal.
 */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "stats/domain.h"
#include "stats/means.h"
#include "stats/special.h"
#include "stats/tails.h"

enum {
	FEW = 5 /* of an expected count */
};

static int share_check(pv_stats_share share, pv_error *err)
{
	if (share.hits >= 0 && share.hits <= share.n)
		return pv_domain_count("n", share.n, 0, err);
	return pv_fail(err, PV_EINVALID, "hits are not between 0 and n");
}

/* A share, what is not it, and Wilson's distances from it. */
struct wilson {
	double p;
	double q;
	double below;
	double above;
	pv_stats_interval interval;
};

static struct wilson wilson_of(pv_stats_share share, double z)
{
	double n = (double)share.n;
	double hits = (double)share.hits;
	double w = z * z / n;
	struct wilson out = { hits / n, (n - hits) / n, 0, 0, { 0, 1 } };
	double half = z * sqrt(out.p * out.q / n + w / (4 * n)) / (1 + w);
	double pull = w * (out.q - out.p) / 2 / (1 + w);

	out.below = half - pull;
	out.above = half + pull;
	/* The ends are roots of a square, whose product is p^2 / (1 + w). */
	if (share.hits < share.n)
		out.interval.high = out.p + out.above;
	if (share.hits > 0)
		out.interval.low =
			out.p / (1 + w) * (out.p / (out.p + out.above));
	if (share.hits == 0)
		out.below = 0;
	if (share.hits == share.n)
		out.above = 0;
	return out;
}

int pv_stats_wilson(pv_stats_interval *out, pv_stats_share share,
		    double confidence, pv_error *err)
{
	int rc = pv_domain_chance("confidence", confidence, err);

	out->low = 0;
	out->high = 1;
	if (rc == PV_OK)
		rc = share_check(share, err);
	if (rc == PV_OK && share.n > 0)
		*out = wilson_of(share, pv_normal_isf((1 - confidence) / 2)).interval;
	return rc;
}

/* Difference of shares as (xt nc - xc nt) / (nc nt). */
static double difference_of(pv_stats_share a, pv_stats_share b)
{
	return pv_cross((double)b.hits, (double)a.n, (double)a.hits, (double)b.n) /
	       ((double)a.n * (double)b.n);
}

static void test_pooled(pv_stats_test *out, pv_stats_share a, pv_stats_share b)
{
	double n = (double)a.n + (double)b.n;
	double hits = (double)a.hits + (double)b.hits;
	double pooled = hits / n * ((n - hits) / n);
	pv_tails tails;

	out->status = PV_STATS_NO_VARIANCE;
	if (!(pooled > 0))
		return;
	out->status = PV_STATS_KNOWN;
	out->error = sqrt(pooled * (1 / (double)a.n + 1 / (double)b.n));
	out->statistic = out->difference / out->error;
	out->p = pv_normal_outside(&out->ln_p, out->statistic);
	tails = pv_normal_tails(out->statistic);
	out->p_greater = tails.high;
	out->p_less = tails.low;
}

static void find_ratios(pv_stats_shares *out, pv_stats_share a,
			pv_stats_share b, double z)
{
	double ah = (double)a.hits;
	double bh = (double)b.hits;
	double am = (double)(a.n - a.hits);
	double bm = (double)(b.n - b.hits);
	double spread;

	out->has_risk_ratio = a.hits > 0 && b.hits > 0;
	if (!out->has_risk_ratio)
		return;
	out->risk_ratio = bh / (double)b.n / (ah / (double)a.n);
	spread = exp(z * sqrt(am / (ah * (double)a.n) + bm / (bh * (double)b.n)));
	out->risk_ratio_interval.low = out->risk_ratio / spread;
	out->risk_ratio_interval.high = out->risk_ratio * spread;
	out->has_odds_ratio = am > 0 && bm > 0;
	if (out->has_odds_ratio)
		out->odds_ratio = bh / bm * (am / ah);
}

/* The angles' difference, from the sine of it. */
static double angle_between(pv_stats_share a, pv_stats_share b)
{
	double p = (double)a.hits / (double)a.n;
	double q = (double)b.hits / (double)b.n;
	double rest_p = (double)(a.n - a.hits) / (double)a.n;
	double rest_q = (double)(b.n - b.hits) / (double)b.n;
	double sum = sqrt(q * rest_p) + sqrt(p * rest_q);
	double sine = sum > 0 ? difference_of(a, b) / sum : 0;
	double cosine = sqrt(rest_p * rest_q) + sqrt(p * q);

	return 2 * atan2(sine, cosine);
}

static int is_small(pv_stats_share a, pv_stats_share b)
{
	double n = (double)a.n + (double)b.n;
	double hits = (double)a.hits + (double)b.hits;
	double least = fmin((double)a.n, (double)b.n) / n * fmin(hits, n - hits);

	return least < FEW;
}

int pv_stats_proportions(pv_stats_shares *out, pv_stats_share control,
			 pv_stats_share treatment, double confidence,
			 pv_error *err)
{
	struct wilson a;
	struct wilson b;
	double wald;
	double z;
	int rc = pv_domain_chance("confidence", confidence, err);

	memset(out, 0, sizeof(*out));
	if (rc == PV_OK)
		rc = share_check(control, err);
	if (rc == PV_OK)
		rc = share_check(treatment, err);
	out->test.status = PV_STATS_TOO_FEW;
	if (rc < 0 || !control.n || !treatment.n)
		return rc;
	z = pv_normal_isf((1 - confidence) / 2);
	a = wilson_of(control, z);
	b = wilson_of(treatment, z);
	out->test.difference = difference_of(control, treatment);
	test_pooled(&out->test, control, treatment);
	wald = z * sqrt(a.p * a.q / (double)control.n +
			b.p * b.q / (double)treatment.n);
	out->test.interval.low = out->test.difference - wald;
	out->test.interval.high = out->test.difference + wald;
	out->newcombe.low = out->test.difference - hypot(b.below, a.above);
	out->newcombe.high = out->test.difference + hypot(b.above, a.below);
	out->cohen_h = angle_between(control, treatment);
	out->is_small = is_small(control, treatment);
	find_ratios(out, control, treatment, z);
	return PV_OK;
}
