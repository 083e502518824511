/* SPDX-License-Identifier: MIT
 *
 * See branch_remove.h. Whatever could stand against deleting is left to git,
 * with its words: only a branch of which all is known is deleted here, with
 * errors that say what was in the way.
 */
#include "version/branch_remove.h"

#include <string.h>

#include <pv/git.h>

#include "base/file.h"
#include "base/str.h"
#include "ui/interrupt.h"

/* What is found out about the branch. */
struct branch {
	pv_cli *cli;
	const char *name;
	pv_buf ref;
	pv_oid tip;
	pv_buf label; /* the tip as git shortens it */
};

/* Other working trees may have it, or a rebase that is under way. */
static int may_be_in_use(const struct branch *it)
{
	pv_store *store = it->cli->store;
	pv_buf path = { 0 };
	int found;

	pv_buf_printf(&path, "%s/worktrees", pv_store_common_dir(store));
	found = path.status < 0 || pv_file_exists(path.ptr) ||
		pv_store_state(store) != PV_STATE_NONE;
	pv_buf_dispose(&path);
	return found;
}

/* 1 when git has settings of the branch, which go with it; or negative. */
static int has_settings(const struct branch *it)
{
	static const char *const args[] = { "config", "--get-regexp",
					    "^branch\\.", NULL };
	pv_buf prefix = { 0 };
	pv_buf list = { 0 };
	int found = 0;
	int status;
	int rc = pv_git_run(&list, &status, it->cli->store, args, NULL,
			    &it->cli->err);

	pv_buf_printf(&prefix, "branch.%s.", it->name);
	if (rc == PV_OK)
		rc = pv_buf_status(&prefix, &it->cli->err);
	for (size_t at = 0; rc == PV_OK && !found && at < list.len;
	     at += strcspn(list.ptr + at, "\n") + 1)
		found = pv_str_has_prefix(list.ptr + at, prefix.ptr);
	pv_buf_dispose(&prefix);
	pv_buf_dispose(&list);
	return rc < 0 ? rc : found;
}

/* 1 when it is a plain ref that is checked out nowhere; sets the label. */
static int is_plain(struct branch *it)
{
	/* All that must be empty comes first. */
	const char *args[] = { "for-each-ref",
			       "--format=%(symref)%(worktreepath)%(upstream)"
			       " %(objectname:short)",
			       it->ref.ptr, NULL };
	pv_buf line = { 0 };
	int is_one = 0;
	int status;
	int rc = pv_git_run(&line, &status, it->cli->store, args, NULL,
			    &it->cli->err);

	if (rc == PV_OK && !status && line.len > 1 && line.ptr[0] == ' ') {
		size_t len = strcspn(line.ptr + 1, " \n");

		is_one = len + 2 == line.len;
		pv_buf_put(&it->label, line.ptr + 1, len);
		rc = pv_buf_status(&it->label, &it->cli->err);
	}
	pv_buf_dispose(&line);
	return rc < 0 ? rc : is_one;
}

/* 1 when the branch's commits are HEAD's, too, and HEAD is not on it. */
static int is_merged(const struct branch *it, int force)
{
	pv_store *store = it->cli->store;
	pv_buf head = { 0 };
	pv_oid commit;
	int rc = pv_store_head(&head, &commit, store, &it->cli->err);
	int is_free = commit.hex[0] && strcmp(pv_buf_text(&head), it->name) != 0;

	pv_buf_dispose(&head);
	if (rc < 0 || !is_free || force)
		return rc < 0 ? rc : is_free;
	return pv_store_is_ancestor(store, &it->tip, &commit, &it->cli->err);
}

/* 1 when nothing stands against it, 0 when something may, or negative. */
static int is_simple(struct branch *it, int force)
{
	int rc;

	if (may_be_in_use(it))
		return 0;
	rc = is_merged(it, force);
	if (rc > 0)
		rc = is_plain(it);
	if (rc <= 0)
		return rc;
	rc = has_settings(it);
	return rc < 0 ? rc : !rc;
}

static int take_away(const struct branch *it)
{
	const pv_oid none = { "" };
	pv_cli *cli = it->cli;
	int rc;

	interrupt_hold();
	rc = pv_store_ref_update(cli->store, it->ref.ptr, &none, &it->tip,
				 "branch: deleted", &cli->err);
	if (rc < 0)
		return rc;
	if (!cli->json && !cli->quiet) {
		cli_puts(cli, "Deleted branch ");
		cli_line(cli, it->name);
		cli_printf(cli, " (was %s).\n", pv_buf_text(&it->label));
	}
	return 1;
}

int branch_remove(pv_cli *cli, const char *name, int force)
{
	struct branch it = { .cli = cli, .name = name };
	int rc;

	pv_buf_printf(&it.ref, "refs/heads/%s", name);
	rc = pv_buf_status(&it.ref, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_ref(&it.tip, cli->store, it.ref.ptr, &cli->err);
	if (rc == PV_OK)
		rc = is_simple(&it, force);
	if (rc > 0)
		rc = take_away(&it);
	pv_buf_dispose(&it.ref);
	pv_buf_dispose(&it.label);
	return rc;
}
