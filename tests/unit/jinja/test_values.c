/* SPDX-License-Identifier: MIT
 *
 * Operations on values as data: tests/data/jinja/values.jsonl has what CPython
 * and Jinja2 answered (recorded by tests/peer/jinja_values.py), limits.jsonl
 * what has to end at a limit, at once.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "cases.h"
#include "faults.h"
#include "jinja/compute.h"

struct tally {
	unsigned passed;
	unsigned failed;
};

static int is_same(const pv_json *a, const pv_json *b, const char *key)
{
	const char *x = pv_json_text(pv_json_get(a, key), NULL);
	const char *y = pv_json_text(pv_json_get(b, key), NULL);

	return !x || (y && !strcmp(x, y));
}

static void check_case(void *payload, unsigned line, const pv_json *item)
{
	struct tally *tally = payload;
	pv_buf out = { 0 };
	pv_json_doc *doc = NULL;

	compute_answer(&out, item);
	assert_int_equal(pv_json_parse(&doc, out.ptr, out.len, NULL), PV_OK);
	if (is_same(item, pv_json_root(doc), "ok") &&
	    is_same(item, pv_json_root(doc), "error") &&
	    is_same(item, pv_json_root(doc), "message")) {
		tally->passed++;
	} else {
		tally->failed++;
		print_message("line %u: %s\n", line, out.ptr);
	}
	pv_json_free(doc);
	pv_buf_dispose(&out);
}

static void check_file(const char *name)
{
	struct tally tally = { 0 };

	assert_int_equal(cases_run_file(name, check_case, &tally), 0);
	assert_int_equal(tally.failed, 0);
	assert_true(tally.passed > 15);
	assert_int_equal(compute_failed, 0);
}

static void test_jinja_values__answer_as_python_does(void **state)
{
	(void)state;
	check_file(PV_TEST_DATA "/jinja/values.jsonl");
}

static void test_jinja_values__stop_at_limits(void **state)
{
	(void)state;
	check_file(PV_TEST_DATA "/jinja/limits.jsonl");
}

/* Fails allocation n and all after it, for every n, then asks for all. */
static void check_faults(void *payload, unsigned line, const pv_json *item)
{
	struct faults faults = { 0 };
	long n = 0;

	(void)payload;
	if (line % 5)
		return;
	do {
		pv_buf out = { 0 };
		int is_right;

		faults_start(&faults, n++);
		compute_answer(&out, item);
		is_right = !faults.hit || out.status || !out.ptr ||
			   strstr(out.ptr, "out of memory") || compute_failed;
		if (!is_right)
			print_message("line %u, %ld: %s\n", line, n,
				      pv_buf_text(&out));
		pv_buf_dispose(&out);
		faults_stop();
		assert_true(is_right);
		assert_int_equal(faults.live, 0);
		compute_failed = 0;
	} while (faults.hit);
}

static void test_jinja_values__report_failed_allocations(void **state)
{
	(void)state;
	assert_int_equal(cases_run_file(PV_TEST_DATA "/jinja/values.jsonl",
					check_faults, NULL),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jinja_values__answer_as_python_does),
		cmocka_unit_test(test_jinja_values__stop_at_limits),
		cmocka_unit_test(test_jinja_values__report_failed_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
