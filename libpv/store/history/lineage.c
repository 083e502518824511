/* SPDX-License-Identifier: MIT
 *
 * Questions about many files share one graph and its diffs: each commit is
 * compared with its parents once, whatever the number of prompts. The walk
 * goes back only until the version asked about, or the file's creation,
 * cuts off everything older.
 */
#include "store/history/lineage.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/history/known_changes.h"
#include "store/history/path_chain.h"
#include "store/object/tree_diff.h"

/*
 * A mark is on a commit and all its ancestors, also on those loaded later.
 * The frontier are the commits met whose parents were not yet looked at.
 */
enum {
	POINT = 1, /* reachable from the commit in question */
	SINCE = 2, /* reachable from the version counted from */
	GONE = 4,  /* reachable from a commit that removed the file */
	MET = 8,   /* in the frontier, or was */
	DIFFED = 16,
	PLAIN = 32,  /* of one parent, with the same file: the chain's path */
	VISITED = 64 /* was in the frontier */
};

enum {
	DIFFS_MAX = 200, /* then reading all facts costs less */
	SLOP = 16 /* commits looked at behind where all seems to be settled */
};

/* That `node` changed a file. Counts once it differs from every parent. */
struct touch {
	pv_dag_node *node;
	struct touch *next; /* of the same file */
	size_t differs;     /* from that many parents */
	size_t absent;      /* in that many of those */
	int is_removal;
};

struct pv_lineage {
	pv_store *store;
	pv_dag dag;
	char *scope; /* the folder, or the one file */
	int is_file; /* then `chain` follows it */
	pv_path_chain chain;
	pv_known_changes known; /* once there is much to look at */
	size_t diff_count;      /* trees compared */
	pv_oid commit;
	pv_oid since; /* SINCE is from here; "" for nowhere */
	pv_dag_queue frontier;
	pv_dag_node **visited;
	size_t visited_count;
	size_t visited_cap;
	int64_t oldest;      /* date of a visited commit */
	int is_skewed;       /* a parent was younger: dates tell nothing */
	pv_dag_node **stack; /* of mark_from */
	size_t stack_cap;
	pv_map touches;      /* path to the first struct touch */
	size_t diffed_count; /* visited commits known to be diffed */
	size_t plain_count;
	pv_dag_node *diffing;
	size_t diffing_parent;
	pv_error *err;
};

static int create(pv_lineage **out, pv_store *store, const pv_oid *commit,
		  const char *scope, int is_file, pv_error *err)
{
	struct pv_lineage *lineage = pv_calloc(1, sizeof(*lineage));
	int rc;

	*out = NULL;
	if (!lineage)
		return pv_fail_nomem(err);
	lineage->store = store;
	lineage->commit = *commit;
	lineage->is_file = is_file;
	lineage->scope = pv_strdup(scope);
	rc = lineage->scope ? PV_OK : pv_fail_nomem(err);
	if (rc == PV_OK)
		rc = pv_dag_init(&lineage->dag, store, err);
	if (rc == PV_OK && is_file)
		rc = pv_path_chain_init(&lineage->chain, &lineage->dag, scope,
					err);
	if (rc < 0) {
		pv_lineage_free(lineage);
		return rc;
	}
	*out = lineage;
	return PV_OK;
}

int pv_lineage_new(pv_lineage **out, pv_store *store, const pv_oid *commit,
		   const char *dir, pv_error *err)
{
	return create(out, store, commit, dir, 0, err);
}

int pv_lineage_new_file(pv_lineage **out, pv_store *store, const pv_oid *commit,
			const char *path, pv_error *err)
{
	return create(out, store, commit, path, 1, err);
}

void pv_lineage_free(pv_lineage *lineage)
{
	if (!lineage)
		return;
	pv_map_dispose(&lineage->touches);
	pv_dag_queue_dispose(&lineage->frontier);
	pv_path_chain_dispose(&lineage->chain);
	pv_known_changes_dispose(&lineage->known);
	pv_dag_dispose(&lineage->dag);
	pv_free(lineage->visited);
	pv_free(lineage->stack);
	pv_free(lineage->scope);
	pv_free(lineage);
}

int pv_lineage_covers(const pv_lineage *lineage, const char *path)
{
	return !lineage->is_file || !strcmp(lineage->scope, path);
}

/* --- marks and the frontier ---------------------------------------------- */

static int push_stack(struct pv_lineage *lineage, size_t *count,
		      pv_dag_node *node, pv_error *err)
{
	if (pv_array_reserve(&lineage->stack, &lineage->stack_cap, *count + 1,
			     sizeof(pv_dag_node *)) < 0)
		return pv_fail_nomem(err);
	lineage->stack[(*count)++] = node;
	return PV_OK;
}

/* Marks a commit and its ancestors as far as they are loaded. */
static int mark_from(struct pv_lineage *lineage, pv_dag_node *node,
		     unsigned marks, pv_error *err)
{
	size_t count = 0;
	int rc = PV_OK;

	if ((node->flags & marks) != marks)
		rc = push_stack(lineage, &count, node, err);
	while (rc == PV_OK && count) {
		pv_dag_node *top = lineage->stack[--count];

		top->flags |= marks;
		for (size_t i = 0; rc == PV_OK && i < top->parent_count; i++)
			if ((top->parents[i]->flags & marks) != marks)
				rc = push_stack(lineage, &count,
						top->parents[i], err);
	}
	return rc;
}

void pv_lineage_move(pv_lineage *lineage, const pv_oid *commit)
{
	if (!strcmp(lineage->commit.hex, commit->hex))
		return;
	/* That a commit changed a file stays true wherever one looks from. */
	pv_dag_wash(&lineage->dag, POINT | SINCE | GONE | MET | VISITED);
	lineage->frontier.count = 0;
	lineage->visited_count = 0;
	lineage->diffed_count = 0;
	lineage->since.hex[0] = '\0';
	lineage->commit = *commit;
}

/*
 * Where one file is all that matters, a run of commits that leave it alone
 * need not be walked, at least not twice: what is behind them takes their
 * place as a parent. It has the same file, and each commit that counts is
 * reached as before.
 */
static int shorten(struct pv_lineage *lineage, pv_dag_node *node, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < node->parent_count; i++) {
		pv_dag_node *parent = node->parents[i];

		/* A damaged commit-graph may go in circles. */
		for (size_t left = lineage->plain_count;
		     left && parent->flags & PLAIN; left--)
			parent = parent->parents[0];
		rc = pv_path_chain_skip(&parent, &lineage->chain, parent, err);
		if (rc == PV_OK)
			node->parents[i] = parent;
	}
	return rc;
}

/* Loads a commit into the frontier unless it was there. */
static int meet(struct pv_lineage *lineage, pv_dag_node *node, pv_error *err)
{
	int rc;

	if (node->flags & MET)
		return PV_OK;
	rc = pv_dag_load(&lineage->dag, node, err);
	if (rc == PV_OK && lineage->is_file)
		rc = shorten(lineage, node, err);
	for (size_t i = 0; rc == PV_OK && i < node->parent_count; i++)
		rc = mark_from(lineage, node->parents[i],
			       node->flags & (POINT | SINCE | GONE), err);
	if (rc == PV_OK)
		rc = pv_dag_push(&lineage->frontier, node, err);
	if (rc == PV_OK)
		node->flags |= MET;
	return rc;
}

/* As meet, by id; a commit that is not there is passed over. */
static int meet_commit(struct pv_lineage *lineage, const pv_oid *oid,
		       unsigned marks, pv_error *err)
{
	pv_dag_node *node;
	int rc = pv_dag_find(&node, &lineage->dag, oid, err);

	if (rc == PV_OK)
		rc = meet(lineage, node, err);
	if (rc == PV_OK)
		rc = mark_from(lineage, node, marks, err);
	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(err);
	return PV_OK;
}

/* Looks at the parents of the youngest frontier commit. */
static int extend(struct pv_lineage *lineage, pv_error *err)
{
	pv_dag_node *node;
	int rc = PV_OK;

	if (pv_array_reserve(&lineage->visited, &lineage->visited_cap,
			     lineage->visited_count + 1,
			     sizeof(pv_dag_node *)) < 0)
		return pv_fail_nomem(err);
	node = pv_dag_pop(&lineage->frontier);
	if (!lineage->visited_count || node->date < lineage->oldest)
		lineage->oldest = node->date;
	lineage->visited[lineage->visited_count++] = node;
	node->flags |= VISITED;
	for (size_t i = 0; rc == PV_OK && i < node->parent_count; i++) {
		rc = meet(lineage, node->parents[i], err);
		if (rc == PV_OK && node->parents[i]->date > node->date)
			lineage->is_skewed = 1;
	}
	return rc;
}

/*
 * 1 when every frontier commit is marked SINCE and none can still lead to a
 * visited one, since all are older. Versions that were imported have the dates
 * they had: with clocks that ran backwards only the end of history tells.
 */
static int is_settled(const struct pv_lineage *lineage)
{
	const pv_dag_queue *frontier = &lineage->frontier;

	if (lineage->is_skewed)
		return 0;
	if (lineage->visited_count &&
	    frontier->items[0].node->date >= lineage->oldest)
		return 0;
	for (size_t i = 0; i < frontier->count; i++)
		if (!(frontier->items[i].node->flags & SINCE))
			return 0;
	return 1;
}

/* --- touches ------------------------------------------------------------- */

static struct touch *new_touch(struct pv_lineage *lineage, pv_str path,
			       struct touch *next)
{
	struct touch *touch =
		pv_arena_calloc(&lineage->dag.arena, sizeof(*touch));

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

static int note_known(struct pv_lineage *lineage, const pv_known_change *change)
{
	static const pv_oid some = { "" };
	int is_file = change->mode && change->mode != GIT_FILEMODE_COMMIT;

	if (change->is_mode || (change->is_new && !is_file))
		return PV_OK;
	return note_touch(change->path, change->is_new ? NULL : &some,
			  is_file ? &some : NULL, lineage);
}

/* The same where the commit is known; 0 when it is not. */
static int recall_changes(struct pv_lineage *lineage, pv_dag_node *node,
			  size_t idx, pv_error *err)
{
	const pv_known_change *change = NULL;
	int rc = PV_OK;

	if (++lineage->diff_count == DIFFS_MAX)
		rc = pv_known_changes_load(&lineage->known, &lineage->dag,
					   lineage->scope, err);
	if (rc == PV_OK)
		rc = pv_known_changes_find(&change, &lineage->known,
					   &lineage->dag, node, err);
	for (; rc > 0 && change; change = change->next)
		if (change->parent == idx && note_known(lineage, change) < 0)
			rc = PV_ENOMEM;
	return rc;
}

/* Compares a commit with one parent, or with the empty tree. */
static int diff_trees(struct pv_lineage *lineage, pv_dag_node *node, size_t idx,
		      pv_error *err)
{
	pv_oid trees[2] = { { "" }, { "" } };
	int rc = recall_changes(lineage, node, idx, err);

	if (rc)
		return rc < 0 ? rc : PV_OK;
	if (idx < node->parent_count)
		pv_oid_from_git(&trees[0], &node->parents[idx]->tree);
	pv_oid_from_git(&trees[1], &node->tree);
	return pv_tree_diff(lineage->store, trees, lineage->scope, note_touch,
			    lineage, err);
}

/* The same where one file is all that matters; 1 when there is no change. */
static int diff_file(struct pv_lineage *lineage, pv_dag_node *node, size_t idx,
		     pv_error *err)
{
	pv_dag_node *parent =
		idx < node->parent_count ? node->parents[idx] : NULL;
	pv_path_link before = { 0 };
	pv_path_link after = { 0 };
	pv_oid ids[2];
	int rc = 0;

	if (parent)
		rc = pv_path_chain_same(&lineage->chain, node, idx, err);
	if (rc)
		return rc;
	rc = pv_path_chain_entry(&after, &lineage->chain, node, err);
	if (rc == PV_OK && parent)
		rc = pv_path_chain_entry(&before, &lineage->chain, parent, err);
	if (rc < 0 || git_oid_equal(&before.id, &after.id))
		return rc < 0 ? rc : 1;
	pv_oid_from_git(&ids[0], &before.id);
	pv_oid_from_git(&ids[1], &after.id);
	return note_touch(lineage->scope, before.mode ? &ids[0] : NULL,
			  after.mode ? &ids[1] : NULL, lineage);
}

static int diff_node(struct pv_lineage *lineage, pv_dag_node *node, pv_error *err)
{
	size_t i = 0;
	int rc;

	if (node->flags & DIFFED)
		return PV_OK;
	lineage->diffing = node;
	lineage->err = err;
	do {
		lineage->diffing_parent = i;
		rc = lineage->is_file ? diff_file(lineage, node, i, err)
				      : diff_trees(lineage, node, i, err);
		/* As one parent has it: no touch, whatever the others have. */
	} while (rc == PV_OK && ++i < node->parent_count);
	node->flags |= DIFFED;
	if (rc > 0 && node->parent_count == 1) {
		node->flags |= PLAIN;
		lineage->plain_count++;
	}
	return rc < 0 ? rc : PV_OK;
}

/* Compares the visited commits that may count with their parents. */
static int diff_visited(struct pv_lineage *lineage, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < lineage->visited_count; i++)
		if ((lineage->visited[i]->flags & (POINT | SINCE)) == POINT)
			rc = diff_node(lineage, lineage->visited[i], err);
	return rc;
}

static void forget_since(struct pv_lineage *lineage)
{
	if (lineage->since.hex[0])
		pv_dag_wash(&lineage->dag, SINCE);
	lineage->since.hex[0] = '\0';
}

/* Loads and diffs all that is not reachable from `since`. */
static int load_since(struct pv_lineage *lineage, const pv_oid *since,
		      pv_error *err)
{
	int slop = 0;
	int rc;

	if (!strcmp(lineage->since.hex, since->hex))
		return PV_OK;
	forget_since(lineage);
	lineage->since = *since;
	rc = meet_commit(lineage, since, SINCE, err);
	while (rc == PV_OK && slop < SLOP && lineage->frontier.count) {
		slop = is_settled(lineage) ? slop + 1 : 0;
		rc = extend(lineage, err);
	}
	if (rc == PV_OK)
		rc = diff_visited(lineage, err);
	if (rc < 0)
		forget_since(lineage);
	return rc;
}

/* Not before it is visited: an earlier walk may have been further. */
static int is_counted(const struct touch *touch)
{
	const unsigned in_question = POINT | VISITED;
	size_t parents = touch->node->parent_count;

	return touch->differs == (parents ? parents : 1) &&
	       (touch->node->flags & in_question) == in_question;
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

/* 1 when a loaded commit has the file, 0 when not, or < 0. */
static int has_file(struct pv_lineage *lineage, pv_dag_node *node,
		    const char *path, pv_error *err)
{
	pv_point at = { .kind = PV_AT_COMMIT };
	const struct touch *touch;
	pv_path_link link;
	pv_oid blob;
	int rc;

	if (lineage->is_file) {
		rc = pv_path_chain_entry(&link, &lineage->chain, node, err);
		return rc < 0 ? rc : link.mode && link.mode != GIT_FILEMODE_TREE;
	}
	/* A commit that touched it, where another walk came by, tells. */
	for (touch = touches_of(lineage, path); touch; touch = touch->next)
		if (touch->node == node)
			return !touch->is_removal;
	pv_oid_from_git(&at.commit, &node->id);
	rc = pv_store_find(&blob, lineage->store, &at, path, err);
	if (rc != PV_ENOTFOUND)
		return rc < 0 ? rc : 1;
	pv_error_clear(err);
	return 0;
}

/* 1 when no commit still to be looked at has the file. */
static int is_unknown_before(struct pv_lineage *lineage, const char *path,
			     pv_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < lineage->frontier.count; i++)
		rc = has_file(lineage, lineage->frontier.items[i].node, path,
			      err);
	return rc < 0 ? rc : !rc;
}

/* Loads and diffs until the file's creation has been seen on every line. */
static int load_creation(struct pv_lineage *lineage, const char *path,
			 pv_error *err)
{
	size_t check_at = 0;
	int rc = PV_OK;

	forget_since(lineage);
	if (lineage->diffed_count < lineage->visited_count)
		rc = diff_visited(lineage, err);
	while (rc == PV_OK && lineage->frontier.count) {
		if (lineage->visited_count >= check_at &&
		    was_added(touches_of(lineage, path))) {
			rc = is_unknown_before(lineage, path, err);
			if (rc)
				break;
			check_at = lineage->visited_count * 2;
		}
		rc = extend(lineage, err);
		if (rc == PV_OK)
			rc = diff_node(lineage,
				       lineage->visited[lineage->visited_count - 1],
				       err);
	}
	if (rc >= 0)
		lineage->diffed_count = lineage->visited_count;
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
		rc = mark_from(lineage, touch->node, GONE, err);
	}
	return rc;
}

static void count_touches(pv_touches *out, const struct touch *touch,
			  unsigned hidden)
{
	int64_t oldest = INT64_MAX;

	for (; touch; touch = touch->next) {
		if (!is_counted(touch) || (touch->node->flags & hidden))
			continue;
		out->count++;
		if (touch->absent < touch->differs || touch->node->date > oldest)
			continue;
		oldest = touch->node->date;
		out->is_added = 1;
		pv_oid_from_git(&out->added_by, &touch->node->id);
	}
}

int pv_lineage_touches(pv_touches *out, pv_lineage *lineage, const char *path,
		       const pv_oid *since, pv_error *err)
{
	const struct touch *touches;
	int is_marked = 0;
	int rc = meet_commit(lineage, &lineage->commit, POINT, err);

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
		count_touches(out, touches, since ? SINCE : GONE);
	if (is_marked)
		pv_dag_wash(&lineage->dag, GONE);
	return rc;
}
