/* SPDX-License-Identifier: MIT
 *
 * Statistics without the tables: published values, what degenerate data give,
 * and that no input whatever makes a NaN.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <pv/stats.h>

static void assert_near(double got, double want, double part)
{
	if (!(fabs(got - want) <= part * fabs(want) + 1e-300))
		fail_msg("%.17g is not %.17g", got, want);
}

static void test_stats_norm__inverts_its_tails(void **state)
{
	double z;
	double back;

	(void)state;
	for (double p = 1e-300; p < 1; p *= 7) {
		assert_int_equal(pv_stats_norm_isf(&z, p, NULL), PV_OK);
		assert_int_equal(pv_stats_norm_sf(&back, z, NULL), PV_OK);
		assert_near(back, p, 1e-12);
	}
	assert_int_equal(pv_stats_norm_isf(&z, 0.025, NULL), PV_OK);
	assert_near(z, 1.959963984540054, 1e-15);
}

static void test_stats_distribution__refuses_what_it_is_not_of(void **state)
{
	pv_error err;
	double out = 1;

	(void)state;
	assert_int_equal(pv_stats_t_sf(&out, 1, 0, &err), PV_EINVALID);
	assert_string_equal(err.message, "df is not above 0");
	assert_true(out == 0);
	assert_int_equal(pv_stats_norm_cdf(&out, (double)NAN, &err), PV_EINVALID);
	assert_int_equal(pv_stats_chi2_ppf(&out, 1, 3, &err), PV_EINVALID);
	assert_int_equal(pv_stats_beta_inc(&out, 1.5, 1, 1, &err), PV_EINVALID);
	assert_int_equal(pv_stats_f_cdf(&out, 1, 1, (double)INFINITY, &err),
			 PV_EINVALID);
}

/* t with one degree of freedom is Cauchy's, with two it is algebraic. */
static void test_stats_t__has_closed_forms(void **state)
{
	double out;

	(void)state;
	for (double t = -1e3; t <= 1e3; t += 7.3) {
		(void)pv_stats_t_cdf(&out, t, 1, NULL);
		assert_near(out, atan2(1, -t) / acos(-1), 1e-12);
		(void)pv_stats_t_cdf(&out, t, 2, NULL);
		assert_near(out,
			    t < 0 ? 1 / (2 + t * t - t * sqrt(2 + t * t))
				  : 0.5 + t / (2 * sqrt(2 + t * t)),
			    1e-12);
	}
}

/* Newcombe (1998), Statistics in Medicine 17, tables I and II. */
static void test_stats_proportions__are_as_published(void **state)
{
	const pv_stats_share a = { 56, 70 };
	const pv_stats_share b = { 48, 80 };
	const pv_stats_share none = { 0, 20 };
	const pv_stats_share wrong = { 3, 2 };
	pv_stats_interval interval;
	pv_stats_shares shares;

	(void)state;
	assert_int_equal(pv_stats_wilson(&interval, (pv_stats_share){ 81, 263 },
					 0.95, NULL),
			 PV_OK);
	assert_near(interval.low, 0.2553, 2e-4);
	assert_near(interval.high, 0.3662, 2e-4);
	assert_int_equal(pv_stats_wilson(&interval, none, 0.95, NULL), PV_OK);
	assert_true(interval.low == 0);
	assert_near(interval.high, 0.1611, 3e-4);
	assert_int_equal(pv_stats_proportions(&shares, b, a, 0.95, NULL), PV_OK);
	assert_near(shares.newcombe.low, 0.0524, 1e-3);
	assert_near(shares.newcombe.high, 0.3339, 3e-4);
	assert_int_equal(pv_stats_proportions(&shares, none, none, 0.95, NULL),
			 PV_OK);
	assert_int_equal(shares.test.status, PV_STATS_NO_VARIANCE);
	assert_int_equal(pv_stats_wilson(&interval, wrong, 0.95, NULL),
			 PV_EINVALID);
}

/* Jennison and Turnbull (2000): five looks, O'Brien and Fleming's spending. */
static void test_stats_group__has_the_published_bounds(void **state)
{
	static const double want[] = { 4.8769, 3.3570, 2.6803, 2.2898, 2.0310 };
	pv_stats_look looks[5];

	(void)state;
	for (int i = 0; i < 5; i++)
		looks[i].information = (i + 1) / 5.0;
	assert_int_equal(pv_stats_group_bounds(looks, 5, 0.05,
					       PV_STATS_OBRIEN_FLEMING, 0, NULL),
			 PV_OK);
	for (int i = 0; i < 5; i++)
		assert_near(looks[i].z, want[i], 2e-5);
	looks[2].information = 0.1;
	assert_int_equal(pv_stats_group_bounds(looks, 5, 0.05, PV_STATS_POCOCK,
					       0, NULL),
			 PV_EINVALID);
}

/* The second row is scipy's, by quad over the three arms. */
static void test_stats_best__is_a_chance(void **state)
{
	static const pv_stats_normal alike[] = { { 5, 2 }, { 5, 2 }, { 5, 2 } };
	static const pv_stats_normal odd[] = { { 6, 0.1 },
					       { 6.3, 0.08 },
					       { 6.25, 0.2 } };
	static const pv_stats_normal far[] = { { 0, 1e-9 }, { 1e9, 1e-9 } };
	static const double want[] = { 0.00405276807338757, 0.5884758569766129,
				       0.4074713749499991 };
	const pv_stats_normal none = { 1, 0 };
	double tail;
	double out[3];

	(void)state;
	assert_int_equal(pv_stats_best_normal(out, alike, 3, NULL), PV_OK);
	for (int i = 0; i < 3; i++)
		assert_true(fabs(out[i] - 1.0 / 3) < 1e-12);
	assert_int_equal(pv_stats_best_normal(out, odd, 3, NULL), PV_OK);
	for (int i = 0; i < 3; i++)
		assert_true(fabs(out[i] - want[i]) < 1e-10);
	/* Of two it is the tail of the difference. */
	assert_int_equal(pv_stats_best_normal(out, odd, 2, NULL), PV_OK);
	assert_int_equal(pv_stats_norm_sf(&tail, 0.3 / sqrt(0.0164), NULL),
			 PV_OK);
	assert_true(fabs(out[0] - tail) < 1e-12);
	assert_int_equal(pv_stats_best_normal(out, far, 2, NULL), PV_OK);
	assert_true(out[0] == 0 && fabs(out[1] - 1) < 1e-12);
	assert_int_equal(pv_stats_best_normal(out, &none, 1, NULL), PV_EINVALID);
}

static void test_stats_moments__do_not_depend_on_parts(void **state)
{
	pv_stats_moments whole = { 0 };
	pv_stats_moments parts[3] = { { 0 } };
	pv_stats_moments merged = { 0 };

	(void)state;
	for (int i = 0; i < 300; i++) {
		double x = 1e12 + (i * 7919 % 101) / 8.0;

		assert_int_equal(pv_stats_moments_add(&whole, x, NULL), PV_OK);
		assert_int_equal(pv_stats_moments_add(&parts[i % 3], x, NULL),
				 PV_OK);
	}
	for (int i = 0; i < 3; i++)
		pv_stats_moments_merge(&merged, &parts[i]);
	assert_int_equal(merged.n, whole.n);
	assert_near(pv_stats_mean(&merged), pv_stats_mean(&whole), 1e-15);
	assert_near(merged.m2, whole.m2, 1e-11);
	assert_near(pv_stats_kurtosis(&merged), pv_stats_kurtosis(&whole), 1e-9);
	assert_int_equal(pv_stats_moments_add(&whole, (double)INFINITY, NULL),
			 PV_EINVALID);
	assert_int_equal(whole.n, 300);
}

/* Sums of -3, -1, 2^33 and their squares, digit by digit. */
static void test_stats_moments__of_sums_are_exact(void **state)
{
	const int64_t values[] = { -3, -1, (int64_t)1 << 33 };
	int64_t sum[2] = { 0 };
	int64_t square[4] = { 10, 0, 4, 0 };
	pv_stats_moments got;

	(void)state;
	for (int i = 0; i < 3; i++) {
		int64_t low = (int64_t)((uint64_t)values[i] & UINT32_MAX);

		sum[0] += low;
		sum[1] += (values[i] - low) / ((int64_t)1 << 32);
	}
	pv_stats_moments_of_sums(&got, 3, sum, square);
	assert_int_equal(got.n, 3);
	assert_near(got.mean, (8589934592.0 - 4) / 3, 1e-16);
	/* (3 (10 + 2^66) - (2^33 - 4)^2) / 3 */
	assert_near(got.m2, 4.919131755279863e+19, 1e-15);
	pv_stats_moments_of_sums(&got, 0, sum, square);
	assert_int_equal(got.n, 0);
}

/* --- never NaN ------------------------------------------------------------ */

static void assert_finite(const double *numbers, size_t count, const char *what)
{
	for (size_t i = 0; i < count; i++)
		if (!isfinite(numbers[i]))
			fail_msg("%s: number %zu is %g", what, i, numbers[i]);
}

static void compare(const pv_stats_moments *a, const pv_stats_moments *b)
{
	pv_stats_test test;
	pv_stats_effect effect;
	pv_stats_lift lift;
	pv_stats_sequence sequence;
	pv_stats_posterior belief;

	assert_int_equal(pv_stats_welch(&test, a, b, 0.95, NULL), PV_OK);
	assert_finite(&test.difference, 9, "welch");
	assert_int_equal(pv_stats_student(&test, a, b, 0.95, NULL), PV_OK);
	assert_finite(&test.difference, 9, "student");
	pv_stats_effect_of(&effect, a, b);
	assert_finite(&effect.cohen_d, 5, "effect");
	assert_int_equal(pv_stats_lift_of(&lift, a, b, 0.95, NULL), PV_OK);
	assert_finite(&lift.lift, 4, "lift");
	assert_finite(&lift.fieller.low, 2, "fieller");
	assert_int_equal(pv_stats_confseq(&sequence, a, b, 0.05, 0, NULL), PV_OK);
	assert_finite(&sequence.difference, 8, "sequence");
	assert_int_equal(pv_stats_msprt(&sequence, a, b, 0.05, 0.1, NULL), PV_OK);
	assert_finite(&sequence.difference, 8, "msprt");
	assert_int_equal(pv_stats_bayes_normal(&belief, a, b, NULL, NULL), PV_OK);
	assert_finite(&belief.mean, 9, "belief");
}

static void test_stats__odd_samples_make_no_nan(void **state)
{
	static const double means[] = { 0, 1, -5, 1e15, 1e-12 };
	static const double squares[] = { 0, 1e-30, 1, 1e12 };
	static const int64_t counts[] = { 0, 1, 2, 3, 1000000000 };
	pv_stats_moments all[5 * 4 * 5];
	size_t n = 0;

	(void)state;
	memset(all, 0, sizeof(all));
	for (size_t i = 0; i < 5 * 4 * 5; i++) {
		all[n].mean = means[i % 5];
		all[n].m2 = squares[i / 5 % 4];
		all[n++].n = counts[i / 20];
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			compare(&all[i], &all[j]);
}

static double choose(int n, int k)
{
	double out = 1;

	for (int i = 0; i < k; i++)
		out = out * (n - i) / (i + 1);
	return out;
}

/* All tables of the same margins that are no more likely. */
static double fisher_by_counting(const int64_t cells[4])
{
	int row = (int)(cells[0] + cells[1]);
	int rest = (int)(cells[2] + cells[3]);
	int column = (int)(cells[0] + cells[2]);
	double own = choose(row, (int)cells[0]) * choose(rest, (int)cells[2]);
	double sum = 0;
	double all = 0;

	for (int a = 0; a <= column; a++) {
		double ways;

		if (a > row || column - a > rest)
			continue;
		ways = choose(row, a) * choose(rest, column - a);
		all += ways;
		if (ways <= own * (1 + 1e-7))
			sum += ways;
	}
	return sum / all;
}

/* The most likely table may be the last one of either side. */
static void test_stats_fisher__counts_all_tables(void **state)
{
	pv_stats_fisher_result got;

	(void)state;
	for (int code = 0; code < 12 * 12 * 12 * 12; code++) {
		const int64_t cells[4] = { code % 12, code / 12 % 12,
					   code / 144 % 12, code / 1728 };
		double want = fisher_by_counting(cells);

		assert_int_equal(pv_stats_fisher(&got, cells, NULL), PV_OK);
		if (!(fabs(got.p - want) <= 1e-9 * want))
			fail_msg("[%d, %d, %d, %d]: %.12g, not %.12g",
				 (int)cells[0], (int)cells[1], (int)cells[2],
				 (int)cells[3], got.p, want);
	}
}

/* Each made a number overflow, or a loop endless, before it was refused. */
static void test_stats__refuses_what_overflows(void **state)
{
	const pv_stats_moments some = { .n = 3, .mean = 0.5, .m2 = 1800 };
	const pv_stats_moments many = { .n = INT64_MAX, .mean = 1, .m2 = 1 };
	const pv_stats_moments far = { .n = 3, .mean = 1.7e308, .m2 = 1 };
	const pv_stats_share share = { 1, INT64_MAX };
	const pv_stats_arm arms[] = { { 5e-324, 1000000 }, { 0.05, 5 } };
	const pv_stats_arm large[] = { { 1.7e308, 100 }, { 1.7e308, 100 } };
	pv_stats_srm_result srm;
	pv_stats_sequence sequence;
	pv_stats_quantile quantile;
	pv_stats_shares shares;
	pv_stats_test test;

	(void)state;
	assert_int_equal(pv_stats_welch(&test, &some, &many, 0.95, NULL),
			 PV_EINVALID);
	assert_int_equal(pv_stats_welch(&test, &some, &far, 0.95, NULL),
			 PV_EINVALID);
	assert_int_equal(pv_stats_proportions(&shares, share, share, 0.95, NULL),
			 PV_EINVALID);
	assert_int_equal(pv_stats_quantile_ranks(&quantile, INT64_MAX, 0.5,
						 0.95, NULL),
			 PV_EINVALID);
	assert_int_equal(pv_stats_confseq(&sequence, &some, &some, 0.05, 5e-324,
					  NULL),
			 PV_EINVALID);
	assert_int_equal(pv_stats_srm(&srm, arms, 2, NULL), PV_EINVALID);
	assert_int_equal(pv_stats_srm(&srm, large, 2, NULL), PV_EINVALID);
}

/* Three values of 2e15 + 3 are larger: by hand, z is the root of 3. */
static void test_stats_ranks__do_not_cancel(void **state)
{
	const int64_t most = INT64_C(1000000000000000);
	const pv_stats_bin bins[] = { { 0, most, most }, { 1, 0, 3 } };
	pv_stats_ranks ranks;

	(void)state;
	assert_int_equal(pv_stats_mann_whitney_bins(&ranks, bins, 2, NULL),
			 PV_OK);
	assert_true(fabs(ranks.z_plain - sqrt(3)) < 1e-9);
}

static void test_stats_trend__says_when_there_is_none(void **state)
{
	const double x[] = { 0, 1, 2, 3 };
	const double flat[] = { 1, 1, 1, 1 };
	pv_stats_trend trend;
	pv_stats_line line;

	(void)state;
	assert_int_equal(pv_stats_trend_of(&trend, x, flat, 4, NULL), PV_OK);
	assert_int_equal(trend.status, PV_STATS_NO_VARIANCE);
	assert_int_equal(pv_stats_line_of(&line, x, flat, 4, NULL), PV_OK);
	assert_int_equal(line.status, PV_STATS_NO_VARIANCE);
	assert_int_equal(pv_stats_trend_of(&trend, x, flat, 1, NULL), PV_OK);
	assert_int_equal(trend.status, PV_STATS_TOO_FEW);
	assert_int_equal(pv_stats_trend_of(&trend, flat, x, 4, NULL), PV_OK);
	assert_int_equal(trend.status, PV_STATS_TOO_FEW);
	assert_int_equal(pv_stats_trend_of(&trend, (double[]){ 2, 1 }, x, 2, NULL),
			 PV_EINVALID);
}

static void test_stats_srm__has_a_floor(void **state)
{
	const pv_stats_arm huge[] = { { 1, 1000000000 }, { 1, 1001000000 } };
	const pv_stats_arm real[] = { { 0.5, 9463 }, { 0.5, 7681 } };
	const pv_stats_arm none[] = { { 1, 5 }, { 0, 1 } };
	pv_stats_srm_result got;

	(void)state;
	assert_int_equal(pv_stats_srm(&got, huge, 2, NULL), PV_OK);
	assert_true(got.p < 1e-30);
	assert_false(got.is_mismatch);
	assert_int_equal(pv_stats_srm(&got, real, 2, NULL), PV_OK);
	assert_true(got.is_mismatch);
	assert_int_equal(pv_stats_srm(&got, none, 2, NULL), PV_OK);
	assert_true(got.is_impossible && got.is_mismatch);
	assert_int_equal(pv_stats_srm(&got, none, 0, NULL), PV_EINVALID);
}

/* What a plan cannot be: no difference, or so small a one. */
static void test_stats_size__refuses_the_impossible(void **state)
{
	pv_stats_size got;

	(void)state;
	assert_int_equal(pv_stats_size_mean(&got, 1, 0, NULL, NULL), PV_EINVALID);
	assert_int_equal(pv_stats_size_mean(&got, 1, 1e-12, NULL, NULL),
			 PV_EINVALID);
	assert_int_equal(pv_stats_size_proportion(&got, 0, 0.1, NULL, NULL),
			 PV_EINVALID);
	assert_int_equal(pv_stats_size_mean(&got, 1, 0.5, NULL, NULL), PV_OK);
	assert_int_equal(got.n_control, 63);
	assert_int_equal(got.n_control_t, 64);
}

/* Of the powers of b: each value of a bin lies within its bounds. */
static void test_stats_histogram__bins_hold_their_values(void **state)
{
	(void)state;
	for (int scale = -10; scale <= 20; scale++)
		for (double value = 4e-308; value < 1e308; value *= 1.37e5) {
			int64_t index;
			double low;
			double high = 0;

			assert_int_equal(pv_stats_histogram_index(&index, value,
								  scale, NULL),
					 PV_OK);
			(void)pv_stats_histogram_bound(&low, index, scale, NULL);
			assert_true(low <= value);
			if (pv_stats_histogram_bound(&high, index + 1, scale,
						     NULL) == PV_OK)
				assert_true(high * (1 + 1e-15) >= value);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stats_norm__inverts_its_tails),
		cmocka_unit_test(
			test_stats_distribution__refuses_what_it_is_not_of),
		cmocka_unit_test(test_stats_t__has_closed_forms),
		cmocka_unit_test(test_stats_proportions__are_as_published),
		cmocka_unit_test(test_stats_group__has_the_published_bounds),
		cmocka_unit_test(test_stats_best__is_a_chance),
		cmocka_unit_test(test_stats_moments__do_not_depend_on_parts),
		cmocka_unit_test(test_stats_moments__of_sums_are_exact),
		cmocka_unit_test(test_stats__odd_samples_make_no_nan),
		cmocka_unit_test(test_stats_fisher__counts_all_tables),
		cmocka_unit_test(test_stats__refuses_what_overflows),
		cmocka_unit_test(test_stats_ranks__do_not_cancel),
		cmocka_unit_test(test_stats_trend__says_when_there_is_none),
		cmocka_unit_test(test_stats_srm__has_a_floor),
		cmocka_unit_test(test_stats_size__refuses_the_impossible),
		cmocka_unit_test(test_stats_histogram__bins_hold_their_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
