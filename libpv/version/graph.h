/* SPDX-License-Identifier: MIT
 *
 * A part of the commit graph in memory: loaded newest first from one or more
 * starting points, only as far back as a question needs. Commits that were
 * met but whose parents were not looked at yet are the frontier.
 *
 * A mark put on a commit is on all its ancestors, also on those loaded later.
 * A question is settled once every frontier commit carries the mark that
 * makes what is behind it irrelevant.
 */
#ifndef PV_VERSION_GRAPH_H
#define PV_VERSION_GRAPH_H

#include <pv/store.h>

#include "base/arena.h"
#include "base/map.h"

enum pv_graph_mark {
	PV_MARK_POINT = 1, /* reachable from the point in question */
	PV_MARK_SINCE = 2, /* reachable from the version counted from */
	PV_MARK_GONE = 4   /* reachable from a commit that removed the file */
};

typedef struct pv_node pv_node;

struct pv_node {
	pv_oid oid;
	pv_oid tree;
	int64_t when;
	pv_node **parents; /* set once visited */
	size_t parent_count;
	pv_oid *parent_oids; /* as the commit has them */
	size_t parent_oid_count;
	unsigned marks; /* enum pv_graph_mark */
	int is_visited;
	int is_diffed; /* for the user of the graph */
};

typedef struct pv_graph {
	pv_store *store;
	pv_arena arena;
	pv_map by_oid;
	pv_node **visited;
	size_t visited_count;
	size_t visited_cap;
	int64_t oldest;     /* time of a visited commit */
	pv_node **frontier; /* a heap, newest first */
	size_t frontier_count;
	size_t frontier_cap;
	pv_node **stack; /* of pv_graph_mark_from */
	size_t stack_cap;
} pv_graph;

/*
 * The node of a commit, which joins the frontier when it is new. NULL and
 * PV_OK for a commit that is not there, as behind a shallow clone's boundary.
 */
int pv_graph_add(pv_node **out, pv_graph *graph, const pv_oid *commit,
		 pv_error *err);

/* Looks at the parents of the newest frontier commit. PV_EGIT, PV_ENOMEM. */
int pv_graph_extend(pv_graph *graph, pv_error *err);

/* Marks a commit and its ancestors. PV_ENOMEM. */
int pv_graph_mark_from(pv_graph *graph, pv_node *node, enum pv_graph_mark mark,
		       pv_error *err);

/* Takes a mark off every commit. */
void pv_graph_unmark(pv_graph *graph, enum pv_graph_mark mark);

/*
 * 1 when every frontier commit has `mark` and none of them can still lead to
 * a visited one, since all are older. (Clocks that ran backwards by more than
 * the distance of two commits can deceive this, as they deceive git.)
 */
int pv_graph_is_settled(const pv_graph *graph, enum pv_graph_mark mark);

void pv_graph_dispose(pv_graph *graph);

#endif
