/* SPDX-License-Identifier: MIT
 *
 * Sums that outlived their rows on their way from one index to another, with
 * every allocation made to fail: from a file to a file, and, run by
 * tests/postgres.sh, from PostgreSQL to PostgreSQL. Whatever failed, the other
 * index has some of them or none, and a second call brings the rest.
 */
#include "alloc/walk.h"

#include <unistd.h>

#include "index/place.h"
#include "scratch.h"

struct scene {
	char names[2][64];
	pv_executions *both[2]; /* from, to */
	unsigned turn;
};

static const char *const scores[] = { "s" };

static void remove_files(const struct scene *it)
{
	static const char *const ends[] = { "", "-wal", "-shm" };

	for (int k = 0; k < 2; k++)
		for (int i = 0; i < 3; i++) {
			char path[80];

			snprintf(path, sizeof(path), "%s%s", it->names[k],
				 ends[i]);
			unlink(path);
		}
}

/* Of one day, which retention takes, and of another one. */
static void add_rows(pv_executions *index, int day)
{
	for (int i = 0; i < 2; i++) {
		char json[300];
		pv_execution *row = NULL;

		snprintf(json, sizeof(json),
			 "{\"ts\":\"2026-01-%02dT10:00:0%dZ\",\"prompt_id\":"
			 "\"p\",\"model\":\"m%d\",\"scores\":{\"s\":1},"
			 "\"source\":\"%s\",\"success\":false,\"error_type\":"
			 "\"T\"}",
			 day, i, i, i ? "cache" : "generated");
		if (pv_execution_parse(&row, json, strlen(json), NULL) < 0 ||
		    pv_executions_record(NULL, index, &row, 1, NULL) < 0)
			fail_msg("nothing to begin with");
		pv_execution_free(row);
	}
}

static void begin(void *payload)
{
	static const pv_executions_removal rows = { PV_EXECUTIONS_ROWS, 0 };
	static const pv_executions_query first_day = { .limit = 2 };
	struct scene *it = payload;
	pv_executions_removed removed;

	remove_files(it);
	it->turn++;
	for (int k = 0; k < 2; k++) {
		pv_executions_options opts;

		scratch_path(it->names[k], sizeof(it->names[k]),
			     "pv-alloc-sums.%ld.%d.%u", (long)getpid(), k,
			     it->turn);
		opts = place_of(it->names[k]);
		if (pv_executions_open(&it->both[k], &opts, NULL) < 0)
			fail_msg("nothing to begin with");
	}
	if (pv_executions_set_scores(it->both[0], scores, 1, NULL) < 0)
		fail_msg("nothing to begin with");
	add_rows(it->both[0], 1);
	add_rows(it->both[0], 2);
	if (pv_executions_remove(&removed, it->both[0], &first_day, &rows,
				 NULL) < 0)
		fail_msg("nothing to begin with");
	assert_int_equal(removed.rows, 2);
	add_rows(it->both[1], 2);
}

static void end(void *payload, int rc)
{
	struct scene *it = payload;
	pv_executions_sums sums;

	(void)rc;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pv_executions_copy_sums(&sums, it->both[1],
							 it->both[0], NULL),
				 PV_OK);
		assert_int_equal(sums.other, 0);
	}
	/* An hour and a day of each series. */
	assert_int_equal(sums.sums, 4);
	assert_int_equal(sums.taken, 0);
	for (int k = 0; k < 2; k++)
		pv_executions_free(it->both[k]);
	remove_files(it);
}

static int copy_sums(void *payload, pv_error *err)
{
	const struct scene *it = payload;
	pv_executions_sums sums;
	int rc = pv_executions_copy_sums(&sums, it->both[1], it->both[0], err);

	if (rc == PV_OK)
		walk_say("%zu %zu %zu", sums.sums, sums.taken, sums.other);
	return rc;
}

static const struct walk_row rows[] = {
	{ WALK(pv_executions_copy_sums, copy_sums) },
};

static void test_alloc_sums__fails_cleanly_at_every_allocation(void **state)
{
	static struct scene scene;
	const struct walk_setting setting = { &scene, begin, end, 1 };

	(void)state;
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_alloc_sums__fails_cleanly_at_every_allocation),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_sums", tests, NULL, NULL);
}
