/* SPDX-License-Identifier: MIT
 *
 * Prompts as other programs keep them: JSON lines in, prompt files out, and
 * the other way round. Pure: the caller writes files and commits.
 */
#ifndef PV_EXCHANGE_H
#define PV_EXCHANGE_H

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
} pv_import_item;

typedef struct pv_import_options {
	const char *id_prefix; /* put before every id; NULL for "" */
	pv_report *report;     /* gets the findings; may be NULL */
	const char *file;      /* what findings call the input; NULL for "" */
} pv_import_options;

/*
 * Reads JSON lines, one prompt a line: {id, name, description, goal,
 * category, owner, prompt | messages, syntax, model, variables, output, tags,
 * metadata, ...}; a byte order mark and blank lines are skipped. Calls `fn`
 * for each good line until it returns non-zero, which becomes the result.
 *
 * The file has the members of the record in its order. Members a prompt file
 * does not know are kept below `metadata`; those of `other_keys`, where export
 * puts what a file has besides, go back to the top level. A line that is no prompt
 * becomes a finding of severity error with its line number and is left out:
 * bad JSON, a bad or repeated id (none is ever altered, a hint may propose
 * one), what no prompt file can be, and what would not read back from YAML as
 * the same data. Doubts about a good line are findings of lesser severity.
 * PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_import_jsonl(const char *text, size_t len,
			   const pv_import_options *opts,
			   int (*fn)(const pv_import_item *item, void *payload),
			   void *payload, pv_error *err);

/*
 * Appends one JSON line for a prompt: what pv_import_jsonl reads back to the
 * same data. Comments, styles and aliases of the file are not kept.
 * PV_EINVALID, with line and column, for an infinity or NaN, which JSON does
 * not have; PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_export_jsonl(pv_buf *out, const char *id, const pv_prompt *prompt,
			   pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
