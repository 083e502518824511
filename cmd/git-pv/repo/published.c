/* SPDX-License-Identifier: MIT
 *
 * See published.h. Only our own refs are touched: no branch, no tag and not
 * FETCH_HEAD, and nobody is asked for a password.
 */
#include "repo/published.h"

#include <string.h>

#include <pv/git.h>

#include "base/str.h"
#include "setup/wiring.h"

/* ssh asks on the terminal by itself, unless it is the user's own command. */
static int is_own_ssh(pv_cli *cli)
{
	pv_buf command = { 0 };
	int found = cli_env("GIT_SSH_COMMAND", NULL) ||
		    cli_env("GIT_SSH", NULL) ||
		    cli_config(&command, cli, "core.sshCommand");

	pv_buf_dispose(&command);
	return found;
}

static void fetch(pv_cli *cli, const char *remote, const char *refspec)
{
	static const char *const quiet_ssh[] = {
		"GIT_TERMINAL_PROMPT=0",
		"GIT_SSH_COMMAND=ssh -o BatchMode=yes -o ConnectTimeout=10", NULL
	};
	const char *args[] = { "fetch",
			       "--quiet",
			       "--no-tags",
			       "--no-write-fetch-head",
			       "--refmap=",
			       "--no-recurse-submodules",
			       "--no-auto-gc",
			       "--",
			       remote,
			       refspec,
			       NULL };
	const char *quiet[] = { quiet_ssh[0], NULL };
	pv_git_options opts = { 0 };
	pv_buf errors = { 0 };
	pv_buf out = { 0 };
	int status = 0;

	opts.env = is_own_ssh(cli) ? quiet : quiet_ssh;
	opts.errors = &errors;
	if (pv_git_run(&out, &status, cli->store, args, &opts, NULL) < 0 || status)
		cli_warn(cli, "cannot ask \"%s\" for its versions: %.*s",
			 remote, (int)strcspn(pv_buf_text(&errors), "\n"),
			 pv_buf_text(&errors));
	pv_buf_dispose(&errors);
	pv_buf_dispose(&out);
}

void published_refresh(pv_cli *cli)
{
	pv_strlist remotes = { 0 };

	if (cli_remotes(&remotes, cli) < 0)
		pv_error_clear(&cli->err);
	for (size_t i = 0; i < remotes.count; i++) {
		const char *remote = remotes.items[i];
		pv_buf refspec = { 0 };

		cli_tag_refspec(&refspec, remote);
		if (refspec.status == PV_OK &&
		    cli_has_refspec(cli, remote, refspec.ptr))
			fetch(cli, remote, refspec.ptr);
		pv_buf_dispose(&refspec);
	}
	pv_strlist_dispose(&remotes);
}
