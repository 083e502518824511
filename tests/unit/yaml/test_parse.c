/* SPDX-License-Identifier: MIT
 *
 * Reading: spans, styles and types of nodes, what is refused and with which
 * place, limits.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <pv/yaml.h>

#include "base/mem.h"

static pv_yaml *parse(const char *text)
{
	pv_error err = { 0 };
	pv_yaml *doc = NULL;

	if (pv_yaml_parse(&doc, text, strlen(text), NULL, &err) < 0)
		fail_msg("%d:%d: %s", err.line, err.column, err.message);
	return doc;
}

static pv_yaml *parse_kept(const char *text)
{
	pv_yaml_options opts = { PV_YAML_TAGS_KEEP, 0, 0, 0 };
	pv_error err = { 0 };
	pv_yaml *doc = NULL;

	if (pv_yaml_parse(&doc, text, strlen(text), &opts, &err) < 0)
		fail_msg("%d:%d: %s", err.line, err.column, err.message);
	return doc;
}

static const pv_yaml_node *find(const pv_yaml *doc, const char *path)
{
	const pv_yaml_node *node = NULL;

	assert_int_equal(pv_yaml_find(&node, doc, path, NULL), PV_OK);
	return node;
}

static void assert_span(const pv_yaml *doc, const char *path, const char *want)
{
	const pv_yaml_node *node = find(doc, path);
	size_t len = node->end - node->start;
	const char *text = pv_yaml_text(doc, NULL) + node->start;

	if (len != strlen(want) || memcmp(text, want, len) != 0)
		fail_msg("%s: span is |%.*s|, not |%s|", path, (int)len, text,
			 want);
}

static void assert_json(const pv_yaml *doc, const char *path, const char *want)
{
	pv_buf out = { 0 };

	assert_int_equal(pv_yaml_to_json(&out, find(doc, path), NULL), PV_OK);
	assert_string_equal(pv_buf_text(&out), want);
	pv_buf_dispose(&out);
}

/* --- spans --------------------------------------------------------------- */

struct span_case {
	const char *text;
	const char *path;
	const char *span;
};

static const struct span_case span_cases[] = {
	{ "a: b\n", "a", "b" },
	{ "a: b", "a", "b" },
	{ "a:   b   # c\n", "a", "b" },
	{ "a: 'b c'\n", "a", "'b c'" },
	{ "a: \"b\\n\"  # c\n", "a", "\"b\\n\"" },
	{ "a: b\n  c\n\n  d # e\n", "a", "b\n  c\n\n  d" },
	{ "a: [1, 2]  # c\n", "a", "[1, 2]" },
	{ "a: {b: 1, c: 2 }\n", "a", "{b: 1, c: 2 }" },
	{ "a: {b: 1, c: 2 }\n", "a.c", "2" },
	{ "a: [\n  x, # y\n  z\n]\n", "a[1]", "z" },
	{ "a: [b: c, d]\n", "a[0]", "b: c" },
	{ "a: [b: c, d]\n", "a", "[b: c, d]" },
	/* values that are not written */
	{ "a:\nb: 1\n", "a", "" },
	{ "a: {b: , c}\n", "a.b", "" },
	{ "a: {b: , c}\n", "a.c", "" },
	/* block collections end with their last child */
	{ "a:\n  b: 1\n\n# c\nd: 2\n", "a", "b: 1" },
	{ "a:\n- b # c\n- d\n\n\n", "a", "- b # c\n- d" },
	{ "a:\n  - b: 1\n    c: 2\n  - d\n", "a[0]", "b: 1\n    c: 2" },
	{ "- - a\n  - b\n- c\n", "[0]", "- a\n  - b" },
	{ "? a\n: b\n", "a", "b" },
	{ "? a\n? b\n", "a", "" },
	/* block scalars */
	{ "a: |\n  b\n  c\nd: 1\n", "a", "|\n  b\n  c" },
	{ "a: |\n  b\n\n\nd: 1\n", "a", "|\n  b" },
	{ "a: |+\n  b\n\n\nd: 1\n", "a", "|+\n  b\n\n" },
	{ "a: |-  # c\n  b\n\n", "a", "|-  # c\n  b" },
	{ "a: >2\n    b\n  c\n# d\n", "a", ">2\n    b\n  c" },
	{ "a: |\n  b\n   \n  \n", "a", "|\n  b\n   " },
	{ "a: |\n  b\n# c\n", "a", "|\n  b" },
	{ "a: |\n  b", "a", "|\n  b" },
	{ "a: |\n\nb: 1\n", "a", "|" },
	{ "a: |1\n\n  \n \n", "a", "|1\n\n  " },
	{ "a: |\r\n  b\r\n\r\nc: 1\r\n", "a", "|\r\n  b" },
	/* properties stand before the content */
	{ "a: &x b\nc: *x\n", "a", "b" },
	{ "a: &x b\nc: *x\n", "c", "*x" },
	{ "a: !!str 12\n", "a", "12" },
	{ "a: ! 12\n", "a", "12" },
	{ "a: &x !!str \"12\" # c\n", "a", "\"12\"" },
	{ "a: !!map &x # c\n\n  b: 1\n", "a", "b: 1" },
	{ "a: &x !!seq\n- 1\n", "a", "- 1" },
	{ "a: !!str\nb: 1\n", "a", "" },
	{ "a: &x [1]\n", "a", "[1]" },
	{ "a: !<tag:yaml.org,2002:str> b\n", "a", "b" },
	/* a property ends with its own characters, or at libyaml's breaks */
	{ "a: &x:b\n", "a", ":b" },
	{ "a: !\xE2\x80\xA8 'b'\n", "a", "'b'" },
	{ "a: b # c\xC2\x85"
	  "d: e\n",
	  "d", "e" },
	/* bytes, not characters */
	{ "\xC3\xA9: \xE2\x82\xAC \xF0\x9F\x98\x80\nb: c\n", "b", "c" },
	{ "\xC3\xA9: \xE2\x82\xAC \xF0\x9F\x98\x80\nb: c\n", "\xC3\xA9",
	  "\xE2\x82\xAC \xF0\x9F\x98\x80" },
	{ "\xEF\xBB\xBF"
	  "a: b\n",
	  "a", "b" },
	{ "\xEF\xBB\xBF"
	  "a: \xC3\xA9\xC3\xA9 # \xC3\xA9\nb: |\n \xC3\xA9\nc: d\n",
	  "c", "d" },
	/* whole documents */
	{ "---\na: b\n...\n", "", "a: b" },
	{ "--- # c\n", "", "" },
	{ "# c\n", "", "" },
	{ "", "", "" },
	{ "--- |\n b\n", "", "|\n b" },
};

static void test_yaml_parse__gives_exact_spans(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(span_cases); i++) {
		pv_yaml *doc = parse(span_cases[i].text);

		assert_span(doc, span_cases[i].path, span_cases[i].span);
		pv_yaml_free(doc);
	}
}

static void test_yaml_parse__counts_lines_and_columns(void **state)
{
	static const struct {
		const char *text;
		const char *path;
		int line;
		int column;
	} cases[] = {
		{ "a: b\n", "a", 1, 4 },
		{ "a:\r\n  - b\r\n  - c\r\n", "a[1]", 3, 5 },
		{ "a: b\rc: d\r", "c", 2, 4 },
		{ "\xC3\xA9\xC3\xA9: b\n", "\xC3\xA9\xC3\xA9", 1, 5 },
		{ "a: &x\n  !!str\n  b\n", "a", 3, 3 },
		{ "a: \"x\xE2\x80\xA8y\"\nb: c\n", "b", 2, 4 },
		{ "a:\nb: 1\n", "a", 1, 3 },
		{ "? k0", "k0", 1, 5 },
		{ "? k0\n", "k0", 1, 5 },
		{ "\xEF\xBB\xBF"
		  "a: b\n",
		  "a", 1, 4 },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		pv_yaml *doc = parse(cases[i].text);
		const pv_yaml_node *node = find(doc, cases[i].path);

		assert_int_equal(node->line, cases[i].line);
		assert_int_equal(node->column, cases[i].column);
		pv_yaml_free(doc);
	}
}

static void test_yaml_parse__tells_styles(void **state)
{
	pv_yaml *doc = parse("a: b\nb: 'b'\nc: \"b\"\nd: |\n  b\ne: >\n  b\n"
			     "f: [1]\ng: {a: 1}\nh:\n- 1\n");
	static const enum pv_yaml_style want[] = {
		PV_YAML_PLAIN,   PV_YAML_SINGLE_QUOTED, PV_YAML_DOUBLE_QUOTED,
		PV_YAML_LITERAL, PV_YAML_FOLDED,        PV_YAML_FLOW,
		PV_YAML_FLOW,    PV_YAML_BLOCK
	};
	const pv_yaml_node *node = pv_yaml_root(doc)->first;

	(void)state;
	assert_int_equal(pv_yaml_root(doc)->style, PV_YAML_BLOCK);
	assert_int_equal(pv_yaml_root(doc)->count, pv_array_len(want));
	for (size_t i = 0; i < pv_array_len(want); i++, node = node->next)
		assert_int_equal(node->style, want[i]);
	assert_null(node);
	pv_yaml_free(doc);
}

static void test_yaml_parse__keeps_tags_and_anchors(void **state)
{
	pv_yaml *doc = parse_kept("a: !T &x {b: 1}\nc: *x\n");
	const pv_yaml_node *node = pv_yaml_get(pv_yaml_root(doc), "a");
	const pv_yaml_node *alias = pv_yaml_get(pv_yaml_root(doc), "c");

	(void)state;
	assert_string_equal(node->tag, "!T");
	assert_string_equal(node->anchor, "x");
	assert_int_equal(node->outer_start, 3);
	assert_int_equal(alias->kind, PV_YAML_ALIAS);
	assert_ptr_equal(pv_yaml_resolve(alias), node);
	assert_ptr_equal(pv_yaml_get(alias, "b"), node->first);
	pv_yaml_free(doc);
}

/* --- types --------------------------------------------------------------- */

static void test_yaml_parse__follows_the_core_schema(void **state)
{
	static const char *const cases[][2] = {
		{ "no", "\"no\"" },
		{ "on", "\"on\"" },
		{ "Yes", "\"Yes\"" },
		{ "true", "true" },
		{ "False", "false" },
		{ "TRUE", "true" },
		{ "tRUE", "\"tRUE\"" },
		{ "~", "null" },
		{ "Null", "null" },
		{ "nULL", "\"nULL\"" },
		{ "", "null" },
		{ "12:30", "\"12:30\"" },
		{ "2024-01-01", "\"2024-01-01\"" },
		{ "1_000", "\"1_000\"" },
		{ "0644", "644" },
		{ "0o644", "420" },
		{ "0o8", "\"0o8\"" },
		{ "0xfF", "255" },
		{ "0x", "\"0x\"" },
		{ "-0x1", "\"-0x1\"" },
		{ "0b11", "\"0b11\"" },
		{ "+12", "12" },
		{ "-007", "-7" },
		{ "-", "[null]" },
		{ "+", "\"+\"" },
		{ ".", "\".\"" },
		{ "..", "\"..\"" },
		{ "1.", "1.0" },
		{ ".5", "0.5" },
		{ "-.5e+3", "-0.5e+3" },
		{ "1.10", "1.10" },
		{ "1e3", "1e3" },
		{ "1e", "\"1e\"" },
		{ "1.2.3", "\"1.2.3\"" },
		{ ".inf", "\".inf\"" },
		{ "+.Inf", "\".inf\"" },
		{ "-.INF", "\"-.inf\"" },
		{ ".NaN", "\".nan\"" },
		{ "-.nan", "\"-.nan\"" },
		{ "9223372036854775808", "9223372036854775808" },
		{ "0xffffffffffffffffffffffff", "79228162514264337593543950335" },
		{ "!!str 123", "\"123\"" },
		{ "! 123", "\"123\"" },
		{ "!!int \"123\"", "123" },
		{ "!!float 1", "1.0" },
		{ "!!float 0x10", "16.0" },
		{ "!!bool \"true\"", "true" },
		{ "!!null ''", "null" },
		{ "'123'", "\"123\"" },
		{ "|\n 123", "\"123\"" },
		{ "\"\\0\\u00e9\\U0001F600\"",
		  "\"\\u0000\xC3\xA9\xF0\x9F\x98\x80\"" },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		pv_yaml *doc = parse(cases[i][0]);

		assert_json(doc, "", cases[i][1]);
		pv_yaml_free(doc);
	}
}

static void test_yaml_parse__reads_streams(void **state)
{
	static const char text[] = "a: &x 1\n---\n[*x]\n";
	static const char good[] = "a: 1\n---\n- b\n--- c\n";
	pv_yaml_options opts = { PV_YAML_TAGS_CORE, 1, 0, 0 };
	pv_yaml *doc;

	(void)state;
	/* anchors end with their document */
	assert_int_equal(pv_yaml_parse(&doc, text, strlen(text), &opts, NULL),
			 PV_ESYNTAX);
	assert_int_equal(pv_yaml_parse(&doc, good, strlen(good), &opts, NULL),
			 PV_OK);
	assert_int_equal(pv_yaml_root(doc)->kind, PV_YAML_STREAM);
	assert_json(doc, "", "[{\"a\":1},[\"b\"],\"c\"]");
	assert_json(doc, "[1][0]", "\"b\"");
	pv_yaml_free(doc);
	assert_int_equal(pv_yaml_parse(&doc, "", 0, &opts, NULL), PV_OK);
	assert_json(doc, "", "[]");
	pv_yaml_free(doc);
}

/* --- refusals ------------------------------------------------------------ */

static void test_yaml_parse__refuses_with_a_place(void **state)
{
	static const struct {
		const char *text;
		int line;
		int column;
		const char *message; /* part of it */
	} cases[] = {
		{ "a: 1\na: 2\n", 2, 1, "duplicate key \"a\" (first on line 1)" },
		{ "a: 1\n'a': 2\n", 2, 1, "duplicate key" },
		{ "a: 1\nb: 2\nb: 3\na: 4\n", 3, 1,
		  "duplicate key \"b\" (first on line 2)" },
		{ "ab: 1\n\"\": 2\nba: 3\n'': 4\n", 4, 1,
		  "duplicate key \"\" (first on line 2)" },
		{ "- {\"a\": 1, a: 2}\n", 1, 12, "duplicate key" },
		{ "? [a]\n: 1\n", 1, 3, "must be a scalar" },
		{ "a: {{ name }}\n", 1, 5, "must be a scalar" },
		{ "~: 1\n", 1, 1, "must not be null" },
		{ "? !!null x\n", 1, 10, "does not fit" },
		{ "\"a\\0\": 1\n", 1, 1, "NUL" },
		{ "a: *x\n", 1, 4, "not defined" },
		{ "a: &x [*x]\n", 1, 8, "contains itself" },
		{ "a: 1\n---\nb: 1\n", 2, 1, "more than one document" },
		{ "a: !x 1\n", 1, 7, "\"!x\" is not allowed" },
		{ "a: !!python/name:os 1\n", 1, 21, "\"!!python/name:os\"" },
		{ "a: !!int b\n", 1, 10, "\"!!int\" does not fit" },
		{ "a: !!map [1]\n", 1, 10, "wrong kind" },
		{ "a: !!seq 1\n", 1, 10, "on a scalar" },
		{ "a: b: c\n", 1, 5, "not allowed in this context" },
		{ "a: \xFF\n", 1, 4, "UTF-8" },
		{ "\xC3\xA9: \xC0\xAF\n", 1, 4, "UTF-8" },
		{ "\xFE\xFF", 1, 1, "not UTF-8" },
		/* what the text ends inside of is reported where it began */
		{ "a: \"x\nb: 1\n", 1, 4, "end of stream" },
		{ "a: 'x\n", 1, 4, "end of stream" },
		{ "b: 1\na: [x\n", 2, 4, "flow sequence" },
		{ "a: 1\nfoo\n", 2, 1, "could not find expected ':'" },
		/* only LF, CRLF and CR break lines */
		{ "a: x\xC2\x85 y\n@", 2, 1, "cannot start any token" },
		{ "a: \"\xE2\x80\xA8\xE2\x80\xA9\"\r@", 2, 1, "cannot start" },
		{ "a: \"\xE2\x80\xA8\"\r\n---\n", 2, 1, "more than one document" },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		pv_error err = { 0 };
		pv_yaml *doc = NULL;
		int rc = pv_yaml_parse(&doc, cases[i].text,
				       strlen(cases[i].text), NULL, &err);

		assert_int_equal(rc, PV_ESYNTAX);
		assert_null(doc);
		if (!strstr(err.message, cases[i].message))
			fail_msg("%s: %s", cases[i].text, err.message);
		assert_int_equal(err.line, cases[i].line);
		assert_int_equal(err.column, cases[i].column);
	}
}

static void test_yaml_parse__hints_at_unquoted_templates(void **state)
{
	static const char *const texts[] = { "a: {{ name }}\n",
					     "a: {% if x %}\n", "a: %x\n" };

	(void)state;
	for (size_t i = 0; i < pv_array_len(texts); i++) {
		pv_error err = { 0 };
		pv_yaml *doc;

		assert_int_equal(pv_yaml_parse(&doc, texts[i], strlen(texts[i]),
					       NULL, &err),
				 PV_ESYNTAX);
		assert_non_null(strstr(err.hint, "put quotes around"));
	}
}

static void test_yaml_parse__says_how_to_mend_what_people_write(void **state)
{
	static const struct {
		const char *text;
		const char *hint;
	} rows[] = {
		{ "title: Order: the one\n", "quotes around a text with \": \"" },
		{ "pattern: \"^\\d+$\"\n", "single quotes" },
		{ "enum: [a, *]\n", "starts with \"*\"" },
		{ "a: 'it's'\n", "quotes that end too early" },
		{ "\ta: 1\n", "indent with blanks" },
		{ "a:\n\tb: 1\n", "indent with blanks" },
		{ "a:\n  - 1\n - 2\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		pv_error err = { 0 };
		pv_yaml *doc;

		assert_int_equal(pv_yaml_parse(&doc, rows[i].text,
					       strlen(rows[i].text), NULL, &err),
				 PV_ESYNTAX);
		if (!strstr(err.hint, rows[i].hint))
			fail_msg("%s: %s (%s)", rows[i].text, err.hint,
				 err.message);
	}
}

static void test_yaml_parse__gives_no_hint_where_quotes_do_not_help(void **state)
{
	static const char *const texts[] = {
		"%YAML 1.3\n---\n",
		"%YAML 1.2\n%YAML 1.2\n---\n",
		"a: !%zz x\n",
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(texts); i++) {
		pv_error err = { 0 };
		pv_yaml *doc;

		assert_int_equal(pv_yaml_parse(&doc, texts[i], strlen(texts[i]),
					       NULL, &err),
				 PV_ESYNTAX);
		assert_string_equal(err.hint, "");
	}
}

static void test_yaml_parse__refuses_raw_nul_and_utf16(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		int column;
		const char *message;
	} cases[] = {
		{ "abcd: e\0", 8, 8, "control" }, { "a\0", 2, 2, "control" },
		{ "ab\0\0", 4, 3, "control" },    { "a\0:\0", 4, 1, "UTF-16" },
		{ "\0a\0:", 4, 1, "UTF-16" },     { "a\0\0\0", 4, 1, "UTF-32" },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		pv_error err = { 0 };
		pv_yaml *doc;

		assert_int_equal(pv_yaml_parse(&doc, cases[i].text,
					       cases[i].len, NULL, &err),
				 PV_ESYNTAX);
		assert_int_equal(err.column, cases[i].column);
		assert_non_null(strstr(err.message, cases[i].message));
	}
}

/* `count` tag directives, each on a line, with a comment in between. */
static int parse_directives(int count, const char *before, pv_error *err)
{
	pv_buf text = { 0 };
	pv_yaml *doc;
	int rc;

	pv_buf_puts(&text, before);
	for (int i = 0; i < count; i++)
		pv_buf_printf(&text, "%%TAG !t%d! tag:x,2000:\n\n# c\n", i);
	pv_buf_puts(&text, "--- a\n");
	rc = pv_yaml_parse(&doc, text.ptr, text.len,
			   &(pv_yaml_options){ .streams = 1 }, err);
	if (rc == PV_OK)
		pv_yaml_free(doc);
	pv_buf_dispose(&text);
	return rc;
}

static void test_yaml_parse__limits_directives(void **state)
{
	const int most = PV_YAML_MAX_DIRECTIVES;
	pv_error err = { 0 };

	(void)state;
	assert_int_equal(parse_directives(most, "", NULL), PV_OK);
	assert_int_equal(parse_directives(most, "%TAG !x! x\n---\na\n...\n", NULL),
			 PV_OK);
	assert_int_equal(parse_directives(most + 1, "", &err), PV_ELIMIT);
	assert_int_equal(err.line, 3 * most + 1);
	assert_non_null(strstr(err.message, "100 directives"));
	assert_int_equal(parse_directives(most + 1, "a\n...\n", NULL), PV_ELIMIT);
	/* libyaml would need minutes */
	assert_int_equal(parse_directives(100000, "", NULL), PV_ELIMIT);
}

static void test_yaml_parse__keeps_duplicates_on_request(void **state)
{
	pv_yaml_options opts = { PV_YAML_TAGS_CORE, 0, 1, 0 };
	pv_yaml *doc;

	(void)state;
	assert_int_equal(pv_yaml_parse(&doc, "a: 1\na: 2\n", 10, &opts, NULL),
			 PV_OK);
	assert_int_equal(pv_yaml_root(doc)->count, 2);
	pv_yaml_free(doc);
}

static void test_yaml_parse__takes_an_alias_as_key(void **state)
{
	pv_yaml *doc = parse("a: &k key\n*k : v\n");

	(void)state;
	assert_json(doc, "key", "\"v\"");
	pv_yaml_free(doc);
}

static void test_yaml_parse__reads_merge_keys_as_keys(void **state)
{
	pv_yaml *doc = parse("a: &x {b: 1}\nc:\n  <<: *x\n");

	(void)state;
	assert_json(doc, "c", "{\"<<\":{\"b\":1}}");
	pv_yaml_free(doc);
}

/* --- limits -------------------------------------------------------------- */

static int parse_code(const pv_buf *text)
{
	pv_yaml *doc = NULL;
	int rc = pv_yaml_parse(&doc, text->ptr, text->len, NULL, NULL);

	pv_yaml_free(doc);
	return rc;
}

static void test_yaml_parse__limits_depth(void **state)
{
	pv_buf text = { 0 };

	(void)state;
	for (int i = 0; i < PV_YAML_MAX_DEPTH; i++)
		pv_buf_putc(&text, '[');
	for (int i = 0; i < PV_YAML_MAX_DEPTH; i++)
		pv_buf_putc(&text, ']');
	assert_int_equal(parse_code(&text), PV_OK);
	pv_buf_clear(&text);
	for (int i = 0; i <= PV_YAML_MAX_DEPTH; i++)
		pv_buf_puts(&text, "- ");
	assert_int_equal(parse_code(&text), PV_ELIMIT);
	pv_buf_dispose(&text);
}

static void test_yaml_parse__limits_depth_through_aliases(void **state)
{
	pv_buf text = { 0 };

	(void)state;
	pv_buf_puts(&text, "- &a0 []\n");
	for (int i = 1; i <= PV_YAML_MAX_DEPTH; i++)
		pv_buf_printf(&text, "- &a%d [*a%d]\n", i, i - 1);
	assert_int_equal(parse_code(&text), PV_ELIMIT);
	pv_buf_dispose(&text);
}

static void test_yaml_parse__stops_alias_bombs(void **state)
{
	pv_buf text = { 0 };

	(void)state;
	pv_buf_puts(&text, "- &a0 [x,x,x,x,x,x,x,x,x,x]\n");
	for (int i = 1; i < 10; i++)
		pv_buf_printf(&text, "- &a%d [*a%d,*a%d,*a%d,*a%d,*a%d]\n", i,
			      i - 1, i - 1, i - 1, i - 1, i - 1);
	assert_int_equal(parse_code(&text), PV_ELIMIT);
	pv_buf_dispose(&text);
}

static void test_yaml_parse__limits_expanded_text(void **state)
{
	pv_buf text = { 0 };

	(void)state;
	pv_buf_puts(&text, "- &a ");
	for (int i = 0; i < 1 << 16; i++)
		pv_buf_putc(&text, 'x');
	for (int i = 0; i < 3000; i++)
		pv_buf_puts(&text, "\n- *a");
	assert_int_equal(parse_code(&text), PV_ELIMIT);
	pv_buf_dispose(&text);
}

static void test_yaml_parse__limits_aliases(void **state)
{
	pv_buf text = { 0 };

	(void)state;
	pv_buf_puts(&text, "- &a x\n");
	for (int i = 0; i < PV_YAML_MAX_ALIASES; i++)
		pv_buf_puts(&text, "- *a\n");
	assert_int_equal(parse_code(&text), PV_OK);
	pv_buf_puts(&text, "- *a\n");
	assert_int_equal(parse_code(&text), PV_ELIMIT);
	pv_buf_dispose(&text);
}

static void test_yaml_parse__limits_size(void **state)
{
	pv_yaml_options opts = { PV_YAML_TAGS_CORE, 0, 0, 4 };
	pv_yaml *doc;

	(void)state;
	assert_int_equal(pv_yaml_parse(&doc, "a: b", 4, &opts, NULL), PV_OK);
	pv_yaml_free(doc);
	assert_int_equal(pv_yaml_parse(&doc, "a: b\n", 5, &opts, NULL),
			 PV_ELIMIT);
}

static void test_yaml_parse__finds_a_duplicate_among_many_keys(void **state)
{
	pv_buf text = { 0 };

	(void)state;
	for (int i = 0; i < 20000; i++)
		pv_buf_printf(&text, "k%d: 1\n", i);
	assert_int_equal(parse_code(&text), PV_OK);
	pv_buf_puts(&text, "k777: 1\n");
	assert_int_equal(parse_code(&text), PV_ESYNTAX);
	pv_buf_dispose(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_yaml_parse__gives_exact_spans),
		cmocka_unit_test(test_yaml_parse__counts_lines_and_columns),
		cmocka_unit_test(test_yaml_parse__tells_styles),
		cmocka_unit_test(test_yaml_parse__keeps_tags_and_anchors),
		cmocka_unit_test(test_yaml_parse__follows_the_core_schema),
		cmocka_unit_test(test_yaml_parse__reads_streams),
		cmocka_unit_test(test_yaml_parse__refuses_with_a_place),
		cmocka_unit_test(test_yaml_parse__hints_at_unquoted_templates),
		cmocka_unit_test(
			test_yaml_parse__says_how_to_mend_what_people_write),
		cmocka_unit_test(
			test_yaml_parse__gives_no_hint_where_quotes_do_not_help),
		cmocka_unit_test(test_yaml_parse__refuses_raw_nul_and_utf16),
		cmocka_unit_test(test_yaml_parse__limits_directives),
		cmocka_unit_test(test_yaml_parse__keeps_duplicates_on_request),
		cmocka_unit_test(test_yaml_parse__takes_an_alias_as_key),
		cmocka_unit_test(test_yaml_parse__reads_merge_keys_as_keys),
		cmocka_unit_test(test_yaml_parse__limits_depth),
		cmocka_unit_test(test_yaml_parse__limits_depth_through_aliases),
		cmocka_unit_test(test_yaml_parse__stops_alias_bombs),
		cmocka_unit_test(test_yaml_parse__limits_expanded_text),
		cmocka_unit_test(test_yaml_parse__limits_aliases),
		cmocka_unit_test(test_yaml_parse__limits_size),
		cmocka_unit_test(
			test_yaml_parse__finds_a_duplicate_among_many_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
