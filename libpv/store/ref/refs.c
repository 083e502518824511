/* SPDX-License-Identifier: MIT
 *
 * Reading one ref: HEAD, or any by its full name. Symbolic refs are followed;
 * tags are handed out unpeeled. Listing refs is in ref_list.c.
 */
#include <string.h>

#include "base/fail.h"
#include "base/str.h"
#include "store/ref/ref_read.h"

static const char heads[] = "refs/heads/";

/* Appends the short name of the branch HEAD stands on, if on one. */
static int head_branch(pv_buf *out, const char *target, pv_error *err)
{
	if (pv_str_has_prefix(target, heads))
		target += strlen(heads);
	pv_buf_puts(out, target);
	return pv_buf_status(out, err);
}

/* `out` stays empty while the branch is not born. */
static int head_commit(pv_oid *out, pv_store *store, const pv_ref_value *head,
		       pv_error *err)
{
	git_oid oid = head->id;
	int rc = 1;

	if (head->is_symbolic)
		rc = pv_ref_find(&oid, store, pv_buf_text(&head->target), err);
	if (rc > 0)
		pv_oid_from_git(out, &oid);
	return rc < 0 ? rc : PV_OK;
}

int pv_store_head(pv_buf *branch, pv_oid *commit_out, pv_store *store,
		  pv_error *err)
{
	pv_ref_value head;
	int rc = pv_ref_read(&head, store, "HEAD", err);

	if (commit_out)
		commit_out->hex[0] = '\0';
	if (rc == PV_OK && !head.is_direct && !head.is_symbolic)
		rc = pv_fail(err, PV_ENOTFOUND, "there is no HEAD");
	if (rc == PV_OK && branch)
		rc = head_branch(branch, pv_buf_text(&head.target), err);
	if (rc == PV_OK && commit_out)
		rc = head_commit(commit_out, store, &head, err);
	pv_buf_dispose(&head.target);
	return rc;
}

int pv_store_ref(pv_oid *out, pv_store *store, const char *refname, pv_error *err)
{
	git_oid oid;
	int rc = pv_ref_find(&oid, store, refname, err);

	out->hex[0] = '\0';
	if (!rc)
		return pv_fail_id(err, PV_ERR_VERSION_NOT_FOUND,
				  "there is no ref \"%s\"", refname);
	if (rc > 0)
		pv_oid_from_git(out, &oid);
	return rc < 0 ? rc : PV_OK;
}
