/* SPDX-License-Identifier: MIT
 *
 * Looking after the database file: whether it is whole, and as small as it can
 * be.
 */
#include "index/sqlite/sqlite.h"

int pv_sqlite_check(void *state, int (*fn)(const char *problem, void *payload),
		    void *payload, pv_error *err)
{
	struct pv_sqlite *db = state;
	sqlite3_stmt *statement = NULL;
	int rc = PV_OK;
	int status = sqlite3_prepare_v2(db->db, "PRAGMA integrity_check", -1,
					&statement, NULL);

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
	if (rc != PV_OK || status == SQLITE_DONE)
		return rc;
	return pv_fail_sqlite(err, db, status);
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
