/* SPDX-License-Identifier: MIT
 *
 * See policy_gates.h.
 */
#include "review/policy_gates.h"

#include <stdio.h>
#include <string.h>

#include <pv/deploy.h>

#include "base/fail.h"
#include "base/mem.h"
#include "deploy/deployed.h"

static pv_policy_reason *add(policy_gates *to, pv_cli *cli)
{
	if (pv_array_reserve(&to->reasons, &to->cap, to->count + 1,
			     sizeof(*to->reasons)) < 0) {
		pv_fail_nomem(&cli->err);
		return NULL;
	}
	memset(&to->reasons[to->count], 0, sizeof(*to->reasons));
	return &to->reasons[to->count++];
}

static int add_open(policy_gates *to, pv_cli *cli, const gate_result *gate)
{
	pv_policy_reason *reason = add(to, cli);

	if (!reason)
		return cli->err.code;
	reason->rule = gate->name;
	reason->is_ok = 1;
	snprintf(reason->message, sizeof(reason->message),
		 "the gate \"%s\" is open", gate->name);
	return PV_OK;
}

static int add_shut(policy_gates *to, pv_cli *cli, const gate_result *gate)
{
	for (size_t i = 0; i < pv_report_count(gate->findings); i++) {
		const pv_finding *finding = pv_report_at(gate->findings, i);
		pv_policy_reason *reason;

		if (finding->severity != PV_SEVERITY_ERROR)
			continue;
		reason = add(to, cli);
		if (!reason)
			return cli->err.code;
		reason->rule = finding->rule;
		reason->is_fixed = gate->is_fixed;
		snprintf(reason->message, sizeof(reason->message), "%s",
			 finding->message);
		snprintf(reason->hint, sizeof(reason->hint), "%s",
			 finding->hint ? finding->hint : "");
	}
	return PV_OK;
}

/* 1 when a rollback to what a spec names brings back what was live. */
static int is_back(pv_cli *cli, const cli_environment *environment,
		   const pv_spec *spec)
{
	pv_deploy_item item = { .id = spec->id, .commit = spec->at.commit };
	int rc;

	if (!*spec->rev)
		return 1;
	rc = pv_store_find(&item.blob, cli->store, &spec->at, spec->path,
			   &cli->err);
	return rc == PV_OK
		       ? deployed_was_live(cli, pv_buf_text(&environment->name),
					   &item)
		       : rc;
}

int policy_gates_ask(policy_gates *out, pv_cli *cli,
		     const cli_environment *environment, pv_spec *spec,
		     gate_options *opts)
{
	gate_subject subject = { 0 };
	int rc = cli_spec_tag(spec, cli);

	if (rc == PV_OK && opts->is_rollback) {
		opts->allows_untagged = 1;
		opts->allows_inactive = 1;
		rc = is_back(cli, environment, spec);
		opts->is_rollback = rc;
	}
	if (rc < 0)
		return rc;
	subject.id = spec->id;
	subject.path = spec->path;
	subject.at = spec->at;
	subject.version = spec->version[0] ? spec->version : NULL;
	rc = gates_run(&out->results, cli, environment, &subject,
		       opts->is_rollback ? 0 : 1, opts);
	for (size_t i = 0; i < out->results.count && rc == PV_OK; i++) {
		const gate_result *gate = &out->results.items[i];

		if (!strcmp(gate->name, "policy"))
			continue;
		rc = gate->is_ok ? add_open(out, cli, gate)
				 : add_shut(out, cli, gate);
	}
	return rc;
}

int policy_gates_tell(const policy_gates *gates, const pv_policy_reason *reason)
{
	return gates->results.count && (!strcmp(reason->rule, "check") ||
					!strcmp(reason->rule, "approvals"));
}

void policy_gates_dispose(policy_gates *gates)
{
	gates_dispose(&gates->results);
	pv_free(gates->reasons);
	memset(gates, 0, sizeof(*gates));
}
