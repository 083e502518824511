/* SPDX-License-Identifier: MIT
 *
 * Lists by many conditions at once are what a plain look at every row finds:
 * random rows, random queries, and a filter that knows nothing of SQL. A
 * failing run prints its seed; PV_FILTER_SEED repeats it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pv/index.h>

#include "base/clock.h"
#include "base/json.h"
#include "index/place.h"
#include "scratch.h"

enum {
	ROWS = 200,
	QUERIES = 250,
	CONDITIONS = 4
};

static const char start[] = "2026-01-01T00:00:00.000Z";

struct scene {
	char folder[64];
	pv_executions *index;
	char *rows[ROWS]; /* JSON, by time and id */
	unsigned seed;
	unsigned state;
};

static unsigned draw(struct scene *it, unsigned below)
{
	it->state = it->state * 1103515245U + 12345U;
	return (it->state >> 16) % below;
}

/* --- rows ----------------------------------------------------------------- */

static void put_name(struct scene *it, pv_buf *out, const char *field)
{
	if (draw(it, 4))
		pv_buf_printf(out, ",\"%s\":\"v%u\"", field, draw(it, 3));
}

static void put_number(struct scene *it, pv_buf *out, const char *field)
{
	if (draw(it, 4))
		pv_buf_printf(out, ",\"%s\":%u", field, 1 + draw(it, 9));
}

static void make_row(struct scene *it, pv_buf *out, int n)
{
	static const char *const names[] = {
		"version",  "environment", "experiment", "variant", "unit",
		"session",  "parent",      "batch",      "dataset", "framework",
		"provider", "model",       "prompt_id"
	};
	static const char *const numbers[] = { "latency_ms",   "cost_usd",
					       "quality",      "tokens_in",
					       "output_chars", "epoch" };
	static const char *const statuses[] = { "ok", "error", "timeout" };

	/* Several rows of one time; ids are not in the order of making. */
	pv_buf_printf(out,
		      "{\"id\":\"00000000-%04u-7000-8000-%012d\",\"ts\":"
		      "\"2026-01-01T00:00:00.%03dZ\",\"template\":\"t%u\"",
		      draw(it, 10000), n, n / 3, draw(it, 2));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put_name(it, out, names[i]);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		put_number(it, out, numbers[i]);
	if (draw(it, 4))
		pv_buf_printf(out, ",\"status\":\"%s\"", statuses[draw(it, 3)]);
	if (draw(it, 2))
		pv_buf_printf(out, ",\"tags\":[\"v%u\",\"w\"]", draw(it, 3));
	if (draw(it, 2))
		pv_buf_printf(out, ",\"scores\":{\"s\":%u.5}", draw(it, 3));
	if (draw(it, 2))
		pv_buf_printf(out, ",\"metadata\":{\"k.x\":\"v%u\",\"n\":%u}",
			      draw(it, 3), draw(it, 3));
	pv_buf_puts(out, "}");
}

static int keep_row(const pv_execution *row, void *payload)
{
	struct scene *it = payload;
	pv_buf json = { 0 };
	int at = 0;

	while (it->rows[at])
		at++;
	assert_int_equal(pv_execution_json(&json, row, NULL), PV_OK);
	it->rows[at] = strdup(json.ptr);
	pv_buf_dispose(&json);
	return 0;
}

static int begin(void **state)
{
	const char *seed = getenv("PV_FILTER_SEED");
	static const pv_executions_query by_time = { .oldest_first = 1 };
	struct scene *it = calloc(1, sizeof(*it));
	pv_executions_options opts;
	pv_execution *rows[ROWS] = { NULL };
	char path[96];

	if (!it)
		return -1;
	it->seed = seed ? (unsigned)strtoul(seed, NULL, 10)
			: (unsigned)pv_clock_now(NULL);
	it->state = it->seed;
	scratch_path(it->folder, sizeof(it->folder), "pv-filter.XXXXXX");
	if (!mkdtemp(it->folder))
		return -1;
	snprintf(path, sizeof(path), "%s/index.db", it->folder);
	opts = place_of(path);
	assert_int_equal(pv_executions_open(&it->index, &opts, NULL), PV_OK);
	for (int i = 0; i < ROWS; i++) {
		pv_buf json = { 0 };

		make_row(it, &json, i);
		assert_int_equal(pv_execution_parse(&rows[i], json.ptr,
						    json.len, NULL),
				 PV_OK);
		pv_buf_dispose(&json);
	}
	assert_int_equal(pv_executions_record(NULL, it->index, rows, ROWS, NULL),
			 PV_OK);
	for (int i = 0; i < ROWS; i++)
		pv_execution_free(rows[i]);
	assert_int_equal(pv_executions_list(it->index, &by_time, keep_row, it,
					    NULL),
			 PV_OK);
	*state = it;
	return 0;
}

static int end(void **state)
{
	struct scene *it = *state;

	pv_executions_free(it->index);
	for (int i = 0; i < ROWS; i++)
		free(it->rows[i]);
	scratch_remove(it->folder);
	free(it);
	return 0;
}

/* --- queries -------------------------------------------------------------- */

struct asked {
	pv_executions_query query;
	pv_executions_match matches[CONDITIONS];
	char values[CONDITIONS][16];
	char after[64];
};

/* Fields that rows have, and how their values are drawn. */
static const struct {
	const char *field;
	char kind; /* name, number, choice */
} fields[] = {
	{ "version", 'v' },     { "environment", 'v' },
	{ "experiment", 'v' },  { "variant", 'v' },
	{ "unit", 'v' },        { "session", 'v' },
	{ "parent", 'v' },      { "batch", 'v' },
	{ "dataset", 'v' },     { "framework", 'v' },
	{ "provider", 'v' },    { "model", 'v' },
	{ "prompt_id", 'v' },   { "latency_ms", 'n' },
	{ "cost_usd", 'n' },    { "quality", 'n' },
	{ "tokens_in", 'n' },   { "output_chars", 'n' },
	{ "epoch", 'n' },       { "scores.s", 'n' },
	{ "tags", 'v' },        { "metadata.k.x", 'v' },
	{ "metadata.n", '=' },  { "status", 's' },
	{ "success", 'b' },     { "scores.other", 'n' },
	{ "metadata.no", 'v' },
};

static void draw_match(struct scene *it, struct asked *asked, size_t at)
{
	static const char *const statuses[] = { "ok", "error", "timeout" };
	size_t field = draw(it, sizeof(fields) / sizeof(fields[0]));
	pv_executions_match *match = &asked->matches[at];
	char *value = asked->values[at];
	char kind = fields[field].kind;
	size_t size = sizeof(asked->values[at]);

	match->field = fields[field].field;
	match->value = value;
	match->how = PV_EXECUTIONS_IS;
	if (kind == 'v') {
		snprintf(value, size, "v%u", draw(it, 4));
	} else if (kind == 's') {
		snprintf(value, size, "%s", statuses[draw(it, 3)]);
	} else if (kind == 'b') {
		snprintf(value, size, "%s", draw(it, 2) ? "true" : "false");
	} else if (kind == '=') {
		snprintf(value, size, "%u", draw(it, 4));
	} else {
		match->how = (enum pv_executions_how)draw(it, 3);
		snprintf(value, size, "%u", 1 + draw(it, 9));
	}
}

static void draw_query(struct scene *it, struct asked *asked)
{
	int64_t base = 0;

	memset(asked, 0, sizeof(*asked));
	assert_int_equal(pv_time_parse(&base, start, NULL), PV_OK);
	asked->query.matches = asked->matches;
	asked->query.match_count = draw(it, CONDITIONS);
	for (size_t i = 0; i < asked->query.match_count; i++)
		draw_match(it, asked, i);
	asked->query.oldest_first = (int)draw(it, 2);
	if (!draw(it, 3))
		asked->query.limit = 1 + draw(it, 20);
	if (!draw(it, 3))
		asked->query.since = base + 1000 * (int64_t)draw(it, 60);
	if (!draw(it, 3))
		asked->query.until = base + 1000 * (int64_t)draw(it, 90);
	if (!draw(it, 3)) {
		const char *row = it->rows[draw(it, ROWS)];

		snprintf(asked->after, sizeof(asked->after), "%.36s",
			 row + strlen("{\"id\":\""));
		asked->query.after = asked->after;
	}
}

/* --- the plain look ------------------------------------------------------- */

/* The value of a condition's field, or NULL. */
static const pv_json *value_of(const pv_json *row, const char *field)
{
	if (strncmp(field, "metadata.", 9) == 0)
		return pv_json_get(pv_json_get(row, "metadata"), field + 9);
	if (strncmp(field, "scores.", 7) == 0)
		return pv_json_get(pv_json_get(row, "scores"), field + 7);
	return pv_json_get(row, field);
}

static int has_tag(const pv_json *tags, const char *tag)
{
	for (size_t i = 0; i < pv_json_count(tags); i++)
		if (strcmp(pv_json_text(pv_json_at(tags, i), NULL), tag) == 0)
			return 1;
	return 0;
}

static int fits(const pv_json *row, const pv_executions_match *match)
{
	const pv_json *value = value_of(row, match->field);
	const char *text = pv_json_text(value, NULL);
	double wanted = strtod(match->value, NULL);

	if (pv_json_type_of(value) == PV_JSON_ARRAY)
		return has_tag(value, match->value);
	if (pv_json_type_of(value) == PV_JSON_BOOL)
		return pv_json_is_true(value) ==
		       (strcmp(match->value, "true") == 0);
	if (text)
		return strcmp(text, match->value) == 0;
	if (pv_json_type_of(value) != PV_JSON_INT &&
	    pv_json_type_of(value) != PV_JSON_REAL)
		return 0;
	if (match->how == PV_EXECUTIONS_AT_LEAST)
		return pv_json_real(value, 0) >= wanted;
	if (match->how == PV_EXECUTIONS_AT_MOST)
		return pv_json_real(value, 0) <= wanted;
	return pv_json_real(value, 0) == wanted;
}

static int is_in_time(const pv_json *row, const pv_executions_query *query)
{
	int64_t time = 0;

	pv_time_parse(&time, pv_json_text(pv_json_get(row, "ts"), NULL), NULL);
	return (!query->since || time >= query->since) &&
	       (!query->until || time < query->until);
}

static int is_wanted(const char *text, const pv_executions_query *query)
{
	pv_json_doc *doc = NULL;
	const pv_json *row;
	int fit;

	assert_int_equal(pv_json_parse(&doc, text, strlen(text), NULL), PV_OK);
	row = pv_json_root(doc);
	fit = is_in_time(row, query);
	for (size_t i = 0; i < query->match_count; i++)
		fit = fit && fits(row, &query->matches[i]);
	pv_json_free(doc);
	return fit;
}

static void look(pv_buf *out, struct scene *it, const pv_executions_query *query)
{
	int is_behind = !query->after;
	size_t count = 0;

	for (int i = 0; i < ROWS; i++) {
		const char *row =
			it->rows[query->oldest_first ? i : ROWS - 1 - i];

		if (query->limit && count == query->limit)
			break;
		if (is_behind && is_wanted(row, query)) {
			pv_buf_printf(out, "%.36s\n", row + strlen("{\"id\":\""));
			count++;
		}
		if (query->after && strstr(row, query->after))
			is_behind = 1;
	}
}

/* --- the test ------------------------------------------------------------- */

static int put_id(const pv_execution *row, void *payload)
{
	pv_buf_printf(payload, "%s\n", pv_execution_text(row, "id"));
	return 0;
}

static void fail_query(const struct scene *it, const struct asked *asked)
{
	print_error("PV_FILTER_SEED=%u\n", it->seed);
	for (size_t i = 0; i < asked->query.match_count; i++)
		print_error("%s how %d %s\n", asked->matches[i].field,
			    (int)asked->matches[i].how, asked->values[i]);
}

static void test_index_filter__finds_what_a_plain_look_finds(void **state)
{
	struct scene *it = *state;
	size_t found = 0;

	for (int i = 0; i < QUERIES; i++) {
		struct asked asked;
		pv_buf got = { 0 };
		pv_buf want = { 0 };
		pv_error err = { 0 };

		draw_query(it, &asked);
		if (pv_executions_list(it->index, &asked.query, put_id, &got,
				       &err) < 0)
			fail_msg("%s", err.message);
		look(&want, it, &asked.query);
		if (strcmp(pv_buf_text(&got), pv_buf_text(&want)) != 0)
			fail_query(it, &asked);
		assert_string_equal(pv_buf_text(&got), pv_buf_text(&want));
		found += got.len;
		pv_buf_dispose(&got);
		pv_buf_dispose(&want);
	}
	assert_true(found > 0);
}

static void expect_refused(struct scene *it, const char *field,
			   const char *value, enum pv_executions_how how)
{
	const pv_executions_match match = { field, value, how };
	const pv_executions_query query = { .matches = &match, .match_count = 1 };
	pv_buf got = { 0 };

	assert_int_equal(pv_executions_list(it->index, &query, put_id, &got, NULL),
			 PV_EINVALID);
	pv_buf_dispose(&got);
}

static void test_index_filter__refuses_what_cannot_be_compared(void **state)
{
	struct scene *it = *state;

	expect_refused(it, "output", "x", PV_EXECUTIONS_IS);
	expect_refused(it, "metadata", "{}", PV_EXECUTIONS_IS);
	expect_refused(it, "metadata.", "x", PV_EXECUTIONS_IS);
	expect_refused(it, "metadata.k", "1", PV_EXECUTIONS_AT_LEAST);
	expect_refused(it, "scores", "1", PV_EXECUTIONS_IS);
	expect_refused(it, "scores.s", "x", PV_EXECUTIONS_AT_MOST);
	expect_refused(it, "model.x", "x", PV_EXECUTIONS_IS);
	expect_refused(it, "model", "x", PV_EXECUTIONS_AT_LEAST);
	expect_refused(it, "ts", "2026-01-01T00:00:00Z", PV_EXECUTIONS_AT_LEAST);
	expect_refused(it, "latency_ms", "fast", PV_EXECUTIONS_AT_MOST);
	expect_refused(it, "", "x", PV_EXECUTIONS_IS);
	expect_refused(it, "nothing", "x", PV_EXECUTIONS_IS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index_filter__finds_what_a_plain_look_finds),
		cmocka_unit_test(
			test_index_filter__refuses_what_cannot_be_compared),
	};

	return cmocka_run_group_tests_name("index_filter", tests, begin, end);
}
