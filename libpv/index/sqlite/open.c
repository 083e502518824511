/* SPDX-License-Identifier: MIT
 *
 * Opening the database file. Its header says whose it is (application_id) and
 * which migrations it has had (user_version); what is neither empty nor ours
 * is left alone. Several processes may make it at once: each step is taken
 * under SQLite's lock and looks again.
 */
#include "index/sqlite/sqlite.h"

#include <sys/stat.h>
#include <time.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"

enum {
	APPLICATION_ID = 0x50566978, /* "PVix" */
	WAIT_MS = 20000,
	STEP_MS = 5,
	ROLLUPS = 2, /* the migration that brought them */
	UNITS = 8    /* as they are now */
};

/* A group of rows must fit, or its pages are written twice. */
#define CACHE_KIB "16384"

static const char *const *const migrations[] = {
	&pv_sqlite_0001_executions_sql, &pv_sqlite_0002_rollups_sql,
	&pv_sqlite_0003_search_sql,     &pv_sqlite_0004_measures_sql,
	&pv_sqlite_0005_bodies_sql,     &pv_sqlite_0006_shared_bodies_sql,
	&pv_sqlite_0007_units_sql,      &pv_sqlite_0008_unit_days_sql,
	&pv_sqlite_0009_pruned_sql,
};

/* The one number that some SQL gives. */
static int ask(int64_t *out, struct pv_sqlite *db, const char *sql, pv_error *err)
{
	sqlite3_stmt *statement = NULL;
	int status = sqlite3_prepare_v2(db->db, sql, -1, &statement, NULL);

	if (status == SQLITE_OK)
		status = sqlite3_step(statement);
	if (status == SQLITE_ROW)
		*out = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return status == SQLITE_ROW ? PV_OK : pv_fail_sqlite(err, db, status);
}

/* --- what it is ----------------------------------------------------------- */

static int fail_foreign(pv_error *err, const char *path)
{
	pv_fail(err, PV_EDB, "\"%.150s\" is a database of another program", path);
	return pv_error_hint(err, PV_EDB,
			     "move it away, and a new index is begun");
}

/* What tells whose it is. */
struct identity {
	int64_t application;
	int64_t version;
	int64_t things;
};

static int ask_identity(struct identity *out, struct pv_sqlite *db, pv_error *err)
{
	int rc = ask(&out->application, db, "PRAGMA application_id", err);

	if (rc == PV_OK)
		rc = ask(&out->version, db, "PRAGMA user_version", err);
	if (rc == PV_OK)
		rc = ask(&out->things, db, "SELECT count(*) FROM sqlite_schema",
			 err);
	return rc;
}

/*
 * How many migrations it has had; 0 for an empty file. The answers are of one
 * moment: between two of them somebody else may make it.
 */
static int read_version(int64_t *out, struct pv_sqlite *db, pv_error *err)
{
	struct identity it = { 0 };
	int rc = pv_sqlite_exec(db, "SAVEPOINT identity", err);

	if (rc < 0)
		return rc;
	rc = ask_identity(&it, db, err);
	sqlite3_exec(db->db, "RELEASE identity", NULL, NULL, NULL);
	*out = it.version;
	if (rc < 0)
		return rc;
	if (it.application != APPLICATION_ID &&
	    (it.application || it.version || it.things))
		return fail_foreign(err, db->path);
	if (it.version <= (int64_t)pv_array_len(migrations))
		return PV_OK;
	pv_fail(err, PV_EUNSUPPORTED,
		"a newer git-pv wrote the index \"%.140s\"", db->path);
	return pv_error_hint(err, PV_EUNSUPPORTED, "update git-pv");
}

/* --- making it ------------------------------------------------------------ */

static int apply(struct pv_sqlite *db, int64_t from, pv_error *err)
{
	char text[120];
	int rc = PV_OK;

	for (size_t i = (size_t)from;
	     i < pv_array_len(migrations) && rc == PV_OK; i++)
		rc = pv_sqlite_exec(db, *migrations[i], err);
	sqlite3_snprintf(sizeof(text), text,
			 "PRAGMA application_id = %d; PRAGMA user_version = %d",
			 APPLICATION_ID, (int)pv_array_len(migrations));
	if (rc == PV_OK)
		rc = pv_sqlite_exec(db, text, err);
	if (rc == PV_OK && from && from < ROLLUPS)
		rc = pv_sqlite_rollups_make(db, err);
	else if (rc == PV_OK && from && from < UNITS)
		rc = pv_sqlite_units_make(db, err);
	return rc;
}

static int migrate(struct pv_sqlite *db, pv_error *err)
{
	int64_t version = 0;
	int rc = read_version(&version, db, err);

	if (rc < 0 || version == (int64_t)pv_array_len(migrations))
		return rc;
	rc = pv_sqlite_begin(db, err);
	if (rc < 0)
		return rc;
	/* Somebody may have done it while we waited. */
	rc = read_version(&version, db, err);
	if (rc == PV_OK)
		rc = apply(db, version, err);
	return pv_sqlite_end(db, rc, err);
}

static void pause_briefly(void)
{
	const struct timespec time = { 0, STEP_MS * 1000000L };

	nanosleep(&time, NULL);
}

/*
 * Write-ahead logging, once for all: the file remembers it. SQLite does not
 * wait for others who have the file open while it changes the mode.
 */
static int set_wal(struct pv_sqlite *db, int wait_ms, pv_error *err)
{
	int status = SQLITE_BUSY;

	for (int spent = 0; spent <= wait_ms; spent += STEP_MS) {
		status = sqlite3_exec(db->db, "PRAGMA journal_mode = WAL", NULL,
				      NULL, NULL);
		if ((status & 0xFF) != SQLITE_BUSY)
			break;
		pause_briefly();
	}
	return status == SQLITE_OK ? PV_OK : pv_fail_sqlite(err, db, status);
}

/* --- opening -------------------------------------------------------------- */

static int open_file(struct pv_sqlite *db, const char *name, int flags,
		     pv_error *err)
{
	int status;

	if (db->db)
		sqlite3_close(db->db);
	db->db = NULL;
	status = sqlite3_open_v2(name, &db->db,
				 flags | SQLITE_OPEN_NOMUTEX |
					 SQLITE_OPEN_EXRESCODE,
				 NULL);
	/*
	 * Whether a partial index fits (that of minutes: "grain = 60") is not to
	 * be asked of each value anew: every "grain = ?" was planned each time.
	 */
	if (status == SQLITE_OK)
		status = sqlite3_db_config(db->db, SQLITE_DBCONFIG_ENABLE_QPSG,
					   1, NULL);
	return status == SQLITE_OK ? PV_OK : pv_fail_sqlite(err, db, status);
}

static int open_to_write(struct pv_sqlite *db, int wait_ms, pv_error *err)
{
	int64_t version = 0;
	int rc = pv_dir_make_for(db->path, err);

	if (rc == PV_OK)
		rc = open_file(db, db->path,
			       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err);
	if (rc < 0)
		return rc;
	sqlite3_busy_timeout(db->db, wait_ms);
	/* Before anything is changed: it may not be ours. */
	rc = read_version(&version, db, err);
	if (rc == PV_OK && !version) {
		rc = pv_sqlite_exec(db, "PRAGMA page_size = 16384", err);
		if (rc == PV_OK)
			rc = set_wal(db, wait_ms, err);
	}
	if (rc == PV_OK)
		rc = pv_sqlite_exec(db,
				    "PRAGMA synchronous = FULL; PRAGMA cache_size = "
				    "-" CACHE_KIB,
				    err);
	return rc == PV_OK ? migrate(db, err) : rc;
}

/*
 * In a folder that may not be written there is no shared memory to be made;
 * then nobody writes, and the file is read as it is.
 */
static int open_still(struct pv_sqlite *db, pv_error *err)
{
	pv_buf uri = { 0 };
	int rc;

	pv_buf_puts(&uri, "file:");
	for (const char *at = db->path; *at; at++)
		if (strchr("%?#", *at))
			pv_buf_printf(&uri, "%%%02X", (unsigned char)*at);
		else
			pv_buf_putc(&uri, *at);
	pv_buf_puts(&uri, "?immutable=1");
	rc = pv_buf_status(&uri, err);
	if (rc == PV_OK)
		rc = open_file(db, uri.ptr,
			       SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
	pv_buf_dispose(&uri);
	return rc;
}

/* What is in the log only would be missed by whoever reads the file alone. */
static int has_log(const char *path)
{
	char *log = sqlite3_mprintf("%s-wal", path);
	struct stat found;
	int has = !log || (stat(log, &found) == 0 && found.st_size > 0);

	sqlite3_free(log);
	return has;
}

static int fail_none(pv_error *err, const char *path)
{
	pv_fail(err, PV_ENOTFOUND,
		"nothing is recorded: there is no \"%.150s\"", path);
	return pv_error_hint(err, PV_ENOTFOUND, "\"git pv record\" begins it");
}

static int open_to_read(struct pv_sqlite *db, int wait_ms, pv_error *err)
{
	int64_t version = 0;
	int rc;

	if (!pv_file_exists(db->path))
		return fail_none(err, db->path);
	rc = open_file(db, db->path, SQLITE_OPEN_READWRITE, err);
	if (rc == PV_OK) {
		sqlite3_busy_timeout(db->db, wait_ms);
		rc = read_version(&version, db, err);
	}
	if (rc == PV_EIO && !has_log(db->path)) {
		rc = open_still(db, err);
		if (rc == PV_OK)
			rc = read_version(&version, db, err);
	}
	if (rc == PV_OK && !version)
		return fail_none(err, db->path);
	/* An older one is brought up to date: what is read is in new tables. */
	return rc == PV_OK ? migrate(db, err) : rc;
}

static void close_all(void *state)
{
	struct pv_sqlite *db = state;

	for (int i = 0; i < PV_SQLITE_STATEMENTS; i++)
		sqlite3_finalize(db->statements[i]);
	pv_sqlite_forget(db);
	pv_sqlite_roll_forget(db);
	pv_buf_dispose(&db->dim_text);
	pv_buf_dispose(&db->queue);
	pv_words_free(db->words);
	sqlite3_close(db->db);
	pv_free(db->path);
	pv_free(db);
}

static int open_any(void **out, const pv_executions_options *opts, pv_error *err)
{
	struct pv_sqlite *db = pv_calloc(1, sizeof(*db));
	int wait_ms = opts->wait_ms ? opts->wait_ms : WAIT_MS;
	int rc;

	*out = NULL;
	if (!db)
		return pv_fail_nomem(err);
	db->path = pv_strdup(opts->path);
	if (!db->path)
		rc = pv_fail_nomem(err);
	else if (opts->is_read_only)
		rc = open_to_read(db, wait_ms, err);
	else
		rc = open_to_write(db, wait_ms, err);
	if (rc == PV_OK)
		rc = pv_sqlite_add_functions(db, err);
	if (rc == PV_OK)
		*out = db;
	else
		close_all(db);
	return rc;
}

static pv_index_watch *watch_of(void *state)
{
	struct pv_sqlite *db = state;

	return &db->watch;
}

const pv_index_backend pv_sqlite_backend = {
	.open = open_any,
	.close = close_all,
	.watch_of = watch_of,
	.record = pv_sqlite_record,
	.get = pv_sqlite_get,
	.list = pv_sqlite_list,
	.amend = pv_sqlite_amend,
	.check = pv_sqlite_check,
	.check_texts = pv_sqlite_check_texts,
	.vacuum = pv_sqlite_vacuum,
	.check_rollups = pv_sqlite_check_rollups,
	.read_rollups = pv_sqlite_read_rollups,
	.drain = pv_sqlite_drain,
	.search = pv_sqlite_search,
	.mark = pv_sqlite_mark,
	.remove = pv_sqlite_remove,
	.set_scores = pv_sqlite_set_scores,
	.list_scores = pv_sqlite_list_scores,
	.each_part = pv_sqlite_each_part,
	.put_parts = pv_sqlite_put_parts,
};
