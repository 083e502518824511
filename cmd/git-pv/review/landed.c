/* SPDX-License-Identifier: MIT
 *
 * See landed.h.
 */
#include "review/landed.h"

#include <string.h>

#include "repo/git.h"

int landed_commit(pv_oid *out, pv_cli *cli, const pv_oid *head, const pv_oid *tip)
{
	pv_buf lines = { 0 };
	pv_buf range = { 0 };
	const char *args[] = { "rev-list",
			       "--first-parent",
			       "--ancestry-path",
			       "--reverse",
			       NULL,
			       "--",
			       NULL };
	int rc;

	*out = *head;
	pv_buf_printf(&range, "%s..%s", head->hex, tip->hex);
	rc = pv_buf_status(&range, &cli->err);
	args[4] = range.ptr;
	if (rc == PV_OK)
		rc = cli_git(&lines, cli, args);
	/* Nothing but what came after it: the branch was moved forward to it. */
	if (rc == PV_OK && strcspn(pv_buf_text(&lines), "\n") == 40) {
		pv_commit commit = { 0 };
		pv_oid first = { "" };

		memcpy(first.hex, lines.ptr, 40);
		first.hex[40] = '\0';
		rc = pv_store_commit_read(&commit, cli->store, &first, &cli->err);
		if (rc == PV_OK && commit.parent_count &&
		    strcmp(commit.parents[0].hex, head->hex) != 0)
			*out = first;
		pv_commit_dispose(&commit);
	}
	pv_buf_dispose(&lines);
	pv_buf_dispose(&range);
	return rc;
}
