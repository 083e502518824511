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

/* --- texts ---------------------------------------------------------------- */

enum {
	TEXTS_AT_ONCE = 32 /* what memory has to hold */
};

/* Texts by their keys, some at a time. */
struct reading {
	pv_text_check *check;
	unsigned char behind[PV_PG_KEY_BYTES];
	PGresult *answer;
	pv_text_owner owner; /* of the one that was asked for last */
};

static int count_texts(struct pv_postgres *db, void *payload, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	struct reading *it = payload;
	int64_t count = 0;
	int rc;

	pv_pg_put_int(&args, db->project);
	rc = pv_pg_number(&count, db,
			  "SELECT count(*) FROM pv.body WHERE project_id = $1",
			  &args, err);
	it->check->texts.count = (size_t)count;
	return rc;
}

static int read_texts(struct pv_postgres *db, void *payload, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	struct reading *it = payload;

	pv_pg_put_int(&args, db->project);
	pv_pg_put_bytes(&args, PV_PG_UUID, it->behind, PV_PG_KEY_BYTES);
	pv_pg_put_int(&args, TEXTS_AT_ONCE);
	return pv_pg_run(&it->answer, db,
			 "SELECT hash, is_json, content FROM pv.body WHERE "
			 "project_id = $1 AND hash > $2 ORDER BY hash LIMIT $3",
			 &args, err);
}

static int find_owner(struct pv_postgres *db, void *payload, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	struct reading *it = payload;
	PGresult *answer = NULL;
	pv_buf sql = { 0 };
	int rc;

	memset(&it->owner, 0, sizeof(it->owner));
	pv_pg_put_int(&args, db->project);
	pv_pg_put_bytes(&args, PV_PG_UUID, it->behind, PV_PG_KEY_BYTES);
	pv_text_owner_sql(&sql, "pv.execution", "$1", "$2");
	rc = pv_pg_ask(&answer, db, &sql, &args, err);
	if (rc == PV_OK && db->pq.ntuples(answer)) {
		pv_str id = pv_pg_bytes_at(db, answer, 0, 0);

		if (id.len == PV_UUID_BYTES)
			memcpy(it->owner.id, id.ptr, PV_UUID_BYTES);
		it->owner.field = pv_text_field(pv_pg_int_at(db, answer, 0, 1));
	}
	pv_pg_clear(db, answer);
	return rc;
}

/* The `at`-th text of those that were read; from then on they are behind it. */
static int check_text(struct pv_postgres *db, struct reading *it, int at,
		      pv_error *err)
{
	pv_str key = pv_pg_bytes_at(db, it->answer, at, 0);
	pv_str content = pv_pg_bytes_at(db, it->answer, at, 2);
	pv_value value = { .text = content.ptr, .len = content.len };
	unsigned char made[PV_PG_KEY_BYTES];
	int rc;

	value.is_json = (unsigned char)pv_pg_int_at(db, it->answer, at, 1);
	pv_pg_body_key(made, &value);
	if (key.len == PV_PG_KEY_BYTES)
		memcpy(it->behind, key.ptr, PV_PG_KEY_BYTES);
	if (memcmp(it->behind, made, PV_PG_KEY_BYTES) == 0)
		return pv_text_check_done(it->check);
	if (it->check->texts.wrong >= PV_TEXT_CHECK_NAMED)
		return pv_text_check_wrong(it->check, NULL);
	rc = pv_pg_retry(db, find_owner, it, err);
	return rc == PV_OK ? pv_text_check_wrong(it->check, &it->owner) : rc;
}

/* A connection that is lost begins the texts at hand again, and no others. */
int pv_pg_check_texts(void *state, pv_text_check *check, pv_error *err)
{
	struct pv_postgres *db = state;
	struct reading it = { .check = check };
	int count = TEXTS_AT_ONCE;
	int rc = pv_pg_retry(db, count_texts, &it, err);

	while (rc == PV_OK && count == TEXTS_AT_ONCE) {
		rc = pv_pg_retry(db, read_texts, &it, err);
		count = rc == PV_OK ? db->pq.ntuples(it.answer) : 0;
		for (int i = 0; i < count && rc == PV_OK; i++)
			rc = check_text(db, &it, i, err);
		pv_pg_clear(db, it.answer);
		it.answer = NULL;
	}
	return rc;
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
