/* SPDX-License-Identifier: MIT
 *
 * `git pv versions`: the versions of one prompt, highest first, from the tags
 * the default branch reaches.
 */
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "prompts.h"

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

/* The versions under one name. */
struct name {
	char *id;
	pv_version_list list;
};

/* The versions of one prompt under all its names, the present one first. */
struct listing {
	pv_cli *cli;
	const char *id; /* as it was asked for */
	struct name *names;
	size_t name_count;
	size_t name_cap;
	pv_oid from;  /* the lowest version so far; hex "" before any */
	int is_first; /* the lowest version there can be was there */
	size_t count;
};

static void listing_dispose(struct listing *out)
{
	for (size_t i = 0; i < out->name_count; i++) {
		pv_free(out->names[i].id);
		pv_version_list_dispose(&out->names[i].list);
	}
	pv_free(out->names);
}

/* --- what a file says of itself ---------------------------------------------- */

/* Its `version:`, which other programs write; nothing when it has none. */
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
		rc = pv_prompt_field_json(json, entry.prompt, "version",
					  &cli->err);
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
static int more_members(pv_jsonw *w, struct listing *out, const char *id,
			const pv_version_info *info)
{
	pv_cli *cli = out->cli;
	pv_commit commit = { 0 };
	pv_buf label = { 0 };
	int rc = pv_store_commit_read(&commit, cli->store, &info->commit,
				      &cli->err);

	if (rc == PV_OK)
		rc = read_label(&label, cli, id, info);
	if (rc == PV_OK) {
		cli_raw_json(w, "label", label.len ? label.ptr : NULL);
		pv_jsonw_member(w, "created_by", commit.author.name);
	}
	pv_commit_dispose(&commit);
	pv_buf_dispose(&label);
	return rc;
}

/* `number` counts from the first; `parent` is the version before, or NULL. */
static int row_json(pv_jsonw *w, struct listing *out, const struct name *name,
		    size_t idx, size_t number, const char *parent)
{
	const pv_version_info *info = &name->list.items[idx];
	char date[PV_TIME_TEXT];
	int rc;

	pv_time_format(date, info->tagger.when * 1000000);
	pv_jsonw_object(w);
	pv_jsonw_member(w, "version", info->text);
	pv_jsonw_key(w, "number");
	pv_jsonw_int(w, (int64_t)number);
	pv_jsonw_member(w, "parent", parent);
	pv_jsonw_member(w, "tag", info->tag);
	pv_jsonw_member(w, "commit", info->commit.hex);
	pv_jsonw_member(w, "blob", info->blob.hex);
	pv_jsonw_member(w, "date", date);
	pv_jsonw_member(w, "bump", pv_bump_name(info->bump));
	pv_jsonw_member(w, "subject", info->subject);
	rc = more_members(w, out, name->id, info);
	pv_jsonw_key(w, "published");
	pv_jsonw_bool(w, info->is_published);
	pv_jsonw_key(w, "removed");
	pv_jsonw_bool(w, info->is_removed);
	pv_jsonw_member(w, "id", name->id);
	pv_jsonw_object_end(w);
	return rc;
}

static void row_text(struct listing *out, const struct name *name,
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
	if (strcmp(name->id, out->id) != 0)
		cli_printf(cli, " [as %s]", name->id);
	cli_puts(cli, "\n");
}

/* The version before, under this name or the one before it. */
static const char *parent_of(const struct listing *out, size_t name, size_t idx)
{
	const pv_version_list *list = &out->names[name].list;

	if (idx + 1 < list->count)
		return list->items[idx + 1].text;
	for (name++; name < out->name_count; name++)
		if (out->names[name].list.count)
			return out->names[name].list.items[0].text;
	return NULL;
}

static int print_json(struct listing *out)
{
	size_t number = out->count;
	int rc = PV_OK;
	pv_jsonw w;

	pv_jsonw_init(&w, &out->cli->out);
	pv_jsonw_array(&w);
	for (size_t i = 0; i < out->name_count; i++) {
		const struct name *name = &out->names[i];

		for (size_t k = 0; k < name->list.count && rc == PV_OK; k++)
			rc = row_json(&w, out, name, k, number--,
				      parent_of(out, i, k));
	}
	pv_jsonw_array_end(&w);
	return rc;
}

static void print_text(struct listing *out)
{
	for (size_t i = 0; i < out->name_count; i++)
		for (size_t k = 0; k < out->names[i].list.count; k++)
			row_text(out, &out->names[i],
				 &out->names[i].list.items[k]);
	if (out->count && out->names[0].list.count &&
	    out->names[0].list.items[0].is_removed)
		cli_note(out->cli, "the prompt has been removed");
}

/* --- names --------------------------------------------------------------------- */

/* The versions under one name. */
static int add_name(struct listing *out, const char *id)
{
	pv_cli *cli = out->cli;
	struct name *name;
	int rc;

	if (pv_array_reserve(&out->names, &out->name_cap, out->name_count + 1,
			     sizeof(*out->names)) < 0)
		return pv_fail_nomem(&cli->err);
	name = &out->names[out->name_count++];
	memset(name, 0, sizeof(*name));
	name->id = pv_strdup(id);
	if (!name->id)
		return pv_fail_nomem(&cli->err);
	rc = pv_version_list_load(&name->list, cli->store, &cli->settings, id,
				  &cli->err);
	if (rc == PV_OK && name->list.count) {
		const pv_version_info *lowest =
			&name->list.items[name->list.count - 1];

		out->from = lowest->commit;
		out->is_first = strcmp(lowest->text, "1.0.0") == 0;
		out->count += name->list.count;
	}
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

static int find_names(struct listing *out)
{
	pv_buf id = { 0 };
	int rc;

	pv_buf_puts(&id, out->id);
	rc = pv_buf_status(&id, &out->cli->err);
	for (int i = 0; i < NAMES_MAX && rc == PV_OK && id.len; i++) {
		rc = add_name(out, id.ptr);
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
	if (rc == PV_OK)
		rc = find_names(&out);
	if (rc == PV_OK && cli->json)
		rc = print_json(&out);
	else if (rc == PV_OK)
		print_text(&out);
	if (rc == PV_OK && !out.count)
		rc = explain_none(cli, out.id);
	listing_dispose(&out);
	return rc;
}
