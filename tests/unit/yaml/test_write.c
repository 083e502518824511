/* SPDX-License-Identifier: MIT
 *
 * New documents from JSON: how they look, and that they read back.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv/yaml.h>

#include "base/mem.h"

static void write(pv_buf *out, const char *json)
{
	pv_error err = { 0 };

	if (pv_yaml_from_json(out, json, strlen(json), &err) < 0)
		fail_msg("%s: %s", json, err.message);
}

static void test_yaml_write__makes_readable_documents(void **state)
{
	static const char *const cases[][2] = {
		{ "{\"name\":\"x\",\"n\":1.50,\"e\":[],\"o\":{}}",
		  "name: x\nn: 1.50\ne: []\no: {}\n" },
		{ "{\"messages\":[{\"role\":\"system\",\"content\":\"a\\n\\n"
		  "b\\n\"},{\"role\":\"user\"}]}",
		  "messages:\n  - role: system\n    content: |\n      a\n\n"
		  "      b\n  - role: user\n" },
		{ "{\"a\":{\"b\":{\"c\":null}}}", "a:\n  b:\n    c: null\n" },
		{ "[[1,[2]],{\"a\":[]}]", "- - 1\n  - - 2\n- a: []\n" },
		{ "\"x\"", "x\n" },
		{ "\"x\\ny\"", "|-\n  x\n  y\n" },
		{ "\" x\\ny\\n\\n\"", "|2+\n   x\n  y\n\n" },
		{ "[]", "[]\n" },
		{ "{\"no\":\"no\",\"\":\"\",\"a: b\":\"# c\"}",
		  "\"no\": \"no\"\n\"\": \"\"\n\"a: b\": \"# c\"\n" },
		{ "[\"  lead\\nx\\n\"]", "- |2\n    lead\n  x\n" },
		{ "-12e+3", "-12e+3\n" },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		pv_buf out = { 0 };

		write(&out, cases[i][0]);
		assert_string_equal(pv_buf_text(&out), cases[i][1]);
		pv_buf_dispose(&out);
	}
}

static void check_reads_back(const char *json)
{
	pv_buf text = { 0 };
	pv_buf back = { 0 };
	pv_error err = { 0 };
	pv_yaml *doc;

	write(&text, json);
	if (pv_yaml_parse(&doc, text.ptr, text.len, NULL, &err) < 0)
		fail_msg("%s\n%s", err.message, text.ptr);
	assert_int_equal(pv_yaml_to_json(&back, pv_yaml_root(doc), NULL), PV_OK);
	assert_string_equal(pv_buf_text(&back), json);
	pv_yaml_free(doc);
	pv_buf_dispose(&back);
	pv_buf_dispose(&text);
}

/* Pieces that mean something somewhere in YAML. */
static const char *const pieces[] = {
	"x",          " ",           "\\n",
	"\\n\\n",     "  ",          "\\t",
	"- ",         "? ",          ": ",
	"#",          " #",          "'",
	"\\\"",       "\\\\",        "|",
	">",          "{{ ",         " }}",
	"[",          "]",           ",",
	"&a",         "*a",          "!t",
	"%",          "@",           "`",
	"---",        "...",         "null",
	"true",       "0x1",         "1_0",
	"12:30",      "~",           "<<",
	"=",          "\\r",         "\\u0001",
	"\\u0000",    "caf\xC3\xA9", "\xF0\x9F\x98\x80",
	"2024-01-01", "off"
};

static uint64_t seed = 20261122;

static unsigned rnd(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)((seed >> 11) % below);
}

static void put_string(pv_buf *out)
{
	pv_buf_putc(out, '"');
	for (unsigned i = rnd(6); i; i--)
		pv_buf_puts(out, pieces[rnd(pv_array_len(pieces))]);
	pv_buf_putc(out, '"');
}

static void put_value(pv_buf *out, int depth)
{
	static const char *const words[] = { "null", "true", "-1.5e3", "0" };
	int is_map = rnd(2) == 0;
	unsigned count = rnd(4);

	if (depth == 0 || rnd(2)) {
		if (rnd(4))
			put_string(out);
		else
			pv_buf_puts(out, words[rnd(4)]);
		return;
	}
	pv_buf_putc(out, is_map ? '{' : '[');
	for (unsigned i = 0; i < count; i++) {
		if (i)
			pv_buf_putc(out, ',');
		if (is_map)
			pv_buf_printf(out, "\"%u%s\":", i,
				      pieces[rnd(pv_array_len(pieces) - 6)]);
		put_value(out, depth - 1);
	}
	pv_buf_putc(out, is_map ? '}' : ']');
}

static void test_yaml_write__reads_back_whatever_it_is(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		pv_buf json = { 0 };

		put_value(&json, 3);
		check_reads_back(json.ptr);
		pv_buf_dispose(&json);
	}
}

static void test_yaml_write__refuses_what_is_no_json(void **state)
{
	static const char *const cases[] = { "",
					     "{",
					     "[1,]",
					     "{\"a\":1,}",
					     "01",
					     "1.",
					     ".5",
					     "+1",
					     "-",
					     "1e",
					     "nul",
					     "NaN",
					     "'a'",
					     "\"a",
					     "\"\\x\"",
					     "\"\\u12\"",
					     "\"\\ud800\"",
					     "\"\\ud800\\u0041\"",
					     "\"\\udc00\"",
					     "\"\t\"",
					     "{\"a\":1,\"a\":2}",
					     "{1:2}",
					     "[1 2]",
					     "1 2",
					     "\"\xFF\"",
					     "{\"a\" 1}",
					     "{\"\\u0000\":1}",
					     "[{\"a\\u0000b\":1}]" };

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		pv_buf out = { 0 };
		pv_error err = { 0 };

		assert_int_equal(pv_yaml_from_json(&out, cases[i],
						   strlen(cases[i]), &err),
				 PV_EINVALID);
		assert_int_equal(strncmp(err.message, "bad JSON: ", 10), 0);
		assert_int_equal(out.len, 0);
		pv_buf_dispose(&out);
	}
}

static void test_yaml_write__decodes_surrogate_pairs(void **state)
{
	pv_buf out = { 0 };

	(void)state;
	write(&out, "\"\\ud83d\\ude00 \\/\"");
	assert_string_equal(pv_buf_text(&out), "\xF0\x9F\x98\x80 /\n");
	pv_buf_dispose(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_yaml_write__makes_readable_documents),
		cmocka_unit_test(test_yaml_write__reads_back_whatever_it_is),
		cmocka_unit_test(test_yaml_write__refuses_what_is_no_json),
		cmocka_unit_test(test_yaml_write__decodes_surrogate_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
