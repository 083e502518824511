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
#include "review/landed.h"

/* How many of each kind. */
typedef struct sync_counts {
	size_t reviews;
	size_t tags;
	size_t deployments; /* commits */
} sync_counts;

/* A ref of the remote, by its name there. */
typedef struct sync_ref {
	char *name;
	pv_oid oid;
} sync_ref;

/* All of them that are exchanged, by name. */
typedef struct sync_seen {
	sync_ref *items;
	size_t count;
	size_t cap;
} sync_seen;

/* A review whose branch has it by now. */
typedef struct sync_merge {
	char id[41];
	landed how;
} sync_merge;

typedef struct sync_run {
	pv_cli *cli;
	const char *remote;
	int is_dry;
	sync_seen seen;
	sync_counts fetched;
	sync_counts pushed;
	size_t joined; /* reviews that both sides had added to */
	sync_merge *merged;
	size_t merged_count;
	size_t merged_cap;
	pv_strlist clashes; /* versions that are something else there, still */
	pv_remint_list reminted;
	pv_strlist chains; /* refs of reviews to push */
	pv_strlist tags;   /* refs of versions to push, */
	int pushes_deployments;
	int has_diverged;
	int is_behind;    /* a working tree has pv/deployments */
	size_t ahead;     /* commits of pv/deployments to push, */
	size_t reapplied; /* that were made anew on top of theirs */
	int attempts;
} sync_run;

/*
 * Asks the remote what it has, and brings it here. A dry run changes no ref for
 * that. PV_EGIT when the remote cannot be reached.
 */
int sync_seen_load(sync_run *run);

/* What the remote has by that name; NULL for nothing. Lent. */
const pv_oid *sync_seen_find(const sync_run *run, const char *refname);

/* Calls `fn` for what the remote has below a prefix until it is non-zero. */
int sync_seen_each(sync_run *run, const char *prefix,
		   int (*fn)(const char *refname, const pv_oid *oid,
			     void *payload));

void sync_seen_dispose(sync_seen *seen);

/* Takes in what others said of reviews, ends them, and has them pushed. */
int sync_reviews(sync_run *run);

/* Ends the reviews whose patches the branch they are for has by now. */
int sync_merged(sync_run *run);

/*
 * Takes in versions. One that is another there gets the next number, unless
 * that needs a person.
 */
int sync_tags(sync_run *run);

/*
 * Moves pv/deployments forward, or has it pushed. Where both sides deployed,
 * what is only here is put on top of theirs; where that needs a person it is
 * left alone and said so. 1 when others have moved the branch meanwhile.
 */
int sync_deployments(sync_run *run);

#endif
