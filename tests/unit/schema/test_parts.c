/* SPDX-License-Identifier: MIT
 *
 * The parts that validating rests on: exact numbers, equality and hashes,
 * references between documents, regular expressions of another dialect.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "schema/pattern.h"
#include "schema/uri.h"
#include "schema/value.h"

static const pv_value *value_of(pv_arena *arena, const char *json)
{
	const pv_value *value = NULL;
	pv_error err = { 0 };

	if (pv_value_read(&value, arena, pv_str_of(json), &err) < 0)
		fail_msg("%s: %s", json, err.message);
	return value;
}

static void test_schema_parts__numbers_compare_exactly(void **state)
{
	/* In order; equal ones on one line. */
	static const char *const rows[][4] = {
		{ "-1e400" },
		{ "-9223372036854775809" },
		{ "-9223372036854775808", "-9223372036854775808.0" },
		{ "-1.5", "-15e-1", "-0.15E1" },
		{ "-1e-400" },
		{ "0", "-0", "0.0", "0e5" },
		{ "0.1", "1e-1", "0.10", "100e-3" },
		{ "0.1000000000000000055511151231257827" },
		{ "3", "3.0", "30e-1", "0.3e1" },
		{ "9007199254740992" },
		{ "9007199254740993", "9007199254740993.0" },
		{ "9223372036854775807" },
		{ "9223372036854775808", "9.223372036854775808e18" },
		{ "123456789012345678901234567890" },
		{ "123456789012345678901234567891" },
		{ "1e400", "10e399" },
	};
	pv_arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++)
		for (size_t j = 0; j < pv_array_len(rows); j++)
			for (size_t k = 0; k < 4 && rows[j][k]; k++) {
				const pv_value *a = value_of(&arena, rows[i][0]);
				const pv_value *b = value_of(&arena, rows[j][k]);
				int want = (i > j) - (i < j);

				assert_int_equal(pv_value_cmp_numbers(a, b),
						 want);
				assert_int_equal(pv_value_equal(a, b), !want);
				if (!want)
					assert_true(pv_value_hash(a) ==
						    pv_value_hash(b));
			}
	pv_arena_dispose(&arena);
}

static void test_schema_parts__multiples_are_exact(void **state)
{
	static const struct {
		const char *value;
		const char *unit;
		int want;
	} rows[] = {
		{ "19.99", "0.01", 1 },
		{ "19.995", "0.01", 0 },
		{ "0.0075", "0.0001", 1 },
		{ "0.00751", "0.0001", 0 },
		{ "0", "0.3", 1 },
		{ "-4.5", "1.5", 1 },
		{ "1e308", "0.5", 1 },
		{ "1e308", "0.123456789", 0 },
		{ "1e400", "3", 0 },
		{ "9007199254740993", "3", 1 },
		{ "9007199254740994", "3", 0 },
		{ "246913578024691357802469135780",
		  "123456789012345678901234567890", 1 },
		{ "246913578024691357802469135781",
		  "123456789012345678901234567890", 0 },
		{ "2469135780.2469135780246913578",
		  "1234567890.1234567890123456789", 1 },
		{ "30", "20", 0 },
		{ "20", "0.00000000000000000001", 1 },
		{ "1", "3e5", 0 },
	};
	pv_arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++)
		if (pv_value_is_multiple(value_of(&arena, rows[i].value),
					 value_of(&arena, rows[i].unit)) !=
		    rows[i].want)
			fail_msg("%s of %s", rows[i].value, rows[i].unit);
	pv_arena_dispose(&arena);
}

static void test_schema_parts__values_are_equal_in_any_order(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		int want;
	} rows[] = {
		{ "{\"a\": 1, \"b\": [1.0]}", "{\"b\": [1], \"a\": 1}", 1 },
		{ "{\"a\": 1}", "{\"a\": 1, \"b\": 2}", 0 },
		{ "{\"a\": 1, \"c\": 2}", "{\"a\": 1, \"b\": 2}", 0 },
		{ "[1, 2]", "[2, 1]", 0 },
		{ "\"\\u00e9\\n\"", "\"é\\n\"", 1 },
		{ "\"\\ud83d\\udc32\"", "\"🐲\"", 1 },
		{ "false", "0", 0 },
		{ "null", "false", 0 },
		{ "\"1\"", "1", 0 },
		{ "{}", "[]", 0 },
	};
	pv_arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		const pv_value *a = value_of(&arena, rows[i].a);
		const pv_value *b = value_of(&arena, rows[i].b);

		assert_int_equal(pv_value_equal(a, b), rows[i].want);
		if (rows[i].want)
			assert_true(pv_value_hash(a) == pv_value_hash(b));
	}
	pv_arena_dispose(&arena);
}

/* RFC 3986, 5.4, without the fragments, which resolving drops. */
static void test_schema_parts__references_resolve(void **state)
{
	static const char *const rows[][3] = {
		{ "http://a/b/c/d;p?q", "g:h", "g:h" },
		{ "http://a/b/c/d;p?q", "g", "http://a/b/c/g" },
		{ "http://a/b/c/d;p?q", "./g", "http://a/b/c/g" },
		{ "http://a/b/c/d;p?q", "g/", "http://a/b/c/g/" },
		{ "http://a/b/c/d;p?q", "/g", "http://a/g" },
		{ "http://a/b/c/d;p?q", "//g", "http://g" },
		{ "http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y" },
		{ "http://a/b/c/d;p?q", "g?y#s", "http://a/b/c/g?y" },
		{ "http://a/b/c/d;p?q", "#s", "http://a/b/c/d;p?q" },
		{ "http://a/b/c/d;p?q", ";x", "http://a/b/c/;x" },
		{ "http://a/b/c/d;p?q", "", "http://a/b/c/d;p?q" },
		{ "http://a/b/c/d;p?q", ".", "http://a/b/c/" },
		{ "http://a/b/c/d;p?q", "..", "http://a/b/" },
		{ "http://a/b/c/d;p?q", "../g", "http://a/b/g" },
		{ "http://a/b/c/d;p?q", "../..", "http://a/" },
		{ "http://a/b/c/d;p?q", "../../../g", "http://a/g" },
		{ "http://a/b/c/d;p?q", "/./g", "http://a/g" },
		{ "http://a/b/c/d;p?q", "g.", "http://a/b/c/g." },
		{ "http://a/b/c/d;p?q", "./../g", "http://a/b/g" },
		{ "http://a/b/c/d;p?q", "g;x=1/../y", "http://a/b/c/y" },
		{ "http://a", "b", "http://a/b" },
		{ "", "a/b.json#/c", "a/b.json" },
		{ "urn:uuid:1-2", "#/a", "urn:uuid:1-2" },
		{ "file:///x/y.json", "z.json", "file:///x/z.json" },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		pv_buf got = { 0 };

		pv_uri_resolve(&got, pv_str_of(rows[i][0]),
			       pv_str_of(rows[i][1]));
		assert_string_equal(pv_buf_text(&got), rows[i][2]);
		pv_buf_dispose(&got);
	}
}

static void test_schema_parts__patterns_are_those_of_ecma(void **state)
{
	static const struct {
		const char *pattern;
		const char *text;
		int want; /* PV_EINVALID: not a pattern */
	} rows[] = {
		{ "b", "abc", 1 },
		{ "^b", "abc", 0 },
		{ "a$", "a\n", 0 },
		{ "^.$", "\n", 0 },
		{ "^.$", "🐲", 1 },
		{ "^\\S$", "\xc2\xa0", 0 },
		{ "^[\\s]$", "\xef\xbb\xbf", 1 },
		{ "^\\d$", "\xd9\xa1", 0 },
		{ "^\\w$", "é", 0 },
		{ "^\\v$", "\v", 1 },
		{ "^\\cA\\x41\\u0042\\u{43}$", "\001ABC", 1 },
		{ "^\\ud83d\\udc32*$", "🐲🐲", 1 },
		{ "^\\p{Letter}\\p{gc=Lu}\\P{L}$", "eÉ1", 1 },
		{ "^\\p{Script=Greek}$", "α", 1 },
		{ "^[^]$", "\n", 1 },
		{ "[]", "a", 0 },
		{ "^[[:alpha:]]$", ":]", 1 },
		{ "^\\-\\_\\@$", "-_@", 1 },
		{ "^{a}$", "{a}", 1 },
		{ "^a{2}$", "aa", 1 },
		{ "(?<y>a)\\k<y>", "aa", 1 },
		{ "(?<!a)b", "ab", 0 },
		{ "a++", "a", PV_EINVALID },
		{ "*a", "a", PV_EINVALID },
		{ "(?i)a", "a", PV_EINVALID },
		{ "(*UTF)a", "a", PV_EINVALID },
		{ "[a", "a", PV_EINVALID },
		{ "(a", "a", PV_EINVALID },
		{ "\\", "a", PV_EINVALID },
		{ "\\u12", "a", PV_EINVALID },
		{ "\\ud800", "a", PV_EINVALID },
		{ "[b-a]", "a", PV_EINVALID },
		{ "\\p{Nothing}", "a", PV_EINVALID },
	};
	pv_matcher matcher = { 0 };

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		pv_pattern *pattern = NULL;
		int got = pv_pattern_new(&pattern, pv_str_of(rows[i].pattern),
					 NULL);

		if (got == PV_OK)
			got = pv_pattern_find(pattern, &matcher,
					      pv_str_of(rows[i].text), NULL);
		if (got != rows[i].want)
			fail_msg("/%s/ with \"%s\": %d", rows[i].pattern,
				 rows[i].text, got);
		pv_pattern_free(pattern);
	}
	pv_matcher_dispose(&matcher);
}

/* What matches at once matches as PCRE2 does; "(?:)" keeps it from being plain. */
static void compare_plain(pv_matcher *matcher, const char *text, int is_plain)
{
	static const char *const subjects[] = {
		"",           "a",        "aa",        "aab",      "ab",
		"b",          "-",        "a-",        "AB-12",    "ABC-1",
		"ABC-123",    "ABC-123x", "12345",     "1234",     "123456",
		"x-y",        "x-",       "a.b",       "a\\b",     "a]b",
		"\n",         "12345\n",  "a\xc3\xa4", "\xc3\xa4", "_9",
		"2024-02-30", "a\tb",     "aaaa",      "ba",       "a1b2",
		"^",          "$",
	};
	char searched[80];
	pv_pattern *plain = NULL;
	pv_pattern *other = NULL;
	pv_error err = { 0 };

	(void)snprintf(searched, sizeof(searched), "(?:)%s", text);
	assert_int_equal(pv_pattern_new(&plain, pv_str_of(text), &err), PV_OK);
	assert_int_equal(pv_pattern_new(&other, pv_str_of(searched), &err),
			 PV_OK);
	assert_int_equal(pv_pattern_plain(plain) != NULL, is_plain);
	assert_null(pv_pattern_plain(other));
	for (size_t i = 0; i < pv_array_len(subjects); i++) {
		pv_str subject = pv_str_of(subjects[i]);

		if (pv_pattern_find(plain, matcher, subject, &err) !=
		    pv_pattern_find(other, matcher, subject, &err))
			fail_msg("/%s/ and \"%s\"", text, subjects[i]);
	}
	pv_pattern_free(plain);
	pv_pattern_free(other);
}

static void test_schema_parts__plain_patterns_match_as_others(void **state)
{
	static const char *const plain[] = {
		"^",
		"^$",
		"^a",
		"^a$",
		"^[A-Z]{3}-[0-9]+$",
		"^[0-9]{5}$",
		"^\\d{5}$",
		"^x-",
		"^a?b$",
		"^a*b*$",
		"^[a-z]{2,3}$",
		"^[a-z]{1,}-?$",
		"^a\\.b$",
		"^a\\\\b$",
		"^[\\]a]+$",
		"^[\\w-]+$",
		"^[a-]+$",
		"^\\d{4}-\\d{2}-\\d{2}$",
		"^[a-f0-9]{1,4}",
		"^a{2}a*$",
		"^[\\^$]$",
		"^a{0}b$",
		"^[+*.]?[a-z]$",
	};
	static const char *const others[] = {
		"a",        "^a|b$",  "^(a)$",  "^a+a$",      "^a*ab$",
		"^[^a]$",   "^.$",    "^a+?b$", "^a?b?a$",    "^\\s$",
		"^a$b",     "^\\D+$", "^\\ba$", "^\xc3\xa4$", "^[\\x61]$",
		"^a{0,1}a", "^\\W$",  "^^a",    "^\\u0061$",  "^[a-z&&b]+b",
	};
	pv_matcher matcher = { 0 };

	(void)state;
	for (size_t i = 0; i < pv_array_len(plain); i++)
		compare_plain(&matcher, plain[i], 1);
	for (size_t i = 0; i < pv_array_len(others); i++)
		compare_plain(&matcher, others[i], 0);
	pv_matcher_dispose(&matcher);
}

/* What is no pattern stays none, however plainly it begins. */
static void test_schema_parts__plain_patterns_are_not_guessed(void **state)
{
	static const char *const rows[] = { "^[",       "^[a",  "^[b-a]$",
					    "^a{2,1}$", "^*",   "^(",
					    "^a**",     "^a\\", "^[a-" };
	pv_pattern *pattern = NULL;

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++)
		if (pv_pattern_new(&pattern, pv_str_of(rows[i]), NULL) !=
		    PV_EINVALID)
			fail_msg("/%s/ is taken", rows[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_schema_parts__plain_patterns_match_as_others),
		cmocka_unit_test(test_schema_parts__plain_patterns_are_not_guessed),
		cmocka_unit_test(test_schema_parts__numbers_compare_exactly),
		cmocka_unit_test(test_schema_parts__multiples_are_exact),
		cmocka_unit_test(test_schema_parts__values_are_equal_in_any_order),
		cmocka_unit_test(test_schema_parts__references_resolve),
		cmocka_unit_test(test_schema_parts__patterns_are_those_of_ecma),
	};

	return cmocka_run_group_tests_name("schema_parts", tests, NULL, NULL);
}
