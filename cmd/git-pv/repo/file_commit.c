/* SPDX-License-Identifier: MIT
 *
 * See file_commit.h.
 */
#include "repo/file_commit.h"

#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/git.h"
#include "ui/interrupt.h"

int file_commit_state(pv_cli *cli)
{
	int rc;

	if (pv_store_state(cli->store) == PV_STATE_NONE)
		return PV_OK;
	rc = pv_fail(&cli->err, PV_ECONFLICT,
		     "a merge, revert or rebase is under way");
	return pv_error_hint(&cli->err, rc, "finish it or abort it first");
}

/* Files that are to be as they are in the last commit. */
struct wanted {
	pv_cli *cli;
	const char *below; /* a folder they are all in, or the one file */
	const pv_strlist *paths;
};

static int refuse_changed(const pv_status_entry *entry, void *payload)
{
	const struct wanted *wanted = payload;
	pv_cli *cli = wanted->cli;
	int rc;

	if (pv_strlist_search(wanted->paths, entry->path) < 0)
		return PV_OK;
	if (entry->staged == '?') {
		rc = pv_fail(&cli->err, PV_ECONFLICT,
			     "\"%s\" is not under version control", entry->path);
		return pv_error_hint(&cli->err, rc,
				     "commit it first with \"git pv commit\"");
	}
	rc = pv_fail(&cli->err, PV_ECONFLICT,
		     "\"%s\" has changes that are not committed", entry->path);
	return pv_error_hint(&cli->err, rc,
			     "commit them, or drop them with \"git restore "
			     "--staged --worktree\"");
}

static int full_path(pv_buf *out, pv_cli *cli, const char *path)
{
	pv_buf_printf(out, "%s/%s", pv_store_work_dir(cli->store), path);
	return pv_buf_status(out, &cli->err);
}

int file_commit_is_there(pv_cli *cli, const char *path)
{
	struct stat st;
	pv_buf full = { 0 };
	int rc = full_path(&full, cli, path);

	if (rc == PV_OK)
		rc = lstat(full.ptr, &st) == 0;
	pv_buf_dispose(&full);
	return rc;
}

int file_commit_free(pv_cli *cli, const char *path)
{
	pv_point index = { PV_AT_INDEX, { "" } };
	pv_oid blob;
	int rc;

	if (!file_commit_is_there(cli, path) &&
	    pv_store_find(&blob, cli->store, &index, path, NULL) == PV_ENOTFOUND)
		return PV_OK;
	rc = pv_fail(&cli->err, PV_EEXISTS, "\"%s\" exists already", path);
	return pv_error_hint(&cli->err, rc,
			     "choose another id, or remove it first");
}

static int refuse_unseen(pv_cli *cli, const char *path)
{
	int rc = pv_fail(&cli->err, PV_ECONFLICT,
			 "git was told not to look at \"%s\", and what is in it "
			 "may be nowhere else",
			 path);

	return pv_error_hint(&cli->err, rc,
			     "\"git update-index --no-assume-unchanged "
			     "--no-skip-worktree %s\" makes it look again",
			     path);
}

/* Of files that git is told not to look at there is no status. */
static int check_seen(const struct wanted *wanted)
{
	pv_cli *cli = wanted->cli;
	const char *args[] = {
		"--literal-pathspecs", "ls-files", "-v", "-z", "--",
		wanted->below,         NULL
	};
	pv_buf rows = { 0 };
	int rc = cli_git(&rows, cli, args);

	for (size_t at = 0; rc == PV_OK && at < rows.len;) {
		const char *row = rows.ptr + at;

		at += strlen(row) + 1;
		if ((*row == 'S' || (*row >= 'a' && *row <= 'z')) && row[1] &&
		    pv_strlist_search(wanted->paths, row + 2) >= 0 &&
		    file_commit_is_there(cli, row + 2))
			rc = refuse_unseen(cli, row + 2);
	}
	pv_buf_dispose(&rows);
	return rc;
}

int file_commit_all_clean(pv_cli *cli, const char *below, const pv_strlist *paths)
{
	struct wanted wanted = { cli, below, paths };
	int rc = pv_store_status(cli->store, &below, 1, refuse_changed, &wanted,
				 &cli->err);

	return rc == PV_OK ? check_seen(&wanted) : rc;
}

int file_commit_clean(pv_cli *cli, const char *path)
{
	pv_strlist paths = { 0 };
	int rc = pv_strlist_add(&paths, path, &cli->err);

	if (rc == PV_OK)
		rc = file_commit_all_clean(cli, path, &paths);
	pv_strlist_dispose(&paths);
	return rc;
}

/* The permissions of a file; 0 when there is none. */
static mode_t read_mode(pv_cli *cli, const char *path)
{
	struct stat st = { 0 };
	pv_buf full = { 0 };

	if (full_path(&full, cli, path) < 0 || lstat(full.ptr, &st) < 0)
		st.st_mode = 0;
	pv_buf_dispose(&full);
	return st.st_mode & 0777;
}

static int write_mode(pv_cli *cli, const char *path, mode_t mode)
{
	pv_buf full = { 0 };
	int rc = full_path(&full, cli, path);

	if (rc == PV_OK && mode && chmod(full.ptr, mode) < 0)
		rc = pv_fail(&cli->err, PV_EIO, "cannot write \"%s\"", path);
	pv_buf_dispose(&full);
	return rc;
}

/* Whether a file goes there and comes here. */
static int is_move(const pv_change *changes, size_t count, size_t idx)
{
	return idx + 1 < count && !changes[idx].data && changes[idx + 1].data;
}

static int write_files(pv_swap **out, pv_cli *cli, const pv_change *changes,
		       size_t count)
{
	mode_t *modes = pv_calloc(count, sizeof(*modes));
	int rc;

	if (!modes)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < count; i++)
		if (is_move(changes, count, i))
			modes[i] = read_mode(cli, changes[i].path);
	rc = pv_store_swap_files(out, cli->store, changes, count, &cli->err);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		if (is_move(changes, count, i))
			rc = write_mode(cli, changes[i + 1].path, modes[i]);
	pv_free(modes);
	return rc;
}

int file_commit(pv_oid *out, pv_cli *cli, const pv_change *changes,
		size_t count, const pv_commit_options *opts)
{
	const char **paths = pv_calloc(count, sizeof(*paths));
	pv_swap *swap = NULL;
	int rc;

	out->hex[0] = '\0';
	if (!paths)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < count; i++)
		paths[i] = changes[i].path;
	interrupt_hold();
	rc = write_files(&swap, cli, changes, count);
	if (rc == PV_OK)
		rc = pv_store_commit_paths(out, cli->store, paths, count, opts,
					   &cli->err);
	/* A commit that was refused leaves the files as they were. */
	if (rc < 0 && swap && !out->hex[0] && pv_swap_undo(swap, NULL) < 0)
		cli_warn(cli, "\"%s\" could not be put back", changes[0].path);
	pv_swap_free(swap);
	pv_free(paths);
	return rc;
}
