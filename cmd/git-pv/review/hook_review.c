/* SPDX-License-Identifier: MIT
 *
 * Judging what comes to a review. An event is of the author of its commit, and
 * people's votes open gates, so it must be that author who made it: he is the
 * committer, too, and where the server knows who pushes he pushes it or has
 * signed it. An event is new when the review here does not have it, whatever
 * other refs do: nobody brings one in by another way first.
 */
#include <string.h>

#include "base/fail.h"
#include "base/map.h"
#include "review/hook.h"

/* Reads a review; NULL and PV_OK for a chain that is none. */
static int read_review(pv_review **out, push *job, const pv_oid *tip)
{
	const char *id = strrchr(job->at->ref, '/') + 1;
	pv_error *err = &job->cli->err;
	int rc = pv_review_read(out, job->cli->store, id, tip, err);

	if (rc != PV_EINVALID && rc != PV_ELIMIT && rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(err);
	*out = NULL;
	return PV_OK;
}

static void forged(push *job, const pv_review_event *event, const char *what,
		   const char *hint)
{
	push_refuse(job, "forged-review", hint,
		    "%.7s, \"%s\" by \"%.100s\", %s", event->oid.hex,
		    pv_review_kind_name(event->kind), event->by, what);
}

static int judge_signature(push *job, const pv_review_event *event)
{
	int is_wanted = (pv_policy_signed(job->policy) & PV_SIGNED_REVIEWS) != 0;
	int is_his = !job->pusher || pv_policy_is_same(job->pusher, event->by);
	int is_good;

	if (!is_wanted && is_his)
		return PV_OK;
	is_good = push_is_signed(job, &event->oid);
	if (is_good < 0)
		return is_good;
	if (!is_good && is_wanted)
		push_refuse(job, "signed",
			    "sign it: git help config, gpg.format and "
			    "user.signingKey",
			    "%.7s, \"%s\" by \"%.100s\", has no good signature",
			    event->oid.hex, pv_review_kind_name(event->kind),
			    event->by);
	else if (!is_good)
		forged(job, event, "is pushed by another",
		       "its author pushes it, or signs it");
	return PV_OK;
}

static int judge_event(push *job, const pv_review_event *event)
{
	pv_cli *cli = job->cli;
	pv_commit commit = { 0 };
	int rc = pv_store_commit_read(&commit, cli->store, &event->oid,
				      &cli->err);

	if (rc == PV_OK &&
	    !pv_policy_is_same(commit.author.email, commit.committer.email))
		forged(job, event, "was made by another",
		       "git pv review makes events, each of who says it");
	else if (rc == PV_OK)
		rc = judge_signature(job, event);
	pv_commit_dispose(&commit);
	return rc;
}

static int judge_new(push *job, const pv_review *before, const pv_review *after)
{
	pv_map known = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; before && i < before->event_count && rc == PV_OK; i++)
		rc = pv_map_set(&known, pv_str_of(before->events[i]->oid.hex),
				before->events[i], NULL, &job->cli->err);
	for (size_t i = 0; i < after->event_count && rc == PV_OK; i++) {
		const pv_review_event *event = after->events[i];

		if (!pv_map_find(&known, pv_str_of(event->oid.hex)))
			rc = judge_event(job, event);
	}
	if (after->unknown_count > (before ? before->unknown_count : 0))
		push_refuse(job, "unknown-event",
			    "a newer git-pv made it: the server needs one, too",
			    "the review has an event that is not known here");
	pv_map_dispose(&known);
	return rc;
}

int push_judge_review(push *job)
{
	pv_review *before = NULL;
	pv_review *after = NULL;
	int rc = read_review(&after, job, &job->at->new);

	if (rc == PV_OK && job->at->old.hex[0])
		rc = read_review(&before, job, &job->at->old);
	if (rc == PV_OK && after)
		rc = judge_new(job, before, after);
	else if (rc == PV_OK)
		push_refuse(job, "forged-review", "git pv review makes reviews",
			    "this is no review of that id");
	pv_review_free(before);
	pv_review_free(after);
	return rc;
}
