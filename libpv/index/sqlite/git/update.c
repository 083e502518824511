/* SPDX-License-Identifier: MIT
 *
 * Making the rows derived from git, and adding what is new: one transaction,
 * so that at any time what is known is known with all its ancestors.
 */
#include "index/sqlite/git/git_rows.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	PROGRESS_EVERY = 64 /* commits */
};

struct update {
	struct pv_git_rows *rows;
	const pv_git_rows_refresh *how;
	pv_git_rows_report *report;
	pv_oid *tips;
	size_t tip_count;
	size_t tip_cap;
	pv_map paths;   /* to their numbers + 1, as pointers */
	int64_t commit; /* the number of the one at hand */
	size_t done;
	size_t total;
};

/* --- tips ------------------------------------------------------------------- */

static int add_tip(const char *refname, const pv_oid *oid, void *payload)
{
	struct update *job = payload;

	(void)refname;
	if (pv_array_reserve(&job->tips, &job->tip_cap, job->tip_count + 1,
			     sizeof(*job->tips)) < 0)
		return PV_ENOMEM;
	job->tips[job->tip_count++] = *oid;
	return PV_OK;
}

static int find_tips(struct update *job, pv_error *err)
{
	static const char *const below[] = { "refs/heads/", "refs/remotes/" };
	pv_store *store = job->rows->store;
	pv_oid head;
	int rc = pv_store_head(NULL, &head, store, err);

	if (rc == PV_OK && head.hex[0])
		rc = add_tip("HEAD", &head, job);
	for (size_t i = 0; rc == PV_OK && i < pv_array_len(below); i++)
		rc = pv_store_ref_each(store, below[i], add_tip, job, err);
	return rc == PV_ENOMEM ? pv_fail_nomem(err) : rc;
}

/* --- rows ------------------------------------------------------------------- */

static sqlite3_stmt *use(struct update *job, enum pv_git_statement which,
			 pv_error *err)
{
	sqlite3_stmt *statement = pv_git_rows_use(job->rows, which);

	if (!statement)
		pv_fail_sqlite(err, &job->rows->base,
			       sqlite3_errcode(job->rows->base.db));
	return statement;
}

static int begin(size_t count, void *payload, pv_error *err)
{
	struct update *job = payload;

	(void)err;
	job->total = count;
	if (!job->how->limit || count <= job->how->limit)
		return PV_OK;
	job->report->missing = count;
	return PV_ECANCELED;
}

static int add_commit(const pv_new_commit *commit, void *payload, pv_error *err)
{
	struct update *job = payload;
	const pv_commit_fact *fact = &commit->fact;
	sqlite3_stmt *statement = use(job, PV_GIT_COMMIT_ADD, err);
	int rc;

	if (!statement)
		return PV_EDB;
	pv_git_rows_bind(statement, 1, commit->id, PV_RAW_ID);
	pv_git_rows_bind(statement, 2, fact->tree, PV_RAW_ID);
	sqlite3_bind_int64(statement, 3, fact->date);
	pv_git_rows_bind(statement, 4, fact->parents,
			 fact->parent_count * PV_RAW_ID);
	rc = pv_git_rows_run(job->rows, statement, err);
	job->commit = sqlite3_last_insert_rowid(job->rows->base.db);
	if (job->how->progress && job->done % PROGRESS_EVERY == 0)
		job->how->progress(job->done, job->total, job->how->payload);
	job->done++;
	return rc;
}

/* The number of a path that is in the table, or 0. */
static int find_path(int64_t *out, struct update *job, const char *path,
		     pv_error *err)
{
	sqlite3_stmt *statement = use(job, PV_GIT_PATH_FIND, err);
	int status;

	*out = 0;
	if (!statement)
		return PV_EDB;
	pv_git_rows_bind(statement, 1, path, strlen(path));
	status = sqlite3_step(statement);
	if (status == SQLITE_ROW)
		*out = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return status == SQLITE_ROW || status == SQLITE_DONE
		       ? PV_OK
		       : pv_fail_sqlite(err, &job->rows->base, status);
}

static int number_of_path(int64_t *out, struct update *job, const char *path,
			  pv_error *err)
{
	pv_str key = pv_str_of(path);
	sqlite3_stmt *statement;
	int rc;

	*out = (int64_t)(intptr_t)pv_map_find(&job->paths, key);
	if (*out)
		return PV_OK;
	rc = find_path(out, job, path, err);
	if (rc == PV_OK && !*out) {
		statement = use(job, PV_GIT_PATH_ADD, err);
		if (!statement)
			return PV_EDB;
		pv_git_rows_bind(statement, 1, path, strlen(path));
		rc = pv_git_rows_run(job->rows, statement, err);
		*out = sqlite3_last_insert_rowid(job->rows->base.db);
	}
	if (rc < 0)
		return rc;
	return pv_map_set(&job->paths, key, (void *)(intptr_t)*out, NULL, err);
}

static int add_change(const char *path, const pv_path_fact *fact, void *payload,
		      pv_error *err)
{
	struct update *job = payload;
	sqlite3_stmt *statement;
	int64_t number;
	int rc = number_of_path(&number, job, path, err);

	if (rc < 0)
		return rc;
	statement = use(job, PV_GIT_CHANGE_ADD, err);
	if (!statement)
		return PV_EDB;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_int64(statement, 2, job->commit);
	sqlite3_bind_int64(statement, 3, fact->parent);
	sqlite3_bind_int64(statement, 4, fact->is_new | fact->is_mode << 1);
	sqlite3_bind_int64(statement, 5, fact->mode);
	pv_git_rows_bind(statement, 6, fact->id, PV_RAW_ID);
	return pv_git_rows_run(job->rows, statement, err);
}

/* --- the whole -------------------------------------------------------------- */

int pv_git_rows_count(size_t *out, struct pv_git_rows *rows, const char *sql,
		      pv_error *err)
{
	sqlite3_stmt *statement = NULL;
	int status = sqlite3_prepare_v2(rows->base.db, sql, -1, &statement, NULL);

	if (status == SQLITE_OK)
		status = sqlite3_step(statement);
	if (status == SQLITE_ROW)
		*out = (size_t)sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return status == SQLITE_ROW ? PV_OK
				    : pv_fail_sqlite(err, &rows->base, status);
}

static int count_all(struct update *job, pv_error *err)
{
	pv_git_rows_report *report = job->report;
	int rc = pv_git_rows_count(&report->commits, job->rows,
				   "SELECT count(*) FROM git_commit", err);

	if (rc == PV_OK)
		rc = pv_git_rows_count(&report->paths, job->rows,
				       "SELECT count(*) FROM git_path", err);
	if (rc == PV_OK)
		rc = pv_git_rows_count(&report->changes, job->rows,
				       "SELECT count(*) FROM git_change", err);
	return rc;
}

static int is_empty(int *out, struct update *job, pv_error *err)
{
	size_t some = 0;
	int rc = pv_git_rows_count(&some, job->rows,
				   "SELECT EXISTS (SELECT 1 FROM git_commit)",
				   err);

	*out = !some;
	return rc;
}

static int fill(struct update *job, pv_error *err)
{
	pv_fact_maker maker = { .dirs = (const char *const *)job->rows->dirs,
				.dir_count = job->rows->dir_count,
				.payload = job,
				.commit = add_commit,
				.change = add_change,
				.begin = begin };
	int rc = PV_OK;

	if (job->how->is_rebuild)
		rc = pv_git_rows_begin_anew(job->rows, err);
	if (rc == PV_OK)
		rc = is_empty(&maker.is_first, job, err);
	if (rc == PV_OK)
		rc = find_tips(job, err);
	if (rc == PV_OK)
		rc = pv_store_make_facts(job->rows->store, job->tips,
					 job->tip_count, &maker, err);
	if (rc == PV_OK && job->how->progress)
		job->how->progress(job->done, job->total, job->how->payload);
	return rc;
}

int pv_git_rows_update(pv_git_rows_report *out, pv_git_rows *rows,
		       const pv_git_rows_refresh *how, pv_error *err)
{
	struct update job = { .rows = rows, .how = how, .report = out };
	int rc;

	memset(out, 0, sizeof(*out));
	rc = pv_store_check_facts(rows->store, err);
	if (rc == PV_OK)
		rc = pv_git_rows_open_to_write(rows, how->wait_ms, err);
	if (rc < 0)
		return rc;
	/* What is asked meanwhile is answered from within the transaction. */
	rc = pv_git_rows_end(rows, fill(&job, err), err);
	out->added = rc == PV_OK ? job.done : 0;
	if (out->missing)
		rc = PV_OK;
	if (rc == PV_OK)
		rc = count_all(&job, err);
	pv_map_dispose(&job.paths);
	pv_free(job.tips);
	if (rc < 0)
		pv_git_rows_close(rows);
	return rc;
}

/* --- the handle ------------------------------------------------------------- */

static int copy_dirs(struct pv_git_rows *rows, const pv_git_rows_options *opts,
		     pv_error *err)
{
	pv_buf text = { 0 };

	rows->dirs = pv_calloc(opts->dir_count + 1, sizeof(*rows->dirs));
	if (!rows->dirs)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < opts->dir_count; i++) {
		rows->dirs[i] = pv_strdup(opts->dirs[i]);
		if (!rows->dirs[i])
			return pv_fail_nomem(err);
		rows->dir_count++;
		pv_buf_printf(&text, "%s\n", opts->dirs[i]);
	}
	rows->dirs_text = pv_strdup(pv_buf_text(&text));
	if (text.status || !rows->dirs_text) {
		pv_buf_dispose(&text);
		return pv_fail_nomem(err);
	}
	pv_buf_dispose(&text);
	return PV_OK;
}

int pv_git_rows_new(pv_git_rows **out, pv_store *store,
		    const pv_git_rows_options *opts, pv_error *err)
{
	struct pv_git_rows *rows = pv_calloc(1, sizeof(*rows));
	int rc;

	*out = NULL;
	if (!rows)
		return pv_fail_nomem(err);
	rows->store = store;
	rows->facts = (pv_path_facts){ .payload = rows,
				       .commit = pv_git_rows_commit,
				       .path = pv_git_rows_path,
				       .all = pv_git_rows_all };
	rows->base.path = pv_strdup(opts->path);
	rc = rows->base.path ? copy_dirs(rows, opts, err) : pv_fail_nomem(err);
	if (rc < 0) {
		pv_git_rows_free(rows);
		return rc;
	}
	pv_store_set_facts(store, &rows->facts);
	*out = rows;
	return PV_OK;
}

void pv_git_rows_free(pv_git_rows *rows)
{
	if (!rows)
		return;
	pv_store_set_facts(rows->store, NULL);
	pv_git_rows_close(rows);
	for (size_t i = 0; i < rows->dir_count; i++)
		pv_free(rows->dirs[i]);
	pv_free(rows->dirs);
	pv_free(rows->dirs_text);
	pv_free(rows->base.path);
	pv_buf_dispose(&rows->parents);
	pv_free(rows);
}

int pv_git_rows_exist(pv_git_rows *rows)
{
	return pv_git_rows_open(rows);
}

int pv_git_rows_are_behind(pv_git_rows *rows)
{
	unsigned char id[PV_RAW_ID];
	pv_commit_fact fact;
	pv_oid head;

	if (!pv_git_rows_open(rows) ||
	    pv_store_head(NULL, &head, rows->store, NULL) < 0 ||
	    pv_raw_id(id, &head) < 0)
		return 0;
	return pv_git_rows_commit(&fact, rows, id) == 0;
}
