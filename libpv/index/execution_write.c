/* SPDX-License-Identifier: MIT
 *
 * An execution as JSON: one object on one line, every field in the order of
 * the table. The same record always gives the same bytes.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/json.h"
#include "index/execution.h"

/* With microseconds where there are some: times read back exactly. */
static void write_time(pv_jsonw *w, int64_t micros)
{
	char text[PV_TIME_TEXT];
	size_t len;

	pv_time_format(text, micros);
	len = strlen(text);
	if (micros % 1000)
		snprintf(text + len - 1, sizeof(text) - len + 1, "%03dZ",
			 (int)(micros % 1000));
	pv_jsonw_string(w, text);
}

static void write_number(pv_jsonw *w, int64_t value, int scale)
{
	pv_buf text = { 0 };

	pv_scaled_write(&text, value, scale);
	if (text.status)
		w->out->status = w->out->status ? w->out->status : text.status;
	else
		pv_jsonw_raw(w, text.ptr, text.len);
	pv_buf_dispose(&text);
}

static void write_value(pv_jsonw *w, const pv_field_row *row,
			const pv_value *value)
{
	switch (row->kind) {
	case PV_KIND_ID:
	case PV_KIND_TEXT:
	case PV_KIND_OID:
		pv_jsonw_stringn(w, value->text, value->len);
		break;
	case PV_KIND_ANY:
		if (value->is_json)
			pv_jsonw_raw(w, value->text, value->len);
		else
			pv_jsonw_stringn(w, value->text, value->len);
		break;
	case PV_KIND_OBJECT:
	case PV_KIND_SCORES:
	case PV_KIND_TAGS:
		pv_jsonw_raw(w, value->text, value->len);
		break;
	case PV_KIND_TIME:
		write_time(w, value->number);
		break;
	case PV_KIND_NUMBER:
		write_number(w, value->number, row->scale);
		break;
	case PV_KIND_BOOL:
		pv_jsonw_bool(w, value->number != 0);
		break;
	case PV_KIND_CHOICE:
		pv_jsonw_string(w, row->choices[value->number - 1]);
		break;
	}
}

static void write_field(pv_jsonw *w, const pv_execution *row, int field)
{
	if (row->values[field].is_set)
		write_value(w, pv_field_at((enum pv_field)field),
			    &row->values[field]);
	else
		pv_jsonw_null(w);
}

int pv_execution_value(pv_buf *out, const pv_execution *row, const char *field,
		       pv_error *err)
{
	int at = pv_field_find(pv_str_of(field));
	pv_jsonw w;

	if (at < 0)
		return pv_fail(err, PV_ENOTFOUND,
			       "an execution has no field \"%.100s\"", field);
	pv_jsonw_init(&w, out);
	write_field(&w, row, at);
	return pv_buf_status(out, err);
}

/* With `is_whole` also those fields that are not set, as null. */
static int write_fields(pv_buf *out, const pv_execution *row, int is_whole,
			pv_error *err)
{
	pv_jsonw w;

	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	for (int i = 0; i < PV_FIELD_COUNT; i++) {
		if (!is_whole && !row->values[i].is_set)
			continue;
		pv_jsonw_key(&w, pv_field_at((enum pv_field)i)->name);
		write_field(&w, row, i);
	}
	pv_jsonw_object_end(&w);
	return pv_buf_status(out, err);
}

int pv_execution_json(pv_buf *out, const pv_execution *row, pv_error *err)
{
	return write_fields(out, row, 1, err);
}

int pv_execution_put_set(pv_buf *out, const pv_execution *row, pv_error *err)
{
	return write_fields(out, row, 0, err);
}
