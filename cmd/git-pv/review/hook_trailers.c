/* SPDX-License-Identifier: MIT
 *
 * Trailers of commits on branches. Programs believe them, and so does an
 * audit, so those that say what is not so are kept out.
 */
#include <stdio.h>
#include <string.h>

#include <pv/review.h>

#include "base/fail.h"
#include "review/hook.h"

struct claims {
	push *job;
	const pv_commit *commit;
	char review[41];      /* that it names; "": none that is there */
	pv_strlist reviewers; /* who is said to have reviewed it */
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
	else if (id.len == sizeof(to->review) - 1)
		memcpy(to->review, id.ptr, id.len);
}

static int has_agreed(const pv_review *review, const char *person)
{
	for (size_t i = 0; i < review->event_count; i++) {
		const pv_review_event *event = review->events[i];

		if (event->kind == PV_REVIEW_APPROVED && !event->origin &&
		    pv_policy_is_same(event->by, person))
			return 1;
	}
	return 0;
}

/* The review that it names, as it is or comes with the push; NULL: none. */
static int load_review(pv_review **out, struct claims *to)
{
	pv_cli *cli = to->job->cli;
	char ref[sizeof(PV_REVIEW_REFS) + 44];
	pv_oid tip;
	int rc;

	*out = NULL;
	snprintf(ref, sizeof(ref), PV_REVIEW_REFS "%.2s/%s", to->review,
		 to->review);
	rc = push_ref(&tip, to->job, ref);
	if (rc == PV_OK && tip.hex[0])
		rc = pv_review_read(out, cli->store, to->review, &tip, &cli->err);
	if (rc == PV_OK || rc == PV_ENOMEM || rc == PV_ECANCELED)
		return rc;
	pv_error_clear(&cli->err);
	return PV_OK;
}

/* Who has not agreed in the review that a commit names has not reviewed it. */
static int judge_reviewers(struct claims *to)
{
	pv_review *review = NULL;
	int rc = to->review[0] && to->reviewers.count ? load_review(&review, to)
						      : PV_OK;

	for (size_t i = 0; review && i < to->reviewers.count; i++)
		if (!has_agreed(review, to->reviewers.items[i]))
			push_refuse(to->job, "forged-trailer",
				    "name those who approved in the review",
				    "%.7s says \"Reviewed-by: %.100s\", who has "
				    "not approved in the review %.7s",
				    to->commit->oid.hex, to->reviewers.items[i],
				    to->review);
	pv_review_free(review);
	return rc;
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
	if (is_name(key, key_len, "Reviewed-by") && to->rc == PV_OK)
		to->rc = pv_strlist_addn(&to->reviewers, value, len,
					 &to->job->cli->err);
	return to->rc;
}

int push_judge_trailers(push *job, const pv_strlist *commits)
{
	pv_cli *cli = job->cli;
	int rc = PV_OK;

	for (size_t i = 0; i < commits->count && rc == PV_OK; i++) {
		pv_commit commit = { 0 };
		struct claims to = { .job = job, .commit = &commit };
		pv_oid oid;

		memcpy(oid.hex, commits->items[i], 40);
		oid.hex[40] = '\0';
		rc = pv_store_commit_read(&commit, cli->store, &oid, &cli->err);
		if (rc == PV_OK)
			rc = pv_trailer_each(commit.message, judge_trailer, &to);
		if (rc == PV_OK)
			rc = judge_reviewers(&to);
		pv_strlist_dispose(&to.reviewers);
		pv_commit_dispose(&commit);
	}
	return rc;
}
