/* SPDX-License-Identifier: MIT
 *
 * See deploy_push.h. Fetching and pushing are git's; no push is forced.
 */
#include "deploy/deploy_push.h"

#include <string.h>

#include "base/fail.h"
#include "repo/git.h"
#include "repo/remote.h"
#include "review/hook_claims.h"
#include "review/on_top.h"
#include "setup/wiring.h"

static const char branch[] = PV_ENVIRONMENT_REF;

/* The id of a ref; hex "" when there is none. */
static int read_ref(pv_oid *out, pv_cli *cli, const char *name)
{
	int rc = pv_store_ref(out, cli->store, name, &cli->err);

	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(&cli->err);
	out->hex[0] = '\0';
	return PV_OK;
}

/* --- the remote ---------------------------------------------------------------- */

/* Brings what the remote has of deployments, and which versions. */
static int fetch(deploy_push *push)
{
	pv_cli *cli = push->cli;
	const char *remote = pv_buf_text(&push->remote);
	pv_strlist specs = { 0 };
	pv_buf text = { 0 };
	int rc;

	cli_tag_refspec(&text, remote);
	rc = pv_buf_status(&text, &cli->err);
	if (rc == PV_OK)
		rc = pv_strlist_add(&specs, text.ptr, &cli->err);
	pv_buf_clear(&text);
	pv_buf_printf(&text, "+refs/heads/pv/*:refs/remotes/%s/pv/*", remote);
	if (rc == PV_OK)
		rc = pv_buf_status(&text, &cli->err);
	if (rc == PV_OK)
		rc = pv_strlist_add(&specs, text.ptr, &cli->err);
	if (rc == PV_OK)
		rc = remote_fetch(cli, remote, &specs, 0);
	pv_strlist_dispose(&specs);
	pv_buf_clear(&text);
	pv_buf_printf(&text, "refs/remotes/%s/pv/deployments", remote);
	if (rc == PV_OK)
		rc = pv_buf_status(&text, &cli->err);
	if (rc == PV_OK)
		rc = read_ref(&push->seen, cli, text.ptr);
	pv_buf_dispose(&text);
	return rc;
}

/* --- the branch here ------------------------------------------------------------- */

/* Puts what is only here on top of `tip`, and moves the branch there. */
static int put_on_top(deploy_push *push, const pv_oid *ours, const pv_oid *tip)
{
	on_top it = { .ours = *ours, .theirs = *tip };
	pv_oid now;
	int rc = on_top_put(&now, push->cli, &it);

	if (rc == PV_OK)
		cli_note(push->cli,
			 "deployments that were made here are put on top "
			 "of those at \"%s\"",
			 push->remote.ptr);
	return rc;
}

/*
 * Has the branch hold `tip`: moves it there, if it `may_follow`, and puts what
 * is only here on top of it. 1 when others were faster.
 */
static int settle_once(deploy_push *push, const pv_oid *tip, int may_follow)
{
	pv_cli *cli = push->cli;
	pv_oid ours = { "" };
	int rc = read_ref(&ours, cli, branch);

	if (rc == PV_OK && !ours.hex[0])
		return may_follow ? on_top_move(NULL, cli, &ours, tip) : PV_OK;
	if (rc == PV_OK)
		rc = pv_store_is_ancestor(cli->store, tip, &ours, &cli->err);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	rc = pv_store_is_ancestor(cli->store, &ours, tip, &cli->err);
	if (rc < 0)
		return rc;
	if (!rc)
		return put_on_top(push, &ours, tip);
	return may_follow ? on_top_move(NULL, cli, &ours, tip) : PV_OK;
}

static int settle(deploy_push *push, const pv_oid *tip, int may_follow)
{
	int rc = 1;

	for (int i = 0; rc == 1 && i < REMOTE_ATTEMPTS; i++) {
		remote_wait(i);
		rc = tip->hex[0] ? settle_once(push, tip, may_follow) : PV_OK;
	}
	if (rc == 1)
		rc = pv_error_hint(&push->cli->err,
				   pv_fail(&push->cli->err, PV_ELOCKED,
					   "others move pv/deployments all the "
					   "time"),
				   "try again");
	return rc;
}

/* --- versions --------------------------------------------------------------------- */

/* The tag of a version, unless the remote has it. */
static int add_tag(pv_strlist *to, deploy_push *push, const claim *item)
{
	pv_cli *cli = push->cli;
	pv_buf name = { 0 };
	pv_oid ours = { "" };
	pv_oid theirs = { "" };
	int rc;

	pv_buf_printf(&name, "refs/pv/remote/%s/tags/%s/v%s", push->remote.ptr,
		      item->id, item->version);
	rc = pv_buf_status(&name, &cli->err);
	if (rc == PV_OK)
		rc = read_ref(&theirs, cli, name.ptr);
	pv_buf_clear(&name);
	pv_buf_printf(&name, "refs/tags/%s/v%s", item->id, item->version);
	if (rc == PV_OK)
		rc = pv_buf_status(&name, &cli->err);
	if (rc == PV_OK)
		rc = read_ref(&ours, cli, name.ptr);
	if (rc == PV_OK && ours.hex[0] && theirs.hex[0] &&
	    strcmp(ours.hex, theirs.hex) != 0)
		rc = pv_error_hint(&cli->err,
				   pv_fail(&cli->err, PV_ECONFLICT,
					   "the version \"%.140s\" is of another "
					   "commit at \"%.60s\"",
					   name.ptr + strlen("refs/tags/"),
					   push->remote.ptr),
				   "run git pv sync");
	pv_buf_puts(&name, ":");
	pv_buf_printf(&name, "refs/tags/%s/v%s", item->id, item->version);
	if (rc == PV_OK && ours.hex[0] && !theirs.hex[0] &&
	    pv_strlist_find(to, pv_buf_text(&name)) < 0)
		rc = pv_strlist_add(to, pv_buf_text(&name), &cli->err);
	pv_buf_dispose(&name);
	return rc;
}

static int add_tags_of(pv_strlist *to, deploy_push *push, const pv_oid *oid)
{
	pv_cli *cli = push->cli;
	pv_commit commit = { 0 };
	claims said = { 0 };
	int rc = pv_store_commit_read(&commit, cli->store, oid, &cli->err);

	if (rc == PV_OK)
		rc = claims_read(&said, commit.message, &cli->err);
	for (size_t i = 0; rc == PV_OK && i < said.count; i++)
		if (said.items[i].version)
			rc = add_tag(to, push, &said.items[i]);
	claims_dispose(&said);
	pv_commit_dispose(&commit);
	return rc;
}

/* The versions that the commits to be pushed name. */
static int add_tags(pv_strlist *to, deploy_push *push, const pv_oid *tip)
{
	const char *args[] = { "rev-list", tip->hex, "--not", push->seen.hex,
			       NULL };
	pv_buf text = { 0 };
	int rc;

	if (!push->seen.hex[0])
		args[2] = NULL;
	rc = cli_git(&text, push->cli, args);
	for (const char *at = pv_buf_text(&text);
	     rc == PV_OK && strlen(at) >= 40; at += 40 + (at[40] == '\n')) {
		pv_oid oid;

		memcpy(oid.hex, at, 40);
		oid.hex[40] = '\0';
		rc = add_tags_of(to, push, &oid);
	}
	pv_buf_dispose(&text);
	return rc;
}

/* 1 when others were faster. */
static int push_tip(deploy_push *push, const pv_oid *tip)
{
	pv_strlist specs = { 0 };
	const remote_push what = { .remote = push->remote.ptr,
				   .refspecs = &specs,
				   .is_atomic = 1,
				   .hint = "nothing is deployed" };
	pv_cli *cli = push->cli;
	pv_buf spec = { 0 };
	pv_buf said = { 0 };
	int rc;

	pv_buf_printf(&spec, "%s:%s", tip->hex, branch);
	rc = pv_buf_status(&spec, &cli->err);
	if (rc == PV_OK)
		rc = pv_strlist_add(&specs, spec.ptr, &cli->err);
	if (rc == PV_OK)
		rc = add_tags(&specs, push, tip);
	if (rc == PV_OK)
		rc = remote_push_run(&said, cli, &what);
	pv_strlist_dispose(&specs);
	pv_buf_dispose(&said);
	pv_buf_dispose(&spec);
	return rc;
}

/* --- the whole -------------------------------------------------------------------- */

static int push_made(deploy_push *push, pv_deploy_result *result)
{
	pv_cli *cli = push->cli;
	pv_oid tip = result->commit;
	int rc = tip.hex[0] ? PV_OK : read_ref(&tip, cli, branch);

	/* Nothing was to do: what is here may still be unknown there. */
	if (rc < 0 || push->is_dry || !tip.hex[0] ||
	    !strcmp(tip.hex, push->seen.hex))
		return rc;
	rc = push_tip(push, &tip);
	if (rc != PV_OK)
		return rc;
	push->is_pushed = 1;
	cli_made(cli, "the deployment %.7s is pushed all the same", tip.hex);
	push->seen = tip;
	rc = settle(push, &tip, 1);
	result->is_checked_out =
		rc == PV_OK &&
		pv_branch_check_free(cli->store, branch, NULL) == PV_ECONFLICT;
	return rc;
}

/* 1 when others were faster to push. */
static int attempt(deploy_push *push)
{
	pv_deploy_result *result = NULL;
	pv_buf name = { 0 };
	int rc = fetch(push);

	push->attempts++;
	if (rc == PV_OK && !push->is_dry)
		rc = settle(push, &push->seen, 0);
	if (rc == PV_OK)
		rc = on_top_name_ref(&name, push->cli);
	if (rc == PV_OK)
		rc = push->make(&result, name.ptr, push->payload);
	if (rc == PV_OK)
		rc = push_made(push, result);
	on_top_drop_ref(push->cli, pv_buf_text(&name));
	pv_buf_dispose(&name);
	return rc;
}

static int push_it(deploy_push *push)
{
	int rc = remote_find(&push->remote, push->cli, NULL);

	if (rc < 0)
		return rc;
	do {
		remote_wait(push->attempts);
		rc = attempt(push);
	} while (rc == 1 && push->attempts < REMOTE_ATTEMPTS);
	if (rc == 1)
		rc = remote_fail_busy(push->cli, push->remote.ptr);
	return rc;
}

static int make_here(deploy_push *push)
{
	pv_deploy_result *made;
	int rc = push->make(&made, NULL, push->payload);

	if (rc == PV_OK && made->commit.hex[0])
		cli_made(push->cli, "the deployment %.7s is made all the same",
			 made->commit.hex);
	return rc;
}

int deploy_push_run(deploy_push *push, int is_pushing)
{
	return is_pushing ? push_it(push) : make_here(push);
}

const char *deploy_pushed_to(const deploy_push *push)
{
	return push->is_pushed ? push->remote.ptr : NULL;
}

void deploy_push_tell(const deploy_push *push)
{
	if (push->is_pushed)
		cli_note(push->cli, "pushed to \"%s\"", push->remote.ptr);
}

void deploy_push_dispose(deploy_push *push)
{
	pv_buf_dispose(&push->remote);
}
