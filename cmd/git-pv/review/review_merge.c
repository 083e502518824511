/* SPDX-License-Identifier: MIT
 *
 * `git pv review merge`: what would come of it is made in memory first, and
 * the policy of the branch that is to take it judges that. Approvals count for
 * the closures they were given for, so what the branch has changed meanwhile
 * of what a prompt includes makes them void. Then the same is merged as ever:
 * by git where the branch is checked out here, in memory where it is not.
 */
#include <stddef.h>
#include <string.h>

#include <pv/merge.h>
#include <pv/policy.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/git.h"
#include "repo/gitmove.h"
#include "repo/prompts.h"
#include "review/landed.h"
#include "review/merge_candidate.h"
#include "review/review_facts.h"
#include "review/review_verbs.h"
#include "review/review_view.h"
#include "version/autorelease.h"

struct merge_options {
	cli_list messages;
	const char *override;
};

static const cli_option options[] = {
	{ 'm', "message", CLI_LIST, offsetof(struct merge_options, messages),
	  "MSG", "more words for the merge commit; repeated: paragraphs" },
	{ 0, "override", CLI_STRING, offsetof(struct merge_options, override),
	  "WHY", "merge against the policy, if you may; it is written down" },
	{ 0 },
};

const cli_usage review_merge_usage = {
	.synopsis = { "git pv review merge ID [-m MSG] [--override WHY] [--json]" },
	.examples = { "git pv review merge 1a2b3c4",
		      "git pv review merge 1a2b3c4 -m \"As agreed\"" },
	.options = options,
	.args = "merge and the id of a review",
	.min_args = 2,
	.max_args = 2,
};

/* A merge on its way. */
struct job {
	pv_cli *cli;
	const struct merge_options *opts;
	pv_review *review;
	pv_buf target; /* full name */
	pv_oid before;
	merge_candidate candidate;
	pv_oid after;
	review_facts facts;
	pv_policy_verdict verdict;
	pv_buf message;
	autorelease done;
	pv_release_list released; /* where HEAD is elsewhere */
	int is_here;              /* HEAD is on the target */
	const char *result;
};

static void job_dispose(struct job *job)
{
	pv_review_free(job->review);
	pv_buf_dispose(&job->target);
	pv_buf_dispose(&job->message);
	merge_candidate_dispose(&job->candidate);
	review_facts_dispose(&job->facts);
	pv_policy_verdict_dispose(&job->verdict);
	autorelease_dispose(&job->done);
	pv_release_list_dispose(&job->released);
}

/* --- what would come of it ----------------------------------------------------- */

static int find_target(struct job *job)
{
	const pv_review_event *opened = job->review->opened;
	pv_cli *cli = job->cli;
	pv_buf head = { 0 };
	int rc;

	if (!opened->target) {
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "the review %.7s is of a released version: there "
			     "is nothing to merge",
			     job->review->id);
		return pv_error_hint(&cli->err, rc,
				     "\"git pv deploy\" asks for its approvals");
	}
	rc = pv_branch_check(opened->target, &cli->err);
	pv_buf_printf(&job->target, "refs/heads/%s", opened->target);
	if (rc == PV_OK)
		rc = pv_buf_status(&job->target, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_ref(&job->before, cli->store, job->target.ptr,
				  &cli->err);
	if (rc == PV_OK)
		rc = pv_store_head(&head, NULL, cli->store, &cli->err);
	job->is_here = !strcmp(pv_buf_text(&head), opened->target);
	pv_buf_dispose(&head);
	return rc;
}

/* Votes are of the head; what came on the branch since nobody has seen. */
static int check_head(struct job *job)
{
	const pv_review_event *opened = job->review->opened;
	pv_oid tip;
	int rc;

	if (review_branch_tip(&tip, job->cli, job->review) < 0) {
		pv_error_clear(&job->cli->err);
		return PV_OK;
	}
	if (!strcmp(tip.hex, job->review->head.hex))
		return PV_OK;
	rc = pv_fail(&job->cli->err, PV_ECONFLICT,
		     "\"%.100s\" is at %.7s, and %.7s was reviewed",
		     opened->source, tip.hex, job->review->head.hex);
	return pv_error_hint(&job->cli->err, rc,
			     "\"git pv review revise %.7s\" puts the new one up",
			     job->review->id);
}

static int make_candidate(struct job *job)
{
	const pv_review_event *opened = job->review->opened;
	pv_cli *cli = job->cli;
	int rc = merge_candidate_make(&job->candidate, cli, &job->before,
				      opened->target, &job->review->head,
				      opened->source);

	if (rc < 0 || job->candidate.commit.hex[0])
		return rc;
	if (pv_commit_merge_kind(job->candidate.merge) == PV_COMMITS_UP_TO_DATE) {
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%.120s\" has all of this already",
			     opened->target);
		return pv_error_hint(&cli->err, rc,
				     "\"git pv sync\" sees that, and ends the "
				     "review");
	}
	rc = pv_fail(&cli->err, PV_ECONFLICT,
		     "the review %.7s conflicts with \"%.120s\"",
		     job->review->id, opened->target);
	return pv_error_hint(&cli->err, rc,
			     "merge \"%.60s\" into the branch, settle it there, "
			     "and revise the review",
			     opened->target);
}

/* --- may it be ------------------------------------------------------------------ */

static int check_votes(const struct job *job)
{
	const pv_review *review = job->review;
	int rc;

	if (review->state != PV_REVIEW_IS_REJECTED)
		return PV_OK;
	for (size_t i = 0; i < review->vote_count; i++) {
		const pv_review_vote *vote = &review->votes[i];

		if (!vote->is_current || vote->event->origin ||
		    vote->event->kind != PV_REVIEW_REJECTED)
			continue;
		rc = pv_fail(&job->cli->err, PV_EPOLICY,
			     "\"%.120s\" asks for changes", vote->event->by);
		return pv_error_hint(&job->cli->err, rc,
				     "revise the review, or let them approve "
				     "or withdraw");
	}
	return PV_OK;
}

/* The first reason against it is the error, all are told. */
static int judge(struct job *job)
{
	pv_cli *cli = job->cli;
	const pv_policy_reason *first = NULL;
	int rc = review_facts_judge(&job->verdict, &job->facts, job->review,
				    &job->before, &job->candidate.commit,
				    job->opts->override);

	if (rc < 0 || job->verdict.is_allowed)
		return rc;
	for (size_t i = 0; i < job->verdict.count; i++) {
		const pv_policy_reason *reason = &job->verdict.reasons[i];

		if (reason->is_ok)
			continue;
		if (first)
			pv_buf_printf(&cli->details, "%s\n", reason->message);
		else
			first = reason;
	}
	rc = pv_fail(&cli->err, PV_EPOLICY, "%s",
		     first ? first->message : "the policy says no");
	return first && first->hint[0]
		       ? pv_error_hint(&cli->err, rc, "%s", first->hint)
		       : rc;
}

/* --- merging -------------------------------------------------------------------- */

/* Whoever wrote it has not reviewed it, whatever he said. */
static int is_author(const struct job *job, const char *person)
{
	const pv_strlist *authors = &job->facts.found.authors;

	for (size_t i = 0; i < authors->count; i++)
		if (pv_policy_is_person(job->facts.policy, authors->items[i],
					person))
			return 1;
	return 0;
}

static int make_message(struct job *job)
{
	const pv_review *review = job->review;
	pv_buf *out = &job->message;
	pv_buf text = { 0 };
	int rc = review_text(&text, job->cli, &job->opts->messages);

	pv_buf_printf(out, "Merge review %.7s: ", review->id);
	pv_buf_put(out, review->opened->title,
		   strcspn(review->opened->title, "\r\n"));
	pv_buf_putc(out, '\n');
	if (text.len)
		pv_buf_printf(out, "\n%s\n", text.ptr);
	pv_buf_putc(out, '\n');
	for (size_t i = 0; i < review->vote_count; i++) {
		const pv_review_vote *vote = &review->votes[i];

		if (vote->is_current && !vote->event->origin &&
		    !is_author(job, vote->event->by))
			pv_buf_printf(out, "Reviewed-by: %s\n", vote->event->by);
	}
	if (job->verdict.is_overridden) {
		pv_buf_puts(out, "Pv-Override: ");
		for (const char *at = job->opts->override; *at; at++)
			pv_buf_putc(out,
				    (char)((unsigned char)*at < ' ' ? ' ' : *at));
		pv_buf_putc(out, '\n');
	}
	pv_buf_printf(out, "Pv-Review: %s\n", review->id);
	pv_buf_dispose(&text);
	return rc < 0 ? rc : pv_buf_status(out, &job->cli->err);
}

/* In memory, on a branch that no working tree has. */
static int merge_elsewhere(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_commit tree = { 0 };
	pv_commit_options opts = { .message = job->message.ptr };
	pv_merge_commit merge = { .refname = job->target.ptr,
				  .ours = job->before,
				  .theirs = job->review->head,
				  .reflog = "review merge" };
	int rc = pv_store_commit_read(&tree, cli->store, &job->candidate.commit,
				      &cli->err);

	merge.tree = tree.tree;
	if (rc == PV_OK && job->is_here)
		rc = autorelease_announce_move(&job->done, cli);
	if (rc == PV_OK)
		rc = pv_store_commit_merge(&job->after, cli->store, &merge,
					   &opts, &cli->err);
	pv_commit_dispose(&tree);
	if (rc < 0) {
		autorelease_forget(&job->done);
		return rc;
	}
	if (job->is_here)
		autorelease_move(&job->done, cli, &job->before);
	return PV_OK;
}

/* By git, which knows hooks, filters and sparse checkouts. */
static int merge_here(struct job *job)
{
	const char *args[] = { "merge",   "--no-edit",
			       "--no-ff", "--no-stat",
			       "-m",      job->message.ptr,
			       "--",      job->review->head.hex };
	pv_cli *cli = job->cli;
	git_move move = { .target = job->review->head };
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(args) && rc == PV_OK; i++)
		rc = git_move_arg(&move, cli, args[i]);
	if (rc == PV_OK)
		rc = autorelease_announce_move(&job->done, cli);
	if (rc == PV_OK)
		rc = git_move_run(&move, cli);
	if (rc == PV_OK && !git_move_is_done(&move)) {
		autorelease_forget(&job->done);
		rc = git_move_is_conflict(&move)
			     ? git_move_conflicts_text(cli, "merge")
			     : PV_OK;
		if (rc == PV_OK)
			rc = git_move_fail(&move, cli,
					   "nothing was merged; \"git status\" "
					   "says what is in the way");
	} else if (rc == PV_OK) {
		job->after = move.after;
		autorelease_move(&job->done, cli, &job->before);
	}
	git_move_dispose(&move);
	return rc;
}

/* What a branch gets that is the default one, and not HEAD's. */
static int release_elsewhere(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_release_options opts = { 0 };
	pv_strlist ids = { 0 };
	int rc = PV_OK;

	if (job->is_here || !cli->settings.auto_tag ||
	    strcmp(job->review->opened->target, cli->settings.default_branch) != 0)
		return PV_OK;
	for (size_t i = 0; i < job->facts.subjects.count && rc == PV_OK; i++)
		if (job->facts.subjects.items[i].blob.hex[0])
			rc = pv_strlist_add(&ids, job->facts.subjects.items[i].id,
					    &cli->err);
	opts.ids = (const char *const *)ids.items;
	opts.id_count = ids.count;
	if (rc == PV_OK && ids.count)
		rc = pv_release_run(&job->released, cli->store, &cli->settings,
				    &opts, &cli->err);
	pv_strlist_dispose(&ids);
	return rc;
}

static int merge_review(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_review_event event = { .kind = PV_REVIEW_MERGED,
				  .head = job->review->head,
				  .method = landed_name(LANDED_MERGE) };
	pv_oid made;
	int rc;

	rc = job->is_here && !pv_store_is_bare(cli->store)
		     ? merge_here(job)
		     : merge_elsewhere(job);
	if (rc < 0)
		return rc;
	cli_made(cli, "the merge %.7s is made all the same", job->after.hex);
	event.commit = job->after;
	rc = pv_review_add(&made, cli->store, job->review->id, &event, &cli->err);
	return rc == PV_OK ? release_elsewhere(job) : rc;
}

/* --- the answer ------------------------------------------------------------------ */

static int report(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_jsonw w;

	if (!cli->json) {
		cli_printf(cli, "%.7s merged into ", job->review->id);
		cli_line(cli, job->review->opened->target);
		cli_printf(cli, " by %.7s\n", job->after.hex);
		autorelease_text(cli, &job->done);
		release_list_text(cli, &job->released);
		return autorelease_status(&job->done);
	}
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", job->review->id);
	pv_jsonw_member(&w, "result", "merged");
	pv_jsonw_member(&w, "target", job->review->opened->target);
	pv_jsonw_member(&w, "commit", job->after.hex);
	pv_jsonw_key(&w, "overridden");
	pv_jsonw_bool(&w, job->verdict.is_overridden);
	if (job->is_here) {
		autorelease_json(&w, &job->done);
	} else {
		pv_jsonw_key(&w, "released");
		release_list_json(&w, &job->released);
	}
	pv_jsonw_key(&w, "conflicts");
	pv_jsonw_raw(&w, "[]", 2);
	pv_jsonw_object_end(&w);
	return autorelease_status(&job->done);
}

int review_merge(pv_cli *cli, int argc, char **argv)
{
	struct merge_options opts = { 0 };
	struct job job = { .cli = cli, .opts = &opts, .facts = { .cli = cli } };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK && opts.override)
		rc = cli_check_utf8(cli, "the reason", opts.override,
				    strlen(opts.override));
	if (rc == PV_OK)
		rc = pv_review_load(&job.review, cli->store, argv[1], &cli->err);
	if (rc == PV_OK)
		rc = review_must_be_open(cli, job.review);
	if (rc == PV_OK)
		rc = find_target(&job);
	if (rc == PV_OK)
		rc = check_head(&job);
	if (rc == PV_OK)
		rc = check_votes(&job);
	if (rc == PV_OK)
		rc = make_candidate(&job);
	if (rc == PV_OK)
		rc = judge(&job);
	if (rc == PV_OK)
		rc = make_message(&job);
	if (rc == PV_OK)
		rc = merge_review(&job);
	if (rc == PV_OK)
		rc = report(&job);
	job_dispose(&job);
	cli_list_dispose(&opts.messages);
	return rc;
}
