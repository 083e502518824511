/* SPDX-License-Identifier: MIT
 *
 * Out of memory: each call is repeated with the first, second, ... allocation
 * failing until it succeeds. It must say so, leak nothing (the sanitizer
 * build looks) and leave the document as it was.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <pv/init.h>
#include <pv/yaml.h>

static const char text[] = "a: &x\n  - b # c\n  - |\n    d\nf: *x\n"
			   "g: !!str 1\nh: {i: j, k: []}\n";

/* Allocations until one fails; negative: none does. */
static long left = -1;

static int is_due(void)
{
	return left >= 0 && left-- == 0;
}

static void *counted_alloc(size_t size, void *payload)
{
	(void)payload;
	return is_due() ? NULL : malloc(size);
}

static void *counted_resize(void *ptr, size_t size, void *payload)
{
	(void)payload;
	return is_due() ? NULL : realloc(ptr, size);
}

static void counted_release(void *ptr, void *payload)
{
	(void)payload;
	free(ptr);
}

static const pv_allocator counted = { counted_alloc, counted_resize,
				      counted_release, NULL };

static int set_up(void **state)
{
	(void)state;
	pv_set_allocator(&counted);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	left = -1;
	pv_set_allocator(NULL);
	return 0;
}

static void test_yaml_memory__parse_reports_every_failure(void **state)
{
	int rc = PV_ENOMEM;

	(void)state;
	for (long n = 0; rc == PV_ENOMEM; n++) {
		pv_error err = { 0 };
		pv_yaml *doc;

		left = n;
		rc = pv_yaml_parse(&doc, text, strlen(text), NULL, &err);
		assert_true(rc == PV_ENOMEM || rc == PV_OK);
		assert_int_equal(err.code, rc);
		assert_int_equal(doc == NULL, rc != PV_OK);
		left = -1;
		pv_yaml_free(doc);
	}
}

static int edit(pv_yaml *doc, int which, pv_error *err)
{
	switch (which) {
	case 0:
		return pv_yaml_set(doc, "h.i", "{\"x\":[\"y\\nz\"]}", err);
	case 1:
		return pv_yaml_set(doc, "new.path", "[1]", err);
	case 2:
		return pv_yaml_insert(doc, "h.k", 0, "\"x\"", err);
	case 3:
		return pv_yaml_append(doc, "h.k", "{}", err);
	case 4:
		return pv_yaml_delete(doc, "g", err);
	case 5:
		return pv_yaml_set_text(doc, "g", "x\ny\n", 4, err);
	default:
		return pv_yaml_delete(doc, "\"h\".k", err);
	}
}

static void test_yaml_memory__edits_change_all_or_nothing(void **state)
{
	(void)state;
	for (int which = 0; which < 7; which++) {
		int rc = PV_ENOMEM;

		for (long n = 0; rc == PV_ENOMEM; n++) {
			pv_error err = { 0 };
			pv_yaml *doc;

			left = -1;
			assert_int_equal(pv_yaml_parse(&doc, text, strlen(text),
						       NULL, NULL),
					 PV_OK);
			left = n;
			rc = edit(doc, which, &err);
			left = -1;
			assert_true(rc == PV_ENOMEM || rc == PV_OK);
			assert_int_equal(err.code, rc);
			assert_int_equal(!strcmp(pv_yaml_text(doc, NULL), text),
					 rc != PV_OK);
			pv_yaml_free(doc);
		}
	}
}

static int convert(int which, const pv_yaml *doc, pv_buf *out, pv_error *err)
{
	const pv_yaml_node *node;
	static const char json[] = "{\"a\":[\"b\\nc\",{}],\"d\":1}";

	switch (which) {
	case 0:
		return pv_yaml_to_json(out, pv_yaml_root(doc), err);
	case 1:
		return pv_yaml_from_json(out, json, strlen(json), err);
	case 2:
		return pv_yaml_path(out, pv_yaml_root(doc)->first->first, err);
	default:
		return pv_yaml_find(&node, doc, "a[1]", err);
	}
}

static void test_yaml_memory__conversions_report_every_failure(void **state)
{
	pv_yaml *doc;

	(void)state;
	assert_int_equal(pv_yaml_parse(&doc, text, strlen(text), NULL, NULL),
			 PV_OK);
	for (int which = 0; which < 4; which++) {
		int rc = PV_ENOMEM;

		for (long n = 0; rc == PV_ENOMEM; n++) {
			pv_error err = { 0 };
			pv_buf out = { 0 };

			left = n;
			rc = convert(which, doc, &out, &err);
			left = -1;
			assert_true(rc == PV_ENOMEM || rc == PV_OK);
			assert_int_equal(err.code, rc);
			pv_buf_dispose(&out);
		}
	}
	pv_yaml_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_yaml_memory__parse_reports_every_failure),
		cmocka_unit_test(test_yaml_memory__edits_change_all_or_nothing),
		cmocka_unit_test(
			test_yaml_memory__conversions_report_every_failure),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
