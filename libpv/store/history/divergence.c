/* SPDX-License-Identifier: MIT
 *
 * How far branches are from another: two colours are painted down the history
 * from both ends, the youngest commit first, and those that have only one of
 * them are counted. A commit that gets its second colour late, because dates
 * are skewed, is taken out of the count again and hands it on; for those the
 * walk goes on for a while when there is no other left, as git's does.
 */
#include <limits.h>

#include "base/fail.h"
#include "store/history/dag.h"

enum {
	SLOP = 256, /* commits to look at in vain */
	ONE = 1,
	TWO = 2,
	BOTH = ONE | TWO,
	WAITS = 4, /* is in the queue */
	COUNTED_ONE = 8,
	COUNTED_TWO = 16,
	ALL = BOTH | WAITS | COUNTED_ONE | COUNTED_TWO
};

struct painting {
	pv_dag *dag;
	pv_dag_queue queue;
	size_t open;    /* of those that wait, how many have one colour */
	int64_t oldest; /* the date of the oldest that was counted */
	size_t vain;    /* commits in a row that changed no count */
	size_t one;
	size_t two;
};

static int is_open(const pv_dag_node *node)
{
	return (node->flags & BOTH) != BOTH;
}

static int paint(struct painting *painting, pv_dag_node *node, unsigned color,
		 pv_error *err)
{
	int rc;

	if ((node->flags | color) == node->flags)
		return PV_OK;
	rc = pv_dag_load(painting->dag, node, err);
	if (rc < 0)
		return rc;
	if (node->flags & WAITS)
		painting->open -= is_open(node);
	node->flags |= color;
	painting->open += is_open(node);
	if (node->flags & WAITS)
		return PV_OK;
	node->flags |= WAITS;
	return pv_dag_push(&painting->queue, node, err);
}

static void count(struct painting *painting, pv_dag_node *node)
{
	unsigned was = node->flags & (COUNTED_ONE | COUNTED_TWO);
	unsigned color = node->flags & BOTH;

	painting->one -= was == COUNTED_ONE;
	painting->two -= was == COUNTED_TWO;
	node->flags &= ~(unsigned)(COUNTED_ONE | COUNTED_TWO);
	painting->vain = color == BOTH && !was ? painting->vain + 1 : 0;
	if (color == BOTH)
		return;
	painting->one += color == ONE;
	painting->two += color == TWO;
	node->flags |= color == ONE ? COUNTED_ONE : COUNTED_TWO;
	if (node->date < painting->oldest)
		painting->oldest = node->date;
}

/* What is older than all that were counted will hardly take one of them away. */
static int is_done(const struct painting *painting)
{
	return !painting->queue.count ||
	       (!painting->open && painting->vain > SLOP &&
		painting->queue.items[0].node->date < painting->oldest);
}

static int paint_all(struct painting *painting, pv_error *err)
{
	int rc = PV_OK;

	while (rc == PV_OK && !is_done(painting)) {
		pv_dag_node *node = pv_dag_pop(&painting->queue);

		node->flags &= ~(unsigned)WAITS;
		painting->open -= is_open(node);
		count(painting, node);
		for (uint32_t i = 0; rc == PV_OK && i < node->parent_count; i++)
			rc = paint(painting, node->parents[i],
				   node->flags & BOTH, err);
	}
	return rc;
}

static int diverge(pv_divergence *row, pv_dag *dag, const pv_oid *base,
		   pv_error *err)
{
	struct painting painting = { .dag = dag, .oldest = INT64_MAX };
	pv_dag_node *nodes[2];
	int rc = pv_dag_find(&nodes[0], dag, &row->tip, err);

	pv_dag_wash(dag, ALL);
	if (rc == PV_OK)
		rc = pv_dag_find(&nodes[1], dag, base, err);
	if (rc == PV_OK)
		rc = paint(&painting, nodes[0], ONE, err);
	if (rc == PV_OK)
		rc = paint(&painting, nodes[1], TWO, err);
	if (rc == PV_OK)
		rc = paint_all(&painting, err);
	pv_dag_queue_dispose(&painting.queue);
	row->ahead = painting.one;
	row->behind = painting.two;
	return rc;
}

int pv_store_divergence(pv_divergence *rows, size_t count, pv_store *store,
			const pv_oid *base, pv_error *err)
{
	pv_dag dag;
	int rc = pv_dag_init(&dag, store, err);

	for (size_t i = 0; rc == PV_OK && i < count; i++)
		rc = diverge(&rows[i], &dag, base, err);
	pv_dag_dispose(&dag);
	return rc;
}
