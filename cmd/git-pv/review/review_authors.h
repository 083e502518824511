/* SPDX-License-Identifier: MIT
 *
 * Whose work a review is about: nobody's approval of his own counts. That is
 * whoever wrote it, and whoever put it up.
 */
#ifndef PV_CMD_REVIEW_AUTHORS_H
#define PV_CMD_REVIEW_AUTHORS_H

#include <pv/review.h>

#include "cli.h"

#include "base/str.h"

/* Adds those of all commits that `before` has not; hex "": of all there are. */
int review_add_authors(pv_strlist *to, pv_cli *cli, const pv_review *review,
		       const pv_oid *before);

/* Adds those of one prompt, and of what changed that it depends on. */
int review_add_writers(pv_strlist *to, pv_cli *cli, const pv_review *review,
		       const char *id);

/* Adds those of what the review is for: a prompt, or a branch since its base. */
int review_add_owners(pv_strlist *to, pv_cli *cli, const pv_review *review);

#endif
