/* SPDX-License-Identifier: MIT
 *
 * What a commit is about, told from what it changes: the message that the
 * editor starts with where nobody gave one.
 */
#ifndef PV_CMD_COMMIT_SUMMARY_H
#define PV_CMD_COMMIT_SUMMARY_H

#include "repo/selection.h"

/*
 * Appends a subject such as "support/triage 1.1.0 → 1.2.0: system message,
 * temperature", "Initial version" where each prompt is a first one, and a body
 * with a line for each where there are several; nothing where nothing changed.
 */
int commit_summary(pv_buf *out, pv_cli *cli, const selection *chosen);

#endif
