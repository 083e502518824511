/* SPDX-License-Identifier: MIT
 *
 * `git pv env`: the table of its verbs, and the list of environments.
 */
#include "base/str.h"
#include "deploy/env_verbs.h"
#include "repo/environments.h"

static const cli_verb verbs[] = {
	{ "list", &env_list_usage, env_list, 0 },
	{ "show", &env_show_usage, env_show, 0 },
	{ "at", &env_at_usage, env_at, 0 },
	{ "history", &env_history_usage, env_history, 0 },
	{ "diff", &env_diff_usage, env_diff, 0 },
	{ "create", &env_create_usage, env_create, 0 },
	{ "delete", &env_delete_usage, env_delete, 0 },
	{ 0 },
};

const cli_usage cmd_env_usage = {
	.synopsis = { "git pv env list [--json]",
		      "git pv env show [E] [--at TIME] [--json]",
		      "git pv env at [-e E] [--json] TIME [ID]",
		      "git pv env history [E] [ID] [--all-envs] [-n N] [--json]",
		      "git pv env diff [--json] E1 E2",
		      "git pv env create [-m WHY] [--json] E",
		      "git pv env delete [-m WHY] [--force] [--json] E" },
	.examples = { "git pv env show production",
		      "git pv env at 2h support/triage --env production" },
	.args = "a verb: list, show, at, history, diff, create or delete",
	.min_args = 1,
	.max_args = -1,
	.verbs = verbs,
};

const cli_usage env_list_usage = {
	.synopsis = { "git pv env list [--json]" },
	.examples = { "git pv env list", "git pv env list --json" },
	.min_args = 1,
	.max_args = 1,
};

struct listing {
	pv_cli *cli;
	pv_strlist names;
};

static int add_name(const char *name, void *payload)
{
	struct listing *listing = payload;

	return pv_strlist_add(&listing->names, name, &listing->cli->err);
}

static int print_one(pv_cli *cli, pv_jsonw *w, const char *name)
{
	pv_environment now = { 0 };
	int rc = pv_environment_load(&now, cli->store, name, NULL, &cli->err);

	if (rc == PV_OK && cli->json) {
		pv_jsonw_object(w);
		pv_jsonw_member(w, "environment", name);
		pv_jsonw_key(w, "prompts");
		pv_jsonw_int(w, (int64_t)now.count);
		pv_jsonw_object_end(w);
	} else if (rc == PV_OK) {
		cli_printf(cli, "%s  %zu prompt%s\n", name, now.count,
			   now.count == 1 ? "" : "s");
	}
	pv_environment_dispose(&now);
	return rc;
}

int env_list(pv_cli *cli, int argc, char **argv)
{
	struct listing listing = { .cli = cli };
	pv_jsonw w;
	int rc = cli_start(cli, NULL, &argc, argv);

	if (rc == PV_OK)
		rc = pv_environment_each(cli->store, add_name, &listing,
					 &cli->err);
	pv_jsonw_init(&w, &cli->out);
	if (rc == PV_OK && cli->json)
		pv_jsonw_array(&w);
	for (size_t i = 0; i < listing.names.count && rc == PV_OK; i++)
		rc = print_one(cli, &w, listing.names.items[i]);
	if (rc == PV_OK && cli->json)
		pv_jsonw_array_end(&w);
	else if (rc == PV_OK && !listing.names.count)
		cli_note(cli, "nothing is deployed yet");
	pv_strlist_dispose(&listing.names);
	return rc;
}

int cmd_env(pv_cli *cli, int argc, char **argv)
{
	return cli_run_verb(cli, argc, argv);
}
