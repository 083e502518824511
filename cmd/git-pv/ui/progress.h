/* SPDX-License-Identifier: MIT
 *
 * A counter on standard error for what takes long: only on a terminal, and
 * only from the second second on, as git does.
 */
#ifndef PV_CMD_PROGRESS_H
#define PV_CMD_PROGRESS_H

#include "cli.h"

/* Set it up with progress_start. */
typedef struct progress {
	const char *title; /* "Importing prompts" */
	size_t total;      /* 0 while nobody knows */
	size_t done;
	int64_t next; /* microseconds: when to print again; 0: never */
	int is_shown;
} progress;

void progress_start(progress *out, const pv_cli *cli, const char *title,
		    size_t total);
void progress_step(progress *bar, size_t done);
/* Ends the line, if there is one. */
void progress_end(progress *bar);

#endif
