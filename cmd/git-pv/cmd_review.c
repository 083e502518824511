/* SPDX-License-Identifier: MIT
 *
 * `git pv review`: the table of its verbs, each with options of its own.
 */
#include <string.h>

#include "review_verbs.h"

enum {
	READS = CLI_REPO | CLI_SETTINGS | CLI_JSON
};

static const cli_verb verbs[] = {
	{ "open", &review_open_usage },
	{ "list", &review_list_usage },
	{ "show", &review_show_usage },
	{ "diff", &review_diff_usage },
	{ "comment", &review_comment_usage },
	{ "resolve", &review_resolve_usage },
	{ "approve", &review_approve_usage },
	{ "reject", &review_reject_usage },
	{ "withdraw", &review_withdraw_usage },
	{ "revise", &review_revise_usage },
	{ "merge", &review_merge_usage },
	{ "close", &review_close_usage },
	{ "export", &review_export_usage },
	{ 0 },
};

/* In the same order. */
static const struct {
	int (*run)(pv_cli *cli, int argc, char **argv);
	unsigned needs; /* enum cli_needs */
} calls[] = {
	{ review_open, READS },
	{ review_list, READS | CLI_PAGER },
	{ review_show, READS | CLI_PAGER },
	{ review_diff, READS | CLI_PAGER },
	{ review_comment, READS },
	{ review_resolve, READS },
	{ review_approve, READS },
	{ review_reject, READS },
	{ review_withdraw, READS },
	{ review_revise, READS },
	{ review_merge, READS },
	{ review_close, READS },
	{ review_export, CLI_REPO | CLI_SETTINGS | CLI_PAGER },
};

const cli_usage cmd_review_usage = {
	.synopsis = { "git pv review open [BRANCH] [--into BRANCH] [-m MSG]... "
		      "[--reviewer WHO]... [--json]",
		      "git pv review open ID@V --for E [-m MSG]... "
		      "[--reviewer WHO]... [--json]",
		      "git pv review list [--all] [--mine | --needs-me] [--json]",
		      "git pv review show ID [--json]",
		      "git pv review diff ID [--word | --side-by-side | --stat] "
		      "[--json]",
		      "git pv review comment ID -m MSG [--prompt ID] [--field F] "
		      "[--line N] [--reply-to COMMENT] [--json]",
		      "git pv review resolve ID COMMENT [-m MSG] [--json]",
		      "git pv review approve|withdraw|close ID [-m MSG] [--json]",
		      "git pv review reject|revise ID [-m MSG] [--json]",
		      "git pv review merge ID [-m MSG] [--override WHY] [--json]",
		      "git pv review export ID [--format FORMAT]" },
	.examples = { "git pv review open exp/concise -m \"Calmer\"",
		      "git pv review approve 1a2b3c4" },
	.args = "a verb: open, list, show, diff, comment, resolve, approve, "
		"reject, withdraw, revise, merge, close or export",
	.min_args = 1,
	.max_args = -1,
	.verbs = verbs,
};

/* The place of the first operand among the verbs, or -1. */
static int verb_of(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (argv[i][0] == '-')
			continue;
		for (int k = 0; verbs[k].name; k++)
			if (strcmp(verbs[k].name, argv[i]) == 0)
				return k;
		return -1;
	}
	return -1;
}

int cmd_review(pv_cli *cli, int argc, char **argv)
{
	int verb = verb_of(argc, argv);
	int rc;

	if (verb >= 0) {
		cli_verb_usage(cli, verbs[verb].usage);
		cli->verb.needs = calls[verb].needs;
		return calls[verb].run(cli, argc, argv);
	}
	rc = cli_start(cli, NULL, &argc, argv);
	return rc != 0 ? rc
		       : cli_usage_error(cli, "there is no \"review %.60s\"",
					 argv[0]);
}
