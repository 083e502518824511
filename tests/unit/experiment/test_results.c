/* SPDX-License-Identifier: MIT
 *
 * What follows from given sums: tests with values computed by hand, and each
 * arm of the rule by which a variant wins.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "experiment/arms.h"

static const char two[] = "prompt: a\n"
			  "variants: {control: main, new: side}\n"
			  "metrics: {primary: quality}\n";

static void assert_near(double actual, double expected)
{
	if (!(fabs(actual - expected) <= 1e-9 * fmax(1, fabs(expected))))
		fail_msg("%.12g is not %.12g", actual, expected);
}

/* Two arms of a size with given means and a deviation of 1. */
static void add_two(struct arms *arms, int64_t n, double control, double treated)
{
	pv_stats_moments values = arms_sample(n, control, 1);

	arms_add(arms, "control", -1, n);
	arms_metric(arms, "quality", &values);
	values = arms_sample(n, treated, 1);
	arms_add(arms, "new", -1, n);
	arms_metric(arms, "quality", &values);
}

/* --- tests ------------------------------------------------------------------- */

/* Error sqrt(2 / 200) = 0.1, t = 3, df = 398. */
static void test_results__fixed_is_welch(void **state)
{
	const pv_result_query query = { .has_method = 1,
					.method = PV_METHOD_FIXED };
	struct arms arms = { .count = 0 };
	pv_results *results;

	(void)state;
	add_two(&arms, 200, 6, 6.3);
	results = arms_compute(two, &arms, &query);
	assert_string_equal(results->tests[0].method, "welch");
	assert_near(results->tests[0].difference, 0.3);
	assert_near(results->tests[0].error, 0.1);
	assert_near(results->tests[0].statistic, 3);
	assert_near(results->tests[0].df, 398);
	/* J = 1 - 3 / (4 398 - 1) to 1e-6. */
	assert_true(fabs(results->tests[0].effect_size -
			 0.3 * (1 - 3 / (4 * 398.0 - 1))) < 1e-6);
	assert_near(results->variants[1].estimates[0].lift, 0.05);
	assert_int_equal(results->state, PV_RESULT_WINNER);
	assert_string_equal(results->winner, "new");
	pv_results_free(results);
}

/*
 * With N = 400, rho^2 = (2 ln 20 + ln(1 + 2 ln 20)) / 5000, T = 400 rho^2 + 1:
 * the half width is 0.1 sqrt(2 T / (400 rho^2) ln(sqrt T / 0.05)).
 */
static void test_results__default_is_a_confidence_sequence(void **state)
{
	double ln_20 = log(20);
	double spread = 400 * (2 * ln_20 + log(1 + 2 * ln_20)) / 5000;
	double half = 0.1 * sqrt(2 * (spread + 1) / spread *
				 (log(spread + 1) / 2 + ln_20));
	struct arms arms = { .count = 0 };
	pv_results *results;

	(void)state;
	add_two(&arms, 200, 6, 6.3);
	results = arms_compute(two, &arms, NULL);
	assert_string_equal(results->tests[0].method, "confidence-sequence");
	assert_near(results->tests[0].interval.low, 0.3 - half);
	assert_near(results->tests[0].interval.high, 0.3 + half);
	assert_null(results->winner);
	pv_results_free(results);
}

static void test_results__holm_over_variants_and_metrics(void **state)
{
	static const char three[] =
		"prompt: a\n"
		"variants: {control: main, x: x, y: y}\n"
		"metrics: {primary: [quality, score.style]}\n";
	const pv_result_query query = { .has_method = 1,
					.method = PV_METHOD_FIXED };
	static const char *const names[] = { "control", "x", "y" };
	struct arms arms = { .count = 0 };
	double p[4];
	size_t found = 0;
	pv_results *results;

	(void)state;
	for (int i = 0; i < 3; i++) {
		pv_stats_moments quality = arms_sample(200, 6 + 0.15 * i, 1);
		pv_stats_moments style = arms_sample(200, 3 - 0.2 * i, 1);

		arms_add(&arms, names[i], -1, 200);
		arms_metric(&arms, "quality", &quality);
		arms_metric(&arms, "score.style", &style);
	}
	results = arms_compute(three, &arms, &query);
	for (size_t i = 0; i < results->test_count; i++)
		if (results->tests[i].role == PV_RESULT_PRIMARY)
			p[found++] = results->tests[i].p;
	assert_int_equal(found, 4);
	assert_int_equal(pv_stats_adjust(p, p, 4, PV_STATS_HOLM, NULL), PV_OK);
	found = 0;
	for (size_t i = 0; i < results->test_count; i++)
		if (results->tests[i].role == PV_RESULT_PRIMARY)
			assert_near(results->tests[i].p_corrected, p[found++]);
	/* y is better in one and worse in the other. */
	assert_null(results->winner);
	assert_non_null(strstr(results->reason, "lost in another"));
	pv_results_free(results);
}

static void test_results__least_p_of_all_looks(void **state)
{
	struct arms before = { .count = 0 };
	struct arms now = { .count = 0 };
	pv_result_data look;
	pv_result_query query = { .looks = &look, .look_count = 1 };
	pv_results *first;
	pv_results *both;

	(void)state;
	add_two(&before, 1000, 6, 6.3);
	add_two(&now, 2000, 6, 6.05);
	look = arms_data(&before);
	first = arms_compute(two, &before, NULL);
	both = arms_compute(two, &now, &query);
	assert_near(both->tests[0].p, first->tests[0].p);
	/* But 0 is in the interval by now. */
	assert_int_equal(both->tests[0].is_significant, 0);
	assert_null(both->winner);
	pv_results_free(first);
	pv_results_free(both);
}

/* z at one look of all is sqrt 2 times erfc^-1 0.05 = 1.96. */
static void test_results__group_bounds_spend_alpha(void **state)
{
	const pv_result_query query = { .has_method = 1,
					.method = PV_METHOD_GROUP_SEQUENTIAL };
	static const char planned[] = "prompt: a\n"
				      "variants: {control: main, new: side}\n"
				      "metrics: {primary: quality}\n"
				      "minimum_sample: 1000\n";
	struct arms early = { .count = 0 };
	struct arms all = { .count = 0 };
	pv_results *results;
	double half;

	(void)state;
	/* z = 4.5: below O'Brien and Fleming's first bound, 4.877. */
	add_two(&early, 200, 6, 6.45);
	results = arms_compute(planned, &early, &query);
	assert_true(results->tests[0].p > 0.05);
	pv_results_free(results);
	/* The fifth bound of five is 2.0310 for 0.025 on a side. */
	add_two(&all, 1000, 6, 6.1);
	results = arms_compute(planned, &all, &query);
	half = results->tests[0].interval.high - results->tests[0].difference;
	assert_true(fabs(half / results->tests[0].error - 2.0310) < 1e-3);
	assert_int_equal(results->tests[0].is_significant, 1);
	pv_results_free(results);
}

/* A difference of 3 errors: the chance is the normal's at 3. */
static void test_results__bayes_tells_chance_and_loss(void **state)
{
	const pv_result_query query = { .has_method = 1,
					.method = PV_METHOD_BAYES };
	struct arms arms = { .count = 0 };
	pv_results *results;

	(void)state;
	add_two(&arms, 200, 6, 6.3);
	results = arms_compute(two, &arms, &query);
	assert_true(fabs(results->tests[0].chance - 0.998650102) < 1e-8);
	/* s (phi(3) - 3 sf(3)), s = 0.1 */
	assert_true(fabs(results->tests[0].loss - 3.8215e-5) < 1e-8);
	assert_string_equal(results->winner, "new");
	pv_results_free(results);
}

/* Five executions of a unit that say the same are worth one. */
static void test_results__units_are_what_is_counted(void **state)
{
	const pv_result_query query = { .has_method = 1,
					.method = PV_METHOD_FIXED };
	struct arms arms = { .count = 0 };
	pv_results *results;

	(void)state;
	add_two(&arms, 200, 6, 6.3);
	for (size_t i = 0; i < arms.count; i++) {
		pv_trial_metric *metric = &arms.metrics[i][0];

		arms.arms[i].executions = 1000;
		metric->values.n = 1000;
		metric->values.m2 *= 5;
		metric->units.x.mean *= 5;
		metric->units.x.m2 *= 25;
		metric->units.y.mean = 5;
	}
	results = arms_compute(two, &arms, &query);
	assert_int_equal(results->is_by_unit, 1);
	assert_int_equal(results->variants[0].n, 200);
	assert_near(results->tests[0].statistic, 3);
	/* 1 / 200 over 199 5 / 999 / 1000 */
	assert_near(results->variants[0].estimates[0].design_effect,
		    1.0 / 200 / (199.0 * 5 / 999 / 1000));
	pv_results_free(results);
}

/* Units of one side that come back more often make no odd split. */
static void test_results__split_is_of_units(void **state)
{
	const pv_result_query query = { .has_method = 1,
					.method = PV_METHOD_FIXED,
					.by_execution = 1 };
	struct arms arms = { .count = 0 };
	pv_results *results;

	(void)state;
	add_two(&arms, 200, 6, 6.3);
	arms.arms[0].executions = arms.metrics[0][0].values.n = 1000;
	arms.arms[1].executions = arms.metrics[1][0].values.n = 1200;
	results = arms_compute(two, &arms, &query);
	assert_int_equal(results->is_by_unit, 0);
	assert_int_equal(results->variants[1].n, 1200);
	assert_near(results->variants[1].expected, 1100);
	assert_int_equal(results->splits[0].srm.is_mismatch, 0);
	assert_near(results->splits[0].srm.p, 1);
	assert_int_equal(results->splits[1].srm.is_mismatch, 0);
	pv_results_free(results);
	/* Without units there are executions only. */
	arms.arms[0].units = arms.arms[1].units = 0;
	results = arms_compute(two, &arms, &query);
	assert_int_equal(results->splits[0].srm.is_mismatch, 1);
	pv_results_free(results);
}

static void test_results__no_number_is_nan(void **state)
{
	static const char all[] =
		"prompt: a\n"
		"variants: {control: main, new: side}\n"
		"metrics: {primary: [quality, latency_p95, success_rate,\n"
		"  tokens_per_unit], guardrails: [cost, error_rate]}\n";

	(void)state;
	for (int method = 0; method <= PV_METHOD_BAYES; method++)
		for (int64_t n = 0; n < 4; n++) {
			const pv_result_query query = {
				.has_method = 1,
				.method = (enum pv_experiment_method)method,
				.is_pairwise = 1
			};
			pv_stats_moments values = arms_sample(n, 0, 0);
			struct arms arms = { .count = 0 };
			pv_results *results;
			pv_buf json = { 0 };

			arms_add(&arms, "control", -1, n);
			arms_metric(&arms, "quality", &values);
			arms_metric(&arms, "success", &values);
			arms_add(&arms, "new", -1, n);
			arms_metric(&arms, "quality", &values);
			results = arms_compute(all, &arms, &query);
			assert_null(results->winner);
			for (size_t i = 0; i < results->test_count; i++) {
				const pv_result_test *it = &results->tests[i];

				assert_true(isfinite(it->difference));
				assert_true(isfinite(it->statistic));
				assert_true(isfinite(it->p));
				assert_true(isfinite(it->interval.low));
				assert_true(isfinite(it->interval.high));
				assert_true(isfinite(it->effect_size));
			}
			assert_int_equal(pv_results_json(&json, results, NULL),
					 PV_OK);
			pv_buf_clear(&json);
			assert_int_equal(pv_results_svg(&json, results, NULL),
					 PV_OK);
			assert_null(strstr(pv_buf_text(&json), "nan"));
			pv_buf_dispose(&json);
			pv_results_free(results);
		}
}

/* --- the rule ------------------------------------------------------------------ */

static void test_results__minimum_comes_before_a_winner(void **state)
{
	struct arms arms = { .count = 0 };
	pv_results *results;

	(void)state;
	add_two(&arms, 99, 4, 9);
	results = arms_compute(two, &arms, NULL);
	assert_true(results->tests[0].is_significant);
	assert_int_equal(results->tests[0].better, 0);
	assert_null(results->winner);
	assert_int_equal(results->needed, 1);
	assert_string_equal(results->reason, "not yet: 1 more of each variant, "
					     "about 1 day at today's rate");
	pv_results_free(results);
}

/* What was taken out of the traffic does not hold up the others for ever. */
static void test_results__what_has_no_traffic_is_left_out(void **state)
{
	static const char three[] = "prompt: a\n"
				    "variants: {control: a, new: b, off: c}\n"
				    "split: [1, 1, %d]\n"
				    "metrics: {primary: quality}\n";
	const pv_stats_moments few = arms_sample(12, 2, 1);
	struct arms arms = { .count = 0 };
	pv_results *results;
	char text[256];

	(void)state;
	add_two(&arms, 2000, 4, 9);
	snprintf(text, sizeof(text), three, 0);
	results = arms_compute(text, &arms, NULL);
	assert_true(results->variants[2].is_out);
	assert_string_equal(results->winner, "new");
	assert_string_equal(results->warnings[0],
			    "the verdict is without what gets no traffic: off "
			    "has 0 of 100");
	pv_results_free(results);
	/* With traffic it is waited for. */
	snprintf(text, sizeof(text), three, 1);
	arms.arms[0].units = arms.arms[1].units = 2000;
	arms_add(&arms, "off", -1, 12);
	arms_metric(&arms, "quality", &few);
	results = arms_compute(text, &arms, NULL);
	assert_false(results->variants[2].is_out);
	assert_null(results->winner);
	pv_results_free(results);
}

static void test_results__a_control_without_traffic_says_so(void **state)
{
	/* Of a weight as small no slot is left. */
	static const char text[] = "prompt: a\n"
				   "variants: {control: main, new: side}\n"
				   "split: [0.0000001, 1]\n"
				   "metrics: {primary: quality}\n";
	const pv_stats_moments many = arms_sample(500, 6, 1);
	struct arms arms = { .count = 0 };
	pv_results *results;

	(void)state;
	arms_add(&arms, "new", -1, 500);
	arms_metric(&arms, "quality", &many);
	results = arms_compute(text, &arms, NULL);
	assert_null(results->winner);
	assert_string_equal(results->reason, "not yet: control gets no traffic "
					     "and has 0 of 100");
	pv_results_free(results);
}

static void test_results__a_bad_split_has_no_winner(void **state)
{
	struct arms arms = { .count = 0 };
	pv_results *results;

	(void)state;
	add_two(&arms, 2000, 4, 9);
	arms.arms[0].units = 2400;
	results = arms_compute(two, &arms, NULL);
	assert_int_equal(results->state, PV_RESULT_INVALID);
	assert_null(results->winner);
	for (size_t i = 0; i < results->test_count; i++) {
		assert_int_equal(results->tests[i].better, 0);
		assert_int_equal(results->tests[i].verdict, 0);
	}
	pv_results_free(results);
}

/* Off in opposite directions: together they look well. */
static void test_results__epochs_are_split_each_by_itself(void **state)
{
	struct arms arms = { .count = 0 };
	pv_stats_moments values;
	pv_results *results;

	(void)state;
	for (int i = 0; i < 4; i++) {
		int64_t n = i == 0 || i == 3 ? 1000 : 1400;

		values = arms_sample(n, i % 2 ? 9 : 4, 1);
		arms_add(&arms, i % 2 ? "new" : "control", 1 + i / 2, n);
		arms_metric(&arms, "quality", &values);
	}
	results = arms_compute(two, &arms, NULL);
	assert_true(results->splits[0].srm.p > 0.9);
	assert_int_equal(results->state, PV_RESULT_INVALID);
	assert_non_null(strstr(results->reason, "in epoch 1"));
	pv_results_free(results);
}

/* A guardrail passes by its interval, not by a p that is large. */
static void test_results__guardrails_are_not_inferior(void **state)
{
	static const char guarded[] =
		"prompt: a\n"
		"variants: {control: main, new: side}\n"
		"metrics:\n"
		"  primary: quality\n"
		"  guardrails: [{name: cost, margin: 0.5}]\n";
	const struct {
		double cost;
		double sd;
		enum pv_result_state state;
		int verdict;
	} rows[] = {
		{ 10, 1, PV_RESULT_WINNER, 1 },
		{ 10, 20, PV_RESULT_HELD, 0 },
		{ 12, 1, PV_RESULT_HELD, -1 },
		{ 10.3, 1, PV_RESULT_WINNER, 1 },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		struct arms arms = { .count = 0 };
		pv_results *results;

		for (int k = 0; k < 2; k++) {
			pv_stats_moments quality = arms_sample(1000, 6 + k, 1);
			pv_stats_moments cost =
				arms_sample(1000, k ? rows[i].cost : 10,
					    rows[i].sd);

			arms_add(&arms, k ? "new" : "control", -1, 1000);
			arms_metric(&arms, "quality", &quality);
			arms_metric(&arms, "cost", &cost);
		}
		results = arms_compute(guarded, &arms, NULL);
		assert_int_equal(results->state, rows[i].state);
		for (size_t k = 0; k < results->test_count; k++)
			if (results->tests[k].role == PV_RESULT_GUARDRAIL)
				assert_int_equal(results->tests[k].verdict,
						 rows[i].verdict);
		pv_results_free(results);
	}
}

/* Of an arm of 100,000, 7 % are in the bin of the slow ones. */
static void add_slow(struct arms *arms, const char *variant,
		     const pv_trial_bin bins[2])
{
	const pv_stats_moments values = arms_sample(100000, 400, 50);
	pv_trial_metric *metric;

	arms_add(arms, variant, -1, 100000);
	metric = arms_metric(arms, "latency", &values);
	metric->bins = bins;
	metric->bin_count = 2;
}

/*
 * The more there are, the surer do all ranks of a quantile share a bin: that is
 * no missing error, and the bin beside it is no difference.
 */
static void test_results__bins_are_as_wide_as_they_are(void **state)
{
	static const char text[] = "prompt: a\n"
				   "variants: {control: main, new: side}\n"
				   "metrics: {primary: latency_p95,\n"
				   "  guardrails: [latency_p95]}\n";
	static const pv_trial_bin bins[2][2] = {
		{ { 400, 93000 }, { 553, 7000 } },
		{ { 400, 93000 }, { 553 * 1.0219, 7000 } },
	};
	const pv_result_query query = { .has_method = 1,
					.method = PV_METHOD_FIXED };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct arms arms = { .count = 0 };
		pv_results *results;

		add_slow(&arms, "control", bins[0]);
		add_slow(&arms, "new", bins[i]);
		results = arms_compute(text, &arms, &query);
		for (size_t k = 0; k < results->test_count; k++) {
			const pv_result_test *test = &results->tests[k];

			if (test->role == PV_RESULT_ROBUST)
				continue;
			assert_int_equal(test->status, PV_STATS_KNOWN);
			assert_false(test->is_significant);
			if (test->role == PV_RESULT_GUARDRAIL)
				assert_int_equal(test->verdict, 1);
		}
		pv_results_free(results);
	}
}

static void test_results__control_wins_when_all_are_worse(void **state)
{
	struct arms arms = { .count = 0 };
	pv_results *results;

	(void)state;
	add_two(&arms, 1000, 6, 5);
	results = arms_compute(two, &arms, NULL);
	assert_string_equal(results->winner, "control");
	assert_int_equal(results->tests[0].better, -1);
	pv_results_free(results);
}

/* Less is better of what costs. */
static void test_results__direction_is_the_metrics_own(void **state)
{
	static const char cheap[] = "prompt: a\n"
				    "variants: {control: main, new: side}\n"
				    "metrics: {primary: cost}\n";
	struct arms arms = { .count = 0 };
	pv_results *results;

	(void)state;
	for (int k = 0; k < 2; k++) {
		pv_stats_moments cost = arms_sample(1000, k ? 1 : 2, 1);

		arms_add(&arms, k ? "new" : "control", -1, 1000);
		arms_metric(&arms, "cost", &cost);
	}
	results = arms_compute(cheap, &arms, NULL);
	assert_string_equal(results->winner, "new");
	pv_results_free(results);
}

/* --- names ---------------------------------------------------------------------- */

static void test_results__metrics_are_read_by_name(void **state)
{
	const struct {
		const char *name;
		const char *source;
		enum pv_result_kind kind;
		double quantile;
		int is_up;
	} rows[] = {
		{ "quality", "quality", PV_RESULT_MEAN, 0, 1 },
		{ "latency", "latency", PV_RESULT_QUANTILE, 0.95, 0 },
		{ "latency_mean", "latency", PV_RESULT_MEAN, 0, 0 },
		{ "latency_p50_ms", "latency", PV_RESULT_QUANTILE, 0.5, 0 },
		{ "cost_usd", "cost", PV_RESULT_MEAN, 0, 0 },
		{ "tokens_per_unit", "tokens", PV_RESULT_PER_UNIT, 0, 0 },
		{ "success_rate", "success", PV_RESULT_SHARE, 0, 1 },
		{ "error_rate", "success", PV_RESULT_SHARE, 0, 0 },
		{ "score.a_b", "score.a_b", PV_RESULT_MEAN, 0, 1 },
		{ "score.x_p99", "score.x", PV_RESULT_QUANTILE, 0.99, 1 },
	};
	static const char *const bad[] = { "",          "score.", "Quality",
					   "_p95",      "magic",  "success_p95",
					   "score._p50" };
	char source[PV_RESULT_SOURCE];
	pv_result_metric metric;

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		assert_int_equal(pv_result_metric_read(&metric, source,
						       rows[i].name, NULL),
				 PV_OK);
		assert_string_equal(source, rows[i].source);
		assert_int_equal(metric.kind, rows[i].kind);
		assert_near(metric.quantile, rows[i].quantile);
		assert_int_equal(metric.is_up, rows[i].is_up);
	}
	for (size_t i = 0; i < pv_array_len(bad); i++)
		assert_int_equal(pv_result_metric_read(&metric, source, bad[i],
						       NULL),
				 PV_EINVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results__fixed_is_welch),
		cmocka_unit_test(test_results__default_is_a_confidence_sequence),
		cmocka_unit_test(test_results__holm_over_variants_and_metrics),
		cmocka_unit_test(test_results__least_p_of_all_looks),
		cmocka_unit_test(test_results__group_bounds_spend_alpha),
		cmocka_unit_test(test_results__bayes_tells_chance_and_loss),
		cmocka_unit_test(test_results__units_are_what_is_counted),
		cmocka_unit_test(test_results__split_is_of_units),
		cmocka_unit_test(test_results__no_number_is_nan),
		cmocka_unit_test(test_results__minimum_comes_before_a_winner),
		cmocka_unit_test(test_results__what_has_no_traffic_is_left_out),
		cmocka_unit_test(test_results__a_control_without_traffic_says_so),
		cmocka_unit_test(test_results__a_bad_split_has_no_winner),
		cmocka_unit_test(test_results__epochs_are_split_each_by_itself),
		cmocka_unit_test(test_results__guardrails_are_not_inferior),
		cmocka_unit_test(test_results__bins_are_as_wide_as_they_are),
		cmocka_unit_test(test_results__control_wins_when_all_are_worse),
		cmocka_unit_test(test_results__direction_is_the_metrics_own),
		cmocka_unit_test(test_results__metrics_are_read_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
