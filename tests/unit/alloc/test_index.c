/* SPDX-License-Identifier: MIT
 *
 * Every allocation around executions made to fail: reading and writing one,
 * and the index on SQLite, whose own allocations are refused as libgit2's
 * are. Whatever failed, the rows that were there are there.
 */
#include "alloc/walk_sqlite.h"

#include <unistd.h>

#include "base/clock.h"
#include "index/execution.h"
#include "scratch.h"

static const char row_json[] =
	"{\"id\":\"019a0000-0000-7000-8000-00000000000a\",\"prompt_id\":\"a\","
	"\"model\":\"m\",\"input\":{\"x\":1.5},\"output\":\"text\",\"tags\":"
	"[\"b\",\"a\"],\"experiment\":\"e\",\"epoch\":1,\"variant\":\"v\","
	"\"unit\":\"u\",\"scores\":{\"s\":1},\"cost_usd\":0.25,\"success\":true,"
	"\"odd\":[1,{\"k\":null}]}";

static const char prices_json[] = "{\"m\":{\"input_cost_per_token\":1e-7}}";

struct scene {
	char path[64];
	pv_execution *row;
	pv_executions *index;
	pv_prices *prices;
};

/* --- the scene ------------------------------------------------------------ */

static void remove_files(const struct scene *it)
{
	char path[80];

	unlink(it->path);
	snprintf(path, sizeof(path), "%s-wal", it->path);
	unlink(path);
	snprintf(path, sizeof(path), "%s-shm", it->path);
	unlink(path);
}

static void begin_row(void *payload)
{
	struct scene *it = payload;

	remove_files(it);
	if (pv_execution_parse(&it->row, row_json, strlen(row_json), NULL) < 0)
		fail_msg("nothing to begin with");
}

static void begin_index(void *payload)
{
	struct scene *it = payload;
	const pv_executions_options opts = { .path = it->path };

	begin_row(it);
	if (pv_executions_open(&it->index, &opts, NULL) < 0 ||
	    pv_executions_record(NULL, it->index, &it->row, 1, NULL) < 0)
		fail_msg("nothing to begin with");
}

static void begin_drained(void *payload)
{
	struct scene *it = payload;
	size_t left;

	begin_index(it);
	if (pv_executions_drain(&left, it->index, 0, NULL) < 0)
		fail_msg("nothing to begin with");
}

static void end(void *payload, int rc)
{
	struct scene *it = payload;

	(void)rc;
	pv_executions_free(it->index);
	pv_execution_free(it->row);
	it->index = NULL;
	it->row = NULL;
}

/* --- one record ----------------------------------------------------------- */

static int new_row(void *payload, pv_error *err)
{
	pv_execution *row = NULL;
	int rc = pv_execution_new(&row, err);

	(void)payload;
	pv_execution_free(row);
	return rc;
}

static int parse(void *payload, pv_error *err)
{
	pv_execution *row = NULL;
	int rc = pv_execution_parse(&row, row_json, strlen(row_json), err);

	(void)payload;
	if (rc == PV_OK)
		walk_say("%s", pv_execution_text(row, "metadata"));
	pv_execution_free(row);
	return rc;
}

static int set(void *payload, pv_error *err)
{
	static char text[100000]; /* more than the row has room for */
	struct scene *it = payload;

	memset(text, 'x', sizeof(text));
	return pv_execution_set(it->row, "feedback", text, sizeof(text), err);
}

static int set_json(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return pv_execution_set_json(it->row, "tags", "[\"z\",\"y\"]", 9, err);
}

static int complete(void *payload, pv_error *err)
{
	struct scene *it = payload;

	/* So that the id has to be derived. */
	it->row->values[PV_FIELD_ID].is_set = 0;
	pv_execution_put_number(it->row, PV_FIELD_TS, 1700000000000000);
	return pv_execution_complete(it->row, 0, err);
}

static int complete_salted(void *payload, pv_error *err)
{
	struct scene *it = payload;

	it->row->values[PV_FIELD_ID].is_set = 0;
	pv_execution_put_number(it->row, PV_FIELD_TS, 1700000000000000);
	return pv_execution_complete_salted(it->row, 0, "salt", 4, err);
}

static int prepare(void *payload, pv_error *err)
{
	struct scene *it = payload;
	int rc = PV_OK;

	/* Until what the arena has is used up. */
	for (int i = 0; i < 200 && rc == PV_OK; i++) {
		it->row->values[PV_FIELD_INPUT].sha256 = NULL;
		rc = pv_execution_prepare(it->row, err);
	}
	return rc;
}

static int write_json(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_buf out = { 0 };
	int rc = pv_execution_json(&out, it->row, err);

	if (rc == PV_OK)
		walk_say("%s", out.ptr);
	pv_buf_dispose(&out);
	return rc;
}

static int write_value(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_buf out = { 0 };
	int rc = pv_execution_value(&out, it->row, "cost_usd", err);

	if (rc == PV_OK)
		walk_say("%s", out.ptr);
	pv_buf_dispose(&out);
	return rc;
}

static int new_redaction(pv_redaction **out, pv_error *err)
{
	static const char *const fields[] = { "output", "tags" };
	static const pv_redaction_rule rules[] = {
		{ "[a-z]+t", "<>", NULL, 0 },
		{ NULL, NULL, fields, 2 },
	};

	return pv_redaction_new(out, rules, 2, err);
}

static int compile_rules(void *payload, pv_error *err)
{
	pv_redaction *redaction = NULL;
	int rc = new_redaction(&redaction, err);

	(void)payload;
	pv_redaction_free(redaction);
	return rc;
}

static int redact(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_redaction *redaction = NULL;
	int rc = new_redaction(&redaction, err);

	if (rc == PV_OK)
		rc = pv_execution_redact(it->row, redaction, err);
	if (rc == PV_OK)
		walk_say("%s", pv_execution_text(it->row, "output"));
	pv_redaction_free(redaction);
	return rc;
}

/* --- all of them ---------------------------------------------------------- */

static int excerpt_prices(void *payload, pv_error *err)
{
	static const char list[] = "{\"m\":{\"mode\":\"chat\"},\"n\":{}}";
	static const char *const names[] = { "o", "m" };
	pv_prices *prices = NULL;
	pv_buf out = { 0 };
	int rc = pv_prices_parse(&prices, list, strlen(list), err);

	(void)payload;
	if (rc == PV_OK)
		rc = pv_prices_excerpt(&out, prices, names, 2, err);
	if (rc == PV_OK)
		walk_say("%s", pv_buf_text(&out));
	pv_prices_free(prices);
	pv_buf_dispose(&out);
	return rc;
}

static int price(void *payload, pv_error *err)
{
	static const char text[] =
		"{\"template\":\"t\",\"provider\":\"p\",\"model\":\"m\","
		"\"tokens_in\":5}";
	const struct scene *it = payload;
	enum pv_pricing pricing = PV_PRICING_NONE;
	pv_execution *row = NULL;
	int rc = pv_execution_parse(&row, text, strlen(text), err);

	if (rc == PV_OK)
		rc = pv_execution_price(&pricing, row, it->prices, "0", err);
	if (rc == PV_OK)
		walk_say("%d", (int)pricing);
	pv_execution_free(row);
	return rc;
}

static int open_index(void *payload, pv_error *err)
{
	struct scene *it = payload;
	const pv_executions_options opts = { .path = it->path };

	return pv_executions_open(&it->index, &opts, err);
}

static int record(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_execution *row = NULL;
	size_t added = 7;
	int rc = pv_execution_parse(
		&row, "{\"template\":\"t\",\"tags\":[\"x\"],\"output\":\"o\"}",
		41, err);

	if (rc == PV_OK)
		rc = pv_executions_record(&added, it->index, &row, 1, err);
	if (rc == PV_OK)
		walk_say("%zu", added);
	pv_execution_free(row);
	return rc;
}

/* A lack of memory is one of the reasons to put rows aside. */
static int offer(void *payload, pv_error *err)
{
	const struct scene *it = payload;
	const pv_executions_options opts = { .path = it->path };
	pv_execution *row = NULL;
	size_t waiting = 0;
	int is_spooled = 0;
	int rc = pv_execution_parse(&row, row_json, sizeof(row_json) - 1, err);

	if (rc == PV_OK)
		rc = pv_executions_offer(&is_spooled, &opts, &row, 1, err);
	if (rc == PV_OK)
		rc = pv_executions_spooled(&waiting, it->path, err);
	if (rc == PV_OK && waiting)
		rc = pv_executions_unspool(NULL, NULL, it->index, it->path, 0,
					   err);
	pv_execution_free(row);
	return rc;
}

static int spooled(void *payload, pv_error *err)
{
	struct scene *it = payload;
	size_t waiting = 0;

	return pv_executions_spooled(&waiting, it->path, err);
}

static int unreadable(void *payload, pv_error *err)
{
	struct scene *it = payload;
	size_t waiting = 0;

	return pv_executions_unreadable(&waiting, it->path, err);
}

static int unspool(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return pv_executions_unspool(NULL, NULL, it->index, it->path, 0, err);
}

static int get(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_execution *row = NULL;
	int rc = pv_executions_get(&row, it->index,
				   "019a0000-0000-7000-8000-00000000000a", err);

	if (rc == PV_OK)
		walk_say("%s", pv_execution_text(row, "output"));
	pv_execution_free(row);
	return rc;
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
		{ "success", "true", PV_EXECUTIONS_IS },
		{ "tags", "a", PV_EXECUTIONS_IS },
		{ "metadata.odd", "[1,{\"k\":null}]", PV_EXECUTIONS_IS },
		{ "scores.s", "0.5", PV_EXECUTIONS_AT_LEAST }
	};
	struct scene *it = payload;
	const pv_executions_query query = { .matches = matches,
					    .match_count = 5,
					    .limit = 5 };
	int rc = pv_executions_list(it->index, &query, each, NULL, err);

	if (rc < 0)
		walk.answer[0] = '\0';
	return rc;
}

static int rate(pv_execution *row, void *payload, pv_error *err)
{
	(void)payload;
	return pv_execution_set_json(row, "tags", "[\"new\"]", 7, err);
}

static int amend(void *payload, pv_error *err)
{
	struct scene *it = payload;

	return pv_executions_amend(it->index,
				   "019a0000-0000-7000-8000-00000000000a", rate,
				   NULL, err);
}

static int set_scores(void *payload, pv_error *err)
{
	static const char *const names[] = { "s", "t" };
	struct scene *it = payload;

	return pv_executions_set_scores(it->index, names, 2, err);
}

static int check_rollups(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_executions_rollups found;
	int rc = pv_executions_check_rollups(&found, it->index, 1, err);

	if (rc == PV_OK)
		walk_say("%zu %zu", found.compared, found.wrong);
	return rc;
}

static int no_problem(const char *problem, void *payload)
{
	(void)payload;
	fail_msg("%s", problem);
	return 1;
}

static int check_file(void *payload, pv_error *err)
{
	const struct scene *it = payload;

	return pv_executions_check(it->index, no_problem, NULL, err);
}

static int no_text(const pv_executions_texts *texts, void *payload)
{
	*(size_t *)payload = texts->done;
	return texts->problem ? 1 : 0;
}

static int check_texts(void *payload, pv_error *err)
{
	const struct scene *it = payload;
	size_t seen = 0;
	int rc = pv_executions_check_texts(it->index, no_text, &seen, err);

	if (rc == PV_OK)
		walk_say("%zu", seen);
	return rc;
}

static int read_usages(void *payload, pv_error *err)
{
	struct scene *it = payload;
	const pv_usage_query query = { .by = "version" };
	pv_usages *usages = NULL;
	int rc = pv_usages_read(&usages, it->index, &query, err);

	if (rc == PV_OK)
		walk_say("%zu %.3f", pv_usages_count(usages),
			 pv_usages_total(usages)->success_high);
	pv_usages_free(usages);
	return rc;
}

static int say_trial(pv_trial *trial, int rc)
{
	if (rc == PV_OK)
		walk_say("%zu %.3f", pv_trial_count(trial),
			 pv_stats_mean(&pv_trial_metric_of(pv_trial_at(trial, 0),
							   "cost")
						->values));
	pv_trial_free(trial);
	return rc;
}

static int read_trial(void *payload, pv_error *err)
{
	static const pv_trial_bins bins[] = { { "cost", 1 }, { "score.s", 0 } };
	const struct scene *it = payload;
	const pv_trial_query query = {
		.experiment = "e", .has_looks = 1, .bins = bins, .bins_count = 2
	};
	pv_trial *trial = NULL;
	int rc = pv_trial_read(&trial, it->index, &query, err);

	return say_trial(trial, rc);
}

static int read_trial_rows(void *payload, pv_error *err)
{
	const char *const ratio = "cost_per_tokens";
	const struct scene *it = payload;
	const pv_trial_query query = { "e", .ratios = &ratio, .ratio_count = 1 };
	pv_trial *trial = NULL;
	int rc = pv_trial_read(&trial, it->index, &query, err);

	return say_trial(trial, rc);
}

static int add_trial(void *payload, pv_error *err)
{
	const struct scene *it = payload;
	const pv_trial_query query = { .segment = "k" };
	pv_trial *trial = NULL;
	int rc = pv_trial_new(&trial, &query, err);

	if (rc == PV_OK)
		rc = pv_trial_add(trial, it->row, err);
	if (rc == PV_OK)
		rc = pv_trial_finish(trial, err);
	return say_trial(trial, rc);
}

static int drain(void *payload, pv_error *err)
{
	struct scene *it = payload;
	size_t left = 7;
	int rc = pv_executions_drain(&left, it->index, 0, err);

	if (rc == PV_OK)
		walk_say("%zu", left);
	return rc;
}

static int vacuum(void *payload, pv_error *err)
{
	const struct scene *it = payload;

	return pv_executions_vacuum(it->index, err);
}

static int say_hit(const pv_executions_hit *hit, void *payload)
{
	(void)payload;
	walk_say("%s %s;", pv_execution_text(hit->row, "id"), hit->snippet);
	return 0;
}

static int search(void *payload, pv_error *err)
{
	static const pv_executions_match match = { "model", "m",
						   PV_EXECUTIONS_IS };
	static const pv_executions_query query = { .matches = &match,
						   .match_count = 1,
						   .limit = 5 };
	static const pv_executions_search asked = {
		.text = "(text OR other) NOT prompt:none*", .query = &query
	};
	struct scene *it = payload;
	pv_executions_found found;
	int rc = pv_executions_search_texts(&found, it->index, &asked, say_hit,
					    NULL, err);

	if (rc < 0)
		walk.answer[0] = '\0';
	return rc;
}

static int mark(void *payload, pv_error *err)
{
	struct scene *it = payload;
	pv_buf text = { 0 };
	int rc = pv_executions_mark(&text, it->index, err);

	if (rc == PV_OK)
		walk_say("%s", strchr(text.ptr, ':'));
	pv_buf_dispose(&text);
	return rc;
}

static int take(void *payload, pv_error *err)
{
	static const pv_executions_removal all = { PV_EXECUTIONS_TRACES, 0 };
	struct scene *it = payload;
	pv_executions_removed removed;
	int rc = pv_executions_remove(&removed, it->index, NULL, &all, err);

	if (rc == PV_OK)
		walk_say("%zu", removed.rows);
	return rc;
}

static int read_alerts(void *payload, pv_error *err)
{
	static const char rules[] =
		"[{\"metric\":\"cost\",\"above\":0.1,\"window\":\"2w\"}]";
	pv_alerts *alerts = NULL;
	int rc = pv_alerts_read(&alerts, rules, "{\"*\":{\"per_day\":1}}", err);

	(void)payload;
	if (rc == PV_OK)
		walk_say("%s", pv_alerts_at(alerts, 1)->name);
	pv_alerts_free(alerts);
	return rc;
}

static int say_finding(const pv_alert_finding *finding, void *payload)
{
	(void)payload;
	walk_say("%d %s", (int)finding->state, finding->prompt);
	return 0;
}

static int check_alert(void *payload, pv_error *err)
{
	static const char rules[] = "[{\"metric\":\"executions\",\"above\":0}]";
	struct scene *it = payload;
	pv_alerts *alerts = NULL;
	int rc = pv_alerts_read(&alerts, rules, NULL, err);

	if (rc == PV_OK)
		rc = pv_alert_check(it->index, pv_alerts_at(alerts, 0),
				    pv_clock_now(NULL), say_finding, NULL, err);
	pv_alerts_free(alerts);
	return rc;
}

static const struct walk_row row_rows[] = {
	{ WALK(pv_execution_price, price) },
	{ WALK(pv_execution_new, new_row) },
	{ WALK(pv_execution_parse, parse) },
	{ WALK(pv_execution_set, set) },
	{ WALK(pv_execution_set_json, set_json) },
	{ WALK(pv_execution_complete, complete) },
	{ WALK(pv_execution_complete_salted, complete_salted) },
	{ WALK(pv_execution_prepare, prepare) },
	{ WALK(pv_execution_json, write_json) },
	{ WALK(pv_execution_value, write_value) },
	{ WALK(pv_prices_parse, excerpt_prices) },
	{ WALK(pv_prices_excerpt, excerpt_prices) },
	{ WALK(pv_redaction_new, compile_rules) },
	{ WALK(pv_execution_redact, redact) },
	{ WALK(pv_executions_open, open_index) },
};

static const struct walk_row index_rows[] = {
	{ WALK(pv_executions_record, record) },
	{ WALK(pv_executions_offer, offer) },
	{ WALK(pv_executions_spooled, spooled) },
	{ WALK(pv_executions_unreadable, unreadable) },
	{ WALK(pv_executions_unspool, unspool) },
	{ WALK(pv_executions_get, get) },
	{ WALK(pv_executions_list, list) },
	{ WALK(pv_executions_amend, amend) },
	{ WALK(pv_executions_set_scores, set_scores) },
	{ WALK(pv_executions_drain, drain) },
	{ WALK(pv_executions_vacuum, vacuum) },
};

static const struct walk_row drained_rows[] = {
	{ WALK(pv_executions_search_texts, search) },
	{ WALK(pv_executions_mark, mark) },
	{ WALK(pv_executions_remove, take) },
	{ WALK(pv_executions_check, check_file) },
	{ WALK(pv_executions_check_texts, check_texts) },
	{ WALK(pv_executions_check_rollups, check_rollups) },
	{ WALK(pv_usages_read, read_usages) },
	{ WALK(pv_trial_read, read_trial) },
	{ WALK(pv_trial_read, read_trial_rows) },
	{ WALK(pv_trial_new, add_trial) },
	{ WALK(pv_trial_add, add_trial) },
	{ WALK(pv_trial_finish, add_trial) },
	{ WALK(pv_alerts_read, read_alerts) },
	{ WALK(pv_alert_check, check_alert) },
};

static void test_alloc_index__fails_cleanly_at_every_allocation(void **state)
{
	static struct scene scene;
	const struct walk_setting of_row = { &scene, begin_row, end, 1 };
	const struct walk_setting of_index = { &scene, begin_index, end, 1 };
	const struct walk_setting of_search = { &scene, begin_drained, end, 1 };

	(void)state;
	scratch_path(scene.path, sizeof(scene.path), "pv-alloc-index.%ld",
		     (long)getpid());
	assert_int_equal(pv_prices_parse(&scene.prices, prices_json,
					 strlen(prices_json), NULL),
			 PV_OK);
	walk_all(row_rows, sizeof(row_rows) / sizeof(row_rows[0]), &of_row);
	walk_all(index_rows, sizeof(index_rows) / sizeof(index_rows[0]),
		 &of_index);
	walk_all(drained_rows, sizeof(drained_rows) / sizeof(drained_rows[0]),
		 &of_search);
	pv_prices_free(scene.prices);
	remove_files(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_alloc_index__fails_cleanly_at_every_allocation),
	};

	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &walk_sqlite_memory) != SQLITE_OK)
		return 1;
	walk_install();
	return cmocka_run_group_tests_name("alloc_index", tests, NULL, NULL);
}
