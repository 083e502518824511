/* SPDX-License-Identifier: MIT
 *
 * What is mended, and that all else keeps its bytes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv/check.h>

#include "base/mem.h"

/* A file and what becomes of it; NULL: nothing is done. */
struct row {
	const char *text;
	const char *wanted;
};

static const struct row rows[] = {
	{ "prompt: |\n  a\n  b\n", NULL },
	{ "# c \nprompt: | # d \n  a \n  b\t\nname: x   # y \n",
	  "# c \nprompt: | # d \n  a\n  b\nname: x   # y \n" },
	/* Markdown's line break */
	{ "prompt: |\n  a  \n  b\n", NULL },
	{ "messages:\n- {role: user, content: \"a \\nb\"}\n"
	  "- role: user\n  content: |-\n    c \n    d\n",
	  "messages:\n- {role: user, content: \"a\\nb\"}\n"
	  "- role: user\n  content: |-\n    c\n    d\n" },
	{ "prompt: |\n  a\xE2\x80\x8B\xE2\x80\xAE"
	  "b\nname: 'x'\n",
	  "prompt: |\n  ab\nname: 'x'\n" },
	{ "prompt: '{{ a }}'\nvariables:\n  a:\n    required: true # c\n"
	  "    default: 1\n",
	  "prompt: '{{ a }}'\nvariables:\n  a:\n    default: 1\n" },
	{ "prompt: '{{ a }}'\nvariables:\n"
	  "  a: {required: true, default: 1, type: integer}\n",
	  "prompt: '{{ a }}'\nvariables:\n"
	  "  a: {default: 1, type: integer}\n" },
	{ "prompt: '{{ a }}'\nvariables:\n  a: {required: false, default: 1}\n",
	  NULL },
	/* line ends, wrapping, quotes */
	{ "prompt: |\r\n  a \r\n  \xE2\x80\x8B"
	  "b\r\nname: x\r\n",
	  "prompt: |\r\n  a\r\n  b\r\nname: x\r\n" },
	{ "prompt: |\n  a\n     \n   \n  b\n", "prompt: |\n  a\n  \n  \n  b\n" },
	{ "prompt: |2\n    \n  b\n", "prompt: |2\n  \n  b\n" },
	{ "prompt: >\n  a\n  b\xE2\x80\x8B\n  c \n\n  d\n",
	  "prompt: >\n  a\n  b\n  c\n\n  d\n" },
	{ "prompt: \"a\\u200b b\\\n  c \\nd\\\n  e\"\n",
	  "prompt: \"a b\\\n  c\\nd\\\n  e\"\n" },
	{ "prompt: 'a\n  b\xE2\x80\x8B c'\n", "prompt: 'a\n  b c'\n" },
	{ "prompt: \"a\\t\\nb\"\n", "prompt: \"a\\nb\"\n" },
	{ "prompt: |\n  a \xE2\x80\x8B\n  b \xE2\x80\x8B \n  c\n",
	  "prompt: |\n  a\n  b  \n  c\n" },
	/* what a template says literally */
	{ "prompt: |\n  {{ \"a \n  b\" }}\n", NULL },
	{ "prompt: |\n  {%- raw -%} \n  a \n  {% endraw %} \n  b {# ' #} \n  c\n",
	  "prompt: |\n  {%- raw -%} \n  a \n  {% endraw %}\n  b {# ' #}\n"
	  "  c\n" },
	{ "syntax: literal\nprompt: |\n  {{ \"a \n  b\" }}\n",
	  "syntax: literal\nprompt: |\n  {{ \"a\n  b\" }}\n" },
	/* silenced for one only */
	{ "messages:\n# pv-ignore trailing-space: a table\n- role: user\n"
	  "  content: |\n    a \n    b\n- role: user\n  content: |\n    c \n"
	  "    d\n",
	  "messages:\n# pv-ignore trailing-space: a table\n- role: user\n"
	  "  content: |\n    a \n    b\n- role: user\n  content: |\n    c\n"
	  "    d\n" },
	{ "prompt: '{{ a }} {{ b }}'\nvariables:\n"
	  "  # pv-ignore variable-default: of old\n"
	  "  a: {required: true, default: 1}\n"
	  "  b: {required: true, default: 1}\n",
	  "prompt: '{{ a }} {{ b }}'\nvariables:\n"
	  "  # pv-ignore variable-default: of old\n"
	  "  a: {required: true, default: 1}\n"
	  "  b: {default: 1}\n" },
	/* silenced, shared, no prompt */
	{ "# pv-ignore trailing-space: a table\nprompt: |\n  a \n  b\n", NULL },
	{ "prompt: &p |\n  a \n  b\nmetadata: {a: *p}\n", NULL },
	{ "prompt: [\n", NULL },
};

static void check_row(const struct row *row)
{
	pv_check_subject subject = { .id = "x",
				     .path = "prompts/x.yaml",
				     .text = row->text,
				     .len = strlen(row->text) };
	pv_prompt *prompt = NULL;
	pv_check *check = NULL;
	pv_buf out = { 0 };
	size_t count = 99;

	assert_int_equal(pv_check_new(&check, NULL, NULL), PV_OK);
	(void)pv_prompt_parse(&prompt, subject.text, subject.len, NULL, NULL,
			      NULL);
	subject.prompt = prompt;
	assert_int_equal(pv_check_fix(&out, &count, check, &subject, NULL),
			 PV_OK);
	if (strcmp(pv_buf_text(&out), row->wanted ? row->wanted : "") != 0)
		fail_msg("\"%s\" became \"%s\"", row->text, pv_buf_text(&out));
	assert_int_equal(count > 0, row->wanted != NULL);
	pv_buf_dispose(&out);
	pv_prompt_free(prompt);
	pv_check_free(check);
}

static void test_check_fix__mends_that_and_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++)
		check_row(&rows[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_fix__mends_that_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
