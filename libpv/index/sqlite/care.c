/* SPDX-License-Identifier: MIT
 *
 * Looking after the database file: whether it is whole, and as small as it can
 * be.
 */
#include "index/sqlite/sqlite.h"

#include "base/fail.h"
#include "base/hash.h"

enum {
	WATCHED_STEPS = 1000 /* of SQLite's machine, that count as one */
};

static int step(void *payload)
{
	struct pv_sqlite *db = payload;

	pv_index_watch_step(&db->watch);
	return 0;
}

int pv_sqlite_check(void *state, int (*fn)(const char *problem, void *payload),
		    void *payload, pv_error *err)
{
	struct pv_sqlite *db = state;
	sqlite3_stmt *statement = NULL;
	int rc = PV_OK;
	int status = sqlite3_prepare_v2(db->db, "PRAGMA integrity_check", -1,
					&statement, NULL);

	db->watch.done = 0;
	db->watch.count = 0;
	sqlite3_progress_handler(db->db, db->watch.fn ? WATCHED_STEPS : 0, step,
				 db);
	if (status == SQLITE_OK)
		status = sqlite3_step(statement);
	while (status == SQLITE_ROW && rc == PV_OK) {
		const char *text =
			(const char *)sqlite3_column_text(statement, 0);

		if (!text)
			status = SQLITE_NOMEM;
		else if (sqlite3_stricmp(text, "ok") != 0)
			rc = fn(text, payload);
		if (rc == PV_OK && status == SQLITE_ROW)
			status = sqlite3_step(statement);
	}
	sqlite3_finalize(statement);
	sqlite3_progress_handler(db->db, 0, NULL, NULL);
	if (rc != PV_OK || status == SQLITE_DONE)
		return rc;
	return pv_fail_sqlite(err, db, status);
}

/* --- texts ---------------------------------------------------------------- */

static int find_owner(pv_text_owner *out, struct pv_sqlite *db, int64_t body,
		      pv_error *err)
{
	sqlite3_stmt *statement = NULL;
	pv_buf sql = { 0 };
	int rc;

	memset(out, 0, sizeof(*out));
	pv_text_owner_sql(&sql, "execution", "1", "?1");
	rc = pv_sqlite_ask(&statement, db, &sql, NULL, err);
	if (rc == PV_OK) {
		sqlite3_bind_int64(statement, 1, body);
		rc = pv_sqlite_step(db, statement, err);
	}
	if (rc > 0 && sqlite3_column_bytes(statement, 0) == PV_UUID_BYTES) {
		memcpy(out->id, sqlite3_column_blob(statement, 0), PV_UUID_BYTES);
		out->field = pv_text_field(sqlite3_column_int64(statement, 1));
	}
	sqlite3_finalize(statement);
	return rc < 0 ? rc : PV_OK;
}

/* The body that a statement stands on: its number, hash and content. */
static int check_text(struct pv_sqlite *db, sqlite3_stmt *statement,
		      pv_text_check *check, pv_error *err)
{
	const unsigned char *noted = sqlite3_column_blob(statement, 1);
	const void *content = sqlite3_column_blob(statement, 2);
	unsigned char hash[PV_SHA256_BYTES];
	pv_text_owner owner;
	int rc;

	if (!content && (sqlite3_errcode(db->db) & 0xFF) == SQLITE_NOMEM)
		return pv_fail_nomem(err);
	pv_sha256_of(hash, content ? content : "",
		     (size_t)sqlite3_column_bytes(statement, 2));
	if (noted && sqlite3_column_bytes(statement, 1) == PV_SHA256_BYTES &&
	    memcmp(noted, hash, PV_SHA256_BYTES) == 0)
		return pv_text_check_done(check);
	if (check->texts.wrong >= PV_TEXT_CHECK_NAMED)
		return pv_text_check_wrong(check, NULL);
	rc = find_owner(&owner, db, sqlite3_column_int64(statement, 0), err);
	return rc == PV_OK ? pv_text_check_wrong(check, &owner) : rc;
}

int pv_sqlite_check_texts(void *state, pv_text_check *check, pv_error *err)
{
	struct pv_sqlite *db = state;
	sqlite3_stmt *statement = NULL;
	pv_buf sql = { 0 };
	int64_t count = 0;
	int rc;

	pv_buf_puts(&sql, "SELECT count(*) FROM body");
	rc = pv_sqlite_ask(&statement, db, &sql, NULL, err);
	if (rc == PV_OK)
		rc = pv_sqlite_number(&count, db, statement, err);
	sqlite3_finalize(statement);
	if (rc < 0)
		return rc;
	check->texts.count = (size_t)count;
	pv_buf_puts(&sql, "SELECT body_id, hash, content FROM body ORDER BY "
			  "body_id");
	rc = pv_sqlite_ask(&statement, db, &sql, NULL, err);
	while (rc == PV_OK) {
		rc = pv_sqlite_step(db, statement, err);
		if (rc <= 0)
			break;
		rc = check_text(db, statement, check, err);
	}
	sqlite3_finalize(statement);
	return rc;
}

/* What was rewritten is in the log until it is put into the file. */
int pv_sqlite_vacuum(void *state, pv_error *err)
{
	int rc = pv_sqlite_exec(state, "VACUUM; PRAGMA optimize", err);

	return rc == PV_OK
		       ? pv_sqlite_exec(state,
					"PRAGMA wal_checkpoint(TRUNCATE)", err)
		       : rc;
}
