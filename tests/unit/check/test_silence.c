/* SPDX-License-Identifier: MIT
 *
 * What comments silence, where they are none, and what they cannot silence.
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

/* A file, and what is left: "rule line" of each finding. */
struct row {
	const char *text;
	const char *wanted;
};

#define WHY ": we have a reason\n"

static const struct row rows[] = {
	{ "a: 1\nprompt: x\n", "unknown-key 1" },
	/* the entry below, whatever is between */
	{ "# pv-ignore unknown-key" WHY "a: 1\nprompt: x\n", "" },
	{ "# pv-ignore unknown-key" WHY "\n# c\n\na: 1\nb: 2\nprompt: x\n",
	  "unknown-key 6" },
	{ "prompt: x\n# pv-ignore unknown-key" WHY, "" },
	{ "messages:\n# pv-ignore unknown-key" WHY
	  "- role: user\n  content: x\n  b: 1\n- {role: user, content: x, c: 1}\n",
	  "unknown-key 6" },
	{ "messages:\n- role: user\n  # pv-ignore unknown-key" WHY
	  "  b: 1\n  content: x\n  c: 1\n",
	  "unknown-key 6" },
	/* with all that is in it */
	{ "# pv-ignore unknown-key" WHY
	  "messages:\n- role: user\n  content: x\n  b: 1\nc: 1\n",
	  "unknown-key 6" },
	{ "# pv-ignore trailing-space" WHY "prompt: |\n  a \n  b\n", "" },
	{ "prompt: | # pv-ignore trailing-space" WHY "  a \n  b\n", "" },
	/* behind it */
	{ "a: 1 # pv-ignore unknown-key" WHY "b: 1\nprompt: x\n",
	  "unknown-key 2" },
	{ "a: 1\t#pv-ignore unknown-key" WHY "prompt: x\n", "" },
	/* the whole file */
	{ "a: 1\nprompt: x\n# pv-ignore-file unknown-key" WHY "b: 1\n", "" },
	{ "# pv-ignore-file unknown-key,trailing-space" WHY
	  "a: 1\nprompt: |\n  a \n  b\n",
	  "" },
	/* not another rule, not a finding elsewhere */
	{ "# pv-ignore trailing-space" WHY "a: 1\nprompt: x\n", "unknown-key 2" },
	/* what no comment in a prompt can silence */
	{ "# pv-ignore-file yaml-syntax" WHY "prompt: x\n", "ignore-comment 1" },
	{ "# pv-ignore large-folder" WHY "prompt: x\n", "ignore-comment 1" },
	/* without a reason, or a rule */
	{ "# pv-ignore unknown-key\na: 1\nprompt: x\n",
	  "ignore-comment 1, unknown-key 2" },
	{ "# pv-ignore unknown-key: \na: 1\nprompt: x\n",
	  "ignore-comment 1, unknown-key 2" },
	{ "# pv-ignore: why\na: 1\nprompt: x\n",
	  "ignore-comment 1, unknown-key 2" },
	{ "# pv-ignore\r\nprompt: x\r\n", "ignore-comment 1" },
	{ "# pv-ignore unknown-kez" WHY "a: 1\nprompt: x\n",
	  "ignore-comment 1, unknown-key 2" },
	{ "# pv-ignore-file\nprompt: x\n", "ignore-comment 1" },
	/* no comments */
	{ "# pv-ignored\nprompt: x\n", "" },
	{ "# see pv-ignore\nprompt: x\n", "" },
	{ "a: '\n  # pv-ignore unknown-key'\nprompt: x\n", "unknown-key 1" },
	{ "a: 1\nprompt: |\n  # pv-ignore unknown-key\n  x\n", "unknown-key 1" },
	{ "a: 1#pv-ignore unknown-key\nprompt: x\n", "unknown-key 1" },
	{ "prompt: >-\n  x\n  # pv-ignore unknown-key\n", "" },
	{ "'# pv-ignore unknown-key': 1\nprompt: x\n", "unknown-key 1" },
	/* what makes it no prompt is told */
	{ "# pv-ignore-file type" WHY "tags: x\nprompt: x\n", "type 2" },
};

static void say(pv_buf *out, const pv_report *report)
{
	for (size_t i = 0; i < pv_report_count(report); i++) {
		const pv_finding *finding = pv_report_at(report, i);

		pv_buf_printf(out, "%s%s %d", i ? ", " : "", finding->rule,
			      finding->line);
	}
}

static void check_row(const struct row *row)
{
	pv_check_subject subject = { .id = "x",
				     .path = "prompts/x.yaml",
				     .text = row->text,
				     .len = strlen(row->text) };
	static const char settings[] =
		"checks: {style: off, trailing-space: note}";
	const pv_check_options opts = { .settings = settings,
					.settings_len = sizeof(settings) - 1 };
	pv_prompt *prompt = NULL;
	pv_report *found = NULL;
	pv_report *report = NULL;
	pv_check *check = NULL;
	pv_buf got = { 0 };

	assert_int_equal(pv_report_new(&found, NULL), PV_OK);
	assert_int_equal(pv_report_new(&report, NULL), PV_OK);
	assert_int_equal(pv_check_new(&check, &opts, NULL), PV_OK);
	(void)pv_prompt_parse(&prompt, subject.text, subject.len, NULL, found,
			      NULL);
	subject.prompt = prompt;
	subject.found = found;
	assert_int_equal(pv_check_prompt(report, check, &subject, NULL), PV_OK);
	say(&got, report);
	if (strcmp(pv_buf_text(&got), row->wanted) != 0)
		fail_msg("\"%s\": \"%s\" instead of \"%s\"", row->text,
			 pv_buf_text(&got), row->wanted);
	pv_buf_dispose(&got);
	pv_check_free(check);
	pv_report_free(found);
	pv_report_free(report);
	pv_prompt_free(prompt);
}

static void test_check_silence__is_for_what_it_stands_at(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++)
		check_row(&rows[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_silence__is_for_what_it_stands_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
