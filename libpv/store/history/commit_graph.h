/* SPDX-License-Identifier: MIT
 *
 * Git's commit-graph files (gitformat-commit-graph(5)): trees, dates and
 * parents of commits in a table, so that a walk need not read the objects.
 * `git gc` and `git maintenance` write them; libgit2 1.5 refuses those of a
 * recent git. A file that is missing or malformed is as good as none.
 */
#ifndef PV_STORE_COMMIT_GRAPH_H
#define PV_STORE_COMMIT_GRAPH_H

#include "store/handle.h"

typedef struct pv_commit_graph pv_commit_graph;

/* What the table says of a commit. */
typedef struct pv_graph_row {
	git_oid tree;
	int64_t date;        /* the committer's, seconds */
	uint32_t level;      /* above its parents' by at least 1; 0 unknown */
	uint32_t parents[2]; /* positions; see pv_graph_parent */
	uint32_t position;   /* its own */
	unsigned layer;
} pv_graph_row;

/* Opens the files of the repository; NULL and PV_OK without. PV_ENOMEM. */
int pv_commit_graph_open(pv_commit_graph **out, pv_store *store, pv_error *err);

/* NULL is accepted. */
void pv_commit_graph_free(pv_commit_graph *graph);

/* How many commits are in the table: positions are below that. */
uint32_t pv_graph_count(const pv_commit_graph *graph);

/* 1 when the commit is in the table. */
int pv_graph_find(pv_graph_row *out, const pv_commit_graph *graph,
		  const git_oid *id);

/* The row at a position that pv_graph_parent gave; 0 when there is none. */
int pv_graph_at(pv_graph_row *out, const pv_commit_graph *graph,
		uint32_t position);

/* The level of the commit at a position; 0 when there is none. */
uint32_t pv_graph_level(const pv_commit_graph *graph, uint32_t position);

/*
 * The only parent's position of a commit at one; 0 when it has none or more,
 * or the table makes no sense.
 */
int pv_graph_only_parent(uint32_t *out, const pv_commit_graph *graph,
			 uint32_t position);

/* The id at a position below the count, lent by the mapped file. */
const unsigned char *pv_graph_id(const pv_commit_graph *graph, uint32_t position);

/* A parent; by its position its row is found without a search. */
typedef struct pv_graph_link {
	git_oid id;
	uint32_t position;
} pv_graph_link;

/*
 * The parent at `idx`: 1, 0 behind the last, -1 when the table makes no
 * sense.
 */
int pv_graph_parent(pv_graph_link *out, const pv_commit_graph *graph,
		    const pv_graph_row *row, size_t idx);

/* Which paths a commit changed, see path_filter.h; within the mapped file. */
typedef struct pv_graph_filter {
	const unsigned char *bits;
	size_t len; /* in bytes */
	unsigned version;
	uint32_t hash_count; /* bits set for a path */
} pv_graph_filter;

/* 1 when there is a filter for the commit at the position. */
int pv_graph_filter_at(pv_graph_filter *out, const pv_commit_graph *graph,
		       uint32_t position);

#endif
