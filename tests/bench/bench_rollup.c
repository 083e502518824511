/* SPDX-License-Identifier: MIT
 *
 * Figures of very many executions, from rollups and by a scan of the rows.
 *
 *     bench_rollup fill|experiment DB COUNT
 *                                       records rows of 90 days without texts,
 *                                       those of an experiment "tone" if asked
 *                                       to; rows per second
 *     bench_rollup performance|compare|trends DB
 *                                       milliseconds, with opening the index
 *     bench_rollup scan|units DB        the same sums by SQL, milliseconds;
 *                                       those that an experiment needs
 *     bench_rollup percentile DB        p95 from rollups, and from the rows
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <pv/analytics.h>
#include <sqlite3.h>

#include "index/execution.h"

enum {
	DAYS = 90,
	GROUP = 5000
};

static const int64_t day_us = INT64_C(86400000000);

static void die(const char *what, const char *detail)
{
	fprintf(stderr, "bench_rollup: %s %s\n", what, detail);
	exit(128);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* --- rows ----------------------------------------------------------------- */

static void set(pv_execution *row, const char *field, const char *text)
{
	pv_error err = { 0 };

	if (pv_execution_set(row, field, text, strlen(text), &err) < 0)
		die(field, err.message);
}

static uint64_t draw(uint64_t *seed, uint64_t limit)
{
	*seed = *seed * UINT64_C(6364136223846793005) +
		UINT64_C(1442695040888963407);
	return (*seed >> 33) % limit;
}

static pv_execution *make_row(long at, long count, uint64_t *seed)
{
	static const char *const versions[] = { "1.0.0", "1.1.0", "1.2.0",
						"2.0.0" };
	static const char *const models[] = { "small", "middle", "large" };
	static const char *const places[] = { "production", "staging" };
	pv_execution *row = NULL;
	int64_t step = DAYS * day_us / count;
	int64_t ts = (int64_t)time(NULL) * 1000000 - (count - at) * step;

	if (pv_execution_new(&row, NULL) < 0)
		die("no memory", "");
	set(row, "prompt_id", "support/triage");
	set(row, "version", versions[draw(seed, 4)]);
	set(row, "model", models[draw(seed, 3)]);
	set(row, "environment", places[draw(seed, 8) == 0]);
	set(row, "success", draw(seed, 50) ? "true" : "false");
	pv_execution_put_number(row, PV_FIELD_TS, ts);
	pv_execution_put_number(row, PV_FIELD_LATENCY_MS,
				100000 + (int64_t)draw(seed, 3000000));
	pv_execution_put_number(row, PV_FIELD_TOKENS_IN,
				(int64_t)draw(seed, 2000));
	pv_execution_put_number(row, PV_FIELD_TOKENS_OUT,
				(int64_t)draw(seed, 500));
	pv_execution_put_number(row, PV_FIELD_COST_USD,
				(int64_t)draw(seed, 10000) * 1000000);
	return row;
}

/* One of five executions of a user, who has one of two variants. */
static void make_trial(pv_execution *row, long at, uint64_t *seed)
{
	long user = at / 5;
	int is_new = (int)((uint64_t)user * UINT64_C(0x9e3779b97f4a7c15) >> 63);
	char name[32];

	snprintf(name, sizeof(name), "user-%ld", user);
	set(row, "experiment", "tone");
	set(row, "variant", is_new ? "concise" : "control");
	set(row, "unit", name);
	pv_execution_put_number(row, PV_FIELD_EPOCH, 1);
	pv_execution_put_number(row, PV_FIELD_QUALITY,
				5000 + (int64_t)draw(seed, 4000) + 10 * is_new);
}

static pv_executions *open_index(const char *path, int is_read_only)
{
	const pv_executions_options opts = { .path = path,
					     .is_read_only = is_read_only };
	pv_executions *index = NULL;
	pv_error err = { 0 };

	if (pv_executions_open(&index, &opts, &err) < 0)
		die(path, err.message);
	return index;
}

static void fill(const char *path, long count, int is_trial)
{
	static pv_execution *rows[GROUP];
	pv_executions *index = open_index(path, 0);
	uint64_t seed = 1;
	double start = now();
	pv_error err = { 0 };

	for (long at = 0; at < count;) {
		size_t n = 0;

		for (; n < GROUP && at < count; at++) {
			rows[n] = make_row(at, count, &seed);
			if (is_trial)
				make_trial(rows[n], at, &seed);
			n++;
		}
		if (pv_executions_record(NULL, index, rows, n, &err) < 0)
			die("record:", err.message);
		while (n)
			pv_execution_free(rows[--n]);
	}
	printf("%.0f\n", (double)count / (now() - start));
	pv_executions_free(index);
}

/* --- questions ------------------------------------------------------------ */

static pv_usages *ask(const char *path, const char *by)
{
	static const pv_executions_match match = { .field = "prompt_id",
						   .value = "support/triage" };
	const pv_usage_query query = { .matches = &match,
				       .match_count = 1,
				       .by = by,
				       .since = (int64_t)time(NULL) * 1000000 -
						DAYS * day_us };
	pv_executions *index = open_index(path, 1);
	pv_usages *usages = NULL;
	pv_error err = { 0 };

	if (pv_usages_read(&usages, index, &query, &err) < 0)
		die("read:", err.message);
	pv_executions_free(index);
	return usages;
}

static void follow(const pv_usages *usages)
{
	static double x[1000];
	static double y[1000];
	size_t n = pv_usages_count(usages);
	pv_course course;

	for (size_t i = 0; i < n; i++) {
		x[i] = (double)i;
		y[i] = pv_usages_at(usages, i)->latency_ms.mean;
	}
	if (pv_course_find(&course, x, y, n, NULL) < 0)
		die("no trend", "");
}

static void time_question(const char *path, const char *what)
{
	double start = now();
	const char *by = strcmp(what, "compare") == 0  ? "version"
			 : strcmp(what, "trends") == 0 ? "day"
						       : NULL;
	pv_usages *usages = ask(path, by);

	if (strcmp(what, "trends") == 0)
		follow(usages);
	if (strcmp(what, "compare") == 0)
		(void)pv_contrast_means(&pv_usages_at(usages, 0)->latency_ms,
					&pv_usages_at(usages, 1)->latency_ms,
					0.95);
	printf("%.3f\n", (now() - start) * 1000);
	pv_usages_free(usages);
}

/* --- by SQL --------------------------------------------------------------- */

static double run_sql(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	double last = 0;

	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		die("sql:", sqlite3_errmsg(db));
	while (sqlite3_step(statement) == SQLITE_ROW)
		last = sqlite3_column_double(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return last;
}

static void scan(const char *path)
{
	double start = now();

	run_sql(path, "SELECT d.version, count(*), sum(e.status = 1), "
		      "avg(e.latency_us), max(e.latency_us), sum(e.cost_pusd), "
		      "sum(e.tokens), max(e.ts_us) FROM execution e JOIN dim d "
		      "USING (project_id, dim_id) WHERE e.project_id = 1 AND "
		      "d.prompt_id = 'support/triage' AND e.ts_us >= 0 "
		      "GROUP BY d.version");
	printf("%.3f\n", (now() - start) * 1000);
}

/* What a mean over users and its error need, of one metric. */
static void scan_units(const char *path)
{
	double start = now();

	run_sql(path, "SELECT variant, count(*), sum(x), sum(x * x), sum(y), "
		      "sum(y * y), sum(x * y) FROM (SELECT d.variant, "
		      "sum(e.quality_m / 1000.0) AS x, count(e.quality_m) AS y "
		      "FROM execution e JOIN dim d USING (project_id, dim_id) "
		      "WHERE e.project_id = 1 AND d.experiment = 'tone' "
		      "GROUP BY d.variant, e.unit) GROUP BY variant");
	printf("%.3f\n", (now() - start) * 1000);
}

static void percentile(const char *path)
{
	pv_usages *usages = ask(path, NULL);
	double exact =
		run_sql(path,
			"SELECT latency_us / 1000.0 FROM execution "
			"ORDER BY latency_us LIMIT 1 OFFSET "
			"(SELECT (count(*) - 1) * 95 / 100 FROM execution)");

	printf("%.3f %.3f\n", pv_usages_total(usages)->latency_ms.p95, exact);
	pv_usages_free(usages);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		die("usage: fill|experiment|performance|compare|trends|scan|"
		    "units|percentile",
		    "DB [COUNT]");
	if (argc > 3)
		fill(argv[2], strtol(argv[3], NULL, 10),
		     strcmp(argv[1], "experiment") == 0);
	else if (strcmp(argv[1], "scan") == 0)
		scan(argv[2]);
	else if (strcmp(argv[1], "units") == 0)
		scan_units(argv[2]);
	else if (strcmp(argv[1], "percentile") == 0)
		percentile(argv[2]);
	else
		time_question(argv[2], argv[1]);
	return 0;
}
