/* SPDX-License-Identifier: MIT
 *
 * What SQLite reports, in the words of this library.
 */
#include "index/sqlite/sqlite.h"

#include <errno.h>

#include "base/fail.h"

static int fail_locked(pv_error *err, const char *path)
{
	pv_fail(err, PV_ELOCKED, "the index \"%.150s\" is in use by others",
		path);
	return pv_error_hint(err, PV_ELOCKED,
			     "nothing was changed; try again when they are done");
}

static int fail_full(pv_error *err, const char *path)
{
	pv_fail(err, PV_EIO, "no room on the disk for the index \"%.140s\"",
		path);
	return pv_error_hint(err, PV_EIO,
			     "nothing was changed, and what is recorded is safe; "
			     "make room and try again");
}

static int fail_read_only(pv_error *err, const char *path)
{
	pv_fail(err, PV_EIO, "the index \"%.150s\" may not be written", path);
	return pv_error_hint(err, PV_EIO,
			     "look at the permissions of the file and of its "
			     "folder");
}

static int fail_damaged(pv_error *err, const char *path, int status)
{
	if (status == SQLITE_NOTADB)
		pv_fail(err, PV_EDB, "\"%.180s\" is no database", path);
	else
		pv_fail(err, PV_EDB, "the index \"%.150s\" is damaged", path);
	return pv_error_hint(err, PV_EDB,
			     "move it away with its -wal and -shm files and keep "
			     "them: a new one is begun; \"sqlite3 FILE .recover\" "
			     "may save rows");
}

static int fail_other(pv_error *err, const struct pv_sqlite *db, int status)
{
	int cause = db->db ? sqlite3_system_errno(db->db) : 0;

	if (status == SQLITE_IOERR && (cause == ENOSPC || cause == EDQUOT))
		return fail_full(err, db->path);
	if (status == SQLITE_IOERR || status == SQLITE_CANTOPEN) {
		/* A file of SQLite's own that is missing is no missing index. */
		if (cause && cause != ENOENT)
			return pv_fail_errno(err, cause, "use the index",
					     db->path);
		return pv_fail(err, PV_EIO,
			       "cannot use the index \"%.120s\": %.80s",
			       db->path, sqlite3_errstr(status));
	}
	return pv_fail(err, PV_EDB, "the index \"%.100s\" fails: %.120s",
		       db->path,
		       db->db ? sqlite3_errmsg(db->db) : sqlite3_errstr(status));
}

int pv_fail_sqlite(pv_error *err, const struct pv_sqlite *db, int status)
{
	switch (status & 0xFF) {
	case SQLITE_NOMEM:
		return pv_fail_nomem(err);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fail_locked(err, db->path);
	case SQLITE_FULL:
		return fail_full(err, db->path);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return fail_read_only(err, db->path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return fail_damaged(err, db->path, status & 0xFF);
	default:
		return fail_other(err, db, status & 0xFF);
	}
}
