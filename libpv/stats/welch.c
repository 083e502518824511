/* SPDX-License-Identifier: MIT
 *
 * Two means by Welch's and by Student's t. Nothing is squared that could
 * overflow: data of 1e140 have variances of 1e280.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "stats/domain.h"
#include "stats/means.h"
#include "stats/tails.h"

/* Differences and intervals of such samples are finite. */
static const double sample_most = 1e300;

int pv_sample_check(const pv_stats_moments *sample, pv_error *err)
{
	int rc = pv_domain_count("n", sample->n, 0, err);

	if (rc == PV_OK)
		rc = pv_domain_finite("mean", pv_stats_mean(sample), err);
	if (rc == PV_OK)
		rc = pv_domain_not_negative("m2", sample->m2, err);
	if (rc == PV_OK && (fabs(pv_stats_mean(sample)) > sample_most ||
			    sample->m2 > sample_most))
		rc = pv_fail(err, PV_EINVALID, "a sample is above 1e300");
	return rc;
}

int pv_samples_check(const pv_stats_moments *control,
		     const pv_stats_moments *treatment, double confidence,
		     pv_error *err)
{
	int rc = pv_sample_check(control, err);

	if (rc == PV_OK)
		rc = pv_sample_check(treatment, err);
	if (rc == PV_OK)
		rc = pv_domain_chance("confidence", confidence, err);
	return rc;
}

double pv_sample_difference(const pv_stats_moments *control,
			    const pv_stats_moments *treatment)
{
	return treatment->origin - control->origin +
	       (treatment->mean - control->mean);
}

void pv_test_fill(pv_stats_test *out, double confidence)
{
	double p = (1 - confidence) / 2;
	double half;
	pv_tails tails;

	out->statistic =
		fmax(-DBL_MAX, fmin(out->difference / out->error, DBL_MAX));
	if (out->df > 0) {
		out->p = pv_student_outside(&out->ln_p, out->statistic, out->df);
		tails = pv_student_tails(out->statistic, out->df);
		half = pv_student_isf(p, out->df) * out->error;
	} else {
		out->p = pv_normal_outside(&out->ln_p, out->statistic);
		tails = pv_normal_tails(out->statistic);
		half = pv_normal_isf(p) * out->error;
	}
	out->p_greater = tails.high;
	out->p_less = tails.low;
	out->interval.low = out->difference - half;
	out->interval.high = out->difference + half;
}

int pv_stats_welch(pv_stats_test *out, const pv_stats_moments *control,
		   const pv_stats_moments *treatment, double confidence,
		   pv_error *err)
{
	int rc = pv_samples_check(control, treatment, confidence, err);
	double a;
	double b;
	double share;

	memset(out, 0, sizeof(*out));
	if (rc < 0)
		return rc;
	out->difference = pv_sample_difference(control, treatment);
	out->status = PV_STATS_TOO_FEW;
	if (control->n < 2 || treatment->n < 2)
		return PV_OK;
	a = pv_stats_variance(control) / (double)control->n;
	b = pv_stats_variance(treatment) / (double)treatment->n;
	out->status = PV_STATS_NO_VARIANCE;
	if (!(a + b > 0))
		return PV_OK;
	out->status = PV_STATS_KNOWN;
	share = a / (a + b);
	out->error = sqrt(a + b);
	out->df = 1 / (share * share / (double)(control->n - 1) +
		       (1 - share) * (1 - share) / (double)(treatment->n - 1));
	pv_test_fill(out, confidence);
	return PV_OK;
}

int pv_stats_student(pv_stats_test *out, const pv_stats_moments *control,
		     const pv_stats_moments *treatment, double confidence,
		     pv_error *err)
{
	int rc = pv_samples_check(control, treatment, confidence, err);
	double df;
	double pooled;

	memset(out, 0, sizeof(*out));
	if (rc < 0)
		return rc;
	out->difference = pv_sample_difference(control, treatment);
	out->status = PV_STATS_TOO_FEW;
	if (control->n < 1 || treatment->n < 1 || control->n + treatment->n < 3)
		return PV_OK;
	df = (double)(control->n + treatment->n - 2);
	pooled = (control->m2 + treatment->m2) / df;
	out->status = PV_STATS_NO_VARIANCE;
	if (!(pooled > 0))
		return PV_OK;
	out->status = PV_STATS_KNOWN;
	out->df = df;
	out->error = sqrt(pooled) *
		     sqrt(1 / (double)control->n + 1 / (double)treatment->n);
	pv_test_fill(out, confidence);
	return PV_OK;
}
