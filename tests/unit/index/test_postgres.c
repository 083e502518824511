/* SPDX-License-Identifier: MIT
 *
 * What can happen to an index on a server: it goes away in the middle, others
 * hold its tables, somebody else's things are where ours should be, a role may
 * not do what is needed. Run by tests/postgres.sh, else skipped.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <pv/index.h>

#include "index/place.h"

struct scene {
	char name[40]; /* of a database of its own */
	char address[300];
	pv_executions *index;
};

/* --- the server ----------------------------------------------------------- */

/* Runs SQL as the server's owner, in a database. */
static void run_sql(const char *database, const char *sql)
{
	char command[1200];

	snprintf(command, sizeof(command),
		 "PGOPTIONS=-cclient_min_messages=error \"$PV_TEST_POSTGRES_BIN/psql\" -qX -v ON_ERROR_STOP=1 -h "
		 "\"$PV_TEST_POSTGRES_DIR\" -U pv -d %s -c \"%s\" >/dev/null",
		 database, sql);
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
}

static void run_shell(const char *command)
{
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
}

/* All of it at once, as when the machine fails. */
static void kill_server(void)
{
	/* Nobody may collect the dead, whose number is then still in use. */
	run_shell("cd \"$PV_TEST_POSTGRES_DIR/data\" && kill -9 $(head -1 "
		  "postmaster.pid) && sleep 0.4 && rm -f postmaster.pid ../.s.*");
}

static void start_server(void)
{
	run_shell("cd \"$PV_TEST_POSTGRES_DIR\" && sh ./start >start.log 2>&1");
}

/* --- scenes --------------------------------------------------------------- */

static int open_as(struct scene *it, const char *role, int wait_ms, pv_error *err)
{
	const pv_executions_options opts = { .path = it->address,
					     .project = "p",
					     .wait_ms = wait_ms };

	snprintf(it->address, sizeof(it->address), "postgresql://%s@/%s?host=%s",
		 role, it->name, getenv("PV_TEST_POSTGRES_DIR"));
	return pv_executions_open(&it->index, &opts, err);
}

static int begin(void **state)
{
	static int count;
	struct scene *it = calloc(1, sizeof(*it));
	char sql[80];

	if (!it)
		return -1;
	*state = it;
	if (!place_postgres())
		return 0;
	snprintf(it->name, sizeof(it->name), "t%d_%d", (int)getpid(), ++count);
	snprintf(sql, sizeof(sql), "CREATE DATABASE %s", it->name);
	run_sql("postgres", sql);
	return 0;
}

static int end(void **state)
{
	struct scene *it = *state;

	pv_executions_free(it->index);
	free(it);
	return 0;
}

static void open_index(struct scene *it)
{
	pv_error err = { 0 };

	if (!place_postgres())
		skip();
	if (open_as(it, "pv", 0, &err) < 0)
		fail_msg("%s", err.message);
}

static pv_execution *make_row(int n)
{
	pv_execution *row = NULL;
	char json[200];

	snprintf(json, sizeof(json),
		 "{\"id\":\"019a0000-%04d-7000-8000-000000000000\",\"ts\":"
		 "\"2026-01-01T00:00:00Z\",\"template\":\"t\",\"output\":"
		 "\"text %d\",\"latency_ms\":%d}",
		 n, n, n);
	assert_int_equal(pv_execution_parse(&row, json, strlen(json), NULL),
			 PV_OK);
	return row;
}

static int record(struct scene *it, int n, pv_error *err)
{
	pv_execution *row = make_row(n);
	int rc = pv_executions_record(NULL, it->index, &row, 1, err);

	pv_execution_free(row);
	return rc;
}

static void record_well(struct scene *it, int n)
{
	pv_error err = { 0 };

	if (record(it, n, &err) < 0)
		fail_msg("%s", err.message);
}

static int count_one(const pv_execution *row, void *payload)
{
	(void)row;
	*(int *)payload += 1;
	return 0;
}

static int count_rows(struct scene *it)
{
	pv_error err = { 0 };
	int count = 0;

	if (pv_executions_list(it->index, NULL, count_one, &count, &err) < 0)
		fail_msg("%s", err.message);
	return count;
}

static void expect_sound(struct scene *it, size_t rows)
{
	pv_executions_rollups found;

	assert_int_equal(count_rows(it), rows);
	assert_int_equal(pv_executions_check_rollups(&found, it->index, 0, NULL),
			 PV_OK);
	assert_int_equal(found.wrong, 0);
}

static void expect_error(const pv_error *err, int rc, int code,
			 const char *message)
{
	if (rc != code || !strstr(err->message, message) || !err->hint[0])
		fail_msg("%d: \"%s\" (%s)", rc, err->message, err->hint);
}

/* --- tests ---------------------------------------------------------------- */

static void test_index_postgres__goes_on_after_a_lost_connection(void **state)
{
	struct scene *it = *state;

	open_index(it);
	record_well(it, 1);
	run_sql("postgres", "SELECT pg_terminate_backend(pid) FROM "
			    "pg_stat_activity WHERE application_name = 'git-pv'");
	record_well(it, 2);
	run_sql("postgres", "SELECT pg_terminate_backend(pid) FROM "
			    "pg_stat_activity WHERE application_name = 'git-pv'");
	expect_sound(it, 2);
}

static void test_index_postgres__outlives_a_server_that_is_killed(void **state)
{
	struct scene *it = *state;
	pv_error err = { 0 };
	int rc;

	open_index(it);
	record_well(it, 1);
	pv_executions_free(it->index);
	assert_int_equal(open_as(it, "pv", 300, &err), PV_OK);
	kill_server();
	rc = record(it, 2, &err);
	expect_error(&err, rc, PV_ENET, "cannot use PostgreSQL");
	start_server();
	pv_error_clear(&err);
	record_well(it, 2);
	record_well(it, 1);
	expect_sound(it, 2);
}

/* A child records while the server is killed and comes back. */
static void test_index_postgres__loses_nothing_in_between(void **state)
{
	struct scene *it = *state;
	pid_t child;
	int status = -1;

	open_index(it);
	pv_executions_free(it->index);
	it->index = NULL;
	child = fork();
	if (!child) {
		pv_error err = { 0 };

		if (open_as(it, "pv", 0, &err) < 0)
			_exit(1);
		for (int n = 0; n < 400; n++)
			if (record(it, n, &err) < 0)
				_exit(2);
		_exit(0);
	}
	for (int i = 0; i < 2; i++) {
		const struct timespec time = { 0, 200000000 };

		nanosleep(&time, NULL);
		kill_server();
		start_server();
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	open_index(it);
	expect_sound(it, 400);
}

static void test_index_postgres__takes_two_writers_of_the_same(void **state)
{
	struct scene *it = *state;
	pid_t children[2];

	if (!place_postgres())
		skip();
	for (int k = 0; k < 2; k++) {
		children[k] = fork();
		if (children[k])
			continue;
		/* Both make the tables, too, and bring the same rows at once. */
		if (open_as(it, "pv", 0, NULL) < 0)
			_exit(1);
		for (int n = 0; n < 300; n += 30) {
			pv_execution *rows[30];

			for (int i = 0; i < 30; i++)
				rows[i] = make_row(n + (k ? 29 - i : i));
			if (pv_executions_record(NULL, it->index, rows, 30,
						 NULL) < 0)
				_exit(2);
			if (record(it, 1000 + n + k, NULL) < 0)
				_exit(3);
		}
		_exit(0);
	}
	for (int k = 0; k < 2; k++) {
		int status = -1;

		assert_int_equal(waitpid(children[k], &status, 0), children[k]);
		assert_int_equal(status, 0);
	}
	open_index(it);
	expect_sound(it, 320);
}

static void record_scored(struct scene *it, int n)
{
	pv_error err = { 0 };
	pv_execution *row = make_row(n);

	assert_int_equal(pv_execution_set(row, "scores",
					  "{\"s\":0.5,\"t\":0.25}", 18, &err),
			 PV_OK);
	if (pv_executions_record(NULL, it->index, &row, 1, &err) < 0)
		fail_msg("%s", err.message);
	pv_execution_free(row);
}

static void test_index_postgres__sees_scores_that_others_declare(void **state)
{
	static const char *const names[] = { "s", "t" };
	/* From the first of `names` on, so many. */
	static const int steps[][2] = { { 0, 0 }, { 0, 1 }, { 0, 2 },
					{ 1, 1 }, { 0, 1 }, { 0, 0 } };
	struct scene *it = *state;
	struct scene other = *it;

	open_index(it);
	memcpy(other.name, it->name, sizeof(other.name));
	open_index(&other);
	for (int i = 0; i < 6; i++) {
		assert_int_equal(pv_executions_set_scores(other.index,
							  names + steps[i][0],
							  (size_t)steps[i][1],
							  NULL),
				 PV_OK);
		for (int n = 0; n < 3; n++)
			record_scored(it, i * 3 + n);
		/* What was there already is so with scores, too. */
		record_scored(it, i * 3);
		expect_sound(it, (size_t)i * 3 + 3);
	}
	pv_executions_free(other.index);
}

static void test_index_postgres__says_when_tables_are_locked(void **state)
{
	struct scene *it = *state;
	char command[400];
	pv_error err = { 0 };
	int rc;

	open_index(it);
	record_well(it, 1);
	pv_executions_free(it->index);
	assert_int_equal(open_as(it, "pv", 200, &err), PV_OK);
	/* Several commands of one -c are one transaction. */
	snprintf(command, sizeof(command),
		 "\"$PV_TEST_POSTGRES_BIN/psql\" -qX -h "
		 "\"$PV_TEST_POSTGRES_DIR\" -U pv -d %s -c 'LOCK TABLE "
		 "pv.execution; SELECT pg_sleep(2)' >/dev/null 2>&1 & "
		 "sleep 0.5",
		 it->name);
	run_shell(command);
	rc = record(it, 2, &err);
	expect_error(&err, rc, PV_ELOCKED, "is in use by others");
	run_shell("sleep 2");
	record_well(it, 2);
	expect_sound(it, 2);
}

/* The server's own word for it; a disk cannot be filled without rights. */
static void test_index_postgres__says_when_there_is_no_room(void **state)
{
	struct scene *it = *state;
	pv_error err = { 0 };
	int rc;

	open_index(it);
	record_well(it, 1);
	run_sql(it->name,
		"CREATE FUNCTION public.fill() RETURNS trigger LANGUAGE plpgsql "
		"AS 'BEGIN RAISE EXCEPTION USING ERRCODE = ''53100''; END'; "
		"CREATE TRIGGER fill BEFORE INSERT ON pv.search_queue FOR EACH "
		"ROW EXECUTE FUNCTION public.fill()");
	rc = record(it, 2, &err);
	expect_error(&err, rc, PV_EIO, "has no room");
	expect_sound(it, 1);
	run_sql(it->name, "DROP TRIGGER fill ON pv.search_queue");
	record_well(it, 2);
	expect_sound(it, 2);
}

static void test_index_postgres__leaves_what_is_not_its_own(void **state)
{
	struct scene *it = *state;
	pv_error err = { 0 };

	open_index(it);
	pv_executions_free(it->index);
	run_sql(it->name, "INSERT INTO pv.migration VALUES (99)");
	expect_error(&err, open_as(it, "pv", 0, &err), PV_EUNSUPPORTED,
		     "a newer git-pv wrote the index");
	run_sql(it->name, "DROP SCHEMA pv CASCADE; CREATE SCHEMA pv; CREATE "
			  "TABLE pv.theirs (x int)");
	expect_error(&err, open_as(it, "pv", 0, &err), PV_EDB,
		     "is another program's");
	it->index = NULL;
}

static void test_index_postgres__says_what_a_role_lacks(void **state)
{
	struct scene *it = *state;
	pv_error err = { 0 };
	char sql[200];
	int rc;

	open_index(it);
	record_well(it, 1);
	pv_executions_free(it->index);
	it->index = NULL;
	snprintf(sql, sizeof(sql), "CREATE ROLE r_%s LOGIN", it->name);
	run_sql("postgres", sql);
	snprintf(sql, sizeof(sql), "r_%s", it->name);
	rc = open_as(it, sql, 0, &err);
	expect_error(&err, rc, PV_EAUTH, "lacks rights");
	rc = open_as(it, "nobody_at_all", 0, &err);
	expect_error(&err, rc, PV_EAUTH, "does not exist");
}

static void test_index_postgres__keeps_passwords_to_itself(void **state)
{
	static const char *const addresses[] = {
		"postgresql://u:geheim@:x/d",
		"postgresql://u:geheim@127.0.0.1:1/d",
		"postgresql://u:ge%zzheim@h/d",
		"postgresql://u:geheim@h/d?geheim=1",
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const pv_executions_options opts = { .path = addresses[i],
						     .wait_ms = 100 };
		pv_executions *index = NULL;
		pv_error err = { 0 };

		assert_true(pv_executions_open(&index, &opts, &err) < 0);
		assert_null(strstr(err.message, "heim"));
		assert_null(strstr(err.hint, "heim"));
	}
}

static void test_index_postgres__reads_without_making(void **state)
{
	struct scene *it = *state;
	pv_executions_options opts = { .path = it->address,
				       .project = "other",
				       .is_read_only = 1 };
	pv_executions *index = NULL;
	pv_error err = { 0 };

	open_index(it);
	expect_error(&err, pv_executions_open(&index, &opts, &err),
		     PV_ENOTFOUND, "nothing is recorded");
}

/* Times of ids at the ends of what 48 bits hold go to partitions, too. */
static void test_index_postgres__has_a_place_for_every_id(void **state)
{
	static const char *const ids[] = {
		"00000000-0000-7000-8000-000000000000",
		"016f5e66-e7ff-7000-8000-000000000000",
		"016f5e66-e800-7000-8000-000000000000",
		"03bb2cc3-d7ff-7000-8000-000000000000",
		"03bb2cc3-d800-7000-8000-000000000000",
		"ffffffff-ffff-7fff-bfff-ffffffffffff",
	};
	struct scene *it = *state;

	open_index(it);
	for (size_t i = 0; i < 6; i++) {
		pv_execution *row = make_row(1);
		pv_execution *back = NULL;
		pv_error err = { 0 };

		assert_int_equal(pv_execution_set(row, "id", ids[i], 36, NULL),
				 PV_OK);
		if (pv_executions_record(NULL, it->index, &row, 1, &err) < 0)
			fail_msg("%s: %s", ids[i], err.message);
		assert_int_equal(pv_executions_get(&back, it->index, ids[i], NULL),
				 PV_OK);
		pv_execution_free(back);
		pv_execution_free(row);
	}
	run_sql(it->name, "SELECT 1 / (count(*) = 4)::int FROM pg_inherits "
			  "WHERE inhparent = 'pv.execution'::regclass");
	expect_sound(it, 6);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_index_postgres__goes_on_after_a_lost_connection),
		TEST(test_index_postgres__outlives_a_server_that_is_killed),
		TEST(test_index_postgres__loses_nothing_in_between),
		TEST(test_index_postgres__takes_two_writers_of_the_same),
		TEST(test_index_postgres__sees_scores_that_others_declare),
		TEST(test_index_postgres__says_when_tables_are_locked),
		TEST(test_index_postgres__says_when_there_is_no_room),
		TEST(test_index_postgres__leaves_what_is_not_its_own),
		TEST(test_index_postgres__says_what_a_role_lacks),
		TEST(test_index_postgres__keeps_passwords_to_itself),
		TEST(test_index_postgres__reads_without_making),
		TEST(test_index_postgres__has_a_place_for_every_id),
	};

	return cmocka_run_group_tests_name("index_postgres", tests, NULL, NULL);
}
