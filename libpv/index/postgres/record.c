/* SPDX-License-Identifier: MIT
 *
 * Recording. What a row shares is made sure of first, then its texts, the row,
 * its tags, sums and its place in the queue of the search are written by some
 * statements that are sent at once: one transaction, one round trip. A row that
 * is there already makes it fail, and so adds nothing. Many rows go by COPY,
 * see copy.c.
 */
#include "index/postgres/postgres.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"

enum {
	DIMS_KEPT = 4096,
	FOLD_EVERY = 64 /* rows or groups, about */
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
	unsigned char whole[PV_SHA256_BYTES];

	pv_body_hash(whole, value);
	memcpy(out, whole, PV_PG_KEY_BYTES);
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

int pv_pg_series_of(int64_t *out, struct pv_postgres *db,
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
	rc = pv_execution_dim_key(&raw, &db->dim_text, row, err);
	if (rc < 0)
		return rc;
	known = pv_map_find(&db->dims, raw);
	if (known) {
		*out = *known;
		return PV_OK;
	}
	pv_pg_hash(out->id, raw.ptr, raw.len);
	rc = find_dim(out, db, err);
	if (rc == PV_OK && !out->series) {
		rc = pv_pg_series_of(&out->series, db, row, err);
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

enum {
	/* texts, scores, the row, its place in the queue, tags, cells, errors */
	STEPS = 7,
	RESCORED = 2, /* what insert gives besides 0 and 1 */
	SCORE_TURNS = 10
};

/* What is written of a row. */
struct parts {
	struct pv_pg_step steps[STEPS];
	size_t step_count;
	size_t scores_step; /* 0 for none */
	size_t row_step;
	struct pv_pg_array scores;
	struct pv_pg_array tags;
	struct pv_pg_deltas deltas;
	unsigned char id[PV_UUID_BYTES];
	unsigned char keys[PV_FIELD_COUNT][PV_PG_KEY_BYTES];
	int texts[PV_PG_TEXTS_MAX]; /* fields, by their keys */
	int text_count;
	struct pv_pg_dim dim;
};

static void parts_free(struct parts *parts)
{
	pv_buf_dispose(&parts->scores.bytes);
	pv_buf_dispose(&parts->tags.bytes);
	pv_pg_deltas_dispose(&parts->deltas);
	pv_free(parts);
}

int pv_pg_is_column(int field)
{
	enum pv_field_place place = pv_field_at((enum pv_field)field)->place;

	return field != PV_FIELD_ID &&
	       (place == PV_PLACE_ROW || place == PV_PLACE_BODY);
}

/* All writers take texts in one order, or two could wait for each other. */
static void add_text(struct parts *out, int field)
{
	int at = out->text_count++;

	for (; at && memcmp(out->keys[field], out->keys[out->texts[at - 1]],
			    PV_PG_KEY_BYTES) < 0;
	     at--)
		out->texts[at] = out->texts[at - 1];
	out->texts[at] = field;
}

/* A text that stands twice in a row is one. */
static int has_text(const struct parts *parts, const unsigned char *key)
{
	for (int i = 0; i < parts->text_count; i++)
		if (memcmp(parts->keys[parts->texts[i]], key, PV_PG_KEY_BYTES) ==
		    0)
			return 1;
	return 0;
}

static void gather_texts(struct parts *out, const pv_execution *row)
{
	for (int i = 0; i < PV_FIELD_COUNT; i++) {
		const pv_value *value = &row->values[i];

		if (!value->is_set ||
		    pv_field_at((enum pv_field)i)->place != PV_PLACE_BODY)
			continue;
		pv_pg_body_key(out->keys[i], value);
		if (!has_text(out, out->keys[i]))
			add_text(out, i);
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
		rc = pv_rollup_add(&batch, &(pv_series){ out->dim.series, 0, 0 },
				   row, 1, pv_clock_now(NULL), err);
	if (rc == PV_OK)
		rc = pv_pg_deltas_make(&out->deltas, &batch, err);
	pv_rollup_clear(&batch);
	return rc;
}

/* --- its statements ------------------------------------------------------- */

/* No text is swept from here on to the end of the transaction. */
static void put_texts_sql(pv_buf *out, int count)
{
	int at = 3;

	if (!count) {
		pv_buf_puts(out, "SELECT pg_advisory_xact_lock_shared($2) WHERE "
				 "$1::bigint IS NOT NULL");
		return;
	}
	pv_buf_puts(out, "INSERT INTO pv.body (project_id, hash, is_json, "
			 "content) SELECT $1, u.* FROM (SELECT "
			 "pg_advisory_xact_lock_shared($2)) held, (VALUES");
	for (int i = 0; i < count; i++, at += 3)
		pv_buf_printf(out, "%s ($%d::uuid, $%d::bigint, $%d::bytea)",
			      i ? "," : "", at, at + 1, at + 2);
	pv_buf_puts(out, ") u (h, j, c) ON CONFLICT DO NOTHING");
}

static void put_row_sql(pv_buf *out)
{
	int count = 4;

	pv_buf_puts(out, "INSERT INTO pv.execution (project_id, id, dim_id, "
			 "prompt_key");
	for (int i = 0; i < PV_FIELD_COUNT; i++)
		if (pv_pg_is_column(i)) {
			pv_buf_printf(out, ", %s",
				      pv_field_at((enum pv_field)i)->column);
			count++;
		}
	pv_buf_puts(out, ") VALUES ($1");
	for (int i = 2; i <= count; i++)
		pv_buf_printf(out, ", $%d", i);
	pv_buf_puts(out, ")");
}

static int put_texts(struct parts *out, struct pv_postgres *db,
		     const pv_execution *row, pv_error *err)
{
	struct pv_pg_step *step = &out->steps[out->step_count++];
	pv_buf *sql = &db->texts_sql[out->text_count];

	if (!sql->len)
		put_texts_sql(sql, out->text_count);
	step->sql = pv_buf_text(sql);
	pv_pg_put_int(&step->args, db->project);
	pv_pg_put_int(&step->args, pv_pg_lock_number(db));
	for (int i = 0; i < out->text_count; i++) {
		const pv_value *value = &row->values[out->texts[i]];

		pv_pg_put_bytes(&step->args, PV_PG_UUID,
				out->keys[out->texts[i]], PV_PG_KEY_BYTES);
		pv_pg_put_int(&step->args, value->is_json);
		pv_pg_put_bytes(&step->args, PV_PG_BYTEA, value->text,
				value->len);
	}
	return pv_buf_status(sql, err);
}

/*
 * Divides by 0 when others are rolled up than those known here. Whoever
 * changes that is kept away from the step before on.
 */
static int put_scores(struct parts *out, struct pv_postgres *db,
		      const pv_strlist *scores, pv_error *err)
{
	struct pv_pg_step *step = &out->steps[out->step_count];

	out->scores_step = out->step_count++;
	step->sql = "SELECT 1 / CASE WHEN (SELECT count(*) FROM pv.rolled_score "
		    "WHERE project_id = $1) = cardinality($2::text[]) AND NOT "
		    "EXISTS (SELECT FROM pv.rolled_score WHERE project_id = $1 "
		    "AND name <> ALL ($2)) THEN 1 ELSE 0 END";
	for (size_t i = 0; i < scores->count; i++)
		pv_pg_array_add(&out->scores, scores->items[i],
				strlen(scores->items[i]));
	pv_pg_put_int(&step->args, db->project);
	return pv_pg_put_array(&step->args, &out->scores, PV_PG_TEXT_ARRAY,
			       PV_PG_TEXT, err);
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

static int put_row(struct parts *out, struct pv_postgres *db,
		   const pv_execution *row, pv_error *err)
{
	struct pv_pg_step *step = &out->steps[out->step_count];
	const pv_value *prompt = &row->values[PV_FIELD_PROMPT_ID];

	out->row_step = out->step_count++;
	if (!db->row_sql.len)
		put_row_sql(&db->row_sql);
	step->sql = pv_buf_text(&db->row_sql);
	pv_pg_put_int(&step->args, db->project);
	pv_pg_put_bytes(&step->args, PV_PG_UUID, out->id, PV_UUID_BYTES);
	pv_pg_put_bytes(&step->args, PV_PG_UUID, out->dim.id, PV_PG_KEY_BYTES);
	if (prompt->is_set)
		pv_pg_put_int(&step->args, pv_pg_prompt_key((pv_str){
						   prompt->text, prompt->len }));
	else
		pv_pg_put_null(&step->args, PV_PG_INT8);
	put_columns(&step->args, out, row);
	return pv_buf_status(&db->row_sql, err);
}

static int put_rest(struct parts *out, struct pv_postgres *db, pv_error *err)
{
	struct pv_pg_step *step = &out->steps[out->step_count++];
	int rc = PV_OK;

	step->sql =
		"INSERT INTO pv.search_queue (project_id, id) VALUES ($1, $2)";
	pv_pg_put_int(&step->args, db->project);
	pv_pg_put_bytes(&step->args, PV_PG_UUID, out->id, PV_UUID_BYTES);
	if (out->tags.count) {
		step = &out->steps[out->step_count++];
		step->sql = "INSERT INTO pv.tag (project_id, tag, id) SELECT $1, "
			    "u.t, $2 FROM unnest($3::uuid[]) AS u (t) ON "
			    "CONFLICT DO NOTHING";
		pv_pg_put_int(&step->args, db->project);
		pv_pg_put_bytes(&step->args, PV_PG_UUID, out->id, PV_UUID_BYTES);
		rc = pv_pg_put_array(&step->args, &out->tags, PV_PG_UUID_ARRAY,
				     PV_PG_UUID, err);
	}
	out->deltas.row_id = out->id;
	return rc == PV_OK ? pv_pg_put_deltas(out->steps, &out->step_count, db,
					      &out->deltas, err)
			   : rc;
}

static int put_all(struct parts *out, struct pv_postgres *db,
		   const pv_execution *row, const pv_strlist *scores,
		   pv_error *err)
{
	int rc = gather(out, db, row, scores, err);

	if (rc == PV_OK)
		rc = put_texts(out, db, row, err);
	if (rc == PV_OK && scores)
		rc = put_scores(out, db, scores, err);
	if (rc == PV_OK)
		rc = put_row(out, db, row, err);
	return rc == PV_OK ? put_rest(out, db, err) : rc;
}

/* 0 for a row that is there, 1 for a new one, RESCORED to begin again. */
static int insert(struct pv_postgres *db, const pv_execution *row,
		  const pv_strlist *scores, pv_error *err)
{
	struct parts *parts = pv_calloc(1, sizeof(*parts));
	size_t failed = 0;
	int rc;

	if (!parts)
		return pv_fail_nomem(err);
	rc = put_all(parts, db, row, scores, err);
	db->trouble = PV_PG_FINAL;
	if (rc == PV_OK) {
		rc = pv_pg_run_steps(&failed, db, parts->steps,
				     parts->step_count, err);
		if (rc == PV_OK)
			rc = 1;
		else if (failed == parts->row_step && db->trouble == PV_PG_TWICE)
			rc = 0;
		else if (parts->scores_step && failed == parts->scores_step &&
			 db->trouble == PV_PG_FINAL && rc == PV_EDB)
			rc = RESCORED;
		if (rc >= 0)
			pv_error_clear(err);
	}
	parts_free(parts);
	return rc;
}

/* --- all of them ---------------------------------------------------------- */

static int know_scores(struct pv_postgres *db, pv_error *err)
{
	int rc;

	if (db->knows_scores)
		return PV_OK;
	pv_strlist_dispose(&db->scores);
	rc = pv_pg_read_scores(&db->scores, db, err);
	db->knows_scores = rc == PV_OK;
	return rc;
}

/* Nobody may change which scores are summed up while one is. */
static int insert_scored(struct pv_postgres *db, const pv_execution *row,
			 pv_error *err)
{
	int rc = RESCORED;

	for (int turn = 0; turn < SCORE_TURNS && rc == RESCORED; turn++) {
		rc = know_scores(db, err);
		if (rc == PV_OK)
			rc = insert(db, row, &db->scores, err);
		db->knows_scores &= rc != RESCORED;
	}
	if (rc != RESCORED)
		return rc;
	db->trouble = PV_PG_FINAL;
	return pv_fail(err, PV_ELOCKED,
		       "others keep changing which scores are summed up");
}

struct recording {
	pv_execution *const *rows;
	size_t count;
	size_t added;
};

static int record(struct pv_postgres *db, void *payload, pv_error *err)
{
	struct recording *it = payload;
	int rc = pv_pg_make_partitions(db, it->rows, it->count, err);

	it->added = 0;
	if (rc == PV_OK && it->count > 1)
		return pv_pg_copy_rows(&it->added, db, it->rows, it->count, err);
	if (rc == PV_OK)
		rc = it->rows[0]->values[PV_FIELD_SCORES].is_set
			     ? insert_scored(db, it->rows[0], err)
			     : insert(db, it->rows[0], NULL, err);
	it->added = rc > 0;
	return rc < 0 ? rc : PV_OK;
}

/*
 * Now and then, by chance: many processes record one row. All of an id is
 * looked at, as other programs may fill its end with something else.
 */
static int is_time_to_fold(const struct recording *it)
{
	const pv_value *id = &it->rows[0]->values[PV_FIELD_ID];

	return pv_pg_prompt_key((pv_str){ id->text, id->len }) % FOLD_EVERY == 0;
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
