/* SPDX-License-Identifier: MIT
 *
 * See appraise_head.h. The rules are those of git-appraise: a review is
 * submitted when its first commit, or what that became by a rebase, is in the
 * target; what is reviewed is where the branch is while that leads on from
 * there, else the last commit that somebody said something of.
 */
#include "review/appraise_head.h"

#include <string.h>

#include "base/fail.h"
#include "base/str.h"

static const char heads[] = "refs/heads/";

int appraise_has_commit(pv_cli *cli, const pv_oid *commit)
{
	pv_commit read = { 0 };
	int rc;

	if (!commit->hex[0])
		return 0;
	rc = pv_store_commit_read(&read, cli->store, commit, &cli->err);
	pv_commit_dispose(&read);
	if (rc == PV_ENOMEM || rc == PV_OK)
		return rc == PV_OK ? 1 : rc;
	pv_error_clear(&cli->err);
	return 0;
}

static const char *short_name(const char *ref)
{
	return ref && pv_str_has_prefix(ref, heads) ? ref + strlen(heads) : ref;
}

/* Where a ref is here, or a branch at origin; hex "" for nowhere. */
static int find_ref(pv_oid *out, pv_cli *cli, const char *ref)
{
	pv_buf remote = { 0 };
	int rc = PV_ENOTFOUND;

	if (ref && pv_str_has_prefix(ref, "refs/"))
		rc = pv_store_ref(out, cli->store, ref, &cli->err);
	if (rc < 0 && rc != PV_ENOMEM && ref && pv_str_has_prefix(ref, heads)) {
		pv_buf_printf(&remote, "refs/remotes/origin/%s", short_name(ref));
		rc = pv_buf_status(&remote, &cli->err);
		if (rc == PV_OK)
			rc = pv_store_ref(out, cli->store, remote.ptr, &cli->err);
		pv_buf_dispose(&remote);
	}
	if (rc == PV_OK || rc == PV_ENOMEM)
		return rc;
	pv_error_clear(&cli->err);
	out->hex[0] = '\0';
	return PV_OK;
}

/* --- the head --------------------------------------------------------------- */

/* The last commit on the way from `out` that somebody said something of. */
static int follow_comments(pv_oid *out, pv_cli *cli, const appraise_line *lines,
			   size_t count)
{
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc >= 0; i++) {
		const pv_oid *commit = &lines[i].note.commit;

		rc = appraise_has_commit(cli, commit);
		if (rc > 0)
			rc = pv_store_is_ancestor(cli->store, out, commit,
						  &cli->err);
		if (rc > 0)
			*out = *commit;
	}
	return rc < 0 ? rc : PV_OK;
}

static int find_head(appraise_head *out, pv_cli *cli,
		     const appraise_line *lines, size_t count)
{
	pv_oid branch;
	int rc;

	if (out->tip.hex[0]) {
		rc = pv_store_is_ancestor(cli->store, &out->head, &out->tip,
					  &cli->err);
		if (rc < 0)
			return rc;
		out->is_submitted = rc && !out->is_abandoned;
	}
	rc = find_ref(&branch, cli, out->request->source);
	if (rc == PV_OK && branch.hex[0] && !out->is_submitted) {
		rc = pv_store_is_ancestor(cli->store, &out->head, &branch,
					  &cli->err);
		if (rc > 0)
			out->head = branch;
		if (rc)
			return rc < 0 ? rc : PV_OK;
	}
	return rc == PV_OK ? follow_comments(&out->head, cli, lines, count) : rc;
}

/* --- the base --------------------------------------------------------------- */

static int find_parent(pv_oid *out, pv_cli *cli, const pv_oid *of)
{
	pv_commit commit = { 0 };
	int rc = pv_store_commit_read(&commit, cli->store, of, &cli->err);

	out->hex[0] = '\0';
	if (rc == PV_OK && commit.parent_count)
		*out = commit.parents[commit.parent_count - 1];
	pv_commit_dispose(&commit);
	return rc;
}

static int find_base(appraise_head *out, pv_cli *cli, const pv_oid *first)
{
	int rc = appraise_has_commit(cli, &out->request->base);

	if (rc) {
		out->base = out->request->base;
		return rc < 0 ? rc : PV_OK;
	}
	if (out->is_submitted || !out->tip.hex[0])
		return find_parent(&out->base, cli, first);
	rc = pv_store_merge_base(&out->base, cli->store, &out->tip, &out->head,
				 &cli->err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		out->base.hex[0] = '\0';
		rc = PV_OK;
	}
	/* Abandoned, and in the target all the same. */
	return rc == PV_OK && !strcmp(out->base.hex, out->head.hex)
		       ? find_parent(&out->base, cli, first)
		       : rc;
}

/* --- the whole -------------------------------------------------------------- */

static void read_requests(appraise_head *out, const appraise_line *lines,
			  size_t count)
{
	out->request = &lines[0].note;
	for (size_t i = 0; i < count; i++) {
		const pv_appraise_note *note = &lines[i].note;

		if (note->kind != PV_APPRAISE_REQUEST)
			break;
		out->is_abandoned = !note->target;
		if (note->target)
			out->request = note;
	}
	out->source = short_name(out->request->source);
	out->target = short_name(out->request->target);
}

int appraise_head_find(appraise_head *out, pv_cli *cli,
		       const appraise_line *lines, size_t count)
{
	pv_oid first = lines[0].commit;
	int rc;

	memset(out, 0, sizeof(*out));
	read_requests(out, lines, count);
	rc = appraise_has_commit(cli, &first);
	if (rc == 0)
		return pv_fail(&cli->err, PV_ENOTFOUND,
			       "the commit that is reviewed is not here");
	if (rc > 0)
		rc = appraise_has_commit(cli, &out->request->alias);
	if (rc > 0)
		first = out->request->alias;
	out->head = first;
	if (rc >= 0)
		rc = find_ref(&out->tip, cli, out->request->target);
	if (rc == PV_OK)
		rc = find_head(out, cli, lines, count);
	return rc == PV_OK ? find_base(out, cli, &first) : rc;
}
