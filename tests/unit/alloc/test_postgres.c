/* SPDX-License-Identifier: MIT
 *
 * Every allocation of the index on PostgreSQL made to fail, but libpq's own,
 * which tells of them itself. Whatever failed, the rows that were there are
 * there, and sums are what they give. Run by tests/postgres.sh, else skipped.
 */
#include "alloc/walk.h"

#include "index/execution.h"
#include "index/place.h"

struct scene {
	pv_executions *index;
	pv_execution *rows[2]; /* new ones */
	unsigned count;        /* of ids that were given out */
};

static const char id[] = "019a0000-0000-7000-8000-00000000000a";

/* --- the scene ------------------------------------------------------------ */

static pv_execution *make_row(struct scene *it, const char *unit)
{
	char json[400];
	pv_execution *row = NULL;
	unsigned n = ++it->count;

	snprintf(json, sizeof(json),
		 "{\"id\":\"019a0000-0000-7000-8000-%012x\",\"prompt_id\":"
		 "\"a\",\"model\":\"m\",\"input\":{\"x\":1.5},\"output\":\"text "
		 "%u\",\"tags\":[\"b\",\"a\"],\"experiment\":\"e\",\"epoch\":1,"
		 "\"variant\":\"v\",\"unit\":\"%s\",\"scores\":{\"s\":1},"
		 "\"success\":false,\"error_type\":\"T\"}",
		 n, n, unit);
	if (pv_execution_parse(&row, json, strlen(json), NULL) < 0)
		fail_msg("nothing to begin with");
	return row;
}

static void begin(void *payload)
{
	static const char *const scores[] = { "s" };
	struct scene *it = payload;
	const pv_executions_options opts = place_of("alloc");

	if (pv_executions_open(&it->index, &opts, NULL) < 0 ||
	    pv_executions_set_scores(it->index, scores, 1, NULL) < 0)
		fail_msg("nothing to begin with");
	it->rows[0] = make_row(it, "new");
	it->rows[1] = make_row(it, "new");
}

static void begin_rows(void *payload)
{
	struct scene *it = payload;
	pv_execution *rows[2];

	begin(it);
	for (int i = 0; i < 2; i++)
		rows[i] = make_row(it, "gone");
	if (pv_executions_record(NULL, it->index, rows, 2, NULL) < 0)
		fail_msg("nothing to begin with");
	for (int i = 0; i < 2; i++)
		pv_execution_free(rows[i]);
}

static void end(void *payload, int rc)
{
	struct scene *it = payload;

	(void)rc;
	pv_executions_free(it->index);
	for (int i = 0; i < 2; i++)
		pv_execution_free(it->rows[i]);
}

/* --- calls ---------------------------------------------------------------- */

static int open_index(void *payload, pv_error *err)
{
	const pv_executions_options opts = place_of("alloc");
	pv_executions *index = NULL;
	int rc = pv_executions_open(&index, &opts, err);

	(void)payload;
	pv_executions_free(index);
	return rc;
}

static int record(struct scene *it, size_t count, pv_error *err)
{
	size_t added = 7;
	int rc = pv_executions_record(&added, it->index, it->rows, count, err);

	if (rc == PV_OK)
		walk_say("%zu", added);
	return rc;
}

static int record_one(void *payload, pv_error *err)
{
	return record(payload, 1, err);
}

static int record_two(void *payload, pv_error *err)
{
	return record(payload, 2, err);
}

static int get(void *payload, pv_error *err)
{
	const struct scene *it = payload;
	pv_execution *row = NULL;
	int rc = pv_executions_get(&row, it->index, id, err);

	if (rc == PV_OK)
		walk_say("%s", pv_execution_text(row, "output"));
	pv_execution_free(row);
	return rc;
}

static int rate(pv_execution *row, void *payload, pv_error *err)
{
	(void)payload;
	return pv_execution_set_json(row, "tags", "[\"new\",\"b\"]", 11, err);
}

static int amend(void *payload, pv_error *err)
{
	const struct scene *it = payload;

	return pv_executions_amend(it->index, id, rate, NULL, err);
}

static int each(const pv_execution *row, void *payload)
{
	(void)payload;
	walk_say("%s;", pv_execution_text(row, "id"));
	return 0;
}

static int list(void *payload, pv_error *err)
{
	static const pv_executions_match matches[] = {
		{ "model", "m", PV_EXECUTIONS_IS },
		{ "tags", "b", PV_EXECUTIONS_IS },
		{ "scores.s", "0.5", PV_EXECUTIONS_AT_LEAST }
	};
	static const pv_executions_query query = { .matches = matches,
						   .match_count = 3,
						   .oldest_first = 1,
						   .limit = 2 };
	const struct scene *it = payload;
	int rc = pv_executions_list(it->index, &query, each, NULL, err);

	if (rc < 0)
		walk.answer[0] = '\0';
	return rc;
}

static int drain(void *payload, pv_error *err)
{
	const struct scene *it = payload;
	size_t left = 7;
	int rc = pv_executions_drain(&left, it->index, 0, err);

	if (rc == PV_OK)
		walk_say("%zu", left);
	return rc;
}

static int say_hit(const pv_executions_hit *hit, void *payload)
{
	(void)payload;
	walk_say("%s;", hit->snippet);
	return 0;
}

static int search(void *payload, pv_error *err)
{
	static const pv_executions_search asked = { .text = "\"text 1\"" };
	const struct scene *it = payload;
	pv_executions_found found;
	int rc = pv_executions_search_texts(&found, it->index, &asked, say_hit,
					    NULL, err);

	if (rc < 0)
		walk.answer[0] = '\0';
	return rc;
}

static int take(const struct scene *it, enum pv_executions_part part,
		pv_error *err)
{
	static const pv_executions_match gone = { "unit", "gone",
						  PV_EXECUTIONS_IS };
	static const pv_executions_query query = { .matches = &gone,
						   .match_count = 1 };
	const pv_executions_removal opts = { part, 0 };
	pv_executions_removed removed;

	/* How many there are depends on how far the last round has come. */
	return pv_executions_remove(&removed, it->index, &query, &opts, err);
}

static int take_texts(void *payload, pv_error *err)
{
	return take(payload, PV_EXECUTIONS_TEXTS, err);
}

static int take_traces(void *payload, pv_error *err)
{
	return take(payload, PV_EXECUTIONS_TRACES, err);
}

static int check_rollups(void *payload, pv_error *err)
{
	const struct scene *it = payload;
	pv_executions_rollups found;
	int rc = pv_executions_check_rollups(&found, it->index, 0, err);

	if (rc == PV_OK)
		walk_say("%zu wrong", found.wrong);
	return rc;
}

static int read_usages(void *payload, pv_error *err)
{
	static const pv_executions_match of_v = { "variant", "v",
						  PV_EXECUTIONS_IS };
	static const pv_usage_query query = { .by = "variant",
					      .matches = &of_v,
					      .match_count = 1 };
	const struct scene *it = payload;
	pv_usages *usages = NULL;
	int rc = pv_usages_read(&usages, it->index, &query, err);

	if (rc == PV_OK)
		walk_say("%zu", pv_usages_count(usages));
	pv_usages_free(usages);
	return rc;
}

/* --- the walk ------------------------------------------------------------- */

static const struct walk_row rows[] = {
	{ WALK(pv_executions_open, open_index) },
	{ WALK(pv_executions_record, record_one) },
	{ WALK(pv_executions_record, record_two) },
	{ WALK(pv_executions_get, get) },
	{ WALK(pv_executions_amend, amend) },
	{ WALK(pv_executions_list, list) },
	{ WALK(pv_executions_search_texts, search) },
	{ WALK(pv_usages_read, read_usages) },
};

static const struct walk_row removals[] = {
	{ WALK(pv_executions_drain, drain) },
	{ WALK(pv_executions_remove, take_texts) },
	{ WALK(pv_executions_remove, take_traces) },
	{ WALK(pv_executions_check_rollups, check_rollups) },
};

static void test_alloc_postgres__fails_cleanly_at_every_allocation(void **state)
{
	static struct scene scene;
	const struct walk_setting plain = { &scene, begin, end, 2 };
	const struct walk_setting with_rows = { &scene, begin_rows, end, 2 };
	size_t left;

	(void)state;
	if (!place_postgres())
		skip();
	/* The ids that are asked for are of the first rows. */
	for (int i = 0; i < 5; i++) {
		begin(&scene);
		assert_int_equal(pv_executions_record(NULL, scene.index,
						      scene.rows, 2, NULL),
				 PV_OK);
		assert_int_equal(pv_executions_drain(&left, scene.index, 0, NULL),
				 PV_OK);
		end(&scene, 0);
	}
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &plain);
	walk_all(removals, sizeof(removals) / sizeof(removals[0]), &with_rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_alloc_postgres__fails_cleanly_at_every_allocation),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_postgres", tests, NULL, NULL);
}
