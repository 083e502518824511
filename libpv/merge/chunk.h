/* SPDX-License-Identifier: MIT
 *
 * The result of a merge while it is put together: agreed text and conflicts,
 * in order. A conflict holds whole lines of all three sides and begins where
 * a line does, so that markers can be put around it; one that was found within
 * a line is made into such a one at last (within.h).
 */
#ifndef PV_MERGE_CHUNK_H
#define PV_MERGE_CHUNK_H

#include <pv/merge.h>

#include "merge/text.h"

typedef struct pv_chunk {
	int is_conflict;
	pv_str text; /* agreed */
	pv_str sides[PV_SIDES];
	size_t field;  /* of a conflict: which of those the merge has found */
	int is_within; /* of a conflict: it begins or ends within a line */
	/* Of lines with conflicts within: these, and what is around them. */
	const struct pv_chunk *parts;
	size_t part_count;
} pv_chunk;

/*
 * Failure is sticky, as in pv_buf: after one, appends do nothing. The texts
 * are borrowed from the arena or the sides.
 */
typedef struct pv_chunks {
	pv_chunk *items;
	size_t count;
	size_t cap;
	int status;
} pv_chunks;

void pv_chunks_add(pv_chunks *chunks, pv_str text);
void pv_chunks_conflict(pv_chunks *chunks, const pv_str sides[PV_SIDES],
			size_t field);
/* The same within a line. */
void pv_chunks_conflict_within(pv_chunks *chunks, const pv_str sides[PV_SIDES],
			       size_t field);
/* Appends a chunk as it is. */
void pv_chunks_put(pv_chunks *chunks, const pv_chunk *chunk);
/* Appends all of `from`, which keeps its own. */
void pv_chunks_append(pv_chunks *chunks, const pv_chunks *from);
/* Where the list ends now, to take it back to there. */
typedef struct pv_chunk_mark {
	size_t count;
	size_t last; /* length of the last text */
} pv_chunk_mark;

pv_chunk_mark pv_chunks_mark(const pv_chunks *chunks);
void pv_chunks_rewind(pv_chunks *chunks, pv_chunk_mark mark);

/* The number of conflicts. */
size_t pv_chunks_conflicts(const pv_chunks *chunks);
/* PV_OK or PV_ENOMEM, reported to `err`. */
int pv_chunks_status(const pv_chunks *chunks, pv_error *err);
void pv_chunks_dispose(pv_chunks *chunks);

/* Appends the text with every conflict settled for one side. */
void pv_chunks_settle(pv_buf *out, const pv_chunks *chunks, enum pv_side side);

/* How conflicts are written; all labels are set. */
typedef struct pv_markers {
	const char *labels[PV_SIDES];
	int size;
	enum pv_merge_style style;
} pv_markers;

/* The lines at the edges of a conflict that ours and theirs have in common. */
typedef struct pv_chunk_edges {
	size_t head; /* bytes */
	size_t tail;
} pv_chunk_edges;

/* What is kept outside of the markers: nothing in the style diff3. */
pv_chunk_edges pv_chunk_trim(const pv_chunk *chunk, enum pv_merge_style style);

/*
 * Appends the text with markers around conflicts, as git writes them: lines
 * that ours and theirs have in common at the edges are kept outside, except
 * in the style diff3. Returns the number of conflicts written.
 */
size_t pv_chunks_print(pv_buf *out, const pv_chunks *chunks,
		       const pv_markers *markers);

#endif
