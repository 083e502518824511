/* SPDX-License-Identifier: MIT
 *
 * Which prompts a release is about: those asked for whose state has no
 * version. Most have one, which the blob alone tells.
 */
#include "version/plan.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "version/semver.h"
#include "version/suggest.h"

static int compute_closure(pv_plan *plan, pv_plan_list *plans, pv_error *err)
{
	int rc;

	if (plan->closure[0])
		return PV_OK;
	rc = pv_closure_members(&plan->members, &plans->reader, plan->id,
				&plan->blob, err);
	if (rc == PV_OK)
		pv_closure_digest(plan->closure, &plan->members, NULL, NULL);
	return rc;
}

/* 1 when the state is that of a version; parses only if it has to. */
static int is_state_of(const pv_version_info *info, pv_plan *plan,
		       pv_plan_list *plans, pv_error *err)
{
	char closure[PV_CLOSURE_TEXT];
	int rc;

	if (!info || strcmp(info->blob.hex, plan->blob.hex) != 0)
		return 0;
	/* The same bytes that referred to nothing still do not. */
	pv_closure_of_one(closure, plan->path, &plan->blob);
	if (!strcmp(closure, info->closure))
		return 1;
	rc = compute_closure(plan, plans, err);
	return rc < 0 ? rc : !strcmp(plan->closure, info->closure);
}

/* Whether a pre-release has the label that is asked for. */
static int is_labelled(const pv_version_info *info, const char *label)
{
	return label && pv_semver_serial(info->number.pre, label) > 0;
}

/*
 * A state that has a version needs no other, except that a prompt named by
 * its id is taken from a pre-release to the release, or to another label.
 */
static int is_released(pv_plan *plan, pv_plan_list *plans, pv_error *err)
{
	const pv_release_options *opts = plans->opts;
	int rc = is_state_of(plan->base, plan, plans, err);

	if (rc || !plan->last || plan->last == plan->base)
		return rc;
	if (opts->ids && !is_labelled(plan->last, opts->pre))
		return 0;
	return is_state_of(plan->last, plan, plans, err);
}

static int find_versions(pv_plan *plan, pv_version_index *index, pv_error *err)
{
	int rc = pv_version_index_highest(&plan->last, index, plan->id,
					  PV_PRE_RELEASES, NULL, err);

	plan->base = plan->last;
	if (rc == PV_OK && plan->last && plan->last->number.pre[0])
		rc = pv_version_index_highest(&plan->base, index, plan->id,
					      PV_NO_PRE_RELEASES, NULL, err);
	return rc;
}

static int append(pv_plan **items, size_t *count, size_t *cap,
		  const pv_plan *plan, pv_error *err)
{
	if (pv_array_reserve(items, cap, *count + 1, sizeof(**items)) < 0)
		return pv_fail_nomem(err);
	(*items)[(*count)++] = *plan;
	return PV_OK;
}

/* The plan's members pass to the list, or are disposed. */
static int plan_it(pv_plan_list *plans, pv_plan *plan, pv_error *err)
{
	int rc = compute_closure(plan, plans, err);

	if (rc == PV_OK)
		rc = append(&plans->items, &plans->count, &plans->cap, plan, err);
	if (rc < 0)
		pv_members_dispose(&plan->members);
	return rc;
}

static int settle(pv_plan_list *plans, pv_plan *plan, pv_error *err)
{
	pv_members_dispose(&plan->members);
	plan->closure[0] = '\0';
	return append(&plans->settled, &plans->settled_count,
		      &plans->settled_cap, plan, err);
}

static int add_plan(pv_plan_list *plans, const char *id, const char *path,
		    const pv_oid *blob, pv_error *err)
{
	pv_plan plan = { .blob = *blob };
	int rc;

	plan.id = pv_arena_dup(&plans->arena, id, strlen(id));
	plan.path = pv_arena_dup(&plans->arena, path, strlen(path));
	if (!plan.id || !plan.path)
		return pv_fail_nomem(err);
	rc = find_versions(&plan, plans->index, err);
	if (rc == PV_OK)
		rc = is_released(&plan, plans, err);
	if (rc == 0)
		return plan_it(plans, &plan, err);
	if (rc > 0)
		return settle(plans, &plan, err);
	pv_members_dispose(&plan.members);
	return rc;
}

struct chooser {
	pv_plan_list *plans;
	pv_error *err;
};

static int choose(const char *id, const char *path, const pv_oid *blob,
		  void *payload)
{
	struct chooser *it = payload;

	return add_plan(it->plans, id, path, blob, it->err);
}

static int choose_id(pv_plan_list *plans, const char *id, pv_error *err)
{
	pv_version_index *index = plans->index;
	pv_buf path = { 0 };
	void *old = NULL;
	pv_oid blob;
	int rc = pv_prompt_path(&path, index->settings, id, err);

	if (rc == PV_OK)
		rc = pv_map_set(&plans->chosen, pv_str_of(id), plans, &old, err);
	if (rc == PV_OK) {
		rc = pv_store_find(&blob, index->store, &plans->reader.at,
				   path.ptr, err);
		if (rc == PV_ENOTFOUND)
			rc = pv_fail_prompt(err, index->store, index->settings,
					    id, &plans->reader.at);
	}
	if (rc == PV_OK && !old)
		rc = add_plan(plans, id, path.ptr, &blob, err);
	pv_buf_dispose(&path);
	return rc;
}

int pv_plan_choose(pv_plan_list *plans, pv_error *err)
{
	const pv_release_options *opts = plans->opts;
	struct chooser it = { plans, err };
	int rc = PV_OK;

	if (!opts->ids)
		return pv_prompt_each(plans->index->store, plans->index->settings,
				      &plans->reader.at, choose, &it, err);
	for (size_t i = 0; rc == PV_OK && i < opts->id_count; i++)
		rc = choose_id(plans, opts->ids[i], err);
	return rc;
}

/* --- made again ----------------------------------------------------------- */

int pv_plan_recreated(pv_plan_list *plans, pv_error *err)
{
	int rc = pv_plan_watch(plans->settled, plans->settled_count,
			       plans->index, err);

	for (size_t i = 0; rc == PV_OK && i < plans->settled_count; i++) {
		pv_plan *plan = &plans->settled[i];

		if (!plan->is_added)
			continue;
		plan->is_added = 0;
		rc = plan_it(plans, plan, err);
	}
	return rc;
}
