/* SPDX-License-Identifier: MIT
 *
 * What a store has of its index, and for how long it holds. Also a cache: an entry records the stat data its file had when it
 * was hashed. Comparison is strict (git leaves some fields out when it is
 * configured so), which costs a hash now and then and never an error.
 */
#include "store/index/index.h"

#include <errno.h>
#include <string.h>

#include <git2/sys/repository.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/index/index_file.h"
#include "store/index/index_list.h"

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

void pv_index_release(pv_index_map *map)
{
	if (!map || --map->users)
		return;
	pv_index_map_dispose(map);
	pv_free(map);
}

void pv_index_forget(pv_store *store)
{
	pv_index_release(store->index);
	store->index = NULL;
	store->is_index_lent = 0;
}

/* Reads the index, or lets git list it. */
static int load(pv_index_map *out, pv_store *store, pv_error *err)
{
	int rc = pv_index_map_load(out, store, err);

	if (rc)
		return rc < 0 ? rc : PV_OK;
	pv_index_map_dispose(out);
	return pv_index_list(out, store, err);
}

static int reload(pv_store *store, const pv_index_stamp *stamp, pv_error *err)
{
	pv_index_map *map = pv_calloc(1, sizeof(*map));
	int rc;

	if (!map)
		return pv_fail_nomem(err);
	rc = load(map, store, err);
	map->users = 1;
	if (rc < 0) {
		pv_index_release(map);
		return rc;
	}
	pv_index_forget(store);
	store->index = map;
	store->index_stamp = *stamp;
	return PV_OK;
}

int pv_index_get(pv_index_map **out, pv_store *store, pv_error *err)
{
	pv_index_stamp now;
	char *path;
	int rc = pv_index_path(&path, store, err);

	*out = NULL;
	if (rc == PV_OK && stat_index(&now, path) < 0)
		rc = pv_fail_errno(err, errno, "look at", path);
	pv_free(path);
	if (rc == PV_OK && !(store->index && is_same(&now, &store->index_stamp)))
		rc = reload(store, &now, err);
	if (rc < 0)
		return rc;
	if (!store->index)
		return PV_ENOMEM;
	*out = store->index;
	store->index->users++;
	return PV_OK;
}

/* --- for libgit2 ---------------------------------------------------------- */

static int is_attributes(const char *path)
{
	static const char name[] = ".gitattributes";
	const char *slash = strrchr(path, '/');

	return !strcmp(slash ? slash + 1 : path, name);
}

static int add_row(git_index *index, const pv_index_row *row)
{
	git_index_entry entry = { .mode = row->stat.mode,
				  .id = row->id,
				  .path = row->path };

	return git_index_add(index, &entry);
}

/* Makes an index of the .gitattributes files libgit2's. */
static int lend_attributes(pv_store *store)
{
	const pv_index_map *map = store->index;
	git_index *index = NULL;
	int rc = git_index_new(&index);

	for (size_t i = 0; rc == 0 && i < map->count; i++)
		if (!map->rows[i].stage && is_attributes(map->rows[i].path))
			rc = add_row(index, &map->rows[i]);
	if (rc == 0)
		rc = git_repository_set_index(store->repo, index);
	git_index_free(index);
	store->is_index_lent = rc == 0;
	return rc;
}

static int lend_row(const pv_store *store, const pv_index_row *row)
{
	git_index *index = NULL;
	int rc = git_repository_index(&index, store->repo);

	if (rc == 0)
		rc = add_row(index, row);
	git_index_free(index);
	return rc;
}

int pv_index_lend(pv_store *store, const char *path, pv_error *err)
{
	const pv_index_row *row = NULL;
	pv_index_map *map;
	int rc = pv_index_get(&map, store, err);
	int failure = 0;

	if (rc < 0)
		return rc;
	if (!store->is_index_lent)
		failure = lend_attributes(store);
	if (path)
		row = pv_index_map_row(map, path);
	if (!failure && row)
		failure = lend_row(store, row);
	if (failure)
		rc = pv_fail_git(err, failure, "read", "the attributes");
	pv_index_release(map);
	return rc;
}

/* --- files that need not be read ------------------------------------------ */

/*
 * Whether a file was there before the index was written: a change right after
 * it would look the same. A file system may keep whole seconds, and it need
 * not be the one the index is on, so nanoseconds count when both have some.
 */
static int is_older(const struct stat *st, const pv_index_map *map)
{
	int64_t seconds = st->st_mtim.tv_sec;
	int64_t nanoseconds = st->st_mtim.tv_nsec;

	if (seconds != map->seconds || !nanoseconds || !map->nanoseconds)
		return seconds < map->seconds;
	return nanoseconds < map->nanoseconds;
}

int pv_index_is_fresh(const pv_index_map *map, const pv_index_row *row,
		      const struct stat *st)
{
	const pv_index_stat *old = &row->stat;

	/* The index keeps the low 32 bits of everything; git sets a size of 0
	 * where stat data prove nothing, so that one needs a look. */
	if ((row->flags & PV_INDEX_INTENDED) || !old->size ||
	    old->mtime_s != (uint32_t)st->st_mtim.tv_sec ||
	    old->mtime_ns != (uint32_t)st->st_mtim.tv_nsec ||
	    old->ctime_s != (uint32_t)st->st_ctim.tv_sec ||
	    old->ctime_ns != (uint32_t)st->st_ctim.tv_nsec ||
	    old->size != (uint32_t)st->st_size ||
	    old->ino != (uint32_t)st->st_ino ||
	    old->uid != (uint32_t)st->st_uid || old->gid != (uint32_t)st->st_gid)
		return 0;
	return is_older(st, map);
}

void pv_index_known(pv_oid *out, pv_store *store, const char *path,
		    const struct stat *st)
{
	const pv_index_row *row;
	pv_index_map *map;

	out->hex[0] = '\0';
	if (pv_index_get(&map, store, NULL) < 0)
		return;
	row = pv_index_map_row(map, path);
	if (row && (st ? pv_index_is_fresh(map, row, st)
		       : (row->flags & PV_INDEX_SKIPPED) != 0))
		pv_oid_from_git(out, &row->id);
	pv_index_release(map);
}
