/* SPDX-License-Identifier: MIT
 *
 * A line of what is to be known of each review. They are remembered in the
 * file .git/pv/reviews by the commits that chains end in, which say all
 * of them: it may be deleted at any time.
 */
#ifndef PV_CMD_REVIEW_ROWS_H
#define PV_CMD_REVIEW_ROWS_H

#include "cli.h"

#include "base/arena.h"
#include "review/review_row.h"

typedef struct review_rows {
	review_row *items; /* by id */
	size_t count;
	pv_buf known;  /* the texts of those that were remembered */
	pv_arena made; /* and of the others */
} review_rows;

/*
 * The rows of all reviews, by id. A chain that cannot be read is passed over
 * with a warning. The caller disposes them.
 */
int review_rows_read(review_rows *out, pv_cli *cli);

/* Frees what it holds; a zeroed one is accepted. */
void review_rows_dispose(review_rows *rows);

#endif
