/* SPDX-License-Identifier: MIT
 *
 * git pv help: the commands by what they are for, the manual page of one, or a
 * guide. Where no manual page can be shown its -h is.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "setup/help_rule.h"
#include "ui/embedded.h"

const cli_usage cmd_help_usage = {
	.synopsis = { "git pv help [COMMAND | GUIDE...] [--json]",
		      "git pv help check RULE [--json]" },
	.examples = { "git pv help", "git pv help getting-started",
		      "git pv help check unknown-key" },
	.args = "COMMAND",
	.max_args = 4,
};

static const char *const group_titles[CLI_GROUP_COUNT] = {
	[CLI_GROUP_START] = "start",
	[CLI_GROUP_WORK] = "work on prompts",
	[CLI_GROUP_HISTORY] = "branches and history",
	[CLI_GROUP_RELEASE] = "versions",
	[CLI_GROUP_RUNS] = "what prompts did",
	[CLI_GROUP_EXCHANGE] = "exchange with other tools",
	[CLI_GROUP_SETUP] = "set-up",
};

enum {
	TOPICS_MAX = 200 /* commands and guides */
};

static const struct {
	const char *name;
	const char *const *text;
	const char *summary;
	const char *others; /* what else it is asked for by, a blank between */
} guides[] = {
	{ "getting-started", &embedded_getting_started_txt,
	  "from nothing to the second version", "start starting" },
	{ "versioning", &embedded_versioning_txt,
	  "what versions are, and how they are numbered", "versions" },
	{ "merging", &embedded_merging_txt, "branches, and joining them", "" },
	{ "resolving", &embedded_resolving_txt, "what to do about conflicts",
	  "conflicts resolving-conflicts" },
	{ "with-git", &embedded_with_git_txt,
	  "how it goes together with plain git", "with-plain-git plain-git git" },
};

const char *help_guide(size_t idx)
{
	return idx < pv_array_len(guides) ? guides[idx].name : NULL;
}

static void list_guides(pv_cli *cli)
{
	cli_puts(cli, "\nguides\n");
	for (size_t i = 0; i < pv_array_len(guides); i++)
		cli_printf(cli, "   %-15s %s\n", guides[i].name,
			   guides[i].summary);
}

/* Whether a word is in a list of words with blanks between them. */
static int is_listed_in(const char *words, const char *name)
{
	size_t len = strlen(name);

	for (; *words; words += strspn(words, " ")) {
		size_t end = strcspn(words, " ");

		if (end == len && !memcmp(words, name, len))
			return 1;
		words += end;
	}
	return 0;
}

/* 1 when there is such a guide. */
static int show_guide(pv_cli *cli, const char *name)
{
	for (size_t i = 0; i < pv_array_len(guides); i++) {
		if (strcmp(guides[i].name, name) != 0 &&
		    !is_listed_in(guides[i].others, name))
			continue;
		cli_puts(cli, *guides[i].text);
		return 1;
	}
	return 0;
}

static int is_listed(const cli_command *command)
{
	return !(command->needs & CLI_HIDDEN);
}

static void list_group(pv_cli *cli, enum cli_group group)
{
	cli_printf(cli, "\n%s\n", group_titles[group]);
	for (size_t i = 0; i < cli_command_count(); i++) {
		const cli_command *command = cli_command_at(i);

		if (is_listed(command) && command->group == group)
			cli_printf(cli, "   %-12s %s\n", command->name,
				   command->summary);
	}
}

static void list_all(pv_cli *cli)
{
	cli_puts(cli, "usage: git pv COMMAND [options]\n");
	for (int group = 0; group < CLI_GROUP_COUNT; group++)
		list_group(cli, (enum cli_group)group);
	list_guides(cli);
	cli_puts(cli, "\n\"git pv COMMAND -h\" is a short help, "
		      "\"git pv help COMMAND\" the manual page.\n");
}

static void list_json(pv_cli *cli)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_array(&w);
	for (size_t i = 0; i < cli_command_count(); i++) {
		const cli_command *command = cli_command_at(i);

		if (!is_listed(command))
			continue;
		pv_jsonw_object(&w);
		pv_jsonw_member(&w, "name", command->name);
		pv_jsonw_member(&w, "group", group_titles[command->group]);
		pv_jsonw_member(&w, "summary", command->summary);
		pv_jsonw_object_end(&w);
	}
	pv_jsonw_array_end(&w);
}

/* Runs man; 1 when it has shown the page. */
static int show_manual(pv_cli *cli, const char *page)
{
	pid_t pid;

	if (!isatty(STDOUT_FILENO) || cli_flush(cli) < 0)
		return 0;
	pid = fork();
	if (pid == 0) {
		close(STDERR_FILENO);
		execlp("man", "man", page, (char *)NULL);
		_exit(127);
	}
	return pid > 0 && cli_wait(pid) == 0;
}

/* What is near may be a guide as well. */
static int unknown_topic(pv_cli *cli, const char *name)
{
	const char *names[TOPICS_MAX + 1];
	size_t count = 0;
	int rc = cli_unknown_command(cli, name);

	for (size_t i = 0; i < pv_array_len(guides); i++)
		names[count++] = guides[i].name;
	for (size_t i = 0; i < cli_command_count() && count < TOPICS_MAX; i++)
		if (is_listed(cli_command_at(i)))
			names[count++] = cli_command_at(i)->name;
	names[count] = NULL;
	return cli_hint_near(cli, rc, name, names, "git pv help");
}

/* What is a guide and a command, as "versions", is told as both. */
static int explain(pv_cli *cli, const char *name)
{
	const cli_command *command = cli_find_command(name);
	int is_guide = show_guide(cli, name);
	pv_buf page = { 0 };

	if (!command)
		return is_guide ? PV_OK : unknown_topic(cli, name);
	if (is_guide) {
		cli_printf(cli,
			   "\nThere is a command of that name, too: "
			   "\"git pv %s -h\" is a short help,\n"
			   "\"man git-pv-%s\" its manual page.\n",
			   name, name);
		return PV_OK;
	}
	pv_buf_printf(&page, "git-pv-%s", name);
	if (!show_manual(cli, pv_buf_text(&page)))
		cli_print_usage(&cli->out, command);
	pv_buf_dispose(&page);
	return PV_OK;
}

/* "getting started" is one guide. */
static int explain_words(pv_cli *cli, int argc, char **argv)
{
	pv_buf name = { 0 };
	int rc;

	for (int i = 0; i < argc; i++)
		pv_buf_printf(&name, "%s%s", i ? "-" : "", argv[i]);
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] == ' ')
			name.ptr[i] = '-';
	rc = pv_buf_status(&name, &cli->err);
	if (rc == PV_OK && argc > 1 && cli_find_command(argv[0]))
		rc = cli_usage_error(cli, "\"%s\" has no further pages", argv[0]);
	else if (rc == PV_OK)
		rc = explain(cli, pv_buf_text(&name));
	pv_buf_dispose(&name);
	return rc;
}

int cmd_help(pv_cli *cli, int argc, char **argv)
{
	int rc;

	rc = cli_start(cli, NULL, &argc, argv);
	if (rc != 0)
		return rc;
	if (argc == 2 && !strcmp(argv[0], "check"))
		return help_rule(cli, argv[1]);
	if (cli->json)
		list_json(cli);
	else if (argc)
		return explain_words(cli, argc, argv);
	else
		list_all(cli);
	return PV_OK;
}
