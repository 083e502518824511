/* SPDX-License-Identifier: MIT
 *
 * Trailers of commits on branches. Programs believe them, and so does an
 * audit, so those that say what is not so are kept out.
 */
#include <string.h>

#include "base/fail.h"
#include "review/hook.h"

struct claims {
	push *job;
	const pv_commit *commit;
	int rc;
};

static int is_name(const char *key, size_t len, const char *name)
{
	char text[32];

	if (len >= sizeof(text))
		return 0;
	memcpy(text, key, len);
	text[len] = '\0';
	return !pv_str_casecmp(text, name);
}

static int has_review(const char *refname, const pv_oid *oid, void *payload)
{
	pv_str *id = payload;
	const char *last = strrchr(refname, '/');

	(void)oid;
	return pv_str_is(*id, last ? last + 1 : refname);
}

/* A review that nobody held approves of nothing. */
static void judge_review(struct claims *to, pv_str id)
{
	push *job = to->job;
	int rc = pv_store_ref_each(job->cli->store, "refs/pv/reviews/",
				   has_review, &id, &job->cli->err);

	for (size_t i = 0; i < job->count && !rc; i++)
		if (pv_str_has_prefix(job->updates[i].ref, "refs/pv/reviews/") &&
		    job->updates[i].new.hex[0])
			rc = has_review(job->updates[i].ref, NULL, &id);
	if (rc < 0)
		to->rc = rc;
	else if (!rc)
		push_refuse(job, "forged-trailer",
			    "push the review with the commit: git pv sync",
			    "%.7s says \"Pv-Review: %.*s\", and there is no "
			    "such review",
			    to->commit->oid.hex,
			    (int)(id.len < 60 ? id.len : 60), id.ptr);
}

static void judge_override(struct claims *to)
{
	push *job = to->job;

	if (!pv_policy_may_override(job->policy, to->commit->committer.email))
		push_refuse(job, "forged-trailer",
			    "\"override\" of the policy names who may",
			    "%.7s says \"Pv-Override\", and \"%.100s\" may not "
			    "override the policy",
			    to->commit->oid.hex, to->commit->committer.email);
}

static int judge_trailer(const char *key, size_t key_len, const char *value,
			 size_t len, void *payload)
{
	static const char *const of_deployments[] = { "Pv-Action", "Pv-Actor",
						      "Pv-Environment",
						      "Pv-Checks" };
	struct claims *to = payload;
	pv_str text = { value, len };

	for (size_t i = 0; i < 4; i++)
		if (is_name(key, key_len, of_deployments[i]))
			push_refuse(to->job, "forged-trailer",
				    "deployments are commits on "
				    "pv/deployments: git pv deploy",
				    "%.7s says \"%s\", as if it were a "
				    "deployment",
				    to->commit->oid.hex, of_deployments[i]);
	if (is_name(key, key_len, "Pv-Review"))
		judge_review(to, text);
	if (is_name(key, key_len, "Pv-Override"))
		judge_override(to);
	return to->rc;
}

int push_judge_trailers(push *job, const pv_strlist *commits)
{
	pv_cli *cli = job->cli;
	int rc = PV_OK;

	for (size_t i = 0; i < commits->count && rc == PV_OK; i++) {
		pv_commit commit = { 0 };
		struct claims to = { job, &commit, PV_OK };
		pv_oid oid;

		memcpy(oid.hex, commits->items[i], 40);
		oid.hex[40] = '\0';
		rc = pv_store_commit_read(&commit, cli->store, &oid, &cli->err);
		if (rc == PV_OK)
			rc = pv_trailer_each(commit.message, judge_trailer, &to);
		pv_commit_dispose(&commit);
	}
	return rc;
}
