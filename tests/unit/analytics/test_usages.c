/* SPDX-License-Identifier: MIT
 *
 * Figures against what the rows give when they are looked at one by one.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pv/analytics.h>

#include "base/clock.h"
#include "index/execution.h"
#include "index/place.h"

enum {
	ROWS = 3000
};

struct row {
	int64_t ts;
	double latency;
	int version;
	int is_cached;
	int is_ok;
};

struct scene {
	pv_executions *index;
	struct row rows[ROWS];
	int64_t now;
};

static void make_row(pv_execution **out, struct row *row, int64_t now)
{
	char json[400];
	pv_error err = { 0 };

	row->ts = now - (int64_t)(rand() % 86400) * 100 * 1000000;
	row->latency = exp(4 + rand() % 3000 / 1000.0);
	row->latency = floor(row->latency * 1000) / 1000;
	row->version = rand() % 3;
	row->is_cached = rand() % 5 == 0;
	row->is_ok = rand() % 10 != 0;
	snprintf(json, sizeof(json),
		 "{\"prompt_id\":\"p\",\"version\":\"1.%d.0\",\"ts\":"
		 "\"2020-01-01T00:00:00Z\",\"latency_ms\":%.3f,\"source\":"
		 "\"%s\",\"success\":%s,\"quality\":%d,\"cost_usd\":0.01}",
		 row->version, row->latency,
		 row->is_cached ? "cache" : "generated",
		 row->is_ok ? "true" : "false", 4 + rand() % 3);
	if (pv_execution_parse(out, json, strlen(json), &err) < 0)
		fail_msg("%s", err.message);
	pv_execution_put_number(*out, PV_FIELD_TS, row->ts);
}

static int begin(void **state)
{
	const pv_executions_options opts = place_of(":memory:");
	struct scene *it = calloc(1, sizeof(*it));

	if (!it || pv_executions_open(&it->index, &opts, NULL) < 0)
		return -1;
	srand(5);
	it->now = pv_clock_now(NULL);
	for (int i = 0; i < ROWS; i++) {
		pv_execution *row = NULL;

		make_row(&row, &it->rows[i], it->now);
		if (pv_executions_record(NULL, it->index, &row, 1, NULL) < 0)
			return -1;
		pv_execution_free(row);
	}
	*state = it;
	return 0;
}

static int end(void **state)
{
	struct scene *it = *state;

	pv_executions_free(it->index);
	free(it);
	return 0;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double exact_quantile(const double *sorted, size_t n, double q)
{
	double at = (double)(n - 1) * q;
	size_t low = (size_t)at;

	return low + 1 < n
		       ? sorted[low] + (at - (double)low) *
					       (sorted[low + 1] - sorted[low])
		       : sorted[low];
}

static void assert_near(double got, double want, double part)
{
	if (fabs(got - want) > part * fabs(want))
		fail_msg("%.17g is not %.17g", got, want);
}

/* Compares with the rows of a version (-1: any) in a window. */
static void check(struct scene *it, const pv_usage *usage, int version,
		  const int64_t window[2])
{
	static double values[ROWS];
	size_t n = 0;
	int64_t uses = 0;
	int64_t cached = 0;
	int64_t ok = 0;
	double sum = 0;
	double squares = 0;

	for (int i = 0; i < ROWS; i++) {
		const struct row *row = &it->rows[i];

		if ((version >= 0 && row->version != version) ||
		    row->ts < window[0] || (window[1] && row->ts >= window[1]))
			continue;
		uses++;
		cached += row->is_cached;
		ok += row->is_ok;
		if (row->is_cached)
			continue;
		values[n++] = row->latency;
		sum += row->latency;
	}
	for (size_t i = 0; i < n; i++)
		squares += (values[i] - sum / (double)n) *
			   (values[i] - sum / (double)n);
	qsort(values, n, sizeof(*values), by_value);
	assert_int_equal(usage->executions, uses);
	assert_int_equal(usage->cached, cached);
	assert_int_equal(usage->judged, uses);
	assert_int_equal(usage->succeeded, ok);
	assert_int_equal(usage->latency_ms.n, n);
	assert_int_equal(usage->cost_usd.n, n);
	assert_int_equal(usage->quality.n, uses);
	assert_near(usage->latency_ms.mean, sum / (double)n, 1e-12);
	assert_near(usage->latency_ms.variance, squares / (double)(n - 1), 1e-9);
	assert_near(usage->latency_ms.p50, exact_quantile(values, n, 0.5), 0.011);
	assert_near(usage->latency_ms.p95, exact_quantile(values, n, 0.95),
		    0.011);
	assert_near(usage->latency_ms.p99, exact_quantile(values, n, 0.99),
		    0.011);
	/* 4, 5 or 6, or between two of them, with nothing lost. */
	assert_true(fmod(usage->quality.p50 * 2, 1) == 0);
}

static pv_usages *read_figures(struct scene *it, const pv_usage_query *query)
{
	pv_usages *usages = NULL;
	pv_error err = { 0 };

	if (pv_usages_read(&usages, it->index, query, &err) < 0)
		fail_msg("%s", err.message);
	return usages;
}

static void test_analytics_usages__equal_the_rows(void **state)
{
	struct scene *it = *state;
	const int64_t always[2] = { 0, 0 };
	pv_usages *usages = read_figures(it, NULL);

	check(it, pv_usages_total(usages), -1, always);
	assert_int_equal(pv_usages_count(usages), 0);
	pv_usages_free(usages);
}

static void test_analytics_usages__equal_the_rows_of_a_group(void **state)
{
	struct scene *it = *state;
	const int64_t always[2] = { 0, 0 };
	const pv_usage_query query = { .by = "version" };
	pv_usages *usages = read_figures(it, &query);

	assert_int_equal(pv_usages_count(usages), 3);
	for (int i = 0; i < 3; i++) {
		const pv_usage *usage = pv_usages_at(usages, (size_t)i);
		char key[8];

		snprintf(key, sizeof(key), "1.%d.0", i);
		assert_string_equal(usage->key, key);
		check(it, usage, i, always);
	}
	pv_usages_free(usages);
}

static void test_analytics_usages__equal_the_rows_of_a_window(void **state)
{
	struct scene *it = *state;
	const int64_t hour = INT64_C(3600000000);
	const int64_t ages[][2] = { { 50, 0 },   { 500, 0 },    { 1000, 20 },
				    { 30, 3 },   { 2000, 200 }, { 47, 46 },
				    { 300, 299 } };

	for (size_t i = 0; i < sizeof(ages) / sizeof(*ages); i++) {
		pv_usage_query query = { .since = it->now - ages[i][0] * hour };
		int64_t window[2];
		pv_usages *usages;

		if (ages[i][1])
			query.until = it->now - ages[i][1] * hour;
		usages = read_figures(it, &query);
		pv_usages_window(usages, &window[0], &window[1]);
		assert_true(window[0] <= query.since);
		assert_true(query.since - window[0] < hour);
		assert_true(window[1] >= query.until);
		assert_true(window[1] - query.until < hour);
		check(it, pv_usages_total(usages), -1, window);
		pv_usages_free(usages);
	}
}

static void test_analytics_usages__add_up_over_time(void **state)
{
	static const char *const grains[] = { "hour", "day", "week" };
	struct scene *it = *state;

	for (size_t i = 0; i < 3; i++) {
		const pv_usage_query query = { .by = grains[i] };
		pv_usages *usages = read_figures(it, &query);
		int64_t sum = 0;
		int64_t before = 0;

		for (size_t at = 0; at < pv_usages_count(usages); at++) {
			const pv_usage *usage = pv_usages_at(usages, at);

			assert_true(usage->start > before);
			before = usage->start;
			sum += usage->executions;
		}
		assert_int_equal(sum, ROWS);
		pv_usages_free(usages);
	}
}

static void test_analytics_usages__refuses_other_fields(void **state)
{
	struct scene *it = *state;
	const pv_executions_match match = { .field = "session", .value = "s" };
	const pv_usage_query wrong[] = { { .by = "unit" },
					 { .matches = &match, .match_count = 1 } };

	for (size_t i = 0; i < 2; i++) {
		pv_usages *usages = NULL;
		pv_error err = { 0 };

		assert_int_equal(pv_usages_read(&usages, it->index, &wrong[i],
						&err),
				 PV_EINVALID);
		assert_null(usages);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_analytics_usages__equal_the_rows),
		cmocka_unit_test(test_analytics_usages__equal_the_rows_of_a_group),
		cmocka_unit_test(test_analytics_usages__equal_the_rows_of_a_window),
		cmocka_unit_test(test_analytics_usages__add_up_over_time),
		cmocka_unit_test(test_analytics_usages__refuses_other_fields),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
