/* SPDX-License-Identifier: MIT
 *
 * `git pv versions`: the versions of one prompt, highest first, from the tags
 * the default branch reaches.
 */
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "cli.h"

const cli_usage cmd_versions_usage = {
	.synopsis = { "git pv versions [--json] ID" },
	.examples = { "git pv versions support/triage" },
	.args = "the id of a prompt",
	.min_args = 1,
	.max_args = 1,
};

static void row_json(pv_jsonw *w, const pv_version_info *info)
{
	char date[PV_TIME_TEXT];

	pv_time_format(date, info->tagger.when * 1000000);
	pv_jsonw_object(w);
	pv_jsonw_member(w, "version", info->text);
	pv_jsonw_member(w, "tag", info->tag);
	pv_jsonw_member(w, "commit", info->commit.hex);
	pv_jsonw_member(w, "blob", info->blob.hex);
	pv_jsonw_member(w, "date", date);
	pv_jsonw_member(w, "bump", pv_bump_name(info->bump));
	pv_jsonw_member(w, "subject", info->subject);
	pv_jsonw_key(w, "published");
	pv_jsonw_bool(w, info->is_published);
	pv_jsonw_key(w, "removed");
	pv_jsonw_bool(w, info->is_removed);
	pv_jsonw_object_end(w);
}

static void row_text(pv_cli *cli, const pv_version_info *info)
{
	char date[PV_TIME_TEXT];

	pv_time_format_offset(date, info->tagger.when, info->tagger.offset);
	date[strlen("2026-11-20")] = '\0';
	cli_printf(cli, "%s%-10s%s %s  %-5s  %.7s  ",
		   cli_color(cli, CLI_COLOR_NEW), info->text,
		   cli_color(cli, CLI_COLOR_RESET), date,
		   pv_bump_name(info->bump), info->commit.hex);
	cli_line(cli, info->subject);
	if (info->is_published)
		cli_puts(cli, " [published]");
	cli_puts(cli, "\n");
}

static void print(pv_cli *cli, const pv_version_list *list)
{
	pv_jsonw w;

	if (!cli->json) {
		for (size_t i = 0; i < list->count; i++)
			row_text(cli, &list->items[i]);
		if (list->count && list->items[0].is_removed)
			cli_note(cli, "the prompt has been removed");
		return;
	}
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_array(&w);
	for (size_t i = 0; i < list->count; i++)
		row_json(&w, &list->items[i]);
	pv_jsonw_array_end(&w);
}

/* No version: either there is no such prompt, or it was never released. */
static int explain_none(pv_cli *cli, const char *id)
{
	pv_spec spec = { 0 };
	int rc;

	rc = pv_spec_resolve(&spec, cli->store, &cli->settings, id,
			     PV_SPEC_WORKTREE, &cli->err);
	pv_spec_dispose(&spec);
	if (rc == PV_OK)
		cli_hint(cli,
			 "\"%s\" has no version yet; \"git pv release %s\" "
			 "makes the first",
			 id, id);
	return rc;
}

int cmd_versions(pv_cli *cli, int argc, char **argv)
{
	pv_version_list list = { 0 };
	int rc;

	rc = cli_start(cli, NULL, &argc, argv);
	if (rc != PV_OK)
		return rc;
	rc = pv_id_check(argv[0], &cli->err);
	if (rc == PV_OK)
		rc = pv_version_list_load(&list, cli->store, &cli->settings,
					  argv[0], &cli->err);
	if (rc == PV_OK && !list.count)
		rc = explain_none(cli, argv[0]);
	if (rc == PV_OK)
		print(cli, &list);
	pv_version_list_dispose(&list);
	return rc;
}
