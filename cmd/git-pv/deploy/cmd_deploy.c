/* SPDX-License-Identifier: MIT
 *
 * `git pv deploy`: makes versions live in an environment, by one commit on
 * the branch pv/deployments, once the gates of the environment let all of them
 * in. Otherwise there is no commit, and the answer is what is wrong.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "deploy/deploy_job.h"
#include "repo/prompts.h"

static const cli_option options[] = {
	{ 'e', "env", CLI_STRING, offsetof(deploy_options, environment), "E",
	  "the environment" },
	{ 'm', "message", CLI_STRING, offsetof(deploy_options, message), "WHY",
	  "why; kept with the deployment" },
	{ 0, "canary", CLI_INT, offsetof(deploy_options, canary), "PERCENT",
	  "the part of the traffic that gets it" },
	{ 'n', "dry-run", CLI_FLAG, offsetof(deploy_options, dry_run), NULL,
	  "only ask the gates, and say what would be done" },
	{ 0, "allow-untagged", CLI_FLAG, offsetof(deploy_options, allow_untagged),
	  NULL, "also a state that is no released version" },
	{ 0, "inactive-ok", CLI_FLAG, offsetof(deploy_options, inactive_ok),
	  NULL, "also a prompt that says active: false" },
	{ 0, "freeze", CLI_FLAG, offsetof(deploy_options, freeze), NULL,
	  "in a freeze, too, for whom the policy lets override; needs -m" },
	{ 0, "override", CLI_STRING, offsetof(deploy_options, override), "WHY",
	  "against the policy, for whom it lets do that" },
	{ 0, "push", CLI_FLAG, offsetof(deploy_options, push), NULL,
	  "fetch, deploy, and push it; here only when the remote took it" },
	{ 0 },
};

const cli_usage cmd_deploy_usage = {
	.synopsis = { "git pv deploy [-e E] [-m WHY] [--canary PERCENT] "
		      "[--allow-untagged] [--inactive-ok] [--freeze | "
		      "--override WHY] [--push] [-n] [--json] SPEC..." },
	.examples = { "git pv deploy support/triage@1.2.0 --env production "
		      "-m Calmer",
		      "git pv deploy support/triage --env production --dry-run" },
	.options = options,
	.args = "a prompt, or prompt@version",
	.min_args = 1,
	.max_args = -1,
	.ids = CLI_IDS_ALL,
};

struct deploying {
	deploy_job job;
	pv_spec *specs; /* one for each prompt of the job */
};

/* --- what is meant ----------------------------------------------------------- */

static int read_spec(struct deploying *it, size_t idx, const char *arg)
{
	pv_cli *cli = it->job.cli;
	pv_spec *spec = &it->specs[idx];
	pv_deploy_item *item = &it->job.items[idx];
	gate_subject *subject = &it->job.subjects[idx];
	int rc = cli_spec_resolve(spec, cli, arg, PV_SPEC_COMMIT);

	if (rc == PV_OK && spec->at.kind != PV_AT_COMMIT)
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%.180s\" is no committed version", arg);
	if (rc == PV_OK)
		rc = pv_store_find(&item->blob, cli->store, &spec->at,
				   spec->path, &cli->err);
	if (rc == PV_OK && !spec->version[0])
		rc = cli_spec_tag(spec, cli);
	if (rc < 0)
		return rc;
	item->id = spec->id;
	item->version = spec->version[0] ? spec->version : NULL;
	item->commit = spec->at.commit;
	subject->id = spec->id;
	subject->path = spec->path;
	subject->at = spec->at;
	subject->version = item->version;
	return PV_OK;
}

static int read_args(struct deploying *it, int argc, char **argv)
{
	size_t count = (size_t)argc;
	int rc;

	it->specs = pv_calloc(count, sizeof(*it->specs));
	if (!it->specs)
		return pv_fail_nomem(&it->job.cli->err);
	it->job.specs = it->specs;
	rc = deploy_job_reserve(&it->job, count);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = read_spec(it, i, argv[i]);
	return rc;
}

/* --- the command ------------------------------------------------------------- */

int cmd_deploy(pv_cli *cli, int argc, char **argv)
{
	deploy_options opts = { .canary = -1 };
	struct deploying it = { .job = { .cli = cli, .opts = &opts } };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	rc = deploy_check_options(cli, &opts);
	if (rc == PV_OK)
		rc = environment_find(&it.job.environment, cli, opts.environment);
	if (rc == PV_OK)
		rc = environment_must_exist(&it.job.environment, cli);
	if (rc == PV_OK)
		rc = read_args(&it, argc, argv);
	if (rc == PV_OK)
		rc = deploy_job_run(&it.job);
	for (size_t i = 0; it.specs && i < it.job.count; i++)
		pv_spec_dispose(&it.specs[i]);
	pv_free(it.specs);
	deploy_job_dispose(&it.job);
	return rc;
}
