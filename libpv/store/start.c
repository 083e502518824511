/* SPDX-License-Identifier: MIT
 *
 * Starting libgit2, and what is set for the whole process when that happens.
 * libgit2 counts the starts itself.
 */
#include "store/handle.h"

#include <pv/git.h>

#include "store/git_memory.h"

enum {
	CACHED_TREE_MAX = 1 << 20 /* bytes; some 25,000 entries */
};

int pv_libgit2_init(pv_error *err)
{
	int rc;

	pv_git_memory_install();
	rc = git_libgit2_init();
	if (rc < 0)
		return pv_fail_git(err, rc, "start libgit2", NULL);
	if (rc > 1)
		return rc;
	/*
	 * It keeps only objects below 4 KiB. The trees of prompts are larger,
	 * and every look-up by path reads the same ones again.
	 */
	git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE,
			 (size_t)CACHED_TREE_MAX);
	/*
	 * Walks read thousands of commits and trees, and hashing each again
	 * costs more than all the rest. As in git, what is walked is trusted
	 * to its checksum in the pack; a blob that is handed out is hashed.
	 */
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	/* A commit that was reported must survive the power going off. */
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	return rc;
}

int pv_libgit2_start(pv_error *err)
{
	int rc = pv_libgit2_init(err);

	if (rc > 1)
		git_libgit2_shutdown();
	return rc < 0 ? rc : PV_OK;
}

void pv_git_library(int *major_out, int *minor_out, int *patch_out)
{
	git_libgit2_version(major_out, minor_out, patch_out);
}
