/* SPDX-License-Identifier: MIT
 *
 * Figures held against each other, and followed over time: what stats/ has,
 * on what usages have.
 */
#include <string.h>

#include <pv/analytics.h>

#include "base/fail.h"
#include "base/mem.h"
#include "stats/student.h"
#include "stats/trend.h"

static pv_sample sample_of(const pv_measure *measure)
{
	pv_sample out = { measure->n, measure->mean, measure->variance };

	return out;
}

pv_contrast pv_contrast_means(const pv_measure *from, const pv_measure *to,
			      double confidence)
{
	pv_sample control = sample_of(from);
	pv_sample treatment = sample_of(to);
	pv_contrast out = { 0 };
	pv_welch found;

	if (pv_welch_test(&found, &control, &treatment, confidence) < 0)
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
	pv_share control = { from->succeeded, from->judged };
	pv_share treatment = { to->succeeded, to->judged };
	pv_contrast out = { 0 };
	pv_interval interval;

	if (control.n <= 0 || treatment.n <= 0)
		return out;
	interval = pv_share_newcombe(control, treatment, confidence);
	out.is_known = 1;
	out.from = (double)control.hits / (double)control.n;
	out.to = (double)treatment.hits / (double)treatment.n;
	out.difference = out.to - out.from;
	out.low = interval.low;
	out.high = interval.high;
	out.p = pv_share_test(control, treatment);
	out.method = "newcombe";
	return out;
}

int pv_course_find(pv_course *out, const double *x, const double *y, size_t n,
		   pv_error *err)
{
	pv_trend found = { 0 };
	double *scratch;

	memset(out, 0, sizeof(*out));
	if (n > PV_TREND_MAX)
		return pv_fail(err, PV_EINVALID,
			       "a trend has at most %d points", PV_TREND_MAX);
	if (n < 3)
		return PV_OK;
	scratch = pv_calloc(n * (n - 1) / 2 + n, sizeof(*scratch));
	if (!scratch)
		return pv_fail_nomem(err);
	out->is_known = pv_trend_test(&found, x, y, n, scratch) == 0;
	pv_free(scratch);
	if (!out->is_known)
		return PV_OK;
	out->slope = found.slope;
	out->intercept = found.intercept;
	out->p = found.p;
	out->tau = found.tau;
	return PV_OK;
}
