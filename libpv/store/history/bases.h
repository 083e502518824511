/* SPDX-License-Identifier: MIT
 *
 * All best common ancestors of two commits, for merges.
 */
#ifndef PV_STORE_BASES_H
#define PV_STORE_BASES_H

#include "store/history/dag.h"

/* Common ancestors, the youngest first. */
typedef struct pv_bases {
	pv_dag_node **items;
	size_t count;
	size_t cap;
} pv_bases;

/*
 * Finds the common ancestors that no other one reaches; there may be none.
 * Takes all flags from the nodes. Free `out->items` also after a failure.
 * PV_EGIT, PV_ENOMEM.
 */
int pv_bases_find(pv_bases *out, pv_dag *dag, pv_dag_node *one,
		  pv_dag_node *two, pv_error *err);

#endif
