/* SPDX-License-Identifier: MIT
 *
 * Judging what happens to a branch. A protected one is compared with what it
 * was, tree with tree: whatever way a change came in, it counts, so nothing
 * gets by in the shadow of a merge.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "review/hook.h"
#include "version/branch_name.h"

struct branch {
	push *job;
	const char *name;
	pv_policy *policy; /* as of the branch, when it is protected */
	pv_oid base;       /* that its new tip is compared with */
	int is_protected;
	pv_strlist commits;
	pv_strlist failed; /* groups of checks */
	pv_signature committer;
	char *override;
	policy_facts facts;
};

/* --- facts ---------------------------------------------------------------------- */

static int is_signed(struct branch *to, const char *line)
{
	pv_oid oid;

	memcpy(oid.hex, line, 40);
	oid.hex[40] = '\0';
	return push_is_signed(to->job, &oid);
}

/* 1 when one of the commits has no good signature, and must have one. */
static int is_unsigned(struct branch *to)
{
	int rc = 1;

	if (!(pv_policy_signed(to->policy) & PV_SIGNED_COMMITS))
		return 0;
	for (size_t i = 0; i < to->commits.count && rc > 0; i++)
		rc = is_signed(to, to->commits.items[i]);
	return rc < 0 ? rc : !rc;
}

/* The last commit's committer answers for the push, and may override. */
static int read_tip(struct branch *to)
{
	pv_cli *cli = to->job->cli;
	pv_commit tip = { 0 };
	const char *value;
	size_t len;
	int rc = pv_store_commit_read(&tip, cli->store, &to->job->at->new,
				      &cli->err);

	if (rc < 0)
		return rc;
	value = pv_trailer_find(tip.message, "Pv-Override", &len);
	if (value) {
		to->override = pv_strndup(value, len);
		rc = to->override ? PV_OK : pv_fail_nomem(&cli->err);
	}
	to->committer = tip.committer;
	memset(&tip.committer, 0, sizeof(tip.committer));
	pv_commit_dispose(&tip);
	return rc;
}

/* --- the verdict ----------------------------------------------------------------- */

/* Whether approvals are looked for: reviews are many, and most need none. */
static int is_enough(int *out, struct branch *to, const pv_policy_facts *facts)
{
	pv_policy_verdict verdict = { 0 };
	int rc = pv_policy_judge(&verdict, to->policy, facts, &to->job->cli->err);

	*out = verdict.is_allowed && !verdict.is_overridden;
	pv_policy_verdict_dispose(&verdict);
	return rc;
}

static int judge(struct branch *to)
{
	push *job = to->job;
	pv_policy_check checks[16];
	pv_policy_facts facts = {
		.action = PV_POLICY_MERGE,
		.actor = job->pusher ? job->pusher : to->committer.email,
		.branch = to->name,
		.checks = checks,
		.override = to->override,
	};
	int is_done = 0;
	int rc = push_is_forced(job);

	facts.is_forced = rc > 0;
	if (rc >= 0)
		rc = is_unsigned(to);
	facts.is_unsigned = rc > 0;
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < pv_array_len(checks); i++) {
		checks[i].name = pv_policy_check_at(to->policy, i);
		if (!checks[i].name)
			break;
		checks[i].is_ok =
			pv_strlist_find(&to->failed, checks[i].name) < 0;
		facts.check_count++;
	}
	policy_facts_put(&facts, &to->facts);
	rc = is_enough(&is_done, to, &facts);
	if (rc == PV_OK && !is_done)
		rc = policy_add_approvals(&to->facts, to->policy);
	policy_facts_put(&facts, &to->facts);
	return rc == PV_OK ? push_judge(job, to->policy, &facts) : rc;
}

static int judge_protected(struct branch *to)
{
	push *job = to->job;
	int rc = policy_load(&to->policy, job->cli,
			     job->at->old.hex[0] ? &job->at->old : &job->tip);

	/* What is there before there is a branch is nobody's to approve. */
	if (rc == PV_OK && to->base.hex[0])
		rc = policy_add_subjects(&to->facts, &to->base, &job->at->new);
	if (rc == PV_OK)
		rc = policy_add_authors(&to->facts, &to->commits);
	if (rc == PV_OK)
		rc = read_tip(to);
	return rc == PV_OK ? judge(to) : rc;
}

static int judge_removal(struct branch *to)
{
	const pv_policy_facts facts = { .action = PV_POLICY_MERGE,
					.branch = to->name,
					.is_removal = 1 };

	return push_judge(to->job, to->job->policy, &facts);
}

static int judge_name(struct branch *to)
{
	const pv_policy_facts facts = { .action = PV_POLICY_BRANCH,
					.branch = to->name };
	push *job = to->job;
	pv_cli *cli = job->cli;
	int rc = branch_name_check(cli, to->name);

	if (rc == PV_EINVALID || rc == PV_EEXISTS) {
		push_refuse(job, "branch-name", cli->err.hint, "%s",
			    cli->err.message);
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	return rc == PV_OK ? push_judge(job, job->policy, &facts) : rc;
}

/* What the new tip is compared with: the old one, else the default branch. */
static int find_base(struct branch *to)
{
	push *job = to->job;
	int rc;

	if (job->at->old.hex[0] || to->is_protected || !job->tip.hex[0]) {
		to->base = job->at->old.hex[0] ? job->at->old : job->tip;
		return PV_OK;
	}
	rc = pv_store_merge_base(&to->base, job->cli->store, &job->tip,
				 &job->at->new, &job->cli->err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&job->cli->err);
		to->base.hex[0] = '\0';
		rc = PV_OK;
	}
	return rc;
}

/* Tags and other refs have brought commits that nobody has judged. */
static const char *known(const struct branch *to)
{
	int is_told = to->job->at->old.hex[0] || to->is_protected;

	return is_told && to->base.hex[0] ? to->base.hex : "--branches";
}

static int judge_new(struct branch *to)
{
	push *job = to->job;
	pv_point at = { PV_AT_COMMIT, job->at->new };
	int rc = PV_OK;

	if (!job->at->old.hex[0])
		rc = judge_name(to);
	if (rc == PV_OK)
		rc = pv_settings_at(&job->cli->settings, job->cli->store, &at,
				    &job->cli->err);
	if (rc == PV_OK)
		rc = find_base(to);
	if (rc == PV_OK)
		rc = push_commits(&to->commits, job, known(to));
	if (rc == PV_OK)
		rc = push_judge_files(job, &to->commits, &job->at->new);
	if (rc == PV_OK)
		rc = push_judge_trailers(job, &to->commits);
	if (rc == PV_OK)
		rc = push_judge_tip(job, &to->base, &to->failed);
	return rc == PV_OK && to->is_protected ? judge_protected(to) : rc;
}

int push_judge_branch(push *job)
{
	struct branch to = { .job = job,
			     .facts = { .cli = job->cli },
			     .name = job->at->ref + strlen("refs/heads/") };
	int rc;

	to.is_protected = pv_policy_is_protected(job->policy, to.name);
	rc = job->at->new.hex[0] ? judge_new(&to) : judge_removal(&to);
	pv_policy_free(to.policy);
	pv_strlist_dispose(&to.commits);
	pv_strlist_dispose(&to.failed);
	policy_facts_dispose(&to.facts);
	pv_signature_dispose(&to.committer);
	pv_free(to.override);
	return rc;
}
