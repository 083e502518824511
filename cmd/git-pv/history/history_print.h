/* SPDX-License-Identifier: MIT
 *
 * Executions as `git pv history` shows them: lines for people, JSON and CSV
 * for programs.
 */
#ifndef PV_CMD_HISTORY_PRINT_H
#define PV_CMD_HISTORY_PRINT_H

#include <pv/index.h>

#include "cli.h"

/* One line: id, time, prompt and version, status, model, time taken, cost. */
int history_print_line(pv_cli *cli, const pv_execution *row);
/* Every field that is set, texts of several lines below their names. */
int history_print_whole(pv_cli *cli, const pv_execution *row);
/* The record as one JSON object, without a line break. */
int history_print_json(pv_cli *cli, const pv_execution *row);
/*
 * Appends the names of all fields, or their values, as a line of RFC 4180. A
 * text that a spreadsheet would take for a formula gets a ' in front.
 */
int history_put_csv(pv_buf *out, const pv_execution *row, pv_error *err);
void history_put_csv_names(pv_buf *out);

#endif
