/* SPDX-License-Identifier: MIT
 *
 * What is inside a merge, for those who name and settle its conflicts.
 */
#ifndef PV_MERGE_FILE_H
#define PV_MERGE_FILE_H

#include <pv/merge.h>

#include "base/arena.h"
#include "merge/chunk.h"

struct pv_merge {
	pv_arena arena;
	pv_buf text;
	size_t markers;
	enum pv_merge_rung rung;
	/*
	 * By fields, also when that found conflicts; texts are in the arena
	 * or the input's.
	 */
	pv_chunks chunks;
	pv_merge_conflict *fields; /* in the arena, like all they point to */
	size_t field_count;
	pv_merge_note *notes; /* the same */
	size_t note_count;
};

#endif
