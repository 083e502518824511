/* SPDX-License-Identifier: MIT
 *
 * Following one path through many trees, see path_chain.h. A node's `extra`
 * is its chain: link 0 is the root tree, link n what the path's first n
 * components name.
 */
#include "store/path_chain.h"

#include <string.h>

#include "base/fail.h"
#include "store/tree.h"

struct chain {
	size_t known; /* links filled in */
	pv_path_link links[];
};

int pv_path_chain_init(pv_path_chain *out, pv_dag *dag, const char *path,
		       pv_error *err)
{
	char *copy = pv_arena_dup(&dag->arena, path, strlen(path));
	size_t depth = 1;

	memset(out, 0, sizeof(*out));
	if (!copy)
		return pv_fail_nomem(err);
	for (const char *c = copy; *c; c++)
		depth += *c == '/';
	out->dag = dag;
	out->names = pv_arena_alloc(&dag->arena, depth * sizeof(*out->names));
	if (!out->names)
		return pv_fail_nomem(err);
	for (const char *c = copy; out->depth < depth; out->depth++) {
		out->names[out->depth].ptr = c;
		out->names[out->depth].len = strcspn(c, "/");
		c += out->names[out->depth].len + 1;
	}
	return PV_OK;
}

/* As git compares modes: of a file only the owner's execute bit counts. */
static uint32_t plain_mode(uint32_t mode)
{
	if ((mode & 0170000) != 0100000)
		return mode;
	return mode & 0100 ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB;
}

/* Finds `name` in the tree `above`; nothing is below what is no tree. */
static int find_link(pv_path_link *out, pv_path_chain *chain,
		     const pv_path_link *above, pv_str name, pv_error *err)
{
	git_odb_object *object = NULL;
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
	rest.ptr = git_odb_object_data(object);
	rest.len = git_odb_object_size(object);
	do {
		more = pv_store_tree_next(&entry, &rest);
		if (more > 0 && pv_str_is(name, entry.path)) {
			out->mode = plain_mode(entry.mode);
			out->id = entry.id;
			more = 0;
		}
	} while (more > 0);
	git_odb_object_free(object);
	if (more < 0)
		return pv_fail(err, PV_EGIT, "a tree is malformed");
	return PV_OK;
}

/* Link number `level` of a node, found now unless it is known. */
static int get_link(const pv_path_link **out, pv_path_chain *chain,
		    pv_dag_node *node, size_t level, pv_error *err)
{
	struct chain *links = node->extra;

	if (!links) {
		links = pv_arena_calloc(&chain->dag->arena,
					sizeof(*links) +
						(chain->depth + 1) *
							sizeof(*links->links));
		if (!links)
			return pv_fail_nomem(err);
		links->known = 1;
		links->links[0].mode = GIT_FILEMODE_TREE;
		links->links[0].id = node->tree;
		node->extra = links;
	}
	while (links->known <= level) {
		pv_path_link *next = &links->links[links->known];
		int rc = find_link(next, chain, next - 1,
				   chain->names[links->known - 1], err);

		if (rc < 0)
			return rc;
		links->known++;
	}
	*out = &links->links[level];
	return PV_OK;
}

int pv_path_chain_same(pv_path_chain *chain, pv_dag_node *a, pv_dag_node *b,
		       pv_error *err)
{
	for (size_t level = 0; level <= chain->depth; level++) {
		const pv_path_link *left = NULL;
		const pv_path_link *right = NULL;
		int rc = get_link(&left, chain, a, level, err);

		if (rc == PV_OK)
			rc = get_link(&right, chain, b, level, err);
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
	int rc = get_link(&link, chain, node, chain->depth, err);

	if (link)
		*out = *link;
	return rc;
}
