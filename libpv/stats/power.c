/* SPDX-License-Identifier: MIT
 *
 * How many units a test needs, and what it finds with those it has.
 */
#include <math.h>
#include <string.h>

#include <pv/stats.h>

#include "base/fail.h"
#include "stats/domain.h"
#include "stats/tails.h"

static const double units_max = 1e15;
static const double ln_ratio_max = 13.8155105579642741; /* of 1e6 */

/* A plan with its defaults filled in. */
static int plan_fill(pv_stats_plan *out, const pv_stats_plan *plan, pv_error *err)
{
	pv_stats_plan filled = { 0 };
	int rc;

	if (plan)
		filled = *plan;
	filled.alpha = filled.alpha == 0 ? 0.05 : filled.alpha;
	filled.power = filled.power == 0 ? 0.8 : filled.power;
	filled.ratio = filled.ratio == 0 ? 1 : filled.ratio;
	*out = filled;
	rc = pv_domain_chance("alpha", filled.alpha, err);
	if (rc == PV_OK)
		rc = pv_domain_chance("power", filled.power, err);
	if (rc == PV_OK)
		rc = pv_domain_positive("ratio", filled.ratio, err);
	if (rc == PV_OK && fabs(log(filled.ratio)) > ln_ratio_max)
		rc = pv_fail(err, PV_EINVALID, "ratio is not from 1e-6 to 1e6");
	return rc;
}

static double tail_of(const pv_stats_plan *plan)
{
	return plan->is_one_sided ? plan->alpha : plan->alpha / 2;
}

/* z_alpha + z_power. */
static double reach_of(const pv_stats_plan *plan)
{
	return pv_normal_isf(tail_of(plan)) + pv_normal_isf(1 - plan->power);
}

static double ncp_of(double d, double n_control, double n_treatment)
{
	return d * sqrt(n_control * (n_treatment / (n_control + n_treatment)));
}

static double power_t(double d, double n_control, double n_treatment,
		      const pv_stats_plan *plan)
{
	double df = n_control + n_treatment - 2;
	double t = pv_student_isf(tail_of(plan), df);
	double ncp = ncp_of(d, n_control, n_treatment);
	double out = pv_nct_cdf(-t, df, -ncp);

	/* The upper tail at ncp is the lower one at -ncp. */
	if (!plan->is_one_sided)
		out += pv_nct_cdf(-t, df, ncp);
	return fmin(out, 1);
}

static int power_check(pv_stats_plan *out, double d, int64_t n_control,
		       int64_t n_treatment, const pv_stats_plan *plan,
		       pv_error *err)
{
	int rc = plan_fill(out, plan, err);

	if (rc == PV_OK)
		rc = pv_domain_finite("d", d, err);
	if (rc == PV_OK)
		rc = pv_domain_count("n", n_control, 1, err);
	if (rc == PV_OK)
		rc = pv_domain_count("n", n_treatment, 1, err);
	return rc;
}

int pv_stats_power_t(double *out, double d, int64_t n_control,
		     int64_t n_treatment, const pv_stats_plan *plan,
		     pv_error *err)
{
	pv_stats_plan it;
	int rc = power_check(&it, d, n_control, n_treatment, plan, err);

	*out = 0;
	if (rc == PV_OK && n_control == 1 && n_treatment == 1)
		rc = pv_fail(err, PV_EINVALID, "a t test needs three units");
	if (rc == PV_OK)
		*out = power_t(d, (double)n_control, (double)n_treatment, &it);
	return rc;
}

int pv_stats_power_z(double *out, double d, int64_t n_control,
		     int64_t n_treatment, const pv_stats_plan *plan,
		     pv_error *err)
{
	pv_stats_plan it;
	int rc = power_check(&it, d, n_control, n_treatment, plan, err);
	double ncp;
	double z;

	*out = 0;
	if (rc < 0)
		return rc;
	ncp = ncp_of(d, (double)n_control, (double)n_treatment);
	z = pv_normal_isf(tail_of(&it));
	*out = pv_normal_sf(z - ncp);
	if (!it.is_one_sided)
		*out = fmin(*out + pv_normal_sf(z + ncp), 1);
	return PV_OK;
}

int pv_stats_mde(double *out, double sd, int64_t n_control, int64_t n_treatment,
		 const pv_stats_plan *plan, pv_error *err)
{
	pv_stats_plan it;
	double least;
	int rc = power_check(&it, 0, n_control, n_treatment, plan, err);

	*out = 0;
	if (rc == PV_OK)
		rc = pv_domain_positive("sd", sd, err);
	if (rc < 0)
		return rc;
	least = reach_of(&it) * sd *
		sqrt(1 / (double)n_control + 1 / (double)n_treatment);
	rc = pv_domain_finite("the difference", least, err);
	if (rc == PV_OK)
		*out = least;
	return rc;
}

static int units_check(double units, pv_error *err)
{
	if (units <= units_max)
		return PV_OK;
	return pv_fail(err, PV_EINVALID,
		       "so small a difference needs more "
		       "than 1e15 units");
}

static int give_up(pv_stats_size *out, int rc)
{
	memset(out, 0, sizeof(*out));
	return rc;
}

/* The least n of a control for which the t test has the power. */
static int size_t_test(int64_t *out, double d, double start,
		       const pv_stats_plan *plan, pv_error *err)
{
	int64_t low = 1; /* has not the power, or cannot be tested */
	int64_t high = (int64_t)start + 2;

	while (power_t(d, (double)high, ceil((double)high * plan->ratio), plan) <
	       plan->power) {
		low = high;
		high *= 2;
		if ((double)high > 4 * units_max)
			return units_check((double)high, err);
	}
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;
		double treated = ceil((double)middle * plan->ratio);

		if (power_t(d, (double)middle, treated, plan) < plan->power)
			low = middle;
		else
			high = middle;
	}
	*out = high;
	return PV_OK;
}

int pv_stats_size_mean(pv_stats_size *out, double sd, double delta,
		       const pv_stats_plan *plan, pv_error *err)
{
	pv_stats_plan it;
	double reach;
	double d;
	int rc = plan_fill(&it, plan, err);

	memset(out, 0, sizeof(*out));
	if (rc == PV_OK)
		rc = pv_domain_positive("sd", sd, err);
	if (rc == PV_OK)
		rc = pv_domain_positive("the difference", fabs(delta), err);
	if (rc < 0)
		return rc;
	d = fabs(delta) / sd;
	reach = fmax(reach_of(&it), 0);
	out->exact = reach / d * (reach / d) * (1 + 1 / it.ratio);
	rc = units_check(out->exact, err);
	if (rc == PV_OK)
		rc = size_t_test(&out->n_control_t, d, out->exact, &it, err);
	if (rc < 0)
		return give_up(out, rc);
	out->n_control = (int64_t)fmax(ceil(out->exact), 1);
	out->mde = reach * sd * sqrt((1 + 1 / it.ratio) / (double)out->n_control);
	rc = pv_domain_finite("the difference", out->mde, err);
	return rc < 0 ? give_up(out, rc) : rc;
}

int pv_stats_size_proportion(pv_stats_size *out, double p_control,
			     double p_treatment, const pv_stats_plan *plan,
			     pv_error *err)
{
	double delta = p_treatment - p_control;
	double all;
	double own;
	double root;
	double mean;
	double angle;
	pv_stats_plan it;
	int rc = plan_fill(&it, plan, err);

	memset(out, 0, sizeof(*out));
	if (rc == PV_OK)
		rc = pv_domain_chance("a share", p_control, err);
	if (rc == PV_OK)
		rc = pv_domain_chance("a share", p_treatment, err);
	if (rc == PV_OK)
		rc = pv_domain_positive("the difference", fabs(delta), err);
	if (rc < 0)
		return rc;
	mean = (p_control + it.ratio * p_treatment) / (1 + it.ratio);
	all = sqrt(mean * (1 - mean) * (1 + 1 / it.ratio));
	own = sqrt(p_control * (1 - p_control) +
		   p_treatment * (1 - p_treatment) / it.ratio);
	root = pv_normal_isf(tail_of(&it)) * all +
	       pv_normal_isf(1 - it.power) * own;
	out->exact = root / delta * (root / delta);
	angle = 2 * asin(sqrt(p_treatment)) - 2 * asin(sqrt(p_control));
	out->arcsine = reach_of(&it) / angle * (reach_of(&it) / angle) *
		       (1 + 1 / it.ratio);
	rc = units_check(fmax(out->exact, out->arcsine), err);
	if (rc < 0)
		return give_up(out, rc);
	out->n_control = (int64_t)fmax(ceil(out->exact), 1);
	out->mde = root / sqrt((double)out->n_control);
	return PV_OK;
}
