/* SPDX-License-Identifier: MIT
 *
 * What `git pv sync` exchanges with a remote. Each kind of thing is compared
 * with what the remote had when it was asked last, brought here, and put on
 * the list of what is to be pushed.
 */
#ifndef PV_CMD_SYNC_H
#define PV_CMD_SYNC_H

#include "cli.h"

#include "base/str.h"

/* How many of each kind. */
typedef struct sync_counts {
	size_t reviews;
	size_t tags;
	size_t deployments; /* commits */
} sync_counts;

typedef struct sync_run {
	pv_cli *cli;
	const char *remote;
	int is_dry;
	sync_counts fetched;
	sync_counts pushed;
	size_t joined;      /* reviews that both sides had added to */
	pv_strlist merged;  /* reviews that were found to be merged */
	pv_strlist clashes; /* versions that are something else there */
	pv_strlist chains;  /* refs of reviews to push */
	pv_strlist tags;    /* refs of versions to push, */
	int pushes_deployments;
	int has_diverged;
	size_t ahead; /* commits of pv/deployments */
	int attempts;
} sync_run;

/* Takes in what others said of reviews. */
int sync_reviews(sync_run *run);

/* Ends the reviews whose commits the branch they are for has by now. */
int sync_merged(sync_run *run);

/* Takes in versions; what has the name of one there and is another clashes. */
int sync_tags(sync_run *run);

/*
 * Moves pv/deployments forward, or has it pushed. Where both sides deployed it
 * is left alone and said so.
 */
int sync_deployments(sync_run *run);

#endif
