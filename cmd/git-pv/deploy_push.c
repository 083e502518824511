/* SPDX-License-Identifier: MIT
 *
 * See deploy_push.h. Fetching and pushing are git's; no push is forced.
 */
#include "deploy_push.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include <pv/git.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "git.h"
#include "hook_claims.h"
#include "wiring.h"

enum {
	MAX_ATTEMPTS = 20
};

static const char branch[] = "refs/heads/pv/deployments";

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

static int find_remote(deploy_push *push)
{
	pv_cli *cli = push->cli;
	pv_strlist names = { 0 };
	int rc = cli_remotes(&names, cli);

	if (rc == PV_OK)
		rc = pv_environment_remote(&push->remote, cli->store, &cli->err);
	if (rc == PV_OK && pv_strlist_find(&names, push->remote.ptr) < 0)
		rc = pv_error_hint(&cli->err,
				   pv_fail(&cli->err, PV_ENOTFOUND,
					   "no remote \"%.120s\"",
					   push->remote.ptr),
				   "git config pv.remote names another; without "
				   "--push it is deployed here");
	pv_strlist_dispose(&names);
	return rc;
}

/* Brings what the remote has of deployments, and which versions. */
static int fetch(deploy_push *push)
{
	pv_cli *cli = push->cli;
	const char *remote = pv_buf_text(&push->remote);
	pv_buf tags = { 0 };
	pv_buf heads = { 0 };
	const char *args[] = { "fetch",     "--quiet",
			       "--no-tags", "--no-write-fetch-head",
			       "--refmap=", "--no-recurse-submodules",
			       "--",        remote,
			       NULL,        NULL,
			       NULL };
	int rc;

	cli_tag_refspec(&tags, remote);
	pv_buf_printf(&heads, "+refs/heads/pv/*:refs/remotes/%s/pv/*", remote);
	args[8] = tags.ptr;
	args[9] = heads.ptr;
	rc = pv_buf_status(&tags, &cli->err);
	if (rc == PV_OK)
		rc = pv_buf_status(&heads, &cli->err);
	if (rc == PV_OK)
		rc = cli_git(NULL, cli, args);
	pv_buf_dispose(&heads);
	pv_buf_clear(&tags);
	pv_buf_printf(&tags, "refs/remotes/%s/pv/deployments", remote);
	if (rc == PV_OK)
		rc = pv_buf_status(&tags, &cli->err);
	if (rc == PV_OK)
		rc = read_ref(&push->seen, cli, tags.ptr);
	pv_buf_dispose(&tags);
	return rc;
}

/* --- the branch here ------------------------------------------------------------- */

/* A new name for a ref that is only for one attempt. */
static int name_ref(pv_buf *out, deploy_push *push)
{
	pv_buf_printf(out, "refs/pv/push/%lld-%ld-%d",
		      (long long)pv_clock_now(NULL), (long)getpid(),
		      push->serial++);
	return pv_buf_status(out, &push->cli->err);
}

/* What cannot be dropped keeps a commit alive, and does no other harm. */
static void drop_ref(deploy_push *push, const pv_buf *name)
{
	const char *args[] = { "update-ref", "-d", name->ptr, NULL };
	pv_oid oid;

	if (name->len &&
	    pv_store_ref(&oid, push->cli->store, name->ptr, NULL) == PV_OK)
		cli_git_status(NULL, push->cli, args);
}

/* Moves the branch; 1 when others have. */
static int move(deploy_push *push, const pv_oid *from, const pv_oid *to)
{
	int rc = pv_store_ref_update(push->cli->store, branch, to, from, "push",
				     &push->cli->err);

	return rc == PV_ECONFLICT || rc == PV_ELOCKED ? 1 : rc;
}

/* Puts what is only here on top of `tip`, and moves the branch there. */
static int put_on_top(deploy_push *push, const pv_oid *ours, const pv_oid *tip)
{
	pv_cli *cli = push->cli;
	pv_buf name = { 0 };
	pv_oid now = { "" };
	int rc = name_ref(&name, push);

	if (rc == PV_OK)
		rc = pv_environment_reapply(&now, cli->store, ours, tip,
					    name.ptr, &cli->err);
	if (rc == PV_OK)
		rc = move(push, ours, &now);
	if (rc == PV_OK)
		cli_note(cli,
			 "deployments that were made here are put on top "
			 "of those at \"%s\"",
			 push->remote.ptr);
	drop_ref(push, &name);
	pv_buf_dispose(&name);
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
		return may_follow ? move(push, &ours, tip) : PV_OK;
	if (rc == PV_OK)
		rc = pv_store_is_ancestor(cli->store, tip, &ours, &cli->err);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	rc = pv_store_is_ancestor(cli->store, &ours, tip, &cli->err);
	if (rc < 0)
		return rc;
	if (!rc)
		return put_on_top(push, &ours, tip);
	return may_follow ? move(push, &ours, tip) : PV_OK;
}

static void wait_a_little(int attempt)
{
	struct timespec pause = { 0, 2000000L << (attempt < 6 ? attempt : 6) };

	nanosleep(&pause, NULL);
}

static int settle(deploy_push *push, const pv_oid *tip, int may_follow)
{
	int rc = 1;

	for (int i = 0; rc == 1 && i < MAX_ATTEMPTS; i++) {
		if (i)
			wait_a_little(i);
		rc = tip->hex[0] ? settle_once(push, tip, may_follow) : PV_OK;
	}
	return rc == 1 ? PV_ELOCKED : rc;
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

/* --- pushing ---------------------------------------------------------------------- */

/* Whether git's words are of a ref that somebody else has moved meanwhile. */
static int is_lost_race(const pv_buf *said, const pv_buf *talk)
{
	static const char *const words[] = { "[rejected]", "failed to lock",
					     "cannot lock ref",
					     "failed to update ref" };

	for (size_t i = 0; i < pv_array_len(words); i++)
		if (strstr(pv_buf_text(said), words[i]) ||
		    strstr(pv_buf_text(talk), words[i]))
			return 1;
	return 0;
}

static int fail_push(deploy_push *push, const pv_buf *said, const pv_buf *talk)
{
	pv_error *err = &push->cli->err;
	int refused = strstr(pv_buf_text(said), "[remote rejected]") != NULL;
	int rc;

	pv_buf_put(&push->cli->details, pv_buf_text(talk), talk->len);
	rc = refused ? pv_fail(err, PV_EPOLICY, "\"%.120s\" refused the push",
			       push->remote.ptr)
		     : pv_fail(err, PV_EGIT, "cannot push to \"%.120s\"",
			       push->remote.ptr);
	return pv_error_hint(err, rc, "nothing is deployed");
}

/* As arguments of a program are: NULL behind the last. */
static int end_args(pv_strlist *args, pv_error *err)
{
	if (pv_array_reserve(&args->items, &args->cap, args->count + 1,
			     sizeof(*args->items)) < 0)
		return pv_fail_nomem(err);
	args->items[args->count] = NULL;
	return PV_OK;
}

/* 1 when others were faster. */
static int push_tip(deploy_push *push, const pv_oid *tip)
{
	const char *first[] = { "push",     "--porcelain",
				"--atomic", "--no-follow-tags",
				"--",       push->remote.ptr };
	pv_cli *cli = push->cli;
	pv_git_options opts = { 0 };
	pv_strlist args = { 0 };
	pv_buf talk = { 0 };
	pv_buf said = { 0 };
	pv_buf spec = { 0 };
	int status = 0;
	int rc = PV_OK;

	pv_buf_printf(&spec, "%s:%s", tip->hex, branch);
	for (size_t i = 0; i < pv_array_len(first) && rc == PV_OK; i++)
		rc = pv_strlist_add(&args, first[i], &cli->err);
	if (rc == PV_OK)
		rc = pv_strlist_add(&args, pv_buf_text(&spec), &cli->err);
	if (rc == PV_OK)
		rc = add_tags(&args, push, tip);
	if (rc == PV_OK)
		rc = end_args(&args, &cli->err);
	opts.errors = &talk;
	if (rc == PV_OK)
		rc = pv_git_run(&said, &status, cli->store,
				(const char *const *)args.items, &opts,
				&cli->err);
	if (rc == PV_OK && status)
		rc = is_lost_race(&said, &talk) ? 1
						: fail_push(push, &said, &talk);
	pv_strlist_dispose(&args);
	pv_buf_dispose(&talk);
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
		rc = name_ref(&name, push);
	if (rc == PV_OK)
		rc = push->make(&result, name.ptr, push->payload);
	if (rc == PV_OK)
		rc = push_made(push, result);
	drop_ref(push, &name);
	pv_buf_dispose(&name);
	return rc;
}

static int push_it(deploy_push *push)
{
	pv_cli *cli = push->cli;
	int rc = find_remote(push);

	if (rc < 0)
		return rc;
	do {
		if (push->attempts)
			wait_a_little(push->attempts);
		rc = attempt(push);
	} while (rc == 1 && push->attempts < MAX_ATTEMPTS);
	if (rc == 1)
		rc = pv_error_hint(&cli->err,
				   pv_fail(&cli->err, PV_ECONFLICT,
					   "others push to \"%.120s\" all the "
					   "time",
					   push->remote.ptr),
				   "try again");
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
