/* SPDX-License-Identifier: MIT
 *
 * Files beside the prompts that people write and that have a schema of ours:
 * experiments, and sets of cases. What is wrong is told at its line; which part
 * of the schema is meant the shape of the file says, so that nobody is told
 * that "one of three" does not fit.
 */
#include <string.h>

#include <pv/check.h>
#include <pv/schema.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "check/csv.h"
#include "prompt/settings.h"
#include "prompt/stray_keys.h"
#include "yaml/doc.h"

enum {
	MAX_TOLD = 100 /* findings of one file */
};

/* Files of one kind; `refs` are what the root has to be. */
struct kind {
	const char *folder;
	int has_lines; /* JSON lines and CSV files, too */
	const char *const *text;
	const char *of_mapping;
	const char *of_list;
	const char *of_line;
	const char *hint;
	int has_keys; /* others than the schema's are told */
};

static const struct kind kinds[] = {
	{ "experiments/", 0, &pv_text_experiment_schema_json,
	  "{\"$ref\":\"urn:git-pv:schema:experiment\"}",
	  "{\"$ref\":\"urn:git-pv:schema:experiment\"}", NULL,
	  "an experiment has a prompt, and two or more variants of it", 1 },
	{ "datasets/", 1, &pv_text_dataset_schema_json,
	  "{\"$ref\":\"urn:git-pv:schema:dataset#/$defs/dataset\"}",
	  "{\"$ref\":\"urn:git-pv:schema:dataset#/$defs/cases\"}",
	  "{\"$ref\":\"urn:git-pv:schema:dataset#/$defs/case\"}",
	  "a case is {vars: {...}}, with name, expected and assert as needed", 0 },
};

/* A file at hand. */
struct data_file {
	pv_report *found;
	const struct kind *kind;
	const char *path;
	const pv_yaml *doc; /* NULL: a line of JSON */
	int line;
	pv_error *err;
};

static int is_lines(const char *path)
{
	return pv_str_has_suffix(path, ".jsonl");
}

static int is_csv(const char *path)
{
	return pv_str_has_suffix(path, ".csv");
}

static const struct kind *kind_of(const char *path)
{
	int is_yaml = pv_str_has_suffix(path, ".yaml") ||
		      pv_str_has_suffix(path, ".yml");

	for (size_t i = 0; i < pv_array_len(kinds); i++)
		if (pv_str_has_prefix(path, kinds[i].folder) &&
		    (is_yaml ||
		     (kinds[i].has_lines && (is_lines(path) || is_csv(path)))))
			return &kinds[i];
	return NULL;
}

int pv_check_is_data_file(const char *path)
{
	return kind_of(path) != NULL;
}

/* --- findings --------------------------------------------------------------- */

static int is_asking(const struct data_file *file)
{
	return pv_report_count(file->found) < MAX_TOLD;
}

static int tell(struct data_file *file, const char *rule, int line, int column,
		const char *message, const char *hint)
{
	const pv_finding finding = { .severity = PV_SEVERITY_ERROR,
				     .rule = rule,
				     .file = file->path,
				     .line = line,
				     .column = column,
				     .message = message,
				     .hint = hint };

	return pv_report_add(file->found, &finding, file->err);
}

static int tell_stray(const pv_stray_key *stray, void *payload)
{
	struct data_file *file = payload;
	const pv_finding finding = { .severity = PV_SEVERITY_WARNING,
				     .rule = "unknown-key",
				     .file = file->path,
				     .line = stray->key->line,
				     .column = stray->key->column,
				     .message = stray->message,
				     .hint = stray->hint };

	return is_asking(file) ? pv_report_add(file->found, &finding, file->err)
			       : PV_OK;
}

/* What a reader of the file stumbled over; other failures go on. */
static int tell_syntax(struct data_file *file, int rc, const pv_error *why,
		       const char *rule, int line)
{
	if (rc != PV_ESYNTAX && rc != PV_ELIMIT)
		return rc;
	return tell(file, rule, line, why->column, why->message, why->hint);
}

static int tell_invalid(struct data_file *file, const pv_schema_finding *at)
{
	const pv_yaml_node *node;

	if (!file->doc)
		return tell(file, "file-schema", file->line, 1, at->message,
			    file->kind->hint);
	node = pv_yaml_follow_pointer(pv_yaml_root(file->doc), at->instance_path);
	return tell(file, "file-schema", node->line, node->column, at->message,
		    file->kind->hint);
}

static int validate(struct data_file *file, const pv_schema *schema,
		    const pv_schema_data *data)
{
	pv_schema_result *result = NULL;
	int is_valid = 0;
	int rc = pv_schema_result_new(&result, file->err);

	if (rc == PV_OK)
		rc = pv_schema_validate(&is_valid, schema, data, result,
					file->err);
	for (size_t i = 0; rc == PV_OK && i < pv_schema_result_count(result) &&
			   is_asking(file);
	     i++)
		rc = tell_invalid(file, pv_schema_result_at(result, i));
	pv_schema_result_free(result);
	return rc;
}

/* --- schemas ----------------------------------------------------------------- */

static int load_own(pv_buf *out, const char *uri, void *payload, pv_error *err)
{
	const struct kind *kind = payload;

	(void)uri; /* ours refer to nothing but themselves */
	pv_buf_puts(out, *kind->text);
	return pv_buf_status(out, err);
}

static int compile(pv_schema **out, const struct kind *kind, const char *text,
		   pv_error *err)
{
	struct kind copy = *kind;
	pv_schema_options how = { .load = load_own, .payload = &copy };

	return pv_schema_new(out, text, strlen(text), &how, err);
}

/* --- files ------------------------------------------------------------------- */

static int check_yaml(struct data_file *file, pv_str text)
{
	const pv_yaml_node *root;
	pv_schema *schema = NULL;
	pv_schema_data *data = NULL;
	pv_yaml *doc = NULL;
	pv_buf json = { 0 };
	pv_error why = { 0 };
	int rc = pv_yaml_parse(&doc, text.ptr, text.len, NULL, &why);

	if (rc < 0) {
		if (rc == PV_ENOMEM)
			return pv_fail_nomem(file->err);
		return tell_syntax(file, rc, &why, "yaml-syntax", why.line);
	}
	file->doc = doc;
	root = pv_yaml_root(doc);
	rc = compile(&schema, file->kind,
		     root->kind == PV_YAML_SEQUENCE ? file->kind->of_list
						    : file->kind->of_mapping,
		     file->err);
	if (rc == PV_OK)
		rc = pv_yaml_to_json(&json, root, file->err);
	if (rc == PV_OK)
		rc = pv_schema_data_new(&data, pv_buf_text(&json), json.len,
					file->err);
	if (rc == PV_OK)
		rc = validate(file, schema, data);
	if (rc == PV_OK && file->kind->has_keys)
		rc = pv_stray_keys_each(root, *file->kind->text, tell_stray,
					file, file->err);
	pv_schema_data_free(data);
	pv_schema_free(schema);
	pv_buf_dispose(&json);
	pv_yaml_free(doc);
	return rc;
}

static int check_line(struct data_file *file, const pv_schema *schema, pv_str line)
{
	pv_schema_data *data = NULL;
	pv_error why = { 0 };
	int rc = pv_schema_data_new(&data, line.ptr, line.len, &why);

	if (rc == PV_ENOMEM)
		return pv_fail_nomem(file->err);
	if (rc < 0)
		return tell_syntax(file, rc, &why, "file-schema", file->line);
	rc = validate(file, schema, data);
	pv_schema_data_free(data);
	return rc;
}

static int check_lines(struct data_file *file, pv_str text)
{
	const char *end = text.ptr + text.len;
	pv_schema *schema = NULL;
	int rc = compile(&schema, file->kind, file->kind->of_line, file->err);

	while (rc == PV_OK && text.ptr < end && is_asking(file)) {
		const char *stop =
			memchr(text.ptr, '\n', (size_t)(end - text.ptr));
		pv_str line = { text.ptr,
				(size_t)((stop ? stop : end) - text.ptr) };

		file->line++;
		text.ptr += line.len + (stop != NULL);
		if (pv_str_trim(line).len)
			rc = check_line(file, schema, line);
	}
	pv_schema_free(schema);
	return rc;
}

static int tell_csv(int line, int column, const char *message, void *payload)
{
	struct data_file *file = payload;

	if (!is_asking(file))
		return PV_OK;
	return tell(file, "file-schema", line, column, message,
		    "the first line names the variables, each other one has a "
		    "value of each; see RFC 4180 for quotation marks");
}

/* A row is a case whose variables are texts: of any schema it is one. */
static int check_csv(struct data_file *file, pv_str text)
{
	return pv_csv_check(text, tell_csv, file, file->err);
}

int pv_check_data_file(pv_report *report, pv_check *check, const char *path,
		       const char *text, size_t len, pv_error *err)
{
	struct data_file file = { .kind = kind_of(path), .path = path, .err = err };
	pv_check_subject subject = {
		.id = "", .path = path, .text = text, .len = len
	};
	pv_str all = { text, len };
	int rc;

	if (!file.kind)
		return PV_OK;
	rc = pv_report_new(&file.found, err);
	if (rc == PV_OK)
		rc = is_lines(path) ? check_lines(&file, all)
		     : is_csv(path) ? check_csv(&file, all)
				    : check_yaml(&file, all);
	subject.found = file.found;
	if (rc == PV_OK)
		rc = pv_check_prompt(report, check, &subject, err);
	pv_report_free(file.found);
	return rc;
}
