/* SPDX-License-Identifier: MIT
 *
 * Making the facts of path_facts.h: all that the tips reach and nobody knows,
 * parents before their children, so that whoever keeps them may stop anywhere
 * and what is kept is still whole.
 */
#include "store/history/path_facts.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/history/dag.h"
#include "store/object/tree_diff.h"

enum {
	MET = 1
};

/* A commit on the way down, and the parent that is next. */
struct step {
	pv_dag_node *node;
	uint32_t next;
};

struct making {
	pv_dag dag;
	const pv_fact_maker *maker;
	struct step *steps;
	size_t step_count;
	size_t step_cap;
	pv_dag_node **nodes; /* unknown ones, parents first */
	size_t count;
	size_t cap;
	pv_path_fact fact; /* of the commit at hand */
	pv_error *err;
};

void pv_store_set_facts(pv_store *store, const pv_path_facts *facts)
{
	store->facts = facts;
}

int pv_raw_id(unsigned char out[PV_RAW_ID], const pv_oid *oid)
{
	git_oid id;
	int rc = oid->hex[0] ? pv_oid_to_git(&id, oid, NULL) : PV_EINVALID;

	if (rc == PV_OK)
		memcpy(out, id.id, PV_RAW_ID);
	return rc;
}

/* --- which commits ---------------------------------------------------------- */

/* Goes on to a commit unless it was met or is known. */
static int descend(struct making *job, pv_dag_node *node)
{
	int rc;

	if (node->flags & MET)
		return PV_OK;
	node->flags |= MET;
	rc = pv_dag_load(&job->dag, node, job->err);
	if (rc == PV_OK)
		rc = pv_dag_knows(&job->dag, node, job->err);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	if (pv_array_reserve(&job->steps, &job->step_cap, job->step_count + 1,
			     sizeof(*job->steps)) < 0)
		return pv_fail_nomem(job->err);
	job->steps[job->step_count++] = (struct step){ node, 0 };
	return PV_OK;
}

static int collect_from(struct making *job, pv_dag_node *tip)
{
	int rc = descend(job, tip);

	while (rc == PV_OK && job->step_count) {
		struct step *top = &job->steps[job->step_count - 1];

		if (top->next < top->node->parent_count) {
			rc = descend(job, top->node->parents[top->next++]);
			continue;
		}
		if (pv_array_reserve(&job->nodes, &job->cap, job->count + 1,
				     sizeof(pv_dag_node *)) < 0)
			return pv_fail_nomem(job->err);
		job->nodes[job->count++] = top->node;
		job->step_count--;
	}
	return rc;
}

/* What is no commit, as the tag of a blob is, is passed over. */
static int collect_tip(struct making *job, const pv_oid *tip)
{
	pv_dag_node *node;
	git_oid id;
	int rc = pv_oid_to_git(&id, tip, job->err);

	if (rc < 0)
		return rc;
	node = pv_dag_node_get(&job->dag, &id);
	if (!node)
		return pv_fail_nomem(job->err);
	rc = pv_dag_load(&job->dag, node, job->err);
	if (rc == PV_EGIT) {
		pv_error_clear(job->err);
		return PV_OK;
	}
	return rc < 0 ? rc : collect_from(job, node);
}

/* --- what they did ---------------------------------------------------------- */

static int is_file_mode(uint32_t mode)
{
	return mode && mode != GIT_FILEMODE_COMMIT;
}

static int tell_change(const pv_tree_change *change, void *payload)
{
	struct making *job = payload;
	pv_path_fact *fact = &job->fact;

	fact->is_new = !is_file_mode(change->modes[0]);
	fact->is_mode = change->modes[0] && change->modes[1] &&
			git_oid_equal(change->ids[0], change->ids[1]);
	fact->mode = change->modes[1];
	memset(fact->id, 0, sizeof(fact->id));
	if (change->modes[1])
		memcpy(fact->id, change->ids[1]->id, sizeof(fact->id));
	return job->maker->change(change->path, fact, job->maker->payload,
				  job->err);
}

static int tell_changes(struct making *job, const pv_dag_node *node, uint32_t idx)
{
	const git_oid *trees[2] = { idx < node->parent_count
					    ? &node->parents[idx]->tree
					    : NULL,
				    &node->tree };
	int rc = PV_OK;

	job->fact.parent = idx;
	for (size_t i = 0; rc == PV_OK && i < job->maker->dir_count; i++)
		rc = pv_tree_changes(job->dag.store, trees, job->maker->dirs[i],
				     tell_change, job, job->err);
	return rc;
}

static int tell_commit(struct making *job, pv_dag_node *node)
{
	unsigned char few[4 * PV_RAW_ID];
	unsigned char *parents = few;
	pv_new_commit commit = { .fact = { .date = node->date } };
	int rc;

	if (node->parent_count > 4) {
		parents = pv_arena_alloc(&job->dag.arena,
					 (size_t)node->parent_count * PV_RAW_ID);
		if (!parents)
			return pv_fail_nomem(job->err);
	}
	for (uint32_t i = 0; i < node->parent_count; i++)
		memcpy(parents + (size_t)i * PV_RAW_ID, node->parents[i]->id.id,
		       PV_RAW_ID);
	memcpy(commit.id, node->id.id, PV_RAW_ID);
	memcpy(commit.fact.tree, node->tree.id, PV_RAW_ID);
	memcpy(job->fact.commit, node->id.id, PV_RAW_ID);
	commit.fact.parents = parents;
	commit.fact.parent_count = node->parent_count;
	rc = job->maker->commit(&commit, job->maker->payload, job->err);
	if (rc == PV_OK)
		rc = tell_changes(job, node, 0);
	for (uint32_t i = 1; rc == PV_OK && i < node->parent_count; i++)
		rc = tell_changes(job, node, i);
	return rc;
}

static int check_terms(const pv_dag *dag, pv_error *err)
{
	if (!dag->grafts.count && !dag->replaced.count)
		return PV_OK;
	pv_fail(err, PV_EUNSUPPORTED,
		"a history that is shallow, grafted or replaced is not indexed");
	return pv_error_hint(err, PV_EUNSUPPORTED,
			     "nothing is lost: git is asked each time");
}

int pv_store_check_facts(pv_store *store, pv_error *err)
{
	pv_dag dag = { 0 };
	int rc = pv_dag_init(&dag, store, err);

	if (rc == PV_OK)
		rc = check_terms(&dag, err);
	pv_dag_dispose(&dag);
	return rc;
}

static int make(struct making *job, const pv_oid *tips, size_t tip_count)
{
	int rc = PV_OK;

	if (job->maker->is_first)
		job->dag.facts = NULL;
	rc = check_terms(&job->dag, job->err);
	for (size_t i = 0; rc == PV_OK && i < tip_count; i++)
		rc = collect_tip(job, &tips[i]);
	if (rc == PV_OK)
		rc = job->maker->begin(job->count, job->maker->payload, job->err);
	for (size_t i = 0; rc == PV_OK && i < job->count; i++) {
		rc = pv_store_check_canceled(job->dag.store, job->err);
		if (rc == PV_OK)
			rc = tell_commit(job, job->nodes[i]);
	}
	return rc;
}

int pv_store_make_facts(pv_store *store, const pv_oid *tips, size_t tip_count,
			const pv_fact_maker *maker, pv_error *err)
{
	struct making job = { .maker = maker, .err = err };
	int rc = pv_dag_init(&job.dag, store, err);

	if (rc == PV_OK)
		rc = make(&job, tips, tip_count);
	pv_free(job.steps);
	pv_free(job.nodes);
	pv_dag_dispose(&job.dag);
	return rc;
}
