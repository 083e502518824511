/* SPDX-License-Identifier: MIT
 *
 * See trail.h. Each path has a lane of its own: a graph of commits in which a
 * node's flags say which stop its file comes from, so no run of commits that
 * leave the file alone is walked twice.
 */
#include "store/history/trail.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/history/path_chain.h"

/* Flags of a node: not looked at, without the file, or a stop's number + this */
enum {
	UNKNOWN,
	ABSENT,
	FIRST_STOP
};

struct lane {
	struct lane *next;
	char *path;
	pv_dag dag;
	pv_path_chain chain;
};

struct stop {
	struct lane *lane;
	pv_dag_node *node;
	git_oid blob;
	size_t *parents; /* in the lane's arena; NULL until asked for */
	int is_queued;
};

struct pv_trail {
	pv_store *store;
	pv_trail_former *former;
	void *payload;
	struct lane *lanes;
	struct stop *stops;
	size_t count;
	size_t cap;
	size_t *queue; /* a heap of stops, the youngest first */
	size_t queue_count;
	size_t queue_cap;
	pv_dag_node **run; /* of commits that leave the file alone */
	size_t run_cap;
};

int pv_trail_new(pv_trail **out, pv_store *store, pv_trail_former *former,
		 void *payload, pv_error *err)
{
	*out = pv_calloc(1, sizeof(**out));
	if (!*out)
		return pv_fail_nomem(err);
	(*out)->store = store;
	(*out)->former = former;
	(*out)->payload = payload;
	return PV_OK;
}

static void lane_free(struct lane *lane)
{
	pv_path_chain_dispose(&lane->chain);
	pv_dag_dispose(&lane->dag);
	pv_free(lane->path);
	pv_free(lane);
}

void pv_trail_free(pv_trail *trail)
{
	if (!trail)
		return;
	while (trail->lanes) {
		struct lane *lane = trail->lanes;

		trail->lanes = lane->next;
		lane_free(lane);
	}
	pv_free(trail->stops);
	pv_free(trail->queue);
	pv_free(trail->run);
	pv_free(trail);
}

static int lane_new(struct lane **out, pv_trail *trail, const char *path,
		    pv_error *err)
{
	struct lane *lane = pv_calloc(1, sizeof(*lane));
	int rc;

	if (!lane)
		return pv_fail_nomem(err);
	lane->path = pv_strdup(path);
	rc = lane->path ? PV_OK : pv_fail_nomem(err);
	if (rc == PV_OK)
		rc = pv_dag_init(&lane->dag, trail->store, err);
	if (rc == PV_OK)
		rc = pv_path_chain_init(&lane->chain, &lane->dag, path, err);
	if (rc < 0) {
		lane_free(lane);
		return rc;
	}
	lane->next = trail->lanes;
	trail->lanes = lane;
	*out = lane;
	return PV_OK;
}

static int lane_get(struct lane **out, pv_trail *trail, const char *path,
		    pv_error *err)
{
	for (struct lane *lane = trail->lanes; lane; lane = lane->next)
		if (strcmp(lane->path, path) == 0) {
			*out = lane;
			return PV_OK;
		}
	return lane_new(out, trail, path, err);
}

/* --- from a commit to a stop ------------------------------------------------ */

static int is_file(const pv_path_link *link)
{
	return link->mode == GIT_FILEMODE_BLOB ||
	       link->mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

/* The first parent that has the same file; NULL when none does. */
static int find_same(pv_dag_node **out, struct lane *lane, pv_dag_node *node,
		     pv_error *err)
{
	*out = NULL;
	for (uint32_t i = 0; i < node->parent_count; i++) {
		pv_path_link ours, theirs;
		int rc = pv_dag_load(&lane->dag, node->parents[i], err);

		if (rc == PV_OK)
			rc = pv_path_chain_same(&lane->chain, node, i, err);
		if (rc == 0) {
			/* A change of mode alone is nobody's line. */
			rc = pv_path_chain_entry(&ours, &lane->chain, node, err);
			if (rc == PV_OK)
				rc = pv_path_chain_entry(&theirs, &lane->chain,
							 node->parents[i], err);
			if (rc == PV_OK)
				rc = is_file(&theirs) &&
				     git_oid_equal(&ours.id, &theirs.id);
		}
		if (rc > 0)
			*out = node->parents[i];
		if (rc)
			return rc < 0 ? rc : PV_OK;
	}
	return PV_OK;
}

static int add_stop(pv_trail *trail, struct lane *lane, pv_dag_node *node,
		    pv_error *err)
{
	pv_path_link link;
	struct stop *stop;
	int rc = pv_path_chain_entry(&link, &lane->chain, node, err);

	if (rc < 0)
		return rc;
	if (pv_array_reserve(&trail->stops, &trail->cap, trail->count + 1,
			     sizeof(*trail->stops)) < 0)
		return pv_fail_nomem(err);
	stop = &trail->stops[trail->count];
	memset(stop, 0, sizeof(*stop));
	stop->lane = lane;
	stop->node = node;
	stop->blob = link.id;
	node->flags = FIRST_STOP + (unsigned)trail->count++;
	return PV_OK;
}

/* Goes back while a parent has the same file, and marks all on the way. */
static int run_back(pv_trail *trail, struct lane *lane, pv_dag_node *node,
		    pv_error *err)
{
	size_t count = 0;
	int rc = PV_OK;

	while (rc == PV_OK && !node->flags) {
		pv_dag_node *same;

		rc = find_same(&same, lane, node, err);
		if (rc == PV_OK && !same) {
			rc = add_stop(trail, lane, node, err);
		} else if (rc == PV_OK) {
			if (pv_array_reserve(&trail->run, &trail->run_cap,
					     count + 1, sizeof(pv_dag_node *)) < 0)
				return pv_fail_nomem(err);
			trail->run[count++] = node;
			node = same;
		}
	}
	while (rc == PV_OK && count)
		trail->run[--count]->flags = node->flags;
	return rc;
}

/* The node is loaded. */
static int resolve(size_t *out, pv_trail *trail, struct lane *lane,
		   pv_dag_node *node, pv_error *err)
{
	pv_path_link link;
	int rc = PV_OK;

	if (node->flags == UNKNOWN) {
		rc = pv_path_chain_entry(&link, &lane->chain, node, err);
		if (rc == PV_OK && !is_file(&link))
			node->flags = ABSENT;
		else if (rc == PV_OK)
			rc = run_back(trail, lane, node, err);
	}
	*out = PV_NO_STOP;
	if (rc == PV_OK && node->flags != ABSENT)
		*out = node->flags - FIRST_STOP;
	return rc;
}

int pv_trail_enter(size_t *out, pv_trail *trail, const pv_oid *commit,
		   const char *path, pv_error *err)
{
	struct lane *lane = NULL;
	pv_dag_node *node;
	int rc = lane_get(&lane, trail, path, err);

	*out = PV_NO_STOP;
	if (rc == PV_OK)
		rc = pv_dag_find(&node, &lane->dag, commit, err);
	return rc == PV_OK ? resolve(out, trail, lane, node, err) : rc;
}

size_t pv_trail_count(const pv_trail *trail)
{
	return trail->count;
}

void pv_trail_stop_at(pv_trail_stop *out, const pv_trail *trail, size_t idx)
{
	const struct stop *stop = &trail->stops[idx];

	pv_oid_from_git(&out->commit, &stop->node->id);
	pv_oid_from_git(&out->blob, &stop->blob);
	out->path = stop->lane->path;
}

/* --- from a stop to those before --------------------------------------------- */

/* A parent without the file may have it under another name. */
static int find_former(size_t *out, pv_trail *trail, const struct stop *stop,
		       const pv_dag_node *parent, pv_error *err)
{
	pv_oid commit, before;
	pv_buf path = { 0 };
	int rc;

	pv_oid_from_git(&commit, &stop->node->id);
	pv_oid_from_git(&before, &parent->id);
	rc = trail->former(&path, &commit, &before, stop->lane->path,
			   trail->payload, err);
	if (rc == PV_OK)
		rc = pv_buf_status(&path, err);
	if (rc == PV_OK && path.len)
		rc = pv_trail_enter(out, trail, &before, path.ptr, err);
	pv_buf_dispose(&path);
	return rc;
}

static int find_parents(pv_trail *trail, size_t idx, pv_error *err)
{
	struct stop stop = trail->stops[idx];
	uint32_t count = stop.node->parent_count;
	size_t *parents = pv_arena_alloc(&stop.lane->dag.arena,
					 (count + 1) * sizeof(*parents));
	int rc = PV_OK;

	if (!parents)
		return pv_fail_nomem(err);
	for (uint32_t i = 0; rc == PV_OK && i < count; i++) {
		pv_dag_node *parent = stop.node->parents[i];

		rc = pv_dag_load(&stop.lane->dag, parent, err);
		if (rc == PV_OK)
			rc = resolve(&parents[i], trail, stop.lane, parent, err);
		if (rc == PV_OK && parents[i] == PV_NO_STOP)
			rc = find_former(&parents[i], trail, &stop, parent, err);
	}
	if (rc == PV_OK)
		trail->stops[idx].parents = parents;
	return rc;
}

int pv_trail_parents(const size_t **out, size_t *count_out, pv_trail *trail,
		     size_t idx, pv_error *err)
{
	int rc = PV_OK;

	if (!trail->stops[idx].parents)
		rc = find_parents(trail, idx, err);
	*out = trail->stops[idx].parents;
	*count_out = rc == PV_OK ? trail->stops[idx].node->parent_count : 0;
	return rc;
}

/* --- the queue --------------------------------------------------------------- */

static int64_t date_of(const pv_trail *trail, size_t idx)
{
	return trail->stops[idx].node->date;
}

int pv_trail_push(pv_trail *trail, size_t idx, pv_error *err)
{
	size_t at = trail->queue_count;
	size_t *heap;

	if (trail->stops[idx].is_queued)
		return PV_OK;
	if (pv_array_reserve(&trail->queue, &trail->queue_cap, at + 1,
			     sizeof(*trail->queue)) < 0)
		return pv_fail_nomem(err);
	heap = trail->queue;
	trail->queue_count++;
	for (; at && date_of(trail, heap[(at - 1) / 2]) < date_of(trail, idx);
	     at = (at - 1) / 2)
		heap[at] = heap[(at - 1) / 2];
	heap[at] = idx;
	trail->stops[idx].is_queued = 1;
	return PV_OK;
}

size_t pv_trail_pop(pv_trail *trail)
{
	size_t *heap = trail->queue;
	size_t at = 0;
	size_t top, last;

	if (!trail->queue_count)
		return PV_NO_STOP;
	top = heap[0];
	last = heap[--trail->queue_count];
	for (;;) {
		size_t child = at * 2 + 1;

		if (child + 1 < trail->queue_count &&
		    date_of(trail, heap[child + 1]) > date_of(trail, heap[child]))
			child++;
		if (child >= trail->queue_count ||
		    date_of(trail, heap[child]) <= date_of(trail, last))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = last;
	trail->stops[top].is_queued = 0;
	return top;
}
