/* SPDX-License-Identifier: MIT
 *
 * See release_note.h. The lock is POSIX's advisory one, which the system
 * drops when a process ends in whatever way. A note gets its name only when
 * it is complete and locked, so nobody can take it for one of the dead.
 */
#include "release_note.h"

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

static const char note_name[] = "releasing";

enum {
	CHUNK = 4096,
	NOTE_MAX = 64 << 20 /* bytes; far more than ids there can be */
};

static void folder_path(pv_buf *out, const pv_cli *cli)
{
	pv_buf_printf(out, "%s/pv", pv_store_common_dir(cli->store));
}

/* 1 unless somebody else holds the lock. */
static int try_lock(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_SETLK, &lock) == 0 ||
	       (errno != EAGAIN && errno != EACCES);
}

/* Fills the new file `from` and gives it the name `to`; -1 with errno. */
static int fill(int fd, const char *from, const char *to, const pv_buf *text)
{
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return -1;
	try_lock(fd);
	if (pv_file_write_all(fd, text->ptr, text->len) < 0 || fsync(fd) < 0)
		return -1;
	return rename(from, to);
}

int release_note_write(release_note *out, pv_cli *cli, const pv_buf *text)
{
	pv_buf path = { 0 };
	pv_buf draft = { 0 };
	int rc;

	folder_path(&path, cli);
	rc = pv_buf_status(&path, &cli->err);
	if (rc == PV_OK)
		rc = pv_buf_status(text, &cli->err);
	if (rc == PV_OK)
		rc = pv_dir_make(path.ptr, &cli->err);
	if (rc < 0)
		goto out;
	pv_buf_printf(&draft, "%s/note.XXXXXX", path.ptr);
	rc = pv_buf_status(&draft, &cli->err);
	if (rc < 0)
		goto out;
	out->fd = mkstemp(draft.ptr);
	if (out->fd < 0) {
		rc = pv_fail_errno(&cli->err, errno, "write", draft.ptr);
		goto out;
	}
	pv_buf_printf(&path, "/%s%s", note_name, strrchr(draft.ptr, '.'));
	out->path = path.status ? NULL : pv_strdup(path.ptr);
	if (!out->path)
		rc = pv_fail_nomem(&cli->err);
	else if (fill(out->fd, draft.ptr, out->path, text) < 0)
		rc = pv_fail_errno(&cli->err, errno, "write", out->path);
	if (rc < 0) {
		unlink(draft.ptr);
		close(out->fd);
		pv_free(out->path);
		out->path = NULL;
	}
out:
	pv_buf_dispose(&path);
	pv_buf_dispose(&draft);
	return rc;
}

void release_note_remove(release_note *note)
{
	/* A failure costs nothing: what is released by then falls out. */
	if (note->path)
		unlink(note->path);
}

void release_note_dispose(release_note *note)
{
	if (note->path)
		close(note->fd);
	pv_free(note->path);
	note->path = NULL;
}

/* --- those of others ------------------------------------------------------ */

/* Reads through the descriptor: closing another one would drop the lock. */
static int read_lines(pv_strlist *out, int fd, pv_error *err)
{
	pv_buf text = { .max = NOTE_MAX };
	char chunk[CHUNK];
	const char *at;
	ssize_t got;
	int rc;

	do {
		got = read(fd, chunk, sizeof(chunk));
		if (got > 0)
			pv_buf_put(&text, chunk, (size_t)got);
	} while (got > 0 || (got < 0 && errno == EINTR));
	rc = pv_buf_status(&text, err);
	for (at = pv_buf_text(&text); rc == PV_OK && *at;) {
		size_t len = strcspn(at, "\n");

		if (len)
			rc = pv_strlist_addn(out, at, len, err);
		at += len + (at[len] == '\n');
	}
	pv_buf_dispose(&text);
	return rc;
}

/* Opens and locks a note; 0 when it is of the living, or gone. */
static int hold(release_note *out, const char *path)
{
	struct stat info;

	out->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (out->fd < 0)
		return 0;
	/* Somebody may have finished it between the two. */
	if (try_lock(out->fd) && fstat(out->fd, &info) == 0 && info.st_nlink) {
		out->path = pv_strdup(path);
		if (out->path)
			return 1;
	}
	close(out->fd);
	return 0;
}

static int take(release_notes *notes, pv_strlist *lines, const char *path,
		pv_error *err)
{
	release_note note = { 0 };

	if (pv_array_reserve(&notes->items, &notes->cap, notes->count + 1,
			     sizeof(note)) < 0)
		return pv_fail_nomem(err);
	if (!hold(&note, path))
		return PV_OK;
	notes->items[notes->count++] = note;
	return read_lines(lines, note.fd, err);
}

/* Names first: our own note must not even be opened, which would unlock it. */
static int list_names(pv_strlist *out, const char *folder, pv_error *err)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry = dir ? readdir(dir) : NULL;
	int rc = PV_OK;

	for (; entry && rc == PV_OK; entry = readdir(dir))
		if (strncmp(entry->d_name, note_name, strlen(note_name)) == 0)
			rc = pv_strlist_add(out, entry->d_name, err);
	if (dir)
		closedir(dir);
	return rc;
}

int release_notes_take(release_notes *out, pv_strlist *lines,
		       const release_note *own, pv_cli *cli, pv_error *err)
{
	pv_strlist names = { 0 };
	pv_buf path = { 0 };
	size_t len;
	int rc;

	folder_path(&path, cli);
	rc = pv_buf_status(&path, err);
	if (rc == PV_OK)
		rc = list_names(&names, path.ptr, err);
	len = path.len;
	for (size_t i = 0; rc == PV_OK && i < names.count; i++) {
		pv_buf_truncate(&path, len);
		pv_buf_printf(&path, "/%s", names.items[i]);
		rc = pv_buf_status(&path, err);
		if (rc == PV_OK &&
		    (!own->path || strcmp(own->path, path.ptr) != 0))
			rc = take(out, lines, path.ptr, err);
	}
	pv_strlist_dispose(&names);
	pv_buf_dispose(&path);
	return rc;
}

void release_notes_remove(release_notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		release_note_remove(&notes->items[i]);
}

void release_notes_dispose(release_notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		release_note_dispose(&notes->items[i]);
	pv_free(notes->items);
	memset(notes, 0, sizeof(*notes));
}
