/* SPDX-License-Identifier: MIT
 *
 * How long an experiment takes, or what it finds in a given time: the sample
 * of a test at one look, and by how much those need more who look often.
 */
#include <math.h>

#include <pv/results.h>

#include "base/fail.h"
#include "base/mem.h"

/* The plan with its defaults, and what follows from it for all methods. */
struct planning {
	pv_result_plan plan;
	pv_stats_plan test; /* alpha of one comparison */
	double z_alpha;
	double z_power;
};

/* --- what is asked ---------------------------------------------------------- */

static int is_chance(double x)
{
	return x > 0 && x < 1;
}

static int fail_number(pv_error *err, const char *name, double value,
		       const char *what)
{
	return pv_fail(err, PV_EINVALID, "%s is %.6g, which is no %s", name,
		       value, what);
}

static int check(const pv_result_plan *plan, pv_error *err)
{
	if (!is_chance(plan->alpha))
		return fail_number(err, "alpha", plan->alpha, "chance");
	if (!is_chance(plan->power))
		return fail_number(err, "power", plan->power, "chance");
	if (plan->variants < 2)
		return fail_number(err, "the number of variants",
				   plan->variants, "comparison");
	if (plan->primaries < 1)
		return fail_number(err, "the number of metrics",
				   plan->primaries, "comparison");
	if (plan->per_day < 0 || !isfinite(plan->per_day))
		return fail_number(err, "the units per day", plan->per_day,
				   "number of units");
	if (plan->days < 0 || !isfinite(plan->days))
		return fail_number(err, "the number of days", plan->days,
				   "span of time");
	if (plan->minimum < 0)
		return fail_number(err, "the minimum", (double)plan->minimum,
				   "number of units");
	if (plan->n_star < 0 || !isfinite(plan->n_star))
		return fail_number(err, "n_star", plan->n_star,
				   "number of units");
	if (plan->mde == 0 && (plan->days == 0 || plan->per_day == 0))
		return pv_fail(err, PV_EINVALID,
			       "neither the difference to be found nor the "
			       "time and the units per day are given");
	if (plan->baseline != 0 && plan->sd != 0)
		return pv_fail(err, PV_EINVALID,
			       "a share has no deviation of its own");
	if (plan->baseline == 0 && !(plan->sd > 0))
		return fail_number(err, "the deviation", plan->sd, "deviation");
	if (plan->baseline != 0 && !is_chance(plan->baseline))
		return fail_number(err, "the baseline", plan->baseline, "share");
	return PV_OK;
}

static int begin(struct planning *out, const pv_result_plan *plan, pv_error *err)
{
	int comparisons;
	int rc;

	out->plan = *plan;
	if (out->plan.alpha == 0)
		out->plan.alpha = 0.05;
	if (out->plan.power == 0)
		out->plan.power = 0.8;
	if (out->plan.variants == 0)
		out->plan.variants = 2;
	if (out->plan.primaries == 0)
		out->plan.primaries = 1;
	rc = check(&out->plan, err);
	if (rc < 0)
		return rc;
	comparisons = (out->plan.variants - 1) * out->plan.primaries;
	out->test = (pv_stats_plan){ .alpha = out->plan.alpha / comparisons,
				     .power = out->plan.power };
	rc = pv_stats_norm_isf(&out->z_alpha, out->test.alpha / 2, err);
	if (rc == PV_OK)
		rc = pv_stats_norm_isf(&out->z_power, 1 - out->plan.power, err);
	return rc;
}

/* --- what the methods ask for ------------------------------------------------- */

/*
 * A confidence sequence that is narrowest at this n: there N rho^2 is what
 * pv_stats_confseq makes of n_star, whatever n is.
 */
static double sequence_limit(double alpha)
{
	double spread = -2 * log(alpha) + log1p(-2 * log(alpha));
	double t = spread + 1;

	return sqrt(2 * t / spread * (log(t) / 2 - log(alpha)));
}

/*
 * What |z| has to be at n units of each of two variants, where it is narrowest
 * elsewhere: that follows from alpha itself, the p from its part.
 */
static double sequence_limit_at(const struct planning *it, double n)
{
	double ln_alpha = log(it->plan.alpha);
	double spread =
		2 * n * (-2 * ln_alpha + log1p(-2 * ln_alpha)) / it->plan.n_star;

	return sqrt(2 * (spread + 1) / spread *
		    (log1p(spread) / 2 - log(it->test.alpha)));
}

/* Whether n are enough there, `fixed` being so for one look. */
static int is_enough(const struct planning *it, double fixed, double n)
{
	double z = (it->z_alpha + it->z_power) * sqrt(n / fixed);

	return z >= sequence_limit_at(it, n) + it->z_power;
}

static double sequence_size(const struct planning *it, double fixed)
{
	double low = fixed;
	double high = fixed;

	while (high < 1e18 && !is_enough(it, fixed, high)) {
		low = high;
		high *= 2;
	}
	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		if (is_enough(it, fixed, middle))
			high = middle;
		else
			low = middle;
	}
	return high;
}

static int group_limit(double *out, double alpha, pv_error *err)
{
	pv_stats_look looks[PV_RESULT_LOOKS];
	int rc;

	for (int i = 0; i < PV_RESULT_LOOKS; i++)
		looks[i].information = (i + 1) / (double)PV_RESULT_LOOKS;
	rc = pv_stats_group_bounds(looks, PV_RESULT_LOOKS, alpha,
				   PV_STATS_OBRIEN_FLEMING, 0, err);
	*out = rc == PV_OK ? looks[PV_RESULT_LOOKS - 1].z : 0;
	return rc;
}

/* By how much more a method needs than one look does. */
static int factor_of(double *out, const struct planning *it,
		     enum pv_experiment_method method, pv_error *err)
{
	double limit = it->z_alpha;
	int rc = PV_OK;

	if (method == PV_METHOD_SEQUENTIAL)
		limit = sequence_limit(it->test.alpha);
	else if (method == PV_METHOD_GROUP_SEQUENTIAL)
		rc = group_limit(&limit, it->test.alpha, err);
	*out = (limit + it->z_power) / (it->z_alpha + it->z_power);
	*out *= *out;
	return rc;
}

/* The same, of what one look needs. */
static double more_of(const struct planning *it, enum pv_experiment_method method,
		      double factor, double fixed)
{
	return method == PV_METHOD_SEQUENTIAL && it->plan.n_star > 0
		       ? sequence_size(it, fixed)
		       : fixed * factor;
}

/* Units of the control at one look, before rounding. */
static int size_of(double *out, const struct planning *it, double mde,
		   pv_error *err)
{
	double baseline = it->plan.baseline;
	pv_stats_size size = { 0 };
	int rc;

	if (baseline == 0)
		rc = pv_stats_size_mean(&size, it->plan.sd, mde, &it->test, err);
	else if (!is_chance(baseline + mde))
		return fail_number(err, "the share to be found", baseline + mde,
				   "share");
	else
		rc = pv_stats_size_proportion(&size, baseline, baseline + mde,
					      &it->test, err);
	/* The t test needs a few more than z says. */
	*out = fmax((double)size.n_control_t, size.exact);
	return rc;
}

/* --- by the difference, and by the time ----------------------------------------- */

static void set_days(pv_result_need *need, const pv_result_plan *plan)
{
	if (plan->per_day > 0)
		need->days =
			ceil((double)need->n * plan->variants / plan->per_day);
}

static int need_by_difference(pv_result_need *need, const struct planning *it,
			      double factor, pv_error *err)
{
	double n = 0;
	int rc = size_of(&n, it, it->plan.mde, err);

	if (rc < 0)
		return rc;
	need->mde = it->plan.mde;
	n = more_of(it, need->method, factor, n);
	need->n = (int64_t)ceil(fmax(n, (double)it->plan.minimum));
	set_days(need, &it->plan);
	return PV_OK;
}

/* The greatest difference there can be, upwards. */
static double widest(const struct planning *it)
{
	return it->plan.baseline != 0 ? 1 - it->plan.baseline : 1e6 * it->plan.sd;
}

/* Bisects: a greater difference needs fewer units. */
static int need_by_time(pv_result_need *need, const struct planning *it,
			double factor, pv_error *err)
{
	double have = floor(it->plan.days * it->plan.per_day / it->plan.variants);
	double low = 0;
	double high = widest(it);

	if (have < 2)
		return pv_fail(err, PV_EINVALID,
			       "in that time a variant has fewer than 2 units");
	if (have < (double)it->plan.minimum)
		return pv_fail(err, PV_EINVALID,
			       "in that time a variant has %.0f of the %lld "
			       "units before which nothing is decided",
			       have, (long long)it->plan.minimum);
	for (int i = 0; i < 200 && high - low > 1e-9 * high; i++) {
		double middle = (low + high) / 2;
		double n = INFINITY;

		/* What needs too many units is too small, too. */
		if (size_of(&n, it, middle, NULL) < 0)
			n = INFINITY;
		if (!isfinite(n) || more_of(it, need->method, factor, n) > have)
			low = middle;
		else
			high = middle;
	}
	if (high >= widest(it))
		return pv_fail(err, PV_EINVALID,
			       "in that time no difference can be found");
	need->mde = high;
	need->n = (int64_t)have;
	need->days = it->plan.days;
	return PV_OK;
}

int pv_results_plan(pv_result_need out[PV_RESULT_NEEDS],
		    const pv_result_plan *plan, pv_error *err)
{
	struct planning it;
	int rc = begin(&it, plan, err);

	for (int i = 0; i < PV_RESULT_NEEDS && rc == PV_OK; i++) {
		double factor;

		out[i] = (pv_result_need){ .method = (enum pv_experiment_method)i };
		rc = factor_of(&factor, &it, out[i].method, err);
		if (rc < 0)
			return rc;
		rc = it.plan.mde != 0
			     ? need_by_difference(&out[i], &it, factor, err)
			     : need_by_time(&out[i], &it, factor, err);
	}
	return rc;
}
