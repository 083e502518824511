/* SPDX-License-Identifier: MIT
 *
 * Making the commits of a chain. What a commit says to people ends in
 * trailers, and nobody's words can pass for one.
 */
#include <string.h>

#include "base/fail.h"
#include "review/chain.h"

/* On one line, as subjects and trailers are. */
static void put_line(pv_buf *out, const char *text, size_t most)
{
	for (size_t i = 0; i < most && text[i]; i++)
		pv_buf_putc(out,
			    (char)((unsigned char)text[i] < ' ' ? ' ' : text[i]));
}

static void put_message(pv_buf *out, const char *id, const pv_review_event *event)
{
	static const char *const verbs[] = {
		[PV_REVIEW_OPENED] = "Open the review",
		[PV_REVIEW_REVISED] = "Revise",
		[PV_REVIEW_COMMENTED] = "Comment on",
		[PV_REVIEW_RESOLVED] = "Resolve a comment of",
		[PV_REVIEW_APPROVED] = "Approve",
		[PV_REVIEW_REJECTED] = "Ask for changes of",
		[PV_REVIEW_WITHDRAWN] = "Withdraw from",
		[PV_REVIEW_MERGED] = "Merge",
		[PV_REVIEW_CLOSED] = "Close",
	};
	const size_t all = (size_t)-1;

	pv_buf_printf(out, "%s ", verbs[event->kind]);
	if (id)
		pv_buf_printf(out, "review %.7s", id);
	else
		put_line(out, event->title, all);
	pv_buf_putc(out, '\n');
	if (event->text && *event->text)
		pv_buf_printf(out, "\n%s\n", event->text);
	pv_buf_printf(out, "\nPv-Event: %s\n", pv_review_kind_name(event->kind));
	if (id)
		pv_buf_printf(out, "Pv-Review: %s\n", id);
	if (event->head.hex[0])
		pv_buf_printf(out, "Pv-Commit: %s\n", event->head.hex);
}

static int is_kept(const pv_review_event *event)
{
	return event->kind == PV_REVIEW_OPENED ||
	       event->kind == PV_REVIEW_REVISED;
}

int pv_review_append(pv_oid *out, pv_store *store, const char *id,
		     const pv_oid *tip, const pv_review_event *event,
		     pv_error *err)
{
	pv_change files[] = {
		{ "event.json", NULL, 0 },
		{ "format", PV_REVIEW_FORMAT, sizeof(PV_REVIEW_FORMAT) - 1 },
	};
	pv_lone_commit commit = { .count = 2 };
	pv_oid parents[2];
	pv_buf message = { 0 };
	pv_buf json = { 0 };
	int rc = pv_review_event_put(&json, event, err);

	files[0].data = json.ptr;
	files[0].len = json.len;
	commit.files = files;
	if (tip->hex[0])
		parents[commit.parent_count++] = *tip;
	if (is_kept(event))
		parents[commit.parent_count++] = event->head;
	commit.parents = parents;
	if (rc == PV_OK) {
		put_message(&message, id, event);
		rc = pv_buf_status(&message, err);
	}
	commit.message = pv_buf_text(&message);
	if (rc == PV_OK)
		rc = pv_store_commit_lone(out, store, &commit, err);
	pv_buf_dispose(&message);
	pv_buf_dispose(&json);
	return rc;
}

/* --- joining --------------------------------------------------------------- */

static int read_time(int64_t *latest, pv_store *store, const pv_oid *oid,
		     pv_error *err)
{
	pv_commit commit = { 0 };
	int rc = pv_store_commit_read(&commit, store, oid, err);

	if (rc == PV_OK && commit.committer.when > *latest)
		*latest = commit.committer.when;
	pv_commit_dispose(&commit);
	return rc;
}

/* Nothing in it is of whoever makes it, so that all make the same. */
static int make_join(pv_oid *out, pv_store *store, const char *id,
		     const pv_oid parents[2], pv_error *err)
{
	pv_signature who = { .name = (char[]){ "git-pv" },
			     .email = (char[]){ "git-pv@localhost" } };
	const pv_change format = { "format", PV_REVIEW_FORMAT,
				   sizeof(PV_REVIEW_FORMAT) - 1 };
	pv_lone_commit commit = { .files = &format,
				  .count = 1,
				  .parents = parents,
				  .parent_count = 2,
				  .who = &who };
	pv_buf message = { 0 };
	int rc = read_time(&who.when, store, &parents[0], err);

	if (rc == PV_OK)
		rc = read_time(&who.when, store, &parents[1], err);
	pv_buf_printf(&message,
		      "Join review %.7s\n\nPv-Event: joined\nPv-Review: %s\n",
		      id, id);
	if (rc == PV_OK)
		rc = pv_buf_status(&message, err);
	commit.message = pv_buf_text(&message);
	if (rc == PV_OK)
		rc = pv_store_commit_lone(out, store, &commit, err);
	pv_buf_dispose(&message);
	return rc;
}

int pv_review_join(pv_oid *out, pv_store *store, const char *id,
		   const pv_oid *a, const pv_oid *b, pv_error *err)
{
	pv_oid parents[2];
	int rc = pv_store_is_ancestor(store, a, b, err);

	*out = *b;
	if (rc)
		return rc < 0 ? rc : PV_OK;
	rc = pv_store_is_ancestor(store, b, a, err);
	*out = *a;
	if (rc)
		return rc < 0 ? rc : PV_OK;
	parents[0] = strcmp(a->hex, b->hex) < 0 ? *a : *b;
	parents[1] = strcmp(a->hex, b->hex) < 0 ? *b : *a;
	return make_join(out, store, id, parents, err);
}
