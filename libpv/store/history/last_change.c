/* SPDX-License-Identifier: MIT
 *
 * The last change of many files at once. By git's rules the way back from a
 * tip to the first commit it shows for a path never forks: it goes to the
 * first parent that has the same file, and where there is none, that is the
 * commit. So the files that are still looked for stand at commits in groups;
 * a whole group steps back, and only files that a commit changed leave it.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/history/known_changes.h"
#include "store/object/tree_diff.h"

enum {
	QUEUED = 1
};

/* Files that stand at one commit. */
struct group {
	struct group *next; /* of all that were made */
	size_t *files;
	size_t count;
	size_t cap;
};

struct file {
	struct group *group; /* NULL: found, or not there at all */
	size_t place;        /* in the group */
	size_t stamp;        /* the comparison that last said "changed" */
};

struct search {
	pv_dag dag;
	const char *dir;
	pv_last_change *out;
	struct file *files;
	struct group *groups;
	pv_map by_path; /* to struct file */
	pv_known_changes known;
	size_t left; /* files not found yet */
	pv_dag_queue queue;
	size_t stamp;
	size_t *changed; /* files of the group at hand that changed */
	size_t changed_count;
	size_t changed_cap;
	struct group *at_hand;
	struct group rest; /* what no parent has the same, so far */
	pv_error *err;
};

/* --- groups ------------------------------------------------------------------ */

static int join(struct search *it, struct group *group, size_t file)
{
	if (pv_array_reserve(&group->files, &group->cap, group->count + 1,
			     sizeof(*group->files)) < 0)
		return pv_fail_nomem(it->err);
	it->files[file].group = group;
	it->files[file].place = group->count;
	group->files[group->count++] = file;
	return PV_OK;
}

static void leave(struct search *it, size_t file)
{
	struct group *group = it->files[file].group;
	size_t last = group->files[--group->count];

	group->files[it->files[file].place] = last;
	it->files[last].place = it->files[file].place;
	it->files[file].group = NULL;
}

static struct group *group_at(struct search *it, pv_dag_node *node)
{
	struct group *group = node->extra;

	if (group)
		return group;
	group = pv_arena_calloc(&it->dag.arena, sizeof(*group));
	if (!group) {
		pv_fail_nomem(it->err);
		return NULL;
	}
	group->next = it->groups;
	it->groups = group;
	node->extra = group;
	return group;
}

static int enqueue(struct search *it, pv_dag_node *node)
{
	int rc = PV_OK;

	if (node->flags & QUEUED)
		return PV_OK;
	rc = pv_dag_load(&it->dag, node, it->err);
	if (rc == PV_OK)
		rc = pv_dag_push(&it->queue, node, it->err);
	if (rc == PV_OK)
		node->flags |= QUEUED;
	return rc;
}

/* The whole group steps back: the smaller one joins the other. */
static int step_back(struct search *it, pv_dag_node *node, pv_dag_node *parent)
{
	struct group *group = node->extra;
	struct group *there = group_at(it, parent);
	int rc = PV_OK;

	if (!there)
		return PV_ENOMEM;
	node->extra = NULL;
	if (there->count < group->count) {
		parent->extra = group;
		group = there;
		there = parent->extra;
	}
	for (size_t i = 0; rc == PV_OK && i < group->count; i++)
		rc = join(it, there, group->files[i]);
	group->count = 0;
	return rc == PV_OK ? enqueue(it, parent) : rc;
}

/* --- what a commit changed ---------------------------------------------------- */

static size_t number_of(const struct search *it, const struct file *file)
{
	return (size_t)(file - it->files);
}

/* Notes that a file at hand differs from the parent looked at. */
static int note(struct search *it, struct file *file)
{
	if (!file || file->group != it->at_hand || file->stamp == it->stamp)
		return PV_OK;
	file->stamp = it->stamp;
	if (pv_array_reserve(&it->changed, &it->changed_cap,
			     it->changed_count + 1, sizeof(*it->changed)) < 0)
		return pv_fail_nomem(it->err);
	it->changed[it->changed_count++] = number_of(it, file);
	return PV_OK;
}

static int note_change(const pv_tree_change *change, void *payload)
{
	struct search *it = payload;

	return note(it, pv_map_find(&it->by_path, pv_str_of(change->path)));
}

static int note_known(struct search *it, const pv_known_change *change,
		      uint32_t parent)
{
	int rc = PV_OK;

	for (; rc == PV_OK && change; change = change->next)
		if (change->parent == parent)
			rc = note(it, pv_map_find(&it->by_path,
						  pv_str_of(change->path)));
	return rc;
}

/* Fills `changed` with the files at hand that a parent has otherwise. */
static int compare(struct search *it, pv_dag_node *node, uint32_t parent)
{
	const git_oid *trees[2] = { NULL, &node->tree };
	const pv_known_change *known;
	int rc = pv_known_changes_find(&known, &it->known, &it->dag, node,
				       it->err);

	it->stamp++;
	it->changed_count = 0;
	if (rc)
		return rc < 0 ? rc : note_known(it, known, parent);
	if (parent < node->parent_count) {
		rc = pv_dag_load(&it->dag, node->parents[parent], it->err);
		trees[0] = &node->parents[parent]->tree;
	}
	if (rc < 0)
		return rc;
	return pv_tree_changes(it->dag.store, trees, it->dir, note_change, it,
			       it->err);
}

static void found(struct search *it, const pv_dag_node *node, size_t file)
{
	pv_oid_from_git(&it->out[file].commit, &node->id);
	it->out[file].date = node->date;
	it->left--;
}

/*
 * Files that the first parent has otherwise: each goes to the first of the
 * other parents that has it the same.
 */
static int share_out(struct search *it, pv_dag_node *node)
{
	struct group *rest = &it->rest;
	int rc = PV_OK;

	rest->count = 0;
	for (size_t i = 0; rc == PV_OK && i < it->changed_count; i++) {
		size_t file = it->changed[i];

		leave(it, file);
		rc = join(it, rest, file);
	}
	it->at_hand = rest;
	for (uint32_t p = 1; rc == PV_OK && p < node->parent_count; p++) {
		struct group *there;

		rc = compare(it, node, p);
		there = rc == PV_OK ? group_at(it, node->parents[p]) : NULL;
		if (!there)
			rc = rc == PV_OK ? PV_ENOMEM : rc;
		for (size_t i = rest->count; rc == PV_OK && i-- > 0;) {
			size_t file = rest->files[i];

			if (it->files[file].stamp == it->stamp)
				continue;
			leave(it, file);
			rc = join(it, there, file);
		}
		if (rc == PV_OK && there->count)
			rc = enqueue(it, node->parents[p]);
	}
	for (size_t i = 0; rc == PV_OK && i < rest->count; i++) {
		it->files[rest->files[i]].group = NULL;
		found(it, node, rest->files[i]);
	}
	return rc;
}

static int visit(struct search *it, pv_dag_node *node)
{
	struct group *group = node->extra;
	int rc;

	node->flags &= ~(unsigned)QUEUED;
	if (!group || !group->count)
		return PV_OK;
	it->at_hand = group;
	rc = compare(it, node, 0);
	if (rc == PV_OK && it->changed_count)
		rc = share_out(it, node);
	if (rc < 0 || !node->parent_count || !group->count)
		return rc;
	return step_back(it, node, node->parents[0]);
}

/* --- the whole ---------------------------------------------------------------- */

static int set_up(struct search *it, const pv_oid *start,
		  const char *const *paths, size_t count)
{
	pv_dag_node *tip;
	int rc = pv_dag_find(&tip, &it->dag, start, it->err);

	if (rc < 0)
		return rc;
	it->left = count;
	it->files = pv_calloc(count + 1, sizeof(*it->files));
	if (!it->files || !group_at(it, tip))
		return pv_fail_nomem(it->err);
	for (size_t i = 0; rc == PV_OK && i < count; i++) {
		rc = pv_map_set(&it->by_path, pv_str_of(paths[i]),
				&it->files[i], NULL, it->err);
		if (rc == PV_OK)
			rc = join(it, tip->extra, i);
	}
	if (rc == PV_OK)
		rc = pv_known_changes_load(&it->known, &it->dag, it->dir,
					   it->err);
	return rc == PV_OK ? enqueue(it, tip) : rc;
}

int pv_history_last(pv_last_change *out, pv_store *store,
		    const pv_last_query *query, pv_error *err)
{
	struct search it = { .dir = query->dir, .out = out, .err = err };
	int rc = pv_dag_init(&it.dag, store, err);

	memset(out, 0, query->count * sizeof(*out));
	if (rc == PV_OK)
		rc = set_up(&it, &query->start, query->paths, query->count);
	while (rc == PV_OK && it.left) {
		pv_dag_node *node = pv_dag_pop(&it.queue);

		if (!node)
			break;
		rc = pv_store_check_canceled(store, err);
		if (rc == PV_OK)
			rc = visit(&it, node);
	}
	/* They are in the arena, their lists are not. */
	for (struct group *group = it.groups; group; group = group->next)
		pv_free(group->files);
	pv_dag_queue_dispose(&it.queue);
	pv_map_dispose(&it.by_path);
	pv_known_changes_dispose(&it.known);
	pv_free(it.rest.files);
	pv_free(it.changed);
	pv_free(it.files);
	pv_dag_dispose(&it.dag);
	return rc;
}
