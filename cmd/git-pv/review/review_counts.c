/* SPDX-License-Identifier: MIT
 *
 * Whether an approval would count. It is made all the same: others see it, and
 * the policy may be another one tomorrow.
 */
#include "base/fail.h"
#include "review/review_facts.h"
#include "review/review_view.h"

/* The policy that a review is up to: its branch's, else the default one's. */
static int load(pv_policy **out, pv_oid *at, pv_cli *cli, const pv_review *review)
{
	const char *target = review->opened->target;
	int rc = target ? pv_store_resolve(at, cli->store, target, NULL)
			: pv_settings_tip(at, cli->store, &cli->settings, NULL);

	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&cli->err);
	if (rc < 0)
		at->hex[0] = '\0';
	return policy_load(out, cli, at);
}

static int add_prompts(policy_facts *to, const pv_review_subjects *subjects)
{
	pv_cli *cli = to->cli;
	int rc = PV_OK;

	for (size_t i = 0; i < subjects->count && rc == PV_OK; i++) {
		const pv_review_subject *item = &subjects->items[i];
		pv_buf path = { 0 };

		rc = pv_prompt_path(&path, &cli->settings, item->id, &cli->err);
		if (rc == PV_OK)
			rc = policy_add_known(to, path.ptr, item->id, NULL);
		pv_buf_dispose(&path);
	}
	return rc;
}

static int judge(pv_cli *cli, const pv_policy *policy, policy_facts *found)
{
	pv_policy_facts facts = { .action = PV_POLICY_APPROVE };
	pv_policy_verdict verdict = { 0 };
	pv_buf me = { 0 };
	int rc = review_me(&me, cli);

	policy_facts_put(&facts, found);
	facts.actor = pv_buf_text(&me);
	if (rc == PV_OK)
		rc = pv_policy_judge(&verdict, policy, &facts, &cli->err);
	for (size_t i = 0; i < verdict.count && rc == PV_OK; i++)
		if (!verdict.reasons[i].is_ok)
			cli_warn(cli, "your approval does not count: %s",
				 verdict.reasons[i].message);
	if (rc == PV_OK && pv_policy_signed(policy) & PV_SIGNED_REVIEWS &&
	    !pv_store_config_bool(cli->store, "commit.gpgSign", 0))
		cli_warn(cli, "your approval does not count: reviews must be "
			      "signed, and commit.gpgSign is off");
	pv_policy_verdict_dispose(&verdict);
	pv_buf_dispose(&me);
	return rc;
}

int review_tell_uncounted(pv_cli *cli, const pv_review *review,
			  const pv_review_subjects *subjects)
{
	policy_facts found = { .cli = cli };
	pv_policy *policy = NULL;
	pv_oid at;
	int rc = load(&policy, &at, cli, review);

	if (rc == PV_OK)
		rc = add_prompts(&found, subjects);
	/* Who wrote a version that is released may approve of it. */
	if (rc == PV_OK)
		rc = review_facts_authors(&found.authors, cli, review,
					  review->opened->target && at.hex[0]
						  ? &at
						  : NULL);
	if (rc == PV_OK)
		rc = judge(cli, policy, &found);
	pv_policy_free(policy);
	policy_facts_dispose(&found);
	return rc;
}
