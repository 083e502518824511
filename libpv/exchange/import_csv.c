/* SPDX-License-Identifier: MIT
 *
 * Records as CSV: the first line names the members. Which cells are texts and
 * which JSON goes by the column (columns.h), never by how a cell looks: a
 * prompt that reads "true" is a text. Empty cells are members that are not
 * there.
 */
#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "base/fail.h"
#include "base/utf8.h"
#include "exchange/columns.h"
#include "exchange/foreign.h"
#include "exchange/import.h"
#include "exchange/node.h"
#include "exchange/record.h"
#include "prompt/model.h"

struct table {
	pv_import *import;
	pv_csv csv;
	pv_arena names_arena;
	pv_str *names; /* of the columns, NUL-terminated */
	size_t count;
};

/* --- cells ---------------------------------------------------------------- */

/* "a, b; c" as a list of texts. */
static int split_list(pv_growing *record, const char *key, pv_str cell,
		      pv_error *err)
{
	pv_growing list;
	int rc = pv_growing_init(&list, record->arena, PV_YAML_SEQUENCE, err);

	while (cell.len && rc == PV_OK) {
		pv_str part = { cell.ptr, 0 };

		while (part.len < cell.len && !strchr(",;", cell.ptr[part.len]))
			part.len++;
		cell.ptr += part.len + (part.len < cell.len);
		cell.len -= part.len + (part.len < cell.len);
		part = pv_str_trim(part);
		if (part.len)
			rc = pv_growing_put_text(&list, "", PV_YAML_STRING,
						 part, err);
	}
	return rc == PV_OK ? pv_growing_put(record, key, list.node, err) : rc;
}

/* What people and spreadsheets write where JSON is meant; 0: nothing known. */
static int put_loosely(pv_growing *record, const char *key, pv_str cell,
		       pv_error *err)
{
	const pv_yaml_node text = { .kind = PV_YAML_SCALAR,
				    .text = cell.ptr,
				    .len = cell.len };
	int is_true;
	int rc = PV_OK;

	if (!strcmp(key, "active") && pv_foreign_bool(&is_true, &text))
		rc = pv_growing_put_text(record, key, PV_YAML_BOOL,
					 pv_str_of(is_true ? "true" : "false"),
					 err);
	else if (!strcmp(key, "model"))
		rc = pv_growing_put(record, key, &text, err);
	else if (!strcmp(key, "tags") || !strcmp(key, "variables"))
		rc = split_list(record, key, cell, err);
	else
		return 0;
	return rc < 0 ? rc : 1;
}

/* Whether JSON is what the column has, and not a word that looks like it. */
static int fits(const char *key, const pv_yaml_node *value)
{
	if (pv_node_is_null(value) || value->kind != PV_YAML_SCALAR)
		return 1;
	return value->type == PV_YAML_BOOL ? !strcmp(key, "active")
					   : pv_node_is_text(value);
}

/* What export could not say in a column of its own goes back to the top. */
static int put_others(pv_growing *record, const pv_yaml_node *others,
		      pv_error *err)
{
	pv_growing left;
	int rc = pv_growing_init(&left, record->arena, PV_YAML_MAPPING, err);

	for (const pv_yaml_node *child = others->first; child && rc == PV_OK;
	     child = child->next) {
		pv_str key = { child->key->text, child->key->len };
		int is_ours = pv_is_file_key(key) &&
			      !pv_yaml_get(record->node, key.ptr);

		rc = pv_growing_add(is_ours ? record : &left, child, err);
	}
	if (rc == PV_OK && left.node->count)
		rc = pv_growing_put(record, pv_record_other_keys, left.node, err);
	return rc;
}

/* 1, or 0 when the cell is refused. */
static int put_json(struct table *table, pv_growing *record, const char *key,
		    pv_str cell)
{
	pv_import *import = table->import;
	const pv_yaml_node *value;
	pv_error why = { 0 };
	char message[160];
	int rc = pv_yaml_read_json(&value, record->arena, cell, &why);

	if (rc == PV_OK && fits(key, value)) {
		rc = !strcmp(key, pv_record_other_keys) &&
				     value->kind == PV_YAML_MAPPING
			     ? put_others(record, value, import->err)
			     : pv_growing_put(record, key, value, import->err);
		return rc < 0 ? rc : 1;
	}
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(import->err);
	rc = put_loosely(record, key, cell, import->err);
	if (rc != 0)
		return rc;
	(void)snprintf(message, sizeof(message),
		       "the column \"%.40s\" has no JSON", key);
	rc = pv_import_refuse_text(import, "csv", message, why.message);
	return rc < 0 ? rc : 0;
}

/* 1, or 0 when the cell is refused. */
static int put_cell(struct table *table, pv_growing *record, size_t idx)
{
	pv_import *import = table->import;
	const char *key = table->names[idx].ptr;
	pv_buf value = { 0 };
	pv_str cell = { NULL, 0 };
	int rc;

	pv_csv_put_value(&value, &table->csv.fields[idx]);
	rc = pv_buf_status(&value, import->err);
	if (rc == PV_OK && value.len) {
		cell.ptr = pv_arena_dup(record->arena, value.ptr, value.len);
		cell.len = value.len;
		if (!cell.ptr)
			rc = pv_fail_nomem(import->err);
	}
	pv_buf_dispose(&value);
	if (rc < 0 || !cell.len)
		return rc < 0 ? rc : 1;
	if (pv_column_is_json(key))
		return put_json(table, record, key, cell);
	rc = pv_growing_put_text(record, key, PV_YAML_STRING, cell, import->err);
	return rc < 0 ? rc : 1;
}

/* --- rows ----------------------------------------------------------------- */

static int refuse_fault(struct table *table)
{
	const pv_csv *csv = &table->csv;
	pv_error why = { 0 };

	(void)pv_fail(&why, PV_EINVALID, "%s", csv->fault);
	table->import->line = csv->fault_line;
	why.column = pv_csv_column(csv, csv->fault_at);
	return pv_import_refuse(table->import, "csv", &why);
}

static int refuse_count(struct table *table)
{
	char message[160];

	(void)snprintf(message, sizeof(message),
		       "%zu value%s, where the first line names %zu column%s",
		       table->csv.count, table->csv.count == 1 ? "" : "s",
		       table->count, table->count == 1 ? "" : "s");
	return pv_import_refuse_text(table->import, "csv", message, "");
}

static int import_row(struct table *table)
{
	pv_import *import = table->import;
	pv_arena arena = { 0 };
	pv_growing record;
	int rc;

	import->line = table->csv.line;
	if (table->csv.fault)
		return refuse_fault(table);
	if (table->csv.count != table->count)
		return refuse_count(table);
	rc = pv_growing_init(&record, &arena, PV_YAML_MAPPING, import->err);
	if (rc == PV_OK)
		rc = 1;
	for (size_t i = 0; i < table->count && rc > 0; i++)
		rc = put_cell(table, &record, i);
	if (rc > 0)
		rc = pv_import_record(import, record.node, &arena);
	pv_arena_dispose(&arena);
	return rc;
}

/* --- the first line ------------------------------------------------------- */

/* 1, or 0 when the table cannot be read at all, which is a finding. */
static int refuse_table(struct table *table, const char *message, const char *hint)
{
	int rc = pv_import_refuse_text(table->import, "csv", message, hint);

	return rc < 0 ? rc : 0;
}

static int add_name(struct table *table, pv_map *seen, const pv_csv_field *field)
{
	pv_error *err = table->import->err;
	pv_str name = { NULL, 0 };
	char *copy = NULL;
	pv_buf text = { 0 };
	void *before = NULL;
	char message[160];
	int rc;

	pv_csv_put_value(&text, field);
	rc = pv_buf_status(&text, err);
	if (rc == PV_OK) {
		name = pv_str_trim((pv_str){ pv_buf_text(&text), text.len });
		copy = pv_arena_dup(&table->names_arena, name.ptr, name.len);
		rc = copy ? PV_OK : pv_fail_nomem(err);
	}
	pv_buf_dispose(&text);
	if (rc == PV_OK)
		rc = pv_map_set(seen, (pv_str){ copy, name.len }, table,
				&before, err);
	if (rc < 0 || !copy)
		return rc;
	table->names[table->count++] = (pv_str){ copy, name.len };
	if (!name.len || strlen(copy) != name.len)
		return refuse_table(table, "a column has no name",
				    "give it one, or leave it out");
	(void)snprintf(message, sizeof(message),
		       "the column \"%.80s\" stands twice", copy);
	return before ? refuse_table(table, message, "") : 1;
}

static int read_names(struct table *table)
{
	pv_error *err = table->import->err;
	const pv_csv *csv = &table->csv;
	pv_map seen = { 0 };
	int rc = pv_csv_next(&table->csv, err);

	table->import->line = csv->line;
	if (rc == 0)
		return refuse_table(table, "the table is empty",
				    "the first line names the columns");
	if (rc > 0 && csv->fault) {
		rc = refuse_fault(table);
		return rc < 0 ? rc : 0;
	}
	if (rc < 0)
		return rc;
	table->names = pv_arena_calloc(&table->names_arena,
				       csv->count * sizeof(*table->names));
	if (!table->names)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < csv->count && rc > 0; i++)
		rc = add_name(table, &seen, &csv->fields[i]);
	if (rc > 0 && !pv_map_find(&seen, pv_str_of("id")))
		rc = refuse_table(table, "no column is called \"id\"",
				  "the first line names the columns");
	pv_map_dispose(&seen);
	return rc;
}

static int import_table(struct table *table, pv_str text)
{
	size_t valid = pv_utf8_valid(text.ptr, text.len);
	int column;
	int rc;

	if (valid < text.len) {
		pv_utf8_place(text.ptr, text.len, valid, &table->import->line,
			      &column);
		return pv_import_refuse_text(table->import, "csv",
					     "the text is not UTF-8",
					     "save it as UTF-8");
	}
	rc = read_names(table);
	if (rc <= 0)
		return rc;
	for (rc = PV_OK; rc == PV_OK;) {
		int is_there = pv_csv_next(&table->csv, table->import->err);

		if (is_there <= 0)
			return is_there;
		rc = import_row(table);
	}
	return rc;
}

int pv_import_csv(const char *text, size_t len, const pv_import_options *opts,
		  int (*fn)(const pv_import_item *item, void *payload),
		  void *payload, pv_error *err)
{
	struct table table = { 0 };
	pv_import import;
	int rc;

	pv_import_begin(&import, opts, err);
	import.fn = fn;
	import.payload = payload;
	table.import = &import;
	pv_csv_init(&table.csv, (pv_str){ text, len });
	rc = import_table(&table, (pv_str){ text, len });
	pv_csv_dispose(&table.csv);
	pv_arena_dispose(&table.names_arena);
	pv_import_end(&import);
	return rc;
}
