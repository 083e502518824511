/* SPDX-License-Identifier: MIT
 *
 * Writing the working tree. Folders are entered one by one without following
 * links, so nothing outside the repository can be reached, and every file is
 * complete in a temporary one before it takes its name. All paths are looked
 * at before the first is written, and what was written before a failure is
 * taken back.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/attr_scan.h"
#include "store/change_paths.h"
#include "store/path.h"

enum {
	FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
};

/* The folder of the last file stays open for the next one. */
struct writer {
	pv_store *store;
	pv_attr_scan attrs;
	int root;
	int folder;    /* -1: none */
	pv_buf name;   /* of `folder`, with a slash at its end; "" is the top */
	int fold_case; /* names that differ in case only are the same file */
	unsigned serial; /* of temporary files */
	int is_missing;  /* there is no folder of that name */
	int is_raw;      /* nothing is converted */
};

static int fail_folder(const char *path, int cause, pv_error *err)
{
	if (cause == ELOOP || cause == ENOTDIR)
		return pv_fail(err, PV_EINVALID,
			       "\"%s\" leads through a link or a file", path);
	return pv_fail_errno(err, cause, "open the folder of", path);
}

/* Opens one component below `folder`, making it if asked; -1 with errno. */
static int open_component(int folder, const char *name, int make)
{
	int fd = openat(folder, name, FOLDER_FLAGS);

	if (fd >= 0 || errno != ENOENT || !make)
		return fd;
	if (mkdirat(folder, name, 0777) < 0 && errno != EEXIST)
		return -1;
	return openat(folder, name, FOLDER_FLAGS);
}

/* Walks down to a folder; `len` bytes of `path` name it. */
static int walk_down(struct writer *writer, const char *path, size_t len, int make)
{
	char *copy = pv_strndup(path, len);
	char *rest = copy;
	int fd = dup(writer->root);

	if (!copy)
		errno = ENOMEM;
	while (copy && fd >= 0 && *rest) {
		char *end = strchr(rest, '/');
		int next;
		int cause;

		*end = '\0';
		next = open_component(fd, rest, make);
		cause = errno;
		close(fd);
		errno = cause;
		fd = next;
		rest = end + 1;
	}
	if (!copy && fd >= 0)
		close(fd);
	pv_free(copy);
	return copy ? fd : -1;
}

/*
 * Makes `writer->folder` the folder of `path`. PV_ENOTFOUND, without an
 * error, when it is missing and not to be made.
 */
static int enter(struct writer *writer, const char *path, int make, pv_error *err)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) + 1 : 0;
	int fd;

	if ((writer->folder >= 0 || (writer->is_missing && !make)) &&
	    writer->name.len == len &&
	    memcmp(pv_buf_text(&writer->name), path, len) == 0)
		return writer->is_missing ? PV_ENOTFOUND : PV_OK;
	fd = walk_down(writer, path, len, make);
	writer->is_missing = fd < 0 && errno == ENOENT && !make;
	if (fd < 0 && !writer->is_missing)
		return fail_folder(path, errno, err);
	if (writer->folder >= 0)
		close(writer->folder);
	writer->folder = fd;
	pv_buf_clear(&writer->name);
	pv_buf_put(&writer->name, path, len);
	if (pv_buf_status(&writer->name, err) < 0)
		return PV_ENOMEM;
	return writer->is_missing ? PV_ENOTFOUND : PV_OK;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Looks for another spelling of a name in the open folder. */
static int check_case(struct writer *writer, const char *path, pv_error *err)
{
	int fd = openat(writer->folder, ".", FOLDER_FLAGS);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int rc = PV_OK;

	if (!dir) {
		rc = pv_fail_errno(err, errno, "open the folder of", path);
		if (fd >= 0)
			close(fd);
		return rc;
	}
	for (;;) {
		/* The stream is ours. NOLINTNEXTLINE(concurrency-mt-unsafe) */
		entry = readdir(dir);
		if (!entry || rc < 0)
			break;
		if (pv_str_casecmp(entry->d_name, base_name(path)) == 0 &&
		    strcmp(entry->d_name, base_name(path)) != 0)
			rc = pv_fail(err, PV_EINVALID,
				     "\"%s\" differs from \"%s\" in case only",
				     path, entry->d_name);
	}
	closedir(dir);
	return rc;
}

/* Whether a change can be carried out, without doing anything. */
static int check_change(struct writer *writer, const pv_change *change,
			pv_error *err)
{
	struct stat info;
	int rc = pv_path_check(change->path, err);

	if (rc == PV_OK)
		rc = enter(writer, change->path, 0, err);
	if (rc == PV_ENOTFOUND)
		return PV_OK;
	if (rc < 0)
		return rc;
	if (writer->fold_case && change->data) {
		rc = check_case(writer, change->path, err);
		if (rc < 0)
			return rc;
	}
	if (fstatat(writer->folder, base_name(change->path), &info,
		    AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT
			       ? PV_OK
			       : pv_fail_errno(err, errno, "read", change->path);
	if (S_ISREG(info.st_mode))
		return PV_OK;
	return pv_fail(err, PV_EINVALID, "\"%s\" is not a regular file",
		       change->path);
}

/*
 * Fills the temporary file and gives it its name. Only bytes that replace
 * others are synced first: a new file has nothing to lose, and importing
 * thousands would wait for the disk as often.
 */
static int replace(struct writer *writer, const char *name, const char *data,
		   size_t len)
{
	struct stat info;
	char temporary[48];
	int is_old;
	int failed;
	int fd;

	snprintf(temporary, sizeof(temporary), ".pv-%ld-%u.tmp", (long)getpid(),
		 writer->serial++);
	is_old = fstatat(writer->folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0;
	fd = openat(writer->folder, temporary,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (fd < 0)
		return -1;
	failed = pv_file_write_all(fd, data, len) < 0 ||
		 (is_old &&
		  (fchmod(fd, info.st_mode & 07777) < 0 || fsync(fd) < 0));
	failed |= close(fd) < 0;
	if (failed ||
	    renameat(writer->folder, temporary, writer->folder, name) < 0) {
		int cause = errno;

		unlinkat(writer->folder, temporary, 0);
		errno = cause;
		return -1;
	}
	return 0;
}

/* Writes a file through the filters that libgit2 knows. */
static int write_converted(struct writer *writer, const pv_change *change,
			   pv_error *err)
{
	git_filter_list *filters = NULL;
	git_buf smudged = { 0 };
	const char *data = change->data;
	size_t len = change->len;
	int rc;

	rc = git_filter_list_load(&filters, writer->store->repo, NULL,
				  change->path, GIT_FILTER_TO_WORKTREE,
				  GIT_FILTER_ALLOW_UNSAFE);
	if (rc == 0 && filters) {
		rc = git_filter_list_apply_to_buffer(&smudged, filters, data,
						     len);
		data = smudged.ptr ? smudged.ptr : "";
		len = smudged.size;
	}
	git_filter_list_free(filters);
	if (rc < 0)
		rc = pv_fail_git(err, rc, "convert", change->path);
	else if (replace(writer, base_name(change->path), data, len) < 0)
		rc = pv_fail_errno(err, errno, "write", change->path);
	git_buf_dispose(&smudged);
	return rc;
}

static int write_file(struct writer *writer, const pv_change *change,
		      pv_error *err)
{
	int rc = 1;

	if (!writer->is_raw)
		rc = pv_attr_scan_is_plain_out(&writer->attrs, change->path, err);
	if (rc < 0)
		return rc;
	if (!rc)
		return write_converted(writer, change, err);
	if (replace(writer, base_name(change->path), change->data, change->len) <
	    0)
		return pv_fail_errno(err, errno, "write", change->path);
	return PV_OK;
}

/* Removes the folders that a removed file leaves empty, as git does. */
static void prune_folders(const struct writer *writer, const char *path)
{
	char *copy = pv_strdup(path);
	char *slash = copy ? strrchr(copy, '/') : NULL;

	while (slash) {
		*slash = '\0';
		if (unlinkat(writer->root, copy, AT_REMOVEDIR) < 0)
			break;
		slash = strrchr(copy, '/');
	}
	pv_free(copy);
}

static int remove_file(struct writer *writer, const pv_change *change,
		       pv_error *err)
{
	if (unlinkat(writer->folder, base_name(change->path), 0) < 0 &&
	    errno != ENOENT)
		return pv_fail_errno(err, errno, "remove", change->path);
	/* The folder may be gone now: the next file starts from the top. */
	close(writer->folder);
	writer->folder = -1;
	prune_folders(writer, change->path);
	return PV_OK;
}

static int apply(struct writer *writer, const pv_change *change, pv_error *err)
{
	int rc = enter(writer, change->path, change->data != NULL, err);

	if (rc == PV_ENOTFOUND && !change->data)
		return PV_OK;
	if (rc < 0)
		return rc;
	return change->data ? write_file(writer, change, err)
			    : remove_file(writer, change, err);
}

/* --- taking back ---------------------------------------------------------- */

/* What a path had before its change. */
struct former {
	int exists;
	mode_t mode;
	pv_buf bytes;
};

/* Keeps what is there now; a change that stands alone needs no way back. */
static int keep(struct former *out, struct writer *writer,
		const pv_change *change, pv_error *err)
{
	struct stat info;
	int rc = enter(writer, change->path, 0, err);
	int fd;

	if (rc < 0)
		return rc == PV_ENOTFOUND ? PV_OK : rc;
	fd = openat(writer->folder, base_name(change->path),
		    O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT
			       ? PV_OK
			       : pv_fail_errno(err, errno, "read", change->path);
	if (fstat(fd, &info) < 0)
		rc = pv_fail_errno(err, errno, "read", change->path);
	else
		rc = pv_file_read_all(&out->bytes, fd, change->path, err);
	close(fd);
	out->exists = rc == PV_OK;
	out->mode = rc == PV_OK ? info.st_mode & 07777 : 0;
	return rc;
}

static void take_back(struct writer *writer, const pv_change *change,
		      const struct former *former)
{
	const char *name = base_name(change->path);

	if (enter(writer, change->path, former->exists, NULL) < 0)
		return;
	if (!former->exists)
		remove_file(writer, change, NULL);
	else if (replace(writer, name, pv_buf_text(&former->bytes),
			 former->bytes.len) == 0)
		fchmodat(writer->folder, name, former->mode, 0);
}

/* Carries out the changes; after a failure those done are taken back. */
static int apply_all(struct writer *writer, const pv_change *changes,
		     size_t count, pv_error *err)
{
	struct former *formers = pv_calloc(count, sizeof(*formers));
	size_t done = 0;
	int rc = PV_OK;

	if (!formers)
		return pv_fail_nomem(err);
	for (; rc == PV_OK && done < count; done++) {
		if (count > 1)
			rc = keep(&formers[done], writer, &changes[done], err);
		if (rc == PV_OK)
			rc = apply(writer, &changes[done], err);
	}
	/* The one that failed changed nothing, but may have made folders. */
	if (rc < 0)
		prune_folders(writer, changes[--done].path);
	for (size_t i = done; rc < 0 && i; i--)
		take_back(writer, &changes[i - 1], &formers[i - 1]);
	for (size_t i = 0; i < count; i++)
		pv_buf_dispose(&formers[i].bytes);
	pv_free(formers);
	return rc;
}

/* --- the whole ------------------------------------------------------------ */

static int start(struct writer *writer, pv_store *store, pv_error *err)
{
	writer->store = store;
	writer->folder = -1;
	writer->root = -1;
	if (!store->work_dir)
		return pv_fail(err, PV_EUNSUPPORTED,
			       "a bare repository has no working tree");
	writer->fold_case = pv_store_config_bool(store, "core.ignoreCase", 0);
	writer->root = open(store->work_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (writer->root < 0)
		return pv_fail_errno(err, errno, "open", store->work_dir);
	return PV_OK;
}

static int check_all(struct writer *writer, const pv_change *changes,
		     size_t count, pv_error *err)
{
	int rc = pv_change_paths_check(changes, count, writer->fold_case, err);

	for (size_t i = 0; rc == PV_OK && i < count; i++)
		rc = check_change(writer, &changes[i], err);
	return rc;
}

static void finish(struct writer *writer)
{
	if (writer->folder >= 0)
		close(writer->folder);
	if (writer->root >= 0)
		close(writer->root);
	pv_attr_scan_dispose(&writer->attrs);
	pv_buf_dispose(&writer->name);
}

int pv_store_check_files(pv_store *store, const pv_change *changes,
			 size_t count, pv_error *err)
{
	struct writer writer = { 0 };
	int rc = start(&writer, store, err);

	if (rc == PV_OK)
		rc = check_all(&writer, changes, count, err);
	finish(&writer);
	return rc;
}

static int write_all(struct writer *writer, pv_store *store,
		     const pv_change *changes, size_t count, pv_error *err)
{
	int rc = start(writer, store, err);

	if (rc == PV_OK && count)
		rc = pv_attr_scan_init(&writer->attrs, store, err);
	if (rc == PV_OK)
		rc = check_all(writer, changes, count, err);
	if (rc == PV_OK && count)
		rc = apply_all(writer, changes, count, err);
	finish(writer);
	return rc;
}

int pv_store_write_files(pv_store *store, const pv_change *changes,
			 size_t count, pv_error *err)
{
	struct writer writer = { 0 };

	return write_all(&writer, store, changes, count, err);
}

int pv_store_write_raw(pv_store *store, const pv_change *change, pv_error *err)
{
	struct writer writer = { .is_raw = 1 };

	return write_all(&writer, store, change, 1, err);
}
