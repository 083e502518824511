/* SPDX-License-Identifier: MIT
 *
 * The gates of an environment. The rules of `git pv check` run once over all
 * subjects, set up by the default branch's pv.yaml, so that nobody lets
 * himself in by a pv.yaml of his own; gates pick the findings of their group.
 */
#include "deploy/gates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "check/check.h"
#include "deploy/freeze.h"
#include "deploy/gates_measured.h"
#include "deploy/gates_tested.h"
#include "review/policy_facts.h"
#include "review/review_approvals.h"

struct run {
	pv_cli *cli;
	const cli_environment *environment;
	const gate_subject *subjects;
	size_t count;
	const gate_options *opts;
	struct check check; /* its report has what the rules found */
	gate_results *results;
	int may_override;
};

struct gate {
	const char *name;
	const char *alias; /* another name in required_checks, or NULL */
	int (*run)(gate_result *out, struct run *run, const struct gate *gate);
	int is_always;            /* not asked for by name */
	enum pv_rule_group group; /* of run_rules */
	int is_about_place;       /* and not only about prompts */
};

static int refuse(gate_result *out, struct run *run, const char *file,
		  const char *rule, const char *message, const char *hint)
{
	pv_finding finding = { PV_SEVERITY_ERROR, rule, file, 0, 0,
			       message,           hint };

	out->is_ok = 0;
	return pv_report_add(out->findings, &finding, &run->cli->err);
}

static int run_rules(gate_result *out, struct run *run, const struct gate *gate)
{
	const pv_report *report = run->check.report;
	int rc = PV_OK;

	for (size_t i = 0; i < pv_report_count(report) && rc == PV_OK; i++) {
		const pv_finding *finding = pv_report_at(report, i);
		const pv_rule *rule = pv_rule_find(finding->rule);

		if ((rule ? rule->group : PV_RULE_SYNTAX) != gate->group)
			continue;
		if (finding->severity == PV_SEVERITY_ERROR)
			out->is_ok = 0;
		rc = pv_report_add(out->findings, finding, &run->cli->err);
	}
	return rc;
}

static int run_version(gate_result *out, struct run *run, const struct gate *gate)
{
	int rc = PV_OK;

	(void)gate;
	for (size_t i = 0; i < run->count && rc == PV_OK; i++) {
		if (run->subjects[i].version)
			continue;
		out->is_waived |= run->opts->allows_untagged;
		if (!run->opts->allows_untagged)
			rc = refuse(out, run, run->subjects[i].path, "untagged",
				    "this state is not a released version",
				    "release it with git pv release, or give "
				    "--allow-untagged");
	}
	return rc;
}

static int is_active(int *out, struct run *run, const gate_subject *subject)
{
	cli_prompt entry = { 0 };
	int rc = cli_prompt_read(&entry, run->cli, &subject->at, subject->id,
				 subject->path, NULL);

	/* One that does not load is the syntax gate's. */
	*out = !entry.prompt || pv_prompt_is_active(entry.prompt);
	cli_prompt_dispose(&entry);
	return rc;
}

static int run_active(gate_result *out, struct run *run, const struct gate *gate)
{
	int rc = PV_OK;

	(void)gate;
	for (size_t i = 0; i < run->count && rc == PV_OK; i++) {
		int is = 1;

		rc = is_active(&is, run, &run->subjects[i]);
		out->is_waived |= !is && run->opts->allows_inactive;
		if (rc == PV_OK && !is && !run->opts->allows_inactive)
			rc = refuse(out, run, run->subjects[i].path, "inactive",
				    "the prompt says active: false",
				    "activate it, or give --inactive-ok");
	}
	return rc;
}

/* --- the policy --------------------------------------------------------------- */

/* Who deploys from here, and whether git would sign it. */
static int read_actor(pv_policy_facts *facts, pv_buf *actor, struct run *run)
{
	pv_signature who = { 0 };
	int rc = PV_OK;

	facts->is_unsigned = run->opts->is_unsigned;
	if (run->opts->actor) {
		pv_buf_puts(actor, run->opts->actor);
	} else {
		rc = pv_store_committer(&who, run->cli->store, &run->cli->err);
		if (rc == PV_OK)
			pv_buf_printf(actor, "%s <%s>", who.name, who.email);
		pv_signature_dispose(&who);
		facts->is_unsigned = !pv_store_config_bool(run->cli->store,
							   "commit.gpgSign", 0);
	}
	if (rc == PV_OK)
		rc = pv_buf_status(actor, &run->cli->err);
	facts->actor = pv_buf_text(actor);
	return rc;
}

/* The other gates have told of checks and approvals. */
static int is_told(const char *rule)
{
	return !strcmp(rule, "check") || !strcmp(rule, "approvals");
}

static int tell_verdict(gate_result *out, struct run *run,
			const pv_policy_verdict *verdict)
{
	const char *path = run->count ? run->subjects[0].path : "pv.yaml";
	int rc = PV_OK;

	for (size_t i = 0; i < verdict->count && rc == PV_OK; i++) {
		const pv_policy_reason *reason = &verdict->reasons[i];

		if (!reason->is_ok && !is_told(reason->rule))
			rc = refuse(out, run, path, reason->rule,
				    reason->message, reason->hint);
		run->results->is_fixed |= !reason->is_ok && reason->is_fixed;
	}
	return rc;
}

/*
 * What other gates refuse the policy does not hear of, so that it says nothing
 * of who may not put them aside.
 */
static int tell_no_right(gate_result *out, struct run *run,
			 const pv_policy_verdict *verdict, const char *actor)
{
	const char *path = run->count ? run->subjects[0].path : "pv.yaml";
	pv_buf text = { 0 };
	int rc;

	if (!run->opts->override || run->may_override || !run->results->is_refused)
		return PV_OK;
	for (size_t i = 0; i < verdict->count; i++)
		if (!strcmp(verdict->reasons[i].rule, "override"))
			return PV_OK;
	pv_buf_printf(&text, "\"%.140s\" may not override the policy", actor);
	rc = pv_buf_status(&text, &run->cli->err);
	if (rc == PV_OK)
		rc = refuse(out, run, path, "override", text.ptr,
			    "\"override\" of the policy names who may");
	pv_buf_dispose(&text);
	return rc;
}

/* An override needs the right, and a reason. */
static int may_override(const struct run *run, const pv_policy *policy,
			const char *actor)
{
	const char *why = run->opts->override;

	return why && why[strspn(why, " \t\r\n")] &&
	       pv_policy_may_override(policy, actor);
}

static int run_policy(gate_result *out, struct run *run, const struct gate *gate)
{
	pv_policy_check checks[GATES_MAX];
	pv_policy_facts facts = { .action = run->opts->is_rollback
						    ? PV_POLICY_ROLLBACK
						    : PV_POLICY_DEPLOY,
				  .environment =
					  pv_buf_text(&run->environment->name),
				  .override = run->opts->override };
	pv_policy_verdict verdict = { 0 };
	pv_policy *policy = NULL;
	pv_buf actor = { 0 };
	int rc = policy_load(&policy, run->cli, &run->environment->at.commit);

	(void)gate;
	for (size_t i = 0; i < run->results->count; i++) {
		checks[i].name = run->results->items[i].name;
		checks[i].is_ok = run->results->items[i].is_ok;
	}
	facts.checks = checks;
	facts.check_count = run->results->count;
	if (rc == PV_OK)
		rc = read_actor(&facts, &actor, run);
	if (rc == PV_OK)
		rc = pv_policy_judge(&verdict, policy, &facts, &run->cli->err);
	if (rc == PV_OK)
		rc = tell_verdict(out, run, &verdict);
	if (rc == PV_OK) {
		run->may_override = may_override(run, policy, facts.actor);
		rc = tell_no_right(out, run, &verdict, facts.actor);
	}
	pv_policy_verdict_dispose(&verdict);
	pv_policy_free(policy);
	pv_buf_dispose(&actor);
	return rc;
}

/* --- approvals --------------------------------------------------------------- */

/* What the policy says of the approvals of one prompt as it would be live. */
static int judge_approvals(gate_result *out, struct run *run,
			   const pv_policy *policy,
			   const pv_policy_subject *subject)
{
	review_approvals given;
	pv_policy_facts facts = { .action = PV_POLICY_DEPLOY,
				  .environment =
					  pv_buf_text(&run->environment->name),
				  .subjects = subject,
				  .subject_count = 1 };
	pv_policy_verdict verdict = { 0 };
	int rc = review_approvals_find(&given, run->cli, policy,
				       facts.environment, subject);

	facts.approvals = given.items;
	facts.approval_count = given.count;
	facts.authors = (const char *const *)given.authors.items;
	facts.author_count = given.authors.count;
	if (rc == PV_OK)
		rc = pv_policy_judge(&verdict, policy, &facts, &run->cli->err);
	for (size_t i = 0; i < verdict.count && rc == PV_OK; i++) {
		const pv_policy_reason *reason = &verdict.reasons[i];

		if (!reason->is_ok && !strcmp(reason->rule, "approvals"))
			rc = refuse(out, run, subject->path, "not-approved",
				    reason->message, reason->hint);
	}
	if (rc == PV_OK && out->is_ok && !given.count)
		rc = refuse(out, run, subject->path, "not-approved",
			    "nobody has approved it as it is",
			    "open a review with git pv review open");
	pv_policy_verdict_dispose(&verdict);
	review_approvals_dispose(&given);
	return rc;
}

static int run_review(gate_result *out, struct run *run, const struct gate *gate)
{
	pv_cli *cli = run->cli;
	pv_policy *policy = NULL;
	int rc = policy_load(&policy, run->cli, &run->environment->at.commit);

	(void)gate;
	for (size_t i = 0; i < run->count && rc == PV_OK; i++) {
		const gate_subject *item = &run->subjects[i];
		pv_policy_subject subject = { item->path, item->id, NULL };
		pv_buf closure = { 0 };

		/* Nobody has approved what does not load. */
		rc = gates_closure(&closure, cli, item);
		subject.state = pv_buf_text(&closure);
		if (rc == PV_OK)
			rc = judge_approvals(out, run, policy, &subject);
		pv_buf_dispose(&closure);
	}
	pv_policy_free(policy);
	return rc;
}

static int run_measured(gate_result *out, struct run *run, const struct gate *gate)
{
	(void)gate;
	return gates_measure(out, run->cli, run->environment, run->subjects,
			     run->count, run->opts);
}

static int run_tested(gate_result *out, struct run *run, const struct gate *gate)
{
	(void)gate;
	return gates_tested(out, run->cli, run->subjects, run->count, run->opts);
}

static int run_known(gate_result *out, struct run *run, const struct gate *gate)
{
	(void)gate;
	return gates_known(out, run->cli, run->subjects, run->count);
}

/* --- the environment ---------------------------------------------------------- */

static int run_freeze(gate_result *out, struct run *run, const struct gate *gate)
{
	const char *hint = NULL;
	pv_buf text = { 0 };
	int64_t now;
	int rc = freeze_now(&now, run->cli, run->opts->is_push);

	(void)gate;
	if (rc == PV_OK)
		rc = freeze_find(&text, &hint, run->cli, run->environment, now);
	if (rc == PV_OK && text.len)
		rc = refuse(out, run, "pv.yaml", "frozen", pv_buf_text(&text),
			    hint);
	pv_buf_dispose(&text);
	return rc;
}

/* What options let in elsewhere is not let in here. */
static int run_protected(gate_result *out, struct run *run,
			 const struct gate *gate)
{
	static const struct {
		const char *name;
		const char *message;
	} rows[] = {
		{ "version", "a protected environment takes released versions "
			     "only" },
		{ "active", "a protected environment takes active prompts "
			    "only" },
	};
	const char *path = run->count ? run->subjects[0].path : "pv.yaml";
	int rc = PV_OK;

	(void)gate;
	run->results->is_fixed |= run->opts->is_removal;
	if (run->opts->is_removal)
		rc = refuse(out, run, "pv.yaml", "protected",
			    "a protected environment is not deleted",
			    "take \"protected\" out of pv.yaml on the default "
			    "branch first");
	for (size_t i = 0; i < run->results->count && rc == PV_OK; i++)
		for (size_t k = 0; k < pv_array_len(rows) && rc == PV_OK; k++)
			if (run->results->items[i].is_waived &&
			    !strcmp(run->results->items[i].name, rows[k].name))
				rc = refuse(out, run, path, "protected",
					    rows[k].message,
					    "no option helps; --override does "
					    "for whom the policy names");
	return rc;
}

static const struct gate gates[] = {
	{ "syntax", "syntax_validation", run_rules, 1, PV_RULE_SYNTAX, 0 },
	{ "variables", "variable_validation", run_rules, 0, PV_RULE_VARIABLES, 0 },
	{ "schema", "schema_validation", run_rules, 0, PV_RULE_SCHEMA, 0 },
	{ "security", "security_validation", run_rules, 0, PV_RULE_SECURITY, 0 },
	{ "performance", "performance_validation", run_rules, 0,
	  PV_RULE_PERFORMANCE, 0 },
	{ "version", NULL, run_version, 1, PV_RULE_SYNTAX, 0 },
	{ "active", NULL, run_active, 1, PV_RULE_SYNTAX, 0 },
	{ "closure", NULL, run_known, 1, PV_RULE_SYNTAX, 0 },
	{ "review", NULL, run_review, 0, PV_RULE_SYNTAX, 0 },
	{ "tests", NULL, run_tested, 0, PV_RULE_SYNTAX, 0 },
	{ "measured", NULL, run_measured, 0, PV_RULE_SYNTAX, 0 },
	{ "freeze", NULL, run_freeze, 0, PV_RULE_SYNTAX, 1 },
	/* These two know what those before them have said. */
	{ "protected", NULL, run_protected, 0, PV_RULE_SYNTAX, 1 },
	{ "policy", NULL, run_policy, 1, PV_RULE_SYNTAX, 1 },
};

/* --- what is required ------------------------------------------------------ */

static int is_named(const struct gate *gate, const pv_yaml_node *list)
{
	for (const pv_yaml_node *node = list->first; node; node = node->next) {
		const pv_yaml_node *name = pv_yaml_resolve(node);

		if (name->text &&
		    (!strcmp(name->text, gate->name) ||
		     (gate->alias && !strcmp(name->text, gate->alias))))
			return 1;
	}
	return 0;
}

/* Any number of approvals but 0 asks for a review, a malformed one as well. */
static int wants_approvals(const cli_environment *environment)
{
	const pv_yaml_node *node =
		pv_yaml_get(environment->settings, "approvals");

	node = node ? pv_yaml_resolve(node) : NULL;
	return node && node->kind == PV_YAML_SCALAR &&
	       node->type != PV_YAML_NULL && strcmp(node->text, "0") != 0;
}

/* Without a list: all but the performance and the review. */
static int is_required(const struct gate *gate, const cli_environment *environment)
{
	const pv_yaml_node *list = NULL;

	if (gate->is_always)
		return 1;
	if (gate->run == run_freeze)
		return freeze_is_set(environment);
	if (gate->run == run_protected)
		return environment_is_protected(environment);
	if (gate->run == run_measured)
		return environment->settings &&
		       pv_yaml_get(environment->settings, "performance");
	if (environment->settings) {
		if (gate->run == run_review && wants_approvals(environment))
			return 1;
		list = pv_yaml_get(environment->settings, "required_checks");
		list = list ? pv_yaml_resolve(list) : NULL;
	}
	if (list && list->kind == PV_YAML_SEQUENCE)
		return is_named(gate, list);
	return gate->run == run_rules && gate->group != PV_RULE_PERFORMANCE;
}

static int run_checks(struct run *run)
{
	int rc = check_begin(&run->check, &run->environment->at);

	for (size_t i = 0; i < run->count && rc == PV_OK; i++) {
		run->check.at = run->subjects[i].at;
		rc = check_prompt(&run->check, run->subjects[i].id,
				  run->subjects[i].path);
	}
	return rc;
}

/* What is rolled back has been let in before, and haste is of the essence. */
static int is_asked(const struct gate *gate, const struct run *run)
{
	if (!run->count && !gate->is_about_place)
		return 0;
	if (gate->run == run_freeze &&
	    (run->opts->is_rollback || (!run->count && !run->opts->is_removal)))
		return 0;
	return is_required(gate, run->environment);
}

static void apply_override(gate_results *out, const struct run *run)
{
	const char *only = run->opts->only;

	if (!out->is_refused || !run->may_override || out->is_fixed)
		return;
	for (size_t i = 0; only && i < out->count; i++)
		if (!out->items[i].is_ok && strcmp(out->items[i].name, only) != 0)
			return;
	out->is_refused = 0;
	out->is_overridden = 1;
}

int gates_run(gate_results *out, pv_cli *cli,
	      const cli_environment *environment, const gate_subject *subjects,
	      size_t count, const gate_options *opts)
{
	struct run run = { cli,  environment,    subjects, count,
			   opts, { .cli = cli }, out,      0 };
	int rc;

	memset(out, 0, sizeof(*out));
	rc = run_checks(&run);
	for (size_t i = 0; i < pv_array_len(gates) && rc == PV_OK; i++) {
		gate_result *result = &out->items[out->count];

		if (!is_asked(&gates[i], &run))
			continue;
		result->name = gates[i].name;
		result->is_ok = 1;
		rc = pv_report_new(&result->findings, &cli->err);
		if (rc < 0)
			break;
		out->count++;
		rc = gates[i].run(result, &run, &gates[i]);
		out->is_refused |= !result->is_ok;
		result->is_fixed = !result->is_ok && gates[i].is_always &&
				   gates[i].run != run_policy;
		out->is_fixed |= result->is_fixed;
	}
	if (rc == PV_OK)
		apply_override(out, &run);
	check_end(&run.check);
	return rc;
}

/* --- telling ----------------------------------------------------------------- */

static const char *result_name(const gate_results *results,
			       const gate_result *result)
{
	if (!result->is_ok)
		return results->is_overridden ? "overridden" : "refused";
	return result->is_waived ? "waived" : "ok";
}

void gates_json(pv_jsonw *w, const gate_results *results)
{
	pv_jsonw_key(w, "checks");
	pv_jsonw_array(w);
	for (size_t i = 0; i < results->count; i++) {
		const gate_result *result = &results->items[i];

		pv_jsonw_object(w);
		pv_jsonw_member(w, "name", result->name);
		pv_jsonw_key(w, "ok");
		pv_jsonw_bool(w, result->is_ok);
		pv_jsonw_member(w, "result", result_name(results, result));
		pv_jsonw_key(w, "findings");
		cli_findings_json(w, result->findings);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

void gates_text(pv_cli *cli, const gate_results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		const pv_report *found = results->items[i].findings;

		for (size_t k = 0; k < pv_report_count(found); k++)
			if (pv_report_at(found, k)->severity == PV_SEVERITY_ERROR)
				cli_finding_text(cli, pv_report_at(found, k));
	}
}

void gates_line(pv_buf *out, const gate_results *results)
{
	for (size_t i = 0; i < results->count; i++)
		pv_buf_printf(out, "%s%s=%s", i ? " " : "",
			      results->items[i].name,
			      result_name(results, &results->items[i]));
}

int gates_check_override(pv_cli *cli, const char *reason)
{
	if (!reason)
		return PV_OK;
	if (!reason[strspn(reason, " \t\r\n")])
		return cli_usage_error(cli, "--override needs a reason");
	return cli_check_utf8(cli, "the reason", reason, strlen(reason));
}

/* The names of the gates that are shut. */
static void put_shut(pv_buf *out, const gate_results *results)
{
	for (size_t i = 0; i < results->count; i++)
		if (!results->items[i].is_ok)
			pv_buf_printf(out, "%s\"%s\"", out->len ? ", " : "",
				      results->items[i].name);
}

void gates_tell_override(pv_cli *cli, const gate_results *results,
			 const char *reason)
{
	pv_buf shut = { 0 };

	put_shut(&shut, results);
	if (results->is_overridden)
		cli_warn(cli, "OVERRIDE of %s: %.400s", pv_buf_text(&shut),
			 reason);
	else if (reason && results->is_fixed)
		cli_warn(cli, "no override helps against what shuts one of %s",
			 pv_buf_text(&shut));
	else if (reason && !results->is_refused)
		cli_note(cli, "nothing had to be overridden");
	pv_buf_dispose(&shut);
}

void gates_dispose(gate_results *results)
{
	for (size_t i = 0; i < results->count; i++)
		pv_report_free(results->items[i].findings);
	memset(results, 0, sizeof(*results));
}
