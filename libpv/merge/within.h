/* SPDX-License-Identifier: MIT
 *
 * Conflicts within lines, as between brackets and braces. Markers stand around
 * the lines, but each of the fields inside is a conflict of its own: it can be
 * settled while the others stay, and be found again afterwards.
 */
#ifndef PV_MERGE_WITHIN_H
#define PV_MERGE_WITHIN_H

#include "base/arena.h"
#include "merge/blocks.h"
#include "merge/chunk.h"

/*
 * Makes conflicts within lines into conflicts of whole lines, each with its
 * parts. Texts are made in `arena`. PV_ENOMEM.
 */
int pv_within_level(pv_chunks *chunks, pv_arena *arena, pv_error *err);

/* What has become of a conflict with parts in a file. */
typedef struct pv_within {
	const pv_chunk *chunk;
	pv_chunk_edges edges; /* outside of the markers */
	pv_str *values;       /* of each part that is settled; else no `ptr` */
} pv_within;

/*
 * Whether a block of a file is what the conflict of `out` has become, of which
 * some fields may have been settled: sets `*ok_out`, and the values. PV_ENOMEM.
 */
int pv_within_read(int *ok_out, pv_within *out, pv_arena *arena,
		   const pv_block *block, pv_error *err);

/* Whether a field is one of the conflict, and not settled; how many are. */
int pv_within_has(const pv_within *within, size_t field);
size_t pv_within_count(const pv_within *within);

/*
 * Appends what a block has on a side between its markers once a field is
 * settled for the side `picked`.
 */
void pv_within_put(pv_buf *out, const pv_within *within, size_t field,
		   enum pv_side picked, enum pv_side side);

#endif
