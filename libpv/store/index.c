/* SPDX-License-Identifier: MIT
 *
 * The index as a cache: an entry records the stat data its file had when it
 * was hashed. Comparison is strict (git leaves some fields out when it is
 * configured so), which costs a hash now and then and never an error.
 */
#include "store/index.h"

#include <errno.h>
#include <string.h>

#include <git2/sys/repository.h>

#include "base/fail.h"
#include "store/index_list.h"

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

static int stat_index(pv_index_stamp *out, const char *path)
{
	struct stat st;

	memset(out, 0, sizeof(*out));
	out->is_known = 1;
	if (stat(path, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	out->seconds = st.st_mtim.tv_sec;
	out->nanoseconds = st.st_mtim.tv_nsec;
	out->inode = st.st_ino;
	out->size = (uint64_t)st.st_size;
	return 0;
}

static int is_same(const pv_index_stamp *a, const pv_index_stamp *b)
{
	return a->is_known && b->is_known && a->seconds == b->seconds &&
	       a->nanoseconds == b->nanoseconds && a->inode == b->inode &&
	       a->size == b->size;
}

/* Puts the index at `path` in place of the one libgit2 has. */
static int load(pv_store *store, const char *path, pv_error *err)
{
	git_index *index = NULL;
	int rc = git_index_open(&index, path);

	if (rc < 0) {
		git_index_free(index);
		index = NULL;
		rc = pv_index_fail(err, rc, "read the index", path);
		if (rc == PV_EUNSUPPORTED)
			rc = pv_index_list(&index, store, err);
		if (rc < 0)
			return rc;
	}
	rc = git_repository_set_index(store->repo, index);
	git_index_free(index);
	return rc < 0 ? pv_fail_git(err, rc, "use the index", path) : PV_OK;
}

/* Loads the index at `path` unless it is the one that is loaded. */
static int refresh(pv_store *store, const char *path, pv_error *err)
{
	pv_index_stamp now;
	int rc;

	if (stat_index(&now, path) < 0)
		return pv_fail_errno(err, errno, "look at", path);
	if (is_same(&now, &store->index_stamp))
		return PV_OK;
	store->index_stamp.is_known = 0;
	rc = load(store, path, err);
	if (rc == PV_OK)
		store->index_stamp = now;
	return rc;
}

int pv_index_get(git_index **out, pv_store *store, pv_error *err)
{
	pv_buf path = { 0 };
	int rc;

	*out = NULL;
	if (store->index_file)
		pv_buf_puts(&path, store->index_file);
	else
		pv_buf_printf(&path, "%s/index", store->git_dir);
	rc = pv_buf_status(&path, err);
	if (rc == PV_OK)
		rc = refresh(store, path.ptr, err);
	if (rc == PV_OK) {
		rc = git_repository_index(out, store->repo);
		if (rc < 0)
			rc = pv_fail_git(err, rc, "use the index", path.ptr);
	}
	pv_buf_dispose(&path);
	return rc;
}

/* The index keeps the low 32 bits of everything. */
static int same_time(const git_index_time *a, const struct timespec *b)
{
	return (uint32_t)a->seconds == (uint32_t)b->tv_sec &&
	       a->nanoseconds == (uint32_t)b->tv_nsec;
}

int pv_index_is_fresh(const git_index_entry *entry, const struct stat *st,
		      const pv_store *store)
{
	const pv_index_stamp *written = &store->index_stamp;

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
	return st->st_mtim.tv_sec < written->seconds ||
	       (st->st_mtim.tv_sec == written->seconds &&
		st->st_mtim.tv_nsec < written->nanoseconds);
}

int pv_index_is_skipped(const git_index_entry *entry)
{
	return (entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0;
}
