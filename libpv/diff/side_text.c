/* SPDX-License-Identifier: MIT
 *
 * See side_text.h. Lines are disarmed before they are measured, so an escape
 * takes the columns it is shown in.
 */
#include "diff/side_text.h"

#include <assert.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "diff/side_rows.h"

enum {
	TAB_WIDTH = 8,
	GUTTER = 3,
	MIN_COLUMN = 8
};

/* The rows on their way to the terminal. */
struct layout {
	pv_side_rows rows;
	const pv_side_options *opts;
	size_t width; /* of one column */
	pv_buf cells[2];
};

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
	size_t len = pv_utf8_fit(rest.ptr, rest.len, width, &used);

	pv_buf_put(paint->out, rest.ptr, len);
	for (; pads && used < width; used++)
		pv_buf_putc(paint->out, ' ');
	return len;
}

static char gutter_of(const pv_side_row *row, int is_changed)
{
	if (!is_changed)
		return ' ';
	if (!row->sides[0].ptr)
		return '>';
	return row->sides[1].ptr ? '|' : '<';
}

static int put_row(pv_paint *paint, struct layout *page, size_t idx)
{
	static const enum pv_paint_color colors[] = { PV_PAINT_OLD, PV_PAINT_NEW };
	const pv_side_row *row = &page->rows.items[idx];
	int is_changed = page->rows.changed[idx];
	size_t at[2] = { 0 };
	int is_first = 1;

	assert(page->rows.items);
	for (size_t i = 0; i < 2; i++)
		if (make_cell(&page->cells[i], row->sides[i]) < 0)
			return PV_ENOMEM;
	while (is_first || at[0] < page->cells[0].len ||
	       at[1] < page->cells[1].len) {
		pv_buf_puts(paint->out, page->opts->indent);
		for (size_t i = 0; i < 2; i++) {
			if (is_changed)
				pv_paint_begin(paint, colors[i]);
			at[i] += put_part(paint, &page->cells[i], at[i],
					  page->width, i == 0);
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

static int put_spans(pv_paint *paint, struct layout *page)
{
	pv_span span = { 0 };
	size_t shown = 0;
	int rc = PV_OK;

	while (rc == PV_OK &&
	       pv_span_next(&span, page->rows.changed, page->rows.count,
			    page->opts->context)) {
		if (span.from > shown) {
			pv_buf_puts(paint->out, page->opts->indent);
			pv_paint_begin(paint, PV_PAINT_PLACE);
			pv_buf_puts(paint->out, "...");
			pv_paint_end(paint);
			pv_buf_putc(paint->out, '\n');
		}
		for (size_t i = span.from; i < span.to && rc == PV_OK; i++)
			rc = put_row(paint, page, i);
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
	struct layout page = { .opts = opts, .width = column_width(opts) };
	int rc = pv_side_rows_make(&page.rows, runs, count, err);

	if (rc == PV_OK && put_spans(paint, &page) < 0)
		rc = pv_fail_nomem(err);
	pv_buf_dispose(&page.cells[0]);
	pv_buf_dispose(&page.cells[1]);
	pv_side_rows_dispose(&page.rows);
	return rc;
}
