/* SPDX-License-Identifier: MIT
 *
 * Where words of others are taken for the author's, and where they are not.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv/check.h>

#include "base/mem.h"

struct row {
	const char *text;
	size_t found;
};

#define USER(text) "- {role: user, content: '" text "'}\n"
#define SYSTEM(text) "- {role: system, content: '" text "'}\n"
#define MESSAGES(...) "messages:\n" __VA_ARGS__

static const struct row rows[] = {
	/* in a system message */
	{ MESSAGES(SYSTEM("Answer {{ question }}")), 1 },
	{ "syntax: fstring\n" MESSAGES(SYSTEM("Answer {question} {question}")),
	  2 },
	{ "syntax: fstring\n" MESSAGES(SYSTEM("Answer \"{question!r:>10}\"")), 0 },
	{ "syntax: fstring\n" MESSAGES(SYSTEM("Answer {{question}}")), 0 },
	{ "syntax: mustache\n" MESSAGES(SYSTEM("Answer {{question}}")), 1 },
	{ "syntax: mustache\n" MESSAGES(SYSTEM("Answer {{{ question }}}")), 1 },
	{ "syntax: mustache\n" MESSAGES(SYSTEM("Answer {{&question}}")), 1 },
	{ "syntax: mustache\n" MESSAGES(
		  SYSTEM("Answer{{#question}} it{{/question}}")),
	  0 },
	{ "syntax: mustache\n" MESSAGES(SYSTEM("<q>{{question}}</q>")), 0 },
	{ "syntax: mustache\n" MESSAGES(SYSTEM("{{=<% %>=}}Say <% question %>")),
	  1 },
	{ "syntax: literal\n" MESSAGES(SYSTEM("Answer {{ question }}")), 0 },
	/* in front of the instructions */
	{ "prompt: \"{{ user_input }}\\nSummarize.\"\n", 1 },
	{ "prompt: \"{{ transcript }}\\nSummarize it.\"\n", 1 },
	{ "prompt: \"{{ document }}\\nSummarize it in two or three lines.\"\n",
	  0 },
	{ "prompt: Sort {{ ticket }} well.\n", 0 },
	{ "prompt: Sort {{ ticket }} as well as ever you can.\n", 0 },
	{ "prompt: Hello, {{ user_input }} is what you sort by kind now.\n", 1 },
	{ "prompt: \"User: {{ user_input }}\\nAnswer:\"\n", 0 },
	{ "prompt: \"Summarize the text: {{ user_input }} Be short.\"\n", 0 },
	{ "syntax: fstring\nprompt: \"{user_input}\\nSummarize.\"\n", 1 },
	{ "syntax: fstring\nprompt: \"{user_input} {x}\"\n", 0 },
	/* a message of its own in front of them */
	{ MESSAGES(USER("{{ document }}")
			   USER("Say in one line what it is about.")),
	  1 },
	{ MESSAGES(USER("{{ document }}")
			   SYSTEM("Say in one line what it is about.")),
	  1 },
	{ MESSAGES(USER("<d>{{ document }}</d>")
			   USER("Say in one line what it is about.")),
	  0 },
	{ MESSAGES(SYSTEM("Say what it is about.") USER("{{ document }}")
			   USER("Say in one line what it is about.")),
	  0 },
	{ MESSAGES(USER(
		  "{{ question }}") "- {role: assistant, content: 'Yes, but not at any time.'}\n"),
	  0 },
	{ MESSAGES(USER("{{ question }}")), 0 },
};

static size_t count(const char *text)
{
	pv_check_subject subject = { .id = "x",
				     .path = "prompts/x.yaml",
				     .text = text,
				     .len = strlen(text) };
	pv_report *report = NULL;
	pv_prompt *prompt = NULL;
	pv_check *check = NULL;
	size_t found = 0;

	assert_int_equal(pv_check_new(&check, NULL, NULL), PV_OK);
	assert_int_equal(pv_report_new(&report, NULL), PV_OK);
	assert_int_equal(pv_prompt_parse(&prompt, text, subject.len, NULL, NULL,
					 NULL),
			 PV_OK);
	subject.prompt = prompt;
	assert_int_equal(pv_check_prompt(report, check, &subject, NULL), PV_OK);
	for (size_t i = 0; i < pv_report_count(report); i++)
		found += !strcmp(pv_report_at(report, i)->rule,
				 "untrusted-variable");
	pv_prompt_free(prompt);
	pv_report_free(report);
	pv_check_free(check);
	return found;
}

static void test_check_untrusted__texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++)
		if (count(rows[i].text) != rows[i].found)
			fail_msg("%zu found in \"%s\"", count(rows[i].text),
				 rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_untrusted__texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
