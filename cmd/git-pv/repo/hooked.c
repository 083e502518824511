/* SPDX-License-Identifier: MIT
 *
 * See hooked.h.
 */
#include "repo/hooked.h"

#include <string.h>

#include "base/fail.h"
#include "repo/git.h"
#include "repo/prompts.h"

int hooked_note(pv_buf *tree, pv_cli *cli)
{
	static const char *const args[] = { "write-tree", NULL };
	int status = cli_git_status(tree, cli, args);

	if (status)
		pv_buf_clear(tree);
	return status < 0 ? status : pv_buf_status(tree, &cli->err);
}

static int tell(pv_cli *cli, const pv_point *head, const char *path)
{
	cli_prompt entry = { 0 };
	pv_buf id = { 0 };
	int rc = pv_prompt_id(&id, &cli->settings, path, NULL);

	if (rc == PV_OK)
		rc = cli_prompt_read(&entry, cli, head, id.ptr, path, NULL);
	if (rc == PV_OK && !entry.prompt) {
		cli_warn(cli,
			 "the hook \"pre-commit\" staged \"%s\", which does "
			 "not load: %s",
			 path, entry.failure.message);
		cli_hint(cli, "it is committed: mend the file, or take HEAD "
			      "back with \"git reset --soft HEAD~1\"");
	}
	cli_prompt_dispose(&entry);
	pv_buf_dispose(&id);
	/* What is no prompt may be anything. */
	return rc == PV_ENOMEM ? pv_fail_nomem(&cli->err) : PV_OK;
}

int hooked_tell(const pv_buf *tree, pv_cli *cli)
{
	const char *args[] = {
		"diff-tree",       "-r",          "-z",
		"--no-renames",    "--name-only", "--diff-filter=d",
		pv_buf_text(tree), "HEAD",        NULL
	};
	pv_point head = { PV_AT_COMMIT, { "" } };
	pv_buf paths = { 0 };
	int rc;

	if (!tree->len)
		return PV_OK;
	rc = pv_store_head(NULL, &head.commit, cli->store, &cli->err);
	if (rc == PV_OK)
		rc = cli_git(&paths, cli, args);
	for (size_t at = 0; rc == PV_OK && at < paths.len;
	     at += strlen(paths.ptr + at) + 1)
		rc = tell(cli, &head, paths.ptr + at);
	pv_buf_dispose(&paths);
	return rc;
}
