/* SPDX-License-Identifier: MIT
 *
 * Every allocation of the tables of slots, and of reading an experiment's file,
 * made to fail.
 */
#include "alloc/walk.h"

static int of_weights(void *scene, pv_error *err)
{
	const int64_t weights[] = { 1, 2, 3 };
	pv_slots slots;
	int rc = pv_slots_of_weights(&slots, weights, 3, err);

	(void)scene;
	if (rc == PV_OK)
		walk_say("%zu %u", slots.count, slots.ranges[0].end);
	pv_slots_dispose(&slots);
	return rc;
}

static int rebalance(void *scene, pv_error *err)
{
	pv_slot_range ranges[] = { { 0, 500000, 0 }, { 500000, 1000000, 1 } };
	const pv_slots now = { ranges, 2, 2 };
	const int64_t weights[] = { 1, 2 };
	uint32_t moved;
	pv_slots slots;
	int rc = pv_slots_rebalance(&slots, &moved, &now, weights, 2, err);

	(void)scene;
	if (rc == PV_OK)
		walk_say("%zu %u", slots.count, moved);
	pv_slots_dispose(&slots);
	return rc;
}

static int parse(void *scene, pv_error *err)
{
	static const char text[] =
		"prompt: p\n"
		"variants: {a: main, b: {spec: b, set: {model.top_p: 0.5}}}\n"
		"layer: {name: l, from: 10}\n"
		"holdout: 2\n"
		"overrides: {qa: b}\n"
		"metrics: {primary: [quality], guardrails: [cost]}\n"
		"targeting: {all: [{attribute: c, in: [de, at]}]}\n"
		"epochs:\n"
		"  - {at: '2026-11-20T10:00:00Z', coverage: 10, split: {a: 1, b: 1},\n"
		"     slots: [[500000, a], [1000000, b]], variants: {}}\n"
		"sealed: {}\n"
		"status: stopped\n";
	pv_experiment *experiment;
	int rc = pv_experiment_parse(&experiment, "tone", text, strlen(text),
				     err);

	(void)scene;
	if (rc == PV_OK)
		walk_say("%zu %s", experiment->epoch_count,
			 experiment->variants[1].sets[0].json);
	pv_experiment_free(experiment);
	return rc;
}

static void test_alloc_experiment__fails_cleanly(void **state)
{
	static const struct walk_row rows[] = {
		{ WALK(pv_slots_of_weights, of_weights) },
		{ WALK(pv_slots_rebalance, rebalance) },
		{ WALK(pv_experiment_parse, parse) },
	};
	const struct walk_setting setting = { 0 };

	(void)state;
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc_experiment__fails_cleanly),
	};

	walk_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
