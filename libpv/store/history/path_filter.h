/* SPDX-License-Identifier: MIT
 *
 * Git's changed-path filters: for a commit in the commit-graph a Bloom filter
 * of the paths that differ from its first parent. It can say for sure that a
 * path does not, and then no tree has to be read.
 */
#ifndef PV_STORE_PATH_FILTER_H
#define PV_STORE_PATH_FILTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/history/commit_graph.h"

/* Two hashes of a path; the others are made of them. */
struct pv_path_hash {
	uint32_t first;
	uint32_t step;
};

/* What a path and the folders on its way hash to; zeroed it excludes none. */
typedef struct pv_path_filter {
	struct pv_path_hash *hashes; /* the path's, then its folders' */
	size_t count;
	int is_ascii;
} pv_path_filter;

/* `path` without a slash at its end. PV_ENOMEM. */
int pv_path_filter_init(pv_path_filter *out, pv_arena *arena, const char *path);

/* 1 when a commit surely has the path as its first parent has it. */
int pv_path_filter_excludes(const pv_path_filter *path,
			    const pv_graph_filter *filter);

#endif
