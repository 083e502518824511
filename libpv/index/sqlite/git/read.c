/* SPDX-License-Identifier: MIT
 *
 * What the rows derived from git answer to a walk. Whatever goes wrong is an
 * answer, too: "not known".
 */
#include "index/sqlite/git/git_rows.h"

#include <string.h>

/* Copies an id out of a column; 0 when it is none. */
static int read_id(unsigned char out[PV_RAW_ID], sqlite3_stmt *statement, int at)
{
	if (sqlite3_column_bytes(statement, at) != PV_RAW_ID)
		return 0;
	memcpy(out, sqlite3_column_blob(statement, at), PV_RAW_ID);
	return 1;
}

/* A statement to ask; 0 where there is nothing to be asked. */
static int get_ready(sqlite3_stmt **out, struct pv_git_rows *rows,
		     enum pv_git_statement which)
{
	*out = NULL;
	if (!pv_git_rows_open(rows))
		return 0;
	*out = pv_git_rows_use(rows, which);
	return *out != NULL;
}

/* --- commits ---------------------------------------------------------------- */

static int read_commit(pv_commit_fact *out, struct pv_git_rows *rows,
		       sqlite3_stmt *statement)
{
	const void *parents = sqlite3_column_blob(statement, 2);
	size_t len = (size_t)sqlite3_column_bytes(statement, 2);

	if (!read_id(out->tree, statement, 1) || len % PV_RAW_ID)
		return 0;
	out->date = sqlite3_column_int64(statement, 0);
	pv_buf_clear(&rows->parents);
	if (len)
		pv_buf_put(&rows->parents, parents, len);
	if (rows->parents.status)
		return PV_ENOMEM;
	out->parents = (const unsigned char *)pv_buf_text(&rows->parents);
	out->parent_count = len / PV_RAW_ID;
	return 1;
}

int pv_git_rows_commit(pv_commit_fact *out, void *payload, const unsigned char *id)
{
	struct pv_git_rows *rows = payload;
	sqlite3_stmt *statement;
	int rc = 0;

	if (!get_ready(&statement, rows, PV_GIT_COMMIT))
		return 0;
	pv_git_rows_bind(statement, 1, id, PV_RAW_ID);
	if (sqlite3_step(statement) == SQLITE_ROW)
		rc = read_commit(out, rows, statement);
	sqlite3_reset(statement);
	return rc;
}

/* --- changes ---------------------------------------------------------------- */

static int is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !len ||
	       (!strncmp(path, dir, len) && (path[len] == '/' || !path[len]));
}

/* 1 when all that happened below a path is followed. */
static int is_followed(const struct pv_git_rows *rows, const char *path)
{
	for (size_t i = 0; i < rows->dir_count; i++)
		if (is_below(path, rows->dirs[i]))
			return 1;
	return 0;
}

static void read_flags(pv_path_fact *out, int64_t flags)
{
	out->is_new = (flags & 1) != 0;
	out->is_mode = (flags & 2) != 0;
}

/* 1 when something was ever below the path: then it is no file alone. */
static int was_folder(struct pv_git_rows *rows, const char *path)
{
	sqlite3_stmt *statement;
	pv_buf low = { 0 };
	pv_buf high = { 0 };
	int was = 1;

	/* '0' follows '/' */
	pv_buf_printf(&low, "%s/", path);
	pv_buf_printf(&high, "%s0", path);
	if (!low.status && !high.status &&
	    get_ready(&statement, rows, PV_GIT_PATH_BELOW)) {
		pv_git_rows_bind(statement, 1, low.ptr, low.len);
		pv_git_rows_bind(statement, 2, high.ptr, high.len);
		was = sqlite3_step(statement) != SQLITE_DONE;
		sqlite3_reset(statement);
	}
	pv_buf_dispose(&low);
	pv_buf_dispose(&high);
	return was;
}

/*
 * Hands out the rows of a statement. A failure in the middle is no answer at
 * all; what was handed out until then is true all the same.
 */
static int each(sqlite3_stmt *statement,
		int (*read)(sqlite3_stmt *statement, void *payload),
		void *payload)
{
	int status = SQLITE_ROW;
	int rc = 1;

	while (rc == 1 && (status = sqlite3_step(statement)) == SQLITE_ROW)
		rc = read(statement, payload);
	sqlite3_reset(statement);
	if (rc != 1)
		return rc;
	return status == SQLITE_DONE;
}

struct telling {
	const char *name; /* of the path, or of the folder */
	pv_path_fact fact;
	pv_path_fact_fn *fn;
	void *payload;
	pv_buf path;
};

static int tell_of_path(sqlite3_stmt *statement, void *payload)
{
	struct telling *tell = payload;
	pv_path_fact *fact = &tell->fact;

	if (!read_id(fact->commit, statement, 0) ||
	    !read_id(fact->id, statement, 4))
		return 0;
	fact->parent = (uint32_t)sqlite3_column_int64(statement, 1);
	read_flags(fact, sqlite3_column_int64(statement, 2));
	fact->mode = (uint32_t)sqlite3_column_int64(statement, 3);
	return tell->fn(tell->name, fact, tell->payload) < 0 ? PV_ENOMEM : 1;
}

int pv_git_rows_path(void *payload, const char *path, pv_path_fact_fn *fn,
		     void *fn_payload)
{
	struct pv_git_rows *rows = payload;
	struct telling tell = { .name = path, .fn = fn, .payload = fn_payload };
	sqlite3_stmt *statement;

	if (!is_followed(rows, path) || was_folder(rows, path) ||
	    !get_ready(&statement, rows, PV_GIT_PATH_CHANGES))
		return 0;
	pv_git_rows_bind(statement, 1, path, strlen(path));
	return each(statement, tell_of_path, &tell);
}

static int tell_of_all(sqlite3_stmt *statement, void *payload)
{
	struct telling *tell = payload;
	pv_path_fact *fact = &tell->fact;
	const void *path = sqlite3_column_blob(statement, 0);

	pv_buf_clear(&tell->path);
	pv_buf_put(&tell->path, path, (size_t)sqlite3_column_bytes(statement, 0));
	if (tell->path.status)
		return PV_ENOMEM;
	if (!is_below(tell->path.ptr, tell->name))
		return 1;
	if (!read_id(fact->id, statement, 3) ||
	    !read_id(fact->commit, statement, 4))
		return 0;
	read_flags(fact, sqlite3_column_int64(statement, 1));
	fact->mode = (uint32_t)sqlite3_column_int64(statement, 2);
	fact->parent = (uint32_t)sqlite3_column_int64(statement, 5);
	return tell->fn(tell->path.ptr, fact, tell->payload) < 0 ? PV_ENOMEM : 1;
}

int pv_git_rows_all(void *payload, const char *dir, pv_path_fact_fn *fn,
		    void *fn_payload)
{
	struct pv_git_rows *rows = payload;
	struct telling tell = { .name = dir, .fn = fn, .payload = fn_payload };
	sqlite3_stmt *statement;
	int rc;

	if (!is_followed(rows, dir) ||
	    !get_ready(&statement, rows, PV_GIT_ALL_CHANGES))
		return 0;
	rc = each(statement, tell_of_all, &tell);
	pv_buf_dispose(&tell.path);
	return rc;
}
