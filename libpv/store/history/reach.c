/* SPDX-License-Identifier: MIT
 *
 * The walk is a queue of commits, youngest first, that is taken up again
 * where the last question left it. It needs no look ahead: whether a commit
 * is reachable is known once it was met. In the commit-graph the walk needs
 * a bit for each commit and goes by level: a commit is on a higher one than
 * what it reaches, so it ends at the level of the commit asked about.
 */
#include "store/history/reach.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/history/dag.h"

enum {
	REACHED = 1,
	DAMAGED = 2,           /* besides 1 and 0 */
	LEVEL_MAX = 0x3fffffff /* where git stops counting */
};

/* A commit of the commit-graph whose parents were not yet looked at. */
struct row_item {
	uint32_t level;
	uint32_t position;
};

struct pv_reach {
	pv_dag dag;
	git_oid tip;
	pv_dag_queue queue; /* commits that are not in the commit-graph */
	/* A bit for each commit in it that was met; NULL when it is not used. */
	unsigned char *seen;
	struct row_item *rows; /* a heap, the highest level first */
	size_t row_count;
	size_t row_cap;
};

/* --- within the commit-graph --------------------------------------------- */

static int is_seen(const struct pv_reach *reach, uint32_t position)
{
	return reach->seen[position / 8] >> position % 8 & 1;
}

static int push_row(struct pv_reach *reach, struct row_item row, pv_error *err)
{
	struct row_item *heap;
	size_t at = reach->row_count;

	if (is_seen(reach, row.position))
		return PV_OK;
	if (pv_array_reserve(&reach->rows, &reach->row_cap, at + 1,
			     sizeof(*reach->rows)) < 0)
		return pv_fail_nomem(err);
	reach->seen[row.position / 8] |= (unsigned char)(1 << row.position % 8);
	heap = reach->rows;
	reach->row_count++;
	for (; at && heap[(at - 1) / 2].level < row.level; at = (at - 1) / 2)
		heap[at] = heap[(at - 1) / 2];
	heap[at] = row;
	return PV_OK;
}

static struct row_item pop_row(struct pv_reach *reach)
{
	struct row_item *heap = reach->rows;
	struct row_item top = heap[0];
	struct row_item last = heap[--reach->row_count];
	size_t at = 0;

	for (;;) {
		size_t child = at * 2 + 1;

		if (child + 1 < reach->row_count &&
		    heap[child + 1].level > heap[child].level)
			child++;
		if (child >= reach->row_count || heap[child].level <= last.level)
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = last;
	return top;
}

static int has_level(const pv_graph_row *row)
{
	return row->level && row->level < LEVEL_MAX;
}

/* DAMAGED when the table makes no sense. */
static int meet_parent(struct pv_reach *reach, struct row_item item,
		       uint32_t position, pv_error *err)
{
	struct row_item above = { 0, position };

	above.level = pv_graph_level(reach->dag.graph, position);
	if (!above.level || above.level >= item.level)
		return DAMAGED;
	return push_row(reach, above, err);
}

/* The same for all of them. */
static int meet_parents(struct pv_reach *reach, struct row_item item,
			pv_error *err)
{
	const pv_commit_graph *graph = reach->dag.graph;
	pv_graph_row row;
	pv_graph_link link;
	uint32_t parent;

	/* Nearly all of them. */
	if (pv_graph_only_parent(&parent, graph, item.position))
		return meet_parent(reach, item, parent, err);
	if (!pv_graph_at(&row, graph, item.position))
		return DAMAGED;
	for (size_t i = 0;; i++) {
		int more = pv_graph_parent(&link, graph, &row, i);
		int rc;

		if (more <= 0)
			return more ? DAMAGED : PV_OK;
		rc = meet_parent(reach, item, link.position, err);
		if (rc != PV_OK)
			return rc;
	}
}

/* Goes down to a level. */
static int descend(struct pv_reach *reach, uint32_t level, pv_error *err)
{
	int rc = PV_OK;

	while (rc == PV_OK && reach->row_count && reach->rows[0].level > level)
		rc = meet_parents(reach, pop_row(reach), err);
	return rc;
}

/* --- outside of it ------------------------------------------------------- */

/* A commit in the table has all that it reaches in the table. */
static int meet(struct pv_reach *reach, pv_dag_node *node, pv_error *err)
{
	pv_graph_row row;
	int rc;

	if (node->flags & REACHED)
		return PV_OK;
	node->flags |= REACHED;
	if (reach->seen && pv_graph_find(&row, reach->dag.graph, &node->id) &&
	    has_level(&row))
		return push_row(reach,
				(struct row_item){ row.level, row.position },
				err);
	rc = pv_dag_load(&reach->dag, node, err);
	return rc < 0 ? rc : pv_dag_push(&reach->queue, node, err);
}

static int meet_tip(struct pv_reach *reach, pv_error *err)
{
	pv_dag_node *node = pv_dag_node_get(&reach->dag, &reach->tip);

	return node ? meet(reach, node, err) : pv_fail_nomem(err);
}

/* Walks until `want` is met; NULL: to the end. */
static int walk(struct pv_reach *reach, const pv_dag_node *want, pv_error *err)
{
	int rc = PV_OK;

	while (rc == PV_OK && !(want && want->flags & REACHED)) {
		const pv_dag_node *node = pv_dag_pop(&reach->queue);

		if (!node)
			break;
		for (size_t i = 0; rc == PV_OK && i < node->parent_count; i++)
			rc = meet(reach, node->parents[i], err);
	}
	return rc;
}

/* Begins again without the table, which is damaged. */
static int start_over(struct pv_reach *reach, pv_error *err)
{
	pv_free(reach->seen);
	reach->seen = NULL;
	reach->queue.count = 0;
	pv_dag_wash(&reach->dag, REACHED);
	return meet_tip(reach, err);
}

/* --- questions ----------------------------------------------------------- */

static int start(struct pv_reach *reach, pv_store *store, const pv_oid *tip,
		 pv_error *err)
{
	int rc = pv_oid_to_git(&reach->tip, tip, err);

	if (rc == PV_OK)
		rc = pv_dag_init(&reach->dag, store, err);
	if (rc < 0)
		return rc;
	if (reach->dag.graph) {
		reach->seen =
			pv_calloc(pv_graph_count(reach->dag.graph) / 8 + 1, 1);
		if (!reach->seen)
			return pv_fail_nomem(err);
	}
	return meet_tip(reach, err);
}

int pv_reach_new(pv_reach **out, pv_store *store, const pv_oid *tip, pv_error *err)
{
	struct pv_reach *reach = pv_calloc(1, sizeof(*reach));
	int rc;

	*out = NULL;
	if (!reach)
		return pv_fail_nomem(err);
	rc = start(reach, store, tip, err);
	if (rc < 0) {
		pv_reach_free(reach);
		return rc;
	}
	*out = reach;
	return PV_OK;
}

void pv_reach_free(pv_reach *reach)
{
	if (!reach)
		return;
	pv_dag_queue_dispose(&reach->queue);
	pv_dag_dispose(&reach->dag);
	pv_free(reach->seen);
	pv_free(reach->rows);
	pv_free(reach);
}

static int ask_graph(struct pv_reach *reach, const pv_graph_row *want,
		     pv_error *err)
{
	int rc;

	if (is_seen(reach, want->position))
		return 1;
	if (!has_level(want))
		return DAMAGED;
	rc = walk(reach, NULL, err);
	if (rc == PV_OK)
		rc = descend(reach, want->level, err);
	return rc == PV_OK ? is_seen(reach, want->position) : rc;
}

static int ask(struct pv_reach *reach, const git_oid *commit, pv_error *err)
{
	pv_dag_node *want;
	pv_graph_row row;
	int rc;

	if (reach->seen && pv_graph_find(&row, reach->dag.graph, commit))
		return ask_graph(reach, &row, err);
	want = pv_dag_node_get(&reach->dag, commit);
	if (!want)
		return pv_fail_nomem(err);
	rc = walk(reach, want, err);
	return rc == PV_OK ? (want->flags & REACHED) != 0 : rc;
}

int pv_reach_has(pv_reach *reach, const pv_oid *commit, pv_error *err)
{
	git_oid id;
	int rc = pv_oid_to_git(&id, commit, err);

	if (rc == PV_OK)
		rc = ask(reach, &id, err);
	if (rc != DAMAGED)
		return rc;
	rc = start_over(reach, err);
	return rc == PV_OK ? ask(reach, &id, err) : rc;
}
