/* SPDX-License-Identifier: MIT
 *
 * Two texts, separated by a 0xFF byte, as a page: compared, whatever they are,
 * and rendered as Markdown, whether they look like it or not. Both must be
 * sound as unit/diff/page_check.h has it.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pv.h>

#include "diff/markdown.h"
#include "diff/page_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_page(pv_str before, pv_str after)
{
	pv_diff_report *report = NULL;
	pv_diff *diff = NULL;
	pv_buf out = { 0 };
	const char *at;

	if (pv_diff_texts(&diff, before.ptr, before.len, after.ptr, after.len,
			  NULL) < 0)
		return;
	if (pv_diff_report_new(&report, PV_DIFF_HTML, NULL, NULL, NULL) < 0 ||
	    pv_diff_report_add(report, diff, "x", NULL, NULL, NULL) < 0 ||
	    pv_diff_report_print(&out, report, NULL) < 0 || page_wrong(&out, &at))
		abort();
	pv_diff_report_free(report);
	pv_diff_free(diff);
	pv_buf_dispose(&out);
}

static void check_markdown(pv_str before, pv_str after)
{
	pv_buf out = { 0 };
	const char *at;

	pv_buf_puts(&out, "</style>\n</head>\n");
	if (pv_markdown_view(&out, before, after, NULL) < 0)
		abort();
	pv_buf_puts(&out, "</html>");
	if (page_wrong(&out, &at))
		abort();
	pv_buf_dispose(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *stop = size ? memchr(text, 0xFF, size) : NULL;
	pv_str before = { text, stop ? (size_t)(stop - text) : size };
	pv_str after = { "", 0 };

	if (!size)
		return 0;
	if (stop) {
		after.ptr = stop + 1;
		after.len = size - before.len - 1;
	}
	check_page(before, after);
	check_markdown(before, after);
	return 0;
}
