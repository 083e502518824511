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
		"     slots: 'a 500000, b 1000000', variants: {}}\n"
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

/* --- steps of a life -------------------------------------------------------- */

/* What they are taken from; made before any allocation fails. */
struct life {
	pv_experiment *draft;
	pv_experiment *running;
	pv_experiment *paused;
};

static const char oid[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
static const char *const commits[] = { oid, oid };

static pv_experiment *must_parse(pv_buf *text)
{
	pv_experiment *it = NULL;

	assert_int_equal(pv_experiment_parse(&it, "tone", text->ptr, text->len,
					     NULL),
			 PV_OK);
	pv_buf_dispose(text);
	return it;
}

static void life_begin(struct life *life)
{
	pv_buf text = { 0 };

	pv_buf_puts(&text, "prompt: p\nvariants: {a: main, b: b}\n");
	life->draft = must_parse(&text);
	assert_int_equal(pv_experiment_start(&text, life->draft, commits, 1, NULL),
			 PV_OK);
	life->running = must_parse(&text);
	assert_int_equal(pv_experiment_end(&text, life->running,
					   PV_EXPERIMENT_PAUSED, 2, NULL),
			 PV_OK);
	life->paused = must_parse(&text);
}

static void life_end(struct life *life)
{
	pv_experiment_free(life->draft);
	pv_experiment_free(life->running);
	pv_experiment_free(life->paused);
}

static int say(pv_buf *text, int rc)
{
	if (rc == PV_OK)
		walk_say("%zu bytes", text->len);
	pv_buf_dispose(text);
	return rc;
}

static int start(void *scene, pv_error *err)
{
	const struct life *life = scene;
	pv_buf text = { 0 };

	return say(&text,
		   pv_experiment_start(&text, life->draft, commits, 3, err));
}

static int resume(void *scene, pv_error *err)
{
	const struct life *life = scene;
	pv_buf text = { 0 };

	return say(&text, pv_experiment_resume(&text, life->paused, 3, err));
}

static int ramp(void *scene, pv_error *err)
{
	const struct life *life = scene;
	pv_buf text = { 0 };

	return say(&text,
		   pv_experiment_ramp(&text, life->running, "25.5", 3, err));
}

static int reweight(void *scene, pv_error *err)
{
	static const char *const weights[] = { "1", "3" };
	const struct life *life = scene;
	pv_buf text = { 0 };
	uint32_t moved;

	return say(&text, pv_experiment_reweight(&text, &moved, life->running,
						 weights, 3, err));
}

static int stop(void *scene, pv_error *err)
{
	const struct life *life = scene;
	pv_buf text = { 0 };

	return say(&text, pv_experiment_end(&text, life->running,
					    PV_EXPERIMENT_STOPPED, 3, err));
}

static void test_alloc_experiment__life_fails_cleanly(void **state)
{
	static const struct walk_row rows[] = {
		{ WALK(pv_experiment_start, start) },
		{ WALK(pv_experiment_resume, resume) },
		{ WALK(pv_experiment_ramp, ramp) },
		{ WALK(pv_experiment_reweight, reweight) },
		{ WALK(pv_experiment_end, stop) },
	};
	struct life life = { 0 };
	const struct walk_setting setting = { .scene = &life };

	(void)state;
	life_begin(&life);
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
	life_end(&life);
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
		cmocka_unit_test(test_alloc_experiment__life_fails_cleanly),
	};

	walk_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
