/* SPDX-License-Identifier: MIT
 *
 * `git pv release`: gives prompts of the default branch that differ from
 * their last version the next one; also for work committed with plain git.
 */
#include <stddef.h>
#include <string.h>

#include "base/fail.h"
#include "repo/published.h"
#include "ui/interrupt.h"
#include "version/autorelease.h"

struct release_options {
	const char *version;
	int all;
	int bump; /* 1 + index in bumps */
	int force;
	const char *pre;
	int dry_run;
	int fetch;
};

static const char *const bumps[] = { "patch", "minor", "major", NULL };

static const cli_option options[] = {
	{ 0, "all", CLI_FLAG, offsetof(struct release_options, all), NULL,
	  "every prompt that differs; so it is without ids" },
	{ 0, "bump", CLI_ENUM, offsetof(struct release_options, bump), "STEP",
	  "patch, minor or major: at least this", bumps },
	{ 0, "force", CLI_FLAG, offsetof(struct release_options, force), NULL,
	  "take --bump even when less than derived" },
	{ 0, "pre", CLI_STRING, offsetof(struct release_options, pre), "NAME",
	  "make a pre-release: rc gives 1.3.0-rc.1" },
	{ 0, "version", CLI_STRING, offsetof(struct release_options, version),
	  "X.Y.Z[-PRE]", "of one prompt: give it this version" },
	{ 'n', "dry-run", CLI_FLAG, offsetof(struct release_options, dry_run),
	  NULL, "only say what would be released" },
	{ 0, "fetch", CLI_FLAG, offsetof(struct release_options, fetch), NULL,
	  "ask the remotes for their versions first (default)" },
	{ 0 },
};

const cli_usage cmd_release_usage = {
	.synopsis = { "git pv release [--bump STEP [--force]] [--pre NAME] "
		      "[-n] [--no-fetch] [--json] [--all | ID...]",
		      "git pv release --version X.Y.Z[-PRE] [-n] [--no-fetch] "
		      "[--json] ID" },
	.examples = { "git pv release", "git pv release --bump major sales/faq",
		      "git pv release -n --json" },
	.options = options,
	.args = "ids of prompts",
	.min_args = 0,
	.max_args = -1,
	.ids = CLI_IDS_ALL,
};

static void print(pv_cli *cli, const pv_release_list *list, int dry_run)
{
	pv_jsonw w;

	if (!cli->json) {
		release_list_text(cli, list);
		if (!list->count)
			cli_note(cli, "every version is up to date");
		else if (dry_run)
			cli_note(cli, "nothing was released: --dry-run");
		return;
	}
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "released");
	release_list_json(&w, list);
	pv_jsonw_key(&w, "dry_run");
	pv_jsonw_bool(&w, dry_run);
	pv_jsonw_object_end(&w);
}

/*
 * Releases; with all that is due, what the notes of killed commands name is
 * among it.
 */
static int release(pv_release_list *out, pv_cli *cli,
		   const pv_release_options *how)
{
	release_notes notes = { 0 };
	pv_strlist lines = { 0 };
	int rc = PV_OK;

	if (!how->id_count && !how->dry_run)
		rc = release_notes_take(&notes, &lines, cli, &cli->err);
	if (rc == PV_OK)
		rc = pv_release_run(out, cli->store, &cli->settings, how,
				    &cli->err);
	if (rc == PV_OK)
		release_notes_remove(&notes);
	release_notes_dispose(&notes);
	pv_strlist_dispose(&lines);
	return rc;
}

/* What has a version gets no other: that is said, not passed over. */
static int check_released(pv_cli *cli, const char *id, const pv_semver *asked)
{
	pv_point tip = { PV_AT_COMMIT, { "" } };
	char text[PV_VERSION_TEXT];
	pv_buf version = { 0 };
	int rc;

	pv_semver_format(text, asked);
	rc = pv_settings_tip(&tip.commit, cli->store, &cli->settings, &cli->err);
	if (rc == PV_OK)
		rc = pv_version_describe(&version, cli->store, &cli->settings,
					 id, &tip, &cli->err);
	if (rc == PV_OK && strcmp(pv_buf_text(&version), text) != 0) {
		rc = pv_fail(&cli->err, PV_EPOLICY,
			     "\"%s\" is released as %s already, so not as %s",
			     id, pv_buf_text(&version), text);
		pv_error_hint(&cli->err, rc,
			      "a state has one version; the next change can be "
			      "%s",
			      text);
	} else if (rc == PV_OK && !cli->json) {
		cli_note(cli, "\"%s\" is released as %s already", id, text);
	}
	pv_buf_dispose(&version);
	return rc;
}

int cmd_release(pv_cli *cli, int argc, char **argv)
{
	static const enum pv_bump steps[] = { PV_BUMP_NONE, PV_BUMP_PATCH,
					      PV_BUMP_MINOR, PV_BUMP_MAJOR };
	struct release_options opts = { .fetch = 1 };
	pv_release_options how = { 0 };
	pv_release_list list = { 0 };
	pv_semver number;
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != PV_OK)
		return rc;
	if (opts.all && argc)
		return cli_usage_error(cli, "--all takes no ids");
	if (opts.force && !opts.bump)
		return cli_usage_error(cli, "--force goes with --bump");
	if (opts.version && (argc != 1 || opts.bump || opts.pre))
		return cli_usage_error(cli, "--version takes one ID, and neither "
					    "--bump nor --pre");
	/* What is no version is said where there is nothing to release, too. */
	rc = opts.version ? pv_semver_parse(&number, opts.version, &cli->err)
			  : PV_OK;
	if (rc < 0)
		return rc;
	how.ids = argc ? (const char *const *)argv : NULL;
	how.id_count = (size_t)argc;
	how.bump = steps[opts.bump];
	how.force = opts.force;
	how.pre = opts.pre;
	how.version = opts.version;
	how.dry_run = opts.dry_run;
	if (opts.fetch)
		published_refresh(cli);
	interrupt_hold();
	rc = release(&list, cli, &how);
	if (list.count && !opts.dry_run)
		cli_made(cli, "%zu versions are made all the same", list.count);
	if (rc == PV_OK && opts.version && !list.count)
		rc = check_released(cli, argv[0], &number);
	if (rc == PV_OK && (list.count || !opts.version || cli->json))
		print(cli, &list, opts.dry_run);
	else if (rc < 0 && !cli->json)
		release_list_text(cli, &list);
	pv_release_list_dispose(&list);
	return rc;
}
