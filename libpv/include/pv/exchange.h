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

/*
 * Reads JSON lines, one prompt a line: {id, name, description, goal,
 * category, owner, prompt | messages, syntax, model, variables, output, tags,
 * metadata, ...}. Calls `fn` for each good line until it returns non-zero,
 * which becomes the result. A line that is no prompt becomes a finding with
 * its line number; keys a prompt file does not know are kept below
 * `metadata`. `id_prefix` (may be NULL) is put before every id. PV_ENOMEM.
 */
PV_API int pv_import_jsonl(const char *text, size_t len, const char *id_prefix,
			   int (*fn)(const pv_import_item *item, void *payload),
			   void *payload, pv_report *report, pv_error *err);

/*
 * Appends one JSON line for a prompt: what pv_import_jsonl reads back to the
 * same data. PV_ENOMEM.
 */
PV_API int pv_export_jsonl(pv_buf *out, const char *id,
			   const pv_prompt *prompt, pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
