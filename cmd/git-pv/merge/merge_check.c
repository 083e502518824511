/* SPDX-License-Identifier: MIT
 *
 * See merge_check.h. What a merge writes is among what the other side changed
 * since both were one; that it may write less is no harm.
 */
#include "merge/merge_check.h"

#include <string.h>

#include "base/fail.h"
#include "base/str.h"
#include "repo/file_commit.h"
#include "repo/git.h"

struct check {
	pv_cli *cli;
	pv_strlist written; /* paths, sorted */
};

static int list_written(struct check *it, const pv_oid *target)
{
	pv_cli *cli = it->cli;
	pv_buf range = { 0 };
	pv_buf rows = { 0 };
	const char *args[] = {
		"diff",          "--name-only", "--no-renames", "-z",
		"--no-ext-diff", NULL,          "--",           NULL
	};
	int rc;

	pv_buf_printf(&range, "HEAD...%s", target->hex);
	rc = pv_buf_status(&range, &cli->err);
	args[5] = pv_buf_text(&range);
	if (rc == PV_OK)
		rc = cli_git(&rows, cli, args);
	for (size_t at = 0; rc == PV_OK && at < rows.len;) {
		const char *path = rows.ptr + at;

		at += strlen(path) + 1;
		rc = pv_strlist_add(&it->written, path, &cli->err);
	}
	pv_strlist_sort(&it->written);
	pv_buf_dispose(&range);
	pv_buf_dispose(&rows);
	return rc;
}

/* Whether `path` is written, or a folder or file in the way of one that is. */
static int is_in_the_way(const pv_strlist *written, const char *path)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < written->count; i++) {
		const char *other = written->items[i];
		size_t other_len = strlen(other);
		size_t same = len < other_len ? len : other_len;

		if (memcmp(path, other, same) == 0 &&
		    (len == other_len ||
		     (len < other_len ? other[len] : path[other_len]) == '/'))
			return 1;
	}
	return 0;
}

static int refuse(const pv_status_entry *entry, void *payload)
{
	const struct check *it = payload;
	int is_new = entry->staged == '?';
	int is_staged = !is_new && entry->staged != ' ';
	int rc;

	if (!is_staged && !is_in_the_way(&it->written, entry->path))
		return PV_OK;
	if (is_new)
		rc = pv_fail(&it->cli->err, PV_ECONFLICT,
			     "\"%s\" is not under version control, and the "
			     "merge would write it",
			     entry->path);
	else
		rc = pv_fail(&it->cli->err, PV_ECONFLICT,
			     "\"%s\" has changes that are not committed",
			     entry->path);
	return pv_error_hint(&it->cli->err, rc,
			     "nothing was done; commit or stash it first");
}

int merge_check(pv_cli *cli, const pv_oid *target)
{
	struct check it = { .cli = cli };
	int rc = file_commit_state(cli);

	if (rc == PV_OK)
		rc = list_written(&it, target);
	if (rc == PV_OK)
		rc = pv_store_status(cli->store, NULL, 0, refuse, &it, &cli->err);
	pv_strlist_dispose(&it.written);
	return rc;
}
