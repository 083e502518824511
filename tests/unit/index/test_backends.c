/* SPDX-License-Identifier: MIT
 *
 * Two indexes given the same rows and changes answer the same, byte for byte:
 * one in a file, and one in PostgreSQL when tests/postgres.sh runs this, else
 * in a second file. Of searches the sets of hits are compared. A failing run
 * prints its seed; PV_BACKENDS_SEED repeats it.
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
#include "base/str.h"
#include "index/place.h"
#include "scratch.h"

enum {
	ROWS = 120,
	SEARCHES = 300
};

struct scene {
	char folder[64];
	pv_executions *both[2];
	unsigned seed;
	unsigned state;
};

static unsigned draw(struct scene *it, unsigned below)
{
	it->state = it->state * 1103515245U + 12345U;
	return (it->state >> 16) % below;
}

/* --- rows ----------------------------------------------------------------- */

/* Words that meet, nearly meet, and that tokenizers differ about. */
static const char *const words[] = { "refund",
				     "Refunds",
				     "money-back",
				     "it's",
				     "na\xC3\xAFve",
				     "naive",
				     "\xC3\x89T\xC3\x89",
				     "ete",
				     "42",
				     "3.14",
				     "a_b",
				     "foo@bar.example",
				     "\xE6\x97\xA5\xE6\x9C\xAC",
				     "\xD0\x9C\xD0\xB8\xD1\x80",
				     "C++",
				     "x",
				     "\xF0\x9F\x98\x80",
				     "the",
				     "order",
				     "back" };

enum {
	WORDS = sizeof(words) / sizeof(words[0])
};

static void put_words(struct scene *it, pv_buf *out, unsigned most)
{
	unsigned count = 1 + draw(it, most);

	for (unsigned i = 0; i < count; i++)
		pv_buf_printf(out, "%s%s", i ? " " : "", words[draw(it, WORDS)]);
}

static void put_text(struct scene *it, pv_buf *out, const char *field)
{
	if (!draw(it, 4))
		return;
	pv_buf_printf(out, ",\"%s\":\"", field);
	put_words(it, out, 12);
	/* A NUL byte, which no column of PostgreSQL's texts can have. */
	pv_buf_printf(out, "%s\"", draw(it, 6) ? "" : " \\u0000\\\\ end");
}

static void make_row(struct scene *it, pv_buf *out, int n)
{
	static const char *const statuses[] = { "ok", "error", "timeout" };

	pv_buf_printf(out,
		      "{\"id\":\"019a%04x-%04u-7000-8000-%012d\",\"ts\":"
		      "\"20%02u-%02u-%02uT10:00:00.%03uZ\",\"prompt_id\":\"p%u\"",
		      draw(it, 0x1000), draw(it, 10000), n, 20 + draw(it, 8),
		      1 + draw(it, 12), 1 + draw(it, 28), draw(it, 1000),
		      draw(it, 3));
	put_text(it, out, "output");
	put_text(it, out, "input");
	if (draw(it, 3)) {
		pv_buf_puts(out, ",\"rendered\":[{\"role\":\"user\","
				 "\"content\":\"");
		put_words(it, out, 20);
		pv_buf_puts(out, "\"}]");
	}
	pv_buf_printf(out,
		      ",\"status\":\"%s\",\"latency_ms\":%u.5,\"quality\":%u,"
		      "\"tags\":[\"%s\",\"t%u\"],\"metadata\":{\"k\":%u},"
		      "\"session\":\"s%u\",\"scores\":{\"s\":0.%u}",
		      statuses[draw(it, 3)], draw(it, 5000), 1 + draw(it, 10),
		      words[draw(it, WORDS)], draw(it, 3), draw(it, 3),
		      draw(it, 5), draw(it, 10));
	pv_buf_printf(out, "%s,\"model\":\"m%u\"}",
		      draw(it, 3) ? "" : ",\"error_type\":\"Odd\"", draw(it, 2));
}

static int add_rows(struct scene *it)
{
	pv_execution *rows[ROWS] = { NULL };
	pv_error err = { 0 };

	for (int i = 0; i < ROWS; i++) {
		pv_buf json = { 0 };

		make_row(it, &json, i);
		if (pv_execution_parse(&rows[i], json.ptr, json.len, &err) < 0)
			fail_msg("%s: %s", json.ptr, err.message);
		pv_buf_dispose(&json);
	}
	for (int k = 0; k < 2; k++) {
		size_t added = 0;

		/* One by one and together, some of them twice. */
		for (int i = 0; i < 20; i++)
			assert_int_equal(pv_executions_record(NULL, it->both[k],
							      &rows[i], 1, &err),
					 PV_OK);
		if (pv_executions_record(&added, it->both[k], rows, ROWS, &err) <
		    0)
			fail_msg("%s", err.message);
		assert_int_equal(added, ROWS - 20);
	}
	for (int i = 0; i < ROWS; i++)
		pv_execution_free(rows[i]);
	return 0;
}

static int begin(void **state)
{
	const char *seed = getenv("PV_BACKENDS_SEED");
	struct scene *it = calloc(1, sizeof(*it));
	pv_error err = { 0 };

	if (!it)
		return -1;
	it->seed = seed ? (unsigned)strtoul(seed, NULL, 10)
			: (unsigned)pv_clock_now(NULL);
	it->state = it->seed;
	scratch_path(it->folder, sizeof(it->folder), "pv-backends.XXXXXX");
	if (!mkdtemp(it->folder))
		return -1;
	for (int k = 0; k < 2; k++) {
		char path[96];
		pv_executions_options opts;

		snprintf(path, sizeof(path), "%s/%d.db", it->folder, k);
		opts = place_of(path);
		if (!k)
			opts.path = path;
		if (pv_executions_open(&it->both[k], &opts, &err) < 0)
			fail_msg("%s", err.message);
	}
	print_message("seed %u\n", it->seed);
	*state = it;
	return add_rows(it);
}

static int end(void **state)
{
	struct scene *it = *state;

	pv_executions_free(it->both[0]);
	pv_executions_free(it->both[1]);
	scratch_remove(it->folder);
	free(it);
	return 0;
}

/* --- what both answer ----------------------------------------------------- */

static int put_row(const pv_execution *row, void *payload)
{
	pv_error err = { 0 };

	if (pv_execution_json(payload, row, &err) < 0)
		fail_msg("%s", err.message);
	pv_buf_putc(payload, '\n');
	return 0;
}

static void expect_same_rows(struct scene *it, const pv_executions_query *query)
{
	pv_buf texts[2] = { { 0 }, { 0 } };
	pv_error err = { 0 };

	for (int k = 0; k < 2; k++)
		if (pv_executions_list(it->both[k], query, put_row, &texts[k],
				       &err) < 0)
			fail_msg("%s", err.message);
	assert_string_equal(pv_buf_text(&texts[1]), pv_buf_text(&texts[0]));
	pv_buf_dispose(&texts[0]);
	pv_buf_dispose(&texts[1]);
}

static void test_index_backends__give_the_same_rows(void **state)
{
	const pv_executions_match match = { "metadata.k", "1", PV_EXECUTIONS_IS };
	pv_executions_query query = { .limit = 7 };
	struct scene *it = *state;

	expect_same_rows(it, NULL);
	query.oldest_first = 1;
	expect_same_rows(it, &query);
	query.matches = &match;
	query.match_count = 1;
	expect_same_rows(it, &query);
}

struct hits {
	pv_strlist ids;
	int without_snippet;
};

static int add_hit(const pv_executions_hit *hit, void *payload)
{
	struct hits *hits = payload;

	hits->without_snippet += !strchr(hit->snippet, 2);
	return pv_strlist_add(&hits->ids, pv_execution_text(hit->row, "id"),
			      NULL);
}

static void put_hits(pv_buf *out, pv_executions *index, const char *text,
		     int is_other)
{
	const pv_executions_search search = { .text = text };
	pv_executions_found found;
	struct hits hits = { .without_snippet = 0 };
	pv_error err = { 0 };
	int rc = pv_executions_search_texts(&found, index, &search, add_hit,
					    &hits, &err);

	pv_strlist_sort(&hits.ids);
	pv_buf_printf(out, "%d %s %zu\n", rc, err.message, found.pending);
	if (is_other)
		assert_int_equal(hits.without_snippet, 0);
	for (size_t i = 0; i < hits.ids.count; i++)
		pv_buf_printf(out, "%s\n", hits.ids.items[i]);
	pv_strlist_dispose(&hits.ids);
}

static void put_term(struct scene *it, pv_buf *out)
{
	static const char *const fields[] = {
		"", "", "", "prompt:", "input:", "output:", "tags:"
	};
	const char *word = words[draw(it, WORDS)];

	pv_buf_puts(out, fields[draw(it, 7)]);
	switch (draw(it, 4)) {
	case 0:
		pv_buf_putc(out, '"');
		put_words(it, out, 3);
		pv_buf_puts(out, draw(it, 3) ? "\"" : "\"*");
		break;
	case 1:
		/* The first letter only; of those of one byte. */
		pv_buf_printf(out, "%c*",
			      (unsigned char)*word < 0x80 ? *word : 'r');
		break;
	default:
		pv_buf_puts(out, word);
	}
}

static void put_search(struct scene *it, pv_buf *out, int depth)
{
	static const char *const between[] = { " ", " AND ", " OR ", " NOT ",
					       " -" };
	unsigned count = 1 + draw(it, 3);

	for (unsigned i = 0; i < count; i++) {
		if (i)
			pv_buf_puts(out, between[draw(it, 5)]);
		if (depth < 2 && !draw(it, 4)) {
			pv_buf_putc(out, '(');
			put_search(it, out, depth + 1);
			pv_buf_putc(out, ')');
		} else {
			put_term(it, out);
		}
	}
}

static void expect_same_hits(struct scene *it, const char *text)
{
	pv_buf hits[2] = { { 0 }, { 0 } };

	for (int k = 0; k < 2; k++)
		put_hits(&hits[k], it->both[k], text, k && place_postgres());
	if (strcmp(pv_buf_text(&hits[0]), pv_buf_text(&hits[1])) != 0)
		print_message("seed %u: %s\n", it->seed, text);
	assert_string_equal(pv_buf_text(&hits[1]), pv_buf_text(&hits[0]));
	pv_buf_dispose(&hits[0]);
	pv_buf_dispose(&hits[1]);
}

static void drain(struct scene *it)
{
	for (int k = 0; k < 2; k++) {
		size_t left = 1;
		pv_error err = { 0 };

		if (pv_executions_drain(&left, it->both[k], 0, &err) < 0)
			fail_msg("%s", err.message);
		assert_int_equal(left, 0);
	}
}

static void test_index_backends__find_the_same(void **state)
{
	struct scene *it = *state;

	expect_same_hits(it, "refund");
	drain(it);
	expect_same_hits(it, "refund");
	for (int i = 0; i < SEARCHES; i++) {
		pv_buf text = { 0 };

		put_search(it, &text, 0);
		expect_same_hits(it, pv_buf_text(&text));
		pv_buf_dispose(&text);
	}
}

/* A text whose words are more, and longer, than a tsvector holds. */
static void test_index_backends__find_in_long_texts(void **state)
{
	struct scene *it = *state;
	pv_execution *row = NULL;
	pv_buf text = { 0 };

	for (int i = 0; i < 150000; i++)
		pv_buf_printf(&text, "long%d ", i);
	for (int i = 0; i < 3000; i++)
		pv_buf_putc(&text, 'z');
	pv_buf_puts(&text, "one last");
	assert_int_equal(pv_execution_new(&row, NULL), PV_OK);
	assert_int_equal(pv_execution_set(row, "output", text.ptr, text.len, NULL),
			 PV_OK);
	assert_int_equal(pv_execution_set(row, "template", "t", 1, NULL), PV_OK);
	for (int k = 0; k < 2; k++)
		assert_int_equal(pv_executions_record(NULL, it->both[k], &row,
						      1, NULL),
				 PV_OK);
	drain(it);
	expect_same_hits(it, "long149999");
	expect_same_hits(it, "\"long149998 long149999\"");
	expect_same_hits(it, "last -refund");
	expect_same_hits(it, "zzzzzzzz*");
	expect_same_hits(it, "refund -last");
	pv_execution_free(row);
	pv_buf_dispose(&text);
}

static int retag(pv_execution *row, void *payload, pv_error *err)
{
	const char *tags = payload;

	return pv_execution_set_json(row, "tags", tags, strlen(tags), err);
}

/* The ids of some rows. */
static int take_id(const pv_execution *row, void *payload)
{
	return pv_strlist_add(payload, pv_execution_text(row, "id"), NULL);
}

static void test_index_backends__change_the_same(void **state)
{
	static char tags[] = "[\"fresh\",\"x\"]";
	const pv_executions_match match = { "tags", "fresh", PV_EXECUTIONS_IS };
	pv_executions_query query = { .limit = 10 };
	struct scene *it = *state;
	pv_strlist ids = { 0 };

	assert_int_equal(pv_executions_list(it->both[0], &query, take_id, &ids,
					    NULL),
			 PV_OK);
	for (size_t i = 0; i < ids.count; i++)
		for (int k = 0; k < 2; k++)
			assert_int_equal(pv_executions_amend(it->both[k],
							     ids.items[i],
							     retag, tags, NULL),
					 PV_OK);
	pv_strlist_dispose(&ids);
	query.matches = &match;
	query.match_count = 1;
	expect_same_rows(it, &query);
	expect_same_hits(it, "tags:fresh");
	drain(it);
	expect_same_hits(it, "tags:fresh");
	expect_same_hits(it, "tags:t1");
}

static void expect_same_removal(struct scene *it,
				const pv_executions_query *query,
				enum pv_executions_part part, int is_dry_run)
{
	const pv_executions_removal opts = { part, is_dry_run };
	pv_executions_removed removed[2];
	pv_error err = { 0 };

	for (int k = 0; k < 2; k++)
		if (pv_executions_remove(&removed[k], it->both[k], query, &opts,
					 &err) < 0)
			fail_msg("%s", err.message);
	assert_int_equal(removed[1].rows, removed[0].rows);
	assert_int_equal(removed[1].texts, removed[0].texts);
	assert_true(removed[0].rows > 0);
}

static void expect_sound(struct scene *it)
{
	pv_executions_rollups found[2];
	pv_error err = { 0 };

	for (int k = 0; k < 2; k++)
		if (pv_executions_check_rollups(&found[k], it->both[k], 0,
						&err) < 0)
			fail_msg("%s", err.message);
	assert_int_equal(found[1].wrong, 0);
	assert_int_equal(found[1].compared, found[0].compared);
	assert_int_equal(found[1].partial, found[0].partial);
}

static void test_index_backends__remove_the_same(void **state)
{
	const pv_executions_match session = { "session", "s1", PV_EXECUTIONS_IS };
	const pv_executions_match k = { "metadata.k", "2", PV_EXECUTIONS_IS };
	pv_executions_query query = { .limit = 15 };
	struct scene *it = *state;

	expect_sound(it);
	expect_same_removal(it, &query, PV_EXECUTIONS_TEXTS, 1);
	expect_same_removal(it, &query, PV_EXECUTIONS_TEXTS, 0);
	expect_same_hits(it, "refund");
	drain(it);
	expect_same_hits(it, "refund OR tags:refund OR order");
	query.limit = 10;
	expect_same_removal(it, &query, PV_EXECUTIONS_ROWS, 0);
	expect_sound(it);
	query.limit = 0;
	query.match_count = 1;
	query.matches = &session;
	expect_same_removal(it, &query, PV_EXECUTIONS_TRACES, 0);
	expect_sound(it);
	query.matches = &k;
	expect_same_removal(it, &query, PV_EXECUTIONS_TRACES, 1);
	expect_same_removal(it, &query, PV_EXECUTIONS_TRACES, 0);
	expect_sound(it);
	expect_same_rows(it, NULL);
	drain(it);
	expect_same_hits(it, "refund OR the OR x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index_backends__give_the_same_rows),
		cmocka_unit_test(test_index_backends__find_the_same),
		cmocka_unit_test(test_index_backends__find_in_long_texts),
		cmocka_unit_test(test_index_backends__change_the_same),
		cmocka_unit_test(test_index_backends__remove_the_same),
	};

	return cmocka_run_group_tests_name("index_backends", tests, begin, end);
}
