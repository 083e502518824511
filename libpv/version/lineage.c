/* SPDX-License-Identifier: MIT
 *
 * Questions about many files share one graph and its diffs: each commit is
 * compared with its parents once, whatever the number of prompts. The walk
 * goes back only until the version asked about, or the file's creation,
 * cuts off everything older.
 */
#include "version/lineage.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/tree_diff.h"
#include "version/graph.h"

/* That `node` changed a file. Counts once it differs from every parent. */
struct touch {
	pv_node *node;
	struct touch *next; /* of the same file */
	size_t differs;     /* from that many parents */
	size_t absent;      /* in that many of those */
	int is_removal;
};

struct pv_lineage {
	pv_graph graph;
	char *dir;
	pv_oid commit;
	pv_oid since;        /* PV_MARK_SINCE is of this commit; "" for none */
	pv_map touches;      /* path to the first struct touch */
	size_t diffed_count; /* visited commits known to be diffed */
	pv_node *diffing;
	size_t diffing_parent;
	pv_error *err;
};

int pv_lineage_new(pv_lineage **out, pv_store *store, const pv_oid *commit,
		   const char *dir, pv_error *err)
{
	struct pv_lineage *lineage = pv_calloc(1, sizeof(*lineage));

	*out = NULL;
	if (!lineage)
		return pv_fail_nomem(err);
	lineage->graph.store = store;
	lineage->commit = *commit;
	lineage->dir = pv_strdup(dir);
	if (!lineage->dir) {
		pv_lineage_free(lineage);
		return pv_fail_nomem(err);
	}
	*out = lineage;
	return PV_OK;
}

void pv_lineage_free(pv_lineage *lineage)
{
	if (!lineage)
		return;
	pv_map_dispose(&lineage->touches);
	pv_graph_dispose(&lineage->graph);
	pv_free(lineage->dir);
	pv_free(lineage);
}

const pv_oid *pv_lineage_commit(const pv_lineage *lineage)
{
	return &lineage->commit;
}

static struct touch *new_touch(struct pv_lineage *lineage, pv_str path,
			       struct touch *next)
{
	struct touch *touch =
		pv_arena_calloc(&lineage->graph.arena, sizeof(*touch));

	if (!touch) {
		pv_fail_nomem(lineage->err);
		return NULL;
	}
	touch->node = lineage->diffing;
	touch->next = next;
	if (pv_map_set(&lineage->touches, path, touch, NULL, lineage->err) < 0)
		return NULL;
	return touch;
}

static int note_touch(const char *path, const pv_oid *before,
		      const pv_oid *after, void *payload)
{
	struct pv_lineage *lineage = payload;
	pv_str key = pv_str_of(path);
	struct touch *touch = pv_map_find(&lineage->touches, key);

	if (!touch || touch->node != lineage->diffing) {
		/* Not different from an earlier parent: a merge took it. */
		if (lineage->diffing_parent)
			return PV_OK;
		touch = new_touch(lineage, key, touch);
		if (!touch)
			return PV_ENOMEM;
	}
	touch->differs++;
	touch->absent += !before;
	touch->is_removal = !after;
	return PV_OK;
}

static int diff_node(struct pv_lineage *lineage, pv_node *node, pv_error *err)
{
	pv_oid trees[2] = { { "" }, node->tree };
	size_t i = 0;
	int rc;

	lineage->diffing = node;
	lineage->err = err;
	do {
		if (i < node->parent_count)
			trees[0] = node->parents[i]->tree;
		lineage->diffing_parent = i;
		rc = pv_tree_diff(lineage->graph.store, trees, lineage->dir,
				  note_touch, lineage, err);
	} while (rc == PV_OK && ++i < node->parent_count);
	node->is_diffed = 1;
	return rc;
}

/* Compares the visited commits that may count with their parents. */
static int diff_visited(struct pv_lineage *lineage, pv_error *err)
{
	pv_graph *graph = &lineage->graph;

	for (size_t i = 0; i < graph->visited_count; i++) {
		pv_node *node = graph->visited[i];
		int rc;

		if (node->is_diffed || !(node->marks & PV_MARK_POINT) ||
		    (node->marks & PV_MARK_SINCE))
			continue;
		rc = diff_node(lineage, node, err);
		if (rc < 0)
			return rc;
	}
	return PV_OK;
}

static int start(struct pv_lineage *lineage, pv_error *err)
{
	pv_node *node;
	int rc;

	if (lineage->graph.by_oid.count)
		return PV_OK;
	rc = pv_graph_add(&node, &lineage->graph, &lineage->commit, err);
	if (rc < 0 || !node)
		return rc;
	return pv_graph_mark_from(&lineage->graph, node, PV_MARK_POINT, err);
}

/* Loads and diffs all that is not reachable from `since`. */
static int load_since(struct pv_lineage *lineage, const pv_oid *since,
		      pv_error *err)
{
	pv_graph *graph = &lineage->graph;
	pv_node *node;
	int rc;

	if (!strcmp(lineage->since.hex, since->hex))
		return PV_OK;
	pv_graph_unmark(graph, PV_MARK_SINCE);
	lineage->since.hex[0] = '\0';
	rc = pv_graph_add(&node, graph, since, err);
	if (rc == PV_OK && node)
		rc = pv_graph_mark_from(graph, node, PV_MARK_SINCE, err);
	while (rc == PV_OK && !pv_graph_is_settled(graph, PV_MARK_SINCE))
		rc = pv_graph_extend(graph, err);
	if (rc == PV_OK)
		rc = diff_visited(lineage, err);
	if (rc == PV_OK)
		lineage->since = *since;
	return rc;
}

static int is_counted(const struct touch *touch)
{
	size_t parents = touch->node->parent_count;

	return touch->differs == (parents ? parents : 1) &&
	       (touch->node->marks & PV_MARK_POINT);
}

static const struct touch *touches_of(const struct pv_lineage *lineage,
				      const char *path)
{
	return pv_map_find(&lineage->touches, pv_str_of(path));
}

static int was_added(const struct touch *touch)
{
	for (; touch; touch = touch->next)
		if (is_counted(touch) && touch->absent == touch->differs)
			return 1;
	return 0;
}

/* 1 when no commit still to be looked at has the file. */
static int is_unknown_before(struct pv_lineage *lineage, const char *path,
			     pv_error *err)
{
	const pv_graph *graph = &lineage->graph;

	for (size_t i = 0; i < graph->frontier_count; i++) {
		pv_point at = { PV_AT_COMMIT, graph->frontier[i]->oid };
		pv_oid blob;
		int rc = pv_store_find(&blob, graph->store, &at, path, err);

		if (rc != PV_ENOTFOUND)
			return rc < 0 ? rc : 0;
	}
	return 1;
}

/* Loads and diffs until the file's creation has been seen on every line. */
static int load_creation(struct pv_lineage *lineage, const char *path,
			 pv_error *err)
{
	pv_graph *graph = &lineage->graph;
	size_t check_at = 0;
	int rc = PV_OK;

	if (lineage->since.hex[0])
		pv_graph_unmark(graph, PV_MARK_SINCE);
	lineage->since.hex[0] = '\0';
	if (lineage->diffed_count < graph->visited_count)
		rc = diff_visited(lineage, err);
	while (rc == PV_OK && graph->frontier_count) {
		if (graph->visited_count >= check_at &&
		    was_added(touches_of(lineage, path))) {
			rc = is_unknown_before(lineage, path, err);
			if (rc)
				break;
			check_at = graph->visited_count * 2;
		}
		rc = pv_graph_extend(graph, err);
		if (rc == PV_OK)
			rc = diff_node(lineage,
				       graph->visited[graph->visited_count - 1],
				       err);
	}
	if (rc >= 0)
		lineage->diffed_count = graph->visited_count;
	return rc < 0 ? rc : PV_OK;
}

/* What was before a removal belongs to a former file of that name. */
static int mark_removed(int *marked_out, struct pv_lineage *lineage,
			const struct touch *touch, pv_error *err)
{
	int rc = PV_OK;

	for (; rc == PV_OK && touch; touch = touch->next) {
		if (!touch->is_removal || !is_counted(touch))
			continue;
		*marked_out = 1;
		rc = pv_graph_mark_from(&lineage->graph, touch->node,
					PV_MARK_GONE, err);
	}
	return rc;
}

static void count_touches(pv_touches *out, const struct touch *touch,
			  unsigned hidden)
{
	int64_t oldest = INT64_MAX;

	for (; touch; touch = touch->next) {
		if (!is_counted(touch) || (touch->node->marks & hidden))
			continue;
		out->count++;
		if (touch->absent < touch->differs || touch->node->when > oldest)
			continue;
		oldest = touch->node->when;
		out->is_added = 1;
		out->added_by = touch->node->oid;
	}
}

int pv_lineage_touches(pv_touches *out, pv_lineage *lineage, const char *path,
		       const pv_oid *since, pv_error *err)
{
	const struct touch *touches;
	int is_marked = 0;
	int rc = start(lineage, err);

	memset(out, 0, sizeof(*out));
	if (rc == PV_OK && since)
		rc = load_since(lineage, since, err);
	else if (rc == PV_OK)
		rc = load_creation(lineage, path, err);
	if (rc < 0)
		return rc;
	touches = touches_of(lineage, path);
	if (!since)
		rc = mark_removed(&is_marked, lineage, touches, err);
	if (rc == PV_OK)
		count_touches(out, touches, since ? PV_MARK_SINCE : PV_MARK_GONE);
	if (is_marked)
		pv_graph_unmark(&lineage->graph, PV_MARK_GONE);
	return rc;
}
