/* SPDX-License-Identifier: MIT
 *
 * Deletions, see ref_delete.h, in git's order: with the ref and packed-refs
 * locked, so that nobody packs it meanwhile, the log goes first, for a log
 * without its ref is worse than a ref without a log.
 */
#include "store/ref/ref_delete.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/str.h"
#include "store/commit/hooks.h"
#include "store/lock.h"
#include "store/ref/packed_refs.h"

static const char branches[] = "refs/heads/";

/* Paths of one deletion; a lock is only ours once it has been made. */
struct deletion {
	pv_store *store;
	const char *refname;
	pv_buf file;
	pv_buf lock;
	pv_buf packed_lock;
	pv_buf log;
	int has_lock;
	int has_packed_lock;
	pv_error *err;
};

static int set_paths(struct deletion *it)
{
	const char *dir = it->store->common_dir;
	int rc;

	pv_buf_printf(&it->file, "%s/%s", dir, it->refname);
	pv_buf_printf(&it->lock, "%s/%s.lock", dir, it->refname);
	pv_buf_printf(&it->packed_lock, "%s/packed-refs.lock", dir);
	pv_buf_printf(&it->log, "%s/logs/%s", dir, it->refname);
	rc = pv_buf_status(&it->file, it->err);
	if (rc == PV_OK)
		rc = pv_buf_status(&it->lock, it->err);
	if (rc == PV_OK)
		rc = pv_buf_status(&it->packed_lock, it->err);
	return rc < 0 ? rc : pv_buf_status(&it->log, it->err);
}

/* 1 when packed-refs has the ref, too. */
static int is_packed(const struct deletion *it)
{
	const pv_packed_refs *packed;
	git_oid id;
	int rc = pv_packed_refs_get(&packed, it->store, it->err);

	return rc < 0 ? rc : pv_packed_refs_find(&id, packed, it->refname);
}

static int is_of_head(const struct deletion *it)
{
	pv_buf head = { 0 };
	int rc = pv_store_head(&head, NULL, it->store, it->err);

	if (rc == PV_OK)
		rc = !strcmp(pv_buf_text(&head), it->refname + strlen(branches));
	pv_buf_dispose(&head);
	return rc;
}

static int take_lock(int *has_out, pv_store *store, const pv_buf *path,
		     pv_error *err)
{
	int fd;
	int rc = pv_lock_create(&fd, store, path->ptr, err);

	if (rc < 0)
		return rc;
	*has_out = 1;
	close(fd);
	return PV_OK;
}

static int check_expected(const struct deletion *it, const pv_oid *expected)
{
	pv_oid now = { "" };
	int rc = pv_store_ref(&now, it->store, it->refname, it->err);

	if (rc < 0 && rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(it->err);
	if (strcmp(now.hex, expected->hex) != 0)
		return pv_fail(it->err, PV_ECONFLICT,
			       "\"%s\" was moved by somebody else", it->refname);
	return PV_OK;
}

static int remove_file(const pv_buf *path, pv_error *err)
{
	if (unlink(path->ptr) < 0 && errno != ENOENT)
		return pv_fail_errno(err, errno, "delete", path->ptr);
	return PV_OK;
}

/* Removes the folders of `path` that are empty now, below its branches. */
static void remove_folders(pv_buf *path, const char *refname)
{
	size_t top = path->len - strlen(refname) + strlen(branches);

	for (size_t at = path->len; at > top; at--) {
		if (path->ptr[at - 1] != '/')
			continue;
		pv_buf_truncate(path, at - 1);
		if (rmdir(path->ptr) < 0)
			return;
	}
}

/* 1 when the branch is gone, 0 when git has to delete it. */
static int delete_locked(struct deletion *it, const pv_oid *expected)
{
	int rc = check_expected(it, expected);

	if (rc == PV_OK)
		rc = is_packed(it);
	if (rc)
		return rc < 0 ? rc : 0;
	rc = remove_file(&it->log, it->err);
	if (rc == PV_OK)
		rc = remove_file(&it->file, it->err);
	return rc < 0 ? rc : 1;
}

static void finish(struct deletion *it, int is_done)
{
	if (it->has_lock)
		unlink(it->lock.ptr);
	if (it->has_packed_lock)
		unlink(it->packed_lock.ptr);
	if (is_done) {
		remove_folders(&it->log, it->refname);
		remove_folders(&it->file, it->refname);
	}
	pv_buf_dispose(&it->file);
	pv_buf_dispose(&it->lock);
	pv_buf_dispose(&it->packed_lock);
	pv_buf_dispose(&it->log);
}

int pv_ref_delete(pv_store *store, const char *refname, const pv_oid *expected,
		  pv_error *err)
{
	struct deletion it = { .store = store, .refname = refname, .err = err };
	int rc;

	if (!pv_str_has_prefix(refname, branches))
		return 0;
	rc = pv_hook_exists(store, "reference-transaction", err);
	if (rc)
		return rc < 0 ? rc : 0;
	rc = is_of_head(&it);
	if (rc)
		return rc < 0 ? rc : 0;
	rc = set_paths(&it);
	if (rc == PV_OK && pv_file_exists(it.file.ptr)) {
		rc = take_lock(&it.has_lock, store, &it.lock, err);
		if (rc == PV_OK)
			rc = take_lock(&it.has_packed_lock, store,
				       &it.packed_lock, err);
		if (rc == PV_OK)
			rc = delete_locked(&it, expected);
	}
	finish(&it, rc > 0);
	return rc;
}
