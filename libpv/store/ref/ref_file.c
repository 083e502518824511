/* SPDX-License-Identifier: MIT
 *
 * Moving a ref in git's steps, see ref_file.h: take the locks of HEAD, if it
 * stands on the ref, and of the ref; compare; add to the reflogs; write the
 * lock file; rename it. libgit2 would sync each of these files and folders;
 * here that is durable.c's to decide.
 */
#include "store/ref/ref_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/commit/identity.h"
#include "store/durable.h"
#include "store/lock.h"
#include "store/ref/ref_read.h"
#include "store/shared_mode.h"

enum {
	LOCK_ATTEMPTS = 3,
	HEX_SIZE = GIT_OID_HEXSZ
};

/* A ref that is moved, or HEAD that goes with it. */
struct file {
	pv_buf path;
	pv_buf lock;
	pv_buf log;
	int is_held;     /* `lock` is ours to remove */
	int fd;          /* of the lock */
	int is_log_made; /* there was no `log` before */
};

struct move {
	pv_store *store;
	const pv_ref_change *change;
	const char *message;
	struct file ref;
	struct file head; /* its path is empty unless it stands on the ref */
	pv_error *err;
};

/* --- files and their locks ------------------------------------------------ */

static int locate(struct file *out, const struct move *it, const char *refname)
{
	const char *dir = pv_ref_dir(it->store, refname);
	int rc;

	pv_buf_printf(&out->path, "%s/%s", dir, refname);
	pv_buf_printf(&out->lock, "%s/%s.lock", dir, refname);
	pv_buf_printf(&out->log, "%s/logs/%s", dir, refname);
	rc = pv_buf_status(&out->path, it->err);
	if (rc == PV_OK)
		rc = pv_buf_status(&out->lock, it->err);
	return rc < 0 ? rc : pv_buf_status(&out->log, it->err);
}

/* Whether there is a file, or nothing, where a file is to be. */
static int is_clear(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? S_ISREG(st.st_mode) : errno == ENOENT;
}

static int make_parent(pv_store *store, const pv_buf *path, pv_error *err)
{
	const char *slash = strrchr(path->ptr, '/');
	pv_buf folder = { 0 };
	int rc;

	pv_buf_put(&folder, path->ptr, (size_t)(slash - path->ptr));
	rc = pv_buf_status(&folder, err);
	if (rc == PV_OK)
		rc = pv_shared_dir_make(store, folder.ptr, err);
	pv_buf_dispose(&folder);
	return rc;
}

/* The folder of a ref may be missing, and go again when others empty it. */
static int take_lock(struct file *file, pv_store *store, pv_error *err)
{
	int rc = pv_lock_create(&file->fd, store, file->lock.ptr, err);

	for (int i = 1; rc == PV_ENOTFOUND && i < LOCK_ATTEMPTS; i++) {
		pv_error_clear(err);
		rc = make_parent(store, &file->lock, err);
		if (rc == PV_OK)
			rc = pv_lock_create(&file->fd, store, file->lock.ptr,
					    err);
	}
	file->is_held = rc == PV_OK;
	return rc;
}

static void drop_lock(struct file *file)
{
	if (file->is_held) {
		close(file->fd);
		unlink(file->lock.ptr);
	}
	file->is_held = 0;
}

static void dispose_file(struct file *file)
{
	drop_lock(file);
	pv_buf_dispose(&file->path);
	pv_buf_dispose(&file->lock);
	pv_buf_dispose(&file->log);
}

/*
 * Whoever moves HEAD's branch holds HEAD's lock, too, as git does: a switch
 * under way must not find the branch moved, nor the commit HEAD.
 */
static int lock_head(struct move *it)
{
	pv_ref_value head;
	int rc = pv_ref_read(&head, it->store, "HEAD", it->err);

	if (rc == PV_OK && head.is_symbolic &&
	    !strcmp(pv_buf_text(&head.target), it->change->refname)) {
		rc = locate(&it->head, it, "HEAD");
		if (rc == PV_OK)
			rc = take_lock(&it->head, it->store, it->err);
	}
	pv_buf_dispose(&head.target);
	return rc;
}

/* --- reflogs -------------------------------------------------------------- */

/* Whether a ref without a reflog gets one. */
static int is_logged(const struct move *it, const char *refname)
{
	static const char *const kinds[] = { "refs/heads/", "refs/remotes/",
					     "refs/notes/" };
	pv_buf value = { 0 };
	int is_always;

	is_always = pv_store_config(&value, it->store, "core.logAllRefUpdates",
				    NULL) == PV_OK &&
		    !pv_str_casecmp(pv_buf_text(&value), "always");
	pv_buf_dispose(&value);
	if (is_always)
		return 1;
	if (!pv_store_config_bool(it->store, "core.logAllRefUpdates",
				  it->store->work_dir != NULL))
		return 0;
	for (size_t i = 0; i < pv_array_len(kinds); i++)
		if (pv_str_has_prefix(refname, kinds[i]))
			return 1;
	return !strcmp(refname, "HEAD");
}

/* -1 with errno, which is 0 where there is to be none. */
static int make_log(const struct move *it, struct file *file, const char *refname)
{
	const char *path = file->log.ptr;
	int fd;

	if (!is_logged(it, refname)) {
		errno = 0;
		return -1;
	}
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0 && errno == ENOENT &&
	    make_parent(it->store, &file->log, NULL) == PV_OK)
		fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	file->is_log_made = fd >= 0;
	return fd;
}

/* Opens or makes a reflog: -1 with errno as above. Old ones are shared, too. */
static int open_log(const struct move *it, struct file *file, const char *refname)
{
	const char *path = file->log.ptr;
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		fd = make_log(it, file, refname);
	if (fd >= 0)
		pv_store_share(it->store, path);
	return fd;
}

/* Half a line would spoil the next one, so all of it is there or nothing. */
static int append(int fd, const pv_buf *line)
{
	struct stat before;
	int cause;

	if (fstat(fd, &before) < 0)
		return -1;
	if (pv_file_write_all(fd, line->ptr, line->len) == 0)
		return 0;
	cause = errno;
	if (ftruncate(fd, before.st_size) == 0)
		errno = cause;
	return -1;
}

static int add_to_log(const struct move *it, struct file *file,
		      const char *refname, const pv_buf *line)
{
	int rc = PV_OK;
	int fd = open_log(it, file, refname);

	if (fd < 0 && !errno)
		return PV_OK;
	if (fd < 0 || append(fd, line) < 0)
		rc = pv_fail_errno(it->err, errno, "write", file->log.ptr);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* Adds to the logs of the ref and of HEAD, if it goes along. */
static int add_to_logs(struct move *it)
{
	static const git_oid zeros = { { 0 } };
	const pv_ref_change *change = it->change;
	char hex[HEX_SIZE + 1];
	pv_buf line = { 0 };
	int rc;

	git_oid_tostr(hex, sizeof(hex),
		      change->expected ? change->expected : &zeros);
	pv_buf_printf(&line, "%s ", hex);
	git_oid_tostr(hex, sizeof(hex), change->target);
	pv_buf_printf(&line, "%s ", hex);
	pv_signature_put(&line, change->who);
	if (*it->message)
		pv_buf_printf(&line, "\t%s", it->message);
	pv_buf_putc(&line, '\n');
	rc = pv_buf_status(&line, it->err);
	if (rc == PV_OK && it->head.is_held)
		rc = add_to_log(it, &it->head, "HEAD", &line);
	if (rc == PV_OK)
		rc = add_to_log(it, &it->ref, change->refname, &line);
	pv_buf_dispose(&line);
	return rc;
}

/* --- moving --------------------------------------------------------------- */

/* Under the lock: does the ref still hold what it should? */
static int check_expected(const struct move *it)
{
	const git_oid *expected = it->change->expected;
	pv_ref_value now;
	int is_expected;
	int rc = pv_ref_read(&now, it->store, it->change->refname, it->err);

	pv_buf_dispose(&now.target);
	if (rc < 0)
		return rc;
	is_expected = expected ? now.is_direct && git_oid_equal(&now.id, expected)
			       : !now.is_direct && !now.is_symbolic;
	if (is_expected)
		return PV_OK;
	return pv_fail(it->err, PV_ECONFLICT,
		       "\"%s\" was moved by somebody else", it->change->refname);
}

/* Makes the lock file the ref. */
static int put_value(struct move *it)
{
	struct file *ref = &it->ref;
	char text[HEX_SIZE + 2];
	int rc = PV_OK;

	git_oid_tostr(text, HEX_SIZE + 1, it->change->target);
	text[HEX_SIZE] = '\n';
	if (pv_file_write_all(ref->fd, text, HEX_SIZE + 1) < 0)
		rc = pv_fail_errno(it->err, errno, "write", ref->lock.ptr);
	if (rc == PV_OK)
		rc = pv_durable_ref(it->store, ref->fd, ref->path.ptr, it->err);
	if (rc == PV_OK && rename(ref->lock.ptr, ref->path.ptr) < 0)
		rc = pv_fail_errno(it->err, errno, "write", ref->path.ptr);
	if (rc < 0)
		return rc;
	ref->is_held = 0;
	pv_durable_named(it->store, ref->fd, ref->path.ptr);
	close(ref->fd);
	return PV_OK;
}

static int move(struct move *it)
{
	int rc = locate(&it->ref, it, it->change->refname);

	if (rc == PV_OK &&
	    (!is_clear(it->ref.path.ptr) || !is_clear(it->ref.log.ptr)))
		return 0;
	if (rc == PV_OK)
		rc = lock_head(it);
	if (rc == PV_OK)
		rc = take_lock(&it->ref, it->store, it->err);
	if (rc == PV_OK)
		rc = check_expected(it);
	if (rc == PV_OK)
		rc = add_to_logs(it);
	if (rc == PV_OK)
		rc = put_value(it);
	/* Under the ref's lock still, if it is not there: nobody else's log. */
	if (rc < 0 && it->ref.is_log_made && it->ref.is_held)
		unlink(it->ref.log.ptr);
	return rc < 0 ? rc : 1;
}

int pv_ref_file_move(pv_store *store, const pv_ref_change *change,
		     const char *message, pv_error *err)
{
	struct move it = {
		.store = store, .change = change, .message = message, .err = err
	};
	int rc = move(&it);

	dispose_file(&it.ref);
	dispose_file(&it.head);
	return rc;
}
