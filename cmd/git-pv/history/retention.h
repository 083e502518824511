/* SPDX-License-Identifier: MIT
 *
 * How long executions are kept: as tracking.retention_days (texts) and
 * tracking.retention_rows_days (rows) say, when `git pv history prune` is called
 * and now and then when somebody records.
 */
#ifndef PV_CMD_RETENTION_H
#define PV_CMD_RETENTION_H

#include "repo/tracking.h"

typedef struct retention_limits {
	size_t rows;       /* of each kind, at most; 0: all */
	int is_dry_run;    /* only counts */
	size_t *texts_out; /* the texts that went are added to it; NULL */
} retention_limits;

/*
 * Takes what is too old: `taken_out` gets the rows that lost their texts, and
 * those that went. As pv_executions_remove.
 */
int retention_take(size_t taken_out[2], pv_executions *index,
		   const tracking *settings, const retention_limits *limits,
		   pv_error *err);

/*
 * The same for a bounded number, if it is due and nobody else is at it. Says
 * what was done, and what went wrong, and fails never.
 */
void retention_run(pv_cli *cli, pv_executions *index, const tracking *settings);

#endif
