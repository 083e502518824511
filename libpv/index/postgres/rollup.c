/* SPDX-License-Identifier: MIT
 *
 * Rollups in PostgreSQL. Whoever records adds what changed as rows of
 * rollup_delta, without reading a cell or waiting for others; now and then
 * somebody adds some of them to their cells (folding). A cell is the sum of
 * both. Kinds of errors are few and counted in place.
 */
#include "index/postgres/postgres.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"

enum {
	FOLDED_AT_ONCE = 1000
};

/* --- changes -------------------------------------------------------------- */

void pv_pg_deltas_dispose(struct pv_pg_deltas *deltas)
{
	for (int i = 0; i < 5; i++) {
		pv_buf_dispose(&deltas->cells[i].bytes);
		pv_buf_dispose(&deltas->errors[i].bytes);
	}
}

static void add_key(struct pv_pg_array *columns, const pv_rollup_key *key)
{
	pv_pg_array_add_int(&columns[0], key->series);
	pv_pg_array_add_int(&columns[1], key->grain);
	pv_pg_array_add_int(&columns[2], key->bucket);
}

static int add_change(struct pv_pg_deltas *out, const pv_rollup_change *change,
		      pv_error *err)
{
	const pv_cell *cell = &change->cell;
	pv_buf data = { 0 };
	int rc = PV_OK;

	if (!pv_cell_is_empty(cell)) {
		pv_cell_encode(&data, cell);
		rc = pv_buf_status(&data, err);
		add_key(out->cells, &change->key);
		pv_pg_array_add_int(&out->cells[3], cell->last_us);
		pv_pg_array_add(&out->cells[4], data.ptr, data.len);
		pv_buf_dispose(&data);
	}
	for (size_t i = 0; i < cell->error_count; i++) {
		if (!cell->errors[i].count)
			continue;
		add_key(out->errors, &change->key);
		pv_pg_array_add(&out->errors[3], cell->errors[i].name,
				strlen(cell->errors[i].name));
		pv_pg_array_add_int(&out->errors[4], cell->errors[i].count);
	}
	return rc;
}

int pv_pg_deltas_make(struct pv_pg_deltas *out, pv_rollup_batch *batch,
		      pv_error *err)
{
	int rc = pv_rollup_settle(batch, err);

	for (size_t i = 0; i < batch->count && rc == PV_OK; i++)
		rc = add_change(out, batch->changes[i], err);
	return rc;
}

static int put_five(struct pv_pg_args *args, struct pv_pg_array *columns,
		    const enum pv_pg_type types[2], pv_error *err)
{
	static const enum pv_pg_type ints[2] = { PV_PG_INT8_ARRAY, PV_PG_INT8 };
	int rc = PV_OK;

	for (int i = 0; i < 5 && rc == PV_OK; i++) {
		/* Data stands last, kinds of errors before their numbers. */
		int is_other = types[1] == PV_PG_BYTEA ? i == 4 : i == 3;
		const enum pv_pg_type *type = is_other ? types : ints;

		rc = pv_pg_put_array(args, &columns[i], type[0], type[1], err);
	}
	return rc;
}

#define UNLESS_PRUNED \
 " WHERE NOT EXISTS (SELECT FROM pv.pruned WHERE project_id = $1 AND id = $7)"

#define ADD_CELLS                                                         \
 "INSERT INTO pv.rollup_delta (project_id, series_id, grain, bucket, "    \
 "last_us, data) SELECT $1, u.* FROM unnest($2::bigint[], $3::bigint[], " \
 "$4::bigint[], $5::bigint[], $6::bytea[]) AS u"

#define ADD_ERRORS                                                            \
 "INSERT INTO pv.rollup_error AS old (project_id, series_id, grain, bucket, " \
 "error_type, n) SELECT $1, u.* FROM unnest($2::bigint[], $3::bigint[], "     \
 "$4::bigint[], $5::text[], $6::bigint[]) AS u (s, g, b, e, n)"

#define ON_ERRORS                                                           \
 " ORDER BY s, g, b, e ON CONFLICT (project_id, series_id, grain, bucket, " \
 "error_type) DO UPDATE SET n = old.n + excluded.n"

/* With the values of some columns, in a transaction's step. */
static int put_step(struct pv_pg_step *step, const struct pv_postgres *db,
		    struct pv_pg_array *columns, const enum pv_pg_type types[2],
		    const unsigned char *row_id, pv_error *err)
{
	int rc;

	pv_pg_put_int(&step->args, db->project);
	rc = put_five(&step->args, columns, types, err);
	if (rc == PV_OK && row_id)
		pv_pg_put_bytes(&step->args, PV_PG_UUID, row_id, PV_UUID_BYTES);
	return rc;
}

/* In one order, or two who add the same could wait for each other. */
int pv_pg_put_deltas(struct pv_pg_step *steps, size_t *count,
		     const struct pv_postgres *db, struct pv_pg_deltas *deltas,
		     pv_error *err)
{
	static const enum pv_pg_type bytes[2] = { PV_PG_BYTEA_ARRAY, PV_PG_BYTEA };
	static const enum pv_pg_type texts[2] = { PV_PG_TEXT_ARRAY, PV_PG_TEXT };
	int rc = PV_OK;

	if (deltas->cells[0].count) {
		struct pv_pg_step *step = &steps[(*count)++];

		step->sql = deltas->row_id ? ADD_CELLS UNLESS_PRUNED : ADD_CELLS;
		rc = put_step(step, db, deltas->cells, bytes, deltas->row_id,
			      err);
	}
	if (rc == PV_OK && deltas->errors[0].count) {
		struct pv_pg_step *step = &steps[(*count)++];

		step->sql = deltas->row_id ? ADD_ERRORS UNLESS_PRUNED ON_ERRORS
					   : ADD_ERRORS ON_ERRORS;
		rc = put_step(step, db, deltas->errors, texts, deltas->row_id,
			      err);
	}
	return rc;
}

static int add_deltas(struct pv_postgres *db, struct pv_pg_deltas *deltas,
		      pv_error *err)
{
	struct pv_pg_step *steps = pv_calloc(2, sizeof(*steps));
	size_t count = 0;
	size_t failed;
	int rc;

	if (!steps)
		return pv_fail_nomem(err);
	rc = pv_pg_put_deltas(steps, &count, db, deltas, err);
	if (rc == PV_OK && count)
		rc = pv_pg_run_steps(&failed, db, steps, count, err);
	pv_free(steps);
	return rc;
}

int pv_pg_add_deltas(struct pv_postgres *db, pv_rollup_batch *batch, pv_error *err)
{
	struct pv_pg_deltas deltas = { 0 };
	int rc = pv_pg_deltas_make(&deltas, batch, err);

	if (rc == PV_OK)
		rc = add_deltas(db, &deltas, err);
	pv_pg_deltas_dispose(&deltas);
	return rc;
}

/* --- folding -------------------------------------------------------------- */

static void put_key(struct pv_pg_args *args, const struct pv_postgres *db,
		    const pv_rollup_key *key)
{
	pv_pg_put_int(args, db->project);
	pv_pg_put_int(args, key->series);
	pv_pg_put_int(args, key->grain);
	pv_pg_put_int(args, key->bucket);
}

/* Adds the cells of an answer, from `at` on: last_us, data. */
static int add_cell(pv_cell *out, struct pv_postgres *db,
		    const PGresult *answer, int row, int at, pv_error *err)
{
	int64_t last = pv_pg_int_at(db, answer, row, at);

	if (last > out->last_us)
		out->last_us = last;
	return pv_cell_decode(out, pv_pg_bytes_at(db, answer, row, at + 1), err);
}

int pv_pg_write_cell(struct pv_postgres *db, const pv_rollup_key *key,
		     const pv_cell *cell, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	pv_buf data = { 0 };
	int rc;

	put_key(&args, db, key);
	if (pv_cell_is_empty(cell))
		return pv_pg_run(NULL, db,
				 "DELETE FROM pv.rollup WHERE project_id = $1 "
				 "AND series_id = $2 AND grain = $3 AND bucket = "
				 "$4",
				 &args, err);
	pv_cell_encode(&data, cell);
	pv_pg_put_int(&args, cell->last_us);
	pv_pg_put_bytes(&args, PV_PG_BYTEA, data.ptr, data.len);
	rc = pv_buf_status(&data, err);
	if (rc == PV_OK)
		rc = pv_pg_run(NULL, db,
			       "INSERT INTO pv.rollup VALUES ($1, $2, $3, $4, "
			       "$5, $6) ON CONFLICT (project_id, series_id, "
			       "grain, bucket) DO UPDATE SET last_us = "
			       "excluded.last_us, data = excluded.data",
			       &args, err);
	pv_buf_dispose(&data);
	return rc;
}

/* The deltas from `from` on that are of one cell, with what it has. */
static int fold_cell(struct pv_postgres *db, const PGresult *deltas, int *from,
		     pv_error *err)
{
	pv_rollup_key key = { pv_pg_int_at(db, deltas, *from, 0),
			      pv_pg_int_at(db, deltas, *from, 1),
			      pv_pg_int_at(db, deltas, *from, 2) };
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	pv_cell cell = { 0 };
	int rc;

	put_key(&args, db, &key);
	rc = pv_pg_run(&answer, db,
		       "SELECT last_us, data FROM pv.rollup WHERE project_id = "
		       "$1 AND series_id = $2 AND grain = $3 AND bucket = $4",
		       &args, err);
	if (rc == PV_OK && db->pq.ntuples(answer))
		rc = add_cell(&cell, db, answer, 0, 0, err);
	pv_pg_clear(db, answer);
	while (rc == PV_OK && *from < db->pq.ntuples(deltas) &&
	       pv_pg_int_at(db, deltas, *from, 0) == key.series &&
	       pv_pg_int_at(db, deltas, *from, 1) == key.grain &&
	       pv_pg_int_at(db, deltas, *from, 2) == key.bucket)
		rc = add_cell(&cell, db, deltas, (*from)++, 3, err);
	if (rc == PV_OK)
		rc = pv_pg_write_cell(db, &key, &cell, err);
	pv_cell_dispose(&cell);
	return rc;
}

static int fold(struct pv_postgres *db, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	PGresult *deltas = NULL;
	int at = 0;
	int rc;

	pv_pg_put_int(&args, db->project);
	pv_pg_put_int(&args, FOLDED_AT_ONCE);
	rc = pv_pg_run(&deltas, db,
		       "WITH gone AS (DELETE FROM pv.rollup_delta WHERE "
		       "project_id = $1 AND seq IN (SELECT seq FROM "
		       "pv.rollup_delta WHERE project_id = $1 ORDER BY seq LIMIT "
		       "$2) RETURNING series_id, grain, bucket, last_us, data) "
		       "SELECT * FROM gone ORDER BY 1, 2, 3",
		       &args, err);
	while (rc == PV_OK && at < db->pq.ntuples(deltas))
		rc = fold_cell(db, deltas, &at, err);
	pv_pg_clear(db, deltas);
	return rc;
}

/* Minutes that are no longer kept; there are few at a time. */
static int drop_minutes(struct pv_postgres *db, pv_error *err)
{
	static const char *const tables[] = { "pv.rollup", "pv.rollup_delta",
					      "pv.rollup_error" };
	struct pv_pg_args args = { 0 };
	int rc = PV_OK;

	pv_pg_put_int(&args, db->project);
	pv_pg_put_int(&args, (pv_clock_now(NULL) - PV_ROLLUP_MINUTES_KEPT_US) /
				     1000000);
	for (size_t i = 0; i < pv_array_len(tables) && rc == PV_OK; i++) {
		pv_buf sql = { 0 };

		pv_buf_printf(&sql,
			      "DELETE FROM %s WHERE project_id = $1 AND grain = "
			      "60 AND bucket < $2",
			      tables[i]);
		rc = pv_pg_ask(NULL, db, &sql, &args, err);
	}
	return rc;
}

/* Who folds; its number is another one than that of texts. */
static int lock_folding(int64_t *got_out, struct pv_postgres *db, pv_error *err)
{
	struct pv_pg_args args = { 0 };

	pv_pg_put_int(&args, pv_pg_lock_number(db) ^ (INT64_C(1) << 39));
	return pv_pg_number(got_out, db,
			    "SELECT pg_try_advisory_xact_lock($1)::int", &args,
			    err);
}

int pv_pg_fold(struct pv_postgres *db, pv_error *err)
{
	int64_t got = 0;
	int rc = pv_pg_begin(db, err);

	if (rc < 0)
		return rc;
	rc = pv_pg_hold(db, err);
	if (rc == PV_OK)
		rc = lock_folding(&got, db, err);
	if (rc == PV_OK && got)
		rc = fold(db, err);
	if (rc == PV_OK && got)
		rc = drop_minutes(db, err);
	return pv_pg_end(db, rc, err);
}

/* --- reading -------------------------------------------------------------- */

struct reading {
	const pv_rollup_query *query;
	const pv_rollup_reader *reader;
};

static void put_span(struct pv_pg_args *args, const struct pv_postgres *db,
		     int64_t series, const pv_rollup_span *span)
{
	pv_pg_put_int(args, db->project);
	pv_pg_put_int(args, series);
	pv_pg_put_int(args, span->grain);
	pv_pg_put_int(args, span->from);
	pv_pg_put_int(args, span->to);
}

#define SPAN                                                           \
 "project_id = $1 AND series_id = $2 AND grain = $3 AND bucket >= $4 " \
 "AND bucket < $5"

/* A cell and its deltas as one, or nothing when they cancel out. */
static int read_sum(struct pv_postgres *db, struct reading *it,
		    const pv_rollup_key *key, const PGresult *answer,
		    const int rows[2], pv_error *err)
{
	pv_cell cell = { 0 };
	pv_buf data = { 0 };
	int rc = PV_OK;

	for (int i = rows[0]; i < rows[1] && rc == PV_OK; i++)
		rc = add_cell(&cell, db, answer, i, 1, err);
	if (rc == PV_OK && !pv_cell_is_empty(&cell)) {
		pv_cell_encode(&data, &cell);
		rc = pv_buf_status(&data, err);
		if (rc == PV_OK)
			rc = it->reader->cell(key, cell.last_us,
					      (pv_str){ data.ptr, data.len },
					      it->reader->payload, err);
	}
	pv_buf_dispose(&data);
	pv_cell_dispose(&cell);
	return rc;
}

/* Behind the rows that have the bucket of one. */
static int end_of_bucket(struct pv_postgres *db, const PGresult *answer, int at)
{
	int64_t bucket = pv_pg_int_at(db, answer, at, 0);

	while (++at < db->pq.ntuples(answer))
		if (pv_pg_int_at(db, answer, at, 0) != bucket)
			break;
	return at;
}

static int read_cells(struct pv_postgres *db, struct reading *it,
		      int64_t series, const pv_rollup_span *span, pv_error *err)
{
	pv_rollup_key key = { series, span->grain, 0 };
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	int rows[2] = { 0, 0 };
	int rc;

	put_span(&args, db, series, span);
	rc = pv_pg_run(&answer, db,
		       "SELECT bucket, last_us, data FROM pv.rollup WHERE " SPAN
		       " UNION ALL SELECT bucket, last_us, data FROM "
		       "pv.rollup_delta WHERE " SPAN " ORDER BY bucket",
		       &args, err);
	while (rc == PV_OK && rows[1] < db->pq.ntuples(answer)) {
		rows[0] = rows[1];
		rows[1] = end_of_bucket(db, answer, rows[0]);
		key.bucket = pv_pg_int_at(db, answer, rows[0], 0);
		rc = rows[1] - rows[0] > 1
			     ? read_sum(db, it, &key, answer, rows, err)
			     : it->reader->cell(&key,
						pv_pg_int_at(db, answer,
							     rows[0], 1),
						pv_pg_bytes_at(db, answer,
							       rows[0], 2),
						it->reader->payload, err);
	}
	pv_pg_clear(db, answer);
	return rc;
}

static int read_errors(struct pv_postgres *db, struct reading *it,
		       int64_t series, const pv_rollup_span *span, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	int rc;

	put_span(&args, db, series, span);
	rc = pv_pg_run(&answer, db,
		       "SELECT error_type, sum(n)::bigint FROM pv.rollup_error "
		       "WHERE " SPAN " GROUP BY error_type HAVING sum(n) <> 0 "
		       "ORDER BY error_type",
		       &args, err);
	for (int i = 0; rc == PV_OK && i < db->pq.ntuples(answer); i++)
		rc = it->reader->error(pv_pg_bytes_at(db, answer, i, 0),
				       pv_pg_int_at(db, answer, i, 1),
				       it->reader->payload, err);
	pv_pg_clear(db, answer);
	return rc;
}

static int read_series(struct pv_postgres *db, struct reading *it,
		       const PGresult *answer, int at, pv_error *err)
{
	const struct pv_pg_row from = { db, answer, at };
	int64_t id = pv_pg_int_at(db, answer, at, 0);
	pv_execution *row = NULL;
	int rc = pv_execution_new(&row, err);

	for (size_t i = 0; i < PV_SERIES_FIELDS && rc == PV_OK; i++)
		rc = pv_pg_read_column(row, pv_series_field(i), &from,
				       (int)i + 2, err);
	if (rc == PV_OK)
		rc = it->reader->series(row, (int)pv_pg_int_at(db, answer, at, 1),
					it->reader->payload, err);
	pv_execution_free(row);
	for (size_t i = 0; i < it->query->span_count && rc == PV_OK; i++)
		rc = read_cells(db, it, id, &it->query->spans[i], err);
	for (size_t i = 0; i < it->query->span_count && rc == PV_OK; i++)
		rc = read_errors(db, it, id, &it->query->spans[i], err);
	return rc;
}

static void put_query(pv_buf *out, struct pv_pg_args *args,
		      const struct pv_postgres *db, const pv_rollup_query *query)
{
	pv_pg_put_int(args, db->project);
	pv_buf_puts(out, "SELECT series_id, is_cached");
	for (size_t i = 0; i < PV_SERIES_FIELDS; i++)
		pv_buf_printf(out, ", %s",
			      pv_field_at(pv_series_field(i))->column);
	pv_buf_puts(out, " FROM pv.series WHERE project_id = $1");
	for (size_t i = 0; i < query->match_count; i++) {
		pv_pg_put_text(args, pv_str_of(query->values[i]));
		pv_buf_printf(out, " AND %s = $%d",
			      pv_field_at(query->fields[i])->column, args->count);
	}
	/* Names decide and not numbers: sums of doubles come out the same. */
	pv_buf_puts(out, " ORDER BY key");
}

static int read_all(struct pv_postgres *db, struct reading *it, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	pv_buf sql = { 0 };
	int rc;

	put_query(&sql, &args, db, it->query);
	rc = pv_pg_ask(&answer, db, &sql, &args, err);
	for (int i = 0; rc == PV_OK && i < db->pq.ntuples(answer); i++)
		rc = read_series(db, it, answer, i, err);
	pv_pg_clear(db, answer);
	if (rc == PV_OK && it->query->arms_of)
		rc = pv_pg_read_arms(db, it->query->arms_of, it->reader, err);
	return rc;
}

/* What was handed to the reader cannot be taken back. */
static int read_rollups(struct pv_postgres *db, void *payload, pv_error *err)
{
	int rc = pv_pg_begin_read(db, err);

	if (rc < 0)
		return rc;
	rc = pv_pg_end(db, read_all(db, payload, err), err);
	db->trouble = PV_PG_FINAL;
	return rc;
}

int pv_pg_read_rollups(void *state, const pv_rollup_query *query,
		       const pv_rollup_reader *reader, pv_error *err)
{
	struct reading it = { query, reader };

	return pv_pg_retry(state, read_rollups, &it, err);
}
