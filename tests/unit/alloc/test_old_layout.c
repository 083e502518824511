/* SPDX-License-Identifier: MIT
 *
 * Allocations that fail while files of older layouts are read: nothing of an
 * entry may get lost without a word.
 */
#include "walk.h"

#include <pv/exchange.h>

static const char text[] =
	"[{\"prompts\":{\"A b\":{\"v1.0\":{\"content\":\"x {y} and what else is to be said of it\",\"model\":\"m\","
	"\"tags\":[\"t\"],\"author\":\"me\",\"goal\":\"g\",\"output\":\"o\"},"
	"\"none\":{\"text\":\"x\"}}}},"
	"{\"prompt_name\":\"A b\",\"version\":1.0,\"timestamp\":1700000000,"
	"\"input\":{\"y\":1},\"output\":\"z\",\"metrics\":{\"tokens\":\"7\","
	"\"quality\":8},\"metadata\":{\"a key of more than sixteen bytes\":1},\"error\":{\"e\":1}},"
	"{\"prompt\":\"p\",\"output\":\"an answer of more than sixteen bytes\",\"timestamp\":\"no\"},"
	"{\"prompt\":\"p\",\"output\":\"q\",\"timestamp\":\"no\"}]";

static int say_version(const pv_old_version *version, void *payload)
{
	(void)payload;
	walk_say("%s %s %.*s;", version->id, version->number, (int)version->len,
		 version->record);
	return PV_OK;
}

static int say_execution(const char *json, size_t len, size_t line, void *payload)
{
	(void)line;
	(void)payload;
	walk_say("%.*s;", (int)len, json);
	return PV_OK;
}

static int read_all(void *payload, pv_error *err)
{
	pv_old_reader reader = { .version = say_version,
				 .execution = say_execution,
				 .file = "f" };
	int rc = pv_report_new(&reader.report, err);

	(void)payload;
	if (rc == PV_OK)
		rc = pv_old_layout_read(text, sizeof(text) - 1, &reader, err);
	if (rc == PV_OK)
		walk_say("%zu", pv_report_count(reader.report));
	pv_report_free(reader.report);
	return rc;
}

static const struct walk_row rows[] = {
	{ WALK(pv_old_layout_read, read_all) },
};

static void test_alloc_old_layout__fails_cleanly_at_every_allocation(void **state)
{
	const struct walk_setting setting = { NULL, NULL, NULL, 0 };

	(void)state;
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_alloc_old_layout__fails_cleanly_at_every_allocation),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_old_layout", tests, NULL, NULL);
}
