/* SPDX-License-Identifier: MIT
 *
 * A walk over the fields of a CSV file that keeps none of them but the names
 * in its first line. What is wrong with a record ends at the end of its line.
 */
#include "check/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"

/* A field as it is written, quotation marks aside. */
struct field {
	pv_str text;
	size_t start; /* offset of its first byte, the mark if there is one */
};

struct csv {
	pv_str text;
	size_t at;
	size_t line_start;
	int line;
	struct field *names;
	size_t name_count;
	size_t name_cap;
	int (*fn)(int line, int column, const char *message, void *payload);
	void *payload;
	pv_error *err;
};

static int tell(const struct csv *csv, size_t offset, const char *message)
{
	pv_str line = { csv->text.ptr + csv->line_start,
			offset - csv->line_start };
	int column = (int)pv_utf8_count(line.ptr, line.len) + 1;

	return csv->fn(csv->line, column, message, csv->payload);
}

/* Past the end of a line, at whose newline the walk is. */
static void next_line(struct csv *csv)
{
	csv->at++;
	csv->line++;
	csv->line_start = csv->at;
}

static pv_str slice(const struct csv *csv, size_t start, size_t end)
{
	pv_str part = { csv->text.ptr + start, end - start };

	return part;
}

static int is_at(const struct csv *csv, char c)
{
	return csv->at < csv->text.len && csv->text.ptr[csv->at] == c;
}

static int is_at_end(const struct csv *csv)
{
	pv_str rest = { csv->text.ptr + csv->at, csv->text.len - csv->at };

	return !rest.len || *rest.ptr == '\n' ||
	       (*rest.ptr == '\r' && (rest.len == 1 || rest.ptr[1] == '\n'));
}

/* To the end of a line, its newline and what is before it included. */
static void skip_line(struct csv *csv)
{
	while (csv->at < csv->text.len && !is_at(csv, '\n'))
		csv->at++;
	if (csv->at < csv->text.len)
		next_line(csv);
}

/* Past the closing mark; 0: there is none. Two marks are one of the text. */
static int skip_quoted(struct csv *csv)
{
	for (csv->at++; csv->at < csv->text.len; csv->at++) {
		if (is_at(csv, '\n')) {
			next_line(csv);
			csv->at--;
		} else if (is_at(csv, '"')) {
			csv->at++;
			if (!is_at(csv, '"'))
				return 1;
		}
	}
	return 0;
}

/* 1: the field is read; 0: something is wrong with it, and told; or an error. */
static int read_field(struct csv *csv, struct field *out)
{
	size_t start = csv->at;
	struct csv before = *csv;
	int rc;

	out->start = start;
	if (!is_at(csv, '"')) {
		while (!is_at(csv, ',') && !is_at_end(csv))
			csv->at++;
		out->text = slice(csv, start, csv->at);
		return 1;
	}
	if (!skip_quoted(csv))
		return tell(&before, start, "the quotation mark is not closed");
	out->text = slice(csv, start + 1, csv->at - 1);
	if (is_at(csv, ',') || is_at_end(csv))
		return 1;
	rc = tell(csv, csv->at, "a comma has to follow the quotation mark");
	skip_line(csv);
	return rc;
}

static int keep_name(struct csv *csv, const struct field *field)
{
	if (pv_array_reserve(&csv->names, &csv->name_cap, csv->name_count + 1,
			     sizeof(*field)) < 0)
		return pv_fail_nomem(csv->err);
	csv->names[csv->name_count++] = *field;
	return PV_OK;
}

/*
 * One record, from its first field to behind its line: `*count` is how many
 * fields it has, 0 when something is wrong with one. The names are kept when
 * there are none yet.
 */
static int read_record(struct csv *csv, size_t *count, int is_first)
{
	struct field field;
	int rc = PV_OK;

	for (*count = 0; rc == PV_OK;) {
		int is_read = read_field(csv, &field);

		if (is_read != 1) {
			*count = 0;
			return is_read;
		}
		++*count;
		if (is_first)
			rc = keep_name(csv, &field);
		if (!is_at(csv, ','))
			break;
		csv->at++;
	}
	if (rc == PV_OK && is_at(csv, '\r'))
		csv->at++;
	if (rc == PV_OK && is_at(csv, '\n'))
		next_line(csv);
	return rc;
}

/* --- names ------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	const struct field *x = a;
	const struct field *y = b;
	int order = pv_str_cmp(x->text, y->text);

	return order ? order : (x->start > y->start) - (x->start < y->start);
}

/* Told at the first line, in which the names are. */
static int check_names(const struct csv *csv, const struct csv *header)
{
	char message[160];
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < csv->name_count; i++)
		if (!csv->names[i].text.len)
			rc = tell(header, csv->names[i].start,
				  "a column has no name");
	if (csv->name_count)
		qsort(csv->names, csv->name_count, sizeof(*csv->names), by_name);
	for (size_t i = 1; rc == PV_OK && i < csv->name_count; i++) {
		pv_str name = csv->names[i].text;

		if (!name.len || !pv_str_eq(csv->names[i - 1].text, name))
			continue;
		(void)snprintf(message, sizeof(message),
			       "the column \"%.*s\" stands twice",
			       name.len < 80 ? (int)name.len : 80, name.ptr);
		rc = tell(header, csv->names[i].start, message);
	}
	return rc;
}

/* --- records ----------------------------------------------------------------- */

static int check_records(struct csv *csv)
{
	char message[160];
	int rc = PV_OK;

	while (rc == PV_OK && csv->at < csv->text.len) {
		struct csv before = *csv;
		size_t count;

		if (is_at_end(csv)) {
			skip_line(csv);
			continue;
		}
		rc = read_record(csv, &count, 0);
		if (rc < 0 || !count || count == csv->name_count)
			continue;
		(void)snprintf(message, sizeof(message),
			       "%zu value%s, where the first line names %zu "
			       "variable%s",
			       count, count == 1 ? "" : "s", csv->name_count,
			       csv->name_count == 1 ? "" : "s");
		rc = tell(&before, before.at, message);
	}
	return rc;
}

int pv_csv_check(pv_str text,
		 int (*fn)(int line, int column, const char *message,
			   void *payload),
		 void *payload, pv_error *err)
{
	struct csv csv = {
		.text = text, .line = 1, .fn = fn, .payload = payload, .err = err
	};
	size_t valid = pv_utf8_valid(text.ptr, text.len);
	struct csv header;
	size_t count;
	int line;
	int column;
	int rc;

	if (valid < text.len) {
		pv_utf8_place(text.ptr, text.len, valid, &line, &column);
		return fn(line, column, "the text is not UTF-8", payload);
	}
	if (text.len >= 3 && !memcmp(text.ptr, "\xEF\xBB\xBF", 3)) {
		csv.at = 3; /* a byte order mark, as spreadsheets write it */
		csv.line_start = 3;
	}
	header = csv;
	if (is_at_end(&csv))
		return tell(&csv, csv.at,
			    "the first line has to name the variables");
	rc = read_record(&csv, &count, 1);
	if (rc == PV_OK && count)
		rc = check_names(&csv, &header);
	/* How many there should be is not known without names. */
	if (rc == PV_OK && count)
		rc = check_records(&csv);
	pv_free(csv.names);
	return rc;
}
