/* SPDX-License-Identifier: MIT
 *
 * A walk over the records of a CSV file that keeps none of them but the names
 * in its first line.
 */
#include "check/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"

struct reading {
	pv_csv csv;
	int (*fn)(int line, int column, const char *message, void *payload);
	void *payload;
	pv_csv_field *names; /* of the first line */
	size_t name_count;
};

static int tell(const struct reading *reading, int line, size_t offset,
		const char *message)
{
	return reading->fn(line, pv_csv_column(&reading->csv, offset), message,
			   reading->payload);
}

static int tell_fault(const struct reading *reading)
{
	const pv_csv *csv = &reading->csv;

	return tell(reading, csv->fault_line, csv->fault_at, csv->fault);
}

/* --- names ------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	const pv_csv_field *x = a;
	const pv_csv_field *y = b;
	int order = pv_str_cmp(x->text, y->text);

	return order ? order : (x->start > y->start) - (x->start < y->start);
}

/* Told at the first line, in which the names are. */
static int check_names(const struct reading *reading)
{
	pv_csv_field *names = reading->names;
	size_t count = reading->name_count;
	char message[160];
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < count; i++)
		if (!names[i].text.len)
			rc = tell(reading, 1, names[i].start,
				  "a column has no name");
	qsort(names, count, sizeof(*names), by_name);
	for (size_t i = 1; rc == PV_OK && i < count; i++) {
		pv_str name = names[i].text;

		if (!name.len || !pv_str_eq(names[i - 1].text, name))
			continue;
		(void)snprintf(message, sizeof(message),
			       "the column \"%.*s\" stands twice",
			       name.len < 80 ? (int)name.len : 80, name.ptr);
		rc = tell(reading, 1, names[i].start, message);
	}
	return rc;
}

static int keep_names(struct reading *reading, pv_error *err)
{
	const pv_csv *csv = &reading->csv;

	reading->names = pv_calloc(csv->count, sizeof(*reading->names));
	if (!reading->names)
		return pv_fail_nomem(err);
	memcpy(reading->names, csv->fields, csv->count * sizeof(*reading->names));
	reading->name_count = csv->count;
	return check_names(reading);
}

/* --- records ----------------------------------------------------------------- */

static int check_record(const struct reading *reading)
{
	const pv_csv *csv = &reading->csv;
	size_t names = reading->name_count;
	char message[160];

	if (csv->fault)
		return tell_fault(reading);
	if (csv->count == names)
		return PV_OK;
	(void)snprintf(message, sizeof(message),
		       "%zu value%s, where the first line names %zu variable%s",
		       csv->count, csv->count == 1 ? "" : "s", names,
		       names == 1 ? "" : "s");
	return tell(reading, csv->line, csv->fields[0].start, message);
}

/* How many values there should be is not known without names. */
static int check_all(struct reading *reading, pv_error *err)
{
	pv_csv *csv = &reading->csv;
	int rc;

	if (pv_csv_is_blank(csv))
		return tell(reading, 1, csv->at,
			    "the first line has to name the variables");
	rc = pv_csv_next(csv, err);
	if (rc > 0 && csv->fault)
		return tell_fault(reading);
	if (rc > 0)
		rc = keep_names(reading, err);
	while (rc == PV_OK) {
		int is_there = pv_csv_next(csv, err);

		if (is_there <= 0)
			return is_there;
		rc = check_record(reading);
	}
	return rc;
}

int pv_csv_check(pv_str text,
		 int (*fn)(int line, int column, const char *message,
			   void *payload),
		 void *payload, pv_error *err)
{
	struct reading reading = { .fn = fn, .payload = payload };
	size_t valid = pv_utf8_valid(text.ptr, text.len);
	int line;
	int column;
	int rc;

	if (valid < text.len) {
		pv_utf8_place(text.ptr, text.len, valid, &line, &column);
		return fn(line, column, "the text is not UTF-8", payload);
	}
	pv_csv_init(&reading.csv, text);
	rc = check_all(&reading, err);
	pv_csv_dispose(&reading.csv);
	pv_free(reading.names);
	return rc;
}
