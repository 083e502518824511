/* SPDX-License-Identifier: MIT
 *
 * Runs hostile inputs: prompt files in the neutral shape {id, description,
 * template, inputs, x-context}, whose `template` is read as `prompt` and
 * whose `id` is tested by the id rule; and JSON pairs {schema, data}. A case
 * must end in a clean verdict, and in the expected one where an index says
 * which: FILE is INDEX.tsv (file, what, expected) or a single case.
 *
 * Rows that expect "accept|reject" are decided in data/hostile-policy.tsv. A
 * file with a context (`x-context`) is rendered with it. What would need a
 * schema to be applied is reported as skipped.
 *
 *     corpus_hostile FILE... [--print]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pv/prompt.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "tools/hostile/template.h"

#define POLICY_FILE PV_TEST_DATA "/hostile-policy.tsv"

enum {
	MAX_FILE = 256 << 20, /* bytes of a case */
	MAX_SHOWN = 64 << 10  /* bytes of a value that --print shows */
};

enum answer {
	ACCEPT,
	REJECT,
	SKIP /* not for loading to decide */
};

struct run {
	int is_print;
	unsigned passed;
	unsigned failed;
	unsigned skipped;
	pv_map policy; /* file to "accept" or "reject" */
	pv_buf policy_text;
};

struct verdict {
	enum answer answer;
	char rule[32]; /* what decided */
	char message[300];
	pv_buf value; /* the loaded file as JSON */
};

static void set(struct verdict *out, enum answer answer, const char *rule,
		const char *message)
{
	out->answer = answer;
	(void)snprintf(out->rule, sizeof(out->rule), "%s", rule);
	(void)snprintf(out->message, sizeof(out->message), "%s", message);
}

static void reject_error(struct verdict *out, const pv_error *err,
			 const char *rule)
{
	set(out, REJECT, err->id == PV_ERR_LIMIT ? "limit" : rule, err->message);
}

/* --- prompt files --------------------------------------------------------- */

/*
 * Cuts the line with the context for rendering, which git-pv takes from
 * elsewhere than the prompt file. Returns whether there was one.
 */
static int cut_context(pv_buf *text, pv_buf *context)
{
	static const char key[] = "\nx-context:";
	const char *start = text->ptr ? strstr(text->ptr, key) : NULL;
	const char *end = start ? strchr(start + 1, '\n') : NULL;

	if (!start || (end && end[1]))
		return 0; /* not the last line: judged with the rest */
	pv_buf_puts(context, start + sizeof(key) - 1);
	pv_buf_truncate(text, (size_t)(start - text->ptr) + 1);
	return 1;
}

/* The text with the top-level key `template` spelled `prompt`. */
static int adapt(pv_buf *out, const pv_yaml *doc)
{
	const pv_yaml_node *value = pv_yaml_get(pv_yaml_root(doc), "template");
	size_t len;
	const char *text = pv_yaml_text(doc, &len);
	size_t at = 0;

	if (value && !pv_yaml_get(pv_yaml_root(doc), "prompt")) {
		pv_buf_put(out, text, value->key->start);
		pv_buf_puts(out, "prompt");
		at = value->key->end;
	}
	pv_buf_put(out, text + at, len - at);
	return pv_buf_status(out, NULL);
}

static void judge_id(struct verdict *out, const pv_yaml *doc)
{
	const pv_yaml_node *id = pv_yaml_get(pv_yaml_root(doc), "id");
	pv_error err = { 0 };

	if (!id)
		return;
	id = pv_yaml_resolve(id);
	if (id->kind != PV_YAML_SCALAR || id->type != PV_YAML_STRING)
		set(out, REJECT, "id-type", "the id must be text");
	else if (strlen(id->text) != id->len)
		set(out, REJECT, "id", "the id contains a NUL byte");
	else if (pv_id_check(id->text, &err) < 0)
		reject_error(out, &err, "id");
}

static void judge_findings(struct verdict *out, const pv_report *report)
{
	for (size_t i = 0; i < pv_report_count(report); i++) {
		const pv_finding *finding = pv_report_at(report, i);

		if (finding->severity < PV_SEVERITY_ERROR)
			continue;
		set(out, REJECT, finding->rule, finding->message);
		return;
	}
}

static void judge_prompt(struct verdict *out, const pv_buf *text)
{
	pv_report *report = NULL;
	pv_prompt *prompt = NULL;
	pv_error err = { 0 };

	if (pv_report_new(&report, &err) < 0 ||
	    pv_prompt_parse(&prompt, pv_buf_text(text), text->len, NULL, report,
			    &err) < 0)
		reject_error(out, &err, "prompt");
	if (report)
		judge_findings(out, report);
	if (prompt && out->answer == ACCEPT &&
	    pv_prompt_json(&out->value, prompt, &err) < 0)
		reject_error(out, &err, "json");
	pv_prompt_free(prompt);
	pv_report_free(report);
}

/* Renders the template with the context. */
static void judge_render(struct verdict *out, const pv_yaml *doc,
			 const pv_buf *context)
{
	const pv_yaml_node *value = pv_yaml_get(pv_yaml_root(doc), "template");
	const pv_yaml_node *id = pv_yaml_get(pv_yaml_root(doc), "id");
	pv_str given = { context->ptr, context->len };
	pv_buf text = { 0 };
	pv_jsonw w;
	pv_str source;

	if (!value || value->kind != PV_YAML_SCALAR)
		return;
	source.ptr = value->text;
	source.len = value->len;
	if (hostile_render(&text, id ? id->text : "", source, given, out->rule,
			   out->message) < 0)
		out->answer = REJECT;
	pv_buf_truncate(&out->value, 0);
	pv_jsonw_init(&w, &out->value);
	pv_jsonw_stringn(&w, pv_buf_text(&text), text.len);
	pv_buf_dispose(&text);
}

static void judge_yaml(struct verdict *out, pv_buf *text)
{
	pv_buf context = { 0 };
	int is_rendered = cut_context(text, &context);
	const pv_yaml_options opts = { .max_size = PV_PROMPT_MAX_SIZE };
	pv_yaml *doc;
	pv_buf adapted = { 0 };
	pv_error err = { 0 };

	if (pv_yaml_parse(&doc, pv_buf_text(text), text->len, &opts, &err) < 0) {
		reject_error(out, &err, "yaml-syntax");
		pv_buf_dispose(&context);
		return;
	}
	set(out, ACCEPT, "none", "no rule refuses it");
	if (adapt(&adapted, doc) < 0)
		set(out, REJECT, "memory", "out of memory");
	else
		judge_prompt(out, &adapted);
	if (out->answer == ACCEPT)
		judge_id(out, doc);
	if (out->answer == ACCEPT && is_rendered)
		judge_render(out, doc, &context);
	pv_buf_dispose(&context);
	pv_buf_dispose(&adapted);
	pv_yaml_free(doc);
}

/* --- other files ---------------------------------------------------------- */

static void judge_json(struct verdict *out, const pv_buf *text)
{
	pv_json_doc *doc = NULL;
	pv_error err = { 0 };

	if (pv_json_parse(&doc, pv_buf_text(text), text->len, &err) < 0)
		reject_error(out, &err, "json");
	else
		set(out, SKIP, "schema", "it is JSON; a schema is to decide");
	pv_json_free(doc);
}

/* The text of a prompt by itself. */
static void judge_template(struct verdict *out, const pv_buf *text)
{
	pv_buf json = { 0 };
	pv_buf yaml = { 0 };
	pv_error err = { 0 };
	pv_jsonw writer;

	if (text->len > PV_PROMPT_MAX_SIZE) {
		(void)pv_fail(&err, PV_ELIMIT, "more than %d bytes of text",
			      PV_PROMPT_MAX_SIZE);
		reject_error(out, &err, "limit");
		return;
	}
	pv_jsonw_init(&writer, &json);
	pv_jsonw_object(&writer);
	pv_jsonw_key(&writer, "template");
	pv_jsonw_stringn(&writer, pv_buf_text(text), text->len);
	pv_jsonw_object_end(&writer);
	if (pv_buf_status(&json, &err) < 0 ||
	    pv_yaml_from_json(&yaml, json.ptr, json.len, &err) < 0)
		reject_error(out, &err, "json");
	else
		judge_yaml(out, &yaml);
	pv_buf_dispose(&json);
	pv_buf_dispose(&yaml);
}

static void judge_file(struct verdict *out, const char *path)
{
	pv_buf text = { .max = MAX_FILE };
	pv_error err = { 0 };

	memset(out, 0, sizeof(*out));
	if (pv_file_read(&text, path, &err) < 0)
		reject_error(out, &err, "io");
	else if (pv_str_has_suffix(path, ".json"))
		judge_json(out, &text);
	else if (pv_str_has_suffix(path, ".txt"))
		judge_template(out, &text);
	else
		judge_yaml(out, &text);
	pv_buf_dispose(&text);
}

/* --- reports -------------------------------------------------------------- */

static void print_verdict(const char *id, const struct verdict *verdict)
{
	static const char *const answers[] = { "accept", "reject", NULL };
	pv_buf line = { 0 };
	pv_jsonw w;

	pv_jsonw_init(&w, &line);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", id);
	pv_jsonw_member(&w, "got", answers[verdict->answer]);
	pv_jsonw_member(&w, "rule", verdict->rule);
	pv_jsonw_member(&w, "message", verdict->message);
	if (verdict->answer != REJECT && verdict->value.len &&
	    verdict->value.len < MAX_SHOWN) {
		pv_jsonw_key(&w, "value");
		pv_jsonw_raw(&w, verdict->value.ptr, verdict->value.len);
	}
	pv_jsonw_object_end(&w);
	puts(pv_buf_text(&line));
	pv_buf_dispose(&line);
}

/* What a row expects once the policy is applied; "" for either. */
static const char *decide(const struct run *run, const char *file,
			  const char *expected)
{
	const char *decided;

	if (strcmp(expected, "accept|reject") != 0)
		return expected;
	decided = pv_map_find(&run->policy, pv_str_of(file));
	return decided ? decided : "";
}

static int is_expected(const struct verdict *verdict, const char *expected)
{
	if (!*expected)
		return 1;
	if (!strcmp(expected, "limit")) /* sooner than asked for is fine */
		return verdict->answer == REJECT;
	return !strcmp(expected, verdict->answer == ACCEPT ? "accept" : "reject");
}

static void compare(struct run *run, const char *file, const char *expected,
		    const struct verdict *verdict)
{
	if (verdict->answer == SKIP) {
		run->skipped++;
		printf("skipped %s: %s\n", file, verdict->message);
	} else if (is_expected(verdict, expected)) {
		run->passed++;
	} else {
		run->failed++;
		printf("FAILED %s: %s by rule \"%s\", expected %s: %s\n", file,
		       verdict->answer == ACCEPT ? "accepted" : "refused",
		       verdict->rule, expected, verdict->message);
	}
}

static void run_case(struct run *run, const char *path, const char *file,
		     const char *expected)
{
	struct verdict verdict;

	judge_file(&verdict, path);
	if (run->is_print)
		print_verdict(file, &verdict);
	else
		compare(run, file, decide(run, file, expected), &verdict);
	pv_buf_dispose(&verdict.value);
}

/* --- tables --------------------------------------------------------------- */

/* Cuts the next field off a line; "" when there is none. */
static char *next_field(char **rest)
{
	char *field = *rest;
	size_t len = strcspn(field, "\t");

	*rest = field + len + (field[len] == '\t');
	field[len] = '\0';
	return field;
}

/* Calls `fn` with the fields of each row but the heading. */
static int each_row(pv_buf *text, const char *path,
		    void (*fn)(struct run *run, const char *folder,
			       char *fields[3]),
		    struct run *run)
{
	const char *slash = strrchr(path, '/');
	pv_buf folder = { 0 };
	pv_error err = { 0 };
	char *line;

	if (pv_file_read(text, path, &err) < 0) {
		fprintf(stderr, "error: %s\n", err.message);
		return -1;
	}
	pv_buf_put(&folder, path, slash ? (size_t)(slash - path) + 1 : 0);
	line = text->ptr;
	while (line && *line) {
		size_t len = strcspn(line, "\n");
		char *next = line + len + (line[len] == '\n');
		char *rest = line;
		char *fields[3];

		line[len] = '\0';
		for (int i = 0; i < 3; i++)
			fields[i] = next_field(&rest);
		if (*fields[0] && strcmp(fields[0], "file") != 0)
			fn(run, pv_buf_text(&folder), fields);
		line = next;
	}
	pv_buf_dispose(&folder);
	return 0;
}

static void add_policy(struct run *run, const char *folder, char *fields[3])
{
	(void)folder;
	if (pv_map_set(&run->policy, pv_str_of(fields[0]), fields[1], NULL,
		       NULL) < 0)
		run->failed++;
}

static void run_row(struct run *run, const char *folder, char *fields[3])
{
	pv_buf path = { 0 };

	pv_buf_printf(&path, "%s%s", folder, fields[0]);
	run_case(run, pv_buf_text(&path), fields[0], fields[2]);
	pv_buf_dispose(&path);
}

static void run_argument(struct run *run, const char *path)
{
	pv_buf text = { 0 };

	if (!pv_str_has_suffix(path, ".tsv"))
		run_case(run, path, path, "");
	else if (each_row(&text, path, run_row, run) < 0)
		run->failed++;
	pv_buf_dispose(&text);
}

int main(int argc, char **argv)
{
	struct run run = { 0 };

	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--print"))
			run.is_print = 1;
	if (each_row(&run.policy_text, POLICY_FILE, add_policy, &run) < 0)
		return EXIT_FAILURE;
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--print") != 0)
			run_argument(&run, argv[i]);
	if (!run.is_print)
		printf("%u passed, %u failed, %u skipped\n", run.passed,
		       run.failed, run.skipped);
	pv_map_dispose(&run.policy);
	pv_buf_dispose(&run.policy_text);
	return run.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
