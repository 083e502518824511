/* SPDX-License-Identifier: MIT
 *
 * See review_approvals.h. Only reviews that have approvals are read whole.
 */
#include "review/review_approvals.h"

#include <string.h>

#include <pv/review.h>

#include "base/fail.h"
#include "base/mem.h"
#include "review/policy_facts.h"
#include "review/review_authors.h"
#include "review/review_rows.h"

static int add_approval(review_approvals *out, pv_cli *cli, const char *by,
			const pv_policy_subject *subject)
{
	pv_policy_approval *item;

	if (pv_array_reserve(&out->items, &out->cap, out->count + 1,
			     sizeof(*out->items)) < 0)
		return pv_fail_nomem(&cli->err);
	item = &out->items[out->count];
	memset(item, 0, sizeof(*item));
	item->by = pv_arena_dup(&out->arena, by, strlen(by));
	item->path = subject->path;
	item->state = subject->state;
	if (!item->by)
		return pv_fail_nomem(&cli->err);
	out->count++;
	return PV_OK;
}

static int is_of(const pv_review_event *vote, const pv_policy_subject *subject)
{
	for (size_t i = 0; i < vote->subject_count; i++)
		if (!strcmp(vote->subjects[i].id, subject->id) &&
		    !strcmp(vote->subjects[i].closure, subject->state))
			return 1;
	return 0;
}

struct search {
	review_approvals *out;
	pv_cli *cli;
	const pv_policy *policy;
	const pv_policy_subject *subject;
};

/* --- votes --------------------------------------------------------------------- */

static int take_vote(const struct search *it, const pv_review_event *vote)
{
	int rc = is_of(vote, it->subject)
			 ? policy_counts(it->cli, it->policy, vote)
			 : 0;

	return rc > 0 ? add_approval(it->out, it->cli, vote->by, it->subject)
		      : rc;
}

static int take_review(const struct search *it, const char *id)
{
	review_approvals *out = it->out;
	pv_cli *cli = it->cli;
	pv_review *review = NULL;
	size_t before = out->count;
	int rc = pv_review_load(&review, cli->store, id, &cli->err);

	for (size_t i = 0; rc == PV_OK && i < review->vote_count; i++) {
		const pv_review_vote *vote = &review->votes[i];

		if (vote->is_current && vote->event->kind == PV_REVIEW_APPROVED)
			rc = take_vote(it, vote->event);
	}
	if (rc == PV_OK && out->count > before)
		rc = review_add_writers(&out->authors, cli, review,
					it->subject->id);
	pv_review_free(review);
	return rc;
}

/* Whether what is said there can be about the environment. */
static int is_for(const review_row *row, const char *environment)
{
	return row->approvals > 0 &&
	       strcmp(row->state, pv_review_state_name(PV_REVIEW_IS_CLOSED)) !=
		       0 &&
	       (!row->environment[0] || !strcmp(row->environment, environment));
}

int review_approvals_find(review_approvals *out, pv_cli *cli,
			  const pv_policy *policy, const char *environment,
			  const pv_policy_subject *subject)
{
	struct search it = { .cli = cli, .policy = policy, .subject = subject };
	review_rows rows;
	int rc;

	memset(out, 0, sizeof(*out));
	it.out = out;
	rc = review_rows_read(&rows, cli);
	for (size_t i = 0; rc == PV_OK && i < rows.count; i++) {
		const review_row *row = &rows.items[i];

		if (is_for(row, environment))
			rc = take_review(&it, row->id);
	}
	review_rows_dispose(&rows);
	return rc;
}

void review_approvals_dispose(review_approvals *approvals)
{
	pv_arena_dispose(&approvals->arena);
	pv_free(approvals->items);
	pv_strlist_dispose(&approvals->authors);
	memset(approvals, 0, sizeof(*approvals));
}
