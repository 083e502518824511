/* SPDX-License-Identifier: MIT
 *
 * The step of a version, from pairs of files in tests/data/semver.tsv. A row
 * that is major names the path of the change that breaks and part of the reason.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv/prompt.h>

#include "base/file.h"
#include "base/mem.h"

static pv_prompt *load(const char *text)
{
	pv_prompt *prompt;
	pv_error err = { 0 };

	if (pv_prompt_parse(&prompt, text, strlen(text), NULL, NULL, &err) < 0)
		fail_msg("%s\n%s", text, err.message);
	return prompt;
}

/* --- files that schemas refer to ---------------------------------------------- */

static const char *const files[][3] = {
	{ "schemas/same.json", "{\"enum\": [\"a\"]}", "{\"enum\": [\"a\"]}" },
	{ "schemas/wider.json", "{\"enum\": [\"a\"]}",
	  "{\"enum\": [\"a\", \"b\"]}" },
	{ "schemas/wider.yaml", "enum: [a]\n", "enum: [a, b]\n" },
	{ "schemas/narrower.json", "{\"enum\": [\"a\", \"b\"]}",
	  "{\"enum\": [\"a\"]}" },
	{ "schemas/outer.json", "{\"$ref\": \"same.json\"}",
	  "{\"$ref\": \"same.json\"}" },
	{ "schemas/wrapped.json", "{\"$ref\": \"wider.json\"}",
	  "{\"$ref\": \"wider.json\"}" },
	{ "schemas/breaks.json", "{\"enum\": [\"a\"]}", "{\"enum\": " },
};

static int load_file(pv_buf *out, const char *path, int is_after, void *payload,
		     pv_error *err)
{
	(void)payload;
	for (size_t i = 0; i < pv_array_len(files); i++)
		if (!strcmp(files[i][0], path)) {
			pv_buf_puts(out, files[i][1 + is_after]);
			return pv_buf_status(out, err);
		}
	return PV_ENOTFOUND;
}

/* --- the table ---------------------------------------------------------------- */

enum field {
	STEP,
	BEFORE,
	AFTER,
	PATH,
	REASON,
	FIELDS
};

/* Puts the ends of lines in. */
static char *unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++)
		if (from[0] == '\\' && from[1])
			*to++ = *++from == 'n' ? '\n' : *from;
		else
			*to++ = *from;
	*to = '\0';
	return text;
}

/* 1 when the step or its reason is another one. */
static int check_row(char *const field[FIELDS], int number)
{
	const pv_impact_options opts = { .load = load_file };
	pv_prompt *before = load(field[BEFORE]);
	pv_prompt *after = load(field[AFTER]);
	pv_report *breaking;
	const pv_finding *first = NULL;
	enum pv_bump bump;
	int is_wrong;

	assert_int_equal(pv_report_new(&breaking, NULL), PV_OK);
	assert_int_equal(pv_prompt_impact_with(&bump, before, after, &opts,
					       breaking, NULL),
			 PV_OK);
	if (pv_report_count(breaking))
		first = pv_report_at(breaking, 0);
	is_wrong = strcmp(pv_bump_name(bump), field[STEP]) != 0 ||
		   !first != (bump != PV_BUMP_MAJOR) ||
		   (first && (strcmp(first->file, field[PATH]) != 0 ||
			      !strstr(first->message, field[REASON])));
	if (is_wrong)
		print_error("line %d: %s: %s: %s\n", number, pv_bump_name(bump),
			    first ? first->file : "",
			    first ? first->message : "");
	pv_report_free(breaking);
	pv_prompt_free(before);
	pv_prompt_free(after);
	return is_wrong;
}

static int check_line(char *line, int number)
{
	char *field[FIELDS] = { line };

	for (int i = 1; i < FIELDS; i++) {
		char *tab = strchr(field[i - 1], '\t');

		if (!tab)
			fail_msg("line %d has %d fields", number, i);
		*tab = '\0';
		field[i] = tab + 1;
	}
	(void)unescape(field[BEFORE]);
	(void)unescape(field[AFTER]);
	return check_row(field, number);
}

static void test_prompt_impact__derives_the_step(void **state)
{
	pv_buf text = { 0 };
	int number = 0;
	int rows = 0;
	int wrong = 0;

	(void)state;
	assert_int_equal(pv_file_read(&text, PV_TEST_DATA "/semver.tsv", NULL),
			 PV_OK);
	for (char *line = text.ptr; line && *line;) {
		char *end = strchr(line, '\n');

		if (end)
			*end++ = '\0';
		number++;
		if (*line != '#') {
			wrong += check_line(line, number);
			rows++;
		}
		line = end;
	}
	assert_true(rows >= 150);
	assert_int_equal(wrong, 0);
	pv_buf_dispose(&text);
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

static const char *const named[] = {
	"output.schema.required",
	"output.schema.required",
	"output.schema.properties.x.type",
	"output.schema.properties.z.properties.k.enum",
	"output.schema.properties.z.properties.n.items.type",
	"output.schema.$defs.d.maximum",
	"output.schema.properties.gone",
};

static void test_prompt_impact__names_each_changed_property(void **state)
{
	pv_prompt *before =
		load("prompt: hi\noutput: {format: json, schema: {type: object,"
		     " required: [x, y, z], properties: {x: {type: string},"
		     " same: {type: string}, y: {$ref: '#/$defs/d'}, gone: {},"
		     " z: {type: object, properties: {k: {enum: [a]},"
		     " n: {type: array, items: {type: integer}}}}},"
		     " $defs: {d: {type: integer, maximum: 3}}}}\n");
	pv_prompt *after =
		load("prompt: hi\noutput: {format: json, schema: {type: object,"
		     " required: [z], properties: {x: {type: integer},"
		     " same: {type: string}, y: {$ref: '#/$defs/d'},"
		     " z: {type: object, properties: {k: {enum: [a, b]},"
		     " n: {type: array, items: {type: number}}}}},"
		     " $defs: {d: {type: integer, maximum: 4}}}}\n");
	size_t count = sizeof(named) / sizeof(named[0]);
	pv_report *breaking;
	enum pv_bump bump;

	(void)state;
	assert_int_equal(pv_report_new(&breaking, NULL), PV_OK);
	assert_int_equal(pv_prompt_impact(&bump, before, after, breaking, NULL),
			 PV_OK);
	assert_int_equal(pv_report_count(breaking), count);
	for (size_t i = 0; i < count; i++) {
		int is_there = 0;

		for (size_t j = 0; j < count; j++)
			is_there |= !strcmp(pv_report_at(breaking, j)->file,
					    named[i]);
		if (!is_there)
			fail_msg("%s", named[i]);
	}
	pv_report_free(breaking);
	pv_prompt_free(before);
	pv_prompt_free(after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prompt_impact__derives_the_step),
		cmocka_unit_test(test_prompt_impact__lists_every_breaking_change),
		cmocka_unit_test(test_prompt_impact__names_each_changed_property),
	};

	return cmocka_run_group_tests_name("prompt_impact", tests, NULL, NULL);
}
