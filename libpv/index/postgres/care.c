/* SPDX-License-Identifier: MIT
 *
 * Looking after the tables: whether what refers to something else finds it, and
 * room for what comes. Pages are the server's to check.
 */
#include "index/postgres/postgres.h"

#include <stdio.h>

#include "base/fail.h"
#include "base/mem.h"

struct checking {
	int (*fn)(const char *problem, void *payload);
	void *payload;
};

static int count_lost_texts(int64_t *out, struct pv_postgres *db, int field,
			    pv_error *err)
{
	const char *column = pv_field_at((enum pv_field)field)->column;
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	pv_buf sql = { 0 };
	int rc;

	pv_pg_put_int(&args, db->project);
	pv_buf_printf(&sql,
		      "SELECT count(*) FROM pv.execution e WHERE e.project_id = "
		      "$1 AND e.%s IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
		      "pv.body b WHERE b.project_id = $1 AND b.hash = e.%s)",
		      column, column);
	rc = pv_pg_ask(&answer, db, &sql, &args, err);
	*out = rc == PV_OK ? pv_pg_int_at(db, answer, 0, 0) : 0;
	pv_pg_clear(db, answer);
	return rc;
}

static int tell(const struct checking *it, int64_t count, const char *what)
{
	char text[120];

	if (!count)
		return PV_OK;
	snprintf(text, sizeof(text), "%lld executions lack their %s",
		 (long long)count, what);
	return it->fn(text, it->payload);
}

static int check(struct pv_postgres *db, void *payload, pv_error *err)
{
	struct checking *it = payload;
	struct pv_pg_args args = { 0 };
	int64_t count = 0;
	int rc;

	pv_pg_put_int(&args, db->project);
	rc = pv_pg_number(&count, db,
			  "SELECT count(*) FROM pv.execution e WHERE "
			  "e.project_id = $1 AND NOT EXISTS (SELECT 1 FROM "
			  "pv.dim d WHERE d.project_id = $1 AND d.dim_id = "
			  "e.dim_id)",
			  &args, err);
	if (rc == PV_OK)
		rc = tell(it, count, "prompt and model");
	for (int i = 0; i < PV_FIELD_COUNT && rc == PV_OK; i++) {
		if (pv_field_at((enum pv_field)i)->place != PV_PLACE_BODY)
			continue;
		rc = count_lost_texts(&count, db, i, err);
		if (rc == PV_OK)
			rc = tell(it, count, pv_field_at((enum pv_field)i)->name);
	}
	return rc;
}

int pv_pg_check(void *state, int (*fn)(const char *problem, void *payload),
		void *payload, pv_error *err)
{
	struct checking it = { fn, payload };

	return pv_pg_retry(state, check, &it, err);
}

static int count_deltas(struct pv_postgres *db, void *payload, pv_error *err)
{
	struct pv_pg_args args = { 0 };

	pv_pg_put_int(&args, db->project);
	return pv_pg_number(payload, db,
			    "SELECT count(*) FROM pv.rollup_delta WHERE "
			    "project_id = $1",
			    &args, err);
}

/* Stops no reader and no writer. */
static int vacuum(struct pv_postgres *db, void *payload, pv_error *err)
{
	(void)payload;
	return pv_pg_exec(db,
			  "VACUUM (ANALYZE) pv.execution, pv.body, "
			  "pv.body_loose, pv.dim, pv.series, pv.tag, "
			  "pv.rollup, pv.rollup_delta, pv.rollup_error, "
			  "pv.search_queue, pv.search_doc",
			  err);
}

int pv_pg_vacuum(void *state, pv_error *err)
{
	int64_t left = 0;
	int64_t before;
	int rc = pv_pg_retry(state, count_deltas, &left, err);

	/* Others may fold, and bring more meanwhile: that is no end to wait for. */
	do {
		before = left;
		if (rc == PV_OK && left)
			rc = pv_pg_fold(state, err);
		if (rc == PV_OK && left)
			rc = pv_pg_retry(state, count_deltas, &left, err);
	} while (rc == PV_OK && left && left < before);
	return rc == PV_OK ? pv_pg_retry(state, vacuum, NULL, err) : rc;
}
