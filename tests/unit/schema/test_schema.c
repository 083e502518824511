/* SPDX-License-Identifier: MIT
 *
 * What compiling and validating say: findings with their places, schemas that
 * are none, and limits. Which data are valid is the test suite's to say, see
 * tests/ship/schemas.sh.
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

/* Documents that schemas of these tests refer to. */
static int load(pv_buf *out, const char *uri, void *payload, pv_error *err)
{
	(void)payload;
	if (strcmp(uri, "http://example.org/schemas/queue.json") != 0)
		return PV_ENOTFOUND;
	pv_buf_puts(out, "{\"enum\": [\"billing\", \"tech\"]}");
	return pv_buf_status(out, err);
}

static const pv_schema_options options = {
	.assert_formats = 1,
	.uri = "http://example.org/schemas/prompt.json",
	.load = load,
};

static pv_schema *schema_of(const char *json)
{
	pv_schema *schema = NULL;
	pv_error err = { 0 };

	if (pv_schema_new(&schema, json, strlen(json), &options, &err) < 0)
		fail_msg("%s: %s", json, err.message);
	return schema;
}

/* "instance schema keyword: message", a line each. */
static void findings_of(pv_buf *out, const char *json, const char *text)
{
	pv_schema *schema = schema_of(json);
	pv_schema_data *data = NULL;
	pv_schema_result *result = NULL;
	int quick = -1;
	int valid = -1;

	assert_int_equal(pv_schema_data_new(&data, text, strlen(text), NULL),
			 PV_OK);
	assert_int_equal(pv_schema_result_new(&result, NULL), PV_OK);
	assert_int_equal(pv_schema_validate(&quick, schema, data, NULL, NULL),
			 PV_OK);
	assert_int_equal(pv_schema_validate(&valid, schema, data, result, NULL),
			 PV_OK);
	assert_int_equal(valid, quick);
	assert_int_equal(valid, pv_schema_result_count(result) == 0);
	for (size_t i = 0; i < pv_schema_result_count(result); i++) {
		const pv_schema_finding *finding = pv_schema_result_at(result, i);

		pv_buf_printf(out, "%s%s %s %s: %s", i ? "\n" : "",
			      finding->instance_path, finding->schema_path,
			      finding->keyword, finding->message);
	}
	pv_schema_result_free(result);
	pv_schema_data_free(data);
	pv_schema_free(schema);
}

/* Places leave out the URI that each of them begins with. */
static const struct {
	const char *schema;
	const char *data;
	const char *want;
} findings[] = {
	{ "{\"type\": \"object\"}", "{}", "" },
	{ "{\"type\": \"object\"}", "3",
	  " #/type type: the value must be an object, not an integer" },
	{ "{\"type\": [\"string\", \"number\", \"null\"]}", "[]",
	  " #/type type: the value must be a number, a string or null, not "
	  "an array" },
	{ "{\"properties\": {\"queue\": {\"enum\": [\"billing\", \"tech\"]}}}",
	  "{\"queue\": \"sales\"}",
	  "/queue #/properties/queue/enum enum: `queue` must be one of "
	  "billing, tech" },
	{ "{\"properties\": {\"a/b\": {\"items\": {\"const\": \"x y\"}}}}",
	  "{\"a/b\": [\"x y\", 1]}",
	  "/a~1b/1 #/properties/a~1b/items/const const: `a/b[1]` must be "
	  "\"x y\"" },
	{ "{\"required\": [\"a\", \"b\"]}", "{\"b\": 1}",
	  " #/required required: `a` is missing" },
	{ "{\"dependentRequired\": {\"a\": [\"b\"]}}", "{\"a\": 1}",
	  " #/dependentRequired dependentRequired: `b` is missing, where "
	  "`a` is given" },
	{ "{\"minimum\": 0.5, \"multipleOf\": 2}", "-3",
	  " #/minimum minimum: the value must be at least 0.5\n"
	  " #/multipleOf multipleOf: the value must be a multiple of 2" },
	{ "{\"maxLength\": 2, \"pattern\": \"^a\", \"format\": \"date\"}",
	  "\"öäü\"",
	  " #/maxLength maxLength: the value must have at most 2 "
	  "characters, not 3\n"
	  " #/pattern pattern: the value must match /^a/\n"
	  " #/format format: the value must be of the format \"date\"" },
	{ "{\"items\": false}", "[1]",
	  "/0 #/items items: `[0]` must not be there" },
	{ "{\"additionalProperties\": false}", "{\"a\": {}}",
	  "/a #/additionalProperties additionalProperties: `a` must not be there" },
	{ "{\"uniqueItems\": true}", "[1, {\"a\": 1, \"b\": 2}, 1.0]",
	  " #/uniqueItems uniqueItems: the value must have no equal "
	  "elements, as 0 and 2 are" },
	{ "{\"not\": {\"type\": \"null\"}}", "null",
	  " #/not not: the value must not be as the schema of `not` says" },
	{ "{\"anyOf\": [{\"required\": [\"x\", \"y\"]}, "
	  "{\"required\": [\"z\"]}]}",
	  "{}",
	  " #/anyOf anyOf: the value must be as one of the 2 schemas of "
	  "`anyOf` says\n"
	  " #/anyOf/1/required required: `z` is missing" },
	{ "{\"oneOf\": [true, {}, false]}", "1",
	  " #/oneOf oneOf: the value must be as just one schema of `oneOf` "
	  "says, not as both 0 and 1" },
	{ "{\"$ref\": \"#/$defs/n\", \"$defs\": {\"n\": {\"type\": \"null\"}}}",
	  "1",
	  " http://example.org/schemas/prompt.json#/$defs/n/type type: "
	  "the value must be null, not an integer" },
	{ "{\"$ref\": \"queue.json\"}", "1",
	  " http://example.org/schemas/queue.json#/enum enum: the value "
	  "must be one of billing, tech" },
	{ "{\"properties\": {\"a\": true}, \"unevaluatedProperties\": false}",
	  "{\"a\": 1, \"b\": 2}",
	  "/b #/unevaluatedProperties unevaluatedProperties: `b` must not be there" },
	{ "{\"exclusiveMinimum\": 3}", "3",
	  " #/exclusiveMinimum exclusiveMinimum: the value must be above 3" },
	{ "{\"maximum\": 3}", "4",
	  " #/maximum maximum: the value must be at most 3" },
	{ "{\"exclusiveMaximum\": 3}", "3",
	  " #/exclusiveMaximum exclusiveMaximum: the value must be below 3" },
	{ "{\"minLength\": 2}", "\"a\"",
	  " #/minLength minLength: the value must have at least 2 characters, not 1" },
	{ "{\"minItems\": 1}", "[]",
	  " #/minItems minItems: the value must have at least 1 element, not 0" },
	{ "{\"maxItems\": 1}", "[1, 2]",
	  " #/maxItems maxItems: the value must have at most 1 element, not 2" },
	{ "{\"minProperties\": 2}", "{\"a\": 1}",
	  " #/minProperties minProperties: the value must have at least 2 members, not 1" },
	{ "{\"maxProperties\": 0}", "{\"a\": 1}",
	  " #/maxProperties maxProperties: the value must have at most 0 members, not 1" },
	{ "{\"contains\": {\"const\": 1}}", "[2]",
	  " #/contains contains: the value must have at least 1 element that `contains` describes, not 0" },
	{ "{\"contains\": {\"const\": 1}, \"minContains\": 2}", "[1]",
	  " #/minContains minContains: the value must have at least 2 elements that `contains` describes, not 1" },
	{ "{\"contains\": {\"const\": 1}, \"maxContains\": 1}", "[1, 1]",
	  " #/maxContains maxContains: the value must have at most 1 element that `contains` describes, not 2" },
	{ "{\"prefixItems\": [{\"type\": \"null\"}], \"items\": {\"type\": \"string\"}}",
	  "[1, 2]",
	  "/0 #/prefixItems/0/type type: `[0]` must be null, not an integer\n/1 #/items/type type: `[1]` must be a string, not an integer" },
	{ "{\"prefixItems\": [true], \"unevaluatedItems\": false}", "[1, 2]",
	  "/1 #/unevaluatedItems unevaluatedItems: `[1]` must not be there" },
	{ "{\"patternProperties\": {\"^x-\": {\"type\": \"boolean\"}}}",
	  "{\"x-a\": 1}",
	  "/x-a #/patternProperties/^x-/type type: `x-a` must be a boolean, not an integer" },
	{ "{\"propertyNames\": {\"maxLength\": 1}}", "{\"ab\": 1}",
	  "/ab #/propertyNames/maxLength maxLength: `ab` must have at most 1 character, not 2" },
	{ "{\"dependentSchemas\": {\"a\": {\"required\": [\"b\"]}}}", "{\"a\": 1}",
	  " #/dependentSchemas/a/required required: `b` is missing" },
	{ "{\"allOf\": [{\"minimum\": 2}, {\"type\": \"string\"}]}", "1",
	  " #/allOf/0/minimum minimum: the value must be at least 2\n #/allOf/1/type type: the value must be a string, not an integer" },
	{ "{\"if\": {\"minimum\": 1}, \"then\": {\"multipleOf\": 2}, \"else\": false}",
	  "3",
	  " #/then/multipleOf multipleOf: the value must be a multiple of 2" },
	{ "{\"if\": {\"minimum\": 1}, \"else\": false}", "0",
	  " #/else else: the value must not be there" },
	{ "{\"enum\": [1]}", "2", " #/enum enum: the value must be 1" },
	{ "{\"enum\": []}", "2", " #/enum enum: the value must not be there" },
	{ "false", "2", " # false: the value must not be there" },
};

static void test_schema__findings_name_their_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(findings); i++) {
		static const char base[] =
			"http://example.org/schemas/prompt.json#";
		pv_buf got = { 0 };
		pv_buf want = { 0 };
		const char *at = findings[i].want;

		for (; *at; at++) {
			if (at[0] == ' ' && at[1] == '#') {
				pv_buf_printf(&want, " %s", base);
				at++;
			} else {
				pv_buf_putc(&want, *at);
			}
		}
		findings_of(&got, findings[i].schema, findings[i].data);
		assert_string_equal(pv_buf_text(&got), pv_buf_text(&want));
		pv_buf_dispose(&got);
		pv_buf_dispose(&want);
	}
}

/* Numbers so near to a bound that no double tells them apart, and others. */
static const struct {
	const char *schema;
	const char *right[4];
	const char *wrong[4];
} bounds[] = {
	{ "{\"minimum\": 3}",
	  { "3", "3.0000000000000000001", "1e30" },
	  { "2.9999999999999999999", "2", "-1e30", "-1e400" } },
	{ "{\"exclusiveMinimum\": 3}",
	  { "3.0000000000000000001", "4", "1e400" },
	  { "3", "3.0", "2.9999999999999999999" } },
	{ "{\"maximum\": -3}",
	  { "-3", "-3.0000000000000000001", "-1e30" },
	  { "-2.9999999999999999999", "-2", "1e30", "0.5" } },
	{ "{\"exclusiveMaximum\": 0}",
	  { "-1e-400", "-1e-300", "-1", "-0.5" },
	  { "0", "1e-400", "-0.0", "0.5" } },
	{ "{\"minimum\": 9223372036854775807}",
	  { "9223372036854775807", "9223372036854775808" },
	  { "9223372036854775806", "9223372036854775806.5" } },
	{ "{\"exclusiveMinimum\": 9223372036854775807}",
	  { "9223372036854775808", "9223372036854775807.5" },
	  { "9223372036854775807" } },
	{ "{\"minimum\": -9223372036854775808}",
	  { "-9223372036854775808", "0.5" },
	  { "-9223372036854775809", "-9223372036854775808.5" } },
	{ "{\"minimum\": 0.5, \"maximum\": 9}",
	  { "1", "0.5", "9", "8.5" },
	  { "0", "0.25", "10", "9.0000000000000000001" } },
	{ "{\"minimum\": 5, \"maximum\": 4}", { NULL }, { "4", "5", "4.5" } },
	{ "{\"minimum\": 1, \"multipleOf\": 2}",
	  { "2", "4.0" },
	  { "1", "3", "2.5", "0" } },
};

static void test_schema__bounds_are_exact(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(bounds); i++)
		for (size_t j = 0; j < 4; j++) {
			const char *right = bounds[i].right[j];
			const char *wrong = bounds[i].wrong[j];
			pv_buf got = { 0 };

			if (right)
				findings_of(&got, bounds[i].schema, right);
			if (got.len)
				fail_msg("%s: %s", right, got.ptr);
			if (wrong)
				findings_of(&got, bounds[i].schema, wrong);
			if (wrong && !got.len)
				fail_msg("%s: %s", bounds[i].schema, wrong);
			pv_buf_dispose(&got);
		}
}

/* Keys in another order, missing ones, unknown ones, long ones, none. */
static void test_schema__keys_are_found_in_any_order(void **state)
{
	static const char schema[] =
		"{\"properties\": {\"a\": {\"const\": 1}, \"b\": {\"const\": 2}, "
		"\"a longer key\": {\"const\": 3}, \"c\": {}}, "
		"\"required\": [\"z\", \"a\", \"\"], "
		"\"additionalProperties\": false}";
	static const struct {
		const char *data;
		const char *want;
	} rows[] = {
		{ "{\"a\": 1, \"b\": 2}", "z  " },
		{ "{\"a longer key\": 3, \"c\": [], \"b\": 2, \"a\": 1}", "z  " },
		{ "{\"a\": 1, \"a longer kez\": 3}", "a longer kez z  " },
		{ "{\"c\": 1, \"\": 1}", " a z " },
		{ "{\"b\": 1, \"z\": 1, \"a\": 2}", "b z a  " },
		{ "{}", "a z  " },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		pv_buf got = { 0 };
		pv_buf names = { 0 };
		const char *at;

		findings_of(&got, schema, rows[i].data);
		for (at = pv_buf_text(&got); (at = strchr(at, '`')) != NULL;
		     at++) {
			size_t len = strcspn(at + 1, "`");

			pv_buf_put(&names, at + 1, len);
			pv_buf_putc(&names, ' ');
			at += len + 1;
		}
		assert_string_equal(pv_buf_text(&names), rows[i].want);
		pv_buf_dispose(&got);
		pv_buf_dispose(&names);
	}
}

static void test_schema__what_is_no_schema_is_refused(void **state)
{
	static const struct {
		const char *schema;
		int code;
		const char *message;
	} rows[] = {
		{ "{\"type\": 3}", PV_ESCHEMA,
		  "#/type: has to be array, boolean" },
		{ "{\"type\": [\"string\", \"text\"]}", PV_ESCHEMA, "#/type" },
		{ "3", PV_ESCHEMA, "#: has to be a schema" },
		{ "{\"items\": [1]}", PV_ESCHEMA, "#/items: has to be a schema" },
		{ "{\"properties\": []}", PV_ESCHEMA, "has to be an object" },
		{ "{\"properties\": {\"a\": 1}}", PV_ESCHEMA,
		  "#/properties/a: has to be a schema" },
		{ "{\"minLength\": -1}", PV_ESCHEMA, "#/minLength" },
		{ "{\"minLength\": 1.5}", PV_ESCHEMA, "#/minLength" },
		{ "{\"multipleOf\": 0}", PV_ESCHEMA, "a number above 0" },
		{ "{\"required\": [1]}", PV_ESCHEMA, "an array of strings" },
		{ "{\"pattern\": \"(\"}", PV_ESCHEMA, "a regular expression" },
		{ "{\"pattern\": \"a(?i)\"}", PV_ESCHEMA, "a regular expression" },
		{ "{\"allOf\": []}", PV_ESCHEMA, "at least one" },
		{ "{\"$ref\": \"#/nowhere\"}", PV_ESCHEMA, "nothing is at" },
		{ "{\"$ref\": \"other.json\"}", PV_ESCHEMA, "nothing is at" },
		{ "{\"$schema\": \"http://json-schema.org/draft-04/schema#\"}",
		  PV_EUNSUPPORTED, "$schema names" },
		{ "{\"a\": 1, \"a\": 2}", PV_ESYNTAX, "stands twice" },
		{ "{\"a\": 01}", PV_ESYNTAX, "expected" },
		{ "{\"a\": \"\\ud800\"}", PV_ESYNTAX, "surrogate" },
		{ "[1,]", PV_ESYNTAX, "not a JSON value" },
		{ "{} x", PV_ESYNTAX, "something follows" },
		{ "{\"a\": NaN}", PV_ESYNTAX, "not a JSON value" },
		{ "{\"const\": 1e9999999}", PV_ELIMIT, "too large" },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		pv_schema *schema = NULL;
		pv_error err = { 0 };
		int rc = pv_schema_new(&schema, rows[i].schema,
				       strlen(rows[i].schema), &options, &err);

		if (rc != rows[i].code || !strstr(err.message, rows[i].message))
			fail_msg("%s: %d, \"%s\"", rows[i].schema, rc,
				 err.message);
		assert_null(schema);
	}
}

/* The code that validating ends with. */
static int end_of(const char *json, const char *text)
{
	pv_schema *schema = schema_of(json);
	pv_schema_data *data = NULL;
	pv_error err = { 0 };
	int valid = 0;
	int rc;

	assert_int_equal(pv_schema_data_new(&data, text, strlen(text), NULL),
			 PV_OK);
	rc = pv_schema_validate(&valid, schema, data, NULL, &err);
	assert_int_equal(err.code, rc);
	pv_schema_data_free(data);
	pv_schema_free(schema);
	return rc;
}

static void test_schema__what_does_not_end_hits_a_limit(void **state)
{
	pv_buf text = { 0 };

	(void)state;
	assert_int_equal(end_of("{\"$ref\": \"#\"}", "1"), PV_ELIMIT);
	assert_int_equal(end_of("{\"allOf\": [{\"$ref\": \"#/$defs/a\"}], \"$defs\": "
				"{\"a\": {\"anyOf\": [{\"$ref\": \"#\"}]}}}",
				"1"),
			 PV_ELIMIT);
	/* Each level asks twice: without a limit, 2^60 times. */
	pv_buf_puts(&text, "{\"$defs\": {\"a0\": {\"type\": \"null\"}");
	for (int i = 1; i <= 60; i++)
		pv_buf_printf(&text,
			      ", \"a%d\": {\"anyOf\": [{\"$ref\": \"#/$defs/a%d\"}, "
			      "{\"$ref\": \"#/$defs/a%d\"}]}",
			      i, i - 1, i - 1);
	pv_buf_puts(&text, "}, \"$ref\": \"#/$defs/a60\"}");
	assert_int_equal(end_of(pv_buf_text(&text), "1"), PV_ELIMIT);
	pv_buf_clear(&text);
	pv_buf_puts(&text, "\"");
	for (int i = 0; i < 100; i++)
		pv_buf_puts(&text, "aaaaaaaaaa");
	pv_buf_puts(&text, "!\"");
	assert_int_equal(end_of("{\"pattern\": \"^(a+)+$\"}", pv_buf_text(&text)),
			 PV_ELIMIT);
	pv_buf_dispose(&text);
}

static void test_schema__nesting_has_a_limit(void **state)
{
	pv_schema_data *data = NULL;
	pv_buf text = { 0 };

	(void)state;
	for (int i = 0; i < 512; i++)
		pv_buf_putc(&text, '[');
	for (int i = 0; i < 512; i++)
		pv_buf_putc(&text, ']');
	assert_int_equal(pv_schema_data_new(&data, text.ptr, text.len, NULL),
			 PV_OK);
	pv_schema_data_free(data);
	/* A recursive schema goes down all of it. */
	assert_int_equal(end_of("{\"items\": {\"anyOf\": [{\"$ref\": \"#\"}]}}",
				pv_buf_text(&text)),
			 PV_OK);
	data = NULL;
	pv_buf_clear(&text);
	for (int i = 0; i < 513; i++)
		pv_buf_putc(&text, '[');
	assert_int_equal(pv_schema_data_new(&data, text.ptr, text.len, NULL),
			 PV_ELIMIT);
	assert_null(data);
	pv_buf_dispose(&text);
}

static void test_schema__formats_are_notes_unless_asked_for(void **state)
{
	static const char json[] = "{\"format\": \"date\"}";
	pv_schema *schema = NULL;
	pv_schema_data *data = NULL;
	int valid = 0;

	(void)state;
	assert_int_equal(pv_schema_new(&schema, json, strlen(json), NULL, NULL),
			 PV_OK);
	assert_int_equal(pv_schema_data_new(&data, "\"x\"", 3, NULL), PV_OK);
	assert_int_equal(pv_schema_validate(&valid, schema, data, NULL, NULL),
			 PV_OK);
	assert_int_equal(valid, 1);
	pv_schema_data_free(data);
	pv_schema_free(schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_schema__findings_name_their_places),
		cmocka_unit_test(test_schema__bounds_are_exact),
		cmocka_unit_test(test_schema__keys_are_found_in_any_order),
		cmocka_unit_test(test_schema__what_is_no_schema_is_refused),
		cmocka_unit_test(test_schema__what_does_not_end_hits_a_limit),
		cmocka_unit_test(test_schema__nesting_has_a_limit),
		cmocka_unit_test(test_schema__formats_are_notes_unless_asked_for),
	};

	return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
