/* SPDX-License-Identifier: MIT
 *
 * What a merge has gone wrong about: where its own checks say so, entries that
 * have to do with it are made conflicts as a whole, and the merge is made once
 * more.
 */
#ifndef PV_MERGE_SUSPECTS_H
#define PV_MERGE_SUSPECTS_H

#include "base/map.h"
#include "merge/job.h"

typedef struct pv_suspects {
	pv_map words; /* too few or too many of them in a half of a conflict */
	pv_map trees; /* values that are not merged, by their addresses */
	int is_endless; /* a check of values gave up: it would again */
} pv_suspects;

/* Adds one. PV_ENOMEM. */
int pv_suspects_add_word(pv_suspects *suspects, pv_str word, pv_error *err);
int pv_suspects_add_tree(pv_suspects *suspects, const pv_tree *tree,
			 pv_error *err);

/* How many there are. */
size_t pv_suspects_count(const pv_suspects *suspects);

/*
 * Whether an entry has to be a conflict as a whole: its sides are not the same,
 * it is not `open`ed where it is a mapping, for the conflicts to be those of
 * its keys, and either all are to be in conflict or it is suspect. Failures stay
 * in job->chunks.
 */
int pv_suspects_has(pv_merge_job *job, const pv_entry *entry, int open);

void pv_suspects_dispose(pv_suspects *suspects);

#endif
