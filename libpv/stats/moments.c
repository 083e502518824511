/* SPDX-License-Identifier: MIT
 *
 * Moments of samples. Formulas of Pebay, "Formulas for Robust, One-Pass
 * Parallel Computation of Covariances and Arbitrary-Order Statistical
 * Moments" (2008, SAND2008-6212): a value is merged as a sample of one.
 */
#include <math.h>
#include <string.h>

#include <pv/stats.h>

#include "stats/domain.h"

/* The distance between two samples' means. */
static double distance(const pv_stats_moments *from, const pv_stats_moments *to)
{
	return to->origin - from->origin + (to->mean - from->mean);
}

void pv_stats_moments_merge(pv_stats_moments *moments,
			    const pv_stats_moments *other)
{
	double na = (double)moments->n;
	double nb = (double)other->n;
	double n = na + nb;
	double d = distance(moments, other);
	double share_a = na / n;
	double share_b = nb / n;
	double cross = d * share_b * na * d;

	if (!other->n)
		return;
	if (!moments->n) {
		*moments = *other;
		return;
	}
	moments->m4 += other->m4 +
		       cross * d * d *
			       (share_a * share_a - share_a * share_b +
				share_b * share_b) +
		       6 * d * d *
			       (share_a * share_a * other->m2 +
				share_b * share_b * moments->m2) +
		       4 * d * (share_a * other->m3 - share_b * moments->m3);
	moments->m3 += other->m3 + cross * d * (share_a - share_b) +
		       3 * d * (share_a * other->m2 - share_b * moments->m2);
	moments->m2 += other->m2 + cross;
	moments->mean += d * share_b;
	moments->n += other->n;
	moments->min = fmin(moments->min, other->min);
	moments->max = fmax(moments->max, other->max);
}

int pv_stats_moments_add(pv_stats_moments *moments, double x, pv_error *err)
{
	pv_stats_moments one = { .n = 1, .origin = x, .min = x, .max = x };
	int rc = pv_domain_finite("value", x, err);
	pv_stats_moments sum = *moments;

	if (rc < 0)
		return rc;
	pv_stats_moments_merge(&sum, &one);
	rc = pv_domain_finite("the sum of squares", sum.mean + sum.m2, err);
	if (rc == PV_OK)
		*moments = sum;
	return rc;
}

/* The sum of what is `origin` off, with the lost digits (Neumaier 1974). */
static double mean_of(const double *x, size_t n, double origin)
{
	double sum = 0;
	double lost = 0;

	for (size_t i = 0; i < n; i++) {
		double part = x[i] - origin;
		double next = sum + part;

		lost += fabs(sum) >= fabs(part) ? sum - next + part
						: part - next + sum;
		sum = next;
	}
	return n ? (sum + lost) / (double)n : 0;
}

int pv_stats_moments_of(pv_stats_moments *out, const double *x, size_t n,
			double origin, pv_error *err)
{
	double off = 0;
	int rc = pv_domain_finite("origin", origin, err);

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < n && rc == PV_OK; i++)
		rc = pv_domain_finite("value", x[i], err);
	if (rc < 0 || !n)
		return rc;
	out->n = (int64_t)n;
	out->origin = origin;
	out->mean = mean_of(x, n, origin);
	out->min = out->max = x[0];
	for (size_t i = 0; i < n; i++) {
		double d = x[i] - origin - out->mean;

		off += d;
		out->m2 += d * d;
		out->m3 += d * d * d;
		out->m4 += d * d * d * d;
		out->min = fmin(out->min, x[i]);
		out->max = fmax(out->max, x[i]);
	}
	out->m2 -= off / (double)n * off;
	rc = pv_domain_finite("the sum of squares", out->mean + out->m2, err);
	if (rc < 0)
		memset(out, 0, sizeof(*out));
	return rc;
}

double pv_stats_mean(const pv_stats_moments *moments)
{
	return moments->origin + moments->mean;
}

double pv_stats_variance(const pv_stats_moments *moments)
{
	return moments->n > 1 ? moments->m2 / (double)(moments->n - 1) : 0;
}

double pv_stats_skewness(const pv_stats_moments *moments)
{
	double n = (double)moments->n;
	double spread = sqrt(moments->m2 / n);
	double out = moments->m3 / n / spread / spread / spread;

	return moments->m2 > 0 && isfinite(out) ? out : 0;
}

double pv_stats_kurtosis(const pv_stats_moments *moments)
{
	double m2 = moments->m2;
	double out = (double)moments->n * (moments->m4 / m2 / m2) - 3;

	return m2 > 0 && isfinite(out) ? out : 0;
}

/* --- pairs ---------------------------------------------------------------- */

void pv_stats_pairs_merge(pv_stats_pairs *pairs, const pv_stats_pairs *other)
{
	double nb = (double)other->x.n;
	double n = (double)pairs->x.n + nb;

	if (pairs->x.n && other->x.n)
		pairs->c += other->c + distance(&pairs->x, &other->x) *
					       distance(&pairs->y, &other->y) *
					       (double)pairs->x.n * (nb / n);
	else if (other->x.n)
		pairs->c = other->c;
	pv_stats_moments_merge(&pairs->x, &other->x);
	pv_stats_moments_merge(&pairs->y, &other->y);
}

int pv_stats_pairs_add(pv_stats_pairs *pairs, double x, double y, pv_error *err)
{
	pv_stats_pairs one = {
		.x = { .n = 1, .origin = x, .min = x, .max = x },
		.y = { .n = 1, .origin = y, .min = y, .max = y },
	};
	pv_stats_pairs sum = *pairs;
	int rc = pv_domain_finite("value", x, err);

	if (rc == PV_OK)
		rc = pv_domain_finite("value", y, err);
	if (rc < 0)
		return rc;
	pv_stats_pairs_merge(&sum, &one);
	rc = pv_domain_finite("the sum of products",
			      sum.x.mean + sum.x.m2 + sum.y.mean + sum.y.m2 +
				      sum.c,
			      err);
	if (rc == PV_OK)
		*pairs = sum;
	return rc;
}

double pv_stats_correlation(const pv_stats_pairs *pairs)
{
	double spread = sqrt(pairs->x.m2) * sqrt(pairs->y.m2);

	return spread > 0 && isfinite(pairs->c / spread)
		       ? fmax(-1, fmin(1, pairs->c / spread))
		       : 0;
}
