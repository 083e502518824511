/* SPDX-License-Identifier: MIT
 *
 * The index and its lock, see index_file.h. What index_map.c reads is written
 * by index_write.c; the rest is libgit2's. That writes an index only to where
 * it was read from, and at once; so the old bytes are copied into the lock
 * file and libgit2 works on that.
 */
#include "store/index/index_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/index/index.h"
#include "store/index/index_lost.h"
#include "store/index/index_write.h"
#include "store/index/left_lock.h"
#include "store/lock.h"
#include "store/object/sha1.h"
#include "store/shared_mode.h"

static char *join(const char *a, const char *b)
{
	size_t len = strlen(a);
	char *text = pv_malloc(len + strlen(b) + 1);

	if (!text)
		return NULL;
	snprintf(text, len + strlen(b) + 1, "%s%s", a, b);
	return text;
}

/* Where the index is; as in git, a link to it stays one. */
static char *index_path(const pv_store *store)
{
	char *path = store->index_file ? pv_strdup(store->index_file)
				       : join(store->git_dir, "/index");
	char real[PATH_MAX];
	struct stat info;

	if (!path || lstat(path, &info) < 0 || !S_ISLNK(info.st_mode) ||
	    !realpath(path, real))
		return path;
	pv_free(path);
	return pv_strdup(real);
}

/* The 32 bytes of an index without entries. */
static void put_empty_index(pv_buf *out)
{
	static const char head[] = "DIRC\0\0\0\2\0\0\0\0";
	unsigned char sum[PV_SHA1_SIZE];
	pv_sha1 sha;

	pv_sha1_init(&sha);
	pv_sha1_update(&sha, head, 12);
	pv_sha1_final(sum, &sha);
	pv_buf_put(out, head, 12);
	pv_buf_put(out, sum, sizeof(sum));
}

/* Reads the old index; without one, an empty one is made up. */
static int read_old(pv_index_file *file, const char *path, pv_buf *bytes,
		    pv_error *err)
{
	struct stat info;
	int rc;

	if (stat(path, &info) == 0)
		file->stamp = info.st_mtim;
	rc = pv_file_read(bytes, path, err);
	if (rc != PV_ENOTFOUND)
		return rc;
	put_empty_index(bytes);
	return pv_buf_status(bytes, err);
}

/* libgit2 locks what it writes. With our lock held that lock is nobody's. */
static void drop_leftover(const char *temporary)
{
	char *path = join(temporary, ".lock");

	if (path)
		unlink(path);
	pv_free(path);
}

/* Creates the temporary file, which must not exist. */
static int create(pv_index_file *file, pv_error *err)
{
	int fd;
	int rc = pv_lock_create(&fd, file->store, file->temporary, err);

	if (rc < 0)
		return rc;
	file->is_held = 1;
	drop_leftover(file->temporary);
	if (close(fd) < 0)
		return pv_fail_errno(err, errno, "create", file->temporary);
	return PV_OK;
}

/* Fills the temporary file. */
static int fill(pv_index_file *file, const pv_buf *bytes, pv_error *err)
{
	int rc = PV_OK;
	int fd = open(file->temporary, O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0)
		return pv_fail_errno(err, errno, "open", file->temporary);
	if (pv_file_write_all(fd, bytes->ptr, bytes->len) < 0)
		rc = pv_fail_errno(err, errno, "write", file->temporary);
	if (close(fd) < 0 && rc == PV_OK)
		rc = pv_fail_errno(err, errno, "write", file->temporary);
	return rc;
}

/*
 * Copies the index at `path` into the temporary file, for libgit2: only under
 * the lock are those bytes sure to be the last.
 */
static int copy_index(pv_index_file *file, const char *path, pv_error *err)
{
	pv_buf bytes = { 0 };
	int rc = read_old(file, path, &bytes, err);

	if (rc == PV_OK)
		rc = fill(file, &bytes, err);
	pv_buf_dispose(&bytes);
	if (rc < 0)
		return rc;
	rc = git_index_open(&file->index, file->temporary);
	return rc < 0 ? pv_index_fail(err, rc, "read the index", path) : PV_OK;
}

/* Takes the lock, also from a commit of ours that was killed. */
static int take_lock(pv_index_file *file, pv_error *err)
{
	int rc = pv_store_settle(file->store, err);

	if (rc == PV_OK)
		rc = create(file, err);
	if (rc == PV_ELOCKED)
		return pv_left_lock_fail(file->store, file->temporary, err);
	return rc == PV_OK ? pv_left_lock_forget(file->store, err) : rc;
}

static int read_tree(git_index *index, pv_store *store, const git_oid *tree,
		     pv_error *err)
{
	git_tree *object = NULL;
	int rc;

	if (!tree)
		rc = git_index_clear(index);
	else
		rc = git_tree_lookup(&object, store->repo, tree);
	if (rc == 0 && object)
		rc = git_index_read_tree(index, object);
	git_tree_free(object);
	return rc < 0 ? pv_fail_git(err, rc, "fill", "an index") : PV_OK;
}

/* Without an index, the one that stands for HEAD: for libgit2 to write. */
static int stand_in(pv_index_file *file, pv_error *err)
{
	git_oid tree;
	int rc = pv_index_is_lost(&tree, file->store, err);

	if (rc <= 0)
		return rc;
	rc = copy_index(file, file->path, err);
	if (rc == PV_OK)
		rc = read_tree(file->index, file->store, &tree, err);
	return rc < 0 ? rc : 1;
}

int pv_index_lock(pv_index_file *out, pv_store *store, pv_error *err)
{
	int rc;

	memset(out, 0, sizeof(*out));
	out->store = store;
	out->path = index_path(store);
	if (!out->path)
		return pv_fail_nomem(err);
	out->temporary = join(out->path, ".lock");
	if (!out->temporary)
		return pv_fail_nomem(err);
	rc = take_lock(out, err);
	if (rc == PV_OK)
		rc = stand_in(out, err);
	if (rc > 0)
		return PV_OK;
	if (rc == PV_OK && !pv_store_config_bool(store, "core.ignoreCase", 0))
		rc = pv_index_map_load(&out->map, store, err);
	return rc == 0 ? copy_index(out, out->path, err) : rc < 0 ? rc : PV_OK;
}

int pv_index_copy(pv_index_file *out, pv_store *store, const char *name,
		  const git_oid *tree, pv_error *err)
{
	char *path = index_path(store);
	char *folder = join(store->git_dir, "/");
	int rc;

	memset(out, 0, sizeof(*out));
	out->store = store;
	out->temporary = folder ? join(folder, name) : NULL;
	pv_free(folder);
	if (path && out->temporary) {
		rc = create(out, err);
		if (rc == PV_OK)
			rc = copy_index(out, path, err);
	} else {
		rc = pv_fail_nomem(err);
	}
	pv_free(path);
	return rc < 0 ? rc : read_tree(out->index, store, tree, err);
}

int pv_index_path(char **out, const pv_store *store, pv_error *err)
{
	*out = index_path(store);
	return *out ? PV_OK : pv_fail_nomem(err);
}

int pv_index_open(git_index **out, const char *path, pv_error *err)
{
	int rc;

	*out = NULL;
	rc = git_index_open(out, path);
	return rc < 0 ? pv_index_fail(err, rc, "read the index", path) : PV_OK;
}

/*
 * An entry as old as the old index may stand for a file that was changed in
 * the same tick. The new index is younger, which would hide that: such an
 * entry gets the size 0, which tells git to compare the bytes.
 */
static int smudge_racy(pv_index_file *file)
{
	size_t count = git_index_entrycount(file->index);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		const git_index_entry *old =
			git_index_get_byindex(file->index, i);
		git_index_entry entry = *old;

		if (GIT_INDEX_ENTRY_STAGE(old) || !old->file_size ||
		    (old->flags_extended & GIT_INDEX_ENTRY_UPTODATE) ||
		    old->mtime.seconds < (int32_t)file->stamp.tv_sec)
			continue;
		entry.file_size = 0;
		rc = git_index_add(file->index, &entry);
	}
	return rc;
}

int pv_index_write(pv_index_file *file, pv_error *err)
{
	int rc = smudge_racy(file);

	if (rc == 0)
		rc = git_index_write(file->index);
	return rc < 0 ? pv_fail_git(err, rc, "write", file->temporary) : PV_OK;
}

/* The same through libgit2. */
static int stage_by_libgit2(pv_index_file *file, const pv_stage_file *files,
			    size_t count, pv_error *err)
{
	int rc = PV_OK;

	if (!file->index)
		rc = copy_index(file, file->path, err);
	if (rc == PV_OK)
		rc = pv_stage_files_put(file->index, files, count, err);
	return rc < 0 ? rc : pv_index_write(file, err);
}

int pv_index_stage(pv_index_file *file, const pv_stage_file *files,
		   size_t count, const git_oid *tree, pv_error *err)
{
	pv_index_edit edit = { file->store, &file->map, files, count, tree };
	pv_buf bytes = { 0 };
	int rc = file->index ? 0 : pv_index_put(&bytes, &edit, err);

	if (rc > 0)
		rc = fill(file, &bytes, err);
	else if (rc == 0)
		rc = stage_by_libgit2(file, files, count, err);
	pv_buf_dispose(&bytes);
	return rc;
}

void pv_index_unlock(pv_index_file *file)
{
	if (file->is_held)
		unlink(file->temporary);
	file->is_held = 0;
}

int pv_index_wait(pv_store *store, pv_error *err)
{
	char *path = index_path(store);
	char *lock = path ? join(path, ".lock") : NULL;
	int rc = lock ? PV_OK : pv_fail_nomem(err);

	if (rc == PV_OK)
		rc = pv_store_settle(store, err);
	if (rc == PV_OK)
		rc = pv_lock_wait(lock, err);
	if (rc == PV_ELOCKED)
		rc = pv_left_lock_fail(store, lock, err);
	pv_free(lock);
	pv_free(path);
	return rc;
}

int pv_index_commit(pv_index_file *file, pv_error *err)
{
	/* libgit2 may have made it anew. */
	int rc = pv_shared_adjust(file->store, file->temporary, err);

	if (rc < 0)
		return rc;
	if (rename(file->temporary, file->path) < 0)
		return pv_fail_errno(err, errno, "write", file->path);
	file->is_held = 0;
	return PV_OK;
}

void pv_index_dispose(pv_index_file *file)
{
	if (!file)
		return;
	pv_index_unlock(file);
	git_index_free(file->index);
	pv_index_map_dispose(&file->map);
	pv_free(file->temporary);
	pv_free(file->path);
	memset(file, 0, sizeof(*file));
}
