/* SPDX-License-Identifier: MIT
 *
 * An experiment's figures: of rollups, of rows, and of sums made here.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>
#include <unistd.h>

#include <pv/analytics.h>

#include "base/clock.h"
#include "index/execution.h"
#include "index/place.h"
#include "scratch.h"

enum {
	ROWS = 2500,
	UNITS = 90,
	EPOCHS = 2,
	ARMS = 2 * EPOCHS,
	GROUP = 40, /* no multiple of 3 */
	SCORES = 5  /* a score of -2 to 2 */
};

/* What the test itself knows of a row. */
struct row {
	int arm;  /* epoch * 2 + variant */
	int unit; /* UNITS: none */
	int is_cached;
	int is_ok;
	int has_quality;
	double quality;
	double latency;
	int score;
	int is_gone; /* deleted again */
	int64_t day;
};

/* A day behind all others. */
static const int64_t all_days = INT64_MAX;

struct scene {
	pv_executions *index;
	char path[64]; /* of a file of its own; "" without */
	struct row rows[ROWS];
	char ids[ROWS][40];
};

static void make_row(pv_execution **out, struct row *row, int64_t ts)
{
	char unit[40] = "";
	char quality[40] = "";
	char json[700];
	pv_error err = { 0 };

	row->arm = rand() % ARMS;
	row->unit = rand() % 10 ? rand() % UNITS : UNITS;
	/* Some have one variant only. */
	if (row->unit % 3 == 0)
		row->arm &= ~1;
	row->is_cached = rand() % 8 == 0;
	row->is_ok = rand() % 6 != 0;
	row->has_quality = rand() % 4 != 0;
	row->quality = 1 + rand() % 10;
	row->latency = 100 + rand() % 100000 / 1000.0;
	row->score = rand() % SCORES - 2;
	if (row->unit < UNITS)
		snprintf(unit, sizeof(unit), "\"unit\":\"u%d\",", row->unit);
	if (row->has_quality)
		snprintf(quality, sizeof(quality), "\"quality\":%g,",
			 row->quality);
	snprintf(json, sizeof(json),
		 "{\"prompt_id\":\"p\",\"experiment\":\"tone\",\"epoch\":%d,"
		 "\"variant\":\"%s\",%s%s\"ts\":\"2020-01-01T00:00:00Z\","
		 "\"latency_ms\":%.3f,\"source\":\"%s\",\"success\":%s,"
		 "\"scores\":{\"fit\":%d},\"model\":\"m%d\",\"metadata\":"
		 "{\"segment\":{\"plan\":\"%s\"}}}",
		 row->arm / 2, row->arm % 2 ? "treatment" : "control", unit,
		 quality, row->latency, row->is_cached ? "cache" : "generated",
		 row->is_ok ? "true" : "false", row->score, rand() % 2,
		 row->unit % 2 ? "pro" : "free");
	if (pv_execution_parse(out, json, strlen(json), &err) < 0)
		fail_msg("%s", err.message);
	pv_execution_put_number(*out, PV_FIELD_TS, ts);
	row->day = ts / INT64_C(86400000000);
}

static int open_index(struct scene *it)
{
	pv_executions_options opts = place_of(*it->path ? it->path : ":memory:");
	static int count;
	char project[40];

	/* Of its own, where there is one server for all. */
	snprintf(project, sizeof(project), "trial %d", count++);
	opts.project = project;
	return pv_executions_open(&it->index, &opts, NULL);
}

/* Rows come alone and in groups. */
static int record_some(struct scene *it, int from, int count)
{
	int64_t now = pv_clock_now(NULL);
	pv_execution *rows[GROUP];
	int rc;

	for (int i = 0; i < count; i++)
		make_row(&rows[i], &it->rows[from + i],
			 now - (int64_t)(rand() % 86400) * 20 * 1000000);
	rc = pv_executions_record(NULL, it->index, rows, (size_t)count, NULL);
	for (int i = 0; i < count; i++) {
		snprintf(it->ids[from + i], sizeof(it->ids[from + i]), "%s",
			 pv_execution_text(rows[i], "id"));
		pv_execution_free(rows[i]);
	}
	return rc;
}

static int fill(struct scene *it)
{
	static const char *const scores[] = { "fit" };

	if (open_index(it) < 0 ||
	    pv_executions_set_scores(it->index, scores, 1, NULL) < 0)
		return -1;
	srand(8);
	for (int i = 0; i < ROWS;) {
		int count = i % 3 ? 1 : GROUP;

		count = count < ROWS - i ? count : ROWS - i;
		if (record_some(it, i, count) < 0)
			return -1;
		i += count;
	}
	return 0;
}

static int begin(void **state)
{
	*state = calloc(1, sizeof(struct scene));
	return *state ? fill(*state) : -1;
}

static int begin_file(void **state)
{
	struct scene *it = calloc(1, sizeof(*it));

	*state = it;
	if (!it)
		return -1;
	scratch_path(it->path, sizeof(it->path), "pv-trial.%ld", (long)getpid());
	return fill(it);
}

static int end(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	struct scene *it = *state;

	pv_executions_free(it->index);
	for (int i = 0; i < 3 && *it->path; i++) {
		char name[80];

		snprintf(name, sizeof(name), "%s%s", it->path, ends[i]);
		unlink(name);
	}
	free(it);
	return 0;
}

static void assert_near(double got, double want)
{
	if (fabs(got - want) > 1e-9 * fmax(1, fabs(want)))
		fail_msg("%.17g is not %.17g", got, want);
}

/* The value of a row in a metric; 0: it has none. */
static int value_of(double *out, const struct row *row, const char *metric)
{
	if (strcmp(metric, "quality") == 0) {
		*out = row->quality;
		return row->has_quality;
	}
	if (strcmp(metric, "latency") == 0) {
		*out = row->latency;
		return !row->is_cached;
	}
	*out = strcmp(metric, "success") == 0 ? row->is_ok : row->score;
	return 1;
}

/* What a metric of an arm is, value by value. */
struct wanted {
	pv_stats_moments values;
	pv_stats_pairs units;
	int64_t executions;
	int64_t unitless;
	int64_t unit_count;
	int64_t cached;
};

static int is_used(const struct scene *it, int arm, int unit)
{
	for (int i = 0; i < ROWS; i++)
		if (it->rows[i].arm == arm && it->rows[i].unit == unit &&
		    !it->rows[i].is_gone)
			return 1;
	return 0;
}

/* Units of an arm that the other one of its epoch has, too. */
static int64_t want_crossed(const struct scene *it, int arm)
{
	int64_t count = 0;

	for (int i = 0; i < UNITS; i++)
		count += is_used(it, arm, i) && is_used(it, arm ^ 1, i);
	return count;
}

/* Of the days up to one. */
static struct wanted want_of(const struct scene *it, int arm,
			     const char *metric, int64_t last_day)
{
	struct wanted out = { 0 };
	double sums[UNITS] = { 0 };
	int counts[UNITS] = { 0 };
	int uses[UNITS] = { 0 };

	for (int i = 0; i < ROWS; i++) {
		const struct row *row = &it->rows[i];
		double value;

		if (row->arm != arm || row->is_gone || row->day > last_day)
			continue;
		out.executions++;
		out.cached += row->is_cached;
		out.unitless += row->unit == UNITS;
		if (row->unit < UNITS)
			out.unit_count += uses[row->unit]++ == 0;
		if (!value_of(&value, row, metric))
			continue;
		pv_stats_moments_add(&out.values, value, NULL);
		if (row->unit == UNITS)
			continue;
		sums[row->unit] += value;
		counts[row->unit]++;
	}
	for (int i = 0; i < UNITS; i++)
		if (counts[i])
			pv_stats_pairs_add(&out.units, sums[i], counts[i], NULL);
	return out;
}

static void assert_moments(const pv_stats_moments *got,
			   const pv_stats_moments *want)
{
	assert_int_equal(got->n, want->n);
	assert_near(pv_stats_mean(got), pv_stats_mean(want));
	assert_near(pv_stats_variance(got), pv_stats_variance(want));
}

static void assert_sums(const struct scene *it, const pv_trial_arm *arm,
			const char *name, int idx, int64_t last_day)
{
	const char *plain = strcmp(name, "score.fit") == 0 ? "fit" : name;
	const pv_trial_metric *got = pv_trial_metric_of(arm, name);
	struct wanted want = want_of(it, idx, plain, last_day);
	int64_t sum = 0;

	assert_non_null(got);
	assert_moments(&got->values, &want.values);
	assert_moments(&got->units.x, &want.units.x);
	assert_moments(&got->units.y, &want.units.y);
	assert_near(got->units.c, want.units.c);
	assert_int_equal(arm->units, want.unit_count);
	assert_int_equal(arm->unitless, want.unitless);
	for (size_t i = 0; i < got->bin_count; i++)
		sum += got->bins[i].count;
	assert_int_equal(sum, want.values.n);
	assert_int_equal(got->missing,
			 want.executions - want.values.n -
				 (strcmp(name, "latency") == 0 ? want.cached : 0));
	assert_int_equal(arm->executions, want.executions);
	assert_int_equal(arm->cached, want.cached);
}

static void assert_trial(const struct scene *it, const pv_trial *trial)
{
	static const char *const names[] = { "quality", "latency", "success",
					     "score.fit" };

	assert_int_equal(pv_trial_count(trial), ARMS);
	for (int i = 0; i < ARMS; i++) {
		const pv_trial_arm *arm = pv_trial_at(trial, (size_t)i);

		assert_int_equal(arm->epoch, i / 2);
		assert_string_equal(arm->variant,
				    i % 2 ? "treatment" : "control");
		assert_int_equal(arm->model_count, 2);
		assert_int_equal(arm->models[0].executions +
					 arm->models[1].executions,
				 arm->executions);
		for (size_t k = 0; k < sizeof(names) / sizeof(*names); k++)
			assert_sums(it, arm, names[k], i, all_days);
		assert_int_equal(arm->crossed, want_crossed(it, i));
	}
}

static pv_trial *read_trial(const struct scene *it, const pv_trial_query *query)
{
	pv_trial *trial = NULL;
	pv_error err = { 0 };

	if (pv_trial_read(&trial, it->index, query, &err) < 0)
		fail_msg("%s", err.message);
	return trial;
}

/* The last day up to which a look is of: the next on which there are rows. */
static int64_t day_behind(const struct scene *it, int64_t day)
{
	int64_t next = all_days;

	for (int i = 0; i < ROWS; i++)
		if (!it->rows[i].is_gone && it->rows[i].day > day &&
		    it->rows[i].day < next)
			next = it->rows[i].day;
	return next;
}

/* Every look is what the rows up to then are, added up anew. */
static void assert_looks(const struct scene *it, const pv_trial *trial)
{
	int64_t day = day_behind(it, 0);
	size_t looks = 0;

	for (; day_behind(it, day) < all_days; day = day_behind(it, day)) {
		const pv_trial_arm *arm;

		for (size_t i = 0; (arm = pv_trial_look_at(trial, looks, i));
		     i++) {
			int idx = (int)arm->epoch * 2 +
				  (strcmp(arm->variant, "treatment") == 0);

			assert_sums(it, arm, "quality", idx, day);
			assert_sums(it, arm, "latency", idx, day);
			assert_sums(it, arm, "success", idx, day);
			assert_sums(it, arm, "score.fit", idx, day);
		}
		looks++;
	}
	assert_true(looks > 10);
	assert_int_equal(pv_trial_look_count(trial), looks);
	assert_null(pv_trial_look_at(trial, looks, 0));
}

static void assert_both(const struct scene *it)
{
	const pv_trial_query queries[] = {
		{ .experiment = "tone" },
		{ .experiment = "tone", .since = 1 },
		{ .experiment = "tone", .has_looks = 1 },
		{ .experiment = "tone", .has_looks = 1, .since = 1 },
	};

	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
		pv_trial *trial = read_trial(it, &queries[i]);

		assert_trial(it, trial);
		if (queries[i].has_looks)
			assert_looks(it, trial);
		else
			assert_int_equal(pv_trial_look_count(trial), 0);
		pv_trial_free(trial);
	}
}

static void test_analytics_trial__sums_and_rows_agree(void **state)
{
	assert_both(*state);
}

/* Deletes the rows of a unit, as if they had never been. */
static void forget_unit(struct scene *it, int unit)
{
	const pv_executions_removal opts = { .part = PV_EXECUTIONS_TRACES };
	pv_executions_removed removed = { 0 };
	char name[40];
	pv_executions_match match = { .field = "unit", .value = name };
	const pv_executions_query query = { .matches = &match, .match_count = 1 };

	snprintf(name, sizeof(name), "u%d", unit);
	assert_int_equal(pv_executions_remove(&removed, it->index, &query,
					      &opts, NULL),
			 PV_OK);
	assert_true(removed.rows > 0);
	for (int i = 0; i < ROWS; i++)
		if (it->rows[i].unit == unit)
			it->rows[i].is_gone = 1;
}

static int rate(pv_execution *row, void *payload, pv_error *err)
{
	return pv_execution_set(row, "quality", payload, strlen(payload), err);
}

static void check_sums(const struct scene *it, int repairs, size_t wrong)
{
	pv_executions_rollups found = { 0 };

	assert_int_equal(pv_executions_check_rollups(&found, it->index, repairs,
						     NULL),
			 PV_OK);
	assert_true(found.compared > 0);
	assert_int_equal(found.wrong, wrong);
}

static void test_analytics_trial__follows_what_changes(void **state)
{
	struct scene *it = *state;

	for (int i = 0; i < ROWS; i += 50) {
		char text[] = "7.5";

		assert_int_equal(pv_executions_amend(it->index, it->ids[i],
						     rate, text, NULL),
				 PV_OK);
		it->rows[i].has_quality = 1;
		it->rows[i].quality = 7.5;
	}
	for (int unit = 0; unit < UNITS; unit += 7)
		forget_unit(it, unit);
	assert_both(it);
	check_sums(it, 0, 0);
}

static void test_analytics_trial__follows_what_is_scored(void **state)
{
	static const char *const scores[] = { "fit" };
	const struct scene *it = *state;

	assert_int_equal(pv_executions_set_scores(it->index, NULL, 0, NULL),
			 PV_OK);
	check_sums(it, 0, 0);
	assert_int_equal(pv_executions_set_scores(it->index, scores, 1, NULL),
			 PV_OK);
	assert_both(it);
	check_sums(it, 0, 0);
}

/* What retention takes stays in the sums, and is not held against them. */
static void test_analytics_trial__outlives_rows(void **state)
{
	const pv_executions_removal opts = { .part = PV_EXECUTIONS_ROWS };
	const pv_executions_query query = { .limit = ROWS / 3 };
	const pv_trial_query sums = { .experiment = "tone" };
	struct scene *it = *state;
	pv_executions_removed removed = { 0 };
	pv_trial *trial;

	if (place_postgres())
		skip(); /* it makes sums over units of the rows */
	assert_int_equal(pv_executions_remove(&removed, it->index, &query,
					      &opts, NULL),
			 PV_OK);
	assert_int_equal(removed.rows, ROWS / 3);
	trial = read_trial(it, &sums);
	assert_trial(it, trial);
	pv_trial_free(trial);
	check_sums(it, 0, 0);
	check_sums(it, 1, 0);
}

static void run_sql(const struct scene *it, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(it->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void test_analytics_trial__is_repaired(void **state)
{
	static const char *const damages[] = {
		"DELETE FROM unit_sum WHERE unit = (SELECT max(unit) FROM "
		"unit_sum)",
		"UPDATE unit_sum SET data = x'00' WHERE unit = (SELECT "
		"min(unit) FROM unit_sum)",
		"INSERT INTO unit_sum SELECT 1, arm_id, zeroblob(16), 0, data "
		"FROM unit_sum LIMIT 1",
		"UPDATE arm_day SET data = x''",
		"DELETE FROM arm_day WHERE day = (SELECT min(day) FROM "
		"arm_day)",
		"INSERT INTO arm_day SELECT 1, arm_id, day + 1000, data FROM "
		"arm_day LIMIT 1",
	};
	struct scene *it = *state;

	if (place_postgres())
		skip(); /* it looks into the file */
	for (size_t i = 0; i < sizeof(damages) / sizeof(*damages); i++) {
		pv_executions_rollups found = { 0 };

		run_sql(it, damages[i]);
		assert_int_equal(pv_executions_check_rollups(&found, it->index,
							     1, NULL),
				 PV_OK);
		assert_true(found.wrong > 0);
		check_sums(it, 0, 0);
		assert_both(it);
	}
}

/* An index from before there were units gets them of its rows. */
static void test_analytics_trial__is_made_for_an_older_index(void **state)
{
	struct scene *it = *state;

	if (place_postgres())
		skip(); /* it looks into the file */
	pv_executions_free(it->index);
	it->index = NULL;
	run_sql(it,
		"DROP TABLE pruned; DROP TABLE arm; DROP TABLE arm_day; DROP TABLE unit_sum; "
		"DROP INDEX series_experiment; ALTER TABLE series DROP COLUMN arm_id; "
		"PRAGMA user_version = 6");
	assert_int_equal(open_index(it), PV_OK);
	assert_both(it);
	check_sums(it, 0, 0);
}

/*
 * One that knew units but not their days gets these of the rows. What rows no
 * longer tell is of no known day: it counts at the end, and at no look.
 */
static void test_analytics_trial__gets_days_for_an_older_index(void **state)
{
	const pv_trial_query query = { .experiment = "tone", .has_looks = 1 };
	struct scene *it = *state;
	const pv_trial_arm *arm;
	pv_trial *trial;

	if (place_postgres())
		skip(); /* it looks into the file */
	pv_executions_free(it->index);
	it->index = NULL;
	/* A unit with one execution, of which retention took the row. */
	run_sql(it, "DROP TABLE pruned; DROP TABLE arm_day; ALTER TABLE arm ADD COLUMN data BLOB "
		    "NOT NULL DEFAULT x''; UPDATE unit_sum SET data = "
		    "x'02020000'; INSERT INTO unit_sum SELECT 1, arm_id, "
		    "zeroblob(16), 1, x'02020000' FROM arm WHERE epoch = 0 AND "
		    "variant = 'control'; PRAGMA user_version = 7");
	assert_int_equal(open_index(it), PV_OK);
	trial = read_trial(it, &query);
	arm = pv_trial_at(trial, 0);
	assert_int_equal(arm->units,
			 want_of(it, 0, "success", all_days).unit_count + 1);
	for (size_t i = 0; i < pv_trial_look_count(trial); i++)
		assert_true(pv_trial_look_at(trial, i, 0)->units < arm->units);
	pv_trial_free(trial);
	check_sums(it, 0, 0);
	run_sql(it, "DELETE FROM unit_sum WHERE unit = zeroblob(16)");
	check_sums(it, 1, 1);
	assert_both(it);
}

static void test_analytics_trial__ratios_have_looks(void **state)
{
	const char *const ratio = "quality_per_success";
	const struct scene *it = *state;
	const pv_trial_query query = { .experiment = "tone",
				       .has_looks = 1,
				       .ratios = &ratio,
				       .ratio_count = 1 };
	pv_trial *trial = read_trial(it, &query);
	int64_t day = day_behind(it, 0);

	assert_looks(it, trial);
	for (size_t i = 0; i < pv_trial_look_count(trial); i++) {
		const pv_trial_arm *arm = pv_trial_look_at(trial, i, 0);
		int idx = (int)arm->epoch * 2 +
			  (strcmp(arm->variant, "treatment") == 0);
		const pv_trial_metric *got = pv_trial_metric_of(arm, ratio);
		struct wanted want = want_of(it, idx, "quality", day);

		/* Each row that has a quality was judged, too. */
		assert_moments(&got->units.x, &want.units.x);
		assert_int_equal(got->rows.x.n, want.values.n);
		day = day_behind(it, day);
	}
	pv_trial_free(trial);
}

static void test_analytics_trial__groups_by_segment(void **state)
{
	const pv_trial_query query = { .experiment = "tone", .segment = "plan" };
	pv_trial *trial = read_trial(*state, &query);
	int64_t sum = 0;

	assert_int_equal(pv_trial_count(trial), 2 * ARMS);
	assert_string_equal(pv_trial_at(trial, 0)->segment, "free");
	assert_string_equal(pv_trial_at(trial, 1)->segment, "pro");
	for (size_t i = 0; i < 2 * ARMS; i++)
		sum += pv_trial_at(trial, i)->executions;
	assert_int_equal(sum, ROWS);
	pv_trial_free(trial);
}

static int64_t executions_of(const struct scene *it, const pv_trial_query *query)
{
	pv_trial *trial = read_trial(it, query);
	int64_t sum = 0;

	for (size_t i = 0; i < pv_trial_count(trial); i++)
		sum += pv_trial_at(trial, i)->executions;
	pv_trial_free(trial);
	return sum;
}

static void test_analytics_trial__ends_at_an_id(void **state)
{
	const struct scene *it = *state;
	pv_trial_query query = { .experiment = "tone" };
	int64_t want = 0;

	query.up_to = it->ids[ROWS / 2];
	for (int i = 0; i < ROWS; i++)
		want += strcmp(it->ids[i], query.up_to) <= 0;
	assert_int_equal(executions_of(it, &query), want);
}

static void test_analytics_trial__leaves_a_warm_up_out(void **state)
{
	const pv_trial_start starts[] = { { 1, INT64_MAX } };
	const pv_trial_query query = { .experiment = "tone",
				       .starts = starts,
				       .start_count = 1 };
	pv_trial *trial = read_trial(*state, &query);

	assert_int_equal(pv_trial_count(trial), 2);
	assert_int_equal(pv_trial_at(trial, 1)->epoch, 0);
	pv_trial_free(trial);
}

static void test_analytics_trial__knows_nothing_of_others(void **state)
{
	const pv_trial_query query = { .experiment = "other" };
	const pv_trial_query none = { 0 };
	pv_trial *trial = read_trial(*state, &query);

	assert_int_equal(pv_trial_count(trial), 0);
	pv_trial_free(trial);
	assert_int_equal(pv_trial_read(&trial, ((struct scene *)*state)->index,
				       &none, NULL),
			 PV_EINVALID);
}

#define CASE(test, begin) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_analytics_trial__is_repaired, begin_file),
		CASE(test_analytics_trial__is_made_for_an_older_index, begin_file),
		CASE(test_analytics_trial__gets_days_for_an_older_index,
		     begin_file),
		CASE(test_analytics_trial__ratios_have_looks, begin),
		CASE(test_analytics_trial__follows_what_changes, begin),
		CASE(test_analytics_trial__follows_what_is_scored, begin),
		CASE(test_analytics_trial__outlives_rows, begin),
		CASE(test_analytics_trial__sums_and_rows_agree, begin),
		CASE(test_analytics_trial__groups_by_segment, begin),
		CASE(test_analytics_trial__ends_at_an_id, begin),
		CASE(test_analytics_trial__leaves_a_warm_up_out, begin),
		CASE(test_analytics_trial__knows_nothing_of_others, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
