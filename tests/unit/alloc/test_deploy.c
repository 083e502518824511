/* SPDX-License-Identifier: MIT
 *
 * Every allocation of the functions that read and write environments made to
 * fail: what is live is what it was, or what it should be.
 */
#include <stdio.h>

#include <pv/snapshot.h>

#include "alloc/walk.h"
#include "base/mem.h"
#include "version/fixture.h"

struct scene {
	struct prompts *it;
	pv_oid base; /* of pv/deployments */
	pv_oid commit;
	pv_oid blob;
	pv_oid ours; /* two commits on top of `base` */
	pv_oid theirs;
	int round;
};

static const char refname[] = "refs/heads/pv/deployments";

/* The branch is what it was, whatever the call before made of it. */
static void begin(void *payload)
{
	struct scene *scene = payload;
	pv_oid now;

	repo_open(&scene->it->repo);
	if (!scene->base.hex[0])
		return;
	if (pv_store_ref(&now, scene->it->repo.store, refname, NULL) < 0 ||
	    pv_store_ref_update(scene->it->repo.store, refname, &scene->base,
				&now, "reset", NULL) < 0)
		fail_msg("the branch cannot be put back");
}

static void end(void *payload, int rc)
{
	struct scene *scene = payload;

	(void)rc;
	pv_store_free(scene->it->repo.store);
	scene->it->repo.store = NULL;
}

static int committer(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_signature who;
	int rc = pv_store_committer(&who, scene->it->repo.store, err);

	if (rc < 0)
		return rc;
	walk_say("%s %s", who.name, who.email);
	pv_signature_dispose(&who);
	return PV_OK;
}

static int load(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_environment now;
	int rc = pv_environment_load(&now, scene->it->repo.store, "staging",
				     NULL, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < now.count; i++)
		walk_say("%s %s %s\n", now.items[i].id, now.items[i].version,
			 now.items[i].reason);
	pv_environment_dispose(&now);
	return PV_OK;
}

static int say_name(const char *name, void *payload)
{
	(void)payload;
	walk_say("%s\n", name);
	return 0;
}

static int each(void *payload, pv_error *err)
{
	struct scene *scene = payload;

	return pv_environment_each(scene->it->repo.store, say_name, NULL, err);
}

static int deploy(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	const pv_deploy_item items[] = {
		{ "d", "1.0.0", scene->commit, scene->blob },
		{ "b", NULL, scene->commit, scene->blob },
	};
	const pv_deploy_request request = {
		.environment = "staging",
		.items = items,
		.count = scene->base.hex[0] ? 2 : 1,
		.reason = "why",
		.canary = scene->base.hex[0] ? 5 : -1,
		.checks = "syntax=ok",
		.override = "haste",
	};
	pv_deploy_result result;
	int rc = pv_deploy_run(&result, scene->it->repo.store, &request, err);

	if (rc < 0)
		return rc;
	walk_say("%s %s", result.commit.hex, result.actor);
	for (size_t i = 0; i < result.count; i++)
		walk_say(" %d", result.is_changed[i]);
	pv_deploy_result_dispose(&result);
	return PV_OK;
}

static int say_result(pv_deploy_result *result)
{
	walk_say("%s %s", result->commit.hex, result->actor);
	for (size_t i = 0; i < result->count; i++)
		walk_say(" %s %d", result->now[i].id, result->is_changed[i]);
	pv_deploy_result_dispose(result);
	return PV_OK;
}

static int roll_back(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	const pv_deploy_item to = { "d", "2.0.0", scene->blob, scene->blob };
	const pv_rollback_request requests[] = {
		{ .environment = "staging", .id = "d", .to = &to, .reason = "why" },
		{ .environment = "staging", .at = &scene->base },
	};
	pv_deploy_result result;
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(requests) && rc == PV_OK; i++) {
		rc = pv_rollback_run(&result, scene->it->repo.store,
				     &requests[i], err);
		if (rc == PV_OK)
			rc = say_result(&result);
	}
	return rc;
}

static int create(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_deploy_result result;
	int rc = pv_environment_create(&result, scene->it->repo.store, "qa",
				       "why", err);

	return rc < 0 ? rc : say_result(&result);
}

static int drop(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_deploy_result result;
	int rc = pv_environment_delete(&result, scene->it->repo.store,
				       "staging", NULL, err);

	return rc < 0 ? rc : say_result(&result);
}

static int say_event(const pv_deploy_event *event, void *payload)
{
	(void)payload;
	walk_say("%s %s %d %d %s\n", event->commit.hex, event->id,
		 event->action, event->status, event->actor);
	return 0;
}

static int history(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_history_range range = { .environment = "staging", .tip = scene->base };
	int rc = pv_environment_history(scene->it->repo.store, &range,
					say_event, NULL, err);

	range.id = "d";
	return rc < 0 ? rc
		      : pv_environment_history(scene->it->repo.store, &range,
					       say_event, NULL, err);
}

static int at(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_oid oid;
	int rc = pv_environment_at(&oid, scene->it->repo.store, INT64_MAX, err);

	if (rc == PV_OK)
		walk_say("%s\n", oid.hex);
	return rc;
}

static int resolve(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_environment now;
	int rc = pv_environment_resolve(&now, scene->it->repo.store,
					&scene->it->settings, "qa", err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < now.count; i++)
		walk_say("%s %s\n", now.items[i].id, now.items[i].resolved_from);
	pv_environment_dispose(&now);
	return PV_OK;
}

static int drift(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	const pv_deployment live = { .id = (char[]){ "d" },
				     .version = (char[]){ "1.0.0" },
				     .commit = scene->commit,
				     .blob = scene->blob };
	pv_version_index *index = NULL;
	unsigned flags = 0;
	int rc = pv_version_index_load(&index, scene->it->repo.store,
				       &scene->it->settings, err);

	if (rc == PV_OK)
		rc = pv_deployment_drift(&flags, index, &live, err);
	if (rc == PV_OK)
		walk_say("%u\n", flags);
	pv_version_index_free(index);
	return rc;
}

static int snapshot(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_snapshot_info info;
	pv_buf text = { 0 };
	int rc = pv_snapshot_write(&text, &info, scene->it->repo.store,
				   &scene->it->settings, "qa", err);

	if (rc == PV_OK)
		walk_say("%s\n", info.hash);
	pv_buf_dispose(&text);
	return rc;
}

static int verify(void *payload, pv_error *err)
{
	static const char text[] = "{\"format\":\"git-pv-snapshot\",\n"
				   "\"hash\":\"sha256:0\"}\n";
	pv_snapshot_info info;
	pv_report *report = NULL;
	int rc = pv_report_new(&report, err);

	(void)payload;
	if (rc == PV_OK)
		rc = pv_snapshot_verify(&info, report, text, strlen(text), err);
	if (rc == PV_OK)
		walk_say("%zu\n", pv_report_count(report));
	pv_report_free(report);
	return rc;
}

static int fallbacks(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_fallbacks chain;
	int rc = pv_fallbacks_load(&chain, scene->it->repo.store,
				   &scene->it->settings, "qa", err);

	if (rc == PV_OK)
		walk_say("%zu %s\n", chain.count, chain.names[1]);
	return rc;
}

static int spec(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_spec found;
	int rc = pv_spec_resolve(&found, scene->it->repo.store,
				 &scene->it->settings, "d@env:qa",
				 PV_SPEC_COMMIT, err);

	if (rc == PV_OK)
		walk_say("%s %s\n", found.at.commit.hex, found.resolved_from);
	if (rc == PV_OK)
		pv_spec_dispose(&found);
	return rc;
}

static int reapply(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	char name[64];
	const pv_reapply_request request = { &scene->ours, &scene->theirs, name,
					     1 };
	pv_oid tip;
	int rc;

	/* A ref that is new, whatever the round before made. */
	snprintf(name, sizeof(name), "refs/keep/reapplied-%d", scene->round++);
	rc = pv_environment_reapply(&tip, scene->it->repo.store, &request, err);
	if (rc == PV_OK)
		walk_say("%s\n", tip.hex);
	return rc;
}

static int remint(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	const pv_remote_version theirs = { "refs/tags/d/v1.0.0", scene->commit };
	const pv_remint_request request = { "d", &theirs, 1, 1 };
	pv_remint_list list = { 0 };
	int rc = pv_version_remint(&list, scene->it->repo.store, &request, err);

	if (rc == PV_OK)
		assert_int_equal(list.count, 1);
	for (size_t i = 0; rc == PV_OK && i < list.count; i++)
		walk_say("%s %s\n", list.items[i].was, list.items[i].now);
	pv_remint_list_dispose(&list);
	return rc;
}

static int remote(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_buf name = { 0 };
	int rc = pv_environment_remote(&name, scene->it->repo.store, err);

	if (rc == PV_OK)
		walk_say("%s\n", pv_buf_text(&name));
	pv_buf_dispose(&name);
	return rc;
}

static const struct walk_row rows[] = {
	{ WALK(pv_environment_resolve, resolve) },
	{ WALK(pv_fallbacks_load, fallbacks) },
	{ WALK(pv_snapshot_write, snapshot) },
	{ WALK(pv_snapshot_verify, verify) },
	{ WALK(pv_deployment_drift, drift) },
	{ WALK(pv_spec_resolve, spec) },
	{ WALK(pv_environment_reapply, reapply) },
	{ WALK(pv_version_remint, remint) },
	{ WALK(pv_environment_remote, remote) },
	{ WALK(pv_rollback_run, roll_back) },
	{ WALK(pv_environment_create, create) },
	{ WALK(pv_environment_delete, drop) },
	{ WALK(pv_environment_history, history) },
	{ WALK(pv_environment_at, at) },
	{ WALK(pv_store_committer, committer) },
	{ WALK(pv_environment_load, load) },
	{ WALK(pv_environment_each, each) },
	{ WALK(pv_deploy_run, deploy) },
};

/* A deployment of `id` that the branch does not hold. */
static void deploy_aside(pv_oid *out, struct scene *scene, const char *id,
			 const char *name)
{
	const pv_deploy_item item = { id, "1.0.0", scene->commit, scene->blob };
	const pv_deploy_request request = { .environment = "staging",
					    .items = &item,
					    .count = 1,
					    .canary = -1,
					    .refname = name };
	pv_deploy_result result;
	pv_error err = { 0 };

	if (pv_deploy_run(&result, scene->it->repo.store, &request, &err) < 0)
		fail_msg("%s", err.message);
	*out = result.commit;
	pv_deploy_result_dispose(&result);
}

static void fails_cleanly_at_every_allocation(void **state)
{
	static struct scene scene;
	const struct walk_setting setting = { &scene, begin, end, 1 };
	struct repo keeper = { 0 };
	pv_error err = { 0 };

	scene.it = *state;
	prompts_commit(scene.it, "d", "{prompt: one}");
	prompts_sh(scene.it,
		   "printf '%s\\n' 'environments: {qa: {fallback: staging}}' "
		   ">pv.yaml && git add pv.yaml && git commit -q -m settings");
	scene.commit = repo_oid(&scene.it->repo, "HEAD");
	scene.blob = repo_oid(&scene.it->repo, "HEAD:prompts/d.yaml");
	/* Keeps libgit2 started, which would cost much in each round. */
	memcpy(keeper.path, scene.it->repo.path, sizeof(keeper.path));
	repo_open(&keeper);
	prompts_release(scene.it, NULL);
	prompts_open(scene.it);
	if (deploy(&scene, &err) != PV_OK)
		fail_msg("%s", err.message);
	deploy_aside(&scene.ours, &scene, "b", "refs/keep/ours");
	deploy_aside(&scene.theirs, &scene, "c", "refs/keep/theirs");
	end(&scene, PV_OK);
	scene.base = repo_oid(&scene.it->repo, refname);
	walk_all(rows, pv_array_len(rows), &setting);
	pv_store_free(keeper.store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(fails_cleanly_at_every_allocation,
						prompts_setup, prompts_teardown),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_deploy", tests, NULL, NULL);
}
