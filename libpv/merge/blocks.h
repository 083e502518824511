/* SPDX-License-Identifier: MIT
 *
 * Conflict markers in a text, and which conflict of a merge they stand for.
 */
#ifndef PV_MERGE_BLOCKS_H
#define PV_MERGE_BLOCKS_H

#include "merge/diff3.h"

/* From the line of the first marker to behind that of the last one. */
typedef struct pv_block {
	size_t from;
	size_t end;
	pv_str sides[PV_SIDES]; /* base without `ptr` where it is not shown */
	size_t match;           /* see pv_blocks_match; or PV_NO_BLOCK */
} pv_block;

#define PV_NO_BLOCK SIZE_MAX

/* Borrowed from the text; release it with pv_blocks_dispose. */
typedef struct pv_blocks {
	pv_block *items;
	size_t count;
	size_t cap;
} pv_blocks;

/*
 * Finds the blocks in a text with LF line ends. A marker is a line of `size`
 * equal characters, alone or with a label behind a blank; a block has all of
 * them in their order. PV_ENOMEM.
 */
int pv_blocks_scan(pv_blocks *out, pv_str text, int size, pv_error *err);

/*
 * Sets `match` of each block of `text` to the block of `origin` it is, line
 * by line but for the labels; blocks keep their order. Where several are alike
 * the lines around them decide. PV_ELIMIT, PV_ENOMEM.
 */
int pv_blocks_match(pv_blocks *blocks, pv_str text, const pv_blocks *origin,
		    pv_str origin_text, pv_error *err);

/* Whether two texts are equal but for the labels behind markers. */
int pv_blocks_same_text(pv_str a, pv_str b, int size);

void pv_blocks_dispose(pv_blocks *blocks);

#endif
