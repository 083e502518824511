/* SPDX-License-Identifier: MIT
 *
 * `git pv merge` without a working tree: in a bare repository, into a branch
 * that nobody has checked out, and to find out how a merge would go.
 */
#ifndef PV_CLI_BARE_MERGE_H
#define PV_CLI_BARE_MERGE_H

#include "cli.h"

#include "base/str.h"

enum merge_forward {
	MERGE_FORWARD_AS_SET, /* as merge.ff says */
	MERGE_FORWARD_NEVER,
	MERGE_FORWARD_ONLY
};

typedef struct bare_merge_options {
	const char *name;         /* what is merged, as the user wrote it */
	const char *into;         /* a branch; NULL: HEAD's */
	const cli_list *messages; /* of the commit, its paragraphs */
	enum merge_forward forward;
	int is_dry; /* change nothing */
} bare_merge_options;

/*
 * Merges `target` into the branch in memory, moves the branch unless the
 * run is dry, releases, and prints. Conflicts change nothing. An exit status
 * or a negative code.
 */
int bare_merge(pv_cli *cli, const pv_oid *target, const bare_merge_options *opts);

#endif
