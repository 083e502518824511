/* SPDX-License-Identifier: MIT
 *
 * What is believed of a difference. Losses are small where a choice is clear:
 * they are integrals of what is positive, never differences of large numbers.
 */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "stats/domain.h"
#include "stats/means.h"
#include "stats/quadrature.h"
#include "stats/tails.h"

enum {
	ARMS_MAX = 64,
	MILLS_TERMS = 400,
	LOG_ODDS = 740 /* beyond this a double has no chances */
};

/* --- normal --------------------------------------------------------------- */

/*
 * phi(z) - z sf(z), z > 0. From 1 on by the fraction of Mills' ratio, M = 1 /
 * (z + K), K = 1 / (z + 2 / (z + 3 / ...)): 1 - z M is M K.
 */
static double unit_loss(double z)
{
	double k = 0;

	if (z < 1)
		return pv_normal_density(z) - z * pv_normal_sf(z);
	for (int i = MILLS_TERMS; i > 0; i--)
		k = i / (z + k);
	/* The last step made 1 / (z + 2 / ...), which is K. */
	return pv_normal_density(z) * k / (z + k);
}

static int prior_check(const pv_stats_prior *prior, pv_error *err)
{
	int rc = pv_domain_finite("prior mean", prior->mean, err);

	if (rc == PV_OK)
		rc = pv_domain_not_negative("prior sd", prior->sd, err);
	if (rc == PV_OK)
		rc = pv_domain_chance("credibility", prior->credibility, err);
	return rc;
}

static void fill_normal(pv_stats_posterior *out, double credibility)
{
	double z = out->mean / out->sd;
	pv_tails tails = pv_normal_tails(z);
	double small = out->sd * unit_loss(fabs(z));
	double half = pv_normal_isf((1 - credibility) / 2) * out->sd;

	out->p_treatment = tails.low;
	out->ln_p_treatment = tails.ln_low;
	out->p_control = tails.high;
	out->loss_treatment = z > 0 ? small : small - out->mean;
	out->loss_control = z > 0 ? small + out->mean : small;
	out->interval.low = out->mean - half;
	out->interval.high = out->mean + half;
}

int pv_stats_bayes_normal(pv_stats_posterior *out,
			  const pv_stats_moments *control,
			  const pv_stats_moments *treatment,
			  const pv_stats_prior *prior, pv_error *err)
{
	pv_stats_prior it = { 0, 0, 0.95 };
	pv_stats_test test = { 0 };
	double share = 1;
	int rc;

	if (prior)
		it = *prior;
	if (it.credibility == 0)
		it.credibility = 0.95;
	memset(out, 0, sizeof(*out));
	rc = prior_check(&it, err);
	if (rc == PV_OK)
		rc = pv_stats_welch(&test, control, treatment, 0.95, err);
	if (rc < 0)
		return rc;
	out->status = test.status;
	if (test.status != PV_STATS_KNOWN)
		return PV_OK;
	/* What the data weigh against the prior. */
	if (it.sd > 0) {
		double odds = test.error / it.sd;

		share = 1 / (1 + odds * odds);
	}
	out->mean = share * test.difference + (1 - share) * it.mean;
	out->sd = test.error * sqrt(share);
	if (!isfinite(out->mean / out->sd) || !isfinite(1 / out->sd)) {
		memset(out, 0, sizeof(*out));
		return pv_fail(err, PV_EINVALID,
			       "the prior is out of range for these samples");
	}
	fill_normal(out, it.credibility);
	return PV_OK;
}

/* What is integrated over the value of the best arm, in the unit of `scale`. */
struct bells {
	const pv_stats_normal *arms;
	size_t count;
	size_t best;
	double middle;
	double scale;
};

static double bells_curve(double u, const void *payload)
{
	const struct bells *it = payload;
	const pv_stats_normal *best = &it->arms[it->best];
	double x = it->middle + u * it->scale;
	double z = (x - best->mean) / best->sd;
	double out =
		-z * z / 2 - log(best->sd / it->scale) - log(2 * acos(-1)) / 2;

	for (size_t i = 0; i < it->count; i++)
		if (i != it->best)
			out += pv_normal_tails((x - it->arms[i].mean) /
					       it->arms[i].sd)
				       .ln_low;
	return out;
}

static int normals_check(const pv_stats_normal *arms, size_t count, pv_error *err)
{
	int rc = PV_OK;

	if (count > ARMS_MAX)
		return pv_fail(err, PV_EINVALID, "there are more than %d arms",
			       ARMS_MAX);
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		rc = pv_domain_finite("mean", arms[i].mean, err);
		if (rc == PV_OK)
			rc = pv_domain_positive("sd", arms[i].sd, err);
	}
	return rc;
}

/* Where the density of the best arm is more than nothing: 40 deviations. */
int pv_stats_best_normal(double *out, const pv_stats_normal *arms, size_t count,
			 pv_error *err)
{
	int rc = normals_check(arms, count, err);

	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		const struct bells bells = { arms, count, i, arms[i].mean,
					     arms[i].sd };

		out[i] = exp(
			fmin(pv_integrate_peak(bells_curve, &bells, -40, 40), 0));
	}
	return rc;
}

/* --- beta ----------------------------------------------------------------- */

/* What is integrated over the log odds u: dx = x y du. */
struct curve {
	const pv_stats_beta *arms;
	size_t count;
	size_t best; /* of the curve of an arm's being the best */
};

struct odds {
	double x;
	double y;
};

static struct odds odds_of(double u)
{
	struct odds out = { 1 / (1 + exp(-u)), 1 / (1 + exp(u)) };

	return out;
}

static double ln_density(pv_stats_beta arm, struct odds at)
{
	return pv_beta_ln_front(arm.alpha, arm.beta, at.x, at.y);
}

static pv_tails tails_of(pv_stats_beta arm, struct odds at)
{
	return pv_beta_tails(arm.alpha, arm.beta, at.x, at.y);
}

/* The best arm is here, all others are below. */
static double best_curve(double u, const void *payload)
{
	const struct curve *it = payload;
	struct odds at = odds_of(u);
	double out = ln_density(it->arms[it->best], at);

	for (size_t i = 0; i < it->count; i++)
		if (i != it->best)
			out += tails_of(it->arms[i], at).ln_low;
	return out;
}

/* The first arm is above, the second below: E max(0, first - second). */
static double loss_curve(double u, const void *payload)
{
	const struct curve *it = payload;
	struct odds at = odds_of(u);

	return tails_of(it->arms[0], at).ln_high +
	       tails_of(it->arms[1], at).ln_low + log(at.x) + log(at.y);
}

static double integrate(pv_curve_fn *fn, const struct curve *curve)
{
	return pv_integrate_peak(fn, curve, -LOG_ODDS, LOG_ODDS);
}

static int arm_check(pv_stats_beta arm, pv_error *err)
{
	int rc = pv_domain_shape("alpha", arm.alpha, err);

	return rc < 0 ? rc : pv_domain_shape("beta", arm.beta, err);
}

int pv_stats_bayes_beta(pv_stats_posterior *out, pv_stats_beta control,
			pv_stats_beta treatment, pv_error *err)
{
	const pv_stats_beta arms[2] = { control, treatment };
	const pv_stats_beta turned[2] = { treatment, control };
	struct curve curve = { arms, 2, 1 };
	struct curve back = { turned, 2, 1 };
	double n = control.alpha + control.beta;
	double m = treatment.alpha + treatment.beta;
	double ln_control;
	int rc = arm_check(control, err);

	memset(out, 0, sizeof(*out));
	if (rc == PV_OK)
		rc = arm_check(treatment, err);
	if (rc < 0)
		return rc;
	out->mean = treatment.alpha / m - control.alpha / n;
	out->sd = sqrt(control.alpha / n * (control.beta / n) / (n + 1) +
		       treatment.alpha / m * (treatment.beta / m) / (m + 1));
	out->ln_p_treatment = fmin(integrate(best_curve, &curve), 0);
	ln_control = fmin(integrate(best_curve, &back), 0);
	/* The smaller of both has the digits. */
	if (ln_control < out->ln_p_treatment)
		out->ln_p_treatment = log1p(-exp(ln_control));
	else
		ln_control = log1p(-exp(out->ln_p_treatment));
	out->p_treatment = exp(out->ln_p_treatment);
	out->p_control = exp(ln_control);
	out->loss_treatment = exp(integrate(loss_curve, &curve));
	out->loss_control = exp(integrate(loss_curve, &back));
	return PV_OK;
}

int pv_stats_best_beta(double *out, const pv_stats_beta *arms, size_t count,
		       pv_error *err)
{
	struct curve curve = { arms, count, 0 };
	int rc = PV_OK;

	if (count > ARMS_MAX)
		return pv_fail(err, PV_EINVALID, "there are more than %d arms",
			       ARMS_MAX);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = arm_check(arms[i], err);
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		curve.best = i;
		out[i] = exp(fmin(integrate(best_curve, &curve), 0));
	}
	return rc;
}
