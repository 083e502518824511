/* SPDX-License-Identifier: MIT
 *
 * The remote that deployments, versions and reviews are exchanged with.
 * Fetching and pushing are git's; no push is forced.
 */
#ifndef PV_CMD_REMOTE_H
#define PV_CMD_REMOTE_H

#include "cli.h"

#include "base/str.h"

/*
 * Appends the name of the remote `given`, or of the one that deployments are
 * read from (pv_environment_remote) when that is NULL. PV_ENOTFOUND when there
 * is none of that name.
 */
int remote_find(pv_buf *out, pv_cli *cli, const char *given);

/*
 * Fetches by these refspecs and no others. `is_dry` brings the objects and
 * changes no ref. PV_EGIT when it cannot be reached.
 */
int remote_fetch(pv_cli *cli, const char *remote, const pv_strlist *refspecs,
		 int is_dry);

typedef struct remote_push {
	const char *remote;
	const pv_strlist *refspecs;
	int is_atomic;    /* all of them or none */
	const char *hint; /* what a failure leaves */
} remote_push;

/*
 * Pushes; `said` gets git's lines, of --porcelain. 1 when others were faster.
 * PV_EPOLICY when the remote refuses, PV_EGIT when it cannot be reached.
 */
int remote_push_run(pv_buf *said, pv_cli *cli, const remote_push *push);

/* How often to try when others are faster. */
enum {
	REMOTE_ATTEMPTS = 60
};

/*
 * Waits before an attempt, by chance, up to longer each time; not before the
 * first, 0.
 */
void remote_wait(int attempt);

/* When others are always faster. */
int remote_fail_busy(pv_cli *cli, const char *remote);

#endif
