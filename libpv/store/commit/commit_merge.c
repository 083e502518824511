/* SPDX-License-Identifier: MIT
 *
 * A merge commit of a tree that is already stored, for branches that no
 * working tree has: what a merge in memory ends in.
 */
#include <string.h>

#include "base/fail.h"
#include "base/str.h"
#include "store/commit/commit_object.h"
#include "store/commit/message.h"

/* The message as `git merge -m` would take it. */
static int clean_message(pv_buf *out, pv_store *store,
			 const pv_commit_options *opts, pv_error *err)
{
	enum pv_cleanup mode;
	int rc = pv_message_mode(&mode, store, opts, err);

	if (rc == PV_OK)
		rc = pv_message_clean(out, store, opts->message, mode, err);
	if (rc == PV_OK)
		rc = pv_message_check(store, pv_buf_text(out), mode, NULL, err);
	return rc;
}

static int write_commit(pv_oid *out, pv_store *store,
			const pv_merge_commit *merge, const pv_identity *identity,
			const char *message, pv_error *err)
{
	pv_commit_parts parts = { .identity = identity, .message = message };
	git_oid parents[2];
	git_oid id;
	int rc = pv_oid_to_git(&parts.tree, &merge->tree, err);

	if (rc == PV_OK)
		rc = pv_oid_to_git(&parents[0], &merge->ours, err);
	if (rc == PV_OK)
		rc = pv_oid_to_git(&parents[1], &merge->theirs, err);
	parts.parents = parents;
	parts.parent_count = 2;
	if (rc == PV_OK)
		rc = pv_commit_write(&id, store, &parts, err);
	if (rc == PV_OK)
		pv_oid_from_git(out, &id);
	return rc;
}

int pv_store_commit_merge(pv_oid *out, pv_store *store,
			  const pv_merge_commit *merge,
			  const pv_commit_options *opts, pv_error *err)
{
	pv_identity identity = { 0 };
	pv_buf message = { 0 };
	pv_oid made;
	int rc;

	out->hex[0] = '\0';
	if (!opts->message)
		return pv_fail(err, PV_EINVALID, "a commit needs a message");
	rc = pv_branch_check_free(store, merge->refname, err);
	if (rc == PV_OK)
		rc = pv_identity_load(&identity, store, opts, err);
	if (rc == PV_OK)
		rc = clean_message(&message, store, opts, err);
	if (rc == PV_OK)
		rc = write_commit(&made, store, merge, &identity,
				  pv_buf_text(&message), err);
	if (rc == PV_OK)
		rc = pv_store_ref_update(store, merge->refname, &made,
					 &merge->ours, merge->reflog, err);
	if (rc == PV_OK)
		*out = made;
	pv_identity_dispose(&identity);
	pv_buf_dispose(&message);
	return rc;
}
