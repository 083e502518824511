/* SPDX-License-Identifier: MIT
 *
 * The index: rows come back as they went in, once, in order; and
 * what is not an index of ours is told and left alone.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pv/index.h>

#include "base/file.h"
#include "base/str.h"
#include "index/place.h"
#include "scratch.h"

struct scene {
	char folder[64];
	char path[96];
	pv_executions *index;
};

static void open_index(struct scene *it, int is_read_only)
{
	pv_executions_options opts = place_of(it->path);
	pv_error err = { 0 };

	opts.is_read_only = is_read_only;
	if (pv_executions_open(&it->index, &opts, &err) < 0)
		fail_msg("%s", err.message);
}

static void reopen(struct scene *it, int is_read_only)
{
	pv_executions_free(it->index);
	it->index = NULL;
	open_index(it, is_read_only);
}

static int begin(void **state)
{
	struct scene *it = calloc(1, sizeof(*it));

	if (!it)
		return -1;
	scratch_path(it->folder, sizeof(it->folder), "pv-index.XXXXXX");
	if (!mkdtemp(it->folder))
		return -1;
	snprintf(it->path, sizeof(it->path), "%s/sub/index.db", it->folder);
	open_index(it, 0);
	*state = it;
	return 0;
}

static int end(void **state)
{
	struct scene *it = *state;

	pv_executions_free(it->index);
	scratch_remove(it->folder);
	free(it);
	return 0;
}

static size_t record(struct scene *it, const char *json)
{
	pv_execution *row = NULL;
	pv_error err = { 0 };
	size_t added = 0;

	if (pv_execution_parse(&row, json, strlen(json), &err) < 0 ||
	    pv_executions_record(&added, it->index, &row, 1, &err) < 0)
		fail_msg("%s: %s", json, err.message);
	pv_execution_free(row);
	return added;
}

/* A row of the millisecond `n` with more members. */
static void record_at(struct scene *it, int n, const char *more)
{
	char json[512];

	snprintf(json, sizeof(json),
		 "{\"id\":\"00000000-%04d-7000-8000-000000000000\",\"ts\":"
		 "\"2026-01-01T00:00:00.%03dZ\",%s}",
		 n, n, more);
	assert_int_equal(record(it, json), 1);
}

static int put_id(const pv_execution *row, void *payload)
{
	pv_buf *out = payload;

	/* The four digits of record_at, without the zeros before them. */
	pv_buf_printf(out, "%d ",
		      atoi(pv_execution_text(row, "id") + 9)); /* NOLINT */
	return 0;
}

static void expect_list(struct scene *it, const pv_executions_query *query,
			const char *want)
{
	pv_buf got = { 0 };
	pv_error err = { 0 };

	if (pv_executions_list(it->index, query, put_id, &got, &err) < 0)
		fail_msg("%s", err.message);
	assert_string_equal(pv_buf_text(&got), want);
	pv_buf_dispose(&got);
}

static void expect_match(struct scene *it, const char *field, const char *value,
			 const char *want)
{
	const pv_executions_match match = { field, value, PV_EXECUTIONS_IS };
	const pv_executions_query query = { .matches = &match, .match_count = 1 };

	expect_list(it, &query, want);
}

static void test_index_executions__keeps_every_field(void **state)
{
	static const char json[] =
		"{\"id\":\"019a0000-0000-7000-8000-00000000000a\","
		"\"ts\":\"2026-11-20T10:00:00.123456Z\",\"prompt_id\":\"a/b\","
		"\"version\":\"1.2.0\","
		"\"commit\":\"0123456789012345678901234567890123456789\","
		"\"blob\":\"1123456789012345678901234567890123456789\","
		"\"dirty\":false,"
		"\"environment\":\"prod\",\"experiment\":\"e\",\"epoch\":2,"
		"\"variant\":\"v\",\"unit\":\"u1\",\"session\":\"s1\","
		"\"parent\":\"p\",\"batch\":\"b\",\"dataset\":\"d\","
		"\"case\":\"c\",\"framework\":\"f\",\"template\":\"t\","
		"\"provider\":\"pr\",\"model\":\"m\",\"response_model\":\"rm\","
		"\"params\":{\"temperature\":0.10},\"input\":{\"x\":[1]},"
		"\"rendered\":[{\"role\":\"user\",\"content\":\"hi\"}],"
		"\"output\":\"a\\u0000\xC3\xA9\",\"request\":{\"n\":1.50},"
		"\"response\":\"raw\",\"output_chars\":3,"
		"\"tokens_in\":1,\"tokens_out\":2,\"tokens\":3,"
		"\"tokens_cached\":0,\"tokens_reasoning\":5,\"latency_ms\":1.5,"
		"\"ttft_ms\":0.001,\"cost_usd\":0.000000000001,"
		"\"prices\":\"2123456789012345678901234567890123456789\","
		"\"status\":\"refused\",\"success\":false,"
		"\"error_type\":\"E\",\"error_message\":\"why\","
		"\"finish_reason\":\"stop\",\"source\":\"cache\",\"quality\":9.5,"
		"\"scores\":{\"r\":0.5},\"feedback\":\"fine\","
		"\"tags\":[\"x\",\"y\"],\"metadata\":{\"k\":null}}";
	struct scene *it = *state;
	pv_execution *row = NULL;
	pv_buf text = { 0 };

	assert_int_equal(record(it, json), 1);
	reopen(it, 1);
	assert_int_equal(pv_executions_get(&row, it->index,
					   "019A0000-0000-7000-8000-00000000000A",
					   NULL),
			 PV_OK);
	assert_int_equal(pv_execution_json(&text, row, NULL), PV_OK);
	assert_string_equal(text.ptr, json);
	pv_buf_dispose(&text);
	pv_execution_free(row);
}

static void test_index_executions__adds_a_row_once(void **state)
{
	static const char json[] =
		"{\"ts\":\"2026-01-01T00:00:00Z\",\"template\":\"t\"}";
	struct scene *it = *state;

	assert_int_equal(record(it, json), 1);
	assert_int_equal(record(it, json), 0);
	reopen(it, 0);
	assert_int_equal(record(it, json), 0);
}

static void test_index_executions__lists_newest_first(void **state)
{
	pv_executions_query query = { 0 };
	struct scene *it = *state;

	for (int i = 1; i <= 5; i++)
		record_at(it, i, "\"template\":\"t\"");
	expect_list(it, NULL, "5 4 3 2 1 ");
	query.limit = 2;
	expect_list(it, &query, "5 4 ");
	query.after = "00000000-0004-7000-8000-000000000000";
	expect_list(it, &query, "3 2 ");
	query.oldest_first = 1;
	expect_list(it, &query, "5 ");
	query.after = NULL;
	query.limit = 0;
	query.since = 1767225600002000;
	query.until = 1767225600004000;
	expect_list(it, &query, "2 3 ");
}

static void test_index_executions__filters(void **state)
{
	const pv_executions_match both[] = { { "prompt_id", "a",
					       PV_EXECUTIONS_IS },
					     { "model", "m", PV_EXECUTIONS_IS } };
	pv_executions_query query = { .matches = both, .match_count = 2 };
	struct scene *it = *state;

	record_at(it, 1, "\"prompt_id\":\"a\",\"model\":\"m\",\"success\":true");
	record_at(it, 2, "\"prompt_id\":\"a\",\"tags\":[\"x\",\"y\"]");
	record_at(it, 3,
		  "\"prompt_id\":\"b\",\"model\":\"m\",\"status\":"
		  "\"timeout\",\"session\":\"s\"");
	record_at(it, 4, "\"template\":\"t\",\"epoch\":3,\"quality\":8.5");
	expect_match(it, "prompt_id", "a", "2 1 ");
	expect_match(it, "prompt_id", "none", "");
	expect_match(it, "model", "m", "3 1 ");
	expect_match(it, "success", "true", "1 ");
	expect_match(it, "success", "false", "3 ");
	expect_match(it, "status", "timeout", "3 ");
	expect_match(it, "session", "s", "3 ");
	expect_match(it, "epoch", "3", "4 ");
	expect_match(it, "quality", "8.50", "4 ");
	expect_match(it, "tags", "x", "2 ");
	expect_match(it, "id", "00000000-0003-7000-8000-000000000000", "3 ");
	expect_list(it, &query, "1 ");
}

static int rate(pv_execution *row, void *payload, pv_error *err)
{
	const char *tags = payload;
	int rc = pv_execution_set(row, "quality", "9", 1, err);

	if (rc == PV_OK)
		rc = pv_execution_set(row, "model", "other", 5, err);
	return rc == PV_OK ? pv_execution_set_json(row, "tags", tags,
						   strlen(tags), err)
			   : rc;
}

static void test_index_executions__amends_what_is_known_late(void **state)
{
	static const char id[] = "00000000-0001-7000-8000-000000000000";
	static char two[] = "[\"y\",\"z\"]";
	struct scene *it = *state;

	record_at(it, 1, "\"prompt_id\":\"a\",\"model\":\"m\",\"tags\":[\"x\"]");
	assert_int_equal(pv_executions_amend(it->index, id, rate, two, NULL), 0);
	expect_match(it, "quality", "9", "1 ");
	expect_match(it, "model", "m", "1 ");
	expect_match(it, "tags", "x", "");
	expect_match(it, "tags", "z", "1 ");
	assert_int_equal(pv_executions_amend(it->index,
					     "00000000-0002-7000-8000-000000000000",
					     rate, two, NULL),
			 PV_ENOTFOUND);
}

static void test_index_executions__keeps_equal_texts_once(void **state)
{
	struct scene *it = *state;
	sqlite3 *db = NULL;
	sqlite3_stmt *ask = NULL;

	if (place_postgres())
		skip();
	for (int i = 1; i <= 3; i++)
		record_at(it, i,
			  "\"rendered\":\"same\",\"output\":\"same\","
			  "\"input\":{}");
	assert_int_equal(sqlite3_open(it->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db,
					    "SELECT count(*), (SELECT "
					    "count(*) FROM dim) FROM body",
					    -1, &ask, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(ask), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(ask, 0), 2);
	assert_int_equal(sqlite3_column_int(ask, 1), 1);
	sqlite3_finalize(ask);
	sqlite3_close(db);
}

static void test_index_executions__records_all_or_none(void **state)
{
	struct scene *it = *state;
	pv_execution *rows[2] = { NULL };
	pv_error err = { 0 };

	assert_int_equal(pv_execution_parse(&rows[0], "{\"template\":\"t\"}",
					    16, NULL),
			 PV_OK);
	assert_int_equal(pv_execution_new(&rows[1], NULL), PV_OK);
	assert_int_equal(pv_executions_record(NULL, it->index, rows, 2, &err),
			 PV_EINVALID);
	expect_list(it, NULL, "");
	pv_execution_free(rows[0]);
	pv_execution_free(rows[1]);
}

/* Opening has to fail, in these words, and leave the file as it is. */
static void expect_unopened(struct scene *it, int code, const char *message)
{
	const pv_executions_options opts = { .path = it->path, .wait_ms = 30 };
	pv_error err = { 0 };

	pv_executions_free(it->index);
	it->index = NULL;
	assert_int_equal(pv_executions_open(&it->index, &opts, &err), code);
	assert_null(it->index);
	if (!strstr(err.message, message) || !err.hint[0])
		fail_msg("\"%s\" (%s)", err.message, err.hint);
}

static void run_sql(struct scene *it, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(it->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void test_index_executions__knows_what_is_not_its_own(void **state)
{
	struct scene *it = *state;

	if (place_postgres())
		skip();
	pv_executions_free(it->index);
	it->index = NULL;
	run_sql(it, "PRAGMA user_version = 99");
	expect_unopened(it, PV_EUNSUPPORTED, "a newer git-pv wrote the index");
	run_sql(it, "PRAGMA user_version = 1; PRAGMA application_id = 7");
	expect_unopened(it, PV_EDB, "is a database of another program");
	assert_int_equal(pv_file_write(it->path,
				       "no database, but long enough "
				       "to be mistaken for one",
				       52, NULL),
			 PV_OK);
	expect_unopened(it, PV_EDB, "is no database");
}

static void test_index_executions__says_who_is_in_the_way(void **state)
{
	const pv_executions_options opts = {
		.path = ((struct scene *)*state)->path, .wait_ms = 30
	};
	struct scene *it = *state;
	sqlite3 *other = NULL;
	pv_execution *row = NULL;
	pv_error err = { 0 };

	if (place_postgres())
		skip();
	pv_executions_free(it->index);
	assert_int_equal(pv_executions_open(&it->index, &opts, NULL), PV_OK);
	assert_int_equal(sqlite3_open(it->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(pv_execution_parse(&row, "{\"template\":\"t\"}", 16,
					    NULL),
			 PV_OK);
	assert_int_equal(pv_executions_record(NULL, it->index, &row, 1, &err),
			 PV_ELOCKED);
	assert_non_null(strstr(err.message, "is in use by others"));
	sqlite3_close(other);
	assert_int_equal(pv_executions_record(NULL, it->index, &row, 1, &err),
			 PV_OK);
	pv_execution_free(row);
}

static void test_index_executions__reads_without_making(void **state)
{
	struct scene *it = *state;
	pv_executions_options opts = { .is_read_only = 1 };
	pv_executions *index = NULL;
	char path[128];
	pv_error err = { 0 };

	if (place_postgres())
		skip();
	snprintf(path, sizeof(path), "%s/none.db", it->folder);
	opts.path = path;
	assert_int_equal(pv_executions_open(&index, &opts, &err), PV_ENOTFOUND);
	assert_non_null(strstr(err.message, "nothing is recorded"));
	assert_int_equal(pv_file_exists(path), 0);
	assert_int_equal(pv_file_write(path, "", 0, NULL), PV_OK);
	assert_int_equal(pv_executions_open(&index, &opts, &err), PV_ENOTFOUND);
}

static void note_step(size_t done, size_t count, void *payload)
{
	size_t *last = payload;

	assert_true(done > last[0]);
	assert_true(done <= count);
	last[0] = done;
	last[1] = count;
}

static void test_index_executions__says_how_far_it_is(void **state)
{
	enum {
		ROWS = 1001
	};
	struct scene *it = *state;
	pv_execution *rows[ROWS];
	pv_executions_rollups found;
	size_t last[2] = { 0 };

	for (int i = 0; i < ROWS; i++) {
		char id[37];

		snprintf(id, sizeof(id), "019a0000-0000-7000-8000-%012x",
			 (unsigned)i);
		assert_int_equal(pv_execution_new(&rows[i], NULL), PV_OK);
		assert_int_equal(pv_execution_set(rows[i], "id", id, 36, NULL),
				 PV_OK);
		assert_int_equal(pv_execution_set(rows[i], "template", "t", 1,
						  NULL),
				 PV_OK);
	}
	assert_int_equal(pv_executions_record(NULL, it->index, rows, ROWS, NULL),
			 PV_OK);
	pv_executions_watch(it->index, note_step, last);
	assert_int_equal(pv_executions_check_rollups(&found, it->index, 0, NULL),
			 PV_OK);
	assert_int_equal(last[0], 1000);
	assert_int_equal(last[1], ROWS);
	pv_executions_watch(it->index, NULL, NULL);
	assert_int_equal(pv_executions_check_rollups(&found, it->index, 0, NULL),
			 PV_OK);
	assert_int_equal(last[0], 1000);
	for (int i = 0; i < ROWS; i++)
		pv_execution_free(rows[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_index_executions__keeps_every_field),
		TEST(test_index_executions__adds_a_row_once),
		TEST(test_index_executions__lists_newest_first),
		TEST(test_index_executions__filters),
		TEST(test_index_executions__amends_what_is_known_late),
		TEST(test_index_executions__keeps_equal_texts_once),
		TEST(test_index_executions__records_all_or_none),
		TEST(test_index_executions__knows_what_is_not_its_own),
		TEST(test_index_executions__says_who_is_in_the_way),
		TEST(test_index_executions__reads_without_making),
		TEST(test_index_executions__says_how_far_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
