/* SPDX-License-Identifier: MIT
 *
 * The calculators of git pv stats. What cannot be said is null, and `status`
 * tells why.
 */
#include "experiment/stats_kinds.h"

#include "base/fail.h"
#include "base/mem.h"

/* --- two means ------------------------------------------------------------ */

static int welch(stats_call *call)
{
	pv_stats_moments arms[2];
	pv_stats_effect effect = { 0 };
	pv_stats_lift lift = { 0 };
	pv_stats_test test = { 0 };
	double confidence;
	int rc = stats_samples(arms, call);

	if (rc == PV_OK)
		rc = stats_chance_or(&confidence, call, "confidence", 0.95);
	if (rc == PV_OK)
		rc = pv_stats_welch(&test, &arms[0], &arms[1], confidence,
				    call->err);
	if (rc == PV_OK)
		rc = pv_stats_lift_of(&lift, &arms[0], &arms[1], confidence,
				      call->err);
	if (rc < 0)
		return rc;
	pv_stats_effect_of(&effect, &arms[0], &arms[1]);
	stats_put_test(call, &test);
	stats_put(call, "cohen_d", effect.cohen_d,
		  effect.status == PV_STATS_KNOWN);
	stats_put(call, "hedges_g", effect.hedges_g,
		  effect.status == PV_STATS_KNOWN);
	stats_put(call, "lift", lift.lift, lift.status == PV_STATS_KNOWN);
	stats_put_interval(call, "lift_interval",
			   lift.is_weak ? lift.fieller : lift.interval,
			   lift.status == PV_STATS_KNOWN &&
				   (!lift.is_weak || lift.is_bounded));
	return PV_OK;
}

static int student(stats_call *call)
{
	pv_stats_moments arms[2];
	pv_stats_test test = { 0 };
	double confidence;
	int rc = stats_samples(arms, call);

	if (rc == PV_OK)
		rc = stats_chance_or(&confidence, call, "confidence", 0.95);
	if (rc == PV_OK)
		rc = pv_stats_student(&test, &arms[0], &arms[1], confidence,
				      call->err);
	if (rc == PV_OK)
		stats_put_test(call, &test);
	return rc;
}

static int put_sequence(stats_call *call, const pv_stats_sequence *got)
{
	int is_known = got->status == PV_STATS_KNOWN;

	stats_put_status(call, got->status);
	stats_put(call, "difference", got->difference, is_known);
	stats_put(call, "error", got->error, is_known);
	stats_put(call, "p", got->p, is_known);
	stats_put(call, "ln_e", got->ln_e, is_known);
	stats_put_interval(call, "interval", got->interval, is_known);
	stats_put_bool(call, "significant", got->is_significant);
	stats_put_bool(call, "warming_up", got->is_warming_up);
	return PV_OK;
}

typedef int sequence_fn(pv_stats_sequence *out, const pv_stats_moments *control,
			const pv_stats_moments *treatment, double alpha,
			double tuned, pv_error *err);

/* By what it is tuned: the member `key`, which 0 for `fallback` requires. */
static int run_sequence(stats_call *call, const char *key, double fallback,
			sequence_fn *fn)
{
	pv_stats_moments arms[2];
	pv_stats_sequence got = { 0 };
	double alpha;
	double tuned;
	int rc = stats_samples(arms, call);

	if (rc == PV_OK)
		rc = stats_chance_or(&alpha, call, "alpha", 0.05);
	if (rc == PV_OK)
		rc = fallback > 0
			     ? stats_positive_or(&tuned, call, key, fallback)
			     : stats_number(&tuned, call, call->in, key);
	if (rc == PV_OK)
		rc = fn(&got, &arms[0], &arms[1], alpha, tuned, call->err);
	return rc < 0 ? rc : put_sequence(call, &got);
}

static int sequence(stats_call *call)
{
	return run_sequence(call, "n_star", PV_STATS_N_STAR, pv_stats_confseq);
}

static int msprt(stats_call *call)
{
	return run_sequence(call, "tau", 0, pv_stats_msprt);
}

/* --- shares --------------------------------------------------------------- */

static int proportions(stats_call *call)
{
	pv_stats_share arms[2] = { { 0, 0 }, { 0, 0 } };
	pv_stats_shares got = { 0 };
	double confidence;
	int rc = stats_share(&arms[0], call, "control");

	if (rc == PV_OK)
		rc = stats_share(&arms[1], call, "treatment");
	if (rc == PV_OK)
		rc = stats_chance_or(&confidence, call, "confidence", 0.95);
	if (rc == PV_OK)
		rc = pv_stats_proportions(&got, arms[0], arms[1], confidence,
					  call->err);
	if (rc < 0)
		return rc;
	/* Newcombe's interval is there even where z is not. */
	stats_put_test(call, &got.test);
	stats_put_interval(call, "newcombe", got.newcombe,
			   got.test.status != PV_STATS_TOO_FEW);
	stats_put(call, "cohen_h", got.cohen_h,
		  got.test.status != PV_STATS_TOO_FEW);
	stats_put(call, "risk_ratio", got.risk_ratio, got.has_risk_ratio);
	stats_put(call, "odds_ratio", got.odds_ratio, got.has_odds_ratio);
	stats_put_bool(call, "use_fisher", got.is_small);
	return PV_OK;
}

static int fisher(stats_call *call)
{
	const pv_json *rows = pv_json_get(call->in, "table");
	pv_stats_fisher_result got = { 0 };
	int64_t table[4];
	int is_square = pv_json_count(rows) == 2 &&
			pv_json_count(pv_json_at(rows, 0)) == 2 &&
			pv_json_count(pv_json_at(rows, 1)) == 2;
	int rc;

	for (size_t i = 0; i < 4; i++) {
		const pv_json *cell = pv_json_at(pv_json_at(rows, i / 2), i % 2);

		if (!is_square || pv_json_type_of(cell) != PV_JSON_INT)
			return pv_fail(call->err, PV_EINVALID,
				       "\"table\" is not [[a, b], [c, d]] of "
				       "whole numbers");
		table[i] = pv_json_int(cell, -1);
	}
	rc = pv_stats_fisher(&got, table, call->err);
	if (rc < 0)
		return rc;
	stats_put(call, "p", got.p, 1);
	stats_put(call, "ln_p", got.ln_p, 1);
	stats_put(call, "p_less", got.p_less, 1);
	stats_put(call, "p_greater", got.p_greater, 1);
	stats_put(call, "odds_ratio", got.odds_ratio, got.has_odds_ratio);
	return PV_OK;
}

static int mann_whitney(stats_call *call)
{
	double *x = NULL;
	double *y = NULL;
	size_t n = 0;
	size_t m = 0;
	pv_stats_ranks got = { 0 };
	int is_known;
	int rc = stats_numbers(&x, &n, call, "control", 0);

	if (rc == PV_OK)
		rc = stats_numbers(&y, &m, call, "treatment", 0);
	if (rc == PV_OK)
		rc = pv_stats_mann_whitney(&got, x, n, y, m, call->err);
	pv_free(x);
	pv_free(y);
	if (rc < 0)
		return rc;
	is_known = got.status == PV_STATS_KNOWN;
	stats_put_status(call, got.status);
	stats_put(call, "u", got.u_treatment, got.status != PV_STATS_TOO_FEW);
	stats_put(call, "z", got.z, is_known);
	stats_put(call, "p", got.p, is_known);
	stats_put(call, "p_exact", got.p_exact, got.has_exact);
	stats_put(call, "superiority", got.superiority,
		  got.status != PV_STATS_TOO_FEW);
	stats_put(call, "cliffs_delta", got.cliffs_delta,
		  got.status != PV_STATS_TOO_FEW);
	stats_put(call, "shift", got.shift, got.status != PV_STATS_TOO_FEW);
	return PV_OK;
}

/* --- experiments ---------------------------------------------------------- */

static int srm(stats_call *call)
{
	double *weights = NULL;
	double *observed = NULL;
	pv_stats_arm arms[100];
	size_t count = 0;
	size_t other = 0;
	pv_stats_srm_result got = { 0 };
	int is_known;
	int rc = stats_numbers(&weights, &count, call, "weights", 0);

	if (rc == PV_OK)
		rc = stats_numbers(&observed, &other, call, "observed", 0);
	if (rc == PV_OK && (count != other || count > 100))
		rc = pv_fail(call->err, PV_EINVALID,
			     "weights and observed are not as many, or above "
			     "100");
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		arms[i].weight = weights[i];
		arms[i].observed = (int64_t)observed[i];
		if (observed[i] < 0 || observed[i] > 9e15 ||
		    (double)arms[i].observed != observed[i])
			rc = pv_fail(call->err, PV_EINVALID,
				     "element %zu of \"observed\" is no count",
				     i);
	}
	if (rc == PV_OK)
		rc = pv_stats_srm(&got, arms, count, call->err);
	pv_free(weights);
	pv_free(observed);
	if (rc < 0)
		return rc;
	is_known = got.status == PV_STATS_KNOWN;
	stats_put_status(call, got.status);
	stats_put(call, "chi2", got.chi2, is_known);
	stats_put(call, "df", (double)got.df, is_known);
	stats_put(call, "p", got.p, is_known);
	stats_put(call, "deviation", got.deviation, is_known);
	stats_put_bool(call, "mismatch", got.is_mismatch);
	stats_put_bool(call, "impossible", got.is_impossible);
	stats_put_bool(call, "too_small", got.is_small);
	return PV_OK;
}

static int take_plan(pv_stats_plan *out, stats_call *call)
{
	int rc = stats_chance_or(&out->alpha, call, "alpha", 0.05);

	/* Zeros would be defaults. */
	if (rc == PV_OK)
		rc = stats_chance_or(&out->power, call, "power", 0.8);
	if (rc == PV_OK)
		rc = stats_positive_or(&out->ratio, call, "ratio", 1);
	return rc < 0 ? rc : stats_flag(&out->is_one_sided, call, "one_sided");
}

static int power(stats_call *call)
{
	pv_stats_plan plan = { 0 };
	int64_t n = 0;
	int64_t m = 0;
	double d = 0;
	double t = 0;
	double z = 0;
	int rc = take_plan(&plan, call);

	if (rc == PV_OK)
		rc = stats_number(&d, call, call->in, "effect");
	if (rc == PV_OK)
		rc = stats_whole(&n, call, call->in, "n_control");
	if (rc == PV_OK)
		rc = stats_whole(&m, call, call->in, "n_treatment");
	if (rc == PV_OK)
		rc = pv_stats_power_t(&t, d, n, m, &plan, call->err);
	if (rc == PV_OK)
		rc = pv_stats_power_z(&z, d, n, m, &plan, call->err);
	if (rc < 0)
		return rc;
	stats_put(call, "power", t, 1);
	stats_put(call, "power_z", z, 1);
	return PV_OK;
}

/* Of a mean or of a share: what is given says which, and never both. */
static int check_size(stats_call *call, int is_share)
{
	static const char *const keys[2][2] = { { "p_control", "p_treatment" },
						{ "sd", "difference" } };

	for (size_t i = 0; i < 2; i++)
		if (pv_json_get(call->in, keys[is_share][i]))
			return pv_fail(call->err, PV_EINVALID,
				       "\"%s\" does not go with \"%s\"",
				       keys[is_share][i], keys[!is_share][0]);
	return PV_OK;
}

static int size(stats_call *call)
{
	int is_share = pv_json_get(call->in, "p_control") != NULL;
	pv_stats_plan plan = { 0 };
	pv_stats_size got = { 0 };
	double from = 0;
	double to = 0;
	int rc = take_plan(&plan, call);

	if (!is_share && pv_json_get(call->in, "p_treatment") &&
	    !pv_json_get(call->in, "sd"))
		is_share = 1;
	if (rc == PV_OK)
		rc = check_size(call, is_share);
	if (rc == PV_OK)
		rc = stats_number(&from, call, call->in,
				  is_share ? "p_control" : "sd");
	if (rc == PV_OK)
		rc = stats_number(&to, call, call->in,
				  is_share ? "p_treatment" : "difference");
	if (rc == PV_OK && is_share)
		rc = pv_stats_size_proportion(&got, from, to, &plan, call->err);
	else if (rc == PV_OK)
		rc = pv_stats_size_mean(&got, from, to, &plan, call->err);
	if (rc < 0)
		return rc;
	stats_put_int(call, "n_control",
		      is_share ? got.n_control : got.n_control_t);
	stats_put_int(call, "n_control_z", got.n_control);
	stats_put(call, "exact", got.exact, 1);
	stats_put(call, "mde", got.mde, 1);
	return PV_OK;
}

static int mde(stats_call *call)
{
	pv_stats_plan plan = { 0 };
	double sd = 0;
	double got = 0;
	int64_t n = 0;
	int64_t m = 0;
	int rc = take_plan(&plan, call);

	if (rc == PV_OK)
		rc = stats_number(&sd, call, call->in, "sd");
	if (rc == PV_OK)
		rc = stats_whole(&n, call, call->in, "n_control");
	if (rc == PV_OK)
		rc = stats_whole(&m, call, call->in, "n_treatment");
	if (rc == PV_OK)
		rc = pv_stats_mde(&got, sd, n, m, &plan, call->err);
	if (rc == PV_OK)
		stats_put(call, "mde", got, 1);
	return rc;
}

static int adjust(stats_call *call)
{
	static const char *const names[] = { "bonferroni", "holm", "hochberg",
					     "bh", "by" };
	double *p = NULL;
	size_t count = 0;
	int chosen = PV_STATS_HOLM;
	int rc = stats_choice(&chosen, call, "method", names,
			      pv_array_len(names));

	if (rc < 0)
		return rc;
	rc = stats_numbers(&p, &count, call, "p", -1);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		if (p[i] < 0 && p[i] != -1)
			rc = pv_fail(call->err, PV_EINVALID, "p is below 0");
	if (rc == PV_OK)
		rc = pv_stats_adjust(p, p, count,
				     (enum pv_stats_correction)chosen, call->err);
	if (rc == PV_OK) {
		pv_jsonw_member(call->out, "method", names[chosen]);
		pv_jsonw_key(call->out, "adjusted");
		pv_jsonw_array(call->out);
		for (size_t i = 0; i < count; i++) {
			if (p[i] < 0)
				pv_jsonw_null(call->out);
			else
				pv_jsonw_real(call->out, p[i]);
		}
		pv_jsonw_array_end(call->out);
	}
	pv_free(p);
	return rc;
}

const stats_kind stats_kinds[] = {
	{ "welch",
	  welch,
	  { "control", "treatment", "confidence" },
	  "{\"control\": [6, 7, 7, 8], \"treatment\": {\"n\": 50, \"mean\": 7.4, \"sd\": 1.2}, \"confidence\": 0.95}" },
	{ "student",
	  student,
	  { "control", "treatment", "confidence" },
	  "{\"control\": [6, 7, 7, 8], \"treatment\": [7, 8, 9, 8]}" },
	{ "proportions",
	  proportions,
	  { "control", "treatment", "confidence" },
	  "{\"control\": {\"hits\": 180, \"n\": 200}, \"treatment\": {\"hits\": 192, \"n\": 200}}" },
	{ "fisher", fisher, { "table" }, "{\"table\": [[8, 2], [1, 5]]}" },
	{ "mann-whitney",
	  mann_whitney,
	  { "control", "treatment" },
	  "{\"control\": [3, 4, 4, 5], \"treatment\": [4, 5, 6, 6]}" },
	{ "msprt",
	  msprt,
	  { "control", "treatment", "alpha", "tau" },
	  "{\"control\": {\"n\": 500, \"mean\": 7, \"sd\": 2}, \"treatment\": {\"n\": 500, \"mean\": 7.3, \"sd\": 2}, \"tau\": 0.3}" },
	{ "sequence",
	  sequence,
	  { "control", "treatment", "alpha", "n_star" },
	  "{\"control\": {\"n\": 500, \"mean\": 7, \"sd\": 2}, \"treatment\": {\"n\": 500, \"mean\": 7.3, \"sd\": 2}}" },
	{ "srm",
	  srm,
	  { "weights", "observed" },
	  "{\"weights\": [1, 1], \"observed\": [9463, 7681]}" },
	{ "power",
	  power,
	  { "effect", "n_control", "n_treatment", "alpha", "one_sided" },
	  "{\"effect\": 0.2, \"n_control\": 400, \"n_treatment\": 400}" },
	{ "size",
	  size,
	  { "sd", "difference", "p_control", "p_treatment", "alpha", "power",
	    "ratio", "one_sided" },
	  "{\"sd\": 1.5, \"difference\": 0.3, \"power\": 0.9}" },
	{ "mde",
	  mde,
	  { "sd", "n_control", "n_treatment", "alpha", "power", "one_sided" },
	  "{\"sd\": 1.5, \"n_control\": 400, \"n_treatment\": 400}" },
	{ "adjust",
	  adjust,
	  { "p", "method" },
	  "{\"p\": [0.01, 0.04, null, 0.03], \"method\": \"bh\"}" },
	{ "bayes",
	  stats_bayes,
	  { "control", "treatment", "prior_mean", "prior_sd", "credibility",
	    "prior_alpha", "prior_beta" },
	  "{\"control\": {\"hits\": 180, \"n\": 200}, \"treatment\": {\"hits\": 192, \"n\": 200}}" },
	{ "group",
	  stats_group,
	  { "looks", "information", "alpha", "spending", "rho" },
	  "{\"looks\": 5, \"spending\": \"pocock\"}" },
	{ "quantile",
	  stats_quantile,
	  { "values", "q", "confidence" },
	  "{\"values\": [120, 140, 155, 300, 910], \"q\": 0.5}" },
	{ "trend", stats_trend, { "x", "y" }, "{\"y\": [7.1, 7, 6.8, 6.9, 6.5]}" },
	{ "change",
	  stats_change,
	  { "values", "method", "mean", "sd", "slack", "limit", "weight",
	    "width", "delta" },
	  "{\"values\": [7, 7.1, 6.9, 6, 5.8, 5.9], \"method\": \"ewma\", \"mean\": 7, \"sd\": 0.2}" },
	{ "cuped",
	  stats_cuped,
	  { "control", "treatment", "confidence" },
	  "{\"control\": {\"x\": [1, 2, 3, 4], \"y\": [2, 3, 5, 5]}, \"treatment\": {\"x\": [1, 2, 4, 3], \"y\": [3, 4, 6, 5]}}" },
	{ "ratio",
	  stats_ratio,
	  { "control", "treatment", "confidence" },
	  "{\"control\": {\"x\": [2, 3, 4], \"y\": [1, 2, 2]}, \"treatment\": {\"x\": [2, 2, 3], \"y\": [1, 2, 2]}}" },
	{ 0 },
};
