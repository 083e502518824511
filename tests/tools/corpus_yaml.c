/* SPDX-License-Identifier: MIT
 *
 * Runs YAML corpora in the shape of the yaml-test-suite as JSON lines: {id,
 * yaml, fail, json?, libyaml_0_2_5{accept, verdict}}. Where libyaml's verdict
 * is "ok" the suite says what is right; where libyaml is known to differ from
 * YAML 1.2, libyaml does, since it is our parser.
 *
 *     corpus_yaml FILE... [--print]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pv/yaml.h>

#include "cases.h"

struct run {
	int is_print;
	unsigned passed;
	unsigned failed;
	unsigned skipped;
};

/* What reading one case gave. */
struct outcome {
	int is_accepted;
	pv_buf json; /* the documents as one array */
	pv_error err;
};

static void read_case(struct outcome *out, const pv_json *item)
{
	pv_yaml_options opts = { PV_YAML_TAGS_KEEP, 1, 0, 0 };
	size_t len = 0;
	const char *text = pv_json_text(pv_json_get(item, "yaml"), &len);
	pv_yaml *doc = NULL;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = pv_yaml_parse(&doc, text ? text : "", len, &opts, &out->err);
	if (rc == PV_OK)
		rc = pv_yaml_to_json(&out->json, pv_yaml_root(doc), &out->err);
	out->is_accepted = rc == PV_OK;
	pv_yaml_free(doc);
}

static int equal(const pv_json *a, const pv_json *b);

static int equal_objects(const pv_json *a, const pv_json *b);

static int equal_arrays(const pv_json *a, const pv_json *b)
{
	for (size_t i = 0; i < pv_json_count(a); i++)
		if (!equal(pv_json_at(a, i), pv_json_at(b, i)))
			return 0;
	return 1;
}

static int equal_strings(const pv_json *a, const pv_json *b)
{
	size_t a_len = 0;
	size_t b_len = 0;
	const char *a_text = pv_json_text(a, &a_len);
	const char *b_text = pv_json_text(b, &b_len);

	return a_len == b_len && !memcmp(a_text, b_text, a_len);
}

static int is_number(const pv_json *value)
{
	enum pv_json_type type = pv_json_type_of(value);

	return type == PV_JSON_INT || type == PV_JSON_REAL;
}

static int equal(const pv_json *a, const pv_json *b)
{
	enum pv_json_type type = pv_json_type_of(a);

	if (is_number(a) && is_number(b))
		return pv_json_real(a, 0) == pv_json_real(b, 1);
	if (type != pv_json_type_of(b) || pv_json_count(a) != pv_json_count(b))
		return 0;
	switch (type) {
	case PV_JSON_STRING:
		return equal_strings(a, b);
	case PV_JSON_ARRAY:
		return equal_arrays(a, b);
	case PV_JSON_OBJECT:
		return equal_objects(a, b);
	case PV_JSON_BOOL:
		return pv_json_is_true(a) == pv_json_is_true(b);
	case PV_JSON_ABSENT:
	case PV_JSON_NULL:
	case PV_JSON_INT:
	case PV_JSON_REAL:
		break;
	}
	return 1;
}

static int differs(const char *key, const pv_json *member, void *payload)
{
	const pv_json *other = payload;
	const pv_json *match = pv_json_get(other, key);

	return !match || !equal(member, match);
}

static int equal_objects(const pv_json *a, const pv_json *b)
{
	/* The payload is only read: pv_json_each has no const one. */
	return !pv_json_each(a, differs, (void *)(uintptr_t)b);
}

static int equals_text(const pv_json *want, const struct outcome *got)
{
	pv_json_doc *doc = NULL;
	int same = 0;

	if (pv_json_parse(&doc, pv_buf_text(&got->json), got->json.len, NULL) ==
	    PV_OK)
		same = equal(want, pv_json_root(doc));
	pv_json_free(doc);
	return same;
}

static void print_case(const char *id, const struct outcome *got)
{
	pv_buf line = { 0 };
	pv_jsonw w;

	pv_jsonw_init(&w, &line);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", id);
	pv_jsonw_key(&w, "got");
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "accept");
	pv_jsonw_bool(&w, got->is_accepted);
	if (got->is_accepted) {
		pv_jsonw_key(&w, "json");
		pv_jsonw_raw(&w, got->json.ptr, got->json.len);
	} else {
		pv_jsonw_member(&w, "error", got->err.message);
		pv_jsonw_key(&w, "line");
		pv_jsonw_int(&w, got->err.line);
		pv_jsonw_key(&w, "column");
		pv_jsonw_int(&w, got->err.column);
	}
	pv_jsonw_object_end(&w);
	pv_jsonw_object_end(&w);
	puts(pv_buf_text(&line));
	pv_buf_dispose(&line);
}

/* Refused on purpose: keys that JSON and prompt files cannot have. */
static int is_key_policy(const struct outcome *got)
{
	return !got->is_accepted && !strncmp(got->err.message, "a key must", 10);
}

static void judge(struct run *run, const char *id, const pv_json *item,
		  const struct outcome *got)
{
	const pv_json *libyaml = pv_json_get(item, "libyaml_0_2_5");
	const char *verdict = pv_json_text(pv_json_get(libyaml, "verdict"), NULL);
	const pv_json *json = pv_json_get(item, "json");
	int is_known = verdict && strcmp(verdict, "ok") != 0;
	int want = is_known ? pv_json_is_true(pv_json_get(libyaml, "accept"))
			    : !pv_json_is_true(pv_json_get(item, "fail"));

	if (want && is_key_policy(got) && (!json || is_known)) {
		printf("skipped %s: %s\n", id, got->err.message);
		run->skipped++;
	} else if (want != got->is_accepted) {
		printf("FAILED %s: %s, expected to be %s%s%s\n", id,
		       got->is_accepted ? "accepted" : "refused",
		       want ? "accepted" : "refused",
		       got->is_accepted ? "" : ": ", got->err.message);
		run->failed++;
	} else if (want && json && !is_known && !equals_text(json, got)) {
		printf("FAILED %s: reads as %s\n", id, pv_buf_text(&got->json));
		run->failed++;
	} else {
		run->passed++;
	}
}

static void run_case(void *payload, unsigned line, const pv_json *item)
{
	struct run *run = payload;
	const char *id = pv_json_text(pv_json_get(item, "id"), NULL);
	struct outcome got;

	(void)line;
	read_case(&got, item);
	if (run->is_print)
		print_case(id ? id : "", &got);
	else
		judge(run, id ? id : "", item, &got);
	pv_buf_dispose(&got.json);
}

int main(int argc, char **argv)
{
	struct run run = { 0 };

	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--print"))
			run.is_print = 1;
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--print") != 0)
			run.failed += cases_run_file(argv[i], run_case, &run);
	if (!run.is_print)
		printf("%u passed, %u failed, %u skipped\n", run.passed,
		       run.failed, run.skipped);
	return run.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
