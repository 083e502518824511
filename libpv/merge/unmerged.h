/* SPDX-License-Identifier: MIT
 *
 * What is inside a file whose conflicts are being settled: unmerged.c knows
 * where they are, settle.c changes them.
 */
#ifndef PV_MERGE_UNMERGED_H
#define PV_MERGE_UNMERGED_H

#include "merge/blocks.h"
#include "merge/file.h"
#include "merge/form.h"
#include "merge/ladder.h"

struct pv_unmerged {
	pv_arena arena;
	pv_merge *merge;
	const pv_chunk **conflicts; /* those of its chunks; in the arena */
	enum pv_merge_kind kind;
	int marker_size;
	pv_form form;
	pv_str origin;    /* what the merge wrote, LF lines; in the arena */
	pv_blocks marked; /* in `origin` */
	pv_str plain;     /* the file now, LF lines; in the arena */
	pv_blocks blocks; /* in `plain`, matched with `marked` */
	unsigned char *is_left; /* which fields have blocks; in the arena */
	pv_buf text;            /* the file now, in its own form */
};

/* The field a block of `blocks` belongs to; NULL when it is not the merge's. */
const pv_merge_conflict *pv_unmerged_field(const pv_unmerged *file,
					   const pv_block *block);

/* The conflict of the merge behind a block; NULL like pv_unmerged_field. */
const pv_chunk *pv_unmerged_chunk(const pv_unmerged *file, const pv_block *block);

/*
 * Makes `plain`, which has to stay, the file; or nothing changes. PV_ENOMEM,
 * PV_ELIMIT.
 */
int pv_unmerged_put(pv_unmerged *file, pv_str plain, pv_error *err);

#endif
