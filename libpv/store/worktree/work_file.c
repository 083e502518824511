/* SPDX-License-Identifier: MIT
 *
 * Working-tree files. A file that a sparse checkout leaves out is not
 * missing: the index has it. A file whose stat data match the index is not
 * hashed again.
 */
#include "store/worktree/work_file.h"

#include <errno.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/str.h"
#include "store/index/index.h"
#include "store/object/sha1.h"
#include "store/worktree/filter.h"
#include "store/worktree/work_open.h"

enum {
	CHUNK = 8192
};

static int read_fd(pv_buf *out, int fd, const char *path, pv_error *err)
{
	char chunk[CHUNK];

	for (;;) {
		ssize_t got = read(fd, chunk, sizeof(chunk));

		if (got > 0)
			pv_buf_put(out, chunk, (size_t)got);
		else if (got == 0 || errno != EINTR)
			return got < 0 ? pv_fail_errno(err, errno, "read", path)
				       : pv_buf_status(out, err);
		if (out->status)
			return pv_buf_status(out, err);
	}
}

/*
 * The blob of a file that is not there because the checkout is sparse; else
 * the failure to open it stands.
 */
static int find_skipped(pv_oid *out, pv_store *store, const char *path,
			int failure, pv_error *err)
{
	pv_index_known(out, store, path, NULL);
	if (!out->hex[0])
		return failure;
	pv_error_clear(err);
	return PV_OK;
}

/* Where an open file's bytes are read from. */
struct source {
	pv_store *store;
	const char *path;
	int fd;
	pv_oid fresh; /* the blob the index knows it by, or none */
};

/* 1 when the bytes are those of the blob, so that nothing was converted. */
static int is_blob(pv_str raw, const pv_oid *blob)
{
	git_oid id;

	return blob->hex[0] && git_oid_fromstr(&id, blob->hex) == 0 &&
	       pv_sha1_is_blob(raw, id.id);
}

/*
 * Appends the bytes of a file as git would store them, and their id. A fresh
 * file's are those on disk or what conversion made of them when it was added,
 * so its attributes, which cost more than all the rest, are not looked up.
 */
static int read_clean(pv_buf *out, pv_oid *blob_out, const struct source *from,
		      pv_error *err)
{
	size_t before = out->len;
	pv_buf raw = { .max = out->max };
	pv_str text;
	int rc = read_fd(&raw, from->fd, from->path, err);

	if (rc < 0)
		goto out;
	text.ptr = raw.ptr;
	text.len = raw.len;
	*blob_out = from->fresh;
	if (is_blob(text, &from->fresh)) {
		pv_buf_put(out, raw.ptr, raw.len);
		rc = pv_buf_status(out, err);
	} else if (from->fresh.hex[0]) {
		rc = pv_store_read_blob(out, from->store, blob_out, err);
	} else {
		rc = pv_filter_clean(out, from->store, from->path, text, err);
		if (rc == PV_OK)
			rc = pv_store_hash(blob_out, pv_buf_text(out) + before,
					   out->len - before, err);
	}
out:
	pv_buf_dispose(&raw);
	return rc;
}

int pv_work_file_read(pv_buf *out, pv_oid *blob_out, pv_store *store,
		      const char *path, pv_error *err)
{
	struct source from = { .store = store, .path = path };
	struct stat st;
	pv_oid blob;
	int rc;

	rc = pv_work_file_open(&from.fd, &st, store, path, err);
	if (rc == PV_ENOTFOUND) {
		rc = find_skipped(&blob, store, path, rc, err);
		if (rc == PV_OK)
			rc = pv_store_read_blob(out, store, &blob, err);
	} else if (rc == PV_OK) {
		pv_index_known(&from.fresh, store, path, &st);
		rc = read_clean(out, &blob, &from, err);
		close(from.fd);
	}
	if (rc == PV_OK && blob_out)
		*blob_out = blob;
	return rc;
}

/* The byte at `*at`, CRLF being one, and goes behind it; -1 at the end. */
static int next_byte(pv_str text, size_t *at)
{
	int c = -1;

	if (*at < text.len && text.ptr[*at] == '\r' && *at + 1 < text.len &&
	    text.ptr[*at + 1] == '\n')
		++*at;
	if (*at < text.len)
		c = (unsigned char)text.ptr[(*at)++];
	return c;
}

static int differ_in_line_ends_only(pv_str a, pv_str b)
{
	size_t i = 0;
	size_t j = 0;
	int c;

	do {
		c = next_byte(a, &i);
		if (c != next_byte(b, &j))
			return 0;
	} while (c >= 0);
	return 1;
}

int pv_work_file_read_raw(pv_buf *out, int *is_raw_out, pv_store *store,
			  const char *path, pv_error *err)
{
	pv_buf clean = { .max = out->max };
	pv_buf raw = { .max = out->max };
	struct stat st;
	int fd = -1;
	int rc = pv_work_file_read(&clean, NULL, store, path, err);

	*is_raw_out = 0;
	if (rc < 0)
		goto out;
	rc = pv_work_file_open(&fd, &st, store, path, err);
	if (rc == PV_ENOTFOUND) { /* a sparse checkout has no such bytes */
		pv_error_clear(err);
		rc = PV_OK;
	} else if (rc == PV_OK) {
		rc = read_fd(&raw, fd, path, err);
		close(fd);
		*is_raw_out =
			rc == PV_OK &&
			differ_in_line_ends_only((pv_str){ raw.ptr, raw.len },
						 (pv_str){ clean.ptr, clean.len });
	}
	if (*is_raw_out) {
		pv_buf_put(out, raw.ptr, raw.len);
		rc = pv_buf_status(out, err);
	}
out:
	pv_buf_dispose(&clean);
	pv_buf_dispose(&raw);
	return rc;
}

int pv_work_file_find(pv_oid *blob_out, pv_store *store, const char *path,
		      pv_error *err)
{
	struct source from = { .store = store, .path = path };
	pv_buf text = { 0 };
	struct stat st;
	int rc;

	rc = pv_work_file_open(&from.fd, &st, store, path, err);
	if (rc == PV_ENOTFOUND)
		return find_skipped(blob_out, store, path, rc, err);
	if (rc < 0)
		return rc;
	pv_index_known(&from.fresh, store, path, &st);
	if (from.fresh.hex[0])
		*blob_out = from.fresh;
	else
		rc = read_clean(&text, blob_out, &from, err);
	close(from.fd);
	pv_buf_dispose(&text);
	return rc;
}
