/* SPDX-License-Identifier: MIT
 *
 * The index as a cache: an entry records the stat data its file had when it
 * was hashed. Comparison is strict (git leaves some fields out when it is
 * configured so), which costs a hash now and then and never an error.
 */
#include "store/index.h"

#include <string.h>

#include "base/fail.h"

int pv_index_fail(pv_error *err, int rc, const char *doing, const char *what)
{
	const git_error *last = git_error_last();
	const char *message = last && last->message ? last->message : "";
	int is_split = strstr(message, "'link'") != NULL;
	int is_sparse = strstr(message, "'sdir'") != NULL;
	int code;

	if (!is_split && !is_sparse)
		return pv_fail_git(err, rc, doing, what);
	git_error_clear();
	code = pv_fail(err, PV_EUNSUPPORTED, "the index is a %s one",
		       is_split ? "split" : "sparse");
	return pv_error_hint(err, code, "run \"%s\"",
			     is_split ? "git update-index --no-split-index"
				      : "git sparse-checkout reapply "
					"--no-sparse-index");
}

int pv_index_get(git_index **out, pv_store *store, pv_error *err)
{
	int rc;

	*out = NULL;
	rc = git_repository_index(out, store->repo);
	if (rc == 0)
		rc = git_index_read(*out, 0);
	if (rc == 0)
		return PV_OK;
	rc = pv_index_fail(err, rc, "read the index", NULL);
	git_index_free(*out);
	*out = NULL;
	return rc;
}

pv_index_time pv_index_written(const git_index *index)
{
	pv_index_time written = { 0, 0 };
	const char *path = git_index_path(index);
	struct stat st;

	if (path && stat(path, &st) == 0) {
		written.seconds = st.st_mtim.tv_sec;
		written.nanoseconds = st.st_mtim.tv_nsec;
	}
	return written;
}

/* The index keeps the low 32 bits of everything. */
static int same_time(const git_index_time *a, const struct timespec *b)
{
	return (uint32_t)a->seconds == (uint32_t)b->tv_sec &&
	       a->nanoseconds == (uint32_t)b->tv_nsec;
}

int pv_index_is_fresh(const git_index_entry *entry, const struct stat *st,
		      pv_index_time written)
{
	if (entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD)
		return 0;
	if (!same_time(&entry->mtime, &st->st_mtim) ||
	    !same_time(&entry->ctime, &st->st_ctim) ||
	    entry->file_size != (uint32_t)st->st_size ||
	    entry->ino != (uint32_t)st->st_ino ||
	    entry->uid != (uint32_t)st->st_uid ||
	    entry->gid != (uint32_t)st->st_gid)
		return 0;
	/* A change right after the index was written would look the same. */
	return st->st_mtim.tv_sec < written.seconds ||
	       (st->st_mtim.tv_sec == written.seconds &&
		st->st_mtim.tv_nsec < written.nanoseconds);
}

int pv_index_is_skipped(const git_index_entry *entry)
{
	return (entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0;
}
