/* SPDX-License-Identifier: MIT
 *
 * The three-way line merge of git (xdiff, as `git merge-file` calls it),
 * behind a header that shows nothing of libgit2. It needs no repository.
 */
#ifndef PV_STORE_LINEMERGE_H
#define PV_STORE_LINEMERGE_H

#include <pv/buf.h>

#include "base/str.h"

enum pv_linemerge_style {
	PV_LINEMERGE_MERGE,
	PV_LINEMERGE_DIFF3, /* with the base between the markers */
	PV_LINEMERGE_ZDIFF3
};

typedef struct pv_linemerge_input {
	pv_str base;
	pv_str ours;
	pv_str theirs;
	const char *base_label; /* written behind the markers, never NULL */
	const char *our_label;
	const char *their_label;
	int marker_size; /* 1 to 65535; 0 means 7 */
	enum pv_linemerge_style style;
	int is_apart; /* conflicts with only brackets between stay two */
	int is_union; /* both sides instead of conflicts */
} pv_linemerge_input;

/*
 * Appends the merge to `out`, the same bytes as `git merge-file -p` writes
 * (with `is_apart`, as git's merges of trees have them but for the diff),
 * and sets `*conflicts_out` to the number of conflicts in it. PV_EGIT,
 * PV_ENOMEM, PV_ELIMIT beyond what xdiff takes (1023 MiB).
 */
int pv_linemerge(pv_buf *out, size_t *conflicts_out,
		 const pv_linemerge_input *input, pv_error *err);

#endif
