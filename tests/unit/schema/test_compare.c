/* SPDX-License-Identifier: MIT
 *
 * Comparing schemas: a table of pairs, and random pairs whose answers random
 * instances must not contradict. PV_COMPARE_COUNT asks for more pairs,
 * PV_COMPARE_SEED repeats a run; a failing one prints its seed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <pv/schema.h>

#include "base/file.h"
#include "base/mem.h"
#include "schema/random_schema.h"

enum {
	PAIRS = 20000,
	INSTANCES = 24,
	WORST_MS = 2000 /* only a loop takes so long, whatever the machine does */
};

static pv_schema *compile(const char *json)
{
	const pv_schema_options options = { .assert_formats = 1 };
	pv_schema *schema = NULL;
	pv_error err = { 0 };

	if (pv_schema_new(&schema, json, strlen(json), &options, &err) < 0)
		fail_msg("%s: %s", json, err.message);
	return schema;
}

static int is_valid(const pv_schema *schema, const char *json)
{
	pv_schema_data *data = NULL;
	int valid = -1;

	if (pv_schema_data_new(&data, json, strlen(json), NULL) < 0)
		fail_msg("no JSON: %s", json);
	if (pv_schema_validate(&valid, schema, data, NULL, NULL) < 0)
		valid = -1;
	pv_schema_data_free(data);
	return valid;
}

/* --- the table --------------------------------------------------------------------- */

/* tests/data/schema-compare.tsv: answer, side, old, new, part of the reason. */
/* 1 when the answer is another one. */
static int check_row(char *line, int number)
{
	char *field[5] = { line, NULL, NULL, NULL, NULL };
	pv_schema_comparison found = { 0 };
	enum pv_schema_side side;
	pv_schema *old_schema;
	pv_schema *new_schema;
	int is_wrong;

	for (int i = 1; i < 5; i++) {
		char *tab = strchr(field[i - 1], '\t');

		if (!tab)
			fail_msg("line %d has %d fields", number, i);
		*tab = '\0';
		field[i] = tab + 1;
	}
	side = strcmp(field[1], "in") ? PV_SCHEMA_OUTPUT : PV_SCHEMA_INPUT;
	old_schema = compile(field[2]);
	new_schema = compile(field[3]);
	assert_int_equal(pv_schema_compare(&found, old_schema, new_schema, side,
					   NULL),
			 PV_OK);
	is_wrong = strcmp(pv_schema_answer_name(found.answer), field[0]) != 0 ||
		   (*field[4] && !strstr(pv_buf_text(&found.reason), field[4]));
	if (is_wrong)
		print_error("line %d: %s: %s (%s)\n", number,
			    pv_schema_answer_name(found.answer),
			    pv_buf_text(&found.reason),
			    pv_buf_text(&found.witness));
	pv_schema_comparison_dispose(&found);
	pv_schema_free(old_schema);
	pv_schema_free(new_schema);
	return is_wrong;
}

static void test_compare__answers_as_the_table_says(void **state)
{
	pv_buf text = { 0 };
	int number = 0;
	int wrong = 0;

	(void)state;
	assert_int_equal(pv_file_read(&text, PV_TEST_DATA "/schema-compare.tsv",
				      NULL),
			 PV_OK);
	for (char *line = text.ptr; line && *line;) {
		char *end = strchr(line, '\n');

		if (end)
			*end++ = '\0';
		number++;
		if (*line && *line != '#')
			wrong += check_row(line, number);
		line = end;
	}
	assert_true(number > 250);
	assert_int_equal(wrong, 0);
	pv_buf_dispose(&text);
}

/* --- random pairs ------------------------------------------------------------------ */

struct tally {
	size_t answers[3];
	size_t edits;
	size_t unknown_edits;
	double worst_ms;
};

static double now_ms(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* A random instance that one schema accepts and the other refuses. */
static void contradict(struct random *random, const char *from_text,
		       const pv_schema *from, const pv_schema *to,
		       const char *to_text)
{
	for (int i = 0; i < INSTANCES; i++) {
		pv_buf instance = { 0 };

		random_instance(&instance, random, i & 1 ? from_text : to_text);
		if (is_valid(from, pv_buf_text(&instance)) == 1 &&
		    is_valid(to, pv_buf_text(&instance)) == 0)
			fail_msg("PV_COMPARE_SEED=%u: compatible, but\n%s\n%s\n%s",
				 random->seed, from_text, to_text,
				 pv_buf_text(&instance));
		pv_buf_dispose(&instance);
	}
}

static void check_pair(struct tally *tally, struct random *random, int is_edit,
		       const pv_buf *texts)
{
	enum pv_schema_side side =
		random_below(random, 2) ? PV_SCHEMA_OUTPUT : PV_SCHEMA_INPUT;
	const char *a = pv_buf_text(&texts[side == PV_SCHEMA_OUTPUT]);
	const char *b = pv_buf_text(&texts[side != PV_SCHEMA_OUTPUT]);
	pv_schema *from = compile(a);
	pv_schema *to = compile(b);
	pv_schema_comparison found = { 0 };
	double start = now_ms();
	int rc = side == PV_SCHEMA_OUTPUT
			 ? pv_schema_compare(&found, to, from, side, NULL)
			 : pv_schema_compare(&found, from, to, side, NULL);
	double took = now_ms() - start;

	if (rc < 0)
		fail_msg("%d from\n%s\n%s", rc, a, b);
	if (took > WORST_MS)
		fail_msg("PV_COMPARE_SEED=%u: %.0f ms for\n%s\n%s",
			 random->seed, took, a, b);
	if (took > 30 && getenv("PV_COMPARE_SHOW"))
		printf("%.0f ms: %s  %s\n", took, a, b);
	if (took > tally->worst_ms)
		tally->worst_ms = took;
	if (found.answer == PV_SCHEMA_COMPATIBLE)
		contradict(random, a, from, to, b);
	if (found.answer == PV_SCHEMA_BREAKING &&
	    (is_valid(from, pv_buf_text(&found.witness)) != 1 ||
	     is_valid(to, pv_buf_text(&found.witness)) != 0 ||
	     !found.reason.len || !found.schema_path.len))
		fail_msg("PV_COMPARE_SEED=%u: breaking, but\n%s\n%s\n%s",
			 random->seed, a, b, pv_buf_text(&found.witness));
	tally->answers[found.answer]++;
	tally->edits += (size_t)is_edit;
	tally->unknown_edits += is_edit && found.answer == PV_SCHEMA_UNKNOWN;
	if (found.answer == PV_SCHEMA_UNKNOWN && getenv("PV_COMPARE_SHOW"))
		printf("unknown: %s  %s  (%s at %s)\n", a, b,
		       pv_buf_text(&found.reason),
		       pv_buf_text(&found.schema_path));
	pv_schema_comparison_dispose(&found);
	pv_schema_free(from);
	pv_schema_free(to);
}

static unsigned number_of(const char *name, unsigned fallback)
{
	const char *text = getenv(name);

	return text ? (unsigned)strtoul(text, NULL, 10) : fallback;
}

static void test_compare__random_instances_do_not_contradict(void **state)
{
	unsigned count = number_of("PV_COMPARE_COUNT", PAIRS);
	unsigned seed = number_of("PV_COMPARE_SEED", 20260101);
	struct tally tally = { { 0 }, 0, 0, 0 };

	(void)state;
	for (unsigned i = 0; i < count; i++) {
		struct random random = { seed + i, seed + i, 0 };
		pv_buf texts[2] = { { 0 }, { 0 } };
		enum pair_kind kind = (enum pair_kind)(i % PAIR_KINDS);

		random_pair(texts, &random, kind);
		check_pair(&tally, &random, kind == PAIR_EDIT, texts);
		pv_buf_dispose(&texts[0]);
		pv_buf_dispose(&texts[1]);
	}
	printf("[ compare  ] seed %u: %zu compatible, %zu breaking, %zu unknown; "
	       "of %zu edits %zu unknown; slowest %.1f ms\n",
	       seed, tally.answers[PV_SCHEMA_COMPATIBLE],
	       tally.answers[PV_SCHEMA_BREAKING],
	       tally.answers[PV_SCHEMA_UNKNOWN], tally.edits,
	       tally.unknown_edits, tally.worst_ms);
	/* Few are left open: a bump for no reason is a nuisance, too. */
	if (count >= 1000)
		assert_true(tally.unknown_edits * 20 < tally.edits);
}

/* --- work without end ------------------------------------------------------------ */

enum {
	BRANCHES = 20000
};

/* A schema of many branches: `format` with the number of each, plus `more`. */
static pv_schema *many(const char *keyword, const char *format, int more)
{
	pv_buf text = { 0 };
	pv_schema *schema;

	pv_buf_printf(&text, "{\"%s\": ", keyword);
	for (int i = 0; i < BRANCHES; i++) {
		pv_buf_printf(&text, "%s{\"%s\": %d}", i ? ", " : "[", format,
			      i + more);
	}
	pv_buf_puts(&text, "]}");
	schema = compile(pv_buf_text(&text));
	pv_buf_dispose(&text);
	return schema;
}

/* Each took from 2 to 60 s; a loop in it, and the test is not over today. */
static void test_compare__ends_where_there_are_many_branches(void **state)
{
	static const struct {
		const char *keyword;
		const char *rule;
	} rows[] = { { "allOf", "minimum" },
		     { "anyOf", "minimum" },
		     { "oneOf", "const" },
		     { "oneOf", "maxLength" } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pv_schema *before = many(rows[i].keyword, rows[i].rule, 0);
		pv_schema *after = many(rows[i].keyword, rows[i].rule, 1);
		pv_schema_comparison found = { 0 };

		assert_int_equal(pv_schema_compare(&found, before, after,
						   PV_SCHEMA_INPUT, NULL),
				 PV_OK);
		assert_int_not_equal(found.answer, PV_SCHEMA_COMPATIBLE);
		pv_schema_comparison_dispose(&found);
		pv_schema_free(before);
		pv_schema_free(after);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compare__ends_where_there_are_many_branches),
		cmocka_unit_test(test_compare__answers_as_the_table_says),
		cmocka_unit_test(test_compare__random_instances_do_not_contradict),
	};

	return cmocka_run_group_tests_name("schema_compare", tests, NULL, NULL);
}
