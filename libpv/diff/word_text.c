/* SPDX-License-Identifier: MIT
 *
 * See word_text.h. The runs are cut into lines first: marks end with the line
 * and begin again on the next, so that a pager never splits them and a
 * deleted line stands on a line of its own.
 */
#include "diff/word_text.h"

#include <assert.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/tokens.h"

/* A part of a run that lies within one line. */
struct part {
	char op;
	pv_str text;
};

struct line {
	size_t first; /* part */
	size_t end;
	size_t place[2]; /* lines of the old and the new text above it */
};

struct page {
	struct part *parts;
	size_t part_count;
	size_t part_cap;
	struct line *lines;
	size_t count;
	size_t cap;
	unsigned char *changed; /* by line */
	size_t place[2];
};

static int add_part(struct page *page, char op, const char *text, size_t len)
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
static int end_line(struct page *page, char op)
{
	struct line *last =
		page->count > 0 ? &page->lines[page->count - 1] : NULL;
	size_t first = last ? last->end : 0;
	struct line *line;

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

static void skip_lines(struct page *page, const pv_diff_run *run)
{
	for (size_t i = 0; i < run->len; i++)
		page->place[0] += run->text[i] == '\n';
}

static int add_run(struct page *page, const pv_diff_run *run)
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

static int flag_lines(struct page *page)
{
	page->changed = pv_calloc(page->count, 1);
	if (!page->changed)
		return PV_ENOMEM;
	for (size_t i = 0; i < page->count; i++)
		for (size_t j = page->lines[i].first; j < page->lines[i].end; j++)
			page->changed[i] |= page->parts[j].op != '=';
	return PV_OK;
}

static int lay_out(struct page *page, const pv_diff_run *runs, size_t count)
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

static void print_part(pv_paint *paint, char op, pv_str text)
{
	static const char *const marks[2][2] = { { "[-", "-]" }, { "{+", "+}" } };
	int is_new = op == '+';

	if (op == '=') {
		pv_paint_safe(paint->out, text);
		return;
	}
	pv_paint_begin(paint, is_new ? PV_PAINT_NEW : PV_PAINT_OLD);
	if (!paint->color)
		pv_buf_puts(paint->out, marks[is_new][0]);
	pv_paint_safe(paint->out, text);
	if (!paint->color)
		pv_buf_puts(paint->out, marks[is_new][1]);
	pv_paint_end(paint);
}

static void print_span(pv_paint *paint, const struct page *page, pv_span span,
		       const char *indent)
{
	const struct line *first = &page->lines[span.from];
	const size_t *end = span.to < page->count ? page->lines[span.to].place
						  : page->place;
	size_t ranges[2][2];

	assert(page->lines);
	for (size_t i = 0; i < 2; i++) {
		ranges[i][0] = first->place[i];
		ranges[i][1] = end[i] - first->place[i];
	}
	pv_hunk_heading(paint, indent, ranges[0], ranges[1]);
	for (size_t i = span.from; i < span.to; i++) {
		const struct line *line = &page->lines[i];

		pv_buf_puts(paint->out, indent);
		for (size_t j = line->first; j < line->end; j++)
			print_part(paint, page->parts[j].op, page->parts[j].text);
		pv_buf_putc(paint->out, '\n');
	}
}

int pv_words_print(pv_paint *paint, const pv_diff_run *runs, size_t count,
		   const pv_hunk_options *opts, pv_error *err)
{
	struct page page = { 0 };
	pv_span span = { 0 };
	int rc = lay_out(&page, runs, count);

	while (rc == PV_OK &&
	       pv_span_next(&span, page.changed, page.count, opts->context))
		print_span(paint, &page, span, opts->indent);
	pv_free(page.parts);
	pv_free(page.lines);
	pv_free(page.changed);
	return rc < 0 ? pv_fail_nomem(err) : PV_OK;
}

void pv_words_print_inline(pv_paint *paint, const pv_diff_run *runs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		pv_str text = { runs[i].text, runs[i].len };
		int is_blank = pv_run_is_blank(&runs[i]);

		if (!is_blank)
			print_part(paint, runs[i].op, text);
		else if (runs[i].op != '-')
			print_part(paint, '=', text);
	}
}
