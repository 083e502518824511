/* SPDX-License-Identifier: MIT
 *
 * See unfinished.h. First what tells git that something is under way, then the
 * index, the file at last: whatever is missing after a crash, "git cherry-pick
 * --abort" goes back.
 */
#include "repo/unfinished.h"

#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/file.h"
#include "merge/resolve.h"
#include "repo/git.h"

static int write_blob(pv_buf *out, pv_cli *cli, const pv_buf *text)
{
	static const char *const args[] = { "hash-object", "-w", "--stdin", NULL };
	pv_git_options opts = { .input = pv_buf_text(text),
				.input_len = text->len };
	int status = 0;
	int rc = pv_git_run(out, &status, cli->store, args, &opts, &cli->err);

	while (out->len && out->ptr[out->len - 1] == '\n')
		pv_buf_truncate(out, out->len - 1);
	if (rc == PV_OK && status)
		rc = pv_fail(&cli->err, PV_EGIT,
			     "git hash-object exits with status %d", status);
	return rc;
}

/* The mode that the file has now. */
static int put_mode(pv_buf *out, const unfinished *what, pv_cli *cli)
{
	const char *args[] = { "ls-files", "-s", "-z", "--", NULL, NULL };
	pv_buf spec = { 0 };
	pv_buf entry = { 0 };
	int rc;

	pv_buf_printf(&spec, ":(top,literal)%s", what->path);
	rc = pv_buf_status(&spec, &cli->err);
	args[4] = spec.ptr;
	if (rc == PV_OK)
		rc = cli_git(&entry, cli, args);
	pv_buf_put(out, entry.len > 6 ? entry.ptr : "100644", 6);
	pv_buf_dispose(&spec);
	pv_buf_dispose(&entry);
	return rc;
}

/* What git's own merge leaves in the index. */
static int write_stages(const unfinished *what, pv_cli *cli)
{
	static const char *const args[] = { "update-index", "-z",
					    "--index-info", NULL };
	pv_git_options opts = { 0 };
	pv_buf mode = { 0 };
	pv_buf input = { 0 };
	int status = 0;
	int rc = put_mode(&mode, what, cli);

	pv_buf_printf(&input, "0 %040d\t%s", 0, what->path);
	pv_buf_putc(&input, '\0');
	for (int i = 0; i < 3 && rc == PV_OK; i++) {
		pv_buf blob = { 0 };

		rc = write_blob(&blob, cli, what->sides[i]);
		pv_buf_printf(&input, "%s %s %d\t%s", pv_buf_text(&mode),
			      pv_buf_text(&blob), i + 1, what->path);
		pv_buf_putc(&input, '\0');
		pv_buf_dispose(&blob);
	}
	if (rc == PV_OK)
		rc = pv_buf_status(&input, &cli->err);
	opts.input = pv_buf_text(&input);
	opts.input_len = input.len;
	if (rc == PV_OK)
		rc = pv_git_run(NULL, &status, cli->store, args, &opts,
				&cli->err);
	if (rc == PV_OK && status)
		rc = pv_fail(&cli->err, PV_EGIT,
			     "git update-index exits with status %d", status);
	pv_buf_dispose(&mode);
	pv_buf_dispose(&input);
	return rc;
}

/* As git does: "git commit" takes the author from the one, the rest of it. */
static int write_state(const unfinished *what, pv_cli *cli)
{
	const char *args[] = { "update-ref", "CHERRY_PICK_HEAD",
			       what->commit->hex, NULL };
	pv_buf path = { 0 };
	int rc;

	pv_buf_printf(&path, "%s/MERGE_MSG", pv_store_git_dir(cli->store));
	rc = pv_buf_status(&path, &cli->err);
	if (rc == PV_OK)
		rc = cli_git(NULL, cli, args);
	if (rc == PV_OK)
		rc = pv_file_write(path.ptr, what->message->ptr,
				   what->message->len, &cli->err);
	pv_buf_dispose(&path);
	return rc;
}

/* The markers, as the driver would write them. */
static int write_markers(const unfinished *what, pv_cli *cli)
{
	resolve_file file = { 0 };
	int rc = resolve_find(&file, cli, what->path);

	if (rc == PV_OK)
		rc = resolve_read(&file);
	if (rc == PV_OK)
		rc = resolve_remerge(&file);
	if (rc == PV_OK)
		rc = resolve_write(&file);
	resolve_dispose(&file);
	return rc;
}

int unfinished_leave(const unfinished *what, pv_cli *cli)
{
	int rc = pv_git_wait(cli->store, 0, &cli->err);

	if (rc == PV_OK && what->commit)
		rc = write_state(what, cli);
	if (rc == PV_OK)
		rc = write_stages(what, cli);
	return rc == PV_OK ? write_markers(what, cli) : rc;
}
