/* SPDX-License-Identifier: MIT
 *
 * One run of one command: set-up before it, errors and standard output after
 * it. This is the only place that opens the store, prints errors and decides
 * the exit status.
 */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <pv/git_rows.h>
#include <pv/init.h>

#include "base/fail.h"
#include "repo/named.h"
#include "ui/interrupt.h"
#include "ui/trace.h"

enum {
	VERBS_MAX = 20
};

const char *cli_env(const char *name, void *payload)
{
	(void)payload;
	return getenv(name);
}

int cli_wait(int pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int cli_usage_error(pv_cli *cli, const char *format, ...)
{
	char text[sizeof(cli->err.message)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return pv_fail_id(&cli->err, PV_ERR_USAGE, "%s", text);
}

int cli_open_store(pv_cli *cli)
{
	pv_store_options opts = { 0 };
	int rc;

	opts.path = cli_env("PV_REPO", NULL);
	if (opts.path && !*opts.path)
		opts.path = NULL;
	opts.env = cli_env;
	opts.trace = cli->trace;
	rc = pv_store_open(&cli->store, &opts, &cli->err);
	if (rc == PV_OK)
		pv_store_set_cancel(cli->store, interrupt_take, NULL);
	if (rc == PV_ENOTFOUND && cli->command->needs & CLI_MAYBE_REPO) {
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	if (rc == PV_EUNSUPPORTED && cli->command->needs & CLI_ANY_FORMAT)
		return PV_OK;
	return rc;
}

static int need_worktree(pv_cli *cli)
{
	if (!pv_store_is_bare(cli->store))
		return PV_OK;
	pv_fail(&cli->err, PV_EUNSUPPORTED,
		"%s needs a working tree, and \"%s\" is a bare repository",
		cli->command->name, pv_store_git_dir(cli->store));
	return pv_error_hint(&cli->err, PV_EUNSUPPORTED,
			     "run it in a clone with a working tree");
}

static int prepare(pv_cli *cli)
{
	unsigned needs = cli->command->needs;
	int rc = PV_OK;

	if (needs & (CLI_REPO | CLI_MAYBE_REPO))
		rc = cli_open_store(cli);
	if (rc == PV_OK && cli->store && needs & CLI_WORKTREE)
		rc = need_worktree(cli);
	/* The index may be behind the branch, where a commit was killed. */
	if (rc == PV_OK && cli->store && needs & CLI_WORKTREE)
		rc = pv_store_settle(cli->store, &cli->err);
	if (rc == PV_OK && cli->store && needs & CLI_SETTINGS)
		rc = cli_settings_load(cli);
	if (rc == PV_OK)
		cli_color_setup(cli);
	return rc;
}

void cli_verb_usage(pv_cli *cli, const cli_usage *usage)
{
	cli->verb = *cli->command;
	cli->verb.usage = usage;
	cli->command = &cli->verb;
}

/* The verb that the first operand names, or NULL. */
static const cli_verb *find_verb(const cli_verb *verbs, int argc, char **argv)
{
	int first = 0;

	while (first < argc && argv[first][0] == '-')
		first++;
	for (const cli_verb *verb = verbs; first < argc && verb->name; verb++)
		if (strcmp(verb->name, argv[first]) == 0)
			return verb;
	return NULL;
}

static int unknown_verb(pv_cli *cli, const char *name)
{
	const cli_verb *verbs = cli->command->usage->verbs;
	const char *names[VERBS_MAX + 1];
	size_t count = 0;

	for (; count < VERBS_MAX && verbs[count].name; count++)
		names[count] = verbs[count].name;
	names[count] = NULL;
	return cli_fail_verb(cli, name, names);
}

int cli_fail_verb(pv_cli *cli, const char *name, const char *const *names)
{
	char lister[64];
	int rc = cli_usage_error(cli, "there is no \"%s %.60s\"",
				 cli->command->name, name);

	snprintf(lister, sizeof(lister), "git pv %s -h", cli->command->name);
	return cli_hint_near(cli, rc, name, names, lister);
}

static int run_verb(pv_cli *cli, const cli_verb *verb, int argc, char **argv)
{
	cli_verb_usage(cli, verb->usage);
	if (verb->needs)
		cli->verb.needs = verb->needs;
	return verb->run(cli, argc, argv);
}

/* Nothing is asked, but perhaps for JSON. */
static int is_bare(int argc, char **argv)
{
	return argc == 0 || (argc == 1 && strcmp(argv[0], "--json") == 0);
}

int cli_run_verb(pv_cli *cli, int argc, char **argv)
{
	const cli_verb *verbs = cli->command->usage->verbs;
	const cli_verb *verb = find_verb(verbs, argc, argv);
	char list[] = "list";
	char *bare[] = { list, argc ? argv[0] : NULL, NULL };
	int rc;

	if (verb)
		return run_verb(cli, verb, argc, argv);
	if (is_bare(argc, argv))
		verb = find_verb(verbs, 1, bare);
	if (verb)
		return run_verb(cli, verb, argc + 1, bare);
	rc = cli_start(cli, NULL, &argc, argv);
	return rc != 0 ? rc : unknown_verb(cli, argv[0]);
}

int cli_start(pv_cli *cli, void *opts, int *argc, char **argv)
{
	int rc = cli_parse(cli, opts, argc, argv);

	if (rc == CLI_DONE) {
		cli->json = 0;
		cli_print_usage(&cli->out, cli->command);
		return rc;
	}
	if (rc == PV_OK) {
		trace_start(cli);
		rc = prepare(cli);
	}
	return rc == PV_OK ? named_operands(cli, *argc, argv) : rc;
}

/*
 * Whether an error is to be printed as JSON although the options could not
 * all be read.
 */
static int asks_for_json(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return 1;
	return 0;
}

/* 1 when a word of a synopsis, such as "start|stop", is or offers this one. */
static int offers(const char *word, size_t len, const char *typed)
{
	size_t typed_len = strlen(typed);

	for (const char *end = word + len; word < end;) {
		size_t part = strcspn(word, "| ");

		if (part == typed_len && strncmp(word, typed, part) == 0)
			return 1;
		word += part + 1;
	}
	return 0;
}

/*
 * How many of the words a line of the synopsis begins with: the name of the
 * command and its operands, which the options have been taken out of.
 */
static int words_shared(const char *line, char **argv)
{
	int shared = 0;

	line += strlen("git pv ");
	for (int i = 0; argv[i]; i++) {
		size_t len = strcspn(line, " ");

		if (argv[i][0] == '-')
			continue;
		if (!len || !offers(line, len, argv[i]))
			break;
		shared++;
		line += len + (line[len] == ' ');
	}
	return shared;
}

/* The lines for what was typed; the first where only the command is known. */
static void usage_lines(const pv_cli *cli, char **argv)
{
	const char *const *lines = cli->command->usage->synopsis;
	const char *head = "usage:";
	int most = 1;

	for (size_t i = 0; lines[i]; i++)
		if (words_shared(lines[i], argv) > most)
			most = words_shared(lines[i], argv);
	for (size_t i = 0; lines[i]; i++) {
		if (most > 1 && words_shared(lines[i], argv) != most)
			continue;
		fprintf(stderr, "%s %s\n", head, lines[i]);
		head = "   or:";
		if (most == 1)
			break;
	}
}

static int failed(pv_cli *cli, int rc, char **argv, int wants_json)
{
	int is_untold = rc == PV_ENOMEM;
	int status;

	cli->json = cli->json || wants_json;
	/* What the command had to say before it failed, in its place. */
	if (!cli->json && cli_flush(cli) < 0)
		is_untold = 1;
	if (is_untold && cli->made[0])
		pv_error_hint(&cli->err, rc, "%s", cli->made);
	status = cli_report_error(cli, rc);
	if (cli->err.id == PV_ERR_USAGE && !cli->json)
		usage_lines(cli, argv);
	return status;
}

int cli_run(pv_cli *cli, const cli_command *command, int argc, char **argv)
{
	int wants_json = asks_for_json(argc, argv);
	int status = 0;
	int rc;

	cli->command = command;
	rc = command->run(cli, argc - 1, argv + 1);
	if (rc == CLI_DONE)
		rc = 0;
	if (rc > 0)
		status = rc;
	else if (rc < 0)
		status = failed(cli, rc, argv, wants_json);
	trace_finish(cli, rc);
	rc = cli_finish(cli);
	if (rc < 0 && cli->made[0])
		pv_error_hint(&cli->err, rc, "%s", cli->made);
	if (rc < 0 && status <= 1) {
		cli->json = 0;
		status = cli_report_error(cli, rc);
	}
	if (cli->report)
		pv_report_free(cli->report);
	pv_git_rows_free(cli->git_rows);
	if (cli->store)
		pv_store_free(cli->store);
	pv_strlist_dispose(&cli->named);
	pv_buf_dispose(&cli->message);
	pv_buf_dispose(&cli->details);
	pv_buf_dispose(&cli->missing);
	pv_buf_dispose(&cli->out);
	return status;
}
