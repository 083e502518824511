/* SPDX-License-Identifier: MIT
 *
 * Every row of the table is whole, and every rule finds its bad example and
 * lets its good one be.
 */
#include "check/cases.h"

/* Found by the command, which looks beyond the file: t0105-check.sh. */
static const char *const of_command[] = {
	"bad-id",           "conflict-marker", "large-folder",
	"renders",          "setting",         "stated-version",
	"file-schema",      "symbolic-link",   "unknown-setting",
	"unknown-variable", "version-behind",
};

static int is_of_command(const char *id)
{
	for (size_t i = 0; i < pv_array_len(of_command); i++)
		if (!strcmp(of_command[i], id))
			return 1;
	return 0;
}

static int is_sentence_part(const char *text)
{
	size_t len = text ? strlen(text) : 0;

	return len > 10 && text[len - 1] != '.' &&
	       (text[0] == '"' || text[0] == '|' || text[0] < 'A' ||
		text[0] > 'Z' || (text[1] >= 'A' && text[1] <= 'Z'));
}

static void test_check_rules__rows_are_whole(void **state)
{
	const pv_rule *rule;

	(void)state;
	for (size_t i = 0; (rule = pv_rule_at(i)) != NULL; i++) {
		if (pv_rule_find(rule->id) != rule)
			fail_msg("%s is there twice", rule->id);
		if (strspn(rule->id, "abcdefghijklmnopqrstuvwxyz-") !=
		    strlen(rule->id))
			fail_msg("%s is no name", rule->id);
		if (!is_sentence_part(rule->what) || !is_sentence_part(rule->fix))
			fail_msg("%s does not say what or how", rule->id);
		assert_non_null(pv_rule_group_name(rule->group));
	}
	assert_null(pv_rule_find("no-such-rule"));
}

/* How often a rule is found in one of its examples. */
static size_t count(const char *rule, const char *name)
{
	pv_report *report = case_check(rule, name);
	size_t found = 0;

	if (!report)
		fail_msg("tests/data/check/%s/%s is missing", rule, name);
	for (size_t i = 0; i < pv_report_count(report); i++) {
		const pv_finding *finding = pv_report_at(report, i);

		if (!pv_rule_find(finding->rule))
			fail_msg("%s is no row", finding->rule);
		if (strcmp(finding->rule, rule) != 0)
			continue;
		found++;
		if (finding->line < 1 || finding->column < 1)
			fail_msg("%s: no place", rule);
		if (strcmp(finding->file, "prompts/case.yaml") != 0)
			fail_msg("%s: no file", rule);
	}
	pv_report_free(report);
	return found;
}

static void test_check_rules__examples_are_bad_and_good(void **state)
{
	const pv_rule *rule;

	(void)state;
	for (size_t i = 0; (rule = pv_rule_at(i)) != NULL; i++) {
		size_t bad = count(rule->id, "bad.yaml");
		size_t good = count(rule->id, "good.yaml");

		if (good)
			fail_msg("%s is found in good.yaml", rule->id);
		if (!bad && !is_of_command(rule->id))
			fail_msg("%s is not found in bad.yaml", rule->id);
	}
}

/* The findings of a text by the rules of some groups. */
static size_t count_of(const char *text, unsigned groups)
{
	pv_check_options opts = { .groups = groups };
	pv_check_subject subject = { .id = "case",
				     .path = "prompts/case.yaml",
				     .text = text,
				     .len = strlen(text) };
	pv_report *report = NULL;
	pv_report *found = NULL;
	pv_prompt *prompt = NULL;
	pv_check *check = NULL;
	size_t count;

	assert_int_equal(pv_report_new(&report, NULL), PV_OK);
	assert_int_equal(pv_report_new(&found, NULL), PV_OK);
	assert_int_equal(pv_prompt_parse(&prompt, text, subject.len, NULL,
					 found, NULL),
			 PV_OK);
	subject.prompt = prompt;
	subject.found = found;
	assert_int_equal(pv_check_new(&check, &opts, NULL), PV_OK);
	assert_int_equal(pv_check_prompt(report, check, &subject, NULL), PV_OK);
	count = pv_report_count(report);
	pv_check_free(check);
	pv_prompt_free(prompt);
	pv_report_free(found);
	pv_report_free(report);
	return count;
}

static void test_check_rules__run_by_groups(void **state)
{
	const char *text = "prompt: \"{% if x %}\"\nmodel: {temperature: 9}\n";
	const unsigned syntax = 1U << PV_RULE_SYNTAX;
	const unsigned style = 1U << PV_RULE_STYLE;

	(void)state;
	/* One by the loader, one by a rule. */
	assert_int_equal(count_of(text, syntax), 2);
	assert_true(count_of(text, style) > 0);
	assert_int_equal(count_of(text, syntax | style),
			 2 + count_of(text, style));
	assert_int_equal(count_of(text, 1U << PV_RULE_SECURITY), 0);
	assert_true(count_of(text, 0) > count_of(text, syntax | style));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_rules__rows_are_whole),
		cmocka_unit_test(test_check_rules__examples_are_bad_and_good),
		cmocka_unit_test(test_check_rules__run_by_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
