/* SPDX-License-Identifier: MIT
 *
 * The pager: chosen as git chooses it, started when the first output is
 * written, waited for at the end. Ctrl-C belongs to the pager while it runs.
 */
#include "cli.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Values of pager.<cmd> that are answers rather than programs. */
static int is_no(const char *value)
{
	return strcmp(value, "false") == 0 || strcmp(value, "no") == 0 ||
	       strcmp(value, "off") == 0 || strcmp(value, "0") == 0;
}

static int is_yes(const char *value)
{
	return !*value || strcmp(value, "true") == 0 ||
	       strcmp(value, "yes") == 0 || strcmp(value, "on") == 0 ||
	       strcmp(value, "1") == 0;
}

/* pager.pv.<cmd>: 0 for "no", 1 when `out` got a program, else -1. */
static int command_pager(pv_buf *out, pv_cli *cli)
{
	pv_buf key = { 0 };
	int rc = -1;

	pv_buf_printf(&key, "pager.pv.%s", cli->command->name);
	if (cli_config(out, cli, pv_buf_text(&key))) {
		if (is_no(pv_buf_text(out)))
			rc = 0;
		else if (!is_yes(pv_buf_text(out)))
			rc = 1;
	}
	if (rc < 0)
		pv_buf_clear(out);
	pv_buf_dispose(&key);
	return rc;
}

/* The pager's command line; empty for none. */
static void choose_pager(pv_buf *out, pv_cli *cli)
{
	const char *env = cli_env("GIT_PAGER", NULL);
	int chosen;

	if (env) {
		pv_buf_puts(out, env);
		return;
	}
	chosen = command_pager(out, cli);
	if (chosen == 0)
		pv_buf_clear(out);
	if (chosen >= 0 || cli_config(out, cli, "core.pager"))
		return;
	env = cli_env("PAGER", NULL);
	pv_buf_puts(out, env ? env : "less");
}

static void run_pager(const char *command, int input)
{
	dup2(input, STDIN_FILENO);
	close(input);
	/* Quit if it fits, colours as they are, leave the screen alone. */
	setenv("LESS", "FRX", 0);
	setenv("LV", "-c", 0);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static void start(pv_cli *cli, const char *command)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0)
		return;
	pid = fork();
	if (pid == 0) {
		close(ends[1]);
		run_pager(command, ends[0]);
	}
	close(ends[0]);
	if (pid > 0) {
		dup2(ends[1], STDOUT_FILENO);
		signal(SIGINT, SIG_IGN);
		signal(SIGQUIT, SIG_IGN);
		cli->pager_pid = pid;
	}
	close(ends[1]);
}

void cli_pager_start(pv_cli *cli)
{
	pv_buf command = { 0 };
	const char *text;

	if (cli->pager_pid || cli->no_pager || cli->json || !cli->is_tty ||
	    !(cli->command->needs & CLI_PAGER))
		return;
	choose_pager(&command, cli);
	text = pv_buf_text(&command);
	if (*text && strcmp(text, "cat") != 0)
		start(cli, text);
	pv_buf_dispose(&command);
}

void cli_pager_finish(pv_cli *cli)
{
	if (!cli->pager_pid)
		return;
	close(STDOUT_FILENO);
	cli_wait(cli->pager_pid);
	cli->pager_pid = 0;
}
