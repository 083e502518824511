/* SPDX-License-Identifier: MIT
 *
 * JSON lines in and out: what is kept, what is refused, and that nothing
 * changes on the way, on small records and on the real ones when present.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv/exchange.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"

#define REAL_FILE PV_SHARED_DIR "/real/promptsource-prompts.jsonl"

/* What an import handed out. */
struct result {
	pv_strlist ids;
	pv_strlist files;
	pv_report *report;
	int line; /* of the last item */
	int stop_after;
};

static int take(const pv_import_item *item, void *payload)
{
	struct result *result = payload;

	assert_int_equal(strlen(item->yaml), item->len);
	result->line = item->line;
	if (pv_strlist_add(&result->ids, item->id, NULL) < 0 ||
	    pv_strlist_add(&result->files, item->yaml, NULL) < 0)
		return PV_ENOMEM;
	return result->stop_after && (int)result->ids.count == result->stop_after
		       ? 42
		       : 0;
}

static int run(struct result *result, const char *text, const char *prefix,
	       pv_error *err)
{
	pv_import_options opts = { .id_prefix = prefix };

	assert_int_equal(pv_report_new(&result->report, NULL), PV_OK);
	opts.report = result->report;
	return pv_import_jsonl(text, strlen(text), &opts, take, result, err);
}

static void dispose(struct result *result)
{
	pv_strlist_dispose(&result->ids);
	pv_strlist_dispose(&result->files);
	pv_report_free(result->report);
	memset(result, 0, sizeof(*result));
}

/* --- files from records --------------------------------------------------- */

struct file_row {
	const char *record;
	const char *yaml;
};

static const struct file_row file_rows[] = {
	{ "{\"id\":\"a\",\"prompt\":\"hi\"}", "prompt: hi\n" },
	{ "{\"id\":\"a\",\"name\":\"x\",\"prompt\":\"l1\\nl2\\n\"}",
	  "name: x\nprompt: |\n  l1\n  l2\n" },
	/* the order of the record, nulls and odd numbers are kept */
	{ "{\"prompt\":\"hi\",\"id\":\"a\",\"description\":null,"
	  "\"model\":{\"temperature\":0.10,\"seed\":12345678901234567890}}",
	  "prompt: hi\ndescription: null\nmodel:\n  temperature: 0.10\n"
	  "  seed: 12345678901234567890\n" },
	/* foreign members go below metadata */
	{ "{\"id\":\"a\",\"expected\":\"e\",\"prompt\":\"hi\"}",
	  "prompt: hi\nmetadata:\n  expected: e\n" },
	{ "{\"id\":\"a\",\"metadata\":{\"k\":1},\"expected\":\"e\","
	  "\"prompt\":\"hi\"}",
	  "metadata:\n  k: 1\n  expected: e\nprompt: hi\n" },
	{ "{\"id\":\"a\",\"metadata\":null,\"x\":1,\"prompt\":\"hi\"}",
	  "metadata:\n  x: 1\nprompt: hi\n" },
	{ "{\"id\":\"a\",\"metadata\":{},\"prompt\":\"hi\"}",
	  "metadata: {}\nprompt: hi\n" },
	/* what export set aside goes back */
	{ "{\"id\":\"a\",\"prompt\":\"hi\",\"other_keys\":{\"id\":1,\"z\":2}}",
	  "prompt: hi\nid: 1\nz: 2\n" },
	{ "{\"other_keys\":{\"z\":2},\"id\":\"a\",\"e\":1,\"prompt\":\"hi\"}",
	  "prompt: hi\nmetadata:\n  e: 1\nz: 2\n" },
	/* text that YAML would read as something else */
	{ "{\"id\":\"a\",\"prompt\":\"{{ x }}\",\"name\":\"12\"}",
	  "prompt: \"{{ x }}\"\nname: \"12\"\n" },
	{ "{\"id\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
	  "messages:\n  - role: user\n    content: x\n" },
};

static void test_exchange_jsonl__writes_prompt_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(file_rows); i++) {
		struct result result = { 0 };
		pv_error err = { 0 };

		assert_int_equal(run(&result, file_rows[i].record, NULL, &err),
				 PV_OK);
		if (pv_report_count_at(result.report, PV_SEVERITY_ERROR))
			fail_msg("%s\n%s", file_rows[i].record,
				 pv_report_at(result.report, 0)->message);
		assert_int_equal(result.files.count, 1);
		assert_string_equal(result.ids.items[0], "a");
		assert_string_equal(result.files.items[0], file_rows[i].yaml);
		dispose(&result);
	}
}

/* --- lines that are refused ----------------------------------------------- */

struct bad_row {
	const char *record;
	const char *rule;
	const char *message;
	const char *hint;
};

static const struct bad_row bad_rows[] = {
	{ "{\"id\":\"a\",", "json", "bad JSON", "" },
	{ "{\"id\":\"a\",\"prompt\":NaN}", "json", "expected a value", "" },
	{ "{\"id\":\"a\",\"id\":\"b\",\"prompt\":\"x\"}", "json", "equal keys",
	  "" },
	{ "{\"id\":\"a\",\"prompt\":\"\\ud800\"}", "json", "surrogate", "" },
	{ "{\"id\":\"a\",\"prompt\":\"\xff\"}", "json", "UTF-8", "" },
	{ "[1]", "record", "must be an object", "" },
	{ "\"x\"", "record", "must be an object", "" },
	{ "{\"prompt\":\"x\"}", "id", "no \"id\"", "support/triage" },
	{ "{\"id\":7,\"prompt\":\"x\"}", "id", "must be text", "" },
	{ "{\"id\":\"a\\u0000b\",\"prompt\":\"x\"}", "id", "NUL", "" },
	{ "{\"id\":\"../evil\",\"prompt\":\"x\"}", "id", "bad id \"../evil\"",
	  "support/triage" },
	{ "{\"id\":\"My Prompt!\",\"prompt\":\"x\"}", "id",
	  "bad id \"My Prompt!\"", "try \"my-prompt\"" },
	{ "{\"id\":\"a\"}", "prompt", "the record has neither", "as \"prompt\"" },
	{ "{\"id\":\"a\",\"name\":\"x\"}", "prompt", "neither", "" },
	{ "{\"id\":\"a\",\"prompt\":null}", "prompt", "nothing", "" },
	{ "{\"id\":\"a\",\"prompt\":[1]}", "prompt", "not a list", "" },
	{ "{\"id\":\"a\",\"prompt\":\"a\\u0000b\"}", "prompt", "NUL", "" },
	{ "{\"id\":\"a\",\"prompt\":\"x\",\"tags\":\"t\"}", "prompt",
	  "\"tags\"", "" },
	{ "{\"id\":\"a\",\"messages\":[{\"role\":\"robot\","
	  "\"content\":\"x\"}]}",
	  "prompt", "robot", "" },
	{ "{\"id\":\"a\",\"prompt\":\"x\",\"metadata\":3,\"y\":1}", "record",
	  "\"metadata\" must be", "" },
	{ "{\"id\":\"a\",\"prompt\":\"x\",\"metadata\":{\"y\":1},\"y\":1}",
	  "record", "\"y\" is there twice", "" },
	{ "{\"id\":\"a\",\"prompt\":\"x\",\"other_keys\":{\"name\":1}}",
	  "record", "\"name\" does not belong", "" },
	{ "{\"id\":\"a\",\"prompt\":\"x\",\"other_keys\":1}", "record",
	  "must be an object", "" },
};

static void test_exchange_jsonl__refuses_lines_with_the_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(bad_rows); i++) {
		const struct bad_row *row = &bad_rows[i];
		struct result result = { 0 };
		const pv_finding *finding;
		pv_buf text = { 0 };

		/* The second line, with good ones around it. */
		pv_buf_printf(&text,
			      "{\"id\":\"first\",\"prompt\":\"x\"}\n%s\n"
			      "{\"id\":\"last\",\"prompt\":\"x\"}",
			      row->record);
		assert_int_equal(run(&result, text.ptr, NULL, NULL), PV_OK);
		assert_int_equal(result.ids.count, 2);
		assert_int_equal(pv_report_count(result.report), 1);
		finding = pv_report_at(result.report, 0);
		if (strcmp(finding->rule, row->rule) != 0 ||
		    !strstr(finding->message, row->message) ||
		    !strstr(finding->hint, row->hint))
			fail_msg("%s\n%s: %s (%s)", row->record, finding->rule,
				 finding->message, finding->hint);
		assert_int_equal(finding->severity, PV_SEVERITY_ERROR);
		assert_int_equal(finding->line, 2);
		/* A column only in what was read, not in what it became. */
		if (strcmp(finding->rule, "json") != 0)
			assert_int_equal(finding->column, 0);
		pv_buf_dispose(&text);
		dispose(&result);
	}
}

static void test_exchange_jsonl__refuses_a_repeated_id(void **state)
{
	struct result result = { 0 };

	(void)state;
	assert_int_equal(run(&result,
			     "{\"id\":\"a\",\"prompt\":\"x\"}\n\n"
			     "{\"id\":\"a\",\"prompt\":\"y\"}\n",
			     NULL, NULL),
			 PV_OK);
	assert_int_equal(result.ids.count, 1);
	assert_string_equal(pv_report_at(result.report, 0)->message,
			    "\"a\" is there twice, first on line 1");
	assert_int_equal(pv_report_at(result.report, 0)->line, 3);
	dispose(&result);
}

static void test_exchange_jsonl__reports_doubts_of_good_lines(void **state)
{
	struct result result = { 0 };

	(void)state;
	assert_int_equal(run(&result, "\n{\"id\":\"a\",\"prompt\":\"{{ x\"}",
			     NULL, NULL),
			 PV_OK);
	assert_int_equal(result.ids.count, 1);
	assert_int_equal(result.line, 2);
	assert_int_equal(pv_report_count(result.report), 1);
	assert_string_equal(pv_report_at(result.report, 0)->rule,
			    "template-syntax");
	assert_int_equal(pv_report_at(result.report, 0)->severity,
			 PV_SEVERITY_WARNING);
	assert_int_equal(pv_report_at(result.report, 0)->line, 2);
	dispose(&result);
}

static void test_exchange_jsonl__reads_lines_of_any_kind(void **state)
{
	static const char text[] =
		"\xEF\xBB\xBF{\"id\":\"a\",\"prompt\":\"x\"}\r\n"
		"   \r\n\n"
		"{\"id\":\"b\",\"prompt\":\"\xE2\x80\xA8\"}";
	struct result result = { 0 };

	(void)state;
	assert_int_equal(run(&result, text, "ns/", NULL), PV_OK);
	assert_int_equal(pv_report_count(result.report), 0);
	assert_int_equal(result.ids.count, 2);
	assert_string_equal(result.ids.items[0], "ns/a");
	assert_string_equal(result.ids.items[1], "ns/b");
	assert_int_equal(result.line, 4);
	dispose(&result);
	assert_int_equal(run(&result, "", NULL, NULL), PV_OK);
	assert_int_equal(result.ids.count, 0);
	dispose(&result);
}

static void test_exchange_jsonl__stops_when_told(void **state)
{
	struct result result = { .stop_after = 1 };

	(void)state;
	assert_int_equal(run(&result,
			     "{\"id\":\"a\",\"prompt\":\"x\"}\n"
			     "{\"id\":\"b\",\"prompt\":\"x\"}\n",
			     NULL, NULL),
			 42);
	assert_int_equal(result.ids.count, 1);
	dispose(&result);
}

/* --- there and back ------------------------------------------------------- */

/* The line of a prompt file. */
static char *export_text(const char *id, const char *yaml)
{
	pv_prompt *prompt;
	pv_buf line = { 0 };
	pv_error err = { 0 };

	if (pv_prompt_parse(&prompt, yaml, strlen(yaml), NULL, NULL, &err) < 0)
		fail_msg("%s\n%s", yaml, err.message);
	assert_int_equal(pv_export_jsonl(&line, id, prompt, &err), PV_OK);
	pv_prompt_free(prompt);
	return line.ptr;
}

static const char *const round_trips[] = {
	"prompt: hi\n",
	"# comment\nname: 'x'\nprompt: |+\n  a\n\n\n",
	"prompt: \"a\\tb\\u0085\\u2028 \\n  x\\n\"\n",
	"prompt: hi\nx-key: [1, 2.50, '.inf']\nid: 3\n'other_keys': {a: b}\n",
	"messages:\n- role: user\n  content: &c 'x'\n- {role: tool, content: "
	"*c}\n",
	"prompt: hi\nmetadata: {big: 123456789012345678901234567890, t: true,\n"
	"  n: null, s: 'null', e: '', d: 2024-01-01, 1: 2}\n",
};

static void test_exchange_jsonl__exports_what_it_reads_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(round_trips); i++) {
		struct result result = { 0 };
		char *first = export_text("a/b", round_trips[i]);
		char *second;

		assert_int_equal(first[strlen(first) - 1], '\n');
		assert_null(memchr(first, '\n', strlen(first) - 1));
		assert_int_equal(run(&result, first, NULL, NULL), PV_OK);
		assert_int_equal(result.ids.count, 1);
		assert_string_equal(result.ids.items[0], "a/b");
		second = export_text("a/b", result.files.items[0]);
		assert_string_equal(second, first);
		pv_free(first);
		pv_free(second);
		dispose(&result);
	}
}

static void test_exchange_jsonl__exports_no_number_json_lacks(void **state)
{
	static const char *const cases[][2] = {
		{ "prompt: hi\nmodel:\n  temperature: -.INF\n",
		  "model.temperature is \"-.INF\"" },
		{ "prompt: hi\nmetadata: {a: &n [1, {'b.c': .NaN}], d: *n}\n",
		  "metadata.a[1].\"b.c\" is \".NaN\"" },
		{ "prompt: hi\nvariables:\n  x: {default: +.Inf}\n",
		  "variables.x.default is \"+.Inf\"" },
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		pv_prompt *prompt;
		pv_buf line = { 0 };
		pv_error err = { 0 };

		assert_int_equal(pv_prompt_parse(&prompt, cases[i][0],
						 strlen(cases[i][0]), NULL,
						 NULL, NULL),
				 PV_OK);
		assert_int_equal(pv_export_jsonl(&line, "a", prompt, &err),
				 PV_EINVALID);
		assert_non_null(strstr(err.message, cases[i][1]));
		assert_string_equal(err.source, "a");
		assert_true(err.line > 1);
		assert_int_equal(line.len, 0);
		pv_prompt_free(prompt);
	}
}

static void check_real_prompt(const pv_json *record, const char *id,
			      const char *yaml)
{
	pv_prompt *prompt;
	const char *wanted;
	size_t len;
	const pv_message *message;

	assert_int_equal(pv_prompt_parse(&prompt, yaml, strlen(yaml), NULL,
					 NULL, NULL),
			 PV_OK);
	assert_string_equal(pv_json_text(pv_json_get(record, "id"), NULL), id);
	wanted = pv_json_text(pv_json_get(record, "prompt"), &len);
	message = pv_prompt_message(prompt, 0);
	assert_int_equal(message->len, len);
	assert_memory_equal(message->content, wanted, len);
	assert_string_equal(pv_json_text(pv_json_get(record, "name"), NULL),
			    pv_prompt_name(prompt));
	pv_prompt_free(prompt);
}

static void test_exchange_jsonl__keeps_every_byte_of_real_prompts(void **state)
{
	struct result result = { 0 };
	pv_buf text = { 0 };
	const char *line;

	(void)state;
	if (pv_file_read(&text, REAL_FILE, NULL) < 0) {
		print_message("skipped: no %s\n", REAL_FILE);
		skip();
	}
	assert_int_equal(run(&result, text.ptr, NULL, NULL), PV_OK);
	assert_int_equal(pv_report_count_at(result.report, PV_SEVERITY_ERROR), 0);
	line = text.ptr;
	for (size_t i = 0; i < result.ids.count; i++) {
		size_t len = strcspn(line, "\n");
		pv_json_doc *doc;

		assert_int_equal(pv_json_parse(&doc, line, len, NULL), PV_OK);
		check_real_prompt(pv_json_root(doc), result.ids.items[i],
				  result.files.items[i]);
		pv_json_free(doc);
		line += len + 1;
	}
	assert_ptr_equal(line, text.ptr + text.len);
	dispose(&result);
	pv_buf_dispose(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exchange_jsonl__writes_prompt_files),
		cmocka_unit_test(
			test_exchange_jsonl__refuses_lines_with_the_reason),
		cmocka_unit_test(test_exchange_jsonl__refuses_a_repeated_id),
		cmocka_unit_test(test_exchange_jsonl__reports_doubts_of_good_lines),
		cmocka_unit_test(test_exchange_jsonl__reads_lines_of_any_kind),
		cmocka_unit_test(test_exchange_jsonl__stops_when_told),
		cmocka_unit_test(test_exchange_jsonl__exports_what_it_reads_back),
		cmocka_unit_test(test_exchange_jsonl__exports_no_number_json_lacks),
		cmocka_unit_test(
			test_exchange_jsonl__keeps_every_byte_of_real_prompts),
	};

	return cmocka_run_group_tests_name("exchange_jsonl", tests, NULL, NULL);
}
