/* SPDX-License-Identifier: MIT
 *
 * See hunk.h. A text that lost or gained its final newline says so below the
 * line; one that never had it does not, since that is how most YAML scalars
 * are.
 */
#include "diff/hunk.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

struct line {
	char op;
	pv_str text; /* with its newline */
};

struct lines {
	struct line *items;
	unsigned char *changed; /* by line */
	size_t count;
	size_t cap;
	int tells_ends; /* the texts differ in their final newline */
};

static int add_run(struct lines *lines, const pv_diff_run *run)
{
	const char *at = run->text;
	const char *end = run->text + run->len;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline + 1 : end;
		struct line *line;

		if (pv_array_reserve(&lines->items, &lines->cap,
				     lines->count + 1, sizeof(*lines->items)) < 0)
			return PV_ENOMEM;
		line = &lines->items[lines->count++];
		line->op = run->op;
		line->text.ptr = at;
		line->text.len = (size_t)(stop - at);
		at = stop;
	}
	return PV_OK;
}

/* Whether the last line of one side, `op` or kept, ends in a newline. */
static int is_ended(const struct lines *lines, char op)
{
	for (size_t i = lines->count; i-- > 0;) {
		const struct line *line = &lines->items[i];

		if (line->op == op || line->op == '=')
			return line->text.ptr[line->text.len - 1] == '\n';
	}
	return 1;
}

static void print_line(pv_paint *paint, const struct lines *lines,
		       const struct line *line, const char *indent)
{
	static const char no_newline[] = "\\ No newline at the end\n";
	pv_str text = line->text;
	int has_newline = text.ptr[text.len - 1] == '\n';
	char sign = line->op;

	if (sign == '=')
		sign = ' ';
	text.len -= (size_t)has_newline;
	pv_buf_puts(paint->out, indent);
	if (line->op != '=')
		pv_paint_begin(paint,
			       line->op == '-' ? PV_PAINT_OLD : PV_PAINT_NEW);
	pv_buf_putc(paint->out, sign);
	pv_paint_safe(paint->out, text);
	if (line->op != '=')
		pv_paint_end(paint);
	pv_buf_putc(paint->out, '\n');
	if (!has_newline && lines->tells_ends) {
		pv_buf_puts(paint->out, indent);
		pv_buf_puts(paint->out, no_newline);
	}
}

static size_t count_lines(const struct lines *lines, size_t from, size_t to,
			  char op)
{
	size_t count = 0;

	for (size_t i = from; i < to; i++)
		count += lines->items[i].op == op || lines->items[i].op == '=';
	return count;
}

/* A range as diff -u writes it: its start, 0 for an empty text, its length. */
static void print_range(pv_buf *out, char op, const size_t range[2])
{
	size_t before = range[0];
	size_t count = range[1];
	size_t start = count > 0 ? before + 1 : before;

	pv_buf_putc(out, op);
	pv_buf_putu(out, start);
	if (count == 1)
		return;
	pv_buf_putc(out, ',');
	pv_buf_putu(out, count);
}

void pv_hunk_heading(pv_paint *paint, const char *indent,
		     const size_t old_range[2], const size_t new_range[2])
{
	pv_buf_puts(paint->out, indent);
	pv_paint_begin(paint, PV_PAINT_PLACE);
	pv_buf_puts(paint->out, "@@ ");
	print_range(paint->out, '-', old_range);
	pv_buf_putc(paint->out, ' ');
	print_range(paint->out, '+', new_range);
	pv_buf_puts(paint->out, " @@");
	pv_paint_end(paint);
	pv_buf_putc(paint->out, '\n');
}

static size_t skip(const unsigned char *changed, size_t at, size_t count, int flag)
{
	while (at < count && changed[at] == flag)
		at++;
	return at;
}

int pv_span_next(pv_span *span, const unsigned char *changed, size_t count,
		 size_t context)
{
	size_t from = span->to;
	size_t first = skip(changed, from, count, 0);
	size_t end = skip(changed, first, count, 1);
	size_t next = skip(changed, end, count, 0);

	if (first == count)
		return 0;
	while (next < count && next - end <= 2 * context) {
		end = skip(changed, next, count, 1);
		next = skip(changed, end, count, 0);
	}
	span->from = first - from < context ? from : first - context;
	span->to = count - end < context ? count : end + context;
	return 1;
}

static void print_hunks(pv_paint *paint, const struct lines *lines,
			const pv_hunk_options *opts)
{
	size_t ranges[2][2] = { { 0 } };
	pv_span span = { 0 };
	size_t at = 0;

	while (pv_span_next(&span, lines->changed, lines->count, opts->context)) {
		ranges[0][0] += ranges[0][1] + span.from - at;
		ranges[1][0] += ranges[1][1] + span.from - at;
		ranges[0][1] = count_lines(lines, span.from, span.to, '-');
		ranges[1][1] = count_lines(lines, span.from, span.to, '+');
		pv_hunk_heading(paint, opts->indent, ranges[0], ranges[1]);
		for (at = span.from; at < span.to; at++)
			print_line(paint, lines, &lines->items[at], opts->indent);
	}
}

static int flag_lines(struct lines *lines)
{
	lines->changed = pv_calloc(lines->count, 1);
	if (!lines->changed)
		return PV_ENOMEM;
	for (size_t i = 0; i < lines->count; i++)
		lines->changed[i] = lines->items[i].op != '=';
	return PV_OK;
}

int pv_hunks_print(pv_paint *paint, const pv_diff_run *runs, size_t count,
		   const pv_hunk_options *opts, pv_error *err)
{
	struct lines lines = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = add_run(&lines, &runs[i]);
	if (rc == PV_OK)
		rc = flag_lines(&lines);
	if (rc == PV_OK) {
		lines.tells_ends = is_ended(&lines, '-') != is_ended(&lines, '+');
		print_hunks(paint, &lines, opts);
	} else {
		rc = pv_fail_nomem(err);
	}
	pv_free(lines.items);
	pv_free(lines.changed);
	return rc;
}

size_t pv_hunks_count(const pv_diff_run *runs, size_t count, char op)
{
	size_t lines = 0;

	for (size_t i = 0; i < count; i++) {
		const pv_diff_run *run = &runs[i];

		if (run->op != op || run->len == 0)
			continue;
		for (size_t j = 0; j < run->len; j++)
			lines += run->text[j] == '\n';
		lines += run->text[run->len - 1] != '\n';
	}
	return lines;
}
