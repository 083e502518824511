/* SPDX-License-Identifier: MIT
 *
 * Recording rows: one transaction, in which names, dims and bodies that are
 * new come before the rows that refer to them. What is known of the tables
 * (db->dims) is true of the disk or of this transaction; a rollback forgets
 * it all.
 */
#include "index/sqlite/sqlite.h"

#include "base/fail.h"
#include "base/hash.h"
#include "base/json.h"

enum {
	DIMS_KEPT = 4096,
	KEY_BYTES = 16
};

/* What rows with the same dim share. */
struct pv_sqlite_dim {
	int64_t dim_id;
	int64_t name_id;  /* 0: no prompt id */
	pv_str key;       /* its raw values */
	pv_series series; /* that its rows are measured in */
};

void pv_sqlite_forget(struct pv_sqlite *db)
{
	db->last_dim = NULL;
	pv_map_dispose(&db->dims);
	pv_arena_dispose(&db->dim_ids);
}

/* --- names ---------------------------------------------------------------- */

static int name_id(int64_t *out, struct pv_sqlite *db, const pv_value *name,
		   pv_error *err)
{
	pv_str text = { name->text, name->len };
	sqlite3_stmt *statement;
	int rc;

	*out = 0;
	if (!name->is_set)
		return PV_OK;
	rc = pv_sqlite_use(&statement, db, PV_SQLITE_NAME_FIND, err);
	if (rc < 0)
		return rc;
	pv_sqlite_bind_text(statement, 1, text);
	rc = pv_sqlite_number(out, db, statement, err);
	if (rc < 0 || *out)
		return rc;
	rc = pv_sqlite_use(&statement, db, PV_SQLITE_NAME_ADD, err);
	if (rc < 0)
		return rc;
	pv_sqlite_bind_text(statement, 1, text);
	return pv_sqlite_number(out, db, statement, err);
}

/* --- dims ----------------------------------------------------------------- */

static int find_dim(struct pv_sqlite_dim *out, struct pv_sqlite *db,
		    const unsigned char *key, pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_DIM_FIND, err);

	if (rc < 0)
		return rc;
	sqlite3_bind_blob(statement, 1, key, KEY_BYTES, SQLITE_STATIC);
	rc = pv_sqlite_step(db, statement, err);
	if (rc <= 0)
		return rc;
	out->dim_id = sqlite3_column_int64(statement, 0);
	out->name_id = sqlite3_column_int64(statement, 1);
	out->series = pv_sqlite_series_at(statement, 2);
	sqlite3_reset(statement);
	return PV_OK;
}

static int add_dim(struct pv_sqlite_dim *out, struct pv_sqlite *db,
		   const unsigned char *key, const pv_execution *row,
		   pv_error *err)
{
	sqlite3_stmt *statement = NULL;
	int at = 3;
	int rc = name_id(&out->name_id, db, &row->values[PV_FIELD_PROMPT_ID],
			 err);

	if (rc == PV_OK)
		rc = pv_sqlite_use(&statement, db, PV_SQLITE_DIM_ADD, err);
	if (rc < 0)
		return rc;
	sqlite3_bind_blob(statement, 1, key, KEY_BYTES, SQLITE_STATIC);
	if (out->name_id)
		sqlite3_bind_int64(statement, 2, out->name_id);
	for (int i = 0; i < PV_FIELD_COUNT; i++)
		if (pv_field_at((enum pv_field)i)->place == PV_PLACE_DIM)
			pv_sqlite_bind(statement, at++, (enum pv_field)i,
				       &row->values[i]);
	return pv_sqlite_number(&out->dim_id, db, statement, err);
}

static int look_up_dim(struct pv_sqlite_dim *out, struct pv_sqlite *db,
		       pv_str raw, const pv_execution *row, pv_error *err)
{
	unsigned char key[PV_SHA256_BYTES];
	struct pv_sqlite_dim *kept;
	int rc;

	pv_sha256_of(key, raw.ptr, raw.len);
	rc = find_dim(out, db, key, err);
	if (rc == PV_OK && !out->dim_id)
		rc = add_dim(out, db, key, row, err);
	/* Dims of rows from before there were rollups have none yet. */
	if (rc == PV_OK && !out->series.id)
		rc = pv_sqlite_set_series(&out->series, db, out->dim_id, row,
					  err);
	if (rc < 0)
		return rc;
	if (db->dims.count >= DIMS_KEPT)
		pv_sqlite_forget(db);
	kept = pv_arena_alloc(&db->dim_ids, sizeof(*kept));
	if (!kept)
		return pv_fail_nomem(err);
	out->key.len = raw.len;
	out->key.ptr = pv_arena_dup(&db->dim_ids, raw.ptr, raw.len);
	if (!out->key.ptr)
		return pv_fail_nomem(err);
	*kept = *out;
	return pv_map_set(&db->dims, raw, kept, NULL, err);
}

static int dim_of(struct pv_sqlite_dim *out, struct pv_sqlite *db,
		  const pv_execution *row, pv_error *err)
{
	const struct pv_sqlite_dim *known = db->last_dim;
	pv_str text;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = pv_execution_dim_key(&text, &db->dim_text, row, err);
	if (rc < 0)
		return rc;
	/* Most rows are like the one before. */
	if (!known || !pv_str_eq(known->key, text))
		known = pv_map_find(&db->dims, text);
	if (!known)
		return look_up_dim(out, db, text, row, err);
	db->last_dim = known;
	*out = *known;
	return PV_OK;
}

/* --- bodies --------------------------------------------------------------- */

static void bind_body_key(sqlite3_stmt *statement, const unsigned char *hash,
			  const pv_value *value)
{
	sqlite3_bind_blob(statement, 1, hash, PV_SHA256_BYTES, SQLITE_STATIC);
	sqlite3_bind_int(statement, 2, value->is_json);
}

/* The id of a text that is there. */
static int find_body(int64_t *out, struct pv_sqlite *db,
		     const unsigned char *hash, const pv_value *value,
		     pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_BODY_FIND, err);

	if (rc < 0)
		return rc;
	bind_body_key(statement, hash, value);
	rc = pv_sqlite_number(out, db, statement, err);
	if (rc == PV_OK && !*out)
		rc = pv_fail_sqlite(err, db, SQLITE_CORRUPT);
	return rc;
}

/* Notes that a text is more than one place's; see remove.c. */
static int share_body(struct pv_sqlite *db, int64_t id, pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_BODY_SHARE, err);

	if (rc < 0)
		return rc;
	sqlite3_bind_int64(statement, 1, id);
	return pv_sqlite_run(db, statement, err);
}

/* The texts of a row. */
struct bodies {
	int64_t ids[PV_FIELD_COUNT];
	unsigned char is_new[PV_FIELD_COUNT]; /* kept for this very row */
};

/* Most texts are new: they are added first, and looked for when that fails. */
static int put_body(struct bodies *out, enum pv_field field,
		    struct pv_sqlite *db, const pv_value *value, pv_error *err)
{
	unsigned char hash[PV_SHA256_BYTES];
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_BODY_ADD, err);

	if (rc < 0)
		return rc;
	pv_body_hash(hash, value);
	bind_body_key(statement, hash, value);
	sqlite3_bind_blob64(statement, 3, value->text, value->len, SQLITE_STATIC);
	rc = pv_sqlite_run(db, statement, err);
	if (rc < 0)
		return rc;
	if (!sqlite3_changes(db->db)) {
		rc = find_body(&out->ids[field], db, hash, value, err);
		return rc == PV_OK ? share_body(db, out->ids[field], err) : rc;
	}
	out->is_new[field] = 1;
	out->ids[field] = sqlite3_last_insert_rowid(db->db);
	return PV_OK;
}

static int put_bodies(struct bodies *out, struct pv_sqlite *db,
		      const pv_execution *row, pv_error *err)
{
	int rc = PV_OK;

	for (int i = 0; i < PV_FIELD_COUNT && rc == PV_OK; i++)
		if (row->values[i].is_set &&
		    pv_field_at((enum pv_field)i)->place == PV_PLACE_BODY)
			rc = put_body(out, (enum pv_field)i, db,
				      &row->values[i], err);
	return rc;
}

/* Takes back what a row brought that was there already. */
static int drop_bodies(struct pv_sqlite *db, const struct bodies *bodies,
		       pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = PV_OK;

	for (int i = 0; i < PV_FIELD_COUNT && rc == PV_OK; i++) {
		if (!bodies->is_new[i])
			continue;
		rc = pv_sqlite_use(&statement, db, PV_SQLITE_BODY_DROP, err);
		if (rc < 0)
			break;
		sqlite3_bind_int64(statement, 1, bodies->ids[i]);
		rc = pv_sqlite_run(db, statement, err);
	}
	return rc;
}

/* --- rows ----------------------------------------------------------------- */

int pv_sqlite_put_tags(struct pv_sqlite *db, const pv_execution *row,
		       pv_error *err)
{
	const pv_value *id = &row->values[PV_FIELD_ID];
	const pv_value *tags = &row->values[PV_FIELD_TAGS];
	unsigned char bytes[PV_UUID_BYTES] = { 0 };
	pv_json_doc *doc = NULL;
	int rc;

	if (!tags->is_set)
		return PV_OK;
	pv_uuid_parse(bytes, (pv_str){ id->text, id->len });
	rc = pv_json_parse(&doc, tags->text, tags->len, err);
	for (size_t i = 0; rc == PV_OK && i < pv_json_count(pv_json_root(doc));
	     i++) {
		sqlite3_stmt *statement;
		pv_str tag;

		tag.ptr =
			pv_json_text(pv_json_at(pv_json_root(doc), i), &tag.len);
		rc = pv_sqlite_use(&statement, db, PV_SQLITE_TAG_ADD, err);
		if (rc < 0)
			break;
		pv_sqlite_bind_text(statement, 1, tag);
		pv_sqlite_bind_id(statement, 2, bytes);
		rc = pv_sqlite_run(db, statement, err);
	}
	pv_json_free(doc);
	return rc;
}

static void bind_row(sqlite3_stmt *statement, const pv_execution *row,
		     const struct bodies *bodies)
{
	int at = 3;

	for (int i = 0; i < PV_FIELD_COUNT; i++) {
		enum pv_field field = (enum pv_field)i;
		const pv_field_row *rule = pv_field_at(field);

		if (rule->place == PV_PLACE_BODY) {
			if (bodies->ids[i])
				sqlite3_bind_int64(statement, at, bodies->ids[i]);
			at++;
		} else if (rule->place == PV_PLACE_ROW) {
			if (row->values[i].is_set && rule->kind != PV_KIND_ID)
				pv_sqlite_bind(statement, at, field,
					       &row->values[i]);
			at++;
		}
	}
}

static int insert(struct pv_sqlite *db, const pv_execution *row,
		  const unsigned char *id, const struct pv_sqlite_dim *dim,
		  const struct bodies *bodies, pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_INSERT, err);

	if (rc < 0)
		return rc;
	sqlite3_bind_int64(statement, 1, dim->dim_id);
	if (dim->name_id)
		sqlite3_bind_int64(statement, 2, dim->name_id);
	bind_row(statement, row, bodies);
	/* The id is the first of the fields. */
	pv_sqlite_bind_id(statement, 3, id);
	return pv_sqlite_run(db, statement, err);
}

/* What comes back from a backup is still in them. */
static int add_to_sums(struct pv_sqlite *db, const pv_execution *row,
		       const struct pv_sqlite_dim *dim, pv_error *err)
{
	int was_pruned = 0;
	int rc = pv_sqlite_was_pruned(&was_pruned, db, row->uuid, err);

	if (rc < 0)
		return rc;
	return was_pruned ? pv_sqlite_roll_prune(db, row->uuid, err)
			  : pv_sqlite_roll(db, &dim->series, row, 1, err);
}

/* `*is_new_out` is 0 when there is a row of that id. */
static int record_one(int *is_new_out, struct pv_sqlite *db,
		      const pv_execution *row, pv_error *err)
{
	const unsigned char *id = row->uuid;
	struct bodies bodies = { 0 };
	struct pv_sqlite_dim dim;
	int rc = dim_of(&dim, db, row, err);

	*is_new_out = 0;
	if (rc == PV_OK)
		rc = put_bodies(&bodies, db, row, err);
	if (rc == PV_OK)
		rc = insert(db, row, id, &dim, &bodies, err);
	if (rc < 0)
		return rc;
	*is_new_out = sqlite3_changes(db->db) > 0;
	if (!*is_new_out)
		return drop_bodies(db, &bodies, err);
	rc = pv_sqlite_put_tags(db, row, err);
	if (rc == PV_OK)
		rc = pv_sqlite_enqueue(db, id, err);
	return rc == PV_OK ? add_to_sums(db, row, &dim, err) : rc;
}

int pv_sqlite_record(size_t *added_out, void *state, pv_execution *const *rows,
		     size_t count, pv_error *err)
{
	struct pv_sqlite *db = state;
	int rc = pv_sqlite_begin(db, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		int is_new = 0;

		rc = record_one(&is_new, db, rows[i], err);
		*added_out += (size_t)is_new;
	}
	return pv_sqlite_end(db, rc, err);
}
