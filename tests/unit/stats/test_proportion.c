/* SPDX-License-Identifier: MIT
 *
 * Shares and the normal distribution against published and exact values; the
 * corpus, where it is there, has hundreds more (test_corpus.c).
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <math.h>

#include "stats/normal.h"
#include "stats/proportion.h"

static void assert_near(double got, double want, double part)
{
	if (!(fabs(got - want) <= part * fabs(want) + 1e-300))
		fail_msg("%.17g is not %.17g", got, want);
}

static void test_stats_normal__has_known_tails(void **state)
{
	(void)state;
	assert_near(pv_normal_sf(0), 0.5, 0);
	assert_near(pv_normal_sf(1.959963984540054), 0.025, 1e-14);
	assert_near(pv_normal_sf(10), 7.61985302416052606e-24, 1e-13);
	assert_near(pv_normal_isf(0.025), 1.959963984540054, 1e-14);
	assert_near(pv_normal_isf(0.975), -1.959963984540054, 1e-14);
	assert_near(pv_normal_isf(1e-300), 37.0471, 1e-5);
	for (double p = 1e-12; p < 0.5; p *= 3)
		assert_near(pv_normal_sf(pv_normal_isf(p)), p, 1e-12);
}

/* Newcombe (1998), Statistics in Medicine 17, tables I and II. */
static void test_stats_proportion__is_as_published(void **state)
{
	const pv_share a = { 56, 70 };
	const pv_share b = { 48, 80 };
	const pv_share none = { 0, 20 };
	pv_interval interval;

	(void)state;
	interval = pv_share_wilson((pv_share){ 81, 263 }, 0.95);
	assert_near(interval.low, 0.2553, 2e-4);
	assert_near(interval.high, 0.3662, 2e-4);
	interval = pv_share_wilson(none, 0.95);
	assert_true(interval.low == 0);
	assert_near(interval.high, 0.1611, 3e-4);
	interval = pv_share_newcombe(b, a, 0.95);
	assert_near(interval.low, 0.0524, 1e-3);
	assert_near(interval.high, 0.3339, 3e-4);
	assert_true(pv_share_test(none, none) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stats_normal__has_known_tails),
		cmocka_unit_test(test_stats_proportion__is_as_published),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
