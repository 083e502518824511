/* SPDX-License-Identifier: MIT
 *
 * Prompts as other programs keep them: JSON lines, JSON or CSV in, prompt files
 * out, and the other way round. Pure: the caller writes files and commits.
 */
#ifndef PV_EXCHANGE_H
#define PV_EXCHANGE_H

#include <stdint.h>

#include <pv/prompt.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One imported record: an id and the text of its prompt file. */
typedef struct pv_import_item {
	const char *id;
	const char *yaml;
	size_t len;
	int line; /* of the record in the input */
	/* What it says of its version; "" and 0 for nothing. */
	const char *label;      /* `version`, as it is written */
	const char *number;     /* the same as "1.0.0"; "" for what is none */
	const char *parent;     /* `parent_version` */
	const char *created_by; /* a name, a mail address, or both */
	int64_t created;        /* `created_at`, microseconds since 1970 */
} pv_import_item;

typedef struct pv_import_options {
	const char *id_prefix; /* put before every id; NULL for "" */
	pv_report *report;     /* gets the findings; may be NULL */
	const char *file;      /* what findings call the input; NULL for "" */
	int versions; /* an id may come several times, with a version each */
	/* A run of the checks: a record whose prompt has errors is a bad one.
	   Borrowed; NULL for none, when all that loads is handed out. */
	struct pv_check *rules;
	const char *folder; /* of prompts, as rules are set by path; NULL: "" */
} pv_import_options;

/*
 * Reads JSON lines, one prompt a line: {id, name, description, goal,
 * category, owner, prompt | messages, syntax, model, variables, output, tags,
 * metadata, ...}; a byte order mark and blank lines are skipped. Calls `fn`
 * for each good line until it returns non-zero, which becomes the result.
 *
 * Words of other programs are understood: `template`, `content` or `text` for
 * `prompt`; `system_prompt` and `user_prompt_template` for `messages`;
 * `is_active`, `prompt_type`, `model_name`, and `token_limit`, `temperature`
 * and the like beside the model. Texts with {x} and no other braces become
 * `syntax: fstring` unless the record tells a syntax.
 *
 * The file has the members of the record in its order. Members a prompt file
 * does not know are kept below `metadata`; those of `other_keys`, where export
 * puts what a file has besides, go back to the top level. A line that is no prompt
 * becomes a finding of severity error with its line number and is left out:
 * bad JSON, a bad or repeated id (none is ever altered, a hint may propose
 * one), what no prompt file can be, and what would not read back from YAML as
 * the same data, and with `rules` those in whose prompt they find an error.
 * Doubts about a good line are findings of lesser severity.
 * PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_import_jsonl(const char *text, size_t len,
			   const pv_import_options *opts,
			   int (*fn)(const pv_import_item *item, void *payload),
			   void *payload, pv_error *err);

/*
 * The same for one JSON document: an array of records, an object with one as
 * `prompts`, or a single record.
 */
PV_API int pv_import_json(const char *text, size_t len,
			  const pv_import_options *opts,
			  int (*fn)(const pv_import_item *item, void *payload),
			  void *payload, pv_error *err);

/*
 * The same for CSV (RFC 4180, UTF-8): the first line names the members, of
 * which `id` is one; empty cells are members that are not there. `messages`,
 * `model`, `tags`, `variables`, `metadata` and the like are JSON, though tags
 * and variables may be "a, b", a model its name and `active` a word; all
 * other columns are texts. A bad first line is the only finding there is then.
 */
PV_API int pv_import_csv(const char *text, size_t len,
			 const pv_import_options *opts,
			 int (*fn)(const pv_import_item *item, void *payload),
			 void *payload, pv_error *err);

/*
 * Appends one JSON line for a prompt: what pv_import_jsonl reads back to the
 * same data, with a `syntax` where that is not told and import would take
 * {x} for Python's. Comments, styles and aliases of the file are not kept.
 * PV_EINVALID, with line and column, for an infinity or NaN, which JSON does
 * not have; PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_export_jsonl(pv_buf *out, const char *id, const pv_prompt *prompt,
			   pv_error *err);

/*
 * Appends CSV for lines that pv_export_jsonl wrote: the names of the columns
 * that any of them needs, then a record each; lines end in LF. pv_import_csv
 * reads it back to the same data but for the order of keys. PV_EINVALID for
 * other lines; PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_export_csv(pv_buf *out, const char *lines, size_t len,
			 pv_error *err);

/*
 * Sets `*out` to whether an imported file says nothing else than a prompt file
 * that is there: the same data as if that were exported and imported. Comments,
 * styles and the order of keys do not count. PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_import_is_same(int *out, const char *file, size_t file_len,
			     const pv_import_item *item, pv_error *err);

/* --- what other programs kept of prompts and executions ------------------- */

/* A stored version of a prompt; lent. */
typedef struct pv_old_version {
	const char *id;     /* of the prompt, made of its name */
	const char *label;  /* the version as it was stored, "1.0" */
	const char *number; /* the same as "1.0.0" */
	int64_t created;    /* microseconds since 1970; 0: not known */
	const char *record; /* one JSON line for pv_import_jsonl */
	size_t len;
} pv_old_version;

/* Figures that were stored of a version; negative: not known. Lent. */
typedef struct pv_old_figures {
	const char *id;
	const char *number;
	double executions;
	double successful;
	double latency_ms; /* the mean of those that were successful */
	double quality;    /* the same */
} pv_old_figures;

/* Who gets what is read; a non-zero result ends the reading with it. */
typedef struct pv_old_reader {
	int (*version)(const pv_old_version *version, void *payload);
	/*
	 * JSON as schemas/execution.schema.json has it, and the line that what
	 * it is made of begins in. A value that was not understood stands in it
	 * as it was: pv_execution_parse says what is wrong with it.
	 */
	int (*execution)(const char *json, size_t len, size_t line,
			 void *payload);
	int (*figures)(const pv_old_figures *figures, void *payload);
	void *payload;
	pv_report *report; /* gets what could not be read */
	const char *file;  /* what findings call the input */
	size_t line;       /* of it that the document begins in; 0: the first */
} pv_old_reader;

/*
 * Reads a JSON document of a layout that keeps prompts with versions
 * (prompt_registry.json), log entries (prompt_performance.json,
 * history.json), or figures (prompt_metrics.json): which it is shows in its
 * members, wherever in arrays and objects they are. The last output that is
 * stored with a version becomes an execution. Executions as they are exported
 * are handed on as they are; where `line` is told, what looks like one is, and
 * only pv_execution_parse says whether it is JSON. Times are ISO 8601, in UTC
 * where no zone is told, or seconds since 1970; numbers may be texts. What
 * cannot be read is a finding and left out. Equal entries stay apart, by a count
 * in their metadata. PV_ESYNTAX for what is no JSON, PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_old_layout_read(const char *json, size_t len,
			      const pv_old_reader *reader, pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
