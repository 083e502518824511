/* SPDX-License-Identifier: MIT
 *
 * The parts of `git pv record`: what is run is tied to a commit
 * (record_subject.c), and many records come on standard input
 * (record_lines.c).
 */
#ifndef PV_CMD_RECORD_H
#define PV_CMD_RECORD_H

#include "base/arena.h"
#include "base/map.h"
#include "tracking.h"

/* A run of the command. */
typedef struct record_run {
	pv_cli *cli;
	tracking settings;
	pv_executions *index;
	int is_loose;   /* prompts need not be there */
	int is_strict;  /* all lines or none */
	pv_map known;   /* specs that were resolved to their subjects */
	pv_arena arena; /* of what is in `known` */
} record_run;

/*
 * Ties a record to the prompt that `spec` names: its id, version, commit and
 * blob. One that is not committed has no commit and is `dirty`. With
 * `is_loose` a prompt that is not there is left as it is.
 */
int record_resolve(record_run *recorder, pv_execution *row, const char *spec);

/* The same for a record that names a prompt and no commit. */
int record_resolve_own(record_run *recorder, pv_execution *row);

/* What is done to each whole record before it is kept. */
int record_finish(record_run *recorder, pv_execution *row);

/* Records the lines of standard input; 1 when some were refused. */
int record_lines(record_run *recorder);

void record_dispose(record_run *recorder);

#endif
