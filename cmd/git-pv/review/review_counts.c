/* SPDX-License-Identifier: MIT
 *
 * See review_counts.h. An approval that does not count is made all the same:
 * others see it, and the policy may be another one tomorrow. It counts when it
 * does for one of the prompts: the merge looks at each.
 */
#include "review/review_counts.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "review/policy_facts.h"
#include "review/review_authors.h"
#include "review/review_row.h"
#include "review/review_view.h"

struct review_policy {
	char *target;      /* NULL: the default branch */
	pv_policy *policy; /* NULL: it cannot be read */
};

/* What others wrote, in an event or a pv.yaml, breaks no list. */
static int forgive(pv_cli *cli, int rc)
{
	if (rc == PV_OK || rc == PV_ENOMEM || rc == PV_ECANCELED)
		return rc;
	pv_error_clear(&cli->err);
	return PV_OK;
}

/* --- policies ------------------------------------------------------------------ */

static int load(pv_policy **out, pv_cli *cli, const char *target)
{
	pv_oid at;
	int rc = target ? pv_store_resolve(&at, cli->store, target, NULL)
			: pv_settings_tip(&at, cli->store, &cli->settings, NULL);

	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&cli->err);
	if (rc < 0)
		at.hex[0] = '\0';
	return policy_load(out, cli, &at);
}

static int add_policy(review_policies *to, const char *target)
{
	pv_cli *cli = to->cli;
	struct review_policy *item;
	int rc;

	if (pv_array_reserve(&to->items, &to->cap, to->count + 1,
			     sizeof(*item)) < 0)
		return pv_fail_nomem(&cli->err);
	item = &to->items[to->count];
	memset(item, 0, sizeof(*item));
	item->target = target ? pv_strdup(target) : NULL;
	if (target && !item->target)
		return pv_fail_nomem(&cli->err);
	to->count++;
	rc = load(&item->policy, cli, target);
	return forgive(cli, rc);
}

static int is_for(const struct review_policy *item, const char *target)
{
	return item->target && target ? !strcmp(item->target, target)
				      : !item->target && !target;
}

/* NULL where it cannot be read. */
static int find_policy(const pv_policy **out, review_policies *policies,
		       const char *target)
{
	int rc;

	for (size_t i = 0; i < policies->count; i++) {
		if (!is_for(&policies->items[i], target))
			continue;
		*out = policies->items[i].policy;
		return PV_OK;
	}
	*out = NULL;
	rc = add_policy(policies, target);
	if (rc == PV_OK)
		*out = policies->items[policies->count - 1].policy;
	return rc;
}

void review_policies_dispose(review_policies *policies)
{
	for (size_t i = 0; i < policies->count; i++) {
		pv_free(policies->items[i].target);
		pv_policy_free(policies->items[i].policy);
	}
	pv_free(policies->items);
	policies->items = NULL;
}

/* --- one vote ------------------------------------------------------------------ */

/* Nothing is added for what is no id. */
static int add_prompt(policy_facts *to, const char *id)
{
	pv_cli *cli = to->cli;
	pv_buf path = { 0 };
	int rc = pv_prompt_path(&path, &cli->settings, id, &cli->err);

	if (rc == PV_OK)
		rc = policy_add_known(to, path.ptr, id, NULL);
	pv_buf_dispose(&path);
	return forgive(cli, rc);
}

/* Those who can be found: commits may not be here. */
static int add_owners(pv_strlist *to, pv_cli *cli, const pv_review *review)
{
	return forgive(cli, review_add_owners(to, cli, review));
}

static int judge(pv_policy_verdict *out, const policy_facts *found,
		 const pv_policy *policy, const char *by)
{
	pv_policy_facts facts = { .action = PV_POLICY_APPROVE, .actor = by };

	policy_facts_put(&facts, found);
	return pv_policy_judge(out, policy, &facts, &found->cli->err);
}

/* 1 when it is not the own work, and one prompt may be approved. */
static int counts(pv_strlist *why, const policy_facts *found,
		  const pv_policy *policy, const char *by)
{
	pv_policy_verdict verdict;
	pv_cli *cli = found->cli;
	const char *against = "";
	size_t bad = 0;
	int is_own = 0;
	int rc = judge(&verdict, found, policy, by);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < verdict.count; i++) {
		if (verdict.reasons[i].is_ok)
			continue;
		if (!bad++)
			against = verdict.reasons[i].message;
		is_own |= !strcmp(verdict.reasons[i].rule, "self-approval");
	}
	is_own |= bad && bad == verdict.count;
	if (why)
		rc = pv_strlist_add(why, is_own ? against : "", &cli->err);
	pv_policy_verdict_dispose(&verdict);
	return rc < 0 ? rc : !is_own;
}

/* --- a review ------------------------------------------------------------------ */

static int is_approval(const pv_review_vote *vote)
{
	return vote->is_counted && vote->event->kind == PV_REVIEW_APPROVED;
}

/* The prompts of a vote: all that count are of the same head. */
static int add_subjects(policy_facts *to, const pv_review *review)
{
	const pv_review_event *event = NULL;
	int rc = PV_OK;

	for (size_t i = 0; i < review->vote_count && !event; i++)
		if (is_approval(&review->votes[i]))
			event = review->votes[i].event;
	for (size_t i = 0; event && i < event->subject_count && rc == PV_OK; i++)
		rc = add_prompt(to, event->subjects[i].id);
	return rc;
}

static int settle_vote(pv_review_vote *vote, const policy_facts *found,
		       const pv_policy *policy, pv_strlist *why)
{
	pv_cli *cli = found->cli;
	int is_signed;
	int rc;

	if (!is_approval(vote))
		return why ? pv_strlist_add(why, "", &cli->err) : PV_OK;
	is_signed = policy_counts(cli, policy, vote->event);
	if (is_signed < 0)
		return is_signed;
	if (!is_signed) {
		vote->is_counted = 0;
		return why ? pv_strlist_add(why, "it has no good signature",
					    &cli->err)
			   : PV_OK;
	}
	rc = counts(why, found, policy, vote->event->by);
	vote->is_counted = rc != 0;
	return rc < 0 ? rc : PV_OK;
}

int review_settle(review_policies *policies, pv_review *review, pv_strlist *why)
{
	pv_cli *cli = policies->cli;
	policy_facts found = { .cli = cli };
	const pv_policy *policy;
	int rc = find_policy(&policy, policies, review->opened->target);

	if (rc == PV_OK && policy)
		rc = add_subjects(&found, review);
	if (rc == PV_OK && found.count)
		rc = add_owners(&found.authors, cli, review);
	for (size_t i = 0; policy && i < review->vote_count && rc == PV_OK; i++)
		rc = settle_vote(&review->votes[i], &found, policy, why);
	if (rc == PV_OK)
		pv_review_settle(review);
	policy_facts_dispose(&found);
	return rc;
}

int review_tell_uncounted(pv_cli *cli, const pv_review *review,
			  const pv_review_subjects *subjects)
{
	policy_facts found = { .cli = cli };
	pv_policy_verdict verdict = { 0 };
	pv_policy *policy = NULL;
	pv_buf me = { 0 };
	int rc = load(&policy, cli, review->opened->target);

	for (size_t i = 0; i < subjects->count && rc == PV_OK; i++)
		rc = add_prompt(&found, subjects->items[i].id);
	if (rc == PV_OK)
		rc = add_owners(&found.authors, cli, review);
	if (rc == PV_OK)
		rc = review_me(&me, cli);
	if (rc == PV_OK)
		rc = judge(&verdict, &found, policy, me.ptr);
	for (size_t i = 0; i < verdict.count && rc == PV_OK; i++)
		if (!verdict.reasons[i].is_ok)
			cli_warn(cli, "your approval does not count: %s",
				 verdict.reasons[i].message);
	if (rc == PV_OK && pv_policy_signed(policy) & PV_SIGNED_REVIEWS &&
	    !pv_store_config_bool(cli->store, "commit.gpgSign", 0))
		cli_warn(cli, "your approval does not count: reviews must be "
			      "signed, and commit.gpgSign is off");
	pv_policy_verdict_dispose(&verdict);
	pv_policy_free(policy);
	pv_buf_dispose(&me);
	policy_facts_dispose(&found);
	return rc;
}

/* --- a row ---------------------------------------------------------------------- */

static int add_approvers(pv_strlist *out, const pv_review *review, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < review->vote_count && rc == PV_OK; i++) {
		const pv_review_event *event = review->votes[i].event;

		if (!is_approval(&review->votes[i]))
			continue;
		rc = pv_strlist_add(out, event->by, err);
		if (rc == PV_OK)
			rc = pv_strlist_add(out, event->oid.hex, err);
	}
	return rc;
}

static int list_prompts(pv_strlist *out, const pv_review *review, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < review->vote_count && !out->count; i++) {
		const pv_review_event *event = review->votes[i].event;

		for (size_t k = 0; is_approval(&review->votes[i]) &&
				   k < event->subject_count && rc == PV_OK;
		     k++)
			rc = pv_strlist_add(out, event->subjects[k].id, err);
	}
	return rc;
}

int review_claims_find(review_claims *out, pv_cli *cli, const pv_review *review)
{
	int rc;

	memset(out, 0, sizeof(*out));
	if (review->state != PV_REVIEW_IS_APPROVED)
		return PV_OK;
	rc = list_prompts(&out->prompts, review, &cli->err);
	if (rc == PV_OK)
		rc = add_owners(&out->authors, cli, review);
	if (rc == PV_OK)
		rc = add_approvers(&out->approvers, review, &cli->err);
	return rc;
}

void review_claims_dispose(review_claims *claims)
{
	pv_strlist_dispose(&claims->approvers);
	pv_strlist_dispose(&claims->authors);
	pv_strlist_dispose(&claims->prompts);
}

static int add_row(policy_facts *found, const review_row *row)
{
	const char *text = row->authors.first;
	pv_cli *cli = found->cli;
	int rc = PV_OK;

	for (size_t i = 0; i < row->authors.count && rc == PV_OK; i++) {
		rc = pv_strlist_add(&found->authors, text, &cli->err);
		text = review_names_next(text);
	}
	text = row->prompts.first;
	for (size_t i = 0; i < row->prompts.count && rc == PV_OK; i++) {
		rc = add_prompt(found, text);
		text = review_names_next(text);
	}
	return rc;
}

static int row_vote_counts(const policy_facts *found, const pv_policy *policy,
			   const char *by, const char *oid)
{
	pv_review_event event = { .by = by };
	int rc;

	if (strlen(oid) != sizeof(event.oid.hex) - 1)
		return 0;
	memcpy(event.oid.hex, oid, sizeof(event.oid.hex));
	rc = policy_counts(found->cli, policy, &event);
	return rc > 0 ? counts(NULL, found, policy, event.by) : rc;
}

int review_row_approvals(int64_t *out, review_policies *policies,
			 const review_row *row)
{
	const char *target = row->target[0] ? row->target : NULL;
	const char *by = row->approvers.first;
	policy_facts found = { .cli = policies->cli };
	const pv_policy *policy;
	int rc = find_policy(&policy, policies, target);

	*out = (int64_t)row->approvers.count / 2;
	if (rc < 0 || !policy)
		return rc;
	*out = 0;
	rc = add_row(&found, row);
	for (size_t i = 1; i < row->approvers.count && rc >= 0; i += 2) {
		const char *oid = review_names_next(by);

		rc = row_vote_counts(&found, policy, by, oid);
		*out += rc > 0;
		by = review_names_next(oid);
	}
	policy_facts_dispose(&found);
	return rc < 0 ? rc : PV_OK;
}
