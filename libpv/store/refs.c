/* SPDX-License-Identifier: MIT
 *
 * Reading one ref: HEAD, or any by its full name. Symbolic refs are followed;
 * tags are handed out unpeeled. Listing refs is in ref_list.c.
 */
#include "store/handle.h"

#include <string.h>

#include "base/fail.h"
#include "base/str.h"

static const char heads[] = "refs/heads/";

/* Appends the short name of the branch HEAD stands on, if on one. */
static int head_branch(pv_buf *out, const git_reference *head, pv_error *err)
{
	const char *target = git_reference_symbolic_target(head);

	if (target && pv_str_has_prefix(target, heads))
		pv_buf_puts(out, target + strlen(heads));
	else if (target)
		pv_buf_puts(out, target);
	return pv_buf_status(out, err);
}

int pv_store_head(pv_buf *branch, pv_oid *commit_out, pv_store *store,
		  pv_error *err)
{
	git_reference *head = NULL;
	git_oid oid;
	int rc;

	if (commit_out)
		commit_out->hex[0] = '\0';
	rc = git_reference_lookup(&head, store->repo, "HEAD");
	if (rc < 0)
		return pv_fail_git(err, rc, "read", "HEAD");
	rc = branch ? head_branch(branch, head, err) : PV_OK;
	if (rc < 0 || !commit_out)
		goto out;
	rc = git_reference_name_to_id(&oid, store->repo, "HEAD");
	if (rc == 0) {
		pv_oid_from_git(commit_out, &oid);
	} else if (rc == GIT_ENOTFOUND) {
		git_error_clear(); /* the branch is not born yet */
		rc = PV_OK;
	} else {
		rc = pv_fail_git(err, rc, "read", "HEAD");
	}
out:
	git_reference_free(head);
	return rc;
}

int pv_store_ref(pv_oid *out, pv_store *store, const char *refname, pv_error *err)
{
	git_oid oid;
	int rc = git_reference_name_to_id(&oid, store->repo, refname);

	out->hex[0] = '\0';
	if (rc == GIT_ENOTFOUND) {
		git_error_clear();
		return pv_fail_id(err, PV_ERR_VERSION_NOT_FOUND,
				  "there is no ref \"%s\"", refname);
	}
	if (rc < 0)
		return pv_fail_git(err, rc, "read the ref", refname);
	pv_oid_from_git(out, &oid);
	return PV_OK;
}
