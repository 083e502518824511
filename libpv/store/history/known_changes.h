/* SPDX-License-Identifier: MIT
 *
 * All that a store's facts know of changes, by commit: for walks that look at
 * many files in many commits.
 */
#ifndef PV_STORE_KNOWN_CHANGES_H
#define PV_STORE_KNOWN_CHANGES_H

#include "store/history/dag.h"

typedef struct pv_known_change {
	const struct pv_known_change *next; /* of the same commit */
	const char *path;
	uint32_t parent; /* as in path_facts.h */
	uint32_t mode;
	int is_new;
	int is_mode;
} pv_known_change;

typedef struct pv_known_changes {
	int is_loaded;
	pv_arena arena;
	pv_map paths;   /* to themselves */
	pv_map commits; /* raw id to the first change */
} pv_known_changes;

/* Fills it with what there is below `dir`; without facts it stays empty. */
int pv_known_changes_load(pv_known_changes *out, pv_dag *dag, const char *dir,
			  pv_error *err);
void pv_known_changes_dispose(pv_known_changes *known);

/* 1 when all changes of a loaded commit are known: `*out`, NULL for none. */
int pv_known_changes_find(const pv_known_change **out,
			  const pv_known_changes *known, pv_dag *dag,
			  pv_dag_node *node, pv_error *err);

#endif
