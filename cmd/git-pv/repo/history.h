/* SPDX-License-Identifier: MIT
 *
 * The history of prompts as rows: which commit did what to which prompt, and
 * the version the prompt had then.
 */
#ifndef PV_CMD_HISTORY_H
#define PV_CMD_HISTORY_H

#include "cli.h"

#include "base/map.h"

/* One prompt in one commit. */
typedef struct history_row {
	const char *id; /* NULL: the commit is listed, but changed no prompt */
	pv_oid commit;
	pv_oid blob;        /* hex "" when the commit removed the prompt */
	const char *change; /* "added", "modified", "removed"; static */
	int is_first;       /* of its commit */
} history_row;

typedef struct history_options {
	const char *id;   /* NULL: all prompts */
	const char *path; /* of the prompt, or the folder of all */
	pv_oid start;
	int full;           /* as `git log --full-history` */
	int limit;          /* commits; negative: all */
	const char *field;  /* of one prompt: only what changed it; or NULL */
	const char *phrase; /* of one: only what brought or took it; or NULL */
} history_options;

/*
 * Calls `fn` for each row, newest commit first, until it returns non-zero,
 * which becomes the result.
 */
int history_each(pv_cli *cli, const history_options *opts,
		 int (*fn)(const history_row *row, void *payload), void *payload);

/* The versions of rows; `{ 0 }` is empty. */
typedef struct history_versions {
	pv_cli *cli;
	pv_map tags;             /* "<commit> <id>" to the number (owned) */
	pv_version_index *index; /* loaded when first needed */
} history_versions;

/* Reads the version tags of `id`, or of all prompts when it is NULL. */
int history_versions_load(history_versions *out, pv_cli *cli, const char *id);

/*
 * Appends the version of a row: of the tag on its commit, else as
 * pv_version_describe has it; nothing for a removed prompt.
 */
int history_version(pv_buf *out, history_versions *versions,
		    const history_row *row);

void history_versions_dispose(history_versions *versions);

#endif
