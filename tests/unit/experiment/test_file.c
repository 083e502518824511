/* SPDX-License-Identifier: MIT
 *
 * Reading experiments/<id>.yaml: what comes out, and what is said at which line
 * of a file that is none.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <pv/experiment_file.h>

static const char full[] =
	"# about tone\n"
	"name: Tone\n"
	"owner: ops\n"
	"prompt: support/triage\n"
	"variants:\n"
	"  plain: main\n"
	"  control: {spec: release, description: as it was}\n"
	"  warm: {spec: main, set: {model.temperature: 0.9}}\n"
	"split: {warm: 12.5, plain: 50, control: 37.5}\n"
	"coverage: 33.3333\n"
	"layer: {name: prices, from: 10, to: 60.5}\n"
	"holdout: 2\n"
	"overrides: {qa: warm}\n"
	"hash: murmur3\n"
	"salt: old-name\n"
	"metrics:\n"
	"  primary: [quality, {name: latency_p95, margin: 20}]\n"
	"  guardrails: [{name: score.tone, direction: down}]\n"
	"alpha: 0.01\n"
	"minimum_sample: 400\n"
	"warm_up: 10m\n"
	"method: fixed\n"
	"start: 2026-11-20T10:00:00Z\n";

static pv_experiment *parse(const char *text)
{
	pv_experiment *experiment = NULL;
	pv_error err = { 0 };
	int rc = pv_experiment_parse(&experiment, "tone", text, strlen(text),
				     &err);

	if (rc != PV_OK)
		fail_msg("%s:%d: %s", err.source, err.line, err.message);
	return experiment;
}

static void test_experiment_file__reads_all_fields(void **state)
{
	pv_experiment *it = parse(full);

	(void)state;
	assert_string_equal(it->id, "tone");
	assert_string_equal(it->name, "Tone");
	assert_null(it->description);
	assert_int_equal(it->status, PV_EXPERIMENT_DRAFT);
	assert_int_equal(it->variant_count, 3);
	assert_int_equal(it->control, 1);
	assert_string_equal(it->variants[1].spec, "release");
	assert_string_equal(it->variants[2].weight, "12.5");
	assert_string_equal(it->variants[2].sets[0].path, "model.temperature");
	assert_string_equal(it->variants[2].sets[0].json, "0.9");
	assert_int_equal(it->plan.coverage_ppm, 333333);
	assert_int_equal(it->plan.slots->ranges[0].end, 500000);
	assert_int_equal(it->plan.slots->ranges[1].end, 875000);
	assert_string_equal(it->plan.layer, "prices");
	assert_int_equal(it->plan.layer_ranges[0].begin, 100000);
	assert_int_equal(it->plan.layer_ranges[0].end, 605000);
	assert_int_equal(it->plan.holdouts[0].size_ppm, 20000);
	assert_int_equal(it->plan.overrides[0].variant, 2);
	assert_int_equal(it->plan.bucketing, PV_BUCKETING_MURMUR3);
	assert_string_equal(it->plan.salt, "old-name");
	assert_int_equal(pv_assign_plan_check(&it->plan, NULL), PV_OK);
	assert_int_equal(it->primary_count, 2);
	assert_true(it->primaries[0].is_up);
	assert_false(it->primaries[1].is_up);
	assert_true(it->primaries[1].has_margin);
	assert_true(it->primaries[1].margin == 20);
	assert_false(it->guardrails[0].is_up);
	assert_true(it->alpha == 0.01 && it->power == 0.8);
	assert_int_equal(it->minimum_sample, 400);
	assert_int_equal(it->warm_up, 600000000);
	assert_int_equal(it->method, PV_METHOD_FIXED);
	assert_true(it->start == 1763632800000000 + 365 * 86400000000);
	pv_experiment_free(it);
}

static void test_experiment_file__has_defaults(void **state)
{
	pv_experiment *it =
		parse("prompt: p\nvariants: {a: main, b: exp/b, c: exp/c}\n");

	(void)state;
	assert_int_equal(it->control, 0);
	assert_string_equal(it->unit, "user");
	assert_string_equal(it->plan.salt, "tone");
	assert_int_equal(it->plan.coverage_ppm, PV_SLOTS);
	assert_int_equal(it->plan.slots->count, 3);
	assert_int_equal(it->plan.slots->ranges[0].end, 333333);
	assert_int_equal(it->epoch_count, 0);
	assert_int_equal(it->minimum_sample, 100);
	pv_experiment_free(it);
}

static void test_experiment_file__says_what_is_wrong_where(void **state)
{
	static const struct {
		const char *text; /* behind a prompt and two variants */
		int line;
		const char *part;
	} rows[] = {
		{ "split: [50]\n", 3, "at least 2 elements" },
		{ "split: [0, 1]\n", 3, "\"a\" has no part" },
		{ "split: [50, 20, 30]\n", 3, "3 parts for 2 variants" },
		{ "split:\n  a: 1\n  c: 2\n", 5, "\"c\", which is no variant" },
		{ "split: [0, 0]\n", 3, "all weights are 0" },
		{ "coverage: 12.34567\n", 3, "four digits" },
		{ "coverage: 101\n", 3, "100" },
		{ "\ncontrol: c\n", 4, "\"c\" is no variant" },
		{ "overrides:\n  u1: c\n", 4, "\"c\" is no variant" },
		{ "layer: {name: l, from: 50, to: 20}\n", 3, "ends before" },
		{ "start: soon\n", 3, "\"soon\" is no time" },
		{ "start: 2026-11-20T10:00:00Z\nend: 2026-11-19T10:00:00Z\n", 4,
		  "not after the start" },
		{ "end: 2026-11-2\n", 3, "\"2026-11-2\" is no time" },
		{ "end: 2026-13-20\n", 3, "\"2026-13-20\" is no time" },
		{ "holdout: -1\n", 3, "holdout" },
		{ "alpha: 2\n", 3, "alpha" },
		{ "alpha: 1e-400\n", 3, "\"alpha\" is too small" },
		{ "mde: 1e-400\n", 3, "\"mde\" is too small" },
		{ "status: running\n", 3, "never began is running" },
		{ "metrics: {primary: [cost, cost]}\n", 3, "named twice" },
		{ "metrics: {primary: [ttft, ttft_p95]}\n", 3, "same figure" },
		{ "metrics:\n  primary: [quality, qualty]\n", 4,
		  "there is no metric \"qualty\"" },
		{ "metrics: {primary: cost, guardrails: [latency_p7]}\n", 3,
		  "there is no metric \"latency_p7\"" },
		{ "warm_up: 99999999999999d\n", 3, "is too long" },
		{ "targeting: {all: [{attribute: x}]}\n", 3, "asks for nothing" },
		{ "targeting: {all: [{attribute: x, y: z}]}\n", 3, "nothing" },
		{ "targeting: {all: [{a: x, y: z}]}\n", 3, "one thing" },
		{ "targeting: {all: [{equals: x}]}\n", 3, "no attribute" },
		{ "targeting:\n  all:\n    - {attribute: x, number: {from: a}}\n",
		  5, "\"a\" is no number" },
		{ "targeting: {any: []}\n", 3, "of no conditions" },
		{ "targeting:\n  any:\n    - {a: {version: {from: abc}}}\n", 5,
		  "\"abc\" is no version" },
		{ "targeting: {all: [{a: {version: {below: 2.x}}}]}\n", 3,
		  "\"2.x\" is no version" },
		{ "targeting: {all: [{a: {version: {below: 2..1}}}]}\n", 3,
		  "\"2..1\" is no version" },
		{ "targeting: {all: [{a: {version: {from: 2.10, below: v2.9}}}]}\n",
		  3, "from \"2.10\" and below \"v2.9\"" },
		{ "targeting: {all: [{a: {number: {from: 10, below: 5}}}]}\n",
		  3, "from \"10\" and below \"5\"" },
		{ "targeting: {all: [{a: {number: {from: 5, below: 5.0}}}]}\n",
		  3, "from \"5\" and below" },
		{ "prompt: p\n", 3, "prompt" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pv_experiment *it = NULL;
		pv_error err = { 0 };
		char text[512];

		snprintf(text, sizeof(text),
			 "prompt: p\nvariants: {a: main, b: b}\n%s",
			 rows[i].text);
		assert_true(pv_experiment_parse(&it, "tone", text, strlen(text),
						&err) < 0);
		assert_null(it);
		assert_string_equal(err.source, "experiments/tone.yaml");
		if (err.line != rows[i].line ||
		    !strstr(err.message, rows[i].part))
			fail_msg("%s: line %d, \"%s\"", rows[i].text, err.line,
				 err.message);
	}
}

static void test_experiment_file__takes_ranges_that_may_be_meant(void **state)
{
	static const char *const rows[] = {
		"number: {from: -1e3, below: -999.5}",
		"version: {from: 2.9, below: 2.10}",
		"version: {from: v3, below: 3.0.1+build}",
		"version: {from: 3.0-rc.1, below: 3.0}",
		"version: {from: 3.0rc1}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[256];

		snprintf(text, sizeof(text),
			 "prompt: p\nvariants: {a: main, b: b}\n"
			 "targeting: {all: [{app: {%s}}]}\n",
			 rows[i]);
		pv_experiment_free(parse(text));
	}
}

/* --- targeting -------------------------------------------------------------- */

/* Whether a request with country, age and app is meant. */
static int is_meant(const char *targeting, const char *const values[3])
{
	static const char *const names[] = { "country", "age", "app" };
	pv_attribute attributes[3];
	pv_route_request request = { .unit = "u1",
				     .unit_len = 2,
				     .attributes = attributes };
	pv_experiment *it;
	pv_route route;
	char text[512];

	for (size_t i = 0; i < 3; i++)
		if (values[i])
			attributes[request.attribute_count++] =
				(pv_attribute){ names[i], values[i] };
	snprintf(text, sizeof(text),
		 "prompt: p\nvariants: {a: main, b: b}\ntargeting: %s\n",
		 targeting);
	it = parse(text);
	/* What is parsed is a draft; whom it would take is asked. */
	it->status = PV_EXPERIMENT_RUNNING;
	pv_experiment_route(&route, it, &request);
	pv_experiment_free(it);
	return route.reason != PV_ROUTE_NOT_TARGETED;
}

static void test_experiment_file__targets(void **state)
{
	static const struct {
		const char *targeting;
		const char *values[3];
		int is_meant;
	} rows[] = {
		{ "{all: [{attribute: country, equals: de}]}", { "de" }, 1 },
		{ "{all: [{attribute: country, equals: de}]}", { "at" }, 0 },
		{ "{all: [{attribute: country, equals: de}]}", { NULL }, 0 },
		{ "{all: [{attribute: age, equals: 18}]}", { NULL, "18.0" }, 1 },
		{ "{all: [{attribute: country, in: [de, at]}]}", { "at" }, 1 },
		{ "{all: [{attribute: country, in: []}]}", { "at" }, 0 },
		{ "{all: [{attribute: app, prefix: '2.'}]}",
		  { NULL, NULL, "2.1" },
		  1 },
		{ "{all: [{attribute: app, prefix: '2.'}]}",
		  { NULL, NULL, "20" },
		  0 },
		{ "{all: [{attribute: age, number: {from: 18, below: 65}}]}",
		  { NULL, "18" },
		  1 },
		{ "{all: [{attribute: age, number: {from: 18, below: 65}}]}",
		  { NULL, "65" },
		  0 },
		{ "{all: [{attribute: age, number: {from: 9}}]}",
		  { NULL, "10" },
		  1 },
		{ "{all: [{attribute: age, number: {from: 9}}]}",
		  { NULL, "many" },
		  0 },
		{ "{all: [{attribute: app, version: {from: '2.9'}}]}",
		  { NULL, NULL, "2.10" },
		  1 },
		{ "{all: [{attribute: app, version: {below: '3.0'}}]}",
		  { NULL, NULL, "3.0-rc.1" },
		  1 },
		{ "{all: [{attribute: app, version: {from: '3.0'}}]}",
		  { NULL, NULL, "v3.0.0" },
		  1 },
		{ "{all: [{attribute: app, version: {below: '3.0'}}]}",
		  { NULL, NULL, "new" },
		  0 },
		{ "{all: [{attribute: country, equals: de}, {attribute: age, "
		  "equals: 1}]}",
		  { "de", "2" },
		  0 },
		{ "{any: [{attribute: country, equals: de}, {attribute: age, "
		  "equals: 2}]}",
		  { "at", "2" },
		  1 },
		{ "{any: [{attribute: country, equals: de}, {attribute: age, "
		  "equals: 2}]}",
		  { "at", "3" },
		  0 },
		{ "{all: [{country: de}]}", { "de" }, 1 },
		{ "{all: [{country: [fr, at]}]}", { "de" }, 0 },
		{ "{all: [{age: {number: {below: 30}}}]}", { NULL, "29" }, 1 },
		{ "{all: [{percentage: 100}]}", { NULL }, 1 },
		{ "{all: [{percentage: 0}]}", { NULL }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (is_meant(rows[i].targeting, rows[i].values) !=
		    rows[i].is_meant)
			fail_msg("row %zu: %s", i, rows[i].targeting);
}

/* Losers are kept as refs, whose names git has rules for. */
static void test_experiment_file__names_are_parts_of_refs(void **state)
{
	static const struct {
		const char *name;
		const char *says;
	} rows[] = {
		{ "a.lock", "ends in \".lock\"" },
		{ "a..b", "has \"..\"" },
		{ "a.", "ends in \".\"" },
		{ "a/b", "characters" },
		{ "-a", "does not begin" },
		{ "a b", "characters" },
		{ "a.b-c_d", NULL },
		{ "A.locks", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		pv_experiment *it = NULL;
		pv_error err = { 0 };
		char text[160];
		int rc;

		snprintf(text, sizeof(text),
			 "prompt: a\nvariants:\n  control: main\n  \"%s\": side\n",
			 rows[i].name);
		rc = pv_experiment_parse(&it, "tone", text, strlen(text), &err);
		assert_int_equal(rc, rows[i].says ? PV_EINVALID : PV_OK);
		if (rows[i].says) {
			assert_non_null(strstr(err.message, rows[i].says));
			assert_int_equal(err.line, 4);
		}
		pv_experiment_free(it);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_experiment_file__reads_all_fields),
		cmocka_unit_test(test_experiment_file__has_defaults),
		cmocka_unit_test(test_experiment_file__says_what_is_wrong_where),
		cmocka_unit_test(
			test_experiment_file__takes_ranges_that_may_be_meant),
		cmocka_unit_test(test_experiment_file__targets),
		cmocka_unit_test(test_experiment_file__names_are_parts_of_refs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
