/* SPDX-License-Identifier: MIT
 *
 * Prompts as JSON documents and as CSV, and in the words of other programs.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv/exchange.h>

#include "base/mem.h"
#include "base/str.h"

typedef int reader(const char *text, size_t len, const pv_import_options *opts,
		   int (*fn)(const pv_import_item *item, void *payload),
		   void *payload, pv_error *err);

static int take(const pv_import_item *item, void *payload)
{
	pv_buf *out = payload;

	assert_int_equal(strlen(item->yaml), item->len);
	pv_buf_printf(out, "%d %s", item->line, item->id);
	if (*item->label || item->created)
		pv_buf_printf(out, " %s<%s %lld %s", item->label, item->parent,
			      (long long)item->created, item->created_by);
	pv_buf_printf(out, "\n%s", item->yaml);
	return 0;
}

/* What comes out: items, then findings. */
static void read_all(pv_buf *out, reader *read, const char *text)
{
	pv_import_options opts = { .versions = 1 };

	assert_int_equal(pv_report_new(&opts.report, NULL), PV_OK);
	assert_int_equal(read(text, strlen(text), &opts, take, out, NULL), PV_OK);
	for (size_t i = 0; i < pv_report_count(opts.report); i++) {
		const pv_finding *finding = pv_report_at(opts.report, i);

		if (finding->severity == PV_SEVERITY_ERROR)
			pv_buf_printf(out, "%d:%d %s: %s\n", finding->line,
				      finding->column, finding->rule,
				      finding->message);
	}
	pv_report_free(opts.report);
}

struct row {
	const char *input;
	const char *output;
};

static void check_rows(reader *read, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		pv_buf out = { 0 };

		read_all(&out, read, rows[i].input);
		assert_string_equal(pv_buf_text(&out), rows[i].output);
		pv_buf_dispose(&out);
	}
}

/* --- words of other programs ---------------------------------------------- */

#define ID "{\"id\":\"a\","

static const struct row foreign_rows[] = {
	{ ID "\"template\":\"x\"}", "1 a\nprompt: x\n" },
	{ ID "\"content\":\"x\"}", "1 a\nprompt: x\n" },
	{ ID "\"text\":\"x\"}", "1 a\nprompt: x\n" },
	{ ID "\"prompt\":null,\"text\":\"x\"}", "1 a\nprompt: x\n" },
	/* what is there under our name stays, and so does the other */
	{ ID "\"prompt\":\"x\",\"text\":\"y\"}",
	  "1 a\nprompt: x\nmetadata:\n  text: y\n" },
	{ ID "\"template\":{\"k\":1},\"text\":\"y\"}",
	  "1 a\nprompt: y\nmetadata:\n  template:\n    k: 1\n" },
	{ ID "\"system_prompt\":\"s\",\"user_prompt_template\":\"u\"}",
	  "1 a\nmessages:\n  - role: system\n    content: s\n"
	  "  - role: user\n    content: u\n" },
	{ ID "\"user_prompt_template\":\"u\",\"system_prompt\":\"\"}",
	  "1 a\nmessages:\n  - role: user\n    content: u\n"
	  "metadata:\n  system_prompt: \"\"\n" },
	{ ID "\"system_prompt\":\"s\",\"prompt\":\"u\"}",
	  "1 a\nmessages:\n  - role: system\n    content: s\n"
	  "  - role: user\n    content: u\n" },
	{ ID "\"prompt\":\"x\",\"is_active\":0,\"prompt_type\":\"chat\"}",
	  "1 a\nprompt: x\nactive: false\ntype: chat\n" },
	{ ID "\"prompt\":\"x\",\"is_active\":\"Yes\"}",
	  "1 a\nprompt: x\nactive: true\n" },
	{ ID "\"prompt\":\"x\",\"is_active\":\"maybe\"}",
	  "1 a\nprompt: x\nmetadata:\n  is_active: maybe\n" },
	{ ID "\"prompt\":\"x\",\"variables\":[\"b\",\"c\"]}",
	  "1 a\nprompt: x\nvariables:\n  - b\n  - c\n" },
	/* parameters */
	{ ID "\"prompt\":\"x\",\"model\":\"m\",\"token_limit\":\"500\","
	     "\"temperature\":0.20}",
	  "1 a\nprompt: x\nmodel:\n  name: m\n  max_tokens: 500\n"
	  "  temperature: 0.20\n" },
	{ ID "\"model\":null,\"prompt\":\"x\",\"top_p\":1}",
	  "1 a\nmodel:\n  top_p: 1\nprompt: x\n" },
	{ ID "\"prompt\":\"x\",\"model_name\":\"m\",\"provider\":\"p\"}",
	  "1 a\nprompt: x\nmodel:\n  name: m\n  provider: p\n" },
	{ ID "\"prompt\":\"x\",\"model\":{\"max_tokens\":1},"
	     "\"token_limit\":2}",
	  "1 a\nprompt: x\nmodel:\n  max_tokens: 1\nmetadata:\n"
	  "  token_limit: 2\n" },
	{ ID "\"prompt\":\"x\",\"max_tokens\":1,\"token_limit\":2}",
	  "1 a\nprompt: x\nmodel:\n  max_tokens: 1\nmetadata:\n"
	  "  token_limit: 2\n" },
	{ ID "\"prompt\":\"x\",\"temperature\":\"warm\"}",
	  "1 a\nprompt: x\nmetadata:\n  temperature: warm\n" },
	/* braces */
	{ ID "\"prompt\":\"{x}, {y_1}\"}",
	  "1 a\nsyntax: fstring\nprompt: \"{x}, {y_1}\"\n" },
	{ ID "\"prompt\":\"{x} {{ y }}\"}", "1 a\nprompt: \"{x} {{ y }}\"\n" },
	{ ID "\"prompt\":\"{x} {\\\"k\\\": 1}\"}",
	  "1 a\nprompt: '{x} {\"k\": 1}'\n" },
	{ ID "\"prompt\":\"{1x} {} { x }\"}", "1 a\nprompt: \"{1x} {} { x }\"\n" },
	{ ID "\"prompt\":\"a {x} }\"}", "1 a\nprompt: a {x} }\n" },
	{ ID "\"prompt\":\"a {x}\",\"syntax\":\"jinja2\"}",
	  "1 a\nprompt: a {x}\nsyntax: jinja2\n" },
	{ ID "\"messages\":[{\"role\":\"system\",\"content\":\"s\"},"
	     "{\"role\":\"user\",\"content\":\"a {x}\"}]}",
	  "1 a\nsyntax: fstring\nmessages:\n  - role: system\n    content: s\n"
	  "  - role: user\n    content: a {x}\n" },
	{ ID "\"system_prompt\":\"{{ s }}\",\"user_prompt_template\":\"a {x}\"}",
	  "1 a\nmessages:\n  - role: system\n    content: \"{{ s }}\"\n"
	  "  - role: user\n    content: a {x}\n" },
	/* versions */
	{ ID "\"prompt\":\"x\",\"version\":1.10,\"parent_version\":\"1.9\","
	     "\"created_at\":\"1970-01-01 00:00:01\",\"created_by\":\"Ann\"}\n" ID
	     "\"prompt\":\"y\",\"version\":\"1.9\"}\n" ID
	     "\"prompt\":\"z\",\"version\":\"1.9\"}\n" ID "\"prompt\":\"none\"}",
	  "1 a 1.10<1.9 1000000 Ann\nprompt: x\nversion: 1.10\nmetadata:\n"
	  "  parent_version: \"1.9\"\n  created_at: 1970-01-01 00:00:01\n"
	  "  created_by: Ann\n"
	  "2 a 1.9< 0 \nprompt: y\nversion: \"1.9\"\n"
	  "3:0 duplicate-id: this version of \"a\" is there twice, first on "
	  "line 2\n"
	  "4:0 duplicate-id: \"a\" is there twice, first on line 3\n" },
};

static void test_exchange_formats__understands_other_words(void **state)
{
	(void)state;
	check_rows(pv_import_jsonl, foreign_rows, pv_array_len(foreign_rows));
}

/* --- documents ------------------------------------------------------------ */

static const struct row json_rows[] = {
	{ "[]", "" },
	{ "\xEF\xBB\xBF [ ] ", "" },
	{ ID "\"prompt\":\"x\"}", "1 a\nprompt: x\n" },
	{ "\n[\n" ID "\n\"prompt\":\"x]\"},\n\n{\"id\":\"b\",\"prompt\":\"y\"}]\n",
	  "3 a\nprompt: x]\n6 b\nprompt: y\n" },
	{ "{\"n\": {\"prompts\": []},\n \"prompts\" :\n[" ID
	  "\"prompt\":\"x\"}], \"m\": 1}",
	  "3 a\nprompt: x\n" },
	{ "[1,\n" ID "\n\"prompt\": tru},\n" ID "\"prompt\":\"x\"}]",
	  "4 a\nprompt: x\n1:0 record: a record must be an object\n"
	  "3:11 json: bad JSON: expected a value\n" },
	{ "[" ID "\"prompt\":\"x\"}", "1:0 json: the list is not closed\n" },
	{ "", "1:1 json: bad JSON: expected a value\n" },
	{ "{\"prompts\": 1}", "1:0 id: the record has no \"id\"\n" },
};

static void test_exchange_formats__reads_json_documents(void **state)
{
	(void)state;
	check_rows(pv_import_json, json_rows, pv_array_len(json_rows));
}

/* --- tables --------------------------------------------------------------- */

static const struct row csv_rows[] = {
	{ "id,prompt\na,x\n", "2 a\nprompt: x\n" },
	{ "\xEF\xBB\xBFid,prompt\r\n\r\na,\"x\r\ny, \"\"z\"\"\"\r\nb,w",
	  "3 a\nprompt: \"x\\r\\ny, \\\"z\\\"\"\n5 b\nprompt: w\n" },
	{ "prompt, id ,note\ntrue,a,\n12,b,7\n",
	  "2 a\nprompt: \"true\"\n3 b\nprompt: \"12\"\nmetadata:\n"
	  "  note: \"7\"\n" },
	{ "id,prompt,tags,variables,active,model\n"
	  "a,x,\"t; u,\",\"v, w\",TRUE,m/n\n"
	  "b,x,\"[\"\"t\"\"]\",\"{\"\"v\"\":{}}\",no,\"{\"\"name\"\":\"\"m\"\"}\"\n"
	  "c,x,7,,0,3\n",
	  "2 a\nprompt: x\ntags:\n  - t\n  - u\nvariables:\n  - v\n  - w\n"
	  "active: true\nmodel: m/n\n"
	  "3 b\nprompt: x\ntags:\n  - t\nvariables:\n  v: {}\nactive: false\n"
	  "model:\n  name: m\n"
	  "4 c\nprompt: x\ntags:\n  - \"7\"\nactive: false\nmodel: \"3\"\n" },
	{ "id,prompt,messages,metadata\na,,\"[{\"\"role\"\":\"\"user\"\",\"\"content\"\":"
	  "\"\"x\"\"}]\",\nb,x,,{\nc,x,,{}\n",
	  "2 a\nmessages:\n  - role: user\n    content: x\n"
	  "4 c\nprompt: x\nmetadata: {}\n"
	  "3:0 csv: the column \"metadata\" has no JSON\n" },
	{ "id,prompt,token_limit,model\na,x,5,m\n",
	  "2 a\nprompt: x\nmodel:\n  name: m\n  max_tokens: 5\n" },
	{ "id,prompt\na\nb,x,y\nc,\"x\"y,\nd,x\ne,\"open\nf,x\n",
	  "5 d\nprompt: x\n"
	  "2:0 csv: 1 value, where the first line names 2 columns\n"
	  "3:0 csv: 3 values, where the first line names 2 columns\n"
	  "4:6 csv: a comma has to follow the quotation mark\n"
	  "6:3 csv: the quotation mark is not closed\n" },
	{ "", "1:0 csv: the table is empty\n" },
	{ "prompt\nx\n", "1:0 csv: no column is called \"id\"\n" },
	{ "id,,prompt\n", "1:0 csv: a column has no name\n" },
	{ "id,prompt,id\n", "1:0 csv: the column \"id\" stands twice\n" },
	{ "id,prompt\na,\xff\n", "2:0 csv: the text is not UTF-8\n" },
};

static void test_exchange_formats__reads_tables(void **state)
{
	(void)state;
	check_rows(pv_import_csv, csv_rows, pv_array_len(csv_rows));
}

static const struct row export_rows[] = {
	{ "", "id\n" },
	{ ID "\"prompt\":\"x\"}\n", "id,prompt\na,x\n" },
	{ ID "\"tags\":[\"t\"],\"prompt\":\"x\\ny\"}\n"
	     "{\"id\":\"b\",\"name\":\"q \\\"r\\\"\",\"prompt\":\"z\"}\n",
	  "id,name,tags,prompt\na,,\"[\"\"t\"\"]\",\"x\ny\"\n"
	  "b,\"q \"\"r\"\"\",,z\n" },
	/* what its column cannot say */
	{ ID "\"name\":\"\",\"version\":1.10,\"prompt\":\"x\","
	     "\"other_keys\":{\"k\":null}}\n",
	  "id,prompt,other_keys\na,x,\"{\"\"name\"\":\"\"\"\",\"\"version\"\":1.10,"
	  "\"\"k\"\":null}\"\n" },
};

static void test_exchange_formats__writes_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(export_rows); i++) {
		pv_buf out = { 0 };

		assert_int_equal(pv_export_csv(&out, export_rows[i].input,
					       strlen(export_rows[i].input), NULL),
				 PV_OK);
		assert_string_equal(pv_buf_text(&out), export_rows[i].output);
		pv_buf_dispose(&out);
	}
}

/* --- whether something changes -------------------------------------------- */

struct same_row {
	const char *file;
	const char *yaml;
	int is_same;
};

static const struct same_row same_rows[] = {
	{ "# c\nname: n\nprompt: |-\n  x\n", "prompt: x\nname: n\n", 1 },
	{ "prompt: x\n", "prompt: y\n", 0 },
	{ "prompt: x\n", "prompt: x\nname: n\n", 0 },
	{ "prompt: a {x}\n", "syntax: jinja2\nprompt: a {x}\n", 1 },
	{ "prompt: a {x}\n", "syntax: fstring\nprompt: a {x}\n", 0 },
	{ "prompt: [\n", "prompt: x\n", 0 },
	{ "prompt: x\nmetadata: {n: .nan}\n", "prompt: x\n", 0 },
	{ "prompt: x\nown: 1\n", "prompt: x\nown: 1\n", 1 },
};

static void test_exchange_formats__knows_what_is_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(same_rows); i++) {
		const struct same_row *row = &same_rows[i];
		const pv_import_item item = { .id = "a",
					      .yaml = row->yaml,
					      .len = strlen(row->yaml) };
		int is_same = -1;

		assert_int_equal(pv_import_is_same(&is_same, row->file,
						   strlen(row->file), &item, NULL),
				 PV_OK);
		if (is_same != row->is_same)
			fail_msg("%s%s", row->file, row->yaml);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exchange_formats__understands_other_words),
		cmocka_unit_test(test_exchange_formats__reads_json_documents),
		cmocka_unit_test(test_exchange_formats__reads_tables),
		cmocka_unit_test(test_exchange_formats__writes_tables),
		cmocka_unit_test(test_exchange_formats__knows_what_is_the_same),
	};

	return cmocka_run_group_tests_name("exchange_formats", tests, NULL, NULL);
}
