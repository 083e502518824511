/* SPDX-License-Identifier: MIT
 *
 * Results as JSON. What is not known is null.
 */
#include <pv/results.h>

#include "base/clock.h"
#include "base/json.h"
#include "experiment/result.h"

static void put_real(pv_jsonw *w, const char *key, double value, int is_known)
{
	pv_jsonw_key(w, key);
	if (is_known)
		pv_jsonw_real(w, value);
	else
		pv_jsonw_null(w);
}

static void put_int(pv_jsonw *w, const char *key, int64_t value)
{
	pv_jsonw_key(w, key);
	pv_jsonw_int(w, value);
}

static void put_bool(pv_jsonw *w, const char *key, int value)
{
	pv_jsonw_key(w, key);
	pv_jsonw_bool(w, value);
}

static void put_time(pv_jsonw *w, const char *key, int64_t micros)
{
	char text[PV_TIME_TEXT];

	if (micros)
		pv_time_format(text, micros);
	pv_jsonw_member(w, key, micros ? text : NULL);
}

static void put_interval(pv_jsonw *w, const char *key,
			 pv_stats_interval interval, int is_known)
{
	pv_jsonw_key(w, key);
	if (!is_known) {
		pv_jsonw_null(w);
		return;
	}
	pv_jsonw_array(w);
	pv_jsonw_real(w, interval.low);
	pv_jsonw_real(w, interval.high);
	pv_jsonw_array_end(w);
}

const char *pv_result_status_name(enum pv_stats_status status)
{
	static const char *const names[] = { "known", "too-few", "no-variance",
					     "undefined" };

	return names[status];
}

/* --- variants ---------------------------------------------------------------- */

static void put_figures(pv_jsonw *w, const pv_result_estimate *it)
{
	put_real(w, "estimate", it->value, it->n > 0);
	put_interval(w, "interval", it->interval, it->has_interval);
	put_real(w, "lift", it->lift, it->has_lift);
	put_interval(w, "lift_interval", it->lift_interval,
		     it->has_lift_interval);
}

static void put_estimate(pv_jsonw *w, const pv_result_metric *metric,
			 const pv_result_estimate *it)
{
	pv_jsonw_object(w);
	pv_jsonw_member(w, "metric", metric->name);
	pv_jsonw_member(w, "role", pv_result_role_name(metric->role));
	put_int(w, "n", it->n);
	put_int(w, "missing", it->missing);
	put_figures(w, it);
	put_real(w, "error", it->error, it->error > 0);
	put_real(w, "design_effect", it->design_effect, it->design_effect > 0);
	put_real(w, "best_chance", it->best, it->has_best);
	pv_jsonw_object_end(w);
}

static void put_variants(pv_jsonw *w, const pv_results *results)
{
	pv_jsonw_key(w, "variants");
	pv_jsonw_array(w);
	for (size_t i = 0; i < results->variant_count; i++) {
		const pv_result_variant *it = &results->variants[i];
		const pv_result_estimate none = { .n = 0 };

		pv_jsonw_object(w);
		pv_jsonw_member(w, "name", it->name);
		put_bool(w, "control", i == results->control);
		put_int(w, "n", it->n);
		put_real(w, "expected", it->expected, 1);
		put_int(w, "executions", it->executions);
		put_bool(w, "out", it->is_out);
		put_figures(w, results->metric_count ? it->estimates : &none);
		pv_jsonw_key(w, "metrics");
		pv_jsonw_array(w);
		for (size_t m = 0; m < results->metric_count; m++)
			put_estimate(w, &results->metrics[m], &it->estimates[m]);
		pv_jsonw_array_end(w);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

/* --- tests ---------------------------------------------------------------------- */

static void put_guard(pv_jsonw *w, const pv_result_test *test)
{
	int is_guard = test->role == PV_RESULT_GUARDRAIL;

	put_real(w, "margin", test->margin, is_guard);
	pv_jsonw_member(w, "verdict",
			!is_guard           ? NULL
			: test->verdict > 0 ? "pass"
			: test->verdict < 0 ? "fail"
					    : "open");
}

static void put_test(pv_jsonw *w, const pv_results *results,
		     const pv_result_test *test)
{
	int is_known = test->status == PV_STATS_KNOWN;
	/* A posterior has no p; see pv_result_test.c for what stands for it. */
	int has_p = test->has_p && !test->has_chance;
	const char *better = test->better > 0 ? results->variants[test->b].name
			     : test->better < 0 ? results->variants[test->a].name
						: NULL;

	pv_jsonw_object(w);
	pv_jsonw_member(w, "a", results->variants[test->a].name);
	pv_jsonw_member(w, "b", results->variants[test->b].name);
	pv_jsonw_member(w, "metric", results->metrics[test->metric].name);
	pv_jsonw_member(w, "role", pv_result_role_name(test->role));
	pv_jsonw_member(w, "method", test->method);
	pv_jsonw_member(w, "status", pv_result_status_name(test->status));
	put_real(w, "difference", test->difference,
		 test->status != PV_STATS_TOO_FEW);
	put_real(w, "error", test->error, is_known && test->error > 0);
	put_real(w, "statistic", test->statistic, is_known && !test->has_chance);
	put_real(w, "df", test->df, is_known && test->df > 0);
	put_real(w, "p", test->p, has_p);
	put_real(w, "p_corrected", test->p_corrected, has_p);
	/* What decides nothing is not held against alpha. */
	if (test->role == PV_RESULT_ROBUST)
		pv_jsonw_member(w, "significant", NULL);
	else
		put_bool(w, "significant", test->is_significant);
	pv_jsonw_member(w, "better", better);
	put_real(w, "effect_size", test->effect_size, test->effect_name != NULL);
	pv_jsonw_member(w, "effect", test->effect_name);
	put_interval(w, "interval", test->interval, test->has_interval);
	put_real(w, "chance", test->chance, test->has_chance);
	put_real(w, "expected_loss", test->loss, test->has_chance);
	put_guard(w, test);
	pv_jsonw_object_end(w);
}

static void put_tests(pv_jsonw *w, const pv_results *results)
{
	pv_jsonw_key(w, "tests");
	pv_jsonw_array(w);
	for (size_t i = 0; i < results->test_count; i++)
		put_test(w, results, &results->tests[i]);
	pv_jsonw_array_end(w);
}

/* --- the split -------------------------------------------------------------------- */

static void put_split(pv_jsonw *w, const pv_stats_srm_result *srm)
{
	int is_known = srm->status == PV_STATS_KNOWN && !srm->is_impossible &&
		       srm->df > 0;

	put_bool(w, "mismatch", srm->is_mismatch);
	put_bool(w, "impossible", srm->is_impossible);
	put_real(w, "chi2", srm->chi2, is_known);
	put_real(w, "df", (double)srm->df, is_known);
	put_real(w, "p", srm->p, is_known);
	put_real(w, "deviation", srm->deviation, is_known);
}

static void put_splits(pv_jsonw *w, const pv_results *results)
{
	pv_jsonw_key(w, "srm");
	pv_jsonw_object(w);
	put_split(w, &results->splits[0].srm);
	pv_jsonw_key(w, "epochs");
	pv_jsonw_array(w);
	for (size_t i = 1; i < results->split_count; i++) {
		pv_jsonw_object(w);
		pv_jsonw_key(w, "epoch");
		if (results->splits[i].epoch >= 0)
			pv_jsonw_int(w, results->splits[i].epoch);
		else
			pv_jsonw_null(w);
		put_split(w, &results->splits[i].srm);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
	pv_jsonw_object_end(w);
}

static void put_result(pv_jsonw *w, const pv_results *results);

/* Nested once: segments have none. */
static void put_segments(pv_jsonw *w, const pv_results *results)
{
	if (!results->segments)
		return;
	pv_jsonw_key(w, "segments");
	pv_jsonw_array(w);
	for (size_t i = 0; i < results->segment_count; i++)
		put_result(w, results->segments[i]);
	pv_jsonw_array_end(w);
}

static void put_result(pv_jsonw *w, const pv_results *results)
{
	pv_jsonw_object(w);
	pv_jsonw_member(w, "id", results->id);
	pv_jsonw_member(w, "name", results->name);
	pv_jsonw_member(w, "prompt", results->prompt);
	pv_jsonw_member(w, "status", pv_experiment_status_name(results->status));
	pv_jsonw_member(w, "method", pv_experiment_method_name(results->method));
	put_real(w, "alpha", results->alpha, 1);
	put_real(w, "n_star", results->n_star,
		 results->method == PV_METHOD_SEQUENTIAL);
	pv_jsonw_member(w, "unit", results->unit);
	pv_jsonw_member(w, "by", results->is_by_unit ? "unit" : "execution");
	put_int(w, "minimum", results->minimum);
	put_time(w, "since", results->since);
	put_time(w, "until", results->until);
	pv_jsonw_member(w, "rows_until", results->rows_until);
	if (results->segment)
		pv_jsonw_member(w, "segment", results->segment);
	put_int(w, "executions", results->executions);
	put_variants(w, results);
	put_tests(w, results);
	put_splits(w, results);
	pv_jsonw_key(w, "warnings");
	pv_jsonw_array(w);
	for (size_t i = 0; i < results->warning_count; i++)
		pv_jsonw_string(w, results->warnings[i]);
	pv_jsonw_array_end(w);
	pv_jsonw_member(w, "state", pv_result_state_name(results->state));
	pv_jsonw_member(w, "winner", results->winner);
	pv_jsonw_member(w, "reason", results->reason);
	put_real(w, "needed", (double)results->needed, results->needed > 0);
	put_real(w, "days", results->days, results->days > 0);
	if (results->is_kept)
		put_int(w, "later", results->later);
	put_segments(w, results);
	pv_jsonw_object_end(w);
}

int pv_results_json(pv_buf *out, const pv_results *results, pv_error *err)
{
	pv_jsonw w;

	pv_jsonw_init(&w, out);
	put_result(&w, results);
	return pv_buf_status(out, err);
}
