/* SPDX-License-Identifier: MIT
 *
 * Statistics against tables of exact values (../shared/corpora/stats), each to
 * the tolerance its line asks for. Skipped where they are not there.
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

#include "base/json.h"
#include "stats/normal.h"
#include "stats/student.h"
#include "stats/trend.h"

enum {
	POINTS = 400,
	LINE = 1 << 16
};

/* A line of a table. */
struct row {
	const pv_json *in;
	const pv_json *out;
	const char *id;
	double tol;
	int bad;
};

static double in(const struct row *row, const char *key)
{
	return pv_json_real(pv_json_get(row->in, key), NAN);
}

/* `least` is the size below which a value is as good as 0. */
static void near_to(struct row *row, const char *key, double got, double least)
{
	const pv_json *value = pv_json_get(row->out, key);
	double want = pv_json_real(value, NAN);

	/* What is undefined is null, what is too large a text. */
	if (isnan(want))
		return;
	if (fabs(got - want) <= row->tol * fabs(want) + least)
		return;
	print_error("%s: %s is %.17g, not %.17g\n", row->id, key, got, want);
	row->bad = 1;
}

static void near_pair(struct row *row, const char *key, pv_interval got)
{
	const pv_json *pair = pv_json_get(row->out, key);
	double low = pv_json_real(pv_json_at(pair, 0), NAN);
	double high = pv_json_real(pv_json_at(pair, 1), NAN);

	if (fabs(got.low - low) <= row->tol * fabs(low) + 1e-15 &&
	    fabs(got.high - high) <= row->tol * fabs(high) + 1e-15)
		return;
	print_error("%s: %s is %.17g to %.17g, not %.17g to %.17g\n", row->id,
		    key, got.low, got.high, low, high);
	row->bad = 1;
}

static void check_normal(struct row *row)
{
	if (!isnan(in(row, "z")))
		near_to(row, "sf", pv_normal_sf(in(row, "z")), 1e-300);
}

static void check_tail(struct row *row)
{
	near_to(row, "sf", pv_student_sf(in(row, "t"), in(row, "df")), 1e-300);
}

static void check_quantile(struct row *row)
{
	if (in(row, "q_upper") > 1e-280)
		near_to(row, "t",
			pv_student_isf(in(row, "q_upper"), in(row, "df")),
			1e-300);
}

static pv_sample sample_of(const struct row *row, const char *key)
{
	const pv_json *from = pv_json_get(row->in, key);
	double n = pv_json_real(pv_json_get(from, "n"), 0);
	pv_sample out = { (int64_t)n,
			  pv_json_real(pv_json_get(from, "mean"), NAN),
			  pv_json_real(pv_json_get(from, "M2"), NAN) / (n - 1) };

	return out;
}

static void check_welch(struct row *row)
{
	pv_sample control = sample_of(row, "control");
	pv_sample treatment = sample_of(row, "treatment");
	pv_welch got = { 0 };
	int rc = pv_welch_test(&got, &control, &treatment, in(row, "conf"));

	if (pv_json_is_true(pv_json_get(row->out, "degenerate"))) {
		row->bad |= rc == 0;
		return;
	}
	near_to(row, "se", got.error, 0);
	near_to(row, "t", got.t, 0);
	near_to(row, "df", got.df, 0);
	near_to(row, "p_two_sided", got.p, 1e-300);
	near_to(row, "ci_low", got.interval.low, 0);
	near_to(row, "ci_high", got.interval.high, 0);
}

static void check_shares(struct row *row)
{
	pv_share control = { (int64_t)in(row, "x_control"),
			     (int64_t)in(row, "n_control") };
	pv_share treatment = { (int64_t)in(row, "x_treatment"),
			       (int64_t)in(row, "n_treatment") };
	double conf = in(row, "conf");

	near_pair(row, "wilson_control", pv_share_wilson(control, conf));
	near_pair(row, "wilson_treatment", pv_share_wilson(treatment, conf));
	near_pair(row, "newcombe_ci",
		  pv_share_newcombe(control, treatment, conf));
	near_to(row, "p_two_sided", pv_share_test(control, treatment), 1e-300);
}

static void check_trend(struct row *row)
{
	static double scratch[POINTS * POINTS];
	double x[POINTS];
	double y[POINTS];
	size_t n = pv_json_count(pv_json_get(row->in, "x"));
	pv_trend got = { 0 };

	if (n > POINTS)
		return;
	for (size_t i = 0; i < n; i++) {
		x[i] = pv_json_real(pv_json_at(pv_json_get(row->in, "x"), i), 0);
		y[i] = pv_json_real(pv_json_at(pv_json_get(row->in, "y"), i), 0);
	}
	if (pv_trend_test(&got, x, y, n, scratch) < 0) {
		row->bad = n > 2;
		return;
	}
	near_to(row, "S", got.s, 0);
	near_to(row, "var_S", got.variance, 0);
	near_to(row, "tau_b", got.tau, 1e-15);
	near_to(row, "z", got.z, 0);
	near_to(row, "p_two_sided", got.p, 1e-300);
	near_to(row, "theil_sen_slope", got.slope, 1e-12);
	near_to(row, "theil_sen_intercept", got.intercept, 1e-9);
}

static int check_line(const char *line, void (*check)(struct row *row))
{
	pv_json_doc *doc = NULL;
	struct row row = { 0 };

	assert_int_equal(pv_json_parse(&doc, line, strlen(line), NULL), PV_OK);
	row.in = pv_json_get(pv_json_root(doc), "in");
	row.out = pv_json_get(pv_json_root(doc), "out");
	row.id = pv_json_text(pv_json_get(pv_json_root(doc), "id"), NULL);
	row.tol = pv_json_real(pv_json_get(pv_json_root(doc), "tol"), 1e-11);
	check(&row);
	pv_json_free(doc);
	return row.bad;
}

static void run(const char *name, void (*check)(struct row *row))
{
	static char line[LINE];
	char path[400];
	FILE *file;
	int bad = 0;
	int count = 0;

	snprintf(path, sizeof(path), "%s/corpora/stats/%s.jsonl", PV_SHARED_DIR,
		 name);
	file = fopen(path, "r");
	if (!file) {
		print_message("skipped: no %s\n", path);
		skip();
	}
	while (fgets(line, sizeof(line), file)) {
		bad += check_line(line, check);
		count++;
	}
	(void)fclose(file);
	print_message("%s: %d of %d are wrong\n", name, bad, count);
	assert_true(count > 0);
	assert_int_equal(bad, 0);
}

static void test_stats_corpus__normal(void **state)
{
	(void)state;
	run("norm", check_normal);
}

static void test_stats_corpus__student(void **state)
{
	(void)state;
	run("t_cdf", check_tail);
	run("t_ppf", check_quantile);
}

static void test_stats_corpus__welch(void **state)
{
	(void)state;
	run("welch_moments", check_welch);
}

static void test_stats_corpus__shares(void **state)
{
	(void)state;
	run("proportions", check_shares);
}

static void test_stats_corpus__trends(void **state)
{
	(void)state;
	run("mann_kendall", check_trend);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stats_corpus__normal),
		cmocka_unit_test(test_stats_corpus__student),
		cmocka_unit_test(test_stats_corpus__welch),
		cmocka_unit_test(test_stats_corpus__shares),
		cmocka_unit_test(test_stats_corpus__trends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
