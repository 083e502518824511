/* SPDX-License-Identifier: MIT
 *
 * What the rules find in real prompts, against the figures in
 * tests/data/check/real.tsv, which were made by reading each finding. Skipped
 * without the prompts.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pv.h>

#include "base/file.h"
#include "base/mem.h"

enum {
	MAX_RULES = 100,
	PROMPTS = 2085
};

struct tally {
	pv_check *check;
	size_t prompts;
	size_t found[MAX_RULES]; /* prompts, by index of the rule */
};

static void count(struct tally *tally, const pv_report *report)
{
	for (size_t i = 0; i < MAX_RULES; i++) {
		const pv_rule *rule = pv_rule_at(i);

		if (!rule)
			break;
		for (size_t k = 0; k < pv_report_count(report); k++) {
			if (strcmp(pv_report_at(report, k)->rule, rule->id) != 0)
				continue;
			tally->found[i]++;
			break;
		}
	}
}

static int check_item(const pv_import_item *item, void *payload)
{
	struct tally *tally = payload;
	pv_check_subject subject = { .id = item->id,
				     .path = "prompts/p.yaml",
				     .text = item->yaml,
				     .len = item->len };
	pv_report *report = NULL;
	pv_report *found = NULL;
	pv_prompt *prompt = NULL;

	assert_int_equal(pv_report_new(&report, NULL), PV_OK);
	assert_int_equal(pv_report_new(&found, NULL), PV_OK);
	assert_int_equal(pv_prompt_parse(&prompt, item->yaml, item->len, NULL,
					 found, NULL),
			 PV_OK);
	subject.prompt = prompt;
	subject.found = found;
	assert_int_equal(pv_check_prompt(report, tally->check, &subject, NULL),
			 PV_OK);
	count(tally, report);
	tally->prompts++;
	pv_prompt_free(prompt);
	pv_report_free(found);
	pv_report_free(report);
	return 0;
}

/* One line: the rule, prompts with a finding, those wrongly so. */
static void compare_line(const struct tally *tally, char *line)
{
	char *found = line + strcspn(line, "\t");
	const pv_rule *rule;
	char *wrong;

	if (*line == '#')
		return;
	assert_true(*found);
	*found++ = '\0';
	wrong = found + strcspn(found, "\t");
	assert_true(*wrong);
	for (size_t i = 0; (rule = pv_rule_at(i)) != NULL; i++) {
		unsigned long now = tally->found[i];

		if (strcmp(rule->id, line) != 0)
			continue;
		if (strtoul(found, NULL, 10) != now)
			fail_msg("%s is found in %lu prompts", line, now);
		if (rule->group == PV_RULE_SECURITY)
			assert_true(strtoul(wrong + 1, NULL, 10) * 100 <= PROMPTS);
		return;
	}
	fail_msg("no rule %s", line);
}

static void compare(const struct tally *tally)
{
	char line[256];
	FILE *file = fopen(PV_TEST_DATA "/check/real.tsv", "rb");

	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		compare_line(tally, line);
	(void)fclose(file);
}

static void test_check_real__figures(void **state)
{
	pv_buf text = { 0 };
	struct tally tally = { 0 };

	(void)state;
	if (pv_file_read(&text, PV_SHARED_DIR "/real/promptsource-prompts.jsonl",
			 NULL) < 0)
		skip();
	assert_int_equal(pv_check_new(&tally.check, NULL, NULL), PV_OK);
	assert_int_equal(pv_import_jsonl(text.ptr, text.len, NULL, check_item,
					 &tally, NULL),
			 PV_OK);
	assert_int_equal(tally.prompts, PROMPTS);
	compare(&tally);
	pv_check_free(tally.check);
	pv_buf_dispose(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_real__figures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
