/* SPDX-License-Identifier: MIT
 *
 * Rollups: whatever the order, grouping and number of processes in which rows
 * come, however often they are rated anew, the bytes are the same, and they
 * are those that the rows give.
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
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <pv/index.h>

#include "index/cell.h"
#include "index/place.h"
#include "index/rollup.h"
#include "scratch.h"

enum {
	ROWS = 240
};

struct scene {
	char folder[64];
	pv_executions *index;
	char path[96];
	int count;
	pv_execution *rows[ROWS];
	uint64_t seed;
};

static unsigned draw(struct scene *it, unsigned limit)
{
	it->seed = it->seed * UINT64_C(6364136223846793005) +
		   UINT64_C(1442695040888963407);
	return (unsigned)(it->seed >> 33) % limit;
}

static void make_row(struct scene *it, int at)
{
	static const char *const statuses[] = { "ok", "ok", "error", "timeout" };
	static const char *const sources[] = { "generated", "cache" };
	/* Half of them of the last day, so that they have minutes. */
	int64_t ts = (int64_t)time(NULL) - (at % 2 ? 86000 : 40 * 86400) +
		     draw(it, 7000);
	char id[40];
	char json[600];
	pv_error err = { 0 };

	snprintf(id, sizeof(id), "0193f000-%04x-7000-8000-%012x", at, at);
	snprintf(json, sizeof(json),
		 "{\"id\":\"%s\",\"prompt_id\":\"p%u\",\"version\":\"1.%u.0\","
		 "\"status\":\"%s\",\"source\":\"%s\",\"latency_ms\":%u.%03u,"
		 "\"tokens_in\":%u,\"tokens_out\":%u,\"cost_usd\":0.%06u,"
		 "\"quality\":%u,\"ts\":\"2020-01-01T00:00:00Z\","
		 "\"scores\":{\"good\":0.%03u,\"other\":-%u}%s}",
		 id, draw(it, 2), draw(it, 3), statuses[draw(it, 4)],
		 sources[draw(it, 8) == 0], draw(it, 3000), draw(it, 1000),
		 draw(it, 900), draw(it, 900), draw(it, 999999),
		 1 + draw(it, 10), draw(it, 1000), draw(it, 9),
		 draw(it, 3) ? "" : ",\"error_type\":\"Odd\"");
	if (pv_execution_parse(&it->rows[at], json, strlen(json), &err) < 0)
		fail_msg("%s", err.message);
	pv_execution_put_number(it->rows[at], PV_FIELD_TS, ts * 1000000);
}

static void open_index(struct scene *it, const char *name)
{
	pv_executions_options opts;
	pv_error err = { 0 };

	pv_executions_free(it->index);
	it->index = NULL;
	snprintf(it->path, sizeof(it->path), "%s/%s", it->folder, name);
	opts = place_of(it->path);
	if (pv_executions_open(&it->index, &opts, &err) < 0)
		fail_msg("%s", err.message);
}

static int begin(void **state)
{
	struct scene *it = calloc(1, sizeof(*it));

	if (!it)
		return -1;
	it->seed = 7;
	scratch_path(it->folder, sizeof(it->folder), "pv-rollup.XXXXXX");
	if (!mkdtemp(it->folder))
		return -1;
	for (int i = 0; i < ROWS; i++)
		make_row(it, i);
	*state = it;
	return 0;
}

static int end(void **state)
{
	struct scene *it = *state;

	for (int i = 0; i < ROWS; i++)
		pv_execution_free(it->rows[i]);
	pv_executions_free(it->index);
	scratch_remove(it->folder);
	free(it);
	return 0;
}

static void record(struct scene *it, pv_execution *const *rows, size_t count)
{
	pv_error err = { 0 };

	if (pv_executions_record(NULL, it->index, rows, count, &err) < 0)
		fail_msg("%s", err.message);
}

/* All rollups as text, whatever keeps them. */
struct dumping {
	pv_buf *out;
	pv_rollup_key key;
	pv_cell cell;
	int64_t last_us;
};

static void put_bytes(pv_buf *out, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		pv_buf_printf(out, "%02x", (unsigned char)bytes[i]);
}

/* A cell may come in parts, one behind the other. */
static void end_cell(struct dumping *it)
{
	pv_buf data = { 0 };

	pv_cell_encode(&data, &it->cell);
	if (!pv_cell_is_empty(&it->cell)) {
		pv_buf_printf(it->out, "%lld %lld %lld ",
			      (long long)it->key.grain,
			      (long long)it->key.bucket, (long long)it->last_us);
		put_bytes(it->out, data.ptr, data.len);
		pv_buf_putc(it->out, '\n');
	}
	pv_buf_dispose(&data);
	pv_cell_dispose(&it->cell);
	memset(&it->cell, 0, sizeof(it->cell));
	it->last_us = 0;
}

static int dump_series(const pv_execution *series, int is_cached, void *payload,
		       pv_error *err)
{
	struct dumping *it = payload;
	pv_buf key = { 0 };

	(void)err;
	end_cell(it);
	pv_series_key(&key, series);
	pv_buf_printf(it->out, "series %d ", is_cached);
	put_bytes(it->out, key.ptr, key.len);
	pv_buf_putc(it->out, '\n');
	pv_buf_dispose(&key);
	return PV_OK;
}

static int dump_cell(const pv_rollup_key *key, int64_t last_us, pv_str data,
		     void *payload, pv_error *err)
{
	struct dumping *it = payload;

	if (memcmp(&it->key, key, sizeof(*key)) != 0)
		end_cell(it);
	it->key = *key;
	if (last_us > it->last_us)
		it->last_us = last_us;
	return pv_cell_decode(&it->cell, data, err);
}

static int dump_error(pv_str name, int64_t count, void *payload, pv_error *err)
{
	struct dumping *it = payload;

	(void)err;
	end_cell(it);
	pv_buf_printf(it->out, "%.*s %lld\n", (int)name.len, name.ptr,
		      (long long)count);
	return PV_OK;
}

static void dump(pv_buf *out, struct scene *it)
{
	static const pv_rollup_query all = {
		.spans = { { PV_GRAIN_MINUTE, 0, INT64_C(253402300800) },
			   { PV_GRAIN_HOUR, 0, INT64_C(253402300800) },
			   { PV_GRAIN_DAY, 0, INT64_C(253402300800) } },
		.span_count = 3
	};
	struct dumping dumping = { .out = out };
	const pv_rollup_reader reader = { dump_series, dump_cell, dump_error,
					  NULL, &dumping };
	pv_error err = { 0 };

	if (pv_rollup_read(it->index, &all, &reader, &err) < 0)
		fail_msg("%s", err.message);
	end_cell(&dumping);
}

static void assert_sound(struct scene *it)
{
	pv_executions_rollups found;
	pv_error err = { 0 };

	if (pv_executions_check_rollups(&found, it->index, 0, &err) < 0)
		fail_msg("%s", err.message);
	assert_true(found.compared > 0);
	assert_int_equal(found.wrong, 0);
}

/* Rates a row; "" takes the rating away. */
static int rate(pv_execution *row, void *payload, pv_error *err)
{
	const char *quality = payload;

	return *quality ? pv_execution_set(row, "quality", quality,
					   strlen(quality), err)
			: pv_execution_set_json(row, "quality", "null", 4, err);
}

static void amend(struct scene *it, int at, const char *quality)
{
	char copy[16];
	pv_error err = { 0 };

	snprintf(copy, sizeof(copy), "%s", quality);
	if (pv_executions_amend(it->index, pv_execution_text(it->rows[at], "id"),
				rate, copy, &err) < 0)
		fail_msg("%s", err.message);
}

static void shuffle(struct scene *it)
{
	for (unsigned i = ROWS - 1; i > 0; i--) {
		unsigned other = draw(it, i + 1);
		pv_execution *row = it->rows[i];

		it->rows[i] = it->rows[other];
		it->rows[other] = row;
	}
}

static void test_index_rollup__does_not_depend_on_order(void **state)
{
	struct scene *it = *state;
	pv_buf first = { 0 };
	pv_buf again = { 0 };

	open_index(it, "once.db");
	record(it, it->rows, ROWS);
	assert_sound(it);
	dump(&first, it);
	for (int round = 0; round < 3; round++) {
		char name[16];

		snprintf(name, sizeof(name), "%d.db", round);
		open_index(it, name);
		shuffle(it);
		for (size_t at = 0; at < ROWS;) {
			size_t count = 1 + draw(it, 20);

			count = count > ROWS - at ? ROWS - at : count;
			record(it, it->rows + at, count);
			/* The same rows once more change nothing. */
			record(it, it->rows + at, count);
			at += count;
		}
		pv_buf_clear(&again);
		dump(&again, it);
		assert_string_equal(pv_buf_text(&again), pv_buf_text(&first));
	}
	assert_sound(it);
	pv_buf_dispose(&first);
	pv_buf_dispose(&again);
}

static void test_index_rollup__follows_ratings(void **state)
{
	struct scene *it = *state;
	pv_buf before = { 0 };
	pv_buf after = { 0 };

	open_index(it, "rated.db");
	record(it, it->rows, ROWS);
	for (int i = 0; i < ROWS; i += 3)
		amend(it, i, "10");
	assert_sound(it);
	dump(&before, it);
	for (int i = 0; i < ROWS; i += 6)
		amend(it, i, "2.5");
	for (int i = 0; i < ROWS; i += 12)
		amend(it, i, "");
	assert_sound(it);
	for (int i = 0; i < ROWS; i += 3)
		amend(it, i, "10");
	dump(&after, it);
	assert_string_equal(pv_buf_text(&after), pv_buf_text(&before));
	pv_buf_dispose(&before);
	pv_buf_dispose(&after);
}

static void test_index_rollup__takes_several_processes(void **state)
{
	struct scene *it = *state;
	pv_buf first = { 0 };
	pv_buf again = { 0 };
	pid_t children[3];

	open_index(it, "one.db");
	record(it, it->rows, ROWS);
	dump(&first, it);
	pv_executions_free(it->index);
	it->index = NULL;
	for (int child = 0; child < 3; child++) {
		children[child] = fork();
		if (children[child])
			continue;
		open_index(it, "many.db");
		for (int i = child; i < ROWS; i += 3)
			record(it, it->rows + i, 1);
		_exit(0);
	}
	for (int child = 0; child < 3; child++) {
		int status = -1;

		assert_int_equal(waitpid(children[child], &status, 0),
				 children[child]);
		assert_int_equal(status, 0);
	}
	open_index(it, "many.db");
	dump(&again, it);
	assert_string_equal(pv_buf_text(&again), pv_buf_text(&first));
	pv_buf_dispose(&first);
	pv_buf_dispose(&again);
}

static void run_sql(struct scene *it, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(it->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void test_index_rollup__is_found_wrong_and_mended(void **state)
{
	static const char *const damages[] = {
		"DELETE FROM rollup WHERE grain = 3600",
		"UPDATE rollup SET data = x'00'",
		"DELETE FROM rollup_error",
		"UPDATE rollup SET bucket = bucket + 864000 "
		"WHERE grain = 86400",
		"DELETE FROM execution WHERE unit IS NULL AND "
		"status > 1",
	};
	struct scene *it = *state;
	pv_executions_rollups found;

	if (place_postgres())
		skip(); /* it looks into the file */
	for (size_t i = 0; i < 5; i++) {
		char name[16];

		snprintf(name, sizeof(name), "bad%zu.db", i);
		open_index(it, name);
		record(it, it->rows, ROWS);
		run_sql(it, damages[i]);
		assert_int_equal(pv_executions_check_rollups(&found, it->index,
							     1, NULL),
				 PV_OK);
		assert_true(found.wrong > 0);
		assert_sound(it);
	}
}

/* Takes away what migrations after the first have brought. */
static void make_older(struct scene *it)
{
	static const char sql[] =
		"SELECT 'DROP ' || type || ' ' || name FROM sqlite_schema "
		"WHERE type IN ('table', 'view', 'trigger') AND name NOT IN "
		"('project', 'name', 'dim', 'body', 'execution', 'tag') "
		"ORDER BY sql NOT LIKE 'CREATE VIRTUAL%'";
	char drops[40][100];
	sqlite3_stmt *statement;
	sqlite3 *db;
	int count = 0;

	assert_int_equal(sqlite3_open(it->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL),
			 SQLITE_OK);
	while (count < 40 && sqlite3_step(statement) == SQLITE_ROW)
		snprintf(drops[count++], sizeof(drops[0]), "%s",
			 (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	/* Tables of a virtual one are gone with it. */
	for (int i = 0; i < count; i++)
		(void)sqlite3_exec(db, drops[i], NULL, NULL, NULL);
	sqlite3_close(db);
	run_sql(it, "ALTER TABLE execution DROP COLUMN request; "
		    "ALTER TABLE execution DROP COLUMN response; "
		    "ALTER TABLE dim DROP COLUMN series_id; "
		    "ALTER TABLE dim DROP COLUMN prices_oid; "
		    "PRAGMA user_version = 1");
}

static void test_index_rollup__is_made_for_an_older_index(void **state)
{
	struct scene *it = *state;
	pv_buf before = { 0 };
	pv_buf after = { 0 };

	if (place_postgres())
		skip(); /* it looks into the file */
	open_index(it, "old.db");
	record(it, it->rows, ROWS);
	dump(&before, it);
	pv_executions_free(it->index);
	it->index = NULL;
	make_older(it);
	open_index(it, "old.db");
	dump(&after, it);
	assert_string_equal(pv_buf_text(&after), pv_buf_text(&before));
	pv_buf_dispose(&before);
	pv_buf_dispose(&after);
}

static void set_scores(struct scene *it, const char *const *names, size_t count)
{
	pv_error err = { 0 };

	if (pv_executions_set_scores(it->index, names, count, &err) < 0)
		fail_msg("%s", err.message);
}

/* Whenever a score is declared, the sums are those of the rows. */
static void test_index_rollup__has_the_scores_that_are_set(void **state)
{
	static const char *const both[] = { "other", "good", "other" };
	struct scene *it = *state;
	pv_buf bare = { 0 };
	pv_buf before = { 0 };
	pv_buf behind = { 0 };

	open_index(it, "bare.db");
	record(it, it->rows, ROWS);
	dump(&bare, it);
	open_index(it, "before.db");
	set_scores(it, both, 3);
	record(it, it->rows, ROWS);
	assert_sound(it);
	dump(&before, it);
	assert_string_not_equal(pv_buf_text(&before), pv_buf_text(&bare));
	open_index(it, "behind.db");
	set_scores(it, both, 1);
	record(it, it->rows, ROWS / 2);
	amend(it, 3, "4");
	set_scores(it, both, 2);
	record(it, it->rows + ROWS / 2, ROWS / 2);
	assert_sound(it);
	amend(it, 3, "");
	assert_sound(it);
	open_index(it, "late.db");
	record(it, it->rows, ROWS);
	set_scores(it, both, 2);
	dump(&behind, it);
	assert_string_equal(pv_buf_text(&behind), pv_buf_text(&before));
	set_scores(it, NULL, 0);
	pv_buf_clear(&behind);
	dump(&behind, it);
	assert_string_equal(pv_buf_text(&behind), pv_buf_text(&bare));
	pv_buf_dispose(&bare);
	pv_buf_dispose(&before);
	pv_buf_dispose(&behind);
}

static void test_index_rollup__refuses_names_that_are_none(void **state)
{
	static const char *const empty[] = { "" };
	const char *many[101];
	struct scene *it = *state;

	for (int i = 0; i < 101; i++)
		many[i] = "x";
	open_index(it, "names.db");
	assert_int_equal(pv_executions_set_scores(it->index, empty, 1, NULL),
			 PV_EINVALID);
	assert_int_equal(pv_executions_set_scores(it->index, many, 101, NULL),
			 PV_ELIMIT);
}

static int count_old_minutes(struct scene *it)
{
	static const char sql[] =
		"SELECT count(*) FROM rollup WHERE grain = 60 AND bucket < "
		"unixepoch() - 49 * 3600";
	sqlite3_stmt *statement;
	sqlite3 *db;
	int count;

	assert_int_equal(sqlite3_open(it->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	count = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return count;
}

/* As if the rows had been recorded three days ago. */
static void test_index_rollup__drops_minutes_that_are_old(void **state)
{
	struct scene *it = *state;
	int before;

	if (place_postgres())
		skip(); /* it looks into the file */
	open_index(it, "minutes.db");
	record(it, it->rows, ROWS - 20);
	run_sql(it, "INSERT INTO rollup SELECT 1, series_id, 60, bucket - 259200, "
		    "last_us, data FROM rollup WHERE grain = 60; "
		    "INSERT INTO rollup_error SELECT 1, series_id, 60, "
		    "bucket - 259200, error_type, n FROM rollup_error WHERE "
		    "grain = 60");
	before = count_old_minutes(it);
	assert_true(before > 100);
	/* One row drops a few, and many drop more than they bring. */
	record(it, it->rows + ROWS - 20, 1);
	assert_in_range(before - count_old_minutes(it), 1, 6);
	for (int i = 1; i < 20; i++)
		record(it, it->rows + ROWS - i, 1);
	assert_true(count_old_minutes(it) < before - 19);
	assert_sound(it);
}

/* What one way of reading refuses the other does, too. */
static void assert_both_read(pv_cell *cell, const pv_buf *bytes)
{
	const pv_str data = { bytes->ptr, bytes->len };
	pv_arena arena = { 0 };
	pv_cell_bins bins = { .arena = &arena };
	pv_cell gathered = { 0 };

	assert_int_equal(pv_cell_gather(&gathered, &bins, data, NULL),
			 pv_cell_decode(cell, data, NULL));
	pv_cell_dispose(&gathered);
	pv_arena_dispose(&arena);
}

static void test_index_rollup__reads_no_damaged_cell(void **state)
{
	pv_buf bytes = { 0 };
	pv_cell cell = { 0 };
	pv_error err = { 0 };
	struct scene *it = *state;

	for (int i = 0; i < 20; i++)
		pv_cell_add(&cell, it->rows[i], NULL, 1, NULL);
	pv_cell_encode(&bytes, &cell);
	for (size_t len = 0; len < bytes.len; len++) {
		pv_cell other = { 0 };

		assert_int_equal(pv_cell_decode(&other,
						(pv_str){ bytes.ptr, len }, &err),
				 PV_EDB);
		pv_cell_dispose(&other);
	}
	for (size_t at = 0; at < bytes.len; at++)
		for (int bit = 0; bit < 8; bit++) {
			pv_cell other = { 0 };

			/* Alone, and where there are bins to add to. */
			if (bit % 2)
				assert_int_equal(pv_cell_merge(&other, &cell,
							       NULL),
						 PV_OK);
			bytes.ptr[at] = (char)(bytes.ptr[at] ^ (1 << bit));
			assert_both_read(&other, &bytes);
			bytes.ptr[at] = (char)(bytes.ptr[at] ^ (1 << bit));
			pv_cell_dispose(&other);
		}
	pv_cell_dispose(&cell);
	pv_buf_dispose(&bytes);
}

/* --- sums of encoded cells ------------------------------------------------ */

/* Values near each other or far apart, of one byte or more, below 0 as well. */
static void add_bins(struct scene *it, pv_cell *cell, pv_cell *sum)
{
	for (int i = 0; i < PV_METRIC_COUNT; i++) {
		unsigned count = draw(it, 60);
		int32_t span = (int32_t[]){ 40, 200, 2000, 4035 }[draw(it, 4)];
		int32_t least = span > 2000 ? -PV_BIN_KEY_MAX : -20;

		for (unsigned j = 0; j < count; j++) {
			int32_t key = (int32_t)draw(it, (unsigned)span) + least;
			int64_t n = (int64_t)draw(it, 8) ? 1 + draw(it, 40)
							 : draw(it, 20000);

			n = draw(it, 5) ? n : -n;
			assert_int_equal(pv_histogram_add(&cell->metrics[i].histogram,
							  key, n, NULL),
					 PV_OK);
			assert_int_equal(pv_histogram_add(&sum->metrics[i].histogram,
							  key, n, NULL),
					 PV_OK);
		}
	}
}

static void assert_same(const pv_cell *cell, const pv_cell *sum)
{
	pv_buf want = { 0 };
	pv_buf got = { 0 };

	pv_cell_encode(&got, cell);
	pv_cell_encode(&want, sum);
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.ptr, want.ptr, want.len);
	pv_buf_dispose(&want);
	pv_buf_dispose(&got);
}

static void test_index_rollup__reads_cells_as_their_sum(void **state)
{
	struct scene *it = *state;

	for (int turn = 0; turn < 60; turn++) {
		pv_arena arena = { 0 };
		pv_cell_bins bins = { .arena = &arena };
		pv_cell sum = { 0 };
		pv_cell read = { 0 };
		pv_cell gathered = { 0 };
		pv_buf bytes = { 0 };

		for (int i = 0; i < 12; i++) {
			pv_cell cell = { 0 };
			pv_str data;

			add_bins(it, &cell, &sum);
			pv_buf_clear(&bytes);
			pv_cell_encode(&bytes, &cell);
			data = (pv_str){ bytes.ptr, bytes.len };
			assert_int_equal(pv_cell_decode(&read, data, NULL),
					 PV_OK);
			assert_int_equal(pv_cell_gather(&gathered, &bins, data,
							NULL),
					 PV_OK);
			pv_cell_dispose(&cell);
		}
		assert_int_equal(pv_cell_settle(&gathered, &bins, NULL), PV_OK);
		assert_same(&read, &sum);
		assert_same(&gathered, &sum);
		pv_cell_dispose(&sum);
		pv_cell_dispose(&read);
		pv_cell_dispose(&gathered);
		pv_buf_dispose(&bytes);
		pv_arena_dispose(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index_rollup__does_not_depend_on_order),
		cmocka_unit_test(test_index_rollup__follows_ratings),
		cmocka_unit_test(test_index_rollup__reads_cells_as_their_sum),
		cmocka_unit_test(test_index_rollup__takes_several_processes),
		cmocka_unit_test(test_index_rollup__is_found_wrong_and_mended),
		cmocka_unit_test(test_index_rollup__is_made_for_an_older_index),
		cmocka_unit_test(test_index_rollup__has_the_scores_that_are_set),
		cmocka_unit_test(test_index_rollup__refuses_names_that_are_none),
		cmocka_unit_test(test_index_rollup__drops_minutes_that_are_old),
		cmocka_unit_test(test_index_rollup__reads_no_damaged_cell),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
