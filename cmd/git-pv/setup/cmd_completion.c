/* SPDX-License-Identifier: MIT
 *
 * git pv completion: the completion script of a shell, and the words those
 * scripts ask for. The scripts are files in completion/, embedded by the
 * build.
 */
#include "cli.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/field_names.h"
#include "repo/prompts.h"
#include "ui/embedded.h"

struct completion_options {
	int list;
};

static const char *const lists[] = { "commands", "options", "operands",
				     "refs",     "fields",  NULL };

enum list {
	LIST_COMMANDS = 1,
	LIST_OPTIONS,
	LIST_OPERANDS,
	LIST_REFS,
	LIST_FIELDS
};

static const cli_option options[] = {
	{ 0, "list", CLI_ENUM, offsetof(struct completion_options, list), "WHAT",
	  "print words: commands, options, operands, refs or fields", lists },
	{ 0 },
};

const cli_usage cmd_completion_usage = {
	.synopsis = { "git pv completion bash|zsh|fish",
		      "git pv completion --list WHAT [COMMAND [VERB]]",
		      "git pv completion --list refs|fields ID" },
	.examples = { "eval \"$(git pv completion bash)\"",
		      "git pv completion fish > "
		      "~/.config/fish/conf.d/git-pv.fish" },
	.options = options,
	.args = "bash, zsh or fish",
	.max_args = 2,
};

static const struct {
	const char *shell;
	const char *const *text;
} scripts[] = {
	{ "bash", &embedded_git_pv_bash },
	{ "zsh", &embedded_git_pv_zsh },
	{ "fish", &embedded_git_pv_fish },
};

static int print_script(pv_cli *cli, const char *shell)
{
	int rc;

	for (size_t i = 0; i < pv_array_len(scripts); i++) {
		if (strcmp(scripts[i].shell, shell) == 0) {
			cli_puts(cli, *scripts[i].text);
			return PV_OK;
		}
	}
	rc = cli_usage_error(cli, "no completion for \"%s\"", shell);
	return pv_error_hint(&cli->err, rc, "there is bash, zsh and fish");
}

static void list_commands(pv_cli *cli)
{
	for (size_t i = 0; i < cli_command_count(); i++) {
		const cli_command *command = cli_command_at(i);

		if (!(command->needs & CLI_HIDDEN))
			cli_printf(cli, "%s\n", command->name);
	}
}

static void list_table(pv_cli *cli, const cli_option *option,
		       const cli_command *command)
{
	for (; option && (option->short_name || option->long_name); option++)
		if (option->long_name && cli_option_applies(option, command))
			cli_printf(cli, "--%s%s\n", option->long_name,
				   option->kind == CLI_FLAG ||
						   option->kind == CLI_MODE ||
						   option->is_optional
					   ? ""
					   : "=");
}

static int each_id(const char *id, const char *path, const pv_oid *blob,
		   void *payload)
{
	(void)path;
	(void)blob;
	cli_printf(payload, "%s\n", id);
	return PV_OK;
}

static int each_branch(const char *refname, const pv_oid *oid, void *payload)
{
	(void)oid;
	cli_printf(payload, "%s\n", refname + strlen("refs/heads/"));
	return PV_OK;
}

/* Whether the operands are prompts: the usage says so, or calls one "ID". */
static int takes_ids(const cli_usage *usage)
{
	return usage->ids != CLI_IDS_NONE ||
	       (usage->args && strstr(usage->args, "ID"));
}

/* Whether one of the operands is a branch, or what has one for a name. */
static int takes_branches(const cli_usage *usage)
{
	static const char *const words[] = { "branch", "commit", "REV", "a name" };

	for (size_t i = 0; usage->args && i < pv_array_len(words); i++)
		if (strstr(usage->args, words[i]))
			return 1;
	return 0;
}

/* Verbs, ids or branches, by what the command's operands are. */
static int list_operands(pv_cli *cli, const cli_command *command)
{
	pv_point here;
	int rc;

	if (strcmp(command->name, "help") == 0) {
		list_commands(cli);
		return PV_OK;
	}
	if (command->usage->verbs) {
		for (const cli_verb *verb = command->usage->verbs; verb->name;
		     verb++)
			cli_printf(cli, "%s\n", verb->name);
		return PV_OK;
	}
	rc = cli_open_store(cli);
	if (rc == PV_OK && takes_ids(command->usage)) {
		rc = cli_settings_load(cli);
		if (rc == PV_OK)
			rc = cli_point(&here, cli, NULL);
		if (rc == PV_OK)
			rc = pv_prompt_each(cli->store, &cli->settings, &here,
					    each_id, cli, &cli->err);
	} else if (rc == PV_OK && takes_branches(command->usage)) {
		rc = pv_store_ref_each(cli->store, "refs/heads/", each_branch,
				       cli, &cli->err);
	}
	return rc;
}

/* --- what belongs to one prompt --------------------------------------------- */

static int open_settings(pv_cli *cli)
{
	int rc = cli_open_store(cli);

	return rc == PV_OK ? cli_settings_load(cli) : rc;
}

/* A branch of which a prompt is wanted. */
struct ref_list {
	pv_cli *cli;
	const char *id;
};

static int each_ref(const char *refname, const pv_oid *oid, void *payload)
{
	const struct ref_list *list = payload;

	(void)oid;
	cli_printf(list->cli, "%s@%s\n", list->id,
		   refname + strlen("refs/heads/"));
	return PV_OK;
}

/* "ID@1.2.0", "ID@latest", "ID@main". */
static int list_refs(pv_cli *cli, const char *id)
{
	struct ref_list list = { cli, id };
	pv_version_list versions = { 0 };
	int rc = open_settings(cli);

	if (rc == PV_OK)
		rc = pv_id_check(id, &cli->err);
	if (rc == PV_OK)
		rc = pv_version_list_load(&versions, cli->store, &cli->settings,
					  id, &cli->err);
	for (size_t i = 0; i < versions.count; i++)
		cli_printf(cli, "%s@%s\n", id, versions.items[i].text);
	if (versions.count)
		cli_printf(cli, "%s@latest\n", id);
	if (rc == PV_OK)
		rc = pv_store_ref_each(cli->store, "refs/heads/", each_ref,
				       &list, &cli->err);
	pv_version_list_dispose(&versions);
	return rc;
}

static int list_fields(pv_cli *cli, const char *id)
{
	pv_strlist fields = { 0 };
	int rc = open_settings(cli);

	if (rc == PV_OK)
		rc = field_names(&fields, cli, id);
	for (size_t i = 0; i < fields.count && rc == PV_OK; i++)
		cli_printf(cli, "%s\n", fields.items[i]);
	pv_strlist_dispose(&fields);
	return rc;
}

/* --- the command -------------------------------------------------------------- */

/* The options of the verb, or of the command where it has no own ones. */
static const cli_option *options_of(const cli_command *command, const char *name)
{
	const cli_verb *verb = command->usage->verbs;

	for (; verb && verb->name && name; verb++)
		if (verb->usage && strcmp(verb->name, name) == 0)
			return verb->usage->options;
	return command->usage->options;
}

static int print_list(pv_cli *cli, int list, int argc, char **argv)
{
	const cli_command *command = argc ? cli_find_command(argv[0]) : NULL;

	if (list == LIST_COMMANDS) {
		list_commands(cli);
		return PV_OK;
	}
	if (list == LIST_REFS || list == LIST_FIELDS) {
		if (argc != 1)
			return cli_usage_error(cli, "--list %s needs an ID",
					       lists[list - 1]);
		return list == LIST_REFS ? list_refs(cli, argv[0])
					 : list_fields(cli, argv[0]);
	}
	if (!command)
		return cli_usage_error(cli, "--list needs a command");
	if (list == LIST_OPERANDS)
		return list_operands(cli, command);
	list_table(cli, options_of(command, argc > 1 ? argv[1] : NULL), command);
	list_table(cli, cli_common_options(), command);
	return PV_OK;
}

int cmd_completion(pv_cli *cli, int argc, char **argv)
{
	struct completion_options opts = { 0 };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != 0)
		return rc;
	if (opts.list)
		return print_list(cli, opts.list, argc, argv);
	if (argc != 1)
		return cli_usage_error(cli, "completion needs a shell: %s",
				       cmd_completion_usage.args);
	return print_script(cli, argv[0]);
}
