/* SPDX-License-Identifier: MIT
 *
 * See review_authors.h.
 */
#include "review/review_authors.h"

#include "base/fail.h"

struct adding {
	pv_strlist *to;
	pv_cli *cli;
};

/* Who opened or revised it, and who is said to have where it came from. */
static int add_speakers(pv_strlist *to, pv_cli *cli, const pv_review *review)
{
	int rc = PV_OK;

	for (size_t i = 0; i < review->event_count && rc == PV_OK; i++) {
		const pv_review_event *event = review->events[i];

		if (event->kind != PV_REVIEW_OPENED &&
		    event->kind != PV_REVIEW_REVISED)
			continue;
		rc = pv_strlist_add(to, event->by, &cli->err);
		if (rc == PV_OK && event->origin)
			rc = pv_strlist_add(to, pv_review_said_by(event),
					    &cli->err);
	}
	pv_strlist_sort(to);
	pv_strlist_unique(to);
	return rc;
}

static int add_person(const char *person, void *payload)
{
	const struct adding *it = payload;

	return pv_strlist_add(it->to, person, &it->cli->err);
}

int review_add_authors(pv_strlist *to, pv_cli *cli, const pv_review *review,
		       const pv_oid *before)
{
	struct adding it = { to, cli };
	int rc = pv_review_each_author(cli->store, &review->head, before,
				       add_person, &it, &cli->err);

	return rc == PV_OK ? add_speakers(to, cli, review) : rc;
}

/* --- of a prompt --------------------------------------------------------------- */

static int add_author(const pv_oid *oid, const pv_oid *blob, void *payload)
{
	const struct adding *it = payload;
	pv_cli *cli = it->cli;
	pv_commit commit = { 0 };
	pv_buf person = { 0 };
	int rc = pv_store_commit_read(&commit, cli->store, oid, &cli->err);

	(void)blob;
	if (rc == PV_OK) {
		pv_buf_printf(&person, "%s <%s>", commit.author.name,
			      commit.author.email);
		rc = pv_buf_status(&person, &cli->err);
	}
	if (rc == PV_OK)
		rc = add_person(person.ptr, payload);
	pv_buf_dispose(&person);
	pv_commit_dispose(&commit);
	return rc;
}

/* Who made a file what it is since the base, or at all without one. */
static int add_file(pv_strlist *to, pv_cli *cli, const pv_review *review,
		    const char *path)
{
	struct adding it = { to, cli };
	const pv_history_query query = { .start = review->head,
					 .path = path,
					 .hide = &review->base,
					 .hide_count = review->base.hex[0] != 0 };

	return pv_history_walk(cli->store, &query, add_author, &it, &cli->err);
}

/* The files that the prompt depends on which the review brought. */
static int add_below(pv_strlist *to, pv_cli *cli, const pv_review *review,
		     const char *id)
{
	const pv_point from = { PV_AT_COMMIT, review->base };
	const pv_point head = { PV_AT_COMMIT, review->head };
	const pv_closure_change *changes = NULL;
	pv_dependencies *both = NULL;
	size_t count = 0;
	int rc = pv_dependencies_new(&both, cli->store, &cli->settings, &from,
				     &head, &cli->err);

	if (rc == PV_OK)
		rc = pv_dependencies_compare(&changes, &count, both, id, id,
					     &cli->err);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = add_file(to, cli, review, changes[i].path);
	pv_dependencies_free(both);
	return rc;
}

int review_add_writers(pv_strlist *to, pv_cli *cli, const pv_review *review,
		       const char *id)
{
	pv_buf path = { 0 };
	int rc = pv_prompt_path(&path, &cli->settings, id, &cli->err);

	if (rc == PV_OK)
		rc = add_file(to, cli, review, path.ptr);
	if (rc == PV_OK && review->base.hex[0])
		rc = add_below(to, cli, review, id);
	pv_buf_dispose(&path);
	return rc == PV_OK ? add_speakers(to, cli, review) : rc;
}

int review_add_owners(pv_strlist *to, pv_cli *cli, const pv_review *review)
{
	const char *prompt = review->opened->prompt;

	return prompt ? review_add_writers(to, cli, review, prompt)
		      : review_add_authors(to, cli, review, &review->base);
}
