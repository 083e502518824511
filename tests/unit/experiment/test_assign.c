/* SPDX-License-Identifier: MIT
 *
 * Assignment without the vectors: what must hold for any experiment. Seeds are
 * fixed, so that a failure is the same everywhere.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pv/experiment.h>
#include <pv/stats.h>

enum {
	UNITS = 20000,
	LONG = 100000
};

static const char *const all_bucketings[] = { "md5",          "murmur3",
					      "sha256",       "growthbook",
					      "unleash",      "optimizely",
					      "launchdarkly", "eppo" };

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void make(pv_slots *slots, pv_assign_plan *plan, const int64_t *weights,
		 size_t count)
{
	assert_int_equal(pv_slots_of_weights(slots, weights, count, NULL), PV_OK);
	memset(plan, 0, sizeof(*plan));
	plan->salt = "exp/tone";
	plan->coverage_ppm = PV_SLOTS;
	plan->slots = slots;
}

static pv_assignment assign(const pv_assign_plan *plan, int unit)
{
	pv_assignment out;
	char text[32];

	snprintf(text, sizeof(text), "unit-%d", unit);
	pv_assign(&out, plan, text, strlen(text), NULL);
	return out;
}

static void test_experiment_assign__ramp_up_moves_nobody(void **state)
{
	const int64_t weights[] = { 5, 3, 2 };
	pv_slots slots;
	pv_assign_plan plan;

	(void)state;
	make(&slots, &plan, weights, 3);
	for (int b = 0; b < 8; b++) {
		plan.bucketing = (enum pv_bucketing)b;
		for (int i = 0; i < UNITS; i++) {
			pv_assignment few;
			pv_assignment many;

			plan.coverage_ppm = 100000;
			few = assign(&plan, i);
			plan.coverage_ppm = 500000;
			many = assign(&plan, i);
			if (few.is_in &&
			    (!many.is_in || many.variant != few.variant))
				fail_msg("%s: unit %d moved", all_bucketings[b],
					 i);
		}
	}
	pv_slots_dispose(&slots);
}

/* Each hash gives each variant what its weight says: chi-square, p > 1e-6. */
static void test_experiment_assign__fits_the_weights(void **state)
{
	const int64_t weights[] = { 50, 30, 20 };
	pv_slots slots;
	pv_assign_plan plan;

	(void)state;
	make(&slots, &plan, weights, 3);
	for (int b = 0; b < 8; b++) {
		pv_stats_arm arms[3] = { { 50, 0 }, { 30, 0 }, { 20, 0 } };
		pv_stats_srm_result srm;

		plan.bucketing = (enum pv_bucketing)b;
		for (int i = 0; i < UNITS; i++)
			arms[assign(&plan, i).variant].observed++;
		assert_int_equal(pv_stats_srm(&srm, arms, 3, NULL), PV_OK);
		print_message("%s: p = %.3f\n", all_bucketings[b], srm.p);
		assert_true(srm.p > 1e-6);
	}
	pv_slots_dispose(&slots);
}

/* Two experiments with the same split do not see the same units together. */
static void test_experiment_assign__salts_are_independent(void **state)
{
	const int64_t weights[] = { 1, 1 };
	pv_stats_arm cells[4] = { { 1, 0 }, { 1, 0 }, { 1, 0 }, { 1, 0 } };
	pv_slots slots;
	pv_assign_plan plan;
	pv_assign_plan other;
	pv_stats_srm_result srm;

	(void)state;
	make(&slots, &plan, weights, 2);
	other = plan;
	other.salt = "exp/other";
	for (int i = 0; i < UNITS; i++)
		cells[assign(&plan, i).variant * 2 + assign(&other, i).variant]
			.observed++;
	assert_int_equal(pv_stats_srm(&srm, cells, 4, NULL), PV_OK);
	assert_true(srm.p > 1e-6);
	pv_slots_dispose(&slots);
}

static void test_experiment_assign__layers_exclude_each_other(void **state)
{
	const int64_t weights[] = { 1, 1 };
	const pv_slot_range low = { 0, 400000, 0 };
	const pv_slot_range high = { 400000, 900000, 0 };
	int in[3] = { 0 };
	pv_slots slots;
	pv_assign_plan first;
	pv_assign_plan second;

	(void)state;
	make(&slots, &first, weights, 2);
	first.layer = "global";
	first.layer_range_count = 1;
	first.layer_ranges = &low;
	second = first;
	second.salt = "exp/b";
	second.layer_ranges = &high;
	for (int i = 0; i < UNITS; i++) {
		int a = assign(&first, i).is_in;
		int b = assign(&second, i).is_in;

		assert_false(a && b);
		in[0] += a;
		in[1] += b;
		in[2] += !a && !b;
	}
	assert_in_range(in[0], UNITS * 37 / 100, UNITS * 43 / 100);
	assert_in_range(in[1], UNITS * 47 / 100, UNITS * 53 / 100);
	assert_in_range(in[2], UNITS * 8 / 100, UNITS * 12 / 100);
	pv_slots_dispose(&slots);
}

static void test_experiment_assign__asks_in_order(void **state)
{
	const int64_t weights[] = { 1, 1 };
	const pv_override overrides[] = { { "unit-7", 1 } };
	const pv_holdout holdouts[] = { { "2026H1", PV_SLOTS } };
	const pv_sticky before = { .variant = 0 };
	const pv_sticky first = { .variant = 0, .epoch = 1 };
	const pv_sticky gone = { .variant = 9 };
	pv_slots slots;
	pv_assign_plan plan;
	pv_assignment got;

	(void)state;
	make(&slots, &plan, weights, 2);
	plan.epoch = 3;
	plan.holdouts = holdouts;
	plan.holdout_count = 1;
	plan.overrides = overrides;
	plan.override_count = 1;
	assert_int_equal(pv_assign_plan_check(&plan, NULL), PV_OK);
	pv_assign(&got, &plan, "unit-7", 6, &before);
	assert_int_equal(got.reason, PV_ASSIGN_OVERRIDE);
	assert_int_equal(got.variant, 1);
	assert_int_equal(got.epoch, 3);
	pv_assign(&got, &plan, "unit-8", 6, &before);
	assert_int_equal(got.reason, PV_ASSIGN_STICKY);
	assert_int_equal(got.epoch, 3);
	pv_assign(&got, &plan, "unit-8", 6, &first);
	assert_int_equal(got.epoch, 1);
	pv_assign(&got, &plan, "unit-8", 6, &gone);
	assert_int_equal(got.reason, PV_ASSIGN_HOLDOUT);
	assert_false(got.is_in);
	pv_assign(&got, &plan, "", 0, &before);
	assert_int_equal(got.reason, PV_ASSIGN_EMPTY_UNIT);
	pv_slots_dispose(&slots);
}

static void test_experiment_assign__refuses_bad_plans(void **state)
{
	const int64_t weights[] = { 1, 1 };
	const pv_override wrong = { "x", 2 };
	const pv_slot_space space = { .purpose = 'q', .salt = "a" };
	pv_slots slots;
	pv_assign_plan good;
	pv_assign_plan plan;
	pv_error err;
	uint32_t slot;

	(void)state;
	make(&slots, &good, weights, 2);
	assert_int_equal(pv_assign_plan_check(&good, &err), PV_OK);
	plan = good;
	plan.salt = "a:b";
	assert_int_equal(pv_assign_plan_check(&plan, &err), PV_EINVALID);
	assert_string_equal(err.message, "bad salt \"a:b\"");
	plan = good;
	plan.coverage_ppm = PV_SLOTS + 1;
	assert_int_equal(pv_assign_plan_check(&plan, &err), PV_EINVALID);
	plan = good;
	plan.overrides = &wrong;
	plan.override_count = 1;
	assert_int_equal(pv_assign_plan_check(&plan, &err), PV_EINVALID);
	slots.ranges[1].begin++;
	assert_int_equal(pv_assign_plan_check(&good, &err), PV_EINVALID);
	assert_int_equal(pv_slot_of(&slot, &space, "b", 1, &err), PV_EINVALID);
	pv_slots_dispose(&slots);
}

/* However long a unit is, and whatever bytes it has. */
static void test_experiment_assign__takes_any_unit(void **state)
{
	const int64_t weights[] = { 1, 1 };
	char *unit = malloc(LONG);
	pv_slots slots;
	pv_assign_plan plan;
	pv_assignment got;

	(void)state;
	assert_non_null(unit);
	make(&slots, &plan, weights, 2);
	for (int i = 0; i < LONG; i++)
		unit[i] = (char)i;
	for (int b = 0; b < 8; b++) {
		plan.bucketing = (enum pv_bucketing)b;
		pv_assign(&got, &plan, unit, LONG, NULL);
		assert_true(got.is_in);
		pv_assign(&got, &plan, unit, 1, NULL);
		assert_true(got.is_in);
	}
	free(unit);
	pv_slots_dispose(&slots);
}

/* --- weights and tables --------------------------------------------------- */

static void test_experiment_weights__are_exact_decimals(void **state)
{
	const char *const texts[] = { "0.1", "0.2", "0.7" };
	const char *const long_ones[] = { "33.333333", "66.666667", "1e2" };
	const char *const bad[] = { "-1", "1" };
	const char *const none[] = { "0", "0.00" };
	const char *const huge[] = { "1e20", "1" };
	const char *const word[] = { "half", "1" };
	int64_t got[3];

	(void)state;
	assert_int_equal(pv_weights_parse(got, texts, 3, NULL), PV_OK);
	assert_int_equal(got[0], 1);
	assert_int_equal(got[1], 2);
	assert_int_equal(got[2], 7);
	assert_int_equal(pv_weights_parse(got, long_ones, 3, NULL), PV_OK);
	assert_int_equal(got[0], 33333333);
	assert_int_equal(got[2], 100000000);
	assert_int_equal(pv_weights_parse(got, bad, 2, NULL), PV_EINVALID);
	assert_int_equal(pv_weights_parse(got, none, 2, NULL), PV_EINVALID);
	assert_int_equal(pv_weights_parse(got, huge, 2, NULL), PV_EINVALID);
	assert_true(pv_weights_parse(got, word, 2, NULL) < 0);
}

static uint32_t moved_between(const pv_slots *a, const pv_slots *b)
{
	uint32_t moved = 0;
	size_t i = 0;
	size_t j = 0;
	uint32_t at = 0;

	while (at < PV_SLOTS) {
		uint32_t end = a->ranges[i].end < b->ranges[j].end
				       ? a->ranges[i].end
				       : b->ranges[j].end;

		if (a->ranges[i].variant != b->ranges[j].variant)
			moved += end - at;
		i += a->ranges[i].end == end;
		j += b->ranges[j].end == end;
		at = end;
	}
	return moved;
}

static uint32_t share_of(const pv_slots *slots, uint32_t variant)
{
	uint32_t out = 0;

	for (size_t i = 0; i < slots->count; i++)
		if (slots->ranges[i].variant == variant)
			out += slots->ranges[i].end - slots->ranges[i].begin;
	return out;
}

/* The least that can move is what growing variants are to get. */
static void test_experiment_slots__move_as_few_as_can_be(void **state)
{
	uint32_t seed = 20261122;

	(void)state;
	print_message("seed %u\n", seed);
	for (int round = 0; round < 300; round++) {
		int64_t weights[8] = { 0 };
		size_t count = 2 + next_random(&seed) % 4;
		pv_slots slots;

		for (size_t i = 0; i < count; i++)
			weights[i] = 1 + next_random(&seed) % 100;
		assert_int_equal(pv_slots_of_weights(&slots, weights, count, NULL),
				 PV_OK);
		for (int step = 0; step < 5; step++) {
			pv_slots next;
			pv_slots fresh;
			uint32_t moved;
			uint32_t least = 0;

			count += step == 2;
			for (size_t i = 0; i < count; i++)
				weights[i] = next_random(&seed) % 100 + (i == 0);
			assert_int_equal(pv_slots_rebalance(&next, &moved, &slots,
							    weights, count, NULL),
					 PV_OK);
			(void)pv_slots_of_weights(&fresh, weights, count, NULL);
			for (uint32_t v = 0; v < count; v++) {
				uint32_t had = share_of(&slots, v);
				uint32_t has = share_of(&next, v);

				assert_int_equal(has, share_of(&fresh, v));
				least += has > had ? has - had : 0;
			}
			assert_int_equal(moved, least);
			assert_int_equal(moved_between(&slots, &next), least);
			pv_slots_dispose(&fresh);
			pv_slots_dispose(&slots);
			slots = next;
		}
		pv_slots_dispose(&slots);
	}
}

static void test_experiment_slots__refuse_to_drop_a_variant(void **state)
{
	const int64_t weights[] = { 1, 1 };
	pv_slots slots;
	pv_slots next;
	uint32_t moved;

	(void)state;
	assert_int_equal(pv_slots_of_weights(&slots, weights, 2, NULL), PV_OK);
	assert_int_equal(pv_slots_rebalance(&next, &moved, &slots, weights, 1,
					    NULL),
			 PV_EINVALID);
	pv_slots_dispose(&slots);
}

/* A preset's slot is what the other program says, in a million. */
static void test_experiment_presets__are_the_other_programs(void **state)
{
	const int64_t weights[] = { 1 };
	pv_slots slots;
	pv_assign_plan plan;

	(void)state;
	make(&slots, &plan, weights, 1);
	plan.salt = "flag.salt";
	for (int i = 0; i < 1000; i++) {
		char unit[32];
		char joined[64];
		double share;

		snprintf(unit, sizeof(unit), "unit-%d", i);
		snprintf(joined, sizeof(joined), "flag.salt-%s", unit);
		plan.bucketing = PV_BUCKETING_GROWTHBOOK_V2;
		(void)pv_growthbook_hash(&share, plan.salt, unit, 2, NULL);
		assert_int_equal(assign(&plan, i).slot_variant,
				 (int)(share * 10000 + 0.5) * 100);
		plan.bucketing = PV_BUCKETING_UNLEASH;
		assert_int_equal(assign(&plan, i).slot_variant,
				 (pv_unleash_bucket(plan.salt, unit, 1000,
						    86028157) -
				  1) * 1000);
		plan.bucketing = PV_BUCKETING_OPTIMIZELY;
		assert_int_equal(assign(&plan, i).slot_variant,
				 pv_optimizely_bucket(unit, plan.salt) * 100);
		plan.bucketing = PV_BUCKETING_LAUNCHDARKLY;
		share = pv_launchdarkly_bucket("flag", "salt", unit, NULL);
		assert_int_equal(assign(&plan, i).slot_variant,
				 (int)(share * PV_SLOTS));
		plan.bucketing = PV_BUCKETING_EPPO;
		assert_int_equal(assign(&plan, i).slot_variant,
				 pv_eppo_shard(joined, 10000) * 100);
	}
	pv_slots_dispose(&slots);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_experiment_assign__ramp_up_moves_nobody),
		cmocka_unit_test(test_experiment_assign__fits_the_weights),
		cmocka_unit_test(test_experiment_assign__salts_are_independent),
		cmocka_unit_test(test_experiment_assign__layers_exclude_each_other),
		cmocka_unit_test(test_experiment_assign__asks_in_order),
		cmocka_unit_test(test_experiment_assign__refuses_bad_plans),
		cmocka_unit_test(test_experiment_assign__takes_any_unit),
		cmocka_unit_test(test_experiment_weights__are_exact_decimals),
		cmocka_unit_test(test_experiment_slots__move_as_few_as_can_be),
		cmocka_unit_test(test_experiment_slots__refuse_to_drop_a_variant),
		cmocka_unit_test(test_experiment_presets__are_the_other_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
