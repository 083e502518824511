/* SPDX-License-Identifier: MIT
 *
 * See file_commit.h.
 */
#include "file_commit.h"

#include <assert.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "git.h"
#include "interrupt.h"

int file_commit_state(pv_cli *cli)
{
	int rc;

	if (pv_store_state(cli->store) == PV_STATE_NONE)
		return PV_OK;
	rc = pv_fail(&cli->err, PV_ECONFLICT,
		     "a merge, revert or rebase is under way");
	return pv_error_hint(&cli->err, rc, "finish it or abort it first");
}

static int refuse_changed(const pv_status_entry *entry, void *payload)
{
	pv_cli *cli = payload;
	int rc;

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

/* Of such a file there is no status. */
static int check_seen(pv_cli *cli, const char *path)
{
	const char *args[] = {
		"--literal-pathspecs", "ls-files", "-v", "--", path, NULL
	};
	pv_buf listed = { 0 };
	int rc = file_commit_is_there(cli, path);

	if (rc > 0)
		rc = cli_git(&listed, cli, args);
	if (rc == PV_OK && listed.len &&
	    (*listed.ptr == 'S' || (*listed.ptr >= 'a' && *listed.ptr <= 'z')))
		rc = refuse_unseen(cli, path);
	pv_buf_dispose(&listed);
	return rc;
}

int file_commit_clean(pv_cli *cli, const char *path)
{
	int rc = pv_store_status(cli->store, &path, 1, refuse_changed, cli,
				 &cli->err);

	return rc == PV_OK ? check_seen(cli, path) : rc;
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

int file_commit(pv_oid *out, pv_cli *cli, const pv_change *changes,
		size_t count, const pv_commit_options *opts)
{
	const char *paths[FILE_COMMIT_MAX];
	int is_move = count == 2 && !changes[0].data;
	mode_t mode = is_move ? read_mode(cli, changes[0].path) : 0;
	pv_swap *swap = NULL;
	int rc;

	assert(count <= FILE_COMMIT_MAX);
	for (size_t i = 0; i < count; i++)
		paths[i] = changes[i].path;
	out->hex[0] = '\0';
	interrupt_hold();
	rc = pv_store_swap_files(&swap, cli->store, changes, count, &cli->err);
	if (rc == PV_OK && is_move)
		rc = write_mode(cli, changes[1].path, mode);
	if (rc == PV_OK)
		rc = pv_store_commit_paths(out, cli->store, paths, count, opts,
					   &cli->err);
	/* A commit that was refused leaves the files as they were. */
	if (rc < 0 && swap && !out->hex[0] && pv_swap_undo(swap, NULL) < 0)
		cli_warn(cli, "\"%s\" could not be put back", changes[0].path);
	pv_swap_free(swap);
	return rc;
}
