/* SPDX-License-Identifier: MIT
 *
 * Executions as values in memory. All that a record holds lies in its arena;
 * a value that is replaced stays there until the record is freed.
 */
#include "index/execution.h"

#include "base/fail.h"
#include "base/hash.h"
#include "base/mem.h"

int pv_execution_new(pv_execution **out, pv_error *err)
{
	*out = pv_calloc(1, sizeof(**out));
	return *out ? PV_OK : pv_fail_nomem(err);
}

void pv_execution_free(pv_execution *row)
{
	if (!row)
		return;
	pv_arena_dispose(&row->arena);
	pv_strlist_dispose(&row->unknown);
	pv_free(row);
}

const char *pv_execution_unknown(const pv_execution *row, size_t idx)
{
	return idx < row->unknown.count ? row->unknown.items[idx] : NULL;
}

void pv_execution_touch(pv_execution *row)
{
	row->dim_key.ptr = NULL;
	row->is_complete = 0;
}

int pv_execution_copy(pv_execution *row, enum pv_field field, pv_str text,
		      pv_error *err)
{
	pv_value *value = &row->values[field];
	const char *copy = pv_arena_dup(&row->arena, text.ptr, text.len);

	if (!copy)
		return pv_fail_nomem(err);
	pv_execution_touch(row);
	value->text = copy;
	value->len = text.len;
	value->sha256 = NULL;
	value->is_set = 1;
	return PV_OK;
}

static int hash_bodies(pv_execution *row, pv_error *err)
{
	for (int i = 0; i < PV_FIELD_COUNT; i++) {
		pv_value *value = &row->values[i];
		unsigned char *hash;

		if (pv_field_at((enum pv_field)i)->place != PV_PLACE_BODY ||
		    !value->is_set || value->sha256)
			continue;
		hash = pv_arena_alloc(&row->arena, PV_SHA256_BYTES);
		if (!hash)
			return pv_fail_nomem(err);
		pv_sha256_of(hash, value->text, value->len);
		value->sha256 = hash;
	}
	return PV_OK;
}

static void put_dim(pv_buf *out, const pv_execution *row)
{
	for (int i = 0; i < PV_FIELD_COUNT; i++) {
		const pv_field_row *rule = pv_field_at((enum pv_field)i);
		const pv_value *value = &row->values[i];

		if (rule->place != PV_PLACE_DIM)
			continue;
		if (!value->is_set)
			pv_buf_putc(out, '-');
		else if (pv_kind_is_number(rule->kind))
			pv_buf_printf(out, "%lld;", (long long)value->number);
		else
			pv_buf_put(out, value->text, value->len + 1);
	}
}

static int keep_dim_key(pv_execution *row, pv_error *err)
{
	pv_buf text = { 0 };
	int rc;

	if (row->dim_key.ptr)
		return PV_OK;
	put_dim(&text, row);
	rc = pv_buf_status(&text, err);
	if (rc == PV_OK) {
		row->dim_key.len = text.len;
		row->dim_key.ptr = pv_arena_dup(&row->arena, text.ptr, text.len);
		if (!row->dim_key.ptr)
			rc = pv_fail_nomem(err);
	}
	pv_buf_dispose(&text);
	return rc;
}

int pv_execution_prepare(pv_execution *row, pv_error *err)
{
	int rc = pv_execution_complete(row, 0, err);

	if (rc == PV_OK)
		rc = hash_bodies(row, err);
	return rc == PV_OK ? keep_dim_key(row, err) : rc;
}

void pv_body_hash(unsigned char *out, const pv_value *value)
{
	if (value->sha256)
		memcpy(out, value->sha256, PV_SHA256_BYTES);
	else
		pv_sha256_of(out, value->text, value->len);
}

int pv_execution_dim_key(pv_str *out, pv_buf *text, const pv_execution *row,
			 pv_error *err)
{
	if (row->dim_key.ptr) {
		*out = row->dim_key;
		return PV_OK;
	}
	pv_buf_truncate(text, 0);
	put_dim(text, row);
	out->ptr = text->ptr;
	out->len = text->len;
	return pv_buf_status(text, err);
}

void pv_execution_put_number(pv_execution *row, enum pv_field field,
			     int64_t number)
{
	pv_execution_touch(row);
	row->values[field].number = number;
	row->values[field].is_set = 1;
}

static const pv_value *find(const pv_execution *row, const char *field)
{
	int at = pv_field_find(pv_str_of(field));

	return at < 0 ? NULL : &row->values[at];
}

int pv_execution_has(const pv_execution *row, const char *field)
{
	const pv_value *value = find(row, field);

	return value && value->is_set;
}

int pv_execution_mentions(const pv_execution *row, const char *field)
{
	const pv_value *value = find(row, field);

	return value && (value->is_set || value->is_given);
}

const char *pv_execution_text(const pv_execution *row, const char *field)
{
	const pv_value *value = find(row, field);

	return value && value->is_set ? value->text : NULL;
}

void pv_execution_drop_content(pv_execution *row)
{
	static const enum pv_field content[] = {
		PV_FIELD_PARAMS,       PV_FIELD_INPUT,   PV_FIELD_RENDERED,
		PV_FIELD_OUTPUT,       PV_FIELD_REQUEST, PV_FIELD_RESPONSE,
		PV_FIELD_ERROR_MESSAGE
	};

	pv_execution_touch(row);
	for (size_t i = 0; i < pv_array_len(content); i++)
		row->values[content[i]].is_set = 0;
	if (row->unknown.count)
		row->values[PV_FIELD_METADATA] = row->given;
}

const char *pv_execution_field(size_t idx)
{
	return idx < PV_FIELD_COUNT ? pv_field_at((enum pv_field)idx)->name
				    : NULL;
}
