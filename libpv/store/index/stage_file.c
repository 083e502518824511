/* SPDX-License-Identifier: MIT
 *
 * Files on their way into the index, see stage_file.h. The stat data are
 * taken before the bytes are read: a file that changes meanwhile looks
 * changed to git, never clean.
 */
#include "store/index/stage_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/str.h"
#include "store/worktree/attr_scan.h"
#include "store/worktree/filter.h"

enum {
	MODE_FILE = GIT_FILEMODE_BLOB,
	MODE_EXEC = GIT_FILEMODE_BLOB_EXECUTABLE
};

/* Appends the file's absolute path. */
static int full_path(pv_buf *out, const pv_store *store, const char *path,
		     size_t len, pv_error *err)
{
	pv_buf_clear(out);
	pv_buf_printf(out, "%s/", store->work_dir);
	pv_buf_put(out, path, len);
	return pv_buf_status(out, err);
}

/* What stands above a file. */
enum folders {
	FOLDERS_REAL,
	FOLDERS_MISSING,
	FOLDERS_LINKED /* where a link leads is outside of what git tracks */
};

/* Whether every folder above a file is a real one; else there is no file. */
static int check_folders(enum folders *out, const pv_store *store,
			 const char *path, pv_error *err)
{
	pv_buf full = { 0 };
	struct stat info;
	int rc = PV_OK;

	*out = FOLDERS_REAL;
	for (const char *slash = strchr(path, '/');
	     slash && rc == PV_OK && *out == FOLDERS_REAL;
	     slash = strchr(slash + 1, '/')) {
		rc = full_path(&full, store, path, (size_t)(slash - path), err);
		if (rc < 0)
			break;
		if (lstat(full.ptr, &info) < 0 || S_ISREG(info.st_mode))
			*out = FOLDERS_MISSING;
		else if (S_ISLNK(info.st_mode))
			*out = FOLDERS_LINKED;
	}
	pv_buf_dispose(&full);
	return rc;
}

/* git's modes: a link, or a file with or without the execute bit. */
static uint32_t mode_of(pv_store *store, mode_t mode, uint32_t old_mode)
{
	if (S_ISLNK(mode))
		return GIT_FILEMODE_LINK;
	if (old_mode == GIT_FILEMODE_LINK &&
	    !pv_store_config_bool(store, "core.symlinks", 1))
		return old_mode;
	if (pv_store_config_bool(store, "core.fileMode", 1))
		return (mode & S_IXUSR) ? MODE_EXEC : MODE_FILE;
	return old_mode == MODE_EXEC ? MODE_EXEC : MODE_FILE;
}

/* The folder that was looked at last: files of one folder come together. */
struct last_folder {
	pv_str name; /* with a slash at its end */
	enum folders state;
};

static int check_folder_once(struct last_folder *last, const pv_store *store,
			     const char *path, pv_error *err)
{
	const char *slash = strrchr(path, '/');
	pv_str name = { path, slash ? (size_t)(slash - path) + 1 : 0 };

	if (!slash || pv_str_eq(name, last->name)) {
		last->state = slash ? last->state : FOLDERS_REAL;
		return PV_OK;
	}
	last->name = name;
	return check_folders(&last->state, store, path, err);
}

/* Takes the stat data of one file whose folder is all right. */
static int look(pv_stage_file *file, pv_store *store, pv_buf *full, pv_error *err)
{
	uint32_t old_mode = file->mode;
	int rc = full_path(full, store, file->path, strlen(file->path), err);

	file->mode = 0;
	if (rc < 0)
		return rc;
	if (lstat(full->ptr, &file->info) < 0)
		return errno == ENOENT || errno == ENOTDIR
			       ? PV_OK
			       : pv_fail_errno(err, errno, "read", file->path);
	file->is_present =
		S_ISREG(file->info.st_mode) || S_ISLNK(file->info.st_mode);
	if (file->is_present)
		file->mode = mode_of(store, file->info.st_mode, old_mode);
	return PV_OK;
}

int pv_stage_files_look(pv_store *store, pv_stage_file *files, size_t count,
			pv_error *err)
{
	struct last_folder last = { { NULL, 0 }, FOLDERS_REAL };
	pv_buf full = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < count; i++) {
		rc = check_folder_once(&last, store, files[i].path, err);
		files[i].is_beyond = last.state == FOLDERS_LINKED;
		if (rc == PV_OK && last.state != FOLDERS_REAL)
			files[i].mode = 0;
		else if (rc == PV_OK)
			rc = look(&files[i], store, &full, err);
	}
	pv_buf_dispose(&full);
	return rc;
}

static int read_link(pv_buf *out, const char *full, const pv_stage_file *file,
		     pv_error *err)
{
	ssize_t got;

	pv_buf_reserve(out, (size_t)file->info.st_size + 1);
	if (out->status)
		return pv_buf_status(out, err);
	got = readlink(full, out->ptr, (size_t)file->info.st_size + 1);
	if (got < 0 || got > file->info.st_size)
		return pv_fail_errno(err, got < 0 ? errno : EIO, "read",
				     file->path);
	out->len = (size_t)got;
	return PV_OK;
}

/*
 * Appends what git would store of a file. Only core.safecrlf minds what its
 * way back into the working tree would make of it.
 */
static int read_file(pv_buf *out, pv_attr_scan *attrs, const char *full,
		     const pv_stage_file *file, pv_error *err)
{
	int is_safe = pv_store_config_bool(attrs->store, "core.safecrlf", 0);
	pv_buf raw = { 0 };
	pv_str slice;
	int rc = pv_file_read(&raw, full, err);

	if (rc == PV_OK)
		rc = pv_attr_scan_is_plain_in(attrs, file->path, raw.ptr,
					      raw.len, err);
	slice.ptr = raw.ptr;
	slice.len = raw.len;
	if (rc > 0 && !(is_safe && attrs->to_crlf)) {
		pv_buf_put(out, raw.ptr, raw.len);
		rc = pv_buf_status(out, err);
	} else if (rc >= 0 && is_safe) {
		rc = pv_filter_clean_safely(out, attrs->store, file->path,
					    slice, err);
	} else if (rc == 0) {
		rc = pv_filter_clean(out, attrs->store, file->path, slice, err);
	}
	pv_buf_dispose(&raw);
	return rc;
}

int pv_stage_files_hash(pv_store *store, pv_stage_file *files, size_t count,
			pv_objects *objects, pv_error *err)
{
	pv_buf full = { 0 };
	pv_buf bytes = { 0 };
	pv_attr_scan attrs;
	int rc = pv_attr_scan_init(&attrs, store, err);

	for (size_t i = 0; rc == PV_OK && i < count; i++) {
		pv_stage_file *file = &files[i];

		rc = pv_store_check_canceled(store, err);
		if (rc < 0 || !file->is_present)
			continue;
		pv_buf_clear(&bytes);
		rc = full_path(&full, store, file->path, strlen(file->path), err);
		if (rc == PV_OK && S_ISLNK(file->info.st_mode))
			rc = read_link(&bytes, full.ptr, file, err);
		else if (rc == PV_OK)
			rc = read_file(&bytes, &attrs, full.ptr, file, err);
		if (rc == PV_OK)
			rc = pv_objects_add(&file->id, objects, GIT_OBJECT_BLOB,
					    pv_buf_text(&bytes), bytes.len, err);
	}
	pv_attr_scan_dispose(&attrs);
	pv_buf_dispose(&full);
	pv_buf_dispose(&bytes);
	return rc;
}

/* The index entry of a file; `path` stays borrowed. */
static void fill_entry(git_index_entry *out, const pv_stage_file *file)
{
	const struct stat *info = &file->info;

	memset(out, 0, sizeof(*out));
	out->ctime.seconds = (int32_t)info->st_ctim.tv_sec;
	out->ctime.nanoseconds = (uint32_t)info->st_ctim.tv_nsec;
	out->mtime.seconds = (int32_t)info->st_mtim.tv_sec;
	out->mtime.nanoseconds = (uint32_t)info->st_mtim.tv_nsec;
	out->dev = (uint32_t)info->st_dev;
	out->ino = (uint32_t)info->st_ino;
	out->mode = file->mode;
	out->uid = info->st_uid;
	out->gid = info->st_gid;
	out->file_size = (uint32_t)info->st_size;
	out->id = file->id;
	out->path = file->path;
}

int pv_stage_files_put(git_index *index, const pv_stage_file *files,
		       size_t count, pv_error *err)
{
	for (size_t i = 0; i < count; i++) {
		const pv_stage_file *file = &files[i];
		git_index_entry entry;
		int rc = 0;

		if (file->is_present) {
			fill_entry(&entry, file);
			rc = git_index_add(index, &entry);
		} else if (!file->is_left_out) {
			rc = git_index_remove(index, file->path, 0);
			if (rc == GIT_ENOTFOUND)
				rc = 0;
		}
		if (rc < 0)
			return pv_fail_git(err, rc, "stage", file->path);
	}
	return PV_OK;
}
