/* SPDX-License-Identifier: MIT
 *
 * See note.h. The lock is flock's: it belongs to the open file, so threads of
 * one process keep each other's notes apart, and children that a fork made
 * lose it on exec. A draft is locked right after it was made; whoever sweeps
 * in between takes it away under its own lock, which the owner sees by the
 * missing link.
 */
#include "base/note.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"

enum {
	ATTEMPTS = 100,
	MADE_ANEW = 1,      /* the draft was swept away; beside -1 and 0 */
	NOTE_MAX = 64 << 20 /* bytes; far more than there is to say */
};

const char pv_note_draft[] = "note";

/* Whether the file still has its name. */
static int is_named(int fd)
{
	struct stat info;

	return fstat(fd, &info) == 0 && info.st_nlink > 0;
}

/* A suffix that no process and no thread chooses at the same time. */
static void put_suffix(pv_buf *out)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	pv_buf_printf(out, ".%ld-%lx%lx", (long)getpid(), (long)now.tv_sec,
		      (long)now.tv_nsec);
}

/*
 * Makes the draft; -1 with errno. A file system without locks has no sweepers
 * either.
 */
static int make_draft(int *fd_out, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int rc;

	if (fd < 0)
		return errno == EEXIST ? MADE_ANEW : -1;
	do
		rc = flock(fd, LOCK_EX);
	while (rc < 0 && errno == EINTR);
	if (!is_named(fd)) {
		close(fd);
		return MADE_ANEW;
	}
	*fd_out = fd;
	return 0;
}

/* Makes a draft `<folder>/note.<suffix>`; the suffix is where `at` says. */
static int begin(pv_note *out, pv_buf *draft, size_t *at, const char *folder,
		 pv_error *err)
{
	int rc = MADE_ANEW;

	for (int i = 0; rc == MADE_ANEW && i < ATTEMPTS; i++) {
		pv_buf_clear(draft);
		pv_buf_printf(draft, "%s/%s", folder, pv_note_draft);
		*at = draft->len;
		put_suffix(draft);
		if (pv_buf_status(draft, err) < 0)
			return draft->status;
		rc = make_draft(&out->fd, draft->ptr);
	}
	return rc ? pv_fail_errno(err, rc < 0 ? errno : EEXIST, "write",
				  draft->ptr)
		  : PV_OK;
}

/* Fills the draft and gives it its name; -1 with errno. */
static int finish(int fd, const char *draft, const char *path,
		  const pv_note_text *what)
{
	if (pv_file_write_all(fd, what->text->ptr, what->text->len) < 0)
		return -1;
	if (what->is_durable && fsync(fd) < 0)
		return -1;
	return rename(draft, path);
}

int pv_note_write(pv_note *out, const pv_note_text *note, pv_error *err)
{
	pv_buf draft = { 0 };
	pv_buf path = { 0 };
	const char *made;
	size_t suffix = 0;
	int rc;

	out->path = NULL;
	rc = pv_buf_status(note->text, err);
	if (rc == PV_OK)
		rc = pv_dir_make(note->folder, err);
	if (rc == PV_OK)
		rc = begin(out, &draft, &suffix, note->folder, err);
	if (rc < 0)
		goto out;
	made = pv_buf_text(&draft);
	pv_buf_printf(&path, "%s/%s%s", note->folder, note->name, made + suffix);
	out->path = path.status ? NULL : pv_strdup(path.ptr);
	if (!out->path)
		rc = pv_fail_nomem(err);
	else if (finish(out->fd, made, out->path, note) < 0)
		rc = pv_fail_errno(err, errno, "write", out->path);
	if (rc < 0) {
		unlink(made);
		close(out->fd);
		pv_free(out->path);
		out->path = NULL;
	}
out:
	pv_buf_dispose(&draft);
	pv_buf_dispose(&path);
	return rc;
}

int pv_note_put(const char *path, const pv_note_text *note, pv_error *err)
{
	pv_note made = { .path = NULL };
	pv_buf draft = { 0 };
	size_t suffix;
	int rc = pv_buf_status(note->text, err);

	if (rc == PV_OK)
		rc = pv_dir_make(note->folder, err);
	if (rc == PV_OK)
		rc = begin(&made, &draft, &suffix, note->folder, err);
	if (rc < 0)
		goto out;
	if (finish(made.fd, pv_buf_text(&draft), path, note) < 0) {
		rc = pv_fail_errno(err, errno, "write", path);
		unlink(pv_buf_text(&draft));
	}
	close(made.fd);
out:
	pv_buf_dispose(&draft);
	return rc;
}

static int is_called(const char *file, const char *name)
{
	size_t len = strlen(name);

	return strncmp(file, name, len) == 0 && (!file[len] || file[len] == '.');
}

int pv_note_list(pv_strlist *out, const char *folder, const char *name,
		 pv_error *err)
{
	DIR *dir = opendir(folder);
	/* The stream is nobody else's. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	const struct dirent *entry = dir ? readdir(dir) : NULL;
	pv_buf path = { 0 };
	int rc = PV_OK;

	while (entry && rc == PV_OK) {
		pv_buf_clear(&path);
		pv_buf_printf(&path, "%s/%s", folder, entry->d_name);
		rc = pv_buf_status(&path, err);
		if (rc == PV_OK && is_called(entry->d_name, name))
			rc = pv_strlist_add(out, path.ptr, err);
		/* The same. NOLINTNEXTLINE(concurrency-mt-unsafe) */
		entry = readdir(dir);
	}
	if (dir)
		closedir(dir);
	pv_strlist_sort(out);
	pv_buf_dispose(&path);
	return rc;
}

int pv_note_hold(pv_note *out, const char *path, pv_error *err)
{
	int rc = 0;

	out->path = NULL;
	out->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (out->fd < 0)
		return 0;
	/* Somebody may have finished it between the two. */
	if (flock(out->fd, LOCK_EX | LOCK_NB) == 0 && is_named(out->fd)) {
		out->path = pv_strdup(path);
		rc = out->path ? 1 : pv_fail_nomem(err);
	}
	if (!out->path)
		close(out->fd);
	return rc;
}

int pv_note_read(pv_buf *out, const pv_note *note, pv_error *err)
{
	out->max = NOTE_MAX;
	return pv_file_read(out, note->path, err);
}

void pv_note_remove(pv_note *note)
{
	/* A failure costs little: whoever comes after tries again. */
	if (note->path)
		unlink(note->path);
}

void pv_note_dispose(pv_note *note)
{
	if (note->path)
		close(note->fd);
	pv_free(note->path);
	note->path = NULL;
}

int pv_note_sweep(const char *folder, pv_error *err)
{
	pv_strlist drafts = { 0 };
	pv_note draft;
	int rc = pv_note_list(&drafts, folder, pv_note_draft, err);

	for (size_t i = 0; i < drafts.count && rc >= 0; i++) {
		rc = pv_note_hold(&draft, drafts.items[i], err);
		if (rc <= 0)
			continue;
		pv_note_remove(&draft);
		pv_note_dispose(&draft);
	}
	pv_strlist_dispose(&drafts);
	return rc < 0 ? rc : PV_OK;
}
