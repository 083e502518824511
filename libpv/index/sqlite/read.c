/* SPDX-License-Identifier: MIT
 *
 * Rows out of the tables: as a statement stands on one, by id, and to be
 * amended. Lists are in list.c.
 */
#include "index/sqlite/sqlite.h"

#include "base/fail.h"
#include "base/json.h"

/* --- one row -------------------------------------------------------------- */

/*
 * The bytes of a column; "" for none, of which SQLite gives no pointer.
 * PV_ENOMEM is the one failure.
 */
static int read_bytes(pv_str *out, struct pv_sqlite *db,
		      sqlite3_stmt *statement, int at, pv_error *err)
{
	out->ptr = sqlite3_column_blob(statement, at);
	out->len = (size_t)sqlite3_column_bytes(statement, at);
	if (out->ptr)
		return PV_OK;
	out->ptr = "";
	out->len = 0;
	if ((sqlite3_errcode(db->db) & 0xFF) == SQLITE_NOMEM)
		return pv_fail_nomem(err);
	return PV_OK;
}

static int read_body(pv_execution *row, enum pv_field field,
		     struct pv_sqlite *db, int64_t id, pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_BODY_READ, err);
	pv_str text;

	if (rc < 0)
		return rc;
	sqlite3_bind_int64(statement, 1, id);
	rc = pv_sqlite_step(db, statement, err);
	if (rc < 0)
		return rc;
	if (!rc) /* a text that is missing must not pass for none */
		return pv_fail_sqlite(err, db, SQLITE_CORRUPT);
	row->values[field].is_json =
		(unsigned char)sqlite3_column_int(statement, 0);
	rc = read_bytes(&text, db, statement, 1, err);
	if (rc == PV_OK)
		rc = pv_execution_copy(row, field, text, err);
	sqlite3_reset(statement);
	return rc;
}

static int read_text(pv_execution *row, enum pv_field field, struct pv_sqlite *db,
		     sqlite3_stmt *statement, int at, pv_error *err)
{
	pv_str text = { NULL, 0 };
	int rc = read_bytes(&text, db, statement, at, err);

	if (rc < 0)
		return rc;
	if (pv_field_at(field)->kind == PV_KIND_ID) {
		char id[PV_UUID_TEXT];

		if (text.len != PV_UUID_BYTES)
			return pv_fail(err, PV_EDB,
				       "a row of the index has no id");
		pv_uuid_format(id, (const unsigned char *)text.ptr);
		return pv_execution_copy(row, field, pv_str_of(id), err);
	}
	return pv_execution_copy(row, field, text, err);
}

int pv_sqlite_read_column(pv_execution *row, enum pv_field field,
			  struct pv_sqlite *db, sqlite3_stmt *statement, int at,
			  pv_error *err)
{
	const pv_field_row *rule = pv_field_at(field);

	if (sqlite3_column_type(statement, at) == SQLITE_NULL)
		return PV_OK;
	if (rule->place == PV_PLACE_BODY)
		return read_body(row, field, db,
				 sqlite3_column_int64(statement, at), err);
	if (!pv_kind_is_number(rule->kind))
		return read_text(row, field, db, statement, at, err);
	pv_execution_put_number(row, field, sqlite3_column_int64(statement, at));
	return PV_OK;
}

static int read_columns(pv_execution *row, struct pv_sqlite *db,
			sqlite3_stmt *statement, pv_error *err)
{
	int at = 1;
	int rc = PV_OK;

	for (int is_dim = 0; is_dim < 2; is_dim++)
		for (int i = 0; i < PV_FIELD_COUNT && rc == PV_OK; i++) {
			enum pv_field_place place =
				pv_field_at((enum pv_field)i)->place;

			if (place != PV_PLACE_NONE &&
			    (place == PV_PLACE_DIM) == is_dim)
				rc = pv_sqlite_read_column(row,
							   (enum pv_field)i, db,
							   statement, at++, err);
		}
	return rc;
}

int pv_sqlite_read(pv_execution **out, struct pv_sqlite *db,
		   sqlite3_stmt *statement, pv_error *err)
{
	pv_execution *row = NULL;
	int rc = pv_execution_new(&row, err);

	*out = NULL;
	if (rc == PV_OK)
		rc = read_columns(row, db, statement, err);
	/* What follows from the rest is not kept: `success`. */
	if (rc == PV_OK)
		rc = pv_execution_complete(row, 0, err);
	if (rc == PV_OK)
		*out = row;
	else
		pv_execution_free(row);
	return rc;
}

int pv_sqlite_get(pv_execution **out, void *state, const unsigned char *id,
		  pv_error *err)
{
	struct pv_sqlite *db = state;
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_GET, err);

	if (rc < 0)
		return rc;
	pv_sqlite_bind_id(statement, 1, id);
	rc = pv_sqlite_step(db, statement, err);
	if (rc > 0) {
		rc = pv_sqlite_read(out, db, statement, err);
		sqlite3_reset(statement);
		return rc;
	}
	return rc < 0 ? rc : pv_id_missing(err, id);
}

/* --- amending ------------------------------------------------------------- */

static int drop_tags(struct pv_sqlite *db, const unsigned char *id,
		     const pv_execution *row, pv_error *err)
{
	const pv_value *tags = &row->values[PV_FIELD_TAGS];
	pv_json_doc *doc = NULL;
	int rc = PV_OK;

	if (tags->is_set)
		rc = pv_json_parse(&doc, tags->text, tags->len, err);
	for (size_t i = 0;
	     doc && rc == PV_OK && i < pv_json_count(pv_json_root(doc)); i++) {
		sqlite3_stmt *statement;
		pv_str tag;

		tag.ptr =
			pv_json_text(pv_json_at(pv_json_root(doc), i), &tag.len);
		rc = pv_sqlite_use(&statement, db, PV_SQLITE_TAG_DROP, err);
		if (rc < 0)
			break;
		pv_sqlite_bind_text(statement, 1, tag);
		pv_sqlite_bind_id(statement, 2, id);
		rc = pv_sqlite_run(db, statement, err);
	}
	pv_json_free(doc);
	return rc;
}

static int update(struct pv_sqlite *db, const unsigned char *id,
		  const pv_execution *row, pv_error *err)
{
	static const enum pv_field fields[] = { PV_FIELD_QUALITY,
						PV_FIELD_FEEDBACK,
						PV_FIELD_SCORES, PV_FIELD_TAGS };
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_UPDATE, err);

	if (rc < 0)
		return rc;
	pv_sqlite_bind_id(statement, 1, id);
	for (int i = 0; i < 4; i++)
		pv_sqlite_bind(statement, i + 2, fields[i],
			       &row->values[fields[i]]);
	rc = pv_sqlite_run(db, statement, err);
	return rc == PV_OK ? pv_sqlite_put_tags(db, row, err) : rc;
}

/* The search sees a row whose tags change anew; without them it need not. */
static int change_row(struct pv_sqlite *db, const unsigned char *id,
		      pv_execution *row, pv_execution_change_fn change,
		      void *payload, pv_error *err)
{
	const pv_value *tags = &row->values[PV_FIELD_TAGS];
	pv_value old = *tags;
	int was_there = 0;
	int rc = change(row, payload, err);

	if (rc)
		return rc;
	if (old.is_set != tags->is_set ||
	    !pv_str_eq((pv_str){ old.text, old.len },
		       (pv_str){ tags->text, tags->len }))
		rc = pv_sqlite_unindex(&was_there, db, id, err);
	if (rc == PV_OK)
		rc = update(db, id, row, err);
	return rc == PV_OK && was_there ? pv_sqlite_enqueue(db, id, err) : rc;
}

int pv_sqlite_amend(void *state, const unsigned char *id,
		    pv_execution_change_fn change, void *payload, pv_error *err)
{
	struct pv_sqlite *db = state;
	pv_execution *row = NULL;
	int rc = pv_sqlite_begin(db, err);

	if (rc < 0)
		return rc;
	rc = pv_sqlite_get(&row, db, id, err);
	if (rc == PV_OK && row)
		rc = drop_tags(db, id, row, err);
	if (rc == PV_OK && row)
		rc = pv_sqlite_roll_row(db, id, row, -1, err);
	if (rc == PV_OK && row)
		rc = change_row(db, id, row, change, payload, err);
	if (rc == PV_OK && row)
		rc = pv_sqlite_roll_row(db, id, row, 1, err);
	pv_execution_free(row);
	return pv_sqlite_end(db, rc, err);
}
