/* SPDX-License-Identifier: MIT
 *
 * The walk is a queue of commits, youngest first, that is taken up again
 * where the last question left it. It needs no look ahead: whether a commit
 * is reachable is known once it was met.
 */
#include "store/reach.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/dag.h"

enum {
	REACHED = 1
};

struct pv_reach {
	pv_dag dag;
	pv_dag_queue queue;
};

static int meet(struct pv_reach *reach, pv_dag_node *node, pv_error *err)
{
	int rc;

	if (node->flags & REACHED)
		return PV_OK;
	node->flags |= REACHED;
	rc = pv_dag_load(&reach->dag, node, err);
	return rc < 0 ? rc : pv_dag_push(&reach->queue, node, err);
}

static int start(struct pv_reach *reach, pv_store *store, const pv_oid *tip,
		 pv_error *err)
{
	pv_dag_node *node = NULL;
	int rc = pv_dag_init(&reach->dag, store, err);

	if (rc == PV_OK)
		rc = pv_dag_find(&node, &reach->dag, tip, err);
	return rc < 0 || !node ? rc : meet(reach, node, err);
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
	pv_free(reach);
}

int pv_reach_has(pv_reach *reach, const pv_oid *commit, pv_error *err)
{
	pv_dag_node *want;
	git_oid id;
	int rc = pv_oid_to_git(&id, commit, err);

	if (rc < 0)
		return rc;
	want = pv_dag_node_get(&reach->dag, &id);
	if (!want)
		return pv_fail_nomem(err);
	while (!(want->flags & REACHED)) {
		pv_dag_node *node = pv_dag_pop(&reach->queue);

		if (!node)
			return 0;
		for (size_t i = 0; i < node->parent_count; i++) {
			rc = meet(reach, node->parents[i], err);
			if (rc < 0)
				return rc;
		}
	}
	return 1;
}
