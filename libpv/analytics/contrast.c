/* SPDX-License-Identifier: MIT
 *
 * Figures held against each other, and followed over time: what stats/ has,
 * on what usages have.
 */
#include <string.h>

#include <pv/analytics.h>
#include <pv/stats.h>

static pv_stats_moments sample_of(const pv_measure *measure)
{
	pv_stats_moments out = { .n = measure->n, .mean = measure->mean };

	out.m2 = measure->variance * (double)(measure->n - 1);
	return out;
}

pv_contrast pv_contrast_means(const pv_measure *from, const pv_measure *to,
			      double confidence)
{
	pv_stats_moments control = sample_of(from);
	pv_stats_moments treatment = sample_of(to);
	pv_contrast out = { 0 };
	pv_stats_test found;

	if (from->n < 1 || to->n < 1 ||
	    pv_stats_welch(&found, &control, &treatment, confidence, NULL) < 0 ||
	    found.status != PV_STATS_KNOWN)
		return out;
	out.is_known = 1;
	out.from = from->mean;
	out.to = to->mean;
	out.difference = found.difference;
	out.low = found.interval.low;
	out.high = found.interval.high;
	out.p = found.p;
	out.method = "welch";
	return out;
}

pv_contrast pv_contrast_rates(const pv_usage *from, const pv_usage *to,
			      double confidence)
{
	pv_stats_share control = { from->succeeded, from->judged };
	pv_stats_share treatment = { to->succeeded, to->judged };
	pv_contrast out = { 0 };
	pv_stats_shares found;

	if (control.n <= 0 || treatment.n <= 0 ||
	    pv_stats_proportions(&found, control, treatment, confidence, NULL) < 0)
		return out;
	out.is_known = 1;
	out.from = (double)control.hits / (double)control.n;
	out.to = (double)treatment.hits / (double)treatment.n;
	out.difference = out.to - out.from;
	out.low = found.newcombe.low;
	out.high = found.newcombe.high;
	out.p = found.test.status == PV_STATS_KNOWN ? found.test.p : -1;
	out.method = "newcombe";
	return out;
}

int pv_course_find(pv_course *out, const double *x, const double *y, size_t n,
		   pv_error *err)
{
	pv_stats_trend found;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = pv_stats_trend_of(&found, x, y, n, err);
	if (rc < 0 || n < 3 || found.status == PV_STATS_TOO_FEW)
		return rc;
	out->is_known = 1;
	out->slope = found.slope;
	out->intercept = found.intercept;
	out->p = found.status == PV_STATS_KNOWN ? found.p : 1;
	out->tau = found.tau;
	return PV_OK;
}
