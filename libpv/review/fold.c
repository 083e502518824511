/* SPDX-License-Identifier: MIT
 *
 * What the events of a review make of it, one after the other: a pure
 * function of their order, so all who have them agree.
 */
#include <pv/policy.h>

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "review/chain.h"

const char *pv_review_state_name(enum pv_review_state state)
{
	static const char *const names[] = {
		[PV_REVIEW_IS_OPEN] = "open",
		[PV_REVIEW_IS_APPROVED] = "approved",
		[PV_REVIEW_IS_REJECTED] = "changes-requested",
		[PV_REVIEW_IS_MERGED] = "merged",
		[PV_REVIEW_IS_CLOSED] = "closed",
	};

	return names[state];
}

/* What was brought in never stands for a vote of here, nor takes one back. */
static pv_review_vote *find_vote(const pv_review *review,
				 const pv_review_event *event)
{
	for (size_t i = 0; i < review->vote_count; i++) {
		const pv_review_event *other = review->votes[i].event;

		if (!other->origin == !event->origin &&
		    pv_policy_is_same(pv_review_said_by(other),
				      pv_review_said_by(event)))
			return &review->votes[i];
	}
	return NULL;
}

static void set_vote(pv_review *review, const pv_review_event *event)
{
	pv_review_vote *vote = find_vote(review, event);

	if (!vote)
		vote = &review->votes[review->vote_count++];
	vote->event = event;
}

static void drop_vote(pv_review *review, const pv_review_event *event)
{
	pv_review_vote *vote = find_vote(review, event);

	if (!vote)
		return;
	review->vote_count--;
	memmove(vote, vote + 1,
		(size_t)(review->votes + review->vote_count - vote) *
			sizeof(*vote));
}

static void resolve(pv_review *review, const pv_review_event *event)
{
	for (size_t i = 0; i < review->comment_count; i++) {
		pv_review_comment *comment = &review->comments[i];

		if (!strcmp(comment->event->oid.hex, event->comment) &&
		    !comment->resolved)
			comment->resolved = event;
	}
}

static void apply(pv_review *review, const pv_review_event *event)
{
	switch (event->kind) {
	case PV_REVIEW_OPENED:
		break;
	case PV_REVIEW_REVISED:
		review->head = event->head;
		review->base = event->base;
		break;
	case PV_REVIEW_COMMENTED:
		review->comments[review->comment_count++].event = event;
		break;
	case PV_REVIEW_RESOLVED:
		resolve(review, event);
		break;
	case PV_REVIEW_APPROVED:
	case PV_REVIEW_REJECTED:
		set_vote(review, event);
		break;
	case PV_REVIEW_WITHDRAWN:
		drop_vote(review, event);
		break;
	case PV_REVIEW_MERGED:
		/* It is so whoever closed the review meanwhile. */
		if (!review->end || review->end->kind == PV_REVIEW_CLOSED)
			review->end = event;
		break;
	case PV_REVIEW_CLOSED:
		if (!review->end)
			review->end = event;
		break;
	}
}

static enum pv_review_state state_of(const pv_review *review)
{
	enum pv_review_state state = PV_REVIEW_IS_OPEN;

	if (review->end)
		return review->end->kind == PV_REVIEW_MERGED
			       ? PV_REVIEW_IS_MERGED
			       : PV_REVIEW_IS_CLOSED;
	for (size_t i = 0; i < review->vote_count; i++) {
		if (!review->votes[i].is_counted)
			continue;
		if (review->votes[i].event->kind == PV_REVIEW_REJECTED)
			return PV_REVIEW_IS_REJECTED;
		state = PV_REVIEW_IS_APPROVED;
	}
	return state;
}

void pv_review_settle(pv_review *review)
{
	review->state = state_of(review);
}

/* Only the event that the review is called by opens it. */
static const pv_review_event *find_opened(const pv_review_chain *chain,
					  const char *id)
{
	for (size_t i = 0; i < chain->event_count; i++)
		if (chain->events[i]->kind == PV_REVIEW_OPENED &&
		    !strcmp(chain->events[i]->oid.hex, id))
			return chain->events[i];
	return NULL;
}

static void run(pv_review *review)
{
	review->head = review->opened->head;
	review->base = review->opened->base;
	for (size_t i = 0; i < review->event_count; i++)
		apply(review, review->events[i]);
	for (size_t i = 0; i < review->vote_count; i++) {
		pv_review_vote *vote = &review->votes[i];

		vote->is_current =
			!strcmp(vote->event->head.hex, review->head.hex);
		vote->is_counted = vote->is_current && !vote->event->origin;
	}
	pv_review_settle(review);
}

int pv_review_fold(pv_review **out, const char *id, const pv_oid *tip,
		   pv_review_chain *chain, pv_error *err)
{
	size_t count = chain->event_count + 1;
	pv_arena *arena = &chain->arena;
	pv_review *review = pv_arena_calloc(arena, sizeof(*review));

	*out = NULL;
	if (!review)
		return pv_fail_nomem(err);
	review->opened = find_opened(chain, id);
	if (!review->opened)
		return pv_fail(err, PV_EINVALID,
			       "the chain of \"%.40s\" does not open a review",
			       id);
	review->events = chain->events;
	review->event_count = chain->event_count;
	review->unknown_count = chain->unknown_count;
	review->lamport = chain->lamport;
	review->tip = *tip;
	memcpy(review->id, review->opened->oid.hex, sizeof(review->id));
	review->votes = pv_arena_calloc(arena, count * sizeof(*review->votes));
	review->comments =
		pv_arena_calloc(arena, count * sizeof(*review->comments));
	review->chain = pv_malloc(sizeof(*review->chain));
	if (!review->votes || !review->comments || !review->chain) {
		pv_free(review->chain);
		return pv_fail_nomem(err);
	}
	run(review);
	*review->chain = *chain;
	memset(chain, 0, sizeof(*chain));
	*out = review;
	return PV_OK;
}

void pv_review_free(pv_review *review)
{
	pv_review_chain *chain = review ? review->chain : NULL;

	if (!chain)
		return;
	pv_review_chain_dispose(chain);
	pv_free(chain);
}
