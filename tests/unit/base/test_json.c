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

static void test_base_json__says_where_it_is_wrong(void **state)
{
	static const struct {
		const char *text;
		int line;
		int column;
		const char *what;
	} bad[] = {
		{ "", 1, 1, "expected a value" },
		{ "[1,\n 2,]", 2, 4, "expected a value" },
		{ "{\"a\":1,\n\"a\":2}", 2, 4, "a key that is there already" },
		{ "{\"a\" 1}", 1, 6, "expected \":\"" },
		{ "{\"a\\u0000\":1}", 1, 11, "a key with a NUL" },
		{ "{1:1}", 1, 2, "expected a key" },
		{ "[1 2]", 1, 4, "expected \",\" or the end" },
		{ "[\"\xC3\xA9\",\"\xC3\"]", 1, 7, "bad UTF-8" },
		{ "1e400", 1, 1, "number too large" },
		{ "-9223372036854775809", 1, 1, "integer too large" },
		{ "01", 1, 1, "bad number" },
		{ "-", 1, 1, "bad number" },
		{ "1.", 1, 1, "bad number" },
		{ "\"\\udc00\"", 1, 8, "lone surrogate" },
		{ "\"\\ud800\\u0041\"", 1, 8, "lone surrogate" },
		{ "\"\\u12g4\"", 1, 4, "bad \\u escape" },
		{ "\"\\x\"", 1, 3, "bad escape" },
		{ "\"a\tb\"", 1, 3, "control character" },
		{ "\"\\", 1, 3, "bad escape" },
		{ "\"abc", 1, 5, "unterminated string" },
		{ "true false", 1, 6, "text behind the value" },
		{ "nul", 1, 1, "expected a value" },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(bad); i++) {
		size_t len = strlen(bad[i].text);
		/* Of exactly its length, for sanitizers to watch over. */
		char *text = malloc(len + !len);
		pv_error err = { 0 };
		pv_json_doc *doc;

		assert_non_null(text);
		memcpy(text, bad[i].text, len);
		assert_int_equal(pv_json_parse(&doc, text, len, &err),
				 PV_ESYNTAX);
		free(text);
		assert_non_null(strstr(err.message, bad[i].what));
		assert_int_equal(err.line, bad[i].line);
		assert_int_equal(err.column, bad[i].column);
	}
}

static void test_base_json__reads_texts_and_numbers_exactly(void **state)
{
	const char *text =
		" [\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\", "
		"-9223372036854775808, -0, 1E2, 0.1, -2.5e-7, 5e-324, "
		"0.1000000000000000055511151231257827021181583404541015625]\r\n";
	static const double reals[] = { 100, 0.1, -2.5e-7, 5e-324, 0.1 };
	const pv_json *root;
	pv_json_doc *doc;

	(void)state;
	assert_int_equal(parse(&doc, text, NULL), PV_OK);
	root = pv_json_root(doc);
	assert_string_equal(pv_json_text(pv_json_at(root, 0), NULL),
			    "\"\\/\b\f\n\r\t\xC3\xA9\xF0\x9F\x98\x80");
	assert_true(pv_json_int(pv_json_at(root, 1), 0) == INT64_MIN);
	assert_int_equal(pv_json_type_of(pv_json_at(root, 2)), PV_JSON_INT);
	for (size_t i = 0; i < pv_array_len(reals); i++)
		assert_true(pv_json_real(pv_json_at(root, i + 3), 0) == reals[i]);
	pv_json_free(doc);
}

static void test_base_json__keeps_the_keys_of_objects_apart(void **state)
{
	static const char text[] =
		"{\"\":{\"\":1,\"b\":{\"\":2,\"a\":3}},\"a\":{\"b\":4},\"b\":5}";
	pv_json_doc *doc = NULL;
	const pv_json *root;
	const pv_json *inner;

	(void)state;
	assert_int_equal(pv_json_parse(&doc, text, strlen(text), NULL), PV_OK);
	root = pv_json_root(doc);
	inner = pv_json_get(root, "");
	assert_int_equal(pv_json_count(root), 3);
	assert_int_equal(pv_json_int(pv_json_get(inner, ""), 0), 1);
	inner = pv_json_get(inner, "b");
	assert_int_equal(pv_json_int(pv_json_get(inner, ""), 0), 2);
	assert_int_equal(pv_json_int(pv_json_get(inner, "a"), 0), 3);
	inner = pv_json_get(root, "a");
	assert_int_equal(pv_json_int(pv_json_get(inner, "b"), 0), 4);
	assert_int_equal(pv_json_int(pv_json_get(root, "b"), 0), 5);
	pv_json_free(doc);
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

static void test_base_json__lists_are_members(void **state)
{
	pv_strlist list = { 0 };
	pv_buf out = { 0 };
	pv_jsonw w;

	(void)state;
	pv_jsonw_init(&w, &out);
	pv_jsonw_object(&w);
	pv_jsonw_list(&w, "none", &list);
	assert_int_equal(pv_strlist_add(&list, "a\"", NULL), PV_OK);
	assert_int_equal(pv_strlist_add(&list, "b", NULL), PV_OK);
	pv_jsonw_list(&w, "two", &list);
	pv_jsonw_object_end(&w);
	assert_string_equal(pv_buf_text(&out),
			    "{\"none\":[],\"two\":[\"a\\\"\",\"b\"]}");
	pv_strlist_dispose(&list);
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
		cmocka_unit_test(test_base_json__says_where_it_is_wrong),
		cmocka_unit_test(test_base_json__reads_texts_and_numbers_exactly),
		cmocka_unit_test(test_base_json__keeps_the_keys_of_objects_apart),
		cmocka_unit_test(test_base_json__limits_nesting),
		cmocka_unit_test(test_base_json__writer_places_commas_and_escapes),
		cmocka_unit_test(test_base_json__lists_are_members),
		cmocka_unit_test(test_base_json__reals_read_back_exactly),
		cmocka_unit_test(test_base_json__dump_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
