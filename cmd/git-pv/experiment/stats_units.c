/* SPDX-License-Identifier: MIT
 *
 * Calculators of git pv stats that need two numbers of each unit: a metric
 * freed of what was known before, and ratios of sums.
 */
#include "experiment/stats_kinds.h"

#include "base/fail.h"
#include "base/mem.h"

/* {x: [...], y: [...]}, the numbers of one unit at the same place. */
static int take_arm(pv_stats_pairs *out, stats_call *call, const char *key)
{
	stats_call inner = { pv_json_get(call->in, key), call->out, call->err };
	double *x = NULL;
	double *y = NULL;
	size_t count = 0;
	size_t other = 0;
	static const char *const keys[] = { "x", "y", NULL };
	int rc = PV_OK;

	if (pv_json_type_of(inner.in) != PV_JSON_OBJECT)
		return pv_fail(call->err, PV_EINVALID, "\"%s\" is not {x, y}",
			       key);
	rc = stats_members(call, key, inner.in, keys);
	if (rc == PV_OK)
		rc = stats_numbers(&x, &count, &inner, "x", 0);
	if (rc == PV_OK)
		rc = stats_numbers(&y, &other, &inner, "y", 0);
	if (rc == PV_OK && count != other)
		rc = pv_fail(call->err, PV_EINVALID,
			     "\"x\" and \"y\" of \"%s\" are not as many", key);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = pv_stats_pairs_add(out, x[i], y[i], call->err);
	pv_free(x);
	pv_free(y);
	return rc;
}

static int take_arms(pv_stats_pairs out[2], double *confidence, stats_call *call)
{
	int rc = take_arm(&out[0], call, "control");

	if (rc == PV_OK)
		rc = take_arm(&out[1], call, "treatment");
	if (rc == PV_OK)
		rc = stats_chance_or(confidence, call, "confidence", 0.95);
	return rc;
}

/* What part of the variance is gone. */
static void put_reduction(stats_call *call, const pv_stats_pairs arms[2],
			  const pv_stats_moments adjusted[2])
{
	double before = arms[0].x.m2 + arms[1].x.m2;
	double after = adjusted[0].m2 + adjusted[1].m2;

	stats_put(call, "reduction", before > 0 ? 1 - after / before : 0,
		  before > 0);
}

int stats_cuped(stats_call *call)
{
	pv_stats_pairs arms[2] = { { .c = 0 }, { .c = 0 } };
	pv_stats_moments adjusted[2];
	pv_stats_moments before;
	pv_stats_test test = { 0 };
	double confidence = 0;
	double theta;
	int rc = take_arms(arms, &confidence, call);

	if (rc < 0)
		return rc;
	theta = pv_stats_cuped_theta(&arms[0], &arms[1]);
	before = arms[0].y;
	pv_stats_moments_merge(&before, &arms[1].y);
	for (size_t i = 0; i < 2; i++)
		pv_stats_cuped_adjust(&adjusted[i], &arms[i], theta,
				      pv_stats_mean(&before));
	rc = pv_stats_welch(&test, &adjusted[0], &adjusted[1], confidence,
			    call->err);
	if (rc < 0)
		return rc;
	stats_put_test(call, &test);
	stats_put(call, "theta", theta, 1);
	put_reduction(call, arms, adjusted);
	return PV_OK;
}

/* What is divided by has to be something. */
static int check_base(stats_call *call, const char *key, const pv_stats_pairs *arm)
{
	if (!arm->y.n || pv_stats_mean(&arm->y) != 0)
		return PV_OK;
	return pv_fail(call->err, PV_EINVALID,
		       "\"y\" of \"%s\" adds up to 0: there is no ratio", key);
}

int stats_ratio(stats_call *call)
{
	static const char *const names[] = { "control", "treatment" };
	pv_stats_pairs arms[2] = { { .c = 0 }, { .c = 0 } };
	pv_stats_test test = { 0 };
	pv_stats_ratio ratio;
	double confidence = 0;
	int rc = take_arms(arms, &confidence, call);

	for (size_t i = 0; i < 2 && rc == PV_OK; i++)
		rc = check_base(call, names[i], &arms[i]);
	if (rc == PV_OK)
		rc = pv_stats_ratio_test(&test, &arms[0], &arms[1], confidence,
					 call->err);
	if (rc < 0)
		return rc;
	stats_put_test(call, &test);
	for (size_t i = 0; i < 2; i++) {
		pv_stats_ratio_of(&ratio, &arms[i]);
		stats_put(call, names[i], ratio.ratio,
			  ratio.status != PV_STATS_UNDEFINED);
	}
	return PV_OK;
}
