/* SPDX-License-Identifier: MIT
 *
 * `git pv review`: the table of its verbs, each with options of its own.
 */
#include "review/review_verbs.h"

enum {
	READS = CLI_REPO | CLI_SETTINGS | CLI_JSON
};

static const cli_verb verbs[] = {
	{ "open", &review_open_usage, review_open, READS },
	{ "list", &review_list_usage, review_list, READS | CLI_PAGER },
	{ "show", &review_show_usage, review_show, READS | CLI_PAGER },
	{ "diff", &review_diff_usage, review_diff, READS | CLI_PAGER },
	{ "comment", &review_comment_usage, review_comment, READS },
	{ "resolve", &review_resolve_usage, review_resolve, READS },
	{ "approve", &review_approve_usage, review_approve, READS },
	{ "reject", &review_reject_usage, review_reject, READS },
	{ "withdraw", &review_withdraw_usage, review_withdraw, READS },
	{ "revise", &review_revise_usage, review_revise, READS },
	{ "merge", &review_merge_usage, review_merge, READS },
	{ "close", &review_close_usage, review_close, READS },
	{ "export", &review_export_usage, review_export,
	  CLI_REPO | CLI_SETTINGS | CLI_PAGER },
	{ "import", &review_import_usage, review_import, READS },
	{ 0 },
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
		      "git pv review export ID [--format FORMAT]",
		      "git pv review import git-appraise [--json]" },
	.examples = { "git pv review open exp/concise -m \"Calmer\"",
		      "git pv review approve 1a2b3c4" },
	.args = "a verb: open, list, show, diff, comment, resolve, approve, "
		"reject, withdraw, revise, merge, close, export or import",
	.min_args = 1,
	.max_args = -1,
	.verbs = verbs,
};

int cmd_review(pv_cli *cli, int argc, char **argv)
{
	return cli_run_verb(cli, argc, argv);
}
