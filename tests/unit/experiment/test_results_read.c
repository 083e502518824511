/* SPDX-License-Identifier: MIT
 *
 * Results that were kept are the same when they are read again.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/mem.h"
#include "experiment/arms.h"

static const char three[] =
	"prompt: a\n"
	"name: Tone\n"
	"variants: {control: main, x: x, y: y}\n"
	"metrics:\n"
	"  primary: [quality, {name: cost, direction: up}]\n"
	"  guardrails: [quality, {name: cost, margin: 0.5}]\n";

static pv_results *results_of(int method, int64_t n)
{
	static const char *const secondaries[] = { "quality" };
	static const char *const names[] = { "control", "x", "y" };
	const pv_result_query query = {
		.has_method = 1,
		.method = (enum pv_experiment_method)method,
		.is_pairwise = 1,
		.rows_until = "01a13810-1320-7cb9-b0fc-f932b06753f7",
		.secondaries = secondaries,
		.secondary_count = 1
	};
	struct arms arms = { .count = 0 };

	for (int i = 0; i < 3 && n; i++) {
		pv_stats_moments quality = arms_sample(n, 6 + i * 0.3, 1);
		pv_stats_moments cost = arms_sample(n, 2, 0);

		arms_add(&arms, names[i], -1, n + i);
		arms_metric(&arms, "quality", &quality);
		arms_metric(&arms, "cost", &cost);
	}
	return arms_compute(three, &arms, &query);
}

static void assert_same(const pv_results *results, int64_t later)
{
	pv_experiment *experiment = arms_experiment(three);
	pv_results *again = NULL;
	pv_buf first = { 0 };
	pv_buf second = { 0 };
	pv_error err = { 0 };
	char *end;

	assert_int_equal(pv_results_json(&first, results, NULL), PV_OK);
	if (pv_results_parse(&again, experiment, pv_buf_text(&first), first.len,
			     results->executions + later, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(again->later, later);
	assert_int_equal(again->warning_count,
			 results->warning_count + (later > 0));
	assert_int_equal(pv_results_json(&second, again, NULL), PV_OK);
	if (!later) {
		end = strstr(pv_buf_text(&second), ",\"later\":0}");
		assert_non_null(end);
		memcpy(end, "}", 2);
		assert_string_equal(pv_buf_text(&first), pv_buf_text(&second));
	}
	pv_results_free(again);
	pv_experiment_free(experiment);
	pv_buf_dispose(&first);
	pv_buf_dispose(&second);
}

static void test_results__kept_ones_are_the_same(void **state)
{
	static const int64_t sizes[] = { 0, 1, 2, 90, 1000 };

	(void)state;
	for (int method = 0; method <= PV_METHOD_BAYES; method++)
		for (size_t i = 0; i < pv_array_len(sizes); i++) {
			pv_results *results = results_of(method, sizes[i]);

			assert_same(results, 0);
			assert_same(results, 7);
			pv_results_free(results);
		}
}

/* Whatever a hand makes of a byte, nothing is read that is not there. */
static void test_results__spoiled_ones_are_refused(void **state)
{
	static const char *const bad[] = { "",
					   "{}",
					   "[]",
					   "null",
					   "{\"id\":\"tone\"}",
					   "{\"id\":1,\"prompt\":\"a\"}" };
	pv_experiment *experiment = arms_experiment(three);
	pv_results *results = results_of(0, 90);
	pv_results *again = NULL;
	pv_buf text = { 0 };

	(void)state;
	for (size_t i = 0; i < pv_array_len(bad); i++)
		assert_true(pv_results_parse(&again, experiment, bad[i],
					     strlen(bad[i]), 0, NULL) < 0);
	assert_int_equal(pv_results_json(&text, results, NULL), PV_OK);
	for (size_t i = 0; i < text.len; i++) {
		char old = text.ptr[i];

		text.ptr[i] = old == '1' ? '0' : '1';
		(void)pv_results_parse(&again, experiment, pv_buf_text(&text),
				       text.len, 0, NULL);
		pv_results_free(again);
		text.ptr[i] = old;
	}
	pv_buf_dispose(&text);
	pv_results_free(results);
	pv_experiment_free(experiment);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results__kept_ones_are_the_same),
		cmocka_unit_test(test_results__spoiled_ones_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
