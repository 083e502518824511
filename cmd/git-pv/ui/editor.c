/* SPDX-License-Identifier: MIT
 *
 * See editor.h. An interrupt typed while the editor runs is the editor's
 * business, so it is ignored here meanwhile.
 */
#include "ui/editor.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pv/git.h>

#include "base/fail.h"
#include "ui/interrupt.h"

static int find_editor(pv_buf *out, pv_cli *cli)
{
	static const char *const args[] = { "var", "GIT_EDITOR", NULL };
	pv_buf errors = { 0 };
	pv_git_options opts = { 0 };
	int status;
	int rc;

	opts.errors = &errors;
	rc = pv_git_run(out, &status, cli->store, args, &opts, &cli->err);
	while (out->len && out->ptr[out->len - 1] == '\n')
		pv_buf_truncate(out, out->len - 1);
	if (rc == PV_OK && (status != 0 || !out->len)) {
		rc = pv_fail(&cli->err, PV_EGIT, "git knows of no editor");
		pv_error_hint(&cli->err, rc,
			      "set core.editor, or give the text with -m");
	}
	pv_buf_dispose(&errors);
	return rc;
}

/* A signal that ends the commit ends its editor. */
static int wait_for(pid_t child, int *status_out)
{
	while (waitpid(child, status_out, 0) < 0) {
		if (errno != EINTR)
			return errno;
		if (interrupt_take(NULL)) {
			kill(child, SIGTERM);
			return ECANCELED;
		}
	}
	return 0;
}

/* Runs `sh -c 'EDITOR "$@"' EDITOR PATH`; 0 when the editor succeeded. */
static int run_editor(const char *editor, const char *command, const char *path,
		      int *status_out)
{
	struct sigaction ignore = { 0 };
	struct sigaction interrupt;
	pid_t child = fork();
	int errnum;

	if (child < 0)
		return errno;
	if (child == 0) {
		execl("/bin/sh", "sh", "-c", command, editor, path, (char *)NULL);
		_exit(127);
	}
	ignore.sa_handler = SIG_IGN;
	sigaction(SIGINT, &ignore, &interrupt);
	errnum = wait_for(child, status_out);
	sigaction(SIGINT, &interrupt, NULL);
	return errnum;
}

static int refuse_editor(pv_cli *cli, const char *editor)
{
	int rc = pv_fail(&cli->err, PV_EIO, "the editor \"%s\" did not succeed",
			 editor);

	return pv_error_hint(&cli->err, rc,
			     "set core.editor or GIT_EDITOR to another one");
}

int editor_open(pv_cli *cli, const char *path)
{
	pv_buf editor = { 0 };
	pv_buf command = { 0 };
	int status = 0;
	int errnum;
	int rc = find_editor(&editor, cli);

	if (rc != PV_OK)
		goto out;
	pv_buf_printf(&command, "%s \"$@\"", editor.ptr);
	rc = pv_buf_status(&command, &cli->err);
	if (rc == PV_OK)
		rc = cli_flush(cli);
	if (rc != PV_OK)
		goto out;
	errnum = run_editor(editor.ptr, command.ptr, path, &status);
	if (errnum == ECANCELED)
		rc = pv_fail(&cli->err, PV_ECANCELED, "interrupted");
	else if (errnum)
		rc = pv_fail_errno(&cli->err, errnum, "run", editor.ptr);
	else if (status != 0)
		rc = refuse_editor(cli, editor.ptr);
out:
	pv_buf_dispose(&editor);
	pv_buf_dispose(&command);
	return rc;
}
