/* SPDX-License-Identifier: MIT
 *
 * See policy_facts.h. Files are told apart by git, which knows what a push
 * brings; the state of a prompt is its closure, of any other file its blob.
 */
#include "review/policy_facts.h"

#include <stdlib.h>
#include <string.h>

#include <pv/git.h>
#include <pv/signature.h>

#include "base/fail.h"
#include "base/mem.h"

/* The tree without files, which each git knows. */
static const char empty_tree[] = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/* One that cannot be read is none, as it is for git. */
static int add_mailmap(pv_policy *policy, pv_cli *cli, const pv_oid *commit)
{
	pv_point at = { PV_AT_COMMIT, *commit };
	pv_buf text = { 0 };
	int rc = pv_store_read(&text, NULL, cli->store, &at, ".mailmap", NULL);

	if (rc == PV_OK)
		rc = pv_policy_add_mailmap(policy, pv_buf_text(&text), text.len,
					   &cli->err);
	else
		rc = rc == PV_ENOMEM ? pv_fail_nomem(&cli->err) : PV_OK;
	pv_buf_dispose(&text);
	return rc;
}

int policy_load(pv_policy **out, pv_cli *cli, const pv_oid *commit)
{
	const char *branch = cli->settings.default_branch;
	pv_point at = { PV_AT_COMMIT, *commit };
	pv_buf text = { 0 };
	int rc = commit->hex[0] ? pv_store_read(&text, NULL, cli->store, &at,
						"pv.yaml", &cli->err)
				: PV_ENOTFOUND;

	*out = NULL;
	if (rc == PV_ENOTFOUND)
		rc = pv_policy_parse(out, NULL, 0, branch, &cli->err);
	else if (rc == PV_OK)
		rc = pv_policy_parse(out, pv_buf_text(&text), text.len, branch,
				     &cli->err);
	if (rc == PV_OK && commit->hex[0])
		rc = add_mailmap(*out, cli, commit);
	pv_buf_dispose(&text);
	return rc;
}

/* --- files --------------------------------------------------------------------- */

/* The fields of ":OLDMODE NEWMODE OLD NEW S". */
static int read_raw(changed_file *out, const char *raw)
{
	if (strlen(raw) < 98 || raw[0] != ':')
		return 0;
	out->mode = (unsigned)strtoul(raw + 8, NULL, 8);
	memcpy(out->blob.hex, raw + 56, 40);
	out->blob.hex[40] = '\0';
	out->status = raw[97];
	return 1;
}

int policy_each_raw(pv_cli *cli, const pv_buf *text,
		    int (*fn)(const char *commit, const changed_file *file,
			      void *payload),
		    void *payload)
{
	const char *at = pv_buf_text(text);
	const char *end = at + text->len;
	const char *commit = "";
	int rc = PV_OK;

	while (at < end && rc == PV_OK) {
		changed_file file = { 0 };
		size_t len = strlen(at);

		if (at[0] != ':') {
			commit = at;
		} else if (!read_raw(&file, at) || at + len + 1 >= end) {
			rc = pv_fail(&cli->err, PV_EGIT,
				     "git diff-tree says \"%.60s\"", at);
		} else {
			file.path = at + len + 1;
			rc = fn(commit, &file, payload);
			len += strlen(file.path) + 1;
		}
		at += len + 1;
	}
	return rc;
}

int policy_each_between(pv_cli *cli, const pv_oid *from, const pv_oid *to,
			int (*fn)(const char *commit, const changed_file *file,
				  void *payload),
			void *payload)
{
	const char *args[] = { "diff-tree",
			       "-r",
			       "-z",
			       "--raw",
			       "--no-abbrev",
			       "--no-renames",
			       from->hex[0] ? from->hex : empty_tree,
			       to->hex,
			       NULL };
	pv_buf errors = { 0 };
	pv_git_options opts = { .errors = &errors };
	pv_buf text = { 0 };
	int status = 0;
	int rc = pv_git_run(&text, &status, cli->store, args, &opts, &cli->err);

	if (rc == PV_OK && status)
		rc = pv_fail(&cli->err, PV_EGIT, "git diff-tree: %.*s",
			     (int)strcspn(pv_buf_text(&errors), "\n"),
			     pv_buf_text(&errors));
	if (rc == PV_OK)
		rc = policy_each_raw(cli, &text, fn, payload);
	pv_buf_dispose(&errors);
	pv_buf_dispose(&text);
	return rc;
}

/* --- subjects ------------------------------------------------------------------ */

static int add_text(const char **out, policy_facts *to, const char *text)
{
	int rc = pv_strlist_add(&to->texts, text, &to->cli->err);

	*out = rc == PV_OK ? to->texts.items[to->texts.count - 1] : NULL;
	return rc;
}

/* The closure of a prompt that loads; else the blob is what there is. */
static int add_state(pv_policy_subject *out, policy_facts *to,
		     const pv_oid *blob, const pv_oid *commit)
{
	pv_point at = { PV_AT_COMMIT, *commit };
	pv_cli *cli = to->cli;
	pv_buf state = { 0 };
	pv_buf id = { 0 };
	int rc = pv_prompt_id(&id, &cli->settings, out->path, NULL);

	if (rc == PV_OK)
		rc = add_text(&out->id, to, pv_buf_text(&id));
	if (rc == PV_OK && blob->hex[0])
		rc = pv_closure(&state, cli->store, &cli->settings, &at,
				pv_buf_text(&id), NULL);
	if (rc != PV_OK && rc != PV_ENOMEM) {
		pv_buf_clear(&state);
		rc = PV_OK;
	}
	if (rc == PV_OK && blob->hex[0])
		rc = add_text(&out->state, to, state.len ? state.ptr : blob->hex);
	pv_buf_dispose(&state);
	pv_buf_dispose(&id);
	return rc == PV_ENOMEM ? pv_fail_nomem(&cli->err) : rc;
}

static int add_subject(policy_facts *to, const pv_policy_subject *subject)
{
	if (pv_array_reserve(&to->subjects, &to->cap, to->count + 1,
			     sizeof(*subject)) < 0)
		return pv_fail_nomem(&to->cli->err);
	to->subjects[to->count++] = *subject;
	return PV_OK;
}

int policy_add_subject(policy_facts *to, const char *path, const pv_oid *blob,
		       const pv_oid *commit)
{
	pv_policy_subject subject = { 0 };
	int rc = add_text(&subject.path, to, path);

	if (rc == PV_OK)
		rc = add_state(&subject, to, blob, commit);
	return rc == PV_OK ? add_subject(to, &subject) : rc;
}

int policy_add_known(policy_facts *to, const char *path, const char *id,
		     const char *state)
{
	pv_policy_subject subject = { 0 };
	int rc = add_text(&subject.path, to, path);

	if (rc == PV_OK && id)
		rc = add_text(&subject.id, to, id);
	if (rc == PV_OK && state)
		rc = add_text(&subject.state, to, state);
	return rc == PV_OK ? add_subject(to, &subject) : rc;
}

struct adding {
	policy_facts *to;
	const pv_oid *at;
};

static int add_file(const char *commit, const changed_file *file, void *payload)
{
	static const pv_oid gone = { "" };
	struct adding *it = payload;

	(void)commit;
	return policy_add_subject(it->to, file->path,
				  file->mode ? &file->blob : &gone, it->at);
}

int policy_add_subjects(policy_facts *to, const pv_oid *from, const pv_oid *at)
{
	struct adding it = { to, at };

	return policy_each_between(to->cli, from, at, add_file, &it);
}

int policy_add_authors(policy_facts *to, const pv_strlist *commits)
{
	pv_cli *cli = to->cli;
	int rc = PV_OK;

	for (size_t i = 0; i < commits->count && rc == PV_OK; i++) {
		pv_commit commit = { 0 };
		pv_oid oid;

		memcpy(oid.hex, commits->items[i], 40);
		oid.hex[40] = '\0';
		rc = pv_store_commit_read(&commit, cli->store, &oid, &cli->err);
		if (rc == PV_OK && commit.parent_count < 2)
			rc = pv_strlist_add(&to->authors, commit.author.email,
					    &cli->err);
		pv_commit_dispose(&commit);
	}
	return rc;
}

/* --- approvals ----------------------------------------------------------------- */

/* A vote, and what its review makes of it. */
struct vote {
	const pv_review_event *event;
	int is_own; /* of who put the review up */
};

static int add_approval(policy_facts *to, const struct vote *vote,
			const pv_policy_subject *subject, const char *state)
{
	pv_policy_approval approval = { .path = subject->path,
					.is_own = vote->is_own,
					.is_against = vote->event->kind ==
						      PV_REVIEW_REJECTED };
	int rc = add_text(&approval.by, to, vote->event->by);

	if (rc == PV_OK && state)
		rc = add_text(&approval.state, to, state);
	if (rc == PV_OK &&
	    pv_array_reserve(&to->approvals, &to->approval_cap,
			     to->approval_count + 1, sizeof(approval)) < 0)
		rc = pv_fail_nomem(&to->cli->err);
	if (rc == PV_OK)
		to->approvals[to->approval_count++] = approval;
	return rc;
}

/* A file that is no prompt was approved as the head has it. */
static int add_file_approval(policy_facts *to, const struct vote *vote,
			     const pv_policy_subject *subject)
{
	pv_point at = { PV_AT_COMMIT, vote->event->head };
	pv_oid blob = { "" };
	int rc = pv_store_find(&blob, to->cli->store, &at, subject->path, NULL);

	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&to->cli->err);
	if (rc < 0 && rc != PV_ENOTFOUND)
		return PV_OK;
	return add_approval(to, vote, subject, rc == PV_OK ? blob.hex : NULL);
}

int policy_counts(pv_cli *cli, const pv_policy *policy,
		  const pv_review_event *vote)
{
	pv_signature_check check;
	int is_good;
	int rc;

	if (vote->origin)
		return 0;
	if (!(pv_policy_signed(policy) & PV_SIGNED_REVIEWS))
		return 1;
	rc = pv_signature_check_load(&check, cli->store, &vote->oid, &cli->err);
	is_good = rc == PV_OK && check.state == PV_SIGNATURE_GOOD;
	pv_signature_check_dispose(&check);
	return rc < 0 ? rc : is_good;
}

static int add_vote(policy_facts *to, const struct vote *vote)
{
	const pv_review_event *event = vote->event;
	size_t count = to->count;
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		const pv_policy_subject *subject = &to->subjects[i];

		if (!subject->id) {
			rc = add_file_approval(to, vote, subject);
			continue;
		}
		for (size_t k = 0; k < event->subject_count && rc == PV_OK; k++) {
			const pv_review_subject *said = &event->subjects[k];

			if (!strcmp(said->id, subject->id))
				rc = add_approval(to, vote, subject,
						  said->blob.hex[0] ? said->closure
								    : NULL);
		}
	}
	return rc;
}

/* A signature costs more to look at than all else: last of all. */
static int is_about(const policy_facts *to, const pv_review_event *vote)
{
	for (size_t i = 0; i < to->count; i++) {
		if (!to->subjects[i].id)
			return 1;
		for (size_t k = 0; k < vote->subject_count; k++)
			if (!strcmp(vote->subjects[k].id, to->subjects[i].id))
				return 1;
	}
	return 0;
}

static int is_put_up_by(const pv_review *review, const pv_policy *policy,
			const char *person)
{
	for (size_t i = 0; i < review->event_count; i++) {
		const pv_review_event *event = review->events[i];

		if ((event->kind == PV_REVIEW_OPENED ||
		     event->kind == PV_REVIEW_REVISED) &&
		    pv_policy_is_person(policy, event->by, person))
			return 1;
	}
	return 0;
}

/* Whoever asks for changes does so of the head, while the review is open. */
static int is_wanted(const pv_review *review, const pv_review_vote *vote,
		     int current_only)
{
	if (vote->event->kind == PV_REVIEW_REJECTED)
		return vote->is_current && !review->end;
	return vote->is_current || !current_only;
}

int policy_add_votes(policy_facts *to, const pv_policy *policy,
		     const pv_review *review, int current_only)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < review->vote_count; i++) {
		const struct vote vote = {
			review->votes[i].event,
			is_put_up_by(review, policy, review->votes[i].event->by)
		};

		if (!is_wanted(review, &review->votes[i], current_only) ||
		    !is_about(to, vote.event))
			continue;
		rc = policy_counts(to->cli, policy, vote.event);
		if (rc > 0)
			rc = add_vote(to, &vote);
	}
	return rc;
}

struct counting {
	policy_facts *to;
	const pv_policy *policy;
};

/* What cannot be read approves of nothing. */
static int add_review(const char *id, const pv_oid *tip, void *payload)
{
	struct counting *it = payload;
	policy_facts *to = it->to;
	pv_review *review = NULL;
	int rc = pv_review_read(&review, to->cli->store, id, tip, NULL);

	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&to->cli->err);
	if (rc == PV_OK)
		rc = policy_add_votes(to, it->policy, review, 0);
	pv_review_free(review);
	return rc == PV_ENOMEM ? rc : PV_OK;
}

int policy_add_approvals(policy_facts *to, const pv_policy *policy)
{
	struct counting it = { to, policy };

	return pv_review_each(to->cli->store, add_review, &it, &to->cli->err);
}

/* --- the whole ----------------------------------------------------------------- */

void policy_facts_put(pv_policy_facts *out, const policy_facts *facts)
{
	out->subjects = facts->subjects;
	out->subject_count = facts->count;
	out->approvals = facts->approvals;
	out->approval_count = facts->approval_count;
	out->authors = (const char *const *)facts->authors.items;
	out->author_count = facts->authors.count;
}

void policy_facts_dispose(policy_facts *facts)
{
	pv_free(facts->subjects);
	pv_free(facts->approvals);
	pv_strlist_dispose(&facts->authors);
	pv_strlist_dispose(&facts->texts);
	facts->subjects = NULL;
	facts->approvals = NULL;
}
