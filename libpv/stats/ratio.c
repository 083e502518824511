/* SPDX-License-Identifier: MIT
 *
 * What two numbers of each unit give: a metric freed of what was known before,
 * and ratios of sums whose variance is that of units, not of single values.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "stats/domain.h"
#include "stats/means.h"

double pv_stats_cuped_theta(const pv_stats_pairs *pairs,
			    const pv_stats_pairs *other)
{
	double c = pairs->c + (other ? other->c : 0);
	double m2 = pairs->y.m2 + (other ? other->y.m2 : 0);

	return m2 > 0 && isfinite(c / m2) ? c / m2 : 0;
}

void pv_stats_cuped_adjust(pv_stats_moments *out, const pv_stats_pairs *pairs,
			   double theta, double centre)
{
	double off = pairs->y.origin - centre + pairs->y.mean;
	double m2 = pairs->x.m2 - theta * (2 * pairs->c - theta * pairs->y.m2);

	memset(out, 0, sizeof(*out));
	if (!isfinite(pairs->x.origin + pairs->x.mean - theta * off + m2))
		return;
	out->n = pairs->x.n;
	out->origin = pairs->x.origin;
	out->mean = pairs->x.mean - theta * off;
	/* Less than the rounding of both terms is nothing. */
	out->m2 = m2 > 4 * DBL_EPSILON * pairs->x.m2 ? m2 : 0;
}

void pv_stats_ratio_of(pv_stats_ratio *out, const pv_stats_pairs *pairs)
{
	double n = (double)pairs->x.n;
	double base = pv_stats_mean(&pairs->y);
	double single;
	double r;

	memset(out, 0, sizeof(*out));
	out->status = PV_STATS_UNDEFINED;
	r = pv_stats_mean(&pairs->x) / base;
	if (base == 0 || !isfinite(r))
		return;
	out->ratio = r;
	out->status = PV_STATS_TOO_FEW;
	if (pairs->x.n < 2)
		return;
	out->status = PV_STATS_KNOWN;
	out->variance =
		fmax(0, pairs->x.m2 - r * (2 * pairs->c - r * pairs->y.m2)) /
		(n - 1) / n / base / base;
	single = r * (1 - r) / (base * n);
	if (!isfinite(out->variance)) {
		memset(out, 0, sizeof(*out));
		out->status = PV_STATS_UNDEFINED;
		return;
	}
	if (r > 0 && r < 1 && out->variance / single <= DBL_MAX)
		out->design_effect = out->variance / single;
}

int pv_stats_ratio_test(pv_stats_test *out, const pv_stats_pairs *control,
			const pv_stats_pairs *treatment, double confidence,
			pv_error *err)
{
	pv_stats_ratio a;
	pv_stats_ratio b;
	int rc = pv_domain_chance("confidence", confidence, err);

	memset(out, 0, sizeof(*out));
	if (rc < 0)
		return rc;
	pv_stats_ratio_of(&a, control);
	pv_stats_ratio_of(&b, treatment);
	out->status = a.status ? a.status : b.status;
	if (out->status != PV_STATS_KNOWN)
		return PV_OK;
	out->status = PV_STATS_UNDEFINED;
	if (!isfinite(b.ratio - a.ratio) || !isfinite(a.variance + b.variance))
		return PV_OK;
	out->difference = b.ratio - a.ratio;
	out->error = sqrt(a.variance + b.variance);
	out->status = PV_STATS_NO_VARIANCE;
	if (!(out->error > 0))
		return PV_OK;
	out->status = PV_STATS_KNOWN;
	pv_test_fill(out, confidence);
	return PV_OK;
}
