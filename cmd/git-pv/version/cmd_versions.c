/* SPDX-License-Identifier: MIT
 *
 * `git pv versions`: the versions of one prompt, highest first, from the tags
 * the default branch reaches.
 */
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "repo/prompts.h"
#include "repo/version_names.h"
#include "version/version_parents.h"

const cli_usage cmd_versions_usage = {
	.synopsis = { "git pv versions [--json] ID" },
	.examples = { "git pv versions support/triage",
		      "git pv versions support/triage --json" },
	.args = "the id of a prompt",
	.min_args = 1,
	.max_args = 1,
	.ids = CLI_IDS_FIRST,
};

/* --- what a file says of itself ---------------------------------------------- */

/* What it was called where it came from: `metadata.label`, or `version:`. */
static int take_label(pv_buf *json, const pv_prompt *prompt, pv_error *err)
{
	pv_json_doc *doc = NULL;
	const pv_json *label;
	pv_buf text = { 0 };
	int rc = pv_prompt_field_json(&text, prompt, "metadata", err);

	if (rc == PV_OK)
		rc = pv_json_parse(&doc, text.ptr, text.len, err);
	label = doc ? pv_json_get(pv_json_root(doc), "label") : NULL;
	if (label)
		rc = pv_json_dump(json, label, err);
	else if (rc == PV_OK || rc == PV_ENOTFOUND)
		rc = pv_prompt_field_json(json, prompt, "version", err);
	pv_json_free(doc);
	pv_buf_dispose(&text);
	return rc;
}

/* Nothing for a version that has none. */
static int read_label(pv_buf *json, pv_cli *cli, const char *id,
		      const pv_version_info *info)
{
	const pv_point at = { PV_AT_COMMIT, info->commit };
	pv_settings there = cli->settings;
	cli_prompt entry = { 0 };
	pv_buf path = { 0 };
	int rc = pv_settings_at(&there, cli->store, &at, &cli->err);

	if (rc == PV_OK)
		rc = pv_prompt_path(&path, &there, id, &cli->err);
	if (rc == PV_OK)
		rc = cli_prompt_read(&entry, cli, &at, id, path.ptr, NULL);
	if (rc == PV_OK && entry.prompt)
		rc = take_label(json, entry.prompt, &cli->err);
	/* The version is one all the same where its file cannot be read. */
	if (rc < 0 && rc != PV_ENOMEM && rc != PV_ECANCELED) {
		pv_error_clear(&cli->err);
		pv_buf_clear(json);
		rc = PV_OK;
	}
	cli_prompt_dispose(&entry);
	pv_buf_dispose(&path);
	return rc;
}

/* --- rows -------------------------------------------------------------------- */

/* What only documents have: it costs reading the commit and the file. */
static int more_members(pv_jsonw *w, pv_cli *cli, const version_row *row)
{
	pv_commit commit = { 0 };
	pv_buf label = { 0 };
	int rc = pv_store_commit_read(&commit, cli->store, &row->info->commit,
				      &cli->err);

	if (rc == PV_OK)
		rc = read_label(&label, cli, row->id, row->info);
	if (rc == PV_OK) {
		cli_raw_json(w, "label", label.len ? label.ptr : NULL);
		pv_jsonw_member(w, "created_by", commit.author.name);
	}
	pv_commit_dispose(&commit);
	pv_buf_dispose(&label);
	return rc;
}

static void parents_json(pv_jsonw *w, const version_names *all,
			 const version_parents *parents, size_t idx)
{
	const char *first = NULL;

	pv_jsonw_key(w, "parents");
	pv_jsonw_array(w);
	for (size_t at = idx + 1; at < all->count; at++) {
		if (!version_parents_has(parents, idx, at))
			continue;
		first = first ? first : all->rows[at].info->text;
		pv_jsonw_string(w, all->rows[at].info->text);
	}
	pv_jsonw_array_end(w);
	pv_jsonw_member(w, "parent", first);
}

static int row_json(pv_jsonw *w, pv_cli *cli, const version_names *all,
		    const version_parents *parents, size_t idx)
{
	const version_row *row = &all->rows[idx];
	const pv_version_info *info = row->info;
	char date[PV_TIME_TEXT];
	int rc;

	pv_time_format(date, info->tagger.when * 1000000);
	pv_jsonw_object(w);
	pv_jsonw_member(w, "version", info->text);
	pv_jsonw_key(w, "number");
	pv_jsonw_int(w, (int64_t)(all->count - idx));
	parents_json(w, all, parents, idx);
	pv_jsonw_member(w, "tag", info->tag);
	pv_jsonw_member(w, "commit", info->commit.hex);
	pv_jsonw_member(w, "blob", info->blob.hex);
	pv_jsonw_member(w, "date", date);
	pv_jsonw_member(w, "bump", pv_bump_name(info->bump));
	pv_jsonw_member(w, "subject", info->subject);
	rc = more_members(w, cli, row);
	pv_jsonw_key(w, "published");
	pv_jsonw_bool(w, info->is_published);
	pv_jsonw_key(w, "removed");
	pv_jsonw_bool(w, info->is_removed);
	pv_jsonw_member(w, "id", row->id);
	pv_jsonw_object_end(w);
	return rc;
}

/* The step it took, in the word that `git pv commit` has for the first one. */
static const char *step_of(const version_names *all, size_t idx)
{
	enum pv_bump bump = all->rows[idx].info->bump;

	return bump == PV_BUMP_NONE && idx + 1 == all->count
		       ? "first"
		       : pv_bump_name(bump);
}

/* `id` is the one that was asked for. */
static void row_text(pv_cli *cli, const version_names *all, size_t idx,
		     const char *id)
{
	const version_row *row = &all->rows[idx];
	const pv_version_info *info = row->info;
	char date[PV_TIME_TEXT];

	pv_time_format_offset(date, info->tagger.when, info->tagger.offset);
	date[strlen("2026-11-20")] = '\0';
	cli_printf(cli, "%s%-10s%s %s  %-5s  %.7s  ",
		   cli_color(cli, CLI_COLOR_NEW), info->text,
		   cli_color(cli, CLI_COLOR_RESET), date, step_of(all, idx),
		   info->commit.hex);
	cli_line(cli, info->subject);
	if (info->is_published)
		cli_puts(cli, " [published]");
	if (strcmp(row->id, id) != 0)
		cli_printf(cli, " [as %s]", row->id);
	cli_puts(cli, "\n");
}

static int print_json(pv_cli *cli, const version_names *all)
{
	version_parents parents = { 0 };
	int rc = version_parents_find(&parents, cli, all);
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_array(&w);
	for (size_t i = 0; i < all->count && rc == PV_OK; i++)
		rc = row_json(&w, cli, all, &parents, i);
	pv_jsonw_array_end(&w);
	version_parents_dispose(&parents);
	return rc;
}

static void print_text(pv_cli *cli, const version_names *all, const char *id)
{
	for (size_t i = 0; i < all->count; i++)
		row_text(cli, all, i, id);
	if (all->count && strcmp(all->rows[0].id, id) == 0 &&
	    all->rows[0].info->is_removed)
		cli_note(cli, "the prompt has been removed");
}

int cmd_versions(pv_cli *cli, int argc, char **argv)
{
	version_names all = { .cli = cli };
	int rc = cli_start(cli, NULL, &argc, argv);

	if (rc != PV_OK)
		return rc;
	rc = version_names_load(&all, argv[0]);
	if (rc == PV_OK && !all.count)
		rc = version_names_none(cli, argv[0]);
	if (rc == PV_OK && cli->json)
		rc = print_json(cli, &all);
	else if (rc == PV_OK)
		print_text(cli, &all, argv[0]);
	version_names_dispose(&all);
	return rc;
}
