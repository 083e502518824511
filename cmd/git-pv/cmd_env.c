/* SPDX-License-Identifier: MIT
 *
 * `git pv env`: what is live in an environment, and which environments there
 * are, from the branch pv/deployments.
 */
#include <string.h>

#include "base/str.h"
#include "environments.h"
#include "prompts.h"

const cli_usage cmd_env_usage = {
	.synopsis = { "git pv env list [--json]", "git pv env show [E] [--json]" },
	.examples = { "git pv env show production" },
	.args = "list, or show and an environment",
	.min_args = 1,
	.max_args = 2,
};

/* --- show -------------------------------------------------------------------- */

static void row_json(pv_jsonw *w, const pv_deployment *row)
{
	pv_jsonw_object(w);
	pv_jsonw_member(w, "id", row->id);
	pv_jsonw_member(w, "version", row->version);
	pv_jsonw_member(w, "commit", row->commit.hex);
	pv_jsonw_member(w, "blob", row->blob.hex);
	pv_jsonw_member(w, "at", row->at);
	pv_jsonw_member(w, "by", row->by);
	pv_jsonw_member(w, "reason", row->reason);
	pv_jsonw_member(w, "resolved_from", NULL);
	pv_jsonw_key(w, "canary");
	if (row->canary < 0)
		pv_jsonw_null(w);
	else
		pv_jsonw_int(w, row->canary);
	pv_jsonw_object_end(w);
}

static void show_json(pv_cli *cli, const cli_environment *environment,
		      const pv_environment *now)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "environment", pv_buf_text(&environment->name));
	pv_jsonw_member(&w, "environment_from", environment->from);
	pv_jsonw_member(&w, "at", NULL);
	cli_oid_json(&w, "deployment_id", &now->tip);
	pv_jsonw_key(&w, "prompts");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < now->count; i++)
		row_json(&w, &now->items[i]);
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
}

static void row_text(pv_cli *cli, const pv_deployment *row)
{
	cli_line(cli, row->id);
	cli_puts(cli, "  ");
	if (row->version)
		cli_line(cli, row->version);
	else
		cli_printf(cli, "%.7s", row->commit.hex);
	if (row->canary >= 0 && row->canary < 100)
		cli_printf(cli, "  %d %%", row->canary);
	cli_puts(cli, "  ");
	cli_line(cli, row->at ? row->at : "");
	cli_puts(cli, "  ");
	cli_line(cli, row->by ? row->by : "");
	if (row->reason) {
		cli_puts(cli, "  ");
		cli_text(cli, row->reason, strcspn(row->reason, "\r\n"));
	}
	cli_puts(cli, "\n");
}

/* An environment that is known, and has nothing yet, is empty. */
static int load(pv_environment *now, pv_cli *cli,
		const cli_environment *environment)
{
	const char *name = pv_buf_text(&environment->name);
	int rc = environment_must_exist(environment, cli);

	if (rc < 0)
		return rc;
	rc = pv_environment_load(now, cli->store, name, NULL, &cli->err);
	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(&cli->err);
	return PV_OK;
}

static int show(pv_cli *cli, const char *name)
{
	cli_environment environment = { 0 };
	pv_environment now = { 0 };
	int rc = environment_find(&environment, cli, name);

	if (rc == PV_OK)
		rc = load(&now, cli, &environment);
	if (rc == PV_OK)
		environment_tell(&environment, cli);
	if (rc == PV_OK && cli->json)
		show_json(cli, &environment, &now);
	else if (rc == PV_OK && !now.count)
		cli_note(cli, "nothing is live in \"%s\"",
			 pv_buf_text(&environment.name));
	for (size_t i = 0; rc == PV_OK && !cli->json && i < now.count; i++)
		row_text(cli, &now.items[i]);
	pv_environment_dispose(&now);
	environment_dispose(&environment);
	return rc;
}

/* --- list -------------------------------------------------------------------- */

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

static int list(pv_cli *cli)
{
	struct listing listing = { .cli = cli };
	pv_jsonw w;
	int rc = pv_environment_each(cli->store, add_name, &listing, &cli->err);

	pv_jsonw_init(&w, &cli->out);
	if (cli->json)
		pv_jsonw_array(&w);
	for (size_t i = 0; i < listing.names.count && rc == PV_OK; i++)
		rc = print_one(cli, &w, listing.names.items[i]);
	if (cli->json)
		pv_jsonw_array_end(&w);
	else if (rc == PV_OK && !listing.names.count)
		cli_note(cli, "nothing is deployed yet");
	pv_strlist_dispose(&listing.names);
	return rc;
}

int cmd_env(pv_cli *cli, int argc, char **argv)
{
	int rc = cli_start(cli, NULL, &argc, argv);

	if (rc != PV_OK)
		return rc;
	if (!strcmp(argv[0], "show"))
		return show(cli, argv[1]);
	if (!strcmp(argv[0], "list") && argc == 1)
		return list(cli);
	return cli_usage_error(cli, "there is no \"env %.60s\"", argv[0]);
}
