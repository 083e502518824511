/* SPDX-License-Identifier: MIT
 *
 * The history of one path, by the rules `git log -- path` has for leaving
 * commits out ("history simplification" in git-rev-list(1)): a commit is
 * shown unless the path is the same as in its parents; by default a merge is
 * followed only to the first parent that has the same file. Where commits
 * are hidden, some parents do not count; git's order of decisions is kept so
 * that the same commits come out, in the same order.
 */
#include "store/history/walk.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	SEEN = 1, /* is or was in the queue */
	DONE = 2, /* its parents were dealt with */
	HIDDEN = 4,
	BOTTOM = 8, /* hidden by name: as a parent it still counts */
	SAME = 16   /* the path is as in the parents that count */
};

/* How many hidden commits more to look at when all seems done, as git does. */
enum {
	SLOP = 5
};

struct walk {
	pv_walk path;
	const pv_history_query *query;
	pv_dag_node **list; /* with hidden commits: what was found so far */
	size_t list_count;
	size_t list_cap;
	pv_dag_node **stack; /* for marking */
	size_t stack_count;
	size_t stack_cap;
	int (*fn)(const pv_oid *commit, const pv_oid *blob, void *payload);
	void *payload;
};

static int counts(const pv_dag_node *node)
{
	return (node->flags & (HIDDEN | BOTTOM)) != HIDDEN;
}

static int push_node(pv_dag_node ***array, size_t *count, size_t *cap,
		     pv_dag_node *node, pv_error *err)
{
	if (pv_array_reserve(array, cap, *count + 1, sizeof(pv_dag_node *)) < 0)
		return pv_fail_nomem(err);
	(*array)[(*count)++] = node;
	return PV_OK;
}

/* Hides a node and, as far as they are known, all its ancestors. */
static int hide_parents(struct walk *walk, const pv_dag_node *node, pv_error *err)
{
	int rc = PV_OK;

	for (uint32_t i = 0; rc == PV_OK && i < node->parent_count; i++)
		rc = push_node(&walk->stack, &walk->stack_count,
			       &walk->stack_cap, node->parents[i], err);
	while (rc == PV_OK && walk->stack_count) {
		pv_dag_node *next = walk->stack[--walk->stack_count];

		if (next->flags & HIDDEN)
			continue;
		next->flags |= HIDDEN;
		for (uint32_t i = 0; rc == PV_OK && i < next->parent_count; i++)
			rc = push_node(&walk->stack, &walk->stack_count,
				       &walk->stack_cap, next->parents[i], err);
	}
	return rc;
}

/* From now on a merge has only the parent that has the same file. */
static void follow_only(pv_dag_node *node, uint32_t idx)
{
	node->parents[0] = node->parents[idx];
	node->parent_count = 1;
	node->position = 0;
	node->is_known = -1;
	node->flags |= SAME;
}

/*
 * Whether a commit is the same as those parents that count, or, when none of
 * them does, as all of them.
 */
static void judge(pv_dag_node *node, const unsigned changed[2], int any_counts)
{
	if (!changed[any_counts])
		node->flags |= SAME;
}

static int judge_root(pv_walk *walk, pv_dag_node *node, pv_error *err)
{
	pv_path_link entry;
	int rc = pv_path_chain_entry(&entry, &walk->chain, node, err);

	if (rc == PV_OK && !entry.mode)
		node->flags |= SAME;
	return rc;
}

int pv_walk_judge(pv_walk *walk, pv_dag_node *node, pv_error *err)
{
	enum pv_history_mode mode = walk->mode;
	uint32_t count = node->parent_count;
	unsigned changed[2] = { 0, 0 }; /* among others, among those that count */
	int any_counts = 0;

	if (!count)
		return judge_root(walk, node, err);
	if (mode == PV_HISTORY_FIRST_PARENT)
		count = 1;
	for (uint32_t i = 0; i < node->parent_count; i++) {
		pv_dag_node *parent = node->parents[i];
		int rc;

		any_counts |= counts(parent);
		if (i >= count)
			break;
		rc = pv_dag_load(&walk->dag, parent, err);
		if (rc == PV_OK)
			rc = pv_path_chain_same(&walk->chain, node, i, err);
		if (rc < 0)
			return rc;
		if (rc && mode != PV_HISTORY_FULL && counts(parent)) {
			follow_only(node, i);
			return PV_OK;
		}
		if (!rc)
			changed[counts(parent)]++;
	}
	judge(node, changed, any_counts);
	return PV_OK;
}

int pv_walk_enqueue(pv_walk *walk, pv_dag_node *node, pv_error *err)
{
	if (node->flags & SEEN)
		return PV_OK;
	node->flags |= SEEN;
	return pv_dag_push(&walk->queue, node, err);
}

static int pass_on_hidden(struct walk *walk, pv_dag_node *node, pv_error *err)
{
	for (uint32_t i = 0; i < node->parent_count; i++) {
		pv_dag_node *parent = node->parents[i];
		int rc;

		parent->flags |= HIDDEN;
		rc = pv_dag_load(&walk->path.dag, parent, err);
		if (rc == PV_OK)
			rc = hide_parents(walk, parent, err);
		if (rc == PV_OK)
			rc = pv_walk_enqueue(&walk->path, parent, err);
		if (rc < 0)
			return rc;
	}
	return PV_OK;
}

/* Decides about a commit and queues the parents that the walk goes on to. */
static int process(struct walk *walk, pv_dag_node *node, pv_error *err)
{
	int rc;

	if (node->flags & DONE)
		return PV_OK;
	node->flags |= DONE;
	if (node->flags & HIDDEN)
		return pass_on_hidden(walk, node, err);
	rc = pv_walk_judge(&walk->path, node, err);
	for (uint32_t i = 0; rc == PV_OK && i < node->parent_count; i++) {
		rc = pv_dag_load(&walk->path.dag, node->parents[i], err);
		if (rc == PV_OK)
			rc = pv_walk_enqueue(&walk->path, node->parents[i], err);
		if (walk->query->mode == PV_HISTORY_FIRST_PARENT)
			break;
	}
	return rc;
}

int pv_walk_is_shown(const pv_dag_node *node)
{
	return !(node->flags & (HIDDEN | SAME));
}

int pv_walk_blob(pv_oid *out, pv_walk *walk, pv_dag_node *node, pv_error *err)
{
	pv_path_link entry;
	int rc = pv_path_chain_entry(&entry, &walk->chain, node, err);

	out->hex[0] = '\0';
	if (rc == PV_OK && entry.mode && entry.mode != GIT_FILEMODE_TREE)
		pv_oid_from_git(out, &entry.id);
	return rc;
}

static int show(struct walk *walk, pv_dag_node *node, pv_error *err)
{
	pv_oid commit;
	pv_oid blob;
	int rc;

	if (!pv_walk_is_shown(node))
		return PV_OK;
	rc = pv_walk_blob(&blob, &walk->path, node, err);
	if (rc < 0)
		return rc;
	pv_oid_from_git(&commit, &node->id);
	return walk->fn(&commit, &blob, walk->payload);
}

int pv_walk_skip(pv_walk *walk, pv_dag_node **node, pv_error *err)
{
	pv_dag_node *first = *node;
	int rc;

	if (walk->queue.count)
		return 1;
	rc = pv_path_chain_skip(node, &walk->chain, first, err);
	if (rc < 0 || *node == first)
		return rc < 0 ? rc : 1;
	if ((*node)->flags & SEEN)
		return 0;
	(*node)->flags |= SEEN;
	rc = pv_dag_load(&walk->dag, *node, err);
	return rc < 0 ? rc : 1;
}

/* Nothing is hidden: each commit is shown as it comes. */
static int stream(struct walk *walk, pv_error *err)
{
	int rc = PV_OK;

	while (rc == PV_OK) {
		pv_dag_node *node = pv_dag_pop(&walk->path.queue);

		if (!node)
			break;
		rc = pv_walk_skip(&walk->path, &node, err);
		if (rc > 0)
			rc = process(walk, node, err);
		else if (rc == 0)
			continue;
		if (rc == PV_OK)
			rc = show(walk, node, err);
	}
	return rc;
}

static int all_hidden(const pv_dag_queue *queue)
{
	for (size_t i = 0; i < queue->count; i++)
		if (!(queue->items[i].node->flags & HIDDEN))
			return 0;
	return 1;
}

/* What is left of the slop; 0 ends the walk. */
static int slop_left(const struct walk *walk, int64_t date, int slop)
{
	const pv_dag_queue *queue = &walk->path.queue;

	if (!queue->count)
		return 0;
	if (date <= queue->items[0].node->date || !all_hidden(queue))
		return SLOP;
	return slop - 1;
}

/*
 * Walks everything before anything is shown: a commit may turn out to be
 * hidden late, when dates are skewed.
 */
static int collect(struct walk *walk, pv_error *err)
{
	int64_t date = INT64_MAX;
	int slop = SLOP;
	int rc = PV_OK;

	while (rc == PV_OK && slop) {
		pv_dag_node *node = pv_dag_pop(&walk->path.queue);

		if (!node)
			break;
		rc = process(walk, node, err);
		if (rc == PV_OK && (node->flags & HIDDEN)) {
			rc = hide_parents(walk, node, err);
			slop = slop_left(walk, date, slop);
			continue;
		}
		if (rc < 0)
			break;
		date = node->date;
		rc = push_node(&walk->list, &walk->list_count, &walk->list_cap,
			       node, err);
	}
	return rc;
}

/* A parent that was hidden after its child was judged counts no more. */
static int judge_again(struct walk *walk, pv_dag_node *node, pv_error *err)
{
	unsigned changed[2] = { 0, 0 };
	int any_counts = 0;

	if (node->parent_count < 2 || (node->flags & (HIDDEN | SAME)))
		return PV_OK;
	for (uint32_t i = 0; i < node->parent_count; i++) {
		pv_dag_node *parent = node->parents[i];
		int same = pv_path_chain_same(&walk->path.chain, node, i, err);

		if (same < 0)
			return same;
		any_counts |= counts(parent);
		if (!same)
			changed[counts(parent)]++;
	}
	judge(node, changed, any_counts);
	return PV_OK;
}

static int show_list(struct walk *walk, pv_error *err)
{
	int rc = PV_OK;

	if (walk->query->mode == PV_HISTORY_FULL)
		for (size_t i = 0; rc == PV_OK && i < walk->list_count; i++)
			rc = judge_again(walk, walk->list[i], err);
	for (size_t i = 0; rc == PV_OK && i < walk->list_count; i++)
		rc = show(walk, walk->list[i], err);
	return rc;
}

static int start(struct walk *walk, pv_error *err)
{
	const pv_history_query *query = walk->query;
	pv_dag_node *node;
	int rc = pv_dag_find(&node, &walk->path.dag, &query->start, err);

	if (rc == PV_OK)
		rc = pv_walk_enqueue(&walk->path, node, err);
	for (size_t i = 0; rc == PV_OK && i < query->hide_count; i++) {
		rc = pv_dag_find(&node, &walk->path.dag, &query->hide[i], err);
		if (rc < 0)
			break;
		node->flags |= HIDDEN | BOTTOM;
		rc = hide_parents(walk, node, err);
		if (rc == PV_OK)
			rc = pv_walk_enqueue(&walk->path, node, err);
	}
	return rc;
}

int pv_walk_init(pv_walk *out, pv_store *store, const char *path,
		 enum pv_history_mode mode, pv_error *err)
{
	int rc = pv_dag_init(&out->dag, store, err);

	out->mode = mode;
	if (rc == PV_OK)
		rc = pv_path_chain_init(&out->chain, &out->dag, path, err);
	return rc;
}

void pv_walk_dispose(pv_walk *walk)
{
	pv_dag_queue_dispose(&walk->queue);
	pv_path_chain_dispose(&walk->chain);
	pv_dag_dispose(&walk->dag);
}

int pv_history_walk(pv_store *store, const pv_history_query *query,
		    int (*fn)(const pv_oid *commit, const pv_oid *blob,
			      void *payload),
		    void *payload, pv_error *err)
{
	struct walk walk = { .query = query, .fn = fn, .payload = payload };
	int rc = pv_walk_init(&walk.path, store, query->path, query->mode, err);

	if (rc == PV_OK)
		rc = start(&walk, err);
	if (rc == PV_OK && !query->hide_count) {
		rc = stream(&walk, err);
	} else if (rc == PV_OK) {
		rc = collect(&walk, err);
		if (rc == PV_OK)
			rc = show_list(&walk, err);
	}
	pv_free(walk.list);
	pv_free(walk.stack);
	pv_walk_dispose(&walk.path);
	return rc;
}
