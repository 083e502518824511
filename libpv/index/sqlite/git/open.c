/* SPDX-License-Identifier: MIT
 *
 * Opening the rows derived from git. A reader that cannot have them does
 * without; a writer begins anew where there is nothing worth keeping.
 */
#include "index/sqlite/git/git_rows.h"

#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"

enum {
	APPLICATION_ID = 0x50566769, /* "PVgi" */
	LAYOUT = 2                   /* others are begun anew */
};

/*
 * A change stands for one commit and one of its parents. `flags`: 1 the
 * parent has no file there, 2 the mode alone is another. A text is what a
 * prompt said in some version, and a tag object stands for one. Its words are those of all its fields.
 */
static const char layout[] =
	"CREATE TABLE git_dirs (dirs TEXT NOT NULL) STRICT;"
	"CREATE TABLE git_commit (n INTEGER PRIMARY KEY,"
	" id BLOB NOT NULL UNIQUE, tree BLOB NOT NULL, date INTEGER NOT NULL,"
	" parents BLOB NOT NULL) STRICT;"
	"CREATE TABLE git_path (n INTEGER PRIMARY KEY,"
	" path BLOB NOT NULL UNIQUE) STRICT;"
	"CREATE TABLE git_change (path INTEGER NOT NULL,"
	" commit_n INTEGER NOT NULL, parent INTEGER NOT NULL,"
	" flags INTEGER NOT NULL, mode INTEGER NOT NULL, id BLOB NOT NULL,"
	" PRIMARY KEY (path, commit_n, parent)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE git_text (n INTEGER PRIMARY KEY,"
	" prompt TEXT NOT NULL, blob BLOB NOT NULL,"
	" UNIQUE (prompt, blob)) STRICT;"
	"CREATE TABLE git_tag (id BLOB NOT NULL PRIMARY KEY,"
	" text INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE VIRTUAL TABLE git_words USING fts5 (words, content = '',"
	" detail = none, columnsize = 0,"
	" tokenize = \"unicode61 remove_diacritics 2\");";

static const char *const texts[PV_GIT_STATEMENTS] = {
	[PV_GIT_COMMIT] = "SELECT date, tree, parents FROM git_commit "
			  "WHERE id = ?1",
	[PV_GIT_PATH_BELOW] = "SELECT 1 FROM git_path WHERE path > ?1 AND "
			      "path < ?2 LIMIT 1",
	[PV_GIT_PATH_CHANGES] =
		"SELECT c.id, x.parent, x.flags, x.mode, x.id "
		"FROM git_path p JOIN git_change x ON x.path = p.n "
		"JOIN git_commit c ON c.n = x.commit_n WHERE p.path = ?1",
	[PV_GIT_ALL_CHANGES] =
		"SELECT p.path, x.flags, x.mode, x.id, c.id, x.parent "
		"FROM git_change x JOIN git_commit c ON c.n = x.commit_n "
		"JOIN git_path p ON p.n = x.path",
	[PV_GIT_COMMIT_ADD] = "INSERT INTO git_commit (id, tree, date, parents) "
			      "VALUES (?1, ?2, ?3, ?4)",
	[PV_GIT_PATH_FIND] = "SELECT n FROM git_path WHERE path = ?1",
	[PV_GIT_PATH_ADD] = "INSERT INTO git_path (path) VALUES (?1)",
	[PV_GIT_CHANGE_ADD] = "INSERT INTO git_change VALUES "
			      "(?1, ?2, ?3, ?4, ?5, ?6)",
	[PV_GIT_TAGS] = "SELECT id, text FROM git_tag",
	[PV_GIT_TEXT_FIND] = "SELECT n FROM git_text WHERE prompt = ?1 AND "
			     "blob = ?2",
	[PV_GIT_TEXT_ADD] = "INSERT INTO git_text (prompt, blob) "
			    "VALUES (?1, ?2)",
	[PV_GIT_WORDS_ADD] = "INSERT INTO git_words (rowid, words) "
			     "VALUES (?1, ?2)",
	[PV_GIT_WORDS_FIND] = "SELECT rowid FROM git_words WHERE git_words "
			      "MATCH ?1",
	[PV_GIT_TAG_ADD] = "INSERT OR REPLACE INTO git_tag (id, text) "
			   "VALUES (?1, ?2)",
};

sqlite3_stmt *pv_git_rows_use(struct pv_git_rows *rows,
			      enum pv_git_statement which)
{
	sqlite3_stmt **statement = &rows->statements[which];

	if (!*statement)
		sqlite3_prepare_v3(rows->base.db, texts[which], -1,
				   SQLITE_PREPARE_PERSISTENT, statement, NULL);
	if (*statement) {
		sqlite3_reset(*statement);
		sqlite3_clear_bindings(*statement);
	}
	return *statement;
}

int pv_git_rows_run(struct pv_git_rows *rows, sqlite3_stmt *statement,
		    pv_error *err)
{
	int status = sqlite3_step(statement);

	sqlite3_reset(statement);
	return status == SQLITE_DONE ? PV_OK
				     : pv_fail_sqlite(err, &rows->base, status);
}

int pv_git_rows_end(struct pv_git_rows *rows, int rc, pv_error *err)
{
	struct pv_sqlite *base = &rows->base;

	if (rc == PV_OK)
		rc = pv_sqlite_exec(base, "COMMIT", err);
	if (rc < 0 && !sqlite3_get_autocommit(base->db))
		sqlite3_exec(base->db, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

void pv_git_rows_bind(sqlite3_stmt *statement, int at, const void *bytes,
		      size_t len)
{
	if (len)
		sqlite3_bind_blob64(statement, at, bytes, len, SQLITE_STATIC);
	else
		sqlite3_bind_zeroblob(statement, at, 0);
}

void pv_git_rows_close(struct pv_git_rows *rows)
{
	for (int i = 0; i < PV_GIT_STATEMENTS; i++) {
		sqlite3_finalize(rows->statements[i]);
		rows->statements[i] = NULL;
	}
	sqlite3_close(rows->base.db);
	rows->base.db = NULL;
	rows->state = PV_GIT_UNTRIED;
}

/* The one number that some SQL gives, or `fallback`. */
static int64_t ask(const struct pv_git_rows *rows, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int64_t number = -1;

	if (sqlite3_prepare_v2(rows->base.db, sql, -1, &statement, NULL) ==
		    SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return number;
}

/* 1 when the tables are ours and about the folders that are wanted. */
static int is_usable(const struct pv_git_rows *rows)
{
	sqlite3_stmt *statement = NULL;
	int is_same = 0;

	if (ask(rows, "PRAGMA application_id") != APPLICATION_ID ||
	    ask(rows, "PRAGMA user_version") != LAYOUT)
		return 0;
	if (sqlite3_prepare_v2(rows->base.db, "SELECT dirs FROM git_dirs", -1,
			       &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		is_same = !strcmp((const char *)sqlite3_column_text(statement, 0),
				  rows->dirs_text);
	sqlite3_finalize(statement);
	return is_same;
}

static int open_file(struct pv_git_rows *rows, int flags)
{
	int status = sqlite3_open_v2(rows->base.path, &rows->base.db,
				     flags | SQLITE_OPEN_NOMUTEX |
					     SQLITE_OPEN_EXRESCODE,
				     NULL);

	if (status == SQLITE_OK)
		return status;
	sqlite3_close(rows->base.db);
	rows->base.db = NULL;
	return status;
}

int pv_git_rows_open(struct pv_git_rows *rows)
{
	if (rows->state != PV_GIT_UNTRIED)
		return rows->state == PV_GIT_OPEN;
	rows->state = PV_GIT_UNUSABLE;
	if (!pv_file_exists(rows->base.path) ||
	    open_file(rows, SQLITE_OPEN_READWRITE) != SQLITE_OK)
		return 0;
	if (is_usable(rows))
		rows->state = PV_GIT_OPEN;
	return rows->state == PV_GIT_OPEN;
}

int pv_git_rows_begin_anew(struct pv_git_rows *rows, pv_error *err)
{
	char text[120];
	sqlite3_stmt *statement = NULL;
	int status;
	int rc = pv_sqlite_exec(&rows->base,
				"DROP TABLE IF EXISTS git_change;"
				"DROP TABLE IF EXISTS git_path;"
				"DROP TABLE IF EXISTS git_commit;"
				"DROP TABLE IF EXISTS git_words;"
				"DROP TABLE IF EXISTS git_tag;"
				"DROP TABLE IF EXISTS git_text;"
				"DROP TABLE IF EXISTS git_dirs;",
				err);

	sqlite3_snprintf(sizeof(text), text,
			 "PRAGMA application_id = %d; PRAGMA user_version = %d",
			 APPLICATION_ID, LAYOUT);
	if (rc == PV_OK)
		rc = pv_sqlite_exec(&rows->base, layout, err);
	if (rc == PV_OK)
		rc = pv_sqlite_exec(&rows->base, text, err);
	if (rc < 0)
		return rc;
	status = sqlite3_prepare_v2(rows->base.db,
				    "INSERT INTO git_dirs VALUES (?1)", -1,
				    &statement, NULL);
	if (status == SQLITE_OK) {
		sqlite3_bind_text(statement, 1, rows->dirs_text, -1,
				  SQLITE_STATIC);
		sqlite3_step(statement);
		status = sqlite3_finalize(statement);
	}
	return status == SQLITE_OK ? PV_OK
				   : pv_fail_sqlite(err, &rows->base, status);
}

/* What is no database is removed: all that is in it is in git, too. */
static void remove_file(const struct pv_git_rows *rows)
{
	pv_buf journal = { 0 };

	pv_buf_printf(&journal, "%s-journal", rows->base.path);
	if (!journal.status) {
		unlink(journal.ptr);
		unlink(rows->base.path);
	}
	pv_buf_dispose(&journal);
}

static int begin(struct pv_git_rows *rows, int wait_ms, pv_error *err)
{
	int status = open_file(rows, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);

	if (status != SQLITE_OK)
		return pv_fail_sqlite(err, &rows->base, status);
	sqlite3_busy_timeout(rows->base.db, wait_ms);
	return pv_sqlite_exec(&rows->base,
			      "PRAGMA cache_size = -65536; BEGIN IMMEDIATE", err);
}

static int try_to_write(struct pv_git_rows *rows, int wait_ms, pv_error *err)
{
	int rc;

	pv_git_rows_close(rows);
	rc = begin(rows, wait_ms, err);
	if (rc == PV_OK && !is_usable(rows))
		rc = pv_git_rows_begin_anew(rows, err);
	if (rc == PV_OK)
		rows->state = PV_GIT_OPEN;
	else
		pv_git_rows_close(rows);
	return rc;
}

int pv_git_rows_open_to_write(struct pv_git_rows *rows, int wait_ms, pv_error *err)
{
	int rc = pv_dir_make_for(rows->base.path, err);

	if (rc == PV_OK)
		rc = try_to_write(rows, wait_ms, err);
	if (rc != PV_EDB)
		return rc;
	pv_error_clear(err);
	remove_file(rows);
	return try_to_write(rows, wait_ms, err);
}
