/* SPDX-License-Identifier: MIT
 *
 * See index_lost.h.
 */
#include "store/index/index_lost.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"

/* The tree of HEAD's commit; 0 when there is none. */
static int head_tree(git_oid *out, pv_store *store, pv_error *err)
{
	git_commit *commit = NULL;
	git_oid id;
	int rc = git_reference_name_to_id(&id, store->repo, "HEAD");

	if (rc == GIT_ENOTFOUND) {
		git_error_clear();
		return 0;
	}
	if (rc == 0)
		rc = git_commit_lookup(&commit, store->repo, &id);
	if (rc < 0)
		return pv_fail_git(err, rc, "read", "HEAD");
	git_oid_cpy(out, git_commit_tree_id(commit));
	git_commit_free(commit);
	return 1;
}

int pv_index_is_lost(git_oid *tree_out, pv_store *store, pv_error *err)
{
	struct stat st;
	char *path;
	int is_there;
	int rc = pv_index_path(&path, store, err);

	if (rc < 0)
		return rc;
	is_there = lstat(path, &st) == 0 || errno != ENOENT;
	pv_free(path);
	return is_there ? 0 : head_tree(tree_out, store, err);
}

int pv_index_stand_in(pv_index_file *out, pv_store *store, const git_oid *tree,
		      pv_error *err)
{
	char name[64];
	int rc;

	snprintf(name, sizeof(name), "next-index-%ld.lock", (long)getpid());
	rc = pv_index_copy(out, store, name, tree, err);
	return rc < 0 ? rc : pv_index_write(out, err);
}
