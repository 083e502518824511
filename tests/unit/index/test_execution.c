/* SPDX-License-Identifier: MIT
 *
 * Executions as JSON: units, limits, what follows from what, and that what
 * was written reads back as the same.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <pv/index.h>

#include "base/json.h"
#include "index/execution.h"

static pv_execution *parse(const char *json)
{
	pv_execution *row = NULL;
	pv_error err = { 0 };

	if (pv_execution_parse(&row, json, strlen(json), &err) < 0)
		fail_msg("%s: %s", json, err.message);
	return row;
}

static void expect_refused(const char *json, const char *message)
{
	pv_execution *row = NULL;
	pv_error err = { 0 };
	int rc = pv_execution_parse(&row, json, strlen(json), &err);

	if (rc == PV_OK)
		rc = pv_execution_complete(row, 1, &err);
	pv_execution_free(row);
	assert_int_equal(rc, PV_EINVALID);
	if (!strstr(err.message, message))
		fail_msg("%s: \"%s\" lacks \"%s\"", json, err.message, message);
}

static void text_of(pv_buf *out, const pv_execution *row)
{
	pv_buf_clear(out);
	assert_int_equal(pv_execution_json(out, row, NULL), PV_OK);
}

/* The raw JSON text of one member of what is written for `json`. */
static void expect_member(const char *json, const char *key, const char *want)
{
	pv_execution *row = parse(json);
	char member[300];
	pv_buf text = { 0 };

	assert_int_equal(pv_execution_complete(row, 1700000000123000, NULL),
			 PV_OK);
	text_of(&text, row);
	snprintf(member, sizeof(member), "\"%s\":%s", key, want);
	if (!strstr(text.ptr, member))
		fail_msg("%s: no %s in %s", json, member, text.ptr);
	pv_buf_dispose(&text);
	pv_execution_free(row);
}

#define P "{\"prompt_id\":\"a\","

static void test_index_execution__converts_units_exactly(void **state)
{
	static const struct {
		const char *text;
		int scale;
		int64_t want;
		int is_exact;
	} rows[] = {
		{ "0.1", 12, 100000000000, 1 },
		{ "12", 3, 12000, 1 },
		{ "1e3", 3, 1000000, 1 },
		{ "1.5e-3", 3, 2, 0 }, /* 0.0015 ms: ties go up */
		{ "0.00034500000000000004", 12, 345000000, 0 },
		{ "0.0000000000004", 12, 0, 0 },
		{ "-0.0005", 3, -1, 0 },
		{ "0", 12, 0, 1 },
		{ "0e999", 12, 0, 1 },
		{ "1e-999", 3, 0, 0 },
		{ "9e15", 3, 9000000000000000000, 1 },
		{ "000.50", 1, 5, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t got = -7;
		int is_exact = -1;

		assert_int_equal(pv_scaled_parse(&got, &is_exact,
						 pv_str_of(rows[i].text),
						 rows[i].scale),
				 PV_OK);
		if (got != rows[i].want || is_exact != rows[i].is_exact)
			fail_msg("%s: %lld, %d", rows[i].text, (long long)got,
				 is_exact);
	}
}

static void test_index_execution__refuses_what_no_int64_holds(void **state)
{
	static const char *const texts[] = { "1e30", "9223372036854775807000",
					     "1e999999", "9e16" };
	int64_t got;
	int is_exact;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pv_scaled_parse(&got, &is_exact,
						 pv_str_of(texts[i]), 3),
				 PV_ELIMIT);
}

static void test_index_execution__writes_units(void **state)
{
	(void)state;
	expect_member(P "\"latency_ms\":12}", "latency_ms", "12,");
	expect_member(P "\"latency_ms\":12.340}", "latency_ms", "12.34,");
	expect_member(P "\"latency_ms\":0.0014}", "latency_ms", "0.001,");
	expect_member(P "\"cost_usd\":0.000012}", "cost_usd", "0.000012,");
	expect_member(P "\"cost_usd\":1e-12}", "cost_usd", "0.000000000001,");
	expect_member(P "\"quality\":8.5}", "quality", "8.5,");
	expect_member(P "\"tokens_in\":1e2}", "tokens_in", "100,");
	expect_member(P "\"ts\":\"2026-11-20T11:00:00.123456+01:00\"}", "ts",
		      "\"2026-11-20T10:00:00.123456Z\"");
	expect_member(P "\"ts\":\"2026-11-20T10:00:00Z\"}", "ts",
		      "\"2026-11-20T10:00:00.000Z\"");
}

static void test_index_execution__derives_what_follows(void **state)
{
	(void)state;
	expect_member(P "\"success\":true}", "status", "\"ok\"");
	expect_member(P "\"success\":false}", "status", "\"error\"");
	expect_member(P "\"status\":\"timeout\"}", "success", "false");
	expect_member(P "\"status\":\"ok\"}", "success", "true");
	expect_member(P "\"error_type\":\"E\"}", "status", "\"error\"");
	expect_member(P "\"cost_usd\":1}", "success", "null");
	expect_member(P "\"tokens_in\":1,\"tokens_out\":2}", "tokens", "3,");
	expect_member(P "\"tokens_in\":1}", "tokens", "null");
	expect_member(P "\"tokens\":9}", "tokens_in", "null");
	expect_member(P "\"output\":\"h\\u00e9\"}", "output_chars", "2,");
	expect_member(P "\"tags\":[\"b\",\"a\",\"b\"]}", "tags", "[\"a\",\"b\"]");
	expect_member(P "\"cost_usd\":1}", "ts", "\"2023-11-14T22:13:20.123Z\"");
}

static void test_index_execution__refuses_what_cannot_be(void **state)
{
	(void)state;
	expect_refused("{}", "says nothing of what was run");
	expect_refused("[]", "must be an object");
	expect_refused("{\"prompt_id\":\"a\"", "bad JSON");
	expect_refused(P "\"id\":\"x\"}", "\"id\" must be a UUID of version 7");
	expect_refused(P "\"id\":\"018f0000-0000-4000-8000-000000000000\"}",
		       "version 7");
	expect_refused(P "\"quality\":0.9}", "\"quality\" must be from 1 to 10");
	expect_refused(P "\"quality\":10.001}", "from 1 to 10");
	expect_refused(P "\"latency_ms\":-1}", "\"latency_ms\" must be from 0");
	expect_refused(P "\"cost_usd\":\"1\"}", "\"cost_usd\" must be a number");
	expect_refused(P "\"tokens_in\":1.5}", "must be a whole number");
	expect_refused(P "\"status\":\"good\"}", "one of ok, error, timeout");
	expect_refused(P "\"success\":1}", "must be true or false");
	expect_refused(P "\"success\":true,\"status\":\"error\"}", "contradict");
	expect_refused(P "\"ts\":\"1969-12-31T23:59:59Z\"}", "1970 to 9999");
	expect_refused(P "\"ts\":\"yesterday\"}", "not an RFC 3339 time");
	expect_refused(P "\"commit\":\"abc\"}", "40 hex digits");
	expect_refused(P "\"scores\":{\"a\":\"b\"}}", "\"a\" must be a number");
	expect_refused(P "\"tags\":[1]}", "texts of 1 to 200 bytes");
	expect_refused(P "\"metadata\":[]}", "\"metadata\" must be an object");
	expect_refused(P "\"model\":\"a\\u0000\"}", "NUL byte");
	expect_refused("{\"prompt_id\":\"\"}", "must not be empty");
	expect_refused(P "\"odd\":1,\"metadata\":{\"odd\":2}}", "too");
}

static void test_index_execution__keeps_unknown_keys(void **state)
{
	pv_execution *row = parse(P "\"x\":[1.10,null],\"metadata\":{\"m\":1},"
				    "\"y\":null}");

	(void)state;
	assert_string_equal(pv_execution_text(row, "metadata"),
			    "{\"m\":1,\"x\":[1.10,null],\"y\":null}");
	assert_string_equal(pv_execution_unknown(row, 0), "x");
	assert_string_equal(pv_execution_unknown(row, 1), "y");
	assert_null(pv_execution_unknown(row, 2));
	assert_int_equal(pv_execution_mentions(row, "metadata"), 1);
	assert_int_equal(pv_execution_mentions(row, "commit"), 0);
	pv_execution_free(row);
}

static void test_index_execution__reads_back_the_same(void **state)
{
	pv_execution *row = parse(
		"{\"rendered\":[{\"role\":\"user\",\"content\":\"\\u00e9\\n\"}],"
		"\"output\":\"a\\u0000b\",\"input\":{\"x\":1.10},\"ts\":"
		"\"2026-01-01T00:00:00.000001Z\",\"scores\":{\"r\":0.25},"
		"\"cost_usd\":0.1,\"odd\":1e400}");
	pv_execution *again;
	pv_buf first = { 0 };
	pv_buf second = { 0 };

	(void)state;
	assert_int_equal(pv_execution_complete(row, 0, NULL), PV_OK);
	text_of(&first, row);
	again = parse(first.ptr);
	assert_int_equal(pv_execution_complete(again, 0, NULL), PV_OK);
	text_of(&second, again);
	assert_string_equal(first.ptr, second.ptr);
	pv_buf_dispose(&first);
	pv_buf_dispose(&second);
	pv_execution_free(row);
	pv_execution_free(again);
}

static void test_index_execution__derives_ids(void **state)
{
	static const char json[] =
		P "\"ts\":\"2026-01-01T00:00:00Z\",\"cost_usd\":1}";
	pv_execution *one = parse(json);
	pv_execution *two = parse(json);
	pv_execution *three = parse(P "\"ts\":\"2026-01-01T00:00:00Z\"}");
	unsigned char bytes[PV_UUID_BYTES];

	(void)state;
	assert_int_equal(pv_execution_complete(one, 5, NULL), PV_OK);
	assert_int_equal(pv_execution_complete(two, 6, NULL), PV_OK);
	assert_int_equal(pv_execution_complete(three, 6, NULL), PV_OK);
	assert_string_equal(pv_execution_text(one, "id"),
			    pv_execution_text(two, "id"));
	assert_string_not_equal(pv_execution_text(one, "id"),
				pv_execution_text(three, "id"));
	assert_int_equal(pv_uuid_parse(bytes,
				       pv_str_of(pv_execution_text(one, "id"))),
			 0);
	assert_int_equal(pv_uuid_time(bytes), 1767225600000000);
	pv_execution_free(one);
	pv_execution_free(two);
	pv_execution_free(three);
}

static void test_index_execution__salts_ids(void **state)
{
	static const char json[] = P "\"ts\":\"2026-01-01T00:00:00Z\"}";
	static const char *const salts[] = { "", "one", "two", "one" };
	pv_execution *rows[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		rows[i] = parse(json);
		assert_int_equal(pv_execution_complete_salted(rows[i], 0, salts[i],
							      strlen(salts[i]),
							      NULL),
				 PV_OK);
	}
	for (int i = 0; i < 3; i++)
		assert_string_not_equal(pv_execution_text(rows[i], "id"),
					pv_execution_text(rows[(i + 1) % 3],
							  "id"));
	assert_string_equal(pv_execution_text(rows[1], "id"),
			    pv_execution_text(rows[3], "id"));
	for (int i = 0; i < 4; i++)
		pv_execution_free(rows[i]);
}

static void test_index_execution__draws_ids_for_what_happens_now(void **state)
{
	pv_execution *one = parse("{\"template\":\"t\"}");
	pv_execution *two = parse("{\"template\":\"t\"}");

	(void)state;
	assert_int_equal(pv_execution_complete(one, 5000, NULL), PV_OK);
	assert_int_equal(pv_execution_complete(two, 5000, NULL), PV_OK);
	assert_string_not_equal(pv_execution_text(one, "id"),
				pv_execution_text(two, "id"));
	pv_execution_free(one);
	pv_execution_free(two);
}

static void test_index_execution__takes_the_time_of_an_id(void **state)
{
	(void)state;
	expect_member(P "\"id\":\"019A0000-0000-7000-8000-00000000000A\"}",
		      "id", "\"019a0000-0000-7000-8000-00000000000a\"");
	expect_member(P "\"id\":\"019a0000-0000-7000-8000-00000000000a\"}",
		      "ts", "\"2025-10-20T05:03:11.360Z\"");
}

static void test_index_execution__sets_fields_from_text(void **state)
{
	pv_execution *row = NULL;
	pv_error err = { 0 };

	(void)state;
	assert_int_equal(pv_execution_new(&row, NULL), PV_OK);
	assert_int_equal(pv_execution_set(row, "latency_ms", "1.5", 3, NULL), 0);
	assert_int_equal(row->values[PV_FIELD_LATENCY_MS].number, 1500);
	assert_int_equal(pv_execution_set(row, "output", "{}", 2, NULL), 0);
	assert_string_equal(pv_execution_text(row, "output"), "{}");
	assert_int_equal(row->values[PV_FIELD_OUTPUT].is_json, 0);
	assert_int_equal(pv_execution_set(row, "success", "true", 4, NULL), 0);
	assert_int_equal(pv_execution_set(row, "success", "yes", 3, NULL),
			 PV_EINVALID);
	assert_int_equal(pv_execution_set(row, "scores", "{\"a\":1}", 7, NULL),
			 0);
	assert_int_equal(pv_execution_set(row, "nope", "", 0, &err),
			 PV_ENOTFOUND);
	assert_int_equal(pv_execution_set(row, "model", "\xFF", 1, &err),
			 PV_EINVALID);
	assert_int_equal(pv_execution_set_json(row, "scores", "null", 4, NULL),
			 0);
	assert_int_equal(pv_execution_has(row, "scores"), 0);
	pv_execution_drop_content(row);
	assert_int_equal(pv_execution_has(row, "output"), 0);
	assert_int_equal(pv_execution_has(row, "latency_ms"), 1);
	pv_execution_free(row);
}

static void test_index_execution__forgets_what_followed_from_before(void **state)
{
	static const char line[] =
		P "\"id\":\"019a0000-0000-7000-8000-00000000000a\","
		  "\"model\":\"a\",\"status\":\"ok\",\"output\":\"x\"}";
	pv_execution *row = NULL;
	pv_buf text = { 0 };
	pv_str before;
	pv_str after;

	(void)state;
	assert_int_equal(pv_execution_parse(&row, line, sizeof(line) - 1, NULL),
			 PV_OK);
	assert_int_equal(pv_execution_prepare(row, NULL), PV_OK);
	assert_int_equal(pv_execution_dim_key(&before, &text, row, NULL), PV_OK);
	assert_int_equal(row->uuid[PV_UUID_BYTES - 1], 0x0A);
	assert_non_null(row->values[PV_FIELD_OUTPUT].sha256);
	assert_int_equal(pv_execution_set(row, "model", "b", 1, NULL), PV_OK);
	assert_int_equal(pv_execution_dim_key(&after, &text, row, NULL), PV_OK);
	assert_false(pv_str_eq(before, after));
	pv_buf_dispose(&text);
	assert_int_equal(pv_execution_prepare(row, NULL), PV_OK);
	assert_int_equal(pv_execution_set(row, "id",
					  "019a0000-0000-7000-8000-00000000000b",
					  36, NULL),
			 PV_OK);
	assert_int_equal(pv_execution_prepare(row, NULL), PV_OK);
	assert_int_equal(row->uuid[PV_UUID_BYTES - 1], 0x0B);
	/* A contradiction that came later is met, too. */
	assert_int_equal(pv_execution_set(row, "success", "false", 5, NULL),
			 PV_OK);
	assert_int_equal(pv_execution_prepare(row, NULL), PV_EINVALID);
	assert_int_equal(pv_execution_set_json(row, "success", "null", 4, NULL),
			 PV_OK);
	assert_int_equal(pv_execution_prepare(row, NULL), PV_OK);
	pv_execution_drop_content(row);
	assert_int_equal(row->is_complete, 0);
	pv_execution_free(row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index_execution__converts_units_exactly),
		cmocka_unit_test(test_index_execution__refuses_what_no_int64_holds),
		cmocka_unit_test(test_index_execution__writes_units),
		cmocka_unit_test(test_index_execution__derives_what_follows),
		cmocka_unit_test(test_index_execution__refuses_what_cannot_be),
		cmocka_unit_test(test_index_execution__keeps_unknown_keys),
		cmocka_unit_test(test_index_execution__reads_back_the_same),
		cmocka_unit_test(test_index_execution__derives_ids),
		cmocka_unit_test(test_index_execution__salts_ids),
		cmocka_unit_test(
			test_index_execution__draws_ids_for_what_happens_now),
		cmocka_unit_test(test_index_execution__takes_the_time_of_an_id),
		cmocka_unit_test(test_index_execution__sets_fields_from_text),
		cmocka_unit_test(
			test_index_execution__forgets_what_followed_from_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
