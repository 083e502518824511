/* SPDX-License-Identifier: MIT
 *
 * A line of what is to be known of each review. They are remembered in the
 * file .git/pv/reviews.json by the commits that chains end in, which say all
 * of them: it may be deleted at any time.
 */
#ifndef PV_CMD_REVIEW_ROWS_H
#define PV_CMD_REVIEW_ROWS_H

#include "cli.h"

/*
 * The rows of all reviews, as an array: those of `git pv review list --json`.
 * A chain that cannot be read is passed over with a warning. The caller frees
 * the document.
 */
int review_rows_read(pv_json_doc **out, pv_cli *cli);

#endif
