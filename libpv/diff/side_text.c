/* SPDX-License-Identifier: MIT
 *
 * See side_text.h. Within one change the n-th line that went faces the n-th
 * that came. Lines are disarmed before they are measured, so an escape takes
 * the columns it is shown in.
 */
#include "diff/side_text.h"

#include <assert.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	TAB_WIDTH = 8,
	GUTTER = 3,
	MIN_COLUMN = 8
};

/* One row; `ptr` is NULL where a side has no line. */
struct row {
	pv_str sides[2];
};

struct rows {
	struct row *items;
	unsigned char *changed;
	size_t count;
	size_t cap;
	size_t open[2]; /* where the next line of each side may go */
	const pv_side_options *opts;
	size_t width; /* of one column */
	pv_buf cells[2];
};

static int make_row(struct rows *rows)
{
	if (pv_array_reserve(&rows->items, &rows->cap, rows->count + 1,
			     sizeof(*rows->items)) < 0)
		return PV_ENOMEM;
	memset(&rows->items[rows->count++], 0, sizeof(*rows->items));
	return PV_OK;
}

static int add_line(struct rows *rows, char op, pv_str line)
{
	size_t side = op == '+';
	int rc = PV_OK;

	if (op == '=') {
		rc = make_row(rows);
		if (rc < 0)
			return rc;
		rows->items[rows->count - 1].sides[0] = line;
		rows->items[rows->count - 1].sides[1] = line;
		rows->open[0] = rows->open[1] = rows->count;
		return PV_OK;
	}
	if (rows->open[side] == rows->count)
		rc = make_row(rows);
	if (rc == PV_OK)
		rows->items[rows->open[side]++].sides[side] = line;
	return rc;
}

static int add_run(struct rows *rows, const pv_diff_run *run)
{
	const char *at = run->text;
	const char *end = run->text + run->len;
	int rc = PV_OK;

	while (at < end && rc == PV_OK) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		pv_str line = { at, (size_t)((newline ? newline : end) - at) };

		rc = add_line(rows, run->op, line);
		at += line.len + (newline != NULL);
	}
	return rc;
}

static int flag_rows(struct rows *rows)
{
	rows->changed = pv_calloc(rows->count, 1);
	if (!rows->changed)
		return PV_ENOMEM;
	for (size_t i = 0; i < rows->count; i++)
		rows->changed[i] = rows->items[i].sides[0].ptr !=
				   rows->items[i].sides[1].ptr;
	return PV_OK;
}

/* Disarms a line and turns its tabs into blanks. */
static int make_cell(pv_buf *out, pv_str line)
{
	size_t from = 0;

	pv_buf_clear(out);
	for (size_t i = 0; line.ptr && i <= line.len; i++) {
		pv_str part = { line.ptr + from, i - from };

		if (i < line.len && line.ptr[i] != '\t')
			continue;
		pv_paint_safe(out, part);
		from = i + 1;
		if (i == line.len)
			break;
		part.ptr = pv_buf_text(out);
		part.len = out->len;
		for (size_t at = pv_paint_width(part) % TAB_WIDTH;
		     at < TAB_WIDTH; at++)
			pv_buf_putc(out, ' ');
	}
	return pv_buf_status(out, NULL);
}

/* Prints what of a cell fits into the column, padded; how much it was. */
static size_t put_part(pv_paint *paint, const pv_buf *cell, size_t at,
		       size_t width, int pads)
{
	pv_str rest = { pv_buf_text(cell) + at, cell->len - at };
	size_t used = 0;
	size_t len = pv_paint_fit(rest, width, &used);

	pv_buf_put(paint->out, rest.ptr, len);
	for (; pads && used < width; used++)
		pv_buf_putc(paint->out, ' ');
	return len;
}

static char gutter_of(const struct row *row, int is_changed)
{
	if (!is_changed)
		return ' ';
	if (!row->sides[0].ptr)
		return '>';
	return row->sides[1].ptr ? '|' : '<';
}

static int put_row(pv_paint *paint, struct rows *rows, size_t idx)
{
	static const enum pv_paint_color colors[] = { PV_PAINT_OLD, PV_PAINT_NEW };
	const struct row *row = &rows->items[idx];
	int is_changed = rows->changed[idx];
	size_t at[2] = { 0 };
	int is_first = 1;

	assert(rows->items);
	for (size_t i = 0; i < 2; i++)
		if (make_cell(&rows->cells[i], row->sides[i]) < 0)
			return PV_ENOMEM;
	while (is_first || at[0] < rows->cells[0].len ||
	       at[1] < rows->cells[1].len) {
		pv_buf_puts(paint->out, rows->opts->indent);
		for (size_t i = 0; i < 2; i++) {
			if (is_changed)
				pv_paint_begin(paint, colors[i]);
			at[i] += put_part(paint, &rows->cells[i], at[i],
					  rows->width, i == 0);
			if (is_changed)
				pv_paint_end(paint);
			if (i == 0)
				pv_buf_printf(paint->out, " %c ",
					      gutter_of(row, is_changed));
		}
		while (!paint->color && paint->out->len > 0 &&
		       paint->out->ptr[paint->out->len - 1] == ' ')
			pv_buf_truncate(paint->out, paint->out->len - 1);
		pv_buf_putc(paint->out, '\n');
		is_first = 0;
	}
	return PV_OK;
}

static int put_spans(pv_paint *paint, struct rows *rows)
{
	pv_span span = { 0 };
	size_t shown = 0;
	int rc = PV_OK;

	while (rc == PV_OK && pv_span_next(&span, rows->changed, rows->count,
					   rows->opts->context)) {
		if (span.from > shown) {
			pv_buf_puts(paint->out, rows->opts->indent);
			pv_paint_begin(paint, PV_PAINT_PLACE);
			pv_buf_puts(paint->out, "...");
			pv_paint_end(paint);
			pv_buf_putc(paint->out, '\n');
		}
		for (size_t i = span.from; i < span.to && rc == PV_OK; i++)
			rc = put_row(paint, rows, i);
		shown = span.to;
	}
	return rc;
}

static size_t column_width(const pv_side_options *opts)
{
	size_t taken = strlen(opts->indent) + GUTTER;

	if (opts->width < taken + 2 * (size_t)MIN_COLUMN)
		return MIN_COLUMN;
	return (opts->width - taken) / 2;
}

int pv_sides_print(pv_paint *paint, const pv_diff_run *runs, size_t count,
		   const pv_side_options *opts, pv_error *err)
{
	struct rows rows = { .opts = opts, .width = column_width(opts) };
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = add_run(&rows, &runs[i]);
	if (rc == PV_OK)
		rc = flag_rows(&rows);
	if (rc == PV_OK)
		rc = put_spans(paint, &rows);
	pv_buf_dispose(&rows.cells[0]);
	pv_buf_dispose(&rows.cells[1]);
	pv_free(rows.items);
	pv_free(rows.changed);
	return rc < 0 ? pv_fail_nomem(err) : PV_OK;
}
