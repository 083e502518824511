/* SPDX-License-Identifier: MIT
 *
 * Which commit brought a state: the walk goes back along first parents from
 * the tip, and the first commit that changed any file of a closure is the
 * one. It goes on to the last version, to see whether the file was removed
 * and made again in between.
 */
#include "version/plan.h"

#include <string.h>

#include "base/arena.h"
#include "base/fail.h"
#include "base/map.h"
#include "base/str.h"
#include "store/history/commit_links.h"
#include "store/object/tree_diff.h"

/*
 * That a prompt of unchanged bytes was removed and made again in between is
 * looked for in all of its history when a few are asked about, and in that of
 * the last commits when all are: going back to the oldest version of them
 * takes as long as reading the whole history.
 */
enum {
	FEW = 16,
	WATCHED_MAX = 1000
};

/* One of the plans that wait for something, by path or by commit. */
struct waiter {
	pv_plan *plan;
	struct waiter *next;
};

struct bringer {
	int is_watch; /* the commit is not asked for */
	pv_store *store;
	pv_version_index *index;
	pv_arena arena;
	pv_map by_path;         /* path of a member to its waiters */
	pv_map by_commit;       /* of a last version to its waiters */
	size_t left;            /* commits still to visit */
	size_t open;            /* plans without commit, or watched */
	pv_commit_links commit; /* the walk is here, */
	pv_oid parent;          /* before this; "" at the root */
	pv_error *err;
};

static int wait_for(struct bringer *it, pv_map *map, const char *key,
		    pv_plan *plan)
{
	struct waiter *waiter = pv_arena_alloc(&it->arena, sizeof(*waiter));
	pv_str name = pv_str_of(key);

	if (!waiter)
		return pv_fail_nomem(it->err);
	waiter->plan = plan;
	waiter->next = pv_map_find(map, name);
	return pv_map_set(map, name, waiter, NULL, it->err);
}

static int enter_plan(struct bringer *it, pv_plan *plan)
{
	int rc = PV_OK;

	plan->is_watched = 1;
	it->open++;
	if (it->is_watch)
		rc = wait_for(it, &it->by_path, plan->path, plan);
	for (size_t i = 0; rc == PV_OK && i < plan->members.count; i++)
		rc = wait_for(it, &it->by_path, plan->members.items[i].path,
			      plan);
	if (rc == PV_OK && plan->last)
		rc = wait_for(it, &it->by_commit, plan->last->commit.hex, plan);
	return rc;
}

static int is_open(const struct bringer *it, const pv_plan *plan)
{
	return plan->is_watched || (!it->is_watch && !plan->commit.hex[0]);
}

/*
 * An addition counts unless the last version is older than what lies before
 * it, as when a merge brought a prompt that was released on its branch.
 */
static int note_addition(struct bringer *it, pv_plan *plan)
{
	int rc = 1;

	if (plan->last && it->parent.hex[0])
		rc = pv_store_is_ancestor(it->store, &plan->last->commit,
					  &it->parent, it->err);
	else if (plan->last)
		rc = 0;
	plan->is_watched = 0;
	if (rc > 0) {
		plan->is_added = 1;
		plan->added_by = it->commit.oid;
		plan->is_by_merge = it->commit.parent_count > 1;
	}
	return rc < 0 ? rc : PV_OK;
}

static int note_change(const char *path, const pv_oid *before,
		       const pv_oid *after, void *payload)
{
	struct bringer *it = payload;
	struct waiter *waiter = pv_map_find(&it->by_path, pv_str_of(path));

	(void)after;
	for (; waiter; waiter = waiter->next) {
		pv_plan *plan = waiter->plan;
		int rc = PV_OK;

		if (!is_open(it, plan))
			continue;
		if (!it->is_watch && !plan->commit.hex[0])
			plan->commit = it->commit.oid;
		if (plan->is_watched && !before && !strcmp(plan->path, path))
			rc = note_addition(it, plan);
		if (rc < 0)
			return rc;
		it->open -= !is_open(it, plan);
	}
	return PV_OK;
}

/* Here a last version was made: what came before it does not matter. */
static void stop_watching(struct bringer *it)
{
	struct waiter *waiter =
		pv_map_find(&it->by_commit, pv_str_of(it->commit.oid.hex));

	for (; waiter; waiter = waiter->next) {
		pv_plan *plan = waiter->plan;

		if (!is_open(it, plan))
			continue;
		plan->is_watched = 0;
		it->open -= !is_open(it, plan);
	}
}

/* Compares the commit with its first parent; `*next` is that, read. */
static int visit(pv_commit_links *next, struct bringer *it)
{
	pv_oid trees[2] = { { "" }, it->commit.tree };
	int rc = PV_OK;

	stop_watching(it);
	it->parent.hex[0] = '\0';
	if (it->commit.parent_count) {
		it->parent = it->commit.parent;
		rc = pv_commit_links_read(next, it->store, &it->parent, it->err);
		trees[0] = next->tree;
	}
	if (rc == PV_OK && it->open)
		rc = pv_tree_diff(it->store, trees, "", note_change, it, it->err);
	return rc;
}

static int walk(struct bringer *it)
{
	int rc = pv_commit_links_read(&it->commit, it->store, &it->index->tip,
				      it->err);

	while (rc == PV_OK && it->open && it->left) {
		pv_commit_links next = { 0 };

		it->left--;
		rc = visit(&next, it);
		it->commit = next;
		if (!it->parent.hex[0])
			break;
	}
	return rc;
}

static int bring(struct bringer *it, pv_plan *items, size_t count)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < count; i++)
		rc = enter_plan(it, &items[i]);
	if (rc == PV_OK)
		rc = walk(it);
	pv_map_dispose(&it->by_path);
	pv_map_dispose(&it->by_commit);
	pv_arena_dispose(&it->arena);
	return rc;
}

int pv_plan_bring(pv_plan_list *plans, pv_error *err)
{
	struct bringer it = { .store = plans->index->store,
			      .index = plans->index,
			      .left = SIZE_MAX,
			      .err = err };
	int rc = bring(&it, plans->items, plans->count);

	/* A closure of nothing but missing files was always like that. */
	for (size_t i = 0; rc == PV_OK && i < plans->count; i++)
		if (!plans->items[i].commit.hex[0])
			plans->items[i].commit = plans->index->tip;
	return rc;
}

int pv_plan_watch(pv_plan *items, size_t count, pv_version_index *index,
		  pv_error *err)
{
	struct bringer it = { .is_watch = 1,
			      .store = index->store,
			      .index = index,
			      .left = count > FEW ? WATCHED_MAX : SIZE_MAX,
			      .err = err };

	return count ? bring(&it, items, count) : PV_OK;
}
