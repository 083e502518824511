/* SPDX-License-Identifier: MIT
 *
 * What the rule by which a variant wins makes of values that are missing, and
 * of those that never vary.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/mem.h"
#include "experiment/arms.h"

static const char two[] = "prompt: a\n"
			  "variants: {control: main, new: side}\n"
			  "metrics: {primary: quality}\n";

/* Units without a value of what decides say nothing of it. */
static void test_results__minimum_is_of_values(void **state)
{
	const struct {
		int64_t have;
		int64_t needed;
	} rows[] = { { 40, 60 }, { 99, 1 }, { 100, 0 } };

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		struct arms arms = { .count = 0 };
		pv_results *results;

		for (int k = 0; k < 2; k++) {
			pv_stats_moments values =
				arms_sample(rows[i].have, k ? 9 : 4, 1);

			arms_add(&arms, k ? "new" : "control", -1, 1000);
			arms_metric(&arms, "quality", &values);
		}
		results = arms_compute(two, &arms, NULL);
		assert_int_equal(results->variants[0].n, 1000);
		assert_int_equal(results->needed, rows[i].needed);
		assert_int_equal(results->is_decidable, !rows[i].needed);
		if (rows[i].needed)
			assert_non_null(strstr(results->reason,
					       "with a value of quality"));
		pv_results_free(results);
	}
}

/* Each primary metric: the one that fewest have is waited for. */
static void test_results__minimum_is_of_each_primary(void **state)
{
	static const char both[] =
		"prompt: a\n"
		"variants: {control: main, new: side}\n"
		"metrics: {primary: [quality, score.style]}\n";
	struct arms arms = { .count = 0 };
	pv_results *results;

	(void)state;
	for (int k = 0; k < 2; k++) {
		pv_stats_moments values = arms_sample(1000, k ? 9 : 4, 1);
		pv_stats_moments few = arms_sample(30, 4, 1);

		arms_add(&arms, k ? "new" : "control", -1, 1000);
		arms_metric(&arms, "quality", &values);
		arms_metric(&arms, "score.style", &few);
	}
	results = arms_compute(both, &arms, NULL);
	assert_null(results->winner);
	assert_int_equal(results->needed, 70);
	assert_non_null(strstr(results->reason, "score.style"));
	pv_results_free(results);
}

/* What never varies has no error: harm is bounded by how often it was seen. */
static void test_results__what_never_fails_passes(void **state)
{
	static const char guarded[] =
		"prompt: a\n"
		"variants: {control: main, new: side}\n"
		"metrics: {primary: quality, guardrails: [error_rate]}\n";
	const struct {
		int64_t n;
		double ok[2];
		int verdict;
	} rows[] = {
		{ 5000, { 1, 1 }, 1 },
		/* 1 - 0.025^(1 / n) is below 0.02 from 183 on. */
		{ 183, { 1, 1 }, 1 },
		{ 182, { 1, 1 }, 0 },
		{ 5000, { 0, 0 }, 1 },
		{ 5000, { 0, 1 }, 1 },
		{ 5000, { 1, 0 }, -1 },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++)
		for (int method = 0; method <= PV_METHOD_BAYES; method++) {
			const pv_result_query query = {
				.has_method = 1,
				.method = (enum pv_experiment_method)method
			};
			struct arms arms = { .count = 0 };
			const pv_result_test *test;
			pv_results *results;

			/* A fixed read-out has Newcombe's interval. */
			if (method == PV_METHOD_FIXED)
				continue;
			for (int k = 0; k < 2; k++) {
				pv_stats_moments quality =
					arms_sample(rows[i].n, 6 + k, 1);
				pv_stats_moments ok =
					arms_sample(rows[i].n, rows[i].ok[k], 0);

				arms_add(&arms, k ? "new" : "control", -1,
					 rows[i].n);
				arms_metric(&arms, "quality", &quality);
				arms_metric(&arms, "success", &ok);
			}
			results = arms_compute(guarded, &arms, &query);
			test = pv_results_test_of(results, 1, 1);
			assert_int_equal(test->verdict, rows[i].verdict);
			assert_int_equal(test->has_interval, 1);
			assert_int_equal(results->state,
					 rows[i].verdict > 0 ? PV_RESULT_WINNER
							     : PV_RESULT_HELD);
			pv_results_free(results);
		}
}

static void test_results__what_is_constant_is_held_to_its_margin(void **state)
{
	static const char *const guards[] = { "cost",
					      "{name: cost, margin: 0.5}" };
	const struct {
		double cost[2];
		int verdict[2];
	} rows[] = {
		{ { 0, 0 }, { 1, 1 } },   { { 2, 2 }, { 1, 1 } },
		{ { 2, 1 }, { 1, 1 } },   { { 2, 2.25 }, { -1, 1 } },
		{ { 2, 3 }, { -1, -1 } },
	};

	(void)state;
	for (size_t i = 0; i < 2 * pv_array_len(rows); i++)
		for (int method = 0; method <= PV_METHOD_BAYES; method++) {
			const pv_result_query query = {
				.has_method = 1,
				.method = (enum pv_experiment_method)method
			};
			struct arms arms = { .count = 0 };
			pv_results *results;
			char text[160];

			snprintf(text, sizeof(text),
				 "prompt: a\n"
				 "variants: {control: main, new: side}\n"
				 "metrics: {primary: quality, "
				 "guardrails: [%s]}\n",
				 guards[i % 2]);
			for (int k = 0; k < 2; k++) {
				pv_stats_moments quality =
					arms_sample(1000, 6 + k, 1);
				pv_stats_moments cost =
					arms_sample(1000, rows[i / 2].cost[k], 0);

				arms_add(&arms, k ? "new" : "control", -1, 1000);
				arms_metric(&arms, "quality", &quality);
				arms_metric(&arms, "cost", &cost);
			}
			results = arms_compute(text, &arms, &query);
			assert_int_equal(pv_results_test_of(results, 1, 1)->verdict,
					 rows[i / 2].verdict[i % 2]);
			pv_results_free(results);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results__minimum_is_of_values),
		cmocka_unit_test(test_results__minimum_is_of_each_primary),
		cmocka_unit_test(test_results__what_never_fails_passes),
		cmocka_unit_test(
			test_results__what_is_constant_is_held_to_its_margin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
