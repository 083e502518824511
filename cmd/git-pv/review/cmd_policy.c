/* SPDX-License-Identifier: MIT
 *
 * `git pv policy`: the policy in force, and what it would say to an action,
 * with its reasons. Nothing is done.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/mem.h"
#include "check/check.h"
#include "repo/environments.h"
#include "repo/named.h"
#include "review/merge_candidate.h"
#include "review/policy_facts.h"
#include "review/policy_gates.h"

struct policy_options {
	const char *into;
	const char *environment;
	const char *who;
};

static const cli_option options[] = {
	{ 0, "into", CLI_STRING, offsetof(struct policy_options, into),
	  "BRANCH", "merge, approve: for this branch; else the default one" },
	{ 'e', "env", CLI_STRING, offsetof(struct policy_options, environment),
	  "E", "deploy, rollback: in this environment" },
	{ 0, "as", CLI_STRING, offsetof(struct policy_options, who), "MAIL",
	  "if this one did it; else who would commit" },
	{ 0 },
};

const cli_usage cmd_policy_usage = {
	.synopsis = { "git pv policy show [--json]",
		      "git pv policy explain merge BRANCH [--into BRANCH]",
		      "git pv policy explain approve BRANCH [--into BRANCH]",
		      "git pv policy explain branch NAME",
		      "git pv policy explain release ID",
		      "git pv policy explain deploy SPEC [--env E]",
		      "git pv policy explain rollback SPEC [--env E]" },
	.examples = { "git pv policy show",
		      "git pv policy explain merge exp/concise" },
	.options = options,
	.args = "show, or explain and an action",
	.min_args = 1,
	.max_args = 3,
};

/* A question to the policy. */
struct question {
	pv_cli *cli;
	const struct policy_options *opts;
	const char *about;
	pv_oid at; /* that the policy is read from; hex "" for none */
	policy_facts found;
	pv_policy_facts facts;
	pv_policy *policy;
	pv_buf actor;
	cli_environment environment;
	pv_spec spec; /* about an environment; else it is empty */
	policy_gates gates;
	pv_strlist failed; /* groups of checks */
	pv_policy_check checks[16];
};

static int find_actor(struct question *it)
{
	pv_signature who = { 0 };
	pv_cli *cli = it->cli;
	int rc = PV_OK;

	if (it->opts->who) {
		pv_buf_puts(&it->actor, it->opts->who);
	} else {
		rc = pv_store_committer(&who, cli->store, &cli->err);
		if (rc == PV_OK)
			pv_buf_printf(&it->actor, "%s <%s>", who.name, who.email);
		pv_signature_dispose(&who);
	}
	it->facts.actor = pv_buf_text(&it->actor);
	it->facts.is_unsigned =
		!pv_store_config_bool(cli->store, "commit.gpgSign", 0);
	return rc == PV_OK ? pv_buf_status(&it->actor, &cli->err) : rc;
}

/* --- checks -------------------------------------------------------------------- */

static int note_failed(struct question *it, const pv_report *report)
{
	int rc = PV_OK;

	for (size_t i = 0; i < pv_report_count(report) && rc == PV_OK; i++) {
		const pv_finding *found = pv_report_at(report, i);
		const pv_rule *rule = pv_rule_find(found->rule);

		if (found->severity == PV_SEVERITY_ERROR)
			rc = pv_strlist_add(&it->failed,
					    pv_rule_group_name(
						    rule ? rule->group
							 : PV_RULE_SYNTAX),
					    &it->cli->err);
	}
	return rc;
}

/* Runs the checks over the prompts at hand, set up as the policy's commit has. */
static int run_checks(struct question *it, const pv_oid *commit)
{
	static const char *const groups[] = { "syntax", "variables", "schema",
					      "security", "performance" };
	struct check check = { .cli = it->cli };
	pv_point settings = { PV_AT_COMMIT, it->at };
	int rc = check_begin(&check, &settings);

	check.at.kind = PV_AT_COMMIT;
	check.at.commit = *commit;
	for (size_t i = 0; i < it->found.count && rc == PV_OK; i++)
		if (it->found.subjects[i].id && it->found.subjects[i].state)
			rc = check_prompt(&check, it->found.subjects[i].id,
					  it->found.subjects[i].path);
	if (rc == PV_OK)
		rc = note_failed(it, check.report);
	check_end(&check);
	for (size_t i = 0; i < pv_array_len(groups); i++) {
		it->checks[i].name = groups[i];
		it->checks[i].is_ok = pv_strlist_find(&it->failed, groups[i]) < 0;
	}
	it->facts.checks = it->checks;
	it->facts.check_count = pv_array_len(groups);
	return rc;
}

/* --- actions -------------------------------------------------------------------- */

static int find_commits(pv_strlist *out, pv_cli *cli, const pv_oid *from,
			const pv_oid *to)
{
	const char *args[] = { "rev-list", to->hex, "--not", from->hex, NULL };
	pv_buf text = { 0 };
	int status = 0;
	int rc = pv_git_run(&text, &status, cli->store, args, NULL, &cli->err);

	for (const char *at = pv_buf_text(&text); *at && rc == PV_OK;
	     at += strcspn(at, "\n") + 1)
		rc = pv_strlist_addn(out, at, strcspn(at, "\n"), &cli->err);
	pv_buf_dispose(&text);
	return rc;
}

/* What would come of the merge, or the end of the branch where it conflicts. */
static int ask_result(struct question *it, const pv_oid *tip)
{
	pv_cli *cli = it->cli;
	merge_candidate candidate = { 0 };
	pv_oid before = it->at;
	const pv_oid *after = tip;
	int rc = pv_store_merge_base(&before, cli->store, &it->at, tip,
				     &cli->err);

	if (rc == PV_OK)
		rc = merge_candidate_make(&candidate, cli, &it->at,
					  it->facts.branch, tip, it->about);
	if (candidate.commit.hex[0]) {
		before = it->at;
		after = &candidate.commit;
	}
	/* In a repository that is only read nothing can be merged. */
	if (rc == PV_EIO) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	if (rc == PV_OK)
		rc = policy_add_subjects(&it->found, &before, after);
	if (rc == PV_OK)
		rc = run_checks(it, after);
	merge_candidate_dispose(&candidate);
	return rc;
}

static int ask_merge(struct question *it)
{
	pv_cli *cli = it->cli;
	const char *into =
		it->opts->into ? it->opts->into : cli->settings.default_branch;
	pv_strlist commits = { 0 };
	pv_oid tip;
	int rc = pv_store_resolve(&it->at, cli->store, into, &cli->err);

	it->facts.branch = into;
	if (rc == PV_OK)
		rc = pv_store_resolve(&tip, cli->store, it->about, &cli->err);
	if (rc == PV_OK)
		rc = find_commits(&commits, cli, &it->at, &tip);
	if (rc == PV_OK)
		rc = policy_add_authors(&it->found, &commits);
	if (rc == PV_OK)
		rc = ask_result(it, &tip);
	pv_strlist_dispose(&commits);
	return rc;
}

static int ask_environment(struct question *it)
{
	pv_cli *cli = it->cli;
	pv_spec *spec = &it->spec;
	pv_oid blob = { "" };
	gate_options opts = { .is_rollback =
				      it->facts.action == PV_POLICY_ROLLBACK,
			      .actor = it->opts->who,
			      .is_unsigned = it->facts.is_unsigned };
	int rc = environment_find(&it->environment, cli, it->opts->environment);

	if (rc == PV_OK)
		rc = environment_must_exist(&it->environment, cli);
	it->facts.environment = pv_buf_text(&it->environment.name);
	it->at = it->environment.at.commit;
	if (rc == PV_OK)
		rc = cli_spec_resolve(spec, cli, it->about, PV_SPEC_COMMIT);
	if (rc == PV_OK && spec->at.kind != PV_AT_COMMIT)
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%.180s\" is no committed version", it->about);
	if (rc == PV_OK)
		rc = policy_gates_ask(&it->gates, cli, &it->environment, spec,
				      &opts);
	if (rc == PV_OK)
		rc = pv_store_find(&blob, cli->store, &spec->at, spec->path,
				   &cli->err);
	if (rc == PV_OK)
		rc = policy_add_subject(&it->found, spec->path, &blob,
					&spec->at.commit);
	return rc;
}

/* The policy of the default branch, for what is about no other. */
static int ask_default(struct question *it)
{
	pv_cli *cli = it->cli;

	if (pv_settings_tip(&it->at, cli->store, &cli->settings, NULL) < 0)
		it->at.hex[0] = '\0';
	it->facts.branch = it->about;
	return PV_OK;
}

static int ask_release(struct question *it)
{
	int rc = named_known(it->cli, it->about);

	return rc == PV_OK ? ask_default(it) : rc;
}

static const struct {
	enum pv_policy_action action;
	int (*ask)(struct question *it);
} actions[] = {
	{ PV_POLICY_BRANCH, ask_default },
	{ PV_POLICY_MERGE, ask_merge },
	{ PV_POLICY_APPROVE, ask_merge },
	{ PV_POLICY_RELEASE, ask_release },
	{ PV_POLICY_DEPLOY, ask_environment },
	{ PV_POLICY_ROLLBACK, ask_environment },
};

static int ask(struct question *it, const char *action)
{
	pv_cli *cli = it->cli;
	size_t i = 0;
	int rc;

	while (i < pv_array_len(actions) &&
	       strcmp(pv_policy_action_name((int)actions[i].action), action) != 0)
		i++;
	if (i == pv_array_len(actions))
		return cli_usage_error(cli, "there is no action \"%.60s\"",
				       action);
	it->facts.action = actions[i].action;
	rc = find_actor(it);
	if (rc == PV_OK &&
	    (actions[i].ask == ask_environment || actions[i].ask == ask_release))
		rc = named_spec(cli, &it->about);
	if (rc == PV_OK)
		rc = actions[i].ask(it);
	if (rc == PV_OK)
		rc = policy_load(&it->policy, cli, &it->at);
	if (rc == PV_OK && it->found.count)
		rc = policy_add_approvals(&it->found, it->policy);
	policy_facts_put(&it->facts, &it->found);
	return rc;
}

/* --- the answer ------------------------------------------------------------------ */

/* Gates that were asked know more than the policy, which is one of them. */
static int is_allowed(const struct question *it, const pv_policy_verdict *verdict)
{
	return it->gates.results.count ? !it->gates.results.is_refused
				       : verdict->is_allowed;
}

/* Calls `fn` for each reason, the policy's first. */
static void each_reason(const struct question *it,
			const pv_policy_verdict *verdict,
			void (*fn)(const pv_policy_reason *reason, void *payload),
			void *payload)
{
	for (size_t i = 0; i < verdict->count; i++)
		if (!policy_gates_tell(&it->gates, &verdict->reasons[i]))
			fn(&verdict->reasons[i], payload);
	for (size_t i = 0; i < it->gates.count; i++)
		fn(&it->gates.reasons[i], payload);
}

static void reason_json(const pv_policy_reason *reason, void *payload)
{
	pv_jsonw *w = payload;

	pv_jsonw_object(w);
	pv_jsonw_member(w, "rule", reason->rule);
	pv_jsonw_key(w, "ok");
	pv_jsonw_bool(w, reason->is_ok);
	pv_jsonw_key(w, "overridable");
	pv_jsonw_bool(w, !reason->is_fixed);
	pv_jsonw_member(w, "message", reason->message);
	cli_text_json(w, "hint", reason->hint);
	pv_jsonw_object_end(w);
}

static void answer_json(const struct question *it,
			const pv_policy_verdict *verdict)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &it->cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "action",
			pv_policy_action_name((int)it->facts.action));
	pv_jsonw_member(&w, "about", it->about);
	if (it->spec.id)
		cli_fallback_json(&w, &it->spec);
	pv_jsonw_key(&w, "allowed");
	pv_jsonw_bool(&w, is_allowed(it, verdict));
	pv_jsonw_member(&w, "actor", it->facts.actor);
	cli_oid_json(&w, "policy_commit", &it->at);
	pv_jsonw_key(&w, "may_override");
	pv_jsonw_bool(&w, pv_policy_may_override(it->policy, it->facts.actor));
	pv_jsonw_key(&w, "reasons");
	pv_jsonw_array(&w);
	each_reason(it, verdict, reason_json, &w);
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
}

static void reason_text(const pv_policy_reason *reason, void *payload)
{
	pv_cli *cli = payload;

	cli_printf(cli, "  %s ", reason->is_ok ? "yes" : "no ");
	cli_line(cli, reason->message);
	cli_printf(cli, " [%s]\n", reason->rule);
	if (!*reason->hint)
		return;
	cli_puts(cli, "      ");
	cli_line(cli, reason->hint);
	cli_puts(cli, "\n");
}

static void answer_text(const struct question *it,
			const pv_policy_verdict *verdict)
{
	pv_cli *cli = it->cli;

	cli_printf(cli, "%s: ", is_allowed(it, verdict) ? "allowed" : "refused");
	cli_printf(cli, "%s ", pv_policy_action_name((int)it->facts.action));
	cli_line(cli, it->about);
	cli_puts(cli, "\n");
	each_reason(it, verdict, reason_text, cli);
}

static int explain(pv_cli *cli, const struct policy_options *opts,
		   const char *action, const char *about)
{
	struct question it = {
		.cli = cli, .opts = opts, .about = about, .found = { .cli = cli }
	};
	pv_policy_verdict verdict = { 0 };
	int rc = ask(&it, action);

	if (rc == PV_OK)
		rc = pv_policy_judge(&verdict, it.policy, &it.facts, &cli->err);
	if (rc == PV_OK && cli->json)
		answer_json(&it, &verdict);
	else if (rc == PV_OK)
		answer_text(&it, &verdict);
	if (rc == PV_OK)
		rc = !is_allowed(&it, &verdict);
	pv_policy_verdict_dispose(&verdict);
	pv_policy_free(it.policy);
	policy_facts_dispose(&it.found);
	environment_dispose(&it.environment);
	policy_gates_dispose(&it.gates);
	pv_spec_dispose(&it.spec);
	pv_strlist_dispose(&it.failed);
	pv_buf_dispose(&it.actor);
	return rc;
}

static int show(pv_cli *cli)
{
	struct question it = { .cli = cli };
	pv_buf json = { 0 };
	int rc = ask_default(&it);

	if (rc == PV_OK)
		rc = policy_load(&it.policy, cli, &it.at);
	if (rc == PV_OK)
		rc = pv_policy_json(&json, it.policy, &cli->err);
	if (rc == PV_OK && cli->json)
		pv_buf_put(&cli->out, json.ptr, json.len);
	else if (rc == PV_OK)
		rc = pv_yaml_from_json(&cli->out, json.ptr, json.len, &cli->err);
	pv_policy_free(it.policy);
	pv_buf_dispose(&json);
	return rc;
}

int cmd_policy(pv_cli *cli, int argc, char **argv)
{
	struct policy_options opts = { 0 };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	if (!strcmp(argv[0], "show") && argc == 1)
		return show(cli);
	if (!strcmp(argv[0], "explain") && argc == 3)
		return explain(cli, &opts, argv[1], argv[2]);
	return cli_usage_error(cli, "say \"show\", or \"explain\", an action and "
				    "what it is about");
}
