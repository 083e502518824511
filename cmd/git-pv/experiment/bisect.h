/* SPDX-License-Identifier: MIT
 *
 * What `git pv bisect` found, and how it is told.
 */
#ifndef PV_CMD_BISECT_H
#define PV_CMD_BISECT_H

#include <pv/culprit.h>

#include "base/str.h"
#include "repo/history.h"
#include "ui/figures.h"

/* A commit that changed the prompt, and what was measured of its blob. */
typedef struct bisect_commit {
	pv_oid oid;
	pv_oid blob;
	size_t *parents; /* places of those it came from */
	size_t parent_count;
	size_t parent_cap;
	size_t rank; /* parents have lower ones */
	size_t place;
	int is_suspect;
	pv_culprit_state state;
} bisect_commit;

typedef struct bisect_view {
	pv_cli *cli;
	const char *id;
	const char *since;
	figures_metric metric;
	double drop;
	int is_rise;
	bisect_commit *commits;
	size_t count;
	size_t cap;
	size_t ranked;
	pv_strlist paths; /* the prompt's, former ones, too */
	int64_t executions;
	bisect_commit **order; /* parents first, as chances and what was found */
	double *chances;
	pv_culprit found;
	history_versions versions;
} bisect_view;

/* Prints it; 1 when no commit has 95 % of the chances. */
int bisect_print(bisect_view *it);

#endif
