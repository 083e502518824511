/* SPDX-License-Identifier: MIT
 *
 * Allocations that fail while prompts come in from JSON and CSV and go out
 * again: a record is handed out whole or not at all.
 */
#include "walk.h"

#include <string.h>

#include <pv/exchange.h>

static const char lines[] =
	"{\"id\":\"a\",\"template\":\"x {b} and what else there is to say\","
	"\"version\":1.0,\"parent_version\":\"0.9\",\"token_limit\":\"7\","
	"\"model\":\"m\",\"created_at\":\"2025-01-01\",\"is_active\":1}\n"
	"{\"id\":\"a\",\"system_prompt\":\"s\",\"user_prompt_template\":\"u\","
	"\"version\":\"1.1\",\"prompt_type\":\"chat\"}\n"
	"{\"id\":\"a\",\"text\":\"again\",\"version\":\"1.1\"}\n";

static const char document[] =
	"{\"of\":1,\"prompts\":[{\"id\":\"a\",\"content\":\"x\"},\n{\"id\": nul},"
	"{\"id\":\"b\",\"prompt\":\"y\",\"variables\":[\"z\"]}]}";

static const char table[] =
	"id,prompt,tags,model,active,other_keys,notes\n"
	"a,\"two\nlines \"\"q\"\"\",\"x, y\",m,TRUE,\"{\"\"version\"\":1,\"\"k\"\":2}\",n\n"
	"b,x,,,perhaps,,\nc,\"open\n";

static int say_item(const pv_import_item *item, void *payload)
{
	(void)payload;
	walk_say("%s %s %s %s %lld: %s, ", item->id, item->label, item->parent,
		 item->created_by, (long long)item->created, item->yaml);
	return 0;
}

typedef int reader(const char *text, size_t len, const pv_import_options *opts,
		   int (*fn)(const pv_import_item *item, void *payload),
		   void *payload, pv_error *err);

static int read_by(reader *read, const char *text, pv_error *err)
{
	pv_import_options opts = { .id_prefix = "p/", .versions = 1 };
	int rc = pv_report_new(&opts.report, err);

	if (rc == PV_OK)
		rc = pv_check_new(&opts.rules, NULL, err);
	if (rc == PV_OK)
		rc = read(text, strlen(text), &opts, say_item, NULL, err);
	for (size_t i = 0; rc == PV_OK && i < pv_report_count(opts.report); i++)
		walk_say("%s, ", pv_report_at(opts.report, i)->message);
	pv_check_free(opts.rules);
	pv_report_free(opts.report);
	return rc;
}

static int read_lines(void *payload, pv_error *err)
{
	(void)payload;
	return read_by(pv_import_jsonl, lines, err);
}

static int read_document(void *payload, pv_error *err)
{
	(void)payload;
	return read_by(pv_import_json, document, err);
}

static int read_table(void *payload, pv_error *err)
{
	(void)payload;
	return read_by(pv_import_csv, table, err);
}

static int write_table(void *payload, pv_error *err)
{
	static const char exported[] =
		"{\"id\":\"a\",\"name\":\"\",\"prompt\":\"x, y\",\"tags\":[\"t\"]}\n"
		"{\"id\":\"b\",\"version\":1.0,\"prompt\":\"z\","
		"\"other_keys\":{\"a key of some length\":\"and its value\"}}\n";
	pv_buf out = { 0 };
	int rc = pv_export_csv(&out, exported, sizeof(exported) - 1, err);

	(void)payload;
	if (rc == PV_OK)
		walk_say("%s", out.ptr);
	pv_buf_dispose(&out);
	return rc;
}

static int compare(void *payload, pv_error *err)
{
	static const char file[] = "# a comment\nprompt: say {x} to them all\n";
	static const char yaml[] =
		"syntax: jinja2\nprompt: say {x} to them all\n";
	const pv_import_item item = { .id = "a",
				      .yaml = yaml,
				      .len = sizeof(yaml) - 1 };
	int is_same = 0;
	int rc = pv_import_is_same(&is_same, file, sizeof(file) - 1, &item, err);

	(void)payload;
	if (rc == PV_OK)
		walk_say("%d", is_same);
	return rc;
}

static const struct walk_row rows[] = {
	{ WALK(pv_import_jsonl, read_lines) },
	{ WALK(pv_import_json, read_document) },
	{ WALK(pv_import_csv, read_table) },
	{ WALK(pv_import_is_same, compare) },
	{ WALK(pv_export_csv, write_table) },
};

static void test_alloc_exchange__fails_cleanly_at_every_allocation(void **state)
{
	const struct walk_setting setting = { NULL, NULL, NULL, 0 };

	(void)state;
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_alloc_exchange__fails_cleanly_at_every_allocation),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_exchange", tests, NULL, NULL);
}
