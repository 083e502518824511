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
#include "review/review_view.h"

struct review_policy {
	char *target;      /* NULL: the default branch */
	pv_policy *policy; /* NULL: it cannot be read */
};

/* The members of a row that say who approved of what, and whose work it is. */
static const char approvers[] = "approvers";
static const char authors[] = "authors";
static const char prompts[] = "prompts";

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

static void put_list(pv_jsonw *w, const char *key, const pv_strlist *list)
{
	pv_jsonw_key(w, key);
	pv_jsonw_array(w);
	for (size_t i = 0; i < list->count; i++)
		pv_jsonw_string(w, list->items[i]);
	pv_jsonw_array_end(w);
}

static void put_approvers(pv_jsonw *w, const pv_review *review)
{
	pv_jsonw_key(w, approvers);
	pv_jsonw_array(w);
	for (size_t i = 0; i < review->vote_count; i++) {
		const pv_review_event *event = review->votes[i].event;

		if (!is_approval(&review->votes[i]))
			continue;
		pv_jsonw_object(w);
		pv_jsonw_member(w, "by", event->by);
		pv_jsonw_member(w, "event", event->oid.hex);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
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

int review_row_put(pv_jsonw *w, pv_cli *cli, const pv_review *review)
{
	pv_strlist owners = { 0 };
	pv_strlist ids = { 0 };
	int rc;

	if (review->state != PV_REVIEW_IS_APPROVED)
		return PV_OK;
	rc = list_prompts(&ids, review, &cli->err);
	if (rc == PV_OK)
		rc = add_owners(&owners, cli, review);
	put_approvers(w, review);
	put_list(w, authors, &owners);
	put_list(w, prompts, &ids);
	pv_strlist_dispose(&owners);
	pv_strlist_dispose(&ids);
	return rc;
}

int review_row_is_own(const char *key)
{
	return !strcmp(key, approvers) || !strcmp(key, authors) ||
	       !strcmp(key, prompts);
}

static int add_row(policy_facts *found, const pv_json *row)
{
	const pv_json *people = pv_json_get(row, authors);
	const pv_json *ids = pv_json_get(row, prompts);
	pv_cli *cli = found->cli;
	int rc = PV_OK;

	for (size_t i = 0; i < pv_json_count(people) && rc == PV_OK; i++) {
		const char *who = pv_json_text(pv_json_at(people, i), NULL);

		rc = who ? pv_strlist_add(&found->authors, who, &cli->err)
			 : PV_OK;
	}
	for (size_t i = 0; i < pv_json_count(ids) && rc == PV_OK; i++) {
		const char *id = pv_json_text(pv_json_at(ids, i), NULL);

		rc = id ? add_prompt(found, id) : PV_OK;
	}
	return rc;
}

static int row_vote_counts(const policy_facts *found, const pv_policy *policy,
			   const pv_json *vote)
{
	pv_review_event event = { .by = pv_json_text(pv_json_get(vote, "by"),
						     NULL) };
	const char *oid = pv_json_text(pv_json_get(vote, "event"), NULL);
	int rc;

	if (!event.by || !oid || strlen(oid) != 40)
		return 0;
	memcpy(event.oid.hex, oid, 41);
	rc = policy_counts(found->cli, policy, &event);
	return rc > 0 ? counts(NULL, found, policy, event.by) : rc;
}

int review_row_approvals(int *out, review_policies *policies, const pv_json *row)
{
	const char *target = pv_json_text(pv_json_get(row, "target"), NULL);
	const pv_json *votes = pv_json_get(row, approvers);
	policy_facts found = { .cli = policies->cli };
	const pv_policy *policy;
	int rc = find_policy(&policy, policies, target);

	*out = (int)pv_json_count(votes);
	if (rc < 0 || !policy)
		return rc;
	*out = 0;
	rc = add_row(&found, row);
	for (size_t i = 0; i < pv_json_count(votes) && rc >= 0; i++) {
		rc = row_vote_counts(&found, policy, pv_json_at(votes, i));
		*out += rc > 0;
	}
	policy_facts_dispose(&found);
	return rc < 0 ? rc : PV_OK;
}
