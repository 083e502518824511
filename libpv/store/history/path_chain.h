/* SPDX-License-Identifier: MIT
 *
 * One path seen in many commits. For each commit the chain of trees that
 * leads to the path is kept as far as it was needed: two commits that share
 * a tree on the way have the same file, and nothing below it is read. What
 * was found is shared by all walks of a store that follow the same path at
 * the same time, since reading trees is nearly all that a walk costs. Where a
 * commit is known to the store's facts, no tree is read at all.
 */
#ifndef PV_STORE_PATH_CHAIN_H
#define PV_STORE_PATH_CHAIN_H

#include "store/history/dag.h"

typedef struct pv_path_chain {
	pv_dag *dag;
	struct pv_path_memo *memo;
	/* A bit for each row of the commit-graph; NULL until it is needed. */
	unsigned char *touched_rows;
} pv_path_chain;

/* An entry on the way; mode 0 stands for "not there". */
typedef struct pv_path_link {
	uint32_t mode;
	git_oid id;
} pv_path_link;

/* `path` is copied. Dispose of it also after a failure. PV_ENOMEM. */
int pv_path_chain_init(pv_path_chain *out, pv_dag *dag, const char *path,
		       pv_error *err);
void pv_path_chain_dispose(pv_path_chain *chain);

/*
 * 1 when a commit has the same entry at the path as its parent number `idx`,
 * 0 when not, or < 0. Both have to be loaded.
 */
int pv_path_chain_same(pv_path_chain *chain, pv_dag_node *node, size_t idx,
		       pv_error *err);

/*
 * Passes over commits that leave the path alone and have one parent, as far
 * as the commit-graph tells: the commit to go on with, which may be `node`
 * itself and is not loaded. PV_ENOMEM.
 */
int pv_path_chain_skip(pv_dag_node **out, pv_path_chain *chain,
		       pv_dag_node *node, pv_error *err);

/* The entry at the path in a commit. PV_EGIT, PV_ENOMEM. */
int pv_path_chain_entry(pv_path_link *out, pv_path_chain *chain,
			pv_dag_node *node, pv_error *err);

#endif
