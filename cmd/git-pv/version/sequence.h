/* SPDX-License-Identifier: MIT
 *
 * What revert and cherry-pick have in common: git's sequencer applies the
 * changes of commits, or their opposite, and may stop at each of them. Git's
 * exit status does not tell a conflict from a refusal, so what it left behind
 * is looked at.
 */
#ifndef PV_CMD_SEQUENCE_H
#define PV_CMD_SEQUENCE_H

#include "repo/gitmove.h"
#include "version/autorelease.h"

enum sequence_step {
	SEQUENCE_START,
	SEQUENCE_ABORT,
	SEQUENCE_CONTINUE,
	SEQUENCE_SKIP
};

/* One of the two; texts are static. */
typedef struct sequence_kind {
	const char *verb;          /* of git */
	const char *next;          /* what goes on after a conflict, or NULL */
	const char *done;          /* the result when all went well */
	enum pv_store_state state; /* what is under way where it has stopped */
	const char *idle;          /* the message when none is, */
	const char *start;         /* and its hint */
	const char *nothing;       /* the message when nothing changes, */
	const char *there;         /* and its hint at the start, */
	const char *left;          /* and at --continue */
	const char *staged;        /* hint when the commit failed, */
	const char *undone;        /* and when it was put back, */
	const char *not_undone;    /* or could not be */
	const char *replayed;      /* when rerere has staged what conflicted */
	const char *stuck;         /* when it cannot go on */
	const char *refused;       /* when it did not start */
} sequence_kind;

/* A run; release it with sequence_dispose. */
typedef struct sequence {
	const sequence_kind *kind;
	int step;         /* enum sequence_step */
	int is_long;      /* of several commits: the first ones may be made */
	git_move move;    /* the caller adds what follows the verb */
	autorelease done; /* what was released */
	const char *result;
} sequence;

/*
 * The commit that a name stands for: ID@REV of a version, or as git names it.
 * Errors as pv_spec_resolve.
 */
int sequence_commit(pv_oid *out, pv_cli *cli, const char *name);

/* Adds the verb, and the option of a step that is not the start. PV_ENOMEM. */
int sequence_args(sequence *run, pv_cli *cli);

/*
 * Runs git and releases what that brought. PV_OK also at a conflict: `result`
 * is kind->done, "conflict", "skipped" or "aborted". PV_EINVALID when nothing
 * is under way to go on with, PV_ENOTFOUND when nothing changes, PV_EPOLICY
 * when a hook refused, PV_EGIT.
 */
int sequence_run(sequence *run, pv_cli *cli);

/* Tells people what became of it. */
int sequence_text(pv_cli *cli, const sequence *run);

/* Writes `result` and `commit`, the first members of the document, */
void sequence_json(pv_jsonw *w, const sequence *run);
/* and `released` and `conflicts`, the last ones. */
int sequence_json_end(pv_jsonw *w, pv_cli *cli, const sequence *run);

/* The exit status of a run that came about. */
int sequence_status(const sequence *run);

void sequence_dispose(sequence *run);

#endif
