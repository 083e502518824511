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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_rules__rows_are_whole),
		cmocka_unit_test(test_check_rules__examples_are_bad_and_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
