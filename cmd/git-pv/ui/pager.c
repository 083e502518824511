/* SPDX-License-Identifier: MIT
 *
 * The pager: chosen as git chooses it, started when the first output is
 * written, waited for at the end. Ctrl-C belongs to the pager while it runs.
 */
#include "cli.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/mem.h"

enum answer {
	ANSWER_NONE = -1, /* not configured, or only that there be one */
	ANSWER_NO,
	ANSWER_PROGRAM
};

/* What a value of pager.<cmd> is: an answer, or a program. */
static enum answer read_value(const char *value)
{
	static const char *const no[] = { "false", "no", "off", "0" };
	static const char *const yes[] = { "", "true", "yes", "on", "1" };

	for (size_t i = 0; i < pv_array_len(no); i++)
		if (strcasecmp(value, no[i]) == 0)
			return ANSWER_NO;
	for (size_t i = 0; i < pv_array_len(yes); i++)
		if (strcasecmp(value, yes[i]) == 0)
			return ANSWER_NONE;
	return ANSWER_PROGRAM;
}

/* pager.pv.<cmd>, then pager.<cmd>, which `out` gets if it is a program. */
static enum answer command_pager(pv_buf *out, pv_cli *cli)
{
	static const char *const keys[] = { "pager.pv.", "pager." };
	enum answer answer = ANSWER_NONE;
	int is_set = 0;

	for (size_t i = 0; i < pv_array_len(keys) && !is_set; i++) {
		pv_buf key = { 0 };

		pv_buf_printf(&key, "%s%s", keys[i], cli->command->name);
		is_set = cli_config(out, cli, pv_buf_text(&key));
		pv_buf_dispose(&key);
	}
	if (is_set)
		answer = read_value(pv_buf_text(out));
	if (answer != ANSWER_PROGRAM)
		pv_buf_clear(out);
	return answer;
}

/* The pager's command line; empty for none. */
static void choose_pager(pv_buf *out, pv_cli *cli)
{
	const char *env = cli_env("GIT_PAGER", NULL);
	enum answer answer = command_pager(out, cli);

	if (answer == ANSWER_NO)
		return;
	if (env) {
		pv_buf_clear(out);
		pv_buf_puts(out, env);
	}
	if (env || answer == ANSWER_PROGRAM || cli_config(out, cli, "core.pager"))
		return;
	env = cli_env("PAGER", NULL);
	pv_buf_puts(out, env ? env : "less");
}

/* The same, but empty where this run needs none, or is in one already. */
static void want_pager(pv_buf *out, pv_cli *cli)
{
	if (cli->pager_pid || cli->no_pager || cli->json ||
	    !isatty(STDOUT_FILENO) || !(cli->command->needs & CLI_PAGER))
		return;
	choose_pager(out, cli);
	if (strcmp(pv_buf_text(out), "cat") == 0)
		pv_buf_clear(out);
}

int cli_pager_is_git(const pv_cli *cli)
{
	const char *in_use = cli_env("GIT_PAGER_IN_USE", NULL);

	return in_use && read_value(in_use) != ANSWER_NO && !cli->json &&
	       (cli->command->needs & CLI_PAGER);
}

int cli_pager_is_wanted(pv_cli *cli)
{
	pv_buf command = { 0 };
	int is_wanted;

	want_pager(&command, cli);
	is_wanted = command.len > 0;
	pv_buf_dispose(&command);
	return is_wanted;
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

	want_pager(&command, cli);
	if (command.len)
		start(cli, pv_buf_text(&command));
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
