/* SPDX-License-Identifier: MIT
 *
 * The formats of findings: every rule appears once in each, and nothing that
 * a finding says can become part of the format.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <pv/check.h>

#include "base/mem.h"

typedef int print_fn(pv_buf *out, const pv_check_result *result, pv_error *err);

static size_t count_text(const char *text, const char *part)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
		count++;
	return count;
}

/* One finding of each rule. */
static pv_report *all_rules(void)
{
	pv_report *report = NULL;
	const pv_rule *rule;

	assert_int_equal(pv_report_new(&report, NULL), PV_OK);
	for (size_t i = 0; (rule = pv_rule_at(i)) != NULL; i++) {
		const pv_finding finding = {
			.severity = rule->severity,
			.rule = rule->id,
			.file = "prompts/a.yaml",
			.line = 3,
			.column = 7,
			.message = "it is odd",
			.hint = "make it even",
		};

		assert_int_equal(pv_report_add(report, &finding, NULL), PV_OK);
	}
	return report;
}

static char *print(print_fn *fn, const pv_report *report)
{
	static const char *const paths[] = { "prompts/a.yaml", "prompts/b.yaml" };
	const pv_check_result result = { report, paths, 2 };
	pv_buf out = { 0 };

	assert_int_equal(fn(&out, &result, NULL), PV_OK);
	return out.ptr; /* freed with pv_free */
}

/* `format` has the id of a rule in its place. */
static void each_rule_once(print_fn *fn, const char *before, const char *after)
{
	pv_report *report = all_rules();
	char *text = print(fn, report);
	const pv_rule *rule;

	for (size_t i = 0; (rule = pv_rule_at(i)) != NULL; i++) {
		char part[128];

		(void)snprintf(part, sizeof(part), "%s%s%s", before, rule->id,
			       after);
		if (count_text(text, part) != 1)
			fail_msg("%zu times %s", count_text(text, part), part);
	}
	pv_free(text);
	pv_report_free(report);
}

static void test_check_print__each_rule_is_in_each_format_once(void **state)
{
	(void)state;
	each_rule_once(pv_check_print_github, ",title=", "::");
	each_rule_once(pv_check_print_gitlab, "\"check_name\":\"", "\"");
	each_rule_once(pv_check_print_junit, "<testcase name=\"",
		       " at line 3, column 7\"");
	each_rule_once(pv_check_print_sarif, "\"ruleId\":\"", "\"");
}

static pv_report *one(const char *file, const char *message)
{
	const pv_finding finding = { .severity = PV_SEVERITY_ERROR,
				     .rule = "type",
				     .file = file,
				     .line = 1,
				     .column = 2,
				     .message = message,
				     .hint = "" };
	pv_report *report = NULL;

	assert_int_equal(pv_report_new(&report, NULL), PV_OK);
	assert_int_equal(pv_report_add(report, &finding, NULL), PV_OK);
	return report;
}

/* Readers of JUnit reports take equal names of one class for one test. */
static void test_check_print__junit_names_differ(void **state)
{
	static const struct {
		int line;
		int column;
	} places[] = { { 1, 2 }, { 1, 2 }, { 1, 3 },
		       { 1, 2 }, { 2, 2 }, { 0, 0 } };
	pv_report *report = NULL;
	char *text;

	(void)state;
	assert_int_equal(pv_report_new(&report, NULL), PV_OK);
	for (size_t i = 0; i < pv_array_len(places); i++) {
		const pv_finding finding = { .severity = PV_SEVERITY_ERROR,
					     .rule = "type",
					     .file = "prompts/a.yaml",
					     .line = places[i].line,
					     .column = places[i].column,
					     .message = "odd",
					     .hint = "" };

		assert_int_equal(pv_report_add(report, &finding, NULL), PV_OK);
	}
	text = print(pv_check_print_junit, report);
	assert_int_equal(count_text(text, "<testcase name=\"type"), 6);
	assert_int_equal(count_text(text, "\"type at line 1, column 2\""), 1);
	assert_int_equal(count_text(text, "\"type at line 1, column 2 (2)\""), 1);
	assert_int_equal(count_text(text, "\"type at line 1, column 2 (3)\""), 1);
	assert_int_equal(count_text(text, "\"type at line 1, column 3\""), 1);
	assert_int_equal(count_text(text, "\"type at line 2, column 2\""), 1);
	assert_int_equal(count_text(text, "\"type\""), 1);
	pv_free(text);
	pv_report_free(report);
}

static void says(print_fn *fn, const char *file, const char *message,
		 const char *part)
{
	pv_report *report = one(file, message);
	char *text = print(fn, report);

	if (!strstr(text, part))
		fail_msg("no \"%s\" in \"%s\"", part, text);
	pv_free(text);
	pv_report_free(report);
}

static void test_check_print__escapes_what_the_format_means(void **state)
{
	(void)state;
	says(pv_check_print_github, "a,b:c%.yaml", "x\r\n::error::y 100%",
	     "::error file=a%2Cb%3Ac%25.yaml,line=1,col=2,title=type::"
	     "x%0D%0A::error::y 100%25\n");
	says(pv_check_print_junit, "a\"<&.yaml", "]]>\x01\x1b\xff\xef\xbf\xbf",
	     "message=\"]]&#62;\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
	     "\xEF\xBF\xBD\"");
	says(pv_check_print_junit, "a\"<&.yaml", "x",
	     "classname=\"a&#34;&#60;&#38;.yaml\"");
	says(pv_check_print_junit, "prompts/a.yaml", "x",
	     "<testcase name=\"check\" classname=\"prompts/b.yaml\"/>");
	says(pv_check_print_sarif, "a b%:\xC3\xBC.yaml", "\"x\"",
	     "\"uri\":\"a%20b%25%3A%C3%BC.yaml\"");
	says(pv_check_print_sarif, "a", "\"x\"", "{\"text\":\"\\\"x\\\"\"}");
	says(pv_check_print_gitlab, "a\"b", "x\ny", "\"description\":\"x\\ny\"");
}

/* The fingerprint of the finding at `idx`, as GitLab's report has it. */
static void fingerprint(char out[65], const pv_report *report, size_t idx)
{
	static const char key[] = "\"fingerprint\":\"";
	char *text = print(pv_check_print_gitlab, report);
	const char *at = text;

	for (size_t i = 0; i <= idx; i++) {
		at = strstr(at, key);
		assert_non_null(at);
		at += sizeof(key) - 1;
	}
	memcpy(out, at, 64);
	out[64] = '\0';
	pv_free(text);
}

static void test_check_print__fingerprints_outlive_lines(void **state)
{
	pv_report *report = one("a.yaml", "odd");
	pv_finding finding = *pv_report_at(report, 0);
	char prints[4][65];

	(void)state;
	finding.line = 99;
	assert_int_equal(pv_report_add(report, &finding, NULL), PV_OK);
	finding.message = "odder";
	assert_int_equal(pv_report_add(report, &finding, NULL), PV_OK);
	for (size_t i = 0; i < 3; i++)
		fingerprint(prints[i], report, i);
	assert_string_not_equal(prints[0], prints[1]);
	assert_string_not_equal(prints[0], prints[2]);
	assert_string_not_equal(prints[1], prints[2]);
	pv_report_free(report);
	report = one("a.yaml", "odd");
	fingerprint(prints[3], report, 0);
	assert_string_equal(prints[0], prints[3]);
	pv_report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_print__junit_names_differ),
		cmocka_unit_test(
			test_check_print__each_rule_is_in_each_format_once),
		cmocka_unit_test(test_check_print__escapes_what_the_format_means),
		cmocka_unit_test(test_check_print__fingerprints_outlive_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
