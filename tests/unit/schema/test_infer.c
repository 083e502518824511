/* SPDX-License-Identifier: MIT
 *
 * Schemas of data: what they say, and that each row is valid for its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <pv/schema.h>

#include "base/mem.h"
#include "schema/random_schema.h"

enum {
	ROUNDS = 3000,
	MOST_ROWS = 12
};

#define HEAD "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\""

static void infer(pv_buf *out, const char *const *rows, size_t count)
{
	pv_schema_inference *inference = NULL;
	pv_error err = { 0 };

	assert_int_equal(pv_schema_infer_new(&inference, &err), PV_OK);
	for (size_t i = 0; i < count; i++)
		if (pv_schema_infer_add(inference, rows[i], strlen(rows[i]),
					&err) < 0)
			fail_msg("%s: %s", rows[i], err.message);
	assert_int_equal(pv_schema_infer_json(out, inference, &err), PV_OK);
	pv_schema_infer_free(inference);
}

/* --- what is said ------------------------------------------------------------------ */

struct row {
	const char *rows[10];
	const char *schema; /* behind HEAD */
};

static const struct row table[] = {
	{ { NULL }, "}" },
	{ { "1", "2" }, ",\"type\":\"integer\"}" },
	{ { "1", "2.0", "1e3" }, ",\"type\":\"integer\"}" },
	{ { "1", "2.5" }, ",\"type\":\"number\"}" },
	{ { "0.5" }, ",\"type\":\"number\"}" },
	{ { "null", "true" }, ",\"type\":[\"boolean\",\"null\"]}" },
	{ { "\"a\"", "\"b\"" }, ",\"type\":\"string\"}" },
	{ { "\"a\"", "\"b\"", "\"a\"", "\"a\"", "\"b\"", "\"b\"" },
	  ",\"type\":\"string\",\"enum\":[\"a\",\"b\"]}" },
	{ { "\"a\"", "\"a\"", "null", "\"a\"" },
	  ",\"type\":[\"string\",\"null\"]}" },
	{ { "\"a\"", "\"b\"", "\"a\"", "\"b\"", "null", "\"a\"", "\"b\"" },
	  ",\"type\":[\"string\",\"null\"],\"enum\":[\"a\",\"b\",null]}" },
	{ { "\"a\"", "\"a\"", "1", "\"a\"" },
	  ",\"type\":[\"string\",\"integer\"]}" },
	{ { "\"2020-01-01\"", "\"2021-02-28\"" },
	  ",\"type\":\"string\",\"format\":\"date\"}" },
	{ { "\"2020-01-01\"", "\"2021-02-30\"" }, ",\"type\":\"string\"}" },
	{ { "\"2020-01-01T00:00:00Z\"" },
	  ",\"type\":\"string\",\"format\":\"date-time\"}" },
	{ { "\"a@example.com\"" }, ",\"type\":\"string\",\"format\":\"email\"}" },
	{ { "\"https://example.com/\"" },
	  ",\"type\":\"string\",\"format\":\"uri\"}" },
	{ { "\"note: this\"", "\"a:b\"" }, ",\"type\":\"string\"}" },
	{ { "[]" }, ",\"type\":\"array\"}" },
	{ { "[1]", "[]", "[\"a\"]" },
	  ",\"type\":\"array\",\"items\":{\"type\":[\"string\",\"integer\"]}}" },
	{ { "{}" }, ",\"type\":\"object\"}" },
	{ { "{\"a\": 1, \"b\": null}", "{\"b\": 2}" },
	  ",\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},"
	  "\"b\":{\"type\":[\"integer\",\"null\"]}},\"required\":[\"b\"]}" },
	{ { "{}", "{\"a\": 1}" },
	  ",\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}}}" },
	{ { "[{\"a\": {\"b\": [1.5]}}]" },
	  ",\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
	  "\"a\":{\"type\":\"object\",\"properties\":{\"b\":{\"type\":\"array\","
	  "\"items\":{\"type\":\"number\"}}},\"required\":[\"b\"]}},"
	  "\"required\":[\"a\"]}}" },
	{ { "{\"a\\u0000b\": 1}" },
	  ",\"type\":\"object\",\"properties\":{\"a\\u0000b\":{\"type\":"
	  "\"integer\"}},\"required\":[\"a\\u0000b\"]}" },
	{ { "123456789012345678901234567890" }, ",\"type\":\"integer\"}" },
	{ { "null", "true", "1", "1.5", "\"a\"", "[1]", "{\"a\": 1}" }, "}" },
};

static void test_infer__says_what_all_rows_have_in_common(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(table); i++) {
		pv_buf found = { 0 };
		pv_buf want = { 0 };
		size_t count = 0;

		while (count < 10 && table[i].rows[count])
			count++;
		infer(&found, table[i].rows, count);
		pv_buf_printf(&want, "%s%s", HEAD, table[i].schema);
		assert_string_equal(pv_buf_text(&found), pv_buf_text(&want));
		pv_buf_dispose(&found);
		pv_buf_dispose(&want);
	}
}

/* --- random rows ------------------------------------------------------------------- */

static void check_valid(const pv_schema *schema, const char *schema_text,
			const char *row, unsigned seed)
{
	pv_schema_data *data = NULL;
	int valid = 0;

	assert_int_equal(pv_schema_data_new(&data, row, strlen(row), NULL),
			 PV_OK);
	assert_int_equal(pv_schema_validate(&valid, schema, data, NULL, NULL),
			 PV_OK);
	if (!valid)
		fail_msg("seed %u: %s is not valid for %s", seed, row,
			 schema_text);
	pv_schema_data_free(data);
}

static void check_round(unsigned seed)
{
	const pv_schema_options options = { .assert_formats = 1 };
	struct random random = { seed, seed, 0 };
	pv_buf rows[MOST_ROWS] = { { 0 } };
	const char *texts[MOST_ROWS];
	size_t count = 1 + random_below(&random, MOST_ROWS);
	pv_buf plain = { 0 };
	pv_buf found = { 0 };
	pv_schema *schema = NULL;

	plain_schema(&plain, &random, -1);
	for (size_t i = 0; i < count; i++) {
		random_instance(&rows[i], &random, pv_buf_text(&plain));
		texts[i] = pv_buf_text(&rows[i]);
	}
	infer(&found, texts, count);
	if (pv_schema_new(&schema, pv_buf_text(&found), found.len, &options,
			  NULL) < 0)
		fail_msg("seed %u: no schema: %s", seed, pv_buf_text(&found));
	for (size_t i = 0; i < count; i++)
		check_valid(schema, pv_buf_text(&found), texts[i], seed);
	pv_schema_free(schema);
	for (size_t i = 0; i < count; i++)
		pv_buf_dispose(&rows[i]);
	pv_buf_dispose(&found);
	pv_buf_dispose(&plain);
}

static void test_infer__each_row_is_valid(void **state)
{
	unsigned seed = 20260101;

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++)
		check_round(seed + i);
}

static void test_infer__large_and_deep_rows_are_left_open(void **state)
{
	pv_buf row = { 0 };
	pv_buf found = { 0 };
	const char *text;
	pv_schema *schema = NULL;

	(void)state;
	pv_buf_putc(&row, '{');
	for (int i = 0; i < 3000; i++)
		pv_buf_printf(&row, "%s\"k%d\": %d", i ? ", " : "", i, i);
	pv_buf_puts(&row, ", \"deep\": ");
	for (int i = 0; i < 400; i++)
		pv_buf_puts(&row, i & 1 ? "[" : "{\"a\": ");
	pv_buf_puts(&row, "1");
	for (int i = 400; i-- > 0;)
		pv_buf_puts(&row, i & 1 ? "]" : "}");
	pv_buf_putc(&row, '}');
	text = pv_buf_text(&row);
	infer(&found, &text, 1);
	assert_int_equal(pv_schema_new(&schema, pv_buf_text(&found), found.len,
				       NULL, NULL),
			 PV_OK);
	check_valid(schema, "", text, 0);
	pv_schema_free(schema);
	pv_buf_dispose(&row);
	pv_buf_dispose(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_infer__says_what_all_rows_have_in_common),
		cmocka_unit_test(test_infer__each_row_is_valid),
		cmocka_unit_test(test_infer__large_and_deep_rows_are_left_open),
	};

	return cmocka_run_group_tests_name("schema_infer", tests, NULL, NULL);
}
