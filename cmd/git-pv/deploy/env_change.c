/* SPDX-License-Identifier: MIT
 *
 * `git pv env create` and `delete`: an environment is a file on the branch
 * pv/deployments, with or without prompts in it.
 */
#include <stddef.h>
#include <string.h>

#include "base/fail.h"
#include "deploy/env_verbs.h"
#include "deploy/gates.h"
#include "repo/environments.h"
#include "repo/prompts.h"

struct change_options {
	const char *message;
	int force;
};

static const cli_option create_options[] = {
	{ 'm', "message", CLI_STRING, offsetof(struct change_options, message),
	  "WHY", "why; kept with the commit" },
	{ 0 },
};

static const cli_option delete_options[] = {
	{ 'm', "message", CLI_STRING, offsetof(struct change_options, message),
	  "WHY", "why; kept with the commit" },
	{ 0, "force", CLI_FLAG, offsetof(struct change_options, force), NULL,
	  "also when prompts are live there" },
	{ 0 },
};

const cli_usage env_create_usage = {
	.synopsis = { "git pv env create [-m WHY] [--json] E" },
	.examples = { "git pv env create qa",
		      "git pv env create staging -m Rehearsals" },
	.options = create_options,
	.args = "an environment",
	.min_args = 2,
	.max_args = 2,
};

const cli_usage env_delete_usage = {
	.synopsis = { "git pv env delete [-m WHY] [--force] [--json] E" },
	.examples = { "git pv env delete qa",
		      "git pv env delete production --force -m \"Moved away\"" },
	.options = delete_options,
	.args = "an environment",
	.min_args = 2,
	.max_args = 2,
};

static void print(pv_cli *cli, const char *name, const char *done,
		  const pv_deploy_result *result)
{
	int is_changed = result->commit.hex[0] != '\0';
	pv_jsonw w;

	if (!cli->json) {
		cli_printf(cli, "%s is %s%s\n", name, done,
			   is_changed ? "" : " already");
		return;
	}
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "success");
	pv_jsonw_bool(&w, 1);
	cli_oid_json(&w, "deployment_id", &result->commit);
	pv_jsonw_member(&w, "environment", name);
	pv_jsonw_member(&w, "actor", result->actor);
	pv_jsonw_key(&w, "changed");
	pv_jsonw_bool(&w, is_changed);
	pv_jsonw_object_end(&w);
}

static int finish(pv_cli *cli, const char *name, const char *done,
		  pv_deploy_result *result)
{
	if (result->commit.hex[0])
		cli_made(cli, "the commit %.7s is made all the same",
			 result->commit.hex);
	environment_tell_behind(cli, result->is_checked_out);
	print(cli, name, done, result);
	pv_deploy_result_dispose(result);
	return PV_OK;
}

static int check_reason(pv_cli *cli, const char *reason)
{
	return reason ? cli_check_utf8(cli, "the reason", reason, strlen(reason))
		      : PV_OK;
}

static int fail_shut(pv_cli *cli, const gate_results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		const pv_report *found = results->items[i].findings;

		for (size_t k = 0; k < pv_report_count(found); k++) {
			const pv_finding *finding = pv_report_at(found, k);
			int rc = pv_fail(&cli->err, PV_EPOLICY, "%.240s",
					 finding->message);

			return finding->hint
				       ? pv_error_hint(&cli->err, rc, "%.150s",
						       finding->hint)
				       : rc;
		}
	}
	return pv_fail(&cli->err, PV_EPOLICY, "the policy does not allow it");
}

/* Who may deploy there may make and drop it; freezes and protection count. */
static int ask_gates(pv_cli *cli, const char *name, int is_removal)
{
	gate_options let = { .is_removal = is_removal };
	cli_environment environment = { 0 };
	gate_results results = { 0 };
	int rc = environment_find(&environment, cli, name);

	if (rc == PV_OK)
		rc = gates_run(&results, cli, &environment, NULL, 0, &let);
	if (rc == PV_OK && results.is_refused)
		rc = fail_shut(cli, &results);
	gates_dispose(&results);
	environment_dispose(&environment);
	return rc;
}

int env_create(pv_cli *cli, int argc, char **argv)
{
	struct change_options opts = { 0 };
	pv_deploy_result result = { 0 };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = check_reason(cli, opts.message);
	if (rc == PV_OK && !strcmp(argv[1], "default"))
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"default\" is a setting, and no environment");
	if (rc == PV_OK)
		rc = ask_gates(cli, argv[1], 0);
	if (rc == PV_OK)
		rc = pv_environment_create(&result, cli->store, argv[1],
					   opts.message, &cli->err);
	return rc == PV_OK ? finish(cli, argv[1], "there", &result) : rc;
}

/* What is live somewhere is not dropped by the way. */
static int check_empty(pv_cli *cli, const char *name)
{
	pv_environment now = { 0 };
	int rc = pv_environment_load(&now, cli->store, name, NULL, &cli->err);

	if (rc == PV_OK && now.count)
		rc = pv_error_hint(&cli->err,
				   pv_fail(&cli->err, PV_ECONFLICT,
					   "%zu prompt%s live in \"%.64s\"",
					   now.count,
					   now.count == 1 ? " is" : "s are", name),
				   "give --force to delete it with them");
	pv_environment_dispose(&now);
	return rc;
}

int env_delete(pv_cli *cli, int argc, char **argv)
{
	struct change_options opts = { 0 };
	pv_deploy_result result = { 0 };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = check_reason(cli, opts.message);
	if (rc == PV_OK && !opts.force)
		rc = check_empty(cli, argv[1]);
	if (rc == PV_OK)
		rc = ask_gates(cli, argv[1], 1);
	if (rc == PV_OK)
		rc = pv_environment_delete(&result, cli->store, argv[1],
					   opts.message, &cli->err);
	return rc == PV_OK ? finish(cli, argv[1], "gone", &result) : rc;
}
