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
#include "merge/within.h"

struct pv_unmerged {
	pv_arena arena;
	pv_merge *merge;
	pv_merge *line_merge;       /* NULL when it does not matter */
	const pv_chunk **conflicts; /* those of its chunks; in the arena */
	enum pv_merge_kind kind;
	const char *path; /* or NULL; in the arena */
	int marker_size;
	int free_size; /* no line of the sides is a marker of this size */
	pv_form form;
	pv_str sides[PV_SIDES]; /* LF lines; in the arena or lent */
	pv_marked origin;       /* what the merge wrote */
	pv_marked lines;        /* what a merge by lines wrote, if it matters */
	pv_str plain;           /* the file now, LF lines; in the arena */
	pv_blocks blocks;       /* in `plain`, matched with `origin` */
	int is_anew;            /* the merge took the place of the file */
	enum pv_merge_style style; /* in which the merge was made again */
	/* What the blocks are whose conflicts have parts; in the arena. */
	pv_within *within;
	unsigned char *is_left; /* which fields have blocks; in the arena */
	pv_buf text;            /* the file now, in its own form */
};

/* The conflict of the merge behind a block; NULL when it is not the merge's. */
const pv_chunk *pv_unmerged_chunk(const pv_unmerged *file, const pv_block *block);

/*
 * The field of that path a block of the file still has, or without a path the
 * first one; SIZE_MAX for none.
 */
size_t pv_unmerged_find(const pv_unmerged *file, size_t idx, const char *path);

/* What became of the parts of a block's conflict; NULL where it has none. */
const pv_within *pv_unmerged_within(const pv_unmerged *file, size_t idx);

/*
 * Makes `plain`, which has to stay, the file; or nothing changes. PV_ENOMEM,
 * PV_ELIMIT.
 */
int pv_unmerged_put(pv_unmerged *file, pv_str plain, pv_error *err);

/* The same where its blocks are known; takes them. PV_ENOMEM. */
int pv_unmerged_take(pv_unmerged *file, pv_str plain, pv_blocks *blocks,
		     pv_error *err);

/* Finds the blocks of a text that is, or is to be, the file. PV_ENOMEM. */
int pv_unmerged_scan(pv_blocks *out, const pv_unmerged *file, pv_str plain,
		     pv_error *err);

#endif
