/* SPDX-License-Identifier: MIT
 *
 * See word_text.h. Marks end with the line and begin again on the next, so
 * that a pager never splits them.
 */
#include "diff/word_text.h"

#include <assert.h>

#include "diff/tokens.h"
#include "diff/word_lines.h"

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

static void print_span(pv_paint *paint, const pv_word_lines *page, pv_span span,
		       const pv_hunk_options *opts)
{
	const pv_word_line *first = &page->lines[span.from];
	const size_t *end = span.to < page->count ? page->lines[span.to].place
						  : page->place;
	size_t ranges[2][2];

	assert(page->lines);
	for (size_t i = 0; i < 2; i++) {
		ranges[i][0] = first->place[i];
		ranges[i][1] = end[i] - first->place[i];
	}
	pv_hunk_heading(paint, opts->indent, ranges[0], ranges[1]);
	for (size_t i = span.from; i < span.to; i++) {
		const pv_word_line *line = &page->lines[i];

		pv_buf_puts(paint->out, opts->indent);
		if (opts->has_margin)
			pv_buf_putc(paint->out, ' ');
		for (size_t j = line->first; j < line->end; j++)
			print_part(paint, page->parts[j].op, page->parts[j].text);
		pv_buf_putc(paint->out, '\n');
	}
}

int pv_words_print(pv_paint *paint, const pv_diff_run *runs, size_t count,
		   const pv_hunk_options *opts, pv_error *err)
{
	pv_word_lines page = { 0 };
	pv_span span = { 0 };
	int rc = pv_word_lines_make(&page, runs, count, err);

	while (rc == PV_OK &&
	       pv_span_next(&span, page.changed, page.count, opts->context))
		print_span(paint, &page, span, opts);
	pv_word_lines_dispose(&page);
	return rc;
}

static size_t count_newlines(const pv_diff_run *run)
{
	size_t count = 0;

	for (size_t i = 0; i < run->len; i++)
		count += run->text[i] == '\n';
	return count;
}

/* A line of one side cannot end elsewhere without another beside it. */
int pv_words_may_be_wrapped(const pv_diff_run *lines, size_t count)
{
	for (size_t i = 0; i + 1 < count; i++)
		if (lines[i].op != '=' && lines[i + 1].op != '=' &&
		    count_newlines(&lines[i]) + count_newlines(&lines[i + 1]) > 2)
			return 1;
	return 0;
}

/* Whether a line ends where there is but a space on the other side. */
static int is_break(const pv_diff_run *before, const pv_diff_run *after)
{
	return before->op != '=' && after->op != '=' && before->op != after->op &&
	       pv_run_is_blank(before) && pv_run_is_blank(after) &&
	       (count_newlines(before) == 0) != (count_newlines(after) == 0);
}

int pv_words_are_wrapped(const pv_diff_run *words, size_t count)
{
	size_t kept = 0;
	size_t changed = 0;
	size_t breaks = 0;

	for (size_t i = 0; i < count; i++) {
		if (words[i].op == '=')
			kept += words[i].len;
		else if (!pv_run_is_blank(&words[i]))
			changed += words[i].len;
		breaks += i > 0 && is_break(&words[i - 1], &words[i]);
	}
	return breaks > 0 && changed < kept;
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
