/* SPDX-License-Identifier: MIT
 *
 * Rows out of the tables: as an answer has one, by id, and to be amended. A
 * row comes with its texts, in one answer.
 */
#include "index/postgres/postgres.h"

#include "base/clock.h"
#include "base/fail.h"

/* --- what is asked -------------------------------------------------------- */

enum {
	TEXT_IS_MISSING = 2 /* instead of whether it is JSON */
};

static void put_body_columns(pv_buf *out, int field)
{
	const char *column = pv_field_at((enum pv_field)field)->column;

	pv_buf_printf(out,
		      ", CASE WHEN e.%s IS NULL THEN NULL ELSE "
		      "coalesce(b%d.is_json, %d) END, b%d.content",
		      column, field, TEXT_IS_MISSING, field);
}

void pv_pg_put_select(pv_buf *out)
{
	pv_buf_puts(out, "SELECT e.id");
	for (int i = 0; i < PV_FIELD_COUNT; i++) {
		const pv_field_row *rule = pv_field_at((enum pv_field)i);

		if (rule->place == PV_PLACE_BODY)
			put_body_columns(out, i);
		else if (rule->place == PV_PLACE_DIM)
			pv_buf_printf(out, ", d.%s", rule->column);
		else if (rule->place == PV_PLACE_ROW && i != PV_FIELD_ID)
			pv_buf_printf(out, ", e.%s", rule->column);
	}
	pv_buf_puts(out, " FROM pv.execution e JOIN pv.dim d ON d.project_id = "
			 "e.project_id AND d.dim_id = e.dim_id");
	for (int i = 0; i < PV_FIELD_COUNT; i++)
		if (pv_field_at((enum pv_field)i)->place == PV_PLACE_BODY)
			pv_buf_printf(out,
				      " LEFT JOIN pv.body b%d ON b%d.project_id "
				      "= e.project_id AND b%d.hash = e.%s",
				      i, i, i,
				      pv_field_at((enum pv_field)i)->column);
	pv_buf_puts(out, " WHERE e.project_id = $1");
}

/* --- what is answered ----------------------------------------------------- */

static pv_str bytes_of(const struct pv_pg_row *from, int column)
{
	return pv_pg_bytes_at(from->db, from->answer, from->at, column);
}

static int is_null(const struct pv_pg_row *from, int column)
{
	return from->db->pq.getisnull(from->answer, from->at, column);
}

static int64_t int_of(const struct pv_pg_row *from, int column)
{
	return pv_pg_int_at(from->db, from->answer, from->at, column);
}

int pv_pg_read_column(pv_execution *row, enum pv_field field,
		      const struct pv_pg_row *from, int column, pv_error *err)
{
	char id[PV_UUID_TEXT];
	pv_str bytes = bytes_of(from, column);
	enum pv_field_kind kind = pv_field_at(field)->kind;

	if (is_null(from, column))
		return PV_OK;
	if (pv_kind_is_number(kind)) {
		pv_execution_put_number(row, field, int_of(from, column));
		return PV_OK;
	}
	if (kind != PV_KIND_ID)
		return pv_execution_copy(row, field, bytes, err);
	pv_uuid_format(id, (const unsigned char *)bytes.ptr);
	return pv_execution_copy(row, field, pv_str_of(id), err);
}

static int read_body(pv_execution *row, enum pv_field field,
		     const struct pv_pg_row *from, int column, pv_error *err)
{
	int64_t is_json = int_of(from, column);

	if (is_null(from, column))
		return PV_OK;
	if (is_json == TEXT_IS_MISSING)
		return pv_fail(err, PV_EDB, "a text is missing in %s",
			       from->db->where);
	row->values[field].is_json = (unsigned char)is_json;
	return pv_execution_copy(row, field, bytes_of(from, column + 1), err);
}

static int read_columns(pv_execution *row, const struct pv_pg_row *from,
			pv_error *err)
{
	int column = 1;
	int rc = pv_pg_read_column(row, PV_FIELD_ID, from, 0, err);

	for (int i = 0; i < PV_FIELD_COUNT && rc == PV_OK; i++) {
		enum pv_field field = (enum pv_field)i;
		enum pv_field_place place = pv_field_at(field)->place;

		if (place == PV_PLACE_NONE || field == PV_FIELD_ID)
			continue;
		if (place != PV_PLACE_BODY) {
			rc = pv_pg_read_column(row, field, from, column++, err);
		} else {
			rc = read_body(row, field, from, column, err);
			column += 2;
		}
	}
	return rc;
}

int pv_pg_read(pv_execution **out, struct pv_postgres *db,
	       const PGresult *answer, int at, pv_error *err)
{
	const struct pv_pg_row from = { db, answer, at };
	pv_execution *row = NULL;
	int rc = pv_execution_new(&row, err);

	*out = NULL;
	if (rc == PV_OK)
		rc = read_columns(row, &from, err);
	/* What follows from the rest is not kept: `success`. */
	if (rc == PV_OK)
		rc = pv_execution_complete(row, 0, err);
	if (rc == PV_OK)
		*out = row;
	else
		pv_execution_free(row);
	return rc;
}

/* --- one row -------------------------------------------------------------- */

int pv_pg_get_now(pv_execution **out, struct pv_postgres *db,
		  const unsigned char *id, int locks, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	pv_buf sql = { 0 };
	int rc;

	*out = NULL;
	pv_pg_put_int(&args, db->project);
	pv_pg_put_bytes(&args, PV_PG_UUID, id, PV_UUID_BYTES);
	pv_pg_put_select(&sql);
	pv_buf_puts(&sql, " AND e.id = $2");
	if (locks)
		pv_buf_puts(&sql, " FOR UPDATE OF e");
	rc = pv_buf_status(&sql, err);
	if (rc == PV_OK)
		rc = pv_pg_run(&answer, db, sql.ptr, &args, err);
	if (rc == PV_OK)
		rc = db->pq.ntuples(answer) ? pv_pg_read(out, db, answer, 0, err)
					    : pv_id_missing(err, id);
	pv_pg_clear(db, answer);
	pv_buf_dispose(&sql);
	return rc;
}

struct getting {
	pv_execution **out;
	const unsigned char *id;
};

static int get(struct pv_postgres *db, void *payload, pv_error *err)
{
	struct getting *it = payload;

	return pv_pg_get_now(it->out, db, it->id, 0, err);
}

int pv_pg_get(pv_execution **out, void *state, const unsigned char *id,
	      pv_error *err)
{
	struct getting it = { out, id };

	return pv_pg_retry(state, get, &it, err);
}

/* --- amending ------------------------------------------------------------- */

struct amending {
	const unsigned char *id;
	pv_execution_change_fn change;
	void *payload;
};

static int add_tag(const unsigned char *key, void *payload)
{
	pv_pg_array_add(payload, key, PV_PG_KEY_BYTES);
	return PV_OK;
}

/* Runs a statement about the tags of a row. */
static int run_tags(struct pv_postgres *db, const unsigned char *id,
		    const pv_execution *row, const char *sql, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	struct pv_pg_array keys = { 0 };
	int rc = pv_pg_each_tag(row, add_tag, &keys, err);

	pv_pg_put_int(&args, db->project);
	pv_pg_put_bytes(&args, PV_PG_UUID, id, PV_UUID_BYTES);
	if (rc == PV_OK)
		rc = pv_pg_put_array(&args, &keys, PV_PG_UUID_ARRAY, PV_PG_UUID,
				     err);
	if (rc == PV_OK && keys.count)
		rc = pv_pg_run(NULL, db, sql, &args, err);
	pv_buf_dispose(&keys.bytes);
	return rc;
}

int pv_pg_drop_tags(struct pv_postgres *db, const unsigned char *id,
		    const pv_execution *row, pv_error *err)
{
	return run_tags(db, id, row,
			"DELETE FROM pv.tag WHERE project_id = $1 AND id = $2 "
			"AND tag = ANY ($3)",
			err);
}

static int update(struct pv_postgres *db, const unsigned char *id,
		  const pv_execution *row, pv_error *err)
{
	static const enum pv_field fields[] = { PV_FIELD_QUALITY,
						PV_FIELD_FEEDBACK,
						PV_FIELD_SCORES, PV_FIELD_TAGS };
	struct pv_pg_args args = { 0 };

	pv_pg_put_int(&args, db->project);
	pv_pg_put_bytes(&args, PV_PG_UUID, id, PV_UUID_BYTES);
	for (int i = 0; i < 4; i++)
		pv_pg_put_value(&args, fields[i], &row->values[fields[i]]);
	return pv_pg_run(NULL, db,
			 "UPDATE pv.execution SET quality_m = $3, feedback = $4, "
			 "scores = $5, tags = $6 WHERE project_id = $1 AND id = "
			 "$2",
			 &args, err);
}

/* The search sees a row whose tags change anew; without them it need not. */
static int change_row(struct pv_postgres *db, struct amending *it,
		      pv_execution *row, pv_error *err)
{
	const pv_value *tags = &row->values[PV_FIELD_TAGS];
	pv_value old = *tags;
	int was_there = 0;
	int rc = it->change(row, it->payload, err);

	if (rc)
		return rc;
	if (old.is_set != tags->is_set ||
	    !pv_str_eq((pv_str){ old.text, old.len },
		       (pv_str){ tags->text, tags->len }))
		rc = pv_pg_unindex(&was_there, db, it->id, err);
	if (rc == PV_OK)
		rc = update(db, it->id, row, err);
	if (rc == PV_OK)
		rc = run_tags(db, it->id, row,
			      "INSERT INTO pv.tag (project_id, tag, id) SELECT "
			      "$1, u.t, $2 FROM unnest($3::uuid[]) AS u (t) ON "
			      "CONFLICT DO NOTHING",
			      err);
	return rc == PV_OK && was_there ? pv_pg_enqueue(db, it->id, err) : rc;
}

static int amend_row(struct pv_postgres *db, struct amending *it,
		     pv_execution *row, pv_error *err)
{
	pv_strlist scores = { 0 };
	pv_rollup_batch batch = { .scores = &scores };
	struct pv_pg_dim dim;
	int64_t now = pv_clock_now(NULL);
	int rc = pv_pg_dim_of(&dim, db, row, err);

	if (rc == PV_OK)
		rc = pv_pg_read_scores(&scores, db, err);
	if (rc == PV_OK)
		rc = pv_pg_drop_tags(db, it->id, row, err);
	if (rc == PV_OK)
		rc = pv_rollup_add(&batch, &(pv_series){ dim.series, 0, 0 },
				   row, -1, now, err);
	if (rc == PV_OK)
		rc = change_row(db, it, row, err);
	if (rc == PV_OK)
		rc = pv_rollup_add(&batch, &(pv_series){ dim.series, 0, 0 },
				   row, 1, now, err);
	if (rc == PV_OK)
		rc = pv_pg_add_deltas(db, &batch, err);
	pv_rollup_clear(&batch);
	pv_strlist_dispose(&scores);
	return rc;
}

static int amend(struct pv_postgres *db, void *payload, pv_error *err)
{
	struct amending *it = payload;
	pv_execution *row = NULL;
	int rc = pv_pg_begin(db, err);

	if (rc < 0)
		return rc;
	rc = pv_pg_hold(db, err);
	if (rc == PV_OK)
		rc = pv_pg_get_now(&row, db, it->id, 1, err);
	if (rc == PV_OK && row)
		rc = amend_row(db, it, row, err);
	pv_execution_free(row);
	return pv_pg_end(db, rc, err);
}

int pv_pg_amend(void *state, const unsigned char *id,
		pv_execution_change_fn change, void *payload, pv_error *err)
{
	struct amending it = { id, change, payload };

	return pv_pg_retry(state, amend, &it, err);
}
