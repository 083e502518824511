/* SPDX-License-Identifier: MIT
 *
 * Whether a branch may be moved without its files. A bare repository has
 * none for its HEAD, but may have linked worktrees.
 */
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
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

/* Whether the HEAD below a folder points at the branch. */
static int has_head(const char *folder, const char *name, const char *refname)
{
	pv_buf path = { 0 };
	pv_buf text = { 0 };
	pv_buf want = { 0 };
	int found = 0;

	pv_buf_printf(&path, "%s%s/HEAD", folder, name);
	pv_buf_printf(&want, "ref: %s\n", refname);
	if (pv_buf_status(&path, NULL) == PV_OK &&
	    pv_buf_status(&want, NULL) == PV_OK &&
	    pv_file_read(&text, path.ptr, NULL) == PV_OK)
		found = strcmp(pv_buf_text(&text), want.ptr) == 0;
	pv_buf_dispose(&path);
	pv_buf_dispose(&text);
	pv_buf_dispose(&want);
	return found;
}

/*
 * Whether a linked working tree has it. libgit2 would open each as a
 * repository, and leaks what its regular expressions need.
 */
static int is_linked_head(const pv_store *store, const char *refname)
{
	git_strarray names = { 0 };
	pv_buf folder = { 0 };
	int found = 0;

	pv_buf_printf(&folder, "%s/worktrees/", store->common_dir);
	if (pv_buf_status(&folder, NULL) == PV_OK &&
	    git_worktree_list(&names, store->repo) == 0)
		for (size_t i = 0; i < names.count && !found; i++)
			found = has_head(folder.ptr, names.strings[i], refname);
	git_error_clear();
	git_strarray_dispose(&names);
	pv_buf_dispose(&folder);
	return found;
}

/*
 * Whether the main working tree has it, seen from a linked one or from
 * inside the git folder, where a store has no working tree.
 */
static int is_main_head(const pv_store *store, const char *refname)
{
	size_t len = strlen(store->common_dir);
	int is_bare = 0;

	if (git_config_get_bool(&is_bare, store->config, "core.bare") < 0)
		git_error_clear();
	return !is_bare && len > 5 &&
	       strcmp(store->common_dir + len - 5, "/.git") == 0 &&
	       has_head(store->common_dir, "", refname);
}

int pv_branch_check_free(pv_store *store, const char *refname, pv_error *err)
{
	if ((store->work_dir && is_head(store, refname)) ||
	    is_linked_head(store, refname) || is_main_head(store, refname))
		return pv_fail(err, PV_ECONFLICT, "\"%s\" is checked out",
			       refname);
	return PV_OK;
}
