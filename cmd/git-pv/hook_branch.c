/* SPDX-License-Identifier: MIT
 *
 * Judging what happens to a branch. A protected one is compared with what it
 * was, tree with tree: whatever way a change came in, it counts, so nothing
 * gets by in the shadow of a merge.
 */
#include <string.h>

#include "base/fail.h"
#include "base/map.h"
#include "base/mem.h"
#include "branch_name.h"
#include "hook.h"

struct branch {
	push *job;
	const char *name;
	pv_policy *policy; /* as of the branch, when it is protected */
	pv_oid base;       /* that its new tip is compared with */
	int is_protected;
	pv_strlist commits;
	pv_strlist failed;  /* groups of checks */
	pv_strlist authors; /* of changes, not of merges */
	pv_signature committer;
	char *override;
	pv_policy_subject *subjects;
	size_t count;
	size_t cap;
	pv_strlist texts; /* that subjects lend */
};

/* --- facts ---------------------------------------------------------------------- */

static int add_text(const char **out, struct branch *to, const char *text)
{
	int rc = pv_strlist_add(&to->texts, text, &to->job->cli->err);

	*out = rc == PV_OK ? to->texts.items[to->texts.count - 1] : NULL;
	return rc;
}

/* The closure of a prompt that loads; else the blob is what there is. */
static int add_state(pv_policy_subject *out, struct branch *to,
		     const pushed_file *file)
{
	pv_point at = { PV_AT_COMMIT, to->job->at->new };
	pv_cli *cli = to->job->cli;
	pv_buf state = { 0 };
	pv_buf id = { 0 };
	int rc = pv_prompt_id(&id, &cli->settings, file->path, NULL);

	if (rc == PV_OK)
		rc = add_text(&out->id, to, pv_buf_text(&id));
	if (rc == PV_OK && file->mode)
		rc = pv_closure(&state, cli->store, &cli->settings, &at,
				pv_buf_text(&id), NULL);
	if (rc != PV_OK && rc != PV_ENOMEM) {
		pv_buf_clear(&state);
		rc = PV_OK;
	}
	if (rc == PV_OK && file->mode)
		rc = add_text(&out->state, to,
			      state.len ? state.ptr : file->blob.hex);
	pv_buf_dispose(&state);
	pv_buf_dispose(&id);
	return rc == PV_ENOMEM ? pv_fail_nomem(&cli->err) : rc;
}

static int add_subject(const char *commit, const pushed_file *file, void *payload)
{
	struct branch *to = payload;
	pv_policy_subject subject = { 0 };
	int rc;

	(void)commit;
	rc = add_text(&subject.path, to, file->path);
	if (rc == PV_OK)
		rc = add_state(&subject, to, file);
	if (rc < 0)
		return rc;
	if (pv_array_reserve(&to->subjects, &to->cap, to->count + 1,
			     sizeof(subject)) < 0)
		return pv_fail_nomem(&to->job->cli->err);
	to->subjects[to->count++] = subject;
	return PV_OK;
}

/* Who made the changes, and whether each commit is signed. */
static int read_commit(struct branch *to, const char *line, int *is_unsigned)
{
	pv_cli *cli = to->job->cli;
	pv_commit commit = { 0 };
	pv_oid oid;
	int rc;

	memcpy(oid.hex, line, 40);
	oid.hex[40] = '\0';
	rc = pv_store_commit_read(&commit, cli->store, &oid, &cli->err);
	if (rc == PV_OK && commit.parent_count < 2)
		rc = pv_strlist_add(&to->authors, commit.author.email, &cli->err);
	if (rc == PV_OK && !*is_unsigned &&
	    (pv_policy_signed(to->policy) & PV_SIGNED_COMMITS)) {
		rc = push_is_signed(to->job, "commit", &oid, &commit.committer);
		*is_unsigned = !rc;
		rc = rc > 0 ? PV_OK : rc;
	}
	pv_commit_dispose(&commit);
	return rc;
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

static int judge(struct branch *to, int is_unsigned)
{
	push *job = to->job;
	pv_policy_check checks[16];
	pv_policy_facts facts = {
		.action = PV_POLICY_MERGE,
		.actor = job->pusher ? job->pusher : to->committer.email,
		.branch = to->name,
		.subjects = to->subjects,
		.subject_count = to->count,
		.authors = (const char *const *)to->authors.items,
		.author_count = to->authors.count,
		.checks = checks,
		.override = to->override,
		.is_unsigned = is_unsigned,
	};
	int rc = push_is_forced(job);

	if (rc < 0)
		return rc;
	facts.is_forced = rc;
	for (size_t i = 0; i < 16; i++) {
		checks[i].name = pv_policy_check_at(to->policy, i);
		if (!checks[i].name)
			break;
		checks[i].is_ok =
			pv_strlist_find(&to->failed, checks[i].name) < 0;
		facts.check_count++;
	}
	return push_judge(job, to->policy, &facts);
}

static int judge_protected(struct branch *to)
{
	int is_unsigned = 0;
	int rc = push_policy(&to->policy, to->job,
			     to->job->at->old.hex[0] ? &to->job->at->old
						     : &to->job->tip);

	if (rc == PV_OK)
		rc = push_each_between(to->job, &to->base, &to->job->at->new,
				       add_subject, to);
	for (size_t i = 0; i < to->commits.count && rc == PV_OK; i++)
		rc = read_commit(to, to->commits.items[i], &is_unsigned);
	if (rc == PV_OK)
		rc = read_tip(to);
	/* What is there before there is a branch is nobody's to approve. */
	if (rc == PV_OK && !to->base.hex[0])
		to->count = 0;
	return rc == PV_OK ? judge(to, is_unsigned) : rc;
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

static int judge_new(struct branch *to)
{
	static const pv_oid none = { "" };
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
		rc = push_commits(&to->commits, job,
				  job->at->old.hex[0] || to->is_protected
					  ? &to->base
					  : &none);
	if (rc == PV_OK)
		rc = push_judge_files(job, &to->commits);
	if (rc == PV_OK)
		rc = push_judge_trailers(job, &to->commits);
	if (rc == PV_OK)
		rc = push_judge_tip(job, &to->base, &to->failed);
	return rc == PV_OK && to->is_protected ? judge_protected(to) : rc;
}

int push_judge_branch(push *job)
{
	struct branch to = { .job = job,
			     .name = job->at->ref + strlen("refs/heads/") };
	int rc;

	to.is_protected = pv_policy_is_protected(job->policy, to.name);
	rc = job->at->new.hex[0] ? judge_new(&to) : judge_removal(&to);
	pv_policy_free(to.policy);
	pv_strlist_dispose(&to.commits);
	pv_strlist_dispose(&to.failed);
	pv_strlist_dispose(&to.authors);
	pv_strlist_dispose(&to.texts);
	pv_signature_dispose(&to.committer);
	pv_free(to.override);
	pv_free(to.subjects);
	return rc;
}
