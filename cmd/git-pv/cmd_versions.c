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
	.ids = CLI_IDS_FIRST,
};

enum {
	NAMES_MAX = 100 /* of one prompt */
};

/* The versions of one prompt under all its names. */
struct listing {
	pv_cli *cli;
	pv_jsonw w;
	const char *id; /* as it was asked for */
	pv_oid from;    /* the lowest version so far; hex "" before any */
	int is_first;   /* the lowest version there can be was there */
	size_t count;
};

static void row_json(struct listing *out, const char *id,
		     const pv_version_info *info)
{
	pv_jsonw *w = &out->w;
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
	pv_jsonw_member(w, "id", id);
	pv_jsonw_object_end(w);
}

static void row_text(struct listing *out, const char *id,
		     const pv_version_info *info)
{
	pv_cli *cli = out->cli;
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
	if (strcmp(id, out->id) != 0)
		cli_printf(cli, " [as %s]", id);
	cli_puts(cli, "\n");
}

/* The versions under one name. */
static int list_name(struct listing *out, const char *id)
{
	pv_cli *cli = out->cli;
	pv_version_list list = { 0 };
	int rc = pv_version_list_load(&list, cli->store, &cli->settings, id,
				      &cli->err);

	for (size_t i = 0; i < list.count; i++) {
		const pv_version_info *info = &list.items[i];

		if (cli->json)
			row_json(out, id, info);
		else
			row_text(out, id, info);
		out->from = info->commit;
		out->is_first = strcmp(info->text, "1.0.0") == 0;
	}
	if (!cli->json && !out->count && list.count && list.items[0].is_removed)
		cli_note(cli, "the prompt has been removed");
	out->count += list.count;
	pv_version_list_dispose(&list);
	return rc;
}

/* What it was called before; a prompt that began at 1.0.0 had no other name. */
static int find_former(pv_buf *id, struct listing *out)
{
	pv_cli *cli = out->cli;
	pv_buf former = { 0 };
	int rc = PV_OK;

	if (!out->count)
		rc = pv_settings_tip(&out->from, cli->store, &cli->settings,
				     NULL);
	if (rc == PV_OK && !out->is_first)
		rc = pv_version_former(&former, cli->store, &cli->settings,
				       pv_buf_text(id), &out->from, &cli->err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	pv_buf_clear(id);
	pv_buf_puts(id, pv_buf_text(&former));
	pv_buf_dispose(&former);
	return rc == PV_OK ? pv_buf_status(id, &cli->err) : rc;
}

static int list_names(struct listing *out)
{
	pv_buf id = { 0 };
	int rc;

	pv_buf_puts(&id, out->id);
	rc = pv_buf_status(&id, &out->cli->err);
	for (int i = 0; i < NAMES_MAX && rc == PV_OK && id.len; i++) {
		rc = list_name(out, id.ptr);
		if (rc == PV_OK)
			rc = find_former(&id, out);
	}
	pv_buf_dispose(&id);
	return rc;
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
	struct listing out = { .cli = cli };
	int rc = cli_start(cli, NULL, &argc, argv);

	if (rc != PV_OK)
		return rc;
	out.id = argv[0];
	rc = pv_id_check(out.id, &cli->err);
	pv_jsonw_init(&out.w, &cli->out);
	if (cli->json)
		pv_jsonw_array(&out.w);
	if (rc == PV_OK)
		rc = list_names(&out);
	if (rc == PV_OK && !out.count)
		rc = explain_none(cli, out.id);
	if (cli->json)
		pv_jsonw_array_end(&out.w);
	return rc;
}
