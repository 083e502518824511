/* SPDX-License-Identifier: MIT
 *
 * JSON lines of prompts as CSV: a line with the names of the columns that any
 * of the prompts needs, then a record each. What a column cannot say, an empty
 * text or a number where texts are, goes into the column of other keys.
 */
#include <pv/exchange.h>

#include <string.h>

#include "base/csv.h"
#include "base/json.h"
#include "base/mem.h"
#include "exchange/columns.h"
#include "prompt/model.h"

struct column {
	const char *name;
	int is_json;
};

static const struct column columns[] = {
	{ "id", 0 },      { "name", 0 },     { "description", 0 },
	{ "goal", 0 },    { "category", 0 }, { "type", 0 },
	{ "owner", 0 },   { "tags", 1 },     { "active", 1 },
	{ "version", 0 }, { "syntax", 0 },   { "model", 1 },
	{ "prompt", 0 },  { "messages", 1 }, { "variables", 1 },
	{ "input", 1 },   { "output", 1 },   { "tools", 1 },
	{ "tests", 1 },   { "metadata", 1 }, { "other_keys", 1 },
};

enum {
	OTHER_KEYS = sizeof(columns) / sizeof(columns[0]) - 1
};

const char *pv_column_name(size_t idx)
{
	return idx < pv_array_len(columns) ? columns[idx].name : NULL;
}

int pv_column_is_json(const char *name)
{
	for (size_t i = 0; i < pv_array_len(columns); i++)
		if (!strcmp(columns[i].name, name))
			return columns[i].is_json;
	return 0;
}

/* Whether the column of a member says all of its value. */
static int is_plain(const struct column *column, const pv_yaml_node *value)
{
	if (column->is_json)
		return 1;
	return pv_node_is_text(value) && value->len;
}

/* The members that have no cell of their own, and the other keys themselves. */
static int put_others(pv_buf *out, const pv_yaml_node *record, pv_error *err)
{
	const pv_yaml_node *others =
		pv_yaml_get(record, columns[OTHER_KEYS].name);
	const pv_yaml_node *child = others ? others->first : NULL;
	pv_jsonw w;
	int rc = PV_OK;

	pv_jsonw_init(&w, out);
	pv_buf_putc(out, '{');
	for (size_t i = 0; i < OTHER_KEYS && rc == PV_OK; i++) {
		const pv_yaml_node *value = pv_yaml_get(record, columns[i].name);

		if (!value || is_plain(&columns[i], value))
			continue;
		pv_buf_printf(out, "%s\"%s\":", out->len > 1 ? "," : "",
			      columns[i].name);
		rc = pv_yaml_to_json(out, value, err);
	}
	for (; child && rc == PV_OK; child = child->next) {
		if (out->len > 1)
			pv_buf_putc(out, ',');
		pv_jsonw_stringn(&w, child->key->text, child->key->len);
		pv_buf_putc(out, ':');
		rc = pv_yaml_to_json(out, child, err);
	}
	pv_buf_putc(out, '}');
	if (out->len == 2)
		pv_buf_clear(out);
	return rc;
}

/* Sets `out` to the cell's value; empty for none. */
static int read_cell(pv_buf *out, const pv_yaml_node *record, size_t idx,
		     pv_error *err)
{
	const pv_yaml_node *value = pv_yaml_get(record, columns[idx].name);
	int rc = PV_OK;

	pv_buf_clear(out);
	if (idx == OTHER_KEYS)
		rc = put_others(out, record, err);
	else if (!value || !is_plain(&columns[idx], value))
		return PV_OK;
	else if (columns[idx].is_json)
		rc = pv_yaml_to_json(out, value, err);
	else
		pv_buf_put(out, value->text, value->len);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}

/* A pass over the lines: first to see which columns are needed, then to write. */
struct pass {
	pv_buf *out; /* NULL: only look */
	int is_used[OTHER_KEYS + 1];
	pv_buf cell;
	pv_error *err;
};

static int pass_record(struct pass *pass, const pv_yaml_node *record)
{
	int is_first = 1;
	int rc = PV_OK;

	for (size_t i = 0; i <= OTHER_KEYS && rc == PV_OK; i++) {
		if (pass->out && !pass->is_used[i])
			continue;
		rc = read_cell(&pass->cell, record, i, pass->err);
		if (!pass->out) {
			pass->is_used[i] |= pass->cell.len > 0;
			continue;
		}
		if (!is_first)
			pv_buf_putc(pass->out, ',');
		is_first = 0;
		pv_csv_write(pass->out, (pv_str){ pv_buf_text(&pass->cell),
						  pass->cell.len });
	}
	if (pass->out)
		pv_buf_puts(pass->out, "\n");
	return rc;
}

static int pass_lines(struct pass *pass, pv_str lines)
{
	int rc = PV_OK;

	while (lines.len && rc == PV_OK) {
		const char *end = memchr(lines.ptr, '\n', lines.len);
		size_t len = end ? (size_t)(end - lines.ptr) : lines.len;
		const pv_yaml_node *record;
		pv_arena arena = { 0 };

		rc = pv_yaml_read_json(&record, &arena,
				       (pv_str){ lines.ptr, len }, pass->err);
		if (rc == PV_OK)
			rc = pass_record(pass, record);
		pv_arena_dispose(&arena);
		len += end != NULL;
		lines.ptr += len;
		lines.len -= len;
	}
	return rc;
}

static void put_names(struct pass *pass)
{
	pass->is_used[0] = 1;
	for (size_t i = 0; i <= OTHER_KEYS; i++)
		if (pass->is_used[i])
			pv_buf_printf(pass->out, "%s%s", i ? "," : "",
				      columns[i].name);
	pv_buf_puts(pass->out, "\n");
}

int pv_export_csv(pv_buf *out, const char *lines, size_t len, pv_error *err)
{
	struct pass pass = { .err = err };
	int rc = pass_lines(&pass, (pv_str){ lines, len });

	pass.out = out;
	if (rc == PV_OK) {
		put_names(&pass);
		rc = pass_lines(&pass, (pv_str){ lines, len });
	}
	pv_buf_dispose(&pass.cell);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}
