/* SPDX-License-Identifier: MIT
 *
 * Files of executions and of what older programs kept: a JSON document, lines
 * of JSON, or the table that `git pv history export --format csv` writes. Which
 * it is shows in its start.
 */
#include "history/history_verbs.h"

#include <string.h>

#include "base/csv.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

/* A file on its way in. */
struct input {
	pv_cli *cli;
	pv_old_reader reader;
	int (*refuse)(size_t line, void *payload);
	pv_strlist names; /* columns of a table */
};

static int refuse(struct input *it, size_t line)
{
	return it->refuse(line, it->reader.payload);
}

/* --- lines ---------------------------------------------------------------- */

static pv_str line_at(pv_str text, size_t at)
{
	const char *start = text.ptr + at;
	const char *end = memchr(start, '\n', text.len - at);
	pv_str line = { start, end ? (size_t)(end - start) : text.len - at };

	return line;
}

/* Whether what is no JSON is lines of it: then the first one is. */
static int are_lines(pv_str text)
{
	pv_str first = line_at(text, 0);
	pv_json_doc *doc = NULL;
	int rc = pv_json_parse(&doc, first.ptr, first.len, NULL);

	pv_json_free(doc);
	return rc == PV_OK && first.len < text.len;
}

static int read_lines(struct input *it, pv_str text)
{
	pv_cli *cli = it->cli;
	int rc = PV_OK;

	for (size_t at = 0; at < text.len && rc == PV_OK;) {
		pv_str line = line_at(text, at);

		at += line.len + 1;
		it->reader.line++;
		line = pv_str_trim(line);
		if (!line.len)
			continue;
		rc = pv_old_layout_read(line.ptr, line.len, &it->reader,
					&cli->err);
		if (rc == PV_ESYNTAX || rc == PV_ELIMIT)
			rc = refuse(it, it->reader.line);
	}
	return rc;
}

/* --- tables --------------------------------------------------------------- */

/* Cells of these are JSON where they look like it. */
static int may_be_json(const char *name, char first)
{
	static const char *const objects[] = { "input",   "params", "metadata",
					       "scores",  "tags",   "request",
					       "response" };

	for (size_t i = 0; i < pv_array_len(objects); i++)
		if (strcmp(name, objects[i]) == 0)
			return first == '{' || first == '[';
	/* Messages; what comes back is a text, even if it is JSON. */
	return strcmp(name, "rendered") == 0 && first == '[';
}

static int may_be_text(const char *name)
{
	return strcmp(name, "rendered") == 0 || strcmp(name, "input") == 0 ||
	       strcmp(name, "request") == 0 || strcmp(name, "response") == 0;
}

/* Export puts ' before what a spreadsheet would take for a formula. */
static pv_str without_guard(pv_str cell)
{
	size_t marks = 0;

	while (marks < cell.len && cell.ptr[marks] == '\'')
		marks++;
	if (marks && marks < cell.len && strchr("=+-@\t\r", cell.ptr[marks]) &&
	    cell.ptr[marks]) {
		cell.ptr++;
		cell.len--;
	}
	return cell;
}

/* Appends what a cell of a field is as JSON; an empty one is unset. */
static int put_cell(pv_buf *out, const char *name, pv_str cell, pv_error *err)
{
	pv_execution *row = NULL;
	int is_text = 0;
	int rc = pv_execution_new(&row, err);

	if (rc < 0)
		return rc;
	cell = without_guard(cell);
	if (!cell.len)
		cell = pv_str_of("null");
	else if (!may_be_json(name, cell.ptr[0]))
		is_text = 1;
	if (!is_text)
		rc = pv_execution_set_json(row, name, cell.ptr, cell.len, err);
	/* What only looks like it is a text, where that may be one. */
	if (is_text || (rc < 0 && rc != PV_ENOMEM && may_be_text(name))) {
		pv_error_clear(err);
		rc = pv_execution_set(row, name, cell.ptr, cell.len, err);
	}
	if (rc == PV_OK)
		rc = pv_execution_value(out, row, name, err);
	pv_execution_free(row);
	return rc;
}

static int is_field(const char *name)
{
	const char *field;

	for (size_t i = 0; (field = pv_execution_field(i)) != NULL; i++)
		if (strcmp(field, name) == 0)
			return 1;
	return 0;
}

static int put_member(pv_buf *out, const char *name, const pv_csv_field *field,
		      pv_error *err)
{
	pv_buf cell = { 0 };
	pv_jsonw w;
	int rc;

	pv_csv_put_value(&cell, field);
	rc = pv_buf_status(&cell, err);
	if (rc == PV_OK && (is_field(name) || cell.len)) {
		if (out->len > 1)
			pv_buf_putc(out, ',');
		pv_jsonw_init(&w, out);
		pv_jsonw_string(&w, name);
		pv_buf_putc(out, ':');
		pv_jsonw_init(&w, out);
		if (is_field(name))
			rc = put_cell(out, name,
				      (pv_str){ pv_buf_text(&cell), cell.len },
				      err);
		else
			pv_jsonw_stringn(&w, cell.ptr, cell.len);
	}
	pv_buf_dispose(&cell);
	return rc;
}

static int put_row(pv_buf *out, const struct input *it, const pv_csv *csv,
		   pv_error *err)
{
	int rc = PV_OK;

	if (csv->fault)
		return pv_fail(err, PV_EINVALID, "%s", csv->fault);
	if (csv->count != it->names.count)
		return pv_fail(err, PV_EINVALID,
			       "there are %zu cells, and %zu columns",
			       csv->count, it->names.count);
	pv_buf_putc(out, '{');
	for (size_t i = 0; i < csv->count && rc == PV_OK; i++)
		rc = put_member(out, it->names.items[i], &csv->fields[i], err);
	pv_buf_putc(out, '}');
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}

static int read_row(struct input *it, const pv_csv *csv)
{
	size_t line = (size_t)(csv->fault ? csv->fault_line : csv->line);
	pv_buf json = { 0 };
	int rc = put_row(&json, it, csv, &it->cli->err);

	if (rc == PV_OK)
		rc = it->reader.execution(json.ptr, json.len, line,
					  it->reader.payload);
	else if (rc == PV_EINVALID || rc == PV_ESYNTAX || rc == PV_ELIMIT)
		rc = refuse(it, line);
	pv_buf_dispose(&json);
	return rc;
}

static int add_name(struct input *it, const pv_csv_field *field)
{
	pv_error *err = &it->cli->err;
	pv_buf name = { 0 };
	int rc;

	pv_csv_put_value(&name, field);
	rc = pv_buf_status(&name, err);
	if (rc == PV_OK)
		rc = pv_strlist_add(&it->names, pv_buf_text(&name), err);
	pv_buf_dispose(&name);
	return rc;
}

/* Whether the first line names what an execution needs. */
static int names_executions(const struct input *it)
{
	static const char *const subjects[] = { "prompt_id", "template",
						"rendered" };
	int has_subject = 0;

	for (size_t i = 0; i < pv_array_len(subjects); i++)
		has_subject |= pv_strlist_find(&it->names, subjects[i]) >= 0;
	return has_subject && it->names.count > 1;
}

static int check_names(struct input *it)
{
	for (size_t i = 0; i < it->names.count; i++)
		if (pv_strlist_find(&it->names, it->names.items[i]) < (long)i)
			return pv_fail(&it->cli->err, PV_EINVALID,
				       "the column \"%.100s\" stands twice",
				       it->names.items[i]);
	return PV_OK;
}

static int read_rows(struct input *it, pv_csv *csv)
{
	int rc = check_names(it);

	while (rc == PV_OK) {
		int is_there = pv_csv_next(csv, &it->cli->err);

		if (is_there <= 0)
			return is_there;
		rc = read_row(it, csv);
	}
	return rc;
}

static int read_table(int *is_table_out, struct input *it, pv_str text)
{
	pv_csv csv;
	int is_there;
	int rc = PV_OK;

	*is_table_out = 0;
	pv_csv_init(&csv, text);
	is_there = pv_csv_next(&csv, &it->cli->err);
	if (is_there < 0)
		rc = is_there;
	for (size_t i = 0; is_there > 0 && rc == PV_OK && i < csv.count; i++)
		rc = add_name(it, &csv.fields[i]);
	*is_table_out = rc == PV_OK && is_there > 0 && names_executions(it);
	if (*is_table_out)
		rc = read_rows(it, &csv);
	pv_csv_dispose(&csv);
	return rc;
}

/* --- files ---------------------------------------------------------------- */

static int starts_like_json(pv_str text)
{
	text = pv_str_trim(text);
	return text.len && strchr("{[", text.ptr[0]);
}

static int read_text(struct input *it, pv_str text)
{
	pv_cli *cli = it->cli;
	const char *file = it->reader.file;
	int is_table = 0;
	int rc = PV_OK;

	/* Nothing was new when an export wrote it. */
	if (!text.len)
		return PV_OK;
	if (!starts_like_json(text) &&
	    pv_utf8_valid(text.ptr, text.len) == text.len)
		rc = read_table(&is_table, it, text);
	if (rc < 0)
		return pv_error_at(&cli->err, rc, file, 1, 0);
	if (is_table)
		return rc;
	rc = pv_old_layout_read(text.ptr, text.len, &it->reader, &cli->err);
	if (rc == PV_ESYNTAX && are_lines(text)) {
		pv_error_clear(&cli->err);
		return read_lines(it, text);
	}
	if (rc == PV_ESYNTAX)
		pv_error_at(&cli->err, rc, file, cli->err.line, cli->err.column);
	return rc;
}

int history_read(pv_cli *cli, const history_reader *reader)
{
	struct input it = { .cli = cli,
			    .reader = reader->old,
			    .refuse = reader->refuse };
	pv_buf text = { 0 };
	int rc = pv_file_read(&text, reader->old.file, &cli->err);

	if (rc == PV_OK)
		rc = read_text(&it, (pv_str){ pv_buf_text(&text), text.len });
	pv_strlist_dispose(&it.names);
	pv_buf_dispose(&text);
	return rc;
}
