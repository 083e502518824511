/* SPDX-License-Identifier: MIT
 *
 * See review_facts.h. A prompt's state is its closure, another file's its
 * blob; an approval is of the states that the commit under review has.
 */
#include "review_facts.h"

#include <string.h>

#include "base/fail.h"
#include "base/map.h"
#include "base/mem.h"
#include "git.h"
#include "policy_facts.h"

struct gather {
	pv_cli *cli;
	review_facts *facts;
	const pv_review *review;
	pv_map before;    /* path: pv_oid, of files that are no prompts */
	pv_map candidate; /* the same */
	pv_map reviewed;  /* the same, of the commit under review */
	pv_map *filling;
};

/* --- files --------------------------------------------------------------------- */

static int add_file(const char *path, const pv_oid *blob, void *payload)
{
	struct gather *it = payload;
	pv_cli *cli = it->cli;
	pv_buf id = { 0 };
	int is_prompt = pv_prompt_id(&id, &cli->settings, path, NULL) == PV_OK;
	pv_oid *copy;

	pv_buf_dispose(&id);
	if (is_prompt || !blob)
		return PV_OK;
	copy = pv_arena_alloc(&it->facts->arena, sizeof(*copy));
	if (!copy)
		return pv_fail_nomem(&cli->err);
	*copy = *blob;
	return pv_map_set(it->filling, pv_str_of(path), copy, NULL, &cli->err);
}

static int list_files(struct gather *it, pv_map *out, const pv_oid *commit)
{
	pv_point at = { PV_AT_COMMIT, *commit };

	it->filling = out;
	return pv_store_each(it->cli->store, &at, "", add_file, it,
			     &it->cli->err);
}

static const char *keep(struct gather *it, const char *text, size_t len)
{
	return pv_arena_dup(&it->facts->arena, text, len);
}

static int add_subject(struct gather *it, const pv_policy_subject *subject)
{
	review_facts *facts = it->facts;

	if (!subject->path ||
	    pv_array_reserve(&facts->files, &facts->file_cap,
			     facts->file_count + 1, sizeof(*facts->files)) < 0)
		return pv_fail_nomem(&it->cli->err);
	facts->files[facts->file_count++] = *subject;
	return PV_OK;
}

static int add_changed(pv_str key, void *value, void *payload)
{
	struct gather *it = payload;
	const pv_oid *now = value;
	const pv_oid *was = pv_map_find(&it->before, key);
	pv_policy_subject subject = { .state = now->hex };

	if (was && !strcmp(was->hex, now->hex))
		return PV_OK;
	subject.path = keep(it, key.ptr, key.len);
	return add_subject(it, &subject);
}

static int add_gone(pv_str key, void *value, void *payload)
{
	struct gather *it = payload;
	pv_policy_subject subject = { 0 };

	(void)value;
	if (pv_map_find(&it->candidate, key))
		return PV_OK;
	subject.path = keep(it, key.ptr, key.len);
	return add_subject(it, &subject);
}

/* The path of a prompt, kept. NULL: no memory. */
static const char *path_of(struct gather *it, const char *id)
{
	pv_buf path = { 0 };
	const char *out = NULL;

	if (pv_prompt_path(&path, &it->cli->settings, id, NULL) == PV_OK)
		out = keep(it, path.ptr, path.len);
	pv_buf_dispose(&path);
	return out;
}

static int add_prompts(struct gather *it)
{
	const pv_review_subjects *subjects = &it->facts->subjects;
	int rc = PV_OK;

	for (size_t i = 0; i < subjects->count && rc == PV_OK; i++) {
		const pv_review_subject *item = &subjects->items[i];
		pv_policy_subject subject = { .id = item->id };

		subject.path = path_of(it, item->id);
		subject.state = item->closure[0] ? item->closure : NULL;
		rc = add_subject(it, &subject);
	}
	return rc;
}

/* --- who agreed ------------------------------------------------------------------ */

static int add_approval(struct gather *it, const char *by, const char *path,
			const char *state)
{
	review_facts *facts = it->facts;

	if (!path || pv_array_reserve(&facts->approvals, &facts->approval_cap,
				      facts->approval_count + 1,
				      sizeof(*facts->approvals)) < 0)
		return pv_fail_nomem(&it->cli->err);
	facts->approvals[facts->approval_count].by = by;
	facts->approvals[facts->approval_count].path = path;
	facts->approvals[facts->approval_count++].state = state;
	return PV_OK;
}

/* What somebody saw: the prompts of the vote, and all other files. */
static int add_vote(struct gather *it, const pv_review_event *event)
{
	size_t count = it->facts->file_count;
	int rc = PV_OK;

	for (size_t i = 0; i < event->subject_count && rc == PV_OK; i++) {
		const char *closure = event->subjects[i].closure;

		rc = add_approval(it, event->by,
				  path_of(it, event->subjects[i].id),
				  closure[0] ? closure : NULL);
	}
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		const pv_policy_subject *file = &it->facts->files[i];
		const pv_oid *seen;

		if (file->id)
			continue;
		seen = pv_map_find(&it->reviewed, pv_str_of(file->path));
		rc = add_approval(it, event->by, file->path,
				  seen ? seen->hex : NULL);
	}
	return rc;
}

static int add_votes(struct gather *it)
{
	const pv_review *review = it->review;
	int rc = PV_OK;

	for (size_t i = 0; i < review->vote_count && rc == PV_OK; i++)
		if (review->votes[i].is_current &&
		    review->votes[i].event->kind == PV_REVIEW_APPROVED)
			rc = add_vote(it, review->votes[i].event);
	return rc;
}

/* Whoever wrote a commit of it, or put it up. */
static int add_authors(struct gather *it, const pv_oid *before)
{
	const char *args[] = {
		"log",   "--format=%an <%ae>", it->review->head.hex,
		"--not", before->hex,          NULL
	};
	pv_cli *cli = it->cli;
	pv_strlist *out = &it->facts->authors;
	pv_buf lines = { 0 };
	int rc = cli_git(&lines, cli, args);
	const char *line = pv_buf_text(&lines);

	while (rc == PV_OK && *line) {
		size_t len = strcspn(line, "\n");

		rc = pv_strlist_addn(out, line, len, &cli->err);
		line += len + (line[len] != '\0');
	}
	for (size_t i = 0; i < it->review->event_count && rc == PV_OK; i++) {
		const pv_review_event *event = it->review->events[i];

		if (event->kind == PV_REVIEW_OPENED ||
		    event->kind == PV_REVIEW_REVISED)
			rc = pv_strlist_add(out, event->by, &cli->err);
	}
	pv_strlist_sort(out);
	pv_strlist_unique(out);
	pv_buf_dispose(&lines);
	return rc;
}

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

static int judge(pv_policy_verdict *out, struct gather *it,
		 const pv_oid *before, const char *override)
{
	review_facts *facts = it->facts;
	pv_policy_check checks[REVIEW_CHECKS];
	pv_policy_facts given = { .action = PV_POLICY_MERGE,
				  .actor = pv_buf_text(&facts->actor),
				  .branch = it->review->opened->target,
				  .subjects = facts->files,
				  .subject_count = facts->file_count,
				  .approvals = facts->approvals,
				  .approval_count = facts->approval_count,
				  .override = override };
	pv_policy *policy = NULL;
	int rc = policy_load(&policy, it->cli, before);

	given.authors = (const char *const *)facts->authors.items;
	given.author_count = facts->authors.count;
	for (size_t i = 0; i < REVIEW_CHECKS; i++) {
		checks[i].name = facts->checks.items[i].name;
		checks[i].is_ok = facts->checks.items[i].is_ok;
	}
	given.checks = checks;
	given.check_count = REVIEW_CHECKS;
	if (rc == PV_OK)
		rc = pv_policy_judge(out, policy, &given, &it->cli->err);
	pv_policy_free(policy);
	return rc;
}

static int gather(struct gather *it, const pv_oid *before, const pv_oid *candidate)
{
	pv_cli *cli = it->cli;
	review_facts *facts = it->facts;
	int rc = pv_review_subjects_load(&facts->subjects, cli->store,
					 &cli->settings, before, candidate,
					 &cli->err);

	if (rc == PV_OK)
		rc = review_checks_run(&facts->checks, cli, &facts->subjects,
				       candidate, before);
	if (rc == PV_OK)
		rc = add_prompts(it);
	if (rc == PV_OK)
		rc = list_files(it, &it->before, before);
	if (rc == PV_OK)
		rc = list_files(it, &it->candidate, candidate);
	if (rc == PV_OK)
		rc = list_files(it, &it->reviewed, &it->review->head);
	if (rc == PV_OK)
		rc = pv_map_each(&it->candidate, add_changed, it);
	if (rc == PV_OK)
		rc = pv_map_each(&it->before, add_gone, it);
	if (rc == PV_OK)
		rc = add_votes(it);
	if (rc == PV_OK)
		rc = add_authors(it, before);
	return rc == PV_OK ? read_actor(it) : rc;
}

int review_facts_judge(pv_policy_verdict *out, review_facts *facts,
		       const pv_review *review, const pv_oid *before,
		       const pv_oid *candidate, const char *override)
{
	struct gather it = { .cli = facts->cli, .facts = facts, .review = review };
	int rc;

	memset(out, 0, sizeof(*out));
	rc = gather(&it, before, candidate);
	if (rc == PV_OK)
		rc = judge(out, &it, before, override);
	pv_map_dispose(&it.before);
	pv_map_dispose(&it.candidate);
	pv_map_dispose(&it.reviewed);
	return rc;
}

void review_facts_dispose(review_facts *facts)
{
	pv_review_subjects_dispose(&facts->subjects);
	review_checks_dispose(&facts->checks);
	pv_strlist_dispose(&facts->authors);
	pv_buf_dispose(&facts->actor);
	pv_arena_dispose(&facts->arena);
	pv_free(facts->files);
	pv_free(facts->approvals);
	memset(facts, 0, sizeof(*facts));
}
