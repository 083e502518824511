/* SPDX-License-Identifier: MIT
 *
 * Running git quietly: its complaints become our errors.
 */
#include "repo/git.h"

#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/str.h"

static void drop_newlines(pv_buf *text, size_t start)
{
	while (text->len > start && text->ptr[text->len - 1] == '\n')
		pv_buf_truncate(text, text->len - 1);
}

/* Runs git; `errors` gets what it complains about. */
static int run(pv_buf *out, pv_cli *cli, const char *const *args,
	       const char *const *env, pv_buf *errors)
{
	pv_git_options opts = { .env = env };
	pv_buf unused = { 0 };
	size_t start = out ? out->len : 0;
	int status = 0;
	int rc;

	opts.errors = errors;
	rc = pv_git_run(out ? out : &unused, &status, cli->store, args, &opts,
			&cli->err);
	if (out)
		drop_newlines(out, start);
	pv_buf_dispose(&unused);
	return rc < 0 ? rc : status;
}

int cli_git_status(pv_buf *out, pv_cli *cli, const char *const *args)
{
	pv_buf errors = { 0 };
	int status = run(out, cli, args, NULL, &errors);

	pv_buf_dispose(&errors);
	return status;
}

int cli_git(pv_buf *out, pv_cli *cli, const char *const *args)
{
	return cli_git_env(out, cli, args, NULL);
}

int cli_git_env(pv_buf *out, pv_cli *cli, const char *const *args,
		const char *const *env)
{
	pv_buf errors = { 0 };
	int status = run(out, cli, args, env, &errors);
	pv_str line;

	if (status > 0 && cli->store &&
	    pv_git_obstacle(cli->store, pv_buf_text(&errors), &cli->err) < 0) {
		status = cli->err.code;
	} else if (status > 0) {
		line.ptr = pv_buf_text(&errors);
		line.len = strcspn(line.ptr, "\n");
		if (pv_str_has_prefix(line.ptr, "fatal: ")) {
			line.ptr += 7;
			line.len -= 7;
		}
		pv_fail(&cli->err, PV_EGIT, "git %s: %.*s", args[0],
			(int)line.len, line.ptr);
	}
	pv_buf_dispose(&errors);
	return status > 0 ? PV_EGIT : status;
}
