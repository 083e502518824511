/* SPDX-License-Identifier: MIT
 *
 * Common ancestors, found as git finds them: two colours are painted down
 * the history from both ends; where they meet is a common ancestor, and all
 * below is stale. What remains of several is thinned out, because skewed
 * dates can make one appear that another one reaches.
 */
#include <limits.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/history/bases.h"
#include "store/history/reach.h"

enum {
	ONE = 1,
	TWO = 2,
	STALE = 4,
	FOUND = 8,
	BOTH = ONE | TWO
};

static int add_base(pv_bases *bases, pv_dag_node *node, pv_error *err)
{
	size_t at;

	if (pv_array_reserve(&bases->items, &bases->cap, bases->count + 1,
			     sizeof(pv_dag_node *)) < 0)
		return pv_fail_nomem(err);
	for (at = bases->count; at; at--) {
		if (bases->items[at - 1]->date >= node->date)
			break;
		bases->items[at] = bases->items[at - 1];
	}
	bases->items[at] = node;
	bases->count++;
	return PV_OK;
}

static int has_fresh(const pv_dag_queue *queue)
{
	for (size_t i = 0; i < queue->count; i++)
		if (!(queue->items[i].node->flags & STALE))
			return 1;
	return 0;
}

static int paint_parents(pv_dag *dag, pv_dag_queue *queue,
			 const pv_dag_node *node, unsigned colours, pv_error *err)
{
	int rc = PV_OK;

	for (uint32_t i = 0; rc == PV_OK && i < node->parent_count; i++) {
		pv_dag_node *parent = node->parents[i];

		if ((parent->flags & colours) == colours)
			continue;
		rc = pv_dag_load(dag, parent, err);
		parent->flags |= colours;
		if (rc == PV_OK)
			rc = pv_dag_push(queue, parent, err);
	}
	return rc;
}

/* Paints from both ends; `bases` gets where the colours meet. */
static int paint(pv_bases *bases, pv_dag *dag, pv_dag_node *one,
		 pv_dag_node *two, pv_error *err)
{
	pv_dag_queue queue = { 0 };
	int rc;

	one->flags |= ONE;
	two->flags |= TWO;
	rc = pv_dag_push(&queue, one, err);
	if (rc == PV_OK)
		rc = pv_dag_push(&queue, two, err);
	while (rc == PV_OK && has_fresh(&queue)) {
		pv_dag_node *node = pv_dag_pop(&queue);
		unsigned colours = node->flags & (BOTH | STALE);

		if (colours == BOTH) {
			if (!(node->flags & FOUND))
				rc = add_base(bases, node, err);
			node->flags |= FOUND;
			colours |= STALE;
		}
		if (rc == PV_OK)
			rc = paint_parents(dag, &queue, node, colours, err);
	}
	pv_dag_queue_dispose(&queue);
	return rc;
}

/*
 * 1 when the commit-graph alone tells that a commit is no ancestor: it has
 * all ancestors of a commit that it has, each on a lower level.
 */
static int is_ruled_out(const pv_dag_node *ancestor, const pv_dag_node *node)
{
	enum {
		LEVEL_MAX = 0x3fffffff /* where counting stops */
	};

	return ancestor != node && node->level && node->level < LEVEL_MAX &&
	       (!ancestor->level || ancestor->level >= node->level);
}

/* 1 when `ancestor` is `node` or reachable from it. */
static int reaches(pv_dag *dag, pv_dag_node *ancestor, pv_dag_node *node,
		   pv_error *err)
{
	pv_bases bases = { 0 };
	int rc;

	if (is_ruled_out(ancestor, node))
		return 0;
	pv_dag_wash(dag, UINT_MAX);
	rc = paint(&bases, dag, ancestor, node, err);
	pv_free(bases.items);
	return rc < 0 ? rc : (ancestor->flags & TWO) != 0;
}

/*
 * Keeps the bases that no other one reaches. What was dropped need not be
 * asked: something that is kept reaches it.
 */
static int thin_out(pv_bases *bases, pv_dag *dag, pv_error *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < bases->count; i++) {
		pv_dag_node *node = bases->items[i];
		int is_redundant = 0;

		for (size_t k = 0; !is_redundant && k < bases->count; k++)
			if (k < kept || k > i)
				is_redundant =
					reaches(dag, node, bases->items[k], err);
		if (is_redundant < 0)
			return is_redundant;
		if (!is_redundant)
			bases->items[kept++] = node;
	}
	bases->count = kept;
	return PV_OK;
}

/* Drops the bases that lie below others, which painting did not know yet. */
static void drop_stale(pv_bases *bases)
{
	size_t kept = 0;

	for (size_t i = 0; i < bases->count; i++)
		if (!(bases->items[i]->flags & STALE))
			bases->items[kept++] = bases->items[i];
	bases->count = kept;
}

int pv_bases_find(pv_bases *out, pv_dag *dag, pv_dag_node *one,
		  pv_dag_node *two, pv_error *err)
{
	int rc;

	pv_dag_wash(dag, UINT_MAX);
	rc = paint(out, dag, one, two, err);
	drop_stale(out);
	return rc < 0 ? rc : thin_out(out, dag, err);
}

static int find_pair(pv_dag_node *nodes[2], pv_dag *dag, const pv_oid *a,
		     const pv_oid *b, pv_error *err)
{
	int rc = pv_dag_find(&nodes[0], dag, a, err);

	return rc < 0 ? rc : pv_dag_find(&nodes[1], dag, b, err);
}

struct pv_ancestry {
	pv_dag dag;
};

int pv_ancestry_new(pv_ancestry **out, pv_store *store, pv_error *err)
{
	struct pv_ancestry *ancestry = pv_calloc(1, sizeof(*ancestry));
	int rc;

	*out = NULL;
	if (!ancestry)
		return pv_fail_nomem(err);
	rc = pv_dag_init(&ancestry->dag, store, err);
	if (rc < 0) {
		pv_ancestry_free(ancestry);
		return rc;
	}
	*out = ancestry;
	return PV_OK;
}

void pv_ancestry_free(pv_ancestry *ancestry)
{
	if (!ancestry)
		return;
	pv_dag_dispose(&ancestry->dag);
	pv_free(ancestry);
}

int pv_ancestry_has(pv_ancestry *ancestry, const pv_oid *ancestor,
		    const pv_oid *commit, pv_error *err)
{
	pv_dag_node *nodes[2];
	int rc = find_pair(nodes, &ancestry->dag, ancestor, commit, err);

	return rc < 0 ? rc : reaches(&ancestry->dag, nodes[0], nodes[1], err);
}

int pv_store_is_ancestor(pv_store *store, const pv_oid *ancestor,
			 const pv_oid *commit, pv_error *err)
{
	pv_ancestry *ancestry;
	int rc = pv_ancestry_new(&ancestry, store, err);

	if (rc == PV_OK)
		rc = pv_ancestry_has(ancestry, ancestor, commit, err);
	pv_ancestry_free(ancestry);
	return rc;
}

int pv_store_merge_base(pv_oid *out, pv_store *store, const pv_oid *a,
			const pv_oid *b, pv_error *err)
{
	pv_bases bases = { 0 };
	pv_dag_node *nodes[2];
	pv_dag dag;
	int rc = pv_dag_init(&dag, store, err);

	if (rc == PV_OK)
		rc = find_pair(nodes, &dag, a, b, err);
	out->hex[0] = '\0'; /* only now: it may be one of the two */
	if (rc == PV_OK)
		rc = pv_bases_find(&bases, &dag, nodes[0], nodes[1], err);
	if (rc == PV_OK && bases.items && bases.count)
		pv_oid_from_git(out, &bases.items[0]->id);
	else if (rc == PV_OK)
		rc = pv_fail(err, PV_ENOTFOUND,
			     "\"%.10s\" and \"%.10s\" have no common ancestor",
			     a->hex, b->hex);
	pv_free(bases.items);
	pv_dag_dispose(&dag);
	return rc;
}
