/* SPDX-License-Identifier: MIT
 *
 * Allocations that fail while a page is made: cmark, which aborts by itself
 * when one does, must be got out of each of its own.
 */
#include "walk.h"

static const char before_text[] =
	"name: Triage\ntags: [a, b]\nmodel: {name: m, temperature: 0.2}\n"
	"messages:\n- {role: user, content: \"{{ a }}\\nx\\n\"}\n"
	"output: {schema: {type: object}}\n";

static const char after_text[] =
	"name: Triage 2\ntags: [b]\nmodel: {name: m, temperature: 0.3}\n"
	"messages:\n- {role: user, content: \"{{ b }}\\nx\\n\"}\n"
	"- {role: user, content: more}\n";

/* Long enough for cmark to ask for memory more than once. */
static void put_markdown(pv_buf *out, const char *last)
{
	pv_buf_puts(out, "goal: |\n  a\n  b\nprompt: |\n  # Title\n");
	for (int i = 0; i < 200; i++)
		pv_buf_puts(out, "  - *a* [b](c) `d`\n");
	pv_buf_puts(out, last);
}

/* A page is larger than what there is room for to say. */
static void say_sum(const pv_buf *page)
{
	unsigned sum = 0;

	for (size_t i = 0; i < page->len; i++)
		sum = sum * 31 + (unsigned char)page->ptr[i];
	walk_say("%zu bytes, %u", page->len, sum);
}

static int add(pv_diff_report *report, const pv_buf *before,
	       const pv_buf *after, pv_error *err)
{
	pv_diff *diff = NULL;
	int rc = pv_buf_status(before, err);

	if (rc == PV_OK)
		rc = pv_buf_status(after, err);
	if (rc == PV_OK)
		rc = pv_diff_texts(&diff, before->ptr, before->len, after->ptr,
				   after->len, err);
	if (rc == PV_OK)
		rc = pv_diff_report_add(report, diff, "x", "f", "t", err);
	pv_diff_free(diff);
	return rc;
}

static int add_both(pv_diff_report *report, pv_error *err)
{
	pv_buf texts[4] = { { 0 } };
	int rc;

	pv_buf_puts(&texts[0], before_text);
	pv_buf_puts(&texts[1], after_text);
	put_markdown(&texts[2], "");
	put_markdown(&texts[3], "  - e\n");
	rc = add(report, &texts[0], &texts[1], err);
	if (rc == PV_OK)
		rc = add(report, &texts[2], &texts[3], err);
	for (size_t i = 0; i < 4; i++)
		pv_buf_dispose(&texts[i]);
	return rc;
}

static int page(void *payload, pv_error *err)
{
	pv_diff_report *report = NULL;
	pv_buf out = { 0 };
	int rc = pv_diff_report_new(&report, PV_DIFF_HTML, "a", "b", err);

	(void)payload;
	if (rc == PV_OK)
		rc = add_both(report, err);
	if (rc == PV_OK)
		rc = pv_diff_report_print(&out, report, err);
	if (rc == PV_OK)
		say_sum(&out);
	pv_diff_report_free(report);
	pv_buf_dispose(&out);
	return rc;
}

static const struct walk_row rows[] = {
	{ WALK(pv_diff_report_add, page) },
};

static void test_alloc_page__fails_cleanly_at_every_allocation(void **state)
{
	const struct walk_setting setting = { NULL, NULL, NULL, 0 };

	(void)state;
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_alloc_page__fails_cleanly_at_every_allocation),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_page", tests, NULL, NULL);
}
