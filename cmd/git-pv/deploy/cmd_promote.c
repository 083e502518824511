/* SPDX-License-Identifier: MIT
 *
 * `git pv promote`: makes live in one environment what is live in another, by
 * one commit, once the gates there let in what is new to it.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "deploy/deploy_job.h"
#include "repo/prompts.h"

struct promote_options {
	deploy_options deploy; /* its environment is --to */
	const char *from;
};

static const cli_option options[] = {
	{ 0, "from", CLI_STRING, offsetof(struct promote_options, from), "E",
	  "the environment that has them" },
	{ 0, "to", CLI_STRING,
	  offsetof(struct promote_options, deploy.environment), "E",
	  "the environment they go to" },
	{ 'm', "message", CLI_STRING,
	  offsetof(struct promote_options, deploy.message), "WHY",
	  "why; kept with the deployment" },
	{ 0, "canary", CLI_INT, offsetof(struct promote_options, deploy.canary),
	  "PERCENT", "the part of the traffic that gets it" },
	{ 0, "allow-untagged", CLI_FLAG,
	  offsetof(struct promote_options, deploy.allow_untagged), NULL,
	  "also a state that is no released version" },
	{ 0, "inactive-ok", CLI_FLAG,
	  offsetof(struct promote_options, deploy.inactive_ok), NULL,
	  "also a prompt that says active: false" },
	{ 0, "freeze", CLI_FLAG, offsetof(struct promote_options, deploy.freeze),
	  NULL, "in a freeze, too, for whom the policy lets override; needs -m" },
	{ 0, "override", CLI_STRING,
	  offsetof(struct promote_options, deploy.override), "WHY",
	  "against the policy, for whom it lets do that" },
	{ 0, "push", CLI_FLAG, offsetof(struct promote_options, deploy.push),
	  NULL, "fetch, deploy, and push it; here only when the remote took it" },
	{ 'n', "dry-run", CLI_FLAG,
	  offsetof(struct promote_options, deploy.dry_run), NULL,
	  "only ask the gates, and say what would be done" },
	{ 0 },
};

const cli_usage cmd_promote_usage = {
	.synopsis = { "git pv promote --from E --to E [-m WHY] [--canary PERCENT] "
		      "[--allow-untagged] [--inactive-ok] [--freeze | "
		      "--override WHY] [--push] [-n] [--json] [ID...]" },
	.examples = { "git pv promote --from staging --to production",
		      "git pv promote --from staging --to production "
		      "support/triage -n" },
	.options = options,
	.args = "prompts; all that are live there when none is given",
	.min_args = 0,
	.max_args = -1,
	.ids = CLI_IDS_ALL,
};

struct promotion {
	deploy_job job;
	pv_environment from;
	pv_environment to;
	pv_strlist paths;
};

static void dispose(struct promotion *it)
{
	pv_environment_dispose(&it->from);
	pv_environment_dispose(&it->to);
	pv_strlist_dispose(&it->paths);
	deploy_job_dispose(&it->job);
}

/* --- what is meant ----------------------------------------------------------- */

/*
 * Whether a version is what it says: the branch of deployments can be written
 * by hand, and tags can be moved.
 */
static int is_version(int *out, pv_cli *cli, const pv_deployment *live)
{
	pv_buf text = { 0 };
	pv_spec spec = { 0 };
	int rc;

	*out = 0;
	if (!live->version)
		return PV_OK;
	pv_buf_printf(&text, "%s@%s", live->id, live->version);
	rc = pv_buf_status(&text, &cli->err);
	if (rc == PV_OK)
		rc = pv_spec_resolve(&spec, cli->store, &cli->settings,
				     text.ptr, PV_SPEC_COMMIT, &cli->err);
	*out = rc == PV_OK && !strcmp(spec.at.commit.hex, live->commit.hex) &&
	       !strcmp(spec.version, live->version);
	if (rc == PV_ENOTFOUND || rc == PV_EINVALID) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	pv_spec_dispose(&spec);
	pv_buf_dispose(&text);
	return rc;
}

/* What the gates are asked about: the path is that of its commit's time. */
static int add_subject(struct promotion *it, const pv_deploy_item *item)
{
	gate_subject *subject = &it->job.subjects[it->job.subject_count];
	pv_cli *cli = it->job.cli;
	pv_settings settings = cli->settings;
	pv_buf path = { 0 };
	int rc;

	subject->id = item->id;
	subject->version = item->version;
	subject->at.kind = PV_AT_COMMIT;
	subject->at.commit = item->commit;
	rc = pv_settings_at(&settings, cli->store, &subject->at, &cli->err);
	if (rc == PV_OK)
		rc = pv_prompt_path(&path, &settings, item->id, &cli->err);
	if (rc == PV_OK)
		rc = pv_strlist_add(&it->paths, pv_buf_text(&path), &cli->err);
	if (rc == PV_OK)
		subject->path = it->paths.items[it->paths.count - 1];
	it->job.subject_count += rc == PV_OK;
	pv_buf_dispose(&path);
	return rc;
}

static int is_live_already(const struct promotion *it, const pv_deploy_item *item)
{
	const pv_deployment *now = pv_environment_find(&it->to, item->id);

	return now && !strcmp(now->commit.hex, item->commit.hex) &&
	       !strcmp(now->blob.hex, item->blob.hex);
}

static int add_item(struct promotion *it, size_t idx, const pv_deployment *live)
{
	pv_deploy_item *item = &it->job.items[idx];
	int is = 0;
	int rc = is_version(&is, it->job.cli, live);

	item->id = live->id;
	item->version = is ? live->version : NULL;
	item->commit = live->commit;
	item->blob = live->blob;
	if (rc < 0 || is_live_already(it, item))
		return rc;
	return add_subject(it, item);
}

static int fail_not_live(struct promotion *it, const char *id)
{
	return pv_fail_id(&it->job.cli->err, PV_ERR_VERSION_NOT_FOUND,
			  "\"%.140s\" is not live in \"%.64s\"", id,
			  it->job.promoted_from);
}

static int add_items(struct promotion *it, int argc, char **argv)
{
	size_t count = argc ? (size_t)argc : it->from.count;
	int rc = deploy_job_reserve(&it->job, count);

	it->job.subject_count = 0;
	if (rc == PV_OK && !count)
		rc = pv_fail_id(&it->job.cli->err, PV_ERR_VERSION_NOT_FOUND,
				"nothing is live in \"%.64s\"",
				it->job.promoted_from);
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		const pv_deployment *live =
			argc ? pv_environment_find(&it->from, argv[i])
			     : &it->from.items[i];

		rc = live ? add_item(it, i, live) : fail_not_live(it, argv[i]);
	}
	return rc;
}

/* --- the command ------------------------------------------------------------- */

static int load(struct promotion *it)
{
	pv_cli *cli = it->job.cli;
	const char *to = pv_buf_text(&it->job.environment.name);
	int rc = pv_environment_load(&it->from, cli->store,
				     it->job.promoted_from, NULL, &cli->err);

	if (rc < 0)
		return rc;
	rc = pv_environment_load(&it->to, cli->store, to, NULL, &cli->err);
	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(&cli->err);
	return PV_OK;
}

static int check_options(pv_cli *cli, const struct promote_options *opts)
{
	const char *to = opts->deploy.environment;

	if (!opts->from || !to)
		return cli_usage_error(cli, "promote needs --from and --to");
	if (!strcmp(opts->from, to))
		return cli_usage_error(cli, "--from and --to are the same");
	return deploy_check_options(cli, &opts->deploy);
}

int cmd_promote(pv_cli *cli, int argc, char **argv)
{
	struct promote_options opts = { .deploy = { .canary = -1 } };
	struct promotion it = { .job = { .cli = cli, .opts = &opts.deploy } };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = check_options(cli, &opts);
	it.job.promoted_from = opts.from;
	if (rc == PV_OK)
		rc = environment_find(&it.job.environment, cli,
				      opts.deploy.environment);
	if (rc == PV_OK)
		rc = environment_must_exist(&it.job.environment, cli);
	if (rc == PV_OK)
		rc = load(&it);
	if (rc == PV_OK)
		rc = add_items(&it, argc, argv);
	if (rc == PV_OK)
		rc = deploy_job_run(&it.job);
	dispose(&it);
	return rc;
}
