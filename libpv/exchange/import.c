/* SPDX-License-Identifier: MIT
 *
 * Records into prompt files. A record is put into our words by foreign.c,
 * rearranged by record.c, written as YAML and loaded again; only what reads
 * back as the same data is handed out. A record that is no prompt is a finding
 * and leaves the others alone.
 */
#include "exchange/import.h"

#include <string.h>

#include <pv/check.h>

#include "base/fail.h"
#include "exchange/foreign.h"
#include "exchange/old_value.h"
#include "exchange/record.h"
#include "prompt/compare.h"
#include "prompt/model.h"
#include "yaml/write.h"

void pv_import_begin(pv_import *import, const pv_import_options *opts,
		     pv_error *err)
{
	memset(import, 0, sizeof(*import));
	import->prefix = opts && opts->id_prefix ? opts->id_prefix : "";
	import->file = opts && opts->file ? opts->file : "";
	import->report = opts ? opts->report : NULL;
	import->rules = opts ? opts->rules : NULL;
	import->folder = opts && opts->folder ? opts->folder : "";
	import->takes_versions = opts && opts->versions;
	import->err = err;
}

void pv_import_end(pv_import *import)
{
	pv_map_dispose(&import->seen);
	pv_buf_dispose(&import->id);
	pv_buf_dispose(&import->key);
	pv_buf_dispose(&import->yaml);
	pv_buf_dispose(&import->label);
	pv_buf_dispose(&import->parent);
}

int pv_import_refuse(pv_import *import, const char *rule, const pv_error *why)
{
	pv_finding finding = { PV_SEVERITY_ERROR, rule,        import->file,
			       import->line,      why->column, why->message,
			       why->hint };

	return pv_report_add(import->report, &finding, import->err);
}

int pv_import_refuse_text(pv_import *import, const char *rule,
			  const char *message, const char *hint)
{
	pv_finding finding = {
		PV_SEVERITY_ERROR, rule, import->file, import->line, 0,
		message,           hint
	};

	return pv_report_add(import->report, &finding, import->err);
}

int pv_import_refuse_for(pv_import *import, const char *rule, const pv_error *why)
{
	if (why->code == PV_ENOMEM)
		return pv_fail_nomem(import->err);
	return pv_import_refuse(import, rule, why);
}

/* --- ids ------------------------------------------------------------------ */

static int refuse_id(pv_import *import, pv_error *why, const char *id)
{
	char near[PV_ID_MAX + 1];

	if (pv_old_id(near, id))
		(void)pv_error_hint(why, why->code, "try \"%.120s\"", near);
	return pv_import_refuse(import, "id", why);
}

/* Sets import->id; `*is_ok_out` is 0 when the line was refused. */
static int take_id(pv_import *import, const pv_yaml_node *record, int *is_ok_out)
{
	const pv_yaml_node *id = pv_yaml_get(record, "id");
	pv_error why = { 0 };
	int rc;

	*is_ok_out = 0;
	if (!id || !pv_node_is_text(id))
		return pv_import_refuse_text(import, "id",
					     id ? "\"id\" must be text"
						: "the record has no \"id\"",
					     "ids look like support/triage");
	pv_buf_clear(&import->id);
	pv_buf_puts(&import->id, import->prefix);
	pv_buf_put(&import->id, id->text, id->len);
	rc = pv_buf_status(&import->id, import->err);
	if (rc < 0)
		return rc;
	if (strlen(pv_buf_text(&import->id)) != import->id.len)
		return pv_import_refuse_text(import, "id",
					     "\"id\" contains a NUL byte", "");
	if (pv_id_check(pv_buf_text(&import->id), &why) < 0)
		return refuse_id(import, &why, pv_buf_text(&import->id));
	*is_ok_out = 1;
	return PV_OK;
}

static int refuse_again(pv_import *import, const char *what, size_t first)
{
	pv_error why = { 0 };

	(void)pv_fail(&why, PV_EEXISTS,
		      "%s\"%.100s\" is there twice, first on line %zu", what,
		      pv_buf_text(&import->id), first);
	return pv_import_refuse(import, "duplicate-id", &why);
}

/* Notes a key, and sets `*first` to what was noted of it before, or 0. */
static int note(size_t *first, pv_import *import, pv_str key, size_t value)
{
	void *before = NULL;
	int rc = pv_map_set(&import->seen, key, (void *)(uintptr_t)value,
			    &before, import->err);

	*first = (size_t)(uintptr_t)before;
	return rc;
}

/*
 * An id comes once, or once with each of its versions. Of an id the line is
 * kept, twice, and whether it came with a version.
 */
static int check_seen(pv_import *import, int *is_ok_out)
{
	pv_str id = { pv_buf_text(&import->id), import->id.len };
	size_t line = (size_t)import->line;
	int has_label = import->takes_versions && import->label.len;
	size_t first;
	int rc = note(&first, import, id, 2 * line + (size_t)has_label);

	*is_ok_out = rc == PV_OK && !first;
	if (rc == PV_OK && first && (!has_label || !(first & 1)))
		return refuse_again(import, "", first / 2);
	if (rc < 0 || !has_label)
		return rc;
	pv_buf_clear(&import->key);
	pv_buf_printf(&import->key, "%s\n%s", id.ptr, import->label.ptr);
	rc = pv_buf_status(&import->key, import->err);
	if (rc == PV_OK)
		rc = note(&first, import,
			  (pv_str){ import->key.ptr, import->key.len }, line);
	*is_ok_out = rc == PV_OK && !first;
	return rc == PV_OK && first
		       ? refuse_again(import, "this version of ", first)
		       : rc;
}

/* --- what a record says of its version ------------------------------------- */

/* The text of a scalar, a number included; "" for all else. */
static int copy_text(pv_buf *out, const pv_yaml_node *record, const char *key,
		     pv_error *err)
{
	const pv_yaml_node *node = pv_yaml_get(record, key);

	pv_buf_clear(out);
	if (node && node->kind == PV_YAML_SCALAR && !pv_node_is_null(node) &&
	    strlen(node->text) == node->len)
		pv_buf_puts(out, node->text);
	return pv_buf_status(out, err);
}

static int read_time(int64_t *out, const pv_yaml_node *record, pv_error *err)
{
	const pv_yaml_node *node = pv_yaml_get(record, "created_at");
	pv_json_doc *doc = NULL;
	pv_buf json = { 0 };
	int rc = PV_OK;

	*out = 0;
	if (!node || node->kind != PV_YAML_SCALAR)
		return PV_OK;
	rc = pv_yaml_to_json(&json, node, err);
	if (rc == PV_OK)
		rc = pv_json_parse(&doc, json.ptr, json.len, err);
	if (rc == PV_OK)
		(void)pv_old_time(out, pv_json_root(doc));
	pv_json_free(doc);
	pv_buf_dispose(&json);
	/* A number that is none for others is no time. */
	return rc == PV_ENOMEM ? rc : PV_OK;
}

static int read_version(pv_import *import, const pv_yaml_node *record,
			pv_import_item *item)
{
	const pv_yaml_node *by = pv_yaml_get(record, "created_by");
	int rc = copy_text(&import->label, record, "version", import->err);

	if (rc == PV_OK)
		rc = copy_text(&import->parent, record, "parent_version",
			       import->err);
	if (rc == PV_OK)
		rc = read_time(&item->created, record, import->err);
	item->label = pv_buf_text(&import->label);
	if (!pv_old_version_number(import->number, item->label))
		import->number[0] = '\0';
	item->number = import->number;
	item->parent = pv_buf_text(&import->parent);
	item->created_by = by && pv_node_is_text(by) ? by->text : "";
	return rc;
}

/* --- the file ------------------------------------------------------------- */

/*
 * Passes on what was found. Where the line is imported all the same, what is
 * wrong in a template is a warning here.
 */
static int forward(pv_import *import, const pv_report *report, int is_ok)
{
	int rc = PV_OK;

	for (size_t i = 0; i < pv_report_count(report) && rc == PV_OK; i++) {
		pv_finding finding = *pv_report_at(report, i);

		if (is_ok && finding.severity == PV_SEVERITY_ERROR)
			finding.severity = PV_SEVERITY_WARNING;
		finding.file = import->file;
		finding.line = import->line;
		finding.column = 0;
		rc = pv_report_add(import->report, &finding, import->err);
	}
	return rc;
}

/* Refuses the line unless the loaded file is the data that was written. */
static int check_prompt(pv_import *import, const pv_prompt *prompt,
			const pv_yaml_node *file, int *is_ok_out)
{
	int rc = pv_node_equal(is_ok_out, pv_yaml_root(prompt->doc), file,
			       import->err);

	if (rc < 0 || *is_ok_out)
		return rc;
	return pv_import_refuse_text(import, "round-trip",
				     "the record does not read back from YAML as it is",
				     "");
}

/* Puts what the rules find in the place of what loading found. */
static int run_rules(pv_report **report, pv_import *import,
		     const pv_prompt *prompt)
{
	pv_check_subject subject = { .id = pv_buf_text(&import->id),
				     .text = pv_buf_text(&import->yaml),
				     .len = import->yaml.len,
				     .prompt = prompt,
				     .found = *report };
	pv_report *found = NULL;
	pv_buf path = { 0 };
	int rc = pv_report_new(&found, import->err);

	pv_buf_printf(&path, "%s%s%s.yaml", import->folder,
		      *import->folder ? "/" : "", subject.id);
	subject.path = pv_buf_text(&path);
	if (rc == PV_OK)
		rc = pv_buf_status(&path, import->err);
	if (rc == PV_OK)
		rc = pv_check_prompt(found, import->rules, &subject, import->err);
	if (rc == PV_OK) {
		pv_report_free(*report);
		*report = found;
		found = NULL;
	}
	pv_report_free(found);
	pv_buf_dispose(&path);
	return rc;
}

/*
 * Whether something besides its template is wrong with a line. Prompts that are
 * cut off in the midst of a statement come from real collections: they are
 * imported as they are, with a warning, and commit asks for the rest.
 */
static int has_errors(const pv_report *report)
{
	int found = 0;

	for (size_t i = 0; i < pv_report_count(report); i++) {
		const pv_finding *finding = pv_report_at(report, i);

		found |= finding->severity == PV_SEVERITY_ERROR &&
			 strcmp(finding->rule, "template-syntax") != 0;
	}
	return found;
}

static int check_yaml(pv_import *import, const pv_yaml_node *file, int *is_ok_out)
{
	pv_report *report = NULL;
	pv_prompt *prompt = NULL;
	pv_error why = { 0 };
	int is_judged;
	int rc = pv_report_new(&report, import->err);

	*is_ok_out = 0;
	if (rc < 0)
		return rc;
	rc = pv_prompt_parse(&prompt, import->yaml.ptr, import->yaml.len, NULL,
			     report, &why);
	/* Nobody sees the YAML this is a column of. */
	why.column = 0;
	if (rc < 0)
		rc = pv_import_refuse_for(import, "prompt", &why);
	else
		rc = check_prompt(import, prompt, file, is_ok_out);
	is_judged = rc == PV_OK && *is_ok_out && import->rules;
	if (is_judged) {
		rc = run_rules(&report, import, prompt);
		*is_ok_out = !has_errors(report);
	}
	if (rc == PV_OK && (*is_ok_out || is_judged))
		rc = forward(import, report, *is_ok_out);
	pv_prompt_free(prompt);
	pv_report_free(report);
	return rc;
}

static int write_yaml(pv_import *import, const pv_yaml_node *file)
{
	pv_buf_clear(&import->yaml);
	pv_yaml_write_block(&import->yaml, &pv_yaml_default_format, file, 0);
	pv_buf_puts(&import->yaml, pv_yaml_default_format.eol);
	return pv_buf_status(&import->yaml, import->err);
}

/* Said here in the words of a record rather than of the file it becomes. */
static int check_text(pv_import *import, const pv_yaml_node *record,
		      int *is_ok_out)
{
	*is_ok_out = pv_yaml_get(record, "prompt") ||
		     pv_yaml_get(record, "messages");
	if (*is_ok_out)
		return PV_OK;
	return pv_import_refuse_text(import, "prompt",
				     "the record has neither \"prompt\" nor \"messages\"",
				     "give its text as \"prompt\"");
}

static int make_file(pv_import *import, const pv_yaml_node *record,
		     pv_arena *arena, int *is_ok_out)
{
	const pv_yaml_node *file;
	pv_error why = { 0 };
	int rc;

	*is_ok_out = 0;
	rc = pv_foreign_translate(&record, record, arena, import->err);
	if (rc == PV_OK)
		rc = check_text(import, record, is_ok_out);
	if (rc < 0 || !*is_ok_out)
		return rc;
	*is_ok_out = 0;
	if (pv_record_to_file(&file, record, arena, &why) < 0)
		return pv_import_refuse_for(import, "record", &why);
	rc = write_yaml(import, file);
	return rc == PV_OK ? check_yaml(import, file, is_ok_out) : rc;
}

int pv_import_record(pv_import *import, const pv_yaml_node *record,
		     pv_arena *arena)
{
	pv_import_item item = { 0 };
	int is_ok;
	int rc = take_id(import, record, &is_ok);

	if (rc == PV_OK && is_ok)
		rc = read_version(import, record, &item);
	if (rc == PV_OK && is_ok)
		rc = check_seen(import, &is_ok);
	if (rc == PV_OK && is_ok)
		rc = make_file(import, record, arena, &is_ok);
	if (rc < 0 || !is_ok)
		return rc;
	item.id = pv_buf_text(&import->id);
	item.yaml = pv_buf_text(&import->yaml);
	item.len = import->yaml.len;
	item.line = import->line;
	return import->fn(&item, import->payload);
}
