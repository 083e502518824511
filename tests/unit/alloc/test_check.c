/* SPDX-License-Identifier: MIT
 *
 * Every allocation of the checks made to fail.
 */
#include "alloc/walk.h"

/* Something for each rule to find. */
static const char text[] =
	"messages:\n- {role: assistant, content: 'hi \n'}\n"
	"- {role: user, content: \"{{ a }} \\nx \\n\"}\n"
	"- role: system\n  content: \"{{ ticket | safe }} ![i](https://e.io/i) "
	"{% for i in a %}{{ i }}{% endfor %} a@b.io \\u200b\"\n"
	"# \xE2\x80\x8B AKIAQ3EGXT5YKZ2PW7NB\n"
	"model: {name: gpt-4, temperature: 3}\n"
	"tags: [x]\nmetadata: {b: [1]}\n"
	"output: {format: json, schema: {$ref: schemas/s.json}}\n"
	"tools: [{name: delete_all, parameters: {type: object, required: [q]}},\n"
	"  {name: d, parameters: {$schema: 'http://x/y'}}]\n"
	"tests: [{vars: {b: 1}, expected: [1]}]\n"
	"variables: {b: {type: string, example: 2, maxLength: 1, default: ab}}\n";

static const char last_text[] = "messages: [{role: user, content: '{{ b }}'}]\n";

static const char settings[] =
	"checks:\n  message-order: warning\n"
	"  style: note\n  token-budget: {max: 1}\n"
	"  paths:\n    prompts/**: {trailing-space: error}\n"
	"vocabulary: {tags: [y]}\n"
	"metadata_schema: schemas/s.json\n"
	"providers: {a: {api_key: correct-horse-7}}\n";

struct scene {
	pv_prompt *prompt;
	pv_prompt *last;
	pv_report *found;
	pv_report *report;
	pv_check *check;
};

static struct scene scene;

static int read_file(pv_buf *out, const char *path, void *payload, pv_error *err)
{
	(void)path;
	(void)payload;
	pv_buf_puts(out, "{\"type\": \"object\", \"required\": [\"a\"]}");
	return pv_buf_status(out, err);
}

static int find_last(const pv_prompt **out, const char **version_out,
		     const char *id, void *payload, pv_error *err)
{
	const struct scene *it = payload;

	(void)id;
	(void)err;
	*out = it->last;
	*version_out = "1.2.0";
	return PV_OK;
}

static const pv_check_options options = {
	.settings = settings,
	.settings_len = sizeof(settings) - 1,
	.source = { .read = read_file, .last = find_last, .payload = &scene }
};

static void begin(void *payload)
{
	struct scene *it = payload;

	memset(it, 0, sizeof(*it));
	if (pv_report_new(&it->found, NULL) < 0 ||
	    pv_report_new(&it->report, NULL) < 0 ||
	    pv_check_new(&it->check, &options, NULL) < 0 ||
	    pv_prompt_parse(&it->prompt, text, sizeof(text) - 1, NULL,
			    it->found, NULL) < 0 ||
	    pv_prompt_parse(&it->last, last_text, sizeof(last_text) - 1, NULL,
			    NULL, NULL) < 0)
		fail_msg("nothing to begin with");
}

static void end(void *payload, int rc)
{
	struct scene *it = payload;

	(void)rc;
	pv_prompt_free(it->prompt);
	pv_prompt_free(it->last);
	pv_check_free(it->check);
	pv_report_free(it->found);
	pv_report_free(it->report);
}

static int call_new(void *payload, pv_error *err)
{
	pv_check *check = NULL;
	int rc = pv_check_new(&check, &options, err);

	(void)payload;
	pv_check_free(check);
	return rc;
}

static int call_prompt(void *payload, pv_error *err)
{
	struct scene *it = payload;
	const pv_check_subject subject = { .id = "a",
					   .path = "prompts/a.yaml",
					   .text = text,
					   .len = sizeof(text) - 1,
					   .prompt = it->prompt,
					   .found = it->found };
	int rc = pv_check_prompt(it->report, it->check, &subject, err);

	for (size_t i = 0; rc == PV_OK && i < pv_report_count(it->report); i++)
		walk_say("%s ", pv_report_at(it->report, i)->rule);
	return rc;
}

static int call_fix(void *payload, pv_error *err)
{
	struct scene *it = payload;
	const pv_check_subject subject = { .id = "a",
					   .path = "prompts/a.yaml",
					   .text = text,
					   .len = sizeof(text) - 1,
					   .prompt = it->prompt };
	pv_buf out = { 0 };
	size_t count = 0;
	int rc = pv_check_fix(&out, &count, it->check, &subject, err);

	if (rc == PV_OK)
		walk_say("%zu %s", count, pv_buf_text(&out));
	pv_buf_dispose(&out);
	return rc;
}

static int print(pv_buf *out, int rc)
{
	if (rc == PV_OK)
		walk_say("%zu", out->len);
	pv_buf_dispose(out);
	return rc;
}

static pv_check_result result_of(const struct scene *it)
{
	static const char *const paths[] = { "prompts/a.yaml" };
	const pv_check_result result = { it->found, paths, 1 };

	return result;
}

static int call_github(void *payload, pv_error *err)
{
	const pv_check_result result = result_of(payload);
	pv_buf out = { 0 };

	return print(&out, pv_check_print_github(&out, &result, err));
}

static int call_gitlab(void *payload, pv_error *err)
{
	const pv_check_result result = result_of(payload);
	pv_buf out = { 0 };

	return print(&out, pv_check_print_gitlab(&out, &result, err));
}

static int call_junit(void *payload, pv_error *err)
{
	const pv_check_result result = result_of(payload);
	pv_buf out = { 0 };

	return print(&out, pv_check_print_junit(&out, &result, err));
}

static int call_sarif(void *payload, pv_error *err)
{
	const pv_check_result result = result_of(payload);
	pv_buf out = { 0 };

	return print(&out, pv_check_print_sarif(&out, &result, err));
}

static int call_secrets(void *payload, pv_error *err)
{
	struct scene *it = payload;
	int rc = pv_check_secrets(it->report, it->check, err);

	if (rc == PV_OK)
		walk_say("%zu", pv_report_count(it->report));
	return rc;
}

static int call_settings_file(void *payload, pv_error *err)
{
	struct scene *it = payload;
	int rc = pv_check_settings_file(it->report, it->check, err);

	if (rc == PV_OK)
		walk_say("%zu", pv_report_count(it->report));
	return rc;
}

static int call_data(void *payload, pv_error *err)
{
	static const char yaml[] = "- vars: 1\n- {vars: {}, assert: [{}]}\n";
	static const char lines[] = "{\"vars\": 1}\n{\n";
	static const char table[] = "a,a\n1\n\"";
	static const char keys[] =
		"prompt: p\nvariants: {a: a, b: b}\nspilt: 1\n";
	struct scene *it = payload;
	int rc = pv_check_data_file(it->report, it->check, "datasets/a.yaml",
				    yaml, sizeof(yaml) - 1, err);

	if (rc == PV_OK)
		rc = pv_check_data_file(it->report, it->check, "datasets/a.jsonl",
					lines, sizeof(lines) - 1, err);
	if (rc == PV_OK)
		rc = pv_check_data_file(it->report, it->check, "datasets/a.csv",
					table, sizeof(table) - 1, err);
	if (rc == PV_OK)
		rc = pv_check_data_file(it->report, it->check,
					"experiments/a.yaml", keys,
					sizeof(keys) - 1, err);
	if (rc == PV_OK)
		walk_say("%zu", pv_report_count(it->report));
	return rc;
}

static void test_alloc_check(void **state)
{
	static const struct walk_row rows[] = {
		{ WALK(pv_check_new, call_new) },
		{ WALK(pv_check_prompt, call_prompt) },
		{ WALK(pv_check_fix, call_fix) },
		{ WALK(pv_check_print_github, call_github) },
		{ WALK(pv_check_print_gitlab, call_gitlab) },
		{ WALK(pv_check_print_junit, call_junit) },
		{ WALK(pv_check_print_sarif, call_sarif) },
		{ WALK(pv_check_secrets, call_secrets) },
		{ WALK(pv_check_settings_file, call_settings_file) },
		{ WALK(pv_check_data_file, call_data) },
	};
	const struct walk_setting setting = { &scene, begin, end, 0 };

	(void)state;
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc_check),
	};

	walk_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
