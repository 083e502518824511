/* SPDX-License-Identifier: MIT
 *
 * See review_facts.h. A prompt's state is its closure, another file's its
 * blob; an approval is of the states that the commit under review has.
 */
#include "review/review_facts.h"

#include <string.h>

#include "base/fail.h"
#include "review/review_authors.h"

struct gather {
	pv_cli *cli;
	review_facts *facts;
	const pv_review *review;
	const pv_oid *candidate;
};

/* --- what would change ---------------------------------------------------------- */

/* Prompts are among the subjects, with all whose closure changes. */
static int add_file(const char *commit, const changed_file *file, void *payload)
{
	struct gather *it = payload;
	pv_buf id = { 0 };
	int rc = pv_prompt_id(&id, &it->cli->settings, file->path, NULL);

	(void)commit;
	pv_buf_dispose(&id);
	if (rc == PV_OK)
		return PV_OK;
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&it->cli->err);
	return policy_add_known(&it->facts->found, file->path, NULL,
				file->mode ? file->blob.hex : NULL);
}

static int add_prompts(struct gather *it)
{
	const pv_review_subjects *subjects = &it->facts->subjects;
	pv_cli *cli = it->cli;
	int rc = PV_OK;

	for (size_t i = 0; i < subjects->count && rc == PV_OK; i++) {
		const pv_review_subject *item = &subjects->items[i];
		pv_buf path = { 0 };

		rc = pv_prompt_path(&path, &cli->settings, item->id, &cli->err);
		if (rc == PV_OK)
			rc = policy_add_known(&it->facts->found, path.ptr,
					      item->id,
					      item->closure[0] ? item->closure
							       : NULL);
		pv_buf_dispose(&path);
	}
	return rc;
}

/* --- who ------------------------------------------------------------------------ */

static int read_actor(struct gather *it)
{
	pv_signature who = { 0 };
	pv_buf *out = &it->facts->actor;
	int rc = pv_store_committer(&who, it->cli->store, &it->cli->err);

	if (rc < 0)
		return rc;
	pv_buf_printf(out, "%s <%s>", who.name, who.email);
	pv_signature_dispose(&who);
	return pv_buf_status(out, &it->cli->err);
}

/* --- judging --------------------------------------------------------------------- */

static int judge(pv_policy_verdict *out, struct gather *it, const char *override)
{
	review_facts *facts = it->facts;
	pv_policy_check checks[REVIEW_CHECKS];
	pv_policy_facts given = { .action = PV_POLICY_MERGE,
				  .actor = pv_buf_text(&facts->actor),
				  .branch = it->review->opened->target,
				  .override = override };

	policy_facts_put(&given, &facts->found);
	for (size_t i = 0; i < REVIEW_CHECKS; i++) {
		checks[i].name = facts->checks.items[i].name;
		checks[i].is_ok = facts->checks.items[i].is_ok;
	}
	given.checks = checks;
	given.check_count = REVIEW_CHECKS;
	return pv_policy_judge(out, it->facts->policy, &given, &it->cli->err);
}

static int gather(struct gather *it, const pv_oid *before)
{
	pv_cli *cli = it->cli;
	review_facts *facts = it->facts;
	int rc = pv_review_subjects_load(&facts->subjects, cli->store,
					 &cli->settings, before, it->candidate,
					 &cli->err);

	if (rc == PV_OK)
		rc = review_checks_run(&facts->checks, cli, &facts->subjects,
				       it->candidate, before);
	if (rc == PV_OK)
		rc = add_prompts(it);
	if (rc == PV_OK)
		rc = policy_each_between(cli, before, it->candidate, add_file,
					 it);
	if (rc == PV_OK)
		rc = policy_add_votes(&facts->found, it->facts->policy,
				      it->review, 1);
	if (rc == PV_OK)
		rc = review_add_authors(&facts->found.authors, cli, it->review,
					before);
	return rc == PV_OK ? read_actor(it) : rc;
}

int review_facts_judge(pv_policy_verdict *out, review_facts *facts,
		       const pv_review *review, const pv_oid *before,
		       const pv_oid *candidate, const char *override)
{
	struct gather it = { facts->cli, facts, review, candidate };
	int rc = policy_load(&facts->policy, facts->cli, before);

	memset(out, 0, sizeof(*out));
	facts->found.cli = facts->cli;
	if (rc == PV_OK)
		rc = gather(&it, before);
	if (rc == PV_OK)
		rc = judge(out, &it, override);
	return rc;
}

void review_facts_dispose(review_facts *facts)
{
	pv_review_subjects_dispose(&facts->subjects);
	review_checks_dispose(&facts->checks);
	policy_facts_dispose(&facts->found);
	pv_policy_free(facts->policy);
	pv_buf_dispose(&facts->actor);
}
