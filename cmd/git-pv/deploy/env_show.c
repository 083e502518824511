/* SPDX-License-Identifier: MIT
 *
 * `git pv env show`, `at` and `diff`: what is live in an environment, or was,
 * and what is not the same in two.
 */
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "deploy/env_verbs.h"
#include "repo/environments.h"
#include "repo/prompts.h"
#include "repo/tracking.h"

struct show_options {
	const char *at;
	const char *environment;
};

static const cli_option show_options[] = {
	{ 0, "at", CLI_STRING, offsetof(struct show_options, at), "TIME",
	  "what was live then" },
	{ 0 },
};

const cli_usage env_show_usage = {
	.synopsis = { "git pv env show [E] [--at TIME] [--json]" },
	.examples = { "git pv env show production",
		      "git pv env show production --at 2h --json" },
	.options = show_options,
	.args = "an environment",
	.min_args = 1,
	.max_args = 2,
};

static const cli_option at_options[] = {
	{ 'e', "env", CLI_STRING, offsetof(struct show_options, environment),
	  "E", "the environment" },
	{ 0 },
};

const cli_usage env_at_usage = {
	.synopsis = { "git pv env at [-e E] [--json] TIME [ID]" },
	.examples = { "git pv env at 2h support/triage --env production",
		      "git pv env at 2026-11-20T10:00:00Z --env production" },
	.options = at_options,
	.args = "a time, and the id of a prompt",
	.min_args = 2,
	.max_args = 3,
};

const cli_usage env_diff_usage = {
	.synopsis = { "git pv env diff [--json] E1 E2" },
	.examples = { "git pv env diff staging production",
		      "git pv env diff staging production --json" },
	.args = "two environments",
	.min_args = 3,
	.max_args = 3,
};

/* --- one environment --------------------------------------------------------- */

/* What is shown: rows, and what became of each; NULL: that is not asked. */
struct shown {
	pv_environment now;
	unsigned *drift;
};

static void drift_json(pv_jsonw *w, unsigned drift)
{
	pv_jsonw_key(w, "drift");
	pv_jsonw_array(w);
	for (unsigned i = 0; i < PV_DRIFT_COUNT; i++)
		if (drift & 1U << i)
			pv_jsonw_string(w, pv_drift_name(1U << i));
	pv_jsonw_array_end(w);
}

static void drift_text(pv_cli *cli, unsigned drift)
{
	const char *before = "  (";

	for (unsigned i = 0; i < PV_DRIFT_COUNT; i++) {
		if (!(drift & 1U << i))
			continue;
		cli_printf(cli, "%s%s", before, pv_drift_name(1U << i));
		before = ", ";
	}
	if (drift)
		cli_puts(cli, ")");
}

static void row_json(pv_jsonw *w, const pv_deployment *row, const unsigned *drift)
{
	pv_jsonw_object(w);
	pv_jsonw_member(w, "id", row->id);
	pv_jsonw_member(w, "version", row->version);
	pv_jsonw_member(w, "commit", row->commit.hex);
	pv_jsonw_member(w, "blob", row->blob.hex);
	pv_jsonw_member(w, "at", row->at);
	pv_jsonw_member(w, "by", row->by);
	pv_jsonw_member(w, "reason", row->reason);
	pv_jsonw_member(w, "resolved_from", row->resolved_from);
	pv_jsonw_key(w, "canary");
	if (row->canary < 0)
		pv_jsonw_null(w);
	else
		pv_jsonw_int(w, row->canary);
	if (drift)
		drift_json(w, *drift);
	pv_jsonw_object_end(w);
}

static void show_json(pv_cli *cli, const cli_environment *environment,
		      const struct shown *shown, const int64_t *when)
{
	char at[PV_TIME_TEXT];
	pv_jsonw w;

	if (when)
		pv_time_format(at, *when);

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "environment", pv_buf_text(&environment->name));
	pv_jsonw_member(&w, "environment_from", environment->from);
	pv_jsonw_member(&w, "at", when ? at : NULL);
	cli_oid_json(&w, "deployment_id", &shown->now.tip);
	pv_jsonw_key(&w, "prompts");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < shown->now.count; i++)
		row_json(&w, &shown->now.items[i],
			 shown->drift ? &shown->drift[i] : NULL);
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
}

static void row_text(pv_cli *cli, const pv_deployment *row, const unsigned *drift)
{
	cli_line(cli, row->id);
	cli_puts(cli, "  ");
	if (row->version)
		cli_line(cli, row->version);
	else
		cli_printf(cli, "%.7s", row->commit.hex);
	if (row->canary >= 0 && row->canary < 100)
		cli_printf(cli, "  %d %%", row->canary);
	if (row->resolved_from) {
		cli_puts(cli, "  from ");
		cli_line(cli, row->resolved_from);
	}
	cli_puts(cli, "  ");
	cli_line(cli, row->at ? row->at : "");
	cli_puts(cli, "  ");
	cli_line(cli, row->by ? row->by : "");
	if (row->reason) {
		cli_puts(cli, "  ");
		cli_text(cli, row->reason, strcspn(row->reason, "\r\n"));
	}
	if (drift)
		drift_text(cli, *drift);
	cli_puts(cli, "\n");
}

/* An environment that is known, and has nothing yet, is empty. */
static int load_own(pv_environment *now, pv_cli *cli, const char *name,
		    const pv_oid *at)
{
	int rc = pv_environment_load(now, cli->store, name, at, &cli->err);

	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(&cli->err);
	memset(now, 0, sizeof(*now));
	if (at)
		now->tip = *at;
	return PV_OK;
}

/* Which fallbacks there were at another time nobody says. */
static int load(pv_environment *now, pv_cli *cli, const char *name,
		const int64_t *when)
{
	pv_oid at;
	int rc;

	if (!when)
		return pv_environment_resolve(now, cli->store, &cli->settings,
					      name, &cli->err);
	rc = pv_environment_at(&at, cli->store, *when / 1000000, &cli->err);
	return rc == PV_OK ? load_own(now, cli, name, &at) : rc;
}

/* Lends the prompt that was asked for, alone. PV_ENOTFOUND without. */
static int keep_one(pv_environment *out, pv_cli *cli, const pv_environment *now,
		    const char *id, const char *name)
{
	*out = *now;
	for (size_t i = 0; i < now->count; i++) {
		if (strcmp(now->items[i].id, id) != 0)
			continue;
		out->items = &now->items[i];
		out->count = 1;
		return PV_OK;
	}
	return pv_fail_id(&cli->err, PV_ERR_VERSION_NOT_FOUND,
			  "\"%.140s\" was not live in \"%.64s\" then", id, name);
}

static int find_drift(struct shown *shown, pv_cli *cli)
{
	pv_version_index *index = NULL;
	int rc = PV_OK;

	shown->drift = pv_calloc(shown->now.count + 1, sizeof(*shown->drift));
	if (!shown->drift)
		return pv_fail_nomem(&cli->err);
	if (shown->now.count)
		rc = pv_version_index_load(&index, cli->store, &cli->settings,
					   &cli->err);
	for (size_t i = 0; i < shown->now.count && rc == PV_OK; i++)
		rc = pv_deployment_drift(&shown->drift[i], index,
					 &shown->now.items[i], &cli->err);
	pv_version_index_free(index);
	return rc;
}

static void print_rows(pv_cli *cli, const cli_environment *environment,
		       const struct shown *shown, const int64_t *when)
{
	environment_tell(environment, cli);
	if (cli->json) {
		show_json(cli, environment, shown, when);
		return;
	}
	if (!shown->now.count)
		cli_note(cli, "nothing %s live in \"%s\"%s", when ? "was" : "is",
			 pv_buf_text(&environment->name), when ? " then" : "");
	for (size_t i = 0; i < shown->now.count; i++)
		row_text(cli, &shown->now.items[i],
			 shown->drift ? &shown->drift[i] : NULL);
}

static int print(pv_cli *cli, const struct show_options *opts, const char *id)
{
	cli_environment environment = { 0 };
	pv_environment now = { 0 };
	struct shown shown = { 0 };
	const char *name;
	int64_t time = 0;
	const int64_t *when = opts->at ? &time : NULL;
	int rc = PV_OK;

	if (opts->at)
		rc = tracking_time(&time, cli, "at", opts->at);
	if (rc == PV_OK)
		rc = environment_find(&environment, cli, opts->environment);
	name = pv_buf_text(&environment.name);
	if (rc == PV_OK && !opts->at)
		rc = environment_must_exist(&environment, cli);
	if (rc == PV_OK)
		rc = load(&now, cli, name, when);
	shown.now = now;
	if (rc == PV_OK && id)
		rc = keep_one(&shown.now, cli, &now, id, name);
	if (rc == PV_OK && !when)
		rc = find_drift(&shown, cli);
	if (rc == PV_OK)
		print_rows(cli, &environment, &shown, when);
	pv_free(shown.drift);
	pv_environment_dispose(&now);
	environment_dispose(&environment);
	return rc;
}

int env_show(pv_cli *cli, int argc, char **argv)
{
	struct show_options opts = { 0 };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	opts.environment = argv[1];
	return print(cli, &opts, NULL);
}

int env_at(pv_cli *cli, int argc, char **argv)
{
	struct show_options opts = { 0 };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	opts.at = argv[1];
	return print(cli, &opts, argc > 2 ? argv[2] : NULL);
}

/* --- two environments -------------------------------------------------------- */

static void diff_json(pv_jsonw *w, const char *id, const pv_deployment *a,
		      const pv_deployment *b)
{
	pv_jsonw_object(w);
	pv_jsonw_member(w, "id", id);
	pv_jsonw_member(w, "status", !a ? "added" : !b ? "removed" : "changed");
	pv_jsonw_member(w, "from", environment_version(a));
	pv_jsonw_member(w, "to", environment_version(b));
	pv_jsonw_member(w, "from_blob", a ? a->blob.hex : NULL);
	pv_jsonw_member(w, "to_blob", b ? b->blob.hex : NULL);
	pv_jsonw_object_end(w);
}

static void diff_text(pv_cli *cli, const char *id, const pv_deployment *a,
		      const pv_deployment *b)
{
	const char *from = environment_version(a);
	const char *to = environment_version(b);

	cli_line(cli, id);
	cli_puts(cli, "  ");
	cli_line(cli, from ? from : "-");
	cli_puts(cli, " -> ");
	cli_line(cli, to ? to : "-");
	cli_puts(cli, "\n");
}

static int is_same(const pv_deployment *a, const pv_deployment *b)
{
	const char *from = environment_version(a);
	const char *to = environment_version(b);

	return a && b && !strcmp(a->blob.hex, b->blob.hex) && from && to &&
	       !strcmp(from, to);
}

static void diff_all(pv_cli *cli, pv_jsonw *w, const pv_environment *from,
		     const pv_environment *to)
{
	size_t i = 0;
	size_t k = 0;

	while (i < from->count || k < to->count) {
		int order = i == from->count ? 1
			    : k == to->count
				    ? -1
				    : strcmp(from->items[i].id, to->items[k].id);
		const pv_deployment *a = order <= 0 ? &from->items[i] : NULL;
		const pv_deployment *b = order >= 0 ? &to->items[k] : NULL;
		const char *id = order <= 0 ? from->items[i].id : to->items[k].id;

		i += order <= 0;
		k += order >= 0;
		if (is_same(a, b))
			continue;
		if (cli->json)
			diff_json(w, id, a, b);
		else
			diff_text(cli, id, a, b);
	}
}

static int load_named(pv_environment *out, pv_cli *cli, const char *name)
{
	cli_environment environment = { 0 };
	int rc = environment_find(&environment, cli, name);

	if (rc == PV_OK)
		rc = environment_must_exist(&environment, cli);
	if (rc == PV_OK)
		rc = load_own(out, cli, name, NULL);
	environment_dispose(&environment);
	return rc;
}

int env_diff(pv_cli *cli, int argc, char **argv)
{
	pv_environment from = { 0 };
	pv_environment to = { 0 };
	pv_jsonw w;
	int rc = cli_start(cli, NULL, &argc, argv);

	if (rc != PV_OK)
		return rc;
	rc = load_named(&from, cli, argv[1]);
	if (rc == PV_OK)
		rc = load_named(&to, cli, argv[2]);
	pv_jsonw_init(&w, &cli->out);
	if (rc == PV_OK && cli->json) {
		pv_jsonw_object(&w);
		pv_jsonw_member(&w, "from", argv[1]);
		pv_jsonw_member(&w, "to", argv[2]);
		pv_jsonw_key(&w, "prompts");
		pv_jsonw_array(&w);
	}
	if (rc == PV_OK)
		diff_all(cli, &w, &from, &to);
	if (rc == PV_OK && cli->json) {
		pv_jsonw_array_end(&w);
		pv_jsonw_object_end(&w);
	}
	pv_environment_dispose(&from);
	pv_environment_dispose(&to);
	return rc;
}
