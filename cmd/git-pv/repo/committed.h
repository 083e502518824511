/* SPDX-License-Identifier: MIT
 *
 * What a commit really takes: the hook pre-commit may have staged more, less
 * or something else than was chosen, and that has to load, too.
 */
#ifndef PV_CMD_COMMITTED_H
#define PV_CMD_COMMITTED_H

#include "cli.h"

#include "base/str.h"

/* `{ .cli = cli }` at first; release it with committed_dispose. */
typedef struct committed {
	pv_cli *cli;
	pv_strlist paths; /* what the commit changes, by path */
	pv_strlist ids;   /* the prompts among them that are still there */
	int is_done;      /* 0 where git concluded a merge: nothing is known */
} committed;

/*
 * Has what a commit takes looked at: it is refused, PV_ESCHEMA or PV_EINVALID, when the
 * hook staged a prompt that does not load, a link in the place of one, or
 * settings that cannot be read. `to` must outlive it.
 */
void committed_options(pv_commit_options *out, committed *to);

void committed_dispose(committed *old);

#endif
