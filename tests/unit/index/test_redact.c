/* SPDX-License-Identifier: MIT
 *
 * What rules take out of executions, and that nothing else changes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <pv/index.h>

static const char *const of_output[] = { "output" };

/* A record after one rule, as `field` of it. */
static void expect(const char *json, const pv_redaction_rule *rule,
		   const char *field, const char *want)
{
	pv_redaction *redaction = NULL;
	pv_execution *row = NULL;
	pv_error err = { 0 };
	pv_buf got = { 0 };
	int rc = pv_execution_parse(&row, json, strlen(json), &err);

	if (rc == PV_OK)
		rc = pv_execution_complete(row, 1700000000000000, &err);
	if (rc == PV_OK)
		rc = pv_redaction_new(&redaction, rule, 1, &err);
	if (rc == PV_OK)
		rc = pv_execution_redact(row, redaction, &err);
	if (rc == PV_OK)
		rc = pv_execution_value(&got, row, field, &err);
	if (rc < 0)
		fail_msg("%s: %s", json, err.message);
	if (strcmp(got.ptr, want) != 0)
		fail_msg("%s: %s, not %s", json, got.ptr, want);
	pv_buf_dispose(&got);
	pv_redaction_free(redaction);
	pv_execution_free(row);
}

static void expect_refused(const pv_redaction_rule *rule, const char *message)
{
	pv_redaction *redaction = NULL;
	pv_error err = { 0 };

	assert_int_equal(pv_redaction_new(&redaction, rule, 1, &err),
			 PV_EINVALID);
	assert_null(redaction);
	if (!strstr(err.message, message))
		fail_msg("\"%s\" lacks \"%s\"", err.message, message);
}

static void test_index_redact__replaces_what_matches(void **state)
{
	static const pv_redaction_rule digits = { "[0-9]+", NULL, NULL, 0 };
	static const pv_redaction_rule star = { "a*", "<>", of_output, 1 };
	static const pv_redaction_rule accent = { "\xC3\xA9|$", "e", NULL, 0 };

	(void)state;
	expect("{\"template\":\"t\",\"output\":\"a 12 b 3\"}", &digits,
	       "output", "\"a [redacted] b [redacted]\"");
	expect("{\"template\":\"t\",\"output\":\"nothing\"}", &digits, "output",
	       "\"nothing\"");
	expect("{\"template\":\"t12\",\"output\":\"1\"}", &digits, "template",
	       "\"t12\"");
	expect("{\"template\":\"t\",\"output\":\"1234567\"}", &digits,
	       "output_chars", "7");
	/* A match of nothing replaces nothing. */
	expect("{\"template\":\"t\",\"output\":\"baab\"}", &star, "output",
	       "\"b<>b\"");
	expect("{\"template\":\"t\",\"output\":\"\xC3\xA9\xC3\xA8\"}", &accent,
	       "output", "\"e\xC3\xA8\"");
	expect("{\"template\":\"t\",\"output\":\"1\\u00002\"}", &digits,
	       "output", "\"[redacted]\\u0000[redacted]\"");
	expect("{\"template\":\"t\",\"output\":\"\"}", &star, "output", "\"\"");
}

static void test_index_redact__looks_at_all_of_json(void **state)
{
	static const pv_redaction_rule digits = { "[0-9]{4}", "#", NULL, 0 };
	static const pv_redaction_rule letters = { "[a-z]", "x", NULL, 0 };

	(void)state;
	expect("{\"template\":\"t\",\"input\":{\"a1234\":[12345,1.5,null,true,"
	       "{\"b\":\"9999\"}]}}",
	       &digits, "input", "{\"a#\":[\"#5\",1.5,null,true,{\"b\":\"#\"}]}");
	/* Names that become alike stay apart. */
	expect("{\"template\":\"t\",\"input\":{\"a\":1,\"b\":2,\"c\":3}}",
	       &letters, "input", "{\"x\":1,\"x 1\":2,\"x 2\":3}");
	expect("{\"template\":\"t\",\"metadata\":{\"k\":\"12345678\"}}",
	       &digits, "metadata", "{\"k\":\"##\"}");
	expect("{\"template\":\"t\",\"output\":[\"1234\"]}", &digits, "output",
	       "[\"#\"]");
}

static void test_index_redact__takes_whole_fields(void **state)
{
	static const char *const unit[] = { "unit", "tags" };
	static const pv_redaction_rule all = { NULL, NULL, NULL, 0 };
	static const pv_redaction_rule who = { NULL, "", unit, 1 };
	static const pv_redaction_rule tags = { "b", "a", unit, 2 };

	(void)state;
	expect("{\"template\":\"t\",\"output\":\"x\"}", &all, "output",
	       "\"[redacted]\"");
	expect("{\"template\":\"t\",\"input\":{\"x\":[1]}}", &all, "input", "{}");
	expect("{\"template\":\"t\",\"input\":[\"x\",null]}", &all, "input",
	       "[\"[redacted]\",null]");
	/* A name of nothing is no name. */
	expect("{\"template\":\"t\",\"unit\":\"me\"}", &who, "unit", "null");
	expect("{\"template\":\"t\",\"tags\":[\"a\",\"b\"]}", &tags, "tags",
	       "[\"a\"]");
}

static void test_index_redact__replaces_all_where_it_gives_up(void **state)
{
	static const pv_redaction_rule slow = { "(a+)+$", "#", of_output, 1 };
	char json[300];
	char many[200];

	(void)state;
	memset(many, 'a', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	snprintf(json, sizeof(json), "{\"template\":\"t\",\"output\":\"%sb\"}",
		 many);
	expect(json, &slow, "output", "\"#\"");
}

static void test_index_redact__refuses_what_is_no_rule(void **state)
{
	static const char *const model[] = { "model" };
	static const char *const cost[] = { "cost_usd" };
	static const pv_redaction_rule rules[] = {
		{ "(", NULL, NULL, 0 },
		{ "x", NULL, model, 1 },
		{ "x", NULL, cost, 1 },
	};

	(void)state;
	expect_refused(&rules[0], "redaction rule 1: not a regular expression");
	expect_refused(&rules[1], "\"model\" is no field of text");
	expect_refused(&rules[2], "\"cost_usd\" is no field of text");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index_redact__replaces_what_matches),
		cmocka_unit_test(test_index_redact__looks_at_all_of_json),
		cmocka_unit_test(test_index_redact__takes_whole_fields),
		cmocka_unit_test(test_index_redact__replaces_all_where_it_gives_up),
		cmocka_unit_test(test_index_redact__refuses_what_is_no_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
