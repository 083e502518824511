/* SPDX-License-Identifier: MIT
 *
 * Read-outs for those who look while data come in.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "stats/domain.h"
#include "stats/means.h"

/* Difference and error; what else can be said is in the status. */
static int begin(pv_stats_sequence *out, const pv_stats_moments *control,
		 const pv_stats_moments *treatment, double alpha, pv_error *err)
{
	int rc = pv_samples_check(control, treatment, alpha, err);
	double square;

	memset(out, 0, sizeof(*out));
	out->p = 1;
	if (rc < 0)
		return rc;
	out->difference = pv_sample_difference(control, treatment);
	out->is_warming_up = control->n < PV_STATS_WARM_UP ||
			     treatment->n < PV_STATS_WARM_UP;
	out->status = PV_STATS_TOO_FEW;
	if (control->n < 2 || treatment->n < 2)
		return PV_OK;
	square = pv_stats_variance(control) / (double)control->n +
		 pv_stats_variance(treatment) / (double)treatment->n;
	out->error = sqrt(square);
	out->status = square > 0 ? PV_STATS_KNOWN : PV_STATS_NO_VARIANCE;
	return PV_OK;
}

/* `prior` is the argument that may be too large or small for the data. */
static int fill(pv_stats_sequence *out, double n, double alpha,
		const char *prior, pv_error *err)
{
	double spread = n * out->rho * out->rho;
	double t = spread + 1;
	double ln_t = log1p(spread);
	double z = out->difference / out->error;

	out->half_width =
		out->error * sqrt(2 * t / spread * (ln_t / 2 - log(alpha)));
	out->interval.low = out->difference - out->half_width;
	out->interval.high = out->difference + out->half_width;
	out->ln_e = fmin(spread / (2 * t) * z * z - ln_t / 2, DBL_MAX);
	out->p = fmin(1, exp(-out->ln_e));
	out->is_significant = fabs(out->difference) > out->half_width;
	if (isfinite(out->interval.low) && isfinite(out->interval.high) &&
	    isfinite(out->ln_e))
		return PV_OK;
	memset(out, 0, sizeof(*out));
	out->p = 1;
	return pv_fail(err, PV_EINVALID, "%s is out of range for these samples",
		       prior);
}

int pv_stats_confseq(pv_stats_sequence *out, const pv_stats_moments *control,
		     const pv_stats_moments *treatment, double alpha,
		     double n_star, pv_error *err)
{
	int rc = begin(out, control, treatment, alpha, err);
	double n = n_star == 0 ? PV_STATS_N_STAR : n_star;

	if (rc == PV_OK)
		rc = pv_domain_positive("n_star", n, err);
	if (rc == PV_OK && n < 1)
		rc = pv_fail(err, PV_EINVALID, "n_star is below 1");
	if (rc < 0 || out->status != PV_STATS_KNOWN)
		return rc;
	out->rho = sqrt((-2 * log(alpha) + log(1 - 2 * log(alpha))) / n);
	return fill(out, (double)control->n + (double)treatment->n, alpha,
		    "n_star", err);
}

int pv_stats_msprt(pv_stats_sequence *out, const pv_stats_moments *control,
		   const pv_stats_moments *treatment, double alpha, double tau,
		   pv_error *err)
{
	int rc = begin(out, control, treatment, alpha, err);
	double n = (double)control->n + (double)treatment->n;

	if (rc == PV_OK)
		rc = pv_domain_positive("tau", tau, err);
	if (rc < 0 || out->status != PV_STATS_KNOWN)
		return rc;
	out->rho = tau / (sqrt(n) * out->error);
	return fill(out, n, alpha, "tau", err);
}
