/* SPDX-License-Identifier: MIT
 *
 * Versions that a prompt had elsewhere: each becomes a commit of its date and
 * a tag of its number. What a crash left half done, making it again completes.
 */
#ifndef PV_CMD_OLD_VERSION_H
#define PV_CMD_OLD_VERSION_H

#include "cli.h"

typedef struct old_version {
	const char *id;
	const char *number;   /* "1.2.0" */
	const char *label;    /* what it was called */
	const char *previous; /* the number before it; NULL for the first */
	const char *message;  /* of the commit; NULL: "Import ID LABEL" */
	const char *author;   /* "Name <mail>"; NULL: as git would */
	int64_t created;      /* microseconds since 1970; else now */
	int no_verify;        /* no hooks */
} old_version;

/* 1 when there is such a version, with its tag; else 0, or < 0. */
int old_version_find(pv_oid *tag_out, pv_cli *cli, const char *id,
		     const char *number);

/* PV_ECONFLICT when HEAD is not where versions are made, or not at rest. */
int old_version_check_branch(pv_cli *cli);

/*
 * Commits the text as the prompt's file, and tags it. `*commit_out` has hex ""
 * when there is no commit. PV_ECONFLICT for a file with changes that are not
 * committed, unless it has this text already; else as pv_store_commit_paths
 * and pv_release_exactly.
 */
int old_version_make(pv_oid *commit_out, pv_cli *cli,
		     const old_version *version, const char *text, size_t len);

#endif
