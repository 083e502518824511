/* SPDX-License-Identifier: MIT
 *
 * The history of a prompt through its renames. Each of its names is walked in
 * a lane of its own by the rules of `git log -- path`; the lanes share one
 * order, so what comes out is as if it were one walk. A lane ends where a
 * commit gave the prompt that name, and the one of the former name begins; it
 * begins as well at a merge with a side that still has the former name.
 */
#include <pv/blame.h>

#include <assert.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "blame/recorded.h"
#include "store/history/reach.h"
#include "store/history/walk.h"

enum {
	SHOWN = PV_WALK_FREE
};

struct lane {
	struct lane *next;
	char *path;
	pv_walk walk;
};

/* What the prompt was called before a commit renamed it. */
struct name {
	char *path;
	pv_oid commit;
	pv_oid before; /* the commit's parent; for the first where all starts */
};

struct job {
	pv_store *store;
	const pv_settings *settings;
	const pv_history_query *query;
	struct lane *lanes;
	size_t serial;      /* of what is queued in any lane */
	struct name *names; /* none until they are needed; the last one first */
	size_t name_count;
	size_t name_cap;
	size_t name_at; /* of the one whose walk goes on */
	pv_ancestry *ancestry;
	int (*fn)(const pv_history_commit *row, void *payload);
	void *payload;
	pv_error *err;
};

/* --- lanes ------------------------------------------------------------------ */

static void lane_free(struct lane *lane)
{
	pv_walk_dispose(&lane->walk);
	pv_free(lane->path);
	pv_free(lane);
}

static int lane_new(struct lane **out, struct job *job, const char *path)
{
	struct lane *lane = pv_calloc(1, sizeof(*lane));
	int rc;

	if (!lane)
		return pv_fail_nomem(job->err);
	lane->path = pv_strdup(path);
	rc = lane->path ? PV_OK : pv_fail_nomem(job->err);
	if (rc == PV_OK)
		rc = pv_walk_init(&lane->walk, job->store, path,
				  job->query->mode, job->err);
	if (rc < 0) {
		lane_free(lane);
		return rc;
	}
	lane->next = job->lanes;
	job->lanes = lane;
	*out = lane;
	return PV_OK;
}

static int lane_get(struct lane **out, struct job *job, const char *path)
{
	*out = NULL;
	for (struct lane *lane = job->lanes; lane; lane = lane->next)
		if (strcmp(lane->path, path) == 0) {
			*out = lane;
			return PV_OK;
		}
	return lane_new(out, job, path);
}

static int enqueue(struct job *job, struct lane *lane, pv_dag_node *node)
{
	int rc;

	assert(lane);
	lane->walk.queue.serial = job->serial;
	rc = pv_walk_enqueue(&lane->walk, node, job->err);
	job->serial = lane->walk.queue.serial;
	return rc;
}

static int enter(struct job *job, const pv_oid *commit, const char *path)
{
	struct lane *lane = NULL;
	pv_dag_node *node;
	int rc = lane_get(&lane, job, path);

	if (rc == PV_OK)
		rc = pv_dag_find(&node, &lane->walk.dag, commit, job->err);
	return rc == PV_OK ? enqueue(job, lane, node) : rc;
}

/* The lane whose turn it is; NULL at the end. */
static struct lane *next_lane(const struct job *job)
{
	const struct pv_dag_item *best = NULL;
	struct lane *found = NULL;

	for (struct lane *lane = job->lanes; lane; lane = lane->next) {
		const struct pv_dag_item *item = lane->walk.queue.items;

		if (!lane->walk.queue.count)
			continue;
		if (best && item->node->date < best->node->date)
			continue;
		if (best && item->node->date == best->node->date &&
		    item->serial > best->serial)
			continue;
		best = item;
		found = lane;
	}
	return found;
}

/* --- former names ----------------------------------------------------------- */

static int add_name(struct job *job, const char *path, const pv_oid *commit,
		    const pv_oid *before)
{
	struct name *name;

	for (size_t i = 0; i < job->name_count; i++)
		if (strcmp(job->names[i].path, path) == 0 &&
		    strcmp(job->names[i].commit.hex, commit->hex) == 0)
			return PV_OK;
	if (pv_array_reserve(&job->names, &job->name_cap, job->name_count + 1,
			     sizeof(*job->names)) < 0)
		return pv_fail_nomem(job->err);
	name = &job->names[job->name_count];
	name->path = pv_strdup(path);
	if (!name->path)
		return pv_fail_nomem(job->err);
	name->commit = *commit;
	name->before = *before;
	job->name_count++;
	return PV_OK;
}

static int note_name(const pv_oid *oid, const pv_oid *blob, void *payload)
{
	struct job *job = payload;
	const char *path = job->names[job->name_at].path;
	pv_commit commit = { 0 };
	pv_buf former = { 0 };
	int rc = PV_OK;

	if (blob->hex[0])
		rc = pv_store_commit_read(&commit, job->store, oid, job->err);
	if (rc == PV_OK && commit.parent_count) {
		rc = pv_has_file(job->store, &commit.parents[0], path, job->err);
		if (rc == 0)
			rc = pv_recorded_path(&former, job->store, job->settings,
					      oid, path, job->err);
		else if (rc > 0)
			rc = PV_OK;
	}
	if (rc == PV_OK && former.len)
		rc = add_name(job, former.ptr, oid, &commit.parents[0]);
	pv_commit_dispose(&commit);
	pv_buf_dispose(&former);
	return rc;
}

/* All names there were, each walked from where it was given up. */
static int list_names(struct job *job)
{
	int rc = PV_OK;

	if (!job->name_count)
		rc = add_name(job, job->query->path, &job->query->start,
			      &job->query->start);
	for (; rc == PV_OK && job->name_at < job->name_count; job->name_at++) {
		const struct name *name = &job->names[job->name_at];
		const pv_history_query query = { .start = name->before,
						 .path = name->path,
						 .mode = PV_HISTORY_FULL };

		rc = pv_history_walk(job->store, &query, note_name, job,
				     job->err);
	}
	return rc;
}

/* 1 when a commit that renamed the prompt is behind another one. */
static int is_behind(struct job *job, const pv_oid *rename, const pv_oid *commit)
{
	int rc = PV_OK;

	if (!job->ancestry)
		rc = pv_ancestry_new(&job->ancestry, job->store, job->err);
	return rc == PV_OK
		       ? pv_ancestry_has(job->ancestry, rename, commit, job->err)
		       : rc;
}

/* The name on a merged side from before the rename that another one has. */
static int find_merged(pv_buf *out, struct job *job, const pv_oid *merge,
		       const pv_oid *parent)
{
	int rc = list_names(job);

	for (size_t i = 1; rc == PV_OK && i < job->name_count; i++) {
		const struct name *name = &job->names[i];

		rc = pv_has_file(job->store, parent, name->path, job->err);
		if (rc > 0)
			rc = is_behind(job, &name->commit, merge);
		if (rc > 0) {
			pv_buf_puts(out, name->path);
			return pv_buf_status(out, job->err);
		}
	}
	return rc;
}

/* --- the walk --------------------------------------------------------------- */

/* Goes on to a parent that lacks the file. */
static int go_on_without(struct job *job, struct lane *lane, pv_dag_node *node,
			 pv_dag_node *parent, int is_new)
{
	pv_oid commit, before;
	pv_buf former = { 0 };
	int rc;

	pv_oid_from_git(&commit, &node->id);
	pv_oid_from_git(&before, &parent->id);
	rc = is_new ? pv_recorded_path(&former, job->store, job->settings,
				       &commit, lane->path, job->err)
		    : find_merged(&former, job, &commit, &before);
	if (rc == PV_OK && former.len)
		rc = enter(job, &before, former.ptr);
	else if (rc == PV_OK)
		rc = enqueue(job, lane, parent);
	pv_buf_dispose(&former);
	return rc;
}

/* 1 when no parent has the file that a commit has, 0 when one does. */
static int is_new(struct job *job, struct lane *lane, pv_dag_node *node)
{
	pv_oid blob = { "" };
	int rc = PV_OK;

	for (uint32_t i = 0; rc == PV_OK && i < node->parent_count; i++) {
		rc = pv_dag_load(&lane->walk.dag, node->parents[i], job->err);
		if (rc == PV_OK)
			rc = pv_walk_blob(&blob, &lane->walk, node->parents[i],
					  job->err);
		if (rc == PV_OK && blob.hex[0])
			return 0;
	}
	return rc < 0 ? rc : 1;
}

/* Queues the parents: those of a commit that shows, by their names. */
static int go_on(struct job *job, struct lane *lane, pv_dag_node *node,
		 int has_blob)
{
	int look = has_blob && pv_walk_is_shown(node);
	int fresh = look ? is_new(job, lane, node) : 0;
	int rc = fresh < 0 ? fresh : PV_OK;

	for (uint32_t i = 0; rc == PV_OK && i < node->parent_count; i++) {
		pv_dag_node *parent = node->parents[i];
		pv_oid blob = { "" };

		if (i && job->query->mode == PV_HISTORY_FIRST_PARENT)
			break;
		rc = pv_dag_load(&lane->walk.dag, parent, job->err);
		if (rc == PV_OK && look)
			rc = pv_walk_blob(&blob, &lane->walk, parent, job->err);
		if (rc == PV_OK && look && !blob.hex[0])
			rc = go_on_without(job, lane, node, parent, fresh);
		else if (rc == PV_OK)
			rc = enqueue(job, lane, parent);
	}
	return rc;
}

/* 1 when a commit is, or will be, told under another name of the prompt. */
static int is_told(struct job *job, const struct lane *own,
		   const pv_dag_node *node, const pv_oid *blob)
{
	for (struct lane *lane = job->lanes; lane; lane = lane->next) {
		pv_oid other = { "" };
		pv_dag_node *twin;
		int rc = PV_OK;

		if (lane == own)
			continue;
		twin = pv_dag_node_get(&lane->walk.dag, &node->id);
		if (!twin)
			return pv_fail_nomem(job->err);
		if (twin->flags & SHOWN)
			return 1;
		if (blob->hex[0])
			continue;
		/* It is not gone, but moved. */
		rc = pv_dag_load(&lane->walk.dag, twin, job->err);
		if (rc == PV_OK)
			rc = pv_walk_blob(&other, &lane->walk, twin, job->err);
		if (rc < 0 || other.hex[0])
			return rc < 0 ? rc : 1;
	}
	return 0;
}

static int show(struct job *job, struct lane *lane, pv_dag_node *node,
		const pv_oid *blob)
{
	pv_history_commit row = { .blob = *blob, .path = lane->path };
	int rc;

	if (!pv_walk_is_shown(node))
		return PV_OK;
	rc = is_told(job, lane, node, blob);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	node->flags |= SHOWN;
	pv_oid_from_git(&row.commit, &node->id);
	return job->fn(&row, job->payload);
}

static int step(struct job *job, struct lane *lane)
{
	pv_dag_node *node = pv_dag_pop(&lane->walk.queue);
	pv_oid blob = { "" };
	int rc = 1;

	if (!next_lane(job))
		rc = pv_walk_skip(&lane->walk, &node, job->err);
	if (rc <= 0)
		return rc;
	rc = pv_walk_judge(&lane->walk, node, job->err);
	if (rc == PV_OK && pv_walk_is_shown(node))
		rc = pv_walk_blob(&blob, &lane->walk, node, job->err);
	if (rc == PV_OK)
		rc = show(job, lane, node, &blob);
	return rc == PV_OK ? go_on(job, lane, node, blob.hex[0] != '\0') : rc;
}

static void job_dispose(struct job *job)
{
	while (job->lanes) {
		struct lane *lane = job->lanes;

		job->lanes = lane->next;
		lane_free(lane);
	}
	for (size_t i = 0; i < job->name_count; i++)
		pv_free(job->names[i].path);
	pv_free(job->names);
	pv_ancestry_free(job->ancestry);
}

int pv_history_follow(pv_store *store, const pv_settings *settings,
		      const pv_history_query *query,
		      int (*fn)(const pv_history_commit *row, void *payload),
		      void *payload, pv_error *err)
{
	struct job job = { .store = store,
			   .settings = settings,
			   .query = query,
			   .fn = fn,
			   .payload = payload,
			   .err = err };
	struct lane *lane;
	int rc;

	rc = query->hide_count
		     ? pv_fail(err, PV_EINVALID, "commits cannot be hidden here")
		     : enter(&job, &query->start, query->path);
	while (rc == PV_OK && (lane = next_lane(&job)))
		rc = step(&job, lane);
	job_dispose(&job);
	return rc;
}
