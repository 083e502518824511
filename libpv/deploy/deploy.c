/* SPDX-License-Identifier: MIT
 *
 * Deploying: what is to be live is given. And making and dropping the file of
 * an environment.
 */
#include <pv/deploy.h>

#include "base/fail.h"
#include "deploy/apply.h"

static int check_items(const pv_deploy_request *request, pv_error *err)
{
	pv_strlist ids = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; i < request->count && rc == PV_OK; i++)
		rc = pv_strlist_add(&ids, request->items[i].id, err);
	pv_strlist_sort(&ids);
	for (size_t i = 1; i < ids.count && rc == PV_OK; i++)
		if (!strcmp(ids.items[i - 1], ids.items[i]))
			rc = pv_fail(err, PV_EINVALID,
				     "\"%.140s\" is to be deployed twice",
				     ids.items[i]);
	pv_strlist_dispose(&ids);
	return rc;
}

static int plan_items(pv_deploy_plan *out, pv_store *store,
		      const pv_deploy_view *view, void *payload, pv_error *err)
{
	const pv_deploy_request *request = payload;
	int rc = PV_OK;

	(void)store;
	(void)view;
	for (size_t i = 0; i < request->count && rc == PV_OK; i++) {
		const pv_deploy_item *item = &request->items[i];
		pv_new_entry entry = { .id = item->id,
				       .version = item->version,
				       .commit = item->commit.hex,
				       .blob = item->blob.hex,
				       .canary = request->canary };

		rc = pv_deploy_plan_add(out, &entry, err);
	}
	return rc;
}

int pv_deploy_run(pv_deploy_result *out, pv_store *store,
		  const pv_deploy_request *request, pv_error *err)
{
	pv_deploy_request copy = *request;
	pv_deploy_change change = { .environment = request->environment,
				    .kind = PV_DO_DEPLOY,
				    .reason = request->reason,
				    .checks = request->checks,
				    .promoted = request->promoted_from,
				    .override = request->override,
				    .refname = request->refname,
				    .canary = request->canary,
				    .dry_run = request->dry_run,
				    .plan = plan_items,
				    .payload = &copy };
	int rc = check_items(request, err);

	memset(out, 0, sizeof(*out));
	return rc == PV_OK ? pv_deploy_apply(out, store, &change, err) : rc;
}

static int change_file(pv_deploy_result *out, pv_store *store, const char *name,
		       const char *reason, enum pv_deploy_kind kind,
		       pv_error *err)
{
	pv_deploy_change change = {
		.environment = name, .kind = kind, .reason = reason, .canary = -1
	};

	return pv_deploy_apply(out, store, &change, err);
}

int pv_environment_create(pv_deploy_result *out, pv_store *store,
			  const char *name, const char *reason, pv_error *err)
{
	return change_file(out, store, name, reason, PV_DO_CREATE, err);
}

int pv_environment_delete(pv_deploy_result *out, pv_store *store,
			  const char *name, const char *reason, pv_error *err)
{
	return change_file(out, store, name, reason, PV_DO_DELETE, err);
}
