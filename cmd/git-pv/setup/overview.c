/* SPDX-License-Identifier: MIT
 *
 * `git pv` alone: where you are in ten lines, and the command that makes sense
 * next; where there is no repository, how to start.
 */
#include "setup/overview.h"

#include "base/fail.h"
#include "version/work_status.h"

enum {
	LISTED_MAX = 4, /* changed prompts; the rest are counted */
	NAMED_MAX = 3   /* in one line */
};

static const cli_usage usage = {
	.synopsis = { "git pv" },
	.examples = { "git pv" },
};

static void put_count(pv_cli *cli, size_t count, const char *one, const char *many)
{
	cli_printf(cli, "%zu %s", count, count == 1 ? one : many);
}

static void print_branch(const work_status *status)
{
	pv_cli *cli = status->cli;
	const char *doing = work_doing(cli);

	if (status->branch.len) {
		cli_puts(cli, "branch      ");
		cli_line(cli, pv_buf_text(&status->branch));
	} else {
		cli_printf(cli, "branch      none: HEAD is detached at %.10s",
			   status->head.hex);
	}
	if (!status->head.hex[0])
		cli_puts(cli, ", no commits yet");
	if (doing)
		cli_printf(cli, ", a %s is under way", doing);
	cli_puts(cli, "\n");
}

static void print_conflicts(const work_status *status)
{
	pv_cli *cli = status->cli;

	if (!status->unmerged.count)
		return;
	cli_puts(cli, "conflicts   ");
	put_count(cli, status->unmerged.count, "file", "files");
	cli_puts(cli, ", ");
	cli_path(cli, status->unmerged.items[0]);
	cli_puts(cli, status->unmerged.count > 1 ? " first\n" : "\n");
}

static void print_changes(const work_status *status)
{
	pv_cli *cli = status->cli;

	for (size_t i = 0; i < status->count && i < LISTED_MAX; i++) {
		const work_change *item = &status->items[i];

		cli_printf(cli, "%-12s", work_change_name(item));
		cli_path(cli, item->id ? item->id : item->path);
		work_change_version(cli, item);
		cli_puts(cli, "\n");
	}
	if (status->count > LISTED_MAX)
		cli_printf(cli, "%-12sand %zu more\n", "",
			   status->count - LISTED_MAX);
}

/* Committed, and without a version: themselves or what they refer to. */
static void print_unreleased(const work_status *status)
{
	const pv_strlist *ids = &status->pending;
	pv_cli *cli = status->cli;

	if (!ids->count)
		return;
	cli_puts(cli, "unreleased  ");
	put_count(cli, ids->count, "prompt", "prompts");
	for (size_t i = 0; i < ids->count && i < NAMED_MAX; i++) {
		cli_puts(cli, i ? ", " : ": ");
		cli_path(cli, ids->items[i]);
	}
	if (ids->count > NAMED_MAX)
		cli_printf(cli, " and %zu more", ids->count - NAMED_MAX);
	cli_puts(cli, "\n");
}

/* --- what is next ---------------------------------------------------------- */

static int stop_at_first(const char *id, const char *path, const pv_oid *blob,
			 void *payload)
{
	(void)id;
	(void)path;
	(void)blob;
	(void)payload;
	return 1;
}

static int is_broken(const work_status *status)
{
	for (size_t i = 0; i < status->count; i++)
		if (status->items[i].is_broken)
			return 1;
	return 0;
}

/* What ends the merge, revert or rebase whose conflicts are settled. */
static const char *end_of_state(pv_cli *cli)
{
	switch (pv_store_state(cli->store)) {
	case PV_STATE_NONE:
		return NULL;
	case PV_STATE_MERGE:
		return "git pv merge --continue";
	case PV_STATE_REVERT:
		return "git pv revert --continue";
	case PV_STATE_CHERRY_PICK:
		return "git pv cherry-pick --continue";
	case PV_STATE_REBASE:
	case PV_STATE_OTHER:
		return "git status";
	}
	return NULL;
}

/* The first that applies; "" is a branch that can be merged. */
static const char *next_command(const work_status *status, int has_prompts)
{
	const char *end = end_of_state(status->cli);
	int is_default = work_status_is_on_default(status);

	if (status->unmerged.count)
		return "git pv conflicts";
	if (is_broken(status))
		return "git pv check";
	if (end)
		return end;
	if (status->count)
		return "git pv commit -m MESSAGE";
	if (!has_prompts)
		return "git pv new support/triage";
	if (is_default && status->pending.count)
		return "git pv release";
	return is_default || !status->branch.len ? "git pv list" : "";
}

/* Of a branch, what brings it to the default one, if there is that. */
static void print_merge(pv_cli *cli)
{
	const char *branch = cli->settings.default_branch;
	pv_point at;

	if (pv_rev_resolve(&at, cli->store, &cli->settings, NULL, branch, NULL) <
	    0) {
		cli_puts(cli, "git pv doctor: there is no branch ");
		cli_line(cli, branch);
		return;
	}
	cli_puts(cli, "git pv diff ");
	cli_line(cli, branch);
	cli_puts(cli, "...HEAD, or git pv merge from there");
}

static void print_next(const work_status *status, int has_prompts)
{
	pv_cli *cli = status->cli;
	const char *command = next_command(status, has_prompts);

	cli_puts(cli, "next        ");
	if (*command)
		cli_puts(cli, command);
	else
		print_merge(cli);
	cli_puts(cli, "\n");
}

/* --- the command ----------------------------------------------------------- */

static int show(pv_cli *cli)
{
	const pv_point here = { PV_AT_WORKTREE, { "" } };
	work_status status = { .cli = cli };
	int has_prompts = 0;
	int rc = work_status_collect(&status);

	if (rc == PV_OK)
		rc = has_prompts =
			pv_prompt_each(cli->store, &cli->settings, &here,
				       stop_at_first, NULL, &cli->err);
	if (rc >= 0) {
		print_branch(&status);
		print_conflicts(&status);
		print_changes(&status);
		print_unreleased(&status);
		print_next(&status, has_prompts);
		rc = PV_OK;
	}
	work_status_dispose(&status);
	return rc;
}

static void show_bare(pv_cli *cli)
{
	cli_puts(cli, "a bare repository; its prompts are those of ");
	cli_line(cli, cli->settings.default_branch);
	cli_puts(cli, "\nnext        git pv list\n");
}

static void show_start(pv_cli *cli)
{
	cli_puts(cli, "This folder is in no git repository. To start:\n"
		      "  git pv init            make one here\n"
		      "  git pv init --starter  with six prompts to start from\n"
		      "  git pv help            list the commands\n");
}

static int run(pv_cli *cli, int argc, char **argv)
{
	int rc;

	if (cli->json) {
		rc = cli_usage_error(cli, "no command given");
		return pv_error_hint(&cli->err, rc,
				     "\"git pv status --json\" says where you are");
	}
	rc = cli_start(cli, NULL, &argc, argv);
	if (rc != PV_OK)
		return rc;
	if (!cli->store)
		show_start(cli);
	else if (pv_store_is_bare(cli->store))
		show_bare(cli);
	else
		return show(cli);
	return PV_OK;
}

const cli_command overview_command = {
	"git pv",        run,
	&usage,          CLI_MAYBE_REPO | CLI_SETTINGS | CLI_HIDDEN,
	CLI_GROUP_START, "show where you are",
};
