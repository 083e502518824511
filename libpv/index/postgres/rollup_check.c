/* SPDX-License-Identifier: MIT
 *
 * What rollups are made anew of, and compared with (index/rollup_check.h), and
 * which scores are among what is summed up. Who changes either keeps away all
 * who write, by the lock that they share.
 */
#include "index/postgres/postgres.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "index/rollup_check.h"

static const int64_t second = 1000000;

static void put_key(struct pv_pg_args *args, const struct pv_postgres *db,
		    const pv_rollup_key *key)
{
	pv_pg_put_int(args, db->project);
	pv_pg_put_int(args, key->series);
	pv_pg_put_int(args, key->grain);
	pv_pg_put_int(args, key->bucket);
}

#define BUCKET \
 "project_id = $1 AND series_id = $2 AND grain = $3 AND bucket = $4"

/* --- rows ----------------------------------------------------------------- */

static int next_day(int *is_there, int64_t *day, void *state, pv_error *err)
{
	struct pv_postgres *db = state;
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	int rc;

	*is_there = 0;
	pv_pg_put_int(&args, db->project);
	pv_pg_put_int(&args, *day * second);
	pv_pg_put_int(&args, *day);
	rc = pv_pg_run(&answer, db,
		       "SELECT min(t) FROM (SELECT min(ts_us) AS t FROM "
		       "pv.execution WHERE project_id = $1 AND ts_us >= $2 UNION "
		       "ALL SELECT min(bucket) * 1000000 FROM pv.rollup WHERE "
		       "project_id = $1 AND grain = 86400 AND bucket >= $3 UNION "
		       "ALL SELECT min(bucket) * 1000000 FROM pv.rollup_delta "
		       "WHERE project_id = $1 AND grain = 86400 AND bucket >= "
		       "$3) days",
		       &args, err);
	if (rc == PV_OK && !db->pq.getisnull(answer, 0, 0)) {
		*day = pv_rollup_bucket(pv_pg_int_at(db, answer, 0, 0),
					PV_GRAIN_DAY);
		*is_there = 1;
	}
	pv_pg_clear(db, answer);
	return rc;
}

static void put_rows_sql(pv_buf *out)
{
	pv_buf_puts(out, "DECLARE pv_rolled NO SCROLL CURSOR FOR SELECT "
			 "d.series_id");
	for (size_t i = 0; i < PV_ROLLUP_FIELDS; i++)
		pv_buf_printf(out, ", e.%s",
			      pv_field_at(pv_rollup_field(i))->column);
	pv_buf_puts(out, " FROM pv.execution e JOIN pv.dim d ON d.project_id = "
			 "e.project_id AND d.dim_id = e.dim_id WHERE "
			 "e.project_id = $1 AND e.ts_us >= $2 AND e.ts_us < $3");
}

static int give_row(struct pv_postgres *db, const PGresult *answer, int at,
		    pv_rollup_row_fn fn, void *payload, pv_error *err)
{
	const struct pv_pg_row from = { db, answer, at };
	const pv_series series = { pv_pg_int_at(db, answer, at, 0), 0, 0 };
	pv_execution *row = NULL;
	int rc = pv_execution_new(&row, err);

	for (size_t i = 0; i < PV_ROLLUP_FIELDS && rc == PV_OK; i++)
		rc = pv_pg_read_column(row, pv_rollup_field(i), &from,
				       (int)i + 1, err);
	if (rc == PV_OK)
		rc = fn(&series, row, payload, err);
	pv_execution_free(row);
	return rc;
}

static int give_rows(struct pv_postgres *db, pv_rollup_row_fn fn, void *payload,
		     pv_error *err)
{
	int count = 1;
	int rc = PV_OK;

	while (count && rc == PV_OK) {
		PGresult *answer = NULL;
		pv_buf sql = { 0 };

		pv_buf_puts(&sql, "FETCH 1000 FROM pv_rolled");
		rc = pv_pg_ask(&answer, db, &sql, NULL, err);
		count = rc == PV_OK ? db->pq.ntuples(answer) : 0;
		for (int i = 0; i < count && rc == PV_OK; i++) {
			rc = give_row(db, answer, i, fn, payload, err);
			pv_index_watch_step(&db->watch);
		}
		pv_pg_clear(db, answer);
	}
	return rc;
}

static int each_row(void *state, int64_t day, pv_rollup_row_fn fn,
		    void *payload, pv_error *err)
{
	struct pv_postgres *db = state;
	struct pv_pg_args args = { 0 };
	pv_buf sql = { 0 };
	int rc;

	pv_pg_put_int(&args, db->project);
	pv_pg_put_int(&args, day * second);
	pv_pg_put_int(&args, (day + PV_GRAIN_DAY) * second);
	put_rows_sql(&sql);
	rc = pv_pg_ask(NULL, db, &sql, &args, err);
	if (rc == PV_OK)
		rc = give_rows(db, fn, payload, err);
	return rc == PV_OK ? pv_pg_exec(db, "CLOSE pv_rolled", err) : rc;
}

/* --- cells ---------------------------------------------------------------- */

static int read_sums(pv_cell *out, struct pv_postgres *db,
		     const struct pv_pg_args *args, pv_error *err)
{
	PGresult *answer = NULL;
	int rc = pv_pg_run(&answer, db,
			   "SELECT last_us, data FROM pv.rollup WHERE " BUCKET
			   " UNION ALL SELECT last_us, data FROM "
			   "pv.rollup_delta WHERE " BUCKET,
			   args, err);

	for (int i = 0; rc == PV_OK && i < db->pq.ntuples(answer); i++) {
		int64_t last = pv_pg_int_at(db, answer, i, 0);

		if (last > out->last_us)
			out->last_us = last;
		rc = pv_cell_decode(out, pv_pg_bytes_at(db, answer, i, 1), err);
	}
	pv_pg_clear(db, answer);
	return rc;
}

static int read_cell(pv_cell *out, void *state, const pv_rollup_key *key,
		     pv_error *err)
{
	struct pv_postgres *db = state;
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	int rc;

	put_key(&args, db, key);
	rc = read_sums(out, db, &args, err);
	if (rc == PV_OK)
		rc = pv_pg_run(&answer, db,
			       "SELECT error_type, n FROM pv.rollup_error WHERE " BUCKET
			       " AND n <> 0",
			       &args, err);
	for (int i = 0; rc == PV_OK && i < db->pq.ntuples(answer); i++)
		rc = pv_cell_add_error(out, pv_pg_bytes_at(db, answer, i, 0),
				       pv_pg_int_at(db, answer, i, 1), err);
	pv_pg_clear(db, answer);
	return rc;
}

/* Keeps a key unless its parts add up to nothing: then there is no cell. */
static int add_key(pv_rollup_keys *out, struct pv_postgres *db,
		   const pv_rollup_key *key, pv_error *err)
{
	pv_cell cell = { 0 };
	int rc = read_cell(&cell, db, key, err);
	int is_nothing = pv_cell_is_empty(&cell) && !cell.error_count;

	pv_cell_dispose(&cell);
	if (rc == PV_EDB) { /* whoever compares will see */
		pv_error_clear(err);
		rc = PV_OK;
		is_nothing = 0;
	}
	return rc < 0 || is_nothing ? rc : pv_rollup_keys_add(out, key, err);
}

static int read_keys(pv_rollup_keys *out, void *state, int64_t day, pv_error *err)
{
	struct pv_postgres *db = state;
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	int rc;

	pv_pg_put_int(&args, db->project);
	pv_pg_put_int(&args, day);
	pv_pg_put_int(&args, day + PV_GRAIN_DAY);
	rc = pv_pg_run(&answer, db,
		       "SELECT series_id, grain, bucket FROM pv.rollup WHERE "
		       "project_id = $1 AND bucket >= $2 AND bucket < $3 UNION "
		       "SELECT series_id, grain, bucket FROM pv.rollup_delta "
		       "WHERE project_id = $1 AND bucket >= $2 AND bucket < $3",
		       &args, err);
	for (int i = 0; rc == PV_OK && i < db->pq.ntuples(answer); i++) {
		const pv_rollup_key key = { pv_pg_int_at(db, answer, i, 0),
					    pv_pg_int_at(db, answer, i, 1),
					    pv_pg_int_at(db, answer, i, 2) };

		rc = add_key(out, db, &key, err);
	}
	pv_pg_clear(db, answer);
	return rc;
}

static int is_part(int *out, void *state, const pv_rollup_key *key, pv_error *err)
{
	struct pv_postgres *db = state;
	struct pv_pg_args args = { 0 };
	int64_t parts = 0;
	int rc;

	put_key(&args, db, key);
	rc = pv_pg_number(&parts, db,
			  "SELECT count(*) FROM pv.rollup_part WHERE project_id "
			  "= $1 AND series_id = $2 AND bucket > $4 - 3600 AND "
			  "bucket < $4 + $3",
			  &args, err);
	*out = parts != 0;
	return rc;
}

static int write_errors(struct pv_postgres *db, const pv_rollup_key *key,
			const pv_cell *cell, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < cell->error_count && rc == PV_OK; i++) {
		struct pv_pg_args args = { 0 };

		put_key(&args, db, key);
		pv_pg_put_text(&args, pv_str_of(cell->errors[i].name));
		pv_pg_put_int(&args, cell->errors[i].count);
		rc = pv_pg_run(NULL, db,
			       "INSERT INTO pv.rollup_error VALUES ($1, $2, $3, "
			       "$4, $5, $6)",
			       &args, err);
	}
	return rc;
}

static int replace(void *state, const pv_rollup_key *key, const pv_cell *cell,
		   pv_error *err)
{
	struct pv_postgres *db = state;
	struct pv_pg_args args = { 0 };
	int rc;

	put_key(&args, db, key);
	rc = pv_pg_run(NULL, db, "DELETE FROM pv.rollup_delta WHERE " BUCKET,
		       &args, err);
	if (rc == PV_OK)
		rc = pv_pg_run(NULL, db,
			       "DELETE FROM pv.rollup_error WHERE " BUCKET,
			       &args, err);
	if (rc == PV_OK)
		rc = pv_pg_write_cell(db, key, cell, err);
	return rc == PV_OK ? write_errors(db, key, cell, err) : rc;
}

/* --- checking ------------------------------------------------------------- */

static int read_series(pv_execution *out, void *state, int64_t series,
		       pv_error *err)
{
	struct pv_postgres *db = state;
	struct pv_pg_args args = { 0 };
	struct pv_pg_row from = { db, NULL, 0 };
	PGresult *answer = NULL;
	pv_buf sql = { 0 };
	int rc;

	pv_buf_puts(&sql, "SELECT is_cached");
	for (size_t i = 0; i < PV_SERIES_FIELDS; i++)
		pv_buf_printf(&sql, ", %s",
			      pv_field_at(pv_series_field(i))->column);
	pv_buf_puts(&sql, " FROM pv.series WHERE project_id = $1 AND series_id "
			  "= $2");
	pv_pg_put_int(&args, db->project);
	pv_pg_put_int(&args, series);
	rc = pv_pg_ask(&answer, db, &sql, &args, err);
	from.answer = answer;
	if (rc == PV_OK && !db->pq.ntuples(answer))
		rc = pv_fail(err, PV_EDB, "sums in the index are of no series");
	if (rc == PV_OK && pv_pg_int_at(db, answer, 0, 0))
		rc = pv_series_set_cached(out, err);
	for (size_t i = 0; i < PV_SERIES_FIELDS && rc == PV_OK; i++)
		rc = pv_pg_read_column(out, pv_series_field(i), &from,
				       (int)i + 1, err);
	pv_pg_clear(db, answer);
	return rc;
}

static const pv_rollup_source source = {
	.next_day = next_day,
	.each_row = each_row,
	.keys = read_keys,
	.read = read_cell,
	.is_part = is_part,
	.replace = replace,
	.read_series = read_series,
};

struct checking {
	pv_executions_rollups *out;
	int repairs;
};

static int begin_watch(struct pv_postgres *db, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	int64_t count = 0;
	int rc;

	if (!db->watch.fn)
		return PV_OK;
	pv_pg_put_int(&args, db->project);
	rc = pv_pg_number(&count, db,
			  "SELECT count(*) FROM pv.execution WHERE project_id = "
			  "$1",
			  &args, err);
	db->watch.done = 0;
	db->watch.count = (size_t)count;
	return rc;
}

static int check_all(struct pv_postgres *db, struct checking *it, pv_error *err)
{
	pv_strlist scores = { 0 };
	int rc = it->repairs ? pv_pg_hold_alone(db, err) : PV_OK;

	memset(it->out, 0, sizeof(*it->out));
	if (rc == PV_OK)
		rc = begin_watch(db, err);
	if (rc == PV_OK)
		rc = pv_pg_read_scores(&scores, db, err);
	if (rc == PV_OK)
		rc = pv_rollup_check(it->out, &source, db, &scores, it->repairs,
				     err);
	pv_strlist_dispose(&scores);
	return rc;
}

static int check(struct pv_postgres *db, void *payload, pv_error *err)
{
	struct checking *it = payload;
	int rc = it->repairs ? pv_pg_begin(db, err) : pv_pg_begin_read(db, err);

	return rc < 0 ? rc : pv_pg_end(db, check_all(db, it, err), err);
}

int pv_pg_check_rollups(pv_executions_rollups *out, void *state, int repairs,
			pv_error *err)
{
	struct checking it = { out, repairs };

	return pv_pg_retry(state, check, &it, err);
}

/* --- parts ---------------------------------------------------------------- */

struct giving {
	pv_part_fn fn;
	void *payload;
};

static int give_parts(struct pv_postgres *db, const struct giving *it,
		      pv_error *err)
{
	pv_strlist scores = { 0 };
	int rc = pv_pg_read_scores(&scores, db, err);

	if (rc == PV_OK)
		rc = pv_parts_each(&source, db, &scores, it->fn, it->payload,
				   err);
	pv_strlist_dispose(&scores);
	return rc;
}

/* What was handed out cannot be taken back. */
static int each_part(struct pv_postgres *db, void *payload, pv_error *err)
{
	int rc = pv_pg_begin_read(db, err);

	if (rc < 0)
		return rc;
	rc = pv_pg_end(db, give_parts(db, payload, err), err);
	db->trouble = PV_PG_FINAL;
	return rc;
}

int pv_pg_each_part(void *state, pv_part_fn fn, void *payload, pv_error *err)
{
	struct giving it = { fn, payload };

	return pv_pg_retry(state, each_part, &it, err);
}

struct putting {
	const pv_part *parts;
	size_t count;
	pv_part_counts counts;
};

static int put_part(enum pv_part_fate *out, struct pv_postgres *db,
		    const pv_part *part, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	int64_t series = 0;
	int rc = pv_pg_series_of(&series, db, part->series, err);

	if (rc == PV_OK)
		rc = pv_part_put(out, &source, db, series, part, err);
	if (rc != PV_OK || *out != PV_PART_TAKEN)
		return rc;
	pv_pg_put_int(&args, db->project);
	pv_pg_put_int(&args, series);
	pv_pg_put_int(&args, pv_part_hour(part));
	return pv_pg_run(NULL, db,
			 "INSERT INTO pv.rollup_part VALUES ($1, $2, $3) ON "
			 "CONFLICT DO NOTHING",
			 &args, err);
}

static int put_all(struct pv_postgres *db, struct putting *it, pv_error *err)
{
	int rc = pv_pg_hold_alone(db, err);

	memset(&it->counts, 0, sizeof(it->counts));
	for (size_t i = 0; i < it->count && rc == PV_OK; i++) {
		enum pv_part_fate fate = PV_PART_LEFT;

		rc = put_part(&fate, db, &it->parts[i], err);
		if (rc == PV_OK)
			it->counts.of[fate]++;
	}
	return rc;
}

static int put_parts(struct pv_postgres *db, void *payload, pv_error *err)
{
	int rc = pv_pg_begin(db, err);

	return rc < 0 ? rc : pv_pg_end(db, put_all(db, payload, err), err);
}

/* Repeated after its answer was lost it finds the same as it has put. */
int pv_pg_put_parts(pv_part_counts *out, void *state, const pv_part *parts,
		    size_t count, pv_error *err)
{
	struct putting it = { .parts = parts, .count = count };
	int rc = pv_pg_retry(state, put_parts, &it, err);

	if (rc == PV_OK)
		*out = it.counts;
	return rc;
}

/* --- scores --------------------------------------------------------------- */

static int list_scores(struct pv_postgres *db, void *payload, pv_error *err)
{
	pv_strlist_dispose(payload);
	return pv_pg_read_scores(payload, db, err);
}

int pv_pg_list_scores(pv_strlist *out, void *state, pv_error *err)
{
	return pv_pg_retry(state, list_scores, out, err);
}

int pv_pg_read_scores(pv_strlist *out, struct pv_postgres *db, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	int rc;

	pv_pg_put_int(&args, db->project);
	rc = pv_pg_run(&answer, db,
		       "SELECT name FROM pv.rolled_score WHERE project_id = $1",
		       &args, err);
	for (int i = 0; rc == PV_OK && i < db->pq.ntuples(answer); i++) {
		pv_str name = pv_pg_bytes_at(db, answer, i, 0);

		rc = pv_strlist_addn(out, name.ptr, name.len, err);
	}
	pv_pg_clear(db, answer);
	pv_strlist_sort(out);
	return rc;
}

static int are_same(const pv_strlist *a, const pv_strlist *b)
{
	if (a->count != b->count)
		return 0;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return 0;
	return 1;
}

struct rescoring {
	pv_rollup_batch batch;
	pv_strlist before;
	const pv_strlist *behind;
	int64_t now;
};

/* All of a row goes and comes back, of which only its scores are left. */
static int rescore(const pv_series *series, const pv_execution *row,
		   void *payload, pv_error *err)
{
	struct rescoring *it = payload;
	int rc;

	if (!row->values[PV_FIELD_SCORES].is_set)
		return PV_OK;
	it->batch.scores = &it->before;
	rc = pv_rollup_add(&it->batch, series, row, -1, it->now, err);
	it->batch.scores = it->behind;
	return rc == PV_OK
		       ? pv_rollup_add(&it->batch, series, row, 1, it->now, err)
		       : rc;
}

static int rescore_all(struct pv_postgres *db, struct rescoring *it, pv_error *err)
{
	int64_t day = PV_ROLLUP_FIRST_DAY;
	int is_there = 1;
	int rc = PV_OK;

	while (rc == PV_OK) {
		rc = next_day(&is_there, &day, db, err);
		if (rc < 0 || !is_there)
			break;
		rc = each_row(db, day, rescore, it, err);
		if (rc == PV_OK)
			rc = pv_pg_add_deltas(db, &it->batch, err);
		pv_rollup_clear(&it->batch);
		day += PV_GRAIN_DAY;
	}
	return rc;
}

static int write_scores(struct pv_postgres *db, const pv_strlist *names,
			pv_error *err)
{
	struct pv_pg_args args = { 0 };
	int rc;

	pv_pg_put_int(&args, db->project);
	rc = pv_pg_run(NULL, db,
		       "DELETE FROM pv.rolled_score WHERE project_id = $1",
		       &args, err);
	for (size_t i = 0; i < names->count && rc == PV_OK; i++) {
		args.count = 1;
		pv_pg_put_text(&args, pv_str_of(names->items[i]));
		rc = pv_pg_run(NULL, db,
			       "INSERT INTO pv.rolled_score VALUES ($1, $2)",
			       &args, err);
	}
	return rc;
}

static int change_scores(struct pv_postgres *db, struct rescoring *it,
			 pv_error *err)
{
	int rc = pv_pg_hold_alone(db, err);

	pv_strlist_dispose(&it->before);
	if (rc == PV_OK)
		rc = pv_pg_read_scores(&it->before, db, err);
	/* Somebody may have done it while we waited. */
	if (rc < 0 || are_same(&it->before, it->behind))
		return rc;
	rc = write_scores(db, it->behind, err);
	return rc == PV_OK ? rescore_all(db, it, err) : rc;
}

static int set_scores(struct pv_postgres *db, void *payload, pv_error *err)
{
	struct rescoring *it = payload;
	int rc;

	pv_rollup_clear(&it->batch);
	pv_strlist_dispose(&it->before);
	it->now = pv_clock_now(NULL);
	rc = pv_pg_read_scores(&it->before, db, err);
	if (rc < 0 || are_same(&it->before, it->behind))
		return rc;
	rc = pv_pg_begin(db, err);
	return rc < 0 ? rc : pv_pg_end(db, change_scores(db, it, err), err);
}

int pv_pg_set_scores(void *state, const pv_strlist *names, pv_error *err)
{
	struct rescoring it = { .behind = names };
	int rc = pv_pg_retry(state, set_scores, &it, err);

	pv_rollup_clear(&it.batch);
	pv_strlist_dispose(&it.before);
	return rc;
}
