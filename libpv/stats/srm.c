/* SPDX-License-Identifier: MIT
 *
 * Whether the arms of an experiment got who they should. Deviations are made
 * of exact products in two doubles: at 1e9 units an expected count has no
 * digits left for what is to be seen.
 */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "stats/domain.h"
#include "stats/means.h"
#include "stats/special.h"
#include "stats/tails.h"

static const double p_limit = 0.001;
static const double deviation_floor = 0.005;
static const double expected_least = 5;
/* Of a weight, and of the smallest one's part of all: chi-square stays finite. */
static const double weight_most = 1e100;
static const double weight_part = 1e-15;

/* A sum of weights and what it lacks. */
struct sum {
	double value;
	double rest;
};

static void sum_add(struct sum *sum, double part)
{
	double next = sum->value + part;
	double back = next - sum->value;

	sum->rest += sum->value - (next - back) + (part - back);
	sum->value = next;
}

static void total_of(struct sum *weights, double *observed_out,
		     const pv_stats_arm *arms, size_t count)
{
	*observed_out = 0;
	memset(weights, 0, sizeof(*weights));
	for (size_t i = 0; i < count; i++) {
		sum_add(weights, arms[i].weight);
		*observed_out += (double)arms[i].observed;
	}
}

double pv_stats_srm_expected(const pv_stats_arm *arms, size_t count, size_t arm)
{
	struct sum weights;
	double observed;
	double out;

	total_of(&weights, &observed, arms, count);
	if (arm >= count || !(weights.value > 0))
		return 0;
	out = observed * arms[arm].weight / weights.value;
	return isfinite(out) ? out : 0;
}

static int arms_check(const pv_stats_arm *arms, size_t count, pv_error *err)
{
	double weights = 0;
	double observed = 0;
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		rc = pv_domain_not_negative("weight", arms[i].weight, err);
		if (rc == PV_OK)
			rc = pv_domain_count("observed", arms[i].observed, 0,
					     err);
		weights += arms[i].weight;
		observed += (double)arms[i].observed;
	}
	if (rc == PV_OK)
		rc = pv_domain_positive("the sum of weights", weights, err);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		if (weights > weight_most ||
		    (arms[i].weight > 0 && arms[i].weight < weights * weight_part))
			rc = pv_fail(err, PV_EINVALID,
				     "weights are too far apart, or too large");
	if (rc == PV_OK && observed > 9007199254740992.0)
		rc = pv_fail(err, PV_EINVALID, "observed are above 2^53");
	return rc;
}

/* (O - E)^2 / E, with O - E as (O W - N w) / W. */
static double part_of(const pv_stats_arm *arm, const struct sum *weights,
		      double total)
{
	double observed = (double)arm->observed;
	double off = pv_cross(observed, weights->value, total, arm->weight) +
		     observed * weights->rest;

	return off / weights->value * (off / (total * arm->weight));
}

int pv_stats_srm(pv_stats_srm_result *out, const pv_stats_arm *arms,
		 size_t count, pv_error *err)
{
	struct sum weights;
	double total;
	int rc = arms_check(arms, count, err);

	memset(out, 0, sizeof(*out));
	if (rc < 0)
		return rc;
	total_of(&weights, &total, arms, count);
	out->status = PV_STATS_TOO_FEW;
	if (!(total > 0))
		return PV_OK;
	out->status = PV_STATS_KNOWN;
	out->df = -1;
	for (size_t i = 0; i < count; i++) {
		double expected = pv_stats_srm_expected(arms, count, i);
		double part;

		if (!(arms[i].weight > 0)) {
			out->is_impossible |= arms[i].observed > 0;
			continue;
		}
		part = part_of(&arms[i], &weights, total);
		out->df++;
		out->chi2 += part;
		out->is_small |= expected < expected_least;
		out->deviation = fmax(out->deviation, sqrt(part / expected));
	}
	out->p = 1;
	if (out->df > 0 && out->chi2 > 0) {
		pv_tails tails = pv_chi2_tails(out->chi2, (double)out->df, 0);

		out->p = tails.high;
		out->ln_p = tails.ln_high;
	}
	out->is_mismatch =
		out->is_impossible || (out->p < p_limit && !out->is_small &&
				       out->deviation > deviation_floor);
	return PV_OK;
}
