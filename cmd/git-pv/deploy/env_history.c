/* SPDX-License-Identifier: MIT
 *
 * `git pv env history`: what was made live, by whom and when, newest first,
 * and what became of it.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "deploy/deployed.h"
#include "deploy/env_verbs.h"
#include "repo/environments.h"
#include "repo/named.h"
#include "repo/prompts.h"

struct history_options {
	int all;
	int count;
};

static const cli_option options[] = {
	{ 0, "all-envs", CLI_FLAG, offsetof(struct history_options, all), NULL,
	  "of all environments" },
	{ 'n', "max-count", CLI_INT, offsetof(struct history_options, count),
	  "N", "at most so many of each environment" },
	{ 0 },
};

const cli_usage env_history_usage = {
	.synopsis = { "git pv env history [E] [ID] [--all-envs] [-n N] [--json]" },
	.examples = { "git pv env history production support/triage",
		      "git pv env history --all-envs -n 5" },
	.options = options,
	.args = "an environment, and the id of a prompt",
	.min_args = 1,
	.max_args = 3,
};

/* A row, printed already; rows of several environments are put in order. */
struct row {
	int64_t when;
	size_t serial;
	size_t start;
	size_t len;
};

struct listing {
	pv_cli *cli;
	pv_strlist names;
	const char *id;
	size_t left; /* rows of the present environment */
	pv_buf texts;
	struct row *rows;
	size_t count;
	size_t cap;
};

/* --- one row ----------------------------------------------------------------- */

static const char *const actions[] = { [PV_ACTION_DEPLOY] = "deploy",
				       [PV_ACTION_ROLLBACK] = "rollback",
				       [PV_ACTION_REMOVE] = "remove" };

/* "syntax=ok review=overridden", as the commit says; it has no findings. */
static void checks_json(pv_jsonw *w, const char *checks)
{
	pv_jsonw_key(w, "checks");
	pv_jsonw_array(w);
	while (*checks) {
		size_t len = strcspn(checks, " ");
		size_t name = strcspn(checks, "= ");

		if (name && name < len) {
			pv_str result = { checks + name + 1, len - name - 1 };
			int is_ok = pv_str_is(result, "ok") ||
				    pv_str_is(result, "waived");

			pv_jsonw_object(w);
			pv_jsonw_key(w, "name");
			pv_jsonw_stringn(w, checks, name);
			pv_jsonw_key(w, "ok");
			pv_jsonw_bool(w, is_ok);
			pv_jsonw_key(w, "result");
			pv_jsonw_stringn(w, result.ptr, result.len);
			pv_jsonw_key(w, "findings");
			pv_jsonw_raw(w, "[]", 2);
			pv_jsonw_object_end(w);
		}
		checks += len;
		checks += strspn(checks, " ");
	}
	pv_jsonw_array_end(w);
}

static void row_json(pv_buf *out, const pv_deploy_event *event)
{
	int is_back = event->action == PV_ACTION_ROLLBACK;
	char at[PV_TIME_TEXT];
	pv_jsonw w;

	pv_time_format(at, event->when * 1000000);
	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "success");
	pv_jsonw_bool(&w, 1);
	cli_oid_json(&w, "deployment_id", &event->commit);
	pv_jsonw_member(&w, "id", event->id);
	pv_jsonw_member(&w, "version", event->now->version);
	cli_oid_json(&w, "commit", &event->now->commit);
	cli_oid_json(&w, "blob", &event->now->blob);
	pv_jsonw_member(&w, "environment", event->environment);
	pv_jsonw_member(&w, "previous", environment_version(event->was));
	pv_jsonw_member(&w, "rolled_back_to",
			is_back ? environment_version(event->now) : NULL);
	pv_jsonw_member(&w, "actor", event->actor);
	pv_jsonw_member(&w, "at", at);
	pv_jsonw_member(&w, "reason", event->reason);
	pv_jsonw_member(&w, "action", actions[event->action]);
	pv_jsonw_member(&w, "status", deployed_status(event->status));
	pv_jsonw_key(&w, "canary");
	if (!event->now->id || event->now->canary < 0)
		pv_jsonw_null(&w);
	else
		pv_jsonw_int(&w, event->now->canary);
	checks_json(&w, event->checks);
	pv_jsonw_object_end(&w);
}

static void row_text(pv_cli *cli, const pv_deploy_event *event)
{
	char at[PV_TIME_TEXT];
	const char *version = environment_version(event->now);

	pv_time_format(at, event->when * 1000000);
	cli_printf(cli, "%.7s  %s  %s  ", event->commit.hex, at,
		   event->environment);
	cli_line(cli, event->id);
	cli_puts(cli, "  ");
	cli_line(cli, version ? version : "-");
	cli_printf(cli, "  %s  %s  ", actions[event->action],
		   deployed_status(event->status));
	cli_line(cli, event->actor);
	if (event->reason) {
		cli_puts(cli, "  ");
		cli_text(cli, event->reason, strcspn(event->reason, "\r\n"));
	}
	cli_puts(cli, "\n");
}

/* Prints to the output, and takes from it what came. */
static int add_row(const pv_deploy_event *event, void *payload)
{
	struct listing *listing = payload;
	pv_cli *cli = listing->cli;
	size_t before = cli->out.len;
	struct row *row;

	if (pv_array_reserve(&listing->rows, &listing->cap, listing->count + 1,
			     sizeof(*listing->rows)) < 0)
		return pv_fail_nomem(&cli->err);
	if (cli->json)
		row_json(&cli->out, event);
	else
		row_text(cli, event);
	row = &listing->rows[listing->count];
	row->when = event->when;
	row->serial = listing->count++;
	row->start = listing->texts.len;
	row->len = cli->out.len - before;
	pv_buf_put(&listing->texts, cli->out.ptr + before, row->len);
	cli->out.len = before;
	listing->left--;
	return listing->left ? pv_buf_status(&listing->texts, &cli->err) : 1;
}

/* --- all rows ---------------------------------------------------------------- */

static int newest_first(const void *a, const void *b)
{
	const struct row *first = a;
	const struct row *second = b;

	if (first->when != second->when)
		return first->when < second->when ? 1 : -1;
	return first->serial < second->serial ? -1 : 1;
}

static void print(struct listing *listing)
{
	pv_cli *cli = listing->cli;

	/* Within one environment the order of commits is the truth. */
	if (listing->names.count > 1 && listing->count)
		qsort(listing->rows, listing->count, sizeof(*listing->rows),
		      newest_first);
	if (cli->json)
		cli_puts(cli, "[");
	for (size_t i = 0; i < listing->count; i++) {
		if (cli->json && i)
			cli_puts(cli, ",");
		pv_buf_put(&cli->out, listing->texts.ptr + listing->rows[i].start,
			   listing->rows[i].len);
	}
	if (cli->json)
		cli_puts(cli, "]");
	else if (!listing->count)
		cli_note(cli, "nothing was deployed");
}

static int add_name(const char *name, void *payload)
{
	struct listing *listing = payload;

	return pv_strlist_add(&listing->names, name, &listing->cli->err);
}

static int find_name(struct listing *listing, const char *given)
{
	cli_environment environment = { 0 };
	pv_cli *cli = listing->cli;
	int rc = environment_find(&environment, cli, given);

	if (rc == PV_OK)
		rc = environment_must_exist(&environment, cli);
	if (rc == PV_OK) {
		environment_tell(&environment, cli);
		rc = pv_strlist_add(&listing->names,
				    pv_buf_text(&environment.name), &cli->err);
	}
	environment_dispose(&environment);
	return rc;
}

static int walk(struct listing *listing, size_t max)
{
	pv_cli *cli = listing->cli;
	pv_history_range range = { .id = listing->id };
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < listing->names.count; i++) {
		range.environment = listing->names.items[i];
		listing->left = max;
		rc = pv_environment_history(cli->store, &range, add_row,
					    listing, &cli->err);
		rc = rc == 1 ? PV_OK : rc;
	}
	return rc;
}

int env_history(pv_cli *cli, int argc, char **argv)
{
	struct history_options opts = { .count = -1 };
	struct listing listing = { .cli = cli };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	if (!opts.count)
		return cli_usage_error(cli, "--max-count takes 1 or more");
	if (opts.all && argc > 2)
		return cli_usage_error(cli, "--all-envs takes the id of a prompt "
					    "and no environment");
	listing.id = opts.all ? argv[1] : argc > 2 ? argv[2] : NULL;
	if (listing.id)
		rc = named_spec(cli, &listing.id);
	if (rc < 0)
		return rc;
	rc = opts.all ? pv_environment_each(cli->store, add_name, &listing,
					    &cli->err)
		      : find_name(&listing, argv[1]);
	if (rc == PV_OK)
		rc = walk(&listing,
			  opts.count < 0 ? SIZE_MAX : (size_t)opts.count);
	if (rc == PV_OK && listing.id && !listing.count)
		rc = named_known(cli, listing.id);
	if (rc == PV_OK)
		print(&listing);
	pv_strlist_dispose(&listing.names);
	pv_buf_dispose(&listing.texts);
	pv_free(listing.rows);
	return rc;
}
