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

/* That a commit has something else at the path than a parent. */
struct touch {
	struct touch *next; /* of the same commit */
	uint32_t parent;
	pv_path_link link; /* what the commit has */
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
	const pv_path_facts *asked; /* what `touches` come from, or NULL */
	int is_covered;             /* `touches` are all there are */
	pv_map touches; /* raw id of a commit to its first struct touch */
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
	pv_map_dispose(&memo->touches);
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

/* --- what the facts say ----------------------------------------------------- */

static pv_str raw_key(const unsigned char *id)
{
	return (pv_str){ (const char *)id, PV_RAW_ID };
}

static int add_touch(const char *path, const pv_path_fact *fact, void *payload)
{
	struct pv_path_memo *memo = payload;
	struct touch *touch = pv_arena_alloc(&memo->arena, sizeof(*touch));
	pv_str key = raw_key(fact->commit);

	(void)path;
	if (!touch)
		return PV_ENOMEM;
	touch->next = pv_map_find(&memo->touches, key);
	touch->parent = fact->parent;
	touch->link.mode = fact->mode;
	git_oid_fromraw(&touch->link.id, fact->id);
	return pv_map_set(&memo->touches, key, touch, NULL, NULL);
}

/* 1 when the facts tell all that happened to the path in known commits. */
static int is_covered(pv_path_chain *chain, pv_error *err)
{
	struct pv_path_memo *memo = chain->memo;
	const pv_path_facts *facts = chain->dag->facts;

	if (!facts)
		return 0;
	if (memo->asked != facts) {
		int rc;

		pv_map_dispose(&memo->touches);
		memset(&memo->touches, 0, sizeof(memo->touches));
		rc = facts->path(facts->payload, memo->path, add_touch, memo);
		if (rc < 0)
			return pv_fail_nomem(err);
		memo->is_covered = rc;
		memo->asked = facts;
	}
	return memo->is_covered;
}

/* 1 when the facts tell what the commit did to the path: `touch` or nothing. */
static int recall(const struct touch **out, pv_path_chain *chain,
		  pv_dag_node *node, pv_error *err)
{
	int rc = is_covered(chain, err);

	*out = NULL;
	if (rc > 0)
		rc = pv_dag_knows(chain->dag, node, err);
	if (rc > 0)
		*out = pv_map_find(&chain->memo->touches, raw_key(node->id.id));
	return rc;
}

/* --- what the trees say ----------------------------------------------------- */

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
static int is_filtered_out(const pv_path_chain *chain, uint32_t position)
{
	pv_graph_filter filter;

	return pv_graph_filter_at(&filter, chain->dag->graph, position) &&
	       pv_path_filter_excludes(&chain->memo->filter, &filter);
}

static int mark_row(pv_str key, void *touch, void *payload)
{
	pv_path_chain *chain = payload;
	pv_graph_row row;
	git_oid id;

	(void)touch;
	git_oid_fromraw(&id, (const unsigned char *)key.ptr);
	if (pv_graph_find(&row, chain->dag->graph, &id))
		chain->touched_rows[row.position / 8] |=
			(unsigned char)(1U << row.position % 8);
	return PV_OK;
}

/* Finds the touched commits in the commit-graph, so that none is hashed. */
static int mark_rows(pv_path_chain *chain, pv_error *err)
{
	size_t len = pv_graph_count(chain->dag->graph) / 8 + 1;

	if (chain->touched_rows)
		return PV_OK;
	chain->touched_rows = pv_arena_calloc(&chain->dag->arena, len);
	if (!chain->touched_rows)
		return pv_fail_nomem(err);
	return pv_map_each(&chain->memo->touches, mark_row, chain);
}

/* 1 when the commit at a row may have touched the path. */
static int may_touch(const pv_path_chain *chain, uint32_t row, int is_known)
{
	if (is_known)
		return chain->touched_rows[row / 8] >> row % 8 & 1;
	return !is_filtered_out(chain, row);
}

int pv_path_chain_skip(pv_dag_node **out, pv_path_chain *chain,
		       pv_dag_node *node, pv_error *err)
{
	const pv_commit_graph *graph = chain->dag->graph;
	uint32_t left = graph ? pv_graph_count(graph) : 0;
	uint32_t first = node->position - 1;
	uint32_t at = first;
	const struct touch *touch;
	int is_known;

	*out = node;
	if (!left || !node->position)
		return PV_OK;
	is_known = recall(&touch, chain, node, err);
	if (is_known > 0)
		is_known = mark_rows(chain, err) < 0 ? PV_ENOMEM : 1;
	if (is_known < 0)
		return is_known;
	/* A table that goes in circles must not make us do so. */
	while (left-- && !may_touch(chain, at, is_known)) {
		uint32_t parent;

		if (!pv_graph_only_parent(&parent, graph, at))
			break;
		at = parent;
	}
	if (at != first) {
		*out = pv_dag_row(chain->dag, at);
		if (*out && is_known)
			(*out)->is_known = 1;
	}
	return *out ? PV_OK : pv_fail_nomem(err);
}

int pv_path_chain_same(pv_path_chain *chain, pv_dag_node *node, size_t idx,
		       pv_error *err)
{
	pv_dag_node *parent = node->parents[idx];
	const struct touch *touch;
	int is_known = recall(&touch, chain, node, err);

	if (is_known < 0)
		return is_known;
	while (touch && touch->parent != idx)
		touch = touch->next;
	if (is_known)
		return !touch;
	if (!idx && chain->dag->graph && node->position &&
	    is_filtered_out(chain, node->position - 1))
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
	const struct touch *touch;
	int rc = recall(&touch, chain, node, err);

	if (touch) {
		*out = touch->link;
		return PV_OK;
	}
	if (rc >= 0)
		rc = get_link(&link, chain, node, chain->memo->depth, err);
	if (link)
		*out = *link;
	return rc;
}
