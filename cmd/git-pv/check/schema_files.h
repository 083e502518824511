/* SPDX-License-Identifier: MIT
 *
 * The files that git pv schema and check-output read: JSON, or YAML by their
 * names, and those that a schema refers to, out of one folder.
 */
#ifndef CLI_SCHEMA_FILES_H
#define CLI_SCHEMA_FILES_H

#include <pv/schema.h>

#include "cli.h"

/* Documents are only read from below `folder`. */
typedef struct schema_files {
	const char *folder;
	pv_store *store; /* NULL: of the file system, else as they are `at` */
	pv_point at;
} schema_files;

/* Appends a file as JSON; "-" is standard input. */
int schema_read(pv_buf *out, pv_cli *cli, const char *name);

/*
 * For pv_schema_options: the file at a relative path, or the one whose $id a URI
 * is. PV_ENOTFOUND; what reading and parsing the file can fail with.
 */
int schema_load(pv_buf *out, const char *uri, void *payload, pv_error *err);

/*
 * Compiles the schema of a file, with documents of `folder`, or its own if that
 * is NULL. REV:PATH is a file of a commit, :PATH of the index, where there is
 * no file of that name.
 */
int schema_open(pv_schema **out, pv_cli *cli, const char *name,
		const char *folder, int notes_formats);

/* Names the file of a failure that has a place in it. */
int schema_at_file(pv_cli *cli, int rc, const char *name);

/* Writes one thing that is wrong as a JSON object. */
void schema_finding_json(pv_jsonw *w, const pv_schema_finding *finding);

/* --- the verbs that have files of their own ---------------------------------- */

/* What schema infer was asked for beside a name. */
typedef struct schema_history {
	int is_from_history;
	int is_input;
	int is_output;
	int is_writing;
} schema_history;

/* Proposes the schema of a prompt's executions as an edit of the prompt. */
int schema_from_history(pv_cli *cli, const char *id, const schema_history *opts);

extern const cli_usage schema_compare_usage;
extern const cli_usage schema_infer_usage;

int schema_compare(pv_cli *cli, int argc, char **argv);
int schema_infer(pv_cli *cli, int argc, char **argv);

#endif
