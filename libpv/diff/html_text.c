/* SPDX-License-Identifier: MIT
 *
 * See html_text.h. Unchanged lines away from changes are folded, and left out
 * where there are very many. The words that are marked are the same in both
 * views.
 */
#include "diff/html_text.h"

#include "base/arena.h"
#include "base/fail.h"
#include "diff/hunk.h"
#include "diff/markdown.h"
#include "diff/side_rows.h"
#include "diff/tokens.h"
#include "diff/word_lines.h"

enum {
	CONTEXT = 3,
	MIN_FOLDED = 4, /* lines in a fold */
	MAX_FOLDED = 500,
	MAX_SHOWN = 4000 /* lines around changes, in all */
};

/* How far one side has come in the runs of words. */
struct cursor {
	const char *text;
	size_t run;
	size_t at; /* where the run begins in the text */
	char op;   /* of what is in this text only */
};

/* What the views of a text go through, from top to bottom. */
struct view {
	pv_html *html;
	const pv_diff_run *words;
	size_t word_count;
	const unsigned char *is_marked; /* by run of words */
	pv_word_lines lines;
	pv_side_rows rows;
	size_t row;      /* side by side: the next one, */
	size_t above[2]; /* how many lines of each side lie above it, */
	struct cursor cursors[2];
};

/* Appends lines or rows [from, to). */
typedef void put_range(struct view *view, size_t from, size_t to);

/* --- folds --------------------------------------------------------------- */

static void put_fold(struct view *view, put_range *put, size_t from, size_t to)
{
	pv_html *html = view->html;

	if (from == to)
		return;
	if (to - from < MIN_FOLDED) {
		put(view, from, to);
		return;
	}
	pv_buf_printf(html->out,
		      "<details><summary>%zu unchanged lines</summary>\n",
		      to - from);
	if (to - from > MAX_FOLDED) {
		put(view, from, from + MAX_FOLDED / 2);
		pv_buf_puts(html->out, "<p>");
		pv_html_cut(html, to - from - MAX_FOLDED, "lines");
		pv_buf_puts(html->out, "</p>\n");
		put(view, to - MAX_FOLDED / 2, to);
	} else {
		put(view, from, to);
	}
	pv_buf_puts(html->out, "</details>\n");
}

/* Changed lines with context, the others folded between them. */
static void put_spans(struct view *view, put_range *put,
		      const unsigned char *changed, size_t count)
{
	pv_span span = { 0 };
	size_t done = 0;
	size_t shown = 0;

	while (pv_span_next(&span, changed, count, CONTEXT)) {
		size_t to = span.to;

		if (to - span.from > MAX_SHOWN - shown)
			to = span.from + MAX_SHOWN - shown;
		put_fold(view, put, done, span.from);
		put(view, span.from, to);
		shown += to - span.from;
		done = to;
		if (shown == MAX_SHOWN && done < count) {
			pv_buf_puts(view->html->out, "<p>");
			pv_html_cut(view->html, count - done, "lines");
			pv_buf_puts(view->html->out, "</p>\n");
			return;
		}
	}
	/* A text in which nothing but blanks changed is in a fold already. */
	if (done == 0 && count <= MAX_FOLDED)
		put(view, 0, count);
	else
		put_fold(view, put, done, count);
}

/* --- words where they stand ---------------------------------------------- */

/* The number of a line in the new text; none for one that is gone. */
static void put_line_start(pv_buf *out, const struct view *view, size_t idx)
{
	const pv_word_line *line = &view->lines.lines[idx];
	int is_gone = line->end > line->first;

	for (size_t i = line->first; i < line->end; i++)
		is_gone &= view->lines.parts[i].op == '-';
	pv_buf_puts(out, view->lines.changed[idx] ? "<span class=\"l c\""
						  : "<span class=l");
	if (!is_gone) {
		pv_buf_puts(out, " data-n=");
		pv_buf_putu(out, line->place[1] + 1);
	}
	pv_buf_putc(out, '>');
}

static void put_lines(struct view *view, size_t from, size_t to)
{
	pv_buf *out = view->html->out;

	pv_buf_puts(out, "<pre class=i>");
	for (size_t i = from; i < to; i++) {
		const pv_word_line *line = &view->lines.lines[i];

		put_line_start(out, view, i);
		for (size_t j = line->first; j < line->end; j++)
			pv_html_run(view->html, view->lines.parts[j].op,
				    view->lines.parts[j].text);
		pv_buf_puts(out, "\n</span>");
	}
	pv_buf_puts(out, "</pre>\n");
}

/* --- side by side -------------------------------------------------------- */

static void skip_to(struct cursor *cursor, const struct view *view, size_t offset)
{
	while (cursor->run < view->word_count) {
		const pv_diff_run *run = &view->words[cursor->run];
		int is_ours = run->op == '=' || run->op == cursor->op;

		if (is_ours && cursor->at + run->len > offset)
			return;
		if (is_ours)
			cursor->at += run->len;
		cursor->run++;
	}
}

/*
 * Appends a line with its words marked; only tells whether there are any when
 * `is_dry`.
 */
static int walk_line(const struct view *view, struct cursor *cursor,
		     pv_str line, int is_dry)
{
	size_t offset = (size_t)(line.ptr - cursor->text);
	int has_marks = 0;

	while (line.len > 0) {
		pv_str part = line;
		char op = '=';

		skip_to(cursor, view, offset);
		if (cursor->run < view->word_count) {
			const pv_diff_run *run = &view->words[cursor->run];
			size_t left = cursor->at + run->len - offset;

			if (left < part.len)
				part.len = left;
			if (view->is_marked[cursor->run])
				op = run->op;
		}
		has_marks |= op != '=';
		if (!is_dry)
			pv_html_run(view->html, op, part);
		line.ptr += part.len;
		line.len -= part.len;
		offset += part.len;
	}
	return has_marks;
}

static int is_kept(const pv_side_row *row)
{
	return row->sides[0].ptr == row->sides[1].ptr;
}

static int is_row_marked(const struct view *view, const pv_side_row *row)
{
	if (is_kept(row))
		return 0;
	for (int i = 0; i < 2; i++) {
		struct cursor cursor = view->cursors[i];

		if (row->sides[i].ptr &&
		    walk_line(view, &cursor, row->sides[i], 1))
			return 1;
	}
	return 0;
}

static void put_cell(struct view *view, const pv_side_row *row, int side)
{
	pv_buf *out = view->html->out;
	pv_str line = row->sides[side];

	if (!line.ptr) {
		pv_buf_puts(out, "<td class=n></td><td></td>");
		return;
	}
	pv_buf_puts(out, "<td class=n>");
	pv_buf_putu(out, ++view->above[side]);
	pv_buf_puts(out, "</td><td>");
	if (is_kept(row))
		pv_html_run(view->html, '=', line);
	else
		walk_line(view, &view->cursors[side], line, 0);
	pv_buf_puts(out, "</td>");
}

/* Counts the lines of rows that are not shown. */
static void pass_rows(struct view *view, size_t to)
{
	for (; view->row < to; view->row++)
		for (int side = 0; side < 2; side++)
			view->above[side] +=
				view->rows.items[view->row].sides[side].ptr !=
				NULL;
}

static void put_rows(struct view *view, size_t from, size_t to)
{
	static const char head[] =
		"<table class=s><colgroup><col class=n><col><col class=n><col>"
		"</colgroup><thead><tr>"
		"<th scope=col><span class=hidden>Old line</span></th>"
		"<th scope=col><span class=hidden>Before</span></th>"
		"<th scope=col><span class=hidden>New line</span></th>"
		"<th scope=col><span class=hidden>After</span></th>"
		"</tr></thead>\n<tbody>\n";
	pv_buf *out = view->html->out;

	pass_rows(view, from);
	pv_buf_puts(out, head);
	for (; view->row < to; view->row++) {
		const pv_side_row *row = &view->rows.items[view->row];

		pv_buf_puts(out,
			    is_row_marked(view, row) ? "<tr class=c>" : "<tr>");
		put_cell(view, row, 0);
		put_cell(view, row, 1);
		pv_buf_puts(out, "</tr>\n");
	}
	pv_buf_puts(out, "</tbody></table>\n");
}

/* --- all views ----------------------------------------------------------- */

static int put_views(struct view *view, const pv_diff_run *lines, size_t count,
		     pv_error *err)
{
	pv_buf *out = view->html->out;
	int rc = pv_word_lines_make(&view->lines, view->words, view->word_count,
				    err);

	if (rc == PV_OK)
		rc = pv_side_rows_make(&view->rows, lines, count, err);
	if (rc < 0)
		return rc;
	pv_buf_puts(out, "<div class=vi>\n");
	put_spans(view, put_lines, view->lines.changed, view->lines.count);
	pv_buf_puts(out, "</div>\n<div class=vs>\n");
	put_spans(view, put_rows, view->rows.changed, view->rows.count);
	pv_buf_puts(out, "</div>\n");
	return PV_OK;
}

static int flag_words(struct view *view, pv_arena *arena, pv_error *err)
{
	unsigned char *flags = pv_arena_calloc(arena, view->word_count + 1);

	if (!flags)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < view->word_count; i++)
		flags[i] = view->words[i].op != '=' &&
			   !pv_run_is_blank(&view->words[i]);
	view->is_marked = flags;
	return PV_OK;
}

/* A side that is not there is an empty text here. */
static int put_source(pv_html *html, pv_str before, pv_str after, pv_error *err)
{
	struct view view = { .html = html,
			     .cursors = { { .text = before.ptr, .op = '-' },
					  { .text = after.ptr, .op = '+' } } };
	pv_arena arena = { 0 };
	pv_diff_run *words = NULL;
	pv_diff_run *lines = NULL;
	size_t count = 0;
	int rc = pv_runs_of_words(&words, &view.word_count, &arena, before,
				  after, err);

	view.words = words;
	if (rc == PV_OK)
		rc = flag_words(&view, &arena, err);
	if (rc == PV_OK)
		rc = pv_runs_of_lines(&lines, &count, &arena, before, after, err);
	if (rc == PV_OK)
		rc = put_views(&view, lines, count, err);
	pv_word_lines_dispose(&view.lines);
	pv_side_rows_dispose(&view.rows);
	pv_arena_dispose(&arena);
	return rc;
}

int pv_html_views(pv_html *html, const pv_html_pair *pair, pv_error *err)
{
	pv_str before = pair->before.ptr ? pair->before : pv_str_of("");
	pv_str after = pair->after.ptr ? pair->after : pv_str_of("");
	pv_buf rendered = { 0 };
	int rc = PV_OK;

	if (pair->is_prose)
		rc = pv_markdown_view(&rendered, before, after, err);
	if (rc == PV_OK) {
		pv_buf_puts(html->out,
			    rendered.len > 0 ? "<div class=\"text rendered\">\n"
					     : "<div class=text>\n");
		rc = put_source(html, before, after, err);
	}
	if (rendered.len > 0) {
		html->has_rendered = 1;
		pv_buf_puts(html->out, "<div class=vr>\n");
		pv_buf_put(html->out, rendered.ptr, rendered.len);
		pv_buf_puts(html->out, "</div>\n");
	}
	pv_buf_puts(html->out, "</div>\n");
	pv_buf_dispose(&rendered);
	return rc < 0 ? rc : pv_buf_status(html->out, err);
}
