/* SPDX-License-Identifier: MIT
 *
 * The database of rows that are derived from git, see pv/git_rows.h. It is a
 * file of its own beside that of the executions: those are nobody's to lose,
 * and are not to wait while these are made.
 */
#ifndef PV_INDEX_SQLITE_GIT_ROWS_H
#define PV_INDEX_SQLITE_GIT_ROWS_H

#include <pv/buf.h>
#include <pv/git_rows.h>

#include "index/sqlite/sqlite.h"
#include "store/history/path_facts.h"

enum pv_git_statement {
	PV_GIT_COMMIT,
	PV_GIT_PATH_BELOW,
	PV_GIT_PATH_CHANGES,
	PV_GIT_ALL_CHANGES,
	PV_GIT_COMMIT_ADD,
	PV_GIT_PATH_FIND,
	PV_GIT_PATH_ADD,
	PV_GIT_CHANGE_ADD,
	PV_GIT_TAGS,
	PV_GIT_TEXT_FIND,
	PV_GIT_TEXT_ADD,
	PV_GIT_WORDS_ADD,
	PV_GIT_WORDS_FIND,
	PV_GIT_TAG_ADD,
	PV_GIT_STATEMENTS
};

enum pv_git_state {
	PV_GIT_UNTRIED,
	PV_GIT_OPEN,
	PV_GIT_UNUSABLE
};

struct pv_git_rows {
	pv_store *store;
	struct pv_sqlite base; /* connection and path */
	char *dirs_text;       /* the folders, a line each */
	char **dirs;
	size_t dir_count;
	enum pv_git_state state;
	sqlite3_stmt *statements[PV_GIT_STATEMENTS];
	pv_buf parents; /* of the commit asked for last */
	pv_path_facts facts;
};

/* Opens what there is for reading, once; 1 when it can be read. */
int pv_git_rows_open(struct pv_git_rows *rows);
/* Opens it for writing, and makes it anew where it is damaged or other. */
int pv_git_rows_open_to_write(struct pv_git_rows *rows, int wait_ms,
			      pv_error *err);
void pv_git_rows_close(struct pv_git_rows *rows);

/* A statement, prepared on first use, reset and unbound; NULL without memory. */
sqlite3_stmt *pv_git_rows_use(struct pv_git_rows *rows,
			      enum pv_git_statement which);
/* Runs one that gives no rows; it was bound. PV_EDB and others. */
int pv_git_rows_run(struct pv_git_rows *rows, sqlite3_stmt *statement,
		    pv_error *err);
/* Ends the transaction of pv_git_rows_open_to_write, undoes it for a failure. */
int pv_git_rows_end(struct pv_git_rows *rows, int rc, pv_error *err);
/* Binds bytes that stay; none are no NULL. */
void pv_git_rows_bind(sqlite3_stmt *statement, int at, const void *bytes,
		      size_t len);
/* The number that some SQL gives. */
int pv_git_rows_count(size_t *out, struct pv_git_rows *rows, const char *sql,
		      pv_error *err);
/* Empties all tables, or makes them. */
int pv_git_rows_begin_anew(struct pv_git_rows *rows, pv_error *err);

/* The answers to a walk, see store/history/path_facts.h. */
int pv_git_rows_commit(pv_commit_fact *out, void *payload,
		       const unsigned char *id);
int pv_git_rows_path(void *payload, const char *path, pv_path_fact_fn *fn,
		     void *fn_payload);
int pv_git_rows_all(void *payload, const char *dir, pv_path_fact_fn *fn,
		    void *fn_payload);

#endif
