/* SPDX-License-Identifier: MIT
 *
 * See remote.h.
 */
#include "repo/remote.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/git.h"
#include "setup/wiring.h"

/* --- which ---------------------------------------------------------------------- */

static int fail_unknown(pv_cli *cli, const char *name, const char *hint)
{
	return pv_error_hint(&cli->err,
			     pv_fail(&cli->err, PV_ENOTFOUND,
				     "no remote \"%.120s\"", name),
			     "%s", hint);
}

/* Nothing says which, and it is not plain either. */
static int fail_unclear(pv_cli *cli, const pv_strlist *names)
{
	if (!names->count)
		return pv_error_hint(&cli->err,
				     pv_fail(&cli->err, PV_ENOTFOUND,
					     "there is no remote"),
				     "\"git remote add origin URL\" makes one");
	return pv_error_hint(&cli->err,
			     pv_fail(&cli->err, PV_ENOTFOUND,
				     "there are several remotes"),
			     "\"git config pv.remote NAME\" says which one");
}

int remote_find(pv_buf *out, pv_cli *cli, const char *given)
{
	pv_strlist names = { 0 };
	pv_buf name = { 0 };
	int rc = cli_remotes(&names, cli);

	if (rc == PV_OK && given)
		pv_buf_puts(&name, given);
	else if (rc == PV_OK)
		rc = pv_environment_remote(&name, cli->store, &cli->err);
	if (rc == PV_OK)
		rc = pv_buf_status(&name, &cli->err);
	if (rc == PV_OK && pv_strlist_find(&names, pv_buf_text(&name)) >= 0)
		pv_buf_put(out, name.ptr, name.len);
	else if (rc == PV_OK && given)
		rc = fail_unknown(cli, given, "\"git remote -v\" lists them");
	else if (rc == PV_OK && strcmp(name.ptr, "origin") != 0)
		rc = fail_unknown(cli, name.ptr,
				  "git config pv.remote names another");
	else if (rc == PV_OK)
		rc = fail_unclear(cli, &names);
	pv_strlist_dispose(&names);
	pv_buf_dispose(&name);
	return rc == PV_OK ? pv_buf_status(out, &cli->err) : rc;
}

/* --- fetching and pushing --------------------------------------------------------- */

static int add_all(pv_strlist *to, const char *const *texts, size_t count,
		   pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = pv_strlist_add(to, texts[i], err);
	return rc;
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

static int add_remote(pv_strlist *args, const char *remote,
		      const pv_strlist *refspecs, pv_error *err)
{
	const char *const before[] = { "--", remote };
	int rc = add_all(args, before, pv_array_len(before), err);

	if (rc == PV_OK)
		rc = add_all(args, (const char *const *)refspecs->items,
			     refspecs->count, err);
	return rc == PV_OK ? end_args(args, err) : rc;
}

int remote_fetch(pv_cli *cli, const char *remote, const pv_strlist *refspecs,
		 int is_dry)
{
	static const char *const first[] = {
		"fetch",     "--quiet",
		"--no-tags", "--no-write-fetch-head",
		"--refmap=", "--no-recurse-submodules"
	};
	pv_strlist args = { 0 };
	int rc = add_all(&args, first, pv_array_len(first), &cli->err);

	if (rc == PV_OK && is_dry)
		rc = pv_strlist_add(&args, "--dry-run", &cli->err);
	if (rc == PV_OK)
		rc = add_remote(&args, remote, refspecs, &cli->err);
	if (rc == PV_OK)
		rc = cli_git(NULL, cli, (const char *const *)args.items);
	pv_strlist_dispose(&args);
	return rc;
}

/* Whether git's words are of a ref that somebody else has moved meanwhile. */
static int is_lost_race(const char *talk)
{
	static const char *const words[] = { "[rejected]", "failed to lock",
					     "cannot lock ref",
					     "failed to update ref" };

	for (size_t i = 0; i < pv_array_len(words); i++)
		if (strstr(talk, words[i]))
			return 1;
	return 0;
}

static int fail_push(pv_cli *cli, const remote_push *push, const pv_buf *said,
		     const pv_buf *talk)
{
	pv_error *err = &cli->err;
	int refused = strstr(pv_buf_text(said), "[remote rejected]") != NULL;
	int rc;

	pv_buf_put(&cli->details, pv_buf_text(talk), talk->len);
	rc = refused ? pv_fail(err, PV_EPOLICY, "\"%.120s\" refused the push",
			       push->remote)
		     : pv_fail(err, PV_EGIT, "cannot push to \"%.120s\"",
			       push->remote);
	return pv_error_hint(err, rc, "%s", push->hint);
}

int remote_push_run(pv_buf *said, pv_cli *cli, const remote_push *push)
{
	static const char *const first[] = { "push", "--porcelain",
					     "--no-follow-tags" };
	pv_git_options opts = { 0 };
	pv_strlist args = { 0 };
	pv_buf talk = { 0 };
	int status = 0;
	int rc = add_all(&args, first, pv_array_len(first), &cli->err);

	if (rc == PV_OK && push->is_atomic)
		rc = pv_strlist_add(&args, "--atomic", &cli->err);
	if (rc == PV_OK)
		rc = add_remote(&args, push->remote, push->refspecs, &cli->err);
	opts.errors = &talk;
	if (rc == PV_OK)
		rc = pv_git_run(said, &status, cli->store,
				(const char *const *)args.items, &opts,
				&cli->err);
	if (rc == PV_OK && status)
		rc = is_lost_race(pv_buf_text(said)) ||
				     is_lost_race(pv_buf_text(&talk))
			     ? 1
			     : fail_push(cli, push, said, &talk);
	pv_strlist_dispose(&args);
	pv_buf_dispose(&talk);
	return rc;
}

void remote_wait(int attempt)
{
	const long most = 4000000L << (attempt < 6 ? attempt : 6);
	struct timespec pause = { 0, most / 2 };
	unsigned bits = 0;

	/* Who all wait as long meet again. */
	if (getrandom(&bits, sizeof(bits), GRND_NONBLOCK) == sizeof(bits))
		pause.tv_nsec = (long)(bits % (unsigned long)most);
	if (attempt)
		nanosleep(&pause, NULL);
}

int remote_fail_busy(pv_cli *cli, const char *remote)
{
	return pv_error_hint(&cli->err,
			     pv_fail(&cli->err, PV_ECONFLICT,
				     "others push to \"%.120s\" all the time",
				     remote),
			     "try again");
}
