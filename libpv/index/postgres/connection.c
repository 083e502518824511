/* SPDX-License-Identifier: MIT
 *
 * The connection: made, set up, lost and made again. What is prepared belongs
 * to a connection; what is known of tables (dims, partitions) is true of the
 * server, because it is only noted of what was committed.
 */
#include "index/postgres/postgres.h"

#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"

enum {
	WAIT_MS = 20000,
	FIRST_PAUSE_MS = 20,
	LONGEST_PAUSE_MS = 2000,
	OLDEST_SERVER = 130000
};

/* --- where it is ---------------------------------------------------------- */

static int fail_address(pv_error *err)
{
	/* libpq would repeat it, password and all. */
	pv_fail(err, PV_EINVALID, "the address of the index does not read");
	return pv_error_hint(err, PV_EINVALID,
			     "postgresql://user@host:5432/database, with %%40 "
			     "for @ and %%2F for / in names and passwords");
}

static const char *find_option(const PQconninfoOption *options, const char *name)
{
	for (; options->keyword; options++)
		if (strcmp(options->keyword, name) == 0 && options->val &&
		    options->val[0])
			return options->val;
	return NULL;
}

/* "database \"x\" at host:port", for messages. */
static int describe(struct pv_postgres *db, pv_error *err)
{
	char *message = NULL;
	PQconninfoOption *options = db->pq.conninfoParse(db->url, &message);
	const char *name;
	const char *host;
	const char *port;

	if (message)
		db->pq.freemem(message);
	if (!options)
		return fail_address(err);
	name = find_option(options, "dbname");
	host = find_option(options, "host");
	port = find_option(options, "port");
	snprintf(db->where, sizeof(db->where),
		 "PostgreSQL \"%.60s\" at %.80s%s%.20s", name ? name : "",
		 host ? host : "this machine", port ? ":" : "", port ? port : "");
	db->pq.conninfoFree(options);
	return PV_OK;
}

/* --- connecting ----------------------------------------------------------- */

static void be_silent(void *payload, const PGresult *notice)
{
	(void)payload;
	(void)notice;
}

/* What was the matter, without the address again, which comes before it. */
static const char *last_part(const char *said)
{
	static const char *const before[] = { " failed: ", "FATAL:  " };

	for (int i = 0; i < 2; i++) {
		const char *found = strstr(said, before[i]);

		if (found)
			said = found + strlen(before[i]);
	}
	return said;
}

/* What is told of a connection that was not made, by what is in its words. */
static const struct {
	const char *said;
	int code;
	const char *hint;
} refusals[] = {
	{ "permission denied", PV_EAUTH,
	  "the role needs CONNECT on the database" },
	{ "database \"", PV_ENET,
	  "\"createdb --encoding UTF8\" makes one on the server" },
	{ "too many", PV_ENET,
	  "wait until others are done, or allow more connections there" },
	{ "remaining connection slots", PV_ENET,
	  "wait until others are done, or allow more connections there" },
	{ "does not support SSL", PV_ENET,
	  "switch TLS on there, or leave \"sslmode\" out of the address" },
	{ "certificate", PV_ENET,
	  "see \"sslmode\" and \"sslrootcert\" of the address, and who signed "
	  "the server's certificate" },
	{ "invalid sslmode", PV_EINVALID,
	  "disable, allow, prefer, require, verify-ca or verify-full" },
	{ "role \"", PV_EAUTH, "see the name in the address, or make the role" },
	{ "authentication", PV_EAUTH,
	  "see the name and password; \"psql\" with the same address tells more" },
	{ "password", PV_EAUTH,
	  "see the name and password; \"psql\" with the same address tells more" },
	{ "pg_hba", PV_EAUTH,
	  "see the name and password; \"psql\" with the same address tells more" },
	{ "", PV_ENET,
	  "see whether the server runs and may be reached from here" },
};

static int fail_connect(pv_error *err, struct pv_postgres *db)
{
	const char *said = last_part(db->pq.errorMessage(db->conn));
	/* The first line; the others are about other addresses of the host. */
	int len = (int)strcspn(said, "\n");
	size_t at = 0;

	if (db->is_open || strstr(said, "starting up"))
		db->trouble = PV_PG_LOST;
	else if (strstr(said, "too many") || strstr(said, "connection slots"))
		db->trouble = PV_PG_AGAIN;
	while (!strstr(said, refusals[at].said))
		at++;
	pv_fail(err, refusals[at].code, "cannot use %s: %.*s", db->where,
		len < 110 ? len : 110, said);
	return pv_error_hint(err, refusals[at].code, "%s", refusals[at].hint);
}

static int check_server(struct pv_postgres *db, pv_error *err)
{
	const char *encoding =
		db->pq.parameterStatus(db->conn, "server_encoding");

	if (db->pq.serverVersion(db->conn) < OLDEST_SERVER) {
		pv_fail(err, PV_EUNSUPPORTED, "%s is older than version 13",
			db->where);
		return pv_error_hint(err, PV_EUNSUPPORTED,
				     "update the server, or use SQLite");
	}
	if (encoding && strcmp(encoding, "UTF8") == 0)
		return PV_OK;
	pv_fail(err, PV_EUNSUPPORTED, "%s is in %.20s, not in UTF-8", db->where,
		encoding ? encoding : "an unknown encoding");
	return pv_error_hint(err, PV_EUNSUPPORTED,
			     "CREATE DATABASE name ENCODING 'UTF8' TEMPLATE "
			     "template0");
}

/*
 * What a session needs: no names that others could put before PostgreSQL's
 * own, and commits that wait for the disk, whatever the role's defaults are.
 */
static int set_up(struct pv_postgres *db, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	char wait[16];

	snprintf(wait, sizeof(wait), "%d", db->wait_ms);
	pv_pg_put_text(&args, pv_str_of(wait));
	return pv_pg_run(NULL, db,
			 "SELECT set_config('search_path', 'pg_catalog', false), "
			 "set_config('jit', 'off', false), "
			 "set_config('lock_timeout', $1, false), "
			 "set_config('default_transaction_isolation', "
			 "'read committed', false), "
			 "set_config('synchronous_commit', CASE "
			 "current_setting('synchronous_commit') WHEN 'off' THEN "
			 "'on' ELSE current_setting('synchronous_commit') END, "
			 "false)",
			 &args, err);
}

static void forget_session(struct pv_postgres *db)
{
	pv_map_dispose(&db->prepared);
	pv_arena_dispose(&db->names);
	db->prepared_count = 0;
	if (db->conn)
		db->pq.finish(db->conn);
	db->conn = NULL;
}

static int connect_now(struct pv_postgres *db, pv_error *err)
{
	static const char *const keys[] = { "connect_timeout", "dbname",
					    "fallback_application_name",
					    "client_encoding", NULL };
	const char *const values[] = { "10", db->url, "git-pv", "UTF8", NULL };
	int rc;

	forget_session(db);
	db->conn = db->pq.connectdbParams(keys, values, 1);
	if (!db->conn)
		return pv_fail_nomem(err);
	if (db->pq.status(db->conn) != CONNECTION_OK)
		return fail_connect(err, db);
	db->pq.setNoticeReceiver(db->conn, be_silent, NULL);
	rc = check_server(db, err);
	if (rc == PV_OK)
		rc = set_up(db, err);
	return rc;
}

/* --- again ---------------------------------------------------------------- */

static void pause_for(int millis)
{
	const struct timespec time = { millis / 1000, millis % 1000 * 1000000L };

	nanosleep(&time, NULL);
}

static int run_once(struct pv_postgres *db, pv_pg_try_fn fn, void *payload,
		    pv_error *err)
{
	int rc = PV_OK;

	db->trouble = PV_PG_FINAL;
	if (!db->conn || db->pq.status(db->conn) != CONNECTION_OK)
		rc = connect_now(db, err);
	return rc == PV_OK ? fn(db, payload, err) : rc;
}

int pv_pg_retry(struct pv_postgres *db, pv_pg_try_fn fn, void *payload,
		pv_error *err)
{
	int64_t end = pv_clock_now(NULL) + (int64_t)db->wait_ms * 1000;
	int pause = FIRST_PAUSE_MS;

	for (;;) {
		int rc = run_once(db, fn, payload, err);

		if (rc >= 0 || db->trouble == PV_PG_FINAL ||
		    pv_clock_now(NULL) + pause * INT64_C(1000) > end)
			return rc;
		pv_error_clear(err);
		pause_for(pause);
		pause = pause * 2 < LONGEST_PAUSE_MS ? pause * 2
						     : LONGEST_PAUSE_MS;
	}
}

/* --- transactions --------------------------------------------------------- */

int pv_pg_begin(struct pv_postgres *db, pv_error *err)
{
	return pv_pg_run(NULL, db, "BEGIN", NULL, err);
}

int pv_pg_begin_read(struct pv_postgres *db, pv_error *err)
{
	return pv_pg_run(NULL, db,
			 "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
			 NULL, err);
}

int pv_pg_end(struct pv_postgres *db, int rc, pv_error *err)
{
	enum pv_pg_trouble trouble;

	if (rc == PV_OK)
		rc = pv_pg_run(NULL, db, "COMMIT", NULL, err);
	if (rc == PV_OK)
		return rc;
	trouble = db->trouble;
	if (db->pq.transactionStatus(db->conn) != PQTRANS_IDLE)
		(void)pv_pg_exec(db, "ROLLBACK", NULL);
	if (trouble != PV_PG_FINAL)
		db->trouble = trouble;
	return rc;
}

static int take_lock(struct pv_postgres *db, const char *sql, pv_error *err)
{
	struct pv_pg_args args = { 0 };

	pv_pg_put_int(&args, pv_pg_lock_number(db));
	return pv_pg_run(NULL, db, sql, &args, err);
}

int pv_pg_hold(struct pv_postgres *db, pv_error *err)
{
	/* Plans are kept: those that were right for an empty table are not. */
	return take_lock(db,
			 "SELECT pg_advisory_xact_lock_shared($1), "
			 "set_config('enable_seqscan', 'off', true)",
			 err);
}

int pv_pg_hold_alone(struct pv_postgres *db, pv_error *err)
{
	return take_lock(db, "SELECT pg_advisory_xact_lock($1)", err);
}

/* --- opening and closing -------------------------------------------------- */

static int find_all(struct pv_postgres *db, void *payload, pv_error *err)
{
	(void)payload;
	return db->is_read_only ? pv_pg_find_project(db, err)
				: pv_pg_migrate(db, err);
}

static void close_all(void *state)
{
	struct pv_postgres *db = state;

	forget_session(db);
	pv_strlist_dispose(&db->scores);
	pv_words_free(db->words);
	pv_map_dispose(&db->dims);
	pv_arena_dispose(&db->dim_series);
	pv_buf_dispose(&db->dim_text);
	pv_buf_dispose(&db->row_sql);
	for (int i = 0; i <= PV_PG_TEXTS_MAX; i++)
		pv_buf_dispose(&db->texts_sql[i]);
	pv_free(db->url);
	pv_free(db->name);
	pv_free(db);
}

static int open_any(void **out, const pv_executions_options *opts, pv_error *err)
{
	struct pv_postgres *db = pv_calloc(1, sizeof(*db));
	int rc;

	*out = NULL;
	if (!db)
		return pv_fail_nomem(err);
	db->wait_ms = opts->wait_ms ? opts->wait_ms : WAIT_MS;
	db->is_read_only = opts->is_read_only;
	db->url = pv_strdup(opts->path);
	db->name = pv_strdup(opts->project ? opts->project : "");
	rc = db->url && db->name ? pv_libpq_load(&db->pq, err)
				 : pv_fail_nomem(err);
	if (rc == PV_OK)
		rc = describe(db, err);
	if (rc == PV_OK)
		rc = pv_pg_retry(db, find_all, NULL, err);
	if (rc == PV_OK) {
		db->is_open = 1;
		*out = db;
	} else {
		close_all(db);
	}
	return rc;
}

static pv_index_watch *watch_of(void *state)
{
	struct pv_postgres *db = state;

	return &db->watch;
}

const pv_index_backend pv_postgres_backend = {
	.open = open_any,
	.close = close_all,
	.watch_of = watch_of,
	.record = pv_pg_record,
	.get = pv_pg_get,
	.list = pv_pg_list,
	.amend = pv_pg_amend,
	.check = pv_pg_check,
	.check_texts = pv_pg_check_texts,
	.vacuum = pv_pg_vacuum,
	.check_rollups = pv_pg_check_rollups,
	.set_scores = pv_pg_set_scores,
	.list_scores = pv_pg_list_scores,
	.each_part = pv_pg_each_part,
	.put_parts = pv_pg_put_parts,
	.read_rollups = pv_pg_read_rollups,
	.drain = pv_pg_drain,
	.search = pv_pg_search,
	.mark = pv_pg_mark,
	.remove = pv_pg_remove,
};
