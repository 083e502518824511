/* SPDX-License-Identifier: MIT
 *
 * The life of an experiment: each step's file is the input of the next, people's
 * comments survive, nobody is moved who need not be, and an edit by hand that
 * would make results mean nothing is refused.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pv/experiment_file.h>

enum {
	UNITS = 5000,
	SECOND = 1000000
};

static const char commit_a[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
static const char commit_b[] = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
static const char *const commits[] = { commit_a, commit_b };

static const char draft[] = "# why we do this\n"
			    "prompt: p\n"
			    "variants:\n"
			    "  control: main   # as it is\n"
			    "  b: exp/b\n"
			    "split: [50, 50]\n"
			    "coverage: 10\n"
			    "metrics: {primary: quality}\n"
			    "alpha: 0.05\n";

static pv_experiment *parse(const pv_buf *text)
{
	pv_experiment *it = NULL;
	pv_error err = { 0 };

	if (pv_experiment_parse(&it, "tone", text->ptr, text->len, &err) < 0)
		fail_msg("line %d: %s\n%s", err.line, err.message, text->ptr);
	return it;
}

/* Takes the text of a step and reads it in the place of the last. */
static void follow(pv_experiment **it, pv_buf *text, int rc)
{
	assert_int_equal(rc, PV_OK);
	pv_experiment_free(*it);
	*it = parse(text);
}

static pv_experiment *begin(pv_buf *text)
{
	pv_experiment *it;

	pv_buf_puts(text, draft);
	it = parse(text);
	pv_buf_clear(text);
	follow(&it, text, pv_experiment_start(text, it, commits, SECOND, NULL));
	return it;
}

static pv_route route(const pv_experiment *it, int unit)
{
	pv_route_request request = { .now = 100 * SECOND };
	pv_route out;
	char text[32];

	request.unit = text;
	request.unit_len = (size_t)snprintf(text, sizeof(text), "u%d", unit);
	pv_experiment_route(&out, it, &request);
	return out;
}

static void all_routes(pv_route *out, const pv_experiment *it)
{
	for (int i = 0; i < UNITS; i++)
		out[i] = route(it, i);
}

static void test_experiment_life__start_pins_and_keeps_comments(void **state)
{
	pv_buf text = { 0 };
	pv_experiment *it = begin(&text);

	(void)state;
	assert_non_null(strstr(text.ptr, "# why we do this\nprompt: p\n"));
	assert_non_null(strstr(text.ptr, "control: main   # as it is\n"));
	assert_int_equal(it->status, PV_EXPERIMENT_RUNNING);
	assert_int_equal(it->started_at, SECOND);
	assert_string_equal(it->plan.salt, "tone");
	assert_string_equal(it->variants[1].commit, commit_b);
	assert_int_equal(it->epochs[0].coverage_ppm, 100000);
	assert_string_equal(it->epochs[0].reason, "start");
	assert_int_equal(it->plan.epoch, 1);
	pv_experiment_free(it);
	pv_buf_dispose(&text);
}

static void test_experiment_life__ramp_moves_nobody(void **state)
{
	pv_route *before = calloc(UNITS, sizeof(*before));
	pv_buf text = { 0 };
	pv_buf next = { 0 };
	pv_experiment *it = begin(&text);
	int came = 0;

	(void)state;
	all_routes(before, it);
	follow(&it, &next, pv_experiment_ramp(&next, it, "50", 2 * SECOND, NULL));
	assert_int_equal(it->plan.epoch, 2);
	for (int i = 0; i < UNITS; i++) {
		pv_route now = route(it, i);

		came += now.is_in && !before[i].is_in;
		if (before[i].is_in &&
		    (!now.is_in || now.variant != before[i].variant))
			fail_msg("u%d moved", i);
	}
	assert_in_range(came, UNITS * 37 / 100, UNITS * 43 / 100);
	pv_experiment_free(it);
	pv_buf_dispose(&text);
	pv_buf_dispose(&next);
	free(before);
}

static void test_experiment_life__reweight_moves_few(void **state)
{
	const char *const weights[] = { "80", "20" };
	pv_route *before = calloc(UNITS, sizeof(*before));
	pv_buf text = { 0 };
	pv_buf next = { 0 };
	pv_experiment *it = begin(&text);
	uint32_t moved;
	int went = 0;

	(void)state;
	pv_buf_clear(&next);
	follow(&it, &next, pv_experiment_ramp(&next, it, "100", SECOND, NULL));
	pv_buf_clear(&text);
	all_routes(before, it);
	follow(&it, &text,
	       pv_experiment_reweight(&text, &moved, it, weights, 3 * SECOND,
				      NULL));
	assert_int_equal(moved, 300000);
	for (int i = 0; i < UNITS; i++) {
		pv_route now = route(it, i);

		if (now.variant == before[i].variant)
			continue;
		assert_int_equal(now.variant, 0);
		went++;
	}
	assert_in_range(went, UNITS * 27 / 100, UNITS * 33 / 100);
	assert_string_equal(it->variants[0].weight, "80");
	pv_experiment_free(it);
	pv_buf_dispose(&text);
	pv_buf_dispose(&next);
	free(before);
}

static pv_route route_again(const pv_experiment *it, int unit,
			    const pv_sticky *sticky)
{
	pv_route_request request = { .now = 100 * SECOND, .sticky = sticky };
	pv_route out;
	char text[32];

	request.unit = text;
	request.unit_len = (size_t)snprintf(text, sizeof(text), "u%d", unit);
	pv_experiment_route(&out, it, &request);
	return out;
}

/* Who comes anew is spread by the new weights, and they alone are theirs. */
static void test_experiment_life__sticky_units_keep_their_epoch(void **state)
{
	const char *const weights[] = { "80", "20" };
	pv_route *before = calloc(UNITS, sizeof(*before));
	pv_buf text = { 0 };
	pv_buf next = { 0 };
	pv_experiment *it = begin(&text);
	uint32_t moved;
	int fresh = 0;

	(void)state;
	follow(&it, &next, pv_experiment_ramp(&next, it, "100", SECOND, NULL));
	pv_buf_clear(&text);
	all_routes(before, it);
	follow(&it, &text,
	       pv_experiment_reweight(&text, &moved, it, weights, 3 * SECOND,
				      NULL));
	for (int i = 0; i < UNITS; i++) {
		const pv_sticky sticky = { before[i].variant, 2 };
		pv_route now = route_again(it, i, &sticky);

		assert_int_equal(now.variant, before[i].variant);
		assert_string_equal(pv_route_reason_name(&now), "sticky");
		assert_int_equal(now.assignment.epoch, 2);
		now = route(it, UNITS + i);
		assert_int_equal(now.assignment.epoch, 3);
		fresh += now.variant == 0;
	}
	assert_in_range(fresh, UNITS * 77 / 100, UNITS * 83 / 100);
	pv_experiment_free(it);
	pv_buf_dispose(&text);
	pv_buf_dispose(&next);
	free(before);
}

static void test_experiment_life__a_restart_lets_go(void **state)
{
	const char *const none[] = { "100", "0" };
	const pv_sticky off = { 1, 2 };
	const pv_sticky old = { 1, 1 };
	pv_buf text = { 0 };
	pv_buf next = { 0 };
	pv_experiment *it = begin(&text);
	uint32_t moved;
	pv_route now;

	(void)state;
	follow(&it, &next,
	       pv_experiment_reweight(&next, &moved, it, none, 2 * SECOND, NULL));
	pv_buf_clear(&text);
	now = route_again(it, 1, &old);
	assert_string_equal(pv_route_reason_name(&now), "sticky");
	/* Its epoch gave that to nobody. */
	now = route_again(it, 1, &off);
	assert_string_not_equal(pv_route_reason_name(&now), "sticky");
	follow(&it, &text,
	       pv_experiment_end(&text, it, PV_EXPERIMENT_STOPPED, 3 * SECOND,
				 NULL));
	pv_buf_clear(&next);
	follow(&it, &next,
	       pv_experiment_start(&next, it, commits, 4 * SECOND, NULL));
	now = route_again(it, 1, &old);
	assert_string_not_equal(pv_route_reason_name(&now), "sticky");
	pv_experiment_free(it);
	pv_buf_dispose(&text);
	pv_buf_dispose(&next);
}

static void test_experiment_life__pauses_and_goes_on(void **state)
{
	pv_buf text = { 0 };
	pv_buf next = { 0 };
	pv_experiment *it = begin(&text);
	pv_route now;

	(void)state;
	follow(&it, &next,
	       pv_experiment_end(&next, it, PV_EXPERIMENT_PAUSED, 2 * SECOND,
				 NULL));
	now = route(it, 1);
	assert_string_equal(pv_route_reason_name(&now), "not-running");
	assert_int_equal(it->ended_at, 0);
	pv_buf_clear(&text);
	assert_int_equal(pv_experiment_ramp(&text, it, "20", SECOND, NULL),
			 PV_ECONFLICT);
	follow(&it, &text, pv_experiment_resume(&text, it, 3 * SECOND, NULL));
	assert_int_equal(it->status, PV_EXPERIMENT_RUNNING);
	assert_int_equal(it->epoch_count, 2);
	assert_string_equal(it->variants[0].commit, commit_a);
	pv_experiment_free(it);
	pv_buf_dispose(&text);
	pv_buf_dispose(&next);
}

static void test_experiment_life__restart_has_another_salt(void **state)
{
	const char *const others[] = { commit_b, commit_a };
	pv_buf text = { 0 };
	pv_buf next = { 0 };
	pv_experiment *it = begin(&text);

	(void)state;
	for (int i = 2; i < 4; i++) {
		char salt[16];

		pv_buf_clear(&next);
		follow(&it, &next,
		       pv_experiment_end(&next, it, PV_EXPERIMENT_STOPPED,
					 i * 2 * SECOND, NULL));
		assert_int_equal(it->ended_at, i * 2 * SECOND);
		pv_buf_clear(&text);
		follow(&it, &text,
		       pv_experiment_start(&text, it, others,
					   (i * 2 + 1) * SECOND, NULL));
		snprintf(salt, sizeof(salt), "tone/%d", i);
		assert_string_equal(it->plan.salt, salt);
		assert_int_equal(it->first_epoch, i - 1);
		assert_int_equal(it->ended_at, 0);
		assert_string_equal(it->variants[0].commit, commit_b);
	}
	pv_experiment_free(it);
	pv_buf_dispose(&text);
	pv_buf_dispose(&next);
}

static void test_experiment_life__waits_for_its_start(void **state)
{
	pv_buf text = { 0 };
	pv_buf next = { 0 };
	pv_experiment *it;

	(void)state;
	pv_buf_puts(&text, draft);
	pv_buf_puts(&text, "start: 1970-01-01T00:01:00Z\n"
			   "end: 1970-01-01T00:02:00Z\n");
	it = parse(&text);
	follow(&it, &next, pv_experiment_start(&next, it, commits, SECOND, NULL));
	assert_int_equal(it->status, PV_EXPERIMENT_SCHEDULED);
	assert_false(pv_experiment_is_running(it, 59 * SECOND));
	assert_true(pv_experiment_is_running(it, 60 * SECOND));
	assert_false(pv_experiment_is_running(it, 120 * SECOND));
	assert_int_equal(pv_experiment_status_at(it, 59 * SECOND),
			 PV_EXPERIMENT_SCHEDULED);
	assert_int_equal(pv_experiment_status_at(it, 120 * SECOND),
			 PV_EXPERIMENT_STOPPED);
	pv_buf_clear(&text);
	follow(&it, &text,
	       pv_experiment_end(&text, it, PV_EXPERIMENT_PAUSED, 70 * SECOND,
				 NULL));
	assert_int_equal(pv_experiment_status_at(it, 120 * SECOND),
			 PV_EXPERIMENT_PAUSED);
	pv_experiment_free(it);
	pv_buf_dispose(&text);
	pv_buf_dispose(&next);
}

/* The text with all of `old` replaced, as sed would. */
static void replace(pv_buf *out, const pv_buf *text, const char *old,
		    const char *with)
{
	const char *at = text->ptr;
	const char *hit;

	while ((hit = strstr(at, old)) != NULL) {
		pv_buf_put(out, at, (size_t)(hit - at));
		pv_buf_puts(out, with);
		at = hit + strlen(old);
	}
	pv_buf_puts(out, at);
}

static void test_experiment_life__refuses_what_spoils_results(void **state)
{
	static const struct {
		const char *old;
		const char *with;
		int code;
		const char *part;
	} rows[] = {
		{ "alpha: 0.05", "alpha: 0.5", PV_EPOLICY, "\"alpha\"" },
		{ "alpha: 0.05\n", "", PV_EPOLICY, "\"alpha\"" },
		{ "prompt: p", "minimum_sample: 10\nprompt: p", PV_EPOLICY,
		  "\"minimum_sample\"" },
		{ "primary: quality", "primary: cost", PV_EPOLICY, "\"metrics\"" },
		{ "exp/b", "exp/c", PV_EPOLICY, "\"variants\"" },
		{ "b: exp/b", "b: {spec: exp/b, set: {name: x}}", PV_EPOLICY,
		  "\"variants\"" },
		{ "salt: tone", "salt: other", PV_EPOLICY, "\"salt\"" },
		{ "coverage: 10\nmetrics", "coverage: 20\nmetrics", PV_EPOLICY,
		  "coverage" },
		{ "split: [50, 50]", "split: [60, 40]", PV_EPOLICY, "\"split\"" },
		{ "control 500000", "control 600000", PV_EPOLICY, "\"epochs\"" },
		{ "salt: tone\n    coverage", "coverage", PV_EPOLICY,
		  "\"epochs\"" },
		{ "prompt: p", "method: fixed\nprompt: p", PV_EPOLICY,
		  "\"method\"" },
		{ "status: running", "status: draft", PV_EPOLICY, "draft" },
		{ "as it is", "as it was", PV_OK, "" },
		{ "prompt: p", "owner: me\nprompt: p", PV_OK, "" },
		{ "split: [50, 50]", "split: [50.0, 5e1]", PV_OK, "" },
	};
	pv_buf text = { 0 };

	(void)state;
	pv_experiment_free(begin(&text));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pv_experiment *it = NULL;
		pv_error err = { 0 };
		pv_buf edited = { 0 };

		replace(&edited, &text, rows[i].old, rows[i].with);
		assert_string_not_equal(edited.ptr, text.ptr);
		if (pv_experiment_parse(&it, "tone", edited.ptr, edited.len,
					&err) != rows[i].code ||
		    !strstr(err.message, rows[i].part))
			fail_msg("row %zu: %s\n%s", i, err.message, edited.ptr);
		pv_experiment_free(it);
		pv_buf_dispose(&edited);
	}
	pv_buf_dispose(&text);
}

/* Behind its planned end only the end is left, as it was by then. */
static void test_experiment_life__ends_as_planned(void **state)
{
	static const char *const weights[] = { "1", "2" };
	static const char planned[] = "prompt: p\n"
				      "variants: {control: main, b: exp/b}\n"
				      "metrics: {primary: quality}\n"
				      "end: 1970-01-01T00:00:10Z\n";
	pv_experiment *it = NULL;
	pv_buf text = { 0 };
	pv_buf next = { 0 };
	pv_error err = { 0 };
	uint32_t moved;

	(void)state;
	assert_int_equal(pv_experiment_parse(&it, "tone", planned,
					     strlen(planned), NULL),
			 PV_OK);
	follow(&it, &text, pv_experiment_start(&text, it, commits, SECOND, NULL));
	for (int i = 0; i < 4; i++) {
		int rc = i == 0   ? pv_experiment_ramp(&next, it, "50",
						       10 * SECOND, &err)
			 : i == 1 ? pv_experiment_reweight(&next, &moved, it,
							   weights, 10 * SECOND,
							   &err)
			 : i == 2 ? pv_experiment_end(&next, it,
						      PV_EXPERIMENT_PAUSED,
						      10 * SECOND, &err)
				  : pv_experiment_start(&next, it, commits,
							10 * SECOND, &err);

		assert_int_equal(rc, PV_ECONFLICT);
		assert_non_null(strstr(err.message, "ended at 1970-01-01T00:00:1"
						    "0.000Z, as it was planned"));
		assert_non_null(strstr(err.hint, "experiments/tone.yaml"));
	}
	assert_int_equal(next.len, 0);
	follow(&it, &next,
	       pv_experiment_end(&next, it, PV_EXPERIMENT_STOPPED, 20 * SECOND,
				 NULL));
	assert_int_equal(it->ended_at, 10 * SECOND);
	pv_experiment_free(it);
	pv_buf_dispose(&text);
	pv_buf_dispose(&next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_experiment_life__start_pins_and_keeps_comments),
		cmocka_unit_test(test_experiment_life__ramp_moves_nobody),
		cmocka_unit_test(test_experiment_life__reweight_moves_few),
		cmocka_unit_test(
			test_experiment_life__sticky_units_keep_their_epoch),
		cmocka_unit_test(test_experiment_life__a_restart_lets_go),
		cmocka_unit_test(test_experiment_life__pauses_and_goes_on),
		cmocka_unit_test(test_experiment_life__restart_has_another_salt),
		cmocka_unit_test(test_experiment_life__waits_for_its_start),
		cmocka_unit_test(test_experiment_life__refuses_what_spoils_results),
		cmocka_unit_test(test_experiment_life__ends_as_planned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
