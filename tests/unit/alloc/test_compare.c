/* SPDX-License-Identifier: MIT
 *
 * Every allocation of comparing JSON Schemas, and of inferring them, made to
 * fail.
 */
#include "alloc/walk.h"

#include <pv/prompt.h>
#include <pv/schema.h>

#define OBJECT(queue)                                                        \
 "{\"type\": \"object\", \"required\": [\"queue\", \"n\"], "                 \
 "\"properties\": {\"queue\": " queue                                        \
 ", \"n\": {\"type\": \"number\", \"multipleOf\": 0.5}, \"l\": {\"items\": " \
 "{\"oneOf\": [{\"type\": \"null\"}, {\"$ref\": \"#\"}]}, \"contains\": "    \
 "{\"type\": \"null\"}}}, \"patternProperties\": {\"^x\": {\"pattern\": "    \
 "\"^[a-z]{2}(a|b)$\"}}, \"dependentRequired\": {\"l\": [\"k\"]}}"

static const char *const texts[] = {
	OBJECT("{\"enum\": [\"a\", \"b\"]}"),
	OBJECT("{\"enum\": [\"a\", \"b\", \"c\"]}"),
};

static void begin(void *payload)
{
	pv_schema **schemas = payload;

	for (int i = 0; i < 2; i++)
		if (pv_schema_new(&schemas[i], texts[i], strlen(texts[i]), NULL,
				  NULL) < 0)
			fail_msg("nothing to begin with");
}

static void end(void *payload, int rc)
{
	pv_schema **schemas = payload;

	(void)rc;
	for (int i = 0; i < 2; i++)
		pv_schema_free(schemas[i]);
}

static int compare(void *payload, enum pv_schema_side side, pv_error *err)
{
	pv_schema **schemas = payload;
	pv_schema_comparison found = { 0 };
	int rc = pv_schema_compare(&found, schemas[0], schemas[1], side, err);

	if (rc == PV_OK)
		walk_say("%s: %s;", pv_schema_answer_name(found.answer),
			 pv_buf_text(&found.reason));
	pv_schema_comparison_dispose(&found);
	return rc;
}

static int compare_input(void *payload, pv_error *err)
{
	return compare(payload, PV_SCHEMA_INPUT, err);
}

static int compare_output(void *payload, pv_error *err)
{
	return compare(payload, PV_SCHEMA_OUTPUT, err);
}

static int infer(void *payload, pv_error *err)
{
	static const char row[] =
		"{\"a\": [1, 2.5, {\"b\": null}], \"c\": \"x\", "
		"\"d\": \"2020-01-01\", \"\\u00e9\": {}}";
	pv_schema_inference *inference = NULL;
	pv_buf schema = { 0 };
	int rc = pv_schema_infer_new(&inference, err);

	(void)payload;
	for (int i = 0; i < 3 && rc == PV_OK; i++)
		rc = pv_schema_infer_add(inference, row, strlen(row), err);
	if (rc == PV_OK)
		rc = pv_schema_infer_json(&schema, inference, err);
	if (rc == PV_OK)
		walk_say("%s;", pv_buf_text(&schema));
	pv_buf_dispose(&schema);
	pv_schema_infer_free(inference);
	return rc;
}

static int load_schema(pv_buf *out, const char *path, int is_after,
		       void *payload, pv_error *err)
{
	(void)path;
	(void)payload;
	pv_buf_puts(out, is_after ? "enum: [a, b]" : "enum: [a]");
	return pv_buf_status(out, err);
}

static int impact_with(void *payload, pv_error *err)
{
	static const char text[] =
		"prompt: hi\ninput: {required: [a]}\n"
		"output: {format: json, schema: {$ref: s.yaml}}";
	const pv_impact_options opts = { .load = load_schema };
	enum pv_bump bump = PV_BUMP_NONE;
	pv_prompt *prompt = NULL;
	pv_report *report = NULL;
	int rc = pv_prompt_parse(&prompt, text, strlen(text), NULL, NULL, err);

	(void)payload;
	if (rc == PV_OK)
		rc = pv_report_new(&report, err);
	if (rc == PV_OK)
		rc = pv_prompt_impact_with(&bump, prompt, prompt, &opts, report,
					   err);
	if (rc == PV_OK)
		walk_say("%s;", pv_bump_name(bump));
	pv_report_free(report);
	pv_prompt_free(prompt);
	return rc;
}

static const struct walk_row rows[] = {
	{ WALK(pv_prompt_impact_with, impact_with) },
	{ WALK(pv_schema_infer_new, infer) },
	{ WALK(pv_schema_infer_add, infer) },
	{ WALK(pv_schema_infer_json, infer) },
	{ WALK(pv_schema_compare, compare_input) },
	{ WALK(pv_schema_compare, compare_output) },
};

static void test_alloc_compare__fails_cleanly_at_every_allocation(void **state)
{
	static pv_schema *schemas[2];
	const struct walk_setting setting = { schemas, begin, end, 0 };

	(void)state;
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_alloc_compare__fails_cleanly_at_every_allocation),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_compare", tests, NULL, NULL);
}
