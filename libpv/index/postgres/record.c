/* SPDX-License-Identifier: MIT
 *
 * Recording. What a row shares is made sure of first, then the row, its texts,
 * tags, sums and its place in the queue of the search are written by one
 * statement, one answer from the server. Each part comes from the row that was
 * added, so a row that is there already adds nothing. Many rows go by COPY, see
 * copy.c.
 */
#include "index/postgres/postgres.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"

enum {
	DIMS_KEPT = 4096,
	FOLD_EVERY = 64 /* about, by the last bits of ids */
};

/* --- keys ----------------------------------------------------------------- */

void pv_pg_hash(unsigned char out[PV_PG_KEY_BYTES], const void *data, size_t len)
{
	unsigned char whole[PV_SHA256_BYTES];

	pv_sha256_of(whole, data, len);
	memcpy(out, whole, PV_PG_KEY_BYTES);
}

static int64_t first_number(const unsigned char *bytes)
{
	uint64_t number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | bytes[i];
	return (int64_t)(number >> 1);
}

int64_t pv_pg_prompt_key(pv_str prompt)
{
	unsigned char key[PV_PG_KEY_BYTES];

	pv_pg_hash(key, prompt.ptr, prompt.len);
	return first_number(key);
}

int64_t pv_pg_lock_number(const struct pv_postgres *db)
{
	/* Others may use advisory locks, too: not with numbers like this. */
	return INT64_C(0x5056620000000000) ^ db->project;
}

/* The same bytes are another text when they are JSON. */
void pv_pg_body_key(unsigned char out[PV_PG_KEY_BYTES], const pv_value *value)
{
	pv_pg_hash(out, value->text, value->len);
	if (value->is_json)
		for (int i = 0; i < PV_PG_KEY_BYTES; i++)
			out[i] ^= 0xFF;
}

/* --- dims and series ------------------------------------------------------ */

static void put_series_sql(pv_buf *out)
{
	pv_buf_puts(out, "INSERT INTO pv.series (project_id, key");
	for (size_t i = 0; i < PV_SERIES_FIELDS; i++)
		pv_buf_printf(out, ", %s",
			      pv_field_at(pv_series_field(i))->column);
	pv_buf_puts(out, ", is_cached) VALUES ($1, $2");
	for (int i = 0; i <= PV_SERIES_FIELDS; i++)
		pv_buf_printf(out, ", $%d", i + 3);
	pv_buf_puts(out, ") ON CONFLICT (project_id, key) DO NOTHING");
}

static int find_series(int64_t *out, struct pv_postgres *db,
		       const unsigned char *key, pv_error *err)
{
	struct pv_pg_args args = { 0 };

	pv_pg_put_int(&args, db->project);
	pv_pg_put_bytes(&args, PV_PG_UUID, key, PV_PG_KEY_BYTES);
	return pv_pg_number(out, db,
			    "SELECT series_id FROM pv.series WHERE project_id = "
			    "$1 AND key = $2",
			    &args, err);
}

static int add_series(struct pv_postgres *db, const unsigned char *key,
		      const pv_execution *row, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	pv_buf sql = { 0 };

	pv_pg_put_int(&args, db->project);
	pv_pg_put_bytes(&args, PV_PG_UUID, key, PV_PG_KEY_BYTES);
	for (size_t i = 0; i < PV_SERIES_FIELDS; i++)
		pv_pg_put_value(&args, pv_series_field(i),
				&row->values[pv_series_field(i)]);
	pv_pg_put_int(&args, pv_series_is_cached(row));
	put_series_sql(&sql);
	return pv_pg_ask(NULL, db, &sql, &args, err);
}

static int series_of(int64_t *out, struct pv_postgres *db,
		     const pv_execution *row, pv_error *err)
{
	unsigned char key[PV_PG_KEY_BYTES];
	pv_buf raw = { 0 };
	int rc;

	pv_series_key(&raw, row);
	rc = pv_buf_status(&raw, err);
	pv_pg_hash(key, pv_buf_text(&raw), raw.len);
	pv_buf_dispose(&raw);
	if (rc == PV_OK)
		rc = find_series(out, db, key, err);
	if (rc == PV_OK && !*out) {
		rc = add_series(db, key, row, err);
		if (rc == PV_OK)
			rc = find_series(out, db, key, err);
	}
	return rc;
}

static void put_dim_sql(pv_buf *out)
{
	int at = 4;

	pv_buf_puts(out, "INSERT INTO pv.dim (project_id, dim_id, series_id");
	for (int i = 0; i < PV_FIELD_COUNT; i++)
		if (pv_field_at((enum pv_field)i)->place == PV_PLACE_DIM)
			pv_buf_printf(out, ", %s",
				      pv_field_at((enum pv_field)i)->column);
	pv_buf_puts(out, ") VALUES ($1, $2, $3");
	for (int i = 0; i < PV_FIELD_COUNT; i++)
		if (pv_field_at((enum pv_field)i)->place == PV_PLACE_DIM)
			pv_buf_printf(out, ", $%d", at++);
	pv_buf_puts(out, ") ON CONFLICT (project_id, dim_id) DO NOTHING");
}

static int add_dim(struct pv_postgres *db, const struct pv_pg_dim *dim,
		   const pv_execution *row, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	pv_buf sql = { 0 };

	pv_pg_put_int(&args, db->project);
	pv_pg_put_bytes(&args, PV_PG_UUID, dim->id, PV_PG_KEY_BYTES);
	pv_pg_put_int(&args, dim->series);
	for (int i = 0; i < PV_FIELD_COUNT; i++)
		if (pv_field_at((enum pv_field)i)->place == PV_PLACE_DIM)
			pv_pg_put_value(&args, (enum pv_field)i, &row->values[i]);
	put_dim_sql(&sql);
	return pv_pg_ask(NULL, db, &sql, &args, err);
}

static int find_dim(struct pv_pg_dim *out, struct pv_postgres *db, pv_error *err)
{
	struct pv_pg_args args = { 0 };

	pv_pg_put_int(&args, db->project);
	pv_pg_put_bytes(&args, PV_PG_UUID, out->id, PV_PG_KEY_BYTES);
	return pv_pg_number(&out->series, db,
			    "SELECT series_id FROM pv.dim WHERE project_id = $1 "
			    "AND dim_id = $2",
			    &args, err);
}

static int keep_dim(struct pv_postgres *db, pv_str raw,
		    const struct pv_pg_dim *dim, pv_error *err)
{
	struct pv_pg_dim *kept;

	if (db->dims.count >= DIMS_KEPT) {
		pv_map_dispose(&db->dims);
		pv_arena_dispose(&db->dim_series);
	}
	kept = pv_arena_alloc(&db->dim_series, sizeof(*kept));
	if (!kept)
		return pv_fail_nomem(err);
	*kept = *dim;
	return pv_map_set(&db->dims, raw, kept, NULL, err);
}

int pv_pg_dim_of(struct pv_pg_dim *out, struct pv_postgres *db,
		 const pv_execution *row, pv_error *err)
{
	const struct pv_pg_dim *known;
	pv_str raw;
	int rc;

	memset(out, 0, sizeof(*out));
	pv_buf_truncate(&db->dim_text, 0);
	pv_execution_put_dim(&db->dim_text, row);
	rc = pv_buf_status(&db->dim_text, err);
	if (rc < 0)
		return rc;
	raw.ptr = db->dim_text.ptr;
	raw.len = db->dim_text.len;
	known = pv_map_find(&db->dims, raw);
	if (known) {
		*out = *known;
		return PV_OK;
	}
	pv_pg_hash(out->id, raw.ptr, raw.len);
	rc = find_dim(out, db, err);
	if (rc == PV_OK && !out->series) {
		rc = series_of(&out->series, db, row, err);
		if (rc == PV_OK)
			rc = add_dim(db, out, row, err);
	}
	return rc == PV_OK ? keep_dim(db, raw, out, err) : rc;
}

/* --- tags ----------------------------------------------------------------- */

int pv_pg_each_tag(const pv_execution *row,
		   int (*fn)(const unsigned char *key, void *payload),
		   void *payload, pv_error *err)
{
	const pv_value *tags = &row->values[PV_FIELD_TAGS];
	pv_json_doc *doc = NULL;
	int rc = PV_OK;

	if (!tags->is_set)
		return PV_OK;
	rc = pv_json_parse(&doc, tags->text, tags->len, err);
	for (size_t i = 0; rc == PV_OK && i < pv_json_count(pv_json_root(doc));
	     i++) {
		unsigned char key[PV_PG_KEY_BYTES];
		size_t len = 0;
		const char *tag =
			pv_json_text(pv_json_at(pv_json_root(doc), i), &len);

		pv_pg_hash(key, tag, len);
		rc = fn(key, payload);
	}
	pv_json_free(doc);
	return rc;
}

static int add_tag(const unsigned char *key, void *payload)
{
	pv_pg_array_add(payload, key, PV_PG_KEY_BYTES);
	return PV_OK;
}

/* --- one row -------------------------------------------------------------- */

/* What is written of a row, as arguments. */
struct parts {
	struct pv_pg_array hashes;
	struct pv_pg_array kinds;
	struct pv_pg_array contents;
	struct pv_pg_array tags;
	struct pv_pg_deltas deltas;
	unsigned char id[PV_UUID_BYTES];
	unsigned char keys[PV_FIELD_COUNT][PV_PG_KEY_BYTES];
	struct pv_pg_dim dim;
};

static void parts_dispose(struct parts *parts)
{
	pv_buf_dispose(&parts->hashes.bytes);
	pv_buf_dispose(&parts->kinds.bytes);
	pv_buf_dispose(&parts->contents.bytes);
	pv_buf_dispose(&parts->tags.bytes);
	pv_pg_deltas_dispose(&parts->deltas);
}

/* Where the columns of the row begin, and the arrays behind them. */
enum {
	COLUMNS_AT = 6
};

int pv_pg_is_column(int field)
{
	enum pv_field_place place = pv_field_at((enum pv_field)field)->place;

	return field != PV_FIELD_ID &&
	       (place == PV_PLACE_ROW || place == PV_PLACE_BODY);
}

static void put_row_sql(pv_buf *out, int *at)
{
	pv_buf_puts(out, "WITH added AS (INSERT INTO pv.execution (project_id, "
			 "id, dim_id, prompt_key");
	for (int i = 0; i < PV_FIELD_COUNT; i++)
		if (pv_pg_is_column(i))
			pv_buf_printf(out, ", %s",
				      pv_field_at((enum pv_field)i)->column);
	pv_buf_puts(out, ") SELECT $1, $3, $4, $5");
	for (int i = 0; i < PV_FIELD_COUNT; i++)
		if (pv_pg_is_column(i))
			pv_buf_printf(out, ", $%d", (*at)++);
	/* No text is swept between now and the end of this statement. */
	pv_buf_puts(out, " FROM (SELECT pg_advisory_xact_lock_shared($2)) held "
			 "ON CONFLICT DO NOTHING RETURNING id)");
}

static void put_insert_sql(pv_buf *out)
{
	int at = COLUMNS_AT;

	put_row_sql(out, &at);
	pv_buf_printf(out,
		      ", texts AS (INSERT INTO pv.body (project_id, hash, "
		      "is_json, content) SELECT $1, u.h, u.j, u.c FROM added, "
		      "unnest($%d::uuid[], $%d::bigint[], $%d::bytea[]) "
		      "AS u (h, j, c) ORDER BY u.h ON CONFLICT DO NOTHING), "
		      "tags AS (INSERT INTO pv.tag (project_id, tag, id) SELECT "
		      "$1, u.t, added.id FROM added, unnest($%d::uuid[]) AS "
		      "u (t) ON CONFLICT DO NOTHING), "
		      "queued AS (INSERT INTO pv.search_queue (project_id, id) "
		      "SELECT $1, id FROM added), cells AS (",
		      at, at + 1, at + 2, at + 3);
	pv_pg_put_cells_sql(out, "added, ", at + 4);
	pv_buf_puts(out, "), errors AS (");
	pv_pg_put_errors_sql(out, "added, ", at + 9);
	pv_buf_puts(out, ") SELECT count(*) FROM added");
}

static void gather_texts(struct parts *out, const pv_execution *row)
{
	for (int i = 0; i < PV_FIELD_COUNT; i++) {
		const pv_value *value = &row->values[i];

		if (!value->is_set ||
		    pv_field_at((enum pv_field)i)->place != PV_PLACE_BODY)
			continue;
		pv_pg_body_key(out->keys[i], value);
		pv_pg_array_add(&out->hashes, out->keys[i], PV_PG_KEY_BYTES);
		pv_pg_array_add_int(&out->kinds, value->is_json);
		pv_pg_array_add(&out->contents, value->text, value->len);
	}
}

static int gather(struct parts *out, struct pv_postgres *db,
		  const pv_execution *row, const pv_strlist *scores,
		  pv_error *err)
{
	const pv_value *id = &row->values[PV_FIELD_ID];
	pv_rollup_batch batch = { .scores = scores };
	int rc;

	pv_uuid_parse(out->id, (pv_str){ id->text, id->len });
	rc = pv_pg_dim_of(&out->dim, db, row, err);
	gather_texts(out, row);
	if (rc == PV_OK)
		rc = pv_pg_each_tag(row, add_tag, &out->tags, err);
	if (rc == PV_OK)
		rc = pv_rollup_add(&batch, out->dim.series, row, 1,
				   pv_clock_now(NULL), err);
	if (rc == PV_OK)
		rc = pv_pg_deltas_make(&out->deltas, &batch, err);
	pv_rollup_clear(&batch);
	return rc;
}

static void put_columns(struct pv_pg_args *args, const struct parts *parts,
			const pv_execution *row)
{
	for (int i = 0; i < PV_FIELD_COUNT; i++) {
		const pv_value *value = &row->values[i];

		if (!pv_pg_is_column(i))
			continue;
		if (pv_field_at((enum pv_field)i)->place != PV_PLACE_BODY)
			pv_pg_put_value(args, (enum pv_field)i, value);
		else if (value->is_set)
			pv_pg_put_bytes(args, PV_PG_UUID, parts->keys[i],
					PV_PG_KEY_BYTES);
		else
			pv_pg_put_null(args, PV_PG_UUID);
	}
}

static int put_parts(struct pv_pg_args *args, struct pv_postgres *db,
		     struct parts *parts, const pv_execution *row, pv_error *err)
{
	const pv_value *prompt = &row->values[PV_FIELD_PROMPT_ID];
	int rc;

	pv_pg_put_int(args, db->project);
	pv_pg_put_int(args, pv_pg_lock_number(db));
	pv_pg_put_bytes(args, PV_PG_UUID, parts->id, PV_UUID_BYTES);
	pv_pg_put_bytes(args, PV_PG_UUID, parts->dim.id, PV_PG_KEY_BYTES);
	if (prompt->is_set)
		pv_pg_put_int(args, pv_pg_prompt_key((pv_str){ prompt->text,
							       prompt->len }));
	else
		pv_pg_put_null(args, PV_PG_INT8);
	put_columns(args, parts, row);
	rc = pv_pg_put_array(args, &parts->hashes, PV_PG_UUID_ARRAY, PV_PG_UUID,
			     err);
	if (rc == PV_OK)
		rc = pv_pg_put_array(args, &parts->kinds, PV_PG_INT8_ARRAY,
				     PV_PG_INT8, err);
	if (rc == PV_OK)
		rc = pv_pg_put_array(args, &parts->contents, PV_PG_BYTEA_ARRAY,
				     PV_PG_BYTEA, err);
	if (rc == PV_OK)
		rc = pv_pg_put_array(args, &parts->tags, PV_PG_UUID_ARRAY,
				     PV_PG_UUID, err);
	return rc == PV_OK ? pv_pg_put_deltas(args, &parts->deltas, err) : rc;
}

static int insert(int *is_new_out, struct pv_postgres *db,
		  const pv_execution *row, const pv_strlist *scores,
		  pv_error *err)
{
	struct pv_pg_args args = { 0 };
	struct parts parts = { 0 };
	int64_t added = 0;
	int rc;

	if (!db->insert_sql.len)
		put_insert_sql(&db->insert_sql);
	rc = pv_buf_status(&db->insert_sql, err);
	if (rc == PV_OK)
		rc = gather(&parts, db, row, scores, err);
	if (rc == PV_OK)
		rc = put_parts(&args, db, &parts, row, err);
	if (rc == PV_OK)
		rc = pv_pg_number(&added, db, db->insert_sql.ptr, &args, err);
	*is_new_out = added != 0;
	parts_dispose(&parts);
	return rc;
}

/* --- all of them ---------------------------------------------------------- */

/* Nobody may change which scores are summed up while one is. */
static int insert_scored(int *is_new_out, struct pv_postgres *db,
			 const pv_execution *row, pv_error *err)
{
	pv_strlist scores = { 0 };
	int rc = pv_pg_begin(db, err);

	if (rc < 0)
		return rc;
	rc = pv_pg_hold(db, err);
	if (rc == PV_OK)
		rc = pv_pg_read_scores(&scores, db, err);
	if (rc == PV_OK)
		rc = insert(is_new_out, db, row, &scores, err);
	pv_strlist_dispose(&scores);
	return pv_pg_end(db, rc, err);
}

struct recording {
	pv_execution *const *rows;
	size_t count;
	size_t added;
};

static int record(struct pv_postgres *db, void *payload, pv_error *err)
{
	struct recording *it = payload;
	int is_new = 0;
	int rc = pv_pg_make_partitions(db, it->rows, it->count, err);

	it->added = 0;
	if (rc == PV_OK && it->count > 1)
		return pv_pg_copy_rows(&it->added, db, it->rows, it->count, err);
	if (rc == PV_OK)
		rc = it->rows[0]->values[PV_FIELD_SCORES].is_set
			     ? insert_scored(&is_new, db, it->rows[0], err)
			     : insert(&is_new, db, it->rows[0], NULL, err);
	it->added = (size_t)is_new;
	return rc;
}

/* Now and then; ids end in chance. */
static int is_time_to_fold(const struct recording *it)
{
	const pv_value *id = &it->rows[0]->values[PV_FIELD_ID];
	unsigned char bytes[PV_UUID_BYTES] = { 0 };

	pv_uuid_parse(bytes, (pv_str){ id->text, id->len });
	return bytes[PV_UUID_BYTES - 1] % FOLD_EVERY == 0;
}

int pv_pg_record(size_t *added_out, void *state, pv_execution *const *rows,
		 size_t count, pv_error *err)
{
	struct recording it = { .rows = rows, .count = count };
	int rc = pv_pg_retry(state, record, &it, err);

	if (rc < 0)
		return rc;
	*added_out = it.added;
	/* The rows are there in any case; sums wait for the next time. */
	if (is_time_to_fold(&it))
		(void)pv_pg_fold(state, NULL);
	return PV_OK;
}
