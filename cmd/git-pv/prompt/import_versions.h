/* SPDX-License-Identifier: MIT
 *
 * An import of prompts with several versions each: every version becomes a
 * commit of its date and author, and is released as what it was called.
 */
#ifndef PV_CMD_IMPORT_VERSIONS_H
#define PV_CMD_IMPORT_VERSIONS_H

#include "prompt/intake.h"

/* A version on its way. */
typedef struct import_version {
	intake_item *item;
	char *previous; /* number of the one before it, owned; NULL: the first */
	int64_t order;  /* no earlier than those before it */
	int is_there;   /* tagged already */
	int is_refused;
	int is_last;             /* of its prompt */
	enum intake_state state; /* of the prompt's file, if it is the last */
	pv_oid commit;           /* hex "" until it is made */
} import_version;

/* `{ 0 }` is empty; release it with import_versions_dispose. */
typedef struct import_versions {
	import_version *rows; /* in the order in which they are made */
	size_t count;
	size_t missing; /* to be made */
} import_versions;

/*
 * Says what is to be done with the versions of an intake, which stays theirs.
 * What cannot be made becomes a finding. PV_ECONFLICT where HEAD is not on the
 * default branch, PV_EIO, PV_EGIT, PV_ENOMEM.
 */
int import_versions_plan(import_versions *out, pv_cli *cli, intake *all);

typedef struct import_versions_how {
	const char *message; /* of all commits; NULL: one for each */
	int no_verify;
} import_versions_how;

/*
 * Makes those that are missing; the commits are added to a list. A failure, or
 * a kill, leaves those that were made, and the next import goes on.
 */
int import_versions_make(import_versions *all, pv_cli *cli,
			 const import_versions_how *how, pv_strlist *commits);

/* Writes the array `versions` of those that were made. */
void import_versions_json(pv_jsonw *w, const import_versions *all);

void import_versions_dispose(import_versions *all);

#endif
