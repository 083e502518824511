/* SPDX-License-Identifier: MIT
 *
 * Units of an experiment on standard input, one a line, for `route --stdin`.
 */
#ifndef PV_CMD_EXPERIMENT_UNITS_H
#define PV_CMD_EXPERIMENT_UNITS_H

#include "base/json.h"
#include "cli.h"

/*
 * Calls `fn` with each unit, until it returns non-zero. A line is the unit
 * itself, `more` being NULL, or an object {"unit", "context", "sticky"}, which
 * is `more`; the last two are objects, or not there.
 * Blank lines are passed over. What is on standard output is written out before
 * more is waited for, so that another program can ask and read by turns.
 * PV_ESYNTAX, PV_EINVALID and failures of `fn` with the number of the line;
 * PV_ELIMIT for a line of more than 1 MiB, PV_EIO.
 */
int experiment_units_each(pv_cli *cli,
			  int (*fn)(const char *unit, const pv_json *more,
				    void *payload),
			  void *payload);

#endif
