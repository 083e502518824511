/* SPDX-License-Identifier: MIT
 *
 * The steps of a walk over the history of one path, for those who walk
 * several paths side by side: pv_history_walk is made of the same ones.
 */
#ifndef PV_STORE_WALK_H
#define PV_STORE_WALK_H

#include <pv/store.h>

#include "store/history/dag.h"
#include "store/history/path_chain.h"

enum {
	PV_WALK_FREE = 32 /* from this flag on a node's are the caller's */
};

/* Zeroed it is empty. */
typedef struct pv_walk {
	pv_dag dag;
	pv_path_chain chain;
	enum pv_history_mode mode;
	pv_dag_queue queue;
} pv_walk;

/* `path` is copied. Dispose of it also after a failure. PV_EGIT, PV_ENOMEM. */
int pv_walk_init(pv_walk *out, pv_store *store, const char *path,
		 enum pv_history_mode mode, pv_error *err);
void pv_walk_dispose(pv_walk *walk);

/* Queues a commit that is loaded, unless it is or was queued. PV_ENOMEM. */
int pv_walk_enqueue(pv_walk *walk, pv_dag_node *node, pv_error *err);

/*
 * Where nobody else waits, commits that would not be shown are passed over:
 * that cannot change the order of others. 0 when what is behind them was seen,
 * as it may be where dates are skewed; else 1, or < 0.
 */
int pv_walk_skip(pv_walk *walk, pv_dag_node **node, pv_error *err);

/*
 * Compares a commit with its parents, which are loaded on the way, and takes
 * from it those that the walk does not go on to. PV_ENOTFOUND, PV_EGIT,
 * PV_ENOMEM.
 */
int pv_walk_judge(pv_walk *walk, pv_dag_node *node, pv_error *err);

/* 1 when a commit that was judged is one of those to show. */
int pv_walk_is_shown(const pv_dag_node *node);

/* The file in a commit; hex "" when there is none. PV_EGIT, PV_ENOMEM. */
int pv_walk_blob(pv_oid *out, pv_walk *walk, pv_dag_node *node, pv_error *err);

#endif
