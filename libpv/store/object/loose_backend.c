/* SPDX-License-Identifier: MIT
 *
 * Loose objects for libgit2, see loose_backend.h. libgit2 asks the backends of
 * a database in turn, and takes GIT_ENOTFOUND for "ask the next".
 */
#include "store/object/loose_backend.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <git2/sys/odb_backend.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/object/zmemory.h"

enum {
	FIRST = 100,      /* priority; libgit2's own have 1 and 2 */
	CHUNK = 8192,     /* of the file */
	HEAD_MAX = 32,    /* "commit 123456789" and its NUL */
	RATIO_MAX = 1040, /* of what deflate can make of a byte */
	DAMAGED = -1      /* with libgit2's error set */
};

struct backend {
	git_odb_backend parent;
	char folder[PATH_MAX];
};

struct reader {
	z_stream stream;
	int fd;
	int state; /* of zlib */
	int error; /* errno of a read */
	unsigned char chunk[CHUNK];
};

size_t pv_loose_head(git_object_t *type, uint64_t *size, const char *text,
		     size_t len)
{
	static const git_object_t types[] = { GIT_OBJECT_COMMIT, GIT_OBJECT_TREE,
					      GIT_OBJECT_BLOB, GIT_OBJECT_TAG };
	const char *end = memchr(text, '\0', len < HEAD_MAX ? len : HEAD_MAX);
	size_t word;

	*type = GIT_OBJECT_INVALID;
	*size = 0;
	if (!end)
		return 0;
	word = strcspn(text, " ");
	for (size_t i = 0; i < pv_array_len(types); i++) {
		const char *name = git_object_type2string(types[i]);

		if (strlen(name) == word && !memcmp(name, text, word))
			*type = types[i];
	}
	if (*type == GIT_OBJECT_INVALID || text[word] != ' ' ||
	    text + word + 1 == end)
		return 0;
	for (const char *at = text + word + 1; at < end; at++) {
		if (*at < '0' || *at > '9' || *size > UINT64_MAX / 10 - 1)
			return 0;
		*size = *size * 10 + (uint64_t)(*at - '0');
	}
	return (size_t)(end - text) + 1;
}

/* --- reading ------------------------------------------------------------- */

static int open_object(struct stat *info, const struct backend *backend,
		       const git_oid *id)
{
	char hex[GIT_OID_HEXSZ + 1];
	char path[PATH_MAX + GIT_OID_HEXSZ + 3];
	int fd;

	git_oid_tostr(hex, sizeof(hex), id);
	snprintf(path, sizeof(path), "%s/%.2s/%s", backend->folder, hex, hex + 2);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd >= 0 && (fstat(fd, info) < 0 || !S_ISREG(info->st_mode))) {
		close(fd);
		return -1;
	}
	return fd;
}

static void say_damaged(const git_oid *id)
{
	char text[GIT_OID_HEXSZ + 64];
	char hex[GIT_OID_HEXSZ + 1];

	git_oid_tostr(hex, sizeof(hex), id);
	snprintf(text, sizeof(text),
		 "the file of the loose object %s is damaged", hex);
	git_error_set_str(GIT_ERROR_ODB, text);
}

static void say_unreadable(const git_oid *id, int error)
{
	char text[GIT_OID_HEXSZ + 160];
	char hex[GIT_OID_HEXSZ + 1];
	char reason[80];

	git_oid_tostr(hex, sizeof(hex), id);
	if (strerror_r(error, reason, sizeof(reason)) != 0)
		snprintf(reason, sizeof(reason), "error %d", error);
	snprintf(text, sizeof(text), "reading the loose object %s: %s", hex,
		 reason);
	git_error_set_str(GIT_ERROR_OS, text);
}

/* The next part of the file, when the last one is used up; 0 with errno. */
static int refill(struct reader *reader)
{
	ssize_t got;

	if (reader->stream.avail_in)
		return 1;
	do
		got = read(reader->fd, reader->chunk, CHUNK);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		reader->error = errno;
	reader->stream.next_in = reader->chunk;
	reader->stream.avail_in = got > 0 ? (uInt)got : 0;
	return got >= 0;
}

/*
 * Inflates up to `len` bytes, fewer at the end or where the file is damaged:
 * without more of it zlib still gives what it has, then says Z_BUF_ERROR.
 */
static size_t inflate_some(struct reader *reader, unsigned char *out, size_t len)
{
	z_stream *stream = &reader->stream;
	size_t done = 0;

	while (done < len && reader->state == Z_OK && refill(reader)) {
		uInt want = len - done < CHUNK ? (uInt)(len - done) : CHUNK;

		stream->next_out = out + done;
		stream->avail_out = want;
		reader->state = inflate(stream, Z_NO_FLUSH);
		done += want - stream->avail_out;
	}
	return done;
}

/* 1 when the file ends here, too. */
static int is_at_end(struct reader *reader)
{
	unsigned char more;

	if (inflate_some(reader, &more, 1) || reader->state != Z_STREAM_END)
		return 0;
	return !reader->stream.avail_in && read(reader->fd, &more, 1) == 0;
}

static int start(struct reader *reader)
{
	memset(&reader->stream, 0, sizeof(reader->stream));
	reader->error = 0;
	pv_zmemory_set(&reader->stream);
	reader->state = inflateInit(&reader->stream);
	if (reader->state == Z_OK)
		return 0;
	git_error_set_oom();
	return -1;
}

/*
 * The object in the open file; without `data` only its head is looked at. The
 * content is allocated as libgit2 wants it, with a NUL behind it.
 */
static int read_file(void **data, size_t *len, git_object_t *type,
		     struct reader *reader, const struct stat *info,
		     struct backend *backend)
{
	unsigned char start_of[HEAD_MAX];
	size_t got = inflate_some(reader, start_of, sizeof(start_of));
	uint64_t size;
	size_t head = pv_loose_head(type, &size, (const char *)start_of, got);
	unsigned char *content;

	if (!head || size > (uint64_t)info->st_size * RATIO_MAX ||
	    got - head > size)
		return 0;
	*len = (size_t)size;
	if (!data)
		return 1;
	content = git_odb_backend_data_alloc(&backend->parent, *len + 1);
	if (!content)
		return PV_ENOMEM;
	got -= head;
	memcpy(content, start_of + head, got);
	if (inflate_some(reader, content + got, *len - got) != *len - got ||
	    !is_at_end(reader)) {
		git_odb_backend_data_free(&backend->parent, content);
		return 0;
	}
	content[*len] = '\0';
	*data = content;
	return 1;
}

static int read_object(void **data, size_t *len, git_object_t *type,
		       git_odb_backend *parent, const git_oid *id)
{
	struct backend *backend = (struct backend *)parent;
	struct reader reader;
	struct stat info;
	int rc;

	reader.fd = open_object(&info, backend, id);
	if (reader.fd < 0)
		return GIT_ENOTFOUND;
	rc = start(&reader);
	if (rc == 0) {
		rc = read_file(data, len, type, &reader, &info, backend);
		if (reader.state == Z_MEM_ERROR)
			git_error_set_oom();
		else if (rc == 0 && reader.error)
			say_unreadable(id, reader.error);
		else if (rc == 0)
			say_damaged(id);
		inflateEnd(&reader.stream);
		rc = rc > 0 ? 0 : -1;
	}
	close(reader.fd);
	return rc;
}

static int read_head(size_t *len, git_object_t *type, git_odb_backend *parent,
		     const git_oid *id)
{
	return read_object(NULL, len, type, parent, id);
}

/* --- the backend --------------------------------------------------------- */

static void free_backend(git_odb_backend *parent)
{
	pv_free(parent);
}

int pv_loose_backend_add(git_odb *odb, const char *objects, pv_error *err)
{
	struct backend *backend = pv_calloc(1, sizeof(*backend));
	size_t len = strlen(objects);
	int rc;

	if (!backend)
		return pv_fail_nomem(err);
	if (len >= sizeof(backend->folder)) {
		pv_free(backend);
		return pv_fail_errno(err, ENAMETOOLONG, "open", objects);
	}
	rc = git_odb_init_backend(&backend->parent, GIT_ODB_BACKEND_VERSION);
	backend->parent.read = read_object;
	backend->parent.read_header = read_head;
	backend->parent.free = free_backend;
	memcpy(backend->folder, objects, len + 1);
	if (rc == 0)
		rc = git_odb_add_backend(odb, &backend->parent, FIRST);
	if (rc == 0)
		return PV_OK;
	pv_free(backend);
	return pv_fail_git(err, rc, "open the objects in", objects);
}
