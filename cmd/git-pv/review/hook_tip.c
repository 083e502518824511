/* SPDX-License-Identifier: MIT
 *
 * What a branch would have: its prompts load, its pv.yaml can be read, and
 * which groups of checks find errors. Only what differs is looked at.
 */
#include <string.h>

#include "base/fail.h"
#include "check/check.h"
#include "review/hook.h"

struct tip {
	push *job;
	struct check check;
	pv_strlist prompts; /* paths that differ and are there */
	int has_settings;
};

static int add_file(const char *commit, const changed_file *file, void *payload)
{
	struct tip *to = payload;
	pv_cli *cli = to->job->cli;
	pv_buf id = { 0 };
	int rc;

	(void)commit;
	/* What is no regular file is refused as that. */
	if ((file->mode & 0170000) != 0100000)
		return PV_OK;
	if (!strcmp(file->path, "pv.yaml"))
		to->has_settings = 1;
	rc = pv_prompt_id(&id, &cli->settings, file->path, NULL);
	pv_buf_dispose(&id);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&cli->err);
	return rc == PV_OK ? pv_strlist_add(&to->prompts, file->path, &cli->err)
			   : PV_OK;
}

/* A pv.yaml that cannot be read would leave the branch without a policy. */
static int judge_settings(struct tip *to)
{
	push *job = to->job;
	pv_cli *cli = job->cli;
	pv_policy *policy = NULL;
	pv_buf text = { 0 };
	int rc = pv_store_read(&text, NULL, cli->store, &to->check.at,
			       "pv.yaml", &cli->err);

	if (rc == PV_OK)
		rc = pv_settings_check(pv_buf_text(&text), text.len, &cli->err);
	if (rc == PV_OK)
		rc = policy_load(&policy, cli, &to->check.at.commit);
	if (rc == PV_EINVALID || rc == PV_ESYNTAX || rc == PV_ELIMIT ||
	    rc == PV_ENOTFOUND) {
		push_refuse(job, "settings", cli->err.hint, "pv.yaml:%d: %s",
			    cli->err.line, cli->err.message);
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	pv_policy_free(policy);
	pv_buf_dispose(&text);
	return rc;
}

/* Errors of the syntax are refused here, others by whom they are wanted. */
static int tell(struct tip *to, pv_strlist *failed)
{
	const pv_report *report = to->check.report;
	int rc = PV_OK;

	for (size_t i = 0; i < pv_report_count(report) && rc == PV_OK; i++) {
		const pv_finding *found = pv_report_at(report, i);
		const pv_rule *rule = pv_rule_find(found->rule);

		if (found->severity != PV_SEVERITY_ERROR)
			continue;
		if (!rule || rule->group == PV_RULE_SYNTAX)
			push_refuse(to->job, found->rule, found->hint,
				    "%.160s:%d: %.250s", found->file,
				    found->line, found->message);
		rc = pv_strlist_add(failed,
				    pv_rule_group_name(rule ? rule->group
							    : PV_RULE_SYNTAX),
				    &to->job->cli->err);
	}
	return rc;
}

static int check_prompts(struct tip *to)
{
	pv_cli *cli = to->job->cli;
	int rc = PV_OK;

	for (size_t i = 0; i < to->prompts.count && rc == PV_OK; i++) {
		pv_buf id = { 0 };

		rc = pv_prompt_id(&id, &cli->settings, to->prompts.items[i],
				  &cli->err);
		if (rc == PV_OK)
			rc = check_prompt(&to->check, pv_buf_text(&id),
					  to->prompts.items[i]);
		pv_buf_dispose(&id);
	}
	return rc;
}

int push_judge_tip(push *job, const pv_oid *base, pv_strlist *failed)
{
	struct tip to = { .job = job, .check = { .cli = job->cli } };
	pv_point settings = { PV_AT_COMMIT, job->tip };
	int is_unset;
	int rc = policy_each_between(job->cli, base, &job->at->new, add_file,
				     &to);

	to.check.at.kind = PV_AT_COMMIT;
	to.check.at.commit = job->at->new;
	if (!job->tip.hex[0])
		settings = to.check.at;
	if (rc == PV_OK && to.has_settings)
		rc = judge_settings(&to);
	/* Without a branch its own settings count, unless they are refused. */
	is_unset = to.has_settings && !job->tip.hex[0] && job->refused;
	if (rc == PV_OK && to.prompts.count && !is_unset) {
		rc = check_begin(&to.check, &settings);
		if (rc == PV_OK)
			rc = check_prompts(&to);
		if (rc == PV_OK)
			rc = tell(&to, failed);
		check_end(&to.check);
	}
	pv_strlist_dispose(&to.prompts);
	return rc;
}
