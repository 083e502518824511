/* SPDX-License-Identifier: MIT
 *
 * git pv completion: the completion script of a shell, and the words those
 * scripts ask for. The scripts are files in completion/, embedded by the
 * build.
 */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/field_names.h"
#include "setup/completion_words.h"
#include "ui/embedded.h"

struct completion_options {
	int list;
};

static const char *const lists[] = { "words", "commands", "options", "operands",
				     "refs",  "fields",   NULL };

enum list {
	LIST_WORDS = 1,
	LIST_COMMANDS,
	LIST_OPTIONS,
	LIST_OPERANDS,
	LIST_REFS,
	LIST_FIELDS
};

static const cli_option options[] = {
	{ 0, "list", CLI_ENUM, offsetof(struct completion_options, list), "WHAT",
	  "print words, commands, options, operands, refs or fields", lists },
	{ 0 },
};

const cli_usage cmd_completion_usage = {
	.synopsis = { "git pv completion bash|zsh|fish",
		      "git pv completion --list words -- WORD...",
		      "git pv completion --list WHAT [COMMAND [VERB]]",
		      "git pv completion --list refs|fields ID" },
	.examples = { "eval \"$(git pv completion bash)\"",
		      "git pv completion fish > "
		      "~/.config/fish/conf.d/git-pv.fish" },
	.options = options,
	.args = "bash, zsh or fish",
	.max_args = -1,
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

static int list_fields(pv_cli *cli, const char *id)
{
	pv_strlist fields = { 0 };
	int rc = cli_open_store(cli);

	if (rc == PV_OK)
		rc = cli_settings_load(cli);
	if (rc == PV_OK)
		rc = field_names(&fields, cli, id);
	for (size_t i = 0; i < fields.count && rc == PV_OK; i++)
		cli_printf(cli, "%s\n", fields.items[i]);
	pv_strlist_dispose(&fields);
	return rc;
}

/* What a word of its own could be, said by where it would stand. */
static int list_refs(pv_cli *cli, const char *id)
{
	char show[] = "show";
	char *words[] = { show, NULL };
	pv_buf word = { 0 };
	int rc;

	pv_buf_printf(&word, "%s@", id);
	rc = pv_buf_status(&word, &cli->err);
	words[1] = word.ptr;
	if (rc == PV_OK)
		rc = completion_words(cli, pv_array_len(words), words);
	pv_buf_dispose(&word);
	return rc;
}

static int list_behind(pv_cli *cli, int argc, char **argv, const char *start)
{
	char word[8];
	char *words[3] = { NULL };
	int count = 0;

	if (argc > 2)
		return cli_usage_error(cli, "--list takes a command and a verb");
	snprintf(word, sizeof(word), "%s", start);
	for (; count < argc; count++)
		words[count] = argv[count];
	words[count++] = word;
	return completion_words(cli, count, words);
}

/* --- the command -------------------------------------------------------------- */

static int print_list(pv_cli *cli, int list, int argc, char **argv)
{
	if (list == LIST_COMMANDS)
		return list_behind(cli, 0, argv, "");
	if (list == LIST_WORDS)
		return argc ? completion_words(cli, argc, argv)
			    : cli_usage_error(cli, "--list words needs a WORD");
	if (list == LIST_REFS || list == LIST_FIELDS) {
		if (argc != 1)
			return cli_usage_error(cli, "--list %s needs an ID",
					       lists[list - 1]);
		return list == LIST_REFS ? list_refs(cli, argv[0])
					 : list_fields(cli, argv[0]);
	}
	if (!argc || !cli_find_command(argv[0]))
		return cli_usage_error(cli, "--list needs a command");
	return list_behind(cli, argc, argv, list == LIST_OPTIONS ? "--" : "");
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
