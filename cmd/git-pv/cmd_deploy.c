/* SPDX-License-Identifier: MIT
 *
 * `git pv deploy`: makes versions live in an environment, by one commit on
 * the branch pv/deployments, once the gates of the environment let all of them
 * in. Otherwise there is no commit, and the answer is what is wrong.
 */
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "environments.h"
#include "gates.h"
#include "prompts.h"

struct deploy_options {
	const char *environment;
	const char *message;
	int canary; /* -1: not given */
	int dry_run;
	int allow_untagged;
	int inactive_ok;
};

static const cli_option options[] = {
	{ 'e', "env", CLI_STRING, offsetof(struct deploy_options, environment),
	  "E", "the environment" },
	{ 'm', "message", CLI_STRING, offsetof(struct deploy_options, message),
	  "WHY", "why; kept with the deployment" },
	{ 0, "canary", CLI_INT, offsetof(struct deploy_options, canary),
	  "PERCENT", "the part of the traffic that gets it" },
	{ 'n', "dry-run", CLI_FLAG, offsetof(struct deploy_options, dry_run),
	  NULL, "only ask the gates, and say what would be done" },
	{ 0, "allow-untagged", CLI_FLAG,
	  offsetof(struct deploy_options, allow_untagged), NULL,
	  "also a state that is no released version" },
	{ 0, "inactive-ok", CLI_FLAG, offsetof(struct deploy_options, inactive_ok),
	  NULL, "also a prompt that says active: false" },
	{ 0 },
};

const cli_usage cmd_deploy_usage = {
	.synopsis = { "git pv deploy [-e E] [-m WHY] [--canary PERCENT] "
		      "[--allow-untagged] [--inactive-ok] [-n] [--json] "
		      "SPEC..." },
	.examples = { "git pv deploy support/triage@1.2.0 --env production "
		      "-m Calmer" },
	.options = options,
	.args = "a prompt, or prompt@version",
	.min_args = 1,
	.max_args = -1,
	.ids = CLI_IDS_ALL,
};

/* A deployment on its way; the arrays are as long as there are specs. */
struct job {
	pv_cli *cli;
	const struct deploy_options *opts;
	cli_environment environment;
	pv_spec *specs;
	gate_subject *subjects;
	pv_deploy_item *items;
	size_t count;
	gate_results gates;
	pv_deploy_result result;
};

static void job_dispose(struct job *job)
{
	for (size_t i = 0; job->specs && i < job->count; i++)
		pv_spec_dispose(&job->specs[i]);
	pv_free(job->specs);
	pv_free(job->subjects);
	pv_free(job->items);
	environment_dispose(&job->environment);
	gates_dispose(&job->gates);
	pv_deploy_result_dispose(&job->result);
}

/* --- what is meant ----------------------------------------------------------- */

/*
 * The released version that a state is; `spec` stays as it is for one that is
 * none. A version is deployed as its tag has it: what it includes may have
 * changed since.
 */
static int find_version(pv_spec *spec, pv_cli *cli, const pv_oid *blob)
{
	pv_buf text = { 0 };
	pv_spec tagged = { 0 };
	pv_oid there = { "" };
	size_t id_len;
	int rc;

	pv_buf_printf(&text, "%s@", spec->id);
	id_len = text.len;
	rc = pv_version_describe(&text, cli->store, &cli->settings, spec->id,
				 &spec->at, &cli->err);
	/* What is derived ends in "+g<commit>". */
	if (rc < 0 || strchr(pv_buf_text(&text) + id_len, '+'))
		goto out;
	rc = pv_spec_resolve(&tagged, cli->store, &cli->settings,
			     pv_buf_text(&text), PV_SPEC_COMMIT, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_find(&there, cli->store, &tagged.at, tagged.path,
				   &cli->err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	if (rc == PV_OK && !strcmp(there.hex, blob->hex)) {
		pv_spec_dispose(spec);
		*spec = tagged;
		memset(&tagged, 0, sizeof(tagged));
	}
out:
	pv_spec_dispose(&tagged);
	pv_buf_dispose(&text);
	return rc;
}

static int read_spec(struct job *job, size_t idx, const char *arg)
{
	pv_cli *cli = job->cli;
	pv_spec *spec = &job->specs[idx];
	pv_deploy_item *item = &job->items[idx];
	gate_subject *subject = &job->subjects[idx];
	int rc = pv_spec_resolve(spec, cli->store, &cli->settings, arg,
				 PV_SPEC_COMMIT, &cli->err);

	if (rc == PV_OK && spec->at.kind != PV_AT_COMMIT)
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%.180s\" is no committed version", arg);
	if (rc == PV_OK)
		rc = pv_store_find(&item->blob, cli->store, &spec->at,
				   spec->path, &cli->err);
	if (rc == PV_OK && !spec->version[0])
		rc = find_version(spec, cli, &item->blob);
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

static int read_args(struct job *job, int argc, char **argv)
{
	size_t count = (size_t)argc;
	int rc = PV_OK;

	job->specs = pv_calloc(count, sizeof(*job->specs));
	job->subjects = pv_calloc(count, sizeof(*job->subjects));
	job->items = pv_calloc(count, sizeof(*job->items));
	if (!job->specs || !job->subjects || !job->items)
		return pv_fail_nomem(&job->cli->err);
	job->count = count;
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = read_spec(job, i, argv[i]);
	return rc;
}

/* --- the answer -------------------------------------------------------------- */

static void put_item(pv_jsonw *w, const struct job *job, size_t idx)
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
	pv_jsonw_key(w, "changed");
	pv_jsonw_bool(w, result->is_changed && result->is_changed[idx]);
}

/* What a deployment of several prompts does not say of one. */
static void put_no_item(pv_jsonw *w, const struct job *job)
{
	static const char *const keys[] = { "id", "version", "commit", "blob",
					    "previous" };
	int is_changed = 0;

	for (size_t i = 0; i < pv_array_len(keys); i++)
		pv_jsonw_member(w, keys[i], NULL);
	for (size_t i = 0; i < job->result.count; i++)
		is_changed |= job->result.is_changed[i];
	pv_jsonw_key(w, "changed");
	pv_jsonw_bool(w, is_changed);
}

static void print_json(const struct job *job)
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
	pv_jsonw_member(&w, "actor", result->actor);
	pv_time_format(at, result->when * 1000000);
	pv_jsonw_member(&w, "at", result->actor ? at : NULL);
	pv_jsonw_key(&w, "dry_run");
	pv_jsonw_bool(&w, job->opts->dry_run);
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

static void print_item(const struct job *job, size_t idx)
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

static void print_text(const struct job *job)
{
	if (job->gates.is_refused) {
		gates_text(job->cli, &job->gates);
		cli_warn(job->cli, "nothing is deployed to \"%s\"",
			 pv_buf_text(&job->environment.name));
		return;
	}
	for (size_t i = 0; i < job->count; i++)
		print_item(job, i);
}

/* --- the command ------------------------------------------------------------- */

static int run(struct job *job)
{
	pv_deploy_request request = { 0 };
	pv_cli *cli = job->cli;
	pv_buf checks = { 0 };
	int rc;

	gates_line(&checks, &job->gates);
	rc = pv_buf_status(&checks, &cli->err);
	request.environment = pv_buf_text(&job->environment.name);
	request.items = job->items;
	request.count = job->count;
	request.reason = job->opts->message;
	request.canary = job->opts->canary;
	request.checks = checks.ptr;
	request.dry_run = job->opts->dry_run;
	if (rc == PV_OK)
		rc = pv_deploy_run(&job->result, cli->store, &request, &cli->err);
	pv_buf_dispose(&checks);
	if (rc < 0 || !job->result.commit.hex[0])
		return rc;
	cli_made(cli, "the deployment %.7s is made all the same",
		 job->result.commit.hex);
	environment_tell_behind(cli, &job->result);
	return rc;
}

static int check_options(pv_cli *cli, const struct deploy_options *opts)
{
	if (opts->canary > 100)
		return cli_usage_error(cli, "--canary takes 0 to 100");
	return opts->message ? cli_check_utf8(cli, "the reason", opts->message,
					      strlen(opts->message))
			     : PV_OK;
}

int cmd_deploy(pv_cli *cli, int argc, char **argv)
{
	struct deploy_options opts = { .canary = -1 };
	struct job job = { .cli = cli, .opts = &opts };
	gate_options let = { 0 };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != PV_OK)
		return rc;
	rc = check_options(cli, &opts);
	let.allows_untagged = opts.allow_untagged;
	let.allows_inactive = opts.inactive_ok;
	if (rc == PV_OK)
		rc = environment_find(&job.environment, cli, opts.environment);
	if (rc == PV_OK)
		rc = environment_must_exist(&job.environment, cli);
	if (rc == PV_OK)
		rc = read_args(&job, argc, argv);
	if (rc == PV_OK)
		rc = gates_run(&job.gates, cli, &job.environment, job.subjects,
			       job.count, &let);
	if (rc == PV_OK && !job.gates.is_refused)
		rc = run(&job);
	if (rc == PV_OK) {
		environment_tell(&job.environment, cli);
		if (cli->json)
			print_json(&job);
		else
			print_text(&job);
		rc = job.gates.is_refused;
	}
	job_dispose(&job);
	return rc;
}
