/* SPDX-License-Identifier: MIT
 *
 * "Is this commit reachable from that one?", asked many times of one tip: a
 * single walk that goes only as far back as the questions need.
 */
#ifndef PV_STORE_REACH_H
#define PV_STORE_REACH_H

#include <pv/store.h>

typedef struct pv_reach pv_reach;

/* Nothing is walked yet. The store must outlive it. PV_EGIT, PV_ENOMEM. */
int pv_reach_new(pv_reach **out, pv_store *store, const pv_oid *tip,
		 pv_error *err);

/* NULL is accepted. */
void pv_reach_free(pv_reach *reach);

/*
 * 1 when `commit` is the tip or reachable from it, 0 when not, or negative:
 * then no further question may be asked.
 */
int pv_reach_has(pv_reach *reach, const pv_oid *commit, pv_error *err);

/* The same asked of many pairs of commits: what is read for one serves all. */
typedef struct pv_ancestry pv_ancestry;

/* Nothing is read yet. The store must outlive it. PV_EGIT, PV_ENOMEM. */
int pv_ancestry_new(pv_ancestry **out, pv_store *store, pv_error *err);

/* NULL is accepted. */
void pv_ancestry_free(pv_ancestry *ancestry);

/* As pv_store_is_ancestor. */
int pv_ancestry_has(pv_ancestry *ancestry, const pv_oid *ancestor,
		    const pv_oid *commit, pv_error *err);

#endif
