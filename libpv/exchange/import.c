/* SPDX-License-Identifier: MIT
 *
 * JSON lines into prompt files. A line is read into nodes, rearranged by
 * record.c, written as YAML and loaded again; only what reads back as the
 * same data is handed out. A line that is no prompt is a finding and leaves
 * the others alone.
 */
#include <pv/exchange.h>

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/map.h"
#include "exchange/old_value.h"
#include "exchange/record.h"
#include "prompt/compare.h"
#include "prompt/model.h"
#include "yaml/write.h"

/* An import on its way. */
struct import {
	const char *prefix;
	const char *file;
	int (*fn)(const pv_import_item *item, void *payload);
	void *payload;
	pv_report *report;
	pv_error *err;
	pv_map seen; /* ids to the lines that have them */
	pv_buf id;
	pv_buf yaml;
	int line;
};

/* Refuses the line for the reason in `why`; PV_OK unless that fails. */
static int refuse(struct import *import, const char *rule, const pv_error *why)
{
	pv_finding finding = { PV_SEVERITY_ERROR, rule,        import->file,
			       import->line,      why->column, why->message,
			       why->hint };

	return pv_report_add(import->report, &finding, import->err);
}

static int refuse_text(struct import *import, const char *rule,
		       const char *message, const char *hint)
{
	pv_finding finding = {
		PV_SEVERITY_ERROR, rule, import->file, import->line, 0,
		message,           hint
	};

	return pv_report_add(import->report, &finding, import->err);
}

/*
 * Failures that say something about the line become findings; those that say
 * something about this process are passed on.
 */
static int refuse_for(struct import *import, const char *rule, const pv_error *why)
{
	if (why->code == PV_ENOMEM)
		return pv_fail_nomem(import->err);
	return refuse(import, rule, why);
}

/* --- ids ------------------------------------------------------------------ */

static int refuse_id(struct import *import, pv_error *why, const char *id)
{
	char near[PV_ID_MAX + 1];

	if (pv_old_id(near, id))
		(void)pv_error_hint(why, why->code, "try \"%.120s\"", near);
	return refuse(import, "id", why);
}

/* Sets import->id; `*is_ok_out` is 0 when the line was refused. */
static int take_id(struct import *import, const pv_yaml_node *record,
		   int *is_ok_out)
{
	const pv_yaml_node *id = pv_yaml_get(record, "id");
	pv_error why = { 0 };
	int rc;

	*is_ok_out = 0;
	if (!id || !pv_node_is_text(id))
		return refuse_text(import, "id",
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
		return refuse_text(import, "id", "\"id\" contains a NUL byte",
				   "");
	if (pv_id_check(pv_buf_text(&import->id), &why) < 0)
		return refuse_id(import, &why, pv_buf_text(&import->id));
	*is_ok_out = 1;
	return PV_OK;
}

static int check_seen(struct import *import, int *is_ok_out)
{
	pv_str id = { pv_buf_text(&import->id), import->id.len };
	void *first;
	pv_error why = { 0 };
	int rc = pv_map_set(&import->seen, id,
			    (void *)(uintptr_t)(unsigned)import->line, &first,
			    import->err);

	*is_ok_out = rc == PV_OK && !first;
	if (rc < 0 || !first)
		return rc;
	(void)pv_fail(&why, PV_EEXISTS,
		      "\"%.100s\" is there twice, first on "
		      "line %u",
		      id.ptr, (unsigned)(uintptr_t)first);
	return refuse(import, "duplicate-id", &why);
}

/* --- the file ------------------------------------------------------------- */

/*
 * Passes on what loading found. The line is imported, so what is wrong in a
 * template is a warning here.
 */
static int forward(struct import *import, const pv_report *report)
{
	int rc = PV_OK;

	for (size_t i = 0; i < pv_report_count(report) && rc == PV_OK; i++) {
		pv_finding finding = *pv_report_at(report, i);

		if (finding.severity == PV_SEVERITY_ERROR)
			finding.severity = PV_SEVERITY_WARNING;
		finding.file = import->file;
		finding.line = import->line;
		finding.column = 0;
		rc = pv_report_add(import->report, &finding, import->err);
	}
	return rc;
}

/* Refuses the line unless the loaded file is the data that was written. */
static int check_prompt(struct import *import, const pv_prompt *prompt,
			const pv_yaml_node *file, int *is_ok_out)
{
	int rc = pv_node_equal(is_ok_out, pv_yaml_root(prompt->doc), file,
			       import->err);

	if (rc < 0 || *is_ok_out)
		return rc;
	return refuse_text(import, "round-trip",
			   "the record does not read back from YAML as it is",
			   "");
}

static int check_yaml(struct import *import, const pv_yaml_node *file,
		      int *is_ok_out)
{
	pv_report *report = NULL;
	pv_prompt *prompt = NULL;
	pv_error why = { 0 };
	int rc = pv_report_new(&report, import->err);

	*is_ok_out = 0;
	if (rc < 0)
		return rc;
	rc = pv_prompt_parse(&prompt, import->yaml.ptr, import->yaml.len, NULL,
			     report, &why);
	/* Nobody sees the YAML this is a column of. */
	why.column = 0;
	if (rc < 0)
		rc = refuse_for(import, "prompt", &why);
	else
		rc = check_prompt(import, prompt, file, is_ok_out);
	if (rc == PV_OK && *is_ok_out)
		rc = forward(import, report);
	pv_prompt_free(prompt);
	pv_report_free(report);
	return rc;
}

static int write_yaml(struct import *import, const pv_yaml_node *file)
{
	pv_buf_clear(&import->yaml);
	pv_yaml_write_block(&import->yaml, &pv_yaml_default_format, file, 0);
	pv_buf_puts(&import->yaml, pv_yaml_default_format.eol);
	return pv_buf_status(&import->yaml, import->err);
}

/* Said here in the words of a record rather than of the file it becomes. */
static int check_text(struct import *import, const pv_yaml_node *record,
		      int *is_ok_out)
{
	*is_ok_out = pv_yaml_get(record, "prompt") ||
		     pv_yaml_get(record, "messages");
	if (*is_ok_out)
		return PV_OK;
	return refuse_text(import, "prompt",
			   "the record has neither \"prompt\" nor \"messages\"",
			   "give its text as \"prompt\"");
}

static int import_record(struct import *import, const pv_yaml_node *record,
			 pv_arena *arena)
{
	const pv_yaml_node *file;
	pv_import_item item;
	pv_error why = { 0 };
	int is_ok;
	int rc = take_id(import, record, &is_ok);

	if (rc < 0 || !is_ok)
		return rc;
	rc = check_seen(import, &is_ok);
	if (rc == PV_OK && is_ok)
		rc = check_text(import, record, &is_ok);
	if (rc < 0 || !is_ok)
		return rc;
	if (pv_record_to_file(&file, record, arena, &why) < 0)
		return refuse_for(import, "record", &why);
	rc = write_yaml(import, file);
	if (rc == PV_OK)
		rc = check_yaml(import, file, &is_ok);
	if (rc < 0 || !is_ok)
		return rc;
	item.id = pv_buf_text(&import->id);
	item.yaml = pv_buf_text(&import->yaml);
	item.len = import->yaml.len;
	item.line = import->line;
	return import->fn(&item, import->payload);
}

/* --- lines ---------------------------------------------------------------- */

/* The reader counts lines inside the record, which is one line. */
static void move_place(pv_error *why)
{
	char *place = strstr(why->message, " at line ");
	const char *column = place ? strstr(place, "column ") : NULL;

	if (!column)
		return;
	why->column = (int)strtol(column + strlen("column "), NULL, 10);
	*place = '\0';
}

static int import_line(struct import *import, pv_str line)
{
	const pv_yaml_node *record;
	pv_arena arena = { 0 };
	pv_error why = { 0 };
	int rc = pv_yaml_read_json(&record, &arena, line, &why);

	if (rc < 0) {
		move_place(&why);
		rc = refuse_for(import, "json", &why);
	} else if (record->kind != PV_YAML_MAPPING) {
		rc = refuse_text(import, "record", "a record must be an object",
				 "");
	} else {
		rc = import_record(import, record, &arena);
	}
	pv_arena_dispose(&arena);
	return rc;
}

static int import_lines(struct import *import, pv_str text)
{
	size_t at = 0;
	int rc = PV_OK;

	if (text.len >= 3 && !memcmp(text.ptr, "\xEF\xBB\xBF", 3))
		at = 3;
	while (at < text.len && rc == PV_OK) {
		const char *end = memchr(text.ptr + at, '\n', text.len - at);
		size_t stop = end ? (size_t)(end - text.ptr) : text.len;
		pv_str line = { text.ptr + at, stop - at };

		import->line++;
		at = stop + 1;
		if (pv_str_trim(line).len)
			rc = import_line(import, line);
	}
	return rc;
}

int pv_import_jsonl(const char *text, size_t len, const pv_import_options *opts,
		    int (*fn)(const pv_import_item *item, void *payload),
		    void *payload, pv_error *err)
{
	struct import import = {
		.prefix = "", .file = "", .fn = fn, .payload = payload, .err = err
	};
	pv_str lines = { text, len };
	int rc;

	if (opts && opts->id_prefix)
		import.prefix = opts->id_prefix;
	if (opts && opts->file)
		import.file = opts->file;
	if (opts)
		import.report = opts->report;
	rc = import_lines(&import, lines);
	pv_map_dispose(&import.seen);
	pv_buf_dispose(&import.id);
	pv_buf_dispose(&import.yaml);
	return rc;
}
