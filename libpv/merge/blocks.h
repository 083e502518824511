/* SPDX-License-Identifier: MIT
 *
 * Conflict markers in a text, and which conflict of a merge they stand for.
 */
#ifndef PV_MERGE_BLOCKS_H
#define PV_MERGE_BLOCKS_H

#include "base/arena.h"
#include "merge/diff3.h"

/* From the line of the first marker to behind that of the last one. */
typedef struct pv_block {
	size_t from;
	size_t end;
	pv_str sides[PV_SIDES]; /* base without `ptr` where it is not shown */
	size_t match;           /* see pv_blocks_match; or PV_NO_BLOCK */
	int is_known;           /* a merge is known to have written it */
	int is_vague; /* not known, and other lines could be its markers */
} pv_block;

#define PV_NO_BLOCK SIZE_MAX

/* Borrowed from the text; release it with pv_blocks_dispose. */
typedef struct pv_blocks {
	pv_block *items;
	size_t count;
	size_t cap;
} pv_blocks;

/* A text with LF line ends as a merge writes it, and its blocks. */
typedef struct pv_marked {
	pv_str text;
	pv_blocks blocks;
} pv_marked;

/* What is known of a text before it is searched. */
typedef struct pv_block_hints {
	const pv_blocks *known[2]; /* what merges wrote; each may be NULL */
	const pv_str *texts;       /* the three that were merged, or NULL */
} pv_block_hints;

/*
 * Finds the blocks in a text with LF line ends. A marker is a line of `size`
 * equal characters, alone or with a label behind a blank. Where the lines of a
 * known block stand, it is that; else a block is what has all markers in their
 * order, the first and last of which are no lines of the texts. PV_ENOMEM.
 */
int pv_blocks_scan(pv_blocks *out, pv_str text, const pv_block_hints *hints,
		   int size, pv_error *err);

/* Whether a known block, with any labels, is at `at`, and where its parts are. */
int pv_block_read(pv_block *out, pv_str text, size_t at, const pv_block *known,
		  int size);

/*
 * Sets `match` of each block of `text` to the block of `origin` it is, line
 * by line but for the labels; blocks keep their order. Where several are alike
 * the lines around them decide. PV_ELIMIT, PV_ENOMEM.
 */
int pv_blocks_match(pv_blocks *blocks, pv_str text, const pv_marked *origin,
		    int size, pv_error *err);

/*
 * Whether a text is `origin` but for the labels behind markers, and then its
 * blocks, matched. PV_ENOMEM.
 */
int pv_blocks_locate(int *is_found, pv_blocks *out, pv_str text,
		     const pv_marked *origin, int size, pv_error *err);

/* Whether a line looks like the marker of one of the characters <|=>. */
int pv_text_has_marker(pv_str text, char mark, int size);

/*
 * The least size from `size` to `max` of which no line of the texts is a
 * marker; 0 when there is none.
 */
int pv_marker_size_free(const pv_str texts[PV_SIDES], int size, int max);

/*
 * Reads a text whose markers have the size `from`, which no other line looks
 * like, and gives them the size `to`. The result is borrowed from `text` and
 * the arena. PV_ENOMEM.
 */
int pv_marked_read(pv_marked *out, pv_arena *arena, pv_str text, int from,
		   int to, pv_error *err);

/* Appends a block. PV_ENOMEM. */
int pv_blocks_add(pv_blocks *blocks, const pv_block *block, pv_error *err);

/* Where the line at `at` ends, its line end included. */
size_t pv_line_end(pv_str text, size_t at);

void pv_blocks_dispose(pv_blocks *blocks);

#endif
