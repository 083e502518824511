/* SPDX-License-Identifier: MIT
 *
 * The JSON reader and the streaming writer.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "faults.h"

static int parse(pv_json_doc **doc, const char *text, pv_error *err)
{
	return pv_json_parse(doc, text, strlen(text), err);
}

static void test_base_json__reads_every_type(void **state)
{
	const char *text = "{\"s\":\"a\\u0000b\",\"i\":9223372036854775807,"
			   "\"r\":1.5,\"t\":true,\"n\":null,\"l\":[1,2]}";
	const pv_json *root;
	pv_json_doc *doc;
	size_t len;

	(void)state;
	assert_int_equal(parse(&doc, text, NULL), PV_OK);
	root = pv_json_root(doc);
	assert_memory_equal(pv_json_text(pv_json_get(root, "s"), &len), "a\0b",
			    4);
	assert_int_equal(len, 3);
	assert_true(pv_json_int(pv_json_get(root, "i"), 0) == INT64_MAX);
	assert_true(pv_json_real(pv_json_get(root, "r"), 0) == 1.5);
	assert_true(pv_json_is_true(pv_json_get(root, "t")));
	assert_int_equal(pv_json_type_of(pv_json_get(root, "n")), PV_JSON_NULL);
	assert_int_equal(pv_json_type_of(pv_json_get(root, "zz")),
			 PV_JSON_ABSENT);
	assert_int_equal(pv_json_count(pv_json_get(root, "l")), 2);
	assert_int_equal(pv_json_int(pv_json_at(pv_json_get(root, "l"), 1), 0),
			 2);
	pv_json_free(doc);
}

static void test_base_json__refuses_what_is_not_strict(void **state)
{
	static const char *const bad[] = {
		"",
		"{",
		"{\"a\":1,\"a\":2}",
		"[1,]",
		"NaN",
		"1 2",
		"\"\xFF\"",
		"'a'",
		"\"\\ud800\"",
		"9223372036854775808",
		"{a:1}",
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(bad); i++) {
		pv_json_doc *doc;
		pv_error err;

		assert_int_equal(parse(&doc, bad[i], &err), PV_ESYNTAX);
		assert_null(doc);
		assert_true(err.line >= 0);
	}
}

static void test_base_json__limits_nesting(void **state)
{
	char deep[2000];
	pv_json_doc *doc;

	(void)state;
	memset(deep, '[', sizeof(deep));
	assert_int_equal(pv_json_parse(&doc, deep, sizeof(deep), NULL),
			 PV_ELIMIT);
	memset(deep + 500, ']', 500);
	assert_int_equal(pv_json_parse(&doc, deep, 1000, NULL), PV_OK);
	pv_json_free(doc);
}

static void test_base_json__writer_places_commas_and_escapes(void **state)
{
	pv_buf out = { 0 };
	pv_jsonw w;

	(void)state;
	pv_jsonw_init(&w, &out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "a\"b", "x\n\t\\\x01\xC3\xA9\xFF");
	pv_jsonw_key(&w, "list");
	pv_jsonw_array(&w);
	pv_jsonw_int(&w, -3);
	pv_jsonw_null(&w);
	pv_jsonw_bool(&w, 1);
	pv_jsonw_object(&w);
	pv_jsonw_object_end(&w);
	pv_jsonw_raw(&w, "[1]", 3);
	pv_jsonw_array_end(&w);
	pv_jsonw_member(&w, "none", NULL);
	pv_jsonw_object_end(&w);
	assert_string_equal(out.ptr,
			    "{\"a\\\"b\":\"x\\n\\t\\\\\\u0001\xC3\xA9"
			    "\xEF\xBF\xBD\",\"list\":[-3,null,true,{},[1]],"
			    "\"none\":null}");
	pv_buf_dispose(&out);
}

static void test_base_json__reals_read_back_exactly(void **state)
{
	static const double values[] = { 0.1,     1.0 / 3,     1e300,
					 -2.5e-7, 123456789.0, DBL_MIN,
					 DBL_MAX, 0.3,         5e-324 };

	(void)state;
	for (size_t i = 0; i < pv_array_len(values); i++) {
		pv_buf out = { 0 };
		pv_jsonw w;

		pv_jsonw_init(&w, &out);
		pv_jsonw_real(&w, values[i]);
		assert_true(strtod(out.ptr, NULL) == values[i]);
		pv_buf_clear(&out);
		pv_jsonw_init(&w, &out);
		pv_jsonw_real(&w, (double)INFINITY);
		assert_string_equal(out.ptr, "null");
		pv_buf_dispose(&out);
	}
}

static void test_base_json__dump_reads_back(void **state)
{
	const char *text = "{\"b\":[1,\"\\u0000\",-0.25],\"a\":{\"x\":null}}";
	pv_buf out = { 0 };
	pv_json_doc *doc;

	(void)state;
	assert_int_equal(parse(&doc, text, NULL), PV_OK);
	assert_int_equal(pv_json_dump(&out, pv_json_root(doc), NULL), PV_OK);
	assert_string_equal(out.ptr, text);
	pv_buf_dispose(&out);
	pv_json_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base_json__reads_every_type),
		cmocka_unit_test(test_base_json__refuses_what_is_not_strict),
		cmocka_unit_test(test_base_json__limits_nesting),
		cmocka_unit_test(test_base_json__writer_places_commas_and_escapes),
		cmocka_unit_test(test_base_json__reals_read_back_exactly),
		cmocka_unit_test(test_base_json__dump_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
