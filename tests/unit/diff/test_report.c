/* SPDX-License-Identifier: MIT
 *
 * Reports on many prompts: what they say, that contents stay contents, and
 * that a comment never grows beyond what a forge takes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <pv.h>

static void add(pv_diff_report *report, const char *id, const char *before,
		const char *after)
{
	pv_diff *diff = NULL;

	assert_int_equal(pv_diff_texts(&diff, before, before ? strlen(before) : 0,
				       after, after ? strlen(after) : 0, NULL),
			 PV_OK);
	assert_int_equal(pv_diff_report_add(report, diff, id, "1.0.0", NULL, NULL),
			 PV_OK);
	pv_diff_free(diff);
}

static void print(pv_buf *out, const char *before, const char *after)
{
	pv_diff_report *report = NULL;

	assert_int_equal(pv_diff_report_new(&report, PV_DIFF_MARKDOWN, "main",
					    NULL, NULL),
			 PV_OK);
	add(report, "a/b", before, after);
	assert_int_equal(pv_diff_report_print(out, report, NULL), PV_OK);
	pv_diff_report_free(report);
}

static void test_diff_report__writes_markdown(void **state)
{
	pv_buf out = { 0 };

	(void)state;
	print(&out,
	      "name: A\nmodel: {temperature: 0.2}\nprompt: |\n  one\n  two\n",
	      "name: A\nmodel: {temperature: 0.3}\nprompt: |\n  one\n"
	      "  {{ three }}\n");
	assert_string_equal(pv_buf_text(&out),
			    "### Prompts: <code>main</code>\n"
			    "\n"
			    "1 prompt differs: 1 major.\n"
			    "\n"
			    "| Prompt | Change | Fields | Estimated tokens |\n"
			    "|---|---|---:|---:|\n"
			    "| <code>a/b</code> | major | 2 | 2 → 4 |\n"
			    "\n"
			    "#### <code>a/b</code> <code>1.0.0</code>, major\n"
			    "\n"
			    "- **breaking:** <code>required variable &#34;three&#34; was "
			    "added</code>\n"
			    "\n"
			    "- variable added: <code>three</code>, required, "
			    "<code>any</code>\n"
			    "\n"
			    "| Field | Change | Before | After |\n"
			    "|---|---|---|---|\n"
			    "| <code>model.temperature</code> | modified | <code>0.2</code> "
			    "| <code>0.3</code> |\n"
			    "\n"
			    "<code>prompt</code>\n"
			    "\n"
			    "```diff\n"
			    "prompt:\n"
			    "@@ -1,2 +1,2 @@\n"
			    " one\n"
			    "-two\n"
			    "+{{ three }}\n"
			    "```\n"
			    "\n");
	pv_buf_dispose(&out);
}

static void test_diff_report__lets_nothing_out_of_markdown(void **state)
{
	pv_buf out = { 0 };

	(void)state;
	print(&out, "a: x\nb: |\n  y\n",
	      "a: \"<b>@octocat</b> #12 `x` | [l](javascript:x) :+1:\"\n"
	      "b: |\n  ````\n  </details><script> @octocat #12\n  y\n");
	assert_non_null(strstr(out.ptr, "&#60;b&#62;&#64;octocat&#60;/b&#62; "
					"&#35;12 &#96;x&#96; &#124; &#91;l&#93;"));
	assert_non_null(strstr(out.ptr, "\n`````diff\n"));
	assert_non_null(strstr(out.ptr, "\n`````\n"));
	pv_buf_clear(&out);
	print(&out, "\xff\x1b[31m\n", "a: [\xe2\x80\xae\n");
	assert_null(strchr(out.ptr, '\x1b'));
	assert_null(strstr(out.ptr, "\xe2\x80\xae"));
	assert_null(strchr(out.ptr, '\xff'));
	pv_buf_dispose(&out);
}

static void test_diff_report__shows_changed_comments(void **state)
{
	pv_buf out = { 0 };

	(void)state;
	print(&out, "# kept\na: 1 # two\n",
	      "# kept\na: 1 # ``` \xe2\x80\xae one\n");
	assert_non_null(strstr(out.ptr, "\n\nComments\n"
					"\n"
					"````diff\n"
					"-# two\n"
					"+# ``` \\u202e one\n"
					"````\n"));
	pv_buf_dispose(&out);
}

static void test_diff_report__folds_and_cuts(void **state)
{
	pv_diff_report *report = NULL;
	pv_buf text = { 0 };
	pv_buf out = { 0 };

	(void)state;
	pv_buf_puts(&text, "t: |\n");
	for (int i = 0; i < 3000; i++)
		pv_buf_printf(&text, "  line %d of \xe5\x88\x86 text\n", i);
	assert_int_equal(pv_diff_report_new(&report, PV_DIFF_MARKDOWN, NULL,
					    NULL, NULL),
			 PV_OK);
	for (int i = 0; i < 900; i++) {
		char id[200];

		memset(id, 'a', sizeof(id));
		id[sizeof(id) - 1] = '\0';
		add(report, id, "t: x\n", text.ptr);
	}
	assert_int_equal(pv_diff_report_print(&out, report, NULL), PV_OK);
	assert_true(out.len < (size_t)65536 * 2);
	assert_true(out.len > 30000);
	assert_non_null(strstr(out.ptr, "<details><summary><code>t</code>, 300"));
	assert_non_null(strstr(out.ptr, " more lines are not shown."));
	assert_non_null(strstr(out.ptr, " of 900 prompts are left out"));
	assert_non_null(strstr(out.ptr, "| and "));
	assert_non_null(strstr(out.ptr, "\n900 prompts differ: 900 minor.\n"));
	for (size_t i = out.len; i-- > 0;)
		if ((out.ptr[i] & 0xc0) == 0x80) {
			memmove(out.ptr + i, out.ptr + i + 1, out.len - i);
			out.len--;
		}
	assert_true(out.len <= 65536);
	pv_diff_report_free(report);
	pv_buf_dispose(&text);
	pv_buf_dispose(&out);
}

/* Where the table is short, the changes have what it leaves. */
static void test_diff_report__fills_the_comment(void **state)
{
	pv_diff_report *report = NULL;
	pv_buf text = { 0 };
	pv_buf out = { 0 };

	(void)state;
	pv_buf_puts(&text, "t: |\n");
	for (int i = 0; i < 200; i++)
		pv_buf_printf(&text, "  line %d of a text\n", i);
	assert_int_equal(pv_diff_report_new(&report, PV_DIFF_MARKDOWN, NULL,
					    NULL, NULL),
			 PV_OK);
	for (int i = 0; i < 30; i++)
		add(report, "a", "t: x\n", text.ptr);
	assert_int_equal(pv_diff_report_print(&out, report, NULL), PV_OK);
	assert_non_null(strstr(out.ptr, " of 30 prompts are left out"));
	assert_true(out.len > 56000);
	assert_true(out.len <= 65536);
	pv_diff_report_free(report);
	pv_buf_dispose(&text);
	pv_buf_dispose(&out);
}

enum {
	MANY = 500 /* more than a comment has room for */
};

/* A report of many prompts, each of them in a part of its own when asked. */
static void print_many(pv_buf *out, enum pv_diff_report_format format,
		       int in_parts)
{
	pv_diff_report *report = NULL;

	assert_int_equal(pv_diff_report_new(&report, format, "a", "b", NULL),
			 PV_OK);
	for (size_t i = 0; i < MANY; i++) {
		const char *after = i % 7 ? "prompt: two **words**\n" : NULL;
		pv_diff_report *part = NULL;
		char id[32];

		snprintf(id, sizeof(id), "group/prompt-%zu", i);
		if (!in_parts) {
			add(report, id, "prompt: one\n", after);
			continue;
		}
		assert_int_equal(pv_diff_report_new(&part, format, NULL, NULL,
						    NULL),
				 PV_OK);
		pv_diff_report_number(part, i + 1);
		add(part, id, "prompt: one\n", after);
		assert_int_equal(pv_diff_report_join(report, part, NULL), PV_OK);
		pv_diff_report_free(part);
	}
	assert_int_equal(pv_diff_report_print(out, report, NULL), PV_OK);
	pv_diff_report_free(report);
}

static void test_diff_report__is_the_same_in_parts(void **state)
{
	static const enum pv_diff_report_format formats[] = { PV_DIFF_MARKDOWN,
							      PV_DIFF_HTML };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		pv_buf whole = { 0 };
		pv_buf parts = { 0 };

		print_many(&whole, formats[i], 0);
		print_many(&parts, formats[i], 1);
		assert_string_equal(pv_buf_text(&parts), pv_buf_text(&whole));
		pv_buf_dispose(&whole);
		pv_buf_dispose(&parts);
	}
}

static void test_diff_report__says_that_nothing_differs(void **state)
{
	pv_diff_report *report = NULL;
	pv_buf out = { 0 };

	(void)state;
	assert_int_equal(pv_diff_report_new(&report, PV_DIFF_MARKDOWN, "a", "b",
					    NULL),
			 PV_OK);
	assert_int_equal(pv_diff_report_print(&out, report, NULL), PV_OK);
	assert_non_null(strstr(out.ptr, "Nothing differs."));
	pv_diff_report_free(report);
	pv_diff_report_free(NULL);
	pv_buf_dispose(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diff_report__writes_markdown),
		cmocka_unit_test(test_diff_report__lets_nothing_out_of_markdown),
		cmocka_unit_test(test_diff_report__shows_changed_comments),
		cmocka_unit_test(test_diff_report__folds_and_cuts),
		cmocka_unit_test(test_diff_report__fills_the_comment),
		cmocka_unit_test(test_diff_report__says_that_nothing_differs),
		cmocka_unit_test(test_diff_report__is_the_same_in_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
