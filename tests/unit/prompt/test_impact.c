/* SPDX-License-Identifier: MIT
 *
 * The step of a version, from pairs of files. A row that is major names the
 * path of the change that breaks and part of the reason.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv/prompt.h>

#include "base/mem.h"

struct row {
	enum pv_bump bump;
	const char *before;
	const char *after;
	const char *path;
	const char *reason;
};

#define TEXT "prompt: Hello {{ name }}\n"
#define VARS(x) "prompt: '{{ a }}'\nvariables: {a: " x "}\n"
#define SCHEMA(x) "prompt: hi\noutput: {format: json, schema: " x "}\n"
#define TOOLS(x) "prompt: hi\ntools: [" x "]\n"

static const struct row rows[] = {
	{ PV_BUMP_NONE, TEXT, TEXT, NULL, NULL },
	/* patch: what people read */
	{ PV_BUMP_PATCH, TEXT, "# comment\n" TEXT, NULL, NULL },
	{ PV_BUMP_PATCH, TEXT, "prompt: 'Hello {{ name }}'", NULL, NULL },
	{ PV_BUMP_PATCH, TEXT, TEXT "description: x\n", NULL, NULL },
	{ PV_BUMP_PATCH, TEXT, TEXT "description:\n", NULL, NULL },
	{ PV_BUMP_PATCH, TEXT "goal: x\n", TEXT "goal: y\n", NULL, NULL },
	{ PV_BUMP_PATCH, TEXT "tags: [a]\n", TEXT "tags: [a, b]\n", NULL, NULL },
	{ PV_BUMP_PATCH, TEXT "owner: x\n", TEXT, NULL, NULL },
	{ PV_BUMP_PATCH, TEXT "category: x\n", TEXT, NULL, NULL },
	{ PV_BUMP_PATCH, TEXT "name: x\n", TEXT, NULL, NULL },
	{ PV_BUMP_PATCH, TEXT "version: 1.1\n", TEXT "version: 1.10\n", NULL,
	  NULL },
	{ PV_BUMP_PATCH, TEXT "metadata: {a: 1}\n", TEXT, NULL, NULL },
	{ PV_BUMP_PATCH, TEXT, TEXT "tests: [{name: x}]\n", NULL, NULL },
	{ PV_BUMP_PATCH, TEXT "model: {name: a, top_p: 0.50}\n",
	  TEXT "model: {top_p: 0.5, name: 'a'}\n", NULL, NULL },
	{ PV_BUMP_PATCH, "messages: [{role: user, content: a}]\n",
	  "messages: [{role: user, content: a, id: x}]\n", NULL, NULL },
	{ PV_BUMP_PATCH, VARS("{description: x}"), VARS("{title: y}"), NULL,
	  NULL },
	/* minor: behaviour */
	{ PV_BUMP_MINOR, TEXT, "prompt: Bye {{ name }}\n", NULL, NULL },
	{ PV_BUMP_MINOR, TEXT "model: {temperature: 0}\n",
	  TEXT "model: {temperature: 1}\n", NULL, NULL },
	{ PV_BUMP_MINOR, TEXT, TEXT "active: false\n", NULL, NULL },
	{ PV_BUMP_MINOR, "prompt: hi\n", "prompt: hi\nsyntax: literal\n", NULL,
	  NULL },
	{ PV_BUMP_MINOR, TEXT, TEXT "x-custom: 1\n", NULL, NULL },
	{ PV_BUMP_MINOR, "messages: [{role: user, content: a}]\n",
	  "messages: [{role: system, content: a}]\n", NULL, NULL },
	{ PV_BUMP_MINOR, "messages: [{role: user, content: a}]\n",
	  "messages: [{role: user, content: a}, {role: user, content: b}]\n",
	  NULL, NULL },
	{ PV_BUMP_MINOR, TEXT,
	  "messages: [{role: user, content: 'Hello {{ "
	  "name }}'}]\n",
	  NULL, NULL },
	{ PV_BUMP_MINOR, TEXT, TEXT "variables: {name: {default: x}}\n", NULL,
	  NULL },
	{ PV_BUMP_MINOR, TEXT, "prompt: Hello {{ name }} {{ x|default(1) }}\n",
	  NULL, NULL },
	{ PV_BUMP_MINOR, TEXT, "prompt: Hello\n", NULL, NULL },
	{ PV_BUMP_MINOR, VARS("{type: integer}"), VARS("{type: number}"), NULL,
	  NULL },
	{ PV_BUMP_MINOR, VARS("{type: string}"),
	  VARS("{type: [string, 'null']}"), NULL, NULL },
	{ PV_BUMP_MINOR, VARS("{enum: [a]}"), VARS("{enum: [b, a]}"), NULL, NULL },
	{ PV_BUMP_MINOR, VARS("{maxLength: 5}"), VARS("{maxLength: 6}"), NULL,
	  NULL },
	{ PV_BUMP_MINOR, VARS("{pattern: a}"), VARS("{}"), NULL, NULL },
	{ PV_BUMP_MINOR, "prompt: hi\noutput: {format: json}\n",
	  SCHEMA("{type: object}"), NULL, NULL },
	{ PV_BUMP_MINOR, SCHEMA("{type: object}"),
	  SCHEMA("{type: object, required: [a]}"), NULL, NULL },
	{ PV_BUMP_MINOR, SCHEMA("{enum: [a, b]}"), SCHEMA("{enum: [a]}"), NULL,
	  NULL },
	{ PV_BUMP_MINOR, SCHEMA("{properties: {a: {}}}"),
	  SCHEMA("{properties: {a: {}, b: {}}}"), NULL, NULL },
	{ PV_BUMP_MINOR, "prompt: hi\n", TOOLS("{name: a}"), NULL, NULL },
	{ PV_BUMP_MINOR, TOOLS("{name: a}"), TOOLS("{name: a, description: x}"),
	  NULL, NULL },
	/* major: something that worked may fail */
	{ PV_BUMP_MAJOR, "prompt: Hello\n", TEXT, "variables.name", "was added" },
	{ PV_BUMP_MAJOR, "prompt: '{{ a|default(1) }}'\n", "prompt: '{{ a }}'",
	  "variables.a", "became required" },
	{ PV_BUMP_MAJOR, VARS("{default: 1}"), VARS("{}"), "variables.a",
	  "became required" },
	{ PV_BUMP_MAJOR, VARS("{type: number}"), VARS("{type: integer}"),
	  "variables.a.type", "accepts less" },
	{ PV_BUMP_MAJOR, TEXT, TEXT "variables: {name: {type: string}}\n",
	  "variables.name.type", "accepts less" },
	{ PV_BUMP_MAJOR, VARS("{type: string}"), VARS("{type: integer}"),
	  "variables.a.type", "may break" },
	{ PV_BUMP_MAJOR, VARS("{enum: [a, b]}"), VARS("{enum: [a]}"),
	  "variables.a.enum", "accepts less" },
	{ PV_BUMP_MAJOR, VARS("{}"), VARS("{minimum: 1}"),
	  "variables.a.minimum", "accepts less" },
	{ PV_BUMP_MAJOR, VARS("{minimum: 1}"), VARS("{minimum: 1.5}"),
	  "variables.a.minimum", "accepts less" },
	{ PV_BUMP_MAJOR, VARS("{pattern: a}"), VARS("{pattern: b}"),
	  "variables.a.pattern", "may break" },
	{ PV_BUMP_MAJOR, VARS("{items: {type: string}}"),
	  VARS("{items: {type: 'null'}}"), "variables.a.items.type", "may break" },
	{ PV_BUMP_MAJOR, "prompt: hi\noutput: {format: text}\n",
	  "prompt: hi\noutput: {format: json}\n", "output.format",
	  "\"text\" to \"json\"" },
	{ PV_BUMP_MAJOR, SCHEMA("{type: object}"),
	  "prompt: hi\noutput: {format: json}\n", "output.schema", "removed" },
	{ PV_BUMP_MAJOR, SCHEMA("{required: [a, b]}"),
	  SCHEMA("{required: [a]}"), "output.schema.required", "allows more" },
	{ PV_BUMP_MAJOR, SCHEMA("{properties: {q: {enum: [a]}}}"),
	  SCHEMA("{properties: {q: {enum: [a, b]}}}"),
	  "output.schema.properties.q.enum", "allows more" },
	{ PV_BUMP_MAJOR, SCHEMA("{properties: {a: {}, b: {}}}"),
	  SCHEMA("{properties: {a: {}}}"), "output.schema.properties.b",
	  "removed" },
	{ PV_BUMP_MAJOR, SCHEMA("{additionalProperties: false}"), SCHEMA("{}"),
	  "output.schema.additionalProperties", "allows more" },
	{ PV_BUMP_MAJOR, SCHEMA("false"), SCHEMA("true"), "output.schema",
	  "allows more" },
	{ PV_BUMP_MAJOR, SCHEMA("{anyOf: [{}]}"), SCHEMA("{anyOf: [{}, {}]}"),
	  "output.schema.anyOf", "may break" },
	{ PV_BUMP_MAJOR, TOOLS("{name: a}, {name: b}"), TOOLS("{name: b}"),
	  "tools[0]", "\"a\" was removed" },
	{ PV_BUMP_MAJOR,
	  TOOLS("{type: function, function: {name: a, parameters: {type: "
		"object, required: [x]}}}"),
	  TOOLS("{type: function, function: {name: a, parameters: {type: "
		"object}}}"),
	  "tools[0].function.parameters.required", "allows more" },
};

static pv_prompt *load(const char *text)
{
	pv_prompt *prompt;
	pv_error err = { 0 };

	if (pv_prompt_parse(&prompt, text, strlen(text), NULL, NULL, &err) < 0)
		fail_msg("%s\n%s", text, err.message);
	return prompt;
}

static void check_breaking(const struct row *row, const pv_report *breaking)
{
	const pv_finding *finding;

	if (!pv_report_count(breaking))
		fail_msg("nothing breaks in\n%s", row->after);
	finding = pv_report_at(breaking, 0);
	if (strcmp(finding->file, row->path) != 0 ||
	    !strstr(finding->message, row->reason))
		fail_msg("%s: %s in\n%s", finding->file, finding->message,
			 row->after);
}

static void check_row(const struct row *row)
{
	pv_prompt *before = load(row->before);
	pv_prompt *after = load(row->after);
	pv_report *breaking;
	enum pv_bump bump;

	assert_int_equal(pv_report_new(&breaking, NULL), PV_OK);
	assert_int_equal(pv_prompt_impact(&bump, before, after, breaking, NULL),
			 PV_OK);
	if (bump != row->bump)
		fail_msg("%s, not %s, from\n%s to\n%s", pv_bump_name(bump),
			 pv_bump_name(row->bump), row->before, row->after);
	if (row->bump == PV_BUMP_MAJOR)
		check_breaking(row, breaking);
	else
		assert_int_equal(pv_report_count(breaking), 0);
	pv_report_free(breaking);
	pv_prompt_free(before);
	pv_prompt_free(after);
}

static void test_prompt_impact__derives_the_step(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++)
		check_row(&rows[i]);
}

static void test_prompt_impact__lists_every_breaking_change(void **state)
{
	pv_prompt *before = load("prompt: '{{ a|d }}'\n");
	pv_prompt *after = load("prompt: '{{ a }}{{ b }}'\n"
				"output: {format: json}\n");
	pv_report *breaking;
	enum pv_bump bump;

	(void)state;
	assert_int_equal(pv_report_new(&breaking, NULL), PV_OK);
	assert_int_equal(pv_prompt_impact(&bump, before, after, breaking, NULL),
			 PV_OK);
	assert_int_equal(bump, PV_BUMP_MAJOR);
	assert_int_equal(pv_report_count(breaking), 3);
	pv_report_free(breaking);
	pv_prompt_free(before);
	pv_prompt_free(after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prompt_impact__derives_the_step),
		cmocka_unit_test(test_prompt_impact__lists_every_breaking_change),
	};

	return cmocka_run_group_tests_name("prompt_impact", tests, NULL, NULL);
}
