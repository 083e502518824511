/* SPDX-License-Identifier: MIT
 *
 * Bins: each value is in one, the right one, and near its point; and sums of
 * histograms are the same in any order.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "index/histogram.h"

/* (b^i, b^(i+1)] in floating point, with room for its error. */
static void check_value(int64_t value)
{
	int32_t key = pv_bin_key(value);
	double low = exp2((key - 2) / 32.0);
	double high = exp2((key - 1) / 32.0);
	double point = pv_bin_point(key);
	int64_t near;
	int64_t far;

	pv_bin_range(&near, &far, key);
	assert_true(near <= value && value <= far);
	assert_true((double)value > low * (1 - 1e-12));
	assert_true((double)value <= high * (1 + 1e-12));
	assert_true(fabs(point - (double)value) <= 0.011 * (double)value);
	assert_int_equal(pv_bin_key(near), key);
	assert_int_equal(pv_bin_key(far), key);
	assert_int_equal(pv_bin_key(-value), -key);
}

static void test_index_histogram__finds_the_bin_of_a_value(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int64_t value = 1; value < 5000; value++)
		check_value(value);
	for (int bit = 1; bit < 62; bit++)
		for (int64_t by = -2; by <= 2; by++)
			if ((INT64_C(1) << bit) + by > 0)
				check_value((INT64_C(1) << bit) + by);
	for (int i = 0; i < 20000; i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1;
		check_value((int64_t)(seed >> (2 + i % 60)) + 1);
	}
}

static void test_index_histogram__has_known_bins(void **state)
{
	static const int64_t known[][2] = {
		{ 0, 0 },
		{ 1, 1 },
		{ 2, 33 },
		{ 3, 52 },
		{ 1024, 321 },
		{ 1025, 322 },
		{ INT64_MAX, PV_BIN_KEY_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		assert_int_equal(pv_bin_key(known[i][0]), known[i][1]);
	assert_true(pv_bin_point(0) == 0);
	/* Where a bin has one whole number, that is its point. */
	for (int64_t value = 1; value < 32; value++)
		assert_true(pv_bin_point(pv_bin_key(value)) == (double)value);
	assert_int_equal(pv_bin_key(INT64_MIN), -PV_BIN_KEY_MAX);
}

static int64_t count_of(const pv_histogram *histogram, int32_t key)
{
	for (size_t i = 0; i < histogram->count; i++)
		if (histogram->bins[i].key == key)
			return histogram->bins[i].count;
	return 0;
}

static void test_index_histogram__adds_and_takes_away(void **state)
{
	pv_histogram sum = { 0 };
	pv_histogram part[2] = { { 0 } };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int32_t key = (i * 37) % 101 - 50;

		pv_histogram_add(&part[i % 2], key, 1 + i % 3, NULL);
	}
	assert_int_equal(pv_histogram_merge(&sum, &part[0], NULL), PV_OK);
	assert_int_equal(pv_histogram_merge(&sum, &part[1], NULL), PV_OK);
	for (size_t i = 0; i < sum.count; i++) {
		int32_t key = sum.bins[i].key;

		assert_true(!i || sum.bins[i - 1].key < key);
		assert_int_equal(sum.bins[i].count,
				 count_of(&part[0], key) +
					 count_of(&part[1], key));
	}
	for (int half = 0; half < 2; half++)
		for (size_t i = 0; i < part[half].count; i++)
			pv_histogram_add(&sum, part[half].bins[i].key,
					 -part[half].bins[i].count, NULL);
	assert_int_equal(sum.count, 0);
	pv_histogram_dispose(&sum);
	pv_histogram_dispose(&part[0]);
	pv_histogram_dispose(&part[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index_histogram__finds_the_bin_of_a_value),
		cmocka_unit_test(test_index_histogram__has_known_bins),
		cmocka_unit_test(test_index_histogram__adds_and_takes_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
