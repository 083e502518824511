/* SPDX-License-Identifier: MIT
 *
 * See csv.h. A walk over the bytes that copies nothing; what is wrong with a
 * record ends at the end of its line, so that one bad record is one finding.
 */
#include "base/csv.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"

void pv_csv_init(pv_csv *csv, pv_str text)
{
	memset(csv, 0, sizeof(*csv));
	csv->text = text;
	csv->next_line = 1;
	if (text.len >= 3 && !memcmp(text.ptr, "\xEF\xBB\xBF", 3))
		csv->at = 3; /* as spreadsheets write it */
}

static int is_at(const pv_csv *csv, char c)
{
	return csv->at < csv->text.len && csv->text.ptr[csv->at] == c;
}

int pv_csv_is_blank(const pv_csv *csv)
{
	pv_str rest = { csv->text.ptr + csv->at, csv->text.len - csv->at };

	return !rest.len || *rest.ptr == '\n' ||
	       (*rest.ptr == '\r' && (rest.len == 1 || rest.ptr[1] == '\n'));
}

/* To behind the end of a line. */
static void skip_line(pv_csv *csv)
{
	while (csv->at < csv->text.len && !is_at(csv, '\n'))
		csv->at++;
	csv->next_line += csv->at < csv->text.len;
	csv->at += csv->at < csv->text.len;
}

/* Past the closing mark; 0: there is none. Two marks are one of the text. */
static int skip_quoted(pv_csv *csv)
{
	for (csv->at++; csv->at < csv->text.len; csv->at++) {
		csv->next_line += is_at(csv, '\n');
		if (!is_at(csv, '"'))
			continue;
		csv->at++;
		if (!is_at(csv, '"'))
			return 1;
	}
	return 0;
}

static void set_fault(pv_csv *csv, const char *why, int line, size_t at)
{
	csv->fault = why;
	csv->fault_line = line;
	csv->fault_at = at;
	csv->count = 0;
	skip_line(csv);
}

static void read_field(pv_csv *csv, pv_csv_field *out)
{
	size_t start = csv->at;
	int line = csv->next_line;

	out->start = start;
	out->is_quoted = is_at(csv, '"');
	if (!out->is_quoted) {
		while (!is_at(csv, ',') && !pv_csv_is_blank(csv))
			csv->at++;
		out->text.ptr = csv->text.ptr + start;
		out->text.len = csv->at - start;
		return;
	}
	if (!skip_quoted(csv)) {
		set_fault(csv, "the quotation mark is not closed", line, start);
		return;
	}
	out->text.ptr = csv->text.ptr + start + 1;
	out->text.len = csv->at - start - 2;
	if (!is_at(csv, ',') && !pv_csv_is_blank(csv))
		set_fault(csv, "a comma has to follow the quotation mark",
			  csv->next_line, csv->at);
}

int pv_csv_next(pv_csv *csv, pv_error *err)
{
	csv->count = 0;
	csv->fault = NULL;
	while (csv->at < csv->text.len && pv_csv_is_blank(csv))
		skip_line(csv);
	csv->line = csv->next_line;
	if (csv->at >= csv->text.len)
		return 0;
	for (;;) {
		if (pv_array_reserve(&csv->fields, &csv->cap, csv->count + 1,
				     sizeof(*csv->fields)) < 0)
			return pv_fail_nomem(err);
		read_field(csv, &csv->fields[csv->count]);
		if (csv->fault)
			return 1;
		csv->count++;
		if (!is_at(csv, ','))
			break;
		csv->at++;
	}
	skip_line(csv);
	return 1;
}

int pv_csv_column(const pv_csv *csv, size_t offset)
{
	size_t start = offset;

	while (start && csv->text.ptr[start - 1] != '\n')
		start--;
	if (!start && csv->text.len >= 3 &&
	    !memcmp(csv->text.ptr, "\xEF\xBB\xBF", 3))
		start = 3;
	return (int)pv_utf8_count(csv->text.ptr + start, offset - start) + 1;
}

void pv_csv_put_value(pv_buf *out, const pv_csv_field *field)
{
	pv_str left = field->text;

	while (left.len) {
		const char *mark = field->is_quoted
					   ? memchr(left.ptr, '"', left.len)
					   : NULL;
		size_t len = mark ? (size_t)(mark - left.ptr) + 1 : left.len;

		pv_buf_put(out, left.ptr, len);
		len += mark != NULL && len < left.len;
		left.ptr += len;
		left.len -= len;
	}
}

void pv_csv_write(pv_buf *out, pv_str text)
{
	int is_plain = 1;

	for (size_t i = 0; i < text.len && is_plain; i++)
		is_plain = !strchr(",\"\r\n", text.ptr[i]);
	if (is_plain) {
		pv_buf_put(out, text.ptr, text.len);
		return;
	}
	pv_buf_putc(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"')
			pv_buf_putc(out, '"');
		pv_buf_putc(out, text.ptr[i]);
	}
	pv_buf_putc(out, '"');
}

void pv_csv_dispose(pv_csv *csv)
{
	pv_free(csv->fields);
	memset(csv, 0, sizeof(*csv));
}
