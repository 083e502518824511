/* SPDX-License-Identifier: MIT
 *
 * Whether a branch may be moved without its files. A bare repository has
 * none for its HEAD, but may have linked worktrees.
 */
#include <string.h>

#include "base/fail.h"
#include "store/handle.h"

/* 1 when HEAD is symbolic and points at the branch, born or not. */
static int is_head(const pv_store *store, const char *refname)
{
	git_reference *head = NULL;
	const char *target;
	int found;

	if (git_reference_lookup(&head, store->repo, "HEAD") < 0) {
		git_error_clear();
		return 0;
	}
	target = git_reference_symbolic_target(head);
	found = target && strcmp(target, refname) == 0;
	git_reference_free(head);
	return found;
}

int pv_branch_check_free(pv_store *store, const char *refname, pv_error *err)
{
	git_reference *ref = NULL;
	int found = store->work_dir && is_head(store, refname);

	if (!found && git_reference_lookup(&ref, store->repo, refname) == 0)
		found = git_branch_is_checked_out(ref) == 1;
	git_error_clear();
	git_reference_free(ref);
	if (!found)
		return PV_OK;
	return pv_fail(err, PV_ECONFLICT, "\"%s\" is checked out", refname);
}
