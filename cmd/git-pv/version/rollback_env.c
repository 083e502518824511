/* SPDX-License-Identifier: MIT
 *
 * `git pv rollback --env E`: makes live what was live before. Nothing but the
 * repository is needed: it is for the hour in which all else fails. Of the
 * gates only the policy is asked, who may; a version that was never live there
 * passes all of them, as if it were deployed.
 */
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "deploy/deploy_push.h"
#include "deploy/deployed.h"
#include "deploy/gates.h"
#include "repo/environments.h"
#include "repo/prompts.h"
#include "repo/tracking.h"
#include "version/rollback.h"

struct job {
	pv_cli *cli;
	const struct rollback_options *opts;
	const char *id;
	cli_environment environment;
	pv_spec spec;
	pv_deploy_item to;
	pv_oid at;
	gate_results gates;
	pv_buf checks; /* for the commit */
	deploy_push push;
	pv_deploy_result result;
};

static void job_dispose(struct job *job)
{
	pv_spec_dispose(&job->spec);
	environment_dispose(&job->environment);
	gates_dispose(&job->gates);
	deploy_push_dispose(&job->push);
	pv_buf_dispose(&job->checks);
	pv_deploy_result_dispose(&job->result);
}

static int read_to(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_buf text = { 0 };
	int rc;

	pv_buf_printf(&text, "%s@%s", job->id, job->opts->to);
	rc = pv_buf_status(&text, &cli->err);
	if (rc == PV_OK)
		rc = cli_spec_resolve(&job->spec, cli, text.ptr, PV_SPEC_COMMIT);
	if (rc == PV_OK && job->spec.at.kind != PV_AT_COMMIT)
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%.180s\" is no committed version", job->opts->to);
	if (rc == PV_OK)
		rc = cli_spec_tag(&job->spec, cli);
	if (rc == PV_OK)
		rc = pv_store_find(&job->to.blob, cli->store, &job->spec.at,
				   job->spec.path, &cli->err);
	job->to.id = job->spec.id;
	job->to.version = job->spec.version[0] ? job->spec.version : NULL;
	job->to.commit = job->spec.at.commit;
	pv_buf_dispose(&text);
	return rc;
}

static int read_at(struct job *job)
{
	int64_t when;
	int rc = tracking_time(&when, job->cli, "at", job->opts->at);

	if (rc != PV_OK)
		return rc;
	return pv_environment_at(&job->at, job->cli->store, when / 1000000,
				 &job->cli->err);
}

/* --- who may ----------------------------------------------------------------- */

/* 1 when what is asked for was live there at some time. */
static int was_live(struct job *job)
{
	if (!job->opts->to)
		return 1;
	return deployed_was_live(job->cli, pv_buf_text(&job->environment.name),
				 &job->to);
}

static int ask_gates(struct job *job)
{
	gate_options let = { .allows_untagged = 1,
			     .allows_inactive = 1,
			     .override = job->opts->override };
	gate_subject subject = { job->spec.id, job->spec.path, job->spec.at,
				 job->to.version };
	int rc = was_live(job);

	if (rc < 0)
		return rc;
	let.is_rollback = rc;
	return gates_run(&job->gates, job->cli, &job->environment, &subject,
			 rc ? 0 : 1, &let);
}

static int roll_back(pv_deploy_result **out, const char *refname, void *payload)
{
	struct job *job = payload;
	const struct rollback_options *opts = job->opts;
	const pv_rollback_request request = {
		.environment = pv_buf_text(&job->environment.name),
		.id = job->id,
		.to = opts->to ? &job->to : NULL,
		.at = opts->at ? &job->at : NULL,
		.reason = opts->message,
		.checks = pv_buf_text(&job->checks),
		.override = job->gates.is_overridden ? opts->override : NULL,
		.refname = refname,
		/* What is refused is told as it would have been. */
		.dry_run = opts->dry_run || job->gates.is_refused,
	};

	*out = &job->result;
	pv_deploy_result_dispose(&job->result);
	return pv_rollback_run(&job->result, job->cli->store, &request,
			       &job->cli->err);
}

static int run(struct job *job)
{
	pv_cli *cli = job->cli;
	int rc;

	gates_line(&job->checks, &job->gates);
	rc = pv_buf_status(&job->checks, &cli->err);
	if (rc < 0)
		return rc;
	job->push.cli = cli;
	job->push.make = roll_back;
	job->push.payload = job;
	job->push.is_dry = job->opts->dry_run;
	rc = deploy_push_run(&job->push,
			     job->opts->push && !job->gates.is_refused);
	if (rc == PV_OK)
		environment_tell_behind(cli, job->result.is_checked_out);
	return rc;
}

/* --- the answer -------------------------------------------------------------- */

/* One prompt; without one, what an answer about several says of one. */
static void put_item(pv_jsonw *w, const pv_deployment *now,
		     const pv_deployment *was, int is_changed)
{
	static const pv_deployment none = { 0 };
	const pv_deployment *state = now ? now : &none;

	pv_jsonw_member(w, "id", state->id);
	pv_jsonw_member(w, "version", state->version);
	cli_oid_json(w, "commit", &state->commit);
	cli_oid_json(w, "blob", &state->blob);
	pv_jsonw_member(w, "previous", environment_version(was));
	pv_jsonw_member(w, "rolled_back_to", environment_version(state));
	pv_jsonw_key(w, "changed");
	pv_jsonw_bool(w, is_changed);
}

static void put_items(pv_jsonw *w, const struct job *job)
{
	const pv_deploy_result *result = &job->result;

	pv_jsonw_key(w, "prompts");
	pv_jsonw_array(w);
	for (size_t i = 0; i < result->count; i++) {
		pv_jsonw_object(w);
		put_item(w, &result->now[i], &result->was[i],
			 result->is_changed[i] && !job->gates.is_refused);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void print_json(const struct job *job)
{
	const pv_deploy_result *result = &job->result;
	char at[PV_TIME_TEXT];
	int is_changed = 0;
	pv_jsonw w;

	for (size_t i = 0; i < result->count; i++)
		is_changed |= result->is_changed[i] && !job->gates.is_refused;
	pv_jsonw_init(&w, &job->cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "success");
	pv_jsonw_bool(&w, !job->gates.is_refused);
	cli_oid_json(&w, "deployment_id", &result->commit);
	if (job->id && result->count)
		put_item(&w, &result->now[0], &result->was[0], is_changed);
	else
		put_item(&w, NULL, NULL, is_changed);
	cli_fallback_json(&w, &job->spec);
	pv_jsonw_member(&w, "environment", pv_buf_text(&job->environment.name));
	pv_jsonw_member(&w, "environment_from", job->environment.from);
	pv_jsonw_member(&w, "actor", result->actor);
	pv_time_format(at, result->when * 1000000);
	pv_jsonw_member(&w, "at", at);
	pv_jsonw_key(&w, "dry_run");
	pv_jsonw_bool(&w, job->opts->dry_run);
	pv_jsonw_member(&w, "override",
			job->gates.is_overridden ? job->opts->override : NULL);
	pv_jsonw_member(&w, "pushed_to", deploy_pushed_to(&job->push));
	gates_json(&w, &job->gates);
	put_items(&w, job);
	pv_jsonw_object_end(&w);
}

static void print_item(const struct job *job, size_t idx)
{
	const pv_deployment *now = &job->result.now[idx];
	const pv_deployment *was = &job->result.was[idx];
	const char *name = pv_buf_text(&job->environment.name);
	pv_cli *cli = job->cli;

	if (!job->result.is_changed[idx] && !job->id)
		return;
	cli_line(cli, now->id);
	if (!now->commit.hex[0]) {
		cli_printf(cli, " %s in %s\n",
			   job->opts->dry_run ? "would not be live any more"
					      : "is not live any more",
			   name);
		return;
	}
	cli_puts(cli, " ");
	cli_line(cli, environment_version(now));
	cli_printf(cli, " %s %s",
		   !job->result.is_changed[idx] ? "is live already in"
		   : job->opts->dry_run         ? "would be back in"
						: "is back in",
		   name);
	if (job->result.is_changed[idx] && was->id) {
		cli_puts(cli, ", before: ");
		cli_line(cli, environment_version(was));
	}
	cli_puts(cli, "\n");
}

static void print_text(const struct job *job)
{
	int is_changed = 0;

	if (job->gates.is_refused) {
		gates_text(job->cli, &job->gates);
		cli_warn(job->cli, "nothing is rolled back in \"%s\"",
			 pv_buf_text(&job->environment.name));
		return;
	}
	for (size_t i = 0; i < job->result.count; i++) {
		print_item(job, i);
		is_changed |= job->result.is_changed[i];
	}
	if (!is_changed && !job->id)
		cli_note(job->cli, "\"%s\" is as it was then already",
			 pv_buf_text(&job->environment.name));
	deploy_push_tell(&job->push);
}

static int check_options(pv_cli *cli, const struct rollback_options *opts,
			 const char *id)
{
	if (!id && !opts->at)
		return cli_usage_error(cli, "which prompt? give its id, or --at "
					    "TIME for the whole environment");
	if (opts->at && opts->to)
		return cli_usage_error(cli, "--at and --to exclude each other");
	if (opts->message && cli_check_utf8(cli, "the reason", opts->message,
					    strlen(opts->message)) < 0)
		return PV_EINVALID;
	return gates_check_override(cli, opts->override);
}

int rollback_environment(pv_cli *cli, const struct rollback_options *opts,
			 const char *id)
{
	struct job job = { .cli = cli, .opts = opts, .id = id };
	int rc = check_options(cli, opts, id);

	if (rc == PV_OK)
		rc = environment_find(&job.environment, cli, opts->environment);
	if (rc == PV_OK)
		rc = environment_must_exist(&job.environment, cli);
	if (rc == PV_OK && opts->to)
		rc = read_to(&job);
	if (rc == PV_OK && opts->at)
		rc = read_at(&job);
	if (rc == PV_OK)
		rc = ask_gates(&job);
	if (rc == PV_OK)
		rc = run(&job);
	if (rc == PV_OK)
		gates_tell_override(cli, &job.gates, opts->override);
	if (rc == PV_OK && cli->json)
		print_json(&job);
	else if (rc == PV_OK)
		print_text(&job);
	if (rc == PV_OK)
		rc = job.gates.is_refused;
	job_dispose(&job);
	return rc;
}
