/* SPDX-License-Identifier: MIT
 *
 * Conflicts that are left in files beside the prompts: in the folders that
 * git-pv looks after, and in whatever else the attributes have it merge. Those
 * in prompts and data files are found where these are checked.
 */
#include "check/check.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/git.h"
#include "repo/marked.h"
#include "repo/selection.h"

/* An error that names the line of a conflict, if there is one. */
static int find_conflict(struct check *check, const char *path, int line,
			 const char *message, const char *cure)
{
	pv_finding finding = { .severity = PV_SEVERITY_ERROR,
			       .rule = "conflict-marker",
			       .file = path,
			       .line = line,
			       .column = line ? 1 : 0,
			       .message = message };
	pv_buf hint = { 0 };
	int rc;

	pv_buf_printf(&hint, "%s %s", cure, path);
	finding.hint = pv_buf_text(&hint);
	rc = pv_buf_status(&hint, &check->cli->err);
	if (rc == PV_OK)
		rc = pv_report_add(check->found, &finding, &check->cli->err);
	pv_buf_dispose(&hint);
	return rc;
}

int check_left(struct check *check, const char *path, int line)
{
	return find_conflict(check, path, line, "a conflict is left here",
			     "take the marker lines out, or bring the "
			     "conflict back with git checkout -m --");
}

int check_unmerged(struct check *check, const char *path)
{
	const pv_point here = { PV_AT_WORKTREE, { "" } };
	int line = 0;
	int rc = marked_line(&line, check->cli, &here, path);

	/* Whatever stands in the file, git holds three versions of it. */
	if (rc == PV_OK)
		rc = find_conflict(check, path, line,
				   "the file is not merged yet",
				   "settle it with git pv resolve");
	return rc == PV_OK ? check_settle(check, path, NULL) : rc;
}

int check_is_unmerged(const struct check *check, const char *path)
{
	return check->at.kind != PV_AT_COMMIT &&
	       pv_strlist_search(&check->unmerged, path) >= 0;
}

int check_all_unmerged(struct check *check)
{
	int rc = PV_OK;

	for (size_t i = 0; i < check->unmerged.count && rc == PV_OK; i++)
		if (check_is_unmerged(check, check->unmerged.items[i]))
			rc = check_unmerged(check, check->unmerged.items[i]);
	check->has_told_unmerged = 1;
	return rc;
}

int check_markers(int *found, struct check *check, const char *path)
{
	int line = 0;
	int rc = marked_line(&line, check->cli, &check->at, path);

	*found = line > 0;
	if (rc < 0 || !line)
		return rc;
	rc = check_left(check, path, line);
	return rc == PV_OK ? check_settle(check, path, NULL) : rc;
}

int check_other(const char *path, const pv_oid *blob, void *payload)
{
	struct check *check = payload;
	int is_meant = check_is_below(path, &check->below);
	int found = 0;
	int rc = PV_OK;

	if (is_meant && check->is_range)
		rc = check_range_changed(&is_meant, check, path, blob);
	if (rc < 0 || !is_meant)
		return rc;
	if (!check_is_unmerged(check, path))
		return check_markers(&found, check, path);
	return check->has_told_unmerged ? PV_OK : check_unmerged(check, path);
}

/* What only the attributes name; they are those of the working tree. */
static int each_merged(struct check *check)
{
	const char *folders[SELECTION_FOLDERS];
	const char *args[SELECTION_FOLDERS + 5] = { "ls-files", "-z", "--",
						    ":(top,attr:merge=pv)" };
	pv_buf excluded[SELECTION_FOLDERS] = { { 0 } };
	pv_cli *cli = check->cli;
	pv_buf rows = { 0 };
	int rc = PV_OK;

	selection_folders(folders, &cli->settings);
	for (size_t i = 0; i < SELECTION_FOLDERS && rc == PV_OK; i++) {
		pv_buf_printf(&excluded[i], ":(top,exclude,literal)%s",
			      folders[i]);
		rc = pv_buf_status(&excluded[i], &cli->err);
		args[4 + i] = pv_buf_text(&excluded[i]);
	}
	if (rc == PV_OK)
		rc = cli_git(&rows, cli, args);
	for (size_t at = 0; rc == PV_OK && at < rows.len;) {
		const char *path = rows.ptr + at;

		at += strlen(path) + 1;
		rc = check_other(path, NULL, check);
	}
	for (size_t i = 0; i < SELECTION_FOLDERS; i++)
		pv_buf_dispose(&excluded[i]);
	pv_buf_dispose(&rows);
	return rc;
}

int check_singles(struct check *check, const pv_point *at,
		  int (*fn)(const char *path, const pv_oid *blob, void *payload))
{
	static const char *const singles[] = { "pv.yaml", ".gitattributes" };
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(singles) && rc == PV_OK; i++) {
		pv_oid blob;

		if (pv_store_find(&blob, check->cli->store, at, singles[i],
				  NULL) == PV_OK)
			rc = fn(singles[i], &blob, check);
	}
	return rc;
}

int check_beside(struct check *check)
{
	int rc = check_singles(check, &check->at, check_other);

	if (rc == PV_OK && !check->is_range && check->at.kind != PV_AT_COMMIT)
		rc = each_merged(check);
	return rc;
}
