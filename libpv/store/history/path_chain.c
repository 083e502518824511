/* SPDX-License-Identifier: MIT
 *
 * Following one path through many trees, see path_chain.h. Link 0 of a chain
 * is the root tree, link n what the path's first n components name. Trees do
 * not change, so neither do chains: they are found by the root tree's id. A
 * node's `extra` points to its chain.
 */
#include "store/history/path_chain.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/history/path_filter.h"
#include "store/object/tree.h"

struct chain {
	size_t known; /* links filled in */
	pv_path_link links[];
};

/* What is known of one path; a store lends it to all that follow the path. */
struct pv_path_memo {
	pv_store *store;
	size_t users;
	pv_arena arena;
	char *path;
	pv_str *names; /* the path's components */
	size_t depth;
	pv_path_filter filter;
	pv_map chains; /* raw id of a root tree to its struct chain */
};

static int split_path(struct pv_path_memo *memo)
{
	size_t depth = 1;

	for (const char *c = memo->path; *c; c++)
		depth += *c == '/';
	memo->names = pv_arena_alloc(&memo->arena, depth * sizeof(*memo->names));
	if (!memo->names)
		return PV_ENOMEM;
	for (const char *c = memo->path; memo->depth < depth; memo->depth++) {
		memo->names[memo->depth].ptr = c;
		memo->names[memo->depth].len = strcspn(c, "/");
		c += memo->names[memo->depth].len + 1;
	}
	return PV_OK;
}

static void memo_release(struct pv_path_memo *memo)
{
	if (!memo || --memo->users)
		return;
	if (memo->store->path_memo == memo)
		memo->store->path_memo = NULL;
	pv_arena_dispose(&memo->arena);
	pv_map_dispose(&memo->chains);
	pv_free(memo);
}

static struct pv_path_memo *memo_get(pv_store *store, const char *path)
{
	struct pv_path_memo *memo = store->path_memo;

	if (memo && !strcmp(memo->path, path)) {
		memo->users++;
		return memo;
	}
	memo = pv_calloc(1, sizeof(*memo));
	if (!memo)
		return NULL;
	memo->store = store;
	memo->users = 1;
	memo->path = pv_arena_dup(&memo->arena, path, strlen(path));
	if (!memo->path || split_path(memo) < 0 ||
	    pv_path_filter_init(&memo->filter, &memo->arena, path) < 0) {
		memo_release(memo);
		return NULL;
	}
	store->path_memo = memo;
	return memo;
}

/* The chain of a root tree, made when it is new. */
static int get_chain(struct chain **out, struct pv_path_memo *memo,
		     const git_oid *tree, pv_error *err)
{
	pv_str key = { (const char *)tree->id, sizeof(tree->id) };
	struct chain *chain = pv_map_find(&memo->chains, key);

	*out = chain;
	if (chain)
		return PV_OK;
	chain = pv_arena_calloc(&memo->arena,
				sizeof(*chain) + (memo->depth + 1) *
							 sizeof(pv_path_link));
	if (!chain)
		return pv_fail_nomem(err);
	chain->known = 1;
	chain->links[0].mode = GIT_FILEMODE_TREE;
	chain->links[0].id = *tree;
	*out = chain;
	return pv_map_set(&memo->chains, key, chain, NULL, err);
}

int pv_path_chain_init(pv_path_chain *out, pv_dag *dag, const char *path,
		       pv_error *err)
{
	out->dag = dag;
	out->memo = memo_get(dag->store, path);
	return out->memo ? PV_OK : pv_fail_nomem(err);
}

void pv_path_chain_dispose(pv_path_chain *chain)
{
	memo_release(chain->memo);
	memset(chain, 0, sizeof(*chain));
}

/* Finds `name` in the tree `above`; nothing is below what is no tree. */
static int find_link(pv_path_link *out, pv_path_chain *chain,
		     const pv_path_link *above, pv_str name, pv_error *err)
{
	pv_dag_object object = { 0 };
	pv_tree_edit entry;
	pv_str rest;
	int more;
	int rc;

	memset(out, 0, sizeof(*out));
	if (above->mode != GIT_FILEMODE_TREE)
		return PV_OK;
	rc = pv_dag_read(&object, chain->dag, &above->id, GIT_OBJECT_TREE, err);
	if (rc < 0)
		return rc;
	rest = object.content;
	do {
		more = pv_store_tree_next(&entry, &rest);
		if (more > 0 && pv_str_is(name, entry.path)) {
			out->mode = pv_tree_mode(entry.mode);
			out->id = entry.id;
			more = 0;
		}
	} while (more > 0);
	pv_dag_object_dispose(&object);
	if (more < 0)
		return pv_fail(err, PV_EGIT, "a tree is malformed");
	return PV_OK;
}

/* Link number `level` of a node, found now unless it is known. */
static int get_link(const pv_path_link **out, pv_path_chain *chain,
		    pv_dag_node *node, size_t level, pv_error *err)
{
	struct pv_path_memo *memo = chain->memo;
	struct chain *links = node->extra;
	int rc = PV_OK;

	if (!links)
		rc = get_chain(&links, memo, &node->tree, err);
	if (rc == PV_OK)
		node->extra = links;
	while (rc == PV_OK && links->known <= level) {
		pv_path_link *next = &links->links[links->known];

		rc = find_link(next, chain, next - 1,
			       memo->names[links->known - 1], err);
		links->known += rc == PV_OK;
	}
	if (rc == PV_OK)
		*out = &links->links[level];
	return rc;
}

/* 1 when the commit-graph rules out that the first parent differs. */
static int is_filtered_out(const pv_path_chain *chain, const pv_dag_node *node)
{
	pv_graph_filter filter;

	return chain->dag->graph && node->position &&
	       pv_graph_filter_at(&filter, chain->dag->graph, node->position - 1) &&
	       pv_path_filter_excludes(&chain->memo->filter, &filter);
}

int pv_path_chain_same(pv_path_chain *chain, pv_dag_node *node, size_t idx,
		       pv_error *err)
{
	pv_dag_node *parent = node->parents[idx];

	if (!idx && is_filtered_out(chain, node))
		return 1;
	for (size_t level = 0; level <= chain->memo->depth; level++) {
		const pv_path_link *left = NULL;
		const pv_path_link *right = NULL;
		int rc = get_link(&left, chain, node, level, err);

		if (rc == PV_OK)
			rc = get_link(&right, chain, parent, level, err);
		if (!left || !right)
			return rc;
		if (left->mode == right->mode &&
		    git_oid_equal(&left->id, &right->id))
			return 1;
	}
	return 0;
}

int pv_path_chain_entry(pv_path_link *out, pv_path_chain *chain,
			pv_dag_node *node, pv_error *err)
{
	const pv_path_link *link = NULL;
	int rc = get_link(&link, chain, node, chain->memo->depth, err);

	if (link)
		*out = *link;
	return rc;
}
