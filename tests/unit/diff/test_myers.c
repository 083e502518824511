/* SPDX-License-Identifier: MIT
 *
 * The edit script: right for any input, shortest for small ones, and bounded
 * in time for those that have nothing in common.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "diff/myers.h"
#include "faults.h"

enum {
	SMALL = 80, /* of both sides together more than are few */
	ROUNDS = 2000,
	SEED = 7
};

static unsigned next_random(uint64_t *seed, unsigned below)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(*seed >> 33) % below;
}

/* The length of a longest common subsequence, by the textbook table. */
static size_t lcs_length(const pv_myers_side *a, const pv_myers_side *b)
{
	unsigned char table[SMALL + 1][SMALL + 1] = { { 0 } };

	for (size_t i = a->count; i-- > 0;)
		for (size_t j = b->count; j-- > 0;) {
			unsigned char down = table[i + 1][j];
			unsigned char right = table[i][j + 1];

			table[i][j] = down > right ? down : right;
			if (a->tokens[i] == b->tokens[j])
				table[i][j] =
					(unsigned char)(table[i + 1][j + 1] + 1);
		}
	return table[0][0];
}

static size_t next_kept(const pv_myers_side *side, size_t at)
{
	while (at < side->count && side->changed[at])
		at++;
	return at;
}

/* Checks that what is kept is the same on both sides; how much that is. */
static size_t kept_in_common(const pv_myers_side *a, const pv_myers_side *b)
{
	size_t kept = 0;
	size_t i = next_kept(a, 0);
	size_t j = next_kept(b, 0);

	while (i < a->count && j < b->count) {
		assert_int_equal(a->tokens[i], b->tokens[j]);
		kept++;
		i = next_kept(a, i + 1);
		j = next_kept(b, j + 1);
	}
	assert_int_equal(i, a->count);
	assert_int_equal(j, b->count);
	return kept;
}

static void test_diff_myers__finds_shortest_scripts(void **state)
{
	uint64_t seed = 42;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		uint32_t tokens[2][SMALL];
		unsigned char flags[2][SMALL];
		pv_myers_side a = { tokens[0], next_random(&seed, SMALL + 1),
				    flags[0] };
		pv_myers_side b = { tokens[1], next_random(&seed, SMALL + 1),
				    flags[1] };
		unsigned letters =
			1 + next_random(&seed, round % 2 ? 6 : 3 * SMALL);

		for (size_t i = 0; i < SMALL; i++) {
			tokens[0][i] = next_random(&seed, letters);
			tokens[1][i] = next_random(&seed, letters);
		}
		assert_int_equal(pv_myers_diff(&a, &b, NULL), PV_OK);
		assert_int_equal(kept_in_common(&a, &b), lcs_length(&a, &b));
	}
}

static void test_diff_myers__handles_empty_sides(void **state)
{
	const uint32_t tokens[] = { 1, 2, 3 };
	unsigned char flags[3] = { 9, 9, 9 };
	pv_myers_side full = { tokens, 3, flags };
	pv_myers_side empty = { NULL, 0, NULL };
	pv_myers_side other = { NULL, 0, NULL };

	(void)state;
	assert_int_equal(pv_myers_diff(&full, &empty, NULL), PV_OK);
	assert_memory_equal(flags, "\1\1\1", 3);
	memset(flags, 9, sizeof(flags));
	assert_int_equal(pv_myers_diff(&empty, &full, NULL), PV_OK);
	assert_memory_equal(flags, "\1\1\1", 3);
	assert_int_equal(pv_myers_diff(&empty, &other, NULL), PV_OK);
}

/* Two long sequences; `shared` in a thousand tokens are the same on both. */
static size_t compare_long(size_t count, unsigned shared)
{
	uint32_t *tokens = malloc(2 * count * sizeof(*tokens));
	unsigned char *flags = malloc(2 * count);
	pv_myers_side a = { tokens, count, flags };
	pv_myers_side b = { tokens + count, count, flags + count };
	uint64_t seed = SEED;
	size_t kept;

	assert_non_null(tokens);
	assert_non_null(flags);
	for (size_t i = 0; i < count; i++) {
		int is_shared = next_random(&seed, 1000) < shared;

		tokens[i] = is_shared ? (uint32_t)i : (uint32_t)(count + i);
		tokens[count + i] =
			is_shared ? (uint32_t)i : (uint32_t)(2 * count + i);
	}
	assert_int_equal(pv_myers_diff(&a, &b, NULL), PV_OK);
	kept = kept_in_common(&a, &b);
	free(tokens);
	free(flags);
	return kept;
}

/* How many those are. */
static size_t count_shared(size_t count, unsigned shared)
{
	uint64_t seed = SEED;
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += next_random(&seed, 1000) < shared;
	return found;
}

static void test_diff_myers__keeps_all_that_is_in_order(void **state)
{
	(void)state;
	for (size_t count = 20; count < 6000; count *= 3)
		for (unsigned shared = 0; shared <= 1000; shared += 250)
			assert_int_equal(compare_long(count, shared),
					 count_shared(count, shared));
}

static void test_diff_myers__stays_right_where_work_is_cut_short(void **state)
{
	(void)state;
	assert_int_equal(compare_long(200000, 0), 0);
	assert_true(compare_long(200000, 500) > 50000);
	assert_true(compare_long(200000, 990) > 190000);
}

static void test_diff_myers__reports_a_failed_allocation(void **state)
{
	const uint32_t tokens[] = { 1, 2, 3 };
	unsigned char flags[3];
	pv_myers_side a = { tokens, 2, flags };
	pv_myers_side b = { tokens + 2, 1, flags + 2 };
	struct faults faults;

	(void)state;
	faults_start(&faults, 0);
	assert_int_equal(pv_myers_diff(&a, &b, NULL), PV_ENOMEM);
	faults_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diff_myers__finds_shortest_scripts),
		cmocka_unit_test(test_diff_myers__handles_empty_sides),
		cmocka_unit_test(test_diff_myers__keeps_all_that_is_in_order),
		cmocka_unit_test(
			test_diff_myers__stays_right_where_work_is_cut_short),
		cmocka_unit_test(test_diff_myers__reports_a_failed_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
