/* SPDX-License-Identifier: MIT
 *
 * See branch_make.h. What a new branch follows is git's to find out: it
 * depends on the refspecs of all remotes, and may ask for rebase as well. So
 * only where none of that can come into it the branch is made here, under the
 * name's lock, with errors that say what was in the way.
 */
#include "version/branch_make.h"

#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/gitmove.h"
#include "ui/interrupt.h"

/* Whether branch.autoSetupMerge goes for local branches, too. */
static int follows_local(pv_cli *cli)
{
	pv_buf value = { 0 };
	int found = cli_config(&value, cli, "branch.autoSetupMerge") &&
		    (strcmp(pv_buf_text(&value), "always") == 0 ||
		     strcmp(pv_buf_text(&value), "inherit") == 0);

	pv_buf_dispose(&value);
	return found;
}

/* Whether the start may be a branch of a remote, by any of its names. */
static int may_be_remote(pv_cli *cli, const char *start)
{
	static const char *const forms[][2] = {
		{ "refs/remotes/", "" },
		{ "refs/remotes/", "/HEAD" },
		{ "refs/", "" },
		{ "", "" },
	};
	pv_buf ref = { 0 };
	int found = 0;

	for (size_t i = 0; !found && i < pv_array_len(forms); i++) {
		pv_oid oid;

		pv_buf_clear(&ref);
		pv_buf_printf(&ref, "%s%s%s", forms[i][0], start, forms[i][1]);
		found = pv_str_has_prefix(pv_buf_text(&ref), "refs/remotes/") &&
			pv_store_ref(&oid, cli->store, ref.ptr, NULL) == PV_OK;
	}
	pv_buf_dispose(&ref);
	return found;
}

/* Where a refspec puts what it fetches: nowhere that branches start from. */
static int is_apart(const char *line, size_t len)
{
	static const char *const folders[] = { "refs/remotes/", "refs/pv/",
					       "refs/tags/" };
	const char *colon = memchr(line, ':', len);

	for (size_t i = 0; colon && i < pv_array_len(folders); i++)
		if (!strncmp(colon + 1, folders[i], strlen(folders[i])))
			return 1;
	return !colon;
}

/* 1 when local branches mirror those of some remote, 0, or negative. */
static int has_mirror(pv_cli *cli)
{
	static const char *const args[] = { "config", "--get-regexp",
					    "^remote\\..*\\.fetch$", NULL };
	pv_buf list = { 0 };
	int status;
	int found = 0;
	int rc = pv_git_run(&list, &status, cli->store, args, NULL, &cli->err);

	for (size_t at = 0; rc == PV_OK && !found && at < list.len;) {
		size_t len = strcspn(list.ptr + at, "\n");

		found = !is_apart(list.ptr + at, len);
		at += len + 1;
	}
	pv_buf_dispose(&list);
	return rc < 0 ? rc : found;
}

/* Git logs for a branch of that name in HEAD's log, too. */
static int is_head(pv_cli *cli, const char *name)
{
	pv_buf head = { 0 };
	int rc = pv_store_head(&head, NULL, cli->store, &cli->err);

	if (rc == PV_OK)
		rc = strcmp(pv_buf_text(&head), name) == 0;
	pv_buf_dispose(&head);
	return rc;
}

/* What the log says it was created from, as git writes it. */
static int put_start(pv_buf *out, pv_cli *cli, const char *start)
{
	pv_buf head = { 0 };
	int rc = PV_OK;

	if (!start) {
		rc = pv_store_head(&head, NULL, cli->store, &cli->err);
		start = head.len ? head.ptr : "HEAD";
	}
	pv_buf_printf(out, "branch: Created from %s%s",
		      git_move_is_ambiguous(cli, start) ? "heads/" : "", start);
	pv_buf_dispose(&head);
	return rc < 0 ? rc : pv_buf_status(out, &cli->err);
}

static int make(pv_cli *cli, const char *name, const char *start,
		const pv_oid *commit)
{
	const pv_oid none = { "" };
	pv_buf reflog = { 0 };
	pv_buf ref = { 0 };
	int rc = put_start(&reflog, cli, start);

	pv_buf_printf(&ref, "refs/heads/%s", name);
	if (rc == PV_OK)
		rc = pv_buf_status(&ref, &cli->err);
	interrupt_hold();
	if (rc == PV_OK)
		rc = pv_store_ref_update(cli->store, ref.ptr, commit, &none,
					 reflog.ptr, &cli->err);
	pv_buf_dispose(&reflog);
	pv_buf_dispose(&ref);
	return rc;
}

int branch_make(pv_cli *cli, const char *name, const char *start,
		const pv_oid *commit)
{
	int rc;

	if (follows_local(cli) || (start && may_be_remote(cli, start)))
		return 0;
	rc = is_head(cli, name);
	if (rc == 0)
		rc = has_mirror(cli);
	if (rc)
		return rc < 0 ? rc : 0;
	rc = make(cli, name, start, commit);
	if (rc == PV_OK)
		return 1;
	/* The name is good and the commit there: it is who to log for. */
	if (rc == PV_EINVALID) {
		pv_error_clear(&cli->err);
		return 0;
	}
	if (!*cli->err.hint)
		pv_error_hint(&cli->err, rc,
			      "\"git pv branch\" lists the branches");
	return rc;
}
