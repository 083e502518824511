/* SPDX-License-Identifier: MIT
 *
 * See word_lines.h. A deleted line stands on a line of its own, blanks that
 * merely went on none.
 */
#include "diff/word_lines.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/tokens.h"

static int add_part(pv_word_lines *page, char op, const char *text, size_t len)
{
	if (len == 0)
		return PV_OK;
	if (pv_array_reserve(&page->parts, &page->part_cap,
			     page->part_count + 1, sizeof(*page->parts)) < 0)
		return PV_ENOMEM;
	page->parts[page->part_count].op = op;
	page->parts[page->part_count].text.ptr = text;
	page->parts[page->part_count++].text.len = len;
	return PV_OK;
}

/* Ends the line in hand; `op` says which texts the newline is from. */
static int end_line(pv_word_lines *page, char op)
{
	pv_word_line *last =
		page->count > 0 ? &page->lines[page->count - 1] : NULL;
	size_t first = last ? last->end : 0;
	pv_word_line *line;

	/* A blank line that went is not worth a line. */
	if (op != '-' || page->part_count > first) {
		if (pv_array_reserve(&page->lines, &page->cap, page->count + 1,
				     sizeof(*page->lines)) < 0)
			return PV_ENOMEM;
		line = &page->lines[page->count++];
		line->first = first;
		line->end = page->part_count;
		memcpy(line->place, page->place, sizeof(line->place));
	}
	page->place[0] += op != '+';
	page->place[1] += op != '-';
	return PV_OK;
}

static void skip_lines(pv_word_lines *page, const pv_diff_run *run)
{
	for (size_t i = 0; i < run->len; i++)
		page->place[0] += run->text[i] == '\n';
}

static int add_run(pv_word_lines *page, const pv_diff_run *run)
{
	int is_blank = pv_run_is_blank(run);
	char shown = run->op;
	const char *at = run->text;
	const char *end = run->text + run->len;
	int rc = PV_OK;

	if (is_blank && run->op == '-') {
		skip_lines(page, run);
		return PV_OK;
	}
	if (is_blank)
		shown = '=';
	while (at < end && rc == PV_OK) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;

		rc = add_part(page, shown, at, (size_t)(stop - at));
		if (newline && rc == PV_OK)
			rc = end_line(page, run->op);
		at = newline ? newline + 1 : end;
	}
	return rc;
}

static int flag_lines(pv_word_lines *page)
{
	page->changed = pv_calloc(page->count, 1);
	if (!page->changed)
		return PV_ENOMEM;
	for (size_t i = 0; i < page->count; i++)
		for (size_t j = page->lines[i].first; j < page->lines[i].end; j++)
			page->changed[i] |= page->parts[j].op != '=';
	return PV_OK;
}

static int lay_out(pv_word_lines *page, const pv_diff_run *runs, size_t count)
{
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = add_run(page, &runs[i]);
	if (rc == PV_OK &&
	    page->part_count >
		    (page->count > 0 ? page->lines[page->count - 1].end : 0))
		rc = end_line(page, '=');
	return rc < 0 ? rc : flag_lines(page);
}

int pv_word_lines_make(pv_word_lines *page, const pv_diff_run *runs,
		       size_t count, pv_error *err)
{
	return lay_out(page, runs, count) < 0 ? pv_fail_nomem(err) : PV_OK;
}

void pv_word_lines_dispose(pv_word_lines *page)
{
	pv_free(page->parts);
	pv_free(page->lines);
	pv_free(page->changed);
	memset(page, 0, sizeof(*page));
}
