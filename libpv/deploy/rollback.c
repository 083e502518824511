/* SPDX-License-Identifier: MIT
 *
 * Rolling back: what is to be live was live once, and is found in the history
 * of the environment, which is here. So it never needs the network.
 */
#include <pv/deploy.h>

#include "base/fail.h"
#include "base/mem.h"
#include "deploy/apply.h"

/* --- what was live before -------------------------------------------------- */

/* A search through the history of one prompt, from now to then. */
struct search {
	pv_deployment current;
	pv_deployment found;  /* `id` NULL: nothing */
	pv_deployment *taken; /* what was rolled back from since */
	size_t count;
	size_t cap;
	pv_error *err;
};

static void search_dispose(struct search *search)
{
	for (size_t i = 0; i < search->count; i++)
		pv_deployment_dispose(&search->taken[i]);
	pv_free(search->taken);
	pv_deployment_dispose(&search->current);
	pv_deployment_dispose(&search->found);
}

/* The same prompt, to whatever part of the traffic. */
static int is_same_state(const pv_deployment *a, const pv_deployment *b)
{
	return a->id && b->id && !strcmp(a->commit.hex, b->commit.hex) &&
	       !strcmp(a->blob.hex, b->blob.hex);
}

static int take(struct search *search, const pv_deployment *state)
{
	pv_deployment *place;

	if (pv_array_reserve(&search->taken, &search->cap, search->count + 1,
			     sizeof(*search->taken)) < 0)
		return pv_fail_nomem(search->err);
	place = &search->taken[search->count++];
	memset(place, 0, sizeof(*place));
	return pv_deployment_copy(place, state, search->err);
}

static int was_taken(const struct search *search, const pv_deployment *state)
{
	for (size_t i = 0; i < search->count; i++)
		if (is_same_state(&search->taken[i], state))
			return 1;
	return 0;
}

static int look(const pv_deploy_event *event, void *payload)
{
	struct search *search = payload;
	const pv_deployment *was = event->was;
	int rc = PV_OK;

	if (!was->id)
		return PV_OK;
	if (event->action == PV_ACTION_ROLLBACK)
		rc = take(search, was);
	if (rc < 0 || was_taken(search, was) ||
	    is_same_state(was, &search->current))
		return rc;
	rc = pv_deployment_copy(&search->found, was, search->err);
	return rc < 0 ? rc : 1;
}

static int find_before(struct search *search, pv_store *store,
		       const pv_deploy_view *view, const char *id, pv_error *err)
{
	pv_history_range range = { .environment = view->environment,
				   .id = id,
				   .tip = view->tip };
	int rc;

	search->err = err;
	rc = pv_env_file_find(&search->current, &view->file, id, err);
	if (rc == PV_OK && view->tip.hex[0])
		rc = pv_environment_history(store, &range, look, search, err);
	if (rc < 0 || search->found.id)
		return rc < 0 ? rc : PV_OK;
	return pv_error_hint(err,
			     pv_fail_id(err, PV_ERR_VERSION_NOT_FOUND,
					"nothing else was live of \"%.140s\" in "
					"\"%.64s\"",
					id, view->environment),
			     "git pv env history says what was; --to names any "
			     "version");
}

/* --- plans ------------------------------------------------------------------- */

/* Adds what is to be live, or to go, in place of what is there. */
static int add_back(pv_deploy_plan *out, const pv_deploy_view *view,
		    const pv_new_entry *then, pv_error *err)
{
	pv_deployment now = { 0 };
	pv_new_entry back = *then;
	int rc = pv_env_file_find(&now, &view->file, then->id, err);

	if (now.id)
		back.rolled_back_from =
			now.version ? now.version : now.commit.hex;
	if (rc == PV_OK)
		rc = pv_deploy_plan_add(out, &back, err);
	pv_deployment_dispose(&now);
	return rc;
}

static int add_then(pv_deploy_plan *out, const pv_deploy_view *view,
		    const pv_deployment *then, pv_error *err)
{
	pv_new_entry back = { .id = then->id,
			      .version = then->version,
			      .commit = then->commit.hex,
			      .blob = then->blob.hex,
			      .canary = then->canary };

	return add_back(out, view, &back, err);
}

static int plan_before(pv_deploy_plan *out, pv_store *store,
		       const pv_deploy_view *view, void *payload, pv_error *err)
{
	const pv_rollback_request *request = payload;
	struct search search = { 0 };
	int rc = find_before(&search, store, view, request->id, err);

	if (rc == PV_OK)
		rc = add_then(out, view, &search.found, err);
	search_dispose(&search);
	return rc;
}

static int plan_to(pv_deploy_plan *out, pv_store *store,
		   const pv_deploy_view *view, void *payload, pv_error *err)
{
	const pv_rollback_request *request = payload;
	pv_new_entry then = { .id = request->to->id,
			      .version = request->to->version,
			      .commit = request->to->commit.hex,
			      .blob = request->to->blob.hex,
			      .canary = -1 };

	(void)store;
	return add_back(out, view, &then, err);
}

/* What is there now and was not then goes. */
static int add_gone(pv_deploy_plan *out, const pv_deploy_view *view,
		    const pv_environment *then, const pv_environment *now,
		    pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < now->count && rc == PV_OK; i++) {
		pv_new_entry gone = { .id = now->items[i].id };

		if (!pv_environment_find(then, gone.id))
			rc = add_back(out, view, &gone, err);
	}
	return rc;
}

static int plan_all_at(pv_deploy_plan *out, pv_store *store,
		       const pv_deploy_view *view, void *payload, pv_error *err)
{
	const pv_rollback_request *request = payload;
	pv_str text = { pv_buf_text(&view->file.text), view->file.text.len };
	pv_environment then = { 0 };
	pv_environment now = { 0 };
	int rc = pv_environment_load(&then, store, view->environment,
				     request->at, err);

	if (rc == PV_OK)
		rc = pv_environment_parse(&now, view->file.path.text, text, err);
	for (size_t i = 0; i < then.count && rc == PV_OK; i++)
		rc = add_then(out, view, &then.items[i], err);
	if (rc == PV_OK)
		rc = add_gone(out, view, &then, &now, err);
	pv_environment_dispose(&then);
	pv_environment_dispose(&now);
	return rc;
}

static int plan_one_at(pv_deploy_plan *out, pv_store *store,
		       const pv_deploy_view *view, void *payload, pv_error *err)
{
	const pv_rollback_request *request = payload;
	pv_deployment then = { 0 };
	pv_env_file file = { 0 };
	int rc = pv_env_file_load(&file, store, view->environment, request->at,
				  err);

	if (rc == PV_OK)
		rc = pv_env_file_find(&then, &file, request->id, err);
	if (rc == PV_OK && !then.id)
		rc = pv_fail_id(err, PV_ERR_VERSION_NOT_FOUND,
				"\"%.140s\" was not live in \"%.64s\" then",
				request->id, view->environment);
	if (rc == PV_OK)
		rc = add_then(out, view, &then, err);
	pv_deployment_dispose(&then);
	pv_env_file_dispose(&file);
	return rc;
}

int pv_rollback_run(pv_deploy_result *out, pv_store *store,
		    const pv_rollback_request *request, pv_error *err)
{
	pv_rollback_request copy = *request;
	pv_deploy_change change = { .environment = request->environment,
				    .kind = PV_DO_ROLLBACK,
				    .reason = request->reason,
				    .checks = request->checks,
				    .override = request->override,
				    .refname = request->refname,
				    .canary = -1,
				    .dry_run = request->dry_run,
				    .plan = plan_before,
				    .payload = &copy };

	if (request->at)
		change.plan = request->id ? plan_one_at : plan_all_at;
	else if (request->to)
		change.plan = plan_to;
	return pv_deploy_apply(out, store, &change, err);
}
