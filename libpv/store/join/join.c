/* SPDX-License-Identifier: MIT
 *
 * See join.h: the merge of two commits, from their common ancestors to the
 * tree. Where there are several of these they are merged with each other
 * first, the oldest with the next one and so on, conflicts and all, and what
 * comes out is the ancestor.
 */
#include "store/join/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/history/bases.h"
#include "store/object/object.h"
#include "store/object/objects.h"
#include "store/object/tree.h"

enum {
	RENAME_LIMIT = 7000,
	RENAME_LIMIT_MAX = 32767,
	DEPTH_MAX = 50
};

struct pv_join_result {
	pv_arena arena;
	pv_oid tree;
	pv_join_conflict *conflicts;
	size_t count;
	int is_clean;
};

/* What all merges of one call share. */
struct merger {
	pv_store *store;
	const pv_join_options *opts;
	pv_join_config config;
	pv_attr_tree *attrs;
	pv_dag dag;
	unsigned depth;
	unsigned virtual_count;
	pv_join_result *result;
	pv_error *err;
};

/* --- records ------------------------------------------------------------- */

size_t pv_join_folder_len(const char *path, size_t len)
{
	while (len && path[len - 1] != '/')
		len--;
	return len ? len - 1 : 0;
}

char *pv_join_dup(pv_join *join, const char *text, size_t len)
{
	char *copy = pv_arena_dup(&join->arena, text, len);

	if (!copy)
		pv_fail_nomem(join->err);
	return copy;
}

pv_join_path *pv_join_find(const pv_join *join, const char *path)
{
	pv_join_path *record = pv_map_find(&join->by_path, pv_str_of(path));

	return record && !record->is_vacant ? record : NULL;
}

int pv_join_add(pv_join_path **out, pv_join *join, const char *path)
{
	pv_join_path *record = pv_map_find(&join->by_path, pv_str_of(path));
	int is_new = !record;

	if (is_new)
		record = pv_arena_alloc(&join->arena, sizeof(*record));
	if (!record ||
	    pv_array_reserve(&join->paths, &join->path_cap,
			     join->path_count + 1, sizeof(pv_join_path *)) < 0)
		return pv_fail_nomem(join->err);
	memset(record, 0, sizeof(*record));
	record->path = path;
	for (int i = 0; i < PV_JOIN_STAGES; i++)
		record->names[i] = path;
	*out = record;
	if (!is_new)
		return PV_OK;
	join->paths[join->path_count++] = record;
	return pv_map_set(&join->by_path, pv_str_of(path), record, NULL,
			  join->err);
}

int pv_join_exists(int *kinds_out, pv_join *join, const char *path)
{
	git_odb *odb = NULL;
	int rc = git_repository_odb(&odb, join->store->repo);

	*kinds_out = 0;
	if (rc < 0)
		return pv_fail_git(join->err, rc, "open the object database",
				   NULL);
	for (int i = 0; rc == PV_OK && i < PV_JOIN_STAGES; i++) {
		pv_tree_edit found = { 0 };

		if (join->has_tree[i])
			rc = pv_store_tree_find(&found, odb, &join->trees[i],
						path, join->err);
		if (rc == PV_OK && found.mode)
			*kinds_out |= pv_join_is_folder(found.mode)
					      ? PV_JOIN_HAS_FOLDER
					      : PV_JOIN_HAS_FILE;
	}
	git_odb_free(odb);
	return rc;
}

int pv_join_aside(const char **out, pv_join *join, const char *path,
		  enum pv_join_stage stage)
{
	const char *label = join->labels[stage];
	pv_buf name = { 0 };
	int is_taken = 1;
	int rc = PV_OK;
	size_t len;

	pv_buf_printf(&name, "%s~", path);
	for (; *label; label++)
		pv_buf_putc(&name, (char)(*label == '/' ? '_' : *label));
	len = name.len;
	for (unsigned n = 0; rc == PV_OK && is_taken; n++) {
		int kinds = 0;

		rc = pv_buf_status(&name, join->err);
		if (rc == PV_OK)
			rc = pv_join_exists(&kinds, join, name.ptr);
		is_taken = kinds || (rc == PV_OK && pv_join_find(join, name.ptr));
		if (!is_taken)
			break;
		pv_buf_truncate(&name, len);
		pv_buf_printf(&name, "_%u", n);
	}
	*out = rc == PV_OK ? pv_join_dup(join, name.ptr, name.len) : NULL;
	pv_buf_dispose(&name);
	return rc == PV_OK && !*out ? PV_ENOMEM : rc;
}

int pv_join_read(pv_buf *out, pv_join *join, const git_oid *id)
{
	pv_oid blob;

	pv_oid_from_git(&blob, id);
	return pv_store_read_blob(out, join->store, &blob, join->err);
}

/* --- the tree ------------------------------------------------------------ */

/* What a record makes of our tree; 0: nothing. */
static int edit_of(pv_tree_edit *out, const pv_join_path *record)
{
	const pv_tree_item *ours = &record->stages[PV_JOIN_OURS];

	if (record->is_taken && ours->mode == record->result.mode &&
	    git_oid_equal(&ours->id, &record->result.id))
		return 0;
	out->path = record->path;
	out->mode = record->result.mode;
	out->id = record->result.id;
	if (record->is_taken && !out->mode)
		out->mode = PV_TREE_DROP;
	return 1;
}

static int write_blobs(const pv_join *join, pv_objects *objects)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < join->blob_count; i++) {
		const pv_buf *text = &join->blobs[i].text;
		git_oid id;

		rc = pv_objects_add(&id, objects, GIT_OBJECT_BLOB,
				    pv_buf_text(text), text->len, join->err);
	}
	return rc;
}

/* Writes blobs and trees; about two trees a path is what to expect. */
static int write_tree(git_oid *out, pv_join *join)
{
	const git_oid *ours =
		join->has_tree[PV_JOIN_OURS] ? &join->trees[PV_JOIN_OURS] : NULL;
	pv_tree_edit *edits = pv_calloc(join->path_count + 1, sizeof(*edits));
	pv_objects objects = { 0 };
	size_t count = 0;
	int rc;

	if (!edits)
		return pv_fail_nomem(join->err);
	for (size_t i = 0; i < join->path_count; i++)
		count += (size_t)edit_of(&edits[count], join->paths[i]);
	rc = pv_objects_begin(&objects, join->store, join->blob_count * 2,
			      join->err);
	objects.is_dry = !join->depth &&
			 (join->opts->is_dry ||
			  (join->opts->is_all_or_nothing && !join->is_clean));
	if (rc == PV_OK)
		rc = write_blobs(join, &objects);
	if (rc == PV_OK)
		rc = pv_store_tree_update(out, ours, edits, count, &objects,
					  join->err);
	if (rc == PV_OK)
		rc = pv_objects_finish(&objects, join->err);
	pv_objects_dispose(&objects);
	pv_free(edits);
	return rc;
}

/* --- the result ---------------------------------------------------------- */

static int compare_conflicts(const void *a, const void *b)
{
	const pv_join_conflict *left = a;
	const pv_join_conflict *right = b;

	return strcmp(left->path, right->path);
}

static int fill_conflict(pv_join_conflict *out, pv_join_result *result,
			 const pv_join_path *record)
{
	out->path =
		pv_arena_dup(&result->arena, record->path, strlen(record->path));
	if (!out->path)
		return PV_ENOMEM;
	for (int i = 0; i < PV_JOIN_STAGES; i++) {
		if (!(record->files & 1U << i))
			continue;
		out->modes[i] = record->stages[i].mode;
		pv_oid_from_git(&out->ids[i], &record->stages[i].id);
	}
	return PV_OK;
}

static int report(pv_join_result *result, const pv_join *join, const git_oid *tree)
{
	int rc = PV_OK;

	pv_oid_from_git(&result->tree, tree);
	result->is_clean = join->is_clean;
	result->conflicts = pv_arena_calloc(&result->arena,
					    (join->path_count + 1) *
						    sizeof(*result->conflicts));
	if (!result->conflicts)
		return pv_fail_nomem(join->err);
	for (size_t i = 0; rc == PV_OK && i < join->path_count; i++) {
		if (!join->paths[i]->is_conflict)
			continue;
		rc = fill_conflict(&result->conflicts[result->count++], result,
				   join->paths[i]);
	}
	if (result->count)
		qsort(result->conflicts, result->count,
		      sizeof(*result->conflicts), compare_conflicts);
	return rc < 0 ? pv_fail_nomem(join->err) : PV_OK;
}

/* --- one merge of three trees -------------------------------------------- */

static void dispose_side(pv_join_side *side)
{
	pv_free(side->removed.items);
	pv_free(side->added.items);
	pv_map_dispose(&side->gone);
	pv_map_dispose(&side->targets);
}

static void dispose(pv_join *join)
{
	for (size_t i = 0; i < join->blob_count; i++)
		pv_buf_dispose(&join->blobs[i].text);
	for (int i = 0; i < PV_JOIN_STAGES; i++)
		dispose_side(&join->sides[i]);
	pv_free(join->blobs);
	pv_free(join->moves);
	pv_free(join->paths);
	pv_map_dispose(&join->by_path);
	pv_arena_dispose(&join->arena);
}

static int run(git_oid *out, pv_join *join)
{
	int rc = pv_join_walk(join);

	join->is_clean = 1;
	if (rc == PV_OK)
		rc = pv_join_find_renames(join, PV_JOIN_OURS);
	if (rc == PV_OK)
		rc = pv_join_find_renames(join, PV_JOIN_THEIRS);
	if (rc == PV_OK)
		rc = pv_join_move_folders(join);
	if (rc == PV_OK)
		rc = pv_join_settle(join);
	if (rc == PV_OK)
		rc = pv_join_decide(join);
	return rc == PV_OK ? write_tree(out, join) : rc;
}

static void start(pv_join *join, struct merger *merger, pv_dag_node *nodes[2])
{
	memset(join, 0, sizeof(*join));
	join->store = merger->store;
	join->opts = merger->opts;
	join->config = &merger->config;
	join->attrs = merger->attrs;
	join->depth = merger->depth;
	join->err = merger->err;
	join->trees[PV_JOIN_OURS] = nodes[0]->tree;
	join->trees[PV_JOIN_THEIRS] = nodes[1]->tree;
	join->has_tree[PV_JOIN_OURS] = 1;
	join->has_tree[PV_JOIN_THEIRS] = 1;
	join->labels[PV_JOIN_OURS] =
		merger->depth ? "Temporary merge branch 1"
			      : merger->opts->labels[PV_JOIN_OURS];
	join->labels[PV_JOIN_THEIRS] =
		merger->depth ? "Temporary merge branch 2"
			      : merger->opts->labels[PV_JOIN_THEIRS];
}

/* --- the ancestors ------------------------------------------------------- */

static int merge_nodes(git_oid *out, struct merger *merger,
		       pv_dag_node *nodes[2]);

/* A commit of the merged tree that exists for the time of the merge. */
static int make_virtual(pv_dag_node **out, struct merger *merger,
			const git_oid *tree, pv_dag_node *parents[2])
{
	unsigned serial = ++merger->virtual_count;
	pv_dag_node *node;
	git_oid id = { { 0 } };

	memcpy(id.id, &serial, sizeof(serial));
	node = pv_dag_node_get(&merger->dag, &id);
	if (!node)
		return pv_fail_nomem(merger->err);
	node->parents =
		pv_arena_alloc(&merger->dag.arena, 2 * sizeof(pv_dag_node *));
	if (!node->parents)
		return pv_fail_nomem(merger->err);
	node->parents[0] = parents[0];
	node->parents[1] = parents[1];
	node->parent_count = 2;
	node->tree = *tree;
	node->is_loaded = 1;
	*out = node;
	return PV_OK;
}

/* Merges the ancestors with each other, the oldest first. */
static int merge_bases(pv_dag_node **out, struct merger *merger,
		       const pv_bases *bases)
{
	pv_dag_node *nodes[2] = { bases->items[bases->count - 1], NULL };
	int rc = PV_OK;

	if (merger->depth == DEPTH_MAX)
		return pv_fail(merger->err, PV_ELIMIT,
			       "common ancestors cross more than %d times",
			       DEPTH_MAX);
	merger->depth++;
	for (size_t i = bases->count - 1; rc == PV_OK && i > 0; i--) {
		git_oid tree;

		nodes[1] = bases->items[i - 1];
		rc = merge_nodes(&tree, merger, nodes);
		if (rc == PV_OK)
			rc = make_virtual(&nodes[0], merger, &tree, nodes);
	}
	merger->depth--;
	*out = nodes[0];
	return rc;
}

/* Sets the base of a merge. */
static int find_base(pv_join *join, struct merger *merger,
		     pv_dag_node *nodes[2], char label[GIT_OID_HEXSZ + 1])
{
	pv_bases bases = { 0 };
	pv_dag_node *base = NULL;
	int rc = pv_bases_find(&bases, &merger->dag, nodes[0], nodes[1],
			       merger->err);

	join->labels[PV_JOIN_BASE] = "empty tree";
	if (rc == PV_OK && !bases.count && !merger->depth &&
	    !merger->opts->is_unrelated)
		rc = pv_fail(merger->err, PV_ENOTFOUND,
			     "there is no common ancestor");
	if (rc == PV_OK && bases.count)
		rc = merge_bases(&base, merger, &bases);
	if (rc == PV_OK && base) {
		join->trees[PV_JOIN_BASE] = base->tree;
		join->has_tree[PV_JOIN_BASE] = 1;
		git_oid_tostr(label, GIT_OID_MINPREFIXLEN + 4, &base->id);
		join->labels[PV_JOIN_BASE] =
			bases.count > 1 ? "merged common ancestors" : label;
	}
	pv_free(bases.items);
	return rc;
}

/* Recursion ends with the history: bases are older than what has them. */
static int merge_nodes(git_oid *out, struct merger *merger, pv_dag_node *nodes[2])
{
	char label[GIT_OID_HEXSZ + 1];
	pv_join join;
	int rc;

	start(&join, merger, nodes);
	rc = find_base(&join, merger, nodes, label);
	if (rc == PV_OK)
		rc = run(out, &join);
	if (rc == PV_OK && !merger->depth)
		rc = report(merger->result, &join, out);
	dispose(&join);
	return rc;
}

/* --- settings ------------------------------------------------------------ */

/* The first of two keys that is set; empty when neither is. */
static void read_setting(pv_buf *out, pv_store *store, const char *first,
			 const char *second)
{
	pv_buf_clear(out);
	if (pv_store_config(out, store, first, NULL) < 0 && second)
		pv_store_config(out, store, second, NULL);
}

static int load_config(pv_join_config *out, pv_store *store, pv_error *err)
{
	pv_buf value = { 0 };
	unsigned limit;

	out->finds_renames =
		pv_store_config_bool(store, "merge.renames",
				     pv_store_config_bool(store, "diff.renames",
							  1));
	read_setting(&value, store, "merge.renameLimit", "diff.renameLimit");
	out->rename_limit = RENAME_LIMIT;
	if (pv_str_to_uint(&limit, pv_str_of(pv_buf_text(&value)),
			   RENAME_LIMIT_MAX) == PV_OK &&
	    limit > 0)
		out->rename_limit = limit;
	read_setting(&value, store, "merge.directoryRenames", NULL);
	out->moving = PV_JOIN_MOVES_CONFLICT;
	if (value.len && strcmp(value.ptr, "conflict") != 0)
		out->moving =
			pv_store_config_bool(store, "merge.directoryRenames", 0)
				? PV_JOIN_MOVES_FOLLOW
				: PV_JOIN_MOVES_NOTHING;
	pv_buf_dispose(&value);
	(void)err;
	return PV_OK;
}

static int merge(struct merger *merger, const pv_oid *ours, const pv_oid *theirs)
{
	pv_dag_node *nodes[2];
	git_oid tree;
	int rc = pv_dag_find(&nodes[0], &merger->dag, ours, merger->err);

	if (rc == PV_OK)
		rc = pv_dag_find(&nodes[1], &merger->dag, theirs, merger->err);
	if (rc == PV_OK)
		rc = load_config(&merger->config, merger->store, merger->err);
	if (rc == PV_OK)
		rc = pv_attr_tree_new(&merger->attrs, merger->store,
				      &nodes[0]->tree, merger->err);
	return rc == PV_OK ? merge_nodes(&tree, merger, nodes) : rc;
}

int pv_join_commits(pv_join_result **out, pv_store *store, const pv_oid *ours,
		    const pv_oid *theirs, const pv_join_options *opts,
		    pv_error *err)
{
	struct merger merger = { .store = store, .opts = opts, .err = err };
	int rc = pv_dag_init(&merger.dag, store, err);

	*out = NULL;
	merger.result = pv_calloc(1, sizeof(*merger.result));
	if (rc == PV_OK && !merger.result)
		rc = pv_fail_nomem(err);
	if (rc == PV_OK)
		rc = merge(&merger, ours, theirs);
	pv_attr_tree_free(merger.attrs);
	pv_dag_dispose(&merger.dag);
	if (rc < 0)
		pv_join_result_free(merger.result);
	else
		*out = merger.result;
	return rc;
}

void pv_join_result_free(pv_join_result *result)
{
	if (!result)
		return;
	pv_arena_dispose(&result->arena);
	pv_free(result);
}

const pv_oid *pv_join_result_tree(const pv_join_result *result)
{
	return &result->tree;
}

int pv_join_result_is_clean(const pv_join_result *result)
{
	return result->is_clean;
}

size_t pv_join_result_count(const pv_join_result *result)
{
	return result->count;
}

const pv_join_conflict *pv_join_result_at(const pv_join_result *result, size_t idx)
{
	return idx < result->count ? &result->conflicts[idx] : NULL;
}
