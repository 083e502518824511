/* SPDX-License-Identifier: MIT
 *
 * See sync.h: what the remote had, as `git fetch` left it in refs that are
 * only for that, against what is here.
 */
#include "sync.h"

#include <limits.h>
#include <string.h>

#include <pv/review.h>

#include "base/fail.h"
#include "git.h"
#include "review_rows.h"

/* The id of a ref; hex "" when there is none. */
static int read_ref(pv_oid *out, const sync_run *run, const char *name)
{
	pv_cli *cli = run->cli;
	int rc = pv_store_ref(out, cli->store, name, &cli->err);

	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(&cli->err);
	out->hex[0] = '\0';
	return PV_OK;
}

/* Appends the name of a ref at the remote, as it was seen last. */
static void put_seen(pv_buf *out, const sync_run *run, const char *refname)
{
	static const char tags[] = "refs/tags/";
	static const char heads[] = "refs/heads/";
	static const char ours[] = "refs/pv/";

	if (pv_str_has_prefix(refname, tags))
		pv_buf_printf(out, "refs/pv/remote/%s/tags/%s", run->remote,
			      refname + strlen(tags));
	else if (pv_str_has_prefix(refname, heads))
		pv_buf_printf(out, "refs/remotes/%s/%s", run->remote,
			      refname + strlen(heads));
	else
		pv_buf_printf(out, "refs/remotes-pv/%s/%s", run->remote,
			      refname + strlen(ours));
}

/* What the remote has there. */
static int read_seen(pv_oid *out, const sync_run *run, const char *refname)
{
	pv_buf name = { 0 };
	int rc;

	put_seen(&name, run, refname);
	rc = pv_buf_status(&name, &run->cli->err);
	if (rc == PV_OK)
		rc = read_ref(out, run, name.ptr);
	pv_buf_dispose(&name);
	return rc;
}

/* --- reviews --------------------------------------------------------------------- */

/* What a dry run would make of it. */
static int foresee(enum pv_review_union *out, sync_run *run,
		   const char *refname, const pv_oid *theirs)
{
	pv_cli *cli = run->cli;
	pv_oid ours;
	int rc = read_ref(&ours, run, refname);

	*out = PV_REVIEW_NEW;
	if (rc < 0 || !ours.hex[0])
		return rc;
	*out = PV_REVIEW_SAME;
	rc = pv_store_is_ancestor(cli->store, theirs, &ours, &cli->err);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	rc = pv_store_is_ancestor(cli->store, &ours, theirs, &cli->err);
	*out = rc ? PV_REVIEW_AHEAD : PV_REVIEW_JOINED;
	return rc < 0 ? rc : PV_OK;
}

/* A chain that is none is passed over: it is nobody's review. */
static int take_review(const char *seen, const pv_oid *theirs, void *payload)
{
	sync_run *run = payload;
	pv_cli *cli = run->cli;
	const char *id = strrchr(seen, '/') + 1;
	enum pv_review_union how = PV_REVIEW_SAME;
	pv_buf refname = { 0 };
	int rc;

	pv_buf_printf(&refname, PV_REVIEW_REFS "%.2s/%s", id, id);
	rc = pv_buf_status(&refname, &cli->err);
	if (rc == PV_OK && strlen(id) != 40)
		rc = pv_fail(&cli->err, PV_EINVALID, "\"%.80s\" is no review",
			     seen);
	if (rc == PV_OK)
		rc = run->is_dry ? foresee(&how, run, refname.ptr, theirs)
				 : pv_review_unite(&how, cli->store, id, theirs,
						   &cli->err);
	pv_buf_dispose(&refname);
	if (rc == PV_EINVALID || rc == PV_ELIMIT) {
		cli_warn(cli, "%s of \"%s\" is left out: %s", seen, run->remote,
			 cli->err.message);
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	run->fetched.reviews += rc == PV_OK && how != PV_REVIEW_SAME;
	run->joined += rc == PV_OK && how == PV_REVIEW_JOINED;
	return rc;
}

static int offer_review(const char *id, const pv_oid *tip, void *payload)
{
	sync_run *run = payload;
	pv_buf refname = { 0 };
	pv_oid theirs;
	int rc;

	pv_buf_printf(&refname, PV_REVIEW_REFS "%.2s/%s", id, id);
	rc = pv_buf_status(&refname, &run->cli->err);
	if (rc == PV_OK)
		rc = read_seen(&theirs, run, refname.ptr);
	if (rc == PV_OK && strcmp(theirs.hex, tip->hex) != 0)
		rc = pv_strlist_add(&run->chains, refname.ptr, &run->cli->err);
	pv_buf_dispose(&refname);
	return rc;
}

int sync_reviews(sync_run *run)
{
	pv_cli *cli = run->cli;
	pv_buf prefix = { 0 };
	int rc;

	put_seen(&prefix, run, PV_REVIEW_REFS);
	rc = pv_buf_status(&prefix, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_ref_each(cli->store, prefix.ptr, take_review, run,
				       &cli->err);
	pv_buf_dispose(&prefix);
	return rc;
}

/* --- merged elsewhere -------------------------------------------------------------- */

/* The commit of the branch's own line that brought `head` to it. */
static int find_merge(pv_oid *out, sync_run *run, const pv_oid *head,
		      const pv_oid *tip)
{
	pv_buf lines = { 0 };
	pv_buf range = { 0 };
	const char *args[] = { "rev-list",
			       "--first-parent",
			       "--ancestry-path",
			       "--reverse",
			       NULL,
			       "--",
			       NULL };
	int rc;

	*out = *head;
	pv_buf_printf(&range, "%s..%s", head->hex, tip->hex);
	rc = pv_buf_status(&range, &run->cli->err);
	args[4] = range.ptr;
	if (rc == PV_OK)
		rc = cli_git(&lines, run->cli, args);
	/* Nothing but what came after it: the branch was moved forward to it. */
	if (rc == PV_OK && strcspn(pv_buf_text(&lines), "\n") == 40) {
		pv_commit commit = { 0 };
		pv_oid first = { "" };

		memcpy(first.hex, lines.ptr, 40);
		first.hex[40] = '\0';
		rc = pv_store_commit_read(&commit, run->cli->store, &first,
					  &run->cli->err);
		if (rc == PV_OK && commit.parent_count &&
		    strcmp(commit.parents[0].hex, head->hex) != 0)
			*out = first;
		pv_commit_dispose(&commit);
	}
	pv_buf_dispose(&lines);
	pv_buf_dispose(&range);
	return rc;
}

static int end_review(sync_run *run, const char *id, const pv_oid *head,
		      const pv_oid *tip)
{
	pv_review_event event = { .kind = PV_REVIEW_MERGED, .head = *head };
	pv_cli *cli = run->cli;
	pv_oid made;
	int rc = pv_strlist_add(&run->merged, id, &cli->err);

	if (rc < 0 || run->is_dry)
		return rc;
	rc = find_merge(&event.commit, run, head, tip);
	return rc < 0 ? rc
		      : pv_review_add(&made, cli->store, id, &event, &cli->err);
}

/* Looks at the branch that a review is for, as the remote has it. */
static int look_at(sync_run *run, const pv_json *row)
{
	pv_cli *cli = run->cli;
	const char *state = pv_json_text(pv_json_get(row, "state"), NULL);
	const char *target = pv_json_text(pv_json_get(row, "target"), NULL);
	const char *head = pv_json_text(pv_json_get(row, "head"), NULL);
	pv_buf branch = { 0 };
	pv_oid tip = { "" };
	pv_oid oid = { "" };
	int rc;

	if (!target || !head || strlen(head) != 40 || !strcmp(state, "merged") ||
	    !strcmp(state, "closed") || pv_branch_check(target, NULL) < 0)
		return PV_OK;
	memcpy(oid.hex, head, sizeof(oid.hex));
	pv_buf_printf(&branch, "refs/heads/%s", target);
	rc = pv_buf_status(&branch, &cli->err);
	if (rc == PV_OK)
		rc = read_seen(&tip, run, branch.ptr);
	pv_buf_dispose(&branch);
	if (rc < 0 || !tip.hex[0])
		return rc;
	rc = pv_store_is_ancestor(cli->store, &oid, &tip, &cli->err);
	return rc > 0 ? end_review(run,
				   pv_json_text(pv_json_get(row, "id"), NULL),
				   &oid, &tip)
		      : rc;
}

int sync_merged(sync_run *run)
{
	pv_cli *cli = run->cli;
	review_rows rows;
	int rc = review_rows_read(&rows, cli);

	for (size_t i = 0; rc == PV_OK && i < rows.count; i++)
		rc = look_at(run, rows.items[i]);
	review_rows_dispose(&rows);
	return rc == PV_OK
		       ? pv_review_each(cli->store, offer_review, run, &cli->err)
		       : rc;
}

/* --- versions -------------------------------------------------------------------- */

/* Whether a tag is a version: it ends in /vX.Y.Z behind an id. */
static int is_version(const char *name)
{
	const char *last = strrchr(name, '/');
	pv_semver number;

	return last && last[1] == 'v' &&
	       pv_semver_parse(&number, last + 1, NULL) == PV_OK;
}

static int take_tag(const char *seen, const pv_oid *theirs, void *payload)
{
	static const pv_oid none;
	sync_run *run = payload;
	pv_cli *cli = run->cli;
	const char *name = seen + strlen("refs/pv/remote/") +
			   strlen(run->remote) + strlen("/tags/");
	pv_buf refname = { 0 };
	pv_oid ours;
	int rc;

	if (!is_version(name))
		return PV_OK;
	pv_buf_printf(&refname, "refs/tags/%s", name);
	rc = pv_buf_status(&refname, &cli->err);
	if (rc == PV_OK)
		rc = read_ref(&ours, run, refname.ptr);
	if (rc == PV_OK && ours.hex[0] && strcmp(ours.hex, theirs->hex) != 0)
		rc = pv_strlist_add(&run->clashes, name, &cli->err);
	if (rc == PV_OK && !ours.hex[0]) {
		run->fetched.tags++;
		if (!run->is_dry)
			rc = pv_store_ref_update(cli->store, refname.ptr, theirs,
						 &none, "sync", &cli->err);
	}
	pv_buf_dispose(&refname);
	return rc;
}

static int offer_tag(const char *refname, const pv_oid *oid, void *payload)
{
	sync_run *run = payload;
	pv_oid theirs;
	int rc;

	(void)oid;
	if (!is_version(refname))
		return PV_OK;
	rc = read_seen(&theirs, run, refname);
	return rc == PV_OK && !theirs.hex[0]
		       ? pv_strlist_add(&run->tags, refname, &run->cli->err)
		       : rc;
}

int sync_tags(sync_run *run)
{
	pv_cli *cli = run->cli;
	pv_buf prefix = { 0 };
	int rc;

	put_seen(&prefix, run, "refs/tags/");
	rc = pv_buf_status(&prefix, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_ref_each(cli->store, prefix.ptr, take_tag, run,
				       &cli->err);
	if (rc == PV_OK)
		rc = pv_store_ref_each(cli->store, "refs/tags/", offer_tag, run,
				       &cli->err);
	pv_buf_dispose(&prefix);
	return rc;
}

/* --- deployments ------------------------------------------------------------------- */

static const char deployments[] = "refs/heads/pv/deployments";

/* How many commits `to` has that `from` lacks; all when that is none. */
static int count_commits(size_t *out, sync_run *run, const pv_oid *from,
			 const pv_oid *to)
{
	const char *args[] = { "rev-list", "--count", to->hex,
			       "--not",    from->hex, NULL };
	pv_buf text = { 0 };
	unsigned count = 0;
	int rc;

	if (!from->hex[0])
		args[3] = NULL;
	rc = cli_git(&text, run->cli, args);
	if (rc == PV_OK)
		rc = pv_str_to_uint(&count, pv_str_of(pv_buf_text(&text)),
				    UINT_MAX);
	*out = count;
	pv_buf_dispose(&text);
	return rc;
}

static int move_forward(sync_run *run, const pv_oid *ours, const pv_oid *theirs)
{
	pv_cli *cli = run->cli;
	int rc = count_commits(&run->fetched.deployments, run, ours, theirs);

	if (rc < 0 || run->is_dry)
		return rc;
	if (pv_branch_check_free(cli->store, deployments, NULL) < 0) {
		cli_warn(cli,
			 "a working tree has pv/deployments: \"git merge "
			 "--ff-only %s/pv/deployments\" there updates it",
			 run->remote);
		return PV_OK;
	}
	return pv_store_ref_update(cli->store, deployments, theirs, ours,
				   "sync", &cli->err);
}

int sync_deployments(sync_run *run)
{
	pv_cli *cli = run->cli;
	pv_oid ours = { "" };
	pv_oid theirs = { "" };
	int rc = read_ref(&ours, run, deployments);

	if (rc == PV_OK)
		rc = read_seen(&theirs, run, deployments);
	if (rc < 0 || !strcmp(ours.hex, theirs.hex))
		return rc;
	if (!ours.hex[0])
		return move_forward(run, &ours, &theirs);
	rc = theirs.hex[0]
		     ? pv_store_is_ancestor(cli->store, &theirs, &ours, &cli->err)
		     : 1;
	if (rc > 0) {
		run->pushes_deployments = 1;
		return count_commits(&run->ahead, run, &theirs, &ours);
	}
	if (rc == 0)
		rc = pv_store_is_ancestor(cli->store, &ours, &theirs, &cli->err);
	if (rc > 0)
		return move_forward(run, &ours, &theirs);
	run->has_diverged = rc == 0;
	return rc;
}
