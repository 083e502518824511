/* SPDX-License-Identifier: MIT
 *
 * See deploy_job.h.
 */
#include "deploy/deploy_job.h"

#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "repo/prompts.h"

/* Why the policy is not to count, if anything of that was asked for. */
static const char *reason_of(const deploy_job *job)
{
	return job->opts->freeze ? job->opts->message : job->opts->override;
}

/* The same, if it had to be put aside. */
static const char *override_of(const deploy_job *job)
{
	return job->gates.is_overridden ? reason_of(job) : NULL;
}

/* --- the answer -------------------------------------------------------------- */

static void put_item(pv_jsonw *w, const deploy_job *job, size_t idx)
{
	const pv_deploy_item *item = &job->items[idx];
	const pv_deploy_result *result = &job->result;

	pv_jsonw_member(w, "id", item->id);
	pv_jsonw_member(w, "version", item->version);
	pv_jsonw_member(w, "commit", item->commit.hex);
	pv_jsonw_member(w, "blob", item->blob.hex);
	pv_jsonw_member(w, "previous",
			result->was ? environment_version(&result->was[idx])
				    : NULL);
	pv_jsonw_member(w, "resolved_from",
			job->specs ? cli_fallback_of(&job->specs[idx]) : NULL);
	pv_jsonw_key(w, "changed");
	pv_jsonw_bool(w, result->is_changed && result->is_changed[idx]);
}

/* What a deployment of several prompts does not say of one. */
static void put_no_item(pv_jsonw *w, const deploy_job *job)
{
	static const char *const keys[] = { "id",   "version",  "commit",
					    "blob", "previous", "resolved_from" };
	int is_changed = 0;

	for (size_t i = 0; i < pv_array_len(keys); i++)
		pv_jsonw_member(w, keys[i], NULL);
	for (size_t i = 0; i < job->result.count; i++)
		is_changed |= job->result.is_changed[i];
	pv_jsonw_key(w, "changed");
	pv_jsonw_bool(w, is_changed);
}

static void print_json(const deploy_job *job)
{
	const pv_deploy_result *result = &job->result;
	char at[PV_TIME_TEXT];
	pv_jsonw w;

	pv_jsonw_init(&w, &job->cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "success");
	pv_jsonw_bool(&w, !job->gates.is_refused);
	cli_oid_json(&w, "deployment_id", &result->commit);
	if (job->count == 1)
		put_item(&w, job, 0);
	else
		put_no_item(&w, job);
	pv_jsonw_member(&w, "environment", pv_buf_text(&job->environment.name));
	pv_jsonw_member(&w, "environment_from", job->environment.from);
	pv_jsonw_member(&w, "rolled_back_to", NULL);
	pv_jsonw_member(&w, "promoted_from", job->promoted_from);
	pv_jsonw_member(&w, "override", override_of(job));
	pv_jsonw_member(&w, "actor", result->actor);
	pv_time_format(at, result->when * 1000000);
	pv_jsonw_member(&w, "at", result->actor ? at : NULL);
	pv_jsonw_key(&w, "dry_run");
	pv_jsonw_bool(&w, job->opts->dry_run);
	pv_jsonw_member(&w, "pushed_to", deploy_pushed_to(&job->push));
	gates_json(&w, &job->gates);
	pv_jsonw_key(&w, "prompts");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < job->count; i++) {
		pv_jsonw_object(&w);
		put_item(&w, job, i);
		pv_jsonw_object_end(&w);
	}
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
}

static void print_item(const deploy_job *job, size_t idx)
{
	const pv_deploy_item *item = &job->items[idx];
	const pv_deployment *was = &job->result.was[idx];
	const char *before = environment_version(was);
	pv_cli *cli = job->cli;

	cli_printf(cli, "%s %.*s %s %s", item->id, item->version ? 160 : 7,
		   item->version ? item->version : item->commit.hex,
		   !job->result.is_changed[idx] ? "is live already in"
		   : job->opts->dry_run         ? "would go to"
						: "is live in",
		   pv_buf_text(&job->environment.name));
	if (job->result.is_changed[idx] && before) {
		cli_puts(cli, ", before: ");
		if (was->version)
			cli_line(cli, before);
		else
			cli_printf(cli, "%.7s", before);
	}
	cli_puts(cli, "\n");
}

static void print_text(const deploy_job *job)
{
	size_t same = 0; /* of a promotion */

	if (job->gates.is_refused) {
		gates_text(job->cli, &job->gates);
		cli_warn(job->cli, "refused: \"%s\" stays as it was",
			 pv_buf_text(&job->environment.name));
		return;
	}
	for (size_t i = 0; i < job->count; i++)
		if (!job->promoted_from || job->result.is_changed[i])
			print_item(job, i);
		else
			same++;
	if (same)
		cli_note(job->cli, "%zu of %zu are live already in \"%s\"",
			 same, job->count, pv_buf_text(&job->environment.name));
	deploy_push_tell(&job->push);
}

/* --- the whole --------------------------------------------------------------- */

int deploy_check_options(pv_cli *cli, const deploy_options *opts)
{
	int rc = PV_OK;

	if (opts->canary > 100)
		return cli_usage_error(cli, "--canary takes 0 to 100");
	if (opts->freeze && opts->override)
		return cli_usage_error(cli, "--override is about a freeze, too");
	if (opts->freeze && !opts->message)
		return cli_usage_error(cli, "--freeze needs a reason: -m WHY");
	if (opts->message)
		rc = cli_check_utf8(cli, "the reason", opts->message,
				    strlen(opts->message));
	return rc == PV_OK ? gates_check_override(cli, opts->override) : rc;
}

int deploy_job_reserve(deploy_job *job, size_t count)
{
	job->subjects = pv_calloc(count + 1, sizeof(*job->subjects));
	job->items = pv_calloc(count + 1, sizeof(*job->items));
	if (!job->subjects || !job->items)
		return pv_fail_nomem(&job->cli->err);
	job->count = count;
	job->subject_count = count;
	return PV_OK;
}

static int ask(deploy_job *job)
{
	const deploy_options *opts = job->opts;
	gate_options let = { .allows_untagged = opts->allow_untagged,
			     .allows_inactive = opts->inactive_ok,
			     .override = opts->override };

	if (opts->freeze) {
		let.override = opts->message;
		let.only = "freeze";
	}
	return gates_run(&job->gates, job->cli, &job->environment,
			 job->subjects, job->subject_count, &let);
}

static int deploy(pv_deploy_result **out, const char *refname, void *payload)
{
	deploy_job *job = payload;
	const deploy_options *opts = job->opts;
	const pv_deploy_request request = {
		.environment = pv_buf_text(&job->environment.name),
		.items = job->items,
		.count = job->count,
		.reason = opts->message,
		.canary = opts->canary,
		.checks = pv_buf_text(&job->checks),
		.promoted_from = job->promoted_from,
		.override = override_of(job),
		.refname = refname,
		.dry_run = opts->dry_run,
	};

	*out = &job->result;
	pv_deploy_result_dispose(&job->result);
	return pv_deploy_run(&job->result, job->cli->store, &request,
			     &job->cli->err);
}

static int make(deploy_job *job)
{
	pv_cli *cli = job->cli;
	int rc;

	gates_line(&job->checks, &job->gates);
	rc = pv_buf_status(&job->checks, &cli->err);
	if (rc < 0)
		return rc;
	job->push.cli = cli;
	job->push.make = deploy;
	job->push.payload = job;
	job->push.is_dry = job->opts->dry_run;
	rc = deploy_push_run(&job->push, job->opts->push);
	if (rc == PV_OK)
		environment_tell_behind(cli, job->result.is_checked_out);
	return rc;
}

int deploy_job_run(deploy_job *job)
{
	pv_cli *cli = job->cli;
	int rc = ask(job);

	if (rc == PV_OK && !job->gates.is_refused)
		rc = make(job);
	if (rc < 0)
		return rc;
	environment_tell(&job->environment, cli);
	gates_tell_override(cli, &job->gates, reason_of(job));
	if (cli->json)
		print_json(job);
	else
		print_text(job);
	return job->gates.is_refused;
}

void deploy_job_dispose(deploy_job *job)
{
	pv_free(job->subjects);
	pv_free(job->items);
	environment_dispose(&job->environment);
	gates_dispose(&job->gates);
	deploy_push_dispose(&job->push);
	pv_buf_dispose(&job->checks);
	pv_deploy_result_dispose(&job->result);
}
