/* SPDX-License-Identifier: MIT
 *
 * git pv status: what `git pv commit` would record, prompt by prompt with the
 * version each would get, an operation under way, and prompts whose behaviour
 * changed through what they include.
 */
#include "version/work_status.h"

const cli_usage cmd_status_usage = {
	.synopsis = { "git pv status [--json]" },
	.examples = { "git pv status", "git pv status --json" },
};

static void letters_json(pv_jsonw *w, const char *key, char letter)
{
	pv_jsonw_key(w, key);
	if (letter == ' ')
		pv_jsonw_null(w);
	else
		pv_jsonw_stringn(w, &letter, 1);
}

static void item_json(pv_jsonw *w, const work_change *item)
{
	pv_jsonw_object(w);
	cli_text_json(w, "id", item->id);
	pv_jsonw_member(w, "path", item->path);
	pv_jsonw_member(w, "status", work_change_name(item));
	letters_json(w, "staged", item->staged);
	letters_json(w, "unstaged", item->unstaged);
	cli_text_json(w, "version", item->last);
	cli_text_json(w, "next", item->next);
	cli_text_json(w, "bump",
		      item->next[0] && item->last[0] ? pv_bump_name(item->bump)
						     : NULL);
	pv_jsonw_key(w, "loads");
	pv_jsonw_bool(w, !item->is_broken);
	pv_jsonw_object_end(w);
}

static void print_json(const work_status *status)
{
	pv_cli *cli = status->cli;
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	cli_text_json(&w, "branch", pv_buf_text(&status->branch));
	cli_oid_json(&w, "commit", &status->head);
	pv_jsonw_member(&w, "state", work_state_name(pv_store_state(cli->store)));
	pv_jsonw_key(&w, "changes");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < status->count; i++)
		item_json(&w, &status->items[i]);
	pv_jsonw_array_end(&w);
	pv_jsonw_list(&w, "conflicts", &status->unmerged);
	pv_jsonw_list(&w, "closure_changed", &status->stale);
	pv_jsonw_list(&w, "unreleased", &status->unreleased);
	pv_jsonw_object_end(&w);
}

static void print_head(const work_status *status)
{
	pv_cli *cli = status->cli;
	const char *name = work_doing(cli);

	if (status->branch.len) {
		cli_puts(cli, "On branch ");
		cli_line(cli, pv_buf_text(&status->branch));
		cli_puts(cli, "\n");
	} else {
		cli_printf(cli, "HEAD is detached at %.10s\n", status->head.hex);
	}
	if (!status->head.hex[0])
		cli_puts(cli, "No commits yet\n");
	if (name)
		cli_printf(cli, "A %s is under way\n", name);
}

static void print_changes(const work_status *status)
{
	pv_cli *cli = status->cli;

	if (!status->count)
		return;
	cli_puts(cli, "\nChanged (git pv commit -m MESSAGE records it):\n");
	for (size_t i = 0; i < status->count; i++) {
		const work_change *item = &status->items[i];

		cli_printf(cli, "  %c%c %s%-9s%s ", item->staged, item->unstaged,
			   cli_color(cli, CLI_COLOR_META), work_change_name(item),
			   cli_color(cli, CLI_COLOR_RESET));
		cli_path(cli, item->id ? item->id : item->path);
		work_change_version(cli, item);
		cli_puts(cli, "\n");
	}
}

static void print_list(pv_cli *cli, const char *title, const pv_strlist *list)
{
	if (list->count)
		cli_printf(cli, "\n%s:\n", title);
	for (size_t i = 0; i < list->count; i++) {
		cli_puts(cli, "  ");
		cli_path(cli, list->items[i]);
		cli_puts(cli, "\n");
	}
}

static void print_text(const work_status *status)
{
	pv_cli *cli = status->cli;

	print_head(status);
	print_list(cli, "Unmerged (git pv conflicts shows the places)",
		   &status->unmerged);
	print_changes(status);
	print_list(cli,
		   work_status_is_on_default(status)
			   ? "Changed through what they include "
			     "(git pv release gives them a "
			     "version)"
			   : "Changed through what they include",
		   &status->stale);
	print_list(cli,
		   "Changed since their version "
		   "(git pv release gives them a new one)",
		   &status->unreleased);
	if (!status->count && !status->unmerged.count)
		cli_puts(cli, "\nNothing to commit\n");
}

int cmd_status(pv_cli *cli, int argc, char **argv)
{
	work_status status = { 0 };
	int rc;

	rc = cli_start(cli, NULL, &argc, argv);
	if (rc != 0)
		return rc;
	status.cli = cli;
	rc = work_status_collect(&status);
	if (rc == PV_OK) {
		if (cli->json)
			print_json(&status);
		else
			print_text(&status);
	}
	work_status_dispose(&status);
	return rc;
}
