/* SPDX-License-Identifier: MIT
 *
 * Loading, ordering and marking of commits.
 */
#include "version/graph.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

static int is_newer(const pv_node *a, const pv_node *b)
{
	return a->when > b->when;
}

static int push_frontier(pv_graph *graph, pv_node *node, pv_error *err)
{
	size_t at = graph->frontier_count;
	pv_node **heap;

	if (pv_array_reserve(&graph->frontier, &graph->frontier_cap, at + 1,
			     sizeof(*graph->frontier)) < 0)
		return pv_fail_nomem(err);
	heap = graph->frontier;
	graph->frontier_count++;
	while (at && is_newer(node, heap[(at - 1) / 2])) {
		heap[at] = heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	heap[at] = node;
	return PV_OK;
}

static pv_node *pop_frontier(pv_graph *graph)
{
	pv_node **heap = graph->frontier;
	pv_node *top = heap[0];
	pv_node *last = heap[--graph->frontier_count];
	size_t count = graph->frontier_count;
	size_t at = 0;

	for (;;) {
		size_t child = at * 2 + 1;

		if (child + 1 < count && is_newer(heap[child + 1], heap[child]))
			child++;
		if (child >= count || !is_newer(heap[child], last))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = last;
	return top;
}

static pv_str key_of(const pv_oid *oid)
{
	pv_str key = { oid->hex, 40 };

	return key;
}

static pv_node *node_of(pv_graph *graph, const pv_commit *commit)
{
	size_t size = commit->parent_count * sizeof(*commit->parents);
	pv_node *node = pv_arena_calloc(&graph->arena, sizeof(*node));

	if (!node)
		return NULL;
	node->oid = commit->oid;
	node->tree = commit->tree;
	node->when = commit->committer.when;
	if (!size)
		return node;
	node->parent_oids = pv_arena_alloc(&graph->arena, size);
	if (!node->parent_oids)
		return NULL;
	memcpy(node->parent_oids, commit->parents, size);
	node->parent_oid_count = commit->parent_count;
	return node;
}

int pv_graph_add(pv_node **out, pv_graph *graph, const pv_oid *commit,
		 pv_error *err)
{
	pv_commit read = { 0 };
	pv_node *node;
	int rc;

	*out = pv_map_find(&graph->by_oid, key_of(commit));
	if (*out)
		return PV_OK;
	rc = pv_store_commit_read(&read, graph->store, commit, err);
	if (rc < 0)
		return rc == PV_ENOTFOUND ? PV_OK : rc;
	node = node_of(graph, &read);
	pv_commit_dispose(&read);
	if (!node)
		return pv_fail_nomem(err);
	rc = pv_map_set(&graph->by_oid, key_of(commit), node, NULL, err);
	if (rc == PV_OK)
		rc = push_frontier(graph, node, err);
	if (rc == PV_OK)
		*out = node;
	return rc;
}

static int add_parents(pv_graph *graph, pv_node *node, pv_error *err)
{
	size_t size = node->parent_oid_count * sizeof(*node->parents);

	if (!size)
		return PV_OK;
	node->parents = pv_arena_alloc(&graph->arena, size);
	if (!node->parents)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < node->parent_oid_count; i++) {
		pv_node *parent;
		int rc = pv_graph_add(&parent, graph, &node->parent_oids[i], err);

		if (rc < 0)
			return rc;
		if (parent)
			node->parents[node->parent_count++] = parent;
	}
	return PV_OK;
}

static int inherit_marks(pv_graph *graph, const pv_node *node, pv_error *err)
{
	for (unsigned mark = PV_MARK_POINT; mark <= PV_MARK_GONE; mark <<= 1) {
		if (!(node->marks & mark))
			continue;
		for (size_t i = 0; i < node->parent_count; i++) {
			int rc = pv_graph_mark_from(graph, node->parents[i],
						    mark, err);

			if (rc < 0)
				return rc;
		}
	}
	return PV_OK;
}

int pv_graph_extend(pv_graph *graph, pv_error *err)
{
	pv_node *node;
	int rc;

	if (!graph->frontier_count)
		return PV_OK;
	if (pv_array_reserve(&graph->visited, &graph->visited_cap,
			     graph->visited_count + 1,
			     sizeof(*graph->visited)) < 0)
		return pv_fail_nomem(err);
	node = pop_frontier(graph);
	if (!graph->visited_count || node->when < graph->oldest)
		graph->oldest = node->when;
	graph->visited[graph->visited_count++] = node;
	rc = add_parents(graph, node, err);
	node->is_visited = 1;
	if (rc < 0)
		return rc;
	return inherit_marks(graph, node, err);
}

static int push_stack(pv_graph *graph, size_t *count, pv_node *node, pv_error *err)
{
	if (pv_array_reserve(&graph->stack, &graph->stack_cap, *count + 1,
			     sizeof(*graph->stack)) < 0)
		return pv_fail_nomem(err);
	graph->stack[(*count)++] = node;
	return PV_OK;
}

int pv_graph_mark_from(pv_graph *graph, pv_node *node, enum pv_graph_mark mark,
		       pv_error *err)
{
	size_t count = 0;
	int rc = PV_OK;

	if (!(node->marks & mark))
		rc = push_stack(graph, &count, node, err);
	while (rc == PV_OK && count) {
		pv_node *top = graph->stack[--count];

		top->marks |= mark;
		for (size_t i = 0; rc == PV_OK && i < top->parent_count; i++)
			if (!(top->parents[i]->marks & mark))
				rc = push_stack(graph, &count, top->parents[i],
						err);
	}
	return rc;
}

void pv_graph_unmark(pv_graph *graph, enum pv_graph_mark mark)
{
	unsigned keep = ~(unsigned)mark;

	for (size_t i = 0; i < graph->visited_count; i++)
		graph->visited[i]->marks &= keep;
	for (size_t i = 0; i < graph->frontier_count; i++)
		graph->frontier[i]->marks &= keep;
}

int pv_graph_is_settled(const pv_graph *graph, enum pv_graph_mark mark)
{
	if (!graph->frontier_count)
		return 1;
	if (graph->visited_count && graph->frontier[0]->when >= graph->oldest)
		return 0;
	for (size_t i = 0; i < graph->frontier_count; i++)
		if (!(graph->frontier[i]->marks & mark))
			return 0;
	return 1;
}

void pv_graph_dispose(pv_graph *graph)
{
	pv_map_dispose(&graph->by_oid);
	pv_arena_dispose(&graph->arena);
	pv_free(graph->visited);
	pv_free(graph->frontier);
	pv_free(graph->stack);
	memset(graph, 0, sizeof(*graph));
}
