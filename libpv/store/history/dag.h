/* SPDX-License-Identifier: MIT
 *
 * The commit graph as a walk needs it: each commit read once, reduced to its
 * tree, its date and its parents. Shallow boundaries and grafts have the parents
 * given for them, replaced commits those of their replacement, as in git.
 */
#ifndef PV_STORE_DAG_H
#define PV_STORE_DAG_H

#include "base/arena.h"
#include "base/map.h"
#include "store/handle.h"
#include "store/history/commit_graph.h"
#include "store/history/path_facts.h"

typedef struct pv_dag_node {
	git_oid id;
	git_oid tree;
	int64_t date; /* the committer's, seconds */
	struct pv_dag_node **parents;
	struct pv_dag_node *parent; /* where `parents` points when it is one */
	uint32_t parent_count;      /* a walk may lower it */
	unsigned flags;             /* the walk's own */
	uint32_t level;             /* of the commit-graph; 0 unknown */
	/*
	 * In the commit-graph, from 1; 0 when unknown, and what a walk that
	 * changes the parents has to set: the filter there is for the first.
	 */
	uint32_t position;
	int is_loaded;
	int is_known; /* to the facts: 1, 0 not asked yet, -1 no */
	void *extra;  /* the walk's own, in the arena */
} pv_dag_node;

typedef struct pv_dag {
	pv_store *store;
	git_odb *odb;               /* NULL until it is needed */
	pv_commit_graph *graph;     /* NULL without, and where it is not true */
	const pv_path_facts *facts; /* the same */
	pv_arena arena;
	pv_dag_node **rows;  /* nodes of the commit-graph by their position */
	pv_dag_node **slots; /* the others by id, open addressing */
	size_t cap;          /* of slots, a power of two, or 0 */
	size_t count;        /* in slots */
	pv_map grafts;       /* raw id to the pv_graft with its parents */
	pv_map replaced;     /* raw id to the git_oid that stands for it */
} pv_dag;

/* PV_EGIT, PV_EIO, PV_ENOMEM. Dispose of it also after a failure. */
int pv_dag_init(pv_dag *out, pv_store *store, pv_error *err);
void pv_dag_dispose(pv_dag *dag);

/* The node of a position in the commit-graph; NULL when there is no memory. */
pv_dag_node *pv_dag_row(pv_dag *dag, uint32_t position);

/* 1 when the facts know a loaded commit, and so all its ancestors. */
int pv_dag_knows(pv_dag *dag, pv_dag_node *node, pv_error *err);

/* The node of an id, not loaded yet; NULL when there is no memory. */
pv_dag_node *pv_dag_node_get(pv_dag *dag, const git_oid *id);

/* Takes flags from all nodes. */
void pv_dag_wash(pv_dag *dag, unsigned flags);

/* Reads the commit unless that was done. PV_ENOTFOUND, PV_EGIT, PV_ENOMEM. */
int pv_dag_load(pv_dag *dag, pv_dag_node *node, pv_error *err);

/* Node and load in one, by our kind of id. */
int pv_dag_find(pv_dag_node **out, pv_dag *dag, const pv_oid *oid, pv_error *err);

/* The bytes of an object, for the moment. */
typedef struct pv_dag_object {
	pv_str content;
	git_odb_object *owner; /* NULL where they are lent by raw_object.h */
} pv_dag_object;

/*
 * Reads an object that must be of `type`; a partial clone fetches it. Dispose
 * of it before the next one is read. PV_ENOTFOUND, PV_EGIT, PV_ENOMEM.
 */
int pv_dag_read(pv_dag_object *out, pv_dag *dag, const git_oid *id,
		git_object_t type, pv_error *err);
void pv_dag_object_dispose(pv_dag_object *object);

/* Nodes by date, the youngest first; of equal ones the first that came. */
typedef struct pv_dag_queue {
	struct pv_dag_item *items;
	size_t count;
	size_t cap;
	size_t serial;
} pv_dag_queue;

struct pv_dag_item {
	pv_dag_node *node;
	size_t serial;
};

/* PV_ENOMEM. */
int pv_dag_push(pv_dag_queue *queue, pv_dag_node *node, pv_error *err);
/* NULL when it is empty. */
pv_dag_node *pv_dag_pop(pv_dag_queue *queue);
void pv_dag_queue_dispose(pv_dag_queue *queue);

#endif
