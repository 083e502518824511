/* SPDX-License-Identifier: MIT
 *
 * Bins that nobody asks for are left out, and nothing else changes by it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <pv/analytics.h>

#include "base/clock.h"
#include "index/execution.h"

enum {
	ROWS = 400,
	DAYS = 5
};

static const pv_trial_bins wanted[] = { { "latency", 1 },
					{ "quality", 0 },
					{ "score.fit", 0 },
					{ "score.tone", 1 } };

static void add_row(pv_executions *index, int at, int64_t now)
{
	pv_execution *row = NULL;
	char json[500];
	pv_error err = { 0 };

	snprintf(json, sizeof(json),
		 "{\"prompt_id\":\"p\",\"experiment\":\"tone\",\"epoch\":1,"
		 "\"variant\":\"%c\",\"unit\":\"u%d\",\"latency_ms\":%d,"
		 "\"tokens_in\":%d,\"quality\":%g,\"source\":\"%s\","
		 "\"model\":\"m%d\",\"scores\":{\"fit\":%d,\"tone\":%d,"
		 "\"other\":%d},\"ts\":\"2020-01-01T00:00:00Z\"}",
		 'a' + at % 2, at / 4, 50 + 13 * (at % 97), at % 31,
		 1 + at % 9 / 2.0, at % 7 ? "generated" : "cache", at % 3,
		 at % 5, at % 4, at % 6);
	if (pv_execution_parse(&row, json, strlen(json), &err) < 0)
		fail_msg("%s", err.message);
	pv_execution_put_number(row, PV_FIELD_TS,
				now - (DAYS - at * DAYS / ROWS) *
						INT64_C(86400000000));
	if (pv_executions_record(NULL, index, &row, 1, &err) < 0)
		fail_msg("%s", err.message);
	pv_execution_free(row);
}

static int begin(void **state)
{
	static const char *const scores[] = { "fit", "tone", "other" };
	const pv_executions_options opts = { .path = ":memory:" };
	pv_executions *index = NULL;

	if (pv_executions_open(&index, &opts, NULL) < 0 ||
	    pv_executions_set_scores(index, scores, 3, NULL) < 0)
		return -1;
	for (int i = 0; i < ROWS; i++)
		add_row(index, i, pv_clock_now(NULL));
	*state = index;
	return 0;
}

static int end(void **state)
{
	pv_executions_free(*state);
	return 0;
}

static pv_trial *read_trial(pv_executions *index, const pv_trial_query *query)
{
	pv_trial *trial = NULL;
	pv_error err = { 0 };

	if (pv_trial_read(&trial, index, query, &err) < 0)
		fail_msg("%s", err.message);
	return trial;
}

static int is_wanted(const char *metric, int is_look)
{
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		if (strcmp(wanted[i].metric, metric) == 0)
			return wanted[i].in_looks || !is_look;
	/* Two bins, which come from what is counted anyway. */
	return strcmp(metric, "success") == 0;
}

static void assert_metric(const pv_trial_metric *got,
			  const pv_trial_metric *all, int is_look)
{
	assert_string_equal(got->name, all->name);
	assert_int_equal(got->missing, all->missing);
	assert_memory_equal(&got->values, &all->values, sizeof(got->values));
	assert_memory_equal(&got->units, &all->units, sizeof(got->units));
	assert_true(all->bin_count > 0);
	assert_int_equal(got->bin_count,
			 is_wanted(got->name, is_look) ? all->bin_count : 0);
	for (size_t i = 0; i < got->bin_count; i++) {
		assert_true(got->bins[i].value == all->bins[i].value);
		assert_int_equal(got->bins[i].count, all->bins[i].count);
	}
}

static void assert_arm(const pv_trial_arm *got, const pv_trial_arm *all,
		       int is_look)
{
	assert_non_null(got);
	assert_int_equal(got->executions, all->executions);
	assert_int_equal(got->cached, all->cached);
	assert_int_equal(got->metric_count, all->metric_count);
	for (size_t i = 0; i < got->metric_count; i++)
		assert_metric(&got->metrics[i], &all->metrics[i], is_look);
}

/* Of sums and of rows, which the last row's id asks for. */
static void compare(pv_executions *index, pv_trial_query query)
{
	pv_trial *all = read_trial(index, &query);
	pv_trial *got;

	query.bins = wanted;
	query.bins_count = sizeof(wanted) / sizeof(*wanted);
	got = read_trial(index, &query);
	assert_int_equal(pv_trial_count(got), 2);
	assert_int_equal(pv_trial_look_count(all),
			 query.has_looks ? DAYS - 1 : 0);
	assert_int_equal(pv_trial_look_count(got), pv_trial_look_count(all));
	for (size_t arm = 0; arm < 2; arm++) {
		assert_arm(pv_trial_at(got, arm), pv_trial_at(all, arm), 0);
		assert_int_equal(pv_trial_at(got, arm)->model_count, 3);
		for (size_t i = 0; i < pv_trial_look_count(all); i++)
			assert_arm(pv_trial_look_at(got, i, arm),
				   pv_trial_look_at(all, i, arm), 1);
	}
	pv_trial_free(all);
	pv_trial_free(got);
}

static void test_analytics_trial_bins__of_sums_are_left_out(void **state)
{
	compare(*state, (pv_trial_query){ .experiment = "tone" });
	compare(*state, (pv_trial_query){ .experiment = "tone", .has_looks = 1 });
}

static void test_analytics_trial_bins__of_rows_are_left_out(void **state)
{
	compare(*state,
		(pv_trial_query){
			.experiment = "tone",
			.has_looks = 1,
			.up_to = "ffffffff-ffff-7fff-bfff-ffffffffffff" });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_analytics_trial_bins__of_sums_are_left_out),
		cmocka_unit_test(test_analytics_trial_bins__of_rows_are_left_out),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
